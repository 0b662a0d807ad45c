"""`flanchat config`: where the configuration file is and what it sets."""

from __future__ import annotations

import click

from flanchat.base.i18n import _
from flanchat.cli.environment import Environment
from flanchat.cli.options import open_view


@click.command()
@click.option("--example", "print_example", is_flag=True, help="Print a file to start from.")
@click.pass_obj
def config(env: Environment, print_example: bool) -> None:
    """Show the path and values of the configuration file."""
    from flanchat.prompting.config import config_rows, example_config, load_config
    from flanchat.ui.types import Table

    if print_example:
        env.print(example_config(), end="")
        return
    rows = tuple(config_rows(load_config(env.environ)))
    open_view(env).show(Table(_("Configuration"), (_("name"), _("value"), _("from")), rows))
