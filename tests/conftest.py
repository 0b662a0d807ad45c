"""Fixtures that many tests share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tiny_t5 import make_tiny_t5


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a small random Flan-T5. Read only: copy it before changing it."""
    return make_tiny_t5(tmp_path_factory.mktemp("tiny") / "model")
