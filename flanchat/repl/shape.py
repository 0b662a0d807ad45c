"""Commands that shape the next answer: profile, settings, examples, variables, model. Prints nothing."""

from __future__ import annotations

from collections.abc import Sequence

from flanchat.errors import ProfileError, UsageError
from flanchat.files import write_whole
from flanchat.profile import Profile, Shot, find_file, find_profile, list_profiles, profile_names
from flanchat.repl.desk import Desk, Shown, Table
from flanchat.repl.look import describe_profile, model_table, settings_table
from flanchat.repl.talk import clipped
from flanchat.settings import DEVICE, SETTINGS, Setting, did_you_mean, find, origin_words, split_pairs
from flanchat.words import _


def profiles(desk: Desk, arguments: str) -> Shown:
    return profiles_table(list_profiles(desk.folders), current=desk.session.profile.name)


def profiles_table(found: Sequence[Profile | ProfileError], current: str = "") -> Table:
    """All profiles with their descriptions; those that cannot be read with the reason."""
    rows = tuple(
        (("* " if p.name == current else "  ") + p.name, p.description)
        if isinstance(p, Profile)
        else (_("! broken"), p.message)
        for p in found
    )
    return Table(_("Profiles"), (_("profile"), _("what it does")), rows)


def profile(desk: Desk, arguments: str) -> Shown:
    word, __, rest = arguments.partition(" ")
    if not word:
        return describe_profile(desk.session.profile)
    if word in VERBS:
        if not rest and word != "edit":
            raise UsageError(_("/profile {verb} needs the NAME of a profile").format(verb=word))
        return VERBS[word](desk, rest.strip())
    if rest:
        raise UsageError(_("/profile {word}: expected NAME, save NAME, edit [NAME] or diff A [B]").format(word=word))
    return _use(desk, find_profile(word, desk.folders))


def _use(desk: Desk, chosen: Profile) -> str:
    if chosen.model is not None and chosen.model != desk.engine.card().name:
        raise UsageError(
            _("profile {name} is for the model {model}: /model {model} loads it, then /profile {name}").format(
                name=chosen.name, model=chosen.model
            )
        )
    desk.session.use(chosen)
    desk.hidden_shots = ()  # those of the profile before
    return _("Profile {name}: {description}").format(name=chosen.name, description=chosen.description) + idle_notes(
        desk
    )


def _save(desk: Desk, name: str) -> Shown:
    from flanchat.profilefile import save_profile

    name, __, force = name.partition(" ")
    if force not in ("", "--force"):
        raise UsageError(_("/profile save NAME [--force]: a name is one word"))
    if desk.home is None:
        raise UsageError(_("there is no home folder to save profiles in; set HOME or XDG_CONFIG_HOME"))
    session = desk.session
    values = {s.name: session.settings.value(s.name) for s in SETTINGS if session.settings.origin(s.name) != "default"}
    path = save_profile(session.profile, values, name, desk.home, overwrite=bool(force))
    _find_home_first(desk)
    session.use(find_profile(name, desk.folders))
    return _("Saved with the settings of now in {path}. You are on profile {name}.").format(path=path, name=name)


def _edit(desk: Desk, name: str) -> Shown:
    from flanchat.profilefile import save_profile

    if desk.edit_file is None:
        raise UsageError(_("/profile edit opens an editor and needs a terminal; change the file itself"))
    if desk.home is None:
        raise UsageError(_("there is no home folder to save profiles in; set HOME or XDG_CONFIG_HOME"))
    path = find_file(name, desk.folders) if name else desk.session.profile.path
    if path is None:
        raise UsageError(_("this profile was changed in the session: /profile save NAME makes a file of it to edit"))
    old = path.read_text(encoding="utf-8")
    bundled = path.parent == desk.folders[-1]
    if bundled:  # it is not to be changed: yours hides it from now on
        chosen = find_profile(str(path), desk.folders)
        path = save_profile(chosen, {}, chosen.name, desk.home)
        old = path.read_text(encoding="utf-8")
        _find_home_first(desk)
    desk.edit_file(path)
    new = path.read_text(encoding="utf-8", errors="replace")
    try:
        edited = find_profile(str(path), desk.folders)
    except ProfileError as error:
        if new == old:  # it was broken before
            raise
        kept = path.with_suffix(".rejected")
        write_whole(kept, new.encode(), overwrite=True)
        write_whole(path, old.encode(), overwrite=True)
        raise ProfileError(
            _("{error}\nThe profile is as it was; what you wrote is in {kept}").format(error=error.message, kept=kept)
        ) from None
    finally:
        if bundled and path.read_text(encoding="utf-8", errors="replace") == old:
            path.unlink()  # nothing was changed, so nothing has to hide the bundled one
    return _use(desk, edited)


