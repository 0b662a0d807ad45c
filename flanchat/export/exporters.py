"""Write a session to a file, in the format that its name ends in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from flanchat.base.errors import StorageError, UsageError
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


def write_export(record: SessionRecord, path: Path, *, overwrite: bool = False) -> None:
    """Write `record` as the ending of `path` says, whole or not at all.

    Raises UsageError for an ending that is not in EXPORTERS, StorageError when the file cannot be written.
    """
    exporter = EXPORTERS.get(path.suffix.lower().removeprefix("."))
    if exporter is None:
        endings = [f".{ending}" for ending in EXPORTERS]
        raise UsageError(
            _("{path}: expected a name that ends in {some} or {last}, got {got}").format(
                path=path, some=join_list(endings[:-1]), last=endings[-1], got=path.suffix or _("no ending")
            )
        )
    if not overwrite and path.is_file():
        raise StorageError(_("{path}: exists already; choose another name or add --force").format(path=path))
    write_atomically(path, exporter(record).encode("utf-8"), overwrite=overwrite)
