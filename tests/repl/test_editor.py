"""The user's editor: how it is started, and what remains of an entry when it fails."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from flanchat.base.errors import UsageError
from flanchat.repl.editor import edit_text


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of temporary files."""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    return temporary


def editor(tmp_path: Path, script: str) -> dict[str, str]:
    """An environment whose editor has blanks in its path, an argument in quotes, and runs this script."""
    program = tmp_path / "an editor"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    return {"EDITOR": f"'{program}' --title 'two words'"}


def test_arguments_in_quotes_and_line_ends_of_windows_are_no_part_of_the_text(tmp_path: Path, folder: Path):
    environ = editor(tmp_path, """printf '\\357\\273\\277%s\\r\\ntwo\\r\\n' "$2" > "$3" """)

    assert edit_text("one", environ) == "two words\ntwo"
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("exit 3", "exited with status 3; the entry is unchanged"),
        ("kill -KILL $$", "was killed by SIGKILL; the entry is unchanged"),
        ('rm "$3"', "No such file or directory; the entry is unchanged"),
    ],
)
def test_an_editor_that_fails_is_named_and_leaves_no_file(tmp_path: Path, folder: Path, script: str, message: str):
    with pytest.raises(UsageError) as raised:
        edit_text("one", editor(tmp_path, script))

    assert raised.value.message.endswith(message)
    assert str(folder) not in raised.value.message
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("/nowhere/ed", "cannot start the editor /nowhere/ed: No such file or directory; set EDITOR; the entry is"),
        ("ed 'unclosed", "cannot start the editor ed 'unclosed: No closing quotation; set EDITOR; the entry is"),
    ],
)
def test_an_editor_that_cannot_start_names_the_variable(folder: Path, command: str, message: str):
    with pytest.raises(UsageError) as raised:
        edit_text("one", {"EDITOR": command})

    assert raised.value.message.startswith(message)
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ('echo more >> "$3"; exit 1', "exited with status 1"),
        ("""printf 'caf\\351' > "$3" """, "expected UTF-8, found the byte 0xe9 at byte 3"),
    ],
)
def test_what_a_failed_editor_wrote_is_kept_in_the_file_that_is_named(
    tmp_path: Path, folder: Path, script: str, message: str
):
    with pytest.raises(UsageError) as raised:
        edit_text("one", editor(tmp_path, script))

    [kept] = folder.iterdir()
    assert message in raised.value.message
    assert raised.value.message.endswith(f"what the editor wrote is in {kept}")


def test_a_full_or_missing_temporary_folder_is_a_message(folder: Path):
    folder.rmdir()

    with pytest.raises(UsageError, match="cannot write a file for the editor: No such file"):
        edit_text("one", {})
