"""Activations of the feed-forward layers, with the same bits whatever rows and threads compute them. Knows no model.

torch gives each thread an equal part of the numbers of a large tensor and computes the last few of each part, those
that do not fill a vector, by another formula. Where a part ends therefore must not depend on the batch.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor
from torch.nn import functional

ACTIVATIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "relu": functional.relu,
    "gelu": lambda x: functional.gelu(x.contiguous()),  # torch has another formula for tensors that are not
    "gelu_new": partial(functional.gelu, approximate="tanh"),
    "silu": functional.silu,
}

_ON_ONE_THREAD = 16384  # numbers, at most; torch divides the work of gelu from here, that of silu from twice as many
_VECTORS = 32  # numbers that torch computes at a time


def splits_evenly(name: str, rows: int, width: int) -> bool:
    """Whether the threads' parts of [rows, width], with rows of whole vectors, are whole rows or vectors on the CPU."""
    threads, width = torch.get_num_threads(), width + -width % _VECTORS
    if name == "relu" or threads == 1 or rows * width <= _ON_ONE_THREAD:
        return True
    whole_vectors = rows * width % (_VECTORS * threads) == 0
    return name.startswith("gelu") and (rows % threads == 0 or whole_vectors)


def activate(name: str, x: Tensor) -> Tensor:
    """An activation of x [rows, width]. A trace of it is for any number of rows for which `splits_evenly`."""
    activation, (rows, width) = ACTIVATIONS[name], x.shape
    if x.device.type == "cpu" and width % _VECTORS and name != "relu":  # rows would end within a vector
        return activate(name, functional.pad(x, (0, -width % _VECTORS)))[:, :width]
    if x.device.type != "cpu" or splits_evenly(name, rows, width):
        return activation(x)
    threads = torch.get_num_threads()
    even = rows - rows % threads if name.startswith("gelu") else 0
    rest = torch.split(x[even:], max(1, _ON_ONE_THREAD // width))
    return torch.cat([activation(part) for part in (x[:even], *rest)])
