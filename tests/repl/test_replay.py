"""/replay and what a replay is, with an engine that plays back answers."""

from __future__ import annotations

import dataclasses
import os
import signal
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from flanchat.base.errors import EngineError, FlanchatError, UsageError
from flanchat.engine.protocol import ModelCard
from flanchat.engine.scripted import CARD, ScriptedEngine
from flanchat.experiments.replay import Replay, Replayed, summary_line
from flanchat.experiments.replay_plan import Mode, Overrides
from flanchat.repl.context import Context
from flanchat.sessions.library import Library
from flanchat.sessions.session_record import SessionRecord, read_session
from flanchat.sessions.transcript import Transcript
from flanchat.ui.comparison import replay_progress
from tests.profiles import bundled
from tests.repl.test_app import asked, context_of, serve
from tests.transcripts import read
from tests.work import calls_of

SOURCE = Path("talk.jsonl")


def recorded(folder: Path, *answers: Sequence[Any], **values: Any) -> Context:
    """A context in a recorded session, whose questions were answered like this."""
    context = context_of(*answers, transcript=Transcript.create(folder, host={}, sync=lambda fd: None), **values)
    for number in range(1, len(answers) + 1):
        list(context.session.ask(f"question {number}"))
    return context


def record_of(context: Context) -> SessionRecord:
    path = context.session.transcript.path
    assert path is not None
    reading = read(path)
    return read_session(reading.events, reading.problems)


def again(record: SessionRecord, *answers: Sequence[Any], mode: Mode = "held", everything: bool = False, **change: Any):
    """Replay a record on an engine with these answers: the replay, what it said, and what the engine was asked."""
    engine = ScriptedEngine(answers)
    made = Overrides(**change)
    work = Replay(record, SOURCE, made, mode, lambda card: engine, everything=everything)
    said = [step for step in work.run() if isinstance(step, str)]
    return work, said, engine


def test_without_options_each_turn_is_sent_as_it_was_recorded(tmp_path: Path):
    context = recorded(tmp_path, ("one",), ("two",), turns=2, do_sample=True)
    list(context.session.regenerate({"temperature": 0.5, "max_new_tokens": 7}))
    assert isinstance(context.engine, ScriptedEngine)
    then = context.engine.asked

    work, said, engine = again(record_of(context), ("one",), ("two",))

    assert engine.asked == [then[0], then[2]]  # prompt, settings and drawn seed; the answer that /regen replaced is not
    assert said == []
    assert work.summary.differs is False
    assert summary_line(work.summary) == "2 turns: 2 same"


def test_with_all_every_recorded_answer_is_made_again(tmp_path: Path):
    context = recorded(tmp_path, ("one",), ("two",))
    list(context.session.regenerate())
    context.session.undo()

    work = again(record_of(context), ("one",), ("two",), ("three",), everything=True)[0]

    assert [turn.name for turn in work.turns] == ["1", "2.1", "2.2"]
    assert [one.same for one in work.done] == [True, True, False]
    assert [len(work.turns), len(again(record_of(context), ("one",))[0].turns)] == [3, 1]


def test_held_history_sends_the_recorded_answers_and_free_history_the_new_ones(tmp_path: Path):
    record = record_of(recorded(tmp_path, ("one",), ("two",), turns=2))
    changed: dict[str, Any] = {"settings": {"decode.temperature": 0.5}}

    held = again(record, ("other",), ("two",), **changed)[2].asked
    free = again(record, ("other",), ("two",), mode="free", **changed)[2].asked

    assert "one" in held[1].prompt
    assert "other" not in held[1].prompt
    assert "other" in free[1].prompt
    assert "one" not in free[1].prompt.replace("question one", "")


def test_held_turns_are_one_batch_unless_the_replay_is_exact(tmp_path: Path):
    record = record_of(recorded(tmp_path, ("one",), ("two",)))

    batch = again(record, ("one",), profile=bundled("qa"))[0]
    rerun = again(record, ("one",))[0]

    assert [one.new.batch for one in batch.done if one.new] == [2, 2]
    assert [one.new.batch for one in rerun.done if one.new] == [1, 1]


def test_another_profile_keeps_what_was_set_beside_the_old_one(tmp_path: Path):
    context = recorded(tmp_path, ("one",), temperature=0.5)

    work, __, engine = again(record_of(context), ("one",), profile=bundled("qa"))

    assert engine.asked[0].prompt == "Q: question 1\nA:"
    assert engine.asked[0].decoding.temperature == 0.5
    assert work.done[0].new is not None
    assert work.done[0].new.profile == "qa"


@pytest.mark.parametrize(
    ("now", "same"), [(("A ", "long ", "answer"), True), (("A ", "longish"), False), (("A ",), False)]
)
def test_an_interrupted_answer_is_compared_as_far_as_it_came(tmp_path: Path, now: tuple[str, ...], same: bool):
    context = context_of(("A ", "long ", "answer"), transcript=Transcript.create(tmp_path, host={}))
    assert isinstance(context.engine, ScriptedEngine)
    context.engine.before = lambda number: context.engine.stop() if number == 2 else None
    list(context.session.ask("Why?"))

    work, __, engine = again(record_of(context), now)

    assert engine.asked[0].decoding.max_new_tokens == 2
    assert work.done[0].cut
    assert work.done[0].same is same


