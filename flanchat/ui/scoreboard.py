"""The result of a sweep on standard error: a table of figures per profile and settings, and a bar chart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TextIO

from rich.table import Table
from rich.text import Text

from flanchat.base.format import NOTHING, format_percent
from flanchat.base.i18n import _
from flanchat.base.sanitize import printable
from flanchat.experiments.metrics import METRICS
from flanchat.ui.terminal import open_console

_MAX_BAR, _MIN_BAR = 40, 10  # cells
_ALL_FIGURES = 70  # cells that the table needs for all its columns


def draw(
    rows: Sequence[Mapping[str, Any]],
    stderr: TextIO,
    environ: Mapping[str, str],
    *,
    plain: bool = False,
    color: bool = True,
) -> None:
    """Print the rows of a sweep's summary. plain: ASCII without colour."""
    scored = any(row["scored"] for row in rows)
    console = open_console(
        stderr,
        environ,
        color=color,
        width=None if stderr.isatty() else 120,
        force_terminal=False if plain else None,
    )
    names = [printable(" ".join(filter(None, (row["profile"], row["settings"])))) for row in rows]
    is_wide = console.width >= _ALL_FIGURES
    table = Table(box=None, pad_edge=False, header_style="" if plain else "bold")
    table.add_column(_("profile and settings"), overflow="fold")
    columns = [_("answers")]
    columns += [_(metric.label) for metric in METRICS.values()] if scored else []
    for column in [*columns, _("tokens"), _("avg logprob")] if is_wide else columns:
        table.add_column(column, justify="right", no_wrap=True)
    for name, row in zip(names, rows, strict=True):
        cells = [str(row["answers"])]
        cells += [format_percent(row[metric.mean], 1) for metric in METRICS.values()] if scored else []
        cells += [_number(row["new_tokens"], 1), _number(row["mean_lp"], 3)] if is_wide else []
        table.add_row(Text(name), *cells)
    console.print(table)
    if not scored:
        return
    full, part = ("#", "-") if plain else ("█", "▒")
    width = max(_MIN_BAR, min(_MAX_BAR, console.width // 2))
    chart = Table(box=None, pad_edge=False, show_header=False)
    chart.add_column(overflow="fold")
    chart.add_column(no_wrap=True)
    for name, row in zip(names, rows, strict=True):
        exact, f1 = (round(width * (row[figure] or 0.0)) for figure in ("exact", "f1"))
        chart.add_row(Text(name), Text(full * exact + part * max(0, f1 - exact)))
    console.print()
    console.print(chart)
    console.print(Text(_("{full} exact match, {part} F1 above it; full width is 100%").format(full=full, part=part)))


def _number(value: float | None, digits: int) -> str:
    return NOTHING if value is None else f"{value:.{digits}f}"
