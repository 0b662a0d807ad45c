"""Task files of lm-evaluation-harness and promptfoo are read as those programs read them, or refused by name."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flanchat.base.errors import PromptsError
from flanchat.experiments.prompt_file import PromptFile, Row
from flanchat.experiments.task_file import read_task_file

DOCS: tuple[dict[str, Any], ...] = (
    {"q": "One?", "options": ["a", "b"], "label": 1, "gold": ["b"], "hint": None},
    {"q": "Two?", "options": ["c", "d"], "label": 0, "gold": ["c", "C"], "hint": "see"},
)
TASK = """\
task: mine
dataset_path: json
dataset_kwargs:
  data_files: {test: d.jsonl}
test_split: test
"""


def read(text: str, docs: tuple[Mapping[str, Any], ...] = DOCS, **columns: str) -> PromptFile:
    data = "\n".join(map(json.dumps, docs)).encode()
    return read_task_file(
        "t.yaml", text.encode(), columns.get("prompt"), columns.get("target"), lambda name: (name, data)
    )


def refused(text: str, docs: tuple[Mapping[str, Any], ...] = DOCS) -> str:
    with pytest.raises(PromptsError) as raised:
        read(text, docs)
    return raised.value.message


def of_task(text: str, target: str = "q", choice: str = "") -> PromptFile:
    chosen = f"output_type: multiple_choice\ndoc_to_choice: {choice}\n" if choice else ""
    return read(f"{TASK}{chosen}doc_to_text: {text}\ndoc_to_target: {target}\n")


# lm-evaluation-harness


def test_a_prompt_is_a_column_or_a_template_behind_the_description():
    assert [row.question for row in of_task("q").rows] == ["One?", "Two?"]
    assert [row.question for row in of_task('"{{q.strip()}}{% if hint %} ({{hint}}){% endif %}"').rows] == [
        "One?",
        "Two? (see)",
    ]
    assert of_task("q\ndescription: 'Answer {{options|length}}: '").rows[0].question == "Answer 2: One?"


def test_a_row_has_its_place_and_its_columns():
    row = of_task("q").rows[1]

    assert row.where == "d.jsonl:2"
    assert row.columns == {"q": "Two?", "label": "0", "hint": "see"}


@pytest.mark.parametrize(
    ("target", "choice", "targets", "choices"),
    [
        ("label", "options", ("b",), ("a", "b")),  # the number of a choice
        ('"{{label}}"', "options", ("b",), ("a", "b")),  # a template of digits is a number too
        ("gold", "options", ("b",), ("a", "b")),
        ("0", "[no, yes]", ("no",), ("no", "yes")),  # YAML 1.1 would make booleans of these
        ("label", "{x: no, y: yes}", ("yes",), ("no", "yes")),
        ("label", '"{{[q, options[0]]}}"', ("a",), ("One?", "a")),
        ("label", '"{{options}}"', ("b",), ("a", "b")),
        ("label", "\"['no', 'yes']\"", ("yes",), ("no", "yes")),
        ("[0, 1]", "options", ("a", "b"), ("a", "b")),
    ],
)
def test_the_right_answers_are_choices_by_number_or_text(
    target: str, choice: str, targets: tuple[str, ...], choices: tuple[str, ...]
):
    data = read(f"{TASK}output_type: multiple_choice\ndoc_to_choice: {choice}\ndoc_to_text: q\ndoc_to_target: {target}",
                DOCS[:1])  # fmt: skip

    assert data.rows[0].targets == targets
    assert data.rows[0].choices == choices


@pytest.mark.parametrize(
    ("target", "targets"),
    [
        ("gold", ("c", "C")),
        ('"{{gold}}"', ("c", "C")),  # a template that writes a list
        ('"{{gold[0]}}!"', ("c!",)),
        ("label", ("0",)),
        ("hint", ("see",)),
    ],
)
def test_without_choices_right_answers_are_texts(target: str, targets: tuple[str, ...]):
    assert of_task("q", target).rows[1].targets == targets


def test_a_right_answer_that_is_the_number_of_a_choice_is_written_out_where_the_answer_is_generated():
    row = of_task("q\ndoc_to_choice: options", "label").rows[0]

    assert (row.targets, row.choices) == (("b",), ())


def test_generation_settings_are_those_of_the_task():
    given = "generation_kwargs: {until: '</s>', max_gen_toks: 8, do_sample: true, temperature: 0.5}"

    assert of_task(f"q\n{given}").settings == {
        "decode.stop": ("</s>",),
        "decode.max_new_tokens": 8,
        "decode.do_sample": True,
        "decode.temperature": 0.5,
        "decode.top_k": 50,  # which transformers takes where nobody says
    }


def test_what_has_no_effect_is_passed_over_and_what_is_not_used_is_said():
    found = of_task("q\ntag: x\nmetadata: {version: 1}\nmetric_list: [{metric: acc}]\ntask_alias: y")

    assert found.notes == ("rows from d.jsonl", "not used, because flanchat has metrics of its own: metric_list")


def test_files_without_a_split_are_that_of_training_and_several_are_read_in_turn():
    text = TASK.replace("{test: d.jsonl}", "[d.jsonl, d.jsonl]") + "doc_to_text: q\ndoc_to_target: label\n"

    assert len(read(text.replace("test_split: test", "test_split: train")).rows) == 4
    assert refused(text) == "t.yaml:5: test_split: expected one of the splits of data_files, train, found 'test'"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("process_docs: !function u.f", "t.yaml:8: `!function` calls Python, which flanchat does not run. Write a "
         "text or a "
         "template."),
        ("process_docs: f", "t.yaml:8: process_docs: flanchat changes no rows; write the changed ones into the data "
         "file"),
        ("fewshot_split: train", "t.yaml:8: fewshot_split: flanchat takes no examples from a split; put them into "
         "the shots "
         "of a profile and remove this field"),
        ("num_fewshot: 5", "t.yaml:8: num_fewshot: flanchat takes no examples from a split; put them into the shots "
         "of a "
         "profile and remove this field"),
        ("filter_list: []", "t.yaml:8: filter_list: flanchat filters no answers; use post.answer_regex (-o "
         "answer_regex=...) and remove this field"),
        ("output_type: loglikelihood", "t.yaml:8: output_type: expected generate_until or multiple_choice, found "
         "'loglikelihood'"),
        ("output_type: multiple_choice", "t.yaml:8: output_type: multiple_choice needs doc_to_choice, which is "
         "missing"),
        ("repeats: 3", "t.yaml:8: repeats: flanchat asks once; use -o seed=1..N for several answers, and remove this "
         "field"),
        ('target_delimiter: "A: "', "t.yaml:8: target_delimiter: flanchat puts nothing before an answer; write it at "
         "the end "
         "of doc_to_text"),
        ("generation_kwargs: {max_length: 9}", "t.yaml:8: generation_kwargs.max_length: flanchat does not read this "
         "field; "
         "remove it if the task does without it"),
        ("generation_kwargs: {top_p: 2}", "t.yaml:8: generation_kwargs.top_p: expected a number from 0 to 1, got 2"),
        ("doc_to_texts: x", "t.yaml:8: doc_to_texts: flanchat does not read this field; remove it if the task does "
         "without "
         "it"),
        ("dataset_name: x", "t.yaml:8: dataset_name: a local file has no parts with names; remove this field"),
        ("doc_to_choice: hint", "d.jsonl:1: doc_to_choice: expected a list of texts, found None"),
        ("doc_to_choice: [a, a]", "d.jsonl:1: doc_to_choice: expected different texts, found ['a', 'a']"),
        ("doc_to_choice: [a]", "d.jsonl:1: doc_to_target: expected a number below 1, the number of choices, found 1"),
        ("output_type: multiple_choice\ndoc_to_choice: [A, B]\ndescription: '{{x}}'", "d.jsonl:1: description: 'x' is "
         "undefined"),
    ],
)  # fmt: skip
def test_what_would_change_prompts_or_answers_is_refused_by_name(line: str, said: str):
    assert refused(f"{TASK}doc_to_text: q\ndoc_to_target: label\n{line}\n") == said


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("Q", "t.yaml:6: doc_to_text: expected a column of the data or a template, found 'Q'; the columns are q, "
         "options, "
         "label, gold, hint"),
        ("hint", "t.yaml:6: doc_to_text: expected a prompt, found None for d.jsonl:1"),
        ('"{{hint}}"', "d.jsonl:1: doc_to_text: a field has no value (null)"),
        ('"{{nothing}}"', "d.jsonl:1: doc_to_text: 'nothing' is undefined"),
        ('"{{q"', "t.yaml:6: doc_to_text: not a template: unexpected end of template, expected 'end of print "
         "statement'."),
        ('"{{q * 1000000000}}"', "t.yaml:6: doc_to_text: line 1 of the template: Mul is not among what flanchat "
         "fills in"),
        ("\"{{'{:9}'.format(q)}}\"", "t.yaml:6: doc_to_text: line 1 of the template: format() is not among what "
         "flanchat "
         "calls"),
        ('"{{range(9)|list}}"', "t.yaml:6: doc_to_text: line 1 of the template: range() is not among what flanchat "
         "calls"),
        ('"{{q.__class__}}"', "d.jsonl:1: doc_to_text: access to attribute '__class__' of 'str' object is unsafe."),
        ("\"{% include 'x' %}\"", "t.yaml:6: doc_to_text: line 1 of the template: Include is not among what flanchat "
         "fills "
         "in"),
        ('"{{q.strip}}"', "d.jsonl:1: doc_to_text: a method without () has no value"),
        ("\"{{q|regex_replace('a', 'b')}}\"", "t.yaml:6: doc_to_text: not a template: No filter named "
         "'regex_replace'."),
    ],
)  # fmt: skip
def test_a_template_holds_nothing_that_runs_long_or_calls_python(template: str, said: str):
    assert refused(f"{TASK}doc_to_text: {template}\ndoc_to_target: label\n") == said


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("dataset_path: json", "dataset_path: squad", "t.yaml:2: dataset_path: expected json, csv, parquet with "
         "dataset_kwargs.data_files, found 'squad'; flanchat downloads no data"),
        ("test_split: test", "test_split: dev", "t.yaml:5: test_split: expected one of the splits of data_files, "
         "test, found "
         "'dev'"),
        ("d.jsonl", "d.zip", "t.yaml:4: dataset_kwargs.data_files.test: expected a local file that ends in .jsonl or "
         ".json, "
         "found 'd.zip'"),
        ("test_split: test\n", "", "t.yaml:1: expected test_split, found no such field"),
        ("  data_files", "  split: x\n  data_files", "t.yaml:4: dataset_kwargs.split: flanchat does not read this "
         "field; "
         "remove it if the task does without it"),
    ],
)  # fmt: skip
def test_only_rows_of_a_local_file_are_read(old: str, new: str, said: str):
    assert refused((TASK + "doc_to_text: q\ndoc_to_target: label\n").replace(old, new)) == said


def test_a_right_answer_must_be_one_of_the_choices():
    text = f"{TASK}output_type: multiple_choice\ndoc_to_choice: [x, y]\ndoc_to_text: q\ndoc_to_target: gold\n"

    assert refused(text) == (
        "d.jsonl:1: doc_to_target: expected one of the choices (x | y) or its number from 0, found 'b'"
    )


# promptfoo

TESTS = """\
prompts: ["Say {{ word }} in {{lang}}."]
providers: [openai:chat]
tests:
  - vars: {word: no, lang: German}
    assert: [{type: equals, value: nein}]
  - vars: {word: 12:30, lang: French}
    assert: [{type: equals, value: "{{word}}!"}]
