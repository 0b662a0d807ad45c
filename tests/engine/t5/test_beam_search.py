"""One beam search answers several rows; it can sample; a long prompt is cut where a request says."""

from __future__ import annotations

import dataclasses
import json
import os
from collections.abc import Sequence
from pathlib import Path

import pytest
import torch

from flanchat.engine.checkpoint.validate import ModelSource
from flanchat.engine.events import Decoding, Delta, Finished, Request, Started
from flanchat.engine.protocol import EngineOptions
from flanchat.engine.t5.local import LocalEngine
from flanchat.engine.worker.wire import request_from_json, request_to_json

pytestmark = pytest.mark.transformers

QUESTION = "Q: What is the capital of France? A:"
FOUR = Decoding(num_beams=4, max_new_tokens=8)


@pytest.fixture(scope="module")
def engine(tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> LocalEngine:
    environ = {**os.environ, "HOME": str(tmp_path_factory.getbasetemp())}
    options = EngineOptions(environ=environ, device="cpu", precision="float32")
    return LocalEngine(ModelSource("tiny", tiny_model, "folder", ""), options)


def test_rows_of_one_search_get_its_beams_from_the_best(engine: LocalEngine) -> None:
    rows = _rows([FOUR, *(dataclasses.replace(FOUR, beam=beam) for beam in (2, 1, 3))])

    answers = _ids(engine, rows)

    assert len(set(map(tuple, answers))) == 4
    assert answers == [_ids(engine, [row])[0] for row in rows]


def test_rows_of_two_searches_and_a_greedy_row_keep_apart(engine: LocalEngine) -> None:
    second = dataclasses.replace(FOUR, beam=1)
    rows = [Request("cook", second), *_rows([second, Decoding(max_new_tokens=8), FOUR]), Request("cook", FOUR)]

    assert _ids(engine, rows) == [_ids(engine, [row])[0] for row in rows]


def test_a_search_that_samples_follows_its_seed_and_leaves_torchs_generator(engine: LocalEngine) -> None:
    sampled = [dataclasses.replace(FOUR, do_sample=True, temperature=3.0, seed=seed) for seed in (1, 2, 1)]
    before = torch.get_rng_state()

    first, second, again = (_ids(engine, _rows([decoding]))[0] for decoding in sampled)

    assert first == again != second
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize("beams", [1, 4])
def test_a_prompt_is_cut_to_the_limit_of_its_request(engine: LocalEngine, beams: int) -> None:
    decoding = dataclasses.replace(FOUR, num_beams=beams)
    ids = [piece.id for piece in engine.pieces(QUESTION)]
    short = "Q: What is"
    limit = len(engine.pieces(short)) + 1
    assert ids[: limit - 1] == [piece.id for piece in engine.pieces(short)]
    rows = [Request(QUESTION, decoding), Request(QUESTION, decoding, prompt_limit=limit), Request(short, decoding)]

    events = list(engine.stream(rows))

    lengths = {event.row: event.prompt_tokens for event in events if isinstance(event, Started)}
    assert lengths == {0: len(ids) + 1, 1: limit, 2: limit}
    whole, cut, same = _ids(engine, rows)
    assert cut == same != whole


def test_a_request_crosses_to_a_worker_with_all_its_fields() -> None:
    decoding = Decoding(stop=("a",), num_beams=3, beam=2, early_stopping="never")
    request = Request("cook", decoding, begin=(5, 6), only=True, prompt_limit=9)

    assert request_from_json(json.loads(json.dumps(request_to_json(request)))) == request


def _rows(decodings: Sequence[Decoding]) -> list[Request]:
    return [Request(QUESTION, decoding) for decoding in decodings]


def _ids(engine: LocalEngine, requests: Sequence[Request]) -> list[list[int]]:
    """The ids of each answer."""
    ids: list[list[int]] = [[] for __ in requests]
    finished = set()
    for event in engine.stream(requests):
        if isinstance(event, Delta):
            ids[event.row] += [token.id for token in event.tokens]
        elif isinstance(event, Finished):
            finished.add(event.row)
    assert finished == set(range(len(requests)))
    return ids
