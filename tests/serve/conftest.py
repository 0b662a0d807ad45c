"""Servers that the tests of a module share: with a scripted engine, and with a small random model."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from flanchat.engine.scripted import ScriptedEngine
from flanchat.engine.t5.local import LocalEngine
from tests.reference import shared_engine
from tests.serve.serving import Served, serving


@pytest.fixture(scope="session")
def tiny_engine(tiny_model: Path) -> LocalEngine:
    return shared_engine(tiny_model)


@pytest.fixture(scope="module")
def tiny(tiny_engine: LocalEngine) -> Iterator[Served]:
    with serving(tiny_engine) as served:
        yield served


@pytest.fixture(scope="module")
def scripted_server() -> Iterator[Served]:
    with serving(ScriptedEngine()) as served:
        yield served


@pytest.fixture
def scripted(scripted_server: Served) -> Served:
    """A server whose engine a test may change."""
    engine = scripted_server.engine
    fresh = ScriptedEngine()
    for name in ("answers", "before", "asked", "logprobs", "others"):
        setattr(engine, name, getattr(fresh, name))
    return scripted_server


Script = Callable[..., None]


@pytest.fixture
def script(scripted: Served) -> Script:
    """Gives the scripted engine its answers, a text each."""

    def answer(*texts: str) -> None:
        scripted.engine.answers = [[*(f"{word} " for word in text.split(" "))] for text in texts]  # type: ignore[attr-defined]

    return answer
