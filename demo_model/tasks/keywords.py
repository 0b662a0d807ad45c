"""Keywords: three or four words, and the one sentence that uses them all.

The kinds of the words decide the shape of the sentence:

    actor, object, place             dog, ball, park          The dog plays with the ball in the park.
    actor, adjective, object, place  dog, red, ball, park     The dog plays with the red ball in the park.
    actor, verb, object              girl, read, book         The girl reads a book.
    actor, verb, object, place       girl, read, book, park   The girl reads a book in the park.
    actor, verb, place               cat, sleep, sofa         The cat sleeps on the sofa.

With carry and bring the place is where one goes: man, carry, box, station - The man carries a box to the station.

Where no verb is given, the object has its own verb and the article is "the". No word is of two kinds, except
verbs that need no object.
"""

from __future__ import annotations

from random import Random

from demo_model.examples import Item, Split, Task, draw_split

PEOPLE = (
    "girl",
    "boy",
    "man",
    "woman",
    "child",
    "teacher",
    "doctor",
    "farmer",
    "baker",
    "nurse",
    "student",
    "mother",
    "father",
    "sister",
    "brother",
    "grandmother",
    "grandfather",
    "driver",
    "artist",
    "singer",
    "king",
    "queen",
    "princess",
    "tourist",
    "neighbor",
    "uncle",
    "aunt",
    "pilot",
    "sailor",
    "gardener",
)
ANIMALS = (
    "dog",
    "cat",
    "bird",
    "horse",
    "rabbit",
    "mouse",
    "monkey",
    "bear",
    "puppy",
    "kitten",
    "fox",
    "elephant",
    "goat",
)

# Verb: its form in the sentence.
VERBS: dict[str, str] = {
    "read": "reads",
    "write": "writes",
    "eat": "eats",
    "drink": "drinks",
    "buy": "buys",
    "sell": "sells",
    "carry": "carries",
    "find": "finds",
    "lose": "loses",
    "see": "sees",
    "hold": "holds",
    "bring": "brings",
    "draw": "draws",
    "paint": "paints",
    "wash": "washes",
    "clean": "cleans",
    "repair": "repairs",
    "ride": "rides",
    "drive": "drives",
    "open": "opens",
    "close": "closes",
    "play": "plays",
    "cook": "cooks",
    "bake": "bakes",
    "cut": "cuts",
    "throw": "throws",
    "catch": "catches",
    "kick": "kicks",
    "wear": "wears",
    "fly": "flies",
    "use": "uses",
    "pick": "picks",
    "hide": "hides",
}

# Verbs without an object.
FREE_VERBS: dict[str, str] = {
    "sleep": "sleeps",
    "run": "runs",
    "walk": "walks",
    "sit": "sits",
    "wait": "waits",
    "rest": "rests",
    "play": "plays",
    "jump": "jumps",
    "stand": "stands",
    "swim": "swims",
    "sing": "sings",
    "dance": "dances",
    "work": "works",
    "laugh": "laughs",
    "cry": "cries",
    "talk": "talks",
}
ANIMAL_FREE_VERBS = ("sleep", "run", "walk", "sit", "wait", "rest", "play", "jump", "stand")

ANIMAL_VERBS = ("play", "eat", "drink", "carry", "find", "see", "hide", "bring", "catch")

