"""Translation of interface texts: English as in the code, or Chinese from a catalogue. Knows no command and no screen.

`use_language` is called once at the start; `_` translates a text where it is shown. Without a readable catalogue all
texts are English. Never translated, so that they can be searched for and pasted into reports: names of commands,
settings, choices and profiles, the output of --json, transcripts, messages about a line of a profile, of the
configuration or of a task file, or about a model's folder.

The catalogue is locale/zh_CN/LC_MESSAGES/flanchat.po, with a glossary at the top. After changing a text:

    python -m tests.catalogue update     # copy all texts of the code into the .po; then translate the new ones
    python -m tests.catalogue compile    # write the .mo, which flanchat reads
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from gettext import GNUTranslations
from itertools import pairwise
from pathlib import Path
from typing import Any

LANGUAGES = ("auto", "en", "zh")
LOCALE = Path(__file__).parents[1] / "locale"

_catalogue: GNUTranslations | None = None
_untranslated: ContextVar[bool] = ContextVar("untranslated", default=False)


def use_language(lang: str | None, environ: Mapping[str, str]) -> None:
    """Set the language of this process. lang: one of LANGUAGES; None means "auto", the language of the locale."""
    global _catalogue  # noqa: PLW0603 - one language per process
    chinese = lang == "zh" or (lang in (None, "auto") and prefers_chinese(environ))
    _catalogue = _load(LOCALE / "zh_CN" / "LC_MESSAGES" / "flanchat.mo") if chinese else None


def prefers_chinese(environ: Mapping[str, str]) -> bool:
    """Return whether the locale asks for Chinese. As in gettext, LANGUAGE comes first unless the locale is C.

    >>> prefers_chinese({"LANG": "zh_CN.UTF-8"}), prefers_chinese({"LANG": "zh_CN.UTF-8", "LC_ALL": "C.UTF-8"})
    (True, False)
    """
    locale = next((value for name in ("LC_ALL", "LC_MESSAGES", "LANG") if (value := environ.get(name))), "")
    if locale.partition(".")[0] in ("C", "POSIX"):
        return False
    wanted = [*environ.get("LANGUAGE", "").split(":"), locale]
    return next((one for one in wanted if one.startswith(("zh", "en"))), "").startswith("zh")


def is_translated() -> bool:
    return _catalogue is not None and not _untranslated.get()


def _(message: str) -> str:
    """Translate a text."""
    if _catalogue is None or _untranslated.get() or not message:  # gettext returns the catalogue's head for ""
        return message
    return _Translated(_catalogue.gettext(message), message)


def ngettext(one: str, many: str, count: int) -> str:
    """Translate a text that has a singular and a plural."""
    english = one if count == 1 else many
    if _catalogue is None or _untranslated.get():
        return english
    return _Translated(_catalogue.ngettext(one, many, count), english)


def N_(message: str) -> str:  # noqa: N802 - gettext's name
    """Mark a text for translation that `_` translates later, where it is shown."""
    return message


def join_list(parts: Iterable[str]) -> str:
    """Join texts with commas.

    >>> join_list(["turn 1", "shot 2"])
    'turn 1, shot 2'
    """
    texts = list(parts)
    joined = _(", ").join(texts)
    return _Translated(joined, ", ".join(map(in_english, texts))) if is_translated() else joined


def join_sentences(*sentences: str) -> str:
    """Join the sentences that are not empty, with blanks except in Chinese."""
    return ("" if is_translated() else " ").join(filter(None, sentences))


def in_english(text: str) -> str:
    """Return the English original of a text made by `_`, `format` or `join_list`. Records are always English."""
    return text.english if isinstance(text, _Translated) else text


def translated(text: str, english: str) -> str:
    """A text that another process has translated."""
    return text if text == english else _Translated(text, english)


def translate_made(text: str, templates: Iterable[str]) -> str:
    """Translate an English text that a library, a process or an earlier run made from one of these templates.

    What its placeholders hold is translated likewise. A text of no template is returned as it is.
    """
    if not is_translated():
        return text
    templates = tuple(templates)
    for template in templates:
        pattern = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>.+?)", re.escape(template))
        if found := re.fullmatch(pattern, text, re.DOTALL):
            values = {name: translate_made(value, templates) for name, value in found.groupdict().items()}
            return translated(_(template).format(**values), text)
    return text


@contextmanager
def untranslated() -> Iterator[None]:
    """Switch translation off inside, for this thread."""
    token = _untranslated.set(True)
    try:
        yield
    finally:
        _untranslated.reset(token)


def cell_width(text: str) -> int:
    """Return the width of a text in terminal cells: two for each wide character.

    >>> cell_width("T5 模型")
    7
    """
    return len(text) if text.isascii() else sum(map(_char_width, text))


def wrap_line(line: str, width: int) -> list[str]:
    """Wrap a line at a width in cells: between words and between Chinese characters, never before closing punctuation.

    >>> wrap_line("提示词太长，请缩短。", 10)
    ['提示词太', '长，请缩', '短。']
    """
    ends = [0, *line_breaks(line, width), len(line)]
    return [line[begin:end].rstrip() for begin, end in pairwise(ends)]


def widest_unit(text: str) -> int:
    """Return the cells of the widest part of a text that `wrap_line` would only break if it had to: a word, a path.

    >>> widest_unit("写入 /tmp/talk.html。")
    16
    """
    return max((cell_width(unit.rstrip()) for line in text.split("\n") for unit in _units(line)), default=0)


def line_breaks(line: str, width: int) -> list[int]:
    """Return the positions where `wrap_line` breaks. A word wider than a line is broken where the line is full."""
    positions = []
    at = used = 0
    for unit in _units(line):
        if used and used + cell_width(unit.rstrip()) > width:
            positions.append(at)
            used = 0
        if used + (cells := cell_width(unit)) <= width:
            at, used = at + len(unit), used + cells
            continue
        for character in unit:
            if used and used + _char_width(character) > width and character != " ":
                positions.append(at)
                used = 0
            at, used = at + 1, used + _char_width(character)
    return positions


_CLOSING = "，。、；：！？）》」』”’…,.;:!?)]}"
_PAUSES = "，。、；：！？"  # after which an ASCII character begins a word, such as .csv


def _units(text: str) -> Iterator[str]:
    """Split a text into what is kept on one line: a word with its blanks, or a wide character with closing marks."""
    if text.isascii():
        yield from re.findall("[^ ]+ *| +", text)
        return
    unit = ""
    for character in text:
        is_wide = _char_width(character) == 2
        last = unit[-1:]
        stays = character in _CLOSING and not (last and last in _PAUSES and character.isascii())
        can_end = (last == " " and character != "·") or (last and (is_wide or _char_width(last) == 2) and not stays)
        if can_end and character != " " and not unit.endswith(("（", "《", "「", "“", "‘")):
            yield unit
            unit = ""
        unit += character
    if unit:
        yield unit


def _char_width(character: str) -> int:
    if character.isascii():
        return 1
    return 0 if unicodedata.combining(character) else 1 + (unicodedata.east_asian_width(character) in "WF")


class _Translated(str):
    """A translated text with its English original."""

    __slots__ = ("english",)
    english: str

    def __new__(cls, text: str, english: str) -> _Translated:
        translated = super().__new__(cls, text)
        translated.english = english
        return translated

    def format(self, *args: Any, **values: Any) -> str:
        originals = {name: in_english(value) if isinstance(value, str) else value for name, value in values.items()}
        return _Translated(super().format(*args, **values), self.english.format(*args, **originals))


def _load(path: Path) -> GNUTranslations | None:
    try:
        with path.open("rb") as file:
            return GNUTranslations(file)
    except Exception:  # flanchat works without a catalogue, so a broken one must not stop it, however it is broken
        return None
