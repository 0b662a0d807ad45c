"""Mask control and invisible characters, so that any text is safe to print. Knows code points only.

Text is stored raw and masked when it is shown. Each code point is masked by itself and no state is kept, so an escape
sequence that arrives in two pieces is masked like one that arrives whole.
"""

from __future__ import annotations

import re

# First and last code point of every masked range. Left out on purpose: newline, tab, the joiners
# U+200C and U+200D (Persian, Indic scripts, emoji families), U+FE00 to U+FE0F (emoji style), and the format
# characters that have a visible shape (U+0600 to U+0605, U+06DD, U+070F, U+0890, U+0891, U+08E2, U+110BD, U+110CD).
_MASKED = (
    (0x00, 0x08),  # C0 controls before tab and newline: NUL, BEL, backspace
    (0x0B, 0x1F),  # C0 controls after them: carriage return, escape
    (0x7F, 0x9F),  # delete and the C1 controls; CSI and OSC exist as single code points
    (0xAD, 0xAD),  # soft hyphen
    (0x034F, 0x034F),  # combining grapheme joiner
    (0x061C, 0x061C),  # Arabic letter mark
    (0x115F, 0x1160),  # Hangul fillers, invisible
    (0x17B4, 0x17B5),  # Khmer inherent vowels, invisible
    (0x180B, 0x180F),  # Mongolian variation selectors and vowel separator
    (0x200B, 0x200B),  # zero width space
    (0x200E, 0x200F),  # left-to-right and right-to-left marks
    (0x2028, 0x202E),  # line and paragraph separators, direction embeddings and overrides
    (0x2060, 0x206F),  # word joiner, invisible operators, isolates, deprecated format characters
    (0x3164, 0x3164),  # Hangul filler
    (0xD800, 0xDFFF),  # surrogates: no encoding can print them
    (0xFDD0, 0xFDEF),  # noncharacters
    (0xFEFF, 0xFEFF),  # zero width no-break space, the byte order mark
    (0xFFA0, 0xFFA0),  # halfwidth Hangul filler
    (0xFFF0, 0xFFFB),  # unassigned specials, interlinear annotation
    (0x13430, 0x1343F),  # Egyptian hieroglyph format controls
    (0x1BCA0, 0x1BCA3),  # shorthand format controls
    (0x1D173, 0x1D17A),  # musical format controls
    (0xE0000, 0xE0FFF),  # tags (they can hide a whole text) and ideographic variation selectors
    *((plane + 0xFFFE, plane + 0xFFFF) for plane in range(0, 0x110000, 0x10000)),  # each plane's two noncharacters
)
_PATTERN = re.compile("[" + "".join(f"\\U{first:08x}-\\U{last:08x}" for first, last in _MASKED) + "]")


def printable(text: str) -> str:
    """Replace every control and invisible character by a visible notation.

    Newline and tab stay. Other characters below U+0020 and delete become ^X, C1 controls <9b>, the rest <U+202E>.
    `printable(a) + printable(b) == printable(a + b)` for all a and b.

    >>> print(printable("done\\x1b[2J\\r") + printable("\\x9b31m") + printable("user\\u202etxt.exe"))
    done^[[2J^M<9b>31muser<U+202E>txt.exe
    """
    return _PATTERN.sub(_notation, text)


def _notation(found: re.Match[str]) -> str:
    point = ord(found[0])
    if point < 0x20 or point == 0x7F:
        return "^" + chr(point ^ 0x40)
    return f"<{point:02x}>" if point < 0xA0 else f"<U+{point:04X}>"
