"""Blanks in a text: how they are written, what a search's answers fill in, what is recorded of it."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from flanchat.base.errors import BudgetError, UsageError
from flanchat.engine.checkpoint.validate import ModelSource
from flanchat.engine.events import Token
from flanchat.engine.scripted import ScriptedEngine
from flanchat.export.markdown import to_markdown
from flanchat.prompting.profile import Profile
from flanchat.prompting.settings import Settings
from flanchat.sessions.candidates import Candidate
from flanchat.sessions.fill import Filled, fills_of, read_blanks, training_note
from flanchat.sessions.session import Session
from flanchat.sessions.session_record import read_session
from flanchat.sessions.transcript import Transcript
from tests.transcripts import read


def candidate(*tokens: tuple[str, float], end: float | None = -0.5, finish: str = "eos") -> Candidate:
    return Candidate("", "", finish, 0, tuple(Token(9, text, logprob) for text, logprob in tokens), end)


@pytest.mark.parametrize("text", ["The <1> sat on the <2>.", "The <extra_id_0> sat on the <extra_id_1>."])
def test_blanks_are_numbered_or_written_as_the_sentinels_themselves(text: str):
    blanks = read_blanks(text)

    assert (blanks.count, blanks.prompt) == (2, "The <extra_id_0> sat on the <extra_id_1>.")
    assert blanks.filled(["cat", None], ("[", "]")) == "The [cat] sat on the <2>."


@pytest.mark.parametrize("text", ["<2> and <1>", "<1> and <1>", "<0>", "<2>", "<1> <extra_id_0>"])
def test_blanks_out_of_order_are_refused(text: str):
    with pytest.raises(UsageError, match="in this order, each once, got <"):
        read_blanks(text)


def test_a_fill_has_the_text_and_the_probability_of_each_blank():
    [fill] = fills_of(
        read_blanks("The <1> sat on the <2>."),
        [candidate(("<extra_id_0>", -9), (" cat", -1), ("<extra_id_1>", -0.25), (" m", -2), ("at", -0.5), end=-0.125)],
    )

    assert (fill.sentence, fill.fills) == ("The cat sat on the mat.", ("cat", "mat"))
    assert fill.logprobs == (-1.25, -2.625)
    assert fill.logprob == -3.875  # the first sentinel, which was forced, does not count


def test_fills_of_the_same_words_are_one_and_the_likeliest_comes_first():
    fills = fills_of(
        read_blanks("A <1>."),
        [
            candidate(("<extra_id_0>", -1), (" dog", -1), end=0),
            candidate(("<extra_id_0>", -1), (" cat", -1.5), end=0),
            candidate(("<extra_id_0>", -1), (" c", -1), ("at", -0.5), end=0),
        ],
    )

    assert [fill.sentence for fill in fills] == ["A cat.", "A dog."]
    assert math.exp(fills[0].logprob) == pytest.approx(2 * math.exp(-1.5))


def test_a_blank_that_the_model_did_not_reach_stays_one():
    [fill] = fills_of(read_blanks("<1> and <2>"), [candidate(("<extra_id_0>", -1), (" cat", -1), end=-0.5)])

    assert (fill.sentence, fill.fills, fill.logprobs[1]) == ("cat and <2>", ("cat", None), None)


@pytest.mark.parametrize(
    ("name", "origin", "note"),
    [
        ("bundled", "bundled", "never trained"),
        ("google/flan-t5-base", "huggingface", "instructions alone"),
        ("google/t5-v1_1-base", "huggingface", ""),
        ("google/mt5-small", "huggingface", ""),
        ("google/t5-base-lm-adapt", "huggingface", "not known"),
        ("me/my-summaries", "folder", "not known"),
    ],
)
def test_what_is_known_of_the_training_follows_from_the_name(name: str, origin: str, note: str):
    found = training_note(ModelSource(name, Path(), origin, ""))  # type: ignore[arg-type]

    assert note in found
    assert bool(note) == bool(found)


def test_a_fill_is_recorded_and_exported_and_the_conversation_stays(tmp_path: Path):
    transcript = Transcript.create(tmp_path / "sessions", host={"os": "test"})
    engine = ScriptedEngine([("<extra_id_0>", " cat"), ("<extra_id_0>", " dog")])
    session = Session(engine, Profile("qa"), Settings().with_layer("/set", {"vote": 4, "n_best": 1}), transcript)

    *__, filled = session.fill("The <1> sat.")
    record = read_session(read(transcript.path).events)
    transcript.close("end of the test")

    assert isinstance(filled, Filled)
    assert {fill.sentence for fill in filled.fills} == {"The cat sat.", "The dog sat."}
    assert engine.asked[0].prompt == "The <extra_id_0> sat."
    assert [(request.blanks, request.decoding.beam) for request in engine.asked] == [(1, beam) for beam in range(5)]
    assert (len(session.turns), record.conversation.answers, record.unanswered) == (0, {}, [])
    assert record.fills[0].text == "The <1> sat."
    assert "The cat sat. (" in to_markdown(record)


def test_a_text_with_blanks_that_is_too_long_is_refused(tmp_path: Path):
    transcript = Transcript.create(tmp_path / "sessions", host={"os": "test"})
    settings = Settings().with_layer("/set", {"max_input_tokens": 16})

    with pytest.raises(BudgetError, match="the text is 22 tokens and the budget 16"):
        list(Session(ScriptedEngine(), Profile("qa"), settings, transcript).fill("a " * 20 + "<1>"))
