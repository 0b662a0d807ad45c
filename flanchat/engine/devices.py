"""Which device a model runs on, by name, and what it is like there. Knows torch devices; knows no model.

A name is a kind, npu and cuda perhaps with a number: "npu", "npu:1". engine/probe.py has made sure before torch was
imported that an NPU that does not work is not seen here.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flanchat.engine import memory
from flanchat.errors import UsageError


@dataclass(frozen=True, slots=True)
class Device:
    """A kind of device.

    count: how many there are. prepare: make that one the one in use. synchronize: wait until it has done all it was
    given. peak_bytes: the most memory that one has held. precision: what suits most models. remedy: what if absent.
    """

    count: Callable[[], int]
    prepare: Callable[[int], None]
    synchronize: Callable[[], None]
    peak_bytes: Callable[[int], int]
    precision: str
    remedy: str

    def is_there(self) -> bool:
        return self.count() > 0


def _npu() -> Any:
    import torch

    return torch.npu  # type: ignore[attr-defined]  # torch_npu adds it


def _npu_count() -> int:
    if importlib.util.find_spec("torch_npu") is None:
        return 0
    try:
        import torch_npu  # noqa: F401  (registers the device with torch)

        return int(_npu().device_count())
    except Exception:  # it raises whatever it likes; engine/probe.py says what
        return 0


def _npu_prepare(index: int) -> None:
    """Operators are taken from the chip's own package, not compiled for each new shape; float32 stays float32.

    The Atlas training and inference chips (910A, 310P) do otherwise by default. Must come before the first operator.
    """
    npu = _npu()
    npu.set_compile_mode(jit_compile=False)
    npu.set_option({"ACL_PRECISION_MODE": "must_keep_origin_dtype"})
    npu.set_device(index)


def _cuda_count() -> int:
    import torch

    return torch.cuda.device_count() if torch.cuda.is_available() else 0


def _cuda_prepare(index: int) -> None:
    import torch

    torch.cuda.set_device(index)


def _cuda_synchronize() -> None:
    import torch

    torch.cuda.synchronize()


def _cuda_peak(index: int) -> int:
    import torch

    return torch.cuda.max_memory_allocated(index)


def _mps_count() -> int:
    import torch

    return int(torch.backends.mps.is_available())


def _mps_synchronize() -> None:
    import torch

    torch.mps.synchronize()


def _mps_peak(index: int) -> int:
    import torch

    return torch.mps.driver_allocated_memory()  # it never gives back, so this is the peak


class _Devices(dict[str, Device]):
    """By kind; a name with a number finds its kind too."""

    def __missing__(self, name: str) -> Device:
        kind, colon, __ = name.partition(":")
        if not colon:
            raise KeyError(name)
        return self[kind]


# In the order in which `auto` tries them.
DEVICES = _Devices(
    npu=Device(
        _npu_count,
        _npu_prepare,
        lambda: _npu().synchronize(),
        lambda index: int(_npu().max_memory_allocated(index)),
        "float32",
        'install torch_npu and CANN, see README, "Ascend"',
    ),
    cuda=Device(
        _cuda_count,
        _cuda_prepare,
        _cuda_synchronize,
        _cuda_peak,
        "bfloat16",
        'install a CUDA build of torch, see README, "Install"',
    ),
    mps=Device(_mps_count, lambda index: None, _mps_synchronize, _mps_peak, "float32", "this needs an Apple GPU"),
    cpu=Device(lambda: 1, lambda index: None, lambda: None, lambda index: int(memory.peak_mb() * 1e6), "float32", ""),
)
_NUMBERED = ("npu", "cuda")


def choose_device(name: str) -> str:
    """The name of the device to use for `name`, which may be `auto` too; it is made the one in use.

    `auto` takes the first kind that computes something right. Raises UsageError when a device that was asked for by
    name is not there or cannot be used.
    """
    if name == "auto":
        return next(kind for kind in DEVICES if _computes(kind))
    kind, colon, number = name.partition(":")
    if kind not in DEVICES or (colon and not (kind in _NUMBERED and number.isascii() and number.isdecimal())):
        names = [f"{known}[:N]" if known in _NUMBERED else known for known in DEVICES]
        raise UsageError(f"unknown device {name}; expected auto, {', '.join(names)}")
    device, index = DEVICES[kind], int(number or 0)
    count = device.count()
    if not count:
        there = kind == "npu" and importlib.util.find_spec("torch_npu") is not None
        remedy = "torch_npu is there but does not work, `flanchat doctor` says why" if there else device.remedy
        raise UsageError(f"no {name} found: {remedy}; or use --device cpu")
    if index >= count:
        raise UsageError(f"no {name} found: the last one is {kind}:{count - 1}; or use --device cpu")
    try:
        device.prepare(index)
    except RuntimeError as error:
        raise UsageError(f"{name} cannot be used: {_first_line(error)}; or use --device cpu") from error
    return name


def _computes(kind: str) -> bool:
    """Whether the first device of a kind is there and does what it is told."""
    device = DEVICES[kind]
    if not device.is_there():
        return False
    if kind == "cpu":
        return True
    import torch

    try:
        device.prepare(0)
        ones = torch.ones(4, 4, device=kind)
        return float((ones @ ones).sum()) == 64.0
    except RuntimeError:
        return False


def peak_mb(name: str) -> float:
    """The most memory that was held on a device so far, in megabytes; on the CPU, by this process."""
    __, __, number = name.partition(":")
    return DEVICES[name].peak_bytes(int(number or 0)) / 1e6


LARGE = 1_000_000_000
"""From so many parameters on, an NPU holds a model in half the bytes: flan-t5-large is below, flan-t5-xl above."""


def has_bfloat16(name: str) -> bool:
    """Whether a device that is in use computes in bfloat16 by itself."""
    import torch

    kind, __, number = name.partition(":")
    if kind == "npu":
        return bool(_npu().is_bf16_supported())
    return kind != "cuda" or torch.cuda.get_device_capability(int(number or 0)) >= (8, 0)


def auto_precision(name: str, *, parameters: int, bfloat16: bool) -> tuple[str, str]:
    """The precision that `auto` means elsewhere than on the CPU, and why. bfloat16: whether the device has it.

    On the CPU engine/precision.py measures what is quickest.

    >>> auto_precision("npu:0", parameters=2_850_000_000, bfloat16=False)[0]
    'float16'
    """
    kind = name.partition(":")[0]
    if kind == "npu" and parameters >= LARGE:
        if bfloat16:
            return "bfloat16", "half the bytes of a large model; the range of float32"
        return "float16", "half the bytes of a large model; this chip has no bfloat16"
    if kind == "cuda" and not bfloat16:
        return "float32", "this GPU has no bfloat16"
    return DEVICES[kind].precision, _WHY[kind]


_WHY = {
    "npu": "the tokens that the CPU gives; models of up to a billion parameters fit",
    "cuda": "half the bytes and twice the speed; the range of float32",
    "mps": "exact",
}


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0][:200] or type(error).__name__
