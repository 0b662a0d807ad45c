"""Commands about the conversation itself: again, on, back, elsewhere. Prints nothing."""

from __future__ import annotations

import os
from pathlib import Path

from flanchat.conversation import Answer
from flanchat.errors import StorageError, UsageError
from flanchat.profile import check_name
from flanchat.repl.desk import Answering, Attachment, Clip, Desk, Draft, Script, Shown, Table
from flanchat.settings import find, split_pairs

FILE_BYTES = 2**20
_CLIP = 60


def regen(desk: Desk, arguments: str) -> Shown:
    desk.session.last()
    changes = {find(name).name: find(name).parse(value) for name, value in split_pairs(arguments)} if arguments else {}
    desk.session.settings.update("once", changes)  # refuses clashes before anything is asked
    return Answering(desk.session.again(changes))


def go_on(desk: Desk, arguments: str) -> Shown:
    if desk.session.last().finish not in ("length", "interrupted"):
        raise UsageError("the last answer is complete: only one that was cut or stopped can be continued")
    return Answering(desk.session.go_on())


def undo(desk: Desk, arguments: str) -> Shown:
    desk.session.undo(_count(arguments, "/undo"))
    return _where(desk)


def redo(desk: Desk, arguments: str) -> Shown:
    desk.session.redo(_count(arguments, "/redo"))
    return _where(desk)


def clear(desk: Desk, arguments: str) -> Shown:
    desk.session.clear()
    return "The conversation is forgotten; profile and settings stay, the record too. /undo brings it back."


def edit(desk: Desk, arguments: str) -> Shown:
    turns = desk.session.turns
    if not turns:
        raise UsageError("nothing was asked yet, so there is no question to change")
    number, _, text = arguments.partition(" ")
    if number.isdecimal():
        if len(number) > 9 or not 0 < int(number) <= len(turns):
            raise UsageError(f"/edit {number}: expected a turn from 1 to {len(turns)}; /history numbers them")
        turn = int(number)
    else:
        turn, text = len(turns), arguments
    if text.strip():
        desk.session.compile(text.strip(), turns=turns[: turn - 1])  # what cannot be asked moves nothing
        desk.session.edit(turn)
        return Answering(desk.session.ask(text.strip()))
    desk.editing = turn
    return Draft(turns[turn - 1].question, f"Change question {turn} and send it; Ctrl-C leaves it as it was.")


def fork(desk: Desk, arguments: str) -> Shown:
    name = desk.session.fork(check_name(arguments, "branch") if arguments else "")
    return f"You are on the new branch {name}. {_where(desk)}"


def branches(desk: Desk, arguments: str) -> Shown:
    conversation = desk.session.conversation
    if arguments:
        desk.session.switch(arguments)
        return f"You are on the branch {conversation.branch}. {_where(desk)}"
    rows = tuple(
        (
            ("* " if branch.current else "  ") + str(number),
            branch.name or "(left behind)",
            str(branch.turns),
            clipped(branch.end.question if branch.end else ""),
            clipped(branch.end.text if branch.end else ""),
        )
        for number, branch in enumerate(conversation.branches(), 1)
    )
    return Table(
        "Branches", ("", "branch", "turns", "last question", "answer"), rows, "/branches NUMBER or NAME goes there."
    )


def history(desk: Desk, arguments: str) -> Shown:
    turns = list(enumerate(desk.session.turns, 1))
    if arguments:
        turns = turns[-_count(arguments, "/history") :]
    if not turns:
        return "Nothing was asked yet."
    rows = tuple((str(n), clipped(turn.question), clipped(turn.text), ending(turn)) for n, turn in turns)
    return Table("Turns", ("", "question", "answer", ""), rows)


def copy(desk: Desk, arguments: str) -> Shown:
    return Clip(desk.session.last().text)


def file(desk: Desk, arguments: str) -> Shown:
    if not arguments:
        if not desk.attachments:
            raise UsageError("/file needs the PATH of a text file")
        desk.attachments.clear()
        return "No file goes with the next question."
    text = read_text(Path(os.path.expanduser(arguments)))
    measured = desk.engine.measure([text])
    attachment = Attachment(Path(arguments).name, text, measured.total - 1)
    desk.attachments.append(attachment)
    limit = desk.session.settings.value("max_input_tokens")
    over = f" That is more than the {limit} that a prompt may have." if attachment.tokens >= limit else ""
    return (
        f"{attachment.name}: {attachment.tokens} tokens; it goes in front of your next question, /file alone takes it "
        f"back.{over}"
    )


def run(desk: Desk, arguments: str) -> Shown:
    if not arguments:
        raise UsageError("/run needs the PATH of a file with one entry a line")
    path = Path(os.path.expanduser(arguments))
    return Script(path, tuple(line for line in read_text(path).split("\n") if line.strip()))


def read_text(path: Path) -> str:
    """A text file of the user's. Raises StorageError for what is no file, too large or no UTF-8 text."""
    from flanchat.files import open_regular_read, reason

    try:
        with open(open_regular_read(path), "rb") as opened:
            raw = opened.read(FILE_BYTES + 1)
    except OSError as error:
        raise UsageError(f"{path}: {reason(error)}") from error
    if len(raw) > FILE_BYTES:
        raise StorageError(f"{path}: expected at most {FILE_BYTES} bytes, found {os.path.getsize(path)}")
    try:
        return raw.decode("utf-8").removeprefix("\ufeff").replace("\r\n", "\n").rstrip("\n")
    except UnicodeDecodeError as error:
        raise UsageError(
            f"{path}: expected UTF-8 text, found something else at byte {error.start}; convert it first"
        ) from None


def clipped(text: str, cells: int = _CLIP) -> str:
    """The beginning of a text on one line."""
    line = " ".join(text.split())
    return line if len(line) <= cells else line[: cells - 3] + "..."


def ending(turn: Answer) -> str:
    """How an answer ended, when not by itself."""
    return "" if turn.finish in ("eos", "stop") else turn.finish


def _where(desk: Desk) -> str:
    turns = desk.session.turns
    if not turns:
        return "You are at the beginning."
    return f"You are at turn {len(turns)}: {clipped(turns[-1].question)}"


def _count(arguments: str, command: str) -> int:
    if not arguments:
        return 1
    if not arguments.isdecimal() or len(arguments) > 9 or int(arguments) < 1:
        raise UsageError(f"{command} {arguments}: expected a number of turns, such as {command} 2")
    return int(arguments)
