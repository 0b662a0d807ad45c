"""Opens engines for tests, in this process unless that would change transformers for the tests after it."""

from __future__ import annotations

import importlib.util
from dataclasses import replace

from flanchat.engine.checkpoint.validate import ModelSource
from flanchat.engine.engines import open_engine
from flanchat.engine.protocol import Engine, EngineOptions

HAS_OPENMIND = importlib.util.find_spec("openmind") is not None


def open_here(source: ModelSource, options: EngineOptions, engine: str) -> Engine:
    """An engine of the table in this process; transformers' in one of its own where it would import openmind."""
    if engine == "transformers" and HAS_OPENMIND:
        return open_engine(source, replace(options, engine=engine), "worker")
    return open_engine(source, options, engine)
