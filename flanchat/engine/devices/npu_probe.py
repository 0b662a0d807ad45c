"""Find out whether Ascend NPUs work, in a child process. Knows how torch_npu fails; imports no torch.

A torch_npu without CANN makes `import torch` fail, an incomplete CANN aborts the process, a dead driver hangs or still
claims to be available. So a child process computes something on the NPU first. Unless it returns the right number,
torch_npu is hidden from this process before torch is imported. devices/probe_child.py is the child.
"""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import importlib.util
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flanchat.base.errors import FlanchatError
from flanchat.base.files import open_regular, write_atomically
from flanchat.base.i18n import N_, _
from flanchat.base.packages import package_version
from flanchat.base.paths import cache_folder, make_private_folder
from flanchat.base.spawn import python_command, run_process

TIMEOUT_S = 90.0
"""How long a driver may take to answer; FLANCHAT_NPU_TIMEOUT changes it."""
_VALID_S = 12 * 3600  # how long a stored result is used; that an NPU is broken is never stored
SHOWN = 160  # characters of an error message of a library


@dataclass(frozen=True, slots=True)
class WorkingNpu:
    """NPUs that have computed something. count: how many exist. chip: such as "Ascend910B3".

    chip, bfloat16 and the bytes are those of the first one in indices.
    """

    indices: tuple[int, ...]
    count: int
    chip: str
    bfloat16: bool
    free_bytes: int
    total_bytes: int
    torch: str
    torch_npu: str

    @property
    def device(self) -> str:
        return f"npu:{','.join(map(str, self.indices))}"


@dataclass(frozen=True, slots=True)
class BrokenNpu:
    """An NPU that cannot be used. why: a key of PROBLEMS. detail: fills the placeholder in its cause."""

    why: str
    detail: str = ""

    @property
    def cause(self) -> str:
        return _(PROBLEMS[self.why][0]).format(detail=self.detail)

    @property
    def remedy(self) -> str:
        return _(PROBLEMS[self.why][1])


# Why an NPU cannot be used: the cause, in which {detail} is an error message or a number, and the remedy.
PROBLEMS = {
    "absent": (N_("torch_npu is not installed"), N_("install torch_npu and CANN, see docs/ascend.md")),
    "silent": (N_("no answer within {detail} s"), N_("the driver hangs: run `npu-smi info`")),
    "none": (
        N_("torch_npu works but sees no device"),
        N_("check `npu-smi info`, ASCEND_RT_VISIBLE_DEVICES (its numbers must ascend) and the container's devices"),
    ),
    "lost": (N_("it worked before and does not now"), N_("run `npu-smi info`")),
    "few": (N_("the last one is npu:{detail}"), N_("choose one that exists")),
    "wrong": (N_("it computes wrong numbers ({detail})"), N_("run `npu-smi info`")),
    "libraries": ("{detail}", N_("CANN was not found: source set_env.sh of the CANN toolkit")),
    "home": ("{detail}", N_("CANN's environment is wrong: source set_env.sh of the CANN toolkit again")),
    "cann": ("{detail}", N_("this torch_npu needs another CANN: see the table in docs/ascend.md")),
    "torch": ("{detail}", N_("torch and torch_npu do not fit together: install the same version of both")),
    "kernels": (
        "{detail}",
        N_("CANN lacks the operators of this chip: install its package of them (kernels, since CANN 8.5 ops)"),
    ),
    "container": (
        "{detail}",
        N_("the driver's libraries were not found: a container needs the host's /usr/local/Ascend/driver/lib64"),
    ),
    "cuda": ("{detail}", N_("this torch is a CUDA build: install the CPU build of the same version")),
    "package": ("{detail}", N_("install this package, which CANN or torch_npu needs")),
    "driver": ("{detail}", N_("the driver does not work properly: run `npu-smi info`")),
    "other": ("{detail}", N_("`flanchat doctor` shows more")),
}

OF_ONE = ("driver", "wrong", "lost")
"""Problems that one NPU may have while others work."""

# Patterns in a library's error message, and the problem that each indicates. The first match counts.
_PATTERNS = (
    (r"undefined symbol: (acl|hccl|Hccl|rt[A-Z]|ge|Msprof)", "cann"),
    (r"undefined symbol", "torch"),
    (r"Two accelerators", "cuda"),
    (r"binary_info_config|opp?_kernel package", "kernels"),
    (r"libascend_hal\.so", "container"),
    (r"cannot open shared object file", "libraries"),
    (r"No module named '(tbe|te|acl)\b", "home"),  # part of CANN, not on any package index
    (r"No module named", "package"),
    (r"ASCEND_\w+ ?:|set_env\.sh", "home"),
    (r"[Uu]nsupported soc|aclInit|aclrt|ERR00100|EZ9999|\b[125]07\d\d\d\b|SIG[A-Z]+", "driver"),
)


