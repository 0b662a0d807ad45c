"""Every engine by its name, and how to open it. Nothing else depends on which engine runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flanchat.engine.checkpoint.validate import ModelSource
from flanchat.engine.protocol import Engine

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Opening:
    """What an engine is opened with; see `open_engine`."""

    source: ModelSource
    device: str
    precision: str
    environ: Mapping[str, str]
    report: Say
    note: Say
    debug: bool


def _worker(opening: Opening) -> Engine:
    from flanchat.engine.worker.process import WorkerEngine

    return WorkerEngine(
        opening.source,
        device=opening.device,
        precision=opening.precision,
        environ=opening.environ,
        report=opening.report,
        note=opening.note,
        debug=opening.debug,
    )


def _local(opening: Opening) -> Engine:
    from flanchat.engine.t5.local import LocalEngine

    return LocalEngine(
        opening.source,
        device=opening.device,
        precision=opening.precision,
        environ=opening.environ,
        report=opening.report,
        note=opening.note,
    )


def _scripted(opening: Opening) -> Engine:
    from flanchat.engine.scripted import ScriptedEngine

    return ScriptedEngine(source=opening.source)


ENGINES: Mapping[str, Callable[[Opening], Engine]] = {
    "worker": _worker,  # a model in a child process, which opens "local"
    "local": _local,  # a T5 in this process
    "scripted": _scripted,  # plays back an answer; loads nothing
}


def open_engine(
    source: ModelSource,
    *,
    device: str,
    precision: str,
    environ: Mapping[str, str],
    report: Say,
    note: Say,
    debug: bool = False,
    engine: str = "worker",
) -> Engine:
    """Open an engine that has not yet loaded its model; `start` or the first call loads it.

    device, precision: "auto" or a name. environ: what the engine and its child processes see as the environment.
    report: called with each new `status`, note: with a sentence when something is done otherwise than the user may
    expect; both perhaps from another thread. debug: let libraries write to standard error. engine: a key of ENGINES.
    """
    return ENGINES[engine](Opening(source, device, precision, environ, report, note, debug))
