"""`flanchat sweep`: answers a file of prompts with several profiles and settings, and writes a line per answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from pathlib import Path

import click

from flanchat.base.errors import UsageError
from flanchat.base.i18n import _, ngettext
from flanchat.base.signals import stop_on_interrupt
from flanchat.cli.environment import Environment
from flanchat.cli.opening import ResolvedOptions, check_variables, find_model, open_engine, resolve_options
from flanchat.cli.options import (
    SessionOptions,
    SetupOptions,
    TypedPath,
    flag,
    form,
    has_color,
    name_value_pairs,
    option,
    takes,
    typed_text,
)
from flanchat.cli.prompt_file import input_notes, not_choices, read_prompt_file, require_column
from flanchat.engine.checkpoint.validate import ModelSource, tokenizer_digest, weights_digest
from flanchat.engine.worker.pool import SingleWorker, WorkerPool
from flanchat.experiments.metrics import METRICS
from flanchat.experiments.parquet import demand_pyarrow
from flanchat.experiments.prompt_source import with_settings_of
from flanchat.experiments.sweep import SweepPlan, Variant, axes, choices_of, plan_sweep, variants
from flanchat.experiments.sweep_report import SweepReport, report
from flanchat.experiments.sweep_run import SweepRun, journal_path
from flanchat.export.sweep_page import sweep_page
from flanchat.prompting.settings import Settings, greedy_vote_note, same_rank, sampling_note
from flanchat.prompting.setup import Setup
from flanchat.sessions.batch import MOST_ROWS
from flanchat.ui.progress import CountProgress
from flanchat.ui.scoreboard import draw

BATCH_ON_CPU, BATCH_ELSEWHERE = 16, 64


@dataclass(frozen=True, kw_only=True)
class SweepOptions(SetupOptions):
    """Which answers to make, and where to write them."""

    profiles: tuple[str, ...] = option("-p", "--profile", multiple=True, metavar="NAME,...", help="Profiles to use.")
    settings: tuple[str, ...] = option(
        "-o", "--set", callback=typed_text, multiple=True, metavar="NAME=VALUE,...",
        help="Settings; all combinations of several values (0,0.7 or 1..4) are tried.",
    )  # fmt: skip
    out: Path | None = option(
        "--out", type=TypedPath(), metavar="FILE",
        help="Write to a .jsonl or .parquet file, or resume it (default: JSONL to standard output).",
    )  # fmt: skip
    prompt_column: str | None = option("--prompt-column", metavar="NAME", help="Column that holds the prompts.")
    target_column: str | None = option("--target-column", metavar="NAME", help="Column that holds the right answers.")
    metric: str | None = option(
        "--metric", type=click.Choice(list(METRICS)),
        help="Metric by which profiles and settings are compared (default: exact).",
    )  # fmt: skip
    by: str | None = option("--by", metavar="COLUMN", help="Show the metric for each value of this column, too.")
    wrong: bool = flag("--wrong", help="List the wrong answers, the most confident first.")
    calibration: bool = flag("--calibration", help="Show how far the confidence of the answers can be trusted.")
    limit: int | None = option(
        "--limit",
        type=click.IntRange(min=1),
        metavar="N",
        help="Ask only the first N prompts; a larger N goes on.",
    )
    seed: int | None = option(
        "--seed", type=int, metavar="N", help="Derive the seed of each answer from this one (default: 0)."
    )
    batch: int | None = option(
        "--batch",
        type=click.IntRange(1, MOST_ROWS),
        metavar="N",
        help="Batch size (default: 16 on a CPU, 64 elsewhere).",
    )
    engine: str = option(
        "--engine", type=click.Choice(["local", "ray", "transformers"]), default="local",
        help="Answer on this machine, with the workers of a Ray cluster, or with transformers' generate "
        "(default: local).",
    )  # fmt: skip
    address: str | None = option(
        "--address", metavar="HOST:PORT", help="Ray cluster to use; auto finds it (default: start one here)."
    )
    workers: int | None = option(
        "--workers", type=click.IntRange(min=1), metavar="N",
        help="Number of Ray workers (default: one per NPU or GPU, else one per four CPUs).",
    )  # fmt: skip
    as_json: bool = form("--json", help="Print the summary as one JSON object; needs --out.")
    as_html: bool = form("--html", help="Print a report as an HTML page; needs --out.")


@click.command()
@click.argument("path", metavar="FILE", type=TypedPath())
@takes(SweepOptions)
def sweep(env: Environment, options: SweepOptions, path: Path) -> None:
    """Answer all prompts of FILE (.txt, .csv, .json, .jsonl, .parquet; - is standard input) with profiles and settings.

    FILE may also be a task of lm-evaluation-harness or tests of promptfoo (.yaml).

    The same command resumes an interrupted sweep. With a column of right answers, it prints how many were right.

    \b
    flanchat sweep questions.csv -p plain,qa --out answers.jsonl
    flanchat sweep news.jsonl -p headline -o temperature=0.5,1 -o seed=1..4 --out all.parquet
    flanchat sweep reviews.csv -p sentiment -o choose=sum,free --by topic --out r.jsonl --html > report.html
    """
    from flanchat.engine.t5.tokenizer import open_tokenizer

    _check(options)
    _require_different(path, options.out)
    file = str(path)
    read = read_prompt_file(env, file, options.prompt_column, options.target_column)
    left_out = read.rows[options.limit :] if options.limit else ()
    read = replace(read, rows=read.rows[: options.limit])
    rows = read.rows
    if options.by is not None:
        require_column(file, read, options.by)
    resolved = _resolved(env, options)
    seed = [] if options.seed is None else [("seed", str(options.seed))]
    given = axes([*name_value_pairs(options.settings, "-o"), *seed])
    setups = [with_settings_of(read, setup) for setup in _setups(env, options, resolved)]
    for line in input_notes(read, {name for setup in setups for name in setup.profile.vars}):
        env.complain(line)
    all_variants = variants(setups, given, chosen=bool(rows[0].choices))
    choosing = [bool(choices_of(rows[0], variant)) for variant in all_variants]
    if not rows[0].choices and not any(setup.profile.choices for setup in setups):
        rules = [Settings().with_layer("flag", {"choose": value}) for value in given.get("choose", ())]
        for why in dict.fromkeys(why for rule in rules for why in rule.ineffective(choices=False).values()):
            env.complain(why)
    for line in _idle_notes(all_variants, choosing):
        env.complain(line)
    generating = [variant for variant, chooses in zip(all_variants, choosing, strict=True) if not chooses]
    if sampled_for := dict.fromkeys(name for variant in generating for name in variant.settings.sampled_for()):
        env.complain(sampling_note(sampled_for))
    if any(variant.settings.votes_though_greedy for variant in generating):
        env.complain(greedy_vote_note())
    with_choices = [setup.profile for setup in setups if setup.profile.choices and not rows[0].choices]
    for profile in {profile.name: profile for profile in with_choices}.values():
        if other := not_choices(read, profile):
            env.complain(other)
    if read.is_filled and any(variant.settings.value("choose") == "calibrated" for variant in all_variants):
        text = _("choose=calibrated: the template is in {file}, not in a profile, so it cannot be scored by itself")
        raise UsageError(text.format(file=file))
    options = _with_one_model(options, resolved)
    source, checkpoint = find_model(env, options)
    model = weights_digest(checkpoint, env.environ), tokenizer_digest(checkpoint)
    plan = plan_sweep(rows, all_variants, open_tokenizer(checkpoint.tokenizer), model, left_out)
    with closing(SweepRun(plan, options.out, env.print, env.now)) as run:
        for line in _loss_notes(plan):
            env.complain(line)
        _announce(env, run)
        if not run.is_complete:
            _answer(env, run, source, model, options)
        run.finish()
        found = report(
            run.plan,
            run.tallies,
            options.metric or read.metric or "exact",
            column=options.by or "",
            records=run.records() if options.wrong or options.as_html else None,
        )
    _show(env, run, found, options, file=file, model=source.name)


def _answer(
    env: Environment, run: SweepRun, source: ModelSource, model: tuple[str, str], options: SweepOptions
) -> None:
    """Answer what is not done. Ctrl-C keeps the finished answers and raises KeyboardInterrupt."""
    color = has_color(env, options)
    count = CountProgress(len(run.plan.tasks), len(run.done), env.stderr, env.environ, plain=options.plain, color=color)
    with closing(_open_pool(env, source, model, options, count.report)) as pool:

        def stop() -> None:
            run.stop()
            pool.stop()

        # Waits for the model, so that loading does not count for the rate.
        default = BATCH_ON_CPU if pool.device() == "cpu" else BATCH_ELSEWHERE
        try:
            with count, stop_on_interrupt(stop, pool.kill, ready=pool.ready):
                count.start()
                for added in run.answer(pool, options.batch or default):
                    count.add(added)
            if not run.is_complete:  # stopped
                raise KeyboardInterrupt
        except UsageError:  # about --out: nothing was added to it
            raise
        except BaseException:
            _print_kept(env, run)
            raise


def _idle_notes(all_variants: Sequence[Variant], choosing: Sequence[bool]) -> Iterator[str]:
    """Settings without effect: in all combinations, or in how many of them."""
    idle = Counter(
        why
        for variant, chooses in zip(all_variants, choosing, strict=True)
        for name, why in variant.settings.ineffective(choices=chooses).items()
        if not same_rank(variant.settings.origin(name), "profile")
    )
    for why, count in sorted(idle.items()):
        if count == len(all_variants):
            yield why
        else:
            yield _("{count} of {all} combinations: {why}").format(count=count, all=len(all_variants), why=why)


def _loss_notes(plan: SweepPlan) -> Iterator[str]:
    """What the model does not read of the prompts."""
    forms = {
        "unk": ngettext(
            "{count} of {all} prompt has characters that are not in the model's vocabulary, the first at {where}",
            "{count} of {all} prompts have characters that are not in the model's vocabulary, the first at {where}",
            len(plan.rows),
        ),
        "dropped": ngettext(
            "{count} of {all} prompt is over the budget and loses shots, the first at {where}",
            "{count} of {all} prompts are over the budget and lose shots, the first at {where}",
            len(plan.rows),
        ),
        "cut": ngettext(
            "{count} of {all} prompt is over the budget and its question is cut, the first at {where}",
            "{count} of {all} prompts are over the budget and their questions are cut, the first at {where}",
            len(plan.rows),
        ),
    }
    for kind, text in forms.items():
        if rows := plan.lost.get(kind):
            yield text.format(count=len(rows), all=len(plan.rows), where=rows[0].where)


def _print_kept(env: Environment, run: SweepRun) -> None:
    counts = {"done": len(run.done), "total": len(run.plan.tasks)}
    if run.out is None:
        text = ngettext(
            "{done} of {total} answer was printed", "{done} of {total} answers were printed", counts["total"]
        )
    else:
        text = ngettext(
            "{done} of {total} answer is kept in {out}; the same command resumes from there",
            "{done} of {total} answers are kept in {out}; the same command resumes from there",
            counts["total"],
        )
    env.complain(text.format(out=run.out, **counts))


def _announce(env: Environment, run: SweepRun) -> None:
    plan = run.plan
    profiles = len({(variant.profile.name, variant.profile.sha256) for variant in plan.variants})
    env.complain(
        ngettext(
            "{total} answer = prompts {prompts} x profiles {profiles} x settings {settings}",
            "{total} answers = prompts {prompts} x profiles {profiles} x settings {settings}",
            len(plan.tasks),
        ).format(
            prompts=len(plan.rows),
            profiles=profiles,
            settings=len(plan.variants) // profiles,
            total=len(plan.tasks),
        )
    )
    if run.done:
        text = ngettext("{done} of them exists already", "{done} of them exist already", len(run.done))
        env.complain(text.format(done=len(run.done)))
    if run.rescored:
        env.complain(
            ngettext(
                "{count} kept answer was scored anew, with the present right answers and metrics",
                "{count} kept answers were scored anew, with the present right answers and metrics",
                run.rescored,
            ).format(count=run.rescored)
        )


def _show(env: Environment, run: SweepRun, found: SweepReport, options: SweepOptions, *, file: str, model: str) -> None:
    color = has_color(env, options)
    shown = found if options.wrong else replace(found, wrong=None)  # the page has them always
    draw(shown, env.stderr, env.environ, calibration=options.calibration, plain=options.plain, color=color)
    if options.as_html:
        env.print(sweep_page(found, file=file, model=model), end="")
    if not options.as_json:
        return
    figures = [
        {"profile": variant.profile.name, "settings": variant.label, "varied": dict(variant.varied), **tally.as_dict()}
        for variant, tally in zip(run.plan.variants, run.tallies, strict=True)
    ]
    summary = {
        "file": file,
        "out": str(options.out),
        "prompts": len(run.plan.rows),
        "answers": len(run.plan.tasks),
        "variants": figures,
        **found.as_dict(),
    }
    env.print_json(summary)


def _check(options: SweepOptions) -> None:
    """Refuse options that exclude each other, before anything is read."""
    if options.out is not None and options.out.suffix not in (".jsonl", ".parquet"):
        raise UsageError(_("--out {out}: expected a name that ends in .jsonl or .parquet").format(out=options.out))
    if options.out is not None and options.out.suffix == ".parquet":
        demand_pyarrow()
    if options.as_json and options.out is None:
        raise UsageError(_("--json prints the summary, so the answers need --out FILE"))
    if (options.as_html or options.wrong) and options.out is None:
        given = "--html" if options.as_html else "--wrong"
        raise UsageError(_("{option} shows answers again, so they need --out FILE").format(option=given))
    if options.engine != "ray" and (options.address or options.workers):
        raise UsageError(_("--address and --workers need --engine ray"))


def _require_different(prompts: Path, out: Path | None) -> None:
    """Refuse to write to the file of prompts, under whatever name."""
    for written in () if out is None else {out, journal_path(out)}:
        with suppress(OSError):
            if written.samefile(prompts):
                raise UsageError(_("--out {out}: is the file of prompts; give --out another name").format(out=written))


def _resolved(env: Environment, options: SweepOptions) -> list[ResolvedOptions]:
    """Each profile, once, with its settings before those of the sweep."""
    names: list[str | None] = [name for given in options.profiles for name in given.split(",") if name]
    shared = SessionOptions(
        model=options.model, base=options.base, device=options.device, profiles_folder=options.profiles_folder
    )
    found = [
        resolve_options(env, replace(shared, profile=name))
        for name in names or [env.environ.get("FLANCHAT_PROFILE") or None]
    ]
    return list({(each.setup.profile.name, each.setup.profile.sha256): each for each in found}.values())


def _setups(env: Environment, options: SweepOptions, resolved: Sequence[ResolvedOptions]) -> list[Setup]:
    """The profiles with the variables of --var; each profile gets those that it has."""
    setups = [each.setup for each in resolved]
    given = check_variables(env, options.variables, [setup.profile for setup in setups])
    return [
        replace(setup, variables={name: value for name, value in given.items() if name in setup.profile.vars})
        for setup in setups
    ]


def _with_one_model(options: SweepOptions, resolved: Sequence[ResolvedOptions]) -> SweepOptions:
    if len({(each.model, each.base, each.device) for each in resolved}) > 1:
        raise UsageError(_("the profiles name different models or devices; choose with --model and --device"))
    return replace(options, model=resolved[0].model, base=resolved[0].base, device=resolved[0].device)


def _open_pool(
    env: Environment, source: ModelSource, model: tuple[str, str], options: SweepOptions, note: Callable[[str], None]
) -> WorkerPool:
    """The engines that answer. model: the checksums that each must have."""
    if options.engine != "ray":
        return SingleWorker(open_engine(env, options, source, note=note))
    from flanchat.engine.worker.ray_pool import RayPool

    return RayPool(
        source, model, device=options.device or "auto", precision=options.precision, address=options.address,
        workers=options.workers, note=note,
    )  # fmt: skip
