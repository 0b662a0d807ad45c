"""Prompt lookup: passages that an answer repeats are computed several tokens at a time. Knows no text.

Summaries, corrections and extracts copy from the prompt. Where the newest tokens occurred before, in the prompt or in
the answer, those that followed there are drafted: one pass of the decoder computes the logits after each of them. The
decoding loop chooses from these logits as always, so a draft decides only which logits are there already, never what is
chosen. That a pass over several tokens gives each the bits of a pass of its own is the model's to promise.
Source: Saxena 2023, https://github.com/apoorvumang/prompt-lookup-decoding; Yang et al. 2023, arXiv 2304.04487.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Protocol

from torch import Tensor

from flanchat.engine.t5.key_value_cache import CHUNK

MAX_DRAFT = 8
"""Tokens of a draft, at most."""

COST_PER_TOKEN = 0.25
"""What a further token adds to a pass, as a share of a pass: 0.1 to 0.35 were measured."""


class Model(Protocol):
    """What is used of a T5."""

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
        self._copied.add(token_id)
        if self._draft and token_id == self._draft[0]:
            self._right += 1
            self.accepted += 1
            del self._draft[0]
            if not self._draft:
                self._length.learn(self._right, was_all=True)
            return self._logits[self._right : self._right + 1]
        if self._draft:
            self._length.learn(self._right, was_all=False)
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
        length = self._cache.length + 1
        most = min(MAX_DRAFT, self._room - length, -length % CHUNK)  # a wider window would change the last bits
        if most < 1 or not self._copied.is_found or not (wanted := self._length.next()):
            return []
        draft = self._copied.following(min(wanted, most))
        end = next((at for at, token_id in enumerate(draft) if token_id in self._eos), len(draft))
        return draft[:end]  # nothing follows the end, and so nothing is saved by it either


class CopiedPassage:
    """The place in prompt and answer that the answer seems to repeat. Takes constant time a token.

    >>> copied = CopiedPassage([5, 6, 7, 8])
    >>> for token_id in (0, 5, 6):
    ...     copied.add(token_id)
    >>> copied.following(2)
    [7, 8]
    """

    def __init__(self, prompt: Sequence[int]) -> None:
        self._ids = ids = list(prompt)
        self._after: dict[tuple[int, ...], int] = {}  # where the last occurrence of two or three tokens ends
        for size in (2, 3):
            grams = zip(*(ids[first:] for first in range(size)), strict=False)
            self._after.update(zip(grams, range(size, len(ids) + 1), strict=True))
        self._at: int | None = None  # of the token that is expected next
        self._wrong = 0  # how many of the newest tokens were not the expected ones

    @property
    def is_found(self) -> bool:
        return self._at is not None

    def add(self, token_id: int) -> None:
        """Add the answer's next token."""
        if self._at is not None:
            self._wrong = 0 if self._ids[self._at] == token_id else self._wrong + 1
            self._at = self._at + 1 if self._wrong < 2 else None  # behind one other word the copy often goes on
        self._ids.append(token_id)
        two, three = tuple(self._ids[-2:]), tuple(self._ids[-3:])
        after_two, after_three = self._after.get(two), self._after.get(three)
        self._after[two] = self._after[three] = len(self._ids)
        if after_three is not None or self._at is None:
            self._at = after_two if after_three is None else after_three
            self._wrong = 0

    def following(self, count: int) -> list[int]:
        """The next `count` tokens if the answer goes on like this; it may be in the middle of repeating itself."""
        assert self._at is not None
        found = self._ids[self._at : self._at + count]
        return (found * count)[:count]


class DraftLength:
    """How many tokens to draft: as many as pay best if they are right as often as in the last drafts of all answers.

    When none pay, drafts pause, each time twice as long until one is right again. So prompts that nothing is copied
    from cost little.

    >>> length = DraftLength()
    >>> length.next()
    2
    >>> for _ in range(2):
    ...     length.learn(0, was_all=False)
    >>> [length.next() for _ in range(3)]
    [0, 1, 1]
    """

    def __init__(self) -> None:
        self._right, self._wrong = 1.0, 0.5  # drafted tokens, the older ones counting less and less
        self._rest, self._pause = 0, 1  # in passes

    def begin(self) -> None:
        """Begin an answer: it may be of another kind than the last ones, so a draft is tried."""
        self._rest, self._pause = 0, max(1, self._pause // 2)

    def next(self) -> int:
        """The length of the next draft; 0 while drafts pause."""
        if self._rest:
            self._rest -= 1
            return 0
        return max(1, self._best())

    def learn(self, right: int, *, was_all: bool) -> None:
        """Learn how many tokens of a draft were right before a wrong one, or that all were."""
        self._right, self._wrong = 0.8 * self._right + right, 0.8 * self._wrong + (not was_all)
        if right:
            self._pause = 1
        elif not self._best():
            self._rest, self._pause = self._pause, min(64, 2 * self._pause)

    def _best(self) -> int:
        """The length that gives the most tokens for the cost of a pass; 0 when that is to draft none."""
        chance = self._right / (self._right + self._wrong)
        best, most, tokens = 0, 1.0, 1.0
        for length in range(1, MAX_DRAFT + 1):
            tokens += chance**length
            if (rate := tokens / (1 + COST_PER_TOKEN * length)) > most:
                best, most = length, rate
        return best
