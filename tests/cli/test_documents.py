"""The sessions that README and docs show are what flanchat prints.

A block marked `console` has commands after `$`, entries of the REPL after `>`, and below them what goes to standard
output, or to standard error where nothing goes there. `cat FILE` shows a file, which the test writes. `...` stands
for the rest of a line, on a line of its own for any number of lines; blanks count as one.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Main

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("README*.md"), *ROOT.glob("docs/*.md")])
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def shown_sessions() -> Iterator[object]:
    for page in PAGES:
        for number, block in enumerate(BLOCK.findall(page.read_text(encoding="utf-8")), 1):
            yield pytest.param(page, block, id=f"{page.name}-{number}")


@pytest.mark.parametrize(("page", "block"), list(shown_sessions()))
def test_a_session_that_a_document_shows_is_what_flanchat_prints(main: Main, page: Path, block: str):
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        command, *lines = part.splitlines()
        typed = [line[2:] for line in lines if line.startswith("> ")]
        shown = [line for line in lines if not line.startswith("> ")]
        words, piped = shlex.split(command), ""
        if words[0] == "cat":
            Path(words[1]).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
            continue
        if words[0] == "echo":
            end = words.index("|")
            words, piped = words[end + 1 :], " ".join(words[1:end])
        elif typed:
            words, piped = [words[0], "chat", *words[1:]], "\n".join(typed)
        assert words.pop(0) == "flanchat", f"{command}: neither flanchat nor echo ... | flanchat"

        ended = main(*words, stdin=piped, env={"FLANCHAT_LANG": "zh"} if "zh-CN" in page.name else {})

        assert re.fullmatch(expected(shown), ended.out or (ended.err if shown else "")), (
            f"$ {command}\n{ended.out}{ended.err}"
        )
        assert ended.status == 0


def expected(lines: list[str]) -> str:
    patterns = []
    for line in lines:
        if line == "...":
            patterns.append(r"(?:.*\n)*")
        else:
            parts = [r"\s+".join(map(re.escape, part.split())) for part in line.split("...")]
            patterns.append(r"\s*" + r"\s*.*?\s*".join(parts) + r"[^\S\n]*\n")
    return "".join(patterns) + r"\s*"


def test_what_is_shown_is_compared_with_the_whole_output():
    assert re.fullmatch(expected(["a  b", "..."]), "a b\nc\nd\n")
    assert not re.fullmatch(expected(["a b"]), "a b\nc\n")
    assert not re.fullmatch(expected(["...", "c"]), "a\nd\n")


def test_both_readmes_show_the_same_commands():
    typed = [
        re.findall(r"^[$>] .*$", "\n".join(BLOCK.findall((ROOT / name).read_text(encoding="utf-8"))), re.MULTILINE)
        for name in ("README.md", "README.zh-CN.md")
    ]

    assert typed[0] == typed[1] != []