"""


def test_a_prompt_of_promptfoo_is_filled_in_for_every_test():
    found = read(TESTS)

    assert found.rows == [
        Row("t.yaml:4", "Say no in German.", ("nein",), {"word": "no", "lang": "German"}),
        Row("t.yaml:6", "Say 12:30 in French.", ("12:30!",), {"word": "12:30", "lang": "French"}),
    ]
    assert found.metric == "correct"
    assert found.notes == ("not used, because --model names the model: providers",)


def test_several_prompts_are_told_apart_by_a_column():
    found = read(TESTS.replace('["Say {{ word }} in {{lang}}."]', '["{{word}}?", {raw: "{{word}}!", label: loud}]'))

    assert [(row.question, row.columns["prompt"]) for row in found.rows] == [
        ("no?", "prompts[0]"), ("no!", "loud"), ("12:30?", "prompts[0]"), ("12:30!", "loud"),
    ]  # fmt: skip


def test_a_list_of_tests_without_a_prompt_has_it_in_its_variables():
    text = """\
- vars: {question: "Who?", lang: de}
  assert: [{type: icontains, value: Ada}]
- vars: {question: "Why?", lang: fr}
"""
    found = read(text)

    assert found.rows == [
        Row("t.yaml:1", "Who?", ("Ada",), {"lang": "de"}),
        Row("t.yaml:3", "Why?", (), {"lang": "fr"}),
    ]
    assert found.metric == "contains"
    assert read(text, prompt="lang", target="question").rows[0].targets == ("Who?",)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("type: equals, value: nein", "type: llm-rubric, value: x", "t.yaml:5: tests[0].assert[0].type: expected "
         "equals, "
         "contains, icontains, found 'llm-rubric'"),
        ("type: equals, value: nein", "type: contains, value: x", "t.yaml:7: tests[1].assert[0].type: expected "
         "contains as in "
         "the tests before, found equals; put them into two files"),
        ("type: equals, value: nein", "type: javascript", "t.yaml:5: tests[0].assert[0].type: expected equals, "
         "contains, "
         "icontains, found 'javascript'"),
        ("value: nein}", "value: nein}, {type: equals, value: x}", "t.yaml:5: tests[0].assert[1]: expected one "
         "assertion for "
         "each test, found another"),
        ("value: nein}", "value: nein, transform: x}", "t.yaml:5: tests[0].assert[0].transform: flanchat does not "
         "read this "
         "field; remove it if the task does without it"),
        ("value: nein", "value: file://x.py", "t.yaml:5: tests[0].assert[0].value: expected the value itself, found "
         "'file://x.py'"),
        ("tests:\n", "defaultTest: {}\ntests:\n", "t.yaml:3: defaultTest: flanchat does not read this field; remove "
         "it if "
         "the task does without it"),
        ("word: no,", "word: [a, b],", "t.yaml:4: tests[0].vars.word: expected a text, found a list"),
        ("word: no,", "word: file://x.txt,", "t.yaml:4: tests[0].vars.word: expected the value itself, found "
         "'file://x.txt'"),
        ("word: no, ", "", "t.yaml:4: tests[0].vars: 'word' is undefined; the test has lang"),
        ("{{ word }}", "{{ word | upper }}", "t.yaml:1: prompts[0]: expected nothing but {{var}} to be filled in, "
         "found more "
         "of Nunjucks' language"),
        ('"Say {{ word }} in {{lang}}."', "file://p.txt", "t.yaml:1: prompts[0]: expected the prompt itself, found "
         "the name "
         "'file://p.txt'; write its text here"),
    ],
)  # fmt: skip
def test_what_promptfoo_would_do_otherwise_is_refused_by_name(old: str, new: str, said: str):
    assert refused(TESTS.replace(old, new)) == said


# both


def test_a_file_that_is_neither_is_called_so():
    assert refused("a: 1") == (
        "t.yaml:1: expected a task of lm-evaluation-harness with doc_to_text, or tests of promptfoo, found neither"
    )


def test_a_file_that_says_its_columns_takes_none_by_option():
    with pytest.raises(PromptsError, match=r"t\.yaml:1: says itself what the prompts .* leave out --prompt-column"):
        read(TESTS, prompt="word")


LEAVES = st.none() | st.booleans() | st.integers() | st.text(max_size=5)
VALUES = st.recursive(LEAVES, lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=5), inner), max_leaves=5)
KEYS = ("doc_to_text", "doc_to_target", "doc_to_choice", "description", "dataset_kwargs", "test_split", "output_type",
        "generation_kwargs", "prompts", "tests", "vars", "assert")  # fmt: skip


@given(st.dictionaries(st.sampled_from(KEYS), VALUES, min_size=1))
def test_any_values_are_prompts_or_one_sentence(fields: dict[str, Any]):
    said = ""
    try:
        read(json.dumps({"dataset_path": "json", **fields}))
    except PromptsError as error:
        said = error.message

    assert not said or said.startswith(("t.yaml:", "d.jsonl:"))
    assert "\n" not in said
