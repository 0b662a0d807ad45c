"""The REPL as a person sees it, on a terminal of 80 columns."""

from __future__ import annotations

import os
import re
import signal
import stat
from pathlib import Path

import pytest

from tests.fork_server import FRESH
from tests.goldens import check_golden
from tests.terminal.screen import CTRL_C, CTRL_D, ENTER, ESCAPE, TAB, Start, answer_begun, events
from tests.waiting import Held, children, wait_gone

LONG = ("-o", "max_new_tokens=1000", "-o", "min_new_tokens=1000")
SHORT = ("-o", "max_new_tokens=4")


def check_screen(name: str, text: str) -> None:
    """Compare a screen with the one that is kept, but for what differs between versions and models."""
    text = re.sub(r"flanchat \d+\.\d+\.\d+\S*", "flanchat VERSION", text)
    text = re.sub(r"\d+\.\d M parameters, \d+ MB", "N M parameters, N MB", text)
    check_golden(f"screens/{name}.txt", text)


def last_entry(text: str) -> str:
    """What stands at the last prompt, without the tool bar."""
    return text[text.rindex("\n> ") + 1 :].rpartition("\n\n")[0].rstrip() if "\n> " in text else ""


def at_prompt(text: str) -> bool:
    """Whether an empty prompt is the last thing on a screen without a tool bar."""
    return text.endswith("\n>")


def test_the_prompt_takes_keys_before_torch_is_imported_and_the_bar_shows_loading(start: Start, held: Held):
    screen = start(*SHORT, **held.environ, **FRESH)
    screen.send("keys")
    screen.wait("> keys", "demo · loading")
    banner = screen.text().partition("\n>")[0]
    maps = Path(f"/proc/{screen.process.pid}/maps").read_text()

    assert "libtorch" not in maps
    check_screen("banner", banner)
    screen.send(CTRL_C)
    screen.wait(lambda text: text.count("\n>") == 2)
    held.release()
    screen.wait("demo · ready")  # by itself: no key is pressed
    screen.send("Hello" + ENTER)
    screen.wait("· sure ")
    assert "4 tokens ·" in screen.text()
    screen.send(CTRL_D)
    assert screen.wait_end() == 0
    assert "Saved in" in screen.text()
    assert screen.modes_now() == screen.modes


def test_tab_puts_the_first_prompt_of_the_banner_into_the_empty_line_until_something_was_asked(
    start: Start, tmp_path: Path
):
    screen = start(*SHORT)
    lines = screen.text().partition("\n>")[0].strip().split("\n")
    first = next(line.strip() for line in lines if line.startswith("  "))

    screen.send(TAB)
    screen.wait(f"> {first}\n")
    screen.send(ENTER)
    screen.wait("· sure ")
    screen.send(TAB + "x" + TAB + "y" + ENTER)
    screen.wait(lambda text: text.count("· sure ") == 2)

    assert "Tab types the first one." in lines[-1]
    assert len(lines) <= 6
    assert [event["text"] for event in events(tmp_path, "user")] == [first, "x\ty"]


def test_commands_draw_the_golden_screens(start: Start, tiny_model: Path, held: Held):
    screen = start("-m", tiny_model, lines=180, NO_COLOR="1", **held.environ)
    for name in ("help", "profiles", "set"):
        screen.send("\x0c")  # Ctrl-L clears the screen
        screen.wait(lambda text: text.count("\n>") == 0 and text.startswith(">"))
        screen.send(f"/{name}{ENTER}")
        text = screen.wait(lambda text: "\n>" in text)
        check_screen(name, text.rpartition("\n>")[0])
    screen.send("\x0c")
    screen.wait(lambda text: text.startswith(">") and "\n>" not in text)
    screen.send(f"/set temperture=1{ENTER}")
    screen.wait("Did you mean")
    screen.send(f"/set temperature=9{ENTER}")
    screen.wait("got 9")
    screen.send(f"/profle qa{ENTER}")
    text = screen.wait("unknown command")
    check_screen("errors", screen.wait(lambda text: text.count("\n>") == 3).rpartition("\n>")[0])

    assert "Traceback" not in text
    assert not re.search(rb"\x1b\[[0-9;]*3[0-7]m", screen.raw), "NO_COLOR, and yet a colour"


def test_tab_completes_and_enter_accepts_the_completion_without_sending(start: Start, tiny_model: Path, held: Held):
    screen = start("-m", tiny_model, **held.environ)

    screen.send("/prof" + TAB)
    screen.wait("/profile   show the profile", "/profiles  list the profiles")
    screen.send(TAB + TAB)
    screen.wait("> /profiles\n")
    screen.send(ENTER)
    screen.wait(
        lambda text: "> /profiles" in text and text.count("list the profiles") == 1
    )  # in the bar, no longer in the menu
    assert "Small talk" not in screen.text()
    screen.send(ENTER)
    screen.wait("Small talk")


