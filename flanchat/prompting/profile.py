"""A profile: how a question becomes a prompt and how the answer is decoded. Knows no file and no model.

A template only inserts texts; what is inserted is never scanned for placeholders.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from flanchat.base.errors import UsageError
from flanchat.base.i18n import _
from flanchat.base.wording import describe, did_you_mean, with_hint
from flanchat.prompting.setting import Value
from flanchat.prompting.shots import Shot


@dataclass(frozen=True, slots=True)
class Layout:
    """How a named template writes an exchange. cue: opens the answer. before, after: written once, around all."""

    question: str
    cue: str
    before: str = ""
    after: str = ""


# The forms that FLAN was trained on; see docs/profiles.md.
LAYOUTS: dict[str, Layout] = {
    "plain": Layout("", ""),
    "qa": Layout("Q:", "A:"),
    "instruct": Layout("Question:", "Answer:", before="Answer the following question."),
    "dialog": Layout("Person A:", "Person B:", before="Dialog:"),
    "cot": Layout("Q:", "A:", after="Let's think step by step."),
    "choice": Layout("Question:", "Answer:"),
}
PLACEHOLDERS = ("input", "prefix", "shots", "history")


@dataclass(frozen=True, slots=True)
class Variable:
    """A placeholder that the user fills in with --var. default: None if a value is required."""

    default: str | None = ""
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Profile:
    """A profile file, together with what it inherits through `extends`. Fields are in the order of a written file.

    model: None keeps the current model. base: of a model that is an adapter; None means the one that it names.
    device: None leaves it to flags and configuration.
    template: a name in LAYOUTS, or a text for `split_template` that contains {{input}} once.
    input_label, output_label: None means those of the layout.
    shots: those of the file, then those of shots_file.
    settings: by long name, only those that the files set; all values checked.
    path, source: of the file itself. sha256: of its bytes; with `extends` or `shots_file`, of the hashes of all files.
    """

    name: str
    description: str = ""
    extends: str | None = None
    model: str | None = None
    base: str | None = None
    device: str | None = None
    prefix: str = ""
    template: str = "plain"
    input_label: str | None = None
    output_label: str | None = None
    separator: str = "\n\n"
    vars: Mapping[str, Variable] = field(default_factory=dict)
    choices: tuple[str, ...] = ()
    shots: tuple[Shot, ...] = ()
    shots_file: str | None = None
    shots_max: int = 5
    shots_order: str = "given"
    settings: Mapping[str, Value] = field(default_factory=dict)
    schema: int = 1
    path: Path | None = None
    sha256: str = ""
    source: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return all fields but path and source as JSON values, for a record that does not depend on the file."""
        fields = asdict(self)
        del fields["path"], fields["source"]
        return fields


@dataclass(frozen=True, slots=True)
class TemplateText:
    """A part of a template that is sent unchanged."""

    text: str


@dataclass(frozen=True, slots=True)
class Placeholder:
    """A placeholder in a template. line, column: in the template, from 1."""

    name: str
    line: int
    column: int


def split_template(text: str) -> tuple[TemplateText | Placeholder, ...]:
    """Split a template at its {{names}}. Everything else, single braces included, is text.

    >>> split_template("Q: {{input}} {A}")
    (TemplateText(text='Q: '), Placeholder(name='input', line=1, column=4), TemplateText(text=' {A}'))
    """
    parts: list[TemplateText | Placeholder] = []
    end = 0
    for found in re.finditer(r"\{\{([a-z_][a-z0-9_]*)\}\}", text):
        if found.start() > end:
            parts.append(TemplateText(text[end : found.start()]))
        parts.append(Placeholder(found[1], *position(text, found.start())))
        end = found.end()
    if end < len(text):
        parts.append(TemplateText(text[end:]))
    return tuple(parts)


def position(text: str, at: int) -> tuple[int, int]:
    """Line and column of a character, from 1."""
    return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)


def takes(profile: Profile, name: str) -> bool:
    """Whether the profile's prompts have a place for a placeholder: every layout has, a template where it says so."""
    parts = split_template(profile.template)
    return profile.template in LAYOUTS or any(isinstance(part, Placeholder) and part.name == name for part in parts)


def fits(profile: Profile, names: Collection[str], base: str) -> bool:
    """Whether the profile is for any model, or for the one of these names with this base."""
    return profile.model in (None, *names) and profile.base in (None, base)


def check_variable(profile: Profile, name: str, value: str) -> None:
    """Raise UsageError if the profile has no such variable or does not allow this value."""
    if name not in profile.vars:
        raise UsageError(
            _("{name}: profile {profile} has no such variable.{hint}").format(
                name=name, profile=profile.name, hint=did_you_mean(name, profile.vars)
            )
        )
    choices = profile.vars[name].choices
    if choices and value not in choices:
        what = _("{name}: expected one of {choices}, got {value}")
        what = what.format(name=name, choices=", ".join(choices), value=describe(value))
        raise UsageError(with_hint(what, did_you_mean(value, choices)))
