"""`flanchat choose`: scores a fixed set of answers."""

from __future__ import annotations

from dataclasses import dataclass

import click

from flanchat.base.i18n import _
from flanchat.cli.ask import note_alone, note_settings, print_answer
from flanchat.cli.environment import Environment
from flanchat.cli.opening import open_session
from flanchat.cli.options import SessionOptions, flag, open_view, takes
from flanchat.cli.prompt import read_prompt
from flanchat.sessions.choices import check_choices
from flanchat.sessions.serialization import answer_json
from flanchat.ui.types import Scores
from flanchat.ui.warnings import loss_lines

EXAMPLE = 'flanchat choose "Is the sky blue?" yes no'


@dataclass(frozen=True, kw_only=True)
class ChooseOptions(SessionOptions):
    """What to print."""

    as_json: bool = flag("--json", help="Print one JSON object with everything.")
    show_prompt: bool = flag("--show-prompt", help="Print the exact prompt to standard error first.")


@click.command()
@click.argument("words", nargs=-1, metavar="[PROMPT|-] [CHOICE ...]")
@takes(ChooseOptions)
def choose(env: Environment, options: ChooseOptions, words: tuple[str, ...]) -> None:
    """Score a fixed set of answers: the probability that the model writes each of them, end token included.

    Prints the share of each choice by its summed log-probability and by its average per token. Piped input is appended
    to PROMPT; - stands for piped input alone. Without CHOICEs those of the profile are scored.

    \b
    flanchat choose "Is the sky blue?" yes no maybe
    flanchat choose -p sentiment - < review.txt
    flanchat choose --json "Which is it?" -- -1 0 +1
    """
    typed, given = words[:1], tuple(env.checked(word, _("the command line")) for word in words[1:])
    if given:
        check_choices(given, EXAMPLE)
    question, source = read_prompt(env, typed)
    with open_session(env, options, one_shot=True) as (session, __):
        choices = check_choices(given or session.profile.choices, EXAMPLE)
        session.engine.start()
        note_settings(env, session, choices)
        note_alone(env, session)
        answer = print_answer(
            env, session, question, source, choices=choices, quiet=True, show_prompt=options.show_prompt
        )
        if answer.finish == "interrupted":
            raise KeyboardInterrupt
        if options.as_json:
            env.print_json(answer_json(answer))
            return
        for line in loss_lines(answer.prompt):
            env.complain(line)
        open_view(env, options).show(Scores(answer.choices, session.settings.value("choose")))
