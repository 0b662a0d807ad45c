"""Why an answer was given: what is left out, figures as from leaving it out by hand, and what they find."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
import torch

from flanchat.base.errors import UsageError
from flanchat.engine.scripted import END, ScriptedEngine
from flanchat.engine.t5.local import LocalEngine
from flanchat.experiments import why
from flanchat.experiments.prompt_parts import all_shots, part_names, parts_of, without
from flanchat.experiments.why import Explanation, Why
from flanchat.prompting.profile import Profile
from flanchat.prompting.prompt import Exchange, Prompt
from flanchat.prompting.settings import Settings
from flanchat.prompting.setup import setup_for_question
from flanchat.prompting.shots import Shot
from flanchat.sessions.answer import Answer
from flanchat.sessions.session import Session
from flanchat.sessions.session_record import read_session
from flanchat.sessions.transcript import NoTranscript, Transcript
from tests.reference import shared_engine
from tests.transcripts import read

SHOTS = (Shot("is water good", "yes"), Shot("is pasta bad", "no"))
QA = Profile("qa", prefix="answer the question", shots=SHOTS, template="qa")


def session_with(engine: Any, profile: Profile = QA, **settings: Any) -> Session:
    values = Settings().with_layer("flag", settings)
    return Session(engine, profile, values, NoTranscript(), new_seed=lambda: 7)


def asked(engine: Any, question: str, profile: Profile = QA, **settings: Any) -> Answer:
    session = session_with(engine, profile, **settings)
    for __ in session.ask(question):
        pass
    return session.last()


def explained(engine: Any, answer: Answer, **how: Any) -> Why:
    explanation = Explanation(engine, answer, **how)
    for __ in explanation.run():
        pass
    return explanation.why


def compiled(question: str, profile: Profile = QA, earlier: tuple[Exchange, ...] = (), **settings: Any) -> Prompt:
    measure = ScriptedEngine().measure
    return setup_for_question(profile, settings).compile(question, earlier, measure)


@pytest.fixture(scope="module")
def tiny(tiny_model: Path) -> LocalEngine:
    return shared_engine(tiny_model, "float32")


@pytest.fixture(scope="module")
def demo() -> LocalEngine:
    return shared_engine(None, "float32")


def test_each_part_of_the_prompt_is_left_out_with_the_blank_lines_before_it():
    prompt = compiled("is salt good", earlier=(Exchange("is tomato red", "yes"),), turns=1)

    left = {part.label: without(prompt.text, part) for part in parts_of(prompt)}

    shots = "Q: is water good\nA: yes\n\nQ: is pasta bad\nA: no"
    turn, asks = "Q: is tomato red\nA: yes", "Q: is salt good"
    assert prompt.text == f"answer the question\n\n{shots}\n\n{turn}\n\n{asks}\nA:"
    assert left == {
        "prefix": f"{shots}\n\n{turn}\n\n{asks}\nA:",
        "shot 1": f"answer the question\n\nQ: is pasta bad\nA: no\n\n{turn}\n\n{asks}\nA:",
        "shot 2": f"answer the question\n\nQ: is water good\nA: yes\n\n{turn}\n\n{asks}\nA:",
        "turn 1": f"answer the question\n\n{shots}\n\n{asks}\nA:",
        "question": f"answer the question\n\n{shots}\n\n{turn}\nA:",
        "cue": f"answer the question\n\n{shots}\n\n{turn}\n\n{asks}",
    }
    together = all_shots(prompt)
    assert together is not None
    assert without(prompt.text, together) == f"answer the question\n\n{turn}\n\n{asks}\nA:"


def test_sentences_and_words_are_left_out_inside_a_part():
    text = 'Anna sleeps. "Why?" asks Mr Li! 安娜睡了。他去了巴黎 ok'
    prompt = compiled(text, Profile("plain"))

    sentences = parts_of(prompt, by="sentence")
    words = parts_of(prompt, by="word")

    assert [part.text for part in sentences] == ["Anna sleeps.", '"Why?"', "asks Mr Li!", "安娜睡了。", "他去了巴黎 ok"]
    assert [part.text for part in words][:6] == ["Anna", "sleeps.", '"Why?"', "asks", "Mr", "Li!"]
    assert [part.text for part in words][6:] == [*"安娜睡", "了。", *"他去了巴黎", "ok"]
    assert without(prompt.text, sentences[1]) == text.replace('"Why?" ', "")
    assert without(prompt.text, words[0]) == text.removeprefix("Anna ")


def test_a_prompt_of_a_single_part_is_taken_word_by_word_and_a_named_part_is_left_out_whole():
    prompt = compiled("boil the water", Profile("plain"))

    assert [part.text for part in parts_of(prompt)] == ["boil", "the", "water"]
    assert [part.text for part in parts_of(prompt, within="question")] == ["boil the water"]


@pytest.mark.parametrize(
    ("name", "texts"),
    [
        ("shots", ["Q: is water good\nA: yes\n\nQ: is pasta bad\nA: no"]),
        ("shot", ["Q: is water good\nA: yes\n\nQ: is pasta bad\nA: no"]),
        ("shot2", ["Q: is pasta bad\nA: no"]),
        ("Shot 2", ["Q: is pasta bad\nA: no"]),
        ("instruction", ["answer the question"]),
        ("question", ["Q: is salt good"]),
    ],
)
def test_a_part_goes_by_its_name_and_all_of_a_kind_go_together(name: str, texts: list[str]):
    assert [part.text for part in parts_of(compiled("is salt good"), within=name)] == texts


def test_the_offered_names_are_those_that_are_understood():
    prompt = compiled("is salt good")

    assert part_names(prompt) == ["shots", "prefix", "shot1", "shot2", "question", "cue"]
    assert all(parts_of(prompt, within=name) for name in part_names(prompt))


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({"within": "shot7"}, "part shot7: expected a part of this prompt (prefix, shot1, shot2, question, cue)"),
        ({"by": "letter"}, "by letter: expected one of part, sentence, word."),
        ({"layer": "x"}, "layer x: expected the number of a layer"),
        ({"check": "shap"}, "check shap: expected gradient"),
    ],
)
def test_what_cannot_be_left_out_is_refused_by_name(how: dict[str, str], message: str):
    engine = ScriptedEngine()

    with pytest.raises(UsageError, match="^" + message.replace("(", r"\(").replace(")", r"\)")):
        Explanation(engine, asked(engine, "is salt good"), **how)


def test_all_prompts_are_scored_in_one_batch_that_begins_with_the_whole_one():
    engine = ScriptedEngine((("yes", END),))
    answer = asked(engine, "is salt good")
    engine.asked.clear()

    explained(engine, answer)

    assert engine.asked[0].prompt == answer.prompt.text
    assert len(engine.asked) == 1 + 5 + 1  # all shots together come once
    assert all(request.only and request.begin == (engine.asked[0].begin) for request in engine.asked)


def test_what_is_known_when_it_is_stopped_is_kept_and_the_rest_is_not_begun():
    engine = ScriptedEngine((("yes", END),))
    answer = asked(engine, "is salt good")
    explanation = Explanation(engine, answer, answers=True, batch_tokens=50)  # two prompts in a batch

    for __ in explanation.run():
        explanation.stop()

    assert explanation.stopped
    assert [effect.scored is not None for effect in explanation.why.effects] == [True, False, False, False, False]
    assert not explanation.why.is_complete
    json.dumps(why.why_json(explanation.why))


def test_an_explanation_is_an_event_of_its_question_and_is_read_back(tmp_path: Path):
    engine = ScriptedEngine((("yes", END),))
    transcript = Transcript.create(tmp_path, host={}, sync=lambda fd: None)
    session = Session(engine, QA, Settings(), transcript)
    for __ in session.ask("is salt good"):
        pass
    explained(engine, session.last(), session=session)
    session.close("exit")

    events = list(read(transcript.path).events)  # type: ignore[arg-type]
    record = read_session(events)

    [event] = [event for event in events if event["type"] == "why"]
    assert (event["answer"], event["parent"]) == (session.last().id, session.last().question_id)
    [found] = record.whys[session.last().id]
    assert [(effect.kind, effect.ref, effect.count) for effect in found.effects] == [
        ("prefix", 0, 1), ("shot", 1, 1), ("shot", 2, 1), ("question", 0, 1), ("cue", 0, 1), ("shot", 0, 2)
    ]  # fmt: skip
    [again] = record.conversation.turns
    assert [part.text for part in parts_of(again.prompt)] == [part.text for part in parts_of(session.last().prompt)]


def test_a_prompt_that_was_recorded_without_the_lengths_of_its_parts_is_refused():
    path = Path(__file__).parents[1] / "fixtures" / "0.1.0" / "sessions" / "2026-11-30-021350-wb1t.jsonl"
    record = read_session(read(path).events)

    with pytest.raises(UsageError, match="recorded without its parts, by an earlier flanchat; /regen"):
        Explanation(ScriptedEngine(), record.conversation.turns[-1])


def test_a_private_answer_is_explained_without_a_trace(tmp_path: Path):
    engine = ScriptedEngine((("yes", END),))
    transcript = Transcript.create(tmp_path, host={}, sync=lambda fd: None)
    session = Session(engine, QA, Settings(), transcript)
    session.log(False)
    for __ in session.ask("is salt good"):
        pass
    session.log(True)

    explained(engine, session.last(), session=session)

    session.close("exit")
    assert transcript.path is None or "is salt good" not in transcript.path.read_text()


@pytest.mark.transformers
def test_the_figures_are_those_of_leaving_the_parts_out_by_hand_and_scoring_with_transformers(
    tiny: LocalEngine, tiny_model: Path
):
    from transformers import T5ForConditionalGeneration

    reference = T5ForConditionalGeneration.from_pretrained(tiny_model).eval()
    answer = asked(tiny, "is salt good", max_new_tokens=12)
    ids = [*(token.id for token in answer.tokens), *([1] if answer.finish == "eos" else [])]
    shots, asks = ["Q: is water good\nA: yes", "Q: is pasta bad\nA: no"], "Q: is salt good"
    by_hand = {
        "prefix": "\n\n".join([*shots, asks]) + "\nA:",
        "shot 1": "\n\n".join(["answer the question", shots[1], asks]) + "\nA:",
        "shot 2": "\n\n".join(["answer the question", shots[0], asks]) + "\nA:",
        "question": "\n\n".join(["answer the question", *shots]) + "\nA:",
        "cue": "\n\n".join(["answer the question", *shots, asks]),
        "all 2 shots": "\n\n".join(["answer the question", asks]) + "\nA:",
    }

    found = explained(tiny, answer)

    def scored(prompt: str) -> tuple[list[float], list[int]]:
        read_ids = [*(piece.id for piece in tiny.pieces(prompt)), 1]
        with torch.inference_mode():
            fed = torch.tensor([[0, *ids[:-1]]])
            logits = reference(torch.tensor([read_ids]), decoder_input_ids=fed).logits.log_softmax(-1)[0]
        return [logits[at, id].item() for at, id in enumerate(ids)], logits.argmax(-1).tolist()

    whole, __ = scored(answer.prompt.text)
    assert found.whole is not None
    assert found.whole.logprobs == pytest.approx(whole, abs=1e-4)
    assert {effect.part.label for effect in found.all_effects} == set(by_hand)
    for effect in found.all_effects:
        logprobs, likeliest = scored(by_hand[effect.part.label])
        differs = next((at for at, (id, best) in enumerate(zip(ids, likeliest, strict=True), 1) if id != best), 0)
        assert effect.scored is not None
        assert effect.scored.logprobs == pytest.approx(logprobs, abs=1e-4)
        assert found.changes(effect) == pytest.approx([b - a for a, b in zip(whole, logprobs, strict=True)], abs=2e-4)
        assert effect.scored.differs_at == differs


def test_where_the_greedy_answer_would_differ_is_where_decoding_without_the_part_differs(tiny: LocalEngine):
    answer = asked(tiny, "is salt good", max_new_tokens=12)

    found = explained(tiny, answer, answers=True)

    for effect in found.all_effects:
        assert effect.scored is not None
        assert effect.answer is not None
        old, new = answer.tokens, effect.answer.tokens
        first = next((at for at, (a, b) in enumerate(zip(old, new, strict=False), 1) if a.id != b.id), 0)
        if not first and len(old) != len(new):
            first = min(len(old), len(new)) + 1
        assert effect.scored.differs_at == first
    assert any(effect.scored.differs_at for effect in found.effects if effect.scored)


def test_an_answer_that_would_go_on_differs_at_its_end(tiny: LocalEngine):
    answer = asked(tiny, "is salt good", max_new_tokens=12)
    answer.finish, answer.tokens = "eos", list(answer.tokens)[:3]  # as if it had ended here

    found = explained(tiny, answer)

    assert found.whole is not None
    assert (len(found.whole.logprobs), found.whole.differs_at) == (4, 4)
    assert found.whole.instead


def test_attention_is_shared_among_the_parts_and_the_end_of_the_prompt(tiny: LocalEngine):
    found = explained(tiny, asked(tiny, "is salt good", max_new_tokens=40), attention=True)

    parts = zip(*(effect.attention for effect in found.effects), strict=True)
    assert [sum(shares) + end for shares, end in zip(parts, found.attention, strict=True)] == pytest.approx(
        [1.0] * len(found.tokens), abs=1e-5
    )
    shots = [effect for effect in found.effects if effect.part.kind == "shot"]
    assert found.shots is not None
    together = [sum(both) for both in zip(*(shot.attention for shot in shots), strict=True)]
    together = [sum(both) for both in zip(*(shot.attention for shot in shots), strict=True)]
    assert found.shots.attention == pytest.approx(together)


def test_a_layer_that_the_model_lacks_is_refused(tiny: LocalEngine):
    answer = asked(tiny, "is salt good", max_new_tokens=2)

    with pytest.raises(UsageError, match="layer 3: expected a layer from 1 to 2"):
        explained(tiny, answer, layer="3")


def planted(rng: random.Random) -> tuple[Profile, str, str, int]:
    """Eight shots, one of which has the answer: a profile, a question, its answer, and which shot that is."""
    name, colour, thing = rng.choice(NAMES), rng.choice(COLOURS), rng.choice(THINGS)
    sentences = rng.sample(OTHERS, 7)
    at = rng.randrange(8)
    sentences.insert(at, f"{name} has a {colour} {thing}.")
    shots = tuple(Shot(*sentence.rsplit(" ", 1)) for sentence in sentences)
    template = "Read the passage and answer the question. {{shots}}\nQuestion: {{input}} Answer:"
    labels = {"input_label": "", "output_label": "", "separator": " "}
    profile = Profile("planted", shots=shots, shots_max=8, template=template, **labels)  # type: ignore[arg-type]
    return profile, f"What colour is {name}'s {thing}?", colour, at + 1


NAMES = (
    "Anna",
    "Ben",
    "Clara",
    "David",
    "Emma",
    "Felix",
    "Grace",
    "Henry",
    "Ida",
    "Jack",
    "Kate",
    "Leo",
    "Mary",
    "Tom",
)
COLOURS = ("red", "blue", "green", "yellow", "black", "white", "brown", "grey")
THINGS = ("bicycle", "hat", "car", "boat", "ball", "coat", "book", "cup", "kite", "bag")
OTHERS = [
    "The library opens at nine.", "The train to Lyon leaves at six.", "The soup costs two pounds.",
    "The river is long.", "The museum is closed on Monday.", "It rains in the mountains.",
    "The bridge was built in 1890.", "The bakery sells bread.", "The school has ten rooms.",
    "The film lasts two hours.", "The market is near the station.", "The lake is deep.",
]  # fmt: skip


def named(engine: LocalEngine, cases: int) -> tuple[int, int]:
    """In how many cases the answer is the planted one, and in how many of all its shot changes the most."""
    rng, answered, found = random.Random(1), 0, 0
    for __ in range(cases):
        profile, question, wanted, at = planted(rng)
        answer = asked(engine, question, profile, max_new_tokens=8)
        answered += answer.text == wanted
        shots = [effect for effect in explained(engine, answer).scored if effect.part.kind == "shot"]
        found += shots[0].part.ref == at
    return answered, found


def test_the_one_decisive_shot_among_eight_is_named(demo: LocalEngine):
    assert named(demo, 5) == (5, 5)


@pytest.mark.slow
def test_the_one_decisive_shot_among_eight_is_named_in_95_of_100_cases(demo: LocalEngine):
    answered, found = named(demo, 100)

    assert answered >= 95
    assert found >= 95
