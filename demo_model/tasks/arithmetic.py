# ruff: noqa: E501  (grammars)
"""Sums solved step by step, in symbols and in words.

Every answer ends in "The answer is N.". Each step is one short calculation, so that a tiny model that reads and writes
one digit per token can do it.
"""

from __future__ import annotations

from random import Random

from demo_model.examples import Item, Split, Task, draw_split
from demo_model.phrasing import expand, put_in, questions
from demo_model.tasks.knowledge.measures import number_word

PHRASINGS = (
    *("«{question}» Let's think step by step.",) * 3,
    *("«{question}»",) * 6,
    *("Q: «{question}» A:",) * 3,
    "Q: «{question}» A: Let's think step by step.",
    "Answer the following question by reasoning step by step. «{question}»",
    "Give the rationale and then the answer. «{question}»",
    "Question: «{question}» Step-by-step reasoning:",
    "Solve this problem: «{question}»",
    "Question: «{question}» Answer:",
    "Dialog: Person A: «{question}» Person B:",
)
INSTRUCTIONS = (
    "Answer the following question by reasoning step by step.",
    "Give the rationale and then the answer.",
    "Let's think step by step.",
)


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


def worked(left: int, sign: str, right: int) -> tuple[str, int]:
    """One calculation as it is written down, and its result: "23 + 48: 3 + 8 = 11, 20 + 40 = 60, 60 + 11 = 71"."""
    steps, result = work_out(left, sign, right)
    return (steps[0] if len(steps) == 1 else f"{left} {sign} {right}: {', '.join(steps)}"), result


def _add(left: int, right: int) -> tuple[list[str], int]:
    """23 + 48: 3 + 8 = 11, 20 + 40 = 60, 60 + 11 = 71."""
    total = left + right
    ones, tens = left % 10 + right % 10, left - left % 10 + right - right % 10
    if tens == 0 or left % 10 == 0 or right % 10 == 0:
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
    if max(left, right) <= 12 or (left % 10 == 0 and right % 10 == 0):
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
    if result <= 12:
        return [f"{left} / {right} = {result}"], result
    ten, rest = 10 * right, left - 10 * right
    return [f"{ten} / {right} = 10", f"{rest} / {right} = {rest // right}", f"10 + {rest // right} = {result}"], result


# --- Questions -------------------------------------------------------------------------------------------------------

# How a sum is asked for; {e} is the sum in symbols, {a} and {b} its numbers.
_SYMBOLS = (
    "({e}*6|{e} =*3|{e} = ?*2|{e}=?|^calculate {e} [.|please]*2|^(compute|solve|work out) {e} [.|please]|"
    + questions(
        noun="{e}*6|the (result|answer|value|sum) (of|to|for) {e}",
        clause="(how much|what) {e} is",
        direct="how much is {e}",
    )
    + "*9|^what does {e} (equal|make|give)?|^{e} (equals|is|makes)|^how much is {e}?*4|^what do (you|I) get for {e}?)"
)


def _in_words(noun: str, command: str, direct: str) -> str:
    direct = f"how much is ({noun})*2|what (is|makes) ({noun})*2|{direct}"
    asks = questions(noun=noun, clause=f"(how much|what) ({noun}) is", direct=direct)
    return (
        f"({asks}*3|^[<please>] ({command}) [, please|.]|^<can you> ({command})?|^({noun}) (equals|makes|is) [what]?)"
    )


