"""How sure a share or a difference between two arms of an experiment is. Pure arithmetic; numpy is imported late.

An arm has scores from 0 to 1 by prompt: one for each prompt, or several where it was asked with several seeds. The
answers of one prompt are not independent, so everything that resamples resamples prompts.

Sources: Wilson 1927 (the interval of a share); McNemar 1947, in its exact form; Efron 1979 (the bootstrap); Holm 1979.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, takewhile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Z95 = 1.959963984540054
"""The quantile of the normal distribution of a two-sided 95% interval."""

ALPHA = 0.05
"""A difference is shown when its corrected p is not above this."""

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
    tail = next(islice(_tails(count), fewer, None))
    return min(1.0, 2 * tail / (1 << count))


def _tails(count: int) -> Iterator[int]:
    """Of `count` coins, the number of ways in which at most 0, 1, 2 ... show heads."""
    ways = tail = 1
    for heads in range(count + 1):
        yield tail
        ways = ways * (count - heads) // (heads + 1)
        tail += ways


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


def bootstrap_macro_f1(times: Sequence[int], counts: Sequence[Sequence[int]]) -> Interval:
    """The mean F1 of the labels that a prompt or an answer has, with its bootstrap interval.

    counts: what a prompt of each kind adds to the right answers of each label, and then to the sum of its prompts and
    answers. times: how many prompts of each kind there are.
    """
    import numpy as np

    def means(totals: NDArray[np.float64]) -> NDArray[np.float64]:
        """[samples, 2 * labels] -> [samples]"""
        right, both = np.split(totals, 2, axis=1)
        f1 = np.divide(2 * right, both, out=np.zeros_like(right), where=both > 0)
        occurring = (both > 0).sum(axis=1)
        found: NDArray[np.float64] = np.divide(f1.sum(axis=1), occurring, out=np.zeros(len(f1)), where=occurring > 0)
        return found

    prompts, of_kind = sum(times), np.asarray(counts, dtype=float)
    random, shares = np.random.default_rng(_SEED), np.asarray(times) / prompts
    left, parts = _RESAMPLES if prompts <= _MANY else _RESAMPLES_OF_MANY, []
    while left > 0:
        samples = max(1, min(left, _MOST_NUMBERS // max(of_kind.shape)))
        parts.append(means(random.multinomial(prompts, shares, samples) @ of_kind))
        left -= samples
    low, high = np.quantile(np.concatenate(parts), [0.025, 0.975])
    mean = means((np.asarray(times) @ of_kind)[None])[0]
    return Interval(float(mean), float(low), float(high))


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
        test = "bootstrap"
        p, detectable = _bootstrap_test(differences, comparisons)
    return Difference(*of, mean, low, high, p, test, count, detectable)


def _shown_by_mcnemar(count: int, differ: int, comparisons: int) -> float | None:
    """The smallest difference that McNemar's test shows where the arms differ on `differ` of `count` prompts.

    Where it shows none on so few, the smallest that it shows on more, all of them in favour of one arm.
    """
    shown = takewhile(lambda tail: 2 * tail / (1 << differ) * comparisons <= ALPHA, _tails(differ))
    if fewest := sum(1 for _ in shown):  # how many numbers of prompts in favour of the worse arm are shown: 0, 1, 2 ...
        return (differ - 2 * (fewest - 1)) / count
    needed = next(k for k in range(differ, count + 2) if k > count or mcnemar(0, k) * comparisons <= ALPHA)
    return needed / count if needed <= count else None


def _bootstrap_test(differences: NDArray[np.float64], comparisons: int) -> tuple[float, float | None]:
    """The two-sided p that the mean is 0, and the smallest mean that is shown where the prompts spread as these do.

    By resampling studentised means of the centred differences. No p is below that of as many equal signs.
    """
    import numpy as np

    count, mean = len(differences), float(differences.mean())
    lowest = 2 / 2**count if count < _MANY else 0.0
    spread = float(differences.std(ddof=1)) if count > 1 else 0.0
    if spread < 1e-9:  # all prompts differ by the same, but for rounding
        return (1.0 if abs(mean) < 1e-9 else min(1.0, lowest)), None
    error = spread / math.sqrt(count)
    parts = []
    for sample in _resamples(differences - mean):
        with np.errstate(divide="ignore", invalid="ignore"):
            statistic = np.abs(sample.mean(axis=1)) / (sample.std(axis=1, ddof=1) / math.sqrt(count))
        parts.append(np.nan_to_num(statistic, nan=0.0, posinf=math.inf))
    statistics = np.concatenate(parts)
    p = (int((statistics >= abs(mean) / error).sum()) + 1) / (len(statistics) + 1)
    wanted = float(np.sort(statistics)[math.ceil((1 - ALPHA / comparisons) * len(statistics)) - 1])
    can_show = lowest * comparisons <= ALPHA and math.isfinite(wanted)
    return max(p, lowest), wanted * error if can_show else None


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
