"""Input at a terminal: an editable prompt with history, completion and a toolbar, made with prompt_toolkit."""

from __future__ import annotations

import asyncio
import queue
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import Any, TextIO

from prompt_toolkit import PromptSession
from prompt_toolkit.application import get_app, run_in_terminal
from prompt_toolkit.auto_suggest import ThreadedAutoSuggest
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.enums import DEFAULT_BUFFER, EditingMode
from prompt_toolkit.filters import Condition, has_focus, vi_navigation_mode
from prompt_toolkit.history import History
from prompt_toolkit.key_binding import KeyBindings
from prompt_toolkit.layout.controls import BufferControl
from prompt_toolkit.layout.screen import Char
from prompt_toolkit.output import ColorDepth, create_output
from prompt_toolkit.styles import Style

from flanchat.base.errors import UsageError
from flanchat.base.format import clipped
from flanchat.base.i18n import _
from flanchat.base.sanitize import printable
from flanchat.base.signals import TERMINATION_SIGNALS, Terminated, unwind_on_termination
from flanchat.repl import clipboard
from flanchat.repl.commands.arguments import Offered
from flanchat.repl.editor import edit_text
from flanchat.repl.input import YES, no_echo
from flanchat.repl.long_entries import CheapSuggestions, Keyboard, Undrawn, shortened
from flanchat.sessions.input_history import InputHistory
from flanchat.ui.styles import PROMPT_STYLES

_MEANING_CELLS = 100  # of the menu's descriptions; it cuts them further where the window is narrow


class _Notation(dict[str, str]):
    """prompt_toolkit's notation of control characters, with ours for all others that cannot be seen."""

    def __contains__(self, character: object) -> bool:
        return super().__contains__(character) or printable(str(character)) != character

    def __missing__(self, character: str) -> str:
        return printable(character)


Char.display_mappings = _Notation(Char.display_mappings)  # of every character it draws: entry, completions, toolbar


