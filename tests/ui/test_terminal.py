"""The terminal wraps growing text, draws tables at any width, prints hints once and no control characters."""

from __future__ import annotations

import math
import os
import re
import sys
from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from rich.cells import cell_len

from flanchat.base.sanitize import printable
from flanchat.prompting.settings import SETTINGS
from flanchat.repl.commands.table import COMMANDS
from flanchat.ui.results import View
from flanchat.ui.terminal import Wrapper
from flanchat.ui.types import Table
from tests.examples import examples

WORDS = "abcdef  \n\u65e5\u672c\ud55c\u0301\u00e9"


def wrapped(pieces: list[str], width: float) -> str:
    wrapper = Wrapper(width)
    return "".join(wrapper.feed(piece) for piece in pieces) + wrapper.rest()


def cut(text: str, places: list[int]) -> list[str]:
    ends = sorted({min(place, len(text)) for place in places} | {0, len(text)})
    return [text[a:b] for a, b in pairwise(ends)]


def pattern_of(text: str) -> str:
    """Matches `text` with each run of spaces inside a line unchanged or replaced by one line break."""
    lines = [re.split(r"( +)", line.rstrip(" ")) for line in text.split("\n")]
    return "\n".join(
        "".join(f"(?:{part}|\n)" if part.isspace() else re.escape(part) for part in line if part) for line in lines
    )


@given(st.text(WORDS, max_size=80), st.integers(1, 30))
def test_wrapping_only_replaces_spaces_by_line_breaks(text, width):
    assert re.fullmatch(pattern_of(text), wrapped([text], width))


@given(st.text(WORDS, max_size=80), st.integers(1, 30))
def test_only_a_line_of_one_word_is_wider_than_the_width(text, width):
    lines = wrapped([text], width).split("\n")

    assert [line for line in lines if cell_len(line) > width and len(line.split(" ")) > 1] == []


@given(st.text(WORDS, max_size=80), st.integers(1, 30), st.lists(st.integers(0, 80)))
def test_wrapping_does_not_depend_on_how_a_text_is_split_into_pieces(text, width, places):
    assert wrapped(cut(text, places), width) == wrapped([text], width)


@given(st.text(WORDS, max_size=80))
def test_without_a_width_nothing_is_wrapped(text):
    assert wrapped([text], math.inf) == "\n".join(line.rstrip(" ") for line in text.split("\n"))


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("one two three", 7, ["one two", "three"]),
        ("one two three", 8, ["one two", "three"]),
        ("exactly exactly", 7, ["exactly", "exactly"]),
        ("\u65e5\u672c \u65e5\u672c", 8, ["\u65e5\u672c", "\u65e5\u672c"]),
        ("\u65e5\u672c \u65e5\u672c", 9, ["\u65e5\u672c \u65e5\u672c"]),
        ("see https://example.org/a/long/way now", 10, ["see", "https://example.org/a/long/way", "now"]),
        ("a\n\nb", 10, ["a", "", "b"]),
        ("a\n  b", 10, ["a", "  b"]),
    ],
)
def test_words_are_wrapped_at_the_width(text, width, lines):
    assert wrapped([text], width).split("\n") == lines


def test_a_word_is_printed_as_soon_as_it_is_complete():
    wrapper = Wrapper(20)

    assert [wrapper.feed(piece) for piece in ("Par", "is ", "is", " big")] == ["", "Paris", "", " is"]


def test_wrapping_a_long_word_takes_linear_time():
    text = "e" + "\u0301" * 100_000

    assert wrapped([text], math.inf) == wrapped([text], 80) == text


def letters(text: str) -> Counter[str]:
    """How often each character occurs, without the spaces and rules that a table adds."""
    return Counter(re.sub(r"[\s\u2500]", "", text))


@pytest.mark.parametrize("width", [10, 20, 40, 60, 80, 200])
@pytest.mark.parametrize("plain", [False, True])
@pytest.mark.parametrize(
    "table",
    [
        Table("Commands", ("command", "does"), tuple((c.usage, c.help) for c in COMMANDS), "All of them."),
        Table(
            "Settings",
            ("setting", "now", "default", "from", "meaning"),
            tuple((s.name, s.format(s.default), s.format(s.default), "default", s.help) for s in SETTINGS),
        ),
        Table("Profiles", ("profile", "what"), (("p" * 64, "d" * 300), ("q", "short"))),
        Table("", ("", ""), (("folder", "/a/" + "deep/" * 40),)),
        Table("\u8868", ("\u540d",), (("\u65e5\u672c\u8a9e" * 20,),)),
    ],
    ids=lambda value: value.title if isinstance(value, Table) else None,
)
def test_a_table_loses_nothing_at_any_width(capsys, monkeypatch, table, plain, width):
    monkeypatch.setenv("COLUMNS", str(width))

    View(sys.stdout, os.environ, plain=plain, color=False).show(table)

    shown = capsys.readouterr().out
    assert not letters(table.title + "".join(map("".join, table.rows)) + table.note) - letters(shown)
    assert plain or max(map(cell_len, shown.splitlines())) <= width


def test_a_hint_is_printed_once_per_session(capsys):
    view = View(sys.stdout, os.environ, plain=True)

    for _ in range(2):
        view.table(Table("Budget", ("part",), (("question",),), "12 tokens", hint="Turns are dropped first."))

    out = capsys.readouterr().out
    assert (out.count("12 tokens"), out.count("Turns are dropped first.")) == (2, 1)


def test_a_narrow_window_shows_the_cells_of_a_row_below_one_another(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")

    View(sys.stdout, os.environ, color=False).table(
        Table("Settings", ("setting", "now", "from", ""), (("top_p", "1.0", "", "off"),), "That is all")
    )

    assert capsys.readouterr().out == "Settings\ntop_p\n  now: 1.0\n  off\nThat is all\n"


@examples(30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=40))
def test_a_plain_view_never_sends_a_control_character(capsys, text):
    view = View(sys.stdout, os.environ, plain=True)

    view.error(text)
    view.print(text)

    out = capsys.readouterr().out
    assert printable(out) == out
