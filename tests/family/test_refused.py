"""What flanchat does not run is refused by its true name, in one line, before a weight is fetched."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from flanchat.base.errors import ModelError
from flanchat.engine.hubs.cache import HubCache
from flanchat.engine.hubs.download import Listing, RemoteFile, download
from tests.family.checkpoints import write_json
from tests.family.members import REFUSED, REFUSED_ADAPTERS, Refused
from tests.tiny_t5 import LORA, spiece_bytes

WEIGHTS = ("model.safetensors", "pytorch_model.bin", "adapter_model.safetensors")


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


@pytest.fixture
def page(tmp_path: Path) -> Page:
    (tmp_path / "page").mkdir()
    return Page(tmp_path / "page", tmp_path / "caches")


@pytest.mark.parametrize("kind", REFUSED, ids=lambda kind: kind.name)
def test_a_model_that_is_no_member_is_refused_by_name_before_its_weights(page: Page, kind: Refused) -> None:
    write_json(page.folder / "config.json", kind.config)
    for name, content in kind.files.items():
        (page.folder / name).write_text(content)
    if not kind.files:
        (page.folder / "spiece.model").write_bytes(spiece_bytes())
    for name in WEIGHTS[:2]:
        (page.folder / name).write_bytes(b"weights")

    assert kind.words in refusal(page)
    assert not set(page.fetched) & set(WEIGHTS)


@pytest.mark.parametrize("kind", REFUSED_ADAPTERS, ids=lambda kind: kind.name)
def test_an_adapter_that_is_not_plain_lora_is_refused_by_name_before_its_weights(page: Page, kind: Refused) -> None:
    write_json(page.folder / "adapter_config.json", {**LORA, "base_model_name_or_path": "acme/base", **kind.config})
    (page.folder / "adapter_model.safetensors").write_bytes(b"weights")

    assert kind.words in refusal(page)
    assert not set(page.fetched) & set(WEIGHTS)


def refusal(page: Page) -> str:
    with pytest.raises(ModelError) as refused:
        download(page, "acme/tiny", "main", report=lambda line: None, progress=lambda parts: None, with_pickled=True)
    message: str = refused.value.message
    assert len(message.splitlines()) == 1
    return message
