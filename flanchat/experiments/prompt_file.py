"""Read prompts and their targets from a text, CSV, JSON, JSONL or Parquet file. Knows no profile, model or terminal."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

from flanchat.base.csv_table import TableError, column_key, read_table
from flanchat.base.errors import PromptsError
from flanchat.base.i18n import _, join_list
from flanchat.base.json_rows import refuse_repeated_keys
from flanchat.base.text import NotTextError, decode
from flanchat.experiments.parquet import read_parquet

PROMPT_COLUMNS = ("prompt", "question", "input", "text")
TARGET_COLUMNS = ("target", "targets", "answer", "answers", "label", "output")
"""Names to look for, in this order, when no option names the column."""

_MISSING = ("", "nan", "NaN", "<NA>")
"""Texts of a cell without a value; pandas writes the last three."""

Columns = dict[str, Any]
Place = int | str
"""Where a row is in its file: a line, or a path of keys for JSON, which often has one line."""


@dataclass(frozen=True, slots=True)
class PromptFile:
    """The rows of a file, at least one. prompt_column: None for lines of text. target_column: None without one.

    Of a task file, is_filled: the columns are in its prompts already; settings: what it sets, by name; metric: the key
    of METRICS that its assertions mean, or ""; notes: what the user should know about it.
    """

    rows: Sequence[Row]
    prompt_column: str | None
    target_column: str | None
    is_filled: bool = False
    settings: Mapping[str, Any] = field(default_factory=dict)
    metric: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """A prompt. where: FILE:LINE, or FILE:PATH in JSON. targets: answers that count as right.

    columns: the other columns, as text. choices: what the answer is chosen from; () where the profile decides.
    """

    where: str
    question: str
    targets: tuple[str, ...] = ()
    columns: Mapping[str, str] = field(default_factory=dict)
    choices: tuple[str, ...] = ()


def read_prompts(name: str, content: bytes, prompt: str | None = None, target: str | None = None) -> PromptFile:
    """Read the rows of a file. prompt, target: the columns that hold them; None looks for one of the usual names.

    name: its ending gives the format; "-" means lines from standard input. Raises PromptsError.
    """
    return from_columns(name, read_columns(name, content), prompt, target)


def read_columns(name: str, content: bytes) -> list[tuple[Place, Columns]]:
    """The rows of a file as columns, at least one, each with its place. Raises PromptsError."""
    ending = ".txt" if name == "-" else PurePath(name).suffix.lower()
    if ending not in READERS:
        text = _("{file}: expected a file that ends in {endings}; - reads lines from a pipe")
        raise PromptsError(text.format(file=name, endings=join_list([*READERS, ".yaml"])))
    read = list(READERS[ending](name, content))
    if not read:
        raise PromptsError(f"{name}:1: " + _("expected prompts, found none"))
    for place, columns in read:
        _require_different(f"{name}:{place}", columns)
    return read


def from_columns(
    name: str, read: Sequence[tuple[Place, Columns]], prompt: str | None = None, target: str | None = None
) -> PromptFile:
    """The prompts of rows of columns, as `read_prompts`."""
    first, columns = read[0]
    found = _column(columns, (prompt,) if prompt is not None else PROMPT_COLUMNS)
    if found is None:
        usual = _("{some} or {last}").format(some=join_list(PROMPT_COLUMNS[:-1]), last=PROMPT_COLUMNS[-1])
        advice = "" if prompt is not None else _("; name it with --prompt-column")
        raise PromptsError(f"{name}:{first}: {_no_column(prompt or usual, columns)}{advice}")
    right = _target_column(name, read, found, target)
    rows = [_row(f"{name}:{line}", columns, found, right) for line, columns in read]
    is_text = PurePath(name).suffix.lower() == ".txt" or name == "-"
    return PromptFile(rows, None if is_text else found, right)


def column_of(row: Row, name: str) -> str | None:
    """The text in a column, however it is spelt; None where the row has none."""
    key = _column(dict(row.columns), (name,))
    return None if key is None else row.columns[key]


def _row(where: str, columns: Columns, prompt: str, target: str | None) -> Row:
    key = _column(columns, (prompt,))
    if key is None:
        raise PromptsError(f"{where}: {_no_column(prompt, columns)}")
    question = scalar_text(columns[key])
    if question is None or not question.strip():
        raise PromptsError(
            f"{where}: {key}: " + _("expected a prompt, found {found}").format(found=_kind(columns[key]))
        )
    right = _column(columns, (target,)) if target is not None else None
    targets = _targets(where, right, columns[right]) if right is not None else ()
    others = {c: text for c, value in columns.items() if c != key and (text := scalar_text(value)) is not None}
    return Row(where, question, targets, others)


def _target_column(name: str, read: Sequence[tuple[Place, Columns]], prompt: str, wanted: str | None) -> str | None:
    """The column of right answers, the same for all rows: the first usual name with a value in any row."""
    names = [wanted] if wanted is not None else [each for each in TARGET_COLUMNS if each != column_key(prompt)]
    there = [(each, columns[key]) for each in names for __, columns in read if (key := _column(columns, (each,)))]
    if wanted is not None and not there:
        raise PromptsError(f"{name}:{read[0][0]}: {_no_column(wanted, read[0][1])}")
    return next((each for each, value in there if not _is_missing(value)), there[0][0] if there else None)


def _require_different(where: str, columns: Columns) -> None:
    """Refuse names that `_column` could not tell apart."""
    if len(names := Counter(map(column_key, columns))) < len(columns):
        same = join_list(repr(column) for column in columns if names[column_key(column)] > 1)
        raise PromptsError(f"{where}: " + _("expected columns with different names, found {found}").format(found=same))


def _column(columns: Columns, wanted: Iterable[str]) -> str | None:
    """The first of the wanted columns, as this row spells it: blanks at the ends and case do not count."""
    spelt = {column_key(name): name for name in columns}
    return next(
        (name if name in columns else spelt[column_key(name)] for name in wanted if column_key(name) in spelt), None
    )


def _is_missing(value: object) -> bool:
    """Whether a cell has no value: null, NaN or NA, also as pandas' texts, a blank text, or a list of such."""
    if isinstance(value, list):
        return all(map(_is_missing, value))
    if isinstance(value, dict) and "text" in value:
        return _is_missing(value["text"])
    if isinstance(value, float):
        return math.isnan(value)
    return value is None or (isinstance(value, str) and value.strip() in _MISSING)


