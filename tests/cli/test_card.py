"""`flanchat card` and `flanchat verify`, as a shell sees them."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from flanchat.engine.scripted import ScriptedEngine
from flanchat.experiments.card import read_card
from flanchat.experiments.verify import Verification
from tests.cli.conftest import Main
from tests.conftest import transcripts
from tests.tiny_t5 import make_tiny_t5

TALK = """\
What is the capital of France?
/profile dialog
Hello, how are you?
/set do_sample true
And what is your name?
/regen temperature=1.5 seed=7
/alt 1 2
/set max_new_tokens 3
A recipe for bolognese pasta:
/continue
/profile yesno
/set choose calibrated
Is snow hot?
/choose Is ice cold? => yes | no | maybe
"""
QUESTIONS = "prompt,answer\n" + "".join(
    f"What is the capital of {place}?,{city}\n"
    for place, city in (("France", "Paris"), ("Spain", "Madrid"), ("Italy", "Rome"), ("Peru", "Lima"))
)

Sweep = Callable[..., Path]


@pytest.fixture
def sweep(main: Main, tmp_path: Path) -> Sweep:
    """Sweeps over QUESTIONS and returns the answers' file."""
    (tmp_path / "questions.csv").write_text(QUESTIONS)

    def run(*arguments: object) -> Path:
        ended = main("sweep", "questions.csv", "--out", "answers.jsonl", *arguments)
        assert ended.status == 0, ended.err
        return tmp_path / "answers.jsonl"

    return run


def changed(path: Path, pattern: str, by: str, count: int = 0) -> None:
    text, found = re.subn(pattern, by, path.read_text(), count=count)
    assert found, pattern
    path.write_text(text)


def other_tokenizer(folder: Path) -> Path:
    """Change the words of a model's vocabulary."""
    from sentencepiece import sentencepiece_model_pb2

    model = sentencepiece_model_pb2.ModelProto.FromString((folder / "spiece.model").read_bytes())
    for piece in model.pieces[3:]:
        piece.piece += "x" if len(piece.piece) > 1 else ""
    (folder / "spiece.model").write_bytes(model.SerializeToString())
    return folder


def test_the_card_of_a_sweep_is_verified_and_is_small(main: Main, sweep: Sweep, tmp_path: Path):
    sweep("-p", "plain,qa", "-o", "seed=1,2", "-o", "temperature=0.7")

    made = main("card", "answers.jsonl", "-o", "card.json")
    ended = main("verify", "card.json")

    card = json.loads((tmp_path / "card.json").read_text())
    assert (made.status, made.out) == (0, "")
    assert re.search(r"card\.json: 16 answers, \d+ kB", made.err)
    assert (ended.status, ended.err) == (0, "")
    assert re.fullmatch(r"16 of 16 answers are equal, their log-probabilities within [\d.e-]+\.\n", ended.out)
    tokens = sum(len(answer["ids"]) + card["prompts"][answer["prompt"]]["n_tokens"] for answer in card["answers"])
    assert (tmp_path / "card.json").stat().st_size <= 1000 * len(card["answers"]) + 25 * tokens
    assert [profile["content"]["name"] for profile in card["profiles"]] == ["plain", "qa"]
    assert [arm["answers"] for arm in card["statistics"]["arms"]] == [4, 4, 4, 4]
    assert {tuple(answer["targets"]) for answer in card["answers"]} == {("Paris",), ("Madrid",), ("Rome",), ("Lima",)}


def test_the_card_of_a_session_with_chance_history_forced_tokens_and_choices_is_verified(main: Main, tmp_path: Path):
    assert main("chat", stdin=TALK).status == 0

    main("card", "1", "-o", "card.json")
    ended = main("verify", "card.json", "--json")

    found = json.loads(ended.out)
    assert ended.status == 0
    assert (found["answers"], found["equal"], found["differing"], found["cause"]) == (9, 9, [], None)
    assert found["logprob"] < 1e-6
    answers = json.loads((tmp_path / "card.json").read_text())["answers"]
    assert [len(answer["choice_lps"]) for answer in answers if "choices" in answer] == [2, 3]
    assert ["forced" in answer for answer in answers].count(True) == 1


def test_choices_of_a_sweep_are_verified_by_every_rule(main: Main, sweep: Sweep, tmp_path: Path):
    questions = "prompt,answer\nIs snow hot?,no\nIs ice cold?,yes\nIs 5 greater than 7?,no\nIs a cat a fish?,no\n"
    (tmp_path / "questions.csv").write_text(questions)
    sweep("-p", "yesno", "-o", "choose=sum,mean,calibrated")
    main("card", "answers.jsonl", "-o", "card.json")

    ended = main("verify", "card.json")

    assert (ended.status, ended.out[:33]) == (0, "12 of 12 answers are equal, their")
    card = json.loads((tmp_path / "card.json").read_text())
    assert ["template" in answer for answer in card["answers"]].count(True) == 4
    assert len(card["templates"]) == 1


