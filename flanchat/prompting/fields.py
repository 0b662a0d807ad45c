"""Checks the fields of a YAML file one by one and collects all problems, each with its line. Knows no profile."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from flanchat.base.errors import ProfileError, UsageError
from flanchat.base.strict_yaml import FieldPath, YamlDocument, format_path
from flanchat.base.wording import describe
from flanchat.prompting.setting import Setting, Value
from flanchat.prompting.settings import BY_NAME, SETTINGS, unknown_field

GROUPS: Mapping[str, list[str]] = {
    group: [s.short for s in SETTINGS if s.group == group] for group in dict.fromkeys(s.group for s in SETTINGS)
}
"""The keys that hold settings, such as `decode`, with the short names of their settings."""
_MAX_PROBLEMS = 20

Add: TypeAlias = Callable[[FieldPath, str], None]
Check: TypeAlias = Callable[[Any, FieldPath, Add], Any]
"""Returns the final value of a field at a path. Calls the last argument for each problem; then the result is unused."""


def like(setting: Setting) -> Check:
    """Return a check for a field that is declared like a setting."""

    def check(value: object, at: FieldPath, add: Add) -> Value:
        try:
            return setting.check(value)
        except UsageError as error:
            add(at, error.message.removeprefix(f"{setting.name}: "))
            return None

    return check


def list_of(value: object, at: FieldPath, add: Add) -> list[Any]:
    if value is not None and not isinstance(value, list):
        add(at, f"expected a list, got {describe(value)}")
    return value if isinstance(value, list) else []


def text_of(value: object, at: FieldPath, add: Add) -> str:
    if isinstance(value, dict):
        add(at, 'expected text, got a mapping. Put quotes around text that starts with "{" or contains ": ".')
    elif not isinstance(value, str):
        hint = "" if value is None or isinstance(value, list) else ". Put quotes around it."
        add(at, f"expected text, got {describe(value)}{hint}")
    elif re.search("[\ud800-\udfff]", value):  # in a .jsonl file; YAML with one is refused earlier
        add(at, "half a character (a lone surrogate) is not allowed. Remove it.")
    else:
        return value
    return ""


def or_null(check: Check) -> Check:
    return lambda value, at, add: None if value is None else check(value, at, add)


@dataclass(slots=True)
class FieldFile:
    """The checked content of one file, with its problems. Fields and settings with problems are left out."""

    path: Path
    yaml: YamlDocument
    fields: dict[str, Any] = field(default_factory=dict)
    settings: dict[str, Value] = field(default_factory=dict)
    problems: list[tuple[int, str]] = field(default_factory=list)

    def read(self, checks: Mapping[str, Check]) -> None:
        """Check each field by itself. checks: of the fields that are not settings."""
        for key, value in self.yaml.values.items():
            if key in checks:
                self._check(checks[key], value, (key,), self.fields, key)
            elif key not in GROUPS:
                self.add((key,), unknown_field(key, [*checks, *GROUPS]))
            elif isinstance(value, dict):
                self._read_group(key, value)
            elif value is not None:
                self.add((key,), f"expected settings, one per line, got {describe(value)}")

    def _read_group(self, group: str, values: dict[str, object]) -> None:
        for key, value in values.items():
            if (setting := BY_NAME.get(f"{group}.{key}")) is None:
                self.add((group, key), unknown_field(key, GROUPS[group]))
            else:
                self._check(like(setting), value, (group, key), self.settings, setting.name)

    def _check(self, check: Check, value: object, at: FieldPath, into: dict[str, Any], name: str) -> None:
        problems = len(self.problems)
        checked = check(value, at, self.add)
        if len(self.problems) == problems:
            into[name] = checked

    def add(self, at: FieldPath, what: str) -> None:
        """Add a problem with the field at `at`. Raises ProfileError when there are too many."""
        line = next((self.yaml.lines[at[:n]] for n in range(len(at), -1, -1) if at[:n] in self.yaml.lines), 1)
        self.problems.append((line, f"{format_path(at)}: {what}"))
        if len(self.problems) >= _MAX_PROBLEMS:
            raise ProfileError(
                "\n".join([*self.messages(), f"{self.path}:{line}: too many problems, the rest is not read"])
            )

    def add_conflict(self, error: UsageError) -> None:
        """Add what `Settings` says about settings that exclude each other. Its message begins with one of them."""
        name, __, what = error.message.partition(": ")
        self.add(tuple(name.split(".")), what)

    def messages(self) -> list[str]:
        return [f"{self.path}:{line}: {what}" for line, what in sorted(self.problems, key=lambda problem: problem[0])]
