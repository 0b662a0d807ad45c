"""Files of flanchat's own that are damaged or cannot be read: named or made anew, and nothing is lost or ignored.

A link to itself stands for what cannot be read: it works as root too.
"""

from __future__ import annotations

import io
import json
import os
import re
import resource
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from flanchat.repl.commands.table import COMMANDS
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
def test_a_configuration_that_cannot_be_read_is_not_taken_for_a_missing_one(
    main: Main, tiny_model: Path, tmp_path: Path, what: str
) -> None:
    unreadable(tmp_path / what)

    for words in (("ask", "hello", "-m", tiny_model), ("config",)):
        ended = main(*words)
        assert (ended.status, ended.out) == (2, "")
        assert f"{tmp_path}/config/flanchat/config.yaml:1: cannot be read: " in ended.err


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("replay",), "File name too long"), (("diff", "bundled", "--reference"), "File name too long"),
        (("ask", "hello", "--profiles"), "is not a folder"), (("ask", "hello", "-m"), "expected a model folder"),
    ],
)  # fmt: skip
def test_a_name_that_is_too_long_for_a_file_is_refused_as_a_missing_one_is(
    main: Main, words: tuple[str, ...], why: str
) -> None:
    ended = main(*words, "x" * 300)

    assert ended.status in (2, 3)
    assert why in ended.err


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


def test_a_current_folder_that_is_gone_is_named_as_the_reason(main: Main, tiny_model: Path, tmp_path: Path) -> None:
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


# -- what happens to the disk while the REPL runs ----------------------------------------------------------------------


class Script(io.StringIO):
    """Standard input with a fault between two of its lines."""

    def __init__(self, lines: list[str], at: int, fault: Callable[[], object]) -> None:
        super().__init__("".join(f"{line}\n" for line in lines))
        self._left, self._fault = at, fault

    def readline(self, size: int | None = -1, /) -> str:
        if self._left == 0:
            self._fault()
        self._left -= 1
        return super().readline(-1 if size is None else size)


def fill_disk() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))


def replace_by_file(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.write_text("")


DISK_FAULTS: dict[str, Callable[[Path], object]] = {
    "full": lambda folder: fill_disk(),
    "sessions gone": lambda folder: shutil.rmtree(folder / "state" / "flanchat" / "sessions"),
    "state a file": lambda folder: replace_by_file(folder / "state" / "flanchat"),
    "cache a file": lambda folder: replace_by_file(folder / "cache" / "flanchat"),
    "current folder gone": lambda folder: os.rmdir(folder / "here"),
}


@pytest.mark.transformers
@pytest.mark.parametrize("fault", DISK_FAULTS)
def test_no_fault_of_the_disk_ends_the_repl_or_is_an_internal_error(
    main: Main, tiny_model: Path, tmp_path: Path, fault: str
) -> None:
    (tmp_path / "here").mkdir()
    os.chdir(tmp_path / "here")
    words = ("", " 1", " talk.md", f" {tmp_path}/talk.md", " save mine")
    names = [command.name for command in COMMANDS if command.name not in ("exit", "log")]
    lines = ["hello", *(f"/{name}{more}" for name in names for more in words), "again", "/history"]
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        ended = main("chat", "-m", tiny_model, *SHORT, stdin=Script(lines, 1, lambda: DISK_FAULTS[fault](tmp_path)))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)

    assert ended.status in (1, 4)
    assert not re.search("internal error|Traceback", ended.err + ended.out)
    assert len(re.findall("line [0-9]+: ", ended.err)) > 50
    assert "again" in ended.out  # /history, the last line
    assert ("NOT SAVED: " in ended.err) == (fault in ("full", "sessions gone", "state a file"))
    if fault not in ("sessions gone", "state a file"):
        begun = [json.loads(line) for line in transcripts(tmp_path)[0].read_text().splitlines()]
        assert next(event["text"] for event in begun if event["type"] == "user") == "hello"
        assert "answer" in [event["type"] for event in begun]
