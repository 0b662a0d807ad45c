"""`flanchat replay`: answers a recorded session again; the exit status says whether the answers are the same."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, replace

import click

from flanchat.base.errors import DIFFERS, UsageError
from flanchat.base.signals import stop_on_interrupt
from flanchat.cli import completers
from flanchat.cli.environment import Environment
from flanchat.cli.opening import check_variables, model_of, named_profile
from flanchat.cli.options import (
    RecordedPlaceOptions,
    SetupOptions,
    declared,
    flag,
    messages_above,
    name_value_pairs,
    open_view,
    option,
    takes,
)
from flanchat.cli.recorded import open_library
from flanchat.cli.recorded_engines import RecordedEngines
from flanchat.experiments.flags import EVERYTHING, FREE, HELD, ONE_BY_ONE, PROFILE, REPLAY_FLAGS, check_flags
from flanchat.experiments.replay import Replay
from flanchat.experiments.replay_plan import Overrides
from flanchat.prompting.profile import Profile
from flanchat.prompting.settings import parse_settings
from flanchat.sessions.library import find_record
from flanchat.ui.comparison import replay_stream, replay_summary
from flanchat.ui.progress import CountProgress
from flanchat.ui.results import View


@dataclass(frozen=True, kw_only=True)
class ReplayOptions(RecordedPlaceOptions, SetupOptions):
    """What to change against the record."""

    profile: str | None = declared(PROFILE)
    model: str | None = option(
        "-m", "--model", metavar="NAME|FOLDER",
        help="Ask this model instead of the recorded one.",
    )  # fmt: skip
    held: bool = declared(HELD)
    free: bool = declared(FREE)
    everything: bool = declared(EVERYTHING)
    exact: bool = declared(ONE_BY_ONE)
    as_json: bool = flag("--json", help="Print one JSON object with all turns.")
    convert_bin: bool = False  # no option


@click.command()
@click.argument("which", metavar="FILE|N|NAME", shell_complete=completers.complete_session_or_file)
@takes(ReplayOptions)
def replay(env: Environment, options: ReplayOptions, which: str) -> None:
    """Answer the prompts of a session again, and compare old and new answers.

    Without options, uses the recorded model, profile, settings and seeds, one turn at a time, to check whether the
    answers are identical. Records nothing. The exit status is 0 when all answers are the same, 6 when one differs.

    \b
    flanchat replay talk.jsonl
    flanchat replay 1 --profile cot
    """
    if options.held and options.free:
        check_flags((HELD.name, FREE.name), REPLAY_FLAGS)
    path, record = find_record(which, open_library(env), env.environ)
    profile = None
    if options.profile:
        profile = named_profile(env, options.profile, options.profiles_folder)
        model, base = model_of(options, profile)
        options = replace(options, model=model, base=base)
    overrides = _overrides(env, options, profile)
    view = open_view(env, options)
    engines = RecordedEngines(env, options, messages_above(env, view), model_changes=options.model is not None)
    try:
        work = Replay(
            record,
            path,
            overrides,
            "free" if options.free else "held",
            engines.open,
            everything=options.everything,
            exact=options.exact,
        )
    except UsageError as error:
        raise UsageError(f"{path}: {error.message}") from None
    with closing(engines), stop_on_interrupt(work.stop, engines.kill, ready=engines.ready):
        if options.as_json:
            _print_json(env, work)
        else:
            _print(work, engines, view)
    if work.summary.done < len(work.turns):
        raise KeyboardInterrupt
    if work.summary.differs:
        raise click.exceptions.Exit(DIFFERS)


def _overrides(env: Environment, options: ReplayOptions, profile: Profile | None) -> Overrides:
    return Overrides(
        profile,
        parse_settings(name_value_pairs(options.settings, "-o")),
        check_variables(env, options.variables, [] if profile is None else [profile]),
        model=options.model is not None,
        place=options.device is not None or bool(options.precision),
    )


def _print(work: Replay, engines: RecordedEngines, view: View) -> None:
    stream = replay_stream(work)
    try:
        view.stream(stream, lambda: engines.status() or stream.status())
    except KeyboardInterrupt:  # while a model was loading
        for line in replay_summary(work):
            view.say((line, ""))
        raise


def _print_json(env: Environment, work: Replay) -> None:
    for note in work.notes:
        env.complain(note)
    with CountProgress(len(work.turns), 0, env.stderr, env.environ, quiet=True) as turns:
        try:
            for step in work.run():
                if not isinstance(step, str):
                    turns.add()
        except KeyboardInterrupt:  # while a model was loading
            pass
    env.print_json(work.as_json())
