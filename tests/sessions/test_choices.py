"""Closed answers: shares, winners, the record of them, and profiles that answer with a choice."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from flanchat.base.errors import UsageError
from flanchat.engine.scripted import ScriptedEngine
from flanchat.prompting.profile import Profile
from flanchat.prompting.settings import Settings
from flanchat.sessions.choices import ScoredChoice, check_choices, covered, shared, split_choices, winner
from flanchat.sessions.session import Session
from flanchat.sessions.session_record import read_session
from flanchat.sessions.transcript import NoTranscript, Transcript
from tests.transcripts import read

LIKELY = {"no": -1.0, "yes": -2.0, "not": -1.5, "known": -0.01, "</s>": -0.1}


def new_session(transcript: Transcript | NoTranscript | None = None, *choices: str, **settings: object) -> Session:
    engine = ScriptedEngine((("Paris",),), logprobs=LIKELY, others=("</s>", "Rome"))
    profile = Profile("p", choices=choices)
    return Session(engine, profile, Settings().update("/set", settings), transcript or NoTranscript())


@pytest.fixture
def transcript(tmp_path: Path) -> Transcript:
    return Transcript.create(tmp_path / "sessions", host={}, name="", sync=lambda fd: None)


def on_disk(transcript: Transcript, kind: str) -> list[dict[str, object]]:
    assert transcript.path is not None
    return [event for event in map(json.loads, transcript.path.read_text().splitlines()) if event["type"] == kind]


def test_a_sum_has_the_end_token_in_it_and_shares_add_up_to_one():
    session = new_session()
    list(session.ask("Why?"))

    yes, no, unsure = session.choose(("yes", "no", "not known"))

    assert [c.sum_logprob for c in (yes, no, unsure)] == pytest.approx([-2.1, -1.1, -1.61])
    assert [c.tokens for c in (yes, no, unsure)] == [2, 2, 3]
    assert math.fsum(c.p_sum for c in (yes, no, unsure)) == pytest.approx(1)
    assert math.fsum(c.p_mean for c in (yes, no, unsure)) == pytest.approx(1)
    assert no.p_sum == pytest.approx(math.exp(-1.1) / (math.exp(-2.1) + math.exp(-1.1) + math.exp(-1.61)))


def test_the_two_rules_can_disagree():
    choices = shared([ScoredChoice("no", 2, -1.1), ScoredChoice("not known", 3, -1.61)])

    assert (winner(choices, "sum").text, winner(choices, "mean").text) == ("no", "not known")


def test_choices_far_below_what_a_float_holds_still_have_shares():
    choices = shared([ScoredChoice("a", 2, -2000.0), ScoredChoice("b", 2, -2001.0)])

    assert choices[0].p_sum == pytest.approx(1 / (1 + math.exp(-1)))
    assert covered(choices) == 0.0


def test_they_are_scored_together_and_the_conversation_stays_as_it_is(transcript: Transcript):
    session = new_session(transcript)
    list(session.ask("Why?"))
    head = session.conversation.head

    session.choose(("yes", "no"))

    assert isinstance(session.engine, ScriptedEngine)
    assert [request.only for request in session.engine.asked[:3]] == [False, True, True]
    assert session.conversation.head == head
    [user], [event] = on_disk(transcript, "user"), on_disk(transcript, "choose")
    assert event["parent"] == user["id"]
    assert "answer" not in event
    assert [set(c) for c in event["choices"]] == [
        {"text", "tokens", "sum_lp", "mean_lp", "p", "p_mean", "p_calibrated", "template_lp"}
    ] * 2  # type: ignore[attr-defined]


@pytest.mark.parametrize(("by", "chosen"), [("sum", "no"), ("mean", "not known"), ("free", "Paris")])
def test_a_profile_with_choices_answers_with_the_likeliest_by_its_rule(transcript: Transcript, by: str, chosen: str):
    session = new_session(transcript, "yes", "no", "not known", choose=by, do_sample=True, num_beams=1)

    list(session.ask("Why?"))

    answer = session.last()
    assert (answer.text, answer.finish) == (chosen, "eos")
    assert len(answer.choices) == (0 if by == "free" else 3)
    assert len(on_disk(transcript, "choose")) == (0 if by == "free" else 1)


def test_scores_come_back_with_the_session(transcript: Transcript):
    session = new_session(transcript, "yes", "no")
    list(session.ask("Why?"))
    assert transcript.path is not None

    record = read_session(*_events(transcript.path))

    assert [a.choices for a in record.conversation.answers.values()] == [session.last().choices]
    assert on_disk(transcript, "choose")[0]["answer"] == session.last().id


def _events(path: Path) -> tuple[list[dict[str, object]], tuple[str, ...]]:
    found = read(path)
    return list(found.events), tuple(found.problems)


def test_an_interrupted_scoring_is_kept_as_an_interrupted_answer_and_is_not_continued(transcript: Transcript):
    session = new_session(transcript, "yes", "no")
    engine = session.engine
    assert isinstance(engine, ScriptedEngine)
    engine.before = lambda number: engine.stop()

    list(session.ask("Why?"))

    assert (session.last().finish, session.last().text, session.last().choices) == ("interrupted", "", ())
    assert on_disk(transcript, "choose") == []
    with pytest.raises(UsageError, match="/regen scores them again"):
        list(session.continue_answer())


def test_choices_with_the_same_tokens_are_named():
    session = new_session()
    list(session.ask("Why?"))

    first, second = session.choose(("not known", "not  known"))

    assert (first.same_as, second.same_as) == ("", "not known")


@pytest.mark.parametrize(
    ("text", "what"),
    [("yes", "found 1"), ("yes | | no", "choice 2 is empty"), ("a | b | a", "choice 3 repeats choice 1: a"),
     (" | ".join(map(str, range(300))), "at most 256 choices, found 300")],
)  # fmt: skip
def test_bad_choices_are_one_sentence(text: str, what: str):
    with pytest.raises(UsageError, match=what):
        check_choices(split_choices(text), "/choose yes | no")


# Another token instead


def test_an_answer_from_a_forced_token_is_a_sibling_with_the_same_tokens_before(transcript: Transcript):
    engine = ScriptedEngine((("A ", "b ", "c "), ("A ", "Rome", "d ")), others=("Rome",))
    session = Session(engine, Profile("p"), Settings(), transcript, new_seed=lambda: 7)
    list(session.ask("Why?"))
    old = session.last()

    list(session.branch_at_token(2, 2))

    new = session.last()
    assert (new.text, new.previous_id, new.question) == ("A Romed", None, "Why?")
    assert new.timing.reused
    assert engine.asked[1].begin == (old.tokens[0].id, old.tokens[1].top[1].id)
    assert new.seed == old.seed
    [__, record] = on_disk(transcript, "answer")
    assert record["from"] == {"answer": old.id, "token": 2, "alt": 2}
    assert [branch.end.id for branch in session.conversation.branches() if branch.end] == [new.id, old.id]
    session.undo()
    assert not session.turns


def test_forcing_the_end_token_ends_the_answer_there():
    engine = ScriptedEngine((("A ", "b ", "c "),), others=("</s>",))
    session = Session(engine, Profile("p"), Settings(), NoTranscript())
    list(session.ask("Why?"))

    list(session.branch_at_token(2, 2))

    assert (session.last().text, session.last().finish, session.last().end_logprob) == ("A", "eos", -0.1)


def test_a_recorded_answer_can_be_branched_after_it_was_read_back(transcript: Transcript):
    session = new_session(transcript)
    list(session.ask("Why?"))
    assert transcript.path is not None
    record = read_session(*_events(transcript.path))
    session.conversation = record.conversation

    list(session.branch_at_token(1, 3))

    assert session.last().text == "Rome"


@pytest.mark.parametrize(
    ("token", "alternative", "what"),
    [(0, 2, "from 1 to 1"), (2, 1, "is the end of the answer"), (3, 1, "expected a token from 1 to 1"),
     (1, 1, "has that token already"), (1, 4, "an alternative from 1 to 3"), (1, 0, "an alternative from 1 to 3")],
)  # fmt: skip
def test_what_cannot_be_forced_is_one_sentence(token: int, alternative: int, what: str):
    session = new_session()
    list(session.ask("Why?"))

    with pytest.raises(UsageError, match=what):
        list(session.branch_at_token(token, alternative))


def test_a_beam_search_answer_cannot_be_branched():
    session = new_session(num_beams=2)
    list(session.ask("Why?"))

    with pytest.raises(UsageError, match="num_beams 1"):
        list(session.branch_at_token(1, 2))
