"""A person's review of answers: ratings, notes, and the answer that a word such as 2 or 3.1 names. Knows no disk.

Old versions of flanchat skip ratings and show the notes of answers with those of the session.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from flanchat.base.errors import UsageError
from flanchat.base.i18n import _
from flanchat.sessions.answer import Answer
from flanchat.sessions.conversation import Conversation

RATINGS = ("good", "bad", "1", "2", "3", "4", "5")
GOOD = ("good", "4", "5")
"""Ratings of answers that are right, and may be targets of a sweep."""

ANY = "any"


def ratings_of(words: Sequence[str]) -> tuple[str, ...]:
    """The ratings that words such as `bad` or `any` ask for. Raises UsageError."""
    for word in words:
        if word not in (*RATINGS, ANY):
            raise UsageError(_("--rated {word}: expected good, bad, a number from 1 to 5, or any").format(word=word))
    return RATINGS if ANY in words else tuple(words)


Record = Callable[..., str]
"""Writes an event, as `Session.record` and `Transcript.record` do."""


def check_rating(word: str) -> str:
    """Return a rating, or "" for `none`, which removes it. Raises UsageError."""
    if word not in (*RATINGS, "none"):
        raise UsageError(_("{word}: expected good, bad, a number from 1 to 5, or none").format(word=word))
    return "" if word == "none" else word


def rate(answer: Answer, rating: str, record: Record) -> None:
    """Rate an answer; "" removes its rating."""
    answer.rating = rating
    record("rating", answer.id, value=rating or None)


def annotate(answer: Answer, text: str, record: Record) -> None:
    """Add a note to an answer; "" removes its notes."""
    if text:
        answer.notes = (*answer.notes, text)
        record("note", answer.id, text=text, answer=answer.id)
    else:
        answer.notes = ()
        record("note.remove", answer.id)


def split_turn(words: Sequence[str]) -> tuple[str, str]:
    """The turn that words begin with, "last" without one, and what follows.

    >>> split_turn(["2.1", "too", "long"]), split_turn(["good"]), split_turn(["4"])
    (('2.1', 'too long'), ('last', 'good'), ('last', '4'))
    """
    if len(words) > 1 and re.fullmatch(r"[0-9]+(\.[0-9]+)?|last", words[0]):
        return words[0], " ".join(words[1:])
    return "last", " ".join(words)


def answer_named(conversation: Conversation, word: str, command: str) -> Answer | None:
    """The answer of a turn, as 2, last or 3.1 for the first answer to question 3; None for a word of another form.

    command: for messages. Raises UsageError when there is no such answer.
    """
    turns = conversation.turns
    number, point, which = word.partition(".")
    if word != "last" and (not number.isdecimal() or (point and not which.isdecimal())):
        return None
    if word == "last":
        number = str(len(turns))
    turn = turns[turn_number(number, len(turns), command) - 1]
    if not point:
        return turn
    siblings = conversation.siblings(turn)
    if not 0 < _whole(which) <= len(siblings):
        raise UsageError(
            _("{command} {word}: turn {turn} has answers {turn}.1 to {turn}.{count}").format(
                command=command, word=word, turn=number, count=len(siblings)
            )
        )
    return siblings[_whole(which) - 1]


def turn_number(word: str, count: int, command: str) -> int:
    """The number of one of `count` turns, from 1. Raises UsageError for anything else. command: for the message."""
    number = _whole(word) if word.isdecimal() else 0
    if not count:
        raise UsageError(_("nothing was asked yet"))
    if not 0 < number <= count:
        raise UsageError(
            _("{command} {word}: expected a turn from 1 to {count}; /history numbers them").format(
                command=command, word=word, count=count
            )
        )
    return number


def _whole(digits: str) -> int:
    return int(digits) if len(digits) < 10 else 0
