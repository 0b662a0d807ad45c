"""How much memory was held, and giving it back while a model loads. Knows the C library; knows no torch."""

from __future__ import annotations

import contextlib
import ctypes
import sys
from collections.abc import Iterator

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3  # glibc's malloc.h
_SMALL, _LARGE = 1 << 20, 32 << 20  # bytes; the second is the most that glibc takes


@contextlib.contextmanager
def given_back() -> Iterator[None]:
    """Inside, blocks of a megabyte and more go back to the system when they are freed; afterwards they are kept.

    Matrices on their way into their packed form would otherwise leave holes between those that stay: a fifth of what a
    model needs. Activations, on the other hand, are best taken from where the last ones were. Does nothing where the C
    library is another than glibc.
    """
    _tune(_MMAP_THRESHOLD, _SMALL)
    try:
        yield
    finally:
        _tune(_MMAP_THRESHOLD, _LARGE)
        _tune(_TRIM_THRESHOLD, _LARGE // 2)


def peak_mb() -> float:
    """The most memory this process has held, in megabytes."""
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1e6 if sys.platform == "darwin" else peak * 1024 / 1e6  # bytes there, KiB elsewhere


def _tune(parameter: int, value: int) -> None:
    with contextlib.suppress(AttributeError, OSError):
        ctypes.CDLL(None).mallopt(parameter, value)
