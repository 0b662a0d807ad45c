"""Opens engines for tests, in this process unless that would change transformers for the tests after it."""

from __future__ import annotations

import functools
import importlib.util
import os
from dataclasses import replace
from pathlib import Path

from flanchat.engine.checkpoint.validate import ModelSource
from flanchat.engine.engines import open_engine
from flanchat.engine.hubs.resolve import resolve
from flanchat.engine.protocol import Engine, EngineOptions
from flanchat.engine.t5.local import LocalEngine, load_engine

HAS_OPENMIND = importlib.util.find_spec("openmind") is not None


def open_here(source: ModelSource, options: EngineOptions, engine: str) -> Engine:
    """An engine of the table in this process; transformers' in one of its own where it would import openmind."""
    if engine == "transformers" and HAS_OPENMIND:
        return open_engine(source, replace(options, engine=engine), "worker")
    return open_engine(source, options, engine)


def shared_engine(folder: Path | None = None, precision: str = "auto") -> LocalEngine:
    """A model on the CPU, by default the bundled one, which all tests of this process share. Nobody closes it.

    To load it and trace its steps takes 0.3 s of a processor for a tiny model, and 1 s for the bundled one.
    """
    return _loaded(
        resolve(None, os.environ) if folder is None else ModelSource("tiny", folder, "folder", ""), precision
    )


def untraced_engine(source: ModelSource, precision: str = "float32") -> LocalEngine:
    """A model on the CPU, loaded, for a test that lets it answer little: tracing its steps would take longer."""
    engine = LocalEngine(source, EngineOptions(environ=os.environ, device="cpu", precision=precision))
    engine.start()
    return engine


@functools.cache
def _loaded(source: ModelSource, precision: str) -> LocalEngine:
    return load_engine(source, device="cpu", precision=precision, environ=os.environ)