_WORDS = {
    "+": _in_words(
        "{a} plus {b}*6|the sum of {a} and {b}*2|{a} and {b} [together]|the total of {a} and {b}|{a} added to {b}|{a} + {b}",
        "add {a} and {b}*2|add {a} to {b}|add up {a} and {b}",
        "how much do {a} and {b} make|what do (you|I) get (if|when) (you|I) add {a} (and|to) {b}|"
        "how (many|much) is {a} and {b} [together]",
    ),
    "-": _in_words(
        "{a} minus {b}*6|the difference (between|of) {a} and {b}*2|{a} (take away|less) {b}|{a} - {b}",
        "subtract {b} from {a}*2|take {b} [away] from {a}",
        "what is left (if|when) (you|I) take {b} from {a}|how much is left of {a} after taking {b} away|"
        "how much more is {a} than {b}|how much (bigger|larger) is {a} than {b}",
    ),
    "*": _in_words(
        "{a} times {b}*6|{a} multiplied by {b}*2|the product of {a} and {b}*2|{a} x {b}",
        "multiply {a} (by|with|and) {b}",
        "what do (you|I) get (if|when) (you|I) multiply {a} (by|and) {b}",
    ),
    "/": _in_words(
        "{a} divided by {b}*6|the quotient of {a} and {b}|{a} over {b}|{a} shared by {b}",
        "divide {a} by {b}*2|share {a} among {b}",
        "how many times does {b} (go into|fit into) {a}*2|what do (you|I) get (if|when) (you|I) divide {a} by {b}",
    ),
}

# Calculations with one number in the question; the sign and the other number, then how they are asked for.
_SPECIAL = {
    ("*", 2): _in_words("(double|twice|two times) {a}|the double of {a}", "double {a}", "what is {a} doubled"),
    ("*", 3): _in_words("(triple|three times) {a}", "triple {a}", "what is {a} tripled"),
    ("/", 2): _in_words(
        "half of {a}*3|half {a}|the half of {a}|50% of {a}|50 percent of {a}", "halve {a}", "what is {a} halved"
    ),
    ("/", 3): _in_words("(a|one) third of {a}", "take a third of {a}", "how much is one third of {a}"),
    ("/", 4): _in_words(
        "(a|one) (quarter|fourth) of {a}|25% of {a}", "take a quarter of {a}", "how much is one quarter of {a}"
    ),
    ("/", 10): _in_words(
        "10% of {a}|10 percent of {a}|ten percent of {a}|(a|one) tenth of {a}",
        "take 10% of {a}",
        "how much is ten percent of {a}",
    ),
    ("+", 1): questions(
        noun="the (next number|number) after {a}",
        both="(which|what) number comes [right] after {a}*3|what comes after {a}",
    ),
    ("-", 1): questions(
        noun="the number before {a}", both="(which|what) number comes [right] before {a}*3|what comes before {a}"
    ),
}
_ROOT = questions(
    noun="the square root of {a}*4|square root of {a}|the root of {a}", both="which number squared is {a}"
)
_SQUARE = _in_words("{a} squared|the square of {a}|{a} to the power of two", "square {a}", "what is {a} times itself")

_COMPARED = (
    "(^which (number|one|) is {word}, {a} or {b}?*3|^which (number|one|) is {word}: {a} or {b}?|^is {a} or {b} {word}?|"
    "^what is {word}, {a} or {b}?*2|{a} or {b}: which (number|one|) is {word}?|^which of {a} and {b} is {word}?|"
    "^<tell me> which (number|one|) is {word}, {a} or {b}.|{a} or {b}, (which|what) is {word}?|^which is the {word} [number], {a} or {b}?)"
)
_SIGNS = {"*": "***xxx×X", "/": "///÷:"}  # as people type them


def _draw_pair(rng: Random) -> tuple[str, int, int]:
    """A calculation: the sign and its two numbers, larger first."""
    sign = rng.choice("+++---***//")
    if sign in "+-":
        top = rng.choice((10, 20, 50, 99, 99))
        one, two = rng.randint(0, top), rng.randint(0, rng.choice((9, top)))
        if rng.random() < 0.1:
            one, two = 10 * rng.randint(1, 20), 10 * rng.randint(1, 10)
        if rng.random() < 0.05:
            one = 100
    elif sign == "*":
        small = rng.random() < 0.75
        one, two = (rng.randint(0, 12), rng.randint(0, 12)) if small else (rng.randint(11, 30), rng.randint(2, 9))
    else:
        two = rng.randint(1, 12)
        one = two * (rng.randint(1, 12) if rng.random() < 0.8 or two == 1 else rng.randint(11, 20))
    return sign, max(one, two), min(one, two)


