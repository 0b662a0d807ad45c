"""Read a checkpoint's tensors from its files into existing memory. Knows files; knows no model.

Memory-mapping would be simpler, but each page that was read counts as this process's memory, and a file that is
truncated meanwhile crashes the process. The embedding is not kept in memory: an answer needs a few hundred of its rows.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from flanchat.base.errors import ModelError
from flanchat.engine.checkpoint.safetensors_header import StoredTensor
from flanchat.engine.checkpoint.validate import Checkpoint

_DTYPES = {"F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16}
_MAX_READ = 1 << 30  # bytes; Linux reads no more than 2 GB in one call


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

    def read_into(self, name: str, tensor: Tensor) -> None:
        """Fill `tensor`, which is contiguous float32 of the stored shape. Raises ModelError for numbers not finite."""
        stored = self._checkpoint.tensors[name]
        dtype = _DTYPES[stored.dtype]
        as_stored = tensor if dtype == torch.float32 else torch.empty(stored.shape, dtype=dtype)
        numbers: Any = as_stored.view(torch.uint8).view(-1).numpy()
        window = memoryview(numbers)
        with open(stored.file, "rb", buffering=0) as file:
            at = 0
            while at < len(window):
                done = os.preadv(file.fileno(), [window[at : at + _MAX_READ]], stored.start + at)
                if not done:
                    raise ModelError(f"{stored.file}: {name}: the file was truncated; download it again")
                at += done
        if as_stored is not tensor:
            tensor.copy_(as_stored)
        _require_finite(stored.file, name, tensor)
        if (adapter := self._checkpoint.adapter) is not None:
            merged = adapter.merged(name, tensor)
            if merged is not tensor:
                tensor.copy_(merged)
                _require_finite(adapter.file, name, tensor)

    def rows(self, name: str) -> Callable[[Sequence[int]], Tensor]:
        """A function from indices to rows of a matrix: float32 [indices, columns]."""
        return Rows(self._checkpoint.tensors[name])


def _require_finite(file: Path, name: str, tensor: Tensor) -> None:
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
