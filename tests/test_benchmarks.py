"""The benchmarks' arithmetic, checkpoints and help. Nothing is measured and no peer is run."""

from __future__ import annotations

import copy
import io
import json
import math
import re
import subprocess
import sys
from pathlib import Path

from rich.console import Console

from benchmarks import figures, tables
from benchmarks.checkpoints import SIZES, Sizes, layout, parameters, write_checkpoint
from benchmarks.floor import bytes_a_step, weights_a_step
from benchmarks.peers import command_line
from benchmarks.plot import points
from flanchat.engine.checkpoint.validate import preflight
from tests.conftest import PYTHON
from tests.waiting import LIMIT_S

ROOT = Path(__file__).parent.parent
TINY = Sizes(d_model=24, d_kv=8, d_ff=40, layers=2, heads=2, vocab_size=4200)


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=LIMIT_S, check=False)


def one_process(ttft_ms: float, decode_tps: float, total_tps: float, peak_rss_mb: float = 400.0) -> dict[str, object]:
    """The report of one process, with its minimum and maximum 1 below and above the median."""
    spreads = {"ttft_ms": ttft_ms, "decode_tps": decode_tps, "total_tps": total_tps}
    return {
        **{name: {"median": value, "min": value - 1, "max": value + 1} for name, value in spreads.items()},
        "load_s": 1.0,
        "peak_rss_mb": peak_rss_mb,
    }


ROWS = {
    "flanchat-float16": {"kind": "exact", "rounds": [one_process(40, 200, 160), one_process(50, 220, 180)]},
    "transformers-fp32": {"kind": "exact", "rounds": [one_process(90, 40, 34), one_process(90, 40, 34)]},
    "openvino-fp16": {"kind": "exact", "rounds": [one_process(60, 100, 80), one_process(60, 100, 80)]},
    "ctranslate2-float32": {"kind": "exact", "rounds": [one_process(45, 80, 70), one_process(45, 80, 70)]},
    "onnxruntime-int8": {"kind": "int8", "rounds": [one_process(20, 300, 250), one_process(20, 300, 250)]},
    "llama.cpp-f16": {"kind": "exact", "rounds": [], "absent": "llama_cpp is not installed"},
}


def test_rounds_are_combined_into_the_median_of_medians_and_the_extremes_of_all_runs():
    rounds = [one_process(1, 10, 5, 300), one_process(2, 30, 6, 310), one_process(3, 20, 7, 320)]

    together = figures.over_rounds(rounds)

    assert together["decode_tps"] == {"median": 20, "min": 9, "max": 31}
    assert together["peak_rss_mb"] == {"median": 310, "min": 300, "max": 320}


def test_each_ratio_is_against_the_best_peer_of_the_same_kind():
    found = figures.ratios(ROWS, parameters=100_000_000)

    assert found == {
        "flanchat-float16": {
            "decode_over_best_peer": {"ratio": 2.1, "least": 2.0, "most": 2.2, "peer": "openvino-fp16"},
            "ttft_over_best_peer": {"ratio": 1.0, "least": 40 / 45, "most": 50 / 45, "peer": "ctranslate2-float32"},
            "total_over_best_peer": {"ratio": 170 / 80, "least": 2.0, "most": 2.25, "peer": "openvino-fp16"},
            "total_over_transformers_fp32": {"ratio": 5.0, "least": 160 / 34, "most": 180 / 34},
            "peak_over_limit": {"ratio": 400 / 550, "limit_mb": 550.0},
        }
    }


def test_the_table_lists_the_fastest_of_each_kind_first_and_why_a_peer_is_absent():
    screen = io.StringIO()

    Console(file=screen, width=120).print(figures.table("small", ROWS, 77_000_000))

    listed, _, reasons = screen.getvalue().partition("llama.cpp-f16: ")
    names = [name for line in listed.splitlines() for name in ROWS if name in line]
    assert names == [
        "flanchat-float16", "openvino-fp16", "ctranslate2-float32", "transformers-fp32", "llama.cpp-f16",
        "onnxruntime-int8",
    ]  # fmt: skip
    assert "210 (199-221)" in screen.getvalue()
    assert reasons.strip() == "absent: llama_cpp is not installed"


def report(beside: dict[str, object]) -> dict[str, object]:
    """What peers.py writes, with one size."""
    return {
        "when": "2026-11-30T10:00:00+00:00",
        "command": "python benchmarks/peers.py",
        "machine": {"processor": "a processor", "cores": 2},
        "settings": {"batch": 1, "input_tokens": 128, "new_tokens": 64, "rounds": 2},
        "read_gb_s": [{"best": 30.0}, {"best": 40.0}],
        "sizes": {"small": {"parameters": 77_000_000, "beside": beside}},
    }


