"""Word diffs: what they say adds up to both texts, and reads well."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flanchat.base.worddiff import compare, distance, marked

WORDS = ["red", "blue", "cat", " ", "  ", ",", "猫", "狗", "\n", "é"]
TEXTS = st.lists(st.sampled_from(WORDS), max_size=12).map("".join)


@given(TEXTS, TEXTS)
def test_a_diff_holds_both_texts_whole(old: str, new: str) -> None:
    changes = compare(old, new)

    assert "".join(c.text for c in changes if c.kind != "new") == old
    assert "".join(c.text for c in changes if c.kind != "gone") == new
    assert all(c.text for c in changes)


@given(TEXTS)
def test_a_text_does_not_differ_from_itself(text: str) -> None:
    assert distance(text, text) == 0.0
    assert all(change.kind == "same" for change in compare(text, text))


@given(TEXTS, TEXTS)
def test_distance_is_a_share(old: str, new: str) -> None:
    assert 0.0 <= distance(old, new) <= 1.0


def test_changed_words_side_by_side_are_one_change() -> None:
    assert marked(compare("the red cat sat", "the blue dog sat")) == "the [-red cat-]{+blue dog+} sat"


def test_chinese_is_compared_by_character() -> None:
    assert marked(compare("我喜欢猫", "我喜欢狗")) == "我喜欢[-猫-]{+狗+}"


@pytest.mark.parametrize(("old", "new"), [("", ""), ("a", ""), ("", "a"), ("a", "b")])
def test_empty_texts_and_nothing_in_common(old: str, new: str) -> None:
    assert distance(old, new) == (0.0 if old == new else 1.0)
