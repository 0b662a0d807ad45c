"""Every example in a docstring is true."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import flanchat

HEAVY = ("flanchat.__main__", "flanchat.engine.t5.model", "flanchat.engine.t5.linear", "flanchat.engine.t5.decoding")
HEAVY += ("flanchat.api.torch_values",)
OF_A_MODEL = ("flanchat.api.loading", "flanchat.api.model", "flanchat.api.pipeline")  # tests/api/ runs them
MODULES = [
    found.name
    for found in pkgutil.walk_packages(flanchat.__path__, "flanchat.")
    if found.name not in HEAVY + OF_A_MODEL
]


def test_the_examples_in_the_docstrings_are_true():
    assert [name for name in MODULES if doctest.testmod(importlib.import_module(name)).failed] == []


def test_the_examples_are_found():
    finder = doctest.DocTestFinder()

    assert any(test.examples for test in finder.find(importlib.import_module("flanchat.engine.events")))
