# ruff: noqa: E501  (sentences)
"""What something is like: passages about one or two things of a kind, made of some of their properties in any order.

A block is a kind: its names, then one property a line, "sentence | question = answer ; question = answer". All are
grammars of demo_model.phrasing. {s} is the thing, or "it" from its second sentence on; {n} its name in a question. The
other gaps are those of `worlds.GAPS` and of `GAPS` below. A property that both things have is what a question must
tell apart.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from demo_model.examples import Split
from demo_model.phrasing import expand, put_in
from demo_model.tasks import events, worlds
from demo_model.tasks.events import Asked
from demo_model.tasks.knowledge.relation import plural, with_article

TEXT = """
the {town} (Bridge|Tower|Castle|Museum|Church|Library|Theater|Hotel|Stadium|Lighthouse|Palace|Cathedral)
{s} was {built} in {old_year}. | when was {n} {built} = {old_year} ; (in which|what|which) year was {n} {built} = {old_year} ; what was {built} in {old_year} = {N}
{s} is {big} (meters|metres) {high}. | how {high} is {n} = {big}
{s} stands near {river}. | (where is {n}|where does {n} stand) = near {river}
{s} was designed by {friend}. | who designed {n} = {friend} ; who was the architect [of {n}] = {friend}
About {population} (people|tourists|visitors) (visit|come to) {n} (every year|each year). | how many (people|visitors|tourists) (visit|come to) {n} [every year] = {population}
{s} is made of {stuff}. | what is {n} made of = {stuff}
{s} is open from {hour} to {late_hour}. | (when|what time|at what time) does {n} open = {hour} ; (when|what time|at what time) does {n} close = {late_hour}
A ticket costs {price} euros. | how much is a ticket [for {n}] = {price} ; what does a ticket cost = {price} euros
{s} is closed on {day}s. | when is {n} closed = on {day}s ; (on which day|what day) is {n} closed = {day}
{s} has {count} {interior}. | how many {interior} does {n} have = {count}