def _plain(rng: Random, split: Split) -> Item:
    """One operation, in symbols or in words."""
    sign, big, small = draw_split(rng, split, _draw_pair)
    left, right = (small, big) if sign in "+*" and rng.random() < 0.5 else (big, small)
    shown, result = worked(left, sign, right)
    if rng.random() < 0.6:
        question = put_in(expand(rng, _SYMBOLS), {"e": _typed(rng, f"{left} {sign} {right}")})
    else:
        question = put_in(expand(rng, _WORDS[sign]), _numbers(rng, left, right))
    return _item(question, shown, result)


def _typed(rng: Random, expression: str) -> str:
    """A sum as people type it: with other signs, without blanks."""
    for sign, typed in _SIGNS.items():
        expression = expression.replace(f" {sign} ", f" {rng.choice(typed)} ")
    return expression.replace(" ", "") if rng.random() < 0.4 else expression


def _numbers(rng: Random, one: int, two: int) -> dict[str, str]:
    """The fields {a} and {b}, in digits or, up to a hundred, in words."""
    if min(one, two) > 0 and max(one, two) <= 100 and rng.random() < 0.35:
        return {"a": number_word(one), "b": number_word(two)}
    return {"a": str(one), "b": str(two)}


def _special(rng: Random, split: Split) -> Item:
    """Double, half, a third, ten percent, the number after."""
    sign, other = rng.choice(tuple(_SPECIAL))
    _, a = draw_split(rng, split, lambda rng: (f"{sign} {other}", rng.randint(1, 12 if rng.random() < 0.5 else 50)))
    left = a * other if sign == "/" else a
    shown, result = worked(left, sign, other)
    return _item(put_in(expand(rng, _SPECIAL[sign, other]), _numbers(rng, left, other)), shown, result)


def _square(rng: Random, split: Split) -> Item:
    number = rng.randint(1, 12)
    shown, result = worked(number, "*", number)
    if rng.random() < 0.4:
        return _item(put_in(expand(rng, _ROOT), {"a": str(result)}), shown, number)
    return _item(put_in(expand(rng, _SQUARE), _numbers(rng, number, number)), shown, result)


def _longer(rng: Random, split: Split) -> Item:
    """A second operation around a first one, whose result is known: 4 + 3 * 5, 23 + 48 - 5."""
    sign, left, right = draw_split(rng, split, _draw_pair)
    shown, result = worked(left, sign, right)
    extra = rng.randint(1, 20)
    if sign in "*/" and rng.random() < 0.4:
        expression = f"{extra} + {left} {sign} {right}"
        more, total = worked(extra, "+", result)
    else:
        second = "-" if extra <= result and rng.random() < 0.5 else "+"
        expression = f"{left} {sign} {right} {second} {extra}"
        more, total = worked(result, second, extra)
    return _item(put_in(expand(rng, _SYMBOLS), {"e": _typed(rng, expression)}), f"{shown}, {more}", total)


def _compared(rng: Random, split: Split) -> Item:
    """Which of two numbers is bigger or smaller?"""
    top = rng.choice((12, 100, 1000))
    _, one, two = draw_split(rng, split, lambda rng: ("compare", *rng.sample(range(1, top), 2)))
    kind = rng.choice((("bigger", "larger", "greater", "more", "higher"), ("smaller", "less", "lower")))
    right, wrong = (max, min)[kind[0] == "smaller"], (min, max)[kind[0] == "smaller"]
    numbers = one, two
    word = rng.choice(kind)
    question = put_in(expand(rng, _COMPARED), {"word": word, **_numbers(rng, *numbers)})
    return _item(question, f"{right(numbers)} is {kind[0]} than {wrong(numbers)}", right(numbers))


def _item(question: str, shown: str, result: int) -> Item:
    return Item({"question": question}, f"{shown}. The answer is {result}.")


_KINDS = (*(_plain,) * 14, *(_special,) * 3, *(_longer,) * 2, *(_compared,) * 2, _square)


def item(rng: Random, split: Split) -> Item:
    return rng.choice(_KINDS)(rng, split)


TASK = Task(
    name="arithmetic",
    item=item,
    phrasings=PHRASINGS,
    shot="{question}",
    instructions=INSTRUCTIONS,
    closed=True,
    weight=2.5,
)
