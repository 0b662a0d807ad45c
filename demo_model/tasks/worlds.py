# ruff: noqa: E501, SIM905  (lists of words)
"""Little made-up worlds: people, towns, things, and short passages of facts about them.

Names of people and towns are split by `is_held_out` on the name itself: evaluation uses names that training never shows,
so a good answer has to be copied from the passage.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import product
from random import Random

from demo_model.examples import Split, is_held_out
from demo_model.phrasing import fill
from demo_model.tasks.kinds import KINDS, Kind
from demo_model.tasks.knowledge.countries import CITIES, COUNTRY_OF_CAPITAL
from demo_model.tasks.knowledge.relation import first_name, plural, with_article

SHE_NAMES = """
Anna Mia Lea Sara Emma Julia Nora Ida Clara Lena Eva Maria Laura Sofia Alice Grace Ruby Ella Lucy Kate Jane Mary
Rose Helen Amy Lily Zoe Chloe Hannah Ingrid Astrid Freya Greta Heidi Ines Carmen Lucia Elena Paloma Rosa Pilar
Chiara Giulia Bianca Camille Elise Manon Margot Katya Olga Irina Natasha Milena Zofia Hana Yuki Sakura Aiko Mei Ling
Xiu Priya Anjali Meera Lakshmi Fatima Aisha Leila Amina Zainab Yasmin Adaeze Ngozi Amara Wanjiru Zanele Thandi Malia
Leilani Aroha Nizhoni
Emily Sarah Susan Linda Karen Nancy Betty Lisa Sandra Ashley Kim Donna Carol Michelle Amanda Melissa Rebecca Sharon
Cynthia Kathleen Angela Brenda Pamela Nicole Olivia Ava Isabella Charlotte Amelia Harper Evelyn Abigail Madison Claire
Sophie Marie Nina Sophia Rachel Jessica Jennifer Elizabeth Patricia Barbara Margaret Dorothy Diana Victoria Megan Hazel
Molly Holly Poppy Daisy Phoebe Eleanor Florence Matilda Harriet Martha Ellen Ruth Judy Joan Janet Tina Monica Vera
Wendy Tracy Stella Sally Peggy Penny Polly Paula Petra Ursula Steffi Sabine Monika Birgit Heike Anke Silke Marta
Agnes Agatha Beatrice Bella Brigitte Celine Camila Daniela Fiona Gloria Gabriela Isabel Joanna Josephine Juliet Kira
Klara Leonie Lotte Marlene Miriam Nadia Naomi Rita Selma Silvia Tamara Teresa Theresa Tilda Valentina Vanessa
Veronica Violet Willow Yvonne Zara
""".split()

HE_NAMES = """
Tom Ben Paul Peter Jack Sam Leo Max Noah Adam David Daniel James Henry Oscar Hugo Felix Simon Mark Luke John Bob
George Frank Martin Karl Otto Hans Lars Sven Erik Magnus Olaf Diego Pablo Carlos Mateo Javier Luis Marco Luca Paolo
Enzo Pierre Louis Antoine Ivan Boris Dmitri Pavel Milan Tomas Kenji Hiro Takeshi Wei Jun Chen Arjun Ravi Vikram
Sanjay Omar Hassan Ali Yusuf Karim Tariq Kwame Kofi Chidi Jabari Sipho Tane Keoni Mika Ahanu Raj
Michael Thomas Robert William Richard Chris Brian Kevin Jason Matthew Gary Timothy Jose Larry Jeffrey Ryan Jacob Eric
Steven Andrew Lucas Liam Oliver Ethan Mason Logan Alex Harry Charlie Leon Finn Jonas Philipp Tim Joe Jim Mike Dave
Steve Bill Rob Nick Dan Matt Ted Fred Greg Phil Ken Ron Don Ray Roy Carl Dennis Walter Patrick Philip Harold
Douglas Jerry Tyler Aaron Nathan Kyle Jeremy Keith Roger Gerald Ralph Bruce Albert Alan Arthur Billy Bobby Johnny Jimmy
Danny Eddie Freddie Archie Alfie Theo Isaac Edward Edgar Dylan Connor Caleb Hunter Austin Gavin Ian Neil Graham
Stuart Colin Trevor Nigel Clive Derek Barry Ernst Fritz Jurgen Klaus Stefan Andreas Bernd Dieter Uwe Wolfgang Niklas
Moritz Jakob Emil Anton Bruno Victor Vincent Francois Jacques Jean Claude Gerard Gaston Rene Roberto Antonio Fernando
Sergio Giovanni Giuseppe Stefano Lorenzo Matteo Aldo Nikolai Sergei Yuri Viktor Igor Anders Bjorn Nils Axel Gustav
Xavier Zachary Toby
""".split()

LAST_NAMES = """
Smith Jones Brown Taylor Wilson Davies Evans Johnson Roberts Walker Wright Robinson Thompson White Hughes Edwards Green
Hall Wood Harris Lewis Martin Jackson Clarke Clark Turner Hill Scott Cooper Morris Ward Moore King Watson Baker Harrison
Morgan Patel Young Allen Mitchell James Anderson Phillips Lee Bell Parker Davis Bennett Miller Cook Shaw Carter Collins
Fisher Garcia Lopez Nguyen Chen Wang Schmidt Weber Wagner Becker Hoffmann Dubois Bernard Rossi Novak Olsen Larsen Stone
""".split()

NAME_STARTS = """
Ba Be Bri Ca Da De Dro Fa Fe Fi Ga Go Ha Hel Il Ja Jo Ka Ke Lo Lu Ma Mo Na Ne Ol Pa Pe Qui Ra Ro Sa Se Ta Te Tri Ul
Va Ve Wi Yo Za
""".split()

NAME_MIDDLES = """
bi da do ga la le li lo ma mi na ni ra ri ro sa ta ti va vi zo
""".split()

SHE_ENDS = """
na la ra nia lie sha
""".split()

HE_ENDS = """
n r to s k don
""".split()

TOWN_STARTS = """
Ald Ash Bar Bel Birk Bran Cal Car Crow Dal Dun East Elm Fair Fal Fen Glen Gran Hal Hart Hol Kel Kirk Lang Lin Mal
Mar Mil Mor Nor Oak Pen Ral Red Ros Sal Sil Stan Tar Thorn Tor Ul Vel Wal Wel West Win Wood Yar Zel
""".split()

TOWN_ENDS = """
bridge burg bury by dale den field ford ham hill holm ley mere mond mont port stead ton vale wick
""".split()

OBJECTS = """
lamp chair table box bag hat coat cup plate bowl spoon knife clock phone book pen pencil ball bike car boat kite
drum guitar mirror pillow blanket basket bottle candle key ring scarf shirt jacket umbrella chain brush ladder
bucket tent suitcase laptop sweater dress skirt backpack wallet helmet camera tablet vase rug carpet towel glove watch
sofa desk bench fence door skateboard scooter teapot mug fork plant letter map belt tie sock boot hammer
""".split()

SMALL_THINGS = """
apple orange pear lemon banana cookie egg peach plum carrot potato tomato sandwich cupcake candy pen photo letter doll rose pencil marble sticker stamp button coin shell card balloon candle
flower cup ball bottle toy ticket badge stone
""".split()

JOBS = """
baker teacher doctor nurse farmer driver cook painter singer writer lawyer judge pilot sailor waiter tailor gardener
dentist engineer actor builder plumber barber butcher librarian photographer carpenter mechanic scientist chef journalist dancer soldier secretary electrician
manager clerk firefighter vet surgeon poet musician model designer programmer fisherman cleaner
""".split()

ANIMALS = """
dog cat horse rabbit parrot hamster pony goat sheep duck goose turtle snake lizard mouse pig donkey cow hen owl puppy kitten frog swan fox canary budgie chicken lamb
""".split()

FOODS = """
pizza soup rice pasta bread cheese fish salad chicken cake honey chocolate yogurt fruit porridge toast beans curry
noodles pancakes dumplings potatoes sushi lasagna steak tacos spaghetti sausages eggs sandwiches strawberries grapes
apples bananas oranges popcorn pudding vegetables ham bacon pie stew lobster cereal waffles
""".split()

DRINKS = """
tea coffee milk water juice lemonade cocoa cola wine beer
""".split()

COLOURS = """
red blue green yellow black white brown grey pink purple orange silver golden
""".split()

PLAIN_COLOURS = 8

PLACES = """
museum beach market park school station library hospital church airport zoo theater cinema bakery castle lake pool office cafe mall gallery forest river shop supermarket dentist playground
farm gym court restaurant bank hotel harbor stadium fair
""".split()

VEHICLES = """
bus train car bike taxi boat plane tram ferry truck motorcycle ship
""".split()

WEEKDAYS = """
Monday Tuesday Wednesday Thursday Friday Saturday Sunday
""".split()

MONTHS = """
January February March April May June July August September October November December
""".split()

NUMBER_WORDS = """
two three four five six seven eight nine ten eleven twelve
""".split()

INSTRUMENTS = """
piano guitar violin flute drums trumpet cello harp
""".split()

SPORTS = """
football tennis basketball golf chess hockey volleyball rugby
""".split()

LANGUAGES = """
English French German Spanish Italian Polish Russian Chinese Japanese Arabic Hindi Turkish Greek
""".split()

HOLDERS = """
box bag drawer basket kitchen garden garage car cupboard bedroom bathroom attic
""".split()

SIDES = """
north south east west middle
""".split()

FAME = """
cheese roses bridges bread music wine glass towers gardens horses fish markets carpets clocks
""".split()
HE_RELATIVES = "brother father son uncle grandfather husband".split()
SHE_RELATIVES = "sister mother daughter aunt grandmother wife".split()
RELATIVES = [*HE_RELATIVES, *SHE_RELATIVES, "cousin", "teacher", "boss"]
MEALS = "breakfast lunch dinner".split()
# What people do with things: now and in the past.
DEEDS = {
    "buy": "bought", "find": "found", "lose": "lost", "sell": "sold", "paint": "painted", "wash": "washed", "break": "broke",
    "repair": "repaired", "hide": "hid", "forget": "forgot", "carry": "carried", "clean": "cleaned", "draw": "drew",
    "see": "saw", "take": "took", "steal": "stole", "drop": "dropped", "need": "needed", "want": "wanted", "use": "used",
    "open": "opened", "bring": "brought", "choose": "chose", "order": "ordered", "photograph": "photographed",
}  # fmt: skip
ACTS = {
    "stay at home": "stayed at home", "go to bed early": "went to bed early", "take a taxi": "took a taxi",
    "call a friend": "called a friend", "go to the doctor": "went to the doctor", "leave early": "left early",
    "miss the bus": "missed the bus", "close the window": "closed the window", "sell the house": "sold the house",
    "go to the shop": "went to the shop", "learn English": "learned English", "come late": "came late",
    "cancel the party": "cancelled the party", "run home": "ran home", "open the door": "opened the door",
}  # fmt: skip
TIMES = (
    "yesterday, last week, last year, this morning, on Monday, on Tuesday, on Friday, on Sunday, in May, in July, in winter, "
    "last summer, two days ago, at noon, last night, a week ago, in the evening, in 2019, in 2010"
).split(", ")
FEELINGS = "happy sad tired angry late hungry proud worried excited nervous sick busy".split()
REASONS = (
    "it was raining, the bus was late, the car broke down, the test was hard, the weather was bad, the dog was ill, "
    "it was too cold, the train was full, the work was hard, the team won, the team lost, the room was too hot, "
    "the phone was broken, there was no milk, a friend came to visit, the baby cried all night, the road was closed, "
    "the exam went well, the music was too loud, the shop was closed, there was a storm, the film was boring"
).split(", ")
ROOMS = [f"room {number}" for number in range(1, 30)]
SPOTS = [
    f"{side} the {place}"
    for sides, places in (
        (("on", "under", "behind", "next to"), "table bed box chair shelf sofa"),
        (("in", "behind", "next to"), "box cupboard car bag drawer"),
        (("in",), "kitchen garden garage bathroom"),
        (("under", "behind"), "tree car door"),
    )
    for side in sides
    for place in places.split()
]
THINGS = [
    f"the {thing}"
    for thing in (
        "museum, meeting, shop, library, school, concert, film, party, lesson, zoo, market, pool, bank, course, game, show, "
        "bakery, cinema, exhibition, festival, post office, restaurant, gym, castle, exam, conference"
    ).split(", ")
]


def counted(count: int, noun: str) -> str:
    """'1 apple', '3 apples'."""
    return f"{count} {noun if count == 1 else plural(noun)}"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody, a town or a thing that sentences are about."""

    name: str
    he: str
    his: str
    him: str


