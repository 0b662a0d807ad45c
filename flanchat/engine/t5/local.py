"""A T5 checkpoint as an `Engine` in this process. Joins text, tokens and tensors.

Loading needs only `config.json`, safetensors and the vocabulary; only beam search imports transformers.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import platform
import re
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Protocol

from flanchat.base.errors import DeviceError, EngineError, FlanchatError, ModelError
from flanchat.base.format import format_bytes
from flanchat.base.i18n import _
from flanchat.engine.checkpoint.validate import Checkpoint, ModelSource, preflight, weight_files, weights_sha
from flanchat.engine.devices import npu_probe
from flanchat.engine.devices.measurements import cached_measurement
from flanchat.engine.devices.memory import gc_paused, heap_trimmed
from flanchat.engine.devices.placement import (
    LARGE_BYTES,
    SLACK,
    LayerRange,
    assign_layers,
    out_of_memory,
    weight_bytes,
)
from flanchat.engine.devices.registry import (
    automatic_devices,
    free_bytes,
    is_lost,
    peak_mb,
    single_devices,
    synchronize,
    use_device,
)
from flanchat.engine.events import Delta, Event, Finish, Finished, Measured, Piece, Request, Started, StopText, Token
from flanchat.engine.protocol import ModelCard

if TYPE_CHECKING:
    from torch import Tensor

    from flanchat.engine.checkpoint.config import Shape
    from flanchat.engine.t5.beam_search import BeamSearch
    from flanchat.engine.t5.linear import LinearKernels
    from flanchat.engine.t5.tokenizer import Reader

KEPT_BYTES = 16 << 20
"""Size of the encoded prompts that are kept, so that a prompt that is asked again need not be encoded again."""
_VERSIONED = ("torch", "transformers", "sentencepiece", "safetensors", "numpy")


class LocalEngine:
    """A T5 in this process's memory, loaded by `start` or by the first call that needs the model.

    For the parameters see `open_engine`.
    """

    def __init__(
        self,
        source: ModelSource,
        *,
        device: str = "auto",
        precision: str = "auto",
        environ: Mapping[str, str],
        report: Callable[[str], None] = lambda status: None,
        note: Callable[[str], None] = lambda sentence: None,
    ) -> None:
        """Check the model's folder and open its tokenizer. Raises ModelError when they cannot be used."""
        from flanchat.engine.t5.tokenizer import open_tokenizer

        self.source, self.names, self.label = source, source.names, source.label
        self.status, self.remark = "not started", ""
        self._asked_device, self._asked_precision, self._environ = device, precision, environ
        self._report, self._note = report, note
        self._checkpoint = preflight(source.folder, source.adapter)
        self._tokenizer = open_tokenizer(self._checkpoint.tokenizer)
        self._model: _Model | None = None
        self._card: ModelCard | None = None
        self._device = ""
        self._encoded: OrderedDict[tuple[int, ...], Any] = OrderedDict()  # by token ids; the last used last
        self._untraced: list[bool] = []  # values of `shared` for which the model's step is to be traced
        self._beams: BeamSearch | None = None
        self._stopping = False

    def start(self) -> None:
        """Load the model and wait until that is done.

        Raises ModelError when the weights cannot be used, DeviceError for a device or precision that is not there.
        """
        if self._model is None:
            self._set_status("loading")
            try:
                self._load()
            except BaseException:
                self._model = None
                self._set_status("failed")
                raise
            self._set_status("ready")

    def card(self) -> ModelCard:
        if self._card is None:
            self.start()
        assert self._card is not None
        return self._card

    def measure(self, parts: Sequence[str]) -> Measured:
        return self._tokenizer.measure(parts)

    def pieces(self, text: str) -> tuple[Piece, ...]:
        return self._tokenizer.pieces(text)

    def stop(self) -> None:
        self._stopping = True

    def kill(self) -> None:
        """Stop: nothing in one process can end an answer sooner."""
        self._stopping = True

    def use_idle_time(self) -> bool:
        """Trace the step of one row, later also that of a batch: 0.2 to 0.5 s that no answer has to wait for."""
        if not self._untraced or self._model is None:
            return False
        import torch

        shared = self._untraced.pop()
        with contextlib.suppress(RuntimeError, MemoryError), torch.inference_mode():  # an untraced step is only slower
            self._model.trace(shared=shared)
        return True

    def close(self) -> None:
        self._model = self._beams = None
        self._encoded.clear()
        self.status = "not started"

    def _load(self) -> None:
        started = time.monotonic()
        device, npu = self._find_device()
        self._progress("importing torch")
        with gc_paused():
            import torch

        torch.set_num_threads(_threads(self._environ))
        checkpoint, source = self._checkpoint, self.source
        placement = self._choose_placement(device)
        kernels, self._device = placement.kernels, placement.device
        memory_bytes = weight_bytes(checkpoint.shape, kernels.precision, self._device)
        size = f": {format_bytes(memory_bytes)}" if memory_bytes >= LARGE_BYTES else ""
        self._progress(f"reading weights{size}")
        if self._tokenizer.size > checkpoint.shape.vocab_size:
            raise ModelError(
                f"{checkpoint.tokenizer}: holds {self._tokenizer.size} pieces, but config.json says vocab_size is "
                f"{checkpoint.shape.vocab_size}; take both files from the same model"
            )
        with ThreadPoolExecutor(1) as pool:
            digest = pool.submit(weights_digest, checkpoint, self._environ)
            self._model = _load_model(
                checkpoint, placement, lambda part: self._progress(f"reading weights{size}: {part:.0%}")
            )
            weights_sha256 = digest.result()
        self._untraced = [False]
        self._progress("warming up")
        self._check_numbers(kernels.precision)
        self._card = ModelCard(
            name=source.name,
            folder=str(source.folder),
            revision=source.revision,
            weights_sha256=weights_sha256,
            tokenizer_sha256=hashlib.sha256(checkpoint.tokenizer.read_bytes()).hexdigest(),
            parameters=checkpoint.parameters,
            memory_bytes=memory_bytes,
            device=self._device,
            precision=kernels.precision,
            why=placement.why,
            threads=torch.get_num_threads(),
            load_s=time.monotonic() - started,
            versions={"python": platform.python_version(), **{name: version(name) for name in _VERSIONED}},
            engine="t5",
        )
        if npu is not None and self._device.startswith(npu.device):
            npu_probe.store_result(npu, self._environ)
        if placement.too_small is not None:
            device, needed, free = placement.too_small
            self._remark(
                _("{device} is not used: the model takes {need}, and {free} are free there").format(
                    device=device, need=format_bytes(needed), free=format_bytes(free)
                )
            )
        elif npu is not None and not self._device.startswith("npu"):
            self._remark(npu_probe.skipped_message(npu_probe.BrokenNpu("lost")))

    def _find_device(self) -> tuple[str, npu_probe.WorkingNpu | None]:
        """The device to load on, and the NPU that it is or may become. To be called before torch is imported."""
        asked = self._asked_device
        npu = npu_probe.find_npu(asked, self._environ, self._progress)
        if isinstance(npu, npu_probe.WorkingNpu):
            return (asked if asked == "auto" else npu.device), npu
        if npu is not None and asked != "auto":
            raise DeviceError(npu_probe.refused_message(asked, npu))
        if npu is not None:
            self._remark(npu_probe.skipped_message(npu))
        return asked, None

    def _choose_placement(self, device: str) -> _Placement:
        """Place the model on the device, or on the first that `auto` finds room on. Raises ModelError when none has."""
        from flanchat.engine.devices.precision import choose_kernels
        from flanchat.engine.devices.registry import DEVICES, has_bfloat16

        checkpoint, environ, error = self._checkpoint, self._environ, None
        shape = checkpoint.shape
        too_small: tuple[str, int, int] | None = None
        for name in automatic_devices(environ) if device == "auto" else [use_device(device)]:
            kernels, why = choose_kernels(
                name, self._asked_precision, self._progress, parameters=checkpoint.parameters, environ=environ
            )
            free = {single: free_bytes(single) for single in single_devices(name)}
            kind = name.partition(":")[0]
            if (layers := assign_layers(shape, kernels.precision, free)) is not None:
                if too_small is not None and too_small[0].startswith(kind):  # it is used, together with others
                    too_small = None
                return _Placement(name, layers, kernels, why, too_small)
            others = ["float16", "int8"] if name == "cpu" else ["bfloat16"] * has_bfloat16(name) + ["float16"]
            count = DEVICES[kind].count() if len(free) == 1 else 0
            more = f"{kind}:{','.join(map(str, range(count)))}" if count > 1 and device != "auto" else ""
            error = out_of_memory(self.source.name, shape, kernels.precision, free, others=others, more=more)
            too_small = name, weight_bytes(shape, kernels.precision, name), sum(size or 0 for size in free.values())
        assert error is not None
        raise error

    def _progress(self, step: str) -> None:
        self._set_status(f"loading: {step}")

    def _set_status(self, status: str) -> None:
        self.status = status
        self._report(status)

    def _remark(self, sentence: str) -> None:
        self.remark = sentence
        self._note(sentence)

    def _loaded(self) -> _Model:
        self.start()
        assert self._model is not None
        return self._model

    def stream(self, requests: Sequence[Request]) -> Iterator[Event]:
        self.start()
        self._stopping = False
        if len(requests) > 1:  # more of these are likely to follow
            self._untraced.append(True)
        started = time.monotonic()
        beams = [row for row, request in enumerate(requests) if request.decoding.num_beams > 1]
        plain = [row for row in range(len(requests)) if row not in beams]
        try:
            if plain:
                yield from self._stream_rows(requests, plain, started)
            for row in beams:
                yield from self._search_beams(requests[row], row, started)
        except (RuntimeError, MemoryError, OSError) as error:
            if is_lost(self._device):
                self.status = "gone"
            raise EngineError(_explain(error)) from error

    def _stream_rows(self, requests: Sequence[Request], rows: Sequence[int], started: float) -> Iterator[Event]:
        from flanchat.engine.t5.decoding import DecodingLoop

        prompts = list(dict.fromkeys(requests[row].prompt for row in rows))  # each distinct prompt is encoded once
        ids = [self._tokenizer.encode(prompt) for prompt in prompts]
        source = [prompts.index(requests[row].prompt) for row in rows]
        decodings = [requests[row].decoding for row in rows]
        stepper, reused = self._start_rows(ids, source, max(d.max_new_tokens for d in decodings))
        encode_s = time.monotonic() - started
        texts = [_RowText(d.stop, self._tokenizer.reader()) for d in decodings]
        for at, row in enumerate(rows):
            yield Started(row, len(ids[source[at]]), encode_s, reused[source[at]])
        shape = self._loaded().shape
        begins = [(*requests[row].begin, shape.eos_id) if requests[row].only else requests[row].begin for row in rows]
        loop = DecodingLoop(stepper, decodings, start_id=shape.decoder_start_id, eos_id=shape.eos_id, begins=begins)

        def finish(at: int, why: Finish, end_logprob: float | None = None) -> Iterator[Event]:
            text = texts[at]
            if rest := text.stop.rest():
                yield Delta(rows[at], rest)
            now = time.monotonic() - started
            yield Finished(
                rows[at], why, text.tokens, text.first_s, now, peak_mb=peak_mb(self._device), end_logprob=end_logprob
            )

        while loop.running:
            if self._stopping:
                for at in loop.running:
                    yield from finish(at, "interrupted")
                return
            stopped = set()
            for made in loop.step():
                if made.end == "eos":
                    yield from finish(made.row, "eos", made.logprob)
                    continue
                text = texts[made.row]
                token = self._token(text.reader, made.id, made.logprob, made.top)
                yield Delta(rows[made.row], text.add(token, time.monotonic() - started), (token,))
                if text.stop.found:
                    stopped.add(made.row)
                    yield from finish(made.row, "stop")
                elif made.end:
                    yield from finish(made.row, "length")
            loop.drop(stopped)

    def _search_beams(self, request: Request, row: int, started: float) -> Iterator[Event]:
        from flanchat.engine.t5.beam_search import BeamSearch

        prompt_ids = self._tokenizer.encode(request.prompt)
        yield Started(row, len(prompt_ids), 0.0)
        if self._stopping:
            yield Finished(row, "interrupted", 0, None, time.monotonic() - started)
            return
        if self._beams is None:
            device = single_devices(self._device)[0]
            needed, free = weight_bytes(self._checkpoint.shape, "float32", "cpu"), free_bytes(device)
            if free is not None and needed > free * SLACK:
                raise EngineError(
                    f"beam search needs another {format_bytes(needed)} for the model in float32, and "
                    f"{format_bytes(free)} are free on {device}; set num_beams to 1, or use a smaller model"
                )
            self._beams = BeamSearch(self._checkpoint, device)
        ids = self._beams.search(prompt_ids, request.decoding, lambda: self._stopping)
        finish: Finish = "interrupted" if self._stopping else "length"
        end_logprob = None
        text, tokens, shown = _RowText(request.decoding.stop, self._tokenizer.reader()), [], ""
        for token_id, logprob, top in self._score(prompt_ids, ids, request.decoding.top):
            if token_id == self._checkpoint.shape.eos_id:
                finish, end_logprob = "eos", logprob
                break
            token = self._token(text.reader, token_id, logprob, top)
            shown += text.add(token, time.monotonic() - started)
            tokens.append(token)
            if text.stop.found:
                finish = "stop"
                break
        yield Delta(row, shown + text.stop.rest(), tuple(tokens))
        now = time.monotonic() - started
        yield Finished(
            row, finish, text.tokens, text.first_s, now, peak_mb=peak_mb(self._device), end_logprob=end_logprob
        )

    def _score(
        self, prompt_ids: Sequence[int], ids: Sequence[int], top: int
    ) -> Iterator[tuple[int, float, list[tuple[int, float]]]]:
        """Each of `ids` with its log-probability and the `top` likeliest ids at its position."""
        stepper, __ = self._start_rows([prompt_ids], [0], len(ids) + 1)
        for token_id, logprobs in zip(ids, stepper.after(ids[:-1]).log_softmax(-1), strict=True):
            best, best_ids = logprobs.topk(top)
            yield token_id, float(logprobs[token_id]), list(zip(best_ids.tolist(), best.tolist(), strict=True))

    def _start_rows(
        self, prompts: Sequence[Sequence[int]], source: Sequence[int], room: int
    ) -> tuple[_Stepper, list[bool]]:
        """A stepper for rows that answer `prompts[source[row]]`, and which of the prompts were encoded already."""
        import torch

        model = self._loaded()
        keys = [tuple(ids) for ids in prompts]
        new = [key for key in keys if key not in self._encoded]
        with torch.inference_mode():
            if new:
                self._encoded.update(zip(new, model.encode(new), strict=True))
            stepper = _Stepper(model, model.start([self._encoded[key] for key in keys], source, room))
        for key in keys:
            self._encoded.move_to_end(key)
        while len(self._encoded) > 1 and sum(e.bytes for e in self._encoded.values()) > KEPT_BYTES:
            self._encoded.popitem(last=False)
        synchronize(self._device)
        return stepper, [key not in new for key in keys]

    def _token(self, reader: Reader, token_id: int, logprob: float, top: Sequence[tuple[int, float]]) -> Token:
        from flanchat.engine.events import Alternative

        names = tuple(Alternative(i, self._tokenizer.name(i), lp) for i, lp in top)
        return Token(token_id, reader.add(token_id), logprob, names)

    def _check_numbers(self, precision: str) -> None:
        """Decode two tokens, so that a model with broken weights is refused before the first question."""
        from flanchat.engine.events import Decoding

        request = Request("A short test.", Decoding(max_new_tokens=2, min_new_tokens=2, top=1))
        tokens = [t for event in self.stream([request]) if isinstance(event, Delta) for t in event.tokens]
        if any(t.logprob != t.logprob or t.logprob == float("-inf") for t in tokens):
            raise ModelError(
                f"{self._checkpoint.folder}: the model's numbers are not finite in {precision}; "
                "the weights are damaged: download them again"
            )