class TerminalInput:
    """An editable prompt with history, completion and a toolbar.

    history: entries to recall; new ones are added while `is_private` returns False. complete: words that can replace
    the last one of a line that starts with a slash. suggestion: what Tab puts into an empty entry, or "". toolbar: its
    text. on_change: called with the entry at every change. on_first_prompt: called once, after the first prompt is
    drawn. note: prints a line. echo: prints an entry that was sent. keys: functions for further keys, called with the
    entry; their output appears above the prompt. vi: start with vi keys.
    """

    def __init__(
        self,
        stdin: TextIO,
        stdout: TextIO,
        environ: Mapping[str, str],
        *,
        history: InputHistory | None,
        is_private: Callable[[], bool] = lambda: False,
        complete: Callable[[str], list[str]],
        suggestion: Callable[[], str] = lambda: "",
        toolbar: Callable[[], str],
        on_change: Callable[[str], None],
        on_first_prompt: Callable[[], None],
        note: Callable[[str], None],
        echo: Callable[[str], None],
        keys: Mapping[str, Callable[[str], None]],
        color: bool,
        vi: bool = False,
    ) -> None:
        self.can_confirm = True
        self._stdin, self._environ = stdin, environ
        self._input, self._output = Keyboard(stdin), create_output(stdout)
        self._on_first_prompt, self._on_change, self._note, self._echo = on_first_prompt, on_change, note, echo
        self._notifications: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._suggestion = suggestion
        self._is_multiline = False  # Enter adds a line instead of sending
        self._session: PromptSession[str] = PromptSession(
            history=_History(history, note, self.notify, is_private),
            auto_suggest=ThreadedAutoSuggest(CheapSuggestions()),
            completer=_Completer(complete),
            complete_while_typing=False,
            complete_in_thread=True,
            enable_history_search=True,
            multiline=True,
            prompt_continuation="  ",
            key_bindings=self._bindings(keys),
            bottom_toolbar=lambda: self._with_modes(toolbar()),
            enable_suspend=True,
            editing_mode=EditingMode.VI if vi else EditingMode.EMACS,
            style=Style.from_dict(PROMPT_STYLES),
            color_depth=None if color else ColorDepth.MONOCHROME,
            input=self._input,
            output=self._output,
        )
        _leave_costly_lines_undrawn(self._session)
        self._session.app.after_render += self._after_render
        self._session.default_buffer.on_text_changed += lambda buffer: self._on_change(buffer.text)

    def read(self, draft: str = "") -> str:
        self._print_notifications()
        self._on_change(draft)
        try:
            text = self._session.prompt([("class:prompt", "> ")], default=draft, pre_run=self._exit_on_signals)
            self._session.app.erase_when_done = False
            self._echo(shortened(text))
            return text
        except KeyboardInterrupt:
            if not self._session.default_buffer.text:
                raise
            return ""
        finally:
            unwind_on_termination()  # asyncio has restored the default handlers

    def confirm(self, question: str) -> bool:
        asking: PromptSession[str] = PromptSession(input=self._input, output=self._output)
        _leave_costly_lines_undrawn(asking)
        try:
            return asking.prompt(f"{question} [y/N] ").strip().lower() in YES
        except (KeyboardInterrupt, EOFError):
            return False
        finally:
            unwind_on_termination()

    def copy(self, text: str) -> str:
        output = self._session.app.output

        def write(sequence: str) -> None:
            output.write_raw(sequence)
            output.flush()

        return clipboard.copy(text, self._environ, terminal=write)

    def _with_modes(self, text: str) -> str:
        modes = [_("multi-line: Alt-Enter sends")] if self._is_multiline else []
        modes += ["vi"] if self._session.editing_mode.value == "VI" else []
        columns = self._output.get_size().columns
        return "\n".join(f" {clipped(line, columns - 1)}" for line in " · ".join([*modes, text]).split("\n"))

    def redraw(self) -> None:
        """Draw the prompt again, if there is one. May be called from any thread."""
        self._in_loop(self._session.app.invalidate)

    def notify(self, message: str) -> None:
        """Print a line above the prompt, or before the next one. May be called from any thread."""
        self._notifications.put(message)
        self._in_loop(run_in_terminal, self._print_notifications)

    def _in_loop(self, call: Callable[..., object], *arguments: object) -> None:
        """Call a function of prompt_toolkit in the prompt's event loop: it has none that is safe in another thread."""
        if (loop := self._session.app.loop) is not None:
            with suppress(RuntimeError):  # the prompt has ended since; the next one is drawn, and notes print, anyway
                loop.call_soon_threadsafe(call, *arguments)

    def _print_notifications(self) -> None:
        with no_echo(self._stdin), suppress(queue.Empty):
            while True:
                self._note(self._notifications.get_nowait())

    def _after_render(self, _: Any) -> None:
        on_first_prompt, self._on_first_prompt = self._on_first_prompt, lambda: None
        on_first_prompt()

    def _exit_on_signals(self) -> None:
        """Let signals that end the program leave through the prompt's event loop, which restores the terminal."""
        app = self._session.app
        loop = asyncio.get_running_loop()

        def leave(number: int) -> None:
            if app.is_running:
                app.exit(exception=Terminated(number))

        for number in TERMINATION_SIGNALS:
            loop.add_signal_handler(number, leave, number)

    def _bindings(self, keys: Mapping[str, Callable[[str], None]]) -> KeyBindings:
        """Enter sends, Alt-Enter and Ctrl-J add a line; F3 swaps the two. Enter on a completion accepts it."""
        bindings = KeyBindings()
        editing = has_focus(DEFAULT_BUFFER)  # False while Ctrl-R searches
        completing = Condition(
            lambda: (
                (state := get_app().current_buffer.complete_state) is not None and state.current_completion is not None
            )
        )

        def send(event: Any) -> None:
            event.app.erase_when_done = True  # prompt_toolkit breaks lines itself; _echo leaves that to the terminal
            event.current_buffer.validate_and_handle()

        @bindings.add("enter", filter=editing & completing)
        def _(event: Any) -> None:
            event.current_buffer.complete_state = None

        @bindings.add("enter", filter=editing & ~completing)
        def _(event: Any) -> None:
            # a command is one line; Enter sends it in multi-line input too, so that /exit always works
            command = event.current_buffer.text.startswith("/") and "\n" not in event.current_buffer.text
            if self._is_multiline and not command:
                event.current_buffer.insert_text("\n")
            else:
                send(event)

        @bindings.add("escape", "enter", filter=editing)
        def _(event: Any) -> None:
            if self._is_multiline:
                send(event)
            else:
                event.current_buffer.insert_text("\n")

        @bindings.add("c-j", filter=editing)
        def _(event: Any) -> None:
            event.current_buffer.insert_text("\n")

        @bindings.add("c-g", filter=editing)
        @bindings.add("v", filter=editing & vi_navigation_mode)
        @bindings.add("c-x", "c-e", filter=editing)  # prompt_toolkit's own binding sends the text when the editor ends
        def _(event: Any) -> None:
            buffer = event.current_buffer

            def edit() -> None:
                try:
                    text = edit_text(buffer.text, self._environ)
                except UsageError as error:
                    self._note(error.message)
                else:
                    buffer.document = Document(text, len(text))

            run_in_terminal(edit)

        @bindings.add("c-i", filter=editing & Condition(lambda: not get_app().current_buffer.text.startswith("/")))
        def _(event: Any) -> None:
            buffer = event.current_buffer  # only commands are completed; a pasted text keeps its tabs
            buffer.insert_text("\t" if buffer.text else self._suggestion() or "\t")

        @bindings.add("f3")
        def _(event: Any) -> None:
            self._is_multiline = not self._is_multiline

        @bindings.add("f4")
        def _(event: Any) -> None:
            vi = event.app.editing_mode == EditingMode.VI
            event.app.editing_mode = EditingMode.EMACS if vi else EditingMode.VI

        def print_above(run: Callable[[str], None]) -> Callable[[Any], None]:
            def on_key(event: Any) -> None:
                def print_result() -> None:
                    with no_echo(self._stdin):  # run_in_terminal puts the terminal into cooked mode, which echoes
                        run(event.current_buffer.text)

                run_in_terminal(print_result)

            return on_key

        for key, run in keys.items():
            bindings.add(key)(print_above(run))
        return bindings


