"""Probabilities on a terminal: bars, another token instead, closed answers."""

from __future__ import annotations

from pathlib import Path

from tests.terminal.screen import ENTER, Start, events


def test_alt_forces_a_token_without_encoding_again_and_keeps_the_old_answer_as_a_branch(start: Start, tmp_path: Path):
    screen = start(lines=100)
    screen.send("how do I make bolognese?" + ENTER)
    screen.wait("· sure ")
    screen.send("/probs all" + ENTER)
    screen.wait("\u2588\u2588", "Probabilities are the model's own")
    screen.send("/alt 3" + ENTER)
    screen.wait("Token 3 of", "chosen", "/alt TOKEN N continues")
    screen.send("/alt 3 2" + ENTER)
    screen.wait("in place of", lambda text: "· sure " in text.rpartition("in place of")[2])
    screen.send("/branches" + ENTER)
    screen.wait("1 answer that was continued or left at a token is not listed")
    screen.send("/branches all" + ENTER)
    screen.wait("(abandoned)")

    old, new = events(tmp_path, "answer")
    assert new["from"] == {"answer": old["id"], "token": 3, "alt": 2}
    assert [token["id"] for token in new["tok"][:3]] == [*(t["id"] for t in old["tok"][:2]), old["tok"][2]["alt"][1][0]]
    assert new["timing"]["encode_reused"] is True


def test_choices_are_scored_for_the_last_question_or_as_the_profile_says(start: Start, tmp_path: Path):
    screen = start(lines=100)
    screen.send("Is the sky blue?" + ENTER)
    screen.wait("· sure ")
    screen.send("/choose yes | no | it is not possible to tell" + ENTER)
    screen.wait("by sum", "Best by", "The sum of log-probabilities counts every token")
    screen.send("/profile sentiment" + ENTER + "A terrible waste of time." + ENTER)
    screen.wait("negative 9", "% · positive ", "· sure ")

    alone, answered = events(tmp_path, "choose")
    assert [choice["text"] for choice in alone["choices"]] == ["yes", "no", "it is not possible to tell"]
    assert answered["answer"] == events(tmp_path, "answer")[-1]["id"]
