"""General-knowledge questions, answered from tables of plain, lasting facts that are all written in this file.

Each relation is a table (subject to answer) with several questions. Held out are combinations of a subject and a
wording: training covers every fact in most of its wordings, and evaluation asks in the remaining ones. The held-out
score therefore shows whether a fact is found under a new wording.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from random import Random

from demo_model.examples import Item, Split, Task, draw_split

MULTIPLE_CHOICE_SHARE = 0.15
YES_NO_SHARE = 0.10
LOWERCASE_SHARE = 0.15
NO_END_MARK_SHARE = 0.15


@dataclass(frozen=True, slots=True)
class Relation:
    """One kind of fact: its subjects, answers and questions.

    table: subject to answer. A subject of several parts joins them with "|".
    wordings: questions; their placeholders are `parts`.
    yes_no: questions that also name a `{value}`, and ask whether it is the answer.
    near: groups of answers too close to each other for one to be a plainly wrong choice where another is right.
    """

    name: str
    table: dict[str, str]
    wordings: tuple[str, ...]
    parts: tuple[str, ...] = ("subject",)
    yes_no: tuple[str, ...] = ()
    near: tuple[frozenset[str], ...] = ()

    def ask(self, wording: str, subject: str, value: str = "") -> str:
        return wording.format(**dict(zip(self.parts, subject.split("|"), strict=True)), value=value)

    def wrong_answers(self, subject: str) -> list[str]:
        """Answers of other subjects that are plainly wrong for this one, each once, in table order."""
        right = self.table[subject]
        excluded = {right, subject}.union(*(group for group in self.near if right in group))
        return [answer for answer in dict.fromkeys(self.table.values()) if answer not in excluded]


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",")]


def _groups(*texts: str) -> tuple[frozenset[str], ...]:
    return tuple(frozenset(_words(text)) for text in texts)


def _by_subject(subjects_of: dict[str, str]) -> dict[str, str]:
    """Turn a table of answer to comma-separated subjects into subject to answer."""
    return {subject: answer for answer, subjects in subjects_of.items() for subject in _words(subjects)}


def _with_article(table: dict[str, str]) -> dict[str, str]:
    """Put "a" or "an" before each subject. Good for the animal names below, not for English at large."""
    return {("an " if name[0] in "aeiou" else "a ") + name: answer for name, answer in table.items()}


def _in_order(unit: str, names: Iterable[str]) -> dict[str, str]:
    """What comes right after and right before each name of a cycle."""
    cycle = list(names)
    after = {f"{unit}|after|{name}": cycle[(i + 1) % len(cycle)] for i, name in enumerate(cycle)}
    before = {f"{unit}|before|{name}": cycle[i - 1] for i, name in enumerate(cycle)}
    return after | before


CAPITALS = {
    "Afghanistan": "Kabul", "Albania": "Tirana", "Algeria": "Algiers", "Angola": "Luanda",
    "Argentina": "Buenos Aires", "Armenia": "Yerevan", "Australia": "Canberra", "Austria": "Vienna",
    "Azerbaijan": "Baku", "Bangladesh": "Dhaka", "Belarus": "Minsk", "Belgium": "Brussels",
    "Brazil": "Brasilia", "Bulgaria": "Sofia", "Cambodia": "Phnom Penh", "Cameroon": "Yaounde",
    "Canada": "Ottawa", "Chile": "Santiago", "China": "Beijing", "Colombia": "Bogota", "Costa Rica": "San Jose",
    "Croatia": "Zagreb", "Cuba": "Havana", "Cyprus": "Nicosia", "the Czech Republic": "Prague",
    "Denmark": "Copenhagen", "the Dominican Republic": "Santo Domingo", "Ecuador": "Quito", "Egypt": "Cairo",
    "El Salvador": "San Salvador", "Estonia": "Tallinn", "Ethiopia": "Addis Ababa", "Finland": "Helsinki",
    "France": "Paris", "Germany": "Berlin", "Ghana": "Accra", "Greece": "Athens", "Guatemala": "Guatemala City",
    "Haiti": "Port-au-Prince", "Honduras": "Tegucigalpa", "Hungary": "Budapest", "Iceland": "Reykjavik",
    "India": "New Delhi", "Iran": "Tehran", "Iraq": "Baghdad", "Ireland": "Dublin", "Italy": "Rome",
    "Jamaica": "Kingston", "Japan": "Tokyo", "Jordan": "Amman", "Kenya": "Nairobi", "Kuwait": "Kuwait City",
    "Laos": "Vientiane", "Latvia": "Riga", "Lebanon": "Beirut", "Libya": "Tripoli", "Lithuania": "Vilnius",
    "Mali": "Bamako", "Malta": "Valletta", "Mexico": "Mexico City", "Mongolia": "Ulaanbaatar",
    "Morocco": "Rabat", "Mozambique": "Maputo", "Nepal": "Kathmandu", "the Netherlands": "Amsterdam",
    "New Zealand": "Wellington", "Nicaragua": "Managua", "Nigeria": "Abuja", "North Korea": "Pyongyang",
    "Norway": "Oslo", "Oman": "Muscat", "Pakistan": "Islamabad", "Panama": "Panama City",
    "Paraguay": "Asuncion", "Peru": "Lima", "the Philippines": "Manila", "Poland": "Warsaw",
    "Portugal": "Lisbon", "Qatar": "Doha", "Romania": "Bucharest", "Russia": "Moscow", "Rwanda": "Kigali",
    "Saudi Arabia": "Riyadh", "Senegal": "Dakar", "Serbia": "Belgrade", "Slovakia": "Bratislava",
    "Slovenia": "Ljubljana", "Somalia": "Mogadishu", "South Korea": "Seoul", "Spain": "Madrid",
    "Sweden": "Stockholm", "Switzerland": "Bern", "Syria": "Damascus", "Thailand": "Bangkok",
    "Tunisia": "Tunis", "Turkey": "Ankara", "Uganda": "Kampala", "Ukraine": "Kyiv",
    "the United Kingdom": "London", "the United States": "Washington, D.C.", "Uruguay": "Montevideo",
    "Venezuela": "Caracas", "Vietnam": "Hanoi", "Zambia": "Lusaka", "Zimbabwe": "Harare",
}  # fmt: skip

CONTINENTS = {
    "Africa": "Algeria, Angola, Ethiopia, Ghana, Kenya, Libya, Morocco, Nigeria, South Africa, Uganda",
    "Asia": "China, India, Iran, Iraq, Japan, Nepal, Pakistan, South Korea, Thailand, Vietnam",
    "Europe": "Austria, Belgium, France, Germany, Greece, Hungary, Ireland, Italy, Norway, Poland, Spain, Sweden,"
    "the United Kingdom",
    "North America": "Canada, Cuba, Guatemala, Mexico, the United States",
    "South America": "Argentina, Bolivia, Brazil, Chile, Colombia, Peru",
}

LANGUAGES = {
    "Argentina": "Spanish", "Australia": "English", "Austria": "German", "Brazil": "Portuguese",
    "Bulgaria": "Bulgarian", "Chile": "Spanish", "China": "Chinese", "Colombia": "Spanish",
    "Croatia": "Croatian", "Cuba": "Spanish", "the Czech Republic": "Czech", "Denmark": "Danish",
    "Egypt": "Arabic", "Finland": "Finnish", "France": "French", "Germany": "German", "Greece": "Greek",
    "Hungary": "Hungarian", "Iceland": "Icelandic", "Iran": "Persian", "Israel": "Hebrew", "Italy": "Italian",
    "Japan": "Japanese", "Mexico": "Spanish", "the Netherlands": "Dutch", "New Zealand": "English",
    "Norway": "Norwegian", "Poland": "Polish", "Portugal": "Portuguese", "Romania": "Romanian",
    "Russia": "Russian", "Saudi Arabia": "Arabic", "South Korea": "Korean", "Spain": "Spanish",
    "Sweden": "Swedish", "Thailand": "Thai", "Turkey": "Turkish", "the United Kingdom": "English",
    "the United States": "English", "Vietnam": "Vietnamese",
}  # fmt: skip

CURRENCIES = {
    "Argentina": "peso", "Australia": "dollar", "Brazil": "real", "Canada": "dollar", "Chile": "peso",
    "China": "yuan", "the Czech Republic": "koruna", "Denmark": "krone", "Egypt": "pound", "Finland": "euro",
    "France": "euro", "Germany": "euro", "Greece": "euro", "Hungary": "forint", "India": "rupee",
    "Indonesia": "rupiah", "Ireland": "euro", "Israel": "shekel", "Italy": "euro", "Japan": "yen",
    "Kenya": "shilling", "Mexico": "peso", "New Zealand": "dollar", "Nigeria": "naira", "Norway": "krone",
    "Pakistan": "rupee", "Poland": "zloty", "Russia": "ruble", "South Africa": "rand", "South Korea": "won",
    "Spain": "euro", "Sweden": "krona", "Switzerland": "franc", "Thailand": "baht", "Turkey": "lira",
    "Ukraine": "hryvnia", "the United Kingdom": "pound", "the United States": "dollar", "Vietnam": "dong",
}  # fmt: skip

COLORS = {
    "yellow": "a banana, a lemon, a sunflower, a dandelion, a canary, an egg yolk",
    "green": "grass, a cucumber, an emerald, spinach, broccoli, lettuce, a pea",
    "blue": "the sky on a clear day, a blueberry, the sea on a sunny day",
    "red": "blood, a ripe tomato, a ripe strawberry, a ruby, a stop sign",
    "white": "snow, milk, salt, a polar bear, flour, cotton",
    "black": "coal, soot, a crow, a raven, the night sky",
    "orange": "a carrot, a pumpkin, an orange",
    "purple": "an eggplant, an amethyst",
    "brown": "chocolate, mud, a chestnut",
    "gray": "an elephant, a rhinoceros, ash",
    "pink": "a flamingo",
}

OPPOSITES_BOTH_WAYS = {
    "hot": "cold", "big": "small", "happy": "sad", "fast": "slow", "up": "down", "in": "out", "on": "off",
    "full": "empty", "wet": "dry", "clean": "dirty", "rich": "poor", "strong": "weak", "loud": "quiet",
    "day": "night", "black": "white", "good": "bad", "high": "low", "wide": "narrow", "early": "late",
    "first": "last", "always": "never", "everything": "nothing", "before": "after", "above": "below",
    "inside": "outside", "north": "south", "east": "west", "front": "back", "top": "bottom", "win": "lose",
    "buy": "sell", "push": "pull", "love": "hate", "true": "false", "yes": "no", "friend": "enemy",
    "war": "peace", "life": "death", "male": "female", "summer": "winter", "smooth": "rough", "deep": "shallow",
    "near": "far", "cheap": "expensive", "safe": "dangerous", "alive": "dead", "asleep": "awake",
    "same": "different", "many": "few", "more": "less", "most": "least", "maximum": "minimum",
    "possible": "impossible", "polite": "rude", "tight": "loose", "guilty": "innocent", "public": "private",
    "success": "failure", "victory": "defeat", "increase": "decrease", "remember": "forget",
    "positive": "negative", "beautiful": "ugly", "vertical": "horizontal",
}  # fmt: skip

# The other way round these have two answers: "hard" is the opposite of "easy" and of "soft".
OPPOSITES_ONE_WAY = {
    "easy": "hard", "soft": "hard", "heavy": "light", "dark": "light", "long": "short", "tall": "short",
    "young": "old", "new": "old", "thick": "thin", "left": "right", "wrong": "right",
}  # fmt: skip

SOUNDS = {
    "dog": "woof", "cat": "meow", "cow": "moo", "sheep": "baa", "pig": "oink", "duck": "quack",
    "horse": "neigh", "donkey": "hee-haw", "rooster": "cock-a-doodle-doo", "lion": "roar", "tiger": "roar",
    "snake": "hiss", "bee": "buzz", "mosquito": "buzz", "frog": "ribbit", "owl": "hoot", "wolf": "howl",
    "mouse": "squeak", "crow": "caw", "hen": "cluck", "turkey": "gobble", "pigeon": "coo", "bear": "growl",
    "cricket": "chirp", "goose": "honk",
}  # fmt: skip

LEGS = {
    "0": "snake, shark, whale, worm, dolphin",
    "2": "chicken, duck, parrot, penguin, ostrich, owl",
    "4": "dog, cat, horse, cow, lizard, frog, elephant, pig, lion, sheep",
    "6": "ant, bee, beetle, butterfly, fly, ladybug",
    "8": "spider, scorpion",
    "10": "lobster, shrimp",
}

YOUNG = {
    "dog": "puppy", "cat": "kitten", "cow": "calf", "horse": "foal", "sheep": "lamb", "goat": "kid",
    "pig": "piglet", "hen": "chick", "duck": "duckling", "goose": "gosling", "lion": "cub", "tiger": "cub",
    "bear": "cub", "deer": "fawn", "kangaroo": "joey", "koala": "joey", "frog": "tadpole", "swan": "cygnet",
    "owl": "owlet", "eagle": "eaglet", "elephant": "calf", "whale": "calf", "giraffe": "calf", "zebra": "foal",
    "seal": "pup", "butterfly": "caterpillar",
}  # fmt: skip

ANIMAL_GROUPS = {
    "mammal": "dog, cat, horse, cow, whale, dolphin, bat, elephant, lion, monkey, rabbit, mouse, kangaroo, bear, seal",
    "bird": "eagle, penguin, owl, parrot, sparrow, duck, ostrich, swan, crow, chicken",
    "fish": "shark, salmon, tuna, goldfish, seahorse",
    "insect": "ant, bee, butterfly, beetle, mosquito, ladybug, dragonfly",
    "reptile": "snake, lizard, crocodile, turtle, alligator",
    "amphibian": "frog, toad, salamander, newt",
    "arachnid": "spider, scorpion, tick",
}

MEASURES = {
    "seconds|a minute": "60", "minutes|an hour": "60", "seconds|an hour": "3600", "hours|a day": "24",
    "days|a week": "7", "months|a year": "12", "seasons|a year": "4", "days|a leap year": "366",
    "days|a normal year": "365", "years|a decade": "10", "years|a century": "100", "years|a millennium": "1000",
    "days|January": "31", "days|April": "30", "days|July": "31", "days|September": "30", "days|December": "31",
    "meters|a kilometer": "1000", "centimeters|a meter": "100", "millimeters|a meter": "1000",
    "millimeters|a centimeter": "10", "grams|a kilogram": "1000", "kilograms|a metric ton": "1000",
    "milliliters|a liter": "1000", "inches|a foot": "12", "feet|a yard": "3", "cents|a dollar": "100",
    "eggs|a dozen": "12",
}  # fmt: skip

COUNTS = {
    "sides|a triangle": "3", "sides|a square": "4", "sides|a rectangle": "4", "sides|a pentagon": "5",
    "sides|a hexagon": "6", "sides|an octagon": "8", "corners|a triangle": "3", "faces|a cube": "6",
    "wheels|a bicycle": "2", "wheels|a tricycle": "3", "letters|the English alphabet": "26",
    "strings|a violin": "4", "arms|an octopus": "8", "planets|the solar system": "8",
    "squares|a chessboard": "64", "states|the United States": "50",
}  # fmt: skip

DAYS = _words("Monday, Tuesday, Wednesday, Thursday, Friday, Saturday, Sunday")
MONTHS = _words("January, February, March, April, May, June, July, August, September, October, November, December")

PLURALS = {
    "man": "men", "woman": "women", "child": "children", "foot": "feet", "tooth": "teeth", "goose": "geese",
    "mouse": "mice", "ox": "oxen", "sheep": "sheep", "person": "people", "leaf": "leaves", "knife": "knives",
    "wife": "wives", "life": "lives", "wolf": "wolves", "shelf": "shelves", "loaf": "loaves",
    "thief": "thieves", "half": "halves", "crisis": "crises", "potato": "potatoes", "tomato": "tomatoes",
    "city": "cities", "baby": "babies", "box": "boxes",
}  # fmt: skip

SYMBOLS = {
    "hydrogen": "H", "helium": "He", "carbon": "C", "nitrogen": "N", "oxygen": "O", "neon": "Ne",
    "sodium": "Na", "aluminum": "Al", "sulfur": "S", "chlorine": "Cl", "potassium": "K", "calcium": "Ca",
    "iron": "Fe", "copper": "Cu", "zinc": "Zn", "silver": "Ag", "tin": "Sn", "gold": "Au", "mercury": "Hg",
    "lead": "Pb",
}  # fmt: skip

PLANETS = {
    "closest to the Sun": "Mercury", "second from the Sun": "Venus", "third from the Sun": "Earth",
    "fourth from the Sun": "Mars", "farthest from the Sun": "Neptune",
    "the largest in the solar system": "Jupiter", "the smallest in the solar system": "Mercury",
    "the hottest in the solar system": "Venus", "called the Red Planet": "Mars",
    "best known for its rings": "Saturn", "our home": "Earth",
}  # fmt: skip

MAKERS = {
    "wrote|Hamlet": "William Shakespeare", "wrote|Romeo and Juliet": "William Shakespeare",
    "wrote|Don Quixote": "Miguel de Cervantes", "wrote|War and Peace": "Leo Tolstoy",
    "wrote|Crime and Punishment": "Fyodor Dostoevsky", "wrote|Oliver Twist": "Charles Dickens",
    "wrote|A Christmas Carol": "Charles Dickens", "wrote|Pride and Prejudice": "Jane Austen",
    "wrote|Frankenstein": "Mary Shelley", "wrote|Dracula": "Bram Stoker",
    "wrote|The Hobbit": "J. R. R. Tolkien", "wrote|The Lord of the Rings": "J. R. R. Tolkien",
    "wrote|Animal Farm": "George Orwell", "wrote|Moby-Dick": "Herman Melville",
    "wrote|Alice in Wonderland": "Lewis Carroll", "wrote|Treasure Island": "Robert Louis Stevenson",
    "wrote|Robinson Crusoe": "Daniel Defoe", "wrote|Jane Eyre": "Charlotte Bronte",
    "wrote|The Adventures of Tom Sawyer": "Mark Twain", "wrote|Peter Pan": "J. M. Barrie",
    "wrote|The Divine Comedy": "Dante Alighieri", "wrote|Les Miserables": "Victor Hugo",
    "painted|the Mona Lisa": "Leonardo da Vinci", "painted|The Starry Night": "Vincent van Gogh",
    "painted|Guernica": "Pablo Picasso", "composed|the Moonlight Sonata": "Ludwig van Beethoven",
    "composed|The Four Seasons": "Antonio Vivaldi", "invented|dynamite": "Alfred Nobel",
    "invented|the World Wide Web": "Tim Berners-Lee", "discovered|penicillin": "Alexander Fleming",
}  # fmt: skip

PAST_TENSES = {
    "go": "went", "eat": "ate", "see": "saw", "come": "came", "run": "ran", "take": "took", "give": "gave",
    "make": "made", "write": "wrote", "drink": "drank", "sing": "sang", "swim": "swam", "begin": "began",
    "know": "knew", "grow": "grew", "fly": "flew", "draw": "drew", "throw": "threw", "break": "broke",
    "speak": "spoke", "steal": "stole", "drive": "drove", "ride": "rode", "rise": "rose", "fall": "fell",
    "feel": "felt", "keep": "kept", "sleep": "slept", "leave": "left", "lose": "lost", "buy": "bought",
    "bring": "brought", "think": "thought", "teach": "taught", "catch": "caught", "tell": "told",
    "sell": "sold", "stand": "stood", "win": "won", "find": "found",
}  # fmt: skip

RELATIONS = (
    Relation(
        "capital",
        CAPITALS,
        (
            "What is the capital of {subject}?",
            "Which city is the capital of {subject}?",
            "capital of {subject}",
            "Name the capital of {subject}.",
            "{subject}: what is its capital?",
            "Tell me the capital of {subject}.",
            "What is the capital city of {subject}?",
            "What city is the capital of {subject}?",
            "What's the capital of {subject}?",
        ),
        yes_no=(
            "Is {value} the capital of {subject}?",
            "Is {value} the capital city of {subject}?",
            "Is it true that {value} is the capital of {subject}?",
            "Is the capital of {subject} {value}?",
        ),
    ),
    Relation(
        "continent",
        _by_subject(CONTINENTS),
        (
            "What continent is {subject} in?",
            "Which continent is {subject} in?",
            "On which continent is {subject}?",
            "Which continent does {subject} belong to?",
            "continent of {subject}",
            "Name the continent that {subject} is in.",
            "{subject}: which continent is it in?",
        ),
        yes_no=(
            "Is {subject} in {value}?",
            "Is it true that {subject} is in {value}?",
            "Does {subject} belong to {value}?",
        ),
    ),
    Relation(
        "language",
        LANGUAGES,
        (
            "What language is mainly spoken in {subject}?",
            "Which language is mainly spoken in {subject}?",
            "What is the main language of {subject}?",
            "What language do most people speak in {subject}?",
            "main language of {subject}",
            "Name the main language spoken in {subject}.",
            "{subject}: what is its main language?",
        ),
    ),
    Relation(
        "currency",
        CURRENCIES,
        (
            "What is the currency of {subject}?",
            "What currency is used in {subject}?",
            "Which currency do people use in {subject}?",
            "What money is used in {subject}?",
            "currency of {subject}",
            "Name the currency of {subject}.",
            "{subject}: what is its currency?",
        ),
        near=_groups("krone, krona, koruna"),
    ),
    Relation(
        "color",
        _by_subject(COLORS),
        (
            "What color is {subject}?",
            "What colour is {subject}?",
            "Which color is {subject}?",
            "What is the color of {subject}?",
            "color of {subject}",
            "Name the color of {subject}.",
            "Tell me what color {subject} is.",
            "{subject}: what color is it?",
        ),
        yes_no=(
            "Is {subject} {value}?",
            "Is it true that {subject} is {value}?",
            "Is the color of {subject} {value}?",
        ),
        near=_groups(
            "yellow, orange",
            "yellow, brown",
            "yellow, green",
            "orange, red",
            "orange, brown",
            "red, pink",
            "red, brown",
            "red, green",
            "pink, purple",
            "purple, blue",
            "blue, green",
            "blue, black",
            "blue, gray",
            "brown, green",
            "brown, black",
            "brown, white",
            "black, gray",
            "white, gray",
        ),
    ),
    Relation(
        "opposite",
        OPPOSITES_BOTH_WAYS | {b: a for a, b in OPPOSITES_BOTH_WAYS.items()} | OPPOSITES_ONE_WAY,
        (
            "What is the opposite of {subject}?",
            "opposite of {subject}",
            "What word is the opposite of {subject}?",
            "Which word means the opposite of {subject}?",
            "Give the opposite of {subject}.",
            "Tell me the opposite of the word {subject}.",
            "{subject}: what is its opposite?",
        ),
        near=_groups(
            "down, below, low, bottom, decrease, south, under, short, last",
            "up, above, high, top, increase, north, first",
            "small, few, less, least, minimum, short, narrow, shallow, thin, low, weak, decrease, light, poor",
            "big, many, more, most, maximum, wide, deep, high, strong, increase, full",
            "bad, ugly, sad, rude, poor, weak, wrong, hate, negative, dirty, dangerous, guilty, cheap, false, failure",
            "good, beautiful, happy, polite, rich, strong, right, love, positive, clean, safe, innocent, true, success",
            "out, outside, off, far, public",
            "in, inside, on, near, private",
            "last, after, late, death, night, bottom, back",
            "first, before, early, life, day, top, front",
            "failure, defeat, lose, bad",
            "success, victory, win, good",
            "peace, love, friend, safe, quiet",
            "war, hate, enemy, dangerous, loud",
            "dead, death, asleep, old",
            "alive, life, awake",
            "light, white, day",
            "dark, black, night",
            "false, no, wrong, negative, impossible, never, nothing",
            "true, yes, right, positive, possible, always",
            "always, everything, full, most, many, maximum",
            "never, nothing, empty, least, few, minimum",
            "hot, summer, dry",
            "cold, winter, wet",
            "rough, hard, loud, rude",
            "smooth, polite, quiet, safe",
            "back, bottom, last",
        ),
    ),
    Relation(
        "sound",
        _with_article(SOUNDS),
        (
            "What sound does {subject} make?",
            "Which sound does {subject} make?",
            "What does {subject} say?",
            "What noise does {subject} make?",
            "sound of {subject}",
            "Name the sound that {subject} makes.",
            "{subject}: what sound does it make?",
        ),
        near=_groups("roar, growl, howl, woof", "squeak, chirp", "caw, coo, hoot", "quack, honk, cluck, gobble"),
    ),
    Relation(
        "legs",
        _with_article(_by_subject(LEGS)),
        (
            "How many legs does {subject} have?",
            "How many legs has {subject} got?",
            "What is the number of legs of {subject}?",
            "number of legs of {subject}",
            "Tell me how many legs {subject} has.",
            "How many legs are there on {subject}?",
            "{subject}: how many legs does it have?",
        ),
    ),
    Relation(
        "young",
        _with_article(YOUNG),
        (
            "What is the young of {subject} called?",
            "What is the baby of {subject} called?",
            "What do you call the young of {subject}?",
            "What do you call the baby of {subject}?",
            "young of {subject}",
            "Name the young of {subject}.",
            "{subject}: what is its young called?",
        ),
        near=_groups("puppy, pup, cub, kitten", "chick, duckling, gosling, cygnet, owlet, eaglet", "calf, foal, fawn"),
    ),
    Relation(
        "animal group",
        _with_article(_by_subject(ANIMAL_GROUPS)),
        (
            "What kind of animal is {subject}?",
            "Which group of animals does {subject} belong to?",
            "What group of animals does {subject} belong to?",
            "Which class of animal is {subject}?",
            "animal group of {subject}",
            "Name the animal group that {subject} belongs to.",
            "{subject}: which animal group?",
        ),
        yes_no=(
            "Is {subject} a kind of {value}?",
            "Does {subject} belong to the {value} group?",
            "Is it true that {subject} is a type of {value}?",
        ),
    ),
    Relation(
        "measure",
        MEASURES,
        (
            "How many {part} are in {whole}?",
            "How many {part} are there in {whole}?",
            "How many {part} does {whole} have?",
            "What is the number of {part} in {whole}?",
            "number of {part} in {whole}",
            "Tell me how many {part} are in {whole}.",
            "{whole}: how many {part} is that?",
        ),
        parts=("part", "whole"),
    ),
    Relation(
        "count",
        COUNTS,
        (
            "How many {part} does {whole} have?",
            "How many {part} are there in {whole}?",
            "How many {part} has {whole} got?",
            "What is the number of {part} of {whole}?",
            "number of {part} of {whole}",
            "Tell me how many {part} {whole} has.",
            "{whole}: how many {part} does it have?",
        ),
        parts=("part", "whole"),
    ),
    Relation(
        "order",
        _in_order("day", DAYS) | _in_order("month", MONTHS),
        (
            "What {unit} comes {side} {name}?",
            "Which {unit} comes {side} {name}?",
            "What is the {unit} {side} {name}?",
            "Which {unit} is right {side} {name}?",
            "the {unit} {side} {name}",
            "Tell me which {unit} comes {side} {name}.",
            "What comes right {side} {name}?",
        ),
        parts=("unit", "side", "name"),
    ),
    Relation(
        "plural",
        PLURALS,
        (
            "What is the plural of {subject}?",
            "What is the plural form of {subject}?",
            "plural of {subject}",
            "Give the plural of {subject}.",
            "Tell me the plural of the word {subject}.",
            "How do you write the plural of {subject}?",
            "{subject}: what is its plural?",
        ),
    ),
    Relation(
        "symbol",
        SYMBOLS,
        (
            "What is the chemical symbol for {subject}?",
            "What is the chemical symbol of {subject}?",
            "Which chemical symbol stands for {subject}?",
            "chemical symbol of {subject}",
            "Give the chemical symbol of {subject}.",
            "What is the symbol of the element {subject}?",
            "{subject}: what is its chemical symbol?",
        ),
    ),
    Relation(
        "planet",
        PLANETS,
        (
            "Which planet is {subject}?",
            "What planet is {subject}?",
            "What is the name of the planet that is {subject}?",
            "Name the planet that is {subject}.",
            "Tell me which planet is {subject}.",
            "the planet that is {subject}",
        ),
    ),
    Relation(
        "maker",
        MAKERS,
        (
            "Who {did} {work}?",
            "Who was it that {did} {work}?",
            "Which person {did} {work}?",
            "Name the person who {did} {work}.",
            "Tell me who {did} {work}.",
            "Do you know who {did} {work}?",
            "{work}: who {did} it?",
        ),
        parts=("did", "work"),
    ),
    Relation(
        "past tense",
        PAST_TENSES,
        (
            "What is the past tense of {subject}?",
            "What is the simple past of {subject}?",
            "past tense of {subject}",
            "Give the past tense of {subject}.",
            "What is the past tense of the verb {subject}?",
            "Tell me the past tense of the word {subject}.",
            "{subject}: what is its past tense?",
        ),
    ),
)

BY_NAME = {relation.name: relation for relation in RELATIONS}
# One entry for each fact, so that a draw from the list makes all facts equally likely.
FACTS = [(relation.name, subject) for relation in RELATIONS for subject in relation.table]
YES_NO_FACTS = [(relation.name, subject) for relation in RELATIONS if relation.yes_no for subject in relation.table]


def _fact(rng: Random) -> tuple[object, ...]:
    name, subject = rng.choice(FACTS)
    return name, subject, rng.choice(BY_NAME[name].wordings)


def _true_claim(rng: Random) -> tuple[object, ...]:
    name, subject = rng.choice(YES_NO_FACTS)
    relation = BY_NAME[name]
    return name, subject, rng.choice(relation.yes_no), relation.table[subject]


def _false_claim(rng: Random) -> tuple[object, ...]:
    name, subject = rng.choice(YES_NO_FACTS)
    relation = BY_NAME[name]
    return name, subject, rng.choice(relation.yes_no), rng.choice(relation.wrong_answers(subject))


def _as_typed(rng: Random, question: str) -> str:
    """The question as people type it: sometimes without a capital letter or a question mark."""
    if rng.random() < LOWERCASE_SHARE:
        question = question[0].lower() + question[1:]
    if question[-1] in "?." and rng.random() < NO_END_MARK_SHARE:
        question = question[:-1]
    return question


def _options(rng: Random, relation: Relation, subject: str) -> str:
    """Two or three wrong answers and the right one, in random order."""
    choices = [*rng.sample(relation.wrong_answers(subject), rng.randint(2, 3)), relation.table[subject]]
    rng.shuffle(choices)
    return " OPTIONS: - " + " - ".join(choices)


def item(rng: Random, split: Split) -> Item:
    if rng.random() < YES_NO_SHARE:
        claim_is_true = rng.random() < 0.5
        name, subject, wording, value = map(str, draw_split(rng, split, _true_claim if claim_is_true else _false_claim))
        question = _as_typed(rng, BY_NAME[name].ask(wording, subject, value))
        return Item({"question": question}, "yes" if claim_is_true else "no")
    name, subject, wording = map(str, draw_split(rng, split, _fact))
    relation = BY_NAME[name]
    question = _as_typed(rng, relation.ask(wording, subject))
    if rng.random() < MULTIPLE_CHOICE_SHARE:
        question += _options(rng, relation, subject)
    return Item({"question": question}, relation.table[subject])


TASK = Task(
    "facts",
    item,
    (
        "Q: {question} A:",
        "{question}",
        "{question}",
        "Question: {question} Answer:",
        "Answer the following question. {question}",
        "Please answer this question: {question}",
        "question: {question} answer:",
        "I want to know: {question}",
        "Answer the question. Question: {question} Answer:",
    ),
    shot="{question}",
    instructions=(
        "Answer the following questions.",
        "Answer these general knowledge questions.",
        "Give a short answer to each question.",
        "Answer each question with a word or a name.",
    ),
    closed=True,
    weight=2.0,
)
