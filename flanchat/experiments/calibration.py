"""How far the confidence of answers can be trusted: errors, bins for a chart, and a temperature. Pure arithmetic.

Sources: Brier 1950; Naeini et al. 2015 (the expected calibration error); Guo et al. 2017 (one temperature for all).
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flanchat.experiments.statistics import Interval, wilson

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

BINS = 10
_LEAST = 20  # answers in each half, to fit a temperature
_SEED = 2017
_DRAWS, _MOST_NUMBERS = 1_000, 1 << 23
_MOST_BETA = math.log(20.0)  # temperatures from 0.05 to 20


@dataclass(frozen=True, slots=True)
class Judged:
    """One answer. row: of its prompt. probabilities: of the answer; if it was chosen or voted for, those of all other
    choices or groups, too."""

    row: int
    is_right: bool
    probabilities: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Bin:
    """Answers with a confidence from `low` to `high`. confidence: their mean. right: their share with its interval."""

    low: float
    high: float
    answers: int
    confidence: float
    right: Interval


@dataclass(frozen=True, slots=True)
class Errors:
    """Expected calibration error over bins of equal width and of as many answers each, Brier score, log loss."""

    ece: float
    ece_equal_mass: float
    brier: float
    log_loss: float


@dataclass(frozen=True, slots=True)
class Temperature:
    """Fitted on half of the prompts and judged on the other. fitted_on, judged_on: prompts."""

    value: float
    fitted_on: int
    judged_on: int
    before: Errors
    after: Errors


@dataclass(frozen=True, slots=True)
class Calibration:
    """Of the answers of an arm that have a right one. confidence, right: means.

    ece_by_chance: the mean of `errors.ece` if every confidence were true, which it is above 0 for few answers.
    bins: of equal width, without empty ones. temperature: None where a half has too few answers, or only right or only
    wrong ones.
    """

    answers: int
    confidence: float
    right: float
    errors: Errors
    ece_by_chance: float
    bins: tuple[Bin, ...]
    temperature: Temperature | None


def calibrate(judged: Sequence[Judged]) -> Calibration | None:
    """None for no answers."""
    if not judged:
        return None
    import numpy as np

    right = np.array([one.is_right for one in judged], dtype=float)
    confidence = _confidence(_logs(judged), 1.0)
    return Calibration(
        len(judged),
        float(confidence.mean()),
        float(right.mean()),
        _errors(confidence, right),
        _ece_by_chance(confidence),
        tuple(_bins(judged, confidence, right)),
        _temperature(judged, right),
    )


def is_fitted_on(row: int) -> bool:
    """Whether a prompt is in the half that the temperature is fitted on. By chance: files are often sorted."""
    return hashlib.sha256(str(row).encode()).digest()[0] % 2 == 0


def _logs(judged: Sequence[Judged]) -> NDArray[np.float64]:
    """[answers, choices or groups], -inf where there is none."""
    import numpy as np

    made = np.full((len(judged), max(len(one.probabilities) for one in judged)), -math.inf)
    for at, one in enumerate(judged):
        made[at, : len(one.probabilities)] = [math.log(max(share, 1e-300)) for share in one.probabilities]
    return made


def _confidence(logs: NDArray[np.float64], beta: float) -> NDArray[np.float64]:
    """The confidence at a temperature of 1 / beta. An answer without alternatives has its own probability only."""
    import numpy as np

    powers = np.exp(beta * np.minimum(logs, 0.0))
    is_one_of_several = np.isfinite(logs[:, 1:]).any(axis=1)
    confidence: NDArray[np.float64] = powers[:, 0] / np.where(is_one_of_several, powers.sum(axis=1), 1.0)
    return confidence


def _errors(confidence: NDArray[np.float64], right: NDArray[np.float64]) -> Errors:
    import numpy as np

    width = _numbers(confidence)
    order = np.argsort(confidence, kind="stable")
    ranks = np.searchsorted(confidence[order], confidence)  # equal ones have one rank, and so are in one bin
    mass = ranks * BINS // len(confidence)
    return Errors(
        _ece(width, confidence, right),
        _ece(mass, confidence, right),
        float(((confidence - right) ** 2).mean()),
        _log_loss(confidence, right),
    )


def _numbers(confidence: NDArray[np.float64]) -> NDArray[np.int64]:
    import numpy as np

    numbers: NDArray[np.int64] = np.minimum((confidence * BINS).astype(np.int64), BINS - 1)
    return numbers


def _ece(numbers: NDArray[np.int64], confidence: NDArray[np.float64], right: NDArray[np.float64]) -> float:
    import numpy as np

    return float(np.abs(np.bincount(numbers, weights=confidence - right, minlength=BINS)).sum() / len(right))


def _log_loss(confidence: NDArray[np.float64], right: NDArray[np.float64]) -> float:
    import numpy as np

    bounded = np.clip(confidence, 1e-12, 1 - 1e-12)
    return float(-(right * np.log(bounded) + (1 - right) * np.log1p(-bounded)).mean())


def _ece_by_chance(confidence: NDArray[np.float64]) -> float:
    import numpy as np

    random, count = np.random.default_rng(_SEED), len(confidence)
    in_bin = np.eye(BINS)[_numbers(confidence)]  # [answers, bins]
    draws = max(10, min(_DRAWS, _MOST_NUMBERS // count))
    gaps = ((random.random((draws, count)) < confidence) - confidence) @ in_bin
    return float(np.abs(gaps).sum(axis=1).mean() / count)


def _bins(judged: Sequence[Judged], confidence: NDArray[np.float64], right: NDArray[np.float64]) -> list[Bin]:
    numbers = _numbers(confidence)
    made = []
    for number in range(BINS):
        at = (numbers == number).nonzero()[0]
        if len(at):
            prompts = len({judged[each].row for each in at})  # seeds of a prompt are no further evidence
            share = wilson(float(right[at].mean()) * prompts, prompts)
            made.append(Bin(number / BINS, (number + 1) / BINS, len(at), float(confidence[at].mean()), share))
    return made


def _temperature(judged: Sequence[Judged], right: NDArray[np.float64]) -> Temperature | None:
    import numpy as np

    fitted = np.array([is_fitted_on(one.row) for one in judged])
    logs = _logs(judged)
    for half in (right[fitted], right[~fitted]):
        if len(half) < _LEAST or half.min() == half.max():
            return None
    ratio, low, high = (math.sqrt(5) - 1) / 2, -_MOST_BETA, _MOST_BETA  # golden section; the loss has one valley

    def loss(log_beta: float) -> float:
        return _log_loss(_confidence(logs[fitted], math.exp(log_beta)), right[fitted])

    for _ in range(40):
        left, other = high - ratio * (high - low), low + ratio * (high - low)
        low, high = (low, other) if loss(left) < loss(other) else (left, high)
    beta = math.exp((low + high) / 2)
    rows = [{one.row for one, is_in in zip(judged, fitted, strict=True) if is_in == half} for half in (True, False)]
    return Temperature(
        1 / beta,
        len(rows[0]),
        len(rows[1]),
        _errors(_confidence(logs[~fitted], 1.0), right[~fitted]),
        _errors(_confidence(logs[~fitted], beta), right[~fitted]),
    )
