"""Flan-T5's forward pass for training, with little besides the matrix products.

transformers' model spends two thirds of a training step on casts, masks and small operators. Here the weights are kept
in float32 as three stacks of matrices of the same shape, which the optimiser works on at once, and are cast to
bfloat16 once a step; torch.compile fuses what lies between the products, where there is a compiler.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy, embedding, linear
from transformers.models.t5.modeling_t5 import T5Attention

SHAPE = {"d_model": 256, "d_kv": 32, "num_heads": 8, "d_ff": 640, "num_layers": 3, "num_decoder_layers": 3}
BUCKETS, FAR = 32, 128  # of the position biases

Weights = dict[str, Tensor]


def places() -> dict[str, list[str]]:
    """For each stack the names, in transformers' T5, of what it holds, in its order.

    square: [d_model, d_model] each; first the keys and values that read the prompt, of all decoder layers together.
    wide: [d_ff, d_model] each; `wo` is stored transposed.
    """
    layers = SHAPE["num_layers"]
    attention = [f"encoder.block.{at}.layer.0.SelfAttention" for at in range(layers)]
    attention += [f"decoder.block.{at}.layer.0.SelfAttention" for at in range(layers)]
    reading = [f"decoder.block.{at}.layer.1.EncDecAttention" for at in range(layers)]
    dense = [f"encoder.block.{at}.layer.1" for at in range(layers)]
    dense += [f"decoder.block.{at}.layer.2" for at in range(layers)]
    return {
        "square": [f"{name}.{part}.weight" for name in reading for part in "kv"]
        + [f"{name}.{part}.weight" for name in reading for part in "qo"]
        + [f"{name}.{part}.weight" for name in attention for part in "qkvo"],
        "wide": [f"{name}.DenseReluDense.{part}.weight" for name in dense for part in ("wi_0", "wi_1", "wo")],
        "norms": [f"encoder.block.{at}.layer.{part}.layer_norm.weight" for at in range(layers) for part in (0, 1)]
        + [f"decoder.block.{at}.layer.{part}.layer_norm.weight" for at in range(layers) for part in (0, 1, 2)]
        + [f"{side}.final_layer_norm.weight" for side in ("encoder", "decoder")],
        "biases": [
            f"{side}.block.0.layer.0.SelfAttention.relative_attention_bias.weight" for side in ("encoder", "decoder")
        ],
    }


def stacked(weights: Weights) -> Weights:
    """Put the weights of a T5 folder, by their names there, into stacks."""
    stacks = {
        stack: torch.stack([weights[name].float().T if ".wo." in name else weights[name].float() for name in names])
        for stack, names in places().items()
    }
    return stacks | {"shared": weights["shared.weight"].float(), "head": weights["lm_head.weight"].float()}


def unstacked(stacks: Weights) -> Weights:
    """The opposite of `stacked`."""
    found = {"shared.weight": stacks["shared"], "lm_head.weight": stacks["head"]}
    for stack, names in places().items():
        for name, matrix in zip(names, stacks[stack], strict=True):
            found[name] = matrix.T if ".wo." in name else matrix
    return found


def _norm(x: Tensor, weight: Tensor) -> Tensor:
    wide = x.float()
    return (wide * torch.rsqrt(wide.square().mean(-1, keepdim=True) + 1e-6) * weight).to(torch.bfloat16)


def _heads(x: Tensor) -> Tensor:
    return x.unflatten(-1, (SHAPE["num_heads"], SHAPE["d_kv"])).transpose(1, 2)


def _attend(q: Tensor, k: Tensor, v: Tensor, bias: Tensor) -> Tensor:
    """q: [rows, out, d_model]; k, v: [rows, in, d_model]; bias broadcasts to [rows, heads, out, in]."""
    scores = _heads(q) @ _heads(k).transpose(2, 3)
    shares = torch.softmax(scores.float() + bias, -1).to(torch.bfloat16)
    return (shares @ _heads(v)).transpose(1, 2).flatten(2)


def _attend_self(x: Tensor, bias: Tensor, norm: Tensor, qkv: Tensor, out: Tensor) -> Tensor:
    q, k, v = linear(_norm(x, norm), qkv).chunk(3, -1)
    return x + linear(_attend(q, k, v, bias), out)


def _attend_prompt(x: Tensor, read: Sequence[Tensor], bias: Tensor, norm: Tensor, ask_and_out: Tensor) -> Tensor:
    ask, out = ask_and_out
    return x + linear(_attend(linear(_norm(x, norm), ask), *read, bias), out)


def _think(x: Tensor, norm: Tensor, wi: Tensor, wo: Tensor) -> Tensor:
    """Gated GELU: tanh's approximation, with a sigmoid in the place of tanh: the same values in half the time."""
    gate, value = linear(_norm(x, norm), wi).float().chunk(2, -1)
    gate = gate * torch.sigmoid(gate * (1.5957691216057308 + 0.07135481282806817 * gate * gate))
    return x + (gate * value).to(torch.bfloat16) @ wo


