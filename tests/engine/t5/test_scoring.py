"""Given answers are scored in few passes: which share one, what stops them, what padding may not do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from flanchat.engine.checkpoint.validate import preflight
from flanchat.engine.devices.placement import LayerRange
from flanchat.engine.events import Decoding, Delta, Event, Finished, Request, Started, Withdrawn
from flanchat.engine.t5.answering import LoadedModel
from flanchat.engine.t5.key_value_cache import CHUNK
from flanchat.engine.t5.linear import LinearKernels
from flanchat.engine.t5.local import LocalEngine
from flanchat.engine.t5.model import T5
from flanchat.engine.t5.model_parallel import ParallelT5
from flanchat.engine.t5.scoring import POSITIONS, divide
from flanchat.engine.t5.threads import Threads
from flanchat.engine.t5.tokenizer import open_tokenizer
from tests.examples import examples
from tests.reference import shared_engine

PROMPTS = ["cook pasta", "Paris is a city in France, with a river"]
ANSWERS = st.lists(st.lists(st.integers(3, 90), max_size=70), min_size=1, max_size=12)


@pytest.fixture(scope="module")
def engine(tiny_model: Path) -> LocalEngine:
    return shared_engine(tiny_model, "float32")


@pytest.fixture(scope="module")
def reference(tiny_model: Path) -> Any:
    from transformers import T5ForConditionalGeneration

    return T5ForConditionalGeneration.from_pretrained(tiny_model).eval().double()


class Watched:
    """A T5 that counts its passes, and in which padding overflows: the logits of the row that it follows are NaN."""

    def __init__(self, model: T5, *, overflows: bool = False) -> None:
        self._model, self._overflows, self.passes = model, overflows, 0
        self.encode, self.start = model.encode, model.start

    def step(self, ids: Sequence[int], cache: Any) -> Tensor:
        self.passes += 1
        logits = self._model.step(ids, cache).view(cache.rows, -1, self._model.shape.vocab_size).clone()
        tokens = torch.tensor(ids).view(cache.rows, -1)
        if self._overflows:
            logits[(tokens[:, 1:] == self._model.shape.decoder_start_id).any(1)] = torch.nan
        return logits.flatten(0, 1)

    def trace(self, *, rows: int, tokens: int) -> None: ...

    def close(self) -> None: ...


def loaded(folder: Path, *, overflows: bool = False) -> tuple[LoadedModel, Watched]:
    checkpoint = preflight(folder)
    watched = Watched(T5(checkpoint, kernels=LinearKernels("float32")), overflows=overflows)
    tokenizer, threads = open_tokenizer(checkpoint.tokenizer), Threads(1, None)
    return (
        LoadedModel(checkpoint, tokenizer, watched, threads, "cpu", may_overflow=True, may_draft=False),
        watched,
    )


def requests(answers: Sequence[Sequence[int]]) -> list[Request]:
    return [Request(PROMPTS[row % 2], Decoding(top=2), begin=tuple(ids), only=True) for row, ids in enumerate(answers)]


def logprobs(events: Iterator[Event] | Sequence[Event], rows: int) -> list[list[float]]:
    found: list[list[float]] = [[] for _ in range(rows)]
    for event in events:
        if isinstance(event, Delta):
            found[event.row] += [token.logprob for token in event.tokens]
        elif isinstance(event, Finished) and event.end_logprob is not None:
            found[event.row].append(event.end_logprob)
    return found


@pytest.mark.transformers
@examples(30)
@given(answers=ANSWERS)
def test_answers_of_any_lengths_have_the_log_probabilities_of_transformers(
    engine: LocalEngine, reference: Any, answers: list[list[int]]
) -> None:
    scored = logprobs(engine.stream(requests(answers)), len(answers))

    for row, ids in enumerate(answers):
        encoder = [*(piece.id for piece in engine.pieces(PROMPTS[row % 2])), 1]
        with torch.inference_mode():
            logits = reference(input_ids=torch.tensor([encoder]), labels=torch.tensor([[*ids, 1]])).logits[0]
        expected = logits.log_softmax(-1)[range(len(ids) + 1), [*ids, 1]].tolist()
        # In float64: of a random model, float32 loses up to 3e-4 here. A token of another place is off by 1 and more.
        assert scored[row] == pytest.approx(expected, abs=1e-3)


@given(lengths=st.lists(st.integers(1, 200), min_size=1, max_size=60), vocab=st.sampled_from([100, 32128, 250112]))
def test_a_pass_has_bounded_logits_and_is_at_most_half_padding(lengths: list[int], vocab: int) -> None:
    parts = divide([[5] * length for length in lengths], vocab)

    assert sorted(row for part in parts for row in part) == list(range(len(lengths)))
    for part in parts:
        widths = [min(CHUNK, lengths[row]) for row in part]
        work = len(part) * max(widths)
        assert len(part) == 1 or (work <= POSITIONS and work * vocab * 4 <= 34e6)
        assert work <= 2 * sum(widths)


def test_four_choices_take_one_pass(tiny_model: Path) -> None:
    model, watched = loaded(tiny_model)

    events = list(model.stream(requests([(5, 6), (5, 7, 8), (9,), (5, 6, 7, 8)])))

    assert watched.passes == 1
    assert [type(event) for event in events] == [Started] * 4 + [Delta, Finished] * 4


def test_long_answers_take_a_pass_for_each_window(tiny_model: Path) -> None:
    model, watched = loaded(tiny_model)

    list(model.stream(requests([[5] * (2 * CHUNK), [6] * CHUNK])))

    assert watched.passes == 3  # with the end tokens: two whole windows, and one token of one row


def test_scored_and_generated_rows_share_a_batch(engine: LocalEngine) -> None:
    made = Request(PROMPTS[0], Decoding(max_new_tokens=4))
    mixed = list(engine.stream([made, *requests([(5, 6)])]))

    assert logprobs(mixed, 2)[1] == logprobs(engine.stream(requests([(5, 6)])), 1)[0]
    assert [event.row for event in mixed if isinstance(event, Finished)] == [1, 0]


def test_only_the_likeliest_that_were_asked_for_are_reported(engine: LocalEngine) -> None:
    for top in (0, 1, 3):
        asked = [Request("cook", Decoding(top=top), begin=(5,), only=True), *requests([(6,)])]
        tops = {event.row: len(event.tokens[0].top) for event in engine.stream(asked) if isinstance(event, Delta)}
        assert tops == {0: top, 1: 2}


def test_a_stop_ends_the_rows_of_the_passes_to_come(engine: LocalEngine) -> None:
    """Scores are not cut: a row has all of its tokens, or it is interrupted."""
    finished = []
    for event in engine.stream(requests([[5] * 20] * 30)):
        if isinstance(event, Finished):
            finished.append(event)
            engine.stop()

    done = POSITIONS // 21
    assert [event.finish for event in finished] == ["eos"] * done + ["interrupted"] * (30 - done)
    assert {event.new_tokens for event in finished[done:]} == {0}


def test_padding_that_overflows_withdraws_no_row(tiny_model: Path) -> None:
    answers = [(5, 6, 7), (5,), (6, 7)]
    model, __ = loaded(tiny_model, overflows=True)
    exact, __ = loaded(tiny_model)

    events = list(model.stream(requests(answers)))

    assert not [event for event in events if isinstance(event, Withdrawn)]
    for found, expected in zip(logprobs(events, 3), logprobs(exact.stream(requests(answers)), 3), strict=True):
        assert found == pytest.approx(expected, abs=1e-4)


def test_a_model_over_several_devices_scores_as_on_one(tiny_model: Path) -> None:
    checkpoint = preflight(tiny_model)
    ranges = [LayerRange("cpu", range(1), range(0)), LayerRange("cpu", range(1, 2), range(1)),
              LayerRange("cpu", range(0), range(1, 2))]  # fmt: skip
    tokenizer = open_tokenizer(checkpoint.tokenizer)
    kernels = LinearKernels("float32")
    scored = []
    for made in (T5(checkpoint, kernels=kernels), ParallelT5(checkpoint, ranges, kernels=kernels)):
        model = LoadedModel(checkpoint, tokenizer, made, Threads(1, None), "cpu", may_overflow=False, may_draft=False)
        scored.append(logprobs(model.stream(requests([(5, 6, 7), (5,), [8] * 40, (9, 10)])), 4))

    assert scored[0] == scored[1]
