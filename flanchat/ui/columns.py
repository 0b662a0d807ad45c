"""Tables in a window: columns where they are wide enough to read, else the cells of a row below its label."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from rich.containers import Lines
from rich.measure import Measurement
from rich.table import Table as RichTable
from rich.text import Text

from flanchat.base.i18n import _, cell_width, line_breaks, widest_unit, wrap_line
from flanchat.base.sanitize import printable
from flanchat.ui import styles
from flanchat.ui.types import Painted, Table

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, JustifyMethod

_READABLE = 18  # cells of a column of sentences; narrower columns hold words and figures, which are not broken
_GAP = 2
_FIGURE = re.compile(r"[-+<≤]? ?\d[\d.,]*(e-?\d+)?%?")

Part = tuple[str, str]
"""A text and its style."""


class CellText(Text):
    """A cell's text. rich's own wraps at blanks only, this one between wide characters too, as all our sentences."""

    def wrap(
        self,
        console: Console,
        width: int,
        *,
        justify: JustifyMethod | None = None,
        no_wrap: bool | None = None,
        **how: Any,
    ) -> Lines:
        if no_wrap:
            return super().wrap(console, width, justify=justify, no_wrap=no_wrap, **how)
        lines = Lines()
        for line in self.split(allow_blank=True):
            for part in line.divide(line_breaks(line.plain, width)):
                part.rstrip()
                lines.append(part)
        lines.justify(console, width, justify=justify or "default", overflow="fold")
        return lines

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        return Measurement(widest_unit(self.plain), _natural([self.plain])).clamp(max_width=options.max_width)


def columns(table: Table, width: int) -> RichTable | None:
    """The rows of a table as columns; None where a window of this width has too little room for them."""
    rooms = _label_rooms([str(row[0]) for row in table.rows], width)
    return next((_columns(table, label) for label in rooms if _fits(table, width - label)), None)


def below_one_another(table: Table, width: int) -> Iterator[tuple[int, list[Part]]]:
    """Each label, and below it as many whole cells on a line as it has room for: lines with their indents."""
    for number, row in enumerate(table.rows):
        if str(row[0]).strip():
            yield 0, [(printable(str(row[0])).strip(), _label_style(table, number))]
        line: list[Part] = []
        for head, cell in zip(table.columns[1:], row[1:], strict=True):
            if not str(cell):
                continue
            parts = [(head and head + _(": "), ""), *_parts(cell)]
            if line and _cells(line) + _cells(parts) + 3 > width - _GAP:
                yield _GAP, line
                line = []
            line = [*line, (" · ", styles.NOTE), *parts] if line else parts
        if line:
            yield _GAP, line


def _label_rooms(labels: Sequence[str], width: int) -> Iterator[int]:
    """The cells that the first column may have, the best first: what the labels need, up to half of the window, or a
    third or a fifth of it, where they are broken between words."""
    widest = _natural(labels)
    longest_word = max((len(_hang(label)) + widest_unit(label) for label in labels), default=0)
    if widest <= width // 2:
        yield widest
    yield from (min(widest, max(width // parts, longest_word)) for parts in (3, 5))


def _fits(table: Table, width: int) -> bool:
    """Whether the columns after the first fit into a width, with enough room for those with sentences."""
    narrow, sentences = 0, 0
    for head, *cells in zip(table.columns[1:], *(row[1:] for row in table.rows), strict=True):
        natural = _natural([head, *map(str, cells)])
        is_sentence = natural > _READABLE and all(isinstance(cell, str) for cell in cells)
        sentences += is_sentence
        narrow += _GAP + (0 if is_sentence else natural)
    return narrow + sentences * _READABLE <= width or len(table.columns) == 1


def _columns(table: Table, label: int) -> RichTable:
    drawn = RichTable(
        box=None,
        header_style=styles.HEAD,
        show_header=any(table.columns),
        padding=(0, _GAP, 0, 0),
        pad_edge=False,
    )
    for at, head in enumerate(table.columns):
        cells = [row[at] for row in table.rows]
        drawn.add_column(
            CellText(printable(head)),
            justify="right" if at and _are_figures(cells) else "left",
            no_wrap=any(not isinstance(cell, str) for cell in cells),  # a bar
            width=max(label, cell_width(head)) if at == 0 and len(table.columns) > 1 else None,
            overflow="fold",
        )
    for number, row in enumerate(table.rows):
        first = [(_hanging(text, label), style) for text, style in _parts(row[0], _label_style(table, number))]
        drawn.add_row(*(CellText.assemble(*parts) for parts in (first, *map(_parts, row[1:]))))
    return drawn


def _are_figures(cells: Sequence[str | Painted]) -> bool:
    """Whether a column is read from the right: numbers, or nothing."""
    return any(map(str, cells)) and all(not str(cell) or _FIGURE.fullmatch(str(cell)) for cell in cells)


def _natural(texts: Sequence[str]) -> int:
    """The cells of the longest line."""
    return max((cell_width(printable(line)) for text in texts for line in text.split("\n")), default=0)


def _cells(parts: Sequence[Part]) -> int:
    return sum(cell_width(text) for text, __ in parts)


def _hang(label: str) -> str:
    """What stands before the further lines of a label."""
    return " " * (len(label) - len(label.lstrip()) + 2)


def _hanging(label: str, width: int) -> str:
    """A label broken at a width, its further lines indented."""
    first, *rest = wrap_line(label, width)
    indent = _hang(label)
    return "\n".join([first, *(indent + line for line in wrap_line(" ".join(rest), width - len(indent)) if line)])


def _parts(cell: str | Painted, style: str = "") -> tuple[Part, ...]:
    """The texts of a cell with their styles. style: of a cell without any."""
    parts = ((cell, style),) if isinstance(cell, str) else cell.parts
    return tuple((printable(text), own) for text, own in parts)


def _label_style(table: Table, row: int) -> str:
    return styles.LABEL if table.marked is None or row in table.marked else ""