def refused_message(device: str, npu: BrokenNpu) -> str:
    """The error when an NPU that was asked for cannot be used."""
    return _("no {device} found: {cause}; {remedy}; or use device cpu").format(
        device=device, cause=npu.cause, remedy=npu.remedy
    )


def skipped_message(npu: BrokenNpu) -> str:
    """The remark when `auto` skips an NPU that cannot be used."""
    if npu.why in OF_ONE:
        return _(
            "npu:0 is not used: {cause}; {remedy}; ASCEND_RT_VISIBLE_DEVICES names others, device cpu looks for none"
        ).format(cause=npu.cause, remedy=npu.remedy)
    return _("the NPU is not used: {cause}; {remedy}; device cpu does not look for it").format(
        cause=npu.cause, remedy=npu.remedy
    )


def find_npu(
    device: str, environ: Mapping[str, str], progress: Callable[[str], None] = lambda step: None
) -> WorkingNpu | BrokenNpu | None:
    """Probe the NPU that `device` means, before this process imports torch. None when it means none.

    Unless the NPU works, torch_npu is hidden from this process. A stored result is used once and then deleted:
    `store_result` writes it again after the NPU has done real work, so that the process after a crash probes anew.
    """
    if "torch_npu" in sys.modules:  # imported, so that a probe would come too late, or hidden
        return None
    named = re.fullmatch(r"npu(?::(\d+(?:,\d+)*))?", device)
    found: WorkingNpu | BrokenNpu | None = None
    if named or (device == "auto" and is_installed()):
        indices = [int(number) for number in (named[1] or "0").split(",")] if named else [0]
        found = take_stored_result(indices, environ)
        if found is None:
            progress("looking for an NPU")
            found = probe_npus(indices, environ)
    if not isinstance(found, WorkingNpu) and is_installed():
        hide_torch_npu()
    return found


def is_installed() -> bool:
    """Whether torch_npu is installed, in whatever state. Does not import it."""
    try:
        return importlib.util.find_spec("torch_npu") is not None
    except ValueError:  # imported already, in an unusual way
        return True


def hide_torch_npu() -> None:
    """Make this process and its children run as if torch_npu were not installed."""
    os.environ["TORCH_DEVICE_BACKEND_AUTOLOAD"] = "0"  # torch reads it on import
    sys.modules["torch_npu"] = None  # type: ignore[assignment]  # find_spec then gives None, an import fails


def probe_npus(indices: Sequence[int], environ: Mapping[str, str]) -> WorkingNpu | BrokenNpu:
    """Compute something on each of these NPUs, in a child process."""
    if not is_installed():
        return BrokenNpu("absent")
    timeout_s = _timeout_s(environ)
    ended = run_child({"npu": list(indices)}, timeout_s, environ)
    if ended is None:
        return BrokenNpu("silent", f"{timeout_s:g}")
    if ended.reply is None:
        return explain(ended, torch=package_version("torch"), torch_npu=package_version("torch_npu"))
    if not ended.reply["count"]:
        return BrokenNpu("none")
    if ended.reply["count"] <= max(indices):
        return BrokenNpu("few", str(ended.reply["count"] - 1))
    if wrong := [found for found in ended.reply["sums"] if found != SUM]:
        return BrokenNpu("wrong", f"{wrong[0]:g} for {SUM:g}")
    values = {f.name: ended.reply[f.name] for f in dataclasses.fields(WorkingNpu) if f.name != "indices"}
    return WorkingNpu(indices=tuple(indices), **values)


SUM = 64.0  # of the product of two 4x4 matrices of ones

_CHILD = "flanchat.engine.devices.probe_child"
"""Started by its name: it imports torch, and this module must not."""


@dataclass(frozen=True, slots=True)
class EndedChild:
    """A child process that has ended. reply: None unless it finished its work. stderr: its standard error."""

    status: int
    reply: dict[str, Any] | None
    stderr: str

    def cause(self) -> str:
        """One line about why there is no reply."""
        lines = [line.strip() for line in self.stderr.splitlines() if line.strip()]
        errors = [line for line in lines if re.match(r"(\w+\.)*\w*(Error|Exception)\b.*:|Exception:|what\(\):", line)]
        text = (errors or lines[-1:] or [f"status {self.status}"])[0]  # in a chain of exceptions the first is the cause
        text = re.sub(r"^(what\(\)|[\w.]*(Error|Exception)): *(\w+:\S+\.\w+:\d+ +)?", "", text).rstrip(" .:")
        if self.status < 0:
            known = -self.status in set(signal.Signals)
            text = f"{signal.Signals(-self.status).name if known else self.status}: {text}"
        return text if len(text) <= SHOWN else f"{text[: SHOWN - 3]}..."


