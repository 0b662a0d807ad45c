"""A worker pool on a Ray cluster: one actor per NPU, per GPU, or per group of CPUs. Knows no text and no file.

The driver gives a batch to a free actor, and to another one when that actor dies. Only lists and dicts of plain values
go over Ray. Ray is an extra: only this module imports it, when a pool is made.
"""

from __future__ import annotations

import atexit
import contextlib
import dataclasses
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flanchat.base.errors import EngineError, FlanchatError, UsageError, first_line
from flanchat.base.files import reason
from flanchat.base.i18n import _, ngettext
from flanchat.base.signals import Terminated, deferred_signals
from flanchat.engine.checkpoint.validate import ModelSource
from flanchat.engine.engines import open_engine
from flanchat.engine.events import Request
from flanchat.engine.hubs.resolve import resolve
from flanchat.engine.protocol import Engine, EngineOptions, ModelCard
from flanchat.engine.worker.pool import AnsweredBatches, Batches, ClusterWatch, answered
from flanchat.engine.worker.wire import (
    error_from_json,
    error_to_json,
    event_from_json,
    event_to_json,
    request_from_json,
    request_to_json,
    source_from_json,
    source_to_json,
)

ATTEMPTS = 3  # for a batch whose worker fails
CPUS = 4  # of a worker without an accelerator
POLL_S = 0.2  # how soon a Ctrl-C takes effect
GONE_S = 30.0  # without a sign of life, after which a cluster counts as gone
CONNECT_S = 10.0  # for a host that does not answer
STORE_BYTES = 80 << 20  # for running batches; Ray's default is a third of the memory

_QUIET = {
    "RAY_USAGE_STATS_ENABLED": "0",  # otherwise Ray reports this machine to its makers
    "RAY_enable_metrics_collection": "0",
    "RAY_DISABLE_METRICS_COLLECTION": "1",
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",
    "TORCH_DEVICE_BACKEND_AUTOLOAD": "0",
}
_CLUSTER = {"RAY_NUM_REDIS_GET_RETRIES": "1"}  # of 40 s each, where something listens that is no cluster; else 20
_LOCAL = {
    "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",  # the loopback address, as on macOS, which no other machine can reach
    "RAY_AUTH_MODE": "token",  # against other users of this machine
}


@dataclasses.dataclass(frozen=True, slots=True)
class Allocation:
    """What each worker gets of the cluster. device: of its engine. options: for Ray's `options`."""

    device: str
    workers: int
    options: dict[str, Any]


