"""Starts the REPL on a terminal or a pipe: input, function keys, greeting, and the path of the session at the end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, TextIO

from flanchat import __version__
from flanchat.base.errors import StorageError
from flanchat.base.format import explain, format_bytes, format_parameters, not_ready
from flanchat.base.i18n import _, join_sentences
from flanchat.base.paths import local_program, make_private_folder, state_folder
from flanchat.engine.checkpoint.validate import preflight
from flanchat.repl import app
from flanchat.repl.commands.completion import complete
from flanchat.repl.commands.sessions import resumed_summary
from flanchat.repl.commands.table import Call, parse_line
from flanchat.repl.context import Context
from flanchat.repl.example_prompts import suggestions
from flanchat.repl.input import PlainInput, no_echo
from flanchat.repl.toolbar import Toolbar
from flanchat.sessions.input_history import InputHistory
from flanchat.ui.results import View
from flanchat.ui.terminal import window_width, wrapped, write_text
from flanchat.ui.types import DRAWABLE

if TYPE_CHECKING:
    from flanchat.repl.terminal_input import TerminalInput

KEYS = {"f2": "/show settings", "f5": "/prompt", "f6": "/probs"}
"""Function keys that print the output of a command above the prompt."""


class Repl:
    """The REPL on these streams. It exists before the session is opened, which reports to it.

    complain: prints a message on standard error, for the time before there is a prompt.
    """

    def __init__(
        self, stdin: TextIO, stdout: TextIO, environ: Mapping[str, str], view: View, complain: Callable[[str], None]
    ) -> None:
        self._stdin, self._stdout, self._environ = stdin, stdout, environ
        self._view, self._complain = view, complain
        self._input: TerminalInput | None = None
        self._toolbar: Toolbar | None = None
        self.on_terminal = stdin.isatty()

    def keep_type_ahead(self) -> AbstractContextManager[None]:
        """Keys pressed inside are not echoed; the first entry starts with them."""
        return no_echo(self._stdin) if self.on_terminal and not self._view.plain else nullcontext()

    def redraw(self, status: str = "") -> None:
        """Draw the toolbar again, for a new status of the model. May be called from any thread."""
        if self._toolbar is not None:
            self._toolbar.measure_again()
        self._redraw()

    def _redraw(self) -> None:
        if self._input is not None:
            self._input.redraw()

    def note(self, message: str) -> None:
        """Print a line above the prompt. May be called from any thread."""
        if self._input is None:
            self._complain(message)
        else:
            self._input.notify(message)

    def run(self, context: Context, *, color: bool, vi: bool, debug: bool) -> int:
        """Print the greeting and run entries until the user leaves; return the exit status, at a terminal always 0."""
        entries: PlainInput | TerminalInput
        if self._view.plain or not self.on_terminal:
            prompt = "> " if self.on_terminal else ""
            entries = lines = PlainInput(self._stdin, self._stdout, self._environ, prompt, context.engine.start)
            if not self.on_terminal:

                def send(message: str) -> None:
                    self._complain(_("line {number}: {message}").format(number=lines.number, message=message))

                self._view.send_message = send
        else:
            entries = self._input = self._terminal_input(context, color=color, vi=vi)
        draft = ""
        if self.on_terminal:
            self._greet(context)
            draft = self._report_resumed(context)
            self._view.gap()
        status = app.run(context, entries, self._view, debug=debug, draft=draft)
        path = context.session.transcript.path
        if self.on_terminal and context.session.conversation.answers and path is not None:
            self._print(_("Saved in {path}").format(path=path))
        return 0 if self.on_terminal else status

    def _print(self, line: str) -> None:
        width = 0 if self._view.plain else window_width(self._stdout, self._environ)
        write_text(self._stdout, wrapped(line, width) + "\n")  # not by rich: its import would delay the first prompt

    def _terminal_input(self, context: Context, *, color: bool, vi: bool) -> TerminalInput:
        from flanchat.repl.terminal_input import TerminalInput  # needed at a terminal only

        toolbar = self._toolbar = Toolbar(context, self._redraw)
        return TerminalInput(
            self._stdin,
            self._stdout,
            self._environ,
            history=self._history(context),
            is_private=lambda: context.open_library is None or not context.session.logging,
            complete=lambda line: complete(context, line),
            suggestion=lambda: next(iter(_suggestions(context)), ""),
            toolbar=toolbar.text,
            on_change=toolbar.update,
            on_first_prompt=context.engine.start,
            note=self._view.note,
            echo=self._view.entry,
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
        """Print the first screen, six lines at most: the model, what it is, prompts to try, and one hint."""
        source, profile = context.engine.source, context.session.profile
        checkpoint = preflight(source.folder, source.adapter)
        size = _("{count} parameters, {size}").format(
            count=format_parameters(checkpoint.parameters), size=format_bytes(checkpoint.weight_bytes)
        )
        parts = [f"flanchat {__version__}", source.name, size]
        if context.session.transcript.path is None:
            parts.append(_("nothing is recorded"))
        lines = [" · ".join(parts)]
        if source.origin == "bundled":
            lines.append(_("A demo model for exercises like these; /model flan-t5-small loads the real one."))
        if profile.name != "plain":
            lines.append(
                _("Profile {name}: {description}").format(name=profile.name, description=_(profile.description))
            )
        lines += [f"  {prompt}" for prompt in _suggestions(context)]
        hint = [_("Tab types the first one.")] if self._input is not None and _suggestions(context) else []
        hint.append(_("/help start is a first minute."))
        command = local_program(self._environ)
        hint.append(_("Next time: {command}").format(command=command) if command else _("Ctrl-D leaves."))
        lines.append(join_sentences(*hint))
        for line in lines:
            self._print(line)

    def _report_resumed(self, context: Context) -> str:
        """Print a summary of a resumed session; return its last question, as a draft, if that has no answer."""
        session, record = context.session, context.resumed
        if record is None:
            if session.name:
                self._print(_("New session {name}.").format(name=session.name))
            return ""
        self._print(resumed_summary(session, record))
        return record.pending_question


def _suggestions(context: Context) -> tuple[str, ...]:
    """Prompts to try, until something was asked."""
    session = context.session
    is_new = session.profile.name == "plain" and not session.conversation.answers
    return suggestions(context.engine.source) if is_new else ()


def _key_action(context: Context, view: View, line: str) -> Callable[[str], None]:
    """A function that runs a line of KEYS; /prompt shows the draft, if there is one."""

    def on_key(draft: str) -> None:
        call = parse_line(line)
        assert isinstance(call, Call)
        about_draft = call.command.name == "prompt" and draft.strip() and not draft.startswith("/")
        if about_draft and context.engine.status != "ready":  # the tokenizer would block every other key
            view.note(not_ready(context.engine.status))
            return
        try:
            shown = call.command.run(context, draft if about_draft else call.arguments)
            if isinstance(shown, DRAWABLE):
                view.show(shown)
        except Exception as error:  # a key must not end the prompt
            view.error(explain(error))

    return on_key
