"""`flanchat sessions`, -c, -s, `config` and `completions`, as a shell sees them."""

from __future__ import annotations

import json
import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timezone
from pathlib import Path

import pytest

from flanchat.sessions.transcript import Transcript
from tests.cli.conftest import Main
from tests.conftest import Flanchat, transcripts

SHORT = ("-o", "max_new_tokens=3", "-o", "min_new_tokens=3")


@pytest.fixture
def sessions(tmp_path: Path) -> Path:
    """A folder with three sessions of two questions each, called red, green and blue; blue is the newest."""
    folder = tmp_path / "state" / "flanchat" / "sessions"
    for number, name in enumerate(("red", "green", "blue")):
        transcript = Transcript.create(
            folder, host={}, name=name, now=lambda n=number: datetime.fromtimestamp(1.8e9 + 100 * n, timezone.utc)
        )
        parent = None
        for question in (f"What is {name}?", "And 颜色?"):
            asked = transcript.record("user", parent, text=question, turn=1, source="typed", vars={})
            parent = transcript.record("answer", asked, text=f"{name} is a colour.", finish="eos")
        transcript.close("exit")
    return folder


def test_sessions_are_listed_newest_first_and_readable_by_the_owner_only(main: Main, sessions: Path):
    listed = main("sessions")
    as_json = main("sessions", "list", "--json", "-n", "2")

    assert [line.split()[1] for line in listed.out.splitlines() if "What is" in line] == ["blue", "green", "red"]
    assert [json.loads(line)["name"] for line in as_json.out.splitlines()] == ["blue", "green"]
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in sessions.iterdir())


def test_search_finds_words_in_all_sessions_including_chinese_ones(main: Main, sessions: Path):
    assert "What is [green]?" in main("sessions", "search", "green").out
    assert main("sessions", "search", "颜色").out.count("[颜色]") == 3
    assert main("sessions", "search", "nowhere").out == "No session contains: nowhere\n"
    hits = main("sessions", "search", "GREEN", "--json").out.splitlines()
    assert {json.loads(line)["entry"]["name"] for line in hits} == {"green"}


def test_a_session_is_shown_and_exported_by_name_or_number(main: Main, sessions: Path, tmp_path: Path):
    assert main("sessions", "show", "green").out == main("sessions", "show", "2").out
    assert "green is a colour." in main("sessions", "show", "green").out
    for ending in ("md", "html", "json", "jsonl", "txt"):
        assert main("sessions", "export", "red", f"red.{ending}").status == 0
        assert "red is a colour." in (tmp_path / f"red.{ending}").read_text()
    again = main("sessions", "export", "blue", "red.md")
    assert again.status == 4
    assert "red.md" in again.err
    assert "red is a colour." in (tmp_path / "red.md").read_text()
    assert main("sessions", "export", "blue", "red.md", "--force").status == 0
    assert "blue is a colour." in (tmp_path / "red.md").read_text()


def test_a_session_is_shown_and_exported_by_its_path(main: Main, sessions: Path, tmp_path: Path):
    (path,) = [path for path in sessions.glob("*.jsonl") if '"red"' in path.read_text()]
    path.rename(tmp_path / "rec.jsonl")
    (tmp_path / "green").mkdir()

    for which in ("rec.jsonl", "./rec.jsonl", tmp_path / "rec.jsonl"):
        assert "red is a colour." in main("sessions", "show", which).out
    assert main("sessions", "export", "rec.jsonl", "red.md").status == 0
    missing = main("sessions", "show", tmp_path / "no.jsonl")
    assert (missing.status, missing.err) == (2, f"flanchat: {tmp_path / 'no.jsonl'}: no such file\n")
    assert "green is a colour." in main("sessions", "show", "green").out


def test_a_session_is_removed_only_after_a_yes(main: Main, sessions: Path):
    refused = main("sessions", "rm", "green", stdin="n\n")
    assert refused.status == 2
    assert "nothing was deleted" in refused.err
    assert len(list(sessions.iterdir())) == 3

    assert main("sessions", "rm", "green", "--yes").status == 0
    assert "green" not in main("sessions").out
    missing = main("sessions", "show", "green")
    assert missing.status == 2
    assert "green" in missing.err


def test_the_readable_part_of_a_damaged_session_is_shown(main: Main, sessions: Path):
    path = next(path for path in sorted(sessions.iterdir()) if '"red"' in path.read_text())
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join(lines[:3]) + "garbage\n" + "".join(lines[3:-1]) + lines[-1][:20])

    assert "(2 damaged lines)" in main("sessions").out
    shown = main("sessions", "show", "red").out
    assert "red is a colour." in shown
    assert "line 4" in shown


