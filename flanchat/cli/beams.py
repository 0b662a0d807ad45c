"""`flanchat beams`: the best answers of a beam search, with their probabilities."""

from __future__ import annotations

from dataclasses import dataclass

import click

from flanchat.cli.ask import note_alone, print_answer
from flanchat.cli.environment import Environment
from flanchat.cli.opening import open_session
from flanchat.cli.options import SessionOptions, flag, open_view, option, takes
from flanchat.cli.prompt import read_prompt
from flanchat.prompting.settings import find_setting, given_twice
from flanchat.sessions.candidates import N_BEST, count_of_best, search_for_best
from flanchat.sessions.serialization import answer_json
from flanchat.ui.types import Candidates
from flanchat.ui.warnings import loss_lines

MOST = int(find_setting("n_best").maximum or 0)


@dataclass(frozen=True, kw_only=True)
class BeamsOptions(SessionOptions):
    """How many answers, and how to print them."""

    count: int | None = option(
        "-n", type=click.IntRange(2, MOST), metavar="N", help=f"How many (default: n_best of the profile, or {N_BEST})."
    )
    as_json: bool = flag("--json", help="Print one JSON object with everything.")


@click.command()
@click.argument("words", nargs=-1, metavar="PROMPT")
@takes(BeamsOptions)
def beams(env: Environment, options: BeamsOptions, words: tuple[str, ...]) -> None:
    """List the best answers of a beam search, each with its probability. Piped input is appended to PROMPT.

    The first one becomes the answer of the session. With --json the others are its candidates.

    \b
    flanchat beams -n 3 "Name a fruit."
    """
    question, source = read_prompt(env, words)
    with open_session(env, options, one_shot=True) as (session, __):
        given = session.settings.value("n_best")
        if options.count not in (None, given) and session.settings.origin("n_best") == "flag":
            raise given_twice("n_best", str(options.count), str(given))
        changes = search_for_best(options.count or count_of_best(session.settings))
        session.engine.start()
        for line in session.setup.with_settings("once", changes).notes("flag"):
            env.complain(line)
        note_alone(env, session)
        answer = print_answer(env, session, question, source, changes=changes, quiet=True)
        if options.as_json:
            env.print_json(answer_json(answer))
        else:
            for line in loss_lines(answer.prompt):
                env.complain(line)
            if answer.candidates:  # else it was interrupted before the first one
                open_view(env, options).show(Candidates(answer))
        if answer.finish == "interrupted":
            raise KeyboardInterrupt
