"""What people suffer from in other tools, and that they do not here. One test a pain, as its user would see it."""

from __future__ import annotations

import json
import re
import signal
from pathlib import Path
from typing import Any

import pytest

from flanchat.repl.commands.table import COMMANDS
from tests.conftest import transcripts
from tests.terminal.screen import CTRL_C, CTRL_D, ENTER, ESCAPE, TAB, Start, answer_begun, events
from tests.transcripts import read
from tests.waiting import Held

LONG = ("-o", "max_new_tokens=1000", "-o", "min_new_tokens=1000")
SHORT = ("-o", "max_new_tokens=4", "-o", "min_new_tokens=4")
PROMPTS = re.compile(r"^>", re.MULTILINE)


def done(count: int):
    """Whether so many answers are finished and the prompt is back."""
    return lambda text: text.count("· sure ") == count and PROMPTS.findall(text.rpartition("· sure ")[2])


def test_1_ctrl_c_ends_neither_the_program_nor_loses_the_partial_answer(start: Start, slow_model: Path, tmp_path: Path):
    screen = start("-m", slow_model, *LONG)

    screen.send("tell me" + ENTER)
    screen.wait(answer_begun("tell me"))
    screen.send(CTRL_C)
    screen.wait("[interrupted]")
    screen.send("/set max_new_tokens=1001" + ENTER + "/regen max_new_tokens=3 min_new_tokens=3" + ENTER)
    screen.wait(done(2))

    first, second = events(tmp_path, "answer")
    assert first["finish"] == "interrupted"
    assert first["text"]
    assert second["usage"]["new_tokens"] == 3


def test_2_several_lines_can_be_typed_pasted_and_recalled_as_one_entry(start: Start, tiny_model: Path, tmp_path: Path):
    screen = start("-m", tiny_model, *SHORT)

    screen.send("one" + ESCAPE + ENTER + "two")
    screen.wait("> one\n  two")
    screen.send(ENTER)
    screen.wait(done(1))
    screen.paste("three\nfour")
    screen.wait("> three\n  four")
    screen.send(ENTER)
    screen.wait(done(2))
    screen.send("\x12thr")  # Ctrl-R: the whole entry comes back
    screen.wait(lambda text: text.count("  four") == 2)
    screen.send(ENTER)  # takes what was found
    screen.send(ENTER)
    screen.wait(done(3))

    assert [event["text"] for event in events(tmp_path, "user")] == ["one\ntwo", "three\nfour", "three\nfour"]


def test_3_what_is_dropped_from_the_context_is_shown_before_and_after_sending(start: Start, tiny_model: Path):
    screen = start("-m", tiny_model, *SHORT, "-o", "turns=5", "-o", "max_input_tokens=60")

    for number in range(3):
        screen.send(f"a question with quite a few words in it, number {number}" + ENTER)
        screen.wait(done(number + 1))
    screen.send("and one more of these questions")
    screen.wait(re.compile(r"\d+/60 · \d of 3 turns sent · .*\N{MINUS SIGN}\d turn").search)
    screen.send(ENTER)
    screen.wait("! over the budget of 60 tokens, dropped: turn 1")
    screen.wait(done(4))
    screen.send("/budget" + ENTER)
    screen.wait("dropped: over the budget of 60 tokens")


def test_3_with_on_overflow_ask_nothing_is_dropped_without_a_yes(start: Start, tiny_model: Path, tmp_path: Path):
    screen = start("-m", tiny_model, *SHORT, "-o", "turns=5", "-o", "max_input_tokens=40", "-o", "on_overflow=ask")
    for number in range(2):
        screen.send(f"a question with some words in it {number}" + ENTER)
        if number:
            screen.wait("turn 1 would be dropped", "[y/N]")
            screen.send("n" + ENTER)
            screen.wait(lambda text: PROMPTS.findall(text.rpartition("[y/N]")[2]))
    assert len(events(tmp_path, "user")) == 1

    screen.send("a question with some words in it 2" + ENTER)
    screen.wait(lambda text: text.count("[y/N]") == 2)
    screen.send("y" + ENTER)
    screen.wait(done(2))
    kept = [s["kept"] for s in events(tmp_path, "prompt")[-1]["segments"] if s["kind"] == "turn"]
    assert kept == [False]


