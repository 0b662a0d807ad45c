"""A question is on disk before the model starts and its answer when it ends, however it ends."""

from __future__ import annotations

import dataclasses
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from flanchat.base.errors import BudgetError, ConsentError, EngineError, FlanchatError, ModelError, UsageError
from flanchat.engine.events import Delta, Event, Finished, Measured, Request
from flanchat.engine.protocol import ModelCard
from flanchat.engine.scripted import ScriptedEngine
from flanchat.engine.t5.local import LocalEngine
from flanchat.prompting.profile import Profile
from flanchat.prompting.settings import SETTINGS, Settings
from flanchat.sessions.answer import short_answer
from flanchat.sessions.session import AnswerEvents, Compiled, Session
from flanchat.sessions.session_record import read_session
from flanchat.sessions.transcript import NoTranscript, Transcript
from tests.profiles import bundled
from tests.reference import shared_engine
from tests.transcripts import read, whole
from tests.work import calls_of


@pytest.fixture
def transcript(tmp_path: Path) -> Iterator[Transcript]:
    transcript = Transcript.create(tmp_path / "sessions", host={"os": "test"})
    yield transcript
    transcript.close("end of the test")


def session_on(transcript: Any, *answers: Sequence[str | FlanchatError], profile: str = "qa", **engine: Any) -> Session:
    chosen = bundled(profile)
    settings = Settings().with_layer(f"profile {chosen.name}", chosen.settings)
    return Session(ScriptedEngine(answers or (("Paris",),), **engine), chosen, settings, transcript, new_seed=lambda: 7)


def reply_to(session: Session, question: str, **options: Any) -> str:
    with closing(session.ask(question, **options)) as events:
        return "".join(event.text for event in events if isinstance(event, Delta))


def on_disk(transcript: Transcript, *types: str) -> list[dict[str, Any]]:
    reading = read(transcript.path)
    assert reading.problems == ()
    return [event for event in reading.events if not types or event["type"] in types]


def test_a_question_is_on_disk_before_its_first_token_and_the_answer_after_the_last(transcript):
    seen: list[list[str]] = []
    session = session_on(transcript, ("Par", "is"), before=lambda number: seen.append(types()))

    def types() -> list[str]:
        return [event["type"] for event in on_disk(transcript)]

    reply_to(session, "Capital of France?")

    assert seen == [["session.start", "profile.use", "user", "prompt"]] * 2
    assert types()[4:] == ["answer"]
    [user], [answer] = on_disk(transcript, "user"), on_disk(transcript, "answer")
    assert (user["text"], user["turn"], user["source"]) == ("Capital of France?", 1, "typed")
    assert (answer["text"], answer["finish"], answer["parent"]) == ("Paris", "eos", user["id"])


def test_the_prompt_comes_first_and_the_end_of_the_answer_last(transcript):
    happened = list(session_on(transcript).ask("Capital?"))

    assert isinstance(happened[0], Compiled)
    assert happened[0].prompt.text == "Q: Capital?\nA:"
    assert isinstance(happened[-1], Finished)


def test_questions_and_answers_hang_together_as_one_branch(transcript):
    session = session_on(transcript, ("one",), ("two",))

    reply_to(session, "first")
    reply_to(session, "second")

    users, answers = on_disk(transcript, "user"), on_disk(transcript, "answer")
    assert [user["parent"] for user in users] == [None, answers[0]["id"]]
    assert [user["turn"] for user in users] == [1, 2]
    assert [answer.id for answer in session.turns] == [answer["id"] for answer in answers]


def stopped_by_the_engine(session: Session) -> None:
    engine = session.engine
    assert isinstance(engine, ScriptedEngine)
    engine.before = lambda number: engine.stop() if number == 2 else None
    reply_to(session, "Tell me")
    engine.before = lambda number: None


def stopped_inside_the_stream(session: Session) -> None:
    def press(number: int) -> None:
        if number == 2:
            raise KeyboardInterrupt

    engine = session.engine
    assert isinstance(engine, ScriptedEngine)
    engine.before = press
    with pytest.raises(KeyboardInterrupt):
        reply_to(session, "Tell me")
    engine.before = lambda number: None


