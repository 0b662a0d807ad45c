"""Text that comes in is UTF-8, or refused with the byte."""

from __future__ import annotations

import pytest

from flanchat.base.text import NotTextError, checked, decode


def test_the_mark_and_the_carriage_returns_are_no_part_of_the_text():
    assert checked("\ufeffa\r\nb\rc\u2028d") == "a\nb\nc\u2028d"


@pytest.mark.parametrize(
    ("raw", "at"), [(b"\xff\xfea\0", 0), ("ab".encode("utf-16-le"), 1), (b"caf\xe9", 3), (b"a\0", 1)]
)
def test_what_is_not_utf_8_is_refused_with_the_byte(raw: bytes, at: int):
    with pytest.raises(NotTextError, match=f"at byte {at};"):
        decode(raw)

    with pytest.raises(NotTextError, match=f"at byte {at};"):
        checked(raw.decode("utf-8", "surrogateescape"))
