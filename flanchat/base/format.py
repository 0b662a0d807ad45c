"""How figures are written everywhere: percentages, durations, bytes, counts, bars, finish reasons, clipped texts."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Sequence
from typing import TypeVar

from flanchat.base.errors import FlanchatError, one_line
from flanchat.base.files import failed, reason
from flanchat.base.i18n import N_, _, cell_width

NOTHING = "-"
"""Stands for a missing figure."""


def format_percent(share: float | None, digits: int | None = None) -> str:
    """Format a share from 0 to 1; only 0 itself is written as 0%.

    digits: after the decimal point. None means one below 10% and none from there on.

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
    """Format a natural log-probability as a percentage.

    >>> format_probability(-0.5), format_probability(-12.0), format_probability(-math.inf)
    ('61%', '<0.1%', '0%')
    """
    return format_percent(math.exp(min(logprob, 0.0)))


def format_logprob(logprob: float | None) -> str:
    """Format a log-probability, such as the average of an answer's tokens.

    >>> format_logprob(-0.634), format_logprob(-0.001), format_logprob(None)
    ('-0.63', '0.00', '-')
    """
    if logprob is None or math.isnan(logprob):
        return NOTHING
    return f"{round(logprob, 2) + 0.0:.2f}"  # + 0.0 turns -0.0 into 0.0


def format_divergence(nats: float) -> str:
    """A divergence with two digits.

    >>> format_divergence(0.0), format_divergence(1.234e-7), format_divergence(0.00071), format_divergence(0.4149)
    ('0', '1.2e-07', '0.00071', '0.41')
    """
    return f"{nats:.2g}"


def format_duration(seconds: float | None) -> str:
    """Format seconds with two digits: as milliseconds below 0.1 s, with minutes from 60 s on.

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


def format_rate(tokens_per_s: float | None) -> str:
    """Format a speed; "" when it is not known.

    >>> format_rate(87.4), format_rate(None)
    ('87 tok/s', '')
    """
    if tokens_per_s is None or not math.isfinite(tokens_per_s):
        return ""
    return _("{rate:.0f} tok/s").format(rate=tokens_per_s)


def format_bytes(count: int | float) -> str:
    """Format a number of bytes in decimal units.

    >>> format_bytes(512), format_bytes(2_400), format_bytes(308_200_000), format_bytes(22_560_000_000)
    ('512 B', '2 kB', '308 MB', '22.6 GB')
    """
    if count < 1_000:
        return f"{count:.0f} B"
    if count < 1_000_000:
        return f"{count / 1e3:.0f} kB"
    return f"{count / 1e6:.0f} MB" if count < 1e9 else f"{float(f'{count / 1e9:.3g}'):.12g} GB"


def format_count(count: int) -> str:
    """Format a whole number with thousands separators.

    >>> format_count(812), format_count(76_961_152)
    ('812', '76,961,152')
    """
    return f"{count:,}"


_Figure = TypeVar("_Figure", int, float)


def format_range(figures: Collection[_Figure], form: Callable[[_Figure], str]) -> str:
    """The lowest and the highest figure, or one where both look the same; "" for none.

    >>> format_range([-1.88, -1.97], format_logprob), format_range([3, 3], format_count)
    ('-1.97 to -1.88', '3')
    """
    low, high = (form(min(figures)), form(max(figures))) if figures else ("", "")
    return low if low == high else _("{low} to {high}").format(low=low, high=high)


def format_parameters(count: int) -> str:
    """Format a model's number of parameters, in millions.

    >>> format_parameters(7_412_345), format_parameters(783_150_080)
    ('7.4 M', '783 M')
    """
    return f"{count / 1e6:.1f} M" if count < 99_950_000 else f"{count / 1e6:.0f} M"


_EIGHTHS = " ▏▎▍▌▋▊▉"


def bar(share: float, width: int, *, fine: bool = False) -> str:
    """Draw a share from 0 to 1 as a bar of at most `width` cells; any share above 0 is visible.

    fine: with block characters, in eighths of a cell. Otherwise with #, which screen readers can read.

    >>> bar(0.5, 4), bar(0.3, 4, fine=True), bar(1e-9, 4, fine=True)
    ('##', '█▎', '▏')
    """
    share = min(max(share, 0.0), 1.0)
    if not fine:
        return "#" * math.ceil(share * width - 1e-9)
    eighths = max(1, round(share * width * 8)) if share > 0 else 0
    return "█" * (eighths // 8) + _EIGHTHS[eighths % 8].strip()


_FINISH_REASONS = {
    "length": N_("cut at max_new_tokens"),
    "stop": N_("ended at a stop text"),
    "interrupted": N_("interrupted"),
    "error": N_("failed"),
    "empty": N_("empty answer"),
}


def finish_reason(finish: str) -> str:
    """Why an answer ended; "" when the model ended it. An unknown reason is returned unchanged."""
    return "" if finish == "eos" else _(_FINISH_REASONS.get(finish, finish))


_ENGINE_STATES = {
    "not started": N_("not started"),
    "loading": N_("loading"),
    "looking for an NPU": N_("looking for an NPU"),
    "importing torch": N_("importing torch"),
    "reading weights": N_("reading weights"),
    "warming up": N_("warming up"),
    "ready": N_("ready"),
    "failed": N_("failed"),
    "gone": N_("gone"),
}


def engine_status(status: str) -> str:
    """An engine's status, such as `reading weights: 40%`, in the user's language."""
    return _(": ").join(_(_ENGINE_STATES.get(part, part)) for part in status.split(": "))


def not_ready(status: str) -> str:
    """A sentence for an engine that cannot answer yet, such as "the model is loading"; "" when it is ready."""
    return "" if status == "ready" else _("the model is {state}").format(state=engine_status(status))


def clipped(text: str, width: int = 60) -> str:
    """A text on one line, cut to `width` terminal cells.

    >>> clipped("one  two\\nthree", 10), clipped("提示词太长", 8)
    ('one two...', '提示...')
    """
    line = " ".join(text.split())
    if cell_width(line) <= width:
        return line
    end = min(len(line), width - 3)
    while cell_width(line[:end]) > width - 3:
        end -= 1
    return line[:end] + "..."


def clipped_apart(texts: Sequence[str], width: int) -> list[str]:
    """Texts as `clipped` cuts them, or their ends where two of them would look the same.

    >>> clipped_apart(["One and one are 2.", "One and one are 3."], 12)
    ['...ne are 2.', '...ne are 3.']
    """
    begins = [clipped(text, width) for text in texts]
    if len(set(begins)) == len(begins):
        return begins
    return [_clipped_begin(text, width) for text in texts]


def _clipped_begin(text: str, width: int) -> str:
    line = " ".join(text.split())
    if cell_width(line) <= width:
        return line
    begin = max(len(line) - width + 3, 0)
    while cell_width(line[begin:]) > width - 3:
        begin += 1
    return "..." + line[begin:]


def explain(error: Exception) -> str:
    """What to tell the user about any exception: of ours, of a file, or one that no code expected."""
    if isinstance(error, FlanchatError):
        return error.message
    if isinstance(error, OSError):
        return failed(error.filename, error) if error.filename else reason(error)
    why = f"{type(error).__name__}: {one_line(error)}" if str(error) else type(error).__name__
    return _("internal error: {why}; run with --debug for the traceback").format(why=why)
