"""Which cores a process may use, read from a stand-in for Linux's files."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from flanchat.engine.devices.cores import CoreUse, allowed_cores, core_use, spin_variables, usable_cores, waited_share

EIGHT = frozenset(range(8))


def write(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(f"{text}\n")
    return root


def test_without_limits_each_allowed_core_computes(tmp_path: Path):
    assert usable_cores(EIGHT, tmp_path) == 8
    assert usable_cores(frozenset({3}), tmp_path) == 1


def test_two_hyper_threads_of_a_core_count_once(tmp_path: Path):
    siblings = {f"sys/devices/system/cpu/cpu{n}/topology/thread_siblings_list": f"{n % 4},{n % 4 + 4}" for n in EIGHT}
    root = write(tmp_path, siblings)

    assert usable_cores(EIGHT, root) == 4
    assert usable_cores(frozenset({0, 4, 1}), root) == 2


@pytest.mark.parametrize(
    ("quota", "threads"), [("150000 100000", 1), ("350000 100000", 3), ("50000 100000", 1), ("max 100000", 8)]
)
def test_a_control_group_limits_the_threads_to_the_cores_that_it_grants_whole(tmp_path: Path, quota: str, threads: int):
    root = write(tmp_path, {"proc/self/cgroup": "0::/user/app", "sys/fs/cgroup/user/app/cpu.max": quota})

    assert usable_cores(EIGHT, root) == threads


def test_the_lowest_limit_of_all_groups_around_a_process_counts(tmp_path: Path):
    files = {"sys/fs/cgroup/a/b/cpu.max": "600000 100000", "sys/fs/cgroup/a/cpu.max": "200000 100000"}
    root = write(tmp_path, {"proc/self/cgroup": "0::/a/b", "sys/fs/cgroup/cpu.max": "max 100000", **files})

    assert usable_cores(EIGHT, root) == 2


def test_limits_of_control_groups_of_the_first_version_count_too(tmp_path: Path):
    files = {"cpu.cfs_quota_us": "250000", "cpu.cfs_period_us": "100000"}
    root = write(tmp_path, {f"sys/fs/cgroup/cpu/docker/{name}": text for name, text in files.items()})
    write(root, {"proc/self/cgroup": "12:memory:/docker\n4:cpu,cpuacct:/docker\n0::/"})

    assert usable_cores(EIGHT, root) == 2


HOST = frozenset(range(64))
DOCKER = "docker/3601745b3bd54d9780436faa5f0e4f72"
POD = "kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod7f2c.slice"
V1_OF_DOCKER = f"""
11:cpuset:/{DOCKER}
10:memory:/{DOCKER}
4:cpu,cpuacct:/{DOCKER}
1:name=systemd:/{DOCKER}
0::/system.slice/containerd.service"""
V1_OF_A_POD = """
8:cpuset:/kubepods/burstable/pod7f2c/9d1e
6:cpuacct,cpu:/kubepods/burstable/pod7f2c/9d1e
0::/"""


def quota_v1(folder: str, quota: str) -> dict[str, str]:
    top = f"sys/fs/cgroup/cpu/{folder}".rstrip("/")
    return {f"{top}/cpu.cfs_quota_us": quota, f"{top}/cpu.cfs_period_us": "100000", f"{top}/cpu.shares": "1024"}


CONTAINERS = {
    "docker --cpus 1.5, version 2, sees itself as the root": (
        {"proc/self/cgroup": "0::/", "sys/fs/cgroup/cpu.max": "150000 100000", "sys/fs/cgroup/cpu.weight": "59"},
        HOST, 1,
    ),
    "docker --cpus 1.5, version 1, whose own group is mounted at the top": (
        {"proc/self/cgroup": V1_OF_DOCKER, **quota_v1("", "150000")}, HOST, 1,
    ),
    "docker --cpus 12 --cgroupns host, version 2": (
        {"proc/self/cgroup": f"0::/system.slice/{DOCKER}.scope",
         f"sys/fs/cgroup/system.slice/{DOCKER}.scope/cpu.max": "1200000 100000",
         "sys/fs/cgroup/system.slice/cpu.max": "max 100000"},
        HOST, 12,
    ),
    "a pod with a limit of 4000m, the container without one, version 1": (
        {"proc/self/cgroup": V1_OF_A_POD, **quota_v1("kubepods/burstable/pod7f2c/9d1e", "-1"),
         **quota_v1("kubepods/burstable/pod7f2c", "400000"), **quota_v1("kubepods", "-1"), **quota_v1("", "-1")},
        HOST, 4,
    ),
    "a pod with a limit of 500m, version 2": (
        {"proc/self/cgroup": f"0::/{POD}/cri-containerd-9d1e.scope",
         f"sys/fs/cgroup/{POD}/cri-containerd-9d1e.scope/cpu.max": "50000 100000",
         f"sys/fs/cgroup/{POD}/cpu.max": "50000 100000"},
        HOST, 1,
    ),
    "systemd-run --user -p CPUQuota=250% with a period of 20 ms": (
        {"proc/self/cgroup": "0::/user.slice/user-1000.slice/user@1000.service/app.slice/run-u7.service",
         "sys/fs/cgroup/user.slice/user-1000.slice/user@1000.service/app.slice/run-u7.service/cpu.max": "50000 20000"},
        HOST, 2,
    ),
    "docker --cpuset-cpus 0-2, which Linux takes off the affinity, and no quota": (
        {"proc/self/cgroup": "0::/", "sys/fs/cgroup/cpu.max": "max 100000", "sys/fs/cgroup/cpuset.cpus": "0-2"},
        frozenset({0, 1, 2}), 3,
    ),
    "docker --cpuset-cpus 0-2 --cpus 8": (
        {"proc/self/cgroup": "0::/", "sys/fs/cgroup/cpu.max": "800000 100000"}, frozenset({0, 1, 2}), 3,
    ),
    "no container": ({"proc/self/cgroup": "0::/user.slice/user-1000.slice/session-3.scope"}, HOST, 64),
}  # fmt: skip


@pytest.mark.parametrize("container", CONTAINERS)
def test_a_container_on_a_host_of_64_cores_starts_no_more_threads_than_it_may_run(tmp_path: Path, container: str):
    files, allowed, threads = CONTAINERS[container]

    assert usable_cores(allowed, write(tmp_path, files)) == threads


def test_waiting_of_all_threads_and_idle_time_of_the_allowed_cores_are_summed(tmp_path: Path):
    stat = "cpu 9 9 9 9\ncpu0 100 100 50 700 100 0 0 0\ncpu1 0 0 0 400 0 0 0 0\ncpu2 0 0 0 9000 0 0 0 0\nintr 5"
    tasks = {"proc/self/task/7/schedstat": "5 2000000000 1", "proc/self/task/8/schedstat": "5 500000000 1"}
    root = write(tmp_path, {"proc/stat": stat, **tasks})

    use = core_use(frozenset({0, 1}), root)

    low_priority_s = 0 if os.getpriority(os.PRIO_PROCESS, 0) > 0 else 1  # idle for those above it, but not for us below
    assert (use.waited_s, use.idle_s) == (2.5, 12.0 + low_priority_s)


def test_without_the_files_of_linux_waiting_and_idle_time_are_unknown(tmp_path: Path):
    use = core_use(EIGHT, tmp_path)

    assert (use.waited_s, use.idle_s) == (None, None)
    assert use.own_s > 0


def test_waiting_is_counted_for_each_second_and_unknown_where_the_system_does_not_say():
    def use(at_s: float, waited_s: float | None) -> CoreUse:
        return CoreUse(at_s, 0.0, waited_s, None)

    assert waited_share(use(1, 0.5), use(3, 2.5)) == 1
    assert waited_share(use(1, 0.5), use(3, 0.5)) == 0
    assert waited_share(use(1, None), use(3, None)) is None


def test_this_machine_has_a_core_to_compute_on():
    assert 1 <= usable_cores(allowed_cores()) <= len(allowed_cores())


def test_threads_spin_less_unless_the_user_has_set_how_they_wait():
    assert set(spin_variables({})) == {"GOMP_SPINCOUNT"}
    for name in ("GOMP_SPINCOUNT", "OMP_WAIT_POLICY", "KMP_BLOCKTIME"):
        assert spin_variables({name: "1"}) == {}
