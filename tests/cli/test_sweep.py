"""flanchat sweep, from outside: one stamped line per answer, cut anywhere and gone on with, scores by profile."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Main
from tests.conftest import COMMAND, Flanchat
from tests.fork_server import forked_for
from tests.waiting import children

SHORT = ("-o", "max_new_tokens=4")
LONG = ("-o", "max_new_tokens=64", "-o", "min_new_tokens=64")
CAPITALS = {"France": "Paris", "Germany": "Berlin", "Italy": "Rome", "Japan": "Tokyo"}


def read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def texts(path: Path) -> dict[str, str]:
    """The answers by their keys, none of which may be there twice."""
    records = read(path)
    found = {record["key"]: record["text"] for record in records}
    assert len(found) == len(records)
    return found


@pytest.fixture
def capitals(tmp_path: Path) -> Path:
    path = tmp_path / "capitals.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["question", "answer"])
        writer.writerows([f"What is the capital of {country}?", city] for country, city in CAPITALS.items())
    return path


@pytest.fixture
def prompts(tmp_path: Path) -> Path:
    path = tmp_path / "prompts.txt"
    path.write_text("".join(f"Say {'so ' * (number % 7)}{number}.\n" for number in range(40)))
    return path


def test_each_answer_is_a_line_with_its_full_origin_and_a_table_counts_the_right_ones(
    main: Main, capitals: Path, tmp_path: Path
):
    more = ("-o", "do_sample=true", "-o", "temperature=0,0.7", "--seed", "3", "--json", "--out", "out.jsonl")
    ended = main("sweep", capitals, "-p", "plain,qa", *SHORT, *more)

    records, summary = read(tmp_path / "out.jsonl"), json.loads(ended.out)
    assert ended.status == 0
    assert len(records) == 4 * 2 * 2 == summary["answers"]
    for record in records:
        assert record["profile"]["name"] in ("plain", "qa")
        assert len(record["profile"]["sha256"]) == len(record["prompt_sha256"]) == len(record["key"]) == 64
        assert record["question"] in record["prompt"]
        assert record["settings"]["decode.temperature"] == record["varied"]["temperature"]
        assert record["settings"]["decode.seed"] == record["seed"] != record["base_seed"] == 3
        assert record["model"]["id"] == "demo"
        assert len(record["model"]["weights_sha"]) == len(record["model"]["tokenizer_sha"]) == 64
        assert record["engine"]["batch"] == 16
        assert {"device", "dtype", "versions"} <= set(record["engine"])
        assert record["finish"] in ("eos", "length")
        assert record["usage"]["new_tokens"] == len(record["tok"]) <= 4
        assert record["conf"]["sum_lp"] == pytest.approx(sum(token["lp"] for token in record["tok"]))
        assert record["timing"]["total_ms"] > 0
        assert record["targets"] == [CAPITALS[record["question"].split()[-1][:-1]]]
        assert record["correct"] == (record["text"] == record["targets"][0])
    for variant in summary["variants"]:
        own = [
            r for r in records if (r["profile"]["name"], r["varied"]) == (variant["profile"], variant["varied"])
        ]  # fmt: skip
        assert variant["accuracy"] == sum(r["correct"] for r in own) / len(own) == sum(r["correct"] for r in own) / 4
    assert "16 of 16 answers" in ended.err
    assert "temperature=0.7" in ended.err
    assert "█ exact match" in ended.err


def test_columns_that_are_not_in_the_prompt_are_named(main: Main, tiny_model: Path, tmp_path: Path):
    rows = [{"Question ": "Where is Rome?", "answers": ["Italy"], "context": "Rome is in Italy.", "id": 7}]
    (tmp_path / "squad.jsonl").write_text("\n".join(map(json.dumps, rows)))

    ended = main("sweep", "squad.jsonl", "-m", tiny_model, "--out", "out.jsonl", *SHORT)

    assert ended.status == 0
    assert "prompts from Question , right answers from answers\n" in ended.err
    assert "not in the prompt, because no profile has a variable of that name: context, id\n" in ended.err


def test_a_json_object_among_lines_of_text_is_said_to_be_taken_as_text(main: Main, tiny_model: Path):
    line = '{"question": "Where is Rome?"}\n'
    asked = ("-m", tiny_model, "--no-log", *SHORT)

    swept = main("sweep", "-", "-m", tiny_model, *SHORT, stdin=line)
    lines = main("ask", "--jsonl", *asked, stdin=f"One?\n{line}{line}")

    assert "-:1 is a JSON object, taken as plain text; flanchat sweep FILE.jsonl reads its fields\n" in swept.err
    assert lines.err.count("is a JSON object") == 1
    assert "line 2 is a JSON object, taken as plain text" in lines.err


def test_an_interrupted_sweep_ends_with_the_same_answers_as_an_uninterrupted_one(
    flanchat: Flanchat, environ: dict[str, str], prompts: Path, tiny_model: Path, tmp_path: Path
):
    command = ("sweep", str(prompts), "-m", str(tiny_model), *LONG, "-o", "do_sample=true", "--batch")
    cut = tmp_path / "cut.jsonl"
    go_on = (*command, "2", "--out", str(cut))

    for tenth, number in ((1, signal.SIGKILL), (2, signal.SIGINT), (4, signal.SIGTERM)):
        process = subprocess.Popen([*COMMAND, *go_on], stderr=subprocess.PIPE, text=True, env=environ, cwd=tmp_path)
        assert process.stderr is not None
        said = next(line for line in process.stderr if f"{4 * tenth} of 40 answers," in line)
        process.send_signal(number)
        said += process.stderr.read()
        process.stderr.close()
        assert process.wait() == (130 if number == signal.SIGINT else -number)
        assert ("are kept in" in said) == (number != signal.SIGKILL)
        assert 4 * tenth <= len(texts(cut)) < 40
        with cut.open("ab") as file:
            file.write(b'{"key": "torn')
    last = flanchat(*go_on)
    at_once = flanchat(*command, "40")

    assert (last.status, at_once.status) == (0, 0)
    assert "of them exist already" in last.err
    assert texts(cut) == {record["key"]: record["text"] for record in map(json.loads, at_once.out.splitlines())}
    assert len(texts(cut)) == 40


def test_a_complete_sweep_asks_nothing_again_and_its_file_refuses_another_sweep(
    main: Main, prompts: Path, tiny_model: Path, tmp_path: Path
):
    command = ("sweep", prompts, "-m", tiny_model, *SHORT, "--out", "out.jsonl")
    first = main(*command)
    content = (tmp_path / "out.jsonl").read_bytes()

    again = main(*command, "--plain")
    others = [
        (
            main("sweep", prompts, *SHORT, "--out", "out.jsonl"),
            "its model, settings, variables or seed",
        ),
        (main(*command, "-p", "qa"), "profile plain is not in this sweep"),
        (main(*command, "--seed", "4"), "its model, settings, variables or seed"),
        (main("sweep", "-", *command[2:], stdin="Other?\n"), "its prompts are different"),
    ]
    grown = main("sweep", "-", *command[2:], stdin=prompts.read_text() + "One more.\n")

    assert first.status == again.status == 0
    assert "40 of them exist already" in again.err
    assert "a second" not in again.err
    for other, why in others:
        assert other.status == 2
        assert "out.jsonl:1: belongs to another sweep: " + why in other.err
    assert grown.status == 0
    assert (tmp_path / "out.jsonl").read_bytes().startswith(content)
    assert len(texts(tmp_path / "out.jsonl")) == 41


def test_kept_answers_are_scored_by_the_right_answers_of_today(main: Main, capitals: Path, tmp_path: Path):
    command = ("sweep", "c.csv", "-p", "qa", "--json", "--out", "out.jsonl")
    table, out = capitals.read_text(), tmp_path / "out.jsonl"
    (tmp_path / "c.csv").write_text(table)
    first, answers = main(*command), texts(out)
    given = {record["question"]: record["text"] for record in read(out)}
    (tmp_path / "c.csv").write_text(table.replace("Paris", "Lyons").replace("Berlin", "Bonn"))

    corrected = main(*command)
    lines = read(out)
    unchanged = main(*command)

    assert json.loads(first.out)["arms"][0]["figures"]["exact"] == sum(
        given[f"What is the capital of {country}?"] == city for country, city in CAPITALS.items()
    ) / 4 == 1  # fmt: skip
    for ended in (corrected, unchanged):
        summary = json.loads(ended.out)
        assert summary["variants"][0]["exact"] == summary["arms"][0]["figures"]["exact"] == 0.5
    assert (
        "4 of them exist already\nflanchat: 2 kept answers were scored anew, with the present right answers"
        in corrected.err
    )
    assert "scored anew" not in unchanged.err
    assert texts(out) == answers
    assert {line["targets"][0]: line["exact"] for line in lines} == {
        "Lyons": False, "Bonn": False, "Rome": True, "Tokyo": True
    }  # fmt: skip
    assert out.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.glob(".out*")] == []


def test_lines_of_a_version_without_a_metric_or_of_a_file_without_right_answers_get_their_scores(
    main: Main, capitals: Path, tmp_path: Path
):
    command = ("sweep", "c.csv", "-p", "qa", "--json", "--out", "out.jsonl")
    table, out = capitals.read_text(), tmp_path / "out.jsonl"
    (tmp_path / "c.csv").write_text(table.replace("answer", "city", 1))
    assert json.loads(main(*command).out)["variants"][0]["scored"] == 0

    (tmp_path / "c.csv").write_text(table)
    scored = main(*command)
    old = [{key: value for key, value in line.items() if key not in ("contains", "number")} for line in read(out)]
    out.write_text("".join(json.dumps(line, separators=(", ", ": ")) + "\n" for line in old))
    added = main(*command)

    assert json.loads(scored.out)["variants"] == json.loads(added.out)["variants"]
    assert json.loads(added.out)["variants"][0]["contains"] == 1
    assert all(line["contains"] and line["number"] for line in read(out))


def test_parquet_can_be_read_and_written(main: Main, tiny_model: Path, tmp_path: Path):
    pyarrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    table = pyarrow.table({"text": ["One?", "Two?", "Three?"], "label": [["1", "one"], None, ["3"]]})
    parquet.write_table(table, tmp_path / "in.parquet")
    command = ("sweep", "in.parquet", "-m", tiny_model, *SHORT, "--out", "out.parquet")

    first, again = main(*command), main(*command)
    made = parquet.read_table(tmp_path / "out.parquet").to_pylist()
    (tmp_path / "out.parquet.jsonl").unlink()
    without = main(*command)

    assert (first.status, again.status) == (0, 0)
    assert sorted(row["question"] for row in made) == ["One?", "Three?", "Two?"]
    assert {tuple(row["targets"]) for row in made} == {("1", "one"), (), ("3",)}
    assert all(len(row["model.weights_sha"]) == 64 and row["settings.decode.max_new_tokens"] == 4 for row in made)
    assert "3 of them exist already" in again.err
    assert without.status == 2
    assert "out.parquet: exists already, without its journal out.parquet.jsonl" in without.err


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="children are found through /proc")
def test_a_model_process_that_is_killed_loses_nothing(
    environ: dict[str, str], prompts: Path, tiny_model: Path, tmp_path: Path
):
    command = ["sweep", str(prompts), "-m", str(tiny_model), *LONG, "--batch", "2", "--out", "out.jsonl"]
    process = subprocess.Popen([*COMMAND, *command], stderr=subprocess.PIPE, text=True, env=environ, cwd=tmp_path)
    assert process.stderr is not None
    next(line for line in process.stderr if "4 of 40 answers," in line)
    (model,) = children(forked_for(process.pid))
    os.kill(model, signal.SIGKILL)
    process.stderr.read()
    process.stderr.close()

    assert process.wait() == 0
    assert len(texts(tmp_path / "out.jsonl")) == 40


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["no.csv"], 2, "no.csv: no such file"),
        (["bad.csv"], 2, "bad.csv:3: expected 2 columns, found 3"),
        (["long.txt"], 5, "long.txt:2: the question is "),
        (["good.txt", "--out", "a.csv"], 2, "--out a.csv: expected a name that ends in .jsonl or .parquet"),
        (["good.txt", "--out", "good.jsonl"], 2, "good.jsonl:1: is not a line of a sweep"),
        (["good.txt", "--json"], 2, "--json prints the summary, so the answers need --out FILE"),
        (["good.txt", "--workers", "2"], 2, "--address and --workers need --engine ray"),
        (["good.txt", "-o", "temperature=0,hot"], 2, "decode.temperature: expected a number"),
        (["good.txt", "-o", "num_beams=2", "-o", "do_sample=false,true"], 2, "2 beams (flag) cannot sample"),
        (["good.txt", "--var", "tone=dry"], 2, "--var tone: profile plain has no such variable"),
        (["good.txt", "-p", "plain,nope"], 2, "nope"),
    ],
)
def test_bad_input_is_one_sentence(main: Main, tmp_path: Path, arguments: list[str], status: int, said: str):
    (tmp_path / "good.txt").write_text("One?\n")
    (tmp_path / "bad.csv").write_text("question,answer\na,b\na,b,c\n")
    (tmp_path / "long.txt").write_text("One?\n" + "too many words " * 400 + "\n")
    (tmp_path / "good.jsonl").touch(0o600)
    (tmp_path / "good.jsonl").write_text('{"my": "notes"}\n')

    ended = main("sweep", *arguments)

    assert ended.status == status
    assert said in ended.err
    assert "Traceback" not in ended.err
    assert ended.out == ""


@pytest.mark.parametrize(
    ("out", "said"),
    [
        ("good.jsonl", "--out good.jsonl: is the file of prompts; give --out another name"),
        ("link.jsonl", "--out link.jsonl: is the file of prompts; give --out another name"),
        ("notes.jsonl", "notes.jsonl: is not a file of a sweep; give --out another name"),
        ("empty.jsonl", "empty.jsonl: is not a file of a sweep; give --out another name"),
    ],
)
def test_a_file_that_no_sweep_wrote_is_called_that_whatever_its_mode(
    main: Main, tiny_model: Path, tmp_path: Path, out: str, said: str
):
    for name, content in (("good", '{"question": "One?"}\n'), ("notes", '{"my": "notes"}\n'), ("empty", "")):
        (tmp_path / f"{name}.jsonl").write_text(content)
        (tmp_path / f"{name}.jsonl").chmod(0o644)
    (tmp_path / "link.jsonl").symlink_to("good.jsonl")

    ended = main("sweep", "good.jsonl", "-m", tiny_model, "--out", out)

    assert (ended.status, ended.out) == (2, "")
    assert ended.err.splitlines()[-1] == f"flanchat: {said}"
    assert (tmp_path / "good.jsonl").read_text() == '{"question": "One?"}\n'


def test_a_setting_given_twice_is_refused_instead_of_losing_the_first_values(main: Main, capitals: Path):
    ended = main("sweep", capitals, "-o", "temperature=0.5", "-o", "decode.temperature=1")

    assert ended.status == 2
    assert "temperature= occurs twice" in ended.err


def test_the_column_of_right_answers_is_not_called_unused_however_it_is_spelt(main: Main, capitals: Path):
    ended = main("sweep", capitals, "--target-column", "Answer", *SHORT, "--out", "out.jsonl")

    assert ended.status == 0
    assert "not in the prompt" not in ended.err


def test_a_seed_given_twice_is_refused(main: Main, tmp_path: Path):
    (tmp_path / "q.txt").write_text("hello")

    ended = main("sweep", "q.txt", "--seed", "3", "-o", "seed=1..4")

    assert (ended.status, "seed= occurs twice" in ended.err) == (2, True)


# Choices

REVIEWS = [
    ("A wonderful film, I loved every minute.", "positive", "film"),
    ("Terrible service and cold food.", "negative", "food"),
    ("The best meal I have had in years.", "positive", "food"),
    ("Boring from start to finish.", "Negative", "film"),
    ("Works perfectly, I am very happy.", "positive", "things"),
]


@pytest.fixture
def reviews(tmp_path: Path) -> Path:
    path = tmp_path / "reviews.jsonl"
    path.write_text(
        "".join(json.dumps({"text": t, "label": right, "topic": topic}) + "\n" for t, right, topic in REVIEWS)
    )
    return path


def test_a_profile_with_choices_is_scored_as_ask_scores_it_by_either_rule_or_answers_freely(
    main: Main, reviews: Path, tmp_path: Path
):
    ended = main(
        "sweep",
        reviews,
        "-p",
        "sentiment",
        "-o",
        "choose=sum,mean,free,calibrated",
        "--batch",
        "9",
        "--json",
        "--out",
        "o.jsonl",
    )

    records, summary = read(tmp_path / "o.jsonl"), json.loads(ended.out)
    assert ended.status == 0
    assert [arm["settings"] for arm in summary["arms"]] == [
        "choose=sum", "choose=mean", "choose=free", "choose=calibrated",
    ]  # fmt: skip
    for record in records:
        if (rule := record["varied"]["choose"]) == "free":
            assert "choices" not in record
            continue
        key = {"sum": "p", "mean": "p_mean", "calibrated": "p_calibrated"}[rule]
        shares = {choice["text"]: choice[key] for choice in record["choices"]}
        assert sum(shares.values()) == pytest.approx(1)
        assert record["confidence"] == shares[record["text"]] == max(shares.values())
    asked = json.loads(main("ask", "-p", "sentiment", "--no-log", "--json", REVIEWS[0][0]).out)
    swept = next(r for r in records if r["question"] == REVIEWS[0][0] and r["varied"]["choose"] == "sum")
    assert swept["text"] == asked["text"]
    assert [c["p"] for c in swept["choices"]] == pytest.approx([c["p_sum"] for c in asked["choices"]], abs=1e-4)
    by_template = json.loads(
        main("ask", "-p", "sentiment", "--no-log", "--json", "--set", "choose=calibrated", REVIEWS[0][0]).out
    )
    swept = next(r for r in records if r["question"] == REVIEWS[0][0] and r["varied"]["choose"] == "calibrated")
    assert swept["text"] == by_template["text"]
    assert [c["p_calibrated"] for c in swept["choices"]] == pytest.approx(
        [c["p_calibrated"] for c in by_template["choices"]], abs=1e-4
    )
    confusion = summary["arms"][0]["confusion"]
    assert confusion["labels"] == ["positive", "negative", None]
    assert [sum(row) for row in confusion["counts"]] == [3, 2, 0], "Negative is negative"
    assert sum(confusion["counts"][n][n] for n in (0, 1)) == 5 * summary["arms"][0]["figures"]["exact"]
    assert "sentiment choose=sum  positive  negative  other  prompts  label precision  recall" in ended.err


def test_a_sweep_of_choices_that_was_cut_ends_with_the_same_lines(main: Main, reviews: Path, tmp_path: Path):
    command = ("sweep", reviews, "-p", "sentiment,plain", "-o", "choose=sum,free", "--batch", "4", "--out", "o.jsonl")
    first, out = main(*command), tmp_path / "o.jsonl"
    lines = out.read_bytes().splitlines(keepends=True)
    same = ("key", "text", "choices", "confidence", "exact")
    whole = {record["key"]: [record.get(name) for name in same] for record in read(out)}
    out.write_bytes(b"".join(lines[:5]) + lines[5][:40])

    resumed = main(*command)

    assert (first.status, resumed.status) == (0, 0)
    assert len(lines) == len(whole) == 5 * 3, "plain has no choices, so choose= is nothing to vary"
    assert "5 of them exist already" in resumed.err
    assert {record["key"]: [record.get(name) for name in same] for record in read(out)} == whole


def test_choices_and_free_answers_are_in_one_parquet_file(main: Main, reviews: Path, tmp_path: Path):
    parquet = pytest.importorskip("pyarrow.parquet")

    ended = main("sweep", reviews, "-p", "sentiment", "-o", "choose=sum,free,calibrated", "--out", "o.parquet")

    assert ended.status == 0
    made = parquet.read_table(tmp_path / "o.parquet").to_pylist()
    assert sorted(len(row["choices"] or ()) for row in made) == [0] * 5 + [2] * 10
    assert {choice["text"] for row in made for choice in row["choices"] or ()} == {"positive", "negative"}


def test_right_answers_that_are_no_choices_are_refused_or_counted(main: Main, reviews: Path, tmp_path: Path):
    reviews.write_text(reviews.read_text().replace("positive", "1"))
    some = main("sweep", reviews, "-p", "sentiment", "--out", "o.jsonl")
    reviews.write_text(reviews.read_text().replace("negative", "0").replace("Negative", "0"))
    none = main("sweep", reviews, "-p", "sentiment", "--out", "o.jsonl")

    assert some.status == 0
    assert "3 of 5 right answers are none of the choices of sentiment (positive | negative)" in some.err
    assert none.status == 2
    assert (
        "reviews.jsonl:1: label: expected one of the choices of the profile sentiment (positive | negative), found '1'"
        in none.err
    )


def test_settings_without_effect_on_choices_are_named(main: Main, reviews: Path):
    ended = main("sweep", reviews, "-p", "sentiment", "-o", "temperature=0.5", "--out", "o.jsonl")

    assert "temperature has no effect while the answer is one of the choices" in ended.err
    assert "sampled" not in ended.err
    assert "max_new_tokens has" not in ended.err  # which stands in the profile


def test_a_rule_for_choices_is_named_where_there_are_none(main: Main, reviews: Path):
    said = "choose has no effect while there are no choices"

    assert said in main("sweep", reviews, "-p", "plain", "-o", "choose=mean,free", "--out", "a.jsonl").err
    assert said in main("ask", "-o", "choose=calibrated", "Hello").err
    assert said in main("whatif", "choose=mean,calibrated", "Hello").err
    assert said not in main("sweep", reviews, "-p", "plain,sentiment", "-o", "choose=mean", "--out", "b.jsonl").err
    assert said not in main("ask", "-p", "sentiment", "-o", "choose=mean", "Hello").err
    assert said not in main("choose", "-o", "choose=mean", "Hello", "yes", "no").err


def test_a_report_is_broken_down_by_a_column_and_lists_the_wrong_answers(main: Main, reviews: Path, tmp_path: Path):
    command = ("sweep", reviews, "-p", "sentiment", "--out", "o.jsonl")
    plain = main(*command, "--json")
    ended = main(*command, "--by", "Topic", "--wrong", "--calibration", "--json")
    page = main(*command, "--html")

    summary, records = json.loads(ended.out), read(tmp_path / "o.jsonl")
    groups = {group["value"]: group for group in summary["breakdown"]["groups"]}
    assert {name: group["prompts"] for name, group in groups.items()} == {"film": 2, "food": 2, "things": 1}
    for name, group in groups.items():
        own = [r["exact"] for r in records if name == {t: topic for t, __, topic in REVIEWS}[r["question"]]]
        assert group["intervals"][0]["mean"] == sum(own) / len(own)
    wrong = [record for record in records if not record["exact"]]
    assert {one["question"] for one in summary["wrong"]} == {record["question"] for record in wrong}
    assert {one["confidence"] for one in summary["wrong"]} == {record["confidence"] for record in wrong}
    assert {"breakdown", "wrong"}.isdisjoint(json.loads(plain.out))
    assert "Topic   prompts" in ended.err
    assert "expected calibration error" in ended.err
    assert "expected calibration error" not in plain.err
    assert page.out.startswith("<!doctype html>")
    assert page.out.count("reviews.jsonl:") == len(wrong) > 0


def test_a_limit_asks_the_first_prompts_and_a_larger_one_goes_on(main: Main, reviews: Path, tmp_path: Path):
    command = ("sweep", reviews, "-p", "sentiment", "--out", "o.jsonl", "--limit")

    some, more, less, other = main(*command, "2"), main(*command, "4"), main(*command, "2"), main(*command, "2", *SHORT)

    assert "2 answers = prompts 2" in some.err
    assert "2 of them exist already" in more.err
    assert [record["row"] for record in read(tmp_path / "o.jsonl")].count(4) == 1
    assert sorted(record["row"] for record in read(tmp_path / "o.jsonl")) == [1, 2, 3, 4]
    assert (less.status, other.status) == (2, 2)
    assert "is an answer to prompt 3, which --limit 2 leaves out; raise --limit, or use another name" in less.err
    assert "belongs to another sweep" not in less.err
    assert "belongs to another sweep" in other.err  # a higher limit alone would not do


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--by", "genre"), "--by genre: expected another column of reviews.jsonl, one of: label, topic"),
        (("--html",), "--html shows answers again, so they need --out FILE"),
        (("--wrong",), "--wrong shows answers again, so they need --out FILE"),
        (("--html", "--json", "--out", "o.jsonl"), "--json and --html exclude each other"),
    ],
)
def test_a_report_that_cannot_be_made_is_refused_before_anything_is_asked(
    main: Main, reviews: Path, more: tuple[str, ...], said: str
):
    ended = main("sweep", "reviews.jsonl", "-p", "sentiment", *more)

    assert (ended.status, ended.out) == (2, "")
    assert said in ended.err


def test_a_sweep_says_what_the_model_cannot_read_and_which_combinations_have_idle_settings(main: Main, tmp_path: Path):
    (tmp_path / "q.txt").write_text(f"hello\nbye 日\n{'word ' * 40}\n")

    ended = main(
        "sweep", "q.txt", "-o", "temperature=0,0.7", "-o", "seed=1", "-o", "max_input_tokens=30", "-o", "truncate=end"
    )

    assert ended.status == 0
    assert "1 of 2 combinations: seed has no effect while temperature is 0, which means greedy" in ended.err
    assert "1 of 3 prompts have characters that are not in the model's vocabulary, the first at q.txt:2" in ended.err
    assert "1 of 3 prompts are over the budget and their questions are cut, the first at q.txt:3" in ended.err
