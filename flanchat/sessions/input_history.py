"""What the arrow-up key brings back: one file of inputs that all sessions share. Knows no terminal library.

One JSON string per line, so that an input of several lines is one entry.
"""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

from flanchat.base.errors import StorageError
from flanchat.base.files import (
    Sync,
    Write,
    append_record,
    open_private_append,
    open_private_read,
    reason,
    sync_content,
    sync_folder,
    try_lock,
)
from flanchat.base.i18n import _

_READ_BYTES = 16 * 2**20
_ENTRY_BYTES = 2**20
_ENTRIES = 10_000


class InputHistory:
    """The file of inputs. Trouble with it never stops a session: `append` and `load` report it as a message.

    lock_wait_s: how long `append` waits for other processes that are appending.
    problem: what the last `load` could not do, or "".
    """

    def __init__(
        self, path: Path, *, write: Write = os.write, sync: Sync = sync_content, lock_wait_s: float = 2.0
    ) -> None:
        self.path = path
        self.problem = ""
        self._write = write
        self._sync = sync
        self._lock_wait_s = lock_wait_s

    def append(self, text: str) -> str:
        """Add one entry; it is on disk when this returns "", otherwise the message says why it is not."""
        record = json.dumps(text).encode("ascii")
        if len(record) > _ENTRY_BYTES:
            return _("not kept in the input history: {count} bytes are more than {most}").format(
                count=len(record), most=_ENTRY_BYTES
            )
        try:
            fd = open_private_append(self.path)
            try:
                return self._append(fd, record)
            finally:
                os.close(fd)
        except StorageError as error:
            return _("not kept in the input history: {why}").format(why=error.message)
        except OSError as error:
            return _("not kept in the input history: {path}: {why}").format(path=self.path, why=reason(error))

    def load(self) -> list[str]:
        """Return the entries, newest last: at most 10 000, from the last 16 MB of the file. Damaged lines are left out.

        A file that may not be read gives an empty list and sets `problem`.
        """
        self.problem = ""
        try:
            content = self._tail()
        except FileNotFoundError:
            return []
        except StorageError as error:
            self.problem = _("no input history: {why}").format(why=error.message)
            return []
        except OSError as error:
            self.problem = _("no input history: {path}: {why}").format(path=self.path, why=reason(error))
            return []
        return [entry for entry in map(_entry, content.split(b"\n")) if entry is not None][-_ENTRIES:]

    def _append(self, fd: int, record: bytes) -> str:
        last_try = time.monotonic() + self._lock_wait_s
        while not try_lock(fd):
            if time.monotonic() > last_try:
                return _("not kept in the input history: {path}: another program holds its lock").format(path=self.path)
            time.sleep(0.005)
        is_new = os.fstat(fd).st_size == 0
        append_record(fd, record, self._write, self._sync)
        if is_new:
            sync_folder(self.path.parent)
        return ""

    def _tail(self) -> bytes:
        with open(open_private_read(self.path), "rb") as file:
            size = os.fstat(file.fileno()).st_size
            if size <= _READ_BYTES:
                return file.read(_READ_BYTES)
            file.seek(size - _READ_BYTES - 1)  # one byte more: the first line is whole if that byte is a newline
            return file.read(_READ_BYTES + 1).partition(b"\n")[2]


def _entry(line: bytes) -> str | None:
    """Return the line's text; None for a line that is damaged or empty."""
    try:
        value = json.loads(line.decode("utf-8"))
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, str) else None
