"""Run the HTTP server of this process until a signal ends it. Knows uvicorn and signals."""

from __future__ import annotations

import contextlib
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

import uvicorn

from flanchat.base.errors import UsageError
from flanchat.base.files import reason
from flanchat.base.i18n import _
from flanchat.base.signals import Terminated, ending_signals

_LAST_BYTES_S = 5
"""For a client that reads the end of its reply slowly, after the server was asked to end."""


def bind(host: str, port: int) -> socket.socket:
    """Take an address before the model is loaded, but do not listen yet. Raises UsageError."""
    bound = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((host, port))
    except OSError as error:
        bound.close()
        raise UsageError(
            _("cannot listen on {host}, port {port}: {why}; choose with --host and --port").format(
                host=host, port=port, why=reason(error)
            )
        ) from None
    return bound


def run(app: Any, listening: socket.socket, *, answer_s: int, kill: Callable[[], None]) -> None:
    """Serve until SIGINT, SIGTERM or SIGHUP, and then until the running requests have their replies.

    answer_s: how long one may take. kill: ends the model's answers. A second signal ends them and raises what a single
    one raises elsewhere.
    """
    config = uvicorn.Config(
        app,
        loop="asyncio",
        http="h11",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=answer_s + _LAST_BYTES_S,
    )
    server = Server(config, kill)
    server.run([listening])
    if server.second == signal.SIGINT:
        raise KeyboardInterrupt
    if server.second:
        raise Terminated(server.second)


class Server(uvicorn.Server):
    """second: the signal that asked again, or 0."""

    def __init__(self, config: uvicorn.Config, kill: Callable[[], None]) -> None:
        super().__init__(config)
        self._kill, self.second = kill, 0

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Uvicorn's own ends by the first signal, with its status, once all is done: an error where none was."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        with ending_signals(self._end):
            yield

    def _end(self, number: int, frame: FrameType | None) -> None:
        if self.should_exit:
            self.second, self.force_exit = number, True
            self._kill()
        self.should_exit = True