def left_by_the_caller(session: Session) -> None:
    with closing(session.ask("Tell me")) as events:
        for event in events:
            if isinstance(event, Delta) and event.text == "little ":
                return


def interrupted_in_the_view(session: Session) -> None:
    events = session.ask("Tell me")
    for event in events:
        if isinstance(event, Delta) and event.text == "little ":
            with pytest.raises(KeyboardInterrupt):
                events.throw(KeyboardInterrupt())


@pytest.mark.parametrize(
    "stop", [stopped_by_the_engine, stopped_inside_the_stream, left_by_the_caller, interrupted_in_the_view]
)
def test_an_interrupted_answer_is_kept_once_with_its_text_and_the_session_goes_on(transcript, stop):
    session = session_on(transcript, ("A ", "little ", "more"), ("Fine.",))

    stop(session)
    later = reply_to(session, "And now?")

    first, second = on_disk(transcript, "answer")
    assert (first["text"], first["finish"]) == ("A little", "interrupted")
    assert first["usage"]["new_tokens"] == 2
    assert (second["text"], later) == ("Fine.", "Fine.")
    assert on_disk(transcript, "error") == []
    assert [turn.finish for turn in session.turns] == ["interrupted", "eos"]


def test_a_failed_answer_is_kept_with_its_text_and_one_error_and_the_session_goes_on(transcript):
    session = session_on(transcript, ("A ", "little ", EngineError("the device is gone")), ("Fine.",))

    with pytest.raises(EngineError, match="the device is gone"):
        reply_to(session, "Tell me")
    reply_to(session, "And now?")

    [error], [first, second] = on_disk(transcript, "error"), on_disk(transcript, "answer")
    assert (error["where"], error["kind"], error["message"]) == ("engine", "EngineError", "the device is gone")
    assert (first["text"], first["finish"], first["message"]) == ("A little", "error", "the device is gone")
    assert error["parent"] == first["parent"]
    assert second["text"] == "Fine."


def test_a_mistake_of_the_program_is_not_recorded_as_an_interruption(transcript):
    def stumble(number: int) -> None:
        raise ZeroDivisionError

    session = session_on(transcript, before=stumble)

    with pytest.raises(ZeroDivisionError):
        reply_to(session, "Tell me")

    assert [answer["finish"] for answer in on_disk(transcript, "answer")] == ["error"]


def test_an_answer_that_ended_stays_whole_when_the_caller_leaves_at_its_end(transcript):
    session = session_on(transcript)

    with closing(session.ask("Capital?")) as events:
        for event in events:
            if isinstance(event, Finished):
                break

    assert [answer["finish"] for answer in on_disk(transcript, "answer")] == ["eos"]


@dataclass(slots=True)
class Killed(ScriptedEngine):
    """Loads its model again when it is asked anything after a stop."""

    def card(self) -> ModelCard:
        if self._stopping:
            raise AssertionError("the model would be loaded again")
        return ScriptedEngine.card(self)


def test_recording_an_interrupted_answer_never_waits_for_the_model(transcript):
    session = session_on(transcript)
    engine = session.engine = Killed((("A ", "little"),), before=lambda number: engine.stop() if number else None)

    reply_to(session, "Tell me")

    [answer] = on_disk(transcript, "answer")
    assert (answer["finish"], answer["model"]["id"], answer["timing"]["load_ms"]) == ("interrupted", "scripted", 500)


class Unloadable(ScriptedEngine):
    def measure(self, parts: Sequence[str]) -> Any:
        raise ModelError("/models/x: no config.json")


def test_a_failed_compilation_leaves_one_error_and_no_turn(transcript):
    session = session_on(transcript)
    session.engine = Unloadable()

    with pytest.raises(ModelError):
        reply_to(session, "Capital?")

    [error] = on_disk(transcript, "error")
    assert (error["where"], error["kind"]) == ("prompt", "ModelError")
    assert on_disk(transcript, "answer", "prompt") == []
    assert not session.turns


def test_a_question_over_the_budget_leaves_the_conversation_as_it_was(transcript):
    session = session_on(transcript)
    reply_to(session, "Capital?")

    with pytest.raises(BudgetError):
        reply_to(session, "word " * 600)

    assert [turn.question for turn in session.turns] == ["Capital?"]


