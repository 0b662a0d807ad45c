"""The saved sessions: list, search, find by name, read and delete. Knows no terminal."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from flanchat.base.clock import Now, utc_now
from flanchat.base.errors import StorageError, UsageError
from flanchat.base.files import is_there, open_regular, reason, sync_folder, try_lock
from flanchat.base.i18n import _, join_list
from flanchat.base.names import check_name
from flanchat.base.paths import typed_path
from flanchat.base.wording import did_you_mean
from flanchat.sessions.exported import exported_events
from flanchat.sessions.session_record import SessionRecord, read_session, record_of
from flanchat.sessions.transcript import SUFFIX, Transcript
from flanchat.sessions.transcript_reader import open_events

if TYPE_CHECKING:
    from flanchat.sessions.index import SearchHit, SessionIndex
    from flanchat.sessions.summary import SessionSummary


class Library:
    """The sessions in `folder`, which may be missing. For one thread at a time; any number of processes.

    index: path of the SQLite file, which is created when needed. wait_s: how long a call waits for another process
    that is writing it.
    """

    def __init__(self, folder: Path, index: Path, *, now: Now = utc_now, wait_s: float = 10.0) -> None:
        self.folder = folder
        self._index_path, self._now, self._wait_s = index, now, wait_s

    @cached_property
    def _index(self) -> SessionIndex:
        from flanchat.sessions.index import SessionIndex  # its patterns take 8 ms to compile, and no prompt needs them

        return SessionIndex(self.folder, self._index_path, now=self._now, wait_s=self._wait_s)

    def sessions(self, limit: int | None = None, *, one_shots: bool = False) -> list[SessionSummary]:
        """Return the sessions, the one with the latest event first; None for all of them.

        one_shots: also those of commands that ask one question and end.
        """
        return self._index.sessions(limit, one_shots=one_shots)

    def count_one_shots(self) -> int:
        """Return how many sessions the list leaves out."""
        return self._index.count_one_shots()

    def search(self, query: str, limit: int = 50, *, rated: Sequence[str] = ()) -> list[SearchHit]:
        """Return where all words of `query` occur in one question, its answer and notes, or in a name; latest first.

        The last word may be the beginning of a longer one. Case, accents and punctuation are ignored. A question that
        was answered several times is returned once. rated: only answers with one of these ratings, which need no words.
        Raises UsageError when there is nothing to search for.
        """
        from flanchat.sessions.search import parse_query

        phrases = () if rated and not query.strip() else parse_query(query)
        return self._index.search(phrases, limit, rated)

    def find(self, reference: str) -> Path:
        """Return the session with this number in the list, name, id or file name, or the start of an id or file name.

        One-shot questions have numbers of their own, such as q1. Of several sessions of the same name it is the latest.
        Raises UsageError when none or several match.
        """
        sessions = self.sessions(one_shots=True)
        if not sessions:
            raise UsageError(
                _("no session {which}: there are none in {folder}").format(which=reference, folder=self.folder)
            )
        return _resolve(reference, sessions)

    def read(self, path: Path) -> SessionRecord:
        """Read a session with its problems. Raises StorageError when it cannot be opened."""
        with open_events(path) as events:
            return record_of(events)

    def resume(self, path: Path) -> tuple[Transcript, SessionRecord]:
        """Open a session to append to it, and read it as it is then. Raises StorageError, as Transcript.resume does."""
        return Transcript.resume(path, record_of, now=self._now)

    def remove(self, path: Path) -> None:
        """Delete a session's file, and its words from the index.

        Raises UsageError if it is not a file in this folder, StorageError if it is in use or cannot be deleted.
        """
        inside = os.path.abspath(path.parent) == os.path.abspath(self.folder) and path.name.endswith(SUFFIX)
        try:
            if not inside or not stat.S_ISREG(os.lstat(path).st_mode):
                raise UsageError(
                    _("{path}: expected a session in {folder}. Nothing was deleted.").format(
                        path=path, folder=self.folder
                    )
                )
            fd = open_regular(path)
            try:
                if not try_lock(fd):
                    raise StorageError(
                        _("{path}: another flanchat is using this session. Close it there first.").format(path=path)
                    )
                os.unlink(path)
                sync_folder(self.folder)
            finally:
                os.close(fd)
        except (OSError, ValueError) as error:
            raise StorageError(_("{path}: not deleted: {why}").format(path=path, why=reason(error))) from error
        self._index.update()


def check_session_name(name: str) -> str:
    """Return the name if it is valid for a session. Raises UsageError."""
    if is_number(name):
        raise UsageError(
            _("session name: {name} is a number, which stands for a place in /sessions; add a letter").format(name=name)
        )
    return check_name(name, "session")


def is_number(reference: str) -> bool:
    """Whether a reference is a number in the list of sessions: 3, or q3 for a one-shot question."""
    return reference.removeprefix("q").isdecimal()


def find_record(reference: str, library: Library | None, environ: Mapping[str, str]) -> tuple[Path, SessionRecord]:
    """Return the session at a path, or the one of this number, name or id. A number always stands for a session.

    A session that was exported as JSON or JSON Lines is read, too.

    Raises UsageError when there is none.
    """
    path = typed_path(reference, environ)
    is_named = not is_number(reference) and is_there(path)
    if not is_named:
        if "/" in reference:
            raise UsageError(_("{path}: no such file").format(path=path))
        if library is None:
            raise UsageError(_("{path}: no such file, and sessions are not saved here").format(path=path))
        try:
            path = library.find(reference)
        except UsageError:
            if path.suffix:  # no name or id of a session has a dot
                raise UsageError(_("{path}: no such file").format(path=path)) from None
            raise
    with open_events(path, error=UsageError if is_named else StorageError) as events:
        record = record_of(events)
    if not events.counts:
        if (exported := exported_events(_text(path))) is not None:
            return path, read_session(exported)
        first = record.problems[0] if record.problems else _("the file is empty")
        raise UsageError(
            _("{path}: expected a transcript or a session exported as .json or .jsonl; {first}").format(
                path=path, first=first
            )
        )
    return path, record


def _text(path: Path) -> str:
    """A file's text, as far as it is UTF-8."""
    with open(open_regular(path), encoding="utf-8-sig", errors="replace") as file:
        return file.read()


