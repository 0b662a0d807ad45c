"""Two models on the same prompts: where their answers part, and how far their distributions are apart on the way.

The first model's answers are fed to both, so each of their tokens is compared on equal terms; the second model's own
answers say whether a user would have noticed. Knows no terminal and no disk but a file that the engines exchange.
"""

from __future__ import annotations

import dataclasses
import heapq
import math
import statistics
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from flanchat.base.errors import EngineError
from flanchat.engine.checkpoint.validate import ModelSource, preflight, tokenizer_digest
from flanchat.engine.events import Alternative, Decoding, Position, Request
from flanchat.engine.protocol import Engine, ModelCard
from flanchat.experiments.model_diff_prompts import Prompts
from flanchat.sessions.answer import Answer, Timing
from flanchat.sessions.batch import answer_all, request
from flanchat.sessions.serialization import card_json

BATCH = 16
"""Prompts that are answered together."""

WORST = 50
"""Tokens that keep their alternatives."""

_TOP = 3  # alternatives of each model
_FILE_BYTES = 256 << 20  # of exchanged log-probabilities, unless a single answer has more
_QUANTILES = (0.5, 0.9, 0.99)


@dataclass(frozen=True, slots=True)
class TokenDiff:
    """A token of A's answer, as both models see it.

    number: of the token in the answer, from 1; the end counts. id, token: its id and name. kl, reverse_kl: KL(A || B)
    and KL(B || A) of the whole distributions, in nats. logprob_a, logprob_b: of the token. first_a, first_b: the
    likeliest ones of each model.
    """

    number: int
    id: int
    token: str
    kl: float
    reverse_kl: float
    logprob_a: float
    logprob_b: float
    first_a: tuple[Alternative, ...]
    first_b: tuple[Alternative, ...]

    @property
    def agrees(self) -> bool:
        """Whether both models would choose the same token here."""
        return self.first_a[0].id == self.first_b[0].id


@dataclass(frozen=True, slots=True)
class PromptDiff:
    """A prompt and both answers. number: of the prompt, from 1.

    same: the answers have the same tokens and the same end; where the vocabularies differ, the same text. parts_at: the
    number of the first token that differs, from 1; None where they are the same or only texts can be compared.
    same_prompt: both models read the same tokens. kl, reverse_kl: of each token of A's answer, its end included; ()
    where the vocabularies differ. agreeing: at how many of these tokens the first choice is the same.
    """

    number: int
    question: str
    text_a: str
    text_b: str
    finish_a: str
    finish_b: str
    same: bool
    parts_at: int | None
    same_prompt: bool
    kl: tuple[float, ...] = ()
    reverse_kl: tuple[float, ...] = ()
    agreeing: int = 0


@dataclass(frozen=True, slots=True)
class ModelDiff:
    """Two models on the same prompts. Divergences are in nats per token, over the whole vocabulary.

    a, b: the models. asked: how many prompts there are; `prompts` has fewer after Ctrl-C. same_vocabulary: whether the
    models have the same tokens, without which only texts are compared. worst: the tokens with the largest KL(A || B),
    each with the number of its prompt.
    """

    a: ModelCard
    b: ModelCard
    asked: int
    same_vocabulary: bool
    prompts: tuple[PromptDiff, ...]
    worst: tuple[tuple[int, TokenDiff], ...]

    @property
    def same(self) -> int:
        """How many answers are the same."""
        return sum(prompt.same for prompt in self.prompts)

    @property
    def parts_at(self) -> float | None:
        """The token at which the answers that differ part, in the median."""
        return _median([prompt.parts_at for prompt in self.prompts if prompt.parts_at is not None])

    @property
    def tokens(self) -> int:
        """How many tokens of A's answers were compared."""
        return sum(len(prompt.kl) for prompt in self.prompts)

    @property
    def agreement(self) -> float | None:
        """The share of tokens at which both models have the same first choice."""
        return sum(prompt.agreeing for prompt in self.prompts) / self.tokens if self.tokens else None

    @property
    def kl(self) -> float | None:
        """KL(A || B), the mean over all tokens."""
        return _mean([kl for prompt in self.prompts for kl in prompt.kl])

    @property
    def reverse_kl(self) -> float | None:
        """KL(B || A), the mean over all tokens."""
        return _mean([kl for prompt in self.prompts for kl in prompt.reverse_kl])

    @property
    def quantiles(self) -> dict[str, float]:
        """The median, 90th and 99th percentile and the largest KL(A || B) of a token; empty without tokens."""
        ordered = sorted(kl for prompt in self.prompts for kl in prompt.kl)
        if not ordered:
            return {}
        found = {f"{share:.0%}": ordered[math.ceil(share * len(ordered)) - 1] for share in _QUANTILES}
        return {**found, "100%": ordered[-1]}

    @property
    def read_differently(self) -> int:
        """How many prompts the two models read as different tokens."""
        return sum(not prompt.same_prompt for prompt in self.prompts)

    def to_dict(self) -> dict[str, Any]:
        """The comparison as `flanchat diff --json` prints it."""
        return {
            "a": dataclasses.asdict(self.a),
            "b": dataclasses.asdict(self.b),
            **self._figures(),
            "worst": [{"prompt": number, **dataclasses.asdict(token)} for number, token in self.worst],
            "prompts": [dataclasses.asdict(prompt) for prompt in self.prompts],
        }

    def record(self) -> dict[str, Any]:
        """The comparison as a transcript keeps it: its figures, and the answers that differ."""
        keys = ("number", "question", "text_a", "text_b", "parts_at")
        return {
            "a": card_json(self.a),
            "b": card_json(self.b),
            **self._figures(),
            "differing": [{key: getattr(one, key) for key in keys} for one in self.prompts if not one.same],
        }

    def _figures(self) -> dict[str, Any]:
        return {
            "asked": self.asked,
            "compared": len(self.prompts),
            "same": self.same,
            "parts_at_median": self.parts_at,
            "same_vocabulary": self.same_vocabulary,
            "read_differently": self.read_differently,
            "tokens": self.tokens,
            "first_choice_agreement": self.agreement,
            "kl_a_b_nats": self.kl,
            "kl_b_a_nats": self.reverse_kl,
            "kl_a_b_quantiles": self.quantiles,
        }


