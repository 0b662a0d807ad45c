"""A what-if grid: one question with many settings, profiles and models. Knows neither terminal nor disk.

Cells whose requests are the same share a row; rows of one prompt share its encoding; all rows of a model decode as one
batch.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace

from flanchat.base.errors import EngineError, UsageError
from flanchat.base.i18n import _
from flanchat.experiments.axes import OWN, Axis
from flanchat.prompting.profile import Profile
from flanchat.prompting.prompt import Exchange
from flanchat.prompting.settings import find_setting
from flanchat.prompting.setup import Setup
from flanchat.sessions.answer import Answer

MOST_CELLS = 1024
CONFIRM_CELLS = 32
CONFIRM_S = 60.0


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
    not each axis by itself. exact: one row at a time, so that no answer can depend on the others. implied: axes that
    turned sampling on. stopped: no further row is begun.
    """

    question: str
    axes: tuple[Axis, ...]
    cells: list[GridCell]
    seed: int
    earlier: Sequence[Exchange] = ()
    full: bool = False
    exact: bool = False
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
            (cell.model, row_key(cell, cell.answer)): 1 if cell.setup.choices else cell.answer.settings.value("vote")
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
    exact: bool = False,
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
    return Grid(question, tuple(axes), list(cells.values()), seed, earlier, full, exact, tuple(implied))


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


def row_key(cell: GridCell, answer: Answer) -> str:
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
