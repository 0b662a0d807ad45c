# ruff: noqa: E501  (lists of words)
"""What happened: passages composed of who did what, where, when, with whom, why and for how much.

Two people often do the same thing, or one person does different things on different days, so that only reading tells
which of the names, places and numbers is asked for. Nearly every passage is new: its parts are combined freely.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from demo_model.examples import Split
from demo_model.phrasing import expand, put_in
from demo_model.tasks import worlds
from demo_model.tasks.knowledge.relation import plural, with_article

Asked = tuple[str, str, str]  # a passage, a question without its mark, the answer
Deed = tuple[str, str, list[str], list[str], str]  # base, past, what, where, "cost" and "plain"
Who = tuple[str, str, str]  # as introduced, as asked for, pronoun


def _list(text: str) -> list[str]:
    return [part.strip() for part in text.replace("\n", " ").split(",")]


QUALITIES = _list("""
small, big, old, new, cheap, wooden, plastic, leather, heavy, broken, beautiful, dirty, round, square, second-hand, long, tiny, huge, strange,
expensive, soft, pretty, rusty, shiny, striped, plain, antique, electric, woollen, cotton, metal, handmade
""")
GOODS = _list("""
tennis racket, coffee machine, winter coat, washing machine, sleeping bag, toy train, chess set, wedding ring, flower pot, alarm clock,
frying pan, garden chair, swimming suit, football shirt, teddy bear, birthday card, lawn mower, hair dryer, rain jacket, baseball cap,
cookbook, dictionary, violin, trumpet, microscope, telescope, wheelchair, hammock, calendar, notebook, puzzle, necklace, bracelet, earring,
T-shirt, sandal, apron, pan, kettle, toaster, fridge, freezer, oven, printer, keyboard, radio, television, heater, fan, torch, compass,
trolley, wheelbarrow, rope, saw, drill, screwdriver, stool, wardrobe, bookcase, curtain, cushion, mattress, doll, robot, balloon, sledge,
surfboard, canoe, saddle, cage, aquarium, statue, painting, poster, postcard, stamp, coin, passport, ticket, purse, briefcase, jar, barrel
""")
FRESH = _list("""
potatoes, carrots, onions, strawberries, pears, plums, fresh bread, brown rice, olive oil, goat cheese, eggs, tuna, walnuts,
apple juice, green tea, honey, biscuits, mushrooms, lettuce, chicken wings, ice cream, noodles, sausages, peanuts, garlic, yogurt, jam
""")
DISHES = _list("""
a pizza, a chocolate cake, tomato soup, a lemon tart, pancakes, an omelette, fish and chips, a vegetable curry, a salad, apple pie, a stew,
fried rice, spaghetti, roast beef, a burger, scrambled eggs, mashed potatoes, a big pot of soup, chicken with rice, a sandwich, waffles
""")
BEASTS = _list("""
a black cat, a stray dog, two foxes, an owl, a snake, a deer, a young wolf, three squirrels, a bear, a parrot, an eagle, a hedgehog, a turtle, a wild horse,
a baby seal, a bat, a big spider, a white rabbit, some ducks, a swan, a lost puppy, a goat
""")
TEXTS = _list("""
a poem, a long letter, a book about whales, a song about love, a story about a ghost, an article about bees, a novel, a report, an email,
a postcard, a play, a cookbook, a diary, a speech, a blog about travel, a review of the film
""")
WORKS = _list("""
the fence, the kitchen wall, the roof, the front door, the garden gate, an old boat, the bathroom, the living room, a rocking chair, the garage,
a bird house, the stairs, a shed, the bridge, the balcony
""")
REPAIRS = _list("""
the car, the washing machine, the heating, a flat tire, the roof, the radio, an old clock, the computer, the bike, the lamp, the fence, the printer
""")
SIGHTS = _list("""
the castle, an art gallery, the zoo, the old cathedral, a farm, the botanical garden, a chocolate factory, the science museum, the football stadium,
the lighthouse, a cave, the market hall, the royal palace, a vineyard, the aquarium, the war memorial
""")
TREASURES = _list("""
a gold coin, a wallet, a bag of money, an old map, a silver ring, a bottle with a message, a mobile phone, a bunch of keys, a diamond, a dinosaur bone,
a lottery ticket, a letter from 1920, a passport, a wedding dress, a box of photos
""")
SEEN = _list("""
a comedy, a football match, a documentary about sharks, an old western, a concert, the news, a cartoon, a cooking show, a play, the sunset, a rainbow
""")
TAUGHT = _list(
    "math, history, chemistry, music, art, biology, geography, physics, drawing, dancing, swimming, Spanish, French"
)
PRIZES = _list("""
the race, a gold medal, first prize, the chess tournament, a trip to Rome, the lottery, the election, the spelling contest, a new car, the talent show, a free holiday
""")
LOST = _list("""
the keys, a wallet, a blue umbrella, a passport, a glove, a gold ring, a phone, a suitcase, the tickets, a library book, a hat, a camera
""")

SHOPS = _list("""
at the market, at the supermarket, in a small shop, at a flea market, in a shop on {street}, at {owner}'s {trade}, online, in {town}, in a second-hand shop, at the mall, at the airport
""")
SPOTS = _list("""
in the park, on the beach, under a tree, behind the school, near the river, on {street}, in the forest, in the cellar, in the garden, on the train,
at the bus stop, next to the church, in {town}, in the attic, under the bed, in front of the bank, at the station, on the roof
""")
ROOMS = _list("""
in the kitchen, at home, at school, in the garden, at a friend's house, in the town hall, in a small cafe, in the library, in {town}, at {owner}'s {trade}, in the village
""")
STREETS = [f"{name} {kind}" for name in _list("Mill, High, Church, Green, Park, Station, River, King, Oak, Market, School, Hill, Bridge, North, Queen, Lime, Rose")
           for kind in ("Street", "Road", "Lane")]  # fmt: skip
TRADES = _list("Bakery, Bookshop, Garage, Cafe, Restaurant, Store, Pharmacy, Farm, Hotel, Bikes")
ROLES = _list("""
a farmer, a young doctor, the old man, a tourist from Spain, my neighbor, our teacher, the baker, a police officer, a student, my best friend, her aunt,
the captain, a little girl, the new boss, a nurse, an engineer from Poland, the gardener, the postman, a fisherman, my grandfather, my cousin, a journalist,
the king, a scientist, a truck driver, the cook, a retired pilot, the mayor, an old lady, a young mother, the boy next door, a singer, the butcher, a hunter, my sister
""")
PURPOSES = _list("""
to visit a friend, to see a doctor, to buy a present, to get some fresh air, to look for a job, to take photos, to learn English, to relax, to see the sea, to meet a client,
to return a book, to save money, to pick up a parcel, to surprise the children, to celebrate a birthday, to get a visa, to watch the birds, to pay a bill
""")
REASONS = _list("""
it was on sale, the old one was broken, it was too hot at home, the alarm clock did not ring, the guests were hungry, there was a strike, it was a holiday, the lift was out of order,
the doctor said so, there was nothing on television, everybody was asleep, the school was closed, it was a birthday present, the neighbors complained, the sun was shining,
it had snowed all night, there were no more tickets, the electricity was off, the boss was away, it was free, the old road was blocked
""")
FILLERS = _list("""
The weather was fine. , It was a long day. , Everybody was in a good mood. , Nobody said a word. , The streets were full of people. , It was quite cold. , The sun was shining.
, There was music everywhere. , Later it started to rain. , It took several hours. , Nobody knows why. , It was a great success. , The neighbors were surprised. , It was very quiet.
, That was a good idea. , The local newspaper wrote about it. , It was worth it. , Everything went well.
""")

# cost: it may have a price; plain: its things are whole phrases, without an article, quality or number to add.
DEEDS: tuple[Deed, ...] = (
    ("buy", "bought", GOODS, SHOPS, "cost"), ("buy", "bought", worlds.OBJECTS, SHOPS, "cost"), ("buy", "bought", FRESH, SHOPS, "cost plain"),
    ("sell", "sold", GOODS, SHOPS, "cost"), ("find", "found", TREASURES, SPOTS, "plain"), ("lose", "lost", LOST, SPOTS, "plain"),
    ("see", "saw", BEASTS, SPOTS, "plain"), ("hear", "heard", BEASTS, SPOTS, "plain"), ("catch", "caught", BEASTS, SPOTS, "plain"), ("feed", "fed", BEASTS, SPOTS, "plain"),
    ("cook", "cooked", DISHES, ROOMS, "plain"), ("eat", "ate", DISHES, ROOMS, "plain"), ("order", "ordered", DISHES, ROOMS, "plain cost"), ("bake", "baked", _list("a cake, bread, cookies, an apple pie, muffins, a pizza"), ROOMS, "plain"),
    ("write", "wrote", TEXTS, ROOMS, "plain"), ("read", "read", TEXTS, ROOMS, "plain"), ("paint", "painted", WORKS, [], "plain"), ("build", "built", _list("a shed, a tree house, a wall, a boat, a sandcastle, a snowman, a robot, a bookcase, a small bridge"), SPOTS, "plain"),
    ("repair", "repaired", REPAIRS, [], "plain"), ("fix", "fixed", REPAIRS, [], "plain"), ("clean", "cleaned", WORKS, [], "plain"), ("visit", "visited", SIGHTS, ["in {town}"], "plain"),
    ("watch", "watched", SEEN, ROOMS, "plain"), ("teach", "taught", TAUGHT, ["at a school in {town}", "in {town}", "at a university"], "plain"), ("study", "studied", TAUGHT, ["in {town}", "at a university", "at home"], "plain"),
    ("win", "won", PRIZES, ["in {town}"], "plain"), ("steal", "stole", GOODS, SHOPS, ""), ("borrow", "borrowed", GOODS, [], ""), ("break", "broke", worlds.OBJECTS, ROOMS, ""),
    ("plant", "planted", _list("roses, an apple tree, carrots, tulips, potatoes, a cherry tree, sunflowers, tomatoes, an oak"), ["in the garden", "behind the house", "near the fence", "at school"], "plain"),
    ("play", "played", _list("chess, tennis, the piano, football, cards, the guitar, basketball, golf, the drums, table tennis, computer games"), ROOMS, "plain"),
    ("draw", "drew", BEASTS, ROOMS, "plain"), ("photograph", "photographed", BEASTS, SPOTS, "plain"), ("carry", "carried", GOODS, [], ""), ("forget", "forgot", LOST, SPOTS, "plain"),
)  # fmt: skip
MOVES = (
    ("go", "went"), ("go", "went"), ("walk", "walked"), ("drive", "drove"), ("travel", "travelled"), ("move", "moved"), ("fly", "flew"), ("run", "ran"), ("cycle", "cycled"), ("come", "came"),
)  # fmt: skip
FAR = ("travel", "move", "fly", "drive", "go")
NEAR = _list("""
the swimming pool, the dentist, the gym, the post office, the bakery, the lake, the library, the town hall, the football stadium, the hairdresser, the harbor, the old mill,
the train station, the cinema, the zoo, the fish market, the museum of art, the island, the mountains, the playground
""")
BY = _list("by train, by bus, by bike, by car, on foot, by boat, by taxi, by tram, by ferry")


@dataclass(slots=True)
class Event:
    """who: as in the passage; again: as a question says it; parts: role to text; asks: question and answer."""

    who: str
    again: str
    he: str
    base: str
    past: str
    parts: dict[str, str]
    asks: list[tuple[str, str]] = field(default_factory=list)
    after: list[str] = field(default_factory=list)


def _who(rng: Random, split: Split, used: set[str]) -> Who:
    """As it is introduced, as it is asked for, and its pronoun."""
    while True:
        if rng.random() < 0.22:
            name = rng.choice(ROLES)
            he = (
                "she"
                if any(w in name for w in ("girl", "aunt", "lady", "mother", "sister"))
                else "he"
                if any(w in name for w in ("man", "king", "grandfather", "boy"))
                else ""
            )
            again = "the " + name.split(" ", 1)[1] if name.startswith(("a ", "an ")) else name
            found = name, again, he
        else:
            person = worlds.person(rng, split)
            if " " not in person.name and rng.random() < 0.12:
                full = f"{person.name} {rng.choice(worlds.LAST_NAMES)}"
                found = full, rng.choice((full, person.name)), person.he
            elif " " in person.name and rng.random() < 0.5:  # Mr. Smith, Dr. Smith
                title, last = person.name.split(" ")
                full = f"{rng.choice((title, title, 'Dr'))}. {last}"
                found = full, full, person.he
            else:
                found = person.name, person.name, person.he
        if not used & set(found[0].split()):
            used |= set(found[0].split()) - {"a", "an", "the", "my", "our", "her", "old", "young", "from"}
            return found


def _fresh(rng: Random, options: list[str], used: set[str]) -> str:
    while (one := rng.choice(options)) in used or set(one.split()) & used - LITTLE:
        pass
    used |= {one, *one.split()} - LITTLE
    return one


LITTLE = set(
    _list("a, an, the, in, at, on, of, to, by, my, his, her, from, with, some, two, three, and, about, old, new, big, small, near, next, under, behind, front, shop, house, school, ago, last, week, o'clock, past, half, because, it, was, were, there, no, more, so, all, one, out, had, did, not")
)  # fmt: skip


def place(rng: Random, split: Split, options: list[str]) -> str:
    fields = {
        "street": rng.choice(STREETS), "town": worlds.town(rng, split), "owner": rng.choice(worlds.LAST_NAMES),
        "trade": rng.choice(TRADES),
    }  # fmt: skip
    return rng.choice(options).format_map(fields)


MONTH_DAYS = [(month, day) for month in worlds.MONTHS for day in range(1, 29)]


def moment(rng: Random) -> tuple[str, str, str]:
    """A time, the questions that ask for it, and the answer to the narrower ones."""
    kind = rng.randrange(7)
    if kind == 0:
        day = rng.choice(worlds.WEEKDAYS)
        text = rng.choice((f"on {day}", f"on {day}", f"last {day}", f"on {day} morning", f"on {day} evening"))
        return text, "(on which|on what|what|which) day", day
    if kind == 1:
        month = rng.choice(worlds.MONTHS)
        return f"in {month}", "(in which|in what|what|which) month", month
    if kind == 2:
        year = str(rng.choice((rng.randint(1850, 2024), rng.randint(1980, 2024))))
        return f"in {year}", "(in which|in what|what|which) year", year
    if kind == 3:
        hour = rng.choice(
            (
                f"{rng.randint(1, 12)}",
                f"{rng.randint(1, 12)}:{rng.choice(('00', '15', '30', '45', '20'))}",
                f"{rng.choice(worlds.NUMBER_WORDS)} o'clock",
                f"half past {rng.choice(worlds.NUMBER_WORDS)}",
                f"{rng.randint(1, 12)} (pm|am)",
            )
        )
        hour = expand(rng, hour)
        return f"at {hour}", "(what time|at what time|at which time)", f"at {hour}"
    if kind == 4:
        month, day_number = rng.choice(MONTH_DAYS)
        date = rng.choice((f"{day_number} {month}", f"{month} {day_number}"))
        return f"on {date}", "(on which|on what|what) date", date
    text = rng.choice(
        _list("yesterday, last night, last week, this morning, two days ago, a week ago, last summer, in the evening, after lunch, before breakfast, during the holidays, at midnight, in the afternoon, at the weekend, last year, ten years ago, after school, early in the morning, in spring, in autumn, last month, three weeks ago, at Christmas")
    )  # fmt: skip
    return text, "", text


def _thing(rng: Random, options: list[str], flags: str, used: set[str]) -> tuple[str, str, str, str]:
    """What it is in the passage, how a question repeats it, its noun, and its number or nothing."""
    noun = _fresh(rng, options, used)
    if "plain" in flags:
        again = "the " + noun.split(" ", 1)[1] if noun.startswith(("a ", "an ", "some ")) else noun
        return noun, again, "", ""
    if rng.random() < 0.25:
        count = rng.choice(worlds.NUMBER_WORDS) if rng.random() < 0.6 else str(rng.randint(2, 40))
        if count not in used:
            used.add(count)
            many = plural(noun)
            return f"{count} {many}", f"the {many}", many, count
    if rng.random() < 0.4:
        quality = _fresh(rng, [*QUALITIES, *worlds.COLOURS], used)
        return with_article(f"{quality} {noun}"), f"the {noun}", noun, ""
    return with_article(noun), f"the {noun}", noun, ""


def event(rng: Random, split: Split, used: set[str], deed: Deed | None = None, *, move: bool = False) -> Event:
    """One event with its questions; `deed` if somebody else does the same."""
    who = _who(rng, split, used)
    if move:
        made, what, asked = _moved(rng, split, used, who)
        where: list[str] = []
    else:
        deed = deed or rng.choice(DEEDS)
        made, what, asked = _done(rng, used, who, deed)
        where = deed[3]
    again = made.again
    if where and rng.random() < 0.5:
        spot = place(rng, split, where)
        if _takes(spot, used):
            made.parts["where"] = spot
            town = spot.removeprefix("in ") if spot[3:4].isupper() and spot.startswith("in ") else spot
            made.asks += [(f"where did {again} {asked}", town), (f"who {made.past} {what} {spot}", made.who)]
    if rng.random() < 0.5:
        time, narrow, short = moment(rng)
        if _takes(time, used):
            made.parts["when"] = time
            made.asks += [(f"when did {again} {asked}", short if short.isdigit() else time)] * 2
            if narrow:
                made.asks.append((f"{narrow} did {again} {asked}", short))
            if not time.startswith("at ") and rng.random() < 0.4:
                made.asks.append((f"what did {again} do {time}", f"{made.past} {what}"))
    if rng.random() < 0.15:
        friend = _who(rng, split, used)[0]
        made.parts["with"] = f"with {friend}"
        made.asks.append((f"(who did {again} {asked} with|with whom did {again} {asked})", friend))
        made.asks.append((f"who was with {again}", friend))
    if rng.random() < 0.22:
        options = PURPOSES if move and made.base != "move" else REASONS
        why = rng.choice((_fresh(rng, options, used), rng.choice(worlds.REASONS)))
        made.parts["why"] = why if why in PURPOSES else f"because {why}"
        made.asks += [(f"why did {again} {asked}", made.parts["why"])] * 2
    return made


def _takes(text: str, used: set[str]) -> bool:
    """Whether none of its words is used in the passage so far; from now on they are."""
    new = set(text.split()) - LITTLE
    if new & used:
        return False
    used |= new
    return True


def _moved(rng: Random, split: Split, used: set[str], who: Who) -> tuple[Event, str, str]:
    """Somebody went somewhere; the end of the sentence, and what a question says of it."""
    base, past = rng.choice(MOVES)
    town = worlds.town(rng, split)
    far = base in ("move", "fly") or (base in FAR and rng.random() < 0.6)
    goal = _fresh(rng, [town] if far and not set(town.split()) & used else NEAR, used)
    made = Event(*who, base, past, {"goal": f"to {goal}"})
    ending = "[to]" if base in ("travel", "fly") else ""
    made.asks += [(f"where did {made.again} {base} {ending}", goal), (f"who {past} to {goal}", made.who)]
    if base in ("go", "travel") and rng.random() < 0.4:
        how = _fresh(rng, BY, used)
        made.parts["how"] = how
        made.asks.append((f"how did {made.again} (get|{base}) to {goal}", how))
        made.asks.append((f"who {past} [to {goal}] {how}", made.who))
    return made, f"to {goal}", f"{base} to {goal}"


def _done(rng: Random, used: set[str], who: Who, deed: Deed) -> tuple[Event, str, str]:
    """Somebody did something with something; the same."""
    base, past, things, _, flags = deed
    what, the, noun, count = _thing(rng, things, flags, used)
    made = Event(*who, base, past, {"what": what})
    made.asks.append((f"what did {made.again} {base}", what))
    made.asks.append((f"who {past} ({the}|{what})", made.who))
    if count:
        made.asks += [(f"how many {noun} did {made.again} {base}", count)] * 2
    if "cost" in flags and rng.random() < 0.5:
        _cost(rng, made, the, used, many=bool(count) or not what.startswith(("a ", "an ")))
    return made, what, f"{base} {the}"


def _cost(rng: Random, made: Event, the: str, used: set[str], *, many: bool) -> None:
    unit = rng.choice(("dollars", "euros", "pounds", "cents"))
    amount = str(rng.choice((rng.randint(2, 99), rng.randint(5, 60) * 10, rng.randint(2, 20) * 100)))
    price = rng.choice((f"{amount} {unit}", f"{amount} {unit}", f"${amount}", f"€{amount}"))
    if price in used:
        return
    used |= {amount, price}
    it = "They" if many else "It"
    he = made.he.capitalize()
    if rng.random() < 0.5 or not he:
        made.parts["for"] = f"for {price}"
    else:
        made.after.append(rng.choice((f"{it} cost {price}.", f"{he} {'got' if made.base == 'sell' else 'paid'} {price}.")))  # fmt: skip
    made.asks += [(f"how much did {the} cost", price)]
    if made.base == "buy":
        made.asks += [(f"how much did {made.again} pay for {the}", price), (f"who paid {price}", made.who)]
    if made.base == "sell":
        made.asks += [(f"how much did {made.again} get for {the}", price)]


def sentence(rng: Random, one: Event) -> str:
    """The event in a sentence; the time may come first."""
    order = ["what", "goal", "for", "where", "with", "how", "when", "why"]
    parts = dict(one.parts)
    front = ""
    if "when" in parts and rng.random() < 0.5:
        front = parts.pop("when")
        front += "," if rng.random() < 0.7 else ""
    body = " ".join([one.who, one.past, *(parts[role] for role in order if role in parts)])
    text = f"{front} {body}".strip()
    return text[0].upper() + text[1:]


def _two(rng: Random, split: Split) -> tuple[str, list[tuple[str, str]]]:
    """Two events, mostly of one kind, in one or two sentences."""
    used: set[str] = set()
    if rng.random() < 0.25:
        first, second = (event(rng, split, used, move=True) for _ in range(2))
        while second.base != first.base and rng.random() < 0.5:
            second = event(rng, split, used, move=True)
    else:
        deed = rng.choice(DEEDS)
        first = event(rng, split, used, deed)
        second = event(rng, split, used, deed if rng.random() < 0.7 else None)
    asks = first.asks + second.asks
    # one question, one answer: who did the same thing, and paid, differ; "they" may not be the other one
    joined = " ".join(first.after)
    one, two = sentence(rng, first), sentence(rng, second)
    if not first.after and rng.random() < 0.35:
        two = two if second.who[0].isupper() and two.startswith(second.who) else two[0].lower() + two[1:]
        glue = rng.choice((", and", ", but", ", while", ";"))
        return f"{one}{glue} {two}. {' '.join(second.after)}".strip(), asks
    return " ".join(filter(None, (one + ".", joined, two + ".", *second.after))), asks


def _one(rng: Random, split: Split) -> tuple[str, list[tuple[str, str]]]:
    made = event(rng, split, set(), move=rng.random() < 0.2)
    texts = [" ".join([sentence(rng, made) + ".", *made.after])]
    for _ in range(rng.choice((0, 0, 1, 1, 2))):
        texts.insert(rng.choice((0, len(texts))), rng.choice(FILLERS))
    return " ".join(dict.fromkeys(texts)), made.asks


ACTIVITIES = [tuple(pair.split("/")) for pair in _list("""
goes swimming/go swimming, has a piano lesson/have a piano lesson, works in a bakery/work in a bakery, visits an aunt/visit an aunt, plays football/play football, cleans the house/clean the house, goes to the gym/go to the gym,
cooks for the family/cook for the family, studies French/study French, sleeps until noon/sleep until noon, helps in the shop/help in the shop, sings in a choir/sing in a choir, paints/paint, goes shopping/go shopping,
washes the car/wash the car, plays chess/play chess, works from home/work from home, takes the dog for a walk/take the dog for a walk, reads the newspaper/read the newspaper, goes to church/go to church, plays tennis/play tennis,
bakes bread/bake bread, meets friends/meet friends, has a dance class/have a dance class, goes fishing/go fishing, works late/work late
""")]  # fmt: skip


def _diary(rng: Random, split: Split) -> tuple[str, list[tuple[str, str]]]:
    """One person, different things at different times."""
    who, again, he = _who(rng, split, set())
    he = he or again
    times = rng.sample(
        [f"on {day}" for day in worlds.WEEKDAYS]
        if rng.random() < 0.6
        else ["in the morning", "in the afternoon", "in the evening", "at night"],
        rng.choice((2, 2, 3)),
    )
    doings = rng.sample(ACTIVITIES, len(times))
    texts, asks = [], []
    for at, (time, (does, do)) in enumerate(zip(times, doings, strict=True)):
        name = who if at == 0 else he
        text = f"{time}, {name} {does}" if rng.random() < 0.5 else f"{name} {does} {time}"
        texts.append(text[0].upper() + text[1:] + ".")
        asks += [(f"what does {again} do {time}", does), (f"when does {again} {do}", time)]
        if time.startswith("on "):
            asks.append((f"(which|on which|on what|what) day does {again} {do}", time[3:]))
    if len(texts) > 1 and rng.random() < 0.3:
        proper = texts[1].startswith(he) and he[0].isupper()
        texts[1] = (
            rng.choice(("But ", "Then ", "And ")) + ("" if proper else texts[1][0].lower()) + texts[1][not proper :]
        )
    return " ".join(texts), asks


RELATED = [tuple(pair.split("/")) for pair in _list("""
brother/sister, mother/father, uncle/aunt, son/daughter, cat/dog, best friend/neighbor, cousin/grandmother, boss/secretary, teacher/cousin, grandfather/nephew
""")]  # fmt: skip
TRAITS: tuple[tuple[str, str, str, str], ...] = (
    ("is {x} years old", "how old is {w}", "{x}", "age"), ("lives in {x}", "where does {w} live", "{x}", "town"), ("works as {x}", "what does {w} do", "{x}", "job"),
    ("likes {x}", "what does {w} like", "{x}", "food"), ("plays the {x}", "(what|which instrument) does {w} play", "the {x}", "instrument"), ("speaks {x}", "what language does {w} speak", "{x}", "language"),
    ("is {x}", "what is {w}'s job", "{x}", "job"), ("was born in {x}", "when was {w} born", "{x}", "year"), ("drives {x} car", "what color is {w}'s car", "{x}", "colour"),
    ("wants {x} for Christmas", "what does {w} want [for Christmas]", "{x}", "object"), ("is afraid of {x}", "what is {w} afraid of", "{x}", "animal"),
    ("is from {x}", "where is {w} from", "{x}", "place_of_birth"), ("has {x} children", "how many children does {w} have", "{x}", "count"), ("weighs {x} kilos", "how much does {w} weigh", "{x} kilos", "price"),
    ("gets up at {x}", "(when|what time) does {w} get up", "at {x}", "hour"), ("wears {x} shoes", "what color are {w}'s shoes", "{x}", "colour"), ("collects {x}", "what does {w} collect", "{x}", "object"),
    ("drinks {x}", "what does {w} drink", "{x}", "drink"), ("is allergic to {x}", "what is {w} allergic to", "{x}", "food"), ("is married to {x}", "who is {w} married to", "{x}", "friend"),
    ("studies {x}", "what does {w} study", "{x}", "subject"), ("goes to work by {x}", "how does {w} (go|get) to work", "by {x}", "vehicle"),
)  # fmt: skip
PETS_DO = ("age", "food", "drink")


def _family(rng: Random, split: Split) -> tuple[str, list[tuple[str, str]]]:
    """Anna's brother is 12 years old and her sister is 9: the same of two people or of one and a relative."""
    person = worlds.person(rng, split)
    one, two = rng.sample(rng.choice(RELATED), 2)
    says, ask, answer, gap = rng.choice([t for t in TRAITS if not {one, two} & {"cat", "dog"} or t[3] in PETS_DO])
    owner = rng.choice((person.name, person.name, "I"))
    his = "my" if owner == "I" else person.his
    first = f"my {one}" if owner == "I" else f"{owner}'s {one}"
    second = f"{his} {two}"
    if rng.random() < 0.3 and owner != "I" and gap != "friend":
        first = owner
    values: list[str] = []
    while len(values) < 2:
        value = rng.choice(TAUGHT) if gap == "subject" else worlds.GAPS[gap](rng, split)
        shown = with_article(value) if gap in ("job", "colour") or (gap == "object" and "wants" in says) else plural(value) if gap in ("object", "animal") else value  # fmt: skip
        if shown not in values and shown not in (person.name, "1") and value not in ("one",):
            values.append(shown)
    texts = [f"{who} {says.format(x=value)}" for who, value in zip((first, second), values, strict=True)]
    glue = rng.choice((" and ", ", but ", ". ", ". ", ", and ", ", while "))
    second_text = texts[1] if glue != ". " else texts[1][0].upper() + texts[1][1:]
    text = texts[0][0].upper() + texts[0][1:] + glue + second_text + "."
    asks = []
    for who, value in zip((first, second if owner == "I" else f"{owner}'s {two}"), values, strict=True):
        short = value.split(" ", 1)[1] if gap == "colour" else value
        asks.append((ask.replace("{w}", who), answer.replace("{x}", short)))
        if gap not in ("colour", "hour", "age", "count"):
            asks.append((f"who {says.format(x=value)}", who if who.lower() in text.lower() else f"{his} {two}"))
    if rng.random() < 0.3:
        text = rng.choice((f"{text} {rng.choice(FILLERS)}", text))
    return text, asks


