"""An answer as it is generated: the engine's events, and the answer that grows by them."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from inspect import GEN_SUSPENDED, getgeneratorstate
from weakref import ref

from flanchat.api.results import Answer
from flanchat.engine.events import Event
from flanchat.sessions.answer import Answer as MadeAnswer


class Stream(Iterator[Event]):
    """The events of one answer, in a `for` loop. The text is in those of type `Delta`.

    The order is `Started`, any number of `Delta`, `Finished`. After `Withdrawn`, which comes only where the model
    computes in float16, the answer begins again with `Started`. The model is busy until the last event has been read or
    `close` was called; a `with` block calls it.
    """

    def __init__(self, made: MadeAnswer, answer: Callable[[ref[Stream]], Generator[Event, None, None]]) -> None:
        """answer: the generator of the events that fill `made`. It gets this stream, but does not keep it alive: a loop
        that is left by `break` ends the answer at once."""
        self._made, self._events = made, answer(ref(self))

    def __next__(self) -> Event:
        return next(self._events)

    @property
    def answer(self) -> Answer:
        """The answer so far; complete once the last event has been read. `finish` is "interrupted" until then."""
        return Answer.of(self._made)

    def close(self) -> None:
        """End the answer where it is. Safe to call twice."""
        self._events.close()

    @property
    def is_open(self) -> bool:
        """Whether events are left to read, and none is being made now."""
        return getgeneratorstate(self._events) == GEN_SUSPENDED

    def __enter__(self) -> Stream:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()
