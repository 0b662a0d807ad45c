"""Little made-up worlds: people, towns, things, and short passages of facts about them.

Names of people and towns are split by `is_held_out` on the name itself: evaluation uses names that training
never shows, so a good answer has to be copied from the passage.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product
from random import Random

from demo_model.examples import Split, is_held_out

SHE_NAMES = [
    "Anna",
    "Mia",
    "Lea",
    "Sara",
    "Emma",
    "Julia",
    "Nora",
    "Ida",
    "Clara",
    "Lena",
    "Eva",
    "Maria",
    "Laura",
    "Sofia",
    "Alice",
    "Grace",
    "Ruby",
    "Ella",
    "Lucy",
    "Kate",
    "Jane",
    "Mary",
    "Rose",
    "Helen",
    "Amy",
    "Lily",
    "Zoe",
    "Chloe",
    "Hannah",
    "Ingrid",
    "Astrid",
    "Freya",
    "Greta",
    "Heidi",
    "Ines",
    "Carmen",
    "Lucia",
    "Elena",
    "Paloma",
    "Rosa",
    "Pilar",
    "Chiara",
    "Giulia",
    "Bianca",
    "Camille",
    "Elise",
    "Manon",
    "Margot",
    "Katya",
    "Olga",
    "Irina",
    "Natasha",
    "Milena",
    "Zofia",
    "Hana",
    "Yuki",
    "Sakura",
    "Aiko",
    "Mei",
    "Ling",
    "Xiu",
    "Priya",
    "Anjali",
    "Meera",
    "Lakshmi",
    "Fatima",
    "Aisha",
    "Leila",
    "Amina",
    "Zainab",
    "Yasmin",
    "Adaeze",
    "Ngozi",
    "Amara",
    "Wanjiru",
    "Zanele",
    "Thandi",
    "Malia",
    "Leilani",
    "Aroha",
    "Nizhoni",
]
HE_NAMES = [
    "Tom",
    "Ben",
    "Paul",
    "Peter",
    "Jack",
    "Sam",
    "Leo",
    "Max",
    "Noah",
    "Adam",
    "David",
    "Daniel",
    "James",
    "Henry",
    "Oscar",
    "Hugo",
    "Felix",
    "Simon",
    "Mark",
    "Luke",
    "John",
    "Bob",
    "George",
    "Frank",
    "Martin",
    "Karl",
    "Otto",
    "Hans",
    "Lars",
    "Sven",
    "Erik",
    "Magnus",
    "Olaf",
    "Diego",
    "Pablo",
    "Carlos",
    "Mateo",
    "Javier",
    "Luis",
    "Marco",
    "Luca",
    "Paolo",
    "Enzo",
    "Pierre",
    "Louis",
    "Antoine",
    "Ivan",
    "Boris",
    "Dmitri",
    "Pavel",
    "Milan",
    "Tomas",
    "Kenji",
    "Hiro",
    "Takeshi",
    "Wei",
    "Jun",
    "Chen",
    "Arjun",
    "Ravi",
    "Vikram",
    "Sanjay",
    "Omar",
    "Hassan",
    "Ali",
    "Yusuf",
    "Karim",
    "Tariq",
    "Kwame",
    "Kofi",
    "Chidi",
    "Jabari",
    "Sipho",
    "Tane",
    "Keoni",
    "Mika",
    "Ahanu",
    "Raj",
]

NAME_STARTS = [
    "Ba",
    "Be",
    "Bri",
    "Ca",
    "Da",
    "De",
    "Dro",
    "Fa",
    "Fe",
    "Fi",
    "Ga",
    "Go",
    "Ha",
    "Hel",
    "Il",
    "Ja",
    "Jo",
    "Ka",
    "Ke",
    "Lo",
    "Lu",
    "Ma",
    "Mo",
    "Na",
    "Ne",
    "Ol",
    "Pa",
    "Pe",
    "Qui",
    "Ra",
    "Ro",
    "Sa",
    "Se",
    "Ta",
    "Te",
    "Tri",
    "Ul",
    "Va",
    "Ve",
    "Wi",
    "Yo",
    "Za",
]
NAME_MIDDLES = [
    "bi",
    "da",
    "do",
    "ga",
    "la",
    "le",
    "li",
    "lo",
    "ma",
    "mi",
    "na",
    "ni",
    "ra",
    "ri",
    "ro",
    "sa",
    "ta",
    "ti",
    "va",
    "vi",
    "zo",
]
SHE_ENDS = ["na", "la", "ra", "nia", "lie", "sha"]
HE_ENDS = ["n", "r", "to", "s", "k", "don"]

TOWN_STARTS = [
    "Ald",
    "Ash",
    "Bar",
    "Bel",
    "Birk",
    "Bran",
    "Cal",
    "Car",
    "Crow",
    "Dal",
    "Dun",
    "East",
    "Elm",
    "Fair",
    "Fal",
    "Fen",
    "Glen",
    "Gran",
    "Hal",
    "Hart",
    "Hol",
    "Kel",
    "Kirk",
    "Lang",
    "Lin",
    "Mal",
    "Mar",
    "Mil",
    "Mor",
    "Nor",
    "Oak",
    "Pen",
    "Ral",
    "Red",
    "Ros",
    "Sal",
    "Sil",
    "Stan",
    "Tar",
    "Thorn",
    "Tor",
    "Ul",
    "Vel",
    "Wal",
    "Wel",
    "West",
    "Win",
    "Wood",
    "Yar",
    "Zel",
]
TOWN_ENDS = [
    "bridge",
    "burg",
    "bury",
    "by",
    "dale",
    "den",
    "field",
    "ford",
    "ham",
    "hill",
    "holm",
    "ley",
    "mere",
    "mond",
    "mont",
    "port",
    "stead",
    "ton",
    "vale",
    "wick",
]

OBJECTS = [
    "lamp",
    "chair",
    "table",
    "box",
    "bag",
    "hat",
    "coat",
    "cup",
    "plate",
    "bowl",
    "spoon",
    "knife",
    "clock",
    "phone",
    "book",
    "pen",
    "pencil",
    "ball",
    "bike",
    "car",
    "boat",
    "kite",
    "drum",
    "guitar",
    "mirror",
    "pillow",
    "blanket",
    "basket",
    "bottle",
    "candle",
    "key",
    "ring",
    "scarf",
    "shirt",
    "jacket",
    "umbrella",
    "chain",
    "brush",
    "ladder",
    "bucket",
    "tent",
    "suitcase",
]
SMALL_THINGS = [
    "apple",
    "orange",
    "pear",
    "lemon",
    "banana",
    "cookie",
    "egg",
    "book",
    "pencil",
    "marble",
    "sticker",
    "stamp",
    "button",
    "coin",
    "shell",
    "card",
    "balloon",
    "candle",
    "flower",
    "cup",
    "ball",
    "bottle",
    "toy",
    "ticket",
    "badge",
    "stone",
]
JOBS = [
    "baker",
    "teacher",
    "doctor",
    "nurse",
    "farmer",
    "driver",
    "cook",
    "painter",
    "singer",
    "writer",
    "lawyer",
    "judge",
    "pilot",
    "sailor",
    "waiter",
    "tailor",
    "gardener",
    "dentist",
    "engineer",
    "actor",
    "builder",
    "plumber",
    "painter",
    "barber",
    "butcher",
    "librarian",
    "photographer",
    "carpenter",
    "mechanic",
]
ANIMALS = [
    "dog",
    "cat",
    "horse",
    "rabbit",
    "parrot",
    "hamster",
    "pony",
    "goat",
    "sheep",
    "duck",
    "goose",
    "turtle",
    "snake",
    "lizard",
    "mouse",
    "pig",
    "donkey",
    "cow",
    "hen",
    "owl",
]
FOODS = [
    "pizza",
    "soup",
    "rice",
    "pasta",
    "bread",
    "cheese",
    "fish",
    "salad",
    "chicken",
    "cake",
    "honey",
    "chocolate",
    "yogurt",
    "fruit",
    "porridge",
    "toast",
    "beans",
    "curry",
    "noodles",
    "pancakes",
    "dumplings",
    "potatoes",
]
DRINKS = ["tea", "coffee", "milk", "water", "juice", "lemonade", "cocoa"]
COLOURS = [
    "red",
    "blue",
    "green",
    "yellow",
    "black",
    "white",
    "brown",
    "grey",
    "pink",
    "purple",
    "orange",
    "silver",
    "golden",
]
PLACES = [
    "museum",
    "beach",
    "market",
    "park",
    "school",
    "station",
    "library",
    "hospital",
    "church",
    "airport",
    "zoo",
    "theater",
    "cinema",
    "bakery",
    "castle",
    "lake",
    "pool",
    "farm",
    "gym",
    "court",
    "restaurant",
    "bank",
    "hotel",
    "harbor",
    "stadium",
    "fair",
]
VEHICLES = ["bus", "train", "car", "bike", "taxi", "boat", "plane", "tram", "ferry"]
WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
NUMBER_WORDS = ["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
INSTRUMENTS = ["piano", "guitar", "violin", "flute", "drums", "trumpet", "cello", "harp"]
SPORTS = ["football", "tennis", "basketball", "golf", "chess", "hockey", "volleyball", "rugby"]
LANGUAGES = [
    "English",
    "French",
    "German",
    "Spanish",
    "Italian",
    "Polish",
    "Russian",
    "Chinese",
    "Japanese",
    "Arabic",
    "Hindi",
    "Turkish",
    "Greek",
]
HOLDERS = [
    "box",
    "bag",
    "drawer",
    "basket",
    "kitchen",
    "garden",
    "garage",
    "car",
    "cupboard",
    "bedroom",
    "bathroom",
    "attic",
]
SIDES = ["north", "south", "east", "west", "middle"]
FAME = [
    "cheese",
    "roses",
    "bridges",
    "bread",
    "music",
    "wine",
    "glass",
    "towers",
    "gardens",
    "horses",
    "fish",
    "markets",
    "carpets",
    "clocks",
]

PLURALS = {
    "knife": "knives", "goose": "geese", "mouse": "mice", "sheep": "sheep", "scarf": "scarves", "box": "boxes",
}  # fmt: skip


def plural(noun: str) -> str:
    if noun in PLURALS:
        return PLURALS[noun]
    if noun.endswith("y") and noun[-2] not in "aeiou":
        return noun[:-1] + "ies"
    return noun + ("es" if noun.endswith(("s", "x", "ch", "sh")) else "s")


def counted(count: int, noun: str) -> str:
    """'1 apple', '3 apples'."""
    return f"{count} {noun if count == 1 else plural(noun)}"


def with_article(words: str) -> str:
    return ("an " if words[0] in "aeiou" and not words.startswith("uni") else "a ") + words


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody (or a town) that sentences are about."""

    name: str
    he: str
    his: str
    him: str


