"""Where the answers of a model are recorded: nowhere, in a new session, or in the session of a file."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from flanchat.api.surroundings import warn
from flanchat.api.texts import text_of
from flanchat.base.errors import StorageError
from flanchat.base.files import is_there
from flanchat.base.paths import make_private_folder, state_folder, typed_path
from flanchat.engine.protocol import Engine
from flanchat.prompting.profile import Profile
from flanchat.prompting.settings import Settings
from flanchat.prompting.setup import Setup
from flanchat.sessions.answer import Answer
from flanchat.sessions.session import Session
from flanchat.sessions.session_record import SessionRecord, record_of
from flanchat.sessions.transcript import NoTranscript, Transcript, this_machine

Record = bool | str | os.PathLike[str]


class Recording:
    """The session that answers are added to: one for all of them if they are recorded, else a new one for each call.

    path: of the session's file; None when nothing is recorded.
    """

    def __init__(self, engine: Engine, record: Record, environ: Mapping[str, str]) -> None:
        """record: see `flanchat.load`. Raises StorageError when the file cannot be used."""
        self._engine = engine
        self._session: Session | None = None
        if record is not False:
            transcript, earlier = _open(record, engine.source.name, environ)
            self._session = Session(engine, Profile("plain"), Settings(), transcript)
            if earlier is not None:
                self._session.name, self._session.conversation = earlier.name, earlier.conversation

    @property
    def path(self) -> Path | None:
        return None if self._session is None else self._session.transcript.path

    def session(self, setup: Setup) -> Session:
        """The session, with this profile, settings and variables in force."""
        session = self._session or Session(self._engine, setup.profile, setup.settings, NoTranscript())
        session.setup = setup
        return session

    def ask(self, answer: Answer, setup: Setup) -> None:
        """Record the question of an answer that is about to be made."""
        session = self.session(setup)
        answer.question_id = session.record_question(answer.question, "script", choices=setup.choices)
        answer.previous_id = session.conversation.head

    def add(self, answer: Answer, setup: Setup) -> None:
        """Record an answer, however it ended; its question first if that is not yet recorded."""
        if not answer.question_id:
            self.ask(answer, setup)
        self.session(setup).adopt(answer, setup.profile)
        self.check()

    def of(self, answer: Answer) -> Session | None:
        """The session in which an answer is recorded; None if it is not."""
        session = self._session
        return session if session is not None and answer.id in session.conversation.answers else None

    def check(self) -> None:
        """Warn when something could not be written."""
        if self._session is not None and self._session.transcript.problem:
            warn(self._session.transcript.problem)

    def close(self) -> None:
        """End the session. Raises StorageError when something could not be written."""
        if self._session is not None:
            self._session.close("exit")
            if problem := self._session.transcript.problem:
                raise StorageError(problem)


def _open(record: Record, model: str, environ: Mapping[str, str]) -> tuple[Transcript, SessionRecord | None]:
    """A new transcript, or the one in an existing file with its session."""
    given = os.fspath(record) if isinstance(record, os.PathLike) else record
    path = None if given is True else typed_path(text_of(given, "record"), environ)
    if path is not None and is_there(path):
        return Transcript.resume(path, record_of)
    folder = make_private_folder(state_folder(environ) / "sessions") if path is None else path.absolute().parent
    transcript = Transcript.create(folder, host=this_machine(), about={"model": model})
    if path is not None:
        transcript.path = path.absolute()
    return transcript, None
