"""JSON objects that people write one per line, as in JSONL. Knows no file."""

from __future__ import annotations

import json
from typing import Any


def refuse_repeated_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An `object_pairs_hook` that raises JSONDecodeError for a key that occurs twice; Python would keep the last."""
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        for key, __ in pairs:
            if key in seen:
                raise json.JSONDecodeError(f"the key {key[:40]!r} occurs twice", "", 0)
            seen.add(key)
    return found


def is_json_object(line: str) -> bool:
    """Whether a line of text is a whole JSON object."""
    if not (line.lstrip().startswith("{") and line.rstrip().endswith("}")):
        return False
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False
