"""The devices a model can run on, by name, with their memory and precision. Knows torch devices; knows no model.

A name is a kind; npu and cuda may have a number or several: "npu", "npu:1", "npu:0,1". npu_probe.py has made sure
before torch was imported that an NPU that does not work is hidden.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flanchat.base.errors import DeviceError, first_line
from flanchat.base.i18n import N_, _, join_list
from flanchat.engine.devices import memory
from flanchat.engine.devices import precision_reasons as reasons
from flanchat.engine.devices.npu_probe import SUM, WorkingNpu, probe_npus


@dataclass(frozen=True, slots=True)
class Device:
    """A kind of device. All functions but `count` take the number of one device.

    count: how many exist. prepare: make it the current device. synchronize: wait until it has finished all its work.
    peak_bytes: its peak memory. free_bytes: memory that it can still take; None when unknown. precision: what suits
    most models, and why. remedy: what to do when there is none.
    """

    count: Callable[[], int]
    prepare: Callable[[int], None]
    synchronize: Callable[[int], None]
    peak_bytes: Callable[[int], int]
    free_bytes: Callable[[int], int | None]
    precision: tuple[str, str]
    remedy: str


def _torch() -> Any:
    import torch  # late: npu_probe.py decides first whether torch_npu may be imported with it

    return torch


def _npu() -> Any:
    return _torch().npu


def _npu_count() -> int:
    if importlib.util.find_spec("torch_npu") is None:
        return 0
    try:
        import torch_npu  # noqa: F401  (registers the device with torch)

        return int(_npu().device_count())
    except Exception:  # of any kind; npu_probe.py has the reasons
        return 0


def _npu_prepare(index: int) -> None:
    """Use the chip's own operators, where 910A and 310P would compile one for each new shape, and keep float32.

    Must come before the first operator and after set_device: an option may initialise torch_npu, which then takes
    npu:0. Chips without bfloat16 multiply in float16 only: with the option that keeps float32 they would refuse every
    float32 product.
    """
    npu = _npu()
    npu.set_device(index)
    npu.set_compile_mode(jit_compile=False)
    if npu.is_bf16_supported():
        npu.set_option({"ACL_PRECISION_MODE": "must_keep_origin_dtype"})


def _npu_free(index: int) -> int | None:
    if "310B" in _npu().get_device_name(index):  # it shares the board's memory, and reports the page cache as used
        return None
    return _free_with_reserved(_npu(), index)


def _cuda_free(index: int) -> int | None:
    cuda = _torch().cuda
    if getattr(cuda.get_device_properties(index), "is_integrated", False):  # such as Jetson; see _npu_free
        return memory.free_bytes()
    return _free_with_reserved(cuda, index)


def _free_with_reserved(module: Any, index: int) -> int:
    """Free memory of a device, and what torch keeps of the memory that was freed. module: torch.npu or torch.cuda."""
    reusable = module.memory_reserved(index) - module.memory_allocated(index)
    return int(module.mem_get_info(index)[0] + reusable)


# By kind, in the order in which `auto` tries them.
DEVICES = {
    "npu": Device(
        count=_npu_count,
        prepare=_npu_prepare,
        synchronize=lambda index: _npu().synchronize(f"npu:{index}"),
        peak_bytes=lambda index: int(_npu().max_memory_allocated(index)),
        free_bytes=_npu_free,
        precision=("float32", reasons.joined(reasons.SAME_TOKENS, reasons.FITS)),
        remedy=N_("install torch_npu and CANN, see docs/ascend.md"),
    ),
    "cuda": Device(
        count=lambda: _torch().cuda.device_count() if _torch().cuda.is_available() else 0,
        prepare=lambda index: _torch().cuda.set_device(f"cuda:{index}"),
        synchronize=lambda index: _torch().cuda.synchronize(f"cuda:{index}"),
        peak_bytes=lambda index: int(_torch().cuda.max_memory_allocated(index)),
        free_bytes=_cuda_free,
        precision=("bfloat16", reasons.joined(reasons.TWICE_AS_FAST, reasons.RANGE)),
        remedy=N_('install a CUDA build of torch, see "Install" in README.md'),
    ),
    "mps": Device(
        count=lambda: int(_torch().backends.mps.is_available()),
        prepare=lambda index: None,
        synchronize=lambda index: _torch().mps.synchronize(),
        peak_bytes=lambda index: _torch().mps.driver_allocated_memory(),  # it never shrinks, so this is the peak
        free_bytes=lambda index: None,
        precision=("float32", reasons.EXACT),
        remedy=N_("this needs an Apple GPU"),
    ),
    "cpu": Device(
        count=lambda: 1,
        prepare=lambda index: None,
        synchronize=lambda index: None,
        peak_bytes=lambda index: int(memory.peak_mb() * 1e6),
        free_bytes=lambda index: memory.free_bytes(),
        precision=("float32", ""),
        remedy="",
    ),
}
_NUMBERED = ("npu", "cuda")


def single_devices(name: str) -> list[str]:
    """The single devices that a name stands for.

    >>> single_devices("npu:0,1"), single_devices("cpu")
    (['npu:0', 'npu:1'], ['cpu'])
    """
    kind, colon, numbers = name.partition(":")
    return [f"{kind}:{number}" for number in numbers.split(",")] if colon else [name]


def automatic_devices(environ: Mapping[str, str]) -> Iterator[str]:
    """What `auto` tries, in order: the first working device of each kind, then all devices of that kind together."""
    for kind, device in DEVICES.items():
        if not _computes(kind):
            continue
        yield f"{kind}:0" if kind in _NUMBERED else kind
        numbers = range(device.count())
        if len(numbers) > 1 and (kind != "npu" or isinstance(probe_npus(numbers, environ), WorkingNpu)):
            together = f"{kind}:{','.join(map(str, numbers))}"
            if all(_computes(one) for one in single_devices(together)):
                device.prepare(0)
                yield together


def use_device(name: str) -> str:
    """Make a device the current one, or the first of several, and return its name.

    Raises DeviceError when it does not exist or cannot be used.
    """
    kind, colon, numbers = name.partition(":")
    is_numbered = kind in _NUMBERED and all(number.isascii() and number.isdecimal() for number in numbers.split(","))
    if kind not in DEVICES or (colon and not is_numbered):
        names = [f"{known}[:N,...]" if known in _NUMBERED else known for known in DEVICES]
        raise DeviceError(_("unknown device {name}; expected auto, {names}").format(name=name, names=join_list(names)))
    singles = single_devices(name)
    for one in (*singles, singles[0]):  # the first comes last, which makes it the current one
        _prepare(one)
    return name


def _prepare(name: str) -> None:
    kind, index = _kind_and_index(name)
    device = DEVICES[kind]
    count = device.count()
    if not count:
        is_broken = kind == "npu" and importlib.util.find_spec("torch_npu") is not None
        broken = N_("torch_npu is installed but does not work, `flanchat doctor` shows why")
        remedy = _(broken if is_broken else device.remedy)
        raise DeviceError(_("no {name} found: {remedy}; or use device cpu").format(name=name, remedy=remedy))
    if index >= count:
        last = f"{kind}:{count - 1}"
        raise DeviceError(_("no {name} found: the last one is {last}; or use device cpu").format(name=name, last=last))
    try:
        device.prepare(index)
    except RuntimeError as error:
        raise DeviceError(
            _("{name} cannot be used: {why}; or use device cpu").format(name=name, why=first_line(error)[:200])
        ) from error


def _computes(name: str) -> bool:
    """Whether a device, or the first of a kind, exists and computes correctly."""
    kind, index = _kind_and_index(name)
    device = DEVICES[kind]
    if not device.count():
        return False
    if kind == "cpu":
        return True
    try:
        device.prepare(index)
        ones = _torch().ones(4, 4, device=name)
        return float((ones @ ones).sum()) == SUM
    except RuntimeError:
        return False


def _kind_and_index(name: str) -> tuple[str, int]:
    kind, __, number = name.partition(":")
    return kind, int(number or 0)


def use_device_in_thread(name: str) -> None:
    """Make a device the current one in another thread than the one that called `use_device`.

    A thread without a current device gets npu:0 from torch_npu: that takes memory there, and fails where npu:0 is dead.
    """
    kind, index = _kind_and_index(name)
    if kind == "npu":
        _npu().set_device(index)


def synchronize(name: str) -> None:
    for one in single_devices(name):
        kind, index = _kind_and_index(one)
        DEVICES[kind].synchronize(index)


def is_lost(name: str) -> bool:
    """Whether this process can no longer use a device, as happens to a GPU after most errors in a kernel.

    "To continue using CUDA, the process must be terminated and relaunched", says CUDA's runtime then.
    """
    try:
        synchronize(name)
    except RuntimeError:
        return True
    return False


def peak_mb(name: str) -> float:
    """The peak memory of the devices so far, in megabytes; for the CPU, that of this process."""
    numbered = map(_kind_and_index, single_devices(name))
    return sum(DEVICES[kind].peak_bytes(index) for kind, index in numbered) / 1e6


def free_bytes(name: str) -> int | None:
    """The memory that a single device can still take; None when unknown."""
    kind, index = _kind_and_index(name)
    try:
        return DEVICES[kind].free_bytes(index)
    except (RuntimeError, AttributeError):  # the oldest torch_npu cannot tell
        return None


LARGE = 1_000_000_000
"""Models of at least this many parameters get half the bytes on an NPU: flan-t5-large is below, flan-t5-xl above."""


def has_bfloat16(name: str) -> bool:
    """Whether the current devices support bfloat16 in hardware."""
    if name.startswith("npu"):
        return bool(_npu().is_bf16_supported())
    numbered = map(_kind_and_index, single_devices(name))
    return all(kind != "cuda" or _torch().cuda.get_device_capability(index) >= (8, 0) for kind, index in numbered)


def has_graphs(name: str) -> bool:
    """Whether a single device, the current one, can capture operators and launch them together (t5/device_graph.py).

    Of the NPUs, CANN captures on A2, A3 and 950. Those are the chips with bfloat16, and so, says torch_npu, is 310B,
    where even asking whether a stream is captured fails. Before release 7.0 torch_npu had no graphs.
    """
    kind, index = _kind_and_index(name)
    if kind == "npu":
        npu = _npu()
        return hasattr(npu, "NPUGraph") and has_bfloat16(name) and "310B" not in npu.get_device_name(index)
    return kind == "cuda"


def auto_precision(name: str, *, parameters: int, bfloat16: bool) -> tuple[str, str]:
    """The precision that `auto` means on other devices than the CPU, and why. bfloat16: whether the device has it.

    On the CPU, precision.py measures which precision is fastest.

    >>> auto_precision("npu:0", parameters=2_850_000_000, bfloat16=False)[0]
    'float16'
    """
    kind = name.partition(":")[0]
    if kind == "npu" and not bfloat16:
        return "float16", reasons.ONLY_FLOAT16
    if kind == "npu" and parameters >= LARGE:
        return "bfloat16", reasons.joined(reasons.LARGE_MODEL, reasons.RANGE)
    if kind == "cuda" and not bfloat16:
        return "float32", reasons.NO_BFLOAT16
    return DEVICES[kind].precision
