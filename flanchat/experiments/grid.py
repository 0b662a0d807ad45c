"""A what-if grid: one question asked in many ways at once. Knows neither terminal nor disk.

Cells that the model cannot tell apart share a row; rows of one prompt share its encoding; all rows of a model decode
as one batch.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Any

from flanchat.base.errors import BudgetError, FlanchatError, UsageError
from flanchat.base.i18n import _, in_english
from flanchat.engine.protocol import Engine
from flanchat.experiments.axes import Axis
from flanchat.prompting.profile import Profile
from flanchat.prompting.prompt import Exchange, Setup
from flanchat.prompting.settings import find_setting
from flanchat.sessions.batch import answer_all, unanswered
from flanchat.sessions.conversation import Answer
from flanchat.sessions.serialization import choose_record

MOST_CELLS = 1024
CONFIRM_CELLS = 32
CONFIRM_S = 60.0
BATCH_ROWS = 32
"""Rows decoded side by side; more would not be quicker each, and take memory."""

_VALUES_SHOWN = 6

_ROW_COST = 0.15  # what a row beside others adds to a step, in steps: benchmarks/whatif.py
_CHANCE = {"temperature": 0.0, "top_k": 0, "top_p": 1.0, "seed": None}  # values that ask for no chance

OpenModel = Callable[[str], AbstractContextManager[Engine]]


@dataclass(slots=True)
class GridCell:
    """One way to ask. varied: what differs from how one would ask now, by axis; empty for just that.

    model: None for the present one. answer: None until its prompt is made. problem: why there is none.
    """

    varied: dict[str, str]
    setup: Setup
    model: str | None = None
    answer: Answer | None = None
    problem: str = ""

    @property
    def done(self) -> bool:
        return bool(self.problem) or (self.answer is not None and bool(self.answer.at))


@dataclass(slots=True)
class Grid:
    """A question and the ways it is asked.

    earlier: the turns before it. seed: for cells that set none. implied: axes whose cells sample because of them.
    stopped: no further row is begun.
    """

    question: str
    axes: tuple[Axis, ...]
    cells: list[GridCell]
    seed: int
    earlier: Sequence[Exchange] = ()
    full: bool = False
    implied: tuple[str, ...] = ()
    stopped: bool = False

    @property
    def answers(self) -> list[Answer]:
        """Those whose prompts are made."""
        return [cell.answer for cell in self.cells if cell.answer is not None]

    @property
    def begun(self) -> bool:
        """Whether something of any answer has come."""
        return any(answer.tokens or answer.finish != "error" for answer in self.answers)

    @property
    def prompts(self) -> int:
        """How many prompts are encoded."""
        return len({(cell.model, cell.answer.prompt.text) for cell in self.cells if cell.answer is not None})

    @property
    def rows(self) -> int:
        """How many rows are decoded."""
        return len({(cell.model, _row(cell, cell.answer)) for cell in self.cells if cell.answer is not None})


def plan_grid(
    setup: Setup,
    axes: Sequence[Axis],
    question: str,
    *,
    seed: int,
    profiles: Callable[[str], Profile],
    earlier: Sequence[Exchange] = (),
    full: bool = False,
    present: Collection[str] = (),
) -> Grid:
    """The grid of these axes: a star around `setup`, each axis by itself, or with `full` all combinations.

    present: names of the model that is loaded, which is not loaded twice.
    Raises UsageError for a value that cannot be, or for more cells than MOST_CELLS.
    """
    count = 1
    for axis in axes:
        count = count * len(axis.values) if full else count + len(axis.values)
    if count > MOST_CELLS:
        raise UsageError(
            _("{count} cells are more than the {most} that a grid may have").format(count=count, most=MOST_CELLS)
        )
    if full:
        ways = [dict(zip([a.name for a in axes], values, strict=True)) for values in itertools.product(*_values(axes))]
    else:
        ways = [{}, *({axis.name: value} for axis in axes for value in axis.values)]
    cells: dict[str, GridCell] = {}
    implied: dict[str, None] = {}
    for way in ways:
        cell, chance = _cell(setup, way, profiles, present)
        implied |= dict.fromkeys(chance)
        cells.setdefault(_identity(cell), cell)
    return Grid(question, tuple(axes), list(cells.values()), seed, earlier, full, tuple(implied))


def _values(axes: Sequence[Axis]) -> list[tuple[str, ...]]:
    return [axis.values for axis in axes]


def _cell(
    setup: Setup, way: dict[str, str], profiles: Callable[[str], Profile], present: Collection[str]
) -> tuple[GridCell, list[str]]:
    """The cell of some values, and which of them made it sample."""
    made, values = setup, {name: value for name, value in way.items() if name not in ("profile", "model", "without")}
    if "profile" in way and way["profile"] != setup.profile.name:
        made = made.with_profile(profiles(way["profile"]))
    if "without" in way:
        made = replace(made, profile=_without(made.profile, way["without"]))
    parsed = {name: find_setting(name).parse(value) for name, value in values.items()}
    chance = [name for name, value in parsed.items() if name in _CHANCE and value != _CHANCE[name]]
    beams = parsed.get("num_beams", made.settings.value("num_beams"))
    if chance and "do_sample" not in way and beams == 1 and not made.settings.value("do_sample"):
        parsed["do_sample"] = True
    else:
        chance = []
    model = way.get("model")
    return GridCell(dict(way), made.with_settings("once", parsed), None if model in present else model), chance


def _without(profile: Profile, number: str) -> Profile:
    """The profile without one of its shots, or without `all`; `none` leaves it as it is."""
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


def _identity(cell: GridCell) -> str:
    """Cells that are the same way to ask."""
    return repr((cell.model, cell.setup.profile.sha256, sorted(cell.setup.settings.as_dict().items())))


def prepare(grid: Grid, engine: Engine, cells: Sequence[GridCell] | None = None) -> list[list[GridCell]]:
    """Make the prompts of the present model's cells; give what is to be decoded, a row for cells that cannot differ.

    A prompt that cannot be made becomes its cell's problem.
    """
    rows: dict[str, dict[str, list[GridCell]]] = {}  # by prompt, so that those of one prompt are decoded together
    for cell in grid.cells if cells is None else cells:
        if cells is None and cell.model is not None:
            continue
        try:
            cell.answer = unanswered(engine, cell.setup, grid.question, grid.earlier, seed=grid.seed)
        except (BudgetError, UsageError) as error:
            cell.problem = error.message
            continue
        rows.setdefault(cell.answer.prompt.text, {}).setdefault(_row(cell, cell.answer), []).append(cell)
    return [row for alike in rows.values() for row in alike.values()]


def _row(cell: GridCell, answer: Answer) -> str:
    """What decides a cell's answer: its prompt, and of its settings those that have an effect."""
    shown = [answer.settings.value(name) for name in ("strip", "answer_regex")]
    if cell.setup.choices:
        return repr((answer.prompt.text, cell.setup.choices, answer.settings.value("choose"), shown))
    decoding = answer.settings.decoding(answer.seed)
    if not decoding.samples:
        decoding = replace(decoding, do_sample=False, temperature=1.0, top_k=0, top_p=1.0, seed=0)
    if decoding.num_beams == 1:
        decoding = replace(decoding, length_penalty=1.0)
    return repr((answer.prompt.text, decoding, shown))


