"""Commands that shape the next answer: profile, settings, examples, variables, model. Prints nothing."""

from __future__ import annotations

from flanchat.base.errors import ProfileError, UsageError
from flanchat.base.files import write_atomically
from flanchat.base.format import clipped
from flanchat.base.i18n import _
from flanchat.prompting.profile import (
    Profile,
    Shot,
    check_variable,
    find_profile,
    find_profile_file,
    list_profiles,
    profile_names,
)
from flanchat.prompting.settings import (
    DEVICE,
    SETTINGS,
    Setting,
    describe_origin,
    did_you_mean,
    find_setting,
    parse_settings,
    split_pairs,
)
from flanchat.repl.commands.inspect import model_table, settings_table
from flanchat.repl.context import Context, Shown
from flanchat.ui.tables import describe_profile, models_table, profiles_table
from flanchat.ui.types import Table


def profiles(context: Context, arguments: str) -> Shown:
    return profiles_table(list_profiles(context.folders), current=context.session.profile.name)


def profile(context: Context, arguments: str) -> Shown:
    word, __, rest = arguments.partition(" ")
    if not word:
        return describe_profile(context.session.profile)
    if word in VERBS:
        if not rest and word != "edit":
            raise UsageError(_("/profile {verb} needs the NAME of a profile").format(verb=word))
        return VERBS[word](context, rest.strip())
    if rest:
        raise UsageError(_("/profile {word}: expected NAME, save NAME, edit [NAME] or diff A [B]").format(word=word))
    return _use(context, find_profile(word, context.folders))


def _use(context: Context, chosen: Profile) -> str:
    if chosen.model is not None and chosen.model != context.engine.card().name:
        raise UsageError(
            _("profile {name} is for the model {model}: /model {model} loads it, then /profile {name}").format(
                name=chosen.name, model=chosen.model
            )
        )
    context.session.use(chosen)
    context.hidden_shots = ()  # those of the profile before
    return _("Profile {name}: {description}").format(name=chosen.name, description=chosen.description) + idle_notes(
        context
    )


def _save(context: Context, name: str) -> Shown:
    from flanchat.prompting.profile_writer import save_profile

    name, __, force = name.partition(" ")
    if force not in ("", "--force"):
        raise UsageError(_("/profile save NAME [--force]: a name is one word"))
    if context.home is None:
        raise UsageError(_("there is no home folder to save profiles in; set HOME or XDG_CONFIG_HOME"))
    session = context.session
    values = {s.name: session.settings.value(s.name) for s in SETTINGS if session.settings.origin(s.name) != "default"}
    path = save_profile(session.profile, values, name, context.home, overwrite=bool(force))
    _find_home_first(context)
    session.use(find_profile(name, context.folders))
    return _("Saved with the settings of now in {path}. You are on profile {name}.").format(path=path, name=name)


def _edit(context: Context, name: str) -> Shown:
    from flanchat.prompting.profile_writer import save_profile

    if context.edit_file is None:
        raise UsageError(_("/profile edit opens an editor and needs a terminal; change the file itself"))
    if context.home is None:
        raise UsageError(_("there is no home folder to save profiles in; set HOME or XDG_CONFIG_HOME"))
    path = find_profile_file(name, context.folders) if name else context.session.profile.path
    if path is None:
        raise UsageError(_("this profile was changed in the session: /profile save NAME makes a file of it to edit"))
    old = path.read_text(encoding="utf-8")
    bundled = path.parent == context.folders[-1]
    if bundled:  # it is not to be changed: yours hides it from now on
        chosen = find_profile(str(path), context.folders)
        path = save_profile(chosen, {}, chosen.name, context.home)
        old = path.read_text(encoding="utf-8")
        _find_home_first(context)
    context.edit_file(path)
    new = path.read_text(encoding="utf-8", errors="replace")
    try:
        edited = find_profile(str(path), context.folders)
    except ProfileError as error:
        if new == old:  # it was broken before
            raise
        kept = path.with_suffix(".rejected")
        write_atomically(kept, new.encode(), overwrite=True)
        write_atomically(path, old.encode(), overwrite=True)
        raise ProfileError(
            _("{error}\nThe profile is as it was; what you wrote is in {kept}").format(error=error.message, kept=kept)
        ) from None
    finally:
        if bundled and path.read_text(encoding="utf-8", errors="replace") == old:
            path.unlink()  # nothing was changed, so nothing has to hide the bundled one
    return _use(context, edited)


