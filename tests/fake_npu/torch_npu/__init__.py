"""A stand-in for torch_npu on machines without an Ascend NPU. Pure Python on the CPU; needs torch 2.10 or newer.

With the parent folder on PYTHONPATH, `npu:0` is a device. Its tensors are in host memory and labelled as the device's:
a tensor is exported as a DLPack capsule, the device in the capsule is rewritten, and the capsule is imported again. One
fallback handles every operator: it runs the CPU's kernel and labels the results. Tensors of two devices do not mix, as
on hardware. Numerical results and speed are the CPU's.

Streams and graphs are those of tests/tape.py. That A2, A3 and 950 capture and the other chips do not is from the page
of aclmdlRICaptureBegin in CANN's documentation (8.1 to 9.2); that 310B says it has bfloat16, and answers 207000 when it
is asked to capture, from NPUVariables.cpp in torch_npu and from candle-org/candle pull request 189.

Environment variables:
FAKE_NPU_STATE      "" for a working installation, or one of STATES, which were seen on real machines.
FAKE_NPU_COUNT      number of devices (1); ASCEND_RT_VISIBLE_DEVICES is honoured, ascending numbers only.
FAKE_NPU_MEMORY     reported memory of each device in bytes, such as "900000,400000" (64 GiB); not enforced.
FAKE_NPU_DEAD       numbers of devices that exist but do not work, such as "1,3". As with the real package, a thread
                    that has not called set_device uses npu:0 first.
FAKE_NPU_LOST       a file; a process that uses a device while it exists gets only errors from then on.
FAKE_NPU_SOC        the chip: Ascend910B3, or one without bfloat16, such as Ascend310P3.
FAKE_NPU_GRAPHS     "none" for a torch_npu before release 7.0, which has no graphs (2.4.0.post2; 2.5.1 has them).
FAKE_NPU_NOISE      "1" to print the line that the real package prints to standard output, or another text to print.
TASK_QUEUE_ENABLE   at 2, no graph is captured, as in NPUGraph.cpp.
FAKE_NPU_STARTS     a file to which each process that imports this module appends a line.
"""

from __future__ import annotations

import collections
import ctypes
import importlib.util
import os
import sys
import threading
import time
from pathlib import Path

STATES = ("no_cann", "hang", "abort", "no_device", "operator_fails", "wrong_result")
STATE = os.environ.get("FAKE_NPU_STATE", "")
assert STATE in ("", *STATES), STATE

if _starts := os.environ.get("FAKE_NPU_STARTS"):
    with open(_starts, "a", encoding="utf-8") as _file:
        _file.write(f"{os.getpid()}\n")
if _noise := os.environ.get("FAKE_NPU_NOISE"):
    print("Warning: ASCEND_HOME_PATH environment variable is not set." if _noise == "1" else _noise, flush=True)

_WANTS_AUTOLOAD = os.environ.get("TORCH_DEVICE_BACKEND_AUTOLOAD", "1")
os.environ["TORCH_DEVICE_BACKEND_AUTOLOAD"] = "0"  # as the real package does until _autoload
if STATE == "no_cann":
    raise ImportError("libhccl.so: cannot open shared object file: No such file or directory")
if STATE == "hang":
    time.sleep(600)

import torch  # noqa: E402
from torch.utils.backend_registration import _setup_privateuseone_for_python_backend  # noqa: E402

__version__ = "2.13.0"
SOC = os.environ.get("FAKE_NPU_SOC", "Ascend910B3")
CAPTURES = SOC.startswith(("Ascend910B", "Ascend910_93", "Ascend950")) and SOC != "Ascend910B"
BFLOAT16 = CAPTURES or SOC.startswith("Ascend310B")  # torch_npu numbers 310B between 910B4 and A3
DEAD = set(os.environ.get("FAKE_NPU_DEAD", "").split(","))
LOST = os.environ.get("FAKE_NPU_LOST", "")


