"""Texts and numbers from the calling program, checked like those of a command line."""

from __future__ import annotations

import numbers
from collections.abc import Iterable, Mapping, Sequence, Set

from flanchat.base.errors import UsageError
from flanchat.base.i18n import _
from flanchat.base.text import NotTextError, checked
from flanchat.base.wording import describe
from flanchat.prompting.prompt import Exchange, Measure

MOST_TOKENS = 8192
"""Of a text that no budget limits. Reading takes memory for each pair of tokens: 3 GB for so many with a base model."""


def text_of(value: object, what: str) -> str:
    """The value if it is a text, without byte order mark and CR. what: its name in messages. Raises UsageError."""
    if not isinstance(value, str):
        raise UsageError(_("{what}: expected a text, got {got}").format(what=what, got=describe(value)))
    try:
        return checked(value)
    except NotTextError as error:
        raise UsageError(f"{what}: {error}") from None


def question_of(value: object, what: str = "question") -> str:
    """Like `text_of`, for a text that is asked: it is not empty. Raises UsageError."""
    question = text_of(value, what)
    if not question.strip():
        raise UsageError(f"{what}: " + _("the question is empty"))
    return question


def texts_of(values: Iterable[object], what: str) -> list[str]:
    """Texts in their order. what: the name of one of them. Raises UsageError."""
    if isinstance(values, str):  # it would be taken letter by letter
        raise UsageError(_("{what}: expected a list of texts, got one text").format(what=what))
    if isinstance(values, Mapping | Set) or not isinstance(values, Iterable):
        raise UsageError(_("{what}: expected a list of texts, got {got}").format(what=what, got=describe(values)))
    return [text_of(value, f"{what} {number}") for number, value in enumerate(values, 1)]


def check_length(measure: Measure, text: str, what: str, most: int) -> None:
    """Raise UsageError for a text of more than `most` tokens, not counting the end token."""
    if len(text.encode()) > most and (tokens := measure([text]).total - 1) > most:  # no token is less than a byte
        raise UsageError(_("{what}: {tokens} tokens; at most {most}").format(what=what, tokens=tokens, most=most))


def exchanges_of(history: Sequence[tuple[str, str]]) -> list[Exchange]:
    """Earlier turns, the oldest first, given as pairs of question and answer. Raises UsageError."""
    if isinstance(history, str | Mapping | Set) or not isinstance(history, Iterable):
        raise UsageError(
            _("history: expected a list of questions with their answers, got {got}").format(got=describe(history))
        )
    found = []
    for number, pair in enumerate(history, 1):
        if not isinstance(pair, tuple | list) or len(pair) != 2:  # a mapping would give its keys
            raise UsageError(_("history {number}: expected a question and its answer").format(number=number))
        question, answer = (text_of(text, f"history {number}") for text in pair)
        found.append(Exchange(question, answer))
    return found


def whole_number(value: object, what: str, least: int, most: int) -> int:
    """The value if it is a whole number within the limits. what: its name in messages. Raises UsageError."""
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        text = _("{what}: expected a whole number from {least} to {most}, got {got}")
        raise UsageError(text.format(what=what, least=least, most=most, got=describe(value)))
    return value


def plain(value: object) -> object:
    """A number of another library, such as NumPy's, as Python's own; any other value as it is."""
    if isinstance(value, bool | int | float):
        return value
    if isinstance(value, numbers.Integral):
        return int(value)
    return float(value) if isinstance(value, numbers.Real) else value
