"""A session as plain text. Recorded texts are indented, so that none of them looks like a heading or a label."""

from __future__ import annotations

import re

from flanchat.base.i18n import _, cell_width
from flanchat.base.sanitize import printable
from flanchat.export.elements import elements, one_line
from flanchat.sessions.session_record import SessionRecord

_UNDERLINES = {1: "=", 2: "-", 3: "~"}


def to_text(record: SessionRecord, *, brief: bool = False) -> str:
    out: list[str] = []
    colon = _(": ")
    for element in elements(record, brief=brief):
        label, text = element.label, element.text
        if element.kind == "fact":
            out.append(f"{label}{colon}{one_line(text)}" if label else f"    {one_line(text)}")
        elif element.kind == "heading":
            out += [""] * bool(out) + [label, _UNDERLINES[element.level] * cell_width(label)]
        else:
            block = [f"    {line}".rstrip() for line in printable(text).split("\n")]
            out += ["", f"{label}{colon}".rstrip(), *block, ""]
    return re.sub(r"\n\n\n+", "\n\n", "\n".join(out)).strip("\n") + "\n"
