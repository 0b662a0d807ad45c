"""Child processes: Python ones that import the same modules, and waiting for what a process says before it ends.

A process may leave others behind, such as a driver's helpers, which hold the pipes that it was given. So the process is
waited for, never the end of its pipes. Knows neither torch nor models.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

_POLL_S = 0.5  # how soon the end of a process is noticed when another one holds its pipes
_PIPEFUL = 1 << 20  # bytes; no pipe holds more

# The import path is passed as arguments, so that a torch.py in the current folder is never imported. In a folder that
# was removed, torch's libraries do not load.
_BOOT = """import sys; sys.path[:] = sys.argv[2:]
import os
try:
    os.getcwd()
except FileNotFoundError:
    os.chdir("/")
from importlib import import_module
import_module(sys.argv[1]).main()
"""


def python_command(module: str) -> list[str]:
    """Return the command that runs `main()` of a module of flanchat in a new process."""
    # without the current folder, unless flanchat itself is installed there
    current = {_real_path(os.curdir)} - {str(Path(__file__).resolve().parents[2])}
    import_path = [path for path in sys.path if path and _real_path(path) not in current]
    return [sys.executable, "-c", _BOOT, module, *import_path]


def _real_path(path: str) -> str:
    """The path without links; of a relative one the path itself, when the current folder was removed."""
    try:
        return os.path.realpath(path)
    except FileNotFoundError:
        return path


@dataclass(frozen=True, slots=True)
class Ended:
    """A process that has ended. status: negative for a signal. output, errors: what it wrote."""

    status: int
    output: bytes
    errors: bytes


def run_process(
    command: Sequence[str], line: bytes, environ: Mapping[str, str], timeout_s: float | None = None
) -> Ended:
    """Run a process to its end, with a line (less than a pipe holds) as its standard input, and return what it wrote.

    It gets a process group of its own. What is left of that is killed when it has ended, and all of it when the wait is
    cut short: nobody would learn what a process left behind finds, and it may hold a device. Daemons have left the
    group. Raises OSError when it does not start, and subprocess.TimeoutExpired.
    """
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=dict(environ),
        start_new_session=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    written: dict[IO[bytes], list[bytes]] = {process.stdout: [], process.stderr: []}
    try:
        with contextlib.suppress(BrokenPipeError), process.stdin:
            process.stdin.write(line)
        for pipe, chunk in read_until_end(process, list(written), timeout_s):
            written[pipe].append(chunk)
    finally:
        kill_group(process)
        with contextlib.suppress(subprocess.TimeoutExpired):  # stuck in a driver, it may even survive a kill
            process.wait(timeout=1)
        for pipe in written:
            pipe.close()
    output, errors = (b"".join(chunks) for chunks in written.values())
    return Ended(process.returncode, output, errors)


def read_until_end(
    process: subprocess.Popen[bytes], pipes: Sequence[IO[bytes]], timeout_s: float | None = None
) -> Iterator[tuple[IO[bytes], bytes]]:
    """Yield what a process writes to these pipes, with the pipe, until it has ended.

    Raises subprocess.TimeoutExpired when that takes longer than `timeout_s`.
    """
    end = None if timeout_s is None else time.monotonic() + timeout_s
    with selectors.DefaultSelector() as waiting:
        for pipe in pipes:
            waiting.register(pipe, selectors.EVENT_READ)
        while waiting.get_map():
            ended = process.poll() is not None  # asked first: all that it wrote is in the pipes by then
            left = _POLL_S if end is None else min(_POLL_S, end - time.monotonic())
            for key, __ in waiting.select(0 if ended else max(0, left)):
                if chunk := os.read(key.fd, _PIPEFUL):
                    yield key.fileobj, chunk  # type: ignore[misc]  # what was registered
                else:
                    waiting.unregister(key.fileobj)
            if ended:
                return
            if left <= 0:
                raise subprocess.TimeoutExpired(process.args, timeout_s or 0)
    process.wait(None if end is None else max(0, end - time.monotonic()))


def kill_group(process: subprocess.Popen[bytes]) -> None:
    """Kill a process that was started with `start_new_session`, and what is left of its group. Never waits."""
    with contextlib.suppress(ProcessLookupError, PermissionError):  # macOS does not permit it for a group of zombies
        os.killpg(process.pid, signal.SIGKILL)
