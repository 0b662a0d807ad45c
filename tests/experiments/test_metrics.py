"""Answers are scored as SQuAD scores them, the best of several targets counting."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flanchat.experiments.metrics import Score, normalize, score, token_f1


@pytest.mark.parametrize(
    ("answer", "targets", "expected"),
    [
        ("Paris", ["Paris"], Score(True, True, 1.0)),
        (" Paris\n", ["Paris"], Score(True, True, 1.0)),
        ("the paris.", ["Paris"], Score(False, True, 1.0)),
        ("Paris, France", ["Paris"], Score(False, False, 2 / 3)),
        ("Rome", ["Paris"], Score(False, False, 0.0)),
        ("Rome", ["Paris", "rome"], Score(False, True, 1.0)),
        ("", ["Paris"], Score(False, False, 0.0)),
        ("", ["the"], Score(False, True, 1.0)),
        ("to be or not to be", ["to be"], Score(False, False, 0.5)),
        ("北京", ["北京"], Score(True, True, 1.0)),
    ],
)
def test_an_answer_gets_what_squad_gives_it(answer: str, targets: list[str], expected: Score):
    assert score(answer, targets) == expected


@given(st.text(), st.text())
def test_f1_is_symmetric_between_0_and_1_and_1_only_for_the_same_tokens(one: str, other: str):
    found = token_f1(one, other)

    assert found == token_f1(other, one)
    assert 0 <= found <= 1
    assert (found == 1) == (sorted(normalize(one).split()) == sorted(normalize(other).split()))


@given(st.text(), st.lists(st.text(), min_size=1, max_size=4))
def test_what_is_correct_is_exact_and_what_is_exact_has_f1_1(answer: str, targets: list[str]):
    found = score(answer, targets)

    assert found.correct <= found.exact
    assert not found.exact or found.f1 == 1
