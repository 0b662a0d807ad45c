"""Linear layers and token tables of a checkpoint's tensors, made on all cores. Knows no order of layers."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import torch
from torch import Tensor, nn
from torch.nn import functional

from flanchat.engine.checkpoint.config import Shape
from flanchat.engine.checkpoint.validate import Checkpoint
from flanchat.engine.devices.registry import use_device_in_thread
from flanchat.engine.t5.linear import LinearKernels
from flanchat.engine.t5.weight_reader import StoredTensors


class LayerLoader:
    """Makes the layers of a model from a checkpoint's tensors."""

    def __init__(self, shape: Shape, tensors: StoredTensors, kernels: LinearKernels) -> None:
        self.shape, self._tensors, self.kernels = shape, tensors, kernels
        self._scratch = threading.local()
        self._vectors: dict[str, Tensor] = {}

    def vector(self, name: str) -> Tensor:
        """A float32 tensor on the device; the same one for the same name."""
        if name not in self._vectors:
            self._vectors[name] = self._tensors.read(name).to(self.kernels.device)
        return self._vectors[name]

    def bias_names(self, stack: str, layers: range) -> list[str]:
        """Names of the tensors with each layer's position biases [buckets, heads]; in T5 a stack shares one."""
        owners = [0] * len(layers) if self.shape.shared_bias else layers
        return [f"{stack}.block.{i}.layer.0.SelfAttention.relative_attention_bias.weight" for i in owners]

    def after_norm(
        self, norm_name: str, *names: str, scale: float = 1.0, prompt: bool = False, rows: range | None = None
    ) -> nn.Module:
        """A linear layer that reads a normed stream, with the norm's weight and the root of d_model in its matrix.

        rows: which of the matrix, if not all.
        """
        columns = self._tensors.read(f"{norm_name}.weight") * (math.sqrt(self.shape.d_model) * scale)
        return self.kernels.linear(self._joined(names, rows).mul_(columns), prompt=prompt, wide=False)

    def matrix(self, name: str, *, prompt: bool = False, wide: bool = False) -> nn.Module:
        return self.kernels.linear(self._joined([name]), prompt=prompt, wide=wide)

    def parts(self, name: str) -> list[range]:
        """The rows of a matrix in as many parts as it is best made of."""
        rows = self._tensors.size(name)[0]
        most = rows if self._tensors.is_adapted(name) else self.kernels.rows_of_part(rows)
        return [range(first, min(first + most, rows)) for first in range(0, rows, most)]

    def _joined(self, names: Sequence[str], rows: range | None = None) -> Tensor:
        """Matrices of the same input as one, [sum of outs, in]; valid until this thread joins the next ones."""
        sizes = [len(rows) if rows else self._tensors.size(name)[0] for name in names]
        count, columns = sum(sizes), self._tensors.size(names[0])[1]
        scratch = self._scratch  # another thread may free it meanwhile
        if getattr(scratch, "numbers", torch.empty(0)).numel() < count * columns:
            scratch.numbers = torch.empty(count * columns)
        joined: Tensor = scratch.numbers[: count * columns].view(count, columns)
        for name, part in zip(names, torch.split(joined, sizes), strict=True):
            self._tensors.read_into(name, part, rows.start if rows else 0)
        return joined

    def in_parallel(self, jobs: Sequence[Callable[[], nn.Module | None]]) -> Iterator[nn.Module | None]:
        """Run jobs on all cores, one thread each; yield their results in order."""
        threads = torch.get_num_threads()

        def begin() -> None:
            torch.set_num_threads(1)
            use_device_in_thread(self.kernels.device)

        with ThreadPoolExecutor(threads, initializer=begin) as pool:
            yield from pool.map(lambda job: job(), jobs)
        torch.set_num_threads(threads)

    def free_scratch(self) -> None:
        """Free the memory in which matrices were joined."""
        self._scratch = threading.local()


TokenTable = Callable[[Sequence[int]], Tensor]
"""From token ids to their rows, float32 [ids, d_model]."""


def token_tables(checkpoint: Checkpoint, tensors: StoredTensors, device: str) -> tuple[TokenTable, TokenTable]:
    """The encoder's table and the decoder's: one for both when they are the same or equal.

    On the CPU they stay in their files, unchecked.
    """
    encoder, decoder = checkpoint.encoder_table, checkpoint.decoder_table
    if device == "cpu":
        return tensors.rows(encoder), tensors.rows(decoder)
    table = tensors.read(encoder)
    other = table if decoder == encoder else tensors.read(decoder)
    for_prompts = _on_device(table, device)
    return for_prompts, for_prompts if torch.equal(table, other) else _on_device(other, device)


def _on_device(table: Tensor, device: str) -> TokenTable:
    placed = table.to(device)
    return lambda indices: functional.embedding(torch.tensor(indices, device=device), placed)
