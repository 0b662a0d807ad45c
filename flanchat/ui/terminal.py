"""The terminal: prints lines, notes, errors, tables and growing text; wraps rich, which is imported when first needed.

Long lines are left to the terminal to break, so that what is copied has no line end of ours and a resized window breaks
them anew. Only the cells of a table and our own sentences, such as notes and errors, are broken here.

`write_text`, `print_message` and `open_console` are the only ways from flanchat to a stream (tests/test_rules.py): each
masks control and invisible characters, whoever calls it. Callers mask before that only where the width matters.
`mask_stream` is for libraries, which write to sys.stdout and sys.stderr: click, warnings, logging, tracebacks.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any, TextIO, cast

from flanchat.base.i18n import _, line_breaks, widest_unit
from flanchat.base.sanitize import printable
from flanchat.ui import styles

if TYPE_CHECKING:
    from rich.console import Console
    from rich.segment import Segment
    from rich.status import Status
    from rich.text import Text

    from flanchat.ui.types import Table


class Terminal:
    """A terminal to print on.

    plain: no colour, no cursor movement, no rewriting; for pipes, screen readers and dumb terminals.
    send_message: where errors, timings and notes go instead of this terminal; None keeps them here.
    """

    def __init__(self, stdout: TextIO, environ: Mapping[str, str], *, plain: bool = False, color: bool = True) -> None:
        self._stdout, self._environ = stdout, environ
        self.plain = plain
        self._color = color and not plain
        self._hinted: set[str] = set()
        self.send_message: Callable[[str], None] | None = None

    @cached_property
    def console(self) -> Console:
        """The rich console, made on first use: importing rich earlier would delay the first prompt."""
        return open_console(
            self._stdout,
            self._environ,
            color=self._color,
            force_terminal=False if self.plain else None,
            soft_wrap=True,
        )

    def print(self, text: str, style: str = "") -> None:
        """Print a text that is not ours, such as a prompt or a file, whose lines the terminal breaks."""
        self._print((text, style))

    def say(self, *parts: tuple[str, str], indent: int = 0, width: int | None = None) -> None:
        """Print a sentence or a line of ours: texts, each with its style, broken between words.

        width: None stands for the window's; then nothing is broken where there is none.
        """
        if width is None:
            width = 0 if self.plain else window_width(self._stdout, self._environ)
        self._print(*broken([(printable(text), style) for text, style in parts], width, indent))

    def error(self, message: str) -> None:
        """Print an error, marked by a word as well as by colour."""
        if self.send_message is not None:
            self.send_message(message)
        else:
            self.say((_("error: "), styles.ERROR), (message, ""))

    def entry(self, text: str) -> None:
        """Print what was sent, as it stood at the prompt."""
        self._print(("> ", styles.MARK), (text.replace("\n", "\n  "), styles.QUESTION))

    def gap(self) -> None:
        """Print the space between two things that are shown; none where there is nobody to see it."""
        if self._stdout.isatty():
            self.write("\n")

    def _print(self, *parts: tuple[str, str]) -> None:
        """Print a line of texts and their styles."""
        from rich.segment import Segment, Segments

        # not as a Text, which would turn tabs into blanks
        self.console.print(
            Segments([*(Segment(text, self.console.get_style(style)) for text, style in parts), Segment.line()])
        )

    def note(self, message: str) -> None:
        """Print a secondary line of what is shown."""
        self.say((message, styles.NOTE))

    def message(self, message: str) -> None:
        """Print a line about the work, which is no part of what was asked for: a timing, a warning, a state."""
        (self.send_message or self.note)(message)

    def hint(self, message: str) -> None:
        """Print an explanation of what is shown: once per session, afterwards /help has it."""
        if message and message not in self._hinted:
            self._hinted.add(message)
            self.message(message)

    def table(self, table: Table) -> None:
        """Print a table with its note and hint."""
        from flanchat.ui.columns import below_one_another, columns

        if table.title:
            self.say((table.title, styles.TITLE))
        width = self.console.width
        if (drawn := columns(table, width)) is not None:
            self.console.print(drawn)
        else:
            for indent, line in below_one_another(table, width):
                self.say(*line, indent=indent, width=width)
        if table.note:
            self.note(table.note)
        self.hint(table.hint)

    def write(self, text: str) -> None:
        if text:
            write_text(self._stdout, text)

    def flush(self) -> None:
        """Write what is left to write. Raises OSError when that is impossible: an earlier failure has kept the text."""
        self._stdout.flush()


class Spinner:
    """A spinner with a status line, which is read again at every frame; nothing on a plain terminal."""

    def __init__(self, terminal: Terminal, status: Callable[[], str]) -> None:
        self._terminal, self._status = terminal, status
        self._drawn: Status | None = None

    def __enter__(self) -> Spinner:
        self.start()
        return self

    def start(self) -> None:
        """Begin to draw, if there is a status now and nothing is drawn yet."""
        if self._drawn is None and not self._terminal.plain and self._terminal.console.is_terminal and self._status():
            from rich.status import Status

            self._drawn = Status(self, console=self._terminal.console)
            self._drawn.start()

    def __rich__(self) -> Text:
        from rich.text import Text

        return Text(printable(self._status()), style=styles.NOTE)

    def stop(self) -> None:
        if self._drawn is not None:
            self._drawn.stop()
            self._drawn = None

    def __exit__(self, *_: object) -> None:
        self.stop()


def in_line(text: str) -> str:
    """A text within a line: safe to print, with signs for its line breaks and tabs."""
    return printable(text.replace("\r\n", "\n").replace("\n", "↵").replace("\t", "→"))


def token_name(text: str, token_id: int) -> str:
    """A token within a line: quoted where its spaces would not show, as #ID when it has no text."""
    shown = in_line(text)
    if not shown:
        return f"#{token_id}"
    return shown.strip(" ") or f'"{shown}"'


