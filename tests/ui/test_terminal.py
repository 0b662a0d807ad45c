"""The terminal breaks no line of a text, draws tables at any width, prints hints once and no control characters."""

from __future__ import annotations

import os
import re
import sys
from collections import Counter

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from rich.cells import cell_len

from flanchat.base.i18n import widest_unit
from flanchat.base.sanitize import printable
from flanchat.prompting.settings import SETTINGS
from flanchat.repl.commands.table import COMMANDS
from flanchat.ui.results import View
from flanchat.ui.types import Table
from tests.examples import examples

TAB = "\t"
LONG_TEXTS = {
    "words": "one two three four five six seven eight nine ten  eleven ",
    "wide": "\u65e5\u672c\u8a9e and \ud55c\u0301\u00e9 " * 4,
    "one word": "https://example.org/" + "long/" * 20,
    "tabs and blanks": "a\tb    c\n\n  d " * 5,
}


@pytest.mark.parametrize("text", LONG_TEXTS.values(), ids=LONG_TEXTS)
@pytest.mark.parametrize("style", ["", "dim"])
def test_a_long_line_is_left_to_the_terminal_to_break(capsys, monkeypatch, text, style):
    monkeypatch.setenv("COLUMNS", "20")
    view = View(sys.stdout, os.environ, color=False)

    view.print(text, style)
    view.error(text.replace(TAB, " "))

    assert capsys.readouterr().out == f"{text}\nerror: {text.replace(TAB, ' ')}\n"


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
    if width >= 20:
        assert all(cell_len(line) <= width for line in shown.splitlines() if widest_unit(line) <= width - 2)


def test_a_hint_is_printed_once_per_session(capsys):
    view = View(sys.stdout, os.environ, plain=True)

    for _ in range(2):
        view.table(Table("Budget", ("part",), (("question",),), "12 tokens", hint="Turns are dropped first."))

    out = capsys.readouterr().out
    assert (out.count("12 tokens"), out.count("Turns are dropped first.")) == (2, 1)


@examples(30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=40))
def test_a_plain_view_never_sends_a_control_character(capsys, text):
    view = View(sys.stdout, os.environ, plain=True)

    view.error(text)
    view.print(text)

    out = capsys.readouterr().out
    assert printable(out) == out
