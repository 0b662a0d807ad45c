"""Prompts that were meant as a command: a mistyped one, one of the chat, or one of ollama or llm (aichat has none)."""

from __future__ import annotations

from collections.abc import Sequence

import click

from flanchat.base.errors import UsageError
from flanchat.base.i18n import _

FOREIGN = {
    "version": "--version",
    # ollama
    "list": "models", "ls": "models", "pull": "models pull NAME", "rm": "models rm NAME", "show": "models info NAME",
    "run": "-m NAME", "ps": "doctor", "create": "profiles", "cp": "--help", "push": "--help", "stop": "--help",
    "signin": "--help", "signout": "--help",
    # llm
    "aliases": "models", "logs": "sessions", "templates": "profiles", "collections": "--help", "embed": "--help",
    "embed-models": "--help", "embed-multi": "--help", "fragments": "--help", "install": "--help", "keys": "--help",
    "openai": "--help", "plugins": "--help", "schemas": "--help", "similar": "--help", "tools": "--help",
    "uninstall": "--help",
}  # fmt: skip
"""What takes the place of other tools' commands here; a word in capitals stands for the next one."""

CHAT = {
    "?": "help", "budget": "prompt TEXT", "context": "prompt TEXT", "count": "tokens TEXT", "device": "--device NAME",
    "explain": "why TEXT", "export": "sessions export", "history": "sessions show", "info": "models info NAME",
    "load": "chat -s NAME", "new": "chat", "note": "sessions note", "rate": "sessions rate",
    "remove": "models rm NAME", "resume": "chat -s NAME", "role": "profiles", "score": "choose TEXT",
    "search": "sessions search WORDS", "template": "profiles",
    **dict.fromkeys((
        "alt", "branches", "bye", "clear", "compare", "continue", "copy", "edit", "exit", "file", "fork", "list",
        "log", "parameters", "params", "pick", "prefix", "probs", "q", "quit", "read", "redo", "regen", "regenerate",
        "reset", "retry", "run", "save", "set", "settings", "shots", "show", "stats", "system", "undo", "unset", "var",
    ), ""),
}  # fmt: skip
"""What does on the shell what a command of the chat does there; "" where nothing does. Others have the shell's name."""


def refuse_command(words: Sequence[str], group: click.Group, context: click.Context) -> None:
    """Raise UsageError for a prompt of one or two bare words, of which the first looks like a command.

    It is the name of a command of the shell or of the chat, one letter from one of the shell, or a name of another
    tool's. A word with a blank in it was quoted: it belongs to a prompt.
    """
    if not 0 < len(words) <= 2 or any(character.isspace() for word in words for character in word):
        return
    first, rest = words[0], list(words[1:])
    names = group.list_commands(context)
    if first in names:
        raise UsageError(
            _("{name} is a command and comes first: flanchat {name}; flanchat ask {words} asks the model").format(
                name=first, words=" ".join(words)
            )
        )
    if first in CHAT or first in FOREIGN:
        meant = _with_word(FOREIGN.get(first) or CHAT[first], rest)
    else:
        near = (name for name in names if is_one_edit(first, name) and _is_listed(name, group, context))
        meant = " ".join([found, *rest]) if (found := next(near, "")) else ""
    if meant:
        raise UsageError(
            _("unknown command {name}. Did you mean flanchat {meant}? flanchat ask {words} asks the model").format(
                name=first, meant=meant, words=" ".join(words)
            )
        )
    if (name := first.removeprefix("/")) in CHAT:
        raise UsageError(
            _(
                "{name} is a command of the chat: start flanchat and type it there; flanchat ask {words} asks the model"
            ).format(name=f"/{name}", words=" ".join(words))
        )


def _with_word(meant: str, rest: Sequence[str]) -> str:
    """What is meant, with the word that follows in the place that stands for it."""
    *before, last = meant.split() or [""]
    return " ".join([*before, rest[0] if rest and last.isupper() else last])


def is_one_edit(typed: str, name: str) -> bool:
    """Whether one letter is too many, missing or wrong, or two neighbours are swapped.

    >>> [is_one_edit(typed, "models") for typed in ("model", "modells", "modals", "modles", "models", "mod")]
    [True, True, True, True, False, False]
    """
    same = next((at for at, (a, b) in enumerate(zip(typed, name, strict=False)) if a != b), min(len(typed), len(name)))
    a, b = typed[same:], name[same:]
    return typed != name and (a[1:] == b[1:] or a[1:] == b or a == b[1:] or (a[1::-1] + a[2:]) == b)


def _is_listed(name: str, group: click.Group, context: click.Context) -> bool:
    command = group.get_command(context, name)
    return command is not None and not command.hidden
