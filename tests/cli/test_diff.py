"""`flanchat diff` from outside: two models on the same prompts, and transformers' own engine beside ours."""

from __future__ import annotations

import io
import json
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from flanchat import cli
from flanchat.engine.scripted import ScriptedEngine
from flanchat.experiments.model_diff_prompts import bundled_prompts
from tests.cli.conftest import Main
from tests.tiny_t5 import make_tiny_t5

PROMPTS = "What is salt?\nTranslate: Paris is a city.\nBoil water and add salt.\n"


TASK = """task: salt
dataset_path: json
dataset_kwargs: {data_files: {test: rows.jsonl}}
test_split: test
doc_to_text: "{{q}}"
doc_to_target: a
generation_kwargs: {max_gen_toks: 2}
"""


@pytest.fixture
def others(tmp_path: Path) -> tuple[Path, Path]:
    """Two checkpoints that agree now and then, beside a file of prompts."""
    tmp_path.joinpath("prompts.txt").write_text(PROMPTS)
    return make_tiny_t5(tmp_path / "first", scale=0.2), make_tiny_t5(tmp_path / "second", scale=0.2, seed=1)


def test_a_model_gives_the_same_answers_as_itself_and_is_no_distance_away(main: Main):
    ended = main("diff", "bundled,precision=float32,device=cpu", "bundled,precision=float32,device=cpu", "--limit", "4")

    assert (ended.status, ended.err) == (0, "")
    first, models, kl, quantiles, choices = ended.out.splitlines()
    assert first == "Same answers on 4 of 4 prompts."
    assert models == "A: demo (float32 on cpu) · B: demo (float32 on cpu)"
    assert kl == "KL(A || B) 0 nats per token · KL(B || A) 0"
    assert quantiles == "KL(A || B) of a token: median 0 · 90% 0 · 99% 0 · max 0"
    assert choices.startswith("first choice the same at 100.00% of ")


def test_json_has_every_prompt_and_the_worst_tokens_with_what_each_model_preferred(
    main: Main, others: tuple[Path, Path]
):
    a, b = others
    ended = main(
        "diff", f"{a},device=cpu", f"{b},device=cpu,precision=float32", "prompts.txt", "--json", "--batch", "2"
    )

    found = json.loads(ended.out)
    assert ended.status == 0
    assert (found["a"]["folder"], found["b"]["folder"]) == (str(a), str(b))
    assert (found["asked"], found["compared"], len(found["prompts"])) == (3, 3, 3)
    assert found["same"] == sum(prompt["same"] for prompt in found["prompts"]) < 3
    assert found["tokens"] == sum(len(prompt["kl"]) for prompt in found["prompts"])
    kl = [kl for prompt in found["prompts"] for kl in prompt["kl"]]
    assert found["kl_a_b_nats"] == pytest.approx(sum(kl) / len(kl))
    assert found["kl_a_b_quantiles"]["100%"] == max(kl) == found["worst"][0]["kl"]
    parting = next(prompt for prompt in found["prompts"] if not prompt["same"])
    assert parting["parts_at"] >= 1
    assert parting["text_a"] != parting["text_b"]
    worst = found["worst"][0]
    assert worst["first_a"][0]["logprob"] >= worst["first_a"][1]["logprob"]


@pytest.mark.parametrize("setting", ["vote=4", "n_best=3", "num_beams=3", "temperature=2", "choose=mean"])
def test_answers_are_greedy_whatever_else_is_set(main: Main, others: tuple[Path, Path], setting: str):
    command = ["diff", f"{others[0]},device=cpu", f"{others[0]},device=cpu", "prompts.txt", "-p", "yesno", "--json"]
    plain, ended = main(*command, "-o", "choose=free"), main(*command, "-o", setting, "-o", "max_new_tokens=8")

    answers = [[prompt["text_a"] for prompt in json.loads(of.out)["prompts"]] for of in (plain, ended)]
    assert answers[1] == answers[0]
    assert "compared greedily" in ended.err


def test_the_settings_of_a_task_file_count(main: Main, others: tuple[Path, Path], tmp_path: Path):
    tmp_path.joinpath("rows.jsonl").write_text('{"q": "What is salt?", "a": "salt"}\n')
    tmp_path.joinpath("task.yaml").write_text(TASK)
    ended = main("diff", f"{others[0]},device=cpu", f"{others[0]},device=cpu", "task.yaml", "--json")

    [prompt] = json.loads(ended.out)["prompts"]
    assert (prompt["question"], len(prompt["kl"])) == ("What is salt?", 2)
    assert "settings from generation_kwargs: max_new_tokens=2" in ended.err


def test_the_status_is_6_above_max_kl_and_0_below(main: Main, others: tuple[Path, Path]):
    a, b = others

    above = main("diff", a, b, "prompts.txt", "--max-kl", "0.01")
    below = main("diff", a, b, "prompts.txt", "--max-kl", "1000")

    assert (above.status, below.status) == (6, 0)
    assert "nats per token, above --max-kl 0.01" in above.err


def test_different_vocabularies_compare_texts_only_and_refuse_a_limit(main: Main, tmp_path: Path):
    tmp_path.joinpath("prompts.txt").write_text(PROMPTS)
    a, b = make_tiny_t5(tmp_path / "t5"), make_tiny_t5(tmp_path / "mt5", family="mt5")

    ended = main("diff", a, b, "prompts.txt")
    refused = main("diff", a, b, "prompts.txt", "--max-kl", "1")

    assert ended.status == 0
    assert ended.out.splitlines()[0] == (
        "Same texts on 0 of 3 prompts; the vocabularies differ, so only texts are compared."
    )
    assert "KL" not in ended.out
    assert (refused.status, refused.out) == (2, "")
    assert "--max-kl: the models have different vocabularies" in refused.err


