"""`flanchat replay`: a recorded conversation asked again, with a status that says whether the answers are the same."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from flanchat.base.errors import DIFFERS, ModelError, UsageError
from flanchat.base.i18n import _
from flanchat.cli.environment import Environment
from flanchat.cli.opening import open_engine, open_library
from flanchat.cli.options import model_names, open_view, pairs

if TYPE_CHECKING:
    from flanchat.engine.protocol import Engine, ModelCard
    from flanchat.experiments.replay import Mode, Overrides, Replay


@click.command()
@click.argument("which", metavar="FILE|N|NAME")
@click.option("-p", "--profile", metavar="NAME|FILE", help="Ask with this profile instead of the recorded one.")
@click.option("-m", "--model", metavar="NAME|FOLDER", shell_complete=model_names, help="Ask this model instead.")
@click.option(
    "--held/--free",
    "held",
    default=True,
    help="Each turn sees the recorded answers before it (default), or the new ones.",
)
@click.option("-o", "--set", "pairs", multiple=True, metavar="NAME=VALUE", help="Change a setting.")
@click.option("--var", "variables", multiple=True, metavar="NAME=VALUE", help="Fill in a profile's variable.")
@click.option("--device", metavar="NAME", help="auto, npu[:N], cuda[:N], mps or cpu (default: as recorded).")
@click.option("--precision", metavar="NAME", help="auto, float32, float16, bfloat16 or int8 (default: as recorded).")
@click.option("--exact", is_flag=True, help="One turn at a time, never as a batch; a re-run always is.")
@click.option("--all", "everything", is_flag=True, help="Every answer in the file, not those of the last branch alone.")
@click.option(
    "--profiles",
    "profiles_folder",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Look for profiles here first.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object with all turns.")
@click.option("--plain", is_flag=True, help="No colour, no cursor movement: for pipes and screen readers.")
@click.option("--no-color", is_flag=True, help="No colour.")
@click.option("--debug", is_flag=True, help="Show tracebacks and what libraries say.")
@click.pass_obj
def replay(env: Environment, /, which: str, **options: Any) -> None:
    """Ask a session's questions again, and show old and new answers.

    Without options: with the recorded model, profile, settings and seeds, one turn at a time; are the answers
    identical? Nothing is recorded. Ends with 0 when all answers are the same, with 6 when one differs.

    \b
    flanchat replay talk.jsonl
    flanchat replay 1 --profile cot
    """
    from flanchat.base.signals import stop_on_interrupt
    from flanchat.experiments.replay import Replay
    from flanchat.sessions.library import find_record

    path, story = find_record(which, open_library(env), env.environ)
    change = _change(env, options)
    mode: Mode = "held" if options["held"] else "free"
    engines = _Engines(env, options)
    try:
        work = Replay(story, path, change, mode, engines.open, everything=options["everything"], exact=options["exact"])
    except UsageError as error:
        raise UsageError(f"{path}: {error.message}") from None
    try:
        with stop_on_interrupt(work.stop, engines.kill, ready=engines.ready):
            if options["as_json"]:
                _print_json(env, work)
            else:
                _print(env, work, engines, options)
    finally:
        engines.close()
    if work.summary.done < len(work.turns):
        raise KeyboardInterrupt
    if work.summary.differs:
        raise click.exceptions.Exit(DIFFERS)


def _change(env: Environment, options: dict[str, Any]) -> Overrides:
    from flanchat.experiments.replay import Overrides
    from flanchat.prompting.profile import check_variable, find_profile, profile_folders
    from flanchat.prompting.settings import parse_settings

    profile = None
    if options["profile"]:
        profile = find_profile(options["profile"], profile_folders(options["profiles_folder"], env.environ))
    variables = dict(pairs(options["variables"], "--var"))
    if profile is not None:
        for name, value in variables.items():
            check_variable(profile, name, value)
    return Overrides(
        profile,
        parse_settings(pairs(options["pairs"], "-o")),
        variables,
        model=options["model"] is not None,
        place=options["device"] is not None or options["precision"] is not None,
    )


class _Engines:
    """The model of a recorded stamp, or the one that was asked for; one at a time."""

    def __init__(self, env: Environment, options: dict[str, Any]) -> None:
        self._env, self._options = env, options
        self._engine: Engine | None = None
        self._wanted: tuple[str | None, str, str] | None = None

    def open(self, card: ModelCard | None) -> Engine:
        """The engine for a stamp. On a machine without its device or precision, the one that suits the machine."""
        options = self._options
        model = options["model"] or (card.name if card is not None else None)
        here = ("auto", "auto")
        then = here if card is None or options["model"] else (card.device or "auto", card.precision or "auto")
        device, precision = options["device"] or then[0], options["precision"] or then[1]
        if options["device"] and not options["precision"]:  # the recorded precision may not suit it
            precision = "auto"
        wanted = model, device, precision
        if self._engine is None or wanted != self._wanted:
            self.close()
            self._wanted = wanted
            try:
                self._engine = self._opened(model, device, precision)
            except ModelError as error:
                if options["model"]:
                    raise
                raise ModelError(
                    _("the recorded model is not here: {why}; -m NAME asks another one").format(why=error.message)
                ) from None
            try:
                self._engine.card()
            except ModelError:
                if (device, precision) == here or options["device"] or options["precision"]:
                    raise
                self.close()
                self._engine = self._opened(model, *here)
        return self._engine

    def _opened(self, model: str | None, device: str, precision: str) -> Engine:
        return open_engine(self._env, model, device, {**self._options, "precision": precision})

    def ready(self) -> bool:
        return self._engine is not None and self._engine.status == "ready"

    def words(self) -> str:
        """What the engine is doing, as long as it is not ready."""
        from flanchat.base.format import not_ready

        return "" if self._engine is None else not_ready(self._engine.status)

    def kill(self) -> None:
        if self._engine is not None:
            self._engine.kill()

    def close(self) -> None:
        if self._engine is not None:
            self._engine.close()


def _print(env: Environment, work: Replay, engines: _Engines, options: dict[str, Any]) -> None:
    from flanchat.ui.comparison import replay_progress, replay_steps, replay_summary
    from flanchat.ui.types import ResultStream

    view = open_view(env, options)
    working = ResultStream(replay_steps(work), work.stop, lambda: replay_progress(work))
    try:
        view.stream(working, lambda: engines.words() or working.status())
    except KeyboardInterrupt:  # while a model was loading
        for line in replay_summary(work):
            view.print(line)
        raise


def _print_json(env: Environment, work: Replay) -> None:
    from flanchat.ui.progress import CountProgress

    with CountProgress(len(work.turns), 0, env.stderr, env.environ, quiet=True) as turns:
        try:
            for step in work.run():
                if not isinstance(step, str):
                    turns.add()
        except KeyboardInterrupt:  # while a model was loading
            pass
    env.print(json.dumps(work.as_json()))
