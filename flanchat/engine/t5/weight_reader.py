"""Read a checkpoint's tensors from its files into existing memory. Knows files; knows no model.

Memory-mapping would be simpler, but each page that was read counts as this process's memory, and a file that is
truncated meanwhile crashes the process. The embedding is not kept in memory: an answer needs a few hundred of its rows.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from flanchat.base.errors import ModelError
from flanchat.engine.checkpoint.safetensors_header import StoredTensor
from flanchat.engine.checkpoint.validate import Checkpoint

_DTYPES = {"F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16}
_PIECE = 1 << 18  # numbers that are read at a time, so that they are converted while the processor's cache holds them


class StoredTensors:
    """The tensors of a checkpoint by name."""

    def __init__(self, checkpoint: Checkpoint) -> None:
        self._checkpoint = checkpoint

    def size(self, name: str) -> tuple[int, ...]:
        return self._checkpoint.tensors[name].shape

    def read(self, name: str) -> Tensor:
        """A new tensor, float32."""
        tensor = torch.empty(self.size(name))
        self.read_into(name, tensor)
        return tensor

    def is_adapted(self, name: str) -> bool:
        """Whether an adapter changes this matrix; the change depends, in its last bits, on how many rows it has."""
        return self._checkpoint.adapter is not None and name in self._checkpoint.adapter.low_rank

    def read_into(self, name: str, tensor: Tensor, first_row: int = 0) -> None:
        """Fill `tensor`, contiguous float32, with the stored one, or with as many of its rows, from first_row on.

        Raises ModelError for numbers not finite.
        """
        stored = self._checkpoint.tensors[name]
        skipped = first_row * math.prod(stored.shape[1:])
        for numbers, first in _pieces(tensor):
            _read(stored, name, skipped + first, numbers)
            _require_finite(stored.file, name, numbers)
        if self.is_adapted(name):
            adapter = self._checkpoint.adapter
            assert adapter is not None
            tensor.copy_(adapter.merged(name, tensor))
            _require_finite(adapter.file, name, tensor)

    def check(self, name: str) -> None:
        """Read a tensor that stays in its file. Raises ModelError for numbers not finite."""
        stored = self._checkpoint.tensors[name]
        count = math.prod(stored.shape)
        buffer = torch.empty(min(count, _PIECE))
        for first in range(0, count, _PIECE):
            numbers = buffer[: count - first]
            _read(stored, name, first, numbers)
            _require_finite(stored.file, name, numbers)
        if (adapter := self._checkpoint.adapter) is not None and self.is_adapted(name):
            for factor in adapter.factors(name):
                _require_finite(adapter.file, name, factor)

    def rows(self, name: str) -> Callable[[Sequence[int]], Tensor]:
        """A function from indices to rows of a matrix: float32 [indices, columns]."""
        rows = Rows(self._checkpoint.tensors[name])
        adapter = self._checkpoint.adapter
        if adapter is None or name not in adapter.low_rank:
            return rows
        left, right = adapter.factors(name)
        # One by one: the bits of a product depend on how many rows it has.
        return lambda indices: rows(indices) + torch.stack([left[index] @ right for index in indices])


def _pieces(tensor: Tensor) -> Iterator[tuple[Tensor, int]]:
    """The numbers of a contiguous tensor, a few at a time, with the index of the first."""
    for place, numbers in enumerate(torch.split(tensor.view(-1), _PIECE)):
        yield numbers, place * _PIECE


def _read(stored: StoredTensor, name: str, first: int, numbers: Tensor) -> None:
    """Fill `numbers`, which is contiguous float32, with those of a stored tensor from the index `first` on."""
    dtype = _DTYPES[stored.dtype]
    as_stored = numbers if dtype == torch.float32 else torch.empty(len(numbers), dtype=dtype)
    content: Any = as_stored.view(torch.uint8).numpy()
    window = memoryview(content)
    start, at = stored.start + first * dtype.itemsize, 0
    with open(stored.file, "rb", buffering=0) as file:
        while at < len(window):
            done = os.preadv(file.fileno(), [window[at:]], start + at)
            if not done:
                raise ModelError(f"{stored.file}: {name}: the file was truncated; download it again")
            at += done
    if as_stored is not numbers:
        numbers.copy_(as_stored)


def _require_finite(file: Path, name: str, tensor: Tensor) -> None:
    numbers = tensor.reshape(-1)
    if math.isfinite(torch.dot(numbers, numbers)):  # in half the time of a search; large numbers overflow
        return
    if bool(torch.stack(tensor.aminmax()).isfinite().all()):
        return
    if bool(tensor.isnan().any()):
        raise ModelError(f"{file}: {name}: holds numbers that are not finite; download it again")
    text = "holds infinite numbers, as a conversion to float16 makes them; use the weights before the conversion"
    raise ModelError(f"{file}: {name}: {text}")


class Rows:
    """The rows of a matrix that stays in its file; read when they are asked for."""

    def __init__(self, stored: StoredTensor) -> None:
        self._stored, self._dtype = stored, _DTYPES[stored.dtype]
        self._file = open(stored.file, "rb", buffering=0)  # noqa: SIM115  (open for as long as the model lives)

    def __del__(self) -> None:
        self._file.close()

    def __call__(self, indices: Sequence[int]) -> Tensor:
        """Rows in float32: [len(indices), columns]."""
        columns = self._stored.shape[1]
        rows = torch.empty(len(indices), columns, dtype=self._dtype)
        numbers: Any = rows.view(torch.uint8).numpy()
        size = columns * self._dtype.itemsize
        for row, index in zip(numbers, indices, strict=True):
            if os.preadv(self._file.fileno(), [row], self._stored.start + index * size) != size:
                raise OSError(f"{self._stored.file} was truncated; load the model again")
        return rows.float()
