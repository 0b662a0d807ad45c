"""Every engine by its name, and how to open it. Nothing else depends on which engine runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flanchat.engine.checkpoint.validate import ModelSource
from flanchat.engine.protocol import Engine


def _worker(source: ModelSource, **options: Any) -> Engine:
    from flanchat.engine.worker.process import WorkerEngine

    return WorkerEngine(source, **options)


def _local(source: ModelSource, *, debug: bool, **options: Any) -> Engine:
    from flanchat.engine.t5.local import LocalEngine

    return LocalEngine(source, **options)


def _scripted(source: ModelSource, **options: Any) -> Engine:
    from flanchat.engine.scripted import ScriptedEngine

    return ScriptedEngine(source=source)


ENGINES: Mapping[str, Callable[..., Engine]] = {
    "worker": _worker,  # a child process, which opens "local"
    "local": _local,  # a T5 in this process
    "scripted": _scripted,  # plays back an answer; loads nothing
}
"""Openers, which import their engine and are called with the parameters of `open_engine`."""


def open_engine(
    source: ModelSource,
    *,
    device: str,
    precision: str,
    environ: Mapping[str, str],
    report: Callable[[str], None],
    note: Callable[[str], None],
    debug: bool = False,
    engine: str = "worker",
) -> Engine:
    """Open an engine that has not yet loaded its model; `start` or the first call loads it.

    device, precision: "auto" or a name. environ: what the engine and its child processes see as the environment.
    report: called with each new `status`; note: called with a sentence when something is done otherwise than the user
    may expect. Both may be called from another thread. debug: let libraries write to standard error. engine: a key of
    ENGINES.
    """
    return ENGINES[engine](
        source, device=device, precision=precision, environ=environ, report=report, note=note, debug=debug
    )