({a_person_name}'s|the {town}|the Golden|the Blue|the Little|the Green) (Bakery|Bookshop|Cafe|Garage|Pharmacy|Restaurant|Flower Shop|Toy Store|Barber Shop|Pizza House)
{s} opens at {hour} (every day|on weekdays). | (when|what time|at what time) does {n} open = at {hour}
{s} closes at {late_hour} (in the evening|every day|on weekdays). | (when|what time|at what time) does {n} close = at {late_hour}
{s} is closed on {day}s. | when is {n} closed = on {day}s ; (on which day|what day) is {n} closed = {day}
{s} is on {street}. | where is {n} = {street} ; (which|what) street is {n} on = {street}
{s} sells (mostly|only|the best) {fresh}. | what does {n} sell = {fresh}
The owner is called {friend}. | who (owns {n}|is the owner [of {n}]) = {friend} ; what is the owner's name = {friend} ; what is the owner called = {friend}
{s} was opened in {year}. | when was {n} opened = {year}
{s} has {count} (workers|employees). | how many (workers|employees) does {n} have = {count}
{s} is famous for its {fame}. | what is {n} famous for = its {fame}
(The phone number|Its phone number) is {phone}. | what is the [phone] number = {phone} ; (how|what number) can I call = {phone}
A coffee costs {price} (cents|dollars). | (how much is a coffee|how much does a coffee cost) = {price}

the (lion|old tortoise|gray parrot|polar bear|giraffe|penguin|young elephant|tiger|panda|camel|kangaroo|crocodile) {petname}
{s} (weighs|has a weight of) {big} kilos. | how (much does {n} weigh|heavy is {n}) = {big} kilos
{s} is {age} years old. | how old is {n} = {age}
{s} (eats mostly|likes to eat|eats only) {fresh}. | what does {n} (eat|like to eat) = {fresh}
{s} lives in the zoo of {town}. | where does {n} live = the zoo of {town}
{s} sleeps {few} hours a day. | how (long|many hours) does {n} sleep = {few}
{s} was born in {month}. | when was {n} born = in {month}
The keeper is called {friend}. | who is the keeper = {friend} ; what is the keeper called = {friend}
{s} is afraid of {fear}. | what is {n} afraid of = {fear}

the (book|novel|film|play|song|story|comic|opera) "(The|My|A) (Last|Blue|Silent|Lost|Golden|Long|Secret|Little|Red) (Summer|River|Garden|Winter|House|Train|Island|Letter|Star|Road)"
{s} was (written|made) by {friend}. | who (wrote|made) {n} = {friend} ; who is {n} by = {friend}
{s} (came out|appeared) in {year}. | when did {n} (come out|appear) = {year} ; (what|which) year did {n} (come out|appear) = {year}
{s} is about {topic}. | what is {n} about = {topic}
{s} has {big} pages. | how many pages does {n} have = {big} ; how long is {n} = {big} pages
{s} lasts {big} minutes. | how long (is {n}|does {n} last) = {big} minutes
The (hero|main character) is called {other}. | (who|what) is the (hero|main character) [called] = {other}
{s} (takes place|is set) in {place_of_birth}. | where (does {n} take place|is {n} set) = {place_of_birth}
{s} won (a prize|{count} prizes) in {town}. | where did {n} win (a prize|prizes) = {town}

(lake|the river|mount|the island of) {Invented}
{s} is {population} (kilometers|meters) {high}. | how {high} is {n} = {population}
{s} lies in the {side} of {country}. | (where is {n}|where does {n} lie) = in the {side} of {country} ; in (which|what) country (is {n}|does {n} lie) = {country}
{s} is home to many {animals}. | (which|what) animals live (there|in {n}) = {animals}
{s} was discovered by {friend} in {old_year}. | who discovered {n} = {friend} ; when was {n} discovered = {old_year} ; what did {friend} discover = {n}
{s} freezes in {month}. | when does {n} freeze = in {month}
{s} is known for its {fame}. | what is {n} known for = its {fame}
About {big} people live (there|near it). | how many people live (there|near {n}) = {big}
The (nearest|closest) town is {town}. | (which|what) is the (nearest|closest) town = {town}

the planet {Invented}
{s} has {few} moons. | how many moons does {n} have = {few}
{s} was discovered in {year} by {friend}. | when was {n} discovered = {year} ; who discovered {n} = {friend}
A year there lasts {big} days. | how long (is a year|does a year last) on {n} = {big} days ; how many days does a year on {n} (have|last) = {big}
{s} looks {colour} from far away. | what (color|colour) (is {n}|does {n} look) = {colour}
{s} is made (mostly|only) of {stuff}. | what is {n} made of = {stuff}
The temperature there is {age} degrees. | (how warm is it|what is the temperature) on {n} = {age} degrees
{s} is {population} light years away. | how far away is {n} = {population} light years

(the company|the firm|the factory) {Invented}
{s} makes {goods}. | what does {n} make = {goods}
{s} was founded in {year} by {friend}. | when was {n} founded = {year} ; who founded {n} = {friend}
{s} has {big} workers. | (how many people work for {n}|how many workers does {n} have) = {big}
{s} (is based|has its offices|has its head office) in {town}. | where is {n} [based] = {town} ; (which|what) (city|town) is {n} in = {town}
The (boss|director|head) is {other}. | who is the (boss|director|head) [of {n}] = {other}
{s} {earned} {population} euros last {period}. | how much [money] did {n} {earn} [last {period}] = {population} euros
{s} sells its {things} mostly in {country}. | where does {n} sell its {things} = {country} ; what does {n} sell in {country} = {things}
{s} will {change} in {month}. | when will {n} {change} = in {month}

the (phone|watch|car|laptop|bike|camera|robot|drone|oven|train) {Invented} {model}
{s} costs {price_big} (dollars|euros). | (how much is {n}|how much does {n} cost|what does {n} cost) = {price_big} ; what is the price [of {n}] = {price_big}
{s} weighs {big} (grams|kilos). | how (much does {n} weigh|heavy is {n}) = {big}
{s} comes in {colour} and {colour2}. | (which|what) colors does {n} come in = {colour} and {colour2}
The battery lasts {span} hours. | how long does the battery last = {span} hours
{s} was made in {country}. | where was {n} made = {country} ; in which country was {n} made = {country}
{s} was invented by {friend}. | who invented {n} = {friend}
{s} has a guarantee of {few} years. | how long is the guarantee = {few} years
{s} is sold in {count} countries. | in how many countries is {n} sold = {count}

the (German|art|yoga|swimming|cooking|math|chess|dance|computer|guitar) (course|class|lesson|club)
{s} is on {day}s. | when is {n} = on {day}s ; (on which day|what day) is {n} = {day}
{s} (starts|begins) at {hour}. | (when|what time|at what time) does {n} (start|begin) = at {hour}
{s} costs {price} (dollars|euros|pounds) a month. | (how much is {n}|how much does {n} cost|what does {n} cost) = {price}
The teacher is (called|named) {friend}. | who (is the teacher|teaches {n}) = {friend} ; what is the teacher's name = {friend}
{s} takes place in {room}. | where (is {n}|does {n} take place) = in {room} ; which room is {n} in = {room}
{count} {members} (are in it|take part). | how many {members} (are in {n}|take part) = {count}
{s} lasts {minutes} minutes. | how long (is {n}|does {n} last) = {minutes} minutes
{s} starts in {month}. | when does {n} start = in {month} ; which month does {n} start in = {month}

the (football|basketball|hockey|rugby|volleyball) team of {town}
{s} won {count} games this (year|season). | how many games did {n} win = {count}
The (coach|trainer) is {friend}. | who is the (coach|trainer) [of {n}] = {friend}
The best player is {other}. | who is the best player [of {n}] = {other}
{s} plays in {colour} shirts. | what (color|colour) are the shirts = {colour} ; what (color|colour) does {n} play in = {colour}
{s} trains on {day}s. | when does {n} train = on {day}s ; (on which day) does {n} train = {day}
{s} was founded in {year}. | when was {n} founded = {year}
The next game is against {rival}. | who is the next game against = {rival} ; who does {n} play next = {rival}
The stadium has {population} seats. | how many seats (does the stadium have|are there) = {population}

the (flat|house|apartment|room) on {street}
{s} has {few} {interior}. | how many {interior} does {n} have = {few}
The rent is {price_big} (euros|dollars|pounds) a month. | how much is the rent = {price_big} ; what is the rent = {price_big}
{s} is on the {floor} floor. | (which|what) floor is {n} on = {floor} ; on which floor is {n} = the {floor} floor
{s} is free from {month} on. | (when|from when) is {n} free = {month}
{s} belongs to {friend}. | who (owns {n}|does {n} belong to) = {friend} ; whose is {n} = {friend}
The front door is {colour}. | what (color|colour) is the [front] door = {colour}
The kitchen was painted in {year}. | when was the kitchen painted = {year}
{banned} are not allowed. | what is not allowed = {banned}

the (train|bus|ferry|plane|flight) (to {town}|from {town})
{s} leaves at {clock}. | (when|what time|at what time) does {n} leave = at {clock}
{s} arrives at {clock2}. | (when|what time|at what time) does {n} arrive = at {clock2}
{s} leaves from {gate} {age}. | (which|what) {gate} does {n} leave from = {age} ; (where does {n} leave from|from where does {n} leave) = {gate} {age}
The ticket costs {price} (euros|dollars|pounds). | how much is the ticket = {price} ; how much does the ticket cost = {price}
The (trip|journey) takes {span} hours. | how long (does the (trip|journey) take|is the (trip|journey)) = {span} hours
{s} is {minutes} minutes late. | how late is {n} = {minutes} minutes
{s} was cancelled because of {trouble}. | why was {n} cancelled = because of {trouble}
The driver is called {friend}. | who is the driver = {friend} ; what is the driver called = {friend}

the (storm|fire|flood|accident|robbery|earthquake|strike) in {town}
{s} (happened|began) on {day}. | when (was {n}|did {n} happen) = on {day} ; (on which|what) day (was {n}|did {n} happen) = {day}
{s} started at {clock}. | (when|what time) did {n} start = at {clock}
{count} people were {hurt}. | how many people were {hurt} = {count} ; how many people were {hurt} in {n} = {count}
{s} (destroyed|damaged) {big} {victims}. | how many {victims} were (destroyed|damaged) [by {n}] = {big} ; how many {victims} did {n} (destroy|damage) = {big}
The police (believe|think|say) that {trouble} was the cause. | what was the cause [of {n}] = {trouble}
The damage is about {population} dollars. | how (much|big) is the damage = {population}
{friend}, the mayor, thanked the helpers. | who thanked the helpers = {friend} ; who is the mayor = {friend}
{s} lasted {span} hours. | how long did {n} last = {span} hours
{s} was caused by {trouble}. | what caused {n} = {trouble}

the (festival|concert|wedding|market|fair|conference|exhibition|parade) in {town}
{s} takes place on {date}. | when (is {n}|does {n} take place) = on {date} ; on what date is {n} = {date}
{s} (starts|begins) at {clock}. | (when|what time|at what time) does {n} (start|begin) = at {clock}
{population} people {came}. | how many people {came} = {population}
The (main guest|guest of honor) is {friend}. | who is the (main guest|guest of honor) = {friend}
Tickets cost {price} (euros|dollars|pounds). | (how much are the tickets|how much do [the] tickets cost) = {price}
There will be free {fresh}. | what is free = {fresh}
It will be held in {hall}. | where (will it be held|is it held) = in {hall}
{s} lasts {few} days. | how (long|many days) does {n} last = {few}
Children under {age} pay nothing. | who pays nothing = children under {age}

{friendly}
{s} is a {person_adjective} {job} from {place_of_birth}. | where is {n} from = {place_of_birth} ; (what is {n}'s job|what does {n} do) = {job} ; who is from {place_of_birth} = {N}
{s} has {a_animal} called {petname}. | what is {n}'s {animal} called = {petname} ; what (animal|pet) does {n} have = {a_animal} ; who has {a_animal} = {N} ; what is the name of {n}'s {animal} = {petname}
{s} lives on {street} with {count} friends. | where does {n} live = {street} ; how many friends does {n} live with = {count}
{s} is (good|best) at {subject}. | what is {n} (good|best) at = {subject} ; who is (good|best) at {subject} = {N}
{s} drives {a_colour} {vehicle}. | what does {n} drive = {a_colour} {vehicle} ; what (color|colour) is {n}'s {vehicle} = {colour}
{s} has been learning {language} for {few} years. | (what|which) language does {n} learn = {language} ; how long has {n} been learning {language} = {few} years ; who learns {language} = {N}
{s} wants to travel to {country} (next year|in summer|one day). | where does {n} want to (go|travel) = {country} ; who wants to travel to {country} = {N}
{s} hates {fear}. | what does {n} hate = {fear} ; who hates {fear} = {N}
{s} earns {price_big} dollars a week. | how much does {n} earn = {price_big} dollars
{s} is {tall} centimeters tall. | how tall is {n} = {tall} centimeters
{s} got married in {year}. | when did {n} get married = {year}
{s} works from {hour} to {late_hour}. | (when|what time) does {n} start [work] = {hour} ; when does {n} stop [work] = {late_hour}
{s} dreams of becoming {a_dream}. | what does {n} dream of [becoming] = becoming {a_dream} ; what does {n} want to be = {a_dream}
{s}'s car is parked on {street}. | where is {n}'s car = {street}
{s}'s favorite {hobby} is {subject}. | what is {n}'s favorite {hobby} = {subject}

(bread|cheese|sugar|beer|salt|coffee|butter|tea|honey|wine) from {town}
{s} is sold in {country}. | where is {n} sold = {country}
One kilo costs {price} (euros|dollars). | (how much is one kilo|how much does one kilo cost) [of {n}] = {price} ; what does one kilo [of {n}] cost = {price}
{s} tastes best with {fresh}. | what does {n} taste best with = {fresh}
{s} was first made in {old_year}. | when was {n} first made = {old_year}
{s} was first made by {friend}. | who first made {n} = {friend} ; who made {n} first = {friend}
The (color|colour) is {colour}. | what (color|colour) is {n} = {colour}
"""

STUFF = events._list("stone, wood, steel, glass, brick, concrete, iron, marble, ice, sand, gas, rock, copper, clay")
FEARS = events._list(
    "thunder, spiders, loud music, water, mice, the dark, snakes, balloons, cold weather, dogs, vacuum cleaners, traffic, early mornings, heights, mathematics, Mondays"
)
TOPICS = events._list(
    "a lost dog, two brothers at sea, a war between robots, a girl who can fly, the life of a king, a murder on a train, a friendship, a journey to the moon, love and money, a talking cat, "
    "a school for spies, a small village in winter, the history of tea, a family of musicians, an old sailor, a stolen painting"
)
TROUBLES = events._list(
    "heavy rain, a broken engine, strong wind, a candle, ice on the road, a short circuit, snow, a strike, fog, a cigarette, a fallen tree, a gas leak, an old cable, a technical problem"
)
FLOORS = events._list("first, second, third, fourth, fifth, sixth, top, ground")
ADJECTIVES = events._list("young, famous, retired, friendly, rich, poor, tall, clever, quiet, busy, shy, lazy")
HALLS = events._list(
    "the town hall, the old factory, the main square, the city park, the sports hall, the school yard, the harbor, the church, a big tent, the museum garden"
)
PET_NAMES = events._list(
    "Rex, Bella, Bruno, Coco, Nala, Simba, Luna, Rocky, Milo, Socks, Pepper, Ginger, Buddy, Shadow, Biscuit, Snowy, Max, Fluffy, Tiger, Daisy, Oreo, Mimi, Bobo, Tito, Kuzu, Pinto, Zazu, Mango, Whiskers, Cookie, Duke, Lady, Felix, Lola"
)
PETS = events._list("Dogs, Cats, Pets, Parties, Smokers, Loud music, Bikes")


def _clock(rng: Random) -> str:
    return rng.choice((f"{rng.randint(1, 12)}:{rng.choice(('00', '05', '10', '15', '20', '30', '40', '45', '50'))}", f"{rng.randint(13, 23)}:{rng.choice(('10', '25', '30', '45', '55'))}", f"{rng.randint(1, 12)} {rng.choice(('pm', 'am'))}"))  # fmt: skip


def _invented(rng: Random) -> str:
    return (
        rng.choice(worlds.NAME_STARTS)
        + rng.choice(worlds.NAME_MIDDLES)
        + rng.choice(("nu", "mar", "tek", "ra", "lis", "don", "via", "x", "ron", "co", "bel"))
    )


def _of(words: list[str]) -> Callable[[Random, Split], str]:
    return lambda rng, split: rng.choice(words)


GAPS: dict[str, Callable[[Random, Split], str]] = {
    "big": lambda rng, split: str(rng.choice((rng.randint(20, 99), rng.randint(11, 95) * 10, rng.randint(101, 999)))),
    "few": _of(worlds.NUMBER_WORDS[:9]),
    "river": lambda rng, split: "the river " + worlds.town(rng, split),
    "stuff": _of(STUFF),
    "street": _of(events.STREETS),
    "fresh": _of(events.FRESH),
    "phone": lambda rng, split: f"{rng.randint(200, 999)} {rng.randint(1000, 9999)}",
    "petname": _of(PET_NAMES),
    "fear": _of(FEARS),
    "topic": _of(TOPICS),
    "other": lambda rng, split: worlds.person(rng, split).name,
    "country": lambda rng, split: rng.choice(worlds._COUNTRIES[split]),
    "goods": lambda rng, split: plural(rng.choice([*events.GOODS, *worlds.OBJECTS])),
    "things": lambda rng, split: plural(rng.choice(events.GOODS)),
    "model": lambda rng, split: str(rng.randint(2, 99)),
    "price_big": lambda rng, split: str(rng.choice((rng.randint(2, 40) * 50, rng.randint(101, 999), rng.randint(2, 30) * 100))),
    "colour2": _of(worlds.COLOURS),
    "span": lambda rng, split: rng.choice((str(rng.randint(2, 40)), rng.choice(worlds.NUMBER_WORDS))),
    "minutes": lambda rng, split: str(rng.choice((10, 15, 20, 25, 30, 35, 40, 45, 50, 55, 60, 75, 90, 120, 7, 12))),
    "rival": worlds.town,
    "floor": _of(FLOORS),
    "banned": _of(PETS),
    "clock": lambda rng, split: _clock(rng),
    "clock2": lambda rng, split: _clock(rng),
    "trouble": _of(TROUBLES),
    "date": lambda rng, split: rng.choice(("{1} {0}", "{0} {1}")).format(*rng.choice(events.MONTH_DAYS)),
    "hall": _of(HALLS),
    "built": _of(["built", "finished", "opened", "restored", "renovated"]),
    "high": _of(["high", "long", "wide", "deep"]),
    "interior": _of(events._list("rooms, floors, windows, doors, balconies, bathrooms, bedrooms, stairs")),
    "period": _of(["year", "month", "week"]),
    "earned": _of(["earned", "lost", "spent"]),
    "change": _of(["close", "move", "expand", "open", "stop", "hire people"]),
    "hurt": _of(["hurt", "rescued", "killed", "missing", "arrested"]),
    "victims": _of(["houses", "cars", "trees", "boats", "shops"]),
    "came": _of(["came", "are expected", "bought a ticket", "were there"]),
    "gate": _of(["platform", "gate", "stop"]),
    "hobby": _of(["subject", "hobby"]),
    "members": _of(["students", "people", "children", "beginners", "adults"]),
    "person_adjective": _of(ADJECTIVES),
    "subject": _of(events.TAUGHT),
    "tall": lambda rng, split: str(rng.randint(110, 205)),
    "dream": _of(events._list("pilot, singer, doctor, footballer, writer, actor, farmer, astronaut, judge, dancer, cook, vet, engineer, detective, painter, teacher")),
    **worlds.GAPS,
}  # fmt: skip


OPEN = {
    "built",
    "high",
    "interior",
    "period",
    "earned",
    "change",
    "hurt",
    "victims",
    "came",
    "gate",
    "hobby",
    "members",
}  # may be alike
AGAIN = {"room", "Street", "Road", "Lane", "river", "am", "pm", "00", "15", "30", "45"}


@dataclass(frozen=True, slots=True)
class Property:
    says: str
    asks: tuple[tuple[str, str], ...]
    gaps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KindOfThing:
    names: str
    properties: tuple[Property, ...]


def _read(text: str) -> tuple[KindOfThing, ...]:
    kinds = []
    for block in text.strip().split("\n\n"):
        names, *lines = block.splitlines()
        properties = []
        for line in lines:
            says, asks = line.split(" | ", 1)
            pairs = [part.split(" = ") for part in asks.split(" ; ")]
            used = set(re.findall(r"{(\w+)}", line))
            gaps = tuple(gap for gap in GAPS if not used.isdisjoint({gap, f"a_{gap}", f"{gap}s"}))
            properties.append(Property("^" + says, tuple((q.strip(), a.strip()) for q, a in pairs), gaps))
        kinds.append(KindOfThing(names, tuple(properties)))
    return tuple(kinds)


KINDS = _read(TEXT)


def _name(rng: Random, split: Split, kind: KindOfThing) -> str:
    if kind.names == "{friendly}":
        return worlds.person(rng, split).name
    fields = {
        "town": worlds.town(rng, split), "a_person_name": rng.choice(worlds.LAST_NAMES), "Invented": _invented(rng),
        "petname": rng.choice(PET_NAMES), "model": str(rng.randint(2, 99)), "street": rng.choice(events.STREETS),
    }  # fmt: skip
    return put_in(expand(rng, kind.names), fields)


def drawn(rng: Random, split: Split) -> Asked:
    """A passage, a question without its mark, and the answer, which is in the passage."""
    while True:
        kind = rng.choice(KINDS)
        first = _name(rng, split, kind)
        names = [first]
        two = rng.random() < 0.45
        if two:
            second = _name(rng, split, kind)
            if set(re.findall(r"\w+", second)) - set(re.findall(r"\w+", first)):
                names.append(second)
        used = set(re.findall(r"\w+", " ".join(names)))
        shared = rng.choice(kind.properties)
        texts: list[str] = []
        asks: list[tuple[str, str]] = []
        person = kind.names == "{friendly}"
        count = rng.choice((1, 2, 2, 3)) if len(names) == 1 else rng.choice((1, 1, 1, 2))
        for name in names:
            others = [one for one in kind.properties if one is not shared]
            chosen = rng.sample([shared, *rng.sample(others, count - 1)], count)
            chosen.sort(key=lambda one: "{s}" not in one.says)  # the first sentence names it
            gaps_seen: set[str] = set()
            for at, one in enumerate(chosen):
                if gaps_seen & set(one.gaps):
                    continue
                gaps_seen |= set(one.gaps)
                he = {True: "he", False: "she"}.get(name in worlds._HE, "she") if person else "it"
                pronoun = at > 0 and rng.random() < 0.75
                fields = _fields(rng, split, one, used)
                says = one.says.replace("{s}'s", {"he": "his", "she": "her", "it": "its"}[he]) if pronoun else one.says
                if "{s}" not in one.says and at == 0:
                    break
                fields |= {"s": he if pronoun else name, "n": name, "N": name}
                text = put_in(expand(rng, says), fields)
                texts.append(text)
                question, answer = rng.choice(one.asks)
                question = put_in(expand(rng, question), fields)
                answer = answer.format_map(fields)
                if len(names) == 1 or name in question or answer == name:
                    asks.append((question, answer))
        if not asks or len(texts) < len(names):
            continue
        if rng.random() < 0.15:
            texts.insert(rng.choice((0, len(texts))), rng.choice(events.FILLERS))
        text = " ".join(texts)
        question, answer = rng.choice(asks)
        if answer.lower() in text.lower() and events._clear(text, question):
            return text, question, answer


def _fields(rng: Random, split: Split, one: Property, used: set[str]) -> dict[str, str]:
    fields: dict[str, str] = {}
    for gap in one.gaps:
        value = GAPS[gap](rng, split)
        while gap not in OPEN and set(re.findall(r"\w+", value)) & used - events.LITTLE - AGAIN:
            value = GAPS[gap](rng, split)
        used |= set(re.findall(r"\w+", value))
        fields |= {gap: value, f"a_{gap}": with_article(value), f"{gap}s": plural(value)}
    if "earned" in fields:
        fields["earn"] = {"earned": "earn", "lost": "lose", "spent": "spend"}[fields["earned"]]
    return fields
