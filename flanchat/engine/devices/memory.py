"""Peak and free memory of this process, and what saves memory and time while a model loads. Knows no torch."""

from __future__ import annotations

import contextlib
import gc
import os
import resource
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3  # glibc's malloc.h
_SMALL, _LARGE = 1 << 20, 32 << 20  # bytes; the second is the largest value that glibc accepts
_AHEAD = 1 << 20  # bytes


@contextlib.contextmanager
def heap_trimmed() -> Iterator[None]:
    """Inside, blocks of 1 MB and more return to the system as soon as they are freed; afterwards glibc keeps them.

    While a model loads, matrices that are repacked would otherwise leave holes between those that stay, a fifth of the
    model's size. Activations, on the other hand, are fastest in memory that was just freed. Does nothing where the C
    library is not glibc.
    """
    _tune(_MMAP_THRESHOLD, _SMALL)
    try:
        yield
    finally:
        _tune(_MMAP_THRESHOLD, _LARGE)
        _tune(_TRIM_THRESHOLD, _LARGE // 2)


@contextlib.contextmanager
def gc_paused(*, frozen: bool = True) -> Iterator[None]:
    """The garbage collector is paused inside. frozen: afterwards it ignores what exists, also of who calls.

    For imports of a thousand modules, which leave hardly any garbage: collecting took 10% of `import torch` or more.
    """
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if frozen:
            gc.freeze()
        if collects:
            gc.enable()


def read_ahead(files: Sequence[Path]) -> None:
    """Have the system read files into its page cache, unless they would take more than half of the free memory.

    In a thread, this keeps the disk busy while torch is imported. Does nothing on other systems than Linux.
    """
    with contextlib.suppress(OSError):
        free = free_bytes()
        if free is None or 2 * sum(path.stat().st_size for path in files) > free:
            return
        for path in files:
            with open(path, "rb", buffering=0) as file:
                for at in range(0, path.stat().st_size, _AHEAD):  # a call for more reads no more than a few MB
                    os.posix_fadvise(file.fileno(), at, _AHEAD, os.POSIX_FADV_WILLNEED)


def peak_mb() -> float:
    """The peak memory of this process, in megabytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1e6 if sys.platform == "darwin" else peak * 1024 / 1e6  # bytes there, KiB elsewhere


def free_bytes(root: Path = Path("/")) -> int | None:
    """How much more memory this process can take on Linux: what the machine with its swap and its cgroups allow.

    None on other systems. root: the folder that holds proc and sys.
    """
    machine = _numbers(root / "proc/meminfo")
    if "MemAvailable:" not in machine:
        return None
    swap = machine.get("SwapFree:", 0) * 1024
    return min([machine["MemAvailable:"] * 1024 + swap, *(free + swap for free in _free_in_cgroups(root))])


# The files of a cgroup: its limit, its usage, and which entries of memory.stat are page cache, which counts as usage
# but is dropped when memory is needed. Version 2, then version 1.
_CGROUPS = (
    ("memory.max", "memory.current", ("active_file", "inactive_file")),
    ("memory.limit_in_bytes", "memory.usage_in_bytes", ("total_active_file", "total_inactive_file")),
)


def _free_in_cgroups(root: Path) -> Iterator[int]:
    """Bytes left below the limit of each cgroup that this process is in, as far as they are visible from here."""
    base = root / "sys/fs/cgroup"
    for line in _text(root / "proc/self/cgroup").splitlines():
        __, kinds, path = (*line.split(":", 2), "", "")[:3]
        if kinds and "memory" not in kinds.split(","):
            continue
        top = base / "memory" if kinds else base
        inner = top / path.strip("/")
        for folder in (inner, *inner.parents):
            for limit_file, usage_file, cache_entries in _CGROUPS:
                limit, usage = _text(folder / limit_file).strip(), _text(folder / usage_file).strip()
                if limit.isdecimal() and usage.isdecimal():
                    stat = _numbers(folder / "memory.stat")
                    yield int(limit) - int(usage) + sum(stat.get(name, 0) for name in cache_entries)
            if folder == top:
                break


def _numbers(path: Path) -> dict[str, int]:
    """The lines of a file that consist of a name and a number."""
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
