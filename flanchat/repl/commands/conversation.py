"""Commands about the conversation itself: again, on, back, elsewhere. Prints nothing."""

from __future__ import annotations

import os
from pathlib import Path

from flanchat.base.errors import StorageError, UsageError
from flanchat.base.format import clipped
from flanchat.base.i18n import _
from flanchat.base.paths import expand_home
from flanchat.prompting.profile import check_name
from flanchat.prompting.settings import parse_settings, split_pairs
from flanchat.repl.commands.inspect import FINISHES
from flanchat.repl.context import AskAgain, Attachment, Context, CopyText, EditDraft, RunScript, ShowAnswer, Shown
from flanchat.sessions.conversation import Answer
from flanchat.ui.types import Table

FILE_BYTES = 2**20
_CLIP = 60


def regen(context: Context, arguments: str) -> Shown:
    context.session.last()
    changes = parse_settings(split_pairs(arguments)) if arguments else {}
    context.session.settings.update("once", changes)  # refuses clashes before anything is asked
    return ShowAnswer(
        context.session.regenerate(changes),
        lambda: context.session.regenerate({**changes, "budget.on_overflow": "drop"}),
    )


def go_on(context: Context, arguments: str) -> Shown:
    return ShowAnswer(context.session.continue_answer())


def undo(context: Context, arguments: str) -> Shown:
    context.session.undo(_count(arguments, "/undo"))
    return _where(context)


def redo(context: Context, arguments: str) -> Shown:
    context.session.redo(_count(arguments, "/redo"))
    return _where(context)


def clear(context: Context, arguments: str) -> Shown:
    context.session.clear()
    return _("The conversation is forgotten; profile and settings stay, the record too. /undo brings it back.")


def edit(context: Context, arguments: str) -> Shown:
    turns = context.session.turns
    if not turns:
        raise UsageError(_("nothing was asked yet, so there is no question to change"))
    number, __, text = arguments.partition(" ")
    if number.isdecimal():
        if len(number) > 9 or not 0 < int(number) <= len(turns):
            raise UsageError(
                _("/edit {number}: expected a turn from 1 to {count}; /history numbers them").format(
                    number=number, count=len(turns)
                )
            )
        turn = int(number)
    else:
        turn, text = len(turns), arguments
    if text.strip():
        return AskAgain(text.strip(), turn)
    context.editing = turn
    return EditDraft(
        turns[turn - 1].question, _("Change question {turn} and send it; Ctrl-C leaves it as it was.").format(turn=turn)
    )


def fork(context: Context, arguments: str) -> Shown:
    name = context.session.fork(check_name(arguments, "branch") if arguments else "")
    return _("You are on the new branch {name}. {where}").format(name=name, where=_where(context))


def branches(context: Context, arguments: str) -> Shown:
    conversation = context.session.conversation
    if arguments:
        context.session.switch(arguments)
        return _("You are on the branch {branch}. {where}").format(branch=conversation.branch, where=_where(context))
    rows = tuple(
        (
            ("* " if branch.current else "  ") + str(number),
            branch.name or _("(left behind)"),
            str(branch.turns),
            clipped(branch.end.question if branch.end else ""),
            clipped(branch.end.text if branch.end else ""),
        )
        for number, branch in enumerate(conversation.branches(), 1)
    )
    return Table(
        _("Branches"),
        ("", _("branch"), _("turns"), _("last question"), _("answer")),
        rows,
        _("/branches NUMBER or NAME goes there."),
    )


def history(context: Context, arguments: str) -> Shown:
    turns = list(enumerate(context.session.turns, 1))
    if arguments:
        turns = turns[-_count(arguments, "/history") :]
    if not turns:
        return _("Nothing was asked yet.")
    rows = tuple((str(n), clipped(turn.question), clipped(turn.text), ending(turn)) for n, turn in turns)
    return Table(_("Turns"), ("", _("question"), _("answer"), ""), rows)


def copy(context: Context, arguments: str) -> Shown:
    return CopyText(context.session.last().text)


def file(context: Context, arguments: str) -> Shown:
    if not arguments:
        if not context.attachments:
            raise UsageError(_("/file needs the PATH of a text file"))
        context.attachments.clear()
        return _("No file goes with the next question.")
    text = read_text(Path(expand_home(arguments, context.environ)))
    measured = context.engine.measure([text])
    attachment = Attachment(Path(arguments).name, text, measured.total - 1)
    context.attachments.append(attachment)
    limit = context.session.settings.value("max_input_tokens")
    over = (
        _(" That is more than the {limit} that a prompt may have.").format(limit=limit)
        if attachment.tokens >= limit
        else ""
    )
    return _(
        "{name}: {tokens} tokens; it goes in front of your next question, /file alone takes it back.{over}"
    ).format(name=attachment.name, tokens=attachment.tokens, over=over)


def run(context: Context, arguments: str) -> Shown:
    if not arguments:
        raise UsageError(_("/run needs the PATH of a file with one entry a line"))
    path = Path(expand_home(arguments, context.environ))
    return RunScript(path, tuple(line for line in read_text(path).split("\n") if line.strip()))


def read_text(path: Path) -> str:
    """A text file of the user's.

    Raises StorageError for what is no file or too large, UsageError for what is not there or no UTF-8 text.
    """
    from flanchat.base.files import open_regular_read, reason

    try:
        with open(open_regular_read(path), "rb") as opened:
            raw = opened.read(FILE_BYTES + 1)
    except OSError as error:
        raise UsageError(f"{path}: {reason(error)}") from error
    if len(raw) > FILE_BYTES:
        raise StorageError(
            _("{path}: expected at most {most} bytes, found {found}").format(
                path=path, most=FILE_BYTES, found=os.path.getsize(path)
            )
        )
    try:
        return raw.decode("utf-8").removeprefix("\ufeff").replace("\r\n", "\n").rstrip("\n")
    except UnicodeDecodeError as error:
        raise UsageError(
            _("{path}: expected UTF-8 text, found something else at byte {at}; convert it first").format(
                path=path, at=error.start
            )
        ) from None


def ending(turn: Answer) -> str:
    """How an answer ended, when not by itself."""
    return "" if turn.finish in ("eos", "stop") else _(FINISHES.get(turn.finish, turn.finish))


def _where(context: Context) -> str:
    turns = context.session.turns
    if not turns:
        return _("You are at the beginning.")
    return _("You are at turn {number}: {question}").format(number=len(turns), question=clipped(turns[-1].question))


def _count(arguments: str, command: str) -> int:
    if not arguments:
        return 1
    if not arguments.isdecimal() or len(arguments) > 9 or int(arguments) < 1:
        raise UsageError(
            _("{command} {given}: expected a number of turns, such as {command} 2").format(
                command=command, given=arguments
            )
        )
    return int(arguments)
