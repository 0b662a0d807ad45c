"""Tables as plain text: one entry a line, its columns separated by " | "."""

from __future__ import annotations

from collections.abc import Iterator


def rows(table: str) -> Iterator[tuple[str, list[str]]]:
    """The lines of a table as (section, columns); a line that starts with # opens a section."""
    section = ""
    for line in table.strip().splitlines():
        if line.startswith("#"):
            section = line[1:].strip()
        else:
            yield section, [column.strip() for column in line.split(" |")]


def words(text: str) -> tuple[str, ...]:
    """The words of a text; an entry of several words is written with _ for the blank."""
    return tuple(word.replace("_", " ") for word in text.split())
