"""The README says what the code does. UPDATE_GOLDENS=1 writes the generated parts anew."""

import os
import re
from pathlib import Path

import pytest

from flanchat.prompting.profile import find_profile
from flanchat.repl.commands.table import COMMANDS

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"


def commands_table() -> str:
    rows = ["| command | does |", "|---|---|"]
    for group in dict.fromkeys(command.group for command in COMMANDS):
        rows.append(f"| **{group}** | |")
        rows += [f"| `{c.usage.replace('|', chr(92) + '|')}` | {c.help} |" for c in COMMANDS if c.group == group]
    return "\n".join(rows)


def profiles_table() -> str:
    folder = ROOT / "profiles"
    names = sorted(path.stem for path in folder.glob("*.yaml"))
    rows = [f"| `{name}` | {find_profile(name, (folder,)).description} |" for name in names]
    return "\n".join(["| profile | what it does |", "|---|---|", *rows])


@pytest.mark.parametrize(("name", "made"), [("commands", commands_table()), ("profiles", profiles_table())])
def test_the_readme_lists_what_the_code_has(name: str, made: str):
    text = README.read_text(encoding="utf-8")
    part = re.compile(rf"(<!-- {name}: [^\n]*-->\n)(.*?)(<!-- end -->)", re.DOTALL)
    if os.environ.get("UPDATE_GOLDENS"):
        README.write_text(part.sub(lambda found: f"{found[1]}{made}\n{found[3]}", text), encoding="utf-8")

    found = part.search(README.read_text(encoding="utf-8"))

    assert found is not None
    assert found[2].strip() == made, "run UPDATE_GOLDENS=1 pytest tests/test_docs.py"
