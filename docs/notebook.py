"""Write docs/flanchat.ipynb with what its cells show:  python -m docs.notebook

Needs the packages of the extra `notebook`. With --check the cells are run and nothing is written.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

NOTEBOOK = Path(__file__).with_suffix(".ipynb").with_stem("flanchat")

CELLS = (
    "# flanchat in a notebook\n"
    "\n"
    "Small encoder-decoder models, looked at closely. [python.md](python.md) describes everything; this page shows what"
    " the results look like. It was made by `python -m docs.notebook`.",
    "import flanchat\n\nmodel = flanchat.load()  # the model that comes with flanchat, unless a name is given\nmodel",
    "## An answer\n\n"
    "Its colours are the probabilities of its tokens, and its bars say where the time and the prompt's tokens went."
    " Open *Tokens* for the alternatives.",
    'answer = model.ask("Translate to German: The house is old.")\nanswer',
    "The same as values:",
    "answer.text, answer.finish, round(answer.logprob, 3), [token.text for token in answer.tokens]",
    "A profile makes the prompt: here `Q: ... A:`. What the model has read is part of the answer.",
    'answer = model.ask("What is the capital of France?", profile="qa")\n'
    "print(answer.prompt.text)\n"
    "[(segment.kind, segment.tokens) for segment in answer.prompt.segments]",
    "## As it comes",
    'for event in model.stream("Translate to German: Good morning."):\n'
    "    if isinstance(event, flanchat.Delta):\n"
    '        print(event.text, end="", flush=True)',
    "## Many questions\n\nThe answers are in the order of the questions; a bar appears when it takes long.",
    'countries = ["France", "Italy", "Spain", "Japan", "Egypt"]\n'
    'model.ask_all([f"What is the capital of {country}?" for country in countries], profile="qa")',
    "## A fixed set of answers",
    'model.choose("Is the sky blue?", ["yes", "no"])',
    "`score` takes any continuation of any context, and counts the end of the answer only with `end=True`.",
    'model.score("What is the capital of France?", ["Paris", "Rome", "a city"])',
    "## What if\n\nLists are axes of a grid; `full=True` tries all combinations.",
    'model.whatif("Name a fruit.", temperature=[0.5, 1.5], seed=range(4), full=True)',
    "## What the model will not see",
    'model.tokens("Grüße aus 北京")',
    "flanchat says so as well when such a question is asked:",
    "import warnings\n\n"
    "with warnings.catch_warnings(record=True) as caught:\n"
    '    model.ask("What is 北京?")\n'
    "str(caught[0].message)",
    "model.close()",
)
"""The cells in their order; one that begins like a heading or a sentence is Markdown."""


def is_markdown(cell: str) -> bool:
    """Whether a cell is text: it begins with `#` or is a sentence."""
    return cell.startswith("#") or cell.endswith((".", ":"))


def notebook() -> dict[str, Any]:
    """The notebook, not yet run."""
    return {
        "cells": [
            {
                "cell_type": "markdown" if is_markdown(cell) else "code",
                "id": f"cell-{number}",
                "metadata": {},
                "source": cell,
                **({} if is_markdown(cell) else {"execution_count": None, "outputs": []}),
            }
            for number, cell in enumerate(CELLS, 1)
        ],
        "metadata": {"language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def run(folder: Path) -> Any:
    """Run all cells in `folder`. Raises CellExecutionError at the first that fails."""
    import nbformat
    from nbclient import NotebookClient

    made = nbformat.from_dict(notebook())
    how: dict[str, Any] = {"timeout": 300, "record_timing": False, "coalesce_streams": True}
    return NotebookClient(made, resources={"metadata": {"path": str(folder)}}, **how).execute()


def main(arguments: list[str]) -> None:
    """Run the notebook; write it unless --check is given."""
    made = run(NOTEBOOK.parent)
    if arguments != ["--check"]:
        NOTEBOOK.write_text(json.dumps(made, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
