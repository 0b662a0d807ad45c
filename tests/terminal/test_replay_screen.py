"""/compare and /replay on a terminal, with the bundled model."""

from __future__ import annotations

from pathlib import Path

from tests.terminal.screen import ENTER, Start, events


def test_answers_are_compared_and_replayed_on_a_terminal(start: Start, tmp_path: Path):
    screen = start("-o", "max_new_tokens=12", columns=110)
    screen.send("Hello, how are you?" + ENTER)
    screen.wait("· sure ")
    screen.send("/regen temperature=5 seed=6" + ENTER)
    screen.wait("sampled, because of temperature, seed", "· seed 6")
    screen.send("/compare" + ENTER)
    screen.wait("1.1 and 1.2", "{+", "differs: do_sample false → true", "seed ")
    screen.send("/compare plain cot" + ENTER)
    screen.wait("plain and cot", "profile plain → cot")
    screen.send("/replay" + ENTER)
    screen.wait("1 turn: 1 same", "Identical: model, settings and seeds")
    screen.send("/replay --profile cot temperature=0" + ENTER)
    screen.wait("1 changed (on average")

    assert [event["same"] for event in events(tmp_path, "replay")] == [True, False]
    assert len(events(tmp_path, "whatif.cell")) == 2
