"""The `openai` package reads what the server sends: whole replies, streams, log-probabilities, errors."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.serve.conftest import Script
from tests.serve.serving import SOURCE, Served
from tests.waiting import LIMIT_S

if TYPE_CHECKING:
    import openai  # 0.3 s, and not every worker runs this file


@pytest.fixture
def client(scripted: Served) -> Iterator[openai.OpenAI]:
    openai = pytest.importorskip("openai")  # an extra of make test's, but not of the stack of openMind's images
    http = httpx.Client(transport=httpx.HTTPTransport(uds=scripted.path), timeout=LIMIT_S)
    with openai.OpenAI(base_url="http://localhost/v1", api_key="none", http_client=http, max_retries=0) as client:
        yield client


def test_it_chats(client: openai.OpenAI, script: Script) -> None:
    script("Paris it is")
    reply = client.chat.completions.create(
        model=f"{SOURCE.name}:qa",
        messages=[
            {"role": "system", "content": "Answer."},
            {"role": "user", "content": "Capital of France?"},
        ],
        n=2,
        logprobs=True,
        top_logprobs=0,
        extra_body={"settings": {"no_repeat_ngram_size": 3}},
    )

    assert [choice.message.content for choice in reply.choices] == ["Paris it is", "Paris it is"]
    assert reply.choices[0].finish_reason == "stop"
    assert "".join(token.token for token in reply.choices[0].logprobs.content).strip() == "Paris it is"
    assert reply.usage.completion_tokens == 6
    assert reply.flanchat["prompts"][0]["text"].startswith("Answer.\n\nQ: Capital of France?")


def test_it_streams(client: openai.OpenAI, script: Script) -> None:
    script("one two three")
    stream = client.chat.completions.create(
        model=SOURCE.name,
        messages=[{"role": "user", "content": "Count."}],
        stream=True,
        stream_options={"include_usage": True},
    )
    chunks = list(stream)

    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    assert text == "one two three"
    assert chunks[-1].usage.total_tokens == 5
    assert chunks[0].flanchat["prompts"][0]["text"] == "Count."


def test_it_completes_and_lists_models(client: openai.OpenAI, script: Script) -> None:
    script("Rome")
    reply = client.completions.create(model=SOURCE.name, prompt=["a", "b"], logprobs=2)
    streamed = list(client.completions.create(model=SOURCE.name, prompt="a", stream=True))

    assert [choice.text for choice in reply.choices] == ["Rome", "Rome"]
    assert reply.choices[0].logprobs.tokens == ["Rome "]
    assert "".join(chunk.choices[0].text for chunk in streamed) == "Rome"
    assert f"{SOURCE.name}:qa" in [model.id for model in client.models.list()]


def test_errors_are_its_own_with_our_sentence(client: openai.OpenAI) -> None:
    import openai

    with pytest.raises(openai.NotFoundError, match="unknown model gpt-4o"):
        client.completions.create(model="gpt-4o", prompt="a")
    with pytest.raises(openai.BadRequestError, match="/v1/score") as refused:
        client.completions.create(model=SOURCE.name, prompt="a", echo=True)
    assert refused.value.param == "echo"
