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
    `sign` is shown. arguments: of the command, if it is not the REPL; then `sign` is what it ends with. commands:
    several of these in a shell, each shown as it is typed. files: by name.
    """

    entries: Sequence[tuple[str, str]] = ()
    draft: str = ""
    sign: str = ""
    arguments: Sequence[str] = ()
    commands: Sequence[str] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    rows: int = ROWS

    @property
    def command(self) -> Sequence[str]:
        """What is run on the terminal."""
        return (COMMAND[0], "-c", SHELL, *self.commands) if self.commands else (*COMMAND, *self.arguments)


SHELL = """
import shlex, subprocess, sys
for line in sys.argv[1:]:
    print("$ flanchat", line, flush=True)
    subprocess.run([sys.executable, "-m", "flanchat", *shlex.split(line)], check=False)
"""
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
CLAIMS = """prompt,target
Is 9 less than 3?,no
Is 4 less than 7?,yes
Is 8 greater than 2?,yes
Is 5 greater than 6?,no
Is 12 less than 15?,yes
Is 30 less than 20?,no
Is 1 greater than 9?,no
Is 2 less than 8?,yes
The ball is red. Question: Is the ball blue?,no
The ball is red. Question: Is the ball red?,yes
Anna has a cat. Question: Does Anna have a cat?,yes
Anna has a cat. Question: Does Anna have a dog?,no
The shop is closed. Question: Is the shop open?,no
Tom is taller than Ben. Question: Is Ben taller than Tom?,no
Tom is taller than Ben. Question: Is Tom taller than Ben?,yes
The soup is hot. Question: Is the soup hot?,yes
The soup is hot. Question: Is the soup cold?,no
The train left at six. Question: Did the train leave at six?,yes
The train left at six. Question: Did the train leave at nine?,no
It rained all day. Question: Was it dry?,no
Is the sky blue?,yes
Is grass red?,no
Is Paris in France?,yes
Is Rome in Spain?,no
Can a fish fly?,no
Do cows give milk?,yes
Is ice hot?,no
Is fire hot?,yes
Is snow black?,no
Is a dog an animal?,yes
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
    "vote": Scene(
        (
            ("/set vote=8 seed=1 temperature=1.3", "sampling is on"),
            (r"/set answer_regex answer is (.*)\.", "answer_regex ="),
            (SUM, "· sure "),
            ("/whatif vote=1,4,16 " + SUM, "/pick CELL"),
        ),
        "/pick 3",
        "/pick 3",
        rows=34,
    ),
    "beams": Scene(
        (
            ("/beams 4 What is the capital of France?", "· sure "),
            ("/pick 2", "is now the answer"),
            ("/fill The capital of France is <1>.", "fills blanks at all"),
        ),
        "/fill The <1> sat on the <2>.",
        "on the <2>",
        rows=34,
    ),
    "card": Scene(
        commands=(
            "sweep questions.csv -p plain,qa --out answers.jsonl",
            "card answers.jsonl -o card.json",
            "verify card.json",
            "verify card.json --precision int8",
        ),
        files={"questions.csv": QUESTIONS},
        sign="First cause of the differences",
        rows=40,
    ),
    "calibration": Scene(
        commands=(
            "choose -p yesno 'Is 9 less than 3?'",
            "sweep claims.csv -p yesno -o choose=calibrated --calibration --out answers.jsonl",
        ),
        files={"claims.csv": CLAIMS},
        sign="Brier score",
        rows=36,
    ),
    "diff": Scene(
        arguments=("diff", "bundled,precision=float32", "bundled,precision=int8"),
        sign="Answers that differ",
        rows=38,
    ),
}


def play(screen: Screen, scene: Scene) -> None:
    """Type the entries, each when the last has been answered, and leave a draft in the prompt."""
    if scene.sign and not scene.draft:
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
        with Screen(scene.command, env=environ, cwd=Path(folder), columns=COLUMNS, lines=scene.rows) as shown:
            play(shown, scene)
            draw(shown, options.file)
