"""Stream the answers of a loaded T5: text in, events out. Joins text, tokens and tensors; imports torch."""

from __future__ import annotations

import contextlib
import re
import time
from collections import OrderedDict
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Protocol

import torch
from torch import Tensor

from flanchat.base.errors import EngineError, first_line
from flanchat.base.format import format_bytes
from flanchat.engine.checkpoint.config import Shape
from flanchat.engine.checkpoint.validate import Checkpoint
from flanchat.engine.devices.placement import SLACK, weight_bytes
from flanchat.engine.devices.registry import free_bytes, single_devices, synchronize
from flanchat.engine.events import (
    Decoding,
    Event,
    Finish,
    Position,
    Request,
    Started,
    Withdrawn,
)
from flanchat.engine.t5.answer_events import RowEvents, shown_token
from flanchat.engine.t5.attribution import cross_attention, integrated_gradients
from flanchat.engine.t5.beam_search import BeamSearch
from flanchat.engine.t5.decoding import DecodingLoop, NextToken
from flanchat.engine.t5.distributions import DistributionFile, positions
from flanchat.engine.t5.prompt_lookup import DraftLength, PromptLookup, measure_pass_costs
from flanchat.engine.t5.scoring import divide, score
from flanchat.engine.t5.threads import Threads, kept_threads
from flanchat.engine.t5.tokenizer import Tokenizer
from flanchat.engine.t5.transformers_model import transformers_model

KEPT_BYTES = 16 << 20
"""Size of the encoded prompts that are kept, so that a prompt that is asked again need not be encoded again."""


class Model(Protocol):
    """What T5 and ParallelT5 have in common, each with its own encoded prompts and cache."""

    def encode(self, prompts: Sequence[Sequence[int]]) -> Sequence[Any]: ...

    def start(self, prompts: Sequence[Any], source: Sequence[int], room: int) -> Any: ...

    def step(self, ids: Sequence[int], cache: Any) -> Tensor: ...

    def trace(self, *, rows: int, tokens: int) -> None: ...

    def close(self) -> None: ...


Rows = Generator[Event, None, list[int]]
"""Events, and in the end the rows that were withdrawn, which have no `Finished`."""


