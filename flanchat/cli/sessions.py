"""`flanchat sessions`: list, show, search, rate, export and remove recorded sessions."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import click

from flanchat.base.errors import StorageError, UsageError
from flanchat.base.files import refuse_source
from flanchat.base.format import clipped
from flanchat.base.i18n import _, ngettext
from flanchat.base.sanitize import printable
from flanchat.cli import completers
from flanchat.cli.environment import Environment
from flanchat.cli.language import Group
from flanchat.cli.options import TypedPath, open_view, typed_text
from flanchat.cli.recorded import open_library
from flanchat.sessions.answer import Answer
from flanchat.sessions.library import find_record
from flanchat.sessions.review import Record, annotate, answer_named, check_rating, rate, ratings_of, split_turn
from flanchat.sessions.session_record import SessionRecord
from flanchat.sessions.transcript import SUFFIX
from flanchat.ui.tables import hits_table, sessions_table

_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
_brief = click.option("--brief", is_flag=True, help="Only the questions and answers.")
_rated = click.option("--rated", multiple=True, metavar="RATING", help="Only answers rated good, bad, 1 to 5, or any.")
_WHICH = "N|NAME|ID"


@click.group(cls=Group, invoke_without_command=True)
@click.pass_context
def sessions(context: click.Context) -> None:
    """List, show, search, rate, export and remove sessions."""
    if context.invoked_subcommand is None:
        context.invoke(list_sessions, most=20, one_shots=False, as_json=False)


@sessions.command("list")
@click.option("-n", "most", type=click.IntRange(1), default=20, metavar="N", help="How many (default: 20).")
@click.option("--one-shots", is_flag=True, help="Also list what ask, beams, choose and the like asked, as q1, q2 ...")
@_json
@click.pass_obj
def list_sessions(env: Environment, most: int, one_shots: bool, as_json: bool) -> None:
    """List sessions, newest first."""
    library = open_library(env)
    entries = library.sessions(most, one_shots=one_shots)
    if as_json:
        for entry in entries:
            env.print_json(dataclasses.asdict(entry), default=str)
    else:
        open_view(env).show(sessions_table(entries, 0 if one_shots else library.count_one_shots()))


@sessions.command("show")
@click.argument("which", metavar=f"{_WHICH}|PATH", shell_complete=completers.complete_session_or_file)
@_brief
@click.pass_obj
def show_session(env: Environment, which: str, brief: bool) -> None:
    """Print a session as text."""
    from flanchat.export.text import to_text

    env.print(to_text(_read(env, which)[1], brief=brief), end="")


@sessions.command("search")
@click.argument("words", nargs=-1)
@_rated
@click.option("-n", "most", type=click.IntRange(1), default=50, metavar="N", help="How many (default: 50).")
@_json
@click.pass_obj
def search_sessions(env: Environment, words: tuple[str, ...], rated: tuple[str, ...], most: int, as_json: bool) -> None:
    """Search all sessions for words, or for rated answers."""
    if not words and not rated:
        raise UsageError(_("nothing to search for: give WORDS, or --rated RATING"))
    hits = open_library(env).search(" ".join(words), most, rated=ratings_of(rated))
    if as_json:
        for hit in hits:
            env.print_json(dataclasses.asdict(hit), default=str)
    else:
        open_view(env).show(hits_table(hits, " ".join(words)))


@sessions.command("export")
@click.argument("which", metavar=f"{_WHICH}|PATH", shell_complete=completers.complete_session_or_file)
@click.argument("file", type=TypedPath())
@_brief
@click.option("--force", is_flag=True, help="Overwrite FILE.")
@click.pass_obj
def export_session(env: Environment, which: str, file: Path, brief: bool, force: bool) -> None:
    """Write a session to FILE in the format of its extension: .md, .html, .json, .jsonl or .txt."""
    from flanchat.export.exporters import write_export

    path, record = _read(env, which)
    refuse_source(file, path)
    write_export(record, file, brief=brief, overwrite=force)
    env.print(printable(_("Written: {path}").format(path=file)))


@sessions.command("rate")
@click.argument("which", metavar=_WHICH)
@click.argument("words", nargs=-1, required=True, metavar="[TURN] RATING")
@click.pass_obj
def rate_answer(env: Environment, which: str, words: tuple[str, ...]) -> None:
    """Rate the last answer of a session or that of TURN: good, bad, 1 to 5, or none to remove its rating."""
    turn, word = split_turn(words)
    rating = check_rating(word)
    _review(env, which, turn, lambda answer, record: rate(answer, rating, record))


@sessions.command("note")
@click.argument("which", metavar=_WHICH)
@click.argument("words", nargs=-1, required=True, callback=typed_text, metavar="[TURN] TEXT")
@click.pass_obj
def note_answer(env: Environment, which: str, words: tuple[str, ...]) -> None:
    """Add a note to the last answer of a session or to that of TURN; none removes its notes."""
    turn, text = split_turn(words)
    _review(env, which, turn, lambda answer, record: annotate(answer, "" if text == "none" else text, record))


def _review(env: Environment, which: str, turn: str, act: Callable[[Answer, Record], None]) -> None:
    """Change the review of an answer in a session's file, and print what it is now."""
    library = open_library(env)
    transcript, record = library.resume(library.find(which))
    try:
        answer = answer_named(record.conversation, turn, _("turn"))
        assert answer is not None  # split_turn gives no other word
        act(answer, transcript.record)
    finally:
        transcript.close("")
    if transcript.problem:
        raise StorageError(transcript.problem)
    review = " · ".join(filter(None, (answer.rating, *answer.notes))) or _("not rated")
    env.print(printable(f"{clipped(answer.text)}: {review}"))


