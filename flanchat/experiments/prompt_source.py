"""Opens a file of prompts, or a task file and the data that it names."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from flanchat.base.errors import UsageError
from flanchat.base.files import is_there, read_regular
from flanchat.base.i18n import _
from flanchat.experiments.prompt_file import READERS, PromptFile, read_prompts
from flanchat.experiments.task_file import is_task_file, read_task_file
from flanchat.prompting.setup import Setup

ENDINGS = (*READERS, ".yaml", ".yml")
"""Of files that can be opened here."""


def file_content(file: str) -> bytes:
    path = Path(file)
    if not is_there(path):
        raise UsageError(_("{file}: no such file").format(file=file))
    return read_regular(path, error=UsageError)


def open_prompts(
    file: str,
    prompt_column: str | None = None,
    target_column: str | None = None,
    content: Callable[[str], bytes] = file_content,
) -> PromptFile:
    """The prompts of a file, or of a task file and the data that it names. content: gives the content of a file."""
    read = content(file)
    if not is_task_file(file):
        return read_prompts(file, read, prompt_column, target_column)

    def open_data(name: str) -> tuple[str, bytes]:
        """From here, as lm-evaluation-harness, or else from the folder of the task file."""
        beside = Path(file).parent / name
        path = str(beside) if not Path(name).exists() and beside.exists() else name
        return path, content(path)

    return read_task_file(file, read, prompt_column, target_column, open_data)


def with_settings_of(read: PromptFile, setup: Setup) -> Setup:
    """With those of a task file, which replace the profile's."""
    return setup.with_settings(f"profile {setup.profile.name}", read.settings)
