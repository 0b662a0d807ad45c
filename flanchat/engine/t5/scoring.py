"""Score given answers: their tokens are known, so a pass of the decoder computes many at once. Knows no text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import torch
from torch import Tensor

from flanchat.engine.t5.decoding import NextToken
from flanchat.engine.t5.key_value_cache import CHUNK

POSITIONS = 256
"""Tokens of all rows in a pass, at most: more are no faster per token, and kernels are tried with about as many."""

LOGITS = 1 << 23
"""Logits that a pass of several rows makes, at most: 32 MB."""


class Model(Protocol):
    """What is used of a T5."""

    def step(self, ids: Sequence[int], cache: Any) -> Tensor: ...


def divide(answers: Sequence[Sequence[int]], vocab: int) -> list[list[int]]:
    """Which rows to score together: as many as a pass has room for, and so alike in length that padding at most doubles
    the work.

    >>> divide([[5, 1], [5, 6, 1], [5] * 40], 32128)
    [[0, 1], [2]]
    """
    most = min(POSITIONS, LOGITS // vocab)
    parts: list[list[int]] = []
    tokens = 0  # of the last part, without padding
    for row in sorted(range(len(answers)), key=lambda row: len(answers[row])):
        width = min(len(answers[row]), CHUNK)
        tokens += width
        if not parts or (len(parts[-1]) + 1) * width > min(most, 2 * tokens):
            parts.append([])
            tokens = width
        parts[-1].append(row)
    return parts


@torch.inference_mode()
def score(
    model: Model,
    cache: Any,
    answers: Sequence[Sequence[int]],
    *,
    start_id: int,
    eos_ids: Sequence[int],
    tops: Sequence[int],
    should_stop: Callable[[], bool],
    seen: Callable[[Tensor], None] = lambda logprobs: None,
) -> list[list[NextToken]]:
    """The tokens of each row's answer as if they had been chosen one by one.

    A pass ends where the window of self-attention grows, so that each token has the bits of a step of its own. Rows are
    padded behind their end, which the tokens before it do not attend to; but padding that overflows makes them NaN: 0
    times infinity. cache: of as many rows, without tokens. tops: of each row, how many of the likeliest are reported.
    should_stop: asked before each pass; when it returns True, the answers are incomplete. seen: gets the
    log-probabilities of each pass, [rows * width, vocab]; of a single row, exactly its positions in their order.
    """
    fed = [[start_id, *ids[:-1]] for ids in answers]
    scored: list[list[NextToken]] = [[] for _ in answers]
    rows, first = list(range(len(answers))), 0
    while rows and not should_stop():
        width = min(CHUNK, max(len(answers[row]) for row in rows) - first)
        part = slice(first, first + width)
        logits = model.step(_padded([fed[row][part] for row in rows], width, start_id), cache)  # [rows * width, vocab]
        wanted = torch.tensor(_padded([answers[row][part] for row in rows], width, start_id), device=logits.device)
        best = logits.topk(min(max(tops), logits.shape[-1])).indices  # of logits: log-probabilities may round to equals
        logprobs = logits.log_softmax(-1)
        seen(logprobs)
        of_wanted = logprobs.gather(1, wanted[:, None])[:, 0].tolist()
        best_ids, of_best = best.tolist(), logprobs.gather(1, best).tolist()
        for at, row in enumerate(rows):
            for place, token_id in enumerate(answers[row][part], at * width):
                likeliest = tuple(zip(best_ids[place], of_best[place], strict=True))[: tops[row]]
                end = "eos" if token_id in eos_ids else ""
                scored[row].append(NextToken(row, token_id, of_wanted[place], likeliest, end))
        first += width
        kept = [at for at, row in enumerate(rows) if len(answers[row]) > first]
        if kept and len(kept) < len(rows):
            cache.keep(kept)
        rows = [rows[at] for at in kept]
    return scored


def _padded(rows: Sequence[Sequence[int]], width: int, padding: int) -> list[int]:
    return [i for ids in rows for i in (*ids, *[padding] * (width - len(ids)))]