def _diff(desk: Desk, names: str) -> Shown:
    from flanchat.profilefile import diff

    words = names.split()
    if len(words) > 2:
        raise UsageError(_("/profile diff A B compares two profiles; /profile diff A compares with the present one"))
    first = find_profile(words[0], desk.folders)
    second = find_profile(words[1], desk.folders) if len(words) == 2 else desk.session.profile
    rows = tuple(diff(first, second))
    if not rows:
        return _("{first} and {second} do the same.").format(first=first.name, second=second.name)
    return Table("", (_("field"), first.name, second.name), rows)


VERBS = {"save": _save, "edit": _edit, "diff": _diff}


def _find_home_first(desk: Desk) -> None:
    """The folder of the user's own profiles may not have been there when flanchat started."""
    assert desk.home is not None
    if desk.home not in desk.folders:
        desk.folders = (*desk.folders[:-1], desk.home, desk.folders[-1])


def change(desk: Desk, arguments: str) -> Shown:
    words = arguments.removeprefix("parameter ").strip()
    if not words:
        return settings_table(desk)
    if " " not in words and "=" not in words:
        return _one_setting(desk, find(words))
    changes = {find(name).name: find(name).parse(value) for name, value in split_pairs(words)}
    desk.session.settings = desk.session.settings.update("/set", changes)
    said = ", ".join(f"{find(name).short} = {find(name).format(value)}" for name, value in changes.items())
    return said + idle_notes(desk)


def _one_setting(desk: Desk, setting: Setting) -> str:
    settings = desk.session.settings
    return _("{name} = {value} (from {origin}; default {default}): {help}; {values}").format(
        name=setting.name,
        value=setting.format(settings.value(setting.name)),
        origin=origin_words(settings.origin(setting.name)),
        default=setting.format(setting.default),
        help=_(setting.help),
        values=setting.values,
    )


def idle_notes(desk: Desk) -> str:
    """A line for each setting that changes nothing now, so that nobody tunes what is off."""
    return "".join(
        "\n" + _("Note: {reason}.").format(reason=reason) for reason in desk.session.settings.idle().values()
    )


def unset(desk: Desk, arguments: str) -> Shown:
    if not arguments:
        raise UsageError(_("/unset needs the name of a setting, such as /unset temperature"))
    setting = find(arguments)
    desk.session.settings = desk.session.settings.unset(setting.name)
    value, origin = desk.session.settings.value(setting.name), desk.session.settings.origin(setting.name)
    return _("{name} = {value} (from {origin})").format(
        name=setting.short, value=setting.format(value), origin=origin_words(origin)
    )


def system(desk: Desk, arguments: str) -> Shown:
    from flanchat.profilefile import with_prefix

    if not arguments:
        prefix = desk.session.profile.prefix
        return (
            _("The instruction put first: {prefix}").format(prefix=prefix)
            if prefix
            else _("Nothing is put first. /system TEXT does.")
        )
    text = "" if arguments == "off" else arguments
    desk.session.use(with_prefix(desk.session.profile, text))
    return _("Put first from now on: {text}").format(text=text) if text else _("Nothing is put first from now on.")


def shots(desk: Desk, arguments: str) -> Shown:
    from flanchat.profilefile import with_shots

    word, __, rest = arguments.partition(" ")
    used = desk.session.profile
    have = list(used.shots)
    if word in ("", "list"):
        return _shots_table(desk)
    if word == "add":
        text, arrow, answer = rest.partition(" => ")
        if rest and not arrow:
            raise UsageError(_("/shots add takes the last exchange; /shots add QUESTION => ANSWER takes another one"))
        shot = Shot(text.strip(), answer.strip()) if rest else _last_exchange(desk)
        desk.session.use(with_shots(used, (*have, shot)))
    elif word == "rm":
        if not rest.isdecimal() or len(rest) > 9 or not 0 < int(rest) <= len(have):
            numbers = (
                _("a number from 1 to {count}").format(count=len(have)) if have else _("nothing: there are no examples")
            )
            raise UsageError(_("/shots rm {given}: expected {numbers}").format(given=rest, numbers=numbers))
        desk.session.use(with_shots(used, (*have[: int(rest) - 1], *have[int(rest) :])))
    elif word == "off":
        desk.hidden_shots = (*desk.hidden_shots, *have)
        desk.session.use(with_shots(used, ()))
    elif word == "on":
        desk.session.use(with_shots(used, (*desk.hidden_shots, *have)))
        desk.hidden_shots = ()
    else:
        words = ("list", "add", "rm", "on", "off")
        raise UsageError(
            _("/shots {word}: expected {words}.{hint}").format(
                word=word, words=", ".join(words), hint=did_you_mean(word, words)
            )
        )
    return _shots_table(desk)


