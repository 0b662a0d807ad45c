"""Requests together: one batch, nobody's answer to another, limits, and clients that leave."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from typing import Any

import pytest

from flanchat.base.clock import utc_now
from flanchat.base.errors import EngineError
from flanchat.engine.events import Request
from flanchat.engine.scripted import ScriptedEngine
from flanchat.prompting.setup import Setup, setup_for_question
from flanchat.serve.app import Limits, Service
from flanchat.serve.batcher import Batcher, Made, Row
from flanchat.serve.http import Access
from flanchat.serve.models import Models, read_models
from flanchat.sessions.answer import Answer
from flanchat.sessions.batch import request, unanswered
from tests.profiles import BUNDLED, bundled
from tests.serve.serving import SOURCE, Served, serving
from tests.waiting import LIMIT_S, until

CHAT = "/v1/chat/completions"


class Gate:
    """A scripted engine that waits before the first word of each answer, until it is opened."""

    def __init__(self, **options: Any) -> None:
        self.engine = ScriptedEngine(before=self._wait, **options)
        self.opened = threading.Event()
        self.recorded: list[Answer] = []
        self._clients = ThreadPoolExecutor(20)

    def record(self, answer: Answer, setup: Setup) -> None:
        self.recorded.append(answer)

    def post(self, served: Served, body: dict[str, Any], path: str = "/v1/completions") -> Future[Any]:
        """Sends a request from another thread."""
        return self._clients.submit(served.post, path, body)

    @property
    def prompts(self) -> list[str]:
        return [request.prompt for request in self.engine.asked]

    def _wait(self, number: int) -> None:
        assert self.opened.wait(LIMIT_S)


@pytest.fixture
def gate() -> Iterator[Gate]:
    gate = Gate()
    yield gate
    gate.opened.set()


def waiting(served: Served) -> int:
    return len(served.batcher._waiting)


# -- batches ----------------------------------------------------------------------------------------------------------


def test_what_waits_while_a_batch_runs_goes_as_the_next_one(gate: Gate) -> None:
    with serving(gate.engine, record=gate.record, rows=4) as served:
        replies = [gate.post(served, {"prompt": "first"})]
        until(lambda: gate.prompts)
        for number in range(6):
            replies.append(gate.post(served, {"prompt": f"later {number}"}))
            until(lambda: waiting(served) == len(replies) - 1)
        gate.opened.set()
        texts = [reply.result(LIMIT_S).json()["flanchat"]["prompts"][0]["text"] for reply in replies]

    assert [answer.batch for answer in gate.recorded] == [1, 4, 4, 4, 4, 2, 2]
    assert texts == ["first", *(f"later {number}" for number in range(6))] == gate.prompts


def test_the_first_request_after_a_pause_waits_for_others() -> None:
    batches: list[int] = []
    made: list[Made] = []
    batcher = Batcher(ScriptedEngine(), 2, record=lambda answer, setup: batches.append(answer.batch), collect_s=LIMIT_S)
    batcher.start()
    for __ in range(2):
        batcher.add([row(made)])
    until(lambda: len(made) == 2)
    batcher.close()

    assert batches == [2, 2]


def row(made: list[Made], question: str = "Why?") -> Row:
    setup = setup_for_question(bundled("plain"))
    answer = unanswered(ScriptedEngine().measure, setup, question, seed=0)
    return Row(made.append, answer, request(answer), setup)


def test_many_clients_at_a_time_get_what_each_gets_alone(tiny: Served) -> None:
    def ask(number: int) -> Any:
        body = {
            "prompt": f"cook {'salt ' * (number % 5)}{number}", "max_tokens": 5 + number % 9, "seed": number,
            "settings": {"do_sample": bool(number % 3)}, "temperature": 1.5, "logprobs": 2,
        }  # fmt: skip
        return tiny.ask(body)["choices"]

    alone = [ask(number) for number in range(48)]
    with ThreadPoolExecutor(24) as clients:
        together = list(clients.map(ask, range(48)))

    assert together == alone


def test_answers_choices_and_scores_wait_for_each_other_in_their_order(gate: Gate) -> None:
    chosen = replace(bundled("plain"), name="c", choices=("yes", "no"))
    with serving(gate.engine, models=Models((SOURCE.name,), {"c": chosen}, bundled("plain"))) as served:
        requests: list[tuple[dict[str, Any], str]] = [
            ({"prompt": "a"}, "/v1/completions"),
            ({"prompt": "b", "profile": "c"}, "/v1/completions"),
            ({"context": "c", "continuations": ["x", "y"]}, "/v1/score"),
            ({"prompt": "d"}, "/v1/completions"),
        ]
        replies = [gate.post(served, *requests[0])]
        until(lambda: gate.prompts)
        for request in requests[1:]:
            before = waiting(served)
            replies.append(gate.post(served, *request))
            until(lambda: waiting(served) > before)  # noqa: B023 - called at once
        gate.opened.set()
        assert [reply.result(LIMIT_S).status_code for reply in replies] == [200] * 4

    assert gate.prompts == ["a", "b", "b", "c", "c", "d"]


# -- clients that leave -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stream", [False, True])
def test_a_client_that_leaves_frees_its_row_and_no_other(gate: Gate, stream: bool) -> None:
    gate.engine.answers = [["one ", "two ", "three"], ["Rome"]]
    with serving(gate.engine, record=gate.record) as served:
        leaving = served.open(CHAT, {"messages": [{"role": "user", "content": "Count."}], "stream": stream})
        until(lambda: gate.prompts)
        other = gate.post(served, {"prompt": "Capital?"})
        until(lambda: waiting(served) == 1)
        leaving.close()
        until(lambda: gate.engine._cancelled)
        gate.opened.set()

        assert other.result(LIMIT_S).json()["choices"][0]["text"] == "Rome"
    assert [(answer.text, answer.finish) for answer in gate.recorded] == [("", "interrupted"), ("Rome", "eos")]


def test_scores_that_nobody_waits_for_are_given_up(gate: Gate) -> None:
    with serving(gate.engine) as served:
        leaving = served.open("/v1/score", {"context": "a", "continuations": ["x", "y", "z"]})
        until(lambda: gate.prompts)
        leaving.close()
        until(lambda: gate.engine._stopping)
        gate.opened.set()

        assert served.ask({"prompt": "last"})


def test_a_client_that_leaves_before_its_turn_is_never_asked(gate: Gate) -> None:
    with serving(gate.engine) as served:
        first = gate.post(served, {"prompt": "first"})
        until(lambda: gate.prompts)
        leaving = served.open("/v1/completions", {"prompt": "leaving"})
        until(lambda: waiting(served) == 1)
        leaving.close()
        until(lambda: served.batcher._waiting[0].left)
        gate.opened.set()

        assert first.result(LIMIT_S).status_code == 200
        assert served.ask({"prompt": "last"})
    assert gate.prompts == ["first", "last"]


def test_clients_that_leave_at_any_moment_of_a_real_answer_leave_the_others_their_bits(tiny: Served) -> None:
    body = {"prompt": "boil the water", "max_tokens": 60, "seed": 1, "settings": {"min_new_tokens": 60}, "logprobs": 1}
    alone = tiny.ask(body)["choices"]
    with ThreadPoolExecutor(8) as clients:
        staying = []
        for number in range(16):
            leaving = tiny.open("/v1/completions", {**body, "prompt": f"salt {number}", "stream": bool(number % 2)})
            staying.append(clients.submit(tiny.ask, body))
            if number % 3:
                leaving.recv(1)
            leaving.close()
        assert [each.result(LIMIT_S)["choices"] for each in staying] == [alone] * 16


# -- limits -----------------------------------------------------------------------------------------------------------


def test_more_requests_than_the_limit_are_429_with_a_time_to_try_again(gate: Gate) -> None:
    with serving(gate.engine, limits=Limits(requests=2)) as served:
        replies = [gate.post(served, {"prompt": "first"})]
        until(lambda: gate.prompts)
        replies.append(gate.post(served, {"prompt": "second"}))
        until(lambda: waiting(served) == 1)

        refused = served.post("/v1/completions", {"prompt": "third"})
        gate.opened.set()

        assert refused.status_code == 429
        assert refused.json()["error"]["code"] == "rate_limit_exceeded"
        assert int(refused.headers["retry-after"]) >= 1
        assert [reply.result(LIMIT_S).status_code for reply in replies] == [200, 200]
        assert served.post("/v1/completions", {"prompt": "third"}).status_code == 200


def test_a_reply_that_takes_too_long_is_504_and_frees_its_row(gate: Gate) -> None:
    with serving(gate.engine, limits=Limits(answer_s=0.1)) as served:
        late = served.post("/v1/completions", {"prompt": "a"})
        assert (late.status_code, late.json()["error"]["type"]) == (504, "server_error")
        until(lambda: gate.engine._cancelled == {0})
        gate.opened.set()


def test_a_stream_that_takes_too_long_ends_with_an_error(gate: Gate) -> None:
    with serving(gate.engine, limits=Limits(answer_s=0.1)) as served:
        text = served.post("/v1/completions", {"prompt": "a", "stream": True}).text
        gate.opened.set()

    *__, last = [line for line in text.split("\n\n") if line]
    assert json.loads(last.removeprefix("data: "))["error"]["message"] == "no complete reply within the time limit"


# -- failures ---------------------------------------------------------------------------------------------------------


def test_a_row_that_fails_fails_alone(gate: Gate) -> None:
    boom = EngineError("not enough memory; shorten the prompt")
    gate.engine.answers = [["first"], ["A"], [boom], [boom], ["C"]]
    with serving(gate.engine) as served:
        replies = [gate.post(served, {"prompt": "first"})]
        until(lambda: gate.prompts)
        for number in range(3):
            replies.append(gate.post(served, {"prompt": f"{number}"}))
            until(lambda: waiting(served) == len(replies) - 1)
        gate.opened.set()
        results = [reply.result(LIMIT_S) for reply in replies]

    assert [result.status_code for result in results] == [200, 200, 500, 200]
    assert results[2].json()["error"] == {
        "message": boom.message, "type": "server_error", "param": None, "code": None
    }  # fmt: skip
    assert results[3].json()["choices"][0]["text"] == "C"
    assert gate.prompts == ["first", "0", "1", "1", "2"]


def test_a_stream_that_fails_ends_with_the_error(scripted: Served) -> None:
    scripted.engine.answers = [["one ", EngineError("the model failed")]]  # type: ignore[attr-defined]
    text = scripted.post("/v1/completions", {"prompt": "a", "stream": True}).text

    *__, last = [line for line in text.split("\n\n") if line]
    assert json.loads(last.removeprefix("data: "))["error"]["message"] == "the model failed"


def test_a_stream_that_fails_before_it_begins_has_the_status(scripted: Served) -> None:
    def fail(requests: list[Request]) -> Any:
        raise EngineError("the model cannot be loaded")

    with serving(Broken(stream=fail)) as served:
        response = served.post("/v1/completions", {"prompt": "a", "stream": True})

    assert (response.status_code, response.json()["error"]["message"]) == (500, "the model cannot be loaded")


def test_a_bug_is_a_500_without_the_prompt_in_the_log() -> None:
    def fail(parts: list[str]) -> Any:
        raise ValueError(*parts)

    with serving(Broken(measure=fail)) as served:
        response = served.post("/v1/completions", {"prompt": "my secret"})
        assert (response.status_code, response.json()["error"]["type"]) == (500, "server_error")
        assert served.notes == ["internal error: ValueError"]
    assert "secret" not in response.text


class Broken:
    """A scripted engine some of whose methods are replaced."""

    def __init__(self, **methods: Any) -> None:
        self._engine = ScriptedEngine()
        self._methods = methods

    def __getattr__(self, name: str) -> Any:
        return self._methods.get(name) or getattr(self._engine, name)


def test_an_answer_that_is_killed_is_503(gate: Gate) -> None:
    with serving(gate.engine) as served:
        reply = gate.post(served, {"prompt": "a"})
        until(lambda: gate.prompts)
        gate.engine.kill()
        gate.opened.set()

        assert reply.result(LIMIT_S).status_code == 503


def test_nothing_more_is_sent_once_a_client_has_left_though_many_events_are_ready() -> None:
    """asyncio logs a line for each, "socket.send() raised exception."."""
    engine, sent = ScriptedEngine(), []
    body = {"messages": [{"role": "user", "content": "Count."}], "stream": True, "n": 100}

    async def ask(app: Any) -> None:
        left = asyncio.Event()
        asked = [{"type": "http.request", "body": json.dumps(body).encode()}]

        async def receive() -> dict[str, Any]:
            if asked:
                return asked.pop()
            await left.wait()
            return {"type": "http.disconnect"}

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)
            asyncio.get_running_loop().call_soon(left.set)

        scope = {"type": "http", "method": "POST", "path": CHAT, "headers": [(b"host", b"localhost")]}
        await app(scope, receive, send)

    with closing(Batcher(engine, 16)) as batcher:
        batcher.start()
        models = read_models(SOURCE, bundled("plain"), BUNDLED)
        service = Service(engine, models, batcher, Limits(), now=utc_now, note=pytest.fail)
        asyncio.run(ask(service.app(Access())))

    assert len(sent) < 10