def run_child(task: Mapping[str, Any], timeout_s: float, environ: Mapping[str, str]) -> EndedChild | None:
    """Have a probe's child process carry out a task. None when it did not end in time; it is then killed."""
    line = json.dumps({**task, "parent": os.getpid()}).encode()
    environ = {**environ, "TORCH_DEVICE_BACKEND_AUTOLOAD": "0"}
    try:
        ended = run_process(python_command(_CHILD), line, environ, timeout_s)
    except subprocess.TimeoutExpired:
        return None
    reply = None
    with contextlib.suppress(ValueError, RecursionError):
        reply = json.loads(ended.output.splitlines()[-1] if ended.output else b"")
    errors = ended.errors.decode("utf-8", "replace")
    return EndedChild(ended.status, reply if isinstance(reply, dict) else None, errors)


def explain(ended: EndedChild, *, torch: str, torch_npu: str) -> BrokenNpu:
    """Why a child that tried the NPU did not finish. torch, torch_npu: their versions."""
    cause = ended.cause()
    why = next((why for text in (cause, ended.stderr) for sign, why in _PATTERNS if re.search(sign, text)), "other")
    if why in ("other", "torch") and _release(torch) != _release(torch_npu):
        return BrokenNpu("torch", f"{cause} (torch {torch}, torch_npu {torch_npu})")
    return BrokenNpu(why, cause)


def _release(version: str) -> str:
    """A version without the part that names the build: "2.9.0" for 2.9.0+cpu and for 2.9.0.post2."""
    return re.split(r"\+|\.?post", version)[0]


def _timeout_s(environ: Mapping[str, str]) -> float:
    try:
        seconds = float(environ.get("FLANCHAT_NPU_TIMEOUT", ""))
    except ValueError:
        return TIMEOUT_S
    return seconds if 0 < seconds < 86400 else TIMEOUT_S


# -- the stored result ------------------------------------------------------------------------------------------------


def store_result(npu: WorkingNpu, environ: Mapping[str, str]) -> None:
    """Store a result for the next process, if there is a folder to store it in."""
    result = {"key": _key(npu.indices, environ), "at": time.monotonic(), "found": dataclasses.asdict(npu)}
    with contextlib.suppress(FlanchatError):
        folder = make_private_folder(cache_folder(environ))
        write_atomically(folder / "npu.json", json.dumps(result).encode(), overwrite=True)


def take_stored_result(indices: Sequence[int], environ: Mapping[str, str]) -> WorkingNpu | None:
    """The stored result, which is deleted; None when there is none that is valid here and now."""
    try:
        path = cache_folder(environ) / "npu.json"
        with open(open_regular(path, private=True), "rb") as file:
            result = json.loads(file.read(1 << 16))
        path.unlink()
        # the monotonic clock runs from the boot on, and the key is valid for one boot only
        if result["key"] == _key(indices, environ) and 0 <= time.monotonic() - result["at"] < _VALID_S:
            found = WorkingNpu(**{**result["found"], "indices": tuple(indices)})
            return found if _is_valid(found) else None
    except (OSError, FlanchatError, ValueError, TypeError, KeyError, OverflowError, RecursionError):
        pass
    return None


def _is_valid(found: WorkingNpu) -> bool:
    """Whether the fields have the types that `store_result` wrote."""
    kinds = {"count": int, "bfloat16": bool, "free_bytes": int, "total_bytes": int}
    texts = dict.fromkeys(("chip", "torch", "torch_npu"), str)
    return all(type(getattr(found, name)) is kind for name, kind in (kinds | texts).items())


def _key(indices: Sequence[int], environ: Mapping[str, str]) -> str:
    """What a result is valid for: these NPUs, these packages, this CANN, until the machine reboots."""
    try:
        with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:
            boot = file.read()
    except OSError:
        boot = ""
    packages = [package_version(package) for package in ("torch", "torch_npu")]
    cann = {name: environ[name] for name in sorted(environ) if name.startswith(("ASCEND_", "LD_LIBRARY_PATH"))}
    return hashlib.sha256(json.dumps([list(indices), sys.prefix, packages, cann, boot]).encode()).hexdigest()
