"""`flanchat serve` as a process: it says where it answers, and ends by signals without losing a reply."""

from __future__ import annotations

import contextlib
import re
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.conftest import COMMAND
from tests.waiting import LIMIT_S, children, until, wait_gone

LONG = {"prompt": "cook the pasta", "max_tokens": 1024, "settings": {"min_new_tokens": 1024}, "stream": True}


class Process:
    """A running server, its address, and what it printed."""

    def __init__(self, model: Path, environ: dict[str, str], cwd: Path) -> None:
        command = [*COMMAND, "serve", "-m", str(model), "--port", "0", "--log"]
        self.process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=environ, cwd=cwd
        )
        assert self.process.stderr is not None
        self.first = self.process.stderr.readline()
        self.url = re.findall(r"http://127\.0\.0\.1:\d+/v1", self.first)[0]
        self.pid = self.process.pid

    def signal(self, number: int) -> None:
        self.process.send_signal(number)

    def ended(self) -> tuple[int, str]:
        __, err = self.process.communicate(timeout=LIMIT_S)
        return self.process.returncode, err


@pytest.fixture
def server(slow_model: Path, environ: dict[str, str], tmp_path: Path, socket_enabled: None) -> Iterator[Process]:
    server = Process(slow_model, environ, tmp_path)
    yield server
    if server.process.poll() is None:
        server.process.kill()
        server.process.communicate()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_lets_running_answers_end_and_takes_no_new_ones(server: Process, number: int) -> None:
    asked = {**LONG, "max_tokens": 80, "settings": {"min_new_tokens": 80}}
    with httpx.stream("POST", f"{server.url}/completions", json=asked, timeout=LIMIT_S) as response:
        lines = response.iter_lines()
        next(lines)
        server.signal(number)
        until(lambda: refuses(server.url))
        assert "data: [DONE]" in list(lines)

    assert server.ended() == (0, "")


def test_a_second_signal_ends_at_once(server: Process) -> None:
    models = children(server.pid)
    with httpx.stream("POST", f"{server.url}/completions", json=LONG, timeout=LIMIT_S) as response:
        lines, read = response.iter_lines(), []
        next(lines)
        server.signal(signal.SIGTERM)
        until(lambda: refuses(server.url))
        server.signal(signal.SIGTERM)
        with contextlib.suppress(httpx.RemoteProtocolError):  # cut off, or ended by an error
            read += lines
    status, __ = server.ended()

    assert status == -signal.SIGTERM
    assert "data: [DONE]" not in read
    wait_gone(*models)


def refuses(url: str) -> bool:
    try:
        httpx.get(f"{url}/models", timeout=LIMIT_S)
    except httpx.ConnectError:
        return True
    except httpx.RemoteProtocolError:  # accepted at the last moment, and closed without having been read
        pass
    return False
