"""The time to explain an answer, beside the work that it cannot do without, and beside others who explain answers.

    python -m benchmarks.why [--model FOLDER | --size base] [--shots 8] [--tokens 16] [--runs 9] [--inseq PYTHON]

`why` leaves out each part of a prompt with so many shots, as `flanchat why` does. `floor` encodes the same prompts as
one batch and scores the answer in one pass of the decoder. `transformers` does both with float32 weights and a batch
padded to its longest prompt. `separately` scores one prompt after the other. All alternate in this process, each time
with new prompts, and the one that begins changes from run to run. With one thread on a CPU, times are those of the
processor, as other programs use it too; else of the clock. inseq's occlusion leaves out one token at a time, so it is
compared with `why --by word`; it runs in a process of an environment that has it. Prints JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from benchmarks.checkpoints import BUNDLED, SIZES, write_checkpoint
from flanchat.engine.hubs.resolve import resolve
from flanchat.engine.t5.local import LocalEngine, load_engine
from flanchat.experiments.prompt_parts import without
from flanchat.experiments.why import Explanation
from flanchat.prompting.profile import Profile
from flanchat.prompting.setup import setup_for_question
from flanchat.prompting.shots import Shot
from flanchat.sessions.answer import Answer
from flanchat.sessions.batch import answer_all, unanswered
from flanchat.sessions.continuations import score_tokens

MOST = 1.15
"""What `why` may cost, in times of the floor."""


WORDS = """
a step by recipe to make bolognese pasta the of and in with for on cook boil add salt water tomato onion translate
english german question answer summarize what is how many review movie good bad yes no city river Paris France
""".split()  # noqa: SIM905 - a text reads better


def answered(engine: LocalEngine, words: random.Random, shots: int, tokens: int) -> Answer:
    """An answer to a prompt of random words."""

    def text(count: int) -> str:
        return " ".join(words.choices(WORDS, k=count))

    made = tuple(Shot(text(12), text(4)) for __ in range(shots))
    profile = Profile("random", prefix=text(12), shots_max=shots, shots=made)
    settings = {"max_new_tokens": tokens, "min_new_tokens": tokens, "max_input_tokens": 2048}
    answer = unanswered(engine.measure, setup_for_question(profile, settings), text(12), seed=0)
    for __ in answer_all(engine, [answer]):
        pass
    return answer


def prompts_of(answer: Answer, engine: LocalEngine) -> list[str]:
    """What `why` has to score."""
    text = answer.prompt.text
    return [text, *(without(text, effect.part) for effect in Explanation(engine, answer).why.all_effects)]


def why(engine: LocalEngine, answer: Answer, by: str = "") -> list[float]:
    explanation = Explanation(engine, answer, by=by)
    for __ in explanation.run():
        pass
    found = explanation.why
    assert found.whole is not None
    return [found.whole.logprob, *(effect.scored.logprob for effect in found.all_effects if effect.scored)]


def floor(engine: LocalEngine, answer: Answer) -> list[float]:
    loaded = engine._ready()
    shape = engine._checkpoint.shape
    ids = [loaded._tokenizer.encode(prompt) for prompt in prompts_of(answer, engine)]
    with torch.inference_mode():
        encoded = loaded.model.encode(ids)
    given = [[*(token.id for token in answer.tokens), shape.eos_id]] * len(ids)
    scored = loaded._score(encoded, list(range(len(ids))), given, [1] * len(ids))
    return [sum(token.logprob for token in row[:-1]) for row in scored]


def separately(engine: LocalEngine, answer: Answer) -> list[float]:
    tokens = [token.id for token in answer.tokens]
    rows = [score_tokens(engine, [(prompt, tokens)])[0] for prompt in prompts_of(answer, engine)]
    return [sum(token.logprob for token in row.tokens) for row in rows]


def by_transformers(folder: Path) -> Callable[[LocalEngine, Answer], list[float]]:
    from transformers import T5ForConditionalGeneration

    model = T5ForConditionalGeneration.from_pretrained(folder, dtype=torch.float32).eval()

    def score(engine: LocalEngine, answer: Answer) -> list[float]:
        tokenizer = engine._tokenizer
        ids = [tokenizer.encode(prompt) for prompt in prompts_of(answer, engine)]
        longest = max(map(len, ids))
        read = torch.tensor([[*row, *[0] * (longest - len(row))] for row in ids])
        mask = torch.tensor([[*[1] * len(row), *[0] * (longest - len(row))] for row in ids])
        labels = torch.tensor([[token.id for token in answer.tokens]] * len(ids))
        with torch.inference_mode():
            logprobs = model(input_ids=read, attention_mask=mask, labels=labels).logits.log_softmax(-1)
        return [float(total) for total in logprobs.gather(2, labels[:, :, None])[:, :, 0].sum(-1)]

    return score


INSEQ = """
import json, sys, time
import inseq
folder, cases = sys.argv[1], json.load(sys.stdin)
model = inseq.load_model(folder, "occlusion", device="cpu")
times = []
for prompt, answer in cases:
    started = time.perf_counter()
    model.attribute(prompt, answer, show_progress=False)
    times.append(time.perf_counter() - started)
