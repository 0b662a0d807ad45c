"""The engine on a fake NPU: the CPU's tokens, the chip's settings, and the reasons why an NPU cannot be used."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from flanchat.engine.checkpoint.validate import ModelSource
from flanchat.engine.devices import npu_problems
from flanchat.engine.devices.npu_probe import WorkingNpu, store_result, take_stored_result
from flanchat.engine.devices.npu_problems import BrokenNpu, EndedChild
from flanchat.engine.devices.registry import LARGE, auto_precision
from flanchat.engine.events import Decoding, Delta, Finished, Request
from flanchat.engine.protocol import EngineOptions
from flanchat.engine.worker.process import WorkerEngine
from tests.npu import FAKE, fake_npu, needs_fake_npu
from tests.tiny_t5 import make_tiny_t5

pytestmark = pytest.mark.usefixtures("forked")

LONG = "translate English to German: what is the capital of Paris France?"


# -- answers ----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def engines(tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, WorkerEngine]]:
    """The same model on the CPU, on a fake NPU and on two. Only their processes see the NPUs."""
    source = ModelSource("tiny", tiny_model, "folder", "")
    with contextlib.ExitStack() as stack:
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        for name, value in fake_npu(FAKE_NPU_COUNT="2").items():
            patch.setenv(name, value)
        patch.syspath_prepend(str(FAKE))
        made = {
            device: stack.enter_context(
                contextlib.closing(
                    WorkerEngine(source, EngineOptions(device=device, precision="float32", environ=os.environ))
                )
            )
            for device in ("cpu", "npu:0", "npu:0,1")
        }
        for engine in made.values():
            engine.start()
        for engine in made.values():
            engine.card()
        patch.undo()
        yield made


@pytest.mark.parametrize(
    "requests",
    [
        [Request("cook the pasta", Decoding(max_new_tokens=12))],
        [Request("add salt", Decoding(max_new_tokens=9, do_sample=True, temperature=0.8, top_k=20, top_p=0.9, seed=5))],
        [Request("boil", Decoding(max_new_tokens=9, repetition_penalty=1.3, no_repeat_ngram_size=2, min_new_tokens=5))],
        [Request(LONG, Decoding(max_new_tokens=7)), Request("x", Decoding(max_new_tokens=9, do_sample=True, seed=1))],
        [Request("add salt", Decoding(max_new_tokens=9), begin=(7, 11, 13))],
    ],
    ids=["greedy", "sampling", "penalties", "batch", "continued"],
)
@needs_fake_npu
def test_an_npu_gives_the_same_tokens_as_the_cpu(engines: dict[str, WorkerEngine], requests: list[Request]) -> None:
    answers = {device: answered(engine, requests) for device, engine in engines.items()}

    assert [engine.card().device for engine in engines.values()] == ["cpu", "npu:0", "npu:0,1"]
    assert answers["npu:0"] == answers["cpu"]
    assert answers["npu:0,1"] == answers["cpu"]
    assert len(answers["cpu"][0]) > 3


@needs_fake_npu
def test_the_decoder_of_an_npu_looks_where_the_cpus_looks(engines: dict[str, WorkerEngine]) -> None:
    looked = {device: engine.attention("cook the pasta", [7, 11, 13], layer=0) for device, engine in engines.items()}

    assert len(looked["cpu"]) == 4
    for device in ("npu:0", "npu:0,1"):
        for row, expected in zip(looked[device], looked["cpu"], strict=True):
            assert row == pytest.approx(expected, abs=1e-5)


@needs_fake_npu
@pytest.mark.transformers
@pytest.mark.slow  # each of the processes imports transformers
def test_gradients_on_an_npu_are_the_cpus(engines: dict[str, WorkerEngine]) -> None:
    found = {device: engine.gradient("cook the pasta", [7, 11, 13], end=True) for device, engine in engines.items()}

    assert any(found["cpu"])
    for device in ("npu:0", "npu:0,1"):
        assert found[device] == pytest.approx(found["cpu"], abs=1e-4)


@needs_fake_npu
def test_rows_answer_the_same_alone_and_in_a_batch_on_two_npus(engines: dict[str, WorkerEngine]) -> None:
    prompts = (LONG, "x", "add salt", LONG, "cook " * 40)
    requests = [Request(prompt, Decoding(max_new_tokens=5 + 3 * at)) for at, prompt in enumerate(prompts)]

    together = answered(engines["npu:0,1"], requests)[0]

    for at, request in enumerate(requests):
        alone = answered(engines["npu:0,1"], [request])[0]
        assert [token for row, token in together if row == at] == [token for _, token in alone]


def answered(engine: WorkerEngine, requests: list[Request]) -> tuple[list[tuple[int, int]], list[tuple[int, str]]]:
    """The tokens of all rows in their order, and how each row ended."""
    events = list(engine.stream(requests))
    tokens = [(event.row, token.id) for event in events if isinstance(event, Delta) for token in event.tokens]
    return tokens, [(event.row, event.finish) for event in events if isinstance(event, Finished)]


# -- several ----------------------------------------------------------------------------------------------------------

SPREAD = """
import json, os, sys
from pathlib import Path
import torch_npu
from flanchat.engine.t5.local import LocalEngine
from flanchat.engine.checkpoint.validate import ModelSource
from flanchat.engine.events import Decoding, Delta, Request
from flanchat.engine.protocol import EngineOptions

