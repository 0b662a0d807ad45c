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
from flanchat.base.i18n import N_, _
from flanchat.cli.environment import COMPLETE_VARIABLE, Environment
from flanchat.cli.language import Group, add_lang_option, choose_language, click_message, count_leading_lang, localized
from flanchat.ui.terminal import mask_stream

if TYPE_CHECKING:
    from flanchat.engine.checkpoint.validate import ModelSource
    from flanchat.engine.protocol import Engine, EngineOptions, OpenEngine

INTERRUPTED = 130
READER_GONE = 141

COMMANDS = (
    "ask", "beams", "bench", "card", "chat", "choose", "completions", "config", "diff", "doctor", "fill", "help",
    "models", "profiles", "prompt", "replay", "sessions", "serve", "start", "sweep", "tokens", "verify", "whatif",
    "why",
)  # fmt: skip
"""Each command is in the module of its name, which is imported when it is needed: starting a chat needs few of them."""


class _Commands(Group):
    """All commands. When the first word is no command, it is the beginning of a prompt, for the hidden `start`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return localized(_load(cmd_name)) if cmd_name in COMMANDS else None

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List what people use first of the options of a chat or an answer, then the commands, then our own options."""
        from flanchat.cli.options import USED_FIRST  # not for --version

        start = self.get_command(ctx, "start")
        assert start is not None
        often = [option for option in start.params if set(option.opts) & set(USED_FIRST)]
        with formatter.section("Options"):
            formatter.write_dl([row for option in often if (row := option.get_help_record(ctx)) is not None])
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(_("flanchat ask --help and flanchat chat --help list them all."))
        self.format_commands(ctx, formatter)
        with formatter.section(N_("Other options")):
            own = (option.get_help_record(ctx) for option in self.get_params(ctx))
            formatter.write_dl([row for row in own if row is not None])

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        leading = count_leading_lang(args)
        first = args[leading] if len(args) > leading else ""
        is_prompt = first not in (*COMMANDS, "-h", "--help", "--version")
        if first == "help" and len(args) > leading + 2 and not any(word.startswith("-") for word in args):
            is_prompt = True  # "help me find a name"
        if is_prompt and not ctx.resilient_parsing:
            args.insert(leading, "start")
        return super().parse_args(ctx, args)


@cache
def _load(name: str) -> click.Command:
    command: click.Command = getattr(importlib.import_module(f"flanchat.cli.{name}"), name)
    add_lang_option(command)
    return command


@click.group(
    cls=_Commands,
    subcommand_metavar="[PROMPT | COMMAND [ARGS]...]",
    context_settings={"help_option_names": ["-h", "--help"]},
)
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


def _run(env: Environment) -> int:
    choose_language(env.arguments, env.environ)
    command = localized(cli)
    if COMPLETE_VARIABLE in env.environ:  # a shell asks for completions
        from flanchat.cli.completions import answer_shell

        return answer_shell(env, command, COMMANDS)
    # `cli.main` would handle a broken pipe itself.
    with command.make_context("flanchat", list(env.arguments), obj=env) as context:
        command.invoke(context)
    return 0