def allocate(nodes: Sequence[dict[str, float]], device: str, workers: int | None) -> Allocation:
    """Divide a cluster among workers. nodes: each one's resources, by Ray's names. workers: None for as many as fit.

    Prefers accelerators to CPUs unless `device` says otherwise. Raises UsageError when the workers do not fit.

    >>> allocate([{"CPU": 8.0, "NPU": 2.0}], "auto", None).workers, allocate([{"CPU": 2.0}], "auto", 2).options
    (2, {'num_cpus': 1})
    """
    kind, __, number = device.partition(":")
    if kind == "mps" or number:
        text = _("--device {device}: Ray chooses the device; use auto, npu, cuda or cpu")
        raise UsageError(text.format(device=device))
    for wanted, resource in (("npu", "NPU"), ("cuda", "GPU")):
        room = sum(int(node.get(resource, 0)) for node in nodes)
        if kind == wanted or (kind == "auto" and room):
            options = {"num_gpus": 1} if resource == "GPU" else {"resources": {resource: 1}}
            return Allocation(wanted, _checked_count(workers, room, resource), {"num_cpus": 0, **options})
    cpus = [int(node.get("CPU", 0)) for node in nodes]
    each = CPUS if workers is None else sum(cpus) // workers
    each = max(1, min(each, max(cpus, default=0)))
    while each > 1 and sum(cpu // each for cpu in cpus) < (workers or 1):  # a worker cannot span two nodes
        each -= 1
    return Allocation("cpu", _checked_count(workers, sum(cpu // each for cpu in cpus), "CPU"), {"num_cpus": each})


def _checked_count(workers: int | None, room: int, resource: str) -> int:
    if not room or (workers or 0) > room:
        raise UsageError(
            ngettext(
                "the Ray cluster has room for {room} worker by its {resource}s, not for {workers}",
                "the Ray cluster has room for {room} workers by its {resource}s, not for {workers}",
                room,
            ).format(room=room, resource=resource, workers=workers or 1)
        )
    return workers or room


class Worker:
    """A Ray actor with an engine, whose model is in a child process as everywhere.

    Returns errors instead of raising them, because only plain values go over Ray.
    """

    def __init__(self, options: dict[str, Any]) -> None:
        self._options = options
        self._engine: Engine | None = None

    def load(self) -> dict[str, Any]:
        try:
            source = source_from_json(self._options["source"])
            if not source.folder.is_dir():  # on this node the model may be in another folder, or not yet here
                source = resolve(source.name, os.environ, base=source.base or None)
            options = EngineOptions(
                environ=os.environ, device=self._options["device"], precision=self._options["precision"]
            )
            self._engine = open_engine(source, options)
            return {"card": dataclasses.asdict(self._engine.card())}
        except FlanchatError as error:
            return {"error": error_to_json(error)}

    def answer(self, requests: list[dict[str, Any]]) -> dict[str, Any]:
        assert self._engine is not None
        try:
            card, events = answered(self._engine, list(map(request_from_json, requests)))
            return {"card": dataclasses.asdict(card), "events": list(map(event_to_json, events))}
        except FlanchatError as error:
            return {"error": error_to_json(error)}

    def stop(self) -> None:
        if self._engine is not None:
            self._engine.stop()


class RayPool:
    """Workers of a cluster, or of a Ray that is started for this pool and ends with it."""

    def __init__(
        self,
        source: ModelSource,
        model: tuple[str, str],
        *,
        device: str = "auto",
        precision: str = "auto",
        address: str | None = None,
        workers: int | None = None,
        note: Callable[[str], None] = lambda sentence: None,
    ) -> None:
        """Connect and start the workers. model: checksums of the weights and tokenizer that each worker must have.

        address: None starts a Ray on this machine. note: called with a sentence when a worker is lost.
        """
        token = {"RAY_AUTH_TOKEN": secrets.token_hex(32)}  # otherwise Ray stores one in the home folder
        self._ray = _ray(_QUIET | (_CLUSTER if address else _LOCAL | token))
        self._model, self._note = model, note
        self._folder: _Folder | None = None
        self._watch: ClusterWatch | None = None
        self._gone = False
        try:
            self._connect(address)
            nodes = [node["Resources"] for node in self._ray.nodes() if node["Alive"]]
            self._allocation = allocate(nodes, device, workers)
        except BaseException:
            self.close()
            raise
        self._options = {"source": source_to_json(source), "device": self._allocation.device, "precision": precision}
        self._busy: dict[Any, tuple[Any, int | None]] = {}  # Ray's reference -> worker, batch (None while it loads)
        self._cards: dict[Any, ModelCard] = {}
        self._stopping = False
        here = self._ray.get_runtime_context().get_node_id()
        self._watch = ClusterWatch(
            lambda: any(node["Alive"] and node["NodeID"] == here for node in self._ray.nodes()), GONE_S
        )
        # Made once, as that asks the cluster. Two calls at a time, so that `stop` reaches a worker that is answering.
        self._actor = self._ray.remote(Worker).options(max_concurrency=2, **self._allocation.options)
        for __ in range(self._allocation.workers):
            self._start_worker()
        self.workers = self._allocation.workers

    def answer(self, batches: Batches) -> AnsweredBatches:
        unanswered: dict[int, Sequence[Request]] = {}  # by batch number
        retries: deque[int] = deque()  # those of them whose worker failed
        attempts: Counter[int | None] = Counter()
        free: list[Any] = []
        stopped: list[Any] = []
        polls_for_room = 0
        while True:
            while free and not self._stopping and (number := _next_batch(batches, unanswered, retries)) is not None:
                worker = free.pop()
                reference = worker.answer.remote(list(map(request_to_json, unanswered[number])))
                self._busy[reference] = worker, number
            if not any(number is not None for __, number in self._busy.values()) and (self._stopping or free):
                return
            if self._stopping and not stopped:
                stopped = [worker.stop.remote() for worker in self._cards]
            with deferred_signals():
                ended, __ = self._ray.wait(list(self._busy), timeout=POLL_S)
            if self._folder is None and not ended and not self._cards and not attempts:
                polls_for_room += 1
                if polls_for_room == round(GONE_S / POLL_S):
                    self._note(
                        _("no Ray worker has started yet; others may be using the cluster (ray status shows who)")
                    )
            for reference in ended:
                worker, number = self._busy.pop(reference)
                try:
                    with deferred_signals():
                        reply = self._ray.get(reference)
                    failed = error_from_json(reply["error"]) if "error" in reply else None
                except self._ray.exceptions.RayError as error:
                    self._cards.pop(worker, None)
                    self._note(_("a Ray worker was lost; another one takes over"))
                    failed, worker = EngineError(first_line(error)), None
                if failed is not None:
                    attempts[number] += 1
                    if attempts[number] == ATTEMPTS or (worker is not None and number is None):
                        raise failed
                    if number is not None:
                        retries.append(number)
                    if worker is None:
                        self._start_worker()
                    else:
                        free.append(worker)
                    continue
                free.append(worker)
                self._cards[worker] = self._checked(ModelCard(**reply["card"]))
                if number is not None:
                    del unanswered[number]
                    yield number, self._cards[worker], list(map(event_from_json, reply["events"]))
            self._require_cluster()

    def device(self) -> str:
        return self._allocation.device

    def ready(self) -> bool:
        return bool(self._cards)

    def stop(self) -> None:
        self._stopping = True  # a signal handler must not call into Ray; `answer` stops the workers

    def kill(self) -> None:
        raise KeyboardInterrupt  # the workers end with this process

    def close(self) -> None:
        if self._watch is not None:
            self._watch.close()
        if self._gone:  # Ray's shutdown, also its own at exit, would wait for the cluster or crash
            atexit.register(os._exit, EngineError.exit_status)
        else:
            with contextlib.suppress(Exception):
                self._ray.shutdown()
        if self._folder is not None:
            self._folder.remove()

    def _connect(self, address: str | None) -> None:
        handled = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
        more: dict[str, Any] = {"address": address}
        if address is None:
            self._folder = _Folder()
            more = {
                "address": "local",
                "include_dashboard": False,
                "object_store_memory": STORE_BYTES,
                "_temp_dir": self._folder.path,
                "_node_ip_address": "127.0.0.1",
            }
        try:
            if address is not None:
                _demand_listener(address)
            self._ray.init(log_to_driver=False, logging_level="ERROR", namespace="flanchat", **more)
        except (ConnectionError, OSError, RuntimeError, ValueError) as error:
            raise UsageError(_("cannot reach a Ray cluster: {why}").format(why=first_line(error))) from error
        except SystemExit:  # from the handler that Ray sets meanwhile
            raise Terminated(signal.SIGTERM) from None
        finally:
            for number, handler in handled.items():
                signal.signal(number, handler)  # Ray's own would exit before all answers are written

    def _start_worker(self) -> None:
        """Start a worker, which is free once it has loaded the model."""
        worker = self._actor.remote(self._options)
        self._busy[worker.load.remote()] = worker, None

    def _require_cluster(self) -> None:
        """Raise EngineError once the cluster has given no sign of life for too long."""
        if self._watch is not None and self._watch.is_gone():
            self._gone = True
            raise EngineError(
                _("the Ray cluster is gone; start it again, or go on without it: --engine local")
                if self._folder is None
                else _("the Ray that was started on this machine has ended; repeat the command, or use --engine local")
            )

    def _checked(self, card: ModelCard) -> ModelCard:
        if self._model != (card.weights_sha256, card.tokenizer_sha256):
            raise UsageError(_("a Ray worker has another model under the name {name}").format(name=card.name))
        return card


def _next_batch(batches: Batches, unanswered: dict[int, Sequence[Request]], retries: deque[int]) -> int | None:
    """The number of the next batch to answer, which is then in `unanswered`; None when there is none."""
    if retries:
        return retries.popleft()
    for number, requests in batches:
        unanswered[number] = requests
        return number
    return None


def _demand_listener(address: str) -> None:
    """Raise OSError when nobody listens on this address, which Ray would try for a quarter of an hour."""
    if match := re.fullmatch(r"(?:ray://)?\[?(.+?)\]?:(\d+)", address):
        host, port = match.groups()
        try:
            socket.create_connection((host, int(port)), CONNECT_S).close()
        except OSError as error:
            raise ConnectionError(f"{address}: {reason(error)}") from error


class _Folder:
    """A folder for the files of a Ray that is started here, removed in whatever way this process ends.

    Ray's processes write to it until they have ended, which is after this one; so yet another process removes it.
    """

    def __init__(self) -> None:
        self.path = tempfile.mkdtemp(prefix="flanchat-ray-")
        self._remover = subprocess.Popen(
            [sys.executable, "-ISc", _REMOVE, self.path],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def remove(self) -> None:
        assert self._remover.stdin is not None
        self._remover.stdin.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._remover.wait(timeout=1)


_REMOVE = """
import os, shutil, sys, time
sys.stdin.read()  # returns when the other process closes it, or has ended
for attempt in range(600):
    if not os.path.exists(sys.argv[1]):
        break
    shutil.rmtree(sys.argv[1], ignore_errors=True)
    time.sleep(0.1)  # Ray's processes may still write to it
"""


def _ray(environ: Mapping[str, str]) -> Any:
    """Ray's module. environ: variables that it reads on import; those that the user has set stay."""
    os.environ.update({name: value for name, value in environ.items() if name not in os.environ})
    try:
        import ray
        import ray.exceptions
    except ImportError:
        raise UsageError(_("--engine ray needs Ray: pip install 'flanchat[ray]'")) from None
    return ray
