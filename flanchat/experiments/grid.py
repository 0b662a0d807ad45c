"""A what-if grid: one question with many settings, profiles and models. Knows neither terminal nor disk.

Cells whose requests are the same share a row; rows of one prompt share its encoding; all rows of a model decode as one
batch.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager, closing, suppress
from dataclasses import dataclass, field, replace
from typing import Any

from flanchat.base.errors import BudgetError, EngineError, FlanchatError, UsageError
from flanchat.base.i18n import _, in_english
from flanchat.engine.protocol import Engine
from flanchat.experiments.axes import OWN, Axis
from flanchat.experiments.model_diff import mean_divergence
from flanchat.prompting.profile import Profile
from flanchat.prompting.prompt import Exchange, Setup
from flanchat.prompting.settings import find_setting
from flanchat.sessions.batch import answer_all, unanswered
from flanchat.sessions.collect import interrupt
from flanchat.sessions.conversation import COMPLETE, Answer
from flanchat.sessions.serialization import choose_record

MOST_CELLS = 1024
CONFIRM_CELLS = 32
CONFIRM_S = 60.0
BATCH_ROWS = 32
"""Rows in a batch; larger batches need more memory and are no faster per row."""

_VALUES_SHOWN = 6

_ROW_COST = 0.15  # of a further row of the batch, in steps of a single row: measured by benchmarks/whatif.py

OpenModel = Callable[[str], AbstractContextManager[Engine]]


@dataclass(slots=True)
class GridCell:
    """One combination of an axis's values. varied: the value by axis; empty for the current settings.

    model: None for the loaded one. answer: None until its prompt is compiled. problem: why there is no answer, or "".
    exit_status: of the command, if this cell is the first without a complete answer.
    kl: how far the cell's model is from the loaded one along that one's answer, which is that of the cell's `base`:
    KL(loaded || cell's) in nats per token. None where there is nothing to compare.
    """

    varied: dict[str, str]
    setup: Setup
    model: str | None = None
    answer: Answer | None = None
    problem: str = ""
    exit_status: int = EngineError.exit_status
    kl: float | None = None

    @property
    def done(self) -> bool:
        return bool(self.problem) or (self.answer is not None and self.answer.ended)

    @property
    def text(self) -> str:
        """The text of the answer so far."""
        return "" if self.answer is None else self.answer.text.strip()

    @property
    def failure(self) -> str:
        """Why the cell has no answer or its answer failed, or ""."""
        answer = self.answer
        return self.problem or (answer.message if answer is not None and answer.finish == "error" else "")


@dataclass(slots=True)
class Grid:
    """A question and its cells.

    earlier: the turns before the question. seed: of cells that set none. full: all combinations of the axes' values,
    not each axis by itself. implied: axes that turned sampling on. stopped: no further row is begun.
    """

    question: str
    axes: tuple[Axis, ...]
    cells: list[GridCell]
    seed: int
    earlier: Sequence[Exchange] = ()
    full: bool = False
    implied: tuple[str, ...] = ()
    stopped: bool = False
    _prompts: dict[str, int] = field(default_factory=dict)

    @property
    def answers(self) -> list[Answer]:
        """The answers of the cells whose prompts are compiled."""
        return [cell.answer for cell in self.cells if cell.answer is not None]

    @property
    def begun(self) -> bool:
        """Whether the engine has reported anything about any answer."""
        return any(answer.tokens or answer.finish != "error" for answer in self.answers)

    @property
    def prompts(self) -> int:
        """How many different prompts are encoded."""
        return len({(cell.model, cell.answer.prompt.text) for cell in self.cells if cell.answer is not None})

    def prompt_number(self, text: str) -> int:
        """The number of a cell's prompt among those that are compiled, from 1, in the order of the cells."""
        if text not in self._prompts:  # of a model whose turn has come
            for answer in self.answers:
                self._prompts.setdefault(answer.prompt.text, len(self._prompts) + 1)
        return self._prompts[text]

    def base(self, cell: GridCell) -> GridCell | None:
        """The cell of the loaded model that varies the same otherwise, for a cell of another model; else None."""
        same = (one for one in self.cells if one.model is None and _without_model(one) == _without_model(cell))
        return None if cell.model is None else next(same, None)

    @property
    def rows(self) -> int:
        """How many different rows are decoded; a vote has one for each of its answers."""
        different = {
            (cell.model, _row_key(cell, cell.answer)): 1 if cell.setup.choices else cell.answer.settings.value("vote")
            for cell in self.cells
            if cell.answer is not None
        }
        return sum(different.values())


def _without_model(cell: GridCell) -> dict[str, str]:
    return {name: value for name, value in cell.varied.items() if name != "model"}


def plan_grid(
    setup: Setup,
    axes: Sequence[Axis],
    question: str,
    *,
    seed: int,
    profiles: Callable[[str], Profile],
    earlier: Sequence[Exchange] = (),
    full: bool = False,
    loaded: Collection[str] = (),
) -> Grid:
    """Plan the cells: `setup` and each value of each axis by itself, or with `full` all combinations of the values.

    loaded: names of the loaded model, which is not loaded a second time.
    Raises UsageError for an impossible value, or for more than MOST_CELLS cells.
    """
    count = 1
    for axis in axes:
        count = count * len(axis.values) if full else count + len(axis.values)
    if count > MOST_CELLS:
        raise UsageError(_("a grid has at most {most} cells, not {count}").format(count=count, most=MOST_CELLS))
    if full:
        names = [axis.name for axis in axes]
        combinations = [dict(zip(names, c, strict=True)) for c in itertools.product(*(axis.values for axis in axes))]
    else:
        combinations = [{}, *({axis.name: value} for axis in axes for value in axis.values)]
    cells: dict[str, GridCell] = {}
    implied: dict[str, None] = {}
    for varied in combinations:
        cell, sampled_for = _cell(setup, varied, profiles, loaded)
        implied |= dict.fromkeys(sampled_for)
        values = sorted(cell.setup.settings.as_dict().items())
        cells.setdefault(repr((cell.model, cell.setup.profile.sha256, values)), cell)
    return Grid(question, tuple(axes), list(cells.values()), seed, earlier, full, tuple(implied))


def _cell(
    setup: Setup, varied: dict[str, str], profiles: Callable[[str], Profile], loaded: Collection[str]
) -> tuple[GridCell, list[str]]:
    """The cell of some values, and the axes for whose sake it samples."""
    if "profile" in varied and varied["profile"] != setup.profile.name:
        setup = setup.with_profile(profiles(varied["profile"]))
    if "without" in varied:
        setup = replace(setup, profile=_without(setup.profile, varied["without"]))
    values = {name: find_setting(name).parse(value) for name, value in varied.items() if name not in OWN}
    changed = setup.with_settings("once", values)
    is_new = not setup.settings.value("do_sample") and not setup.choices  # choices are scored, not sampled
    sampled_for = [name for name in changed.settings.sampled_for() if name in varied] if is_new else []
    model = varied.get("model")
    return GridCell(varied, changed, None if model in loaded else model), sampled_for


def _without(profile: Profile, number: str) -> Profile:
    """The profile without one of its shots, by number, or without `all` or `none` of them."""
    if number == "none":
        return profile
    from flanchat.prompting.profile_writer import with_shots

    if number == "all":
        return with_shots(profile, ())
    if not profile.shots:
        raise UsageError(
            _("without={number}: the profile {profile} has no shots to leave out").format(
                number=number, profile=profile.name
            )
        )
    if not number.isdecimal() or not 0 < int(number) <= len(profile.shots):
        raise UsageError(
            _("without={number}: expected none, all, or a shot of {profile} from 1 to {count}").format(
                number=number, profile=profile.name, count=len(profile.shots)
            )
        )
    return with_shots(profile, [shot for at, shot in enumerate(profile.shots, 1) if at != int(number)])


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
        rows.setdefault(cell.answer.prompt.text, {}).setdefault(_row_key(cell, cell.answer), []).append(cell)
    return [row for of_prompt in rows.values() for row in of_prompt.values()]


def _row_key(cell: GridCell, answer: Answer) -> str:
    """What a cell's answer depends on: its prompt, and those of its settings that have an effect."""
    shown = [answer.settings.value(name) for name in ("strip", "answer_regex", "n_best", "vote")]
    if cell.setup.choices:
        return repr((answer.prompt.text, cell.setup.choices, answer.settings.value("choose"), shown))
    decoding = replace(answer.settings.decoding(answer.seed), speculate="auto")
    # a setting without effect gets the same value in all cells, so that they share a row
    if not decoding.samples:
        decoding = replace(decoding, do_sample=False, temperature=1.0, top_k=0, top_p=1.0, seed=0)
    if decoding.num_beams == 1:
        decoding = replace(decoding, length_penalty=1.0)
    return repr((answer.prompt.text, decoding, shown))


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


def run(
    grid: Grid, engine: Engine, open_model: OpenModel, *, exact: bool = False, on_engine: Callable[[Engine], None]
) -> Iterator[GridCell]:
    """Answer all cells; yield each cell whenever it has grown, and when it has ended.

    exact: one row at a time, so that no answer can depend on the others. on_engine: called with each engine before it
    is used. Answers not reached when the engine is stopped, or this generator closed, end as `interrupted`.
    """
    try:
        yield from _run_models(grid, engine, open_model, exact, on_engine)
    except (KeyboardInterrupt, GeneratorExit):
        _interrupt(grid)
        raise


def _run_models(
    grid: Grid, engine: Engine, open_model: OpenModel, exact: bool, on_engine: Callable[[Engine], None]
) -> Iterator[GridCell]:
    models = sorted(dict.fromkeys(cell.model for cell in grid.cells), key=lambda model: model is not None)
    for model in models:
        cells = [cell for cell in grid.cells if cell.model == model]
        if grid.stopped:
            for cell in cells:
                cell.problem = cell.problem or _("not begun")
                yield cell
        elif model is None:
            yield from _run(grid, engine, cells, exact)
        else:
            try:
                with open_model(model) as other:
                    on_engine(other)
                    yield from _run(grid, other, cells, exact, loaded=engine)
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


def _run(
    grid: Grid, engine: Engine, cells: list[GridCell], exact: bool, *, loaded: Engine | None = None
) -> Iterator[GridCell]:
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
        running = answer_all(engine, answers, choices=choices, exact=exact, stopped=lambda: grid.stopped)
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
