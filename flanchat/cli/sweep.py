"""`flanchat sweep`: a file of prompts, asked with several profiles and settings, one line written per answer."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from flanchat.base.errors import StorageError, UsageError
from flanchat.base.i18n import _
from flanchat.cli.environment import Environment, EnvironOption
from flanchat.cli.options import choose, colored, model_names, pairs

if TYPE_CHECKING:
    from flanchat.cli.options import Choice
    from flanchat.engine.checkpoint.validate import ModelSource
    from flanchat.engine.events import Request
    from flanchat.engine.protocol import ModelCard
    from flanchat.engine.worker.pool import Crew
    from flanchat.experiments.results_file import Journal
    from flanchat.experiments.sweep import SweepPlan, SweepTask, Tally
    from flanchat.prompting.prompt import Setup
    from flanchat.ui.progress import CountProgress

BATCH = {"cpu": 16}
BATCH_ELSEWHERE = 64
_KEPT = ("eos", "length", "stop", "empty")  # what counts as an answer; interrupted ones are made again


@click.command()
@click.argument("file", metavar="FILE")
@click.option("-p", "--profile", "profiles", multiple=True, metavar="NAME,...", help="Profiles to ask with.")
@click.option(
    "-o",
    "--set",
    "pairs",
    multiple=True,
    metavar="NAME=VALUE,...",
    help="Settings; several values (0,0.7 or 1..4) are all tried, each with each.",
)
@click.option(
    "-m",
    "--model",
    cls=EnvironOption,
    envvar="FLANCHAT_MODEL",
    metavar="NAME|FOLDER",
    shell_complete=model_names,
    help="bundled, a short name, a folder, or [hf:|om:]OWNER/NAME[@REVISION] (default: bundled).",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write to a .jsonl or .parquet file and go on with it (default: JSONL to standard output).",
)
@click.option("--prompt-column", metavar="NAME", help="Column that holds the prompts.")
@click.option("--target-column", metavar="NAME", help="Column that holds the right answers.")
@click.option("--var", "variables", multiple=True, metavar="NAME=VALUE", help="Fill in a profile's variable.")
@click.option("--seed", type=int, metavar="N", help="Derive each answer's seed from this one (default: 0).")
@click.option(
    "--batch",
    type=click.IntRange(min=1),
    metavar="N",
    help="Answers made side by side (default: 16 on a CPU, 64 elsewhere).",
)
@click.option(
    "--engine",
    type=click.Choice(["local", "ray"]),
    default="local",
    help="Answer here, or by the workers of a Ray cluster (default: local).",
)
@click.option("--address", metavar="HOST:PORT", help="Ray cluster to use; auto finds it (default: start one here).")
@click.option(
    "--workers",
    type=click.IntRange(min=1),
    metavar="N",
    help="Ray workers (default: one for each NPU or GPU, else for each four CPUs).",
)
@click.option(
    "--device", cls=EnvironOption, envvar="FLANCHAT_DEVICE", metavar="NAME", help="auto, npu[:N], cuda[:N], mps or cpu."
)
@click.option("--precision", default="auto", metavar="NAME", help="auto, float32, float16, bfloat16 or int8.")
@click.option("--convert-bin", is_flag=True, help="Turn .bin weights into safetensors first, once.")
@click.option(
    "--profiles",
    "profiles_folder",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Look for profiles here first.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the summary as one JSON object; needs --out.")
@click.option("--plain", is_flag=True, help="No colour, no cursor movement: for pipes and screen readers.")
@click.option("--no-color", is_flag=True, help="No colour.")
@click.option("--debug", is_flag=True, help="Show tracebacks and what libraries say.")
@click.pass_obj
def sweep(env: Environment, /, file: str, **options: Any) -> None:
    """Ask every prompt of FILE (.txt, .csv, .jsonl, .parquet; - is standard input) with profiles and settings.

    The same command goes on where it was cut. With a column of right answers it says how many were right.

    \b
    flanchat sweep questions.csv -p plain,qa --out answers.jsonl
    flanchat sweep news.jsonl -p headline -o do_sample=true -o temperature=0.5,1 -o seed=1..4 --out all.parquet
    """  # fmt: skip
    from flanchat.cli.opening import find_model
    from flanchat.engine.t5.local import weights_digest
    from flanchat.engine.t5.tokenizer import open_tokenizer
    from flanchat.experiments.prompt_file import read_prompts
    from flanchat.experiments.sweep import axes, plan_sweep, variants

    _check(options)
    rows = read_prompts(file, _content(env, file), options["prompt_column"], options["target_column"])
    choices = _choices(env, options)
    given = axes(pairs(options["pairs"], "-o"))
    if options["seed"] is not None:
        given["seed"] = [options["seed"]]
    setups = _setups(options, choices)
    all_variants = variants(setups, given)
    idle = [set(variant.settings.ineffective().values()) for variant in all_variants]
    for why in sorted(set.intersection(*idle)):
        env.complain(why)
    if scored := {s.profile.name for s in setups if s.choices}:
        env.complain(
            _("{profiles}: a sweep writes the answers freely and scores no choices; flanchat choose does").format(
                profiles=", ".join(sorted(scored))
            )
        )
    source, checkpoint = find_model(env, _same_model(choices), options)
    tokenizer = open_tokenizer(checkpoint.tokenizer)
    model = weights_digest(checkpoint, env.environ), _file_sha256(checkpoint.tokenizer)
    wanted = plan_sweep(rows, all_variants, tokenizer.measure, model)
    with ExitStack() as stack:
        lines = _Lines(env, wanted, options["out"])
        stack.callback(lines.close)
        _announce(env, wanted, lines)
        if len(lines.done) < len(wanted.cells):
            crew = _crew(env, source, choices[0].device, model, options)
            stack.callback(crew.close)
            _run(env, wanted, lines, crew, options)
    lines.finish()
    _report(env, file, wanted, lines.tallies, options)


class _Lines:
    """Where the answers are written, which of them are there already, and what they come to."""

    def __init__(self, env: Environment, plan: SweepPlan, out: Path | None) -> None:
        """out: None prints them. Raises UsageError when the file holds what is not of this sweep."""
        from flanchat.experiments.results_file import Journal
        from flanchat.experiments.sweep import Tally

        self._env = env
        self.out = out
        self.tallies: list[Tally] = [Tally() for __ in plan.variants]
        self.done: set[str] = set()
        self._engine: Mapping[str, Any] | None = None  # the one that the lines before were made by
        self._cells = {cell.key: cell for cell in plan.cells}
        self._journal: Journal | None = None
        if out is None:
            return
        self._path = path = out.with_name(out.name + ".jsonl") if out.suffix == ".parquet" else out
        if path != out and out.exists() and not path.exists():
            raise UsageError(
                _("{out}: exists already, without its journal {journal}; give --out another name").format(
                    out=out, journal=path.name
                )
            )
        self._journal = Journal(path)
        try:
            for number, record in self._journal.read():
                self._take(plan, number, record)
        except BaseException:
            self._journal.close()
            raise

    def _take(self, plan: SweepPlan, number: int, record: Mapping[str, Any]) -> None:
        cell = self._cells.get(record["key"])
        if cell is None:
            raise UsageError(
                _("{path}:{line}: belongs to another sweep: {why}; give --out another name").format(
                    path=self._path, line=number, why=plan.stray(record)
                )
            )
        if cell.key not in self.done:
            self.done.add(cell.key)
            self.tallies[cell.variant].add(record)
        self._engine = self._engine or record.get("engine")

    def check(self, card: ModelCard) -> None:
        """Raise UsageError when the lines so far were made on another kind of device or in another precision."""
        before = self._engine or {}
        then, now = (
            (str(device).partition(":")[0], precision)
            for device, precision in (
                (before.get("device", card.device), before.get("dtype", card.precision)),
                (card.device, card.precision),
            )
        )
        if then != now:
            raise UsageError(
                _("{path}: was begun on {device} in {precision}, and this is {now}; give --out another name").format(
                    path=self.out, device=then[0], precision=then[1], now=" ".join(now)
                )
            )

    def add(self, records: Sequence[Mapping[str, Any]]) -> None:
        """Write answers; they are on disk when this returns."""
        if self._journal is not None:
            self._journal.add(records)
        elif records:
            self._env.print("\n".join(map(json.dumps, records)))
        for record in records:
            self.done.add(record["key"])
            self.tallies[self._cells[record["key"]].variant].add(record)

    def close(self) -> None:
        if self._journal is not None:
            self._journal.close()

    def finish(self) -> None:
        """All answers are there: make what was asked for of the journal."""
        if self.out is not None and self._path != self.out:
            from flanchat.experiments.parquet import write_parquet

            write_parquet(self._path, self.out)


def _run(env: Environment, plan: SweepPlan, lines: _Lines, crew: Crew, options: dict[str, Any]) -> None:
    """Have all cells answered that are not done. Ctrl-C keeps what is finished and raises KeyboardInterrupt."""
    from flanchat.base.signals import stop_on_interrupt
    from flanchat.ui.progress import CountProgress

    pressed = False

    def stop() -> None:
        nonlocal pressed
        pressed = True
        crew.stop()

    usual = BATCH.get(crew.device(), BATCH_ELSEWHERE)  # waits for the model, which is not to count as answering
    size = options["batch"] or usual
    batches = list(plan.batches(size, lines.done))
    plain, color = options["plain"], colored(env, options)
    try:
        with (
            CountProgress(len(plan.cells), len(lines.done), env.stderr, env.environ, plain=plain, color=color) as count,
            stop_on_interrupt(stop, crew.kill, ready=crew.ready),
        ):
            count.start()
            _answer(plan, batches, lines, crew, count=count, is_over=lambda: pressed)
    except UsageError:
        raise
    except BaseException:
        _keep_note(env, plan, lines)
        raise
    if pressed and len(lines.done) < len(plan.cells):
        _keep_note(env, plan, lines)
        raise KeyboardInterrupt


def _answer(
    plan: SweepPlan,
    batches: Sequence[Sequence[SweepTask]],
    lines: _Lines,
    crew: Crew,
    *,
    count: CountProgress,
    is_over: Callable[[], bool],
) -> None:
    from flanchat.engine.events import Finished
    from flanchat.engine.protocol import Known
    from flanchat.experiments.sweep import request

    waiting: dict[int, Any] = {}

    def handed_out() -> Iterator[tuple[int, list[Request]]]:
        for number, batch in enumerate(batches):
            if is_over():
                return
            waiting[number] = [plan.unanswered(cell) for cell in batch]
            yield number, [request(answer) for answer in waiting[number]]

    checked = False
    for number, card, events in crew.answer(handed_out()):
        if not checked:
            lines.check(card)
            checked = True
        answers, made_by = waiting.pop(number), Known(card)
        for event in events:
            answers[event.row].take(event, made_by)
            if isinstance(event, Finished):
                answers[event.row].batch = len(answers)
                answers[event.row].end()
        kept = [
            plan.record(cell, answer)
            for cell, answer in zip(batches[number], answers, strict=True)
            if answer.finish in _KEPT
        ]
        lines.add(kept)
        count.add(len(kept))


def _keep_note(env: Environment, plan: SweepPlan, lines: _Lines) -> None:
    counts = {"done": len(lines.done), "total": len(plan.cells)}
    if lines.out is None:
        env.complain(_("{done} of {total} answers were printed").format(**counts))
    else:
        env.complain(
            _("{done} of {total} answers are kept for {out}; the same command goes on from there").format(
                out=lines.out, **counts
            )
        )


def _announce(env: Environment, plan: SweepPlan, lines: _Lines) -> None:
    profiles = len({(v.profile.name, v.profile.sha256) for v in plan.variants})
    env.complain(
        _("{total} answers = prompts {prompts} x profiles {profiles} x settings {settings}").format(
            prompts=len(plan.rows),
            profiles=profiles,
            settings=len(plan.variants) // profiles,
            total=len(plan.cells),
        )
    )
    if lines.done:
        env.complain(_("{done} of them are there already").format(done=len(lines.done)))


def _report(env: Environment, file: str, plan: SweepPlan, tallies: Sequence[Tally], options: dict[str, Any]) -> None:
    from flanchat.ui.scoreboard import draw

    figures = [
        {"profile": v.profile.name, "settings": v.label, "varied": dict(v.varied), **tally.as_dict()}
        for v, tally in zip(plan.variants, tallies, strict=True)
    ]
    draw(figures, env.stderr, env.environ, plain=options["plain"], color=colored(env, options))
    if options["as_json"]:
        about = {"file": file, "out": str(options["out"]), "prompts": len(plan.rows), "answers": len(plan.cells)}
        env.print(json.dumps({**about, "variants": figures}))


def _check(options: Mapping[str, Any]) -> None:
    """Refuse what makes no sense together, before anything is read."""
    out: Path | None = options["out"]
    if out is not None and out.suffix not in (".jsonl", ".parquet"):
        raise UsageError(_("--out {out}: expected a name that ends in .jsonl or .parquet").format(out=out))
    if out is not None and out.suffix == ".parquet":
        from flanchat.experiments.parquet import demand_pyarrow

        demand_pyarrow()
    if options["as_json"] and out is None:
        raise UsageError(_("--json prints the summary, so the answers need --out FILE"))
    if options["engine"] != "ray" and (options["address"] or options["workers"]):
        raise UsageError(_("--address and --workers go with --engine ray"))


def _content(env: Environment, file: str) -> bytes:
    """What is in the file of prompts, or comes by the pipe."""
    if file == "-":
        if env.stdin.isatty():
            raise UsageError(_("- reads prompts from a pipe, one a line, and there is none; give a FILE"))
        return env.stdin.buffer.read()
    from flanchat.base.files import open_regular, reason

    try:
        with open(open_regular(Path(file)), "rb") as prompts:
            return prompts.read()
    except FileNotFoundError:
        raise UsageError(_("{file}: there is no such file").format(file=file)) from None
    except OSError as error:
        raise StorageError(f"{file}: {reason(error)}") from error


def _choices(env: Environment, options: dict[str, Any]) -> list[Choice]:
    """What configuration, environment and flags say for each profile, without the settings that are varied."""
    words = [name for given in options["profiles"] for name in given.split(",") if name]
    rest = {**options, "pairs": (), "variables": (), "seed": None, "system": None}
    choices = [choose(env, {**rest, "profile": word}) for word in words or [env.environ.get("FLANCHAT_PROFILE")]]
    return list({(choice.profile.name, choice.profile.sha256): choice for choice in choices}.values())


def _setups(options: dict[str, Any], choices: Sequence[Choice]) -> list[Setup]:
    """The profiles with the variables given for all prompts. One that only some profiles have is for these."""
    from flanchat.prompting.profile import check_variable
    from flanchat.prompting.prompt import Setup

    given = dict(pairs(options["variables"], "--var"))
    for name, value in given.items():
        for profile in [c.profile for c in choices if name in c.profile.vars] or [choices[0].profile]:
            try:
                check_variable(profile, name, value)
            except UsageError as error:
                raise UsageError(f"--var {error.message}") from None
    return [
        Setup(c.profile, c.settings, {name: value for name, value in given.items() if name in c.profile.vars})
        for c in choices
    ]


def _same_model(choices: Sequence[Choice]) -> str | None:
    if len({(choice.model, choice.device) for choice in choices}) > 1:
        raise UsageError(_("the profiles name different models or devices; choose with --model and --device"))
    return choices[0].model


def _crew(env: Environment, source: ModelSource, device: str, model: tuple[str, str], options: dict[str, Any]) -> Crew:
    """Who answers. model: the checksums that it must have."""
    if options["engine"] == "ray":
        from flanchat.engine.worker.ray_pool import RayCrew

        return RayCrew(
            source, model, device=device, precision=options["precision"], address=options["address"],
            workers=options["workers"], note=env.complain,
        )  # fmt: skip
    from flanchat.cli.opening import large_told
    from flanchat.engine.worker.pool import Alone

    engine = env.open_engine(
        source,
        device=device,
        precision=options["precision"],
        environ=env.environ,
        report=large_told(env),
        note=env.complain,
        debug=options["debug"],
    )
    return Alone(engine)


def _file_sha256(path: Path) -> str:
    import hashlib

    return hashlib.sha256(path.read_bytes()).hexdigest()
