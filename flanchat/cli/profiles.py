"""`flanchat profiles`: list, show and check profiles."""

from __future__ import annotations

from pathlib import Path

import click

from flanchat.base.errors import UsageError
from flanchat.base.i18n import _
from flanchat.base.sanitize import printable
from flanchat.cli import completers
from flanchat.cli.environment import Environment
from flanchat.cli.language import Group
from flanchat.cli.opening import find_model, named_profile
from flanchat.cli.options import ModelOptions, TypedPath, base_option, model_option, open_view
from flanchat.prompting.profile_folders import profile_folders
from flanchat.prompting.profile_reader import list_profiles
from flanchat.prompting.settings import Settings
from flanchat.ui.tables import profile_source, profiles_table


@click.group(cls=Group, invoke_without_command=True)
@click.pass_context
def profiles(context: click.Context) -> None:
    """List, show and check profiles."""
    if context.invoked_subcommand is None:
        context.invoke(profiles_list, folder=None)


_profiles_folder = click.option("--profiles", "folder", type=TypedPath(), metavar="DIR")


@profiles.command("list")
@_profiles_folder
@click.pass_obj
def profiles_list(env: Environment, folder: Path | None) -> None:
    """List all profiles."""
    open_view(env).table(profiles_table(list_profiles(profile_folders(folder, env.environ))))


@profiles.command("show")
@click.argument("name", shell_complete=completers.complete_profile)
@_profiles_folder
@click.pass_obj
def profiles_show(env: Environment, name: str, folder: Path | None) -> None:
    """Print the file of a profile."""
    env.print(printable(profile_source(named_profile(env, name, folder)).text))


@profiles.command("check")
@click.argument("names", nargs=-1, required=True, metavar="NAME|FILE...", shell_complete=completers.complete_profile)
@_profiles_folder
@model_option(help="Model whose vocabulary to check against (default: bundled).")
@base_option
@click.pass_obj
def profiles_check(
    env: Environment, names: tuple[str, ...], folder: Path | None, model: str | None, base: str | None
) -> None:
    """Check profiles; print every problem with its line. The exit status is 2 when there is one.

    Also warns about text that the model's vocabulary cannot represent; warnings do not change the exit status.
    """
    from flanchat.engine.t5.tokenizer import open_tokenizer
    from flanchat.prompting.lint import lint

    __, checkpoint = find_model(env, ModelOptions(model=model, base=base))
    tokenizer = open_tokenizer(checkpoint.tokenizer)
    problems = []
    for name in names:
        try:
            profile = named_profile(env, name, folder)
        except UsageError as error:
            problems.append(error.message)
            continue
        settings = Settings().with_layer(f"profile {profile.name}", profile.settings)
        warnings = lint(profile, tokenizer.measure, settings)
        env.print(printable("\n".join(warnings) if warnings else _("{path}: ok").format(path=profile.path)))
    if problems:
        raise UsageError("\n".join(problems))
