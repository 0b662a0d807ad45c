"""Reading what the user types. Alone in knowing prompt_toolkit, which is not loaded on a pipe or a dumb terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from typing import TYPE_CHECKING, Any, Protocol

from flanchat.history import InputHistory
from flanchat.interrupts import ENDING, Terminated, end_gracefully, interruptible
from flanchat.terminal import show

if TYPE_CHECKING:
    from prompt_toolkit import PromptSession
    from prompt_toolkit.key_binding import KeyBindings


class Lines(Protocol):
    """Where entries come from."""

    def read(self) -> str:
        """The next entry; "" when Ctrl-C threw it away. Raises KeyboardInterrupt for Ctrl-C on an empty line, EOFError
        at the end.
        """
        ...

    def typed_ahead(self) -> AbstractContextManager[None]:
        """What is typed inside while nothing is read does not show; it waits for the next `read`."""
        ...

    def redraw(self) -> None:
        """Something in the tool bar has changed. May be called from any thread."""
        ...


class PlainLines:
    """One entry per line of standard input. prompt: written before each, when a person is typing."""

    def __init__(self, prompt: str, drawn: Callable[[], None]) -> None:
        self._prompt, self._drawn = prompt, drawn

    def read(self) -> str:
        if self._prompt:
            sys.stdout.write(self._prompt)
            sys.stdout.flush()
        self._drawn()
        line = ""
        try:
            with interruptible():
                line = sys.stdin.readline()
        finally:
            if self._prompt and not line:  # Ctrl-C and Ctrl-D leave the cursor behind the prompt
                print(flush=True)
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
    toolbar: what the bar below says now. drawn: called once, after the first prompt is on the screen.
    history: recalled; added to unless `forgetful`.
    """

    def __init__(
        self,
        *,
        history: InputHistory | None,
        forgetful: bool = False,
        complete: Callable[[str], list[str]],
        toolbar: Callable[[], str],
        drawn: Callable[[], None],
        note: Callable[[str], None],
        color: bool,
    ) -> None:
        from prompt_toolkit import PromptSession
        from prompt_toolkit.auto_suggest import AutoSuggestFromHistory
        from prompt_toolkit.output import ColorDepth
        from prompt_toolkit.styles import Style

        self._drawn = drawn
        self._session: PromptSession[str] = PromptSession(
            history=_adapt(history, note, forgetful),
            auto_suggest=AutoSuggestFromHistory(),
            completer=_completer(complete),
            complete_while_typing=False,
            multiline=True,
            prompt_continuation="  ",
            key_bindings=_bindings(),
            bottom_toolbar=lambda: " " + show(toolbar()),
            enable_open_in_editor=True,
            enable_suspend=True,
            style=Style.from_dict({"bottom-toolbar": "noreverse dim", "prompt": "bold"}),
            color_depth=None if color else ColorDepth.MONOCHROME,
        )
        self._session.app.after_render += self._after_render

    def read(self) -> str:
        try:
            return self._session.prompt([("class:prompt", "> ")], pre_run=self._take_signals)
        except KeyboardInterrupt:
            if not self._session.default_buffer.text:
                raise
            return ""
        finally:
            end_gracefully()  # asyncio put the default handlers back

    @contextmanager
    def typed_ahead(self) -> Iterator[None]:
        import termios

        try:
            before = termios.tcgetattr(sys.stdin)
        except termios.error:  # the terminal has gone away
            yield
            return
        silent = list(before)
        silent[0] &= ~termios.ICRNL  # Enter stays Enter, it would be Ctrl-J otherwise
        silent[3] &= ~(termios.ECHO | termios.ICANON)
        termios.tcsetattr(sys.stdin, termios.TCSANOW, silent)
        try:
            yield
        finally:
            with suppress(termios.error):
                termios.tcsetattr(sys.stdin, termios.TCSANOW, before)

    def redraw(self) -> None:
        self._session.app.invalidate()

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

        for number in ENDING:
            loop.add_signal_handler(number, leave, number)


def _bindings() -> KeyBindings:
    """Enter sends, Alt-Enter and Ctrl-J add a line; Enter on a chosen completion takes it."""
    from prompt_toolkit.application import get_app
    from prompt_toolkit.filters import Condition
    from prompt_toolkit.key_binding import KeyBindings

    bindings = KeyBindings()
    choosing = Condition(
        lambda: (state := get_app().current_buffer.complete_state) is not None and state.current_completion is not None
    )

    @bindings.add("enter", filter=choosing)
    def _(event: Any) -> None:
        event.current_buffer.complete_state = None

    @bindings.add("enter", filter=~choosing)
    def _(event: Any) -> None:
        event.current_buffer.validate_and_handle()

    @bindings.add("escape", "enter")
    @bindings.add("c-j")
    def _(event: Any) -> None:
        event.current_buffer.insert_text("\n")

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


def _adapt(history: InputHistory | None, note: Callable[[str], None], forgetful: bool) -> Any:
    """Our history file as prompt_toolkit wants it."""
    from prompt_toolkit.history import History

    class FileHistory(History):
        def load_history_strings(self) -> Iterable[str]:
            return reversed(history.load()) if history is not None else ()

        def store_string(self, string: str) -> None:
            if history is not None and not forgetful and (problem := history.append(string)):
                note(problem)

    return FileHistory()
