"""Commands that change what the next answer is made with: profile, settings, shots, variables, model, device."""

from __future__ import annotations

from collections.abc import Collection, Generator
from pathlib import Path

from flanchat.base.errors import ModelError, OutOfMemoryError, ProfileError, UsageError
from flanchat.base.files import read_regular, write_atomically
from flanchat.base.format import clipped, not_ready
from flanchat.base.i18n import _, join_sentences
from flanchat.base.text_file import text_or_file
from flanchat.experiments.flags import all_words
from flanchat.prompting.profile import Profile, check_variable
from flanchat.prompting.profile_folders import find_profile_file, is_path, profile_names
from flanchat.prompting.profile_reader import find_profile, list_profiles, load_profile
from flanchat.prompting.setting import Setting
from flanchat.prompting.settings import (
    DEVICE,
    SETTINGS,
    describe_origin,
    find_setting,
    parse_settings,
    same_rank,
    split_pairs,
)
from flanchat.prompting.setup import Setup
from flanchat.prompting.shots import Shot
from flanchat.repl.commands.arguments import Offered, check_word, paths, profile_offers, whole_number
from flanchat.repl.context import Context, Shown
from flanchat.ui.tables import model_table, models_table, profile_source, profiles_table, settings_table
from flanchat.ui.types import ResultStream, Table


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
    return _use(context, find_profile(arguments, context.folders, context.environ))


def _use(context: Context, chosen: Profile) -> str:
    before = context.session.setup
    context.session.use(context.session.require_model(chosen))
    context.hidden_shots = ()  # they belong to the previous profile
    line = _("Profile {name}: {description}").format(name=chosen.name, description=_(chosen.description))
    return line + _idle_notes(before, context.session.setup, chosen.settings)


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
    first = find_profile(words[0], context.folders, context.environ)
    second = find_profile(words[1], context.folders, context.environ) if words[1:] else context.session.profile
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


def settings_now(context: Context) -> Table:
    """All settings as they are for the next answer."""
    setup = context.session.setup
    return settings_table(setup.settings, choices=bool(setup.choices))


def change(context: Context, arguments: str) -> Shown:
    words = arguments.removeprefix("parameter ").strip()
    if words.partition(" ")[0] == "system":  # as in ollama
        return system(context, words.removeprefix("system").strip())
    if not words:
        return settings_now(context)
    if " " not in words and "=" not in words:
        return _one_setting(context, find_setting(words))
    changes = parse_settings(split_pairs(words))
    before = context.session.setup
    context.session.settings = context.session.settings.update("/set", changes)
    pairs = ", ".join(
        f"{find_setting(name).short} = {find_setting(name).format(value)}" for name, value in changes.items()
    )
    return pairs + _sampling_change(before, context.session.setup) + _idle_notes(before, context.session.setup, changes)


def _sampling_change(before: Setup, now: Setup) -> str:
    """A clause when settings other than do_sample turned sampling on or off. Choices are scored, not sampled."""
    was, old, new = before.settings.decoding(0).samples, before.settings, now.settings
    if now.choices or was == new.decoding(0).samples or not (old.sampled_for() or new.sampled_for()):
        return ""
    return _("; sampling is off") if was else _("; sampling is on")


def _one_setting(context: Context, setting: Setting) -> str:
    settings = context.session.settings
    return _("{name} = {value} (from {origin}; default {default}): {help}; {values}").format(
        name=setting.name,
        value=setting.format(settings.value(setting.name)),
        origin=describe_origin(settings.origin(setting.name)),
        default=setting.format(setting.default),
        help=_(setting.help),
        values=setting.values,
    )


def _idle_notes(before: Setup, now: Setup, given: Collection[str] = ()) -> str:
    """A line for each setting that has no effect now, such as temperature without sampling.

    before: as it was before the change. given: the settings that it names; of the others, only what is new is said.
    """
    known, idle = (setup.settings.ineffective(choices=bool(setup.choices)) for setup in (before, now))
    if now.choices:  # a profile with choices has settings of its own for `choose: free`
        idle = {name: why for name, why in idle.items() if not same_rank(now.settings.origin(name), "profile")}
    said = [reason for name, reason in idle.items() if name in given or known.get(name) != reason]
    return "".join("\n" + _("Note: {reason}.").format(reason=reason) for reason in said)


