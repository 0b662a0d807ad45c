"""Translation of everyday English to German and French: words, phrases known by heart, and sentences from a grammar.

Every draw makes the English text together with its German and its French translation, so each English text has exactly
one target per language. Phrases and single words are always trained on; the sentences are split into training and
evaluation by the English sentence, the same split for both languages.

The modules beside this one hold the words, the phrases and the grammar.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from random import Random

from demo_model.examples import Item, Split, Task, draw_split
from demo_model.tasks import translation_words as lexicon
from demo_model.tasks.translation_grammar import (
    BE,
    BE_EN,
    MODALS,
    NUMBERS,
    Phrase,
    Predicate,
    Sentence,
    Setting,
    Subject,
    Verb,
    a_en,
    at_fr,
    clause,
    de_fr,
    elide,
    full,
    ing_en,
    join_fr,
    phrase,
    present_fr,
    starts,
    verb,
    words,
)
from demo_model.tasks.translation_phrases import PHRASES
from demo_model.tasks.translation_words import Adjective, Noun, adjective, noun, rows

PHRASE_SHARE, WORD_SHARE = 0.2, 0.15  # of the training items

# ---- Tables, parsed --------------------------------------------------------------------------------------------------

NOUNS = [noun(kind, columns) for kind, columns in rows(lexicon.NOUN_TABLE)]
PLACES = [(noun("place", columns), columns[3].split()) for _, columns in rows(lexicon.PLACE_TABLE)]
FAMILY = [noun("family", columns) for _, columns in rows(lexicon.FAMILY_TABLE)]
ADJECTIVES = [adjective(columns) for _, columns in rows(lexicon.ADJECTIVE_TABLE)]
STATES = [adjective(columns) for _, columns in rows(lexicon.STATE_TABLE)]
TRANSITIVE = [verb(columns) for _, columns in rows(lexicon.TRANSITIVE_TABLE)]
ACTION = {one.en[0]: one for one in TRANSITIVE}
VERB_PHRASES = [verb(columns) for _, columns in rows(lexicon.PHRASE_TABLE)]
TIMES: dict[str, list[tuple[str, str, str]]] = {}
for _section, (_en, _de, _fr) in rows(lexicon.TIME_TABLE):
    TIMES.setdefault(_section, []).append((_en.partition("=")[0], _de, _fr))
ADVERBS = [(en, de, fr) for _, (en, de, fr) in rows(lexicon.ADVERB_TABLE)]
TOWNS = [columns for _, columns in rows(lexicon.TOWN_TABLE)]
COUNTRIES = [columns for _, columns in rows(lexicon.COUNTRY_TABLE)]
NAMES = [(name, "f") for name in lexicon.WOMEN.split()] + [(name, "m") for name in lexicon.MEN.split()]


def _worker(kind: str, columns: list[str], female: bool) -> Noun:
    """A line of JOB_TABLE or FRIENDS_TABLE as a noun, for a man or a woman."""
    en, _, synonym = columns[0].partition("=")
    man, men, woman = columns[1].split()
    french = columns[2].split()[female]
    if female:
        plural = "Krankenschwestern" if woman == "Krankenschwester" else woman + "nen"
        return noun(kind, [f"{en}={synonym}", f"f {woman} {plural}", f"f {french}"])
    return noun(kind, [f"{en}={synonym}", f"{'w' if man.endswith('+') else 'm'} {man.rstrip('+')} {men}", f"m {french}"])


JOBS = [(_worker("person", columns, False), _worker("person", columns, True)) for _, columns in rows(lexicon.JOB_TABLE)]
FRIENDS = [_worker("friends", columns, False) for _, columns in rows(lexicon.FRIENDS_TABLE)]

BY_KIND: dict[str, list[Noun]] = {kind: [n for n in NOUNS if n.kind == kind] for kind in dict.fromkeys(n.kind for n in NOUNS)}
BY_KIND |= {
    "place": [place for place, _ in PLACES],
    "family": FAMILY,
    "friends": FRIENDS,
    "person": [man for man, _ in JOBS],
}
BY_NAME = {one.en: one for one in (*NOUNS, *BY_KIND["place"])}
FITTING = {kind: [one for one in ADJECTIVES if kind in one.kinds] for kind in BY_KIND}
MASS = ("stuff", "drink", "topic", "matter")

# Other English words for the same: every one of them may replace the first.
SYNONYMS = {one.en: one.synonym for one in (*NOUNS, *BY_KIND["place"], *FAMILY, *FRIENDS, *STATES, *ADJECTIVES) if one.synonym}
SYNONYMS |= {
    en.partition("=")[0]: en.partition("=")[2] for _, (en, *_) in rows(lexicon.TIME_TABLE) if "=" in en
}
del SYNONYMS["cinema"]
SYNONYM = re.compile(rf"\b({'|'.join(map(re.escape, SYNONYMS))})(s?)\b")

PRONOUNS = (
    *(Subject("I", "1s", "ich", "je", "m", True),) * 3,
    Subject("you", "2s", "du", "tu", "m", True),
    *(Subject("he", "3s", "er", "il", "m", True), Subject("she", "3s", "sie", "elle", "f", True)) * 2,
    *(Subject("we", "1p", "wir", "nous", "mp", True),) * 2,
    Subject("they", "3p", "sie", "ils", "mp", True),
)
PEOPLE = tuple(one for one in NOUNS if one.en in ("man", "woman", "boy", "girl"))
CHILD = BY_NAME["child"]


def as_subject(said: Phrase) -> Subject:
    return Subject(said.en, "3p" if said.plural else "3s", said.de["nom"], said.fr, said.agree)


def relative(rng: Random) -> Phrase:
    """My mother, your friends: a person who belongs to somebody."""
    owner = rng.choice(("my", "my", "my", "your", "his", "her", "our"))
    one = rng.choice(FAMILY if rng.random() < 0.7 else FRIENDS)
    plural = one.en in ("child", "brother", "sister", "friend", "neighbour", "colleague", "cousin") and rng.random() < 0.3
    return phrase(one, owner, plural=plural)


def person(rng: Random) -> Subject:
    """Anna, my mother, the children, the teacher."""
    kind = rng.random()
    if kind < 0.3:
        name, agree = rng.choice(NAMES)
        return Subject(name, "3s", name, name, agree)
    if kind < 0.75:
        return as_subject(relative(rng))
    if kind < 0.85:
        return as_subject(phrase(rng.choice(JOBS)[0], "the"))
    return as_subject(phrase(CHILD, "the", plural=True) if rng.random() < 0.4 else phrase(rng.choice(PEOPLE), "the"))


def any_subject(rng: Random) -> Subject:
    return rng.choice(PRONOUNS) if rng.random() < 0.6 else person(rng)


# ---- Noun phrases ----------------------------------------------------------------------------------------------------


def draw_noun(rng: Random, kinds: Sequence[str]) -> Noun:
    return rng.choice(BY_KIND[rng.choice(kinds)])


def draw_adjective(rng: Random, one: Noun, share: float) -> Adjective | None:
    fitting = FITTING.get(one.kind)
    return rng.choice(fitting) if fitting and rng.random() < share else None


OWNED = ("thing", "text", "furniture", "vehicle", "home", "clothes", "animal")


def thing(rng: Random, one: Noun, *, definite: float = 0.4, adjectives: float = 0.25) -> Phrase:
    """the/my/a/some/two NOUN, with or without an adjective."""
    if one.kind == "family":
        return phrase(one, rng.choice(("my", "my", "your", "his", "her", "our")))
    if one.kind == "friends":
        return phrase(one, rng.choice(("my", "my", "your", "his", "her", "our")), plural=rng.random() < 0.5)
    described = draw_adjective(rng, one, adjectives)
    if rng.random() < definite:
        owned = one.kind in OWNED and rng.random() < 0.4
        plural = bool(one.en_plural) and rng.random() < 0.2
        return phrase(one, rng.choice(("my", "your", "his", "her", "our", "their")) if owned else "the", described, plural=plural)
    if one.kind in MASS or not one.en_plural:
        return phrase(one, "some", described if one.kind != "matter" else None)
    kind = rng.random()
    if kind < 0.15:
        return phrase(one, rng.choice(tuple(NUMBERS)), described, plural=True)
    if kind < 0.3:
        return phrase(one, "some", described, plural=True)
    return phrase(one, "a", described)


# English container | German | French | what it holds
CONTAINERS = (
    ("a cup of", "eine Tasse", "une tasse de", ("coffee", "tea")),
    ("a glass of", "ein Glas", "un verre de", ("water", "milk", "wine", "beer", "orange juice", "apple juice")),
    ("a bottle of", "eine Flasche", "une bouteille de", ("water", "milk", "wine", "beer")),
    ("a piece of", "ein Stück", "un morceau de", ("bread", "cheese", "chocolate", "meat")),
    ("a kilo of", "ein Kilo", "un kilo de", ("apple", "tomato", "potato", "orange", "banana")),
)
ORDERED = ("coffee", "tea", "beer", "orange juice", "apple juice", "lemonade", "juice")


def order(rng: Random) -> Phrase:
    """Something that one asks for in a café or a shop: a cup of tea, a coffee, two tickets."""
    kind = rng.random()
    if kind < 0.3:
        en, de, fr, names = rng.choice(CONTAINERS)
        held = BY_NAME[rng.choice(names)]
        plural = held.kind not in MASS
        name = held.en_plural if plural else held.en
        said = f"{de} {held.de_plural if plural else held.de}"
        return Phrase(f"{en} {name}", {"nom": said, "acc": said}, fr[:-2] + elide("de", held.fr_plural if plural else held.fr), "m")
    if kind < 0.6:
        return phrase(BY_NAME[rng.choice(ORDERED)], "a")
    return thing(rng, draw_noun(rng, ("food", "food", "thing", "clothes", "stuff")), definite=0)


def place(rng: Random) -> tuple[Noun, tuple[str, str, str], tuple[str, str, str]]:
    """A place, with its phrases for being there and for going there."""
    one, (at_english, at_german, to_german, french) = rng.choice(PLACES)
    gender = one.de_gender
    at = ("im" if gender != "f" else "in der") if at_german == "in" else ""
    at = at or {"an": "am" if gender != "f" else "an der", "auf": "auf dem" if gender != "f" else "auf der"}[at_german]
    to = {
        "in": {"m": "in den", "f": "in die", "n": "ins"}[gender],
        "zu": "zur" if gender == "f" else "zum",
        "an": {"m": "an den", "f": "an die", "n": "ans"}[gender],
        "auf": {"m": "auf den", "f": "auf die", "n": "aufs"}[gender],
    }[to_german]
    the = phrase(one, "the").fr
    there = at_fr(the) if french == "à" else f"dans {the}"
    return (
        one,
        (f"{at_english} the {one.en}", f"{at} {one.de}", there),
        (f"to the {one.en}", f"{to} {one.de}", there),
    )


# ---- Predicates ------------------------------------------------------------------------------------------------------

STATIVE = ("have", "know", "need", "like", "love", "hate", "want", "see", "hear", "understand", "forget", "find", "lose")
PRESENT_ONLY = ("want", "like", "love", "hate", "need", "know", "have breakfast")
HABITS = ("work", "read", "write", "cook", "swim", "dance", "sing", "smoke", "study", "learn", "run", "travel", "eat", "drink")


def acting(rng: Random) -> Predicate:
    """A transitive verb and its object: buys a red hat."""
    return with_object(rng, rng.choice(TRANSITIVE))


def with_object(rng: Random, action: Verb) -> Predicate:
    name = action.en[0]
    one = draw_noun(rng, action.kinds)
    if name in ("like", "love", "hate") and (one.kind in (*MASS, "food", "animal", "show") and rng.random() < 0.7 or one.kind == "topic"):
        said = phrase(one, "all", plural=bool(one.en_plural))
    elif name in ("like", "love", "hate", "know", "pay for", "wait for", "open", "close", "forget", "lose", "repair", "clean"):
        said = thing(rng, one, definite=1)
    elif one.kind == "place":
        said = phrase(one, "the", draw_adjective(rng, one, 0.2))
    else:
        said = thing(rng, one, definite=0.35)
    de = words(action.preposition, said.de[action.case])
    no = said.no
    fr, fr_no = said.fr, no.fr if no else ""
    if name == "need":  # besoin d'eau, besoin d'un livre, besoin de livres
        bare = said.en.split(" ")[0] not in ("a", "an") and no
        fr, fr_no = (fr.removeprefix("du ").removeprefix("de la ").removeprefix("de l'").removeprefix("des ") if bare else fr), ""
    prepositional = bool(action.preposition)
    return Predicate(
        action,
        said.en,
        de_object="" if prepositional else de,
        de_no=no.de[action.case] if no and not prepositional else "",
        de_rest=de if prepositional else "",
        fr=join_fr(action.fr_rest, fr),
        fr_no=join_fr(action.fr_rest, fr_no) if fr_no else "",
        progressive=name not in STATIVE,
        past=name not in PRESENT_ONLY,
        en_any=said.any_en,
    )


PARTITIVE = re.compile(r"(du |de la |de l'|des |une? )")


def doing(rng: Random) -> Predicate:
    """A verb phrase: sleeps, plays football, goes home."""
    return of_phrase(rng.choice(VERB_PHRASES))


def of_phrase(action: Verb) -> Predicate:
    thing_de, rest_de, no_de = "", action.de_object, ""
    if rest_de.startswith("~"):
        article, thing_de = rest_de[1:].split(" ", 1)
        no_de, rest_de = f"kein{article} {thing_de}", ""
    elif rest_de.startswith("ein"):
        thing_de, no_de, rest_de = rest_de, "k" + rest_de, ""
    elif rest_de.startswith(("das ", "den ", "die ")):
        thing_de, rest_de = rest_de, ""
    fr = action.fr_rest
    of = PARTITIVE.match(fr) if action.fr_infinitive != "jouer" else None
    return Predicate(
        action,
        de_object=thing_de,
        de_no=no_de,
        de_rest=rest_de,
        fr=fr,
        fr_no=elide("de", fr[of.end() :]) if of else "",
    )


# Object pronouns: English, German accusative and dative, French direct object and its agreement
OBJECT_PRONOUNS = (
    ("me", "mich", "mir", "me", "m"),
    ("you", "dich", "dir", "te", "m"),
    ("him", "ihn", "ihm", "le", "m"),
    ("her", "sie", "ihr", "la", "f"),
    ("us", "uns", "uns", "nous", "mp"),
    ("them", "sie", "ihnen", "les", "mp"),
)
PRONOUN_VERBS = tuple(
    action
    for action in TRANSITIVE
    if action.en[0] in ("see", "know", "call", "invite", "help", "understand", "hear", "love", "hate", "find", "forget", "meet", "thank", "look for")
)  # fmt: skip
SAME_PERSON = {"1s": ("me", "us"), "2s": ("you",), "1p": ("me", "us"), "3p": (), "3s": ()}


def to_whom(rng: Random, subject: Subject) -> Predicate:
    """A verb with a pronoun as its object: helps me."""
    action = rng.choice(PRONOUN_VERBS)
    en, accusative, dative, clitic, agree = rng.choice(
        [row for row in OBJECT_PRONOUNS if row[0] not in SAME_PERSON[subject.person]]
    )
    if action.en[0] == "love":
        action = replace(action, fr=_without_plural(present_fr("aimer")), fr_infinitive="aimer", fr_participle="aimé")
    return Predicate(
        action,
        en,
        de_pronoun=dative if action.case == "dat" else accusative,
        clitic=clitic,
        clitic_agree=agree,
        progressive=action.en[0] in ("call", "help", "look for"),
        past=action.en[0] not in PRESENT_ONLY,
    )


def _without_plural(forms: dict[str, str]) -> dict[str, str]:
    return {person: form for person, form in forms.items() if person != "participle"}


GO = verb(["go/went/gone", "gehen gegangen+", "aller"])
TRAVEL = verb(["go/went/gone", "fahren fährt gefahren+", "aller"])
LIVE = verb(["live", "wohnen gewohnt", "habiter"])
WORK = verb(["work", "arbeiten gearbeitet", "travailler"])
COME = verb(["come/came/come", "kommen gekommen+", "venir"])


def going(rng: Random) -> Predicate:
    """goes to the cinema, goes to Berlin"""
    if rng.random() < 0.7:
        _, _, (en, de, fr) = place(rng)
        return Predicate(GO, en, de_rest=de, fr=fr)
    return in_town(rng, TRAVEL)


def in_town(rng: Random, action: Verb) -> Predicate:
    """works in Berlin, lives in France, goes to Italy, comes from Spain"""
    from_there, there = action is COME, action is TRAVEL
    if rng.random() < 0.5:
        en, de, fr = rng.choice(TOWNS)
        german = ("aus " if from_there else "nach " if there else "in ") + de
        french = elide("de", fr) if from_there else f"à {fr}"
    else:
        en, in_de, from_de, to_de, in_fr, from_fr = rng.choice(COUNTRIES)
        german = from_de if from_there else to_de if there else in_de
        french = from_fr if from_there else in_fr
    english = f"{'from' if from_there else 'to' if there else 'in'} {en}"
    return Predicate(action, english, de_rest=german, fr=french, progressive=not from_there)


def being(rng: Random, subject: Subject) -> Predicate:
    """is tired, is very tall"""
    state = rng.choice(STATES)
    gentle = state.fr["m"] != "en retard" and state.en not in ("married", "alone", "late", "ready")
    en, de, fr = rng.choice((("", "", ""), ("", "", ""), ("very", "sehr", "très"), ("too", "zu", "trop"))) if gentle else ("", "", "")
    if en == "too" and state.en not in ("young", "old", "small", "tall", "weak", "shy", "lazy", "tired", "sick", "nervous"):
        en, de, fr = "very", "sehr", "très"
    if state.fr["m"] == "en bonne santé":
        fr = {"très": "en très bonne santé"}.get(fr, state.fr["m"])
        return Predicate(BE, words(en, state.en), de_rest=words(de, state.de), fr=fr, progressive=False)
    return Predicate(
        BE, words(en, state.en), de_rest=words(de, state.de), fr=words(fr, state.fr[subject.agree]), progressive=False
    )


def being_at(rng: Random) -> Predicate:
    _, (en, de, fr), _ = place(rng)
    return Predicate(BE, en, de_rest=de, fr=fr, progressive=False)


def being_worker(rng: Random, subject: Subject) -> Predicate:
    """is a teacher: German and French without an article"""
    man, woman = rng.choice(JOBS)
    plural = subject.person in ("1p", "3p")
    one = woman if subject.agree.startswith("f") else man
    en = man.en_plural if plural else a_en(man.en)
    de = one.de_plural if plural else one.de
    return Predicate(
        BE, en, de_object=de, de_no="kein" + ("e " if plural or one.de_gender == "f" else " ") + de,
        fr=one.fr_plural if plural else one.fr, progressive=False,
    )  # fmt: skip


def predicate_for(rng: Random, subject: Subject) -> Predicate:
    kind = rng.random()
    if kind < 0.38:
        return acting(rng)
    if kind < 0.58:
        return doing(rng)
    if kind < 0.68:
        return going(rng)
    if kind < 0.76:
        return in_town(rng, rng.choice((LIVE, WORK, LIVE, COME)))
    if kind < 0.88:
        return being(rng, subject)
    if kind < 0.92:
        return being_at(rng)
    if kind < 0.96:
        return being_worker(rng, subject)
    return to_whom(rng, subject)


# ---- Patterns --------------------------------------------------------------------------------------------------------

FRONTED = ("today", "tomorrow", "yesterday", "on Monday", "on Saturday", "next week", "last week", "next year", "last year", "now")


def said(rng: Random) -> Sentence:
    """A clause: Anna is buying a hat. Did he go to the cinema yesterday? I cannot swim."""
    subject = any_subject(rng)
    predicate = predicate_for(rng, subject)
    kind = rng.random()
    action = predicate.verb
    if kind < 0.5 or action is BE and kind < 0.75 or action.en[0] in ("want", "have") and kind < 0.7 or action is COME:
        tense = "present"
    elif kind < 0.68:
        tense = "past" if predicate.past else "present"
    elif kind < 0.8:
        tense = "future"
    else:
        tense = rng.choice(("can", "can", "must", "have to", "want to", "want to", "would like to", "should"))
    if not predicate.past and tense not in ("present", "future") and action.en[0] not in ("need", "know"):
        tense = "present"
    if action.en[0] in ("want", "need", "like", "know", "hate", "love") and tense != "present":
        tense = "present"
    negated = tense not in ("must", "have to", "would like to") and rng.random() < 0.2
    asked = not negated and rng.random() < 0.2
    form, time, adverb = "", ("", "", ""), ("", "", "")
    timed = rng.random() < 0.35 and action is not COME
    lasting = action is BE or action.en[0] in (*STATIVE, "live") and tense == "present"
    if tense == "present":
        if predicate.progressive and rng.random() < 0.45:
            form = "progressive"
            time = rng.choice(TIMES["now"]) if timed and action.en[0] != "live" else time
        elif timed and not lasting:
            time = rng.choice(TIMES["habit"])
        elif rng.random() < 0.15 and not negated and not lasting:
            adverb = rng.choice(ADVERBS)
            asked = False
        elif timed and action is BE and "sick tired busy nervous alone late sad happy".find(predicate.en.split(" ")[-1]) >= 0:
            time = ("today", "heute", "aujourd'hui")
    elif tense == "past":
        if timed or action.en[0] == "read" and subject.person != "3s":  # "they read" could be the present
            time = rng.choice(TIMES["past"][:8])
        elif action is not BE and action.en[0] != "have" and not asked and rng.random() < 0.3:
            form = "perfect"
    elif tense == "future":
        form = "going to" if rng.random() < 0.4 and action.en[0] != "work" else ""
        time = rng.choice(TIMES["future"]) if timed or rng.random() < 0.3 else time
    elif timed and tense != "can":
        time = rng.choice(TIMES["future"])
    front = bool(time[0]) and not asked and time[0] in FRONTED and rng.random() < 0.2
    question = "?" if asked else ""
    return clause(subject, predicate, Setting(tense, negated, question, time, adverb, front, form))


WHERE, WHEN, WHY, WHAT = ("where", "wo", "où"), ("when", "wann", "quand"), ("why", "warum", "pourquoi"), ("what", "was", "que")


def wh_question(rng: Random) -> Sentence:
    """Where do you live? What is she eating? Why are you sad? When are we going to Berlin?"""
    subject = any_subject(rng)
    kind = rng.choice((WHERE, WHEN, WHY, WHAT))
    form = "progressive" if rng.random() < 0.5 else ""
    tense = rng.choice(("present", "present", "past"))
    if kind is WHERE:
        action = rng.choice((LIVE, WORK))
        if subject.pronoun and rng.random() < 0.4:
            return clause(subject, Predicate(BE), Setting(tense, question="?", wh=WHERE))
        return clause(subject, Predicate(action), Setting("present", question="?", wh=WHERE, form=form))
    if kind is WHAT:
        action = rng.choice([one for one in TRANSITIVE if one.en[0] in ("eat", "drink", "buy", "see", "read", "look for", "cook", "sell", "write", "order", "wear")])
        if action.en[0] == "see":
            form = ""
        wh = WHAT if subject.pronoun and subject.person != "1s" else ("what", "was", "qu'")
        return _asked(clause(subject, Predicate(action), Setting(tense, question="?", wh=wh, form=form if tense == "present" else "")))
    predicate = being(rng, subject) if kind is WHY and rng.random() < 0.4 else rng.choice((doing, going, acting))(rng)
    if not predicate.progressive:
        form = ""
    if predicate.verb.en[0] in PRESENT_ONLY or not predicate.past:
        tense = "present"
    if kind is WHEN and tense == "present":
        tense = "future"
        form = "going to" if form else ""
    elif tense == "past":
        form = ""
    return clause(subject, predicate, Setting(tense, question="?", wh=kind, form=form))


def _asked(sentence: Sentence) -> Sentence:
    """Qu'est-ce que, in one word; and "que" before a vowel."""
    fr = sentence.fr.replace("Qu' est-ce", "Qu'est-ce")
    fr = re.sub(r"^Que (?=[aeiouéèêh])", "Qu'", fr)
    return Sentence(sentence.en, sentence.de, fr)


