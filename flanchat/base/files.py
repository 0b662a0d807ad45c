"""Open files safely and write them durably. Knows descriptors and bytes; knows no record format.

There are two ways of writing: `append_record` adds a record to a private file and syncs it before it returns;
`write_atomically` writes a file that appears complete or not at all.
"""

from __future__ import annotations

import errno
import fcntl
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Literal

from flanchat.base.errors import FlanchatError, StorageError, UsageError
from flanchat.base.i18n import N_, _, is_translated, translated

Write = Callable[[int, bytes], int]
Sync = Callable[[int], None]
Mode = Literal["read", "append", "append existing", "append new"]

# macOS has no fdatasync
sync_content: Sync = getattr(os, "fdatasync", os.fsync)

_FLAGS: dict[Mode, int] = {
    "read": os.O_RDONLY,
    "append": os.O_RDWR | os.O_APPEND | os.O_CREAT,
    "append existing": os.O_RDWR | os.O_APPEND,
    "append new": os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_EXCL,
}
# O_NONBLOCK: opening a FIFO or a device never waits. O_NOCTTY: a terminal does not become the controlling terminal.
_SAFE = os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY


def open_regular(path: Path, mode: Mode = "read", *, private: bool = False) -> int:
    """Open a regular file without ever waiting and return its descriptor.

    mode: the append modes can read too; what they create has mode 0600.
    private: also refuse symbolic links, hard links, files of another user and files that others can read or write.
    Raises OSError, whose strerror says what was expected and found: see `reason`.
    """
    try:
        fd = os.open(path, _FLAGS[mode] | _SAFE | (os.O_NOFOLLOW if private else 0), 0o600)
    except ValueError as error:  # a NUL or a lone surrogate: no file can have this path
        raise FileNotFoundError(errno.ENOENT, str(error)) from error
    except OSError as error:
        if private and error.errno in (errno.ELOOP, errno.EMLINK):  # EMLINK: FreeBSD's answer to O_NOFOLLOW
            raise OSError(error.errno, _not_regular(stat.S_IFLNK)) from error
        raise
    try:
        status = os.fstat(fd)
        if not stat.S_ISREG(status.st_mode):
            raise OSError(errno.EINVAL, _not_regular(status.st_mode))
        if private:
            _require_private(status)
    except BaseException:
        os.close(fd)
        raise
    return fd


def read_regular(path: Path, most: int = -1, *, error: type[FlanchatError] = StorageError) -> bytes:
    """The content of a regular file, or its first bytes. Raises `error`, with the reason, when it cannot be read."""
    try:
        with open(open_regular(path), "rb") as file:
            return file.read(most)
    except OSError as found:
        raise error(failed(path, found)) from found


def is_there(path: Path) -> bool:
    """Whether something is at a path, or may be: then opening it raises the error that says why it cannot be read.

    `os.path.exists` and the like return False for whatever is in a folder without permission.
    """
    try:
        os.lstat(path)
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return False
    except OSError:
        pass
    return True


def file_kind(mode: int) -> str:
    """What a file is by its `st_mode`, such as "a named pipe", for messages."""
    kinds = {
        stat.S_IFREG: _("a file"),
        stat.S_IFDIR: _("a folder"),
        stat.S_IFIFO: _("a named pipe"),
        stat.S_IFLNK: _("a symbolic link"),
        stat.S_IFSOCK: _("a socket"),
        stat.S_IFCHR: _("a device"),
        stat.S_IFBLK: _("a device"),
    }
    return kinds.get(stat.S_IFMT(mode), _("something else"))


def append_record(fd: int, record: bytes, write: Write = os.write, sync: Sync = sync_content) -> None:
    """Append `record` and a newline in one write and sync it. Raises OSError and restores the file if that fails.

    When the file does not end with a newline, because a crash cut its last line short, one is written first, so that
    the two lines stay apart.
    """
    status = os.fstat(fd)
    if status.st_nlink == 0:
        raise OSError(errno.ENOENT, _("the file was deleted while it was in use"))
    torn = status.st_size > 0 and os.pread(fd, 1, status.st_size - 1) != b"\n"
    line = b"\n" * torn + record + b"\n"
    try:
        written = write(fd, line)
        if written != len(line):
            raise OSError(
                errno.ENOSPC,
                _("only {written} of {count} bytes could be written").format(written=written, count=len(line)),
            )
        sync(fd)
    except BaseException:
        with suppress(OSError):
            os.ftruncate(fd, status.st_size)
        raise


@contextmanager
def lock_folder(folder: Path) -> Iterator[None]:
    """Hold the lock of a folder; waits while another program holds it. Does nothing where there are no locks."""
    fd = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):
            fcntl.flock(fd, fcntl.LOCK_EX)
        yield
    finally:
        os.close(fd)


def try_lock(fd: int) -> bool:
    """Lock the file until the descriptor is closed. Returns False, without waiting, when another holds the lock.

    On a file system without locks this returns True: one user rarely writes one file from two machines.
    """
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True


def wait_for_lock(fd: int, waiting: Callable[[], None]) -> None:
    """`try_lock`, but wait for another holder after calling `waiting`."""
    if not try_lock(fd):
        waiting()
        fcntl.flock(fd, fcntl.LOCK_EX)


def sync_file(path: Path) -> None:
    """Make the content of a file durable."""
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def sync_folder(folder: Path) -> None:
    """Make the file names in `folder` durable, where the system can sync folders."""
    try:
        fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP, errno.EACCES):
            raise


