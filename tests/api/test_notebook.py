"""The notebook in docs/ is the one that its script makes, it was run, and it still runs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from docs.notebook import CELLS, NOTEBOOK, notebook

ROOT = Path(__file__).parents[2]


def test_the_notebook_has_the_cells_of_its_script_and_what_they_showed() -> None:
    kept = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    outputs = [output for cell in kept for output in cell.get("outputs", ())]

    assert [(cell["cell_type"], cell["source"]) for cell in kept] == [
        (cell["cell_type"], cell["source"]) for cell in notebook()["cells"]
    ]
    assert [output for output in outputs if output["output_type"] == "error" or output.get("name") == "stderr"] == []
    assert sum('class="flanchat"' in str(output.get("data", {}).get("text/html")) for output in outputs) == 6


def test_the_notebook_runs_from_its_first_cell_to_its_last(environ: dict[str, str]) -> None:
    pytest.importorskip("nbclient", reason="make test-all installs it")
    pytest.importorskip("ipykernel", reason="make test-all installs it")
    variables = {**environ, "PYTHONPATH": os.pathsep.join([str(ROOT), environ.get("PYTHONPATH", "")])}

    run = subprocess.run(
        [sys.executable, "-m", "docs.notebook", "--check"], cwd=ROOT, env=variables, check=False, capture_output=True
    )

    assert (run.returncode, len(CELLS) > 20) == (0, True), run.stderr.decode()