ME = Person("I", "I", "my", "me")


def _she(name: str) -> Person:
    return Person(name, "she", "her", "her")


def _he(name: str) -> Person:
    return Person(name, "he", "his", "him")


def _it(name: str) -> Person:
    return Person(name, "it", "its", "it")


def _split(names: list[str]) -> dict[Split, list[str]]:
    return {"train": [n for n in names if not is_held_out(n)], "held_out": [n for n in names if is_held_out(n)]}


_MADE_SHE = ["".join(parts) for parts in product(NAME_STARTS, NAME_MIDDLES, SHE_ENDS)]
_MADE_HE = ["".join(parts) for parts in product(NAME_STARTS, NAME_MIDDLES, HE_ENDS)]
_TITLED_SHE = [f"{title} {name}" for title in ("Mrs", "Ms") for name in LAST_NAMES]
_TITLED_HE = [f"Mr {name}" for name in LAST_NAMES]
# (real she, real he, made-up she, made-up he, with a title)
_PEOPLE = tuple(_split(names) for names in (SHE_NAMES, HE_NAMES, _MADE_SHE, _MADE_HE, _TITLED_SHE, _TITLED_HE))
_HE = {*HE_NAMES, *_MADE_HE, *_TITLED_HE}
_TOWNS = _split(["".join(parts) for parts in product(TOWN_STARTS, TOWN_ENDS)])
_CITIES = _split([first_name(city) for city in {**CITIES, **COUNTRY_OF_CAPITAL}])
_COUNTRIES = _split(sorted(set(COUNTRY_OF_CAPITAL.values())))


