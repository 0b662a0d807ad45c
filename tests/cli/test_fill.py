"""`flanchat fill` from outside, on the demo model, which was never trained for it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Main
from tests.conftest import transcripts


@pytest.mark.transformers
def test_fill_prints_sentences_with_their_probabilities_and_what_they_mean(main: Main, tmp_path: Path):
    shown = main("fill", "-o", "n_best=3", "The capital of France is <1>.")
    whole = json.loads(main("fill", "--json", "--no-log", stdin="The capital of France is <1>.").out)

    assert (shown.status, shown.err) == (0, "")
    assert "The capital of France is [" in shown.out
    assert "By itself the model would begin to fill with probability" in shown.out
    assert "The demo model was never trained to fill blanks" in shown.out
    assert len(whole["fills"]) <= 5
    assert all("<1>" not in fill["sentence"] for fill in whole["fills"])
    assert whole["begin_probability"] < 0.5
    assert whole["prompt"]["text"] == "The capital of France is <extra_id_0>."
    [path] = transcripts(tmp_path)
    [event] = [e for e in map(json.loads, path.read_text().splitlines()) if e["type"] == "fill"]
    assert len(event["answer"]["candidates"]) == 3
    assert main("sessions", "list", "--json").out == ""
    assert "there are only one-shot questions to continue" in main("chat", "--continue").err


@pytest.mark.transformers
def test_fill_says_what_it_does_not_use_of_a_profile_and_of_the_settings(main: Main):
    noted = main("fill", "--no-log", "-p", "qa", "-o", "n_best=2", "-o", "temperature=0.7", "A <1>.")
    prefixed = main("fill", "--no-log", "--system", "Be brief.", "-o", "n_best=2", "A <1>.")

    assert noted.err.splitlines() == [
        "flanchat: the model reads the text alone; of the profile qa only the settings are used",
        "flanchat: temperature has no effect while num_beams is above 1",
    ]
    assert "of the profile plain only the settings are used" in prefixed.err


@pytest.mark.transformers
def test_fill_in_a_chat_prints_what_it_prints_on_the_shell(main: Main):
    text = "The capital of France is <1>."

    shown = main("fill", "--no-log", text)
    chatted = main("chat", "--no-log", stdin=f"/fill {text}\n")

    assert chatted.status == 0
    assert chatted.out + chatted.err.removeprefix("flanchat: line 1: ") == shown.out


@pytest.mark.parametrize(
    ("text", "what"),
    [("No blank.", "no blank to fill; write <1>, <2> and so on"), ("<2> or <1>", "got <2>, <1>")],
)
def test_a_text_without_usable_blanks_is_refused_in_one_sentence(main: Main, text: str, what: str):
    ended = main("fill", "--no-log", text)

    assert (ended.status, ended.out) == (2, "")
    assert what in ended.err
    assert len(ended.err.splitlines()) == 1
