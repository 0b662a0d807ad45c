"""The read-eval-print loop: reads an entry, runs it, shows the result; handles Ctrl-C and Ctrl-D."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import partial
from typing import TYPE_CHECKING

from flanchat.base.errors import BudgetError, ConsentError, FlanchatError, ModelError, UsageError
from flanchat.base.format import explain, not_ready
from flanchat.base.i18n import _
from flanchat.base.signals import ignore_interrupts, raise_on_interrupt, stop_on_interrupt
from flanchat.prompting.expectation import expectation
from flanchat.repl.commands.table import GRID_HINT, Call, parse_line
from flanchat.repl.context import AskAgain, Context, CopyText, EditDraft, Leave, RunScript, ShowAnswer, ShowGrid, Shown
from flanchat.repl.input import InputSource
from flanchat.sessions.session import Source
from flanchat.ui.results import View
from flanchat.ui.types import Candidates, Confidence, ResultStream
from flanchat.ui.warnings import losses_of_several

if TYPE_CHECKING:
    from flanchat.experiments.grid import GridCell


def run(context: Context, entries: InputSource, view: View, *, debug: bool = False, draft: str = "") -> int:
    """Run entries until the user leaves, and return the exit status of the first that failed, else 0.

    An error in one entry does not end the loop, except on a pipe when the model cannot be loaded.

    debug: let internal errors through. draft: text of the first entry.
    """
    loop = _Loop(context, entries, view, debug)
    loop.draft = draft
    is_hint_shown = False
    with ignore_interrupts():  # a Ctrl-C between two entries must not end the program
        while not loop.is_left:
            try:
                line = _read_entry(entries, loop.draft, view)
            except KeyboardInterrupt:
                if not entries.can_confirm:
                    raise
                if not is_hint_shown:
                    view.message(_("Ctrl-D or /exit leaves."))
                is_hint_shown = True
                context.editing, loop.draft = None, ""
                continue
            except EOFError:
                break
            is_hint_shown = is_hint_shown and not line
            loop.run_entry(line)
            if line and not loop.is_left:
                view.gap()
            if loop.is_interrupted and not entries.can_confirm:  # Ctrl-C is meant for a file's other lines too
                raise KeyboardInterrupt
    return loop.status


def _read_entry(entries: InputSource, draft: str, view: View) -> str:
    """Read an entry. At a terminal \"\"\" begins one of several lines, which the next \"\"\" ends."""
    line = entries.read(draft)
    quote, text = '"""', line.lstrip()
    if not entries.can_confirm or not text.startswith(quote):
        return line
    text = text.removeprefix(quote)
    if quote not in text:
        view.message(_('""" ends this entry, Ctrl-C on an empty line drops it.'))
    while quote not in text:
        text += "\n" + entries.read()
    return "\n" + text.partition(quote)[0]  # a line break first: what was quoted is a question, also if it has a slash