def _said(rng: Random, split: Split) -> tuple[str, list[tuple[str, str]]]:
    """Not Anna but Ben; first Monday, then Tuesday: what was corrected is not the answer."""
    a, b, c = (p.name for p in worlds.people(rng, split, 3))
    day, other = rng.sample(worlds.WEEKDAYS, 2)
    thing = rng.choice(
        _list("meeting, concert, lesson, match, party, exam, wedding, picnic, interview, flight, course, trip")
    )
    goods, more = rng.sample(GOODS, 2)
    town, far = worlds.town(rng, split), worlds.town(rng, split)
    while far == town:
        far = worlds.town(rng, split)
    one, two = (str(n) for n in sorted(rng.sample(range(2, 60), 2)))
    colour, shade = rng.sample(worlds.COLOURS, 2)
    verb, base = rng.choice((("bought", "buy"), ("took", "take"), ("wanted", "want"), ("chose", "choose"), ("brought", "bring")))  # fmt: skip
    dish, plate = rng.sample(DISHES, 2)
    options: list[tuple[str, list[tuple[str, str]]]] = [
        (f"The {thing} was moved from {day} to {other}.", [(f"(when|on which day|what day) is the {thing} [now]", other), (f"(which|what) day was the {thing} moved to", other)]),
        (f"The {thing} is not on {day} but on {other}.", [(f"(when|on which day|what day) is the {thing}", f"on {other}")]),
        (f"{a} did not {base} {with_article(goods)}. {a} {verb} {with_article(more)}.", [(f"what did {a} {base}", with_article(more))]),
        (f"{a} wanted to {base} {with_article(goods)} but {verb} {with_article(more)} instead.", [(f"what did {a} {base} [in the end]", with_article(more)), (f"what did {a} want to {base}", with_article(goods))]),
        (f"{a} used to live in {town}. Now {a} lives in {far}.", [(f"where does {a} live [now]", far), (f"where did {a} (live before|use to live)", town)]),
        (f"{a} lived in {town} before moving to {far}.", [(f"where did {a} move [to]", far), (f"where did {a} live [before|first]", town)]),
        (f"{a} invited {b} and {c} to the {thing}, but {b} could not come.", [("who could not come", b), (f"who invited {b}", a), (f"who invited {c}", a)]),
        (f"It was not {a} but {b} who {verb} the {goods}.", [(f"who {verb} the {goods}", b)]),
        (f"{a} has {one} {plural(goods)}. {b} has {two}.", [(f"how many {plural(goods)} does {a} have", one), (f"how many {plural(goods)} does {b} have", two), (f"who has more {plural(goods)}", b), (f"who has fewer {plural(goods)}", a)]),
        (f"{a} is {two} years old. {b} is {one}.", [("who is (older|the older one)", a), ("who is (younger|the younger one)", b), (f"how old is {b}", one), (f"how old is {a}", two)]),
        (f"The {goods} costs {two} dollars and the {more} {one}.", [(f"how much (does the {goods} cost|is the {goods})", two + " dollars"), (f"how much (does the {more} cost|is the {more})", one), ("(which is|what is) (cheaper|the cheapest)", f"the {more}"), ("(which is|what is) more expensive", f"the {goods}")]),
        (f"{a} was first in the race, {b} was second and {c} was third.", [("who (was second|came second)", b), ("who (won|won the race|was first|came first)", a), ("who (was third|came third|was last)", c)]),
        (f"{a} finished before {b}, and {c} was last.", [("who was last", c), ("who (was first|finished first|won)", a)]),
        (f"{a} sat between {b} and {c}.", [(f"who sat between {b} and {c}", a), ("who sat in the middle", a)]),
        (f"{a} told {b} that {c} is ill.", [("who is ill", c), (f"who told {b}", a), (f"who did {a} tell", b)]),
        (f"{a} thinks that {b} took the {goods}. In fact, {c} took it.", [(f"who took the {goods}", c), (f"who does {a} think took the {goods}", b)]),
        (f"{a} painted the {goods} {colour} and the {more} {shade}.", [(f"what (color|colour) is the {goods}", colour), (f"what (color|colour) is the {more}", shade), (f"what is {shade}", f"the {more}"), (f"who painted the {goods}", a)]),
        (f"{a} ordered {dish}, but the waiter brought {plate}.", [(f"what did {a} order", dish), ("what did the waiter bring", plate), (f"who brought {plate}", "the waiter"), (f"who ordered {dish}", a)]),
        (f"{a} sold the {goods} to {b} for {two} euros. {b} gave it to {c}.", [(f"who (has the {goods} now|got the {goods} in the end)", c), (f"who sold the {goods}", a), (f"who did {a} sell the {goods} to", b), (f"how much did {b} pay", two + " euros"), (f"who (gave {c} the {goods}|gave the {goods} to {c})", b)]),
        (f"{a} waited for {b} for {one} minutes.", [("how long did " + a + " wait", one + " minutes"), (f"who did {a} wait for", b), (f"who waited for {b}", a)]),
        (f"The trip from {town} to {far} takes {two} hours.", [("how long does the trip take", two + " hours"), ("where does the trip (start|begin)", town), ("where does the trip (end|go)", far)]),
        (f"{a} went on holiday to {town} for {one} weeks with {b}.", [(f"how long was {a} (in {town}|on holiday)", one + " weeks"), (f"where did {a} go [on holiday]", town), (f"who went with {a}", b), (f"who did {a} go with", b)]),
        (f"{a} paid with {with_article(rng.choice(('credit card', 'check', 'gift card')))} because the {more} was too expensive for cash.", [("what was too expensive [for cash]", f"the {more}"), ("who paid", a)]),
        (f"{a} asked {b} for help, but only {c} came.", [("who came", c), ("who asked for help", a), (f"who did {a} ask [for help]", b)]),
        (f"{a} saw the film twice, {b} only once.", [("who saw the film twice", a), ("how often did " + a + " see the film", "twice"), ("how often did " + b + " see the film", "once"), ("who saw the film [only] once", b)]),
    ]  # fmt: skip
    return rng.choice(options)


KINDS = (_two, _two, _two, _one, _one, _diary, _family, _family, _said, _said, _said)


def _clear(text: str, question: str) -> bool:
    """Whether nothing is asked with the words of a grammar left in it."""
    return not set("{}<>@^") & set(text + question)


def drawn(rng: Random, split: Split) -> Asked:
    """A passage, a question without its mark, and the answer, which is in the passage."""
    while True:
        text, asks = rng.choice(KINDS)(rng, split)
        question, answer = rng.choice(asks)
        question = put_in(expand(rng, question), {})
        if answer.lower() in text.lower() and _clear(text, question):
            return text, question, answer