def test_a_table_without_its_journal_is_named(main: Main, tmp_path: Path):
    (tmp_path / "answers.parquet").write_bytes(b"PAR1")

    ended = main("card", "answers.parquet", "-o", "card.json")

    assert ended.status == 2
    assert "answers.parquet: a card is made from its journal answers.parquet.jsonl, which is not here" in ended.err


def test_a_stopped_verification_counts_what_is_done(main: Main, sweep: Sweep, tmp_path: Path):
    sweep()
    main("card", "answers.jsonl", "-o", "card.json")
    card = read_card((tmp_path / "card.json").read_text())
    work = Verification(card, tmp_path / "card.json", lambda recorded: ScriptedEngine((("Paris",),)))

    for __ in work.run():
        work.replay.stop()

    *__, stopped, equal, cause = work.report()
    assert stopped == "Stopped after 1 of 4 answers."
    assert equal == "0 of 1 answer is equal."
    assert cause.startswith("First cause of the differences: weights (")


def test_other_weights_are_the_first_cause(main: Main, sweep: Sweep, tiny_model: Path, tmp_path: Path):
    sweep("-m", tiny_model, "-o", "max_new_tokens=4")
    main("card", "answers.jsonl", "-o", "card.json")
    other = other_tokenizer(make_tiny_t5(tmp_path / "other", seed=5))

    ended = main("verify", "card.json", "-m", other)

    assert ended.status == 6
    assert f"! different weights: {other} (" in ended.out
    assert "1 plain (What is the capital of France?): from token " in ended.out
    assert "0 of 4 answers are equal." in ended.out
    assert "First cause of the differences: weights (different weights: " in ended.out


def test_another_tokenizer_is_the_first_cause_where_the_weights_are_the_same(
    main: Main, sweep: Sweep, tiny_model: Path, tmp_path: Path
):
    sweep("-m", tiny_model, "-o", "max_new_tokens=9")
    main("card", "answers.jsonl", "-o", "card.json")
    other = other_tokenizer(Path(shutil.copytree(tiny_model, tmp_path / "other")))

    ended = main("verify", "card.json", "-m", other)

    assert ended.status == 6
    assert "First cause of the differences: tokenizer (different tokenizer: " in ended.out


def test_the_same_model_in_another_folder_is_verified(main: Main, sweep: Sweep, tiny_model: Path, tmp_path: Path):
    folder = Path(shutil.copytree(tiny_model, tmp_path / "here"))
    sweep("-m", folder, "-o", "max_new_tokens=4")
    main("card", "answers.jsonl", "-o", "card.json")
    sha = json.loads((tmp_path / "card.json").read_text())["models"][0]["weights_sha"]
    folder.rename(tmp_path / "moved")

    missing = main("verify", "card.json")
    ended = main("verify", "card.json", "-m", tmp_path / "moved")

    assert (missing.status, missing.out) == (3, "")
    assert f"(weights {sha}) is not available: " in missing.err
    assert len(missing.err.splitlines()) == 1
    assert ended.status == 0


def test_another_precision_is_the_first_cause(main: Main, sweep: Sweep):
    sweep("--precision", "float32")
    main("card", "answers.jsonl", "-o", "card.json")

    ended = main("verify", "card.json", "--precision", "int8")

    assert ended.status == 6
    assert "log-probabilities differ by up to 0.00" in ended.out
    assert ended.out.endswith(
        "First cause of the differences: precision (answered on cpu in int8, recorded on cpu in float32).\n"
    )


@pytest.mark.parametrize(
    ("pattern", "by", "cause"),
    [
        ('"name": "t5"', '"name": "t6"', "engine (answered by the engine t5, recorded t6"),
        ('"torch": "[^"]*"', '"torch": "1.0"', "torch (torch 2."),
        ('"device": "cpu"', '"device": "npu:0"', "device (answered on cpu in "),
        ('"batch": 4', '"batch": 8', "batch (it was made in a batch of 8, and alone here)"),
        ('"batch": 4', '"batch": 1', "unknown (weights, tokenizer, torch, device and precision are as recorded"),
    ],
)
def test_what_the_sweep_was_made_with_is_the_cause_of_another_answer(
    main: Main, sweep: Sweep, pattern: str, by: str, cause: str
):
    answers = sweep()
    changed(answers, pattern, by)
    main("card", "answers.jsonl", "-o", "same.json")
    changed(answers, '"lp": -0.0', '"lp": -0.5', count=1)
    main("card", "answers.jsonl", "-o", "other.json")

    same, other = main("verify", "same.json"), main("verify", "other.json", "--json")

    assert same.status == 0
    assert same.out.startswith("! " + cause.partition("(")[2]) == cause.startswith(("engine", "torch", "device"))
    found = json.loads(other.out)
    assert (other.status, found["equal"]) == (6, 3)
    assert f"{found['cause']} ({found['why']})".startswith(cause)