def answer(folder, device, precision):
    source = ModelSource("it", Path(folder), "folder", "")
    engine = LocalEngine(source, EngineOptions(environ=os.environ, device=device, precision=precision))
    prompts = {"cook the pasta": 14, "add salt " * 30: 6}
    requests = [Request(prompt, Decoding(max_new_tokens=most)) for prompt, most in prompts.items()]
    tokens = [(e.row, t.id) for e in engine.stream(requests) if isinstance(e, Delta) for t in e.tokens]
    return engine, tokens

def buffers(part):
    return [b for m in (*part._encoder, *part._prompt_matrices, part.decoder) for b in m.buffers()]

said = []
for folder in sys.argv[1:]:
    _, expected = answer(folder, "cpu", "float32")
    engine, tokens = answer(folder, "npu:2,0,1", "float32")
    layers = [[len(part._encoder), len(part.decoder.layers)] for part in engine._loaded.model.parts]
    places = [sorted({str(matrix.device) for matrix in buffers(part)}) for part in engine._loaded.model.parts]
    said.append([tokens == expected, len(tokens), layers, places])
engine, _ = answer(sys.argv[1], "npu:0,1", "float16")
model = engine._loaded.model
shape, matrices = model.shape, [matrix for part in model.parts for matrix in buffers(part)]
table = 4 * shape.vocab_size * shape.d_model
said.append([sum(matrix.nbytes for matrix in matrices) + table, engine.card().memory_bytes])
print(json.dumps(said))
"""


@needs_fake_npu
def test_several_npus_hold_layers_in_proportion_to_their_memory(tmp_path: Path) -> None:
    """npu:2 has little memory, npu:0 much; the answers of every kind of T5 are the CPU's."""
    kinds = {
        "plain": {"layers": 3, "decoder_layers": 3},
        "tied": {"layers": 3, "decoder_layers": 3, "tied": True, "gated": False},
        "umt5": {"layers": 3, "decoder_layers": 3, "family": "umt5"},
        "deep": {"layers": 1, "decoder_layers": 5},
    }
    folders = [make_tiny_t5(tmp_path / name, **kind) for name, kind in kinds.items()]
    env = {
        **os.environ,
        **fake_npu(FAKE_NPU_COUNT="3", FAKE_NPU_NOISE="", FAKE_NPU_MEMORY="900000000,400000000,200000000"),
    }

    done = subprocess.run([sys.executable, "-c", SPREAD, *folders], env=env, capture_output=True, text=True, check=True)
    *said, (held_bytes, computed_bytes) = json.loads(done.stdout)

    for equal, tokens, layers, places in said:
        assert equal
        assert tokens > 12
        assert places == [["npu:2"], ["npu:0"], ["npu:1"]]
        counts = [encoder + decoder for encoder, decoder in layers]
        assert counts[1] > max(counts[0], counts[2])
    assert held_bytes == computed_bytes, "the size that is computed before loading is the size in memory"


