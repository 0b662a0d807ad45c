"""Save a profile as YAML, change one, compare two. Knows no model and no terminal."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from flanchat.base.errors import ProfileError, StorageError, UsageError
from flanchat.base.files import reason, write_atomically
from flanchat.base.i18n import _
from flanchat.base.names import check_name
from flanchat.base.paths import make_private_folder
from flanchat.base.strict_yaml import Node, dump, dump_inline
from flanchat.prompting.profile import Profile, Variable, takes
from flanchat.prompting.profile_reader import load_profile
from flanchat.prompting.setting import Value
from flanchat.prompting.settings import SETTINGS
from flanchat.prompting.shots import Shot


def to_yaml(profile: Profile, settings: Mapping[str, Value] | None = None) -> str:
    """Return a file that `load_profile` reads back as this profile: inherited fields written out, defaults left out.

    settings: by long name; they replace the profile's own. The name is not written: it is that of the file.
    """
    tree, default = _tree(profile), _tree(Profile(profile.name))
    kept = {key: value for key, value in tree.items() if value != default[key]}
    if profile.template == "choice":  # requires the list, even an empty one
        kept = {key: tree[key] for key in tree if key in kept or key == "choices"}
    values = {**profile.settings, **(settings or {})}
    for setting in SETTINGS:
        if setting.name in values:
            value = values[setting.name]
            kept.setdefault(setting.group, {})[setting.short] = list(value) if isinstance(value, tuple) else value
    return dump(kept or {"template": profile.template})


def save_profile(
    profile: Profile, settings: Mapping[str, Value], name: str, folder: Path, *, overwrite: bool = False
) -> Path:
    """Write the profile as NAME.yaml in `folder`, which is created if missing, and return the path.

    settings: by long name; they replace the profile's own. Raises UsageError for an invalid name or a profile that
    could not be loaded again, StorageError for a file that exists unless `overwrite` is set; the old file stays.
    """
    path = folder / f"{check_name(name)}.yaml"
    content = to_yaml(profile, settings)
    make_private_folder(folder)
    _read_back(content, name, folder)
    write_atomically(path, content.encode(), overwrite=overwrite)
    return path


def diff_profiles(a: Profile, b: Profile) -> list[tuple[str, str, str]]:
    """Return the differences as (field or setting, value in `a`, value in `b`), in the order of a file.

    Values are one-line texts; a dash means that a profile lacks the shot or variable. Paths and `extends` are not
    compared: only what a profile does counts.
    """
    left, right = _flat(a), _flat(b)
    names = sorted(dict.fromkeys([*left, *right]), key=lambda name: _ORDER.index(re.split(r"[.\[]", name)[0]))
    rows = [(name, left.get(name, "-"), right.get(name, "-")) for name in names]
    return [row for row in rows if row[1] != row[2]]


def with_shots(profile: Profile, shots: Sequence[Shot]) -> Profile:
    """Replace the worked examples. The result has a hash of its own."""
    if shots:
        require_placeholder(profile, "shots")
    for shot in shots:
        _refuse_surrogates(shot.input)
        _refuse_surrogates(shot.output)
    return _with_changes(profile, shots=tuple(shots))


def with_prefix(profile: Profile, text: str) -> Profile:
    """Replace the instruction; "" removes it. The result has a hash of its own."""
    if text:
        require_placeholder(profile, "prefix")
    _refuse_surrogates(text)
    return _with_changes(profile, prefix=text)


def with_defaults(profile: Profile, values: Mapping[str, str]) -> Profile:
    """The profile whose variables have these values where none is given."""
    variables = {
        name: dataclasses.replace(var, default=values.get(name, var.default)) for name, var in profile.vars.items()
    }
    return dataclasses.replace(profile, vars=variables)


_NOT_WRITTEN = ("name", "extends", "shots_file", "settings", "schema", "path", "sha256", "source")


def _tree(profile: Profile) -> dict[str, Node]:
    """Return the fields of a file without `extends` and `shots_file`, in the order of a written file."""
    names = [field.name for field in dataclasses.fields(profile) if field.name not in _NOT_WRITTEN]
    return {name: getattr(profile, name) for name in names} | {
        "vars": {name: _var(var) for name, var in profile.vars.items()},
        "choices": list(profile.choices),
        "shots": [{"in": shot.input, "out": shot.output} for shot in profile.shots],
    }


_ORDER = ("name", *_tree(Profile("")), *dict.fromkeys(setting.group for setting in SETTINGS))


def _var(var: Variable) -> dict[str, Node]:
    fields: dict[str, Node] = {"choices": list(var.choices)} if var.choices else {}
    if var.default is None:
        return {"required": True, **fields}
    implied = var.choices[0] if var.choices else ""
    return fields if var.default == implied else {"default": var.default, **fields}


def _read_back(content: str, name: str, folder: Path) -> None:
    """Raise UsageError if the content cannot be loaded as NAME.yaml."""
    try:
        with tempfile.TemporaryDirectory(prefix=".flanchat-", dir=folder) as place:
            path = Path(place, f"{name}.yaml")
            path.write_bytes(content.encode())
            load_profile(path)
    except ProfileError as error:
        problems = re.sub(rf"(?m)^{re.escape(str(path))}:\d+: ", "", error.message)
        raise UsageError(
            _("cannot save profile {name} with the current settings: {problems}").format(name=name, problems=problems)
        ) from None
    except OSError as error:
        raise StorageError(
            _("{folder}: profile {name} not written: {why}").format(folder=folder, name=name, why=reason(error))
        ) from error


def _flat(profile: Profile) -> dict[str, str]:
    """Return each field and setting with its value on one line; shots and variables separately."""
    flat = {"name": dump_inline(profile.name)}
    for key, value in _tree(profile).items():
        if key == "shots":
            pairs = [(f"shots[{n}].{part}", text) for n, shot in enumerate(value) for part, text in shot.items()]
        elif key == "vars":
            pairs = [(f"vars.{name}", var) for name, var in value.items()]
        else:
            pairs = [(key, value)]
        flat |= {name: dump_inline(inner) for name, inner in pairs}
    for setting in SETTINGS:
        own = setting.name in profile.settings
        flat[setting.name] = (
            dump_inline(profile.settings[setting.name])
            if own
            else _("{value} (default)").format(value=dump_inline(setting.default))
        )
    return flat


def require_placeholder(profile: Profile, name: str) -> None:
    if not takes(profile, name):
        raise UsageError(
            _(
                "profile {profile}: the template has no {{{{{name}}}}}, so the {name} would never be sent. Add "
                "{{{{{name}}}}} to the template, or use a profile with template: qa or plain."
            ).format(profile=profile.name, name=name)
        )


def _refuse_surrogates(text: str) -> None:
    if re.search("[\ud800-\udfff]", text):
        raise UsageError(_("half a character (a lone surrogate) is not allowed. Remove it."))


def _with_changes(profile: Profile, **changes: Any) -> Profile:
    """Return a changed profile that is independent of files: nothing inherited, source and hash made of its content."""
    changed = dataclasses.replace(profile, extends=None, shots_file=None, path=None, source="", sha256="", **changes)
    fields = {key: value for key, value in changed.as_dict().items() if key != "sha256"}
    canonical = json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    sha256 = hashlib.sha256(canonical.encode()).hexdigest()
    return dataclasses.replace(changed, source=to_yaml(changed), sha256=sha256)
