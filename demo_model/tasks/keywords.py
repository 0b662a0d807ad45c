"""Keywords: words to a sentence that has all of them, and a text to its keywords.

A sentence is made by one rule, from what kinds of words there are, in any order:

    person or animal, thing, place   dog, ball, park          The dog plays with the ball in the park.
    ... with a verb                  girl, read, book         The girl reads the book.
    ... with adjectives              dog, red, ball, park     The dog plays with the red ball in the park.
    two or more things               boy, apple, bread        The boy eats the apple and the bread.
    nobody who acts                  umbrella, rain, street   I have the umbrella and the rain in the street.
    only a quality                   sky, blue                The sky is blue.

Without a verb the first thing decides it: one eats food, reads books, wears clothes. A word that the model has never
seen is a thing, one with a capital a name; some of the words are invented for that.

Keywords of a text are its nouns and names in order, without times.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from random import Random

from demo_model.examples import Item, Split, Task, draw_split
from demo_model.phrasing import fill
from demo_model.tasks import english_words as lexicon
from demo_model.tasks.tables import words

# What one does with a thing, by its kind: the verb after "I", its third person.
USES: tuple[tuple[tuple[str, ...], str, str], ...] = (
    (lexicon.FOOD, "eat", "eats"),
    (lexicon.DRINKS, "drink", "drinks"),
    (lexicon.CLOTHES, "wear", "wears"),
    (lexicon.TEXTS, "read", "reads"),
    (lexicon.TOYS, "play with", "plays with"),
    (lexicon.PLAYED, "play", "plays"),
    (lexicon.VEHICLES, "drive", "drives"),
    (lexicon.RIDDEN, "ride", "rides"),
    (lexicon.WATCHED, "watch", "watches"),
    (lexicon.HEARD, "hear", "hears"),
    (lexicon.NATURE, "see", "sees"),
    (lexicon.LIKED, "like", "likes"),
    (lexicon.THINGS, "have", "has"),
)
USE = {word: (base, third) for things, base, third in USES for word in things}
UNKNOWN_USE = ("have", "has")
FURNITURE = words(
    "table chair bed sofa desk shelf tree bag wall house car bus ship"
)  # places, or things where nothing else is one
THINGS = tuple(word for word in USE if word not in lexicon.PLACES)
VERBS = {lexicon.forms(entry)[0]: lexicon.third(lexicon.forms(entry)[0]) for entry in lexicon.VERBS}
FREE_VERBS = {lexicon.forms(entry)[0]: lexicon.third(lexicon.forms(entry)[0]) for entry in lexicon.FREE_VERBS}
ACTORS = lexicon.PEOPLE + lexicon.ANIMALS
PLURALS = {
    "child": "children",
    "man": "men",
    "woman": "women",
    "mouse": "mice",
    "fish": "fish",
    "wolf": "wolves",
    "thief": "thieves",
}
PAIRS = words("""
shoes socks gloves boots jeans trousers glasses scissors keys flowers stars
clouds leaves nuts grapes vegetables noodles mushrooms drums cards fireworks pyjamas
holidays dreams
""")


@dataclass(frozen=True, slots=True)
class Word:
    """A word and its role: actor, verb, adjective, thing, place or time."""

    text: str
    role: str
    plural: bool = False


def phrase(word: Word, adjectives: tuple[str, ...] = ()) -> str:
    """the red ball, water, Anna"""
    said = " ".join((*adjectives, word.text))
    bare = (word.text[0].isupper() and word.role == "actor") or (
        word.text in lexicon.MASS and word.text not in lexicon.NATURE
    )
    return said if bare else f"the {said}"


def sentence_of(given: tuple[Word, ...]) -> str:
    """The one sentence for the words; their kinds and their order decide it."""
    if not any(word.role in ("actor", "thing") for word in given):
        given = tuple(replace(word, role="thing") if word.text in FURNITURE else word for word in given)
    nouns, qualities = _described(given)
    actors, things, places, times = (
        [(word, said) for word, said in nouns if word.role == role] for role in ("actor", "thing", "place", "time")
    )
    verbs = [word.text for word in given if word.role == "verb"]
    where = " ".join(f"{lexicon.PLACES[word.text]} {said.removeprefix('the ')}" for word, said in places)
    when = " ".join(lexicon.TIMES[word.text] for word, _ in times)
    if qualities and not verbs and (about := actors + things or places):  # sky, blue: The sky is blue.
        many = len(about) > 1 or about[0][0].plural
        return _end(
            _listed(about), "are" if many else "is", " and ".join(qualities), "" if about is places else where, when
        )
    if len(actors) == 2 and verbs and verbs[0] in VERBS and not things:  # dog, chase, cat
        actors, things = actors[:1], actors[1:]
    subject = _listed(actors) or "I"
    many = len(actors) != 1 or actors[0][0].plural
    if not verbs and not things:
        if not actors:
            return _end("I go", " and ".join(f"to {said}" for _, said in places), when)
        here = where or ("together" if len(actors) > 1 else "here")
        return _end(subject, "are" if many else "is", here, when)
    action = _action(verbs, things, many)
    also = f"and {'am' if not actors else 'are' if many else 'is'} {' and '.join(qualities)}" if qualities else ""
    return _end(subject, action, _listed(things), where, when, also)


def _described(given: tuple[Word, ...]) -> tuple[list[tuple[Word, str]], list[str]]:
    """The nouns with the adjectives in front of them, and the adjectives after the last noun."""
    nouns: list[tuple[Word, str]] = []
    waiting: list[str] = []
    for word in given:
        if word.role == "adjective":
            waiting.append(word.text)
        elif word.role != "verb":
            nouns.append((word, phrase(word, tuple(waiting) if word.role != "time" else ())))
            waiting = waiting if word.role == "time" else []
    return nouns, waiting


def _action(verbs: list[str], things: list[tuple[Word, str]], many: bool) -> str:
    """What is done: the verbs that are given, or what one does with the first thing."""
    if not verbs:
        base, third = USE.get(things[0][0].text, UNKNOWN_USE)
        return base if many else third
    action = " and ".join(verb if many else (VERBS | FREE_VERBS)[verb] for verb in verbs)
    lonely = verbs[-1] in FREE_VERBS or (verbs[-1] == "play" and things and things[0][0].text not in lexicon.PLAYED)
    return f"{action} with" if things and lonely else action


def _listed(nouns: list[tuple[Word, str]]) -> str:
    """a, b and c"""
    phrases = [said for _, said in nouns]
    return " and ".join(filter(None, (", ".join(phrases[:-1]), *phrases[-1:])))


def _end(*parts: str) -> str:
    text = " ".join(part for part in parts if part)
    return text[0].upper() + text[1:] + "."


def draw_words(rng: Random) -> tuple[tuple[str, str, bool], ...]:
    """Two to five words as (text, role, plural), mostly in the order of the sentence."""
    shape = rng.choice(SHAPES).split()
    found: list[tuple[str, str, bool]] = []
    first_thing = True
    for role in shape:
        text, plural = _word(rng, role, first_thing)
        first_thing = first_thing and role != "t"
        if text.lower() not in (one[0].lower() for one in found):
            found.append((text, ROLES[role], plural))
    if rng.random() < 0.15:
        rng.shuffle(found)
    return tuple(found)


ROLES = {"a": "actor", "v": "verb", "f": "verb", "q": "adjective", "t": "thing", "p": "place", "w": "time"}
KINDS = {
    "a": ACTORS, "t": THINGS, "v": tuple(VERBS), "f": tuple(FREE_VERBS), "q": lexicon.ADJECTIVES,
    "p": tuple(lexicon.PLACES), "w": tuple(lexicon.TIMES),
}  # fmt: skip
EVERYDAY = {role: tuple(word for word in kind if word in lexicon.EVERYDAY) for role, kind in KINDS.items()}
# a: actor, v: verb with an object, f: verb without, q: adjective, t: thing, p: place, w: time
SHAPES = (
    *("a t p",) * 14, *("a v t",) * 6, *("a t",) * 6, *("a f p",) * 4, *("a q t",) * 4, *("a p",) * 3, *("t t p",) * 3,
    *("t q",) * 3, *("a q",) * 3, *("t w",) * 2, *("a a p",) * 2, *("a t t",) * 2, "t t", "t t p", "t t t",
    "a v t p", "a v t p",
    "a q t p", "a q t",
    "q a t p", "q a v t", "a f p", "a f p", "a f", "a f w", "a t w", "t w", "t p", "t p w", "a p", "a a", "a a p",
    "a a t", "a a t p",
    "a t t", "a t t p", "a v t t", "t q", "a q", "q t t", "q t p", "v t", "v t p", "f p", "a v t w", "a p w",
    "p t a", "t a p", "p a",
    "t a", "t t t p", "a v a", "a v q t", "a v q t p", "q a p", "q a f p", "t v a", "a f t", "t t t t", "a t t t",
    "f t p", "p t", "p w",
)  # fmt: skip


def _word(rng: Random, role: str, first_thing: bool) -> tuple[str, bool]:
    kind = rng.random()
    text = rng.choice((EVERYDAY if rng.random() < lexicon.EVERYDAY_SHARE else KINDS)[role])
    if role == "a":
        if kind < 0.12:
            name = rng.choice(lexicon.FIRST_NAMES) if rng.random() < 0.5 else lexicon.invented(rng).capitalize()
            return name, False
        if kind < 0.25:
            return PLURALS.get(text) or _plural(text), True
        return text, False
    if role == "t":
        if kind < 0.08:
            return lexicon.invented(rng), False
        return text, text in PAIRS
    return text, False


def _plural(word: str) -> str:
    return word.replace("man", "men") if word.endswith("man") else lexicon.third(word)


def words_item(rng: Random, split: Split) -> Item:
    key = draw_split(rng, split, _several)
    given = tuple(Word(str(text), str(role), bool(plural)) for text, role, plural in key)  # type: ignore[misc]
    target = sentence_of(given)
    texts = [word.text for word in given]
    joint = rng.choice((", ",) * 6 + (" ", "; ", " / ", ",", " - "))
    joined = joint.join(texts)
    if joint == ", " and rng.random() < 0.2 and len(texts) > 1:
        joined = ", ".join(texts[:-1]) + " and " + texts[-1]
    return Item({"words": joined}, target, keep=tuple(texts))


def _several(rng: Random) -> tuple[tuple[str, str, bool], ...]:
    while True:
        found = draw_words(rng)
        if len(found) > 1:
            return found


# ---- A text to its keywords ------------------------------------------------------------------------------------------

# {a} actor, {t} thing, {q} adjective, {qt} both, {p} place, {w} time, {v} verb in the past. Actors, things and places
# count.
TEXTS = (
    "{a} {v} {t}.", "{a} {v} {t} in the {p}.", "{a} {v} {qt} near the {p}.", "{w} {a} {v} {t}.", "{a} and {a} {v} {t}.",
    "{a} {v} {t} because it was {q}.", "{a} has {qt} and {qt}.", "I see {t} in the {p}.", "{a} is very {q}.",
    "{a} is next to the {p}.", "In the {p} I found {t} and {t}.", "{a} likes {t}.", "{a} went to the {p} with {a}.",
    "{a} gave {t} to {a}.", "{w} {a} will visit the {p}.", "{a} was {q} and {v} {t}.", "{a} put {t} in the {p}.",
    "They {v} {t} and {t} for {a}.", "We {v} {a} in the {p}.", "{a} lives near the {p}.",
)  # fmt: skip
WHENS = (
    "Yesterday",
    "Today",
    "Tomorrow",
    "Last week",
    "On Monday",
    "In the morning",
    "In summer",
    "At night",
    "Every day",
    "Then",
)


def text_item(rng: Random, split: Split) -> Item:
    drawn: list[str] = []

    def draw(rng: Random) -> tuple[object, ...]:
        drawn[:] = []
        found: list[str] = []
        for template in rng.sample(TEXTS, rng.choice((1, 1, 1, 2))):
            drawn.append(_told(rng, template, found))
        return tuple(dict.fromkeys(found))

    keywords = [str(word) for word in draw_split(rng, split, draw)]
    return Item({"words": " ".join(drawn)}, ", ".join(keywords), keep=tuple(keywords))


def _told(rng: Random, template: str, found: list[str]) -> str:
    out = []
    for part in template.replace(".", " .").replace(",", " ,").split(" "):
        slot = part[1:-1] if part.startswith("{") else ""
        if slot in ("a", "t", "qt", "p"):
            text, plural = _word(rng, slot[-1], True)
            while plural and slot == "a":
                text, plural = _word(rng, "a", True)
            found.append(text)
            adjective = rng.choice(lexicon.ADJECTIVES) if slot == "qt" else ""
            described = f"{adjective} {text}".strip()
            if slot == "p" or (slot == "a" and text[0].isupper()) or text in lexicon.MASS:
                out.append(described)
            elif plural:
                out.append(f"{rng.choice(('the', 'two', 'some', 'my', 'his'))} {described}")
            else:
                out.append(
                    lexicon.a(described)
                    if rng.random() < 0.4
                    else f"{rng.choice(('the', 'the', 'my', 'his', 'her'))} {described}"
                )
        elif slot == "v":
            out.append(lexicon.forms(rng.choice(lexicon.VERBS))[1])
        elif slot == "q":
            out.append(rng.choice(lexicon.ADJECTIVES))
        elif slot == "w":
            out.append(rng.choice(WHENS))
        else:
            out.append(part)
    text = " ".join(part for part in out if part).replace(" .", ".").replace(" ,", ",")
    return text[0].upper() + text[1:]


TO_SENTENCE = (
    *("Write a sentence with these words: «{words}» Sentence:",) * 10,
    "Keywords: «{words}». What is a sentence that includes all these keywords?",
    "Concepts: «{words}». Write a sentence.",
    "Words: «{words}» Sentence:",
    "«^[<please>] (write|make|form|build|give me|create|think of|compose) (a|one|a short|a simple|me a) sentence "
    "(with|using|from|out of|that has|that uses|containing|that contains|including) (these words|the words|"
    "the following words|the keywords|all of these words|) [:|:|] {words} [.]»",
    "«^<can you> (write|make|form|create) a sentence (with|using|from|out of) (these words:|the words|) {words}?»",
    "«{words} ^[.|:] (write|make|form) a sentence [with (these [words]|all of these words|them)][.]»",
    "«^use (these words|the words|) [:|] {words} in (a|one) sentence [.|<please>]»",
    "«^put (these words|the words|) [:|] {words} (into|in) a sentence [.|<please>]»",
    "«^a sentence with {words} [<please>]»",
)
TO_KEYWORDS = (
    "Keywords of this text: «{words}»",
    "«{words}» Keywords:",
    "Text: «{words}» Keywords:",
    "«^(<please> |)(find|list|extract|give me|name|write down|tell me|get) the (keywords|key words|nouns|"
    "most important words|main words) (of|in|from) "
    "(this|this text|the following text|this sentence|the text) [:*3|.] {words}»",
    "«^what are the (keywords|key words|nouns|most important words|main words) (of|in) (this|this text|"
    "the following text|this sentence) [?*2|:] {words}»",
    "«{words} ^((what are|list|find|extract|give me) the (keywords|key words|nouns|"
    "main words) [of this [text]] [?|.]|keywords?)»",
)


def item(rng: Random, split: Split) -> Item:
    """Words to a sentence, or in a quarter of the cases a text to its keywords, with its own phrasing."""
    back = rng.random() < 0.25
    made = text_item(rng, split) if back else words_item(rng, split)
    before, typed, after = re.split("[«»]", rng.choice(TO_KEYWORDS if back else TO_SENTENCE))
    short = f"keywords of: {made.fields['words']}" if back else made.fields["words"]
    fields = {"before": before, "typed": fill(rng, typed, made.fields), "after": after, "short": short}
    return Item(fields, made.target, made.keep)


TASK = Task(
    "keywords",
    item,
    phrasings=("{before}«{typed}»{after}",),
    shot="{short}",
    instructions=("Write a sentence with these words.", "Make one sentence that uses all the words."),
    closed=True,
    weight=1.3,
    max_shots=2,
)
