"""Fixtures for tests in several folders."""

from __future__ import annotations

import functools
import gc
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from _pytest.runner import runtestprotocol

import tests.examples  # noqa: F401 - loads a profile of hypothesis, before its plugin does
from tests import fork_server
from tests.tiny_t5 import make_tiny_t5
from tests.waiting import LIMIT_S, Held

# `nohup make test &` ignores them, and so would every program that a test interrupts.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)

# Collections take half a second of the imports that follow; see pytest_collection_finish.
gc.disable()

# A second thread makes small models slower, and two workers run at the same time.
os.environ["OMP_NUM_THREADS"] = "1"
# Threads of the tests that need several would wait for each other by computing: a tenth of a run.
os.environ.setdefault("GOMP_SPINCOUNT", "1000")

# Tests use no network. A client of a hub reads the certificates of each of these anew, 20 ms.
for _name in ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
    os.environ.pop(_name, None)

# Without byte code files, each process compiles all of flanchat, 0.1 s, and each worker rewrites all assertions, 3 s.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# Tests in process do not use the developer's cache. The first process of a run creates the folder and removes it; the
# others, and a second import of this file, use the same one.
_CACHE = os.environ.get("FLANCHAT_TESTS_CACHE") or ""
_OURS = not _CACHE
if _OURS:
    _CACHE = os.environ["FLANCHAT_TESTS_CACHE"] = os.environ["XDG_CACHE_HOME"] = tempfile.mkdtemp(prefix="flanchat-")

# A disk takes 5 ms to sync a line of a transcript, and tests sync thousands; memory takes none. Who wants to look at
# the folders afterwards sets the variable or --basetemp.
_IN_MEMORY = Path(f"/dev/shm/flanchat-tests-{os.getpid()}")
if _OURS and _IN_MEMORY.parent.is_dir():
    for _left in _IN_MEMORY.parent.glob("flanchat-tests-*"):
        if not Path("/proc", _left.name.rpartition("-")[2]).exists():  # its run was killed
            shutil.rmtree(_left, ignore_errors=True)
    _room = os.statvfs(_IN_MEMORY.parent)
    _fits = _room.f_bavail * _room.f_frsize > 4e9 and not _room.f_flag & os.ST_NOEXEC
    if _fits and "PYTEST_DEBUG_TEMPROOT" not in os.environ:
        _IN_MEMORY.mkdir(mode=0o700)
        os.environ["PYTEST_DEBUG_TEMPROOT"] = str(_IN_MEMORY)

PYTHON = fork_server.make_stand_in(Path(_CACHE))
"""A Python that has torch imported when it starts; see tests/fork_server."""

COMMAND = (PYTHON, "-m", "flanchat")


@dataclass(frozen=True)
class Ended:
    """Exit status and output of a flanchat. status: negative for a signal."""

    status: int
    out: str
    err: str

    @property
    def raw(self) -> bytes:
        """Standard output and standard error, as bytes."""
        return (self.out + self.err).encode("utf-8", "surrogateescape")


Flanchat = Callable[..., Ended]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--slow", action="store_true", help="also run what is marked as slow")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    # Each worker begins with its share of the items in their order. Importing transformers takes 2.4 s of a processor.
    items.sort(key=lambda item: item.get_closest_marker("transformers") is None)
    if not config.getoption("--slow"):
        for item in items:
            if item.get_closest_marker("slow"):
                item.add_marker(pytest.mark.skip(reason="slow: make test-all runs it"))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Each worker runs half of the modules, whose fixtures are then made once; the last tests go to who is free."""
    from xdist.scheduler import WorkStealingScheduling

    return WorkStealingScheduling(config, log)


def pytest_collection_finish() -> None:
    """Later collections of garbage need not look at torch and at thousands of tests, which takes 0.3 s each time."""
    gc.freeze()
    gc.enable()
    gc.set_threshold(700, 10, 100)  # what transformers and the tests keep later takes 4 s of a run to look through


def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
    """Report to the main process only what it shows: five messages for each test cost 5 s of a processor."""
    if not hasattr(item.config, "workerinput"):  # not a worker of xdist
        return None
    for report in runtestprotocol(item, log=False, nextitem=nextitem):
        if report.when == "call" or not report.passed:
            item.ihook.pytest_runtest_logreport(report=report)
    return True


@pytest.hookimpl(trylast=True)
def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Show the progress, in the main process: a worker does not say that a test has ended."""
    if hasattr(report, "node"):  # of a worker
        report.node.config.hook.pytest_runtest_logfinish(nodeid=report.nodeid, location=report.location)