def estimate_s(grid: Grid, last: Answer | None) -> float | None:
    """At most how many seconds the prepared cells will take, judged by an earlier answer; None without one."""
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
    """Answer all cells; yield each cell that has grown or ended, and every cell in the end.

    exact: row by row, so that no answer can depend on the others. on_engine: told which engine is at work.
    What was not reached when the engine was stopped ends as `interrupted`.
    """
    models = list(dict.fromkeys(cell.model for cell in grid.cells))
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
                    yield from _run(grid, other, cells, exact)
            except FlanchatError as error:
                for cell in cells:
                    if not cell.done:
                        cell.problem = error.message
                        yield cell
            finally:
                on_engine(engine)


def _run(grid: Grid, engine: Engine, cells: list[GridCell], exact: bool) -> Iterator[GridCell]:
    rows = prepare(grid, engine, cells)
    yield from (cell for cell in cells if cell.problem)
    for at in range(0, len(rows), BATCH_ROWS):
        some = rows[at : at + BATCH_ROWS]
        answers = [row[0].answer for row in some if row[0].answer is not None]
        if grid.stopped:
            for answer in answers:
                answer.finish = "interrupted"
                answer.end()
        for row in some:
            for cell in row:
                cell.answer = row[0].answer  # they grow together
        choices = [row[0].setup.choices for row in some]
        for changed in () if grid.stopped else answer_all(engine, answers, choices=choices, exact=exact):
            yield from some[changed]
        grid.stopped = grid.stopped or any(answer.finish == "interrupted" for answer in answers)
        for row in some:
            for cell in row:
                _own(grid, cell)
                yield cell


