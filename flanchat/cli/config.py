"""`flanchat config`: where the configuration is and what it says."""

from __future__ import annotations

import os

import click

from flanchat.base.i18n import _
from flanchat.cli.options import open_view


@click.command()
@click.option("--example", "print_example", is_flag=True, help="Print a file to start from.")
def config(print_example: bool) -> None:
    """Show the configuration file's place and values."""
    from flanchat.prompting.config import config_rows, example_config, load_config
    from flanchat.ui.types import Table

    if print_example:
        click.echo(example_config(), nl=False)
        return
    open_view({}).show(
        Table(_("Configuration"), (_("name"), _("value"), _("from")), tuple(config_rows(load_config(os.environ))))
    )
