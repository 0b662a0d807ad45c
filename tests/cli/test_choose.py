"""`flanchat choose` from outside, and `ask` with a profile that has choices."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Main
from tests.conftest import transcripts


def test_choose_prints_shares_by_both_rules_and_records_them(main: Main, tmp_path: Path):
    ended = main("choose", "Answer yes or no. Is the sky blue?", "yes", "no", "it is not possible to tell")

    assert (ended.status, ended.err) == (0, "")
    head, *rows = ended.out.splitlines()
    assert head.split()[:5] == ["choice", "by", "sum", "by", "average"]
    assert sum("%" in row and "#" in row for row in rows) >= 3
    assert "Best by " in ended.out
    assert "end token" in " ".join(ended.out.split())
    [path] = transcripts(tmp_path)
    events = [json.loads(line) for line in path.read_text().splitlines()]
    [answer], [chosen] = ([e for e in events if e["type"] == kind] for kind in ("answer", "choose"))
    assert chosen["answer"] == answer["id"]
    assert answer["engine"]["batch"] == 3
    assert math.fsum(choice["p"] for choice in chosen["choices"]) == pytest.approx(1)


def test_choose_json_has_the_answer_and_its_choices_and_reads_a_piped_prompt(main: Main):
    piped = main("choose", "--json", "--no-log", "--", "-", "-1", "0 ", stdin="Which is it?\n")
    both = main("choose", "--json", "--no-log", "Which", "a", "b", stdin="is it?\n")

    record = json.loads(piped.out)
    assert record["prompt"]["text"] == "Which is it?"
    assert [choice["text"] for choice in record["choices"]] == ["-1", "0 "]
    assert set(record["choices"][0]) == {
        "text", "tokens", "sum_logprob", "mean_logprob", "p_sum", "p_mean", "unknown", "same_as",
        "template_logprobs", "p_calibrated",
    }  # fmt: skip
    assert record["text"].strip() == max(record["choices"], key=lambda c: c["sum_logprob"])["text"].strip()
    assert json.loads(both.out)["prompt"]["text"] == "Which\nis it?"


def test_the_template_alone_is_what_asking_a_question_without_content_gives(main: Main):
    def scored(question: str) -> list[dict[str, Any]]:
        ended = main("choose", "-p", "yesno", "--no-log", "--json", question, "-o", "choose=calibrated")
        choices: list[dict[str, Any]] = json.loads(ended.out)["choices"]
        return choices

    choices = scored("Is 5 greater than 7?")

    assert [list(choice["template_logprobs"]) for choice in choices] == [["N/A", "", "[MASK]"]] * 2
    for question in ("N/A", "[MASK]"):
        alone = [choice["sum_logprob"] for choice in scored(question)]
        assert [choice["template_logprobs"][question] for choice in choices] == pytest.approx(alone, abs=1e-4)


@pytest.mark.transformers
def test_a_profile_with_choices_answers_with_one_of_them_and_ask_json_has_the_scores(main: Main):
    alone = main("ask", "-p", "sentiment", "--no-log", "A terrible waste of time.")
    whole = main("ask", "-p", "sentiment", "--no-log", "--json", "A terrible waste of time.", "-o", "num_beams=2")
    free = main("ask", "-p", "sentiment", "--no-log", "--json", "A terrible film.", "-o", "choose=free")

    assert (alone.out, alone.err) == ("negative\n", "")
    assert [choice["text"] for choice in json.loads(whole.out)["choices"]] == ["positive", "negative"]
    assert json.loads(free.out)["choices"] == []


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        (("Why?", "yes"), "expected two choices or more, found 1"),
        (("Why?",), "expected two choices or more, found 0"),
        (("Why?", "yes", ""), "choice 2 is empty"),
        (("Why?", "yes", "yes"), "choice 2 repeats choice 1: yes"),
        (("", "yes", "no"), "no prompt: pass one as an argument"),
        (("-o", "choose=best", "Why?", "yes", "no"), "expected sum, mean, calibrated or free, got the text 'best'"),
    ],
)
def test_bad_choices_are_refused_in_one_sentence_with_status_2(main: Main, arguments: tuple[str, ...], what: str):
    ended = main("choose", "--no-log", *arguments)

    assert (ended.status, ended.out) == (2, "")
    assert what in ended.err
    assert len(ended.err.splitlines()) == 1


def test_choices_that_are_the_same_to_the_model_are_named(main: Main):
    ended = main("choose", "--no-log", "Which?", "\u6d77", "\u5c71", "\x1b[31mred")

    assert ended.status == 0
    assert "\u5c71: same tokens as \u6d77" in ended.out
    assert "\u6d77: not in the model's vocabulary: \u6d77" in ended.out
    assert "\x1b" not in ended.out + ended.err
