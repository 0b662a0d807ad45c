"""Asks the fork server for a process, and stands in for `python` by doing so.

Imports as little as possible, because it runs once for each model process of a test: 12 ms.
"""

from __future__ import annotations

import _signal
import _socket
import marshal
import os
import sys

# Passed on by the process that stands in for `python`.
_RELAYED = (_signal.SIGINT, _signal.SIGTERM, _signal.SIGHUP, _signal.SIGQUIT, _signal.SIGUSR1, _signal.SIGWINCH)


def ask(
    address: str,
    arguments: list[str],
    environ: dict[bytes, bytes],
    streams: tuple[int, int, int],
    *,
    cwd: str,
    parent: int,
    executable: str,
    terminal: bool = False,
    closed: list[int] | None = None,
) -> tuple[_socket.socket, int] | None:
    """Ask for `python ARGUMENTS`; return the connection and the process ID, or None when the server refuses.

    streams: the descriptors that become 0, 1 and 2. parent, executable: what os.getppid and sys.executable say there.
    terminal: whether 0 becomes the controlling terminal. closed: which of 0, 1 and 2 are not open there.

    A byte sent over the connection is the number of a signal to deliver. Four bytes come back at the end, the wait
    status. Closing the connection kills the process.
    """
    umask = os.umask(0)
    os.umask(umask)
    order = marshal.dumps(
        {
            "arguments": arguments,
            "environ": environ,
            "cwd": cwd,
            "umask": umask,
            "parent": parent,
            "executable": executable,
            "terminal": terminal,
            "closed": closed or [],
        }
    )
    rights = b"".join(number.to_bytes(4, sys.byteorder) for number in streams)
    connection = _socket.socket(_socket.AF_UNIX)
    try:
        connection.connect(address)
        connection.sendmsg([len(order).to_bytes(4, "big")], [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, rights)])
        connection.sendall(order)
        pid = int.from_bytes(connection.recv(4), "big")
    except OSError:  # there is no server
        pid = 0
    if not pid:
        connection.close()
        return None
    return connection, pid


def main(address: str, python: str) -> None:
    """Run `python` with the arguments of this process in a forked one, and end as that ends."""
    closed = [number for number, stream in enumerate((sys.stdin, sys.stdout, sys.stderr)) if stream is None]
    null = os.open(os.devnull, os.O_RDWR)
    while null <= 2:  # it has taken the number of a closed one
        null = os.open(os.devnull, os.O_RDWR)
    zero, one, two = (null if number in closed else number for number in range(3))
    _signal.pthread_sigmask(_signal.SIG_BLOCK, _RELAYED)  # they wait until there is somebody to relay them to
    forked = ask(
        address, sys.argv[1:], dict(os.environb), (zero, one, two), cwd=os.getcwd(), parent=os.getppid(),
        executable=sys.argv[0], closed=closed,
    )  # fmt: skip
    if forked is None:
        for number in (*closed, null):
            os.close(number)
        _signal.pthread_sigmask(_signal.SIG_UNBLOCK, _RELAYED)
        os.execv(python, [python, *sys.argv[1:]])
    connection, pid = forked
    with open("/proc/self/comm", "w") as name:  # for `forked_for`
        name.write(f"for {pid}")
    for number in _RELAYED:
        _signal.signal(number, lambda number, frame: connection.send(bytes([number])))
    _signal.pthread_sigmask(_signal.SIG_UNBLOCK, _RELAYED)
    for number in (0, 1, 2):  # only the forked process keeps the pipes open
        os.dup2(null, number)
    ended = connection.recv(4)
    status = os.waitstatus_to_exitcode(int.from_bytes(ended, "big")) if ended else -_signal.SIGKILL
    if status < 0:
        if -status != _signal.SIGKILL:
            _signal.signal(-status, _signal.SIG_DFL)
        os.kill(os.getpid(), -status)
    os._exit(status)
