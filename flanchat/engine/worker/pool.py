"""A pool of workers that answers batch after batch: one engine here, or many in a cluster (ray_pool.py)."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

from flanchat.base.errors import EngineError
from flanchat.engine.events import Event, Finished, Request, Started
from flanchat.engine.protocol import Engine, ModelCard

Batches = Iterator[tuple[int, Sequence[Request]]]
"""Requests to answer together, with the number of the batch."""

AnsweredBatches = Iterator[tuple[int, ModelCard, list[Event]]]
"""The number of a batch, the model that answered it, and all its events."""


class WorkerPool(Protocol):
    """Engines that all hold the same model. `stop`, `kill` and `ready` may be called from a signal handler."""

    def answer(self, batches: Batches) -> AnsweredBatches:
        """Answer batches as workers become free, and yield them in the order in which they finish.

        Each comes once: a batch whose worker dies is answered again by another.
        """
        ...

    def device(self) -> str:
        """The kind of device that answers, such as "cpu". May block until a model is loaded."""
        ...

    def ready(self) -> bool:
        """Whether a model has been loaded."""
        ...

    def stop(self) -> None:
        """Stop the running batches; their unfinished rows finish as `interrupted`."""
        ...

    def kill(self) -> None:
        """Stop the running batches at once, even if that kills workers."""
        ...

    def close(self) -> None: ...


def answered(engine: Engine, requests: Sequence[Request]) -> tuple[ModelCard, list[Event]]:
    """All events of a batch, and the model that answered every row of it.

    A batch during which the engine went over to a wider precision is answered once more, wholly in that one.
    """
    cards, events = [], []
    for event in engine.stream(requests):
        events.append(event)
        if isinstance(event, Started):
            cards.append(engine.card())
    is_whole = not any(isinstance(event, Finished) and event.finish == "interrupted" for event in events)
    if is_whole and any(card != cards[0] for card in cards):
        return answered(engine, requests)
    return engine.card(), events


class SingleWorker:
    """A pool of one engine. A batch that ends its model process is tried once more."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.stop, self.kill, self.close = engine.stop, engine.kill, engine.close

    def answer(self, batches: Batches) -> AnsweredBatches:
        for number, requests in batches:
            try:
                card, events = answered(self._engine, requests)
            except EngineError:
                card, events = answered(self._engine, requests)
            yield number, card, events

    def device(self) -> str:
        return self._engine.card().device.partition(":")[0]

    def ready(self) -> bool:
        return self._engine.status == "ready"


class ClusterWatch:
    """Notices that a cluster is gone. The cluster is asked by a thread, because one that is gone may never answer."""

    def __init__(
        self,
        is_alive: Callable[[], bool],
        patience_s: float,
        *,
        every_s: float = 5.0,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """patience_s: without a sign of life. every_s: between two questions."""
        self._is_alive, self._patience_s, self._every_s, self._now = is_alive, patience_s, every_s, now
        self._silent_s, self._asked_at = 0.0, now()
        self._closed = threading.Event()
        threading.Thread(target=self._ask, daemon=True).start()

    def is_gone(self) -> bool:
        """Whether the cluster has shown no sign of life for too long. To be called at least every second."""
        now = self._now()
        self._silent_s += min(now - self._asked_at, 1.0)  # a suspended process has not listened
        self._asked_at = now
        return self._silent_s > self._patience_s

    def close(self) -> None:
        self._closed.set()

    def _ask(self) -> None:
        while not self._closed.is_set():
            with contextlib.suppress(Exception):  # whatever a library says when its cluster is gone
                if self._is_alive():
                    self._silent_s = 0.0
            self._closed.wait(self._every_s)
