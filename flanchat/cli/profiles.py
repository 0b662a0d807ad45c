"""`flanchat profiles`: list, show and check."""

from __future__ import annotations

from pathlib import Path

import click

from flanchat.base.errors import UsageError
from flanchat.base.i18n import _
from flanchat.base.sanitize import show
from flanchat.cli.environment import Environment, EnvironOption
from flanchat.cli.opening import find_model
from flanchat.cli.options import open_view


@click.group(invoke_without_command=True)
@click.pass_context
def profiles(context: click.Context) -> None:
    """List, show and check profiles."""
    if context.invoked_subcommand is None:
        context.invoke(profiles_list, folder=None)


_profiles_folder = click.option("--profiles", "folder", type=click.Path(path_type=Path), metavar="DIR")


@profiles.command("list")
@_profiles_folder
@click.pass_obj
def profiles_list(env: Environment, folder: Path | None) -> None:
    """List all profiles."""
    from flanchat.prompting.profile import list_profiles, profile_folders
    from flanchat.ui.tables import profiles_table

    open_view(env, {}).table(profiles_table(list_profiles(profile_folders(folder, env.environ))))


@profiles.command("show")
@click.argument("name")
@_profiles_folder
@click.pass_obj
def profiles_show(env: Environment, name: str, folder: Path | None) -> None:
    """Print a profile's file."""
    from flanchat.prompting.profile import find_profile, profile_folders
    from flanchat.ui.tables import profile_source

    env.print(show(profile_source(find_profile(name, profile_folders(folder, env.environ)))))


@profiles.command("check")
@click.argument("names", nargs=-1, required=True, metavar="NAME|FILE...")
@_profiles_folder
@click.option(
    "-m",
    "--model",
    cls=EnvironOption,
    envvar="FLANCHAT_MODEL",
    metavar="NAME|FOLDER",
    help="Whose vocabulary is asked.",
)
@click.pass_obj
def profiles_check(env: Environment, names: tuple[str, ...], folder: Path | None, model: str | None) -> None:
    """Say whether profiles are right; every problem with its line. Exit status 2 when one is not.

    What a right profile would lose on its way to the bundled vocabulary is told too, and changes no status.
    """
    from flanchat.engine.t5.tokenizer import open_tokenizer
    from flanchat.prompting.lint import lint
    from flanchat.prompting.profile import find_profile, profile_folders
    from flanchat.prompting.settings import Settings

    folders = profile_folders(folder, env.environ)
    __, checkpoint = find_model(env, model, {})
    tokenizer = open_tokenizer(checkpoint.tokenizer)
    wrong = []
    for name in names:
        try:
            profile = find_profile(name, folders)
        except UsageError as error:
            wrong.append(error.message)
            continue
        settings = Settings().with_layer(f"profile {profile.name}", profile.settings)
        notes = lint(profile, tokenizer.measure, settings)
        env.print(show("\n".join(notes) if notes else _("{path}: ok").format(path=profile.path)))
    if wrong:
        raise UsageError("\n".join(wrong))
