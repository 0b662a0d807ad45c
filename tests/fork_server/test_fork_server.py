"""A forked process cannot be told from a fresh one."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import PYTHON
from tests.fork_server import FRESH, forked_for
from tests.waiting import until, wait_gone

pytestmark = pytest.mark.skipif(sys.executable == PYTHON, reason="nothing is forked here")

REPORT = """
import gc, json, locale, os, random, signal, sys, threading, time
def of(stream):
    raw = getattr(stream.buffer, "raw", stream.buffer)
    names = "name", "mode", "encoding", "errors", "newlines", "line_buffering", "write_through", "closed"
    return [*(getattr(stream, name) for name in names), stream.fileno(), stream.isatty(), type(stream.buffer).__name__,
            raw.closefd, raw.mode, raw.name]
umask = os.umask(0)
print(json.dumps({
    "arguments": sys.argv, "path": sys.path, "flags": str(sys.flags), "environ": sorted(os.environ.items()),
    "folder": os.getcwd(), "umask": umask, "parent": os.getppid() == int(os.environ["PARENT"]),
    "streams": [of(stream) for stream in (sys.stdin, sys.stdout, sys.stderr, sys.__stdout__)],
    "encodings": [locale.getpreferredencoding(False), sys.getfilesystemencoding(), locale.setlocale(locale.LC_ALL)],
    "signals": [str(signal.getsignal(number)) for number in sorted(signal.valid_signals())],
    "files": len(os.listdir("/proc/self/fd")), "threads": len(os.listdir("/proc/self/task")), "gc": gc.isenabled(),
    "zone": time.tzname, "main": sorted(set(vars(sys.modules["__main__"])) - {"__annotations__"}), "name": __name__,
    "thread": threading.current_thread() is threading.main_thread(), "nice": os.nice(0), "input": sys.stdin.read(),
}))
"""
ROOT = Path(__file__).parents[2]
LOADED = "import sys; print('torch' in sys.modules)"


def run(python: str, *arguments: str, env: dict[str, str], cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [python, *arguments], env=env, cwd=cwd, input="some\r\ninput", capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("how", ["-m", "-c"])
def test_its_surroundings_are_those_of_a_fresh_one(environ: dict[str, str], tmp_path: Path, how: str):
    (tmp_path / "report.py").write_text(REPORT)
    (tmp_path / "more").mkdir()
    path = os.pathsep.join(filter(None, [str(tmp_path / "more"), os.environ.get("PYTHONPATH")]))
    env = {**environ, "PYTHONPATH": path, "TZ": "Asia/Shanghai", "PARENT": str(os.getpid()), "ODD": "\udcff"}
    arguments = (how, "report" if how == "-m" else REPORT, "-x", "日", "\udcff")

    forked, fresh = (
        json.loads(run(python, *arguments, env=env, cwd=tmp_path).stdout) for python in (PYTHON, sys.executable)
    )

    assert run(PYTHON, "-c", LOADED, env=env, cwd=tmp_path).stdout == "True\n"
    assert forked == fresh


@pytest.mark.parametrize("closed", ["<&-", "2>&-", "<&- 2>&-"])
def test_a_stream_that_is_closed_is_closed_there_too(environ: dict[str, str], tmp_path: Path, closed: str):
    program = "import os, sys; print(sys.stdin is None, sys.stderr is None, os.open('/', 0), 'torch' in sys.modules)"
    shell = ("sh", "-c", f'exec "$@" {closed}', "sh")

    forked, fresh = (
        subprocess.run([*shell, python, "-c", program], env=environ, cwd=tmp_path, capture_output=True, check=True)
        for python in (PYTHON, sys.executable)
    )

    assert forked.stdout == fresh.stdout.replace(b"False\n", b"True\n")


@pytest.mark.parametrize(
    "program",
    [
        "import sys; sys.exit(7)",
        "import sys; sys.exit('in words')",
        "1 / 0",
        "import os; os.kill(os.getpid(), 15)",
        "raise KeyboardInterrupt",
        "import atexit, threading, time; atexit.register(print, 'last'); "
        "threading.Thread(target=lambda: (time.sleep(0.05), print('first'))).start()",
        "import os, sys; print('lost'); os.close(1)",
    ],
)
def test_it_ends_as_a_fresh_one_does(environ: dict[str, str], tmp_path: Path, program: str):
    forked, fresh = (run(python, "-c", program, env=environ, cwd=tmp_path) for python in (PYTHON, sys.executable))

    assert (forked.returncode, forked.stdout) == (fresh.returncode, fresh.stdout)
    assert forked.stderr.splitlines()[-1:] == fresh.stderr.splitlines()[-1:]


def test_signals_reach_it_and_it_does_not_outlive_its_stand_in(environ: dict[str, str], tmp_path: Path):
    program = "import signal; signal.signal(15, lambda *_: print('heard', flush=True)); print('ready', flush=True)\n"
    with subprocess.Popen(
        [PYTHON, "-c", program + "while True: signal.pause()"], env=environ, cwd=tmp_path, stdout=subprocess.PIPE
    ) as stand_in:
        assert stand_in.stdout is not None
        assert stand_in.stdout.readline() == b"ready\n"
        stand_in.send_signal(signal.SIGTERM)
        assert stand_in.stdout.readline() == b"heard\n"
        forked = forked_for(stand_in.pid)
        stand_in.kill()

    assert forked != stand_in.pid
    wait_gone(forked)


@pytest.mark.parametrize("change", [FRESH, {"LC_ALL": "C"}, {"PYTHONIOENCODING": "ascii"}, {"OMP_NUM_THREADS": "3"}])
def test_what_an_interpreter_reads_at_its_start_makes_it_a_fresh_one(
    environ: dict[str, str], tmp_path: Path, change: dict[str, str]
):
    assert run(PYTHON, "-c", LOADED, env={**environ, **change}, cwd=tmp_path).stdout == "False\n"


@pytest.mark.parametrize("module", ["sitecustomize.py", "json.py", "torch/__init__.py"])
def test_modules_that_would_be_imported_instead_make_it_a_fresh_one(
    environ: dict[str, str], tmp_path: Path, module: str
):
    (tmp_path / module).parent.mkdir(exist_ok=True)
    (tmp_path / module).touch()
    path = os.pathsep.join(filter(None, [str(tmp_path), os.environ.get("PYTHONPATH")]))

    assert run(PYTHON, "-c", LOADED, env={**environ, "PYTHONPATH": path}, cwd=tmp_path.parent).stdout == "False\n"
    assert run(PYTHON, "-c", LOADED, env=environ, cwd=tmp_path).stdout == "False\n"


@pytest.mark.slow
def test_the_server_ends_with_the_process_that_owns_it_and_so_does_what_it_has_forked(
    environ: dict[str, str], tmp_path: Path
):
    program = (
        "import os, subprocess, sys; from pathlib import Path; from tests import fork_server\n"
        "python = fork_server.make_stand_in(Path(sys.argv[1]))\n"
        "fork_server.start_server(python, os.environ)\n"
        "command = [python, '-c', 'import os, time; print(os.getpid(), flush=True); time.sleep(600)']\n"
        "forked = subprocess.Popen(command, stdout=subprocess.PIPE)\n"
        "print(forked.stdout.readline().decode(), forked.pid)\n"
    )

    ended = subprocess.run(
        [sys.executable, "-c", program, tmp_path], env=environ, cwd=ROOT, stdout=subprocess.PIPE, check=True
    )

    forked, stand_in = map(int, ended.stdout.split())
    assert forked != stand_in
    wait_gone(forked, stand_in)
    until(lambda: not is_served(tmp_path / "socket"))


def is_served(address: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as connection:
        return connection.connect_ex(str(address)) == 0
