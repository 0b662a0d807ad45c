"""Commands that change what the next answer is made with: settings, instruction, shots, variables."""

from __future__ import annotations

from collections.abc import Collection

from flanchat.base.errors import UsageError
from flanchat.base.format import clipped
from flanchat.base.i18n import _, join_list
from flanchat.base.text_file import text_or_file
from flanchat.prompting.profile import check_variable
from flanchat.prompting.setting import Setting
from flanchat.prompting.settings import Settings, describe_origin, find_setting, parse_settings, same_rank, split_pairs
from flanchat.prompting.setup import Setup
from flanchat.prompting.shots import Shot
from flanchat.repl.commands.arguments import Offered, check_word, paths, whole_number
from flanchat.repl.context import Context, Shown
from flanchat.ui.tables import settings_table
from flanchat.ui.types import Table


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
    return pairs + _sampling_change(before, context.session.setup) + idle_notes(before, context.session.setup, changes)


def _sampling_change(before: Setup, now: Setup) -> str:
    """A clause when settings other than do_sample turned sampling on or off. Choices are scored, not sampled."""
    old, new = before.settings, now.settings
    was, samples = _samples(old), _samples(new)
    if now.choices or was == samples or not (old.sampled_for() or new.sampled_for()):
        return ""
    if was and new.value("vote") > 1:
        return ""
    return _("; sampling is off") if was else _("; sampling is on")


def _samples(settings: Settings) -> bool:
    """Whether an answer that is not voted for is sampled; votes always are."""
    return bool(settings.value("do_sample") and settings.value("temperature") > 0)


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


def idle_notes(before: Setup, now: Setup, given: Collection[str] = ()) -> str:
    """A line for each setting that has no effect now, such as temperature without sampling.

    before: as it was before the change. given: the settings that it names; of the others, only what is new is said.
    """
    known, idle = before.ineffective, now.ineffective
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
                join_list(variable.choices),
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
