"""The REPL in Chinese, on a terminal of 80 columns: nothing runs over the edge and nothing is left in English."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.terminal.screen import CTRL_C, CTRL_D, ENTER, Start, events
from tests.terminal.test_repl import check_screen

SHORT = ("-o", "max_new_tokens=4", "-o", "min_new_tokens=4")
CHINESE = {"LC_ALL": "", "LC_CTYPE": "C.UTF-8", "LANG": "zh_CN.UTF-8"}
PROMPTS = re.compile(r"^>", re.MULTILINE)


def test_the_banner_wraps_between_characters_and_the_bar_is_chinese(start: Start):
    screen = start("--lang", "zh", *SHORT)
    screen.send("/help")
    screen.wait("/help [NAME] · 列出命令，或说明一个命令或设置项")
    check_screen("banner-zh", re.sub(r"[\d.]+ M 参数，\d+ MB", "N M 参数，N MB", screen.text().partition("\n>")[0]))
    screen.send(CTRL_C)
    screen.wait("demo · 就绪")
    screen.send("Hello" + ENTER)
    screen.wait("[在 max_new_tokens 处截断] · ", " 词元/秒 · 4 个词元 · 置信度 ", " · 加")
    screen.wait(lambda text: PROMPTS.findall(text.rpartition("置信度")[2]))
    screen.send(CTRL_C)
    screen.wait("按 Ctrl-D 或输入 /exit 退出。")
    screen.send(CTRL_D)
    assert screen.wait_end() == 0
    assert "已保存在" in screen.text()


def test_help_errors_and_losses_are_chinese(start: Start, tiny_model: Path, tmp_path: Path):
    screen = start("-m", tiny_model, *SHORT, lines=180, NO_COLOR="1", LC_ALL="", LANG=CHINESE["LANG"])
    screen.send("\x0c")
    screen.wait(lambda text: text.startswith(">") and "\n>" not in text)
    screen.send(f"/help{ENTER}")
    text = screen.wait(lambda text: "\n>" in text)
    check_screen("help-zh", text.rpartition("\n>")[0])
    screen.send(f"/profle qa{ENTER}")
    screen.wait("错误：没有命令 /profle。你是想写 /profile 吗？在行首加一个空格就作为文字发送。")
    screen.send(f"/set temperature=9{ENTER}")
    screen.wait("错误：decode.temperature: 应为：数字（0 到 5），实际为：9")
    screen.send("你好 {")
    screen.wait("! 这个问题的大部分内容不在模型的词表里")
    screen.send(ENTER)
    screen.wait("· 置信度 ")
    screen.send(f"/clear{ENTER}")
    screen.wait("对话已清空")

    [answer] = events(tmp_path, "answer")
    assert answer["finish"] == "length"
    assert not re.search(r"[A-Za-z]{3,} [a-z]{3,} [a-z]{3,}", screen.text().rpartition("对话已清空")[2])


@pytest.mark.parametrize("yes", ["是", "y"])
def test_a_yes_counts_in_either_language(start: Start, tiny_model: Path, tmp_path: Path, yes: str):
    screen = start(
        "-m", tiny_model, *SHORT, "-o", "turns=5", "-o", "max_input_tokens=40", "-o", "on_overflow=ask", **CHINESE
    )
    screen.send("a question with some words in it 0" + ENTER)
    screen.wait(lambda text: "4 个词元 ·" in text)
    screen.send("a question with some words in it 1" + ENTER)
    screen.wait("省去它们再发送吗？ [y/N]")
    screen.send(yes + ENTER)
    screen.wait(lambda text: text.count("4 个词元 ·") == 2)

    assert len(events(tmp_path, "user")) == 2
