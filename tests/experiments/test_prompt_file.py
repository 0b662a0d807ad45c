"""Files of prompts are read in every form they come in, and what is wrong in one is said with its line."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flanchat.base.errors import PromptsError
from flanchat.experiments.prompt_file import Row, read_prompts


def test_each_line_of_a_text_file_is_a_prompt():
    rows = read_prompts("q.txt", "\ufeffOne?\r\n\n  Two, \u2028 too?\nThree?".encode()).rows

    assert rows == [Row("q.txt:1", "One?"), Row("q.txt:3", "  Two, \u2028 too?"), Row("q.txt:4", "Three?")]


def test_csv_keeps_commas_line_breaks_and_the_line_a_row_begins_on():
    content = b'id,question,answer\n1,"Paris, or\nRome?",Rome\n\n2,Who?,\n'

    rows = read_prompts("q.csv", content).rows

    assert rows == [
        Row("q.csv:2", "Paris, or\nRome?", ("Rome",), {"id": "1", "answer": "Rome"}),
        Row("q.csv:5", "Who?", (), {"id": "2"}),
    ]


def test_jsonl_takes_numbers_booleans_and_lists_of_targets():
    lines = [{"text": "One?", "label": ["1", 1, True], "level": 2}, {"text": "Two?", "label": None, "more": {"a": 1}}]

    rows = read_prompts("q.jsonl", "\n".join(map(json.dumps, lines)).encode()).rows

    assert rows == [Row("q.jsonl:1", "One?", ("1", "1", "true"), {"level": "2"}), Row("q.jsonl:2", "Two?")]


def test_the_usual_names_are_looked_for_in_order_and_others_can_be_named():
    content = b"text,prompt,gold,label\na,b,c,d\n"

    assert read_prompts("q.csv", content).rows[0].question == "b"
    assert read_prompts("q.csv", content).rows[0].targets == ("d",)
    assert read_prompts("q.csv", content, "text", "gold").rows[0].targets == ("c",)
    assert read_prompts("q.csv", content, "text", "gold").rows[0].question == "a"


def test_lines_of_a_pipe_are_prompts():
    assert read_prompts("-", b"One?\n").rows == [Row("-:1", "One?")]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("q.md", b"x", "q.md: expected a file that ends in .txt, .csv, .tsv, .jsonl, .json, .parquet, .yaml; - reads "
         "lines from a pipe"),
        ("q.txt", b"\n \n", "q.txt:1: expected prompts, found none"),
        ("q.txt", b"a\n\xff\n", "q.txt:2: expected UTF-8, found the byte 0xff at byte 2; convert it to UTF-8 first"),
        ("q.csv", b"a,b\n1,2\n", "q.csv:2: expected a column prompt, question, input or text, found a, b; "
         "name it with --prompt-column"),
        ("q.csv", b"prompt,b\n1\n", "q.csv:2: expected 2 columns, found 1; put texts with commas in double quotes"),
        ("q.csv", b"prompt,b\n1,2,3\n", "q.csv:2: expected 2 columns, found 3; put texts with commas in double quotes"),
        ("q.csv", b"prompt,b\n,2\n", "q.csv:2: prompt: expected a prompt, found nothing"),
        ("q.csv", b"a,a\n1,2\n", "q.csv:1: expected columns with different names, found a, a"),
        ("q.csv", b"prompt, Prompt \n1,2\n", "q.csv:1: expected columns with different names, found prompt, Prompt"),
        ("q.csv", b'prompt\n"a\n', "q.csv:2: expected CSV, found invalid CSV: unexpected end of data"),
        ("q.jsonl", b'{"prompt": "a"}\n{', "q.jsonl:2: expected a JSON object, found invalid JSON: Expecting "
         "property name enclosed in double quotes"),
        ("q.jsonl", b'{"prompt": "a"}\n{"question ": "a", "question": "b"}', "q.jsonl:2: expected columns with "
         "different names, found 'question ', 'question'"),
        ("q.jsonl", b'{"prompt": "a", "Target": "b", "target": "c"}', "q.jsonl:1: expected columns with different "
         "names, found 'Target', 'target'"),
        ("q.jsonl", b'{"prompt": "a", "prompt": "b"}', "q.jsonl:1: expected a JSON object, found invalid JSON: the key "
         "'prompt' occurs twice"),
        ("q.jsonl", b"[]", "q.jsonl:1: expected a JSON object, found a list"),
        ("q.jsonl", b'{"prompt": {}}', "q.jsonl:1: prompt: expected a prompt, found a mapping"),
        ("q.jsonl", b'{"prompt": "a", "target": {}}', "q.jsonl:1: target: expected a text or a list of texts, found a "
         "mapping"),
        ("q.jsonl", b'{"prompt": "a", "target": [["b"]]}', "q.jsonl:1: target: expected a text or a list of texts, "
         "found "
         "a list"),
        ("q.json", b'[{"prompt": "a"},\n{]', "q.json:2: expected a JSON object, found invalid JSON: Expecting "
         "property name enclosed in double quotes"),
        ("q.json", b"7", "q.json:1: expected a list of objects, or SQuAD's object with data, found a number"),
        ("q.json", b"[]", "q.json:1: expected prompts, found none"),
        ("q.json", b'[{"prompt": "a"}, 3]', "q.json:[1]: expected an object, found a number"),
        ("q.json", b'{"data": [{"paragraphs": [{"context": "a"}]}]}', "q.json:data[0].paragraphs[0].qas: expected a "
         "list, found nothing"),
        ("q.jsonl", b"1" * 5000, "q.jsonl:1: expected a JSON object, found invalid JSON: it cannot be read"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_line(name: str, content: bytes, said: str):
    with pytest.raises(PromptsError) as raised:
        read_prompts(name, content)

    assert raised.value.message == said


def test_a_column_that_was_named_must_be_there():
    with pytest.raises(PromptsError, match=r"q\.csv:2: expected a column gold, found prompt"):
        read_prompts("q.csv", b"prompt\na\n", None, "gold")


@given(st.sampled_from([".txt", ".csv", ".json", ".jsonl"]), st.binary(max_size=60))
def test_any_bytes_are_prompts_or_one_sentence(ending: str, content: bytes):
    said = ""
    rows: list[Row] = []
    try:
        rows = read_prompts(f"q{ending}", content).rows
    except PromptsError as error:
        said = error.message

    assert all(row.question.strip() for row in rows)
    assert rows or said.startswith(f"q{ending}:")


present = st.text(min_size=1).filter(lambda text: text.strip() not in ("", "nan", "NaN", "<NA>"))


@given(st.lists(st.tuples(present, present), min_size=1, max_size=5))
def test_what_is_written_as_jsonl_is_read_back(pairs: list[tuple[str, str]]):
    lines = [json.dumps({"question": question, "answer": answer}) for question, answer in pairs]

    rows = read_prompts("q.jsonl", "\n".join(lines).encode()).rows

    assert [(row.question, row.targets[0]) for row in rows] == pairs


SQUAD = {
    "version": "v2.0",
    "data": [
        {
            "title": "Ada",
            "paragraphs": [
                {
                    "context": "Ada lives in Rome.",
                    "qas": [
                        {"id": "1", "question": "Where?", "answers": [{"text": "Rome", "answer_start": 13}] * 2},
                        {"id": "2", "question": "When?", "answers": [], "is_impossible": True},
                    ],
                }
            ],
        }
    ],
}


def test_a_file_of_squad_is_its_questions_each_with_its_text_and_answers():
    read = read_prompts("q.json", json.dumps(SQUAD).encode())

    shared = {"title": "Ada", "context": "Ada lives in Rome."}
    assert read.rows == [
        Row("q.json:data[0].paragraphs[0].qas[0]", "Where?", ("Rome", "Rome"), {**shared, "id": "1"}),
        Row("q.json:data[0].paragraphs[0].qas[1]", "When?", (), {**shared, "id": "2", "is_impossible": "true"}),
    ]


def test_a_list_of_json_objects_is_read_like_lines_of_them():
    rows = [{"question": "Where?", "answer": {"text": ["Rome"], "answer_start": [13]}}, {"question": "When?"}]
    read = read_prompts("q.json", json.dumps(rows, indent=1).encode())

    assert read.rows == [Row("q.json:[0]", "Where?", ("Rome",)), Row("q.json:[1]", "When?")]
    assert [row.targets for row in read.rows] == [
        row.targets for row in read_prompts("q.jsonl", "\n".join(map(json.dumps, rows)).encode()).rows
    ]


def test_names_of_columns_are_compared_without_blanks_and_case_at_the_ends():
    read = read_prompts("q.csv", b"# made by hand\nQuestion ; Answer\nOne?; 1\n")

    assert (read.rows[0].question.strip(), read.rows[0].targets) == ("One?", ("1",))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("q.csv", b"sep=;\r\nquestion;answer\r\na, b;1\r\n"),
        ("q.csv", b'sep="\nquestion;answer\na, b;1\n'),
        ("q.csv", b"SEP=|\nquestion|answer\na, b|1\n"),
        ("q.csv", b'question;answer;"of a, b, c or d"\na, b;1;a\n'),
        ("q.tsv", b"question\tanswer\na, b\t1\n"),
        ("q.tsv", b"question\tanswer, if any\tanswer\na, b\t\t1\n"),
        ("q.csv", b'\n\nquestion,answer\n"a, b",1\n'),
    ],
)
def test_the_separator_is_that_of_the_file(name: str, content: bytes):
    [row] = read_prompts(name, content).rows

    assert (row.question, row.targets) == ("a, b", ("1",))


def test_a_tsv_of_one_column_may_have_commas():
    assert read_prompts("q.tsv", b"prompt\na, b\n").rows[0].question == "a, b"


def test_a_field_may_be_as_long_as_a_document():
    [row] = read_prompts("q.csv", b"prompt,target\n" + b"x" * 150_000 + b",1\n").rows

    assert (len(row.question), row.targets) == (150_000, ("1",))


def test_a_row_without_the_chosen_target_does_not_borrow_that_of_another_column():
    lines = b'{"text": "a", "answer": "1", "output": "x"}\n'
    lines += b'{"text": "b", "answer": NaN, "output": "x"}\n{"text": "c", "output": "x"}'

    read = read_prompts("q.jsonl", lines)

    assert read.target_column == "answer"
    assert [row.targets for row in read.rows] == [("1",), (), ()]


def test_a_nan_that_pandas_wrote_as_text_is_no_target_and_no_prompt():
    read = read_prompts("q.csv", b"question,answer\na,nan\nb, NaN \nc,naan\n")

    assert [row.targets for row in read.rows] == [(), (), ("naan",)]
    with pytest.raises(PromptsError, match="question: expected a prompt, found nan"):
        read_prompts("q.csv", b"question,answer\nnan,a\n")


def test_the_answers_of_squad_are_targets_and_none_of_them_are_no_error():
    lines = b'{"question": "a", "answers": {"text": ["1", "2"]}}\n{"question": "b", "answers": {"text": []}}'

    assert [row.targets for row in read_prompts("q.jsonl", lines).rows] == [("1", "2"), ()]


@pytest.mark.parametrize(
    ("content", "columns"),
    [
        (b",question,answer\n7,Who?,Ada\n", {"column 1": "7", "answer": "Ada"}),  # an index that pandas wrote
        (b"question,answer,,\nWho?,Ada,,\n", {"answer": "Ada"}),  # empty columns of a spreadsheet
        (b"question|answer\nWho?|Ada\n", {"answer": "Ada"}),
    ],
)
def test_csv_may_have_columns_without_a_name_and_bars_between_columns(content, columns):
    assert read_prompts("q.csv", content).rows == [Row("q.csv:2", "Who?", ("Ada",), columns)]


def test_a_quote_with_a_backslash_is_told_how_csv_writes_it():
    with pytest.raises(PromptsError, match='write a quote within a text as ""'):
        read_prompts("q.csv", b'question,answer\n"Say \\"hi\\", please",Hi\n')


def test_half_a_character_in_jsonl_is_refused():
    with pytest.raises(PromptsError, match=r"q\.jsonl:1: .*half a character"):
        read_prompts("q.jsonl", b'{"question": "\\ud83d"}')


def test_the_missing_value_of_pandas_is_no_target():
    assert read_prompts("q.csv", b"question,answer\nWho?,<NA>\nWhat?,x\n").rows[0].targets == ()
