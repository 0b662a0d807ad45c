"""Blocks `import torch` while the named pipe HOLD_TORCH exists; see Held in tests/waiting.py."""

import contextlib
import importlib.util
import os
import sys


class _Hold:
    def find_spec(self, name, path=None, target=None):
        if name != "torch":
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


sys.meta_path.insert(0, _Hold())
