"""The documents and the files of pins name the same pairs of CANN and torch_npu as the code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from flanchat.engine.devices.cann import TORCH_NPU

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("name", ["ascend.md", "ascend.zh-CN.md"])
def test_each_cann_has_a_row_with_the_pair_that_its_file_pins_and_the_others(name: str):
    row = r"^\| (\S+) \| (\S+) \| (\S+) \| (.+?) \| [^|]+ \| `(constraints/cann-[\w.-]+\.txt)`"
    rows = re.findall(row, (ROOT / "docs" / name).read_text(encoding="utf-8"), re.MULTILINE)

    assert [cann for cann, *__ in rows] == list(TORCH_NPU)
    for cann, torch, torch_npu, others, pins in rows:
        assert {torch_npu, *re.findall(r"[\d.]+(?:post\d+)?\b", others)} == set(TORCH_NPU[cann])
        assert torch_npu.partition(".post")[0] == torch
        assert f"torch=={torch}\ntorch_npu=={torch_npu}\n" in (ROOT / pins).read_text()
