"""A Ray cluster is divided by its accelerators, and a lost worker loses no answer. Most tests need Ray."""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from flanchat.base.errors import UsageError
from flanchat.engine.checkpoint.validate import ModelSource
from flanchat.engine.worker.process import WorkerEngine
from flanchat.engine.worker.ray_pool import STORE_BYTES, Worker, allocate
from flanchat.engine.worker.wire import source_to_json
from tests.conftest import COMMAND, Flanchat
from tests.fork_server import FRESH
from tests.waiting import LIMIT_S, children, until

needs_ray = pytest.mark.skipif(importlib.util.find_spec("ray") is None, reason="Ray is not installed")
NODE = {"CPU": 8.0, "memory": 1e9}


@pytest.fixture
def temporary(environ: dict[str, str]) -> Iterator[Path]:
    """A folder for temporary files whose path is short enough for Ray's sockets."""
    with tempfile.TemporaryDirectory(prefix="r", dir="/tmp", ignore_cleanup_errors=True) as folder:
        environ["TMPDIR"] = folder
        yield Path(folder)


def npus(count: int) -> tuple[str, int, dict[str, object]]:
    return "npu", count, {"num_cpus": 0, "resources": {"NPU": 1}}


@pytest.mark.parametrize(
    ("nodes", "device", "workers", "expected"),
    [
        ([NODE | {"NPU": 2.0}, NODE | {"NPU": 1.0}], "auto", None, npus(3)),
        ([NODE | {"GPU": 2.0}], "auto", None, ("cuda", 2, {"num_cpus": 0, "num_gpus": 1})),
        ([NODE | {"GPU": 2.0, "NPU": 4.0}], "auto", 1, npus(1)),
        ([NODE | {"GPU": 2.0}], "cpu", None, ("cpu", 2, {"num_cpus": 4})),
        ([NODE, NODE], "auto", None, ("cpu", 4, {"num_cpus": 4})),
        ([{"CPU": 2.0}], "auto", None, ("cpu", 1, {"num_cpus": 2})),
        ([{"CPU": 2.0}], "auto", 2, ("cpu", 2, {"num_cpus": 1})),
        ([{"CPU": 3.0}, {"CPU": 3.0}], "auto", 3, ("cpu", 3, {"num_cpus": 1})),
        ([{"CPU": 4.0}, {"CPU": 2.0}], "auto", 2, ("cpu", 2, {"num_cpus": 2})),
    ],
)  # fmt: skip
def test_each_worker_gets_an_accelerator_or_a_share_of_the_cpus(
    nodes: list[dict[str, float]], device: str, workers: int | None, expected: tuple[str, int, dict[str, object]]
):
    found = allocate(nodes, device, workers)

    assert (found.device, found.workers, found.options) == expected


@pytest.mark.parametrize(
    ("nodes", "device", "workers", "said"),
    [
        ([NODE], "npu", None, "the Ray cluster has room for 0 workers by its NPUs, not for 1"),
        ([NODE], "auto", 9, "the Ray cluster has room for 8 workers by its CPUs, not for 9"),
        ([NODE], "cuda:1", None, "--device cuda:1: Ray chooses the device; use auto, npu, cuda or cpu"),
        ([], "auto", None, "the Ray cluster has room for 0 workers by its CPUs, not for 1"),
    ],
)
def test_workers_that_do_not_fit_a_cluster_are_refused(
    nodes: list[dict[str, float]], device: str, workers: int | None, said: str
):
    with pytest.raises(UsageError) as raised:
        allocate(nodes, device, workers)

    assert raised.value.message == said


def test_a_worker_has_its_model_in_a_child_process_which_gets_the_same_variables_as_without_ray(tmp_path: Path):
    worker = Worker(
        {"source": source_to_json(ModelSource("empty", tmp_path, "folder", "")), "device": "cpu", "precision": "auto"}
    )

    assert "error" in worker.load()
    assert isinstance(worker._engine, WorkerEngine)


