"""`flanchat help`: explains a command of the shell or of the chat, or a setting."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from flanchat.base.errors import UsageError
from flanchat.base.i18n import _
from flanchat.base.wording import did_you_mean
from flanchat.cli import completers
from flanchat.cli.environment import Environment

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


def complete_topic(context: click.Context, parameter: click.Parameter, typed: str) -> list[CompletionItem[str]]:
    """What is explained."""
    from flanchat.repl.commands.table import TOPICS

    return completers.items(typed, ((name, "") for name in dict.fromkeys([*_commands(context), *TOPICS])))


def _commands(context: click.Context) -> list[str]:
    root = context.find_root()
    assert isinstance(root.command, click.Group)
    return root.command.list_commands(root)


@click.command()
@click.argument("topic", required=False, shell_complete=complete_topic)
@click.pass_context
def help(context: click.Context, topic: str | None) -> None:
    """Explain a command, a setting such as temperature, or the first minute (start).

    \b
    flanchat help                 all commands
    flanchat help temperature     a setting
    flanchat help /regen          a command of the chat
    """
    from flanchat.engine.hubs.resolve import resolve
    from flanchat.repl.commands.first_minute import first_minute
    from flanchat.repl.commands.table import TOPICS, explain

    env: Environment = context.obj
    root = context.find_root()
    assert isinstance(root.command, click.Group)
    if topic is None:
        env.print(root.get_help())
    elif (command := root.command.get_command(root, topic)) is not None and topic != "start":
        env.print(command.get_help(click.Context(command, root, topic)))
    elif topic == "start":
        from flanchat.cli.options import open_view

        open_view(env).table(first_minute(resolve(None, env.environ)))
    elif (words := explain(topic)) is not None:
        env.say(words)
    else:
        near = did_you_mean(topic.removeprefix("/"), [*_commands(context), *TOPICS])
        hint = near or _(" flanchat help lists the commands, flanchat config --example the settings.")
        raise UsageError(
            _("nothing is called {topic}.{hint} flanchat ask help {topic} asks the model").format(
                topic=topic, hint=hint
            )
        )
