"""JSON objects, one per line as in JSONL: those that people write, and how flanchat writes its own. Knows no file."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
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


def json_text(value: object, **layout: Any) -> str:
    """A value as JSON, in ASCII. layout: for json.dumps."""
    try:
        return json.dumps(value, allow_nan=False, **layout)
    except ValueError:
        return json.dumps(finite(value), allow_nan=False, **layout)


def finite(value: object) -> object:
    """Copy a JSON value with None in place of every infinity and NaN, which JSON lacks."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {key: finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [finite(item) for item in value]
    return value
