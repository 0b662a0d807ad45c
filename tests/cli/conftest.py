"""Runs the command line in this process, with engines that stay loaded from one test to the next."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TextIO

import pytest

from flanchat import cli
from flanchat.base.i18n import use_language
from flanchat.engine.checkpoint.validate import ModelSource
from flanchat.engine.protocol import Engine, EngineOptions
from tests.conftest import Ended
from tests.reference import open_here

Main = Callable[..., Ended]


class OnTerminal(io.TextIOWrapper):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


class SharedEngine:
    """An engine that the next test uses too, so that closing it does nothing."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def __getattr__(self, name: str) -> Any:
        return getattr(self._engine, name)

    def close(self) -> None:
        pass


@pytest.fixture(scope="session")
def open_engine() -> Iterator[Callable[..., Engine]]:
    """Opens each model once per device, precision and engine, in this process."""
    opened: dict[tuple[object, ...], Engine] = {}

    def open_shared(source: ModelSource, options: EngineOptions) -> Any:
        key = source, options.device, options.precision, options.engine
        if key not in opened:
            opened[key] = open_here(source, options, options.engine)
        return SharedEngine(opened[key])

    yield open_shared
    for engine in opened.values():
        engine.close()


@pytest.fixture
def main(
    environ: dict[str, str], open_engine: Callable[..., Engine], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Main]:
    """Runs the command line in `tmp_path` and returns what came of it.

    stdin: what is piped in, or a stream to read. env: changes to the environment. seen: whether a person reads what
    it prints.
    """
    monkeypatch.chdir(tmp_path)

    def run(
        *arguments: str | Path,
        stdin: str | bytes | io.StringIO = "",
        env: Mapping[str, str] | None = None,
        seen: bool = False,
    ) -> Ended:
        if isinstance(stdin, io.StringIO):
            standard_in: TextIO = stdin
        else:
            piped = stdin.encode() if isinstance(stdin, str) else stdin
            standard_in = io.TextIOWrapper(io.BytesIO(piped), "utf-8", "surrogateescape")
        stream_type = OnTerminal if seen else io.TextIOWrapper
        out, err = (stream_type(io.BytesIO(), "utf-8", "backslashreplace") for __ in range(2))
        given = [str(argument) for argument in arguments]
        status = cli.main(given, {**environ, **(env or {})}, standard_in, out, err, open_engine)
        printed = []
        for stream in (out, err):
            stream.flush()
            printed.append(stream.buffer.getvalue().decode("utf-8", "surrogateescape"))
        return Ended(status, *printed)

    yield run
    use_language("en", {})
