"""The child process of a probe: tries an NPU, or torch without one, and prints a JSON object.

Being a process of its own, it reads standard input and its environment, and imports libraries that may crash it.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
from collections.abc import Sequence
from typing import Any

from flanchat.base.errors import one_line
from flanchat.engine.devices.memory import gc_paused
from flanchat.engine.devices.npu_probe import SUM, hide_torch_npu
from flanchat.engine.devices.npu_problems import SHOWN


def main() -> None:
    """Carry out the task on standard input and print a JSON object. Output of libraries goes to standard error."""
    task = json.loads(sys.stdin.readline())
    _end_with(task["parent"])
    out = os.dup(1)
    os.dup2(2, 1)
    reply = _try_npus(task["npu"]) if "npu" in task else _try_torch()
    os.write(out, b"\n" + json.dumps(reply).encode() + b"\n")
    os._exit(0)  # some drivers crash when they are shut down


def _try_npus(indices: Sequence[int]) -> dict[str, Any]:
    with gc_paused():
        import torch_npu  # isort: skip  (first, so that its own problem shows before the time torch takes)
        import torch

    npu: Any = torch.npu  # type: ignore[attr-defined]  # torch_npu adds it
    found: dict[str, Any] = {"count": int(npu.device_count()), "torch": torch.__version__}
    found["torch_npu"] = torch_npu.__version__
    if max(indices) < found["count"]:
        found["sums"] = []
        for index in reversed(indices):  # ends with the first one as the current device
            npu.set_device(index)
            npu.set_compile_mode(jit_compile=False)  # as in registry.py: compiling could take longer than the timeout
            ones = torch.ones(4, 4, device=f"npu:{index}")
            found["sums"].append(float((ones @ ones).sum().item()))
        found["chip"] = str(npu.get_device_name(index))
        found["bfloat16"] = bool(npu.is_bf16_supported())
        found["free_bytes"], found["total_bytes"] = map(int, npu.mem_get_info(index))
    return found


def _try_torch() -> dict[str, Any]:
    """What torch can use without torch_npu, whatever state that is in."""
    hide_torch_npu()
    with gc_paused():
        import torch

    from flanchat.engine.devices.precision import choose_kernels

    found: dict[str, Any] = {"torch": torch.__version__, "cuda_build": torch.version.cuda, "cuda": []}
    found["threads"] = torch.get_num_threads()
    for index in range(torch.cuda.device_count() if torch.cuda.is_available() else 0):
        found["cuda"].append(_try_cuda(index))
    found["mps"] = torch.backends.mps.is_available()
    kernels, why = choose_kernels("cpu", "auto", environ=os.environ)
    found["cpu_precision"], found["cpu_precision_why"] = kernels.precision, why
    return found


def _try_cuda(index: int) -> dict[str, Any]:
    import torch

    try:
        ones = torch.ones(4, 4, device=f"cuda:{index}")
        works = float((ones @ ones).sum().item()) == SUM
        free, total = torch.cuda.mem_get_info(index)
    except RuntimeError as error:
        return {"works": False, "cause": one_line(error)[:SHOWN]}
    return {
        "works": works,
        "chip": torch.cuda.get_device_name(index),
        "bfloat16": torch.cuda.get_device_capability(index) >= (8, 0),
        "free_bytes": free,
        "total_bytes": total,
    }


def _end_with(parent: int) -> None:
    """Have this process killed when the parent ends: a hanging driver would keep it alive for ever."""
    if sys.platform == "linux":
        import ctypes

        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
    if os.getppid() != parent:
        os._exit(1)
