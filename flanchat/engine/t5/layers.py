"""The layers of a T5 and their order in a decoding step. Knows tensors; knows no files.

The weight of each norm, times the square root of d_model, is multiplied into the matrix that follows it; what remains
of the norm is a division by the vector's length. The residual stream has one more column at its end, which holds
sqrt(d_model * eps): with it the length includes the epsilon.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from flanchat.engine.checkpoint.config import Shape
from flanchat.engine.t5.activation import activate
from flanchat.engine.t5.attention import attend
from flanchat.engine.t5.layer_loader import LayerLoader

Attended = tuple[Tensor, Tensor, Tensor]
"""Keys [n, d_kv, window], values [n, window, d_kv] and bias [n, queries, window] that n heads' queries attend to."""


class Decoder(nn.Module):
    """One step: the decoder's layers and the head. head: None when another device has the last layers."""

    def __init__(self, shape: Shape, layers: Sequence[nn.Module], head: nn.Module | None) -> None:
        super().__init__()
        self.layers, self.head = nn.ModuleList(layers), head
        self._d_model = shape.d_model

    def forward(
        self,
        x: Tensor,
        slots: Tensor,
        own: Sequence[Attended],
        groups: Sequence[tuple[Sequence[Tensor], Sequence[Tensor], Tensor]],
    ) -> Tensor:
        """x: [rows * tokens, d_model + 1]; slots: [layers, 2, rows, heads, tokens, d_kv], for new keys and values.

        own: the answers so far, by layer; n is rows * heads, and bias [rows * heads, tokens, window].
        groups: keys, values and bias of each PromptGroup.
        Returns float32 logits [rows * tokens, vocab], or x when there is no head.
        """
        for i, slot in enumerate(slots.unbind(0)):
            prompts = [(k[i], v[i], bias) for k, v, bias in groups]
            self.layers[i](x, slot, own[i], prompts)
        if self.head is None:
            return x
        logits: Tensor = self.head(norm(x, self._d_model))
        return logits.float()


class _Layer(nn.Module):
    """The matrices that encoder and decoder layers have in common: of self-attention and of the feed-forward part."""

    def __init__(self, loader: LayerLoader, name: str, *, feed_forward: int, prompt: bool) -> None:
        super().__init__()
        shape = loader.shape
        self._d_model, self._heads, self._d_kv, self._gated = shape.d_model, shape.num_heads, shape.d_kv, shape.gated
        self._activation = shape.activation
        attention, wide = f"{name}.layer.0.SelfAttention", f"{name}.layer.{feed_forward}.DenseReluDense"
        self.qkv = loader.after_norm(
            f"{name}.layer.0.layer_norm", *(f"{attention}.{n}.weight" for n in "qkv"), prompt=prompt
        )
        self.attention_out = loader.matrix(f"{attention}.o.weight", prompt=prompt)
        wide_in = [f"{wide}.wi_0.weight", f"{wide}.wi_1.weight"] if shape.gated else [f"{wide}.wi.weight"]
        self.wide_in = loader.after_norm(f"{name}.layer.{feed_forward}.layer_norm", *wide_in, prompt=prompt)
        self.wide_out = loader.matrix(f"{wide}.wo.weight", prompt=prompt, wide=True)

    def feed_forward(self, x: Tensor) -> None:
        wide = self.wide_in(norm(x, self._d_model))
        if self._gated:
            gate, wide = wide.chunk(2, -1)
            wide = activate(self._activation, gate).mul_(wide)
        else:
            wide = activate(self._activation, wide)
        self.add(x, self.wide_out(wide))

    def add(self, x: Tensor, more: Tensor) -> None:
        """Add to the residual stream, in place."""
        x[:, : self._d_model].add_(more)


class EncoderLayer(_Layer):
    def __init__(self, loader: LayerLoader, i: int) -> None:
        super().__init__(loader, f"encoder.block.{i}", feed_forward=1, prompt=True)

    def forward(self, x: Tensor, lengths: Sequence[int], bias: Tensor, masks: Sequence[Tensor] | None) -> None:
        """x: [tokens of all prompts, d_model + 1], changed in place; bias: [heads, longest, longest]."""
        qkv = self.qkv(norm(x, self._d_model)).view(-1, 3, self._heads, self._d_kv)
        attended = []
        for i, part in enumerate(qkv.split(list(lengths))):
            q, k, v = part.permute(1, 2, 0, 3)[:, None]  # [1, heads, length, d_kv] each
            own = bias[None, :, : len(part), : len(part)]
            if masks is not None:
                own = own + masks[i]
            # On an NPU torch decomposes its own attention into many operators, and 910A lacks one of them, isneginf.
            if part.device.type == "npu":
                heads = attend(q[0], k[0].transpose(1, 2), v[0], own[0])
            else:
                heads = functional.scaled_dot_product_attention(q, k, v, attn_mask=own, scale=1.0)[0]
            attended.append(heads.transpose(0, 1).reshape(len(part), -1))  # [heads, q, d_kv] -> [q, heads * d_kv]
        self.add(x, self.attention_out(torch.cat(attended) if len(attended) > 1 else attended[0]))
        self.feed_forward(x)


