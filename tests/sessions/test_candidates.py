"""Several answers of which one becomes the answer: how votes are counted, kept, picked from and read back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from flanchat.base.errors import EngineError, FlanchatError, UsageError
from flanchat.engine.events import Delta, Token
from flanchat.engine.scripted import ScriptedEngine
from flanchat.export.markdown import to_markdown
from flanchat.prompting.profile import Profile
from flanchat.prompting.settings import Settings
from flanchat.sessions.candidates import Candidate, Vote, count_votes, seeds_of
from flanchat.sessions.one_of_several import Progress
from flanchat.sessions.session import Session
from flanchat.sessions.session_record import SessionRecord, read_session
from flanchat.sessions.transcript import Transcript
from tests.transcripts import read


@pytest.fixture
def transcript(tmp_path: Path) -> Iterator[Transcript]:
    transcript = Transcript.create(tmp_path / "sessions", host={"os": "test"})
    yield transcript
    transcript.close("end of the test")


def candidate(text: str, logprob: float = -1.0, *, short: str = "", finish: str = "eos") -> Candidate:
    return Candidate(text, short, finish, 0, (Token(5, text, logprob),))


def result(vote: Vote) -> list[tuple[str, tuple[int, ...]]]:
    return [(group.text, group.numbers) for group in vote.groups]


def session_on(transcript: Transcript, *answers: Sequence[str | FlanchatError], **how: Any) -> Session:
    settings = Settings().with_layer("/set", how.pop("settings", {"vote": len(answers)}))
    return Session(ScriptedEngine(answers, **how), Profile("plain"), settings, transcript, new_seed=lambda: 7)


def ask(session: Session, question: str = "Capital?") -> list[object]:
    with closing(session.ask(question)) as events:
        return list(events)


def recorded(transcript: Transcript) -> SessionRecord:
    return read_session(read(transcript.path).events)


# -- counting ---------------------------------------------------------------------------------------------------------


def test_the_most_frequent_answer_wins_and_its_likeliest_wording_is_shown():
    vote = count_votes([candidate("Rome", -0.1), candidate("paris.", -2.0), candidate(" Paris ", -1.0)])

    assert result(vote) == [(" Paris ", (3, 2)), ("Rome", (1,))]
    assert (vote.winner, vote.agree, vote.asked, vote.is_tied) == (3, 2, 3, False)
    assert vote.words == "2 of 3 agree"


def test_of_groups_of_one_size_the_one_with_the_likeliest_answer_wins():
    vote = count_votes([candidate("Rome", -2.0), candidate("Paris", -1.0), candidate("Oslo", -3.0)])

    assert result(vote) == [("Paris", (2,)), ("Rome", (1,)), ("Oslo", (3,))]
    assert vote.is_tied


def test_short_answers_are_compared_where_there_are_any_and_the_others_have_no_vote():
    vote = count_votes(
        [candidate("So 9.", short="9"), candidate("It is 9.", short="9"), candidate("Nine"), candidate("9")]
    )

    assert result(vote) == [("9", (1, 2))]
    assert (vote.words, vote.left_out) == ("2 of 4 agree", 2)


def test_interrupted_answers_have_no_vote():
    vote = count_votes(
        [candidate("Ro", finish="interrupted"), candidate("Paris"), candidate("Ro", finish="interrupted")]
    )

    assert (result(vote), vote.left_out) == ([("Paris", (2,))], 2)


def test_a_vote_without_votes_has_a_line_without_a_colon():
    vote = count_votes([candidate("Ro", finish="interrupted"), candidate("", finish="interrupted")])

    assert vote.line == vote.words == "0 of 2 agree"


def test_groups_that_begin_alike_are_told_apart_by_their_ends():
    sums = [f"Anna starts with 12 apples. 12 + 7 = {result}. The answer is {result}." for result in (19, 18)]
    vote = count_votes([candidate(sums[0], -1.0), candidate(sums[1], -2.0)])

    assert vote.line == "1 of 2 agrees: 1 × ...+ 7 = 19. The answer is 19. · 1 × ...+ 7 = 18. The answer is 18."


@pytest.mark.parametrize(("one", "other"), [("5", "-5"), ("5", ".5"), ("10", "100"), ("yes", "no")])
def test_different_answers_are_different_votes(one: str, other: str):
    assert len(count_votes([candidate(one), candidate(other)]).groups) == 2


def test_votes_of_neighbouring_seeds_share_no_seed():
    assert len({seed for base in range(20) for seed in seeds_of(base, 8)}) == 160


# -- settings ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "temperature"),
    [
        ({}, 0.7),
        ({"seed": 3}, 0.7),
        ({"temperature": 0}, 0.7),
        ({"temperature": 0.9}, 0.9),
        ({"do_sample": True}, 1.0),
        ({"do_sample": False, "temperature": 0.9, "top_k": 3}, 0.7),
    ],
)
def test_greedy_settings_vote_at_a_temperature_of_their_own(given: dict[str, Any], temperature: float):
    settings = Settings().with_layer("flag", {"vote": 8, **given})

    decoding = settings.decoding(1)

    assert (decoding.samples, decoding.temperature, decoding.top_k) == (True, temperature, 0)
    assert settings.votes_though_greedy == (temperature == 0.7)
    assert Settings().with_layer("recorded", settings.as_dict()).decoding(1) == decoding


def test_n_best_searches_with_as_many_beams():
    settings = Settings().with_layer("profile p", {"num_beams": 4})

    assert settings.with_layer("flag", {"n_best": 3}).decoding(0).num_beams == 4
    assert settings.with_layer("flag", {"n_best": 6}).decoding(0).num_beams == 6


@pytest.mark.parametrize("beams", [{"num_beams": 4}, {"n_best": 4}])
def test_a_vote_of_beams_is_refused(beams: dict[str, int]):
    with pytest.raises(UsageError, match=r"decode\.vote: 8 answers \(flag\) are sampled, and 4 beams"):
        Settings().with_layer("flag", {"vote": 8, **beams})


# -- in a session -----------------------------------------------------------------------------------------------------


def test_a_vote_shows_its_progress_then_the_winner_once(transcript: Transcript):
    events = ask(session_on(transcript, ("Rome",), ("Par", "is"), ("Paris",)))

    assert [event.done for event in events if isinstance(event, Progress)][-1] == 3
    assert [event.text for event in events if isinstance(event, Delta)] == ["Paris"]


def test_all_answers_of_a_vote_are_recorded_with_their_seeds_and_read_back(transcript: Transcript):
    session = session_on(transcript, ("Rome",), ("Par", "is"), ("Paris",))
    ask(session)

    made, read_back = session.last(), recorded(transcript).conversation.turns[-1]

    assert [one.text for one in read_back.candidates] == ["Rome", "Paris", "Paris"]
    assert [one.seed for one in read_back.candidates] == seeds_of(7, 3)
    assert (read_back.text, read_back.seed, read_back.vote) == (made.text, 7, made.vote)
    assert [token.text for token in read_back.candidates[1].tokens] == ["Par", "is"]
    assert "2 of 3 agree: 2 × Paris · 1 × Rome" in to_markdown(recorded(transcript))


def test_one_encoding_serves_all_answers_of_a_vote(transcript: Transcript):
    session = session_on(transcript, ("Rome",), ("Paris",), ("Paris",))
    ask(session)

    asked = session.engine.asked  # type: ignore[attr-defined]
    assert len({request.prompt for request in asked}) == 1
    assert [request.decoding.seed for request in asked] == seeds_of(7, 3)
    assert session.last().batch == 3


def test_an_interrupted_vote_keeps_the_answers_that_have_ended(transcript: Transcript):
    session = session_on(transcript, ("Paris",), ("Rome", ", in", " Italy"), settings={"vote": 2})
    seen: list[int] = []
    session.engine.before = lambda number: seen.append(number) or (len(seen) == 3 and session.engine.stop())  # type: ignore
    ask(session)

    last = recorded(transcript).conversation.turns[-1]
    assert (last.text, last.finish) == ("Paris", "interrupted")
    assert [(one.text, one.finish) for one in last.candidates] == [("Paris", "eos"), ("Rome", "interrupted")]


def test_a_vote_that_fails_keeps_the_answers_that_have_ended(transcript: Transcript):
    session = session_on(transcript, ("Paris",), ("Ro", EngineError("no memory")), settings={"vote": 2})

    with pytest.raises(EngineError):
        ask(session)

    last = recorded(transcript).conversation.turns[-1]
    assert (last.finish, [one.text for one in last.candidates]) == ("error", ["Paris", "Ro"])


def test_another_candidate_can_be_picked_and_is_read_back(transcript: Transcript):
    session = session_on(transcript, ("Paris",), ("Pa", "ree"), settings={"n_best": 2})
    ask(session)

    session.pick_candidate(2)

    for last in (session.last(), recorded(transcript).conversation.turns[-1]):
        assert (last.text, last.picked, len(last.candidates)) == ("Paree", 2, 2)
        assert [token.text for token in last.tokens] == ["Pa", "ree"]
    assert len(session.conversation.siblings(session.last())) == 2
    with pytest.raises(UsageError, match="expected a number from 1 to 2"):
        session.pick_candidate(3)


@pytest.mark.parametrize("settings", [{"vote": 2}, {"n_best": 2}])
def test_an_answer_of_several_is_neither_continued_nor_branched(transcript: Transcript, settings: dict[str, int]):
    session = session_on(transcript, ("one", "two"), settings={**settings, "max_new_tokens": 1}, others=("x",))
    ask(session)

    with pytest.raises(UsageError, match="cannot be continued"):
        list(session.continue_answer())
    with pytest.raises(UsageError, match="cannot be branched"):
        list(session.branch_at_token(1, 2))


@pytest.mark.parametrize("settings", [{"vote": 3}, {"n_best": 3}])
def test_choices_are_scored_and_neither_voted_on_nor_searched_for(transcript: Transcript, settings: dict[str, int]):
    session = session_on(transcript, ("?",), settings=settings, logprobs={"no": -0.2, "yes": -2.0})
    with closing(session.ask("Is it?", choices=("yes", "no"))) as events:
        list(events)

    assert (session.last().text, session.last().candidates) == ("no", ())
    assert all(request.only for request in session.engine.asked)  # type: ignore[attr-defined]
