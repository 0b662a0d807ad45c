"""`flanchat whatif`: one prompt answered with varied settings, profiles and models."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

import click

from flanchat.base.errors import EngineError, UsageError
from flanchat.base.format import not_ready
from flanchat.base.i18n import _, ngettext
from flanchat.base.json_rows import json_text
from flanchat.base.sanitize import printable
from flanchat.cli.ask import note_alone
from flanchat.cli.environment import Environment
from flanchat.cli.opening import named_profile, open_other_model, open_session, with_resolved
from flanchat.cli.options import SessionOptions, declared, form, messages_above, open_view, takes, typed_text
from flanchat.experiments.axes import split_axes
from flanchat.experiments.flags import DIFF, FULL, ROW_BY_ROW, YES
from flanchat.experiments.grid import GridCell
from flanchat.experiments.grid_results import grid_json, grid_rows
from flanchat.experiments.grid_session import GridSession, notes_of_current
from flanchat.ui.grid import draw
from flanchat.ui.warnings import losses_of_several


@dataclass(frozen=True, kw_only=True)
class WhatifOptions(SessionOptions):
    """How to run and print the grid."""

    full: bool = declared(FULL)
    exact: bool = declared(ROW_BY_ROW)
    diff: bool = declared(DIFF)
    yes: bool = declared(YES)
    as_json: bool = form("--json", help="Print one JSON object with everything.")
    as_csv: bool = form("--csv", help="Print one CSV line per cell.")
    as_html: bool = form("--html", help="Print an HTML page.")


class _KeepsDashes(click.Command):
    """Keeps `--`, which click would drop; it separates the axes from the prompt."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        end = args.index("--") if "--" in args else len(args)
        return super().parse_args(ctx, [*args[:end], *args[end : end + 1], *args[end:]])


@click.command(cls=_KeepsDashes)
@click.argument("words", nargs=-1, callback=typed_text, metavar="AXIS=VALUES... PROMPT")
@takes(WhatifOptions)
def whatif(env: Environment, options: WhatifOptions, words: tuple[str, ...]) -> None:
    """Answer one prompt with several values of settings, profile or model, and compare the answers.

    An axis is a setting, profile, model, or without (the number of a shot to leave out); its values are separated by
    commas or given as START..END. Axes may also follow a PROMPT in quotes; -- ends them. Piped input is appended to
    PROMPT.

    \b
    flanchat whatif temperature=0,0.7 profile=plain,qa seed=1..4 "Name a fruit."
    flanchat whatif model=bundled,flan-t5-small --html "Translate to German: Good morning." > grid.html
    """
    axes, rest = split_axes(words)
    question = env.with_piped(rest)
    if not question and not (options.session or options.continue_last):
        raise UsageError(_("no prompt: pass one as an argument or pipe it in"))
    view = open_view(env, options)
    with open_session(env, options, note=messages_above(env, view), one_shot=True) as (session, resolved):
        grid_session = GridSession(
            session,
            axes,
            question,
            profiles=lambda name: named_profile(env, name, options.profiles_folder),
            open_model=open_other_model(env, with_resolved(options, resolved)),
            full=options.full,
            exact=options.exact,
        )
        session.engine.start()
        for line in notes_of_current(grid_session.grid, session.setup, "flag"):
            env.complain(line)
        if question:
            note_alone(env, session)
        grid = grid_session.grid
        is_printed = options.as_json or options.as_csv or options.as_html

        def show_cells(cells: Iterator[GridCell]) -> None:
            for line in losses_of_several(grid_session.prompts):
                env.complain(line)
            if is_printed:  # at the end
                for __ in cells:
                    pass
            else:
                draw(
                    view, grid, cells, grid_session.current, diff=options.diff,
                    status=lambda: not_ready(session.engine.status),
                )  # fmt: skip

        try:
            if not grid_session.run(
                note=env.complain, confirm=lambda: options.yes or _is_confirmed(env), show=show_cells
            ):
                return
        finally:
            if grid.begun and is_printed:
                env.print(_printed(grid_session, options), end="")
        if grid.stopped:
            raise KeyboardInterrupt
        if failed := [cell for cell in grid.cells if cell.failure]:
            failure = EngineError(
                ngettext(
                    "{count} of {all} cell failed: {problem}",
                    "{count} of {all} cells failed; the first: {problem}",
                    len(grid.cells),
                ).format(count=len(failed), all=len(grid.cells), problem=failed[0].failure)
            )
            failure.exit_status = failed[0].exit_status
            raise failure


def _is_confirmed(env: Environment) -> bool:
    if not (env.stdin.isatty() and env.stderr.isatty()):
        raise UsageError(_("this is a large grid; --yes runs it"))
    return env.confirm(_("Run it?"))


def _printed(session: GridSession, options: WhatifOptions) -> str:
    if options.as_json:
        return json_text(grid_json(session.grid)) + "\n"
    if options.as_csv:
        columns, rows = grid_rows(session.grid)
        out = io.StringIO()
        csv.writer(out, lineterminator="\n").writerows(
            [columns, *([printable(value) for value in row] for row in rows)]
        )
        return out.getvalue()
    from flanchat.export.grid_page import grid_page

    return grid_page(session)
