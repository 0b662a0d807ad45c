"""Command line of a Python child process that imports the same modules. Knows neither torch nor models."""

from __future__ import annotations

import os
import sys
from pathlib import Path

# The import path is passed as arguments, so that a torch.py in the current folder is never imported.
_BOOT = "import sys; sys.path[:] = sys.argv[2:]; from importlib import import_module; import_module(sys.argv[1]).main()"


def python_command(module: str) -> list[str]:
    """Return the command that runs `main()` of a module of flanchat in a new process."""
    # without the current folder, unless flanchat itself is installed there
    current = {os.path.realpath(os.curdir)} - {str(Path(__file__).resolve().parents[2])}
    import_path = [path for path in sys.path if path and os.path.realpath(path) not in current]
    return [sys.executable, "-c", _BOOT, module, *import_path]
