"""A model answers one call at a time: other threads wait, and a call inside a thread's own open stream is refused."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from flanchat.base.errors import UsageError
from flanchat.base.i18n import _


class OneAtATime:
    """A lock that says so, in place of waiting for ever, when the thread that holds it asks for it again."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._holder: int | None = None

    @property
    def is_mine(self) -> bool:
        """Whether this thread holds it."""
        return self._holder == threading.get_ident()

    @contextmanager
    def __call__(self) -> Iterator[None]:
        """Hold the lock. Raises UsageError when this thread holds it already."""
        if self.is_mine:
            raise UsageError(_("this model's stream is still open; read it to its end, or end it with stop()"))
        with self._lock:
            self._holder = threading.get_ident()
            try:
                yield
            finally:
                self._holder = None
