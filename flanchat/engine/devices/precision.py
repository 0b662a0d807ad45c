"""Which precision a model gets on a device, how its matrices are held, and why. Knows no model."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from flanchat.base.errors import DeviceError
from flanchat.engine.devices.measurements import remembered
from flanchat.engine.devices.registry import auto_precision, has_bfloat16
from flanchat.engine.t5.linear import PRECISIONS, Measurement, Packing, choose, measure

ON_OTHER_DEVICES = ("float32", "float16", "bfloat16")


def choose_packing(
    device: str, precision: str, progress: Callable[[str], None] = lambda step: None, *, parameters: int = 0
) -> tuple[Packing, str]:
    """The packing for `precision`, which is `auto` or one of PRECISIONS, and one sentence that says why.

    parameters: how many the model has; for large ones an NPU takes half the bytes.
    On the CPU `auto` is the quicker of float16 and float32: both multiply and add in float32, and give the same greedy
    answers. Raises DeviceError for what the device cannot do.
    """
    if precision not in ("auto", *PRECISIONS):
        raise DeviceError(f"unknown precision {precision}; expected auto, {', '.join(PRECISIONS)}")
    if device != "cpu":
        if precision not in ("auto", *ON_OTHER_DEVICES):
            raise DeviceError(f"{precision} is for the CPU; on {device} take auto, {', '.join(ON_OTHER_DEVICES)}")
        bfloat16 = has_bfloat16(device)
        if precision == "auto":
            chosen, why = auto_precision(device, parameters=parameters, bfloat16=bfloat16)
            return Packing(chosen, device), f"what suits {device}: {why}"
        if precision == "bfloat16" and not bfloat16:
            raise DeviceError(f"{device} has no bfloat16; take --precision auto, float32 or float16")
        in_float16 = device.startswith("npu") and precision == "float32" and not bfloat16
        return Packing(precision, device), "as you chose" + ("; this chip multiplies in float16" if in_float16 else "")
    if precision != "auto":
        found = _measured(precision, progress)
        return choose(precision, found), f"as you chose; {_told(precision, found)}"
    float16, float32 = _measured("float16", progress), _measured("float32", progress)
    half, full = choose("float16", float16), choose("float32", float32)
    told = f"{_told('float16', float16)}, {_told('float32', float32)}"
    if float16[half.token].token < float32[full.token].token:
        return half, f"the quickest here that keeps float32's greedy answers; {told}"
    return full, f"as quick as float16 here; {told}"


def _told(precision: str, found: dict[str, Measurement]) -> str:
    packing = choose(precision, found)
    one = found[packing.token].one * 1e6
    ways = packing.token if packing.token == packing.prompt else f"{packing.token}, prompts {packing.prompt}"
    return f"{precision} ({ways}) takes {one:.0f} µs for a row and a matrix"


def _measured(precision: str, progress: Callable[[str], None]) -> dict[str, Measurement]:
    """What `measure` found on this processor, with this torch and as many threads: once, then remembered.

    Other programs distort it, so what was measured beside them is measured again as soon as there is quiet.
    """

    def find_out() -> dict[str, Any]:
        progress("measuring this processor")
        busy = _is_busy()
        return {"busy": busy, "ways": {name: [m.one, m.few, m.many] for name, m in measure(precision).items()}}

    key = " · ".join(
        ("packing", precision, _processor(), f"torch {torch.__version__}", f"{torch.get_num_threads()} threads")
    )
    known = remembered(key, find_out, _fits)
    return {name: Measurement(*seconds) for name, seconds in known["ways"].items()}


def _fits(known: Any) -> bool:
    ways = known.get("ways") if isinstance(known, dict) else None
    return (
        isinstance(ways, dict)
        and bool(ways)
        and all(
            isinstance(seconds, list) and len(seconds) == 3 and all(isinstance(s, float) and s > 0 for s in seconds)
            for seconds in ways.values()
        )
        and (not known.get("busy") or _is_busy())
    )


def _is_busy() -> bool:
    """Whether other programs have used more than half of this machine in the last minute."""
    try:
        return os.getloadavg()[0] > 0.5 * (os.cpu_count() or 1)
    except OSError:
        return False


def _processor() -> str:
    """The processor's name and what torch makes of it."""
    name = platform.processor() or platform.machine()
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
        named = [line.partition(":")[2].strip() for line in lines if line.startswith(("model name", "CPU part"))]
        name = named[0] if named else name
    except OSError:
        pass
    return f"{name} {torch.backends.cpu.get_cpu_capability()}"
