"""Which precision and which kernels a model gets on a device, and why. Knows no model."""

from __future__ import annotations

import math
import os
import platform
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import torch

from flanchat.base.errors import DeviceError
from flanchat.base.i18n import _, join_list
from flanchat.engine.devices import precision_reasons as reasons
from flanchat.engine.devices.cores import WAITED_TOO_MUCH, allowed_cores, core_use, waited_share
from flanchat.engine.devices.measurements import cached_measurement
from flanchat.engine.devices.placement import parts
from flanchat.engine.devices.registry import auto_precision, has_bfloat16
from flanchat.engine.t5.attention import keeps_bits
from flanchat.engine.t5.linear import KERNELS, PRECISIONS, LinearKernels, Measurement, fastest_kernels, measure_kernels

ON_OTHER_DEVICES = ("float32", "float16", "bfloat16")


def choose_kernels(
    device: str,
    precision: str,
    progress: Callable[[str], None] = lambda step: None,
    *,
    parameters: int = 0,
    environ: Mapping[str, str],
) -> tuple[LinearKernels, str]:
    """The kernels for `precision`, which is `auto` or one of PRECISIONS, and a sentence that gives the reason.

    parameters: number of the model's; an NPU stores large models in half the bytes. environ: says where measurements
    are cached. On the CPU `auto` is the faster of float16 and float32: both multiply and add in float32, and give the
    same greedy answers. Raises DeviceError for what the device cannot do.
    """
    if precision not in ("auto", *PRECISIONS):
        raise DeviceError(
            _("unknown precision {precision}; expected auto, {names}").format(
                precision=precision, names=join_list(PRECISIONS)
            )
        )
    if device != "cpu":
        if precision not in ("auto", *ON_OTHER_DEVICES):
            raise DeviceError(
                _("{precision} is for the CPU; on {device} use auto, {names}").format(
                    precision=precision, device=device, names=join_list(ON_OTHER_DEVICES)
                )
            )
        bfloat16 = has_bfloat16(device)
        if precision == "auto":
            chosen, why = auto_precision(device, parameters=parameters, bfloat16=bfloat16)
            return LinearKernels(chosen, device), reasons.SUITS.format(device=device, why=why)
        if precision == "bfloat16" and not bfloat16:
            raise DeviceError(
                _("{device} has no bfloat16; use precision auto, float32 or float16").format(device=device)
            )
        in_float16 = device.startswith("npu") and precision == "float32" and not bfloat16
        why = reasons.joined(reasons.CHOSEN, reasons.IN_FLOAT16) if in_float16 else reasons.CHOSEN
        return LinearKernels(precision, device), why
    if precision != "auto":
        measured = {part: _measured(part, progress, environ) for part in dict.fromkeys(parts(precision))}
        of_tokens, of_prompts = (measured[part] for part in parts(precision))
        kernels = fastest_kernels(precision, of_tokens, of_prompts)
        summary = reasons.SPEED.format(**_speed(kernels, of_tokens, ("kernels", "time")))
        slow = _no_faster_prompts(kernels, of_tokens, of_prompts)
        return kernels, reasons.joined(reasons.CHOSEN, summary, slow, _caveat(kernels))
    float16, float32 = _measured("float16", progress, environ), _measured("float32", progress, environ)
    half, full = fastest_kernels("float16", float16), fastest_kernels("float32", float32)
    summary = reasons.SPEEDS.format(
        **_speed(half, float16, ("first", "time")), **_speed(full, float32, ("second", "other_time"))
    )
    if float16[half.token].token < float32[full.token].token:
        return half, reasons.joined(reasons.FASTEST, summary, _caveat(half))
    return full, reasons.joined(reasons.NO_FASTER, summary, _caveat(full))


def wider_precision(device: str, precision: str) -> str:
    """The next precision on this device that holds larger numbers; "" when there is none.

    bfloat16 has nearly float32's range, but less than all of it.
    """
    if precision == "float32":
        return ""
    return "bfloat16" if precision == "float16" and device != "cpu" and has_bfloat16(device) else "float32"


