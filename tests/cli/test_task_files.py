"""`flanchat sweep` with task files of other programs, from outside."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Main

SHORT = ("-o", "max_new_tokens=2")
TASK = """\
dataset_path: json
dataset_kwargs: {data_files: {test: rows.jsonl}}
test_split: test
doc_to_text: "Is it hot or cold? {{text}}"
doc_to_target: label
metric_list: [{metric: acc}]
"""
CHOICES = 'output_type: multiple_choice\ndoc_to_choice: ["cold", "hot"]\n'
ROWS = [
    {"text": "Snow fell.", "label": 0},
    {"text": "The sun burns.", "label": 1},
    {"text": "Ice is here.", "label": 0},
]


@pytest.fixture
def task(tmp_path: Path) -> Path:
    folder = tmp_path / "tasks"
    folder.mkdir()
    (folder / "rows.jsonl").write_text("\n".join(map(json.dumps, ROWS)))
    (folder / "task.yaml").write_text(TASK + CHOICES)
    return folder / "task.yaml"


def lines(path: Path) -> list[dict[str, Any]]:
    return sorted(map(json.loads, path.read_text().splitlines()), key=lambda line: line["row"])


def test_the_answers_of_a_task_are_chosen_from_its_choices_with_every_profile(main: Main, task: Path, tmp_path: Path):
    swept = main("sweep", task, "-p", "plain,qa", "--json", "--out", "out.jsonl")

    assert swept.status == 0
    assert f"rows from {task.parent / 'rows.jsonl'}\n" in swept.err
    assert "not used, because flanchat has metrics of its own: metric_list\n" in swept.err
    assert len(lines(tmp_path / "out.jsonl")) == 6
    for line in lines(tmp_path / "out.jsonl"):
        row = ROWS[line["row"] - 1]
        assert line["question"] == f"Is it hot or cold? {row['text']}"
        assert line["targets"] == [["cold", "hot"][int(row["label"])]]
        assert {choice["text"] for choice in line["choices"]} == {"cold", "hot"}
        assert line["text"] == max(line["choices"], key=lambda choice: choice["p"])["text"]
        assert line["exact"] == (line["text"] in line["targets"])
    for arm in json.loads(swept.out)["arms"]:
        assert arm["confusion"]["labels"] == ["cold", "hot", None]
    again = main("sweep", task, "-p", "plain,qa", "--out", "out.jsonl")
    assert "6 of them exist already\n" in again.err
    task.write_text(task.read_text().replace('"cold", "hot"', '"warm", "hot"'))
    assert "belongs to another sweep" in main("sweep", task, "-p", "plain,qa", "--out", "out.jsonl").err


def test_choices_of_each_row_are_its_own_and_free_answers_can_be_compared_with_them(
    main: Main, task: Path, tmp_path: Path
):
    rows = [{"text": "Snow fell.", "options": ["cold", "hot", "wet"], "label": 0}, {"text": "Two and two?", "options":
            ["four", "five"], "label": 0}]  # fmt: skip
    (tmp_path / "rows.jsonl").write_text("\n".join(map(json.dumps, rows)))
    task.write_text(TASK + "output_type: multiple_choice\ndoc_to_choice: options\n")

    swept = main("sweep", task, "-o", "choose=mean,free", "-o", "max_new_tokens=4", "--out", "out.jsonl", "--json")

    assert swept.status == 0
    found = {(line["row"], line["varied"]["choose"]): line for line in lines(tmp_path / "out.jsonl")}
    for number, row in enumerate(rows, 1):
        assert [choice["text"] for choice in found[number, "mean"]["choices"]] == row["options"]
        assert found[number, "mean"]["text"] in row["options"]
        assert "choices" not in found[number, "free"]
    assert json.loads(swept.out)["arms"][0]["confusion"] is None


def test_choices_that_are_nearly_the_same_are_different_answers(main: Main, task: Path, tmp_path: Path):
    task.write_text(TASK + 'output_type: multiple_choice\ndoc_to_choice: ["A dog", "The dog.", "dog"]\n')
    swept = main("sweep", task, "--json", "--out", "out.jsonl")

    right = [line["text"] in line["targets"] for line in lines(tmp_path / "out.jsonl")]
    assert [line["exact"] for line in lines(tmp_path / "out.jsonl")] == right
    assert json.loads(swept.out)["arms"][0]["figures"]["exact"] == sum(right) / 3 < 1


def test_settings_of_a_task_are_those_of_its_answers_unless_a_flag_says_otherwise(
    main: Main, task: Path, tiny_model: Path, tmp_path: Path
):
    task.write_text(TASK + "generation_kwargs: {max_gen_toks: 3, until: ['.']}\n")

    swept = main("sweep", task, "-m", tiny_model, "--out", "a.jsonl")
    main("sweep", task, "-m", tiny_model, *SHORT, "--out", "b.jsonl")

    assert 'settings from generation_kwargs: max_new_tokens=3 stop=["."]\n' in swept.err
    assert {line["settings"]["decode.max_new_tokens"] for line in lines(tmp_path / "a.jsonl")} == {3}
    assert {line["settings"]["decode.max_new_tokens"] for line in lines(tmp_path / "b.jsonl")} == {2}
    assert {tuple(line["settings"]["decode.stop"]) for line in lines(tmp_path / "b.jsonl")} == {(".",)}


def test_tests_of_promptfoo_are_scored_by_what_they_assert(main: Main, tiny_model: Path, tmp_path: Path):
    (tmp_path / "foo.yaml").write_text(
        'prompts: ["Say {{word}}."]\nproviders: [x]\ntests:\n'
        "  - vars: {word: yes}\n    assert: [{type: icontains, value: '{{word}}'}]\n"
        "  - vars: {word: no}\n"
    )

    swept = main("sweep", "foo.yaml", "-m", tiny_model, *SHORT, "--out", "out.jsonl")

    assert swept.status == 0
    assert "right answers from assert; 1 of 2 rows have none, the first at foo.yaml:6\n" in swept.err
    assert "not used, because --model names the model: providers\n" in swept.err
    assert "  contains" in swept.err
    assert [(line["question"], line["targets"]) for line in lines(tmp_path / "out.jsonl")] == [
        ("Say yes.", ["yes"]),
        ("Say no.", []),
    ]


def test_prompts_of_promptfoo_are_compared_by_their_column(main: Main, tiny_model: Path, tmp_path: Path):
    tests = "[{vars: {q: one}, assert: [{type: equals, value: '1'}]}, {vars: {q: two}}]"
    (tmp_path / "foo.yaml").write_text(
        f'prompts: [{{raw: "Say {{{{q}}}}.", label: calm}}, "{{{{q}}}}!"]\ntests: {tests}\n'
    )

    swept = main("sweep", "foo.yaml", "-m", tiny_model, *SHORT, "--by", "prompt", "--json", "--out", "out.jsonl")

    assert swept.status == 0
    assert "every test is asked with each of 2 prompts; the column prompt names them\n" in swept.err
    assert [line["question"] for line in lines(tmp_path / "out.jsonl")] == ["Say one.", "one!", "Say two.", "two!"]
    assert "calm" in swept.err
    assert "prompts[1]" in swept.err


def test_calibration_needs_the_template_in_a_profile(main: Main, task: Path):
    ended = main("sweep", task, "-o", "choose=sum,calibrated")

    assert ended.status == 2
    assert ended.err.endswith(
        f"choose=calibrated: the template is in {task}, not in a profile, so it cannot be scored by itself\n"
    )


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (TASK + "process_docs: !function utils.f\n", "flanchat: bad.yaml:7: `!function` calls Python, which flanchat "
         "does "
         "not run. Write a text or a template.\n"),
        (TASK.replace("rows.jsonl", "gone.jsonl"), "flanchat: gone.jsonl: no such file\n"),
        ("- 1\n", "flanchat: bad.yaml:1: [0]: expected fields such as `key: value`, found the number 1\n"),
        ("a: *b\n", "flanchat: bad.yaml:1: aliases (*name) are not allowed. Put quotes around text that starts with "
         "`*`.\n"),
    ],
)  # fmt: skip
def test_a_task_file_that_cannot_be_followed_is_refused_in_one_sentence(
    main: Main, tmp_path: Path, written: str, said: str
):
    (tmp_path / "bad.yaml").write_text(written)

    ended = main("sweep", "bad.yaml")

    assert (ended.status, ended.err) == (2, said)