def load_engine(
    source: ModelSource, *, device: str = "auto", precision: str = "auto", environ: Mapping[str, str]
) -> LocalEngine:
    """Load a model in this process and make it as fast as it gets. For scripts and tests.

    Raises ModelError when its folder cannot be used.
    """
    engine = LocalEngine(source, device=device, precision=precision, environ=environ)
    engine.start()
    engine._untraced = [True, False]
    while engine.use_idle_time():
        pass
    return engine


class _Model(Protocol):
    """What T5 and ParallelT5 have in common, each with its own encoded prompts and cache."""

    shape: Shape

    def encode(self, prompts: Sequence[Sequence[int]]) -> Sequence[Any]: ...

    def start(self, prompts: Sequence[Any], source: Sequence[int], room: int) -> Any: ...

    def step(self, ids: Sequence[int], cache: Any) -> Tensor: ...

    def trace(self, *, shared: bool) -> None: ...


class _Stepper:
    """A model with the cache of the rows that it decodes; a decoding.Stepper."""

    def __init__(self, model: _Model, cache: Any) -> None:
        self._model, self._cache = model, cache

    def step(self, ids: Sequence[int]) -> Tensor:
        return self._model.step(ids, self._cache)

    def after(self, ids: Sequence[int]) -> Tensor:
        """Logits [len(ids) + 1, vocab] of a row's first token and of the one after each of `ids`, in one pass."""
        import torch

        with torch.inference_mode():
            return self.step([self._model.shape.decoder_start_id, *ids])

    def keep(self, rows: Sequence[int]) -> None:
        self._cache.keep(rows)


