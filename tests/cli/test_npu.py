"""Whatever state an Ascend NPU is in: one line that says why and what to do, and an answer from the CPU unless the NPU
was asked for."""

from __future__ import annotations

import json
import re
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest

from flanchat.base.format import format_bytes
from flanchat.engine.checkpoint.validate import preflight
from flanchat.engine.devices.placement import weight_bytes
from tests.cli.conftest import Main
from tests.conftest import COMMAND, Ended, Flanchat
from tests.fork_server import FRESH
from tests.npu import fake_npu, needs_fake_npu
from tests.tiny_t5 import make_overflowing_t5
from tests.waiting import until, wait_gone

pytestmark = needs_fake_npu

SHORT = ("-o", "max_new_tokens=3", "--no-log")

# The cause and the remedy in each state. What else a library may say: tests/engine/devices/test_npu.py.
STATES = {
    "no_cann": ("libhccl.so: cannot open shared object file", "source set_env.sh of the CANN toolkit"),
    "hang": ("no answer within 0.3 s", "the driver hangs"),
    "abort": ("SIGABRT: Unsupported soc version", "npu-smi info"),
    "no_device": ("sees no device", "ASCEND_RT_VISIBLE_DEVICES"),
    "wrong_result": ("it computes wrong numbers (0 for 64)", "npu-smi info"),
}


@pytest.mark.parametrize("state", ["hang", "abort", "no_device", "wrong_result"])
def test_a_requested_npu_that_is_broken_is_refused_in_one_line(flanchat: Flanchat, tiny_model: Path, state: str):
    cause, remedy = STATES[state]

    ended = flanchat("hello", "-m", tiny_model, *SHORT, "--device", "npu", env=fake_npu(state))

    assert (ended.status, ended.out, ended.err.count("\n")) == (2, "", 1)
    assert ended.err.startswith("flanchat: no npu found: ")
    assert cause in ended.err
    assert remedy in ended.err
    assert ended.err.endswith("; or use device cpu\n")


@pytest.mark.parametrize("form", [(), ("--json",)])
def test_a_grid_that_never_began_is_not_printed(flanchat: Flanchat, tiny_model: Path, form: tuple[str, ...]):
    ended = flanchat(
        "whatif", "seed=1,2", "hello", "-m", tiny_model, *SHORT, "--device", "npu", *form, env=fake_npu("no_cann")
    )

    assert (ended.status, ended.out) == (2, "")
    assert ended.err.splitlines()[-1].startswith("flanchat: no npu found: ")


@pytest.mark.parametrize(("state", "how"), [("no_cann", FRESH), ("hang", {}), ("abort", {})])
def test_a_broken_npu_that_was_not_requested_is_one_line_of_warning(
    flanchat: Flanchat, tiny_model: Path, state: str, how: dict[str, str]
):
    """Importing torch would import torch_npu, if nothing prevented it: hence a fresh process."""
    cause, remedy = STATES[state]

    ended = flanchat("ask", "hello", "-m", tiny_model, *SHORT, "--json", env=fake_npu(state, **how))

    assert (ended.status, ended.err.count("\n")) == (0, 1)
    assert json.loads(ended.out)["engine"]["device"] == "cpu"
    assert ended.err.startswith(f"flanchat: {'npu:0' if state == 'abort' else 'the NPU'} is not used: ")
    assert cause in ended.err
    assert remedy in ended.err


