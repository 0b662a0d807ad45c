"""A session as Markdown. Recorded texts stand in code, whose fence is longer than any run of backticks in them."""

from __future__ import annotations

import re

from flanchat.base.i18n import _
from flanchat.base.sanitize import show
from flanchat.export.outline import one_line, parts
from flanchat.sessions.session_record import SessionRecord


def to_markdown(record: SessionRecord) -> str:
    out: list[str] = []
    before, colon = "", _(": ")
    for part in parts(record):
        if part.kind == "fact":
            out += [""] * (before != "fact")
            out.append(f"- {part.label}{colon}{_code(part.text)}" if part.label else f"- {_code(part.text)}")
        elif part.kind == "heading":
            out += [""] * bool(out) + [f"{'#' * part.level} {part.label}"]
        else:
            out += ["", f"**{part.label}**", "", _fenced(part.text)]
        before = part.kind
    return "\n".join(out) + "\n"


def _fenced(text: str) -> str:
    """A code block that nothing in the text can end."""
    fence = "`" * max(3, _longest_run(text) + 1)
    return f"{fence}text\n{show(text)}\n{fence}"


def _code(text: str) -> str:
    """A code span that nothing in the text can end."""
    line, ticks = one_line(text), "`" * (_longest_run(text) + 1)
    pad = " " if line.startswith(("`", " ")) or line.endswith(("`", " ")) else ""
    return f"{ticks}{pad}{line}{pad}{ticks}" if line.strip() else "` `"


def _longest_run(text: str) -> int:
    return max(map(len, re.findall("`+", text)), default=0)
