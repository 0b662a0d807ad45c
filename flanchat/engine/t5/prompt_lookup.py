"""Prompt lookup: passages that an answer repeats are computed several tokens at a time. Knows no text.

Summaries, corrections and extracts copy from the prompt. Where the newest tokens occurred before, in the prompt or in
the answer, those that followed there are drafted: one pass of the decoder computes the logits after each of them. The
decoding loop chooses from these logits as always, so a draft decides only which logits are there already, never what is
chosen. That a pass over several tokens gives each the bits of a pass of its own is the model's to promise.
Source: Saxena 2023, https://github.com/apoorvumang/prompt-lookup-decoding; Yang et al. 2023, arXiv 2304.04487.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Collection, Sequence
from itertools import pairwise
from typing import Any, Protocol

import torch
from torch import Tensor

from flanchat.engine.t5.key_value_cache import CHUNK

MAX_DRAFT = 8
"""Tokens of a draft, at most."""

MAX_EVIDENCE = 6
"""Tokens that speak for a place, at most: more make a copy no likelier."""

_FORGETTING = 0.98
"""What an expected token of an earlier answer counts, compared with the one after it."""

_OTHER_ANSWERS = 3.0
"""As many tokens of the present answer count as much as all earlier answers together."""

_LEAST_GAIN = 1.15
"""How many times faster a draft has to be than none on average: chances and costs are estimates."""

_MEASURED_S = 0.05
"""How long small models are measured."""


class Model(Protocol):
    """What is used of a T5."""

    def encode(self, prompts: Sequence[Sequence[int]]) -> Sequence[Any]: ...

    def start(self, prompts: Sequence[Any], source: Sequence[int], room: int) -> Any: ...

    def step(self, ids: Sequence[int], cache: Any) -> Tensor: ...


class PromptLookup:
    """A decoding.Stepper of one row.

    room: tokens that the answer may have. drafted: tokens so far; accepted: those of them that the answer has, each of
    which saved a pass.
    """

    def __init__(
        self,
        model: Model,
        cache: Any,
        prompt: Sequence[int],
        length: DraftLength,
        *,
        eos_ids: Collection[int],
        room: int,
    ) -> None:
        self._model, self._cache, self._eos, self._room = model, cache, eos_ids, room
        self._copied, self._length = CopiedPassage(prompt), length
        length.begin()
        self._draft: list[int] = []  # its tokens that the answer has not reached yet
        self._right = 0  # how many of it were right
        self._logits: Tensor  # [tokens, vocab], of the last pass
        self.drafted = self.accepted = 0

    def step(self, ids: Sequence[int]) -> Tensor:
        """Feed the answer's next token; return float32 logits [1, vocab]."""
        (token_id,) = ids
        if self._copied.evidence:
            self._length.learn(self._copied.evidence, token_id == self._copied.expected)
        self._copied.add(token_id)
        if self._draft and token_id == self._draft[0]:
            self._right += 1
            self.accepted += 1
            del self._draft[0]
            return self._logits[self._right : self._right + 1]
        if self._draft:
            self._cache.forget(len(self._draft))
        self._draft = self._next_draft()
        logits = self._model.step([token_id, *self._draft], self._cache)
        if self._draft and not logits[:, 0].isfinite().all():
            # A drafted token that overflows makes the logits before it NaN too: 0 times infinity, in attention.
            self._cache.forget(1 + len(self._draft))
            self._draft, self._room = [], 0
            logits = self._model.step([token_id], self._cache)
        self._logits, self._right = logits, 0
        self.drafted += len(self._draft)
        return logits[:1] if self._draft else logits

    def keep(self, rows: Sequence[int]) -> None:
        """Do nothing: there is no other row."""

    def _next_draft(self) -> list[int]:
        if not self._copied.evidence:
            return []
        length = self._cache.length + 1
        most = min(MAX_DRAFT, self._room - length, -length % CHUNK)  # a wider window would change the last bits
        draft = self._copied.following(self._length.best(self._copied.evidence, most))
        end = next((at for at, token_id in enumerate(draft) if token_id in self._eos), len(draft))
        return draft[:end]  # nothing follows the end, and so nothing is saved by it either