def _resolve(reference: str, sessions: list[SessionSummary]) -> Path:
    """Return the session that is meant. sessions: in the order of the list; at least one.

    The start of an id or file name has at least four characters, so that a mistyped number is not taken for one.
    """
    named = [session.path for session in sessions if reference and session.name == reference]
    numbered = [session.path for session in sessions if session.one_shot == reference.startswith("q")]
    digits = reference.removeprefix("q")
    if digits.isascii() and digits.isdecimal() and len(digits) < 10 and 0 < int(digits) <= len(numbered):
        return named[0] if named and digits != reference else numbered[int(digits) - 1]  # q1 was once a valid name
    if named:
        return named[0]
    by_stem = {session.path.name.removesuffix(SUFFIX): session for session in sessions}
    stem, id = reference.removesuffix(SUFFIX), reference.upper()
    if stem in by_stem:
        return by_stem[stem].path
    matches = [
        name
        for name, session in by_stem.items()
        if len(stem) >= 4 and (name.startswith(stem) or session.session.upper().startswith(id))
    ]
    if len(matches) == 1:
        return by_stem[matches[0]].path
    if matches:
        more = _(" and {count} more").format(count=len(matches) - 3) if len(matches) > 3 else ""
        raise UsageError(
            _("{which} matches several sessions: {begun}{more}. Type more of the name.").format(
                which=reference, begun=join_list(matches[:3]), more=more
            )
        )
    one_shots = sum(session.one_shot for session in sessions)
    names = dict.fromkeys([*(session.name for session in sessions if session.name), *by_stem])
    hint = did_you_mean(reference, names) or (
        _(" Expected a number from 1 to {count}, a name or an id.").format(count=len(sessions) - one_shots)
        if one_shots < len(sessions)
        else _(" There are only one-shot questions, q1 to q{count}.").format(count=one_shots)
    )
    raise UsageError(_("no session {which}.{hint}").format(which=reference, hint=hint))
