"""Text from elsewhere never controls the terminal on which the REPL draws: it gets flanchat's own sequences only."""

from __future__ import annotations

import json
import re
from pathlib import Path

from flanchat.repl.commands.table import COMMANDS
from tests.conftest import Flanchat, transcripts
from tests.hostile import FILE_NAME, HOSTILE, controls, poisoned
from tests.terminal.screen import CTRL_D, ENTER, TAB, Start
from tests.tiny_t5 import make_hostile_t5

F2, F5, F6 = "\x1bOQ", "\x1b[15~", "\x1b[17~"
OWN = re.compile(
    r"\x1b\[(\d*(;\d+)*m|\d*[ABCD]|0?J|[02]?K|6n|\?(7|12|25|2004|1)[hl])|\x1b\]52;c;[A-Za-z0-9+/=]*\x07|[\r\b\a]"
)
"""What prompt_toolkit, rich and /copy write: colours, movements of the cursor, erasing what follows, modes."""


def test_the_repl_draws_no_control_sequence_from_elsewhere(
    flanchat: Flanchat, start: Start, environ: dict[str, str], tmp_path: Path
) -> None:
    model = make_hostile_t5(tmp_path / FILE_NAME)
    given = ("-m", model, "-o", "do_sample=true", "-o", "max_new_tokens=4", "-o", "min_new_tokens=4", "--seed", "1")
    flanchat("chat", *given, stdin="hello\nagain\n/regen\n/whatif seed=1,2\n")
    for path in transcripts(tmp_path):
        records = [json.loads(line) for line in path.read_text().splitlines()]
        path.write_text("".join(json.dumps(poisoned(record)) + "\n" for record in records))
    profiles = Path(environ["XDG_CONFIG_HOME"], "flanchat", "profiles")
    profiles.mkdir(parents=True)
    (profiles / f"{FILE_NAME}.yaml").write_text(f"description: {json.dumps(HOSTILE)}\n")
    (profiles / "mine.yaml").write_text(f"description: {json.dumps(HOSTILE)}\nprefix: {json.dumps(HOSTILE)}\n")

    screen = start("chat", "-c", "-m", model, EDITOR="true", lines=50, columns=100)
    number = 0

    def settle() -> None:
        """Wait for the prompt, whatever is drawn above it."""
        nonlocal number
        number += 1
        screen.send(f"\x15ok{number}")
        screen.wait(f"> ok{number}")
        screen.send("\x15")

    for begun, offered in (("/profile ", "mine"), ("/model ", "flan-t5-small")):
        screen.send(begun + TAB)
        screen.wait(offered)
        settle()
    screen.paste(HOSTILE.replace("\r", ""))
    screen.wait(re.compile(r"^> a\^\[\[2J.*<U\+202E>", re.MULTILINE).search)
    screen.send(ENTER)
    settle()
    for key, shown in ((F2, "Settings"), (F5, "of 512 tokens"), (F6, "below 50%; sure")):
        screen.send(key)
        screen.wait(shown)
        settle()
    for command in COMMANDS:
        if command.name not in ("exit", "beams"):  # beams take an import of transformers: tests/cli/test_hostile.py
            for words in ("", f" {FILE_NAME}".replace("\r", "")):  # with numbers: tests/cli/test_hostile.py
                screen.paste(f"/{command.name}{words}")
                screen.send(ENTER)
            settle()
    screen.send(CTRL_D)
    screen.wait_end()

    drawn = screen.raw.decode()
    assert drawn.count("^[[2J") > 50
    assert controls(OWN.sub("", drawn)) == []
