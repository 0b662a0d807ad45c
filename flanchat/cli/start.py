"""A bare `flanchat` or `flanchat PROMPT`: a chat on a terminal without a prompt, else one answer."""

from __future__ import annotations

import click

from flanchat.cli.ask import AskOptions, run_ask
from flanchat.cli.environment import Environment
from flanchat.cli.options import takes


@click.command(hidden=True)
@click.argument("words", nargs=-1)
@takes(AskOptions)
def start(env: Environment, options: AskOptions, words: tuple[str, ...]) -> None:
    """Start a chat, or print one answer."""
    single = options.as_json or options.as_jsonl or options.show_prompt or options.dry_run
    if words or single or not env.stdin.isatty():
        run_ask(env, options, words)
        return
    from flanchat.cli.chat import run_chat

    run_chat(env, options)
