"""`flanchat choose`: how likely each of some answers is. Scores with the session; draws with the view."""

from __future__ import annotations

import json
from typing import Any

import click

from flanchat.cli.ask import answer_json, answer_to, question_of
from flanchat.cli.environment import Environment
from flanchat.cli.opening import open_session
from flanchat.cli.options import answering_options, open_view

EXAMPLE = 'flanchat choose "Is the sky blue?" yes no'


@click.command()
@click.argument("words", nargs=-1, metavar="[PROMPT|-] [CHOICE ...]")
@answering_options(one_shot=False)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object with everything.")
@click.option("--show-prompt", is_flag=True, help="Print the exact prompt to standard error first.")
@click.pass_obj
def choose(env: Environment, /, words: tuple[str, ...], **options: Any) -> None:
    """Score closed answers: one encoding, all choices as one batch, the end token counted.

    Shares of the choices by the sum of their log-probabilities and by the mean per token. Standard input is added to
    PROMPT when it is piped; - stands for it alone. Without CHOICEs those of the profile are scored.

    \b
    flanchat choose "Is the sky blue?" yes no maybe
    flanchat choose -p sentiment - < review.txt
    flanchat choose --json "Which is it?" -- -1 0 +1
    """
    from flanchat.sessions.choices import check_choices
    from flanchat.ui.results import loss_lines
    from flanchat.ui.types import Scores

    typed, given = words[:1], words[1:]
    if given:
        check_choices(given, EXAMPLE)
    question, source = question_of(env, typed if typed != ("-",) else ())
    with open_session(env, options) as (session, engine, __):
        choices = check_choices(given or session.profile.choices, EXAMPLE)
        engine.start()
        answer = answer_to(env, session, engine, question, source, {**options, "as_json": True}, choices=choices)
        if answer.finish == "interrupted":
            raise KeyboardInterrupt
        if options["as_json"]:
            env.print(json.dumps(answer_json(answer)))
            return
        for line in loss_lines(answer.prompt):
            env.complain(line)
        open_view(env, options).show(Scores(answer.choices, session.settings.value("choose")))
