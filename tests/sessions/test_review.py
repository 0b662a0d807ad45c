"""Ratings and notes of answers are kept, found and written as prompts of a sweep; private ones are not."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from flanchat.base.errors import UsageError
from flanchat.engine.scripted import ScriptedEngine
from flanchat.export.rated import rated_rows, write_rated
from flanchat.prompting.profile import Profile, Variable
from flanchat.prompting.settings import Settings
from flanchat.sessions.library import Library
from flanchat.sessions.review import annotate, answer_named, check_rating, rate
from flanchat.sessions.session import Session
from flanchat.sessions.session_record import SessionRecord, read_session
from flanchat.sessions.transcript import Transcript
from tests.transcripts import read

PLAIN = Profile("plain")


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path / "sessions", tmp_path / "index.sqlite")


def session_in(library: Library, *questions: str, profile: Profile = PLAIN, name: str = "") -> Session:
    """A session in which these questions were answered "yes", "no", "yes" and so on."""
    transcript = Transcript.create(library.folder, host={}, name=name, sync=lambda fd: None)
    session = Session(ScriptedEngine((("yes",), ("no",))), profile, Settings(), transcript)
    for question in questions:
        list(session.ask(question))
    return session


def recorded(session: Session) -> SessionRecord:
    assert session.transcript.path is not None
    return read_session(read(session.transcript.path).events)


def reviews(record: SessionRecord) -> list[tuple[str, tuple[str, ...]]]:
    return [(answer.rating, answer.notes) for answer in record.conversation.answers.values()]


def test_ratings_and_notes_are_read_back(library: Library):
    session = session_in(library, "One?", "Two?", "Three?")
    first, second, third = session.turns
    rate(first, "bad", session.record)
    rate(second, "4", session.record)
    annotate(second, "too short", session.record)
    annotate(second, "but right", session.record)
    rate(third, "good", session.record)
    annotate(third, "fine", session.record)
    rate(third, "", session.record)
    annotate(third, "", session.record)

    assert reviews(recorded(session)) == [("bad", ()), ("4", ("too short", "but right")), ("", ())]
    assert [(answer.rating, answer.notes) for answer in session.turns] == reviews(recorded(session))


def test_a_version_that_reads_no_ratings_shows_the_note_with_those_of_the_session(library: Library):
    session = session_in(library, "One?")
    annotate(session.last(), "too short", session.record)
    assert session.transcript.path is not None
    events = [{k: v for k, v in event.items() if k != "answer"} for event in read(session.transcript.path).events]

    assert read_session(events).notes == ["too short"]


def test_private_answers_are_reviewed_in_memory_only(library: Library):
    session = session_in(library, "One?")
    session.log(False)
    list(session.ask("secret"))
    session.log(True)
    rate(session.last(), "bad", session.record)
    annotate(session.last(), "hidden", session.record)

    assert (session.last().rating, session.last().notes) == ("bad", ("hidden",))
    assert session.transcript.path is not None
    assert not {"hidden", "rating"} & {*session.transcript.path.read_text().split('"')}


def test_rated_answers_are_found_alone_and_with_words(library: Library):
    session = session_in(library, "One apple?", "Two apples?", name="fruit")
    rate(session.turns[0], "bad", session.record)
    annotate(session.turns[0], "it is a pear", session.record)

    def found(words: str, *rated: str) -> list[tuple[int, str, str]]:
        return [(hit.turn, hit.where, hit.rating) for hit in library.search(words, rated=rated)]

    assert found("", "bad") == [(1, "answer", "bad")]
    assert found("apple", "bad") == [(1, "question", "bad")]
    assert found("apple", "good") == found("", "good", "1") == []
    assert found("pear") == [(1, "note", "bad")]
    with pytest.raises(UsageError):
        library.search("")


def test_reviewing_a_session_leaves_its_place_in_the_list(library: Library):
    old = session_in(library, "One?", name="old")
    old.close("exit")
    session_in(library, "Two?", name="new").close("exit")
    before = library.sessions()
    transcript, record = library.resume(library.find("old"))
    rate(record.conversation.turns[-1], "good", transcript.record)
    transcript.close("")

    assert [(entry.name, entry.last) for entry in library.sessions()] == [(entry.name, entry.last) for entry in before]
    assert reviews(library.read(library.find("old"))) == [("good", ())]


def test_an_answer_is_named_by_its_turn(library: Library):
    session = session_in(library, "One?", "Two?")
    list(session.regenerate())
    list(session.ask("Three?"))

    def named(word: str) -> str:
        answer = answer_named(session.conversation, word, "/rate")
        assert answer is not None
        return f"{answer.question} {answer.text}"

    assert [named(word) for word in ("1", "2.1", "2", "last")] == ["One? yes", "Two? no", "Two? no", "Three? no"]
    for word in ("0", "4", "2.3", "99999999999"):
        with pytest.raises(UsageError, match="/rate"):
            named(word)


@pytest.mark.parametrize("word", ["0", "6", "god", "", "None"])
def test_another_rating_is_refused(word: str):
    with pytest.raises(UsageError, match="expected good, bad, a number from 1 to 5, or none"):
        check_rating(word)


def test_rated_answers_become_prompts_of_a_sweep_and_the_right_ones_targets(library: Library, tmp_path: Path):
    profile = Profile("tone", template="{{tone}} {{input}}", vars={"tone": Variable("kind")})
    session = session_in(library, "One?", "Two,\nthree?", "Four?", profile=profile, name="zoo")
    session.variables["tone"] = "curt"
    list(session.ask("Five?"))
    for answer, rating in zip(session.turns, ("good", "bad", "", "5"), strict=True):
        rate(answer, rating, session.record)
    annotate(session.turns[1], "no idea", session.record)
    rows = rated_rows([recorded(session)])
    write_rated(rows, tmp_path / "rated.csv")
    write_rated(rows, tmp_path / "rated.jsonl")

    with open(tmp_path / "rated.csv", newline="", encoding="utf-8") as file:
        in_csv = list(csv.DictReader(file))
    assert [(row["prompt"], row["target"], row["rating"], row["note"], row["tone"]) for row in in_csv] == [
        ("One?", "yes", "good", "", ""), ("Two,\nthree?", "", "bad", "no idea", ""), ("Five?", "no", "5", "", "curt"),
    ]  # fmt: skip
    assert [json.loads(line)["turn"] for line in (tmp_path / "rated.jsonl").read_text().splitlines()] == ["1", "2", "4"]
    assert [row["prompt"] for row in rated_rows([recorded(session)], ["bad"])] == ["Two,\nthree?"]
    with pytest.raises(UsageError, match=r"\.csv or \.jsonl"):
        write_rated(rows, tmp_path / "rated.txt")


def test_a_variable_with_the_name_of_a_column_is_refused(library: Library):
    profile = Profile("p", template="{{note}} {{input}}", vars={"note": Variable("x")})
    session = session_in(library, profile=profile)
    session.variables["note"] = "y"
    list(session.ask("One?"))
    rate(session.last(), "good", session.record)

    with pytest.raises(UsageError, match="its variable note has the name of another column"):
        rated_rows([recorded(session)])