@sessions.command("rated")
@click.argument("file", type=TypedPath())
@click.argument("which", nargs=-1, metavar=f"[{_WHICH}]...")
@_rated
@click.option("--force", is_flag=True, help="Overwrite FILE.")
@click.pass_obj
def export_rated(env: Environment, file: Path, which: tuple[str, ...], rated: tuple[str, ...], force: bool) -> None:
    """Write rated answers to FILE (.csv or .jsonl), a prompt on each line, for flanchat sweep.

    Answers rated good, 4 or 5 are also the targets. Without a session, those of all sessions are written.

    \b
    flanchat sessions rated good.csv --rated good
    flanchat sweep good.csv -p plain,qa
    """
    from flanchat.export.rated import rated_rows, write_rated

    library = open_library(env)
    paths = [library.find(one) for one in which] or [entry.path for entry in library.sessions(one_shots=True)]
    refuse_source(file, *paths)
    rows = rated_rows(map(library.read, paths), ratings_of(rated))
    if not rows:
        raise UsageError(_("no answer has such a rating; rate answers with /rate or flanchat sessions rate"))
    write_rated(rows, file, overwrite=force)
    count = ngettext("{count} answer", "{count} answers", len(rows)).format(count=len(rows))
    env.print(printable(_("Written: {path} ({count})").format(path=file, count=count)))


@sessions.command("rm")
@click.argument("which", nargs=-1, required=True, metavar=f"{_WHICH}...", shell_complete=completers.complete_session)
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def remove_sessions(env: Environment, which: tuple[str, ...], yes: bool) -> None:
    """Delete sessions permanently."""
    library = open_library(env)
    paths = list(dict.fromkeys(library.find(one) for one in which))
    if not yes:
        env.confirm_removal(path.name for path in paths)
    for path in paths:
        library.remove(path)
        env.print(printable(_("Deleted: {path}").format(path=path)))


def _read(env: Environment, which: str) -> tuple[Path, SessionRecord]:
    """A session of the list, or the one at a path: what looks like none is a name, whatever this folder contains."""
    library = open_library(env)
    if "/" in which or which.endswith(SUFFIX):
        return find_record(which, library, env.environ)
    path = library.find(which)
    return path, library.read(path)