def pytest_sessionfinish() -> None:
    """pytest collects garbage six times at its end; what is still in use need not be looked at."""
    gc.freeze()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if _OURS:
        own, forked = sum(os.times()[:4]), fork_server.processor_s(Path(_CACHE))
        terminalreporter.write_line(f"{own + forked:.0f} s of a processor, {forked:.0f} s of them in forked processes")


def pytest_unconfigure() -> None:
    if _OURS:
        for folder in (_CACHE, _IN_MEMORY):
            shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a small random Flan-T5. Copy it before changing anything."""
    return make_tiny_t5(tmp_path_factory.mktemp("tiny") / "model")


@pytest.fixture(scope="session")
def slow_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a model that takes seconds for a thousand tokens, so that an answer can be interrupted.

    Its many small layers are read at once; a few large ones would take longer than the part of the answer that is used.
    """
    folder = tmp_path_factory.mktemp("slow") / "model"
    return make_tiny_t5(folder, layers=1, decoder_layers=16, seed=2)


@pytest.fixture(scope="module")
def forked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Processes that the tests of a module start with sys.executable are forked."""
    environ = isolated_environ(tmp_path_factory.mktemp("forked"))
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith(("LC_", "LANG"))]:
            patch.delenv(name)
        for name in ("LC_ALL", "PYTORCH_JIT"):
            patch.setenv(name, environ[name])  # as the server has it
        patch.setattr(sys, "executable", PYTHON)
        yield


@pytest.fixture
def held(tmp_path: Path) -> Iterator[Held]:
    """Model processes started with its `environ` do not finish loading before it is released."""
    held = Held(tmp_path / "hold")
    yield held
    held.release()


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """An environment in which all of flanchat's folders are in `tmp_path`, so that the developer's are not used."""
    return isolated_environ(tmp_path)


def isolated_environ(folder: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("FLANCHAT_", "XDG_", "LC_"))}
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES", "PYTHONIOENCODING", "LANG", "EDITOR", "VISUAL"):
        kept.pop(name, None)
    home = folder / "home"
    home.mkdir(exist_ok=True)
    memory = folder / "cache" / "flanchat" / "machine.json"
    if (known := _machine()) is not None and not memory.exists():
        memory.parent.mkdir(mode=0o700, parents=True)
        shutil.copy(known, memory)
    places = {f"XDG_{name}_HOME": str(folder / name.lower()) for name in ("CONFIG", "DATA", "STATE", "CACHE")}
    environ = {**kept, **places, "HOME": str(home), "TERM": "xterm-256color", "LC_ALL": "C.UTF-8"}
    environ["PYTORCH_JIT"] = "0"  # tracing a decoder takes as long as hundreds of its steps
    fork_server.start_server(PYTHON, environ)
    return environ


@functools.cache
def _machine() -> Path | None:
    """The file with what flanchat measures at its first start, which tests copy instead of measuring again."""
    try:
        import torch

        from flanchat.engine.devices.precision import choose_kernels
    except ImportError:  # torch is not installed
        return None
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    for precision in ("auto", "int8"):  # what tests load models in
        choose_kernels("cpu", precision, environ=os.environ)
    torch.set_num_threads(before)
    return Path(_CACHE, "flanchat", "machine.json")


def transcripts(folder: Path) -> list[Path]:
    """Transcripts written with `isolated_environ(folder)`, oldest first."""
    return sorted((folder / "state" / "flanchat" / "sessions").glob("*.jsonl"))


@pytest.fixture
def flanchat(environ: dict[str, str], tmp_path: Path) -> Flanchat:
    """Runs the command line in a process of its own, a forked one (tests/fork_server), and waits for its end.

    stdin: text or bytes to pipe in. env: changes to the environment; FRESH makes it a fresh process. shell:
    redirections, such as `>&-`.
    """

    def run(
        *arguments: str | Path,
        stdin: str | bytes = b"",
        env: Mapping[str, str] | None = None,
        shell: str = "",
    ) -> Ended:
        command: Sequence[str] = (*COMMAND, *map(str, arguments))
        if shell:
            command = ("sh", "-c", f'exec "$@" {shell}', "sh", *command)
        ended = subprocess.run(
            command,
            input=stdin.encode() if isinstance(stdin, str) else stdin,
            capture_output=True,
            env={**environ, **(env or {})},
            cwd=tmp_path,
            timeout=LIMIT_S,
            check=False,
        )
        out, err = (stream.decode("utf-8", "surrogateescape") for stream in (ended.stdout, ended.stderr))
        return Ended(ended.returncode, out, err)

    return run
