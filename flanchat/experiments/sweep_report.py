"""All that a finished sweep found: arms, comparisons, a breakdown by a column, and the wrong answers."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flanchat.experiments.arms import Arm, breakdown, compare_arms, group, summarize
from flanchat.experiments.metrics import METRICS
from flanchat.experiments.prompt_file import column_of
from flanchat.experiments.statistics import Difference, Interval
from flanchat.experiments.sweep import SweepPlan
from flanchat.experiments.tally import Tally, answered


@dataclass(frozen=True, slots=True)
class WrongAnswer:
    """An answer that is not wholly right by the metric. arm: its number. where: the prompt's FILE:LINE."""

    arm: int
    where: str
    question: str
    targets: tuple[str, ...]
    answer: str
    confidence: float | None


@dataclass(frozen=True, slots=True)
class Group:
    """The prompts with one value of a column. value: "" where they have none. intervals: of each arm's mean."""

    value: str
    prompts: int
    intervals: Sequence[Interval | None]


@dataclass(frozen=True, slots=True)
class SweepReport:
    """metric: by which arms are compared and answers are right. column: of the groups; "" without a breakdown.

    wrong: the most confident first in each arm; None where nobody asked for them.
    """

    metric: str
    prompts: int
    arms: Sequence[Arm]
    differences: Mapping[str, Sequence[Difference]]
    column: str = ""
    groups: Sequence[Group] = ()
    wrong: Sequence[WrongAnswer] | None = None

    @property
    def scored(self) -> bool:
        return any(arm.figures["scored"] for arm in self.arms)

    def as_dict(self) -> dict[str, Any]:
        """As JSON values; what nobody asked for is left out."""
        found: dict[str, Any] = {
            "metric": self.metric,
            "arms": [arm.as_dict() for arm in self.arms],
            "comparisons": {name: [dataclasses.asdict(one) for one in of] for name, of in self.differences.items()},
        }
        if self.column:
            found["breakdown"] = {
                "column": self.column,
                "groups": [{**dataclasses.asdict(of), "value": of.value or None} for of in self.groups],
            }
        if self.wrong is not None:
            found["wrong"] = [dataclasses.asdict(one) for one in self.wrong]
        return found


def report(
    plan: SweepPlan,
    tallies: Sequence[Tally],
    metric: str,
    *,
    column: str = "",
    records: Iterable[Mapping[str, Any]] | None = None,
) -> SweepReport:
    """column: of the prompts' file, to break the figures down by. records: all lines, to list the wrong answers."""
    variants = plan.variants
    return SweepReport(
        metric,
        len(plan.rows),
        summarize(variants, tallies, metric),
        {name: compare_arms(variants, tallies, name) for name in METRICS},
        column,
        _groups(plan, tallies, metric, column) if column else (),
        None if records is None else _wrong(plan, metric, records),
    )


def _groups(plan: SweepPlan, tallies: Sequence[Tally], metric: str, column: str) -> list[Group]:
    """The largest first."""
    rows: dict[str, list[int]] = {}
    for at, row in enumerate(plan.rows):
        rows.setdefault(column_of(row, column) or "", []).append(at)
    sorted_rows = dict(sorted(rows.items(), key=lambda item: -len(item[1])))
    found = breakdown(sorted_rows, plan.variants, tallies, metric)
    return [Group(value, len(sorted_rows[value]), intervals) for value, intervals in found.items()]


def _wrong(plan: SweepPlan, metric: str, records: Iterable[Mapping[str, Any]]) -> list[WrongAnswer]:
    arms = {number: arm for arm, numbers in enumerate(group(plan.variants)) for number in numbers}
    variants = {task.key: task.variant for task in plan.tasks}
    found = [
        WrongAnswer(
            arms[variants[record["key"]]],
            plan.rows[record["row"] - 1].where,
            record["question"],
            tuple(record["targets"]),
            answered(record),
            record["confidence"],
        )
        for record in records
        if record[metric] is not None and record[metric] < 1
    ]
    return sorted(found, key=lambda one: (one.arm, -(one.confidence or 0.0)))