def where_is(rng: Random) -> Sentence:
    """Where is the station? Where are my keys? Where is the nearest bank? Where can I buy bread?"""
    kind = rng.random()
    if kind < 0.2:
        predicate = with_object(rng, ACTION[rng.choice(("buy", "find"))])
        subject = rng.choice((PRONOUNS[0], PRONOUNS[8]))
        return clause(subject, predicate, Setting("can", question="?", wh=WHERE))
    if kind < 0.35:
        one = rng.choice(PLACES[:30])[0]
        article, ending = {"m": ("der", "e"), "f": ("die", "e"), "n": ("das", "e")}[one.de_gender]
        near = {"m": "le plus proche", "f": "la plus proche"}[one.fr_gender]
        return full(
            f"where is the nearest {one.en}", f"wo ist {article} nächst{ending} {one.de}", f"où est {phrase(one, 'the').fr} {near}", "?"
        )
    if kind < 0.7:
        found = phrase(rng.choice(PLACES)[0], "the")
    elif kind < 0.8:
        found = relative(rng)
    else:
        found = thing(rng, draw_noun(rng, ("thing", "thing", "clothes", "animal", "vehicle")), definite=1, adjectives=0.15)
    be = ("are", "sind", "sont") if found.plural else ("is", "ist", "est")
    return full(f"where {be[0]} {found.en}", f"wo {be[1]} {found.de['nom']}", f"où {be[2]} {found.fr}", "?")