def test_a_successful_probe_is_cached_until_something_changes_and_a_failed_one_never(
    flanchat: Flanchat, tiny_model: Path, tmp_path: Path
):
    starts = tmp_path / "starts"
    said = ""

    def ask(state: str = "", *options: str) -> tuple[int, str, int]:
        """Exit status, device, and how many processes imported torch_npu."""
        nonlocal said
        starts.write_text("")
        env = fake_npu(state, FAKE_NPU_STARTS=str(starts), FAKE_NPU_COUNT="2")
        ended = flanchat("ask", "hello", "-m", tiny_model, *SHORT, "--json", *options, env=env)
        said = ended.err
        assert "Traceback" not in said
        device = json.loads(ended.out)["engine"]["device"] if ended.out else ""
        return ended.status, device, starts.read_text().count("\n")

    assert ask("no_cann", "--device", "npu") == (2, "", 1)
    assert ask() == (0, "npu:0", 2)
    assert said == ""
    assert ask() == (0, "npu:0", 1)
    assert ask("operator_fails") == (0, "cpu", 1), "it was believed"
    assert said.startswith("flanchat: npu:0 is not used: it worked before and does not now; ")
    assert said.count("\n") == 1
    assert ask("", "--device", "npu:1") == (0, "npu:1", 2)
    assert ask("no_cann", "--device", "npu:1") == (2, "", 1), "it was believed"
    assert ask("no_cann") == (0, "cpu", 1)


def test_an_npu_number_out_of_range_is_refused(flanchat: Flanchat, tiny_model: Path):
    ended = flanchat("hello", "-m", tiny_model, *SHORT, "--device", "npu:2", env=fake_npu(FAKE_NPU_COUNT="2"))

    assert (ended.status, ended.out) == (2, "")
    assert ended.err.startswith("flanchat: no npu:2 found: the last one is npu:1; ")


@pytest.mark.parametrize(
    "name", ["gpu", "npu:", "npu:-1", "npu:01", "cpu:0", "npu:0,", "npu:1,1", "npu:0, 1", "npu:0-3", "NPU", "\x1b[31m"]
)
def test_an_unknown_device_is_refused_before_anything_is_loaded(main: Main, name: str):
    ended = main("hello", "--device", name, "--no-log")

    assert (ended.status, ended.out, ended.err.count("\n")) == (2, "", 1)
    expected = "auto, npu[:N,...], cuda[:N,...], mps or cpu"
    assert ended.err.startswith(f"flanchat: --device: expected {expected}, got the text ")


def test_a_profile_may_select_the_npu_and_device_cpu_overrides_it_without_importing_torch_npu(
    flanchat: Flanchat, tiny_model: Path, tmp_path: Path
):
    (tmp_path / "mine.yaml").write_text("device: npu:3\n")
    env = fake_npu("no_cann", FAKE_NPU_STARTS=str(tmp_path / "starts"))

    other = flanchat("hello", "-m", tiny_model, *SHORT, "-p", "./mine.yaml", "--device", "cpu", env=env)
    kept_out = not (tmp_path / "starts").exists()
    ended = flanchat("hello", "-m", tiny_model, *SHORT, "-p", "./mine.yaml", env=env)

    assert (other.status, other.err, kept_out) == (0, "", True)
    assert (ended.status, ended.err.startswith("flanchat: no npu:3 found: ")) == (2, True)


# -- several, and their memory ----------------------------------------------------------------------------------------


def device_of(ended: Ended) -> str:
    return json.loads(ended.out)["engine"]["device"]


def test_a_model_too_large_for_one_npu_is_refused_with_both_sizes_and_runs_on_two(flanchat: Flanchat, tiny_model: Path):
    need = weight_bytes(preflight(tiny_model).shape, "float32", "npu:0")
    env = fake_npu(FAKE_NPU_COUNT="2", FAKE_NPU_MEMORY=f"{need * 3 // 4},{need * 3 // 4}")
    ask = ("ask", "hello", "-m", tiny_model, *SHORT, "--json", "--precision", "float32")

    auto = flanchat(*ask, env=env)  # remembers that the NPUs work
    both, alone = (flanchat(*ask, "--device", name, env=env) for name in ("npu:1,0", "npu:0"))

    assert (alone.status, alone.out, alone.err.count("\n")) == (3, "", 1)
    assert (
        f"the weights take {format_bytes(need)} in float32, and {format_bytes(need * 3 // 4)} are free on npu:0; use "
        in alone.err
    )
    assert "device npu:0,1, device cpu or a smaller model\n" in alone.err
    assert (both.status, both.err, device_of(both)) == (0, "", "npu:1,0")
    assert (auto.status, auto.err, device_of(auto)) == (0, "", "npu:0,1")


