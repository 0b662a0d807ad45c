"""How much the answers of a grid vary with the seed: mean and spread for each combination of the other axes.

No test: a grid has one question, and what holds for one says nothing about others. A sweep compares on many.
"""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from typing import Any

from flanchat.base.format import format_logprob
from flanchat.base.i18n import ngettext
from flanchat.experiments.grid import Grid
from flanchat.sessions.answer import COMPLETE


@dataclass(frozen=True, slots=True)
class SeedSpread:
    """Cells that differ only in their seed, two or more with an answer. varied: their values of the other axes.

    answers: how many different texts. logprob, tokens: mean and standard deviation over the seeds, of the mean
    log-probability of an answer's tokens and of their number.
    """

    varied: dict[str, str]
    seeds: int
    answers: int
    logprob: tuple[float, float]
    tokens: tuple[float, float]

    def as_dict(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "varied": self.varied,
            "seeds": self.seeds,
            "answers": self.answers,
            "mean_lp": dict(zip(("mean", "sd"), self.logprob, strict=True)),
            "new_tokens": dict(zip(("mean", "sd"), self.tokens, strict=True)),
        }

    @property
    def line(self) -> str:
        """The figures as a sentence, after the values of the other axes."""
        text = ngettext(
            "{seeds} seeds gave {answers} answer: avg logprob {logprob} ±{spread}, tokens {tokens:.1f} ±{more:.1f}",
            "{seeds} seeds gave {answers} answers: avg logprob {logprob} ±{spread}, tokens {tokens:.1f} ±{more:.1f}",
            self.answers,
        )
        line = text.format(
            seeds=self.seeds,
            answers=self.answers,
            logprob=format_logprob(self.logprob[0]),
            spread=format_logprob(self.logprob[1]),
            tokens=self.tokens[0],
            more=self.tokens[1],
        )
        varied = " ".join(f"{name}={value}" for name, value in self.varied.items())
        return f"{varied}: {line}" if varied else line


def seed_spreads(grid: Grid) -> list[SeedSpread]:
    """In the order of the cells; [] where no seed is varied."""
    groups: dict[tuple[tuple[str, str], ...], list[tuple[str, float, int]]] = {}
    for cell in grid.cells:
        answer = cell.answer
        if "seed" not in cell.varied or answer is None or not answer.sampled or answer.finish not in COMPLETE:
            continue
        if (mean := answer.mean_logprob) is not None:
            others = tuple((name, value) for name, value in cell.varied.items() if name != "seed")
            groups.setdefault(others, []).append((cell.text, mean, len(answer.tokens)))
    return [
        SeedSpread(
            dict(others),
            len(found),
            len({text for text, __, ___ in found}),
            _mean_and_spread([mean for __, mean, ___ in found]),
            _mean_and_spread([tokens for __, ___, tokens in found]),
        )
        for others, found in groups.items()
        if len(found) > 1
    ]


def _mean_and_spread(values: list[float] | list[int]) -> tuple[float, float]:
    return statistics.fmean(values), statistics.stdev(values)
