"""Read the JSON body of a request from anybody: it is an object, or refused in a sentence. Knows no HTTP."""

from __future__ import annotations

import json
import math
import re
from typing import Any

from flanchat.base.errors import UsageError, one_line
from flanchat.base.i18n import _
from flanchat.base.json_rows import refuse_repeated_keys
from flanchat.base.text import NotTextError, decode

_DIGITS = 40  # more than any number needs; Python's own limit is not in all versions


def read_object(raw: bytes) -> dict[str, Any]:
    """The JSON object of a body.

    Raises UsageError for what is not UTF-8 or not JSON, for NaN, infinite and very long numbers, repeated keys, deep
    nesting, half characters, and for any value that is not an object.
    """
    try:
        value = json.loads(
            decode(raw),
            object_pairs_hook=refuse_repeated_keys,
            parse_constant=_no_number,
            parse_float=_finite,
            parse_int=_whole,
        )
        written = json.dumps(value, ensure_ascii=False)
    except NotTextError as error:
        raise UsageError(_("the body: {why}").format(why=error)) from None
    except RecursionError:
        raise UsageError(_("the body: its JSON is nested too deeply")) from None
    except json.JSONDecodeError as error:
        why = f"{error.msg} ({error.lineno}:{error.colno})" if error.doc else error.msg
        raise UsageError(_("the body: expected JSON; {why}").format(why=why)) from None
    except ValueError as error:
        raise UsageError(_("the body: expected JSON; {why}").format(why=one_line(error))) from None
    if re.search("[\ud800-\udfff]", written):
        why = _("half a character (a lone surrogate) is not allowed. Remove it.")
        raise UsageError(_("the body: {why}").format(why=why))
    if not isinstance(value, dict):
        raise UsageError(_("the body: expected a JSON object"))
    return value


def _no_number(text: str) -> float:
    raise ValueError(_("{text} is not a JSON number").format(text=text))


def _finite(text: str) -> float:
    if not math.isfinite(value := float(text)):
        raise ValueError(_("the number {text} is too large").format(text=text[:_DIGITS]))
    return value


def _whole(text: str) -> int:
    if len(text) > _DIGITS:
        raise ValueError(_("the number {text} is too large").format(text=text[:_DIGITS] + "..."))
    return int(text)