def test_without_ray_the_error_says_how_to_install_it(flanchat: Flanchat, tmp_path: Path):
    (tmp_path / "ray.py").write_text("raise ImportError\n")

    ended = flanchat("sweep", "-", "--engine", "ray", stdin="One?\n", env={"PYTHONPATH": _path(tmp_path)})

    assert ended.status == 2
    assert ended.err.splitlines()[-1] == "flanchat: --engine ray needs Ray: pip install 'flanchat[ray]'"


@needs_ray
def test_a_killed_worker_loses_no_answer_and_repeats_none(
    flanchat: Flanchat, environ: dict[str, str], tiny_model: Path, tmp_path: Path, temporary: Path
):
    (tmp_path / "prompts.txt").write_text("".join(f"Say {'so ' * (number % 7)}{number}.\n" for number in range(60)))
    command = ["sweep", "prompts.txt", "-m", str(tiny_model), "-o", "max_new_tokens=64", "-o", "min_new_tokens=64"]
    command += ["-o", "do_sample=true", "--batch", "2"]
    by_ray = [*command, "--engine", "ray", "--workers", "2", "--device", "cpu", "--out", "ray.jsonl"]

    process = subprocess.Popen(
        [*COMMAND, *by_ray], stderr=subprocess.PIPE, text=True, env={**environ, **FRESH}, cwd=tmp_path
    )
    assert process.stderr is not None
    next(line for line in process.stderr if re.search(r"\b1[28] of 60 answers,", line))
    os.kill(_workers(process.pid)[0], signal.SIGKILL)
    said = process.stderr.read()
    process.stderr.close()
    assert process.wait() == 0
    local = flanchat(*command)

    answers = [json.loads(line) for line in (tmp_path / "ray.jsonl").read_text().splitlines()]
    assert "a Ray worker was lost; another one takes over" in said
    assert len(answers) == len({answer["key"] for answer in answers}) == 60
    assert {answer["key"]: answer["text"] for answer in answers} == {
        answer["key"]: answer["text"] for answer in map(json.loads, local.out.splitlines())
    }
    until(lambda: not list(temporary.iterdir()))


