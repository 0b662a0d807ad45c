"""The result of a sweep on standard error: a table of figures per profile and settings, and a bar chart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TextIO

from rich.console import Console
from rich.table import Table
from rich.text import Text

from flanchat.base.format import NOTHING, clipped, format_percent
from flanchat.base.i18n import _, ngettext
from flanchat.base.sanitize import printable
from flanchat.experiments.arms import Arm
from flanchat.experiments.calibration import Calibration
from flanchat.experiments.labels import Confusion
from flanchat.experiments.metrics import METRICS
from flanchat.experiments.sweep_report import SweepReport, WrongAnswer
from flanchat.experiments.sweep_sentences import (
    MOST_LABELS,
    band_words,
    calibration_lines,
    confusion_rows,
    difference_line,
    group_cells,
    interval_words,
    macro_f1_line,
    mean_words,
    missed_line,
)
from flanchat.ui import styles
from flanchat.ui.terminal import open_console, window_width, wrapped

_MAX_BAR, _MIN_BAR = 40, 10  # cells
_ALL_FIGURES = 90  # cells that the table needs for all its columns
_MOST_GROUPS, _MOST_WRONG = 20, 20  # shown
_CHART = 40  # cells of a reliability chart
_CHART_FIGURES = 50  # cells of the columns before it
_CLIP = 60  # characters of a text in the table of wrong answers

_SHOWN = ("correct", "exact", "f1")  # and the one by which arms are compared


def draw(
    report: SweepReport,
    stderr: TextIO,
    environ: Mapping[str, str],
    *,
    calibration: bool = False,
    plain: bool = False,
    color: bool = True,
) -> None:
    """Print the arms of a sweep and how they differ, and what else the report has.

    calibration: show how far the confidence can be trusted. plain: ASCII without colour.
    """
    arms, metric, scored = report.arms, report.metric, report.scored
    differences = report.differences[metric]
    console = open_console(
        stderr,
        environ,
        color=color,
        width=None if stderr.isatty() else 120,
        force_terminal=False if plain else None,
    )

    def say(line: str) -> None:
        console.print(Text(wrapped(line, window_width(stderr, environ))), soft_wrap=True)

    names = [printable(arm.name) for arm in arms]
    console.print(_arms_table(report, names, plain=plain, is_wide=console.width >= _ALL_FIGURES))
    if not scored:
        return
    full, part = ("#", "-") if plain else ("█", "▒")
    chart = max(_MIN_BAR, min(_CHART, console.width - _CHART_FIGURES))
    console.print()
    console.print(_bars(report, names, full, part, max(_MIN_BAR, min(_MAX_BAR, console.width // 2))))
    if metric == "exact":
        legend = _("{full} exact match, {part} F1 above it; full width is 100%")
        console.print(Text(legend.format(full=full, part=part)))
    for name, arm in zip(names, arms, strict=True):
        if arm.confusion is not None:
            console.print()
            console.print(_labels_table(name, arm.confusion, plain=plain))
            say(macro_f1_line(arm.confusion))
        if calibration and arm.calibration is not None:
            console.print()
            console.print(_reliability_chart(name, arm.calibration, full, chart, plain=plain))
            for line in calibration_lines(arm.calibration):
                say(line)
    if report.column:
        _draw_groups(console, report, names, plain=plain)
    if report.wrong is not None:
        _draw_wrong(console, report.wrong, names, plain=plain)
    lines = [difference_line(difference, names, metric, len(differences)) for difference in differences]
    lines += [missed for arm in arms if (missed := missed_line(arm, metric))]
    for at, line in enumerate(lines):
        if at == 0 and (report.column or report.wrong is not None or calibration):
            console.print()
        say(line)


def _empty_table(plain: bool) -> Table:
    return Table(box=None, pad_edge=False, header_style="" if plain else styles.HEAD)


def _arms_table(report: SweepReport, names: Sequence[str], *, plain: bool, is_wide: bool) -> Table:
    table = _empty_table(plain)
    table.add_column(_("profile and settings"), overflow="fold")
    shown = list(dict.fromkeys((*_SHOWN, report.metric))) if report.scored else []
    columns = [_("answers")]
    for name in shown:
        columns += [_(METRICS[name].label), *([_("interval")] if name == report.metric and is_wide else [])]
    for column in [*columns, _("tokens"), _("avg logprob")] if is_wide else columns:
        table.add_column(column, justify="right", no_wrap=True)
    for name, arm in zip(names, report.arms, strict=True):
        cells = [str(arm.figures["answers"])]
        for key in shown:
            cells += [mean_words(arm, key), *([_interval(arm, key)] if key == report.metric and is_wide else [])]
        cells += [_number(arm.figures["new_tokens"], 1), _number(arm.figures["mean_lp"], 3)] if is_wide else []
        table.add_row(Text(name), *cells)
    return table


def _bars(report: SweepReport, names: Sequence[str], full: str, part: str, width: int) -> Table:
    chart = Table(box=None, pad_edge=False, show_header=False)
    chart.add_column(overflow="fold")
    chart.add_column(no_wrap=True)
    for name, arm in zip(names, report.arms, strict=True):
        found = round(width * (arm.figures[METRICS[report.metric].mean] or 0.0))
        above = round(width * (arm.figures["f1"] or 0.0)) - found if report.metric == "exact" else 0
        chart.add_row(Text(name), Text(full * found + part * max(0, above)))
    return chart


def _labels_table(name: str, found: Confusion, *, plain: bool) -> Table:
    """The confusion table with the figures of each label; without the answers' labels where there are many."""
    table = _empty_table(plain)
    table.add_column(Text(name), overflow="fold")
    head, *rows = confusion_rows(found, counts=len(found.labels) <= MOST_LABELS)
    for column in head:
        table.add_column(Text(printable(column)), justify="right", overflow="fold")
    for label, *cells in rows:
        table.add_row(Text(printable(label)), *cells)
    return table