def _no_faster_prompts(
    kernels: LinearKernels, of_tokens: dict[str, Measurement], of_prompts: dict[str, Measurement]
) -> str:
    """That prompts are no faster in a precision of their own, and so only less exact; "" where they are.

    Of each precision the kernels count that would be used, which may not be the fastest. Not refused: a recorded answer
    is made again in its precision on any machine.
    """
    exact, rounded = parts(kernels.precision)
    now = of_tokens[fastest_kernels(exact, of_tokens).prompt].many
    other = of_prompts[kernels.prompt].many
    if exact == rounded or other < now:
        return ""
    figures = {"other": f"{other * 1e6:.0f}", "now": f"{now * 1e6:.0f}"}
    return reasons.NO_FASTER_PROMPTS.format(exact=exact, rounded=rounded, **figures)


def _speed(kernels: LinearKernels, of_tokens: dict[str, Measurement], names: tuple[str, str]) -> dict[str, str]:
    """Kernels and the microseconds they take for a token, by these names."""
    ways = kernels.token if kernels.token == kernels.prompt else f"{kernels.token}, prompts {kernels.prompt}"
    return {names[0]: f"{kernels.precision} ({ways})", names[1]: f"{of_tokens[kernels.token].one * 1e6:.0f}"}


def _caveat(kernels: LinearKernels) -> str:
    return "" if kernels.same_bits else reasons.CAVEAT


def _measured(precision: str, progress: Callable[[str], None], environ: Mapping[str, str]) -> dict[str, Measurement]:
    """What `measure_kernels` found on this processor, with this torch and number of threads; cached.

    Other programs distort the figures, so those that were taken on a busy machine are replaced once it is quiet. When
    they use the cores while it measures, kernels are compared on one thread: several would wait for each other.
    """

    def measure() -> dict[str, Any]:
        progress("measuring this processor")
        cores, threads = allowed_cores(), torch.get_num_threads()
        before = core_use(cores)
        measured = measure_kernels(precision)
        if threads > 1 and (waited_share(before, core_use(cores)) or 0.0) > WAITED_TOO_MUCH:
            torch.set_num_threads(1)
            try:
                measured = measure_kernels(precision)
            finally:
                torch.set_num_threads(threads)
        attention = keeps_bits(torch.float32)
        ways = {name: [m.one, m.few, m.many, m.same_bits and attention] for name, m in measured.items()}
        return {"busy": _is_busy(), "ways": ways}

    key = " · ".join(
        ("products", precision, _processor(), f"torch {torch.__version__}", f"{torch.get_num_threads()} threads")
    )
    cached = cached_measurement(key, measure, lambda cached: _is_valid(cached, precision), environ)
    return {name: Measurement(*figures) for name, figures in cached["ways"].items()}


def _is_valid(cached: Any, precision: str) -> bool:
    """Whether these are figures of kernels that this precision has, taken on a machine as quiet as it is now."""
    figures = cached.get("ways") if isinstance(cached, dict) else None
    return (
        isinstance(figures, dict)
        and bool(figures)
        and set(figures) <= set(KERNELS[precision])
        and all(
            isinstance(of_one, list)
            and len(of_one) == 4
            and all(isinstance(s, float) and 0 < s < math.inf for s in of_one[:3])
            and isinstance(of_one[3], bool)
            for of_one in figures.values()
        )
        and (not cached.get("busy") or _is_busy())
    )


def _is_busy() -> bool:
    """Whether other programs have used more than half of this machine in the last minute."""
    try:
        return os.getloadavg()[0] > 0.5 * (os.cpu_count() or 1)
    except OSError:
        return False


def _processor() -> str:
    """The processor's name, and the instruction set that torch uses of it."""
    name = platform.processor() or platform.machine()
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
        names = [line.partition(":")[2].strip() for line in lines if line.startswith(("model name", "CPU part"))]
        name = names[0] if names else name
    except OSError:
        pass
    return f"{name} {torch.backends.cpu.get_cpu_capability()}"