def test_4_a_session_is_saved_named_found_continued_and_exported(start: Start, tiny_model: Path, tmp_path: Path):
    screen = start("-m", tiny_model, *SHORT)
    screen.send("where do zebras sleep" + ENTER)
    screen.wait(done(1))
    screen.send("/save zoo" + ENTER)
    screen.wait("This session is named zoo")
    screen.send(CTRL_D)
    assert screen.wait_end() == 0

    again = start("-m", tiny_model, *SHORT)
    again.send("/search zebras" + ENTER)
    again.wait("[zebras]", "zoo")
    again.send("/sessions" + ENTER)
    again.wait("Sessions")
    again.send("/load zoo" + ENTER)
    again.wait("Last question: where do zebras sleep")
    again.send("and lions" + ENTER)
    again.wait(done(1))
    again.send("/history" + ENTER)
    again.wait("where do zebras sleep", "and lions")
    again.send("/export zoo.html" + ENTER)
    again.wait("Written: zoo.html")
    again.send(CTRL_D)
    assert again.wait_end() == 0

    assert len(transcripts(tmp_path)) == 1
    page = (tmp_path / "zoo.html").read_text()
    assert "where do zebras sleep" in page
    assert "and lions" in page


def test_5_an_answer_can_be_regenerated_continued_and_undone_and_its_question_edited(
    start: Start, tiny_model: Path, tmp_path: Path
):
    screen = start("-m", tiny_model, *SHORT)
    screen.send("first question" + ENTER)
    screen.wait(done(1))
    screen.send("/continue" + ENTER)
    screen.wait(done(2))
    screen.send("/regen max_new_tokens=2 min_new_tokens=2" + ENTER)
    screen.wait(done(3))
    screen.send("/edit" + ENTER)
    screen.wait("Edit question 1", "> first question")
    screen.send(" changed" + ENTER)
    screen.wait(done(4))
    screen.send("/undo" + ENTER)
    screen.wait("At the start of the conversation.")
    screen.send("/redo" + ENTER)
    screen.wait("At turn 1: first question changed")
    screen.send("/branches" + ENTER)
    screen.wait("(abandoned)")
    screen.send("/branches 2" + ENTER)
    screen.wait("Branch branch-2. At turn 1: first question")

    short, longer, other, changed = events(tmp_path, "answer")
    assert longer["text"].startswith(short["text"])
    assert longer["usage"]["new_tokens"] == 8
    assert longer["continues"] == short["id"]
    assert other["parent"] == short["parent"]
    assert changed["parent"] != short["parent"]


def test_6_the_probabilities_of_the_model_are_one_command_away(start: Start, tiny_model: Path):
    screen = start("-m", tiny_model, *SHORT)
    screen.send("how sure are you" + ENTER)
    screen.wait(done(1))

    screen.send("\x1b[17~")  # F6
    screen.wait("4 tokens, ", "Probabilities are the model's own")
    screen.send("/probs" + ENTER)
    screen.wait(lambda text: text.count("alternatives") == 2)


def test_7_the_same_settings_and_seed_reproduce_an_answer(start: Start, tiny_model: Path, tmp_path: Path):
    screen = start("-m", tiny_model, "-o", "min_new_tokens=4", "-o", "do_sample=true", "-o", "max_new_tokens=12")
    screen.send("roll the dice" + ENTER)
    screen.wait(done(1), "seed ")
    [first] = events(tmp_path, "answer")
    screen.send(f"/regen seed={first['seed']}" + ENTER)
    screen.wait(done(2))

    assert [event["text"] for event in events(tmp_path, "answer")] == [first["text"]] * 2


