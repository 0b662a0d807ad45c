"""The decoding loop: logits in, one token id per row and step out. Knows tensors and ids; knows no text and no model.

Each row has its own settings and random generator, so it gets the same tokens alone and in any batch. Filters apply in
the order of transformers: repetition penalty, no-repeat n-grams, minimum length, temperature, top-k, top-p.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from flanchat.engine.events import Decoding


class Stepper(Protocol):
    """A model with the cache of the rows that it decodes."""

    def step(self, ids: Sequence[int]) -> Tensor:
        """Feed one id per row; return float32 logits [rows, vocab]."""
        ...

    def keep(self, rows: Sequence[int]) -> None:
        """Keep only these rows. rows: indices into the present ones."""
        ...


@dataclass(frozen=True, slots=True)
class NextToken:
    """The token chosen for a row.

    logprob, top: natural logarithms of the model's own probabilities, before any filter. top: (id, logprob), the
    likeliest first. end: "eos" when this is the end token, "length" when the row has no room for more, else "".
    """

    row: int
    id: int
    logprob: float
    top: tuple[tuple[int, float], ...]
    end: str

    @property
    def is_finite(self) -> bool:
        """Whether the model's numbers are: one that is not makes the probabilities of all tokens so, or its own."""
        return all(map(math.isfinite, (self.logprob, *(logprob for __, logprob in self.top))))


class DecodingLoop:
    """Decodes a batch of rows, one token of each running row per `step`. Finished rows are removed from the batch.

    Rows are numbered as in `decodings`. running: the rows that have not finished. begins: ids that each row's answer
    starts with, whatever the model would choose.
    """

    def __init__(
        self,
        model: Stepper,
        decodings: Sequence[Decoding],
        *,
        start_id: int,
        eos_ids: Sequence[int],
        begins: Sequence[Sequence[int]] = (),
    ) -> None:
        self._model, self._eos = model, list(eos_ids)
        self._begins = begins or [()] * len(decodings)
        self._decodings = decodings
        self._ids = [[start_id] for _ in decodings]
        self._generators = [torch.Generator().manual_seed(d.seed) for d in decodings]
        self.running = list(range(len(decodings)))

    @torch.inference_mode()
    def step(self) -> list[NextToken]:
        """Choose the next token of each running row."""
        decodings = [self._decodings[row] for row in self.running]
        logits = self._model.step([self._ids[row][-1] for row in self.running]).cpu()  # the only wait for a device
        logprobs = logits.log_softmax(-1)
        wanted = max(1 + len(self._eos), *(d.top for d in decodings))  # one more than the ends: see `_chosen`
        top = min(wanted, logits.shape[-1])
        best = logits.topk(top, dim=-1).indices  # of logits: log-probabilities may round to the same number
        best_logprobs = logprobs.gather(1, best).tolist()
        best_ids: list[list[int]] = best.tolist()
        chosen = self._chosen(best_ids, logits)
        made = []
        for at, (row, decoding) in enumerate(zip(self.running, decodings, strict=True)):
            likeliest = tuple(zip(best_ids[at], best_logprobs[at], strict=True))
            token_id = chosen[at]
            logprob = best_logprobs[at][0] if token_id == best_ids[at][0] else float(logprobs[at, token_id])
            self._ids[row].append(token_id)
            made.append(NextToken(row, token_id, logprob, likeliest[: decoding.top], self._end(row)))
        self.drop({token.row for token in made if token.end})
        return made

    def _chosen(self, best_ids: Sequence[Sequence[int]], logits: Tensor) -> list[int]:
        """The next id of each running row. best_ids: of each row, the likeliest first; logits: [rows, vocab]."""
        decodings = [self._decodings[row] for row in self.running]
        filtered = [at for at, d in enumerate(decodings) if d.samples or d.penalizes]
        selected = self._select([self.running[at] for at in filtered], logits[filtered])
        by_place = dict(zip(filtered, selected, strict=True))
        chosen = []
        for at, row in enumerate(self.running):
            count = len(self._ids[row]) - 1
            given = self._begins[row][count:]  # a sampled row has drawn nevertheless, so that its later draws stay
            short = count < decodings[at].min_new_tokens
            likeliest = next(i for i in best_ids[at] if i not in self._eos or not short)
            chosen.append(given[0] if given else by_place.get(at, likeliest))
        return chosen

    def drop(self, rows: set[int]) -> None:
        """Remove these rows from the batch."""
        kept = [at for at, row in enumerate(self.running) if row not in rows]
        if len(kept) < len(self.running):
            self.running = [self.running[at] for at in kept]
            if kept:
                self._model.keep(kept)

    def _end(self, row: int) -> str:
        ids = self._ids[row]
        if ids[-1] in self._eos:
            return "eos"
        return "length" if len(ids) - 1 >= self._decodings[row].max_new_tokens else ""

    def _select(self, rows: Sequence[int], logits: Tensor) -> list[int]:
        """The next ids of rows under their settings. logits: [rows, vocab], float32, on the CPU."""
        if not rows:
            return []
        for at, row in enumerate(rows):
            decoding, ids = self._decodings[row], self._ids[row]
            if decoding.repetition_penalty != 1.0:
                logits[at] = penalize_repetition(logits[at], ids, decoding.repetition_penalty)
            if len(ids) - 1 < decoding.min_new_tokens:
                logits[at, self._eos] = -math.inf
            if banned := repeated_ngram_ends(ids, decoding.no_repeat_ngram_size):
                allowed = logits[at].index_fill(0, torch.tensor(sorted(banned)), -math.inf)
                if not allowed.isneginf().all():  # else every token repeats something, and the likeliest may
                    logits[at] = allowed
        chosen = [0] * len(rows)
        for places, top_k, top_p in self._sampling_groups(rows):
            decodings = [self._decodings[rows[at]] for at in places]
            if not decodings[0].samples:
                made = logits[places].argmax(-1).tolist()
            else:
                temperatures = torch.tensor([[d.temperature] for d in decodings], dtype=torch.float64)
                kept = keep_top_p(keep_top_k(divide_by_temperature(logits[places], temperatures), top_k), top_p)
                made = sample(kept, [self._generators[rows[at]] for at in places])
            for at, token_id in zip(places, made, strict=True):
                chosen[at] = token_id
        return chosen

    def _sampling_groups(self, rows: Sequence[int]) -> list[tuple[list[int], int, float]]:
        """Places of rows that can be sampled together, with their top_k and top_p."""
        groups: dict[tuple[bool, int, float], list[int]] = {}
        for at, row in enumerate(rows):
            d = self._decodings[row]
            groups.setdefault((d.samples, d.top_k, d.top_p), []).append(at)
        return [(places, top_k, top_p) for (_, top_k, top_p), places in groups.items()]


