"""The decoding loop and its filters on literal logits: transformers' rules, and sampling with the right frequencies."""

from __future__ import annotations

import doctest
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, tensor

from flanchat.engine.events import Decoding
from flanchat.engine.t5 import decoding
from flanchat.engine.t5.decoding import (
    DecodingLoop,
    NextToken,
    keep_top_k,
    keep_top_p,
    penalize_repetition,
    repeated_ngram_ends,
    sample,
)
from tests.examples import examples

EOS = 1
MASKED = -math.inf
GREEDY = Decoding(max_new_tokens=4, top=0)
SAMPLING = replace(GREEDY, do_sample=True)

logits_lists = st.lists(st.floats(-20, 20, width=32), min_size=2, max_size=40)
distinct_logits = st.lists(st.integers(-200, 200), min_size=2, max_size=40, unique=True).map(
    lambda numbers: [number / 10 for number in numbers]
)


# -- filters ----------------------------------------------------------------------------------------------------------


def test_examples_in_the_module_are_true() -> None:
    assert doctest.testmod(decoding).failed == 0


@pytest.mark.transformers
@given(logits_lists, st.integers(1, 50))
def test_top_k_is_that_of_transformers(values: list[float], top_k: int) -> None:
    from transformers import TopKLogitsWarper

    assert torch.equal(keep_top_k(tensor(values), top_k), _warped(TopKLogitsWarper(top_k), values))


@pytest.mark.transformers
@given(distinct_logits, st.floats(0.01, 0.99))
def test_top_p_is_that_of_transformers(values: list[float], top_p: float) -> None:
    """Except at a threshold that the sum meets to the last bits, where the order of additions decides."""
    from transformers import TopPLogitsWarper

    probabilities = tensor(values, dtype=torch.float64).sort(descending=True).values.softmax(-1).cumsum(-1)
    if float((probabilities - top_p).abs().min()) < 1e-5:
        return

    assert torch.equal(keep_top_p(tensor(values), top_p), _warped(TopPLogitsWarper(top_p), values))


@given(logits_lists, st.floats(0.01, 0.99))
def test_top_p_keeps_the_likeliest_and_no_more_than_needed(values: list[float], top_p: float) -> None:
    kept = keep_top_p(tensor(values), top_p).isfinite()
    probabilities = tensor(values, dtype=torch.float64).softmax(-1)

    assert kept[int(tensor(values).argmax())] or float(probabilities[kept].max()) == float(probabilities.max())
    assert float(probabilities[kept].sum()) >= top_p - 1e-5
    if int(kept.sum()) > 1:
        assert float(probabilities[kept].sum() - probabilities[kept].min()) < top_p + 1e-5


def test_filters_that_are_off_change_nothing() -> None:
    logits = tensor([0.5, 2.0, -3.0])

    assert keep_top_k(logits, 0) is logits
    assert keep_top_k(logits, 3) is logits
    assert keep_top_p(logits, 1.0) is logits
    assert torch.equal(penalize_repetition(logits, [0, 1], 1.0), logits)
    assert repeated_ngram_ends([1, 2, 1, 2], 0) == set()


def test_ties_with_the_last_one_kept_survive_top_k() -> None:
    assert keep_top_k(tensor([2.0, 1.0, 1.0, 0.0]), 2).tolist() == [2.0, 1.0, 1.0, MASKED]


def test_tiny_top_p_keeps_one_of_equals() -> None:
    assert keep_top_p(torch.zeros(5), 1e-9).isfinite().sum() == 1


@pytest.mark.transformers
@given(logits_lists, st.floats(0.1, 3.0), st.data())
def test_repetition_penalty_is_that_of_transformers(values: list[float], penalty: float, data: st.DataObject) -> None:
    from transformers import RepetitionPenaltyLogitsProcessor

    seen = data.draw(st.lists(st.integers(0, len(values) - 1), min_size=1, max_size=10))
    before = tensor(values)

    ours = penalize_repetition(before, seen, penalty)

    assert torch.equal(ours, _warped(RepetitionPenaltyLogitsProcessor(penalty), values, seen))
    assert before.tolist() == tensor(values).tolist()  # a new tensor


