"""What commands work on, and what they give back to be shown. Prints nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from flanchat.base.errors import UsageError
from flanchat.base.i18n import _
from flanchat.engine.protocol import Engine
from flanchat.prompting.profile import Shot
from flanchat.prompting.prompt import Prompt
from flanchat.sessions.conversation import Answer
from flanchat.sessions.session import AnswerEvents, Session
from flanchat.sessions.transcript import NoTranscript, Transcript
from flanchat.ui.types import Drawable, ResultStream

if TYPE_CHECKING:
    from flanchat.experiments.grid import OpenModel
    from flanchat.experiments.grid_session import Experiment
    from flanchat.sessions.library import Library


@dataclass(frozen=True, slots=True)
class ShowAnswer:
    """An answer in the making, to be shown as it comes.

    without: the same, but with parts of the prompt left out; for when the user is asked first and agrees.
    note: what to say first. then: what to show at the end in place of the line below an answer; None for that line.
    """

    events: AnswerEvents
    without: Callable[[], AnswerEvents] | None = None
    note: str = ""
    then: Callable[[], Shown] | None = None


@dataclass(frozen=True, slots=True)
class ShowGrid:
    """A what-if grid, to be run and shown. again: it was run, show it once more. diff: mark the changes."""

    experiment: Experiment
    again: bool = False
    diff: bool = False
    confirmed: bool = False


@dataclass(frozen=True, slots=True)
class AskAgain:
    """A question in place of an earlier one. turn: from 1."""

    text: str
    turn: int


@dataclass(frozen=True, slots=True)
class EditDraft:
    """A text to stand in the next entry, to be changed and sent. note: what to say about it."""

    text: str
    note: str


@dataclass(frozen=True, slots=True)
class RunScript:
    """Lines to be served one after the other, as if typed."""

    path: Path
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CopyText:
    """A text for the clipboard."""

    text: str


@dataclass(frozen=True, slots=True)
class Leave:
    """The user wants to leave."""


Shown = Drawable | ResultStream | ShowAnswer | ShowGrid | AskAgain | EditDraft | RunScript | CopyText | Leave


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file's text that goes in front of the next question."""

    name: str
    text: str
    tokens: int


def _no_model(name: str) -> AbstractContextManager[Engine]:
    raise UsageError(_("there is no other model here"))


@dataclass(slots=True)
class Context:
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
    engine: Engine
    folders: tuple[Path, ...]
    home: Path | None = None
    environ: Mapping[str, str] = field(default_factory=dict)
    open_library: Callable[[], Library] | None = None
    new_transcript: Callable[[str], Transcript | NoTranscript] = lambda name: NoTranscript()
    resume_transcript: Callable[[Path], Transcript | NoTranscript] = lambda path: NoTranscript()
    open_engine: Callable[[str | None, str | None], Engine] | None = None
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
    run: Callable[[Context, str], Shown]
    words: Callable[[Context, str, str], Sequence[str]] = field(default=lambda context, before, word: ())
    example: str = ""

    @property
    def name(self) -> str:
        return self.names[0]