def person(rng: Random, split: Split, avoid: set[str] | frozenset[str] = frozenset()) -> Person:
    """Mostly real names, some made-up ones; never a name in `avoid`.

    Many names, most of them of several pieces: with a few hundred that are pieces of the vocabulary, the model learnt
    each of these and could not copy any other.
    """
    while True:
        group = rng.choices(range(6), (30, 30, 14, 14, 3, 3))[0]
        name = rng.choice(_PEOPLE[group][split])
        if name not in avoid:
            return _she(name) if group % 2 == 0 else _he(name)


def people(rng: Random, split: Split, count: int) -> list[Person]:
    found: list[Person] = []
    while len(found) < count:
        found.append(person(rng, split, {p.name for p in found}))
    return found


def town(rng: Random, split: Split) -> str:
    return rng.choice(rng.choice((_TOWNS, _CITIES))[split])


def _count(rng: Random, split: Split) -> str:
    return rng.choice(NUMBER_WORDS) if rng.random() < 0.5 else str(rng.randint(2, 30))


def _pet(rng: Random, split: Split) -> str:
    while " " in (name := person(rng, split).name):  # a title
        pass
    return name


def _of(words: list[str]) -> Callable[[Random, Split], str]:
    return lambda rng, split: rng.choice(words)


# Every gap of a fact, and how its value is drawn. Templates may also use {a_GAP} ("an owl") and {GAPs} ("owls").
GAPS: dict[str, Callable[[Random, Split], str]] = {
    "town": town,
    "place_of_birth": lambda rng, split: rng.choice(rng.choice((_TOWNS, _CITIES, _COUNTRIES))[split]),
    "job": _of(JOBS),
    "colour": _of(COLOURS),
    "plain_colour": _of(COLOURS[:PLAIN_COLOURS]),
    "object": _of(OBJECTS),
    "food": _of(FOODS),
    "more_food": _of(FOODS),
    "spot": _of(SPOTS),
    "drink": _of(DRINKS),
    "year": lambda rng, split: str(rng.randint(1900, 2015)),
    "old_year": lambda rng, split: str(rng.randint(1100, 1990)),
    "age": lambda rng, split: str(rng.randint(4, 90)),
    "count": _count,
    "day": _of(WEEKDAYS),
    "month": _of(MONTHS),
    "place": _of(PLACES),
    "vehicle": _of(VEHICLES),
    "animal": _of(ANIMALS),
    "pet": _pet,
    "friend": lambda rng, split: person(rng, split).name,
    "instrument": _of(INSTRUMENTS),
    "sport": _of(SPORTS),
    "language": _of(LANGUAGES),
    "holder": _of(HOLDERS),
    "hour": lambda rng, split: str(rng.randint(1, 12)),
    "late_hour": lambda rng, split: str(rng.randint(1, 12)),
    "side": _of(SIDES),
    "fame": _of(FAME),
    "population": lambda rng, split: str(rng.randint(2, 99) * 100),
    "relative": _of(RELATIVES),
    "meal": _of(MEALS),
    "deed": _of(list(DEEDS)),
    "act": _of(list(ACTS)),
    "when": _of(TIMES),
    "feeling": _of(FEELINGS),
    "reason": _of(REASONS),
    "room": _of(ROOMS),
    "price": lambda rng, split: str(rng.randint(2, 99)),
}


