"""A stand-in for CUDA graphs: records the operators that torch runs, with their tensors, and runs them again.

As with CUDA graphs, the Python code between operators is not repeated, the same tensors are read and written, and
operators that synchronise with the host or copy from it are refused.
"""

from __future__ import annotations

import collections
import contextlib
from collections.abc import Callable
from typing import Any, ClassVar

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

WAITING = {"aten::_local_scalar_dense", "aten::item", "aten::is_nonzero", "aten::nonzero", "aten::lift_fresh"}


class Tape(TorchDispatchMode):
    """plays, captures: how many times a recording was replayed and made."""

    def __init__(self) -> None:
        super().__init__()
        self.plays = self.captures = 0
        self._notes: list[tuple[Any, Any, Any, Any]] = []

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        made = func(*args, **(kwargs or {}))
        given = [*_tensors(list(args)), *_tensors(list((kwargs or {}).values()))]
        masked = func.name().startswith("aten::index") and any(tensor.dtype is torch.bool for tensor in given)
        places = {tensor.device for tensor in (*given, *_tensors(made))}
        if func.name().partition(".")[0] in WAITING or masked or len(places) > 1:
            raise RuntimeError(f"operation not permitted when stream is capturing: {func.name()}")
        self._notes.append((func, args, kwargs or {}, made))
        return made

    def capture(self, work: Callable[[], Tensor]) -> Callable[[], Tensor]:
        self._notes = notes = []
        with self:
            result = work()
        self.captures += 1
        result.fill_(float("nan"))  # a real capture computes nothing

        def play() -> Tensor:
            self.plays += 1
            _again(notes)
            return result

        return play


class Graph(Tape):
    """torch.cuda.CUDAGraph. As in torch's allocator, a pool whose last graph has been freed takes no new one."""

    _pool: object = None
    _living: ClassVar[collections.Counter[object]] = collections.Counter()

    def capture_begin(self, pool: object, capture_error_mode: str) -> None:
        if pool in self._living and not self._living[pool]:
            raise RuntimeError("it->second->use_count > 0 INTERNAL ASSERT FAILED")
        self._pool = pool
        self._living[pool] += 1
        self.__enter__()

    def capture_end(self) -> None:
        self.__exit__(None, None, None)

    def replay(self) -> None:
        _again(self._notes)

    def __del__(self) -> None:
        self._living[self._pool] -= 1


class Stream:
    """torch.cuda.Stream; everything runs in the order of the calls."""

    def __init__(self, device: str) -> None: ...

    def wait_stream(self, other: Stream) -> None: ...


CUDA = {
    "CUDAGraph": Graph,
    "Stream": Stream,
    "current_stream": Stream,
    "graph_pool_handle": object,
    "stream": contextlib.nullcontext,
}
"""Replacements for names of torch.cuda."""


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


def refused(work: Callable[[], Tensor]) -> Callable[[], Tensor]:
    """A capture by a driver that does not support it."""
    raise RuntimeError("CUDA error: operation not permitted when stream is capturing")


def wrong(work: Callable[[], Tensor]) -> Callable[[], Tensor]:
    """A capture whose replay gives another result."""
    played = torch.full_like(work(), 7.0)
    return lambda: played
