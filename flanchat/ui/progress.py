"""How far a long work is, on standard error: bars in a terminal, else a line now and then. Knows no hub."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any, TextIO

from flanchat.base.i18n import _
from flanchat.base.sanitize import show
from flanchat.ui.messages import complain
from flanchat.ui.terminal import is_dumb

if TYPE_CHECKING:
    from flanchat.engine.hubs.download import Part

_TENTHS = 10
_QUIET_S = 60.0


class Bars:
    """Draws what it is called with until its block ends. rich is imported with the first bar.

    plain: lines also in a terminal.
    """

    def __init__(self, stderr: TextIO, environ: Mapping[str, str], *, plain: bool = False, color: bool = True) -> None:
        self._stderr, self._environ = stderr, environ
        self._lines = plain or is_dumb(stderr, environ)
        self._color = color
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
            complain(_("What has come is kept; the same command goes on from there."), self._stderr)

    def end(self) -> None:
        """Take the bars' last state for good, so that something else can be printed."""
        drawn, self._drawn = self._drawn, None
        if drawn is not None:
            drawn.stop()

    def report(self, line: str) -> None:
        """A line of its own, above the bars."""
        if self._drawn is None:
            complain(line, self._stderr)
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
        complain(text.format(share=100 * done // size if size else 100, **values), self._stderr)
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

            console = Console(file=self._stderr, _environ=self._environ, no_color=None if self._color else True)
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

    def __init__(self, count: int, stderr: TextIO, environ: Mapping[str, str]) -> None:
        self._count, self._stderr, self._environ = count, stderr, environ
        self._drawn: Any = None

    def __enter__(self) -> Turns:
        if not is_dumb(self._stderr, self._environ):
            from rich.console import Console
            from rich.progress import Progress

            self._drawn = Progress(console=Console(file=self._stderr, _environ=self._environ), transient=True)
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


class Count:
    """How many of many things are done, how fast it goes and how long it will take. rich is imported when it is drawn.

    done: those of earlier runs, which say nothing about the rate. plain: lines also in a terminal.
    """

    def __init__(
        self,
        total: int,
        done: int,
        stderr: TextIO,
        environ: Mapping[str, str],
        *,
        plain: bool = False,
        color: bool = True,
    ) -> None:
        self._stderr, self._environ = stderr, environ
        self._total, self._done, self._before = total, done, done
        self._lines, self._color = plain or is_dumb(stderr, environ), color
        self._began = self._told_at = time.monotonic()
        self._told = _TENTHS * done // total if total else _TENTHS
        self._drawn: Any = None

    def __enter__(self) -> Count:
        return self

    def __exit__(self, *ending: object) -> None:
        if self._drawn is not None:
            self._drawn.stop()

    def begin(self) -> None:
        """The time counts from now on."""
        self._began = self._told_at = time.monotonic()
        if not self._lines:
            self._draw()

    def report(self, line: str) -> None:
        """A line of its own, above the bar."""
        if self._drawn is None:
            complain(line, self._stderr)
        else:
            self._drawn.console.print(f"flanchat: {show(line)}", markup=False, highlight=False, soft_wrap=True)

    def add(self, count: int) -> None:
        """So many more are done. A line for each tenth, and one a minute where that takes longer."""
        self._done += count
        if not self._lines:
            self._draw()
            return
        now, tenths = time.monotonic(), _TENTHS * self._done // self._total
        if tenths > self._told or now - self._told_at > _QUIET_S:
            self._told, self._told_at = tenths, now
            complain(
                _("{done} of {total} answers, {rate}").format(done=self._done, total=self._total, rate=self._rate()),
                self._stderr,
            )

    def _rate(self) -> str:
        seconds, made = time.monotonic() - self._began, self._done - self._before
        if not made or seconds <= 0:
            return "-"
        left = clock((self._total - self._done) * seconds / made)
        return _("{rate:.1f} a second, {left} left").format(rate=made / seconds, left=left)

    def _draw(self) -> None:
        if self._drawn is None:
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

            console = Console(file=self._stderr, _environ=self._environ, no_color=None if self._color else True)
            rate = TextColumn("{task.description}", markup=False)
            self._drawn = Progress(BarColumn(), MofNCompleteColumn(), rate, console=console)
            self._drawn.add_task("", total=self._total)
            self._drawn.start()
        self._drawn.update(self._drawn.task_ids[0], completed=self._done, description=self._rate())


def clock(seconds: float) -> str:
    """A span of time for a reader.

    >>> clock(48.2), clock(7_380)
    ('0:48', '2:03:00')
    """
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
