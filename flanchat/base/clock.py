"""The wall clock, which is passed as `Now`, and the format of a point in time in records."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone

Now = Callable[[], datetime]
"""Returns the current time with its time zone."""


def utc_now() -> datetime:
    return datetime.now(timezone.utc)


def format_utc(moment: datetime) -> str:
    """Format a time as in transcripts.

    >>> format_utc(datetime.fromtimestamp(1_750_000_000.25, timezone.utc))
    '2025-06-15T15:06:40.250Z'
    """
    return moment.astimezone(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
