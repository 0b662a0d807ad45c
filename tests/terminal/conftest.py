"""Fixtures for tests on a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import COMMAND
from tests.terminal.screen import Screen, Start


@pytest.fixture
def start(environ: dict[str, str], tmp_path: Path) -> Iterator[Start]:
    """Starts flanchat on a terminal and waits for its prompt. It is killed after the test."""
    begun: list[Screen] = []

    def on_terminal(*arguments: str | Path, lines: int = 40, columns: int = 80, **env: str) -> Screen:
        command = [*COMMAND, *map(str, arguments)]
        screen = Screen(command, env={**environ, **env}, cwd=tmp_path, lines=lines, columns=columns).__enter__()
        begun.append(screen)
        screen.wait(lambda text: "\n>" in f"\n{text}")
        return screen

    yield on_terminal
    for screen in begun:
        screen.__exit__(None, None, None)
