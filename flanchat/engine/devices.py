"""Which device a model runs on, by name. Knows torch devices; knows no model."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flanchat.errors import UsageError


@dataclass(frozen=True, slots=True)
class Device:
    """A kind of device: how to tell that it is there, how to wait for it, what precision suits it, what if absent."""

    is_there: Callable[[], bool]
    synchronize: Callable[[], None]
    precision: str
    remedy: str


def _npu_is_there() -> bool:
    import torch

    if importlib.util.find_spec("torch_npu") is None:
        return False
    import torch_npu  # noqa: F401  (registers the device with torch)

    npu: Any = torch.npu  # type: ignore[attr-defined]  # torch_npu adds it
    return bool(npu.is_available())


def _npu_synchronize() -> None:
    import torch

    npu: Any = torch.npu  # type: ignore[attr-defined]  # torch_npu adds it
    npu.synchronize()


def _cuda_is_there() -> bool:
    import torch

    return torch.cuda.is_available()


def _cuda_synchronize() -> None:
    import torch

    torch.cuda.synchronize()


def _mps_is_there() -> bool:
    import torch

    return torch.backends.mps.is_available()


def _mps_synchronize() -> None:
    import torch

    torch.mps.synchronize()


# In the order in which `auto` tries them.
DEVICES: dict[str, Device] = {
    "npu": Device(_npu_is_there, _npu_synchronize, "bfloat16", 'install torch_npu and CANN, see README, "Ascend"'),
    "cuda": Device(
        _cuda_is_there, _cuda_synchronize, "bfloat16", 'install a CUDA build of torch, see README, "Install"'
    ),
    "mps": Device(_mps_is_there, _mps_synchronize, "float32", "this needs an Apple GPU"),
    "cpu": Device(lambda: True, lambda: None, "float32", ""),
}


def choose_device(name: str) -> str:
    """The kind of device to use for `name`, which is `auto` or one of DEVICES.

    Raises UsageError when a device that was asked for by name is not there.
    """
    if name == "auto":
        return next(kind for kind, device in DEVICES.items() if device.is_there())
    if name not in DEVICES:
        raise UsageError(f"unknown device {name}; expected auto, {', '.join(DEVICES)}")
    if not DEVICES[name].is_there():
        raise UsageError(f"no {name} found: {DEVICES[name].remedy}; or use --device cpu")
    return name
