"""The what-if grid as a person at a terminal sees it."""

from __future__ import annotations

from pathlib import Path

from tests.terminal.screen import CTRL_C, CTRL_D, ENTER, Start, events

ANSWERED = "· sure "


def test_a_grid_is_shown_and_one_of_its_cells_picked(start: Start, tmp_path: Path):
    screen = start("-o", "max_new_tokens=8", columns=100)
    screen.send("Name a fruit." + ENTER)
    screen.wait(ANSWERED)
    screen.send("/whatif temperature=0,2 seed=1..2" + ENTER)
    screen.wait("5 cells ·", "/pick CELL makes an answer")
    text = screen.text()
    screen.send("/pick 3" + ENTER)
    screen.wait("Cell 3 is now the answer:", "Use /set temperature=2 do_sample=true")
    screen.send("/whatif" + ENTER)
    screen.wait(lambda shown: shown.count("avg logprob") > 1)
    screen.send(CTRL_D)

    assert screen.wait_end() == 0
    assert "current settings" in text
    assert "seed=1" in text
    assert "same" in text
    (picked,) = events(tmp_path, "answer")[1:]
    assert picked["picked"] == {"cell": 3, "axis_values": {"temperature": "2"}}


def test_a_large_grid_needs_confirmation_and_may_be_declined(start: Start, tmp_path: Path):
    screen = start("-o", "max_new_tokens=4", columns=100)
    screen.send("/whatif seed=1..40 Name a fruit." + ENTER)
    screen.wait("41 cells", "Run it?")
    screen.send("n" + ENTER)
    screen.wait(lambda text: text.rstrip().splitlines()[-1].startswith(" plain"), lambda text: text.count("\n>") >= 2)
    screen.send("/whatif seed=1..2" + ENTER)
    screen.wait("error: nothing was asked yet")
    screen.send(CTRL_D)

    assert screen.wait_end() == 0
    assert events(tmp_path, "whatif.start") == []


def test_ctrl_c_keeps_the_finished_cells(start: Start, tmp_path: Path):
    screen = start("-o", "max_new_tokens=300", "-o", "min_new_tokens=300", columns=100)
    screen.send("/whatif --exact seed=1..8 Name a fruit." + ENTER)
    screen.wait("of 9 cells", "1 of 9")
    screen.send(CTRL_C)
    screen.wait("interrupted; finished answers are kept")
    screen.send(CTRL_D)

    assert screen.wait_end() == 0
    finishes = [event["answer"]["finish"] for event in events(tmp_path, "whatif.cell")]
    assert len(finishes) == 9
    assert finishes[0] == "length"
    assert finishes[-1] == "interrupted"


def test_a_narrow_window_gets_paragraphs_and_no_line_is_wider(start: Start):
    screen = start("-o", "max_new_tokens=8", columns=50)
    screen.send("/whatif profile=qa Name a fruit." + ENTER)
    screen.wait("2 cells ·", "/pick CELL")

    assert "varied" not in screen.text()
    assert "current settings" in screen.text()