def test_an_answer_stays_when_answering_again_would_be_over_the_budget(transcript):
    session = session_on(transcript)
    reply_to(session, "word " * 20)

    with pytest.raises(BudgetError):
        list(session.regenerate({"max_input_tokens": 16}))

    assert [turn.text for turn in session.turns] == ["Paris"]


def test_answering_again_keeps_the_old_answer_on_disk_beside_the_new_one(transcript):
    session = session_on(transcript, ("old",), ("new",), ("next",))
    reply_to(session, "Capital?")

    list(session.regenerate({"temperature": 0.5, "do_sample": True}))
    reply_to(session, "Next?")

    [first, second] = on_disk(transcript, "user")
    old, new, _ = on_disk(transcript, "answer")
    assert (old["text"], new["text"]) == ("old", "new")
    assert old["parent"] == new["parent"] == first["id"]
    assert second["parent"] == new["id"]
    assert [turn.text for turn in session.turns] == ["new", "next"]


def test_settings_for_one_answer_hold_for_that_answer_alone(transcript):
    session = session_on(transcript)
    reply_to(session, "one", changes={"decode.max_new_tokens": 3})
    reply_to(session, "two")

    stamps = [answer["settings"]["decode.max_new_tokens"] for answer in on_disk(transcript, "answer")]
    assert stamps == [3, 64]
    assert session.settings.value("max_new_tokens") == 64


def test_answering_again_with_a_wrong_setting_keeps_the_old_answer(transcript):
    session = session_on(transcript)
    reply_to(session, "Capital?")

    with pytest.raises(UsageError):
        list(session.regenerate({"temperature": 99}))

    assert [turn.text for turn in session.turns] == ["Paris"]


def test_without_a_seed_one_is_drawn_and_recorded(transcript):
    session = session_on(transcript, profile="creative")

    reply_to(session, "A story?")

    [answer] = on_disk(transcript, "answer")
    assert isinstance(session.engine, ScriptedEngine)
    assert answer["seed"] == session.engine.asked[0].decoding.seed == 7
    assert answer["settings"]["decode.seed"] is None


def test_a_given_seed_is_the_one_used(transcript):
    session = session_on(transcript, profile="creative")
    session.settings = session.settings.update("/set", {"seed": 0})

    reply_to(session, "A story?")

    [answer] = on_disk(transcript, "answer")
    assert isinstance(session.engine, ScriptedEngine)
    assert answer["seed"] == session.engine.asked[0].decoding.seed == 0


def test_seeds_drawn_by_default_differ_and_are_fit_for_the_setting():
    session = Session(ScriptedEngine(), Profile("p"), Settings(), NoTranscript())
    for _ in range(20):
        reply_to(session, "A story?")

    seeds = {turn.seed for turn in session.turns}
    assert len(seeds) > 15
    assert all(0 <= seed < 2**32 for seed in seeds)


def test_every_answer_bears_all_settings_it_was_made_with(transcript):
    session = session_on(transcript)
    reply_to(session, "one")
    session.settings = session.settings.update("/set", {"max_new_tokens": 9})
    reply_to(session, "two")

    first, second = on_disk(transcript, "answer")
    [changed] = on_disk(transcript, "settings")
    assert set(first["settings"]) == {setting.name for setting in SETTINGS}
    assert (first["settings"]["decode.max_new_tokens"], second["settings"]["decode.max_new_tokens"]) == (64, 9)
    assert changed["changed"] == {"decode.max_new_tokens": [64, 9]}
    assert changed["origin"] == {"decode.max_new_tokens": "/set"}


def test_the_record_of_a_profile_stands_alone(transcript):
    session = session_on(transcript, profile="fewshot")
    reply_to(session, "cow")
    session.use(bundled("translate-fr"))
    reply_to(session, "The cow is here.")
    reply_to(session, "The dog is here.")

    first, second = on_disk(transcript, "profile.use")
    assert first["content"]["shots"][0] == {"input": "capital of Italy", "output": "Rome"}
    assert (second["name"], second["content"]["template"]) == (
        "translate-fr",
        "translate English to French: {{input}}",
    )
    assert second["sha256"] == bundled("translate-fr").sha256