def _last_exchange(desk: Desk) -> Shot:
    last = desk.session.last()
    if not last.text:
        raise UsageError(_("the last answer is empty, so it makes no example"))
    return Shot(last.question, last.text)


def _shots_table(desk: Desk) -> Shown:
    used = desk.session.profile
    if not used.shots:
        return _("There are no examples. /shots add takes the last exchange.") + (
            _(" /shots on brings back those switched off.") if desk.hidden_shots else ""
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


def var(desk: Desk, arguments: str) -> Shown:
    session = desk.session
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


def check_variable(profile: Profile, name: str, value: str) -> None:
    """Raises UsageError when the profile has no such variable, or when it takes none but other values."""
    if name not in profile.vars:
        raise UsageError(
            _("{name}: profile {profile} has no such variable.{hint}").format(
                name=name, profile=profile.name, hint=did_you_mean(name, profile.vars)
            )
        )
    choices = profile.vars[name].choices
    if choices and value not in choices:
        raise UsageError(
            _("{name}: expected one of {choices}, got {value!r}.{hint}").format(
                name=name, choices=", ".join(choices), value=value, hint=did_you_mean(value, choices)
            )
        )


def model(desk: Desk, arguments: str) -> Shown:
    if not arguments:
        return model_table(desk)
    return _load(desk, arguments, None)


def device(desk: Desk, arguments: str) -> Shown:
    if not arguments:
        card = desk.engine.card()
        here = _("{name} is on {device} in {precision}; /device NAME loads it on another one.").format(
            name=card.name, device=card.device, precision=card.precision
        )
        return "\n".join(filter(None, (here, desk.engine.remark)))
    try:
        DEVICE.check(arguments)
    except UsageError as error:
        raise UsageError(f"/{error.message}") from None
    return _load(desk, None, arguments)


def models(desk: Desk, arguments: str) -> Shown:
    note = _("/model NAME loads one; any folder, hf:OWNER/NAME or om:OWNER/NAME with a T5 works too.")
    return models_table(desk.models(), note)


def models_table(rows: Sequence[tuple[str, str, str]], note: str = "") -> Table:
    """The models at hand, and those with a short name."""
    return Table(_("Models"), (_("name"), _("what it is"), ""), tuple(rows), note)


def model_words(desk: Desk) -> list[str]:
    """The names of the models at hand, for completion."""
    return [name for name, __, ___ in desk.models()]


def _load(desk: Desk, name: str | None, device: str | None) -> str:
    if desk.open_engine is None:
        raise UsageError(_("another model cannot be loaded here; start flanchat with -m"))
    engine = desk.open_engine(name, device)
    desk.engine.close()
    desk.engine = desk.session.engine = engine
    engine.start()
    if name:
        return _("Loading {name}; you can go on typing.").format(name=name)
    return _("Loading the model again; you can go on typing.")


def profile_words(desk: Desk, before: str, word: str) -> list[str]:
    """Names of profiles, and the verbs in front of them."""
    first, __, second = before.partition(" ")
    if first in ("edit", "diff") and (not second or first == "diff") and " " not in second:
        return list(profile_names(desk.folders))
    return [] if before else [*profile_names(desk.folders), *VERBS]


def shot_words(desk: Desk, before: str, word: str) -> list[str]:
    """What /shots can do now, and after `rm` the examples' numbers."""
    numbers = [str(number) for number in range(1, len(desk.session.profile.shots) + 1)]
    if before:
        return numbers if before == "rm" else []
    return ["list", "add", *(["rm"] if numbers else []), "on", "off"]


def variable_words(desk: Desk, before: str, word: str) -> list[str]:
    """The profile's variables, and after `=` their values."""
    if before:
        return []
    name, equals, __ = word.partition("=")
    declared = desk.session.profile.vars
    if equals and name in declared:
        return [f"{name}={choice}" for choice in declared[name].choices]
    return [f"{name}=" for name in declared]