def test_a_model_too_large_for_all_npus_is_refused_there_and_auto_falls_back_to_the_cpu_with_a_note(
    flanchat: Flanchat, tiny_model: Path
):
    env = fake_npu(FAKE_NPU_COUNT="2", FAKE_NPU_MEMORY="20000,30000")
    ask = ("ask", "hello", "-m", tiny_model, *SHORT, "--json", "--precision", "float32")

    both, auto = (flanchat(*ask, "--device", name, env=env) for name in ("npu:0,1", "auto"))

    assert (both.status, both.out, both.err.count("\n")) == (3, "", 1)
    assert " are free on npu:0 and npu:1; use " in both.err
    assert both.err.endswith(" device cpu or a smaller model\n")
    assert (auto.status, device_of(auto), auto.err.count("\n")) == (0, "cpu", 1)
    assert re.fullmatch(
        r"flanchat: npu:0,1 is not used: the model takes \d+ kB, and (4\d|50) kB are free there\n", auto.err
    )


@pytest.mark.parametrize("precision", ["auto", "float32"])
def test_a_chip_without_bfloat16_answers(flanchat: Flanchat, tiny_model: Path, precision: str):
    """It multiplies in float16 only, and compiles every operator unless it is told not to, in the first try too."""
    env = fake_npu(FAKE_NPU_SOC="Ascend310P3")

    ended = flanchat(
        "ask", "hello", "-m", tiny_model, *SHORT, "--json", "--device", "npu", "--precision", precision, env=env
    )

    assert (ended.status, ended.err) == (0, "")
    assert json.loads(ended.out)["engine"]["precision"] == {"auto": "float16"}.get(precision, precision)


@pytest.mark.parametrize(
    ("queue", "said"),
    [
        ("1", "launched at once, from a graph"),
        (
            "2",
            "launched one by one; why not from a graph: Do not support TASK_QUEUE_ENABLE = 2 during NPU graph capture,"
            " please export TASK_QUEUE_ENABLE=1/0.",
        ),
    ],
)
def test_bench_says_whether_an_npu_replays_steps_and_what_to_report(
    flanchat: Flanchat, tiny_model: Path, queue: str, said: str
):
    sizes = ("--input-tokens", "8", "--new-tokens", "4", "--runs", "1")
    env = fake_npu(TASK_QUEUE_ENABLE=queue, FAKE_NPU_MEMORY="64000000")  # a quarter is read, to learn how fast

    ended = flanchat("bench", "-m", tiny_model, *sizes, "--device", "npu", env=env)

    assert ended.status == 0, ended.err
    *__, way, memory, report = ended.out.splitlines()
    assert re.fullmatch(rf"its \d+ operators are {re.escape(said)}", way)
    assert memory.startswith("memory ")
    assert report.endswith("please report these lines, see docs/hardware.md")


def test_a_question_for_one_npu_touches_no_other(flanchat: Flanchat, tiny_model: Path):
    """Weights are read in threads of their own, which would begin on npu:0."""
    env = fake_npu(FAKE_NPU_COUNT="2", FAKE_NPU_DEAD="0")

    ended = flanchat("ask", "hello", "-m", tiny_model, *SHORT, "--json", "--device", "npu:1", env=env)

    assert (ended.status, ended.err, device_of(ended)) == (0, "", "npu:1")


