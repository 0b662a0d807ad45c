"""Translation of everyday English to German and French: words, phrases known by heart, and sentences from a grammar.

Every draw makes the English text together with its German and its French translation, so each English text has exactly
one target per language. Phrases and single words are always trained on; the sentences are split into training and
evaluation by the English sentence, the same split for both languages.

The modules beside this one hold the words, the phrases, the grammar, the parts of sentences and the patterns.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random

from demo_model.examples import Item, Split, Task, draw_split
from demo_model.tasks import english_words
from demo_model.tasks import translation_words as lexicon
from demo_model.tasks.tables import rows, words
from demo_model.tasks.translation_grammar import NUMBERS, Sentence, phrase, spaced, starts
from demo_model.tasks.translation_parts import (
    ADJECTIVES,
    BY_KIND,
    FAMILY,
    FRIENDS,
    GO,
    HOURS,
    LIVE,
    MASS,
    NAMES,
    NOUNS,
    STATES,
    SYNONYM,
    SYNONYMS,
    TRANSITIVE,
    VERB_PHRASES,
    draw_adjective,
    draw_noun,
    number_words,
    relative,
)
from demo_model.tasks.translation_patterns import PATTERNS
from demo_model.tasks.translation_phrases import PHRASES

PHRASE_SHARE, WORD_SHARE, PAIR_SHARE = 0.27, 0.15, 0.02  # of the training items
FIRST_PHRASES, FIRST_SHARE = 813, 0.75  # so many from the top of the table make up this share of the phrases
SHORT, SHORT_SHARE = 6, 0.8  # words in most sentences at most

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


ENGLISH_NUMBERS = {number_words(number)[0] for number in range(21)}
DAYS = set(words("Monday Tuesday Wednesday Thursday Friday Saturday Sunday"))


def _bare(text: str) -> str:
    return text.lower().rstrip(".!?")


KNOWN = {_bare(en) for en in FIXED}
VERBS_ALONE = words("""
eat drink sleep read write sing swim learn buy sell find
forget understand bring laugh cry wash travel see hear
""")


def _words() -> tuple[Sentence, ...]:
    """Single words: nouns, adjectives, verbs, numbers, and those of PHRASES."""
    found = {_bare(en): one for en, one in FIXED.items() if en[-1] not in ".!?"}
    for one in (*NOUNS, *BY_KIND["place"], *FAMILY, *BY_KIND["person"], *FRIENDS):
        if one.en_plural != one.en:
            found.setdefault(one.en.lower(), Sentence(one.en, one.de, one.fr))
    for number in range(101):
        en, de, fr = number_words(number) if number < 100 else ("one hundred", "hundert", "cent")
        found.setdefault(en, Sentence(en, de, fr))
    for quality in (*ADJECTIVES, *STATES):
        found.setdefault(quality.en, Sentence(quality.en, quality.de, quality.fr["m"]))
    for action in (*TRANSITIVE, *VERB_PHRASES, LIVE, GO):
        if (
            action.en[0] in ("need", "think of", "wait for", "visit", "play", "help", "call", "thank", "sit")
            and action.preposition + action.fr_rest
        ):
            continue
        de = spaced(
            action.de_object.lstrip("~").partition(" ")[2] if action.de_object.startswith("~") else action.de_object,
            action.de_infinitive,
        )
        fr = spaced("se" if action.fr_reflexive else "", action.fr_infinitive, action.fr_rest)
        fr = re.sub("^se (?=[aeiouéh])", "s'", fr)
        found.setdefault(f"to {action.en[0]}", Sentence(f"to {action.en[0]}", de, fr))
        if action.en[0] in VERBS_ALONE:
            found.setdefault(action.en[0], Sentence(action.en[0], de, fr))
    for _, (en, de, fr) in rows(lexicon.COUNTRY_NAMES):
        found.setdefault(en.lower(), Sentence(en, de, fr))
    sentences = {_bare(one.en) for one in FIXED_SENTENCES}
    return tuple(one for en, one in found.items() if en not in sentences)


WORDS = _words()
EVERYDAY_WORDS = tuple(
    one for one in WORDS if one.en in english_words.EVERYDAY or one.en in ENGLISH_NUMBERS or one.en in DAYS
)


def noun_phrase(rng: Random) -> Sentence:
    """the house, a black dog, my sister, two cats, the big red car"""
    one = draw_noun(rng, tuple(BY_KIND))
    if one.kind in ("family", "friends"):
        about = relative(rng)
    elif one.kind in MASS or not one.en_plural:
        about = phrase(one, "the", draw_adjective(rng, one, 0.3))
    else:
        owner = rng.choice(
            ("the", "the", "the", "a", "a", "my", "your", "our", "this", rng.choice(tuple(NUMBERS)[:10]), "plural")
        )
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
    most = SHORT if rng.random() < SHORT_SHARE else 99
    while True:
        sentence = noun_phrase(rng) if rng.random() < 0.12 else rng.choices(patterns, shares)[0](rng)
        english = sentence.en.lower()
        drinks_early = any(child in english for child in MINORS) and ALCOHOL & set(english[:-1].split())
        if english.count(" ") < most and _bare(english) not in KNOWN and not drinks_early:
            return (sentence,)


def draw_sentence(rng: Random, split: Split) -> Sentence:
    if split == "train":
        kind = rng.random()
        if kind < PHRASE_SHARE:
            return rng.choice(FIXED_SENTENCES[:FIRST_PHRASES] if rng.random() < FIRST_SHARE else FIXED_SENTENCES)
        if kind < PHRASE_SHARE + WORD_SHARE:
            return rng.choice(EVERYDAY_WORDS if rng.random() < english_words.EVERYDAY_SHARE else WORDS)
        if kind < PHRASE_SHARE + WORD_SHARE + PAIR_SHARE:
            return _pair(rng)
    (sentence,) = draw_split(rng, split, sentence_of_grammar)
    assert isinstance(sentence, Sentence)
    return sentence


def _pair(rng: Random) -> Sentence:
    """Two sentences, one after the other."""
    found: list[Sentence] = []
    while len(found) < 2:
        if rng.random() < 0.4:
            one = rng.choice(FIXED_SENTENCES)
        else:
            (one,) = draw_split(rng, "train", sentence_of_grammar)  # type: ignore[assignment]
        if one.en[-1] in ".?!":
            found.append(one)
    return Sentence(*(" ".join(getattr(one, language) for one in found) for language in ("en", "de", "fr")))


CONTRACTIONS = (
    (r"\bI am\b", "I'm"), (r"\b(you|we|they) are\b", r"\1're"),
    (r"\b(he|she|it|that|what|where|who|how|there) is\b", r"\1's"),
    (r"\b(do|does|did|is|are|was|were|should|have|has) not\b", r"\1n't"), (r"\bcannot\b", "can't"),
    (r"\bwill not\b", "won't"),
    (r"\b(I|you|he|she|we|they) will\b", r"\1'll"), (r"\b(I|you|he|she|we|they) would\b", r"\1'd"),
)  # fmt: skip


def contracted(text: str) -> str:
    """I am -> I'm; not at the end of a sentence (what time it is)."""
    for long, short in CONTRACTIONS:
        text = re.sub(long + r"(?= \w)", short, text, flags=re.IGNORECASE)
    return text