class LoadedModel:
    """A T5 that is ready to answer.

    may_overflow: whether it computes in float16. may_draft: whether a step of several tokens gives the same
    bits as single steps, so that prompt lookup is exact. is_stopping: true for a row of the running stream that shall
    end after the current token. is_finite: false once `warm_up` has found numbers that are not finite.
    """

    def __init__(
        self,
        checkpoint: Checkpoint,
        tokenizer: Tokenizer,
        model: Model,
        threads: Threads,
        device: str,
        *,
        may_overflow: bool,
        may_draft: bool,
    ) -> None:
        self.model, self.device, self.may_overflow, self.may_draft = model, device, may_overflow, may_draft
        self.is_stopping: Callable[[int], bool] = lambda row: False
        self.is_finite = True
        self.threads = threads
        self.encoded: OrderedDict[tuple[int, ...], Any] = OrderedDict()  # prompts by token ids; the last used last
        self._checkpoint, self._tokenizer = checkpoint, tokenizer
        self._by_transformers: Any = None
        self._draft_length = DraftLength()

    def stream(self, requests: Sequence[Request], rows: Sequence[int] | None = None) -> Rows:
        """See `Engine.stream`. Withdraws rows; that they are answered again is left to the caller.

        rows: those of the requests to answer; None for all.
        """
        rows = range(len(requests)) if rows is None else rows
        withdrawn: list[int] = []
        started = time.monotonic()
        given = [row for row in rows if requests[row].only]
        searched = [row for row in rows if requests[row].decoding.num_beams > 1 or requests[row].blanks]
        beams = [row for row in searched if row not in given]
        plain = [row for row in rows if row not in (*given, *beams)]
        with _explained():
            self.threads.begin()
            if given:
                withdrawn += yield from self._score_rows(requests, given, started)
            if plain:
                withdrawn += yield from self._stream_rows(requests, plain, started)
            for group in _searches(requests, beams):
                withdrawn += yield from self._search_beams(requests, group, started)
        return withdrawn

    def attention(self, prompt: str, answer: Sequence[int], *, layer: int) -> list[list[float]]:
        """See `Engine.attention`."""
        shape, ids = self._checkpoint.shape, self._tokenizer.encode(prompt)
        shape.require_decoder_layer(layer)
        with _explained():
            [encoded], __ = self._encode([ids])
            rows = cross_attention(self.model, encoded, [shape.decoder_start_id, *answer], layer=layer)
        return [row[: len(ids)] for row in rows]

    def gradient(self, prompt: str, answer: Sequence[int], *, end: bool) -> list[float]:
        """See `Engine.gradient`."""
        shape, device = self._checkpoint.shape, single_devices(self.device)[0]
        answer = [*answer, *([shape.eos_id] if end else [])]
        with _explained():
            model = self._transformers_model(device, "the gradient", "use a smaller model")
            return integrated_gradients(
                model,
                self._tokenizer.encode(prompt),
                answer,
                start_id=shape.decoder_start_id,
                pad_id=shape.pad_id,
                device=device,
            )

    def distributions(
        self, requests: Sequence[Request], file: str, *, compare: bool
    ) -> tuple[tuple[Position, ...], ...] | None:
        """See `Engine.distributions`; None when numbers are not finite. One answer at a time: the order of the file."""
        found = []
        with _explained(), DistributionFile(file, compare=compare) as taken:
            self.threads.begin()
            for request in requests:
                encoded, __ = self._encode([self._prompt_ids(request.prompt, request.prompt_limit, 0)])
                given = _begin(request, self._checkpoint.shape)
                tokens = self._score(encoded, [0], [given], [request.decoding.top], seen=taken.add)[0]
                if not all(token.is_finite for token in tokens):
                    return None
                name = self._tokenizer.name
                found.append([shown_token(token, name(token.id), self._tokenizer) for token in tokens])
        return positions(found, taken.divergences)

    def trace(self, *, rows: int, tokens: int) -> None:
        """See `T5.trace`; of several tokens, also measure what a draft costs, in 0.05 to 0.3 s.

        A failure is ignored: an untraced step is only slower.
        """
        with contextlib.suppress(RuntimeError, MemoryError), torch.inference_mode():
            self.model.trace(rows=rows, tokens=tokens)
            if tokens > 1:
                with kept_threads():
                    self.threads.begin()
                    self._draft_length.pass_costs = measure_pass_costs(self.model, self._checkpoint.shape.eos_id)

    def warm_up(self) -> None:
        """Decode two tokens, so that a model that can answer nothing is found before the first question."""
        request = Request("A short test.", Decoding(max_new_tokens=2, min_new_tokens=2, top=1))
        self.is_finite = not any(isinstance(event, Withdrawn) for event in self.stream([request]))

    def _stream_rows(self, requests: Sequence[Request], rows: Sequence[int], started: float) -> Rows:
        ids, source = self._prompts([requests[row] for row in rows])
        encoded, reused = self._encode(ids)
        decodings = [requests[row].decoding for row in rows]
        room = max(d.max_new_tokens for d in decodings)
        stepper = _Stepper(self.model, self._start(encoded, source, room))
        shape = self._checkpoint.shape
        lookup = None
        if self.may_draft and len(rows) == 1 and decodings[0].speculate == "auto":
            lookup = PromptLookup(
                self.model, stepper.cache, ids[0], self._draft_length, eos_ids=shape.eos_ids, room=room
            )
        encode_s = time.monotonic() - started
        answers = [self._answer(row, requests[row], started, lookup) for row in rows]
        withdrawn: list[int] = []  # places in `rows`
        for at, row in enumerate(rows):
            yield Started(row, len(ids[source[at]]), encode_s, reused[source[at]], self.may_overflow)
        begins = [_begin(requests[row], shape) for row in rows]
        loop = DecodingLoop(
            lookup or stepper, decodings, start_id=shape.decoder_start_id, eos_ids=shape.eos_ids, begins=begins
        )
        while loop.running:
            stopped = {at for at in loop.running if self.is_stopping(rows[at])}
            for at in sorted(stopped):
                yield from answers[at].finish("interrupted")
            loop.drop(stopped)
            if not loop.running:
                break
            stopped = set()
            for made in loop.step():
                answer = answers[made.row]
                if not made.is_finite:  # the other rows are right
                    row = rows[made.row]
                    yield Withdrawn(row)
                    answers[made.row] = self._answer(row, requests[row], started, lookup)
                    withdrawn.append(made.row)
                    stopped.add(made.row)
                    continue
                if made.end == "eos":
                    yield from answer.finish("eos", made)
                    continue
                yield answer.add(made)
                if answer.stop.found:
                    stopped.add(made.row)
                    yield from answer.finish("stop")
                elif made.end:
                    yield from answer.finish("length")
            loop.drop(stopped)
        again = [at for at in withdrawn if not self.is_stopping(rows[at])]
        for at in withdrawn:
            if at not in again:
                yield from answers[at].finish("interrupted")
        return [rows[at] for at in again]

    def _answer(self, row: int, request: Request, started: float, lookup: PromptLookup | None = None) -> RowEvents:
        return RowEvents(
            row,
            self._tokenizer,
            request.decoding.stop,
            started=started,
            device=self.device,
            threads=self.threads,
            lookup=lookup,
            blanks=request.blanks,
        )

    def _search_beams(self, requests: Sequence[Request], rows: Sequence[int], started: float) -> Rows:
        """Answer rows that take different beams of one search."""
        request = requests[rows[0]]
        prompt_ids = self._prompt_ids(request.prompt, request.prompt_limit, request.blanks)
        begin, ends = request.begin, list[int]()
        if request.blanks:
            first, *others = self._tokenizer.sentinels
            begin, ends = (first,), [others[request.blanks - 1]]
        for row in rows:
            yield Started(row, len(prompt_ids), 0.0)
        if self._are_stopping(rows):
            for row in rows:
                yield from self._answer(row, request, started).finish("interrupted")
            return []
        device = single_devices(self.device)[0]
        model = self._transformers_model(device, "beam search", "set num_beams to 1, or use a smaller model")
        search = BeamSearch(model, self._checkpoint, device)
        best = 1 + max(requests[row].decoding.beam for row in rows)
        stop = partial(self._are_stopping, rows)
        found = search.search(prompt_ids, request.decoding, stop, best=best, begin=begin, ends=ends)
        finish: Finish = "interrupted" if self._are_stopping(rows) else "length"
        encoded, __ = self._encode([prompt_ids])
        withdrawn = []
        for row in rows:
            decoding = requests[row].decoding
            ids = found[decoding.beam]
            tokens = self._score(encoded, [0], [ids], [decoding.top], ends=ends)[0] if ids else []
            if all(token.is_finite for token in tokens):
                yield from self._answer(row, request, started).whole(tokens, finish)
            else:
                yield Withdrawn(row)
                withdrawn.append(row)
        return (yield from self._end_stopped(requests, withdrawn, started))

    def _transformers_model(self, device: str, what: str, remedy: str) -> Any:
        """The model by transformers, in float32 and beside the loaded one. Raises EngineError without room for it."""
        if self._by_transformers is None:
            needed, free = weight_bytes(self._checkpoint.shape, "float32", "cpu"), free_bytes(device)
            if free is not None and needed > free * SLACK:
                raise EngineError(
                    f"{what} needs another {format_bytes(needed)} for the model in float32, and "
                    f"{format_bytes(free)} are free on {device}; {remedy}"
                )
            self._by_transformers = transformers_model(self._checkpoint, device)
        return self._by_transformers

    def _score_rows(self, requests: Sequence[Request], rows: Sequence[int], started: float) -> Rows:
        ids, source = self._prompts([requests[row] for row in rows])
        encoded, reused = self._encode(ids)
        synchronize(self.device)
        encode_s = time.monotonic() - started
        for at, row in enumerate(rows):
            yield Started(row, len(ids[source[at]]), encode_s, reused[source[at]], self.may_overflow)
        shape = self._checkpoint.shape
        given = [_begin(requests[row], shape) for row in rows]
        tops = [requests[row].decoding.top for row in rows]
        parts = divide(given, shape.vocab_size)
        withdrawn: list[int] = []
        for part in parts:
            scored = self._score(
                encoded,
                [source[at] for at in part],
                [given[at] for at in part],
                [tops[at] for at in part],
                partial(self._are_stopping, [rows[at] for at in part]),
            )
            for at, tokens in zip(part, scored, strict=True):
                row = rows[at]
                if all(token.is_finite for token in tokens):
                    yield from self._answer(row, requests[row], started).whole(tokens, "interrupted")
                elif len(part) > 1:  # it may be its padding that is not
                    parts.append([at])
                else:
                    yield Withdrawn(row)
                    withdrawn.append(row)
        return (yield from self._end_stopped(requests, withdrawn, started))

    def _end_stopped(self, requests: Sequence[Request], withdrawn: Sequence[int], started: float) -> Rows:
        """End the withdrawn rows that need not be answered again; return the others."""
        again = [row for row in withdrawn if not self.is_stopping(row)]
        for row in withdrawn:
            if row not in again:
                yield from self._answer(row, requests[row], started).finish("interrupted")
        return again

    def _are_stopping(self, rows: Sequence[int]) -> bool:
        return all(map(self.is_stopping, rows))

    def _score(
        self,
        encoded: Sequence[Any],
        source: Sequence[int],
        answers: Sequence[Sequence[int]],
        tops: Sequence[int],
        should_stop: Callable[[], bool] = lambda: False,
        *,
        ends: Sequence[int] = (),
        seen: Callable[[Tensor], None] = lambda logprobs: None,
    ) -> list[list[NextToken]]:
        """See `scoring.score`. encoded, source: each row answers the prompt `encoded[source[row]]`.

        ends: ids that end an answer like the end token.
        """
        shape = self._checkpoint.shape
        cache = self._start(encoded, source, max(map(len, answers)))
        return score(
            self.model,
            cache,
            answers,
            start_id=shape.decoder_start_id,
            eos_ids=(*shape.eos_ids, *ends),
            tops=tops,
            should_stop=should_stop,
            seen=seen,
        )

    def _prompts(self, requests: Sequence[Request]) -> tuple[list[list[int]], list[int]]:
        """Token ids of the distinct prompts, and which of them each request has."""
        read = [(request.prompt, request.prompt_limit, request.blanks) for request in requests]
        prompts = list(dict.fromkeys(read))
        return [self._prompt_ids(*prompt) for prompt in prompts], [prompts.index(prompt) for prompt in read]

    def _prompt_ids(self, prompt: str, limit: int, blanks: int) -> list[int]:
        encode = partial(self._tokenizer.encode_blanks, count=blanks) if blanks else self._tokenizer.encode
        ids = encode(prompt)
        return [*ids[: limit - 1], ids[-1]] if 0 < limit < len(ids) else ids

    def _encode(self, prompts: Sequence[Sequence[int]]) -> tuple[list[Any], list[bool]]:
        """Encoded prompts, and whether each was encoded already."""
        keys = [tuple(ids) for ids in prompts]
        new = [key for key in keys if key not in self.encoded]
        with torch.inference_mode():
            if new:
                self.encoded.update(zip(new, self.model.encode(new), strict=True))
        encoded = [self.encoded[key] for key in keys]
        for key in keys:
            self.encoded.move_to_end(key)
        while len(self.encoded) > 1 and sum(e.bytes for e in self.encoded.values()) > KEPT_BYTES:
            self.encoded.popitem(last=False)
        return encoded, [key not in new for key in keys]

    def _start(self, encoded: Sequence[Any], source: Sequence[int], room: int) -> Any:
        """A cache for rows that answer the prompts `encoded[source[row]]`."""
        with torch.inference_mode():
            cache = self.model.start(encoded, source, room)
        synchronize(self.device)
        return cache


