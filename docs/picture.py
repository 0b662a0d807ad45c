"""Make the README's picture of flanchat running:  python docs/picture.py FILE.svg

Runs the real program on a pseudo-terminal, types a few entries, and draws the screen with rich's SVG export.
"""

from __future__ import annotations

import argparse
import io
import os
import pty
import select
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pyte
from rich.console import Console
from rich.style import Style
from rich.text import Text

COLUMNS, ROWS = 100, 34
ENTRIES = (
    "A step by step recipe to make bolognese pasta:",
    "/profile translate-de",
    "The old house has a green door.",
    "/profile cot",
    "Tom has 12 apples. He buys 7 more. How many apples does Tom have?",
    "/profile plain",
    "What does {x} mean?",
)


def play(entries: tuple[str, ...]) -> pyte.Screen:
    """The screen after `entries` were typed, each sent when the answer before it was there."""
    screen = pyte.Screen(COLUMNS, ROWS)
    stream = pyte.ByteStream(screen)
    ours, theirs = pty.openpty()
    with tempfile.TemporaryDirectory() as home:
        environ = {**os.environ, "HOME": home, "TERM": "xterm-256color", "PROMPT_TOOLKIT_NO_CPR": "1"}
        environ |= {"COLUMNS": str(COLUMNS), "LINES": str(ROWS), "XDG_STATE_HOME": home + "/state"}
        os.set_blocking(ours, False)
        child = subprocess.Popen(
            [sys.executable, "-m", "flanchat"], stdin=theirs, stdout=theirs, stderr=theirs, env=environ, close_fds=True
        )

        def wait(done: str, limit_s: float = 60.0) -> None:
            deadline = time.monotonic() + limit_s
            while time.monotonic() < deadline:
                if select.select([ours], [], [], 0.3)[0]:
                    stream.feed(os.read(ours, 65536))
                elif done in "\n".join(screen.display):
                    return
            raise TimeoutError(f"{done!r} did not come; the screen:\n" + "\n".join(screen.display))

        wait("· ready")
        for entry in entries:
            os.write(ours, entry.encode() + b"\r")
            wait("· ready")
        child.terminate()
        child.wait()
    return screen


def draw(screen: pyte.Screen, file: Path) -> None:
    """Write the screen's characters with their colours as an SVG."""
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True, color_system="truecolor")
    last = max(row for row in range(ROWS) if screen.display[row].strip())
    for row in range(last + 1):
        line = Text()
        for column in range(COLUMNS):
            cell = screen.buffer[row][column]
            color = None if cell.fg == "default" else cell.fg if cell.fg.isalpha() else f"#{cell.fg}"
            line.append(cell.data, Style(bold=cell.bold, dim=getattr(cell, "dim", False), color=color))
        line.rstrip()
        console.print(line)
    console.save_svg(str(file), title="flanchat")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    draw(play(ENTRIES), parser.parse_args().file)
