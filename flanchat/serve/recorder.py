"""Record the server's questions and answers in a session, each by itself. Knows no HTTP."""

from __future__ import annotations

from flanchat.base.clock import Now
from flanchat.base.errors import StorageError
from flanchat.engine.protocol import Engine
from flanchat.prompting.setup import Setup
from flanchat.sessions.answer import Answer
from flanchat.sessions.conversation import Conversation
from flanchat.sessions.session import Session
from flanchat.sessions.transcript import NoTranscript, Transcript


class Recorder:
    """Writes to a transcript, or nothing. For one thread at a time."""

    def __init__(self, engine: Engine, setup: Setup, transcript: Transcript | NoTranscript, *, now: Now) -> None:
        self._session = Session(engine, setup.profile, setup.settings, transcript, now=now)
        self._is_on = not isinstance(transcript, NoTranscript)

    def record(self, answer: Answer, setup: Setup) -> None:
        """Record an answer that has ended, as that to the first question of a conversation."""
        if self._is_on:
            session = self._session
            session.setup = setup
            session.conversation = Conversation()  # else memory would grow with every request
            answer.question_id = session.record_question(answer.question, "http", answer.settings)
            session.adopt(answer)

    def close(self) -> None:
        """Raises StorageError when something could not be written."""
        self._session.close("exit")
        if self._session.transcript.problem:
            raise StorageError(self._session.transcript.problem)