def mean_divergence(a: Engine, b: Engine, answer: Answer) -> float | None:
    """KL(A || B) in nats per token of an answer of A; None without tokens or where the vocabularies differ."""
    if not _ids(answer) or shared_vocabulary(a.source, b.source) is None:
        return None
    with tempfile.TemporaryDirectory(prefix="flanchat-") as folder:
        [tokens] = _diverging(a, b, [answer], Path(folder, "rows"))
    return _mean([token.kl for token in tokens])


def shared_vocabulary(a: ModelSource, b: ModelSource) -> int | None:
    """How many tokens two models' distributions have; None when they are not the same ones."""
    if "scripted" in (a.origin, b.origin):
        return None
    ours, theirs = (preflight(source.folder, source.adapter) for source in (a, b))
    size = ours.shape.vocab_size
    if size != theirs.shape.vocab_size or ours.shape.eos_ids != theirs.shape.eos_ids:
        return None
    if tokenizer_digest(ours) == tokenizer_digest(theirs):
        return size
    from flanchat.engine.t5.tokenizer import open_tokenizer

    first, second = (open_tokenizer(checkpoint.tokenizer) for checkpoint in (ours, theirs))
    names = ([tokenizer.name(i) for i in range(tokenizer.size)] for tokenizer in (first, second))
    return size if (first.begin, first.end) == (second.begin, second.end) and next(names) == next(names) else None


