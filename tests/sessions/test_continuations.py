"""Continuations scored by a tiny T5, compared with transformers and with the same scored one by one."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from flanchat.engine.protocol import Engine
from flanchat.engine.scripted import END, ScriptedEngine
from flanchat.sessions.continuations import score_continuations
from tests.reference import shared_engine

PAIRS = [
    ("Is the sky blue?", "yes"),
    ("Is the sky blue?", "no, it is not"),
    ("Name a fruit.", "an apple"),
    ("Name a fruit.", ""),
]


@pytest.fixture(scope="module")
def engine(tiny_model: Path) -> Engine:
    return shared_engine(tiny_model, "float32")


@pytest.mark.transformers
def test_log_probabilities_are_those_of_transformers(engine: Engine, tiny_model: Path) -> None:
    from transformers import T5ForConditionalGeneration

    model = T5ForConditionalGeneration.from_pretrained(tiny_model).eval()
    end = model.config.eos_token_id
    for (prompt, text), scored in zip(PAIRS, score_continuations(engine, PAIRS), strict=True):
        ids = [piece.id for piece in engine.pieces(text)]
        encoder = [piece.id for piece in engine.pieces(prompt)] + [end]
        with torch.inference_mode():
            logits = model(input_ids=torch.tensor([encoder]), labels=torch.tensor([[*ids, end]])).logits[0]
        expected = logits.log_softmax(-1)[range(len(ids) + 1), [*ids, end]].tolist()
        assert [token.id for token in scored.tokens] == ids
        assert [token.logprob for token in scored.tokens] == pytest.approx(expected[:-1], abs=1e-4)
        assert scored.end_logprob == pytest.approx(expected[-1], abs=1e-4)
        assert scored.logprob(end=True) == pytest.approx(sum(expected), abs=1e-4)
        assert scored.logprob() == pytest.approx(sum(expected[:-1]), abs=1e-4)
        assert scored.is_greedy == (logits[:-1].argmax(-1).tolist() == ids)
        assert scored.prompt_tokens == len(encoder)


def test_many_continuations_are_scored_in_batches_and_in_order(engine: Engine) -> None:
    pairs = [("Name a number.", str(number)) for number in range(40)]
    together = list(score_continuations(engine, pairs))
    assert [scored.text for scored in together] == [text for __, text in pairs]
    alone = next(score_continuations(engine, pairs[37:38]))  # to the bit only where the kernels promise it
    assert together[37].logprob() == pytest.approx(alone.logprob(), abs=1e-5)


def test_a_stopped_engine_ends_the_scores_before_the_first_that_is_missing() -> None:
    engine = ScriptedEngine()

    def stop_in_the_third_row(number: int) -> None:
        if len(engine.asked) == 3:
            engine.stop()

    engine.before = stop_in_the_third_row
    scored = list(score_continuations(engine, [("a b", "c"), ("a b", "d"), ("a b", "e")]))
    assert [one.text for one in scored] == ["c", "d"]


def test_the_end_counts_on_request_only() -> None:
    engine = ScriptedEngine(logprobs={"blue": -1.0, END: -2.0})
    (scored,) = score_continuations(engine, [("the sky is", "blue")])
    assert (scored.logprob(), scored.logprob(end=True)) == (-1.0, -3.0)
