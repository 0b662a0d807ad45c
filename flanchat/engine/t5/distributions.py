"""Log-probabilities of a whole vocabulary, written to a file by one model and compared by another. Knows no text.

The two models may be in different processes, and one may be transformers' own, so each reads and writes the positions
of all answers in their order: the size of the vocabulary, int64, then [positions, vocab], float32.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import BinaryIO

import numpy as np
import torch
from torch import Tensor

from flanchat.base.errors import EngineError
from flanchat.base.files import failed
from flanchat.engine.events import Position, Token

_ROWS = 32  # compared at once, in float64


def positions(
    tokens: Sequence[Sequence[Token]], divergences: Sequence[tuple[float, float]]
) -> tuple[tuple[Position, ...], ...]:
    """The positions of some answers. divergences: of all of them in order, or none."""
    found = iter(divergences)
    return tuple(
        tuple(Position(token, *(next(found) if divergences else (None, None))) for token in answer) for answer in tokens
    )


class DistributionFile:
    """Takes the positions of a model; with `compare`, beside those that another has written.

    divergences: KL(P || Q) and KL(Q || P) of each position so far, in nats, with P from the file; empty when writing.
    """

    def __init__(self, path: str, *, compare: bool) -> None:
        self.divergences: list[tuple[float, float]] = []
        self._path, self._compare, self._vocab = path, compare, 0
        try:
            self._file: BinaryIO = open(path, "rb" if compare else "wb")  # noqa: SIM115 - closed with this
        except OSError as error:
            raise EngineError(failed(path, error)) from error

    def __enter__(self) -> DistributionFile:
        return self

    def __exit__(self, *error: object) -> None:
        self._file.close()

    def add(self, logprobs: Tensor) -> None:
        """Take the next positions: [positions, vocab], natural log-probabilities on any device."""
        vocab = logprobs.shape[-1]
        try:
            if not self._vocab:
                self._vocab = vocab
                if not self._compare:
                    np.array([vocab], np.int64).tofile(self._file)
                elif (other := np.fromfile(self._file, np.int64, 1).tolist()) != [vocab]:
                    raise EngineError(f"expected a vocabulary of {vocab} as the other model's, found {other}")
            for some in torch.split(logprobs.float().cpu(), _ROWS):
                if self._compare:
                    self.divergences += self._divergences(some)
                else:
                    some.contiguous().numpy().tofile(self._file)
        except OSError as error:
            what = failed(self._path, error)
            raise EngineError(f"{what}; log-probabilities of whole vocabularies need room there") from error

    def _divergences(self, ours: Tensor) -> list[tuple[float, float]]:
        read = np.fromfile(self._file, dtype=np.float32, count=ours.numel())
        if read.size < ours.numel():
            raise EngineError(f"{self._path}: holds fewer positions than expected")
        p, q = torch.from_numpy(read).view_as(ours).double(), ours.double()
        # Sums of float32 log-probabilities differ from 1 in the last digits, which may give a tiny negative number.
        forward = (p.exp() * (p - q)).sum(-1).clamp_min(0.0)
        backward = (q.exp() * (q - p)).sum(-1).clamp_min(0.0)
        return list(zip(forward.tolist(), backward.tolist(), strict=True))
