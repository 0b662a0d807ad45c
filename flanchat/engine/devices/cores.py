"""The processor cores that this process may use, and how much other programs use them. Knows no torch.

Affinity, hyper-threads and limits of control groups are read where Linux has them; elsewhere all cores count.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

_SPIN_VARIABLES = ("GOMP_SPINCOUNT", "OMP_WAIT_POLICY", "KMP_BLOCKTIME")
_SPIN_COUNT = 20_000  # rounds of a loop, before a thread sleeps
_ROOT = Path("/")


@dataclass(frozen=True, slots=True)
class CoreUse:
    """What this process and its cores have done so far, in seconds; only differences mean anything.

    at_s: when it was read, by time.monotonic. own_s: processor time of this process. waited_s: how long its threads, in
    sum, were ready to run while others had the cores. idle_s: how long the cores, in sum, had nothing to do or ran
    programs of lower priority. Both are None where the system does not count them.
    """

    at_s: float
    own_s: float
    waited_s: float | None
    idle_s: float | None


def allowed_cores() -> frozenset[int]:
    """Numbers of the logical cores that this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return frozenset(os.sched_getaffinity(0))
    return frozenset(range(os.cpu_count() or 1))


def usable_cores(allowed: frozenset[int], root: Path = _ROOT) -> int:
    """How many threads can compute at once: physical cores among the allowed ones, or a control group's limit if lower.

    Two hyper-threads of a core share its arithmetic units, so the second one adds next to nothing to a matrix product.
    A limit of 1.5 cores counts as one: the group is stopped for the rest of each period in which it has used it up, and
    all threads would wait for the one that is stopped.
    """
    siblings = {_read(root / f"sys/devices/system/cpu/cpu{n}/topology/thread_siblings_list") or str(n) for n in allowed}
    return max(1, min([len(siblings), *(int(limit) for limit in _group_limits(root))]))


def _group_limits(root: Path) -> Iterator[float]:
    """The limits, in cores, of this process's control group and of all groups around it."""
    for line in _read(root / "proc/self/cgroup").splitlines():
        controllers, group = line.split(":", 2)[1:]  # such as "4:cpu,cpuacct:/docker", or "0::/user" in version 2
        if controllers and "cpu" not in controllers.split(","):
            continue
        top = root / "sys/fs/cgroup" / ("cpu" if controllers else "")
        for parent in (path := Path(group.lstrip("/")), *path.parents):
            folder = top / parent
            if controllers:  # version 1
                quota, period = _read(folder / "cpu.cfs_quota_us"), _read(folder / "cpu.cfs_period_us")
            else:
                quota, __, period = _read(folder / "cpu.max").partition(" ")
            if quota.isdecimal() and period.isdecimal() and int(period):
                yield int(quota) / int(period)


def core_use(allowed: frozenset[int], root: Path = _ROOT) -> CoreUse:
    """Read what the cores have done so far. Takes 0.1 ms and about 10 µs for each thread of this process."""
    return CoreUse(time.monotonic(), time.process_time(), _waited_s(root), _idle_s(allowed, root))


WAITED_TOO_MUCH = 0.1
"""The share of the time from which on threads that wait for cores are too many."""


def waited_share(before: CoreUse, after: CoreUse) -> float | None:
    """Seconds per second for which threads waited for a core between two readings, summed over all of them.

    None where the system does not say. Above WAITED_TOO_MUCH, other programs have the cores.
    """
    if before.waited_s is None or after.waited_s is None:
        return None
    return (after.waited_s - before.waited_s) / (after.at_s - before.at_s)


def _waited_s(root: Path) -> float | None:
    try:
        tasks = [_read(Path(task.path) / "schedstat").split() for task in os.scandir(root / "proc/self/task")]
    except OSError:
        return None
    waited = [int(fields[1]) for fields in tasks if len(fields) > 1]  # nanoseconds; a thread may just have ended
    return sum(waited) / 1e9 if waited else None


def _idle_s(allowed: frozenset[int], root: Path) -> float | None:
    # Programs of lower priority give way, so their time counts as idle. When this process has a low priority itself,
    # its own time is in the same field, which is left out then.
    own_priority_is_low = os.getpriority(os.PRIO_PROCESS, 0) > 0
    ticks, found = 0, False
    for line in _read(root / "proc/stat").splitlines():
        name, *fields = line.split()
        if name.startswith("cpu") and name[3:].isdecimal() and int(name[3:]) in allowed and len(fields) > 4:
            nice, idle, waits_for_disk = int(fields[1]), int(fields[3]), int(fields[4])
            ticks += idle + waits_for_disk + (0 if own_priority_is_low else nice)
            found = True
    return ticks / os.sysconf("SC_CLK_TCK") if found else None


def spin_variables(environ: Mapping[str, str]) -> dict[str, str]:
    """Environment variables with which the threads of a process that imports torch stop spinning soon.

    By default libgomp's threads spin for milliseconds before they sleep, and beside another busy process they do so on
    the very core that the thread they wait for needs. Returns {} when the user has set one of the variables.
    """
    if any(name in environ for name in _SPIN_VARIABLES):
        return {}
    return {"GOMP_SPINCOUNT": str(_SPIN_COUNT)}


def _read(path: Path) -> str:
    try:
        return path.read_text("ascii").strip()
    except (OSError, ValueError):
        return ""
