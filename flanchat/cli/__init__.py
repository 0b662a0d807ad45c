"""The command line: arguments and environment in, exit status out. The only place that touches the process."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

import click

from flanchat import __version__
from flanchat.base.errors import FlanchatError
from flanchat.base.i18n import _
from flanchat.base.signals import Terminated, die_by_signal, unwind_on_termination
from flanchat.cli import ask as asking
from flanchat.cli import chat as chatting
from flanchat.cli.bench import bench
from flanchat.cli.choose import choose
from flanchat.cli.config import config
from flanchat.cli.doctor import doctor
from flanchat.cli.language import add_option, choose_language, root_words
from flanchat.cli.models import models
from flanchat.cli.options import answering_options
from flanchat.cli.profiles import profiles
from flanchat.cli.replay import replay
from flanchat.cli.sessions import sessions
from flanchat.cli.sweep import sweep
from flanchat.cli.whatif import whatif
from flanchat.ui.messages import complain

INTERRUPTED = 130
READER_GONE = 141
_COMPLETE = "_FLANCHAT_COMPLETE"
_ESCAPED = "backslashreplace"  # what an encoding lacks is written as \xe9


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
def start(words: tuple[str, ...], **options: Any) -> None:
    """Chat when a person sits there and asked nothing yet, else give one answer."""
    single = options["as_json"] or options["as_jsonl"] or options["show_prompt"] or options["dry_run"]
    if not words and not single and sys.stdin.isatty():
        chatting.chat(options)
    else:
        asking.ask(words, options)


@cli.command()
@click.argument("words", nargs=-1, metavar="PROMPT")
@answering_options(one_shot=True)
def ask(words: tuple[str, ...], **options: Any) -> None:
    """Print one answer. Standard input is added to PROMPT when it is piped.

    \b
    flanchat ask "What is the capital of France?" -p qa
    flanchat ask -p headline --json < news.txt
    """
    asking.ask(words, options)


@cli.command()
@answering_options(one_shot=False)
def chat(**options: Any) -> None:
    """Start the REPL; with piped input, serve it line by line."""
    chatting.chat(options)


@cli.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completions(shell: str) -> None:
    """Print what makes a shell complete flanchat's words.

    \b
    bash: put  eval "$(flanchat completions bash)"  into ~/.bashrc
    zsh:  put  eval "$(flanchat completions zsh)"   into ~/.zshrc
    fish: flanchat completions fish > ~/.config/fish/completions/flanchat.fish
    """
    from click.shell_completion import get_completion_class

    maker = get_completion_class(shell)
    assert maker is not None
    click.echo(maker(cli, {}, "flanchat", _COMPLETE).source())


for _command in (whatif, choose, replay, sweep, sessions, profiles, models, config, doctor, bench):
    cli.add_command(_command)
add_option(cli)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run flanchat and end the process with its exit status."""
    _open_streams()
    args = list(sys.argv[1:] if arguments is None else arguments)
    debug = "--debug" in args
    if debug:
        os.environ["FLANCHAT_DEBUG"] = "1"
    try:
        unwind_on_termination()
        choose_language(args, os.environ, cli)
        if _COMPLETE in os.environ:  # a shell asks what may come next
            from click.shell_completion import shell_complete

            _end(shell_complete(cli, {}, "flanchat", _COMPLETE, os.environ[_COMPLETE]))
        with cli.make_context("flanchat", args) as context:  # cli.main would end on a broken pipe by itself
            cli.invoke(context)
        _end(0)
    except FlanchatError as error:
        if debug:
            raise
        complain(error.message)
        _end(error.exit_status)
    except click.ClickException as error:
        complain(error.format_message())
        _end(error.exit_code)
    except click.exceptions.Exit as exit_:
        _end(exit_.exit_code)
    except (KeyboardInterrupt, click.Abort):
        _end(INTERRUPTED)
    except Terminated as ended:
        die_by_signal(ended.number)
    except BrokenPipeError:
        _end(READER_GONE)
    except OSError as error:
        if debug:
            raise
        complain(_("cannot write the output: {why}").format(why=error.strerror or error))
        _end(1)
    except Exception as error:  # a mistake of the program's own
        if debug:
            raise
        complain(
            _("internal error: {kind}: {error}; --debug shows where it comes from").format(
                kind=type(error).__name__, error=error
            )
        )
        _end(1)


def _open_streams() -> None:
    """Make the three standard streams fit for use, also when the caller closed them or chose a narrow encoding.

    A closed one must not become the number of the next file that is opened. What is written to a closed standard output
    fails as it would on a full disk; what is read from a closed standard input is empty.
    """
    for number, name, flags in ((0, "stdin", os.O_RDONLY), (1, "stdout", os.O_RDONLY), (2, "stderr", os.O_WRONLY)):
        try:
            os.fstat(number)
        except OSError:
            null = os.open(os.devnull, flags)
            if null != number:
                os.dup2(null, number)
                os.close(null)
            os.set_inheritable(number, True)
            setattr(sys, name, os.fdopen(number, "r" if number == 0 else "w", encoding="utf-8", closefd=False))
    for stream, errors in ((sys.stdin, "surrogateescape"), (sys.stdout, _ESCAPED), (sys.stderr, _ESCAPED)):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=errors)


def _end(status: int) -> NoReturn:
    """End with a status, after what was printed has really gone out."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        status = READER_GONE
    except OSError as error:
        if status == 0:
            complain(_("cannot write the output: {why}").format(why=error.strerror or error))
        status = status or 1
    if status in (READER_GONE, 1):
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # so that nothing is flushed into the broken pipe at exit
    sys.exit(status)
