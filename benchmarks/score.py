"""The time to score given answers: in one pass, token by token as if they were generated, and with transformers.

    python -m benchmarks.score [--model FOLDER | --size base] [--answers 4] [--tokens 8] [--runs 7] [--without-peer]

Each run has new prompts, which are encoded; `again` is the second time with the same prompt, whose encoding is kept.
The peer is transformers with float32 weights as evaluation programs call it: one batch in which every answer comes with
a copy of the prompt. All alternate in this process. Prints JSON: seconds, ratios of the medians, and the largest
difference of a log-probability, alone worth reading with --precision float32.
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
from dataclasses import replace
from pathlib import Path

from benchmarks.checkpoints import BUNDLED, SIZES, write_checkpoint
from flanchat.engine.events import Decoding, Delta, Finished, Request
from flanchat.engine.hubs.resolve import resolve
from flanchat.engine.t5.local import LocalEngine, load_engine

END = 1
Score = Callable[[str, Sequence[Sequence[int]]], list[float]]
"""From a prompt and answers with their end token to their log-probabilities."""


def in_passes(engine: LocalEngine, prompt: str, answers: Sequence[Sequence[int]]) -> list[float]:
    return collected(engine, [Request(prompt, Decoding(top=1), tuple(ids[:-1]), only=True) for ids in answers])


def token_by_token(engine: LocalEngine, prompt: str, answers: Sequence[Sequence[int]]) -> list[float]:
    decoding = Decoding(top=1, speculate="off")
    return collected(
        engine, [Request(prompt, replace(decoding, max_new_tokens=len(ids)), tuple(ids)) for ids in answers]
    )


def collected(engine: LocalEngine, requests: Sequence[Request]) -> list[float]:
    sums = [0.0] * len(requests)
    for event in engine.stream(requests):
        if isinstance(event, Delta):
            sums[event.row] += sum(token.logprob for token in event.tokens)
        elif isinstance(event, Finished):
            assert event.end_logprob is not None
            sums[event.row] += event.end_logprob
    return sums


def peer(folder: Path) -> Score:
    import torch
    from transformers import AutoTokenizer, T5ForConditionalGeneration

    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = T5ForConditionalGeneration.from_pretrained(folder, dtype=torch.float32).eval()

    def score(prompt: str, answers: Sequence[Sequence[int]]) -> list[float]:
        encoded = tokenizer([prompt] * len(answers), return_tensors="pt")
        longest = max(map(len, answers))
        labels = torch.tensor([[*ids, *[0] * (longest - len(ids))] for ids in answers])
        with torch.inference_mode():
            logprobs = model(**encoded, labels=labels).logits.log_softmax(-1)
        of_tokens = logprobs.gather(2, labels[:, :, None])[:, :, 0]
        return [float(row[: len(ids)].sum()) for row, ids in zip(of_tokens, answers, strict=True)]

    return score


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, default=BUNDLED)
    parser.add_argument("--size", choices=sorted(SIZES))
    parser.add_argument("--precision", default="float16")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--answers", type=int, default=4)
    parser.add_argument("--tokens", type=int, default=8, help="of the longest answer, with its end token")
    parser.add_argument("--input", type=int, default=128, help="tokens of a prompt")
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--without-peer", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = given.model
        if given.size:
            folder = Path(scratch) / given.size
            write_checkpoint(folder, SIZES[given.size])
        engine = load_engine(
            resolve(str(folder), os.environ), device=given.device, precision=given.precision, environ=os.environ
        )
        ways: dict[str, Score] = {
            "token_by_token": lambda prompt, answers: token_by_token(engine, prompt, answers),
            "one_pass": lambda prompt, answers: in_passes(engine, prompt, answers),
        }
        if not given.without_peer:
            ways["transformers"] = peer(folder)
        times: dict[str, list[float]] = {}
        difference = dict.fromkeys(ways, 0.0)
        numbers = random.Random(0)
        words = [p.source for p in engine.pieces(" ".join(map(str, range(400))))]
        for run in range(given.runs + 1):
            lengths = [numbers.randint(max(2, given.tokens // 2), given.tokens) for _ in range(given.answers - 1)]
            answers = [[*(numbers.randrange(10, 2000) for _ in range(n - 1)), END] for n in (*lengths, given.tokens)]
            scored = {}
            for name, score in ways.items():
                prompt = name + "".join(numbers.choices(words, k=given.input - len(engine.pieces(name))))
                for again in ("", "_again"):
                    if name == "transformers" and again:
                        continue
                    started = time.perf_counter()
                    score(prompt, answers)
                    if run:  # the first is a warm-up
                        times.setdefault(name + again, []).append(time.perf_counter() - started)
                scored[name] = score("Which of these is it?", answers)
            for name, sums in scored.items():
                worst = max(abs(a - b) for a, b in zip(sums, scored["token_by_token"], strict=True))
                difference[name] = max(difference[name], worst)
    medians = {name: statistics.median(values) for name, values in times.items()}
    card = engine.card()
    report = {
        "model": f"{given.size}, random weights" if given.size else card.name,
        "parameters": card.parameters,
        "device": card.device,
        "precision": card.precision,
        "threads": card.threads,
        "input_tokens": given.input,
        "answers": given.answers,
        "tokens_of_the_longest": given.tokens,
        "seconds": {n: {"median": medians[n], "min": min(times[n]), "max": max(times[n])} for n in medians},
        "token_by_token_over_one_pass": medians["token_by_token"] / medians["one_pass"],
        "token_by_token_over_one_pass_again": medians["token_by_token_again"] / medians["one_pass_again"],
        "largest_difference_from_token_by_token": difference,
    }
    if "transformers" in medians:
        report["transformers_over_one_pass"] = medians["transformers"] / medians["one_pass"]
    print(json.dumps(report))


if __name__ == "__main__":
    main()
