"""From a question and keywords to a prompt: which profile, settings, variables and earlier turns are in force."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping, Sequence

from flanchat.api.surroundings import warn
from flanchat.api.texts import exchanges_of, plain, text_of
from flanchat.base.errors import UsageError
from flanchat.base.format import format_count
from flanchat.base.i18n import _, ngettext
from flanchat.base.wording import describe, did_you_mean, with_hint
from flanchat.engine.checkpoint.validate import ModelSource
from flanchat.engine.events import Warned
from flanchat.prompting.profile import Profile, fits, takes
from flanchat.prompting.profile_folders import profile_folders
from flanchat.prompting.profile_reader import find_profile
from flanchat.prompting.prompt import Exchange, Prompt, warning_line
from flanchat.prompting.settings import SETTINGS, sampling_note
from flanchat.prompting.setup import Setup, setup_for_question
from flanchat.ui.warnings import loss_lines

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
    if not fits(profile, source.names, source.base):
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
    *,
    choices: Sequence[str] = (),
) -> tuple[Setup, list[Exchange]]:
    """How a question is asked, and the turns before it, which all count unless `turns` says how many.

    choices: what the answer is chosen from, whatever the profile says.

    Raises UsageError for a keyword, value or variable that is unknown or invalid.
    """
    check_keywords(settings)
    earlier = exchanges_of(history)
    values = {name: plain(value) for name, value in settings.items()}
    if earlier and not {"turns", "history.turns"} & values.keys():
        values["history.turns"] = len(earlier)
    if earlier and not takes(profile, "history"):
        raise UsageError(
            _("profile {name} has no place for history: its template lacks {{{{history}}}}").format(name=profile.name)
        )
    if not isinstance(variables, Mapping | None):
        raise UsageError(_("variables: expected names with their values, got {got}").format(got=describe(variables)))
    given = {name: text_of(value, f"variable {name}") for name, value in (variables or {}).items()}
    setup = setup_for_question(profile, values, given)
    if choices:
        rule = {"choose": "sum"} if setup.settings.value("choose") == "free" else {}
        setup = setup.with_settings("once", rule).with_choices(choices)
    return setup, earlier


def warn_of_settings(setup: Setup) -> None:
    """Warn of keywords that have no effect where questions are asked in this way."""
    for note in setup.notes("once"):
        if note != sampling_note(setup.settings.sampled_for()):  # who gives a temperature wants that
            warn(note)


def check_keywords(names: Collection[str]) -> None:
    """Raise UsageError, with the nearest name, for a keyword that is no setting of a question."""
    known = {known for setting in SETTINGS if setting.group != "display" for known in (setting.name, setting.short)}
    for name in names:
        if name in OWN:
            raise UsageError(_("{name}: this method has no such keyword").format(name=name))
        if name not in known:
            nearest = did_you_mean(name, known if "." in name else [*OWN, *(k for k in known if "." not in k)])
            raise UsageError(with_hint(_("unknown keyword {name}").format(name=name), nearest))
        if "." in name and name.rpartition(".")[2] in names:
            raise UsageError(_("{name}: given twice, by its long and its short name").format(name=name))


def warn_of_unknown(warnings: Iterable[Warned]) -> bool:
    """Warn about the characters of several texts that the model cannot read. Returns whether there are any."""
    unknown = [warned for warned in warnings if warned.kind == "unk"]
    if unknown:
        chars = "".join(dict.fromkeys("".join(warned.chars for warned in unknown)))
        warn(warning_line(Warned("unk", sum(warned.count for warned in unknown), chars)))
    return bool(unknown)


def warn_of_losses(prompts: Sequence[Prompt]) -> None:
    """Warn about parts that were dropped and characters that the model cannot read, once for all the prompts."""
    lossy = [(number, lines) for number, prompt in enumerate(prompts, 1) if (lines := loss_lines(prompt))]
    if not lossy:
        return
    number, lines = lossy[0]
    text = "; ".join(line.removeprefix("! ").rstrip(".") for line in lines)
    if len(prompts) > 1:
        count = format_count(len(lossy))
        what = ngettext("question {number}: {text}", "question {number} and others, {count} in all: {text}", len(lossy))
        text = what.format(number=number, count=count, text=text)
    warn(text)
