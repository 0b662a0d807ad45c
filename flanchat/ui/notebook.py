"""Progress of long work in a notebook: a bar that is drawn anew in the output of its cell."""

from __future__ import annotations

import html
import sys
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TextIO

from flanchat.base.format import format_bytes
from flanchat.base.i18n import ngettext
from flanchat.base.sanitize import printable
from flanchat.ui.progress import CountProgress, DownloadProgress

if TYPE_CHECKING:
    from flanchat.engine.hubs.download import Part

_REDRAW_S = 0.2


def is_notebook() -> bool:
    """Whether this is a cell of a notebook, whose front end draws HTML."""
    ipython: Any = sys.modules.get("IPython")  # importing it would take long where there is none
    return ipython is not None and hasattr(ipython.get_ipython(), "kernel")


class _Bar:
    """A bar in a cell's output."""

    def __init__(self) -> None:
        self._handle: Any = None
        self._due = 0.0

    def draw(self, done: int, total: int, words: str) -> None:
        """Draw the bar, unless that was just done; always at the end."""
        from IPython.display import HTML, display

        if time.monotonic() < self._due and done < total:
            return
        self._due = time.monotonic() + _REDRAW_S
        drawn = HTML(f'<progress value="{done}" max="{total}"></progress> {html.escape(printable(words))}')
        if self._handle is None:
            self._handle = display(drawn, display_id=True)
        else:
            self._handle.update(drawn)


class CountInNotebook(CountProgress):
    """CountProgress in a cell's output."""

    def __init__(self, total: int, stderr: TextIO, environ: Mapping[str, str], *, after_s: float) -> None:
        super().__init__(total, 0, stderr, environ, after_s=after_s)
        self._has_lines = False
        self._bar = _Bar()

    def _draw(self) -> None:
        self._bar.draw(self._done, self._total, f"{self._done}/{self._total} · {self._rate()}")


class DownloadInNotebook(DownloadProgress):
    """DownloadProgress in a cell's output."""

    def __init__(self, stderr: TextIO, environ: Mapping[str, str]) -> None:
        super().__init__(stderr, environ)
        self._has_lines = False
        self._bar = _Bar()

    def report(self, line: str) -> None:
        """Draw nothing: the bar says what is done."""

    def _draw(self, parts: Sequence[Part], done: int, size: int) -> None:
        text = ngettext(
            "downloading {count} file: {done} of {size}", "downloading {count} files: {done} of {size}", len(parts)
        )
        words = text.format(count=len(parts), done=format_bytes(done), size=format_bytes(size))
        self._bar.draw(done, size, words)
