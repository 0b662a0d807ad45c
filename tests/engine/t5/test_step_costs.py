"""The figures of a step: what it reads, how many operators it launches, and how."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from flanchat.engine.checkpoint.validate import preflight
from flanchat.engine.devices.placement import step_bytes
from flanchat.engine.t5.attention import KEY_BLOCK
from flanchat.engine.t5.device_graph import Capture
from flanchat.engine.t5.linear import LinearKernels
from flanchat.engine.t5.local import LocalEngine
from flanchat.engine.t5.model import T5
from flanchat.engine.t5.step_costs import measure_step
from tests import tape
from tests.reference import shared_engine
from tests.tiny_t5 import make_tiny_t5


@pytest.fixture(scope="module")
def engine(tiny_model: Path) -> LocalEngine:
    return shared_engine(tiny_model)


@pytest.mark.parametrize("kind", [{}, {"tied": True, "gated": False}, {"decoder_layers": 3, "heads": 3}])
def test_a_step_reads_the_decoders_matrices_once_and_keys_and_values_of_every_row(
    kind: dict[str, int], tmp_path: Path
) -> None:
    checkpoint = preflight(make_tiny_t5(tmp_path / "model", **kind))
    model, shape = T5(checkpoint, kernels=LinearKernels("float32")), checkpoint.shape
    with torch.inference_mode():
        cache = model.start(model.encode([[5] * KEY_BLOCK, [8] * KEY_BLOCK]), [0, 1], 32)
    matrices = sum(matrix.nbytes for matrix in model.decoder.buffers())
    prompts = sum(tensor.nbytes for group in cache.groups for tensor in (*group.keys, *group.values))

    found = step_bytes(shape, "float32", "cpu", rows=2, prompt_tokens=KEY_BLOCK, new_tokens=64)

    assert found == matrices + prompts + cache._own.nbytes, "the answers' have half of 64 tokens"


def test_a_traced_step_runs_as_many_operators_as_the_plain_one_and_takes_time(
    engine: LocalEngine, tiny_model: Path
) -> None:
    plain = T5(preflight(tiny_model), kernels=LinearKernels("float32"))
    sizes = {"rows": 1, "prompt_tokens": 9, "new_tokens": 8}

    costs = engine.step_costs(**sizes)
    of_plain = measure_step(plain, plain.shape, "float32", "cpu", **sizes)

    assert (costs.way, of_plain.way) == ("trace", "plain")
    assert costs.operators == of_plain.operators
    assert 20 < of_plain.operators < 200
    assert 0 < costs.launch_s <= costs.step_s
    assert costs.bytes_a_s > 1e8
    assert costs.problem == of_plain.problem == ""


@pytest.mark.parametrize(
    ("capture", "way", "problem"),
    [
        (tape.Tape().capture, "graph", ""),
        (tape.refused, "plain", "CUDA error: operation not permitted when stream is capturing"),
        (tape.wrong, "plain", "the first replay gave other numbers than the plain step"),
    ],
)
def test_it_is_said_whether_steps_are_replayed_from_a_graph_and_why_not(
    tiny_model: Path, capture: Capture, way: str, problem: str
) -> None:
    model = T5(preflight(tiny_model), kernels=LinearKernels("float32"), capture=capture)

    costs = measure_step(model, model.shape, "float32", "cpu", rows=2, prompt_tokens=5, new_tokens=4)

    assert (costs.way, costs.problem) == (way, problem)
