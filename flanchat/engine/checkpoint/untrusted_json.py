"""Strict reading of files of unknown origin: regular files, plain JSON, one-line errors. Knows no model."""

from __future__ import annotations

import difflib
import errno
import json
import math
import os
import re
import stat
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

from flanchat.base import files
from flanchat.base.errors import ModelError
from flanchat.base.i18n import _, in_english, untranslated

SAVE_AGAIN = "download it again, or save it again with transformers' save_pretrained"
MISSING = object()
"""Stands for a missing field."""
TOKENIZER_BYTES = 64 << 20
"""The most that a file of a vocabulary may have."""

_LFS = b"version https://git-lfs.github.com/spec/"


def require_folder(folder: Path) -> None:
    """Raise ModelError unless `folder` is a readable folder."""
    where = " ".join(str(folder).splitlines())
    unreadable = _("{path}: expected a readable folder, got no permission; check its permissions").format(path=where)
    try:
        mode = os.stat(folder).st_mode
    except (OSError, ValueError) as error:
        if isinstance(error, PermissionError):
            raise ModelError(unreadable) from None
        if os.path.islink(folder):
            text = _("{path}: expected a model folder, got a broken link; correct it")
            raise ModelError(text.format(path=where)) from None
        parent = folder.parent
        names = [entry.name for entry in entries(parent)] if parent.is_dir() else []
        near = difflib.get_close_matches(folder.name, names, n=1)
        remedy = _("did you mean {name}?").format(name=parent / near[0]) if near else _("check the path")
        text = _("{path}: expected a model folder, got no such folder; {remedy}")
        raise ModelError(text.format(path=where, remedy=remedy)) from None
    if not stat.S_ISDIR(mode):
        text = _("{path}: expected a model folder, got {kind}; use the folder that holds config.json")
        raise ModelError(text.format(path=where, kind=files.file_kind(mode)))
    if not os.access(folder, os.R_OK | os.X_OK):
        raise ModelError(unreadable)


def entries(folder: Path) -> list[os.DirEntry[str]]:
    """Up to 10,000 entries of a folder, sorted by name; none when it cannot be read."""
    try:
        with os.scandir(folder) as entries:
            return sorted((entry for entry, _ in zip(entries, range(10_000), strict=False)), key=lambda e: e.name)
    except OSError:
        return []


def file_names(folder: Path) -> set[str]:
    """The names of `entries`."""
    return {entry.name for entry in entries(folder)}


def open_regular(path: Path) -> BinaryIO:
    """Open a regular file; never blocks on a pipe or a device. Refuses a Git LFS pointer."""
    try:
        with untranslated():
            file = open(files.open_regular(path), "rb")  # noqa: SIM115 - returned open
    except OSError as error:
        raise _unreadable(path, error) from None
    try:
        if read_exactly(file, path, len(_LFS)) == _LFS:
            raise problem(path, "content", "is a Git LFS pointer, not the file itself; run git lfs pull in its folder")
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return file


def read_exactly(file: BinaryIO, path: Path, count: int) -> bytes:
    try:
        return file.read(count)
    except OSError as error:
        raise _unreadable(path, error) from None


def _unreadable(path: Path, error: OSError) -> ModelError:
    if error.errno == errno.EINVAL:  # not a regular file
        return problem(path, "", f"{error.strerror}; put the model's own file there")
    missing = isinstance(error, FileNotFoundError)
    reason = "no such file" if missing else in_english(files.reason(error))
    remedy = SAVE_AGAIN if missing else "check its permissions and its disk"
    return problem(path, "", f"expected a readable file, got: {reason}; {remedy}")


def hash_into(digest: Any, path: Path) -> None:
    with open_regular(path) as file:
        while chunk := read_exactly(file, path, 1 << 16):  # larger blocks are new pages each time
            digest.update(chunk)


def read_object(path: Path, max_bytes: int) -> dict[str, Any]:
    """Read a file that holds a JSON object. Raises ModelError for anything else."""
    return parse_object(path, read_content(path, max_bytes), "")


def read_content(path: Path, max_bytes: int) -> bytes:
    """The content of a regular file. Raises ModelError for a larger one, and for one that cannot be read."""
    with open_regular(path) as file:
        content = read_exactly(file, path, max_bytes + 1)
    if len(content) > max_bytes:
        raise problem(path, "size", f"expected at most {max_bytes} bytes, got more; {SAVE_AGAIN}")
    return content


def parse_object(path: Path, content: bytes, part: str) -> dict[str, Any]:
    """Parse a JSON object. Refuses NaN, infinities and numbers of more than 100 digits."""
    if not content.strip():
        raise problem(path, f"{part}JSON", f"expected an object, got an empty file; {SAVE_AGAIN}")
    try:
        value = json.loads(
            content.decode("utf-8-sig"), parse_int=_plain_int, parse_float=_finite_float, parse_constant=_no_constant
        )
    except json.JSONDecodeError as error:
        text = f"expected an object, got text that is not JSON (line {error.lineno}: {error.msg})"
        raise problem(path, f"{part}JSON", f"{text}; {SAVE_AGAIN}") from None
    except UnicodeDecodeError:
        raise problem(path, f"{part}JSON", f"expected UTF-8 text, got other bytes; {SAVE_AGAIN}") from None
    except ValueError as error:
        raise problem(path, f"{part}JSON", f"expected plain numbers, got {error}; correct or remove it") from None
    except RecursionError:
        raise problem(path, f"{part}JSON", f"expected an object, got too many nested brackets; {SAVE_AGAIN}") from None
    if not isinstance(value, dict):
        raise expected(path, f"{part}JSON", "an object", value, SAVE_AGAIN)
    return value


def _plain_int(digits: str) -> int:
    if len(digits) > 100:  # transformers writes 1000000000000000019884624838656 as the length of an endless model
        raise ValueError(f"one of {len(digits)} digits")
    return int(digits)


def _finite_float(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise ValueError(f"one beyond any float: {digits[:20]}")
    return value


def _no_constant(word: str) -> NoReturn:
    raise ValueError(word)


def expected(path: Path, field: str, wanted: str, got: object, remedy: str = "") -> ModelError:
    """The error for a field with a wrong value."""
    remedy = remedy or f"correct {path.name}, or download it again"
    return problem(path, field, f"expected {wanted}, got {short(got)}; {remedy}")


def problem(where: Path | str, field: str, text: str) -> ModelError:
    """An error of one line: WHERE: FIELD: text."""
    message = f"{where}: {field}: {text}" if field else f"{where}: {text}"
    return ModelError(" ".join(message.splitlines()))


def short(value: object) -> str:
    """A value from a file for an error message: shortened, on one line."""
    if value is MISSING:
        return "nothing"
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list):
        return "a list" if len(value) > 8 or any(isinstance(v, (list, dict, str)) for v in value) else str(value)
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    text = ascii(value)
    return text if len(text) <= 60 else text[:57] + "..."


def shown(name: str) -> str:
    """The name of a field or tensor in a file for an error message."""
    return name if re.fullmatch(r"[\w.-]{1,150}", name, re.ASCII) else short(name)
