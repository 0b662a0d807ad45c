"""Attention to keys and values, in an order of sums that does not depend on what else is in the batch. Knows no model.

On the CPU a query gets the same bits alone, beside others and with any padding. MKL's products depend on how many rows
and columns they have, but not within the bounds of KEY_BLOCK and QUERY_BLOCK; `keeps_bits` checks this on the machine
at hand.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional

KEY_BLOCK = 16
"""Keys are padded to a multiple of this on the CPU: whatever padding follows, sums then have the same order."""

QUERY_BLOCK = 3
"""As many queries are summed in the order of a single one, if the keys of a dimension are neighbours in memory."""


def attend(q: Tensor, k: Tensor, v: Tensor, bias: Tensor) -> Tensor:
    """T5's attention, which does not divide by the square root of d_kv. The softmax runs in float32.

    A trace of it fixes the number of blocks; it also serves fewer queries: the last blocks are then empty.

    q: [n, queries, d_kv]; k: [n, d_kv, keys]; v: [n, keys, d_kv]; bias broadcasts to [n, queries, keys].
    """
    queries = q.shape[1]
    block = queries if q.device.type != "cpu" else QUERY_BLOCK if k.stride(2) == 1 else 1
    if queries <= block:
        return torch.bmm(torch.baddbmm(bias, q, k).softmax(-1, dtype=torch.float32).to(v.dtype), v)
    bias = bias.expand(-1, queries, -1)
    blocks = [slice(first, first + block) for first in range(0, queries, block)]
    return torch.cat([attend(q[:, some], k, v, bias[:, some]) for some in blocks], 1)


def keeps_bits(dtype: torch.dtype) -> bool:
    """Whether a query has the same bits alone and beside others, with and without padding, on this CPU."""
    generator = torch.Generator().manual_seed(0)
    for d_kv, keys, width in ((64, 16, 48), (64, 144, 512), (32, 48, 64), (128, 80, 96)):
        q, k, v = (torch.randn(6, n, d_kv, generator=generator).to(dtype) for n in (13, keys, keys))
        bias = torch.randn(6, 13, keys, generator=generator).to(dtype)
        padding = (0, 0, 0, width - keys)
        wide_k, wide_v = functional.pad(k, padding), functional.pad(v, padding)
        wide_bias = functional.pad(bias, (0, width - keys), value=-math.inf)
        columns, rows = wide_k.transpose(1, 2).contiguous(), wide_k.transpose(1, 2)
        for narrow, wide in ((k.transpose(1, 2).contiguous(), columns), (k.transpose(1, 2), rows)):
            alone = torch.cat([attend(q[:, i : i + 1], narrow, v, bias[:, i : i + 1]) for i in range(13)], 1)
            for n in (2, 3, 8, 13):
                if not torch.equal(attend(q[:, :n], wide, wide_v, wide_bias[:, :n]), alone[:, :n]):
                    return False
            some = slice(2, 5)
            if not torch.equal(attend(q[some], wide[some], wide_v[some], wide_bias[some]), alone[some]):
                return False
    return True