def refuse_source(path: Path, *sources: Path | None) -> None:
    """Raise UsageError where `path` is, under whatever name, a file that is read for what will be written there."""
    for source in filter(None, sources):
        with suppress(OSError):
            if path.samefile(source):
                raise UsageError(_("{path}: is what would be read for it; choose another name").format(path=path))


def write_atomically(
    path: Path, content: bytes, *, overwrite: bool, write: Write = os.write, sync: Sync = os.fsync
) -> None:
    """Write a file of mode 0600 that appears complete or not at all.

    Raises StorageError and keeps the old file when that fails. Refuses anything but a regular file at `path`, even with
    `overwrite`.
    """
    try:
        _check_target(path, overwrite)
        temporary = path.with_name(f".flanchat-{os.urandom(6).hex()}.tmp")
        try:
            _write_temporary(temporary, content, write, sync)
            if overwrite:
                os.replace(temporary, path)
            else:
                _move_to_new(temporary, path)
        finally:
            with suppress(OSError):
                os.unlink(temporary)
        sync_folder(path.parent)
    except FileExistsError as error:
        raise StorageError(_("{path}: exists already; choose another name or add --force").format(path=path)) from error
    except (OSError, ValueError) as error:
        raise StorageError(_("{path}: not written: {why}").format(path=path, why=reason(error))) from error


_SYSTEM = {
    errno.EACCES: N_("Permission denied"),
    errno.EADDRINUSE: N_("Address already in use"),
    errno.ECONNREFUSED: N_("Connection refused"),
    errno.ECONNRESET: N_("Connection reset by peer"),
    errno.EEXIST: N_("File exists"),
    errno.EHOSTUNREACH: N_("No route to host"),
    errno.EIO: N_("Input/output error"),
    errno.EISDIR: N_("Is a directory"),
    errno.ELOOP: N_("Too many levels of symbolic links"),
    errno.EMFILE: N_("Too many open files"),
    errno.ENAMETOOLONG: N_("File name too long"),
    errno.ENETUNREACH: N_("Network is unreachable"),
    errno.ENOENT: N_("No such file or directory"),
    errno.ENOMEM: N_("Cannot allocate memory"),
    errno.ENOSPC: N_("No space left on device"),
    errno.ENOTDIR: N_("Not a directory"),
    errno.EPERM: N_("Operation not permitted"),
    errno.EPIPE: N_("Broken pipe"),
    errno.EROFS: N_("Read-only file system"),
    errno.ETIMEDOUT: N_("Connection timed out"),
}
"""The system's words for the errors that users meet, to translate; rarer ones are shown in its own."""


def system_words(number: int) -> str:
    """Return what the system calls an error of this number, in the language in use."""
    words = os.strerror(number)
    return translated(_(_SYSTEM[number]), words) if is_translated() and number in _SYSTEM else words


def reason(error: Exception) -> str:
    """Return what went wrong, without the number and the path that str() of an OSError contains.

    >>> reason(FileNotFoundError(errno.ENOENT, "No such file or directory", "/tmp/x"))
    'No such file or directory'
    """
    if isinstance(error, OSError) and error.strerror:
        number = error.errno
        return system_words(number) if number and error.strerror == os.strerror(number) else error.strerror
    return str(error) or type(error).__name__


def failed(path: object, error: Exception) -> str:
    """Return the message about a path that cannot be used."""
    return _("{path}: {why}").format(path=path, why=reason(error))


def _require_private(status: os.stat_result) -> None:
    if status.st_uid != os.geteuid():
        found = _("expected a file that you own, found one of user {user}").format(user=status.st_uid)
        raise OSError(errno.EPERM, found)
    if status.st_nlink > 1:
        found = _("expected a file with one name, found {count} hard links to it").format(count=status.st_nlink)
        raise OSError(errno.EPERM, found)
    if stat.S_IMODE(status.st_mode) & 0o077:
        found = _("expected a file that only you can read, found mode {mode:04o}. Run chmod 600 on it.").format(
            mode=stat.S_IMODE(status.st_mode)
        )
        raise OSError(errno.EPERM, found)


def _not_regular(mode: int) -> str:
    return _("expected a regular file, found {kind}").format(kind=file_kind(mode))


def _check_target(path: Path, overwrite: bool) -> None:
    try:
        mode = os.lstat(path).st_mode
    except FileNotFoundError:
        return
    if not stat.S_ISREG(mode):
        raise StorageError(
            _("{path}: expected a regular file or none, found {kind}. Choose another name.").format(
                path=path, kind=file_kind(mode)
            )
        )
    if not overwrite:
        raise FileExistsError(path)


def _write_temporary(temporary: Path, content: bytes, write: Write, sync: Sync) -> None:
    fd = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | _SAFE, 0o600)
    try:
        done = 0
        while done < len(content):
            written = write(fd, content[done : done + 2**24])
            if written < 1:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            done += written
        sync(fd)
    finally:
        os.close(fd)


def _move_to_new(temporary: Path, path: Path) -> None:
    """Give the file a name that must be free. Raises FileExistsError if it was taken in the meantime."""
    try:
        os.link(temporary, path)
    except FileExistsError:
        raise
    except OSError:  # no hard links on this file system: reserve the name with an empty file, then replace that
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | _SAFE, 0o600))
        os.replace(temporary, path)
