"""Rated answers of sessions as a table of prompts, which a sweep reads: those that are right are its targets."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

from flanchat.base.errors import UsageError
from flanchat.base.files import write_atomically
from flanchat.base.i18n import _
from flanchat.base.json_rows import json_text
from flanchat.sessions.review import GOOD
from flanchat.sessions.session_record import SessionRecord

COLUMNS = ("prompt", "target", "rating", "note", "reply", "profile", "session", "turn")


def rated_rows(records: Iterable[SessionRecord], ratings: Sequence[str] = ()) -> list[dict[str, str]]:
    """A row for each rated answer, with a column for each variable of its profile.

    target: the answer, if its rating says that it is right. ratings: only these; () for all.
    Raises UsageError when a variable has the name of another column.
    """
    rows = []
    for record in records:
        numbers = {answer.id: number for number, answer in enumerate(record.conversation.turns, 1)}
        for answer in record.conversation.answers.values():
            if not answer.rating or (ratings and answer.rating not in ratings):
                continue
            setup = record.setups.get(answer.id)
            variables = {} if setup is None else dict(setup.variables)
            if taken := [name for name in variables if name in COLUMNS]:
                raise UsageError(
                    _("profile {profile}: its variable {name} has the name of another column").format(
                        profile=answer.profile, name=taken[0]
                    )
                )
            values = (
                answer.question,
                (answer.short or answer.text) if answer.rating in GOOD else "",
                answer.rating,
                "\n".join(answer.notes),
                answer.text,
                answer.profile,
                record.name or record.session,
                str(numbers.get(answer.id, "")),
            )
            rows.append(dict(zip(COLUMNS, values, strict=True)) | variables)
    return rows


def write_rated(rows: Sequence[dict[str, str]], path: Path, *, overwrite: bool = False) -> None:
    """Write rows as .csv or .jsonl. Raises UsageError for another ending, StorageError when that is impossible."""
    if path.suffix not in (".csv", ".jsonl"):
        raise UsageError(_("{path}: expected a name that ends in .csv or .jsonl").format(path=path))
    columns = list(dict.fromkeys([*COLUMNS, *(name for row in rows for name in row)]))
    if path.suffix == ".jsonl":
        text = "".join(json_text({name: row[name] for name in columns if name in row}) + "\n" for row in rows)
    else:
        out = io.StringIO()
        writer = csv.DictWriter(out, columns, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        text = out.getvalue()
    write_atomically(path, text.encode("utf-8", "replace"), overwrite=overwrite)
