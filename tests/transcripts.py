"""All events of a transcript at once; the product reads them one at a time."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flanchat.sessions.transcript_reader import VERSION, Events, open_events


@dataclass(frozen=True, slots=True)
class Reading:
    """The readable events of a transcript file, and one sentence for each problem in it.

    Each event has at least `type` and `id` (str) and `n` (int); `parent` is a str, None or missing.
    version: the highest format version of its events.
    """

    events: tuple[dict[str, Any], ...]
    problems: tuple[str, ...]
    version: int = VERSION


def read(path: Path) -> Reading:
    """Read a transcript, damaged or not, without writing or waiting. Events of unknown types are kept.

    Raises StorageError when there is no such file or when it is not a regular file.
    """
    with open_events(path) as events:
        return whole(events)


def whole(events: Events) -> Reading:
    """All events at once."""
    return Reading(tuple(events), tuple(events.problems), events.version)
