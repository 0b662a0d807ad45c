"""Make a picture of flanchat running, for the README:  python -m docs.picture SCENE FILE.svg

Runs the real program on a pseudo-terminal, types a few entries, and draws the screen with rich's SVG export.
"""

from __future__ import annotations

import argparse
import io
import re
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

from pyte.screens import Char
from rich.console import Console
from rich.style import Style
from rich.text import Text

from tests.conftest import COMMAND, isolated_environ
from tests.terminal.screen import ENTER, Screen

COLUMNS, ROWS = 100, 38


@dataclass(frozen=True)
class Scene:
    """What is typed and shown. entries: each with a text that its answer ends with. draft: left in the prompt, until
    `sign` is shown. arguments: of the command, if it is not the REPL; then `sign` is what it ends with. files: by name.
    """

    entries: Sequence[tuple[str, str]] = ()
    draft: str = ""
    sign: str = ""
    arguments: Sequence[str] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    rows: int = ROWS


RECIPE = "A step by step recipe to make bolognese pasta:"
SUM = "Tom has 12 apples. He buys 7 more. How many apples does Tom have?"
PASSAGE = (
    "The library opens at nine. Anna has a red bicycle. The train to Lyon leaves at six. "
    "Question: What colour is Anna's bicycle?"
)
QUESTIONS = """prompt,target
capital of France,Paris
What is the capital of Japan?,Tokyo
What is the opposite of hot?,cold
What colour is grass?,green
What is 8 + 5?,13
Which animal says moo?,cow
"""
SCENES = {
    "session": Scene(
        (
            (RECIPE, "· sure "),
            ("/profile cot", "Profile cot"),
            (SUM, "· sure "),
            ("/probs", "before temperature"),
            ("/profile translate-de", "Profile translate-de"),
            ("The old house has a green door.", "· sure "),
        ),
        "What does {x} < 3 mean?",
        "not in the model's vocabulary",
        rows=41,
    ),
    "grid": Scene(
        (
            ("Name a fruit.", "· sure "),
            ("/whatif profile=plain,qa,fewshot temperature=0.8 seed=4..9", "/pick CELL"),
            ("/whatif --diff", "changed"),
            ("/pick 5", "Cell 5"),
        ),
        "/compare c1 c4",
        "c4",
    ),
    "prompt": Scene(
        (("/profile fewshot", "Profile fewshot"), ("/prompt capital of {France}", "of 512 tokens")),
        "capital of {France}",
        "> capital of {France}",
        rows=42,
    ),
    "probs": Scene(
        (
            ("/profile translate-de", "Profile translate-de"),
            ("The old house has a green door.", "· sure "),
            ("/probs all", "before temperature"),
        ),
        "/alt 12 2",
        "/alt 12 2",
        rows=30,
    ),
    "why": Scene(
        (
            ("/profile passage", "Profile passage"),
            (PASSAGE, "· sure "),
            ("/why --by sentence", "hide each other"),
        ),
        "/why --by word --part question",
        "--part question",
        rows=35,
    ),
    "compare": Scene(
        (
            (RECIPE, "· sure "),
            ("/regen temperature=1.3 seed=1", "· sure "),
            ("/compare", "avg logprob"),
        ),
        "/replay --profile recipe",
        "--profile recipe",
        rows=32,
    ),
    "sweep": Scene(
        arguments=("sweep", "questions.csv", "-p", "plain,qa,fewshot", "--out", "answers.jsonl"),
        files={"questions.csv": QUESTIONS},
        sign="full width",
        rows=30,
    ),
    "diff": Scene(
        arguments=("diff", "bundled,precision=float32", "bundled,precision=int8"),
        sign="Answers that differ",
        rows=38,
    ),
}


def play(screen: Screen, scene: Scene) -> None:
    """Type the entries, each when the last has been answered, and leave a draft in the prompt."""
    if scene.arguments:
        screen.wait(scene.sign)
        screen.wait_end()
        return
    screen.wait("· ready")
    for entry, answered in scene.entries:
        before = screen.text().count(answered)
        screen.send(entry + ENTER)
        screen.wait(lambda text, b=before, a=answered: text.count(a) > b and "\n>" in text.rpartition(a)[2])
    screen.send(scene.draft)
    screen.wait(scene.sign)


def draw(screen: Screen, file: Path) -> None:
    """Write the screen's characters with their looks as an SVG."""
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True, color_system="truecolor")
    cells = screen.cells()
    last = max(row for row, line in enumerate(cells) if any(cell.data.strip() for cell in line))
    for line in cells[: last + 1]:
        text = Text()
        for style, run in groupby(line, key=_style):
            text.append("".join(cell.data for cell in run), style)
        text.rstrip()
        console.print(text)
    svg = console.export_svg(title="flanchat")
    svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)  # the fonts would be fetched from elsewhere
    file.write_text(svg, encoding="utf-8")


def _style(cell: Char) -> Style:
    color = None if cell.fg == "default" else cell.fg if cell.fg.isalpha() else f"#{cell.fg}"
    return Style(bold=cell.bold, underline=cell.underscore, color=color)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scene", choices=SCENES)
    parser.add_argument("file", type=Path)
    options = parser.parse_args()
    scene = SCENES[options.scene]
    with tempfile.TemporaryDirectory() as folder:
        environ = isolated_environ(Path(folder))
        for name, text in scene.files.items():
            (Path(folder) / name).write_text(text, encoding="utf-8")
        command = (*COMMAND, *scene.arguments)
        with Screen(command, env=environ, cwd=Path(folder), columns=COLUMNS, lines=scene.rows) as shown:
            play(shown, scene)
            draw(shown, options.file)