def test_a_card_that_was_changed_is_itself_the_cause(main: Main, sweep: Sweep, tmp_path: Path):
    sweep()
    main("card", "answers.jsonl", "-o", "card.json")
    changed(tmp_path / "card.json", '"text":"Paris"', '"text":"Rome"')

    ended = main("verify", "card.json")

    assert ended.status == 6
    assert "1 plain (What is the capital of France?): “Paris”, recorded “Rome”" in ended.out
    assert "First cause of the differences: the card (the card was changed after it was made)." in ended.out


def test_a_card_whose_statistics_were_changed_does_not_pass_though_its_answers_are_equal(
    main: Main, sweep: Sweep, tmp_path: Path
):
    sweep()
    main("card", "answers.jsonl", "-o", "card.json")
    changed(tmp_path / "card.json", '"accuracy":[0-9.]+', '"accuracy":0.99')

    ended, whole = main("verify", "card.json"), main("verify", "card.json", "--json")

    assert (ended.status, whole.status) == (6, 6)
    first, last = ended.out.splitlines()
    assert first == "! the card was changed after it was made"
    assert last.startswith("4 of 4 answers are equal")
    assert json.loads(whole.out)["unmet"] == ["the card was changed after it was made"]


def test_a_card_never_replaces_what_it_is_made_from(main: Main, sweep: Sweep, tmp_path: Path):
    answers = sweep()
    main("ask", "Hello")
    [talk] = transcripts(tmp_path)
    before = answers.read_bytes(), talk.read_bytes()

    for source, out in (("answers.jsonl", "answers.jsonl"), (talk, talk), ("q1", talk)):
        ended = main("card", source, "-o", out, "--force")
        assert "is what would be read for it" in ended.err, ended.err
        assert ended.status == 2
    assert main("sessions", "export", talk, talk, "--force").status == 2
    assert (answers.read_bytes(), talk.read_bytes()) == before


def test_a_profile_that_has_changed_since_is_named_and_its_answers_are_verified(
    main: Main, sweep: Sweep, tmp_path: Path
):
    profile = tmp_path / "mine.yaml"
    profile.write_text("schema: 1\nprefix: Answer.\n")
    sweep("-p", profile)
    profile.write_text("schema: 1\nprefix: Say.\n")

    made = main("card", "answers.jsonl", "-o", "card.json")

    assert "profile mine is not here as the sweep used it; the card has only its checksum" in made.err
    assert main("verify", "card.json").status == 0


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "card.json: is not a card; flanchat card SWEEP_OR_SESSION -o FILE makes one"),
        ("[1, 2]", "is not a card"),
        ('{"format": "flanchat-session"}', "is not a card"),
        ("[" * 100_000, "is not a card"),
        ("\x80", "is not a card"),
        (
            '{"format": "flanchat-card", "version": 2, "flanchat": "9.1"}',
            "card.json: is a card of version 2, made by flanchat 9.1; this flanchat reads version 1",
        ),
        (
            '{"format": "flanchat-card", "version": 1}',
            "card.json: is a damaged card; get it again",
        ),
    ],
)
def test_what_is_no_card_is_refused_in_one_sentence(main: Main, tmp_path: Path, content: str, said: str):
    (tmp_path / "card.json").write_text(content, encoding="latin-1")

    ended = main("verify", "card.json")

    assert (ended.status, ended.out) == (2, "")
    assert said in ended.err
    assert len(ended.err.splitlines()) == 1


def test_what_has_no_answers_gets_no_card_and_an_existing_file_stays(main: Main, sweep: Sweep, tmp_path: Path):
    (tmp_path / "words.txt").write_text("words\n")
    sweep()
    (tmp_path / "kept.json").write_text("mine")

    assert "expected a transcript" in main("card", "words.txt", "-o", "card.json").err
    assert "no session" in main("card", "nowhere", "-o", "card.json").err
    assert main("card", "answer.jsonl", "-o", "card.json").err == "flanchat: answer.jsonl: no such file\n"
    kept = main("card", "answers.jsonl", "-o", "kept.json")
    assert (kept.status, (tmp_path / "kept.json").read_text()) == (4, "mine")
    assert "exists already" in kept.err
    assert main("verify", "nowhere.json").status == 2


def test_the_cells_of_a_grid_are_named_as_what_gets_no_card(main: Main):
    main("whatif", "seed=1,2", "Name a fruit.")

    refused = main("card", "q1", "-o", "card.json")

    assert (refused.status, refused.err.count("\n")) == (2, 1)
    assert "the cells of a grid are not put on it; /pick makes one of them an answer" in refused.err


@pytest.mark.parametrize(
    "command",
    [
        ("sweep", "here"), ("diff", "demo", "demo", "here.csv"), ("verify", "here"), ("replay", "./here"),
        ("card", "./here", "-o", "card.json"),
    ],
)  # fmt: skip
def test_a_folder_in_place_of_a_file_to_read_is_a_mistake_of_usage(
    main: Main, tmp_path: Path, command: tuple[str, ...]
):
    for name in ("here", "here.csv"):
        (tmp_path / name).mkdir()

    refused = main(*command)

    assert (refused.status, refused.err.count("\n")) == (2, 1)
    assert "expected a regular file, found a folder" in refused.err