def _reliability_chart(name: str, found: Calibration, full: str, width: int, *, plain: bool) -> Table:
    """For each tenth of confidence, how many answers are right, with the confidence as a mark where they should be.

    width: of the chart, in cells.
    """
    table = _empty_table(plain)
    table.add_column(Text(name), overflow="fold", min_width=len("90% - 100%"))
    for figure in (_("answers"), _("sure"), _("right"), _("interval")):
        table.add_column(figure, justify="right", no_wrap=True)
    table.add_column("", no_wrap=True)
    for one in found.bins:
        cells = list((full * round(width * one.right.mean)).ljust(width))
        cells[min(width - 1, int(width * one.confidence))] = "|"
        shares = [format_percent(share, 0) for share in (one.confidence, one.right.mean)]
        table.add_row(
            band_words(one), str(one.answers), *shares, interval_words(one.right), Text("".join(cells).rstrip())
        )
    return table


def _draw_groups(console: Console, report: SweepReport, names: Sequence[str], *, plain: bool) -> None:
    """The mean of each arm for each value of the column."""
    table = _empty_table(plain)
    table.add_column(Text(printable(report.column)), overflow="fold")
    table.add_column(_("prompts"), justify="right")
    for name in names:
        table.add_column(Text(name), justify="right", overflow="fold")
    for one in report.groups[:_MOST_GROUPS]:
        table.add_row(Text(printable(one.value or NOTHING)), str(one.prompts), *group_cells(one.intervals))
    console.print()
    console.print(table)
    if (more := len(report.groups) - _MOST_GROUPS) > 0:
        text = ngettext("{count} more group is in --json", "{count} more groups are in --json", more)
        console.print(Text(text.format(count=more)))


def _draw_wrong(console: Console, wrong: Sequence[WrongAnswer], names: Sequence[str], *, plain: bool) -> None:
    """The most confident wrong answers of each arm."""
    for at, name in enumerate(names):
        own = [one for one in wrong if one.arm == at]
        table = _empty_table(plain)
        table.add_column(Text(name), overflow="fold")
        for column in (_("prompt"), _("right answer"), _("answer")):
            table.add_column(column, overflow="fold")
        table.add_column(_("sure"), justify="right", no_wrap=True)
        for one in own[:_MOST_WRONG]:
            texts = (clipped(text, _CLIP) for text in (one.question, " | ".join(one.targets), one.answer or NOTHING))
            cells = [Text(printable(text)) for text in (one.where, *texts)]
            table.add_row(*cells, format_percent(one.confidence, 0))
        console.print()
        console.print(table)
        if not own:
            console.print(Text(_("no wrong answer")))
        if (more := len(own) - _MOST_WRONG) > 0:
            text = ngettext("{count} more wrong answer is in --json", "{count} more wrong answers are in --json", more)
            console.print(Text(text.format(count=more)))


def _interval(arm: Arm, metric: str) -> str:
    return interval_words(arm.intervals.get(metric)) or NOTHING


def _number(value: float | None, digits: int) -> str:
    return NOTHING if value is None else f"{value:.{digits}f}"
