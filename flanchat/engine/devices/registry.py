"""Which device a model runs on, by name, and what it is like there. Knows torch devices; knows no model.

A name is a kind, npu and cuda perhaps with a number or several: "npu", "npu:1", "npu:0,1". npu_probe.py has made
sure before torch was imported that an NPU that does not work is not seen here.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from flanchat.base.errors import DeviceError
from flanchat.engine.devices import memory
from flanchat.engine.devices import npu_probe as probe


@dataclass(frozen=True, slots=True)
class Device:
    """A kind of device.

    count: how many there are. prepare: make that one the one in use. synchronize: wait until that one has done all it
    was given. peak_bytes: the most memory that one has held. free_bytes: how much more it can hold; None where nobody
    says. precision: what suits most models. remedy: what if absent.
    """

    count: Callable[[], int]
    prepare: Callable[[int], None]
    synchronize: Callable[[int], None]
    peak_bytes: Callable[[int], int]
    free_bytes: Callable[[int], int | None]
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
    except Exception:  # it raises whatever it likes; engine/devices/npu_probe.py says what
        return 0


def _npu_prepare(index: int) -> None:
    """Operators are taken from the chip's own package, not compiled for each new shape, as 910A and 310P do by default;
    and float32 stays float32.

    Must come before the first operator, and after set_device: an option may start torch_npu, which takes npu:0 then.
    Chips without bfloat16 multiply in float16 only: told to keep float32, they would refuse every product of float32.
    """
    npu = _npu()
    npu.set_device(index)
    npu.set_compile_mode(jit_compile=False)
    if npu.is_bf16_supported():
        npu.set_option({"ACL_PRECISION_MODE": "must_keep_origin_dtype"})


def _npu_free(index: int) -> int | None:
    if "310B" in _npu().get_device_name(index):  # its memory is the board's, of which files in the cache are no part
        return None
    kept = _npu().memory_reserved(index) - _npu().memory_allocated(index)  # by torch_npu, from what it has freed
    return int(_npu().mem_get_info(index)[0] + kept)


def _cuda_count() -> int:
    import torch

    return torch.cuda.device_count() if torch.cuda.is_available() else 0


def _cuda_prepare(index: int) -> None:
    import torch

    torch.cuda.set_device(index)


def _cuda_synchronize(index: int) -> None:
    import torch

    torch.cuda.synchronize(index)


def _cuda_peak(index: int) -> int:
    import torch

    return torch.cuda.max_memory_allocated(index)


def _cuda_free(index: int) -> int | None:
    import torch

    if getattr(torch.cuda.get_device_properties(index), "is_integrated", False):  # as Jetson, see _npu_free
        return memory.free_bytes()
    kept = torch.cuda.memory_reserved(index) - torch.cuda.memory_allocated(index)  # by torch, from what it has freed
    return torch.cuda.mem_get_info(index)[0] + kept


def _mps_count() -> int:
    import torch

    return int(torch.backends.mps.is_available())


def _mps_synchronize(index: int) -> None:
    import torch

    torch.mps.synchronize()


def _mps_peak(index: int) -> int:
    import torch

    return torch.mps.driver_allocated_memory()  # it never gives back, so this is the peak


# In the order in which `auto` tries them.
DEVICES = {
    "npu": Device(
        _npu_count,
        _npu_prepare,
        lambda index: _npu().synchronize(f"npu:{index}"),
        lambda index: int(_npu().max_memory_allocated(index)),
        _npu_free,
        "float32",
        'install torch_npu and CANN, see README, "Ascend"',
    ),
    "cuda": Device(
        _cuda_count,
        _cuda_prepare,
        _cuda_synchronize,
        _cuda_peak,
        _cuda_free,
        "bfloat16",
        'install a CUDA build of torch, see README, "Install"',
    ),
    "mps": Device(
        _mps_count,
        lambda index: None,
        _mps_synchronize,
        _mps_peak,
        lambda index: None,
        "float32",
        "this needs an Apple GPU",
    ),
    "cpu": Device(
        lambda: 1,
        lambda index: None,
        lambda index: None,
        lambda index: int(memory.peak_mb() * 1e6),
        lambda index: memory.free_bytes(),
        "float32",
        "",
    ),
}
_NUMBERED = ("npu", "cuda")


def each(name: str) -> list[str]:
    """The devices that a name means.

    >>> each("npu:0,1"), each("cpu")
    (['npu:0', 'npu:1'], ['cpu'])
    """
    kind, colon, numbers = name.partition(":")
    return [f"{kind}:{number}" for number in numbers.split(",")] if colon else [name]


def automatic() -> Iterator[str]:
    """What `auto` tries, in order: of each kind that computes something right its first device, then all together."""
    for kind, device in DEVICES.items():
        if not _computes(kind):
            continue
        yield f"{kind}:0" if kind in _NUMBERED else kind
        numbers = range(device.count())
        if len(numbers) > 1 and (kind != "npu" or isinstance(probe.probe(numbers), probe.Working)):
            together = f"{kind}:{','.join(map(str, numbers))}"
            if all(_computes(one) for one in each(together)):
                device.prepare(0)
                yield together


def choose_device(name: str) -> str:
    """The name of the device to use for `name`, which may be `auto` or several too; it is made the one in use.

    Raises DeviceError when a device that was asked for by name is not there or cannot be used.
    """
    if name == "auto":
        return next(automatic())
    kind, colon, numbers = name.partition(":")
    right = kind in _NUMBERED and all(number.isascii() and number.isdecimal() for number in numbers.split(","))
    if kind not in DEVICES or (colon and not right):
        names = [f"{known}[:N,...]" if known in _NUMBERED else known for known in DEVICES]
        raise DeviceError(f"unknown device {name}; expected auto, {', '.join(names)}")
    for one in (*each(name), each(name)[0]):  # the first is then the one in use
        _prepare(one)
    return name


def _prepare(name: str) -> None:
    kind, index = _kind_and_index(name)
    device = DEVICES[kind]
    count = device.count()
    if not count:
        there = kind == "npu" and importlib.util.find_spec("torch_npu") is not None
        remedy = "torch_npu is there but does not work, `flanchat doctor` says why" if there else device.remedy
        raise DeviceError(f"no {name} found: {remedy}; or use --device cpu")
    if index >= count:
        raise DeviceError(f"no {name} found: the last one is {kind}:{count - 1}; or use --device cpu")
    try:
        device.prepare(index)
    except RuntimeError as error:
        raise DeviceError(f"{name} cannot be used: {_first_line(error)}; or use --device cpu") from error


def _computes(name: str) -> bool:
    """Whether a device, or the first of a kind, is there and does what it is told."""
    kind, index = _kind_and_index(name)
    device = DEVICES[kind]
    if not device.is_there():
        return False
    if kind == "cpu":
        return True
    import torch

    try:
        device.prepare(index)
        ones = torch.ones(4, 4, device=name)
        return float((ones @ ones).sum()) == 64.0
    except RuntimeError:
        return False


def _kind_and_index(name: str) -> tuple[str, int]:
    kind, __, number = name.partition(":")
    return kind, int(number or 0)


def take_in_thread(name: str) -> None:
    """Make a device the one in use in a thread other than the one that chose it.

    torch_npu takes npu:0 for a thread that has none: memory there that nobody asked for, and an error where it is dead.
    """
    kind, index = _kind_and_index(name)
    if kind == "npu":
        _npu().set_device(index)


def synchronize(name: str) -> None:
    """Wait until each of the devices has done all it was given."""
    for one in each(name):
        kind, index = _kind_and_index(one)
        DEVICES[kind].synchronize(index)


def is_lost(name: str) -> bool:
    """Whether a device does no more for this process, as a GPU after most errors in what it computes.

    "To continue using CUDA, the process must be terminated and relaunched", says CUDA's runtime of these.
    """
    try:
        synchronize(name)
    except RuntimeError:
        return True
    return False


def peak_mb(name: str) -> float:
    """The most memory that was held on the devices so far, in megabytes; on the CPU, by this process."""
    numbered = map(_kind_and_index, each(name))
    return sum(DEVICES[kind].peak_bytes(index) for kind, index in numbered) / 1e6


def free_bytes(name: str) -> int | None:
    """How much more one device can hold; None where nobody says."""
    kind, index = _kind_and_index(name)
    try:
        return DEVICES[kind].free_bytes(index)
    except (RuntimeError, AttributeError):  # the oldest torch_npu cannot say
        return None


LARGE = 1_000_000_000
"""From so many parameters on, an NPU holds a model in half the bytes: flan-t5-large is below, flan-t5-xl above."""


def has_bfloat16(name: str) -> bool:
    """Whether devices that are in use compute in bfloat16 by themselves."""
    import torch

    if name.startswith("npu"):
        return bool(_npu().is_bf16_supported())
    numbered = map(_kind_and_index, each(name))
    return all(kind != "cuda" or torch.cuda.get_device_capability(index) >= (8, 0) for kind, index in numbered)


def auto_precision(name: str, *, parameters: int, bfloat16: bool) -> tuple[str, str]:
    """The precision that `auto` means elsewhere than on the CPU, and why. bfloat16: whether the device has it.

    On the CPU engine/devices/precision.py measures what is quickest.

    >>> auto_precision("npu:0", parameters=2_850_000_000, bfloat16=False)[0]
    'float16'
    """
    kind = name.partition(":")[0]
    if kind == "npu" and not bfloat16:
        return "float16", "this chip multiplies in float16, also what is float32"
    if kind == "npu" and parameters >= LARGE:
        return "bfloat16", "half the bytes of a large model; the range of float32"
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
