"""Score the demo model:  python -m demo_model.evaluate FOLDER [--items N] [--strangers] [--json FILE]

Two measures. Held-out items of each family have names, numbers, wordings or combinations that never occur in training
(see demo_model.examples); demo_model.scoring says which answers are right. The strangers' set is what newcomers type,
sent with the profile they would use; an answer is right when it matches the question's pattern. Answers are greedy,
from flanchat's own engine in float32.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from demo_model.examples import Example, make_example
from demo_model.scoring import is_right
from demo_model.strangers import questions, sent
from demo_model.tasks import MEASURED
from flanchat.engine.checkpoint.validate import ModelSource
from flanchat.engine.devices.cores import spin_variables
from flanchat.engine.events import Decoding, Delta, Finished, Request

if TYPE_CHECKING:
    from flanchat.engine.t5.local import LocalEngine

ROWS = 32  # in one batch
BINS = (0.0, 0.5, 0.8, 0.95, 1.01)  # of an answer's confidence
UNKNOWN = "I do not know that one."
SHOWN = 8  # wrong answers of a family


def held_out(task: str, items: int, *, few_shot_share: float = 0.15) -> list[Example]:
    """The first `items` distinct held-out examples of a task; fewer when it has no more."""
    rng = Random(f"evaluate {task}")
    found: dict[str, Example] = {}
    for _ in range(items * 20):
        example = make_example(MEASURED[task], rng, "held_out", few_shot_share=few_shot_share)
        found.setdefault(example.input, example)
        if len(found) == items:
            break
    return list(found.values())


@dataclass(frozen=True, slots=True)
class Answer:
    """confidence: the model's own probability of a token of the answer, the end included; the geometric mean."""

    text: str
    confidence: float


def answered(engine: LocalEngine, prompts: Sequence[str], *, max_new_tokens: int = 256) -> list[Answer]:
    """Answer greedily, in the order of the prompts."""
    order = sorted(range(len(prompts)), key=lambda at: len(prompts[at]))
    texts, logprobs = [""] * len(prompts), [list[float]() for _ in prompts]
    for batch in _slices(order, ROWS):
        requests = [Request(prompts[at], Decoding(max_new_tokens=max_new_tokens, top=1)) for at in batch]
        for event in engine.stream(requests):
            if isinstance(event, Delta):
                texts[batch[event.row]] += event.text
                logprobs[batch[event.row]] += [token.logprob for token in event.tokens]
            elif isinstance(event, Finished) and event.end_logprob is not None:
                logprobs[batch[event.row]].append(event.end_logprob)
    means = [math.exp(sum(values) / len(values)) if values else 0.0 for values in logprobs]
    return [Answer(text.strip(), mean) for text, mean in zip(texts, means, strict=True)]


def answers(engine: LocalEngine, prompts: Sequence[str], *, max_new_tokens: int = 256) -> list[str]:
    """The texts of the answers alone."""
    return [answer.text for answer in answered(engine, prompts, max_new_tokens=max_new_tokens)]


@dataclass(frozen=True, slots=True)
class Score:
    """The answers of a family. sure: for each of BINS, how many answers were so sure, and how many of them right.

    gave_up: how many said that they do not know.
    """

    items: int
    right: int
    gave_up: int
    sure: list[tuple[int, int]]
    misses: list[str]

    def figures(self) -> dict[str, object]:
        share = round(self.right / self.items, 4)
        return {"items": self.items, "right": share, "gave_up": self.gave_up, "sure": self.sure}


def score(got: Sequence[Answer], right: Sequence[bool], misses: Sequence[str]) -> Score:
    """misses: for each answer how a reader sees that it is wrong."""
    sure = []
    for least, most in pairwise(BINS):
        within = [ok for answer, ok in zip(got, right, strict=True) if least <= answer.confidence < most]
        sure.append((len(within), sum(within)))
    wrong = [miss for miss, ok in zip(misses, right, strict=True) if not ok]
    return Score(len(got), sum(right), sum(UNKNOWN in answer.text for answer in got), sure, wrong)


def own_phrasings(engine: LocalEngine, items: int) -> Iterator[tuple[str, Score]]:
    """Yield the score of each family on held-out items."""
    for task in MEASURED:
        examples = held_out(task, items)
        got = answered(engine, [example.input for example in examples])
        right = [is_right(task, answer.text, example.target) for answer, example in zip(got, examples, strict=True)]
        misses = [f"{e.input} => {answer.text} (expected: {e.target})" for answer, e in zip(got, examples, strict=True)]
        yield task, score(got, right, misses)


def strangers(engine: LocalEngine) -> Iterator[tuple[str, Score]]:
    """Yield the score of each family of the strangers' set."""
    asked = questions()
    got = answered(engine, [sent(question["profile"], question["prompt"]) for question in asked])
    families: dict[str, list[tuple[Answer, dict[str, str]]]] = {}
    for answer, question in zip(got, asked, strict=True):
        families.setdefault(question["family"], []).append((answer, question))
    for family, rows in families.items():
        right = [re.search(question["right"], answer.text, re.IGNORECASE) is not None for answer, question in rows]
        misses = [f"{q['prompt']} => {answer.text} (expected: {q['right']})" for answer, q in rows]
        yield family, score([answer for answer, _ in rows], right, misses)


def weights_sha256(folder: Path) -> str:
    """Which weights figures belong to."""
    return hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()


def _slices(values: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    for start in range(0, len(values), size):
        yield values[start : start + size]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--items", type=int, default=300, help="held-out items of each family; 0 for none")
    parser.add_argument("--strangers", action="store_true", help="also ask the strangers' set")
    parser.add_argument("--misses", action="store_true", help="print some wrong answers")
    parser.add_argument("--json", type=Path, help="also write the figures here")
    options = parser.parse_args()
    os.environ |= spin_variables(os.environ)  # before torch is imported
    from flanchat.engine.t5.local import load_engine

    engine = load_engine(
        ModelSource(str(options.folder), options.folder, "folder", ""), precision="float32", environ=os.environ
    )
    measures = {"own": own_phrasings(engine, options.items)} if options.items else {}
    if options.strangers:
        measures["strangers"] = strangers(engine)
    figures: dict[str, object] = {"weights": weights_sha256(options.folder)}
    for measure, scores in measures.items():
        found = {}
        for family, result in scores:
            found[family] = result
            print(
                f"{measure:10s} {family:17s} {result.right:4d} of {result.items:4d}  {result.right / result.items:.1%}"
            )
            for miss in result.misses[:SHOWN] if options.misses else ():
                print(f"    {miss}", flush=True)
        right, items = (sum(getattr(one, what) for one in found.values()) for what in ("right", "items"))
        print(f"{measure:10s} {'all':17s} {right:4d} of {items:4d}  {right / items:.1%}", flush=True)
        figures[measure] = {family: result.figures() for family, result in found.items()}
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    main()
