"""What can be drawn on a terminal: plain values, made by commands and drawn by the other modules of this folder."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import TypeAlias, get_args

from flanchat.engine.events import Measured, Piece
from flanchat.prompting.prompt import Prompt
from flanchat.sessions.choices import ScoredChoice
from flanchat.sessions.conversation import Answer


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a title. note: a sentence below."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Tokens:
    """A text as the model gets it."""

    pieces: tuple[Piece, ...]
    measured: Measured


@dataclass(frozen=True, slots=True)
class Confidence:
    """An answer, to be shown with how sure the model was of each token. whole: also of those it was sure of."""

    answer: Answer
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Alternatives:
    """What else was likely at a token, counted from 1."""

    answer: Answer
    token: int


@dataclass(frozen=True, slots=True)
class Scores:
    """Scored choices. by: what decides among them, of `choosing.RULES`; any other word for the sum."""

    choices: tuple[ScoredChoice, ...]
    by: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two answers, to be shown with what changed from the old one to the new one.

    names: what each is called. cut: the old one is only a beginning, and no more than that is compared.
    notes: what else is to be said about them, a line each.
    """

    title: str
    names: tuple[str, str]
    old: Answer
    new: Answer
    cut: bool = False
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ResultStream:
    """Results in the making, each to be shown as it comes. stop: ends the work early, from a signal handler too.

    words: how far it is, to be shown while nothing new comes.
    """

    steps: Generator[str | Comparison, None, None]
    stop: Callable[[], None]
    words: Callable[[], str]


Drawable: TypeAlias = str | Table | Prompt | Tokens | Confidence | Alternatives | Scores | Comparison
"""What a `View` prints at once."""
DRAWABLE = get_args(Drawable)
