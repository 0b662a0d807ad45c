"""How much work something is, as a count that no other program and no faster machine changes."""

from __future__ import annotations

import cProfile
from collections.abc import Callable


def calls_of(work: Callable[[], object]) -> int:
    """The calls of functions of Python and of C that `work` makes; each step of a generator is one."""
    with cProfile.Profile() as profile:
        work()
    return sum(entry.callcount for entry in profile.getstats())
