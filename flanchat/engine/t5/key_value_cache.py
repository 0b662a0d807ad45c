"""What a decoding step attends to: the keys and values of the prompts and of the answers so far. Knows no weights."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from flanchat.engine.checkpoint.config import Shape
from flanchat.engine.t5.device_graph import CheckedCapture, GraphStep

CHUNK = 32
"""The self-attention window grows in steps of this many tokens, so that the shapes of most steps repeat."""


@dataclass(frozen=True, slots=True)
class EncodedPrompt:
    """The keys and values of one prompt that the decoder attends to.

    keys: [layers, heads, d_kv, width]; values: [layers, heads, width, d_kv]; bias: [width], -inf for padding.
    """

    keys: Tensor
    values: Tensor
    bias: Tensor

    @property
    def bytes(self) -> int:
        return sum(t.numel() * t.element_size() for t in (self.keys, self.values))


@dataclass(frozen=True, slots=True)
class PromptGroup:
    """Prompts of similar length with the same number of rows each, which one matrix product attends to.

    keys: per layer [prompts * heads, d_kv, longest]; values: per layer [prompts * heads, longest, d_kv];
    bias: [prompts * heads, 1, longest].
    """

    prompts: int
    rows: int
    keys: tuple[Tensor, ...]
    values: tuple[Tensor, ...]
    bias: Tensor


class KeyValueCache:
    """The rows being decoded, with the keys and values they attend to; each row has `length` tokens so far.

    Rows that answer the same prompt share its keys and values. In memory rows are sorted by group: a row's place there
    is its slot.
    """

    def __init__(
        self, shape: Shape, prompts: Sequence[EncodedPrompt], source: Sequence[int], biases: list[Tensor], *, spare: int
    ) -> None:
        """source: the prompt of each row. biases: from `step_biases` for whole chunks. spare: columns behind those."""
        self._prompts, self._source, self._biases = prompts, list(source), biases
        self.room, self.length = biases[0].shape[1] // 2, 0
        size = (shape.num_decoder_layers, 2, len(source), shape.num_heads, self.room + spare, shape.d_kv)
        self._own = torch.zeros(size, device=biases[0].device, dtype=biases[0].dtype)
        self._graph_step: GraphStep | None = None
        self._lay_out(list(range(len(source))))

    @property
    def rows(self) -> int:
        return len(self._source)

    def keep(self, rows: Sequence[int]) -> None:
        """Keep only these rows, in this order. rows: indices into the present ones."""
        slots = self._slots if self._slots is not None else list(range(self.rows))
        self._source = [self._source[row] for row in rows]
        self._lay_out([slots[row] for row in rows])

    def forget(self, tokens: int) -> None:
        """Forget the newest tokens of each row."""
        self.length -= tokens
        self._own[:, :, :, :, self.length : self.length + tokens].zero_()  # as if they had never been

    def to_slots(self, ids: Sequence[int]) -> Sequence[int]:
        """Token ids in the order of slots. ids: as many of each row, row after row."""
        tokens = len(ids) // self.rows
        return ids if self._rows is None else [i for row in self._rows for i in ids[row * tokens : (row + 1) * tokens]]

    def from_slots(self, logits: Tensor) -> Tensor:
        """Logits [rows * tokens, vocab] in the order of rows."""
        if self._slots is None:
            return logits
        slots = torch.tensor(self._slots, device=logits.device)
        return logits.view(self.rows, -1, logits.shape[-1])[slots].flatten(0, 1)

    def arguments(self, x: Tensor, tokens: int) -> tuple[Any, ...]:
        """The decoder's arguments for the next `tokens` of each row."""
        at, end = self.length, self.length + tokens
        window = min(-(-end // CHUNK) * CHUNK, self.room)
        if window != self._window:
            self._set_window(window)
        first = self.room - 1 - at
        if tokens == 1:
            biases = [b[:, :, first : first + window] for b in self._repeated]
        else:
            biases = [
                torch.stack([b[:, 0, first - i : first - i + window] for i in range(tokens)], 1) for b in self._repeated
            ]
        if len(biases) < len(self._keys):
            biases = biases * len(self._keys)
        own = tuple(zip(self._keys, self._values, biases, strict=True))
        return x, self._own[:, :, :, :, at:end], own, self._grouped(tokens)

    def graph_step(self, capture: CheckedCapture, decoder: Callable[..., Tensor]) -> GraphStep:
        """The step of one token of each row, to be captured: the same one until rows leave."""
        if self._graph_step is None:
            self._set_window(self._own.shape[4])
            self._graph_step = GraphStep(
                capture,
                decoder,
                own=self._own,
                keys_values=list(zip(self._keys, self._values, strict=True)),
                groups=self._grouped(1),
                biases=self._repeated,
            )
        return self._graph_step

    def _grouped(self, tokens: int) -> tuple[tuple[Sequence[Tensor], Sequence[Tensor], Tensor], ...]:
        return tuple((g.keys, g.values, g.bias.expand(-1, g.rows * tokens, -1)) for g in self.groups)

    def _lay_out(self, slots: list[int]) -> None:
        """Sort the rows into groups and move them. slots: the present slot of each row."""
        counts = {prompt: self._source.count(prompt) for prompt in self._source}
        lengths = {prompt: self._prompts[prompt].keys.shape[-1] for prompt in counts}
        ordered = sorted(counts, key=lambda p: (counts[p], _length_class(lengths[p]), p))
        rows: list[int] = []  # row of each slot
        self.groups = []
        for (count, _), several in groupby(ordered, key=lambda p: (counts[p], _length_class(lengths[p]))):
            members = list(several)
            rows += [row for p in members for row, source in enumerate(self._source) if source == p]
            self.groups.append(_stack([self._prompts[p] for p in members], count))
        in_order = rows == list(range(len(rows)))
        self._rows = None if in_order else rows
        self._slots = None if in_order else [rows.index(row) for row in range(len(rows))]
        moved = [slots[row] for row in rows]
        if moved != list(range(self._own.shape[2])):
            self._own = self._own.index_select(2, torch.tensor(moved, device=self._own.device))
        one = {id(b): b.repeat(len(rows), 1)[:, None] for b in self._biases}
        shared = len(one) == 1
        self._repeated = [one[id(b)] for b in (self._biases[:1] if shared else self._biases)]
        self._window = 0
        self._graph_step = None

    def _set_window(self, window: int) -> None:
        """Let the rows attend to the first `window` positions of their answers."""
        layers, _, rows, heads, width, d_kv = self._own.shape
        keys = self._own[:, 0].view(layers, rows * heads, width, d_kv)[:, :, :window].transpose(-1, -2)
        values = self._own[:, 1].view(layers, rows * heads, width, d_kv)[:, :, :window]
        self._keys, self._values, self._window = keys.unbind(0), values.unbind(0), window


def _stack(prompts: Sequence[EncodedPrompt], rows: int) -> PromptGroup:
    """A group of prompts, padded to the longest. rows: of each prompt."""
    width = max(p.keys.shape[-1] for p in prompts)
    if len(prompts) == 1:
        (only,) = prompts
        bias = only.bias.expand(only.keys.shape[1], 1, -1)
        return PromptGroup(1, rows, only.keys.unbind(0), only.values.unbind(0), bias)
    keys = torch.stack([functional.pad(p.keys, (0, width - p.keys.shape[-1])) for p in prompts], 1)
    values = torch.stack([functional.pad(p.values, (0, 0, 0, width - p.values.shape[-2])) for p in prompts], 1)
    bias = torch.stack([functional.pad(p.bias, (0, width - len(p.bias)), value=-math.inf) for p in prompts])
    heads = keys.shape[2]
    return PromptGroup(
        len(prompts),
        rows,
        keys.flatten(1, 2).unbind(0),
        values.flatten(1, 2).unbind(0),
        bias.repeat_interleave(heads, 0)[:, None],
    )


def _length_class(length: int) -> int:
    """Prompts of one class may share a group: padding then at most doubles their length, except for short ones."""
    return max(6, (length - 1).bit_length())
