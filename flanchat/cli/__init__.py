"""The command line: `main` takes arguments and surroundings and returns an exit status."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import redirect_stderr, redirect_stdout
from typing import Any, TextIO

import click

from flanchat import __version__
from flanchat.base.clock import Now, utc_now
from flanchat.base.errors import FlanchatError
from flanchat.base.i18n import _
from flanchat.cli import ask as asking
from flanchat.cli import chat as chatting
from flanchat.cli.bench import bench
from flanchat.cli.choose import choose
from flanchat.cli.config import config
from flanchat.cli.doctor import doctor
from flanchat.cli.environment import Environment, OpenEngine
from flanchat.cli.language import add_option, choose_language, root_words, translated
from flanchat.cli.models import models
from flanchat.cli.options import answering_options
from flanchat.cli.profiles import profiles
from flanchat.cli.replay import replay
from flanchat.cli.sessions import sessions
from flanchat.cli.sweep import sweep
from flanchat.cli.whatif import whatif
from flanchat.engine.engines import open_engine

INTERRUPTED = 130
READER_GONE = 141
_COMPLETE = "_FLANCHAT_COMPLETE"


class _Front(click.Group):
    """A group whose first word may be a question: what is no subcommand goes to the hidden `start`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        own = root_words(args)
        first = args[own] if len(args) > own else ""
        if not ctx.resilient_parsing and (first not in self.commands and first not in ("-h", "--help", "--version")):
            args.insert(own, "start")
        return super().parse_args(ctx, args)


@click.group(cls=_Front, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="flanchat")
def cli() -> None:
    """Experiment with Flan-T5 in a terminal.

    flanchat alone starts a chat; flanchat PROMPT prints one answer. What is piped in is added to PROMPT.
    """


@cli.command(hidden=True)
@click.argument("words", nargs=-1)
@answering_options(one_shot=True)
@click.pass_obj
def start(env: Environment, /, words: tuple[str, ...], **options: Any) -> None:
    """Chat when a person sits there and asked nothing yet, else give one answer."""
    single = options["as_json"] or options["as_jsonl"] or options["show_prompt"] or options["dry_run"]
    if not words and not single and env.stdin.isatty():
        chatting.chat(env, options)
    else:
        asking.ask(env, words, options)


@cli.command()
@click.argument("words", nargs=-1, metavar="PROMPT")
@answering_options(one_shot=True)
@click.pass_obj
def ask(env: Environment, /, words: tuple[str, ...], **options: Any) -> None:
    """Print one answer. Standard input is added to PROMPT when it is piped.

    \b
    flanchat ask "What is the capital of France?" -p qa
    flanchat ask -p headline --json < news.txt
    """
    asking.ask(env, words, options)


@cli.command()
@answering_options(one_shot=False)
@click.pass_obj
def chat(env: Environment, /, **options: Any) -> None:
    """Start the REPL; with piped input, serve it line by line."""
    chatting.chat(env, options)


@cli.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_obj
def completions(env: Environment, shell: str) -> None:
    """Print what makes a shell complete flanchat's words.

    \b
    bash: put  eval "$(flanchat completions bash)"  into ~/.bashrc
    zsh:  put  eval "$(flanchat completions zsh)"   into ~/.zshrc
    fish: flanchat completions fish > ~/.config/fish/completions/flanchat.fish
    """
    from click.shell_completion import get_completion_class

    maker = get_completion_class(shell)
    assert maker is not None
    env.print(maker(cli, {}, "flanchat", _COMPLETE).source())


for _command in (whatif, choose, replay, sweep, sessions, profiles, models, config, doctor, bench):
    cli.add_command(_command)
add_option(cli)


def main(  # noqa: PLR0917 - the surroundings, in the order of sys
    arguments: Sequence[str],
    environ: Mapping[str, str],
    stdin: TextIO,
    stdout: TextIO,
    stderr: TextIO,
    open_engine: OpenEngine = open_engine,
    now: Now = utc_now,
) -> int:
    """Run one command and return its exit status.

    Raises Terminated when a signal asked the process to end, and with --debug whatever would be an error message.
    """
    debug = "--debug" in arguments
    if debug:
        environ = {**environ, "FLANCHAT_DEBUG": "1"}
    env = Environment(tuple(arguments), environ, stdin, stdout, stderr, open_engine, now)
    with redirect_stdout(stdout), redirect_stderr(stderr):  # click prints help and completions there
        try:
            return _run(env)
        except FlanchatError as error:
            if debug:
                raise
            env.complain(error.message)
            return error.exit_status
        except click.ClickException as error:
            env.complain(error.format_message())
            return error.exit_code
        except click.exceptions.Exit as exit_:
            return exit_.exit_code
        except (KeyboardInterrupt, click.Abort):
            return INTERRUPTED
        except BrokenPipeError:
            return READER_GONE
        except OSError as error:
            if debug:
                raise
            env.complain(_("cannot write the output: {why}").format(why=error.strerror or error))
            return 1
        except Exception as error:  # a mistake of the program's own
            if debug:
                raise
            env.complain(
                _("internal error: {kind}: {error}; --debug shows where it comes from").format(
                    kind=type(error).__name__, error=error
                )
            )
            return 1


def _run(env: Environment) -> int:
    arguments = list(env.arguments)
    choose_language(arguments, env.environ)
    command = translated(cli)
    if _COMPLETE in env.environ:  # a shell asks for completions
        from click.shell_completion import shell_complete

        return shell_complete(command, {"obj": env}, "flanchat", _COMPLETE, env.environ[_COMPLETE])
    with command.make_context("flanchat", arguments, obj=env) as context:  # cli.main ends on a broken pipe by itself
        command.invoke(context)
    return 0
