"""The command that scores closed answers: /choose. Prints nothing."""

from __future__ import annotations

from flanchat.base.i18n import _
from flanchat.repl.context import Context, ShowAnswer, Shown
from flanchat.sessions.choices import ScoredChoice, check_choices, split_choices
from flanchat.sessions.session import AnswerEvents
from flanchat.ui.types import Scores

EXAMPLE = "/choose yes | no | maybe"


def choose(context: Context, arguments: str) -> Shown:
    question, __, written = arguments.rpartition("=>")
    choices = check_choices(split_choices(written) if written.strip() else context.session.profile.choices, EXAMPLE)
    if asked := question.strip():
        context.last_draft = asked
        return ShowAnswer(
            context.session.ask(asked, choices=choices),
            lambda: context.session.ask(asked, changes={"budget.on_overflow": "drop"}, choices=choices),
        )
    context.session.last()
    found: list[ScoredChoice] = []

    def score() -> AnswerEvents:
        found.extend(context.session.choose(choices))
        yield from ()

    by: str = context.session.settings.value("choose")
    stopped = _("Stopped before all choices were scored.")
    return ShowAnswer(score(), then=lambda: Scores(tuple(found), by) if found else stopped)