@dataclass(frozen=True, slots=True)
class _Stepper:
    """A model with the cache of the rows that it decodes; a decoding.Stepper."""

    model: Model
    cache: Any

    def step(self, ids: Sequence[int]) -> Tensor:
        return self.model.step(ids, self.cache)

    def keep(self, rows: Sequence[int]) -> None:
        self.cache.keep(rows)


@contextlib.contextmanager
def _explained() -> Iterator[None]:
    """Raise what torch raises inside as EngineError."""
    try:
        with kept_threads():
            yield
    except (RuntimeError, MemoryError, OSError) as error:
        raise EngineError(explain(error)) from error


def _searches(requests: Sequence[Request], rows: Sequence[int]) -> list[list[int]]:
    """The rows that take different beams of the same search, together."""
    groups: dict[Request, list[int]] = {}
    for row in rows:
        request = requests[row]
        groups.setdefault(replace(request, decoding=replace(request.decoding, beam=0)), []).append(row)
    return list(groups.values())


def _begin(request: Request, shape: Shape) -> tuple[int, ...]:
    """The ids that an answer starts with, whatever the model would choose."""
    if request.only:
        return (*request.begin, shape.eos_id)
    return tuple(request.begin) or (() if shape.forced_first is None else (shape.forced_first,))


def explain(error: BaseException) -> str:
    """One line about an error inside torch.

    >>> explain(RuntimeError("CUDA out of memory. Tried to allocate 22.78 GiB. GPU 0 has 31 GiB")).partition(";")[0]
    'not enough memory (CUDA out of memory. Tried to allocate 22.78 GiB)'
    >>> explain(RuntimeError("CUDA error: an illegal memory access was encountered\\nCompile with TORCH_USE_CUDA_DSA"))
    'the model failed: CUDA error: an illegal memory access was encountered'
    """
    text = first_line(error)
    lowered = text.lower()
    if isinstance(error, MemoryError) or "out of memory" in lowered or "alloc" in lowered:
        if size := re.match(r".*?tried to allocate [\d.]+ \w+", text, re.IGNORECASE):
            text = size[0]  # on a GPU, advice for programmers follows
        return f"not enough memory ({text}); close other programs, shorten the prompt or use a smaller model"
    return f"the model failed: {text}"
