"""Writes the transcript file of a session: append-only JSON Lines, each event durable when `record` returns.

Knows no event's meaning. An event is one JSON object on one line, escaped to ASCII. So a line that was cut short is
never valid JSON, every Python text can be stored (lone surrogates too), and the file is safe to print.
"""

from __future__ import annotations

import errno
import os
import platform
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime, timezone
from pathlib import Path
from typing import TypeVar

from flanchat import __version__
from flanchat.base.clock import Now, format_utc, utc_now
from flanchat.base.errors import StorageError
from flanchat.base.files import (
    Sync,
    Write,
    append_record,
    failed,
    open_regular,
    reason,
    sync_content,
    sync_folder,
    try_lock,
)
from flanchat.base.i18n import _
from flanchat.base.json_rows import json_text
from flanchat.base.paths import make_private_folder
from flanchat.sessions.transcript_reader import LINE_BYTES, VERSION, Events, open_events

SUFFIX = ".jsonl"
_POLL_S = 0.02
_BASE32 = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's, without I, L, O, U
_NAME_TRIES = 100

T = TypeVar("T")


def _has_no_event(path: Path) -> bool:
    """Whether a file can be read and is no transcript."""
    try:
        with open_events(path) as events:
            return not any(True for __ in events)
    except StorageError:
        return False


def _no_event(path: Path) -> str:
    return _("{path}: no readable event, so there is nothing to resume.").format(path=path)


def this_machine() -> dict[str, object]:
    """What a session records of the machine on which it begins."""
    return {"os": platform.platform(), "python": platform.python_version(), "cpu": platform.machine(), "npu": None}


def _suffix() -> str:
    return "".join(_BASE32[byte & 31] for byte in os.urandom(4)).lower()


