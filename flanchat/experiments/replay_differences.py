"""How the engine of a replay differs from the one that gave the recorded answers, line by line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flanchat.base.errors import BudgetError, UsageError
from flanchat.base.i18n import _
from flanchat.engine.protocol import Engine, ModelCard
from flanchat.experiments.replay_plan import Overrides, Turn
from flanchat.prompting.prompt import Prompt
from flanchat.sessions.conversation import Exchanges


def differences(engine: Engine, turns: Sequence[Turn], change: Overrides) -> Iterator[str]:
    """A line for each difference, in model, device, versions or prompt, that the overrides do not ask for."""
    here = engine.card()
    vocabularies = {turn.old.card.tokenizer_sha256 for turn in turns if turn.old.card is not None}
    for turn in turns:
        if turn.old.card is not None:
            yield from _different_model(turn.old.card, here, change)
        if turn.as_recorded and vocabularies <= {here.tokenizer_sha256}:
            yield from _different_prompt(engine, turn)
        if turn.as_recorded and turn.old.batch > 1 and not (turn.choices or turn.old.candidates):
            yield _("turn {turn}: was made in a batch of {count}, which may decide between near-equal tokens").format(
                turn=turn.name, count=turn.old.batch
            )


def _different_model(then: ModelCard, here: ModelCard, change: Overrides) -> Iterator[str]:
    if not change.model:
        if then.weights_sha256 != here.weights_sha256:
            yield _("different weights: {here} ({sha}), recorded {then} ({then_sha})").format(
                here=here.name, sha=here.weights_sha256[:8], then=then.name, then_sha=then.weights_sha256[:8]
            )
        if then.tokenizer_sha256 != here.tokenizer_sha256:
            yield _("different tokenizer: {sha}, recorded {then_sha}").format(
                sha=here.tokenizer_sha256[:8], then_sha=then.tokenizer_sha256[:8]
            )
    if not change.place and (then.device, then.precision) != (here.device, here.precision):
        yield _("answered on {device} in {precision}, recorded on {then_device} in {then_precision}").format(
            device=here.device, precision=here.precision, then_device=then.device, then_precision=then.precision
        )
    if (torch := then.versions.get("torch")) != (now := here.versions.get("torch")):
        yield _("torch {here}, recorded {then}").format(here=now or "?", then=torch or "?")


def _different_prompt(engine: Engine, turn: Turn) -> Iterator[str]:
    """Whether the recorded prompt has other tokens now, or another prompt would be compiled."""
    recorded = turn.old.prompt
    if recorded.ids_sha256 not in ("", engine.measure([recorded.text]).ids_sha256):
        yield _("turn {turn}: its prompt has other tokens now than recorded").format(turn=turn.name)
    elif (compiled := _compiled(engine, turn)) is not None and compiled.ids_sha256 != recorded.ids_sha256:
        yield _("turn {turn}: its prompt would be compiled differently now; the recorded one is sent").format(
            turn=turn.name
        )


def _compiled(engine: Engine, turn: Turn) -> Prompt | None:
    if turn.setup is None:
        return None
    try:
        earlier = Exchanges(turn.path)
        return turn.setup.compile(turn.old.question, earlier, engine.measure, seed=turn.old.seed)
    except (BudgetError, UsageError):
        return None
