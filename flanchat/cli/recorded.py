"""The recorded sessions: where they are, and what lists and searches them."""

from __future__ import annotations

from pathlib import Path

from flanchat.base.paths import cache_folder, state_folder
from flanchat.cli.environment import Environment
from flanchat.sessions.library import Library


def open_library(env: Environment) -> Library:
    """All sessions on this machine."""
    return Library(sessions_folder(env), cache_folder(env.environ) / "sessions.sqlite", now=env.now)


def sessions_folder(env: Environment) -> Path:
    return state_folder(env.environ) / "sessions"
