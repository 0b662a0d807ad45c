"""Shots: worked examples, written in a profile or in a .jsonl or .csv file beside it. Knows no profile."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from flanchat.base import strict_yaml
from flanchat.base.csv_table import TableError, column_key, read_table
from flanchat.base.errors import ProfileError
from flanchat.base.json_rows import refuse_repeated_keys
from flanchat.base.strict_yaml import FieldPath, format_path
from flanchat.base.wording import describe
from flanchat.prompting.fields import Add, FieldFile, list_of, text_of
from flanchat.prompting.settings import unknown_field

_IN, _OUT = ("in", "input"), ("out", "output")


@dataclass(frozen=True, slots=True)
class Shot:
    """A worked example: a question with its answer."""

    input: str
    output: str


def shots(value: object, at: FieldPath, add: Add) -> tuple[Shot, ...]:
    """The check of a field that is a list of shots; `fields.Check` says how it works."""
    return tuple(_shot(item, (*at, n), add) for n, item in enumerate(list_of(value, at, add)))


def read_shots_file(file: FieldFile, path: Path) -> tuple[tuple[Shot, ...], str]:
    """Return the shots in a shots_file and its hash. Problems name the line in that file."""
    try:
        raw = strict_yaml.read_bytes(path)
        read = _csv_shots if path.suffix == ".csv" else _jsonl_shots
        return tuple(read(strict_yaml.decode_utf8(raw, str(path)), path)), hashlib.sha256(raw).hexdigest()
    except ProfileError as error:
        file.add(("shots_file",), error.message)
        return (), ""


def _jsonl_shots(text: str, path: Path) -> Iterator[Shot]:
    def fail(at: FieldPath, what: str) -> NoReturn:
        raise ProfileError(f"{path}:{number}: {format_path(at)}{': ' if at else ''}{what}") from None

    for number, row in enumerate(text.split("\n"), 1):  # noqa: B007 - `fail` reads the number
        if row.strip():
            try:
                value = json.loads(row, object_pairs_hook=refuse_repeated_keys)
            except (ValueError, RecursionError) as error:
                why = f": {error.msg}" if isinstance(error, json.JSONDecodeError) else ""
                fail((), f'expected JSON such as {{"in": "...", "out": "..."}}{why}')
            yield _shot(value, (), fail)


def _csv_shots(text: str, path: Path) -> Iterator[Shot]:
    try:
        table = read_table(text)
        line, header = next(table, (1, []))
        names = [column_key(cell) for cell in header]
        if sorted(names) not in (["in", "out"], ["input", "output"]):
            raise TableError(line, f"expected the columns in and out, got {describe(','.join(header))}")
        for __, cells in table:
            yield Shot(*(cells if names[0] in _IN else reversed(cells)))
    except TableError as error:
        raise ProfileError(f"{path}:{error.line}: {error}") from None


def _shot(value: object, at: FieldPath, add: Add) -> Shot:
    if not isinstance(value, dict):
        add(at, f"expected the fields in and out, got {describe(value)}")
        return Shot("", "")
    for key in value:
        if key not in (*_IN, *_OUT):
            add((*at, key), unknown_field(key, ("in", "out")))
    return Shot(_one_of(value, _IN, at, add), _one_of(value, _OUT, at, add))


def _one_of(shot: Mapping[str, object], names: Sequence[str], at: FieldPath, add: Add) -> str:
    given = [name for name in names if name in shot]
    if len(given) == 1:
        return text_of(shot[given[0]], (*at, given[0]), add)
    if given:
        add((*at, given[1]), f"{' and '.join(given)} mean the same. Remove one.")
    else:
        add(at, f"missing field {names[0]}")
    return ""
