"""Commands that move in the conversation or ask again: /regen, /continue, /edit, /undo, /fork and the like."""

from __future__ import annotations

from flanchat.base.errors import UsageError
from flanchat.base.format import clipped
from flanchat.base.i18n import _, join_sentences, ngettext
from flanchat.base.names import check_name
from flanchat.base.paths import typed_path
from flanchat.base.text_file import read_text
from flanchat.prompting.settings import parse_settings, split_pairs
from flanchat.repl.commands.arguments import Offered, whole_number
from flanchat.repl.context import AskAgain, Attachment, Context, CopyText, EditDraft, RunScript, ShowAnswer, Shown
from flanchat.sessions.answer import Answer
from flanchat.sessions.review import turn_number
from flanchat.ui.results import early_end
from flanchat.ui.types import Table


def regen(context: Context, arguments: str) -> Shown:
    session = context.session
    session.last()
    changes = parse_settings(split_pairs(arguments)) if arguments else {}
    notes = session.setup_again(changes).notes("once")  # raises for settings that exclude each other, before asking
    if session.repeats(changes):
        notes.append(_("greedy: the answer will be the same; /regen temperature=0.8 samples another one"))
    return ShowAnswer.of(session.regenerate, changes, "\n".join(notes))


def continue_answer(context: Context, arguments: str) -> Shown:
    return ShowAnswer(context.session.continue_answer())


def undo(context: Context, arguments: str) -> Shown:
    context.session.undo(_count(arguments, "/undo"))
    return _position(context)


def redo(context: Context, arguments: str) -> Shown:
    context.session.redo(_count(arguments, "/redo"))
    return _position(context)


def clear(context: Context, arguments: str) -> Shown:
    context.session.clear()
    return _("Conversation cleared; profile, settings and the recording stay. /undo restores it.")


def edit(context: Context, arguments: str) -> Shown:
    turns = context.session.turns
    if not turns:
        raise UsageError(_("no question yet, so there is none to edit"))
    number, __, text = arguments.partition(" ")
    if number.isdecimal():
        turn = turn_number(number, len(turns), "/edit")
    else:
        turn, text = len(turns), arguments
    if text.strip():
        return AskAgain(text.strip(), turn)
    context.editing = turn
    note = _("Edit question {turn} and press Enter; Ctrl-C cancels.").format(turn=turn)
    return EditDraft(turns[turn - 1].question, note)


def fork(context: Context, arguments: str) -> Shown:
    name = context.session.fork(check_name(arguments, "branch") if arguments else "")
    return _("New branch {branch}. {position}").format(branch=name, position=_position(context))


def branches(context: Context, arguments: str) -> Shown:
    conversation = context.session.conversation
    is_whole = arguments == "all" and arguments not in conversation.ends
    if arguments and not is_whole:
        context.session.switch(arguments)
        return _("Branch {branch}. {position}").format(branch=conversation.branch, position=_position(context))
    found = conversation.branches()
    hidden = 0 if is_whole else sum(branch.replaced for branch in found)
    shown = found[: len(found) - hidden]
    rows = tuple(
        (
            ("* " if branch.current else "  ") + str(number),
            branch.name or _("(abandoned)"),
            str(branch.turns),
            clipped(branch.end.question if branch.end else ""),
            clipped(branch.end.text if branch.end else ""),
        )
        for number, branch in enumerate(shown, 1)
    )
    more = ngettext(
        "{count} answer that was continued or left at a token is not listed; /branches all lists it.",
        "{count} answers that were continued or left at a token are not listed; /branches all lists them.",
        hidden,
    )
    return Table(
        _("Branches"),
        ("", _("branch"), _("turns"), _("last question"), _("answer")),
        rows,
        more.format(count=hidden) if hidden else "",
        _("/branches NUMBER or NAME switches to one."),
        tuple(at for at, branch in enumerate(shown) if branch.current),
    )


def branch_words(context: Context, before: str, word: str) -> list[str]:
    """The names of the branches, and `all`."""
    conversation = context.session.conversation
    ends = [Offered(name, conversation.answers[end].question if end else "") for name, end in conversation.ends.items()]
    return [] if before else [*ends, "all"]


def history(context: Context, arguments: str) -> Shown:
    turns = list(enumerate(context.session.turns, 1))
    if arguments:
        turns = turns[-_count(arguments, "/history") :]
    if not turns:
        return _("No questions yet.")
    rows = tuple((str(n), clipped(turn.question), clipped(turn.text), _remarks(turn)) for n, turn in turns)
    return Table(_("Turns"), ("", _("question"), _("answer"), ""), rows)


def _remarks(turn: Answer) -> str:
    return " · ".join(filter(None, (early_end(turn), turn.rating, _("note") if turn.notes else "")))


def copy(context: Context, arguments: str) -> Shown:
    return CopyText(context.session.last().text)


def file(context: Context, arguments: str) -> Shown:
    if not arguments:
        if not context.attachments:
            raise UsageError(_("/file needs the PATH of a text file"))
        context.attachments.clear()
        return _("Attached files removed.")
    path = typed_path(arguments, context.environ)
    text = read_text(path)
    measured = context.engine.measure([text])
    attachment = Attachment(path.name, text, sum(measured.parts))
    context.attachments.append(attachment)
    limit = context.session.settings.value("max_input_tokens")
    over = _(" That is over the budget of {limit}.").format(limit=limit) if attachment.tokens >= limit else ""
    added = ngettext(
        "{name}: {tokens} token, added before the next question only; /file without PATH removes it.{over}",
        "{name}: {tokens} tokens, added before the next question only; /file without PATH removes it.{over}",
        attachment.tokens,
    ).format(name=attachment.name, tokens=attachment.tokens, over=over)
    kept = [name for name in context.session.profile.vars if not context.session.variables.get(name)]
    return join_sentences(
        added, _("/var {name}=@{path} keeps it for all questions.").format(name=kept[0], path=arguments) if kept else ""
    )


def run(context: Context, arguments: str) -> Shown:
    if not arguments:
        raise UsageError(_("/run needs the PATH of a file with one entry per line"))
    path = typed_path(arguments, context.environ)
    return RunScript(path, tuple(line for line in read_text(path).split("\n") if line.strip()))


def _position(context: Context) -> str:
    turns = context.session.turns
    if not turns:
        return _("At the start of the conversation.")
    return _("At turn {number}: {question}").format(number=len(turns), question=clipped(turns[-1].question))


def _count(arguments: str, command: str) -> int:
    count = whole_number(arguments or "1")
    if not count:
        raise UsageError(
            _("{command} {given}: expected a number of turns, such as {command} 2").format(
                command=command, given=arguments
            )
        )
    return count
