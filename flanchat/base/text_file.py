"""Text files that a user names: read whole, as UTF-8, up to a limit. Also values that may be given as a file."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from flanchat.base.errors import UsageError
from flanchat.base.files import read_regular
from flanchat.base.i18n import _
from flanchat.base.paths import typed_path
from flanchat.base.text import NotTextError, decode

FILE_BYTES = 2**20


def read_text(path: Path) -> str:
    """Read a text file of the user's, without the line breaks at its end.

    Raises UsageError when it is missing, too large, no regular file or not UTF-8.
    """
    raw = read_regular(path, FILE_BYTES + 1, error=UsageError)
    if len(raw) > FILE_BYTES:
        raise UsageError(
            _("{path}: expected at most {most} bytes, found {found}").format(
                path=path, most=FILE_BYTES, found=os.path.getsize(path)
            )
        )
    try:
        return decode(raw).rstrip("\n")
    except NotTextError as error:
        raise UsageError(f"{path}: {error}") from None


def text_or_file(typed: str, environ: Mapping[str, str]) -> str:
    """The value that was typed: with @FILE the text of a file, with @@ a text that begins with one @."""
    if not typed.startswith("@"):
        return typed
    return typed[1:] if typed.startswith("@@") else read_text(typed_path(typed[1:], environ))