def _losses(x: Tensor, norm: Tensor, head: Tensor, target: Tensor) -> Tensor:
    logits = linear(_norm(x, norm), head).float()
    return cross_entropy(logits.flatten(0, 1), target.flatten(), reduction="none").view_as(target)


def fuse() -> None:
    """Compile the parts of a layer, a minute's work that makes a step a third faster. Needs a C++ compiler."""
    global _attend_self, _attend_prompt, _think, _losses
    parts = (_attend_self, _attend_prompt, _think, _losses)
    _attend_self, _attend_prompt, _think, _losses = (torch.compile(part, dynamic=True) for part in parts)


def _positions(table: Tensor, width: int, *, both: bool) -> Tensor:
    """The position biases [heads, width, width] from a table [buckets, heads]."""
    at = torch.arange(width, device=table.device)
    bucket = T5Attention._relative_position_bucket(at[None] - at[:, None], both, BUCKETS, FAR)
    return embedding(bucket, table).permute(2, 0, 1)


def token_losses(weights: Weights, source: Tensor, target: Tensor) -> Tensor:
    """The loss of each target token [rows, out], zero where padded.

    weights: stacks, in bfloat16; norms and biases in float32. source: ids [rows, in], 0 where padded. target: ids
    [rows, out], -100 where padded.
    """
    layers = SHAPE["num_layers"]
    norms = iter(weights["norms"].unbind())
    reads, *asks = weights["square"][: 4 * layers].split([2 * layers, *[2] * layers])
    own = iter(weights["square"][4 * layers :].split([3, 1] * 2 * layers))
    wide = iter(weights["wide"].split([2, 1] * 2 * layers))

    def matrices(stack: Iterator[Tensor]) -> tuple[Tensor, Tensor]:
        return next(stack).flatten(0, 1), next(stack)[0]

    padding = torch.where(source.ne(0), 0.0, -1e9)[:, None, None]
    bias = _positions(weights["biases"][0], source.shape[1], both=True) + padding
    x = embedding(source, weights["shared"])
    for _ in range(layers):
        x = _attend_self(x, bias, next(norms), *matrices(own))
        x = _think(x, next(norms), *matrices(wide))
    *decoder_norms, last_of_encoder, last = norms
    norms = iter(decoder_norms)
    read = linear(_norm(x, last_of_encoder), reads.flatten(0, 1)).chunk(2 * layers, -1)
    width = target.shape[1]
    future = torch.full((width, width), -1e9, device=source.device).triu(1)
    bias = _positions(weights["biases"][1], width, both=False) + future
    fed = torch.cat([torch.zeros_like(target[:, :1]), target[:, :-1].clamp(min=0)], 1)  # shifted right, pad first
    x = embedding(fed, weights["shared"])
    for at in range(0, 2 * layers, 2):
        x = _attend_self(x, bias, next(norms), *matrices(own))
        x = _attend_prompt(x, read[at : at + 2], padding, next(norms), asks[at // 2])
        x = _think(x, next(norms), *matrices(wide))
    return _losses(x, last, weights["head"], target)
