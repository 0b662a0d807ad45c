"""How many threads compute: one for each core while they are free, fewer while other programs use them. Imports torch.

torch divides a matrix product into one part for each thread, and all of them wait for the last part. When another
program has one of the cores, that takes until the end of its time slice: milliseconds, for a product that takes a tenth
of one.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from functools import partial

import torch

from flanchat.engine.devices.cores import CoreUse, allowed_cores, core_use, usable_cores

_SHRINK_AFTER_S = 0.02
_GROW_AFTER_S = 0.1  # the system counts idle time in hundredths of a second
_GROW_AFTER_MOST_S = 5.0
_TOO_MUCH = 0.1  # of the time spent waiting
_ENOUGH = 0.7  # of a core idle, for one more thread
_SPIN_SHARE = 0.75  # of its time that a thread that is not disturbed certainly uses


class Threads:
    """Chooses the number of threads between pieces of work of some milliseconds. The number changes no result.

    most: the number when this process is alone. now: the present one. fewest: the lowest since `begin`.
    """

    def __init__(
        self,
        most: int,
        read: Callable[[], CoreUse] | None,
        *,
        use: Callable[[int], None] = torch.set_num_threads,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """read: what `adjust` decides by; None keeps the number as it is. use: called with each new number."""
        self.most = self.now = self.fewest = most
        self._read, self._use, self._clock = read if most > 1 else None, use, clock
        self._patience_s, self._grown_at = _GROW_AFTER_S, -math.inf
        if self._read is not None:
            self._shrink_from = self._grow_from = self._read()
        self._due = 0.0
        use(most)

    def begin(self) -> None:
        """Note that an answer begins."""
        self.fewest = self.now

    def adjust(self) -> None:
        """Use fewer threads if they have waited for cores since the last call, more if cores were idle."""
        if self._read is None or (started := self._clock()) < self._due:
            return
        use = self._read()
        if self.now > 1 and (waited := self._waited(use)) > _TOO_MUCH:
            if use.at_s - self._grown_at < 2 * self._patience_s:  # growing was a mistake: not so soon again
                self._patience_s = min(2 * self._patience_s, _GROW_AFTER_MOST_S)
            self._change(max(1, self.now - math.ceil(waited)), use)
        elif self.now == self.most:
            self._grow_from = use
            if use.at_s - self._grown_at > 10 * self._patience_s:
                self._patience_s = _GROW_AFTER_S
        elif use.at_s - self._grow_from.at_s >= self._patience_s:
            more = self._idle_cores(use)
            if more > 0:
                self._grown_at = use.at_s
                self._change(min(self.most, self.now + more), use)
            self._grow_from = use
        self._shrink_from = use
        self._due = started + max(_SHRINK_AFTER_S, 200 * (self._clock() - started))  # reading takes 0.5% at most

    def _change(self, threads: int, use: CoreUse) -> None:
        self._use(threads)
        self.now, self.fewest, self._grow_from = threads, min(self.fewest, threads), use

    def _waited(self, use: CoreUse) -> float:
        """The share of the time for which threads waited for a core, summed over all of them."""
        before = self._shrink_from
        passed = use.at_s - before.at_s
        if use.waited_s is None or before.waited_s is None:  # not Linux: by what the spinning threads did not get
            return max(0.0, _SPIN_SHARE * self.now - (use.own_s - before.own_s) / passed)
        return (use.waited_s - before.waited_s) / passed

    def _idle_cores(self, use: CoreUse) -> int:
        """How many more threads could have run."""
        before = self._grow_from
        if use.idle_s is None or before.idle_s is None:
            return 1  # only trying shows
        return math.floor((use.idle_s - before.idle_s) / (use.at_s - before.at_s) + 1 - _ENOUGH)


def choose_threads(environ: Mapping[str, str]) -> Threads:
    """The threads of this process: one for each usable core, or always as many as OMP_NUM_THREADS says."""
    allowed = allowed_cores()
    limit = environ.get("OMP_NUM_THREADS", "")
    if limit.isdecimal():
        return Threads(max(1, min(len(allowed), int(limit))), None)
    return Threads(usable_cores(allowed), partial(core_use, allowed))
