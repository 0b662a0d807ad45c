"""Command-line options as dataclasses: each field declares its type, its flags and its help in one place."""

from __future__ import annotations

import dataclasses
import functools
import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import click

from flanchat.base.errors import UsageError
from flanchat.base.i18n import _
from flanchat.base.paths import typed_path
from flanchat.base.text import NotTextError, checked
from flanchat.cli import completers
from flanchat.cli.environment import Environment

if TYPE_CHECKING:
    from click.core import ParameterSource
    from click.shell_completion import CompletionItem

    from flanchat.experiments.flags import Flag
    from flanchat.ui.results import View


USED_FIRST = ("-p", "-m", "-o", "-c", "-s", "--device", "--json")
"""The options that --help lists first."""


def option(*flags: str, **parameters: Any) -> Any:
    """A field that the command line fills in. parameters: those of click.Option."""
    default = () if parameters.get("multiple") else parameters.get("default")
    return dataclasses.field(default=default, metadata={"flags": flags, "parameters": parameters})


def flag(*flags: str, help: str) -> Any:
    """A field that is False unless its flag is given."""
    return option(*flags, is_flag=True, default=False, help=help)


def form(flag: str, *, help: str) -> Any:
    """A flag for a form of the output, such as --json: a command prints one of its forms."""
    parameters = {"is_flag": True, "default": False, "help": help}
    return dataclasses.field(default=False, metadata={"flags": (flag,), "parameters": parameters, "is_form": True})


def declared(declaration: Flag) -> Any:
    """A field for a flag that the REPL's command has too."""
    flags = [name for name in (declaration.short, declaration.name) if name]
    if declaration.value:
        return option(*flags, metavar=declaration.value, help=declaration.help)
    return flag(*flags, help=declaration.help)


def takes(kind: type[Any]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Decorates the function of a click command: it gets the Environment, a `kind`, and click's arguments by name.

    A field of `kind` without `option` or `flag` is not on the command line and keeps its default.
    """
    # A command's own options come before inherited ones in --help.
    names = dict.fromkeys(name for each in kind.__mro__ for name in inspect.get_annotations(each))
    fields = {field.name: field for field in dataclasses.fields(kind) if field.metadata}
    options = sorted((fields[name] for name in names if name in fields), key=_rank)

    def decorate(function: Callable[..., None]) -> Callable[..., None]:
        @functools.wraps(function)
        def command(**values: Any) -> None:
            given = kind(**{field.name: values.pop(field.name) for field in options})
            _require_one_form([field for field in options if getattr(given, field.name)])
            function(click.get_current_context().obj, given, **values)

        for field in reversed(options):  # each decorator puts its option before those already there
            flags, parameters = field.metadata["flags"], field.metadata["parameters"]
            command = click.option(*flags, field.name, cls=EnvironOption, **parameters)(command)
        return command

    return decorate


def _require_one_form(given: Sequence[dataclasses.Field[Any]]) -> None:
    forms = [field.metadata["flags"][0] for field in given if "is_form" in field.metadata]
    if len(forms) > 1:
        raise UsageError(_("{one} and {other} exclude each other").format(one=forms[0], other=forms[1]))


def _rank(field: dataclasses.Field[Any]) -> int:
    """The place of an option among those that are used first; all others come after them, in their order."""
    return next((at for at, name in enumerate(USED_FIRST) if name in field.metadata["flags"]), len(USED_FIRST))


COMPLETERS = {
    "--profile": completers.complete_profile, "--model": completers.complete_model, "--base": completers.complete_model,
    "--set": completers.complete_setting, "--device": completers.complete_device,
    "--precision": completers.complete_precision, "--session": completers.complete_session,
}  # fmt: skip
"""What a shell offers as an option's value, in every command that has it."""


class EnvironOption(click.Option):
    """An option whose variable is looked up in the Environment, not in the process."""

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem[str]]:
        complete = next((COMPLETERS[name] for name in self.opts if name in COMPLETERS), None)
        if complete is None:
            return super().shell_complete(ctx, incomplete)
        return completers.of_list(complete, ctx, self, incomplete)

    def resolve_envvar_value(self, ctx: click.Context) -> str | None:
        """The variable's value; None when it is unset or empty."""
        return ctx.obj.environ.get(self.envvar) or None if self.envvar else None

    def consume_value(self, ctx: click.Context, opts: Mapping[str, Any]) -> tuple[Any, ParameterSource]:
        """Raises UsageError for the empty text of a variable that is not set, which would choose the default."""
        if opts.get(self.name or "") == "" and self.callback is None:
            raise UsageError(_("{option}: expected a value, got an empty text").format(option=self.opts[-1]))
        return super().consume_value(ctx, opts)


