"""What a grid has found: its distinct answers, its cells in words, and the grid as JSON and as a table."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flanchat.base.i18n import _, in_english
from flanchat.experiments.grid import Grid, GridCell
from flanchat.experiments.seed_spread import seed_spreads
from flanchat.prompting.settings import find_setting
from flanchat.sessions.answer import Answer
from flanchat.sessions.serialization import answer_record, choose_record

_VALUES_SHOWN = 6


@dataclass(frozen=True, slots=True)
class Distinct:
    """Cells with the same answer text or problem. numbers: of the cells, from 1."""

    text: str
    numbers: tuple[int, ...]
    cells: tuple[GridCell, ...]

    @property
    def answer(self) -> Answer | None:
        return self.cells[0].answer

    @property
    def answers(self) -> list[Answer]:
        return [cell.answer for cell in self.cells if cell.answer is not None]

    @property
    def divergences(self) -> list[float]:
        """The `kl` of the cells that have one."""
        return [cell.kl for cell in self.cells if cell.kl is not None]

    @property
    def mean_logprobs(self) -> list[float]:
        """Of the answers that have tokens. Equal texts of different prompts or settings have different ones."""
        return [mean for answer in self.answers if (mean := answer.mean_logprob) is not None]


def distinct(grid: Grid) -> list[Distinct]:
    """Group the cells by answer, in the order of their first cells. Cells with a problem are grouped by that."""
    found: dict[tuple[str, str, bool], list[int]] = {}
    for number, cell in enumerate(grid.cells, 1):
        found.setdefault((cell.text, cell.failure, cell.answer is None), []).append(number)
    return [
        Distinct(text or failed, tuple(numbers), tuple(grid.cells[n - 1] for n in numbers))
        for (text, failed, __), numbers in found.items()
    ]


def varied_words(grid: Grid, cells: Sequence[GridCell]) -> str:
    """What some cells of the grid vary: the axes, each with the values that occur in these cells.

    In a full grid, an axis of which every value occurs is left out, and when the cells are not all combinations of the
    listed values, they are counted.
    """
    words = [_("current settings")] if any(not cell.varied for cell in cells) else []
    combinations = 1
    for axis in grid.axes:
        occurring = {cell.varied[axis.name] for cell in cells if axis.name in cell.varied}
        values = [value for value in axis.values if value in occurring]
        combinations *= max(1, len(values))
        if values and not (grid.full and len(values) == len(axis.values) > 1):
            listed = ",".join(values[:_VALUES_SHOWN]) + (",…" if len(values) > _VALUES_SHOWN else "")
            words.append(f"{axis.name}={listed}")
    if grid.full and len(cells) < combinations:
        words.append(_("({count} of {all})").format(count=len(cells), all=combinations))
    return (" " if grid.full else " | ").join(words) or _("all combinations")


def base_text(grid: Grid, current: Answer | None) -> str | None:
    """The text that answers are compared with: the current answer's, or the first cell's when it is done, or None."""
    first = grid.cells[0]
    if current is not None:
        return current.text.strip()
    return first.text if first.done and first.answer is not None else None


def cell_record(grid: Grid, number: int) -> dict[str, Any]:
    """What the transcript records of a cell, without its answer. number: from 1."""
    cell = grid.cells[number - 1]
    choices = cell.answer.choices if cell.answer is not None else ()
    group = grid.prompt_number(cell.answer.prompt.text) if cell.answer is not None else None
    return {
        "cell": number,
        "axis_values": cell.varied,
        "model_asked": cell.model,
        "profile": cell.setup.profile.name,
        "profile_sha256": cell.setup.profile.sha256,
        "encoder_group": group,
        "problem": in_english(cell.problem),
        **({} if cell.kl is None else {"kl_nats": cell.kl}),
        **choose_record(choices),
    }


def grid_json(grid: Grid) -> dict[str, Any]:
    """The whole grid as a JSON object."""
    return {
        "question": grid.question,
        "axes": {axis.name: list(axis.values) for axis in grid.axes},
        "full": grid.full,
        "cells": [
            {
                **cell_record(grid, number),
                "prompt": cell.answer and cell.answer.prompt.text,
                "answer": cell.answer and answer_record(cell.answer),
            }
            for number, cell in enumerate(grid.cells, 1)
        ],
        "distinct": [{"text": d.text, "cells": list(d.numbers)} for d in distinct(grid)],
        **({"seeds": [spread.as_dict() for spread in spreads]} if (spreads := seed_spreads(grid)) else {}),
    }


def grid_rows(grid: Grid) -> tuple[list[str], list[list[str]]]:
    """The grid as a table: the names of its columns, and one row per cell."""
    axes = [axis.name for axis in grid.axes if axis.name != "seed"]  # which the answer's own seed is
    figures = ["finish", "problem", "prompt_tokens", "new_tokens", "mean_logprob", "seed", "total_s", "choices"]
    of_models = ["kl_nats"] if any(axis.name == "model" for axis in grid.axes) else []
    of_votes = ["agree"] if any(answer.vote is not None for answer in grid.answers) else []
    columns = ["cell", *axes, "text", *figures, *of_votes, *of_models]
    rows = []
    for number, cell in enumerate(grid.cells, 1):
        row, answer = [str(number), *(axis_value(cell, name) for name in axes)], cell.answer
        if answer is None:
            seed = cell.varied.get("seed", "")
            rows.append([*row, "", "", cell.problem, "", "", "", seed, "", "", *("" for __ in (*of_votes, *of_models))])
            continue
        mean = answer.mean_logprob
        row += [
            answer.text,
            answer.finish,
            cell.problem or answer.message,
            str(answer.prompt.tokens),
            str(len(answer.tokens)),
            "" if mean is None else f"{mean:.6f}",
            str(answer.seed),
            f"{answer.timing.total_s:.6f}",
            json.dumps(answer.shares) if answer.choices else "",
            *("" if answer.vote is None else f"{answer.vote.share:.6g}" for __ in of_votes),
            *("" if cell.kl is None else f"{cell.kl:.6g}" for __ in of_models),
        ]
        rows.append(row)
    return columns, rows


def axis_value(cell: GridCell, name: str) -> str:
    """The value of an axis in a cell, whether the cell varies it or not."""
    if name in cell.varied:
        return cell.varied[name]
    if name == "profile":
        return cell.setup.profile.name
    if name == "without":
        return "none"
    if name == "model":
        return cell.answer.card.name if cell.answer is not None and cell.answer.card is not None else ""
    if name == "seed" and cell.answer is not None and cell.answer.sampled:
        return str(cell.answer.seed)  # drawn for the grid
    return find_setting(name).format(cell.setup.settings.value(name))
