"""`flanchat diff`: two models on the same prompts, their answers and their distributions."""

from __future__ import annotations

import math
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from pathlib import Path

import click

from flanchat.base.errors import DIFFERS, UsageError
from flanchat.base.format import format_divergence
from flanchat.base.i18n import _, ngettext
from flanchat.base.paths import typed_path
from flanchat.base.signals import stop_on_interrupt
from flanchat.cli import completers
from flanchat.cli.environment import Environment
from flanchat.cli.opening import find_model, open_engine, resolve_options
from flanchat.cli.options import (
    ModelOptions,
    ProfilesOptions,
    ScreenOptions,
    SessionOptions,
    declared,
    flag,
    form,
    has_color,
    open_view,
    option,
    takes,
    typed_text,
)
from flanchat.cli.prompt_file import read_prompt_file
from flanchat.engine.hubs.named_model import named_model
from flanchat.experiments.flags import LIMIT, PROMPT_COLUMN, REFERENCE
from flanchat.experiments.model_diff import BATCH, ModelComparison, shared_vocabulary
from flanchat.experiments.model_diff_prompts import FilePrompts, bundled_prompts
from flanchat.sessions.batch import MOST_ROWS
from flanchat.ui.model_diff import model_diff
from flanchat.ui.progress import CountProgress


@dataclass(frozen=True, kw_only=True)
class DiffOptions(ProfilesOptions, ScreenOptions):
    """What to compare, and how to print it."""

    reference: bool = declared(REFERENCE)
    profile: str | None = option(
        "-p", "--profile", metavar="NAME|FILE", help="Profile for the prompts (default: plain, as they are)."
    )
    settings: tuple[str, ...] = option(
        "-o", "--set", callback=typed_text, multiple=True, metavar="NAME=VALUE", help="Change a setting."
    )
    prompt_column: str | None = declared(PROMPT_COLUMN)
    limit: int | None = option(LIMIT.name, type=click.IntRange(min=1), metavar=LIMIT.value, help=LIMIT.help)
    batch: int = option(
        "--batch", type=click.IntRange(1, MOST_ROWS), default=BATCH, metavar="N",
        help=f"Prompts that are answered together (default: {BATCH}).",
    )  # fmt: skip
    max_kl: float | None = option(
        "--max-kl", type=click.FloatRange(min=0.0), metavar="NATS",
        help="Exit with status 6 when KL(A || B) per token is larger.",
    )  # fmt: skip
    convert_bin: bool = flag("--convert-bin", help="Convert .bin weights to safetensors first, once.")
    as_json: bool = form("--json", help="Print one JSON object with everything.")
    as_html: bool = form("--html", help="Print an HTML page.")


