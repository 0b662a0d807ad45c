"""Every example in a docstring is true."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
from pathlib import Path

import flanchat

HEAVY = ("flanchat.__main__", "flanchat.engine.t5.model", "flanchat.engine.t5.linear", "flanchat.engine.t5.decoding")
HEAVY += ("flanchat.api.torch_values",)
OF_A_MODEL = ("flanchat.api.comparing", "flanchat.api.loading", "flanchat.api.model", "flanchat.api.pipeline")
"""tests/api/ runs them."""


def with_examples() -> list[str]:
    """Modules with a `>>>` in them; looking through the others takes a second."""
    root = Path(flanchat.__file__).parent
    names = [found.name for found in pkgutil.walk_packages(flanchat.__path__, "flanchat.") if not found.ispkg]
    files = {
        name: root.joinpath(*name.split(".")[1:]).with_suffix(".py") for name in names if name not in HEAVY + OF_A_MODEL
    }
    return [name for name, file in files.items() if ">>>" in file.read_text(encoding="utf-8")]


def test_the_examples_in_the_docstrings_are_true():
    assert [name for name in with_examples() if doctest.testmod(importlib.import_module(name)).failed] == []


def test_the_examples_are_found():
    finder = doctest.DocTestFinder()

    assert "flanchat.engine.events" in with_examples()
    assert any(test.examples for test in finder.find(importlib.import_module("flanchat.engine.events")))
