"""A cache of measurements that are slow to take on this machine. Knows files; knows no torch.

The file may vanish, be damaged or be read-only: the measurement is then taken again.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from flanchat.base.errors import FlanchatError
from flanchat.base.files import open_regular, write_atomically
from flanchat.base.paths import cache_folder, make_private_folder

_KEPT = 200  # measurements; the oldest are dropped
_MOST_BYTES = 1 << 20  # of the file; 200 measurements take a tenth of it


def cached_measurement(
    key: str, measure: Callable[[], Any], is_valid: Callable[[Any], bool], environ: Mapping[str, str]
) -> Any:
    """What was measured under `key` before, else what `measure` returns now: a value that JSON can hold.

    is_valid: whether a cached value is of the kind that `measure` returns. environ: says where the cache folder is.
    """
    cached = _read(environ)
    if key in cached and is_valid(cached[key]):
        return cached[key]
    value = measure()
    cached = _read(environ)  # other processes may have written meanwhile
    if key in cached and is_valid(cached[key]):  # another process was first: both should use the same figure
        return cached[key]
    newest = dict([*cached.items(), (key, value)][-_KEPT:])
    with contextlib.suppress(FlanchatError, RecursionError):  # of what the file held, and Python's stack is deeper now
        path = _path(environ)
        make_private_folder(path.parent)
        write_atomically(path, json.dumps(newest).encode(), overwrite=True)
    return value


def _read(environ: Mapping[str, str]) -> dict[str, Any]:
    try:
        with open(open_regular(_path(environ)), "rb") as file:
            content = json.loads(file.read(_MOST_BYTES))
    except (OSError, ValueError, RecursionError, FlanchatError):
        return {}
    return content if isinstance(content, dict) else {}


def _path(environ: Mapping[str, str]) -> Path:
    return cache_folder(environ) / "machine.json"
