"""The terminal: prints lines, notes, errors, tables and growing text; wraps rich, which is imported when first needed.

Long lines are left to the terminal to break, so that what is copied has no line end of ours and a resized window breaks
them anew. Only the cells of a table and our own sentences, such as notes and errors, are broken here.

`write_text`, `print_message` and `open_console` are the only ways from flanchat to a stream (tests/test_rules.py): each
masks control and invisible characters, whoever calls it. Callers mask before that only where the width matters.
`mask_stream` is for libraries, which write to sys.stdout and sys.stderr: click, warnings, logging, tracebacks.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, TextIO, cast

from flanchat.base.i18n import _, cell_width, is_translated, line_breaks, wrap_line
from flanchat.base.sanitize import printable
from flanchat.ui import styles

if TYPE_CHECKING:
    from rich.console import Console
    from rich.segment import Segment
    from rich.status import Status
    from rich.text import Text

    from flanchat.ui.types import Painted, Table

_COLUMN_CELLS = 14  # that a column of a table needs to be readable


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
        self._print((text, style))

    def error(self, message: str) -> None:
        """Print an error, marked by a word as well as by colour."""
        if self.send_message is not None:
            self.send_message(message)
        else:
            word = _("error: ")
            lines = self._broken(word + message)
            self._print((word, styles.ERROR), (lines.removeprefix(word), ""))

    def entry(self, text: str) -> None:
        """Print what was sent, as it stood at the prompt."""
        self._print(("> ", styles.MARK), (text.replace("\n", "\n  "), styles.QUESTION))

    def gap(self) -> None:
        """Print the space between two things that are shown; none where there is nobody to see it."""
        if self._stdout.isatty():
            self.write("\n")

    def _broken(self, message: str) -> str:
        """A message broken between its words; as it is where that would cut a path or an address in two."""
        width = self.console.width
        if self.plain or not self.console.is_terminal or any(cell_width(word) > width for word in message.split()):
            return message
        return "\n".join(part for line in printable(message).split("\n") for part in wrap_line(line, width))

    def _print(self, *parts: tuple[str, str]) -> None:
        """Print a line of texts and their styles."""
        from rich.segment import Segment, Segments

        # not as a Text, which would turn tabs into blanks
        self.console.print(
            Segments([*(Segment(text, self.console.get_style(style)) for text, style in parts), Segment.line()])
        )

    def note(self, message: str) -> None:
        """Print a secondary line of what is shown."""
        self.print(self._broken(message), styles.NOTE)

    def message(self, message: str) -> None:
        """Print a line about the work, which is no part of what was asked for: a timing, a warning, a state."""
        (self.send_message or self.note)(message)

    def hint(self, message: str) -> None:
        """Print an explanation of what is shown: once per session, afterwards /help has it."""
        if message and message not in self._hinted:
            self._hinted.add(message)
            self.message(message)

    def table(self, table: Table) -> None:
        """Print a table; in a window that is too narrow for its columns, the cells of a row below one another."""
        if self.console.width < _COLUMN_CELLS * len(table.columns):
            self._stacked(table)
        else:
            self._columns(table)
        if table.note:
            self.note(table.note)
        self.hint(table.hint)

    def _stacked(self, table: Table) -> None:
        if table.title:
            self.print(table.title, styles.TITLE)
        for number, row in enumerate(table.rows):
            self._print((str(row[0]).strip(), _label_style(table, number)))
            for column, cell in zip(table.columns[1:], row[1:], strict=True):
                if str(cell):
                    self._print((f"  {column}: " if column else "  ", ""), *_parts(cell))

    def _columns(self, table: Table) -> None:
        from rich.cells import cell_len
        from rich.table import Table as RichTable
        from rich.text import Text

        cell_text = _chinese_text() if is_translated() else Text
        width = self.console.width
        labels = [printable(str(row[0])) for row in table.rows]
        widest = max(map(cell_len, labels), default=0)
        longest_word = max((cell_len(word) for label in labels for word in label.split()), default=0)
        fits = widest <= width // 2
        room = width // 2 if fits else max(width // 3, longest_word)  # the usage of a command may be long
        drawn = RichTable(
            title=Text(printable(table.title), style=styles.TITLE) if table.title else None,
            title_justify="left",
            box=None,
            header_style=styles.HEAD,
            show_header=any(table.columns),
            padding=(0, 2, 0, 0),
            pad_edge=False,
        )
        for at, column in enumerate(table.columns):
            drawn.add_column(
                Text(printable(column)),
                no_wrap=(at == 0 and fits) or any(not isinstance(row[at], str) for row in table.rows),  # a bar
                max_width=room if at == 0 else None,
                overflow="fold",
            )
        for number, row in enumerate(table.rows):
            cells = (cell_text.assemble(*_masked(_parts(cell))) for cell in row[1:])
            label = _parts(row[0], _label_style(table, number))
            if not fits:
                label = tuple((_hanging(text, room), style) for text, style in label)
            first = cell_text.assemble(*_masked(label))
            drawn.add_row(first, *cells)
        self.console.print(drawn)

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


def _parts(cell: str | Painted, style: str = "") -> tuple[tuple[str, str], ...]:
    """The texts of a cell with their styles. style: of a cell without any."""
    return ((cell, style),) if isinstance(cell, str) else cell.parts


def _hanging(text: str, width: int) -> str:
    """A label broken at a width, its further lines indented."""
    indent = " " * (len(text) - len(text.lstrip()) + 2)
    first, *rest = wrap_line(text, width)
    return "\n".join([first, *(indent + line for line in wrap_line(" ".join(rest), width - len(indent)) if line)])


def _masked(parts: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    return ((printable(text), style) for text, style in parts)


def _label_style(table: Table, row: int) -> str:
    return styles.LABEL if table.marked is None or row in table.marked else ""


@cache
def _chinese_text() -> type[Text]:
    """rich's Text, which wraps at spaces only, as a class that also wraps between Chinese characters."""
    from rich.containers import Lines
    from rich.text import Text

    class ChineseText(Text):
        def wrap(self, console: Console, width: int, *, no_wrap: bool | None = None, **how: Any) -> Lines:
            if no_wrap:
                return super().wrap(console, width, no_wrap=no_wrap, **how)
            lines = Lines()
            for line in self.split(allow_blank=True):
                for part in line.divide(line_breaks(line.plain, width)):
                    part.rstrip()
                    lines.append(part)
            return lines

    return ChineseText


def in_line(text: str) -> str:
    """A text within a line: safe to print, with signs for its line breaks and tabs."""
    return printable(text.replace("\r\n", "\n").replace("\n", "↵").replace("\t", "→"))


def token_name(text: str, token_id: int) -> str:
    """A token within a line: quoted where its spaces would not show, as #ID when it has no text."""
    shown = in_line(text)
    if not shown:
        return f"#{token_id}"
    return shown.strip(" ") or f'"{shown}"'


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
    for line in message.rstrip("\n").split("\n"):
        try:
            write_text(stderr, f"flanchat: {line}\n")
        except OSError:  # the reader is gone
            return


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
