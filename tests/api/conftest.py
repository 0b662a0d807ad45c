"""A model of the Python interface, on the scripted engine or on a small T5 in this process."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

import flanchat
from flanchat.api.recording import Record, Recording
from flanchat.engine.protocol import Engine
from flanchat.engine.scripted import ScriptedEngine

MakeModel = Callable[..., flanchat.Model]


def model_on(engine: Engine, environ: Mapping[str, str], record: Record = False) -> flanchat.Model:
    """A model that answers with this engine. Any other model is another such engine."""
    return flanchat.Model(
        engine,
        environ=environ,
        recording=Recording(engine, record, environ),
        open_model=lambda name: contextlib.nullcontext(ScriptedEngine([["from", " ", name]])),
    )


@pytest.fixture
def scripted(environ: dict[str, str]) -> MakeModel:
    """Makes a model that plays back answers; record: see `flanchat.load`."""

    def make(*answers: object, record: Record = False, **how: object) -> flanchat.Model:
        return model_on(ScriptedEngine(answers or (("Paris",),), **how), environ, record)

    return make


@pytest.fixture
def surroundings(environ: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """The folders of this process are the test's own."""
    for name, value in environ.items():
        if name.startswith("XDG_") or name in ("HOME", "PYTORCH_JIT"):
            monkeypatch.setenv(name, value)


@pytest.fixture(scope="session")
def loaded(tiny_model: Path) -> Iterator[flanchat.Model]:
    with flanchat.load(tiny_model, device="cpu", precision="float32") as model:
        yield model


@pytest.fixture
def tiny(loaded: flanchat.Model, surroundings: None) -> flanchat.Model:
    """A small T5 with random weights, in this process, which stays loaded."""
    return loaded
