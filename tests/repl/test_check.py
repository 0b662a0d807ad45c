"""/diff and /verify while they run, with engines that play back answers."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

import pytest

from flanchat.base.errors import EngineError, ModelError
from flanchat.engine.protocol import ModelCard
from flanchat.engine.scripted import ScriptedEngine
from flanchat.experiments.card import card_text, session_card
from flanchat.experiments.model_diff import BATCH
from flanchat.repl.commands.completion import complete
from flanchat.repl.commands.table import Call, parse_line
from flanchat.repl.context import Context
from flanchat.sessions.session_record import SessionRecord
from flanchat.sessions.transcript import Transcript
from flanchat.ui.types import ResultStream
from tests.repl.test_app import context_of, serve


class Loading(ScriptedEngine):
    """Loads until it is killed."""

    def card(self) -> ModelCard:
        assert self._stopping
        raise ModelError("killed")


def comparing(other: ScriptedEngine, *prompts: str, folder: Path | None = None) -> Context:
    """A context with a file of prompts here and another model to compare with."""
    Path("prompts.txt").write_text("\n".join(prompts or ("one", "two", "three")))
    transcript = None if folder is None else Transcript.create(folder, host={}, sync=lambda fd: None)
    context = context_of(("yes",), transcript=transcript)
    context.open_compared = lambda named: other
    return context


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_ctrl_c_shows_what_has_been_compared(capsys: pytest.CaptureFixture[str]):
    other = ScriptedEngine((("yes",), ("no",)))
    in_second_batch = BATCH + 2
    other.before = lambda number: os.kill(os.getpid(), signal.SIGINT) if len(other.asked) == in_second_batch else None

    serve(comparing(other, *map(str, range(20))), "/diff other prompts.txt")

    out = capsys.readouterr().out
    assert "Same texts on 1 of 16 prompts" in out
    assert "! stopped after 16 of 20 prompts" in out


def test_ctrl_c_ends_the_loading_of_the_other_model():
    other = Loading(status="loading")
    context = comparing(other)
    call = parse_line("/diff other prompts.txt")
    assert isinstance(call, Call)
    stream = call.command.run(context, call.arguments)
    assert isinstance(stream, ResultStream)
    assert stream.status() == "scripted: the model is loading"

    stream.stop()

    assert list(stream.steps) == ["Stopped before a prompt was compared."]


def test_diff_says_how_many_private_turns_it_leaves_out(capsys: pytest.CaptureFixture[str], here: Path):
    context = comparing(ScriptedEngine((("yes",),)), folder=here / "sessions")

    serve(context, "one", "/log off", "two", "three", "/log on", "/diff other --session")

    out = capsys.readouterr().out
    assert "2 private turns are left out, because a comparison is recorded" in out
    assert "on 1 of 1 prompt" in out


def test_an_error_comes_after_what_has_been_compared(capsys: pytest.CaptureFixture[str], here: Path):
    other = ScriptedEngine((*[("yes",)] * BATCH, (EngineError("the device is gone"),)))
    context = comparing(other, *map(str, range(20)), folder=here / "sessions")

    serve(context, "/diff other prompts.txt")

    out = capsys.readouterr().out
    assert out.index("stopped after 16 of 20 prompts") < out.index("the device is gone")
    path = context.session.transcript.path
    assert path is not None
    assert '"type":"diff"' in path.read_text().replace(" ", "")


@pytest.mark.parametrize(
    ("line", "some"),
    [
        ("/diff ", "bundled"),
        ("/diff bundled ", "prompts.txt"),
        ("/diff --reference ", "prompts.txt"),
        ("/diff bundled --", "--limit"),
        ("/diff bundled prompts.txt --", "--limit"),
        ("/diff --limit 3 ", "bundled"),
        ("/verify ", "card.json"),
        ("/card ", "card.json"),
        ("/card card.json ", "--force"),
    ],
)
def test_completion_offers_models_files_and_flags(line: str, some: str):
    context = comparing(ScriptedEngine())
    context.models = lambda: (("bundled", "the demo model", ""),)
    Path("card.json").write_text("{}")

    assert some in complete(context, line)
    assert "prompts.txt" not in complete(context, "/verify ")
    assert "bundled" not in complete(context, "/diff bundled ")


def test_the_other_model_is_closed_however_the_comparison_ends():
    closed: list[bool] = []

    class Counting(ScriptedEngine):
        def close(self) -> None:
            closed.append(True)

    context = comparing(Counting((("yes",),)))
    serve(context, "/diff other prompts.txt", "/diff other --limit 1")

    assert len(closed) == 2


def test_ctrl_c_shows_what_has_been_verified_and_records_it(capsys: pytest.CaptureFixture[str], here: Path):
    context = context_of(("yes",), transcript=Transcript.create(here / "sessions", host={}, sync=lambda fd: None))
    serve(context, "one", "two", "three")
    record = SessionRecord(conversation=context.session.conversation)
    Path("card.json").write_text(card_text(session_card(record)))
    assert isinstance(context.engine, ScriptedEngine)
    asked = context.engine.asked
    context.engine.before = lambda number: os.kill(os.getpid(), signal.SIGINT) if len(asked) == 5 else None

    serve(context, "/verify card.json")

    out = capsys.readouterr().out
    assert "Stopped after 1 of 3 answers." in out
    assert "1 of 1 answer is equal" in out
    path = context.session.transcript.path
    assert path is not None
    events = [json.loads(line) for line in path.read_text().splitlines()]
    assert [event["equal"] for event in events if event["type"] == "verify"] == [1]