def _visible() -> int:
    there = 0 if STATE == "no_device" else int(os.environ.get("FAKE_NPU_COUNT", "1"))
    wanted = os.environ.get("ASCEND_RT_VISIBLE_DEVICES")
    if wanted is None:
        return there
    numbers = [int(word) for word in wanted.split(",") if word.strip().isdigit()]
    return 0 if numbers != sorted(set(numbers)) else sum(number < there for number in numbers)


# -- a tensor under another label -------------------------------------------------------------------------------------

_CPU, _NPU = 1, 12  # kDLCPU, and kDLExtDev, which torch takes for PrivateUse1


class _Device(ctypes.Structure):
    _fields_ = (("kind", ctypes.c_int32), ("index", ctypes.c_int32))


class _Tensor(ctypes.Structure):  # the head of a DLManagedTensor
    _fields_ = (("data", ctypes.c_void_p), ("device", _Device))


_pointer = ctypes.pythonapi.PyCapsule_GetPointer
_pointer.restype, _pointer.argtypes = ctypes.c_void_p, [ctypes.py_object, ctypes.c_char_p]


def _labelled(tensor, kind, index):
    capsule = torch._C._to_dlpack(tensor.detach() if tensor.requires_grad else tensor)
    head = ctypes.cast(_pointer(capsule, b"dltensor"), ctypes.POINTER(_Tensor)).contents
    head.device.kind, head.device.index = kind, index
    return torch._C._from_dlpack(capsule)


def _on_npu(tensor, index):
    if tensor.dtype is torch.bfloat16 and not BFLOAT16:
        raise RuntimeError(f"call aclnnCast failed, detail:EZ1001: {SOC} not implemented for DT_BFLOAT16")
    _memory.note(tensor, index)
    return _labelled(tensor, _NPU, index)


class _Memory:
    """Bytes of all tensors made so far, also of those freed since."""

    seen: set[int] = set()  # noqa: RUF012
    most: collections.Counter[int] = collections.Counter()  # noqa: RUF012  (by device)

    def note(self, tensor, index):
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in self.seen:
            self.seen.add(storage.data_ptr())
            self.most[index] += storage.nbytes()

    def total(self, index):
        sizes = [int(size) for size in os.environ.get("FAKE_NPU_MEMORY", "").split(",") if size]
        return sizes[index] if index < len(sizes) else 64 * 2**30


_memory = _Memory()
_current = 0
_lost = False
_thread = threading.local()  # chosen: whether the thread has called set_device


# -- every operator ---------------------------------------------------------------------------------------------------

_CUBE = (
    "aten::mm",
    "aten::bmm",
    "aten::addmm",
    "aten::baddbmm",
)  # run by the cube unit, which has float32 if it has bfloat16
_COPIES = ("aten::_copy_from", "aten::_copy_from_and_resize", "aten::copy_")
_TAKE_CPU_INDICES = ("aten::index", "aten::_index_put_impl_", "aten::index_put", "aten::index_put_")
_FETCH = ("aten::_local_scalar_dense", "aten::nonzero", "aten::equal")
_tensor_places: dict = {}
shapes: set = set()
"""Operators run so far, with shapes and dtypes of their tensors: what a real NPU would compile or look up."""
waits = 0
"""Number of values copied to the host."""
pending = 0
"""Number of operators queued since the last synchronisation, which a time taken now would not include."""


def _mapped(function, value):
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, list | tuple):
        inner = [_mapped(function, each) for each in value]
        return type(value)(inner) if type(value) in (list, tuple) else type(value)(*inner)
    return function(value)


def _is_dead(index):
    return str(index) in DEAD


def _initialize():
    global _lost  # noqa: PLW0603
    _lost = _lost or bool(LOST and os.path.exists(LOST))
    if _lost:
        raise RuntimeError("The Inner error is reported as above, error code is 507015\n[Error]: aicore exception")


def _start(name):
    """Checks before every operator."""
    _initialize()
    if not getattr(_thread, "chosen", False) and _is_dead(0):
        raise RuntimeError("GetDevice: NPU function error: aclrtGetDevice, error code is 107002\n[Error]: no context")
    if name in ("aten::empty", "aten::empty_strided", *_COPIES):
        return
    if npu.options["jit_compile"]:
        time.sleep(600)  # the first operators of a 310P were compiled for ten minutes
    if STATE == "operator_fails":
        raise RuntimeError(f"call aclnn{name[6:].title()} failed, detail:EZ9999: Inner Error!")