def test_values_set_in_the_session_outlive_a_change_of_profile(transcript):
    session = session_on(transcript)
    session.settings = session.settings.update("/set", {"max_new_tokens": 9})

    session.use(bundled("creative"))

    assert (session.settings.value("max_new_tokens"), session.settings.value("temperature")) == (9, 0.9)


def test_a_profile_that_clashes_with_the_session_is_refused_whole(transcript):
    session = session_on(transcript)
    session.settings = session.settings.update("/set", {"num_beams": 4})

    with pytest.raises(UsageError, match="num_beams"):
        session.use(bundled("creative"))

    assert session.profile.name == "qa"
    assert session.settings.value("do_sample") is False


def test_the_conversation_goes_into_the_next_prompt_and_is_gone_after_clear(transcript):
    session = session_on(transcript, ("Hello.",), profile="dialog")
    reply_to(session, "Hi!")

    sent = session.compile("How are you?").text
    session.clear()

    assert sent == "Dialog:\n\nPerson A: Hi!\nPerson B: Hello.\n\nPerson A: How are you?\nPerson B:"
    assert session.compile("How are you?").text == "Dialog:\n\nPerson A: How are you?\nPerson B:"
    assert [(head["to"], head["why"]) for head in on_disk(transcript, "head")] == [(None, "clear")]


def test_an_interrupted_answer_is_not_sent_along(transcript):
    session = session_on(transcript, ("A ", "little ", "more"), profile="dialog")
    left_by_the_caller(session)

    assert "little" not in session.compile("How are you?").text


def test_the_text_is_cut_at_a_stop_text_and_stripped(transcript):
    session = session_on(transcript, (" Hello. ", "Person", " A:", " Hi"), profile="dialog")

    shown = reply_to(session, "Hi!")

    [answer] = on_disk(transcript, "answer")
    assert shown == " Hello. "
    assert (answer["text"], answer["finish"]) == ("Hello.", "stop")


def test_the_record_of_an_answer_holds_each_token_and_how_sure_the_model_was(transcript):
    session = session_on(transcript, ("Par", "is"))

    reply_to(session, "Capital?")

    [answer] = on_disk(transcript, "answer")
    assert [(token["s"], token["lp"]) for token in answer["tok"]] == [("Par", -0.1), ("is", -0.1)]
    assert answer["conf"]["mean_lp"] == pytest.approx(-0.1)
    assert answer["usage"] == {"prompt_tokens": 4, "new_tokens": 2}


class Silent(ScriptedEngine):
    def stream(self, requests: Sequence[Request]) -> Iterator[Event]:
        yield Finished(0, "eos", 0, None, 0.01)


def test_an_answer_without_a_token_is_an_answer(transcript):
    session = session_on(transcript)
    session.engine = Silent()

    assert reply_to(session, "Capital?") == ""
    [answer] = on_disk(transcript, "answer")
    assert (answer["text"], answer["tok"], answer["conf"]["mean_lp"]) == ("", [], None)
    assert answer["timing"]["tok_per_s"] is None
    assert answer["finish"] == "empty"


def test_a_session_without_a_record_answers_the_same(tmp_path):
    session = session_on(NoTranscript())

    assert reply_to(session, "Capital?") == "Paris"
    session.call("x")
    session.clear()
    session.close("exit")
    assert list(tmp_path.iterdir()) == []


def test_an_ended_session_counts_what_it_holds(transcript):
    session = session_on(transcript)
    reply_to(session, "Capital?")
    session.call("first")

    session.close("exit")

    [end] = on_disk(transcript, "session.end")
    assert (end["why"], end["counts"]["answer"], end["counts"]["session.name"]) == ("exit", 1, 1)


# -- going on with an answer that was cut -----------------------------------------------------------------------------


@pytest.fixture(scope="module", params=["tiny", "bundled"])
def engine(request: pytest.FixtureRequest, tiny_model: Path) -> LocalEngine:
    return shared_engine(tiny_model if request.param == "tiny" else None)


def on_model(engine: LocalEngine, **values: Any) -> Session:
    settings = Settings().update("/set", values)
    return Session(engine, bundled("plain"), settings, NoTranscript(), new_seed=lambda: 11)


