"""The fake NPU of tests/fake_npu, for child processes."""

from __future__ import annotations

import os
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

FAKE = Path(__file__).parent / "fake_npu"

needs_fake_npu = pytest.mark.skipif(
    tuple(map(int, version("torch").split(".")[:2])) < (2, 10) or sys.platform != "linux",
    reason="the fake NPU needs torch 2.10 or newer",
)


def fake_npu(state: str = "", **more: str) -> dict[str, str]:
    """The environment of a process with a fake NPU in this state, which prints a line to standard output."""
    path = os.pathsep.join(filter(None, [str(FAKE), os.environ.get("PYTHONPATH")]))
    wait = "0.3" if state == "hang" else "60"
    return {
        "PYTHONPATH": path, "FAKE_NPU_STATE": state, "FAKE_NPU_NOISE": "1", "FLANCHAT_NPU_TIMEOUT": wait, **more
    }  # fmt: skip
