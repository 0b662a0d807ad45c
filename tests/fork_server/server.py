"""Forks Python processes in which torch and flanchat are imported already, which takes 20 ms instead of 1.5 s.

A forked process has the arguments, environment, streams, folder and terminal that a fresh one would have. Requests that
need a fresh interpreter are refused: see `suits`.

Usage: server.py SOCKET PID. Goes to the background when it is ready. Ends, and kills what it has forked, when process
PID ends.
"""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import fcntl
import gc
import importlib
import io
import marshal
import os
import pkgutil
import runpy
import selectors
import signal
import socket
import sys
import termios
import threading
import time
import types
import weakref
from collections.abc import Mapping
from pathlib import Path
from typing import Any

FRESH = b"FRESH_PYTHON"
"""A process with this in its environment is never forked."""

HOLD = str(Path(__file__).parent.parent / "hold")
"""The folder of a sitecustomize.py that works in a forked process too."""

# What the interpreter, the C library or torch reads before the first line of a program runs.
_READ_AT_START = (b"PYTHON", b"OMP_", b"MKL_", b"KMP_", b"TORCH_", b"PYTORCH_", b"ATEN_", b"LD_", b"MALLOC_")
_EXCEPT = {b"PYTHONPATH", b"TORCH_DEVICE_BACKEND_AUTOLOAD"}

_LAZY = (
    "torch", "safetensors.torch", "sentencepiece", "prompt_toolkit.shortcuts", "rich.table", "rich.progress", "asyncio",
    "sqlite3", "importlib.metadata", "yaml", "resource", "encodings.utf_8_sig", "click._textwrap", "jinja2",
    "sentencepiece.sentencepiece_model_pb2", "sentencepiece.sentencepiece_pb2",
)  # fmt: skip
"""Imported within functions of flanchat. The hubs' clients are not among them: they read the environment on import."""

_FOR_HUBS = ("requests", "httpx", "httpcore", "httpx2", "httpcore2", "fsspec", "filelock", "tqdm.auto")
"""What the hubs' clients import, depending on their version."""

_PR_SET_PDEATHSIG = 1
_MADV_COLLAPSE, _HUGE = 25, 1 << 21

Order = dict[str, Any]