def _she(name: str) -> Person:
    return Person(name, "she", "her", "her")


def _he(name: str) -> Person:
    return Person(name, "he", "his", "him")


def _split(names: list[str]) -> dict[Split, list[str]]:
    return {"train": [n for n in names if not is_held_out(n)], "held_out": [n for n in names if is_held_out(n)]}


_MADE_SHE = ["".join(parts) for parts in product(NAME_STARTS, NAME_MIDDLES, SHE_ENDS)]
_MADE_HE = ["".join(parts) for parts in product(NAME_STARTS, NAME_MIDDLES, HE_ENDS)]
# (real she, real he, made-up she, made-up he)
_PEOPLE = tuple(_split(list(names)) for names in (SHE_NAMES, HE_NAMES, _MADE_SHE, _MADE_HE))
_TOWNS = _split(["".join(parts) for parts in product(TOWN_STARTS, TOWN_ENDS)])


def person(rng: Random, split: Split, avoid: set[str] | frozenset[str] = frozenset()) -> Person:
    """Half real names, half made-up ones; never a name in `avoid`."""
    while True:
        group = rng.randrange(4)
        name = rng.choice(_PEOPLE[group][split])
        if name not in avoid:
            return _she(name) if group % 2 == 0 else _he(name)


def people(rng: Random, split: Split, count: int) -> list[Person]:
    found: list[Person] = []
    while len(found) < count:
        found.append(person(rng, split, {p.name for p in found}))
    return found


