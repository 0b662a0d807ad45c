"""`flanchat tokens` and `flanchat prompt`: what the model reads, without a model."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Main
from tests.conftest import isolated_environ, transcripts

FRUIT = ("-o", "max_new_tokens=4")


def test_tokens_shows_what_the_model_does_not_see(main: Main):
    shown = main("tokens", "The", "food was {really} good")

    assert shown.status == 0
    assert shown.out.startswith('▁The·23  ▁food·492  ▁was·59  ▁·3  <unk>"{"·2  ')
    assert "2 unknown: the model does not see the quoted text" in shown.out
    assert "! 2 characters are not in the model's vocabulary: { }" in shown.out


def test_tokens_are_an_object_with_json_and_come_from_a_pipe_too(main: Main):
    piped = main("tokens", "--json", stdin="two\nlines {\n")
    typed = main("tokens", "--json", "two\nlines {")

    made = json.loads(piped.out)
    assert json.loads(typed.out) == made
    assert (made["text"], "".join(piece["text"] for piece in made["pieces"])) == ("two\nlines {", "two\nlines {")
    assert made["tokens"] == len(made["pieces"]) + 1
    assert [piece["text"] for piece in made["pieces"] if piece["unknown"]] == ["{"]
    assert [(warning["kind"], warning["chars"]) for warning in made["warnings"]] == [("unk", "{"), ("newline", "\n")]


def test_the_prompt_is_the_one_that_ask_sends(main: Main, tmp_path: Path):
    (tmp_path / "mine.yaml").write_text("template: '{{prefix}} In {{tongue}}: {{input}}'\nvars: {tongue: {}}\n")
    given = ("-p", "./mine.yaml", "--var", "tongue=French", "--system", "Be brief.", "Good {morning}.")

    shown, made = main("prompt", *given), json.loads(main("prompt", "--json", *given).out)
    asked = json.loads(main("ask", "--json", *FRUIT, *given).out)

    assert made["prompt"] == asked["prompt"]
    assert made["prompt"]["text"] == "Be brief. In French: Good {morning}."
    assert shown.out.startswith(made["prompt"]["text"] + "\n")
    assert f"{made['prompt']['tokens']} of 512 tokens" in shown.out
    assert "not in the model's vocabulary: { }" in shown.out


@pytest.mark.parametrize("command", [("prompt", "--json"), ("ask", "--dry-run", "--json")])
def test_the_prompt_of_a_resumed_session_has_its_earlier_turns(main: Main, command: tuple[str, ...], tmp_path: Path):
    main("ask", "-s", "talk", "-p", "dialog", *FRUIT, "Hello, how are you?")
    before = [path.read_bytes() for path in transcripts(tmp_path)]

    made = main(*command, "-c", "And your name?")

    assert [path.read_bytes() for path in transcripts(tmp_path)] == before
    asked = main("ask", "--json", "-c", "And your name?")
    assert json.loads(made.out)["prompt"] == json.loads(asked.out)["prompt"]
    assert "Hello, how are you?" in json.loads(made.out)["prompt"]["text"]


@pytest.mark.parametrize(
    "command", [("ask", "Why?"), ("choose", "Why?", "a", "b"), ("whatif", "seed=1", "Why?")], ids=str
)
def test_it_is_said_once_that_earlier_turns_are_not_sent(main: Main, command: tuple[str, ...]):
    said = "flanchat: earlier turns are not sent; -p dialog or -o turns=2 sends them\n"
    main("ask", "-s", "talk", *FRUIT, "Hello, how are you?")

    alone, followed, new = (
        main(*command, "-s", "talk", *FRUIT),
        main(*command, "-s", "talk", "-o", "turns=1"),
        main(*command),
    )

    assert [ended.err.count(said) for ended in (alone, followed, new)] == [1, 0, 0]
    assert "earlier turns are not sent: --jsonl" in main("ask", "--jsonl", "-s", "talk", stdin="Why?\n").err


def test_a_prompts_tokens_are_those_of_its_whole_text(main: Main):
    made = json.loads(main("prompt", "--tokens", "--json", "-p", "qa", "Why?").out)

    assert "".join(piece["text"] for piece in made["pieces"]) == made["prompt"]["text"] == "Q: Why?\nA:"
    assert main("prompt", "--tokens", "-p", "qa", "Why?").out.startswith("▁")


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (("tokens",), 2, "no text: pass one as an argument or pipe it in"),
        (("prompt",), 2, "no prompt: pass one as an argument or pipe it in"),
        (("tokens", "caf\udce9"), 2, "expected UTF-8, found the byte 0xe9"),
        (("tokens", "-m", "nowhere/", "x"), 3, "nowhere"),
        (("prompt", "-o", "max_input_tokens=16", "so " * 30), 5, "only 15 are left"),
    ],
)
def test_what_has_no_tokens_or_no_prompt_is_said(main: Main, arguments: tuple[str, ...], status: int, message: str):
    ended = main(*arguments)

    assert (ended.status, ended.out) == (status, "")
    assert message in ended.err


def test_neither_imports_torch(tmp_path: Path):
    without = "import sys, runpy; sys.modules['torch'] = None; runpy.run_module('flanchat', run_name='__main__')"
    for command in ("tokens", "prompt"):
        done = subprocess.run(
            [sys.executable, "-c", without, command, "hello"],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True, env=isolated_environ(tmp_path),
            cwd=tmp_path,
        )  # fmt: skip

        assert done.stderr == ""
        assert "hell" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["-o", "temperature=0.5", "-o", "decode.temperature=1"], "temperature is given twice, as 0.5 and as 1"),
        (["-o", "seed=4", "--seed", "3"], "seed is given twice, as 4 and as 3"),
        (["-p", "translate-de", "--var", "a=1", "--var", "a=2"], "--var a is given twice, as 1 and as 2"),
    ],
)
def test_what_is_given_twice_is_refused(main: Main, arguments: list[str], said: str):
    ended = main("prompt", *arguments, "hello")

    assert (ended.status, said in ended.err) == (2, True)


def test_variables_have_their_names_in_the_ledger(main: Main, tmp_path: Path):
    (tmp_path / "mine.yaml").write_text("template: '{{tone}} words: {{input}}'\nvars: {tone: {default: kind}}\n")

    shown = main("prompt", "-p", "./mine.yaml", "hello").out.splitlines()

    assert [line.split()[:2] for line in shown[2:4]] == [["variable", "tone"], ["template", "2"]]
    assert shown[4].split()[:2] == ["question", "1"]  # the blank before its first word does not make it the template's


def test_a_warning_is_not_repeated_until_its_cause_changes(main: Main):
    said = main("chat", stdin="one 日\ntwo 日\nthree\nfour 日\n").err

    assert [line for line in said.splitlines() if "vocabulary" in line] == [
        f"flanchat: line {line}: ! 1 character is not in the model's vocabulary: 日" for line in (1, 4)
    ]


def test_a_cut_question_is_said_in_answer_ledger_and_transcript(main: Main, tmp_path: Path):
    long = "word " * 100
    options = ["-o", "max_input_tokens=30", "-o", "truncate=middle"]

    asked = main("ask", *options, long)
    shown = main("prompt", *options, long).out
    [transcript] = transcripts(tmp_path)
    [segment] = [
        segment
        for event in map(json.loads, transcript.read_text().splitlines())
        if event["type"] == "prompt"
        for segment in event["segments"]
        if segment["kind"] == "question"
    ]

    assert (segment["cut_at"], segment["cut"]) == ("middle", 101 - 30)
    assert "over the budget of 30 tokens, cut of the question: 71 tokens in the middle" in asked.err
    assert "cut: 71 tokens in the middle" in shown
    assert " cut: 71 tokens in the middle" in main("sessions", "show", transcript).out


def test_a_variable_takes_the_text_of_a_file(main: Main, tmp_path: Path):
    (tmp_path / "sky.txt").write_text("The sky is blue.\n")

    shown = main("prompt", "-p", "passage", "--var", "passage=@sky.txt", "Question: What is blue?")
    missing = main("prompt", "-p", "passage", "--var", "passage=@no.txt", "Question: What is blue?")

    assert shown.out.startswith("Read the passage and answer the question. The sky is blue. Question: What is blue?")
    assert (missing.status, "no.txt: No such file" in missing.err) == (2, True)
