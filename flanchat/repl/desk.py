"""What commands work on, and what they give back to be shown. Prints nothing."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from flanchat.choosing import Choice
from flanchat.conversation import Answer
from flanchat.engine import Engine
from flanchat.errors import UsageError
from flanchat.events import Measured, Piece
from flanchat.profile import Shot
from flanchat.prompt import Prompt
from flanchat.session import Happening, Session
from flanchat.transcript import NoTranscript, Transcript
from flanchat.words import N_, _

if TYPE_CHECKING:
    from flanchat.experiment import Experiment
    from flanchat.library import Library
    from flanchat.whatif import OpenModel


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

    choices: tuple[Choice, ...]
    by: str


@dataclass(frozen=True, slots=True)
class Answering:
    """An answer in the making, to be shown as it comes.

    without: the same, but with parts of the prompt left out; for when the user is asked first and agrees.
    note: what to say first. then: what to show at the end in place of the line below an answer; None for that line.
    """

    events: Happening
    without: Callable[[], Happening] | None = None
    note: str = ""
    then: Callable[[], Shown] | None = None


@dataclass(frozen=True, slots=True)
class Gridding:
    """A what-if grid, to be run and shown. again: it was run, show it once more. diff: mark the changes."""

    experiment: Experiment
    again: bool = False
    diff: bool = False
    confirmed: bool = False


@dataclass(frozen=True, slots=True)
class Asking:
    """A question in place of an earlier one. turn: from 1."""

    text: str
    turn: int


@dataclass(frozen=True, slots=True)
class Draft:
    """A text to stand in the next entry, to be changed and sent. note: what to say about it."""

    text: str
    note: str


@dataclass(frozen=True, slots=True)
class Script:
    """Lines to be served one after the other, as if typed."""

    path: Path
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Clip:
    """A text for the clipboard."""

    text: str


@dataclass(frozen=True, slots=True)
class Leave:
    """The user wants to leave."""


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
class Working:
    """Results in the making, each to be shown as it comes. stop: ends the work early, from a signal handler too.

    words: how far it is, to be shown while nothing new comes.
    """

    steps: Generator[str | Comparison, None, None]
    stop: Callable[[], None]
    words: Callable[[], str]


Shown = (
    str
    | Table
    | Prompt
    | Tokens
    | Confidence
    | Alternatives
    | Scores
    | Comparison
    | Working
    | Answering
    | Gridding
    | Asking
    | Draft
    | Script
    | Clip
    | Leave
)


_STATES = {
    "not started": N_("not started"),
    "loading": N_("loading"),
    "looking for an NPU": N_("looking for an NPU"),
    "importing torch": N_("importing torch"),
    "reading weights": N_("reading weights"),
    "warming up": N_("warming up"),
    "ready": N_("ready"),
    "failed": N_("failed"),
    "gone": N_("gone"),
}


def state(engine: SwitchableEngine) -> str:
    """What an engine is doing, in words."""
    return ": ".join(_(_STATES.get(word, word)) for word in engine.status.split(": "))


class SwitchableEngine(Engine, Protocol):
    """An engine that can be told, also from a signal handler, to stop, and whose state can be asked.

    label: the model's name, short enough for a tool bar. remark: a sentence about the device in use, or "".
    """

    status: str
    label: str
    remark: str

    def start(self) -> None:
        """Begin to load."""
        ...

    def kill(self) -> None:
        """End the answer at once, whatever it costs."""
        ...


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file's text that goes in front of the next question."""

    name: str
    text: str
    tokens: int


def _no_model(name: str) -> AbstractContextManager[Engine]:
    raise UsageError(_("there is no other model here"))


@dataclass(slots=True)
class Desk:
    """What commands work on.

    folders: where profiles are looked for; home: where the user's own are saved, None without a home.
    open_library: gives the earlier sessions; None when nothing is kept. new_transcript, resume_transcript: open the
    record of a new session or of an earlier one. open_engine: a model by name and device, not yet loaded; None where
    that cannot be done. models: name, what it is, and whether it is here.
    edit_file: opens the user's editor; None without a terminal. last_draft: the last question, for /prompt.
    borrow_model: opens another model for a while. experiment: the last what-if grid.
    attachments: wait for the next question. editing: the turn, from 1, that the next question takes the place of; None
    for none. hidden_shots: what /shots off took away.
    """

    session: Session
    engine: SwitchableEngine
    folders: tuple[Path, ...]
    home: Path | None = None
    open_library: Callable[[], Library] | None = None
    new_transcript: Callable[[str], Transcript | NoTranscript] = lambda name: NoTranscript()
    resume_transcript: Callable[[Path], Transcript | NoTranscript] = lambda path: NoTranscript()
    open_engine: Callable[[str | None, str | None], SwitchableEngine] | None = None
    models: Callable[[], Sequence[tuple[str, str, str]]] = lambda: ()
    edit_file: Callable[[Path], None] | None = None
    last_draft: str = ""
    attachments: list[Attachment] = field(default_factory=list)
    editing: int | None = None
    hidden_shots: tuple[Shot, ...] = ()
    experiment: Experiment | None = None
    borrow_model: OpenModel = field(default=_no_model)

    @property
    def cells(self) -> tuple[Answer | None, ...]:
        """The answers of the last grid, as its cells are numbered from 1; None where there is none."""
        return () if self.experiment is None else tuple(cell.answer for cell in self.experiment.grid.cells)

    def question(self, draft: str) -> str:
        """What a draft would ask: the attached files, then its text."""
        return "\n".join([*(attachment.text for attachment in self.attachments), draft])

    def preview(self, draft: str) -> Prompt:
        """The prompt that sending `draft` now would make, and what would have to be left out of it."""
        turns = self.session.turns[: self.editing - 1] if self.editing else self.session.turns
        return self.session.compile(self.question(draft), turns=turns, changes={"on_overflow": "drop"})

    def forget(self) -> None:
        """Another session begins: nothing that waited for the next question of the last one goes along."""
        self.attachments.clear()
        self.last_draft, self.editing, self.hidden_shots, self.experiment = "", None, (), None


@dataclass(frozen=True, slots=True)
class Command:
    """One command. names: the first is shown, the others are silent. words: what Tab offers after it, given what stands
    before the word and the word so far."""

    names: tuple[str, ...]
    group: str
    usage: str
    help: str
    run: Callable[[Desk, str], Shown]
    words: Callable[[Desk, str, str], Sequence[str]] = field(default=lambda desk, before, word: ())
    example: str = ""

    @property
    def name(self) -> str:
        return self.names[0]
