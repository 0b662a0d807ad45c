"""What prompt lookup gains and costs, by the share of the answer that is copied:  python -m benchmarks.copying FOLDER

    python -m benchmarks.copying ~/.cache/flanchat/benchmarks/small [--precision float16] [--threads 2] [--rounds 5]

FOLDER holds a checkpoint (`python -m benchmarks.checkpoints`). Its weights are random, so what is answered is given:
passages of the prompt, in which a share of the tokens is replaced by others. All the work of choosing them is done. The
case "wrong matches" is the worst there is: two tokens of the prompt and a new one by turns. Each case is decoded with
and without prompt lookup by turns, and by transformers (float32) with and without prompt_lookup_num_tokens;
CTranslate2, which has no prompt lookup, decodes as many tokens of its own choice. A peer that is not installed is null.
In the honest case the demo model answers held-out exercises. Prints JSON: tokens a second after the first token, and
their ratios. With --threads 1 these are seconds of the processor, which other programs lengthen little.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shlex
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from benchmarks.one_peer import FORMS, PEERS
from benchmarks.peers import machine
from demo_model.evaluate import held_out
from demo_model.tasks import MEASURED
from flanchat.engine.checkpoint.validate import ModelSource, preflight
from flanchat.engine.events import Decoding, Delta, Finished, Request
from flanchat.engine.hubs.resolve import resolve
from flanchat.engine.t5.local import LocalEngine, load_engine
from flanchat.engine.t5.tokenizer import Tokenizer, open_tokenizer

SHARES = {"all": 1.0, "9 in 10": 0.9, "half": 0.5, "nothing": 0.0}
WRONG = "wrong matches"
CTRANSLATE2 = "ctranslate2-float32"

Ids = list[int]
Speed = Callable[[str, Ids, Ids], float]
"""Tokens a second after the first, from a prompt, its ids and those of the answer."""
Clock = Callable[[], float]


def targets(case: str, prompt: Ids, length: int, rng: random.Random, words: Ids) -> Ids:
    """The ids of an answer."""
    if case == WRONG:
        made: Ids = []
        while len(made) < length:
            at = rng.randrange(len(prompt) - 1)
            made += [prompt[at], prompt[at + 1], rng.choice(words)]
        return made[:length]
    first = rng.randrange(len(prompt) - length)
    return [i if rng.random() < SHARES[case] else rng.choice(words) for i in prompt[first : first + length]]


def decode_s(engine: LocalEngine, request: Request, clock: Clock) -> tuple[float, Finished]:
    """Seconds from an answer's first token to its end."""
    first = None
    for event in engine.stream([request]):
        if first is None and isinstance(event, Delta | Finished):
            first = clock()
    assert first is not None
    assert isinstance(event, Finished)
    return clock() - first, event


def ours(engine: LocalEngine, speculate: Any, counts: list[tuple[int, int]], clock: Clock) -> Speed:
    def speed(prompt: str, __: Ids, target: Ids) -> float:
        decoding = Decoding(max_new_tokens=len(target), speculate=speculate)
        seconds, end = decode_s(engine, Request(prompt, decoding, begin=tuple(target)), clock)
        counts.append((end.drafted, end.accepted))
        return (len(target) - 1) / seconds

    return speed


def transformers(folder: Path, threads: int, clock: Clock) -> dict[str, Speed | None]:
    try:
        import torch
        from transformers import LogitsProcessorList, T5ForConditionalGeneration
    except ImportError:
        return {"transformers": None, "transformers lookup": None}
    torch.set_num_threads(threads)
    model = T5ForConditionalGeneration.from_pretrained(folder, dtype=torch.float32).eval()
    model.generation_config.eos_token_id = None

    def with_options(**options: Any) -> Speed:
        def speed(__: str, prompt: Ids, target: Ids) -> float:
            def choose(ids: Any, scores: Any) -> Any:
                if ids.shape[1] == 2 and not first:
                    first.append(clock())
                at = min(ids.shape[1] - 1, len(target) - 1)
                return torch.full_like(scores, -torch.inf).index_fill(-1, torch.tensor([target[at]]), 0.0)

            first: list[float] = []
            ids = torch.tensor([prompt])
            with torch.inference_mode():
                made = model.generate(
                    input_ids=ids,
                    attention_mask=torch.ones_like(ids),
                    max_new_tokens=len(target),
                    do_sample=False,
                    logits_processor=LogitsProcessorList([choose]),
                    **options,
                )
            assert made[0, 1:].tolist() == target
            return (len(target) - 1) / (clock() - first[0])

        return speed

    return {"transformers": with_options(), "transformers lookup": with_options(prompt_lookup_num_tokens=8)}


def ctranslate2(folder: Path, forms: Path, threads: int, clock: Clock) -> Speed | None:
    peer = PEERS[CTRANSLATE2]
    try:
        FORMS[peer.form](folder, forms, forms / "form")
    except ImportError:
        return None
    generate = peer.load(forms / "form", threads)

    def speed(__: str, prompt: Ids, target: Ids) -> float:
        first: list[float] = []
        generate([prompt], len(target), lambda: first.append(clock()))
        return (len(target) - 1) / (clock() - first[0])

    return speed