def unset(context: Context, arguments: str) -> Shown:
    if not arguments:
        raise UsageError(_("/unset needs the NAME of a setting, such as /unset temperature"))
    setting = find_setting(arguments)
    before = context.session.setup
    context.session.settings = context.session.settings.unset(setting.name)
    value, origin = context.session.settings.value(setting.name), context.session.settings.origin(setting.name)
    return _("{name} = {value} (from {origin})").format(
        name=setting.short, value=setting.format(value), origin=describe_origin(origin)
    ) + _sampling_change(before, context.session.setup)


def system(context: Context, arguments: str) -> Shown:
    from flanchat.prompting.profile_writer import with_prefix

    if not arguments:
        prefix = context.session.profile.prefix
        return (
            _("Instruction: {prefix}").format(prefix=prefix) if prefix else _("No instruction. /system TEXT sets one.")
        )
    text = "" if arguments == "off" else arguments
    context.session.use(with_prefix(context.session.profile, text))
    return _("Instruction: {prefix}").format(prefix=text) if text else _("Instruction removed.")


def shots(context: Context, arguments: str) -> Shown:
    from flanchat.prompting.profile_writer import with_shots

    word, __, rest = arguments.partition(" ")
    current = context.session.profile
    shots = list(current.shots)
    if word in ("", "list"):
        return _shots_table(context)
    if word == "add":
        text, arrow, answer = rest.partition(" => ")
        if rest and not arrow:
            raise UsageError(_("/shots add: expected QUESTION => ANSWER, or nothing for the last exchange"))
        shot = Shot(text.strip(), answer.strip()) if rest else _last_exchange(context)
        context.session.use(with_shots(current, (*shots, shot)))
    elif word == "rm":
        if not shots:
            raise UsageError(_("/shots rm: there are no shots"))
        number = whole_number(rest)
        if not 0 < number <= len(shots):
            raise UsageError(
                _("/shots rm {given}: expected a number from 1 to {count}").format(given=rest, count=len(shots))
            )
        context.session.use(with_shots(current, (*shots[: number - 1], *shots[number:])))
    elif word == "off":
        context.hidden_shots = (*context.hidden_shots, *shots)
        context.session.use(with_shots(current, ()))
    else:
        check_word("/shots", word, ("list", "add", "rm", "on", "off"))
        context.session.use(with_shots(current, (*context.hidden_shots, *shots)))
        context.hidden_shots = ()
    return _shots_table(context)


def _last_exchange(context: Context) -> Shot:
    last = context.session.last()
    if not last.text:
        raise UsageError(_("the last answer is empty, so it cannot be a shot"))
    return Shot(last.question, last.text)


def _shots_table(context: Context) -> Shown:
    current = context.session.profile
    if not current.shots:
        hidden = _(" /shots on restores those switched off.") if context.hidden_shots else ""
        return _("No shots. /shots add makes one of the last exchange.") + hidden
    rows = tuple(
        (
            str(n),
            clipped(shot.input),
            clipped(shot.output),
            "" if n <= current.shots_max else _("over shots_max, not sent"),
        )
        for n, shot in enumerate(current.shots, 1)
    )
    return Table(_("Shots"), ("", _("question"), _("answer"), ""), rows)


def var(context: Context, arguments: str) -> Shown:
    session = context.session
    declared = session.profile.vars
    if not arguments:
        if not declared:
            return _("Profile {name} has no variables.").format(name=session.profile.name)
        rows = tuple(
            (
                name,
                clipped(session.variables.get(name, variable.default) or "") or _("(not set)"),
                ", ".join(variable.choices),
            )
            for name, variable in declared.items()
        )
        return Table(_("Variables"), (_("variable"), _("value"), _("choices")), rows)
    name, equals, value = arguments.partition("=")
    name, value = name.strip(), value.strip()
    if not equals:
        raise UsageError(_("/var {name}: expected NAME=VALUE or NAME=@FILE").format(name=name))
    value = text_or_file(value, context.environ)
    check_variable(session.profile, name, value)
    session.variables[name] = value
    return f"{name} = {clipped(value)}"


