# ruff: noqa: E501, SIM905  (stories)
"""Word problems that need one or two calculations.

A story is a grammar (demo_model.phrasing). Its fields: {a}, {b}, {c} the numbers; {at}, {bt} the first two with their
things ("1 apple", "3 apples"); {t} the things, {u} one of them; {n} and {o} two people, {he} {He} {his} {him} of the first;
{h} a place to keep things in. The plan's letters are the numbers, r is the result before.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from demo_model.examples import Item, Split, Task, draw_split
from demo_model.phrasing import expand, put_in
from demo_model.tasks import arithmetic, worlds
from demo_model.tasks.knowledge.measures import number_word
from demo_model.tasks.knowledge.relation import plural, with_article

THINGS = (
    worlds.SMALL_THINGS
    + (
        "sweet candy pencil pen crayon sandwich muffin cupcake pizza donut cake strawberry peach plum carrot tomato potato nut sock "
        "hat shirt key photo postcard letter game puzzle bead ribbon block car doll leaf feather fish bird flower plant chair plate "
        "glass spoon bag box toy coin dollar euro"
    ).split()
)
THINGS = [thing for thing in dict.fromkeys(THINGS) if thing not in ("dollar", "euro", "bag", "box", "fish")]
EVERYDAY = "apple orange banana cookie candy book pencil marble egg ball flower cake cupcake coin balloon sweet".split()
HOLDERS = "box bag basket drawer bowl jar cupboard room garden".split()


@dataclass(frozen=True, slots=True)
class Story:
    asks: str
    opening: str
    plan: str


def _stories(text: str) -> tuple[Story, ...]:
    """Read blocks of three lines: the story, the first sentence of its solution, the plan."""
    blocks = (block.splitlines() for block in text.strip().split("\n\n"))
    return tuple(Story(asks, opening, plan) for asks, opening, plan in blocks)


STORIES = _stories("""
{n} (has|had|owns) {at}. {He} (buys|gets|finds|is given|collects) {b} more [{t}]. How many {t} does {n} have (now|in total|altogether)?
{n} starts with {at}.
a + b

{n} (has|had|got) {at} and (buys|gets|finds|picks) {b} more. How many [{t}] (does {he} have [now]|are there now|is that)?
{n} starts with {at}.
a + b

(If {n} has|{n} has) {at} and {o} gives {him} {b} more [{t}], how many {t} does {n} have [now|then]?
{n} starts with {at}.
a + b

{n} has {at}. {o} (gives|brings|sends|lends) {him} {b} [more]. How many {t} (does {n} have [now]|has {n} got now)?
{n} starts with {at}.
a + b

I (have|had) {at} and (buy|get|find) {b} more. How many [{t}] (do I have [now]|is that)?
You start with {at}.
a + b

(If I have|I have|When I have) {at} and you give me {b} [more], how many [{t}] do I have [then|now]?
You start with {at}.
a + b

{n} has {at}. {He} (gives|sells|sends|lends) {b} [of them] to {o}. How many {t} does {n} have [left|now]?
{n} starts with {at}.
a - b

{n} (has|had|bought) {at} and (eats|loses|gives away|sells|breaks|throws away|uses) {b} [of them]. How many [{t}] (are left|does {he} have left|does {n} have now|remain)?
{n} starts with {at}.
a - b

(If {n} has|{n} has) {at} and (gives {b} to {o}|loses {b}|gives {b} away|sells {b}), how many [{t}] (are left|does {he} have left|does {n} still have)?
{n} starts with {at}.
a - b

I (have|had) {at} and (eat|lose|give away|sell|gave away|ate|lost) {b} [of them]. How many [{t}] (do I have left|are left|do I have now)?
You start with {at}.
a - b

(If I have|I have|When I have) {at} and I (eat|lose|give away|sell) {b}, how many [{t}] (do I have left|are left|are there)?
You start with {at}.
a - b

{n} (had|has) {at}. {He} (lost|ate|broke|sold|dropped|gave away|used) {b} [of them|{t}]. How many {t} (are left|does {he} have left|does {n} have now|has {n} left)?
{n} starts with {at}.
a - b

There (are|were) {at} (in|on) the {h}. {n} (takes|took) {b} [of them] [out|away]. How many [{t}] are (left|still there|in the {h} now)?
There are {at} at first.
a - b

