"""How sure a share or a difference between two arms of an experiment is. Pure arithmetic; numpy is imported late.

An arm has scores from 0 to 1 by prompt: one for each prompt, or several where it was asked with several seeds. The
answers of one prompt are not independent, so everything that resamples resamples prompts.

Sources: Wilson 1927 (the interval of a share); McNemar 1947, in its exact form; Efron 1979 (the bootstrap); Holm 1979.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Z95 = 1.959963984540054
"""The quantile of the normal distribution of a two-sided 95% interval."""

ALPHA = 0.05
"""A difference is shown when its corrected p is not above this."""

_FEWEST = 6  # prompts that can show anything: two-sided, five equal signs have p 0.0625
_RESAMPLES, _RESAMPLES_OF_MANY = 10_000, 2_000
_MANY = 2_000  # prompts, above which fewer resamples do: the mean is nearly normal
_MOST_NUMBERS = 1 << 22  # drawn at a time, so that memory stays at 32 MB
_SEED = 1979  # the same scores always give the same interval


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean and its 95% interval."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Difference:
    """How much arm `second` is above arm `first`, on the same prompts.

    difference, low, high: of the means, with its 95% interval. p: the chance of a difference as large as this if there
    were none, before correction. adjusted: after Holm's correction for all comparisons of the experiment. test:
    "mcnemar" or "bootstrap". detectable: the smallest difference that these prompts could have shown, with as many on
    which the arms differ and for as many comparisons; None where they are too few to show any.
    """

    first: int
    second: int
    difference: float
    low: float
    high: float
    p: float
    test: str
    prompts: int
    detectable: float | None
    adjusted: float = 1.0

    @property
    def is_none(self) -> bool:
        """Whether the arms have the same score on every prompt."""
        return self.low == self.high == 0


def wilson(right: float, count: int) -> Interval:
    """The share `right / count` with Wilson's interval.

    >>> wilson(9, 10)
    Interval(mean=0.9, low=0.5958499732047615, high=0.9821237869049271)
    """
    share, z2 = right / count, Z95 * Z95
    centre = (share + z2 / (2 * count)) / (1 + z2 / count)
    half = Z95 / (1 + z2 / count) * math.sqrt(share * (1 - share) / count + z2 / (4 * count * count))
    low, high = max(0.0, centre - half), min(1.0, centre + half)
    return Interval(share, 0.0 if right == 0 else low, 1.0 if right == count else high)


def mcnemar(only_first: int, only_second: int) -> float:
    """The two-sided exact p that two arms are right equally often. Only prompts on which one of them is count.

    >>> mcnemar(1, 8)
    0.0390625
    """
    count, fewer = only_first + only_second, min(only_first, only_second)
    tail: int = sum(math.comb(count, k) for k in range(fewer + 1))
    return min(1.0, 2 * tail / (1 << count))


def holm(values: Sequence[float]) -> list[float]:
    """Each p after Holm's correction, in the order given.

    >>> holm([0.01, 0.04, 0.03])
    [0.03, 0.06, 0.06]
    """
    adjusted, highest = [0.0] * len(values), 0.0
    for rank, at in enumerate(sorted(range(len(values)), key=values.__getitem__)):
        highest = max(highest, min(1.0, (len(values) - rank) * values[at]))
        adjusted[at] = highest
    return adjusted


def bootstrap_mean(means: Sequence[float]) -> Interval:
    """The mean over prompts with its bootstrap interval. means: of each prompt, over its seeds."""
    import numpy as np

    values = np.asarray(means, dtype=float)
    low, high = np.quantile(_resampled_means(values), [0.025, 0.975])
    return Interval(float(values.mean()), float(low), float(high))


def compare(
    first: Sequence[Sequence[float]], second: Sequence[Sequence[float]], *, of: tuple[int, int], comparisons: int = 1
) -> Difference:
    """Compare two arms prompt by prompt.

    first, second: the scores of each prompt, in the same order. of: the arms' numbers. comparisons: of the experiment.
    Scores of right and wrong with one answer a prompt get McNemar's exact test, all others the paired bootstrap.
    """
    import numpy as np

    differences = np.array([_mean(b) - _mean(a) for a, b in zip(first, second, strict=True)])
    count, mean = len(differences), float(differences.mean())
    low, high = (float(bound) for bound in np.quantile(_resampled_means(differences), [0.025, 0.975]))
    single = all(len(a) == len(b) == 1 for a, b in zip(first, second, strict=True))
    if single and {float(score) for pair in (*first, *second) for score in pair} <= {0.0, 1.0}:
        only_first, only_second = int((differences < 0).sum()), int((differences > 0).sum())
        test, p = "mcnemar", mcnemar(only_first, only_second)
        detectable = _shown_by_mcnemar(count, only_first + only_second, comparisons)
    else:
        test, p = "bootstrap", _bootstrap_p(differences)
        detectable = _shown_by_bootstrap(differences, comparisons)
    return Difference(*of, mean, low, high, p, test, count, detectable)


def _shown_by_mcnemar(count: int, differ: int, comparisons: int) -> float | None:
    """The smallest difference that McNemar's test shows where the arms differ on `differ` of `count` prompts.

    Where it shows none on so few, the smallest that it shows on more, all of them in favour of one arm.
    """
    for fewer in range(differ // 2, -1, -1):
        if mcnemar(fewer, differ - fewer) * comparisons <= ALPHA:
            return (differ - 2 * fewer) / count
    needed = next(k for k in range(differ, count + 2) if k > count or mcnemar(0, k) * comparisons <= ALPHA)
    return needed / count if needed <= count else None


def _shown_by_bootstrap(differences: NDArray[np.float64], comparisons: int) -> float | None:
    """The smallest mean that is shown where the prompts spread as these do, by the normal approximation."""
    count = len(differences)
    spread = float(differences.std(ddof=1)) if count >= _FEWEST else 0.0
    quantile = NormalDist().inv_cdf(1 - ALPHA / (2 * comparisons))
    return quantile * spread / math.sqrt(count) if spread else None


def _bootstrap_p(differences: NDArray[np.float64]) -> float:
    """The two-sided p that the mean is 0, from resampling studentised means of the centred differences."""
    import numpy as np

    count, mean = len(differences), float(differences.mean())
    spread = float(differences.std(ddof=1)) if count > 1 else 0.0
    if not spread:
        return 1.0 if not mean or count < 2 else 2 / 2**count  # all prompts differ by the same: a sign test
    observed = abs(mean) / (spread / math.sqrt(count))
    as_large = drawn = 0
    for sample in _resamples(differences - mean):
        errors = sample.std(axis=1, ddof=1) / math.sqrt(count)
        with np.errstate(divide="ignore", invalid="ignore"):
            statistic = np.abs(sample.mean(axis=1)) / errors
        as_large += int((np.nan_to_num(statistic, nan=0.0, posinf=math.inf) >= observed).sum())
        drawn += len(sample)
    return (as_large + 1) / (drawn + 1)


def _resampled_means(values: NDArray[np.float64]) -> NDArray[np.float64]:
    import numpy as np

    return np.concatenate([sample.mean(axis=1) for sample in _resamples(values)])


def _resamples(values: NDArray[np.float64]) -> Iterator[NDArray[np.float64]]:
    """Samples of all values with replacement [samples, values], in blocks that fit into memory."""
    import numpy as np

    count, random = len(values), np.random.default_rng(_SEED)
    left = _RESAMPLES if count <= _MANY else _RESAMPLES_OF_MANY
    while left > 0:
        rows = max(1, min(left, _MOST_NUMBERS // count))
        yield values[random.integers(0, count, (rows, count))]
        left -= rows


def _mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values)
