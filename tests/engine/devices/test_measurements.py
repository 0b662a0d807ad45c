"""What was found out about a machine is found out once, also by two that start at the same time."""

from __future__ import annotations

from pathlib import Path

import pytest

from flanchat.engine.devices.measurements import remembered


@pytest.fixture(autouse=True)
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "flanchat" / "machine.json"


def number(value: object) -> bool:
    return isinstance(value, int)


def test_a_fact_is_found_out_once() -> None:
    assert [remembered("speed", lambda found=found: found, number) for found in (1, 2)] == [1, 1]


def test_of_two_that_find_out_at_the_same_time_the_first_is_believed() -> None:
    def slowly() -> int:
        remembered("speed", lambda: 1, number)
        return 2

    assert remembered("speed", slowly, number) == 1
    assert remembered("speed", lambda: 3, number) == 1


@pytest.mark.parametrize("content", [b"", b"[]", b"\xff", b'{"speed": "fast"}'])
def test_what_is_damaged_or_of_another_kind_is_found_out_again(kept: Path, content: bytes) -> None:
    kept.parent.mkdir(mode=0o700)
    kept.write_bytes(content)

    assert remembered("speed", lambda: 2, number) == 2
    assert remembered("speed", lambda: 3, number) == 2


def test_a_folder_that_cannot_be_written_costs_only_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))

    assert [remembered("speed", lambda found=found: found, number) for found in (1, 2)] == [1, 2]