There are {at} in the {h}. {n} puts {b} more in. How many [{t}] are (in the {h}|there) [now]?
There are {at} at first.
a + b

{n} has {at} and {o} has {b} [{t}]. How many [{t}] do they have (together|in total|altogether|in all)?
{n} has {a} and {o} has {b}.
a + b

{n} (buys|finds|picks|eats|makes|collects|bakes) {at} and {o} (buys|finds|picks|eats|makes|collects|bakes) {b}. How many [{t}] (is that|are there) (together|in total|altogether|in all)?
{n} has {a} and {o} has {b}.
a + b

There are {a} (boys|men|dogs|cows|red balls) and {b} (girls|women|cats|horses|blue balls) (in the (class|room|park)|here). How many (are there|is that) (in total|altogether|together)?
There are {a} and {b}.
a + b

{n} has {a} (boxes|bags|baskets|packs|shelves|jars) with {bt} (each|in each). How many {t} (does {n} have|are there) [in total|altogether]?
There are {a} with {b} in each.
a * b

There are {a} (boxes|bags|baskets|packs|jars|drawers|rooms) [with|and] {bt} in each [of them|one]. How many {t} are there [in total|altogether|in all]?
There are {a} with {b} in each.
a * b

(Each|Every) (box|bag|basket|pack|jar) (has|holds|contains) {bt}. How many {t} are (in {a} (of them|boxes|bags)|there in {a})?
There are {a} with {b} in each.
a * b

(One|Each|A) (child|friend|person|dog) gets {bt}. How many {t} do {a} (children|friends|people|dogs) get?
There are {a} with {b} for each.
a * b

{n} (buys|makes|eats|reads|uses|sells|finds|draws) {bt} (every day|each day|a day|per day). How many [{t}] is that (in|after) {a} days?
There are {a} days with {b} on each.
a * b

A (car has 4 wheels. How many wheels|table has 4 legs. How many legs|dog has 4 legs. How many legs|cat has 4 paws. How many paws) do {a} of them have?
There are {a} with 4 on each.
a * four

How many (wheels|tyres) do {a} cars have?
There are {a} with 4 on each.
a * four

How many legs do {a} (dogs|cats|cows|horses|tables|chairs) have?
There are {a} with 4 on each.
a * four

How many (legs|eyes|ears|wheels|hands) do {a} (hens|birds|children|bikes|people) have [together]?
There are {a} with 2 each.
a * two

{n} has {a} (boxes|bags) with {bt} each and {c} more {t}. How many {t} does {n} have [in total|altogether]?
There are {a} with {b} in each.
a * b; r + c

{n} (buys|has) {a} (bags|boxes|packs) (with|of) {bt} [each] and gives {c} [{t}] to {o}. How many {t} (does {n} have left|are left)?
There are {a} with {b} in each.
a * b; r - c

{n} has {at}. {He} puts them into {b} (boxes|bags|jars), with the same number in each. How many {t} are in each [(box|bag|jar)]?
{n} has {at} for {b}.
a / b

{n} (has|bought|picked|baked) {at} and (shares|divides|splits) them [equally|fairly|evenly] (among|between|with) {b} (friends|children|people). How many [{t}] does (each|everyone|each one|each friend|every child) get?
{n} shares {at} among {b}.
a / b

{b} (friends|children|people|kids|brothers) share {at} [equally|fairly]. How many [{t}] does (each|everyone|each one) get?
They share {at} among {b}.
a / b

(If {at} are|{at} are) shared (by|among|between) {b} (friends|children|people), how many (does each get|are there for each|[{t}] does each one get)?
They share {at} among {b}.
a / b

How many (boxes|bags) (of|with) {b} [{t}] can (I|you|{n}) (fill|make) with {at}?
There are {at} in groups of {b}.
a / b

(One|A|Each) {u} costs {b} (dollars|euros|pounds|cents). (How much do|What do) {at} cost [together]?
There are {at} for {b} each.
a * b

(One|A|Each) {u} costs {b} (dollars|euros|pounds). {n} buys {at}. How (much|many dollars) does {he} pay [in total]?
{n} buys {at} for {b} each.
a * b

{at} cost {b} (dollars|euros|pounds) each. How much (is that|do they cost) (together|in total|altogether)?
There are {at} for {b} each.
a * b