def penalize_repetition(logits: Tensor, seen_ids: Sequence[int], penalty: float) -> Tensor:
    """Make every token in `seen_ids` less likely (penalty above 1) or more (below 1). Returns a new tensor.

    logits: [vocab]. Positive logits are divided by the penalty, negative ones multiplied.
    Source: Keskar et al. 2019, arXiv 1909.05858, section 4.1, with the sign rule of transformers.

    >>> penalize_repetition(torch.tensor([2.0, -1.0, 1.0]), [0, 1], 2.0)
    tensor([ 1., -2.,  1.])
    """
    logits = logits.clone()
    if penalty != 1.0:
        seen = torch.tensor(sorted(set(seen_ids)))
        values = logits[seen]
        logits[seen] = torch.where(values > 0, values / penalty, values * penalty)
    return logits


def repeated_ngram_ends(ids: Sequence[int], size: int) -> set[int]:
    """The ids that would repeat an n-gram of `size` tokens in `ids`. Empty for size 0.

    >>> repeated_ngram_ends([5, 6, 7, 5, 6], 3)
    {7}
    """
    if size < 1 or len(ids) < size:
        return set()
    ending = tuple(ids[len(ids) - size + 1 :])
    return {ids[at + size - 1] for at in range(len(ids) - size + 1) if tuple(ids[at : at + size - 1]) == ending}


def divide_by_temperature(logits: Tensor, temperatures: Tensor) -> Tensor:
    """Logits divided by a temperature above 0, less the same number in each row, so that the largest become 0.

    logits: [rows, vocab]; temperatures: [rows, 1], float64. However small a temperature is, it is greedy in the limit:
    the others become -inf, never the largest.

    >>> divide_by_temperature(torch.tensor([[1.0, 3.0, 2.0]]), torch.tensor([[1e-300]], dtype=torch.float64))
    tensor([[-inf, 0., -inf]])
    """
    return ((logits - logits.max(-1, keepdim=True).values).double() / temperatures).float()


def keep_top_k(logits: Tensor, top_k: int) -> Tensor:
    """Mask all but the `top_k` likeliest tokens with -inf; 0 keeps all. Ties with the last kept one survive.

    logits: [..., vocab].

    >>> keep_top_k(torch.tensor([1.0, 3.0, 2.0]), 2)
    tensor([-inf, 3., 2.])
    """
    if not 0 < top_k < logits.shape[-1]:
        return logits
    return logits.masked_fill(logits < logits.topk(top_k).values[..., -1:], -math.inf)


def keep_top_p(logits: Tensor, top_p: float) -> Tensor:
    """Mask all but the smallest set of tokens whose probabilities sum to at least `top_p`.

    logits: [..., vocab], already divided by temperature. The likeliest token always survives.
    Source: Holtzman et al. 2019, arXiv 1904.09751, section 3.1.

    >>> keep_top_p(torch.tensor([2.0, 1.0, 0.0, -9.0]), 0.8)
    tensor([2., 1., -inf, -inf])
    """
    if top_p >= 1.0:
        return logits
    probabilities = logits.double().softmax(-1)  # in float32 a top_p of nearly 1 would cut the tail off
    vocab = logits.shape[-1]
    for most in (256, vocab):  # sorting all takes most of a step's time, and a few are nearly always enough
        best = logits.topk(min(most, vocab))  # of logits: probabilities may round to the same number
        ordered = probabilities.gather(-1, best.indices)
        cumulative = ordered.cumsum(-1)
        if bool((cumulative[..., -1] >= top_p).all()):
            break
    beyond = cumulative - ordered >= top_p  # the tokens before it are already enough
    beyond[..., 0] = False
    return torch.full_like(logits, -math.inf).scatter(-1, best.indices, best.values.masked_fill(beyond, -math.inf))


def sample(logits: Tensor, generators: Sequence[torch.Generator]) -> list[int]:
    """Sample an id for each row from softmax(logits), with one uniform number from its generator.

    logits: [rows, vocab], -inf for ids that cannot be sampled. Sums are float64, so that rounding in the logits' last
    bits hardly ever changes the id.
    """
    cumulative = logits.double().softmax(-1).cumsum(-1)
    total = cumulative[:, -1:]
    u = torch.stack([torch.rand((), generator=generator, dtype=torch.float64) for generator in generators])
    ids = torch.searchsorted(cumulative, u[:, None] * total, right=True)
    last = (cumulative < total).sum(-1, keepdim=True)  # the last id that can be sampled
    return torch.minimum(ids, last)[:, 0].tolist()
