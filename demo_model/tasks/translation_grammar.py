"""The grammar of the translation families: noun phrases and clauses in English, German and French.

A clause is built in all three languages from one meaning (subject, predicate, tense, negation, question), so that they
cannot disagree. Conventions: "you" is du and tu; "I" and mixed groups are masculine in French; the simple past of
"be" and "have" is Präteritum and imparfait, that of other verbs Perfekt and passé composé; "will" and "going to" are
werden and aller. French asks with inversion after a pronoun, otherwise with "est-ce que".
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import cache

from demo_model.tasks.translation_words import FRENCH_TABLE, Adjective, Noun

# ---- Small words -----------------------------------------------------------------------------------------------------

ASPIRATED = ("huit", "hamster", "haut", "héros", "hockey", "onze")  # French words that look as if "le" were elided


def elides(word: str) -> bool:
    """Whether French le, de, je, ne and que lose their vowel before this word."""
    return word[0].lower() in "aeiouhéèêàîôœâ" and not word.startswith(ASPIRATED)


def elide(short: str, rest: str) -> str:
    """d'eau, but de vin; j'ai, but je vois."""
    return f"{short[:-1]}'{rest}" if elides(rest) else f"{short} {rest}"


def before_fr(clitic: str, verb: str) -> str:
    """A French verb with its object pronoun, if there is one."""
    return elide(clitic, verb) if clitic.endswith(("e", "a")) else spaced(clitic, verb)


def de_fr(phrase: str) -> str:
    """French "de" before a noun phrase, contracted: du, des, d'."""
    if phrase.startswith("le "):
        return "du " + phrase[3:]
    if phrase.startswith("les "):
        return "des " + phrase[4:]
    return elide("de", phrase)


def at_fr(phrase: str) -> str:
    """French "à" before a noun phrase, contracted: au, aux."""
    if phrase.startswith("le "):
        return "au " + phrase[3:]
    if phrase.startswith("les "):
        return "aux " + phrase[4:]
    return f"à {phrase}"


def join_fr(start: str, rest: str) -> str:
    """What belongs to a French verb and its object; "besoin de" and "à" are contracted with an article."""
    if start.rsplit(" ", maxsplit=1)[-1] == "de":
        return start[:-2] + de_fr(rest)
    if start.rsplit(" ", maxsplit=1)[-1] == "à":
        return start[:-1] + at_fr(rest)
    return spaced(start, rest)


def a_en(phrase: str) -> str:
    return ("an " if phrase[0] in "aeiou" and not phrase.startswith(("uni", "use", "euro")) else "a ") + phrase


def spaced(*parts: str) -> str:
    return " ".join(part for part in parts if part)