def test_8_other_settings_take_one_line_and_both_answers_are_kept(start: Start, tiny_model: Path, tmp_path: Path):
    screen = start("-m", tiny_model, *SHORT)
    screen.send("side by side" + ENTER)
    screen.wait(done(1))
    screen.send("/regen repetition_penalty=3 max_new_tokens=9" + ENTER)
    screen.wait(done(2))
    screen.send("/branches" + ENTER)
    screen.wait("main", "(abandoned)")

    first, second = events(tmp_path, "answer")
    assert (first["settings"]["decode.repetition_penalty"], second["settings"]["decode.repetition_penalty"]) == (1, 3)


def test_9_a_question_typed_while_the_model_loads_is_answered_once_it_is_ready(start: Start, tiny_model: Path):
    screen = start("-m", tiny_model, *SHORT)
    screen.send("early bird" + ENTER)
    screen.wait(done(1))

    assert "> early bird" in screen.text()


# /beams and /fill import transformers; tests/cli/test_votes.py and test_fill.py have them.
@pytest.mark.parametrize("others", [("beams", "fill"), pytest.param((), marks=pytest.mark.slow)])
def test_10_every_command_that_help_lists_does_something(
    start: Start, tiny_model: Path, tmp_path: Path, others: tuple[str, ...]
):
    (tmp_path / "some.txt").write_text("/show session\n")
    words = {
        "unset": "temperature", "edit": "1 again", "run": "some.txt", "file": "some.txt", "search": "first",
        "export": "talk.md", "profile": "qa", "set": "top_k=0", "system": "Say it.", "tokens": "a {", "load": "",
        "whatif": "profile=plain", "pick": "1", "compare": "c1 c2", "alt": "1 2", "choose": "yes | no",
        "fill": "a <1> pan", "diff": f"{tiny_model} --limit 1", "card": "card.json", "verify": "card.json",
    }  # fmt: skip
    screen = start("-m", tiny_model, *SHORT, lines=700)
    screen.send("first" + ENTER)
    screen.wait(done(1))
    answers = 1
    for command in COMMANDS:
        if command.name in ("exit", "clear", "new", *others):
            continue
        before = len(PROMPTS.findall(screen.text()))
        screen.send(f"/{command.name} {words.get(command.name, '')}".strip() + ENTER)
        answers += command.name in ("regen", "continue", "edit", "alt", "beams")
        screen.wait(
            lambda text, n=before: len(PROMPTS.findall(text)) > n, lambda text, n=answers: text.count("· sure ") >= n
        )
        if command.name == "edit":
            assert "error" not in screen.text()
    text = screen.text()

    assert "error:" not in text.replace("error: the last answer is complete", "")
    assert "again" in (tmp_path / "talk.md").read_text()


def test_wrong_prefixes_and_unknown_commands_never_reach_the_model(
    start: Start, tiny_model: Path, tmp_path: Path, held: Held
):
    screen = start("-m", tiny_model, **held.environ)
    for line in (".set top_p=1", "!save", ":q", "/profle", "/sets"):
        screen.send(line + ENTER)
    screen.wait(lambda text: text.count("error: ") == 5)
    screen.send(CTRL_D)
    assert screen.wait_end() == 0

    assert transcripts(tmp_path) == []


def test_unknown_characters_are_reported_while_typing(start: Start):
    screen = start()
    screen.wait("· ready")
    screen.send("Write {x} < 3")
    screen.wait("! 3 characters are not in the model's vocabulary: { } <")
    screen.send("\x15你好吗")
    screen.wait("Most of this question is outside the model's vocabulary")
    screen.send("\x1b[15~")  # F5
    screen.wait("question", "end", "of 512 tokens")
    screen.send("\x15/tokens a {b}" + ENTER)
    screen.wait('<unk>"{"', '<unk>"}"')


def test_two_programs_share_history_and_sessions(start: Start, tiny_model: Path, tmp_path: Path):
    one, two = (start("-m", tiny_model, *SHORT) for _ in range(2))
    one.send("from one" + ENTER)
    two.send("from two" + ENTER)
    one.wait(done(1))
    two.wait(done(1))
    one.send("/sessions" + ENTER)
    one.wait("from one", "from two")
    two.send("/load 1" + ENTER)
    two.wait(lambda text: "error:" in text or "Session " in text)

    assert len(transcripts(tmp_path)) == 2
    assert {event["text"] for event in events(tmp_path, "user")} == {"from one", "from two"}


