"""Text from elsewhere never controls the terminal: hostile text in every place it can come from, through every command.

The commands are taken from the program's tables, so that a new one is walked too.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from flanchat import cli
from flanchat.repl.commands.table import COMMANDS
from flanchat.ui.terminal import open_console
from tests.conftest import transcripts
from tests.hostile import HOSTILE, assert_harmless, controls, poisoned


@pytest.fixture
def session(main: Any, tiny_model: Path, tmp_path: Path) -> Path:
    """A recorded session, with hostile text in all its fields."""
    lines = "hello\nagain\n/regen\n/whatif temperature=0.5,1 do_sample=true seed=1,2\n"
    assert main("chat", "-m", tiny_model, "-o", "max_new_tokens=4", "--seed", "1", stdin=lines).status == 0
    (path,) = transcripts(tmp_path)
    records = [json.loads(line) for line in path.read_text().splitlines()]
    path.write_text("".join(json.dumps(poisoned(record)) + "\n" for record in records))
    return path


def repl_lines() -> str:
    """Every command of the REPL: alone, with hostile words, and with what else makes it show foreign text."""
    words = HOSTILE.replace("\r", "")  # ends no line
    lines = [
        "/profile diff qa",
        f"/profile diff plain {words}",
        "/show profile",
        "/show session",
        "/probs all",
        "/alt 1 1",
    ]
    lines += ["/compare 1 2", f"/help {words}", f"/choose {words} | {words}b", words]
    for command in COMMANDS:
        if command.name != "exit":
            lines += [f"/{command.name}", f"/{command.name} {words}", f"/{command.name} 1", f"/{command.name} 1 2"]
    return "\n".join(lines) + "\n"


@pytest.mark.transformers
def test_no_command_of_the_repl_lets_a_control_character_of_a_session_through(
    main: Any, session: Path, tiny_model: Path
) -> None:
    ended = main("chat", "-c", "-m", tiny_model, "-o", "max_new_tokens=4", stdin=repl_lines())

    assert_harmless(ended, "chat")
    assert "^[" in ended.out.partition("\nname ")[0]  # the head of /profile diff


def shell_commands(command: click.Command, words: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The words of every command of the shell."""
    yield words
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            assert inner is not None
            yield from shell_commands(inner, (*words, name))


@pytest.mark.parametrize("words", list(shell_commands(cli.cli))[1:], ids=" ".join)
def test_no_command_of_the_shell_lets_a_control_character_of_its_words_through(
    main: Any, words: tuple[str, ...], tiny_model: Path
) -> None:
    for more in ((HOSTILE,), (HOSTILE, HOSTILE), (f"--{HOSTILE}",), ("-m", HOSTILE), ("-p", HOSTILE), ("--help",)):
        assert_harmless(main(*words, *more, env={"FLANCHAT_MODEL": str(tiny_model)}), words)


@pytest.mark.parametrize("words", [("list",), ("show", "1"), ("search", "hello"), ("rm", "1"), ("export", "1", "-")])
def test_sessions_show_no_control_character_of_a_session(main: Any, session: Path, words: tuple[str, ...]) -> None:
    assert_harmless(main("sessions", *words), words)


def test_a_replay_shows_no_control_character_of_a_session(main: Any, session: Path, tiny_model: Path) -> None:
    assert_harmless(main("replay", "1", "-m", tiny_model), "replay")


@pytest.mark.parametrize("ending", ["txt", "md", "html"])
def test_an_exported_session_can_be_printed_safely(main: Any, session: Path, tmp_path: Path, ending: str) -> None:
    assert main("sessions", "export", "1", tmp_path / f"talk.{ending}").status == 0

    assert not controls((tmp_path / f"talk.{ending}").read_text())