def test_an_entry_of_several_lines_is_one_question_and_never_a_command(start: Start, tiny_model: Path, tmp_path: Path):
    screen = start("-m", tiny_model, *SHORT)

    screen.paste("first\n/exit\r\nthird")
    screen.wait("> first\n  /exit\n  third\n")
    screen.send(ESCAPE + ENTER + "fourth\x0afifth")
    screen.wait("  third\n  fourth\n  fifth\n")
    screen.send(ENTER)
    screen.wait("· sure ")

    assert [event["text"] for event in events(tmp_path, "user")] == ["first\n/exit\nthird\nfourth\nfifth"]


def test_ctrl_c_clears_the_line_and_on_an_empty_one_explains_how_to_leave(start: Start, tiny_model: Path, held: Held):
    screen = start("-m", tiny_model, "--no-log", **held.environ)
    screen.wait("nothing is recorded")

    screen.send("half a line" + CTRL_C)
    text = screen.wait(lambda text: "> half a line\n>" in text)
    assert "Ctrl-D or /exit leaves." not in text
    screen.send(CTRL_C)
    screen.wait("Ctrl-D or /exit leaves.")
    for _ in range(20):
        screen.send("x" + CTRL_C)
    screen.send("\x15still here")  # Ctrl-U: an x whose Ctrl-C came between two prompts is still there
    screen.wait("> still here")
    screen.send(CTRL_C + CTRL_D)
    assert screen.wait_end() == 0
    assert "Traceback" not in screen.text()


def test_ctrl_c_while_the_model_loads_returns_to_the_prompt_at_once(
    start: Start, tiny_model: Path, tmp_path: Path, held: Held
):
    screen = start("-m", tiny_model, *SHORT, **held.environ)

    screen.send("too early" + ENTER)
    screen.wait("the model is")
    screen.send(CTRL_C)
    screen.wait("[interrupted] · the model is loading")
    screen.wait(lambda text: text.count("\n>") == 2)
    held.release()
    screen.send("now" + ENTER)
    screen.wait("· sure ")

    assert [event["text"] for event in events(tmp_path, "user")] == ["too early", "now"]


def test_ctrl_c_keeps_the_partial_answer_and_the_next_question_is_answered(
    start: Start, slow_model: Path, tmp_path: Path
):
    screen = start("-m", slow_model, *LONG, lines=120)

    screen.send("stop me" + ENTER)
    screen.wait(answer_begun("stop me"))
    screen.send("/set max_new" + CTRL_C)
    screen.wait("[interrupted]", "\n> /set max_new")
    shown = screen.unwrapped().partition("> stop me\n")[2].partition("\n[interrupted")[0]
    [answer] = events(tmp_path, "answer")

    assert answer["finish"] == "interrupted"
    assert "^C" not in shown
    assert " ".join(shown.split()) == " ".join(answer["text"].split())
    assert 0 < answer["usage"]["new_tokens"] < 1000
    screen.send("_tokens=3 min_new_tokens=0" + ENTER)
    screen.wait("max_new_tokens = 3")
    screen.send("next" + ENTER)
    screen.wait(lambda text: text.count("· sure ") == 2)
    assert [event["finish"] for event in events(tmp_path, "answer")] == ["interrupted", "length"]


def test_keys_typed_during_an_answer_wait_for_the_next_prompt(start: Start, slow_model: Path, tmp_path: Path):
    screen = start("-m", slow_model, "-o", "max_new_tokens=100", "-o", "min_new_tokens=100", lines=60)

    screen.send("one" + ENTER)
    screen.wait(answer_begun("one"))
    screen.send("two" + ENTER + "three")
    screen.wait("\n> three")
    first, second = events(tmp_path, "answer")

    assert [event["text"] for event in events(tmp_path, "user")] == ["one", "two"]
    assert (first["finish"], second["finish"]) == ("length", "length")
    shown = screen.unwrapped().partition("> one\n")[2].partition("\n[cut")[0]
    assert " ".join(shown.split()) == " ".join(first["text"].split())


