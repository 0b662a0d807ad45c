"""A process is waited for, and what it said is read, whatever it leaves behind."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from flanchat.base.spawn import read_until_end, run_process
from tests.waiting import LIMIT_S, wait_gone

_STAYS_S = 5 * LIMIT_S


def _python(code: str) -> list[str]:
    return [sys.executable, "-S", "-c", f"import os, sys, time\n{code}"]


def _leaves_behind(pid_file: Path, *, daemon: bool) -> list[str]:
    """A process that ends with status 3, while a forked one still holds its pipes."""
    return _python(
        f"if os.fork() == 0:\n"
        f"    {'os.setsid()' if daemon else 'pass'}\n"
        f"    open({str(pid_file)!r}, 'w').write(str(os.getpid()))\n"
        f"    time.sleep({_STAYS_S})\n"
        f"    os._exit(0)\n"
        f"while not os.path.exists({str(pid_file)!r}) or not open({str(pid_file)!r}).read(): time.sleep(0.001)\n"
        f"print('said', sys.stdin.readline()); sys.stderr.write('e' * 300_000); sys.stderr.flush(); sys.exit(3)"
    )


@pytest.mark.parametrize("daemon", [False, True])
def test_a_process_left_behind_with_the_pipes_is_not_waited_for(tmp_path: Path, daemon: bool) -> None:
    began = time.monotonic()
    ended = run_process(_leaves_behind(tmp_path / "pid", daemon=daemon), b"this", os.environ, LIMIT_S)
    took = time.monotonic() - began

    assert (ended.status, ended.output, len(ended.errors)) == (3, b"said this\n", 300_000)
    assert took < LIMIT_S
    with contextlib.suppress(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), signal.SIGKILL)


@pytest.mark.skipif(sys.platform != "linux", reason="looks at /proc")
def test_what_a_process_leaves_in_its_group_is_killed(tmp_path: Path) -> None:
    run_process(_leaves_behind(tmp_path / "pid", daemon=False), b"this", os.environ, LIMIT_S)

    wait_gone(int((tmp_path / "pid").read_text()))


def test_a_process_that_takes_too_long_is_killed_even_when_it_has_closed_its_pipes() -> None:
    for code in (f"time.sleep({_STAYS_S})", f"os.close(1); os.close(2); time.sleep({_STAYS_S})"):
        began = time.monotonic()
        with pytest.raises(subprocess.TimeoutExpired):
            run_process(_python(code), b"", os.environ, 0.1)

        assert time.monotonic() - began < LIMIT_S


def test_the_end_of_a_process_is_noticed_while_another_one_holds_its_output(tmp_path: Path) -> None:
    command = _leaves_behind(tmp_path / "pid", daemon=True)
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as left:
        assert left.stdout is not None

        assert b"".join(chunk for __, chunk in read_until_end(left, [left.stdout])) == b"said \n"
        assert left.returncode == 3
    os.kill(int((tmp_path / "pid").read_text()), signal.SIGKILL)
