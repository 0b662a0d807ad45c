"""Every engine by its name, and how to open it. Nothing else depends on which engine runs."""

from __future__ import annotations

from collections.abc import Mapping

from flanchat.engine.checkpoint.validate import ModelSource
from flanchat.engine.protocol import Engine, EngineOptions, OpenEngine


def _worker(source: ModelSource, options: EngineOptions) -> Engine:
    from flanchat.engine.worker.process import WorkerEngine

    return WorkerEngine(source, options, options.engine)


def _local(source: ModelSource, options: EngineOptions) -> Engine:
    from flanchat.engine.t5.local import LocalEngine

    return LocalEngine(source, options)


def _transformers(source: ModelSource, options: EngineOptions) -> Engine:
    from flanchat.engine.reference.engine import ReferenceEngine

    return ReferenceEngine(source, options)


def _scripted(source: ModelSource, options: EngineOptions) -> Engine:
    from flanchat.engine.scripted import ScriptedEngine

    return ScriptedEngine(source=source)


ENGINES: Mapping[str, OpenEngine] = {
    "worker": _worker,  # a child process, which opens "local", or "transformers" by request
    "local": _local,  # a T5 in this process
    "transformers": _transformers,  # transformers' own T5, to compare with; imports openmind where that is installed
    "scripted": _scripted,  # plays back an answer; loads nothing
}


def open_engine(source: ModelSource, options: EngineOptions, engine: str = "worker") -> Engine:
    """Open an engine of the table."""
    return ENGINES[engine](source, options)
