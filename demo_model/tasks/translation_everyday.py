"""Fills the gaps of TEMPLATES: everyday sentences whose frame is fixed in all three languages."""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random

from demo_model.tasks import english_words
from demo_model.tasks.tables import rows, words
from demo_model.tasks.translation_grammar import Phrase, Sentence, at_fr, de_fr, elide, phrase, starts
from demo_model.tasks.translation_parts import (
    BY_KIND,
    BY_NAME,
    COUNTRIES,
    FAMILY,
    FITTING,
    HOURS,
    JOBS,
    MASS,
    NAMES,
    STATES,
    TOWNS,
    draw_adjective,
    draw_noun,
    number_words,
    place,
    relative,
)
from demo_model.tasks.translation_phrases import TEMPLATES
from demo_model.tasks.translation_words import Noun

Values = dict[str, str]
Gaps = tuple[Values, Values, Values]  # what stands for {slot} or {slot:modifier} in English, German and French


def _same(slot: str, en: str, de: str, fr: str) -> Gaps:
    return {slot: en}, {slot: de}, {slot: fr}


def _phrase(slot: str, said: Phrase) -> Gaps:
    de = {f"{slot}:{case}": text for case, text in said.de.items()} | {slot: said.de["nom"]}
    fr = {
        slot: said.fr,
        f"{slot}:de": de_fr(said.fr),
        f"{slot}:à": at_fr(said.fr),
        f"{slot}:que": elide("que", said.fr),
    }
    return {slot: said.en}, de, fr


def _join(*gaps: Gaps) -> Gaps:
    joined: Gaps = ({}, {}, {})
    for gap in gaps:
        for values, more in zip(joined, gap, strict=True):
            values.update(more)
    return joined


def _name(rng: Random) -> Gaps:
    kind = rng.random()
    name = (
        rng.choice(NAMES)[0]
        if kind < 0.3
        else rng.choice(english_words.FIRST_NAMES)
        if kind < 0.6
        else english_words.invented(rng).capitalize()
    )
    return _same("name", name, name, name)


def _spot(rng: Random) -> Gaps:
    """A town or country: in, to, from. Towns that are the same in all languages may be any."""
    if rng.random() < 0.6:
        en, de, fr = rng.choice(TOWNS)
        if rng.random() < 0.4:
            en = de = fr = rng.choice(SAME_TOWNS)
        forms = [f"in {de}", f"aus {de}", f"nach {de}", f"à {fr}", elide("de", fr)]
    else:
        en, *forms = rng.choice(COUNTRIES)
    in_de, from_de, to_de, in_fr, from_fr = forms
    return (
        {"in": f"in {en}", "to": f"to {en}", "from": en},
        {"in": in_de, "to": to_de, "from": from_de},
        {"in": in_fr, "to": in_fr, "from": from_fr},
    )


SAME_TOWNS = words("""
Amsterdam Boston Chicago Dublin Helsinki Leipzig Liverpool Madrid Manchester Miami Oslo Seattle Stockholm Stuttgart
Sydney Toronto Toulouse Washington
""")


def _place(rng: Random) -> Gaps:
    one, (at_en, at_de, there_fr), (_, going_de, going_fr) = place(rng)
    the = phrase(one, "the")
    feminine = the.agree == "f"
    return _join(
        _phrase("the place", the),
        ({"place": one.en, "at": at_en}, {"at": at_de, "going": going_de}, {"at": there_fr, "going": going_fr}),
        (
            {},
            {},
            {"fermé place": "fermée" if feminine else "fermé", "ouvert place": "ouverte" if feminine else "ouvert"},
        ),
    )


OUTSIDE = [
    columns
    for _, columns in rows("""
garden | im Garten | dans le jardin
park | im Park | dans le parc
kitchen | in der Küche | dans la cuisine
house | im Haus | dans la maison
living room | im Wohnzimmer | dans le salon
""")
]


def _outside(rng: Random) -> Gaps:
    en, de, fr = rng.choice(OUTSIDE)
    return {"outside": en}, {"at outside": de}, {"at outside": fr}


