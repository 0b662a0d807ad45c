"""Scores of a fixed set of answers: shares, the winner, their total probability. Knows no model and no terminal."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol, TypeAlias

from flanchat.base.errors import UsageError
from flanchat.base.i18n import _
from flanchat.engine.events import Measured, Piece

RULES = ("sum", "mean", "calibrated")
TemplateLogprobs: TypeAlias = Sequence[Mapping[str, float]]
"""For each choice, its log-probability by the content-free question; () where it is not known."""
BIASED = 0.7
"""A template that alone gives one choice more than this share prefers it, whatever is asked."""
MOST = 256
"""The most choices that are scored as one batch: each needs a row of decoder memory."""


@dataclass(frozen=True, slots=True)
class ScoredChoice:
    """One of the answers, scored. Log-probabilities are the model's own (natural log).

    tokens, sum_logprob: with the end token. p_sum, p_mean: its share among the choices, by the sum of its
    log-probabilities or by their mean. unknown: its characters that the vocabulary lacks. same_as: an earlier choice
    with the same tokens, or "". template_logprobs: its `sum_logprob` in the same template by the content-free question
    there; empty where that was not scored. p_calibrated: its share once its probability is divided by the mean of
    those; None without them.
    """

    text: str
    tokens: int
    sum_logprob: float
    p_sum: float = 0.0
    p_mean: float = 0.0
    unknown: str = ""
    same_as: str = ""
    template_logprobs: Mapping[str, float] = field(default_factory=dict)
    p_calibrated: float | None = None

    @property
    def mean_logprob(self) -> float:
        return self.sum_logprob / self.tokens if self.tokens else 0.0

    @property
    def template_logprob(self) -> float:
        """The logarithm of its mean probability over the content-free questions; 0 without them."""
        if not self.template_logprobs:
            return 0.0
        logprobs = self.template_logprobs.values()
        most = max(logprobs)
        return most + math.log(math.fsum(math.exp(p - most) for p in logprobs) / len(logprobs))

    def ranked(self, by: str) -> float:
        """What a rule of RULES compares; any other word means the sum."""
        if by == "calibrated":
            return self.sum_logprob - self.template_logprob
        return self.mean_logprob if by == "mean" else self.sum_logprob

    def share(self, by: str) -> float:
        if by == "calibrated" and self.p_calibrated is not None:
            return self.p_calibrated
        return self.p_mean if by == "mean" else self.p_sum


class Tokenizes(Protocol):
    """What is used of an engine, or of a tokenizer."""

    def measure(self, parts: Sequence[str]) -> Measured: ...

    def pieces(self, text: str) -> tuple[Piece, ...]: ...


@dataclass(frozen=True, slots=True)
class TokenizedChoice:
    """One of the answers as the model reads it. ids: without the end token. unknown, same_as: as in ScoredChoice."""

    text: str
    ids: tuple[int, ...]
    unknown: str
    same_as: str


def tokenized(tokenizer: Tokenizes, choices: Sequence[str]) -> tuple[TokenizedChoice, ...]:
    ids = [tuple(piece.id for piece in tokenizer.pieces(choice)) for choice in choices]
    return tuple(
        TokenizedChoice(
            choice,
            own,
            "".join(warned.chars for warned in tokenizer.measure([choice]).warnings if warned.kind == "unk"),
            choices[ids.index(own)] if ids.index(own) < at else "",
        )
        for at, (choice, own) in enumerate(zip(choices, ids, strict=True))
    )


def shared(choices: Sequence[ScoredChoice]) -> tuple[ScoredChoice, ...]:
    """The choices with their shares, which sum to one by each rule.

    >>> choices = [ScoredChoice("no", 2, math.log(0.6)), ScoredChoice("yes", 2, math.log(0.2))]
    >>> [round(c.p_sum, 2) for c in shared(choices)]
    [0.75, 0.25]
    """
    by_sum, by_mean, calibrated = (_softmax([choice.ranked(rule) for choice in choices]) for rule in RULES)
    known = is_calibrated(choices)
    return tuple(
        replace(choice, p_sum=p, p_mean=q, p_calibrated=r if known else None)
        for choice, p, q, r in zip(choices, by_sum, by_mean, calibrated, strict=True)
    )


def calibrated(choices: Sequence[ScoredChoice], of_template: TemplateLogprobs) -> tuple[ScoredChoice, ...]:
    """The choices with what the template alone makes of each; as they are where that is not known."""
    if not of_template:
        return tuple(choices)
    return shared([replace(c, template_logprobs=of) for c, of in zip(choices, of_template, strict=True)])


def is_calibrated(choices: Sequence[ScoredChoice]) -> bool:
    """Whether the template alone was scored too."""
    return bool(choices) and all(choice.template_logprobs for choice in choices)


def template_shares(choices: Sequence[ScoredChoice]) -> dict[str, float]:
    """The share that the template alone gives each choice; empty where that was not scored."""
    if not is_calibrated(choices):
        return {}
    shares = _softmax([choice.template_logprob for choice in choices])
    return {choice.text: share for choice, share in zip(choices, shares, strict=True)}


def winner(choices: Sequence[ScoredChoice], by: str) -> ScoredChoice:
    """The likeliest by a rule of RULES; the first of equals. Raises ValueError for one whose figures are missing."""
    if by == "calibrated" and not is_calibrated(choices):
        raise ValueError(by)
    return max(choices, key=lambda choice: choice.ranked(by))


def covered(choices: Sequence[ScoredChoice]) -> float:
    """The probability that a sampled answer is one of the choices. Choices with the same tokens count once."""
    return math.fsum(math.exp(choice.sum_logprob) for choice in choices if not choice.same_as)


def split_choices(text: str) -> tuple[str, ...]:
    """The choices of `a | b | c`."""
    return tuple(part.strip() for part in text.split("|"))


def check_choices(choices: Sequence[str], example: str) -> tuple[str, ...]:
    """Return the choices if they can be scored. example: how to write them.

    Raises UsageError for too few, equal or empty ones.
    """
    if len(choices) < 2:
        raise UsageError(
            _("expected two choices or more, found {count}: {example}").format(count=len(choices), example=example)
        )
    if len(choices) > MOST:
        raise UsageError(_("expected at most {most} choices, found {count}").format(most=MOST, count=len(choices)))
    for at, choice in enumerate(choices):
        if not choice.strip():
            raise UsageError(_("choice {number} is empty: {example}").format(number=at + 1, example=example))
        if choice in choices[:at]:
            raise UsageError(
                _("choice {number} repeats choice {first}: {choice}").format(
                    number=at + 1, first=choices.index(choice) + 1, choice=choice
                )
            )
    return tuple(choices)


def _softmax(values: Sequence[float]) -> list[float]:
    most = max(values)
    weights = [math.exp(value - most) for value in values]
    return [weight / math.fsum(weights) for weight in weights]