print(json.dumps({"version": inseq.__version__ if hasattr(inseq, "__version__") else "", "seconds": times[1:]}))
"""


def of_inseq(python: Path, folder: Path, cases: list[tuple[str, str]]) -> Any:
    ended = subprocess.run(
        [str(python), "-c", INSEQ, str(folder)], input=json.dumps(cases), capture_output=True, text=True, check=False
    )
    if ended.returncode:
        return {"problem": ended.stderr.strip().splitlines()[-1]}
    return json.loads(ended.stdout.strip().splitlines()[-1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, default=BUNDLED)
    parser.add_argument("--size", choices=sorted(SIZES))
    parser.add_argument("--precision", default="float32")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--shots", type=int, default=8)
    parser.add_argument("--tokens", type=int, default=16, help="of the answer")
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--without-peer", action="store_true")
    parser.add_argument("--inseq", type=Path, metavar="PYTHON", help="of an environment that has inseq")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = given.model
        if given.size:
            folder = Path(scratch) / given.size
            write_checkpoint(folder, SIZES[given.size])
        source = resolve(str(folder), os.environ)
        engine = load_engine(source, device=given.device, precision=given.precision, environ=os.environ)
        ways: dict[str, Callable[[LocalEngine, Answer], list[float]]] = {
            "floor": floor,
            "why": why,
            "separately": separately,
        }
        if not given.without_peer:
            ways["transformers"] = by_transformers(folder)
        clock = time.process_time if engine.card().threads == 1 and given.device == "cpu" else time.perf_counter
        words, times, difference = random.Random(0), dict[str, list[float]](), dict.fromkeys(ways, 0.0)
        for run in range(given.runs + 1):
            order = list(ways)[run % len(ways) :] + list(ways)[: run % len(ways)]
            for name in order:
                answer = answered(engine, words, given.shots, given.tokens)  # new prompts: no encoding is kept
                started = clock()
                found = ways[name](engine, answer)
                if run:  # the first is a warm-up
                    times.setdefault(name, []).append(clock() - started)
                expected = floor(engine, answer)
                worst = max(abs(a - b) for a, b in zip(found, expected, strict=True))
                difference[name] = max(difference[name], worst)
        report: dict[str, Any] = {}
        if given.inseq:
            several = [answered(engine, words, 0, given.tokens) for __ in range(3)]
            by_word = []
            for answer in several:
                started = time.perf_counter()
                why(engine, answer, by="word")
                by_word.append(time.perf_counter() - started)
            cases = [(answer.prompt.text, answer.text) for answer in several]
            report["by_word"] = {
                "prompt_tokens": several[0].prompt.tokens,
                "why_seconds": by_word[1:],
                "inseq_occlusion": of_inseq(given.inseq, folder, cases),
            }
        card = engine.card()
    medians = {name: statistics.median(values) for name, values in times.items()}
    ratio = statistics.median(a / b for a, b in zip(times["why"], times["floor"], strict=True))
    report |= {
        "model": f"{given.size}, random weights" if given.size else card.name,
        "device": card.device,
        "precision": card.precision,
        "threads": card.threads,
        "prompts": 1 + len(Explanation(engine, answer).why.all_effects),
        "prompt_tokens": answer.prompt.tokens,
        "answer_tokens": given.tokens,
        "seconds": medians,
        "why_over_floor": ratio,
        "at_most": MOST,
        "separately_over_why": medians["separately"] / medians["why"],
        "largest_difference_from_floor": difference,
    }
    if "transformers" in medians:
        report["transformers_over_why"] = medians["transformers"] / medians["why"]
    print(json.dumps(report))


if __name__ == "__main__":
    main()
