"""A session as Markdown. Recorded texts stand in code, whose fence is longer than any run of backticks in them."""

from __future__ import annotations

import re

from flanchat.base.i18n import _
from flanchat.base.sanitize import printable
from flanchat.export.elements import elements, one_line
from flanchat.sessions.session_record import SessionRecord


def to_markdown(record: SessionRecord, *, brief: bool = False) -> str:
    out: list[str] = []
    previous, colon = "", _(": ")
    for element in elements(record, brief=brief):
        label, text = element.label, element.text
        if element.kind == "fact":
            out += [""] * (previous != "fact")
            out.append(f"- {label}{colon}{_code(text)}" if label else f"- {_code(text)}")
        elif element.kind == "heading":
            out += [""] * bool(out) + [f"{'#' * element.level} {label}"]
        else:
            out += ["", f"**{label}**", "", _fenced(text)]
        previous = element.kind
    return "\n".join(out) + "\n"


def _fenced(text: str) -> str:
    """A code block that nothing in the text can end."""
    fence = "`" * max(3, _longest_run(text) + 1)
    return f"{fence}text\n{printable(text)}\n{fence}"


def _code(text: str) -> str:
    """A code span that nothing in the text can end."""
    line, ticks = one_line(text), "`" * (_longest_run(text) + 1)
    pad = " " if line.startswith(("`", " ")) or line.endswith(("`", " ")) else ""
    return f"{ticks}{pad}{line}{pad}{ticks}" if line.strip() else "` `"


def _longest_run(text: str) -> int:
    return max(map(len, re.findall("`+", text)), default=0)