def price(rng: Random) -> Sentence:
    """How much does the red hat cost? How much are the shoes?"""
    found = thing(rng, draw_noun(rng, ("thing", "clothes", "clothes", "food", "drink", "vehicle", "furniture")), definite=1)
    if "my " in found.en or found.en.startswith(("your", "his", "her", "our", "their")):
        return price(rng)
    plural = found.plural
    english = (
        f"how much {'do' if plural else 'does'} {found.en} cost" if rng.random() < 0.6 else f"how much {'are' if plural else 'is'} {found.en}"
    )
    return full(
        english, f"wie viel {'kosten' if plural else 'kostet'} {found.de['nom']}", f"combien {'coûtent' if plural else 'coûte'} {found.fr}", "?"
    )


def description(rng: Random) -> Sentence:
    """The red hat is expensive. Is the soup hot? Her shoes are not new. The cat is black."""
    one = draw_noun(rng, ("thing", "text", "show", "song", "furniture", "part", "nature", "vehicle", "home", "clothes", "clothes", "animal", "animal", "food", "stuff", "drink", "place"))
    quality = rng.choice([a for a in FITTING[one.kind] if a.fr["m"] != "neuf"])
    attribute = draw_adjective(rng, one, 0.12)
    if attribute is None or attribute.de == quality.de or attribute.de in COLOURS and quality.de in COLOURS or {attribute.en, quality.en} < AGES:
        attribute = None
    kind = rng.random()
    owner = rng.choice(("my", "your", "his", "her", "our", "their", "this")) if one.kind in OWNED and kind < 0.35 else "the"
    about = phrase(one, owner, attribute, plural=bool(one.en_plural) and rng.random() < 0.2)
    subject = as_subject(about)
    tense = "past" if rng.random() < 0.15 else "present"
    degree = rng.choice((("", "", ""), ("", "", ""), ("very", "sehr", "très"), ("too", "zu", "trop"))) if quality.de not in COLOURS and quality.en not in ("delicious", "wonderful", "perfect", "broken") else ("", "", "")
    predicate = Predicate(
        BE, words(degree[0], quality.en), de_rest=words(degree[1], quality.de), fr=words(degree[2], quality.fr[about.agree]),
        progressive=False,
    )  # fmt: skip
    how = rng.random()
    return clause(subject, predicate, Setting(tense, negated=how < 0.15, question="?" if how > 0.87 else ""))


