"""Whether Ascend NPUs work, found out by a process of its own. Knows how torch_npu fails; imports no torch here.

A torch_npu without CANN makes `import torch` fail, a partial CANN aborts the process, a dead driver hangs or still says
that it is available. So a child computes something on the NPU first. Unless it comes back with the right number, this
process is made to look as if torch_npu were not installed, before torch is imported. Run the child with `main`.
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
from flanchat.base.paths import cache_folder, make_private_folder
from flanchat.base.spawn import python_command

WAIT_S = 90.0
"""How long a driver may take to answer; FLANCHAT_NPU_TIMEOUT changes it."""
_GOOD_FOR_S = 12 * 3600  # how long a good answer is believed; a bad one is asked for again each time
SHOWN = 160  # characters of what a library said


@dataclass(frozen=True, slots=True)
class Working:
    """NPUs that have computed something. count: how many there are. chip: such as "Ascend910B3"; of the first, as are
    bfloat16 and the bytes."""

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
class Broken:
    """An NPU that cannot be used. why: a key of TROUBLES. detail: what stands in its cause."""

    why: str
    detail: str = ""

    @property
    def cause(self) -> str:
        return _(TROUBLES[self.why][0]).format(detail=self.detail)

    @property
    def remedy(self) -> str:
        return _(TROUBLES[self.why][1])


# Why an NPU cannot be used: the cause, in which {detail} is what a library said or a number, and what to do.
TROUBLES = {
    "absent": (N_("torch_npu is not installed"), N_('install torch_npu and CANN, see README, "Ascend"')),
    "silent": (N_("no answer within {detail} s"), N_("the driver hangs: look at `npu-smi info`")),
    "none": (
        N_("torch_npu works but sees no device"),
        N_("look at `npu-smi info`, ASCEND_RT_VISIBLE_DEVICES (its numbers must ascend) and the container's devices"),
    ),
    "lost": (N_("it has worked before and does not now"), N_("look at `npu-smi info`")),
    "few": (N_("the last one is npu:{detail}"), N_("take one of those that are there")),
    "wrong": (N_("it computes wrong numbers ({detail})"), N_("look at `npu-smi info`")),
    "libraries": ("{detail}", N_("CANN was not found: source set_env.sh of the CANN toolkit")),
    "home": ("{detail}", N_("CANN's environment is wrong: source set_env.sh of the CANN toolkit again")),
    "cann": ("{detail}", N_('this torch_npu needs another CANN: see the table in README, "Ascend"')),
    "torch": ("{detail}", N_("torch and torch_npu do not belong together: install the same version of both")),
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
    "driver": ("{detail}", N_("the driver does not answer as it should: look at `npu-smi info`")),
    "other": ("{detail}", N_("`flanchat doctor` shows more")),
}

OF_ONE = ("driver", "wrong", "lost")
"""What may be wrong with one NPU while others work."""

# What a library says, and what that means. The first that fits.
_MEANINGS = (
    (r"undefined symbol: (acl|hccl|Hccl|rt[A-Z]|ge|Msprof)", "cann"),
    (r"undefined symbol", "torch"),
    (r"Two accelerators", "cuda"),
    (r"binary_info_config|opp?_kernel package", "kernels"),
    (r"libascend_hal\.so", "container"),
    (r"cannot open shared object file", "libraries"),
    (r"No module named '(tbe|te|acl)\b", "home"),  # CANN's own, which no package index has
    (r"No module named", "package"),
    (r"ASCEND_\w+ ?:|set_env\.sh", "home"),
    (r"[Uu]nsupported soc|aclInit|aclrt|ERR00100|EZ9999|\b[125]07\d\d\d\b|SIG[A-Z]+", "driver"),
)


def refused(device: str, broken: Broken) -> str:
    """The sentence for somebody who asked for an NPU that cannot be used."""
    return _("no {device} found: {cause}; {remedy}; or use --device cpu").format(
        device=device, cause=broken.cause, remedy=broken.remedy
    )


def passed_over(broken: Broken) -> str:
    """The sentence for somebody who has an NPU that cannot be used, and did not ask for it."""
    if broken.why in OF_ONE:
        return _(
            "npu:0 is not used: {cause}; {remedy}; ASCEND_RT_VISIBLE_DEVICES names others, --device cpu looks for none"
        ).format(cause=broken.cause, remedy=broken.remedy)
    return _("the NPU is not used: {cause}; {remedy}; --device cpu does not look for it").format(
        cause=broken.cause, remedy=broken.remedy
    )


def look(device: str, progress: Callable[[str], None] = lambda step: None) -> Working | Broken | None:
    """Find the NPU that `device` means, before torch is imported here. None when it means none.

    Unless it is Working, this process and its children run as if torch_npu were not installed from here on. A good
    answer is taken from the cache, and out of it: `remember` puts it back once the NPU has done its work, so that
    whatever happens until then is found out by the next process.
    """
    if "torch_npu" in sys.modules:  # imported, so that it is too late to find out, or hidden
        return None
    kind, __, numbers = device.partition(":")
    found: Working | Broken | None = None
    if kind == "npu" or (kind == "auto" and is_installed()):
        indices = [int(number) for number in (numbers or "0").split(",")]
        found = _recall(indices)
        if found is None:
            progress("looking for an NPU")
            found = probe(indices)
    if not isinstance(found, Working):
        hide()
    return found


def is_installed() -> bool:
    """Whether there is a torch_npu, in whatever state. Does not import it."""
    try:
        return importlib.util.find_spec("torch_npu") is not None
    except ValueError:  # imported already, in a strange way
        return True


def hide() -> None:
    """Make this process and its children run as if torch_npu were not installed."""
    os.environ["TORCH_DEVICE_BACKEND_AUTOLOAD"] = "0"
    sys.modules["torch_npu"] = None  # type: ignore[assignment]  # find_spec then says None, import ModuleNotFoundError


def probe(indices: Sequence[int], wait_s: float | None = None) -> Working | Broken:
    """Compute something on each of these NPUs, in a process of its own."""
    if not is_installed():
        return Broken("absent")
    wait_s = _wait_s(os.environ) if wait_s is None else wait_s
    ended = ask({"npu": list(indices)}, wait_s)
    if ended is None:
        return Broken("silent", f"{wait_s:g}")
    if ended.reply is None:
        return explain(ended, torch=installed("torch"), torch_npu=installed("torch_npu"))
    if not ended.reply["count"]:
        return Broken("none")
    if ended.reply["count"] <= max(indices):
        return Broken("few", str(ended.reply["count"] - 1))
    if wrong := [found for found in ended.reply["sums"] if found != SUM]:
        return Broken("wrong", f"{wrong[0]:g} for {SUM:g}")
    values = {f.name: ended.reply[f.name] for f in dataclasses.fields(Working) if f.name != "indices"}
    return Working(indices=tuple(indices), **values)


SUM = 64.0  # of the product of two 4x4 matrices of ones

_CHILD = "flanchat.engine.devices.probe_child"
"""Started by its name: it imports torch, and this module must not."""


@dataclass(frozen=True, slots=True)
class Ended:
    """A child that has ended. reply: None unless it got to the end of its work. words: its standard error."""

    status: int
    reply: dict[str, Any] | None
    words: str

    def cause(self) -> str:
        """One line about why there is no reply."""
        lines = [line.strip() for line in self.words.splitlines() if line.strip()]
        errors = [line for line in lines if re.match(r"(\w+\.)*\w*(Error|Exception)\b.*:|Exception:|what\(\):", line)]
        text = (errors or lines[-1:] or [f"status {self.status}"])[0]  # in a chain of exceptions the first is the cause
        text = re.sub(r"^(what\(\)|[\w.]*(Error|Exception)): *(\w+:\S+\.\w+:\d+ +)?", "", text).rstrip(" .:")
        if self.status < 0:
            known = -self.status in set(signal.Signals)
            text = f"{signal.Signals(-self.status).name if known else self.status}: {text}"
        return text if len(text) <= SHOWN else f"{text[: SHOWN - 3]}..."


def ask(order: Mapping[str, Any], wait_s: float) -> Ended | None:
    """Have a process of our own carry out an order of `main`. None when it did not end in time; it is killed then."""
    process = subprocess.Popen(
        python_command(_CHILD),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "TORCH_DEVICE_BACKEND_AUTOLOAD": "0"},
    )
    try:
        line = json.dumps({**order, "parent": os.getpid()}).encode()
        out, err = process.communicate(line, timeout=wait_s)
    except BaseException as error:
        process.kill()
        with contextlib.suppress(subprocess.TimeoutExpired):  # stuck in a driver, it may not even end by that
            process.communicate(timeout=1)
        if isinstance(error, subprocess.TimeoutExpired):
            return None
        raise
    reply = None
    with contextlib.suppress(ValueError):
        reply = json.loads(out.splitlines()[-1] if out else b"")
    return Ended(process.returncode, reply if isinstance(reply, dict) else None, err.decode("utf-8", "replace"))


def explain(ended: Ended, *, torch: str, torch_npu: str) -> Broken:
    """Why a child that tried the NPU did not come to its end. torch, torch_npu: their versions."""
    cause = ended.cause()
    why = next((why for text in (cause, ended.words) for sign, why in _MEANINGS if re.search(sign, text)), "other")
    if why in ("other", "torch") and _release(torch) != _release(torch_npu):
        return Broken("torch", f"{cause} (torch {torch}, torch_npu {torch_npu})")
    return Broken(why, cause)


def _release(version: str) -> str:
    """A version without what marks the build: "2.9.0" for 2.9.0+cpu and for 2.9.0.post2."""
    return re.split(r"\+|\.?post", version)[0]


def installed(package: str) -> str:
    """The version of an installed package, or "". Does not import it."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(package) or ""
    except PackageNotFoundError:
        return ""


