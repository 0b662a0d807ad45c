"""The folder in which a hub's client keeps what it has fetched, read and written without the client. Knows no network.

huggingface_hub and openmind_hub share one layout, and find in it what flanchat has fetched:
models--OWNER--NAME/{blobs/CHECKSUM, refs/REVISION, snapshots/COMMIT/FILE}. A file in a snapshot is a link to a blob,
and a blob is called what its content must hash to: 64 digits are a sha256, 40 are git's blob hash.
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

_NOTES = ".flanchat-verified"


@dataclass(frozen=True, slots=True)
class Cache:
    """One hub's cache. folder: need not be there."""

    folder: Path

    def models(self) -> list[str]:
        """OWNER/NAME of every model that something is kept of."""
        found = (entry.name.split("--") for entry in entries(self.folder) if entry.is_dir(follow_symlinks=False))
        return ["/".join(parts[1:]) for parts in found if parts[0] == "models" and len(parts) == 3]

    def place(self, repo: str) -> Path:
        """Where everything of a model lies."""
        return self.folder / f"models--{repo.replace('/', '--')}"

    def snapshot(self, repo: str, revision: str) -> Path | None:
        """The folder of a revision's files, as far as they are here; None when there is none."""
        place = self.place(repo)
        commit = revision if is_commit(revision) else self._ref(repo, revision)
        folder = place / "snapshots" / commit
        return folder if commit and folder.is_dir() else None

    def has(self, repo: str, commit: str, name: str, checksum: str) -> bool:
        """Whether a file is here; one whose blob is here already gets its link."""
        blob = self.place(repo) / "blobs" / checksum
        if not blob.is_file():
            return False
        self._link(repo, commit, name, checksum)
        return True

    def part(self, repo: str, checksum: str) -> Path:
        """The file that grows while a blob is fetched; a later download goes on with it."""
        return self.place(repo) / "blobs" / f"{checksum}.incomplete"

    def arrived(self, repo: str, checksum: str) -> int:
        """How many bytes of a blob are here."""
        part = self.part(repo, checksum)
        for path in (part.with_suffix(""), part):
            with contextlib.suppress(OSError):
                return path.stat().st_size
        return 0

    @contextlib.contextmanager
    def alone(self, repo: str, checksum: str) -> Iterator[None]:
        """Wait until no other process fetches this blob. Both clients lock the same file in the same way."""
        lock = self.folder / ".locks" / self.place(repo).name / f"{checksum}.lock"
        for folder in (lock.parent, self.part(repo, checksum).parent):
            folder.mkdir(parents=True, exist_ok=True)
        with lock.open("w") as file:
            with contextlib.suppress(OSError):  # no locks there: few fetch a file twice at once
                fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def keep(self, repo: str, commit: str, name: str, checksum: str) -> bool:
        """Give a fetched part its place, if its content is right; else delete it and say False."""
        part = self.part(repo, checksum)
        if _hashed(part, checksum) != checksum:
            part.unlink()
            return False
        os.replace(part, part.with_suffix(""))
        self._note(part.with_suffix(""))
        self._link(repo, commit, name, checksum)
        return True

    def set_ref(self, repo: str, revision: str, commit: str) -> None:
        """Note which commit a branch or tag stands for."""
        if revision != commit:
            path = self.place(repo) / "refs" / revision
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(commit)

    def remove_damaged(self, snapshot: Path) -> list[str]:
        """Delete the files of a snapshot whose content is not what its blob's name says; return their names.

        Each blob is hashed once and then noted, so that only the first look takes time.
        """
        damaged = []
        for entry in entries(snapshot):
            blob = Path(os.path.realpath(snapshot / entry.name))
            is_blob = is_checksum(blob.name) and blob.parent.name == "blobs"
            if not is_blob or self._noted(blob).exists():
                continue
            if _hashed(blob, blob.name) == blob.name:
                self._note(blob)
                continue
            damaged.append(entry.name)
            for path in (snapshot / entry.name, blob):
                path.unlink(missing_ok=True)
        return damaged

    def size(self, repo: str) -> int:
        """The bytes that a model's files take, also those of a download that was cut."""
        count = 0
        for folder, _, names in os.walk(self.place(repo)):
            for name in names:
                with contextlib.suppress(OSError):
                    status = os.lstat(os.path.join(folder, name))
                    count += 0 if os.path.islink(os.path.join(folder, name)) else status.st_size
        return count

    def remove(self, repo: str) -> None:
        """Delete everything of a model. Raises OSError; links inside are removed, never followed."""
        import shutil

        place = self.place(repo)
        if place.parent != self.folder or place.is_symlink():
            raise OSError(0, f"it is a link to {os.path.realpath(place)}; remove that yourself")
        shutil.rmtree(place)
        shutil.rmtree(self.folder / ".locks" / place.name, ignore_errors=True)

    def _ref(self, repo: str, revision: str) -> str:
        try:
            with (self.place(repo) / "refs" / revision).open(encoding="ascii") as file:
                commit = file.read(64).strip()
        except (OSError, ValueError):
            return ""
        return commit if is_commit(commit) else ""

    def _link(self, repo: str, commit: str, name: str, checksum: str) -> None:
        link = self.place(repo) / "snapshots" / commit / name
        target = os.path.join("..", "..", "blobs", checksum)
        if link.is_symlink() and os.readlink(link) == target:
            return
        link.parent.mkdir(parents=True, exist_ok=True)
        link.unlink(missing_ok=True)
        link.symlink_to(target)

    def _noted(self, blob: Path) -> Path:
        return blob.parent.parent / _NOTES / blob.name

    def _note(self, blob: Path) -> None:
        with contextlib.suppress(OSError):  # a cache that cannot be written is hashed each time
            self._noted(blob).parent.mkdir(exist_ok=True)
            self._noted(blob).touch()


def is_commit(text: str) -> bool:
    return re.fullmatch(r"[0-9a-f]{40}", text) is not None


def is_checksum(text: str) -> bool:
    return re.fullmatch(r"[0-9a-f]{40}|[0-9a-f]{64}", text) is not None


def _hashed(path: Path, like: str) -> str:
    """The checksum of a file's content, of the kind that `like` is."""
    digest = hashlib.sha256() if len(like) == 64 else hashlib.sha1(b"blob %d\0" % path.stat().st_size)
    hash_into(digest, path)
    return digest.hexdigest()
