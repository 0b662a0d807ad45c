"""Commands to review answers: /rate, /note."""

from __future__ import annotations

from collections.abc import Sequence

from flanchat.base.errors import UsageError
from flanchat.base.format import clipped
from flanchat.base.i18n import _
from flanchat.repl.context import Context, Shown
from flanchat.sessions.answer import Answer
from flanchat.sessions.review import RATINGS, annotate, answer_named, check_rating, split_turn
from flanchat.sessions.review import rate as rate_answer
from flanchat.ui.types import Table


def rate(context: Context, arguments: str) -> Shown:
    if not arguments:
        return _reviewed(context)
    turn, word = split_turn(arguments.split())
    try:
        rating = check_rating(word)
    except UsageError as error:
        raise UsageError(f"/rate {error.message}") from None
    answer = _answer(context, turn, "/rate")
    rate_answer(answer, rating, context.session.record)
    if not rating:
        return _("Rating removed: {answer}").format(answer=clipped(answer.text))
    return _("Rated {rating}: {answer}").format(rating=rating, answer=clipped(answer.text))


def note(context: Context, arguments: str) -> Shown:
    if not arguments:
        return _reviewed(context)
    turn, text = split_turn(arguments.split(" "))
    answer = _answer(context, turn, "/note")
    annotate(answer, "" if text == "none" else text.strip(), context.session.record)
    if text == "none":
        return _("Notes removed: {answer}").format(answer=clipped(answer.text))
    return _("Noted: {answer}").format(answer=clipped(answer.text))


def rating_words(context: Context, before: str, word: str) -> Sequence[str]:
    """Ratings, and the turns before them."""
    turns = ["last", *map(str, range(1, len(context.session.turns) + 1))]
    ratings = [*RATINGS, "none"]
    return list(dict.fromkeys([*ratings, *turns])) if not before else ratings if before in turns else []


def _answer(context: Context, turn: str, command: str) -> Answer:
    answer = answer_named(context.session.conversation, turn, command)
    assert answer is not None  # split_turn gives no other word
    return answer


def _reviewed(context: Context) -> Shown:
    """The answers of the current branch that are rated or have a note."""
    rows = tuple(
        (
            str(number),
            answer.rating,
            "; ".join(map(clipped, answer.notes)),
            clipped(answer.question),
            clipped(answer.text),
        )
        for number, answer in enumerate(context.session.turns, 1)
        if answer.rating or answer.notes
    )
    if not rows:
        return _("No answer is rated yet: /rate good, bad or 1 to 5, and /note TEXT.")
    return Table(_("Review"), ("", _("rating"), _("note"), _("question"), _("answer")), rows)
