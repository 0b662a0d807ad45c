"""The service of a model: its paths, and how a request becomes rows for the engine and then a reply."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import traceback
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request as HttpRequest
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from flanchat.base.clock import Now
from flanchat.base.errors import EngineError, FlanchatError
from flanchat.base.i18n import _
from flanchat.engine.events import Event
from flanchat.engine.protocol import Engine
from flanchat.serve.batcher import Batcher, EndedError, Made, Row
from flanchat.serve.body import read_object
from flanchat.serve.fields import RequestError
from flanchat.serve.http import (
    Access,
    Gate,
    GoneError,
    Sender,
    TooManyError,
    http_error,
    json_response,
    read_body,
    unless_gone,
)
from flanchat.serve.models import Models
from flanchat.serve.replies import Growing, Identity, Reply, score_reply
from flanchat.serve.requests import AnswerRequest, ScoreRequest, read_chat, read_completion, read_score
from flanchat.sessions.answer import Answer
from flanchat.sessions.batch import request as engine_request
from flanchat.sessions.batch import unanswered
from flanchat.sessions.continuations import CONTINUATION_TOKENS, Continuation

_ID = {"chat": "chatcmpl", "completion": "cmpl"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """requests: that may run or wait at a time. answer_s: seconds from a request to the end of its reply."""

    requests: int = 256
    answer_s: float = 600.0


class Service:
    """Answers the requests of one model.

    note: called with a sentence about a failure that is no client's fault. top: how many alternatives to each token an
    answer has, also when its client wants none.
    """

    def __init__(
        self,
        engine: Engine,
        models: Models,
        batcher: Batcher,
        limits: Limits,
        *,
        now: Now,
        note: Callable[[str], None],
        top: int = 0,
        debug: bool = False,
    ) -> None:
        self._engine, self._models, self._batcher, self._limits = engine, models, batcher, limits
        self._now, self._note, self._top, self._debug = now, note, top, debug
        self._open: set[Sender] = set()  # of the requests that run or wait
        self._started = int(now().timestamp())
        # The engine's tokenizer is for one thread beside the one that answers.
        self._reading = ThreadPoolExecutor(1)

    def app(self, access: Access) -> Starlette:
        """The application for a server of ASGI."""
        middleware = [Middleware(Gate, access=access)]
        if access.origins:
            cors = Middleware(
                CORSMiddleware, allow_origins=access.origins, allow_methods=["GET", "POST"], allow_headers=["*"]
            )
            middleware.insert(0, cors)
        routes = [
            Route("/health", self._health),
            Route("/v1/models", self._list_models),
            Route("/v1/chat/completions", _Endpoint(self, read_chat), methods=["POST"]),
            Route("/v1/completions", _Endpoint(self, read_completion), methods=["POST"]),
            Route("/v1/score", _Endpoint(self, read_score), methods=["POST"]),
        ]
        app = Starlette(routes=routes, middleware=middleware, exception_handlers={HTTPException: http_error})
        app.router.redirect_slashes = False
        return app

    async def _health(self, request: HttpRequest) -> Response:
        status = self._engine.status
        return json_response({"status": status}, 503 if status == "failed" else 200)

    async def _list_models(self, request: HttpRequest) -> Response:
        first, *__ = self._models.names
        ids = [*self._models.names, *(f"{first}:{profile}" for profile in self._models.profiles)]
        about = {"object": "model", "created": self._started, "owned_by": "flanchat"}
        return json_response({"object": "list", "data": [{"id": id, **about} for id in ids]})

    async def handle(self, read: Callable[..., Any], scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        sender = Sender(send, self._open.discard)
        try:
            if len(self._open) >= self._limits.requests:
                raise TooManyError(self._batcher.wait_s(len(self._open)))
            self._open.add(sender)
            body = await read_body(scope, receive)
            await unless_gone(receive, self._reply(read, body, sender), self._limits.answer_s)
        except GoneError:
            pass
        except FlanchatError as error:
            await sender.fail(error)
        except Exception as error:
            what = _("internal error: {kind}").format(kind=type(error).__name__)  # its message may hold a prompt
            self._note(traceback.format_exc() if self._debug else what)
            await sender.fail(EngineError(what))
        finally:
            self._open.discard(sender)

    async def _reply(self, read: Callable[..., Any], body: bytes, sender: Sender) -> None:
        loop = asyncio.get_running_loop()
        wanted = await loop.run_in_executor(self._reading, lambda: read(read_object(body), self._models))
        if isinstance(wanted, ScoreRequest):
            await self._score(wanted, sender)
        else:
            await self._answer(wanted, sender)

    async def _answer(self, wanted: AnswerRequest, sender: Sender) -> None:
        loop = asyncio.get_running_loop()
        answers = await loop.run_in_executor(self._reading, self._unanswered, wanted)
        made: asyncio.Queue[tuple[int, Made]] = asyncio.Queue()
        rows = []
        for index, answer in enumerate(answers):
            request = engine_request(answer, top=max(self._top, wanted.top or 0))
            rows.append(Row(_putter(loop, made, index), answer, request, wanted.setup, wanted.stream))
        prompts = [answer.prompt for answer in answers[:: 1 if wanted.takes_best else wanted.n]]
        with self._running(rows):
            if wanted.stream:
                await self._stream(wanted, prompts, made, len(rows), sender)
                return
            ended: dict[int, Answer] = {}
            while len(ended) < len(rows):
                index, end = await made.get()
                ended[index] = _whole(end)
        reply = Reply(wanted, self._identity(_ID[wanted.kind]), prompts)
        await sender.whole(reply.whole([each for at in range(len(rows)) for each in _choices(wanted, ended[at])]))

    async def _stream(
        self,
        wanted: AnswerRequest,
        prompts: Sequence[Any],
        made: asyncio.Queue[tuple[int, Made]],
        count: int,
        sender: Sender,
    ) -> None:
        of_row = wanted.n if wanted.takes_best else 1  # choices, of which only the first grows
        growing = [Growing(wanted.setup.settings.value("strip")) for __ in range(count)]
        ended, used = 0, list[Answer]()
        reply: Reply | None = None
        while ended < count:
            index, event = await made.get()
            answer = None if isinstance(event, Event) else _whole(event)
            if reply is None:  # not before the engine has begun: until then an error has a status of its own
                reply = Reply(wanted, self._identity(_ID[wanted.kind]), prompts)
                for each in range(count * of_row):
                    await sender.event(reply.opening(each))
            if isinstance(event, Event):
                text, tokens = growing[index].take(event)
                if text or (tokens and wanted.top is not None):
                    await sender.event(reply.part(index * of_row, text, tokens))
            elif answer is not None:
                for number, choice in enumerate(_choices(wanted, answer), index * of_row):
                    if number > index * of_row:
                        await sender.event(reply.part(number, choice.text, choice.tokens))
                    await sender.event(reply.end(number, choice))
                    used.append(choice)
                ended += 1
        assert reply is not None
        if wanted.with_usage:
            await sender.event(reply.usage(used))
        await sender.done()

    async def _score(self, wanted: ScoreRequest, sender: Sender) -> None:
        loop = asyncio.get_running_loop()
        prompt = (await loop.run_in_executor(self._reading, self._checked, wanted)).prompt
        made: asyncio.Queue[tuple[int, Made]] = asyncio.Queue()
        rows = [
            Row(_putter(loop, made, index), pair=(prompt.text, text)) for index, text in enumerate(wanted.continuations)
        ]
        scored: dict[int, Continuation] = {}
        with self._running(rows):
            while len(scored) < len(rows):
                index, each = await made.get()
                if isinstance(each, Exception):
                    raise each
                assert isinstance(each, Continuation)
                scored[index] = each
        in_order = [scored[index] for index in range(len(rows))]
        await sender.whole(score_reply(wanted, self._identity("score"), prompt, in_order))

    @contextlib.contextmanager
    def _running(self, rows: Sequence[Row]) -> Iterator[None]:
        """Let the engine answer the rows; however this ends, they take no more of its time."""
        self._batcher.add(rows)
        try:
            yield
        finally:
            self._batcher.leave(rows)

    def _unanswered(self, wanted: AnswerRequest) -> list[Answer]:
        """The answers, empty. Choice number k of a seed has that seed plus k; without a seed each draws its own."""
        setup, answers = wanted.setup, []
        given, depends_on_seed = setup.settings.value("seed"), setup.profile.shots_order == "shuffle"
        for question in wanted.questions:
            for number in range(1 if wanted.takes_best else wanted.n):
                seed = secrets.randbelow(2**32) if given is None else (given + number) % 2**32
                own = setup
                if given is not None and number:  # a seed of ours turns no sampling on
                    own = setup.with_settings("once", {"seed": seed, "do_sample": setup.settings.value("do_sample")})
                if number == 0 or depends_on_seed:
                    answer = unanswered(self._engine.measure, own, question.text, question.earlier, seed=seed)
                answers.append(replace(answer, seed=seed, settings=own.settings))
        return answers

    def _checked(self, wanted: ScoreRequest) -> Answer:
        """The context's prompt, in an answer. Raises RequestError for a continuation that is too long."""
        for at, text in enumerate(wanted.continuations):
            if len(text.encode()) <= CONTINUATION_TOKENS:  # no token is less than a byte
                continue
            tokens = self._engine.measure([text]).total - 1
            if tokens > CONTINUATION_TOKENS:
                what = _("continuations[{at}]: {tokens} tokens; at most {most}")
                raise RequestError(what.format(at=at, tokens=tokens, most=CONTINUATION_TOKENS), "continuations")
        return unanswered(self._engine.measure, wanted.setup, wanted.context, seed=0)

    def _identity(self, prefix: str) -> Identity:
        card = self._engine.card()
        fingerprint = f"{card.weights_sha256[:12]}-{card.precision}"
        return Identity(f"{prefix}-{secrets.token_hex(12)}", int(self._now().timestamp()), fingerprint)


