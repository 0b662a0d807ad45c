"""Make the answers of a card again, and name the first cause of a difference. Opens no file and draws nothing."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import zip_longest
from pathlib import Path
from typing import Any, Literal

from flanchat.base.format import clipped, finish_reason
from flanchat.base.i18n import N_, _, ngettext
from flanchat.engine.protocol import Engine, ModelCard
from flanchat.experiments.card import Card
from flanchat.experiments.replay import Replay, Replayed
from flanchat.experiments.replay_differences import CardCause, card_differences
from flanchat.experiments.replay_plan import Overrides
from flanchat.sessions.answer import Answer

TOLERANCE = 1e-4
"""By how much the log-probability of a token may differ: more than sums in another order do, less than a difference in
precision does."""

Cause = CardCause | Literal["card", "batch", "unknown"]
_CAUSES: dict[Cause, str] = {
    "card": N_("the card"),
    "weights": N_("weights"),
    "tokenizer": N_("tokenizer"),
    "engine": N_("engine"),
    "torch": "torch",
    "device": N_("device"),
    "precision": N_("precision"),
    "batch": N_("batch"),
    "unknown": N_("unknown"),
}
_SHOWN = 20  # differing answers


@dataclass(frozen=True, slots=True)
class Checked:
    """An answer that was made again. name: of the answer. difference: what differs, "" for nothing.

    logprob: the largest difference of a token's log-probability; None where the tokens differ. cause: the first that
    explains the difference; None without one. why: a sentence about it.
    """

    name: str
    replayed: Replayed
    difference: str = ""
    logprob: float | None = None
    cause: Cause | None = None
    why: str = ""


class Verification:
    """The answers of a card, made again as a replay without changes.

    done: their results so far.
    """

    def __init__(self, card: Card, path: Path, open_engine: Callable[[ModelCard | None], Engine]) -> None:
        self._card = card
        self.replay = Replay(card.record, path, Overrides(), "held", open_engine, everything=True)
        if card.kind == "sweep":  # its answers are no turns of a conversation
            self.replay.turns = [replace(turn, name=turn.old.id) for turn in self.replay.turns]
        self.done: list[Checked] = []

    @property
    def differing(self) -> list[Checked]:
        return [checked for checked in self.done if checked.difference]

    @property
    def unmet(self) -> list[str]:
        """What is not as recorded, whether or not an answer differs: the card, models, devices, versions."""
        cards = ((one.replayed.turn.old.card, one.replayed.new.card) for one in self.done if one.replayed.new)
        found = (card_differences(then, here) for then, here in cards if then is not None and here is not None)
        edited = [_("the card was changed after it was made")] if self._card.is_edited else []
        return edited + list(dict.fromkeys(line for lines in found for line in lines.values()))

    @property
    def holds(self) -> bool:
        """Whether all answers are equal so far and the card is as it was made: its statistics are not made again."""
        return not self.differing and not self._card.is_edited

    @property
    def is_complete(self) -> bool:
        return len(self.done) == len(self.replay.turns)

    def run(self) -> Iterator[Checked]:
        """Make the answers, and yield each result."""
        for step in self.replay.run():
            if not isinstance(step, str):
                self.done.append(self._check(step))
                yield self.done[-1]

    def report(self) -> Iterator[str]:
        """What of the record is not met here, the differing answers, how many are equal, and the first cause."""
        yield from (f"! {line}" for line in self.unmet)
        differing = self.differing
        for one in differing[:_SHOWN]:
            name = one.name if self._card.kind == "sweep" else _("turn {turn}").format(turn=one.name)
            yield _("{name} ({question}): {difference}").format(
                name=name, question=clipped(one.replayed.turn.old.question, 40), difference=one.difference
            )
        if len(differing) > _SHOWN:
            yield _("and {count} more").format(count=len(differing) - _SHOWN)
        equal, total = len(self.done) - len(differing), len(self.done)
        if not self.is_complete:
            planned = len(self.replay.turns)
            stopped = ngettext(
                "Stopped after {done} of {total} answer.", "Stopped after {done} of {total} answers.", planned
            )
            yield stopped.format(done=total, total=planned)
        if not equal:
            none = ngettext("{equal} of {total} answer is equal.", "{equal} of {total} answers are equal.", total)
            yield none.format(equal=equal, total=total)
        else:
            yield ngettext(
                "{equal} of {total} answer is equal, its log-probabilities within {most}.",
                "{equal} of {total} answers are equal, their log-probabilities within {most}.",
                total,
            ).format(equal=equal, total=total, most=f"{self.largest_equal:.2g}")
        if differing and (first := differing[0]).cause is not None:
            yield _("First cause of the differences: {cause} ({why}).").format(
                cause=_(_CAUSES[first.cause]), why=first.why
            )

    def as_json(self) -> dict[str, Any]:
        """The results so far."""
        first = next(iter(self.differing), None)
        return {
            "answers": len(self.replay.turns),
            "equal": len(self.done) - len(self.differing),
            "differing": [
                {
                    "answer": one.name,
                    "difference": one.difference,
                    "logprob": one.logprob,
                    "cause": one.cause,
                    "recorded": one.replayed.turn.old.text,
                    "here": one.replayed.new and one.replayed.new.text,
                }
                for one in self.differing
            ],
            "logprob": self.largest_equal,
            "cause": first and first.cause,
            "why": first and first.why,
            "unmet": self.unmet,
            "interrupted": not self.is_complete,
        }

    @property
    def largest_equal(self) -> float:
        """The largest difference of a log-probability in the equal answers."""
        return max((one.logprob or 0.0 for one in self.done if not one.difference), default=0.0)

    def _check(self, replayed: Replayed) -> Checked:
        old, new, name = replayed.turn.old, replayed.new, replayed.turn.name
        if new is None:
            cause: Cause = "card" if self._card.is_edited else "unknown"
            return Checked(name, replayed, _("not made: {why}").format(why=replayed.why), None, cause, replayed.why)
        logprob = _largest_difference(old, new)
        difference = _difference(old, new, logprob)
        if not difference:
            return Checked(name, replayed, logprob=logprob)
        return Checked(name, replayed, difference, logprob, *self._cause(old, new))

    def _cause(self, old: Answer, new: Answer) -> tuple[Cause, str]:
        if self._card.is_edited:
            return "card", _("the card was changed after it was made")
        assert old.card is not None
        assert new.card is not None
        for cause, why in card_differences(old.card, new.card).items():
            return cause, why
        if old.batch > 1:
            return "batch", _("it was made in a batch of {count}, and alone here").format(count=old.batch)
        return "unknown", _("weights, tokenizer, torch, device and precision are as recorded: another processor?")


def _largest_difference(old: Answer, new: Answer) -> float | None:
    """Of the log-probabilities, by token; None where the tokens differ."""
    if old.choices:
        if [c.text for c in old.choices] != [c.text for c in new.choices]:
            return None
        scored = zip(old.choices, new.choices, strict=True)
        return max(abs(then.sum_logprob - now.sum_logprob) / max(1, then.tokens) for then, now in scored)
    if [token.id for token in old.tokens] != [token.id for token in new.tokens]:
        return None
    pairs = [(then.logprob, now.logprob) for then, now in zip(old.tokens, new.tokens, strict=True)]
    if old.end_logprob is not None and new.end_logprob is not None:
        pairs.append((old.end_logprob, new.end_logprob))
    return max((abs(then - now) for then, now in pairs if not math.isnan(then)), default=0.0)  # some are not recorded


def _difference(old: Answer, new: Answer, logprob: float | None) -> str:
    if old.text != new.text or logprob is None:
        ids = zip_longest((token.id for token in old.tokens), (token.id for token in new.tokens))
        first = next((at for at, (then, now) in enumerate(ids, 1) if then != now), 0)
        texts = {"here": clipped(new.text, 40), "recorded": clipped(old.text, 40)}
        if first:
            return _("from token {number}: “{here}”, recorded “{recorded}”").format(number=first, **texts)
        return _("“{here}”, recorded “{recorded}”").format(**texts)
    if old.finish != new.finish:
        return _("ended by {here}, recorded {recorded}").format(
            here=finish_reason(new.finish), recorded=finish_reason(old.finish)
        )
    if logprob > TOLERANCE:
        return _("log-probabilities differ by up to {most}").format(most=f"{logprob:.2g}")
    return ""
