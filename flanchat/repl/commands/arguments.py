"""Arguments of commands: checks and completions that several commands share."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Sequence
from typing import TypeAlias

from flanchat.base.errors import UsageError
from flanchat.base.i18n import _, join_list
from flanchat.base.paths import expand_home
from flanchat.base.wording import did_you_mean
from flanchat.prompting.profile_reader import descriptions
from flanchat.prompting.settings import SETTINGS, find_setting
from flanchat.repl.context import Context

Completions: TypeAlias = Callable[[Context, str, str], Sequence[str]]
"""Given the arguments before the cursor's word and that word so far: the words that Tab offers in its place, of which
some are `Offered`."""


class Offered(str):
    """A word that completion offers, and what it means."""

    __slots__ = ("meaning",)
    meaning: str

    def __new__(cls, word: str, meaning: str) -> Offered:
        offered = super().__new__(cls, word)
        offered.meaning = " ".join(meaning.split())
        return offered


def whole_number(word: str) -> int:
    """A whole number from 1; 0 for anything else, and for one of more than nine digits."""
    return int(word) if word.isdecimal() and len(word) < 10 else 0


def check_word(command: str, word: str, known: Collection[str]) -> None:
    if word not in known:
        raise UsageError(
            _("{command} {word}: expected one of {known}.{hint}").format(
                command=command, word=word, known=join_list(known), hint=did_you_mean(word, known)
            )
        )


def nothing(context: Context, before: str, word: str) -> Sequence[str]:
    return ()


def one_word(words: Callable[[Context], Sequence[str]]) -> Completions:
    """For a command that takes one word."""
    return lambda context, before, word: () if before else words(context)


def paths(context: Context, before: str, word: str) -> Sequence[str]:
    """Files and folders that begin with the word; none with spaces, which would end the word."""
    if before:
        return []
    folder, name = os.path.split(word)
    try:
        with os.scandir(expand_home(folder, context.environ) or ".") as found:
            entries = sorted(entry.name + ("/" if entry.is_dir() else "") for entry in found)
    except OSError:
        return []
    return [os.path.join(folder, entry) for entry in entries if " " not in entry and entry.startswith(name)][:200]


def setting_names(context: Context, suffix: str = "") -> list[str]:
    """The settings by short name, with what they do, their values and default."""
    return [Offered(setting.short + suffix, setting.summary) for setting in SETTINGS]


def profile_offers(context: Context) -> list[str]:
    """The profiles with their descriptions; those that cannot be read have none."""
    return [Offered(name, _(about)) for name, about in descriptions(context.folders).items()]


def setting_words(context: Context, before: str, word: str) -> Sequence[str]:
    """Names of settings, after a name its values; NAME=VALUE from the second on."""
    values = _values(before, word)
    return _left(setting_names(context, "=" if before else ""), before) if values is None else values


def setting_pairs(context: Context, before: str, word: str) -> Sequence[str]:
    """Settings as NAME=VALUE."""
    values = _values(before, word)
    return _left(setting_names(context, "="), before) if values is None else values


def _left(names: Sequence[str], before: str) -> list[str]:
    """The settings that are not given yet: none takes two values."""
    given = {word.partition("=")[0] for word in before.split()}
    return [name for name in names if name.removesuffix("=") not in given]


def _values(before: str, word: str) -> list[str] | None:
    """Values of the setting whose value comes next; None where a name comes next."""
    name, equals, __ = word.partition("=")
    if before and ("=" not in before or before.endswith("=")):  # NAME VALUE, or NAME = VALUE
        return list(find_setting(before.rstrip("= ")).suggestions)
    return [f"{name}={choice}" for choice in find_setting(name).suggestions] if equals else None