COLOURS = ("rot", "blau", "grün", "schwarz", "weiß", "gelb", "braun", "grau")
AGES = {"old", "new", "young", "big", "small"}


def comparison(rng: Random) -> Sentence:
    """My brother is taller than my sister. The car is faster than the bike."""
    if rng.random() < 0.5:
        one, other = person(rng), person(rng)
        quality = rng.choice([s for s in STATES if s.en in ("young", "old", "tall", "small", "strong", "rich", "poor", "lazy", "happy", "funny", "smart", "nice")])
    else:
        kind = rng.choice(("vehicle", "home", "clothes", "nature", "animal", "furniture"))
        quality = rng.choice([a for a in FITTING[kind] if a.en in ("big", "small", "old", "new", "expensive", "long", "fast", "slow", "heavy", "high")])
        first, second = rng.sample(BY_KIND[kind], 2)
        one, other = as_subject(phrase(first, "the")), as_subject(phrase(second, "the"))
    if one.en == other.en or one.person != "3s":
        return comparison(rng)
    return full(
        f"{one.en} is {more_en(quality.en)} than {other.en}",
        f"{one.de} ist {quality.de_more} als {other.de}",
        f"{one.fr} est plus {quality.fr[one.agree]} {elide('que', other.fr)}",
    )


def more_en(word: str) -> str:
    if word.endswith("y"):
        return word[:-1] + "ier"
    if word.endswith("e"):
        return word + "r"
    if word in ("expensive", "beautiful"):
        return f"more {word}"
    return word + (word[-1] if re.fullmatch(r"[^aeiou]*[aeiou][bdgnt]", word) else "") + "er"


def this_is(rng: Random) -> Sentence:
    """This is my brother. That is a beautiful horse. These are my shoes."""
    if rng.random() < 0.35:
        about = relative(rng)
    else:
        one = draw_noun(rng, ("thing", "furniture", "vehicle", "home", "clothes", "animal", "place", "show", "event"))
        about = thing(rng, one, definite=0.5, adjectives=0.4)
    plural = about.plural
    en = rng.choice(("these are", "those are")) if plural else rng.choice(("this is", "that is"))
    how = rng.random()
    de = f"das {'sind' if plural else 'ist'}"
    fr = "ce sont" if plural else "c'est"
    if how < 0.12 and about.no:
        return full(f"{en} not {about.any_en or about.en}", f"{de} {about.no.de['nom']}", f"{'ce ne sont' if plural else 'ce n’est'.replace('’', chr(39))} pas {about.fr}")
    if how < 0.25 and not plural:
        return full(f"is {en.split()[0]} {about.en}", f"ist das {about.de['nom']}", f"est-ce que c'est {about.fr}", "?")
    return full(f"{en} {about.en}", f"{de} {about.de['nom']}", f"{fr} {about.fr}")


