"""`flanchat beams` from outside, on the demo model."""

from __future__ import annotations

import io
import json
import signal
from pathlib import Path

import pytest

from flanchat import cli
from flanchat.engine.scripted import ScriptedEngine
from tests.cli.conftest import Main
from tests.conftest import transcripts

QUESTION = "What is the capital of France?"


@pytest.mark.parametrize("columns", ["24", "30", "44", "80"])
def test_the_answers_are_there_in_a_window_of_any_width(main: Main, columns: str):
    best = main("beams", "--no-log", "-n", "2", "-p", "qa", "capital of France", env={"COLUMNS": columns})
    voted = main("ask", "--no-log", "-o", "n_best=2", "-p", "qa", "capital of France", env={"COLUMNS": columns})

    assert "Paris" in best.out
    assert "Paris" in voted.out


def test_beams_lists_the_best_answers_as_the_setting_n_best_does(main: Main):
    listed = main("beams", "-n", "3", QUESTION)
    whole = json.loads(main("beams", "--json", "--seed", "1", "-n", "3", QUESTION).out)
    asked = json.loads(main("ask", "--json", "--seed", "1", "-o", "n_best=3", QUESTION).out)

    assert (listed.status, listed.err) == (0, "")
    assert [line[0] for line in listed.out.splitlines() if line[0].isdigit()] == ["1", "2", "3"]
    assert "Paris" in listed.out
    assert whole["candidates"] == asked["candidates"]
    assert whole["text"] == "Paris"


@pytest.mark.parametrize(("arguments", "count"), [((), 5), (("-o", "n_best=2"), 2), (("-p", "yesno", "-n", "4"), 4)])
def test_their_number_is_given_or_that_of_the_settings_or_5(main: Main, arguments: tuple[str, ...], count: int):
    ended = main("beams", "--no-log", "--json", *arguments, "Is snow cold?")

    found = json.loads(ended.out)
    assert len(found["candidates"]) == count
    assert found["choices"] == []


def test_a_question_is_recorded_as_a_one_shot_and_settings_without_effect_are_said(main: Main, tmp_path: Path):
    ended = main("beams", "-n", "2", "-o", "temperature=2", QUESTION)

    assert ended.err == "flanchat: temperature has no effect while num_beams is above 1\n"
    assert len(transcripts(tmp_path)) == 1
    assert main("sessions", "list", "--json").out == ""


def test_ctrl_c_keeps_the_answers_that_there_are(environ: dict[str, str]):
    def press(number: int) -> None:
        if number == 1:
            signal.raise_signal(signal.SIGINT)

    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8") for __ in range(2))
    arguments = ["beams", "--json", "--no-log", "Hello"]
    status = cli.main(
        arguments, environ, io.StringIO(), out, err, lambda *of: ScriptedEngine((("one", " two"),), before=press)
    )

    out.seek(0)
    assert status == 130
    assert json.loads(out.read())["text"] == "one"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("-n", "1", QUESTION), "1 is not in the range 2<=x<=16"),
        (("-n", "17", QUESTION), "17 is not in the range 2<=x<=16"),
        (("-n", "3", "-o", "n_best=4", QUESTION), "n_best is given twice, as 3 and as 4; give it once"),
        ((), "no prompt: pass one as an argument or pipe it in"),
    ],
)
def test_what_it_cannot_do_is_refused_in_a_sentence(main: Main, arguments: tuple[str, ...], said: str):
    ended = main("beams", *arguments)

    assert (ended.status, ended.out) == (2, "")
    assert said in ended.err
