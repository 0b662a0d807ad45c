"""`flanchat sweep`: answers a file of prompts with several profiles and settings, and writes a line per answer."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from flanchat.base.errors import StorageError, UsageError
from flanchat.base.i18n import _
from flanchat.cli.environment import Environment
from flanchat.cli.opening import find_model, open_engine_of
from flanchat.cli.options import SessionOptions, SetupOptions, flag, has_color, name_value_pairs, option, takes
from flanchat.cli.resolved import ResolvedOptions, check_variables, resolve_options

if TYPE_CHECKING:
    from flanchat.engine.checkpoint.validate import ModelSource
    from flanchat.engine.worker.pool import WorkerPool
    from flanchat.experiments.sweep import SweepPlan, Tally
    from flanchat.experiments.sweep_run import SweepResults
    from flanchat.prompting.prompt import Setup
    from flanchat.ui.progress import CountProgress

BATCH = {"cpu": 16}
BATCH_ELSEWHERE = 64


@dataclass(frozen=True, kw_only=True)
class SweepOptions(SetupOptions):
    """Which answers to make, and where to write them."""

    profiles: tuple[str, ...] = option("-p", "--profile", multiple=True, metavar="NAME,...", help="Profiles to use.")
    settings: tuple[str, ...] = option(
        "-o", "--set", multiple=True, metavar="NAME=VALUE,...",
        help="Settings; all combinations of several values (0,0.7 or 1..4) are tried.",
    )  # fmt: skip
    out: Path | None = option(
        "--out", type=click.Path(path_type=Path), metavar="FILE",
        help="Write to a .jsonl or .parquet file, or resume it (default: JSONL to standard output).",
    )  # fmt: skip
    prompt_column: str | None = option("--prompt-column", metavar="NAME", help="Column that holds the prompts.")
    target_column: str | None = option("--target-column", metavar="NAME", help="Column that holds the right answers.")
    seed: int | None = option(
        "--seed", type=int, metavar="N", help="Derive the seed of each answer from this one (default: 0)."
    )
    batch: int | None = option(
        "--batch", type=click.IntRange(min=1), metavar="N", help="Batch size (default: 16 on a CPU, 64 elsewhere)."
    )
    engine: str = option(
        "--engine", type=click.Choice(["local", "ray"]), default="local",
        help="Answer on this machine, or with the workers of a Ray cluster (default: local).",
    )  # fmt: skip
    address: str | None = option(
        "--address", metavar="HOST:PORT", help="Ray cluster to use; auto finds it (default: start one here)."
    )
    workers: int | None = option(
        "--workers", type=click.IntRange(min=1), metavar="N",
        help="Number of Ray workers (default: one per NPU or GPU, else one per four CPUs).",
    )  # fmt: skip
    as_json: bool = flag("--json", help="Print the summary as one JSON object; needs --out.")


@click.command()
@click.argument("file", metavar="FILE")
@takes(SweepOptions)
def sweep(env: Environment, options: SweepOptions, file: str) -> None:
    """Answer every prompt of FILE (.txt, .csv, .jsonl, .parquet; - is standard input) with profiles and settings.

    The same command resumes an interrupted sweep. With a column of right answers, it prints how many were right.

    \b
    flanchat sweep questions.csv -p plain,qa --out answers.jsonl
    flanchat sweep news.jsonl -p headline -o do_sample=true -o temperature=0.5,1 -o seed=1..4 --out all.parquet
    """
    from flanchat.engine.checkpoint.validate import weights_digest
    from flanchat.engine.t5.tokenizer import open_tokenizer
    from flanchat.experiments.prompt_file import read_prompts
    from flanchat.experiments.sweep import axes, plan_sweep, variants
    from flanchat.experiments.sweep_run import SweepResults
    from flanchat.ui.progress import CountProgress

    _check(options)
    rows = read_prompts(file, _content(env, file), options.prompt_column, options.target_column)
    resolved = _resolved(env, options)
    given = axes(name_value_pairs(options.settings, "-o"))
    if options.seed is not None:
        given["seed"] = [options.seed]
    setups = _setups(options, resolved)
    all_variants = variants(setups, given)
    idle = [set(variant.settings.ineffective().values()) for variant in all_variants]
    for why in sorted(set.intersection(*idle)):
        env.complain(why)
    if scored := {s.profile.name for s in setups if s.choices}:
        env.complain(
            _("{profiles}: a sweep generates answers freely and scores no choices; flanchat choose does").format(
                profiles=", ".join(sorted(scored))
            )
        )
    options = _with_one_model(options, resolved)
    source, checkpoint = find_model(env, options)
    tokenizer = open_tokenizer(checkpoint.tokenizer)
    model = weights_digest(checkpoint, env.environ), _file_sha256(checkpoint.tokenizer)
    wanted = plan_sweep(rows, all_variants, tokenizer.measure, model)
    with ExitStack() as stack:
        lines = SweepResults(wanted, options.out, env.print)
        stack.callback(lines.close)
        _announce(env, wanted, lines)
        if len(lines.done) < len(wanted.tasks):
            plain, color = options.plain, has_color(env, options)
            count = CountProgress(len(wanted.tasks), len(lines.done), env.stderr, env.environ, plain=plain, color=color)
            pool = _open_pool(env, source, model, options, count.report)
            stack.callback(pool.close)
            _run(env, wanted, lines, pool, count=count, batch=options.batch)
    lines.finish()
    _report(env, file, wanted, lines.tallies, options)


def _run(
    env: Environment, plan: SweepPlan, lines: SweepResults, pool: WorkerPool, *, count: CountProgress, batch: int | None
) -> None:
    """Answer all tasks that are not done. Ctrl-C keeps the finished ones and raises KeyboardInterrupt."""
    from flanchat.base.signals import stop_on_interrupt
    from flanchat.experiments.sweep_run import run_sweep

    pressed = False

    def stop() -> None:
        nonlocal pressed
        pressed = True
        pool.stop()

    default = BATCH.get(pool.device(), BATCH_ELSEWHERE)  # waits for the model, before time is measured
    batches = list(plan.batches(batch or default, lines.done))
    try:
        with count, stop_on_interrupt(stop, pool.kill, ready=pool.ready):
            count.start()
            for kept in run_sweep(plan, batches, lines, pool, is_over=lambda: pressed, now=env.now):
                count.add(kept)
    except UsageError:
        raise
    except BaseException:
        _keep_note(env, plan, lines)
        raise
    if pressed and len(lines.done) < len(plan.tasks):
        _keep_note(env, plan, lines)
        raise KeyboardInterrupt


def _keep_note(env: Environment, plan: SweepPlan, lines: SweepResults) -> None:
    counts = {"done": len(lines.done), "total": len(plan.tasks)}
    if lines.out is None:
        env.complain(_("{done} of {total} answers were printed").format(**counts))
    else:
        env.complain(
            _("{done} of {total} answers are kept in {out}; the same command resumes from there").format(
                out=lines.out, **counts
            )
        )


def _announce(env: Environment, plan: SweepPlan, lines: SweepResults) -> None:
    profiles = len({(v.profile.name, v.profile.sha256) for v in plan.variants})
    env.complain(
        _("{total} answers = prompts {prompts} x profiles {profiles} x settings {settings}").format(
            prompts=len(plan.rows),
            profiles=profiles,
            settings=len(plan.variants) // profiles,
            total=len(plan.tasks),
        )
    )
    if lines.done:
        env.complain(_("{done} of them exist already").format(done=len(lines.done)))


def _report(env: Environment, file: str, plan: SweepPlan, tallies: Sequence[Tally], options: SweepOptions) -> None:
    from flanchat.ui.scoreboard import draw

    figures = [
        {"profile": v.profile.name, "settings": v.label, "varied": dict(v.varied), **tally.as_dict()}
        for v, tally in zip(plan.variants, tallies, strict=True)
    ]
    draw(figures, env.stderr, env.environ, plain=options.plain, color=has_color(env, options))
    if options.as_json:
        about = {"file": file, "out": str(options.out), "prompts": len(plan.rows), "answers": len(plan.tasks)}
        env.print(json.dumps({**about, "variants": figures}))


def _check(options: SweepOptions) -> None:
    """Refuse options that exclude each other, before anything is read."""
    out: Path | None = options.out
    if out is not None and out.suffix not in (".jsonl", ".parquet"):
        raise UsageError(_("--out {out}: expected a name that ends in .jsonl or .parquet").format(out=out))
    if out is not None and out.suffix == ".parquet":
        from flanchat.experiments.parquet import demand_pyarrow

        demand_pyarrow()
    if options.as_json and out is None:
        raise UsageError(_("--json prints the summary, so the answers need --out FILE"))
    if options.engine != "ray" and (options.address or options.workers):
        raise UsageError(_("--address and --workers need --engine ray"))


def _content(env: Environment, file: str) -> bytes:
    """The content of the file of prompts, or of standard input."""
    if file == "-":
        if env.stdin.isatty():
            raise UsageError(
                _("- reads prompts from a pipe, one per line, but standard input is a terminal; pass a FILE")
            )
        return env.stdin.buffer.read()
    from flanchat.base.files import open_regular, reason

    try:
        with open(open_regular(Path(file)), "rb") as prompts:
            return prompts.read()
    except FileNotFoundError:
        raise UsageError(_("{file}: no such file").format(file=file)) from None
    except OSError as error:
        raise StorageError(f"{file}: {reason(error)}") from error


def _resolved(env: Environment, options: SweepOptions) -> list[ResolvedOptions]:
    """Each profile, once, with its settings before those of the sweep."""
    names: list[str | None] = [name for given in options.profiles for name in given.split(",") if name]
    found = [
        resolve_options(
            env,
            SessionOptions(
                profile=name, model=options.model, device=options.device, profiles_folder=options.profiles_folder
            ),
        )
        for name in names or [env.environ.get("FLANCHAT_PROFILE") or None]
    ]
    return list({(each.setup.profile.name, each.setup.profile.sha256): each for each in found}.values())


def _setups(options: SweepOptions, resolved: Sequence[ResolvedOptions]) -> list[Setup]:
    """The profiles with the variables of --var; each profile gets those that it has."""
    setups = [each.setup for each in resolved]
    given = check_variables(options.variables, [setup.profile for setup in setups])
    return [
        replace(setup, variables={name: value for name, value in given.items() if name in setup.profile.vars})
        for setup in setups
    ]


def _with_one_model(options: SweepOptions, resolved: Sequence[ResolvedOptions]) -> SweepOptions:
    if len({(each.model, each.device) for each in resolved}) > 1:
        raise UsageError(_("the profiles name different models or devices; choose with --model and --device"))
    return replace(options, model=resolved[0].model, device=resolved[0].device)


def _open_pool(
    env: Environment, source: ModelSource, model: tuple[str, str], options: SweepOptions, note: Callable[[str], None]
) -> WorkerPool:
    """The engines that answer. model: the checksums that each must have."""
    if options.engine == "ray":
        from flanchat.engine.worker.ray_pool import RayPool

        return RayPool(
            source, model, device=options.device or "auto", precision=options.precision, address=options.address,
            workers=options.workers, note=note,
        )  # fmt: skip
    from flanchat.engine.worker.pool import SingleWorker

    return SingleWorker(open_engine_of(env, source, options, note=note))


def _file_sha256(path: Path) -> str:
    import hashlib

    return hashlib.sha256(path.read_bytes()).hexdigest()
