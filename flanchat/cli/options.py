"""The options that subcommands share, and what they mean together. Knows click and settings; opens no session."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from flanchat.base.errors import UsageError
from flanchat.base.i18n import _
from flanchat.cli.environment import Environment, EnvironOption

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from flanchat.prompting.config import Config
    from flanchat.prompting.profile import Profile
    from flanchat.prompting.settings import Settings
    from flanchat.sessions.session_record import SessionRecord
    from flanchat.ui.results import View

_F = TypeVar("_F", bound=Callable[..., None])


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen by configuration, environment and flags together. model, device: None stands for the default."""

    profile: Profile
    settings: Settings
    variables: dict[str, str]
    model: str | None
    device: str
    config: Config


def answering_options(*, one_shot: bool) -> Callable[[_F], _F]:
    """The options that asking and chatting share; with `one_shot`, those of a single answer too."""
    both = [
        click.option("-p", "--profile", cls=EnvironOption, envvar="FLANCHAT_PROFILE", metavar="NAME|FILE",
                     help="Profile to start with (default: plain)."),
        click.option("-m", "--model", cls=EnvironOption, envvar="FLANCHAT_MODEL", metavar="NAME|FOLDER",
                     shell_complete=model_names,
                     help="bundled, a short name, a folder, or [hf:|om:]OWNER/NAME[@REVISION] (default: bundled)."),
        click.option("--convert-bin", is_flag=True, help="Turn .bin weights into safetensors first, once."),
        click.option("-o", "--set", "pairs", multiple=True, metavar="NAME=VALUE", help="Change a setting."),
        click.option("--var", "variables", multiple=True, metavar="NAME=VALUE", help="Fill in a profile's variable."),
        click.option("--seed", type=int, metavar="N", help="Start sampling from this seed."),
        click.option("--device", cls=EnvironOption, envvar="FLANCHAT_DEVICE", metavar="NAME",
                     help="auto, npu[:N,...], cuda[:N,...], mps or cpu."),
        click.option("--precision", default="auto", metavar="NAME",
                     help="auto, float32, float16, bfloat16 or int8 (default: auto, the quickest that answers as "
                     "float32 does)."),
        click.option("-s", "--session", metavar="N|NAME", help="Go on with a session, or begin one of that name."),
        click.option("-c", "--continue", "go_on", is_flag=True, help="Go on with the last session."),
        click.option("--system", metavar="TEXT", help="Instruction to put first."),
        click.option("--profiles", "profiles_folder", type=click.Path(path_type=Path), metavar="DIR",
                     help="Look for profiles here first."),
        click.option("--no-log", "--no-save", "no_log", is_flag=True, help="Record nothing."),
        click.option("--plain", is_flag=True, help="No colour, no cursor movement: for pipes and screen readers."),
        click.option("--no-color", is_flag=True, help="No colour."),
        click.option("--debug", is_flag=True, help="Show tracebacks and what libraries say."),
    ]  # fmt: skip
    single = [
        click.option("--json", "as_json", is_flag=True, help="Print one JSON object with everything."),
        click.option("--show-prompt", is_flag=True, help="Print the exact prompt to standard error first."),
        click.option(
            "--jsonl",
            "as_jsonl",
            is_flag=True,
            help="Each line of standard input is a question; print one JSON object per line.",
        ),
        click.option("--stats", is_flag=True, help="Print times and counts to standard error after the answer."),
        click.option("--dry-run", is_flag=True, help="Print the prompt and its token counts; ask nothing."),
    ]

    def decorate(function: _F) -> _F:
        for option in reversed([*both, *single] if one_shot else both):
            function = option(function)
        return function

    return decorate


def model_names(context: click.Context, parameter: click.Parameter, typed: str) -> list[CompletionItem]:
    """What a shell offers for a model's name: those at hand, or folders."""
    from click.shell_completion import CompletionItem

    from flanchat.engine.hubs.resolve import BUNDLED, SHORT_NAMES, kept

    if typed.startswith((".", "/", "~")):
        return [CompletionItem(typed, type="dir")]
    names = dict.fromkeys([BUNDLED, *SHORT_NAMES, *(model.name for model in kept())])
    return [CompletionItem(name) for name in names if name.startswith(typed)]


def open_view(env: Environment, options: dict[str, Any]) -> View:
    """The screen as the options, the environment and the terminal allow it."""
    from flanchat.ui.results import View
    from flanchat.ui.terminal import is_dumb

    plain = bool(options.get("plain")) or is_dumb(env.stdout, env.environ)
    return View(env.stdout, env.environ, plain=plain, color=colored(env, options))


def colored(env: Environment, options: dict[str, Any]) -> bool:
    """Whether neither --no-color nor NO_COLOR forbids colour."""
    return not options.get("no_color") and not env.environ.get("NO_COLOR")


def choose(env: Environment, options: dict[str, Any], story: SessionRecord | None = None) -> Choice:
    """What configuration, environment and flags say together.

    story: a session to go on with; its profile, settings and variables stand where no option says otherwise.
    """
    from flanchat.prompting.config import load_config
    from flanchat.prompting.profile import check_variable, find_profile, profile_folders
    from flanchat.prompting.settings import DEVICE, Settings, find_setting, parse_settings

    config = load_config(env.environ)
    earlier = story if options["profile"] is None else None
    if earlier is not None and earlier.profile is not None:
        profile = earlier.profile
    else:
        name = options["profile"] or config.profile or "plain"
        profile = find_profile(name, profile_folders(options["profiles_folder"], env.environ))
    if options["system"] is not None:
        from flanchat.prompting.profile_writer import with_prefix

        profile = with_prefix(profile, options["system"])
    values = parse_settings(pairs(options["pairs"], "-o"))
    if options["seed"] is not None:
        values["decode.seed"] = find_setting("seed").check(options["seed"])
    settings = (
        Settings()
        .with_layer("config", config.settings)
        .with_layer(f"profile {profile.name}", profile.settings)
        .with_layer("flag", values)
    )
    if earlier is not None and earlier.conversation.answers:
        settings = settings.restored(earlier.settings)
    given = dict(pairs(options["variables"], "--var"))
    then = story.variables if story is not None else {}
    variables = {**{name: value for name, value in then.items() if name in profile.vars}, **given}
    for variable, value in given.items():
        try:
            check_variable(profile, variable, value)
        except UsageError as error:
            raise UsageError(f"--var {error.message}") from None
    model = options["model"] or profile.model or config.model
    device = options["device"] or profile.device or config.device or "auto"
    try:
        DEVICE.check(device)
    except UsageError as error:
        raise UsageError(f"--{error.message}") from None
    return Choice(profile, settings, variables, model, device, config)


def pairs(words: Sequence[str], option: str) -> list[tuple[str, str]]:
    """The NAME=VALUE words that were given to an option."""
    pairs = [word.partition("=") for word in words]
    for name, equals, __ in pairs:
        if not equals:
            raise UsageError(_("{option} {name}: expected NAME=VALUE").format(option=option, name=name))
    return [(name.strip(), value) for name, __, value in pairs]
