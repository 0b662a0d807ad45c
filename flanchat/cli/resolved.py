"""Resolves configuration, environment, flags and the resumed session to one setup, model and device."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flanchat.base.errors import UsageError
from flanchat.cli.environment import Environment
from flanchat.cli.options import SessionOptions, name_value_pairs

if TYPE_CHECKING:
    from flanchat.prompting.config import Config
    from flanchat.prompting.profile import Profile
    from flanchat.prompting.prompt import Setup
    from flanchat.prompting.settings import Settings
    from flanchat.sessions.session_record import SessionRecord


@dataclass(frozen=True, slots=True)
class ResolvedOptions:
    """What is in force when a session begins. model: None stands for the bundled one."""

    setup: Setup
    model: str | None
    device: str
    config: Config


def resolve_options(env: Environment, options: SessionOptions, record: SessionRecord | None = None) -> ResolvedOptions:
    """Flags win over environment, profile and configuration file, in this order.

    record: the session to resume; where no flag says otherwise, its profile, settings and variables stay in force.
    """
    from flanchat.prompting.config import load_config
    from flanchat.prompting.prompt import Setup
    from flanchat.prompting.settings import DEVICE

    config = load_config(env.environ)
    profile = _profile(env, options, config, record)
    device = options.device or profile.device or config.device or "auto"
    try:
        DEVICE.check(device)
    except UsageError as error:
        raise UsageError(f"--{error.message}") from None
    return ResolvedOptions(
        Setup(profile, _settings(options, config, profile, record), _variables(options, profile, record)),
        options.model or profile.model or config.model,
        device,
        config,
    )


def _profile(env: Environment, options: SessionOptions, config: Config, record: SessionRecord | None) -> Profile:
    from flanchat.prompting.profile import find_profile, profile_folders

    if options.profile is None and record is not None and record.profile is not None:
        profile = record.profile
    else:
        name = options.profile or config.profile or "plain"
        profile = find_profile(name, profile_folders(options.profiles_folder, env.environ))
    if options.system is None:
        return profile
    from flanchat.prompting.profile_writer import with_prefix

    return with_prefix(profile, options.system)


def _settings(options: SessionOptions, config: Config, profile: Profile, record: SessionRecord | None) -> Settings:
    from flanchat.prompting.settings import Settings, find_setting, parse_settings

    values = parse_settings(name_value_pairs(options.settings, "-o"))
    if options.seed is not None:
        values["decode.seed"] = find_setting("seed").check(options.seed)
    settings = (
        Settings()
        .with_layer("config", config.settings)
        .with_layer(f"profile {profile.name}", profile.settings)
        .with_layer("flag", values)
    )
    if options.profile is None and record is not None and record.conversation.answers:
        return settings.restored(record.settings)
    return settings


def _variables(options: SessionOptions, profile: Profile, record: SessionRecord | None) -> Mapping[str, str]:
    given = check_variables(options.variables, [profile])
    recorded = record.variables if record is not None else {}
    return {**{name: value for name, value in recorded.items() if name in profile.vars}, **given}


def check_variables(words: tuple[str, ...], profiles: list[Profile]) -> dict[str, str]:
    """The values given with --var. Raises UsageError for one that no profile has, or that fails the check of one."""
    from flanchat.prompting.profile import check_variable

    values = dict(name_value_pairs(words, "--var"))
    for name, value in values.items():
        for profile in [profile for profile in profiles if name in profile.vars] or profiles[:1]:
            try:
                check_variable(profile, name, value)
            except UsageError as error:
                raise UsageError(f"--var {error.message}") from None
    return values
