"""`flanchat bench`: how fast a model answers here, measured on the way that every question goes."""

from __future__ import annotations

import json
import random
import statistics
from contextlib import closing
from typing import TYPE_CHECKING, Any

import click

from flanchat import __version__
from flanchat.base.errors import UsageError
from flanchat.base.i18n import _
from flanchat.cli.environment import Environment, EnvironOption

if TYPE_CHECKING:
    from flanchat.engine.protocol import Engine
    from flanchat.engine.t5.tokenizer import Tokenizer

_NUMBER = click.IntRange(min=1)


@click.command()
@click.option(
    "-m",
    "--model",
    cls=EnvironOption,
    envvar="FLANCHAT_MODEL",
    metavar="NAME|FOLDER",
    help="Model to measure (default: demo).",
)
@click.option(
    "--device",
    cls=EnvironOption,
    envvar="FLANCHAT_DEVICE",
    metavar="NAME",
    help="auto, npu[:N,...], cuda[:N,...], mps or cpu.",
)
@click.option("--precision", default="auto", metavar="NAME", help="auto, float32, float16, bfloat16 or int8.")
@click.option(
    "--input-tokens", type=click.IntRange(min=2), default=128, metavar="N", help="Length of each prompt (default: 128)."
)
@click.option(
    "--new-tokens", type=click.IntRange(min=2), default=64, metavar="N", help="Length of each answer (default: 64)."
)
@click.option("--batch", type=_NUMBER, default=1, metavar="N", help="Different prompts at once (default: 1).")
@click.option("--runs", type=_NUMBER, default=5, metavar="N", help="How often, after one to warm up (default: 5).")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--debug", is_flag=True, help="Show tracebacks and what libraries say.")
@click.pass_obj
def bench(env: Environment, /, **options: Any) -> None:
    """Measure how fast a model answers: made-up prompts, exactly N tokens out, the end token ignored.

    \b
    flanchat bench -m flan-t5-base --precision int8
    flanchat bench --batch 8 --json
    """  # fmt: skip
    from flanchat.cli.opening import open_engine
    from flanchat.engine.checkpoint.validate import preflight
    from flanchat.engine.t5.tokenizer import open_tokenizer

    with closing(open_engine(env, options["model"], options["device"] or "auto", options)) as engine:
        tokenizer = open_tokenizer(preflight(engine.source.folder).tokenizer)
        figures = _measure(engine, tokenizer, options)
    if options["as_json"]:
        env.print(json.dumps(figures))
    else:
        env.print(_table(figures))


def _measure(engine: Engine, tokenizer: Tokenizer, options: dict[str, Any]) -> dict[str, Any]:
    from flanchat.engine.events import Decoding, Finished, Request

    new, batch = options["new_tokens"], options["batch"]
    decoding = Decoding(max_new_tokens=new, min_new_tokens=new)
    words, numbers = _words(tokenizer), random.Random(0)
    first_ms, decode_tps, total_tps, peak_mb = [], [], [], 0.0
    card = engine.card()
    for run in range(options["runs"] + 1):
        prompts = [_prompt(numbers, words, tokenizer, options["input_tokens"]) for _ in range(batch)]
        ends: list[Finished] = []
        for event in engine.stream([Request(prompt, decoding) for prompt in prompts]):
            if isinstance(event, Finished):
                ends.append(event)
        if any(end.new_tokens != new or end.first_token_s is None for end in ends):
            raise UsageError(_("the model did not make {new} tokens; ask for fewer").format(new=new))
        first_s, total_s = max(end.first_token_s or 0.0 for end in ends), max(end.total_s for end in ends)
        peak_mb = max(end.peak_mb for end in ends)
        if run:
            first_ms.append(first_s * 1000)
            decode_tps.append(batch * (new - 1) / (total_s - first_s))
            total_tps.append(batch * new / total_s)
    return {
        "model": card.name,
        "parameters": card.parameters,
        "device": card.device,
        "precision": card.precision,
        "why": card.why,
        "threads": card.threads,
        "versions": {"flanchat": __version__, **card.versions},
        **{name: options[name] for name in ("input_tokens", "new_tokens", "batch", "runs")},
        "load_s": card.load_s,
        "ttft_ms": _spread(first_ms),
        "decode_tps": _spread(decode_tps),
        "total_tps": _spread(total_tps),
        "peak_rss_mb": peak_mb,
    }


def _words(tokenizer: Tokenizer) -> list[str]:
    """Words that are one token each."""
    pieces = [tokenizer.piece(token_id) for token_id in range(tokenizer.size)]
    words = [piece[1:] for piece in pieces if piece.startswith(" ") and piece[1:].isalpha()]
    return [word for word in words if len(tokenizer.encode(word)) == 2]


def _prompt(numbers: random.Random, words: list[str], tokenizer: Tokenizer, tokens: int) -> str:
    """Words drawn at random, so that the whole is `tokens` long with its end token."""
    text = " ".join(numbers.choice(words) for _ in range(tokens - 1))
    while (extra := len(tokenizer.encode(text)) - tokens) > 0:  # words that fall apart beside others
        text = " ".join(text.split(" ")[:-extra])
    return text


def _spread(values: list[float]) -> dict[str, float]:
    return {"median": statistics.median(values), "min": min(values), "max": max(values)}


def _table(figures: dict[str, Any]) -> str:
    rows = [
        _("{model}: {millions:.1f} M parameters, {precision} on {device}, {threads} threads, torch {torch}").format(
            millions=figures["parameters"] / 1e6, torch=figures["versions"]["torch"], **figures
        ),
        figures["why"],
        _("{input} tokens in, {new} out, {batch} at once; median of {runs} runs (least to most)").format(
            input=figures["input_tokens"], new=figures["new_tokens"], **figures
        ),
        f"load_s       {figures['load_s']:9.2f}",
        *(
            f"{name:12} {figures[name]['median']:9.1f}  ({figures[name]['min']:.1f} to {figures[name]['max']:.1f})"
            for name in ("ttft_ms", "decode_tps", "total_tps")
        ),
        f"peak_rss_mb  {figures['peak_rss_mb']:9.0f}",
    ]
    return "\n".join(rows)