def _diff(context: Context, names: str) -> Shown:
    from flanchat.prompting.profile_writer import diff_profiles

    words = names.split()
    if len(words) > 2:
        raise UsageError(_("/profile diff A B compares two profiles; /profile diff A compares with the present one"))
    first = find_profile(words[0], context.folders)
    second = find_profile(words[1], context.folders) if len(words) == 2 else context.session.profile
    rows = tuple(diff_profiles(first, second))
    if not rows:
        return _("{first} and {second} do the same.").format(first=first.name, second=second.name)
    return Table("", (_("field"), first.name, second.name), rows)


VERBS = {"save": _save, "edit": _edit, "diff": _diff}


def _find_home_first(context: Context) -> None:
    """The folder of the user's own profiles may not have been there when flanchat started."""
    assert context.home is not None
    if context.home not in context.folders:
        context.folders = (*context.folders[:-1], context.home, context.folders[-1])


def change(context: Context, arguments: str) -> Shown:
    words = arguments.removeprefix("parameter ").strip()
    if not words:
        return settings_table(context)
    if " " not in words and "=" not in words:
        return _one_setting(context, find_setting(words))
    changes = parse_settings(split_pairs(words))
    context.session.settings = context.session.settings.update("/set", changes)
    said = ", ".join(
        f"{find_setting(name).short} = {find_setting(name).format(value)}" for name, value in changes.items()
    )
    return said + idle_notes(context)


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


def idle_notes(context: Context) -> str:
    """A line for each setting that changes nothing now, so that nobody tunes what is off."""
    return "".join(
        "\n" + _("Note: {reason}.").format(reason=reason) for reason in context.session.settings.ineffective().values()
    )


def unset(context: Context, arguments: str) -> Shown:
    if not arguments:
        raise UsageError(_("/unset needs the name of a setting, such as /unset temperature"))
    setting = find_setting(arguments)
    context.session.settings = context.session.settings.unset(setting.name)
    value, origin = context.session.settings.value(setting.name), context.session.settings.origin(setting.name)
    return _("{name} = {value} (from {origin})").format(
        name=setting.short, value=setting.format(value), origin=describe_origin(origin)
    )


def system(context: Context, arguments: str) -> Shown:
    from flanchat.prompting.profile_writer import with_prefix

    if not arguments:
        prefix = context.session.profile.prefix
        return (
            _("The instruction put first: {prefix}").format(prefix=prefix)
            if prefix
            else _("Nothing is put first. /system TEXT does.")
        )
    text = "" if arguments == "off" else arguments
    context.session.use(with_prefix(context.session.profile, text))
    return _("Put first from now on: {text}").format(text=text) if text else _("Nothing is put first from now on.")


def shots(context: Context, arguments: str) -> Shown:
    from flanchat.prompting.profile_writer import with_shots

    word, __, rest = arguments.partition(" ")
    used = context.session.profile
    have = list(used.shots)
    if word in ("", "list"):
        return _shots_table(context)
    if word == "add":
        text, arrow, answer = rest.partition(" => ")
        if rest and not arrow:
            raise UsageError(_("/shots add takes the last exchange; /shots add QUESTION => ANSWER takes another one"))
        shot = Shot(text.strip(), answer.strip()) if rest else _last_exchange(context)
        context.session.use(with_shots(used, (*have, shot)))
    elif word == "rm":
        if not rest.isdecimal() or len(rest) > 9 or not 0 < int(rest) <= len(have):
            numbers = (
                _("a number from 1 to {count}").format(count=len(have)) if have else _("nothing: there are no examples")
            )
            raise UsageError(_("/shots rm {given}: expected {numbers}").format(given=rest, numbers=numbers))
        context.session.use(with_shots(used, (*have[: int(rest) - 1], *have[int(rest) :])))
    elif word == "off":
        context.hidden_shots = (*context.hidden_shots, *have)
        context.session.use(with_shots(used, ()))
    elif word == "on":
        context.session.use(with_shots(used, (*context.hidden_shots, *have)))
        context.hidden_shots = ()
    else:
        words = ("list", "add", "rm", "on", "off")
        raise UsageError(
            _("/shots {word}: expected {words}.{hint}").format(
                word=word, words=", ".join(words), hint=did_you_mean(word, words)
            )
        )
    return _shots_table(context)


