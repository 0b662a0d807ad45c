"""What the server refuses: in one sentence of OpenAI's error object, with the status that fits, and never with 500."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flanchat.base.errors import ProfileError
from flanchat.engine.scripted import ScriptedEngine
from flanchat.serve.http import BODY_BYTES, Access
from flanchat.serve.models import Models
from tests.examples import examples
from tests.profiles import bundled
from tests.serve.serving import SOURCE, Served, serving

TEXT, CHAT, SCORE = "/v1/completions", "/v1/chat/completions", "/v1/score"
USER = {"role": "user", "content": "Hi"}


# -- bodies -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "what"),
    [
        (b"", "expected JSON"),
        (b"{", "expected JSON"),
        (b"[1, 2]", "expected a JSON object"),
        (b'"text"', "expected a JSON object"),
        (b'{"prompt": NaN}', "NaN is not a JSON number"),
        (b'{"temperature": -Infinity}', "-Infinity is not a JSON number"),
        (b'{"temperature": 1e999}', "the number 1e999 is too large"),
        (b'{"seed": ' + b"9" * 100_000 + b"}", "is too large"),
        (b'{"a": 1, "a": 2}', "the key 'a' occurs twice"),
        (b"[" * 400_000, "nested too deeply"),
        (b'{"a":' * 150_000, "nested too deeply"),
        (b'{"prompt": "\\ud800"}', "lone surrogate"),
        (b'{"prompt": "\\udcc3\\udca9"}', "lone surrogate"),
        (b'{"\\udfff": 1}', "lone surrogate"),
        (b'{"prompt": "\xe9"}', "expected UTF-8, found the byte 0xe9"),
        ('{"prompt": "Hi"}'.encode("utf-16"), "expected UTF-8, found UTF-16"),
        (b'{"prompt": "a\\u0000b"}', "NUL"),
    ],
    ids=lambda value: repr(value)[:30],
)  # fmt: skip
def test_a_body_that_is_no_json_object_is_refused(scripted: Served, body: bytes, what: str) -> None:
    status, error = scripted.refused(body)

    assert status == 400
    assert what in error["message"]
    assert error["type"] == "invalid_request_error"
    assert len(error["message"]) < 300


def test_many_keys_one_of_them_twice_take_no_time(scripted: Served) -> None:
    """Looking each up in all took minutes."""
    keys = ", ".join(f'"k{number}": 0' for number in range(60_000))

    assert scripted.refused(f'{{{keys}, "k59999": 1}}'.encode())[0] == 400


@pytest.mark.parametrize(
    ("path", "body", "field", "what"),
    [
        (TEXT, {}, "prompt", "prompt: expected text, got nothing (null)"),
        (TEXT, {"prompt": ""}, "prompt", "prompt: the question is empty"),
        (TEXT, {"prompt": []}, "prompt", "not token ids, got an empty list"),
        (TEXT, {"prompt": [1, 2]}, "prompt", "not token ids"),
        (TEXT, {"prompt": [[1, 2]]}, "prompt", "not token ids"),
        (TEXT, {"prompt": ["a", {}]}, "prompt[1]", "prompt[1]: expected text, got a mapping"),
        (TEXT, {"prompt": "a", "n": 0}, "n", "n: expected a whole number from 1 to 128, got 0"),
        (TEXT, {"prompt": "a", "n": True}, "n", "got true"),
        (TEXT, {"prompt": ["a"] * 65, "n": 2}, "n", "n: 130 answers; at most 128"),
        (TEXT, {"prompt": "a", "logprobs": 21}, "logprobs", "from 0 to 20"),
        (TEXT, {"prompt": "a", "logprobs": True}, "logprobs", "from 0 to 20"),
        (TEXT, {"prompt": "a", "best_of": 2}, "best_of", "not supported"),
        (TEXT, {"prompt": "a", "max_tokens": 2000}, "max_tokens",
         "max_tokens: expected a whole number from 1 to 1024, got 2000"),
        (TEXT, {"prompt": "a", "max_tokens": 5, "max_completion_tokens": 6}, "max_completion_tokens", "twice"),
        (TEXT, {"prompt": "a", "temperature": "hot"}, "temperature",
         "temperature: expected a number, got the text 'hot'"),
        (TEXT, {"prompt": "a", "temperature": -1}, "temperature", "expected a number from 0 to 5, got -1"),
        (TEXT, {"prompt": "a", "seed": 2**32}, "seed", "from 0 to 4294967295"),
        (TEXT, {"prompt": "a", "stop": ["a", ""]}, "stop", "none empty"),
        (TEXT, {"prompt": "a", "stream": "yes"}, "stream", "stream: expected true or false"),
        (TEXT, {"prompt": "a", "stream_options": {"usage": True}}, "stream_options.usage", "unknown field"),
        (TEXT, {"prompt": "a", "temprature": 1}, "temprature", "unknown field. Did you mean temperature?"),
        (TEXT, {"prompt": "a", "settings": {"top_q": 1}}, "settings.top_q",
         "unknown setting top_q. Did you mean top_p?"),
        (TEXT, {"prompt": "a", "settings": {"answer_regex": "(.+)+x"}}, "settings.answer_regex", "only a profile can"),
        (TEXT, {"prompt": "a", "settings": {"turns": 1}}, "settings.turns", "every earlier message"),
        (TEXT, {"prompt": "a", "settings": {"num_beams": 2, "do_sample": True}}, "settings.num_beams", "cannot sample"),
        (TEXT, {"prompt": "a", "max_tokens": 3, "settings": {"min_new_tokens": 5}}, "settings.min_new_tokens",
         "is more than max_new_tokens"),
        (TEXT, {"prompt": "a", "vars": {"x": "1"}}, "vars.x", "profile plain has no such variable"),
        (TEXT, {"prompt": "a", "profile": "nope"}, "profile", "unknown profile nope."),
        (TEXT, {"prompt": "a", "profile": "../qa"}, "profile", "unknown profile ../qa."),
        (TEXT, {"prompt": "a", "profile": "qa", "model": f"{SOURCE.name}:chat"}, "profile", "asks for chat"),
        (TEXT, {"prompt": "a", "frequency_penalty": 0.5}, "frequency_penalty", "not supported"),
        (TEXT, {"prompt": "a", "logit_bias": {"5": 1}}, "logit_bias", "not supported"),
        (CHAT, {"messages": []}, "messages", "the last of the user, got an empty list"),
        (CHAT, {"messages": "Hi"}, "messages", "expected a list of messages"),
        (CHAT, {"messages": [USER, "Hi"]}, "messages[1]", "expected a JSON object"),
        (CHAT, {"messages": [{"role": "user"}]}, "messages[0].content", "expected text, got nothing"),
        (CHAT, {"messages": [{"role": "tool", "content": "x"}]}, "messages[0].role", "got the text 'tool'"),
        (CHAT, {"messages": [{"role": "assistant", "content": "x"}]}, "messages", "begin and end with one of the user"),
        (CHAT, {"messages": [USER, {"role": "system", "content": "x"}, USER]}, "messages[1]", "before all others"),
        (CHAT, {"messages": [USER] + [{"role": "assistant", "content": "a"}, USER] * 1001}, "messages", "at most 1000"),
        (CHAT, {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "x"}}]}]},
         "messages[0].content[0]", "messages[0].content[0]: not supported: a T5 reads text only"),
        (CHAT, {"messages": [{"role": "user", "content": ["Hi"]}]}, "messages[0].content[0]", "text only"),
        (CHAT, {"messages": [USER], "tools": [{"type": "function"}]}, "tools", "tools: not supported; leave it out"),
        (CHAT, {"messages": [USER], "response_format": {"type": "json_object"}}, "response_format", "not supported"),
        (CHAT, {"messages": [USER], "top_logprobs": 3}, "top_logprobs", "needs logprobs: true"),
        (CHAT, {"messages": [USER], "prompt": "a"}, "prompt", "unknown field"),
        (SCORE, {"continuations": ["a"]}, "context", "context: expected text"),
        (SCORE, {"context": "a"}, "continuations", "expected a list of 1 to 1024 texts, got nothing"),
        (SCORE, {"context": "a", "continuations": ["b"] * 1025}, "continuations", "1025 texts; at most 1024"),
        (SCORE, {"context": "a", "continuations": []}, "continuations", "1 to 1024 texts, got an empty list"),
        (SCORE, {"context": "a", "continuations": "b"}, "continuations", "expected a list of texts"),
        (SCORE, {"context": "a", "continuations": ["b", 1]}, "continuations[1]", "expected text, got 1"),
        (SCORE, {"context": "a", "continuations": ["b " * 2000]}, "continuations", "2000 tokens; at most 1024"),
        (SCORE, {"prompt": "a b"}, "context", "context: expected text"),
    ],
    ids=lambda value: repr(value)[:30],
)  # fmt: skip
def test_a_field_that_cannot_be_used_is_refused_by_name(
    scripted: Served, path: str, body: dict[str, Any], field: str | None, what: str
) -> None:
    status, error = scripted.refused(body, path)

    assert (status, error["param"], error["type"]) == (400, field, "invalid_request_error")
    assert what in error["message"]
    assert scripted.engine.asked == []  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "fields", [{"echo": True}, {"suffix": " end"}, {"max_tokens": 0}, {"max_tokens": 0, "echo": True}]
)
def test_what_only_a_decoder_can_do_is_refused_with_a_way_to_score(scripted: Served, fields: dict[str, Any]) -> None:
    """llama.cpp answers such requests for a T5 with numbers at the level of chance (its issue 27174)."""
    status, error = scripted.refused({"prompt": "The sky is blue", "logprobs": 1, **fields})

    assert status == 400
    assert "/v1/score" in error["message"]


@pytest.mark.parametrize(
    "fields",
    [
        {"echo": False, "suffix": "", "best_of": 1, "logit_bias": {}, "frequency_penalty": 0, "presence_penalty": 0.0},
        {"tools": [], "tool_choice": "auto", "response_format": {"type": "text"}, "user": "me", "metadata": {"a": "b"}},
        {"n": 2, "best_of": 2, "stream_options": None, "logprobs": None, "top_p": 1},
    ],
)
def test_fields_that_ask_for_nothing_special_are_allowed(scripted: Served, fields: dict[str, Any]) -> None:
    assert scripted.ask({"prompt": "Why?", **fields})["choices"]


def test_a_prompt_over_the_budget_is_refused_as_on_the_command_line(scripted: Served) -> None:
    status, error = scripted.refused({"prompt": "word " * 600})

    assert (status, error["code"]) == (400, "context_length_exceeded")
    assert error["message"].startswith("the question is 600 tokens, but only 511 are left for it (512 less 1 ")


@pytest.mark.parametrize(
    "model", ["gpt-4o", f"{SOURCE.name}:nope", "other:qa", ":qa", "qa", f"{SOURCE.name}:", "x" * 9000]
)
def test_an_unknown_model_is_404(scripted: Served, model: str) -> None:
    status, error = scripted.refused({"model": model, "prompt": "a"})

    assert (status, error["code"], error["param"]) == (404, "model_not_found", "model")
    assert SOURCE.name in error["message"]
    assert len(error["message"]) < 500


def test_an_unknown_profile_behind_a_known_model_is_named_with_the_nearest(scripted: Served) -> None:
    status, error = scripted.refused({"model": f"{SOURCE.name}:qaa", "prompt": "a"})

    assert (status, error["code"], error["param"]) == (404, "model_not_found", "model")
    assert error["message"] == f"{SOURCE.name}: unknown profile qaa. Did you mean qa?"


def test_messages_are_refused_where_the_template_has_no_place_for_them(scripted: Served) -> None:
    bare = replace(bundled("plain"), name="bare", template="{{input}}!")
    with serving(scripted.engine, models=Models((SOURCE.name,), {}, bare)) as served:
        turns = served.refused({"messages": [USER, {"role": "assistant", "content": "a"}, USER]}, CHAT)
        system = served.refused({"messages": [{"role": "system", "content": "a"}, USER]}, CHAT)

    assert "the template has no {{history}}" in turns[1]["message"]
    assert "the template has no {{prefix}}" in system[1]["message"]


def test_an_invalid_profile_is_refused_with_its_line(scripted: Served) -> None:
    broken = ProfileError("broken.yaml:3: decode.top_q: unknown field.")
    with serving(scripted.engine, models=Models((SOURCE.name,), {"broken": broken}, bundled("plain"))) as served:
        assert served.refused({"prompt": "a", "profile": "broken"})[1]["message"] == broken.message


# -- anything at all --------------------------------------------------------------------------------------------------

NAMES = (
    "model", "profile", "prompt", "messages", "n", "seed", "stop", "max_tokens", "temperature", "top_p", "logprobs",
    "top_logprobs", "stream", "stream_options", "settings", "vars", "echo", "suffix", "context", "continuations", "end",
    "tools", "response_format", "user", "best_of", "role", "content", "type", "text", "include_usage",
)  # fmt: skip
WORDS = st.sampled_from(["user", "assistant", "system", "text", "a b c", "", "qa", SOURCE.name, "\x00", "{日", "\r\n"])
LEAVES = st.none() | st.booleans() | st.integers(-2, 2**70) | st.floats(allow_nan=False, allow_infinity=False) | WORDS
ANYTHING = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES) | WORDS, inner, max_size=5),
    max_leaves=12,
)


@pytest.fixture(scope="module")
def fuzzed() -> Iterator[Served]:
    with serving(ScriptedEngine()) as served:
        yield served


@examples(150)
@given(
    path=st.sampled_from(["/v1/completions", CHAT, SCORE]),
    base=st.sampled_from([{}, {"prompt": "a"}, {"messages": [USER]}, {"context": "a", "continuations": ["b"]}]),
    fields=st.dictionaries(st.sampled_from(NAMES), ANYTHING, max_size=4),
)
def test_any_json_is_answered_or_refused_in_a_sentence(fuzzed: Served, path: str, base: Any, fields: Any) -> None:
    response = fuzzed.post(path, {**base, **fields})

    assert response.status_code in (200, 400, 404), response.text
    if response.status_code != 200:
        assert response.json()["error"]["message"]
    assert fuzzed.notes == []


@examples(100)
@given(body=st.binary(max_size=40) | st.text(max_size=40).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_any_bytes_are_refused_in_a_sentence(fuzzed: Served, body: bytes) -> None:
    response = fuzzed.post("/v1/completions", body)

    assert response.status_code == 400
    assert response.json()["error"]["message"].startswith(("the body: ", "prompt: "))
    assert fuzzed.notes == []


# -- paths, sizes, who may ask ----------------------------------------------------------------------------------------


def test_unknown_paths_and_methods_are_errors_of_the_same_form(scripted: Served) -> None:
    for response, status in (
        (scripted.client.get("/"), 404),
        (scripted.client.get("/v1/engines"), 404),
        (scripted.post("/v1/completions/", {"prompt": "a"}), 404),
        (scripted.client.get("/v1/completions"), 405),
        (scripted.post("/v1/models", {}), 405),
    ):
        assert response.status_code == status
        assert response.json()["error"]["type"] == "invalid_request_error"


def test_a_body_over_the_limit_is_413_whether_or_not_it_says_its_length(scripted: Served) -> None:
    largest = json.dumps({"prompt": "a", "user": ""}).encode()
    fits = largest[:-2] + b"u" * (BODY_BYTES - len(largest)) + b'"}'
    assert scripted.post("/v1/completions", fits).status_code == 200
    assert scripted.post("/v1/completions", fits + b" ").status_code == 413

    chunks = (b" " * 2**16 for __ in range(20))
    chunked = scripted.client.post("/v1/completions", content=chunks)
    assert chunked.status_code == 413
    assert chunked.json()["error"]["message"] == f"the body: at most {BODY_BYTES} bytes"


def test_a_token_is_demanded_of_every_request_but_health() -> None:
    with serving(ScriptedEngine(), access=Access(token="s3cret", is_local=False)) as served:
        for header in (
            {},
            {"Authorization": "Bearer other"},
            {"Authorization": "s3cret"},
            {"Authorization": "Bearer é"},
        ):
            response = served.post(TEXT, {"prompt": "a"}, **{k: v.encode() for k, v in header.items()})
            assert response.status_code == 401
            assert response.headers["www-authenticate"] == "Bearer"
            assert response.json()["error"]["code"] == "invalid_api_key"
        assert served.client.get("/v1/models").status_code == 401
        assert served.client.get("/nothing").status_code == 401
        assert served.client.get("/health").status_code == 200
        ok = served.post(TEXT, {"prompt": "a"}, Authorization="Bearer s3cret", Host="example.com")
        assert ok.status_code == 200


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost", 200), ("localhost:8001", 200), ("LOCALHOST:1", 200), ("127.0.0.1:80", 200), ("[::1]:8001", 200),
        ("[::1]", 200), ("evil.example", 403), ("evil.example:8001", 403), ("127.0.0.1.evil.example", 403),
        ("localhost.evil.example", 403), ("", 403),
    ],
)  # fmt: skip
def test_without_a_token_only_this_machines_names_are_answered(scripted: Served, host: str, status: int) -> None:
    """A web page can let its own name lead to 127.0.0.1 (DNS rebinding)."""
    assert scripted.post(TEXT, {"prompt": "a"}, Host=host).status_code == status


def test_no_web_page_may_ask_unless_its_origin_is_named(scripted: Served) -> None:
    page = "http://localhost:3000"
    refused = scripted.post(TEXT, {"prompt": "a"}, Origin=page)
    assert refused.status_code == 403
    assert "access-control-allow-origin" not in refused.headers

    with serving(scripted.engine, access=Access(origins=(page,))) as served:
        allowed = served.post(TEXT, {"prompt": "a"}, Origin=page)
        assert allowed.status_code == 200
        assert allowed.headers["access-control-allow-origin"] == page
        asking = {
            "Origin": page,
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "content-type",
        }
        assert served.client.options("/v1/completions", headers=asking).status_code == 200
        assert served.post(TEXT, {"prompt": "a"}, Origin="http://evil.example").status_code == 403
