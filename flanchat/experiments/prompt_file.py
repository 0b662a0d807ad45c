"""Read prompts and their targets from a text, CSV, JSONL or Parquet file. Knows no profile, model or terminal."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

from flanchat.base.errors import PromptsError
from flanchat.experiments.parquet import read_parquet

PROMPT_COLUMNS = ("prompt", "question", "input", "text")
TARGET_COLUMNS = ("target", "targets", "answer", "answers", "label", "output")
"""Names to look for, in this order, when no option names the column."""

_Columns = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Row:
    """A prompt. where: FILE:LINE. targets: answers that count as right. columns: the other columns, as text."""

    where: str
    question: str
    targets: tuple[str, ...] = ()
    columns: Mapping[str, str] = field(default_factory=dict)


def read_prompts(name: str, content: bytes, prompt: str | None = None, target: str | None = None) -> list[Row]:
    """Read the rows of a file. prompt, target: the columns that hold them; None looks for one of the usual names.

    name: its ending gives the format; "-" means lines from standard input. Raises PromptsError.
    """
    ending = ".txt" if name == "-" else PurePath(name).suffix.lower()
    if ending not in _READERS:
        raise PromptsError(f"{name}: expected a file that ends in {', '.join(_READERS)}; - reads lines from a pipe")
    rows: list[Row] = []
    for line, columns in _READERS[ending](name, content):
        where = f"{name}:{line}"
        found = _column(where, columns, prompt, PROMPT_COLUMNS)
        if found is None:
            usual = f"{', '.join(PROMPT_COLUMNS[:-1])} or {PROMPT_COLUMNS[-1]}"
            raise PromptsError(
                f"{where}: expected a column {usual}, found {_found(columns)}; name it with --prompt-column"
            )
        question = _text(columns[found])
        if question is None or not question.strip():
            raise PromptsError(f"{where}: {found}: expected a prompt, found {_kind(columns[found])}")
        right = _column(where, columns, target, tuple(c for c in TARGET_COLUMNS if c != found))
        targets = _targets(where, right, columns[right]) if right is not None else ()
        others = {c: text for c, value in columns.items() if c != found and (text := _text(value)) is not None}
        rows.append(Row(where, question, targets, others))
    if not rows:
        raise PromptsError(f"{name}:1: expected prompts, found none")
    return rows


def _column(where: str, columns: _Columns, wanted: str | None, usual: Iterable[str]) -> str | None:
    if wanted is None:
        return next((name for name in usual if name in columns), None)
    if wanted not in columns:
        raise PromptsError(f"{where}: expected a column {wanted}, found {_found(columns)}")
    return wanted


def _targets(where: str, name: str, value: object) -> tuple[str, ...]:
    """One target or a list of them; null means none."""
    texts = [_text(each) for each in (value if isinstance(value, list) else [value])]
    if value is None:
        return ()
    if None in texts or not texts:
        raise PromptsError(f"{where}: {name}: expected a text or a list of texts, found {_kind(value)}")
    return tuple(text for text in texts if text is not None)


def _text(value: object) -> str | None:
    """A scalar as text; None for anything else."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, str | int | float) else None


def _lines(name: str, content: bytes) -> Iterator[tuple[int, str]]:
    """The lines that are not blank, with their numbers from 1."""
    for number, line in enumerate(_decoded(name, content).split("\n"), 1):
        if line.strip():
            yield number, line.removesuffix("\r")


def _read_text(name: str, content: bytes) -> Iterator[tuple[int, _Columns]]:
    return ((number, {"prompt": line}) for number, line in _lines(name, content))


def _read_jsonl(name: str, content: bytes) -> Iterator[tuple[int, _Columns]]:
    for number, line in _lines(name, content):
        try:
            columns = json.loads(line)
        except (ValueError, RecursionError) as error:
            why = error.msg if isinstance(error, json.JSONDecodeError) else "it cannot be read"
            raise PromptsError(f"{name}:{number}: expected a JSON object, found invalid JSON: {why}") from None
        if not isinstance(columns, dict):
            raise PromptsError(f"{name}:{number}: expected a JSON object, found {_kind(columns)}")
        yield number, columns


def _read_csv(name: str, content: bytes) -> Iterator[tuple[int, _Columns]]:
    reader = csv.reader(io.StringIO(_decoded(name, content), newline=""), strict=True)
    header: list[str] = []
    line = 1
    try:
        for cells in reader:
            begun, line = line, reader.line_num + 1
            if not header:
                header = cells
                if len(set(header)) < len(header):
                    raise PromptsError(f"{name}:{begun}: expected columns with different names, found {_found(header)}")
            elif len(cells) > len(header) or (len(cells) < len(header) and any(cells)):
                raise PromptsError(
                    f"{name}:{begun}: expected {len(header)} columns, found {len(cells)}; "
                    "put texts with commas in double quotes"
                )
            elif any(cells):
                yield begun, {column: cell or None for column, cell in zip(header, cells, strict=True)}
    except csv.Error as error:
        raise PromptsError(f"{name}:{line}: expected CSV, found invalid CSV: {error}") from None


def _read_parquet(name: str, content: bytes) -> Iterator[tuple[int, _Columns]]:
    try:
        yield from enumerate(read_parquet(content), 1)
    except (ValueError, OSError) as error:
        raise PromptsError(f"{name}:1: expected Parquet, found something else: {str(error).splitlines()[0]}") from None


def _decoded(name: str, content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise PromptsError(f"{name}:{line}: expected UTF-8, found the byte {content[error.start]:#04x}") from None


def _found(names: Iterable[str]) -> str:
    return ", ".join(names) or "none"


def _kind(value: object) -> str:
    if value is None or (isinstance(value, str) and not value.strip()):
        return "nothing"
    kinds = {bool: "true or false", int: "a number", float: "a number", str: "a text", list: "a list"}
    return kinds.get(type(value), "a mapping")


_READERS = {".txt": _read_text, ".csv": _read_csv, ".jsonl": _read_jsonl, ".parquet": _read_parquet}
