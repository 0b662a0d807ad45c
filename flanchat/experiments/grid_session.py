"""A what-if grid in a session: announce, run, record each cell, pick an answer. Knows no terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from typing import Any

from flanchat.base.clock import format_utc
from flanchat.base.errors import UsageError
from flanchat.base.format import format_duration
from flanchat.base.i18n import _, ngettext
from flanchat.base.signals import stop_on_interrupt
from flanchat.engine.protocol import Engine
from flanchat.experiments.axes import Axis
from flanchat.experiments.grid import CONFIRM_CELLS, CONFIRM_S, Grid, GridCell, plan_grid
from flanchat.experiments.grid_results import cell_record
from flanchat.experiments.grid_run import OpenModel, estimate_s, prepare, run
from flanchat.prompting.profile import Profile
from flanchat.prompting.prompt import Prompt
from flanchat.prompting.settings import greedy_vote_note, same_rank, sampling_note
from flanchat.prompting.setup import Setup
from flanchat.sessions.answer import Answer
from flanchat.sessions.serialization import answer_record, prompt_record
from flanchat.sessions.session import Session


class GridSession:
    """A grid that is asked in a session.

    current: the answer that the others are compared with; None when the question is new. engine: the one in use.
    """

    def __init__(
        self,
        session: Session,
        axes: Sequence[Axis],
        question: str,
        *,
        profiles: Callable[[str], Profile],
        open_model: OpenModel,
        full: bool = False,
        exact: bool = False,
        changes: Mapping[str, Any] | None = None,
    ) -> None:
        """question: "" repeats the session's last one. changes: settings for all cells, beside the session's."""
        if not axes:
            raise UsageError(
                _("nothing to vary: put axes before the question, such as temperature=0,0.7 or profile=plain,qa")
            )
        is_model_varied = any(axis.name == "model" for axis in axes)
        self._session, self._open_model = session, open_model
        self.engine: Engine = session.engine
        self.current: Answer | None = None if question else session.last()
        self._question_id = "" if self.current is None else self.current.question_id
        self._previous_id = session.conversation.head if self.current is None else self.current.previous_id
        setup = session.setup.with_settings("once", changes or {})
        self.grid = plan_grid(
            setup.with_choices(session.conversation.choices.get(self._question_id, ())),
            axes,
            question or session.last().question,
            seed=session.new_seed() if self.current is None else self.current.seed,
            profiles=profiles if is_model_varied else lambda name: session.require_model(profiles(name)),
            earlier=session.earlier(session.conversation.path_to(self._previous_id)),
            full=full,
            exact=exact,
            loaded=session.engine.source.names,
        )

    def run(
        self,
        *,
        note: Callable[[str], None],
        confirm: Callable[[], bool],
        show: Callable[[Generator[GridCell, None, None]], None],
    ) -> bool:
        """Announce the grid line by line with `note`, and let `show` draw its cells as they are answered.

        confirm: asked before a large grid is run. Returns False when it says no. Ctrl-C ends the grid with the cells
        that are finished; a second one kills the model's process.
        """
        announced, is_large = self.announce()
        for line in announced.splitlines():
            note(line)
        if is_large and not confirm():
            return False
        engine = self._session.engine
        with (
            stop_on_interrupt(self.stop, self.kill, ready=lambda: engine.status == "ready"),
            closing(self.cells()) as cells,
        ):
            show(cells)
        return True

    def announce(self) -> tuple[str, bool]:
        """Compile the prompts; return a description of the work ahead, and whether it has to be confirmed."""
        grid = self.grid
        prepare(grid, self._session.engine)
        last = next(reversed(self._session.conversation.answers.values()), None)
        seconds = estimate_s(grid, last)
        count = len(grid.cells)
        parts = [ngettext("{count} cell", "{count} cells", count).format(count=count)]
        if grid.rows:
            parts.append(
                ngettext("{count} prompt to encode", "{count} prompts to encode", grid.prompts).format(
                    count=grid.prompts
                )
            )
            parts.append(ngettext("{count} row to decode", "{count} rows to decode", grid.rows).format(count=grid.rows))
        if models := {cell.model for cell in grid.cells if cell.model is not None}:
            parts.append(ngettext("{count} other model", "{count} other models", len(models)).format(count=len(models)))
        if seconds is not None:
            parts.append(_("at most about {time}").format(time=format_duration(max(1.0, seconds))))
        notes = [sampling_note(grid.implied)] if grid.implied else []
        announced = "\n".join([" · ".join(parts), *notes, *_notes_of_cells(grid, self._session.setup)])
        return announced, count > CONFIRM_CELLS or (seconds or 0.0) > CONFIRM_S

    @property
    def prompts(self) -> list[Prompt]:
        """The prompts that are compiled so far, each once."""
        return list({answer.prompt.text: answer.prompt for answer in self.grid.answers}.values())

    def stop(self) -> None:
        """End after the current token. Safe in a signal handler."""
        self.grid.stopped = True
        self.engine.stop()

    def kill(self) -> None:
        """Kill the process of the model in use. Safe in a signal handler."""
        self.grid.stopped = True
        self.engine.kill()

    def cells(self) -> Generator[GridCell, None, None]:
        """Answer the cells; yield each whenever it has grown, and when it has ended.

        However this ends, all ended cells are on disk.
        """
        session, grid = self._session, self.grid
        if not self._question_id:
            self._question_id = session.record_question(grid.question)
        session.record(
            "whatif.start",
            self._question_id,
            axes={axis.name: list(axis.values) for axis in grid.axes},
            n_cells=len(grid.cells),
            full=grid.full,
            exact=grid.exact,
            seed=grid.seed,
            base={"profile": session.profile.name, "settings": session.settings.as_dict()},
        )
        unrecorded = {id(cell): number for number, cell in enumerate(grid.cells, 1)}

        def record(cell: GridCell) -> None:
            if cell.done and id(cell) in unrecorded:
                self._record(unrecorded.pop(id(cell)))

        def use(engine: Engine) -> None:
            self.engine = engine

        try:
            for cell in run(grid, session.engine, self._open_model, use):
                record(cell)
                yield cell
        finally:
            for cell in grid.cells:
                record(cell)

    def pick(self, number: int) -> Answer:
        """Add a cell's answer to the conversation. number: from 1. Raises UsageError when it has none."""
        cells = self.grid.cells
        if not 0 < number <= len(cells):
            raise UsageError(
                _("/pick {number}: expected a cell from 1 to {count}").format(number=number, count=len(cells))
            )
        cell = cells[number - 1]
        begun = cell.answer is not None and (cell.answer.tokens or cell.answer.finish != "interrupted")
        if cell.answer is None or cell.problem or not cell.done or not begun:
            raise UsageError(_("cell {number} has no answer").format(number=number))
        picked = replace(cell.answer, question_id=self._question_id, previous_id=self._previous_id)
        self._session.adopt(picked, cell.setup.profile, picked={"cell": number, "axis_values": cell.varied})
        return picked

    def _record(self, number: int) -> None:
        answer = self.grid.cells[number - 1].answer
        fields = cell_record(self.grid, number)
        if answer is not None:
            answer.at = format_utc(self._session.now())
            fields |= {"prompt": prompt_record(answer.prompt), "answer": answer_record(answer)}
        self._session.record("whatif.cell", self._question_id, **fields)


