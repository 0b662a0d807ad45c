"""Command-line options as dataclasses: each field declares its type, its flags and its help in one place."""

from __future__ import annotations

import dataclasses
import functools
import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from flanchat.base.errors import UsageError
from flanchat.base.i18n import _
from flanchat.base.paths import typed_path
from flanchat.base.text import NotTextError, checked
from flanchat.cli.environment import Environment

if TYPE_CHECKING:
    from click.core import ParameterSource
    from click.shell_completion import CompletionItem

    from flanchat.experiments.flags import Flag
    from flanchat.ui.results import View


def option(*flags: str, **parameters: Any) -> Any:
    """A field that the command line fills in. parameters: those of click.Option."""
    default = () if parameters.get("multiple") else parameters.get("default")
    return dataclasses.field(default=default, metadata={"flags": flags, "parameters": parameters})


def flag(*flags: str, help: str) -> Any:
    """A field that is False unless its flag is given."""
    return option(*flags, is_flag=True, default=False, help=help)


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
    options = [fields[name] for name in names if name in fields]

    def decorate(function: Callable[..., None]) -> Callable[..., None]:
        @functools.wraps(function)
        def command(**values: Any) -> None:
            given = kind(**{field.name: values.pop(field.name) for field in options})
            function(click.get_current_context().obj, given, **values)

        for field in reversed(options):  # each decorator puts its option before those already there
            flags, parameters = field.metadata["flags"], field.metadata["parameters"]
            command = click.option(*flags, field.name, cls=EnvironOption, **parameters)(command)
        return command

    return decorate


class EnvironOption(click.Option):
    """An option whose variable is looked up in the Environment, not in the process."""

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


def complete_model(context: click.Context, parameter: click.Parameter, typed: str) -> list[CompletionItem]:
    """The completions of a model's name: models on this machine, short names and folders."""
    from click.shell_completion import CompletionItem

    from flanchat.engine.hubs.resolve import BUNDLED, SHORT_NAMES, cached_models

    if typed.startswith((".", "/", "~")):
        return [CompletionItem(typed, type="dir")]
    env = context.find_object(Environment)
    cached = cached_models(env.environ) if env is not None else []
    names = dict.fromkeys([BUNDLED, *SHORT_NAMES, *(model.name for model in cached)])
    # a name that cannot be printed cannot be typed either, and a line break in it would begin another completion
    return [CompletionItem(name) for name in names if name.startswith(typed) and name.isprintable()]


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
        "-m", "--model", envvar="FLANCHAT_MODEL", metavar="NAME|FOLDER", shell_complete=complete_model,
        help="bundled, a short name, a folder, or [hf:|om:]OWNER/NAME[@REVISION] (default: bundled).",
    )  # fmt: skip
    base: str | None = option(
        "--base", metavar="NAME|FOLDER", shell_complete=complete_model,
        help="Base model of an adapter, instead of the one that it names.",
    )  # fmt: skip
    device: str | None = option(
        "--device", envvar="FLANCHAT_DEVICE", metavar="NAME", help="auto, npu[:N,...], cuda[:N,...], mps or cpu."
    )
    precision: str = option(
        "--precision", default="auto", metavar="NAME",
        help="auto, float32, float16, bfloat16 or int8 (default: auto, the fastest that answers as float32 does).",
    )  # fmt: skip
    convert_bin: bool = flag("--convert-bin", help="Convert .bin weights to safetensors first, once.")
    engine: str = "local"


_METADATA = {field.name: field.metadata for field in dataclasses.fields(ModelOptions)}
base_option = click.option(*_METADATA["base"]["flags"], **_METADATA["base"]["parameters"])
"""For commands that take the model as an argument, or read its vocabulary only."""


def model_option(*, help: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """The option -m for commands that read a model's vocabulary only."""
    model = _METADATA["model"]
    return click.option(*model["flags"], cls=EnvironOption, **{**model["parameters"], "help": help})


@dataclass(frozen=True, kw_only=True)
class SetupOptions(ModelOptions):
    """Where profiles come from, and changes to them."""

    settings: tuple[str, ...] = option(
        "-o", "--set", callback=typed_text, multiple=True, metavar="NAME=VALUE", help="Change a setting."
    )
    variables: tuple[str, ...] = option(
        "--var",
        callback=typed_text,
        multiple=True,
        metavar="NAME=VALUE",
        help="Set a variable of the profile; NAME=@FILE reads a file.",
    )
    profiles_folder: Path | None = option(
        "--profiles", type=TypedPath(), metavar="DIR", help="Look for profiles here first."
    )


@dataclass(frozen=True, kw_only=True)
class SessionOptions(SetupOptions):
    """The profile of a session, and where it is recorded."""

    profile: str | None = option(
        "-p", "--profile", envvar="FLANCHAT_PROFILE", metavar="NAME|FILE", help="Profile to use (default: plain)."
    )
    seed: int | None = option("--seed", type=int, metavar="N", help="Seed for sampling.")
    system: str | None = option(
        "--system", callback=typed_text, metavar="TEXT", help="Instruction to put before the prompt."
    )
    engine: str = option(
        "--engine", type=click.Choice(["local", "transformers"]), default="local",
        help="Answer with flanchat's own T5, or with transformers' generate, to compare (default: local).",
    )  # fmt: skip
    session: str | None = option(
        "-s", "--session", metavar="N|NAME", help="Resume a session, or start one of that name."
    )
    continue_last: bool = flag("-c", "--continue", help="Resume the last session.")
    no_log: bool = flag("--no-log", "--no-save", help="Record nothing.")


def open_view(env: Environment, options: ScreenOptions = ScreenOptions()) -> View:
    """Standard output as a screen, with as much colour and movement as options, environment and terminal allow."""
    from flanchat.ui.results import View
    from flanchat.ui.terminal import is_dumb

    plain = options.plain or is_dumb(env.stdout, env.environ)
    return View(env.stdout, env.environ, plain=plain, color=has_color(env, options))


def messages_above(env: Environment, view: View) -> Callable[[str], None]:
    """Prints messages like `env.complain`; on a terminal, above what the view is redrawing there."""
    if view.plain or not env.stderr.isatty():
        return env.complain
    return lambda message: view.print("\n".join(f"flanchat: {line}" for line in message.splitlines()))


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
