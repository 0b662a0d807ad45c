"""Fixtures that many tests share."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

import tests.examples  # noqa: F401 - loads a profile of hypothesis, before its plugin does
from tests import fork_server
from tests.tiny_t5 import make_tiny_t5
from tests.waiting import LIMIT_S, Held

# Two threads that wait for each other cost small models more than they bring, and the tests run side by side.
os.environ["OMP_NUM_THREADS"] = "1"

# Some build machines forbid it, and then each of the many processes here compiles all of flanchat for itself: 0.1 s.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# What in-process tests remember about this machine is kept apart from what the developer's own flanchat remembers.
# The first process of a run makes the folder and removes it; the others, and a second import of this file, share it.
_CACHE = os.environ.get("FLANCHAT_TESTS_CACHE") or ""
_OURS = not _CACHE
if _OURS:
    _CACHE = os.environ["FLANCHAT_TESTS_CACHE"] = os.environ["XDG_CACHE_HOME"] = tempfile.mkdtemp(prefix="flanchat-")

PYTHON = fork_server.make_stand_in(Path(_CACHE))
"""Starts a Python with torch imported in no time; see tests/fork_server."""

COMMAND = (PYTHON, "-m", "flanchat")


@dataclass(frozen=True)
class Ended:
    """A flanchat that has ended. status: as a shell sees it, negative for a signal."""

    status: int
    out: str
    err: str

    @property
    def raw(self) -> bytes:
        """Every byte that it printed."""
        return (self.out + self.err).encode("utf-8", "surrogateescape")


Flanchat = Callable[..., Ended]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--slow", action="store_true", help="also run what is marked as slow")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("--slow"):
        for item in items:
            if item.get_closest_marker("slow"):
                item.add_marker(pytest.mark.skip(reason="slow: make test-all runs it"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if _OURS:
        own, forked = sum(os.times()[:4]), fork_server.processor_s(Path(_CACHE))
        terminalreporter.write_line(f"{own + forked:.0f} s of a processor, {forked:.0f} s of them in forked processes")


def pytest_unconfigure() -> None:
    if _OURS:
        shutil.rmtree(_CACHE, ignore_errors=True)


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a small random Flan-T5. Read only: copy it before changing it."""
    return make_tiny_t5(tmp_path_factory.mktemp("tiny") / "model")


@pytest.fixture(scope="session")
def slow_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a model that takes seconds for a thousand tokens, so that nobody comes too late to interrupt it."""
    folder = tmp_path_factory.mktemp("slow") / "model"
    return make_tiny_t5(folder, layers=1, decoder_layers=8, d_ff=16384, scale=0.1, seed=1, dtype="float16")


@pytest.fixture(scope="module")
def forked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Processes that the tests of a module start with sys.executable are forked."""
    environ = isolated_environ(tmp_path_factory.mktemp("forked"))
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith(("LC_", "LANG"))]:
            patch.delenv(name)
        patch.setenv("LC_ALL", environ["LC_ALL"])  # as the server has it
        patch.setattr(sys, "executable", PYTHON)
        yield


@pytest.fixture
def held(tmp_path: Path) -> Iterator[Held]:
    """Keeps model processes that are started with its `environ` loading."""
    held = Held(tmp_path / "hold")
    yield held
    held.release()


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """An environment in which nothing of the developer's own is seen: all of flanchat's folders are in `tmp_path`."""
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
    fork_server.start_server(PYTHON, environ)
    return environ


@functools.cache
def _machine() -> Path | None:
    """What flanchat measures about a processor at its first start, so that not every test measures it anew."""
    try:
        import torch

        from flanchat.engine.devices.precision import choose_kernels
    except ImportError:  # an environment for the tests that need no torch
        return None
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    choose_kernels("cpu", "auto", environ=os.environ)
    torch.set_num_threads(before)
    return Path(_CACHE, "flanchat", "machine.json")


def transcripts(folder: Path) -> list[Path]:
    """The transcripts that a flanchat in `isolated_environ(folder)` has written, oldest first."""
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
