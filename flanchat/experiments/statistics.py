"""How sure a share or a difference between two arms of an experiment is. Pure arithmetic; numpy is imported late.

An arm has scores from 0 to 1 by prompt: one for each prompt, or several where it was asked with several seeds. The
answers of one prompt are not independent, so everything that resamples resamples prompts.

Sources: Wilson 1927 (the interval of a share); McNemar 1947, in its exact form; Newcombe 1998, method 10 (the interval
of a paired difference of shares); Efron 1979 (the bootstrap), studentised; Holm 1979.
"""

from __future__ import annotations

import math
import statistics
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
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

    difference, low, high: of the means, with an interval of at least 95%, which leaves out 0 where `adjusted` shows a
    difference and nowhere else. p: the chance of a difference as large as this if there were none, before correction.
    adjusted: after Holm's correction for all comparisons of the experiment. test:
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


def wilson(right: float, count: int, z: float = Z95) -> Interval:
    """The share `right / count` with Wilson's interval, of 95% or as `z` has it.

    >>> wilson(9, 10)
    Interval(mean=0.9, low=0.5958499732047615, high=0.9821237869049271)
    """
    share, z2 = right / count, z * z
    centre = (share + z2 / (2 * count)) / (1 + z2 / count)
    half = z / (1 + z2 / count) * math.sqrt(share * (1 - share) / count + z2 / (4 * count * count))
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
    means_of = np.concatenate([weights @ values / len(values) for weights in _resamples(len(values))])
    low, high = np.quantile(means_of, [0.025, 0.975])
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


def compare_all(
    pairs: Sequence[tuple[tuple[int, int], Sequence[Sequence[float]], Sequence[Sequence[float]]]], comparisons: int
) -> list[Difference]:
    """Compare several pairs of arms prompt by prompt, with p and intervals corrected for their number.

    pairs: the numbers of two arms, and the scores of each prompt by both, in the same order. comparisons: of the
    experiment. Scores of right and wrong with one answer a prompt get McNemar's exact test, all others the paired
    bootstrap.
    """
    tests = [_test(first, second) for __, first, second in pairs]
    adjusted = holm([test.p for test in tests])
    return [test.difference(of, comparisons, p) for (of, __, ___), test, p in zip(pairs, tests, adjusted, strict=True)]


def _test(first: Sequence[Sequence[float]], second: Sequence[Sequence[float]]) -> _McNemar | _Bootstrap:
    single = all(len(a) == len(b) == 1 for a, b in zip(first, second, strict=True))
    if single and {float(score) for pair in (*first, *second) for score in pair} <= {0.0, 1.0}:
        cells = Counter((bool(a[0]), bool(b[0])) for a, b in zip(first, second, strict=True))
        return _McNemar(cells[True, True], cells[True, False], cells[False, True], cells[False, False])
    return _Bootstrap([_mean(b) - _mean(a) for a, b in zip(first, second, strict=True)])


class _Test:
    """A test of one difference. p: before correction."""

    name: str
    count: int
    mean: float
    p: float

    def difference(self, of: tuple[int, int], comparisons: int, adjusted: float) -> Difference:
        """adjusted: p after correction."""
        low, high = self.interval(ALPHA * self.p / adjusted)
        if adjusted > ALPHA:
            low, high = min(low, 0.0), max(high, 0.0)  # what is not shown must not look shown by its interval,
        elif self.mean > 0:
            low = max(low, 0.0)  # nor what is shown as if it were not
        else:
            high = min(high, 0.0)
        detectable = self.detectable(comparisons)
        return Difference(*of, self.mean, low, high, self.p, self.name, self.count, detectable, adjusted)

    def interval(self, alpha: float) -> tuple[float, float]:
        """That leaves out the truth with probability alpha."""
        raise NotImplementedError

    def detectable(self, comparisons: int) -> float | None:
        """See `Difference`."""
        raise NotImplementedError


class _McNemar(_Test):
    """Prompts by who is right: both, only the first, only the second, neither."""

    name = "mcnemar"

    def __init__(self, both: int, only_first: int, only_second: int, neither: int) -> None:
        self._cells = both, only_first, only_second, neither
        self.count = sum(self._cells)
        self.mean = (only_second - only_first) / self.count
        self.p = mcnemar(only_first, only_second)

    def interval(self, alpha: float) -> tuple[float, float]:
        both, only_first, only_second, neither = self._cells
        if not only_first and not only_second:
            return 0.0, 0.0
        z = statistics.NormalDist().inv_cdf(1 - alpha / 2)
        one = wilson(both + only_second, self.count, z)
        other = wilson(both + only_first, self.count, z)
        product = both * neither - only_first * only_second
        excess = max(0.0, product - self.count / 2) if product > 0 else product
        sizes = math.prod((both + only_first, only_second + neither, both + only_second, only_first + neither))
        correlation = excess / math.sqrt(sizes) if sizes else 0.0

        def half(of_one: float, of_other: float) -> float:
            return math.sqrt(of_one**2 - 2 * correlation * of_one * of_other + of_other**2)

        return (
            self.mean - half(one.mean - one.low, other.high - other.mean),
            self.mean + half(one.high - one.mean, other.mean - other.low),
        )

    def detectable(self, comparisons: int) -> float | None:
        return _shown_by_mcnemar(self.count, sum(self._cells[1:3]), comparisons)