def shown(events: AnswerEvents) -> str:
    return "".join(event.text for event in events if isinstance(event, Delta))


WAYS: dict[str, dict[str, Any]] = {
    "greedy": {},
    "sampled": {"do_sample": True, "temperature": 1.3, "top_k": 40},
    "seeded": {"do_sample": True, "seed": 5, "top_p": 0.9},
    "penalised": {"repetition_penalty": 1.3, "no_repeat_ngram_size": 2},
    "stopping": {"do_sample": True, "stop": ["ing", "s the"]},
    "at least": {"min_new_tokens": 6},
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("cut", [1, pytest.param(2, marks=pytest.mark.slow), 6])
def test_an_answer_gone_on_with_is_the_one_that_was_never_cut(engine, way, cut):
    values = {"min_new_tokens": 0, **WAYS[way]}
    values["max_new_tokens"] = max(cut, values["min_new_tokens"])
    question = "Tell me how to cook the pasta, step by step"
    most = min(20, 8 * cut)  # each part of the answer repeats the tokens before it
    uncut = on_model(engine, **{**values, "max_new_tokens": most})
    whole = shown(uncut.ask(question))
    session = on_model(engine, **values)

    text = shown(session.ask(question))
    while session.last().finish == "length" and len(session.last().tokens) < most:
        text += shown(session.continue_answer())

    answer, expected = session.last(), uncut.last()
    count = len(expected.tokens)
    assert count > 2
    assert [(t.id, t.logprob) for t in answer.tokens[:count]] == [(t.id, t.logprob) for t in expected.tokens]
    assert text.startswith(whole)
    if expected.finish != "length":
        assert (text, answer.text, answer.finish) == (whole, expected.text, expected.finish)


def test_an_interrupted_answer_is_gone_on_with_where_it_was_stopped(engine):
    session = on_model(engine, max_new_tokens=12, min_new_tokens=12, do_sample=True)
    whole = shown(session.ask("How to cook pasta?"))
    seen = ""
    session = on_model(engine, max_new_tokens=12, min_new_tokens=12, do_sample=True)
    for event in session.ask("How to cook pasta?"):
        if isinstance(event, Delta):
            seen += event.text
            engine.stop()

    seen += shown(session.continue_answer())

    assert session.turns[0].finish == "length"
    assert seen.startswith(whole)
    assert len(session.conversation.answers) == 2
    assert [answer.finish for answer in session.conversation.answers.values()] == ["interrupted", "length"]


def test_the_whole_answer_is_kept_beside_the_cut_one_and_says_what_it_continues(transcript):
    session = session_on(transcript, ("A ", "b ", "c ", "d "), profile="qa")
    reply_to(session, "Tell me", changes={"max_new_tokens": 2})

    new = shown(session.continue_answer())

    cut, whole = on_disk(transcript, "answer")
    assert (cut["text"], whole["text"], new) == ("A b", "A b c d", "c d ")
    assert (whole["continues"], whole["parent"]) == (cut["id"], cut["parent"])
    assert "continues" not in cut
    assert isinstance(session.engine, ScriptedEngine)
    assert session.engine.asked[1].begin == (0, 1)
    assert [turn.id for turn in session.turns] == [whole["id"]]


def test_an_answer_is_gone_on_with_by_the_settings_it_was_begun_with(transcript):
    session = session_on(transcript, ("A ", "b ", "c "), profile="creative")
    reply_to(session, "Tell me", changes={"max_new_tokens": 2})
    session.settings = session.settings.update("/set", {"temperature": 3, "max_new_tokens": 1})

    shown(session.continue_answer())

    assert isinstance(session.engine, ScriptedEngine)
    first, second = session.engine.asked
    assert second.prompt == first.prompt
    assert second.decoding == dataclasses.replace(first.decoding, max_new_tokens=4)


def test_what_was_held_back_as_a_possible_stop_text_is_not_shown_twice(transcript):
    session = session_on(transcript, ("He ", "Per", "haps", "."))
    first = shown(session.ask("Tell me", changes={"max_new_tokens": 2, "stop": ["Person"]}))

    assert first + shown(session.continue_answer()) == "He Perhaps."


def test_what_was_held_back_is_not_shown_twice_when_nothing_comes_after_it(transcript):
    session = session_on(transcript, ("He ", "Per", "x"), ("He ", "Per"))
    first = shown(session.ask("Tell me", changes={"max_new_tokens": 2, "stop": ["Person"]}))

    assert (first, shown(session.continue_answer())) == ("He Per", "")
    assert session.last().text == "He Per"


def test_a_complete_answer_is_not_gone_on_with(transcript):
    session = session_on(transcript)
    with pytest.raises(UsageError, match="nothing was asked"):
        list(session.continue_answer())
    reply_to(session, "Capital?")

    with pytest.raises(UsageError, match="complete"):
        list(session.continue_answer())
    assert len(on_disk(transcript, "answer")) == 1


def test_an_answer_found_with_beams_is_not_gone_on_with(transcript):
    session = session_on(transcript, ("A ", "b ", "c "))
    reply_to(session, "Tell me", changes={"max_new_tokens": 2, "num_beams": 2})

    with pytest.raises(UsageError, match="beams"):
        list(session.continue_answer())


class Other(ScriptedEngine):
    def card(self) -> ModelCard:
        return dataclasses.replace(ScriptedEngine.card(self), name="other", tokenizer_sha256="1" * 64)


def test_an_answer_is_gone_on_with_in_its_own_profile_and_in_no_other_model_s_tokens(transcript):
    session = session_on(transcript, ("A ", "b ", "c "))
    reply_to(session, "Tell me", changes={"max_new_tokens": 1})
    first = session.profile.name
    session.use(dataclasses.replace(session.profile, name="another", sha256="x"))
    list(session.continue_answer())
    session.engine = Other()

    assert [answer.profile for answer in session.conversation.answers.values()] == [first, first]
    with pytest.raises(UsageError, match="by scripted, whose tokenizer other does not share"):
        list(session.continue_answer())


# -- moving, naming, privacy ------------------------------------------------------------------------------------------


def heads(transcript: Transcript) -> list[tuple[str, str]]:
    return [(head["why"], head["branch"]) for head in on_disk(transcript, "head")]


def test_every_move_is_recorded_with_its_reason(transcript):
    session = session_on(transcript)
    reply_to(session, "one")
    reply_to(session, "two")

    session.undo()
    session.redo()
    session.edit(1)
    session.fork("bold")
    session.switch("main")
    session.clear()

    moves = ["undo", "redo", "edit", "fork", "branch", "clear"]
    branches = ["main", "main", "main", "bold", "main", "main"]
    assert heads(transcript) == list(zip(moves, branches, strict=True))


def test_a_refused_move_is_not_recorded(transcript):
    session = session_on(transcript)
    reply_to(session, "one")

    for move in (lambda: session.undo(2), session.redo, lambda: session.fork("main"), lambda: session.switch("x")):
        with pytest.raises(UsageError):
            move()

    assert heads(transcript) == []


def test_an_edited_question_takes_the_place_of_the_earlier_one_and_the_old_way_stays(transcript):
    session = session_on(transcript, ("1",), ("2",), ("new",))
    reply_to(session, "one")
    reply_to(session, "two")

    session.edit(1)
    reply_to(session, "other")

    assert [turn.question for turn in session.turns] == ["other"]
    assert [(b.name, b.turns) for b in session.conversation.branches()] == [("main", 1), ("", 2)]
    assert [user["parent"] for user in on_disk(transcript, "user")][2] is None


def test_what_is_asked_while_recording_is_off_is_nowhere_on_disk_but_for_a_mark(transcript):
    session = session_on(transcript, ("one",), ("SECRET",), ("three",))
    reply_to(session, "first")
    session.log(False)
    reply_to(session, "CONFIDENTIAL")
    session.call("HIDDEN")
    session.log(True)
    reply_to(session, "third")

    assert [turn.text for turn in session.turns] == ["one", "SECRET", "three"]
    content = transcript.path.read_text()
    assert [word for word in ("SECRET", "CONFIDENTIAL", "HIDDEN") if word in content] == []
    first, third = on_disk(transcript, "user")
    [answer, _] = on_disk(transcript, "answer")
    assert [note["text"] for note in on_disk(transcript, "note")] == [
        "recording was switched off",
        "recording was switched on again",
    ]
    assert (first["text"], third["text"], third["parent"]) == ("first", "third", answer["id"])


def test_a_private_turn_is_not_sent_along_once_recording_is_on_again(transcript):
    session = session_on(transcript, profile="dialog")
    session.log(False)
    reply_to(session, "CONFIDENTIAL")
    sent_privately = session.compile("And now?").text
    session.log(True)
    reply_to(session, "And now?")

    assert "CONFIDENTIAL" in sent_privately
    assert "CONFIDENTIAL" not in transcript.path.read_text()


@pytest.mark.parametrize("again", [lambda session: session.regenerate(), lambda session: session.continue_answer()])
def test_another_answer_to_a_private_question_stays_private(transcript, again):
    session = session_on(transcript, ("A ", "b ", "c "))
    session.log(False)
    reply_to(session, "CONFIDENTIAL", changes={"max_new_tokens": 2})
    session.log(True)

    list(again(session))
    reply_to(session, "And now?")

    assert "CONFIDENTIAL" not in transcript.path.read_text()
    assert [user["parent"] for user in on_disk(transcript, "user")] == [None]
    assert len(session.turns) == 2


def test_a_question_after_a_private_answer_to_a_recorded_one_follows_the_last_recorded_answer(transcript):
    session = session_on(transcript)
    reply_to(session, "one")
    reply_to(session, "two")
    session.log(False)
    list(session.regenerate())
    session.log(True)
    reply_to(session, "three")

    answers = on_disk(transcript, "answer")
    assert on_disk(transcript, "user")[2]["parent"] == answers[0]["id"]


def test_recording_says_where_one_stands_when_it_is_switched_on_again(transcript):
    session = session_on(transcript)
    reply_to(session, "one")
    session.log(False)
    session.fork("bold")
    session.clear()
    session.log(True)

    record = read_session(read(transcript.path).events)
    assert (record.conversation.branch, len(record.conversation.turns)) == ("bold", 0)


def test_switching_recording_to_what_it_is_already_leaves_no_mark(transcript):
    session = session_on(transcript)
    reply_to(session, "one")
    session.log(True)

    assert on_disk(transcript, "note") == []


def test_a_new_session_starts_empty_and_leaves_the_old_one_complete(transcript, tmp_path):
    session = session_on(transcript)
    reply_to(session, "one")
    session.call("old")
    other = Transcript.create(tmp_path / "sessions", host={})

    session.move_to(other)
    reply_to(session, "two")
    session.close("end")

    assert [event["type"] for event in on_disk(transcript)][-1] == "session.end"
    assert [user["text"] for user in on_disk(transcript, "user")] == ["one"]
    assert [event["type"] for event in on_disk(other)] == [
        "session.start", "profile.use", "user", "prompt", "answer", "session.end",
    ]  # fmt: skip
    assert (session.name, on_disk(other, "user")[0]["parent"]) == ("", None)


def test_an_earlier_session_goes_on_in_its_own_file_from_where_it_stood(transcript, tmp_path):
    first = session_on(transcript, ("1",), ("2",), ("3",))
    for question in ("one", "two", "three"):
        reply_to(first, question)
    first.call("old")
    first.undo()
    first.close("end")
    session = session_on(Transcript.create(tmp_path / "other", host={}), ("4",))

    session.move_to(Transcript.resume(transcript.path, whole)[0], read_session(read(transcript.path).events))
    reply_to(session, "four")
    session.close("end")

    record = read_session(read(transcript.path).events)
    assert [turn.question for turn in record.conversation.turns] == ["one", "two", "four"]
    assert (session.name, len(record.conversation.answers)) == ("old", 4)
    assert not (tmp_path / "other").exists() or list((tmp_path / "other").iterdir()) == []


# -- short answers ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "regex", "short"),
    [
        ("So the answer is 42.", r"answer is (\d+)", "42"),
        ("So the answer is 42.", r"\d+", "42"),
        ("So the answer is 42.", "nothing", ""),
        ("So the answer is 42.", None, ""),
        ("yes", "(no)?yes", ""),
        ("yes", "y()", ""),
    ],
)
def test_the_short_answer_is_the_first_group_or_all_that_is_found(text, regex, short):
    assert short_answer(text, regex) == short


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("2 and 2 make 4. The answer is 4.", "4"),
        ("The answer is 3.5 km. Good.", "3.5 km"),
        ("the answer is: blue", "blue"),
        ("I do not know.", ""),
    ],
)
def test_the_chain_of_thought_profile_finds_the_short_answer(text, short):
    regex: Any = bundled("cot").settings["post.answer_regex"]

    assert short_answer(text, regex) == short


