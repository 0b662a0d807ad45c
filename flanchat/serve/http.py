"""HTTP for the service: who may ask, bodies and their limits, and replies whole or as server-sent events."""

from __future__ import annotations

import asyncio
import hmac
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request as HttpRequest
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from flanchat.base.errors import BudgetError, FlanchatError, UsageError
from flanchat.base.i18n import _, join_list
from flanchat.serve.batcher import EndedError
from flanchat.serve.fields import RequestError

BODY_BYTES = 1 << 20
BODY_S = 30.0
"""How long the body of a request may take to arrive."""
LOCAL_HOSTS = ("localhost", "127.0.0.1", "[::1]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """Who may ask. token: that every request must carry; "" for none. is_local: only names of this machine in `Host`,
    so that no web page can reach the server under a name of its own. origins: of web pages that may ask."""

    token: str = ""
    is_local: bool = True
    origins: tuple[str, ...] = ()


class Gate:
    """Lets requests through that may ask: by host, by origin, by token."""

    def __init__(self, app: ASGIApp, access: Access) -> None:
        self._app, self._access = app, access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refused = self._refused(scope["path"], Headers(scope=scope))
        await (self._app if refused is None else refused)(scope, receive, send)

    def _refused(self, path: str, headers: Headers) -> Response | None:
        access = self._access
        if access.is_local and not access.token and not _names_this_machine(headers.get("host", "")):
            message = _("the Host header names another machine; ask for {names}").format(names=join_list(LOCAL_HOSTS))
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


class GoneError(Exception):
    """The client has left."""


class TooManyError(RequestError):
    """All places are taken. after_s: when one is probably free."""

    def __init__(self, after_s: int) -> None:
        super().__init__(_("too many requests at a time; try again later"), status=429, code="rate_limit_exceeded")
        self.after_s = after_s


class Sender:
    """Writes the reply to one request: a JSON object, or server-sent events.

    end: called before the last bytes are sent: who has read a reply may ask again at once.
    """

    def __init__(self, send: Send, end: Callable[[Sender], None]) -> None:
        self._send, self._end = send, end
        self._is_streaming = False

    async def whole(self, content: dict[str, Any]) -> None:
        await self._respond(json_response(content))

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
            headers = {"Retry-After": str(error.after_s)} if isinstance(error, TooManyError) else {}
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


async def read_body(scope: Scope, receive: Receive) -> bytes:
    """The body of a request. Raises RequestError when it is too long or late, GoneError when the client leaves."""
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
            raise GoneError
        body += message.get("body", b"")
        if not message.get("more_body", False) and len(body) <= BODY_BYTES:
            return bytes(body)


async def unless_gone(receive: Receive, work: Awaitable[None], limit_s: float) -> None:
    """Do the work, and give it up when the client leaves (GoneError) or the time is over (RequestError)."""
    working, leaving = asyncio.ensure_future(work), asyncio.ensure_future(_gone(receive))
    try:
        done, __ = await asyncio.wait({working, leaving}, timeout=limit_s, return_when=asyncio.FIRST_COMPLETED)
        if working in done:
            return working.result()
        if done:
            raise GoneError
        raise RequestError(_("no complete reply within the time limit"), status=504)
    finally:
        for task in (working, leaving):
            task.cancel()
        await asyncio.gather(working, leaving, return_exceptions=True)


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _names_this_machine(host: str) -> bool:
    name, colon, port = host.rpartition(":")
    return (name if colon and port.isdecimal() else host).lower() in LOCAL_HOSTS


def _bytes(content: dict[str, Any]) -> bytes:
    text = json.dumps(content, ensure_ascii=False, allow_nan=False)
    return text.encode("utf-8", "replace")


def json_response(content: dict[str, Any], status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(_bytes(content), status, headers, media_type="application/json")


def _error(error: FlanchatError, headers: dict[str, str] | None = None) -> Response:
    return json_response(_error_object(error), _status(error), headers)


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


async def http_error(request: HttpRequest, error: Exception) -> Response:
    """An error of the routing: an unknown path, or a method that it does not take."""
    assert isinstance(error, HTTPException)
    if error.status_code == 405:
        message = _("this path takes another method")
    else:
        message = _("unknown path; there are /health, /v1/models, /v1/chat/completions, /v1/completions and /v1/score")
    return _error(RequestError(message, status=error.status_code), dict(error.headers or {}))
