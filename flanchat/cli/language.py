"""Which language the command line speaks, and its help in that language."""

from __future__ import annotations

import copy
import inspect
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

import click

from flanchat.base.errors import StorageError, UsageError
from flanchat.base.i18n import LANGUAGES, N_, _, is_translated, join_sentences, translate_made, use_language, wrap_line

_CLICKS = (
    N_("Usage:"),
    N_("Options"),
    N_("Commands"),
    N_("Show this message and exit."),
    N_("Show the version and exit."),
)
"""Click's own texts, which it passes to our formatter in English."""


_CLICKS_ERRORS = (
    N_("No such option {option}. (Did you mean one of: {options}?)"),
    N_("No such option {option}. Did you mean {other}?"),
    N_("No such option {option}."),
    N_("No such option: {option}"),
    N_("No such command {command}. (Did you mean one of: {commands}?)"),
    N_("No such command {command}. Did you mean {other}?"),
    N_("No such command {command}."),
    N_("Missing argument {argument}. Choose from:{choices}"),
    N_("Missing argument {argument}."),
    N_("Missing option {option}."),
    N_("Missing command."),
    N_("Option {option} requires an argument."),
    N_("Option {option} does not take a value."),
    N_("Got unexpected extra argument ({argument})"),
    N_("Got unexpected extra arguments ({arguments})"),
    N_("Invalid value for {where}: {why}"),
    N_("Invalid value: {why}"),
    N_("{value} is not one of {choices}."),
    N_("{value} is not a valid integer."),
    N_("{value} is not a valid integer range."),
    N_("{value} is not a valid float."),
    N_("{value} is not a valid float range."),
    N_("{value} is not a valid boolean."),
    N_("{value} is not in the range {range}."),
)
"""Click's messages. They are translated as they are printed, because click asks the process for its language."""


def click_message(error: click.ClickException) -> str:
    """What click says about a command line, in the language in use, and what the command takes instead."""
    message = translate_made(error.format_message(), _CLICKS_ERRORS)
    context = error.ctx if isinstance(error, click.UsageError) else None
    if context is None:
        return message
    if type(error) in {click.UsageError, click.MissingParameter}:  # an argument too many, or one that is missing
        usage = " ".join([context.command_path, *context.command.collect_usage_pieces(context)])
        return "\n".join([message, join_sentences(_("Usage:"), usage)])
    if isinstance(error, click.BadParameter):
        return message
    seen = context.parent if context.command.hidden and context.parent else context  # not a command that users type
    return "\n".join([message, _("See {command} --help").format(command=seen.command_path)])


def add_lang_option(command: click.Command) -> None:
    """Add --lang to a command and its subcommands. `choose_language` reads it, before click parses anything."""
    option = click.Option(
        ["--lang"], type=click.Choice(LANGUAGES), expose_value=False, help="Language of messages (default: auto)."
    )
    for each in _with_subcommands(command):
        each.params.append(option)


def choose_language(args: Sequence[str], environ: Mapping[str, str]) -> None:
    """Use the language of --lang, FLANCHAT_LANG, the configuration file or the locale, the first that names one.

    Raises UsageError for an unknown language. The configuration file is not validated here.
    """
    flag, variable = _last_flag(args), environ.get("FLANCHAT_LANG")
    chosen = flag or variable or _configured(environ)
    if chosen and chosen not in LANGUAGES:
        where = "--lang" if flag else "FLANCHAT_LANG"
        use_language(None, environ)
        raise UsageError(_("{where}: expected auto, en or zh, got {got!r}").format(where=where, got=chosen))
    use_language(chosen, environ)


def localized(command: click.Command) -> click.Command:
    """The command with help in the language in use: itself for English, else a translated copy."""
    if not is_translated():
        return command
    command = copy.deepcopy(command)
    for each in _with_subcommands(command):
        _translate(each)
    return command


def _with_subcommands(command: click.Command) -> Iterator[click.Command]:
    """A command and its subcommands, as far as they are loaded."""
    yield command
    if isinstance(command, click.Group):
        for inner in command.commands.values():
            yield from _with_subcommands(inner)


def _last_flag(args: Iterable[str]) -> str | None:
    """The value of the last --lang before a `--`."""
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
    """The configured language, read without importing a YAML parser; None when the file cannot be read."""
    from flanchat.base.files import open_regular
    from flanchat.base.paths import config_folder, typed_path

    try:
        chosen = environ.get("FLANCHAT_CONFIG")
        path = typed_path(chosen, environ) if chosen else config_folder(environ) / "config.yaml"
        with open(open_regular(path), "rb") as file:
            head = file.read(2**16)
    except (OSError, StorageError):
        return None
    found = re.search(rb"""^lang: *["']?(auto|en|zh)["']? *(#.*)?\r?$""", head, re.MULTILINE)
    return found[1].decode() if found else None


def _translate(command: click.Command) -> None:
    """Translate a command's help in place: click fixed it when the command was declared."""
    command.context_class = _Context
    if command.help:
        command.help = _(inspect.cleandoc(command.help))
    for option in command.params:
        if isinstance(option, click.Option) and option.help:
            option.help = _(option.help)


class Group(click.Group):
    """A command with subcommands, which its help lists with their whole first sentences: click would cut them."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        found = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
        with formatter.section("Commands"):
            formatter.write_dl([(name, _first_sentence(one)) for name, one in found if one and not one.hidden])


def _first_sentence(command: click.Command) -> str:
    text = " ".join(inspect.cleandoc(command.help or "").partition("\n\n")[0].split())
    found = re.match(r".*?[^.]\.(?= |$)|.*?。", text)
    return found[0] if found else text


class _Formatter(click.HelpFormatter):
    """Help measured in terminal cells, with lines broken between Chinese characters."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, args, join_sentences(_("Usage:"), prog).removesuffix(prog))

    def write_heading(self, heading: str) -> None:
        self.write(" " * self.current_indent + _("{group}:").format(group=_(heading)) + "\n")

    def write_text(self, text: str) -> None:
        """Rewrap paragraphs, except those that begin with \\b, click's mark for preformatted text."""
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


def count_leading_lang(args: Sequence[str]) -> int:
    """How many of the first arguments are --lang and its value, which belong to the program rather than a command."""
    count = 0
    while count < len(args) and args[count].partition("=")[0] == "--lang":
        count += 1 if "=" in args[count] else 2
    return min(count, len(args))
