"""Why this answer: it is scored again with each part of its prompt left out. Knows neither terminal nor disk.

What leaving a part out changes is exact by definition: it is what the model says of the same answer without that part.
"""

from __future__ import annotations

import math
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Any

from flanchat.base.errors import UsageError
from flanchat.base.i18n import _, join_list
from flanchat.base.wording import did_you_mean
from flanchat.engine.checkpoint.config import read_config, read_shape
from flanchat.engine.checkpoint.validate import ModelSource
from flanchat.engine.protocol import Engine, ModelCard
from flanchat.engine.rows import Row
from flanchat.experiments.prompt_parts import UNITS, Part, all_shots, cut, parts_of, without
from flanchat.sessions.answer import Answer
from flanchat.sessions.batch import answer_all
from flanchat.sessions.continuations import score_tokens
from flanchat.sessions.serialization import card_json
from flanchat.sessions.session import Session

BATCH_ROWS = 32
"""Answers that are decoded together."""

BATCH_TOKENS = 4096
"""Of prompts and answers in a batch: more tokens need more memory and are no faster each."""


def check_options(*, by: str, layer: str, check: str) -> None:
    """Raise UsageError for a value that is wrong for any answer; "" stands for none."""
    if by and by not in UNITS:
        text = _("by {given}: expected one of {known}.{hint}")
        raise UsageError(text.format(given=by, known=join_list(UNITS), hint=did_you_mean(by, UNITS)))
    if layer and not (layer.isdecimal() and len(layer) < 4 and int(layer)):
        raise UsageError(_("layer {given}: expected the number of a layer, from 1").format(given=layer))
    if check not in ("", "gradient"):
        raise UsageError(_("check {given}: expected gradient").format(given=check))


def check_layer(source: ModelSource, layer: str) -> None:
    """Raise UsageError for a layer that the model's decoder lacks; "" stands for all. Reads its configuration only."""
    if layer and source.origin != "scripted":
        read_shape(source.folder / "config.json", read_config(source.folder))[0].require_decoder_layer(int(layer))


@dataclass(frozen=True, slots=True)
class Scored:
    """The answer after one prompt. logprobs: of its tokens, then of the end token if it ended by itself.

    differs_at: the first token, from 1, in whose place greedy decoding would write another; 0 for none. instead: that
    other token as the vocabulary names it, "</s>" for the end.
    """

    logprobs: tuple[float, ...]
    differs_at: int
    instead: str

    @property
    def logprob(self) -> float:
        return sum(self.logprobs)

    @property
    def greedy(self) -> str:
        """See `greedy_words`."""
        return greedy_words(self.differs_at, self.instead)


@dataclass(slots=True)
class Effect:
    """What leaving a part out changes. scored: None until it is known. attention: see `Why`, to this part.

    answer: what is then answered, if that was asked for. gradient: the change by the gradient, as a check of the other.
    """

    part: Part
    scored: Scored | None = None
    answer: Answer | None = None
    attention: tuple[float, ...] = ()
    gradient: float | None = None


@dataclass(slots=True)
class Why:
    """An answer, and what each part of its prompt does for it.

    effects: of the parts in their order. shots: of all shots together; None where there are fewer than two, or they
    are among the effects. whole: the answer after the whole prompt. card: the model that scored it. attention: for each
    token, the share of the decoder's attention that goes to the end of the prompt and not to its text; () unless it was
    asked for. layer: of that attention, from 1; 0 for the mean of all.
    """

    answer: Answer
    effects: list[Effect]
    shots: Effect | None = None
    whole: Scored | None = None
    card: ModelCard | None = None
    attention: tuple[float, ...] = ()
    layer: int = 0

    @property
    def all_effects(self) -> list[Effect]:
        return self.effects if self.shots is None else [*self.effects, self.shots]

    @property
    def scored(self) -> list[Effect]:
        """The parts whose effects are known, those that the answer needs most first."""
        return sorted((effect for effect in self.effects if effect.scored), key=self.change)

    @property
    def is_complete(self) -> bool:
        return self.whole is not None and all(effect.scored for effect in self.all_effects)

    @property
    def ends(self) -> bool:
        """Whether the end token counts: the model ended the answer itself."""
        return self.answer.finish in ("eos", "empty")

    @property
    def tokens(self) -> list[str]:
        """The texts of what is scored; "" for the end token."""
        return [*(token.text for token in self.answer.tokens), *([""] if self.ends else [])]

    def change(self, effect: Effect) -> float:
        """Of the answer's log-probability without the part: negative where the part speaks for the answer."""
        return sum(self.changes(effect))

    def changes(self, effect: Effect) -> tuple[float, ...]:
        """Of each token's log-probability without the part."""
        assert self.whole is not None
        assert effect.scored is not None
        return tuple(new - old for new, old in zip(effect.scored.logprobs, self.whole.logprobs, strict=True))