def test_a_file_is_put_before_the_next_question_and_a_script_runs(start: Start, tiny_model: Path, tmp_path: Path):
    (tmp_path / "news.txt").write_text("The cat sat.\n")
    (tmp_path / "all.txt").write_text("one\n/set top_p=2\nnever\n")
    screen = start("-m", tiny_model, *SHORT)

    screen.send("/file news.txt" + ENTER)
    screen.wait("added before the next question", "+ news.txt")
    screen.send("Who sat?" + ENTER)
    screen.wait(done(1))
    screen.send("/run all.txt" + ENTER)
    screen.wait("all.txt: stopped at line 2")

    assert [event["text"] for event in events(tmp_path, "user")] == ["The cat sat.\nWho sat?", "one"]
    assert [event["source"] for event in events(tmp_path, "user")] == ["file", "script"]


def test_private_turns_write_no_text_to_disk(start: Start, tiny_model: Path, tmp_path: Path):
    screen = start("-m", tiny_model, *SHORT)
    screen.send("public" + ENTER)
    screen.wait(done(1))
    screen.send("/log off" + ENTER)
    screen.wait("not recorded")
    screen.send("secret" + ENTER)
    screen.wait(done(2))
    screen.send("/log on" + ENTER)
    screen.wait("Recording is on.")
    screen.send("public again" + ENTER)
    screen.wait(done(3))

    [path] = transcripts(tmp_path)
    assert "secret" not in path.read_text()
    assert [event["text"] for event in events(tmp_path, "user")] == ["public", "public again"]


def test_vi_keys_and_multiline_mode_can_be_switched_on(start: Start, tiny_model: Path, tmp_path: Path):
    screen = start("-m", tiny_model, *SHORT)
    screen.send("\x1bOS")  # F4
    screen.wait(" vi · plain")
    screen.send("abc" + ESCAPE + "0iX" + ESCAPE + "\x1bOS")
    screen.wait("> Xabc", lambda text: " vi · plain" not in text)
    screen.send("\x1bOR")  # F3
    screen.wait("multi-line: Alt-Enter sends")
    screen.send("\x05" + ENTER + "more")
    screen.wait("  more")
    screen.send(ESCAPE + ENTER)
    screen.wait(done(1))

    assert [event["text"] for event in events(tmp_path, "user")] == ["Xabc\nmore"]


def test_an_editor_changes_the_entry(start: Start, tiny_model: Path, tmp_path: Path, held: Held):
    editor = tmp_path / "editor.sh"
    editor.write_text('#!/bin/sh\necho "from the editor" > "$1"\n')
    editor.chmod(0o755)
    screen = start("-m", tiny_model, EDITOR=str(editor), **held.environ)
    screen.send("draft\x18\x05")  # Ctrl-X Ctrl-E
    screen.wait("> from the editor")
    screen.send("\x15other")
    screen.wait("> other")
    screen.send("\x07")  # Ctrl-G
    screen.wait("> from the editor")
    screen.send("\x15one\ttwo")  # as a terminal without bracketed paste sends what is pasted
    screen.wait(lambda text: re.search(r"> one\S*\s*two", text) and "> onetwo" not in text)
    screen.send("\x1bOS")  # F4
    screen.wait(" vi · plain")
    screen.send(ESCAPE)
    screen.send("v")
    screen.wait("> from the editor")


def test_a_pasted_megabyte_is_refused_with_its_token_count(start: Start, tiny_model: Path, tmp_path: Path):
    screen = start("-m", tiny_model)
    screen.paste("word " * 200_000)
    screen.wait("tokenised when sent")
    screen.send(ENTER)
    screen.wait("error: the question is 1000000 tokens", "shorten it, raise max_input_tokens")

    assert len(events(tmp_path, "user")[0]["text"]) == 10**6 - 1