class DecoderLayer(_Layer):
    """A decoder layer: self-attention over the answer so far, attention over the prompt, feed-forward."""

    def __init__(self, loader: LayerLoader, i: int) -> None:
        super().__init__(loader, f"decoder.block.{i}", feed_forward=2, prompt=False)
        cross = f"decoder.block.{i}.layer.1.EncDecAttention"
        self.cross_q = loader.after_norm(f"decoder.block.{i}.layer.1.layer_norm", f"{cross}.q.weight")
        self.cross_out = loader.matrix(f"{cross}.o.weight")

    def forward(self, x: Tensor, slot: Tensor, own: Attended, prompts: Sequence[Attended]) -> None:
        """x: [rows * tokens, d_model + 1], changed in place; slot: [2, rows, heads, tokens, d_kv], written.

        own: the answers so far, n = rows * heads; prompts: of each group, n = prompts * heads.
        """
        heads, d_kv = self._heads, self._d_kv
        rows, tokens = slot.shape[1], slot.shape[3]
        qkv = self.qkv(norm(x, self._d_model)).view(rows, tokens, 3, heads, d_kv)
        slot.copy_(qkv[:, :, 1:].permute(2, 0, 3, 1, 4))  # [rows, tokens, 2, heads, d_kv] -> that of slot
        q = qkv[:, :, 0].transpose(1, 2).reshape(-1, tokens, d_kv)  # [rows * heads, tokens, d_kv]
        attended = attend(q, *own).view(rows, heads, tokens, d_kv).transpose(1, 2)
        self.add(x, self.attention_out(attended.reshape(-1, heads * d_kv)))
        q = self.cross_q(norm(x, self._d_model))
        if len(prompts) == 1:
            attended = self._attend_to_prompts(q, prompts[0])
        else:
            counts = [bias.shape[0] // heads * bias.shape[1] for _, _, bias in prompts]
            parts = zip(torch.split(q, counts), prompts, strict=True)
            attended = torch.cat([self._attend_to_prompts(part, group) for part, group in parts])
        self.add(x, self.cross_out(attended))
        self.feed_forward(x)

    def _attend_to_prompts(self, q: Tensor, prompts: Attended) -> Tensor:
        """q: [rows, heads * d_kv], sorted by prompt. Returns the same shape."""
        heads, d_kv = self._heads, self._d_kv
        count = prompts[2].shape[0] // heads
        q = q.view(count, -1, heads, d_kv).transpose(1, 2).flatten(0, 1)  # [prompts * heads, rows each, d_kv]
        return attend(q, *prompts).view(count, heads, -1, d_kv).transpose(1, 2).reshape(-1, heads * d_kv)


def head_part(loader: LayerLoader, name: str, rows: range) -> nn.Module:
    """The output head for some tokens of the vocabulary: [tokens, rows].

    The parts need the most memory while they are made, so they come first.
    """
    scale = loader.shape.d_model**-0.5 if loader.shape.tied_scale else 1.0
    part = loader.after_norm("decoder.final_layer_norm", name, scale=scale, rows=rows)
    loader.free_scratch()
    return part


def prompt_matrix(loader: LayerLoader, i: int) -> nn.Module:
    """The linear layer from the encoder's output to a decoder layer's keys and values: [tokens, 2 * heads * d_kv]."""
    cross = f"decoder.block.{i}.layer.1.EncDecAttention"
    return loader.after_norm("encoder.final_layer_norm", f"{cross}.k.weight", f"{cross}.v.weight", prompt=True)


def norm(x: Tensor, d_model: int) -> Tensor:
    """The remaining part of T5's norm, see above: x [tokens, d_model + 1] -> [tokens, d_model].

    T5 divides by the root mean square, without mean and without bias: Zhang and Sennrich 2019, arXiv 1910.07467.
    """
    length: Tensor = torch.linalg.vector_norm(x, dim=-1, keepdim=True)
    return x[:, :d_model] / length
