"""A model named together with its device and precision: `MODEL,device=cpu,precision=int8`."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass

from flanchat.base.errors import UsageError
from flanchat.base.i18n import _, join_list


@dataclass(frozen=True, slots=True)
class NamedModel:
    """A model's name as after -m, and how to open it. None for what the name does not say."""

    name: str
    device: str | None = None
    precision: str | None = None
    base: str | None = None


_KEYS = ("device", "precision", "base")
_KEY = re.compile(r",\s*([a-z_]+)\s*=\s*")


def named_model(text: str) -> NamedModel:
    """Split a name from what follows it. A device may have commas of its own. Raises UsageError for another key.

    >>> named_model("google/flan-t5-base,device=npu:0,1,precision=float16")
    NamedModel(name='google/flan-t5-base', device='npu:0,1', precision='float16', base=None)
    """
    name, *rest = _KEY.split(text)
    values: dict[str, str] = {}
    for key, value in zip(rest[::2], rest[1::2], strict=True):
        if key not in _KEYS:
            near = difflib.get_close_matches(key, _KEYS, n=1)
            hint = _(" Did you mean {name}?").format(name=near[0]) if near else ""
            expected = _("{text}: expected device, precision or base after the model's name, not {key}.{hint}")
            raise UsageError(expected.format(text=text, key=key, hint=hint))
        if key in values or not value.strip() or not name.strip():
            expected = _("{text}: expected one value each for {keys} after the model's name")
            raise UsageError(expected.format(text=text, keys=join_list(_KEYS)))
        values[key] = value.strip()
    return NamedModel(name.strip(), **values)
