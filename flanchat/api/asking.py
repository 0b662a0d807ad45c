"""From a question and keywords to a prompt: which profile, settings, variables and earlier turns are in force."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from flanchat.api.surroundings import warn
from flanchat.api.texts import exchanges_of, plain, text_of
from flanchat.base.errors import UsageError
from flanchat.base.i18n import _
from flanchat.engine.checkpoint.validate import ModelSource
from flanchat.prompting.profile import Profile, find_profile, profile_folders
from flanchat.prompting.prompt import Exchange, Setup, setup_for_question
from flanchat.prompting.settings import BY_NAME, BY_SHORT, SETTINGS, did_you_mean, with_hint

ProfileName = str | os.PathLike[str] | Profile

OWN = ("profile", "variables", "history", "batch", "progress", "full")
"""Keywords of the methods that are no settings."""


def profile_of(given: object, source: ModelSource, environ: Mapping[str, str]) -> Profile:
    """The profile of a name, of a file's path, or the given one; None for `plain`.

    Raises UsageError for one that is unknown or belongs to another model, and ProfileError for an invalid file.
    """
    if isinstance(given, Profile):
        profile = given
    else:
        name = "plain" if given is None else os.fspath(given) if isinstance(given, os.PathLike) else given
        profile = find_profile(text_of(name, "profile"), profile_folders(None, environ), environ)
    if profile.model is not None and (profile.model not in source.names or (profile.base or "") != source.base):
        base = _(" with the base {base}").format(base=profile.base) if profile.base else ""
        raise UsageError(
            _("profile {name} needs the model {model}{base}, and {loaded} is loaded").format(
                name=profile.name, model=profile.model, base=base, loaded=source.name
            )
        )
    return profile


def setup_of(
    profile: Profile,
    variables: Mapping[str, str] | None,
    history: Sequence[tuple[str, str]],
    settings: Mapping[str, object],
) -> tuple[Setup, list[Exchange]]:
    """How a question is asked, and the turns before it, which all count unless `turns` says how many.

    Raises UsageError for a keyword, value or variable that is unknown or invalid.
    """
    check_keywords(settings)
    earlier = exchanges_of(history)
    values = {name: plain(value) for name, value in settings.items()}
    if earlier and not {"turns", "history.turns"} & values.keys():
        values["history.turns"] = len(earlier)
    given = {name: text_of(value, f"variable {name}") for name, value in (variables or {}).items()}
    setup = setup_for_question(profile, values, given)
    ineffective = setup.settings.ineffective()
    for name in settings:
        if (reason := ineffective.get(BY_NAME.get(name, BY_SHORT[name.rpartition(".")[2]]).name)) is not None:
            warn(reason)
    return setup, earlier


def check_keywords(names: Collection[str]) -> None:
    """Raise UsageError, with the nearest name, for a keyword that is no setting of a question."""
    known = {known for setting in SETTINGS if setting.group != "display" for known in (setting.name, setting.short)}
    for name in names:
        if name not in known:
            nearest = did_you_mean(name, known if "." in name else [*OWN, *(k for k in known if "." not in k)])
            raise UsageError(with_hint(_("unknown keyword {name}").format(name=name), nearest))


def with_choices(setup: Setup, choices: Sequence[str]) -> Setup:
    """The setup with choices that are scored, whatever the profile says about them."""
    rule = {"choose": "sum"} if setup.settings.value("choose") == "free" else {}
    return replace(setup.with_settings("once", rule), profile=replace(setup.profile, choices=tuple(choices)))