class _Endpoint:
    """A path that takes JSON. An ASGI application, because it writes its reply itself."""

    def __init__(self, service: Service, read: Callable[..., Any]) -> None:
        self._service, self._read = service, read

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._service.handle(self._read, scope, receive, send)


def _putter(
    loop: asyncio.AbstractEventLoop, made: asyncio.Queue[tuple[int, Made]], index: int
) -> Callable[[Made], None]:
    """A function for the engine's thread that passes what came of a row to the event loop."""

    def put(event: Made) -> None:
        with contextlib.suppress(RuntimeError):  # the loop has ended, and nobody waits
            loop.call_soon_threadsafe(made.put_nowait, (index, event))

    return put


def _whole(made: Made) -> Answer:
    """The answer, if it has ended by itself. Raises what came in its place."""
    if isinstance(made, Exception):
        raise made
    assert isinstance(made, Answer)
    if made.finish == "interrupted":
        raise EndedError
    return made


def _choices(wanted: AnswerRequest, answer: Answer) -> list[Answer]:
    """What a reply has of an ended answer: itself, or the best of its beam search."""
    if not wanted.takes_best:
        return [answer]
    choices = [replace(answer) for __ in range(wanted.n)]
    for number, choice in enumerate(choices, 1):
        choice.take_candidate(number)
    return choices
