"""The arms of a sweep, each a profile with settings and all its seeds: their means with intervals, and comparisons."""

from __future__ import annotations

import dataclasses
import math
import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flanchat.experiments.calibration import Calibration, Judged, calibrate
from flanchat.experiments.labels import Confusion, confusion
from flanchat.experiments.metrics import METRICS
from flanchat.experiments.statistics import Difference, Interval, bootstrap_mean, compare_all, wilson
from flanchat.experiments.sweep import Variant
from flanchat.experiments.tally import Tally


@dataclass(frozen=True, slots=True)
class Arm:
    """Variants that differ only in their seed. figures: the means over all of their answers, as in `Tally.as_dict`.

    intervals: of the mean of each metric, by its key in METRICS. spread: the standard deviation of that mean over the
    seeds, for more than one. confusion: where the profile has choices and prompts have right answers. calibration: of
    the answers whose prompts have right ones.
    """

    profile: str
    settings: str
    seeds: int
    figures: Mapping[str, float | None]
    intervals: Mapping[str, Interval]
    spread: Mapping[str, float]
    confusion: Confusion | None = None
    calibration: Calibration | None = None

    @property
    def name(self) -> str:
        return " ".join(filter(None, (self.profile, self.settings)))

    def as_dict(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            **dataclasses.asdict(self),
            "figures": dict(self.figures),
            "confusion": self.confusion and self.confusion.as_dict(),
        }


def group(variants: Sequence[Variant]) -> list[list[int]]:
    """The numbers of the variants of each arm, in their order."""
    arms: dict[tuple[str, str, str], list[int]] = {}
    for number, variant in enumerate(variants):
        arms.setdefault(variant.arm, []).append(number)
    return list(arms.values())


def summarize(variants: Sequence[Variant], tallies: Sequence[Tally], metric: str = "exact") -> list[Arm]:
    """The arms of a finished sweep. metric: a key of METRICS, by which an answer is right."""
    return [
        _arm([variants[at] for at in numbers], [tallies[at] for at in numbers], metric) for numbers in group(variants)
    ]


def breakdown(
    groups: Mapping[str, Sequence[int]], variants: Sequence[Variant], tallies: Sequence[Tally], metric: str
) -> dict[str, list[Interval | None]]:
    """The mean of each arm over each group of prompts, by a key of METRICS; None where none has targets.

    groups: rows by name. No group is compared with another: what they were chosen for is not known.
    """
    by_arm = [_by_row([tallies[at] for at in numbers], metric) for numbers in group(variants)]
    return {
        name: [_interval(found) if (found := [of[row] for row in rows if row in of]) else None for of in by_arm]
        for name, rows in groups.items()
    }


def compare_arms(variants: Sequence[Variant], tallies: Sequence[Tally], metric: str) -> list[Difference]:
    """Every arm compared with the first one, by a key of METRICS, on the prompts that have targets.

    The first arm is the baseline: comparing all with all would need more prompts to show the same difference.
    """
    by_arm = [_by_row([tallies[at] for at in numbers], metric) for numbers in group(variants)]
    comparisons = len(by_arm) - 1
    pairs = []
    for number, other in enumerate(by_arm[1:], 1):
        rows = sorted(by_arm[0].keys() & other.keys())
        if rows:
            pairs.append(((0, number), [by_arm[0][row] for row in rows], [other[row] for row in rows]))
    return compare_all(pairs, comparisons)


def _arm(variants: Sequence[Variant], tallies: Sequence[Tally], metric: str) -> Arm:
    profile, __, settings = variants[0].arm
    intervals, spread = {}, {}
    for name in METRICS:
        scores = list(_by_row(tallies, name).values())
        if scores:
            intervals[name] = _interval(scores)
        if scores and len(tallies) > 1:
            spread[name] = statistics.stdev(statistics.fmean(of_seed) for of_seed in zip(*scores, strict=True))
    return Arm(
        profile,
        settings,
        len(variants),
        _figures(tallies),
        intervals,
        spread,
        _confusion(tallies),
        calibrate(list(_judged(tallies, "exact" if metric == "f1" else metric))),
    )


def _judged(tallies: Sequence[Tally], metric: str) -> Iterator[Judged]:
    for tally in tallies:
        scores = tally.by_row(metric)
        for row, probabilities in sorted(tally.probabilities.items()):
            if not math.isnan(scores[row]):
                yield Judged(row, scores[row] == 1, probabilities)


def _confusion(tallies: Sequence[Tally]) -> Confusion | None:
    """Of all seeds together, each prompt's as a cluster."""
    if (labels := tallies[0].labels) is None:
        return None
    rows = sorted(set.intersection(*(set(tally.cells) for tally in tallies)))
    return confusion(labels, [[tally.cells[row] for tally in tallies] for row in rows])


def _figures(tallies: Sequence[Tally]) -> dict[str, float | None]:
    """Sums of the counts and means of the means: every seed has the same prompts."""
    of_seeds = [tally.as_dict() for tally in tallies]
    figures: dict[str, float | None] = {}
    for name in of_seeds[0]:
        values = [value for figures_of in of_seeds if (value := figures_of[name]) is not None]
        total = sum(values) if name in ("answers", "scored") else math.fsum(values) / len(values) if values else None
        figures[name] = total
    return figures


def _by_row(tallies: Sequence[Tally], metric: str) -> dict[int, list[float]]:
    """The scores of each prompt that has targets, one for each seed, by its row."""
    rows = enumerate(zip(*(tally.by_row(metric) for tally in tallies), strict=True))
    return {row: list(scores) for row, scores in rows if not any(map(math.isnan, scores))}


def _interval(scores: Sequence[Sequence[float]]) -> Interval:
    """Wilson's for right and wrong, where seeds of a prompt count as one prompt; the bootstrap's for other scores."""
    means = [statistics.fmean(of_prompt) for of_prompt in scores]
    is_share = all(score in (0.0, 1.0) for of_prompt in scores for score in of_prompt)
    if is_share or len(set(means)) == 1:  # resampling what is all the same would call it certain
        return wilson(math.fsum(means), len(means))
    return bootstrap_mean(means)
