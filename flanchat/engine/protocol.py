"""The one seam between flanchat and a model: the `Engine` protocol. Knows no torch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from flanchat.engine.events import Event, Measured, Piece, Request


@dataclass(frozen=True, slots=True)
class ModelCard:
    """Which model answers, and on what.

    name: as the user said it. memory_bytes: what the weights take on the device. why: why this precision, and how its
    matrices are held. load_s: seconds from asking for the engine to its being ready. versions: of the libraries that
    matter for repeating an answer.
    """

    name: str
    folder: str
    revision: str
    weights_sha256: str
    tokenizer_sha256: str
    parameters: int
    memory_bytes: int
    device: str
    precision: str
    why: str
    threads: int
    load_s: float
    versions: dict[str, str]


class Carded(Protocol):
    """What says which model it is."""

    def card(self) -> ModelCard:
        """Say which model this is."""
        ...


@dataclass(frozen=True, slots=True)
class Known:
    """A model that answered elsewhere."""

    known: ModelCard

    def card(self) -> ModelCard:
        return self.known


class Engine(Carded, Protocol):
    """A model that answers prompts. All calls wait until it is loaded and raise `ModelError` if it cannot be.

    One call at a time. `stop` alone may be called at any moment, from a signal handler too.
    """

    def measure(self, parts: Sequence[str]) -> Measured:
        """Count the tokens of a prompt, given as parts whose joined text is the prompt."""
        ...

    def pieces(self, text: str) -> tuple[Piece, ...]:
        """The tokens of a text, without the end token; their sources join to the text."""
        ...

    def stream(self, requests: Sequence[Request]) -> Iterator[Event]:
        """Answer every request as one batch. Each row ends with exactly one `Finished`.

        Raises `EngineError` when the model fails; rows that had finished keep their events.
        """
        ...

    def stop(self) -> None:
        """Ask the running `stream` to finish its rows as `interrupted` after the current token."""
        ...

    def close(self) -> None:
        """Free the model. Safe to call twice."""
        ...


class SwitchableEngine(Engine, Protocol):
    """An engine that can be told, also from a signal handler, to stop, and whose state can be asked.

    label: the model's name, short enough for a tool bar. remark: a sentence about the device in use, or "".
    """

    status: str
    label: str
    remark: str

    def start(self) -> None:
        """Begin to load."""
        ...

    def kill(self) -> None:
        """End the answer at once, whatever it costs."""
        ...
