"""A what-if grid as a page: its distinct answers and what differs in them, the matrix of two axes, every cell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flanchat.base.format import (
    clipped,
    finish_reason,
    format_count,
    format_divergence,
    format_duration,
    format_percent,
    format_probability,
    format_range,
)
from flanchat.base.i18n import N_, _, ngettext
from flanchat.base.worddiff import DiffSpan, diff_words
from flanchat.experiments.grid import Grid, GridCell
from flanchat.experiments.grid_results import Distinct, axis_value, base_text, distinct, varied_words
from flanchat.experiments.grid_session import GridSession
from flanchat.export.answer_outline import Fact, format_time, model_words
from flanchat.export.html import Table, full_columns, render
from flanchat.sessions.answer import Answer


@dataclass(frozen=True, slots=True)
class AnswerGroup:
    """Cells with the same answer. spans: its text, with what differs from the first one.

    problem: what went wrong, or "". choices: the share of each, or "". varied: what the cells vary.
    """

    heading: str
    spans: tuple[DiffSpan, ...]
    problem: str
    choices: str
    varied: str


def grid_page(session: GridSession) -> str:
    """The grid as a whole page."""
    grid = session.grid
    return render("grid.html.j2", title=clipped(grid.question, 80), facts=list(_facts(grid)), **grid_values(session))


def grid_values(session: GridSession) -> dict[str, object]:
    """What grid_body.html.j2 takes."""
    grid = session.grid
    base = base_text(grid, session.current)
    return {
        "answers": [_group(grid, answer, base) for answer in distinct(grid)],
        "matrix": _matrix(grid),
        "cells": _cells(grid),
    }


def _facts(grid: Grid) -> Iterator[Fact]:
    yield Fact(N_("cells"), format_count(len(grid.cells)))
    yield Fact(N_("answers"), format_count(len(distinct(grid))))
    yield Fact(N_("axes"), ", ".join(f"{axis.name}={','.join(axis.values)}" for axis in grid.axes))
    yield Fact(N_("grid"), _("all combinations") if grid.full else _("each axis by itself"))
    first = next((answer for answer in grid.answers if answer.card is not None), None)
    if first is not None:
        yield Fact(N_("model"), model_words(first.card))
        yield Fact(N_("answered"), format_time(first.at))


def _group(grid: Grid, found: Distinct, base: str | None) -> AnswerGroup:
    cell, answers = found.cells[0], found.answers
    count = format_count(len(found.cells))
    figures = [ngettext("{count} cell", "{count} cells", len(found.cells)).format(count=count)]
    if answers:
        tokens = [len(answer.tokens) for answer in answers]
        counted = ngettext("{count} token", "{count} tokens", max(tokens))
        figures.append(counted.format(count=format_range(tokens, format_count)))
        if logprobs := found.mean_logprobs:
            figures.append(_("mean probability {share}").format(share=format_range(logprobs, format_probability)))
        figures += dict.fromkeys(answer.vote.words for answer in answers if answer.vote is not None)
    return AnswerGroup(
        heading=" · ".join(figures),
        spans=() if not cell.text else (DiffSpan("same", cell.text),) if base is None else diff_words(base, cell.text),
        problem=cell.failure,
        choices=_choices(answers),
        varied=varied_words(grid, found.cells),
    )


def _matrix(grid: Grid) -> Table | None:
    """The answers by both axes of a full grid of two; None for another grid."""
    if not grid.full or len(grid.axes) != 2:
        return None
    down, across = grid.axes
    cells = {(cell.varied[down.name], cell.varied[across.name]): cell for cell in grid.cells}
    rows = [[value, *(_text(cells.get((value, other))) for other in across.values)] for value in down.values]
    return Table([f"{down.name} \\ {across.name}", *across.values], rows)


def _cells(grid: Grid) -> Table:
    """A line for each cell, without columns that are empty in all of them."""
    axes = [axis.name for axis in grid.axes]
    figures = [_("ended"), _("prompt tokens"), _("tokens"), _("probability"), _("seed"), _("time")]
    head = [_("cell"), *axes, _("answer"), *figures, _("choices"), _("vote"), "KL"]
    rows = []
    for number, cell in enumerate(grid.cells, 1):
        row, answer = [str(number), *(axis_value(cell, axis) for axis in axes), _text(cell)], cell.answer
        if answer is not None:
            mean = answer.mean_logprob
            row += [
                finish_reason(answer.finish),
                format_count(answer.prompt.tokens),
                format_count(len(answer.tokens)),
                "" if mean is None else format_probability(mean),
                str(answer.seed) if "seed" not in axes and answer.sampled else "",
                format_duration(answer.timing.total_s),
                _choices([answer]),
                "" if answer.vote is None else answer.vote.words,
                "" if cell.kl is None else format_divergence(cell.kl),
            ]
        rows.append(row + [""] * (len(head) - len(row)))
    return full_columns(head, rows)


def _choices(answers: Sequence[Answer]) -> str:
    """The share of each choice in some answers, as ranges; of the answers that were chosen."""
    chosen = [answer.shares for answer in answers if answer.choices]
    return " · ".join(
        f"{choice} {format_range([s[choice] for s in chosen if choice in s], lambda share: format_percent(share, 1))}"
        for choice in dict.fromkeys(choice for shares in chosen for choice in shares)
    )


def _text(cell: GridCell | None) -> str:
    """The text of a cell. None: it equals an earlier cell, so it was not asked."""
    if cell is None:
        return "="
    return cell.text or (f"! {cell.failure}" if cell.failure else _("no text"))
