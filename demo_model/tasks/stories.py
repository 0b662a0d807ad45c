# ruff: noqa: E501, SIM905  (sentences, lists of words)
"""Short everyday passages, one to three sentences that belong together, and plain questions about them.

A line is the passage, then "question = answer" parts; all are grammars of demo_model.phrasing. {n} and {o} are two
people, {he} and {his} the first one, {kin} a relation of the second, who may be a pet; {a} {b} are two numbers; the other gaps are those of `worlds.GAPS`. The answer
is a span of the passage.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from demo_model.examples import Split
from demo_model.phrasing import expand, put_in
from demo_model.tasks import worlds
from demo_model.tasks.knowledge.relation import plural, with_article

TEXT = """
{n} has {a_animal} named {o}. {o} is {a} years old. | what is {n}'s {animal} (called|named) = {o} ; how old is {o} = {a} ; (what [kind of animal] is {o}) = {a_animal} ; who has {a_animal} = {n}
{n} has {a_animal}. The {animal} is {colour} and {a} years old. | what (color|colour) is the {animal} = {colour} ; how old is the {animal} = {a} ; what (animal|pet) does {n} have = {a_animal} ; who has {a_animal} = {n}
{n} has {a_animal} called {o}. {o} likes {food}. | what does {o} like = {food} ; what is the {animal} called = {o} ; who likes {food} = {o} ; who has {a_animal} = {n}
{n} lives in {town} and works as {a_job}. | where does {n} live = {town} ; what does {n} (do|do for a living) = {a_job} ; what is {n}'s job = {job} ; who lives in {town} = {n}
{n} is {a_job}. {He} lives in {town} with {his} {relative}. | where does {n} live = {town} ; what is {n}'s job = {job} ; what does {n} do = {a_job} ; who does {n} live with = {his} {relative} ; who is {a_job} = {n}
{n} is {a} years old. {He} lives in {town}. | how old is {n} = {a} ; where does {n} live = {town} ; who lives in {town} = {n}
{n} is {a} years old and {o} is {b}. | how old is {n} = {a} ; how old is {o} = {b} ; who is {a} [years old] = {n} ; who is {b} [years old] = {o}
{n} lives in {town}. {o} lives in {place_of_birth}. | where does {n} live = {town} ; where does {o} live = {place_of_birth} ; who lives in {town} = {n} ; who lives in {place_of_birth} = {o}
{n} went to the {place} on {day}. {He} bought {a_object}. | where did {n} go = the {place} ; when did {n} go to the {place} = {day} ; what did {n} buy = {a_object} ; who went to the {place} = {n} ; who bought {a_object} = {n}
{n} went to the {place} with {o}. | who went to the {place} with {o} = {n} ; who did {n} go to the {place} with = {o} ; where did {n} go = the {place} ; where did {n} and {o} go = the {place}
{n} went to the {place} because {reason}. | why did {n} go to the {place} = because {reason} ; where did {n} go = the {place} ; who went to the {place} = {n}
{n} was {feeling} because {reason}. | why was {n} {feeling} = because {reason} ; how did {n} feel = {feeling} ; who was {feeling} = {n}
(Yesterday|Last week|On {day}), {n} went to the {place}. {He} bought {a_colour} {object} for {a} (dollars|euros). | what did {n} buy = {a_colour} {object} ; what (color|colour) (is|was) the {object} = {colour} ; how much did the {object} cost = {a} ; where did {n} go = the {place} ; who bought {a_object} = {n}
{n} bought {a_object} for {a} (dollars|euros). | what did {n} buy = {a_object} ; how much (did the {object} cost|was the {object}) = {a} ; how much did {n} pay for the {object} = {a} ; who bought {a_object} = {n}
{n} gave {o} {a_object}. | what did {n} give {o} = {a_object} ; who gave {o} {a_object} = {n} ; who got {a_object} = {o} ; what did {o} get = {a_object}
{n}'s {relative} is {a_job} in {town}. | what is {n}'s {relative} = {a_job} ; what does {n}'s {relative} do = {a_job} ; whose {relative} is {a_job} = {n} ; where does {n}'s {relative} work = in {town}
{n} put the {object} {spot}. | where did {n} put the {object} = {spot} ; where is the {object} = {spot} ; who put the {object} {spot} = {n} ; what did {n} put {spot} = the {object}
The {object} is {spot}. The {animal} is {there}. | where is the {object} = {spot} ; where is the {animal} = {there} ; what is {there} = the {animal} ; what is {spot} = the {object}
The {object} is {colour} and the {animal} is {plain_colour}. | what (color|colour) is the {object} = {colour} ; what (color|colour) is the {animal} = {plain_colour} ; what is {colour} = the {object}
{n} has {a_colour} {object} and {o} has {a_plain_colour} one. | who has the {colour} {object} = {n} ; who has the {plain_colour} {object} = {o} ; what (color|colour) is {n}'s {object} = {colour} ; what (color|colour) is {o}'s {object} = {plain_colour}
{n} drives {a_colour} car. {o} rides {a_plain_colour} bike. | what (color|colour) is {n}'s car = {colour} ; what (color|colour) is {o}'s bike = {plain_colour} ; who drives a car = {n} ; who rides a bike = {o}
{n} has {a} {animals} and {o} has {b}. | how many {animals} does {n} have = {a} ; how many {animals} does {o} have = {b} ; who has {a} {animals} = {n}
There are {a} {objects} and {b} {animals} {there}. | how many {objects} are there = {a} ; how many {animals} are there = {b} ; where are the {animals} = {there}
There are {a} {objects} {spot}. They belong to {n}. | how many {objects} are {spot} = {a} ; where are the {objects} = {spot} ; who do the {objects} belong to = {n} ; whose are the {objects} = {n}
The {event} (starts|begins) at {hour} on {day}. | (when|what time|at what time) does the {event} (start|begin) = at {hour} ; (what|on which) day is the {event} = {day}
The {place} opens at {hour} and closes at {late_hour}. | (when|what time|at what time) does the {place} open = at {hour} ; (when|what time|at what time) does the {place} close = at {late_hour}
The train to {town} leaves at {hour} from platform {b}. | where does the train go = to {town} ; when does the train [to {town}] leave = at {hour} ; (which|what) platform does the train [to {town}] leave from = {b}
The {vehicle} was late, so {n} missed the meeting. | who missed the meeting = {n} ; what was late = the {vehicle} ; what did {n} miss = the meeting ; why did {n} miss the meeting = the {vehicle} was late
It rained all day, so {n} stayed at home and {acted}. | who stayed at home = {n} ; why did {n} stay at home = it rained all day ; what did {n} do = {acted} ; where did {n} stay = at home
{n} and {o} played {sport} on {day}. {n} won. | who won = {n} ; what did they play = {sport} ; when did they play [{sport}] = {day} ; who played {sport} with {n} = {o}
{n} beat {o} at {sport}. | who won = {n} ; who lost = {o} ; what did they play = {sport} ; who beat {o} = {n}
{n} is taller than {o}. | who is taller = {n} ; who is shorter = {o}
{n} is older than {o}. | who is older = {n} ; who is younger = {o}
{n} plays the {instrument} and {o} plays {sport}. | what instrument does {n} play = the {instrument} ; (which sport does {o} play|what does {o} play) = {sport} ; who plays the {instrument} = {n} ; who plays {sport} = {o}
{n} likes {food}, but {o} likes {more_food}. | what does {n} like = {food} ; what does {o} like = {more_food} ; who likes {food} = {n} ; who likes {more_food} = {o}
{n} ate {food} and {o} ate {more_food}. | what did {n} eat = {food} ; what did {o} eat = {more_food} ; who ate {food} = {n} ; who ate {more_food} = {o}
{n} drinks {drink} every morning. | what does {n} drink [every morning] = {drink} ; when does {n} drink {drink} = every morning ; who drinks {drink} = {n}
For {meal}, {n} had {food} and a glass of {drink}. | what did {n} (eat|have) for {meal} = {food} ; what did {n} drink = {drink} ; who had {food} = {n}
{n} cooked {food} for {o}. | who cooked {food} = {n} ; what did {n} cook = {food} ; who did {n} cook for = {o}
{n} was born in {place_of_birth} in {year}. | where was {n} born = {place_of_birth} ; when was {n} born = {year} ; who was born in {place_of_birth} = {n} ; (what|which) year was {n} born [in] = {year}
{n} was born in {town}. {He} moved to {place_of_birth} in {year}. | where was {n} born = {town} ; where did {n} move [to] = {place_of_birth} ; when did {n} move [to {place_of_birth}] = {year}
{n} met {o} at the {place}. | who did {n} meet = {o} ; where did {n} meet {o} = the {place} ; who met {o} = {n}
{n} lost {his} {object} at the {place}. {o} found it. | what did {n} lose = {his} {object} ; where did {n} lose {his} {object} = the {place} ; who lost {his} {object} = {n} ; who found it = {o} ; who found the {object} = {o}
{n} borrowed {a_object} from {o}. | who borrowed {a_object} = {n} ; what did {n} borrow = {a_object} ; who did {n} borrow the {object} from = {o}
{n} wrote a letter to {o}. | who wrote a letter = {n} ; who did {n} write to = {o} ; what did {n} write = a letter
{n} called {o} on {day}. | who called {o} = {n} ; who did {n} call = {o} ; when did {n} call {o} = {day}
{n} teaches {language} at a school in {town}. | what does {n} teach = {language} ; where does {n} teach = {town} ; who teaches {language} = {n}
{n} speaks {language} and comes from {town}. | what language does {n} speak = {language} ; where does {n} come from = {town} ; where is {n} from = {town} ; who speaks {language} = {n}
{n} is married to {o}. They have {few} children. | who is {n} married to = {o} ; how many children do they have = {few}
{n} has two children, {o} and {friend}. {o} is {a} years old. | who are {n}'s children = {o} and {friend} ; how old is {o} = {a} ; how many children does {n} have = two
{n} works at the {place} and {o} works at the office. | where does {n} work = the {place} ; where does {o} work = the office ; who works at the office = {o} ; who works at the {place} = {n}
{n} goes to work by {vehicle}. {o} walks. | how does {n} (go|get) to work = by {vehicle} ; who walks = {o} ; who goes [to work] by {vehicle} = {n}
{n} is {here}. {o} is {there}. | where is {n} = {here} ; where is {o} = {there} ; who is {there} = {o} ; who is {here} = {n}
{n} is sleeping. {o} is reading a book. | who is sleeping = {n} ; who is reading [a book] = {o} ; what is {o} doing = reading a book ; what is {o} reading = a book
{n} painted the {object} {colour}. | what did {n} paint = the {object} ; what (color|colour) is the {object} = {colour} ; who painted the {object} = {n}
{n} broke the {object}. {He} was very sorry. | what did {n} break = the {object} ; who broke the {object} = {n} ; who was [very] sorry = {n}
The mayor of {town} is {n}. | who is the mayor [of {town}] = {n} ; where is {n} [the] mayor = {town}
{town} is a city with {population} people. It is famous for its {fame}. | how many people live in {town} = {population} ; what is {town} famous for = its {fame} ; (which|what) city is famous for its {fame} = {town}
The {town} bridge was built in {old_year}. It is {a} meters long. | when was the [{town}] bridge built = {old_year} ; how long is the [{town}] bridge = {a}
The river {town} is {population} kilometers long. | how long is the river [{town}] = {population}
The company was founded in {old_year} by {n}. It makes {objects}. | who founded the company = {n} ; when was the company founded = {old_year} ; what does the company make = {objects}
The book was written by {n} in {year}. | who wrote the book = {n} ; when was the book written = {year} ; who is the author of the book = {n}
The {animal} is called {o}. It lives in the {holder} and eats {food}. | what is the {animal} called = {o} ; where does the {animal} live = in the {holder} ; what does the {animal} eat = {food}
The {animal} ran into the {holder}. | where did the {animal} (run|go) = into the {holder} ; what ran into the {holder} = the {animal}
My name is {n}. I am {a} years old and I live in {town}. | what is my name = {n} ; how old am I = {a} ; where do I live = {town}
My {kin} {o} lives in {town}. | where does my {kin} live = {town} ; what is my {kin} called = {o} ; who lives in {town} = {o}
We went to {town} in {month}. The weather was (cold|warm|bad|good). | where did we go = {town} ; when did we go [to {town}] = {month}
{n} wants to become {a_job}. | what does {n} want to (be|become) = {a_job} ; who wants to (be|become) {a_job} = {n}
{n} gets up at {hour} and goes to bed at {late_hour}. | (when|what time) does {n} get up = at {hour} ; (when|what time) does {n} go to bed = at {late_hour} ; who gets up at {hour} = {n}
{n}'s favorite (color|colour) is {colour} and {his} favorite food is {food}. | what is {n}'s favorite (color|colour) = {colour} ; what is {n}'s favorite food = {food}
{n}'s birthday is in {month}. {o}'s is in June. | when is {n}'s birthday = {month} ; when is {o}'s birthday = June ; whose birthday is in {month} = {n}
"""


KIN = "brother sister mother father uncle aunt cousin grandmother grandfather boss".split()
EVENTS = "meeting lesson concert party film exam match show".split()
WHERE = "in the kitchen, in the garden, in the bathroom, in the garage, in the park, under the tree, on the roof".split(
    ", "
)
AT_HOME = ("watched a film", "read a book", "baked a cake", "cleaned the kitchen", "played chess", "slept")


@dataclass(frozen=True, slots=True)
class Story:
    """asks: a question and its answer each. gaps: those of `worlds.GAPS` that it needs."""

    passage: str
    asks: tuple[tuple[str, str], ...]
    gaps: tuple[str, ...]


def _read(text: str) -> Iterator[Story]:
    for line in text.strip().splitlines():
        passage, questions = line.split(" | ", 1)
        pairs = (part.strip().split(" = ") for part in questions.split(" ; "))
        used = set(re.findall(r"{(\w+)}", line))
        gaps = (gap for gap in worlds.GAPS if not used.isdisjoint({gap, f"a_{gap}", f"{gap}s"}))
        yield Story("^" + passage, tuple((asks, answer) for asks, answer in pairs), tuple(gaps))


STORIES = tuple(_read(TEXT))


def story(rng: Random, split: Split) -> tuple[str, str, str]:
    """A passage, a question without its mark, and the answer."""
    drawn = rng.choice(STORIES)
    asks, answer = rng.choice(drawn.asks)
    fields = _fields(rng, split, drawn.gaps)
    return put_in(expand(rng, drawn.passage), fields), put_in(expand(rng, asks), fields), put_in(answer, fields)


def _fields(rng: Random, split: Split, gaps: tuple[str, ...]) -> dict[str, str]:
    one, other = worlds.people(rng, split, 2)
    while " " in other.name:  # not for a dog
        other = worlds.person(rng, split, {one.name})
    here, there = rng.sample(WHERE, 2)
    numbers = rng.sample(range(2, 60), 2)
    fields = {
        "n": one.name, "o": other.name, "he": one.he, "He": one.he.capitalize(), "his": one.his,
        "a": str(numbers[0]), "b": str(numbers[1]),
        "acted": rng.choice(AT_HOME), "event": rng.choice(EVENTS),
        "here": here, "there": there, "few": rng.choice(worlds.NUMBER_WORDS[:5]),
        "kin": rng.choice(worlds.SHE_RELATIVES if other.he == "she" else worlds.HE_RELATIVES),
    }  # fmt: skip
    for gap in gaps:
        value = rng.choice(KIN) if gap == "relative" else worlds.GAPS[gap](rng, split)
        while value in fields.values():
            value = worlds.GAPS[gap](rng, split)
        fields |= {gap: value, f"a_{gap}": with_article(value), f"{gap}s": plural(value)}
    return fields
