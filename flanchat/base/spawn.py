"""How a Python of our own is started that finds the same modules. Knows paths; knows neither torch nor models."""

from __future__ import annotations

import os
import sys
from pathlib import Path

# The path travels as arguments, so that a torch.py in the current folder is never imported.
_BOOT = "import sys; sys.path[:] = sys.argv[2:]; from importlib import import_module; import_module(sys.argv[1]).main()"


def command(module: str) -> list[str]:
    """The command that runs `main()` of a module of ours in a process of its own."""
    return [sys.executable, "-c", _BOOT, module, *_import_path()]


def _import_path() -> list[str]:
    """Where this process looks for modules, but not the current folder unless we are there."""
    here = {"", os.path.realpath(os.curdir)} - {str(Path(__file__).resolve().parents[2])}
    return [path for path in sys.path if path and os.path.realpath(path) not in here]