def _number(rng: Random) -> Gaps:
    number = rng.choice((2, 2, 3, 3, 4, 5, 5, 6, 7, 8, 9, 10, rng.randint(2, 99)))
    if number > 10 or rng.random() < 0.4:
        return _same("n", str(number), str(number), str(number))
    return _same("n", *number_words(number))


def _hour(rng: Random) -> Gaps:
    en, (de, fr) = rng.choice(HOURS[1:])
    return _same("hour", en, de, fr)


def _half(rng: Random) -> Gaps:
    at = rng.randrange(1, len(HOURS))
    following = HOURS[at + 1][1][0] if at + 1 < len(HOURS) else "zwölf"
    return _same("half", HOURS[at][0], following, f"{HOURS[at][1][1]} heures")


def _nice(rng: Random) -> Gaps:
    one = BY_NAME[
        rng.choice(
            (
                "day",
                "night",
                "house",
                "car",
                "dog",
                "cat",
                "idea",
                "dress",
                "picture",
                "city",
                "garden",
                "flower",
                "horse",
                "book",
                "film",
                "song",
                "story",
                "room",
                "gift",
                "family",
            )
        )
    ]
    adjective = {a.en: a for a in FITTING["thing"] + FITTING["show"]}[
        rng.choice(("beautiful", "beautiful", "wonderful", "big", "good", "small", "old", "interesting"))
    ]
    said = phrase(one, "a", adjective)
    which = "quelle" if one.fr_gender == "f" else "quel"
    return {"nice": said.en}, {"nice": said.de["nom"]}, {"quel nice": f"{which} {said.fr.split(' ', 1)[1]}"}


GIVEN = ("thing", "thing", "clothes", "text", "food")


def _a(rng: Random) -> Gaps:
    one = draw_noun(rng, GIVEN)
    return _phrase(
        "a", phrase(one, "a", draw_adjective(rng, one, 0.15)) if one.en_plural else phrase(BY_NAME["book"], "a")
    )


def _the(rng: Random) -> Gaps:
    """A thing, and a quality of it."""
    one = draw_noun(rng, ("thing", "clothes", "vehicle", "furniture", "show", "food", "text", "home"))
    said = phrase(one, "the")
    quality = rng.choice([a for a in FITTING[one.kind] if a.en not in ("hot", "cold", "warm", "new")])
    return _join(
        _phrase("the", said),
        ({"quality of the": quality.en}, {"quality of the": quality.de}, {"quality of the": quality.fr[said.agree]}),
    )


QUALITIES = {a.en: a for kind in FITTING.values() for a in kind}
GENERAL = words("""
expensive cheap beautiful big small new old long heavy easy difficult important
 interesting boring funny dangerous quiet dirty clean
""")


def _quality(rng: Random) -> Gaps:
    quality = QUALITIES[rng.choice(GENERAL)]
    return _same("quality", quality.en, quality.de, quality.fr["m"])


def _my(rng: Random) -> Gaps:
    one = draw_noun(rng, ("thing", "thing", "clothes"))
    return _phrase("my", phrase(one, "my", draw_adjective(rng, one, 0.15)))


def _stuff(rng: Random) -> Gaps:
    one = draw_noun(rng, ("food", "stuff", "stuff"))
    mass = one.kind in MASS or not one.en_plural
    said = phrase(one, "some", plural=not mass)
    return _same("stuff", said.en, said.de["acc"], said.fr)


def _many(rng: Random) -> Gaps:
    one = draw_noun(rng, ("thing", "text", "clothes", "animal", "food", "vehicle", "furniture"))
    if not one.en_plural:
        return _many(rng)
    return _plural("many", one)


def _plural(slot: str, one: Noun) -> Gaps:
    return {slot: one.en_plural}, {slot: one.de_plural}, {slot: one.fr_plural, f"{slot}:de": elide("de", one.fr_plural)}


def _mine(rng: Random) -> Gaps:
    said = relative(rng)
    while said.plural:
        said = relative(rng)
    trait = rng.choice([s for s in STATES if not s.fr["m"].startswith("en ")])
    man, woman = rng.choice(JOBS)
    job = woman if said.agree == "f" else man
    return _join(
        _phrase("mine", said),
        ({"trait": trait.en}, {"trait": trait.de}, {"trait of mine": trait.fr[said.agree]}),
        ({"job": phrase(man, "a").en}, {"job": job.de}, {"job": job.fr}),
    )


