"""Reads a checkpoint's tensors out of its files, into memory that is already there. Knows files; knows no model.

Mapping a file is simpler, but every page of it that was looked at counts as this process's memory, and a file that is
cut short meanwhile ends the process. The embedding is not kept at all: an answer needs a few hundred of its rows.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from flanchat.base.errors import ModelError
from flanchat.engine.checkpoint.safetensors_header import StoredTensor
from flanchat.engine.checkpoint.validate import Checkpoint

_DTYPES = {"F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16}
_MOST = 1 << 30  # bytes that one call of the system reads for certain


class StoredTensors:
    """The tensors of a checkpoint, by name. "shared.weight" is the embedding, whatever it is stored as."""

    def __init__(self, checkpoint: Checkpoint) -> None:
        self._checkpoint = checkpoint

    def size(self, name: str) -> tuple[int, ...]:
        return self._checkpoint.tensors[self._stored_as(name)].shape

    def read(self, name: str) -> Tensor:
        """A tensor of its own, in float32."""
        tensor = torch.empty(self.size(name))
        self.read_into(name, tensor)
        return tensor

    def read_into(self, name: str, tensor: Tensor) -> None:
        """Fill `tensor`, float32 and contiguous, of the stored shape. Raises ModelError for numbers not finite."""
        stored = self._checkpoint.tensors[self._stored_as(name)]
        dtype = _DTYPES[stored.dtype]
        given = tensor if dtype == torch.float32 else torch.empty(stored.shape, dtype=dtype)
        numbers: Any = given.view(torch.uint8).view(-1).numpy()
        window = memoryview(numbers)
        with open(stored.file, "rb", buffering=0) as file:
            at = 0
            while at < len(window):
                done = os.preadv(file.fileno(), [window[at : at + _MOST]], stored.start + at)
                if not done:
                    raise ModelError(f"{stored.file}: {name}: the file has become shorter; download it again")
                at += done
        if given is not tensor:
            tensor.copy_(given)
        if (adapter := self._checkpoint.adapter) is not None:
            merged = adapter.merged(self._stored_as(name), tensor)
            if merged is not tensor:
                tensor.copy_(merged)
        if not bool(torch.stack(tensor.aminmax()).isfinite().all()):
            raise ModelError(f"{stored.file}: {name}: holds numbers that are not finite; download it again")

    def rows(self, name: str) -> Callable[[Sequence[int]], Tensor]:
        """Gives rows of a matrix by their indices, in float32: [indices, columns]."""
        stored, adapter = self._stored_as(name), self._checkpoint.adapter
        if adapter is not None and (stored in adapter.whole or stored in adapter.low_rank):
            table = self.read(name)
            return lambda indices: table[list(indices)]
        return Rows(self._checkpoint.tensors[stored])

    def _stored_as(self, name: str) -> str:
        return self._checkpoint.embedding if name == "shared.weight" else name


class Rows:
    """The rows of a matrix that stays in its file; each is read when it is asked for."""

    def __init__(self, stored: StoredTensor) -> None:
        self._stored, self._dtype = stored, _DTYPES[stored.dtype]
        self._file = open(stored.file, "rb", buffering=0)  # noqa: SIM115  (for as long as the model lives)

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
                raise OSError(f"{self._stored.file} has become shorter; load the model again")
        return rows.float()
