"""The HTTP side: paths, limits, who may ask, and replies whole or as server-sent events. Knows no form of a request."""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import json
import secrets
import traceback
from collections.abc import Awaitable, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request as HttpRequest
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from flanchat.base.clock import Now
from flanchat.base.errors import BudgetError, EngineError, FlanchatError, UsageError
from flanchat.base.i18n import _
from flanchat.engine.events import Event
from flanchat.engine.protocol import Engine
from flanchat.serve.batcher import Batcher, EndedError, Made, Row
from flanchat.serve.body import read_object
from flanchat.serve.fields import RequestError
from flanchat.serve.models import Models
from flanchat.serve.replies import Growing, Identity, Reply, score_reply
from flanchat.serve.requests import AnswerRequest, ScoreRequest, read_chat, read_completion, read_score
from flanchat.sessions.batch import request as engine_request
from flanchat.sessions.batch import unanswered
from flanchat.sessions.continuations import CONTINUATION_TOKENS, Continuation
from flanchat.sessions.conversation import Answer

BODY_BYTES = 1 << 20
BODY_S = 30.0
"""How long the body of a request may take to arrive."""

_ID = {"chat": "chatcmpl", "completion": "cmpl"}

LOCAL_HOSTS = ("localhost", "127.0.0.1", "[::1]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """requests: that may run or wait at a time. answer_s: seconds from a request to the end of its reply."""

    requests: int = 256
    answer_s: float = 600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """Who may ask. token: that every request must carry; "" for none. is_local: only names of this machine in `Host`,
    so that no web page can reach the server under a name of its own. origins: of web pages that may ask."""

    token: str = ""
    is_local: bool = True
    origins: tuple[str, ...] = ()


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
        self._open: set[_Sender] = set()  # of the requests that run or wait
        self._started = int(now().timestamp())
        # The engine's tokenizer is for one thread beside the one that answers.
        self._reading = ThreadPoolExecutor(1)

    def app(self, access: Access) -> Starlette:
        """The application for a server of ASGI."""
        middleware = [Middleware(_Gate, access=access)]
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
        app = Starlette(routes=routes, middleware=middleware, exception_handlers={HTTPException: _http_error})
        app.router.redirect_slashes = False
        return app

    async def _health(self, request: HttpRequest) -> Response:
        status = self._engine.status
        return _json({"status": status}, 503 if status == "failed" else 200)

    async def _list_models(self, request: HttpRequest) -> Response:
        first, *__ = self._models.names
        ids = [*self._models.names, *(f"{first}:{profile}" for profile in self._models.profiles)]
        about = {"object": "model", "created": self._started, "owned_by": "flanchat"}
        return _json({"object": "list", "data": [{"id": id, **about} for id in ids]})

    async def handle(self, read: Callable[..., Any], scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        sender = _Sender(send, self._open.discard)
        try:
            if len(self._open) >= self._limits.requests:
                raise _TooManyError(self._batcher.wait_s(len(self._open)))
            self._open.add(sender)
            body = await _body(scope, receive)
            await _unless_gone(receive, self._reply(read, body, sender), self._limits.answer_s)
        except _GoneError:
            pass
        except FlanchatError as error:
            await sender.fail(error)
        except Exception as error:
            what = _("internal error: {kind}").format(kind=type(error).__name__)  # its message may hold a prompt
            self._note(traceback.format_exc() if self._debug else what)
            await sender.fail(EngineError(what))
        finally:
            self._open.discard(sender)

    async def _reply(self, read: Callable[..., Any], body: bytes, sender: _Sender) -> None:
        loop = asyncio.get_running_loop()
        wanted = await loop.run_in_executor(self._reading, lambda: read(read_object(body), self._models))
        if isinstance(wanted, ScoreRequest):
            await self._score(wanted, sender)
        else:
            await self._answer(wanted, sender)

    async def _answer(self, wanted: AnswerRequest, sender: _Sender) -> None:
        loop = asyncio.get_running_loop()
        answers = await loop.run_in_executor(self._reading, self._unanswered, wanted)
        made: asyncio.Queue[tuple[int, Made]] = asyncio.Queue()
        rows = []
        for index, answer in enumerate(answers):
            request = engine_request(answer)
            request = replace(request, decoding=replace(request.decoding, top=max(self._top, wanted.top or 0)))
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
        sender: _Sender,
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

    async def _score(self, wanted: ScoreRequest, sender: _Sender) -> None:
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


class _Gate:
    """Lets requests through that may ask: by host, by origin, by token."""

    def __init__(self, app: ASGIApp, access: Access) -> None:
        self._app, self._access = app, access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refused = self._refused(scope["path"], Headers(scope=scope))
        await (self._app if refused is None else refused)(scope, receive, send)

    def _refused(self, path: str, headers: Headers) -> Response | None:
        access = self._access
        if access.is_local and not access.token and not _names_this_machine(headers.get("host", "")):
            message = _("the Host header names another machine; ask for {names}").format(names=", ".join(LOCAL_HOSTS))
            return _error(RequestError(message, status=403))
        origin = headers.get("origin")
        if origin is not None and origin not in access.origins and "*" not in access.origins:
            return _error(RequestError(_("web pages of this origin may not ask; see --cors"), status=403))
        if access.token and path != "/health":
            scheme, __, given = headers.get("authorization", "").partition(" ")
            if scheme.lower() != "bearer" or not hmac.compare_digest(given.strip().encode(), access.token.encode()):
                wrong = RequestError(_("expected Authorization: Bearer TOKEN with the server's token"), status=401,
                                     code="invalid_api_key")  # fmt: skip
                return _error(wrong, {"WWW-Authenticate": "Bearer"})
        return None


class _GoneError(Exception):
    """The client has left."""


class _TooManyError(RequestError):
    """All places are taken. after_s: when one is probably free."""

    def __init__(self, after_s: int) -> None:
        super().__init__(_("too many requests at a time; try again later"), status=429, code="rate_limit_exceeded")
        self.after_s = after_s


class _Sender:
    """Writes the reply to one request: a JSON object, or server-sent events.

    end: called before the last bytes are sent: who has read a reply may ask again at once.
    """

    def __init__(self, send: Send, end: Callable[[_Sender], None]) -> None:
        self._send, self._end = send, end
        self._is_streaming = False

    async def whole(self, content: dict[str, Any]) -> None:
        await self._respond(_json(content))

    async def event(self, content: dict[str, Any]) -> None:
        """Send an object of a stream, and the head of the response before the first one."""
        if not self._is_streaming:
            self._is_streaming = True
            headers = [(b"content-type", b"text/event-stream; charset=utf-8"), (b"cache-control", b"no-cache")]
            await self._send({"type": "http.response.start", "status": 200, "headers": headers})
        await self._write(_bytes(content))

    async def done(self) -> None:
        await self._write(b"[DONE]", more=False)

    async def fail(self, error: FlanchatError) -> None:
        """Send an error: as the response, or as the last event of a stream."""
        if self._is_streaming:
            await self._write(_bytes(_error_object(error)), more=False)
        else:
            headers = {"Retry-After": str(error.after_s)} if isinstance(error, _TooManyError) else {}
            await self._respond(_error(error, headers))

    async def _write(self, data: bytes, *, more: bool = True) -> None:
        if not more:
            self._end(self)
        await self._send({"type": "http.response.body", "body": b"data: " + data + b"\n\n", "more_body": more})
        # Where many events are ready, nothing else runs between them, and so nobody learns that the client has left:
        # asyncio then logs a line for each.
        await asyncio.sleep(0)

    async def _respond(self, response: Response) -> None:
        self._end(self)
        await self._send(
            {"type": "http.response.start", "status": response.status_code, "headers": response.raw_headers}
        )
        await self._send({"type": "http.response.body", "body": response.body})


async def _body(scope: Scope, receive: Receive) -> bytes:
    """The body of a request. Raises RequestError when it is too long or late, _GoneError when the client leaves."""
    try:
        return await asyncio.wait_for(_read(scope, receive), BODY_S)
    except asyncio.TimeoutError:
        raise RequestError(_("the body did not arrive in time"), status=408) from None


async def _read(scope: Scope, receive: Receive) -> bytes:
    length = Headers(scope=scope).get("content-length", "0")
    body = bytearray()
    while True:
        if int(length) > BODY_BYTES or len(body) > BODY_BYTES:
            raise RequestError(_("the body: at most {most} bytes").format(most=BODY_BYTES), status=413)
        message = await receive()
        if message["type"] == "http.disconnect":
            raise _GoneError
        body += message.get("body", b"")
        if not message.get("more_body", False) and len(body) <= BODY_BYTES:
            return bytes(body)


async def _unless_gone(receive: Receive, work: Awaitable[None], limit_s: float) -> None:
    """Do the work, and give it up when the client leaves (_GoneError) or the time is over (RequestError)."""
    working, leaving = asyncio.ensure_future(work), asyncio.ensure_future(_gone(receive))
    try:
        done, __ = await asyncio.wait({working, leaving}, timeout=limit_s, return_when=asyncio.FIRST_COMPLETED)
        if working in done:
            return working.result()
        if done:
            raise _GoneError
        raise RequestError(_("no complete reply within the time limit"), status=504)
    finally:
        for task in (working, leaving):
            task.cancel()
        await asyncio.gather(working, leaving, return_exceptions=True)


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


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


def _names_this_machine(host: str) -> bool:
    name, colon, port = host.rpartition(":")
    return (name if colon and port.isdecimal() else host).lower() in LOCAL_HOSTS


def _bytes(content: dict[str, Any]) -> bytes:
    text = json.dumps(content, ensure_ascii=False, allow_nan=False)
    return text.encode("utf-8", "replace")


def _json(content: dict[str, Any], status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(_bytes(content), status, headers, media_type="application/json")


def _error(error: FlanchatError, headers: dict[str, str] | None = None) -> Response:
    return _json(_error_object(error), _status(error), headers)


def _status(error: FlanchatError) -> int:
    if isinstance(error, RequestError):
        return error.status
    if isinstance(error, EndedError):
        return 503
    return 400 if isinstance(error, UsageError | BudgetError) else 500


def _error_object(error: FlanchatError) -> dict[str, Any]:
    """OpenAI's error object, with the sentence that the command line prints."""
    code = "context_length_exceeded" if isinstance(error, BudgetError) else getattr(error, "code", "")
    about = {
        "message": error.message,
        "type": "invalid_request_error" if _status(error) < 500 else "server_error",
        "param": getattr(error, "field", "") or None,
        "code": code or None,
    }
    return {"error": about}


async def _http_error(request: HttpRequest, error: Exception) -> Response:
    """An error of the routing: an unknown path, or a method that it does not take."""
    assert isinstance(error, HTTPException)
    if error.status_code == 405:
        message = _("this path takes another method")
    else:
        message = _("unknown path; there are /health, /v1/models, /v1/chat/completions, /v1/completions and /v1/score")
    return _error(RequestError(message, status=error.status_code), dict(error.headers or {}))
