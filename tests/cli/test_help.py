"""`flanchat help` and --help: what people use first on top, whole sentences, settings explained from their table."""

from __future__ import annotations

import re

import pytest

from flanchat.base.i18n import use_language
from flanchat.cli import COMMANDS
from flanchat.engine.devices.precision_reasons import shown
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


@pytest.mark.parametrize(
    ("arguments", "chinese"),
    [
        (("ask", "--nope"), "没有选项 '--nope'"),
        (("sessions", "show"), "缺少参数 'N|NAME|ID|PATH'。"),
        (("completions", "tcsh"), "'tcsh' 不在 'bash', 'zsh', 'fish' 之中。"),
        (("ask", "--seed", "x", "hi"), "'--seed' 的值无效：'x' 不是整数。"),
        (("doctor", "extra"), "多出了参数（extra）"),
        (("ask", "-p"), "选项 '-p' 需要一个值。"),
        (("sweep", "."), "应为普通文件，实际是文件夹"),
        (("verify", "none.json"), "none.json：没有这个文件或文件夹"),
        (("ask", "-m", "./none", "hi"), "none：应为模型文件夹，但没有这个文件夹；请检查路径"),
        (("ask", "-m", "nix", "hi"), "应为文件夹、短名称或 [hf:|om:]OWNER/NAME[@REVISION]，实际都不是"),
    ],
)
def test_what_is_wrong_with_a_command_line_is_said_in_chinese(main: Main, arguments: tuple[str, ...], chinese: str):
    ended = main(*arguments, env={"FLANCHAT_LANG": "zh"})

    assert ended.status != 0
    assert chinese in ended.err


def test_profiles_are_described_in_chinese(main: Main):
    assert "英语译成德语。" in main("profiles", env={"FLANCHAT_LANG": "zh"}).out


def test_the_reason_of_a_precision_is_chinese_and_an_unknown_one_stays_as_recorded():
    why = "what suits npu:0: half the bytes of a large model; the range of float32"
    measured = "float16 (packed, prompts onednn) takes 59 µs for a row and a matrix"
    use_language("zh", {})
    try:
        assert shown(why) == "适合 npu:0：大模型的字节数减半；数值范围与 float32 相同"
        assert shown(f"as you chose; {measured}").startswith("由你指定；float16 (packed, prompts onednn) 计算一行")
        assert shown("of another version") == "of another version"
    finally:
        use_language("en", {})
    assert shown(why) == why
