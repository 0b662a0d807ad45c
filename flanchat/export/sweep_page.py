"""A sweep as a page: arms with intervals, comparisons, labels, calibration, a breakdown, and the wrong answers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flanchat.base.format import NOTHING, clipped, format_count, format_percent
from flanchat.base.i18n import N_, _, ngettext
from flanchat.experiments.arms import Arm
from flanchat.experiments.calibration import Bin
from flanchat.experiments.labels import Confusion
from flanchat.experiments.metrics import METRICS
from flanchat.experiments.sweep_report import SweepReport
from flanchat.experiments.sweep_sentences import (
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
from flanchat.export.answer_outline import Fact
from flanchat.export.html import Table, render

_MOST_WRONG = 500  # of all arms; a page of more takes a browser seconds


@dataclass(frozen=True, slots=True)
class Meter:
    """The mean of an arm as a bar: percentages of its length. words: the figures."""

    name: str
    mean: float
    low: float
    high: float
    words: str


@dataclass(frozen=True, slots=True)
class Point:
    """A bin of the reliability chart, in percent of its width and height, from the upper left."""

    x: float
    y: float
    top: float
    bottom: float
    radius: float
    words: str


@dataclass(frozen=True, slots=True)
class Chart:
    """The calibration of an arm."""

    name: str
    points: Sequence[Point]
    lines: Sequence[str]
    table: Table


@dataclass(frozen=True, slots=True)
class Labels:
    """The confusion table of an arm. line: its macro F1."""

    name: str
    table: Table
    line: str


def sweep_page(report: SweepReport, *, file: str, model: str) -> str:
    """The report as a whole page. model: its name."""
    names, arms = [arm.name for arm in report.arms], report.arms
    found = report.differences[report.metric]
    sentences = [difference_line(difference, names, report.metric, len(found)) for difference in found]
    missed = [line for arm in arms if (line := missed_line(arm, report.metric))]
    wrong = (report.wrong or ())[:_MOST_WRONG]
    return render(
        "sweep.html.j2",
        title=clipped(file, 80),
        facts=list(_facts(report, model)),
        metric=_(METRICS[report.metric].label),
        meters=[meter for arm in arms if (meter := _meter(arm, report.metric)) is not None],
        arms=_arms(arms),
        sentences=[*sentences, *missed],
        labels=[
            Labels(arm.name, _confusion(arm.confusion), macro_f1_line(arm.confusion))
            for arm in arms
            if arm.confusion is not None
        ],
        charts=list(_charts(arms)),
        groups=_groups(report, names) if report.column else None,
        column=report.column,
        wrong=Table(
            [_("arm"), _("place"), _("prompt"), _("right answer"), _("answer"), _("sure")],
            [
                [
                    names[one.arm],
                    one.where,
                    one.question,
                    " | ".join(one.targets),
                    one.answer or NOTHING,
                    format_percent(one.confidence),
                ]
                for one in wrong
            ],
        ),
        more_wrong=len(report.wrong or ()) - len(wrong),
    )


def _facts(report: SweepReport, model: str) -> Iterator[Fact]:
    yield Fact(N_("model"), model)
    yield Fact(N_("prompts"), format_count(report.prompts))
    yield Fact(N_("answers"), format_count(int(sum(arm.figures["answers"] or 0 for arm in report.arms))))
    yield Fact(N_("metric"), _(METRICS[report.metric].label))


def _meter(arm: Arm, metric: str) -> Meter | None:
    if (interval := arm.intervals.get(metric)) is None:
        return None
    words = f"{format_percent(interval.mean, 1)} ({interval_words(interval)})"
    return Meter(arm.name, 100 * interval.mean, 100 * interval.low, 100 * interval.high, words)


def _arms(arms: Sequence[Arm]) -> Table:
    head = [_("profile and settings"), _("answers"), *(_(metric.label) for metric in METRICS.values())]
    rows = []
    for arm in arms:
        cells = [mean_words(arm, name) for name in METRICS]
        tokens, logprob = arm.figures["new_tokens"], arm.figures["mean_lp"]
        figures = [NOTHING if tokens is None else f"{tokens:.1f}", NOTHING if logprob is None else f"{logprob:.3f}"]
        rows.append([arm.name, format_count(int(arm.figures["answers"] or 0)), *cells, *figures])
    return Table([*head, _("tokens"), _("avg logprob")], rows)


def _confusion(found: Confusion) -> Table:
    head, *rows = confusion_rows(found)
    return Table(["", *head], rows)


def _charts(arms: Sequence[Arm]) -> Iterator[Chart]:
    for arm in arms:
        if (found := arm.calibration) is not None:
            most = max(one.answers for one in found.bins)
            yield Chart(
                arm.name,
                [_point(one, most) for one in found.bins],
                calibration_lines(found),
                Table(
                    [_("confidence"), _("answers"), _("sure"), _("right"), _("interval")],
                    [
                        [
                            band_words(one),
                            format_count(one.answers),
                            format_percent(one.confidence),
                            format_percent(one.right.mean),
                            interval_words(one.right),
                        ]
                        for one in found.bins
                    ],
                ),
            )


def _point(one: Bin, most: int) -> Point:
    words = ngettext(
        "{band}: sure {confidence}, right {right}, {answers} answer",
        "{band}: sure {confidence}, right {right}, {answers} answers",
        one.answers,
    ).format(
        band=band_words(one),
        confidence=format_percent(one.confidence),
        right=format_percent(one.right.mean),
        answers=format_count(one.answers),
    )
    right = one.right
    return Point(
        round(100 * one.confidence, 1),
        round(100 - 100 * right.mean, 1),
        round(100 - 100 * right.high, 1),
        round(100 - 100 * right.low, 1),
        round(1 + 2.5 * (one.answers / most) ** 0.5, 1),
        words,
    )


def _groups(report: SweepReport, names: Sequence[str]) -> Table:
    rows = [[one.value or NOTHING, format_count(one.prompts), *group_cells(one.intervals)] for one in report.groups]
    return Table([report.column, _("prompts"), *names], rows)