def test_the_last_session_is_continued(main: Main, tiny_model: Path, tmp_path: Path):
    first = main("ask", "one", "-m", tiny_model, *SHORT, "-p", "qa", "-o", "turns=3")
    second = main("ask", "two", "-m", tiny_model, "-c", "--show-prompt", "--json")

    assert (first.status, second.status) == (0, 0)
    assert f"Q: one\nflanchat: A: {first.out.strip()}" in second.err
    settings = json.loads(second.out)["settings"]
    assert (settings["history.turns"], settings["decode.max_new_tokens"]) == (3, 3)  # as they were
    [path] = transcripts(tmp_path)
    events = [json.loads(line) for line in path.read_text().splitlines()]
    assert [event["text"] for event in events if event["type"] == "user"] == ["one", "two"]
    assert [event["turn"] for event in events if event["type"] == "user"] == [1, 2]


def test_a_named_session_is_started_then_continued(main: Main, sessions: Path, tiny_model: Path, tmp_path: Path):
    for question in ("one", "two"):
        assert main("ask", question, "-m", tiny_model, *SHORT, "-s", "zoo").status == 0

    assert len(transcripts(tmp_path)) == len(("zoo", "red", "green", "blue"))
    shown = main("sessions", "show", "zoo").out
    assert "one" in shown
    assert "two" in shown
    assert "colour" not in shown


def test_no_log_continues_a_session_without_writing_to_it(main: Main, sessions: Path, tiny_model: Path):
    before = {path.name: path.read_bytes() for path in sessions.iterdir()}
    dialog = (*SHORT, "-m", tiny_model, "-o", "turns=1", "--no-log", "--show-prompt")
    last, named = (main("ask", "one", *dialog, *which) for which in (["-c"], ["-s", "red"]))
    unknown = main("ask", "one", *dialog, "-s", "zoo")

    assert "blue is a colour." in last.err
    assert "red is a colour." in named.err
    assert "the session goes on without being recorded" in last.err
    assert (unknown.status, unknown.out) == (2, "")
    assert "there is no such session" in unknown.err
    assert {path.name: path.read_bytes() for path in sessions.iterdir()} == before


@pytest.mark.parametrize("setting", [["-o", "turns=2"], ["-p", "dialog"]])
def test_each_line_of_jsonl_is_asked_by_itself(main: Main, tiny_model: Path, setting: list[str]):
    ended = main("ask", "--jsonl", "-m", tiny_model, *SHORT, *setting, stdin="one\ntwo\n")

    prompts = [json.loads(line)["prompt"]["text"] for line in ended.out.splitlines()]
    assert "two" in prompts[1]
    assert "one" not in prompts[1]


def test_a_session_that_several_programs_begin_at_once_is_one(flanchat: Flanchat, tiny_model: Path, tmp_path: Path):
    def ask(word: str) -> int:
        return flanchat("ask", word, "-m", tiny_model, *SHORT, "-s", "zoo").status

    with ThreadPoolExecutor() as threads:
        assert list(threads.map(ask, ("one", "two", "three"))) == [0, 0, 0]

    (path,) = transcripts(tmp_path)
    events = [json.loads(line) for line in path.read_text().splitlines()]
    assert sorted(event["text"] for event in events if event["type"] == "user") == ["one", "three", "two"]


def test_continuing_needs_an_existing_session_named_in_one_way(main: Main, tiny_model: Path):
    nothing = main("ask", "x", "-c", "-m", tiny_model)
    both = main("ask", "x", "-c", "-s", "zoo", "-m", tiny_model)
    bad = main("ask", "x", "-s", "../zoo", "-m", tiny_model)

    assert [ended.status for ended in (nothing, both, bad)] == [2, 2, 2]
    assert "there is no session to continue yet" in nothing.err
    assert "use only one of them" in both.err
    assert "session name" in bad.err


def test_flags_override_the_defaults_of_the_configuration(main: Main, tmp_path: Path, tiny_model: Path):
    folder = tmp_path / "config" / "flanchat"
    folder.mkdir(parents=True)
    (folder / "config.yaml").write_text(f"profile: qa\nmodel: {tiny_model}\ndecode:\n  top_p: 0.5\n")

    given = json.loads(main("ask", "why", "--dry-run", "--json").out)
    flagged = json.loads(main("ask", "why", "--dry-run", "--json", "-p", "plain", "-o", "top_p=0.7").out)

    assert given["prompt"]["text"] == "Q: why\nA:"
    assert given["settings"]["decode.top_p"] == 0.5
    assert flagged["prompt"]["text"] == "why"
    assert flagged["settings"]["decode.top_p"] == 0.7
    assert "top_p" in main("config").out
    (folder / "config.yaml").write_text("profle: qa\n")
    broken = main("ask", "why")
    assert broken.status == 2
    assert "config.yaml:1: profle" in broken.err
    assert main("config", "--example").out.startswith("#")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts_exist_for_the_common_shells(main: Main, shell: str):
    script = main("completions", shell)

    assert script.status == 0
    assert "_FLANCHAT_COMPLETE" in script.out


def test_a_completed_word_is_a_subcommand(flanchat: Flanchat):
    env = {"_FLANCHAT_COMPLETE": "bash_complete", "COMP_WORDS": "flanchat ses", "COMP_CWORD": "1"}

    assert flanchat(env=env).out.splitlines() == ["plain,sessions"]


