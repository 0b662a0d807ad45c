"""A stand-in for the graphs of a GPU or an NPU: records the operators that torch runs, and runs them again.

As on a device, the Python code between operators is not repeated, the same tensors are read and written, nothing is
computed while a stream is captured, and operators that wait for the device or copy from the host are refused.

Graph behaves like torch_npu's NPUGraph.cpp (Ascend/pytorch, 2026) and torch's CUDAGraph.cpp, from which it was ported:
it is captured on a stream of its own only and once only, ends on the stream that it began on, is not replayed after
`reset`, and a memory pool whose last graph has gone takes no new one. The messages are torch_npu's. No device was seen.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

WAITING = {"aten::_local_scalar_dense", "aten::item", "aten::is_nonzero", "aten::nonzero", "aten::lift_fresh"}


class Tape(TorchDispatchMode):
    """plays, captures: how many times a recording was replayed and made. operators: names of those recorded."""

    def __init__(self) -> None:
        super().__init__()
        self.plays = self.captures = 0
        self.operators: set[str] = set()
        self._begin()

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        """Not skipped, because that imports all of torch's compiler, 1.1 s, and nothing is compiled here."""
        return False

    def _begin(self) -> None:
        self._notes: list[tuple[Any, Any, Any, Any]] = []
        self._before: list[tuple[Tensor, Tensor]] = []  # tensors that were written, and what they held
        self._made: dict[int, Tensor] = {}  # by address; none of it has been computed

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        name = func.name().partition(".")[0]
        given = _tensors([*args, *(kwargs or {}).values()])
        written = [
            a for a, s in zip(args, func._schema.arguments, strict=False) if s.alias_info and s.alias_info.is_write
        ]
        if not set(map(_address, written)) <= self._made.keys():
            self._before += [(tensor, tensor.clone()) for tensor in written]
        made = func(*args, **(kwargs or {}))
        masked = name.startswith("aten::index") and any(tensor.dtype is torch.bool for tensor in given)
        devices = {tensor.device for tensor in (*given, *_tensors(made))}
        if name in WAITING or masked or len(devices) > 1:
            raise RuntimeError(f"operation not permitted when stream is capturing: {func.name()}")
        known = set(map(_address, given)) - self._made.keys()
        self._made.update({_address(tensor): tensor for tensor in _tensors(made) if _address(tensor) not in known})
        self._notes.append((func, args, kwargs or {}, made))
        self.operators.add(name)
        return made

    def _undo(self) -> None:
        """A capture computes nothing."""
        for tensor, before in reversed(self._before):
            tensor.copy_(before)
        for __, __, __, made in self._notes:
            for tensor in _tensors(made):
                if _address(tensor) in self._made and tensor.is_floating_point():
                    tensor.fill_(float("nan"))

    def capture(self, work: Callable[[], Tensor]) -> Callable[[], Tensor]:
        self._begin()
        with self:
            result = work()
        self._undo()
        self.captures += 1
        notes = self._notes

        def play() -> Tensor:
            self.plays += 1
            _again(notes)
            return result

        return play


class Graphs:
    """The streams and graphs of torch.cuda or torch.npu. calls: what has been called, in order.

    living: graphs that hold memory of the device; most: how many there were at once. operators: what was captured.
    """

    def __init__(self, kind: str = "CUDA", refusal: str = "") -> None:
        """refusal: the error that `capture_begin` raises."""
        self.kind, self.refusal = kind, refusal
        self.calls: list[str] = []
        self.operators: set[str] = set()
        self.living, self.most, self.capturing = 0, 0, False
        self._pools: dict[object, int] = {}  # graphs of each pool that has had one
        self._current = self._default = Stream(self, "default")

    def names(self) -> dict[str, Any]:
        """Names in torch.cuda or torch.npu, and what stands in for them."""
        return {
            f"{self.kind}Graph": lambda: Graph(self),
            "graph_pool_handle": self._pool_handle,
            "Stream": lambda device: Stream(self, "side"),
            "stream": self._use,
            "current_stream": lambda device=None: self._current,
            "synchronize": self.synchronize,
        }

    def synchronize(self, device: object = None) -> None:
        if self.capturing:
            raise RuntimeError("operation not permitted when stream is capturing: synchronize")
        self.calls.append("synchronize")

    def _pool_handle(self) -> object:
        self.calls.append("graph_pool_handle")
        return object()

    @contextlib.contextmanager
    def _use(self, stream: Stream) -> Iterator[None]:
        before, self._current = self._current, stream
        try:
            yield
        finally:
            self._current = before