def test_long_questions_and_answers_reach_the_terminal_without_a_line_end_inside(start: Start, tmp_path: Path):
    screen = start("-o", "max_new_tokens=60", "-o", "min_new_tokens=60", columns=40)
    question = "What is the capital of the country between France and Spain, 你好, and who rules it?"

    screen.send(question + ENTER)
    screen.wait("60 tokens")
    screen.send("/prompt" + ENTER)
    screen.wait("of 512 tokens")

    [answer] = events(tmp_path, "answer")
    assert len(answer["text"]) > 80
    assert answer["text"].encode() in screen.raw
    assert screen.raw.count(question.encode()) == 2  # as it was sent, and in the prompt


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_during_an_answer_is_recorded_and_ends_program_and_worker(
    start: Start, slow_model: Path, tmp_path: Path, number: signal.Signals
):
    screen = start("-m", slow_model, *LONG)
    screen.send("long" + ENTER)
    screen.wait(answer_begun("long"))
    offspring = children(screen.process.pid)

    screen.signal(number)

    assert screen.wait_end() == -number
    wait_gone(*offspring)
    assert offspring
    assert [event["finish"] for event in events(tmp_path, "answer")] == ["interrupted"]
    assert [event["why"] for event in events(tmp_path, "session.end")] == [f"signal {int(number)}"]
    assert screen.modes_now() == screen.modes
    assert "Traceback" not in screen.text()


def test_a_signal_during_loading_or_at_the_prompt_ends_the_program_at_once(start: Start, tiny_model: Path, held: Held):
    asked = start("-m", tiny_model, **held.environ)
    asked.send("early" + ENTER)
    asked.wait("the model is")
    idle = start("-m", tiny_model, **held.environ)
    idle.send("half a question")
    idle.wait("half a question")

    for screen in (asked, idle):
        offspring = children(screen.process.pid)
        screen.signal(signal.SIGTERM)
        assert screen.wait_end() == -signal.SIGTERM
        wait_gone(*offspring)
        assert screen.modes_now() == screen.modes
        assert "Traceback" not in screen.text()


def test_input_history_outlives_the_program_and_a_failing_editor_loses_nothing(
    start: Start, tiny_model: Path, tmp_path: Path, held: Held
):
    screen = start("-m", tiny_model, **held.environ)
    screen.send("/help set" + ESCAPE + ENTER + "second line")
    screen.wait("  second line")
    screen.send(CTRL_C)
    screen.send("/help unset" + ENTER)
    screen.wait("/unset NAME")
    screen.send(CTRL_D)
    assert screen.wait_end() == 0
    history = tmp_path / "state" / "flanchat" / "history.jsonl"
    assert stat.S_IMODE(history.stat().st_mode) == 0o600

    again = start("-m", tiny_model, EDITOR="false", **held.environ)
    again.send("\x1b[A")
    again.wait("> /help unset")
    again.send("\x18\x05")  # Ctrl-X Ctrl-E
    again.send(" x")
    again.wait("> /help unset x")
    again.send(CTRL_C + CTRL_D)
    assert again.wait_end() == 0
    assert "Traceback" not in again.text()


def test_a_dumb_terminal_gets_no_escape_sequence(start: Start, tiny_model: Path):
    screen = start("-m", tiny_model, *SHORT, TERM="dumb", columns=40)

    screen.send("hello\n")
    screen.wait("sure ", at_prompt)
    screen.send("/help set\n")
    screen.wait("Example:", at_prompt)  # before it, Ctrl-C would be about the command
    screen.send(CTRL_C)
    screen.wait("Ctrl-D or /exit leaves.", at_prompt)
    screen.send(CTRL_D)

    assert screen.wait_end() == 0
    assert b"\x1b" not in screen.raw


def test_a_model_process_that_dies_costs_one_answer_and_is_restarted(start: Start, slow_model: Path, tmp_path: Path):
    screen = start("-m", slow_model, *LONG)
    screen.send("hello" + ENTER)
    screen.wait(answer_begun("hello"))

    for child in children(screen.process.pid):
        os.kill(child, signal.SIGKILL)
    screen.wait("error: the model process was ended by SIGKILL")
    screen.send("/set max_new_tokens=3 min_new_tokens=0" + ENTER)
    screen.send("two" + ENTER)
    screen.wait("3 tokens ·")

    assert [event["finish"] for event in events(tmp_path, "answer")] == ["error", "length"]


def test_an_input_history_that_cannot_be_read_is_named_and_the_prompt_works(
    start: Start, tiny_model: Path, tmp_path: Path
):
    (tmp_path / "state" / "flanchat" / "history.jsonl").mkdir(parents=True)

    screen = start("-m", tiny_model, *SHORT)
    screen.wait("no input history: ", "expected a regular file, found a folder")
    screen.send("hello" + ENTER)
    screen.wait("· sure ")
