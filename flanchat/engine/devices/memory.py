"""How much memory was held and is free, and giving it back while a model loads. Knows Linux and the C library; knows no
torch."""

from __future__ import annotations

import contextlib
import gc
import sys
from collections.abc import Iterator
from pathlib import Path

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3  # glibc's malloc.h
_SMALL, _LARGE = 1 << 20, 32 << 20  # bytes; the second is the most that glibc takes


@contextlib.contextmanager
def given_back() -> Iterator[None]:
    """Inside, blocks of a megabyte and more go back to the system when they are freed; afterwards they are kept.

    Matrices on their way into their packed form would otherwise leave holes between those that stay: a fifth of what a
    model needs. Activations, on the other hand, are best taken from where the last ones were. Does nothing where the C
    library is another than glibc.
    """
    _tune(_MMAP_THRESHOLD, _SMALL)
    try:
        yield
    finally:
        _tune(_MMAP_THRESHOLD, _LARGE)
        _tune(_TRIM_THRESHOLD, _LARGE // 2)


@contextlib.contextmanager
def uncollected() -> Iterator[None]:
    """Inside, Python does not look for garbage, and never again among what is there afterwards.

    For an import of a thousand modules, which makes little: looking took a tenth of `import torch` and more.
    """
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()
    gc.freeze()


def peak_mb() -> float:
    """The most memory this process has held, in megabytes."""
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1e6 if sys.platform == "darwin" else peak * 1024 / 1e6  # bytes there, KiB elsewhere


def free_bytes(root: Path = Path("/")) -> int | None:
    """How much more this process can hold on Linux: of the machine's memory with its swap, and of its cgroups' limits.

    None where the system does not say. root: where proc and sys are.
    """
    machine = _numbers(root / "proc/meminfo")
    if "MemAvailable:" not in machine:
        return None
    swap = machine.get("SwapFree:", 0) * 1024
    return min([machine["MemAvailable:"] * 1024 + swap, *(free + swap for free in _free_in_cgroups(root))])


# The files of a cgroup: its limit, what counts against it, and what of that are files in the cache, which are dropped
# when memory is wanted. Version 2, then version 1.
_CGROUPS = (
    ("memory.max", "memory.current", ("active_file", "inactive_file")),
    ("memory.limit_in_bytes", "memory.usage_in_bytes", ("total_active_file", "total_inactive_file")),
)


def _free_in_cgroups(root: Path) -> Iterator[int]:
    """What is free below the limit of each cgroup that this process is in, as far as they are seen from here."""
    base = root / "sys/fs/cgroup"
    for line in _text(root / "proc/self/cgroup").splitlines():
        __, kinds, path = (*line.split(":", 2), "", "")[:3]
        if kinds and "memory" not in kinds.split(","):
            continue
        top = base / "memory" if kinds else base
        inner = top / path.strip("/")
        for folder in (inner, *inner.parents):
            for limit, used, files in _CGROUPS:
                most, now = _text(folder / limit).strip(), _text(folder / used).strip()
                if most.isdecimal() and now.isdecimal():
                    dropped = _numbers(folder / "memory.stat")
                    yield int(most) - int(now) + sum(dropped.get(name, 0) for name in files)
            if folder == top:
                break


def _numbers(path: Path) -> dict[str, int]:
    """The lines of a file that are a name and a number."""
    pairs = (line.split()[:2] for line in _text(path).splitlines())
    return {pair[0]: int(pair[1]) for pair in pairs if len(pair) == 2 and pair[1].isdecimal()}


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _tune(parameter: int, value: int) -> None:
    import ctypes  # only a process that loads a model needs it

    with contextlib.suppress(AttributeError, OSError):
        ctypes.CDLL(None).mallopt(parameter, value)
