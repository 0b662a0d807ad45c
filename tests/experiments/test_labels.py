"""The confusion table and the figures of labels, which are scikit-learn's (computed with 1.7, kept here as numbers)."""

from __future__ import annotations

import pytest

from flanchat.experiments.labels import Labels, confusion

LABELS = Labels(["yes", "no", "maybe", "never"])


def cells(*pairs: tuple[str, str]) -> list[list[tuple[int, int]]]:
    """One prompt for each pair of its right answer and the answer given."""
    return [[LABELS.cell(given, [right])] for right, given in pairs]


def test_precision_recall_and_f1_are_scikit_learns():
    pairs = [("yes", "yes")] * 5 + [("yes", "no")] * 2 + [("no", "no")] * 3 + [("no", "yes")] + [("maybe", "yes")] * 2

    found = confusion(LABELS, cells(*pairs))

    assert found is not None
    yes, no, maybe, never = found.figures
    assert (yes.precision, yes.recall, yes.f1, yes.prompts) == pytest.approx((0.625, 5 / 7, 2 / 3, 7))
    assert (no.precision, no.recall, no.f1, no.prompts) == pytest.approx((0.6, 0.75, 2 / 3, 4))
    assert (maybe.precision, maybe.recall, maybe.f1, maybe.prompts) == (None, 0.0, 0.0, 2)
    assert (never.precision, never.recall, never.f1) == (None, None, None)
    assert found.macro_f1 is not None
    assert found.macro_f1.mean == pytest.approx((2 / 3 + 2 / 3 + 0) / 3)
    assert found.macro_f1.low < found.macro_f1.mean < found.macro_f1.high


def test_an_answer_that_is_none_of_the_labels_lowers_recall_and_no_precision():
    found = confusion(LABELS, cells(("yes", "yes"), ("yes", "pardon?"), ("no", "no"), ("elsewhere", "no")))

    assert found is not None
    assert [row[:2] + row[-1:] for row in found.counts] == [(1, 0, 1), (0, 1, 0), (0, 0, 0), (0, 0, 0), (0, 1, 0)]
    assert [(figures.precision, figures.recall) for figures in found.figures[:2]] == [(1.0, 0.5), (0.5, 1.0)]


def test_a_label_is_found_as_it_is_written_and_else_by_what_metrics_compare():
    labels = Labels(["A", "The", "+", "-", "Yes", "yes"])

    assert [labels.number(name) for name in labels.names] == list(range(6))
    assert labels.number("YES.") == labels.other, "it could be either"
    assert Labels(["positive", "negative"]).number("Negative. ") == 1


def test_of_several_right_answers_the_one_given_counts():
    assert LABELS.cell("no", ["yes", "no"]) == (1, 1)
    assert LABELS.cell("maybe", ["none of them", "no"]) == (1, 2)


def test_seeds_of_a_prompt_are_one_cluster():
    once = confusion(LABELS, cells(*[("yes", "yes"), ("no", "yes"), ("no", "no")] * 9))
    copied = confusion(LABELS, [of * 20 for of in cells(*[("yes", "yes"), ("no", "yes"), ("no", "no")] * 9)])

    assert once is not None
    assert copied is not None
    assert copied.macro_f1 == once.macro_f1


def test_no_prompts_have_no_table():
    assert confusion(LABELS, []) is None