def town(rng: Random, split: Split) -> str:
    return rng.choice(_TOWNS[split])


def _count(rng: Random, split: Split) -> str:
    return rng.choice(NUMBER_WORDS) if rng.random() < 0.5 else str(rng.randint(2, 30))


def _population(rng: Random, split: Split) -> str:
    return str(rng.randint(2, 99) * 100)


def _of(words: list[str]) -> Callable[[Random, Split], str]:
    return lambda rng, split: rng.choice(words)


# Every gap of a fact, and how its value is drawn. Templates may also use {a_GAP} ("an owl") and {GAPs} ("owls").
GAPS: dict[str, Callable[[Random, Split], str]] = {
    "town": town,
    "job": _of(JOBS),
    "colour": _of(COLOURS),
    "object": _of(OBJECTS),
    "food": _of(FOODS),
    "drink": _of(DRINKS),
    "year": lambda rng, split: str(rng.randint(1900, 2015)),
    "old_year": lambda rng, split: str(rng.randint(1100, 1990)),
    "age": lambda rng, split: str(rng.randint(18, 90)),
    "count": _count,
    "day": _of(WEEKDAYS),
    "month": _of(MONTHS),
    "place": _of(PLACES),
    "vehicle": _of(VEHICLES),
    "animal": _of(ANIMALS),
    "pet": lambda rng, split: person(rng, split).name,
    "friend": lambda rng, split: person(rng, split).name,
    "instrument": _of(INSTRUMENTS),
    "sport": _of(SPORTS),
    "language": _of(LANGUAGES),
    "holder": _of(HOLDERS),
    "hour": lambda rng, split: str(rng.randint(1, 12)),
    "side": _of(SIDES),
    "fame": _of(FAME),
    "population": _population,
}


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence that is true with the fact's values, false once `gap` has another value."""

    gap: str
    says: str
    asks: str
    denies: str


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of fact. {n}: the name; {s} / {m}: the name or a pronoun, at the start / in the middle.

    says: wordings of the fact. asks: questions with their answers. unknown: statements the fact does not settle.
    """

    gaps: tuple[str, ...]
    says: tuple[str, ...]
    asks: tuple[tuple[str, str], ...]
    claims: tuple[Claim, ...]
    unknown: tuple[str, ...]
    pronoun_may_follow: bool = True


PERSON_KINDS: tuple[Kind, ...] = (
    Kind(
        ("town",),
        ("{s} lives in {town}.", "{s} has a home in {town}.", "{n}'s house is in {town}."),
        (("Where does {n} live?", "{town}"), ("In which town does {n} live?", "{town}"),
         ("Who lives in {town}?", "{n}")),
        (Claim("town", "{n} lives in {town}.", "Does {n} live in {town}?", "{n} does not live in {town}."),
         Claim("town", "{n}'s home is in {town}.", "Is {n}'s home in {town}?", "{n}'s home is not in {town}.")),
        ("{n} likes living in {town}.", "{n} was born in {town}.", "{n}'s house is very big."),
    ),
    Kind(
        ("job",),
        ("{s} works as {a_job}.", "{s} is {a_job}.", "{n}'s job is that of {a_job}."),
        (("What is {n}'s job?", "{job}"), ("What does {n} do for a living?", "{job}"),
         ("Who is {a_job}?", "{n}"), ("Who works as {a_job}?", "{n}")),
        (Claim("job", "{n} is {a_job}.", "Is {n} {a_job}?", "{n} is not {a_job}."),
         Claim("job", "{n} works as {a_job}.", "Does {n} work as {a_job}?", "{n} does not work as {a_job}.")),
        ("{n} loves the job.", "{n}'s father was {a_job} too.", "{n} is a very good {job}."),
    ),
    Kind(
        ("colour", "object"),
        ("{s} has {a_colour} {object}.", "{s} owns {a_colour} {object}.", "{n}'s {object} is {colour}."),
        (("What colour is {n}'s {object}?", "{colour}"), ("What color is {n}'s {object}?", "{colour}"),
         ("What does {n} have that is {colour}?", "{object}"), ("Who has {a_colour} {object}?", "{n}")),
        (Claim("colour", "{n}'s {object} is {colour}.", "Is {n}'s {object} {colour}?",
               "{n}'s {object} is not {colour}."),
         Claim("colour", "The {object} of {n} is {colour}.", "Is the {object} of {n} {colour}?",
               "The {object} of {n} is not {colour}.")),
        ("{n} bought the {object} last year.", "{n}'s {object} is very old.",
         "{n} got the {object} from a friend."),
    ),
    Kind(
        ("food",),
        ("{n}'s favorite food is {food}.", "{s} likes {food} best of all foods.",
         "The favorite food of {n} is {food}."),
        (("What is {n}'s favorite food?", "{food}"), ("What does {n} like best?", "{food}"),
         ("What food does {n} like best?", "{food}"), ("Who likes {food} best?", "{n}")),
        (Claim("food", "{n}'s favorite food is {food}.", "Is {food} {n}'s favorite food?",
               "{n}'s favorite food is not {food}."),
         Claim("food", "{n} likes {food} best.", "Does {n} like {food} best?", "{n} does not like {food} best.")),
        ("{n} ate {food} this morning.", "{n} can cook very well.", "{n}'s mother likes {food} too."),
    ),
    Kind(
        ("year",),
        ("{s} was born in {year}.", "In {year}, {m} was born.", "The year in which {m} was born is {year}."),
        (("When was {n} born?", "{year}"), ("In which year was {n} born?", "{year}"),
         ("What year was {n} born?", "{year}"), ("Who was born in {year}?", "{n}")),
        (Claim("year", "{n} was born in {year}.", "Was {n} born in {year}?", "{n} was not born in {year}."),),
        ("{n} was born on a Sunday.", "{n} has two brothers.", "{n} was a happy child."),
    ),
    Kind(
        ("count", "object", "day"),
        ("{s} bought {count} {objects} on {day}.", "On {day}, {m} bought {count} {objects}."),
        (("How many {objects} did {n} buy?", "{count}"), ("When did {n} buy the {objects}?", "{day}"),
         ("On which day did {n} buy {count} {objects}?", "{day}"), ("What did {n} buy on {day}?", "{count} {objects}"),
         ("Who bought {objects} on {day}?", "{n}")),
        (Claim("count", "{n} bought {count} {objects}.", "Did {n} buy {count} {objects}?",
               "{n} did not buy {count} {objects}."),
         Claim("day", "{n} bought the {objects} on {day}.", "Did {n} buy the {objects} on {day}?",
               "{n} did not buy the {objects} on {day}.")),
        ("{n} paid a lot of money for the {objects}.", "{n} bought the {objects} as a gift.",
         "{n} went to the shop with a friend."),
    ),
    Kind(
        ("place", "vehicle"),
        ("{s} went to the {place} by {vehicle}.", "{s} took the {vehicle} to the {place}.",
         "{s} goes to the {place} by {vehicle}."),
        (("How does {n} get to the {place}?", "by {vehicle}"), ("Where does {n} go by {vehicle}?", "the {place}"),
         ("Who goes to the {place}?", "{n}")),
        (Claim("vehicle", "{n} gets to the {place} by {vehicle}.", "Does {n} get to the {place} by {vehicle}?",
               "{n} does not get to the {place} by {vehicle}."),),
        ("{n} meets a friend at the {place}.", "{n} stays at the {place} for two hours.",
         "{n} likes the {place} very much."),
    ),
    Kind(
        ("animal", "pet"),
        ("{s} has {a_animal} called {pet}.", "{n}'s {animal} is called {pet}.", "{s} has {a_animal} named {pet}."),
        (("What is the name of {n}'s {animal}?", "{pet}"), ("What is {n}'s {animal} called?", "{pet}"),
         ("What kind of animal is {pet}?", "{animal}"), ("What animal does {n} have?", "{animal}"),
         ("Who has {a_animal}?", "{n}")),
        (Claim("animal", "{pet} is {a_animal}.", "Is {pet} {a_animal}?", "{pet} is not {a_animal}."),
         Claim("pet", "{n}'s {animal} is called {pet}.", "Is {n}'s {animal} called {pet}?",
               "{n}'s {animal} is not called {pet}.")),
        ("{pet} is three years old.", "{n} found {pet} in the street.", "{pet} likes to sleep all day."),
        pronoun_may_follow=False,
    ),
    Kind(
        ("age",),
        ("{s} is {age} years old.", "{s} turned {age} this year."),
        (("How old is {n}?", "{age}"), ("What is {n}'s age?", "{age}"), ("Who is {age} years old?", "{n}")),
        (Claim("age", "{n} is {age} years old.", "Is {n} {age} years old?", "{n} is not {age} years old."),),
        ("{n} looks much younger.", "{n} had a big party.", "{n} has a friend who is {age} years old too."),
    ),
    Kind(
        ("instrument", "place"),
        ("{s} plays the {instrument} at the {place}.", "At the {place}, {m} plays the {instrument}."),
        (("What instrument does {n} play?", "the {instrument}"),
         ("Where does {n} play the {instrument}?", "at the {place}"), ("Who plays the {instrument}?", "{n}")),
        (Claim("instrument", "{n} plays the {instrument} at the {place}.", "Does {n} play the {instrument}?",
               "{n} does not play the {instrument} at the {place}."),
         Claim("place", "{n} plays the {instrument} at the {place}.",
               "Does {n} play the {instrument} at the {place}?",
               "{n} does not play the {instrument} at the {place}.")),
        ("{n} plays the {instrument} very well.", "{n} has played the {instrument} for ten years.",
         "{n} learned the {instrument} as a child."),
    ),
    Kind(
        ("sport", "day"),
        ("{s} plays {sport} every {day}.", "Every {day}, {m} plays {sport}."),
        (("When does {n} play {sport}?", "every {day}"), ("What does {n} play every {day}?", "{sport}"),
         ("Which game does {n} play?", "{sport}"), ("Who plays {sport}?", "{n}")),
        (Claim("sport", "{n} plays {sport} every {day}.", "Does {n} play {sport}?",
               "{n} does not play {sport} every {day}."),
         Claim("day", "{n} plays {sport} every {day}.", "Does {n} play {sport} every {day}?",
               "{n} does not play {sport} every {day}.")),
        ("{n} is the best player of the team.", "{n} plays {sport} with a friend.", "{n} won a game last week."),
    ),
    Kind(
        ("language",),
        ("{s} is learning {language}.", "{s} is taking lessons in {language}."),
        (("What language is {n} learning?", "{language}"), ("Which language is {n} learning?", "{language}"),
         ("Who is learning {language}?", "{n}")),
        (Claim("language", "{n} is learning {language}.", "Is {n} learning {language}?",
               "{n} is not learning {language}."),),
        ("{n} thinks that {language} is hard.", "{n} wants to travel next year.", "{n} has a very good teacher."),
    ),
    Kind(
        ("drink",),
        ("{s} drinks {drink} every morning.", "Every morning, {m} has a cup of {drink}."),
        (("What does {n} drink every morning?", "{drink}"), ("What does {n} drink in the morning?", "{drink}"),
         ("Who drinks {drink}?", "{n}")),
        (Claim("drink", "{n} drinks {drink} every morning.", "Does {n} drink {drink} every morning?",
               "{n} does not drink {drink} every morning."),),
        ("{n} drinks {drink} in the evening too.", "{n} likes hot drinks.", "{n} has a big breakfast."),
    ),
    Kind(
        ("friend", "place", "day"),
        ("{s} met {friend} at the {place} on {day}.", "On {day}, {m} met {friend} at the {place}."),
        (("Who did {n} meet?", "{friend}"), ("Where did {n} meet {friend}?", "at the {place}"),
         ("When did {n} meet {friend}?", "on {day}"), ("Who did {n} meet at the {place}?", "{friend}")),
        (Claim("friend", "{n} met {friend} at the {place} on {day}.", "Did {n} meet {friend} at the {place}?",
               "{n} did not meet {friend} at the {place} on {day}."),
         Claim("place", "{n} met {friend} on {day} at the {place}.", "Did {n} meet {friend} at the {place}?",
               "{n} did not meet {friend} at the {place} on {day}.")),
        ("{n} was happy to see {friend}.", "{n} and {friend} went to school together.",
         "{n} met {friend} again the next week."),
        pronoun_may_follow=False,
    ),
    Kind(
        ("object", "holder"),
        ("{s} put the {object} in the {holder}.", "{s} left the {object} in the {holder}."),
        (("Where is the {object}?", "in the {holder}"), ("What is in the {holder}?", "the {object}"),
         ("Who put the {object} in the {holder}?", "{n}")),
        (Claim("holder", "The {object} is in the {holder}.", "Is the {object} in the {holder}?",
               "The {object} is not in the {holder}."),),
        ("The {object} is broken.", "{n} will look for the {object} tomorrow.", "The {object} was very cheap."),
    ),
    Kind(
        ("object", "friend"),
        ("{s} gave {a_object} to {friend}.", "{friend} got {a_object} from {n}."),
        (("Who got the {object}?", "{friend}"), ("What did {n} give to {friend}?", "{a_object}"),
         ("Who gave the {object} to {friend}?", "{n}")),
        (Claim("friend", "{n} gave the {object} to {friend}.", "Did {n} give the {object} to {friend}?",
               "{n} did not give the {object} to {friend}."),),
        ("{friend} said thank you.", "{friend} liked the {object} very much.", "{n} found the {object} in a shop."),
        pronoun_may_follow=False,
    ),
    Kind(
        ("hour",),
        ("{s} gets up at {hour} o'clock.", "At {hour} o'clock, {m} gets up."),
        (("When does {n} get up?", "at {hour} o'clock"), ("At what time does {n} get up?", "at {hour} o'clock"),
         ("Who gets up at {hour} o'clock?", "{n}")),
        (Claim("hour", "{n} gets up at {hour} o'clock.", "Does {n} get up at {hour} o'clock?",
               "{n} does not get up at {hour} o'clock."),),
        ("{n} is often tired.", "{n} goes to bed very late.", "{n} works until late at night."),
    ),
    Kind(
        ("friend",),
        ("{n}'s best friend is {friend}.", "The best friend of {n} is {friend}."),
        (("Who is {n}'s best friend?", "{friend}"), ("What is the name of {n}'s best friend?", "{friend}")),
        (Claim("friend", "{n}'s best friend is {friend}.", "Is {friend} {n}'s best friend?",
               "{n}'s best friend is not {friend}."),),
        ("{friend} is older than {n}.", "{n} sees {friend} every day.", "{friend} lives near {n}."),
        pronoun_may_follow=False,
    ),
    Kind(
        ("month", "town"),
        ("{s} moved to {town} in {month}.", "In {month}, {m} moved to {town}."),
        (("When did {n} move to {town}?", "in {month}"), ("Where did {n} move in {month}?", "{town}"),
         ("Who moved to {town}?", "{n}")),
        (Claim("month", "{n} moved to {town} in {month}.", "Did {n} move to {town} in {month}?",
               "{n} did not move to {town} in {month}."),
         Claim("town", "In {month}, {n} moved to {town}.", "Did {n} move to {town} in {month}?",
               "In {month}, {n} did not move to {town}.")),
        ("{n} likes {town} very much.", "{n} moved because of a new job.", "{n} has many friends in {town}."),
    ),
)  # fmt: skip

TOWN_KINDS: tuple[Kind, ...] = (
    Kind(
        ("side",),
        ("{s} is a town in the {side} of the country.", "{s} lies in the {side} of the country."),
        (("Where is {n}?", "in the {side} of the country"), ("In which part of the country is {n}?", "the {side}")),
        (Claim("side", "{n} is in the {side} of the country.", "Is {n} in the {side} of the country?",
               "{n} is not in the {side} of the country."),),
        ("{n} is a beautiful town.", "It often rains in {n}."),
    ),
    Kind(
        ("population",),
        ("{s} has {population} people.", "About {population} people live in {n}."),
        (("How many people live in {n}?", "{population}"), ("How many people does {n} have?", "{population}")),
        (Claim("population", "{n} has {population} people.", "Does {n} have {population} people?",
               "{n} does not have {population} people."),),
        ("Many people in {n} are farmers.", "{n} will soon be bigger."),
    ),
    Kind(
        ("fame",),
        ("{s} is famous for its {fame}.", "{s} is known all over the country for its {fame}."),
        (("What is {n} famous for?", "its {fame}"), ("What is {n} known for?", "its {fame}")),
        (Claim("fame", "{n} is famous for its {fame}.", "Is {n} famous for its {fame}?",
               "{n} is not famous for its {fame}."),),
        ("Many people visit {n} every summer.", "{n} sells its {fame} to other towns."),
    ),
    Kind(
        ("friend",),
        ("The mayor of {n} is {friend}.", "{friend} is the mayor of {n}."),
        (("Who is the mayor of {n}?", "{friend}"), ("What is the name of the mayor of {n}?", "{friend}")),
        (Claim("friend", "The mayor of {n} is {friend}.", "Is {friend} the mayor of {n}?",
               "{friend} is not the mayor of {n}."),),
        ("{friend} was born in {n}.", "{friend} is a good mayor."),
        pronoun_may_follow=False,
    ),
    Kind(
        ("old_year",),
        ("{s} was founded in {old_year}.", "The first houses of {n} were built in {old_year}."),
        (("In which year did {n} begin?", "{old_year}"), ("When did {n} begin?", "{old_year}")),
        (Claim("old_year", "{n} began in {old_year}.", "Did {n} begin in {old_year}?",
               "{n} did not begin in {old_year}."),),
        ("A rich king lived in {n}.", "{n} has an old castle."),
    ),
    Kind(
        ("place", "old_year"),
        ("The {place} of {n} was built in {old_year}.", "{s} built its {place} in {old_year}."),
        (("When was the {place} of {n} built?", "{old_year}"), ("In which year was the {place} built?", "{old_year}"),
         ("What was built in {old_year}?", "the {place}")),
        (Claim("old_year", "The {place} of {n} was built in {old_year}.",
               "Was the {place} of {n} built in {old_year}?", "The {place} of {n} was not built in {old_year}."),),
        ("The {place} of {n} is open every day.", "Many people like the {place} of {n}."),
        pronoun_may_follow=False,
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fact:
    """A kind of fact that holds of somebody, with its values."""

    kind: Kind
    who: Person
    values: dict[str, str]

    def fill(self, template: str, *, pronoun: bool = False, **changed: str) -> str:
        """The template with this fact's values, some of them changed."""
        name = self.who.name
        fields = {"n": name, "s": self.who.he.capitalize() if pronoun else name, "m": self.who.he if pronoun else name}
        for gap, value in {**self.values, **changed}.items():
            fields |= {gap: value, f"a_{gap}": with_article(value), f"{gap}s": plural(value)}
        return template.format(**fields)


