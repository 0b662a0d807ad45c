"""Read which tensors safetensors files hold from their headers. Knows shapes and bytes; knows no model, no torch."""

from __future__ import annotations

import math
import os
import re
import struct
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from flanchat.base.errors import ModelError
from flanchat.engine.checkpoint.untrusted_json import (
    MISSING,
    SAVE_AGAIN,
    expected,
    file_names,
    open_regular,
    parse_object,
    problem,
    read_exactly,
    read_object,
    shown,
)

SINGLE, INDEX = "model.safetensors", "model.safetensors.index.json"
_HEADER_BYTES = 100_000_000  # the format's own limit
BYTES = {"F32": 4, "F16": 2, "BF16": 2}
_OTHER_BYTES = {"F64": 8, "I64": 8, "U64": 8, "I32": 4, "U32": 4, "I16": 2, "U16": 2, "I8": 1, "U8": 1, "BOOL": 1}
SHARD = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,200}\.safetensors")
_MAX_SHARDS = 1024
CONVERTIBLE = re.compile(r"(pytorch_model(-\d{5}-of-\d{5})?|adapter_model)\.bin")
"""Pickled weights that convert.py can convert to safetensors."""


class StoredTensor(NamedTuple):
    """A tensor in a safetensors file. dtype: by safetensors' name, such as "BF16". start: offset of its first byte."""

    file: Path
    dtype: str
    shape: tuple[int, ...]
    start: int


def read_headers(folder: Path) -> dict[str, StoredTensor]:
    """All tensors of model.safetensors, or else of the shards in the index, as transformers reads them.

    A tensor that the index does not name counts too. Of one that is in two shards, the index's counts.
    """
    if os.path.lexists(folder / SINGLE):
        return read_header(folder / SINGLE)
    if not os.path.lexists(folder / INDEX):
        raise no_weights(folder, file_names(folder))
    shard_of = read_index(folder)
    stored = {shard: read_header(folder / shard) for shard in sorted(set(shard_of.values()))}
    for name, shard in shard_of.items():
        if name not in stored[shard]:
            raise problem(folder / shard, shown(name), f"expected this tensor, as {INDEX} says, got none; {SAVE_AGAIN}")
    unnamed = {name: tensor for shard in stored.values() for name, tensor in shard.items()}
    return unnamed | {name: stored[shard][name] for name, shard in shard_of.items()}


def read_index(folder: Path) -> dict[str, str]:
    """The file of each tensor, by the index of shards in a folder. Raises ModelError."""
    path = folder / INDEX
    shard_of = read_object(path, _HEADER_BYTES // 10).get("weight_map")
    if not isinstance(shard_of, dict) or not shard_of:
        raise expected(path, "weight_map", "tensor names and their files", MISSING if shard_of is None else shard_of)
    for name, shard in shard_of.items():
        if not isinstance(shard, str) or not SHARD.fullmatch(shard):
            raise expected(path, f"weight_map.{shown(name)}", "the name of a .safetensors file in this folder", shard)
    if (count := len(set(shard_of.values()))) > _MAX_SHARDS:
        raise expected(path, "weight_map", f"at most {_MAX_SHARDS} files", count)
    return shard_of


def read_header(path: Path) -> dict[str, StoredTensor]:
    """The tensors of one safetensors file. Together they must fill the file without gaps or overlaps."""
    with open_regular(path) as file:
        total = os.fstat(file.fileno()).st_size
        start = read_exactly(file, path, 8)
        if len(start) < 8:
            raise problem(path, "header", f"expected a safetensors file, got {total} bytes; {SAVE_AGAIN}")
        (length,) = struct.unpack("<Q", start)
        if not 2 <= length <= min(_HEADER_BYTES, total - 8):
            wanted = f"a header of 2 to {min(_HEADER_BYTES, total - 8)} bytes"
            raise problem(path, "header", f"expected {wanted}, got a length of {length}; {SAVE_AGAIN}")
        header = parse_object(path, read_exactly(file, path, length), "header: ")
    tensors, spans = {}, []
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        tensor, begin, end = _read_entry(path, name, entry)
        tensors[name] = tensor._replace(start=8 + length + begin)
        spans.append((begin, end, name))
    at = 0
    for begin, end, name in sorted(spans):
        if begin != at:
            raise problem(path, shown(name), f"expected its bytes to begin at {at}, got {begin}; {SAVE_AGAIN}")
        at = end
    held = total - 8 - length
    if at != held:
        raise problem(path, "length", f"expected {at} bytes of tensors, got {held}: truncated or damaged; {SAVE_AGAIN}")
    return tensors


def _read_entry(path: Path, name: str, entry: object) -> tuple[StoredTensor, int, int]:
    field = shown(name)
    if not isinstance(entry, dict):
        raise expected(path, field, "an object with dtype, shape and data_offsets", entry, SAVE_AGAIN)
    dtype, shape, offsets = entry.get("dtype"), entry.get("shape"), entry.get("data_offsets")
    if not isinstance(dtype, str):
        raise expected(path, f"{field}.dtype", "a name such as F32", dtype, SAVE_AGAIN)
    if not isinstance(shape, list) or len(shape) > 8 or not all(_natural(n) for n in shape):
        raise expected(path, f"{field}.shape", "up to 8 whole numbers", shape, SAVE_AGAIN)
    if not isinstance(offsets, list) or len(offsets) != 2 or not all(_natural(n) for n in offsets):
        raise expected(path, f"{field}.data_offsets", "two whole numbers", offsets, SAVE_AGAIN)
    begin, end = offsets
    if math.prod(shape) > 1 << 50:
        raise expected(path, f"{field}.shape", "a tensor that fits on a disk", shape, SAVE_AGAIN)
    size = BYTES.get(dtype) or _OTHER_BYTES.get(dtype)
    if end < begin or (size and math.prod(shape) * size != end - begin):
        wanted = f"{math.prod(shape) * size} bytes for {dtype} {shape}" if size else "an end after its beginning"
        raise problem(path, f"{field}.data_offsets", f"expected {wanted}, got {end - begin}; {SAVE_AGAIN}")
    return StoredTensor(path, dtype, tuple(shape), begin), begin, end


def _natural(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def no_weights(where: Path | str, names: Iterable[str]) -> ModelError:
    """The error for missing safetensors, which names the weights that exist instead."""
    names = list(names)
    found = sorted(n for n in names if n.endswith((".bin", ".pt", ".pth", ".ckpt", ".pkl")))
    if found:
        plain = next((n for n in found if CONVERTIBLE.fullmatch(n)), found[0])
        can = CONVERTIBLE.fullmatch(plain)
        remedy = "start flanchat once with --convert-bin, which converts its tensors to safetensors"
        text = f"holds only {plain}, which can run code when opened"
        return problem(where, "weights", f"{text}; {remedy if can else SAVE_AGAIN}")
    other = sorted(n for n in names if n.endswith((".h5", ".msgpack", ".gguf", ".onnx", ".safetensors")))
    got = f"only {other[0]}" if other else "no weights"
    return problem(where, "weights", f"expected {SINGLE} or {INDEX}, got {got}; {SAVE_AGAIN}")
