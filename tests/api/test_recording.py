"""Nothing is recorded unless asked; what is recorded, the command line reads."""

from __future__ import annotations

from pathlib import Path

import pytest

import flanchat
from flanchat.base.errors import EngineError
from flanchat.sessions.session_record import SessionRecord, record_of
from flanchat.sessions.transcript_reader import open_events
from tests.api.conftest import MakeModel
from tests.cli.conftest import Main, main, open_engine  # noqa: F401 - fixtures
from tests.conftest import transcripts


def read(path: Path) -> SessionRecord:
    with open_events(path) as events:
        return record_of(events)


def test_nothing_is_recorded_by_default(scripted: MakeModel, tmp_path: Path) -> None:
    before = set(tmp_path.rglob("*"))
    model = scripted()
    model.ask("Capital?")
    model.ask_all(["a", "b"])
    model.whatif("Fruit?", max_new_tokens=[3, 4])
    model.close()

    assert model.path is None
    assert {path for path in set(tmp_path.rglob("*")) - before if path.is_file()} == set()


def test_a_recorded_model_writes_a_session_that_the_command_line_lists(
    scripted: MakeModel,
    tmp_path: Path,
    main: Main,  # noqa: F811
) -> None:
    with scripted(record=True) as model:
        model.ask("Capital of France?", profile="qa")
        model.ask_all(["one", "two"])
        model.choose("Is it?", ["yes", "no"])
        model.whatif("Fruit?", max_new_tokens=[3, 4])

    assert transcripts(tmp_path) == [model.path]
    record = read(model.path)
    assert [answer.question for answer in record.conversation.turns] == ["Capital of France?", "one", "two", "Is it?"]
    assert [answer.profile for answer in record.conversation.turns] == ["qa", "plain", "plain", "plain"]
    assert [choice.text for choice in record.conversation.turns[3].choices] == ["yes", "no"]
    assert len(record.grids) == 1
    assert record.problems == ()
    assert "Capital of France?" in main("sessions").out
    assert "Fruit?" in main("sessions", "export", "1", "-o", "-").out or main("sessions", "show", "1").out


def test_a_question_is_on_disk_before_the_model_starts(scripted: MakeModel) -> None:
    model = scripted(record=True)
    seen: list[str] = []
    model._engine.before = lambda token: seen.append(model.path.read_text())

    model.ask("Capital?")

    assert "Capital?" in seen[0]
    assert '"type": "answer"' not in seen[0]


def test_an_answer_that_failed_or_was_cut_is_recorded(scripted: MakeModel) -> None:
    model = scripted(("Par", EngineError("no memory")), ("Ro", "me"), record=True)
    with pytest.raises(flanchat.EngineError):
        model.ask("Capital?")
    with model.stream("And?") as stream:
        next(stream), next(stream)
    model.close()

    turns = read(model.path).conversation.turns
    assert [(answer.text, answer.finish) for answer in turns] == [("Par", "error"), ("Ro", "interrupted")]


def test_a_session_in_a_file_is_continued(scripted: MakeModel, tmp_path: Path) -> None:
    path = tmp_path / "study.jsonl"
    for question in ("first", "second"):
        with scripted(record=path) as model:
            model.ask(question)

    assert [answer.question for answer in read(path).conversation.turns] == ["first", "second"]
    assert transcripts(tmp_path) == []


def test_earlier_answers_of_a_session_are_not_part_of_a_prompt(scripted: MakeModel, tmp_path: Path) -> None:
    with scripted(record=tmp_path / "study.jsonl") as model:
        model.ask("first", profile="dialog")
        answer = model.ask("second", profile="dialog")

    assert "first" not in answer.prompt.text


@pytest.mark.parametrize("mode", [0o600, 0o644])
def test_a_file_that_is_no_session_is_refused_whatever_its_mode(scripted: MakeModel, tmp_path: Path, mode: int) -> None:
    path = tmp_path / "notes.jsonl"
    path.write_text("hello\n")
    path.chmod(mode)

    with pytest.raises(flanchat.StorageError, match="no readable event"):
        scripted(record=path)

    assert path.read_text() == "hello\n"


def test_a_recording_that_cannot_be_written_warns_and_the_answer_is_kept(scripted: MakeModel, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    model = scripted(record=folder / "study.jsonl")
    folder.rmdir()

    with pytest.warns(flanchat.FlanchatWarning, match="NOT SAVED"):
        assert model.ask("Capital?").text == "Paris"
    with pytest.raises(flanchat.StorageError, match="NOT SAVED"):
        model.close()
