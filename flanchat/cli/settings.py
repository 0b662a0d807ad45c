"""`flanchat config`: where the configuration is and what it says."""

from __future__ import annotations

import os

import click

from flanchat.cli.options import open_view


@click.command()
@click.option("--example", is_flag=True, help="Print a file to start from.")
def config(example: bool) -> None:
    """Show the configuration file's place and values."""
    from flanchat.config import EXAMPLE, config_rows, load_config
    from flanchat.repl.desk import Table

    if example:
        click.echo(EXAMPLE, nl=False)
        return
    open_view({}).show(Table("Configuration", ("name", "value", "from"), tuple(config_rows(load_config(os.environ)))))
