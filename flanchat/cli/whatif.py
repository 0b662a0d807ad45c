"""`flanchat whatif`: one question in many ways, from the shell."""

from __future__ import annotations

import csv
import io
import json
import secrets
from contextlib import closing
from typing import TYPE_CHECKING, Any

import click

from flanchat.base.errors import EngineError, UsageError
from flanchat.base.i18n import _
from flanchat.base.sanitize import show
from flanchat.cli.environment import Environment
from flanchat.cli.options import answering_options, open_view

if TYPE_CHECKING:
    from flanchat.experiments.grid_session import GridSession


class _Words(click.Command):
    """A command whose words hold `--`, which click takes away: here it ends the axes."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        end = args.index("--") if "--" in args else len(args)
        return super().parse_args(ctx, [*args[:end], *args[end : end + 1], *args[end:]])


@click.command(cls=_Words)
@click.argument("words", nargs=-1, metavar="AXIS=VALUES... PROMPT")
@answering_options(one_shot=False)
@click.option("--full", is_flag=True, help="All combinations of the values, not each axis by itself.")
@click.option("--exact", is_flag=True, help="Row by row, so that no answer can depend on those beside it.")
@click.option("--diff", is_flag=True, help="Mark what differs from the first cell's answer.")
@click.option("--yes", is_flag=True, help="Run a large grid without asking.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object with everything.")
@click.option("--csv", "as_csv", is_flag=True, help="Print a line for each cell.")
@click.option("--html", "as_html", is_flag=True, help="Print a page.")
@click.pass_obj
def whatif(env: Environment, /, words: tuple[str, ...], **options: Any) -> None:
    """Ask one question in many ways at once, and compare the answers.

    An axis is a setting, profile, model, or without (a shot to leave out, by number); its values are listed with commas
    or given as START..END. They may also follow a PROMPT in quotes; -- ends them. What is piped in is added to PROMPT.

    \b
    flanchat whatif temperature=0,0.7 profile=plain,qa seed=1..4 "Name a fruit."
    flanchat whatif model=bundled,flan-t5-small --html "Translate to German: Good morning." > grid.html
    """
    from flanchat.cli.opening import lender, open_session
    from flanchat.experiments.axes import split_axes
    from flanchat.experiments.grid_session import GridSession
    from flanchat.prompting.profile import find_profile, profile_folders

    if sum(options[name] for name in ("as_json", "as_csv", "as_html")) > 1:
        raise UsageError(_("--json, --csv and --html: give one of them"))
    axes, rest = split_axes(words)
    piped = env.piped()
    question = "\n".join(part for part in (" ".join(rest), piped.rstrip("\n")) if part.strip())
    if not question and not (options["session"] or options["go_on"]):
        raise UsageError(_("nothing was asked: give a PROMPT, or pipe one in"))
    folders = profile_folders(options["profiles_folder"], env.environ)
    with open_session(env, options) as (session, engine, choice):
        experiment = GridSession(
            session,
            axes,
            question,
            profiles=lambda name: find_profile(name, folders),
            open_model=lender(env, choice.device, options),
            new_seed=lambda: secrets.randbelow(2**32),
            full=options["full"],
            exact=options["exact"],
        )
        engine.start()
        announced, large = experiment.announce()
        for line in announced.splitlines():
            env.complain(line)
        if large and not options["yes"] and not _agreed(env):
            return
        try:
            _run(env, experiment, options)
        finally:
            if experiment.grid.begun and (options["as_json"] or options["as_csv"] or options["as_html"]):
                env.print(_printed(experiment, options), end="")
        if experiment.grid.stopped:
            raise KeyboardInterrupt
        if problems := [cell.problem for cell in experiment.grid.cells if cell.problem]:
            raise EngineError(
                _("{count} of {all} cells failed; the first: {problem}").format(
                    count=len(problems), all=len(experiment.grid.cells), problem=problems[0]
                )
            )


def _agreed(env: Environment) -> bool:
    if not (env.stdin.isatty() and env.stderr.isatty()):
        raise UsageError(_("that is a large grid; --yes runs it"))
    return env.confirm(_("Run it?"))


def _run(env: Environment, experiment: GridSession, options: dict[str, Any]) -> None:
    """Have the cells answered, shown as they come unless they are printed in another form later."""
    from flanchat.base.format import not_ready
    from flanchat.base.signals import stop_on_interrupt
    from flanchat.ui import grid

    engine: Any = experiment.engine

    with (
        stop_on_interrupt(experiment.stop, experiment.kill, ready=lambda: engine.status == "ready"),
        closing(experiment.cells()) as events,
    ):
        if options["as_json"] or options["as_csv"] or options["as_html"]:
            for _cell in events:
                pass
        else:
            view = open_view(env, options)
            grid.draw(
                view,
                experiment.grid,
                events,
                experiment.current,
                diff=options["diff"],
                status=lambda: not_ready(engine.status),
            )


def _printed(experiment: GridSession, options: dict[str, Any]) -> str:
    from flanchat.experiments.grid_session import grid_json, grid_rows

    if options["as_json"]:
        return json.dumps(grid_json(experiment.grid)) + "\n"
    if options["as_csv"]:
        columns, rows = grid_rows(experiment.grid)
        out = io.StringIO()
        csv.writer(out, lineterminator="\n").writerows([columns, *([show(value) for value in row] for row in rows)])
        return out.getvalue()
    from flanchat.export.grid_page import grid_page

    return grid_page(experiment)
