"""Hostile text, and whether an output is free of what a terminal would obey or hide."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from flanchat.base.sanitize import printable

if TYPE_CHECKING:
    from tests.conftest import Ended

HOSTILE = (
    "a\x1b[2J\x1b]0;title\x07\x1b]8;;http://x\x1b\\\x1b]52;c;eA==\x07\x1bPq\x1b\\\x9b31m\x9d0;t\x9c\b\r\x7f\x85"
    "\u202e\u2066\u200b\u2028\U000e0041\U000e007f[red]b"
)
FILE_NAME = HOSTILE.replace("/", "")

STRUCTURE = ("type", "id", "ts", "parent", "schema", "finish", "kind", "head", "session", "turn", "origin", "template")
"""Keys of a session file whose values decide how its records are read."""


def controls(text: str) -> list[str]:
    """The characters of a text that a terminal would obey or hide."""
    return re.findall(r"[^\n\t]", "".join(c for c in text if printable(c) != c))


def assert_harmless(ended: Ended, what: object) -> None:
    """what: which run it was, for the message."""
    assert not controls(ended.out), f"{what}: standard output holds {controls(ended.out)}"
    assert not controls(ended.err), f"{what}: standard error holds {controls(ended.err)}"


def poisoned(value: Any) -> Any:
    """A record with hostile text at the end of every string, except those that decide how it is read."""
    if isinstance(value, dict):
        return {key: inner if key in STRUCTURE else poisoned(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [poisoned(inner) for inner in value]
    return value + HOSTILE if isinstance(value, str) else value