{n} has {a} (dollars|euros|pounds). {He} (buys {au}|spends {b} on {au}|pays {b} for {au}) [for {b} (dollars|euros|pounds)]. How much [money] (is left|does {he} have left|does {n} have now)?
{n} starts with {a}.
a - b

I have {a} (dollars|euros|pounds) and (spend|pay) {b}. How much [money] (do I have left|is left)?
You start with {a}.
a - b

I (pay|paid) with {a} (dollars|euros|pounds) for something that costs {b}. How much [change] do I get back?
You pay {a}.
a - b

A {u} costs {a} (dollars|euros|pounds) and a (book|hat|pen|drink) costs {b}. How much (is that|do they cost|do I pay) (together|in total|altogether)?
They cost {a} and {b}.
a + b

{n} has {a} dollars. {He} (earns|gets|wins|finds) {b} [dollars] and [then] (spends|loses|gives away) {c} [dollars]. How (much money|many dollars) does {he} have [now]?
{n} starts with {a}.
a + b; r - c

{n} (saves|earns|gets|makes) {b} (dollars|euros|pounds) (a|every|each|per) (week|day|month|hour). How much is that (in|after) {a} (weeks|days|months|hours)?
There are {a} times {b}.
a * b

{n} is {a} [years old]. {o} is {b} years older [than {n}|than {him}]. How old is {o}?
{n} is {a}.
a + b

{n} is {a} [years old]. {o} is {b} years younger [than {n}|than {him}]. How old is {o}?
{n} is {a}.
a - b

{n} is {a} [years old] [now|today]. How old will {he} be in {b} years?
{n} is {a} now.
a + b

{n} is {a} [years old] [now|today]. How old was {he} {b} years ago?
{n} is {a} now.
a - b

I am {a} [years old]. How old will I be in {b} years?
You are {a} now.
a + b

{n} (read|wrote) {a} pages (on Monday|yesterday|in the morning) and {b} [pages] (on Tuesday|today|in the evening). How many [pages] is that (in all|in total|altogether|together)?
{n} has {a} and then {b}.
a + b

{n} (walked|ran|cycled|drove) {a} (miles|kilometers|km) (on Monday|yesterday|in the morning) and {b} (on Tuesday|today|in the evening). How far is that (in all|in total|altogether|together)?
{n} has {a} and then {b}.
a + b

{n} has a book (of|with) {a} pages. {He} (has read|read) {b} [pages]. How many [pages] are left?
The book has {a} pages.
a - b

{n} has a book (of|with) {a} pages. {He} read {b} [pages] yesterday and {c} [pages] today. How many pages are left?
The book has {a} pages.
a - b; r - c

A (bus|train|tram) has {a} people (in|on) it. {b} [people] get off and {c} [people] get on. How many people are (in|on) the (bus|train|tram) now?
There are {a} people at first.
a - b; r + c

There are {a} (people|children|passengers) (on|in) (a|the) (bus|train). {b} [more] get (on|in). How many are there now?
There are {a} at first.
a + b

There are {a} (people|children|passengers) (on|in) (a|the) (bus|train). {b} get (off|out). How many are (left|still there|there now)?
There are {a} at first.
a - b

{n} (walks|runs|cycles|drives|swims) {b} (miles|kilometers|km) (every day|a day|each day). How far is that in {a} days?
There are {a} days with {b} each.
a * b

A (car|train|bike|boat) (drives|goes|travels) {b} (miles|kilometers|km) (an|per|every|each) hour. How far does it go in {a} hours?
There are {a} hours with {b} each.
a * b

{n} has {at}. {o} has {b} more [{t}] [than {n}]. How many [{t}] does {o} have?
{n} has {at}.
a + b

{n} has {at}. {o} has {b} (fewer|less) [{t}] [than {n}]. How many [{t}] does {o} have?
{n} has {at}.
a - b

{n} has {at} and {o} has {b}. How many more [{t}] does {n} have [than {o}]?
{n} has {a} and {o} has {b}.
a - b

{n} has {at}. {o} has (twice|two times) as many. How many [{t}] does {o} have?
{n} has {at}.
a * two

{n} has {at}. {o} has half as many. How many [{t}] does {o} have?
{n} has {at}.
a / two

{n} has {at}. {o} has {b} times as many [{t}]. How many [{t}] does {o} have?
{n} has {at}.
a * b

{n} has {a} red [{t}], {b} blue [{t}] and {c} green {t}. How many {t} (does {he} have|are there) (in all|in total|altogether)?
{n} has {a}, {b} and {c}.
a + b; r + c

