"""What commands work on, and what they return to be shown or done."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from flanchat.base.errors import UsageError
from flanchat.base.i18n import _
from flanchat.engine.hubs.named_model import NamedModel
from flanchat.engine.protocol import Engine
from flanchat.prompting.profile import Profile
from flanchat.prompting.profile_reader import find_profile
from flanchat.prompting.prompt import Prompt
from flanchat.prompting.shots import Shot
from flanchat.sessions.answer import Answer
from flanchat.sessions.session import AnswerEvents, Session
from flanchat.sessions.transcript import NoTranscript, Transcript
from flanchat.ui.types import Drawable, ResultStream

if TYPE_CHECKING:
    from flanchat.experiments.grid_run import OpenModel
    from flanchat.experiments.grid_session import GridSession
    from flanchat.sessions.library import Library
    from flanchat.sessions.session_record import SessionRecord


@dataclass(frozen=True, slots=True)
class ShowAnswer:
    """An answer, shown as it arrives.

    without: the same with parts of the prompt dropped, run when the user agrees. note: a line before the answer. then:
    what to show after it instead of the timing line.
    """

    events: AnswerEvents
    without: Callable[[], AnswerEvents] | None = None
    note: str = ""
    then: Callable[[], Shown] | None = None

    @classmethod
    def of(cls, ask: Callable[..., AnswerEvents], changes: Mapping[str, Any] = {}, note: str = "") -> ShowAnswer:
        """What `ask` answers with these settings; parts of the prompt are dropped when the user agrees."""
        return cls(ask(changes=changes), lambda: ask(changes={**changes, "budget.on_overflow": "drop"}), note)


@dataclass(frozen=True, slots=True)
class ShowGrid:
    """A what-if grid to run and show. again: only show it. diff: mark the changes. confirmed: do not ask first."""

    grid: GridSession
    again: bool = False
    diff: bool = False
    confirmed: bool = False


@dataclass(frozen=True, slots=True)
class AskAgain:
    """A question that replaces the one of `turn`, counted from 1."""

    text: str
    turn: int


@dataclass(frozen=True, slots=True)
class EditDraft:
    """A text to edit as the next entry. note: a line before it."""

    text: str
    note: str


@dataclass(frozen=True, slots=True)
class RunScript:
    """Lines to run one after the other, as if typed."""

    path: Path
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CopyText:
    """A text for the clipboard."""

    text: str


@dataclass(frozen=True, slots=True)
class Leave:
    """The end of the loop."""


Shown = Drawable | ResultStream | ShowAnswer | ShowGrid | AskAgain | EditDraft | RunScript | CopyText | Leave


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file's text, added before the next question."""

    name: str
    text: str
    tokens: int


def _no_model(name: object) -> NoReturn:
    raise UsageError(_("cannot load another model here"))


@dataclass(slots=True)
class Context:
    """The state of a REPL.

    folders: where profiles are searched; home: where the user's are saved, None without a home folder.
    open_library: opens the recorded sessions; None when nothing is recorded. new_transcript: opens the file of a new
    session. open_engine: opens a model by name and device, without waiting until it is loaded; None where that is
    impossible. models: name, description and state of known models.
    edit_file: opens the user's editor; None without a terminal. last_draft: the last question, with its files.
    open_other_model: context manager of a second model on the same device. open_compared: opens a model to compare the
    loaded one with, or for None that one as transformers computes it; it is not loaded yet. grid: the last what-if
    grid. picks_candidates: the last thing shown to pick from is the last answer's candidates, not a grid.
    attachments: files for the next question. editing: the turn, from 1, that the next question replaces. hidden_shots:
    shots switched off by /shots off. resumed: the session as it was read when the program started with it.
    """

    session: Session
    engine: Engine
    folders: tuple[Path, ...]
    home: Path | None = None
    environ: Mapping[str, str] = field(default_factory=dict)
    open_library: Callable[[], Library] | None = None
    new_transcript: Callable[[str], Transcript | NoTranscript] = lambda name: NoTranscript()
    open_engine: Callable[[str | None, str | None], Engine] | None = None
    models: Callable[[], Sequence[tuple[str, str, str]]] = lambda: ()
    edit_file: Callable[[Path], None] | None = None
    last_draft: str = ""
    attachments: list[Attachment] = field(default_factory=list)
    editing: int | None = None
    hidden_shots: tuple[Shot, ...] = ()
    grid: GridSession | None = None
    picks_candidates: bool = False
    resumed: SessionRecord | None = None
    open_other_model: OpenModel = field(default=_no_model)
    open_compared: Callable[[NamedModel | None], Engine] = _no_model

    @property
    def cells(self) -> tuple[Answer | None, ...]:
        """The answers of the last grid's cells, in order; None for a cell without one."""
        return () if self.grid is None else tuple(cell.answer for cell in self.grid.grid.cells)

    def find_profile(self, name: str) -> Profile:
        """The profile of a name or path. Raises UsageError."""
        return find_profile(name, self.folders, self.environ)

    def question(self, draft: str) -> str:
        """The question that a draft makes: the attached files, then its text."""
        return "\n".join([*(attachment.text for attachment in self.attachments), draft])

    @property
    def earlier(self) -> Sequence[Answer]:
        """The turns before the next question."""
        return self.session.turns[: self.editing - 1] if self.editing else self.session.turns

    def preview(self, draft: str) -> Prompt:
        """The prompt that `draft` would make now, with the parts that would be dropped."""
        return self.session.compile(self.question(draft), turns=self.earlier, changes={"on_overflow": "drop"})

    def reset(self) -> None:
        """Drop what belongs to the current session, when another one begins."""
        self.attachments.clear()
        self.last_draft, self.editing, self.hidden_shots, self.grid = "", None, (), None
        self.picks_candidates = False
