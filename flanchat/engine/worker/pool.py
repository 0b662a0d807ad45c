"""Who answers batch after batch: an engine here, or many elsewhere (rayengine.py). Knows requests and events."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from flanchat.base.errors import EngineError
from flanchat.engine.events import Event, Request
from flanchat.engine.protocol import Engine, ModelCard

Batches = Iterator[tuple[int, Sequence[Request]]]
Answered = Iterator[tuple[int, ModelCard, list[Event]]]


class Crew(Protocol):
    """Engines that all hold the same model. `stop`, `kill` and `ready` may be called from a signal handler."""

    def answer(self, batches: Batches) -> Answered:
        """Take batches as there is room for them; give each with its number, the model and all its events.

        They come in the order in which they are finished, each once: one that a dying worker had is done again.
        """
        ...

    def device(self) -> str:
        """The kind of device that answers, such as "cpu"; may wait for a model to load."""
        ...

    def ready(self) -> bool:
        """Whether a model has been loaded."""
        ...

    def stop(self) -> None:
        """End the batches that are being answered; their unfinished rows end as `interrupted`."""
        ...

    def kill(self) -> None:
        """End them at once."""
        ...

    def close(self) -> None: ...


class Alone:
    """One engine in a child process of this one. A batch that the child dies of is tried once more."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.stop, self.kill, self.close = engine.stop, engine.kill, engine.close

    def answer(self, batches: Batches) -> Answered:
        for number, requests in batches:
            try:
                events = list(self._engine.stream(requests))
            except EngineError:
                events = list(self._engine.stream(requests))
            yield number, self._engine.card(), events

    def device(self) -> str:
        return self._engine.card().device.partition(":")[0]

    def ready(self) -> bool:
        return self._engine.status == "ready"