@needs_ray
def test_ctrl_c_keeps_finished_answers_and_the_sweep_resumes_without_ray(
    flanchat: Flanchat, environ: dict[str, str], tiny_model: Path, tmp_path: Path
):
    (tmp_path / "prompts.txt").write_text("".join(f"Say {number}.\n" for number in range(60)))
    command = ["sweep", "prompts.txt", "-m", str(tiny_model), "-o", "max_new_tokens=64", "-o", "min_new_tokens=64"]
    command += ["--batch", "2", "--out", "out.jsonl"]
    by_ray = [*command, "--engine", "ray", "--workers", "2", "--device", "cpu"]

    process = subprocess.Popen(
        [*COMMAND, *by_ray], stderr=subprocess.PIPE, text=True, env={**environ, **FRESH}, cwd=tmp_path
    )
    assert process.stderr is not None
    next(line for line in process.stderr if " of 60 answers," in line)
    process.send_signal(signal.SIGINT)
    said = process.stderr.read()
    process.stderr.close()
    ended = flanchat(*command)

    assert process.wait() == 130
    assert "are kept in out.jsonl; the same command resumes from there" in said
    assert ended.status == 0
    keys = [json.loads(line)["key"] for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert len(keys) == len(set(keys)) == 60


@needs_ray
def test_an_address_on_which_nobody_listens_is_said_at_once(flanchat: Flanchat, tiny_model: Path):
    by_ray = ("--engine", "ray", "--address", "127.0.0.1:1")

    ended = flanchat("sweep", "-", "-m", tiny_model, *by_ray, stdin="One?\n", env=FRESH)

    assert ended.status == 2
    assert ended.err.splitlines()[-1] == "flanchat: cannot reach a Ray cluster: 127.0.0.1:1: Connection refused"


@needs_ray
@pytest.mark.parametrize("end", [(signal.SIGTERM, -signal.SIGTERM), (signal.SIGINT, 130)])
def test_a_signal_while_ray_starts_ends_the_sweep_and_leaves_no_files(
    end: tuple[int, int], environ: dict[str, str], tiny_model: Path, tmp_path: Path, temporary: Path
):
    (tmp_path / "prompts.txt").write_text("Say it.\n")
    process = subprocess.Popen(
        [*COMMAND, "sweep", "prompts.txt", "-m", str(tiny_model), "--engine", "ray", "--device", "cpu"],
        stderr=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        env={**environ, **FRESH},
        cwd=tmp_path,
    )
    until(lambda: list(temporary.glob("flanchat-ray-*/session_*/logs/gcs_server*")))
    process.send_signal(end[0])

    assert process.wait(LIMIT_S) == end[1]
    until(lambda: not list(temporary.iterdir()))


@needs_ray
@pytest.mark.slow
def test_a_sweep_says_that_its_cluster_is_gone_and_what_is_kept(
    environ: dict[str, str], tiny_model: Path, tmp_path: Path, temporary: Path
):
    """The workers go on answering when the server of the cluster dies, until Ray ends their driver a minute later."""
    (tmp_path / "prompts.txt").write_text("".join(f"Say {number}.\n" for number in range(100_000)))
    with _cluster(environ, temporary) as (address, head):
        command = ["sweep", "prompts.txt", "-m", str(tiny_model), "-o", "max_new_tokens=64", "-o", "min_new_tokens=64"]
        command += ["--batch", "2", "--out", "out.jsonl", "--engine", "ray", "--workers", "1", "--device", "cpu"]
        process = subprocess.Popen(
            [*COMMAND, *command, "--address", address],
            stderr=subprocess.PIPE,
            text=True,
            env={**environ, **FRESH},
            cwd=tmp_path,
        )
        assert process.stderr is not None
        until(lambda: (tmp_path / "out.jsonl").exists() and (tmp_path / "out.jsonl").read_bytes())
        (server,) = (pid for pid in children(head) if b"gcs_server" in Path(f"/proc/{pid}/cmdline").read_bytes())
        os.kill(server, signal.SIGKILL)
        said = process.stderr.read().splitlines()
        process.stderr.close()

    assert process.wait(LIMIT_S) == 1
    kept = len((tmp_path / "out.jsonl").read_text().splitlines())
    assert said[-2:] == [
        f"flanchat: {kept} of 100000 answers are kept in out.jsonl; the same command resumes from there",
        "flanchat: the Ray cluster is gone; start it again, or go on without it: --engine local",
    ]


@contextlib.contextmanager
def _cluster(environ: dict[str, str], folder: Path) -> Iterator[tuple[str, int]]:
    """A Ray that was started apart from flanchat: its address, and the process that started its servers."""
    command = [sys.executable, "-m", "ray.scripts.scripts", "start", "--head", "--block", "--disable-usage-stats"]
    command += ["--port", "0", "--num-cpus", "1", "--include-dashboard=false", "--temp-dir", str(folder)]
    with open(folder / "ray.log", "wb") as log:
        head = subprocess.Popen(
            [*command, "--object-store-memory", str(STORE_BYTES)],
            stdout=log,
            stderr=log,
            env={**environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )
    try:
        said = folder / "ray.log"
        until(lambda: "Ray runtime started" in said.read_text())
        yield re.findall(r"--address='(.+)'", said.read_text())[0], head.pid
    finally:
        head.terminate()
        head.wait(LIMIT_S)


def _path(folder: Path) -> str:
    return os.pathsep.join(filter(None, [str(folder), os.environ.get("PYTHONPATH")]))


def _workers(driver: int) -> list[int]:
    """The processes of Ray's workers that descend from this one."""
    parents, names = {}, {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                stat, name = (entry / "stat").read_text(), (entry / "cmdline").read_bytes()
            except OSError:  # it has ended
                continue
            parents[int(entry.name)] = int(stat.rpartition(")")[2].split()[1])
            names[int(entry.name)] = name

    def descends(pid: int) -> bool:
        return pid == driver or (pid in parents and descends(parents[pid]))

    return sorted(pid for pid, name in names.items() if name.startswith(b"ray::Worker") and descends(pid))