def _last_exchange(context: Context) -> Shot:
    last = context.session.last()
    if not last.text:
        raise UsageError(_("the last answer is empty, so it makes no example"))
    return Shot(last.question, last.text)


def _shots_table(context: Context) -> Shown:
    used = context.session.profile
    if not used.shots:
        return _("There are no examples. /shots add takes the last exchange.") + (
            _(" /shots on brings back those switched off.") if context.hidden_shots else ""
        )
    rows = tuple(
        (
            str(n),
            clipped(shot.input),
            clipped(shot.output),
            "" if n <= used.shots_max else _("over shots_max, not sent"),
        )
        for n, shot in enumerate(used.shots, 1)
    )
    return Table(_("Examples"), ("", _("question"), _("answer"), ""), rows)


def var(context: Context, arguments: str) -> Shown:
    session = context.session
    declared = session.profile.vars
    if not arguments:
        if not declared:
            return _("Profile {name} has no variables.").format(name=session.profile.name)
        rows = tuple(
            (name, session.variables.get(name, one.default) or _("(needs a value)"), ", ".join(one.choices))
            for name, one in declared.items()
        )
        return Table(_("Variables"), (_("variable"), _("value"), _("one of")), rows)
    name, equals, value = arguments.partition("=")
    name, value = name.strip(), value.strip()
    if not equals:
        raise UsageError(_("/var {name}: expected NAME=VALUE").format(name=name))
    check_variable(session.profile, name, value)
    session.variables[name] = value
    return f"{name} = {value}"


def model(context: Context, arguments: str) -> Shown:
    if not arguments:
        return model_table(context)
    return _load(context, arguments, None)


def device(context: Context, arguments: str) -> Shown:
    if not arguments:
        card = context.engine.card()
        here = _("{name} is on {device} in {precision}; /device NAME loads it on another one.").format(
            name=card.name, device=card.device, precision=card.precision
        )
        return "\n".join(filter(None, (here, context.engine.remark)))
    try:
        DEVICE.check(arguments)
    except UsageError as error:
        raise UsageError(f"/{error.message}") from None
    return _load(context, None, arguments)


def models(context: Context, arguments: str) -> Shown:
    note = _("/model NAME loads one; any folder, hf:OWNER/NAME or om:OWNER/NAME with a T5 works too.")
    return models_table(context.models(), note)


def model_words(context: Context) -> list[str]:
    """The names of the models at hand, for completion."""
    return [name for name, __, ___ in context.models()]


def _load(context: Context, name: str | None, device: str | None) -> str:
    if context.open_engine is None:
        raise UsageError(_("another model cannot be loaded here; start flanchat with -m"))
    engine = context.open_engine(name, device)
    context.engine.close()
    context.engine = context.session.engine = engine
    engine.start()
    if name:
        return _("Loading {name}; you can go on typing.").format(name=name)
    return _("Loading the model again; you can go on typing.")


def profile_words(context: Context, before: str, word: str) -> list[str]:
    """Names of profiles, and the verbs in front of them."""
    first, __, second = before.partition(" ")
    if first in ("edit", "diff") and (not second or first == "diff") and " " not in second:
        return list(profile_names(context.folders))
    return [] if before else [*profile_names(context.folders), *VERBS]


def shot_words(context: Context, before: str, word: str) -> list[str]:
    """What /shots can do now, and after `rm` the examples' numbers."""
    numbers = [str(number) for number in range(1, len(context.session.profile.shots) + 1)]
    if before:
        return numbers if before == "rm" else []
    return ["list", "add", *(["rm"] if numbers else []), "on", "off"]


def variable_words(context: Context, before: str, word: str) -> list[str]:
    """The profile's variables, and after `=` their values."""
    if before:
        return []
    name, equals, __ = word.partition("=")
    declared = context.session.profile.vars
    if equals and name in declared:
        return [f"{name}={choice}" for choice in declared[name].choices]
    return [f"{name}=" for name in declared]
