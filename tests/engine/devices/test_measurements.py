"""A measurement is taken once on a machine, also by two processes that start at the same time."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from flanchat.engine.devices.measurements import cached_measurement


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return {"XDG_CACHE_HOME": str(tmp_path)}


def is_number(value: object) -> bool:
    return isinstance(value, int)


def speed(value: int, environ: dict[str, str]) -> Any:
    """The cached speed, or `value`, measured now."""
    return cached_measurement("speed", lambda: value, is_number, environ)


def test_a_measurement_is_taken_once(environ: dict[str, str]) -> None:
    assert [speed(1, environ), speed(2, environ)] == [1, 1]


def test_of_two_processes_that_measure_at_the_same_time_the_first_is_believed(environ: dict[str, str]) -> None:
    def measure_slowly() -> int:
        speed(1, environ)
        return 2

    assert cached_measurement("speed", measure_slowly, is_number, environ) == 1
    assert speed(3, environ) == 1


DEEP = b'{"deep": ' + b"[" * 20_000 + b"]" * 20_000 + b"}"


@pytest.mark.parametrize("content", [b"", b"[]", b"\xff", b'{"speed": "fast"}', DEEP, b"[" * 100_000])
def test_a_damaged_or_invalid_measurement_is_taken_again(
    environ: dict[str, str], tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "flanchat" / "machine.json"
    path.parent.mkdir(mode=0o700)
    path.write_bytes(content)

    assert [speed(2, environ), speed(3, environ)] == [2, 2]


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo])
def test_what_is_no_file_costs_only_time(environ: dict[str, str], tmp_path: Path, make: Callable[[Path], None]) -> None:
    (tmp_path / "flanchat").mkdir(mode=0o700)
    make(tmp_path / "flanchat" / "machine.json")

    assert [speed(1, environ), speed(2, environ)] == [1, 2]


def test_a_cache_folder_that_is_not_writable_costs_only_time(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    environ = {"XDG_CACHE_HOME": str(tmp_path / "file")}

    assert [speed(1, environ), speed(2, environ)] == [1, 2]
