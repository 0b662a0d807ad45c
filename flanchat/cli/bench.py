"""`flanchat bench`: measures the speed of a model on the code path that every prompt takes."""

from __future__ import annotations

import random
import statistics
import string
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from flanchat import __version__
from flanchat.base.errors import UsageError
from flanchat.base.format import format_parameters, format_percent
from flanchat.base.i18n import _, ngettext
from flanchat.cli.environment import Environment
from flanchat.cli.opening import find_model, open_engine
from flanchat.cli.options import ModelOptions, flag, option, takes
from flanchat.engine.devices import precision_reasons as reasons
from flanchat.engine.events import Decoding, Finished, Request
from flanchat.engine.protocol import Engine, StepCosts
from flanchat.prompting.settings import find_setting
from flanchat.sessions.batch import MOST_ROWS

if TYPE_CHECKING:
    from flanchat.engine.t5.tokenizer import Tokenizer


_ATTEMPTS = 1000  # to fill a prompt up with a random word


def _limit(setting: str) -> int:
    """The largest value of a setting, beyond which no prompt or answer is asked for either."""
    return int(find_setting(setting).maximum)


@dataclass(frozen=True, kw_only=True)
class BenchOptions(ModelOptions):
    """What to measure, and how often."""

    input_tokens: int = option(
        "--input-tokens", type=click.IntRange(2, _limit("max_input_tokens")), default=128, metavar="N",
        help="Length of each prompt (default: 128).",
    )  # fmt: skip
    new_tokens: int = option(
        "--new-tokens", type=click.IntRange(2, _limit("max_new_tokens")), default=64, metavar="N",
        help="Length of each answer (default: 64).",
    )  # fmt: skip
    batch: int = option(
        "--batch", type=click.IntRange(1, MOST_ROWS), default=1, metavar="N", help="Prompts per batch (default: 1)."
    )
    runs: int = option(
        "--runs", type=click.IntRange(min=1), default=5, metavar="N", help="Runs after a warm-up run (default: 5)."
    )
    as_json: bool = flag("--json", help="Print one JSON object.")
    convert_bin: bool = False  # no option, nor are the next two
    plain: bool = False
    no_color: bool = False


@click.command()
@takes(BenchOptions)
def bench(env: Environment, options: BenchOptions) -> None:
    """Measure how fast a model answers random prompts with exactly N tokens; the end token is ignored.

    \b
    flanchat bench -m flan-t5-base --precision int8
    flanchat bench --batch 8 --json
    """
    from flanchat.engine.t5.tokenizer import open_tokenizer

    source, checkpoint = find_model(env, options)
    with closing(open_engine(env, options, source)) as engine:
        figures = _measure(engine, open_tokenizer(checkpoint.tokenizer), options)
    if options.as_json:
        env.print_json(figures)
    else:
        env.print(_table(figures))


def _measure(engine: Engine, tokenizer: Tokenizer, options: BenchOptions) -> dict[str, Any]:
    new, batch = options.new_tokens, options.batch
    decoding = Decoding(max_new_tokens=new, min_new_tokens=new, speculate="off")  # random weights repeat themselves
    words, numbers = _words(tokenizer), random.Random(0)
    first_ms, decode_tps, total_tps, peak_mb, fewest_threads = [], [], [], 0.0, []
    card = engine.card()
    for run in range(options.runs + 1):
        if run == 1:  # after the warm-up; from here on the step is traced
            costs = engine.step_costs(rows=batch, prompt_tokens=options.input_tokens, new_tokens=new)
        prompts = [_prompt(numbers, words, tokenizer, options.input_tokens) for _ in range(batch)]
        events = engine.stream([Request(prompt, decoding) for prompt in prompts])
        ends = [event for event in events if isinstance(event, Finished)]
        if any(end.new_tokens != new or end.first_token_s is None for end in ends):
            raise UsageError(_("the model did not generate {new} tokens; lower --new-tokens").format(new=new))
        first_s, total_s = max(end.first_token_s or 0.0 for end in ends), max(end.total_s for end in ends)
        if not run:  # later the memory that `step_costs` reads counts, too
            peak_mb = max(end.peak_mb for end in ends)
        else:
            fewest_threads.append(min(end.fewest_threads for end in ends))
            first_ms.append(first_s * 1000)
            decode_tps.append(batch * (new - 1) / (total_s - first_s))
            total_tps.append(batch * new / total_s)
    if engine.card() != card:  # numbers were not finite: all is measured in the wider precision
        return _measure(engine, tokenizer, options)
    return {
        "model": card.name,
        "parameters": card.parameters,
        "device": card.device,
        "precision": card.precision,
        "why": card.why,
        "threads": card.threads,
        "fewest_threads": min(fewest_threads),
        "versions": {"flanchat": __version__, **card.versions},
        "input_tokens": options.input_tokens,
        "new_tokens": new,
        "batch": batch,
        "runs": options.runs,
        "load_s": card.load_s,
        "ttft_ms": _spread(first_ms),
        "decode_tps": _spread(decode_tps),
        "total_tps": _spread(total_tps),
        "peak_rss_mb": peak_mb,
        "step": _step_figures(costs, 1000 * batch / statistics.median(decode_tps)),
    }


