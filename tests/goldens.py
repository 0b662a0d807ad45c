"""Expected screens and prompts, kept as text files."""

from __future__ import annotations

import os
from pathlib import Path

FOLDER = Path(__file__).parent / "golden"
HOW = "run the test with UPDATE_GOLDENS=1 in the environment, read the file that it writes, and commit it"


def check_golden(name: str, text: str, folder: Path = FOLDER) -> None:
    """Compare `text` with the file `name`, or write that file if UPDATE_GOLDENS is 1."""
    path = folder / name
    if os.environ.get("UPDATE_GOLDENS") == "1":
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text + "\n", encoding="utf-8")
        return
    assert path.exists(), f"{path} is missing: {HOW}"
    assert text + "\n" == path.read_text(encoding="utf-8"), f"{path} differs; if this is intended, {HOW}"