@pytest.mark.transformers
@given(st.lists(st.integers(0, 3), min_size=1, max_size=20), st.integers(1, 5))
def test_repeated_ngrams_are_those_of_transformers(ids: list[int], size: int) -> None:
    from transformers import NoRepeatNGramLogitsProcessor

    masked = _warped(NoRepeatNGramLogitsProcessor(size), [0.0] * 4, ids)

    assert repeated_ngram_ends(ids, size) == {i for i, value in enumerate(masked.tolist()) if value == MASKED}


@pytest.mark.transformers
@given(distinct_logits, st.sampled_from([0.1, 0.7, 1.0, 2.5]), st.integers(0, 9), st.sampled_from([0.3, 0.9, 1.0]))
@examples(60)
def test_sampled_tokens_survive_the_warpers_of_transformers(
    values: list[float], temperature: float, top_k: int, top_p: float
) -> None:
    from transformers import TemperatureLogitsWarper, TopKLogitsWarper, TopPLogitsWarper

    warped = _warped(TemperatureLogitsWarper(temperature), values)
    warped = _warped(TopKLogitsWarper(top_k), warped.tolist()) if top_k else warped
    warped = _warped(TopPLogitsWarper(min(top_p + 1e-4, 1.0)), warped.tolist()) if top_p < 1 else warped
    allowed = {i for i, value in enumerate(warped.tolist()) if value != MASKED}
    sampling = replace(SAMPLING, max_new_tokens=1, temperature=temperature, top_k=top_k, top_p=top_p)

    drawn = {_run([[values]], [replace(sampling, seed=seed)])[0][0].id for seed in range(20)}

    assert drawn <= allowed


# -- sampling ---------------------------------------------------------------------------------------------------------


def test_tokens_are_sampled_with_their_probabilities() -> None:
    logits, draws = tensor([0.0, 1.0, MASKED, 2.0, -1.0, MASKED]), 20_000
    generator = torch.Generator().manual_seed(11)

    counts = Counter(sample(logits[None], [generator])[0] for _ in range(draws))

    expected = (logits.softmax(-1) * draws).tolist()
    chi_square = sum((counts[i] - n) ** 2 / n for i, n in enumerate(expected) if n)
    assert set(counts) == {0, 1, 3, 4}
    assert chi_square < 16.3  # three degrees of freedom, one in a thousand


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.0])
def test_temperature_divides_the_logits(temperature: float) -> None:
    """Over independent seeds, as answers are sampled."""
    values, draws = [0.0, -9.0, 1.0, 2.0], 3000
    sampling = replace(SAMPLING, max_new_tokens=1, temperature=temperature)

    rows = _run([[values] * draws], [replace(sampling, seed=seed) for seed in range(draws)])
    counts = Counter(row[0].id for row in rows)

    expected = (tensor(values) / temperature).softmax(-1) * draws
    chi_square = sum((counts[i] - n) ** 2 / n for i, n in enumerate(expected.tolist()) if n > 5)
    assert chi_square < 18


@given(st.lists(st.one_of(st.just(MASKED), st.floats(-80, 80, width=32)), min_size=1, max_size=30), st.integers(0, 999))
def test_masked_token_is_never_sampled(values: list[float], seed: int) -> None:
    if set(values) == {MASKED}:
        return
    generator = torch.Generator().manual_seed(seed)

    assert all(values[sample(tensor(values)[None], [generator])[0]] != MASKED for _ in range(5))


@pytest.mark.parametrize("u", [0.0, 0.5, 1.0 - 2**-53])
def test_the_extreme_random_numbers_give_tokens_that_are_not_masked(u: float, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch, "rand", lambda *size, **options: tensor(u, dtype=torch.float64))

    assert sample(tensor([[MASKED, 0.0, MASKED, 0.0, MASKED]]), [torch.Generator()])[0] in (1, 3)


@given(
    st.lists(st.floats(-1e4, 1e4, width=16), min_size=2, max_size=40),
    st.one_of(st.floats(5e-324, 1e-3), st.floats(1e-3, 5)),
    st.one_of(st.sampled_from([0, 1, 39, 40, 1_000_000]), st.integers(0, 45)),
    st.one_of(st.sampled_from([0.0, 5e-324, 1e-30, 1 - 2**-53, 1.0]), st.floats(0, 1)),
)
@settings(max_examples=300)
def test_every_temperature_top_k_and_top_p_samples_as_in_exact_arithmetic(
    values: list[float], temperature: float, top_k: int, top_p: float
) -> None:
    d = replace(SAMPLING, max_new_tokens=1, temperature=temperature, top_k=top_k, top_p=top_p, top=1)

    seen = {_run([[values]], [replace(d, seed=seed)])[0][0].id for seed in range(4)}

    best = max(values)
    weights = [math.exp(max((value - best) / temperature, -800)) if value < best else 1.0 for value in values]
    assert seen <= _nucleus(values, weights, top_k, top_p)


