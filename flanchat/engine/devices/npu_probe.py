"""Find out whether Ascend NPUs work, in a child process. Imports no torch.

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
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flanchat.base.errors import FlanchatError
from flanchat.base.files import open_regular, write_atomically
from flanchat.base.packages import package_version
from flanchat.base.paths import cache_folder, make_private_folder
from flanchat.base.spawn import python_command, run_process
from flanchat.engine.devices.npu_problems import BrokenNpu, EndedChild, explain

TIMEOUT_S = 90.0
"""How long a driver may take to answer; FLANCHAT_NPU_TIMEOUT changes it."""
_VALID_S = 12 * 3600  # how long a stored result is used; that an NPU is broken is never stored


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
