"""Results as HTML for a notebook: the pieces of pages, in a frame that leaves the notebook's own style alone."""

from __future__ import annotations

from collections.abc import Sequence

from flanchat.experiments.grid_session import GridSession
from flanchat.experiments.why import Why
from flanchat.export.answer_outline import answer_outline
from flanchat.export.grid_page import grid_values
from flanchat.export.html import full_columns, render
from flanchat.export.why_page import why_values
from flanchat.sessions.answer import Answer


def answer_fragment(answer: Answer) -> str:
    """An answer with its tokens' probabilities, its prompt, its settings and its times."""
    return render("answer_fragment.html.j2", asked=answer.question, outline=answer_outline(answer))


def grid_fragment(session: GridSession) -> str:
    """The distinct answers of a grid, and every cell."""
    return render("grid_fragment.html.j2", asked=session.grid.question, **grid_values(session))


def why_fragment(why: Why) -> str:
    """What each part of a prompt does for an answer; nothing where no part was scored."""
    return render("why_fragment.html.j2", asked=why.answer.question, **why_values(why)) if why.scored else ""


def table_fragment(asked: str, head: Sequence[str], rows: Sequence[Sequence[str]], notes: Sequence[str] = ()) -> str:
    """A table without the columns that are empty. asked: a text above it, or "". notes: lines below it."""
    return render("table_fragment.html.j2", asked=asked, cells=full_columns(head, rows), notes=notes)
