"""Votes and n best answers from outside: `ask`, `sweep`, `replay` and the REPL, on the demo model."""

from __future__ import annotations

import json
from pathlib import Path
from statistics import fmean

import pytest

from flanchat.base.format import format_percent
from tests.cli.conftest import Main
from tests.conftest import transcripts

SUM = "What is 17 + 25?"


def test_the_same_seed_gives_the_same_vote_and_each_answer_can_be_had_alone(main: Main):
    first, again = (main("ask", "-o", "vote=6", "--seed", "1", "--json", "Name a fruit.") for __ in range(2))

    voted = json.loads(first.out)
    assert json.loads(again.out)["candidates"] == voted["candidates"]
    assert len({candidate["text"] for candidate in voted["candidates"]}) > 1
    for candidate in voted["candidates"][:2]:
        alone = main("ask", "-o", "temperature=0.7", "--seed", str(candidate["seed"]), "--no-log", "Name a fruit.")
        assert alone.out.strip() == candidate["text"]


def test_ask_prints_the_winner_and_says_how_many_agree_and_at_which_temperature(main: Main):
    ended = main("ask", "-o", "vote=5", "--seed", "1", "What is the capital of France?")

    assert (ended.status, ended.out) == (0, "Paris\n")
    assert "votes at temperature 0.7, because the settings are greedy" in ended.err
    assert "5 of 5 agree: 5 × Paris" in ended.err


def test_a_profile_can_vote_on_its_short_answers(main: Main, tmp_path: Path):
    (tmp_path / "steps.yaml").write_text(
        "decode: {vote: 4, do_sample: true, temperature: 0.7}\npost: {answer_regex: 'The answer is (.*)\\.'}\n",
        encoding="utf-8",
    )

    voted = json.loads(main("ask", "-p", tmp_path / "steps.yaml", "--seed", "1", "--json", SUM).out)

    assert voted["vote"]["groups"][0]["text"] == voted["short"] == "42"
    assert voted["vote"]["of"] == 4


def test_votes_are_an_arm_of_a_sweep_like_any_other_and_a_cut_sweep_goes_on(main: Main, tmp_path: Path):
    (tmp_path / "q.csv").write_text(f"question,answer\nWhat is the capital of France?,Paris\n{SUM},42\n", "utf-8")
    sweep = ("sweep", "q.csv", "-o", "vote=1,3", "-o", "temperature=0.7", "--out", "a.jsonl", "--batch", "4", "--json")

    ended = main(*sweep)
    lines = (tmp_path / "a.jsonl").read_text().splitlines()
    (tmp_path / "a.jsonl").write_text("\n".join(lines[:2]) + "\n")
    resumed = main(*sweep)

    summary = json.loads(ended.out)
    assert [arm["settings"] for arm in summary["arms"]] == ["vote=1", "vote=3"]
    records = [json.loads(line) for line in lines]
    assert {record["varied"]["vote"]: len(record.get("candidates", ())) for record in records} == {1: 0, 3: 3}
    assert [record["vote"]["of"] for record in records if "vote" in record] == [3, 3]
    after = [json.loads(line) for line in (tmp_path / "a.jsonl").read_text().splitlines()]
    assert {r["key"]: r["text"] for r in after} == {r["key"]: r["text"] for r in records}
    assert json.loads(resumed.out)["arms"] == summary["arms"]


def test_a_vote_replays_as_recorded(main: Main):
    main("ask", "-o", "vote=4", "--seed", "3", "Name a fruit.")

    ended = main("replay", "q1", "--json")

    report = json.loads(ended.out)
    assert (ended.status, report["summary"]["same"], report["unmet"]) == (0, 1, [])


HOT = ("-o", "vote=8", "-o", "temperature=1.5", "--seed", "2")