def _step_figures(costs: StepCosts, step_ms: float) -> dict[str, Any]:
    """Where the time of a step goes. step_ms: a whole one, with choosing a token and sending it."""
    model_ms = min(costs.step_s * 1000, step_ms)  # measured at another moment
    launch_ms = min(costs.launch_s * 1000, model_ms)
    floor_ms = 1000 * costs.read_bytes / costs.bytes_a_s
    return {
        "ms": step_ms,
        "launch_ms": launch_ms,
        "arithmetic_ms": model_ms - launch_ms,
        "choosing_ms": step_ms - model_ms,
        "operators": costs.operators,
        "launched": costs.way,
        "why_no_graph": costs.problem,
        "read_mb": costs.read_bytes / 1e6,
        "read_gb_s": costs.bytes_a_s / 1e9,
        "floor_ms": floor_ms,
        "floor_share": floor_ms / step_ms,
    }


def _words(tokenizer: Tokenizer) -> list[str]:
    """All words that are a single token; of a vocabulary without words, such as one of characters, any pieces."""
    pieces = [tokenizer.piece(token_id) for token_id in range(tokenizer.size)]
    words = [piece[1:] for piece in pieces if piece.startswith(" ") and piece[1:].isalpha()]
    words = [word for word in words if len(tokenizer.encode(word)) == 2]
    return words or [*filter(None, map(str.strip, pieces)), *string.ascii_lowercase]


def _prompt(numbers: random.Random, words: list[str], tokenizer: Tokenizer, tokens: int) -> str:
    """Random words that are `tokens` tokens long together, end token included.

    Some are tokenized differently next to others: what is too long is cut, and what is then too short is filled up.
    Raises UsageError when that does not come out even.
    """
    text = " ".join(numbers.choice(words) for _ in range(tokens - 1))
    while (extra := len(tokenizer.encode(text)) - tokens) > 0:
        text = text[:-extra].rstrip()  # a token has one character or more
    for __ in range(_ATTEMPTS):
        if len(tokenizer.encode(text)) == tokens:
            return text
        longer = text + numbers.choice(("", " ")) + numbers.choice(words)
        if len(tokenizer.encode(longer)) <= tokens:
            text = longer
    raise UsageError(
        _("cannot make a prompt of {tokens} tokens with this model's vocabulary; choose another --input-tokens").format(
            tokens=tokens
        )
    )


def _spread(values: list[float]) -> dict[str, float]:
    return {"median": statistics.median(values), "min": min(values), "max": max(values)}


def _table(figures: dict[str, Any]) -> str:
    rows = [
        ngettext(
            "{model}: {size} parameters, {precision} on {device}, {threads} thread, torch {torch}",
            "{model}: {size} parameters, {precision} on {device}, {threads} threads, torch {torch}",
            figures["threads"],
        ).format(size=format_parameters(figures["parameters"]), torch=figures["versions"]["torch"], **figures),
        reasons.shown(figures["why"]),
        ngettext(
            "{input} tokens in, {new} out, batch size {batch}; {runs} run",
            "{input} tokens in, {new} out, batch size {batch}; median of {runs} runs (minimum to maximum)",
            figures["runs"],
        ).format(input=figures["input_tokens"], new=figures["new_tokens"], **figures),
        f"load_s       {figures['load_s']:9.2f}",
        *(
            f"{name:12} {figures[name]['median']:9.1f}  ({figures[name]['min']:.1f} to {figures[name]['max']:.1f})"
            for name in ("ttft_ms", "decode_tps", "total_tps")
        ),
        f"peak_rss_mb  {figures['peak_rss_mb']:9.0f}",
        *_step_lines(figures["step"], figures["device"]),
    ]
    return "\n".join(rows)


def _step_lines(step: dict[str, Any], device: str) -> Iterator[str]:
    yield _(
        "a step takes {ms:.2f} ms: launching {launch_ms:.2f}, arithmetic {arithmetic_ms:.2f}, "
        "choosing tokens {choosing_ms:.2f}"
    ).format(**step)
    ways = {
        "graph": _("its {operators} operators are launched at once, from a graph"),
        "trace": _("its {operators} operators run from a trace, without Python"),
        "plain": _("its {operators} operators are launched one by one"),
    }
    way = ways[step["launched"]].format(**step)
    yield way + (_("; why not from a graph: {why}").format(why=step["why_no_graph"]) if step["why_no_graph"] else "")
    if step["floor_ms"] > step["launch_ms"] + step["arithmetic_ms"]:
        text = _("memory is no limit: the {read_mb:.0f} MB that a step reads stay in the processor's caches")
    else:
        text = _(
            "memory floor {floor_ms:.2f} ms, {share} of the step: it reads {read_mb:.0f} MB at {read_gb_s:.0f} GB/s"
        )
    yield text.format(share=format_percent(step["floor_share"]), **step)
    if device != "cpu":
        yield _("flanchat was written without such a device: please report these lines, see docs/hardware.md")