# -- a question that may be withdrawn ---------------------------------------------------------------------------------


@dataclass(slots=True)
class Counting(ScriptedEngine):
    """Counts how many prompts are measured."""

    measured: int = 0

    def measure(self, parts: Sequence[str]) -> Measured:
        self.measured += 1
        return ScriptedEngine.measure(self, parts)


def test_a_question_that_needs_consent_is_compiled_once_and_leaves_no_trace_when_it_is_refused(transcript):
    session = session_on(transcript, profile="fewshot")
    session.engine = engine = Counting()
    session.settings = session.settings.update("/set", {"on_overflow": "ask"})

    reply_to(session, "Hot?")
    compiled_once = engine.measured
    session.settings = session.settings.update("/set", {"max_input_tokens": 16})
    with pytest.raises(ConsentError):
        reply_to(session, "Cold?")
    session.settings = session.settings.update("/set", {"on_overflow": "drop"})
    engine.measured = 0
    reply_to(session, "Wet?")

    assert compiled_once == 1
    assert [event["text"] for event in on_disk(transcript, "user")] == ["Hot?", "Wet?"]
    assert on_disk(transcript, "error") == []


def test_a_question_that_replaces_a_turn_moves_nothing_when_it_cannot_be_sent(transcript):
    session = session_on(transcript, ("one",), ("two",), ("three",))
    reply_to(session, "first")
    reply_to(session, "second")

    with pytest.raises(BudgetError):
        reply_to(session, "word " * 600, turn=1)
    before = [turn.question for turn in session.turns]
    reply_to(session, "other", turn=1)

    assert before == ["first", "second"]
    assert [turn.question for turn in session.turns] == ["other"]
    assert [event["text"] for event in on_disk(transcript, "user")] == ["first", "second", "other"]


