"""Commands about an answer's tokens: /probs, how likely they were, and /alt, another instead. Prints nothing."""

from __future__ import annotations

from flanchat.base.errors import UsageError
from flanchat.base.format import format_probability
from flanchat.base.i18n import _
from flanchat.repl.context import Context, ShowAnswer, Shown
from flanchat.ui.probabilities import token_name
from flanchat.ui.types import Alternatives, Confidence


def probs(context: Context, arguments: str) -> Shown:
    turns = context.session.turns
    words = arguments.split()
    whole = "all" in words
    numbers = [word for word in words if word != "all"]
    if not numbers:
        return Confidence(context.session.last(), whole)
    turn = _number(numbers[0])
    if len(numbers) > 1 or not 0 < turn <= len(turns):
        raise UsageError(
            _("/probs {given}: expected a turn from 1 to {count}; /history numbers them").format(
                given=arguments, count=len(turns)
            )
        )
    return Confidence(turns[turn - 1], whole)


def probs_words(context: Context, before: str, word: str) -> list[str]:
    """The turns, and `all` once."""
    turns = [] if before else [str(number) for number in range(1, len(context.session.turns) + 1)]
    return [*turns, "all"] if "all" not in before.split() else turns


def alt(context: Context, arguments: str) -> Shown:
    last = context.session.last()
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
        number=token,
        new=token_name(forced.text, forced.id),
        new_p=format_probability(forced.logprob),
        old=token_name(there.text, there.id),
        old_p=format_probability(there.logprob),
    )
    return ShowAnswer(context.session.branch_at_token(token, _number(words[1])), note=note)


def alt_words(context: Context, before: str, word: str) -> list[str]:
    """The tokens that have alternatives, and then the alternatives that are not there already."""
    last = context.session.last()
    if last.settings.value("num_beams") > 1 and not last.choices:
        return []
    if not before:
        return [str(number) for number, token in enumerate(last.tokens, 1) if len(token.top) > 1]
    words = before.split()
    if len(words) > 1 or not 0 < _number(words[0]) <= len(last.tokens):
        return []
    token = last.tokens[_number(words[0]) - 1]
    return [str(number) for number, other in enumerate(token.top, 1) if other.id != token.id]


def _number(word: str) -> int:
    """A number from 1; 0 for anything else."""
    return int(word) if word.isdecimal() and len(word) < 10 else 0
