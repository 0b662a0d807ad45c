"""Cross-attention is that of transformers, however layers are placed; gradients add up to what they explain."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

from flanchat.engine.checkpoint.validate import ModelSource, preflight
from flanchat.engine.devices.placement import LayerRange
from flanchat.engine.engines import open_engine
from flanchat.engine.events import Decoding, Finished, Request
from flanchat.engine.protocol import Engine, EngineOptions
from flanchat.engine.t5.attribution import cross_attention, integrated_gradients
from flanchat.engine.t5.linear import LinearKernels
from flanchat.engine.t5.local import LocalEngine
from flanchat.engine.t5.model_parallel import ParallelT5
from tests.reference import shared_engine
from tests.tiny_t5 import make_tiny_t5

PROMPT, ANSWER = "cook pasta for Paris", list(range(5, 45))


@pytest.fixture(scope="module")
def source(tiny_model: Path) -> ModelSource:
    return ModelSource("tiny", tiny_model, "local", "")


@pytest.fixture(scope="module")
def engine(tiny_model: Path) -> LocalEngine:
    return shared_engine(tiny_model, "float32")


@pytest.fixture(scope="module")
def reference(tiny_model: Path) -> Any:
    from transformers import T5ForConditionalGeneration

    return T5ForConditionalGeneration.from_pretrained(tiny_model, attn_implementation="eager").eval()


def ids_of(engine: Engine) -> list[int]:
    return [*(piece.id for piece in engine.pieces(PROMPT)), 1]


@pytest.mark.transformers
@pytest.mark.parametrize("layer", [0, 1, 2])
def test_attention_is_the_mean_over_the_heads_that_transformers_gives(engine: LocalEngine, reference: Any, layer: int):
    with torch.inference_mode():
        made = reference(
            torch.tensor([ids_of(engine)]), decoder_input_ids=torch.tensor([[0, *ANSWER]]), output_attentions=True
        )
    layers = torch.stack(made.cross_attentions)[:, 0].mean(1)  # [layers, fed, prompt]
    expected = layers.mean(0) if layer == 0 else layers[layer - 1]

    found = torch.tensor(engine.attention(PROMPT, ANSWER, layer=layer))

    assert found.shape == (len(ANSWER) + 1, len(ids_of(engine)))
    torch.testing.assert_close(found, expected, atol=1e-4, rtol=0)


def test_attention_is_the_same_when_the_layers_are_on_two_devices(engine: LocalEngine, tiny_model: Path):
    ranges = [LayerRange("cpu", range(2), range(1)), LayerRange("cpu", range(0), range(1, 2))]
    kernels = LinearKernels("float32")
    model = ParallelT5(preflight(tiny_model), ranges, kernels=kernels)
    [prompt] = model.encode([ids_of(engine)])

    found = cross_attention(model, prompt, [0, *ANSWER], layer=0)

    width = len(ids_of(engine))
    expected = engine.attention(PROMPT, ANSWER)
    torch.testing.assert_close(torch.tensor(found)[:, :width], torch.tensor(expected), atol=1e-4, rtol=0)


@pytest.mark.transformers
def test_the_gradient_adds_up_to_the_difference_between_the_prompt_and_padding(tmp_path: Path):
    from transformers import T5ForConditionalGeneration

    folder = make_tiny_t5(tmp_path / "smooth", scale=0.2)
    reference = T5ForConditionalGeneration.from_pretrained(folder).eval()
    ids, answer = [10, 20, 30, 40, 1], [50, 60, 1]

    def logprob(prompt: list[int]) -> float:
        with torch.inference_mode():
            fed = torch.tensor([[0, *answer[:-1]]])
            logprobs = reference(torch.tensor([prompt]), decoder_input_ids=fed).logits[0].log_softmax(-1)
        return sum(logprobs[at, id].item() for at, id in enumerate(answer))

    found = integrated_gradients(reference, ids, answer, start_id=0, pad_id=0, device="cpu", steps=128)

    assert sum(found) == pytest.approx(logprob(ids) - logprob([0, 0, 0, 0, 1]), abs=0.001)
    assert sum(map(abs, found)) > 10
    assert found[-1] == 0  # the end token stays


@pytest.fixture
def worker(source: ModelSource, forked: None) -> Iterator[Engine]:
    options = EngineOptions(environ=os.environ, device="cpu", precision="float32")
    worker = open_engine(source, options, "worker")
    yield worker
    worker.close()


@pytest.mark.slow  # another process that imports transformers
def test_a_model_process_gives_the_same_gradient(engine: LocalEngine, worker: Engine):
    gradient = worker.gradient(PROMPT, ANSWER[:3], end=False)

    torch.testing.assert_close(torch.tensor(gradient), torch.tensor(engine.gradient(PROMPT, ANSWER[:3], end=False)))


def test_a_model_process_gives_the_same_attention_and_names_a_likelier_end(engine: LocalEngine, worker: Engine):
    request = Request(PROMPT, Decoding(top=1), begin=tuple(ANSWER[:3]), only=True)

    attention = worker.attention(PROMPT, ANSWER[:3], layer=2)
    [finished] = [event for event in worker.stream([request]) if isinstance(event, Finished)]
    with pytest.raises(Exception, match="layer 9: expected a layer from 1 to 2"):
        worker.attention(PROMPT, ANSWER[:3], layer=9)

    torch.testing.assert_close(torch.tensor(attention), torch.tensor(engine.attention(PROMPT, ANSWER[:3], layer=2)))
    [here] = [event for event in engine.stream([request]) if isinstance(event, Finished)]
    assert finished.end_rival == here.end_rival
    assert here.end_rival is not None
    assert here.end_logprob is not None
    assert here.end_rival.logprob > here.end_logprob
