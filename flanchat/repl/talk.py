"""Commands about the conversation itself: again, on, back, elsewhere. Prints nothing."""

from __future__ import annotations

import os
from pathlib import Path

from flanchat.conversation import Answer
from flanchat.errors import StorageError, UsageError
from flanchat.profile import check_name
from flanchat.repl.desk import Answering, Asking, Attachment, Clip, Desk, Draft, Script, Shown, Table
from flanchat.repl.look import FINISHES
from flanchat.settings import find, split_pairs
from flanchat.words import _

FILE_BYTES = 2**20
_CLIP = 60


def regen(desk: Desk, arguments: str) -> Shown:
    desk.session.last()
    changes = {find(name).name: find(name).parse(value) for name, value in split_pairs(arguments)} if arguments else {}
    desk.session.settings.update("once", changes)  # refuses clashes before anything is asked
    return Answering(desk.session.again(changes), lambda: desk.session.again({**changes, "budget.on_overflow": "drop"}))


def go_on(desk: Desk, arguments: str) -> Shown:
    return Answering(desk.session.go_on())


def undo(desk: Desk, arguments: str) -> Shown:
    desk.session.undo(_count(arguments, "/undo"))
    return _where(desk)


def redo(desk: Desk, arguments: str) -> Shown:
    desk.session.redo(_count(arguments, "/redo"))
    return _where(desk)


def clear(desk: Desk, arguments: str) -> Shown:
    desk.session.clear()
    return _("The conversation is forgotten; profile and settings stay, the record too. /undo brings it back.")


def edit(desk: Desk, arguments: str) -> Shown:
    turns = desk.session.turns
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
        return Asking(text.strip(), turn)
    desk.editing = turn
    return Draft(
        turns[turn - 1].question, _("Change question {turn} and send it; Ctrl-C leaves it as it was.").format(turn=turn)
    )


def fork(desk: Desk, arguments: str) -> Shown:
    name = desk.session.fork(check_name(arguments, "branch") if arguments else "")
    return _("You are on the new branch {name}. {where}").format(name=name, where=_where(desk))


def branches(desk: Desk, arguments: str) -> Shown:
    conversation = desk.session.conversation
    if arguments:
        desk.session.switch(arguments)
        return _("You are on the branch {branch}. {where}").format(branch=conversation.branch, where=_where(desk))
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


def history(desk: Desk, arguments: str) -> Shown:
    turns = list(enumerate(desk.session.turns, 1))
    if arguments:
        turns = turns[-_count(arguments, "/history") :]
    if not turns:
        return _("Nothing was asked yet.")
    rows = tuple((str(n), clipped(turn.question), clipped(turn.text), ending(turn)) for n, turn in turns)
    return Table(_("Turns"), ("", _("question"), _("answer"), ""), rows)


def copy(desk: Desk, arguments: str) -> Shown:
    return Clip(desk.session.last().text)


def file(desk: Desk, arguments: str) -> Shown:
    if not arguments:
        if not desk.attachments:
            raise UsageError(_("/file needs the PATH of a text file"))
        desk.attachments.clear()
        return _("No file goes with the next question.")
    text = read_text(Path(os.path.expanduser(arguments)))
    measured = desk.engine.measure([text])
    attachment = Attachment(Path(arguments).name, text, measured.total - 1)
    desk.attachments.append(attachment)
    limit = desk.session.settings.value("max_input_tokens")
    over = (
        _(" That is more than the {limit} that a prompt may have.").format(limit=limit)
        if attachment.tokens >= limit
        else ""
    )
    return _(
        "{name}: {tokens} tokens; it goes in front of your next question, /file alone takes it back.{over}"
    ).format(name=attachment.name, tokens=attachment.tokens, over=over)


def run(desk: Desk, arguments: str) -> Shown:
    if not arguments:
        raise UsageError(_("/run needs the PATH of a file with one entry a line"))
    path = Path(os.path.expanduser(arguments))
    return Script(path, tuple(line for line in read_text(path).split("\n") if line.strip()))


def read_text(path: Path) -> str:
    """A text file of the user's.

    Raises StorageError for what is no file or too large, UsageError for what is not there or no UTF-8 text.
    """
    from flanchat.files import open_regular_read, reason

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


def clipped(text: str, cells: int = _CLIP) -> str:
    """The beginning of a text on one line."""
    line = " ".join(text.split())
    return line if len(line) <= cells else line[: cells - 3] + "..."


def ending(turn: Answer) -> str:
    """How an answer ended, when not by itself."""
    return "" if turn.finish in ("eos", "stop") else _(FINISHES.get(turn.finish, turn.finish))


def _where(desk: Desk) -> str:
    turns = desk.session.turns
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