def test_choices_given_with_a_question_hold_for_all_its_answers_also_after_it_is_read_back(transcript):
    session = session_on(transcript)
    reply_to(session, "Is it?", choices=["maybe", "never"])
    for __ in session.regenerate():
        pass
    assert [choice.text for choice in session.last().choices] == ["maybe", "never"]

    resumed = session_on(transcript)
    record = read_session(on_disk(transcript))
    resumed.conversation = record.conversation
    for __ in resumed.regenerate():
        pass
    assert [choice.text for choice in resumed.last().choices] == ["maybe", "never"]
    assert {setup.profile.choices for setup in record.setups.values()} == {("maybe", "never")}


# -- long conversations -----------------------------------------------------------------------------------------------


def conversation_of(turns: int, engine: ScriptedEngine) -> Session:
    session = Session(
        engine, Profile("plain"), Settings().with_layer("flag", {"turns": 3}), NoTranscript(), new_seed=int
    )
    for turn in range(turns):
        deque(session.ask(f"Question {turn}?"), maxlen=0)
    return session


@pytest.mark.parametrize("act", ["ask", "compile", "undo", "regenerate"])
def test_a_question_costs_the_same_after_any_number_of_turns(act):
    """Counted in function calls: only the turns that the prompt may hold are looked at."""

    def calls(turns: int) -> int:
        session = conversation_of(turns, ScriptedEngine())
        works = {
            "ask": lambda: deque(session.ask("And now?"), maxlen=0),
            "compile": lambda: session.compile("And no"),
            "undo": session.undo,
            "regenerate": lambda: deque(session.regenerate(), maxlen=0),
        }
        return calls_of(works[act])

    calls(10)  # imports and caches

    assert calls(400) < 1.05 * calls(40)
