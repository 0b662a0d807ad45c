"""Axes as people write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flanchat.base.errors import UsageError
from flanchat.experiments.axes import MOST_VALUES, Axis, axis_values, read_axes, read_axis, split_axes


def test_a_line_begins_with_axes_and_goes_on_as_the_question() -> None:
    axes, question = read_axes("temperature=0,0.7 profile=plain,qa seed=1..4 What is x=3 about?")

    assert axes == (
        Axis("temperature", ("0", "0.7")), Axis("profile", ("plain", "qa")), Axis("seed", ("1", "2", "3", "4")),
    )  # fmt: skip
    assert question == "What is x=3 about?"


def test_two_dashes_end_the_axes() -> None:
    assert read_axes("seed=1,2 -- top_p=0.5 is what?") == ((Axis("seed", ("1", "2")),), "top_p=0.5 is what?")
    assert split_axes(["seed=1,2", "--", "top_p=0.5", "is"]) == ((Axis("seed", ("1", "2")),), ["top_p=0.5", "is"])


@pytest.mark.parametrize(
    ("words", "names", "question"),
    [
        (["hi", "profile=qa"], ["profile"], ["hi"]),
        (["seed=1", "What is top_k=5?", "top_p=1"], ["seed", "top_p"], ["What is top_k=5?"]),
        (["seed=1", "What", "is", "top_k=5"], ["seed"], ["What", "is", "top_k=5"]),
        (["seed=1", "Solve", "x=3"], ["seed"], ["Solve", "x=3"]),
        (["seed=1", "x=3 and y=4"], ["seed"], ["x=3 and y=4"]),
        (["seed=1", "--", "Explain", "top_k=5"], ["seed"], ["Explain", "top_k=5"]),
        (["hi", "seed=1", "--", "--x"], ["seed"], ["hi", "--x"]),
        (["seed=1", "top_k=5"], ["seed", "top_k"], []),
        (["name", "a", "fruit", "seed=1"], [], ["name", "a", "fruit", "seed=1"]),
    ],
)
def test_axes_stand_around_a_question_that_is_one_word_to_the_shell(
    words: list[str], names: list[str], question: list[str]
) -> None:
    axes, rest = split_axes(words)

    assert ([axis.name for axis in axes], rest) == (names, question)


def test_long_and_short_names_are_the_same_axis() -> None:
    assert read_axis("decode.top_p=0.5,1") == read_axis("top_p=0.5,1")


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("1..3", ("1", "2", "3")),
        ("0..1..0.25", ("0", "0.25", "0.5", "0.75", "1")),
        ("0.1..0.3..0.1", ("0.1", "0.2", "0.3")),
        ("5,1..2,5", ("5", "1", "2")),
        (" 0.5 , 1 ", ("0.5", "1")),
    ],
)
def test_ranges_and_lists(text: str, values: tuple[str, ...]) -> None:
    assert axis_values("temperature", text) == values


def test_texts_with_commas_and_blanks_are_quoted() -> None:
    axes, question = read_axes('stop="a, b",["x", "y"] Go on.')

    assert axes == (Axis("stop", ('"a, b"', '["x", "y"]')),)
    assert question == "Go on."


@pytest.mark.parametrize(
    ("word", "words"),
    [
        ("temprature=0,1", "Did you mean temperature?"),
        ("x=3", "unknown axis. If it begins the question, put -- before it."),
        ("seed=", "expected values"),
        ("seed=,", "expected values"),
        ("seed=4..1", "expected START..END"),
        ("seed=1..2..0", "expected START..END"),
        ("temperature=0.1..0.5", "START..END..STEP"),
        ("seed=0..99999999", f"at most {MOST_VALUES}"),
        ("temperature=hot", "temperature: expected a number"),
        ("temperature=0..9", "from 0 to 5"),
        ("seed=1.5", "seed: expected a whole number"),
    ],
)
def test_a_bad_axis_is_one_sentence(word: str, words: str) -> None:
    with pytest.raises(UsageError) as error:
        read_axis(word)

    assert words in error.value.message
    assert "\n" not in error.value.message


def test_an_axis_twice_is_refused() -> None:
    with pytest.raises(UsageError, match="twice"):
        read_axes("seed=1 decode.seed=2 x")


@given(st.text('ab=.,0123 "[]-', max_size=30))
def test_any_line_is_read_or_refused(line: str) -> None:
    try:
        axes, rest = read_axes(line)
    except UsageError:
        return
    assert axes or rest == line.strip() or line.strip().startswith("--")


@given(st.integers(-50, 50), st.integers(0, 40))
def test_a_range_has_both_its_ends(start: int, length: int) -> None:
    values = [int(value) for value in axis_values("without", f"{start}..{start + length}")]

    assert values == list(range(start, start + length + 1))
