"""What people read, in their language: English as the code has it, or a catalogue. Knows no command and no screen.

`use_language` is called once at the start; `_` translates where a text is shown. Without a catalogue, or with one that
cannot be read, everything is English. Never translated: names of commands, settings, choices and profiles, what --json
prints, transcripts, and what begins with FILE:LINE or comes from a model's folder, so that it can be searched for and
pasted into a report.

The catalogue is locale/zh_CN/LC_MESSAGES/flanchat.po, its glossary at the top. After a text has changed:

    python -m tests.catalogue update     # every text of the code into the .po; then translate what is empty or fuzzy
    python -m tests.catalogue compile    # the .mo, which is what flanchat reads
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gettext import GNUTranslations

LANGUAGES = ("auto", "en", "zh")
LOCALE = Path(__file__).parents[1] / "locale"

_catalogue: GNUTranslations | None = None
_untranslated: ContextVar[bool] = ContextVar("untranslated", default=False)


def use_language(lang: str | None, environ: Mapping[str, str]) -> None:
    """Speak this language from now on. lang: one of LANGUAGES; None is "auto", the one of the locale."""
    global _catalogue  # noqa: PLW0603 - a process speaks one language
    chinese = lang == "zh" or (lang in (None, "auto") and prefers_chinese(environ))
    _catalogue = _load(LOCALE / "zh_CN" / "LC_MESSAGES" / "flanchat.mo") if chinese else None


def prefers_chinese(environ: Mapping[str, str]) -> bool:
    """Whether the locale asks for Chinese, in gettext's order: LANGUAGE, unless there is no locale, then the locale.

    >>> prefers_chinese({"LANG": "zh_CN.UTF-8"}), prefers_chinese({"LANG": "zh_CN.UTF-8", "LC_ALL": "C.UTF-8"})
    (True, False)
    """
    locale = next((value for name in ("LC_ALL", "LC_MESSAGES", "LANG") if (value := environ.get(name))), "")
    if locale.partition(".")[0] in ("C", "POSIX"):
        return False
    wanted = [*environ.get("LANGUAGE", "").split(":"), locale]
    return next((one for one in wanted if one.startswith(("zh", "en"))), "").startswith("zh")


def is_translated() -> bool:
    """Whether another language than English is spoken."""
    return _catalogue is not None and not _untranslated.get()


def _(message: str) -> str:
    """The text in the language in force."""
    if _catalogue is None or _untranslated.get() or not message:
        return message
    return _Translated(_catalogue.gettext(message), message)


def ngettext(one: str, many: str, count: int) -> str:
    """The text for one or for many, in the language in force."""
    english = one if count == 1 else many
    if _catalogue is None or _untranslated.get():
        return english
    return _Translated(_catalogue.ngettext(one, many, count), english)


def N_(message: str) -> str:  # noqa: N802 - gettext's name
    """Mark a text that is translated where it is shown."""
    return message


def join_list(parts: Iterable[str]) -> str:
    """Several things in one line, with commas.

    >>> join_list(["turn 1", "shot 2"])
    'turn 1, shot 2'
    """
    several = list(parts)
    made = _(", ").join(several)
    return _Translated(made, ", ".join(map(in_english, several))) if is_translated() else made


def join_sentences(*said: str) -> str:
    """Those that say something, one after the other: with blanks between them, but for Chinese."""
    return ("" if is_translated() else " ").join(filter(None, said))


def in_english(text: str) -> str:
    """What a translated text is in English, for records. Only for what comes from `_`, `format` or `join_list`."""
    return text.english if isinstance(text, _Translated) else text


def translated(text: str, english: str) -> str:
    """A text that another process has translated."""
    return text if text == english else _Translated(text, english)


@contextmanager
def untranslated() -> Iterator[None]:
    """Speak English inside, in this thread."""
    token = _untranslated.set(True)
    try:
        yield
    finally:
        _untranslated.reset(token)


def cell_width(text: str) -> int:
    """How many cells of a terminal a line takes: two for each wide character.

    >>> cell_width("T5 模型")
    7
    """
    return sum(_char_width(character) for character in text)


def wrap_line(line: str, width: int) -> list[str]:
    """Break a line at a width in cells: between words and between Chinese characters, never before a comma or the like.

    >>> wrap_line("提示词太长，请缩短。", 10)
    ['提示词太', '长，请缩', '短。']
    """
    ends = [0, *line_breaks(line, width), len(line)]
    return [line[begin:end].rstrip() for begin, end in pairwise(ends)]


def line_breaks(line: str, width: int) -> list[int]:
    """Where `wrap_line` breaks a line. What is wider than a whole line is broken where the line is full."""
    found = []
    at = used = 0
    for unit in _units(line):
        if used and used + cell_width(unit.rstrip()) > width:
            found.append(at)
            used = 0
        for character in unit:
            if used and used + _char_width(character) > width and character != " ":
                found.append(at)
                used = 0
            at, used = at + 1, used + _char_width(character)
    return found


_CLOSING = "，。、；：！？）》」』”’…,.;:!?)]}"


def _units(text: str) -> Iterator[str]:
    """What is not broken: a word with the blanks after it, or a wide character with the closing marks after it."""
    unit = ""
    for character in text:
        wide = _char_width(character) == 2
        ends = unit.endswith(" ") or (unit and (wide or _char_width(unit[-1]) == 2) and character not in _CLOSING)
        if ends and character != " " and not unit.endswith(("（", "《", "「", "“", "‘")):
            yield unit
            unit = ""
        unit += character
    if unit:
        yield unit


def _char_width(character: str) -> int:
    if character.isascii():
        return 1
    import unicodedata

    return 0 if unicodedata.combining(character) else 1 + (unicodedata.east_asian_width(character) in "WF")


class _Translated(str):
    """A text in another language, that still knows what it is in English."""

    __slots__ = ("english",)
    english: str

    def __new__(cls, text: str, english: str) -> _Translated:
        made = super().__new__(cls, text)
        made.english = english
        return made

    def format(self, *args: Any, **values: Any) -> str:
        plain = {name: in_english(value) if isinstance(value, str) else value for name, value in values.items()}
        return _Translated(super().format(*args, **values), self.english.format(*args, **plain))


def _load(path: Path) -> GNUTranslations | None:
    from gettext import GNUTranslations

    try:
        with path.open("rb") as file:
            return GNUTranslations(file)
    except Exception:  # a catalogue that is missing or broken, in whatever way, is no reason to say nothing
        return None
