"""A bare `flanchat` or `flanchat PROMPT`: a chat on a terminal without a prompt, else one answer."""

from __future__ import annotations

import dataclasses
import io

import click
from click.core import ParameterSource

from flanchat.base.errors import UsageError
from flanchat.cli.ask import AskOptions, run_ask
from flanchat.cli.environment import Environment
from flanchat.cli.mistyped import refuse_command
from flanchat.cli.options import takes


@click.command(hidden=True)
@click.argument("words", nargs=-1)
@takes(AskOptions)
def start(env: Environment, options: AskOptions, words: tuple[str, ...]) -> None:
    """Start a chat, or print one answer."""
    single = options.as_json or options.as_jsonl or options.show_prompt or options.dry_run
    if words or single or not env.stdin.isatty():
        run_ask(_as_prompt(env, words), options, words)
        return
    from flanchat.cli.chat import run_chat

    run_chat(env, options)


def _as_prompt(env: Environment, words: tuple[str, ...]) -> Environment:
    """The surroundings to ask in, their standard input not read yet. Raises UsageError for what looks like a command.

    A profile, a session or piped input make any word a prompt.
    """
    context = click.get_current_context()
    sources = map(context.get_parameter_source, ("profile", "session", "continue_last"))
    if ParameterSource.COMMANDLINE in sources or context.parent is None:
        return env
    try:
        assert isinstance(context.parent.command, click.Group)
        refuse_command(words, context.parent.command, context.parent)
    except UsageError:
        if env.stdin.isatty():
            raise
        env.say_when_waiting()
        if not (piped := env.stdin.read()).strip():
            raise
        return dataclasses.replace(env, stdin=io.StringIO(piped))
    return env
