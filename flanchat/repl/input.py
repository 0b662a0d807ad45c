"""Reading what the user types. Alone in knowing prompt_toolkit, which is not loaded on a pipe or a dumb terminal."""

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

_SHOWN = 200  # characters of an entry that is too long to be drawn again
_DRAWN = 20_000  # longest entry that stays on the screen as it was typed
_YES = ("y", "yes", "是")


class Lines(Protocol):
    """Where entries come from.

    can_confirm: whether a person is there to be asked.
    """

    can_confirm: bool

    def read(self, draft: str = "") -> str:
        """The next entry, which begins as `draft`; "" when Ctrl-C threw it away. Raises KeyboardInterrupt for Ctrl-C on
        an empty line, EOFError at the end.
        """
        ...

    def confirm(self, question: str) -> bool:
        """Ask for a yes or no; everything but a yes is a no."""
        ...

    def copy(self, text: str) -> str:
        """Put a text on the clipboard; say how that went."""
        ...

    def typed_ahead(self) -> AbstractContextManager[None]:
        """What is typed inside while nothing is read does not show; it waits for the next `read`."""
        ...

    def redraw(self) -> None:
        """Something in the tool bar has changed. May be called from any thread."""
        ...


@contextmanager
def typed_ahead(stdin: TextIO) -> Iterator[None]:
    """What is typed inside while nothing is read does not show; it waits for the next `read`, Enter as Enter."""
    import termios

    try:
        before = termios.tcgetattr(stdin)
    except termios.error:  # the terminal has gone away
        yield
        return
    silent = list(before)
    silent[0] &= ~termios.ICRNL  # Enter stays Enter, it would be Ctrl-J otherwise
    silent[3] &= ~(termios.ECHO | termios.ICANON)
    silent[3] |= termios.NOFLSH  # else a Ctrl-C throws away what was just printed, with what was typed
    termios.tcsetattr(stdin, termios.TCSANOW, silent)
    try:
        yield
    finally:
        with suppress(termios.error):
            termios.tcsetattr(stdin, termios.TCSANOW, before)


class PlainLines:
    """One entry per line of standard input.

    prompt: written before each, when a person is typing. drawn: called once, after the first prompt.
    """

    def __init__(
        self, stdin: TextIO, stdout: TextIO, environ: Mapping[str, str], prompt: str, drawn: Callable[[], None]
    ) -> None:
        self._stdin, self._stdout, self._environ = stdin, stdout, environ
        self._prompt, self._drawn = prompt, drawn
        self.can_confirm = bool(prompt)

    def read(self, draft: str = "") -> str:
        """A draft is printed, for it cannot be put into the line; what is typed is the whole entry."""
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
            with raise_on_interrupt():  # from before the prompt is seen, so that no Ctrl-C at it is lost
                if self._prompt:
                    self._stdout.write(prompt)
                    self._stdout.flush()
                with ignore_interrupts():
                    drawn, self._drawn = self._drawn, lambda: None
                    drawn()
                line = self._stdin.readline()
        finally:
            if self._prompt and not line:  # Ctrl-C and Ctrl-D leave the cursor behind the prompt
                print(file=self._stdout, flush=True)
        if not line:
            raise EOFError
        return line.rstrip("\n")

    def typed_ahead(self) -> AbstractContextManager[None]:
        return nullcontext()

    def redraw(self) -> None:
        pass


