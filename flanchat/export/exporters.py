"""Write a session to a file, in the format that its name ends in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from flanchat.base.errors import UsageError
from flanchat.base.files import write_atomically
from flanchat.base.i18n import _, join_list
from flanchat.export.html import to_html
from flanchat.export.json import to_json, to_jsonl
from flanchat.export.markdown import to_markdown
from flanchat.export.text import to_text
from flanchat.sessions.session_record import SessionRecord

EXPORTERS: Mapping[str, Callable[[SessionRecord], str]] = {
    "md": to_markdown,
    "html": to_html,
    "json": to_json,
    "jsonl": to_jsonl,
    "txt": to_text,
}
"""The formats, by the ending of the file's name."""

BRIEF: Mapping[str, Callable[[SessionRecord], str]] = {
    "md": partial(to_markdown, brief=True),
    "html": partial(to_html, brief=True),
    "txt": partial(to_text, brief=True),
}
"""The formats with a short form: the questions and answers."""


def write_export(record: SessionRecord, path: Path, *, brief: bool = False, overwrite: bool = False) -> None:
    """Write `record` as the ending of `path` says, whole or not at all. brief: its questions and answers only.

    Raises UsageError for an ending without this form, StorageError when the file cannot be written.
    """
    ending = path.suffix.lower().removeprefix(".")
    if ending not in EXPORTERS:
        endings = [f".{ending}" for ending in EXPORTERS]
        raise UsageError(
            _("{path}: expected a name that ends in {some} or {last}, got {got}").format(
                path=path, some=join_list(endings[:-1]), last=endings[-1], got=path.suffix or _("no ending")
            )
        )
    if brief and ending not in BRIEF:
        raise UsageError(_("{path}: only .md, .html and .txt have a brief form").format(path=path))
    exporter = (BRIEF if brief else EXPORTERS)[ending]
    write_atomically(path, exporter(record).encode("utf-8"), overwrite=overwrite)