@click.command()
@click.argument("words", nargs=-1, metavar="MODEL_A MODEL_B [FILE]", shell_complete=completers.complete_model)
@takes(DiffOptions)
def diff(env: Environment, options: DiffOptions, words: tuple[str, ...]) -> None:
    """Compare two models: their answers, and how far apart they are at each token of A's answers.

    Each is a name as after -m, with what else decides its numbers: MODEL[,device=NAME][,precision=NAME][,base=MODEL].
    FILE holds prompts as for flanchat sweep; without it, 225 that come with flanchat are answered. Answers are greedy.
    KL(A || B) is the Kullback-Leibler divergence over the whole vocabulary, in nats per token. Both models are loaded
    at the same time. The exit status is 6 when it is above --max-kl.

    \b
    flanchat diff bundled,precision=float32 bundled,precision=int8
    flanchat diff google/flan-t5-base ./my-lora questions.csv --max-kl 0.01
    flanchat diff ./my-model --reference
    """
    if options.max_kl is not None and math.isnan(options.max_kl):  # no divergence is below it
        raise UsageError(_("{option}: expected a number, got {got}").format(option="--max-kl", got=options.max_kl))
    count = 1 if options.reference else 2
    if not count <= len(words) <= count + 1:
        raise UsageError(
            (
                ngettext(
                    "expected one MODEL and perhaps a FILE after --reference, found {count} word",
                    "expected one MODEL and perhaps a FILE after --reference, found {count} words",
                    len(words),
                )
                if options.reference
                else ngettext(
                    "expected MODEL_A, MODEL_B and perhaps a FILE, found {count} word; --reference compares a MODEL "
                    "with transformers",
                    "expected MODEL_A, MODEL_B and perhaps a FILE, found {count} words; --reference compares a MODEL "
                    "with transformers",
                    len(words),
                )
            ).format(count=len(words))
        )
    names, files = words[:count], words[count:]
    if options.prompt_column and not files:
        raise UsageError(_("{option} needs a FILE of prompts").format(option=PROMPT_COLUMN.name))
    file = str(typed_path(files[0], env.environ)) if files else ""
    if options.reference and file not in ("", "-") and not Path(file).exists():
        raise UsageError(
            _(
                "{file}: no such file; {reference} compares {model} with transformers, so no second MODEL is named"
            ).format(file=file, reference=REFERENCE.name, model=names[0])
        )
    read = read_prompt_file(env, file, options.prompt_column, None) if files else bundled_prompts()
    asked = SessionOptions(
        profile=options.profile or "plain", settings=options.settings, profiles_folder=options.profiles_folder
    )
    resolved = resolve_options(env, asked)
    prompts = FilePrompts(resolved.setup, read, origin="flag", limit=options.limit)
    for line in prompts.notes:
        env.complain(line)
    shown = ModelOptions(plain=options.plain, no_color=options.no_color, debug=options.debug)
    given = [named_model(env.checked(name, _("the command line"))) for name in names]
    models = [
        replace(
            shown,
            model=one.name,
            base=one.base,
            device=one.device or resolved.device,
            precision=one.precision or "auto",
            convert_bin=options.convert_bin,
        )
        for one in given
    ]
    if options.reference:
        models.insert(0, replace(models[0], engine="transformers", precision="auto"))
    sources = [find_model(env, each)[0] for each in models]
    vocabulary = shared_vocabulary(sources[0], sources[1])
    if vocabulary is None and options.max_kl is not None:
        raise UsageError(_("--max-kl: the models have different vocabularies, so only their texts can be compared"))
    with ExitStack() as stack:
        bar = CountProgress(
            len(prompts), 0, env.stderr, env.environ, plain=options.plain, color=has_color(env, options), quiet=True
        )
        a, b = (
            stack.enter_context(closing(open_engine(env, each, source, note=bar.report)))
            for each, source in zip(models, sources, strict=True)
        )
        work = ModelComparison(a, b, prompts, vocabulary, options.batch)
        try:
            _run(work, bar)
        finally:
            _print(env, work, options)
    if not work.is_complete:
        raise KeyboardInterrupt
    found = work.result
    if options.max_kl is not None and found is not None and not (found.kl or 0.0) <= options.max_kl:  # nor NaN
        env.complain(
            _("KL(A || B) is {kl} nats per token, above --max-kl {most}").format(
                kl=format_divergence(found.kl or 0.0), most=options.max_kl
            )
        )
        raise click.exceptions.Exit(DIFFERS)


def _run(work: ModelComparison, bar: CountProgress) -> None:
    def is_ready() -> bool:
        return work.a.status == work.b.status == "ready"

    with bar, stop_on_interrupt(work.stop, work.kill, ready=is_ready):
        work.a.start()  # both load at the same time
        work.b.start()
        work.a.card()
        work.b.card()
        bar.start()
        done = 0
        for compared in work.run():
            bar.add(compared - done)
            done = compared


def _print(env: Environment, work: ModelComparison, options: DiffOptions) -> None:
    """Print what has been compared, unless that is nothing."""
    found = work.result
    if found is None or not found.prompts:
        return
    if options.as_json:
        env.print_json(found.to_dict())
    elif options.as_html:
        from flanchat.export.model_diff_page import model_diff_page

        env.print(model_diff_page(found), end="")
    else:
        view = open_view(env, options)
        for part in model_diff(found):
            view.show(part)