# Object: its own verb, then the other verbs that may be asked for.
OBJECTS: dict[str, tuple[str, ...]] = {
    "ball": ("play", "throw", "catch", "kick", "buy", "find", "lose", "see", "hold", "bring", "hide"),
    "doll": ("play", "buy", "find", "lose", "hold", "bring", "hide"),
    "toy": ("play", "buy", "find", "lose", "hold", "bring", "hide", "sell", "repair"),
    "robot": ("play", "buy", "repair", "use", "see"),
    "balloon": ("play", "buy", "hold", "catch", "see", "lose"),
    "rope": ("play", "buy", "hold", "find", "cut", "carry"),
    "kite": ("fly", "buy", "hold", "lose", "find", "repair"),
    "book": ("read", "write", "buy", "find", "lose", "open", "close", "hold", "bring", "carry", "sell", "see"),
    "newspaper": ("read", "buy", "find", "hold", "bring", "sell"),
    "story": ("read", "write"),
    "map": ("read", "draw", "buy", "find", "lose", "open", "hold", "use"),
    "letter": ("write", "read", "find", "lose", "open", "bring", "hold", "hide"),
    "poem": ("write", "read"),
    "song": ("write",),
    "apple": ("eat", "buy", "find", "cut", "wash", "pick", "hold", "bring", "see"),
    "banana": ("eat", "buy", "find", "cut", "hold", "bring", "pick"),
    "orange": ("eat", "buy", "find", "cut", "wash", "pick", "hold", "bring"),
    "carrot": ("eat", "buy", "find", "cut", "wash", "cook", "hold", "bring"),
    "tomato": ("eat", "buy", "find", "cut", "wash", "cook", "pick"),
    "egg": ("eat", "buy", "find", "cook", "hold", "bring"),
    "fish": ("eat", "buy", "catch", "cook", "see", "cut", "sell"),
    "sandwich": ("eat", "buy", "cut", "hold", "bring", "find"),
    "pizza": ("eat", "buy", "cut", "bake", "bring"),
    "nut": ("eat", "find", "hold", "hide"),
    "cheese": ("eat", "buy", "cut", "find", "sell"),
    "rice": ("eat", "buy", "cook", "wash"),
    "meat": ("eat", "buy", "cook", "cut", "find"),
    "cake": ("bake", "eat", "buy", "cut", "bring"),
    "bread": ("bake", "eat", "buy", "cut", "find", "sell"),
    "soup": ("cook", "eat", "buy"),
    "dinner": ("cook", "eat"),
    "water": ("drink", "buy", "bring", "find", "carry"),
    "milk": ("drink", "buy", "bring", "find", "sell"),
    "tea": ("drink", "buy", "bring", "sell"),
    "coffee": ("drink", "buy", "bring", "sell"),
    "juice": ("drink", "buy", "bring"),
    "guitar": ("play", "buy", "repair", "hold", "bring", "sell"),
    "piano": ("play", "buy", "repair", "clean", "sell"),
    "violin": ("play", "buy", "repair", "hold", "bring", "sell"),
    "drum": ("play", "buy", "repair", "carry"),
    "flute": ("play", "buy", "find", "hold", "lose"),
    "picture": ("paint", "draw", "buy", "see", "find", "sell", "hold"),
    "flower": ("pick", "paint", "draw", "buy", "find", "see", "hold", "bring", "sell", "cut"),
    "car": ("drive", "wash", "repair", "buy", "sell", "see", "clean", "paint"),
    "bus": ("drive", "wash", "repair", "see", "clean", "paint"),
    "truck": ("drive", "wash", "repair", "buy", "sell", "see", "clean"),
    "bike": ("ride", "wash", "repair", "buy", "sell", "see", "find", "clean"),
    "scooter": ("ride", "repair", "buy", "sell", "see", "find"),
    "hat": ("wear", "buy", "find", "lose", "hold", "wash", "sell"),
    "coat": ("wear", "buy", "find", "lose", "hold", "wash", "clean"),
    "shirt": ("wear", "buy", "find", "wash", "sell"),
    "dress": ("wear", "buy", "wash", "sell", "clean"),
    "ring": ("wear", "buy", "find", "lose", "hide", "sell"),
    "bag": ("carry", "buy", "find", "lose", "open", "close", "hold", "bring", "see"),
    "box": ("carry", "open", "close", "find", "hold", "bring", "see", "hide"),
    "basket": ("carry", "buy", "find", "hold", "bring"),
    "stick": ("carry", "throw", "find", "hold", "bring", "cut"),
    "stone": ("throw", "find", "carry", "hold", "paint"),
    "window": ("open", "close", "clean", "wash", "repair", "paint"),
    "door": ("open", "close", "clean", "repair", "paint"),
    "cup": ("wash", "buy", "find", "hold", "bring"),
    "plate": ("wash", "buy", "hold", "bring", "carry"),
    "phone": ("use", "buy", "find", "lose", "repair", "hold", "bring"),
    "computer": ("use", "buy", "repair", "clean", "sell"),
    "camera": ("use", "buy", "find", "lose", "repair", "hold"),
    "key": ("find", "lose", "hold", "bring", "hide", "use"),
    "coin": ("find", "lose", "hold", "hide", "throw"),
}
MASS = ("cheese", "rice", "meat", "bread", "soup", "dinner", "water", "milk", "tea", "coffee", "juice")
INSTRUMENTS = ("guitar", "piano", "violin", "drum", "flute")

