"""A stop text cuts an answer at the same place, however the answer is divided into pieces."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from flanchat.engine.events import Decoding, StopText

STOPS = st.lists(st.text("abc", min_size=1, max_size=4), max_size=3).map(tuple)


def filtered(pieces: list[str], stop: tuple[str, ...]) -> tuple[str, bool]:
    """The shown text, and whether a stop text was found."""
    cut = StopText(stop)
    return "".join(cut.feed(piece) for piece in pieces) + cut.rest(), cut.found


def split(text: str, places: list[int]) -> list[str]:
    ends = sorted({min(place, len(text)) for place in places} | {0, len(text)})
    return [text[a:b] for a, b in pairwise(ends)]


def cut_by_hand(text: str, stop: tuple[str, ...]) -> tuple[str, bool]:
    """Read the text letter by letter until it ends with a stop text; cut off the longest such one."""
    for end in range(len(text) + 1):
        ending = [s for s in stop if text[:end].endswith(s)]
        if ending:
            return text[: end - max(map(len, ending))], True
    return text, False


@given(st.text("abc", max_size=20), STOPS, st.lists(st.integers(0, 20)))
@example("abc", ("abc", "b"), [])
@example("aab", ("ab",), [1, 2])
def test_the_text_is_cut_at_the_first_stop_text_in_every_chunking(text, stop, places):
    assert filtered(split(text, places), stop) == cut_by_hand(text, stop)


@given(st.text("abc", max_size=20), STOPS)
def test_the_shown_text_never_holds_a_stop_text(text, stop):
    cut = StopText(stop)
    shown = ""

    for letter in text:
        shown += cut.feed(letter)
        assert not any(s in shown for s in stop)


@given(st.text("abc", max_size=20), STOPS)
def test_only_the_beginning_of_a_stop_text_is_held_back(text, stop):
    cut = StopText(stop)
    shown = cut.feed(text)

    held = cut.rest()
    assert cut.found or shown + held == text
    assert held == "" or any(s.startswith(held) and s != held for s in stop)


def test_nothing_is_shown_after_a_stop_text():
    cut = StopText(("Q:",))

    assert [cut.feed(piece) for piece in ("Paris Q", ":", " more", "Q:")] == ["Paris ", "", "", ""]
    assert cut.rest() == ""


def test_without_a_stop_text_everything_is_shown_at_once():
    assert StopText(()).feed("Paris Q:") == "Paris Q:"


@pytest.mark.parametrize(
    ("decoding", "samples"),
    [
        (Decoding(), False),
        (Decoding(do_sample=True), True),
        (Decoding(do_sample=True, temperature=0.0), False),
        (Decoding(temperature=0.7), False),
    ],
)
def test_a_temperature_of_zero_is_greedy(decoding, samples):
    assert decoding.samples is samples