def notes_of_current(grid: Grid, current: Setup, origin: str) -> list[str]:
    """`Setup.notes` of the current settings, but for those that have an effect in a cell of the grid."""
    idle = _idle(grid)
    partly = {why for why in current.ineffective.values() if idle[why] < len(grid.cells)}
    return [note for note in current.notes(origin) if note not in partly]


def grid_notes(grid: Grid, current: Setup, origin: str) -> list[str]:
    """What to say about settings of a layer that have no effect, in all or some cells, and of votes by greedy ones."""
    sampled = sampling_note(current.settings.sampled_for())
    own = [note for note in notes_of_current(grid, current, origin) if note != sampled]
    return [*own, *_notes_of_cells(grid, current)]


def _notes_of_cells(grid: Grid, current: Setup) -> list[str]:
    """What to say about settings in cells, which was not said of the current settings."""
    known, count = {*current.ineffective.values()}, len(grid.cells)
    notes = [
        why if cells == count else _("{count} of {all} cells: {why}").format(count=cells, all=count, why=why)
        for why, cells in _idle(grid).items()
        if why not in known or cells < count
    ]
    is_known = _votes_though_greedy(current)
    votes = not is_known and any(_votes_though_greedy(cell.setup) for cell in grid.cells)
    return [greedy_vote_note(), *notes] if votes else notes


def _idle(grid: Grid) -> Counter[str]:
    """Why settings have no effect, with the number of cells in which they have none."""
    return Counter(
        why
        for cell in grid.cells
        for name, why in cell.setup.ineffective.items()
        if not same_rank(cell.setup.settings.origin(name), "profile")
    )


def _votes_though_greedy(setup: Setup) -> bool:
    return setup.settings.votes_though_greedy and not setup.choices
