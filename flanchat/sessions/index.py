"""The session index: a SQLite copy of what sessions are listed and searched by. Knows no terminal.

The transcript files are the truth; the index may be deleted at any time. Each call first compares it with the folder
and reads the files that have changed. A damaged index is rebuilt; one that cannot be written is replaced by one in
memory.

Searching scans the folded words of all turns. A full-text table (FTS5) was measured and dropped: see docs/design.md.
"""

from __future__ import annotations

import os
import stat
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import astuple, dataclass, fields, replace
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from flanchat.base.clock import Now, format_utc
from flanchat.base.errors import StorageError
from flanchat.base.files import open_regular, reason
from flanchat.base.i18n import _
from flanchat.base.paths import make_private_folder
from flanchat.sessions.search import Phrase, Span, fold_texts, make_excerpt
from flanchat.sessions.summary import SessionSummary, read_summary
from flanchat.sessions.transcript import SUFFIX

if TYPE_CHECKING:
    from sqlite3 import Connection


T = TypeVar("T")
Where = Literal["question", "answer", "name", "note"]
Fingerprint = tuple[bytes, int, int]
"""Name, size and modification time of a file: when one of them differs, the file is read again."""
_LARGEST = 2**63 - 1
_TURN_BITS = 24
"""A turn's id is its file's id followed by 24 bits for the turn, so that it leads to the file without a look-up."""
_RECENT_S = 2.0
"""A file written so recently may change again without a new time, on file systems that count in seconds."""
_VERSION = 4
"""Raise it when the tables change, which follow from SessionSummary, or what `read_summary` finds."""
_OF_SUMMARY = {field.name: str if field.type == "str" else int for field in fields(SessionSummary)[1:]}
_COLUMNS = ", ".join(["file", *_OF_SUMMARY])
_COLUMN_TYPES = (bytes, *_OF_SUMMARY.values())
_PRAGMAS = (
    "synchronous = NORMAL",
    "secure_delete = ON",  # overwrite what is deleted
    "temp_store = MEMORY",  # no words of a session in /tmp
    "cache_size = -16000",
    "cache_spill = OFF",  # others can read until the end of a long update
)
_SCHEMA = (
    "CREATE TABLE about (text TEXT)",
    "CREATE TABLE files (id INTEGER PRIMARY KEY, file BLOB, size INTEGER, mtime_ns INTEGER, "
    + ", ".join(f"{name} {'TEXT' if kind is str else 'INTEGER'}" for name, kind in _OF_SUMMARY.items())
    + ")",
    "CREATE UNIQUE INDEX files_fingerprint ON files (file, size, mtime_ns)",
    "CREATE INDEX files_last ON files (last, file)",
    """CREATE TABLE turns (
        id INTEGER PRIMARY KEY, number INTEGER, asked TEXT, answer_id TEXT, question TEXT, answer TEXT, note TEXT,
        rating TEXT, folded TEXT
    )""",
)


@dataclass(frozen=True, slots=True)
class SearchHit:
    """A place where a search matched. The excerpt is as recorded: not yet safe to print.

    The field names are the keys of `flanchat sessions search --json`, like those of SessionSummary.

    turn: number of the question and answer on their branch, from 1; 0 for the name of the session. answer: id of the
    answer's event, or "" if there is none. excerpt: one line. found: start and end of each match in it. rating: of the
    answer, or "".
    """

    entry: SessionSummary
    turn: int
    answer: str
    where: Where
    excerpt: str
    found: tuple[Span, ...]
    rating: str = ""


