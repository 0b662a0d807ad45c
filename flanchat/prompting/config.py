"""The configuration file: defaults of every session, which profiles and flags override. Knows no model.

Read as strictly as a profile: unknown fields are errors, and all problems are reported at once, each with its line.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from flanchat.base import strict_yaml
from flanchat.base.errors import ProfileError, StorageError, UsageError
from flanchat.base.files import is_there
from flanchat.base.i18n import N_, _, untranslated
from flanchat.base.names import check_name
from flanchat.base.paths import config_folder, typed_path
from flanchat.base.strict_yaml import FieldPath
from flanchat.prompting.fields import GROUPS, Add, FieldFile, like
from flanchat.prompting.profile_folders import is_path
from flanchat.prompting.setting import Setting, Value
from flanchat.prompting.settings import BY_NAME, DEVICE, SETTINGS, Settings


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

    Raises one ProfileError with a line FILE:LINE: FIELD: ... for each problem, and UsageError when FLANCHAT_CONFIG
    names a missing file.
    """
    if chosen := environ.get("FLANCHAT_CONFIG"):
        path = typed_path(chosen, environ)
        if not is_there(path):
            raise UsageError(
                _("FLANCHAT_CONFIG: {path} does not exist. Create it, or unset FLANCHAT_CONFIG.").format(path=path)
            )
        return _read(path)
    try:
        path = config_folder(environ) / "config.yaml"
    except StorageError:  # no HOME, no file of the user
        return Config()
    return _read(path) if is_there(path) else Config()


def config_rows(config: Config) -> list[tuple[str, str, str]]:
    """Return the fields, and the settings that are set, as (name, value, origin)."""
    values: dict[str, Value] = {name: getattr(config, name) for name in _FIELDS}
    values |= {name: config.settings[name] for name in BY_NAME if name in config.settings}
    rows = []
    for name, value in values.items():
        setting = _FIELDS.get(name) or BY_NAME[name]
        shown = _("not set") if value is None and name in _FIELDS else setting.format(value)
        line = config.lines.get(name)
        rows.append((name, shown, _("default") if line is None else f"{config.path}:{line}"))
    return rows


# The fields beside the settings are declared like settings.
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


@untranslated()  # messages with FILE:LINE are English
def _read(path: Path) -> Config:
    raw = strict_yaml.read_bytes(path)
    rows = [row.strip() for row in strict_yaml.decode_utf8(raw, str(path)).splitlines()]
    if all(row.startswith("#") for row in rows if row):  # such as the unchanged example
        return Config(path=path)
    file = FieldFile(path, strict_yaml.parse(raw, str(path), example="profile: qa"))
    file.read({name: like(setting) for name, setting in _FIELDS.items()} | {"profile": _profile, "model": _name})
    try:
        Settings().with_layer("config", file.settings)
    except UsageError as error:
        file.add_conflict(error)
    if file.problems:
        raise ProfileError("\n".join(file.messages()))
    lines = {".".join(map(str, at)): line for at, line in file.yaml.lines.items()}
    return Config(**file.fields, settings=file.settings, path=path, lines=lines)


def _name(value: object, at: FieldPath, add: Add) -> str | None:
    name: str | None = like(_FIELDS[str(at[0])])(value, at, add)
    if name is not None and not name.strip():
        add(at, "expected a name, got an empty text. Write null or remove the line.")
    return name


def _profile(value: object, at: FieldPath, add: Add) -> str | None:
    name = _name(value, at, add)
    if name and name.strip() and not is_path(name):
        try:
            check_name(name)
        except UsageError as error:
            add(at, f"expected a path or a name; {error.message}")
    return name


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
    for group in GROUPS:
        rows += ["", f"#{group}:"]
        for setting in SETTINGS:
            if setting.group == group:
                rows += [
                    f"# {_(setting.help)}" + _(": {values}").format(values=setting.values),
                    f"#  {setting.short}: {strict_yaml.dump_inline(setting.default)}",
                ]
    return "\n".join(rows) + "\n"
