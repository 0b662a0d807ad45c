"""What a sweep found, in sentences and cells of tables, for the terminal and for pages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flanchat.base.format import NOTHING, format_percent
from flanchat.base.i18n import _, ngettext
from flanchat.experiments.arms import Arm
from flanchat.experiments.calibration import Bin, Calibration
from flanchat.experiments.labels import Confusion
from flanchat.experiments.metrics import METRICS
from flanchat.experiments.statistics import ALPHA, Difference, Interval

MOST_LABELS = 8
"""That a confusion table has columns for."""

_MOSTLY_MISSED = 0.2  # of the answers that contain the target and are not exact, to say so


def macro_f1_line(found: Confusion) -> str:
    """How to read the table, and the mean over its labels."""
    line = _("rows: right answers; columns: answers") if len(found.labels) <= MOST_LABELS else ""
    if (mean := found.macro_f1) is None:
        return line
    macro = _("macro F1 {mean} (95%: {low} to {high})").format(
        mean=format_percent(mean.mean, 1), low=points(mean.low), high=points(mean.high)
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
        "points": points(abs(difference.difference)),
        "low": points(low),
        "high": points(high),
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
        too_few = ngettext(
            "; {prompts} prompt is too few to show any",
            "; {prompts} prompts are too few to show any",
            difference.prompts,
        )
        return line + too_few.format(prompts=difference.prompts)
    enough = ngettext(
        "; with this {prompts} prompt it takes {points} points",
        "; with these {prompts} prompts it takes {points} points",
        difference.prompts,
    )
    return line + enough.format(prompts=difference.prompts, points=points(difference.detectable))


def calibration_lines(found: Calibration) -> list[str]:
    """How confident the answers are, how many are right, and what a temperature changes."""
    lines = [
        _(
            "sure {confidence} on average and right {right}: expected calibration error {ece} ({mass} with bins of "
            "equal size; {chance} by chance), Brier score {brier:.3f}"
        ).format(
            confidence=format_percent(found.confidence, 1),
            right=format_percent(found.right, 1),
            ece=format_percent(found.errors.ece, 1),
            mass=format_percent(found.errors.ece_equal_mass, 1),
            chance=format_percent(found.ece_by_chance, 1),
            brier=found.errors.brier,
        )
    ]
    if (fitted := found.temperature) is not None:
        text = _(
            "temperature {value:.2f}, fitted on {fitted} prompts: on the other {judged} the calibration error goes "
            "from {before} to {after}, the Brier score from {brier_before:.3f} to {brier_after:.3f}"
        )
        lines.append(
            text.format(
                value=fitted.value,
                fitted=fitted.fitted_on,
                judged=fitted.judged_on,
                before=format_percent(fitted.before.ece, 1),
                after=format_percent(fitted.after.ece, 1),
                brier_before=fitted.before.brier,
                brier_after=fitted.after.brier,
            )
        )
    return lines


def interval_words(interval: Interval | None) -> str:
    """ "39.7 - 89.2"; "" for none."""
    return "" if interval is None else f"{points(interval.low)} - {points(interval.high)}"


def mean_words(arm: Arm, metric: str) -> str:
    """The mean of an arm, with its spread over seeds where there are several."""
    mean = format_percent(arm.figures[METRICS[metric].mean], 1)
    return f"{mean} ±{points(arm.spread[metric])}" if metric in arm.spread else mean


def group_cells(intervals: Sequence[Interval | None]) -> list[str]:
    """The mean of each arm in a group, with its interval."""
    return [f"{format_percent(i.mean, 1)} ({interval_words(i)})" if i else NOTHING for i in intervals]


def band_words(one: Bin) -> str:
    """The confidences of a bin: "60% - 70%"."""
    return f"{format_percent(one.low, 0)} - {format_percent(one.high, 0)}"


def confusion_rows(found: Confusion, *, counts: bool = True) -> Iterator[list[str]]:
    """The head of the confusion table, and a row for each label. counts: with a column for each answer's label."""
    yield [*([*found.labels, _("other")] if counts else []), _("prompts"), _("label precision"), _("recall"), "F1"]
    cells = [[str(n) if n else NOTHING for n in row] if counts else [] for row in found.counts]
    for figures, own in zip(found.figures, cells, strict=False):
        shares = [format_percent(share, 1) for share in (figures.precision, figures.recall, figures.f1)]
        yield [figures.label, *own, str(figures.prompts), *shares]
    if any(others := found.counts[-1]):
        yield [_("other"), *cells[-1], str(sum(others)), *[NOTHING] * 3]


def points(share: float) -> str:
    """A difference of shares in percentage points, without a sign before zero."""
    return f"{100 * share:.1f}".replace("-0.0", "0.0")


def _p(value: float) -> str:
    return "< 0.001" if value < 0.001 else f"= {value:.3f}"
