"""Starts the REPL on a terminal or a pipe: line input, key bindings, greeting, and a last line at the end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import TextIO

from flanchat import __version__
from flanchat.base.errors import FlanchatError, StorageError
from flanchat.base.format import format_bytes, format_parameters, not_ready
from flanchat.base.i18n import _, wrap_line
from flanchat.base.paths import make_private_folder, state_folder
from flanchat.base.sanitize import show
from flanchat.engine.checkpoint.validate import preflight
from flanchat.repl import app
from flanchat.repl.commands.sessions import resumed_summary
from flanchat.repl.commands.table import Call, complete, parse_line
from flanchat.repl.context import Context
from flanchat.repl.input import PlainInput, TerminalInput, no_echo
from flanchat.repl.toolbar import Toolbar
from flanchat.sessions.input_history import InputHistory
from flanchat.ui.results import View
from flanchat.ui.terminal import terminal_size
from flanchat.ui.types import DRAWABLE

KEYS = {"f2": "/show settings", "f5": "/prompt", "f6": "/probs"}
"""Function keys that print the output of a command above the prompt."""


class Repl:
    """The REPL on these streams.

    It exists before the session is opened, so that typing is kept meanwhile and the engine has somewhere to report.
    complain: writes a message to standard error.
    """

    def __init__(
        self, stdin: TextIO, stdout: TextIO, environ: Mapping[str, str], view: View, complain: Callable[[str], None]
    ) -> None:
        self._stdin, self._stdout, self._environ = stdin, stdout, environ
        self._view, self._complain = view, complain
        self._input: TerminalInput | None = None
        self.on_terminal = stdin.isatty()

    def keep_typing(self) -> AbstractContextManager[None]:
        """What is typed inside the block becomes the beginning of the first entry."""
        return no_echo(self._stdin) if self.on_terminal and not self._view.plain else nullcontext()

    def redraw(self, status: str = "") -> None:
        """Draw the toolbar anew. May be called from any thread."""
        if self._input is not None:
            self._input.redraw()

    def note(self, sentence: str) -> None:
        """Say something above the prompt. May be called from any thread."""
        if self._input is None:
            self._complain(sentence)
        else:
            self._input.notify(sentence)

    def run(self, context: Context, *, color: bool, vi: bool, debug: bool) -> None:
        """Greet, and serve entries until the user leaves."""
        entries: PlainInput | TerminalInput
        if self._view.plain or not self.on_terminal:
            prompt = "> " if self.on_terminal else ""
            entries = PlainInput(self._stdin, self._stdout, self._environ, prompt, context.engine.start)
        else:
            entries = self._input = self._terminal_input(context, color=color, vi=vi)
        draft = ""
        if self.on_terminal:
            self._greet(context)
            draft = self._report_resumed(context)
        app.run(context, entries, self._view, debug=debug, draft=draft)
        path = context.session.transcript.path
        if self.on_terminal and context.session.conversation.answers and path is not None:
            self._print(_("Saved in {path}").format(path=path))  # not wrapped, so that it can be copied

    def _print(self, line: str) -> None:
        print(show(line), file=self._stdout, flush=True)

    def _terminal_input(self, context: Context, *, color: bool, vi: bool) -> TerminalInput:
        toolbar = Toolbar(context, self.redraw)
        return TerminalInput(
            self._stdin,
            self._stdout,
            self._environ,
            history=self._history(context),
            is_private=lambda: context.open_library is None or not context.session.logging,
            complete=lambda line: complete(context, line),
            toolbar=toolbar.text,
            on_change=toolbar.update,
            on_first_prompt=context.engine.start,
            note=self._view.note,
            keys={key: _key_action(context, self._view, line) for key, line in KEYS.items()},
            color=color,
            vi=vi,
        )

    def _history(self, context: Context) -> InputHistory | None:
        """The input history. With --no-log the file may be missing, and its folder is not created."""
        recorded = context.open_library is not None
        try:
            folder = state_folder(self._environ)
            return InputHistory((make_private_folder(folder) if recorded else folder) / "history.jsonl")
        except StorageError:
            if recorded:
                raise
            return None

    def _greet(self, context: Context) -> None:
        """Print a few lines about model and help, without rich, which would have to be imported first."""
        source = context.engine.source
        checkpoint = preflight(source.folder, source.adapter)
        size = _("{count} parameters, {size}").format(
            count=format_parameters(checkpoint.parameters), size=format_bytes(checkpoint.weight_bytes)
        )
        lines = [f"flanchat {__version__} · {source.name} · {size}"]
        if source.origin == "bundled":
            lines += [
                _("This is a demo model, made for flanchat: it can do its exercises and little else."),
                _("For the real one, downloaded the first time: flanchat -m google/flan-t5-small"),
            ]
        if context.session.transcript.path is None:
            lines.append(_("Nothing is recorded (--no-log)."))
        lines.append(_("/help lists the commands, /profiles the prompt profiles. Ctrl-D leaves."))
        width = terminal_size(self._stdout, self._environ)[0] if self._stdout.isatty() and not self._view.plain else 0
        for line in lines:
            for row in wrap_line(line, width) if width > 20 else [line]:
                self._print(row)

    def _report_resumed(self, context: Context) -> str:
        """Say where a resumed session stands; return its last question if that has no answer, as a draft."""
        session = context.session
        path = session.transcript.path
        if context.open_library is None or path is None or not path.exists():
            if session.name:
                self._print(_("New session {name}.").format(name=session.name))
            return ""
        record = context.open_library().read(path)
        self._print(resumed_summary(session, record))
        return record.pending_question


def _key_action(context: Context, view: View, line: str) -> Callable[[str], None]:
    """What a function key does: run a command on the draft or, if it takes none, as it is written in KEYS."""

    def act(draft: str) -> None:
        call = parse_line(line)
        assert isinstance(call, Call)
        about_draft = call.command.name == "prompt" and draft.strip() and not draft.startswith("/")
        if about_draft and context.engine.status != "ready":  # it would block, and no other key would be handled
            view.note(not_ready(context.engine.status))
            return
        try:
            shown = call.command.run(context, draft if about_draft else call.arguments)
            if isinstance(shown, DRAWABLE):
                view.show(shown)
        except FlanchatError as error:
            view.error(error.message)

    return act
