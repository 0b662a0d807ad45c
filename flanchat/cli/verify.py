"""`flanchat verify`: makes the answers of a card again; the exit status says whether they are the same."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import click

from flanchat.base.errors import DIFFERS
from flanchat.base.sanitize import printable
from flanchat.base.signals import stop_on_interrupt
from flanchat.cli import completers
from flanchat.cli.environment import Environment
from flanchat.cli.options import RecordedPlaceOptions, TypedPath, flag, option, takes
from flanchat.cli.recorded_engines import RecordedEngines
from flanchat.experiments.card_file import open_card
from flanchat.ui.progress import CountProgress


@dataclass(frozen=True, kw_only=True)
class VerifyOptions(RecordedPlaceOptions):
    """Where the model is, and what to print."""

    model: str | None = option(
        "-m", "--model", metavar="NAME|FOLDER", shell_complete=completers.complete_model,
        help="Where the recorded model is, if it has another name here.",
    )  # fmt: skip
    as_json: bool = flag("--json", help="Print one JSON object with all differences.")


@click.command()
@click.argument("path", metavar="CARD", type=TypedPath())
@takes(VerifyOptions)
def verify(env: Environment, options: VerifyOptions, path: Path) -> None:
    """Make the answers of a card again, one at a time, and name the first cause of a difference.

    Texts, token ids and the end of each answer have to be equal, log-probabilities within 0.0001. A cause is the card
    itself, when it was changed, or else weights, tokenizer, engine, torch, device, precision or batch. The exit status
    is 0 when all answers are equal, 6 when one differs or the card was changed.

    \b
    flanchat verify card.json
    flanchat verify card.json -m ./flan-t5-small --json
    """
    engines = RecordedEngines(env, options, env.complain)
    work = open_card(path, engines.open)
    with (
        closing(engines),
        stop_on_interrupt(work.replay.stop, engines.kill, ready=engines.ready),
        CountProgress(
            len(work.replay.turns), 0, env.stderr, env.environ, plain=options.plain, quiet=True, after_s=1.0
        ) as progress,
    ):
        try:
            for __ in work.run():
                progress.add()
        except KeyboardInterrupt:  # while a model was loading
            pass
    if options.as_json:
        env.print_json(work.as_json())
    else:
        for line in work.report():
            env.print(printable(line))
    if not work.is_complete:
        raise KeyboardInterrupt
    if not work.holds:
        raise click.exceptions.Exit(DIFFERS)
