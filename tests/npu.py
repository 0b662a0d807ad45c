"""The fake NPU of tests/fake_npu, for processes that are started with its folder on their path."""

from __future__ import annotations

import os
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

FAKE = Path(__file__).parent / "fake_npu"

needs_fake_npu = pytest.mark.skipif(
    tuple(map(int, version("torch").split(".")[:2])) < (2, 10) or sys.platform != "linux",
    reason="the fake NPU needs what torch 2.10 brought",
)


def fake_npu(state: str = "", **more: str) -> dict[str, str]:
    """The environment of a process that finds the fake NPU in this state, with a line of noise on standard output."""
    path = os.pathsep.join(filter(None, [str(FAKE), os.environ.get("PYTHONPATH")]))
    wait = "0.3" if state == "hang" else "60"
    return {
        "PYTHONPATH": path, "FAKE_NPU_STATE": state, "FAKE_NPU_NOISE": "1", "FLANCHAT_NPU_TIMEOUT": wait, **more
    }  # fmt: skip
