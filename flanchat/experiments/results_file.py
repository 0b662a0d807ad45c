"""A JSONL file that a long run appends to, and continues after an interruption. Knows files; knows no answer.

Lines are appended in one write and are on disk before the call returns. A line cut short by a crash is removed.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from flanchat.base.errors import StorageError, UsageError
from flanchat.base.files import append_record, failed, open_regular, reason, sync_folder, try_lock
from flanchat.base.i18n import _
from flanchat.base.json_rows import json_text

_HEAD = b'{"key": "'  # of each line, so that another file is not mistaken for a results file


def is_results_file(path: Path) -> bool:
    """Whether a file can be read and begins as one that a `Journal` writes."""
    with suppress(OSError), open(open_regular(path), "rb") as file:
        return file.read(len(_HEAD)) == _HEAD
    return False


def read_results(path: Path) -> list[dict[str, Any]]:
    """The records of a file that nobody need have finished. Raises as `Journal` and its `read` do."""
    try:
        with open(open_regular(path), "rb") as file:
            lines = [line for line in file if line.endswith(b"\n")]
    except OSError as error:
        raise StorageError(failed(path, error)) from error
    return [_record(path, number, line) for number, line in enumerate(lines, 1)]


class Journal:
    """A results file open for writing by one process. `read` it to its end before the first `add`."""

    def __init__(self, path: Path) -> None:
        """Open or create the file. Raises StorageError when that fails or another process has it open.

        Raises UsageError when that fails for a file of another kind.
        """
        self.path = path
        try:
            self._fd = open_regular(path, "append", private=True)
        except OSError as error:
            self._require_results()  # before a reason that would have the user change another file's mode
            raise StorageError(failed(path, error)) from error
        if not try_lock(self._fd):
            os.close(self._fd)
            raise StorageError(_("{path}: another sweep is writing it").format(path=path))
        sync_folder(path.parent)

    def read(self) -> Iterator[tuple[int, dict[str, Any]]]:
        """The records with their line numbers. Raises UsageError for a line that is not a record.

        An incomplete last line, left by a crash, is truncated after all others have been read.
        """
        end = 0
        with open(self._fd, "rb", closefd=False) as file:
            file.seek(0)
            for number, line in enumerate(file, 1):
                if not line.endswith(b"\n"):
                    if line[: len(_HEAD)] != _HEAD[: len(line)]:
                        raise _foreign(self.path, number)
                    os.ftruncate(self._fd, end)
                    break
                end += len(line)
                yield number, _record(self.path, number, line)

    def add(self, records: Sequence[Mapping[str, Any]]) -> None:
        """Append records in one write. Each begins with `key`. Raises StorageError and leaves the file unchanged."""
        if not records:
            return
        try:
            append_record(self._fd, b"\n".join(json_text(record).encode() for record in records))
        except OSError as error:
            raise StorageError(_("{path}: not written: {why}").format(path=self.path, why=reason(error))) from error

    def rewrite(self, change: Callable[[Mapping[str, Any]], Mapping[str, Any]]) -> None:
        """Replace each record by what `change` makes of it, all or none. Raises StorageError."""
        temporary = self.path.with_name(f".{self.path.name}.{os.urandom(6).hex()}.tmp")
        try:
            fd = open_regular(temporary, "append new", private=True)
            try:
                try_lock(fd)
                with open(fd, "wb", closefd=False) as file:
                    file.writelines(json_text(change(record)).encode() + b"\n" for __, record in self.read())
                os.fsync(fd)
                os.replace(temporary, self.path)
            except BaseException:
                os.close(fd)
                os.unlink(temporary)
                raise
        except OSError as error:
            raise StorageError(_("{path}: not written: {why}").format(path=self.path, why=reason(error))) from error
        os.close(self._fd)
        self._fd = fd
        sync_folder(self.path.parent)

    def close(self) -> None:
        os.close(self._fd)

    def _require_results(self) -> None:
        with suppress(OSError), open(open_regular(self.path), "rb") as file:
            if file.read(len(_HEAD)) != _HEAD:
                raise UsageError(_("{path}: is not a file of a sweep; give --out another name").format(path=self.path))


def _record(path: Path, number: int, line: bytes) -> dict[str, Any]:
    try:
        record = json.loads(line) if line.startswith(_HEAD) else None
    except (ValueError, RecursionError):
        record = None
    if not isinstance(record, dict):
        raise _foreign(path, number)
    return record


def _foreign(path: Path, number: int) -> UsageError:
    return UsageError(
        _("{path}:{line}: is not a line of a sweep; give --out another name").format(path=path, line=number)
    )
