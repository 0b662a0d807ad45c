"""/why, with an engine that plays back answers."""

from __future__ import annotations

from pathlib import Path

import pytest

from flanchat.base.errors import UsageError
from flanchat.repl.commands.completion import complete
from flanchat.repl.commands.table import parse_line
from flanchat.sessions.transcript import Transcript
from tests.repl.test_app import context_of, serve
from tests.repl.test_replay import record_of


def test_why_is_shown_and_recorded_and_the_hint_comes_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    transcript = Transcript.create(tmp_path, host={}, sync=lambda fd: None)
    context = context_of(("Paris",), transcript=transcript)

    serve(context, "Why so?", "/why", "/why 1 --by word --answers", "/why 2", "/why --by letter", "/why --part shots")

    out = capsys.readouterr().out
    assert out.count("Why: Paris") == 2
    assert out.count("hide each other") == 1
    assert "/why 2: expected a turn from 1 to 1" in out
    assert "by letter: expected one of part, sentence, word" in out
    assert "part shots: expected a part of this prompt (question)" in out
    assert [len(whys) for whys in record_of(context).whys.values()] == [2]


def test_ctrl_c_keeps_what_is_scored(capsys: pytest.CaptureFixture[str]):
    context = context_of(("Paris",))
    serve(context, "Why so early?")
    scored = iter(range(100))
    context.engine.before = lambda number: context.engine.stop() if next(scored) > 4 else None  # type: ignore[attr-defined]

    serve(context, "/why")

    out = capsys.readouterr().out
    assert "Stopped: " in out
    assert " of 3 parts are scored." in out


def test_completion_offers_the_parts_of_the_last_prompt():
    context = context_of(("Paris",))
    serve(context, "Why so?")

    assert complete(context, "/why --part ") == ["question"]
    assert complete(context, "/why --by ") == ["part", "sentence", "word"]
    assert "--answers" in complete(context, "/why 1 --")
    assert parse_line("/explain --by word").command.name == "why"  # type: ignore[union-attr]


def test_nothing_is_explained_before_a_question():
    from flanchat.repl.commands import lab

    with pytest.raises(UsageError, match="nothing was asked yet"):
        lab.why(context_of(), "")
