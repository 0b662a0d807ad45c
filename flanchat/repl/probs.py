"""Commands about an answer's tokens: /probs, how likely they were, and /alt, another instead. Prints nothing."""

from __future__ import annotations

import math

from flanchat.errors import UsageError
from flanchat.repl.desk import Alternatives, Answering, Confidence, Desk, Shown
from flanchat.terminal import show
from flanchat.words import _


def probs(desk: Desk, arguments: str) -> Shown:
    turns = desk.session.turns
    words = arguments.split()
    whole = "all" in words
    numbers = [word for word in words if word != "all"]
    if not numbers:
        return Confidence(desk.session.last(), whole)
    turn = _number(numbers[0])
    if len(numbers) > 1 or not 0 < turn <= len(turns):
        raise UsageError(
            _("/probs {given}: expected a turn from 1 to {count}; /history numbers them").format(
                given=arguments, count=len(turns)
            )
        )
    return Confidence(turns[turn - 1], whole)


def probs_words(desk: Desk, before: str, word: str) -> list[str]:
    """The turns, and `all` once."""
    turns = [] if before else [str(number) for number in range(1, len(desk.session.turns) + 1)]
    return [*turns, "all"] if "all" not in before.split() else turns


def alt(desk: Desk, arguments: str) -> Shown:
    last = desk.session.last()
    words = arguments.split()
    if not 0 < len(words) < 3 or not all(map(_number, words)):
        raise UsageError(
            _("/alt {given}: expected a token and perhaps one of its alternatives, such as /alt 2 or /alt 2 3")
            .format(given=arguments)
            .replace("/alt :", "/alt:")
        )
    token = _number(words[0])
    if len(words) == 1:
        last.token_at(token)
        return Alternatives(last, token)
    forced = last.alternative(token, _number(words[1]))
    there = last.token_at(token)
    note = _("token {number}: {new} ({new_p}) in place of {old} ({old_p})").format(
        number=token, new=named(forced.text, forced.id), new_p=percent(forced.logprob), old=named(there.text, there.id),
        old_p=percent(there.logprob),
    )  # fmt: skip
    return Answering(desk.session.instead(token, _number(words[1])), note=note)


def alt_words(desk: Desk, before: str, word: str) -> list[str]:
    """The tokens that have alternatives, and then the alternatives that are not there already."""
    last = desk.session.last()
    if last.settings.value("num_beams") > 1 and not last.choices:
        return []
    if not before:
        return [str(number) for number, token in enumerate(last.tokens, 1) if len(token.top) > 1]
    words = before.split()
    if len(words) > 1 or not 0 < _number(words[0]) <= len(last.tokens):
        return []
    token = last.tokens[_number(words[0]) - 1]
    return [str(number) for number, other in enumerate(token.top, 1) if other.id != token.id]


def percent(logprob: float) -> str:
    """A log-probability as a percentage that is never rounded to all or nothing.

    >>> percent(-0.5), percent(-1e-9), percent(-12.0)
    ('61%', '100%', '<0.1%')
    """
    share = math.exp(logprob) * 100
    if share < 0.1:
        return "<0.1%"
    return f"{share:.1f}%" if share < 9.95 else f"{share:.0f}%"


def named(text: str, token_id: int) -> str:
    """A token for the middle of a line: in quotes where its blanks would not show, by its number if it has no text."""
    shown = show(text.replace("\n", "↵").replace("\t", "→"))
    if not shown:
        return f"#{token_id}"
    return shown.strip(" ") or f'"{shown}"'


def _number(word: str) -> int:
    """A number from 1; 0 for anything else."""
    return int(word) if word.isdecimal() and len(word) < 10 else 0
