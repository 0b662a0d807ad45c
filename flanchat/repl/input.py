"""Input: an editable prompt, or plain lines on a pipe or dumb terminal. The only user of prompt_toolkit."""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from typing import TYPE_CHECKING, Any, Protocol, TextIO

from flanchat.base.i18n import _
from flanchat.base.sanitize import show
from flanchat.base.signals import (
    TERMINATION_SIGNALS,
    Terminated,
    ignore_interrupts,
    raise_on_interrupt,
    unwind_on_termination,
)
from flanchat.repl import clipboard
from flanchat.sessions.input_history import InputHistory

if TYPE_CHECKING:
    from prompt_toolkit import PromptSession
    from prompt_toolkit.key_binding import KeyBindings

_LONGEST_REDRAWN = 20_000  # characters; prompt_toolkit draws an entry once more when it is sent, which takes time
_SHOWN_OF_LONGER = 200
_YES = ("y", "yes", "是")


class InputSource(Protocol):
    """A source of entries. can_confirm: whether a user can be asked questions."""

    can_confirm: bool

    def read(self, draft: str = "") -> str:
        """Read the next entry, which starts as `draft`; Ctrl-C in it returns "".

        Raises KeyboardInterrupt for Ctrl-C on an empty line, EOFError at the end.
        """
        ...

    def confirm(self, question: str) -> bool:
        """Ask a yes-or-no question; any answer but yes is no."""
        ...

    def copy(self, text: str) -> str:
        """Copy a text to the clipboard and return a sentence about it."""
        ...

    def no_echo(self) -> AbstractContextManager[None]:
        """Keys pressed inside are not echoed; the next `read` receives them."""
        ...

    def redraw(self) -> None:
        """Draw the toolbar again. May be called from any thread."""
        ...


@contextmanager
def no_echo(stdin: TextIO) -> Iterator[None]:
    """Keys pressed inside are not echoed; the terminal keeps them for the next read."""
    import termios

    try:
        before = termios.tcgetattr(stdin)
    except termios.error:  # the terminal is gone
        yield
        return
    quiet = list(before)
    quiet[0] &= ~termios.ICRNL  # would turn Enter into Ctrl-J, which adds a line instead of sending
    quiet[3] &= ~(termios.ECHO | termios.ICANON)
    quiet[3] |= termios.NOFLSH  # without it Ctrl-C discards pending output and type-ahead
    termios.tcsetattr(stdin, termios.TCSANOW, quiet)
    try:
        yield
    finally:
        with suppress(termios.error):
            termios.tcsetattr(stdin, termios.TCSANOW, before)


class PlainInput:
    """One entry per line of standard input.

    prompt: written before each entry; "" on a pipe. on_first_prompt: called once, after the first prompt.
    """

    def __init__(
        self,
        stdin: TextIO,
        stdout: TextIO,
        environ: Mapping[str, str],
        prompt: str,
        on_first_prompt: Callable[[], None],
    ) -> None:
        self._stdin, self._stdout, self._environ = stdin, stdout, environ
        self._prompt, self._on_first_prompt = prompt, on_first_prompt
        self.can_confirm = bool(prompt)

    def read(self, draft: str = "") -> str:
        """Read a line. A draft is only printed, since a plain line cannot be prefilled."""
        if draft and self._prompt:
            print(show(draft), file=self._stdout)
        return self._line(self._prompt)

    def confirm(self, question: str) -> bool:
        return self._line(f"{question} [y/N] ").strip().lower() in _YES

    def copy(self, text: str) -> str:
        return clipboard.copy(text, self._environ)

    def _line(self, prompt: str) -> str:
        line = ""
        try:
            with raise_on_interrupt():  # before the prompt is visible, so that no Ctrl-C at it is lost
                if self._prompt:
                    self._stdout.write(prompt)
                    self._stdout.flush()
                with ignore_interrupts():
                    on_first_prompt, self._on_first_prompt = self._on_first_prompt, lambda: None
                    on_first_prompt()
                line = self._stdin.readline()
        finally:
            if self._prompt and not line:  # after Ctrl-C and Ctrl-D the cursor still stands behind the prompt
                print(file=self._stdout, flush=True)
        if not line:
            raise EOFError
        return line.rstrip("\n")

    def no_echo(self) -> AbstractContextManager[None]:
        return nullcontext()

    def redraw(self) -> None:
        pass