def preload() -> None:
    import flanchat

    for module in pkgutil.walk_packages(flanchat.__path__, "flanchat."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    for name in _LAZY:
        importlib.import_module(name)
    for name in _FOR_HUBS:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    # torch's finalizers take down its libraries, 35 ms at the end of every process. `atexit` is public, but torch keeps
    # no reference to them; those that a forked process makes itself, as for a temporary folder, have to run.
    for finalizer in weakref.finalize._registry:  # type: ignore[attr-defined]
        finalizer.atexit = False
    threads = os.listdir("/proc/self/task")
    assert len(threads) == 1, f"{len(threads)} threads, of which a fork would have one"


def use_huge_pages() -> None:
    """Bring the memory of this process into pages of 2 MiB, of which a fork copies one entry each: 22 to 14 ms a fork.

    Linux has done so since 6.1; elsewhere nothing happens.
    """
    madvise = ctypes.CDLL(None).madvise
    madvise.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
    for line in Path("/proc/self/maps").read_text().splitlines():
        span, modes, _, _, inode, *name = line.split()
        if (modes, inode, name or ["[heap]"]) == ("rw-p", "0", ["[heap]"]):
            first, last = (int(at, 16) // _HUGE * _HUGE for at in span.split("-"))
            madvise(first + _HUGE, max(0, last - first - _HUGE), _MADV_COLLAPSE)


def suits(order: Order, base: list[str]) -> bool:
    """Whether a forked process would be like a fresh one. base: the PYTHONPATH of this process.

    Folders on PYTHONPATH before those of this process are added to the order as "path", unless one of their modules
    would have been imported instead of one that is in memory.
    """
    environ = order["environ"]
    if FRESH in environ or order["arguments"][:1] not in (["-m"], ["-c"]):
        return False
    if _read_at_start(environ) != _read_at_start(os.environb):
        return False
    folders = _python_path(environ)
    more = max(0, len(folders) - len(base))
    order["path"] = folders[:more]
    return folders[more:] == base and "" not in folders and not any(map(_shadows, [*order["path"], order["cwd"]]))


def _python_path(environ: Mapping[bytes, bytes]) -> list[str]:
    path = os.fsdecode(environ.get(b"PYTHONPATH", b""))
    return path.split(os.pathsep) if path else []


def _read_at_start(environ: Mapping[bytes, bytes]) -> dict[bytes, bytes]:
    read = {k: v for k, v in environ.items() if k.startswith(_READ_AT_START) and k not in _EXCEPT}
    locale = next(filter(None, map(environ.get, (b"LC_ALL", b"LC_CTYPE", b"LANG"))), b"")
    return {**read, b"LC_CTYPE": locale}


def _shadows(folder: str) -> bool:
    """Whether a module in a folder would have been imported instead of one that is in memory."""
    if folder == HOLD:
        return False
    for path in (*Path(folder).glob("*.py"), *Path(folder).glob("*/__init__.py")):
        name = path.parent.name if path.name == "__init__.py" else path.stem
        if name in ("sitecustomize", "usercustomize"):
            return True
        if name in sys.modules and getattr(sys.modules[name], "__file__", None) != str(path):
            return True
    return False


class Server:
    """Serves until process `owner` ends. In a forked process, `serve` returns what that is to run."""

    def __init__(self, address: str, owner: int) -> None:
        self._base = _python_path(os.environb)
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(address)
        self._listener.listen(64)
        self._selector = selectors.PollSelector()
        self._selector.register(self._listener, selectors.EVENT_READ, self._accept)
        self._selector.register(os.pidfd_open(owner), selectors.EVENT_READ, self._end)
        self._forked: set[int] = set()
        self._order: Order | None = None

    def serve(self) -> Order:
        while self._order is None:
            for key, _ in self._selector.select():
                key.data(key.fileobj)
                if self._order is not None:
                    break
        return self._order

    def _accept(self, listener: socket.socket) -> None:
        connection, _ = listener.accept()
        order, streams = _receive(connection)
        if len(streams) < 3 or not suits(order, self._base):
            connection.sendall(bytes(4))
            connection.close()
        elif pid := os.fork():
            self._forked.add(pid)
            connection.sendall(pid.to_bytes(4, "big"))
            ended = os.pidfd_open(pid)
            self._selector.register(connection, selectors.EVENT_READ, lambda _: self._hear(connection, pid))
            self._selector.register(ended, selectors.EVENT_READ, lambda _: self._bury(connection, pid, ended))
        else:
            take_over(order, streams, [connection, listener])
            self._order = order
            return
        for number in streams:
            os.close(number)

    def _hear(self, connection: socket.socket, pid: int) -> None:
        if pid not in self._forked:
            return
        try:
            numbers = connection.recv(16)
        except OSError:
            numbers = b""
        if not numbers:
            self._selector.unregister(connection)
        for number in numbers or [signal.SIGKILL]:
            os.kill(pid, number)

    def _bury(self, connection: socket.socket, pid: int, ended: int) -> None:
        _, status = os.waitpid(pid, 0)
        self._forked.remove(pid)
        self._selector.unregister(ended)
        os.close(ended)
        with contextlib.suppress(KeyError):
            self._selector.unregister(connection)
        with contextlib.suppress(OSError):
            connection.sendall(status.to_bytes(4, "big"))
        connection.close()

    def _end(self, owner: int) -> None:
        for pid in self._forked:
            os.kill(pid, signal.SIGKILL)
        os._exit(0)


def _receive(connection: socket.socket) -> tuple[Order, list[int]]:
    length, streams, _, _ = socket.recv_fds(connection, 4, 3)
    left, parts = int.from_bytes(length, "big"), []
    while left and (part := connection.recv(left)):
        parts.append(part)
        left -= len(part)
    return (marshal.loads(b"".join(parts)) if parts else {}), streams


def take_over(order: Order, streams: list[int], sockets: list[socket.socket]) -> None:
    """Make this process, which was just forked, what the order says."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    os.setsid()
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
    for each in sockets:
        each.detach()
    for number in map(int, os.listdir("/proc/self/fd")):
        if number > 2:
            with contextlib.suppress(OSError):
                os.close(number)
    for number in order["closed"]:
        os.close(number)
    if order["terminal"]:
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    os.chdir(order["cwd"])
    os.umask(order["umask"])
    os.environ.clear()
    os.environb.update(order["environ"])
    time.tzset()
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        stream = None if number in order["closed"] else _text_stream(number, getattr(sys, name))
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)
    parent = order["parent"]
    os.getppid = lambda: parent
    sys.executable = order["executable"]
    gc.enable()


def _text_stream(number: int, like: io.TextIOWrapper) -> io.TextIOWrapper:
    """A standard stream as the interpreter makes it at its start."""
    unbuffered = like.write_through  # PYTHONUNBUFFERED
    mode, size = ("rb", -1) if number == 0 else ("wb", 0 if unbuffered else -1)
    buffer = open(number, mode, size, closefd=False)  # noqa: SIM115
    raw = buffer if isinstance(buffer, io.RawIOBase) else buffer.raw
    raw.name = like.name
    lines = not unbuffered and (number == 2 or raw.isatty())
    stream = io.TextIOWrapper(buffer, like.encoding, like.errors, "\n", line_buffering=lines, write_through=unbuffered)
    stream.mode = mode[0]
    return stream


def run(order: Order) -> None:
    """Run `python ARGUMENTS` in this process and end it."""
    status: Any = 0
    try:
        _run(order)
    except SystemExit as ended:
        status = 0 if ended.code is None else ended.code
    except Exception:
        sys.excepthook(*sys.exc_info())
        status = 1
    if not isinstance(status, int):
        print(status, file=sys.stderr)
        status = 1
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    try:
        for stream in filter(None, (sys.stdout, sys.stderr)):
            stream.flush()
    except (OSError, ValueError):
        sys.exit(status)  # the interpreter complains
    os._exit(status & 0xFF)  # taking down torch's modules would take 0.2 s


def _run(order: Order) -> None:
    flag, program, *rest = order["arguments"]
    sys.argv[:] = [flag, *rest]
    sys.path[:0] = [order["cwd"] if flag == "-m" else "", *order["path"]]
    importlib.invalidate_caches()
    if HOLD in order["path"]:
        importlib.import_module("sitecustomize")
    if flag == "-m":
        runpy.run_module(program, run_name="__main__", alter_sys=True)
    else:
        module = types.ModuleType("__main__")
        sys.modules["__main__"] = module
        exec(compile(program, "<string>", "exec"), module.__dict__)


if __name__ == "__main__":
    del sys.path[0]  # the folder of this file, which a fresh process has not there
    preload()
    server = Server(sys.argv[1], int(sys.argv[2]))
    if os.fork():
        os._exit(0)
    Path(sys.argv[1]).with_name("server").write_text(str(os.getpid()))
    gc.disable()
    use_huge_pages()
    gc.freeze()  # collecting would write to every page that the processes share
    run(server.serve())
