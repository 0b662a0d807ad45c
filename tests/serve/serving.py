"""The HTTP server in a thread of this process, reached through a Unix socket: tests open no other."""

from __future__ import annotations

import contextlib
import json
import socket
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import uvicorn

from flanchat.base.clock import utc_now
from flanchat.engine.checkpoint.validate import ModelSource
from flanchat.engine.protocol import Engine
from flanchat.prompting.setup import Setup
from flanchat.serve.app import Limits, Service
from flanchat.serve.batcher import Batcher
from flanchat.serve.http import Access
from flanchat.serve.models import Models, read_models
from flanchat.serve.run import Server
from flanchat.sessions.answer import Answer
from tests.profiles import BUNDLED, bundled
from tests.waiting import LIMIT_S

SOURCE = ModelSource("google/flan-t5-tiny", Path(), "huggingface", "")
"""The model that the server says it has."""


@dataclass
class Served:
    """A running server. notes: what it says about its own failures. gone: what its requests raised."""

    path: str
    engine: Engine
    batcher: Batcher
    client: httpx.Client
    notes: list[str] = field(default_factory=list)

    def post(self, path: str, body: Mapping[str, Any] | bytes, **headers: str) -> httpx.Response:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.client.post(path, content=content, headers={"Content-Type": "application/json", **headers})

    def ask(self, body: Mapping[str, Any], path: str = "/v1/completions") -> dict[str, Any]:
        """The reply to a request that succeeds."""
        response = self.post(path, body)
        assert response.status_code == 200, response.text
        return response.json()

    def chat(self, *messages: tuple[str, str], **fields: Any) -> dict[str, Any]:
        """The reply to a chat of (role, content)."""
        said = [{"role": role, "content": content} for role, content in messages]
        return self.ask({"messages": said, **fields}, "/v1/chat/completions")

    def refused(self, body: Mapping[str, Any] | bytes, path: str = "/v1/completions") -> tuple[int, dict[str, Any]]:
        """The status and the error of a request that fails."""
        response = self.post(path, body)
        return response.status_code, response.json()["error"]

    def events(self, body: Mapping[str, Any], path: str = "/v1/completions") -> list[dict[str, Any]]:
        """The objects of a stream, which ends with [DONE]."""
        response = self.post(path, {**body, "stream": True})
        assert response.headers["content-type"].startswith("text/event-stream"), response.text
        *lines, last = [line for line in response.text.split("\n\n") if line]
        assert last == "data: [DONE]"
        return [json.loads(line.removeprefix("data: ")) for line in lines]

    def open(self, path: str, body: Mapping[str, Any]) -> socket.socket:
        """A connection that has sent a request and may leave."""
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(LIMIT_S)
        connection.connect(self.path)
        content = json.dumps(body).encode()
        head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(content)}\r\n\r\n"
        connection.sendall(head.encode() + content)
        return connection


@contextlib.contextmanager
def serving(
    engine: Engine,
    *,
    rows: int = 16,
    limits: Limits | None = None,
    access: Access | None = None,
    record: Callable[[Answer, Setup], None] = lambda answer, setup: None,
    models: Models | None = None,
) -> Iterator[Served]:
    """Serve an engine until the end of the block."""
    models = models or read_models(SOURCE, bundled("plain"), BUNDLED)
    batcher = Batcher(engine, rows, record=record)
    notes: list[str] = []
    service = Service(engine, models, batcher, limits or Limits(), now=utc_now, note=notes.append)
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder, "socket"))
        listening = socket.socket(socket.AF_UNIX)
        listening.bind(path)
        listening.listen(200)
        config = uvicorn.Config(
            service.app(access or Access()), loop="asyncio", http="h11", ws="none", lifespan="off", log_config=None
        )
        server = Server(config, engine.kill)
        thread = threading.Thread(target=server.run, args=[[listening]], daemon=True)
        batcher.start()
        thread.start()
        transport = httpx.HTTPTransport(uds=path, limits=httpx.Limits(max_connections=200))
        with httpx.Client(transport=transport, base_url="http://localhost", timeout=LIMIT_S) as client:
            yield Served(path, engine, batcher, client, notes)
        server.should_exit = True
        thread.join()
        batcher.close()
