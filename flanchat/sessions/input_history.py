"""Input history for the arrow-up key: one file shared by all sessions. Knows no terminal library.

One JSON string per line, so that an input of several lines is one entry.
"""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

from flanchat.base.files import Sync, Write, append_record, open_regular, reason, sync_content, sync_folder, try_lock
from flanchat.base.i18n import _

_READ_BYTES = 16 * 2**20
_ENTRY_BYTES = 2**20
_ENTRIES = 10_000


class InputHistory:
    """The history file. An error never stops a session: `append` and `load` return it as a message.

    lock_wait_s: how long `append` waits for other processes that are appending.
    problem: why the last `load` could not read the file, or "".
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
        """Add one entry. Returns "" when it is on disk, otherwise a message that says why it is not."""
        record = json.dumps(text).encode("ascii")
        if len(record) > _ENTRY_BYTES:
            return _("not saved to the input history: {count} bytes are more than {most}").format(
                count=len(record), most=_ENTRY_BYTES
            )
        try:
            fd = open_regular(self.path, "append", private=True)
            try:
                return self._append(fd, record)
            finally:
                os.close(fd)
        except OSError as error:
            return _("not saved to the input history: {path}: {why}").format(path=self.path, why=reason(error))

    def load(self) -> list[str]:
        """Return the entries, newest last: at most 10 000, from the last 16 MB of the file. Skips damaged lines.

        When the file cannot be read, returns an empty list and sets `problem`.
        """
        self.problem = ""
        try:
            content = self._tail()
        except FileNotFoundError:
            return []
        except OSError as error:
            self.problem = _("no input history: {path}: {why}").format(path=self.path, why=reason(error))
            return []
        return [entry for entry in map(_entry, content.split(b"\n")) if entry is not None][-_ENTRIES:]

    def _append(self, fd: int, record: bytes) -> str:
        deadline = time.monotonic() + self._lock_wait_s
        while not try_lock(fd):
            if time.monotonic() > deadline:
                return _("not saved to the input history: {path}: locked by another program").format(path=self.path)
            time.sleep(0.005)
        is_new = os.fstat(fd).st_size == 0
        append_record(fd, record, self._write, self._sync)
        if is_new:
            sync_folder(self.path.parent)
        return ""

    def _tail(self) -> bytes:
        with open(open_regular(self.path, private=True), "rb") as file:
            size = os.fstat(file.fileno()).st_size
            if size <= _READ_BYTES:
                return file.read(_READ_BYTES)
            file.seek(size - _READ_BYTES - 1)  # one byte more: if it is a newline, the first line is whole
            return file.read(_READ_BYTES + 1).partition(b"\n")[2]


def _entry(line: bytes) -> str | None:
    """Return the text of a line; None for a damaged or empty line."""
    try:
        value = json.loads(line.decode("utf-8"))
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, str) else None