def _wait_s(environ: Mapping[str, str]) -> float:
    try:
        wish = float(environ.get("FLANCHAT_NPU_TIMEOUT", ""))
    except ValueError:
        return WAIT_S
    return wish if 0 < wish < 86400 else WAIT_S


# -- a good answer is kept --------------------------------------------------------------------------------------------


def remember(working: Working) -> None:
    """Keep the answer for the next processes, if there is a place for it."""
    kept = {"key": _key(working.indices), "at": time.time(), "found": dataclasses.asdict(working)}
    with contextlib.suppress(FlanchatError):
        folder = make_private_folder(cache_folder(os.environ))
        write_atomically(folder / "npu.json", json.dumps(kept).encode(), overwrite=True)


def _recall(indices: Sequence[int]) -> Working | None:
    """The answer that was kept, which is taken away; None when there is none that holds here and now."""
    try:
        path = cache_folder(os.environ) / "npu.json"
        with open(open_regular(path, private=True), "rb") as file:
            kept = json.loads(file.read(1 << 16))
        path.unlink()
        if kept["key"] == _key(indices) and 0 <= time.time() - kept["at"] < _GOOD_FOR_S:
            return Working(**{**kept["found"], "indices": tuple(indices)})
    except (OSError, FlanchatError, ValueError, TypeError, KeyError):
        pass
    return None


def _key(indices: Sequence[int]) -> str:
    """What an answer holds for: these NPUs, these packages, this CANN, until the machine starts anew."""
    try:
        with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:
            boot = file.read()
    except OSError:
        boot = ""
    packages = [installed(package) for package in ("torch", "torch_npu")]
    places = {name: os.environ[name] for name in sorted(os.environ) if name.startswith(("ASCEND_", "LD_LIBRARY_PATH"))}
    return hashlib.sha256(json.dumps([list(indices), sys.prefix, packages, places, boot]).encode()).hexdigest()