def _who(rng: Random) -> Gaps:
    if rng.random() < 0.5:
        name = rng.choice(NAMES)[0]
        return _phrase("who", Phrase(name, {"nom": name}, name, "m"))
    en, de, fr = _mine(rng)
    return {"who": en["mine"]}, {"who": de["mine"]}, {"who": fr["mine"]}


def _a_place(rng: Random) -> Gaps:
    one = BY_NAME[rng.choice(WORKPLACES)]
    return _phrase("a place", phrase(one, "a", draw_adjective(rng, one, 0.2)))


WORKPLACES = (
    "school",
    "hospital",
    "bank",
    "restaurant",
    "hotel",
    "library",
    "supermarket",
    "office",
    "bakery",
    "factory",
)


def _dwelling(rng: Random) -> Gaps:
    one = BY_NAME[rng.choice(("house", "apartment", "city", "village"))]
    adjective = rng.choice([a for a in FITTING["home"] if a.en in ("big", "small", "old", "beautiful", "modern")])
    return _phrase("dwelling", phrase(one, "a", adjective if rng.random() < 0.7 else None))


def _him(rng: Random) -> Gaps:
    """Whose mother she is, whose brother he is, whose friends they are."""
    men = [one for one in (*FAMILY, *BY_KIND["friends"]) if one.fr_gender == "m" and one.en != "child"]
    women = [one for one in FAMILY if one.fr_gender == "f"]
    many = [
        one
        for one in (*FAMILY, *BY_KIND["friends"])
        if one.en_plural and one.en not in ("mother", "father", "wife", "husband")
    ]
    owner = rng.choice(("my", "my", "your", "our", "his", "her"))
    return _join(
        _phrase("him", phrase(rng.choice(men), owner)),
        _phrase("her", phrase(rng.choice(women), owner)),
        _phrase("them", phrase(rng.choice(many), owner, plural=True)),
    )


def _job(rng: Random) -> Gaps:
    man, _ = rng.choice(JOBS)
    return _same("me job", phrase(man, "a").en, man.de, man.fr)


def _family(rng: Random) -> Gaps:
    one = rng.choice([one for one in FAMILY if one.en not in ("mother", "father")])
    other = rng.choice(
        [
            one
            for one in FAMILY
            if one.en in ("brother", "sister", "child", "son", "daughter", "cousin", "uncle", "aunt")
        ]
    )
    number = rng.choice(("two", "three", "four", "five", "two"))
    return _join(
        _phrase("family", phrase(one, "a")),
        _phrase("families", phrase(other, number, plural=True)),
        _plural("bare family", other),
        ({}, {}, {"no family": elide("de", one.fr), "no families": elide("de", other.fr_plural)}),
    )


FEELINGS = ("tired", "sick", "happy", "sad", "angry", "nervous", "busy", "alone")


def _state(rng: Random) -> Gaps:
    one, other = rng.sample([s for s in STATES if s.en in FEELINGS], 2)
    return _join(_same("state", one.en, one.de, one.fr["m"]), _same("state2", other.en, other.de, other.fr["m"]))


WEATHER = [
    columns
    for _, columns in rows("""
raining | regnet | il pleut
snowing | schneit | il neige
cold | kalt ist | il fait froid
hot | heiß ist | il fait chaud
""")
]


def _weather(rng: Random) -> Gaps:
    en, de, fr = rng.choice(WEATHER)
    return {"weather": en}, {"weather": de}, {"weather:que": f"qu'{fr}", "weather:si": f"s'{fr}"}


def _animal(rng: Random) -> Gaps:
    one, other = rng.sample(BY_KIND["animal"], 2)
    owner = rng.choice(("the", "the", "my", "our", "your"))
    adjective = draw_adjective(rng, one, 0.15)
    general = one.fr_plural
    return _join(
        _phrase("animal", phrase(one, "the")),
        _phrase("animals", phrase(one, owner, adjective)),
        _phrase("animals2", phrase(other, rng.choice(("the", "a")))),
        (
            {"animals pl": one.en_plural},
            {"animals pl": _dative_plural(one.de_plural)},
            {"animals pl:de": f"des {general}"},
        ),
    )


