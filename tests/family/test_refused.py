"""What flanchat does not run is refused by its true name, in one line, before a weight is fetched."""

from __future__ import annotations

from pathlib import Path

import pytest

from flanchat.base.errors import ModelError
from flanchat.engine.hubs.download import download
from tests.family.checkpoints import write_json
from tests.family.members import REFUSED, REFUSED_ADAPTERS, Refused
from tests.family.page import Page
from tests.tiny_t5 import LORA, spiece_bytes

WEIGHTS = ("model.safetensors", "pytorch_model.bin", "adapter_model.safetensors")


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