@dataclass(frozen=True, slots=True)
class Fact:
    """A kind of fact that holds of somebody, with its values."""

    kind: Kind
    who: Person
    values: dict[str, str]

    def fill(self, rng: Random, grammar: str, *, pronoun: bool = False, **changed: str) -> str:
        """A phrasing of the grammar with this fact's values, some of them changed."""
        name = self.who.name
        fields = {"n": name, "s": self.who.he if pronoun else name, "m": self.who.he if pronoun else name}
        for gap, value in {**self.values, **changed}.items():
            fields |= {gap: value, f"a_{gap}": with_article(value), f"{gap}s": plural(value)}
        if deed := fields.get("deed"):
            fields["did"] = DEEDS[deed]
        if act := fields.get("act"):
            fields["acted"] = ACTS[act]
        return fill(rng, grammar, fields)


LOWER_CASE_SHARE = 0.1
PLAIN = ("plain_colour",)


def in_lower_case(rng: Random, text: str, question: str, answer: str) -> tuple[str, str]:
    """Text and question, in one case of ten typed without capitals if the answer has none either."""
    if answer == answer.lower() and rng.random() < LOWER_CASE_SHARE:
        return text.lower(), question.lower()
    return text, question


@dataclass(frozen=True, slots=True)
class Passage:
    text: str
    facts: tuple[Fact, ...]
    people: tuple[Person, ...]

    @property
    def words(self) -> set[str]:
        """Every name and value in the passage."""
        return {p.name for p in self.people} | {v for f in self.facts for v in f.values.values()}


