"""Where the time of a decoding step goes: launching its operators, or arithmetic, and the least that memory allows.

The last is the time to read the weights once, which no program can avoid at batch 1.
"""

from __future__ import annotations

import functools
import random
import statistics
import time
import warnings
from collections.abc import Callable
from typing import Any, Literal

import torch
from torch.utils._python_dispatch import TorchDispatchMode

from flanchat.engine.checkpoint.config import Shape
from flanchat.engine.devices.placement import step_bytes
from flanchat.engine.devices.registry import free_bytes, single_devices, synchronize
from flanchat.engine.protocol import StepCosts
from flanchat.engine.t5.answering import Model
from flanchat.engine.t5.model import T5
from flanchat.engine.t5.model_parallel import ParallelT5

_STEPS = 16
_STEPS_S = 0.4  # fewer of a large model
_ARRAY_BYTES = 256 << 20  # larger than any cache


def measure_step(
    model: Model, shape: Shape, precision: str, device: str, *, rows: int, prompt_tokens: int, new_tokens: int
) -> StepCosts:
    """See `Engine.step_costs`. Raises RuntimeError when the device fails."""
    numbers, ids = random.Random(0), [shape.pad_id] * rows
    prompts = [[numbers.randrange(3, shape.vocab_size) for _ in range(prompt_tokens)] for _ in range(rows)]
    with torch.inference_mode():
        cache = model.start(model.encode(prompts), range(rows), new_tokens)
        operators = _count_operators(model, ids, cache)
        model.step(ids, cache)
        model.step(ids, cache)  # this one may be captured
        launched, ended = _times(lambda: model.step(ids, cache), device)
        way, problem = _way(model, cache, device)
    return StepCosts(
        step_s=ended,
        launch_s=min(ended, operators * _empty_call_s(traced=way == "trace")) if device == "cpu" else launched,
        operators=operators,
        way=way,
        problem=problem,
        read_bytes=step_bytes(shape, precision, device, rows=rows, prompt_tokens=prompt_tokens, new_tokens=new_tokens),
        bytes_a_s=_read_bytes_a_s(single_devices(device)[0]),
    )


def _way(model: Model, cache: Any, device: str) -> tuple[Literal["graph", "trace", "plain"], str]:
    if not isinstance(model, T5):
        return "plain", "the model is on several devices"
    if model.capture is not None:
        return ("plain" if model.capture.problem else "graph"), model.capture.problem
    if device == "cpu":
        return ("trace" if model.is_traced(cache) else "plain"), ""
    return "plain", "this device, or its torch, has none"


def _times(step: Callable[[], object], device: str) -> tuple[float, float]:
    """Seconds until a step has been launched and until it has ended, medians of several."""
    launched: list[float] = []
    ended: list[float] = []
    first = time.perf_counter()
    while len(ended) < _STEPS and (len(ended) < 2 or time.perf_counter() - first < _STEPS_S):
        synchronize(device)
        started = time.perf_counter()
        step()
        launched.append(time.perf_counter() - started)
        synchronize(device)
        ended.append(time.perf_counter() - started)
    return statistics.median(launched), statistics.median(ended)


def _count_operators(model: Model, ids: list[int], cache: Any) -> int:
    """How many operators the decoder runs in a step."""
    assert isinstance(model, T5 | ParallelT5)
    parts = model.parts if isinstance(model, ParallelT5) else [model]
    caches = cache.parts if isinstance(model, ParallelT5) else [cache]
    decoding = [part for part in parts if part.shape.num_decoder_layers]
    x, operators = parts[0].embed_answers(caches[0].to_slots(ids)), _Operators()
    for part, own in zip(decoding, caches, strict=True):
        arguments = own.arguments(x.to(part.device), 1)
        with operators:
            x = part.decoder(*arguments)
    return operators.count


class _Operators(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Counts operators that compute or copy; a view, and what changes nothing, does not."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.count = 0

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        """Not skipped, because that imports all of torch's compiler, 1.1 s, and nothing is compiled here."""
        return False

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        made = func(*args, **(kwargs or {}))
        results = made if isinstance(made, list | tuple) else [made]
        known = {_address(given) for given in (*args, *(kwargs or {}).values()) if isinstance(given, torch.Tensor)}
        self.count += func._schema.is_mutable or any(_address(each) not in known for each in results)
        return made


def _address(tensor: torch.Tensor) -> int | None:
    """Where a tensor is in memory; None for one in a format of oneDNN's own, which has no views."""
    return tensor.untyped_storage().data_ptr() if tensor.layout is torch.strided else None


def _empty_call_s(*, traced: bool) -> float:
    """Seconds of a call on the CPU that computes next to nothing."""
    one = torch.ones(1)

    def calls(x: torch.Tensor) -> torch.Tensor:
        for _ in range(64):
            x = x + one
        return x

    times = []
    with torch.inference_mode(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a deprecation is no news for the user, as in step_trace.py
        run = torch.jit.trace(calls, one, check_trace=False) if traced else calls  # type: ignore[no-untyped-call]
        for _ in range(8):
            started = time.perf_counter()
            run(one)
            times.append(time.perf_counter() - started)
    return min(times) / 64


@functools.cache
def _read_bytes_a_s(device: str) -> float:
    """How many bytes of a large array a device sums in a second, at best; the same for every model."""
    size = min(_ARRAY_BYTES, (free_bytes(device) or _ARRAY_BYTES) // 4)
    array = torch.ones(size // 4, device=device)
    repeats = 1 if device == "cpu" else 4  # so that launching counts for little
    best = 0.0
    for _ in range(4):
        synchronize(device)
        started = time.perf_counter()
        for _ in range(repeats):
            array.sum()
        synchronize(device)
        best = max(best, repeats * array.nbytes / (time.perf_counter() - started))
    return best