class Explanation:
    """Scores an answer without the parts of its prompt.

    why: what is known so far. total, done: prompts to score, or to answer. stopped: something is left undone.
    """

    def __init__(
        self,
        engine: Engine,
        answer: Answer,
        *,
        by: str = "",
        within: str = "",
        answers: bool = False,
        attention: bool = False,
        layer: str = "",
        check: str = "",
        session: Session | None = None,
        batch_tokens: int = BATCH_TOKENS,
    ) -> None:
        """by, within: see `parts_of`. answers: decode what is answered without each part, too. attention: look up the
        mean of all layers, or of `layer`. check: "gradient" or "". session: where it is recorded.

        Raises UsageError for what cannot be explained.
        """
        check_options(by=by, layer=layer, check=check)
        check_layer(engine.source, layer)
        if not answer.tokens and answer.finish != "empty":
            raise UsageError(_("this answer has no tokens, so there is nothing to explain"))
        parts = parts_of(answer.prompt, by=by, within=within)
        shots = None if within else all_shots(answer.prompt)
        self.why = Why(answer, [Effect(part) for part in parts], None if shots is None else Effect(shots))
        self.why.layer = int(layer or 0)
        self._engine, self._session, self.stopped = engine, session, False
        self._answers, self._attention, self._check = answers, attention or bool(layer), check
        self._batch_tokens = batch_tokens
        self.total = (1 + len(self.why.all_effects)) * (1 + answers)
        self.done = 0

    def stop(self) -> None:
        """End with what is known. Safe in a signal handler."""
        self.stopped = True
        self._engine.stop()

    def status(self) -> str:
        """How far the work is."""
        return _("prompt {number} of {count}").format(number=min(self.done + 1, self.total), count=self.total)

    def run(self) -> Generator[None, None, None]:
        """Do the work; yield whenever more of it is done. However it ends, what is known by then is recorded."""
        try:
            yield from self._run()
        finally:
            if self._session is not None and self.why.scored:
                fields = why_json(self.why)
                del fields["text"], fields["prompt"]  # the answer has them
                answer = self.why.answer
                self._session.record("why", answer.question_id, answer=answer.id, **fields)

    def _run(self) -> Iterator[None]:
        answer, card = self.why.answer, self._engine.card()
        if answer.card is not None and answer.card.tokenizer_sha256 != card.tokenizer_sha256:
            raise UsageError(
                _("the answer is by {then}, whose tokenizer {now} does not share; ask {now} again").format(
                    then=answer.card.name, now=card.name
                )
            )
        precision = ""
        while not self.stopped and precision != (precision := self._engine.card().precision):  # all of one precision
            self.done = 0
            yield from self._score()
        self.why.card = self._engine.card()
        if self._attention and not self.stopped:
            self._attend()
            yield
        if self._check and not self.stopped:
            self._differentiate()
            yield
        if self._answers and not self.stopped:
            yield from self._decode()

    def _score(self) -> Iterator[None]:
        why, ids = self.why, [token.id for token in self.why.answer.tokens]
        effects: list[Effect | None] = [None, *why.all_effects]
        rows = max(1, self._batch_tokens // (why.answer.prompt.tokens + len(ids) + 1))
        for begin in range(0, len(effects), rows):
            batch = effects[begin : begin + rows]
            scored = score_tokens(self._engine, [(self._prompt(effect), ids) for effect in batch])
            for effect, row in zip(batch, scored, strict=True):
                if row.end_logprob is None:  # stopped
                    self.stopped = True
                elif effect is None:
                    why.whole = _scored(row, ends=why.ends)
                else:
                    effect.scored = _scored(row, ends=why.ends)
            self.done += len(batch)
            yield
            if self.stopped:
                return

    def _prompt(self, effect: Effect | None) -> str:
        text = self.why.answer.prompt.text
        return text if effect is None else without(text, effect.part)

    def _decode(self) -> Iterator[None]:
        """Answer the prompts without each part, as the answer was made."""
        old, effects = self.why.answer, [effect for effect in self.why.all_effects if effect.scored]
        choices = tuple(choice.text for choice in old.choices)
        for begin in range(0, len(effects), BATCH_ROWS):
            batch = effects[begin : begin + BATCH_ROWS]
            answers = []
            for effect in batch:
                prompt, question = cut(old.prompt, old.question, effect.part)
                new = Answer(question, old.question_id, prompt, old.settings, old.seed, profile=old.profile)
                answers.append(new)
            given = [choices] * len(answers)
            for at in answer_all(self._engine, answers, choices=given, stopped=lambda: self.stopped):
                if answers[at].ended and answers[at].finish != "interrupted":
                    batch[at].answer = answers[at]
                    self.done += 1
                yield
            if any(answer.finish == "interrupted" for answer in answers):
                self.stopped = True
                return

    def _attend(self) -> None:
        """Look up where the decoder's attention goes, for each token of the answer."""
        ids = [token.id for token in self.why.answer.tokens]
        rows = self._engine.attention(self._prompt(None), ids, layer=self.why.layer)[: len(self.why.tokens)]
        whole, *of_parts = self._tokens_of_spans()
        for effect, places in zip(self.why.all_effects, of_parts, strict=True):
            effect.attention = tuple(math.fsum(row[at] for at in places) for row in rows)
        self.why.attention = tuple(1 - math.fsum(row[at] for at in whole) for row in rows)

    def _differentiate(self) -> None:
        """Add up what the answer's log-probability would lose with the tokens of each part, by its gradient."""
        ids = [token.id for token in self.why.answer.tokens]
        along = self._engine.gradient(self._prompt(None), ids, end=self.why.ends)
        __, *of_parts = self._tokens_of_spans()
        for effect, places in zip(self.why.all_effects, of_parts, strict=True):
            effect.gradient = -math.fsum(along[at] for at in places)

    def _tokens_of_spans(self) -> list[list[int]]:
        """Which tokens the whole text has, and each part: those that begin in it, as the ledger counts them."""
        text = self._prompt(None)
        several = [((0, len(text)),), *(effect.part.spans for effect in self.why.all_effects)]
        borders = sorted({at for spans in several for span in spans for at in span})
        measured = self._engine.measure([text[first:last] for first, last in pairwise(borders)])
        start = measured.total - sum(measured.parts) - 1  # CodeT5 has a start token, too
        tokens = dict(zip(borders, accumulate(measured.parts, initial=start), strict=True))
        return [[at for first, last in spans for at in range(tokens[first], tokens[last])] for spans in several]


def _scored(row: Row, *, ends: bool) -> Scored:
    logprobs = [token.logprob for token in row.tokens]
    rivals = [token.rival for token in row.tokens]
    if ends:
        logprobs.append(row.end_logprob or 0.0)
        rivals.append(row.end_rival)
    at = next((at for at, rival in enumerate(rivals, 1) if rival is not None), 0)
    rival = rivals[at - 1] if at else None
    return Scored(tuple(logprobs), at, rival.text if rival is not None else "")


def token_names(why: Why) -> list[str]:
    """The tokens of the answer as they are called in a table."""
    names = [_named(token.named) if token.named else f"#{token.id}" for token in why.answer.tokens]
    return [*names, _("(end)")] if why.ends else names


def greedy_words(differs_at: int, instead: str) -> str:
    """Where greedy decoding would write another token than the answer has, and which: see `Scored`."""
    if not differs_at:
        return _("same")
    return _("token {number}: {text}").format(number=differs_at, text=_named(instead))


def _named(text: str) -> str:
    """A token's text without blanks, or in quotes where it is nothing else: many numbers begin with such a token."""
    return text.strip() or f'"{text}"'


def format_change(value: float) -> str:
    """A change of a log-probability, with its sign.

    >>> format_change(-5.594), format_change(0.2), format_change(-0.001)
    ('-5.59', '+0.20', '0.00')
    """
    shown = f"{value:+.2f}"
    return "0.00" if shown[1:] == "0.00" else shown


def mean_share(shares: Sequence[float]) -> float:
    return math.fsum(shares) / len(shares) if shares else 0.0


def why_json(why: Why) -> dict[str, Any]:
    """What is known of an answer's reasons as JSON values, as --json prints them and a transcript keeps them.

    change: of the answer's log-probability without the part; changes: of each token's, the end token's last.
    """

    def scored_json(scored: Scored) -> dict[str, Any]:
        return {"logprob": scored.logprob, "differs_at": scored.differs_at, "instead": scored.instead}

    def effect_json(effect: Effect) -> dict[str, Any]:
        part = effect.part
        record: dict[str, Any] = {
            "unit": part.unit,
            "kind": part.kind,
            "ref": part.ref,
            "spans": [list(span) for span in part.spans],
            "text": part.text,
        }
        if effect.scored is not None:
            record |= {"change": why.change(effect), "changes": list(why.changes(effect)), **scored_json(effect.scored)}
        if effect.answer is not None:
            record["answer"] = effect.answer.text
        if effect.attention:
            record["attention"] = list(effect.attention)
        if effect.gradient is not None:
            record["gradient"] = effect.gradient
        return record

    return {
        "text": why.answer.text,
        "tokens": why.tokens,
        "prompt": why.answer.prompt.text,
        "whole": why.whole and {**scored_json(why.whole), "logprobs": list(why.whole.logprobs)},
        "parts": [effect_json(effect) for effect in why.effects],
        "all_shots": why.shots and effect_json(why.shots),
        "complete": why.is_complete,
        **({"layer": why.layer, "attention_of_end": list(why.attention)} if why.attention else {}),
        **card_json(why.card),
    }