def starts(text: str) -> str:
    return text[0].upper() + text[1:]


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence, or a part of one, in three languages. Its English text decides its side of the split."""

    en: str
    de: str
    fr: str

    def __str__(self) -> str:
        return self.en


def full(en: str, de: str, fr: str, end: str = ".") -> Sentence:
    return Sentence(starts(en) + end, starts(de) + end, starts(fr) + (" " + end if end in "?!" else end))


# ---- Noun phrases ----------------------------------------------------------------------------------------------------

# German endings of "der" and of adjectives without an article, by case and gender (p: plural).
STRONG = {
    "nom": {"m": "er", "f": "e", "n": "es", "p": "e"},
    "acc": {"m": "en", "f": "e", "n": "es", "p": "e"},
    "dat": {"m": "em", "f": "er", "n": "em", "p": "en"},
}
DER = {
    "nom": {"m": "der", "f": "die", "n": "das", "p": "die"},
    "acc": {"m": "den", "f": "die", "n": "das", "p": "die"},
    "dat": {"m": "dem", "f": "der", "n": "dem", "p": "den"},
}
CASES = ("nom", "acc", "dat")

# English possessive: German stem, French masculine, feminine, plural
POSSESSIVES = {
    "my": ("mein", "mon", "ma", "mes"),
    "your": ("dein", "ton", "ta", "tes"),
    "his": ("sein", "son", "sa", "ses"),
    "her": ("ihr", "son", "sa", "ses"),
    "our": ("unser", "notre", "notre", "nos"),
    "their": ("ihr", "leur", "leur", "leurs"),
}
NUMBERS = {
    "two": ("zwei", "deux"),
    "three": ("drei", "trois"),
    "four": ("vier", "quatre"),
    "five": ("fünf", "cinq"),
    "six": ("sechs", "six"),
    "seven": ("sieben", "sept"),
    "eight": ("acht", "huit"),
    "nine": ("neun", "neuf"),
    "ten": ("zehn", "dix"),
    "many": ("viele", "beaucoup de"),
    "more": ("mehr", "plus de"),
    "a lot of": ("viele", "beaucoup de"),
    "too many": ("zu viele", "trop de"),
}

# Before a mass noun, where German has no ending.
MASSES = {"a lot of": ("viel", "beaucoup de"), "too much": ("zu viel", "trop de")}


@dataclass(frozen=True, slots=True)
class Phrase:
    """A noun phrase. de: by case. agree: French agreement of a predicate (m, f, mp, fp). no: under negation, where an
    indefinite phrase becomes "kein" and "de"; None for other phrases."""

    en: str
    de: dict[str, str]
    fr: str
    agree: str
    plural: bool = False
    no: Phrase | None = None
    any_en: str = ""  # the English in questions and after "not": "any water"


def german_phrase(noun: Noun, determiner: str, adjective: Adjective | None, plural: bool, case: str) -> str:
    """determiner: der, dies, an ein-word (ein, kein, mein ...), a number, or "" for none."""
    gender = "p" if plural or noun.de_gender == "p" else noun.de_gender
    weak = "e" if (case == "nom" and gender != "p") or (case == "acc" and gender in "fn") else "en"
    strong = STRONG[case][gender]
    if determiner == "der":
        article, ending = DER[case][gender], weak
    elif determiner == "dies":
        article, ending = determiner + strong, weak
    elif determiner.endswith(("ein", "ihr", "unser")):
        bare = (gender in "mn" and case == "nom") or (gender == "n" and case == "acc")
        article, ending = (determiner, strong) if bare else (determiner + strong, weak)
    else:
        article, ending = determiner, strong
        if determiner.endswith("viele") and case == "dat":
            article += "n"
    if gender == "p":
        word = noun.de_plural or noun.de
        if case == "dat" and not word.endswith(("n", "s")):
            word += "n"
    else:
        word = noun.german(case)
    return spaced(article, adjective.de_stem + ending if adjective else "", word)


def french_noun(noun: Noun, adjective: Adjective | None, plural: bool) -> str:
    """A French noun with its adjective on the right side and in the right form, no article."""
    word = noun.fr_plural if plural else noun.fr
    if adjective is None:
        return word
    gender = noun.fr_gender if noun.fr_gender in "mf" else "m"
    form = adjective.fr[gender + "p" if plural else gender]
    if not adjective.fr_before:
        return f"{word} {form}"
    if gender == "m" and not plural and elides(word):
        form = adjective.fr_vowel
    return f"{form} {word}"


def french_phrase(noun: Noun, determiner: str, adjective: Adjective | None, plural: bool) -> str:
    """determiner: le, un, du (some), de, ce, an English possessive, a number, or "" for none."""
    rest = french_noun(noun, adjective, plural)
    plural = plural or noun.fr_gender == "p"
    feminine = noun.fr_gender == "f"
    if determiner in POSSESSIVES:
        _, m, f, p = POSSESSIVES[determiner]
        return f"{p if plural else f if feminine and not elides(rest) else m} {rest}"
    if determiner == "le":
        return "les " + rest if plural else elide("la" if feminine else "le", rest)
    if determiner == "un":
        if plural:
            return elide("de", rest) if adjective and adjective.fr_before else "des " + rest
        return ("une " if feminine else "un ") + rest
    if determiner == "du":
        return de_fr(french_phrase(noun, "le", adjective, plural=False))
    if determiner == "ce":
        return ("ces " if plural else "cette " if feminine else "cet " if elides(rest) else "ce ") + rest
    if determiner.endswith("de"):
        return determiner[:-2] + elide("de", rest)
    return spaced(determiner, rest)


def phrase(noun: Noun, determiner: str, adjective: Adjective | None = None, *, plural: bool = False) -> Phrase:
    """A noun phrase with an English determiner: the, a, some (no article in English), this, my, two ..."""
    word = noun.en_plural if plural else noun.en
    described = spaced(adjective.en if adjective else "", word)
    de, fr, en = {
        "the": ("der", "le", f"the {described}"),
        "a": ("ein", "un", a_en(described)),
        "some": ("", "un" if plural else "du", described),
        "no": ("kein", "de", f"no {described}"),
        "this": ("dies", "ce", f"{'these' if plural else 'this'} {described}"),
        "all": ("", "le", described),  # in general: (I like) dogs, coffee
    }.get(determiner, ("", "", f"{determiner} {described}"))
    if determiner in POSSESSIVES:
        de, fr = POSSESSIVES[determiner][0], determiner
    elif determiner in NUMBERS:
        de, fr = NUMBERS[determiner]
    if determiner in ("a lot of", "too much") and not plural:
        de, fr = MASSES[determiner]
    group = plural or (noun.en_plural == noun.en and determiner in NUMBERS)
    no = None
    if determiner in ("a", "some"):
        no = replace(phrase(noun, "no", adjective, plural=plural), en=en)
    elif determiner == "all":  # "Ich mag keinen Fisch", but "je n'aime pas le poisson"
        no = replace(phrase(noun, "no", adjective, plural=plural), en=en, fr=french_phrase(noun, fr, adjective, plural))
    return Phrase(
        en,
        {case: german_phrase(noun, de, adjective, plural, case) for case in CASES},
        french_phrase(noun, fr, adjective, plural),
        (noun.fr_gender if noun.fr_gender in "mf" else "m") + ("p" if group else ""),
        group,
        no,
        f"any {described}" if determiner == "some" else "",
    )


# ---- Verbs -----------------------------------------------------------------------------------------------------------

PERSONS = ("1s", "2s", "3s", "1p", "3p")
REFLEXIVE = {"1s": "me", "2s": "te", "3s": "se", "1p": "nous", "3p": "se"}


@dataclass(frozen=True, slots=True)
class Verb:
    """A verb in three languages. en: base, past, participle. de and fr: present by person, infinitive, participle.
    de_sein, fr_etre: the auxiliary. case: of the German object, with a preposition in front of it if there is one."""

    en: tuple[str, str, str]
    de: dict[str, str]
    de_infinitive: str
    de_participle: str
    de_sein: bool
    de_prefix: str
    de_imperative: str
    fr: dict[str, str]
    fr_infinitive: str
    fr_participle: str
    fr_etre: bool
    fr_reflexive: bool
    fr_rest: str = ""  # what belongs to the French verb: besoin de, à
    case: str = "acc"
    preposition: str = ""
    kinds: tuple[str, ...] = ()
    de_object: str = ""  # of a fixed phrase: Fußball (spielen)


def third_en(base: str) -> str:
    first, _, rest = base.partition(" ")
    if first in ("have", "be", "do", "go"):
        first = {"have": "has", "be": "is", "do": "does", "go": "goes"}[first]
    elif first.endswith("y") and first[-2] not in "aeiou":
        first = first[:-1] + "ies"
    else:
        first += "es" if first.endswith(("s", "x", "ch", "sh", "z")) else "s"
    return spaced(first, rest)


def _short_vowel(word: str) -> bool:
    """Whether a verb doubles its last letter: run, swim, forget."""
    return bool(re.fullmatch(r"[^aeiou]*[aeiou][^aeiouwxy]|forget", word))


def ing_en(base: str) -> str:
    first, _, rest = base.partition(" ")
    if first.endswith("e") and not first.endswith(("ee", "oe", "ye")) and first != "be":
        first = first[:-1]
    elif _short_vowel(first):
        first += first[-1]
    return spaced(first + "ing", rest)


def past_en(base: str) -> str:
    first, _, rest = base.partition(" ")
    if first.endswith("e"):
        first += "d"
    elif first.endswith("y") and first[-2] not in "aeiou":
        first = first[:-1] + "ied"
    else:
        first += first[-1] + "ed" if _short_vowel(first) else "ed"
    return spaced(first, rest)


def present_de(infinitive: str, third: str) -> dict[str, str]:
    """The present of a German verb without its separable prefix. third: er-form, and du-form after a colon, or ""."""
    third, _, second = third.partition(":")
    stem = infinitive[:-2] if infinitive.endswith("en") else infinitive[:-1]
    linking = "e" if re.search(r"(d|t|chn|[^aeiouäöülrhnm][nm])$", stem) else ""
    if not second:
        base = third.removesuffix("t") if third else stem + linking
        second = base + ("t" if base.endswith(("s", "ß", "z", "x")) else "st")
    first = infinitive.replace("eln", "le") if infinitive.endswith("eln") else stem + "e"
    if third in ("mag", "will", "weiß"):
        first = third
    return {"1s": first, "2s": second, "3s": third or stem + linking + "t", "1p": infinitive, "3p": infinitive}


def imperative_de(infinitive: str, present: dict[str, str]) -> str:
    stem = infinitive[:-2] if infinitive.endswith("en") else infinitive[:-1]
    changed = present["2s"]
    if changed[: len(stem)] != stem and not re.search("[äöü]", changed):  # iss, nimm, lies
        return changed[: -1 if stem.endswith(("s", "ß")) else -2]
    if infinitive.endswith("eln"):
        return infinitive[:-3] + "le"
    return stem + ("e" if re.search(r"(d|t|chn|ig|ier|ück|[^aeiouäöülrhnm][nm])$", stem) else "")


@cache
def french_verbs() -> dict[str, dict[str, str]]:
    forms = {}
    for line in FRENCH_TABLE.strip().splitlines():
        infinitive, *present, participle = line.split()
        forms[infinitive] = {**dict(zip(PERSONS, present, strict=True)), "participle": participle}
    return forms


def present_fr(infinitive: str) -> dict[str, str]:
    """The present of a French verb and its participle."""
    table = french_verbs()
    for base in sorted(table, key=len, reverse=True):
        if infinitive.endswith(base):
            prefix = infinitive.removesuffix(base)
            return {person: prefix + form for person, form in table[base].items()}
    if not infinitive.endswith("er"):
        raise ValueError(f"no French forms for {infinitive}")
    stem = infinitive[:-2]
    accented = stem
    if re.search("[eé][^aeiouéèy]$", stem):
        accented = stem[:-2] + "è" + stem[-1]
    elif stem.endswith(("oy", "uy", "ay")):
        accented = stem[:-1] + "i"
    soft = stem + "e" if stem.endswith("g") else stem[:-1] + "ç" if stem.endswith("c") else stem
    present = (accented + "e", accented + "es", accented + "e", soft + "ons", accented + "ent", stem + "é")
    return dict(zip((*PERSONS, "participle"), present, strict=True))


ETRE = ("aller", "venir", "arriver", "partir", "rester", "rentrer", "sortir", "tomber")


def verb(columns: list[str]) -> Verb:
    """A line of TRANSITIVE_TABLE or PHRASE_TABLE."""
    base, *pasts = columns[0].split("/")
    past = pasts[0] if pasts else past_en(base)
    german = columns[1].split()
    end = next(at for at, word in enumerate(german) if _is_participle(german, at))
    participle, after = german[end], german[end + 1 :]
    third = german[end - 1] if _is_third(german[end - 1], german[end - 2] if end > 1 else "") else ""
    at = end - (2 if third else 1)
    prefix, _, infinitive = german[at].rpartition("|")
    present = present_de(infinitive, third)
    french, _, rest = columns[2].partition(" ")
    reflexive = french == "se"
    if reflexive:
        french, _, rest = rest.partition(" ")
    forms = present_fr(french)
    return Verb(
        (base, past, pasts[1] if len(pasts) > 1 else past),
        present,
        prefix + infinitive,
        participle.rstrip("+"),
        participle.endswith("+"),
        prefix,
        imperative_de(infinitive, present),
        {person: forms[person] for person in PERSONS},
        french,
        forms["participle"],
        reflexive or french in ETRE,
        reflexive,
        rest,
        "dat" if after == ["dat"] else "acc",
        after[0] if after and after != ["dat"] else "",
        tuple(columns[3].split()) if len(columns) > 3 else (),
        " ".join(german[:at]),
    )


def _is_third(word: str, before: str) -> bool:
    return word.partition(":")[0][-1] in "tlgß" and before.endswith("n")


def _is_participle(german: list[str], at: int) -> bool:
    """The participle is the last word, but for "dat" or a preposition."""
    last = len(german) - 1
    return at == (last - 1 if german[last] in ("dat", "auf", "an") else last)


BE = Verb(
    ("be", "was", "been"),
    {"1s": "bin", "2s": "bist", "3s": "ist", "1p": "sind", "3p": "sind"},
    "sein",
    "gewesen",
    True,
    "",
    "sei",
    {person: french_verbs()["être"][person] for person in PERSONS},
    "être",
    "été",
    False,
    False,
)
BE_EN = {"1s": "am", "2s": "are", "3s": "is", "1p": "are", "3p": "are"}
WAS_EN = {"1s": "was", "2s": "were", "3s": "was", "1p": "were", "3p": "were"}
WAR = {"1s": "war", "2s": "warst", "3s": "war", "1p": "waren", "3p": "waren"}
HATTE = {"1s": "hatte", "2s": "hattest", "3s": "hatte", "1p": "hatten", "3p": "hatten"}
ETAIT = {"1s": "étais", "2s": "étais", "3s": "était", "1p": "étions", "3p": "étaient"}
AVAIT = {"1s": "avais", "2s": "avais", "3s": "avait", "1p": "avions", "3p": "avaient"}
HABEN = {"1s": "habe", "2s": "hast", "3s": "hat", "1p": "haben", "3p": "haben"}
WERDEN = {"1s": "werde", "2s": "wirst", "3s": "wird", "1p": "werden", "3p": "werden"}

# Modal verbs: German and French present.
MODALS = {
    "can": (
        {"1s": "kann", "2s": "kannst", "3s": "kann", "1p": "können", "3p": "können"},
        {person: french_verbs()["pouvoir"][person] for person in PERSONS},
    ),
    "must": (
        {"1s": "muss", "2s": "musst", "3s": "muss", "1p": "müssen", "3p": "müssen"},
        {person: french_verbs()["devoir"][person] for person in PERSONS},
    ),
    "want to": (
        {"1s": "will", "2s": "willst", "3s": "will", "1p": "wollen", "3p": "wollen"},
        {person: french_verbs()["vouloir"][person] for person in PERSONS},
    ),
    "would like to": (
        {"1s": "möchte", "2s": "möchtest", "3s": "möchte", "1p": "möchten", "3p": "möchten"},
        {"1s": "voudrais", "2s": "voudrais", "3s": "voudrait", "1p": "voudrions", "3p": "voudraient"},
    ),
    "should": (
        {"1s": "sollte", "2s": "solltest", "3s": "sollte", "1p": "sollten", "3p": "sollten"},
        {"1s": "devrais", "2s": "devrais", "3s": "devrait", "1p": "devrions", "3p": "devraient"},
    ),
}
MODALS["have to"] = MODALS["must"]


# ---- Clauses ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Subject:
    """person: 1s, 2s, 3s, 1p, 3p; agree: French agreement. A pronoun is inverted in French questions."""

    en: str
    person: str
    de: str
    fr: str
    agree: str
    pronoun: bool = False


@dataclass(frozen=True, slots=True)
class Predicate:
    """A verb and what goes with it. The German parts in their order: pronoun, (time), object, (nicht), rest.

    de_no, fr_no: the object and the rest under negation, if they differ; de_no then stands instead of "nicht".
    clitic: a French object pronoun before the verb; "" if there is none. past: whether it may be asked in the past.
    """

    verb: Verb
    en: str = ""
    de_pronoun: str = ""
    de_object: str = ""
    de_no: str = ""
    de_rest: str = ""
    fr: str = ""
    fr_no: str = ""
    clitic: str = ""
    clitic_agree: str = ""
    progressive: bool = True
    past: bool = True
    en_any: str = ""


@dataclass(frozen=True, slots=True)
class Setting:
    """How a predicate is said. tense: present, past, future or a key of MODALS. time: in three languages.
    adverb: always, often, never ... in three languages. front: the time comes first."""

    tense: str = "present"
    negated: bool = False
    question: str = ""  # "", "?" for yes or no, or an English question word
    time: tuple[str, str, str] = ("", "", "")
    adverb: tuple[str, str, str] = ("", "", "")
    front: bool = False
    form: str = ""  # of the English: "", progressive, perfect, going to
    wh: tuple[str, str, str] = field(default=("", "", ""))


def clause(subject: Subject, predicate: Predicate, setting: Setting) -> Sentence:
    """The clause as a full sentence in the three languages."""
    en, de, fr = (
        english(subject, predicate, setting),
        german(subject, predicate, setting),
        french(subject, predicate, setting),
    )
    return full(en, de, fr, "?" if setting.question else ".")


def english(subject: Subject, predicate: Predicate, setting: Setting) -> str:
    base, past, participle = predicate.verb.en
    person, tense, form = subject.person, setting.tense, setting.form
    asked = bool(setting.question) or setting.negated
    be = predicate.verb.en[0] == "be"  # also of "be hungry", which is "Hunger haben"
    aux, main = "", base
    if tense in ("can", "must", "should"):
        aux = tense
    elif tense == "would like to":
        aux, main = "would", f"like to {base}"
    elif tense == "future":
        aux, main = (BE_EN[person], f"going to {base}") if form == "going to" else ("will", base)
    elif tense == "past" and form == "perfect":
        aux, main = "has" if person == "3s" else "have", participle
    elif tense == "past":
        if be:
            aux, main = WAS_EN[person], ""
        elif asked:
            aux = "did"
        else:
            main = past
    elif form == "progressive":
        aux, main = BE_EN[person], ing_en(base)
    elif be and tense == "present":
        aux, main = BE_EN[person], ""
    else:  # the present, want to, have to
        if tense != "present":
            main = f"{tense} {base}"
        if asked:
            aux = "does" if person == "3s" else "do"
        elif person == "3s":
            main = third_en(main)
    no = "not" if setting.negated else ""
    if aux == "can" and no and not setting.question:
        aux, no = "cannot", ""
    rest = spaced(setting.adverb[0], main, predicate.en_any if asked and predicate.en_any else predicate.en)
    if setting.question:
        return spaced(setting.wh[0], aux, subject.en, no, rest, setting.time[0])
    if setting.front:
        return spaced(setting.time[0], subject.en, aux, no, rest)
    return spaced(subject.en, aux, no, rest, setting.time[0])


def german(subject: Subject, predicate: Predicate, setting: Setting) -> str:
    verb, person = predicate.verb, subject.person
    finite, end = verb.de[person], verb.de_prefix
    if setting.tense == "past":
        if verb is BE:
            finite = WAR[person]
        elif verb.de_infinitive == "haben":
            finite = HATTE[person]
        else:
            finite, end = (BE.de if verb.de_sein else HABEN)[person], verb.de_participle
    elif setting.tense != "present":
        modal = WERDEN if setting.tense == "future" else MODALS[setting.tense][0]
        finite, end = modal[person], verb.de_infinitive
    no = "" if not setting.negated or predicate.de_no else "nicht"
    thing = predicate.de_no if setting.negated and predicate.de_no else predicate.de_object
    time = "" if setting.front else setting.time[1]
    rest = spaced(predicate.de_pronoun, time, setting.adverb[1], thing, no, predicate.de_rest, end)
    if setting.question:
        return spaced(setting.wh[1], finite, subject.de, rest)
    if setting.front:
        return spaced(setting.time[1], finite, subject.de, rest)
    return spaced(subject.de, finite, rest)


def french(subject: Subject, predicate: Predicate, setting: Setting) -> str:
    verb, person = predicate.verb, subject.person
    clitic = REFLEXIVE[person] if verb.fr_reflexive else predicate.clitic
    infinitive = before_fr(clitic, verb.fr_infinitive)
    finite, tail, before = verb.fr[person], "", clitic  # clitics stand before the verb that they belong to
    if setting.tense == "past":
        if verb is BE:
            finite = ETAIT[person]
        elif verb.fr_infinitive == "avoir":
            finite = AVAIT[person]
        else:
            finite = (BE.fr if verb.fr_etre else french_verbs()["avoir"])[person]
            agree = subject.agree if verb.fr_etre else predicate.clitic_agree
            tail = verb.fr_participle + {"f": "e", "mp": "s", "fp": "es"}.get(agree, "")
            if verb.fr_participle.endswith("s") and agree == "mp":
                tail = verb.fr_participle
    elif setting.tense != "present":
        modal = french_verbs()["aller"] if setting.tense == "future" else MODALS[setting.tense][1]
        finite, tail, before = modal[person], infinitive, ""
    never = setting.adverb[0] == "never"
    no = "jamais" if never else "pas" if setting.negated else ""
    rest = predicate.fr_no if no and predicate.fr_no else predicate.fr
    inverted = bool(setting.question) and subject.pronoun and person != "1s"
    if inverted:
        link = "-t-" if finite[-1] in "ae" and subject.fr[0] in "ie" else "-"
        finite += link + subject.fr
    group = before_fr(before, finite)
    if no:
        group = f"{elide('ne', group)} {no}"
    adverb = "" if never else setting.adverb[2]
    predicate_fr = spaced(adverb, tail, rest)
    body = spaced(group, predicate_fr)
    time = setting.time[2]
    if inverted:
        return spaced(setting.wh[2], body, time)
    said = elide("je", body) if subject.fr == "je" else f"{subject.fr} {body}"
    if setting.question:
        if setting.wh[2]:
            return spaced(setting.wh[2], elide("est-ce que", said), time)
        return spaced(elide("est-ce que", said), time)
    if setting.front:
        return f"{time}, {said}"
    return spaced(said, time)