class _Bootstrap(_Test):
    """The mean of differences, by resampling studentised means of the centred ones.

    No p is below that of as many equal signs. The interval takes the same resamples as the test, and so agrees with it.
    """

    name = "bootstrap"

    def __init__(self, differences: Sequence[float]) -> None:
        import numpy as np

        values = np.asarray(differences)
        self.count, self.mean = len(values), float(values.mean())
        self._lowest = 2 / 2**self.count if self.count < _MANY else 0.0
        spread = float(values.std(ddof=1)) if self.count > 1 else 0.0
        self._varies = spread >= 1e-9  # or all prompts differ by the same, but for rounding
        if not self._varies:
            self.p = 1.0 if abs(self.mean) < 1e-9 else min(1.0, self._lowest)
            return
        self._error = spread / math.sqrt(self.count)
        centred, parts = values - self.mean, []
        for weights in _resamples(self.count):
            means = weights @ centred / self.count
            variances = (weights @ centred**2 - self.count * means**2) / (self.count - 1)
            errors = np.sqrt(np.where(variances < 1e-18, 0.0, variances) / self.count)
            with np.errstate(divide="ignore", invalid="ignore"):
                parts.append(np.nan_to_num(np.abs(means) / errors, nan=0.0, posinf=math.inf))
        self._statistics = np.sort(np.concatenate(parts))
        reached = len(self._statistics) - int(np.searchsorted(self._statistics, abs(self.mean) / self._error))
        self.p = max((reached + 1) / (len(self._statistics) + 1), self._lowest)

    def interval(self, alpha: float) -> tuple[float, float]:
        if not self._varies:
            if abs(self.mean) < 1e-9:
                return 0.0, 0.0
            return (self.mean, self.mean) if self.p <= alpha else (-1.0, 1.0)
        half = self._quantile(alpha) * self._error
        return max(-1.0, self.mean - half), min(1.0, self.mean + half)

    def detectable(self, comparisons: int) -> float | None:
        wanted = self._quantile(ALPHA / comparisons) if self._varies else math.inf
        return wanted * self._error if math.isfinite(wanted) else None

    def _quantile(self, alpha: float) -> float:
        """Of the studentised means: what is above it has a p of alpha at most. Infinite where nothing has."""
        allowed = math.floor(alpha * (len(self._statistics) + 1)) - 1
        return float(self._statistics[-1 - allowed]) if allowed >= 0 and self._lowest <= alpha else math.inf


def _shown_by_mcnemar(count: int, differ: int, comparisons: int) -> float | None:
    """The smallest difference that McNemar's test shows where the arms differ on `differ` of `count` prompts.

    Where it shows none on so few, the smallest that it shows on more, all of them in favour of one arm.
    """
    shown = takewhile(lambda tail: 2 * tail / (1 << differ) * comparisons <= ALPHA, _tails(differ))
    if fewest := sum(1 for _ in shown):  # how many numbers of prompts in favour of the worse arm are shown: 0, 1, 2 ...
        return (differ - 2 * (fewest - 1)) / count
    needed = next(k for k in range(differ, count + 2) if k > count or mcnemar(0, k) * comparisons <= ALPHA)
    return needed / count if needed <= count else None


def _resamples(count: int) -> Iterator[NDArray[np.float64]]:
    """Samples of all prompts with replacement, as how often each is in a sample [samples, prompts].

    In blocks that fit into memory. The same for each comparison of as many prompts.
    """
    number = _RESAMPLES if count <= _MANY else _RESAMPLES_OF_MANY
    at_once = max(1, _MOST_NUMBERS // count)
    if number <= at_once:
        yield _kept_resamples(count, number)
        return
    import numpy as np

    random = np.random.default_rng(_SEED)
    for begin in range(0, number, at_once):
        yield _draw(random, count, min(at_once, number - begin))


@lru_cache(maxsize=1)
def _kept_resamples(count: int, number: int) -> NDArray[np.float64]:
    import numpy as np

    return _draw(np.random.default_rng(_SEED), count, number)


def _draw(random: np.random.Generator, count: int, samples: int) -> NDArray[np.float64]:
    import numpy as np

    drawn = random.integers(0, count, (samples, count)) + count * np.arange(samples)[:, None]
    return np.bincount(drawn.ravel(), minlength=samples * count).reshape(samples, count).astype(float)


def _mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values)
