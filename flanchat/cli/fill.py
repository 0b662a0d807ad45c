"""`flanchat fill`: fills the blanks of a text."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass

import click

from flanchat.base.signals import stop_on_interrupt
from flanchat.cli.environment import Environment
from flanchat.cli.opening import open_session
from flanchat.cli.options import SessionOptions, flag, open_view, takes
from flanchat.cli.prompt import read_prompt
from flanchat.sessions.fill import Filled, read_blanks, settings_to_fill, unread_note
from flanchat.sessions.session import Compiled, Session
from flanchat.ui.types import Fills
from flanchat.ui.warnings import loss_lines


@dataclass(frozen=True, kw_only=True)
class FillOptions(SessionOptions):
    """What to print."""

    as_json: bool = flag("--json", help="Print one JSON object with everything.")


@click.command()
@click.argument("words", nargs=-1, metavar="TEXT")
@takes(FillOptions)
def fill(env: Environment, options: FillOptions, words: tuple[str, ...]) -> None:
    """Fill the blanks of a text.

    They are written <1>, <2> and so on. A T5 learnt to fill them before it was trained on instructions. Prints the
    likeliest fills, each with its probability; -o n_best=N says how many. The model reads the text alone; of a profile
    only the settings are used. Piped input is appended to TEXT.

    \b
    flanchat fill -m google/t5-v1_1-base "The <1> sat on the <2>."
    """
    text = read_prompt(env, words)[0]
    read_blanks(text)
    with open_session(env, options, one_shot=True) as (session, __):
        session.engine.start()
        for line in _notes(session):
            env.complain(line)
        filled = _filled(env, session, text, quiet=options.as_json)
        if options.as_json:
            env.print_json(filled.to_dict())
        else:
            open_view(env, options).show(Fills(filled))
        if filled.answer.finish == "interrupted":
            raise KeyboardInterrupt


def _notes(session: Session) -> Iterator[str]:
    """What is said before: which flags have no effect here."""
    if unread := unread_note(session.profile):
        yield unread
    yield from session.setup.with_settings("once", settings_to_fill(session.settings)).notes("flag")


def _filled(env: Environment, session: Session, text: str, *, quiet: bool) -> Filled:
    engine = session.engine
    with (
        stop_on_interrupt(engine.stop, engine.kill, ready=lambda: engine.status == "ready"),
        closing(session.fill(text)) as events,
    ):
        for event in events:
            if isinstance(event, Filled):
                return event
            if isinstance(event, Compiled) and not quiet:
                for line in loss_lines(event.prompt):
                    env.complain(line)
    raise AssertionError