@pytest.mark.transformers
def test_reference_compares_with_transformers_own_answers(main: Main, tmp_path: Path):
    tmp_path.joinpath("prompts.txt").write_text(PROMPTS)

    model = f"{make_tiny_t5(tmp_path / 'model')},precision=float32,device=cpu"
    ended = main("diff", model, "prompts.txt", "--reference", "--max-kl", "1e-6")

    assert (ended.status, ended.err) == (0, "")
    first, models, *__ = ended.out.splitlines()
    assert first == "Same answers on 3 of 3 prompts."
    assert "/model (transformers " in models.partition(" · B: ")[0]


@pytest.mark.transformers
@pytest.mark.parametrize("command", [["ask", "--no-log", "--json"], ["choose", "--no-log", "--json"]])
def test_engine_transformers_answers_and_scores_as_flanchat_does(main: Main, command: list[str]):
    words = ["Answer yes or no. Is the sky blue?", *(["yes", "no"] if command[0] == "choose" else [])]

    own, reference = (
        main(*command, *words, "--device", "cpu", "--precision", "float32", *more)
        for more in ([], ["--engine", "transformers"])
    )

    ours, theirs = json.loads(own.out), json.loads(reference.out)
    assert (theirs["text"], theirs["engine"]["name"]) == (ours["text"], "transformers")
    assert ours["engine"]["name"] == "t5"
    for a, b in zip(ours["choices"], theirs["choices"], strict=True):
        assert a["sum_logprob"] == pytest.approx(b["sum_logprob"], abs=1e-4)


@pytest.mark.transformers
def test_a_sweep_that_one_engine_began_is_not_continued_by_the_other(main: Main, tmp_path: Path):
    tmp_path.joinpath("prompts.txt").write_text("What is salt?\n")
    one = ["sweep", "prompts.txt", "--out", "out.jsonl", "--device", "cpu", "--precision", "float32", "-o"]

    main(*one, "max_new_tokens=4", "--engine", "transformers")
    tmp_path.joinpath("out.jsonl").write_text(tmp_path.joinpath("out.jsonl").read_text())
    tmp_path.joinpath("prompts.txt").write_text("What is salt?\nWhat is water?\n")
    ended = main(*one, "max_new_tokens=4")

    assert ended.status == 2
    assert "out.jsonl: was started with the engine transformers, but this is t5" in ended.err


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["bundled"], "expected MODEL_A, MODEL_B and perhaps a FILE, found 1 word; --reference"),
        (["a", "b", "c", "d"], "found 4 words"),
        (["a", "b", "c", "--reference"], "expected one MODEL and perhaps a FILE after --reference, found 3 words"),
        (["bundled,quality=high", "bundled"], "expected device, precision or base after the model's name"),
        (["bundled", "bundled", "--json", "--html"], "--json and --html exclude each other"),
        (["bundled", "bundled", "none.csv"], "none.csv: no such file"),
        (["bundled", "bundled", "--reference"], "compares bundled with transformers, so no second MODEL is named"),
        (["bundled", "bundled", "--max-kl", "nan"], "--max-kl: expected a number, got nan"),
        (["bundled", "bundled", "--prompt-column", "c"], "--prompt-column needs a FILE of prompts"),
        (["bundled", "no-such-model"], "no-such-model"),
    ],
)
def test_what_cannot_be_compared_is_refused(main: Main, arguments: list[str], why: str):
    ended = main("diff", *arguments)

    assert ended.status in (2, 3)
    assert (ended.out, why in ended.err) == ("", True), ended.err


def test_a_prompt_that_is_too_long_is_named_before_anything_is_answered(main: Main, tmp_path: Path):
    tmp_path.joinpath("prompts.txt").write_text("What is salt?\n" + "salt " * 600 + "\n")

    ended = main("diff", "bundled", "bundled", "prompts.txt")

    assert (ended.status, ended.out) == (5, "")
    assert "prompts.txt:2: " in ended.err


def test_ctrl_c_prints_what_is_compared(environ: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    tmp_path.joinpath("prompts.txt").write_text(PROMPTS)
    engines: list[ScriptedEngine] = []

    def press(number: int) -> None:
        if len(engines[0].asked) == 2:  # in the second batch
            signal.raise_signal(signal.SIGINT)

    def open_scripted(source: Any, options: Any) -> ScriptedEngine:
        engines.append(ScriptedEngine((("one", " two"),), before=press))
        return engines[-1]

    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8") for __ in range(2))
    arguments = ["diff", "bundled", "bundled", "prompts.txt", "--batch", "1"]
    opening: Callable[..., Any] = open_scripted
    status = cli.main(arguments, environ, io.StringIO(), out, err, opening)

    out.seek(0)
    assert status == 130
    assert "Same answers on 1 of 1 prompt." in (printed := out.read())
    assert "! stopped after 1 of 3 prompts" in printed


def test_the_page_names_both_models_and_shows_what_differs(main: Main, others: tuple[Path, Path]):
    ended = main("diff", *others, "prompts.txt", "--html")

    assert ended.status == 0
    assert ended.out.startswith("<!doctype html>")
    assert "Same answers on" in ended.out
    assert "<del>" in ended.out
    assert "<ins>" in ended.out
    assert "<script" not in ended.out


def test_the_bundled_prompts_are_225_different_ones_with_their_answers():
    rows = bundled_prompts().rows

    assert len({row.question for row in rows}) == len(rows) == 225
    assert all(row.targets for row in rows)