def there_is(rng: Random) -> Sentence:
    """There is a bird in the garden. There is no milk in the fridge. Is there a bank near here? There are two hotels."""
    if rng.random() < 0.2:
        about = phrase(rng.choice(PLACES[:28])[0], "a")
        near = rng.choice(("near here", "nearby", "around here"))
        return full(f"is there {about.en} {near}", f"gibt es hier in der Nähe {about.de['acc']}", f"y a-t-il {about.fr} près d'ici", "?")
    one = draw_noun(rng, ("thing", "thing", "animal", "food", "stuff", "drink", "furniture", "vehicle"))
    spots = [BY_NAME[n] for n in ("kitchen", "room", "garden", "house", "car", "bag", "box", "street", "fridge")]
    fits = {
        "animal": spots[1:4], "stuff": [spots[0], spots[8]], "drink": [spots[0], spots[8]], "food": [spots[0], spots[5], spots[8]],
        "furniture": spots[:2], "vehicle": [spots[7]],
    }.get(one.kind, spots[:2] + spots[4:7])  # fmt: skip
    spot = phrase(rng.choice(fits), "the")
    about = thing(rng, one, definite=0)
    in_de = "im " + spot.de["dat"][4:] if spot.de["dat"].startswith("dem ") else "in " + spot.de["dat"]
    spot_en, spot_fr = ("on", "dans") if "street" in spot.en else ("in", "dans")
    if "street" in spot.en:
        in_de = "auf der Straße"
    be = "are" if about.plural else "is"
    how = rng.random()
    if how < 0.25 and about.no:
        no_en = f"there {be} no {about.en.split(' ', 1)[1] if about.en.startswith(('a ', 'an ')) else about.en}"
        return full(f"{no_en} {spot_en} {spot.en}", f"es gibt {about.no.de['acc']} {in_de}", f"il n'y a pas {about.no.fr} {spot_fr} {spot.fr}")
    if how < 0.4:
        return full(f"{be} there {about.any_en or about.en} {spot_en} {spot.en}", f"gibt es {about.de['acc']} {in_de}", f"y a-t-il {about.fr} {spot_fr} {spot.fr}", "?")
    return full(f"there {be} {about.en} {spot_en} {spot.en}", f"es gibt {about.de['acc']} {in_de}", f"il y a {about.fr} {spot_fr} {spot.fr}")


PREPOSITIONS = [(en, de, fr, names.split()) for _, (en, de, fr, names) in rows(lexicon.PREPOSITION_TABLE)]


def position(rng: Random) -> Sentence:
    """The key is under the table. The cat is sleeping on the sofa. Anna is in front of the house."""
    en, de, fr, names = rng.choice(PREPOSITIONS)
    spot_noun = BY_NAME[rng.choice(names)]
    if spot_noun.kind == "place" or de == "in der Nähe von":
        about = as_subject(phrase(draw_noun(rng, ("place", "home")), "the")) if rng.random() < 0.6 else person(rng)
    else:
        one = draw_noun(rng, ("thing", "thing", "animal", "food"))
        about = as_subject(thing(rng, one, definite=1, adjectives=0.1))
    spot = phrase(spot_noun, "the")
    if about.en == spot.en:
        return position(rng)
    dative = spot.de["dat"]
    de_spot = {"in dem": "im", "von dem": "vom"}
    german = f"{de} {dative}"
    for long, short in de_spot.items():
        german = german.replace(long + " ", short + " ")
    french = f"{fr[:-2]}{de_fr(spot.fr)}" if fr.endswith(" de") else f"{fr} {spot.fr}"
    predicate = Predicate(BE, f"{en} {spot.en}", de_rest=german, fr=french, progressive=False)
    if about.en.endswith(("dog", "cat")) and rng.random() < 0.5:
        predicate = replace(predicate, verb=VERB_PHRASES[0], progressive=True)
        return clause(about, predicate, Setting(form="progressive" if rng.random() < 0.6 else ""))
    how = rng.random()
    return clause(about, predicate, Setting("past" if how < 0.1 else "present", negated=0.1 < how < 0.2, question="?" if how > 0.9 else ""))


def would_like(rng: Random) -> Sentence:
    """I would like a glass of water, please. Can I have two tickets, please? A coffee, please."""
    about = order(rng)
    kind = rng.random()
    de, fr = about.de["acc"], about.fr
    please = rng.random() < 0.65
    end_en, end_de, end_fr = (", please", ", bitte", ", s'il vous plaît") if please else ("", "", "")
    if kind < 0.25:
        return full(f"{about.en}, please", f"{de}, bitte", f"{fr}, s'il vous plaît")
    if kind < 0.45:
        return full(f"can I have {about.any_en or about.en}{end_en}", f"kann ich {de} haben{end_de}", f"est-ce que je peux avoir {fr}{end_fr}", "?")
    subject, german, french = rng.choice((("I", "ich möchte", "je voudrais"),) * 3 + (("we", "wir möchten", "nous voudrions"),))
    return full(f"{subject} would like {about.en}{end_en}", f"{german} {de}{end_de}", f"{french} {fr}{end_fr}")


def liking(rng: Random) -> Sentence:
    """I like swimming. She does not like to cook. Do you like dancing? He loves playing football."""
    subject = any_subject(rng)
    action = rng.choice([one for one in VERB_PHRASES if one.en[0] in (*HABITS, "play football", "play tennis", "play chess", "play the piano", "play the guitar", "go swimming", "go shopping", "listen to music", "watch television", "drive", "sleep", "play cards", "ride a bike")])
    predicate = of_phrase(action)
    how = rng.random()
    base = action.en[0]
    gerund = ing_en(base) if rng.random() < 0.6 else f"to {base}"
    do = "does" if subject.person == "3s" else "do"
    likes = "likes" if subject.person == "3s" else "like"
    negated, asked = how < 0.2, how > 0.8
    english = f"{do} {subject.en} like {gerund}" if asked else f"{subject.en} {do} not like {gerund}" if negated else f"{subject.en} {likes} {gerund}"
    finite = action.de[subject.person]
    rest = words("nicht gern" if negated else "gern", predicate.de_object, predicate.de_rest, action.de_prefix)
    german = f"{finite} {subject.de} {rest}" if asked else f"{subject.de} {finite} {rest}"
    reflexive = {"1s": "me ", "2s": "te ", "3s": "se ", "1p": "nous ", "3p": "se "}[subject.person] if action.fr_reflexive else ""
    infinitive = reflexive + words(action.fr_infinitive, action.fr_rest)
    liked = replace(LIKE, fr_rest="")
    french = clause(subject, Predicate(liked, fr=infinitive), Setting(negated=negated, question="?" if asked else "")).fr
    return replace(full(english, german, "x", "?" if asked else "."), fr=french)


LIKE = ACTION["like"]


def imperative(rng: Random) -> Sentence:
    """Open the window, please. Do not eat the cake. Please wait here. Let's go to the beach."""
    kind = rng.random()
    if kind < 0.25:
        predicate = rng.choice((going, doing, going))(rng)
        infinitive = predicate.verb
        we_de = words(infinitive.de["1p"], "wir", predicate.de_object, predicate.de_rest, infinitive.de_prefix)
        if infinitive.fr_reflexive or infinitive.en[0] in ("leave", "come", "arrive", "come home", "wait"):
            return imperative(rng)
        return full(f"let's {infinitive.en[0]} {predicate.en}".strip(), f"lass uns {words(predicate.de_object, predicate.de_rest, infinitive.de_infinitive)}" if we_de else "", words(infinitive.fr["1p"], predicate.fr), rng.choice((".", ".")))
    predicate = acting(rng) if kind < 0.75 else doing(rng)
    action = predicate.verb
    if " " not in action.en[0] and not predicate.en or action.en[0] in (*STATIVE, "meet", "think of", "wear", "leave", "arrive", "get up", "wake up", "learn", "travel", "study", "come home", "drive") or "my " in predicate.en and action.en[0] == "visit" or action.fr_reflexive or "avoir" == action.fr_infinitive:
        return imperative(rng)
    if re.search(r"\b(my|his|her|our|their|two|three|four|five|six|seven|eight|nine|ten|many)\b", predicate.en) and action.en[0] != "help":
        return imperative(rng)
    negated = rng.random() < 0.2
    please = not negated and rng.random() < 0.5
    if negated and predicate.de_no:
        body_de = words(action.de_imperative, predicate.de_no, predicate.de_rest, action.de_prefix)
    else:
        body_de = words(action.de_imperative, "bitte" if please else "", predicate.de_object, "nicht" if negated else "", predicate.de_rest, action.de_prefix)
    command = action.fr["2s"]
    if command.endswith(("es", "as")):
        command = command[:-1]
    rest_fr = predicate.fr_no if negated and predicate.fr_no else predicate.fr
    body_fr = words(elide("ne", command) + " pas" if negated else command, rest_fr) + (", s'il te plaît" if please else "")
    english = words(action.en[0], predicate.en_any if negated and predicate.en_any else predicate.en)
    english = f"do not {english}" if negated else english
    if please:
        english = f"{english}, please" if rng.random() < 0.5 else f"please {english}"
    return full(english, body_de, body_fr)


