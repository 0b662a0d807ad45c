"""How the engine of a replay differs from the one that gave the recorded answers, line by line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from flanchat.base.errors import BudgetError, UsageError
from flanchat.base.i18n import _
from flanchat.engine.protocol import Engine, ModelCard
from flanchat.experiments.replay_plan import Overrides, Turn
from flanchat.prompting.prompt import Prompt
from flanchat.sessions.conversation import Exchanges

CardCause = Literal["weights", "tokenizer", "engine", "torch", "device", "precision"]


def differences(engine: Engine, turns: Sequence[Turn], change: Overrides) -> Iterator[str]:
    """A line for each difference, in model, device, versions or prompt, that the overrides do not ask for."""
    here = engine.card()
    vocabularies = {turn.old.card.tokenizer_sha256 for turn in turns if turn.old.card is not None}
    asked_for = ("weights", "tokenizer") * change.model + ("device", "precision") * change.place
    for turn in turns:
        if turn.old.card is not None:
            found = card_differences(turn.old.card, here)
            yield from (line for cause, line in found.items() if cause not in asked_for)
        if turn.as_recorded and vocabularies <= {here.tokenizer_sha256}:
            yield from _different_prompt(engine, turn)
    batched = [
        turn
        for turn in turns
        if turn.as_recorded and turn.old.batch > 1 and not (turn.choices or turn.old.candidates)  # which it has again
    ]
    if len(batched) == 1:
        yield _("turn {turn}: was made in a batch of {count}, which may decide between near-equal tokens").format(
            turn=batched[0].name, count=batched[0].old.batch
        )
    elif batched:
        yield _(
            "{count} answers were made in batches of up to {most}, which may decide between near-equal tokens"
        ).format(count=len(batched), most=max(turn.old.batch for turn in batched))


def card_differences(then: ModelCard, here: ModelCard) -> dict[CardCause, str]:
    """A sentence for each cause why the two models may answer differently, the strongest cause first."""
    found: dict[CardCause, str] = {}
    if then.weights_sha256 != here.weights_sha256:
        found["weights"] = _("different weights: {here} ({sha}), recorded {then} ({then_sha})").format(
            here=here.name, sha=here.weights_sha256[:8], then=then.name, then_sha=then.weights_sha256[:8]
        )
    if then.tokenizer_sha256 != here.tokenizer_sha256:
        found["tokenizer"] = _("different tokenizer: {sha}, recorded {then_sha}").format(
            sha=here.tokenizer_sha256[:8], then_sha=then.tokenizer_sha256[:8]
        )
    if then.engine != here.engine:
        found["engine"] = _("answered by the engine {here}, recorded {then}").format(here=here.engine, then=then.engine)
    if (torch := then.versions.get("torch")) != (now := here.versions.get("torch")):
        found["torch"] = _("torch {here}, recorded {then}").format(here=now or "?", then=torch or "?")
    if (then.device, then.precision) != (here.device, here.precision):
        place = _("answered on {device} in {precision}, recorded on {then_device} in {then_precision}").format(
            device=here.device, precision=here.precision, then_device=then.device, then_precision=then.precision
        )
        found["device" if then.device != here.device else "precision"] = place
    return found


def _different_prompt(engine: Engine, turn: Turn) -> Iterator[str]:
    """Whether the recorded prompt has other tokens now, or another prompt would be compiled."""
    recorded = turn.old.prompt
    if recorded.ids_sha256 not in ("", engine.measure([recorded.text]).ids_sha256):
        yield _("turn {turn}: its prompt has other tokens now than recorded").format(turn=turn.name)
    elif (compiled := compiled_again(engine, turn)) is not None and compiled.ids_sha256 != recorded.ids_sha256:
        yield _("turn {turn}: its prompt would be compiled differently now; the recorded one is sent").format(
            turn=turn.name
        )


def compiled_again(engine: Engine, turn: Turn) -> Prompt | None:
    """The prompt as it is compiled now; None where it cannot be."""
    if turn.setup is None:
        return None
    try:
        earlier = Exchanges(turn.path)
        return turn.setup.compile(turn.old.question, earlier, engine.measure, seed=turn.old.seed)
    except (BudgetError, UsageError):
        return None
