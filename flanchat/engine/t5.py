"""The T5 forward pass: encode prompts once, then one decode step for a batch of rows. Knows tensors; knows no text.

Raffel et al. 2020 (arXiv 1910.10683); T5 v1.1 and Flan-T5 add the gated GELU and an output head of their own.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from flanchat.engine.packing import pack
from flanchat.engine.weights import Shape

Read = Callable[[str], Tensor]


@dataclass(frozen=True, slots=True)
class Encoded:
    """Encoder output of several prompts: hidden [prompts, length, d_model], mask [prompts, length] (True = a token)."""

    hidden: Tensor
    mask: Tensor


@dataclass(slots=True)
class Cache:
    """Keys and values of rows being decoded; `length` tokens are in.

    self_keys, self_values: per layer [rows, heads, room, d_kv], allocated once.
    cross_keys, cross_values: per layer [rows, heads, prompt length, d_kv], computed once.
    cross_bias: [rows, 1, 1, prompt length], 0 or -inf.
    """

    self_keys: list[Tensor]
    self_values: list[Tensor]
    cross_keys: list[Tensor]
    cross_values: list[Tensor]
    cross_bias: Tensor
    length: int = 0

    def keep(self, rows: Tensor) -> None:
        """Go on with these rows only. rows: [kept], indices into the present rows."""
        for tensors in (self.self_keys, self.self_values, self.cross_keys, self.cross_values):
            tensors[:] = [t.index_select(0, rows) for t in tensors]
        self.cross_bias = self.cross_bias.index_select(0, rows)


class T5:
    """A T5, T5 v1.1 or Flan-T5 with weights ready to multiply.

    read: gives a checkpoint tensor by name. Norms and position biases are kept in float32.
    """

    def __init__(self, shape: Shape, read: Read, *, own_head: bool, device: str, dtype: torch.dtype) -> None:
        self.shape, self.device, self.dtype = shape, device, dtype
        self._embedding = read("shared.weight").to(device=device, dtype=dtype)
        head = read("lm_head.weight") if own_head else read("shared.weight")
        self._head = pack(head, dtype=dtype, device=device)
        self._encoder = [_Layer(self, read, f"encoder.block.{i}") for i in range(shape.num_layers)]
        self._decoder = [_DecoderLayer(self, read, f"decoder.block.{i}") for i in range(shape.num_decoder_layers)]
        self._encoder_norm = self.vector(read("encoder.final_layer_norm.weight"))
        self._decoder_norm = self.vector(read("decoder.final_layer_norm.weight"))
        self._encoder_bias = self.vector(read(_BIAS.format("encoder")))  # [buckets, heads]
        self._decoder_bias = self.vector(read(_BIAS.format("decoder")))
        self._bias_by_distance = torch.empty(shape.num_heads, 0)

    def vector(self, tensor: Tensor) -> Tensor:
        return tensor.to(device=self.device, dtype=torch.float32)

    def encode(self, prompts: Sequence[Sequence[int]]) -> Encoded:
        """Run the encoder over prompts of token ids, padded to the longest."""
        width = max(map(len, prompts))
        ids = torch.tensor([[*p, *[self.shape.pad_id] * (width - len(p))] for p in prompts], device=self.device)
        mask = torch.tensor([[True] * len(p) + [False] * (width - len(p)) for p in prompts], device=self.device)
        positions = torch.arange(width, device=self.device)
        buckets = relative_bucket(positions[None] - positions[:, None], self.shape, both_ways=True)
        bias = self._encoder_bias[buckets].permute(2, 0, 1)[None]  # [1, heads, query, key]
        bias = bias + _masked(mask)[:, None, None]
        x = self._embedding[ids]
        for layer in self._encoder:
            x = layer(x, bias)
        return Encoded(rms_norm(x, self._encoder_norm, self.shape.eps), mask)

    def start(self, encoded: Encoded, source: Sequence[int], room: int) -> Cache:
        """A cache for rows that answer prompts `source` [rows], with room for `room` tokens each."""
        rows = torch.tensor(source, device=self.device)
        shape = self.shape
        keys, values = [], []
        for layer in self._decoder:
            k, v = layer.cross_keys_values(encoded.hidden)
            keys.append(k.index_select(0, rows))
            values.append(v.index_select(0, rows))

        def empty() -> list[Tensor]:
            size = (len(source), shape.num_heads, room, shape.d_kv)
            return [torch.empty(size, device=self.device, dtype=self.dtype) for _ in self._decoder]

        bias = _masked(encoded.mask)[:, None, None].index_select(0, rows)
        return Cache(empty(), empty(), keys, values, bias)

    def step(self, ids: Tensor, cache: Cache) -> Tensor:
        """Feed one token per row. ids: [rows]. Returns float32 logits [rows, vocab] for the next token."""
        x = self._embedding[ids]  # [rows, d_model]
        bias = self._step_bias(cache.length)
        for i, layer in enumerate(self._decoder):
            x = layer.step(x, bias, cache, i)
        x = rms_norm(x, self._decoder_norm, self.shape.eps)
        if self.shape.tied_scale:
            x = x * self.shape.d_model**-0.5
        cache.length += 1
        return self._head(x).float()

    def _step_bias(self, length: int) -> Tensor:
        """Position bias of the token at `length` towards itself and all before it: [heads, 1, length + 1]."""
        known = self._bias_by_distance.shape[1]
        if length >= known:  # grow in steps; column known-1-d holds the bias of distance d
            distance = torch.arange(max(64, 2 * known) - 1, -1, -1, device=self.device)
            buckets = relative_bucket(-distance, self.shape, both_ways=False)
            self._bias_by_distance = self._decoder_bias[buckets].T.contiguous()
            known = self._bias_by_distance.shape[1]
        return self._bias_by_distance[:, None, known - 1 - length :]


_BIAS = "{}.block.0.layer.0.SelfAttention.relative_attention_bias.weight"


class _Layer:
    """An encoder layer: self-attention, then feed-forward, each on a normed copy and added back."""

    def __init__(self, model: T5, read: Read, name: str, *, feed_forward: int = 1) -> None:
        shape, device, dtype = model.shape, model.device, model.dtype
        self._shape = shape

        def matrices(*names: str) -> Callable[[Tensor], Tensor]:
            return pack(*(read(f"{name}.layer.{n}.weight") for n in names), dtype=dtype, device=device)

        self._matrices = matrices
        self._attention_norm = model.vector(read(f"{name}.layer.0.layer_norm.weight"))
        self._qkv = matrices(*(f"0.SelfAttention.{n}" for n in "qkv"))
        self._attention_out = matrices("0.SelfAttention.o")
        self._wide_norm = model.vector(read(f"{name}.layer.{feed_forward}.layer_norm.weight"))
        wide = f"{feed_forward}.DenseReluDense"
        self._wide_in = matrices(f"{wide}.wi_0", f"{wide}.wi_1") if shape.gated else matrices(f"{wide}.wi")
        self._wide_out = matrices(f"{wide}.wo")

    def __call__(self, x: Tensor, bias: Tensor) -> Tensor:
        """x: [prompts, length, d_model]; bias: [prompts or 1, heads, length, length]."""
        qkv = self._qkv(rms_norm(x, self._attention_norm, self._shape.eps))
        q, k, v = (self._heads(part) for part in qkv.chunk(3, dim=-1))
        x = x + self._attention_out(self._joined(attend(q, k, v, bias)))
        return x + self._feed_forward(x)

    def _feed_forward(self, x: Tensor) -> Tensor:
        wide = self._wide_in(rms_norm(x, self._wide_norm, self._shape.eps))
        if self._shape.gated:
            gate, wide = wide.chunk(2, dim=-1)
            wide = functional.gelu(gate, approximate="tanh") * wide
        else:
            wide = functional.relu(wide)
        return self._wide_out(wide)

    def _heads(self, x: Tensor) -> Tensor:
        """[..., length, heads * d_kv] -> [..., heads, length, d_kv]"""
        return x.reshape(*x.shape[:-1], self._shape.num_heads, self._shape.d_kv).transpose(-2, -3)

    @staticmethod
    def _joined(x: Tensor) -> Tensor:
        """[..., heads, length, d_kv] -> [..., length, heads * d_kv]"""
        return x.transpose(-2, -3).flatten(-2)


class _DecoderLayer(_Layer):
    """A decoder layer: self-attention over the answer so far, attention over the prompt, feed-forward."""

    def __init__(self, model: T5, read: Read, name: str) -> None:
        super().__init__(model, read, name, feed_forward=2)
        self._cross_norm = model.vector(read(f"{name}.layer.1.layer_norm.weight"))
        self._cross_q = self._matrices("1.EncDecAttention.q")
        self._cross_kv = self._matrices("1.EncDecAttention.k", "1.EncDecAttention.v")
        self._cross_out = self._matrices("1.EncDecAttention.o")

    def cross_keys_values(self, hidden: Tensor) -> tuple[Tensor, Tensor]:
        """Keys and values of the prompts, [prompts, heads, length, d_kv] each."""
        k, v = self._cross_kv(hidden).chunk(2, dim=-1)
        return self._heads(k), self._heads(v)

    def step(self, x: Tensor, bias: Tensor, cache: Cache, layer: int) -> Tensor:
        """One token per row. x: [rows, d_model]; bias: [heads, 1, tokens so far]."""
        at = cache.length
        x = x[:, None]  # [rows, 1, d_model]
        q, k, v = (self._heads(p) for p in self._qkv(rms_norm(x, self._attention_norm, self._shape.eps)).chunk(3, -1))
        cache.self_keys[layer][:, :, at : at + 1] = k
        cache.self_values[layer][:, :, at : at + 1] = v
        keys, values = cache.self_keys[layer][:, :, : at + 1], cache.self_values[layer][:, :, : at + 1]
        x = x + self._attention_out(self._joined(attend(q, keys, values, bias)))
        q = self._heads(self._cross_q(rms_norm(x, self._cross_norm, self._shape.eps)))
        seen = attend(q, cache.cross_keys[layer], cache.cross_values[layer], cache.cross_bias)
        x = x + self._cross_out(self._joined(seen))
        return (x + self._feed_forward(x))[:, 0]


def attend(q: Tensor, k: Tensor, v: Tensor, bias: Tensor) -> Tensor:
    """T5's attention, which does not divide by the square root of d_kv. The softmax is float32.

    q: [rows, heads, queries, d_kv]; k, v: [rows, heads, keys, d_kv]; bias broadcasts to [rows, heads, queries, keys].
    """
    scores = torch.matmul(q, k.transpose(-1, -2)).float() + bias
    return torch.matmul(scores.softmax(-1).to(v.dtype), v)


def rms_norm(x: Tensor, weight: Tensor, eps: float) -> Tensor:
    """Divide by the root mean square over the last dimension, without mean and without bias; float32 inside.

    Source: Zhang and Sennrich 2019, arXiv 1910.07467.
    """
    wide = x.float()
    return (wide * torch.rsqrt(wide.square().mean(-1, keepdim=True) + eps) * weight).to(x.dtype)


def relative_bucket(distance: Tensor, shape: Shape, *, both_ways: bool) -> Tensor:
    """The bucket of a relative position (key position less query position), as T5 was trained with.

    Half of the buckets hold one distance each, the others grow logarithmically up to `max_distance`; everything farther
    shares the last. both_ways: the encoder's kind, half of the buckets for keys after the query.
    Source: Raffel et al. 2020, section 2.1; the rounding follows the released code, float32 logarithm cut to whole.
    """
    buckets, offset = shape.num_buckets, torch.zeros_like(distance)
    if both_ways:
        buckets //= 2
        offset = (distance > 0).long() * buckets
        distance = distance.abs()
    else:
        distance = (-distance).clamp(min=0)
    exact = buckets // 2
    far = torch.log(distance.clamp(min=1).float() / exact) / math.log(shape.max_distance / exact) * (buckets - exact)
    far_bucket = (exact + far.long()).clamp(max=buckets - 1)
    return offset + torch.where(distance < exact, distance, far_bucket)


def _masked(mask: Tensor) -> Tensor:
    """0 where a token is, -inf where padding is; float32."""
    return torch.zeros(mask.shape, device=mask.device).masked_fill(~mask, -math.inf)
