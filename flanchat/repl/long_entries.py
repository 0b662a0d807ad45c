"""Entries that prompt_toolkit would take seconds to draw or to read; they are edited and sent like any other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from prompt_toolkit.auto_suggest import AutoSuggestFromHistory, Suggestion
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.document import Document
from prompt_toolkit.formatted_text.utils import fragment_list_to_text
from prompt_toolkit.input.vt100 import Vt100Input
from prompt_toolkit.key_binding.key_processor import KeyPress
from prompt_toolkit.keys import Keys
from prompt_toolkit.layout.processors import Processor, Transformation, TransformationInput
from prompt_toolkit.layout.screen import Char
from prompt_toolkit.utils import get_cwidth

from flanchat.base.format import format_count
from flanchat.base.i18n import _

_LONGEST_DRAWN = 20_000  # characters
_MOST_MARKS = 100  # combining marks in a row: they share a cell, which prompt_toolkit makes anew for each of them
_SHOWN_OF_LONGER = 200
_MOST_TYPED = 20  # characters between two reads of the keyboard; more of them are a paste


def is_costly(text: str) -> bool:
    """Whether a text without line breaks is too long to be drawn, or has too many combining marks in a row."""
    if len(text) > _LONGEST_DRAWN:
        return True
    if text.isascii():
        return False
    marks = 0
    for character in text:
        has_cell = get_cwidth(character) or Char(character, "").width  # the latter for what is drawn as <U+202E>
        marks = 0 if has_cell else marks + 1
        if marks > _MOST_MARKS:
            return True
    return False


def shortened(entry: str) -> str:
    """An entry as it is printed when it has been sent: whole, unless that is costly."""
    if len(entry) <= _LONGEST_DRAWN and not any(map(is_costly, entry.split("\n"))):
        return entry
    return _("{begin}... ({count} characters)").format(begin=entry[:_SHOWN_OF_LONGER], count=format_count(len(entry)))


class Undrawn(Processor):
    """Draws a costly line as its number of characters."""

    def apply_transformation(self, transformation_input: TransformationInput) -> Transformation:
        fragments = transformation_input.fragments
        line = fragment_list_to_text(fragments)
        if not is_costly(line):
            return Transformation(fragments)
        shown = _("[{count} characters]").format(count=format_count(len(line)))
        return Transformation(
            [("", shown)],
            source_to_display=lambda at: len(shown) if at else 0,
            display_to_source=lambda at: len(line) if at else 0,
        )


class CheapSuggestions(AutoSuggestFromHistory):
    """Suggests the last entry that begins like this one, unless it is costly to draw."""

    def get_suggestion(self, buffer: Buffer, document: Document) -> Suggestion | None:
        found = super().get_suggestion(buffer, document)
        return None if found is None or is_costly(found.text) else found


class Keyboard(Vt100Input):
    """The terminal's keys. Where the terminal does not mark pastes, a long run of characters is taken for one.

    Read as single keys, 20,000 characters take prompt_toolkit ten seconds and 250 MB.
    """

    def read_keys(self) -> list[KeyPress]:
        return list(_with_pastes(super().read_keys()))


def _with_pastes(keys: Iterable[KeyPress]) -> Iterator[KeyPress]:
    for is_character, pressed in groupby(keys, lambda key: len(key.key) == 1):
        run = list(pressed)
        if is_character and len(run) > _MOST_TYPED:
            yield KeyPress(Keys.BracketedPaste, "".join(key.data for key in run))
        else:
            yield from run
