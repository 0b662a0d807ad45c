"""Why an NPU cannot be used, and what to do about it. Reads what a failed probe printed; imports no torch."""

from __future__ import annotations

import re
import signal
from dataclasses import dataclass
from typing import Any

from flanchat.base.i18n import N_, _

SHOWN = 160  # characters of an error message of a library


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
