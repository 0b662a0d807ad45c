"""The command line: `main` takes the arguments and surroundings of one run and returns its exit status."""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from contextlib import redirect_stderr, redirect_stdout
from functools import cache
from typing import TYPE_CHECKING, TextIO

import click

from flanchat import __version__
from flanchat.base.clock import Now, utc_now
from flanchat.base.errors import FlanchatError
from flanchat.base.files import reason
from flanchat.base.format import explain
from flanchat.base.i18n import _
from flanchat.cli.click_messages import click_message
from flanchat.cli.environment import COMPLETE_VARIABLE, Environment
from flanchat.cli.language import add_lang_option, choose_language, count_leading_lang, localized
from flanchat.ui.terminal import mask_stream

if TYPE_CHECKING:
    from flanchat.engine.checkpoint.validate import ModelSource
    from flanchat.engine.protocol import Engine, EngineOptions, OpenEngine

INTERRUPTED = 130
READER_GONE = 141

COMMANDS = (
    "ask", "bench", "card", "chat", "choose", "completions", "config", "diff", "doctor", "models", "profiles", "prompt",
    "replay", "sessions", "serve", "start", "sweep", "tokens", "verify", "whatif", "why",
)  # fmt: skip
"""Each command is in the module of its name, which is imported when it is needed: starting a chat needs few of them."""


class _Commands(click.Group):
    """All commands. When the first word is no command, it is the beginning of a prompt, for the hidden `start`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return localized(_load(cmd_name)) if cmd_name in COMMANDS else None

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        leading = count_leading_lang(args)
        first = args[leading] if len(args) > leading else ""
        if not ctx.resilient_parsing and first not in (*COMMANDS, "-h", "--help", "--version"):
            args.insert(leading, "start")
        return super().parse_args(ctx, args)


@cache
def _load(name: str) -> click.Command:
    command: click.Command = getattr(importlib.import_module(f"flanchat.cli.{name}"), name)
    add_lang_option(command)
    return command


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="flanchat")
def cli() -> None:
    """Experiment with Flan-T5 in a terminal.

    flanchat alone starts a chat; flanchat PROMPT prints one answer. Piped input is appended to PROMPT.
    """


add_lang_option(cli)


def _open_engine(source: ModelSource, options: EngineOptions) -> Engine:
    from flanchat.engine.engines import open_engine  # not needed by most commands, nor before the first prompt

    return open_engine(source, options)


def main(  # noqa: PLR0917 - what `sys` and `os` have, in their order
    arguments: Sequence[str],
    environ: Mapping[str, str],
    stdin: TextIO,
    stdout: TextIO,
    stderr: TextIO,
    open_engine: OpenEngine = _open_engine,
    now: Now = utc_now,
) -> int:
    """Run one command and return its exit status.

    Raises Terminated when a signal asked the process to end; with --debug also what would otherwise become an error
    message.
    """
    debug = "--debug" in arguments
    if debug:
        environ = {**environ, "FLANCHAT_DEBUG": "1"}  # for the model process
    env = Environment(tuple(arguments), environ, stdin, stdout, stderr, open_engine, now)
    # for what click and other libraries print: help, completions, warnings
    with redirect_stdout(mask_stream(stdout)), redirect_stderr(mask_stream(stderr)):
        try:
            return _run(env)
        except click.ClickException as error:
            env.complain(click_message(error))
            return error.exit_code
        except click.exceptions.Exit as exit_:
            return exit_.exit_code
        except (KeyboardInterrupt, click.Abort):
            return INTERRUPTED
        except BrokenPipeError:
            return READER_GONE
        except Exception as error:
            if debug:
                raise
            env.complain(_describe(error))
            return error.exit_status if isinstance(error, FlanchatError) else 1


def _describe(error: Exception) -> str:
    if isinstance(error, OSError) and error.filename is None:
        if isinstance(error, FileNotFoundError):  # of getcwd, which names no file
            return _("the current folder was removed; change to one that exists")
        return _("cannot write the output: {why}").format(why=reason(error))
    return explain(error)


def _complete(env: Environment, command: click.Command) -> int:
    """Print what a shell asks for. Click itself would write it as bytes, which are not masked."""
    from click.shell_completion import get_completion_class

    shell, __, wanted = env.environ[COMPLETE_VARIABLE].partition("_")
    found = get_completion_class(shell)
    if found is None or wanted not in ("source", "complete"):
        return 1
    completion = found(command, {"obj": env}, "flanchat", COMPLETE_VARIABLE)
    env.print(completion.source() if wanted == "source" else completion.complete())
    return 0


def _run(env: Environment) -> int:
    choose_language(env.arguments, env.environ)
    command = localized(cli)
    if COMPLETE_VARIABLE in env.environ:  # a shell asks for completions
        return _complete(env, command)
    # `cli.main` would handle a broken pipe itself.
    with command.make_context("flanchat", list(env.arguments), obj=env) as context:
        command.invoke(context)
    return 0
