"""The sessions that README and docs show are what flanchat prints.

A block marked `console` has commands after `$`, entries of the REPL after `>`, and below them what goes to standard
output, or to standard error where nothing goes there. `cat FILE` shows a file, which the test writes. `...` stands
for the rest of a line, on a line of its own for any number of lines; blanks count as one.

A block marked `sh` has commands alone and one marked `chat` entries of the REPL, each with a comment behind it; they
run, in a folder with the files that they name, on the bundled model in place of others. A block that cannot run here
says why in a comment above it, one of NOT_RUN.
"""

from __future__ import annotations

import html
import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from docs import picture
from flanchat.base.errors import DIFFERS
from flanchat.repl import example_prompts
from tests.cli.conftest import Main
from tests.conftest import transcripts

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("README*.md"), *ROOT.glob("docs/*.md")])
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
RUNNABLE = re.compile(
    r"(?:<!-- not run: (?P<why>.*) -->\n+)?^```(?P<kind>sh|chat)\n(?P<lines>.*?)^```$", re.MULTILINE | re.DOTALL
)
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


CHARTS = ("benchmarks", "growth")  # of figures; their numbers are those of the tables beside them


def test_every_picture_is_a_scene_that_is_run_or_a_chart():
    assert {path.stem for path in (ROOT / "docs").glob("*.svg")} == {*picture.SCENES, *CHARTS}


SEARCHES = ("beams",)
"""Scenes whose beams transformers finds."""


@pytest.mark.parametrize(
    "scene",
    [
        pytest.param(scene, marks=[pytest.mark.transformers] * (scene in SEARCHES))
        for scene, run in picture.SCENES.items()
        if scene != "diff" and not run.commands
    ],
)
def test_a_picture_shows_what_its_entries_and_commands_are_answered(main: Main, tmp_path: Path, scene: str):
    shown, run = folded("\n".join(drawn(scene))), picture.SCENES[scene]
    for name, text in run.files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")

    ended = main(*(run.arguments or ["chat"]), stdin="".join(f"{entry}\n" for entry, _ in run.entries))

    answers = [text for path in transcripts(tmp_path) for text in repeated(path.read_text(encoding="utf-8"))]
    assert [text for text in answers or ended.out.splitlines() if folded(text) not in shown] == []
    assert ended.status == 0
    if "Tabtypesthefirstone" in shown:
        assert folded(example_prompts.DEMO[-1]) in shown, "draw it again: the first screen has other prompts"


OF_THE_MACHINE = re.compile("per second|log-probabilities|cpu in")


@pytest.mark.parametrize("scene", [scene for scene, run in picture.SCENES.items() if run.commands])
def test_a_picture_of_a_shell_shows_what_its_commands_print(main: Main, tmp_path: Path, scene: str):
    shown, run = folded("\n".join(drawn(scene))), picture.SCENES[scene]
    for name, text in run.files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")

    for command in run.commands:
        assert folded(f"$ flanchat {command}") in shown
        ended = main(*shlex.split(command), env={"COLUMNS": "100"})
        lines = [line for line in (ended.out + ended.err).splitlines() if not OF_THE_MACHINE.search(line)]
        assert [line for line in lines if bare(line) not in bare(shown)] == []
    assert bare(run.sign) in bare(ended.out + ended.err)


def bare(text: str) -> str:
    """The text without blanks and bars, which a terminal draws in finer steps."""
    return re.sub(r"[#\u2580-\u259f]", "", folded(text))


def repeated(transcript: str) -> Iterator[str]:
    """The answers of a session, those of a grid included, but for cells that are sampled with a seed of the moment."""
    for event in map(json.loads, transcript.splitlines()):
        if event["type"] == "answer":
            yield event["text"]
        elif event["type"] == "whatif.cell" and set(event["axis_values"]) != {"temperature"}:
            yield event["answer"]["text"]


def test_a_picture_and_a_page_of_two_models_show_what_the_first_answers(main: Main):
    prompts = (ROOT / "flanchat" / "experiments" / "prompts.jsonl").read_text(encoding="utf-8").splitlines()
    page = (ROOT / "docs" / "lab.md").read_text(encoding="utf-8")
    found = [*parted(drawn("diff")), *parted(page.partition("$ flanchat diff")[2].partition("```")[0].splitlines())]

    for number, text in found:
        answer = main("--precision", "float32", json.loads(prompts[number - 1])["prompt"]).out
        assert folded(answer) == folded(text)
    assert len({number for number, _ in found}) == 5


def parted(lines: list[str]) -> Iterator[tuple[int, str]]:
    """The numbers of the prompts whose answers differ, and what model A answers."""
    at = next(line for line in lines if "answer: [-A-]" in line).index("answer:")
    rows = "\n".join(lines).partition("{+B+}")[2].splitlines()
    texts: dict[int, str] = {}
    for line in rows:
        if number := re.match(r"\d+ ", line):
            texts[int(number[0])] = ""
        if texts:
            texts[list(texts)[-1]] += f"{line[at:].strip()} "
    for number, text in texts.items():
        yield number, re.sub(r"\{\+.*?\+\}|\[-|-\]", "", text)


def drawn(scene: str) -> list[str]:
    """The lines of a picture."""
    texts = re.findall(
        r'<text[^>]*? y="([\d.]+)"[^>]*>(.*?)</text>', (ROOT / "docs" / f"{scene}.svg").read_text("utf-8")
    )
    lines = {float(y): "" for y, _ in texts}
    for y, text in texts:
        lines[float(y)] += html.unescape(text).replace("\N{NO-BREAK SPACE}", " ")
    return [lines[y] for y in sorted(lines)]


def folded(text: str) -> str:
    """The text without blanks: a terminal breaks its lines anywhere."""
    return re.sub(r"\s", "", text)
