"""Where an answer comes from: cross-attention, and gradients along the prompt. Knows tensors and ids; knows no text."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn

from flanchat.engine.t5.key_value_cache import CHUNK

STEPS = 64
"""At which the gradient is taken; with more, the shares of the parts hardly change."""


@torch.inference_mode()
def cross_attention(model: Any, prompt: Any, fed: Sequence[int], *, layer: int) -> list[list[float]]:
    """How the decoder divides its attention among the prompt's tokens: the mean over the heads, and over the layers.

    model: a T5 or ParallelT5. prompt: encoded. fed: what the decoder reads, from the start token on. layer: which one
    alone, from 1; 0 for all. Returns shares [fed, prompt's tokens with padding], which add up to 1 for each token.
    """
    cache = model.start([prompt], [0], len(fed))
    stages = model.stages(prompt, cache)
    seen: list[list[Tensor]] = []  # by layer: of each pass [tokens, width]
    hooks = []
    for stage, own, __ in stages:
        for at, decoder_layer in enumerate(stage.decoder.layers):
            seen.append([])
            look = partial(_look, own.keys[at], own.bias, seen[-1])
            hooks.append(decoder_layer.cross_q.register_forward_hook(look))
    try:
        for first in range(0, len(fed), CHUNK):
            ids = fed[first : first + CHUNK]
            x = model.embed_answers(ids)
            for stage, __, rows in stages:
                x = stage.decoder(*rows.arguments(x.to(stage.device), len(ids)))
                rows.length += len(ids)
    finally:
        for hook in hooks:
            hook.remove()
    shares = torch.stack([torch.cat(found) for found in seen])  # [layers, fed, width]
    return (shares.mean(0) if not layer else shares[layer - 1]).tolist()


def _look(keys: Tensor, bias: Tensor, found: list[Tensor], module: nn.Module, given: object, q: Tensor) -> None:  # noqa: PLR0917 - a hook
    """Add the attention that queries [tokens, heads * d_kv] pay to keys [heads, d_kv, width]."""
    heads, d_kv, __ = keys.shape
    weights = torch.baddbmm(bias, q.view(-1, heads, d_kv).transpose(0, 1), keys)
    found.append(weights.softmax(-1, dtype=torch.float32).mean(0).cpu())


def integrated_gradients(
    model: Any,
    prompt_ids: Sequence[int],
    answer_ids: Sequence[int],
    *,
    start_id: int,
    pad_id: int,
    device: str,
    steps: int = STEPS,
) -> list[float]:
    """How much each token of the prompt adds to the answer's log-probability, on the way from padding to itself.

    Not from zero: T5's norm hides how long an embedding is. model: transformers' T5 in float32. Returns a number for
    each token of the prompt, whose last one, the end token, stays as it is; together they are the difference between
    the prompt and one of padding tokens. Source: Sundararajan et al. 2017, arXiv 1703.01365.
    """
    table = model.get_input_embeddings()
    embedded = table(torch.tensor([list(prompt_ids)], device=device)).detach()
    padding = table(torch.tensor([[*[pad_id] * (len(prompt_ids) - 1), prompt_ids[-1]]], device=device)).detach()
    wanted = torch.tensor([list(answer_ids)], device=device)
    fed = torch.tensor([[start_id, *answer_ids[:-1]]], device=device)
    total = torch.zeros_like(embedded)
    for step in range(steps):
        between = torch.lerp(padding, embedded, (step + 0.5) / steps).requires_grad_()
        logits = model(inputs_embeds=between, decoder_input_ids=fed, use_cache=False).logits
        logprob = logits.float().log_softmax(-1).gather(2, wanted[:, :, None]).sum()
        total += torch.autograd.grad(logprob, between)[0]
    along: list[float] = (total * (embedded - padding) / steps).sum(-1)[0].tolist()
    return along
