"""A page of a hub, without a network: a folder whose files are listed and fetched as those of a model."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flanchat.engine.hubs.cache import HubCache
from flanchat.engine.hubs.download import Listing, RemoteFile


@dataclass
class Page:
    """A hub with one model. fetched: names of the files that were asked for, in order."""

    folder: Path
    caches: Path
    fetched: list[str] = field(default_factory=list)
    prefix: str = "hf"
    name: str = "Page"
    origin: Any = "huggingface"
    login: str = ""
    cache_variable: str = ""
    environ: Any = None

    def cache(self) -> HubCache:
        return HubCache(self.caches)

    def check(self, repo: str, revision: str) -> None:
        pass

    def host(self) -> str:
        return "page.example"

    def listing(self, repo: str, revision: str, timeout_s: float) -> Listing:
        files = [(path.name, path.read_bytes()) for path in sorted(self.folder.iterdir())]
        listed = (RemoteFile(name, len(held), hashlib.sha256(held).hexdigest()) for name, held in files)
        return Listing(repo, revision, "0" * 40, tuple(listed))

    def fetch(self, listing: Listing, file: RemoteFile, sink: io.BufferedWriter, start: int) -> None:
        self.fetched.append(file.name)
        sink.write((self.folder / file.name).read_bytes()[start:])
