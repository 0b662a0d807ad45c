"""Copying with a program, else through the terminal, else a message that explains why not."""

from __future__ import annotations

import base64
import os
from pathlib import Path

import pytest

from flanchat.repl.clipboard import PROGRAMS, TERMINAL_BYTES, copy

TEXT = "Zürich,\n日本 – done"


def program(folder: Path, name: str, status: int = 0) -> None:
    """A program that stores its input and its arguments."""
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(f'#!/bin/sh\necho "$@" > {folder}/{name}.called\n/bin/cat > {folder}/{name}.text\nexit {status}\n')
    path.chmod(0o700)


def environ(folder: Path, **values: str) -> dict[str, str]:
    return {"PATH": str(folder), **values}


@pytest.mark.parametrize(("variable", "command"), PROGRAMS)
def test_each_program_is_used_where_its_display_is_set(tmp_path, variable, command):
    program(tmp_path, command[0])
    display = {variable: ":0"} if variable else {}

    said = copy(TEXT, environ(tmp_path, **display))

    assert (tmp_path / f"{command[0]}.text").read_text() == TEXT
    assert (tmp_path / f"{command[0]}.called").read_text().split() == list(command[1:])
    assert command[0] in said
    assert str(len(TEXT)) in said


@pytest.mark.parametrize(("variable", "command"), [(v, c) for v, c in PROGRAMS if v])
def test_a_program_whose_display_is_missing_is_not_started(tmp_path, variable, command):
    program(tmp_path, command[0])

    assert "no clipboard" in copy(TEXT, environ(tmp_path))
    assert not (tmp_path / f"{command[0]}.called").exists()


def test_when_a_program_fails_the_next_one_is_tried(tmp_path):
    program(tmp_path, "xclip", status=1)
    program(tmp_path, "xsel")

    assert "xsel" in copy(TEXT, environ(tmp_path, DISPLAY=":0"))


def test_when_all_programs_fail_the_terminal_is_used(tmp_path):
    program(tmp_path, "xclip", status=1)
    (tmp_path / "xsel").write_text("no program")
    (tmp_path / "xsel").chmod(0o700)
    written: list[str] = []

    said = copy(TEXT, environ(tmp_path, DISPLAY=":0"), terminal=written.append)

    assert "terminal" in said
    assert len(written) == 1


@pytest.mark.parametrize("text", [TEXT, "", "\x1b]52;c;x\x07", "half \ud800"])
def test_the_terminal_gets_the_bytes_in_base64_and_nothing_else(tmp_path, text):
    written: list[str] = []

    copy(text, environ(tmp_path), terminal=written.append)

    [sequence] = written
    assert sequence.startswith("\x1b]52;c;")
    assert sequence.endswith("\x07")
    assert base64.b64decode(sequence[7:-1]) == text.encode("utf-8", "replace")
    assert sequence[7:-1].isascii()


@pytest.mark.parametrize(("more", "fits"), [(0, True), (1, False)])
def test_a_text_too_long_for_terminals_is_refused_with_an_alternative(tmp_path, more, fits):
    written: list[str] = []

    said = copy("ä" * (TERMINAL_BYTES // 2) + "x" * more, environ(tmp_path), terminal=written.append)

    assert bool(written) == fits
    assert ("/export" in said) == (not fits)
    if fits:
        assert len(written[0]) <= 100_000


def test_without_program_and_terminal_the_message_names_what_is_missing(tmp_path):
    assert "xclip" in copy(TEXT, environ(tmp_path))


def test_a_program_gets_a_text_with_a_lone_surrogate(tmp_path):
    program(tmp_path, "pbcopy")

    copy("half \ud800", environ(tmp_path))

    assert (tmp_path / "pbcopy.text").read_text() == "half ?"


def test_a_program_is_only_looked_for_on_the_given_path(tmp_path):
    program(tmp_path / "elsewhere", "pbcopy")

    assert "no clipboard" in copy(TEXT, {"PATH": os.fspath(tmp_path)})
