"""A terminal to print on: lines, notes, errors, tables, text as it comes, a waiting status.

Foreign text (answers, files, errors) goes through `sanitize.show` and rich's `Text`, never as markup.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, TextIO

from flanchat.base.i18n import _, is_translated, line_breaks
from flanchat.base.sanitize import show
from flanchat.ui.types import Table

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

_COLUMN = 14  # cells that a column of a table needs to be readable


class Terminal:
    """A terminal to print on.

    plain: no colour, no cursor movement, no rewriting; for pipes, screen readers and dumb terminals.
    """

    def __init__(self, stdout: TextIO, environ: Mapping[str, str], *, plain: bool = False, color: bool = True) -> None:
        self._stdout, self._environ = stdout, environ
        self.plain = plain
        self._color = color and not plain
        self._made: Console | None = None

    @property
    def console(self) -> Console:
        """The rich console, made when it is first needed: importing rich takes time that the first prompt has not."""
        if self._made is None:
            from rich.console import Console

            self._made = Console(
                file=self._stdout,
                _environ=self._environ,
                no_color=None if self._color else True,
                force_terminal=False if self.plain else None,
                highlight=False,
                markup=False,
                emoji=False,
                soft_wrap=self.plain,
            )
        return self._made

    def say(self, text: str, style: str = "") -> None:

        self.console.print(_text_class()(show(text), style=style))

    def error(self, message: str) -> None:
        """One message, marked by a word as well as by colour."""

        self.console.print(_text_class().assemble((_("error: "), "bold red"), show(message)))

    def note(self, message: str) -> None:
        """A quiet line about something that the user may want to know."""
        self.say(message, "dim")

    def table(self, table: Table) -> None:
        """Print a table; where the window is too narrow for its columns, each row's cells below one another."""
        if self.console.width < _COLUMN * len(table.columns):
            self._records(table)
        else:
            self._grid(table)
        if table.note:
            self.note(table.note)

    def _records(self, table: Table) -> None:
        if table.title:
            self.say(table.title, "bold")
        for row in table.rows:
            self.say(row[0], "bold")
            for column, cell in zip(table.columns[1:], row[1:], strict=True):
                if cell:
                    self.say(f"  {column}: {cell}" if column else f"  {cell}")

    def _grid(self, table: Table) -> None:
        from rich import box
        from rich.cells import cell_len
        from rich.table import Table as RichTable
        from rich.text import Text

        names = max((cell_len(show(row[0])) for row in table.rows), default=0)
        made = RichTable(
            title=Text(show(table.title), style="bold") if table.title else None,
            title_justify="left",
            box=None if self.plain else box.SIMPLE_HEAD,
            show_header=any(table.columns),
            pad_edge=False,
        )
        for at, column in enumerate(table.columns):
            made.add_column(Text(column), no_wrap=at == 0 and names <= self.console.width // 2, overflow="fold")
        for row in table.rows:
            made.add_row(*(_text_class()(show(cell), style="bold" if at == 0 else "") for at, cell in enumerate(row)))
        self.console.print(made)

    def write(self, text: str) -> None:
        if text:
            self.console.file.write(text)
            self.console.file.flush()


class Wrapper:
    """Breaks a growing text between words at a width. Wide characters count twice.

    A run of blanks stays as it is or becomes one line end. A word wider than a line is left to the terminal to break,
    so that it can be copied whole.

    >>> wrapper = Wrapper(11)
    >>> wrapper.feed("one two th") + wrapper.feed("ree four") + wrapper.rest()
    'one two\\nthree four'
    """

    def __init__(self, width: float) -> None:
        self._width = width
        self._column = 0  # cells that the present line has
        self._blanks = ""  # since the last word; not printed before it is known that the next one fits beside them
        self._word: list[str] = []
        self._cells = 0

    def feed(self, text: str) -> str:
        """Take more text; return what can be printed. The last word is held back until it is whole."""
        return "".join(self._take(character) for character in text)

    def rest(self) -> str:
        return self._place()

    def _take(self, character: str) -> str:
        from rich.cells import cell_len

        if character == " ":
            out = self._place()
            self._blanks += " "
            return out
        if character == "\n":
            out = self._place() + "\n"
            self._column, self._blanks = 0, ""
            return out
        self._word.append(character)
        self._cells += cell_len(character)
        return self._place() if self._cells >= self._width else ""

    def _place(self) -> str:
        if not self._word:
            return ""
        if self._blanks and self._column + len(self._blanks) + self._cells > self._width:
            gap, self._column = "\n", 0
        else:
            gap, self._column = self._blanks, self._column + len(self._blanks)
        out = gap + "".join(self._word)
        self._column += self._cells
        self._blanks, self._word, self._cells = "", [], 0
        return out


class Waiting:
    """A spinner with words that are read anew at every frame; nothing on a plain terminal."""

    def __init__(self, terminal: Terminal, words: Callable[[], str]) -> None:
        self._terminal, self._words = terminal, words
        self._status: object | None = None

    def __enter__(self) -> Waiting:
        if not self._terminal.plain and self._terminal.console.is_terminal and self._words():
            from rich.status import Status

            self._status = Status(self, console=self._terminal.console)
            self._status.start()
        return self

    def __rich__(self) -> Text:
        from rich.text import Text

        return Text(show(self._words()), style="dim")

    def end(self) -> None:
        if self._status is not None:
            self._status.stop()  # type: ignore[attr-defined]
            self._status = None

    def __exit__(self, *_: object) -> None:
        self.end()


def _text_class() -> type[Text]:
    """rich's text, which is broken at blanks; for Chinese one that is also broken between characters."""
    from rich.text import Text

    return _chinese_text() if is_translated() else Text


@cache
def _chinese_text() -> type[Text]:
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


def terminal_size(stream: TextIO, environ: Mapping[str, str]) -> tuple[int, int]:
    """Columns and lines: of the environment, else of the terminal, else 80 and 24."""
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
