"""Blocks the import of torch while the named pipe HOLD_TORCH exists; see Held in tests/waiting.py.

A forked process (tests/fork_server) has torch in memory: there, what imports it in a fresh one waits in its place.
"""

import contextlib
import importlib.util
import os
import sys

_IMPORTS_TORCH = "flanchat.engine.t5.loading"


class _Hold:
    def find_spec(self, name, path=None, target=None):
        if name not in ("torch", _IMPORTS_TORCH):
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        run = spec.loader.exec_module

        def wait_and_run(module):  # waiting in the finder would hold the import lock
            with contextlib.suppress(OSError), open(os.environ["HOLD_TORCH"], "rb") as pipe:
                pipe.read()  # until its last writer closes it
            run(module)

        spec.loader.exec_module = wait_and_run
        return spec


sys.modules.pop(_IMPORTS_TORCH, None)
sys.meta_path.insert(0, _Hold())