def _nucleus(values: Sequence[float], weights: Sequence[float], top_k: int, top_p: float) -> set[int]:
    """The ids that may be sampled: of the likeliest `top_k` the fewest that reach `top_p`, and ties with them."""
    ids = sorted(range(len(values)), key=lambda at: -values[at])
    if 0 < top_k < len(ids):
        ids = [at for at in ids if values[at] >= values[ids[top_k - 1]]]
    total, reached, least = math.fsum(weights[at] for at in ids), 0.0, values[ids[0]]
    for at in ids:
        if reached > top_p * total * (1 + 1e-6):
            break
        reached, least = reached + weights[at], values[at]
    return {at for at in ids if values[at] >= least and weights[at] > 0}


def test_the_smallest_temperature_chooses_the_likeliest() -> None:
    """Dividing by it overflows."""
    for temperature in (1e-38, 1e-45, 5e-324):
        rows = _run(
            [[[-50.0, 1.0, 40.0, 39.999]] * 8], [replace(SAMPLING, temperature=temperature, max_new_tokens=1)] * 8
        )
        assert {row[0].id for row in rows} == {2}


def test_when_every_token_repeats_something_the_likeliest_may() -> None:
    values = [0.0, 9.0, 3.0, 1.0]  # the end token is the likeliest
    d = replace(GREEDY, max_new_tokens=5, min_new_tokens=4, no_repeat_ngram_size=1)

    for sampled in (False, True):
        (row,) = _run([[values]] * 5, [replace(d, do_sample=sampled, temperature=0.01)])
        assert [c.id for c in row] == [2, 3, 2, 2, EOS]


def test_more_alternatives_than_the_vocabulary_has_are_all_of_it() -> None:
    (row,) = _run([[[0.0, 1.0, 2.0]]], [replace(GREEDY, max_new_tokens=1, top=20)])

    assert [i for i, __ in row[0].top] == [2, 1, 0]


@pytest.mark.parametrize("bad", [math.nan, math.inf])
@pytest.mark.parametrize("d", [GREEDY, replace(GREEDY, repetition_penalty=2.0), replace(SAMPLING, top_p=0.5, top_k=2)])
def test_numbers_that_are_not_finite_are_seen_at_the_token(bad: float, d: Decoding) -> None:
    rows = _run([[[0.0, 1.0, bad, 2.0], [0.0, 1.0, 2.0, 3.0]]], [replace(d, max_new_tokens=1)] * 2)

    assert [row[0].is_finite for row in rows] == [False, True]


def test_temperature_zero_chooses_the_likeliest() -> None:
    sampling = replace(SAMPLING, max_new_tokens=3, temperature=0.0)

    assert [c.id for c in _run([[[0.0, 1.0, 5.0, 4.9]]] * 3, [sampling])[0]] == [2, 2, 2]


def test_row_samples_the_same_alone_and_in_a_batch() -> None:
    values = [0.0, MASKED, 0.5, 0.2, 0.1]
    sampling = replace(SAMPLING, max_new_tokens=6, seed=7)
    others = [replace(sampling, seed=seed, max_new_tokens=1 + seed % 5) for seed in range(5)]

    (alone,) = _run([[values]] * 6, [sampling])
    beside = _run([[values] * 6] * 6, [*others, sampling])[-1]

    assert [c.id for c in alone] == [c.id for c in beside]


def test_other_seeds_give_other_tokens() -> None:
    sampling = replace(SAMPLING, max_new_tokens=8)
    rows = _run([[[0.0, MASKED, 0.0, 0.0, 0.0, 0.0]] * 8] * 8, [replace(sampling, seed=seed) for seed in range(8)])

    assert len({tuple(c.id for c in row) for row in rows}) == 8


# -- the loop ---------------------------------------------------------------------------------------------------------