KINDS_ABOUT = {
    about: [kind for kind in KINDS if kind.about == about] for about in ("person", "town", "thing", "item", "self")
}


def simple(rng: Random, split: Split, *, colour: bool = False) -> Passage:
    """One sentence with one fact: "Anna has a dog named Rex."; with `colour` always one like "The ball is red." """
    about = "item" if colour else rng.choices(("person", "item", "self"), (6, 3, 1))[0]
    kind = rng.choice([kind for kind in KINDS_ABOUT[about] if (kind.gaps == PLAIN if colour else len(kind.gaps) < 3)])
    (subject,) = _subjects(rng, split, about, 1)
    fact = draw_fact(rng, split, kind, subject, {subject.name})
    return Passage(fact.fill(rng, kind.says), (fact,), (subject,))


def draw_fact(rng: Random, split: Split, kind: Kind, who: Person, used: set[str]) -> Fact:
    """A fact whose values are all new: no value occurs twice in one passage."""
    values: dict[str, str] = {}
    for gap in kind.gaps:
        value = GAPS[gap](rng, split)
        while value in used or not _fits(value, gap, who, values):
            value = GAPS[gap](rng, split)
        used.add(value)
        values[gap] = value
    return Fact(kind, who, values)


def _fits(value: str, gap: str, who: Person, values: Mapping[str, str]) -> bool:
    """Whether a sister has a woman's name, and a husband is a woman's."""
    if gap == "relative":
        return value != {"he": "husband", "she": "wife"}.get(who.he)
    if gap == "friend" and values.get("relative") in (*HE_RELATIVES, *SHE_RELATIVES):
        return (value in _HE) == (values["relative"] in HE_RELATIVES)
    return True


