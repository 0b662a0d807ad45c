"""/diff, /card and /verify in a chat say and write what flanchat diff, card and verify do."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from flanchat.base.format import format_divergence
from tests.cli.conftest import Main
from tests.conftest import transcripts
from tests.tiny_t5 import make_tiny_t5

PROMPTS = "What is the capital of France?\nIs snow cold?\nName a fruit.\n"
FLOAT32 = ("--precision", "float32", "--device", "cpu")


def events_of(folder: Path, type: str) -> list[dict[str, object]]:
    lines = [line for path in transcripts(folder) for line in path.read_text().splitlines()]
    return [event for event in map(json.loads, lines) if event["type"] == type]


def test_diff_compares_as_on_the_shell_and_is_recorded(main: Main, tmp_path: Path):
    (tmp_path / "prompts.txt").write_text(PROMPTS)

    shell = main("diff", "bundled,precision=float32,device=cpu", "bundled,precision=int8,device=cpu", "prompts.txt")
    chat = main("chat", *FLOAT32, stdin="/diff bundled,precision=int8 prompts.txt\n")

    assert (chat.status, chat.out) == (0, shell.out)
    [event] = events_of(tmp_path, "diff")
    assert (event["source"], event["compared"], event["same"]) == ("prompts.txt", 3, 3)
    assert 0 < float(str(event["kl_a_b_nats"])) < 0.1


def test_an_exported_session_lists_the_models_that_were_compared(main: Main, tmp_path: Path):
    lines = ("Is snow cold?", "/diff bundled,precision=float32 --session", "/export talk.md", "/export talk.json")

    main("chat", *FLOAT32, stdin="\n".join(lines))

    line = "A: demo (float32 on cpu) · B: demo (float32 on cpu) · Same answers on 1 of 1 prompt. · KL(A || B) 0 nats"
    assert "## Compared models" in (tmp_path / "talk.md").read_text()
    assert line in (tmp_path / "talk.md").read_text().replace("\\", "")
    [found] = json.loads((tmp_path / "talk.json").read_text())["diffs"]
    assert (found["a"], found["same"], found["kl"]) == (["demo", "float32", "cpu"], 1, 0.0)


def test_diff_asks_with_the_profile_and_settings_in_force(main: Main, tmp_path: Path):
    (tmp_path / "prompts.txt").write_text(PROMPTS)

    models = ("bundled,precision=float32,device=cpu", "bundled,precision=int8,device=cpu")
    lines = ("/profile qa", "/set max_new_tokens 3", "/diff bundled,precision=int8 prompts.txt")
    shell = main("diff", *models, "prompts.txt", "-p", "qa", "-o", "max_new_tokens=3")
    chat = main("chat", *FLOAT32, stdin="\n".join(lines))

    assert chat.out.endswith(shell.out)


def test_diff_of_the_session_compares_its_prompts_once_each_and_without_its_private_turns(main: Main, tmp_path: Path):
    talk = "Is snow cold?\nIs snow cold?\n/log off\nIs fire cold?\n/log on\n/diff bundled,precision=float32 --session\n"

    ended = main("chat", *FLOAT32, stdin=talk)

    assert "Same answers on 1 of 1 prompt." in ended.out
    assert "KL(A || B) 0 nats per token" in ended.out
    [path] = transcripts(tmp_path)
    assert "fire" not in path.read_text()


@pytest.mark.transformers
def test_diff_reference_has_transformers_as_a(main: Main):
    ended = main("chat", *FLOAT32, stdin="/diff --reference --limit 2\n")

    first, models, *__ = ended.out.splitlines()
    assert first == "Same answers on 2 of 2 prompts."
    assert models.startswith("A: demo (transformers ")
    assert models.endswith("B: demo (float32 on cpu)")


def test_compare_measures_how_far_apart_the_models_of_two_answers_are_as_diff_does(main: Main, tmp_path: Path):
    (tmp_path / "one.txt").write_text("Name a fruit.\n")
    models = ("bundled,precision=float32,device=cpu", "bundled,precision=int8,device=cpu")
    found = json.loads(main("diff", *models, "one.txt", "--json").out)

    main("chat", "-s", "talk", *FLOAT32, stdin="Name a fruit.\n")
    again = ("chat", "-s", "talk", "--precision", "int8", "--device", "cpu")
    ended = main(*again, stdin="/regen\n/compare\n/compare --kl\n/compare 1.2 1.1 --kl\n")

    plain, first, reverse = (line for line in ended.out.splitlines() if line.startswith("same · "))
    assert "KL" not in plain
    assert f"KL {format_divergence(found['kl_a_b_nats'])} nats per token" in first
    assert f"KL {format_divergence(found['kl_b_a_nats'])} nats per token" in reverse
    assert ended.err.count("--kl loads the models of two answers again") == 1


def test_a_model_that_is_gone_is_named(main: Main, tmp_path: Path):
    folder = make_tiny_t5(tmp_path / "model")
    main("chat", "-s", "talk", "-m", folder, *FLOAT32, stdin="Name a fruit.\n")
    shutil.rmtree(folder)

    ended = main("chat", "-s", "talk", *FLOAT32, stdin="/regen\n/compare --kl\n")

    assert ended.status == 3
    assert f"--kl: {folder} (float32 on cpu) cannot be opened again: " in ended.err


def test_card_writes_what_flanchat_card_writes_and_verify_finds_it_equal(main: Main, tmp_path: Path):
    talk = "What is the capital of France?\n/profile yesno\nIs snow cold?\n/card talk.json\n/verify talk.json\n"

    ended = main("chat", stdin=talk)
    main("card", "1", "-o", "shell.json")

    assert ended.status == 0, ended.err
    assert "talk.json: 2 answers, " in ended.out
    assert "2 of 2 answers are equal, their log-probabilities within " in ended.out
    assert (tmp_path / "talk.json").read_text() == (tmp_path / "shell.json").read_text()
    [event] = events_of(tmp_path, "verify")
    assert (event["source"], event["equal"], event["differing"]) == ("talk.json", 2, [])


def test_a_card_has_no_private_turns_and_says_so(main: Main, tmp_path: Path):
    talk = "Is snow cold?\n/log off\nIs fire cold?\n/log on\n/card\n"

    ended = main("chat", stdin=talk)

    [card] = tmp_path.glob("*.card.json")
    assert f"{card.name}: 1 answer, " in ended.out
    assert "; 1 private answer is not on it" in ended.out
    assert "fire" not in card.read_text()


def test_verify_names_the_first_cause_of_a_difference_in_the_loaded_model(main: Main):
    main("chat", *FLOAT32, stdin="What is the capital of France?\n/card talk.json\n")

    ended = main("chat", "--precision", "int8", stdin="/verify talk.json\n")

    assert "! answered on cpu in int8, recorded on cpu in float32" in ended.out
    assert "First cause of the differences: precision (" in ended.out


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("/diff", "/diff: expected MODEL, or --reference to compare with transformers, and perhaps a FILE of prompts"),
        ("/diff bundled a.txt b.txt", "expected MODEL, or --reference"),
        ("/diff bundled prompts.txt --session", "expected MODEL, or --reference"),
        ("/diff 1 2", "/diff 1 2: expected a MODEL to compare the loaded one with; /compare compares answers"),
        ("/diff nosuchmodel", "'nosuchmodel': expected a folder, a short name or "),
        ("/diff bundled,quality=high", "expected device, precision or base after the model's name, not quality."),
        ("/diff bundled none.csv", "none.csv: no such file"),
        ("/diff bundled --limit 0", "--limit 0: expected a number of prompts, from 1"),
        (
            "/diff bundled --reference",
            "bundled: no such file; --reference compares the loaded model, so no MODEL is named",
        ),
        ("/diff bundled columns.csv --prompt-column c", "columns.csv:2: expected a column c, found a, b"),
        ("/diff bundled --session", "nothing was asked yet"),
        ("/diff bundled --prompt-column c", "--prompt-column needs a FILE of prompts"),
        ("/diff bundled long.txt", "long.txt:1: the question is "),
        ("/card", "nothing was asked yet"),
        ("/verify", "/verify needs the FILE of a card; /card writes one"),
        ("/verify none.json", "none.json: No such file or directory"),
        ("/verify long.txt", "long.txt: is not a card; flanchat card SWEEP_OR_SESSION -o FILE makes one"),
    ],
)
def test_what_cannot_be_done_is_refused_in_a_sentence(main: Main, tmp_path: Path, line: str, said: str):
    (tmp_path / "long.txt").write_text("salt " * 600 + "\n")
    (tmp_path / "columns.csv").write_text("a,b\n1,2\n")

    ended = main("chat", stdin=f"{line}\n")

    assert ended.out == ""
    assert ended.status in (1, 3, 5)
    assert f"flanchat: line 1: {said}" in ended.err or said in ended.err
    assert len(ended.err.splitlines()) == 1


def test_a_session_that_is_not_on_disk_has_no_card_and_an_existing_file_stays(main: Main, tmp_path: Path):
    (tmp_path / "mine.json").write_text("mine")

    unrecorded = main("chat", "--no-log", stdin="Is snow cold?\n/card talk.json\n")
    kept = main("chat", stdin="Is snow cold?\n/card mine.json\n")

    assert "/card: this session is not on disk, and a card is made from its file" in unrecorded.err
    assert "mine.json: exists already; choose another name or add --force" in kept.err
    assert (tmp_path / "mine.json").read_text() == "mine"


def test_private_turns_alone_are_not_compared(main: Main):
    ended = main("chat", stdin="/log off\nIs fire cold?\n/log on\n/diff bundled --session\n")

    assert "--session: all turns are private, and a comparison is recorded" in ended.err


@pytest.mark.transformers
def test_the_loaded_reference_engine_is_not_compared_with_itself(main: Main):
    ended = main("chat", "--engine", "transformers", stdin="/diff --reference\n")

    assert "the loaded model is transformers' own; start flanchat without --engine transformers" in ended.err
