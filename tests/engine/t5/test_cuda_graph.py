"""A captured step gives the same logits as the plain step: shown with a stand-in for CUDA graphs, and on a GPU."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
import torch
from torch import Tensor

from flanchat.engine.checkpoint.validate import ModelSource, preflight
from flanchat.engine.events import Decoding, Delta, Request
from flanchat.engine.t5.cuda_graph import Capture, Step, cuda_graph
from flanchat.engine.t5.decoding import DecodingLoop
from flanchat.engine.t5.linear import LinearKernels
from flanchat.engine.t5.local import load_engine
from flanchat.engine.t5.model import T5
from tests import tape
from tests.npu import fake_npu, needs_fake_npu
from tests.tape import Tape
from tests.tiny_t5 import make_tiny_t5

KINDS = {
    "plain": {},
    "tied": {"tied": True, "gated": False},
    "umt5": {"family": "umt5"},
    "odd": {"heads": 3, "d_kv": 7},
}
PROMPTS = [[5, 6, 7, 1], [9, 1], list(range(3, 40)), [8, 4, 1]]
SOURCE = [0, 1, 2, 3, 1]  # two rows share a prompt


@pytest.fixture(scope="module", params=KINDS)
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_tiny_t5(tmp_path_factory.mktemp(request.param) / "model", **KINDS[request.param])


def opened(folder: Path, capture: Capture | None = None) -> T5:
    return T5(preflight(folder), kernels=LinearKernels("float32"), capture=capture)


class Steps:
    """decoding.Stepper; keeps the logits of every step."""

    def __init__(self, model: T5, room: int) -> None:
        self._model, self._cache = model, model.start(model.encode(PROMPTS), SOURCE, room)
        self.logits: list[Tensor] = []

    def step(self, ids: Sequence[int]) -> Tensor:
        self.logits.append(self._model.step(ids, self._cache).clone())
        return self.logits[-1]

    def keep(self, rows: Sequence[int]) -> None:
        self._cache.keep(rows)


def answered(model: T5, most: int = 40) -> tuple[list[tuple[int, int]], list[Tensor]]:
    """The tokens of five rows, of which two leave early, and the logits of every step."""
    decodings = [Decoding(max_new_tokens=n, min_new_tokens=n) for n in (most, 5, most, most, most // 2)]
    with torch.inference_mode():
        steps = Steps(model, most)
        loop = DecodingLoop(steps, decodings, start_id=0, eos_ids=[1])
        tokens = []
        while loop.running:
            tokens += [(choice.row, choice.id) for choice in loop.step()]
    return tokens, steps.logits


def test_a_replayed_step_equals_the_plain_step_while_rows_leave(folder: Path) -> None:
    expected, logits = answered(opened(folder))
    noted = Tape()

    tokens, played = answered(opened(folder, noted.capture))

    assert tokens == expected
    assert all(torch.allclose(ours, theirs, atol=1e-4) for ours, theirs in zip(played, logits, strict=True))
    assert (noted.captures, noted.plays) == (3, 40 - 3 + 1), (
        "the first step of each row set runs from Python; the first capture is compared"
    )


def test_tokens_fed_together_and_one_by_one_share_a_cache(folder: Path) -> None:
    ids = [0, 5, 9, 4, 12, 7, 3, 8]
    with torch.inference_mode():
        plain = opened(folder)
        expected = plain.step(ids, plain.start(plain.encode(PROMPTS[:1]), [0], 12))
        noted = Tape()
        model = opened(folder, noted.capture)
        cache = model.start(model.encode(PROMPTS[:1]), [0], 12)
        parts = [ids[:1], ids[1:2], ids[2:3], ids[3:6], ids[6:7], ids[7:]]
        logits = torch.cat([model.step(part, cache).clone() for part in parts])

    assert torch.allclose(logits, expected, atol=1e-4)
    assert noted.plays == 5, "each part of one token but the first, and the comparison"


@pytest.mark.parametrize("capture", [tape.refused, tape.wrong])
def test_a_capture_that_fails_or_computes_wrong_numbers_costs_only_speed(tiny_model: Path, capture: Capture) -> None:
    tried = []

    def counted(work: Step) -> Step:
        tried.append(work)
        return capture(work)

    tokens, _ = answered(opened(tiny_model, counted))

    assert tokens == answered(opened(tiny_model))[0]
    assert len(tried) == 1, "it is not tried again"


def test_each_batch_is_captured_although_the_last_ones_graphs_are_gone(
    tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, stand_in in tape.CUDA.items():
        monkeypatch.setattr(torch.cuda, name, stand_in)
    graph, captured = cuda_graph("cuda:0"), []

    def counted(work: Step) -> Step:
        play = graph(work)
        captured.append(work.__name__)
        return play

    model = opened(tiny_model, counted)
    said = [answered(model)[0] for _ in range(2)]

    assert said == [answered(opened(tiny_model))[0]] * 2
    assert len(captured) == 2 * 3, "rows leave twice"


def test_the_stand_in_refuses_what_a_capture_refuses() -> None:
    for work in (
        lambda: torch.zeros(2) + float(torch.ones(2).sum()),
        lambda: torch.tensor([1.0]),
        lambda: torch.ones(3)[torch.ones(3) > 0],
        lambda: torch.ones(3).to("meta"),
    ):
        with pytest.raises(RuntimeError, match="when stream is capturing"):
            Tape().capture(work)


ROOT = Path(__file__).parents[3]
ON_NPU = """
import json, sys
from pathlib import Path
import torch
from tests.engine.t5.test_cuda_graph import answered
from tests.tape import Tape
from flanchat.engine.devices.registry import use_device
from flanchat.engine.t5.linear import LinearKernels
from flanchat.engine.t5.model import T5
from flanchat.engine.checkpoint.validate import preflight

device, checkpoint, said = use_device("npu:0"), preflight(Path(sys.argv[1])), []
for capture in (None, Tape()):
    model = T5(checkpoint, kernels=LinearKernels("float32", device), capture=capture and capture.capture)
    said.append(answered(model, 9)[0])
print(json.dumps([said, capture.plays]))
"""


@needs_fake_npu
@pytest.mark.usefixtures("forked")
def test_a_replayed_step_needs_only_tensors_on_the_device(tiny_model: Path) -> None:
    """The fake NPU rejects tensors of two devices too."""
    env = {**os.environ, **fake_npu(FAKE_NPU_NOISE="")}

    done = subprocess.run(
        [sys.executable, "-c", ON_NPU, tiny_model], env=env, cwd=ROOT, stdout=-1, text=True, check=True
    )

    (expected, tokens), plays = json.loads(done.stdout)
    assert tokens == expected
    assert plays == 9 - 3 + 1


@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU")
def test_a_gpu_gives_the_same_tokens_as_the_cpu(folder: Path) -> None:
    source = ModelSource("it", folder, "folder", "")
    requests = [Request(text, Decoding(max_new_tokens=40)) for text in ("cook the pasta", "add salt " * 30)]
    answers = {}
    for device in ("cpu", "cuda:0"):
        engine = load_engine(source, device=device, precision="float32", environ=os.environ)
        events = engine.stream(requests)
        answers[device] = [(e.row, t.id) for e in events if isinstance(e, Delta) for t in e.tokens]

    assert answers["cuda:0"] == answers["cpu"]
    assert engine._loaded.model.capture._proven, "the step was captured"
    assert engine._loaded.model.capture._capture, "each time"