def _multiply(name, types):
    """Refuse a matrix product that the chip does not support."""
    keeps = npu.options.get("ACL_PRECISION_MODE") == "must_keep_origin_dtype"
    if name in _CUBE and keeps and torch.float32 in types and not BFLOAT16:
        raise RuntimeError("call aclnnMm failed, detail:EZ1001: The soc version does not support bf16 / fp32")


def _fallback(operator, *args, **kwargs):
    """Run an operator with NPU tensors among its arguments or results on the CPU."""
    global waits, pending  # noqa: PLW0603
    name = operator._schema.name
    _start(name)
    devices, strangers, pairs = set(), [], []

    def unwrapped(value):
        if isinstance(value, torch.device) and value.type == "npu":
            devices.add(_current if value.index is None else value.index)
            return torch.device("cpu")
        if not isinstance(value, torch.Tensor):
            return value
        if value.device.type == "npu":
            devices.add(value.device.index)
            empty = value.numel() == 0  # may be resized
            alias = torch.empty(value.shape, dtype=value.dtype) if empty else _labelled(value, _CPU, 0)
            pairs.append((alias, value, alias.data_ptr(), alias.shape))
            return alias
        if value.dim() > 0:
            strangers.append(value)
        return value

    args = [_mapped(unwrapped, value) for value in args]
    kwargs = {key: _mapped(unwrapped, value) for key, value in kwargs.items()}
    if (places := _tensor_places.get(operator)) is None:
        places = [at for at, a in enumerate(operator._schema.arguments) if str(a.type) == "Tensor"]
        _tensor_places[operator] = places
    for at in places:  # a number in place of a tensor arrives unwrapped
        if at < len(args) and isinstance(args[at], int | float | complex):
            args[at] = torch.tensor(args[at])
    kwargs.pop("pin_memory", None)
    if name in _COPIES:
        source, target = (args[1], args[0]) if name == "aten::copy_" else (args[0], args[1])
        pending += 1
        if pairs and all(target is not alias for alias, *_ in pairs):
            waits, pending = waits + 1, 0
        target.copy_(source)
        return next((value for alias, value, *_ in pairs if alias is target), target)
    if (strangers and name not in _TAKE_CPU_INDICES) or len(devices) > 1:
        found = sorted(f"npu:{index}" for index in devices) + ["cpu"] * bool(strangers)
        raise RuntimeError(
            "Expected all tensors to be on the same device, but found at least two devices, "
            f"{found[0]} and {found[-1]}! (in operator {name})"
        )
    _multiply(name, [value.dtype for _, value, *_ in pairs])
    shapes.add((name, tuple((tuple(value.shape), value.dtype) for _, value, *_ in pairs)))
    waits, pending = (waits + 1, 0) if name in _FETCH else (waits, pending + 1)
    index = devices.pop() if devices else _current
    result = operator(*args, **kwargs)
    if STATE == "wrong_result" and name == "aten::_local_scalar_dense":
        result = 0.0
    bases = {alias.untyped_storage().data_ptr(): value for alias, value, *_ in pairs if alias.numel()}
    for alias, value, pointer, shape in pairs:  # resized in place
        if alias.data_ptr() != pointer or alias.shape != shape:
            value.data = _on_npu(alias, index)

    def wrapped(value):
        if not isinstance(value, torch.Tensor):
            return value
        for alias, original, *_ in pairs:
            if value is alias:
                return original
        base = bases.get(value.untyped_storage().data_ptr())
        if base is None:
            return _on_npu(value, index)
        with torch.inference_mode(base.is_inference()):  # a view is an inference tensor just when its base is one
            return _labelled(value, _NPU, index)

    return _mapped(wrapped, result)


# -- torch.npu --------------------------------------------------------------------------------------------------------


