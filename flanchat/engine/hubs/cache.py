"""The cache folder of a hub's client, read and written without the client. Knows no network.

huggingface_hub and openmind_hub share one layout, and find in it what flanchat has downloaded:
models--OWNER--NAME/{blobs/CHECKSUM, refs/REVISION, snapshots/COMMIT/FILE}. A file in a snapshot is a link to a blob,
and a blob's name is the checksum of its content: 64 digits are a sha256, 40 are git's blob hash.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from flanchat.base.errors import ModelError
from flanchat.base.files import sync_file, sync_folder, wait_for_lock
from flanchat.engine.checkpoint.untrusted_json import entries, hash_into

_VERIFIED = ".flanchat-verified"
_SAMPLES, _SAMPLE_BYTES = 16, 4096


@dataclass(frozen=True, slots=True)
class HubCache:
    """The cache of one hub. folder: need not exist."""

    folder: Path

    def models(self) -> list[str]:
        """OWNER/NAME of every model in the cache, complete or not."""
        found = (entry.name.split("--") for entry in entries(self.folder) if entry.is_dir(follow_symlinks=False))
        return ["/".join(parts[1:]) for parts in found if parts[0] == "models" and len(parts) == 3]

    def model_folder(self, repo: str) -> Path:
        return self.folder / f"models--{repo.replace('/', '--')}"

    def snapshot(self, repo: str, revision: str) -> Path | None:
        """The folder of a revision, which may be incomplete; None when it does not exist."""
        commit = revision if is_commit(revision) else self._ref(repo, revision)
        folder = self.snapshot_folder(repo, commit)
        return folder if commit and folder.is_dir() else None

    def snapshot_folder(self, repo: str, commit: str) -> Path:
        return self.model_folder(repo) / "snapshots" / commit

    def has(self, repo: str, commit: str, name: str, checksum: str, *, wholly: bool = False) -> bool:
        """Whether a file is in the cache, undamaged; links it to its blob when only that is.

        wholly: read the whole file; otherwise only one that has changed since that was done.
        """
        if not self._is_intact(self._blob(repo, checksum), wholly=wholly):
            return False
        self._link(repo, commit, name, checksum)
        return True

    def discard(self, repo: str, checksum: str) -> None:
        """Delete a damaged blob; its lock is held."""
        self._blob(repo, checksum).unlink(missing_ok=True)

    def partial(self, repo: str, checksum: str) -> Path:
        """The file that grows while a blob is downloaded; a later download resumes it."""
        return self.model_folder(repo) / "blobs" / f"{checksum}.incomplete"

    def received_bytes(self, repo: str, checksum: str) -> int:
        """How many bytes of a blob are in the cache."""
        for path in (self._blob(repo, checksum), self.partial(repo, checksum)):
            with contextlib.suppress(OSError):
                return path.stat().st_size
        return 0

    @contextlib.contextmanager
    def lock(self, repo: str, checksum: str, waiting: Callable[[], None]) -> Iterator[None]:
        """Wait until no other process downloads this blob; `waiting` is called first if one does.

        Both clients lock the same file in the same way.
        """
        lock = self.folder / ".locks" / self.model_folder(repo).name / f"{checksum}.lock"
        for folder in (lock.parent, self.partial(repo, checksum).parent):
            folder.mkdir(parents=True, exist_ok=True)
        with lock.open("w") as file:
            wait_for_lock(file.fileno(), waiting)
            yield

    def store(self, repo: str, commit: str, name: str, checksum: str) -> bool:
        """Make a complete partial file a blob if its content is right; else delete it and return False."""
        partial, blob = self.partial(repo, checksum), self._blob(repo, checksum)
        if _checksum(partial, checksum) != checksum:
            partial.unlink()
            return False
        sync_file(partial)
        os.replace(partial, blob)
        sync_folder(blob.parent)
        self._mark_verified(blob)
        self._link(repo, commit, name, checksum)
        return True

    def set_ref(self, repo: str, revision: str, commit: str) -> None:
        """Record the commit of a branch or tag."""
        if revision != commit:
            path = self.model_folder(repo) / "refs" / revision
            path.parent.mkdir(parents=True, exist_ok=True)
            new = _beside(path)
            new.write_text(commit, encoding="ascii")
            sync_file(new)
            os.replace(new, path)
            sync_folder(path.parent)

    def damaged(self, snapshot: Path, *, wholly: bool = False) -> list[str]:
        """The files of a snapshot whose content does not have the checksum in its blob's name. wholly: as in `has`.

        They stay: a download puts the right ones in their place.
        """
        blobs = {entry.name: Path(os.path.realpath(entry.path)) for entry in entries(snapshot)}
        return [
            name
            for name, blob in blobs.items()
            if not blob.exists()
            or (is_checksum(blob.name) and blob.parent.name == "blobs" and not self._is_intact(blob, wholly=wholly))
        ]

    def changed(self, repo: str) -> bool:
        """Whether a file is not as it was when it was read wholly. Takes no time: reads no whole file."""
        for entry in entries(self.model_folder(repo) / _VERIFIED):
            with contextlib.suppress(OSError):
                stamp = Path(entry.path).read_text(encoding="ascii", errors="replace")
                if stamp and stamp != _stamp(self._blob(repo, entry.name)):
                    return True
        return False

    def size(self, repo: str) -> int:
        """Bytes of a model's files, including those of an interrupted download."""
        count = 0
        for folder, __, names in os.walk(self.model_folder(repo)):
            for path in (os.path.join(folder, name) for name in names):
                with contextlib.suppress(OSError):
                    count += 0 if os.path.islink(path) else os.path.getsize(path)
        return count

    def remove(self, repo: str) -> None:
        """Delete all files of a model. Raises OSError; links are removed, never followed."""
        import shutil

        folder = self.model_folder(repo)
        if folder.parent != self.folder or folder.is_symlink():
            raise OSError(0, f"it is a link to {os.path.realpath(folder)}; remove that yourself")
        shutil.rmtree(folder)
        shutil.rmtree(self.folder / ".locks" / folder.name, ignore_errors=True)

    def _blob(self, repo: str, checksum: str) -> Path:
        return self.model_folder(repo) / "blobs" / checksum

    def _ref(self, repo: str, revision: str) -> str:
        try:
            with (self.model_folder(repo) / "refs" / revision).open(encoding="ascii") as file:
                commit = file.read(64).strip()
        except (OSError, ValueError):
            return ""
        return commit if is_commit(commit) else ""

    def _link(self, repo: str, commit: str, name: str, checksum: str) -> None:
        link = self.snapshot_folder(repo, commit) / name
        target = os.path.join("..", "..", "blobs", checksum)
        if link.is_symlink() and os.readlink(link) == target:
            return
        link.parent.mkdir(parents=True, exist_ok=True)
        new = _beside(link)
        new.symlink_to(target)
        os.replace(new, link)  # in one step, because another process may be using the model

    def _is_intact(self, blob: Path, *, wholly: bool) -> bool:
        """Whether a blob has the content that its name says, as far as its mark tells unless it is read `wholly`."""
        if not blob.is_file():
            return False
        mark = self._mark(blob)
        with contextlib.suppress(OSError):
            if not wholly and mark.read_text(encoding="ascii", errors="replace") == _stamp(blob):
                return True
        with contextlib.suppress(ModelError, OSError):  # a disk that cannot read it, or a process that replaces it
            if _checksum(blob, blob.name) == blob.name:
                self._mark_verified(blob)
                return True
        with contextlib.suppress(OSError):
            mark.unlink()
        return False

    def _mark(self, blob: Path) -> Path:
        return blob.parent.parent / _VERIFIED / blob.name

    def _mark_verified(self, blob: Path) -> None:
        mark = self._mark(blob)
        with contextlib.suppress(OSError):  # in a read-only cache the blob is hashed each time
            mark.parent.mkdir(exist_ok=True)
            mark.write_text(_stamp(blob), encoding="ascii")


def _beside(path: Path) -> Path:
    """A name beside `path`, which no other process uses, for a file that is renamed to `path` once it is written."""
    return path.with_name(f"{path.name}.{secrets.token_hex(4)}.incomplete")


def is_commit(text: str) -> bool:
    return re.fullmatch(r"[0-9a-f]{40}", text) is not None


def is_checksum(text: str) -> bool:
    return re.fullmatch(r"[0-9a-f]{40}|[0-9a-f]{64}", text) is not None


def _checksum(path: Path, like: str) -> str:
    """The checksum of a file's content, of the same kind as `like`."""
    digest = hashlib.sha256() if len(like) == 64 else hashlib.sha1(b"blob %d\0" % path.stat().st_size)
    hash_into(digest, path)
    return digest.hexdigest()


def _stamp(path: Path) -> str:
    """Size, time and a sample of a file's content: nearly every change of a file changes it. Takes no time."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        status = os.fstat(file.fileno())
        last = max(0, status.st_size - _SAMPLE_BYTES)
        for number in range(_SAMPLES):
            file.seek(last * number // (_SAMPLES - 1))
            digest.update(file.read(_SAMPLE_BYTES))
    return f"{status.st_size} {status.st_mtime_ns} {digest.hexdigest()}"
