"""Make a picture of flanchat running, for the README:  python -m docs.picture {session,grid} FILE.svg

Runs the real program on a pseudo-terminal, types a few entries, and draws the screen with rich's SVG export.
"""

from __future__ import annotations

import argparse
import io
import re
import tempfile
from pathlib import Path

from rich.console import Console
from rich.style import Style
from rich.text import Text

from tests.conftest import COMMAND, isolated_environ
from tests.terminal.screen import ENTER, Screen

COLUMNS, ROWS = 100, 38
RECIPE = "A step by step recipe to make bolognese pasta:"
SUM = "Tom has 12 apples. He buys 7 more. How many apples does Tom have?"
SESSION = (
    (RECIPE, " in, "),
    ("/profile cot", "Profile cot"),
    (SUM, " in, "),
    ("/probs", "before temperature"),
    ("/profile translate-de", "Profile translate-de"),
    ("The old house has a green door.", " in, "),
)
GRID = (
    ("Name a fruit.", " in, "),
    ("/whatif profile=plain,qa,fewshot temperature=0.8 seed=1..6", "/pick CELL"),
    ("/whatif --diff", "changed"),
    ("/pick 5", "Cell 5"),
)
SCENES = {
    "session": (SESSION, "What does {x} < 3 mean?", "not in the model's vocabulary"),
    "grid": (GRID, "/compare c1 c4", "c4"),
}


def play(screen: Screen, scene: str) -> None:
    """Type the entries, each when the last has been answered, and leave a draft in the prompt."""
    entries, draft, sign = SCENES[scene]
    screen.wait("· ready")
    for entry, answered in entries:
        before = screen.text().count(answered)
        screen.send(entry + ENTER)
        screen.wait(lambda text, b=before, a=answered: text.count(a) > b and "\n>" in text.rpartition(a)[2])
    screen.send(draft)
    screen.wait(sign)


def draw(screen: Screen, file: Path) -> None:
    """Write the screen's characters with their looks as an SVG."""
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True, color_system="truecolor")
    cells = screen.cells()
    last = max(row for row, line in enumerate(cells) if any(cell.data.strip() for cell in line))
    for line in cells[: last + 1]:
        text = Text()
        for cell in line:
            color = None if cell.fg == "default" else cell.fg if cell.fg.isalpha() else f"#{cell.fg}"
            text.append(cell.data, Style(bold=cell.bold, underline=cell.underscore, color=color))
        text.rstrip()
        console.print(text)
    svg = console.export_svg(title="flanchat")
    svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)  # the fonts would be fetched from elsewhere
    file.write_text(svg, encoding="utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scene", choices=SCENES)
    parser.add_argument("file", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        environ = isolated_environ(Path(folder))
        with Screen(COMMAND, env=environ, cwd=Path(folder), columns=COLUMNS, lines=ROWS) as shown:
            play(shown, options.scene)
            draw(shown, options.file)
