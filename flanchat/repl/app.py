"""The REPL: read, parse, run, show, and what Ctrl-C and Ctrl-D do. Knows neither prompt_toolkit nor rich."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing

from flanchat.base.errors import ConsentError, FlanchatError, UsageError
from flanchat.base.i18n import _
from flanchat.base.signals import ignore_interrupts, raise_on_interrupt, stop_on_interrupt
from flanchat.repl.commands.table import Ask, parse_line
from flanchat.repl.context import AskAgain, Context, CopyText, EditDraft, Leave, RunScript, ShowAnswer, ShowGrid, Shown
from flanchat.repl.input import Lines
from flanchat.sessions.session import Source
from flanchat.ui.results import View
from flanchat.ui.status import state
from flanchat.ui.types import Confidence, ResultStream, Scores


def run(
    context: Context,
    lines: Lines,
    view: View,
    *,
    echo: Callable[[str], None] | None = None,
    debug: bool = False,
    draft: str = "",
) -> None:
    """Serve entries until the user leaves. One bad entry never ends the session.

    echo: called with each entry, where nobody has seen it typed. debug: let mistakes of the program's own through.
    draft: what the first entry begins with.
    """
    serving = _Serving(context, lines, view, debug)
    serving.draft = draft
    hinted = False
    with lines.typed_ahead(), ignore_interrupts():  # a Ctrl-C that comes between two entries costs nothing
        while not serving.left:
            try:
                line = lines.read(serving.take_draft())
            except KeyboardInterrupt:
                if not hinted:
                    view.note(_("Ctrl-D or /exit leaves."))
                hinted = True
                context.editing = None
                continue
            except EOFError:
                return
            if echo is not None:
                echo(line)
            hinted = hinted and not line
            serving.serve(line)


class _Serving:
    """Serves entries one by one. left: the user wants to leave. draft: what the next entry begins with."""

    def __init__(self, context: Context, lines: Lines, view: View, debug: bool) -> None:
        self._context, self._lines, self._view, self._debug = context, lines, view, debug
        self.left = False
        self.draft = ""

    def take_draft(self) -> str:
        draft, self.draft = self.draft, ""
        return draft

    def serve(self, line: str, source: Source = "typed") -> bool:
        """Do what a line says, and say what went wrong. False when something did."""
        view, engine = self._view, self._context.engine
        done = False
        try:
            with raise_on_interrupt():
                self._do(line, source)
            done = True
        except FlanchatError as error:
            view.error(error.message)
        except OSError:  # the screen has gone away
            raise
        except Exception as error:
            if self._debug:
                raise
            view.error(
                _("internal error: {kind}: {error}; run with --debug for the traceback").format(
                    kind=type(error).__name__, error=error
                )
            )
        except KeyboardInterrupt:
            loading = "" if engine.status == "ready" else _("; the model is {state}").format(state=state(engine))
            view.note(_("[interrupted]") + loading)
        if self._context.session.transcript.problem:
            view.error(self._context.session.transcript.problem)
        return done

    def _do(self, line: str, source: Source) -> None:
        context = self._context
        editing, context.editing, self.draft = context.editing, None, ""  # hold for one entry
        meant = parse_line(line)
        if meant is None:
            return
        if isinstance(meant, Ask):
            self._ask(meant.text, editing, source)
        else:
            self._show(meant.command.run(context, meant.arguments))

    def _ask(self, text: str, editing: int | None, source: Source) -> None:
        context = self._context
        if context.attachments:
            text, source = context.question(text), "file"
        context.last_draft = text
        turns = context.session.turns[: editing - 1] if editing else context.session.turns
        changes: dict[str, str] | None = {}
        if editing or context.session.settings.value("on_overflow") == "ask":  # what cannot be asked moves nothing
            changes = self._consent(lambda: context.session.compile(text, turns=turns))
        if changes is None:
            return
        if editing:
            context.session.edit(editing)
        answers = len(context.session.conversation.answers)
        try:
            self._answer(ShowAnswer(context.session.ask(text, source=source, changes=changes)))
        finally:
            if len(context.session.conversation.answers) > answers:  # it was sent, whatever came of it
                context.attachments.clear()

    def _consent(self, compiled: Callable[[], object]) -> dict[str, str] | None:
        """Ask before anything is left out of a prompt, if the user wants to be asked; None for no."""
        try:
            compiled()
        except ConsentError as error:
            if not self._lines.can_confirm:
                raise
            return {"on_overflow": "drop"} if self._agreed(error) else None
        return {}

    def _agreed(self, error: ConsentError) -> bool:
        self._view.note(error.message)
        return self._lines.confirm(_("Send it without them?"))

    def _show(self, shown: Shown) -> None:
        if isinstance(shown, ShowAnswer):
            self._answer(shown)
        elif isinstance(shown, ResultStream):
            self._work(shown)
        elif isinstance(shown, ShowGrid):
            self._grid(shown)
        elif isinstance(shown, AskAgain):
            self._ask(shown.text, shown.turn, "typed")
        elif isinstance(shown, Leave):
            self.left = True
        elif isinstance(shown, EditDraft):
            self.draft = shown.text
            self._view.note(shown.note)
        elif isinstance(shown, RunScript):
            self._run_script(shown)
        elif isinstance(shown, CopyText):
            self._view.note(self._lines.copy(shown.text))
        else:
            self._view.show(shown)

    def _grid(self, shown: ShowGrid) -> None:
        """Run a what-if grid, asked first when it is a large one."""
        from flanchat.ui import grid as gridview

        experiment, view = shown.experiment, self._view
        if shown.again:
            gridview.reprint(view, experiment.grid, experiment.current, diff=shown.diff)
            return
        engine = self._context.engine
        announced, large = experiment.announce()
        for line in announced.splitlines():
            view.note(line)
        if large and not shown.confirmed:
            if not self._lines.can_confirm:
                raise UsageError(_("the grid is large; use --yes to run it"))
            if not self._lines.confirm(_("Run it?")):
                return

        self._context.experiment = experiment
        with (
            stop_on_interrupt(experiment.stop, experiment.kill, ready=lambda: engine.status == "ready"),
            closing(experiment.events()) as events,
        ):
            gridview.draw(view, experiment.grid, events, experiment.current, diff=shown.diff, waiting=self._loading)
        view.note(_("/pick CELL takes an answer, /compare shows two side by side, /whatif --diff marks the changes."))

    def _run_script(self, script: RunScript) -> None:
        """Serve a file's lines; the first that goes wrong ends it."""
        for number, line in enumerate(script.lines, 1):
            self._view.note(f"> {line}")
            before = self._context.session.conversation.head
            if line.split()[0] == "/run":
                self._view.error(
                    _("{path}:{number}: a script cannot run another one").format(path=script.path, number=number)
                )
                return
            if not self.serve(line, "script") or self.left:
                if not self.left:
                    self._view.note(_("{path}: stopped at line {number}").format(path=script.path, number=number))
                return
            head = self._context.session.conversation.answers.get(self._context.session.conversation.head or "")
            if head is not None and head.id != before and head.finish == "interrupted":
                self._view.note(_("{path}: stopped at line {number}").format(path=script.path, number=number))
                return

    def _work(self, working: ResultStream) -> None:
        engine = self._context.engine
        with stop_on_interrupt(working.stop, engine.kill, ready=lambda: engine.status == "ready"):
            self._view.work(working, lambda: self._loading() or working.words())

    def _loading(self) -> str:
        """That the model is not ready yet; "" when it is."""
        engine = self._context.engine
        return "" if engine.status == "ready" else _("the model is {state}").format(state=state(engine))

    def _answer(self, answering: ShowAnswer) -> None:
        engine, view, waiting = self._context.engine, self._view, self._loading
        if answering.note:
            view.note(answering.note)
        try:
            with stop_on_interrupt(engine.stop, engine.kill, ready=lambda: engine.status == "ready"):
                view.answer(answering.events, waiting)
        except ConsentError as error:
            if answering.without is None or not self._lines.can_confirm:
                raise
            if not self._agreed(error):
                return
            with stop_on_interrupt(engine.stop, engine.kill, ready=lambda: engine.status == "ready"):
                view.answer(answering.without(), waiting)
        with ignore_interrupts():  # a Ctrl-C that comes too late must not tear the line below the answer
            if answering.then is not None:
                self._show(answering.then())
                return
            answer = self._context.session.last()
            if answer.choices:
                view.show(Scores(answer.choices, answer.settings.value("choose")))
            view.timing(answer)
            if answer.settings.value("probs"):
                view.show(Confidence(answer))