def clock(rng: Random) -> Sentence:
    """It is three o'clock. The museum opens at nine o'clock. My sister is ten years old. How old is your brother?"""
    number, (de, fr) = rng.choice(HOURS)
    kind = rng.random()
    if kind < 0.2:
        return full(f"it is {number} o'clock", f"es ist {de} Uhr", f"il est {fr} heure{'' if number == 'one' else 's'}")
    if kind < 0.5:
        about = phrase(BY_NAME[rng.choice(("market", "museum", "library", "bank", "bakery", "supermarket", "pharmacy", "post office", "shop", "restaurant"))], "the")
        verbs = rng.choice((("opens", "öffnet", "ouvre"), ("closes", "schließt", "ferme")))
        if rng.random() < 0.3:
            ask = rng.choice(("when", "what time"))
            german = "wann" if ask == "when" else "um wie viel Uhr"
            french = "quand est-ce que" if ask == "when" else "à quelle heure est-ce que"
            return full(f"{ask} does {about.en} {verbs[0][:-1]}", f"{german} {verbs[1]} {about.de['nom']}", f"{french} {about.fr} {verbs[2]}", "?")
        hours = "heure" if number == "one" else "heures"
        return full(f"{about.en} {verbs[0]} at {number} o'clock", f"{about.de['nom']} {verbs[1]} um {de} Uhr", f"{about.fr} {verbs[2]} à {fr} {hours}")
    subject = any_subject(rng)
    if subject.en == "you" or subject.person in ("1p",):
        return clock(rng)
    be_de, be_en = BE.de[subject.person], BE_EN[subject.person]
    have = Predicate(verb(["have", "haben gehabt", "avoir"]))
    if kind < 0.65 and subject.person != "1s":
        if subject.pronoun:
            french = {"il": "quel âge a-t-il", "elle": "quel âge a-t-elle", "ils": "quel âge ont-ils"}[subject.fr]
        else:
            french = f"quel âge {'ont' if subject.person == '3p' else 'a'} {subject.fr}"
        return full(f"how old {be_en} {subject.en}", f"wie alt {be_de} {subject.de}", french, "?")
    age = rng.randint(2, 90)
    en, german, french = number_words(age)
    years = clause(subject, replace(have, fr=f"{french} ans"), Setting()).fr
    shown = str(age) if rng.random() < 0.4 else en
    number_de = str(age) if shown.isdigit() else german
    if shown.isdigit():
        years = years.replace(f" {french} ans", f" {age} ans")
    return replace(full(f"{subject.en} {be_en} {shown} years old", f"{subject.de} {be_de} {number_de} Jahre alt", "x"), fr=years)


ONES = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
ONES_DE = "null eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn neunzehn".split()
ONES_FR = "zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize dix-sept dix-huit dix-neuf".split()
TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
TENS_DE = "zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig".split()
TENS_FR = "vingt trente quarante cinquante soixante".split()


def number_words(number: int) -> tuple[str, str, str]:
    """A number below 100 in words: 71 is seventy-one, einundsiebzig, soixante et onze."""
    if number < 20:
        return ONES[number], ONES_DE[number], ONES_FR[number]
    ten, one = number // 10 - 2, number % 10
    en = TENS[ten] + (f"-{ONES[one]}" if one else "")
    de = (ONES_DE[one].removesuffix("s") if one == 1 else ONES_DE[one]) + "und" + TENS_DE[ten] if one else TENS_DE[ten]
    if number >= 80:
        return en, de, "quatre-vingts" if number == 80 else f"quatre-vingt-{ONES_FR[number - 80]}"
    base, rest = TENS_FR[min(ten, 4)], number - 20 - 10 * min(ten, 4)
    fr = base if not rest else f"{base} et {ONES_FR[rest]}" if rest in (1, 11) else f"{base}-{ONES_FR[rest]}"
    return en, de, fr


HOURS = [("one", ("ein", "une"))] + [(ONES[n], (ONES_DE[n], ONES_FR[n])) for n in range(2, 12)]

WEATHER = (
    ("it is raining", ("es regnet", ""), "il pleut"),
    ("it is snowing", ("es schneit", ""), "il neige"),
    ("it is cold", ("es ist", "kalt"), "il fait froid"),
    ("it is very cold", ("es ist", "sehr kalt"), "il fait très froid"),
    ("it is too cold", ("es ist", "zu kalt"), "il fait trop froid"),
    ("it is hot", ("es ist", "heiß"), "il fait très chaud"),
    ("it is very hot", ("es ist", "sehr heiß"), "il fait vraiment très chaud"),
    ("it is warm", ("es ist", "warm"), "il fait chaud"),
    ("it is windy", ("es ist", "windig"), "il y a du vent"),
)


def weather(rng: Random) -> Sentence:
    """It is raining today. It is cold in Berlin. Is it raining? It will rain tomorrow. It was cold yesterday."""
    en, (de, rest), fr = rng.choice(WEATHER)
    kind = rng.random()
    if kind < 0.12:
        return full(f"is it {en[6:]}", words(de.split()[1], "es", rest), elide("est-ce que", fr), "?")
    if kind < 0.3:
        what = rng.choice((("rain", "regnen", "pleuvoir"), ("snow", "schneien", "neiger")))
        time = rng.choice(TIMES["future"][3:18])
        if rng.random() < 0.3:
            return full(f"will it {what[0]} {time[0]}", f"wird es {time[1]} {what[1]}", f"est-ce qu'il va {what[2]} {time[2]}", "?")
        will = rng.choice(("it will", "it is going to"))
        return full(f"{will} {what[0]} {time[0]}", f"es wird {time[1]} {what[1]}", f"il va {what[2]} {time[2]}")
    if kind < 0.42:
        what = rng.choice((("it rained", "geregnet", "il a plu"), ("it snowed", "geschneit", "il a neigé")))
        time = rng.choice(TIMES["past"][:6])
        return full(f"{what[0]} {time[0]}", f"es hat {time[1]} {what[1]}", f"{what[2]} {time[2]}")
    if kind < 0.5 and rest:
        time = rng.choice(TIMES["past"][:1])
        return full(f"{en.replace(' is ', ' was ')} {time[0]}", f"es war {time[1]} {rest}", f"{fr.replace('fait', 'faisait').replace('il y a', 'il y avait')} {time[2]}")
    if kind < 0.75:
        time = rng.choice((*TIMES["now"], ("outside", "draußen", "dehors")))
        return full(f"{en} {time[0]}", words(de, time[1], rest), f"{fr} {time[2]}")
    if kind < 0.85:
        return full(en, words(de, rest), fr)
    town = rng.choice(TOWNS)
    return full(f"{en} in {town[0]}", words(de, f"in {town[1]}", rest), f"{fr} à {town[2]}")


DAYS = "Monday Montag lundi, Tuesday Dienstag mardi, Wednesday Mittwoch mercredi, Thursday Donnerstag jeudi, Friday Freitag vendredi, Saturday Samstag samedi, Sunday Sonntag dimanche"


