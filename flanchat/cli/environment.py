"""What a run of flanchat is handed from outside. Nothing below `main` reads the process for itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TextIO

import click

from flanchat.base.clock import Now
from flanchat.ui.terminal import print_message

if TYPE_CHECKING:
    from flanchat.engine.checkpoint.validate import ModelSource
    from flanchat.engine.protocol import Engine


class OpenEngine(Protocol):
    """Opens the engine of a model that is already on this machine; it loads later."""

    def __call__(
        self,
        source: ModelSource,
        *,
        device: str,
        precision: str,
        environ: Mapping[str, str],
        report: Callable[[str], None],
        note: Callable[[str], None],
        debug: bool,
    ) -> Engine: ...


@dataclass(frozen=True, slots=True)
class Environment:
    """The surroundings of one run, which every command gets as click's context object.

    arguments: without the program's name. now: the current time.
    """

    arguments: tuple[str, ...]
    environ: Mapping[str, str]
    stdin: TextIO
    stdout: TextIO
    stderr: TextIO
    open_engine: OpenEngine
    now: Now

    def print(self, text: str = "", end: str = "\n") -> None:
        """Write a result to standard output."""
        self.stdout.write(text + end)
        self.stdout.flush()

    def complain(self, message: str) -> None:
        """Write a message of the program to standard error."""
        print_message(message, self.stderr)

    def piped(self) -> str:
        """All of standard input, or "" when it is a terminal."""
        return "" if self.stdin.isatty() else self.stdin.read()

    def confirm(self, question: str) -> bool:
        """Ask on standard error; everything but a yes is a no. Raises click.Abort at the end of the input."""
        self.stderr.write(f"{question} [y/N]: ")
        self.stderr.flush()
        line = self.stdin.readline()
        if not line:
            raise click.Abort
        return line.strip().lower() in ("y", "yes", "是")


class EnvironOption(click.Option):
    """An option whose `envvar` is looked up in the environment that was handed in."""

    def resolve_envvar_value(self, ctx: click.Context) -> Any:
        """The value of the variable, or None when it is unset or empty."""
        env = ctx.find_object(Environment)
        return env.environ.get(str(self.envvar)) or None if env is not None and self.envvar else None
