"""Answer the cells of a grid: rows with the same request are computed once, all rows of a model as one batch."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, suppress
from dataclasses import replace

from flanchat.base.errors import BudgetError, EngineError, FlanchatError, UsageError
from flanchat.base.i18n import _
from flanchat.engine.protocol import Engine
from flanchat.experiments.grid import Grid, GridCell, row_key
from flanchat.experiments.model_diff import mean_divergence
from flanchat.sessions.answer import COMPLETE, Answer
from flanchat.sessions.batch import answer_all, unanswered
from flanchat.sessions.collect import interrupt

BATCH_ROWS = 32
"""Rows in a batch; larger batches need more memory and are no faster per row."""
_ROW_COST = 0.15  # of a further row of the batch, in steps of a single row: measured by benchmarks/whatif.py
OpenModel = Callable[[str], AbstractContextManager[Engine]]


def prepare(grid: Grid, engine: Engine, cells: Sequence[GridCell] | None = None) -> list[list[GridCell]]:
    """Compile the prompts of the loaded model's cells, or of `cells`; return rows: cells with the same request.

    A prompt that cannot be compiled becomes its cell's problem. Rows of the same prompt are adjacent.
    """
    rows: dict[str, dict[str, list[GridCell]]] = {}  # by prompt, then by request
    for cell in grid.cells if cells is None else cells:
        if cells is None and cell.model is not None:
            continue
        try:
            cell.answer = unanswered(engine.measure, cell.setup, grid.question, grid.earlier, seed=grid.seed)
        except (BudgetError, UsageError) as error:
            cell.problem, cell.exit_status = error.message, error.exit_status
            continue
        rows.setdefault(cell.answer.prompt.text, {}).setdefault(row_key(cell, cell.answer), []).append(cell)
    return [row for of_prompt in rows.values() for row in of_prompt.values()]


def estimate_s(grid: Grid, last: Answer | None) -> float | None:
    """An upper bound on the time of the prepared cells, from the speed of an earlier answer; None without one."""
    rate = last.timing.decode_tps(len(last.tokens)) if last is not None else None
    if last is None or rate is None or not grid.rows:
        return None
    encode_s = last.timing.first_token_s or 0.0
    longest: int = max(answer.settings.value("max_new_tokens") for answer in grid.answers)
    batches = [min(BATCH_ROWS, grid.rows - at) for at in range(0, grid.rows, BATCH_ROWS)]
    steps = sum(1 + _ROW_COST * (rows - 1) for rows in batches) * longest
    return grid.prompts * encode_s + steps / rate


def run(grid: Grid, engine: Engine, open_model: OpenModel, on_engine: Callable[[Engine], None]) -> Iterator[GridCell]:
    """Answer all cells; yield each cell whenever it has grown, and when it has ended.

    on_engine: called with each engine before it is used. Answers not reached when the engine is stopped, or this
    generator closed, end as `interrupted`.
    """
    try:
        yield from _run_models(grid, engine, open_model, on_engine)
    except (KeyboardInterrupt, GeneratorExit):
        _interrupt(grid)
        raise


def _run_models(
    grid: Grid, engine: Engine, open_model: OpenModel, on_engine: Callable[[Engine], None]
) -> Iterator[GridCell]:
    models = sorted(dict.fromkeys(cell.model for cell in grid.cells), key=lambda model: model is not None)
    for model in models:
        cells = [cell for cell in grid.cells if cell.model == model]
        if grid.stopped:
            for cell in cells:
                cell.problem = cell.problem or _("not begun")
                yield cell
        elif model is None:
            yield from _run(grid, engine, cells)
        else:
            try:
                with open_model(model) as other:
                    on_engine(other)
                    yield from _run(grid, other, cells, loaded=engine)
            except FlanchatError as error:
                for cell in cells:
                    if cell.answer is not None and cell.answer.finish == "error":  # as far as it came
                        cell.answer.message, cell.exit_status = error.message, error.exit_status
                    elif not cell.done:
                        cell.problem, cell.exit_status = error.message, error.exit_status
                    else:
                        continue
                    yield cell
            finally:
                on_engine(engine)


def _interrupt(grid: Grid) -> None:
    """End the cells that are not done as those that a stopped engine does not reach."""
    grid.stopped = True
    for cell in grid.cells:
        if cell.answer is None:
            cell.problem = cell.problem or _("not begun")
        elif not cell.done:
            interrupt([cell.answer])


def _run(grid: Grid, engine: Engine, cells: list[GridCell], *, loaded: Engine | None = None) -> Iterator[GridCell]:
    """Answer the cells of an engine. loaded: the engine of the loaded model, if that is another one."""
    rows = prepare(grid, engine, cells)
    yield from (cell for cell in cells if cell.problem)
    if loaded is not None:
        _measure_divergences(grid, loaded, engine, cells)
    for at in range(0, len(rows), BATCH_ROWS):
        batch = rows[at : at + BATCH_ROWS]
        answers = [row[0].answer for row in batch if row[0].answer is not None]
        for row in batch:
            for cell in row:
                cell.answer = row[0].answer  # shared while it grows
        choices = [row[0].setup.choices for row in batch]
        running = answer_all(engine, answers, choices=choices, exact=grid.exact, stopped=lambda: grid.stopped)
        try:
            with closing(running):
                for changed in running:
                    if answers[changed].ended:
                        _give_copies(grid, batch[changed])
                    yield from batch[changed]
        finally:  # also after an error, or when nobody wants more cells
            unreported = [row for row, answer in zip(batch, answers, strict=True) if row[0].answer is answer]
            for row in unreported:
                _give_copies(grid, row)
        grid.stopped = grid.stopped or any(answer.finish == "interrupted" for answer in answers)
        for row in unreported:
            yield from row


def _measure_divergences(grid: Grid, loaded: Engine, other: Engine, cells: Sequence[GridCell]) -> None:
    """Fill in `kl` of another model's cells, whose prompts are compiled."""
    known: dict[int, float | None] = {}  # by the answer: cells share it
    for cell in cells:
        base = grid.base(cell)
        answer = None if base is None else base.answer
        if answer is None or answer.choices or answer.finish not in COMPLETE:
            continue
        if cell.answer is None or cell.answer.prompt.text != answer.prompt.text or grid.stopped:
            continue
        if id(answer.tokens) not in known:
            with suppress(EngineError):  # the answers are what was asked for
                known[id(answer.tokens)] = mean_divergence(loaded, other, answer)
        cell.kl = known.get(id(answer.tokens))


def _give_copies(grid: Grid, row: Sequence[GridCell]) -> None:
    """Give each cell a copy of the row's answer: the settings without effect differ between the cells of a row.

    Must run before the cells count as done, since they are recorded then.
    """
    for cell in row:
        settings, profile = cell.setup.settings, cell.setup.profile.name
        given = settings.value("seed")
        assert cell.answer is not None
        seed = grid.seed if given is None else given
        cell.answer = replace(cell.answer, settings=settings, seed=seed, profile=profile)