def _dative_plural(word: str) -> str:
    return word if word.endswith(("n", "s")) else word + "n"


def _row(slot: str, table: str) -> Callable[[Random], Gaps]:
    found = [columns for _, columns in rows(table)]
    return lambda rng: _same(slot, *rng.choice(found))


SEASONS = """
summer | der Sommer | l'été
winter | der Winter | l'hiver
spring | der Frühling | le printemps
autumn | der Herbst | l'automne
"""
COLOURS = """
red | Rot | le rouge
blue | Blau | le bleu
green | Grün | le vert
black | Schwarz | le noir
white | Weiß | le blanc
yellow | Gelb | le jaune
brown | Braun | le marron
grey | Grau | le gris
pink | Rosa | le rose
purple | Lila | le violet
orange | Orange | l'orange
"""
DAYS = """
Monday | Montag | lundi
Tuesday | Dienstag | mardi
Wednesday | Mittwoch | mercredi
Thursday | Donnerstag | jeudi
Friday | Freitag | vendredi
Saturday | Samstag | samedi
Sunday | Sonntag | dimanche
"""
MONTHS = """
January | Januar | janvier
February | Februar | février
March | März | mars
April | April | avril
May | Mai | mai
June | Juni | juin
July | Juli | juillet
August | August | août
September | September | septembre
October | Oktober | octobre
November | November | novembre
December | Dezember | décembre
"""
PARTS = ("head", "hand", "foot", "leg", "arm", "eye", "ear", "back", "finger", "stomach", "knee", "nose", "mouth")


def _part(rng: Random) -> Gaps:
    one = BY_NAME[rng.choice(PARTS)]
    return {"part": one.en}, {"part": phrase(one, "my").de["nom"]}, {"part:à": at_fr(phrase(one, "the").fr)}


def _place2(rng: Random) -> Gaps:
    return _phrase("place2", phrase(place(rng)[0], "the"))


# Which slots each maker fills.
MAKERS: dict[str, Callable[[Random], Gaps]] = {
    "name": _name,
    "in, to, from": _spot,
    "place, at": _place,
    "place2": _place2,
    "outside": _outside,
    "a place": _a_place,
    "dwelling": _dwelling,
    "n": _number,
    "hour": _hour,
    "half": _half,
    "nice": _nice,
    "a": _a,
    "the": _the,
    "my": _my,
    "stuff": _stuff,
    "many": _many,
    "quality": _quality,
    "mine, trait, job": _mine,
    "who": _who,
    "him, her, them": _him,
    "me job": _job,
    "family, families, bare family": _family,
    "state, state2": _state,
    "weather": _weather,
    "animal, animals, animals2, animals pl": _animal,
    "season": _row("season", SEASONS),
    "colour": _row("colour", COLOURS),
    "day": _row("day", DAYS),
    "month": _row("month", MONTHS),
    "part": _part,
}
MAKER_OF = {slot: maker for slots, maker in MAKERS.items() for slot in slots.split(", ")}
SLOT = re.compile(r"\{([^}]+)\}")
FRAMES = tuple(columns for _, columns in rows(TEMPLATES))


def everyday(rng: Random) -> Sentence:
    """A sentence from a template, its gaps filled."""
    english, german, french = rng.choice(FRAMES)
    slots = SLOT.findall(english)
    gaps = _join(*(maker(rng) for maker in dict.fromkeys(MAKER_OF[slot] for slot in slots)))
    if "the" in slots and "quality" in slots:  # a quality that fits the thing
        for values in gaps:
            values["quality"] = values["quality of the"]
    parts = [
        SLOT.sub(lambda gap, values=values: values[gap[1]], text)
        for text, values in zip((english, german, french), gaps, strict=True)
    ]
    if len(set(SLOT.findall(english))) > 1 and _repeats(parts[0]):
        return everyday(rng)
    en, de, fr = (starts(text) for text in parts)
    return Sentence(en, de, fr)


def _repeats(english: str) -> bool:
    """The bank is next to the bank."""
    found = re.search(r"next to the (.+)\.", english)
    return found is not None and english.lower().startswith(f"the {found[1]} is")
