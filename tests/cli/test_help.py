"""`flanchat help` and --help: what people use first on top, whole sentences, settings explained from their table."""

from __future__ import annotations

import re

import pytest

from flanchat.cli import COMMANDS
from flanchat.prompting.explanations import explain_setting
from flanchat.prompting.settings import SETTINGS, find_setting
from tests.cli.conftest import Main


def test_the_help_lists_the_options_that_people_use_first_on_top(main: Main):
    options, commands, _others = re.split(r"(?:Commands|Other options):\n", main("--help").out)

    assert re.findall(r"^  (-\w|--\w+)", options, re.MULTILINE) == ["-p", "-m", "-o", "-c", "-s", "--device", "--json"]
    assert set(re.findall(r"^  (\w+)", commands, re.MULTILINE)) == {*COMMANDS} - {"start"}


@pytest.mark.parametrize("command", ["ask", "chat", "choose", "whatif", "sweep", "replay"])
def test_every_command_lists_them_first(main: Main, command: str):
    _, options = main(command, "--help").out.split("Options:\n")

    assert options.startswith("  -p, --profile ")


@pytest.mark.parametrize("group", [(), ("models",), ("profiles",), ("sessions",)])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_no_sentence_of_a_list_of_commands_is_cut(main: Main, group: tuple[str, ...], lang: str):
    shown = main(*group, "--help", env={"FLANCHAT_LANG": lang, "COLUMNS": "80"}).out

    assert not re.search(r"\.\.\.$", shown.partition("Usage")[2].partition("\n")[2], re.MULTILINE)


def test_help_alone_shows_what_the_option_shows(main: Main):
    assert main("help").out.strip() == main("--help").out.strip()
    assert main("help", "ask").out.strip() == main("ask", "--help").out.strip()


@pytest.mark.parametrize("name", [name for setting in SETTINGS for name in (setting.name, setting.short)])
def test_help_explains_a_setting_by_its_long_or_short_name_as_the_chat_does(main: Main, name: str):
    setting = find_setting(name)

    ended = main("help", setting.name)

    assert ended.out.strip() == explain_setting(setting)
    assert explain_setting(setting) in main("help", name).out or name in COMMANDS


def test_help_names_the_nearest_topic_and_how_to_ask_instead(main: Main):
    ended = main("help", "temprature")

    assert (ended.status, ended.out) == (2, "")
    assert "nothing is called temprature. Did you mean temperature?" in ended.err
    assert "flanchat ask help temprature asks the model" in ended.err


def test_a_prompt_that_begins_with_help_is_answered(main: Main):
    assert main("help", "me", "find", "a", "name").status == 0