@dataclass(slots=True)
class ModelComparison:
    """Compares two engines batch by batch; `result` is what there is so far.

    vocabulary: see `shared_vocabulary`. batch: how many prompts are answered together. is_stopped: before its end.
    """

    a: Engine
    b: Engine
    prompts: Prompts
    vocabulary: int | None
    batch: int = BATCH
    _cards: tuple[ModelCard, ModelCard] | None = None
    _prompts: list[PromptDiff] = field(default_factory=list)
    _worst: list[tuple[int, TokenDiff]] = field(default_factory=list)
    is_stopped: bool = False

    def stop(self) -> None:
        """End after the current token; the batch that is running does not count. Safe in a signal handler."""
        self.is_stopped = True
        self.a.stop()
        self.b.stop()

    def kill(self) -> None:
        """End at once. Safe in a signal handler."""
        self.is_stopped = True
        self.a.kill()
        self.b.kill()

    @property
    def result(self) -> ModelDiff | None:
        """What has been compared so far; None before the models are loaded."""
        if self._cards is None:
            return None
        prompts, worst = tuple(self._prompts), tuple(self._worst)
        return ModelDiff(*self._cards, len(self.prompts), self.vocabulary is not None, prompts, worst)

    @property
    def done(self) -> int:
        """How many prompts have been compared."""
        return len(self._prompts)

    @property
    def is_complete(self) -> bool:
        return self.done == len(self.prompts)

    def run(self) -> Iterator[int]:
        """Compare everything; yield how many prompts are compared so far, after each batch.

        Raises what compiling the prompts raises, before anything is answered, and what the engines raise. When a model
        goes over to a wider precision, all begins again: figures that are summed up come from the same numbers.
        """
        made = self.prompts.compiled(self.a.measure)
        self._cards = self.a.card(), self.b.card()
        with tempfile.TemporaryDirectory(prefix="flanchat-") as folder:
            begin = 0
            while begin < len(made) and not self.is_stopped:
                some = made[begin : begin + self.batch]
                found = self._compared(begin, some, Path(folder, "rows"))
                if found is None:
                    return
                cards = self.a.card(), self.b.card()
                if cards != self._cards:
                    self._cards, begin = cards, 0
                    self._prompts.clear()
                    self._worst.clear()
                    continue
                self._add(found)
                begin += len(some)
                yield len(self._prompts)

    def _compared(
        self, begin: int, empty: Sequence[Answer], file: Path
    ) -> list[tuple[PromptDiff, tuple[TokenDiff, ...]]] | None:
        """A batch, compared; None when it was stopped. empty: answers to fill in. begin: prompts before them."""
        ours, theirs = ([replace(answer, tokens=[], timing=Timing()) for answer in empty] for __ in range(2))
        for engine, answers in ((self.a, ours), (self.b, theirs)):
            self._answer(engine, answers)
            if any(answer.finish == "interrupted" for answer in answers):
                return None
        tokens: list[tuple[TokenDiff, ...]] = [() for __ in ours]
        if self.vocabulary is not None:
            for part in _parts(ours, self.vocabulary):
                if self.is_stopped:
                    return None
                for at, found in zip(part, _diverging(self.a, self.b, [ours[at] for at in part], file), strict=True):
                    tokens[at] = found
        return [
            (self._prompt_diff(number, *of), of[2])
            for number, of in enumerate(zip(ours, theirs, tokens, strict=True), begin + 1)
        ]

    def _answer(self, engine: Engine, answers: Sequence[Answer]) -> None:
        requests = [request(answer, top=0) for answer in answers]
        with closing(answer_all(engine, answers, requests, stopped=lambda: self.is_stopped)) as running:
            for __ in running:
                pass
        if failed := next((answer for answer in answers if answer.finish == "error"), None):
            raise EngineError(failed.message)

    def _prompt_diff(self, number: int, a: Answer, b: Answer, tokens: Sequence[TokenDiff]) -> PromptDiff:
        ids_a, ids_b = _ids(a), _ids(b)
        parts_at = next((at for at, (x, y) in enumerate(zip(ids_a, ids_b, strict=False), 1) if x != y), None)
        if parts_at is None and len(ids_a) != len(ids_b):
            parts_at = min(len(ids_a), len(ids_b)) + 1
        can = self.vocabulary is not None
        return PromptDiff(
            number,
            a.question,
            a.text,
            b.text,
            a.finish,
            b.finish,
            same=parts_at is None if can else a.text == b.text,
            parts_at=parts_at if can else None,
            same_prompt=not can or a.prompt.ids_sha256 == self.b.measure([a.prompt.text]).ids_sha256,
            kl=tuple(token.kl for token in tokens),
            reverse_kl=tuple(token.reverse_kl for token in tokens),
            agreeing=sum(token.agrees for token in tokens),
        )

    def _add(self, found: Sequence[tuple[PromptDiff, Sequence[TokenDiff]]]) -> None:
        self._prompts += [prompt for prompt, __ in found]
        apart = [(prompt.number, token) for prompt, tokens in found for token in tokens if token.kl > 0]
        self._worst = heapq.nlargest(WORST, [*self._worst, *apart], key=lambda one: one[1].kl)


def _diverging(a: Engine, b: Engine, answers: Sequence[Answer], file: Path) -> list[tuple[TokenDiff, ...]]:
    """Feed A's answers to both models; their tokens, and the end where there is one."""
    requests = [
        Request(answer.prompt.text, Decoding(top=_TOP), begin=tuple(t.id for t in answer.tokens), only=True)
        for answer in answers
    ]
    ours = a.distributions(requests, str(file))
    theirs = b.distributions(requests, str(file), compare=True)
    return [
        tuple(map(_token_diff, range(1, len(_ids(answer)) + 1), *both))  # without the end where A chose none
        for answer, *both in zip(answers, ours, theirs, strict=True)
    ]


def _token_diff(number: int, a: Position, b: Position) -> TokenDiff:
    assert b.kl is not None
    assert b.reverse_kl is not None
    own, other = a.token, b.token
    return TokenDiff(number, own.id, own.text, b.kl, b.reverse_kl, own.logprob, other.logprob, own.top, other.top)


def _ids(answer: Answer) -> list[int | None]:
    """The ids of an answer, and None for an end that the model chose."""
    return [*(token.id for token in answer.tokens), *([None] if answer.end_logprob is not None else [])]


def _parts(answers: Sequence[Answer], vocabulary: int) -> Iterator[list[int]]:
    """Which answers exchange their distributions together, so that the file has a limit."""
    part: list[int] = []
    size = 0
    for at, answer in enumerate(answers):
        needs = 4 * vocabulary * (len(answer.tokens) + 1)
        if part and size + needs > _FILE_BYTES:
            yield part
            part, size = [], 0
        part.append(at)
        size += needs
    yield part


def _mean(values: Sequence[float]) -> float | None:
    return math.fsum(values) / len(values) if values else None


def _median(values: Sequence[int]) -> float | None:
    return statistics.median(values) if values else None
