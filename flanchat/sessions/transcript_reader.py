"""Reads the events of a transcript file, damaged or not, without writing or waiting. Knows no event's meaning."""

from __future__ import annotations

import json
from codecs import BOM_UTF8
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from flanchat.base.errors import FlanchatError, StorageError
from flanchat.base.files import failed, open_regular
from flanchat.base.i18n import _

VERSION = 1
LINE_BYTES = 16 * 2**20


class Events:
    """The readable events of a transcript file, one at a time: a long session has ten times its size as objects.

    Complete at the end: problems, one sentence for each; version, the highest format version of the events; counts, how
    many there are of each type; last, their highest number; session, its id.
    """

    def __init__(self, file: BinaryIO) -> None:
        self.problems: list[str] = []
        self.version, self.last, self.session = VERSION, 0, ""
        self.counts: Counter[str] = Counter()
        self._file = file

    def __iter__(self) -> Iterator[dict[str, Any]]:
        seen: set[str] = set()
        previous = 0
        for number, line in _lines(self._file):
            if line is None:
                self.problems.append(f"line {number}: longer than {LINE_BYTES} bytes")
                continue
            if not line.strip():
                continue
            try:
                event = json.loads(line.decode("utf-8"))
            except (ValueError, RecursionError):
                event = None
            if not isinstance(event, dict):
                problem = "not a JSON object (damaged)" if line.endswith(b"\n") else "cut short"
                self.problems.append(f"line {number}: {problem}")
            elif fault := _fault(event):
                self.problems.append(f"line {number}: not an event ({fault})")
            elif event["id"] in seen:
                self.problems.append(f"line {number}: repeats the id of an earlier line")
            else:
                n = event["n"]
                if n != previous + 1:
                    jumps = "jumps" if n > previous else "goes back"
                    self.problems.append(f"line {number}: n {jumps} from {previous} to {n}")
                previous, self.last = n, max(self.last, n) if seen else n
                seen.add(event["id"])
                self.counts[event["type"]] += 1
                if not self.session and isinstance(event.get("session"), str):
                    self.session = event["session"]
                if type(later := event.get("v")) is int and later > self.version:
                    self.version = later
                    self.problems.append(
                        _("line {number}: format {found} of a later flanchat; this one reads {known}").format(
                            number=number, found=later, known=VERSION
                        )
                    )
                yield event


@contextmanager
def open_events(path: Path, *, error: type[FlanchatError] = StorageError) -> Iterator[Events]:
    """The events of a regular file, as they are iterated. error: what a file that cannot be read raises."""
    try:
        with open(open_regular(path), "rb") as file:
            yield Events(file)
    except OSError as found:
        raise error(failed(path, found)) from found


def _lines(file: BinaryIO) -> Iterator[tuple[int, bytes | None]]:
    """Yield line numbers from 1 and lines with their newline; None for a line above the size limit.

    Editors on Windows put a byte order mark before the first line.
    """
    number = 0
    if file.read(len(BOM_UTF8)) != BOM_UTF8:
        file.seek(0)
    while line := file.readline(LINE_BYTES):
        number += 1
        if len(line) < LINE_BYTES or line.endswith(b"\n"):
            yield number, line
            continue
        while line and not line.endswith(b"\n"):
            line = file.readline(LINE_BYTES)
        yield number, None


def _fault(event: dict[str, Any]) -> str:
    """Return which required field is missing or has the wrong type; "" when all are right."""
    for key in ("type", "id"):
        if not isinstance(event.get(key), str):
            return f"{key} is not text"
    if type(event.get("n")) is not int:
        return "n is not a whole number"
    if not isinstance(event.get("parent"), str | None):
        return "parent is not text"
    return ""
