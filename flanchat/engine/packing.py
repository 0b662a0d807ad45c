"""How a weight matrix is held and multiplied in each precision. Knows one matrix at a time; knows no model."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional

Linear = Callable[[Tensor], Tensor]

# Precision by name: the dtype that weights and activations have. Norms, softmax and logits are float32 in all of them.
PRECISIONS: dict[str, torch.dtype] = {"float32": torch.float32, "bfloat16": torch.bfloat16}


def pack(*weights: Tensor, dtype: torch.dtype, device: str) -> Linear:
    """One function for several matrices that read the same input: x [..., in] -> [..., sum of out].

    weights: each [out, in], as T5 checkpoints store them.
    """
    weight = torch.cat([w.to(device=device, dtype=dtype) for w in weights]).contiguous()

    def linear(x: Tensor) -> Tensor:
        return functional.linear(x, weight)

    return linear
