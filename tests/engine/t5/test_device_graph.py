"""A captured step gives the same logits as the plain step: shown with stand-ins for GPU and NPU, and on a GPU."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from torch import Tensor

from flanchat.engine.checkpoint.validate import ModelSource, preflight
from flanchat.engine.events import Decoding, Delta, Request
from flanchat.engine.t5.decoding import DecodingLoop
from flanchat.engine.t5.device_graph import Capture, Step, device_graphs
from flanchat.engine.t5.linear import LinearKernels
from flanchat.engine.t5.local import load_engine
from flanchat.engine.t5.model import T5
from tests import tape
from tests.npu import fake_npu, needs_fake_npu
from tests.tape import Graphs, Tape
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
    assert (noted.captures, noted.plays) == (3, 40 - 3 + 3), (
        "the first step of each row set runs from Python; each capture is compared"
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


ONE_CAPTURE = ["side waits for default", "capture_begin thread_local", "capture_end", "default waits for side"]
FREED = ["synchronize", "reset"]
"""A driver may still run a graph when the host has gone on."""
CALLS = [
    "graph_pool_handle",
    *ONE_CAPTURE, "replay",
    *(ONE_CAPTURE + FREED + ["replay"]) * 2,  # rows leave twice
    *(ONE_CAPTURE + FREED + ["replay"]) * 3,  # the second batch
    *FREED,  # the model goes
]  # fmt: skip


def without_repetitions(calls: Sequence[str]) -> list[str]:
    return [call for call, before in zip(calls, [None, *calls], strict=False) if call != before]


@pytest.fixture
def gpu(monkeypatch: pytest.MonkeyPatch) -> Graphs:
    """Stands in for the streams and graphs of torch.cuda; tensors stay on the CPU."""
    graphs = Graphs()
    for name, stand_in in graphs.names().items():
        monkeypatch.setattr(torch.cuda, name, stand_in)
    return graphs


def test_a_gpu_captures_in_this_order_holds_two_graphs_at_most_and_none_when_the_model_goes(
    tiny_model: Path, gpu: Graphs
) -> None:
    model = opened(tiny_model, device_graphs("cuda:0"))

    said = [answered(model)[0] for _ in range(2)]
    model.close()

    assert said == [answered(opened(tiny_model))[0]] * 2
    assert without_repetitions(gpu.calls) == CALLS
    assert gpu.calls.count("replay") == 2 * (40 - 3 + 3), "each is compared"
    assert (gpu.most, gpu.living) == (2, 0)


def test_a_step_whose_graph_was_freed_is_run_plainly(tiny_model: Path, gpu: Graphs) -> None:
    capture = device_graphs("cuda:0")
    assert capture is not None
    kept = torch.zeros(1)

    first = capture(lambda: kept.add_(1))
    second = capture(lambda: kept.mul_(3))

    assert [float(step()) for step in (first, first, second)] == [1, 2, 6]
    assert gpu.calls.count("replay") == 1


def test_a_refused_capture_costs_only_speed_and_says_why(tiny_model: Path, gpu: Graphs) -> None:
    gpu.refusal = "Do not support TASK_QUEUE_ENABLE = 2 during NPU graph capture\n[ERROR] ERR00007"
    model = opened(tiny_model, device_graphs("cuda:0"))

    assert answered(model)[0] == answered(opened(tiny_model))[0]
    assert model.capture is not None
    assert model.capture.problem == "Do not support TASK_QUEUE_ENABLE = 2 during NPU graph capture"
    assert gpu.living == 0


def test_a_later_capture_that_records_nothing_is_found_too(tiny_model: Path) -> None:
    noted = Tape()

    def right_once(work: Step) -> Step:
        return tape.wrong(work) if noted.captures else noted.capture(work)

    model = opened(tiny_model, right_once)

    assert answered(model)[0] == answered(opened(tiny_model))[0]
    assert model.capture is not None
    assert model.capture.problem == "the first replay gave other numbers than the plain step"


# "Cannot run aclop operators during NPU graph capture" (NPUGraphsUtils.h). These have an implementation by aclnn in the
# wheels of torch_npu 2.6.0, 2.7.1.post8 and 2.13.0 (symbols op_api::*), or are views, which launch nothing.
CAPTURED_BY_NPUS = {
    *("add_", "baddbmm", "bmm", "cat", "clone", "copy_", "div", "gelu", "index_copy_", "index_select"),
    *("linalg_vector_norm", "linear", "mul_", "relu", "silu", "softmax", "sub", "to"),
    *("chunk", "flatten", "permute", "reshape", "select", "slice", "split_with_sizes", "transpose", "unbind", "view"),
}


def test_a_captured_step_runs_only_operators_that_an_npu_captures(folder: Path) -> None:
    noted = Tape()

    answered(opened(folder, noted.capture), 8)

    assert {name.removeprefix("aten::") for name in noted.operators} <= CAPTURED_BY_NPUS


def test_the_stand_in_refuses_what_a_capture_refuses() -> None:
    for work in (
        lambda: torch.zeros(2) + float(torch.ones(2).sum()),
        lambda: torch.tensor([1.0]),
        lambda: torch.ones(3)[torch.ones(3) > 0],
        lambda: torch.ones(3).to("meta"),
    ):
        with pytest.raises(RuntimeError, match="when stream is capturing"):
            Tape().capture(work)


def test_the_stand_in_computes_nothing_while_it_captures() -> None:
    kept, noted = torch.zeros(2), Tape()

    def work() -> Tensor:
        kept.add_(1)
        return kept * 3

    play = noted.capture(work)

    assert kept.tolist() == [0, 0]
    assert play().tolist() == [3, 3]
    assert play().tolist() == [6, 6]


def test_the_stand_in_for_graphs_refuses_what_drivers_refuse() -> None:
    graphs = Graphs("NPU")
    names, pool = graphs.names(), object()
    graph, other, side = names["NPUGraph"](), names["NPUGraph"](), names["Stream"]("npu:0")

    with pytest.raises(RuntimeError, match="without a preceding successful capture"):
        graph.replay()
    with pytest.raises(RuntimeError, match="on a non-default stream"):
        graph.capture_begin(pool=pool)
    with names["stream"](side):
        graph.capture_begin(pool=pool)
        with pytest.raises(RuntimeError, match="when stream is capturing"):
            graphs.synchronize()
        graph.capture_end()
        with pytest.raises(RuntimeError, match="already owns a captured graph"):
            graph.capture_begin(pool=pool)
        graph.reset()
        with pytest.raises(RuntimeError, match="use_count > 0"):
            other.capture_begin(pool=pool)
    with pytest.raises(RuntimeError, match="without a preceding successful capture"):
        graph.replay()


ROOT = Path(__file__).parents[3]
ON_NPU = """
import json, sys
from pathlib import Path
import torch
from tests.engine.t5.test_device_graph import answered
from flanchat.engine.devices.registry import use_device
from flanchat.engine.t5.device_graph import device_graphs
from flanchat.engine.t5.linear import LinearKernels
from flanchat.engine.t5.model import T5
from flanchat.engine.checkpoint.validate import preflight

