"""The interface between flanchat and a model: the `Engine` protocol. Knows no torch."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from flanchat.engine.checkpoint.validate import ModelSource
from flanchat.engine.events import Event, Measured, Piece, Position, Request


@dataclass(frozen=True, slots=True)
class ModelCard:
    """Which model answers, and on which device.

    name: as the user gave it. memory_bytes: size of the weights on the device. why: the reason for this precision, and
    how its matrices are stored. load_s: seconds from opening the engine until it was ready. versions: of the libraries
    that matter for reproducing an answer. engine: what computes, "t5" for flanchat's own T5. instead_of: the
    precision that `auto` chose first, if numbers were not finite in it, or "". base: as the user gave it, for an
    adapter; else "".
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
    engine: str = "t5"
    instead_of: str = ""
    base: str = ""


@dataclass(frozen=True, slots=True)
class StepCosts:
    """What a decoding step of the model costs on its device, without choosing a token.

    step_s: until its result is there. launch_s: until the host has launched its operators; on the CPU, where they are
    not launched but run, what as many calls take that compute nothing. operators: how many there are, views left out.
    way: whether they are launched from a "graph" of the device, by a "trace" without Python, or one by one, "plain".
    problem: why not from a graph, or "". read_bytes: weights, keys and values that the step has to read. bytes_a_s: how
    fast the device read a large array just now.
    """

    step_s: float
    launch_s: float
    operators: int
    way: Literal["graph", "trace", "plain"]
    problem: str
    read_bytes: int
    bytes_a_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineOptions:
    """How to open an engine.

    environ: what the engine and its child processes see as the environment. device, precision: "auto" or a name.
    report: called with each new `status`; note: called with a sentence when something is done otherwise than the user
    may expect. Both may be called from another thread. debug: what libraries print goes to `note`, too. engine: of
    ENGINES, the one that a model process opens.
    """

    environ: Mapping[str, str]
    device: str = "auto"
    precision: str = "auto"
    report: Callable[[str], None] = lambda status: None
    note: Callable[[str], None] = lambda sentence: None
    debug: bool = False
    engine: str = "local"


class Engine(Protocol):
    """A model that answers prompts. Nothing but the ENGINES table depends on which implementation runs.

    Calls block until the model is loaded and raise `ModelError` when it cannot be. One call at a time, except: `stop`,
    `cancel` and `kill` may be called at any moment, also from a signal handler; `measure` and `pieces` need only the
    tokenizer and may be called from another thread while the model loads or answers.

    status: "not started", "loading", "loading: STEP", "ready", "failed" or "gone". remark: a sentence about the device
    in use, or "".
    """

    source: ModelSource
    status: str
    remark: str

    def start(self) -> None:
        """Begin to load the model, unless that has begun. May return before it is loaded."""
        ...

    def card(self) -> ModelCard:
        """Describe the model; loads it first, unless it has been loaded before."""
        ...

    def measure(self, parts: Sequence[str], *, blanks: int = 0) -> Measured:
        """Count the tokens of a prompt, given as parts whose joined text is the prompt.

        blanks: of a prompt with blanks, as in `Request`; it has one part. Raises UsageError when the model has no
        tokens for them.
        """
        ...

    def pieces(self, text: str) -> tuple[Piece, ...]:
        """The tokens of a text, without the end token; their sources join to the text."""
        ...

    def stream(self, requests: Sequence[Request]) -> Iterator[Event]:
        """Answer all requests as one batch. Each row ends with exactly one `Finished`.

        A row whose numbers are not finite is withdrawn. With precision `auto` it is answered again in the next wider
        one once the others have ended, and the engine keeps that precision. Raises `EngineError` when the model fails,
        also at numbers that are not finite in a precision that was chosen; the events of rows that had finished stay
        valid.
        """
        ...

    def distributions(
        self, requests: Sequence[Request], file: str, *, compare: bool = False
    ) -> tuple[tuple[Position, ...], ...]:
        """Score given answers (`Request.only`) with the whole distribution at each position, the end's included.

        file: the log-probabilities are written there; with `compare` those of another model with the same vocabulary,
        which it has written for the same requests, are read, and each position has its divergence from them. Takes 4
        bytes for each position and token of the vocabulary. Raises EngineError as `stream` does.
        """
        ...

    def step_costs(self, *, rows: int, prompt_tokens: int, new_tokens: int) -> StepCosts:
        """Measure a step of `rows` rows that answer different prompts of this length. Takes a second at most, unless
        the model is large."""
        ...

    def attention(self, prompt: str, answer: Sequence[int], *, layer: int = 0) -> list[list[float]]:
        """Where the decoder looks in the prompt: for each token of an answer, and then its end, a share of each token
        of the prompt, the end token included.

        The mean over the heads of a layer, from 1, or of all layers for 0. Raises UsageError for a layer that the model
        lacks.
        """
        ...

    def gradient(self, prompt: str, answer: Sequence[int], *, end: bool) -> list[float]:
        """How much each token of a prompt, its end token included, adds to the log-probability of an answer, by
        integrated gradients in float32. end: the answer's end token counts. Raises EngineError without the memory for
        another copy of the model."""
        ...

    def stop(self) -> None:
        """Make the running `stream` finish its rows as `interrupted` after the current token."""
        ...

    def cancel(self, row: int) -> None:
        """Make one row of the running `stream` finish as `interrupted` after the current token; the others go on.

        Lost when the row's `Started` has not been received yet. A row that is only scored may finish as if it had not
        been cancelled.
        """
        ...

    def kill(self) -> None:
        """End the running answer at once, even if the model must be loaded again for the next one."""
        ...

    def use_idle_time(self) -> bool:
        """Do one piece of work that makes later answers faster, while no call is waiting. False when none is left."""
        ...

    def close(self) -> None:
        """Free the model. Safe to call twice."""
        ...


OpenEngine = Callable[[ModelSource, EngineOptions], Engine]
"""Opens an engine that has not yet loaded its model; `start` or the first call loads it."""
