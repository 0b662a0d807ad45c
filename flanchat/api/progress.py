"""Progress of long work, drawn on a terminal only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext

from flanchat.api import surroundings
from flanchat.engine.hubs.download import Part
from flanchat.ui.progress import CountProgress, DownloadProgress
from flanchat.ui.terminal import is_dumb


class _Nothing:
    """Where no progress can be drawn."""

    def report(self, line: str) -> None:
        pass

    def __call__(self, parts: Sequence[Part]) -> None:
        pass

    def add(self, count: int = 1) -> None:
        pass


def show_download(environ: Mapping[str, str]) -> AbstractContextManager[DownloadProgress | _Nothing]:
    """The progress of a download."""
    stderr = surroundings.stderr()
    return nullcontext(_Nothing()) if is_dumb(stderr, environ) else DownloadProgress(stderr, environ)


def count_answers(total: int, *, shown: bool) -> AbstractContextManager[CountProgress | _Nothing]:
    """How many answers of all there are."""
    stderr, environ = surroundings.stderr(), surroundings.environ()
    return (
        nullcontext(_Nothing()) if not shown or is_dumb(stderr, environ) else CountProgress(total, 0, stderr, environ)
    )