def test_profiles_check_reports_what_the_model_would_lose(main: Main, tmp_path: Path):
    (tmp_path / "json.yaml").write_text("template: qa\nprefix: 'Answer as {JSON}.'\n")
    ended = main("profiles", "check", "./json.yaml")

    assert ended.status == 0
    assert "json.yaml:2: prefix: " in ended.out
    assert "{ }" in ended.out
    assert main("profiles", "check", "qa").out.endswith("qa.yaml: ok\n")


def test_one_shot_questions_are_left_out_of_the_list_unless_asked_for(main: Main, sessions: Path, tiny_model: Path):
    main("ask", "one shot", "-m", tiny_model, *SHORT)

    listed, whole = main("sessions").out, main("sessions", "list", "--one-shots").out

    assert [line.split()[:2] for line in listed.splitlines()[2:5]] == [["1", "blue"], ["2", "green"], ["3", "red"]]
    assert listed.endswith("1 one-shot question is left out; --one-shots lists it.\n")
    assert [line.split()[0] for line in whole.splitlines() if "one shot" in line] == ["q1"]
    assert "one shot" in main("sessions", "show", "q1").out
    assert main("sessions", "show", "1").out == main("sessions", "show", "blue").out
    assert "[shot]" in main("sessions", "search", "shot").out


def test_a_chat_continues_the_last_session_and_a_question_the_last_of_either_kind(main: Main, tiny_model: Path):
    small = ("-m", tiny_model, *SHORT)
    main("chat", *small, stdin="chat\n")
    main("ask", "one", *small)

    chat = main("chat", "-c", "-m", tiny_model, stdin="/history\n")
    again = main("ask", "two", "-c", "-m", tiny_model)
    chat_after = main("chat", "-c", "-m", tiny_model, stdin="/history\n")

    assert [line.split()[1] for line in chat.out.splitlines()[2:]] == ["chat"]
    assert "earlier turns are not sent" in again.err
    assert [line.split()[1] for line in chat_after.out.splitlines()[2:]] == ["one", "two"]  # a conversation now
    assert "earlier turns are not sent" not in main("ask", "three", "-c", "-m", tiny_model).err


def test_only_one_shot_questions_are_no_session_to_chat_in(main: Main, tiny_model: Path):
    main("ask", "one", "-m", tiny_model, *SHORT)

    ended = main("chat", "-c", "-m", tiny_model)

    assert (ended.status, "flanchat ask -c continues the last one" in ended.err) == (2, True)
    assert main("sessions").out.startswith("There are no sessions yet. 1 one-shot question is left out")


def test_a_named_question_is_in_the_list(main: Main, tiny_model: Path):
    main("ask", "one", "-m", tiny_model, *SHORT, "-s", "zoo")

    assert "zoo" in main("sessions").out
    assert main("ask", "one", "-m", tiny_model, "-s", "q7").status == 2


def test_a_saved_session_is_rated_searched_and_swept(main: Main, tmp_path: Path):
    main("chat", "-p", "qa", stdin="What is the capital of France?\nWhat is the capital of Spain?\n/rate 1 good\n")

    rated = main("sessions", "rate", "1", "2", "bad")
    noted = main("sessions", "note", "1", "2", "no, it", "is not")
    searched = main("sessions", "search", "--rated", "bad")
    shown = main("sessions", "show", "1").out
    written = main("sessions", "rated", "good.csv", "--rated", "good")
    again = main("sessions", "rated", "good.csv")
    swept = main("sweep", "good.csv", "--out", "a.jsonl")

    assert rated.out.endswith(": bad\n")
    assert noted.out.endswith(": bad · no, it is not\n")
    assert "Spain" in searched.out
    assert "France" not in searched.out
    assert "rating: bad\nnote: no, it is not\n" in shown
    assert (written.out, again.status) == ("Written: good.csv (1 answer)\n", 4)
    assert "right answers from target" in swept.err
    assert main("sessions", "search").status == 2
    assert main("sessions", "rate", "1", "9", "bad").err == (
        "flanchat: turn 9: expected a turn from 1 to 2; /history numbers them\n"
    )


def test_an_exported_session_keeps_its_review(main: Main, tmp_path: Path):
    main("chat", stdin="hello\n/rate good\n/note kind\n/export talk.jsonl\n/export talk.html\n/export talk.md\n")

    assert "rating: good\nnote: kind\n" in main("sessions", "show", "./talk.jsonl").out
    assert json.loads((tmp_path / "talk.jsonl").read_text())["rating"] == "good"
    assert "- rating: `good`\n- note: `kind`" in (tmp_path / "talk.md").read_text()
    assert "rating: <bdi>good</bdi>" in (tmp_path / "talk.html").read_text()


def test_a_folder_that_cannot_hold_sessions_names_the_ways_out_of_the_shell(main: Main, tmp_path: Path):
    (tmp_path / "taken").write_text("")

    ended = main("ask", "x", env={"FLANCHAT_DATA": str(tmp_path / "taken")})

    assert (ended.status, "set FLANCHAT_DATA to another folder, or start with --no-log" in ended.err) == (4, True)
