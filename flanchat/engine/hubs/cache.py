"""The cache folder of a hub's client, read and written without the client. Knows no network.

huggingface_hub and openmind_hub share one layout, and find in it what flanchat has downloaded:
models--OWNER--NAME/{blobs/CHECKSUM, refs/REVISION, snapshots/COMMIT/FILE}. A file in a snapshot is a link to a blob,
and a blob's name is the checksum of its content: 64 digits are a sha256, 40 are git's blob hash.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from flanchat.engine.checkpoint.untrusted_json import entries, hash_into

_VERIFIED = ".flanchat-verified"


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

    def has(self, repo: str, commit: str, name: str, checksum: str) -> bool:
        """Whether a file is in the cache; links it to its blob when only that is."""
        if not self._blob(repo, checksum).is_file():
            return False
        self._link(repo, commit, name, checksum)
        return True

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
    def lock(self, repo: str, checksum: str) -> Iterator[None]:
        """Wait until no other process downloads this blob. Both clients lock the same file in the same way."""
        lock = self.folder / ".locks" / self.model_folder(repo).name / f"{checksum}.lock"
        for folder in (lock.parent, self.partial(repo, checksum).parent):
            folder.mkdir(parents=True, exist_ok=True)
        with lock.open("w") as file:
            with contextlib.suppress(OSError):  # a file system without locks: two downloads of a file at once are rare
                fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def store(self, repo: str, commit: str, name: str, checksum: str) -> bool:
        """Make a complete partial file a blob if its content is right; else delete it and return False."""
        partial, blob = self.partial(repo, checksum), self._blob(repo, checksum)
        if _checksum(partial, checksum) != checksum:
            partial.unlink()
            return False
        os.replace(partial, blob)
        self._mark_verified(blob)
        self._link(repo, commit, name, checksum)
        return True

    def set_ref(self, repo: str, revision: str, commit: str) -> None:
        """Record the commit of a branch or tag."""
        if revision != commit:
            path = self.model_folder(repo) / "refs" / revision
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(commit)

    def remove_damaged(self, snapshot: Path) -> list[str]:
        """Delete the files of a snapshot whose content does not have the checksum in its blob's name; return the names.

        Each blob is hashed once and then marked as verified, so only the first call is slow.
        """
        damaged = []
        for entry in entries(snapshot):
            blob = Path(os.path.realpath(snapshot / entry.name))
            is_blob = is_checksum(blob.name) and blob.parent.name == "blobs"
            if not is_blob or self._verified_mark(blob).exists():
                continue
            if _checksum(blob, blob.name) == blob.name:
                self._mark_verified(blob)
                continue
            damaged.append(entry.name)
            for path in (snapshot / entry.name, blob):
                path.unlink(missing_ok=True)
        return damaged

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
        link.unlink(missing_ok=True)
        link.symlink_to(target)

    def _verified_mark(self, blob: Path) -> Path:
        return blob.parent.parent / _VERIFIED / blob.name

    def _mark_verified(self, blob: Path) -> None:
        with contextlib.suppress(OSError):  # in a read-only cache the blob is hashed each time
            self._verified_mark(blob).parent.mkdir(exist_ok=True)
            self._verified_mark(blob).touch()


def is_commit(text: str) -> bool:
    return re.fullmatch(r"[0-9a-f]{40}", text) is not None


def is_checksum(text: str) -> bool:
    return re.fullmatch(r"[0-9a-f]{40}|[0-9a-f]{64}", text) is not None


def _checksum(path: Path, like: str) -> str:
    """The checksum of a file's content, of the same kind as `like`."""
    digest = hashlib.sha256() if len(like) == 64 else hashlib.sha1(b"blob %d\0" % path.stat().st_size)
    hash_into(digest, path)
    return digest.hexdigest()
