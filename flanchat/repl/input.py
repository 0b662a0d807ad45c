"""Entries for the REPL: what a source of them is, and one that reads plain lines from a pipe or dumb terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Protocol, TextIO

from flanchat.base.signals import ignore_interrupts, raise_on_interrupt
from flanchat.base.text import MARK
from flanchat.repl import clipboard
from flanchat.ui.terminal import write_text

YES = ("y", "yes", "是")


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

    prompt: written before each entry; "" on a pipe. on_first_prompt: called once, after the first prompt. number: of
    the line that was read last, from 1.
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
        self.number = 0

    def read(self, draft: str = "") -> str:
        """Read a line. A draft is only printed, since a plain line cannot be prefilled."""
        if draft and self._prompt:
            write_text(self._stdout, f"{draft}\n")
        return self._line(self._prompt)

    def confirm(self, question: str) -> bool:
        return self._line(f"{question} [y/N] ").strip().lower() in YES

    def copy(self, text: str) -> str:
        return clipboard.copy(text, self._environ)

    def _line(self, prompt: str) -> str:
        line = ""
        try:
            with raise_on_interrupt():  # before the prompt is visible, so that no Ctrl-C at it is lost
                if self._prompt:
                    write_text(self._stdout, prompt)
                with ignore_interrupts():
                    on_first_prompt, self._on_first_prompt = self._on_first_prompt, lambda: None
                    on_first_prompt()
                line = self._stdin.readline()
        finally:
            if self._prompt and not line:  # after Ctrl-C and Ctrl-D the cursor still stands behind the prompt
                write_text(self._stdout, "\n")
        if not line:
            raise EOFError
        self.number += 1
        return (line.removeprefix(MARK) if self.number == 1 else line).rstrip("\r\n")