def test_the_start_token_is_fed_first_then_each_chosen_token() -> None:
    model = Literal([[_peak(3)], [_peak(4)], [_peak(EOS)]])

    _finish(DecodingLoop(model, [GREEDY], start_id=9, eos_ids=[EOS]))

    assert model.fed == [[9], [3], [4]]


def test_rows_end_separately_and_are_removed_from_the_batch() -> None:
    model = Literal(
        [[_peak(3), _peak(EOS), _peak(4)], [_peak(3), _peak(0), _peak(5)], [_peak(EOS), _peak(0), _peak(6)]],
    )

    rows = _finish(DecodingLoop(model, [GREEDY, GREEDY, replace(GREEDY, max_new_tokens=2)], start_id=0, eos_ids=[EOS]))

    assert [[c.id for c in row] for row in rows] == [[3, 3, EOS], [EOS], [4, 5]]
    assert [[c.end for c in row] for row in rows] == [["", "", "eos"], ["eos"], ["", "length"]]
    assert model.fed == [[0, 0, 0], [3, 4], [3]]
    assert model.kept == [[0, 2], [0]]


def test_end_token_as_the_last_that_fits_is_an_end() -> None:
    assert _run([[_peak(EOS)]], [replace(GREEDY, max_new_tokens=1)])[0][0].end == "eos"


def test_dropped_row_is_not_decoded_further() -> None:
    loop = DecodingLoop(Literal([[_peak(2), _peak(3)]] * 4), [GREEDY, GREEDY], start_id=0, eos_ids=[EOS])
    loop.step()

    loop.drop({0})

    assert loop.running == [1]
    assert [(c.row, c.id) for c in loop.step()] == [(1, 3)]


def test_dropping_all_or_none_does_not_touch_the_model() -> None:
    model = Literal([[_peak(2), _peak(3)]])
    loop = DecodingLoop(model, [GREEDY, GREEDY], start_id=0, eos_ids=[EOS])

    loop.drop(set())
    loop.drop({0, 1})

    assert loop.running == []
    assert model.kept == []


def test_end_token_waits_for_the_minimum_length() -> None:
    values = [0.0, 9.0, 5.0, 1.0]

    (row,) = _run([[values]] * 4, [replace(GREEDY, min_new_tokens=2)])

    assert [c.id for c in row] == [2, 2, EOS]


def test_log_probabilities_are_the_models_own_whatever_the_settings() -> None:
    values = [0.0, MASKED, 3.0, 1.0]
    odd = Decoding(
        max_new_tokens=2, do_sample=True, temperature=3.0, top_k=2, top_p=0.9, repetition_penalty=2.0, top=3, seed=2
    )
    own = tensor(values).log_softmax(-1).tolist()

    (row,) = _run([[values]] * 2, [odd])

    for token in row:
        assert token.logprob == pytest.approx(own[token.id])
        assert [i for i, _ in token.top] == [2, 3, 0]
        assert [lp for _, lp in token.top] == pytest.approx([own[2], own[3], own[0]])


def test_each_row_gets_the_number_of_alternatives_that_it_asked_for() -> None:
    rows = _run([[_peak(2)] * 3], [replace(GREEDY, max_new_tokens=1, top=top) for top in (0, 2, 5)])

    assert [len(row[0].top) for row in rows] == [0, 2, 5]


def test_start_token_counts_as_seen_for_the_penalty() -> None:
    """As in transformers, whose processors get the decoder's ids with the start token."""
    (row,) = _run([[[1.0, MASKED, 0.9, 0.0]]], [replace(GREEDY, max_new_tokens=1, repetition_penalty=2.0)])

    assert row[0].id == 2


# -- answers with a given beginning -----------------------------------------------------------------------------------


def _begun(steps: Sequence[Sequence[Sequence[float]]], decodings: Sequence[Decoding], *begins: Sequence[int]) -> Any:
    return _finish(DecodingLoop(Literal(steps), decodings, start_id=0, eos_ids=[EOS], begins=begins))


def test_an_answer_begins_with_the_given_ids_whatever_the_model_would_choose() -> None:
    model = Literal([[_peak(3)], [_peak(3)], [_peak(4)], [_peak(EOS)]])

    (row,) = _finish(DecodingLoop(model, [GREEDY], start_id=9, eos_ids=[EOS], begins=[(5, 6)]))

    assert [c.id for c in row] == [5, 6, 4, EOS]
    assert model.fed == [[9], [5], [6], [4]]