def test_beams_that_need_more_memory_than_the_device_has_are_refused(flanchat: Flanchat, tiny_model: Path):
    """They are searched by another copy of the model."""
    need = weight_bytes(preflight(tiny_model).shape, "float32", "npu:0")
    env = fake_npu(FAKE_NPU_MEMORY=str(need + 350_000))  # some of it is at work

    ended = flanchat("hello", "-m", tiny_model, *SHORT, "-o", "num_beams=2", "--device", "npu", env=env)

    assert (ended.status, ended.out, ended.err.count("\n")) == (1, "", 1)
    assert re.fullmatch(
        r"flanchat: beam search needs another \d+ kB for the model in float32, and \d+ kB are free on npu:0; "
        r"set num_beams to 1, or use a smaller model\n",
        ended.err,
    )


def test_a_missing_npu_among_several_is_named(flanchat: Flanchat, tiny_model: Path):
    ended = flanchat("hello", "-m", tiny_model, *SHORT, "--device", "npu:0,5", env=fake_npu(FAKE_NPU_COUNT="2"))

    assert (ended.status, ended.out) == (2, "")
    assert ended.err.startswith("flanchat: no npu:0,5 found: the last one is npu:1; ")


def test_a_hanging_driver_does_not_outlive_the_program(environ: dict[str, str], tiny_model: Path, tmp_path: Path):
    starts = tmp_path / "starts"
    env = {**environ, **FRESH, **fake_npu("hang", FAKE_NPU_STARTS=str(starts), FLANCHAT_NPU_TIMEOUT="600")}
    program = subprocess.Popen([*COMMAND, "hello", "-m", str(tiny_model), *SHORT], env=env, stdin=subprocess.DEVNULL)
    try:
        until(lambda: starts.exists() and starts.read_text().endswith("\n"))
        probe = int(starts.read_text().split()[0])
        assert Path(f"/proc/{probe}").exists()
    finally:
        program.send_signal(signal.SIGKILL)
        program.wait()

    wait_gone(probe)


# -- numbers that are not finite --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def overflowing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_overflowing_t5(tmp_path_factory.mktemp("large") / "model")


def test_an_answer_that_float16_cannot_hold_is_made_in_float32_and_one_line_says_so(
    flanchat: Flanchat, overflowing: Path
):
    chip = fake_npu(FAKE_NPU_SOC="Ascend310P3")
    options = ("-m", overflowing, "-o", "max_new_tokens=3")

    swept = flanchat("sweep", "-", *options, stdin="add salt\nParis\n", env=chip)
    ended = flanchat("ask", "--json", "Paris", *options, env=chip)
    shown = flanchat("sessions", "show", "q1", env=chip)

    answer, lines = _strict(ended.out), list(map(_strict, swept.out.splitlines()))
    assert (ended.status, answer["engine"]["precision"]) == (0, "float32")
    assert ended.err.count("not finite in float16; float32 takes its place") == 1
    assert swept.status == 0
    assert {line["question"]: line["text"] for line in lines}["Paris"] == answer["text"]
    assert {(line["engine"]["dtype"], line["engine"]["instead_of"]) for line in lines} == {("float32", "float16")}
    assert "100% per token" not in shown.out


def test_a_float16_that_was_chosen_gives_no_answer_and_names_the_wider_precision(flanchat: Flanchat, overflowing: Path):
    options = ("-m", overflowing, "--device", "npu", "--precision", "float16")

    ended = flanchat("chat", *options, "--no-log", stdin="Paris\n", env=fake_npu())
    chosen = flanchat("choose", *options, "Paris", "yes", "no", "--json", env=fake_npu())
    shown = flanchat("sessions", "show", "q1")

    for refused in (ended, chosen):
        assert (refused.status, refused.out) == (1, "")
        assert "not finite in float16; use precision bfloat16" in refused.err
    assert "not finite in float16" in shown.out
    assert "%" not in shown.out


def _strict(text: str) -> Any:
    def refuse(word: str) -> None:
        raise AssertionError(f"not JSON: {word}")

    return json.loads(text, parse_constant=refuse)
