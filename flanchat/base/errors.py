"""Errors with a message a user can act on, and the exit status of each."""

from __future__ import annotations

from typing import Any

DIFFERS = 6
"""Exit status of a replay in which an answer differs. Not an exception, because nothing failed."""


class FlanchatError(Exception):
    """A failure with a message: where, what was expected, what was found, what to do.

    message: without the program's name and without a final newline. exit_status: of a command that this error ends.
    """

    exit_status = 1

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


def first_line(error: BaseException) -> str:
    """The first line of an exception's message, or its kind when it has none."""
    return next(iter(str(error).strip().splitlines()), type(error).__name__)


def one_line(error: BaseException) -> str:
    """An exception's message on one line, or its kind when it has none."""
    return " ".join(str(error).split()) or type(error).__name__


class EngineError(FlanchatError):
    """The model failed while answering; the session continues.

    answer: in the Python interface, what the call would have returned, as far as it came.
    """

    answer: Any = None


class UsageError(FlanchatError):
    """A command, option, setting, configuration or profile is invalid."""

    exit_status = 2


class ProfileError(UsageError):
    """A profile or the configuration file is invalid. The message starts with FILE:LINE."""


class ModelError(FlanchatError):
    """A model folder cannot be loaded."""

    exit_status = 3


class OutOfMemoryError(ModelError):
    """A model's weights do not fit into the memory that is free now."""


class DeviceError(ModelError):
    """The requested device is missing, broken, or lacks the requested precision."""

    exit_status = 2


class StorageError(FlanchatError):
    """A file or folder cannot be read or written."""

    exit_status = 4


class BudgetError(FlanchatError):
    """The prompt is longer than its token budget and nothing can be dropped."""

    exit_status = 5


class ConsentError(BudgetError):
    """Parts of the prompt must be dropped, and the setting on_overflow says to ask first."""


class PromptsError(UsageError):
    """A file of prompts is invalid. The message starts with FILE:LINE."""