class TypedPath(click.Path):
    """A path as users type, paste or drop it; no shell expands the ~ of --out=~/x."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        assert ctx is not None
        return typed_path(str(super().convert(value, param, ctx)), ctx.obj.environ)


def typed_text(context: click.Context, parameter: click.Parameter, value: Any) -> Any:
    """Check the texts of an option or argument, and read them like a file: UTF-8, a byte order mark or CRLF allowed."""
    where = parameter.opts[0] if isinstance(parameter, click.Option) else _("the command line")
    try:
        return tuple(map(checked, value)) if isinstance(value, tuple) else value and checked(value)
    except NotTextError as error:
        raise UsageError(f"{where}: {error}") from None


@dataclass(frozen=True, kw_only=True)
class ScreenOptions:
    """How to write to a terminal."""

    plain: bool = flag("--plain", help="No colour, no cursor movement: for pipes and screen readers.")
    no_color: bool = flag("--no-color", help="No colour.")
    debug: bool = flag("--debug", help="Show tracebacks and what libraries print.")


@dataclass(frozen=True, kw_only=True)
class ModelOptions(ScreenOptions):
    """Which model to open, and where."""

    model: str | None = option(
        "-m", "--model", envvar="FLANCHAT_MODEL", metavar="NAME|FOLDER",
        help="bundled, a short name, a folder, or [hf:|om:]OWNER/NAME[@REVISION] (default: bundled).",
    )  # fmt: skip
    base: str | None = option(
        "--base", metavar="NAME|FOLDER",
        help="Base model of an adapter, instead of the one that it names.",
    )  # fmt: skip
    device: str | None = option(
        "--device", envvar="FLANCHAT_DEVICE", metavar="NAME",
        help="auto, npu[:N,...], cuda[:N,...], mps or cpu.",
    )  # fmt: skip
    precision: str = option(
        "--precision", default="auto", metavar="NAME",
        help="auto, float32, float16, bfloat16, int8, or float16+bfloat16 and float16+int8 for faster prompts "
             "(default: auto, the fastest that answers as float32 does).",
    )  # fmt: skip
    convert_bin: bool = flag("--convert-bin", help="Convert .bin weights to safetensors first, once.")
    engine: str = "local"


_METADATA = {field.name: field.metadata for field in dataclasses.fields(ModelOptions)}
base_option = click.option(*_METADATA["base"]["flags"], cls=EnvironOption, **_METADATA["base"]["parameters"])
"""For commands that take the model as an argument, or read its vocabulary only."""


def model_option(*, help: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """The option -m for commands that read a model's vocabulary only."""
    model = _METADATA["model"]
    return click.option(*model["flags"], cls=EnvironOption, **{**model["parameters"], "help": help})


@dataclass(frozen=True, kw_only=True)
class RecordedPlaceOptions(ModelOptions):
    """Where recorded answers are made again: where they were made, unless an option says otherwise."""

    device: str | None = option(
        "--device", metavar="NAME", help="auto, npu[:N,...], cuda[:N,...], mps or cpu (default: as recorded)."
    )
    precision: str = option(
        "--precision", default="", metavar="NAME",
        help="auto, float32, float16, bfloat16, int8, float16+bfloat16 or float16+int8 (default: as recorded).",
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class ProfilesOptions:
    """Where profiles come from."""

    profiles_folder: Path | None = option(
        "--profiles", type=TypedPath(), metavar="DIR", help="Look for profiles here first."
    )


@dataclass(frozen=True, kw_only=True)
class SetupOptions(ProfilesOptions, ModelOptions):
    """Where profiles come from, and changes to them."""

    settings: tuple[str, ...] = option(
        "-o", "--set", callback=typed_text, multiple=True, metavar="NAME=VALUE",
        help="Change a setting, such as temperature=0.7; flanchat help NAME explains one.",
    )  # fmt: skip
    variables: tuple[str, ...] = option(
        "--var",
        callback=typed_text,
        multiple=True,
        metavar="NAME=VALUE",
        help="Set a variable of the profile; NAME=@FILE reads a file.",
    )


@dataclass(frozen=True, kw_only=True)
class SessionOptions(SetupOptions):
    """The profile of a session, and where it is recorded."""

    profile: str | None = option(
        "-p", "--profile", envvar="FLANCHAT_PROFILE", metavar="NAME|FILE",
        help="Profile to use (default: plain).",
    )  # fmt: skip
    seed: int | None = option("--seed", type=int, metavar="N", help="Seed for sampling.")
    system: str | None = option(
        "--system", callback=typed_text, metavar="TEXT", help="Instruction to put before the prompt."
    )
    engine: str = option(
        "--engine", type=click.Choice(["local", "transformers"]), default="local",
        help="Answer with flanchat's own T5, or with transformers' generate, to compare (default: local).",
    )  # fmt: skip
    session: str | None = option(
        "-s", "--session", metavar="N|NAME",
        help="Resume a session, or start one of that name.",
    )  # fmt: skip
    continue_last: bool = flag("-c", "--continue", help="Resume the last session.")
    no_log: bool = flag("--no-log", "--no-save", help="Record nothing.")


def open_view(env: Environment, options: ScreenOptions = ScreenOptions(), stream: TextIO | None = None) -> View:
    """A stream as a screen, with as much colour and movement as options, environment and terminal allow.

    stream: None is standard output.
    """
    from flanchat.ui.results import View
    from flanchat.ui.terminal import is_dumb

    stream = stream or env.stdout
    plain = options.plain or is_dumb(stream, env.environ)
    return View(stream, env.environ, plain=plain, color=has_color(env, options))


def messages_above(env: Environment, view: View) -> Callable[[str], None]:
    """Prints messages like `env.complain`; on a terminal, above what the view is redrawing there."""
    if view.plain or not env.stderr.isatty():
        return env.complain
    return lambda message: view.say(("\n".join(f"flanchat: {line}" for line in message.splitlines()), ""))


def has_color(env: Environment, options: ScreenOptions = ScreenOptions()) -> bool:
    """Whether neither --no-color nor NO_COLOR turns colour off."""
    return not options.no_color and not env.environ.get("NO_COLOR")


def name_value_pairs(words: Sequence[str], flag: str) -> list[tuple[str, str]]:
    """NAME=VALUE words as pairs. flag: the option that they were given to, for the message."""
    pairs = [word.partition("=") for word in words]
    for name, equals, __ in pairs:
        if not equals:
            raise UsageError(_("{option} {name}: expected NAME=VALUE").format(option=flag, name=name))
    return [(name.strip(), value) for name, __, value in pairs]