class Stream:
    """torch.cuda.Stream or torch.npu.Stream; everything runs in the order of the calls."""

    def __init__(self, graphs: Graphs, name: str) -> None:
        self._graphs, self.name = graphs, name

    def wait_stream(self, other: Stream) -> None:
        self._graphs.calls.append(f"{self.name} waits for {other.name}")


class Graph:
    """torch.cuda.CUDAGraph or torch.npu.NPUGraph."""

    def __init__(self, graphs: Graphs) -> None:
        self._graphs, self._tape = graphs, Tape()
        self._pool: object = None
        self._stream: Stream | None = None
        self._captured = False

    def capture_begin(self, pool: object = None, capture_error_mode: str = "global") -> None:
        graphs = self._graphs
        if graphs.refusal:
            raise RuntimeError(graphs.refusal)
        if self._captured:
            raise RuntimeError(f"This {graphs.kind}Graph instance already owns a captured graph.")
        if graphs._current is graphs._default:
            raise RuntimeError(f"{graphs.kind} graphs must be captured on a non-default stream.")
        if graphs._pools.get(pool) == 0:
            raise RuntimeError("it->second->use_count > 0 INTERNAL ASSERT FAILED")
        graphs.calls.append(f"capture_begin {capture_error_mode}")
        graphs._pools[pool] = graphs._pools.get(pool, 0) + 1
        graphs.capturing, graphs.living = True, graphs.living + 1
        graphs.most = max(graphs.most, graphs.living)
        self._pool, self._stream = pool, graphs._current
        self._tape.__enter__()

    def capture_end(self) -> None:
        graphs = self._graphs
        if graphs._current is not self._stream:
            raise RuntimeError("Capture must end on the same stream it began on.")
        graphs.calls.append("capture_end")
        graphs.capturing = False
        self._tape.__exit__(None, None, None)
        self._tape._undo()
        graphs.operators |= self._tape.operators
        self._captured = True

    def replay(self) -> None:
        if not self._captured:
            raise RuntimeError(f"Called {self._graphs.kind}Graph::replay without a preceding successful capture.")
        self._graphs.calls.append("replay")
        _again(self._tape._notes)

    def reset(self) -> None:
        if self._captured:
            self._graphs.calls.append("reset")
            self._graphs._pools[self._pool] -= 1
            self._graphs.living -= 1
            self._captured = False

    def __del__(self) -> None:
        self.reset()


def _again(notes: list[tuple[Any, Any, Any, Any]]) -> None:
    for func, args, kwargs, made in notes:
        again = func(*args, **kwargs)
        for before, now in zip(_tensors(made), _tensors(again), strict=True):
            if before.data_ptr() != now.data_ptr():
                before.copy_(now)


def _tensors(value: Any) -> list[Tensor]:
    if isinstance(value, Tensor):
        return [value]
    return [tensor for each in value for tensor in _tensors(each)] if isinstance(value, list | tuple) else []


def _address(tensor: Tensor) -> int:
    return tensor.untyped_storage().data_ptr()


def refused(work: Callable[[], Tensor]) -> Callable[[], Tensor]:
    """A capture by a driver that does not support it."""
    raise RuntimeError("CUDA error: operation not permitted when stream is capturing")


def wrong(work: Callable[[], Tensor]) -> Callable[[], Tensor]:
    """A capture whose replay gives another result."""
    played = torch.full_like(work(), 7.0)
    return lambda: played