class _Loop:
    """Runs entries one by one.

    is_left: the user wants to leave. is_interrupted: Ctrl-C ended the last entry. status: of the first entry that
    failed. draft: text that the next entry starts with.
    """

    def __init__(self, context: Context, entries: InputSource, view: View, debug: bool) -> None:
        self._context, self._entries, self._view, self._debug = context, entries, view, debug
        self.is_left = self.is_interrupted = False
        self.status = 0
        self.draft = ""

    def run_entry(self, line: str, source: Source = "typed") -> bool:
        """Run an entry and print its errors. Returns whether it succeeded."""
        view, engine = self._view, self._context.engine
        self.is_interrupted = False
        succeeded, before = False, self._context.session.conversation.head
        try:
            with raise_on_interrupt():
                self._run(line, source)
            succeeded = True
        except FlanchatError as error:
            self._fail(error.message, error.exit_status if isinstance(error, ModelError | BudgetError) else 1)
            if isinstance(error, ModelError) and engine.status == "failed" and not self._entries.can_confirm:
                self.is_left = True  # nobody is there to choose another model
        except Exception as error:
            if isinstance(error, OSError):
                view.flush()  # raises the error again if it is the terminal that is gone
            elif self._debug:
                raise
            self._fail(explain(error))
        except KeyboardInterrupt:
            self.is_interrupted = True
            view.message(" · ".join(filter(None, (_("[interrupted]"), not_ready(engine.status)))))
        conversation = self._context.session.conversation
        head = conversation.answers.get(conversation.head or "")
        if head is not None and head.id != before and head.finish == "interrupted":
            self.is_interrupted = True
        if self._context.session.transcript.problem:
            view.error(self._context.session.transcript.problem)
        return succeeded

    def _fail(self, message: str, status: int = 1) -> None:
        self._view.error(message)
        self.status = self.status or status

    def _run(self, line: str, source: Source) -> None:
        context = self._context
        editing, context.editing, self.draft = context.editing, None, ""  # /edit applies to one entry only
        if line.strip() in ("help", "?") and source == "typed" and self._entries.can_confirm:
            line = "/help"
        parsed = parse_line(line)
        if isinstance(parsed, Call):
            self._show(parsed.command.run(context, parsed.arguments))
        elif parsed:
            self._ask(parsed, editing, source)
        if self._entries.can_confirm and not self.is_left:
            self._view.hint(expectation(context.engine.source, context.session.profile))

    def _ask(self, text: str, editing: int | None, source: Source) -> None:
        context = self._context
        if context.attachments:
            text, source = context.question(text), "file"
        context.last_draft = text
        session = context.session
        answers = len(session.conversation.answers)
        try:
            self._show_answer(ShowAnswer.of(partial(session.ask, text, source=source, turn=editing)))
        finally:
            if len(session.conversation.answers) > answers:  # it was sent, even if the answer failed
                context.attachments.clear()

    def _show(self, shown: Shown) -> None:
        if isinstance(shown, ShowAnswer):
            self._show_answer(shown)
        elif isinstance(shown, ResultStream):
            self._show_stream(shown)
        elif isinstance(shown, ShowGrid):
            self._show_grid(shown)
        elif isinstance(shown, AskAgain):
            self._ask(shown.text, shown.turn, "typed")
        elif isinstance(shown, Leave):
            self.is_left = True
        elif isinstance(shown, EditDraft):
            self.draft = shown.text
            self._view.message(shown.note)
        elif isinstance(shown, RunScript):
            self._run_script(shown)
        elif isinstance(shown, CopyText):
            self._view.message(self._entries.copy(shown.text))
        else:
            self._view.show(shown)

    def _show_grid(self, shown: ShowGrid) -> None:
        """Answer a grid's cells and draw them; a large grid is confirmed first."""
        from flanchat.ui import grid

        session, view = shown.grid, self._view
        if shown.again:
            grid.draw_finished(view, session.grid, session.current, diff=shown.diff)
            return

        def confirm() -> bool:
            if not self._entries.can_confirm:
                raise UsageError(_("this is a large grid; --yes runs it"))
            return self._entries.confirm(_("Run it?"))

        def draw(cells: Iterator[GridCell]) -> None:
            self._context.grid, self._context.picks_candidates = session, False
            for line in losses_of_several(session.prompts):
                view.message(line)
            grid.draw(view, session.grid, cells, session.current, diff=shown.diff, status=self._not_ready)

        if session.run(note=view.message, confirm=(lambda: True) if shown.confirmed else confirm, show=draw):
            view.hint(_(GRID_HINT))
        if any(cell.problem for cell in session.grid.cells):  # the grid shows them
            self.status = self.status or 1

    def _run_script(self, script: RunScript) -> None:
        """Run a file's lines up to the first that fails or is interrupted."""
        for number, line in enumerate(script.lines, 1):
            self._view.message(f"> {line}")
            if line.split()[0] == "/run":
                self._fail(
                    _("{path}:{number}: a script cannot run another script").format(path=script.path, number=number)
                )
                return
            succeeded = self.run_entry(line, "script")
            if self.is_left:
                return
            if not succeeded or self.is_interrupted:
                self._view.message(_("{path}: stopped at line {number}").format(path=script.path, number=number))
                return

    def _show_stream(self, stream: ResultStream) -> None:
        with self._stoppable(stream.stop, stream.kill):
            self._view.stream(stream, lambda: self._not_ready() or stream.status())

    def _stoppable(
        self, stop: Callable[[], None], kill: Callable[[], None] = lambda: None
    ) -> AbstractContextManager[None]:
        """Let Ctrl-C call `stop`. kill: called for a second one, beside killing the loaded model."""
        engine = self._context.engine

        def kill_all() -> None:
            kill()
            engine.kill()

        return stop_on_interrupt(stop, kill_all, ready=lambda: engine.status == "ready")

    def _not_ready(self) -> str:
        return not_ready(self._context.engine.status)

    def _show_answer(self, shown: ShowAnswer) -> None:
        engine, view = self._context.engine, self._view
        if shown.note:
            view.message(shown.note)
        try:
            with self._stoppable(engine.stop):
                view.answer(shown.events, self._not_ready)
        except ConsentError as error:
            if shown.without is None or not self._entries.can_confirm:
                raise
            view.message(error.message)
            if not self._entries.confirm(_("Send without them?")):
                return
            with self._stoppable(engine.stop):
                view.answer(shown.without(), self._not_ready)
        with ignore_interrupts():  # a late Ctrl-C must not cut the line below the answer
            if shown.then is not None:
                self._show(shown.then())
                return
            answer = self._context.session.last()
            if answer.choices:
                view.choices(answer, whole=answer.question_id in self._context.session.conversation.choices)
            if answer.candidates and not answer.picked:
                self._context.picks_candidates = True
                view.show(Candidates(answer))
                view.hint(_("/pick NUMBER makes another one the answer."))
            view.figures(answer)
            if answer.settings.value("probs"):
                view.show(Confidence(answer))
