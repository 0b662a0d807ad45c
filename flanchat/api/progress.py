"""Progress of long work, drawn on a terminal or in a notebook and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext

from flanchat.api import surroundings
from flanchat.engine.hubs.download import Part
from flanchat.ui.notebook import CountInNotebook, DownloadInNotebook, is_notebook
from flanchat.ui.progress import CountProgress, DownloadProgress
from flanchat.ui.terminal import is_dumb

_AFTER_S = 1.0
"""Shorter work needs no bar."""


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
    if is_notebook():
        return DownloadInNotebook(stderr, environ)
    return nullcontext(_Nothing()) if is_dumb(stderr, environ) else DownloadProgress(stderr, environ)


def count_answers(total: int, *, shown: bool) -> AbstractContextManager[CountProgress | _Nothing]:
    """How many answers of all there are."""
    stderr, environ = surroundings.stderr(), surroundings.environ()
    if shown and is_notebook():
        return CountInNotebook(total, stderr, environ, after_s=_AFTER_S)
    if shown and not is_dumb(stderr, environ):
        return CountProgress(total, 0, stderr, environ, after_s=_AFTER_S)
    return nullcontext(_Nothing())
