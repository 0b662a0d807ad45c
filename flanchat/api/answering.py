"""What runs behind a model's methods: one call at a time, stoppable, and recorded however it ends."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, contextmanager

from flanchat.api.interrupted import Interrupted
from flanchat.api.one_at_a_time import OneAtATime
from flanchat.api.recording import Recording
from flanchat.api.results import Answer
from flanchat.api.stream import Stream
from flanchat.base.errors import EngineError, FlanchatError, UsageError
from flanchat.base.i18n import _, in_english
from flanchat.engine.events import Event
from flanchat.engine.protocol import Engine
from flanchat.prompting.prompt import Exchange
from flanchat.prompting.setup import Setup
from flanchat.sessions.answer import Answer as MadeAnswer
from flanchat.sessions.batch import answer_all, answer_events, request, unanswered
from flanchat.sessions.collect import collect
from flanchat.sessions.contextual_calibration import Templates

_TRACE_S = 0.5
"""What tracing a step takes at most. Answers take as long before it is done, so that it never doubles their time."""


class Answering:
    """An engine with what its answers need. It is a base of its own so that `Model` has its public methods only."""

    def __init__(self, engine: Engine, recording: Recording) -> None:
        self._engine, self._recording = engine, recording
        self._one_at_a_time = OneAtATime()
        self._open: Callable[[], Stream | None] = lambda: None
        self._untraced_s = 0.0
        self._is_closed = self._is_stopping = False
        self._templates = Templates()

    def _require_open(self) -> None:
        if self._is_closed:
            raise UsageError(_("this model is closed; load it again with flanchat.load"))

    def _unanswered(self, setup: Setup, question: str, earlier: Sequence[Exchange] = ()) -> MadeAnswer:
        made = unanswered(self._engine.measure, setup, question, earlier, seed=secrets.randbelow(2**32))
        made.finish = "interrupted"  # unless it comes to an end
        return made

    def _answer(
        self, stream: Callable[[], Stream | None], made: MadeAnswer, setup: Setup
    ) -> Generator[Event, None, None]:
        """Answer as the events come. However that ends, the answer is complete then, and recorded if it has to be."""
        with self._exclusively(lambda: Answer.of(made)):
            self._open = stream
            self._recording.ask(made, setup)
            try:
                events = answer_events(self._engine, made, request(made), setup.choices, self._templates)
                with closing(collect(events, [made], self._engine.card)) as collected:
                    for event in collected:
                        if self._is_stopping:  # also when stop() came before the engine had begun
                            self._engine.stop()
                        if isinstance(event, Event):
                            yield event
            except FlanchatError as error:
                made.finish, made.message = "error", in_english(error.message)
                raise
            finally:
                if not made.ended:
                    made.end()
                self._recording.add(made, setup)
            self._work_ahead(made.timing.total_s)

    def _answer_batch(self, some: Sequence[MadeAnswer], setup: Setup, ended: Callable[[], None]) -> None:
        requests = [request(made, top=0) for made in some]
        try:
            choices = [setup.choices] * len(some)
            for at in answer_all(
                self._engine,
                some,
                requests,
                choices=choices,
                templates=self._templates,
                stopped=lambda: self._is_stopping,
            ):
                if some[at].ended:
                    ended()
        except FlanchatError as error:
            for made in some:
                if made.finish == "interrupted":
                    made.finish, made.message = "error", in_english(error.message)
            raise
        finally:
            for made in some:
                self._recording.add(made, setup)
        self._work_ahead(max(made.timing.total_s for made in some))

    @contextmanager
    def _exclusively(self, result: Callable[[], object]) -> Iterator[None]:
        """One call at a time. result: what there is when Ctrl-C comes or the model fails."""
        with self._one_at_a_time():
            self._require_open()
            self._is_stopping = False
            try:
                yield
            except KeyboardInterrupt:
                raise Interrupted(result()) from None
            except EngineError as error:
                error.answer = result()
                raise

    def _work_ahead(self, spent_s: float) -> None:
        self._untraced_s += spent_s
        if self._untraced_s > _TRACE_S and self._engine.use_idle_time():
            self._untraced_s = 0.0
