"""A stream that says that it is a terminal."""

from __future__ import annotations

import io


class Window(io.StringIO):
    """Its columns are those that a view is given in COLUMNS."""

    def isatty(self) -> bool:
        return True
