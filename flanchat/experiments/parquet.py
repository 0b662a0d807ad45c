"""Read and write Parquet. The only module that imports pyarrow, which is an extra; knows no prompt and no answer."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from flanchat.base.errors import UsageError
from flanchat.base.files import sync_folder
from flanchat.base.i18n import _

_AT_ONCE = 4096  # rows held in memory


def demand_pyarrow() -> Any:
    """Return pyarrow with its Parquet module. Raises UsageError when it is not installed."""
    try:
        import pyarrow.parquet
    except ImportError:
        raise UsageError(_("Parquet needs pyarrow: pip install 'flanchat[parquet]', or use .jsonl")) from None
    return pyarrow


def read_parquet(content: bytes) -> Iterator[dict[str, Any]]:
    """The rows, each with every column. Raises ValueError for invalid Parquet."""
    with demand_pyarrow().parquet.ParquetFile(io.BytesIO(content)) as file:
        for batch in file.iter_batches(_AT_ONCE):
            yield from batch.to_pylist()


def write_parquet(lines: Path, target: Path) -> None:
    """Convert a JSONL file to Parquet, atomically. Nested objects become columns with dotted names.

    lines: read twice, first for the columns' types, so that only a part of it is in memory at a time.
    """
    pyarrow = demand_pyarrow()
    schema = pyarrow.schema([])
    for rows in _chunks(lines):
        found = pyarrow.Table.from_pylist(rows).schema
        schema = pyarrow.unify_schemas([schema, found], promote_options="permissive")
    temporary = target.with_name(f".{target.name}.{os.urandom(6).hex()}.tmp")
    try:
        with open(temporary, "xb", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
            with pyarrow.parquet.ParquetWriter(file, schema, compression="zstd") as writer:
                for rows in _chunks(lines):
                    writer.write_table(pyarrow.Table.from_pylist(rows, schema=schema))
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, target)
    finally:
        temporary.unlink(missing_ok=True)
    sync_folder(target.parent)


def flat(values: Mapping[str, Any], before: str = "") -> dict[str, Any]:
    """Flatten nested mappings into one, with dotted names. Lists stay.

    >>> flat({"model": {"id": "demo"}, "stop": ["Q:"]})
    {'model.id': 'demo', 'stop': ['Q:']}
    """
    found: dict[str, Any] = {}
    for name, value in values.items():
        found.update(flat(value, f"{before}{name}.") if isinstance(value, dict) else {f"{before}{name}": value})
    return found


def _chunks(lines: Path) -> Iterator[list[dict[str, Any]]]:
    """Rows in chunks; those of a chunk have the same columns."""
    with lines.open("rb") as file:
        rows: Iterable[dict[str, Any]] = (flat(json.loads(line)) for line in file)
        while chunk := list(islice(rows, _AT_ONCE)):
            names = dict.fromkeys(name for row in chunk for name in row)
            yield [{name: row.get(name) for name in names} for row in chunk]