class TerminalInput:
    """An editable prompt with history, completion and a toolbar.

    history: entries to recall; new ones are added while `is_private` returns False. complete: words that can replace
    the last one of a line that starts with a slash. toolbar: its text. on_change: called with the entry at every
    change. on_first_prompt: called once, after the first prompt is drawn. note: prints a line. keys: functions for
    further keys, called with the entry; their output appears above the prompt. vi: start with vi keys.
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
        toolbar: Callable[[], str],
        on_change: Callable[[str], None],
        on_first_prompt: Callable[[], None],
        note: Callable[[str], None],
        keys: Mapping[str, Callable[[str], None]],
        color: bool,
        vi: bool = False,
    ) -> None:
        from prompt_toolkit import PromptSession
        from prompt_toolkit.auto_suggest import AutoSuggestFromHistory, ThreadedAutoSuggest
        from prompt_toolkit.enums import EditingMode
        from prompt_toolkit.input import create_input
        from prompt_toolkit.output import ColorDepth, create_output
        from prompt_toolkit.styles import Style

        self.can_confirm = True
        self._stdin, self._stdout, self._environ = stdin, stdout, environ
        self._input, self._output = create_input(stdin), create_output(stdout)
        self._on_first_prompt, self._on_change, self._note = on_first_prompt, on_change, note
        self._notifications: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._multiline = _Multiline()
        self._session: PromptSession[str] = PromptSession(
            history=_history(history, note, is_private),
            auto_suggest=ThreadedAutoSuggest(AutoSuggestFromHistory()),
            completer=_completer(complete),
            complete_while_typing=False,
            complete_in_thread=True,
            enable_history_search=True,
            multiline=True,
            prompt_continuation="  ",
            key_bindings=_bindings(self._multiline, keys, self.no_echo),
            bottom_toolbar=lambda: self._with_modes(toolbar()),
            enable_open_in_editor=True,
            enable_suspend=True,
            editing_mode=EditingMode.VI if vi else EditingMode.EMACS,
            style=Style.from_dict({"bottom-toolbar": "noreverse dim", "prompt": "bold"}),
            color_depth=None if color else ColorDepth.MONOCHROME,
            input=self._input,
            output=self._output,
        )
        self._session.app.after_render += self._after_render
        self._session.default_buffer.on_text_changed += lambda buffer: self._on_change(buffer.text)

    def read(self, draft: str = "") -> str:
        self._print_notifications()
        self._on_change(draft)
        try:
            text = self._session.prompt([("class:prompt", "> ")], default=draft, pre_run=self._exit_on_signals)
            return self._abbreviate(text)
        except KeyboardInterrupt:
            if not self._session.default_buffer.text:
                raise
            return ""
        finally:
            unwind_on_termination()  # asyncio has restored the default handlers

    def _abbreviate(self, text: str) -> str:
        """Print the beginning of an entry that was too long to be drawn again."""
        if self._session.app.erase_when_done:
            self._session.app.erase_when_done = False
            shortened = _("> {begin}... ({count} characters)").format(begin=text[:_SHOWN_OF_LONGER], count=len(text))
            print(show(shortened), file=self._stdout, flush=True)
        return text

    def confirm(self, question: str) -> bool:
        from prompt_toolkit import PromptSession

        asking: PromptSession[str] = PromptSession(input=self._input, output=self._output)
        try:
            return asking.prompt(f"{show(question)} [y/N] ").strip().lower() in _YES
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
        modes = [_("multi-line: Alt-Enter sends")] if self._multiline.on else []
        modes += ["vi"] if self._session.editing_mode.value == "VI" else []
        return " " + show(" · ".join([*modes, text]))

    def no_echo(self) -> AbstractContextManager[None]:
        return no_echo(self._stdin)

    def redraw(self) -> None:
        self._session.app.invalidate()

    def notify(self, message: str) -> None:
        """Print a line above the prompt, or before the next one. May be called from any thread."""
        from prompt_toolkit.application import run_in_terminal

        self._notifications.put(message)
        if (loop := self._session.app.loop) is not None:
            with suppress(RuntimeError):  # the prompt ended in between; the next one prints it
                loop.call_soon_threadsafe(run_in_terminal, self._print_notifications)

    def _print_notifications(self) -> None:
        with self.no_echo(), suppress(queue.Empty):
            while True:
                self._note(self._notifications.get_nowait())

    def _after_render(self, _: Any) -> None:
        on_first_prompt, self._on_first_prompt = self._on_first_prompt, lambda: None
        on_first_prompt()

    def _exit_on_signals(self) -> None:
        """Let signals that end the program leave through the prompt's event loop, which restores the terminal."""
        import asyncio

        app = self._session.app
        loop = asyncio.get_running_loop()

        def leave(number: int) -> None:
            if app.is_running:
                app.exit(exception=Terminated(number))

        for number in TERMINATION_SIGNALS:
            loop.add_signal_handler(number, leave, number)


