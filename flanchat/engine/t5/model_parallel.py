"""One T5 over several devices, each with some of its layers. Knows the layers' order; model.py does the rest.

Each device has a T5 of its own with those layers and everything that belongs to them: their keys and values, their
position biases. Only the residual stream moves from one device to the next, and the encoder's output to all.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from torch import Tensor

from flanchat.engine.checkpoint.validate import Checkpoint
from flanchat.engine.devices.placement import LayerRange
from flanchat.engine.t5.key_value_cache import EncodedPrompt, KeyValueCache
from flanchat.engine.t5.linear import LinearKernels
from flanchat.engine.t5.model import T5


@dataclass(frozen=True, slots=True)
class ParallelPrompt:
    """An encoded prompt: one part for each device that holds decoder layers."""

    parts: tuple[EncodedPrompt, ...]

    @property
    def bytes(self) -> int:
        return sum(part.bytes for part in self.parts)


class ParallelT5:
    """A T5 over several devices, with the same methods as T5. report: called with the loaded fraction, 0 to 1."""

    def __init__(
        self,
        checkpoint: Checkpoint,
        ranges: Sequence[LayerRange],
        *,
        kernels: LinearKernels,
        report: Callable[[float], None] = lambda fraction: None,
    ) -> None:
        self.shape = checkpoint.shape
        self.parts = []
        for at, layers in enumerate(ranges):
            self.parts.append(
                T5(
                    checkpoint,
                    kernels=replace(kernels, device=layers.device),
                    report=lambda fraction, at=at: report((at + fraction) / len(ranges)),  # type: ignore[misc]
                    encoder=layers.encoder,
                    decoder=layers.decoder,
                )
            )
        self._encoding = [part for part in self.parts if part.shape.num_layers]
        self._decoding = [part for part in self.parts if part.shape.num_decoder_layers]

    def encode(self, prompts: Sequence[Sequence[int]]) -> list[ParallelPrompt]:
        first = self.parts[0]
        lengths, masks = first.padding(prompts)
        x = first.embed_prompts(prompts, lengths)
        for part in self._encoding:
            x = x.to(part.device)
            part.run_encoder(x, lengths, [mask.to(part.device) for mask in masks])
        encoded = [
            part.prompt_keys_values(x.to(part.device), lengths, [mask.to(part.device) for mask in masks])
            for part in self._decoding
        ]
        return [ParallelPrompt(parts) for parts in zip(*encoded, strict=True)]

    def start(self, prompts: Sequence[ParallelPrompt], source: Sequence[int], room: int) -> ParallelCache:
        return ParallelCache(
            [part.start([p.parts[at] for p in prompts], source, room) for at, part in enumerate(self._decoding)]
        )

    def embed_answers(self, ids: Sequence[int]) -> Tensor:
        return self.parts[0].embed_answers(ids)

    def stages(self, prompt: ParallelPrompt, cache: ParallelCache) -> list[tuple[T5, EncodedPrompt, KeyValueCache]]:
        """See T5.stages."""
        return list(zip(self._decoding, prompt.parts, cache.parts, strict=True))

    def trace(self, *, rows: int, tokens: int = 1) -> None:
        """Do nothing: only steps on the CPU are traced, and several devices are accelerators."""

    def close(self) -> None:
        """Do nothing: steps over several devices are not captured."""

    def step(self, ids: Sequence[int], cache: ParallelCache) -> Tensor:
        """Feed the next tokens, as T5.step does. Returns float32 logits on the last device."""
        rows = cache.parts[0]
        tokens = len(ids) // rows.rows
        x = self.embed_answers(rows.to_slots(ids))
        for part, own in zip(self._decoding, cache.parts, strict=True):
            x = part.decoder(*own.arguments(x.to(part.device), tokens))
            own.length += tokens
        return rows.from_slots(x)


class ParallelCache:
    """A KeyValueCache on each device. All hold the same rows in the same order."""

    def __init__(self, parts: Sequence[KeyValueCache]) -> None:
        self.parts = parts

    def keep(self, rows: Sequence[int]) -> None:
        for part in self.parts:
            part.keep(rows)
