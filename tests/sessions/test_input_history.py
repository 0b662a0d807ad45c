"""Every session can recall the inputs of earlier ones; an error with the file is only a message."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flanchat.base.files import open_regular, try_lock
from flanchat.sessions.input_history import InputHistory
from tests.examples import examples


@pytest.fixture
def path(tmp_path):
    return tmp_path / "history.jsonl"


def private_file(path, content):
    path.write_bytes(content)
    path.chmod(0o600)
    return path


def test_the_next_session_loads_the_entries_newest_last(path):
    for text in ("first", "two\nlines", "third"):
        assert InputHistory(path).append(text) == ""

    assert InputHistory(path).load() == ["first", "two\nlines", "third"]


def test_missing_history_is_empty_without_a_problem(path):
    history = InputHistory(path)

    assert history.load() == []
    assert history.problem == ""
    assert not path.exists()


@examples(30)
@given(st.lists(st.text(st.characters(exclude_categories=())), max_size=6))
def test_any_text_reads_back_unchanged_and_the_file_is_plain_ascii(tmp_path_factory, texts):
    history = InputHistory(tmp_path_factory.mktemp("h") / "history.jsonl", sync=lambda fd: None)
    for text in texts:
        assert history.append(text) == ""

    assert history.load() == texts
    assert not texts or set(history.path.read_bytes()) <= {*range(0x20, 0x7F), 0x0A}


def test_file_is_private(path):
    InputHistory(path).append("secret")

    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_entry_is_written_once_and_then_synced(path):
    calls = []

    def write(fd, line):
        calls.append(("write", line))
        return os.write(fd, line)

    InputHistory(path, write=write, sync=lambda fd: calls.append(("sync", b""))).append("a")

    assert calls == [("write", b'"a"\n'), ("sync", b"")]


def test_damaged_lines_are_skipped(path):
    private_file(
        path, b'"good"\n\n"torn\n{"an": "object"}\n17\n\xff\xfe\n\0\0\0\n"also good"\n' + b"[" * 9999 + b'\n"last"'
    )

    assert InputHistory(path).load() == ["good", "also good", "last"]


def test_cut_last_line_does_not_damage_the_next_entry(path):
    private_file(path, b'"good"\n"to')

    assert InputHistory(path).append("next") == ""

    assert InputHistory(path).load() == ["good", "next"]


def test_only_the_last_ten_thousand_entries_are_loaded(path):
    private_file(path, b"".join(b'"%d"\n' % n for n in range(10_005)))

    loaded = InputHistory(path).load()

    assert len(loaded) == 10_000
    assert loaded[0] == "5"
    assert loaded[-1] == "10004"


@pytest.mark.parametrize("extra", [0, 1, 7, 1_000_000])
def test_whole_lines_of_the_last_16_mb_of_a_huge_file_are_loaded(path, extra):
    line = json.dumps("x" * 999_997).encode() + b"\n"  # a million bytes
    tail = line * 16 + b'"' + b"y" * (16 * 2**20 - 16_000_003) + b'"\n'
    private_file(path, b'"' + b"z" * extra + b'"\n' + tail)

    loaded = InputHistory(path).load()

    assert [len(entry) for entry in loaded] == [999_997] * 16 + [16 * 2**20 - 16_000_003]


def test_oversized_entry_is_reported_and_not_saved(path):
    assert "not saved" in InputHistory(path).append("x" * 2**21)
    assert not path.exists()


@pytest.mark.timeout(100)
@pytest.mark.parametrize("kind", ["link", "hard link", "fifo", "folder", "open to others"])
def test_unsafe_file_is_a_message_for_append_and_load_and_stays_unchanged(path, kind):
    target = private_file(path.with_name("target"), b'"precious"\n')
    {
        "link": lambda: path.symlink_to("target"),
        "hard link": lambda: os.link(target, path),
        "fifo": lambda: os.mkfifo(path, 0o600),
        "folder": path.mkdir,
        "open to others": lambda: private_file(path, b"").chmod(0o644),
    }[kind]()
    history = InputHistory(path)

    assert str(path) in history.append("text")
    assert history.load() == []
    assert str(path) in history.problem
    assert target.read_bytes() == b'"precious"\n'


def test_full_disk_is_a_message_and_earlier_entries_remain(path):
    InputHistory(path).append("good")

    message = InputHistory(path, write=lambda fd, line: os.write(fd, line[:3])).append("lost")

    assert f"{path}: only 3 of 7 bytes" in message
    assert InputHistory(path).load() == ["good"]


def test_missing_folder_is_a_message(tmp_path):
    assert "missing" in InputHistory(tmp_path / "missing" / "history").append("text")


def test_lock_held_by_another_program_is_a_message_and_not_a_hang(path):
    fd = open_regular(path, "append", private=True)
    assert try_lock(fd)

    message = InputHistory(path, lock_wait_s=0).append("text")

    assert "lock" in message
    os.close(fd)
    assert InputHistory(path, lock_wait_s=0).append("text") == ""


@pytest.mark.timeout(100)
def test_four_programs_appending_at_once_lose_nothing(path):
    code = (
        "import sys; from pathlib import Path; from flanchat.sessions.input_history import InputHistory\n"
        "history = InputHistory(Path(sys.argv[1]), lock_wait_s=90)\n"
        "sys.stdin.readline()\n"
        "print([m for n in range(40) if (m := history.append(f'{sys.argv[2]} {n}\\n' + 'x' * 5000))])\n"
    )
    writers = [
        subprocess.Popen([sys.executable, "-c", code, path, name], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        for name in "abcd"
    ]
    for writer in writers:
        writer.stdin.write(b"go\n")
        writer.stdin.flush()
    said = [writer.communicate(timeout=90)[0].strip() for writer in writers]

    assert said == [b"[]"] * 4
    loaded = [entry.split("\n")[0] for entry in InputHistory(path).load()]
    assert path.read_bytes().count(b"\n") == 160
    for name in "abcd":
        assert [entry for entry in loaded if entry[0] == name] == [f"{name} {n}" for n in range(40)]
