"""CSV as spreadsheets and people write it: any usual separator, notes above the header. Knows no file."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator

from flanchat.base.i18n import N_, _, join_list

_SEPARATORS = {",": N_("commas"), ";": N_("semicolons"), "\t": N_("tabs"), "|": N_("bars")}


class TableError(ValueError):
    """What is wrong with a table, and its line from 1."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


def column_key(name: str) -> str:
    """What names of columns are compared by: blanks at the ends and case do not count."""
    return name.strip().casefold()


def read_table(text: str, separator: str = "") -> Iterator[tuple[int, list[str]]]:
    r"""The header and the rows that are not blank, each with the line on which it begins and as many cells.

    A column without a name is called by its number. Lines above the header may be comments (#) or name the separator
    (sep=;). separator: "" looks for it in the header.
    Raises TableError.

    >>> list(read_table('sep=;\nquestion; answer\n"One;\nor two?";1\n'))
    [(2, ['question', 'answer']), (3, ['One;\nor two?', '1'])]
    """
    before = 0
    while (head := text.partition("\n")[0]).lower().startswith(("#", "sep=")):
        separator = (head[4:5].strip('" ') if head[0] != "#" else "") or separator
        before, text = before + 1, text[len(head) + 1 :]
    unquoted = re.sub('"[^"]*"', "", head)
    separator = separator or max(_SEPARATORS, key=unquoted.count)
    csv.field_size_limit(2**31 - 1)  # Python's 131,072 characters are fewer than a long document has
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, skipinitialspace=True, strict=True)
    header: list[str] = []
    line = before + 1
    try:
        for cells in reader:
            begun, line = line, before + reader.line_num + 1
            if not any(cells):
                continue
            if not header:
                header = [cell.strip() or f"column {number}" for number, cell in enumerate(cells, 1)]
                if len(set(map(column_key, header))) < len(header):
                    text = _("expected columns with different names, found {found}")
                    raise TableError(begun, text.format(found=join_list(header)))
                yield begun, header
            elif len(cells) != len(header):
                text = _("expected {count} columns, found {found}; put texts with {separators} in double quotes")
                mark = _(_SEPARATORS.get(separator, N_("separators")))
                raise TableError(begun, text.format(count=len(header), found=len(cells), separators=mark))
            else:
                yield begun, cells
    except csv.Error as error:
        advice = _('; write a quote within a text as ""') if "expected after" in str(error) else ""
        text = _("expected CSV, found invalid CSV: {error}{advice}")
        raise TableError(line, text.format(error=error, advice=advice)) from None