@dataclass(slots=True)
class _RowText:
    """Text of one row, accumulated token by token. tokens: how many, without the end token. first_s: of the first."""

    stop_texts: tuple[str, ...]
    reader: Reader
    stop: StopText = field(init=False)
    tokens: int = 0
    first_s: float | None = None
    _begun: bool = False

    def __post_init__(self) -> None:
        self.stop = StopText(self.stop_texts)

    def add(self, token: Token, at_s: float) -> str:
        """Add the next token; return the text that may now be shown. The answer's leading space is left out."""
        if self.first_s is None:
            self.first_s = at_s
        self.tokens += 1
        text = token.text if self._begun else token.text.lstrip(" ")
        self._begun = self._begun or bool(text)
        return self.stop.feed(text)


@dataclass(frozen=True, slots=True)
class _Placement:
    """Device and precision of a model. device: a name, which may stand for several. layers: one range per device.

    too_small: a device that `auto` found too small, with the bytes that are needed and those that are free.
    """

    device: str
    layers: Sequence[LayerRange]
    kernels: LinearKernels
    why: str
    too_small: tuple[str, int, int] | None


def _load_model(checkpoint: Checkpoint, placement: _Placement, report: Callable[[float], None]) -> _Model:
    """Load a checkpoint's tensors into a T5, or into one for each device."""
    from flanchat.engine.t5.cuda_graph import cuda_graph
    from flanchat.engine.t5.model import T5
    from flanchat.engine.t5.model_parallel import ParallelT5
    from flanchat.engine.t5.weight_reader import StoredTensors

    shape, tensors, own_head = checkpoint.shape, StoredTensors(checkpoint), checkpoint.own_head
    kernels, layers = placement.kernels, placement.layers
    try:
        with heap_trimmed():
            if len(layers) > 1:
                return ParallelT5(shape, tensors, layers, own_head=own_head, kernels=kernels, report=report)
            capture = cuda_graph(placement.device) if placement.device.startswith("cuda") else None
            return T5(shape, tensors, own_head=own_head, kernels=kernels, report=report, capture=capture)
    except FlanchatError:
        raise
    except OSError as error:
        raise ModelError(f"{checkpoint.folder}: cannot read the weights: {error}") from error
    except (RuntimeError, MemoryError) as error:
        raise ModelError(f"{checkpoint.folder}: {_explain(error)}") from error


