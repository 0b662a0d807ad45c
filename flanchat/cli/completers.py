"""What a shell offers for the values of options and arguments, with descriptions for shells that show them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from flanchat.base.i18n import _
from flanchat.cli.environment import Environment

if TYPE_CHECKING:
    import click
    from click.shell_completion import CompletionItem

    Completer = Callable[[click.Context, click.Parameter, str], list[CompletionItem[str]]]


def complete_model(context: click.Context, parameter: click.Parameter, typed: str) -> list[CompletionItem[str]]:
    """Models on this machine, short names and folders."""
    from click.shell_completion import CompletionItem

    from flanchat.engine.hubs.cached_models import cached_models
    from flanchat.engine.hubs.model_names import BUNDLED, SHORT_NAMES

    if typed.startswith((".", "/", "~")):
        return [CompletionItem(typed, type="dir")]
    here = {model.name: model.hub.name for model in cached_models(_environment(context).environ)}
    return items(typed, ({BUNDLED: _("the bundled demo model"), **SHORT_NAMES, **here}).items())


def complete_profile(context: click.Context, parameter: click.Parameter, typed: str) -> list[CompletionItem[str]]:
    """Profiles by name, and files."""
    from click.shell_completion import CompletionItem

    from flanchat.prompting.profile_folders import profile_folders
    from flanchat.prompting.profile_reader import descriptions

    if typed.startswith((".", "/", "~")):
        return [CompletionItem(typed, type="file")]
    folders = profile_folders(context.params.get("profiles_folder"), _environment(context).environ)
    return items(typed, ((name, _(about)) for name, about in descriptions(folders).items()))


def complete_setting(context: click.Context, parameter: click.Parameter, typed: str) -> list[CompletionItem[str]]:
    """NAME= of a setting, then its values where they are few."""
    from flanchat.prompting.settings import SETTINGS, known_setting

    name, equals, __ = typed.partition("=")
    if not equals:
        return items(typed, ((f"{setting.short}=", setting.summary) for setting in SETTINGS))
    setting = known_setting(name)
    return items(typed, ((f"{name}={value}", "") for value in setting.suggestions)) if setting else []


def complete_device(context: click.Context, parameter: click.Parameter, typed: str) -> list[CompletionItem[str]]:
    from flanchat.prompting.settings import DEVICE

    return items(typed, ((name, "") for name in DEVICE.choices))


def complete_precision(context: click.Context, parameter: click.Parameter, typed: str) -> list[CompletionItem[str]]:
    names = ("auto", "float32", "float16", "bfloat16", "int8", "float16+bfloat16", "float16+int8")
    return items(typed, ((name, "") for name in names))


def complete_session(context: click.Context, parameter: click.Parameter, typed: str) -> list[CompletionItem[str]]:
    """Sessions by name, or by number where they have none."""
    from flanchat.cli.recorded import open_library

    found = open_library(_environment(context)).sessions(100)
    return items(typed, ((one.name or str(number), one.question) for number, one in enumerate(found, 1)))


def complete_session_or_file(
    context: click.Context, parameter: click.Parameter, typed: str
) -> list[CompletionItem[str]]:
    """Sessions, then files."""
    from click.shell_completion import CompletionItem

    return complete_session(context, parameter, typed) or [CompletionItem(typed, type="file")]


def of_list(complete: Completer, context: click.Context, option: click.Option, typed: str) -> list[CompletionItem[str]]:
    """The completions of the last word of NAME,NAME where an option takes several."""
    from click.shell_completion import CompletionItem

    head, comma, last = typed.rpartition(",") if option.multiple else ("", "", typed)
    found = complete(context, option, last)
    return [CompletionItem(head + comma + item.value, item.type, item.help) for item in found] if comma else found


def items(typed: str, offered: Iterable[tuple[str, str]]) -> list[CompletionItem[str]]:
    """The words that begin with the typed text, with their meanings.

    A name that cannot be printed cannot be typed either, and a line break in it would begin another completion.
    """
    from click.shell_completion import CompletionItem

    return [
        CompletionItem(word, help=" ".join(meaning.split()) or None)
        for word, meaning in offered
        if word.startswith(typed) and word.isprintable()
    ]


def _environment(context: click.Context) -> Environment:
    env = context.find_object(Environment)
    assert env is not None
    return env
