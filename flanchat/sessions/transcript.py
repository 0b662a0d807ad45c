"""A session on disk: JSON Lines, append only, every event durable before the call returns. Knows no event's meaning.

An event is one JSON object on one line, escaped to ASCII. So a line that was cut short is never valid JSON, every
Python text can be stored (lone surrogates too), and the file is safe to print.
"""

from __future__ import annotations

import json
import math
import os
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, BinaryIO

from flanchat import __version__
from flanchat.base.errors import StorageError
from flanchat.base.files import (
    Sync,
    Write,
    append_record,
    open_private_append,
    open_regular_read,
    reason,
    sync_content,
    sync_folder,
    try_lock,
)
from flanchat.base.i18n import _
from flanchat.base.paths import make_private_folder

VERSION = 1
LINE_BYTES = 16 * 2**20
_BASE32 = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's, without I, L, O, U
_NAME_TRIES = 100


@dataclass(frozen=True, slots=True)
class Reading:
    """What a transcript file holds: every event that is whole, and one sentence per thing that is wrong.

    Each event has at least `type` and `id` (text), `n` (int) and, when it has a `parent`, text or None there.
    """

    events: tuple[dict[str, Any], ...]
    problems: tuple[str, ...]


def read(path: Path) -> Reading:
    """Read a transcript, damaged or not; never writes, never waits. Events of unknown types are kept as they are.

    Raises StorageError when there is no such file or when it is something else than a file.
    """
    try:
        with open(open_regular_read(path), "rb") as file:
            return _read(file)
    except OSError as error:
        raise StorageError(f"{path}: {reason(error)}") from error