def _targets(where: str, name: str, value: object) -> tuple[str, ...]:
    """One target, a list of them, SQuAD's mapping with `text` or a list of such; none when the value is missing."""
    given: list[Any] = []
    for each in value if isinstance(value, list) else [value]:
        text = each["text"] if isinstance(each, dict) and "text" in each else [each]
        given += [one for one in (text if isinstance(text, list) else [text]) if not _is_missing(one)]
    texts = [scalar_text(each) for each in given]
    if None in texts:
        text = _("expected a text or a list of texts, found {found}")
        raise PromptsError(f"{where}: {name}: " + text.format(found=_kind(value)))
    return tuple(text for text in texts if text is not None)


def scalar_text(value: object) -> str | None:
    """A scalar as text; None for anything else, NaN included."""
    if _is_missing(value):
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, str | int | float) else None


def _lines(name: str, content: bytes) -> Iterator[tuple[int, str]]:
    """The lines that are not blank, with their numbers from 1."""
    for number, line in enumerate(_decoded(name, content).split("\n"), 1):
        if line.strip():
            yield number, line.removesuffix("\r")


def _read_text(name: str, content: bytes) -> Iterator[tuple[Place, Columns]]:
    return ((number, {"prompt": line}) for number, line in _lines(name, content))


def _read_jsonl(name: str, content: bytes) -> Iterator[tuple[Place, Columns]]:
    for number, line in _lines(name, content):
        columns = _parsed_json(name, number, line)
        if not isinstance(columns, dict):
            text = _("expected a JSON object, found {found}")
            raise PromptsError(f"{name}:{number}: " + text.format(found=_kind(columns)))
        yield number, columns


