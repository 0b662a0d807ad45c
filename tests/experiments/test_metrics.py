"""Answers are scored as SQuAD scores them, the best of several targets counting."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flanchat.experiments.metrics import METRICS, normalize, token_f1


def scores(answer: str, targets: list[str]) -> tuple[float, ...]:
    """Correct, exact and F1."""
    return tuple(metric.score(answer, targets) for metric in METRICS.values())


@pytest.mark.parametrize(
    ("answer", "targets", "expected"),
    [
        ("Paris", ["Paris"], (True, True, 1.0)),
        (" Paris\n", ["Paris"], (True, True, 1.0)),
        ("the paris.", ["Paris"], (False, True, 1.0)),
        ("Paris, France", ["Paris"], (False, False, 2 / 3)),
        ("Rome", ["Paris"], (False, False, 0.0)),
        ("Rome", ["Paris", "rome"], (False, True, 1.0)),
        ("", ["Paris"], (False, False, 0.0)),
        ("", ["the"], (False, True, 1.0)),
        ("to be or not to be", ["to be"], (False, False, 0.5)),
        ("北京", ["北京"], (True, True, 1.0)),
    ],
)
def test_an_answer_is_scored_as_squad_scores_it(answer: str, targets: list[str], expected: tuple[float, ...]):
    assert scores(answer, targets) == expected


@given(st.text(), st.text())
def test_f1_is_symmetric_between_0_and_1_and_1_only_for_the_same_tokens(one: str, other: str):
    found = token_f1(one, other)

    assert found == token_f1(other, one)
    assert 0 <= found <= 1
    assert (found == 1) == (sorted(normalize(one).split()) == sorted(normalize(other).split()))


@given(st.text(), st.lists(st.text(), min_size=1, max_size=4))
def test_a_correct_answer_is_exact_and_an_exact_one_has_f1_1(answer: str, targets: list[str]):
    correct, exact, f1 = scores(answer, targets)

    assert correct <= exact
    assert not exact or f1 == 1
