"""Files of flanchat's own that are damaged or cannot be read: named or made anew, and nothing is lost or ignored.

A link to itself stands for what cannot be read: it works as root too.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Main
from tests.conftest import transcripts

SHORT = ("-o", "max_new_tokens=2")


def unreadable(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to(path)


def other_version(path: Path) -> None:
    with sqlite3.connect(path) as db:
        db.execute("UPDATE about SET text = 'flanchat index 99'")
    db.close()


def folder_of_somebody(path: Path) -> None:
    path.unlink()
    path.mkdir()
    (path / "mine.txt").write_text("mine")


INDEX_FAULTS: dict[str, Callable[[Path], object]] = {
    "cut": lambda path: os.truncate(path, 9000),
    "head": lambda path: path.write_bytes(path.read_bytes()[:100] + os.urandom(9000)),
    "random": lambda path: path.write_bytes(os.urandom(9000)),
    "text": lambda path: path.write_text("hello\n" * 99),
    "empty": lambda path: os.truncate(path, 0),
    "folder": folder_of_somebody,
    "read-only": lambda path: path.chmod(0o400),
    "other version": other_version,
    "link": lambda path: (path.unlink(), path.symlink_to("/etc/passwd")),
}


@pytest.mark.parametrize("fault", INDEX_FAULTS)
def test_a_damaged_index_costs_no_session(main: Main, tiny_model: Path, tmp_path: Path, fault: str) -> None:
    main("ask", "hello", "-m", tiny_model, *SHORT)
    before = main("sessions", "list")
    index = tmp_path / "cache" / "flanchat" / "sessions.sqlite"
    recorded = [path.read_bytes() for path in transcripts(tmp_path)]

    INDEX_FAULTS[fault](index)

    assert main("sessions", "list") == before
    assert "[hello]" in main("sessions", "search", "hello").out
    assert main("ask", "again", "-c", "-m", tiny_model, *SHORT).status == 0
    assert transcripts(tmp_path)[0].read_bytes().startswith(recorded[0])
    assert fault != "folder" or (index / "mine.txt").read_text() == "mine"


@pytest.mark.parametrize("what", ["config", "config/flanchat", "config/flanchat/config.yaml"])
def test_a_configuration_that_cannot_be_read_is_not_taken_for_none(
    main: Main, tiny_model: Path, tmp_path: Path, what: str
) -> None:
    unreadable(tmp_path / what)

    for words in (("ask", "hello", "-m", tiny_model), ("config",)):
        ended = main(*words)
        assert (ended.status, ended.out) == (2, "")
        assert f"{tmp_path}/config/flanchat/config.yaml:1: cannot be read: " in ended.err


def test_a_profile_of_the_users_that_cannot_be_read_is_not_replaced_by_a_bundled_one(
    main: Main, tiny_model: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "config" / "flanchat" / "profiles"
    unreadable(folder)

    asked = main("ask", "hello", "-p", "qa", "-m", tiny_model)
    listed = main("profiles", "list", env={"COLUMNS": "300"})

    assert (asked.status, asked.out) == (2, "")
    assert asked.err.startswith(f"flanchat: {folder}/qa.yaml:1: cannot be read: ")
    assert f"{folder}: cannot be read: " in listed.out


@pytest.mark.parametrize("what", ["state/flanchat", "state/flanchat/sessions"])
def test_a_folder_of_sessions_that_cannot_be_used_is_named_with_what_to_do(
    main: Main, tiny_model: Path, tmp_path: Path, what: str
) -> None:
    (tmp_path / "state").mkdir()
    unreadable(tmp_path / what)
    asked = ("ask", "hello", "-m", tiny_model, *SHORT)

    for words in (asked, ("sessions", "list"), (*asked, "-c"), (*asked, "-s", "trip")):
        ended = main(*words)
        assert (ended.status, ended.out) == (4, "")
        assert f"{tmp_path}/state/flanchat/sessions: " in ended.err
        assert "FLANCHAT_DATA" in ended.err
    assert main(*asked, "--no-log").status == 0


def test_a_current_folder_that_is_gone_is_named_where_it_matters(main: Main, tiny_model: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("extends: qa\n")
    (tmp_path / "gone").mkdir()
    os.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()

    ended = main("ask", "hello", "-m", tiny_model, "-p", "../mine.yaml")

    assert (ended.status, ended.out) == (1, "")
    assert ended.err == "flanchat: the current folder was removed; change to one that exists\n"


def test_a_command_of_the_repl_that_cannot_write_says_why_and_the_session_goes_on(
    main: Main, tiny_model: Path, tmp_path: Path
) -> None:
    profiles = tmp_path / "config" / "flanchat" / "profiles"
    profiles.parent.mkdir(parents=True)
    profiles.write_text("")
    lines = f"hello\n/export {profiles}/talk.md\n/profile save mine\nagain\n"

    ended = main("chat", "-m", tiny_model, *SHORT, stdin=lines)

    assert ended.status == 1
    assert f"line 2: {profiles}/talk.md: not written: Not a directory" in ended.err
    assert f"line 3: {profiles}" in ended.err
    (path,) = transcripts(tmp_path)
    asked = [event["text"] for event in map(json.loads, path.read_text().splitlines()) if event["type"] == "user"]
    assert asked == ["hello", "again"]
