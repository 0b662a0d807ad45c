"""How many threads compute: one for each core while they are free, fewer while other programs use them. Imports torch.

torch divides a matrix product into one part for each thread, and all threads wait for the last part. When another
program runs on one of the cores, they wait for the end of its time slice: milliseconds, for a product that takes a
tenth of one.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial

import torch

from flanchat.engine.devices.cores import WAITED_TOO_MUCH, CoreUse, allowed_cores, core_use, usable_cores, waited_share

_SHRINK_AFTER_S = 0.02
_GROW_AFTER_S = 0.1  # the system counts idle time in hundredths of a second
_GROW_AFTER_AT_MOST_S = 5.0
_IDLE_ENOUGH = 0.7  # of a core, for one more thread
_SPIN_SHARE = 0.75  # of its time that an undisturbed thread computes or spins, at least


class Threads:
    """Adapts the number of threads whenever `adjust` is called, every few milliseconds. The number changes no result.

    most: the number when no other program runs. now: the present one. fewest: the lowest since `begin`.
    """

    def __init__(
        self,
        most: int,
        read_use: Callable[[], CoreUse] | None,
        *,
        set_threads: Callable[[int], None] = torch.set_num_threads,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """read_use: what `adjust` decides by; None keeps the number as it is."""
        self.most = self.now = self.fewest = most
        self._read_use, self._set_threads, self._clock = read_use if most > 1 else None, set_threads, clock
        self._patience_s, self._grown_at = _GROW_AFTER_S, -math.inf
        if self._read_use is not None:  # the readings with which the next ones are compared
            self._shrink_from = self._grow_from = self._read_use()
        self._due = 0.0
        set_threads(most)

    def begin(self) -> None:
        """Note that an answer begins, and compute with the present number."""
        self._set_threads(self.now)
        self.fewest = self.now

    def adjust(self) -> None:
        """Use fewer threads if they have waited for cores since the last reading, more if cores were idle."""
        if self._read_use is None or (started := self._clock()) < self._due:
            return
        use = self._read_use()
        if self.now > 1 and (waited := self._waited(use)) > WAITED_TOO_MUCH:
            if use.at_s - self._grown_at < 2 * self._patience_s:  # growing was a mistake: wait longer next time
                self._patience_s = min(2 * self._patience_s, _GROW_AFTER_AT_MOST_S)
            self._change(max(1, self.now - math.ceil(waited)), use)
        elif self.now == self.most:
            self._grow_from = use
            if use.at_s - self._grown_at > 10 * self._patience_s:  # growing was right
                self._patience_s = _GROW_AFTER_S
        elif use.at_s - self._grow_from.at_s >= self._patience_s:
            more = self._idle_cores(use)
            if more > 0:
                self._grown_at = use.at_s
                self._change(min(self.most, self.now + more), use)
            self._grow_from = use
        self._shrink_from = use
        self._due = started + max(
            _SHRINK_AFTER_S, 200 * (self._clock() - started)
        )  # reading costs 0.5% of the time at most

    def _change(self, threads: int, use: CoreUse) -> None:
        self._set_threads(threads)
        self.now, self.fewest, self._grow_from = threads, min(self.fewest, threads), use

    def _waited(self, use: CoreUse) -> float:
        """Seconds for which threads waited for a core, summed over all of them, per second since the last reading."""
        before = self._shrink_from
        waited = waited_share(before, use)
        if waited is None:  # not Linux: what spinning threads should have used
            return max(0.0, _SPIN_SHARE * self.now - (use.own_s - before.own_s) / (use.at_s - before.at_s))
        return waited

    def _idle_cores(self, use: CoreUse) -> int:
        """How many more threads could have run."""
        before = self._grow_from
        if use.idle_s is None or before.idle_s is None:
            return 1  # unknown; if that is wrong, the next call takes it back
        return math.floor((use.idle_s - before.idle_s) / (use.at_s - before.at_s) + 1 - _IDLE_ENOUGH)


@contextmanager
def kept_threads() -> Iterator[None]:
    """Give the program, which may use torch itself, its number of threads back."""
    before = torch.get_num_threads()
    try:
        yield
    finally:
        torch.set_num_threads(before)


def choose_threads(environ: Mapping[str, str]) -> Threads:
    """Threads for this process: at most one for each usable core, or as many as OMP_NUM_THREADS says all the time."""
    allowed = allowed_cores()
    limit = environ.get("OMP_NUM_THREADS", "")
    if limit.isdecimal():
        return Threads(max(1, min(len(allowed), int(limit))), None)
    return Threads(usable_cores(allowed), partial(core_use, allowed))
