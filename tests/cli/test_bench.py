"""flanchat bench counts exactly, says what it measured, and refuses what makes no sense."""

from __future__ import annotations

import itertools
import json
import re
import shutil
from pathlib import Path

import pytest
from sentencepiece.sentencepiece_model_pb2 import ModelProto

from tests.cli.conftest import Main

SHORT = ("--input-tokens", "12", "--new-tokens", "5", "--runs", "2")


def test_a_chinese_screen_has_the_reason_for_the_precision_in_chinese(main: Main, tiny_model: Path):
    chinese = main("--lang", "zh", "bench", "-m", tiny_model, *SHORT, "--precision", "float32")
    whole = json.loads(main("--lang", "zh", "bench", "-m", tiny_model, *SHORT, "--precision", "float32", "--json").out)

    assert "由你指定；float32 (" in chinese.out
    assert whole["why"].startswith("as you chose; float32 (")


def test_json_has_everything_a_bug_report_needs(main: Main, tiny_model: Path):
    ended = main("bench", "-m", tiny_model, *SHORT, "--batch", "3", "--json")

    figures = json.loads(ended.out)
    assert ended.status == 0
    assert {"flanchat", "python", "torch"} <= set(figures["versions"])
    assert (figures["input_tokens"], figures["new_tokens"], figures["batch"], figures["runs"]) == (12, 5, 3, 2)
    assert figures["device"] == "cpu"
    assert figures["why"]
    assert figures["load_s"] > 0
    assert figures["peak_rss_mb"] > 10
    for name in ("ttft_ms", "decode_tps", "total_tps"):
        assert 0 < figures[name]["min"] <= figures[name]["median"] <= figures[name]["max"]
    step = figures["step"]
    assert step["ms"] == pytest.approx(3000 / figures["decode_tps"]["median"])
    assert step["launched"] in ("trace", "plain")
    assert step["floor_ms"] == pytest.approx(step["read_mb"] / step["read_gb_s"])
    assert step["floor_share"] == pytest.approx(step["floor_ms"] / step["ms"])
    assert min(step["launch_ms"], step["operators"]) > 0
    assert step["launch_ms"] + step["arithmetic_ms"] + step["choosing_ms"] == pytest.approx(step["ms"])


@pytest.mark.parametrize("precision", ["float32", "int8"])
def test_without_json_a_table_is_printed(main: Main, tiny_model: Path, precision: str):
    ended = main("bench", "-m", tiny_model, *SHORT, "--precision", precision)

    assert ended.status == 0
    assert f"parameters, {precision} on cpu" in ended.out
    assert "12 tokens in, 5 out, batch size 1; median of 2 runs" in ended.out
    *figures, step, way, memory = ended.out.splitlines()[3:]
    assert [line.split()[0] for line in figures] == ["load_s", "ttft_ms", "decode_tps", "total_tps", "peak_rss_mb"]
    assert re.fullmatch(r"a step takes [\d.]+ ms: launching [\d.]+, arithmetic [\d.]+, choosing tokens [\d.]+", step)
    assert re.fullmatch(r"its \d+ operators (run from a trace, without Python|are launched one by one)", way)
    assert re.match(r"memory (floor [\d.]+ ms, |is no limit: the 0 MB )", memory)


def test_a_vocabulary_of_characters_makes_prompts_too_unless_none_can_have_so_few_tokens(
    main: Main, tiny_model: Path, tmp_path: Path
):
    model = Path(shutil.copytree(tiny_model, tmp_path / "model"))
    vocabulary, unused = ModelProto.FromString((model / "spiece.model").read_bytes()), itertools.count(0x4E00)
    for piece in vocabulary.pieces:
        if piece.type == piece.NORMAL and len(piece.piece) > 1:
            piece.piece = chr(next(unused))
    (model / "spiece.model").write_bytes(vocabulary.SerializeToString())

    ended = main("bench", "-m", model, *SHORT, "--json")
    refused = main("bench", "-m", model, *SHORT, "--input-tokens", "2")

    assert ended.status == 0, ended.err
    assert (refused.status, refused.out) == (2, "")
    assert refused.err.endswith(
        "cannot make a prompt of 2 tokens with this model's vocabulary; choose another --input-tokens\n"
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--precision", "int4"), "unknown precision int4; expected auto, float32, float16, bfloat16, int8"),
        (("--runs", "0"), "0 is not in the range x>=1"),
        (("--input-tokens", "1"), "1 is not in the range 2<=x<=2048"),
        (("--device", "tpu"), "unknown device tpu"),
    ],
)
def test_impossible_measurements_are_refused(main: Main, tiny_model: Path, arguments: tuple[str, str], said: str):
    ended = main("bench", "-m", tiny_model, *arguments)

    assert ended.status == 2
    assert said in ended.err
    assert ended.out == ""
    assert len(ended.err.splitlines()) == 1


@pytest.mark.parametrize(("flag", "most"), [("--input-tokens", 2048), ("--new-tokens", 1024)])
def test_a_bench_is_bounded_like_prompts_and_answers(main: Main, flag: str, most: int):
    ended = main("bench", flag, str(most + 1))

    assert (ended.status, f"2<=x<={most}" in ended.err) == (2, True)
