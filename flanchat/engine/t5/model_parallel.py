"""One T5 over several devices, some of its layers on each. Knows how they follow on each other; the rest is t5.py's.

Every device has a T5 of its own with those layers and with all that belongs to them: their keys and values, their
position biases. Only the residual stream goes from one device to the next, and the encoder's output to all.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from torch import Tensor

from flanchat.engine.checkpoint.config import Shape
from flanchat.engine.devices.placement import Stretch
from flanchat.engine.t5.linear import Packing
from flanchat.engine.t5.model import T5, Cache, Encoded
from flanchat.engine.t5.weight_reader import StoredTensors


@dataclass(frozen=True, slots=True)
class SpreadEncoded:
    """What the decoder needs of one prompt, by device."""

    parts: tuple[Encoded, ...]

    @property
    def bytes(self) -> int:
        return sum(part.bytes for part in self.parts)


class SpreadT5:
    """A T5 of several; answers as one does. report: told the part that is loaded, 0 to 1."""

    def __init__(
        self,
        shape: Shape,
        tensors: StoredTensors,
        stretches: Sequence[Stretch],
        *,
        own_head: bool,
        packing: Packing,
        report: Callable[[float], None] = lambda part: None,
    ) -> None:
        self.shape = shape
        self.parts = []
        for at, stretch in enumerate(stretches):
            self.parts.append(
                T5(
                    shape,
                    tensors,
                    own_head=own_head,
                    packing=replace(packing, device=stretch.device),
                    report=lambda part, at=at: report((at + part) / len(stretches)),  # type: ignore[misc]
                    encoder=stretch.encoder,
                    decoder=stretch.decoder,
                )
            )
        self._encoding = [part for part in self.parts if part.shape.num_layers]
        self._decoding = [part for part in self.parts if part.shape.num_decoder_layers]

    def encode(self, prompts: Sequence[Sequence[int]]) -> list[SpreadEncoded]:
        """Run the encoder over prompts of token ids."""
        first = self.parts[0]
        lengths, masks = first.padding(prompts)
        x = first.embed_prompts(prompts, lengths)
        for part in self._encoding:
            x = x.to(part.device)
            part.run_encoder(x, lengths, [mask.to(part.device) for mask in masks])
        made = [
            part.for_decoder(x.to(part.device), lengths, [mask.to(part.device) for mask in masks])
            for part in self._decoding
        ]
        return [SpreadEncoded(parts) for parts in zip(*made, strict=True)]

    def start(self, prompts: Sequence[SpreadEncoded], source: Sequence[int], room: int) -> SpreadCache:
        """A cache for rows that answer `prompts[source[row]]`, with room for `room` tokens each."""
        return SpreadCache(
            [part.start([p.parts[at] for p in prompts], source, room) for at, part in enumerate(self._decoding)]
        )

    def rehearse(self, *, shared: bool) -> None:
        """Nothing: what is spread lies on accelerators, where no step is recorded."""

    def step(self, ids: Sequence[int], cache: SpreadCache) -> Tensor:
        """Feed the next tokens, as T5.step does. Returns float32 logits on the last device."""
        rows = cache.parts[0]
        tokens = len(ids) // rows.rows
        x = self.parts[0].embed(rows.to_slots(ids))
        for part, own in zip(self._decoding, cache.parts, strict=True):
            x = part.decoder(*own.arguments(x.to(part.device), tokens))
            own.length += tokens
        return rows.from_slots(x)


class SpreadCache:
    """Rows being decoded, and what they look back on by device. All parts hold the same rows in the same order."""

    def __init__(self, parts: Sequence[Cache]) -> None:
        self.parts = parts

    def keep(self, rows: Sequence[int]) -> None:
        """Go on with these rows only, in this order. rows: indices into the present ones."""
        for part in self.parts:
            part.keep(rows)