# -- operators --------------------------------------------------------------------------------------------------------

ASK = """
import json, os, sys
from pathlib import Path
from flanchat.engine.t5.local import load_engine
from flanchat.engine.checkpoint.validate import ModelSource
from flanchat.engine.events import Decoding, Delta, Request
import torch_npu

SAMPLED = {"do_sample": True, "seed": 1, "top_k": 9, "top_p": 0.9, "repetition_penalty": 1.2, "top": 5}
ASKED = {
    "cook the pasta": {}, "add salt": {"top": 1}, "what is the capital of Paris France": SAMPLED,
    "boil the water with onion": {"no_repeat_ngram_size": 2},
}
said = {}
for precision in ("float16", "bfloat16"):
    torch_npu.shapes.clear()
    source = ModelSource("tiny", Path(sys.argv[1]), "folder", "")
    engine = load_engine(source, device="npu:0", precision=precision, environ=os.environ)
    answers = []
    for prompt, how in ASKED.items():
        shapes, waits, tokens, pending = set(torch_npu.shapes), torch_npu.waits, 0, []
        for event in engine.stream([Request(prompt, Decoding(max_new_tokens=12, min_new_tokens=12, **how))]):
            if isinstance(event, Delta):
                tokens += len(event.tokens)
            else:
                pending.append(torch_npu.pending)
        new = sorted(map(str, torch_npu.shapes - shapes))
        is_the_npus = event.peak_mb == torch_npu.npu.max_memory_allocated(0) / 1e6 > 0
        answers.append([tokens, new, torch_npu.waits - waits, pending, is_the_npus])
    met = [[name, [[list(shape), str(kind)] for shape, kind in tensors]] for name, tensors in torch_npu.shapes]
    said[precision] = [answers, met]
print(json.dumps(said))
"""

