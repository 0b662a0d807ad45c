"""Names of profiles, sessions and branches: those that are valid as a file name on every system."""

from __future__ import annotations

import re

from flanchat.base.errors import UsageError
from flanchat.base.i18n import _

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_WINDOWS_DEVICE = re.compile(r"con|nul|aux|prn|(com|lpt)[0-9]")


def is_name(text: str) -> bool:
    """Whether a text is one; `con` and its like are files of Windows."""
    return _NAME.fullmatch(text) is not None and not _WINDOWS_DEVICE.fullmatch(text)


def check_name(name: str, what: str = "profile") -> str:
    """Return the name if it is one. Raises UsageError. what: the noun of the thing that has it."""
    if not is_name(name):
        valid = name_like(name, default="my-zoo")
        valid = valid if is_name(valid) else f"my-{valid}"
        raise UsageError(
            _("{what} names use lower-case letters, digits, - and _; try {valid}").format(what=_(what), valid=valid)
        )
    return name


def name_like(text: str, default: str = "profile") -> str:
    """A name that resembles the text."""
    return re.sub(r"[^a-z0-9_-]+", "-", text.lower()).strip("-_")[:64] or default
