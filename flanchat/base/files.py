"""Files that must not be lost and that nobody else may read. Knows descriptors and bytes; knows no record format.

Two ways of writing: records appended one by one to a private file, each on disk before the call returns, and whole
files that appear complete or not at all.
"""

from __future__ import annotations

import errno
import fcntl
import os
import stat
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Literal

from flanchat.base.errors import StorageError
from flanchat.base.i18n import _

Write = Callable[[int, bytes], int]
Sync = Callable[[int], None]
Create = Literal["new", "if missing", "never"]

# macOS has no fdatasync
sync_content: Sync = getattr(os, "fdatasync", os.fsync)

_CREATE = {"new": os.O_CREAT | os.O_EXCL, "if missing": os.O_CREAT, "never": 0}
# O_NONBLOCK: opening a FIFO or a device never waits. O_NOCTTY: a terminal never becomes ours.
_SAFE = os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY


def open_private_append(path: Path, *, create: Create = "if missing") -> int:
    """Open `path` for appending (and reading) and return the descriptor; a new file gets mode 0600.

    Refused with StorageError, without waiting: symbolic links, hard links, folders, FIFOs, devices, files of another
    user, files that others may read or write. With create="new" an existing file raises FileExistsError.
    """
    try:
        fd = os.open(path, os.O_RDWR | os.O_APPEND | os.O_NOFOLLOW | _SAFE | _CREATE[create], 0o600)
    except FileExistsError:
        raise
    except (OSError, ValueError) as error:
        raise StorageError(f"{path}: {reason(error)}") from error
    try:
        _check_private(path, fd)
    except BaseException:
        os.close(fd)
        if create == "new":
            os.unlink(path)
        raise
    return fd


def open_private_read(path: Path) -> int:
    """Open `path` for reading, refused like in `open_private_append`. A missing file raises FileNotFoundError."""
    fd = _open_read(path, os.O_NOFOLLOW)
    try:
        _check_private(path, fd)
    except BaseException:
        os.close(fd)
        raise
    return fd


def open_regular_read(path: Path) -> int:
    """Open a regular file of any owner for reading; links are followed. A missing file raises FileNotFoundError.

    Anything else than a regular file raises StorageError, without waiting.
    """
    fd = _open_read(path, 0)
    mode = os.fstat(fd).st_mode
    if not stat.S_ISREG(mode):
        os.close(fd)
        raise StorageError(_("{path}: expected a file, found {kind}").format(path=path, kind=_kind(mode)))
    return fd


def append_record(fd: int, record: bytes, write: Write = os.write, sync: Sync = sync_content) -> None:
    """Append `record` and a newline in one write and sync it; raise OSError and leave the old bytes if that fails.

    record: bytes without a newline. When the file does not end with a newline (a line that was cut short by a
    crash), one is written first, so that the two lines do not become one.
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


def try_lock(fd: int) -> bool:
    """Lock the file for this descriptor until it is closed; False when another holds the lock. Never waits.

    A file system that has no locks counts as locked: one user rarely writes one file from two machines.
    """
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True


def sync_folder(folder: Path) -> None:
    """Make the names in `folder` durable. Does nothing where the system does not offer it for folders."""
    try:
        fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP, errno.EACCES):
            raise


def write_atomically(
    path: Path, content: bytes, *, overwrite: bool, write: Write = os.write, sync: Sync = os.fsync
) -> None:
    """Write a file that is there complete or not at all, mode 0600. Raises StorageError; an old file stays as it was.

    A symbolic link, folder, FIFO or device at `path` is refused even with `overwrite`.
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
        raise StorageError(
            _("{path}: exists already. Choose another name, or ask for it to be overwritten.").format(path=path)
        ) from error
    except (OSError, ValueError) as error:
        raise StorageError(_("{path}: not written: {why}").format(path=path, why=reason(error))) from error


def reason(error: Exception) -> str:
    """Return what went wrong in words, without the number and the path that an OSError's text repeats.

    >>> reason(OSError(errno.ELOOP, "Too many levels of symbolic links", "/tmp/x"))
    'is a symbolic link; expected a file of flanchat itself'
    """
    if isinstance(error, OSError) and error.errno in (errno.ELOOP, errno.EMLINK):
        return _("is a symbolic link; expected a file of flanchat itself")
    return (error.strerror if isinstance(error, OSError) else None) or str(error) or type(error).__name__


def _open_read(path: Path, flags: int) -> int:
    try:
        return os.open(path, os.O_RDONLY | _SAFE | flags)
    except FileNotFoundError:
        raise
    except (OSError, ValueError) as error:
        raise StorageError(f"{path}: {reason(error)}") from error


def _check_private(path: Path, fd: int) -> None:
    status = os.fstat(fd)
    if not stat.S_ISREG(status.st_mode):
        raise StorageError(
            _("{path}: expected a file of flanchat itself, found {kind}").format(path=path, kind=_kind(status.st_mode))
        )
    if status.st_uid != os.geteuid():
        raise StorageError(
            _("{path}: expected a file of your own, found one of user {user}").format(path=path, user=status.st_uid)
        )
    if status.st_nlink > 1:
        raise StorageError(
            _("{path}: expected a file with one name, found {count} hard links to it").format(
                path=path, count=status.st_nlink
            )
        )
    mode = stat.S_IMODE(status.st_mode)
    if mode & 0o077:
        raise StorageError(
            _("{path}: expected a file only you can read, found mode {mode:04o}. Run chmod 600 on it.").format(
                path=path, mode=mode
            )
        )


def _kind(mode: int) -> str:
    kinds = {
        stat.S_IFDIR: _("a folder"),
        stat.S_IFIFO: _("a FIFO"),
        stat.S_IFLNK: _("a symbolic link"),
        stat.S_IFSOCK: _("a socket"),
        stat.S_IFCHR: _("a device"),
        stat.S_IFBLK: _("a device"),
        stat.S_IFREG: _("a file"),
    }
    return kinds.get(stat.S_IFMT(mode), _("something else"))


def _check_target(path: Path, overwrite: bool) -> None:
    try:
        mode = os.lstat(path).st_mode
    except FileNotFoundError:
        return
    if not stat.S_ISREG(mode):
        raise StorageError(
            _("{path}: expected a file or nothing, found {kind}. Choose another name.").format(
                path=path, kind=_kind(mode)
            )
        )
    if not overwrite:
        raise FileExistsError(errno.EEXIST, _("exists already"))


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
    """Give the file its name; FileExistsError if the name was taken in the meantime."""
    try:
        os.link(temporary, path)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links: take the name first, then replace our own empty file
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | _SAFE, 0o600))
        os.replace(temporary, path)