# Other ways to say the same, each drawn in a fifth of the cases.
VARIANTS = [
    (re.compile(pattern), other)
    for pattern, other in (
        (r"\bCan you\b", "Could you"), (r"\bI have (?=an? |two |three |no )", "I've got "),
        (r"\bnearby\b", "near here"),
        (r"\bDo you have\b", "Have you got"), (r"\bthe USA\b", "the United States"), (r"\bfavourite\b", "favorite"),
        (r"\bIt is quarter\b", "It is a quarter"), (r"\bCan I\b", "May I"), (r"\btelevision\b", "TV"),
        (r"\bI would like\b", "I'd like"), (r"\bone hundred\b", "hundred"),
    )
]  # fmt: skip
CLOCK = re.compile(rf"\b({'|'.join(en for en, _ in HOURS)}) o'clock")
HOUR_OF = {en: str(at) for at, (en, _) in enumerate(HOURS, 1)}


def typed(rng: Random, english: str) -> str:
    """An English text as people type it: contracted, or with other words for the same."""
    for pattern, other in VARIANTS:
        if rng.random() < 0.2:
            english = pattern.sub(other, english)
    if "o'clock" in english and rng.random() < 0.4:
        english = CLOCK.sub(lambda hour: f"{HOUR_OF[hour[1]]} o'clock", english)
    if rng.random() < 0.4:
        english = contracted(english)
    if rng.random() < 0.3:
        english = SYNONYM.sub(lambda found: SYNONYMS[found[1]] + found[2], english)
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


PROPER = (*(f"{name}\\b" for name, _ in NAMES), "Mon|Tue|Wed|Thu|Fri|Sat|Sun")
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
        f"«^translate (the (sentence|word|phrase|text)|this (sentence|word|phrase)) [:] {{inside}} (into|to|"
        f"in) {language}[.|<please>]»",
        f"«^(I need this in {language}|into {language}|in {language}|say this in {language}|"
        f"how is this in {language}) : {{text}}»",
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
        f"«^(what does {{inside}} mean in {language}?|I want to say {{inside}} in {language}.|"
        f"how is {{inside}} said in {language}?|what do you call {{inside}} in {language}?)»",
        f"«^{language}: {{text}}»",
        f"«^{{text}} (In {language}[?|:]|Translate to {language}.|{language} translation:|"
        f"How would you say that in {language}?)»",
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
        weight=3.0 if language == "French" else 2.5,
    )


GERMAN = _task("translate_de", "German", german_item)
FRENCH = _task("translate_fr", "French", french_item)
