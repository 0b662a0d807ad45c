"""Progress of long work on standard error: bars in a terminal, elsewhere a line now and then."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, TextIO

from flanchat.base.format import NOTHING, format_bytes, format_duration, format_percent
from flanchat.base.i18n import _, ngettext
from flanchat.base.sanitize import printable
from flanchat.ui.terminal import is_dumb, open_console, print_message

if TYPE_CHECKING:
    from rich.progress import Progress, ProgressColumn, TaskID

    from flanchat.engine.hubs.download import Part

_LINES = 10  # at most so many for the whole work, and one a minute
_QUIET_S = 60.0


class _Progress:
    """Bars that are drawn until the block ends. plain: lines in a terminal too. rich is imported with the first bar."""

    def __init__(self, stderr: TextIO, environ: Mapping[str, str], *, plain: bool = False, color: bool = True) -> None:
        self._stderr, self._environ, self._color = stderr, environ, color
        self._has_lines = plain or is_dumb(stderr, environ)
        self._drawn: Progress | None = None

    def __exit__(self, *error: object) -> None:
        if self._drawn is not None:
            self._drawn.stop()

    def report(self, line: str) -> None:
        """Print a line, above the bars."""
        if self._drawn is None:
            print_message(line, self._stderr)
        else:
            self._drawn.console.print(f"flanchat: {printable(line)}", markup=False, highlight=False, soft_wrap=True)

    def _start(self, *columns: ProgressColumn) -> Progress:
        from rich.progress import Progress

        console = open_console(self._stderr, self._environ, color=self._color)
        self._drawn = Progress(*columns, console=console)
        self._drawn.start()
        return self._drawn


class DownloadProgress(_Progress):
    """Bytes of each file of a download and of all together; called with the files whenever more has arrived."""

    def __init__(self, stderr: TextIO, environ: Mapping[str, str], *, plain: bool = False, color: bool = True) -> None:
        super().__init__(stderr, environ, plain=plain, color=color)
        self._tasks: dict[str, TaskID] = {}
        self._lines = -1  # of _LINES, that are printed

    def __enter__(self) -> DownloadProgress:
        return self

    def __exit__(self, *error: object) -> None:
        super().__exit__(*error)
        if error[0] is KeyboardInterrupt and (self._tasks or self._lines >= 0):
            print_message(_("The downloaded part is kept; run the same command again to continue."), self._stderr)

    def __call__(self, parts: Sequence[Part]) -> None:
        done, size = sum(part.done for part in parts), sum(part.size for part in parts)
        if self._has_lines:
            self._print_line(parts, done, size)
        else:
            self._draw(parts, done, size)

    def _print_line(self, parts: Sequence[Part], done: int, size: int) -> None:
        lines = _LINES * done // size if size else _LINES
        if lines <= self._lines:
            return
        self._lines = lines
        current = next((part.name for part in parts if part.done < part.size), parts[-1].name)
        text = ngettext(
            "downloading {count} file: {done} of {size}, {share}, {name}",
            "downloading {count} files: {done} of {size}, {share}, {name}",
            len(parts),
        )
        share = format_percent(done / size if size else 1.0, 0)
        values = {"count": len(parts), "done": format_bytes(done), "size": format_bytes(size)}
        print_message(text.format(share=share, name=current, **values), self._stderr)

    def _draw(self, parts: Sequence[Part], done: int, size: int) -> None:
        from rich.progress import BarColumn, DownloadColumn, TextColumn, TimeRemainingColumn, TransferSpeedColumn

        drawn = self._drawn or self._start(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            DownloadColumn(),
            TransferSpeedColumn(),
            TimeRemainingColumn(),
        )
        rows = [*((part.name, part.done, part.size) for part in parts), (_("all"), done, size)]
        for name, so_far, total in rows if len(rows) > 2 else rows[:1]:
            if name not in self._tasks:
                self._tasks[name] = drawn.add_task(printable(name), total=total, completed=so_far)
            drawn.update(self._tasks[name], total=total, completed=so_far)


class CountProgress(_Progress):
    """Answers done of a total, their rate and the time left.

    done: answers of earlier runs, which do not count for the rate. quiet: print nothing where no bar can be drawn.
    after_s: draw no bar before so many seconds.
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
        quiet: bool = False,
        after_s: float = 0.0,
    ) -> None:
        super().__init__(stderr, environ, plain=plain, color=color)
        self._total, self._done, self._before = total, done, done
        self._quiet, self._after_s = quiet, after_s
        self._started = self._printed = time.monotonic()
        self._lines = _LINES * done // total if total else _LINES

    def __enter__(self) -> CountProgress:
        return self

    def start(self) -> None:
        """Measure the rate from now on."""
        self._started = self._printed = time.monotonic()
        if not self._has_lines:
            self._draw()

    def add(self, count: int = 1) -> None:
        """Count more answers as done."""
        self._done += count
        if not self._has_lines:
            if time.monotonic() - self._started >= self._after_s:
                self._draw()
            return
        now, lines = time.monotonic(), _LINES * self._done // self._total
        if not self._quiet and (lines > self._lines or now - self._printed > _QUIET_S):
            self._lines, self._printed = lines, now
            text = ngettext("{done} of {total} answer, {rate}", "{done} of {total} answers, {rate}", self._total)
            print_message(text.format(done=self._done, total=self._total, rate=self._rate()), self._stderr)

    def _rate(self) -> str:
        seconds, made = time.monotonic() - self._started, self._done - self._before
        if not made or seconds <= 0:
            return NOTHING
        left = format_duration((self._total - self._done) * seconds / made)
        return _("{rate:.1f} per second, {left} left").format(rate=made / seconds, left=left)

    def _draw(self) -> None:
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn

        if (drawn := self._drawn) is None:
            drawn = self._start(BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}", markup=False))
            drawn.add_task("", total=self._total)
        drawn.update(drawn.task_ids[0], completed=self._done, description=self._rate())
