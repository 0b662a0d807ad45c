"""What click says of a mistyped command line, in the user's language: click takes its own from the process's locale."""

from __future__ import annotations

import re

import click

from flanchat.base.i18n import N_, _, is_translated

_FORMS = (
    N_("No such option {name}.{hint}"),
    N_("No such command {name}.{hint}"),
    N_("Missing command."),
    N_("Missing argument {name}."),
    N_("Missing option {name}."),
    N_("Option {name} requires an argument."),
    N_("Option {name} does not take a value."),
    N_("Got unexpected extra argument ({words})"),
    N_("Got unexpected extra arguments ({words})"),
    N_("Invalid value for {name}: {fault}"),
    N_("{value} is not a valid integer."),
    N_("{value} is not a valid integer range."),
    N_("{value} is not in the range {range}."),
    N_("{value} is not one of {words}."),
    N_(" Did you mean {name}?"),
    N_(" (Did you mean one of: {name}?)"),
)
"""Click's sentences; hint and fault are sentences, too."""


def click_message(error: click.ClickException) -> str:
    """The message of an error, translated as far as it is one of click's known sentences."""
    message = error.format_message()
    return _translated(message) if is_translated() else message


def _translated(message: str) -> str:
    for form in _FORMS:
        pattern = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>.*?)", re.escape(form))
        if found := re.fullmatch(pattern, message, re.DOTALL):
            parts = found.groupdict()
            return _(form).format(
                **{name: _translated(part) if name in ("hint", "fault") else part for name, part in parts.items()}
            )
    return message
