"""The result of a sweep on standard error: a table of figures per profile and settings, and a bar chart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TextIO

from rich.table import Table
from rich.text import Text

from flanchat.base.format import NOTHING, format_percent
from flanchat.base.i18n import _
from flanchat.base.sanitize import printable
from flanchat.experiments.arms import Arm
from flanchat.experiments.labels import Confusion
from flanchat.experiments.metrics import METRICS
from flanchat.experiments.statistics import ALPHA, Difference
from flanchat.ui.terminal import open_console

_MAX_BAR, _MIN_BAR = 40, 10  # cells
_ALL_FIGURES = 90  # cells that the table needs for all its columns


_MOST_LABELS = 8  # that a confusion table has columns for
_SHOWN = ("correct", "exact", "f1")  # and the one by which arms are compared
_MOSTLY_MISSED = 0.2  # of the answers that contain the target and are not exact, to say so


def draw(
    arms: Sequence[Arm],
    differences: Sequence[Difference],
    metric: str,
    stderr: TextIO,
    environ: Mapping[str, str],
    *,
    plain: bool = False,
    color: bool = True,
) -> None:
    """Print the arms of a sweep and how they differ.

    metric: a key of METRICS, by which they are compared. plain: ASCII without colour.
    """
    scored = any(arm.figures["scored"] for arm in arms)
    console = open_console(
        stderr,
        environ,
        color=color,
        width=None if stderr.isatty() else 120,
        force_terminal=False if plain else None,
    )
    names = [printable(arm.name) for arm in arms]
    is_wide = console.width >= _ALL_FIGURES
    shown = list(dict.fromkeys((*_SHOWN, metric)))
    table = Table(box=None, pad_edge=False, header_style="" if plain else "bold")
    table.add_column(_("profile and settings"), overflow="fold")
    columns = [_("answers")]
    if scored:
        for name in shown:
            columns += [_(METRICS[name].label), *([_("interval")] if name == metric and is_wide else [])]
    for column in [*columns, _("tokens"), _("avg logprob")] if is_wide else columns:
        table.add_column(column, justify="right", no_wrap=True)
    for name, arm in zip(names, arms, strict=True):
        cells = [str(arm.figures["answers"])]
        if scored:
            for key in shown:
                cells += [_mean(arm, key), *([_interval(arm, key)] if key == metric and is_wide else [])]
        cells += [_number(arm.figures["new_tokens"], 1), _number(arm.figures["mean_lp"], 3)] if is_wide else []
        table.add_row(Text(name), *cells)
    console.print(table)
    if not scored:
        return
    full, part = ("#", "-") if plain else ("█", "▒")
    width = max(_MIN_BAR, min(_MAX_BAR, console.width // 2))
    chart = Table(box=None, pad_edge=False, show_header=False)
    chart.add_column(overflow="fold")
    chart.add_column(no_wrap=True)
    for name, arm in zip(names, arms, strict=True):
        found = round(width * (arm.figures[METRICS[metric].mean] or 0.0))
        above = round(width * (arm.figures["f1"] or 0.0)) - found if metric == "exact" else 0
        chart.add_row(Text(name), Text(full * found + part * max(0, above)))
    console.print()
    console.print(chart)
    legend = _("{full} exact match, {part} F1 above it; full width is 100%") if metric == "exact" else ""
    if legend:
        console.print(Text(legend.format(full=full, part=part)))
    for name, arm in zip(names, arms, strict=True):
        if arm.confusion is not None:
            console.print()
            console.print(_labels_table(name, arm.confusion, plain=plain))
            console.print(Text(macro_f1_line(arm.confusion)))
    lines = [difference_line(difference, names, metric, len(differences)) for difference in differences]
    for line in [*lines, *(missed for arm in arms if (missed := missed_line(arm, metric)))]:
        console.print(Text(printable(line)), soft_wrap=True)


def _labels_table(name: str, found: Confusion, *, plain: bool) -> Table:
    """The confusion table with the figures of each label; without the answers' labels where there are many."""
    table = Table(box=None, pad_edge=False, header_style="" if plain else "bold")
    table.add_column(Text(name), overflow="fold")
    given = [*found.labels, _("other")] if len(found.labels) <= _MOST_LABELS else []
    columns = [*given, _("prompts"), _("label precision"), _("recall"), "F1"]
    for column in columns:
        table.add_column(Text(printable(column)), justify="right", overflow="fold")
    for figures, counts in zip(found.figures, found.counts, strict=False):
        cells = [str(count) if count else NOTHING for count in counts] if given else []
        shares = [format_percent(share, 1) for share in (figures.precision, figures.recall, figures.f1)]
        table.add_row(Text(printable(figures.label)), *cells, str(figures.prompts), *shares)
    if any(others := found.counts[-1]):
        cells = [str(count) if count else NOTHING for count in others] if given else []
        table.add_row(Text(_("other")), *cells, str(sum(others)), *[NOTHING] * 3)
    return table


