"""Wait for events instead of for a time, so that tests are slower on a busy machine but do not fail."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from tests.fork_server import forked_for

LIMIT_S = 100.0  # no wait of a passing test comes near it

_HOLD = Path(__file__).parent / "hold"


def until(true: Callable[[], object]) -> None:
    """Wait until a condition holds."""
    end = time.monotonic() + LIMIT_S
    while not true():
        assert time.monotonic() < end, f"not within {LIMIT_S:.0f} s"
        threading.Event().wait(0.01)


def children(pid: int | str = "self") -> set[int]:
    """The child processes of a process. A forked process is listed in place of its stand-in."""
    found: set[int] = set()
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(FileNotFoundError, ProcessLookupError):  # the thread has just ended
            found.update(map(forked_for, map(int, task.read_text().split())))
    return found


def wait_gone(*pids: int) -> None:
    """Wait until these processes have ended. Zombies have."""

    def ended(pid: int) -> bool:
        try:
            return ") Z " in Path(f"/proc/{pid}/stat").read_text()
        except (FileNotFoundError, ProcessLookupError):
            return True

    until(lambda: all(map(ended, pids)))


class Held:
    """Model processes started with `environ` count tokens, but do not finish loading before `release`."""

    def __init__(self, pipe: Path) -> None:
        os.mkfifo(pipe)
        self._pipe, self._end = pipe, os.open(pipe, os.O_RDWR)
        path = os.pathsep.join(filter(None, [str(_HOLD), os.environ.get("PYTHONPATH")]))
        self.environ = {"PYTHONPATH": path, "HOLD_TORCH": str(pipe)}

    def release(self) -> None:
        """Let them finish loading, and all that start later."""
        if self._end >= 0:
            self._pipe.unlink()
            os.close(self._end)
            self._end = -1
