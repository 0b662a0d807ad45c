"""The sessions that README and docs show are what flanchat prints.

A block marked `console` has commands after `$`, entries of the REPL after `>`, and below them what goes to standard
output, or to standard error where nothing goes there. `cat FILE` shows a file, which the test writes. `...` stands
for the rest of a line, on a line of its own for any number of lines; blanks count as one.

A block marked `sh` has commands alone and one marked `chat` entries of the REPL, each with a comment behind it; they
run, in a folder with the files that they name, on the bundled model in place of others. A block that cannot run here
says why in a comment above it, one of NOT_RUN.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from flanchat.base.errors import DIFFERS
from tests.cli.conftest import Main

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("README*.md"), *ROOT.glob("docs/*.md")])
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
RUNNABLE = re.compile(r"^(?:<!-- not run: (?P<why>.*) -->\n)?```(?P<kind>sh|chat)\n(?P<lines>.*?)^```$", re.M | re.S)
NOT_RUN = {
    "installs a package",
    "installs flanchat",
    "needs a download",
    "needs a server",
    "needs an NPU",
    "takes a minute, and its figures are of one machine",
}
LANGUAGES = {"chat", "console", "diff", "json", "python", "sh", "text", "yaml"}
FILES = {
    "news.txt": "The old library opened its doors again after a long repair.\n",
    "passage.txt": "Anna has a red bicycle. Question: What colour is Anna's bicycle?\n",
    "question.txt": "Name a fruit.\n",
    "questions.csv": "prompt,target\nWhat is the capital of France?,Paris\nWhat colour is grass?,green\n",
    "questions.txt": "What is the capital of France?\nName a fruit.\n",
    "reviews.csv": "prompt,target,topic\nThe food was cold.,negative,food\nI loved it.,positive,book\n",
}
BEFORE = """/profile fewshot
Name a fruit.
/regen seed=3
What is the capital of France?
Name a colour.
/regen seed=1
/whatif profile=plain,qa seed=1..3
/export talk.jsonl
"""
"""What was asked before the entries of a block: three turns, the last with two answers, and a grid."""


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


def runnable() -> Iterator[object]:
    for page in PAGES:
        for number, found in enumerate(RUNNABLE.finditer(page.read_text(encoding="utf-8")), 1):
            if found["why"] is None:
                yield pytest.param(found["kind"], found["lines"], id=f"{page.name}-{number}")


@pytest.mark.parametrize(("kind", "lines"), list(runnable()))
def test_every_command_that_a_document_shows_runs(main: Main, tmp_path: Path, kind: str, lines: str):
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    entries = [re.sub(r" {2,}.*", "", line).removeprefix("> ") for line in lines.splitlines()]
    if kind == "chat":
        ended = main("chat", stdin=BEFORE + "\n".join(entries))

        assert (ended.status, "error" in ended.err) == (0, False), ended.err
        return
    main("chat", "-s", "zoo", stdin=BEFORE)
    main("chat", stdin="Name a fruit.")
    for command in (one for entry in entries for one in entry.split(" && ")):
        words, piped = to_run(command, tmp_path)

        ended = main(*words, stdin=piped)

        assert ended.status in ((0, DIFFERS) if words[0] in ("replay", "verify") else (0,)), f"{command}\n{ended.err}"
        if "| jq" in command:
            json.loads(ended.out)


def to_run(command: str, folder: Path) -> tuple[list[str], str]:
    """The arguments of a command and what is piped into it. The bundled model stands for those of a hub."""
    words, piped = shlex.split(command), ""
    if words[0] == "echo":
        words, piped = words[words.index("|") + 1 :], words[1]
    for sign in ("<", ">", "|"):
        if sign in words:
            at = words.index(sign)
            piped = (folder / words[at + 1]).read_text(encoding="utf-8") if sign == "<" else piped
            del words[at : at + 2 if sign != "|" else None]
    assert words.pop(0) == "flanchat", f"{command}: not a command of flanchat"
    return [re.sub(r"flan-t5-base", "bundled", re.sub(r"(\./)?flan-t5-small", "demo", word)) for word in words], piped


def test_every_block_says_what_it_is_and_a_command_that_is_not_run_says_why():
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        opened = re.findall(r"^```(.*)$", text, re.MULTILINE)[::2]
        assert set(opened) <= LANGUAGES, page.name
        assert set(re.findall(r"<!-- not run: (.*) -->", text)) <= NOT_RUN, page.name


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