def day(rng: Random) -> Sentence:
    """Today is Monday. Tomorrow is Sunday. Is today Friday?"""
    en, de, fr = rng.choice([one.split() for one in DAYS.split(", ")])
    when = rng.choice((("today", "heute", "aujourd'hui"), ("tomorrow", "morgen", "demain")))
    if rng.random() < 0.2:
        return full(f"is {when[0]} {en}", f"ist {when[1]} {de}", f"est-ce que c'est {fr} {when[2]}", "?")
    return full(f"{when[0]} is {en}", f"{when[1]} ist {de}", f"{when[2]}, c'est {fr}")


def owned(rng: Random) -> Sentence:
    """Anna's car is red. The dog of my friend is big: my friend's dog."""
    owner = person(rng)
    if owner.person != "3s" or owner.en.startswith("the "):
        return owned(rng)
    one = draw_noun(rng, ("vehicle", "home", "clothes", "animal", "thing"))
    quality = rng.choice(FITTING[one.kind])
    the = phrase(one, "the")
    if owner.en in lexicon.WOMEN.split() + lexicon.MEN.split():
        german = f"{owner.de}{chr(39) if owner.de.endswith(('s', 'x')) else 's'} {one.de}"
    else:
        german = f"{the.de['nom']} von {_dative(owner.de)}"
    french = f"{the.fr} {de_fr(owner.fr)}"
    return full(
        f"{owner.en}'s {one.en} is {quality.en}", f"{german} ist {quality.de}", f"{french} est {quality.fr[the.agree]}"
    )


def _dative(owner: str) -> str:
    """mein Freund -> meinem Freund, deine Mutter -> deiner Mutter; weak nouns too."""
    article, name = owner.split(" ", 1)
    weak = {one.de: one.de_plural for one in FRIENDS if one.weak}
    if article.endswith("e"):
        return f"{article}r {name}"
    return f"{article}em {weak.get(name, name)}"


def joined(rng: Random) -> Sentence:
    """I have a dog and a cat. My brother and my sister are tired. She is tired but happy."""
    kind = rng.random()
    if kind < 0.3:
        subject = any_subject(rng)
        first, second = rng.sample([s for s in STATES if not s.fr["m"].startswith("en ")], 2)
        join = rng.choice((("and", "und", "et"), ("but", "aber", "mais")))
        predicate = Predicate(
            BE, f"{first.en} {join[0]} {second.en}", de_rest=f"{first.de} {join[1]} {second.de}",
            fr=f"{first.fr[subject.agree]} {join[2]} {second.fr[subject.agree]}", progressive=False,
        )  # fmt: skip
        return clause(subject, predicate, Setting())
    if kind < 0.5:
        one, other = relative(rng), relative(rng)
        if one.plural or other.plural or one.en == other.en:
            return joined(rng)
        agree = "fp" if one.agree == other.agree == "f" else "mp"
        subject = Subject(f"{one.en} and {other.en}", "3p", f"{one.de['nom']} und {other.de['nom']}", f"{one.fr} et {other.fr}", agree)
        predicate = rng.choice((being(rng, subject), doing(rng), in_town(rng, LIVE)))
        return clause(subject, predicate, Setting())
    subject = any_subject(rng)
    action = ACTION[rng.choice(("have", "buy", "see", "eat", "like", "need"))]
    one, other = with_object(rng, action), with_object(rng, action)
    if one.en == other.en:
        return joined(rng)
    fr_second = other.fr
    predicate = replace(
        one, en=f"{one.en} and {other.en}", de_object=f"{one.de_object} und {other.de_object}", fr=f"{one.fr} et {fr_second}",
    )  # fmt: skip
    if action.fr_rest:
        predicate = replace(predicate, fr=f"{one.fr} et {other.fr.removeprefix('besoin ')}")
    return clause(subject, predicate, Setting())


def with_whom(rng: Random) -> Sentence:
    """I am travelling with my family. She lives with her sister. He drinks coffee without sugar."""
    subject = any_subject(rng)
    if rng.random() < 0.2:
        one = BY_NAME[rng.choice(("milk", "sugar"))]
        word = rng.choice((("with", "mit", "avec"), ("without", "ohne", "sans")))
        drink = BY_NAME[rng.choice(("coffee", "tea"))]
        base = ACTION["drink"]
        predicate = Predicate(
            base, f"{drink.en} {word[0]} {one.en}", de_object=f"{drink.de} {word[1]} {one.de}",
            fr=f"{phrase(drink, 'some').fr} {word[2]} " + (one.fr if word[0] == "without" else phrase(one, "some").fr),
        )  # fmt: skip
        return clause(subject, predicate, Setting())
    other = relative(rng)
    if other.en.split()[0] == "my" and subject.person == "2s" or other.en == subject.en:
        return with_whom(rng)
    action = rng.choice([v for v in VERB_PHRASES if v.en[0] in ("work", "dance", "travel", "cook", "play football", "play chess", "play tennis", "go for a walk", "go shopping", "eat", "talk")])
    base = of_phrase(action)
    de = f"mit {other.de['dat']}"
    predicate = replace(base, en=f"with {other.en}", de_object=words(de, base.de_object), fr=words(base.fr, f"avec {other.fr}"))
    form = "progressive" if rng.random() < 0.5 else ""
    tense = rng.choice(("present", "present", "past", "future"))
    return clause(subject, predicate, Setting(tense, form=form if tense == "present" else ""))


PATTERNS: dict[Callable[[Random], Sentence], int] = {
    said: 42,
    wh_question: 5,
    where_is: 4,
    price: 2,
    description: 9,
    comparison: 2,
    this_is: 4,
    there_is: 4,
    position: 4,
    would_like: 4,
    liking: 4,
    imperative: 4,
    clock: 3,
    weather: 3,
    day: 1,
    owned: 2,
    joined: 4,
    with_whom: 3,
}


# ---- Words and phrases -----------------------------------------------------------------------------------------------


def _fixed() -> dict[str, Sentence]:
    """Every English text of PHRASES with its translations."""
    found = {}
    for _, (english, de, fr) in rows(PHRASES):
        for en in english.split("/"):
            found[en] = Sentence(en, de, fr)
    return found


FIXED = _fixed()
FIXED_SENTENCES = tuple(one for one in FIXED.values() if one.en[-1] in ".!?")


def _bare(text: str) -> str:
    return text.lower().rstrip(".!?")


KNOWN = {_bare(en) for en in FIXED}
VERBS_ALONE = "eat drink sleep read write sing swim learn buy sell find forget understand bring laugh cry wash travel see hear".split()


def _words() -> tuple[Sentence, ...]:
    """Single words: nouns, adjectives, verbs, numbers, and those of PHRASES."""
    found = {_bare(en): one for en, one in FIXED.items() if en[-1] not in ".!?"}
    for one in (*NOUNS, *BY_KIND["place"], *FAMILY, *BY_KIND["person"], *FRIENDS):
        if one.en_plural != one.en:
            found.setdefault(one.en.lower(), Sentence(one.en, one.de, one.fr))
    for number in range(101):
        en, de, fr = number_words(number) if number < 100 else ("one hundred", "hundert", "cent")
        found.setdefault(en, Sentence(en, de, fr))
    for one in (*ADJECTIVES, *STATES):
        found.setdefault(one.en, Sentence(one.en, one.de, one.fr["m"]))
    for action in (*TRANSITIVE, *VERB_PHRASES, LIVE, GO):
        if action.en[0] in ("need", "think of", "wait for", "visit", "play", "help", "call", "thank", "sit") and action.preposition + action.fr_rest:
            continue
        de = words(action.de_object.lstrip("~").partition(" ")[2] if action.de_object.startswith("~") else action.de_object, action.de_infinitive)
        fr = words("se" if action.fr_reflexive else "", action.fr_infinitive, action.fr_rest)
        fr = re.sub("^se (?=[aeiouéh])", "s'", fr)
        found.setdefault(f"to {action.en[0]}", Sentence(f"to {action.en[0]}", de, fr))
        if action.en[0] in VERBS_ALONE:
            found.setdefault(action.en[0], Sentence(action.en[0], de, fr))
    for _, (en, de, fr) in rows(lexicon.COUNTRY_NAMES):
        found.setdefault(en.lower(), Sentence(en, de, fr))
    sentences = {_bare(one.en) for one in FIXED_SENTENCES}
    return tuple(one for en, one in found.items() if en not in sentences)