@dataclass(frozen=True, slots=True)
class Passage:
    text: str
    facts: tuple[Fact, ...]
    people: tuple[Person, ...]
    about_town: bool

    @property
    def words(self) -> set[str]:
        """Every name and value in the passage."""
        return {p.name for p in self.people} | {v for f in self.facts for v in f.values.values()}


def draw_fact(rng: Random, split: Split, kind: Kind, who: Person, used: set[str]) -> Fact:
    """A fact whose values are all new: no value occurs twice in one passage."""
    values: dict[str, str] = {}
    for gap in kind.gaps:
        value = GAPS[gap](rng, split)
        while value in used:
            value = GAPS[gap](rng, split)
        used.add(value)
        values[gap] = value
    return Fact(kind, who, values)


def related(one: Kind, other: Kind) -> bool:
    """Whether two kinds of fact about one person might settle or contradict each other."""
    gaps = {*one.gaps, *other.gaps}
    return one is other or {"age", "year"} <= gaps or ("town" in one.gaps and "town" in other.gaps)


def passage(rng: Random, split: Split, sentences: tuple[int, ...] = (1, 1, 2, 2, 2, 3, 3, 4)) -> Passage:
    """Short sentences about one to three people, or about one or two towns."""
    count = rng.choice(sentences)
    about_town = rng.random() < 0.15
    if about_town:
        names = rng.sample(_TOWNS[split], rng.randint(1, min(2, count)))
        subjects = [Person(name, "it", "its", "it") for name in names]
    else:
        subjects = people(rng, split, rng.randint(1, min(3, count)))
    kinds = TOWN_KINDS if about_town else PERSON_KINDS
    used = {p.name for p in subjects}
    pairs: list[tuple[int, Kind]] = []
    while len(pairs) < count:
        who = len(pairs) if len(pairs) < len(subjects) else rng.randrange(len(subjects))
        kind = rng.choice(pairs)[1] if pairs and rng.random() < 0.5 else rng.choice(kinds)
        if any(w == who and related(k, kind) for w, k in pairs):
            kind = rng.choice(kinds)
        if not any(w == who and related(k, kind) for w, k in pairs):
            pairs.append((who, kind))
    if rng.random() < 0.5:
        rng.shuffle(pairs)
    else:
        pairs.sort(key=lambda pair: pair[0])
    facts: list[Fact] = []
    texts: list[str] = []
    for who, kind in pairs:
        fact = draw_fact(rng, split, kind, subjects[who], used)
        follows = bool(facts) and facts[-1].who == fact.who and facts[-1].kind.pronoun_may_follow
        texts.append(fact.fill(rng.choice(kind.says), pronoun=follows and rng.random() < 0.6))
        facts.append(fact)
    return Passage(" ".join(texts), tuple(facts), tuple(subjects), about_town)


def other_value(rng: Random, split: Split, given: Passage, fact: Fact, gap: str) -> str:
    """A false value for one gap of a fact: often another person's value from the same passage."""
    right = fact.values[gap]
    rivals = [f.values[gap] for f in given.facts if f is not fact and gap in f.values]
    if rivals and rng.random() < 0.6:
        return rng.choice(rivals)
    while True:
        value = GAPS[gap](rng, split)
        if value != right and value not in given.words and value.isdigit() == right.isdigit():
            return value
