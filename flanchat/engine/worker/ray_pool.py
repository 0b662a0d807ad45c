"""Batches answered by a Ray cluster, one actor for each NPU, GPU or share of the CPUs. Knows no text and no file.

The driver hands out a batch when an actor is free and takes it back when the actor dies. Only lists and dicts of plain
values go over Ray. Ray is imported here alone, and late: it is an extra.
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
import secrets
import shutil
import signal
import tempfile
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from flanchat.base.errors import EngineError, FlanchatError, UsageError
from flanchat.base.i18n import _
from flanchat.engine.checkpoint.validate import ModelSource
from flanchat.engine.engines import open_engine
from flanchat.engine.events import Request
from flanchat.engine.protocol import Engine, ModelCard
from flanchat.engine.worker.pool import Answered, Batches
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

ATTEMPTS = 3  # for a batch whose worker dies
CPUS = 4  # of a worker without an accelerator
LOOK_S = 0.2  # how soon a Ctrl-C is noticed
STORE_BYTES = 80 << 20  # for what is under way; Ray takes a third of the memory by itself

_QUIET = {
    "RAY_USAGE_STATS_ENABLED": "0",  # nothing about this machine is sent to anybody
    "RAY_enable_metrics_collection": "0",
    "RAY_DISABLE_METRICS_COLLECTION": "1",
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",
    "TORCH_DEVICE_BACKEND_AUTOLOAD": "0",
}
_ALONE = {
    "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",  # the loopback address, as on macOS: no other machine may reach it,
    "RAY_AUTH_MODE": "token",  # and no other user
}


@dataclasses.dataclass(frozen=True, slots=True)
class Share:
    """What each worker gets of the cluster. device: what its engine is told to use. options: as Ray takes them."""

    device: str
    workers: int
    options: dict[str, Any]


def share(nodes: Sequence[dict[str, float]], device: str, workers: int | None) -> Share:
    """Divide a cluster. nodes: the resources of each, as Ray names them. workers: None takes all there is room for.

    Accelerators come before CPUs unless the device says otherwise. Raises UsageError when there is no room.

    >>> share([{"CPU": 8.0, "NPU": 2.0}], "auto", None).workers, share([{"CPU": 2.0}], "auto", 2).options
    (2, {'num_cpus': 1})
    """
    kind, __, number = device.partition(":")
    if kind == "mps" or number:
        raise UsageError(_("--device {device}: Ray chooses the device; give auto, npu, cuda or cpu").format(
            device=device))  # fmt: skip
    for wanted, resource in (("npu", "NPU"), ("cuda", "GPU")):
        room = sum(int(node.get(resource, 0)) for node in nodes)
        if kind == wanted or (kind == "auto" and room):
            options = {"num_gpus": 1} if resource == "GPU" else {"resources": {resource: 1}}
            return Share(wanted, _within(workers, room, resource), {"num_cpus": 0, **options})
    cpus = [int(node.get("CPU", 0)) for node in nodes]
    each = CPUS if workers is None else sum(cpus) // workers
    each = max(1, min(each, max(cpus, default=0)))
    while each > 1 and sum(cpu // each for cpu in cpus) < (workers or 1):  # a worker cannot lie across two nodes
        each -= 1
    return Share("cpu", _within(workers, sum(cpu // each for cpu in cpus), "CPU"), {"num_cpus": each})


def _within(workers: int | None, room: int, resource: str) -> int:
    if not room or (workers or 0) > room:
        raise UsageError(
            _("the Ray cluster has room for {room} workers by its {resource}s, not for {workers}").format(
                room=room, resource=resource, workers=workers or 1
            )
        )
    return workers or room


class Worker:
    """What an actor is: an engine, as a session has one. Errors are told, not raised: only plain values travel."""

    def __init__(self, order: dict[str, Any]) -> None:
        self._order = order
        self._engine: Engine | None = None

    def load(self) -> dict[str, Any]:
        try:
            source = self._find(source_from_json(self._order["source"]))
            self._engine = open_engine(
                source,
                device=self._order["device"],
                precision=self._order["precision"],
                environ=os.environ,
                report=lambda status: None,
                note=lambda sentence: None,
            )
            return {"card": dataclasses.asdict(self._engine.card())}
        except FlanchatError as error:
            return {"error": error_to_json(error)}

    def answer(self, requests: list[dict[str, Any]]) -> dict[str, Any]:
        assert self._engine is not None
        try:
            return {"events": [event_to_json(e) for e in self._engine.stream(list(map(request_from_json, requests)))]}
        except FlanchatError as error:
            return {"error": error_to_json(error)}

    def stop(self) -> None:
        if self._engine is not None:
            self._engine.stop()

    @staticmethod
    def _find(source: ModelSource) -> ModelSource:
        """The model on this node: in the same folder, else by its name."""
        from flanchat.engine.hubs.resolve import resolve

        return source if source.folder.is_dir() else resolve(source.name)


class RayCrew:
    """Workers of a cluster, or of a Ray that is started for this sweep and ends with it."""

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
        """Connect and start the workers. model: the checksums of weights and tokenizer that every worker must have.

        address: None starts a Ray here. note: told a sentence about workers that come and go.
        """
        token = {"RAY_AUTH_TOKEN": secrets.token_hex(32)}  # else Ray leaves one in the home folder
        self._ray = _ray(_QUIET if address else _QUIET | _ALONE | token)
        self._model, self._note = model, note
        self._folder: Path | None = None
        self._connect(address)
        try:
            self._share = share(
                [node["Resources"] for node in self._ray.nodes() if node["Alive"]], device, workers
            )  # fmt: skip
        except BaseException:
            self.close()
            raise
        self._order = {"source": source_to_json(source), "device": self._share.device, "precision": precision}
        self._busy: dict[Any, tuple[Any, int | None]] = {}  # what Ray will answer -> by whom, of which batch
        self._cards: dict[Any, ModelCard] = {}
        self._stopping = False
        for __ in range(self._share.workers):
            self._hire()
        self.workers = self._share.workers

    def answer(self, batches: Batches) -> Answered:
        todo: dict[int, Sequence[Request]] = {}  # handed out and not answered
        again: deque[int] = deque()  # those of them whose worker failed
        attempts: Counter[int | None] = Counter()
        free: list[Any] = []
        told: list[Any] = []
        while True:
            while free and not self._stopping and (number := _following(batches, todo, again)) is not None:
                self._give(free.pop(), number, todo[number])
            if not any(number is not None for __, number in self._busy.values()) and (self._stopping or free):
                return
            if self._stopping and not told:
                told = [worker.stop.remote() for worker in self._cards]
            ended, __ = self._ray.wait(list(self._busy), timeout=LOOK_S)
            for reference in ended:
                worker, number = self._busy.pop(reference)
                try:
                    reply = self._ray.get(reference)
                    failed = error_from_json(reply["error"]) if "error" in reply else None
                except self._ray.exceptions.RayError as error:
                    self._cards.pop(worker, None)
                    self._note(_("a Ray worker was lost; another one does its work"))
                    failed, worker = EngineError(_one_line(error)), None
                if failed is not None:
                    attempts[number] += 1
                    if attempts[number] == ATTEMPTS or (worker is not None and number is None):
                        raise failed
                    if number is not None:
                        again.append(number)
                    if worker is None:
                        self._hire()
                    else:
                        free.append(worker)
                    continue
                free.append(worker)
                if number is None:
                    self._cards[worker] = self._checked(ModelCard(**reply["card"]))
                else:
                    del todo[number]
                    yield number, self._cards[worker], list(map(event_from_json, reply["events"]))

    def device(self) -> str:
        return self._share.device

    def ready(self) -> bool:
        return bool(self._cards)

    def stop(self) -> None:
        self._stopping = True  # no more: Ray may be in the middle of something

    def kill(self) -> None:
        raise KeyboardInterrupt  # the workers end with this process

    def close(self) -> None:
        with contextlib.suppress(Exception):
            self._ray.shutdown()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _connect(self, address: str | None) -> None:
        handled = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
        more: dict[str, Any] = {"address": address}
        if address is None:
            self._folder = Path(tempfile.mkdtemp(prefix="flanchat-ray-"))
            more = {
                "address": "local",
                "include_dashboard": False,
                "object_store_memory": STORE_BYTES,
                "_temp_dir": str(self._folder),
                "_node_ip_address": "127.0.0.1",
            }
        try:
            self._ray.init(log_to_driver=False, logging_level="ERROR", namespace="flanchat", **more)
        except (ConnectionError, OSError, RuntimeError, ValueError) as error:
            self.close()
            raise UsageError(_("cannot reach a Ray cluster: {why}").format(why=_one_line(error))) from error
        finally:
            for number, handler in handled.items():  # Ray sets its own, which would end us before all is written
                signal.signal(number, handler)

    def _hire(self) -> None:
        """Start a worker; it is free when it has loaded the model."""
        actor = self._ray.remote(Worker).options(max_concurrency=2, **self._share.options)  # two: one to be stopped by
        worker = actor.remote(self._order)
        self._busy[worker.load.remote()] = worker, None

    def _give(self, worker: Any, number: int, requests: Sequence[Request]) -> None:
        plain = [request_to_json(request) for request in requests]
        self._busy[worker.answer.remote(plain)] = worker, number

    def _checked(self, card: ModelCard) -> ModelCard:
        if self._model != (card.weights_sha256, card.tokenizer_sha256):
            raise UsageError(_("a Ray worker has another model under the name {name}").format(name=card.name))
        return card


def _following(batches: Batches, todo: dict[int, Sequence[Request]], again: deque[int]) -> int | None:
    """The number of the batch to be handed out next, which is then in `todo`; None when there is none."""
    if again:
        return again.popleft()
    for number, requests in batches:
        todo[number] = requests
        return number
    return None


def _one_line(error: Exception) -> str:
    return next(iter(str(error).strip().splitlines()), type(error).__name__)


def _ray(environ: Mapping[str, str]) -> Any:
    """Ray's module. environ: what it reads when it is imported; what the user has set stays."""
    os.environ.update({name: value for name, value in environ.items() if name not in os.environ})
    try:
        import ray
        import ray.exceptions
    except ImportError:
        raise UsageError(_("--engine ray needs Ray: pip install 'flanchat[ray]'")) from None
    return ray