class _Npu:
    """The part of torch.npu that flanchat uses. options: the options set, for tests."""

    def __init__(self):
        self.options = {"jit_compile": not BFLOAT16}

    def is_available(self):
        return self.device_count() > 0

    def device_count(self):
        if STATE == "abort":  # an uncaught c10::Error in the real package
            sys.stderr.write("terminate called after throwing an instance of 'c10::Error'\n")
            sys.stderr.write("  what():  Unsupported soc version: \n")
            sys.stderr.flush()
            os.abort()
        return _visible()

    def is_initialized(self):
        return True

    def _is_in_bad_fork(self):
        return False

    def current_device(self):
        return _current

    def set_device(self, device):
        global _current
        index = _index(device)
        if _is_dead(index):
            raise RuntimeError("NPU function error: aclrtSetDevice, error code is 507033")
        if index >= _visible():
            raise RuntimeError(f"NPU function error: aclrtSetDevice, error code is 107001: invalid device {index}")
        _current, _thread.chosen = index, True
        _initialize()

    def synchronize(self, device=None):
        global pending  # noqa: PLW0603
        _initialize()
        graphs.synchronize()
        pending = 0

    def get_device_name(self, device=None):
        return SOC

    def is_bf16_supported(self):
        return BFLOAT16

    def get_amp_supported_dtype(self):
        return [torch.float16, torch.bfloat16] if BFLOAT16 else [torch.float16]

    def set_compile_mode(self, jit_compile=False):
        self.options["jit_compile"] = bool(jit_compile)

    def is_jit_compile_false(self):
        return not self.options["jit_compile"]

    def set_option(self, options):
        if not isinstance(options, dict):
            raise TypeError("npu option must be a dict.")
        self.options.update(options)

    def mem_get_info(self, device=None):
        _initialize()
        index = _index(device)
        return _memory.total(index) - _memory.most[index], _memory.total(index)

    def memory_allocated(self, device=None):
        return _memory.most[_index(device)]

    max_memory_allocated = memory_reserved = memory_allocated

    def empty_cache(self):
        pass

    def manual_seed(self, seed):
        torch.default_generator.manual_seed(seed)

    manual_seed_all = manual_seed


def _index(device):
    if device is None:
        return _current
    return device if isinstance(device, int) else torch.device(device).index or 0


_specification = importlib.util.spec_from_file_location("tape", Path(__file__).parents[2] / "tape.py")
_tape = importlib.util.module_from_spec(_specification)
_specification.loader.exec_module(_tape)


def _refusal():
    if os.environ.get("TASK_QUEUE_ENABLE") == "2":
        return (
            "Do not support TASK_QUEUE_ENABLE = 2 during NPU graph capture, please export TASK_QUEUE_ENABLE=1/0.\n"
            "[ERROR] ERR00007 PTA feature not supported"
        )
    if not CAPTURES:
        return "capture_begin: NPU function error: AclmdlRICaptureBegin, error code is 207000\n[ERROR] ERR00100"
    return ""


graphs = _tape.Graphs("NPU", _refusal())
npu = _Npu()
if os.environ.get("FAKE_NPU_GRAPHS") != "none":
    for _name, _stand_in in graphs.names().items():
        if _name != "synchronize":
            setattr(npu, _name, _stand_in)
_setup_privateuseone_for_python_backend("npu", backend_module=npu)
_library = torch.library.Library("_", "IMPL")
_library.fallback(_fallback, "PrivateUse1")
_library.fallback(torch.library.fallthrough_kernel, "AutocastPrivateUse1")


def _share_what_moves(one, other):
    """Make Module.to() move parameters in place, as the real package does, so that shared weights stay shared."""
    return {one.device.type, other.device.type} <= {"cpu", "npu"}


_aten = torch.library.Library("aten", "IMPL")
_aten.impl("_has_compatible_shallow_copy_type", _share_what_moves, "PrivateUse1")


def _autoload():
    os.environ["TORCH_DEVICE_BACKEND_AUTOLOAD"] = _WANTS_AUTOLOAD


def _no_kernel(*args, **kwargs):
    raise NotImplementedError("the fake NPU has no fused kernels")


npu_fusion_attention = npu_prompt_flash_attention = npu_incre_flash_attention = _no_kernel  # transformers imports them
