"""Which language the command line speaks, and its help in that language. Knows click, arguments and environment."""

from __future__ import annotations

import copy
import inspect
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import click

from flanchat.base.errors import StorageError, UsageError
from flanchat.base.i18n import LANGUAGES, N_, _, is_translated, use_language, wrap_line

_CLICKS = (
    N_("Usage:"),
    N_("Options"),
    N_("Commands"),
    N_("Show this message and exit."),
    N_("Show the version and exit."),
)
"""Words of click's own, which it asks for in English."""


def add_option(command: click.Command) -> None:
    """Give a command and all below it --lang. It is read before click reads the rest: see `choose_language`."""
    option = click.Option(
        ["--lang"], type=click.Choice(LANGUAGES), expose_value=False, help="Language of messages (default: auto)."
    )
    for each in every_command(command):
        each.params.append(option)


def choose_language(args: Sequence[str], environ: Mapping[str, str]) -> None:
    """Speak what --lang, FLANCHAT_LANG, the configuration or the locale says, the first of them that says anything.

    Raises UsageError for a language that there is not; the configuration is only glanced at, whatever state it is in.
    """
    asked, preferred = _flag(args), environ.get("FLANCHAT_LANG")
    chosen = asked or preferred or _configured(environ)
    if chosen and chosen not in LANGUAGES:
        where = "--lang" if asked else "FLANCHAT_LANG"
        use_language(None, environ)
        raise UsageError(_("{where}: expected auto, en or zh, got {got!r}").format(where=where, got=chosen))
    use_language(chosen, environ)


def translated(command: click.Command) -> click.Command:
    """The command with help in the language in force; a copy, unless that is English."""
    if not is_translated():
        return command
    command = copy.deepcopy(command)
    for each in every_command(command):
        _translate(each)
    return command


def every_command(command: click.Command) -> Iterator[click.Command]:
    """The command and all below it."""
    yield command
    if isinstance(command, click.Group):
        for inner in command.commands.values():
            yield from every_command(inner)


def help_texts(command: click.Command) -> Iterator[str]:
    """Everything that --help of the command and those below it can say, in English."""
    for each in every_command(command):
        if each.help:
            yield inspect.cleandoc(each.help)
        yield from (option.help for option in each.params if isinstance(option, click.Option) and option.help)


def _flag(args: Iterable[str]) -> str | None:
    """The last --lang that stands in front of a `--`."""
    found, is_next = None, False
    for word in args:
        if is_next:
            found, is_next = word, False
        elif word == "--":
            break
        elif word.startswith("--lang="):
            found = word.partition("=")[2]
        is_next = word == "--lang" and not is_next
    return found


def _configured(environ: Mapping[str, str]) -> str | None:
    """What the configuration file says, without the cost and the complaints of reading it as YAML."""
    from flanchat.base.files import open_regular
    from flanchat.base.paths import config_folder

    try:
        path = environ.get("FLANCHAT_CONFIG") or config_folder(environ) / "config.yaml"
        with open(open_regular(Path(path)), "rb") as file:
            head = file.read(2**16)
    except (OSError, StorageError):
        return None
    found = re.search(rb"""^lang: *["']?(auto|en|zh)["']? *(#.*)?\r?$""", head, re.MULTILINE)
    return found[1].decode() if found else None


def _translate(command: click.Command) -> None:
    """Translate a command's help in place: click made it when the command was declared."""
    command.context_class = _Context
    if command.help:
        command.help = _(inspect.cleandoc(command.help))
        command.short_help = re.split(r"[。\n]", command.help)[0]
    for option in command.params:
        if isinstance(option, click.Option) and option.help:
            option.help = _(option.help)


class _Formatter(click.HelpFormatter):
    """Help that counts in cells and breaks lines between Chinese characters."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, args, _("Usage:") + " ")

    def write_heading(self, heading: str) -> None:
        self.write(" " * self.current_indent + _("{group}:").format(group=_(heading)) + "\n")

    def write_text(self, text: str) -> None:
        """Paragraphs, broken anew but for those that begin with click's mark for what stays as it is."""
        indent, width = " " * self.current_indent, self.width - self.current_indent
        paragraphs = []
        for paragraph in text.split("\n\n"):
            mark, __, kept = paragraph.partition("\n")
            rows = kept.split("\n") if mark == "\b" else _filled(paragraph, width)
            paragraphs.append("".join(f"{indent}{row}\n" for row in rows))
        self.write("\n".join(paragraphs))

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        rows = list(rows)
        first = min(max((len(name) for name, __ in rows), default=0), col_max) + col_spacing
        indent = " " * self.current_indent
        for name, words in rows:
            lines = _filled(_(words), max(self.width - first - 2 * self.indent_increment, 10))
            begin = f"{indent}{name}"
            if len(name) > first - col_spacing:
                self.write(f"{begin}\n")
                begin = indent
            self.write(f"{begin:{first + len(indent)}}{lines[0] if lines else ''}".rstrip() + "\n")
            for line in lines[1:]:
                self.write(f"{' ' * (first + len(indent))}{line}\n")


def _filled(text: str, width: int) -> list[str]:
    return wrap_line(" ".join(text.split()), width)


class _Context(click.Context):
    formatter_class = _Formatter


def root_words(args: Sequence[str]) -> int:
    """How many of the first arguments are a --lang and its value, which belong to the program as a whole."""
    count = 0
    while count < len(args) and args[count].partition("=")[0] == "--lang":
        count += 1 if "=" in args[count] else 2
    return min(count, len(args))
