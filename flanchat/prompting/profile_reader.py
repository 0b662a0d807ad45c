"""Reads profiles from YAML files, with those that they extend.

Reading is strict: unknown fields, wrong types and values out of range are errors, and all problems of a file are
reported at once, each with its line.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from flanchat.base import strict_yaml
from flanchat.base.errors import ProfileError, UsageError
from flanchat.base.files import reason
from flanchat.base.i18n import in_english, untranslated
from flanchat.base.names import is_name, name_like
from flanchat.base.strict_yaml import FieldPath
from flanchat.base.wording import describe, did_you_mean
from flanchat.prompting.fields import Add, Check, FieldFile, like, list_of, or_null, text_of
from flanchat.prompting.profile import LAYOUTS, PLACEHOLDERS, Placeholder, Profile, Variable, position, split_template
from flanchat.prompting.profile_folders import find_profile_file, locate, profile_files, profile_names
from flanchat.prompting.setting import Setting, Value
from flanchat.prompting.settings import DEVICE, Settings, unknown_field
from flanchat.prompting.shots import read_shots_file, shots


def find_profile(name: str, folders: Sequence[Path], environ: Mapping[str, str] = {}) -> Profile:
    """Read the profile of this name from the first folder that has it.

    A value with a slash, or one that ends in .yaml or .yml, is the path of a file instead, as `typed_path` reads it.
    environ: has the home folder of a path with ~. Raises UsageError for an unknown or invalid name, and ProfileError
    for an invalid file.
    """
    return load_profile(find_profile_file(name, folders, environ), folders)


def descriptions(folders: Sequence[Path]) -> dict[str, str]:
    """The descriptions of all profiles that `find_profile` accepts, by name; "" for one that cannot be read."""
    read = {profile.name: profile.description for profile in list_profiles(folders) if isinstance(profile, Profile)}
    return {name: read.get(name, "") for name in profile_names(folders)}


def list_profiles(folders: Sequence[Path]) -> list[Profile | ProfileError]:
    """Read every profile, sorted by name; an invalid one as its error. The first folder that has a name counts.

    A folder that cannot be read is among them as an error, too.
    """
    found: list[Profile | ProfileError] = []
    for folder in folders:
        try:
            os.scandir(folder).close()
        except OSError as error:
            found.append(ProfileError(f"{folder}: cannot be read: {in_english(reason(error))}"))
    for name, path in sorted(profile_files(folders).items()):
        try:
            if not is_name(name):
                raise ProfileError(f"{path}:1: profile names use lower-case letters, digits, - and _. Rename the file.")
            found.append(load_profile(path, folders))
        except ProfileError as error:
            found.append(error)
    return found


@untranslated()  # messages with FILE:LINE are English
def load_profile(path: Path, folders: Sequence[Path] = ()) -> Profile:
    """Read a profile file and those it extends.

    folders: searched for `extends`; the folder of the file comes first unless it is among them. A file may extend one
    of the same name in a later folder. Raises one ProfileError with a line FILE:LINE: FIELD: ... for each problem.
    """
    searched = folders if path.parent in folders else (path.parent, *folders)
    files = [_read(path)]
    problems: list[str] = []
    while isinstance(name := files[-1].fields.get("extends"), str):
        child = files[-1]
        seen = {os.path.realpath(file.path) for file in files}
        parent = locate(name, searched, without=seen)
        if parent is None or len(files) > _MAX_CHAIN:
            child.add(("extends",), _no_parent(name, [file.path.stem for file in files], searched))
            break
        try:
            files.append(_read(parent))
        except ProfileError as error:  # its message names its own file and line
            problems.append(error.message)
            break
    profile = _combine(files)
    problems = [line for file in files for line in file.messages()] + problems
    if problems:
        raise ProfileError("\n".join(problems))
    return profile


_VAR_NAME = re.compile(r"[a-z_][a-z0-9_]*")
_MAX_CHAIN = 8


def _read(path: Path) -> FieldFile:
    """Read one file and check each field by itself."""
    file = FieldFile(path, strict_yaml.load(path))
    file.read(_FIELDS)
    if "prefix" in file.yaml.values and "system" in file.yaml.values:
        file.add(("system",), "another name of prefix, and both are given. Remove one.")
    if "system" in file.fields:
        file.fields["prefix"] = file.fields.pop("system")
    if "shots_file" in file.fields:
        name = file.fields["shots_file"]
        file.fields["rows"] = ((), "") if name is None else read_shots_file(file, path.parent / name)
    return file


def _combine(files: Sequence[FieldFile]) -> Profile:
    """Merge the child (first) with its parents and check what depends on several fields."""
    child = files[0]
    fields: dict[str, Any] = {}
    settings: dict[str, Value] = {}
    variables: dict[str, Variable] = {}
    for file in reversed(files):
        if "model" in file.fields:
            fields.pop("base", None)  # it belongs to the parent's model
        fields |= file.fields
        settings |= file.settings
        variables |= file.fields.get("vars", {})
    rows, __ = fields.pop("rows", ((), ""))
    fields["shots"] = (*fields.get("shots", ()), *rows)
    fields |= {"settings": settings, "vars": variables, "extends": child.fields.get("extends")}
    fields["name"] = child.fields.get("name") or name_like(child.path.stem)
    if "name" in child.fields and child.fields["name"] != child.path.stem and is_name(child.path.stem):
        child.add(("name",), f"expected {child.path.stem}, the name of the file, got {describe(child.fields['name'])}")
    if fields.get("base") is not None and not fields.get("model"):
        owner = next(file for file in files if "base" in file.fields)
        owner.add(("base",), "expected model: with the adapter that this is the base of, found none")
    _check_template(files, fields)
    try:
        Settings().with_layer(f"profile {fields['name']}", settings)
    except UsageError as error:
        name = error.message.partition(":")[0]
        next((file for file in files if name in file.settings), child).add_conflict(error)
    hashes = [each for file in files for each in (file.yaml.sha256, file.fields.get("rows", ((), ""))[1]) if each]
    sha256 = hashes[0] if len(hashes) == 1 else hashlib.sha256("".join(hashes).encode()).hexdigest()
    return Profile(**fields, path=child.path, sha256=sha256, source=child.yaml.source)


def _check_template(files: Sequence[FieldFile], fields: Mapping[str, Any]) -> None:
    owner = next((file for file in files if "template" in file.fields), None)
    if owner is None:
        return
    template: str = owner.fields["template"]
    if template in LAYOUTS:
        if template == "choice" and not fields.get("choices") and not any("choices" in f.yaml.values for f in files):
            owner.add(("template",), "the layout choice needs a list of choices, found none")
        return
    if "{{" not in template:
        names = ", ".join(LAYOUTS)
        hint = did_you_mean(template, LAYOUTS)
        owner.add(
            ("template",), f"expected one of {names}, or a text with {{{{input}}}}, got {describe(template)}.{hint}"
        )
        return
    declared = [name for file in files for name in _keys(file.yaml.values.get("vars"))]
    known = (*PLACEHOLDERS, *declared)
    parts = split_template(template)
    for part in parts:
        if isinstance(part, Placeholder) and part.name not in known:
            near = did_you_mean(part.name, known)
            hint = re.sub(r"mean (\w+)", r"mean {{\1}}", near) or " Known: " + ", ".join(known)
            where = f"line {part.line}, column {part.column}"
            owner.add(("template",), f"{where}: unknown placeholder {{{{{part.name}}}}}.{hint}")
    at = -1
    rest = re.sub(r"\{\{[a-z_][a-z0-9_]*\}\}", lambda found: "." * len(found[0]), template)
    while (at := rest.find("{{", at + 1)) >= 0:
        line, column = position(template, at)
        got = describe(template[at : at + 20])
        owner.add(("template",), f"line {line}, column {column}: expected a name like {{{{input}}}}, got {got}")
        at += 1
    count = sum(isinstance(part, Placeholder) and part.name == "input" for part in parts)
    if count != 1:
        owner.add(("template",), f"expected {{{{input}}}} exactly once, found it {count} times")
    placed = {part.name for part in parts if isinstance(part, Placeholder)}
    given = {
        "prefix": fields.get("prefix"),
        "shots": fields["shots"],
        "history": fields["settings"].get("history.turns"),
    }
    for name in (name for name, value in given.items() if value and name not in placed):
        owner.add(("template",), f"has no {{{{{name}}}}}, so the {name} this profile sets would never be sent")


def _choices(value: object, at: FieldPath, add: Add) -> tuple[str, ...]:
    choices: list[str] = []
    for n, item in enumerate(list_of(value, at, add)):
        choice = text_of(item, (*at, n), add)
        if isinstance(item, str) and (not choice.strip() or choice in choices):
            add((*at, n), f"expected different texts, none empty, got {describe(choice)}")
        choices.append(choice)
    return tuple(choices)


def _vars(value: object, at: FieldPath, add: Add) -> dict[str, Variable]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        add(at, f"expected names, each with default, choices or required below it, got {describe(value)}")
        return {}
    for name in value:
        if not _VAR_NAME.fullmatch(name) or name in PLACEHOLDERS:
            add((*at, name), f"expected a name of a-z, 0-9 and _, but not {', '.join(PLACEHOLDERS)}")
    return {name: _var(item, (*at, name), add) for name, item in value.items()}


def _var(value: object, at: FieldPath, add: Add) -> Variable:
    if value is None:
        return Variable()
    if not isinstance(value, dict):
        add(at, f"expected default, choices or required below it, got {describe(value)}")
        return Variable()
    for key in value:
        if key not in ("default", "choices", "required"):
            add((*at, key), unknown_field(key, ("default", "choices", "required")))
    choices = _choices(value.get("choices"), (*at, "choices"), add)
    required = value.get("required", False)
    if not isinstance(required, bool):
        add((*at, "required"), f"expected true or false, got {describe(required)}")
    if "default" not in value:
        return Variable(None if required else choices[0] if choices else "", choices)
    default = text_of(value["default"], (*at, "default"), add)
    if required:
        add((*at, "default"), "a required variable has no default. Remove one of the two.")
    elif choices and isinstance(value["default"], str) and default not in choices:
        add((*at, "default"), f"expected one of {', '.join(choices)}, got {describe(default)}")
    return Variable(default, choices)


def _schema(value: object, at: FieldPath, add: Add) -> int:
    if value != 1 or isinstance(value, bool | float):
        add(at, f"expected 1, the only version that this flanchat reads, got {describe(value)}")
    return 1


def _name(value: object, at: FieldPath, add: Add) -> str:
    name = text_of(value, at, add)
    if isinstance(value, str) and not is_name(name):
        add(at, f"expected lower-case letters, digits, - and _, got {describe(name)}")
    return name


def _file_name(value: object, at: FieldPath, add: Add) -> str:
    name = text_of(value, at, add)
    if isinstance(value, str) and (name != os.path.basename(name) or not name.endswith((".jsonl", ".csv"))):
        add(at, f"expected a .jsonl or .csv file in the folder of the profile, got {describe(name)}")
    return name


_FIELDS: dict[str, Check] = {
    "schema": _schema,
    "name": _name,
    "description": text_of,
    "extends": or_null(_name),
    "model": or_null(text_of),
    "base": or_null(text_of),
    "device": like(DEVICE),
    "prefix": text_of,
    "system": text_of,
    "template": text_of,
    "input_label": or_null(text_of),
    "output_label": or_null(text_of),
    "separator": text_of,
    "shots": shots,
    "shots_file": or_null(_file_name),
    "shots_max": like(Setting("shots_max", "int", 5, "", minimum=0, maximum=100)),
    "shots_order": like(Setting("shots_order", "choice", "given", "", choices=("given", "reverse", "shuffle"))),
    "vars": _vars,
    "choices": _choices,
}


def _no_parent(name: str, chain: Sequence[str], folders: Sequence[Path]) -> str:
    if name in chain:
        return "extends itself: " + " -> ".join([*chain, name])
    if len(chain) > _MAX_CHAIN:
        return f"expected a chain of at most {_MAX_CHAIN} profiles, found more"
    hint = did_you_mean(name, profile_names(folders))
    return f"unknown profile {name}.{hint}".removesuffix(".")


def _keys(value: object) -> list[str]:
    return list(value) if isinstance(value, dict) else []
