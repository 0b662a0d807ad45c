"""Calibrated choices: what the template alone prefers is divided out, and scored once."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import Path

import pytest

from flanchat.base.errors import EngineError, UsageError
from flanchat.engine.events import Event, Measured, Request, Warned
from flanchat.engine.scripted import ScriptedEngine
from flanchat.prompting.profile import Profile
from flanchat.prompting.settings import Settings
from flanchat.prompting.shots import Shot
from flanchat.sessions.choices import ScoredChoice, calibrated, shared, template_shares, winner
from flanchat.sessions.session import Session
from flanchat.sessions.session_record import read_session
from flanchat.sessions.transcript import NoTranscript, Transcript
from tests.transcripts import read

SHOT = Shot("Is water wet?", "yes")


class Biased(ScriptedEngine):
    """Prefers "yes" to "no", and after a question without content much more so."""

    lacks = ""

    def measure(self, parts: list[str]) -> Measured:  # type: ignore[override]
        lost = [Warned("unk", 1, char) for char in self.lacks if char in "".join(parts)]
        return Measured((*(len(part.split()) for part in parts),), 9, "0" * 64, tuple(lost))

    def _play(self, row: int, request: Request) -> Iterator[Event]:
        asked = "Why?" in request.prompt
        self.logprobs = {"yes": -0.5, "no": -1.0, "</s>": 0.0} if asked else {"yes": -0.1, "no": -3.0, "</s>": 0.0}
        yield from super()._play(row, request)


def session_with(engine: ScriptedEngine, transcript: Transcript | None = None, **settings: object) -> Session:
    profile = Profile("p", template="qa", shots=(SHOT,), choices=("yes", "no"))
    return Session(engine, profile, Settings().update("/set", settings), transcript or NoTranscript())


def test_a_probability_is_divided_by_its_mean_after_questions_without_content():
    under = [{"N/A": math.log(0.9), "": math.log(0.6)}, {"N/A": math.log(0.05), "": math.log(0.15)}]
    choices = calibrated(shared([ScoredChoice("yes", 2, math.log(0.5)), ScoredChoice("no", 2, math.log(0.3))]), under)

    yes, no = 0.5 / 0.75, 0.3 / 0.1
    assert [c.p_calibrated for c in choices] == pytest.approx([yes / (yes + no), no / (yes + no)])
    assert template_shares(choices) == pytest.approx({"yes": 0.75 / 0.85, "no": 0.1 / 0.85})
    assert [winner(choices, rule).text for rule in ("sum", "mean", "calibrated")] == ["yes", "yes", "no"]


def test_probabilities_that_no_float_holds_are_calibrated_too():
    choices = calibrated([ScoredChoice("a", 2, -2000.0), ScoredChoice("b", 2, -2001.0)], [{"": -3000.0}, {"": -3003.0}])

    assert choices[1].p_calibrated == pytest.approx(1 / (1 + math.exp(-2)))


@pytest.mark.parametrize(("rule", "chosen"), [("sum", "yes"), ("mean", "yes"), ("calibrated", "no")])
def test_the_rule_calibrated_decides_by_it_and_all_rules_show_it(rule: str, chosen: str):
    session = session_with(Biased(), choose=rule)

    list(session.ask("Why?"))

    answer = session.last()
    assert (answer.text, answer.finish) == (chosen, "eos")
    assert answer.choices[1].p_calibrated == pytest.approx(math.exp(2) / (math.exp(-0.4) + math.exp(2)))


def test_only_the_question_of_the_prompt_is_replaced():
    engine = Biased()
    session = session_with(engine)

    list(session.ask("Why?"))

    prompts = list(dict.fromkeys(request.prompt for request in engine.asked))
    assert prompts[0].count("Why?") == 1
    assert prompts[1:] == [prompts[0].replace("Why?", free) for free in ("N/A", "", "[MASK]")]
    assert all("Is water wet?" in prompt for prompt in prompts)


@pytest.mark.parametrize("rule", ["sum", "calibrated"])
def test_a_template_is_scored_once_a_session_for_the_same_choices(rule: str):
    engine = Biased()
    session = session_with(engine, choose=rule)

    counts = []
    for question in ("Why?", "Why? Really?"):
        list(session.ask(question))
        counts.append(len(engine.asked))
    session.choose(("yes", "no"))
    counts.append(len(engine.asked))
    session.choose(("no", "yes", "maybe"))
    counts.append(len(engine.asked))

    assert counts == [8, 10, 12, 24]


def test_the_text_of_an_answer_does_not_wait_for_the_template_unless_it_depends_on_it():
    plain, engine = Biased(), Biased()

    for rule, one in (("sum", plain), ("calibrated", engine)):
        events = session_with(one, choose=rule).ask("Why?")
        next(event for event in events if getattr(event, "text", ""))
        events.close()

    assert len(plain.asked) == 2
    assert len(engine.asked) == 8


def test_a_template_that_is_stopped_or_fails_leaves_the_answer_whole_without_that_column():
    class Failing(Biased):
        def _play(self, row: int, request: Request) -> Iterator[Event]:
            if "Why?" not in request.prompt:
                raise EngineError("out of memory")
            yield from super()._play(row, request)

    class Stopped(Biased):
        def _play(self, row: int, request: Request) -> Iterator[Event]:
            if "Why?" not in request.prompt:
                self.stop()
            yield from super()._play(row, request)

    for engine in (Failing(), Stopped()):
        session = session_with(engine)
        list(session.ask("Why?"))

        assert (session.last().text, session.last().finish) == ("yes", "eos")
        assert [choice.p_calibrated for choice in session.last().choices] == [None, None]


def test_where_the_text_depends_on_a_stopped_template_the_answer_is_interrupted():
    engine = Biased()
    engine.before = lambda number: engine.stop() if len(engine.asked) == 5 else None
    session = session_with(engine, choose="calibrated")

    list(session.ask("Why?"))

    assert (session.last().finish, session.last().text, session.last().choices) == ("interrupted", "", ())


def test_a_question_that_the_vocabulary_cannot_write_is_left_out():
    engine = Biased()
    engine.lacks = "["
    session = session_with(engine)

    list(session.ask("Why?"))

    assert [list(choice.template_logprobs) for choice in session.last().choices] == [["N/A", ""]] * 2


def test_calibrated_scores_and_the_parts_of_the_prompt_come_back_with_the_session(tmp_path: Path):
    transcript = Transcript.create(tmp_path, host={}, name="", sync=lambda fd: None)
    session = session_with(Biased(), transcript, choose="calibrated")
    list(session.ask("Why?"))
    assert transcript.path is not None
    found = read(transcript.path)

    record = read_session(list(found.events), found.problems)

    [answer] = record.conversation.answers.values()
    assert answer.choices == session.last().choices
    assert [s.text for s in answer.prompt.segments] == [s.text for s in session.last().prompt.segments]
    again = session_with(Biased())
    again.conversation = record.conversation
    assert again.choose(("yes", "no"))[1].p_calibrated == session.last().choices[1].p_calibrated


def test_a_prompt_of_an_older_transcript_has_no_parts_and_says_so(tmp_path: Path):
    transcript = Transcript.create(tmp_path, host={}, name="", sync=lambda fd: None)
    list(session_with(Biased(), transcript, choose="calibrated").ask("Why?"))
    assert transcript.path is not None
    events = [json.loads(line) for line in transcript.path.read_text().splitlines()]
    for event in events:
        for segment in event.get("segments", ()):
            segment.pop("chars", None)
    session = session_with(Biased())
    session.conversation = read_session(events).conversation

    with pytest.raises(UsageError, match="parts of the recorded prompt are unknown"):
        session.choose(("yes", "no"))