def test_a_continued_answer_may_have_the_tokens_of_both(tmp_path: Path):
    context = recorded(tmp_path, ("A ", "very ", "long ", "answer"), max_new_tokens=2)
    list(context.session.continue_answer())
    assert context.session.last().text == "A very long answer"

    work, __, engine = again(record_of(context), ("A ", "very ", "long ", "answer"))

    assert [request.decoding.max_new_tokens for request in engine.asked] == [4]
    assert engine.asked[0].begin == ()
    assert work.summary.same == 1


def test_forced_tokens_are_forced_again_and_the_answer_may_be_as_long_as_recorded(tmp_path: Path):
    context = recorded(tmp_path, ("A ", "very ", "long ", "cat"), max_new_tokens=2)
    list(context.session.continue_answer())
    answer = dataclasses.replace(context.session.last(), continues="")
    context.session.adopt(answer, **{"from": {"answer": answer.id, "token": 1, "alt": 2}})

    __, __, engine = again(record_of(context), ("A ", "very ", "long ", "cat"))

    assert engine.asked[-1].begin == (answer.tokens[0].id,)
    assert engine.asked[-1].decoding.max_new_tokens > len(answer.tokens) == 4


def test_a_turn_without_a_recorded_answer_counts_as_skipped_not_as_different(tmp_path: Path):
    context = context_of(("one",), (), ("three",), transcript=Transcript.create(tmp_path, host={}))
    assert isinstance(context.engine, ScriptedEngine)
    list(context.session.ask("first"))
    context.engine.answers = ((EngineError("gone"),),)
    with pytest.raises(EngineError):
        list(context.session.ask("second"))

    work, __, engine = again(record_of(context), ("one",))

    assert len(engine.asked) == 1
    assert summary_line(work.summary) == "2 turns: 1 same, 1 without a recorded answer"
    assert not work.summary.differs


def test_a_prompt_that_does_not_fit_now_counts_as_different_and_the_others_are_asked(tmp_path: Path):
    context = context_of(("one",), transcript=Transcript.create(tmp_path, host={}))
    list(context.session.ask("word " * 30))
    list(context.session.ask("short"))

    work, __, engine = again(record_of(context), ("one",), settings={"budget.max_input_tokens": 20})

    assert [one.failed for one in work.done] == [True, False]
    assert len(engine.asked) == 1
    assert work.summary.differs
    assert summary_line(work.summary) == "2 turns: 1 same, 1 not asked"


def test_each_difference_of_model_device_and_versions_is_reported_once(tmp_path: Path):
    class Elsewhere(ScriptedEngine):
        def card(self) -> ModelCard:
            return ModelCard(**{**{name: getattr(CARD, name) for name in CARD.__slots__}, **other})

    other = {"weights_sha256": "f" * 64, "tokenizer_sha256": "e" * 64, "precision": "int8", "versions": {"torch": "9"}}
    record = record_of(recorded(tmp_path, ("one",), ("two",)))
    work = Replay(record, SOURCE, Overrides(), "held", lambda card: Elsewhere((("one",),)))

    said = list(work.run())

    assert said[:4] == [
        "different weights: scripted (ffffffff), recorded scripted (00000000)",
        "different tokenizer: eeeeeeee, recorded 00000000",
        "torch 9, recorded ?",
        "answered on cpu in int8, recorded on cpu in float32",
    ]
    assert all(isinstance(step, Replayed) for step in said[4:])


def test_a_prompt_that_would_differ_now_is_reported_and_sent_as_recorded(tmp_path: Path):
    context = recorded(tmp_path, ("one",), ("two",))
    path = context.session.transcript.path
    assert path is not None
    path.write_text(path.read_text().replace('"ids_sha256":"' + "0" * 64, '"ids_sha256":"' + "1" * 64, 1))

    __, said, engine = again(record_of(context), ("one",), ("two",))

    assert said == ["turn 1: its prompt has other tokens now than recorded"]
    assert engine.asked[0].prompt == "question 1"


def test_stopping_keeps_what_is_done(tmp_path: Path):
    record = record_of(recorded(tmp_path, ("one",), ("two",), ("three",)))
    engine = ScriptedEngine((("one",), ("two", "more")))
    work = Replay(record, SOURCE, Overrides(), "held", lambda card: engine)
    engine.before = lambda number: work.stop() if len(engine.asked) == 2 else None

    list(work.run())

    assert summary_line(work.summary) == "stopped after 1 of 3 turns: 1 same"
    assert len(engine.asked) == 2


def test_a_session_of_questions_without_answers_is_refused(tmp_path: Path):
    context = context_of(transcript=Transcript.create(tmp_path, host={}))
    context.session.record_question("Why?")

    with pytest.raises(UsageError, match="nothing to replay: none of its questions has an answer"):
        again(record_of(context), ("one",))


