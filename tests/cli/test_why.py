"""`flanchat why` from outside."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Main
from tests.conftest import transcripts

SHORT = ("--precision", "float32", "-o", "max_new_tokens=8")
PASSAGE = """The library opens at nine. Anna has a red bicycle. The train to Lyon leaves at six.
Question: What colour is Anna's bicycle?
"""


def events(folder: Path, kind: str) -> list[dict[str, Any]]:
    (path,) = transcripts(folder)
    return [event for line in path.read_text().splitlines() if (event := json.loads(line))["type"] == kind]


def test_why_answers_then_shows_what_the_answer_needs_first_and_marks_it_in_the_prompt(main: Main, tmp_path: Path):
    ended = main("why", "-p", "passage", "--by", "sentence", *SHORT, stdin=PASSAGE, env={"COLUMNS": "120"})

    answer, title, whole, head, first, second, *rest = ended.out.splitlines()
    assert (ended.status, answer, title) == (0, "red", "Why: red")
    assert "log-probability is" in whole
    assert head.split() == ["sentence", "change", "greedy", "by", "token"]
    assert first.startswith("1  Question: What colour is Anna's bicycle?")
    assert second.startswith("2  Anna has a red bicycle.")
    assert "token 1: " in second
    assert "##" in second
    prompt = "\n".join(rest)
    assert "Anna has a red bicycle.[2] The train to Lyon leaves at six.\nQuestion:" in prompt
    assert "hide each other" in prompt
    [event] = events(tmp_path, "why")
    assert event["answer"] == events(tmp_path, "answer")[0]["id"]


def test_json_has_each_change_token_by_token_and_the_shots_together(main: Main):
    whole = json.loads(main("why", "-p", "fewshot", "--no-log", "--json", *SHORT, "capital of France").out)

    assert (whole["text"], whole["complete"]) == ("Paris", True)
    assert [(part["kind"], part["ref"]) for part in whole["parts"]] == [
        ("shot", 1), ("shot", 2), ("shot", 3), ("question", 0), ("cue", 0)
    ]  # fmt: skip
    for part in (*whole["parts"], whole["all_shots"]):
        assert len(part["changes"]) == len(whole["tokens"])
        assert part["change"] == pytest.approx(math.fsum(part["changes"]))
        assert part["logprob"] - whole["whole"]["logprob"] == pytest.approx(part["change"], abs=1e-9)
    assert min(whole["parts"], key=lambda part: part["change"])["kind"] == "question"
    assert whole["all_shots"]["spans"] == [part["spans"][0] for part in whole["parts"][:3]]
    assert "answer" not in whole["parts"][0]


def test_a_recorded_answer_is_explained_with_what_would_be_answered_and_where_the_decoder_looks(
    main: Main, tmp_path: Path
):
    main("ask", "-p", "fewshot", *SHORT, "capital of France")
    ended = main("why", "-c", "--answers", "--layer", "1", "--json", *SHORT[:2])
    shown = main("why", "-c", "--answers", "--attention", *SHORT[:2], env={"COLUMNS": "60"})

    whole = json.loads(ended.out)
    assert len(events(tmp_path, "answer")) == 1
    assert all(isinstance(part["answer"], str) for part in (*whole["parts"], whole["all_shots"]))
    assert whole["layer"] == 1
    shares = [sum(part["attention"][at] for part in whole["parts"]) for at in range(len(whole["tokens"]))]
    assert [share + end for share, end in zip(shares, whole["attention_of_end"], strict=True)] == pytest.approx(
        [1] * len(shares), abs=1e-4
    )
    assert "attention" in shown.out
    assert "not what made the answer" in " ".join(shown.out.split())
    assert main("sessions", "show", "q1").out.count("Why: change of the log-probability") == 2
    assert [len(events(tmp_path, "why"))] == [2]


def test_the_greedy_token_is_named_also_where_it_is_a_blank_or_the_end(main: Main):
    """Sums begin with a blank of their own, which was called the end."""
    asked = ("What is 2 + 2? => four | five", "What is the capital of France? => Paris Paris | Rome Rome")
    ended = main("chat", stdin="".join(f"/choose {each}\n/why\n" for each in asked))

    parts = [line for line in ended.out.splitlines() if line.startswith("With the whole prompt, greedy")]
    assert parts == [
        'With the whole prompt, greedy decoding would part from this answer at token 1: " ".',
        "With the whole prompt, greedy decoding would part from this answer at token 2: </s>.",
    ]


def test_what_is_answered_without_all_shots_is_shown_too(main: Main):
    ended = main("why", "-p", "fewshot", "--answers", "--no-log", *SHORT, "capital of France")

    answers = [line for line in ended.out.splitlines() if line.startswith("Answer without all 3 shots: ")]
    assert len(answers) == 1
    assert answers[0].removeprefix("Answer without all 3 shots: ")


def test_one_part_is_shown_token_by_token(main: Main):
    ended = main("why", "-p", "fewshot", "--part", "shots", "--no-log", *SHORT, "capital of France")

    lines = ended.out.splitlines()
    assert lines[3].startswith("all 3 shots ")
    assert lines[4].split() == ["token", "change"]
    assert [line.split()[1] for line in lines[5:7]] == ["Paris", "(end)"]


def test_html_is_one_page_without_external_resources(main: Main):
    ended = main("why", "--html", "--no-log", "--by", "word", *SHORT, "Is <b> & bold?")

    assert ended.out.startswith("<!doctype html>")
    assert "&lt;b&gt;" in ended.out
    assert "<script" not in ended.out
    assert "http" not in ended.out.replace("http-equiv", "")
    assert ".why:has(.a1:hover)" in ended.out


@pytest.mark.transformers
def test_the_gradient_stands_beside_the_change(main: Main, tiny_model: Path):
    arguments = ("why", "--check", "gradient", "--no-log", *SHORT, "What is the capital of France?")
    whole = json.loads(main(*arguments, "-p", "qa", "--json").out)
    shown = main(*arguments, "-m", tiny_model)

    changes, gradients = ([part[name] for part in whole["parts"]] for name in ("change", "gradient"))
    assert changes.index(min(changes)) == gradients.index(min(gradients))
    assert "gradient" in shown.out


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        ((), 2, "no prompt: pass one as an argument or pipe it in"),
        (("-c",), 2, "there is no session to continue yet"),
        (("--json", "--html", "Why?"), 2, "--json and --html exclude each other"),
        (("--by", "letter", "Why?"), 2, "by letter: expected one of part, sentence, word."),
        (("--part", "shot1", "Why?"), 2, "part shot1: expected a part of this prompt (question), or shots or turns."),
        (("--layer", "99", "Why?"), 2, "layer 99: expected a layer from 1 to "),
        (("--check", "shap", "Why?"), 2, "check shap: expected gradient"),
    ],
)
def test_what_cannot_be_explained_is_refused_in_one_sentence(
    main: Main, arguments: tuple[str, ...], status: int, said: str
):
    ended = main("why", "--no-log", *arguments, *SHORT)

    assert (ended.status, ended.err.count("\n")) == (status, 1)
    assert said in ended.err


@pytest.mark.parametrize("option", [("--part", "shot9"), ("--layer", "99")])
def test_what_the_prompt_or_the_model_does_not_have_is_refused_before_the_model_is_asked(
    main: Main, option: tuple[str, str]
):
    ended = main("why", "--no-log", *option, "Why?", *SHORT)

    assert (ended.status, ended.out) == (2, "")
    assert " ".join(option).removeprefix("--") in ended.err


def test_a_recorded_answer_is_scored_by_the_model_that_gave_it(main: Main, tiny_model: Path):
    main("ask", "-m", tiny_model, *SHORT, "boil the water")

    ended = main("why", "-c", *SHORT[:2])
    other = main("why", "-c", "-m", "bundled", *SHORT[:2])

    assert (ended.status, ended.err) == (0, "")
    assert ended.out.count("water") >= 2
    assert other.status == 2
    assert "whose tokenizer" in other.err


def test_calibrated_choices_are_calibrated_by_the_template_of_the_prompt_without_the_part(main: Main):
    rule = ("-p", "yesno", "-o", "choose=calibrated", "--no-log", "--precision", "float32")
    ended = main("why", *rule, "--answers", "--part", "question", "--by", "word", "--json", "Is 5 greater than 7?")
    whole = main("why", *rule, "--answers", "--json", "Is 5 greater than 7?")

    parts = {part["text"]: part["answer"] for part in json.loads(ended.out)["parts"]}
    assert (ended.status, whole.status) == (0, 0)
    assert parts == {
        "Is": main("ask", *rule, "5 greater than 7?").out.strip(),
        "5": main("ask", *rule, "Is greater than 7?").out.strip(),
        "greater": main("ask", *rule, "Is 5 than 7?").out.strip(),
        "than": main("ask", *rule, "Is 5 greater 7?").out.strip(),
        "7?": main("ask", *rule, "Is 5 greater than ").out.strip(),
    }
    assert {part["answer"] for part in json.loads(whole.out)["parts"]} <= {"yes", "no"}
