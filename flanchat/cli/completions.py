"""`flanchat completions`: the script that makes a shell complete flanchat's commands and options."""

from __future__ import annotations

import click

from flanchat.cli.environment import COMPLETE_VARIABLE, Environment


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completions(context: click.Context, shell: str) -> None:
    """Print the completion script for a shell.

    \b
    bash: put  eval "$(flanchat completions bash)"  into ~/.bashrc
    zsh:  put  eval "$(flanchat completions zsh)"   into ~/.zshrc
    fish: flanchat completions fish > ~/.config/fish/completions/flanchat.fish
    """
    from click.shell_completion import get_completion_class

    script = get_completion_class(shell)
    assert script is not None
    env: Environment = context.obj
    env.print(script(context.find_root().command, {}, "flanchat", COMPLETE_VARIABLE).source())