class Transcript:
    """Writes the events of one session. A failed write never raises: the event is kept and retried before the next.

    For one thread at a time. Make one with `create` or `resume`.

    path: the session's file. Changes at the first `record` when its name is taken by then. session: its id, a ULID.
    problem: why `unsaved` is not on disk: "NOT SAVED: path: reason", or "" when all is saved.
    """

    def __init__(self, path: Path, *, session: str, n: int, fd: int | None, now: Now, write: Write, sync: Sync) -> None:
        self.path, self.session, self.problem = path, session, ""
        self._n, self._fd = n, fd
        self._now, self._write, self._sync = now, write, sync
        self._suffix = _suffix
        self._folder_synced = fd is not None
        self._opening: list[bytes] = []  # session.start, written together with the first event or by `begin`
        self._pending: list[bytes] = []
        self._counts: Counter[str] = Counter()
        self._is_new = fd is None
        self._used = self._closed = False

    @classmethod
    def create(
        cls,
        folder: Path,
        *,
        host: Mapping[str, object],
        name: str = "",
        about: Mapping[str, object] | None = None,
        now: Now = utc_now,
        suffix: Callable[[], str] = _suffix,
        write: Write = os.write,
        sync: Sync = sync_content,
    ) -> Transcript:
        """Prepare a new session in `folder`, which is made if missing; the file appears with the first `record`.

        about: more fields of session.start. suffix: returns the last part of the file name, until one is free.
        Raises StorageError when the folder cannot be used.
        """
        make_private_folder(folder)
        transcript = cls(Path(), session=_ulids.next(now()), n=0, fd=None, now=now, write=write, sync=sync)
        transcript._suffix = suffix
        transcript.path = folder / transcript._file_name()
        start = {"name": name, "app_version": __version__, "host": dict(host), **(about or {})}
        _, line = transcript._event("session.start", None, start)
        transcript._opening.append(line)
        return transcript

    @classmethod
    def resume(
        cls,
        path: Path,
        take: Callable[[Events], T],
        *,
        wait_s: float = 0.0,
        waiting: Callable[[], None] = lambda: None,
        now: Now = utc_now,
        write: Write = os.write,
        sync: Sync = sync_content,
    ) -> tuple[Transcript, T]:
        """Open the session in `path` to append to it. Returns it with what `take` makes of its events.

        No other program changes them now. wait_s: how long to wait for another program that uses the session. waiting:
        called once when that begins.
        Raises StorageError when the session is missing, unsafe, in use, without events or of a later version.
        """
        try:
            fd = open_regular(path, "append existing", private=True)
        except OSError as error:
            if _has_no_event(path):  # before a reason that would have the user change another file's mode
                raise StorageError(_no_event(path)) from error
            raise StorageError(failed(path, error)) from error
        try:
            if not _wait_for_lock(fd, wait_s, waiting):
                raise StorageError(
                    _("{path}: another flanchat is using this session. Close it there first.").format(path=path)
                )
            if os.fstat(fd).st_nlink == 0:  # the other program had recorded nothing, and removed it
                raise StorageError(failed(path, FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))))
            with open(os.dup(fd), "rb") as file:
                events = Events(file)
                taken = take(events)
            if not events.counts:
                raise StorageError(_no_event(path))
            if events.version > VERSION:
                raise StorageError(
                    _(
                        "{path}: written by a later version of flanchat (format {found}; this one writes {known}), so "
                        "nothing is added to it. Update flanchat, use another file, or continue it unrecorded with "
                        "--no-log."
                    ).format(path=path, found=events.version, known=VERSION)
                )
            session = events.session or _ulids.next(now())
            transcript = cls(path, session=session, n=events.last, fd=fd, now=now, write=write, sync=sync)
        except BaseException:
            os.close(fd)
            raise
        transcript._counts.update(events.counts)
        return transcript, taken

    @property
    def unsaved(self) -> tuple[str, ...]:
        """The lines that could not be written, oldest first."""
        return tuple(line.decode("ascii") for line in self._pending)

    def record(self, type: str, parent: str | None = None, **fields: object) -> str:
        """Append one event and return its id. The event is on disk if `problem` is "" afterwards.

        Infinities and NaN, which JSON lacks, become null. Raises StorageError for an event of more than 16 MB, which
        no reader would read.
        """
        if self._closed:
            raise ValueError("this transcript is closed")
        id, line = self._event(type, parent, fields)
        self._pending += [*self._opening, line]
        self._opening.clear()
        self._used = True
        self._flush()
        return id

    def begin(self) -> None:
        """Write session.start now, so that other programs find the session by its name."""
        self._pending += self._opening
        self._opening.clear()
        self._flush()

    def close(self, why: str) -> None:
        """Record session.end with the number of events of each type, and close the file. A second call does nothing.

        why: "" records no session.end, where a session was only reviewed.
        A session without events leaves no file. `unsaved` and `problem` can still be read.
        """
        if self._closed:
            return
        if self._used and why:
            self.record("session.end", why=why, counts=dict(self._counts))
        self._closed = True
        if self._fd is not None:
            if self._is_new and (not self._used or os.fstat(self._fd).st_size == 0):  # only begun, or never written
                with suppress(OSError):
                    self.path.unlink()
            os.close(self._fd)
            self._fd = None

    def _event(self, type: str, parent: str | None, fields: Mapping[str, object]) -> tuple[str, bytes]:
        now = self._now()
        id = _ulids.next(now)
        event = {
            "v": VERSION,
            "n": self._n + 1,
            "id": id,
            "ts": format_utc(now),
            "type": type,
            "session": self.session,
            "parent": parent,
        }
        if taken := event.keys() & fields.keys():
            raise ValueError(f"reserved field names: {', '.join(sorted(taken))}")
        line = _encode({**event, **fields})
        if len(line) >= LINE_BYTES:
            raise StorageError(
                _("the {type} event has {count} bytes; at most {most} can be stored. Shorten it.").format(
                    type=type, count=len(line), most=LINE_BYTES
                )
            )
        self._n += 1
        self._counts[type] += 1
        return id, line

    def _flush(self) -> None:
        try:
            if self._fd is None:
                self._fd = self._open_new()
            if not self._folder_synced:
                sync_folder(self.path.parent)
                self._folder_synced = True
            while self._pending:
                append_record(self._fd, self._pending[0], self._write, self._sync)
                del self._pending[0]
        except StorageError as error:
            self.problem = _("NOT SAVED: {why}").format(why=error.message)
        except OSError as error:
            self.problem = _("NOT SAVED: {path}: {why}").format(path=self.path, why=reason(error))
        else:
            self.problem = ""

    def _open_new(self) -> int:
        for __ in range(_NAME_TRIES):
            try:
                fd = open_regular(self.path, "append new", private=True)
            except FileExistsError:
                self.path = self.path.with_name(self._file_name())
            else:
                try_lock(fd)  # so that `resume` in another process sees that this session is in use
                return fd
        raise StorageError(
            _("{path}: this file name and {count} others are taken").format(path=self.path, count=_NAME_TRIES - 1)
        )

    def _file_name(self) -> str:
        return f"{self._now().astimezone(timezone.utc):%Y-%m-%d-%H%M%S}-{self._suffix()}{SUFFIX}"


class NoTranscript:
    """Has the methods of Transcript and writes nothing. Exports show its ids."""

    path: Path | None = None
    unsaved: tuple[str, ...] = ()
    problem = ""

    def __init__(self, now: Now = utc_now) -> None:
        self._now = now
        self.session = _ulids.next(now())

    def record(self, type: str, parent: str | None = None, **fields: object) -> str:
        """Return a new id, which later events can name as their parent."""
        return _ulids.next(self._now())

    def close(self, why: str) -> None:
        """Do nothing."""


class _Ulids:
    """Generates increasing ULIDs: 48 bits of milliseconds, then 80 random bits, as 26 characters."""

    def __init__(self) -> None:
        self._last = -1
        self._lock = threading.Lock()

    def next(self, moment: datetime) -> str:
        fresh = int(moment.timestamp() * 1000) % 2**48 << 80 | int.from_bytes(os.urandom(10), "big")
        with self._lock:
            self._last = max(self._last + 1, fresh)  # stays increasing when the clock stands still or is set back
            value = self._last
        return "".join(_BASE32[value >> shift & 31] for shift in range(125, -1, -5))


_ulids = _Ulids()


def _encode(event: dict[str, object]) -> bytes:
    return json_text(event, separators=(",", ":")).encode("ascii")


def _wait_for_lock(fd: int, wait_s: float, waiting: Callable[[], None]) -> bool:
    """Lock the file, which may be in use for `wait_s`. Returns whether that succeeded."""
    deadline = time.monotonic() + wait_s
    if not try_lock(fd) and wait_s:
        waiting()
    while not try_lock(fd):
        if time.monotonic() >= deadline:
            return False
        time.sleep(_POLL_S)
    return True
