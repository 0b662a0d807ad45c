"""Answers among a few labels: the confusion table, and precision, recall and F1 of each. Knows no model, no terminal.

Figures are those of scikit-learn, where an answer that is none of the labels is a label more that no prompt has.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from flanchat.experiments.metrics import normalize
from flanchat.experiments.statistics import Interval, bootstrap_macro_f1


class Labels:
    """The choices of a profile, by number; OTHER is the number after them, of texts that are none of them."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = tuple(names)
        self.other = len(names)
        forms = [normalize(name) for name in names]
        self._written = {name.strip(): at for at, name in enumerate(names)}
        self._normalized = {form: at for at, form in enumerate(forms) if forms.count(form) == 1}

    @classmethod
    def of(cls, names: Sequence[str]) -> Labels | None:
        """None for no names."""
        return cls(names) if names else None

    def number(self, text: str) -> int:
        """The label that a text is: the same text, else the same after `normalize`."""
        found = self._written.get(text.strip())
        return self._normalized.get(normalize(text), self.other) if found is None else found

    def cell(self, answer: str, targets: Iterable[str]) -> tuple[int, int]:
        """The labels of a prompt and of its answer. Of several right ones that of the answer, or the first."""
        given, right = self.number(answer), [self.number(target) for target in targets]
        if given in right:
            return given, given
        return next((number for number in right if number != self.other), self.other), given


@dataclass(frozen=True, slots=True)
class LabelFigures:
    """One label. prompts: that have it; answers: that are it. None for the precision of no answers and the like."""

    label: str
    prompts: int
    answers: int
    precision: float | None
    recall: float | None
    f1: float | None


@dataclass(frozen=True, slots=True)
class Confusion:
    """counts[right][given]: answers, by the label of their prompt and their own; the last of each is "other".

    macro_f1: the mean over the labels that a prompt or an answer has, with its bootstrap interval.
    """

    labels: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]
    figures: tuple[LabelFigures, ...]
    macro_f1: Interval | None

    def as_dict(self) -> dict[str, Any]:
        """As JSON values. "other" is null, so that a label may have that name."""
        return {**dataclasses.asdict(self), "labels": [*self.labels, None]}


def confusion(labels: Labels, prompts: Sequence[Sequence[tuple[int, int]]]) -> Confusion | None:
    """The table of some answers. prompts: the cells of each prompt, one for each seed. None for no prompts."""
    if not prompts:
        return None
    size = len(labels.names) + 1
    table = [[0] * size for __ in range(size)]
    for cells in prompts:
        for right, given in cells:
            table[right][given] += 1
    figures = tuple(_figures(name, at, table) for at, name in enumerate(labels.names))
    return Confusion(labels.names, tuple(map(tuple, table)), figures, _macro_f1(len(labels.names), prompts))


def _figures(name: str, at: int, table: Sequence[Sequence[int]]) -> LabelFigures:
    right, prompts, answers = table[at][at], sum(table[at]), sum(row[at] for row in table)
    return LabelFigures(
        name,
        prompts,
        answers,
        right / answers if answers else None,
        right / prompts if prompts else None,
        2 * right / (prompts + answers) if prompts + answers else None,
    )


def _macro_f1(size: int, prompts: Sequence[Sequence[tuple[int, int]]]) -> Interval | None:
    kinds = Counter(tuple(sorted(cells)) for cells in prompts)  # few, and resampled as wholes: a prompt is one cluster
    counts = []
    for cells in kinds:
        right, both = [0] * (size + 1), [0] * (size + 1)
        for label, given in cells:
            right[label] += label == given
            both[label] += 1
            both[given] += 1
        counts.append([*right[:-1], *both[:-1]])
    return bootstrap_macro_f1(list(kinds.values()), counts) if any(map(any, counts)) else None
