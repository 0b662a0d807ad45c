"""Sanitized text cannot control the terminal and has no invisible characters."""

from __future__ import annotations

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flanchat.base.sanitize import printable

# Format characters with a visible shape: Arabic number signs, Syriac and Kaithi marks.
VISIBLE_FORMAT_SIGNS = {*range(0x600, 0x606), 0x6DD, 0x70F, 0x890, 0x891, 0x8E2, 0x110BD, 0x110CD}
JOINERS = {0x200C, 0x200D}
ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=60)


def test_every_control_format_and_separator_character_is_masked_except_the_listed_ones():
    passing = {
        point
        for point in range(sys.maxunicode + 1)
        if unicodedata.category(chr(point)) in {"Cc", "Cf", "Cs", "Zl", "Zp"} and printable(chr(point)) == chr(point)
    }

    assert passing - {0x09, 0x0A} - JOINERS <= VISIBLE_FORMAT_SIGNS
    assert passing >= {0x09, 0x0A} | JOINERS


def test_every_masked_code_point_becomes_printable_ascii():
    for point in range(sys.maxunicode + 1):
        shown = printable(chr(point))

        assert shown == chr(point) or (shown.isascii() and shown.isprintable()), hex(point)


def test_visible_characters_of_every_script_stay():
    masked = {
        point
        for point in range(sys.maxunicode + 1)
        if unicodedata.category(chr(point))[0] in "LNPSM" and printable(chr(point)) != chr(point)
    }

    invisible = {0x34F, 0x115F, 0x1160, 0x17B4, 0x17B5, *range(0x180B, 0x1810), 0x3164, 0xFFA0, 0xFFFC, 0xFFFD}
    assert masked <= invisible | set(range(0x13430, 0x13440)) | set(range(0xE0000, 0xE1000))
    assert not masked & {0xFFFC, 0xFFFD}


@given(ANY_TEXT, ANY_TEXT)
def test_text_in_two_pieces_is_masked_like_text_in_one(first, second):
    assert printable(first) + printable(second) == printable(first + second)


@given(ANY_TEXT)
def test_masking_twice_changes_nothing_more(text):
    assert printable(printable(text)) == printable(text)


@given(ANY_TEXT)
def test_masked_text_can_be_encoded_as_utf8(text):
    assert printable(text).encode("utf-8").decode("utf-8") == printable(text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[2J", "^[[2J"),
        ("\x1b]52;c;ZWNobw==\x07", "^[]52;c;ZWNobw==^G"),
        ("\x1b]8;;http://x\x1b\\click", "^[]8;;http://x^[\\click"),
        ("\x9b31m\x9d0;title\x9c", "<9b>31m<9d>0;title<9c>"),
        ("real\rfake\x08\x7f\x00", "real^Mfake^H^?^@"),
        ("\u202etxt.exe\u2066", "<U+202E>txt.exe<U+2066>"),
        ("a\u200bb\ufeffc", "a<U+200B>b<U+FEFF>c"),
        ("\ud83d", "<U+D83D>"),
        ("\U000e0041\U0010ffff\U0005fffe", "<U+E0041><U+10FFFF><U+5FFFE>"),
        ("line\x0bfeed\x0c\x85", "line^Kfeed^L<85>"),
    ],
)
def test_hostile_text_is_shown_in_visible_notation(text, shown):
    assert printable(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "",
        "two\nlines\tand a tab",
        "naïve",
        "e\u0301",
        "你好",
        "שלום",
        "مرحبا",
        "می\u200cخواهم",
        "👩\u200d👩\u200d👧❤\ufe0f",
        "[/red]:smile:",
    ],
)
def test_ordinary_text_of_many_scripts_is_unchanged(text):
    assert printable(text) == text
