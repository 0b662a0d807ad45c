"""Text that comes in, from files, pipes and the command line: UTF-8, with or without a byte order mark."""

from __future__ import annotations

import re

from flanchat.base.i18n import _

MARK = "\ufeff"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


class NotTextError(ValueError):
    """Bytes that are not UTF-8 text. at: the byte, from 0. The message is translated and names no file."""

    def __init__(self, at: int, found: str) -> None:
        super().__init__(
            _("expected UTF-8, found {found} at byte {at}; convert it to UTF-8 first").format(found=found, at=at)
        )
        self.at = at


def decode(raw: bytes) -> str:
    r"""Decode UTF-8 without its byte order mark, with `\n` for every line end. Raises NotTextError.

    A NUL is refused too: it is how UTF-16 without a mark shows, and no text has one.

    >>> decode(b"\xef\xbb\xbfOne?\r\nTwo?\r")
    'One?\nTwo?\n'
    """
    if raw.startswith(_UTF_16):
        raise NotTextError(0, "UTF-16")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise NotTextError(error.start, _("the byte {byte}").format(byte=f"{raw[error.start]:#04x}")) from None
    if "\0" in text:
        raise NotTextError(raw.index(0), _("a NUL (U+0000), as in UTF-16"))
    return re.sub("\r\n?", "\n", text.removeprefix(MARK))


def checked(text: str) -> str:
    """Like `decode`, for text that Python decoded with `surrogateescape`: arguments and lines of standard input."""
    try:
        raw = text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError as error:
        raise NotTextError(len(text[: error.start].encode("utf-8", "replace")), _("half a character")) from None
    return decode(raw)
