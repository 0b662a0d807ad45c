"""The configuration file: defaults of every session, which profiles and flags override. Knows no model.

Read as strictly as a profile: unknown fields are errors, and all problems are reported at once, each with its line.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from flanchat.base import strict_yaml
from flanchat.base.errors import ConfigError, StorageError, UsageError
from flanchat.base.i18n import N_, _, untranslated
from flanchat.base.paths import config_folder
from flanchat.base.strict_yaml import FieldPath, YamlDocument, format_path
from flanchat.prompting.profile import check_name
from flanchat.prompting.settings import (
    BY_NAME,
    DEVICE,
    SETTINGS,
    Setting,
    Settings,
    Value,
    describe,
    unknown_field,
)


@dataclass(frozen=True, slots=True)
class Config:
    """The content of the file. None for a field that is not set.

    profile: a name, or the path of a file. settings: by long name; all values checked.
    path: None without a file. lines: of each field and setting, by long name.
    """

    profile: str | None = None
    model: str | None = None
    device: str | None = None
    lang: str | None = None
    editing: Literal["emacs", "vi"] = "emacs"
    settings: Mapping[str, Value] = field(default_factory=dict)
    path: Path | None = None
    lines: Mapping[str, int] = field(default_factory=dict)


def load_config(environ: Mapping[str, str]) -> Config:
    """Read the file that FLANCHAT_CONFIG names, or $XDG_CONFIG_HOME/flanchat/config.yaml, which may be missing.

    Raises one ConfigError with a line FILE:LINE: FIELD: ... for each problem, and UsageError when FLANCHAT_CONFIG
    names a missing file.
    """
    if chosen := environ.get("FLANCHAT_CONFIG"):
        path = Path(chosen)
        if not os.path.lexists(path):
            raise UsageError(
                _("FLANCHAT_CONFIG: {path} does not exist. Create it, or unset FLANCHAT_CONFIG.").format(path=path)
            )
        return _read(path)
    try:
        path = config_folder(environ) / "config.yaml"
    except StorageError:  # no HOME, no file of the user
        return Config()
    return _read(path) if os.path.lexists(path) else Config()


def config_rows(config: Config) -> list[tuple[str, str, str]]:
    """Return the fields, and the settings that are set, as (name, value, origin)."""
    values: dict[str, Value] = {name: getattr(config, name) for name in _FIELDS}
    values |= {name: config.settings[name] for name in BY_NAME if name in config.settings}
    rows = []
    for name, value in values.items():
        shown = _("not set") if value is None and name in _FIELDS else _KNOWN[name].format(value)
        line = config.lines.get(name)
        rows.append((name, shown, _("default") if line is None else f"{config.path}:{line}"))
    return rows


# The fields beside the settings are checked like settings.
_FIELDS: Mapping[str, Setting] = {
    setting.name: setting
    for setting in (
        Setting("profile", "text", None, N_("the first profile: a name, or the path of a file"), optional=True),
        Setting("model", "text", None, N_("the model, unless the profile names one"), optional=True),
        DEVICE,
        Setting("lang", "choice", None, N_("language of messages"), choices=("auto", "en", "zh"), optional=True),
        Setting("editing", "choice", "emacs", N_("key bindings of the input line"), choices=("emacs", "vi")),
    )
}  # fmt: skip
_KNOWN: Mapping[str, Setting] = {**_FIELDS, **BY_NAME}
_GROUPS: Mapping[str, list[str]] = {
    group: [s.short for s in SETTINGS if s.group == group] for group in dict.fromkeys(s.group for s in SETTINGS)
}


@untranslated()  # messages with FILE:LINE are English
def _read(path: Path) -> Config:
    raw = strict_yaml.read_bytes(path)
    rows = [row.strip() for row in strict_yaml.decode_utf8(raw, str(path)).splitlines()]
    if all(row.startswith("#") for row in rows if row):  # such as the unchanged example
        return Config(path=path)
    yaml = strict_yaml.parse(raw, str(path), example="profile: qa")
    values: dict[str, Value] = {}
    lines: dict[str, int] = {}
    problems: list[tuple[int, str]] = []
    for at, value in _leaves(yaml):
        name, line = ".".join(at), yaml.lines[at]
        try:
            values[name], lines[name] = _check(at, value), line
        except UsageError as error:
            problems.append((line, error.message))
    settings = {name: value for name, value in values.items() if name in BY_NAME}
    try:
        Settings().with_layer("config", settings)
    except UsageError as error:
        problems.append((lines.get(error.message.partition(":")[0], 1), error.message))
    if problems:
        messages = [f"{path}:{line}: {what}" for line, what in sorted(problems, key=lambda problem: problem[0])]
        if len(messages) > _MAX_PROBLEMS:
            messages = [*messages[:_MAX_PROBLEMS], f"{path}:1: {len(messages) - _MAX_PROBLEMS} more problems"]
        raise ConfigError("\n".join(messages))
    own: dict[str, Any] = {name: value for name, value in values.items() if name in _FIELDS}
    return Config(**own, settings=settings, path=path, lines=lines)


_MAX_PROBLEMS = 20


def _leaves(yaml: YamlDocument) -> Iterator[tuple[tuple[str, ...], object]]:
    """Return the path and value of every field, and of every setting inside its group."""
    for key, value in yaml.values.items():
        if key in _GROUPS and isinstance(value, dict):
            yield from (((key, short), inner) for short, inner in value.items())
        elif key not in _GROUPS or value is not None:  # an empty group is allowed
            yield (key,), value


def _check(at: tuple[str, ...], value: object) -> Value:
    """Return the checked value of the field or setting at `at`. Raises UsageError that begins with its name."""
    name = ".".join(at)
    setting = _KNOWN.get(name) if len(at) > 1 or "." not in name else None
    if setting is None:
        raise UsageError(f"{format_path(at)}: {_unknown(at, value)}")
    checked = setting.check(value)
    if isinstance(checked, str) and name in _FIELDS and not checked.strip():
        raise UsageError(f"{name}: expected a name, got an empty text. Write null or remove the line.")
    if (
        name == "profile"
        and isinstance(checked, str)
        and "/" not in checked
        and not checked.endswith((".yaml", ".yml"))
    ):
        try:
            check_name(checked)
        except UsageError as error:
            raise UsageError(f"profile: expected a path or a name; {error.message}") from None
    return checked


def _unknown(at: FieldPath, value: object) -> str:
    key = str(at[-1])
    if len(at) == 1 and key in _GROUPS:
        return f"expected settings, one per line, got {describe(value)}"
    return unknown_field(key, [*_FIELDS, *_GROUPS] if len(at) == 1 else _GROUPS[str(at[0])])


def example_config() -> str:
    """Return a configuration file with every field and setting commented out."""
    rows = [
        _(
            """\
# Configuration of flanchat: defaults of every session, which profiles, flags and /set override.
# Save it as ~/.config/flanchat/config.yaml. To use a line, remove the # in front of it, and for a setting also
# the # in front of its group. The values below are the defaults."""
        )
    ]
    defaults = {"profile": "plain", "model": None, "device": "auto", "lang": "auto", "editing": "emacs"}
    for name, setting in _FIELDS.items():
        words = "" if setting.kind == "text" else _(": {values}").format(values=setting.allowed)
        rows += ["", f"# {_(setting.help)}{words}", f"#{name}: {strict_yaml.dump_inline(defaults[name])}"]
    for group in _GROUPS:
        rows += ["", f"#{group}:"]
        for setting in SETTINGS:
            if setting.group == group:
                rows += [
                    f"# {_(setting.help)}" + _(": {values}").format(values=setting.values),
                    f"#  {setting.short}: {strict_yaml.dump_inline(setting.default)}",
                ]
    return "\n".join(rows) + "\n"
