"""Updates and compiles the Chinese catalogue.

python -m tests.catalogue update     # write every text of the code to the .po; then translate the empty ones
python -m tests.catalogue compile    # write the .mo
"""

from __future__ import annotations

import inspect
import io
import sys
from collections.abc import Iterator

import click
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from flanchat.base.i18n import LOCALE
from flanchat.cli import cli
from flanchat.prompting.profile import Profile
from flanchat.prompting.profile_reader import list_profiles

PACKAGE = LOCALE.parent
BUNDLED = PACKAGE.parent / "profiles"
PO = LOCALE / "zh_CN" / "LC_MESSAGES" / "flanchat.po"
MO = PO.with_suffix(".mo")
KEYWORDS = {"_": None, "N_": None, "ngettext": (1, 2)}


def texts() -> Catalog:
    """Every text of the code: marked strings, the help of the command line, which is in docstrings, and the profiles'
    descriptions."""
    found = Catalog()
    for file, __, message, comments, ___ in extract_from_dir(
        PACKAGE, [("**.py", "python"), ("**.j2", "jinja2")], keywords=KEYWORDS, strip_comment_tags=True
    ):
        if message:
            found.add(message, locations=[(f"flanchat/{file}", 0)], auto_comments=comments)
    for profile in list_profiles([BUNDLED]):
        assert isinstance(profile, Profile)
        found.add(profile.description, locations=[("profiles", 0)])
    for help_text in help_texts(cli):
        found.add(help_text, locations=[("flanchat/cli", 0)])
    return found


def help_texts(command: click.Command) -> Iterator[str]:
    """Everything that --help of a command and its subcommands can print, in English."""
    if command.help:
        yield inspect.cleandoc(command.help)
    yield from (option.help for option in command.params if isinstance(option, click.Option) and option.help)
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            assert inner is not None
            yield from help_texts(inner)


def catalogue() -> Catalog:
    with PO.open("rb") as file:
        return read_po(file, locale="zh_CN")


def compiled(chinese: Catalog) -> bytes:
    made = io.BytesIO()
    write_mo(made, chinese)
    return made.getvalue()


def update() -> None:
    """Write the current texts to the .po. A changed text counts as new."""
    chinese = catalogue()
    chinese.update(texts(), no_fuzzy_matching=True)
    made = io.BytesIO()
    write_po(made, chinese, width=116, include_lineno=False, ignore_obsolete=True, sort_by_file=True, omit_header=True)
    head = PO.read_bytes().partition(b"\n\n")[0]  # the glossary and the encoding
    PO.write_bytes(head + b"\n\n" + made.getvalue().strip(b"\n") + b"\n")


if __name__ == "__main__":
    if sys.argv[1:] == ["update"]:
        update()
    elif sys.argv[1:] == ["compile"]:
        MO.write_bytes(compiled(catalogue()))
    else:
        raise SystemExit(__doc__)
