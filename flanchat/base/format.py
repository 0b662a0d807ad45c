"""One way to write a percentage, a duration, bytes, a count, a finish reason, and a text too long for its place."""

from __future__ import annotations

import math

from flanchat.base.i18n import N_, _

NOTHING = "-"
"""Stands where there is no figure."""


def format_percent(share: float | None, digits: int | None = None) -> str:
    """A share from 0 to 1. digits: after the point; None for one below 10% and none above it.

    What is not nothing is never written as 0%.

    >>> format_percent(0.614), format_percent(0.052), format_percent(1e-9), format_percent(0.0), format_percent(None)
    ('61%', '5.2%', '<0.1%', '0%', '-')
    >>> format_percent(0.625, 1), format_percent(0.001, 0)
    ('62.5%', '<1%')
    """
    if share is None or math.isnan(share):
        return NOTHING
    places = digits if digits is not None else 1 if 0 < share < 0.0995 else 0
    least = 10.0**-places
    if 0 < share * 100 < (least if digits is None else least / 2):
        return f"<{least:.{places}f}%"
    return f"{share * 100:.{places}f}%"


def format_probability(logprob: float) -> str:
    """A natural log-probability as a percentage.

    >>> format_probability(-0.5), format_probability(-12.0), format_probability(-math.inf)
    ('61%', '<0.1%', '0%')
    """
    return format_percent(math.exp(min(logprob, 0.0)))


def format_duration(seconds: float | None) -> str:
    """Seconds to two digits: milliseconds below 0.1 s, minutes from 60 s on.

    >>> format_duration(0.038), format_duration(0.4231), format_duration(9.87), format_duration(48.2)
    ('38 ms', '0.42 s', '9.9 s', '48 s')
    >>> format_duration(125), format_duration(7380), format_duration(None)
    ('2 min 5 s', '2 h 3 min', '-')
    """
    if seconds is None or not math.isfinite(seconds):
        return NOTHING
    if seconds < 0.0995:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 9.95:
        return f"{seconds:.{2 if seconds < 0.995 else 1}f} s"
    if (whole := round(seconds)) < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    return f"{minutes} min {rest} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def format_bytes(count: int | float) -> str:
    """Bytes in units of a thousand.

    >>> format_bytes(512), format_bytes(2_400), format_bytes(308_200_000), format_bytes(22_560_000_000)
    ('512 B', '2 kB', '308 MB', '22.6 GB')
    """
    if count < 1_000:
        return f"{count:.0f} B"
    if count < 1_000_000:
        return f"{count / 1e3:.0f} kB"
    return f"{count / 1e6:.0f} MB" if count < 1e9 else f"{float(f'{count / 1e9:.3g}'):.12g} GB"


def format_count(count: int) -> str:
    """A whole number with its thousands apart.

    >>> format_count(812), format_count(76_961_152)
    ('812', '76,961,152')
    """
    return f"{count:,}"


def format_parameters(count: int) -> str:
    """How many parameters a model has, in millions.

    >>> format_parameters(7_412_345), format_parameters(783_150_080)
    ('7.4 M', '783 M')
    """
    return f"{count / 1e6:.1f} M" if count < 99_950_000 else f"{count / 1e6:.0f} M"


_FINISHES = {
    "length": N_("cut at max_new_tokens"),
    "stop": N_("ended at a stop text"),
    "interrupted": N_("interrupted"),
    "error": N_("failed"),
    "empty": N_("empty"),
}


def finish_reason(finish: str) -> str:
    """Why an answer ended; "" when the model ended it itself. What is not known here is given as it is."""
    return "" if finish == "eos" else _(_FINISHES.get(finish, finish))


def clipped(text: str, cells: int = 60) -> str:
    """The beginning of a text on one line."""
    line = " ".join(text.split())
    return line if len(line) <= cells else line[: cells - 3] + "..."