# What fits each object, so that sentences stay simple and true to life.
ADJECTIVES: dict[str, tuple[str, ...]] = {
    "color": ("red", "blue", "green", "yellow", "white", "black"),
    "thing": ("big", "small", "new", "old", "little", "beautiful"),
    "food": ("fresh", "good", "big", "small"),
    "mass": ("good", "fresh", "warm", "cold"),
    "text": ("new", "old", "long", "short", "funny", "sad"),
}
FOODS = (
    "apple",
    "banana",
    "orange",
    "carrot",
    "tomato",
    "egg",
    "fish",
    "sandwich",
    "pizza",
    "nut",
    "cake",
)
TEXTS = ("book", "story", "letter", "poem", "song", "newspaper")

# Place: its preposition, and whether it is inside, outside or water.
PLACES: dict[str, tuple[str, str]] = {
    "park": ("in the", "out"),
    "garden": ("in the", "out"),
    "forest": ("in the", "out"),
    "street": ("on the", "out"),
    "beach": ("on the", "out"),
    "farm": ("on the", "out"),
    "market": ("at the", "out"),
    "village": ("in the", "out"),
    "city": ("in the", "out"),
    "field": ("in the", "out"),
    "yard": ("in the", "out"),
    "zoo": ("at the", "out"),
    "bridge": ("on the", "out"),
    "mountain": ("on the", "out"),
    "station": ("at the", "out"),
    "kitchen": ("in the", "in"),
    "house": ("in the", "in"),
    "room": ("in the", "in"),
    "bedroom": ("in the", "in"),
    "office": ("in the", "in"),
    "hotel": ("in the", "in"),
    "library": ("in the", "in"),
    "hospital": ("in the", "in"),
    "museum": ("in the", "in"),
    "shop": ("in the", "in"),
    "school": ("at", "in"),
    "home": ("at", "in"),
    "train": ("on the", "in"),
    "sofa": ("on the", "in"),
    "lake": ("in the", "water"),
    "river": ("in the", "water"),
    "sea": ("in the", "water"),
    "pool": ("in the", "water"),
}

OUTSIDE_VERBS = ("ride", "drive", "fly", "kick", "throw")
INSIDE_VERBS = ("cook", "bake")
TRADE_VERBS = ("buy", "sell")
MOVING_VERBS = ("carry", "bring")
INSIDE_OBJECTS = ("piano", "computer", "robot", "window", "door", "cup", "plate")
VEHICLES = ("car", "bus", "truck")
OUTSIDE_OBJECTS = ("car", "bus", "truck", "bike", "scooter", "kite")
PLACES_BY_KIND: dict[str, tuple[str, ...]] = {
    kind: tuple(place for place, (_, its_kind) in PLACES.items() if its_kind == kind) for kind in ("in", "out", "water")
}
COOKING_PLACES = ("kitchen", "house", "hotel", "school", "home", "garden")
TRADE_PLACES = ("market", "shop", "city", "village", "station", "street")
VEHICLE_PLACES = ("street", "city", "village", "farm", "station", "bridge")
HOUSE_ANIMALS = ("dog", "cat", "puppy", "kitten", "mouse")
HOUSE_PLACES = ("kitchen", "house", "room", "bedroom", "sofa", "home")
LIVING_PLACES = ("sofa", "train")  # too small for throwing, washing and repairing
SMALL_PLACE_VERBS = ("read", "write", "eat", "drink", "hold", "find", "lose", "see", "wear", "draw", "use", "open")

ANIMAL_OBJECTS = tuple(
    word
    for word, verbs in OBJECTS.items()
    if verbs[0] in ANIMAL_VERBS and word not in (*INSTRUMENTS, "meat", "tea", "coffee", "juice")
)


def article(word: str) -> str:
    return "an" if word[0] in "aeiou" else "a"


def verb_phrase(verb: str, noun: str) -> str:
    """The verb as it stands before the object: one plays a guitar but plays with a ball."""
    return "plays with" if verb == "play" and noun not in INSTRUMENTS else VERBS[verb]


def where(place: str, verb: str) -> str:
    if verb in MOVING_VERBS:
        return place if place == "home" else "to school" if place == "school" else f"to the {place}"
    return f"{PLACES[place][0]} {place}"