def weights_digest(checkpoint: Checkpoint, environ: Mapping[str, str]) -> str:
    """The sha256 of the weights, cached for as long as their files do not change."""
    files = weight_files(checkpoint)
    stats = [os.stat(file) for file in files]
    stamp = hashlib.sha256(repr([(s.st_dev, s.st_ino, s.st_size, s.st_mtime_ns) for s in stats]).encode()).hexdigest()
    key = f"sha256 · {os.path.realpath(files[0])} · {stamp[:16]}"
    return str(cached_measurement(key, lambda: weights_sha(checkpoint), _is_sha256, environ))


def _is_sha256(cached: Any) -> bool:
    return isinstance(cached, str) and len(cached) == 64


def _explain(error: BaseException) -> str:
    """One line about an error inside torch.

    >>> _explain(RuntimeError("CUDA out of memory. Tried to allocate 22.78 GiB. GPU 0 has 31 GiB")).partition(";")[0]
    'not enough memory (CUDA out of memory. Tried to allocate 22.78 GiB)'
    >>> _explain(RuntimeError("CUDA error: an illegal memory access was encountered\\nCompile with TORCH_USE_CUDA_DSA"))
    'the model failed: CUDA error: an illegal memory access was encountered'
    """
    text = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    lowered = text.lower()
    if isinstance(error, MemoryError) or "out of memory" in lowered or "alloc" in lowered:
        if size := re.match(r".*?tried to allocate [\d.]+ \w+", text, re.IGNORECASE):
            text = size[0]  # on a GPU, advice for programmers follows
        return f"not enough memory ({text}); close other programs, shorten the prompt or use a smaller model"
    return f"the model failed: {text}"


def _threads(environ: Mapping[str, str]) -> int:
    """Threads for one token: the cores that this process may use, or OMP_NUM_THREADS if that is fewer."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    limit = environ.get("OMP_NUM_THREADS", "")
    return max(1, min(cores, int(limit))) if limit.isdecimal() else cores