class CopiedPassage:
    """The place in prompt and answer that the answer seems to repeat. Takes constant time a token.

    evidence: how many of the newest tokens speak for it, up to MAX_EVIDENCE; a wrong one halves it. 0 without a place.

    >>> copied = CopiedPassage([5, 6, 7, 8])
    >>> for token_id in (0, 5, 6):
    ...     copied.add(token_id)
    >>> copied.evidence, copied.following(2)
    (2, [7, 8])
    """

    def __init__(self, prompt: Sequence[int]) -> None:
        self._ids = list(prompt)
        self._after = {pair: at + 2 for at, pair in enumerate(pairwise(prompt))}  # where the last occurrence ends
        self._at = 0  # of the token that is expected next
        self._repeated = 0  # how many of the newest tokens are the same there, without a wrong one
        self.evidence = 0

    @property
    def expected(self) -> int:
        """The next token if the answer goes on like this."""
        return self._ids[self._at]

    def add(self, token_id: int) -> None:
        """Add the answer's next token."""
        ids = self._ids
        if self.evidence:
            if ids[self._at] == token_id:
                self._repeated, self.evidence = self._repeated + 1, min(MAX_EVIDENCE, self.evidence + 1)
            else:  # behind one other word the copy often goes on
                self._repeated, self.evidence = 0, self.evidence // 2 if self.evidence > 3 else 0
            self._at += 1
        pair = (ids[-1], token_id) if ids else None
        ids.append(token_id)
        if pair is None:
            return
        if self._repeated < 3 and (after := self._after.get(pair)) is not None:
            same = 3 if after > 2 and ids[after - 3] == ids[-3] else 2
            if same == 3 or not self.evidence:
                self._at, self._repeated, self.evidence = after, same, max(same, self.evidence)
        self._after[pair] = len(ids)

    def following(self, count: int) -> list[int]:
        """The next `count` tokens if the answer goes on like this; it may be in the middle of repeating itself."""
        found = self._ids[self._at : self._at + count]
        return (found * count)[:count]


class DraftLength:
    """How many tokens to draft: as many as pay best, given how often a token was the expected one with such evidence.

    Whether it is the expected one is known of every token, drafted or not, so learning costs no pass. The present
    answer may be of another kind than those before: it counts for itself after a few tokens, and its first drafts are
    short.

    pass_costs: of a pass of 1, 2, ... tokens, compared with a pass of one.

    >>> length = DraftLength()
    >>> length.best(2, MAX_DRAFT)
    2
    >>> length.learn(2, False)
    >>> length.best(2, MAX_DRAFT)
    0
    """

    def __init__(self) -> None:
        self.pass_costs = _line(1.35, 2.4)  # untraced, about
        self._all = [(1.0, 2.0)] * (MAX_EVIDENCE + 1)  # by evidence: tokens that were expected, and all
        self.begin()

    def begin(self) -> None:
        """Begin an answer."""
        self._present = [(0, 0)] * (MAX_EVIDENCE + 1)
        self._right = 0  # of them all

    def learn(self, evidence: int, is_right: bool) -> None:
        """Learn whether a token was the expected one."""
        right, count = self._all[evidence]
        self._all[evidence] = right * _FORGETTING + is_right, count * _FORGETTING + 1
        right_here, count_here = self._present[evidence]
        self._present[evidence] = right_here + is_right, count_here + 1
        self._right += is_right

    def best(self, evidence: int, most: int) -> int:
        """The length, up to `most`, that gives the most tokens for the cost of a pass; 0 when none pays."""
        most = min(most, 2 + 2 * self._right)
        best, gain, tokens, chance = 0, _LEAST_GAIN, 1.0, 1.0
        for length in range(1, most + 1):
            cost = self.pass_costs[length]
            if tokens + chance * (most - length + 1) <= gain * cost:  # even if all the others were right
                break
            chance *= self._chance(min(evidence + length - 1, MAX_EVIDENCE))
            tokens += chance
            if tokens > gain * cost:
                best, gain = length, tokens / cost
        return best

    def _chance(self, evidence: int) -> float:
        (right, count), (right_here, count_here) = self._all[evidence], self._present[evidence]
        return (right_here + _OTHER_ANSWERS * right / count) / (count_here + _OTHER_ANSWERS)


@torch.inference_mode()
def measure_pass_costs(model: Model, token_id: int) -> list[float]:
    """What a pass of 1, 2, ... 1 + MAX_DRAFT tokens takes here, compared with a pass of one. Takes 22 passes or more.

    A second token adds an eighth of a pass to flan-t5-base, but two thirds to a model whose weights fit into caches.
    """
    cache = model.start(model.encode([[token_id] * 64]), [0], CHUNK)
    clock = time.thread_time if torch.get_num_threads() == 1 else time.perf_counter
    seconds: dict[int, list[float]] = {1: [], 2: [], 1 + MAX_DRAFT: []}
    began = clock()
    while len(seconds[1]) < 3 or clock() - began < _MEASURED_S:
        cache.forget(cache.length)
        for tokens, taken in seconds.items():
            started = clock()
            model.step([token_id] * tokens, cache)
            cache.forget(tokens - 1)
            model.step([token_id], cache)  # behind a wide pass it is slower than behind another of its kind
            taken.append(clock() - started)
    two_of_one, two, longest = map(statistics.median, seconds.values())
    return _line(2 * two / two_of_one - 1, 2 * longest / two_of_one - 1)


def _line(two: float, longest: float) -> list[float]:
    """The costs of a pass of 1, 2, ... 1 + MAX_DRAFT tokens from those of the shortest and the longest draft."""
    return [1.0, *(two + (longest - two) * more / (MAX_DRAFT - 1) for more in range(MAX_DRAFT))]
