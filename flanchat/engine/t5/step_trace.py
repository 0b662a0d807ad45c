"""A decoding step as one call, traced by torch.jit, without Python between its operators. Knows no model."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import torch
from torch import Tensor


def trace_decoder(decoder: Callable[..., Tensor], samples: Sequence[tuple[Any, ...]]) -> Callable[..., Tensor]:
    """The decoder's step as one call without Python in between, or the decoder itself.

    samples: arguments of several shapes; the step is traced with the first of them. torch.jit may be removed one day,
    and its profiling cannot be switched off everywhere: a failure, or a result that differs, costs only speed.
    """
    try:
        with warnings.catch_warnings(), torch.no_grad(), _without_profiling():
            warnings.simplefilter("ignore")
            traced = torch.jit.trace(decoder, samples[0], check_trace=False)  # type: ignore[no-untyped-call]
            made = [(traced(x.clone(), *rest), decoder(x.clone(), *rest)) for x, *rest in samples]
        if all(torch.equal(replayed, plain) for replayed, plain in made):
            return traced  # type: ignore[no-any-return]
    except Exception:
        pass
    return decoder


@contextlib.contextmanager
def _without_profiling() -> Iterator[None]:
    """A trace that first runs inside is not profiled for its shapes, which would cost 10% of every step."""
    switch = getattr(torch._C, "_jit_set_profiling_executor", None)
    if switch is None:
        yield
        return
    before = switch(False)
    try:
        yield
    finally:
        switch(before)