def test_given_ids_are_reported_with_the_models_own_probabilities() -> None:
    values = [0.0, MASKED, 3.0, 1.0]

    (row,) = _begun([[values]] * 4, [replace(GREEDY, top=2)], (3,))

    assert row[0].logprob == pytest.approx(tensor(values).log_softmax(-1)[3].item())
    assert [i for i, _ in row[0].top] == [2, 3]


def test_given_ids_count_as_new_tokens() -> None:
    (row,) = _begun([[_peak(3)]] * 4, [replace(GREEDY, max_new_tokens=3)], (5, 6))

    assert [(c.id, c.end) for c in row] == [(5, ""), (6, ""), (3, "length")]


def test_a_given_end_token_is_the_end() -> None:
    (row,) = _begun([[_peak(3)]] * 4, [GREEDY], (5, EOS, 6))

    assert [(c.id, c.end) for c in row] == [(5, ""), (EOS, "eos")]


def test_given_ids_count_as_seen_for_penalties() -> None:
    (row,) = _begun([[[0.0, MASKED, 1.0, 0.9]]] * 2, [replace(GREEDY, max_new_tokens=2, repetition_penalty=2.0)], (2,))

    assert [c.id for c in row] == [2, 3]


def test_each_row_of_a_batch_has_its_own_beginning() -> None:
    rows = _begun([[_peak(3)] * 3] * 4, [replace(GREEDY, max_new_tokens=2)] * 3, (5, 6), (), (7,))

    assert [[c.id for c in row] for row in rows] == [[5, 6], [3, 3], [7, 3]]


@given(
    st.lists(st.floats(-3, 3, width=32), min_size=4, max_size=12),
    st.integers(0, 2**32 - 1),
    st.integers(1, 11),
    st.sampled_from([SAMPLING, GREEDY, replace(SAMPLING, temperature=0.5, top_k=3, top_p=0.8)]),
    st.sampled_from([1.0, 1.4]),
)
@examples(60)
def test_a_continued_row_samples_the_same_tokens_as_an_uninterrupted_one(
    values: list[float], seed: int, cut: int, kind: Decoding, penalty: float
) -> None:
    decoding = replace(kind, seed=seed, max_new_tokens=12, repetition_penalty=penalty)
    logits = [[[value * (1 + step % 3) for value in values]] for step in range(12)]
    (whole,) = _run(logits, [decoding])

    begin = [c.id for c in whole[:cut] if c.id != EOS]
    (gone_on,) = _begun(logits, [decoding], begin)

    assert gone_on == whole


# -- helpers ----------------------------------------------------------------------------------------------------------


class Literal:
    """A decoding.Stepper with literal logits: steps[step][row], rows numbered as at the beginning."""

    def __init__(self, steps: Sequence[Sequence[Sequence[float]]]) -> None:
        self._steps = iter(steps)
        self._rows = list(range(len(steps[0])))
        self.fed: list[list[int]] = []
        self.kept: list[list[int]] = []

    def step(self, ids: Sequence[int]) -> Tensor:
        self.fed.append(list(ids))
        rows = next(self._steps)
        return tensor([rows[row] for row in self._rows])

    def keep(self, rows: Sequence[int]) -> None:
        self.kept.append(list(rows))
        self._rows = [self._rows[at] for at in rows]


def _peak(token_id: int) -> list[float]:
    """Logits that favour one token of eight."""
    return [5.0 if i == token_id else 0.1 * i for i in range(8)]


def _finish(loop: DecodingLoop) -> list[list[NextToken]]:
    """The tokens of each row."""
    made: dict[int, list[NextToken]] = {row: [] for row in loop.running}
    while loop.running:
        for token in loop.step():
            made[token.row].append(token)
    return list(made.values())


def _run(steps: Sequence[Sequence[Sequence[float]]], decodings: Sequence[Decoding]) -> list[list[NextToken]]:
    return _finish(DecodingLoop(Literal(steps), decodings, start_id=0, eos_ids=[EOS]))


def _warped(warper: Any, values: Sequence[float], seen: Sequence[int] = (0,)) -> Tensor:
    """These logits after one of transformers' logits processors, with these ids so far."""
    warped: Tensor = warper(tensor([list(seen)]), tensor([list(values)], dtype=torch.float32))[0]
    return warped
