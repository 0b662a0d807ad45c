"""A what-if grid as a page for others. Knows no terminal and no model."""

from __future__ import annotations

import math
from collections.abc import Sequence

from flanchat.base.i18n import _, ngettext
from flanchat.base.worddiff import diff_words
from flanchat.experiments.grid import Distinct, Grid, base_text, distinct, varied_words
from flanchat.experiments.grid_session import Experiment, grid_rows
from flanchat.export.html import Html, el, foreign, joined, page
from flanchat.sessions.conversation import Answer


def grid_page(experiment: Experiment) -> str:
    """The page: each distinct answer with what differs from the first, the matrix of two axes, and every cell."""
    grid = experiment.grid
    base = base_text(grid, experiment.current)
    answers = distinct(grid)
    title = " ".join(grid.question.split())
    title = title if len(title) <= 80 else title[:79] + "…"
    return page(
        title,
        el("header", el("p.brand", "flanchat whatif"), foreign("h1", title), el("ul.about", *_about(grid, answers))),
        el("main", *(_answer(grid, found, base) for found in answers), _matrix(grid), _cells(experiment)),
    )


def _about(grid: Grid, answers: Sequence[Distinct]) -> list[Html]:
    first = next((cell.answer for cell in grid.cells if cell.answer is not None and cell.answer.card is not None), None)
    facts = [
        (_("cells"), str(len(grid.cells))),
        (_("answers"), str(len(answers))),
        (_("axes"), ", ".join(f"{axis.name}={','.join(axis.values)}" for axis in grid.axes)),
        (_("grid"), _("all combinations") if grid.full else _("each axis by itself")),
    ]
    if first is not None and first.card is not None:
        facts.append((_("model"), f"{first.card.name} · {first.card.precision} · {first.card.device}"))
        facts.append((_("when"), first.at))
    return [el("li", el("span", name), " ", el("bdi", value)) for name, value in facts if value]


def _answer(grid: Grid, found: Distinct, base: str | None) -> Html:
    answer, cell = found.answer, found.cells[0]
    head = ngettext("{count} cell", "{count} cells", len(found.cells)).format(count=len(found.cells))
    if cell.problem or answer is None:
        return el("article.turn", el("h2", head), el("p.nothing", found.text))
    text = answer.text.strip()
    shown: tuple[str, ...] = (text,) if text else (el("span.nothing", _("(nothing)")),)
    if base is not None and text and text != base:
        tags = {"deleted": "del", "inserted": "ins"}
        shown = tuple(el(tags[c.kind], c.text) if c.kind in tags else c.text for c in diff_words(base, text))
    mean = answer.mean_logprob
    facts = [_("{count} tokens").format(count=len(answer.tokens))]
    if mean is not None:
        facts.append(_("mean probability {share:.0%}").format(share=math.exp(mean)))
    return el(
        "article.turn",
        el("h2", f"{head} · " + " · ".join(facts)),
        foreign("p.answer", *shown),
        *[foreign("p.hint", " · ".join(f"{text} {share:.1%}" for text, share in answer.shares.items()))]
        * bool(answer.choices),
        el("p.hint", varied_words(grid, found.cells)),
    )


def _matrix(grid: Grid) -> str:
    """The answers as a table of two axes."""
    if not grid.full or len(grid.axes) != 2:
        return ""
    down, across = grid.axes
    by_place = {(cell.varied[down.name], cell.varied[across.name]): cell for cell in grid.cells}
    head = el("tr", el("th", f"{down.name} \\ {across.name}"), *(el("th", value) for value in across.values))
    rows = [
        el("tr", el("th", value), *(foreign("td", _text(by_place.get((value, other)))) for other in across.values))
        for value in down.values
    ]
    return el("section.turn", el("h2", _("Two axes")), el("table", el("thead", head), el("tbody", *rows)))


def _text(cell: object) -> str:
    answer = getattr(cell, "answer", None)
    if isinstance(answer, Answer):
        return answer.text.strip() or _("(nothing)")
    return "! " + str(getattr(cell, "problem", "")) if cell is not None else "="


def _cells(experiment: Experiment) -> Html:
    columns, rows = grid_rows(experiment)
    head = el("tr", *(el("th", name) for name in columns))
    body = [el("tr", *(foreign("td", value) for value in row)) for row in rows]
    return el(
        "details",
        el("summary", _("Every cell")),
        el("div.wide", joined(el("table", el("thead", head), el("tbody", *body)))),
    )
