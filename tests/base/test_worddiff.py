"""Word diffs contain both texts whole and join neighbouring changes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flanchat.base.worddiff import diff_words, format_diff, word_distance

WORDS = ["red", "blue", "cat", " ", "  ", ",", "猫", "狗", "\n", "é"]
TEXTS = st.lists(st.sampled_from(WORDS), max_size=12).map("".join)


@given(TEXTS, TEXTS)
def test_the_spans_of_a_diff_join_to_both_texts(old: str, new: str) -> None:
    spans = diff_words(old, new)

    assert "".join(span.text for span in spans if span.kind != "inserted") == old
    assert "".join(span.text for span in spans if span.kind != "deleted") == new
    assert all(span.text for span in spans)


@given(TEXTS)
def test_equal_texts_have_no_difference(text: str) -> None:
    assert word_distance(text, text) == 0.0
    assert all(span.kind == "same" for span in diff_words(text, text))


@given(TEXTS, TEXTS)
def test_the_distance_is_between_0_and_1(old: str, new: str) -> None:
    assert 0.0 <= word_distance(old, new) <= 1.0


def test_changes_of_neighbouring_words_are_joined() -> None:
    assert format_diff(diff_words("the red cat sat", "the blue dog sat")) == "the [-red cat-]{+blue dog+} sat"


def test_chinese_is_compared_by_character() -> None:
    assert format_diff(diff_words("我喜欢猫", "我喜欢狗")) == "我喜欢[-猫-]{+狗+}"


@pytest.mark.parametrize(("old", "new"), [("", ""), ("a", ""), ("", "a"), ("a", "b")])
def test_distance_of_empty_and_of_entirely_different_texts(old: str, new: str) -> None:
    assert word_distance(old, new) == (0.0 if old == new else 1.0)
