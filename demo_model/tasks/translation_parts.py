"""What translated sentences are made of: the parsed lexicon, subjects, noun phrases, predicates."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from random import Random

from demo_model.tasks import english_words
from demo_model.tasks import translation_words as lexicon
from demo_model.tasks.tables import rows, words
from demo_model.tasks.translation_grammar import (
    BE,
    NUMBERS,
    Phrase,
    Predicate,
    Subject,
    Verb,
    a_en,
    at_fr,
    elide,
    join_fr,
    phrase,
    present_fr,
    spaced,
    verb,
)
from demo_model.tasks.translation_words import Adjective, Noun, adjective, noun

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
    return noun(
        kind, [f"{en}={synonym}", f"{'w' if man.endswith('+') else 'm'} {man.rstrip('+')} {men}", f"m {french}"]
    )


JOBS = [(_worker("person", columns, False), _worker("person", columns, True)) for _, columns in rows(lexicon.JOB_TABLE)]
FRIENDS = [_worker("friends", columns, False) for _, columns in rows(lexicon.FRIENDS_TABLE)]

BY_KIND: dict[str, list[Noun]] = {
    kind: [n for n in NOUNS if n.kind == kind] for kind in dict.fromkeys(n.kind for n in NOUNS)
}
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
SYNONYMS = {
    one.en: one.synonym for one in (*NOUNS, *BY_KIND["place"], *FAMILY, *FRIENDS, *STATES, *ADJECTIVES) if one.synonym
}
SYNONYMS |= {en.partition("=")[0]: en.partition("=")[2] for _, (en, *_) in rows(lexicon.TIME_TABLE) if "=" in en}
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
    plural = (
        one.en in ("child", "brother", "sister", "friend", "neighbour", "colleague", "cousin") and rng.random() < 0.3
    )
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
    """A noun of one of the kinds, mostly an everyday one."""
    return english_words.mostly_everyday(rng, BY_KIND[rng.choice(kinds)], lambda one: one.en)


def draw_adjective(rng: Random, one: Noun, share: float) -> Adjective | None:
    fitting = FITTING.get(one.kind)
    if not fitting or rng.random() >= share:
        return None
    return english_words.mostly_everyday(rng, fitting, lambda one: one.en)


OWNED = ("thing", "text", "furniture", "vehicle", "home", "clothes", "animal")


def thing(rng: Random, one: Noun, *, definite: float = 0.4, adjectives: float = 0.12) -> Phrase:
    """the/my/a/some/two NOUN, with or without an adjective."""
    if one.kind == "family":
        return phrase(one, rng.choice(("my", "my", "your", "his", "her", "our")))
    if one.kind == "friends":
        return phrase(one, rng.choice(("my", "my", "your", "his", "her", "our")), plural=rng.random() < 0.5)
    described = draw_adjective(rng, one, adjectives)
    if rng.random() < definite:
        owned = one.kind in OWNED and rng.random() < 0.4
        plural = bool(one.en_plural) and rng.random() < 0.2
        return phrase(
            one, rng.choice(("my", "your", "his", "her", "our", "their")) if owned else "the", described, plural=plural
        )
    if one.kind in MASS or not one.en_plural:
        return _some(rng, one, described if one.kind != "matter" else None, plural=False)
    kind = rng.random()
    if kind < 0.1:
        return phrase(one, rng.choice(tuple(NUMBERS)[:10]), described, plural=True)
    if kind < 0.15:
        return _some(rng, one, described, plural=True)
    return phrase(one, "a", described)


def _some(rng: Random, one: Noun, described: Adjective | None, *, plural: bool) -> Phrase:
    """water, some water, more water, a lot of water"""
    kind = rng.random()
    if kind < 0.9:
        said = phrase(one, "some", described, plural=plural)
        return replace(said, en=f"some {said.en}") if kind < 0.2 else said
    return phrase(one, rng.choice(("more", "a lot of", "too many" if plural else "too much")), described, plural=plural)


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
        return Phrase(
            f"{en} {name}",
            {"nom": said, "acc": said},
            fr[:-2] + elide("de", held.fr_plural if plural else held.fr),
            "m",
        )
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


# ---- Numbers ---------------------------------------------------------------------------------------------------------

ONES = words("""
zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen
nineteen
""")
ONES_DE = words("""
null eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn
achtzehn neunzehn
""")
ONES_FR = words("""
zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize dix-sept dix-huit dix-neuf
""")
TENS = words("twenty thirty forty fifty sixty seventy eighty ninety")
TENS_DE = words("zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig")
TENS_FR = words("vingt trente quarante cinquante soixante")


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

# ---- Predicates ------------------------------------------------------------------------------------------------------

STATIVE = (
    "have",
    "know",
    "need",
    "like",
    "love",
    "hate",
    "want",
    "see",
    "hear",
    "understand",
    "forget",
    "find",
    "lose",
)
PRESENT_ONLY = ("want", "like", "love", "hate", "need", "know", "have breakfast")
# States that German and French have: hungry is Hunger (haben), under "not" keinen Hunger; faim (avoir), under "pas".
HAVING = """
hungry | Hunger | keinen Hunger | faim | faim
thirsty | Durst | keinen Durst | soif | soif
afraid | Angst | keine Angst | peur | peur
scared | Angst | keine Angst | peur | peur
right | recht | | raison | raison
wrong | unrecht | | tort | tort
lucky | Glück | kein Glück | de la chance | de chance
"""
HABITS = (
    "work",
    "read",
    "write",
    "cook",
    "swim",
    "dance",
    "sing",
    "smoke",
    "study",
    "learn",
    "run",
    "travel",
    "eat",
    "drink",
)


def acting(rng: Random) -> Predicate:
    """A transitive verb and its object: buys a red hat."""
    return with_object(rng, english_words.mostly_everyday(rng, TRANSITIVE, lambda action: action.en[0]))


def with_object(rng: Random, action: Verb) -> Predicate:
    name = action.en[0]
    one = draw_noun(rng, action.kinds)
    if name in ("like", "love", "hate") and (
        (one.kind in (*MASS, "food", "animal", "show") and rng.random() < 0.7) or one.kind == "topic"
    ):
        said = phrase(one, "all", plural=bool(one.en_plural))
    elif name in (
        "like",
        "love",
        "hate",
        "know",
        "pay for",
        "wait for",
        "open",
        "close",
        "forget",
        "lose",
        "repair",
        "clean",
    ):
        said = thing(rng, one, definite=1)
    elif one.kind == "place":
        said = phrase(one, "the", draw_adjective(rng, one, 0.2))
    else:
        said = thing(rng, one, definite=0.35)
    return of_object(action, said)


def of_object(action: Verb, said: Phrase) -> Predicate:
    """A transitive verb with the given object."""
    name = action.en[0]
    de = spaced(action.preposition, said.de[action.case])
    no = said.no
    fr, fr_no = said.fr, no.fr if no else ""
    if name == "need":  # besoin d'eau, besoin d'un livre, besoin de livres
        bare = said.en.split(" ")[0] not in ("a", "an") and no
        fr, fr_no = (
            (fr.removeprefix("du ").removeprefix("de la ").removeprefix("de l'").removeprefix("des ") if bare else fr),
            "",
        )
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


# What one does somewhere: I have lunch at the restaurant.
STAYING = words("""
work read write eat drink sleep wait sing dance study cook cry have_breakfast have_lunch have_dinner
eat_breakfast swim run smoke play_football play_chess listen_to_music
""")
PARTITIVE = re.compile(r"(du |de la |de l'|des |une? )")


def doing(rng: Random) -> Predicate:
    """A verb phrase: sleeps, plays football, goes home."""
    action = english_words.mostly_everyday(rng, VERB_PHRASES, lambda action: action.en[0].split(" ")[0])
    predicate = of_phrase(action)
    if predicate.verb.en[0] in STAYING and rng.random() < 0.35:
        _, (en, de, fr), _ = place(rng)
        return replace(predicate, en=en, de_rest=spaced(de, predicate.de_rest), fr=spaced(predicate.fr, fr))
    return predicate


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
    if action.en[0] in words("see know call invite help understand hear love hate find forget meet thank look_for")
)
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
    en, de, fr = (
        rng.choice((("", "", ""), ("", "", ""), ("very", "sehr", "très"), ("too", "zu", "trop")))
        if gentle
        else ("", "", "")
    )
    if en == "too" and state.en not in (
        "young",
        "old",
        "small",
        "tall",
        "weak",
        "shy",
        "lazy",
        "tired",
        "sick",
        "nervous",
    ):
        en, de, fr = "very", "sehr", "très"
    if state.fr["m"] == "en bonne santé":
        fr = {"très": "en très bonne santé"}.get(fr, state.fr["m"])
        return Predicate(BE, spaced(en, state.en), de_rest=spaced(de, state.de), fr=fr, progressive=False)
    return Predicate(
        BE,
        spaced(en, state.en),
        de_rest=spaced(de, state.de),
        fr=spaced(fr, state.fr[subject.agree]),
        progressive=False,
    )


def having(rng: Random) -> Predicate:
    """is hungry: Hunger haben, avoir faim"""
    en, de, de_no, fr, fr_no = rng.choice([columns for _, columns in rows(HAVING)])
    have = ACTION["have"]
    verb_of = replace(have, en=BE.en)
    return Predicate(
        verb_of,
        en,
        de_object=de if de_no else "",
        de_no=de_no,
        de_rest="" if de_no else de,
        fr=fr,
        fr_no=fr_no,
        progressive=False,
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
        BE,
        en,
        de_object=de,
        de_no="kein" + ("e " if plural or one.de_gender == "f" else " ") + de,
        fr=one.fr_plural if plural else one.fr,
        progressive=False,
    )


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
    if kind < 0.86:
        return being(rng, subject)
    if kind < 0.885:
        return having(rng)
    if kind < 0.92:
        return being_at(rng)
    if kind < 0.96:
        return being_worker(rng, subject)
    return to_whom(rng, subject)
