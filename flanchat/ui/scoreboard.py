"""What a sweep has come to, as a table and a chart on standard error. Knows figures; knows neither model nor file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TextIO

from flanchat.base.i18n import _
from flanchat.base.sanitize import show

_WIDTH = 40  # of a bar that is full
_LEAST = 10
_WIDE = 70  # columns of a terminal that has room for all figures


def draw(
    rows: Sequence[Mapping[str, Any]],
    stderr: TextIO,
    environ: Mapping[str, str],
    *,
    plain: bool = False,
    color: bool = True,
) -> None:
    """rows: of `cli.sweep`'s summary. plain: no lines, no colour and ASCII."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    scored = any(row["scored"] for row in rows)
    console = Console(
        file=stderr,
        _environ=environ,
        no_color=None if color else True,
        width=None if stderr.isatty() else 120,
        force_terminal=False if plain else None,
    )
    names = [show(" ".join(filter(None, (row["profile"], row["settings"])))) for row in rows]
    wide = console.width >= _WIDE
    table = Table(box=None, pad_edge=False, header_style="" if plain else "bold")
    table.add_column(_("profile and settings"), overflow="fold")
    numbers = [_("answers")]
    numbers += [_("correct"), _("exact"), "F1"] if scored else []
    for name in [*numbers, _("tokens"), _("log-prob")] if wide else numbers:
        table.add_column(name, justify="right", no_wrap=True)
    for name, row in zip(names, rows, strict=True):
        cells = [str(row["answers"])]
        cells += [percent(row[figure]) for figure in ("accuracy", "exact", "f1")] if scored else []
        cells += [_number(row["new_tokens"], 1), _number(row["mean_lp"], 3)] if wide else []
        table.add_row(Text(name), *cells)
    console.print(table)
    if not scored:
        return
    full, part = ("#", "-") if plain else ("█", "▒")
    width = max(_LEAST, min(_WIDTH, console.width // 2))
    chart = Table(box=None, pad_edge=False, show_header=False)
    chart.add_column(overflow="fold")
    chart.add_column(no_wrap=True)
    for name, row in zip(names, rows, strict=True):
        solid, whole = (round(width * (row[figure] or 0.0)) for figure in ("exact", "f1"))
        chart.add_row(Text(name), Text(full * solid + part * max(0, whole - solid)))
    console.print()
    console.print(chart)
    console.print(
        Text(_("{full} exact match, {part} more by F1; the whole width is 100 %").format(full=full, part=part))
    )


def percent(share: float | None) -> str:
    """A share for a reader.

    >>> percent(0.625), percent(None)
    ('62.5 %', '-')
    """
    return "-" if share is None else f"{100 * share:.1f} %"


def _number(value: float | None, digits: int) -> str:
    return "-" if value is None else f"{value:.{digits}f}"