device, checkpoint, said = use_device("npu:0"), preflight(Path(sys.argv[1])), []
kernels = LinearKernels("float32", device)
for capture in (None, device_graphs(device)):
    model = T5(checkpoint, kernels=kernels, capture=capture)
    said.append([answered(model, 16)[0] for _ in range(2)])
    model.close()

import torch_npu
graphs = torch_npu.graphs
print(json.dumps([*said, model.capture.problem, graphs.calls, graphs.most, graphs.living]))
"""


@needs_fake_npu
@pytest.mark.usefixtures("forked")
def test_an_npu_captures_in_the_same_order_with_tensors_on_the_device_only(tiny_model: Path) -> None:
    """The fake NPU rejects tensors of two devices, and waiting inside a capture."""
    env = {**os.environ, **fake_npu(FAKE_NPU_NOISE="")}

    done = subprocess.run(
        [sys.executable, "-c", ON_NPU, tiny_model], env=env, cwd=ROOT, stdout=-1, text=True, check=True
    )

    expected, said, problem, calls, most, living = json.loads(done.stdout)
    assert said == expected
    assert problem == ""
    assert without_repetitions(calls) == CALLS
    assert (most, living) == (2, 0)


@pytest.mark.parametrize(
    ("chip", "bfloat16", "has_api", "captures"),
    [
        ("Ascend910B3", True, True, True),
        ("Ascend910_9391", True, True, True),
        ("Ascend910B3", True, False, False),  # torch_npu before release 7.0
        ("Ascend910A", False, True, False),
        ("Ascend310P3", False, True, False),
        ("Ascend310B4", True, True, False),
    ],
)
def test_an_npu_without_graphs_is_not_asked_for_one(
    chip: str, bfloat16: bool, has_api: bool, captures: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On such a chip a failed capture would leave torch_npu's allocator asking for the stream's state, which fails."""
    graphs = Graphs("NPU")
    names = graphs.names() if has_api else {}
    npu = SimpleNamespace(is_bf16_supported=lambda: bfloat16, get_device_name=lambda index: chip, **names)
    monkeypatch.setattr(torch, "npu", npu, raising=False)

    assert (device_graphs("npu:0") is not None) == captures
    assert graphs.calls == ["graph_pool_handle"] * captures


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
    assert engine._loaded.model.capture.problem == "", "each step was captured"
