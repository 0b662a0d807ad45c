"""`flanchat card`: puts a sweep or a session on a card that others can verify."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import click

from flanchat.base.errors import FlanchatError, UsageError
from flanchat.base.i18n import _
from flanchat.base.paths import typed_path
from flanchat.cli.environment import Environment
from flanchat.cli.opening import named_profile
from flanchat.cli.options import TypedPath
from flanchat.cli.recorded import open_library
from flanchat.experiments.card import session_card, sweep_card
from flanchat.experiments.card_file import write_card
from flanchat.experiments.results_file import is_results_file, read_results
from flanchat.experiments.sweep_run import journal_path
from flanchat.prompting.profile import Profile
from flanchat.sessions.answer import COMPLETE
from flanchat.sessions.library import find_record


@click.command()
@click.argument("which", metavar="SWEEP|FILE|N|NAME")
@click.option("-o", "--out", "out", type=TypedPath(), required=True, metavar="FILE", help="Write the card here.")
@click.option("--profiles", "profiles_folder", type=TypedPath(), metavar="DIR", help="Look for profiles here first.")
@click.option("--force", is_flag=True, help="Replace an existing file.")
@click.pass_obj
def card(env: Environment, which: str, out: Path, profiles_folder: Path | None, force: bool) -> None:
    """Write a card of a sweep's or a session's answers: all that others need to make them again.

    It has the prompts, profiles and settings, each answer with its token ids and log-probabilities, the checksums of
    model and vocabulary, versions, device and statistics. Weights are not in it. `flanchat verify` checks it.

    \b
    flanchat card answers.jsonl -o card.json
    flanchat card 1 -o card.json
    """
    path = journal_path(typed_path(which, env.environ))
    if not which.isdecimal() and is_results_file(path):
        try:
            lines = [line for line in read_results(path) if line["finish"] in COMPLETE]
            made = sweep_card(path.name, lines, _profiles(env, lines, profiles_folder))
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise UsageError(_("{path}: has a line that no sweep has written").format(path=path)) from error
    elif path.suffix == ".jsonl" and path != typed_path(which, env.environ):
        raise UsageError(
            _("{out}: a card is made from its journal {journal}, which is not here").format(
                out=which, journal=path.name
            )
        )
    else:
        path, record = find_record(which, open_library(env), env.environ)
        made = session_card(record)
    env.complain(write_card(made, out, path, typed_path(which, env.environ), overwrite=force))


def _profiles(env: Environment, lines: Iterable[Mapping[str, Any]], folder: Path | None) -> dict[str, Profile]:
    """The profiles of a sweep by their checksum. Says which of them are not here any more."""
    found: dict[str, Profile] = {}
    for name, sha256 in dict.fromkeys((line["profile"]["name"], line["profile"]["sha256"]) for line in lines):
        try:
            profile = named_profile(env, name, folder)
        except FlanchatError:
            profile = None
        if profile is not None and profile.sha256 == sha256:
            found[sha256] = profile
        else:
            env.complain(
                _("profile {name} is not here as the sweep used it; the card has only its checksum").format(name=name)
            )
    return found