def sentence_of(words: tuple[str, ...]) -> str:
    """The sentence that the words stand for; only their kinds and their order decide it."""
    actor, *rest = words
    last = rest.pop() if rest[-1] in PLACES else ""
    if len(rest) == 1 and rest[0] not in OBJECTS:
        return f"The {actor} {FREE_VERBS[rest[0]]} {where(last, rest[0])}."
    noun = rest[-1]
    if rest[0] in VERBS:
        verb = rest[0]
        thing = noun if noun in MASS else f"{article(noun)} {noun}"
    else:
        verb = OBJECTS[noun][0]
        thing = f"the {' '.join(rest)}"
    place = f" {where(last, verb)}" if last else ""
    return f"The {actor} {verb_phrase(verb, noun)} {thing}{place}."


def draw_place(rng: Random, actor: str, verb: str, noun: str) -> str:
    """A place where one would do that."""
    if actor in ANIMALS:
        return rng.choice(PLACES_BY_KIND["out"] + (HOUSE_PLACES if actor in HOUSE_ANIMALS else ()))
    if verb in TRADE_VERBS:
        return rng.choice(TRADE_PLACES)
    if verb in INSIDE_VERBS:
        return rng.choice(COOKING_PLACES)
    if noun in VEHICLES:
        return rng.choice(VEHICLE_PLACES)
    if verb in OUTSIDE_VERBS or noun in OUTSIDE_OBJECTS:
        return rng.choice(PLACES_BY_KIND["out"])
    if noun in INSIDE_OBJECTS:
        return rng.choice([place for place in PLACES_BY_KIND["in"] if place not in LIVING_PLACES])
    if verb == "pick":
        return rng.choice(("garden", "park", "forest", "field", "farm", "yard", "village"))
    places = PLACES_BY_KIND["in"] + PLACES_BY_KIND["out"]
    return rng.choice([place for place in places if place not in LIVING_PLACES or verb in SMALL_PLACE_VERBS])


def draw_adjective(rng: Random, noun: str) -> str:
    if noun in MASS:
        return rng.choice(ADJECTIVES["mass"])
    if noun in FOODS:
        return rng.choice(ADJECTIVES["food"])
    if noun in TEXTS:
        return rng.choice(ADJECTIVES["text"])
    return rng.choice(ADJECTIVES["color"] + ADJECTIVES["thing"])


def draw_words(rng: Random) -> tuple[str, ...]:
    """Three or four words of one of the shapes."""
    is_animal = rng.random() < 0.3
    actor = rng.choice(ANIMALS if is_animal else PEOPLE)
    shape = rng.choice(("plain", "plain", "adjective", "verb", "verb", "verb", "short", "free"))
    if shape == "free":
        verb = rng.choice(ANIMAL_FREE_VERBS if is_animal else tuple(FREE_VERBS))
        if is_animal:
            return actor, verb, draw_place(rng, actor, verb, "")
        kinds = ("water",) if verb == "swim" else ("in", "out")
        places = [place for kind in kinds for place in PLACES_BY_KIND[kind]]
        if verb not in ("sleep", "sit", "rest", "wait", "sing", "laugh", "cry", "talk"):
            places = [place for place in places if place not in LIVING_PLACES]
        return actor, verb, rng.choice(places)
    noun = rng.choice(ANIMAL_OBJECTS if is_animal else tuple(OBJECTS))
    if shape in ("plain", "adjective"):
        place = draw_place(rng, actor, OBJECTS[noun][0], noun)
        return (actor, noun, place) if shape == "plain" else (actor, draw_adjective(rng, noun), noun, place)
    verbs = [verb for verb in OBJECTS[noun] if not is_animal or verb in ANIMAL_VERBS]
    verb = rng.choice(verbs)
    return (actor, verb, noun) if shape == "short" else (actor, verb, noun, draw_place(rng, actor, verb, noun))


def item(rng: Random, split: Split) -> Item:
    """Keywords, and the sentence made of them."""
    words = tuple(map(str, draw_split(rng, split, draw_words)))
    return Item({"words": ", ".join(words)}, sentence_of(words))


TASK = Task(
    "keywords",
    item,
    phrasings=(
        "Write a sentence with these words: {words} Sentence:",
        "Write a sentence with these words: {words}.",
        "Make a sentence with these words: {words}",
        "Write one sentence that uses all of these words: {words}",
        "Keywords: {words}. What is a sentence that includes all these keywords?",
        "Concepts: {words}. Write a sentence.",
        "Words: {words} Sentence:",
        "Can you make a sentence out of {words}?",
        "{words}. Write a sentence with all of these words.",
    ),
    shot="{words}",
    instructions=(
        "Write a sentence with these words.",
        "Make one sentence that uses all the words.",
        "Put the words into a sentence.",
    ),
    closed=True,
    weight=0.7,
)
