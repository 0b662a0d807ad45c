"""The biases that T5 adds to attention by the distance of a key from its query."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor

from flanchat.engine.checkpoint.config import Shape


def encoder_bias(table: Tensor, longest: int, shape: Shape, dtype: torch.dtype) -> Tensor:
    """[heads, longest, longest], a view: of queries and keys of the encoder. table: [buckets, heads]."""
    distances = torch.arange(1 - longest, longest)  # of a key from its query
    buckets = relative_bucket(distances, shape, both_ways=True).to(table.device)
    by_head = table[buckets].T.to(dtype).contiguous()  # [heads, distance]
    # Each query sees the same biases as the one before it, one key further on.
    return by_head.unfold(1, longest, 1).flip(1)


def step_biases(tables: Sequence[Tensor], room: int, shape: Shape, dtype: torch.dtype) -> list[Tensor]:
    """Per layer [heads, 2 * room]: biases for distances room-1 ... 0, then -inf for positions not yet written.

    The biases of the token at position `at` towards the first n positions begin at column room - 1 - at.
    tables: of each layer; layers that share one share the result.
    """
    distance = torch.arange(room - 1, -1, -1)
    buckets = relative_bucket(-distance, shape, both_ways=False)
    made: dict[int, Tensor] = {}
    for table in tables:
        if id(table) not in made:
            by_head = table[buckets.to(table.device)].T  # [distance, heads] -> [heads, distance]
            made[id(table)] = torch.cat([by_head, torch.full_like(by_head, -math.inf)], 1).to(dtype)
    return [made[id(table)] for table in tables]


def relative_bucket(distance: Tensor, shape: Shape, *, both_ways: bool) -> Tensor:
    """The bucket of a relative position (key position minus query position), as in T5's training.

    Half of the buckets hold one distance each, the others grow logarithmically up to `max_distance`; all greater
    distances share the last. both_ways: as in the encoder, half of the buckets are for keys after the query.
    Source: Raffel et al. 2020, section 2.1; rounded as in the released code, by truncating a float32 logarithm.
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