class _Multiline:
    """Whether Enter adds a line instead of sending."""

    on = False


def _bindings(
    multiline: _Multiline,
    keys: Mapping[str, Callable[[str], None]],
    no_echo: Callable[[], AbstractContextManager[None]],
) -> KeyBindings:
    """Enter sends, Alt-Enter and Ctrl-J add a line; F3 swaps the two. Enter on a completion accepts it."""
    from prompt_toolkit.application import get_app, run_in_terminal
    from prompt_toolkit.enums import DEFAULT_BUFFER, EditingMode
    from prompt_toolkit.filters import Condition, has_focus
    from prompt_toolkit.key_binding import KeyBindings

    bindings = KeyBindings()
    editing = has_focus(DEFAULT_BUFFER)  # False while Ctrl-R searches
    completing = Condition(
        lambda: (state := get_app().current_buffer.complete_state) is not None and state.current_completion is not None
    )

    def send(event: Any) -> None:
        event.app.erase_when_done = len(event.current_buffer.text) > _LONGEST_REDRAWN
        event.current_buffer.validate_and_handle()

    @bindings.add("enter", filter=editing & completing)
    def _(event: Any) -> None:
        event.current_buffer.complete_state = None

    @bindings.add("enter", filter=editing & ~completing)
    def _(event: Any) -> None:
        # a command is one line; Enter sends it in multi-line input too, so that /exit always works
        command = event.current_buffer.text.startswith("/") and "\n" not in event.current_buffer.text
        if multiline.on and not command:
            event.current_buffer.insert_text("\n")
        else:
            send(event)

    @bindings.add("escape", "enter", filter=editing)
    def _(event: Any) -> None:
        if multiline.on:
            send(event)
        else:
            event.current_buffer.insert_text("\n")

    @bindings.add("c-j", filter=editing)
    def _(event: Any) -> None:
        event.current_buffer.insert_text("\n")

    @bindings.add("c-g", filter=editing)
    @bindings.add("c-x", "c-e", filter=editing)  # prompt_toolkit's own binding sends the text when the editor ends
    def _(event: Any) -> None:
        event.current_buffer.open_in_editor()

    @bindings.add("f3")
    def _(event: Any) -> None:
        multiline.on = not multiline.on

    @bindings.add("f4")
    def _(event: Any) -> None:
        vi = event.app.editing_mode == EditingMode.VI
        event.app.editing_mode = EditingMode.EMACS if vi else EditingMode.VI

    def print_above(run: Callable[[str], None]) -> Callable[[Any], None]:
        def on_key(event: Any) -> None:
            def print_result() -> None:
                with no_echo():  # run_in_terminal puts the terminal into cooked mode, which echoes
                    run(event.current_buffer.text)

            run_in_terminal(print_result)

        return on_key

    for key, run in keys.items():
        bindings.add(key)(print_above(run))
    return bindings


def _completer(complete: Callable[[str], list[str]]) -> Any:
    from prompt_toolkit.completion import Completer, Completion
    from prompt_toolkit.document import Document

    class SlashCompleter(Completer):
        def get_completions(self, document: Document, _: Any) -> Iterable[Completion]:
            line = document.text_before_cursor
            if line.startswith("/") and not line.startswith("//") and "\n" not in document.text:
                start = -len(line) if " " not in line else -len(line.rpartition(" ")[2])
                for word in complete(line):
                    yield Completion(word, start, display=show(word))

    return SlashCompleter()


def _history(history: InputHistory | None, note: Callable[[str], None], is_private: Callable[[], bool]) -> Any:
    """The input history as a prompt_toolkit History."""
    from prompt_toolkit.history import History

    class FileHistory(History):
        def load_history_strings(self) -> Iterable[str]:
            return reversed(history.load()) if history is not None else ()

        def store_string(self, string: str) -> None:
            if history is not None and not is_private() and (problem := history.append(string)):
                note(problem)

    return FileHistory()