WORDS = _words()


def noun_phrase(rng: Random) -> Sentence:
    """the house, a black dog, my sister, two cats, the big red car"""
    one = draw_noun(rng, tuple(BY_KIND))
    if one.kind in ("family", "friends"):
        about = relative(rng)
    elif one.kind in MASS or not one.en_plural:
        about = phrase(one, "the", draw_adjective(rng, one, 0.3))
    else:
        owner = rng.choice(("the", "the", "the", "a", "a", "my", "your", "our", "this", rng.choice(tuple(NUMBERS)), "plural"))
        plural = owner in NUMBERS or owner == "plural"
        about = phrase(one, "the" if owner == "plural" else owner, draw_adjective(rng, one, 0.4), plural=plural)
    return Sentence(about.en, about.de["nom"], about.fr)


# ---- Tasks -----------------------------------------------------------------------------------------------------------

MINORS = ("boy", "girl", "child", "son", "daughter")
ALCOHOL = {"wine", "beer", "alcohol"}


def sentence_of_grammar(rng: Random) -> tuple[Sentence]:
    """A sentence or noun phrase from the patterns that is not also a fixed phrase, nor serves children wine.

    It is its own split key, by its English.
    """
    patterns, shares = tuple(PATTERNS), tuple(PATTERNS.values())
    while True:
        sentence = noun_phrase(rng) if rng.random() < 0.12 else rng.choices(patterns, shares)[0](rng)
        english = sentence.en.lower()
        drinks_early = any(child in english for child in MINORS) and ALCOHOL & set(english[:-1].split())
        if _bare(english) not in KNOWN and not drinks_early:
            return (sentence,)


def draw_sentence(rng: Random, split: Split) -> Sentence:
    if split == "train":
        kind = rng.random()
        if kind < PHRASE_SHARE:
            return rng.choice(FIXED_SENTENCES)
        if kind < PHRASE_SHARE + WORD_SHARE:
            return rng.choice(WORDS)
    (sentence,) = draw_split(rng, split, sentence_of_grammar)
    assert isinstance(sentence, Sentence)
    return sentence


CONTRACTIONS = (
    (r"\bI am\b", "I'm"), (r"\b(you|we|they) are\b", r"\1're"), (r"\b(he|she|it|that|what|where|who|how|there) is\b", r"\1's"),
    (r"\b(do|does|did|is|are|was|were|should|have|has) not\b", r"\1n't"), (r"\bcannot\b", "can't"), (r"\bwill not\b", "won't"),
    (r"\b(I|you|he|she|we|they) will\b", r"\1'll"), (r"\b(I|you|he|she|we|they) would\b", r"\1'd"),
)  # fmt: skip


def contracted(text: str) -> str:
    """I am -> I'm; not at the end of a sentence (what time it is)."""
    for long, short in CONTRACTIONS:
        text = re.sub(long + r"(?= \w)", short, text, flags=re.IGNORECASE)
    return text


def typed(rng: Random, english: str) -> str:
    """An English text as people type it: contracted, with another word for the same, American, without its final mark."""
    if rng.random() < 0.4:
        english = contracted(english)
    if rng.random() < 0.3:
        english = SYNONYM.sub(lambda found: SYNONYMS[found[1]] + found[2], english)
        english = re.sub(r"\ban? (?=\w)", lambda found: found[0], english)
        english = re.sub(r"\b([Aa])n (?=[^aeiou])", r"\1 ", english)
    return english


QUOTES = ('"', '"', '"', "'")


def item_of(language: str, rng: Random, split: Split) -> Item:
    """text: as it stands alone; inside: as part of a question, quoted or not, its final mark mostly left out."""
    sentence = draw_sentence(rng, split)
    text = typed(rng, sentence.en)
    inside = text.rstrip(".") if rng.random() < 0.8 else text
    inside = inside.rstrip("?!.") if rng.random() < 0.5 else inside
    if rng.random() < 0.6 and not re.match(r"I\b|[A-Z][a-z]+'?s? (?:is|was|has)|" + "|".join(PROPER), inside):
        inside = inside[0].lower() + inside[1:]
    if rng.random() < 0.5:
        quote = rng.choice(QUOTES) if "'" not in inside else '"'
        inside = f"{quote}{inside}{quote}"
    elif text[-1] not in ".!?" and rng.random() < 0.1:
        text = starts(text)
    fields = {"text": text, "inside": inside}
    return Item(fields, sentence.de if language == "German" else sentence.fr, KEPT)


PROPER = tuple(f"{name}\\b" for name, _ in NAMES) + ("Mon|Tue|Wed|Thu|Fri|Sat|Sun",)
KEPT = ("a", "an", "the", "A", "An", "The")  # their loss would change the translation


def german_item(rng: Random, split: Split) -> Item:
    return item_of("German", rng, split)


def french_item(rng: Random, split: Split) -> Item:
    return item_of("French", rng, split)


def phrasings(language: str) -> tuple[str, ...]:
    """T5's own prefix in half of the prompts, as the profiles send it; the rest as people ask."""
    asked = (
        f"«^[<please>] (translate*4|put|convert|turn) (this|that|the following|this sentence|this phrase|this text|) "
        f"([from English] (into|to) {language}*4|into {language}) (:|.|) {{text}}»",
        f"«^(can you|could you|can you please|please) translate {{inside}} (into|to) {language}[ for me][, please][?]»",
        f"«^translate {{inside}} (into|to|in) {language}[.|, please]»",
        f"«^how (do you|do I|would you|can I|do people|do we|to) say {{inside}} in {language}[?]*3»",
        f"«^how (do you|would you|do I) say (this|that|it) in {language}? {{text}}»",
        f"«^(what is*3|what's|whats) {{inside}} in {language}?»",
        f"«^(what is|what's) the {language} (word|translation|phrase|) (for|of) {{inside}}?»",
        f"«^say {{inside}} in {language}[.|, please]»",
        f"«^{{inside}} in {language}[?|, please|:]»",
        f"«^{{inside}} (to|into) {language}»",
        f"«^[the] {language} (translation (of|for)|for|word for) {{inside}}[?]»",
        f"«^(what does {{inside}} mean in {language}?|I want to say {{inside}} in {language}.|how is {{inside}} said in {language}?|what do you call {{inside}} in {language}?)»",
        f"«^{language}: {{text}}»",
        f"«^{{text}} (In {language}[?|:]|Translate to {language}.|{language} translation:|How would you say that in {language}?)»",
    )
    prefix = f"translate English to {language}: «{{text}}»"
    flan = (
        f"Translate to {language}: «{{text}}»",
        f"Translate English to {language}: «{{text}}»",
        f"Translate this sentence to {language}. «{{text}}»",
        f"Q: Translate into {language}: «{{text}}» A:",
        f"English: «{{text}}» {language}:",
    )
    return (*(prefix,) * 12, *flan, *asked)


def _task(name: str, language: str, draw: Callable[[Random, Split], Item]) -> Task:
    return Task(
        name,
        draw,
        phrasings(language),
        shot=f"translate to {language}: {{text}}",
        instructions=(f"Translate to {language}.", f"Translate each sentence from English to {language}."),
        closed=True,
        weight=2.0,
    )


GERMAN = _task("translate_de", "German", german_item)
FRENCH = _task("translate_fr", "French", french_item)
