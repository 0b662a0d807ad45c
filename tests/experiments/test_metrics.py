"""Answers are scored as SQuAD scores them, the best of several targets counting."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flanchat.experiments.metrics import METRICS, normalize, token_f1


def scores(answer: str, targets: list[str]) -> tuple[float, ...]:
    """Correct, exact and F1."""
    return tuple(METRICS[name].score(answer, targets) for name in ("correct", "exact", "f1"))


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
        ("", ["the"], (False, False, 0.0)),
        ("A", ["THE"], (False, False, 0.0)),
        ("a", ["A"], (False, True, 1.0)),
        ("A.", ["A"], (False, True, 1.0)),  # as "B." is "B"
        ("(a)", ["A)"], (False, True, 1.0)),
        ("+", ["-"], (False, False, 0.0)),
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


@pytest.mark.parametrize(
    ("answer", "target", "same"),
    [
        ("75", "7.5", False),
        ("5", "-5", False),
        ("-5", "-5", True),
        ("1,000", "1000", True),
        ("1000.0", "1,000.", True),
        ("007", "7", True),
        ("-0.0", "0", True),
        ("It is 7.50!", "it is 7.5", True),
        ("3-4", "34", True),  # no number alone: SQuAD's rule
        ("12", "12 apples", False),
        ("1.2.3", "123", True),
        ("well-known", "wellknown", True),
    ],
)
def test_a_number_is_compared_as_a_number(answer: str, target: str, same: bool):
    assert METRICS["exact"].score(answer, [target]) == same
    assert (METRICS["f1"].score(answer, [target]) == 1) == same


@pytest.mark.parametrize(
    ("answer", "targets", "held"),
    [
        ("The answer is 13.", ["13"], True),
        ("The answer is 130.", ["13"], False),
        ("It is the Eiffel Tower, I think", ["Eiffel Tower"], True),
        ("Eiffel's Tower", ["Eiffel Tower"], False),
        ("Rome or Paris", ["Berlin", "paris"], True),
        ("The answer is (A).", ["A"], True),
        ("The answer is (B).", ["A"], False),
        ("", ["Paris"], False),
        ("", ["the"], False),
    ],
)
def test_an_answer_contains_the_words_of_a_target(answer: str, targets: list[str], held: bool):
    assert METRICS["contains"].score(answer, targets) == held


@pytest.mark.parametrize(
    ("answer", "targets", "right"),
    [
        ("2 + 7 = 9, 10 + 9 = 19. The answer is 19.", ["19"], True),
        ("19 is what 12 + 7 gives", ["19"], False),
        ("-4", ["4"], False),
        ("about 1,250.50 m", ["1250.5"], True),
        ("no idea", ["4"], False),
        ("Paris", ["paris"], True),
        ("the answer is 3", ["2", "3"], True),
        ("11", ["Apollo 11"], False),
        ("Apollo 11", ["apollo 11."], True),
        ("it is 7", ["7."], True),
    ],
)
def test_the_last_number_of_an_answer_counts(answer: str, targets: list[str], right: bool):
    assert METRICS["number"].score(answer, targets) == right


@given(st.text(), st.lists(st.text(), min_size=1, max_size=3))
def test_an_exact_answer_contains_the_target(answer: str, targets: list[str]):
    assert METRICS["exact"].score(answer, targets) <= METRICS["contains"].score(answer, targets)
