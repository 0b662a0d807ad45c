"""The time of a what-if grid of eight cells, against one answer, eight answers, and transformers' generate.

    python -m benchmarks.whatif [--model FOLDER | --size base] [--cells 8] [--runs 5] [--without-peer]

flanchat's answers take the full path of a question: a child process, tokens with their alternatives, text. Every cell
samples with its own seed, so that no two cells share tokens. Each run has new prompts, so that each run encodes; within
a run, the eight single answers reuse the encoded prompt, as they do for a user. The peer is transformers' generate with
float32 weights, called eight times in this process. All alternate. Prints JSON: seconds, and ratios of the medians.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

from benchmarks.checkpoints import BUNDLED, SIZES, write_checkpoint
from flanchat.engine.checkpoint.validate import preflight
from flanchat.engine.events import Decoding, Finished, Request
from flanchat.engine.hubs.resolve import resolve
from flanchat.engine.protocol import EngineOptions
from flanchat.engine.t5.tokenizer import open_tokenizer
from flanchat.engine.worker.process import WorkerEngine

INPUT_TOKENS, NEW_TOKENS, TEMPERATURE = 128, 64, 0.7


def seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def decoding(seed: int) -> Decoding:
    return Decoding(
        max_new_tokens=NEW_TOKENS, min_new_tokens=NEW_TOKENS, do_sample=True, temperature=TEMPERATURE, seed=seed
    )


def answer(engine: WorkerEngine, prompt: str, seeds: Sequence[int]) -> None:
    ends = [e for e in engine.stream([Request(prompt, decoding(s)) for s in seeds]) if isinstance(e, Finished)]
    assert [end.new_tokens for end in ends] == [NEW_TOKENS] * len(seeds)


def generator(folder: Path) -> Callable[[str, int], None]:
    """Return a function that answers with transformers' generate on this checkpoint."""
    import torch
    from transformers import AutoTokenizer, T5ForConditionalGeneration

    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = T5ForConditionalGeneration.from_pretrained(folder, dtype=torch.float32).eval()

    def generate(prompt: str, seed: int) -> None:
        torch.manual_seed(seed)
        made = model.generate(
            **tokenizer(prompt, return_tensors="pt"),
            do_sample=True, temperature=TEMPERATURE, top_k=0, max_new_tokens=NEW_TOKENS, min_new_tokens=NEW_TOKENS,
        )  # fmt: skip
        assert made.shape[1] == NEW_TOKENS + 1

    return generate


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, default=BUNDLED)
    parser.add_argument("--size", choices=sorted(SIZES))
    parser.add_argument("--precision", default="float16")
    parser.add_argument("--cells", type=int, default=8)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--without-peer", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = given.model
        if given.size:
            folder = Path(scratch) / given.size
            write_checkpoint(folder, SIZES[given.size])
        tokenizer = open_tokenizer(preflight(folder).tokenizer)
        words = [w for w in map(tokenizer.piece, range(tokenizer.size)) if w.startswith(" ") and w[1:].isalpha()]
        numbers, seeds = random.Random(0), range(given.cells)
        generate = None if given.without_peer else generator(folder)
        source = resolve(str(folder), os.environ)
        with closing(WorkerEngine(source, EngineOptions(precision=given.precision, environ=os.environ))) as engine:
            card = engine.card()
            times: dict[str, list[float]] = {"one": [], "grid": [], "single_calls": [], "generate_calls": []}
            for run in range(given.runs + 1):
                prompts = ["".join(numbers.choices(words, k=INPUT_TOKENS - 1)).strip() for _ in range(3)]
                taken = {
                    "one": seconds(lambda p=prompts[0]: answer(engine, p, seeds[:1])),
                    "grid": seconds(lambda p=prompts[1]: answer(engine, p, seeds)),
                    "single_calls": seconds(lambda p=prompts[2]: [answer(engine, p, [s]) for s in seeds]),
                }
                if generate:
                    taken["generate_calls"] = seconds(lambda p=prompts[2]: [generate(p, s) for s in seeds])
                if run:  # the first run is a warm-up
                    for name, value in taken.items():
                        times[name].append(value)
    medians = {name: statistics.median(values) for name, values in times.items() if values}
    report = {
        "model": f"{given.size}, random weights" if given.size else card.name,
        "parameters": card.parameters,
        "precision": card.precision,
        "threads": card.threads,
        "input_tokens": INPUT_TOKENS,
        "new_tokens": NEW_TOKENS,
        "cells": given.cells,
        "seconds": {n: {"median": medians[n], "min": min(times[n]), "max": max(times[n])} for n in medians},
        "grid_over_one": medians["grid"] / medians["one"],
        "single_calls_over_grid": medians["single_calls"] / medians["grid"],
    }
    if generate:
        report["generate_calls_over_grid"] = medians["generate_calls"] / medians["grid"]
    print(json.dumps(report))


if __name__ == "__main__":
    main()
