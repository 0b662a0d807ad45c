"""Commands that show something and change nothing: settings, prompt, tokens, budget, probabilities, statistics."""

from __future__ import annotations

from collections.abc import Callable

from flanchat.base.errors import UsageError
from flanchat.base.i18n import _
from flanchat.prompting.prompt import Prompt
from flanchat.repl.commands.arguments import check_word
from flanchat.repl.commands.settings import settings_now
from flanchat.repl.context import Context, Shown
from flanchat.sessions.review import turn_number
from flanchat.ui.budget import budget_table
from flanchat.ui.tables import model_table, profile_source, stats_table
from flanchat.ui.types import Confidence, Table, Tokens


def show(context: Context, arguments: str) -> Shown:
    what = {"": "settings", "info": "model", "parameters": "settings"}.get(arguments, arguments)  # as in ollama
    check_word("/show", what, SHOWS)
    return SHOWS[what](context)


def _session_table(context: Context) -> Table:
    session = context.session
    path = session.transcript.path
    saved = str(path) if path is not None else _("not saved: recording is off")
    if not session.logging:
        saved = _("{path}, but recording is paused; /log on resumes it").format(path=saved)
    rows = (
        (_("name"), session.name or _("none; /save NAME sets it")),
        (_("turns"), str(len(session.turns))),
        (_("branch"), session.conversation.branch),
        (_("total answers"), str(len(session.conversation.answers))),
        (_("path"), saved),
    )
    return Table(_("Session"), ("", ""), rows)


def prompt(context: Context, arguments: str) -> Shown:
    word, __, text = arguments.partition(" ")
    if word != "--tokens":
        return _compiled(context, arguments, "/prompt")
    whole = _compiled(context, text.strip(), "/prompt --tokens").text
    return Tokens(context.engine.pieces(whole), context.engine.measure([whole]))


def budget(context: Context, arguments: str) -> Shown:
    return budget_table(_compiled(context, arguments, "/budget"), context.session.settings.value("max_new_tokens"))


def tokens(context: Context, arguments: str) -> Shown:
    turns = context.session.turns
    text = arguments or context.last_draft or (turns[-1].question if turns else "")
    if not text:
        raise UsageError(_("no question yet; /tokens TEXT shows how the model reads TEXT"))
    return Tokens(context.engine.pieces(text), context.engine.measure([text]))


def probs(context: Context, arguments: str) -> Shown:
    turns = context.session.turns
    words = arguments.split()
    is_whole = "all" in words
    number = " ".join(word for word in words if word != "all")
    answer = turns[turn_number(number, len(turns), "/probs") - 1] if number else context.session.last()
    return Confidence(answer, is_whole)


def probs_words(context: Context, before: str, word: str) -> list[str]:
    """The turns, and `all` once."""
    turns = [] if before else [str(number) for number in range(1, len(context.session.turns) + 1)]
    return [*turns, "all"] if "all" not in before.split() else turns


def stats(context: Context, arguments: str) -> Shown:
    return stats_table(list(context.session.conversation.answers.values()))


SHOWS: dict[str, Callable[[Context], Shown]] = {
    "settings": settings_now,
    "profile": lambda context: profile_source(context.session.profile),
    "prompt": lambda context: prompt(context, ""),
    "model": lambda context: model_table(context.engine.card()),
    "stats": lambda context: stats(context, ""),
    "session": _session_table,
}
"""What /show shows."""


def _compiled(context: Context, arguments: str, command: str) -> Prompt:
    if not arguments and context.session.turns:
        return context.session.turns[-1].prompt
    draft = arguments or context.last_draft
    if not draft:
        raise UsageError(
            _("no question yet; {command} TEXT shows the prompt that TEXT would make").format(command=command)
        )
    if arguments:
        return context.preview(draft)
    # the last question includes its files already, which preview would add
    return context.session.compile(draft, changes={"on_overflow": "drop"})
