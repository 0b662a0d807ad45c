"""Headlines: a short made-up news item, and the one headline that states its main fact.

The names are built from syllables, so that a model has to copy them from the text.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from demo_model.examples import Item, Split, Task, draw_split

# Made-up names: towns, rivers, families and companies.
TOWN_START = (
    "Vel",
    "Tar",
    "Bro",
    "Kel",
    "Mar",
    "Lin",
    "Os",
    "Hal",
    "Ror",
    "Den",
    "Fal",
    "Gre",
    "Har",
    "Il",
    "Jor",
    "Lor",
    "Mon",
    "Nor",
    "Pel",
    "Quin",
    "Ras",
    "Sal",
    "Tor",
    "Ul",
    "Ver",
    "Wal",
    "Yor",
    "Zel",
    "Ash",
    "Bar",
    "Cal",
    "Dor",
    "El",
    "Fen",
    "Gol",
    "Hum",
    "Kan",
    "Lam",
    "Mil",
    "Ner",
)
TOWN_MIDDLE = ("", "", "", "a", "e", "i", "o", "en", "er", "an", "in")
TOWN_END = (
    "mont",
    "now",
    "ford",
    "ham",
    "ville",
    "stad",
    "dale",
    "bury",
    "field",
    "port",
    "ton",
    "wick",
    "berg",
    "lund",
    "minster",
    "mouth",
    "bridge",
    "haven",
    "worth",
    "stein",
    "dorf",
    "vik",
    "mar",
    "nia",
    "burg",
    "holm",
    "gate",
    "wood",
    "brook",
    "cliff",
)
FAMILY_START = (
    "Kel",
    "Bran",
    "Mor",
    "Sten",
    "Lar",
    "Win",
    "Hol",
    "Pet",
    "Rob",
    "Tal",
    "Fisch",
    "Gar",
    "Her",
    "Jan",
    "Kor",
    "Lun",
    "Mal",
    "Nil",
    "Ol",
    "Par",
    "Ros",
    "Sim",
    "Tem",
    "Ul",
    "Van",
    "Wes",
    "Zan",
    "Ben",
    "Dal",
    "Fer",
    "Hav",
    "Mer",
)
FAMILY_END = (
    "ler",
    "son",
    "man",
    "sen",
    "ner",
    "ros",
    "ton",
    "well",
    "ini",
    "ova",
    "ic",
    "ard",
    "ley",
    "berg",
    "ez",
    "ow",
    "der",
    "ford",
    "ski",
    "land",
    "ett",
    "ello",
    "ham",
    "stone",
)
FIRST_NAMES = (
    "Anna",
    "Ben",
    "Clara",
    "David",
    "Emma",
    "Felix",
    "Greta",
    "Hugo",
    "Ida",
    "Jonas",
    "Karin",
    "Leo",
    "Maria",
    "Nils",
    "Olga",
    "Peter",
    "Rosa",
    "Simon",
    "Tina",
    "Victor",
    "Wanda",
    "Yusuf",
    "Zoe",
    "Amir",
    "Bella",
    "Carlos",
    "Diana",
    "Erik",
    "Fatima",
    "George",
    "Hanna",
    "Ivan",
    "Julia",
    "Kenji",
    "Lucy",
    "Mark",
    "Nadia",
    "Oscar",
    "Paula",
    "Samuel",
)
COMPANY_START = (
    "Norb",
    "Talv",
    "Belg",
    "Zorm",
    "Verk",
    "Lumb",
    "Arv",
    "Quam",
    "Delf",
    "Fizz",
    "Grav",
    "Hexl",
    "Indr",
    "Korb",
    "Losk",
    "Magd",
    "Nemp",
    "Opt",
    "Plon",
    "Rolt",
    "Solk",
    "Tunk",
    "Urb",
    "Vold",
)
COMPANY_END = ("vex", "com", "tron", "dex", "ware", "line", "tex", "via", "ron", "max", "bit", "lo", "soft", "nova")
TOWN_WORDS = ("North", "South", "New", "Old", "East", "West")


def town(rng: Random) -> str:
    name = rng.choice(TOWN_START) + rng.choice(TOWN_MIDDLE) + rng.choice(TOWN_END)
    return f"{rng.choice(TOWN_WORDS)} {name}" if rng.random() < 0.06 else name


def family(rng: Random) -> str:
    return rng.choice(FAMILY_START) + rng.choice(("", "", "a", "e", "i", "o")) + rng.choice(FAMILY_END)


def person(rng: Random) -> str:
    return f"{rng.choice(FIRST_NAMES)} {family(rng)}"


def company(rng: Random) -> str:
    return rng.choice(COMPANY_START) + rng.choice("aeio") + rng.choice(COMPANY_END)


def river(rng: Random) -> str:
    return rng.choice(TOWN_START) + rng.choice(("a", "e", "o", "ena", "ira", "ava", "une", "is"))


def big_number(rng: Random) -> str:
    return rng.choice((str(rng.randint(13, 99)), f"{rng.randint(1, 9)}00", f"{rng.randint(2, 60)},000"))


def count(rng: Random) -> str:
    return str(rng.choice((rng.randint(13, 99), rng.randint(2, 9) * 50)))


def small_number(rng: Random) -> str:
    return rng.choice(("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"))


def age(rng: Random) -> str:
    return str(rng.randint(19, 85))


WORDS: dict[str, tuple[str, ...]] = {
    "building": (
        "library",
        "school",
        "museum",
        "hospital",
        "theater",
        "market hall",
        "swimming pool",
        "train station",
        "cinema",
        "sports hall",
        "town hall",
        "concert hall",
        "bus station",
        "playground",
        "art school",
        "post office",
        "airport",
        "zoo",
        "police station",
        "music school",
    ),
    "house": ("bakery", "factory", "hotel", "restaurant", "barn", "warehouse", "supermarket", "old mill", "farm"),
    "weather": ("heavy snow", "heavy rain", "strong wind", "thick fog", "great heat", "a storm", "thick ice"),
    "animal": ("dog", "cat", "parrot", "horse", "goat", "turtle", "rabbit", "donkey"),
    "zoo_animal": ("tiger", "monkey", "bear", "penguin", "wolf", "zebra", "elephant", "lion", "snake", "kangaroo"),
    "loot": ("paintings", "old coins", "computers", "gold rings", "bicycles", "books", "statues", "watches", "cameras"),
    "shop": ("museum", "school", "shop", "hotel", "library", "bank", "theater"),
    "thief": ("car thief", "bicycle thief", "bank robber", "pickpocket", "art thief", "phone thief"),
    "structure": ("bridge", "church", "road", "castle", "tower", "harbor", "town wall", "stadium"),
    "price": ("bus tickets", "water", "parking", "train tickets", "school meals", "museum tickets", "power"),
    "workers": ("bus drivers", "teachers", "nurses", "train drivers", "bakers", "pilots", "postal workers", "doctors"),
    "job": (
        "teacher",
        "baker",
        "student",
        "nurse",
        "farmer",
        "doctor",
        "taxi driver",
        "gardener",
        "police officer",
        "fisherman",
        "artist",
        "pupil",
        "engineer",
    ),
    "topic": (
        "whales",
        "bread",
        "the moon",
        "trees",
        "old songs",
        "bees",
        "trains",
        "dreams",
        "wild birds",
        "the sea",
        "tea",
        "mountains",
    ),
    "victim": ("boy", "girl", "dog", "old man", "cat", "tourist", "family", "woman", "baby"),
    "danger": ("river", "lake", "fire", "deep hole", "burning house", "burning car"),
    "crash": ("bus crash", "train crash", "car crash", "boat accident", "fire"),
    "plants": ("trees", "flowers", "roses", "apple trees", "bushes", "oak trees"),
    "banned": ("cars", "dogs", "bicycles", "phones", "plastic bags", "scooters", "trucks", "fires"),
    "zone": ("old town", "main park", "city center", "market square", "schools", "beach"),
    "treasure": ("old coins", "a Roman wall", "dinosaur bones", "an old ship", "gold rings", "a stone tomb", "a bomb"),
    "under": ("school", "church", "street", "hotel", "castle", "field", "bridge"),
    "device": (
        "solar boat",
        "flying bicycle",
        "wooden car",
        "cleaning robot",
        "paper bridge",
        "talking clock",
        "tree house",
        "cooking robot",
        "wind machine",
        "glass piano",
    ),
    "show": ("old toys", "modern art", "rare stamps", "sea animals", "space photos", "old maps", "glass art", "masks"),
    "product": ("electric bicycle", "phone", "electric car", "robot", "camera", "washing machine", "train", "watch"),
    "festival": ("music festival", "book fair", "flower show", "film festival", "food market", "wine festival"),
    "sickness": ("flu", "measles", "bad water", "ticks", "great heat", "dirty air", "mushrooms"),
    "contest": (
        "baking contest",
        "chess contest",
        "poetry prize",
        "science prize",
        "photo contest",
        "art prize",
        "city race",
        "singing contest",
        "book prize",
        "cooking contest",
        "bicycle race",
    ),
    "sport": ("football", "handball", "hockey", "basketball", "volleyball", "tennis", "chess", "rugby"),
    "gift": ("money", "books", "a piano", "a painting", "computers", "toys", "a bus", "land", "an ambulance"),
    "receiver": ("hospital", "school", "library", "museum", "zoo", "music school", "children's home"),
    "when": (
        "on Monday",
        "on Tuesday",
        "on Wednesday",
        "on Thursday",
        "on Friday",
        "on Saturday",
        "on Sunday",
        "yesterday",
        "last week",
        "this morning",
        "on Sunday morning",
        "on Friday afternoon",
        "this week",
    ),
    "opinion": (
        "it was a surprise",
        "nobody had expected it",
        "many people were talking about it",
        "the news came very fast",
        "more news would follow soon",
        "everybody in town knew about it",
    ),
}

MAKERS: dict[str, Callable[[Random], str]] = {
    "town": town,
    "other_town": town,
    "person": person,
    "witness": person,
    "company": company,
    "other_company": company,
    "river": river,
    "many": big_number,
    "number": big_number,
    "count": count,
    "few": small_number,
    "years": age,
}


@dataclass(frozen=True, slots=True)
class Event:
    """A kind of news. The slots of the headline make an item new; every wording contains all of them.

    A slot is a key of WORDS or MAKERS; `a_` before it adds the article, `C_` or `A_` begins a sentence with it.
    """

    headline: str
    wordings: tuple[str, ...]
    fillers: tuple[str, ...]


EVENTS: tuple[Event, ...] = (
    Event(
        "{town} opens new {building}",
        (
            "{C_when}, the town of {town} opened a new {building}.",
            "The town of {town} has a new {building}, which opened {when}.",
            "A new {building} opened in {town} {when}.",
        ),
        (
            "The mayor, {witness}, said that it cost {few} million euros.",
            "About {number} guests came to the party.",
            "The workers needed {few} years to build it.",
        ),
    ),
    Event(
        "{town} closes old {building}",
        (
            "{C_when}, the town of {town} closed its old {building}.",
            "The old {building} of {town} was closed {when}.",
            "The town of {town} decided {when} to close the old {building}.",
        ),
        (
            "The mayor, {witness}, said that the town has no money to repair it.",
            "About {number} people are against the plan.",
            "The roof had been broken for {few} years.",
        ),
    ),
    Event(
        "{town} plans new {building}",
        (
            "The town of {town} wants to build a new {building}.",
            "{C_when}, the mayor of {town} showed the plans for a new {building}.",
            "{town} will get a new {building}, the mayor said {when}.",
        ),
        (
            "It will cost about {few} million euros.",
            "The work will start in {few} months.",
            "{witness}, who lives nearby, said that it will be too loud.",
        ),
    ),
    Event(
        "Fire destroys {house} in {town}",
        (
            "{C_when}, a fire destroyed {a_house} in {town}.",
            "{A_house} in {town} burned down {when}.",
            "Firefighters could not save {a_house} in {town}, which was destroyed by a fire {when}.",
        ),
        (
            "Nobody was hurt.",
            "The fire began in the kitchen, the police said.",
            "The owner, {witness}, was not at home.",
            "About {count} firefighters came to help.",
        ),
    ),
    Event(
        "Schools in {town} close because of {weather}",
        (
            "All schools in {town} were closed {when} because of {weather}.",
            "{C_when}, the schools in {town} closed because of {weather}.",
            "Because of {weather}, all schools in {town} closed their doors {when}.",
        ),
        (
            "More than {number} children stayed at home.",
            "The schools will open again in {few} days.",
            "{witness}, a teacher, said that safety comes first.",
        ),
    ),
    Event(
        "{person} becomes mayor of {town}",
        (
            "{C_when}, the people of {town} chose {person} as their new mayor.",
            "{person} is the new mayor of {town} after the election {when}.",
            "{person} won the election in {town} {when} and will be the new mayor.",
        ),
        (
            "The old mayor, {witness}, lost by {number} votes.",
            "The new mayor wants to build {few} schools.",
            "Only a few people voted because of the rain.",
        ),
    ),
    Event(
        "Mayor of {town} steps down",
        (
            "{C_when}, the mayor of {town} gave up the office.",
            "The mayor of {town} stepped down {when}.",
            "{witness}, the mayor of {town}, left the office {when}.",
        ),
        (
            "The mayor had worked there for {few} years.",
            "There will be an election in {few} weeks.",
            "Nobody knows the reason.",
        ),
    ),
    Event(
        "{company} creates {many} jobs in {town}",
        (
            "{C_when}, the company {company} said that it will create {many} jobs in {town}.",
            "The company {company} will give work to {many} people in {town}.",
            "{company}, a large company, is looking for {many} new workers in {town}.",
        ),
        (
            "The new factory will cost {few} million euros.",
            "The mayor, {witness}, was very happy.",
            "The work will begin in {few} months.",
        ),
    ),
    Event(
        "{company} closes factory in {town}",
        (
            "{C_when}, the company {company} closed its factory in {town}.",
            "The company {company} will close its factory in {town}.",
            "{company} said {when} that its factory in {town} must close.",
        ),
        (
            "About {count} workers will lose their jobs.",
            "The costs were too high, said {witness}, who leads the company.",
            "The factory is {few} years old.",
        ),
    ),
    Event(
        "{town} beats {other_town} in {sport}",
        (
            "{C_when}, the {sport} team of {town} won against {other_town}.",
            "The {sport} team of {town} beat the team of {other_town} {when}.",
            "{other_town} lost the {sport} match against {town} {when}.",
        ),
        (
            "About {number} fans watched the match.",
            "{witness} was the best player.",
            "It was the first win in {few} years.",
            "The next match will be in {few} weeks.",
        ),
    ),
    Event(
        "{person} wins {contest}",
        (
            "{C_when}, {person} from {town} won the {contest}.",
            "The winner of the {contest} is {person} from {town}.",
            "{person}, who is {years} years old, won the {contest} {when}.",
        ),
        (
            "The prize is {number} euros.",
            "Second place went to {witness}.",
            "More than {number} people took part.",
        ),
    ),
    Event(
        "Lost {animal} found in {town} after {few} days",
        (
            "A lost {animal} was found in {town} {when} after {few} days.",
            "{C_when}, a family in {town} found its lost {animal} again after {few} days.",
            "After {few} days, a lost {animal} was found in {town}.",
        ),
        (
            "The animal was hungry but healthy.",
            "{witness} saw it behind a shop.",
            "The children cried with joy.",
        ),
    ),
    Event(
        "{C_zoo_animal} escapes from zoo in {town}",
        (
            "{C_when}, {a_zoo_animal} escaped from the zoo in {town}.",
            "{A_zoo_animal} got out of the zoo in {town} {when}.",
            "The zoo in {town} is looking for {a_zoo_animal} that escaped {when}.",
        ),
        (
            "The police asked people to stay at home.",
            "{witness}, who works at the zoo, had left a door open.",
            "The animal is {few} years old.",
        ),
    ),
    Event(
        "Thieves steal {loot} from {shop} in {town}",
        (
            "{C_when}, thieves stole {loot} from a {shop} in {town}.",
            "Thieves broke into a {shop} in {town} {when} and took {loot}.",
            "Somebody stole {loot} from a {shop} in {town} {when}, the police said.",
        ),
        (
            "They came through a window.",
            "The police are looking for {few} men in a white car.",
            "The damage is about {number} euros.",
        ),
    ),
    Event(
        "Police in {town} arrest {thief}",
        (
            "{C_when}, the police in {town} arrested {a_thief}.",
            "The police in {town} caught {a_thief} {when}.",
            "{A_thief} was arrested by the police in {town} {when}.",
        ),
        (
            "{witness} had seen the man and called the police.",
            "The man is {years} years old.",
            "He had hidden in a cellar for {few} days.",
        ),
    ),
    Event(
        "{town} repairs old {structure}",
        (
            "{C_when}, the town of {town} began to repair its old {structure}.",
            "The old {structure} of {town} is being repaired.",
            "Workers in {town} started to repair the old {structure} {when}.",
        ),
        (
            "The work will take {few} months.",
            "It will cost {few} million euros.",
            "{witness}, who lives nearby, was glad about the news.",
        ),
    ),
    Event(
        "{town} raises price of {price}",
        (
            "{C_when}, the town of {town} raised the price of {price}.",
            "The price of {price} went up in {town} {when}.",
            "People in {town} have to pay more for {price} from now on.",
        ),
        (
            "Many people are angry.",
            "It is the second time in {few} years.",
            "The mayor, {witness}, said that there was no other way.",
        ),
    ),
    Event(
        "{C_workers} in {town} go on strike",
        (
            "{C_when}, the {workers} in {town} stopped working.",
            "The {workers} in {town} went on strike {when}.",
            "There is a strike of the {workers} in {town}.",
        ),
        (
            "They want more money.",
            "The strike will go on for {few} days.",
            "{witness}, who leads the group, said that the work is too hard.",
        ),
    ),
    Event(
        "{C_job} from {town} writes book about {topic}",
        (
            "{A_job} from {town} has written a book about {topic}.",
            "{C_when}, {a_job} from {town} showed a new book about {topic}.",
            "{person}, {a_job} from {town}, wrote a book about {topic}.",
        ),
        (
            "The work took {few} years.",
            "The book has {count} pages.",
            "It costs {few} euros.",
        ),
    ),
    Event(
        "{person} gives concert in {town}",
        (
            "{C_when}, the singer {person} gave a concert in {town}.",
            "The singer {person} sang in {town} {when}.",
            "Many people came to {town} {when} to hear the singer {person}.",
        ),
        (
            "About {number} fans were there.",
            "All tickets were sold in {few} hours.",
            "The concert ended with a slow song.",
        ),
    ),
    Event(
        "{C_job} saves {victim} from {danger}",
        (
            "{C_when}, {a_job} saved {a_victim} from a {danger} near {town}.",
            "{A_job} from {town} saved {a_victim} from a {danger} {when}.",
            "In {town}, {a_victim} was saved from a {danger} by {a_job}.",
        ),
        (
            "Nobody was hurt.",
            "The mayor, {witness}, said thank you.",
            "It all happened in {few} minutes.",
        ),
    ),
    Event(
        "{C_few} people hurt in {crash} near {town}",
        (
            "{C_when}, {few} people were hurt in a {crash} near {town}.",
            "A {crash} near {town} hurt {few} people {when}.",
            "There was a {crash} near {town} {when}, and {few} people were hurt.",
        ),
        (
            "They were taken to a hospital.",
            "The police closed the road for two hours.",
            "{witness}, who saw it, called for help.",
        ),
    ),
    Event(
        "School in {town} plants {count} {plants}",
        (
            "{C_when}, the children of a school in {town} planted {count} {plants}.",
            "A school in {town} planted {count} {plants} {when}.",
            "{count} new {plants} were planted by a school in {town} {when}.",
        ),
        (
            "The teacher, {witness}, had the idea.",
            "The work took {few} hours.",
            "The children will give them water every day.",
        ),
    ),
    Event(
        "{town} bans {banned} from {zone}",
        (
            "{C_when}, the town of {town} banned {banned} from the {zone}.",
            "The town of {town} does not allow {banned} in the {zone} any more.",
            "From now on, {banned} are not allowed in the {zone} of {town}.",
        ),
        (
            "Who breaks the rule must pay {count} euros.",
            "Many people are happy about it.",
            "{witness}, who has a shop there, is against the rule.",
        ),
    ),
    Event(
        "{person} gives {gift} to {receiver}",
        (
            "{C_when}, {person} gave {gift} to the {receiver} in {town}.",
            "{person} from {town} gave {gift} to the {receiver}.",
            "The {receiver} in {town} got {gift} from {person} {when}.",
        ),
        (
            "It was the best day of the year, said {witness}, who works there.",
            "About {count} people came to say thank you.",
            "Such a gift is rare.",
        ),
    ),
    Event(
        "Workers find {treasure} under {under} in {town}",
        (
            "{C_when}, workers found {treasure} under {a_under} in {town}.",
            "Workers in {town} found {treasure} under {a_under} {when}.",
            "Under {a_under} in {town}, workers have found {treasure}.",
        ),
        (
            "The work had to stop for {few} days.",
            "{witness}, an expert, came at once.",
            "A museum wants to know more about it.",
        ),
    ),
    Event(
        "{C_job} from {town} builds {device}",
        (
            "{A_job} from {town} has built {a_device}.",
            "{C_when}, {a_job} from {town} showed {a_device} that was built at home.",
            "{person}, {a_job} from {town}, built {a_device}.",
        ),
        (
            "The work took {few} months.",
            "It cost {number} euros.",
            "A company has already asked about it.",
        ),
    ),
    Event(
        "{C_building} in {town} turns {count} years old",
        (
            "{C_when}, the {building} in {town} turned {count} years old.",
            "The {building} in {town} is now {count} years old.",
            "The {building} in {town} had its birthday {when}: it is {count} years old.",
        ),
        (
            "There was a party with music and cake.",
            "The mayor, {witness}, gave a short speech.",
            "It was repaired {few} years ago.",
        ),
    ),
    Event(
        "Museum in {town} shows {show}",
        (
            "The museum in {town} is showing {show}.",
            "{C_when}, the museum in {town} opened a show of {show}.",
            "Visitors can now see {show} at the museum in {town}.",
        ),
        (
            "The show is open for {few} weeks.",
            "A ticket costs {few} euros.",
            "{witness}, who leads the museum, hopes for many guests.",
        ),
    ),
    Event(
        "New train line connects {town} and {other_town}",
        (
            "{C_when}, the first train went from {town} to {other_town} on a new line.",
            "A new train line now connects {town} and {other_town}.",
            "People can now take a train from {town} to {other_town}, because a new line opened {when}.",
        ),
        (
            "The trip takes {count} minutes.",
            "A ticket costs {few} euros.",
            "{witness} was the first guest on the train.",
        ),
    ),
    Event(
        "Storm leaves {many} homes in {town} without power",
        (
            "{C_when}, a storm left {many} homes in {town} without power.",
            "{many} homes in {town} had no power {when} because of a storm.",
            "Because of a storm, {many} homes in {town} were without power {when}.",
        ),
        (
            "The light came back after {few} hours.",
            "Many trees fell on the streets.",
            "{witness} sat at home with candles.",
        ),
    ),
    Event(
        "{river} river floods {town}",
        (
            "{C_when}, the river {river} flooded the town of {town}.",
            "The streets of {town} are full of water because of the river {river}.",
            "After days of rain, the river {river} flooded {town} {when}.",
        ),
        (
            "About {number} people had to leave their homes.",
            "Boats brought food to the people.",
            "The water will stay for {few} days.",
        ),
    ),
    Event(
        "{company} presents new {product}",
        (
            "{C_when}, the company {company} presented a new {product}.",
            "The company {company} from {town} has a new {product}.",
            "{company} showed its new {product} in {town} {when}.",
        ),
        (
            "It costs less than the old one.",
            "It will be in the shops in {few} weeks.",
            "{witness}, who leads the company, was proud of it.",
        ),
    ),
    Event(
        "{company} buys company {other_company}",
        (
            "{C_when}, the company {company} bought its rival {other_company}.",
            "The company {other_company} now belongs to {company}.",
            "{company} paid a lot of money {when} to buy the company {other_company}.",
        ),
        (
            "The price was {few} million euros.",
            "The {number} workers can keep their jobs.",
            "{witness} will lead the new company.",
        ),
    ),
    Event(
        "{many} guests visit {festival} in {town}",
        (
            "{C_when}, {many} guests came to the {festival} in {town}.",
            "The {festival} in {town} had {many} guests.",
            "{many} guests visited the {festival} in {town} {when}.",
        ),
        (
            "The sun was shining all day.",
            "{witness}, who planned it, was very happy.",
            "The next one will be in {few} months.",
        ),
    ),
    Event(
        "Doctors in {town} warn of {sickness}",
        (
            "{C_when}, doctors in {town} warned of {sickness}.",
            "Doctors in {town} have warned the people of {sickness}.",
            "People in {town} should take care because of {sickness}, doctors said {when}.",
        ),
        (
            "Already {number} people are ill.",
            "Children should stay at home for {few} days.",
            "{witness}, a doctor, said that there is no reason for fear.",
        ),
    ),
)

# Sentences that fit any news, and sentences that can precede the main one.
ANY_FILLERS = (
    "{witness} said that {opinion}.",
    "A newspaper said that {opinion}.",
)
OPENERS = (
    "There is news from {town}.",
    "It was an unusual day in {town}.",
    "People in {town} are talking about one thing.",
)

SLOT = re.compile(r"\{(?:[aAC]_)?(\w+?)\}")
VOWELS = tuple("aeiouAEIOU")


def slots_of(*templates: str) -> tuple[str, ...]:
    """The slots that the templates name, each once, in order."""
    return tuple(dict.fromkeys(slot for template in templates for slot in SLOT.findall(template)))


def draw_slot(rng: Random, slot: str) -> str:
    return MAKERS[slot](rng) if slot in MAKERS else rng.choice(WORDS[slot])


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def fill(template: str, values: dict[str, str]) -> str:
    """The template with its slots filled, also in the forms with an article or a capital letter."""
    forms: dict[str, str] = {}
    for slot, value in values.items():
        article = "an" if value.startswith(VOWELS) else "a"
        forms[slot] = value
        forms[f"a_{slot}"] = f"{article} {value}"
        forms[f"C_{slot}"] = capital(value)
        forms[f"A_{slot}"] = f"{capital(article)} {value}"
    return template.format(**forms)


def item(rng: Random, split: Split) -> Item:
    """One piece of news of two to four sentences and its headline."""

    def draw(rng: Random) -> tuple[object, ...]:
        number = rng.randrange(len(EVENTS))
        return (number, *(draw_slot(rng, slot) for slot in slots_of(EVENTS[number].headline)))

    number, *drawn = draw_split(rng, split, draw)
    event = EVENTS[int(str(number))]
    values = dict(zip(slots_of(event.headline), map(str, drawn), strict=False))
    sentences = [rng.choice(event.wordings)]
    sentences += rng.sample(event.fillers, rng.choice((1, 1, 2)))
    if rng.random() < 0.15:
        sentences.append(rng.choice(ANY_FILLERS))
    if rng.random() < 0.15:
        sentences.insert(0, rng.choice(OPENERS))
    for slot in slots_of(*sentences):
        if slot not in values:
            values[slot] = draw_slot(rng, slot)
    text = " ".join(fill(sentence, values) for sentence in sentences)
    return Item({"text": text}, fill(event.headline, values))


TASK = Task(
    "headline",
    item,
    phrasings=(
        "Write a headline for this text: {text} Headline:",
        "Write a short headline for this news: {text}",
        "Summarize: {text}",
        "summarize: {text}",
        "Summarize this text in one line: {text}",
        "{text} What is a good headline for this text?",
        "{text} Write a headline.",
        "What is this text about? {text}",
        "Text: {text} Headline:",
        "{text} TL;DR:",
    ),
    shot="{text}",
    instructions=(
        "Write a headline for each text.",
        "What is a good headline for this text?",
        "Summarize the text in a few words.",
    ),
    closed=True,
    weight=0.9,
    max_shots=2,
)
