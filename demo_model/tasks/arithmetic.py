"""Sums solved step by step, and word problems that need one or two of them.

Every answer ends in "The answer is N.". Each step is one short calculation, so that a tiny model that reads
and writes one digit per token can do it.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from demo_model.examples import Item, Split, Task, draw_split
from demo_model.tasks import worlds

PHRASINGS = (
    "{question} Let's think step by step.",
    "{question}",
    "Q: {question} A: Let's think step by step.",
    "Q: {question} A:",
    "Answer the following question by reasoning step by step. {question}",
    "Give the rationale and then the answer. {question}",
    "Question: {question} Step-by-step reasoning:",
    "Solve this problem: {question}",
)
INSTRUCTIONS = (
    "Answer the following question by reasoning step by step.",
    "Give the rationale and then the answer.",
    "Let's think step by step.",
)

WORDS = {"+": "plus", "-": "minus", "*": "times", "/": "divided by"}


# --- Steps -----------------------------------------------------------------------------------------------------------


def work_out(left: int, sign: str, right: int) -> tuple[list[str], int]:
    """The steps of one calculation, and its result."""
    if sign == "+":
        return _add(left, right)
    if sign == "-":
        return _subtract(left, right)
    if sign == "*":
        return _multiply(left, right)
    return _divide(left, right)


def _add(left: int, right: int) -> tuple[list[str], int]:
    """23 + 48: 3 + 8 = 11, 20 + 40 = 60, 60 + 11 = 71."""
    total = left + right
    ones, tens = left % 10 + right % 10, left - left % 10 + right - right % 10
    if tens == 0 or (left % 10 == 0 and right % 10 == 0):
        return [f"{left} + {right} = {total}"], total
    steps = [f"{left % 10} + {right % 10} = {ones}"]
    if left >= 10 and right >= 10:
        steps.append(f"{left - left % 10} + {right - right % 10} = {tens}")
    return [*steps, f"{tens} + {ones} = {total}"], total


def _subtract(left: int, right: int) -> tuple[list[str], int]:
    """52 - 17: 52 - 10 = 42, 42 - 7 = 35."""
    if right < 10 or right % 10 == 0:
        return [f"{left} - {right} = {left - right}"], left - right
    rest = left - (right - right % 10)
    return [f"{left} - {right - right % 10} = {rest}", f"{rest} - {right % 10} = {left - right}"], left - right


def _multiply(left: int, right: int) -> tuple[list[str], int]:
    """12 * 7: 10 * 7 = 70, 2 * 7 = 14, 70 + 14 = 84."""
    if max(left, right) <= 10 or (left % 10 == 0 and right % 10 == 0):
        return [f"{left} * {right} = {left * right}"], left * right
    big, small = max(left, right), min(left, right)
    if big % 10 == 0:
        return [f"{left} * {right} = {left * right}"], left * right
    tens, ones = big - big % 10, big % 10
    parts = [f"{tens} * {small} = {tens * small}", f"{ones} * {small} = {ones * small}"]
    return [*parts, f"{tens * small} + {ones * small} = {left * right}"], left * right


def _divide(left: int, right: int) -> tuple[list[str], int]:
    """84 / 6: 60 / 6 = 10, 24 / 6 = 4, 10 + 4 = 14."""
    result = left // right
    if result <= 10:
        return [f"{left} / {right} = {result}"], result
    ten, rest = 10 * right, left - 10 * right
    return [f"{ten} / {right} = 10", f"{rest} / {right} = {rest // right}", f"10 + {rest // right} = {result}"], result


# --- Arithmetic ------------------------------------------------------------------------------------------------------


def _draw_pair(rng: Random) -> tuple[str, int, int]:
    """A calculation: the sign and its two numbers, larger first; two-digit sums more often than small ones."""
    sign = rng.choice("+++---**/")
    if sign in "+-":
        top = rng.choice((9, 20, 99, 99, 99))
        one, two = rng.randint(0, top), rng.randint(0, rng.choice((9, top)))
    elif sign == "*":
        one, two = (
            (rng.randint(0, 10), rng.randint(0, 10)) if rng.random() < 0.7 else (rng.randint(11, 30), rng.randint(2, 9))
        )
    else:
        two = rng.randint(1, 10)
        one = two * rng.randint(1, 10) if rng.random() < 0.7 or two == 1 else two * rng.randint(11, 20)
    return sign, max(one, two), min(one, two)


def _asked(rng: Random, expression: str) -> str:
    """One of the ways to type a sum. `expression` has spaces around its signs."""
    words = expression
    for sign, word in WORDS.items():
        words = words.replace(f" {sign} ", f" {word} ")
    return rng.choice(
        (
            expression,
            expression,
            f"What is {expression}?",
            f"What is {expression}?",
            f"What is {words}?",
            f"{words}?",
            expression.replace(" ", "") + "=",
            expression.replace(" ", ""),
            f"{expression} =",
            f"{expression} = ?",
            f"Calculate {expression}.",
            f"Calculate {words}.",
            f"How much is {expression}?",
            f"How much is {words}?",
            f"What's {expression}?",
        )
    )


def arithmetic_item(rng: Random, split: Split) -> Item:
    sign, big, small = draw_split(rng, split, _draw_pair)
    left, right = (small, big) if sign in "+*" and rng.random() < 0.5 else (big, small)
    steps, result = work_out(left, sign, right)
    expression = f"{left} {sign} {right}"
    if rng.random() < 0.25:
        expression, more, result = _longer(rng, expression, sign, result)
        steps += more
    work = ", ".join(steps)
    shown = work if len(steps) == 1 and work.startswith(expression) else f"{expression}: {work}"
    return Item({"question": _asked(rng, expression)}, f"{shown}. The answer is {result}.")


def _longer(rng: Random, expression: str, sign: str, result: int) -> tuple[str, list[str], int]:
    """A second operation around a first one, whose result is known: 4 + 3 * 5, 23 + 48 - 5."""
    extra = rng.randint(1, 20)
    if sign in "*/" and rng.random() < 0.4:
        steps, total = work_out(extra, "+", result)
        return f"{extra} + {expression}", steps, total
    second = "-" if extra <= result and rng.random() < 0.5 else "+"
    steps, total = work_out(result, second, extra)
    return f"{expression} {second} {extra}", steps, total


ARITHMETIC = Task(
    name="arithmetic",
    item=arithmetic_item,
    phrasings=PHRASINGS,
    shot="{question}",
    instructions=INSTRUCTIONS,
    closed=True,
    weight=2.5,
)


# --- Word problems ---------------------------------------------------------------------------------------------------

# A story and its solution. Letters a, b, c are the numbers; {a_t} is the first number with its things ("1 apple",
# "3 apples"), {t} the things. [a + b] is worked out; a second calculation may use the first one's result as r.
Story = tuple[str, str, str]

STORIES: tuple[Story, ...] = (
    ("{n} has {a_t}. {He} buys {b} more and gives {c} to {o}. How many {t} does {n} have now?",
     "{n} starts with {a_t}.", "a + b; r - c"),
    ("{n} has {a_t}. {He} buys {b} more. How many {t} does {n} have now?", "{n} starts with {a_t}.", "a + b"),
    ("{n} has {a_t}. {He} gives {b} to {o}. How many {t} does {n} have left?", "{n} starts with {a_t}.", "a - b"),
    ("{n} has {a_t} and {o} has {b_t}. How many {t} do they have together?",
     "{n} has {a} and {o} has {b}.", "a + b"),
    ("There are {a_t} in the {h}. {n} takes {b} of them out. How many {t} are still in the {h}?",
     "The {h} has {a_t} at first.", "a - b"),
    ("There are {a_t} in the {h}. {n} puts {b} more in. How many {t} are in the {h} now?",
     "The {h} has {a_t} at first.", "a + b"),
    ("{n} has {a} boxes with {b_t} each. How many {t} does {n} have?", "There are {a} boxes with {b} in each.",
     "a * b"),
    ("{n} has {a} boxes with {b_t} each and {c} more {t} in {his} bag. How many {t} does {n} have?",
     "There are {a} boxes with {b} in each.", "a * b; r + c"),
    ("{n} buys {a} bags with {b_t} each and gives {c} {t} to {o}. How many {t} does {n} have left?",
     "There are {a} bags with {b} in each.", "a * b; r - c"),
    ("{n} has {a_t}. {He} puts them into {b} boxes, with the same number in each. How many {t} are in each box?",
     "{n} has {a_t} for {b} boxes.", "a / b"),
    ("{n} has {a_t} and shares them fairly among {b} friends. How many {t} does each friend get?",
     "{n} shares {a_t} among {b} friends.", "a / b"),
    ("One {u} costs {a} dollars. {n} buys {b_t}. How many dollars does {he} pay?",
     "{n} buys {b_t} for {a} dollars each.", "b * a"),
    ("{n} has {a} dollars. {He} buys {a_u} for {b} dollars. How many dollars does {he} have left?",
     "{n} starts with {a} dollars.", "a - b"),
    ("{n} has {a} dollars. {He} earns {b} dollars and then spends {c} dollars. How many dollars does {he} have now?",
     "{n} starts with {a} dollars.", "a + b; r - c"),
    ("{n} is {a} years old. {o} is {b} years older. How old is {o}?", "{n} is {a}.", "a + b"),
    ("{n} is {a} years old. {o} is {b} years younger. How old is {o}?", "{n} is {a}.", "a - b"),
    ("{n} is {a} years old now. How old will {he} be in {b} years?", "{n} is {a} now.", "a + b"),
    ("{n} read {a} pages on Monday and {b} pages on Tuesday. How many pages did {he} read in all?",
     "{n} read {a} pages and then {b} pages.", "a + b"),
    ("{n} has a book of {a} pages. {He} read {b} pages yesterday and {c} pages today. How many pages are left?",
     "The book has {a} pages.", "a - b; r - c"),
    ("A bus has {a} people in it. {b} people get off and {c} people get on. How many people are in the bus now?",
     "The bus has {a} people at first.", "a - b; r + c"),
    ("{n} walks {a} miles every day. How many miles does {he} walk in {b} days?",
     "{n} walks {a} miles a day for {b} days.", "b * a"),
    ("{n} has {a_t}. {o} has {b} more {t} than {n}. How many {t} does {o} have?", "{n} has {a_t}.", "a + b"),
    ("{n} has {a_t}. {o} has {b} fewer {t} than {n}. How many {t} does {o} have?", "{n} has {a_t}.", "a - b"),
    ("{n} has {a_t}. {o} has {b} times as many {t}. How many {t} does {o} have?", "{n} has {a_t}.", "b * a"),
    ("{n} has {a} red {t}, {b} blue {t} and {c} green {t}. How many {t} does {he} have in all?",
     "{n} has {a} red, {b} blue and {c} green {t}.", "a + b; r + c"),
    ("{n} had {a_t}. {He} lost {b} of them. Then {o} gave {him} {c} more. How many {t} does {n} have now?",
     "{n} starts with {a_t}.", "a - b; r + c"),
    ("{n} needs {a_t}. {He} already has {b}. How many more {t} does {he} need?", "{n} needs {a_t} and has {b}.",
     "a - b"),
    ("A farmer has {a} rows of trees with {b} trees in each row. How many trees are there?",
     "There are {a} rows with {b} trees each.", "a * b"),
    ("{n} baked {a} cookies. {He} ate {b} of them and gave {c} to {o}. How many cookies are left?",
     "{n} starts with {a} cookies.", "a - b; r - c"),
)  # fmt: skip


def _draw_numbers(plan: str) -> Callable[[Random], tuple[object, ...]]:
    """Numbers that fit the solution: no negative result, no division with a remainder."""
    first = plan.split(";", maxsplit=1)[0].split()
    signs = first[1] + (plan.split(";")[1].split()[1] if ";" in plan else "")

    def draw(rng: Random) -> tuple[object, ...]:
        if first[1] == "*":
            a, b = rng.randint(2, 10), rng.randint(2, 10)
            result = a * b
        elif first[1] == "/":
            b, result = rng.randint(2, 10), rng.randint(2, 10)
            a = b * result
        elif first[1] == "-":
            a = rng.randint(8, 40)
            b = rng.randint(2, min(15, a - 4))
            result = a - b
        else:
            a, b = rng.randint(2, 30), rng.randint(2, 20)
            result = a + b
        c = rng.randint(2, min(12, result - 1) if signs[1:] == "-" else 12) if len(signs) == 2 else 0
        return signs, a, b, c

    return draw


def word_problem_item(rng: Random, split: Split) -> Item:
    story, opening, plan = rng.choice(STORIES)
    _signs, a, b, c = draw_split(rng, split, _draw_numbers(plan))
    who, other = worlds.people(rng, split, 2)
    thing = rng.choice(worlds.SMALL_THINGS)
    fields = {
        "n": who.name,
        "o": other.name,
        "he": who.he,
        "He": who.he.capitalize(),
        "his": who.his,
        "him": who.him,
        "t": worlds.plural(thing),
        "u": thing,
        "a_u": worlds.with_article(thing),
        "h": rng.choice(("box", "bag", "basket", "drawer", "bowl")),
        "a": a,
        "b": b,
        "c": c,
        "a_t": worlds.counted(a, thing),
        "b_t": worlds.counted(b, thing),
    }
    numbers = {"a": a, "b": b, "c": c, "r": 0}
    steps: list[str] = []
    for calculation in plan.split(";"):
        left, sign, right = calculation.split()
        result = {"+": int.__add__, "-": int.__sub__, "*": int.__mul__, "/": int.__floordiv__}[sign](
            numbers[left], numbers[right]
        )
        steps.append(f"{numbers[left]} {sign} {numbers[right]} = {result}.")
        numbers["r"] = result
    target = " ".join((opening.format(**fields), *steps, f"The answer is {numbers['r']}."))
    return Item({"question": story.format(**fields)}, target)


WORD_PROBLEMS = Task(
    name="word_problems",
    item=word_problem_item,
    phrasings=PHRASINGS,
    shot="{question}",
    instructions=INSTRUCTIONS,
    closed=True,
    weight=2.5,
    max_shots=2,
)