def test_the_tables_of_the_documents_show_each_peer_alone_and_in_company(tmp_path: Path):
    slower = {name: {**row, "rounds": [one_process(80, 100, 90)] * len(row["rounds"])} for name, row in ROWS.items()}
    del slower["ctranslate2-float32"]["rounds"][:]
    alone = copy.deepcopy(ROWS)
    beside = {"0": {"rows": alone}, "1": {"rows": slower}}
    for rows in (alone, slower):
        for row in rows.values():
            if row["rounds"]:
                row["figures"] = figures.over_rounds(row["rounds"])
    (tmp_path / "peers.json").write_text(json.dumps(report(beside)))

    lines = tables.peers(tmp_path).splitlines()

    assert (
        "`python benchmarks/peers.py`; 2 cores of a processor, 2026-11-30, memory read at 35 GB/s (30 to 40)." in lines
    )
    assert (
        "| exact | **flanchat-float16** | 45 | 210 (199 to 221) | 170 | 1.0 | 400 | 80 | 100 (99 to 101) | 0.48 |"
        in lines
    )
    assert "| exact | ctranslate2-float32 | 45 | 80 (79 to 81) | 70 | 1.0 | 400 | failed |  |  |" in lines
    assert not any("llama.cpp" in line for line in lines)
    assert tables.speed(tmp_path).splitlines()[2:] == [
        "| **small** | | |",
        "| **flanchat float16** | 45 ms, 210 | 80 ms, 100 |",
        "| OpenVINO float16 | 60 ms, 100 | 80 ms, 100 |",
        "| transformers float32 | 90 ms, 40 | 80 ms, 100 |",
        "| onnxruntime int8 | 20 ms, 300 | 80 ms, 100 |",
    ]


def test_a_checkpoint_is_complete_and_reproducible(tmp_path: Path):
    first, second = (write_checkpoint(tmp_path / name, TINY) for name in ("first", "second"))

    checkpoint = preflight(first)

    assert checkpoint.parameters == parameters(TINY)
    assert checkpoint.head == "lm_head.weight"
    assert (first / "model.safetensors").read_bytes() == (second / "model.safetensors").read_bytes()


def test_the_sizes_are_those_of_flan_t5():
    counts = {size: parameters(sizes) for size, sizes in SIZES.items()}

    assert counts == {"small": 76_961_152, "base": 247_577_856, "large": 783_150_080}


def test_the_floor_counts_every_decoder_matrix_that_a_step_reads():
    matrices = {name: math.prod(shape) for name, shape, _ in layout(TINY) if len(shape) == 2}
    once_a_prompt = ("EncDecAttention.k.weight", "EncDecAttention.v.weight")
    read = sum(
        count
        for name, count in matrices.items()
        if name.startswith(("decoder", "lm_head")) and not name.endswith(once_a_prompt) and "bias" not in name
    )

    assert weights_a_step(TINY) == read
    assert bytes_a_step(TINY, 2, length=10, new=5, batch=3) == 2 * read + 3 * (2 * 2 * 16 * 13 * 4)


def test_a_curve_consists_of_the_shapes_that_differ_in_one_number():
    spread = {"ttft_ms": {"median": 7.0}}
    curve = {"256:64:1": spread, "64:64:1": spread, "128:32:1": spread, "128:64:2": spread}

    assert points(curve, 0, {1: 64, 2: 1}, "ttft_ms") == [(64, 7.0), (256, 7.0)]


def test_a_missing_peer_is_listed_and_the_run_continues(tmp_path: Path):
    write_checkpoint(tmp_path / "small", TINY)
    python, report = tmp_path / "no-python", tmp_path / "report.json"

    ended = run(
        "benchmarks/peers.py", "--sizes", "small", "--folder", tmp_path, "--only", "ctranslate2,openvino-fp32",
        "--pythons", f"ctranslate2={python}", f"openvino={python}", "--rounds", "1", "--busy", "0,1", "--json", report,
    )  # fmt: skip

    beside = json.loads(report.read_text())["sizes"]["small"]["beside"]
    assert (ended.returncode, set(beside)) == (0, {"0", "1"})
    for found in beside.values():
        assert set(found["rows"]) == {"ctranslate2-float32", "ctranslate2-int8", "openvino-fp32"}
        assert {row["absent"] for row in found["rows"].values()} == {f"there is no Python at {python}"}
    assert "openvino-fp32" in ended.stdout


def test_a_report_says_how_it_was_made_without_the_paths_of_the_machine():
    arguments = ["--busy", "0,1", "--folder", "/home/me/models", "--pythons", "openvino=/opt/it/bin/python"]

    written = command_line(arguments)

    assert written == "python benchmarks/peers.py --busy 0,1 --folder PATH --pythons openvino=PATH"


COMMANDS = sorted(path.stem for path in (ROOT / "benchmarks").glob("*.py") if "argparse" in path.read_text())


ASK_FOR_HELP = """
import runpy
import sys
import warnings

warnings.simplefilter("ignore", RuntimeWarning)  # one imports the other
for name in sys.argv[1:]:
    sys.argv = [name, "--help"]
    try:
        runpy.run_module(f"benchmarks.{name}", run_name="__main__")
    except SystemExit as ended:
        print(f"{name} ends with {ended.code}")
"""


def test_every_benchmark_starts_and_prints_its_help(environ: dict[str, str]):
    command = [PYTHON, "-c", ASK_FOR_HELP, *COMMANDS]
    ended = subprocess.run(command, capture_output=True, text=True, env=environ, cwd=ROOT, timeout=LIMIT_S, check=False)

    assert (ended.returncode, ended.stderr) == (0, "")
    assert re.findall(r"^(\w+) ends with 0$", ended.stdout, re.MULTILINE) == COMMANDS
    assert ended.stdout.count("usage:") >= len(COMMANDS)


def test_an_unknown_peer_is_named():
    ended = run("benchmarks/peers.py", "--only", "llama")

    assert ended.returncode == 2
    assert "got 'llama'" in ended.stderr
