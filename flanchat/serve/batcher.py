"""Requests that arrive together as one batch of the engine, which a thread runs. Knows no HTTP."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from flanchat.base.errors import EngineError
from flanchat.base.i18n import _
from flanchat.engine.events import Delta, Event, Finished, Request, Started
from flanchat.engine.protocol import Engine
from flanchat.prompting.profile import Profile
from flanchat.prompting.settings import Settings
from flanchat.prompting.setup import Setup
from flanchat.sessions.answer import Answer, Timing
from flanchat.sessions.batch import answer_events
from flanchat.sessions.collect import collect
from flanchat.sessions.contextual_calibration import Templates
from flanchat.sessions.continuations import Continuation, score_continuations
from flanchat.sessions.one_of_several import Progress

COLLECT_S = 0.004
"""How long the first request after a pause waits for others: half of what a token of a small model takes."""

Made = Event | Answer | Continuation | Exception
"""What comes of a row: events of an answer that streams, and in the end the ended answer, the score, or an error."""


class EndedError(EngineError):
    """A row is not answered, because the server was ended by force."""

    def __init__(self) -> None:
        super().__init__(_("the server was ended before the answer was"))


@dataclass(slots=True, eq=False)
class Row:
    """One row of a batch: an answer to generate, one to make from several, or a continuation to score.

    put: called with what comes of it, in the engine's thread. answer: empty, with its prompt; setup: of its question.
    streams: whether `put` gets the events, too. pair: the prompt and its continuation. left: nobody waits for it any
    more. ended: `put` has got its end. is_shown: `put` has got a part of the text.
    """

    put: Callable[[Made], None]
    answer: Answer | None = None
    request: Request | None = None
    setup: Setup = field(default_factory=lambda: Setup(Profile(""), Settings()))
    streams: bool = False
    pair: tuple[str, str] = ("", "")
    left: bool = False
    ended: bool = False
    is_shown: bool = False

    @property
    def kind(self) -> Literal["score", "several", "generate"]:
        """several: it is made from scored choices, beams or votes, and has rows of the engine of its own."""
        if self.answer is None:
            return "score"
        return "several" if self.setup.choices or self.answer.settings.candidates > 1 else "generate"

    def end(self, made: Made) -> None:
        self.ended = True
        if not self.left:
            self.put(made)


class Batcher:
    """Gives rows to the engine, as many at a time as `rows`. The others wait, and go as the next batch.

    Methods but `start` may be called from any thread. record: called in the engine's thread with each answer that has
    ended, before anybody else gets it.
    """

    def __init__(
        self,
        engine: Engine,
        rows: int,
        *,
        record: Callable[[Answer, Setup], None] = lambda answer, setup: None,
        collect_s: float = COLLECT_S,
    ) -> None:
        self._engine, self._rows, self._record, self._collect_s = engine, rows, record, collect_s
        self._waiting: deque[Row] = deque()
        self._running: list[Row] = []
        self._batch_s = 1.0
        self._changed = threading.Condition()  # guards the rows
        self._is_closed = False
        self._templates = Templates()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def add(self, rows: Sequence[Row]) -> None:
        with self._changed:
            self._waiting.extend(rows)
            self._changed.notify()

    def leave(self, rows: Sequence[Row]) -> None:
        """Nobody waits for these rows any more: answers that are being generated end after the current token.

        Scores, choices and votes continue while anybody waits for a row of their batch.
        """
        with self._changed:
            for row in rows:
                row.left = True
                if row.kind == "generate" and not row.ended and row in self._running:
                    self._engine.cancel(self._running.index(row))
            if self._running and all(row.left for row in self._running):
                self._engine.stop()

    def wait_s(self, rows: int) -> int:
        """Whole seconds after which so many rows are probably answered."""
        return max(1, round(self._batch_s * -(-rows // self._rows)))

    def close(self) -> None:
        """Stop the running batch; what waits ends with an error."""
        with self._changed:
            self._is_closed = True
            self._changed.notify()
        while self._thread.is_alive():
            self._engine.stop()  # again, because it is lost when it comes before a batch has begun
            self._thread.join(0.1)

    def _run(self) -> None:
        while batch := self._next():
            started = time.monotonic()
            self._serve(batch)
            self._batch_s = time.monotonic() - started
        with self._changed:
            for row in self._waiting:
                row.end(EndedError())

    def _next(self) -> list[Row]:
        """Wait for the next batch: the first row that waits, and others of its kind. [] when the batcher is closed."""
        with self._changed:
            if not self._waiting:
                self._changed.wait_for(lambda: self._waiting or self._is_closed)
                self._changed.wait_for(lambda: len(self._waiting) >= self._rows or self._is_closed, self._collect_s)
            while not self._is_closed:
                if batch := self._take():
                    return batch
                self._changed.wait_for(lambda: self._waiting or self._is_closed)
            return []

    def _take(self) -> list[Row]:
        """The next batch of what waits, or [] if nobody waits for it any more."""
        batch: list[Row] = []
        others: list[Row] = []
        most = self._rows
        while self._waiting and len(batch) < most:
            row = self._waiting.popleft()
            if row.left:
                continue
            if batch and row.kind != batch[0].kind:
                others.append(row)
                continue
            batch.append(row)
            if row.kind == "several":
                most = 1
        self._waiting.extendleft(reversed(others))
        return batch

    def _serve(self, batch: list[Row]) -> None:
        """Run a batch. When it fails, each row that nothing was shown of runs once more, alone: one of them is bad."""
        with self._changed:
            self._running = batch
        try:
            if batch[0].kind == "score":
                self._score(batch)
            else:
                self._answer(batch)
        except Exception as error:
            left = [row for row in batch if not row.ended]
            for row in left:
                if len(batch) == 1 or row.is_shown:
                    row.end(error)
                elif not row.left:
                    self._serve([row])
        finally:
            with self._changed:
                self._running = []

    def _score(self, batch: list[Row]) -> None:
        precision, found = "", list[Continuation]()
        while precision != (precision := self._engine.card().precision):  # scores that are compared come from one
            found = list(score_continuations(self._engine, [row.pair for row in batch]))
        for row, scored in zip(batch, found, strict=False):
            row.end(scored)
        for row in batch:
            if not row.ended:
                row.end(EndedError())

    def _answer(self, batch: list[Row]) -> None:
        engine = self._engine
        answers = [
            replace(row.answer, tokens=[], timing=Timing(), batch=len(batch)) for row in batch if row.answer is not None
        ]
        requests = [row.request for row in batch if row.request is not None]
        if batch[0].kind == "several":
            # each request may have its own template, so it is scored only where the answer depends on it
            decides = answers[0].settings.value("choose") == "calibrated"
            templates = self._templates if decides else None
            events = answer_events(engine, answers[0], requests[0], batch[0].setup.choices, templates)
        else:
            events = engine.stream(requests)
        for event in collect(events, answers, engine.card):
            if isinstance(event, Progress):
                continue
            row = batch[event.row]
            if isinstance(event, Started) and row.left:
                engine.cancel(event.row)
            if row.streams and not row.left:
                row.is_shown = row.is_shown or isinstance(event, Delta)
                row.put(event)
            if isinstance(event, Finished):
                self._record(answers[event.row], row.setup)
                row.end(answers[event.row])
