"""Confidence that is true has small errors, confidence that is too high is found, and a temperature mends it."""

from __future__ import annotations

import itertools
import random

import pytest

from flanchat.experiments.calibration import Calibration, Judged, calibrate, is_fitted_on


def arm(shares: list[float], *, sharpened: float = 1.0, chosen: bool = True) -> Calibration:
    """Answers that are right as often as `shares` says, but whose confidence is sharpened by a power."""
    chance = random.Random(3)
    judged = []
    for row, share in enumerate(shares):
        told, rest = share**sharpened, (1 - share) ** sharpened
        probabilities = (told / (told + rest), rest / (told + rest)) if chosen else (told,)
        judged.append(Judged(row, chance.random() < share, probabilities))
    found = calibrate(judged)
    assert found is not None
    return found


SHARES = [0.5 + 0.49 * (k % 97) / 97 for k in range(4000)]


def test_the_errors_are_those_of_a_small_example():
    """Bins of ten percent: 0.95 twice, right once, and 0.65 once, wrong."""
    found = calibrate([Judged(0, True, (0.95,)), Judged(1, False, (0.95,)), Judged(2, False, (0.65,))])

    assert found is not None
    assert (found.answers, found.confidence, found.right) == (3, pytest.approx(0.85), pytest.approx(1 / 3))
    assert found.errors.ece == pytest.approx((2 * 0.45 + 0.65) / 3)
    assert found.errors.brier == pytest.approx((0.05**2 + 0.95**2 + 0.65**2) / 3)
    assert [(b.low, b.high, b.answers, b.right.mean) for b in found.bins] == [(0.6, 0.7, 1, 0.0), (0.9, 1.0, 2, 0.5)]
    assert found.temperature is None


def test_a_true_confidence_errs_by_no_more_than_chance():
    found = arm(SHARES)

    assert found.errors.ece < 2 * found.ece_by_chance < 0.04
    assert found.errors.ece_equal_mass < 0.04
    assert found.temperature is not None
    assert found.temperature.value == pytest.approx(1, abs=0.15)


@pytest.mark.parametrize("chosen", [True, False])
def test_a_temperature_fitted_on_one_half_mends_the_other(chosen: bool):
    found = arm(SHARES, sharpened=3.0 if chosen else 0.4, chosen=chosen)

    assert found.errors.ece > 5 * found.ece_by_chance
    assert found.temperature is not None
    assert found.temperature.value == pytest.approx(3.0 if chosen else 0.4, rel=0.15)
    assert found.temperature.after.ece < found.temperature.before.ece / 3
    assert found.temperature.after.brier < found.temperature.before.brier
    assert found.temperature.fitted_on + found.temperature.judged_on == len(SHARES)


def test_the_halves_do_not_follow_the_order_of_the_file():
    halves = [is_fitted_on(row) for row in range(1000)]

    assert 450 < sum(halves) < 550
    assert 450 < sum(a == b for a, b in itertools.pairwise(halves)) < 550


def test_equal_confidences_are_in_one_bin_whatever_their_order():
    rights = [True] * 50 + [False] * 50

    one, other = (
        calibrate([Judged(row, right, (0.5,)) for row, right in enumerate(order)]) for order in (rights, rights[::-1])
    )

    assert one is not None
    assert other is not None
    assert one.errors.ece_equal_mass == other.errors.ece_equal_mass == pytest.approx(0)


def test_seeds_of_a_prompt_make_no_interval_narrower():
    once = calibrate([Judged(row, row % 2 == 0, (0.75,)) for row in range(20)])
    copied = calibrate([Judged(row, row % 2 == 0, (0.75,)) for row in range(20) for _ in range(9)])

    assert once is not None
    assert copied is not None
    assert copied.bins[0].right == once.bins[0].right


@pytest.mark.parametrize("judged", [[], [Judged(0, True, (1.0,))], [Judged(0, False, (1.0, 0.0))] * 50])
@pytest.mark.filterwarnings("error")
def test_few_and_certain_answers_give_no_warning_and_no_temperature(judged: list[Judged]):
    found = calibrate(judged)

    assert (found is None) == (not judged)
    assert found is None or found.temperature is None


@pytest.mark.filterwarnings("error")
def test_answers_that_are_hardly_possible_give_no_warning():
    found = calibrate([Judged(row, row % 3 == 0, (1e-300,)) for row in range(200)])

    assert found is not None
    assert found.confidence == pytest.approx(0)
