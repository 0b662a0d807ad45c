"""What a person at the REPL sees of an NPU that cannot be used."""

from __future__ import annotations

from pathlib import Path

from tests.npu import fake_npu, needs_fake_npu
from tests.terminal.screen import CTRL_D, ENTER, Start

pytestmark = needs_fake_npu


def test_the_note_stands_above_the_prompt_and_device_repeats_it(start: Start, tiny_model: Path):
    screen = start("-m", tiny_model, "--no-log", **fake_npu("no_cann"))
    text = screen.wait("the NPU is not used", "ready")

    assert text.index("the NPU is not used") < text.rindex("\n>")
    screen.send("/device" + ENTER)
    screen.wait("on cpu in float", lambda text: text.count("the NPU is not used") == 2)
    screen.send(CTRL_D)
    assert screen.wait_end() == 0