def test_how_sure_a_voted_answer_is_is_its_share_of_the_votes_wherever_it_is_said(main: Main, tmp_path: Path):
    asked = main("ask", *HOT, "-s", "fruit", "--stats", "Name a fruit.")
    voted = json.loads(main("ask", *HOT, "--no-log", "--json", "Name a fruit.").out)
    chat = main("chat", "-s", "fruit", stdin="/probs\n")
    main("sessions", "export", "fruit", "fruit.md")
    main("sessions", "export", "fruit", "fruit.html")
    [path] = transcripts(tmp_path)
    [recorded] = [e for e in map(json.loads, path.read_text().splitlines()) if e["type"] == "answer"]

    agree = voted["vote"]["agree"]
    assert agree < 8
    assert voted["confidence"] == recorded["confidence"] == agree / 8
    sure = f"sure {format_percent(agree / 8)}"
    assert f" · {sure} · {agree} of 8 agree · " in asked.err
    assert f"; {sure}. {agree} of 8 agree: " in chat.out
    share = format_percent(agree / 8)
    for page, said in (("fruit.md", f"confidence: `{share}`"), ("fruit.html", sure)):
        text = (tmp_path / page).read_text()
        assert said in text
        assert f"{share}, lowest token" not in text
        assert "no token" not in text  # there was no first one, but there are tokens


def test_a_sweep_judges_votes_by_their_shares_also_those_that_an_earlier_version_wrote(main: Main, tmp_path: Path):
    rows = "Name a fruit.,apple\nWhat is the capital of France?,Paris\nName a colour.,red\n"
    (tmp_path / "q.csv").write_text(f"question,answer\n{rows}", "utf-8")
    sweep = ("sweep", "q.csv", *HOT, "--out", "a.jsonl", "--json", "--wrong")

    summary = json.loads(main(*sweep).out)
    records = [json.loads(line) for line in (tmp_path / "a.jsonl").read_text().splitlines()]
    old = [{**record, "confidence": 0.123} for record in records]  # earlier that of its tokens
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(record) + "\n" for record in old))
    again = json.loads(main(*sweep).out)

    shares = [record["vote"]["agree"] / 8 for record in records]
    assert len(set(shares)) > 1
    assert [record["confidence"] for record in records] == shares
    assert again["arms"] == summary["arms"]
    [arm] = summary["arms"]
    assert arm["calibration"]["confidence"] == pytest.approx(fmean(shares))
    assert arm["calibration"]["errors"]["brier"] == pytest.approx(fmean(
        (share - record["exact"]) ** 2 for share, record in zip(shares, records, strict=True)
    ))  # fmt: skip


@pytest.mark.transformers
def test_ask_lists_the_best_answers_of_a_search_with_their_probabilities(main: Main):
    shown = main("ask", "-o", "n_best=3", "-p", "qa", "What is the capital of France?")
    whole = json.loads(main("ask", "-o", "n_best=3", "-p", "qa", "--json", "What is the capital of France?").out)

    assert [line.split()[0] for line in shown.out.splitlines()[1:4]] == ["1", "2", "3"]
    assert "Paris" in shown.out.splitlines()[1]
    candidates = whole["candidates"]
    assert (whole["text"], whole["settings"]["decode.num_beams"], len(candidates)) == ("Paris", 3, 3)
    assert len({candidate["text"] for candidate in candidates}) == 3
    assert 1 >= candidates[0]["probability"] > candidates[1]["probability"]


@pytest.mark.transformers
def test_beams_answers_again_and_a_picked_answer_stays_what_it_is_in_a_replay(main: Main, tmp_path: Path):
    typed = f"{SUM}\n/beams 3\n/pick 2\n/regen vote=2\n/beams 2 Name a colour.\n"
    chat = main("chat", "-o", "max_new_tokens=8", stdin=typed)

    assert chat.status == 0
    assert "Number 2 is now the answer: " in chat.out
    [path] = transcripts(tmp_path)
    answers = [e for e in map(json.loads, path.read_text().splitlines()) if e["type"] == "answer"]
    assert [len(answer.get("candidates", ())) for answer in answers] == [0, 3, 0, 2, 2]
    assert answers[2]["text"] == answers[1]["candidates"][1]["text"] != answers[1]["text"]

    replayed = main("replay", path, "--all", "--json")

    assert json.loads(replayed.out)["summary"]["same"] == 5

    main("card", path, "-o", "card.json")
    assert main("verify", "card.json").status == 0
