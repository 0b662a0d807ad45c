"""Files are opened safely, records are durable or absent, whole files are complete or absent."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from flanchat.base.errors import StorageError
from flanchat.base.files import append_record, open_regular, reason, try_lock, write_atomically
from tests.waiting import LIMIT_S

PRIVATE = [{"mode": "append", "private": True}, {"private": True}]
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")


def private_file(path, content=b""):
    path.write_bytes(content)
    path.chmod(0o600)
    return path


def refusal(path, **how):
    """Return why a file cannot be opened."""
    with pytest.raises(OSError) as caught:
        os.close(open_regular(path, **how))
    return reason(caught.value)


class TestOpening:
    def test_new_file_is_private_whatever_the_umask(self, tmp_path):
        path = tmp_path / "log"
        old = os.umask(0)
        try:
            os.close(open_regular(path, "append", private=True))
        finally:
            os.umask(old)

        assert stat.S_IMODE(path.stat().st_mode) == 0o600

    def test_descriptor_is_not_inherited_by_other_programs(self, tmp_path):
        fd = open_regular(tmp_path / "log", "append", private=True)

        assert not os.get_inheritable(fd)
        os.close(fd)

    def test_append_new_refuses_an_existing_file(self, tmp_path):
        path = private_file(tmp_path / "log", b"old\n")

        with pytest.raises(FileExistsError):
            open_regular(path, "append new", private=True)

        assert path.read_bytes() == b"old\n"

    def test_append_existing_creates_no_file(self, tmp_path):
        with pytest.raises(FileNotFoundError):
            open_regular(tmp_path / "log", "append existing", private=True)

        assert not (tmp_path / "log").exists()

    @pytest.mark.timeout(100)
    @pytest.mark.parametrize("how", PRIVATE)
    @pytest.mark.parametrize("dangling", [False, True])
    def test_symbolic_link_is_refused_and_its_target_unchanged(self, tmp_path, how, dangling):
        target = tmp_path / "target"
        if not dangling:
            private_file(target, b"precious")
        (tmp_path / "log").symlink_to(target)

        assert refusal(tmp_path / "log", **how) == "expected a regular file, found a symbolic link"

        assert target.exists() != dangling
        assert dangling or target.read_bytes() == b"precious"

    @pytest.mark.timeout(100)
    @pytest.mark.parametrize("how", PRIVATE)
    def test_hard_link_is_refused(self, tmp_path, how):
        os.link(private_file(tmp_path / "target"), tmp_path / "log")

        assert "2 hard links" in refusal(tmp_path / "log", **how)

    @pytest.mark.timeout(100)
    @pytest.mark.parametrize("how", [*PRIVATE, {}])
    def test_named_pipe_is_refused_without_waiting_for_its_other_end(self, tmp_path, how):
        os.mkfifo(tmp_path / "log", 0o600)

        assert refusal(tmp_path / "log", **how) == "expected a regular file, found a named pipe"

    @pytest.mark.timeout(100)
    @pytest.mark.parametrize("how", [*PRIVATE, {}])
    def test_folder_is_refused(self, tmp_path, how):
        assert refusal(tmp_path, **how) in ("expected a regular file, found a folder", "Is a directory")

    @pytest.mark.timeout(100)
    @pytest.mark.parametrize("how", [*PRIVATE, {}])
    @pytest.mark.parametrize("device", ["/dev/null", "/dev/zero"])
    def test_device_is_refused(self, tmp_path, how, device):
        assert refusal(Path(device), **how) == "expected a regular file, found a device"

    @pytest.mark.parametrize("how", PRIVATE)
    @pytest.mark.parametrize("mode", [0o644, 0o620, 0o604, 0o777])
    def test_file_open_to_others_is_refused_with_a_remedy(self, tmp_path, how, mode):
        private_file(tmp_path / "log").chmod(mode)

        assert f"found mode {mode:04o}. Run chmod 600" in refusal(tmp_path / "log", **how)

    @as_root
    @pytest.mark.parametrize("how", PRIVATE)
    def test_file_of_another_user_is_refused(self, tmp_path, how):
        os.chown(private_file(tmp_path / "log"), 12345, -1)

        assert "user 12345" in refusal(tmp_path / "log", **how)

    @pytest.mark.parametrize("name", ["nul\0byte", "x" * 300, "lone\ud800surrogate"])
    def test_impossible_name_is_an_os_error(self, tmp_path, name):
        assert refusal(tmp_path / name, mode="append", private=True)

    def test_refused_files_leave_no_descriptor_open(self, tmp_path):
        os.mkfifo(tmp_path / "log", 0o600)
        before = os.dup(0)
        os.close(before)
        for how in (*PRIVATE, {}):
            refusal(tmp_path / "log", **how)

        after = os.dup(0)
        os.close(after)
        assert after == before

    def test_file_that_need_not_be_private_may_be_a_link(self, tmp_path):
        (tmp_path / "real").write_bytes(b"x")
        (tmp_path / "link").symlink_to("real")

        os.close(open_regular(tmp_path / "link"))

    def test_lock_is_exclusive_until_the_file_is_closed(self, tmp_path):
        first, second = (open_regular(tmp_path / "log", "append", private=True) for _ in range(2))

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
        fd = open_regular(path, "append", private=True)
        yield fd
        os.close(fd)

    def test_record_is_one_write_and_then_one_sync(self, fd, path):
        calls = []

        def write(fd, line):
            calls.append(("write", line))
            return os.write(fd, line)

        append_record(fd, b"two", write, lambda fd: calls.append(("sync", path.read_bytes())))

        assert calls == [("write", b"two\n"), ("sync", b"one\ntwo\n")]

    def test_cut_last_line_gets_its_newline_in_the_same_write(self, fd, path):
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

    def test_file_size_limit_is_an_error_and_does_not_cut_a_line(self, tmp_path):
        code = (
            "import resource, sys; from pathlib import Path; from flanchat.base.files import *\n"
            "fd = open_regular(Path(sys.argv[1]), 'append', private=True)\n"
            "resource.setrlimit(resource.RLIMIT_FSIZE, (10, 10))\n"
            "append_record(fd, b'12345')\n"
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
    def test_file_appears_complete_and_private_and_nothing_else_remains(self, tmp_path):
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

    def test_existing_file_is_kept_unless_overwrite_is_set(self, tmp_path):
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
    def test_anything_but_a_regular_file_is_refused_even_with_overwrite(self, tmp_path, kind, overwrite):
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
    def test_failure_keeps_the_old_file_and_leaves_no_temporary_one(self, tmp_path, overwrite, failing):
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
    def test_file_system_without_hard_links_is_supported(self, tmp_path, monkeypatch, taken):
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
