"""What the answers of one variant of a sweep come to: means, and the figures of each row."""

from __future__ import annotations

import math
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flanchat.experiments.labels import Labels
from flanchat.experiments.metrics import METRICS
from flanchat.sessions.deserialization import mapping_in


@dataclass(slots=True)
class Tally:
    """Means over the answers of one variant, and the figures of each. rows: of the sweep. scored: have targets.

    labels: what the answers are among, if the variant's profile has choices. cells: by row, the numbers of its label
    and of its answer's. probabilities: by row, that of the answer, and of the other choices or groups of a vote.
    """

    rows: int
    labels: Labels | None = None
    answers: int = 0
    scored: int = 0
    cells: dict[int, tuple[int, int]] = field(default_factory=dict)
    probabilities: dict[int, tuple[float, ...]] = field(default_factory=dict)
    _sums: dict[str, tuple[float, int]] = field(default_factory=dict)  # total and count, by key of `as_dict`
    _by_row: dict[str, array[float]] = field(default_factory=dict)  # by metric; NaN for none

    def add(self, record: Mapping[str, Any]) -> None:
        """Count a line of the sweep."""
        scores = {metric.mean: record.get(name) for name, metric in METRICS.items()}
        self.answers += 1
        self.scored += any(score is not None for score in scores.values())
        for name in METRICS:
            if (value := record.get(name)) is not None:
                of_rows = self._by_row.setdefault(name, array("d", [math.nan]) * self.rows)
                of_rows[record["row"] - 1] = value
        if self.labels is not None and record["targets"]:
            self.cells[record["row"] - 1] = self.labels.cell(answered(record), record["targets"])
        if record.get("confidence") is not None:
            self.probabilities[record["row"] - 1] = (record["confidence"], *_shares(record)[1:])
        tokens, logprob = mapping_in(record, "usage").get("new_tokens"), mapping_in(record, "conf").get("mean_lp")
        for name, value in {**scores, "new_tokens": tokens, "mean_lp": logprob}.items():
            if value is not None:
                total, count = self._sums.get(name, (0.0, 0))
                self._sums[name] = total + float(value), count + 1

    def by_row(self, name: str) -> Sequence[float]:
        """The score of each row by a key of METRICS; NaN where there is none."""
        return self._by_row.get(name) or array("d", [math.nan]) * self.rows

    def as_dict(self) -> dict[str, float | None]:
        """Counts and means; None for the mean of nothing."""
        names = (*(metric.mean for metric in METRICS.values()), "new_tokens", "mean_lp")
        means = {name: self._sums[name][0] / self._sums[name][1] if name in self._sums else None for name in names}
        return {"answers": self.answers, "scored": self.scored, **means}


def answered(record: Mapping[str, Any]) -> str:
    """What a line of a sweep is scored by: the short answer, or the text."""
    return str(record.get("short") or record["text"])


def confidence(record: Mapping[str, Any]) -> float | None:
    """`Answer.confidence` of the answer of a line, also of one that an earlier version wrote."""
    if shares := _shares(record):
        return shares[0]
    mean = mapping_in(record, "conf").get("mean_lp")
    return None if mean is None else math.exp(min(mean, 0.0))


_SHARES = {"sum": "p", "mean": "p_mean", "calibrated": "p_calibrated"}


def _shares(record: Mapping[str, Any]) -> list[float]:
    """The shares of the choices, by the rule that chose, or of the groups of a vote; the answer's first.

    [] for other answers. In a vote, answers without a short one are a group, too, so that all shares add up to 1.
    """
    if record.get("choices"):
        by = _SHARES[record["settings"]["post.choose"]]
        return sorted((float(choice[by]) for choice in record["choices"]), reverse=True)
    if vote := mapping_in(record, "vote"):
        counts = [*(group["count"] for group in vote["groups"]), vote["left_out"]]
        return [count / vote["of"] for count in counts if count]
    return []