{n} had {at}. {He} (lost|ate|gave away) {b} [of them]. Then {o} gave {him} {c} more. How many {t} does {n} have [now]?
{n} starts with {at}.
a - b; r + c

{n} has {at}. {He} buys {b} more and gives {c} to {o}. How many {t} does {n} have [now|left]?
{n} starts with {at}.
a + b; r - c

{n} (had|has) {at} and (ate|gave {o}|lost) {b} in the morning and {c} in the evening. How many [{t}] are left?
{n} starts with {at}.
a - b; r - c

{n} needs {at} (and|but|and already|but only) has {b}. How many more [{t}] does {he} need?
{n} needs {at} and has {b}.
a - b

(A farmer|{n}) has {a} rows (of|with) {b} (trees|plants|chairs) [each|in each row]. How many [trees|plants|chairs] (are there|is that) [in total]?
There are {a} rows with {b} each.
a * b

{n} (baked|made|bought) {at}. {He} ate {b} [of them] and gave {c} to {o}. How many [{t}] are left?
{n} starts with {at}.
a - b; r - c

A (farmer|shop|baker|man|woman) has {a} (cows|hens|eggs|loaves|apples|sheep) and sells {b} [of them]. How many are left?
There are {a} at first.
a - b

(A|The) (class|school|team|club) has {a} (children|students|players|members). {b} are (ill|sick|away|missing) [today]. How many are (there|here|left)?
There are {a} at first.
a - b

