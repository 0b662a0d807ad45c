"""Processes that are forked with torch imported, for tests that need real ones. On Linux; elsewhere they are fresh.

The stand-in for `python` can be started instead of sys.executable: the fork server runs its arguments, or it becomes a
fresh interpreter where nothing else will do (`suits` in server.py). `FRESH` in its environment asks for that.
"""

from __future__ import annotations

import _socket
import contextlib
import fcntl
import os
import select
import signal
import subprocess
import sys
import termios
import time
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.fork_server import client

FRESH = {"FRESH_PYTHON": "1"}
"""The environment of a process that is a fresh interpreter, and so are the processes that it starts."""

_HERE = Path(__file__).parent
_STAND_IN = """#!{python} -ISE
import sys
sys.path.insert(0, {here!r})
import client
client.main({address!r}, {python!r})
"""


def make_stand_in(folder: Path) -> str:
    """Write the program that can be started instead of sys.executable; return its path.

    folder: what belongs to this run of the tests alone. The process that calls this first must outlive all others.
    """
    if sys.platform != "linux" or " " in sys.executable or len(sys.executable) > 120:  # more than #! allows
        return sys.executable
    program = folder / "python"
    if not program.exists():
        (folder / "owner").write_text(str(os.getpid()))
        program.write_text(_STAND_IN.format(python=sys.executable, here=str(_HERE), address=str(folder / "socket")))
        program.chmod(0o700)
    return str(program)


def start_server(stand_in: str, environ: Mapping[str, str]) -> None:
    """Start the server behind a stand-in, unless it has been started. Takes 1.5 s of a processor.

    environ: processes that differ from it in what an interpreter reads at its start are not forked.
    """
    folder = Path(stand_in).parent
    if stand_in == sys.executable or (folder / "started").exists():
        return
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # another process of this run may be starting it
        if not (folder / "started").exists():
            command = [sys.executable, _HERE / "server.py", folder / "socket", (folder / "owner").read_text()]
            ended = subprocess.run(command, stdin=subprocess.DEVNULL, env=environ, start_new_session=True, check=False)
            (folder / "started").touch()
            if ended.returncode:
                warnings.warn("the fork server cannot start; every process of this run is a fresh one", stacklevel=1)


def processor_s(folder: Path) -> float:
    """The processor time that the server and what it has forked have taken so far."""
    with contextlib.suppress(OSError):
        pid = (folder / "server").read_text()
        times = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()[11:15]
        return sum(map(int, times)) / os.sysconf("SC_CLK_TCK")
    return 0.0


def forked_for(pid: int) -> int:
    """The process that was forked for a stand-in; any other process is itself."""
    process = Path(f"/proc/{pid}")
    while (process / "cmdline").read_bytes().split(b"\0")[1:2] == [b"-ISE"]:  # else it is or has become another program
        if (name := (process / "comm").read_text()).startswith("for "):
            return int(name.removeprefix("for "))
        time.sleep(0.001)
    return pid


class Forked:
    """A forked process, with what tests use of subprocess.Popen."""

    def __init__(self, connection: _socket.socket, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._connection = connection

    def poll(self) -> int | None:
        if self.returncode is None:
            ready = select.poll()  # select() fails for descriptors above 1023
            ready.register(self._connection.fileno(), select.POLLIN)
            if ready.poll(0):
                self.wait()
        return self.returncode

    def wait(self) -> int:
        if self.returncode is None:
            self.returncode = os.waitstatus_to_exitcode(int.from_bytes(self._connection.recv(4), "big"))
            self._connection.close()
        return self.returncode

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            self._connection.send(bytes([number]))

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


def run_on_terminal(
    command: Sequence[str], terminal: int, *, env: Mapping[str, str], cwd: Path
) -> Forked | subprocess.Popen[bytes]:
    """Start a program with a terminal of its own. For the stand-in, this is the forked process itself."""
    program, *arguments = command
    if program != sys.executable:
        forked = client.ask(
            str(Path(program).parent / "socket"),
            arguments,
            {os.fsencode(name): os.fsencode(value) for name, value in env.items()},
            (terminal, terminal, terminal),
            cwd=str(cwd),
            parent=os.getpid(),
            executable=program,
            terminal=True,
        )
        if forked is not None:
            return Forked(*forked)
    return subprocess.Popen(
        [sys.executable, *arguments],
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        env=dict(env),
        cwd=cwd,
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509 - one call, which takes no lock
    )