class Transcript:
    """Writes one session's events. A failed write never raises: the event is kept and tried again before the next.

    For one thread at a time. Make it with `create` or `resume`.
    """

    def __init__(
        self, path: Path, *, session: str, n: int, fd: int | None, clock: Callable[[], float], write: Write, sync: Sync
    ) -> None:
        self._path = path
        self._session = session
        self._n = n
        self._fd = fd
        self._clock = clock
        self._write = write
        self._sync = sync
        self._suffix = _suffix
        self._folder_synced = fd is not None
        self._opening: list[bytes] = []  # session.start, held back until there is something to start
        self._pending: list[bytes] = []
        self._counts: Counter[str] = Counter()
        self._used = False
        self._closed = False
        self._problem = ""

    @classmethod
    def create(
        cls,
        folder: Path,
        *,
        host: Mapping[str, object],
        name: str = "",
        about: Mapping[str, object] | None = None,
        clock: Callable[[], float] = time.time,
        suffix: Callable[[], str] | None = None,
        write: Write = os.write,
        sync: Sync = sync_content,
    ) -> Transcript:
        """Prepare a new session in `folder`, which is made if missing; the file appears with the first `record`.

        about: further fields of session.start. clock: seconds since 1970. suffix: makes the file name's last part.
        Raises StorageError when the folder is unfit.
        """
        make_private_folder(folder)
        transcript = cls(Path(), session=_ulids.next(clock()), n=0, fd=None, clock=clock, write=write, sync=sync)
        transcript._suffix = suffix or _suffix
        transcript._path = folder / transcript._file_name()
        start = {"name": name, "app_version": __version__, "host": dict(host), **(about or {})}
        _, line = transcript._event("session.start", None, start)
        transcript._opening.append(line)
        return transcript

    @classmethod
    def resume(
        cls,
        path: Path,
        *,
        clock: Callable[[], float] = time.time,
        write: Write = os.write,
        sync: Sync = sync_content,
    ) -> Transcript:
        """Go on with the session in `path`. Raises StorageError when it is missing, unfit, in use or holds no event."""
        fd = open_private_append(path, create="never")
        try:
            if not try_lock(fd):
                raise StorageError(
                    _("{path}: another flanchat is writing this session. Close it there first.").format(path=path)
                )
            with open(os.dup(fd), "rb") as file:
                events = _read(file).events
            if not events:
                raise StorageError(
                    _("{path}: holds no readable event, so there is nothing to go on with.").format(path=path)
                )
            sessions = (event.get("session") for event in events)
            session = next((s for s in sessions if isinstance(s, str)), "") or _ulids.next(clock())
            last = max(event["n"] for event in events)
            transcript = cls(path, session=session, n=last, fd=fd, clock=clock, write=write, sync=sync)
        except BaseException:
            os.close(fd)
            raise
        transcript._counts.update(event["type"] for event in events)
        return transcript

    @property
    def path(self) -> Path:
        """Where the session is, or will be; it can change once, at the first `record`, when the name is taken."""
        return self._path

    @property
    def session(self) -> str:
        """The session's id, a ULID."""
        return self._session

    @property
    def unsaved(self) -> tuple[str, ...]:
        """The lines that are not on disk, oldest first."""
        return tuple(line.decode("ascii") for line in self._pending)

    @property
    def problem(self) -> str:
        """Why `unsaved` is not on disk: "NOT SAVED: path: reason", or "" when all is saved."""
        return self._problem

    def record(self, type: str, parent: str | None = None, **fields: object) -> str:
        """Append one event and return its id. It is on disk when `problem` is "" afterwards.

        Numbers that JSON does not have (infinities, not-a-number) are stored as null. Raises StorageError for an
        event of more than 16 MB, which no reader would take back.
        """
        if self._closed:
            raise ValueError("this transcript is closed")
        id, line = self._event(type, parent, fields)
        self._pending += [*self._opening, line]
        self._opening.clear()
        self._used = True
        self._flush()
        return id

    def close(self, why: str) -> None:
        """Record session.end, with the number of events of each type, and close the file; a second call does nothing.

        A session in which nothing was recorded leaves no trace. `unsaved` and `problem` stay readable.
        """
        if self._closed:
            return
        if self._used:
            self.record("session.end", why=why, counts=dict(self._counts))
        self._closed = True
        if self._fd is not None:
            # made by this session, but nothing ever fitted on the disk
            if len(self._pending) == self._n and os.fstat(self._fd).st_size == 0:
                self._path.unlink(missing_ok=True)
            os.close(self._fd)
            self._fd = None

    def _event(self, type: str, parent: str | None, fields: Mapping[str, object]) -> tuple[str, bytes]:
        now = self._clock()
        id = _ulids.next(now)
        event = {
            "v": VERSION,
            "n": self._n + 1,
            "id": id,
            "ts": datetime.fromtimestamp(now, timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "type": type,
            "session": self._session,
            "parent": parent,
        }
        if taken := event.keys() & fields.keys():
            raise ValueError(f"an event sets {', '.join(sorted(taken))} itself")
        line = _encode({**event, **fields})
        if len(line) >= LINE_BYTES:
            raise StorageError(
                _("this {type} event has {count} bytes; at most {most} can be stored. Shorten it.").format(
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
                sync_folder(self._path.parent)
                self._folder_synced = True
            while self._pending:
                append_record(self._fd, self._pending[0], self._write, self._sync)
                del self._pending[0]
        except StorageError as error:
            self._problem = _("NOT SAVED: {why}").format(why=error.message)
        except OSError as error:
            self._problem = _("NOT SAVED: {path}: {why}").format(path=self._path, why=reason(error))
        else:
            self._problem = ""

    def _open_new(self) -> int:
        for __ in range(_NAME_TRIES):
            try:
                fd = open_private_append(self._path, create="new")
            except FileExistsError:
                self._path = self._path.with_name(self._file_name())
            else:
                try_lock(fd)  # so that `resume` elsewhere sees that this session is in use
                return fd
        raise StorageError(
            _("{path}: this name and {count} others are taken").format(path=self._path, count=_NAME_TRIES - 1)
        )

    def _file_name(self) -> str:
        moment = datetime.fromtimestamp(self._clock(), timezone.utc)
        return f"{moment:%Y-%m-%d-%H%M%S}-{self._suffix()}.jsonl"


class NoTranscript:
    """Takes the same calls as Transcript and writes nothing."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._session = _ulids.next(clock())

    @property
    def path(self) -> Path | None:
        return None

    @property
    def session(self) -> str:
        return self._session

    @property
    def unsaved(self) -> tuple[str, ...]:
        return ()

    @property
    def problem(self) -> str:
        return ""

    def record(self, type: str, parent: str | None = None, **fields: object) -> str:
        """Return a fresh id, so that later events have a parent to name."""
        return _ulids.next(self._clock())

    def close(self, why: str) -> None:
        """Do nothing."""


class _Ulids:
    """Makes ULIDs that only ever grow: 48 bits of milliseconds, then 80 random bits, as 26 characters."""

    def __init__(self) -> None:
        self._last = -1
        self._lock = threading.Lock()

    def next(self, seconds: float) -> str:
        fresh = int(seconds * 1000) % 2**48 << 80 | int.from_bytes(os.urandom(10), "big")
        with self._lock:
            self._last = max(self._last + 1, fresh)  # the clock stood still or was set back: count on
            value = self._last
        return "".join(_BASE32[value >> shift & 31] for shift in range(125, -1, -5))


_ulids = _Ulids()


def _suffix() -> str:
    return "".join(_BASE32[byte & 31] for byte in os.urandom(4)).lower()


def _encode(event: dict[str, object]) -> bytes:
    try:
        text = json.dumps(event, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    except ValueError:
        text = json.dumps(_finite(event), ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return text.encode("ascii")


def _finite(value: object) -> object:
    """Copy a JSON value with None in place of every infinity and not-a-number."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return value


def _read(file: BinaryIO) -> Reading:
    events: list[dict[str, Any]] = []
    problems: list[str] = []
    seen: set[str] = set()
    last = 0
    for number, line in _lines(file):
        if line is None:
            problems.append(f"line {number}: longer than {LINE_BYTES} bytes")
            continue
        if not line.strip():
            continue
        event = _object(line)
        if event is None:
            problem = "not a JSON object (damaged)" if line.endswith(b"\n") else "cut short"
            problems.append(f"line {number}: {problem}")
        elif fault := _fault(event):
            problems.append(f"line {number}: not an event ({fault})")
        elif event["id"] in seen:
            problems.append(f"line {number}: repeats the id of an earlier line")
        else:
            n = event["n"]
            if n != last + 1:
                problems.append(f"line {number}: n {'jumps' if n > last else 'goes back'} from {last} to {n}")
            last = n
            seen.add(event["id"])
            events.append(event)
    return Reading(tuple(events), tuple(problems))


def _lines(file: BinaryIO) -> Iterator[tuple[int, bytes | None]]:
    """Yield line numbers from 1 and lines with their newline; None for a line over the limit."""
    number = 0
    while line := file.readline(LINE_BYTES):
        number += 1
        if len(line) < LINE_BYTES or line.endswith(b"\n"):
            yield number, line
            continue
        while line and not line.endswith(b"\n"):
            line = file.readline(LINE_BYTES)
        yield number, None


def _object(line: bytes) -> dict[str, Any] | None:
    try:
        value = json.loads(line.decode("utf-8"))
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _fault(event: dict[str, Any]) -> str:
    """Say what every event needs and this one lacks; "" when nothing."""
    for key in ("type", "id"):
        if not isinstance(event.get(key), str):
            return f"no text in {key}"
    if type(event.get("n")) is not int:
        return "no whole number in n"
    if not isinstance(event.get("parent"), str | None):
        return "no text in parent"
    return ""