Work = dict[str, tuple[list[list], list[list]]]


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Work:
    """By precision, four answers of a fake NPU: tokens, operators with new shapes, waits of the host, how
    many operators were running whenever a time was taken, whether the peak memory is the NPU's; and all operators
    with the shapes and types of their tensors."""
    model = make_tiny_t5(tmp_path_factory.mktemp("work") / "model", d_model=48, d_ff=80, layers=1, decoder_layers=1)
    env = {**os.environ, **fake_npu(FAKE_NPU_NOISE="")}
    done = subprocess.run([sys.executable, "-c", ASK, model], env=env, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


@needs_fake_npu
def test_no_new_shape_occurs_once_the_model_is_loaded(work: Work) -> None:
    """A chip that compiles for each shape would take seconds for each."""
    for answers, _ in work.values():
        assert [answer[0] for answer in answers] == [12] * 4
        assert [answer[1] for answer in answers] == [[]] * 4


@needs_fake_npu
def test_only_operators_that_every_chip_has_are_used(work: Work) -> None:
    """A 910A lacks these in the vendor's lists; torch's own attention would decompose into isneginf."""
    for _, met in work.values():
        assert {"aten::isneginf", "aten::isposinf", "aten::isinf"}.isdisjoint(name for name, _ in met)


@needs_fake_npu
def test_the_host_waits_for_the_npu_at_most_once_a_token(work: Work) -> None:
    """And once for the encoder; also when it samples, and with penalties."""
    for answers, _ in work.values():
        assert all(waits <= tokens + 1 for tokens, _, waits, *_ in answers)


@needs_fake_npu
def test_times_are_taken_when_no_operator_is_running_and_memory_is_the_npus(work: Work) -> None:
    for answers, _ in work.values():
        assert [(pending, is_the_npus) for *_, pending, is_the_npus in answers] == [([0, 0], True)] * 4


@needs_fake_npu
@pytest.mark.parametrize(("precision", "wide"), [("float16", "torch.float32"), ("bfloat16", "torch.bfloat16")])
def test_in_float16_the_product_that_would_overflow_stays_float32(work: Work, precision: str, wide: str) -> None:
    """T5's feed-forward output, the product with wo [48, 80], exceeds float16's range, but not bfloat16's."""
    _, met = work[precision]

    def kinds(size: list[int]) -> set[str]:
        return {kind for _, tensors in met for shape, kind in tensors if sorted(shape) == size}

    assert kinds([48, 80]) == {wide}
    assert kinds([48, 96]) == {f"torch.{precision}"}, "queries, keys and values"


# -- settings of the chip ---------------------------------------------------------------------------------------------

USE = """
import json
import os
from flanchat.engine.devices import registry
name = registry.use_device("npu:1")
import torch
ones = torch.ones(1000, 1000, device=name)
torch.npu.synchronize()
said = [name, torch.npu.current_device(), torch.npu.options, registry.peak_mb(name)]
from flanchat.engine.devices.precision import choose_kernels
for size in (registry.LARGE - 1, registry.LARGE):
    said.append(choose_kernels(name, "auto", parameters=size, environ=os.environ)[0].precision)
said.append(choose_kernels(name, "float32", environ=os.environ)[1])
for refused in (lambda: registry.use_device("npu:2"), lambda: choose_kernels(name, "bfloat16", environ=os.environ)):
    try:
        refused()
    except registry.DeviceError as error:
        said.append(error.message)
print(json.dumps(said))
"""


@needs_fake_npu
@pytest.mark.parametrize(
    ("chip", "options", "precisions", "refusals"),
    [
        ("Ascend910B3", {"ACL_PRECISION_MODE": "must_keep_origin_dtype"}, ["float32", "bfloat16", "as you chose"], []),
        ("Ascend310P3", {}, ["float16", "float16", "as you chose; this chip multiplies in float16"], [
            "npu:1 has no bfloat16; use precision auto, float32 or float16"
        ]),
    ],
)  # fmt: skip
def test_an_npu_compiles_no_operators_and_keeps_float32_where_it_can(
    chip: str, options: dict[str, str], precisions: list[str], refusals: list[str]
) -> None:
    env = {**os.environ, **fake_npu(FAKE_NPU_COUNT="2", FAKE_NPU_SOC=chip, FAKE_NPU_NOISE="")}

    done = subprocess.run([sys.executable, "-c", USE], env=env, capture_output=True, text=True, check=True)
    name, current, in_force, peak_mb, *precisions_and_refusals = json.loads(done.stdout)

    assert (name, current) == ("npu:1", 1)
    assert in_force == {"jit_compile": False, **options}
    assert peak_mb >= 4
    few = "no npu:2 found: the last one is npu:1; or use device cpu"
    assert precisions_and_refusals == [*precisions, few, *refusals]


@pytest.mark.parametrize(
    ("device", "parameters", "bfloat16", "expected"),
    [
        ("npu:0", LARGE - 1, True, "float32"),
        ("npu:1", LARGE, True, "bfloat16"),
        ("npu", LARGE - 1, False, "float16"),
        ("npu", LARGE, False, "float16"),
        ("cuda:1", 1, True, "bfloat16"),
        ("cuda", LARGE, False, "float32"),
        ("mps", LARGE, True, "float32"),
    ],
)
def test_the_precision_suits_device_and_model(device: str, parameters: int, bfloat16: bool, expected: str) -> None:
    precision, why = auto_precision(device, parameters=parameters, bfloat16=bfloat16)

    assert precision == expected
    assert why


# -- why an NPU cannot be used ----------------------------------------------------------------------------------------

# Error messages of torch_npu 2.13 and other versions.
HCCL = "ImportError: libhccl.so: cannot open shared object file: No such file or directory"
AUTOLOAD = (
    "RuntimeError: Failed to load the backend extension: torch_npu. You can disable extension auto-loading with ..."
)
NOISE = "Warning: ASCEND_HOME_PATH environment variable is not set."
DEVICE = (
    "RuntimeError: Initialize:build/CMakeFiles/npu_sys_ctrl.cpp:217 NPU function error: aclInit, error code is 507899"
)


@pytest.mark.parametrize(
    ("status", "words", "why", "cause"),
    [
        (
            1,
            f"Traceback (most recent call last):\n  File x\n{HCCL}\n\nThe above ...:\n\n{AUTOLOAD}\n",
            "libraries",
            "libh",
        ),
        (
            1,
            f"{NOISE}\n{DEVICE}\n[ERROR] 2026-01-01 (PID:1, Device:-1) ERR00100 PTA call acl api failed\n",
            "driver",
            "NPU",
        ),
        (1, "ImportError: /x/libtorch_npu.so: undefined symbol: aclrtGetSocName\n", "cann", "/x/lib"),
        (1, "ImportError: /x/libtorch_npu.so: undefined symbol: _ZN3c106SymInt\n", "torch", "/x/lib"),
        (1, "Exception: ASCEND_HOME_PATH : /x does not exist. Please run 'source set_env.sh' in ...\n", "home", "ASC"),
        (-6, "terminate called after throwing\n  what():  Unsupported soc version: \n", "driver", "SIGABRT: Unsup"),
        (-11, "", "driver", "SIGSEGV: status -11"),
        (1, "ModuleNotFoundError: No module named 'attr'\n", "package", "No module named 'attr'"),
        (1, "ModuleNotFoundError: No module named 'tbe'\n", "home", "No module named 'tbe'"),
        (1, "ImportError: libascend_hal.so: cannot open shared object file: No such file\n", "container", "libascend"),
        (
            1,
            "RuntimeError: call aclnnInplaceOne failed, detail:EZ1001: [PID: 7] 2025-03-04-15:41:40.695.851 "
            "Get path and read binary_info_config.json failed, please check if the opp_kernel package is installed!\n",
            "kernels",
            "call aclnnInplaceOne",
        ),
        (1, "ValueError: \x1b[31msomething new\n", "other", "\x1b[31msomething new"),
        (1, "torch.OutOfMemoryError: " + "x" * 9000, "other", "xxx"),
        (0, "", "other", "status 0"),
    ],
)
def test_a_librarys_error_message_becomes_a_cause_and_a_remedy(status: int, words: str, why: str, cause: str) -> None:
    broken = npu_problems.explain(EndedChild(status, None, words), torch="2.9.0+cpu", torch_npu="2.9.0.post2")

    assert broken.why == why
    assert broken.cause.startswith(cause)
    assert len(broken.cause) < 200
    assert broken.remedy


@pytest.mark.parametrize(
    ("words", "cause", "remedy"),
    [
        (HCCL, "libhccl.so: cannot open shared object file", "source set_env.sh of the CANN toolkit"),
        (
            "Exception: ASCEND_HOME_PATH : /nowhere does not exist. Please run 'source set_env.sh' in the CANN "
            "installation path.",
            "ASCEND_HOME_PATH : /nowhere does not exist",
            "source set_env.sh of the CANN toolkit again",
        ),
        (
            "ImportError: /site-packages/torch_npu/lib/libtorch_npu.so: undefined symbol: aclrtGetSocName",
            "undefined symbol: aclrtGetSocName",
            "this torch_npu needs another CANN",
        ),
        (
            "ImportError: /site-packages/torch_npu/lib/libtorch_npu.so: undefined symbol: _ZN3c106SymInt",
            "undefined symbol: _ZN3c10",
            "install the same version of both",
        ),
        (
            "RuntimeError: Two accelerators cannot be used at the same time in PyTorch: npu and cuda. You can install "
            "the cpu version of PyTorch to use your npu device, or use the cuda device with 'export "
            "TORCH_DEVICE_BACKEND_AUTOLOAD=0'.",
            "Two accelerators cannot be used",
            "install the CPU build",
        ),
        ("ModuleNotFoundError: No module named 'decorator'", "No module named 'decorator'", "install this package"),
        (
            "RuntimeError: Initialize:npu_sys_ctrl.cpp:217 NPU function error: aclInit, error code is 507899\n"
            "[ERROR] ERR00100 PTA call acl api failed",
            ": NPU function error: aclInit, error code is 507899",
            "npu-smi info",
        ),
        ("RuntimeError: call aclnnMm failed, detail:EZ9999: Inner Error!", "EZ9999: Inner Error!", "npu-smi info"),
    ],
)
def test_a_refusal_names_cause_and_remedy_in_one_line(words: str, cause: str, remedy: str) -> None:
    broken = npu_problems.explain(
        EndedChild(1, None, f"{NOISE}\nTraceback (most recent call last):\n  File x\n{words}\n"),
        torch="2.13.0+cpu",
        torch_npu="2.13.0",
    )

    sentence = npu_problems.refused_message("npu", broken)
    assert sentence.startswith("no npu found: ")
    assert cause in sentence
    assert remedy in sentence
    assert sentence.endswith("; or use device cpu")
    assert "\n" not in sentence


def test_versions_that_do_not_fit_together_are_named() -> None:
    ended = EndedChild(1, None, "RuntimeError: something about operators\n")

    broken = npu_problems.explain(ended, torch="2.8.0", torch_npu="2.9.0.post2")

    assert broken.cause == "something about operators (torch 2.8.0, torch_npu 2.9.0.post2)"
    assert "same version of both" in broken.remedy


def test_every_problem_has_a_message_for_both_cases() -> None:
    for why in npu_problems.PROBLEMS:
        broken = BrokenNpu(why, "{strange} 5")
        for sentence in (npu_problems.refused_message("npu:1", broken), npu_problems.skipped_message(broken)):
            assert "device cpu" in sentence
            assert "\n" not in sentence
            assert ("{strange}" in sentence) == ("{detail}" in npu_problems.PROBLEMS[why][0])


# -- the stored result ------------------------------------------------------------------------------------------------

GOOD = WorkingNpu((0,), 1, "Ascend910B3", True, 1, 2, "2.13.0", "2.13.0")


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return {"XDG_CACHE_HOME": str(tmp_path)}


def test_a_stored_result_is_used_once_and_only_for_what_it_is_valid_for(environ: dict[str, str]) -> None:
    store_result(GOOD, environ)
    assert take_stored_result([0], {**environ, "ASCEND_HOME_PATH": "/opt/another"}) is None
    store_result(GOOD, environ)
    assert take_stored_result([0, 1], environ) is None
    store_result(GOOD, environ)

    assert [take_stored_result([0], environ), take_stored_result([0], environ)] == [GOOD, None]


@pytest.mark.parametrize("hours", [-1, 13])
def test_an_old_result_is_not_used(environ: dict[str, str], tmp_path: Path, hours: int) -> None:
    store_result(GOOD, environ)
    path = tmp_path / "flanchat" / "npu.json"
    stored = json.loads(path.read_text())
    path.write_text(json.dumps({**stored, "at": stored["at"] - hours * 3600}))

    assert take_stored_result([0], environ) is None


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'{"key": 1}', b"\xff", b"null", b'{"key": "", "at": "x"}', b"[" * 60_000]
)
def test_a_damaged_result_is_ignored(environ: dict[str, str], tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "flanchat" / "npu.json"
    path.parent.mkdir()
    path.write_bytes(content)
    path.chmod(0o600)

    assert take_stored_result([0], environ) is None


@pytest.mark.parametrize(
    "damage",
    [
        {"at": 10**400}, {"at": None}, {"found": {}}, {"found": []},
        *({"found": {name: value}} for name, value in (("count", "1"), ("free_bytes", None), ("bfloat16", "no"),
          ("total_bytes", 1e999), ("chip", 910), ("torch", None), ("torch_npu", ["2.13.0"]), ("more", 1))),
    ],
)  # fmt: skip
def test_a_stored_result_with_a_value_of_another_kind_is_ignored(
    environ: dict[str, str], tmp_path: Path, damage: dict[str, Any]
) -> None:
    store_result(GOOD, environ)
    path = tmp_path / "flanchat" / "npu.json"
    stored = json.loads(path.read_text())
    if found := damage.get("found"):
        damage = {"found": {**stored["found"], **found}}
    path.write_text(json.dumps({**stored, **damage}))

    assert take_stored_result([0], environ) is None


def test_a_cache_folder_that_is_not_writable_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    environ = {"XDG_CACHE_HOME": str(tmp_path / "file")}

    store_result(GOOD, environ)

    assert take_stored_result([0], environ) is None