def model(context: Context, arguments: str) -> Shown:
    if not arguments:
        return model_table(context.engine.card())
    return _load(context, arguments, None)


def device(context: Context, arguments: str) -> Shown:
    if not arguments:
        card = context.engine.card()
        line = _("{name} on {device} in {precision}; /device NAME loads it on another device.").format(
            name=card.name, device=card.device, precision=card.precision
        )
        return "\n".join(filter(None, (line, context.engine.remark)))
    try:
        DEVICE.check(arguments)
    except UsageError as error:
        raise UsageError(f"/{error.message}") from None
    return _load(context, None, arguments)


def models(context: Context, arguments: str) -> Shown:
    hint = _("/model NAME loads one; NAME may also be a folder, hf:OWNER/NAME or om:OWNER/NAME of a T5 model.")
    return models_table(context.models(), hint)


def model_words(context: Context) -> list[str]:
    """Names of known models, for completion."""
    return [Offered(name, f"{description} {state}") for name, description, state in context.models()]


def _load(context: Context, name: str | None, device: str | None) -> ResultStream:
    """Load another model, or the same one elsewhere. The current one answers on until the new one can."""
    if context.open_engine is None:
        raise UsageError(_("cannot load another model here; start flanchat with -m"))
    old, new = context.engine, context.open_engine(name, device)
    is_loaded, is_stopped = False, False

    def stop() -> None:
        nonlocal is_stopped
        is_stopped = True
        new.kill()

    def steps() -> Generator[str, None, None]:
        nonlocal is_loaded
        left = _("{name} stays loaded.").format(name=old.source.label)
        try:
            new.start()
            try:
                card = new.card()
            except OutOfMemoryError:
                yield _("There is not enough memory for both models, so {name} is closed first.").format(
                    name=old.source.label
                )
                left = _("{name} is loading again.").format(name=old.source.label)
                new.close()
                old.close()
                card = new.card()
            context.engine = context.session.engine = new
            is_loaded = True
            yield _("{name} is loaded on {device} in {precision}.").format(
                name=card.name, device=card.device, precision=card.precision
            )
        except ModelError as error:
            if not is_stopped:
                raise type(error)(f"{error.message}\n{left}") from None
            yield left
        finally:
            (old if is_loaded else new).close()
            if not is_loaded:
                old.start()  # does nothing where it is still loaded

    return ResultStream(steps(), stop, lambda: not_ready(new.status))


def profile_words(context: Context, before: str, word: str) -> list[str]:
    """Names of profiles, and the actions before them."""
    first, __, second = before.partition(" ")
    if first in ("edit", "diff") and (not second or first == "diff") and " " not in second:
        return profile_offers(context)
    return [] if before else [*profile_offers(context), *PROFILE_ACTIONS]


def shot_words(context: Context, before: str, word: str) -> list[str]:
    """What /shots can do now, and after `rm` the numbers of the shots."""
    shots = context.session.profile.shots
    numbers = [Offered(str(number), f"{shot.input} => {shot.output}") for number, shot in enumerate(shots, 1)]
    if before:
        return [*numbers] if before == "rm" else []
    return ["list", "add", *(["rm"] if numbers else []), "on", "off"]


def variable_words(context: Context, before: str, word: str) -> list[str]:
    """The profile's variables, and after `=` their choices, after `=@` files."""
    if before:
        return []
    name, at, path = word.partition("=@")
    if at:
        return [f"{name}=@{found}" for found in paths(context, "", path)]
    name, equals, __ = word.partition("=")
    declared = context.session.profile.vars
    if equals and name in declared:
        return [f"{name}={choice}" for choice in declared[name].choices]
    return [f"{name}=" for name in declared]
