"""How far a download or a replay is, on standard error: bars in a terminal, else a line now and then. Knows no hub."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any

from flanchat.cli.options import complain
from flanchat.terminal import show
from flanchat.words import _

if TYPE_CHECKING:
    from flanchat.engine.hub import Part

_TENTHS = 10


class Bars:
    """Draws what it is called with until its block ends. rich is imported with the first bar.

    plain: lines also in a terminal.
    """

    def __init__(self, *, plain: bool = False, color: bool = True) -> None:
        is_terminal = sys.stderr.isatty() and os.environ.get("TERM", "") not in ("", "dumb", "unknown")
        self._lines = plain or not is_terminal
        self._color = color and not os.environ.get("NO_COLOR")
        self._drawn: Any = None
        self._tasks: dict[str, Any] = {}
        self._told = -1

    def __enter__(self) -> Bars:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()
        if kind is KeyboardInterrupt and (self._tasks or self._told >= 0):
            complain(_("What has come is kept; the same command goes on from there."))

    def end(self) -> None:
        """Take the bars' last state for good, so that something else can be printed."""
        drawn, self._drawn = self._drawn, None
        if drawn is not None:
            drawn.stop()

    def report(self, line: str) -> None:
        """A line of its own, above the bars."""
        if self._drawn is None:
            complain(line)
        else:
            self._drawn.console.print(f"flanchat: {show(line)}", markup=False, highlight=False, soft_wrap=True)

    def __call__(self, parts: Sequence[Part]) -> None:
        done, size = sum(part.done for part in parts), sum(part.size for part in parts)
        if self._lines:
            self._tell(parts, done, size)
        else:
            self._draw(parts, done, size)

    def _tell(self, parts: Sequence[Part], done: int, size: int) -> None:
        """A line for the beginning, and one whenever another tenth has come."""
        tenths = _TENTHS * done // size if size else _TENTHS
        if tenths <= self._told:
            return
        at = next((part.name for part in parts if part.done < part.size), parts[-1].name)
        text = _("fetching {count} files: {done} of {size}, {share}%, {name}")
        values = {"count": len(parts), "done": megabytes(done), "size": megabytes(size), "name": at}
        complain(text.format(share=100 * done // size if size else 100, **values))
        self._told = tenths

    def _draw(self, parts: Sequence[Part], done: int, size: int) -> None:
        if self._drawn is None:
            from rich.console import Console
            from rich.progress import (
                BarColumn,
                DownloadColumn,
                Progress,
                TextColumn,
                TimeRemainingColumn,
                TransferSpeedColumn,
            )

            console = Console(stderr=True, no_color=None if self._color else True)
            named = TextColumn("{task.description}", markup=False)
            speed, left = TransferSpeedColumn(), TimeRemainingColumn()
            self._drawn = Progress(named, BarColumn(), DownloadColumn(), speed, left, console=console)
            self._drawn.start()
        rows = [*((part.name, part.done, part.size) for part in parts), (_("all"), done, size)]
        for name, so_far, total in rows if len(rows) > 2 else rows[:1]:
            if name not in self._tasks:
                self._tasks[name] = self._drawn.add_task(show(name), total=total, completed=so_far)
            self._drawn.update(self._tasks[name], total=total, completed=so_far)


class Turns:
    """How many of `count` turns are done, as a bar in a terminal; elsewhere nothing."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._drawn: Any = None

    def __enter__(self) -> Turns:
        if sys.stderr.isatty() and os.environ.get("TERM", "") not in ("", "dumb", "unknown"):
            from rich.console import Console
            from rich.progress import Progress

            self._drawn = Progress(console=Console(stderr=True), transient=True)
            self._drawn.add_task(_("turns"), total=self._count)
            self._drawn.start()
        return self

    def advance(self) -> None:
        if self._drawn is not None:
            self._drawn.advance(self._drawn.task_ids[0])

    def __exit__(self, *ended: object) -> None:
        if self._drawn is not None:
            self._drawn.stop()


def megabytes(count: int) -> str:
    """Bytes for a reader.

    >>> megabytes(308_000_000), megabytes(2_400), megabytes(11_300_000_000)
    ('308 MB', '2 kB', '11.3 GB')
    """
    if count < 1_000:
        return f"{count} B"
    if count < 1_000_000:
        return f"{count / 1e3:.0f} kB"
    return f"{count / 1e6:.0f} MB" if count < 10**10 else f"{count / 1e9:.1f} GB"
