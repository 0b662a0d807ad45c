"""Phrasings by grammar: one short template stands for hundreds of ways to say the same thing.

    (a|b|c)     one of the alternatives
    [a|b]       the same, or in half of the cases nothing
    a*3         an alternative that comes up three times as often
    <name>      a rule of RULES, such as <please>
    {field}     filled in afterwards, by the caller
    ^           the next letter becomes a capital

Blanks may be left anywhere; `fill` tidies them. None of these signs is in T5's vocabulary or needed in a prompt, except
brackets and the asterisk, which can still come from a field.

>>> from random import Random
>>> fill(Random(1), "^[hey,|hi,] (what is|what's) the capital of {country}?", {"country": "Peru"})
"What's the capital of Peru?"
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from random import Random

RULES = {
    "please": "(please*3|pls|plz)",
    "hey": "(*12|hey,|hi,|hello,|ok,|so,|hey|hi!|hello!|quick question:|question:|a question:)",
    "can you": "((can|could|would|will) you [<please>])",
    "tell me": "(tell me*4|say|explain|let me know|remind me)",
    "want to know": "(I would like to know|I'd like to know|I want to know*2|I need to know|I wonder|I was wondering)",
    "what is": "(what is*4|what's*3|whats)",
}

# What can be done with a noun phrase ("the capital of Peru") ...
_NOUN = """(
    <what is> @?*24 | <what is> @*4 | [<hey>] <what is> @[, please]?*4 | @?*5 | @*3 | @ <please> |
    @ is? | @ is what? | @: | <please> <tell me> @. |
    (tell me|give me|name|say|find) @[, please| please].*2 | <can you> (tell me|name|give me) @?*2 |
    do you [happen to] know @? | I need @. | I want to know @. | [so] <what is> @ (then|again|actually|called)? |
    @, (what is it|do you know it)? | I am looking for @. | any idea what @ is? | <can you> tell me what @ is? |
    do you know what @ is?*2 | <tell me> what @ is. | <want to know> what @ is.
)"""
# ... with an indirect question ("what a dog eats") ...
_CLAUSE = """(
    tell me @.*4 | [<please>] <tell me> @[, please].*3 | <can you> <tell me> @?*3 | do you [happen to] know @?*3 |
    <want to know> @. | any idea @? | I have no idea @. | I am not sure @. | can anyone tell me @? | I forgot @.
)"""
# ... and with a direct one ("what does a dog eat").
_DIRECT = """(
    @?*20 | @*3 | [<hey>] @[, please]?*5 | @ (then|again|actually)? | @ (, do you know|, any idea)? |
    I have a question: @?
)"""


def questions(*, noun: str = "", person: str = "", clause: str = "", direct: str = "", both: str = "") -> str:
    """A grammar of whole questions and requests, made from grammars of their parts.

    person: noun phrases that one asks for with "who".
    both: questions whose words stay in the same order when they are indirect ("which city is the capital of Peru").
    """
    direct, clause = ("|".join(filter(None, (part, both))) for part in (direct, clause))
    who = _NOUN.replace("<what is>", "(who is|who's|who was*2)").replace("what", "who").replace(" it ", " that ")
    name = "(<what is> the name of @?|<tell me> the name of @.|the name of @?)"
    parts = ((_NOUN, noun, 6), (who, person, 6), (name, person, 1), (_CLAUSE, clause, 2), (_DIRECT, direct, 6))
    return "(" + "|".join(f"^{frame.replace('@', f'({part})')}*{share}" for frame, part, share in parts if part) + ")"


def fill(rng: Random, template: str, fields: Mapping[str, object]) -> str:
    """Draw one phrasing of a template and put the fields in."""
    return put_in(expand(rng, template), fields)


def put_in(phrasing: str, fields: Mapping[str, object]) -> str:
    """Put the fields into an expanded phrasing, then its capitals."""
    text = phrasing.format_map(fields)
    return re.sub(r"\^+(\W*\w)", lambda first: first[1].upper(), text) if "^" in text else text


def expand(rng: Random, template: str) -> str:
    """Draw one phrasing of a template; its fields stay open."""
    out: list[str] = []
    _write(rng, _parsed(template), out)
    return re.sub(r" ([?.!,:;])", r"\1", " ".join("".join(out).split())).replace("^ ", "^")


def forms(template: str) -> int:
    """How many phrasings a template has."""
    return _count(_parsed(template))


@dataclass(frozen=True, slots=True)
class _Choice:
    """One of several sequences; the likelier ones are in here more than once."""

    options: tuple[_Sequence, ...]


_Sequence = tuple["str | _Choice", ...]


def _write(rng: Random, sequence: _Sequence, out: list[str]) -> None:
    for part in sequence:
        if isinstance(part, str):
            out.append(part)
        else:
            _write(rng, part.options[int(rng.random() * len(part.options))], out)


def _count(sequence: _Sequence) -> int:
    total = 1
    for part in sequence:
        if not isinstance(part, str):
            total *= sum(_count(option) for option in dict.fromkeys(part.options))
    return total


@cache
def _parsed(template: str) -> _Sequence:
    while "<" in template:
        template = re.sub(r"<([a-z ]+)>", lambda name: RULES[name[1]], template)
    tokens = [token for token in re.split(r"([()\[\]|])", template) if token][::-1]
    options = _options(tokens)
    if tokens:
        raise ValueError(f"a bracket is closed that was not opened: {template}")
    return (_Choice(options),)


def _options(tokens: list[str]) -> tuple[_Sequence, ...]:
    """Read alternatives up to a closing bracket.

    tokens: the last one comes first; what is read is removed.
    """
    options: list[_Sequence] = []
    sequence: list[str | _Choice] = []
    while tokens and tokens[-1] not in ")]":
        token = tokens.pop()
        if token == "|":
            options += _weighted(sequence)
            sequence = []
        elif token in "([":
            inner = _options(tokens)
            if not tokens or tokens.pop() != {"(": ")", "[": "]"}[token]:
                raise ValueError("brackets do not match")
            sequence.append(_Choice(inner if token == "(" else inner + ((),) * len(inner)))
        else:
            sequence.append(token)
    return (*options, *_weighted(sequence))


def _weighted(sequence: list[str | _Choice]) -> list[_Sequence]:
    """A sequence as often as the `*3` at its end says."""
    last = sequence[-1] if sequence else ""
    weight = re.search(r"\*(\d+)\s*$", last) if isinstance(last, str) and "*" in last else None
    if weight:
        sequence = [*sequence[:-1], weight.string[: weight.start()]]
    if any(isinstance(part, str) and "*" in part and re.search(r"\*\d", part) for part in sequence):
        raise ValueError(f"a weight stands at the end of an alternative: {sequence}")
    return [tuple(sequence)] * (int(weight[1]) if weight else 1)
