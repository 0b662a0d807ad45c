"""What two models are asked when they are compared: the rows of a file, or the prompts of earlier turns, greedily."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from flanchat.base.errors import BudgetError
from flanchat.base.i18n import _, ngettext
from flanchat.experiments.prompt_file import PromptFile, read_prompts
from flanchat.experiments.prompt_source import with_settings_of
from flanchat.prompting.prompt import Measure
from flanchat.prompting.settings import Settings
from flanchat.prompting.setup import Setup
from flanchat.sessions.answer import Answer
from flanchat.sessions.batch import unanswered

_GREEDY = {"decode.do_sample": False, "decode.num_beams": 1, "decode.n_best": 1, "decode.vote": 1}


class Prompts(Protocol):
    """Prompts for a comparison. notes: what to say about them before anything is answered."""

    notes: list[str]

    def __len__(self) -> int: ...

    def compiled(self, measure: Measure) -> list[Answer]:
        """The prompts, each as an answer to fill in. measure: of the model whose answers are compared."""
        ...


class FilePrompts:
    """The rows of a file, asked with a profile and settings.

    limit: how many of them; None for all. origin: the layer whose settings are named where they have no effect.
    """

    def __init__(self, setup: Setup, read: PromptFile, *, origin: str, limit: int | None = None) -> None:
        setup = with_settings_of(read, setup)
        free = {"post.choose": "free"} if setup.choices else {}
        self._setup, self._rows = setup.with_settings("once", {**_GREEDY, **free}), read.rows[:limit]
        has_choices = any(setup.with_choices(row.choices).choices for row in self._rows)
        idle = self._setup.notes(origin)
        if greedy_notes := _greedy_notes([setup.settings], has_choices=has_choices):
            before = setup.notes(origin)
            idle = [note for note in idle if note in before]  # the rest follows from what greedy_notes say
        self.notes = [*read.notes, *greedy_notes, *idle]

    def __len__(self) -> int:
        return len(self._rows)

    def compiled(self, measure: Measure) -> list[Answer]:
        """Raises BudgetError for a prompt that is too long, and says which."""
        made = []
        for row in self._rows:
            given = {**row.columns, **self._setup.variables}
            own = {name: value for name, value in given.items() if name in self._setup.profile.vars}
            try:
                made.append(unanswered(measure, replace(self._setup, variables=own), row.question, seed=0))
            except BudgetError as error:
                raise type(error)(f"{row.where}: {error.message}") from None
        return made


class TurnPrompts:
    """The prompts of earlier turns as they were sent, each once, with the settings of their turns.

    limit: how many. private: how many more turns there are, which must not be recorded.
    """

    def __init__(self, turns: Sequence[Answer], limit: int | None = None, *, private: int = 0) -> None:
        self._turns = list({turn.prompt.text: turn for turn in turns}.values())[:limit]
        has_choices = any(turn.choices for turn in self._turns)
        self.notes = _greedy_notes([turn.settings for turn in self._turns], has_choices=has_choices)
        if private:
            text = ngettext(
                "{count} private turn is left out, because a comparison is recorded",
                "{count} private turns are left out, because a comparison is recorded",
                private,
            )
            self.notes.append(text.format(count=private))

    def __len__(self) -> int:
        return len(self._turns)

    def compiled(self, measure: Measure) -> list[Answer]:
        made = []
        for turn in self._turns:
            prompt = replace(
                turn.prompt, ids_sha256=measure([turn.prompt.text]).ids_sha256
            )  # of another model, perhaps
            settings = turn.settings.update("once", _GREEDY)
            made.append(Answer(turn.question, "", prompt, settings, 0, profile=turn.profile))
        return made


def bundled_prompts() -> PromptFile:
    """225 prompts of nine kinds, 25 each, with their answers: exercises that the demo model was not trained on."""
    name = "prompts.jsonl"
    return read_prompts(name, Path(__file__).with_name(name).read_bytes())


def _greedy_notes(several: Sequence[Settings], *, has_choices: bool) -> list[str]:
    """That answers are greedy, where the settings ask for something else."""
    if not has_choices and all(not one.decoding(0).samples and one.value("num_beams") == 1 for one in several):
        return []
    return [_("answers are compared greedily: without sampling, votes, beams and choices")]
