"""A session as plain text. Recorded texts are indented, so that none of them looks like a heading or a label."""

from __future__ import annotations

import re

from flanchat.base.i18n import _, cell_width
from flanchat.base.sanitize import show
from flanchat.export.outline import one_line, parts
from flanchat.sessions.session_record import SessionRecord

_UNDERLINES = {1: "=", 2: "-", 3: "~"}


def to_text(record: SessionRecord) -> str:
    out: list[str] = []
    colon = _(": ")
    for part in parts(record):
        if part.kind == "fact":
            out.append(f"{part.label}{colon}{one_line(part.text)}" if part.label else f"    {one_line(part.text)}")
        elif part.kind == "heading":
            out += [""] * bool(out) + [part.label, _UNDERLINES[part.level] * cell_width(part.label)]
        else:
            block = [f"    {line}".rstrip() for line in show(part.text).split("\n")]
            out += ["", f"{part.label}{colon}".rstrip(), *block, ""]
    return re.sub(r"\n\n\n+", "\n\n", "\n".join(out)).strip("\n") + "\n"
