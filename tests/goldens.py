"""Plain texts kept beside the tests, that a screen or a prompt must equal."""

from __future__ import annotations

import os
from pathlib import Path

FOLDER = Path(__file__).parent / "golden"
HOW = "run the test once with the environment variable UPDATE_GOLDENS=1, read the file it writes, and commit it"


def check_golden(name: str, text: str, folder: Path = FOLDER) -> None:
    """Fail when the file `name` does not hold `text`. With UPDATE_GOLDENS=1, write it instead."""
    path = folder / name
    if os.environ.get("UPDATE_GOLDENS") == "1":
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text + "\n", encoding="utf-8")
        return
    assert path.exists(), f"{path} is missing: {HOW}"
    assert text + "\n" == path.read_text(encoding="utf-8"), f"{path} differs; if that is meant, {HOW}"