def test_profiles_and_model_folders_reach_no_terminal_as_they_are(main: Any, tmp_path: Path, tiny_model: Path) -> None:
    name = HOSTILE.replace("/", "")
    (tmp_path / f"{name}.yaml").write_text(f"description: {json.dumps(HOSTILE)}\n{json.dumps(name)}: 1\n")
    (tmp_path / name).mkdir()
    (tmp_path / name / "config.json").write_text(json.dumps({"model_type": HOSTILE}))
    (tmp_path / "rows.csv").write_text(f"prompt,{name}\nhello,{name}\n")

    for words in (
        ("profiles", "list", "--profiles", tmp_path),
        ("profiles", "check", tmp_path / f"{name}.yaml", "-m", tiny_model),
        ("models", "info", tmp_path / name),
        ("sweep", tmp_path / "rows.csv", "-m", tiny_model, "-o", "max_new_tokens=2"),
        ("sweep", tmp_path / "rows.csv", "-m", tiny_model, "--prompt-column", name),
        ("ask", "hello", "-m", tmp_path / name),
    ):
        assert_harmless(main(*words), words)


def test_a_console_writes_no_control_sequence_but_its_own_colours() -> None:
    out = io.StringIO()
    console = open_console(out, {"TERM": "xterm-256color"}, color=True, force_terminal=True, width=60)
    table = Table(HOSTILE, title=HOSTILE)
    table.add_column(Text(HOSTILE, style="red"))
    table.add_row(HOSTILE, Text(HOSTILE, style="bold"))
    console.print(table)
    console.print(Panel(Text(HOSTILE), title=Text(HOSTILE)), HOSTILE)

    assert "\x1b[1m" in out.getvalue()
    assert not controls(re.sub(r"\x1b\[[\d;]*m", "", out.getvalue()))


def test_what_the_prompt_draws_shows_invisible_characters() -> None:
    from prompt_toolkit.layout.screen import Char

    import flanchat.repl.terminal_input  # noqa: F401 - changes what prompt_toolkit draws

    drawn = "".join(Char(character, "").char for character in HOSTILE)

    assert not controls(drawn)
    assert re.search("<U\\+202E>.*<U\\+200B>.*<U\\+E0041>", drawn)


# -- piped lines: what fails, and where it is said --------------------------------------------------------------------

LONG = "water " * 900


@pytest.mark.parametrize(
    ("lines", "status", "said"),
    [
        ("hello\n", 0, ""),
        ("/nope\nhello\n", 1, "line 1: unknown command"),
        (f"hello\n{LONG}\n/nope\n", 5, "line 2: "),
        (f"/nope\n{LONG}\n", 1, "line 1: "),
        ("hello\n/set temperature=x\n", 1, "line 2: "),
        ("/run nowhere.txt\nhello\n", 1, "line 1: "),
    ],
)
def test_piped_chat_goes_on_after_a_line_that_fails_and_ends_with_the_status_of_the_first(
    main: Any, tiny_model: Path, lines: str, status: int, said: str
) -> None:
    ended = main("chat", "-m", tiny_model, "-o", "max_new_tokens=2", "--no-log", stdin=lines)

    assert ended.status == status
    assert said in ended.err
    assert not re.search("first token|unknown", ended.out)
    assert bool(ended.out) == ("hello" in lines)


def test_piped_chat_ends_when_its_device_cannot_be_used(main: Any, tiny_model: Path) -> None:
    ended = main("chat", "-m", tiny_model, "--device", "cuda:99", stdin="one\ntwo\n")

    assert (ended.status, ended.out) == (2, "")
    assert "line 2" not in ended.err


def test_jsonl_answers_the_other_lines_when_one_is_over_its_budget(main: Any, tiny_model: Path) -> None:
    ended = main(
        "ask", "--jsonl", "-m", tiny_model, "-o", "max_new_tokens=2", "--no-log", stdin=f"one\n{LONG}\nthree\n"
    )

    first, second, third = map(json.loads, ended.out.splitlines())
    assert ended.status == 5
    assert (first["question"], third["question"]) == ("one", "three")
    assert ["text" in each for each in (first, second, third)] == [True, False, True]
    assert (second["line"], "tokens" in second["error"]) == (2, True)