def test_the_repl_shows_turn_by_turn_what_changed_and_records_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    context = recorded(tmp_path / "old", ("a ", "red ", "cat"), ("two",))
    old = context.session.transcript.path
    context.session.move_to(Transcript.create(tmp_path / "new", host={}))
    context.engine.answers = (("a ", "blue ", "cat"), ("two",))  # type: ignore[attr-defined]
    context.engine.asked.clear()  # type: ignore[attr-defined]

    serve(context, f"/replay {old}")

    out = capsys.readouterr().out
    assert "turn 1: question 1\na [-red-]{+blue+} cat\n33% of the words changed · tokens 3" in out
    assert "turn 2: question 2\ntwo\nsame" in out
    assert "2 turns: 1 same, 1 changed (on average 33% of the words)" in out
    path = context.session.transcript.path
    assert path is not None
    events = [event for event in read(path).events if event["type"] == "replay"]
    assert [(event["turn"], event["same"], event["mode"]) for event in events] == [
        ("1", False, "held"),
        ("2", True, "held"),
    ]
    assert events[0]["source"] == str(old)
    assert events[0]["distance"] == pytest.approx(1 / 3)


def test_without_arguments_it_replays_this_session_unless_a_turn_is_private(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    context = recorded(tmp_path, ("Paris",))
    serve(context, "/replay", "/log off", "a secret", "/replay", "/log on", "/replay")

    out = capsys.readouterr().out
    assert "1 turn: 1 same" in out
    assert "Identical: model, settings and seeds as recorded give the recorded answers." in out
    assert out.count("this session is not completely on disk") == 2
    path = context.session.transcript.path
    assert path is not None
    assert "secret" not in path.read_text()


def test_ctrl_c_gives_the_summary_of_what_is_done(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    context = recorded(tmp_path, ("one",), ("one", "two"), ("one",))
    assert isinstance(context.engine, ScriptedEngine)
    context.engine.asked.clear()
    context.engine.before = lambda number: os.kill(os.getpid(), signal.SIGINT) if number == 1 else None

    serve(context, "/replay", "/history")

    out = capsys.readouterr().out
    assert "stopped after 1 of 3 turns: 1 same" in out
    assert "question 3" in out.partition("stopped")[2]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("/replay nowhere", "no session nowhere"),
        ("/replay ./nowhere.jsonl", "nowhere.jsonl: no such file"),
        (
            "/replay broken.jsonl",
            "broken.jsonl: expected a transcript or a session exported as .json or .jsonl; line 1: not a JSON object",
        ),
        (
            "/replay empty.jsonl",
            "empty.jsonl: expected a transcript or a session exported as .json or .jsonl; the file is empty",
        ),
        (
            "/replay half.jsonl",
            "half.jsonl: expected a transcript or a session exported as .json or .jsonl; line 1: cut short",
        ),
        ("/replay first --profile qaa", "qaa"),
        ("/replay first --profile", "--profile: expected NAME|FILE after it"),
        (
            "/replay first --profil qa",
            "expected one of --profile, --held, --free, --all, --exact. Did you mean --profile?",
        ),
        ("/replay first --held --free", "give one of them"),
        ("/replay first other", "expected one FILE or session"),
        ("/replay first temprature=1", "unknown setting temprature. Did you mean temperature?"),
        ("/replay first min_new_tokens=900", "min_new_tokens"),
        ('/replay "first', "unclosed quotation mark"),
    ],
)
def test_bad_input_gets_a_sentence(
    line: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    sessions = tmp_path / "sessions"
    recorded(sessions, ("Paris",)).session.call("first")
    monkeypatch.chdir(tmp_path)
    Path("broken.jsonl").write_text("no json\n")
    Path("empty.jsonl").write_text("")
    Path("half.jsonl").write_text('{"type": "us')
    context = context_of()
    library = Library(sessions, tmp_path / "index.sqlite")
    context.open_library = lambda: library

    serve(context, line)

    out = capsys.readouterr().out
    assert out.startswith("error: ")
    assert said in " ".join(out.split())
    assert asked(context) == []


def test_an_engine_error_ends_the_replay_with_a_message(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    context = recorded(tmp_path, ("one",), ("two",))
    assert isinstance(context.engine, ScriptedEngine)
    failure: FlanchatError = EngineError("the device is gone")
    context.engine.answers, context.engine.asked = (("one",), (failure,)), []

    serve(context, "/replay", "/history")

    out = capsys.readouterr().out
    assert "turn 1: question 1\none\nsame" in out
    assert "error: the device is gone" in out


@pytest.mark.parametrize("everything", [False, True])
def test_the_work_of_a_replay_grows_with_its_turns(tmp_path: Path, everything: bool):
    """Counted in function calls: no turn looks at all turns before it, and progress at all that are done."""

    def calls(turns: int) -> int:
        record = record_of(recorded(tmp_path / str(turns), *[("one",)] * turns, turns=3))

        def replay() -> None:
            work = Replay(record, SOURCE, Overrides(), "free", lambda card: ScriptedEngine(), everything=everything)
            for _ in work.run():
                replay_progress(work)

        return calls_of(replay)

    calls(10)  # imports and caches

    assert calls(200) < 2.1 * calls(100)