def test_a_paste_of_100_000_combining_marks_is_taken_and_edited_undrawn(start: Start, tiny_model: Path, tmp_path: Path):
    marks = "e" + "\u0301" * 100_000
    screen = start("-m", tiny_model, *SHORT)
    screen.paste(marks)
    screen.wait("> [100,001 characters]")
    screen.send(CTRL_C)
    screen.wait(lambda text: "\n>\n" in text)
    screen.send("\x12" + marks[:1000])  # into the field of Ctrl-R, unmarked as of a terminal that does not mark pastes
    screen.wait("[1,000 characters]")
    screen.send(CTRL_C)
    screen.paste(marks)
    screen.wait("> [100,001 characters]")
    screen.send("\x7f")
    screen.wait("> [100,000 characters]")
    screen.send(ENTER)
    screen.wait("... (100,000 characters)", done(1))

    assert [event["text"] for event in events(tmp_path, "user")] == [marks[:-1]]


def test_wide_characters_keep_the_cursor_in_place(start: Start, tiny_model: Path, held: Held):
    screen = start("-m", tiny_model, **held.environ)
    screen.send("你好x\x1b[D\x1b[Dy")  # two left: before the second wide one

    screen.wait("> 你y好x")


def test_at_forty_columns_nothing_is_lost(start: Start, tiny_model: Path):
    screen = start("-m", tiny_model, *SHORT, columns=40, lines=200)
    screen.send("/show model" + ENTER + "hello" + ENTER)
    screen.wait(done(1))
    screen.send("/stats" + ENTER + "/budget" + ENTER)
    screen.wait("max_new_tokens", "Over the budget, turns are")


def test_control_sequences_from_files_never_reach_the_terminal(start: Start, tiny_model: Path, tmp_path: Path):
    evil = "\x1b]52;c;ZXZpbA==\x07\x1b[31mred\x9b2J\u202egnp"
    quoted = json.dumps(evil)
    profiles = tmp_path / "config" / "flanchat" / "profiles"
    profiles.mkdir(parents=True)
    (profiles / "bad.yaml").write_text(f"description: {quoted}\nshots:\n  - {{in: {quoted}, out: x}}\n")
    (tmp_path / f"a{evil.replace('/', '')}.txt").write_text(f"text {evil}")
    (tmp_path / "run.txt").write_text(f"ask {evil}\n/search {evil}\n")
    screen = start("-m", tiny_model, *SHORT, lines=200)

    for line in (
        "/profiles",
        "/profile bad",
        "/shots",
        "/run run.txt",
        "/history",
        "/sessions",
        "/prompt",
        "/branches",
    ):
        before = len(PROMPTS.findall(screen.text()))
        screen.send(line + ENTER)
        screen.wait(lambda text, n=before: len(PROMPTS.findall(text)) > n)
    screen.send("/file a" + TAB)
    screen.wait("^[]52")

    assert "^[]52;c;ZXZpbA==^G^[[31mred<9b>2J<U+202E>gnp" in screen.text()
    for part in (b"\x1b]52", b"\x1b[31mred", "\x9b".encode(), "\u202e".encode(), b"\x07"):
        assert part not in screen.raw


def test_a_question_left_by_a_killed_program_is_offered_again(
    start: Start, tiny_model: Path, tmp_path: Path, held: Held
):
    screen = start("-m", tiny_model, *LONG, **held.environ)
    screen.send("what was lost" + ENTER)  # while the model loads, so that no answer can come before the end
    screen.wait(lambda _: events(tmp_path, "user"))
    screen.signal(signal.SIGKILL)
    assert screen.wait_end() == -signal.SIGKILL
    [path] = transcripts(tmp_path)
    path.write_bytes(path.read_bytes() + b'{"v":1,"n":')  # and the line that was being written is torn

    again = start("-m", tiny_model, "-c", "-o", "max_new_tokens=4", "-o", "min_new_tokens=4")
    again.wait("Unanswered question: what was lost", "1 line of its file cannot be read", "> what was lost")
    again.send(ENTER)
    again.wait(done(1))

    assert [event["text"] for event in events_of(path, "user")] == ["what was lost"] * 2


def events_of(path: Path, kind: str) -> list[dict[str, Any]]:
    """The events of a kind in a transcript that may be damaged."""
    return [event for event in read(path).events if event["type"] == kind]