def related(one: Kind, other: Kind) -> bool:
    """Whether a question about one kind of fact might be answered by the other, if both are about one person."""
    gaps = {*one.gaps, *other.gaps}
    same = set(one.gaps) & set(other.gaps)
    places = gaps & {"town", "place_of_birth", "place", "holder", "spot"}
    return bool(same) or {"age", "year"} <= gaps or len(places) > 1 or {"pet", "animal", "count"} <= gaps


def passage(
    rng: Random, split: Split, sentences: tuple[int, ...] = (1, 1, 1, 1, 2, 2, 2, 3, 3, 4), *, filler: bool = False
) -> Passage:
    """Short sentences about one to three people, towns or things, or about the one who writes.

    filler: some of the facts are followed by a sentence that says nothing which is asked for.
    """
    count = rng.choice(sentences)
    about = rng.choices(tuple(KINDS_ABOUT), (64, 4, 6, 14, 12))[0]
    subjects = _subjects(rng, split, about, rng.randint(1, min(3, count)))
    used = {p.name for p in subjects}
    pairs: list[tuple[int, Kind]] = []
    for _ in range(20 * count):
        if len(pairs) == count:
            break
        who = len(pairs) if len(pairs) < len(subjects) else rng.randrange(len(subjects))
        kind = rng.choice(pairs)[1] if pairs and rng.random() < 0.6 else rng.choice(KINDS_ABOUT[about])
        if not any(w == who and related(k, kind) for w, k in pairs):
            pairs.append((who, kind))
    if rng.random() < 0.5:
        pairs.sort(key=lambda pair: pair[0])
    facts: list[Fact] = []
    texts: list[str] = []
    for who, kind in pairs:
        fact = draw_fact(rng, split, kind, subjects[who], used)
        follows = bool(facts) and facts[-1].who == fact.who and not facts[-1].kind.alone
        texts.append(fact.fill(rng, kind.says, pronoun=follows and rng.random() < 0.6))
        facts.append(fact)
        if filler and rng.random() < 0.1:
            texts.append(fact.fill(rng, rng.choice(kind.open)))
    return Passage(" ".join(texts), tuple(facts), tuple(subjects))


def _subjects(rng: Random, split: Split, about: str, count: int) -> list[Person]:
    if about == "person":
        return people(rng, split, count)
    if about == "self":
        return [ME]
    names = {"town": _TOWNS[split], "thing": THINGS, "item": [f"the {name}" for name in (*OBJECTS, *ANIMALS)]}[about]
    return [_it(name) for name in rng.sample(names, count)]


def other_value(rng: Random, split: Split, given: Passage, fact: Fact, gap: str) -> str:
    """A false value for one gap of a fact: often another person's value from the same passage."""
    right = fact.values[gap]
    rivals = [f.values[gap] for f in given.facts if f is not fact and gap in f.values]
    if rivals and rng.random() < 0.6:
        return rng.choice(rivals)
    while True:
        value = GAPS[gap](rng, split)
        alike = value.isdigit() == right.isdigit() and _fits(value, gap, fact.who, fact.values)
        if value != right and value not in given.words and alike:
            return value