def _parsed_json(name: str, line: int, text: str) -> Any:
    """line: the number of the text's first line in the file."""
    try:
        value = json.loads(text, object_pairs_hook=refuse_repeated_keys)
        json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        is_half = isinstance(error, UnicodeEncodeError)
        why = _("half a character (a lone surrogate)") if is_half else _("it cannot be read")
        if isinstance(error, json.JSONDecodeError):
            why, line = error.msg, line + error.lineno - 1
        said = _("expected a JSON object, found invalid JSON: {why}").format(why=why)
        raise PromptsError(f"{name}:{line}: {said}") from None
    return value


def _read_json(name: str, content: bytes) -> Iterator[tuple[Place, Columns]]:
    """A list of rows, or SQuAD's object, whose questions take the title and the text that they are about."""
    found = _parsed_json(name, 1, _decoded(name, content))
    rows, at = (found["data"], "data") if isinstance(found, dict) and "data" in found else (found, "")
    for place, row in _items(name, at, rows):
        if "paragraphs" not in row:
            yield place, row
            continue
        for inner, paragraph in _items(name, f"{place}.paragraphs", row["paragraphs"]):
            shared = {"title": row.get("title"), "context": paragraph.get("context")}
            for innermost, asked in _items(name, f"{inner}.qas", paragraph.get("qas")):
                yield innermost, {**shared, **asked}


def _items(name: str, at: str, value: object) -> Iterator[tuple[str, dict[str, Any]]]:
    """The objects of a list, each with its path."""
    if not isinstance(value, list):
        text = (
            _("expected a list, found {found}")
            if at
            else _("expected a list of objects, or SQuAD's object with data, found {found}")
        )
        raise PromptsError(f"{name}:{at or 1}: " + text.format(found=_kind(value)))
    for number, item in enumerate(value):
        if not isinstance(item, dict):
            text = _("expected an object, found {found}")
            raise PromptsError(f"{name}:{at}[{number}]: " + text.format(found=_kind(item)))
        yield f"{at}[{number}]", item


def _read_csv(name: str, content: bytes) -> Iterator[tuple[Place, Columns]]:
    separator = "\t" if name.lower().endswith(".tsv") else ""
    try:
        table = read_table(_decoded(name, content), separator)
        __, header = next(table, (1, []))
        for line, cells in table:
            yield line, {column: cell or None for column, cell in zip(header, cells, strict=True)}
    except TableError as error:
        raise PromptsError(f"{name}:{error.line}: {error}") from None


def _read_parquet(name: str, content: bytes) -> Iterator[tuple[Place, Columns]]:
    try:
        yield from enumerate(read_parquet(content), 1)
    except (ValueError, OSError) as error:
        said = _("expected Parquet, found something else: {error}").format(error=str(error).splitlines()[0])
        raise PromptsError(f"{name}:1: {said}") from None


def _decoded(name: str, content: bytes) -> str:
    try:
        return decode(content)
    except NotTextError as error:
        line = content.count(b"\n", 0, error.at) + 1
        raise PromptsError(f"{name}:{line}: {error}") from None


def _no_column(wanted: str, columns: Columns) -> str:
    found = join_list(columns) or _("none")
    return _("expected a column {wanted}, found {found}").format(wanted=wanted, found=found)


def _kind(value: object) -> str:
    if _is_missing(value) and not isinstance(value, list | dict):
        return _("nothing") if not isinstance(value, str) or not value.strip() else value.strip()
    number = _("a number")
    kinds = {bool: _("true or false"), int: number, float: number, str: _("a text"), list: _("a list")}
    return kinds.get(type(value), _("a mapping"))


READERS = {
    ".txt": _read_text, ".csv": _read_csv, ".tsv": _read_csv, ".jsonl": _read_jsonl, ".json": _read_json,
    ".parquet": _read_parquet,
}  # fmt: skip
