"""The environment and the screen of the program that imports flanchat, which a library has to look up itself."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Mapping
from types import FrameType
from typing import TextIO

from flanchat.api.interrupted import FlanchatWarning


def environ() -> Mapping[str, str]:
    """The environment as it is now."""
    return dict(os.environ)


def stderr() -> TextIO:
    return sys.stderr


def warn(sentence: str) -> None:
    """Issue a FlanchatWarning at the first line outside flanchat."""
    frame, level = sys._getframe(1), 2
    while frame.f_back is not None and _is_ours(frame):
        frame, level = frame.f_back, level + 1
    warnings.warn(sentence, FlanchatWarning, stacklevel=level)


def _is_ours(frame: FrameType) -> bool:
    return str(frame.f_globals.get("__name__")).partition(".")[0] in ("flanchat", "contextlib")
