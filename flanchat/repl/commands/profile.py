"""Commands about profiles: /profile with save, edit and diff, and /profiles. They return what to show."""

from __future__ import annotations

from pathlib import Path

from flanchat.base.errors import ProfileError, UsageError
from flanchat.base.files import read_regular, write_atomically
from flanchat.base.i18n import _, join_sentences
from flanchat.experiments.flags import all_words
from flanchat.prompting.profile import Profile
from flanchat.prompting.profile_folders import find_profile_file, is_path, profile_names
from flanchat.prompting.profile_reader import list_profiles, load_profile
from flanchat.prompting.settings import SETTINGS
from flanchat.repl.commands.arguments import profile_offers
from flanchat.repl.commands.settings import idle_notes
from flanchat.repl.context import Context, Shown
from flanchat.ui.tables import profile_source, profiles_table
from flanchat.ui.types import Table


def profiles(context: Context, arguments: str) -> Shown:
    return profiles_table(list_profiles(context.folders), current=context.session.profile.name)


def profile(context: Context, arguments: str) -> Shown:
    word, __, rest = arguments.partition(" ")
    if not word:
        return profile_source(context.session.profile)
    if word in PROFILE_ACTIONS:
        if not rest and word != "edit":
            raise UsageError(_("/profile {action} needs the NAME of a profile").format(action=word))
        return PROFILE_ACTIONS[word](context, rest.strip())
    if rest and not is_path(arguments):
        raise UsageError(_("/profile {word}: expected NAME, save NAME, edit [NAME] or diff A [B]").format(word=word))
    return _use(context, context.find_profile(arguments))


def _use(context: Context, chosen: Profile) -> str:
    before = context.session.setup
    context.session.use(context.session.require_model(chosen))
    context.hidden_shots = ()  # they belong to the previous profile
    line = _("Profile {name}: {description}").format(name=chosen.name, description=_(chosen.description))
    return line + idle_notes(before, context.session.setup, chosen.settings)


def _save(context: Context, name: str) -> Shown:
    from flanchat.prompting.profile_writer import save_profile, with_defaults

    name, __, force = name.partition(" ")
    if force not in ("", "--force"):
        raise UsageError(_("/profile save NAME [--force]: expected one word as the name"))
    if context.home is None:
        raise UsageError(_("no home folder to save profiles in; set HOME or XDG_CONFIG_HOME"))
    session = context.session
    values = {s.name: session.settings.value(s.name) for s in SETTINGS if session.settings.origin(s.name) != "default"}
    path = save_profile(
        with_defaults(session.profile, session.variables), values, name, context.home, overwrite=bool(force)
    )
    _find_home_first(context)
    session.use(load_profile(path, context.folders))
    saved = _("Saved with the current settings and variables in {path}. Profile {name} is in use.")
    return join_sentences(saved.format(path=path, name=name), *_of_same_name(context, path))


def _of_same_name(context: Context, path: Path) -> list[str]:
    """What to say when another folder has a profile of this name, too: only one of them is found by it."""
    sentences = []
    for folder in context.folders:
        if folder == path.parent or path.stem not in profile_names((folder,)):
            continue
        if context.folders.index(folder) < context.folders.index(path.parent):
            hides = _("-p {name} goes on to find the one in {folder}; this one is used by its path.")
        elif folder == context.folders[-1]:
            hides = _("It takes the place of the bundled profile {name} until you delete the file.")
        else:
            hides = _("It takes the place of the profile {name} in {folder} until you delete the file.")
        sentences.append(hides.format(name=path.stem, folder=folder))
    return sentences


def _edit(context: Context, name: str) -> Shown:
    from flanchat.prompting.profile_writer import save_profile

    if context.edit_file is None:
        raise UsageError(_("/profile edit needs a terminal for the editor; edit the file outside flanchat"))
    if context.home is None:
        raise UsageError(_("no home folder to save profiles in; set HOME or XDG_CONFIG_HOME"))
    path = find_profile_file(name, context.folders, context.environ) if name else context.session.profile.path
    if path is None:
        raise UsageError(
            _("this profile was changed in the session and has no file; save it with /profile save NAME first")
        )
    old = read_regular(path, error=UsageError)
    bundled = path.parent == context.folders[-1]
    if bundled:  # edit a copy in the user's folder, which takes precedence over the bundled file
        chosen = load_profile(path, context.folders)
        path = save_profile(chosen, {}, chosen.name, context.home)
        old = read_regular(path, error=UsageError)
        _find_home_first(context)
    try:
        context.edit_file(path)
        edited = load_profile(path, context.folders)
    except UsageError as error:
        new = read_regular(path, error=UsageError)
        if new == old:  # the error is older than this edit, or the editor failed
            raise
        if not isinstance(error, ProfileError):
            raise UsageError(
                _("{error}; {path} is as the editor left it").format(error=error.message, path=path)
            ) from None
        kept = path.with_suffix(".rejected")
        write_atomically(kept, new, overwrite=True)
        write_atomically(path, old, overwrite=True)
        raise ProfileError(
            _("{error}\nThe profile is unchanged; your version is in {kept}").format(error=error.message, kept=kept)
        ) from None
    finally:
        if bundled and path.exists() and read_regular(path, error=UsageError) == old:
            path.unlink()  # an unchanged copy would only hide later versions of the bundled file
    return "\n".join([_use(context, edited), *(_of_same_name(context, path) if bundled and path.exists() else [])])


def _diff(context: Context, names: str) -> Shown:
    from flanchat.prompting.profile_writer import diff_profiles

    words = all_words("/profile diff", names)
    if len(words) > 2:
        raise UsageError(_("/profile diff: expected one or two profiles; one is compared with the current profile"))
    first = context.find_profile(words[0])
    second = context.find_profile(words[1]) if words[1:] else context.session.profile
    rows = tuple(diff_profiles(first, second))
    if not rows:
        return _("{first} and {second} are equal.").format(first=first.name, second=second.name)
    return Table("", (_("field"), first.name, second.name), rows)


PROFILE_ACTIONS = {"save": _save, "edit": _edit, "diff": _diff}


def _find_home_first(context: Context) -> None:
    """Add the user's folder of profiles to the search path; it may not have existed when flanchat started."""
    assert context.home is not None
    if context.home not in context.folders:
        context.folders = (*context.folders[:-1], context.home, context.folders[-1])


def profile_words(context: Context, before: str, word: str) -> list[str]:
    """Names of profiles, and the actions before them."""
    first, __, second = before.partition(" ")
    if first in ("edit", "diff") and (not second or first == "diff") and " " not in second:
        return profile_offers(context)
    return [] if before else [*profile_offers(context), *PROFILE_ACTIONS]