def _own(grid: Grid, cell: GridCell) -> None:
    """Give a cell an answer of its own, with its own settings, after the one that it shared."""
    assert cell.answer is not None
    settings = cell.setup.settings
    given = settings.value("seed")
    seed = grid.seed if given is None else given
    profile = cell.setup.profile.name
    cell.answer = replace(cell.answer, settings=settings, seed=seed, profile=profile)


@dataclass(frozen=True, slots=True)
class Distinct:
    """Cells with the same answer. numbers: of the cells, from 1."""

    text: str
    numbers: tuple[int, ...]
    cells: tuple[GridCell, ...]

    @property
    def answer(self) -> Answer | None:
        return self.cells[0].answer


def distinct(grid: Grid) -> list[Distinct]:
    """The answers so far, each once, in the order of their first cells. Cells with a problem come by themselves."""
    found: dict[tuple[str, str, bool], list[int]] = {}
    for number, cell in enumerate(grid.cells, 1):
        answer = cell.answer
        failed = cell.problem or (answer.message if answer is not None and answer.finish == "error" else "")
        key = ("" if answer is None else answer.text.strip(), failed, answer is None)
        found.setdefault(key, []).append(number)
    return [
        Distinct(text or failed, tuple(numbers), tuple(grid.cells[n - 1] for n in numbers))
        for (text, failed, __), numbers in found.items()
    ]


def varied_words(grid: Grid, cells: Sequence[GridCell]) -> str:
    """What some cells of the grid vary: by axis, the values that occur among them.

    A star's axes are listed one after the other. In a grid of all combinations an axis of which every value occurs goes
    without saying, and cells that are not all of what is said are counted.
    """
    words = [_("as now")] if any(not cell.varied for cell in cells) else []
    combinations = 1
    for axis in grid.axes:
        among = {cell.varied[axis.name] for cell in cells if axis.name in cell.varied}
        values = [value for value in axis.values if value in among]
        combinations *= max(1, len(values))
        if values and not (grid.full and len(values) == len(axis.values) > 1):
            listed = ",".join(values[:_VALUES_SHOWN]) + (",…" if len(values) > _VALUES_SHOWN else "")
            words.append(f"{axis.name}={listed}")
    if grid.full and len(cells) < combinations:
        words.append(_("({count} of {all})").format(count=len(cells), all=combinations))
    return (" " if grid.full else " | ").join(words) or _("all combinations")


def base_text(grid: Grid, current: Answer | None) -> str | None:
    """What the answers are compared with: the current one, else that of the first cell; None while that is made."""
    first = grid.cells[0]
    answer = current if current is not None else first.answer if first.done else None
    return None if answer is None else answer.text.strip()


def cell_record(grid: Grid, number: int) -> dict[str, Any]:
    """What the transcript keeps of a cell beside its answer. number: from 1."""
    cell = grid.cells[number - 1]
    choices = cell.answer.choices if cell.answer is not None else ()
    texts = list(dict.fromkeys(c.answer.prompt.text for c in grid.cells if c.answer is not None))
    group = texts.index(cell.answer.prompt.text) + 1 if cell.answer is not None else None
    return {
        "cell": number,
        "axis_values": cell.varied,
        "model_asked": cell.model,
        "profile": cell.setup.profile.name,
        "profile_sha256": cell.setup.profile.sha256,
        "encoder_group": group,
        "problem": in_english(cell.problem),
        **choose_record(choices),
    }
