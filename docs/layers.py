"""Print the table of folders in docs/design.md, read from the code:  python -m docs.layers

A row has the folder's purpose (the first line of its __init__.py), its modules, and the folders that they import from.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

PACKAGE = Path(__file__).parents[1] / "flanchat"


def table() -> str:
    """The table in Markdown, the lowest layer first."""
    folders = [path.parent for path in sorted(PACKAGE.rglob("__init__.py")) if path.parent != PACKAGE]
    layers = in_order({folder.name: imports(folder) for folder in folders if folder.parent == PACKAGE})
    rows = ["| folder | purpose | modules | imports from |", "|---|---|---|---|"]
    for folder in sorted(folders, key=lambda folder: layers.index(folder.relative_to(PACKAGE).parts[0])):
        own = folder.relative_to(PACKAGE)
        first = (ast.get_docstring(ast.parse((folder / "__init__.py").read_text(encoding="utf-8"))) or "").split("\n")[
            0
        ]
        modules = ", ".join(path.stem for path in sorted(folder.glob("*.py")) if path.stem != "__init__")
        others = ", ".join(name for name in layers if name in imports(folder) and len(own.parts) == 1)
        rows.append(f"| `{own}/` | {first} | {modules} | {others} |")
    return "\n".join(rows)


def imports(folder: Path) -> set[str]:
    """The other top-level folders that the modules in `folder` import from."""
    text = "\n".join(path.read_text(encoding="utf-8") for path in folder.rglob("*.py"))
    own = folder.relative_to(PACKAGE).parts[0]
    names = re.findall(r"^\s*(?:from|import) flanchat(?:\.| import )(\w+)", text, re.MULTILINE)
    return {name for name in names if name != own and (PACKAGE / name).is_dir()}


def in_order(layers: dict[str, set[str]]) -> list[str]:
    """The names, each after all that it imports from; in the order of the alphabet where that leaves a choice."""
    order: list[str] = []
    while len(order) < len(layers):
        order.append(min(name for name in layers if name not in order and layers[name] <= set(order)))
    return order


if __name__ == "__main__":
    print(table())
