"""What can go wrong in words a user can act on. Knows exit statuses; knows nothing else of flanchat."""

from __future__ import annotations

DIFFERS = 6
"""The exit status of a replay in which an answer differs: no failure, so no exception."""


class FlanchatError(Exception):
    """A failure with one clear sentence: where, what was expected, what was found, what to do.

    message: the sentence, without the program's name and without a final newline.
    exit_status: what a one-shot command ends with when nothing caught the error.
    """

    exit_status = 1

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class EngineError(FlanchatError):
    """The model failed while it was answering; the session goes on."""


class UsageError(FlanchatError):
    """A command, option, setting, configuration or profile is not as it must be."""

    exit_status = 2


class ConfigError(UsageError):
    """The configuration file cannot be used. The message starts with FILE:LINE."""


class ProfileError(UsageError):
    """A profile file cannot be used. The message starts with FILE:LINE."""


class ModelError(FlanchatError):
    """A model folder cannot be loaded."""

    exit_status = 3


class DeviceError(ModelError):
    """A model cannot be loaded as it was asked for: the device is not there, is broken, or lacks the precision."""

    exit_status = 2


class StorageError(FlanchatError):
    """Something could not be saved, or a place to save in is unfit."""

    exit_status = 4


class BudgetError(FlanchatError):
    """The prompt is longer than its budget and nothing may be dropped."""

    exit_status = 5


class ConsentError(BudgetError):
    """Parts of the prompt would have to be dropped, and the user wants to be asked first."""


class PromptsError(UsageError):
    """A file of prompts cannot be used. The message starts with FILE:LINE."""
