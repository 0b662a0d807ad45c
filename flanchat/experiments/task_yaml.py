"""The fields of another program's task file, with the line of each for messages. Knows no program."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from flanchat.base.errors import ProfileError, PromptsError
from flanchat.base.strict_yaml import FieldPath, format_path, parse_any
from flanchat.experiments.template import Template, TemplateError


@dataclass(frozen=True, slots=True)
class TaskYaml:
    """name: of the file. root: its value, a mapping or list. lines: of each key and list item."""

    name: str
    root: Any
    lines: Mapping[FieldPath, int]

    def line(self, at: FieldPath) -> int:
        """The line of a field, or of the innermost one around it."""
        return next((self.lines[at[:n]] for n in range(len(at), -1, -1) if at[:n] in self.lines), 1)

    def where(self, at: FieldPath) -> str:
        """FILE:LINE of a field."""
        return f"{self.name}:{self.line(at)}"

    def refuse(self, at: FieldPath, what: str) -> NoReturn:
        raise PromptsError(f"{self.where(at)}: {format_path(at)}{': ' if at else ''}{what}")

    def mapping(self, at: FieldPath, value: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            self.refuse(at, f"expected fields such as `key: value`, found {_kind(value)}")
        return value

    def items(self, at: FieldPath, value: Any) -> list[Any]:
        if not isinstance(value, list) or not value:
            self.refuse(at, f"expected a list, one item or more, found {_kind(value)}")
        return value

    def text(self, at: FieldPath, value: Any) -> str:
        if not isinstance(value, str) or not value.strip():
            self.refuse(at, f"expected a text, found {_kind(value)}")
        return value

    def scalar(self, at: FieldPath, value: Any) -> str:
        """A text, number, true or false as text."""
        if value is None or isinstance(value, list | dict):
            self.refuse(at, f"expected a text, found {_kind(value)}")
        return str(value).lower() if isinstance(value, bool) else str(value)

    def template(self, at: FieldPath, source: str) -> Template:
        try:
            return Template(source)
        except TemplateError as error:
            self.refuse(at, str(error))

    def keys(self, at: FieldPath, value: Mapping[str, Any], read: Collection[str], refused: Mapping[str, str]) -> None:
        """Refuse the fields that are not read: by their reason, or as unknown. read: includes those without effect."""
        for key in value:
            if key in refused:
                self.refuse((*at, key), refused[key])
            if key not in read:
                self.refuse((*at, key), "flanchat does not read this field; remove it if the task does without it")


def load(name: str, content: bytes) -> TaskYaml:
    """Raises PromptsError."""
    try:
        root, lines = parse_any(content, name)
    except ProfileError as error:
        raise PromptsError(error.message) from None
    return TaskYaml(name, root, lines)


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return f"the number {value}"
    kinds = {str: "an empty text", list: "a list" if value else "an empty list", dict: "fields", type(None): "nothing"}
    return kinds[type(value)] if not isinstance(value, str) or not value.strip() else "a text"