class SessionIndex:
    """The index at `path` of the sessions in `folder`. For one thread at a time; any number of processes.

    wait_s: how long a call waits for another process that is writing the index before it works in memory.
    """

    def __init__(self, folder: Path, path: Path, *, now: Now, wait_s: float) -> None:
        self._folder, self._path = folder, path
        self._now, self._wait_s = now, wait_s
        self._memory: Connection | None = None

    def sessions(self, limit: int | None, *, one_shots: bool) -> list[SessionSummary]:
        """Return the sessions, the one with the latest event first; None for all of them. one_shots: with these."""
        which = "" if one_shots else "WHERE NOT one_shot"
        query = f"SELECT {_COLUMNS} FROM files {which} ORDER BY last DESC, file DESC LIMIT ?"
        limits = (-1 if limit is None else max(0, limit),)
        return self._read(lambda db: [self._summary(row) for row in db.execute(query, limits)])

    def search(self, phrases: Sequence[Phrase], limit: int, rated: Sequence[str] = ()) -> list[SearchHit]:
        """Return where all phrases occur in one question, its answer and its notes, or in a name; the latest first.

        rated: only answers with one of these ratings; without a phrase, all of them.
        """
        return self._read(lambda db: self._search(db, phrases, limit, rated))

    def count_one_shots(self) -> int:
        """Return how many of the sessions are one-shots."""
        query = "SELECT count(*) FROM files WHERE one_shot"
        return self._read(lambda db: int(db.execute(query).fetchone()[0]))

    def update(self) -> None:
        """Compare the index with the folder."""
        self._read(lambda db: None)

    def _read(self, query: Callable[[Connection], T]) -> T:
        """Run a query on the updated index: on a new one if it is damaged, on one in memory if it cannot be written."""
        sqlite3 = _sqlite3()
        for __ in range(2):
            try:
                with closing(self._open()) as db:
                    return self._updated(db, query)
            except (sqlite3.Error, TypeError, ValueError) as error:
                if isinstance(error, sqlite3.OperationalError) and "locked" in str(error):
                    break
                self._delete()
        if self._memory is None:
            self._memory = self._connect(":memory:")
        return self._updated(self._memory, query)

    def _updated(self, db: Connection, query: Callable[[Connection], T]) -> T:
        self._update(db)
        db.execute("BEGIN")  # all reads see one state, whatever other processes write
        try:
            return query(db)
        finally:
            db.rollback()

    def _open(self) -> Connection:
        sqlite3 = _sqlite3()
        try:
            make_private_folder(self._path.parent)
            try:
                status = os.lstat(self._path)
            except FileNotFoundError:
                with suppress(FileExistsError):
                    os.close(open_regular(self._path, "append new", private=True))
            else:  # not opened for this check: closing it would drop the locks that SQLite holds in this process
                private = stat.S_ISREG(status.st_mode) and status.st_nlink == 1 and not status.st_mode & 0o077
                if not private or status.st_uid != os.geteuid():
                    raise sqlite3.DatabaseError("not a private file")
        except (OSError, StorageError) as error:
            raise sqlite3.DatabaseError(str(error)) from error
        return self._connect(os.fspath(self._path))

    def _connect(self, path: str) -> Connection:
        sqlite3 = _sqlite3()
        db: Connection = sqlite3.connect(path, timeout=self._wait_s, isolation_level=None, check_same_thread=False)
        try:
            for pragma in _PRAGMAS:
                db.execute(f"PRAGMA {pragma}")
            _create_tables(db)
        except BaseException:
            db.close()
            raise
        return db

    def _delete(self) -> None:
        for suffix in ("", "-journal", "-wal", "-shm"):
            with suppress(OSError, ValueError):
                os.unlink(f"{self._path}{suffix}")

    def _update(self, db: Connection) -> None:
        """Read what has changed since the last call, in one transaction."""
        indexed, present = _indexed_files(db), self._scan_folder()
        if indexed == present:
            return
        db.execute("BEGIN IMMEDIATE")  # may wait for another process, which may do this very update
        try:
            if (indexed_now := _indexed_files(db)) != indexed:
                indexed, present = indexed_now, self._scan_folder()
            for file in {file for file, __, __ in indexed - present}:
                _delete_rows(db, file)
            for file, size, mtime_ns in sorted(present - indexed):
                self._insert_rows(db, file, size, mtime_ns)
            db.execute("COMMIT")
        except BaseException:
            db.rollback()
            raise

    def _scan_folder(self) -> set[Fingerprint]:
        """Return every session file. Skips links, folders and the like."""
        found = set()
        suffix, dot = SUFFIX.encode(), ord(".")
        try:
            with os.scandir(os.fsencode(self._folder)) as entries:
                for entry in entries:
                    name = entry.name
                    if name.endswith(suffix) and name[0] != dot:
                        try:
                            status = entry.stat(follow_symlinks=False)
                        except OSError:  # deleted in the meantime
                            continue
                        if status.st_mode & 0o170000 == stat.S_IFREG:  # inlined S_ISREG: this runs for every file
                            found.add((name, status.st_size, status.st_mtime_ns & _LARGEST))
        except FileNotFoundError:
            return set()
        except (OSError, ValueError) as error:
            raise StorageError(
                _(
                    "{path}: cannot read the sessions: {why}. Make it readable, or set FLANCHAT_DATA to another folder."
                ).format(path=self._folder, why=reason(error))
            ) from error
        return found

    def _insert_rows(self, db: Connection, file: bytes, size: int, mtime_ns: int) -> None:
        """Add one file to the index, as far as it can be read."""
        path = self._folder / os.fsdecode(file)
        try:
            summary, texts = read_summary(path)
            age_s = self._now().timestamp() - mtime_ns / 1e9
            is_settled = not -1 <= age_s < _RECENT_S
        except StorageError:
            summary, texts, is_settled = SessionSummary(path, problems=1), [], False
        __, *values = astuple(replace(summary, last=summary.last or _utc(mtime_ns)))
        row = file, *values, size, mtime_ns if is_settled else -1
        columns = ", ".join([_COLUMNS, "size", "mtime_ns"])
        id = db.execute(f"INSERT INTO files ({columns}) VALUES ({', '.join('?' * len(row))})", row).lastrowid
        assert id is not None
        first = id << _TURN_BITS
        rows = [(first + n, *text, fold_texts(text[3], text[4], text[5])) for n, text in enumerate(texts)]
        db.executemany("INSERT INTO turns VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)

    def _search(self, db: Connection, phrases: Sequence[Phrase], limit: int, rated: Sequence[str]) -> list[SearchHit]:
        summaries: dict[int, SessionSummary] = {}
        questions: set[tuple[int, str]] = set()
        hits: list[SearchHit] = []
        for (id,) in _matching_turns(db, phrases, rated):
            if len(hits) >= limit:
                break
            query = "SELECT number, asked, answer_id, question, answer, note, rating FROM turns WHERE id = ?"
            row = db.execute(query, (id,)).fetchone()
            number, asked, answer_id, question, answer, note, rating = _checked(row, (int, *[str] * 6))
            file = id >> _TURN_BITS
            texts: dict[Where, str] = {"question" if number else "name": question, "answer": answer, "note": note}
            if not phrases:
                texts = {"answer": f"{question} → {answer}"}
            excerpts = {place: make_excerpt(text, phrases) for place, text in texts.items()}
            where = max(excerpts, key=lambda place: excerpts[place].phrases)  # the first of equals
            excerpt = excerpts[where]
            if where in ("question", "name") and (file, asked) in questions and not rated:  # answered several times
                continue
            else:
                questions.add((file, asked))
            if file not in summaries:
                summary = db.execute(f"SELECT {_COLUMNS} FROM files WHERE id = ?", (file,)).fetchone()
                summaries[file] = self._summary(summary)
            hits.append(SearchHit(summaries[file], number, answer_id, where, excerpt.line, excerpt.spans, rating))
        return hits

    def _summary(self, row: tuple[Any, ...]) -> SessionSummary:
        file, *values = _checked(row, _COLUMN_TYPES)
        if b"/" in file:
            raise ValueError("the index is damaged: a file outside the folder")
        summary = SessionSummary(self._folder / os.fsdecode(file), *values)
        return replace(summary, one_shot=bool(summary.one_shot))


def _sqlite3() -> Any:
    try:
        import sqlite3
    except ImportError as error:
        raise StorageError(
            _("cannot list or search sessions: this Python was built without sqlite3. They are saved nevertheless.")
        ) from error
    return sqlite3


def _create_tables(db: Connection) -> None:
    """Create the tables of an empty index. Raises DatabaseError for an index of another version."""
    about = f"flanchat index {_VERSION}, Unicode {unicodedata.unidata_version}"
    if not _has_tables(db):
        db.execute("BEGIN IMMEDIATE")
        if not _has_tables(db):  # another process may have created them in the meantime
            for statement in _SCHEMA:
                db.execute(statement)
            db.execute("INSERT INTO about VALUES (?)", (about,))
        db.execute("COMMIT")
    if db.execute("SELECT text FROM about").fetchall() != [(about,)]:
        raise _sqlite3().DatabaseError("an index of another version")


def _has_tables(db: Connection) -> bool:
    return db.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone() is not None


def _checked(row: tuple[Any, ...] | None, types: tuple[type, ...]) -> tuple[Any, ...]:
    """Raise ValueError if a row is missing or has other types, as in a damaged file that SQLite can still read."""
    if row is None or tuple(map(type, row)) != types:
        raise ValueError("the index is damaged: unexpected types in a row")
    return row


def _indexed_files(db: Connection) -> set[Fingerprint]:
    return set(db.execute("SELECT file, size, mtime_ns FROM files"))


def _delete_rows(db: Connection, file: bytes) -> None:
    for (id,) in db.execute("SELECT id FROM files WHERE file = ?", (file,)).fetchall():
        db.execute("DELETE FROM turns WHERE id BETWEEN ? AND ?", (id << _TURN_BITS, (id + 1 << _TURN_BITS) - 1))
        db.execute("DELETE FROM files WHERE id = ?", (id,))


def _matching_turns(db: Connection, phrases: Sequence[Phrase], rated: Sequence[str]) -> Iterator[tuple[int]]:
    """Return the ids of the turns with all phrases and one of the ratings, those of the latest sessions first."""
    is_rated = [f"turns.rating IN ({', '.join('?' * len(rated))})"] if rated else []
    conditions = " AND ".join(["instr(turns.folded, ?)"] * len(phrases) + is_rated)
    query = f"""
        SELECT turns.id FROM turns JOIN files ON files.id = turns.id >> {_TURN_BITS} WHERE {conditions}
        ORDER BY files.last DESC, files.file DESC, turns.id
    """
    yield from db.execute(query, [*(phrase.needle for phrase in phrases), *rated])


def _utc(ns: int) -> str:
    try:
        return format_utc(datetime.fromtimestamp(ns / 1e9, timezone.utc))
    except (OSError, ValueError, OverflowError):
        return ""
