"""What `Model.why` returns: what each part of a prompt does for an answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flanchat.api.results import Answer, Several
from flanchat.experiments import why
from flanchat.export.fragments import why_fragment


@dataclass(frozen=True, slots=True)
class Effect:
    """What leaving out a part of the prompt changes.

    part: its name, such as "shot 2"; of a sentence or word, its text. change: of the answer's log-probability, below
    zero where the answer needs the part. changes: of each of its tokens, then of its end if the model ended it.
    differs_at: the first token, from 1, that greedy decoding would not write; 0 for none. instead: what it would write
    there, "</s>" for the end. answer: what is then answered; None unless asked for. attention: for each token, the
    share that goes to this part; () unless asked for. gradient: the change by the gradient; None unless asked for.
    """

    part: str
    text: str
    change: float
    changes: tuple[float, ...]
    differs_at: int
    instead: str
    answer: str | None
    attention: tuple[float, ...]
    gradient: float | None


class Why(Several[Effect]):
    """The effects of the parts of a prompt, in their order, read like a tuple.

    answer: what is explained. logprob: of it, with the whole prompt and its end token. all_shots: the effect of all
    shots together; None where there are fewer than two.
    """

    __slots__ = ("_why", "all_shots", "answer", "logprob")

    def __init__(self, found: why.Why) -> None:
        super().__init__([_effect(found, effect) for effect in found.effects if effect.scored])
        self._why, self.answer = found, Answer.of(found.answer)
        self.logprob = 0.0 if found.whole is None else found.whole.logprob
        shots = found.shots
        self.all_shots = None if shots is None or shots.scored is None else _effect(found, shots)

    def to_dict(self) -> dict[str, Any]:
        """What `flanchat why --json` prints."""
        return why.why_json(self._why)

    def _repr_html_(self) -> str:
        return why_fragment(self._why)


def _effect(found: why.Why, effect: why.Effect) -> Effect:
    assert effect.scored is not None
    return Effect(
        part=effect.part.label,
        text=effect.part.text,
        change=found.change(effect),
        changes=found.changes(effect),
        differs_at=effect.scored.differs_at,
        instead=effect.scored.instead,
        answer=None if effect.answer is None else effect.answer.text,
        attention=effect.attention,
        gradient=effect.gradient,
    )