def broken(parts: Sequence[tuple[str, str]], width: int, indent: int = 0) -> Iterator[tuple[str, str]]:
    """Texts, each with its style, as lines of a width in cells, broken between words and between Chinese characters.

    A line with a path or an address that is wider than the window is left to the terminal, as all lines are without a
    width: it can be copied whole. indent: blanks before every line.
    """
    whole = "".join(text for text, __ in parts)
    blanks, at = " " * indent, 0
    for number, line in enumerate(whole.split("\n")):
        fits = width > indent and widest_unit(line) <= width - indent
        cuts = [0, *(line_breaks(line, width - indent) if fits else ()), len(line)]
        for begin, end in pairwise(cuts):
            shown = line[begin:end].rstrip() if end < len(line) else line[begin:end]
            yield ("\n" if number or begin else "") + blanks, ""
            yield from _between(parts, at + begin, at + begin + len(shown))
        at += len(line) + 1


def wrapped(text: str, width: int) -> str:
    """A text of ours, broken as `broken` does."""
    return "".join(part for part, __ in broken([(printable(text), "")], width))


def _between(parts: Sequence[tuple[str, str]], begin: int, end: int) -> Iterator[tuple[str, str]]:
    """The characters from `begin` to `end` of texts that follow one another."""
    at = 0
    for text, style in parts:
        if piece := text[max(0, begin - at) : max(0, end - at)]:
            yield piece, style
        at += len(text)


def write_text(stream: TextIO, text: str) -> None:
    """Write a text, which may come from anywhere, to a stream that may be a terminal."""
    stream.write(printable(text))
    stream.flush()


def mask_stream(stream: TextIO) -> TextIO:
    """A stream that masks all text written to it, for libraries, which do not call `write_text`."""
    return cast(TextIO, _MaskingStream(stream))


class _MaskingStream:
    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        return self._stream.write(printable(text))

    def writelines(self, lines: Iterable[str]) -> None:
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        if name in ("buffer", "raw", "detach"):  # would bypass the mask
            raise AttributeError(name)
        return getattr(self._stream, name)


def open_console(stream: TextIO, environ: Mapping[str, str], *, color: bool, **how: Any) -> Console:
    """A rich console on a stream, whose only control sequences are rich's own. how: further arguments of Console."""
    return _console_class()(
        file=stream, _environ=environ, no_color=None if color else True, highlight=False, markup=False,
        emoji=False, **how,
    )  # fmt: skip


@cache
def _console_class() -> type[Console]:
    from rich.console import Console
    from rich.segment import Segment

    class MaskingConsole(Console):
        def render(self, *what: Any, **how: Any) -> Iterator[Segment]:
            for segment in super().render(*what, **how):
                yield segment if segment.control else Segment(printable(segment.text), segment.style)

        def on_broken_pipe(self) -> None:
            raise BrokenPipeError  # `main` has a status for it; rich would end the program with 1

    return MaskingConsole


def print_message(message: str, stderr: TextIO) -> None:
    """Print a message with the program's name before each line. Results go to standard output, messages to this."""
    width = window_width(stderr, {})
    for line in message.rstrip("\n").split("\n"):
        try:
            write_text(stderr, wrapped(f"flanchat: {line}", width) + "\n")
        except OSError:  # the reader is gone
            return


def window_width(stream: TextIO, environ: Mapping[str, str]) -> int:
    """The columns of the window that a stream is shown in; 0 if it is no terminal."""
    return terminal_size(stream, environ)[0] if stream.isatty() else 0


def terminal_size(stream: TextIO, environ: Mapping[str, str]) -> tuple[int, int]:
    """Columns and lines: from the environment, else of the terminal, else 80 and 24."""
    try:
        size = os.get_terminal_size(stream.fileno())
    except (OSError, ValueError):  # no terminal, or no file
        size = os.terminal_size((80, 24))
    asked = (environ.get(name, "") for name in ("COLUMNS", "LINES"))
    columns, lines = (int(word) if word.isdecimal() else 0 for word in asked)
    return columns or size.columns, lines or size.lines


def is_dumb(stream: TextIO, environ: Mapping[str, str]) -> bool:
    """Whether a stream is not a terminal that supports cursor movement."""
    return not stream.isatty() or environ.get("TERM", "") in ("dumb", "unknown", "")
