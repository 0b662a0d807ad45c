"""Score the demo model on held-out items:  python -m demo_model.evaluate FOLDER [--items N] [--json FILE]

Every item has names, numbers, wordings or combinations that never occur in training (see demo_model.examples). Answers
are greedy, from flanchat's own engine in float32. The score is the share of answers that equal the target.
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from random import Random

from demo_model.examples import Example, make_example
from demo_model.tasks import TASKS
from flanchat.engine.checkpoint.validate import ModelSource
from flanchat.engine.events import Decoding, Delta, Request
from flanchat.engine.t5.local import LocalEngine, load_engine

ROWS = 32  # in one batch


def held_out(task: str, items: int, *, few_shot_share: float = 0.15) -> list[Example]:
    """The first `items` distinct held-out examples of a task; fewer when it has no more."""
    rng = Random(f"evaluate {task}")
    found: dict[str, Example] = {}
    for _ in range(items * 20):
        example = make_example(TASKS[task], rng, "held_out", few_shot_share=few_shot_share)
        found.setdefault(example.input, example)
        if len(found) == items:
            break
    return list(found.values())


def answers(engine: LocalEngine, prompts: Sequence[str], *, max_new_tokens: int = 256) -> list[str]:
    """Answer greedily; the answers are in the order of the prompts."""
    order = sorted(range(len(prompts)), key=lambda at: len(prompts[at]))
    texts = [""] * len(prompts)
    for batch in _slices(order, ROWS):
        requests = [Request(prompts[at], Decoding(max_new_tokens=max_new_tokens, top=1)) for at in batch]
        for event in engine.stream(requests):
            if isinstance(event, Delta):
                texts[batch[event.row]] += event.text
    return [text.strip() for text in texts]


def score(engine: LocalEngine, tasks: Iterable[str], items: int) -> Iterator[tuple[str, int, float, list[str]]]:
    """Yield (task, items, share of exact matches, a few wrong answers as text) for each task."""
    for task in tasks:
        examples = held_out(task, items)
        got = answers(engine, [example.input for example in examples])
        wrong = [(e, text) for e, text in zip(examples, got, strict=True) if text != e.target]
        misses = [f"{e.input} => {text} (expected: {e.target})" for e, text in wrong[:5]]
        yield task, len(examples), 1 - len(wrong) / len(examples), misses


def _slices(values: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    for start in range(0, len(values), size):
        yield values[start : start + size]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--items", type=int, default=500, help="held-out items of each family")
    parser.add_argument("--misses", action="store_true", help="print some wrong answers")
    parser.add_argument("--json", type=Path, help="also write the figures here")
    options = parser.parse_args()
    engine = load_engine(
        ModelSource(str(options.folder), options.folder, "folder", ""), precision="float32", environ=os.environ
    )
    figures = {}
    print(f"{'family':15s} {'closed':6s} {'items':>5s}  exact match")
    for task, items, exact, misses in score(engine, TASKS, options.items):
        figures[task] = {"items": items, "exact_match": round(exact, 4), "closed": TASKS[task].closed}
        print(f"{task:15s} {'yes' if TASKS[task].closed else 'no':6s} {items:5d}  {exact:.1%}", flush=True)
        for miss in misses if options.misses else ():
            print(f"    {miss}")
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    main()