def macro_f1_line(found: Confusion) -> str:
    """How to read the table, and the mean over its labels."""
    line = _("rows: right answers; columns: answers") if len(found.labels) <= _MOST_LABELS else ""
    if (mean := found.macro_f1) is None:
        return line
    macro = _("macro F1 {mean} (95%: {low} to {high})").format(
        mean=format_percent(mean.mean, 1), low=_points(mean.low), high=_points(mean.high)
    )
    return " · ".join(filter(None, (line, macro)))


def missed_line(arm: Arm, metric: str) -> str:
    """That many answers hold the target and count as wrong, with the remedy; "" where they do not."""
    exact, held = arm.figures["exact"], arm.figures["contains"]
    if metric != "exact" or exact is None or held is None or held - exact < _MOSTLY_MISSED:
        return ""
    text = _(
        "{arm}: {held} of the answers contain the right one, but only {exact} are nothing else: --metric contains (or "
        "number, for the last number) counts them, post.answer_regex in the profile cuts the answer out"
    )
    return text.format(arm=arm.name, held=format_percent(held), exact=format_percent(exact))


def difference_line(difference: Difference, names: Sequence[str], metric: str, count: int) -> str:
    """One sentence about two arms. metric: a key of METRICS. count: of the comparisons that p is corrected for."""
    first, second = names[difference.first], names[difference.second]
    if difference.difference < 0:
        better, worse, sign = first, second, -1
    else:
        better, worse, sign = second, first, 1
    low, high = sorted((sign * difference.low, sign * difference.high))
    figures = {
        "metric": _(METRICS[metric].label),
        "points": _points(abs(difference.difference)),
        "low": _points(low),
        "high": _points(high),
        "p": _p(difference.adjusted),
    }
    if difference.is_none:
        return _("{first} and {second} score the same on every prompt").format(first=first, second=second)
    if difference.adjusted <= ALPHA:
        text = _("{better} beats {worse} by {points} points of {metric} (95%: {low} to {high}), p {p}")
    else:
        text = _("no difference shown: {better} is {points} points above {worse} (95%: {low} to {high}), p {p}")
    line = text.format(better=better, worse=worse, **figures)
    if count > 1:
        line += _(" after {count} comparisons").format(count=count)
    if difference.adjusted <= ALPHA:
        return line
    if difference.detectable is None:
        return line + _("; {prompts} prompts are too few to show any").format(prompts=difference.prompts)
    return line + _("; with these {prompts} prompts it takes {points} points").format(
        prompts=difference.prompts, points=_points(difference.detectable)
    )


def _points(share: float) -> str:
    """A difference of shares in percentage points, without a sign before zero."""
    return f"{100 * share:.1f}".replace("-0.0", "0.0")


def _p(value: float) -> str:
    return "< 0.001" if value < 0.001 else f"= {value:.3f}"


def _mean(arm: Arm, metric: str) -> str:
    mean = format_percent(arm.figures[METRICS[metric].mean], 1)
    return f"{mean} ±{_points(arm.spread[metric])}" if metric in arm.spread else mean


def _interval(arm: Arm, metric: str) -> str:
    interval = arm.intervals.get(metric)
    return NOTHING if interval is None else f"{_points(interval.low)} - {_points(interval.high)}"


def _number(value: float | None, digits: int) -> str:
    return NOTHING if value is None else f"{value:.{digits}f}"
