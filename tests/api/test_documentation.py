"""Every example of docs/python.md is true, of the model that comes with flanchat."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest

import flanchat

PAGE = Path(__file__).parents[2] / "docs" / "python.md"


@pytest.mark.usefixtures("surroundings")
@pytest.mark.filterwarnings("ignore::flanchat.FlanchatWarning")
def test_the_examples_of_the_page_are_true() -> None:
    blocks = re.findall(r"```python\n(>>> .*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    examples = doctest.DocTestParser().get_doctest("\n".join(blocks), {"flanchat": flanchat}, "python.md", str(PAGE), 0)

    failed, tried = doctest.DocTestRunner().run(examples, clear_globs=False)

    assert (failed, tried > 10) == (0, True)
    examples.globs["model"].close()


def test_the_first_example_is_python() -> None:
    first = re.search(r"```python\n(import .*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)

    assert first is not None
    compile(first[1], "python.md", "exec")