class TerminalLines:
    """An editable prompt with history, completion and a tool bar.

    complete: the words that may take the place of the last one, for a line that starts with a slash.
    toolbar: what the bar below says now. typed: told the entry at every change. drawn: called once, after the first
    prompt is on the screen. keys: what further keys do with the entry so far, above the prompt.
    history: recalled; added to unless `forgetful` says yes. vi: begin with vi's keys in place of those of emacs.
    """

    def __init__(
        self,
        stdin: TextIO,
        stdout: TextIO,
        environ: Mapping[str, str],
        *,
        history: InputHistory | None,
        forgetful: Callable[[], bool] = lambda: False,
        complete: Callable[[str], list[str]],
        toolbar: Callable[[], str],
        typed: Callable[[str], None],
        drawn: Callable[[], None],
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
        self._drawn, self._typed, self._note = drawn, typed, note
        self._untold: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._many = _Many()
        self._session: PromptSession[str] = PromptSession(
            history=_adapt(history, note, forgetful),
            auto_suggest=ThreadedAutoSuggest(AutoSuggestFromHistory()),
            completer=_completer(complete),
            complete_while_typing=False,
            complete_in_thread=True,
            enable_history_search=True,
            multiline=True,
            prompt_continuation="  ",
            key_bindings=_bindings(self._many, keys, self.typed_ahead),
            bottom_toolbar=lambda: self._bar(toolbar()),
            enable_open_in_editor=True,
            enable_suspend=True,
            editing_mode=EditingMode.VI if vi else EditingMode.EMACS,
            style=Style.from_dict({"bottom-toolbar": "noreverse dim", "prompt": "bold"}),
            color_depth=None if color else ColorDepth.MONOCHROME,
            input=self._input,
            output=self._output,
        )
        self._session.app.after_render += self._after_render
        self._session.default_buffer.on_text_changed += lambda buffer: self._typed(buffer.text)

    def read(self, draft: str = "") -> str:
        self._tell()
        self._typed(draft)
        try:
            text = self._session.prompt([("class:prompt", "> ")], default=draft, pre_run=self._take_signals)
            return self._shorten(text)
        except KeyboardInterrupt:
            if not self._session.default_buffer.text:
                raise
            return ""
        finally:
            unwind_on_termination()  # asyncio put the default handlers back

    def _shorten(self, text: str) -> str:
        """Say what was sent in place of thousands of lines that would be drawn once more."""
        if self._session.app.erase_when_done:
            self._session.app.erase_when_done = False
            shortened = _("> {begin}... ({count} characters)").format(begin=text[:_SHOWN], count=len(text))
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

    def _bar(self, words: str) -> str:
        modes = [_("many lines: Alt-Enter sends")] if self._many else []
        modes += ["vi"] if self._session.editing_mode.value == "VI" else []
        return " " + show(" · ".join([*modes, words]))

    def typed_ahead(self) -> AbstractContextManager[None]:
        return typed_ahead(self._stdin)

    def redraw(self) -> None:
        self._session.app.invalidate()

    def tell(self, sentence: str) -> None:
        """Say something above the prompt; when there is none, before the next one. May be called from any thread."""
        from prompt_toolkit.application import run_in_terminal

        self._untold.put(sentence)
        if (loop := self._session.app.loop) is not None:
            with suppress(RuntimeError):  # the prompt is over
                loop.call_soon_threadsafe(run_in_terminal, self._tell)

    def _tell(self) -> None:
        with self.typed_ahead(), suppress(queue.Empty):
            while True:
                self._note(self._untold.get_nowait())

    def _after_render(self, _: Any) -> None:
        drawn, self._drawn = self._drawn, lambda: None
        drawn()

    def _take_signals(self) -> None:
        """While the prompt runs, a signal must leave through its event loop, which puts the terminal right again."""
        import asyncio

        app = self._session.app
        loop = asyncio.get_running_loop()

        def leave(number: int) -> None:
            if app.is_running:
                app.exit(exception=Terminated(number))

        for number in TERMINATION_SIGNALS:
            loop.add_signal_handler(number, leave, number)


class _Many:
    """Whether Enter adds a line instead of sending."""

    on = False

    def __bool__(self) -> bool:
        return self.on


def _bindings(
    many: _Many,
    keys: Mapping[str, Callable[[str], None]],
    silent: Callable[[], AbstractContextManager[None]],
) -> KeyBindings:
    """Enter sends, Alt-Enter and Ctrl-J add a line (the other way round after F3); Enter on a completion takes it."""
    from prompt_toolkit.application import get_app, run_in_terminal
    from prompt_toolkit.enums import DEFAULT_BUFFER, EditingMode
    from prompt_toolkit.filters import Condition, has_focus
    from prompt_toolkit.key_binding import KeyBindings

    bindings = KeyBindings()
    editing = has_focus(DEFAULT_BUFFER)  # not searching
    choosing = Condition(
        lambda: (state := get_app().current_buffer.complete_state) is not None and state.current_completion is not None
    )

    def send(event: Any) -> None:
        event.app.erase_when_done = len(event.current_buffer.text) > _DRAWN
        event.current_buffer.validate_and_handle()

    @bindings.add("enter", filter=editing & choosing)
    def _(event: Any) -> None:
        event.current_buffer.complete_state = None

    @bindings.add("enter", filter=editing & ~choosing)
    def _(event: Any) -> None:
        # a command is one line, and the way back must not be hidden behind another key
        command = event.current_buffer.text.startswith("/") and "\n" not in event.current_buffer.text
        if many and not command:
            event.current_buffer.insert_text("\n")
        else:
            send(event)

    @bindings.add("escape", "enter", filter=editing)
    def _(event: Any) -> None:
        if many:
            send(event)
        else:
            event.current_buffer.insert_text("\n")

    @bindings.add("c-j", filter=editing)
    def _(event: Any) -> None:
        event.current_buffer.insert_text("\n")

    @bindings.add("c-g", filter=editing)
    @bindings.add("c-x", "c-e", filter=editing)  # which would send what was written
    def _(event: Any) -> None:
        event.current_buffer.open_in_editor()

    @bindings.add("f3")
    def _(event: Any) -> None:
        many.on = not many.on

    @bindings.add("f4")
    def _(event: Any) -> None:
        vi = event.app.editing_mode == EditingMode.VI
        event.app.editing_mode = EditingMode.EMACS if vi else EditingMode.VI

    def show_above(act: Callable[[str], None]) -> Callable[[Any], None]:
        def pressed(event: Any) -> None:
            def shown() -> None:
                with silent():  # prompt_toolkit lets the terminal echo and edit meanwhile
                    act(event.current_buffer.text)

            run_in_terminal(shown)

        return pressed

    for key, act in keys.items():
        bindings.add(key)(show_above(act))
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


def _adapt(history: InputHistory | None, note: Callable[[str], None], forgetful: Callable[[], bool]) -> Any:
    """Our history file as prompt_toolkit wants it."""
    from prompt_toolkit.history import History

    class FileHistory(History):
        def load_history_strings(self) -> Iterable[str]:
            return reversed(history.load()) if history is not None else ()

        def store_string(self, string: str) -> None:
            if history is not None and not forgetful() and (problem := history.append(string)):
                note(problem)

    return FileHistory()
