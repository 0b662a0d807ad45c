"""What a template alone makes of choices, by which their probabilities are divided. Knows no engine and no terminal.

Contextual calibration: Zhao et al. 2021, arXiv 2102.09690. For the template's sake a model prefers some choices
whatever is asked; dividing by their probabilities after questions without content takes that preference out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flanchat.engine.protocol import ModelCard
from flanchat.prompting.prompt import Measure, Prompt
from flanchat.sessions.choices import TemplateLogprobs

CONTENT_FREE = ("N/A", "", "[MASK]")
"""The paper's questions without content; the probabilities after them are averaged."""
_KEPT = 256  # more templates than a session has; a server would keep those of all its requests


def content_free_prompts(prompt: Prompt, question: str, measure: Measure) -> dict[str, str]:
    """The prompt with each content-free question in place of its own, by that question.

    All else stays, shots and earlier turns too. A question that the vocabulary cannot write is left out; the empty one
    always can be. {} where the parts of the prompt are unknown, as an older version recorded it.
    """
    kept = [segment for segment in prompt.segments if segment.kept]
    asked = next((at for at, segment in enumerate(kept) if segment.kind == "question"), None)
    if asked is None or "".join(segment.text for segment in kept) != prompt.text:
        return {}
    before = "".join(segment.text for segment in kept[: asked + 1]).removesuffix(question)
    after = "".join(segment.text for segment in kept[asked + 1 :])
    written = [free for free in CONTENT_FREE if not any(lost.kind == "unk" for lost in measure([free]).warnings)]
    return {free: before + free + after for free in written}


class Templates:
    """Keeps what templates make of choices, so that each is scored once for the same model."""

    def __init__(self) -> None:
        self._kept: dict[tuple[object, ...], TemplateLogprobs] = {}

    def get(self, prompts: Mapping[str, str], choices: Sequence[str], card: ModelCard | None) -> TemplateLogprobs:
        """What was kept; () for nothing. prompts: see `content_free_prompts`."""
        return self._kept.get(_key(prompts, choices, card), ())

    def keep(
        self, prompts: Mapping[str, str], choices: Sequence[str], card: ModelCard | None, found: TemplateLogprobs
    ) -> None:
        if found:
            self._kept[_key(prompts, choices, card)] = found
        if len(self._kept) > _KEPT:
            del self._kept[next(iter(self._kept))]


def _key(prompts: Mapping[str, str], choices: Sequence[str], card: ModelCard | None) -> tuple[object, ...]:
    model = card and (card.name, card.base, card.weights_sha256, card.tokenizer_sha256, card.device, card.precision)
    return tuple(prompts.items()), tuple(choices), model
