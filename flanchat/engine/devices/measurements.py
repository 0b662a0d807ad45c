"""Small facts about this machine that are slow to find out, kept in the cache folder. Knows files; knows no torch.

The file is only a memory: it may vanish, be damaged or not be writable, and then the fact is found out once more.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flanchat.base.errors import FlanchatError
from flanchat.base.files import write_atomically
from flanchat.base.paths import cache_folder, make_private_folder

_MOST = 200  # facts; the oldest go


def remembered(key: str, find_out: Callable[[], Any], fits: Callable[[Any], bool]) -> Any:
    """What was found out under `key` before, else what `find_out` says now, which JSON must be able to hold.

    fits: whether a remembered value is of the kind that `find_out` gives.
    """
    known = _read()
    if key in known and fits(known[key]):
        return known[key]
    value = find_out()
    known = _read()  # others may have written meanwhile
    if key in known and fits(known[key]):  # the same, and they were sooner: both are to believe one figure
        return known[key]
    newest = dict([*known.items(), (key, value)][-_MOST:])
    with contextlib.suppress(FlanchatError, OSError):
        folder = make_private_folder(_path().parent)
        write_atomically(folder / _path().name, json.dumps(newest, indent=1).encode(), overwrite=True)
    return value


def _read() -> dict[str, Any]:
    try:
        known = json.loads(_path().read_text(encoding="utf-8"))
    except (OSError, ValueError, FlanchatError):
        return {}
    return known if isinstance(known, dict) else {}


def _path() -> Path:
    return cache_folder(os.environ) / "machine.json"
