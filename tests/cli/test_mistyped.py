"""Words that look like a command ask for the right one; prompts that hold such words are answered."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from flanchat.base.errors import UsageError
from flanchat.cli import COMMANDS, cli
from flanchat.cli.mistyped import CHAT, FOREIGN, refuse_command
from flanchat.repl.commands.table import BY_NAME
from tests.cli.conftest import Main
from tests.conftest import transcripts


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        (("list",), "models?"),
        (("ls",), "models?"),
        (("pull", "google/flan-t5-base"), "models pull google/flan-t5-base?"),
        (("run", "flan-t5-base"), "-m flan-t5-base?"),
        (("run",), "-m NAME?"),
        (("rm", "flan-t5-base"), "models rm flan-t5-base?"),
        (("show", "demo"), "models info demo?"),
        (("modles",), "models?"),
        (("model", "info"), "models info?"),
        (("doctr",), "doctor?"),
        (("aks", "why"), "ask why?"),
        (("version",), "--version?"),
        (("logs", "list"), "sessions?"),
        (("embed",), "--help?"),
        (("-m", "bundled", "doctr"), "doctor?"),
        (("search", "bolognese"), "sessions search bolognese?"),
        (("search",), "sessions search WORDS?"),
        (("rate", "good"), "sessions rate?"),
        (("load", "talk"), "chat -s talk?"),
        (("budget",), "prompt TEXT?"),
        (("model", "demo"), "models demo?"),
        (("/help",), "help?"),
    ],
)
def test_a_word_that_looks_like_a_command_asks_for_the_right_one(
    main: Main, words: tuple[str, ...], meant: str, tmp_path: Path
):
    ended = main(*words)

    assert (ended.status, ended.out) == (2, "")
    assert f"Did you mean flanchat {meant} flanchat ask " in ended.err
    assert not transcripts(tmp_path)


def test_a_command_after_its_options_is_named(main: Main):
    ended = main("-m", "bundled", "models")

    assert ended.status == 2
    assert "models is a command and comes first: flanchat models; flanchat ask models asks the model" in ended.err


@pytest.mark.parametrize("words", [("undo",), ("compare", "1"), ("/undo", "2"), ("/list",), ("quit",)], ids=str)
def test_a_command_of_the_chat_is_named_as_one(main: Main, words: tuple[str, ...], tmp_path: Path):
    ended = main(*words)

    assert (ended.status, ended.out) == (2, "")
    name = words[0].removeprefix("/")
    assert f"/{name} is a command of the chat: start flanchat and type it there; " in ended.err
    assert f"flanchat ask {' '.join(words)} asks the model" in ended.err
    assert not transcripts(tmp_path)


def test_no_name_of_a_command_of_the_chat_is_asked_as_a_prompt():
    context = click.Context(cli)
    for name in BY_NAME:
        if name not in COMMANDS:
            with pytest.raises(UsageError):
                refuse_command((name,), cli, context)
    assert CHAT.keys() <= BY_NAME.keys()


def test_no_profile_of_the_environment_makes_a_command_a_prompt(main: Main):
    assert main("list", env={"FLANCHAT_PROFILE": "recipe"}).status == 2


@pytest.mark.parametrize(
    ("arguments", "stdin"),
    [
        (("-p", "recipe", "list"), ""),
        (("-s", "talk", "list"), ""),
        (("list",), "of fruit\n"),
        (("doctr", "-"), "of fruit\n"),
        (("list the planets",), ""),
        (("list", "the planets"), ""),
        (("list", "the", "planets"), ""),
        (("ask", "list"), ""),
        (("Hello",), ""),
        (("stat",), ""),  # one letter from the hidden start
        (("under",), ""),
        (("/tmp",), ""),
        (("undo the damage",), ""),
        (("ask", "undo"), ""),
    ],
    ids=str,
)
def test_a_prompt_is_answered_whatever_its_first_word(main: Main, arguments: tuple[str, ...], stdin: str):
    ended = main(*arguments, "-o", "max_new_tokens=2", "--show-prompt", stdin=stdin)

    assert ended.status == 0
    assert stdin.strip() in ended.err


def test_the_commands_that_take_the_place_of_others_exist():
    for meant in filter(None, [*FOREIGN.values(), *CHAT.values()]):
        words = [word for word in meant.split() if not word.isupper() and word != "-s"]
        if words[0] in ("-m", "--device"):
            continue
        command: click.Command = cli
        for word in words:
            if word.startswith("--"):
                assert word in ("--help", "--version")
                continue
            assert isinstance(command, click.Group)
            inner = command.get_command(click.Context(command), word)
            assert inner is not None, meant
            command = inner
