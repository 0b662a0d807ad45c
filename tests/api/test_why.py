"""`Model.why`: which parts of a prompt made an answer."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import flanchat
from tests.api.conftest import MakeModel

PROFILE = flanchat.Profile("qa", shots=(flanchat.Shot("is water good", "yes"), flanchat.Shot("is pasta bad", "no")))


def test_why_takes_an_answer_or_a_question_and_reads_like_a_tuple(tiny: flanchat.Model):
    how = {"max_new_tokens": 5, "min_new_tokens": 5}
    answer = tiny.ask("boil the water", profile=PROFILE, **how)

    why = tiny.why(answer)
    asked = tiny.why("boil the water", profile=PROFILE, **how)

    assert [effect.part for effect in why] == ["shot 1", "shot 2", "question"]
    assert why.answer == answer
    assert why.logprob == pytest.approx(answer.logprob, abs=1e-4)
    assert [effect.change for effect in asked] == pytest.approx([effect.change for effect in why], abs=1e-6)
    assert all(sum(effect.changes) == pytest.approx(effect.change) for effect in why)
    assert why.all_shots is not None
    assert "boil" in why[-1].text
    json.dumps(why.to_dict())
    assert "why" in why._repr_html_()


def test_answers_and_attention_are_there_when_they_are_asked_for(tiny: flanchat.Model):
    why = tiny.why("boil the water", max_new_tokens=5, answers=True, attention=True)

    assert [effect.part for effect in why] == ["boil", "the", "water"]  # a single part is taken word by word
    assert all(effect.answer is not None and len(effect.attention) == len(effect.changes) for effect in why)
    assert tiny.why(why.answer, part="question")[0].answer is None


def test_an_explanation_is_recorded_with_its_answer(scripted: MakeModel, tmp_path: Path):
    path = tmp_path / "talk.jsonl"
    with scripted(("Paris", "</s>"), record=path) as model:
        answer = model.ask("capital of France", profile=PROFILE)
        model.why(answer)

    events = [json.loads(line) for line in path.read_text().splitlines()]
    [why], [recorded] = ([event for event in events if event["type"] == kind] for kind in ("why", "answer"))
    assert why["answer"] == recorded["id"]


def test_wrong_keywords_are_refused(scripted: MakeModel):
    model = scripted()
    answer = model.ask("capital of France")

    with pytest.raises(flanchat.UsageError, match="why: an answer has its profile and settings already"):
        model.why(answer, temperature=0.5)
    with pytest.raises(flanchat.UsageError, match="by letter: expected one of part, sentence, word"):
        model.why(answer, by="letter")
    with pytest.raises(flanchat.UsageError, match="layer: expected a whole number from 1"):
        model.why(answer, layer=0)
