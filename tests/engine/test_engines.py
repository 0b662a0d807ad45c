"""Every engine opens by its name and does what the protocol says; nothing but the table names one."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

import flanchat
from flanchat.base.errors import DeviceError
from flanchat.engine.checkpoint.validate import ModelSource
from flanchat.engine.engines import ENGINES
from flanchat.engine.events import Decoding, Delta, Finished, Request, Started
from flanchat.engine.protocol import Engine, EngineOptions
from flanchat.engine.worker.process import WorkerEngine
from tests.reference import open_here
from tests.sources import nodes_of

pytestmark = pytest.mark.usefixtures("forked")

REQUEST = Request("add salt", Decoding(max_new_tokens=3))


@pytest.fixture(
    params=[
        pytest.param(name, marks=pytest.mark.transformers if name == "transformers" else ()) for name in sorted(ENGINES)
    ]
)
def opened(request: pytest.FixtureRequest, tiny_model: Path) -> Iterator[tuple[Engine, list[str]]]:
    """An engine that has not been started, and the statuses it has reported."""
    reported: list[str] = []
    source = ModelSource("./tiny", tiny_model, "folder", "")
    options = EngineOptions(environ=os.environ, device="cpu", precision="float32", report=reported.append)
    engine = open_here(source, options, request.param)
    with closing(engine):
        yield engine, reported


def test_it_counts_loads_answers_and_closes(opened: tuple[Engine, list[str]], tiny_model: Path):
    engine, reported = opened

    assert engine.measure(["add ", "salt"]).total == len(engine.pieces("add salt")) + 1
    engine.start()
    events = list(engine.stream([REQUEST]))

    assert isinstance(events[0], Started)
    assert isinstance(events[-1], Finished)
    assert "".join(event.text for event in events if isinstance(event, Delta))
    assert engine.status == "ready"
    assert not reported or reported[-1] == "ready"
    assert engine.card().parameters >= 0
    assert engine.source.folder == tiny_model
    assert (engine.source.label, engine.source.names) == (tiny_model.name, ("./tiny", tiny_model.name))


def test_a_stop_and_a_kill_end_the_answer(opened: tuple[Engine, list[str]]):
    engine, _ = opened
    for end in (engine.stop, engine.kill):
        events = engine.stream([Request("add salt", Decoding(max_new_tokens=5000, min_new_tokens=5000))])
        next(events)
        end()

        assert [event.finish for event in events if isinstance(event, Finished)] == ["interrupted"]


def test_a_worker_process_serves_any_engine_of_the_table(tiny_model: Path):
    source = ModelSource("tiny", tiny_model, "folder", "")
    with closing(WorkerEngine(source, EngineOptions(environ=os.environ), "scripted")) as engine:
        events = list(engine.stream([REQUEST]))

        assert engine.card().engine == "scripted"
        assert "".join(event.text for event in events if isinstance(event, Delta)) == "Paris"


def test_an_error_that_the_model_process_translated_keeps_its_english(tiny_model: Path):
    from flanchat.base import i18n
    from flanchat.base.i18n import in_english

    source = ModelSource("tiny", tiny_model, "folder", "")
    i18n.use_language("zh", {})
    try:
        engine = WorkerEngine(source, EngineOptions(device="npu", environ=os.environ))
    finally:
        i18n.use_language("en", {})
    with closing(engine), pytest.raises(DeviceError) as raised:
        engine.card()

    assert not raised.value.message.isascii()
    assert in_english(raised.value.message).startswith("no npu found: torch_npu is not installed")


def test_nothing_but_the_table_names_an_engine():
    package = Path(flanchat.__file__).parent
    classes = {"WorkerEngine", "LocalEngine", "ReferenceEngine", "ScriptedEngine"}
    naming = {
        path.relative_to(package).as_posix()
        for path in package.rglob("*.py")
        if any(name in path.read_text(encoding="utf-8") for name in classes)  # parsing takes longer
        for node in nodes_of(path)
        if isinstance(node, ast.ImportFrom) and classes & {alias.name for alias in node.names}
    }

    assert naming == {"engine/engines.py"}
