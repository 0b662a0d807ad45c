"""Private files are opened with care, records are durable or absent, whole files are complete or absent."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from flanchat.base.errors import StorageError
from flanchat.base.files import (
    append_record,
    open_private_append,
    open_private_read,
    open_regular_read,
    try_lock,
    write_atomically,
)
from tests.waiting import LIMIT_S

OPENERS = [open_private_append, open_private_read]
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")


def private_file(path, content=b""):
    path.write_bytes(content)
    path.chmod(0o600)
    return path


def close_if_opened(opener, path):
    os.close(opener(path))


class TestOpening:
    def test_new_file_is_private_whatever_the_umask(self, tmp_path):
        path = tmp_path / "log"
        old = os.umask(0)
        try:
            os.close(open_private_append(path))
        finally:
            os.umask(old)

        assert stat.S_IMODE(path.stat().st_mode) == 0o600

    def test_descriptor_is_not_inherited_by_other_programs(self, tmp_path):
        fd = open_private_append(tmp_path / "log")

        assert not os.get_inheritable(fd)
        os.close(fd)

    def test_new_means_new(self, tmp_path):
        path = private_file(tmp_path / "log", b"old\n")

        with pytest.raises(FileExistsError):
            open_private_append(path, create="new")

        assert path.read_bytes() == b"old\n"

    def test_never_means_no_file_is_made(self, tmp_path):
        with pytest.raises(StorageError, match="log"):
            open_private_append(tmp_path / "log", create="never")

        assert not (tmp_path / "log").exists()

    @pytest.mark.timeout(100)
    @pytest.mark.parametrize("opener", OPENERS)
    @pytest.mark.parametrize("dangling", [False, True])
    def test_symbolic_link_is_refused_and_its_target_untouched(self, tmp_path, opener, dangling):
        target = tmp_path / "target"
        if not dangling:
            private_file(target, b"precious")
        (tmp_path / "log").symlink_to(target)

        with pytest.raises(StorageError, match="symbolic link"):
            close_if_opened(opener, tmp_path / "log")

        assert target.exists() != dangling
        assert dangling or target.read_bytes() == b"precious"

    @pytest.mark.timeout(100)
    @pytest.mark.parametrize("opener", OPENERS)
    def test_hard_link_is_refused(self, tmp_path, opener):
        os.link(private_file(tmp_path / "target"), tmp_path / "log")

        with pytest.raises(StorageError, match="2 hard links"):
            close_if_opened(opener, tmp_path / "log")

    @pytest.mark.timeout(100)
    @pytest.mark.parametrize("opener", [*OPENERS, open_regular_read])
    def test_fifo_is_refused_without_waiting_for_its_other_end(self, tmp_path, opener):
        os.mkfifo(tmp_path / "log", 0o600)

        with pytest.raises(StorageError, match="FIFO"):
            close_if_opened(opener, tmp_path / "log")

    @pytest.mark.timeout(100)
    @pytest.mark.parametrize("opener", [*OPENERS, open_regular_read])
    def test_folder_is_refused(self, tmp_path, opener):
        with pytest.raises(StorageError, match=str(tmp_path)):
            close_if_opened(opener, tmp_path)

    @pytest.mark.timeout(100)
    @pytest.mark.parametrize("opener", [*OPENERS, open_regular_read])
    @pytest.mark.parametrize("device", ["/dev/null", "/dev/zero"])
    def test_device_is_refused(self, tmp_path, opener, device):
        with pytest.raises(StorageError, match="device"):
            close_if_opened(opener, Path(device))

    @pytest.mark.parametrize("opener", OPENERS)
    @pytest.mark.parametrize("mode", [0o644, 0o620, 0o604, 0o777])
    def test_file_open_to_others_is_refused_with_the_cure(self, tmp_path, opener, mode):
        private_file(tmp_path / "log").chmod(mode)

        with pytest.raises(StorageError, match=f"{mode:04o}.*chmod 600"):
            close_if_opened(opener, tmp_path / "log")

    @as_root
    @pytest.mark.parametrize("opener", OPENERS)
    def test_file_of_another_user_is_refused(self, tmp_path, opener):
        os.chown(private_file(tmp_path / "log"), 12345, -1)

        with pytest.raises(StorageError, match="user 12345"):
            close_if_opened(opener, tmp_path / "log")

    @pytest.mark.parametrize("name", ["nul\0byte", "x" * 300, "lone\ud800surrogate"])
    def test_impossible_name_is_a_storage_error(self, tmp_path, name):
        with pytest.raises(StorageError):
            close_if_opened(open_private_append, tmp_path / name)

    def test_refused_files_leave_no_descriptor_open(self, tmp_path):
        os.mkfifo(tmp_path / "log", 0o600)
        before = os.dup(0)
        os.close(before)
        for opener in (*OPENERS, open_regular_read):
            with pytest.raises(StorageError):
                opener(tmp_path / "log")

        after = os.dup(0)
        os.close(after)
        assert after == before

    def test_regular_read_follows_links_and_takes_any_mode(self, tmp_path):
        (tmp_path / "real").write_bytes(b"x")
        (tmp_path / "link").symlink_to("real")

        os.close(open_regular_read(tmp_path / "link"))

    def test_lock_is_exclusive_until_the_file_is_closed(self, tmp_path):
        first, second = open_private_append(tmp_path / "log"), open_private_append(tmp_path / "log")

        assert try_lock(first)
        assert not try_lock(second)
        os.close(first)
        assert try_lock(second)
        os.close(second)


class TestRecords:
    @pytest.fixture
    def path(self, tmp_path):
        return private_file(tmp_path / "log", b"one\n")

    @pytest.fixture
    def fd(self, path):
        fd = open_private_append(path)
        yield fd
        os.close(fd)

    def test_record_is_one_write_and_then_one_sync(self, fd, path):
        calls = []

        def write(fd, line):
            calls.append(("write", line))
            return os.write(fd, line)

        append_record(fd, b"two", write, lambda fd: calls.append(("sync", path.read_bytes())))

        assert calls == [("write", b"two\n"), ("sync", b"one\ntwo\n")]

    def test_torn_tail_gets_its_newline_in_the_same_write(self, fd, path):
        path.write_bytes(b"one\ntor")

        append_record(fd, b"two")

        assert path.read_bytes() == b"one\ntor\ntwo\n"

    @pytest.mark.parametrize("fitting", range(4))
    def test_short_write_leaves_the_file_as_it_was(self, fd, path, fitting):
        with pytest.raises(OSError, match=f"only {fitting} of 4 bytes"):
            append_record(fd, b"two", lambda fd, line: os.write(fd, line[:fitting]))

        assert path.read_bytes() == b"one\n"

    def test_failed_sync_leaves_the_file_as_it_was(self, fd, path):
        def sync(fd):
            raise OSError(errno.EIO, "Input/output error")

        with pytest.raises(OSError, match="Input/output"):
            append_record(fd, b"two", sync=sync)

        assert path.read_bytes() == b"one\n"

    def test_interrupted_sync_leaves_the_file_as_it_was(self, fd, path):
        def sync(fd):
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            append_record(fd, b"two", sync=sync)

        assert path.read_bytes() == b"one\n"

    def test_deleted_file_is_noticed(self, fd, path):
        path.unlink()

        with pytest.raises(OSError, match="deleted"):
            append_record(fd, b"two")

    def test_limit_of_the_system_on_file_sizes_is_an_error_and_not_a_torn_line(self, tmp_path):
        code = (
            "import resource, sys; from pathlib import Path; from flanchat.base.files import *\n"
            "fd = open_private_append(Path(sys.argv[1]))\n"
            "resource.setrlimit(resource.RLIMIT_FSIZE, (10, 10))\n"
            "write_record(fd, b'12345')\n"
            "try: append_record(fd, b'67890')\n"
            "except OSError: print('refused')\n"
        )
        ran = subprocess.run(
            [sys.executable, "-c", code, tmp_path / "small"],
            capture_output=True,
            text=True,
            check=True,
            timeout=LIMIT_S,
        )

        assert ran.stdout == "refused\n"
        assert (tmp_path / "small").read_bytes() == b"12345\n"


class TestWholeFiles:
    def test_file_appears_complete_and_private_and_leaves_nothing_else(self, tmp_path):
        write_atomically(tmp_path / "out.md", b"text", overwrite=False)

        assert (tmp_path / "out.md").read_bytes() == b"text"
        assert stat.S_IMODE((tmp_path / "out.md").stat().st_mode) == 0o600
        assert os.listdir(tmp_path) == ["out.md"]

    def test_content_is_synced_before_the_file_has_its_name(self, tmp_path):
        seen = []
        write_atomically(
            tmp_path / "out", b"text", overwrite=False, sync=lambda fd: seen.append((tmp_path / "out").exists())
        )

        assert seen == [False]

    def test_existing_file_is_kept_unless_told(self, tmp_path):
        (tmp_path / "out").write_bytes(b"old")

        with pytest.raises(StorageError, match="exists already"):
            write_atomically(tmp_path / "out", b"new", overwrite=False)

        assert (tmp_path / "out").read_bytes() == b"old"
        write_atomically(tmp_path / "out", b"new", overwrite=True)
        assert (tmp_path / "out").read_bytes() == b"new"

    def test_file_that_appears_while_writing_is_kept(self, tmp_path):
        with pytest.raises(StorageError, match="exists already"):
            write_atomically(
                tmp_path / "out", b"new", overwrite=False, sync=lambda fd: (tmp_path / "out").write_bytes(b"theirs")
            )

        assert (tmp_path / "out").read_bytes() == b"theirs"
        assert os.listdir(tmp_path) == ["out"]

    @pytest.mark.timeout(100)
    @pytest.mark.parametrize("overwrite", [False, True])
    @pytest.mark.parametrize("kind", ["link", "dangling link", "folder", "fifo"])
    def test_anything_but_a_file_is_refused_even_when_told(self, tmp_path, kind, overwrite):
        (tmp_path / "target").write_bytes(b"precious")
        out = tmp_path / "out"
        {
            "link": lambda: out.symlink_to("target"),
            "dangling link": lambda: out.symlink_to("nowhere"),
            "folder": out.mkdir,
            "fifo": lambda: os.mkfifo(out),
        }[kind]()

        with pytest.raises(StorageError, match="out"):
            write_atomically(out, b"new", overwrite=overwrite)

        assert (tmp_path / "target").read_bytes() == b"precious"
        assert sorted(os.listdir(tmp_path)) == ["out", "target"]

    @pytest.mark.parametrize("overwrite", [False, True])
    @pytest.mark.parametrize("failing", ["write", "write at the third call", "write nothing", "sync"])
    def test_failure_leaves_the_old_state_and_no_litter(self, tmp_path, overwrite, failing):
        if overwrite:
            (tmp_path / "out").write_bytes(b"old")
        calls = []

        def write(fd, content):
            calls.append(content)
            if failing == "write nothing":
                return 0
            if failing == "write" or (failing == "write at the third call" and len(calls) == 3):
                raise OSError(errno.ENOSPC, "No space left on device")
            return os.write(fd, content[:1])

        def sync(fd):
            raise OSError(errno.EIO, "Input/output error")

        with pytest.raises(StorageError, match=r"out: not written: (No space|Input)"):
            write_atomically(tmp_path / "out", b"new content", overwrite=overwrite, write=write, sync=sync)

        assert os.listdir(tmp_path) == (["out"] if overwrite else [])
        assert not overwrite or (tmp_path / "out").read_bytes() == b"old"

    def test_short_writes_are_continued(self, tmp_path):
        write_atomically(tmp_path / "out", b"content", overwrite=False, write=lambda fd, part: os.write(fd, part[:2]))

        assert (tmp_path / "out").read_bytes() == b"content"

    @pytest.mark.parametrize("taken", [False, True])
    def test_file_system_without_hard_links_is_served_too(self, tmp_path, monkeypatch, taken):
        def link(source, target):
            if taken:
                target.write_bytes(b"theirs")
            raise PermissionError(errno.EPERM, "Operation not permitted")

        monkeypatch.setattr(os, "link", link)
        if taken:
            with pytest.raises(StorageError, match="exists already"):
                write_atomically(tmp_path / "out", b"text", overwrite=False)
        else:
            write_atomically(tmp_path / "out", b"text", overwrite=False)

        assert (tmp_path / "out").read_bytes() == (b"theirs" if taken else b"text")
        assert os.listdir(tmp_path) == ["out"]

    @pytest.mark.parametrize("name", ["missing/out", "nul\0byte", "x" * 300, "/", "."])
    def test_impossible_target_is_a_storage_error(self, tmp_path, name):
        with pytest.raises(StorageError):
            write_atomically(tmp_path / name, b"text", overwrite=True)
