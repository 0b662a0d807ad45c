"""The command that scores closed answers: /choose. Prints nothing."""

from __future__ import annotations

from flanchat.choosing import Choice, check_choices, split_choices
from flanchat.repl.desk import Answering, Desk, Scores, Shown
from flanchat.session import Happening
from flanchat.words import _

EXAMPLE = "/choose yes | no | maybe"


def choose(desk: Desk, arguments: str) -> Shown:
    question, __, written = arguments.rpartition("=>")
    choices = check_choices(split_choices(written) if written.strip() else desk.session.profile.choices, EXAMPLE)
    if asked := question.strip():
        desk.last_draft = asked
        return Answering(
            desk.session.ask(asked, choices=choices),
            lambda: desk.session.ask(asked, changes={"budget.on_overflow": "drop"}, choices=choices),
        )
    desk.session.last()
    found: list[Choice] = []

    def score() -> Happening:
        found.extend(desk.session.choose(choices))
        yield from ()

    by: str = desk.session.settings.value("choose")
    stopped = _("Stopped before all choices were scored.")
    return Answering(score(), then=lambda: Scores(tuple(found), by) if found else stopped)
