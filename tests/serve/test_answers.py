"""Replies of the server: the model's own answers in OpenAI's form, by the profile, whole and streamed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from flanchat.base.clock import utc_now
from flanchat.engine.events import Decoding, Delta, Finished, Request, Started, Token, Withdrawn
from flanchat.engine.t5.local import LocalEngine
from flanchat.prompting.profile import Profile
from flanchat.prompting.setup import setup_for_question
from flanchat.serve.models import Models, read_models
from flanchat.serve.recorder import Recorder
from flanchat.serve.replies import Growing
from flanchat.sessions.batch import answer_all, unanswered
from flanchat.sessions.continuations import score_continuations
from flanchat.sessions.session_record import read_session
from flanchat.sessions.transcript import Transcript
from flanchat.sessions.transcript_reader import open_events
from tests.profiles import BUNDLED, bundled
from tests.serve.conftest import Script
from tests.serve.serving import SOURCE, Served, serving

MODEL = SOURCE.name
CHAT = "/v1/chat/completions"


def text_of(reply: dict[str, Any]) -> str:
    choice = reply["choices"][0]
    return choice["message"]["content"] if "message" in choice else choice["text"]


def prompt_of(reply: dict[str, Any]) -> str:
    return reply["flanchat"]["prompts"][0]["text"]


def asked_directly(engine: LocalEngine, profile: Profile, question: str, **settings: Any) -> Any:
    answer = unanswered(engine.measure, setup_for_question(profile, settings), question, seed=0)
    for __ in answer_all(engine, [answer]):
        pass
    return answer


# -- the prompt -------------------------------------------------------------------------------------------------------


def test_a_completion_is_the_answer_that_the_profile_gives(tiny: Served, tiny_engine: LocalEngine) -> None:
    settings = {"max_new_tokens": 9, "do_sample": True, "temperature": 1.5, "seed": 3}
    direct = asked_directly(tiny_engine, bundled("qa"), "Paris?", **settings)

    sent = {"max_tokens": 9, "settings": {"do_sample": True}, "temperature": 1.5, "seed": 3}
    reply = tiny.ask({"model": f"{MODEL}:qa", "prompt": "Paris?", **sent})

    assert text_of(reply) == direct.text
    assert prompt_of(reply) == direct.prompt.text == "Q: Paris?\nA:"
    assert reply["usage"] == {
        "prompt_tokens": direct.prompt.tokens,
        "completion_tokens": len(direct.tokens),
        "total_tokens": direct.prompt.tokens + len(direct.tokens),
    }
    assert reply["choices"][0]["flanchat"] == {"seed": 3}
    assert reply["model"] == f"{MODEL}:qa"


@pytest.mark.parametrize("fields", [{"model": f"{MODEL}:qa"}, {"profile": "qa"}, {"model": MODEL, "profile": "qa"}])
def test_the_profile_is_the_suffix_of_the_models_name_or_a_field(scripted: Served, fields: dict[str, str]) -> None:
    assert prompt_of(scripted.ask({"prompt": "Why?", **fields})) == "Q: Why?\nA:"


def test_what_follows_a_colon_counts_only_if_it_names_a_profile(scripted: Served) -> None:
    models = read_models(replace(SOURCE, name="hf:google/flan-t5-tiny"), bundled("plain"), BUNDLED)
    with serving(scripted.engine, models=models) as served:
        assert prompt_of(served.ask({"model": "hf:google/flan-t5-tiny", "prompt": "Why?"})) == "Why?"
        assert prompt_of(served.ask({"model": "hf:google/flan-t5-tiny:qa", "prompt": "Why?"})) == "Q: Why?\nA:"
        assert served.refused({"model": "hf:qa", "prompt": "Why?"})[0] == 404


def test_fields_that_are_not_sent_come_from_the_profile(scripted: Served) -> None:
    profile = replace(bundled("qa"), name="mine", settings={"decode.max_new_tokens": 7, "decode.num_beams": 3})
    models = Models((MODEL,), {"mine": profile}, bundled("plain"))
    with serving(scripted.engine, models=models) as served:
        served.ask({"model": f"{MODEL}:mine", "prompt": "Why?"})
        served.ask({"model": f"{MODEL}:mine", "prompt": "Why?", "max_tokens": 5, "stop": "x"})
        served.ask({"prompt": "Why?", "temperature": None})

    decodings = [request.decoding for request in scripted.engine.asked]  # type: ignore[attr-defined]
    assert [(d.max_new_tokens, d.num_beams, d.stop) for d in decodings] == [(7, 3, ()), (5, 3, ("x",)), (128, 1, ())]


def test_a_system_message_is_the_prefix_and_every_earlier_message_a_turn(scripted: Served) -> None:
    reply = scripted.chat(
        ("system", "Answer shortly."), ("user", "Capital of France?"), ("assistant", "Paris"), ("user", "Of Italy?"),
        model=f"{MODEL}:qa",
    )  # fmt: skip

    assert prompt_of(reply) == "Answer shortly.\n\nQ: Capital of France?\nA: Paris\n\nQ: Of Italy?\nA:"


def test_turns_have_the_history_format_of_the_profile_and_history_turns_does_not_limit_them(scripted: Served) -> None:
    dialog = replace(bundled("plain"), name="d", settings={"history.format": "dialog", "history.turns": 1})
    said = [message for n in range(30) for message in (("user", f"q{n}"), ("assistant", f"a{n}"))]
    with serving(scripted.engine, models=Models((MODEL,), {"d": dialog}, dialog)) as served:
        prompt = prompt_of(served.chat(*said, ("user", "last")))

    assert prompt.startswith("Person A: q0\nPerson B: a0\n\nPerson A: q1\n")
    assert prompt.endswith("Person A: q29\nPerson B: a29\n\nlast")


def test_messages_of_one_role_in_a_row_are_one_message(scripted: Served) -> None:
    parts = [{"type": "text", "text": "Of"}, {"type": "text", "text": " Italy?"}]
    reply = scripted.ask(
        {
            "messages": [
                {"role": "system", "content": "Be"},
                {"role": "developer", "content": "brief."},
                {"role": "user", "content": "Hello."},
                {"role": "user", "content": parts},
            ]
        },
        CHAT,
    )

    assert prompt_of(reply) == "Be\nbrief.\n\nHello.\nOf Italy?"


def test_what_the_budget_drops_is_in_the_reply(scripted: Served) -> None:
    long = ("assistant", "word " * 30)
    reply = scripted.chat(
        ("user", "one"), long, ("user", "two"), ("assistant", "2"), ("user", "three"), settings={"max_input_tokens": 20}
    )

    prompt = reply["flanchat"]["prompts"][0]
    assert [(s["kind"], s["ref"]) for s in prompt["segments"] if not s["kept"]] == [("turn", 1)]
    assert reply["flanchat"]["notes"] == ["turn 1: dropped: over the budget of 20 tokens"]
    assert prompt["text"] == "Q: two\nA: 2\n\nthree"


def test_what_the_model_does_not_read_is_in_the_reply(tiny: Served) -> None:
    reply = tiny.chat(("user", "{日}\nParis?"), max_tokens=1)

    notes = reply["flanchat"]["notes"]
    assert any("not in the model's vocabulary" in note and "日" in note for note in notes)
    assert "1 line break is read as a space" in notes


def test_fields_that_cannot_change_an_answer_are_named_as_ignored(scripted: Served) -> None:
    reply = scripted.ask(
        {"messages": [{"role": "user", "content": "Hi", "name": "A"}], "user": "me", "seed": None}, CHAT
    )

    assert sorted(reply["flanchat"]["ignored"]) == ["messages[0].name", "user"]


# -- several answers --------------------------------------------------------------------------------------------------


def test_several_answers_have_seeds_that_give_each_of_them_alone(tiny: Served) -> None:
    sampled = {"prompt": "cook the pasta", "max_tokens": 12, "settings": {"do_sample": True}, "temperature": 2}
    reply = tiny.ask({**sampled, "n": 3, "seed": 2**32 - 2})

    seeds = [choice["flanchat"]["seed"] for choice in reply["choices"]]
    texts = [choice["text"] for choice in reply["choices"]]
    assert seeds == [2**32 - 2, 2**32 - 1, 0]
    assert texts == [text_of(tiny.ask({**sampled, "seed": seed})) for seed in seeds]
    assert len(set(texts)) == 3
    assert [choice["index"] for choice in reply["choices"]] == [0, 1, 2]


def test_answers_without_a_seed_draw_one_each_and_say_it(tiny: Served) -> None:
    sampled = {"prompt": "cook the pasta", "max_tokens": 12, "settings": {"do_sample": True}, "temperature": 2}
    reply = tiny.ask({**sampled, "n": 2})

    for choice in reply["choices"]:
        assert text_of(tiny.ask({**sampled, "seed": choice["flanchat"]["seed"]})) == choice["text"]


def test_several_prompts_have_their_answers_in_order(tiny: Served) -> None:
    prompts = ["cook", "boil the water", "is it good?"]
    reply = tiny.ask({"prompt": prompts, "n": 2, "max_tokens": 6})

    alone = [text_of(tiny.ask({"prompt": prompt, "max_tokens": 6})) for prompt in prompts]
    assert [choice["text"] for choice in reply["choices"]] == [text for text in alone for __ in range(2)]
    assert [prompt["text"] for prompt in reply["flanchat"]["prompts"]] == prompts
    note = "the 2 answers are the same, because nothing is sampled; n_best takes the best of a search"
    assert note in reply["flanchat"]["notes"]


def test_a_shuffled_profile_asks_every_seed_with_its_own_order(scripted: Served) -> None:
    shuffled = replace(bundled("fewshot"), name="s", shots_order="shuffle")
    with serving(scripted.engine, models=Models((MODEL,), {}, shuffled)) as served:
        served.ask({"prompt": "Why?", "n": 6, "seed": 1})

    assert len({request.prompt for request in scripted.engine.asked}) > 1  # type: ignore[attr-defined]


# -- the end of an answer, its tokens ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "end"),
    [
        ({}, ("one two three", "stop")),
        ({"max_tokens": 2}, ("one two", "length")),
        ({"max_completion_tokens": 2}, ("one two", "length")),
        ({"stop": ["three", "zzz"]}, ("one two", "stop")),
        ({"stop": "two"}, ("one", "stop")),
    ],
)
@pytest.mark.parametrize("path", ["/v1/completions", CHAT])
def test_an_answer_ends_as_asked_whole_and_streamed(
    scripted: Served, script: Script, path: str, fields: dict[str, Any], end: tuple[str, str]
) -> None:
    script("one two three")
    body = {"prompt": "Count."} if path != CHAT else {"messages": [{"role": "user", "content": "Count."}]}
    whole = scripted.ask({**body, **fields}, path)
    events = scripted.events({**body, **fields}, path)

    assert (text_of(whole), whole["choices"][0]["finish_reason"]) == end
    choices = [event["choices"][0] for event in events]
    parts = [c["delta"].get("content", "") if path == CHAT else c["text"] for c in choices]
    assert "".join(parts) == end[0]
    assert [c["finish_reason"] for c in choices] == [None] * (len(choices) - 1) + [end[1]]
    assert len({event["id"] for event in events}) == 1
    assert events[0]["flanchat"]["prompts"] == whole["flanchat"]["prompts"]
    if path == CHAT:
        assert choices[0]["delta"] == {"role": "assistant", "content": ""}
        assert [event["object"] for event in events] == ["chat.completion.chunk"] * len(events)


@pytest.mark.parametrize("is_stripped", [True, False])
@pytest.mark.parametrize("pieces", [("  a ", " b", " ", " "), (" ", " "), ("a", "\n"), ("", " x y ", "")])
def test_the_parts_of_a_stream_join_to_the_whole_answer(
    scripted: Served, pieces: tuple[str, ...], is_stripped: bool
) -> None:
    scripted.engine.answers = [pieces]  # type: ignore[attr-defined]
    body = {"prompt": "Why?", "settings": {"strip": is_stripped}}

    parts = [event["choices"][0]["text"] for event in scripted.events(body)]

    assert "".join(parts) == text_of(scripted.ask(body))


def test_the_answers_of_a_stream_are_told_apart_by_their_index(tiny: Served) -> None:
    body = {"prompt": ["cook", "boil the water"], "n": 2, "max_tokens": 7, "settings": {"do_sample": True}, "seed": 1}
    whole = tiny.ask(body)
    texts = dict.fromkeys(range(4), "")
    for event in tiny.events(body):
        choice = event["choices"][0]
        texts[choice["index"]] += choice["text"]

    assert texts == {choice["index"]: choice["text"] for choice in whole["choices"]}


def test_usage_is_the_last_object_of_a_stream_that_asks_for_it(scripted: Served) -> None:
    events = scripted.events({"prompt": "a b c", "stream_options": {"include_usage": True}})

    assert events[-1]["choices"] == []
    assert events[-1]["usage"] == {"prompt_tokens": 4, "completion_tokens": 1, "total_tokens": 5}
    assert [event["usage"] for event in events[:-1]] == [None] * (len(events) - 1)
    assert all("usage" not in event for event in scripted.events({"prompt": "a b c"}))


def test_log_probabilities_are_the_models_own_whole_and_streamed(tiny: Served, tiny_engine: LocalEngine) -> None:
    decoding = Decoding(max_new_tokens=6, do_sample=True, temperature=2.0, seed=4, top=7)
    answer = unanswered(tiny_engine.measure, setup_for_question(bundled("plain")), "cook", seed=4)
    for __ in answer_all(tiny_engine, [answer], [Request("cook", decoding)]):
        pass
    sampled = {"temperature": 2.0, "seed": 4, "max_tokens": 6, "settings": {"do_sample": True}}

    message = {"messages": [{"role": "user", "content": "cook"}], "logprobs": True, "top_logprobs": 7, **sampled}
    chat = tiny.ask(message, CHAT)["choices"][0]["logprobs"]["content"]
    parts = [event["choices"][0]["logprobs"] for event in tiny.events(message, CHAT)]
    legacy = tiny.ask({"prompt": "cook", "logprobs": 7, **sampled})["choices"][0]["logprobs"]
    none = tiny.ask({"prompt": "cook", **sampled})["choices"][0]["logprobs"]

    assert [(t["token"], t["logprob"]) for t in chat] == [(t.text, t.logprob) for t in answer.tokens]
    assert [[(a["token"], a["logprob"]) for a in t["top_logprobs"]] for t in chat] == [
        [(a.text, a.logprob) for a in t.top] for t in answer.tokens
    ]
    assert [bytes(t["bytes"]).decode() for t in chat] == [t.text for t in answer.tokens]
    assert [token for part in parts if part for token in part["content"]] == chat
    assert (legacy["tokens"], legacy["token_logprobs"]) == (
        [t.text for t in answer.tokens],
        [t["logprob"] for t in chat],
    )
    assert legacy["top_logprobs"][0] == {a.text: a.logprob for a in answer.tokens[0].top}
    assert none is None


def test_a_profile_with_choices_answers_with_the_likeliest(tiny: Served) -> None:
    chosen = replace(bundled("plain"), name="c", choices=("good", "bad", "no"))
    with serving(tiny.engine, models=Models((MODEL,), {}, chosen)) as served:
        reply = served.chat(("user", "is it good?"))
        events = served.events({"messages": [{"role": "user", "content": "is it good?"}]}, CHAT)

    shares = {choice["text"]: choice["p"] for choice in reply["choices"][0]["flanchat"]["choices"]}
    assert sum(shares.values()) == pytest.approx(1)
    assert text_of(reply) == max(shares, key=shares.__getitem__)
    assert "".join(e["choices"][0]["delta"].get("content", "") for e in events) == text_of(reply)


def test_an_answer_that_may_be_withdrawn_is_streamed_at_its_end() -> None:
    token = Token(1, "x", -0.1)
    growing = Growing(is_stripped=True)
    events = [
        Started(0, 3, 0.0, withdrawable=True), Delta(0, "wrong", (token,)), Withdrawn(0),
        Started(0, 3, 0.0), Delta(0, "ri", (token,)), Delta(0, "ght ", ()), Finished(0, "eos", 1, 0.0, 0.0),
    ]  # fmt: skip

    assert [growing.take(event) for event in events] == [
        ("", []), ("", []), ("", []), ("", []), ("ri", [token]), ("ght", []), ("", []),
    ]  # fmt: skip


# -- scores -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("end", [False, True])
def test_scores_are_those_of_the_engine_and_count_the_end_only_if_asked(
    tiny: Served, tiny_engine: LocalEngine, end: bool
) -> None:
    texts = ["good", "bad movie", "good"]
    expected = list(score_continuations(tiny_engine, [("Q: is it good?\nA:", text) for text in texts]))

    reply = tiny.ask({"context": "is it good?", "continuations": texts, "end": end, "profile": "qa"}, "/v1/score")

    scores = reply["scores"]
    assert [score["logprob"] for score in scores] == [each.logprob(end=end) for each in expected]
    assert [score["is_greedy"] for score in scores] == [each.is_greedy for each in expected]
    assert [[t["logprob"] for t in score["tokens"]] for score in scores] == [
        [t.logprob for t in each.tokens] for each in expected
    ]
    assert [score["continuation"] for score in scores] == texts
    assert prompt_of(reply) == "Q: is it good?\nA:"


def test_settings_of_generation_are_said_to_have_no_effect_on_scores(scripted: Served) -> None:
    fields = {"temperature": 0.4, "max_tokens": 9, "settings": {"strip": False}}
    reply = scripted.ask({"context": "add", "continuations": ["salt"], **fields}, "/v1/score")

    assert sorted(reply["flanchat"]["notes"]) == [
        f"{name} has no effect while given texts are scored" for name in ("max_new_tokens", "strip", "temperature")
    ]


def test_more_continuations_than_a_batch_holds_are_all_scored_in_order(tiny: Served) -> None:
    texts = [f"salt {number}" for number in range(50)]
    reply = tiny.ask({"context": "add", "continuations": texts}, "/v1/score")

    assert [score["continuation"] for score in reply["scores"]] == texts


# -- models, health, records ------------------------------------------------------------------------------------------


def test_the_list_of_models_has_the_model_alone_and_with_each_profile(scripted: Served) -> None:
    ids = [model["id"] for model in scripted.client.get("/v1/models").json()["data"]]

    assert MODEL in ids
    assert f"{MODEL}:qa" in ids
    for id in ids:
        assert scripted.ask({"model": id, "prompt": "Why?", "max_tokens": 1})["model"] == id or ":" in id


def test_a_folder_is_named_by_the_last_part_of_its_path(scripted: Served) -> None:
    models = read_models(
        replace(SOURCE, name="/home/me/t5", folder=Path("/home/me/t5"), origin="folder"), bundled("plain"), ()
    )
    with serving(scripted.engine, models=models) as served:
        assert served.client.get("/v1/models").json()["data"][0]["id"] == "t5"
        assert "/home/me" not in served.refused({"model": "other", "prompt": "Why?"})[1]["message"]


def test_health_says_what_the_engine_does(scripted: Served) -> None:
    assert scripted.client.get("/health").json() == {"status": "ready"}
    scripted.engine.status = "failed"
    try:
        assert scripted.client.get("/health").status_code == 503
    finally:
        scripted.engine.status = "ready"


def test_recorded_answers_are_a_session_of_single_questions(scripted: Served, tmp_path: Path) -> None:
    setup = setup_for_question(bundled("plain"))
    transcript = Transcript.create(tmp_path, host={}, name="", about={})
    recorder = Recorder(scripted.engine, setup, transcript, now=utc_now)
    with serving(scripted.engine, record=recorder.record) as served:
        served.chat(("user", "Before"), ("assistant", "Yes"), ("user", "First?"))
        served.ask({"prompt": "Second?", "profile": "qa", "n": 2})
    recorder.close()

    with open_events(transcript.path) as events:
        record = read_session(events, events.problems)
    answers = list(record.conversation.answers.values())
    assert [(a.question, a.text, a.profile, a.previous_id) for a in answers] == [
        ("First?", "Paris", "plain", None),
        ("Second?", "Paris", "qa", None),
        ("Second?", "Paris", "qa", None),
    ]
    assert answers[0].prompt.text == "Q: Before\nA: Yes\n\nFirst?"
    assert list(record.problems) == []


# -- several answers of which one counts ------------------------------------------------------------------------------


def test_a_vote_is_one_answer_with_the_counts_of_all(scripted: Served, script: Script) -> None:
    script("Rome", "Paris", "paris.")

    reply = scripted.ask({"prompt": "Capital?", "settings": {"vote": 3}})

    [choice] = reply["choices"]
    assert choice["text"] in ("Paris", "paris.")
    vote = choice["flanchat"]["vote"]
    assert (vote["agree"], vote["of"]) == (2, 3)
    assert len({candidate["seed"] for candidate in choice["flanchat"]["candidates"]}) == 3
    assert any(note.startswith("votes at temperature 0.7") for note in reply["flanchat"]["notes"])


def test_a_vote_streams_its_winner_as_one_part(scripted: Served, script: Script) -> None:
    script("Rome", "In Paris", "In Paris")

    events = scripted.events({"prompt": "Capital?", "settings": {"vote": 3}})

    assert [text for event in events if (text := event["choices"][0]["text"])] == ["In Paris"]


def test_n_answers_of_a_beam_search_are_its_best_ones(scripted: Served, script: Script) -> None:
    script("Paris", "Rome")

    reply = scripted.ask({"prompt": "Capital?", "n": 2, "settings": {"num_beams": 4}})

    assert [choice["text"] for choice in reply["choices"]] == ["Paris", "Rome"]
    assert "the 2 answers are the best of a beam search" in reply["flanchat"]["notes"]
    assert [request.decoding.beam for request in scripted.engine.asked]  # type: ignore[attr-defined] == [0, 1]


def test_n_best_answers_of_a_stream_are_those_of_the_whole_reply(scripted: Served, script: Script) -> None:
    script("Paris", "Rome")

    events = scripted.events({"prompt": "Capital?", "n": 2, "settings": {"n_best": 3}})

    texts = ["".join(c["text"] for e in events for c in e["choices"] if c["index"] == index) for index in (0, 1)]
    assert texts == ["Paris", "Rome"]


@pytest.mark.parametrize(
    ("asked", "what"),
    [
        ({"n": 5, "settings": {"num_beams": 4}}, "5 answers of a beam search with 4 beams"),
        ({"n": 5, "settings": {"vote": 64}}, "320 answers, 64 for each vote; at most 128"),
    ],
)
def test_more_answers_than_there_can_be_are_refused(scripted: Served, asked: dict[str, Any], what: str) -> None:
    status, error = scripted.refused({"prompt": "Capital?", **asked})

    assert (status, error["param"]) == (400, "n")
    assert what in error["message"]
