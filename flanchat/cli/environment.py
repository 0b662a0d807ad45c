"""The surroundings of one run: arguments, environment, streams, engine and clock. `main` gets them as arguments."""

from __future__ import annotations

import select
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TextIO

import click

from flanchat.base.clock import Now
from flanchat.base.errors import UsageError
from flanchat.base.i18n import _, join_list
from flanchat.base.text import NotTextError, checked
from flanchat.ui.terminal import print_message, window_width, wrapped, write_text

if TYPE_CHECKING:
    from flanchat.engine.protocol import OpenEngine

WAIT_S = 1.0
"""Seconds without input before a command says that it waits for standard input."""

COMPLETE_VARIABLE = "_FLANCHAT_COMPLETE"
"""Set by a shell that asks for completions."""


@dataclass(frozen=True, slots=True)
class Environment:
    """What commands read from and write to. It is click's context object.

    arguments: without the program's name. now: returns the current time.
    """

    arguments: tuple[str, ...]
    environ: Mapping[str, str]
    stdin: TextIO
    stdout: TextIO
    stderr: TextIO
    open_engine: OpenEngine
    now: Now

    def print(self, text: str = "", end: str = "\n") -> None:
        """Write results to standard output."""
        write_text(self.stdout, text + end)

    def print_json(self, value: object, **layout: Any) -> None:
        """Write a JSON object on a line, without NaN and infinities, which JSON lacks. layout: for json.dumps."""
        from flanchat.base.json_rows import json_text

        self.print(json_text(value, **layout))

    def say(self, text: str) -> None:
        """Write sentences of ours to standard output, broken for its window."""
        self.print(wrapped(text, window_width(self.stdout, self.environ)))

    def complain(self, message: str) -> None:
        """Write a message to standard error, each line with the program's name."""
        print_message(message, self.stderr)

    def with_piped(self, words: Iterable[str]) -> str:
        """The words with standard input below them, unless that is a terminal."""
        piped = ""
        if not self.stdin.isatty():
            self.say_when_waiting()
            piped = self.checked(self.stdin.read(), _("standard input"))
        return "\n".join(part for part in (self.typed(words), piped.rstrip("\n")) if part.strip())

    def typed(self, words: Iterable[str]) -> str:
        """The words as one text; - alone stands for standard input and is none."""
        text = self.checked(" ".join(words), _("the command line"))
        return "" if text == "-" else text

    def checked(self, text: str, source: str) -> str:
        """The text without byte order mark and CR. Raises UsageError for what is not UTF-8. source: for the message."""
        try:
            return checked(text)
        except NotTextError as error:
            raise UsageError(f"{source}: {error}") from None

    def say_when_waiting(self) -> None:
        """Say that standard input is read, when nothing has come from it after a second."""
        try:
            fd = self.stdin.fileno()
        except (OSError, ValueError):  # no file of the system
            return
        if not select.select([fd], [], [], WAIT_S)[0]:
            self.complain(_("waiting for standard input; Ctrl-D ends it, < /dev/null leaves it out"))

    def confirm(self, question: str) -> bool:
        """Ask on standard error; everything but a yes is a no. Raises click.Abort for Ctrl-D in a terminal."""
        write_text(self.stderr, f"{question} [y/N]: ")
        line = self.stdin.readline()
        if not line:
            if self.stdin.isatty():
                raise click.Abort
            write_text(self.stderr, "\n")
        return line.strip().lower() in ("y", "yes", "是")

    def confirm_removal(self, names: Iterable[str]) -> None:
        """Ask before something is deleted. Raises UsageError unless the answer is yes."""
        if not self.confirm(_("Delete {names} permanently?").format(names=join_list(names))):
            raise UsageError(_("nothing was deleted; use --yes to delete without asking"))


def taken_as_text(where: str) -> str:
    """The note about the first JSON object among prompts that are lines of text."""
    return _("{where} is a JSON object, taken as plain text; flanchat sweep FILE.jsonl reads its fields").format(
        where=where
    )