(A|The) (film|lesson|trip|game) (starts|begins) at {a} [o'clock] and (takes|lasts) {b} hours. When does it end?
It starts at {a}.
a + b

There are {a} (students|children|pupils|kids) in (a|the|my) (class|room|group). ({b} [of them] are girls. How many [of them] are boys?|{b} [of them] are boys. How many [of them] are girls?)
There are {a} at first.
a - b

A (pizza|cake|pie) has {a} (slices|pieces). (I|We|You) eat {b} [of them]. How many [slices|pieces] are left?
There are {a} at first.
a - b

(There are|I see|We see) {a} (birds|ducks|cats|frogs) (on a tree|in a pond|on the roof|in the garden). {b} (fly away|run away|jump away|leave). How many (are left|stay|remain)?
There are {a} at first.
a - b

(There are|I see) {a} (birds|ducks|cats|frogs) (in the garden|in a pond|on the roof). {b} more come. How many (are there now|is that)?
There are {a} at first.
a + b

(Eggs|Pencils|Cookies|Pens) (come in|are sold in) (boxes|packs) of {b}. How many [eggs|pencils|cookies|pens] are in {a} (boxes|packs|of them)?
There are {a} with {b} in each.
a * b

(I|We) have {at} (for|and) {b} (friends|kids|children|people). How many [{t}] (does each get|for each|each|can each one have)?
They share {at} among {b}.
a / b

{at}, {b} (kids|children|friends|people). How many (each|for each|does each one get)?
They share {at} among {b}.
a / b

{at} plus {b} [more] {t} is how many [{t}]?
There are {at} at first.
a + b

{at} minus {b} [{t}] is how many [{t}]?
There are {at} at first.
a - b

(I read {b} pages|I run {b} miles|I save {b} dollars|{n} reads {b} pages|{n} saves {b} euros) (a|per|every|each) day. How many [is that] in {a} days?
There are {a} days with {b} each.
a * b

How many days are (there|) in {a} weeks?
There are {a} with 7 in each.
a * seven

{n} (bought|buys) {at} (for|at) {b} (dollars|euros|pounds) each. How much (did|does) {he} (pay|spend) [in total|altogether]?
There are {at} for {b} each.
a * b

(A train|A bus|A car|A cyclist) (goes|travels|drives) at {b} (km|miles|kilometers) per hour. How far (does it get|is that) in {a} hours?
There are {a} hours with {b} each.
a * b

{n} is {a} and {o} is {b}. How (many years older is {n}|much older is {n}) [than {o}]?
{n} is {a} and {o} is {b}.
a - b

{n} (had|has) {a} (dollars|euros|pounds) and (spends|spent|paid) {b} [on (lunch|a book|food|a toy)]. How much [money] (is left|does {he} have left|does {n} have [now])?
{n} starts with {a}.
a - b

(A train|A film|The trip|School) (takes|lasts) {a} hours and we have (done|seen|had) {b}. How many [hours] are left?
There are {a} at first.
a - b

{n} (picked|collected|found|caught) {at} (on Monday|yesterday|in the morning) and {b} (on Tuesday|today|in the afternoon). How many [{t}] (is that|does {he} have) [(in total|altogether|in all)]?
{n} has {a} and then {b}.
a + b

(A|The) train ride (takes|lasts) {a} (minutes|hours). {b} [minutes|hours] are over. How (long|much time) is left?
There are {a} at first.
a - b
""")


def _draw_numbers(plan: str) -> Callable[[Random], tuple[object, ...]]:
    """Numbers that fit the plan: no negative result, no division with a remainder, small ones more often."""
    (_, first, with_), *more = (part.split() for part in plan.split("; "))
    second = more[0][1] if more else ""

    def draw(rng: Random) -> tuple[object, ...]:
        small = rng.random() < 0.75
        if first == "*":
            a, b = (rng.randint(2, 6), rng.randint(2, 6)) if small else (rng.randint(2, 12), rng.randint(2, 10))
            result = a * b
        elif first == "/":
            b = 2 if with_ == "two" else rng.randint(2, 10)
            result = rng.randint(2, 40 if with_ == "two" else 10)
            a = b * result
        elif first == "-":
            a = rng.randint(3, 20) if small else rng.randint(8, 60)
            b = rng.randint(1, min(10, a - 2)) if small else rng.randint(2, min(25, a - 3))
            result = a - b
        else:
            a, b = (rng.randint(1, 15), rng.randint(1, 10)) if small else (rng.randint(2, 50), rng.randint(2, 40))
            result = a + b
        c = rng.randint(1, min(12, result - 1) if second == "-" else 12) if second else 0
        return first + second, a, b, c

    return draw


_DRAWS = {story.plan: _draw_numbers(story.plan) for story in STORIES}
ONE_STEP = tuple(story for story in STORIES if ";" not in story.plan)
ONE_STEP_SHARE = 0.8


def item(rng: Random, split: Split) -> Item:
    story = rng.choice(ONE_STEP if rng.random() < ONE_STEP_SHARE else STORIES)
    _, a, b, c = draw_split(rng, split, _DRAWS[story.plan])
    numbers = {"a": a, "b": b, "c": c, "two": 2, "four": 4, "seven": 7}
    who, other = worlds.people(rng, split, 2)
    thing = rng.choice(EVERYDAY if rng.random() < 0.5 else THINGS)
    names = {
        "n": who.name, "o": other.name, "he": who.he, "He": who.he.capitalize(), "his": who.his, "him": who.him,
        "t": plural(thing), "u": thing, "au": with_article(thing), "h": rng.choice(HOLDERS),
    }  # fmt: skip
    in_words = rng.random() < 0.2
    told = {name: number_word(n) if in_words and 0 < n <= 100 else str(n) for name, n in numbers.items()}
    shown = {name: str(n) for name, n in numbers.items()}
    steps: list[str] = []
    for calculation in story.plan.split("; "):
        left, sign, right = calculation.split()
        text, numbers["r"] = arithmetic.worked(numbers[left], sign, numbers[right])
        steps.append(f"{text}.")
    question = put_in("^" + expand(rng, story.asks), names | told | _with_things(told, numbers, thing))
    question = re.sub(
        r"\b(1|one) (year|hour|day|week|page|dollar|euro|pound|mile|kilometer|minute|friend)s\b", r"\1 \2", question
    )
    opening = put_in("^" + story.opening, names | shown | _with_things(shown, numbers, thing))
    keep = tuple(name for name in (who.name, other.name) if name in opening)
    return Item(
        {"question": question}, f"{opening} {' '.join(steps)} The answer is {numbers['r']}.", (*keep, names["t"], thing)
    )


def _with_things(written: dict[str, str], numbers: dict[str, int], thing: str) -> dict[str, str]:
    return {f"{name}t": f"{written[name]} {thing if numbers[name] == 1 else plural(thing)}" for name in ("a", "b")}


TASK = Task(
    name="word_problems",
    item=item,
    phrasings=arithmetic.PHRASINGS,
    shot="{question}",
    instructions=arithmetic.INSTRUCTIONS,
    closed=True,
    weight=2.5,
    max_shots=2,
)