def measured(speeds: dict[str, Speed | None], case: str, options: argparse.Namespace, tokenizer: Tokenizer) -> Any:
    """Each way's tokens a second for the same answers, by turns."""
    rng = random.Random(case)
    pieces = [piece[1:] for piece in map(tokenizer.piece, range(tokenizer.size)) if piece.startswith(" ")]
    words = [word for word in pieces if word.isalpha() and len(tokenizer.encode(word)) == 2]
    ids = [tokenizer.encode(word)[0] for word in words]
    found: dict[str, list[float]] = {name: [] for name, speed in speeds.items() if speed is not None}
    for turn in range(options.rounds * options.answers):
        prompt = " ".join(rng.sample(words, options.input_tokens - 1))
        prompt_ids = tokenizer.encode(prompt)
        target = targets(case, prompt_ids[:-1], options.new_tokens, rng, ids)
        for name in sorted(found, reverse=bool(turn % 2)):
            speed = speeds[name]
            assert speed is not None
            found[name].append(speed(prompt, prompt_ids, target))
    return found


def spread(values: list[float]) -> dict[str, float]:
    return {"median": round(statistics.median(values), 2), "min": round(min(values), 2), "max": round(max(values), 2)}


def synthetic(options: argparse.Namespace, forms: Path) -> Iterator[tuple[str, Any]]:
    folder = options.folder
    source = ModelSource("checkpoint", folder, "folder", "")
    engine = load_engine(source, device="cpu", precision=options.precision, environ=os.environ)
    tokenizer, counts = open_tokenizer(preflight(folder).tokenizer), []
    clock, threads = options.clock, options.threads
    speeds: dict[str, Speed | None]
    speeds = {"off": ours(engine, "off", [], clock), "auto": ours(engine, "auto", counts, clock)}
    if not options.alone:
        speeds |= transformers(folder, threads, clock) | {CTRANSLATE2: ctranslate2(folder, forms, threads, clock)}
    for case in (*SHARES, WRONG):
        counts.clear()
        found = measured(speeds, case, options, tokenizer)
        row: dict[str, Any] = {name: spread(found[name]) if name in found else None for name in speeds}
        row["speed_up"] = spread([auto / off for auto, off in zip(found["auto"], found["off"], strict=True)])
        row["drafted"], row["accepted"] = map(sum, zip(*counts, strict=True))
        row["tokens"] = len(counts) * options.new_tokens
        if "transformers" in found:
            pairs = zip(found["transformers lookup"], found["transformers"], strict=True)
            row["transformers_speed_up"] = spread([lookup / plain for lookup, plain in pairs])
        yield case, row


def honest(options: argparse.Namespace) -> Iterator[tuple[str, Any]]:
    """The demo model's own answers: seconds after the first token of a task's exercises, by turns."""
    source = resolve(None, os.environ)
    engine = load_engine(source, device="cpu", precision=options.precision, environ=os.environ)
    for task in MEASURED:
        examples = held_out(task, options.items)
        ratios, row = [], {}
        for turn in range(1 + 2 * options.rounds):
            seconds: dict[str, float] = {"auto": 0.0, "off": 0.0}
            ends = []
            for at, example in enumerate(examples):
                for way in sorted(seconds, reverse=bool((turn + at) % 2)):
                    decoding = Decoding(max_new_tokens=80, speculate=way)  # type: ignore[arg-type]
                    taken, end = decode_s(engine, Request(example.input, decoding), options.clock)
                    seconds[way] += taken
                    ends += [end] if way == "auto" else []
            if turn:  # the first encodes the prompts
                ratios.append(seconds["off"] / seconds["auto"])
            row = {name: sum(getattr(end, name) for end in ends) for name in ("new_tokens", "drafted", "accepted")}
        yield task, {"speed_up": spread(ratios), **row}


def main() -> None:
    number: dict[str, Any] = {"type": int, "metavar": "N"}
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--precision", default="auto")
    parser.add_argument("--threads", default=2, **number)
    parser.add_argument("--rounds", default=3, **number)
    parser.add_argument("--answers", default=4, help="of a case, in each round", **number)
    parser.add_argument("--items", default=25, help="exercises of a task of the demo model; 0 for none", **number)
    parser.add_argument("--input-tokens", default=128, **number)
    parser.add_argument("--new-tokens", default=64, **number)
    parser.add_argument("--alone", action="store_true", help="without the peers")
    options = parser.parse_args()
    os.environ["OMP_NUM_THREADS"] = str(options.threads)  # before torch is imported
    options.clock = time.process_time if options.threads == 1 else time.perf_counter
    report: dict[str, Any] = {
        "command": shlex.join(["python", "-m", "benchmarks.copying", options.folder.name, *sys.argv[2:]]),
        "machine": machine(),
        "precision": options.precision,
        "threads": options.threads,
        "by_share_copied": {},
        "demo": {},
    }
    with tempfile.TemporaryDirectory() as forms:
        for case, row in synthetic(options, Path(forms)):
            report["by_share_copied"][case] = row
            print(f"{case}: {row['speed_up']}", file=sys.stderr)
    for task, row in honest(options) if options.items else ():
        report["demo"][task] = row
        print(f"{task}: {row['speed_up']}", file=sys.stderr)
    print(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