def _leave_costly_lines_undrawn(session: PromptSession[str]) -> None:
    """Draw costly lines as their number of characters, in the entry and in the field of Ctrl-R."""
    for control in session.layout.find_all_controls():
        if isinstance(control, BufferControl):
            control.input_processors = [Undrawn(), *(control.input_processors or ())]


class _Completer(Completer):
    """Completes commands. complete: as for TerminalInput."""

    def __init__(self, complete: Callable[[str], list[str]]) -> None:
        self._complete = complete

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        line = document.text_before_cursor
        if line.startswith("/") and not line.startswith("//") and "\n" not in document.text:
            start = -len(line) if " " not in line else -len(line.rpartition(" ")[2])
            for word in self._complete(line):
                meaning = printable(word.meaning) if isinstance(word, Offered) else ""
                yield Completion(word, start, display_meta=clipped(meaning, _MEANING_CELLS))


class _History(History):
    """The input history in its file, if there is one. notify: prints a line while a prompt is drawn."""

    def __init__(
        self,
        file: InputHistory | None,
        note: Callable[[str], None],
        notify: Callable[[str], None],
        is_private: Callable[[], bool],
    ) -> None:
        super().__init__()
        self._file, self._note, self._notify, self._is_private = file, note, notify, is_private

    def load_history_strings(self) -> Iterable[str]:
        if self._file is None:
            return ()
        entries = self._file.load()
        if self._file.problem:
            self._notify(self._file.problem)
        return reversed(entries)

    def store_string(self, string: str) -> None:
        if self._file is not None and not self._is_private() and (problem := self._file.append(string)):
            self._note(problem)
