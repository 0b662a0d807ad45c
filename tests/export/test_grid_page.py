"""The page of a what-if grid shows every distinct answer, what differs and every cell; no text becomes markup."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import example, given

from flanchat.base.sanitize import printable
from flanchat.engine.scripted import ScriptedEngine
from flanchat.experiments.axes import read_axes
from flanchat.experiments.grid_session import GridSession
from flanchat.export.grid_page import grid_page
from flanchat.prompting.profile import Profile
from flanchat.prompting.settings import Settings
from flanchat.sessions.session import Session
from flanchat.sessions.transcript import NoTranscript
from tests.export.test_export import NASTY, Page


def grid(line: str, *answers: Sequence[str], full: bool = False) -> GridSession:
    """A finished grid, whose rows get these answers in turn."""
    session = Session(ScriptedEngine(answers), Profile("plain"), Settings(), NoTranscript(), new_seed=lambda: 7)
    axes, question = read_axes(line)
    refuse: Any = pytest.fail
    made = GridSession(session, axes, question, profiles=refuse, open_model=refuse, full=full)
    for _cell in made.cells():
        pass
    return made


def page(made: GridSession) -> Page:
    return Page(grid_page(made))


def rows(made: Page, table: int = -1) -> list[list[str]]:
    """The texts of a table, line by line."""
    lines: list[list[str]] = []
    tables: list[list[list[str]]] = []
    for name, texts in made.texts:
        if name == "table.":
            lines = []
            tables.append(lines)
        elif name == "tr.":
            lines.append([])
        elif name in ("th.", "td.") and lines:
            lines[-1].append("".join(texts))
    return tables[table]


def test_each_distinct_answer_is_shown_once_with_what_differs_from_the_first():
    made = page(
        grid("temperature=0.5,0.9 Pick one.", ["a", " red", " cat"], ["a", " red", " cat"], ["a", " blue", " cat"])
    )

    assert made.text("h1.") == ["Pick one."]
    assert made.text("p.answer") == ["a red cat", "a redblue cat"]
    assert (made.text("del."), made.text("ins.")) == (["red"], ["blue"])
    assert made.text("h2.")[0] == "2 cells · 3 tokens · mean probability 90%"
    assert made.text("p.hint") == ["current settings | temperature=0.5", "temperature=0.9"]


def test_two_axes_are_a_matrix_and_every_cell_is_a_line_without_empty_columns():
    made = page(grid("top_k=2,3 seed=1,2 Pick one.", ["a"], ["b"], ["c"], ["d"], full=True))

    assert rows(made, 0) == [["top_k \\ seed", "1", "2"], ["2", "a", "b"], ["3", "c", "d"]]
    head, first, *others = rows(made)
    assert head == ["cell", "top_k", "seed", "answer", "prompt tokens", "tokens", "probability", "time"]
    assert first[:-1] == ["1", "2", "1", "a", "3", "1", "90%"]
    assert len(others) == 3


def test_a_cell_that_failed_shows_its_problem_and_what_it_varied():
    made = page(grid(f"max_input_tokens=16 {'word ' * 20}", ["a"]))

    (problem,) = made.text("li.alert")
    assert problem.startswith("the question is ")
    assert made.text("p.hint") == ["current settings", "max_input_tokens=16"]
    assert [row[2] for row in rows(made)[1:]] == ["a", f"! {problem}"]


def test_an_empty_answer_is_said_to_be_empty():
    made = page(grid("temperature=0.5 Pick one.", [], []))

    assert made.text("p.answer nothing") == ["no text"]


@given(NASTY.filter(lambda text: "x" in text))
@example("</table><script>x</script>")
def test_no_text_becomes_markup_or_a_control_character(text):
    made = grid("temperature=0.5 Pick one.", ["x"])
    made.grid.question = text
    for cell in made.grid.cells:
        assert cell.answer is not None
        cell.answer.text = text
    source = grid_page(made)

    assert printable(source) == source
    assert Page(source).text("p.answer") == [printable(text.strip())]
    assert [tag for tag, *_ in Page(source).skeleton if tag in ("script", "img", "a", "b")] == []
