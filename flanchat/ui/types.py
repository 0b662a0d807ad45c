"""What can be shown: plain values that commands return and the other modules of this folder draw."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias, get_args

from flanchat.base.i18n import N_
from flanchat.engine.events import Measured, Piece
from flanchat.prompting.prompt import Prompt
from flanchat.sessions.answer import Answer
from flanchat.sessions.choices import ScoredChoice
from flanchat.sessions.fill import Filled

if TYPE_CHECKING:
    from flanchat.experiments.why import Why

CONFIDENCE_HINT = N_("Probabilities are the model's own, before temperature, top-k, top-p and penalties.")
ALTERNATIVES_HINT = N_("/alt TOKEN N continues from alternative N; the old answer is kept.")
SCORES_HINT = N_(
    "The sum of log-probabilities counts every token and the end token, so it favours short answers; the average per "
    "token favours long ones. Calibrated divides the probability by that in the same template without a question. "
    "Shares are among these choices only."
)


@dataclass(frozen=True, slots=True)
class Painted:
    """A cell of texts, each with its style."""

    parts: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        return "".join(text for text, __ in self.parts)


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a title. note: a line below. hint: explains the table; shown the first time only.

    marked: the rows that stand out, counted from 0; None makes the first cell of each row stand out.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str | Painted, ...], ...]
    note: str = ""
    hint: str = ""
    marked: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class Verbatim:
    """A text to be copied, such as a profile's source: no line of it is broken."""

    text: str


@dataclass(frozen=True, slots=True)
class Tokens:
    """A text as the model's tokenizer splits it."""

    pieces: tuple[Piece, ...]
    measured: Measured


@dataclass(frozen=True, slots=True)
class Confidence:
    """An answer with the probability of each token. whole: list likely tokens too, however many there are."""

    answer: Answer
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Alternatives:
    """The alternatives to one token of an answer, counted from 1."""

    answer: Answer
    token: int


@dataclass(frozen=True, slots=True)
class Scores:
    """Scored choices, sorted by a rule of `sessions.choices`; any other word means the sum."""

    choices: tuple[ScoredChoice, ...]
    by: str


@dataclass(frozen=True, slots=True)
class Candidates:
    """The answers of a beam search or of a vote, of which `answer` is one."""

    answer: Answer


@dataclass(frozen=True, slots=True)
class Fills:
    """The ways to fill the blanks of a text. hint: a line below, shown the first time only."""

    filled: Filled
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two answers and their differences.

    names: what the old and the new one are called. cut: the old one is incomplete, so the new one is compared only as
    far as the old one goes. notes: more lines about the two. kl: of the old one's model from the new one's along the
    old answer, in nats per token, where it was measured. hint: a line below, shown the first time only.
    """

    title: str
    names: tuple[str, str]
    old: Answer
    new: Answer
    cut: bool = False
    notes: tuple[str, ...] = ()
    kl: float | None = None
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Reasons:
    """An answer with what each part of its prompt does for it."""

    why: Why


@dataclass(frozen=True, slots=True)
class ResultStream:
    """Results that take time, each shown as it arrives.

    stop: ends the work early. status: the state of the work, shown while it waits. kill: ends at once what works for it
    beside the loaded model; it and `stop` are safe in a signal handler.
    """

    steps: Generator[Drawable, None, None]
    stop: Callable[[], None]
    status: Callable[[], str]
    kill: Callable[[], None] = lambda: None


Drawable: TypeAlias = (
    str
    | Verbatim
    | Table
    | Prompt
    | Tokens
    | Confidence
    | Alternatives
    | Scores
    | Candidates
    | Fills
    | Comparison
    | Reasons
)
"""What a `View` prints at once; a str is a sentence or more of ours."""
DRAWABLE = get_args(Drawable)
