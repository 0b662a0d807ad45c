"""Training examples, and how the items of a task become prompts.

A task draws *items* (fields and a target). This module turns an item into an *example*: one zero-shot phrasing, or a
short form after a few solved items in the same form, as in the FLAN collection.

Held-out items are chosen by a stable hash of what makes an item new (its names, numbers, combination). Training never
draws them, however long it runs, and evaluation draws nothing else.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any, Literal

from demo_model.noise import noisy
from demo_model.phrasing import fill
from demo_model.strangers import is_asked_by_strangers

Split = Literal["train", "held_out"]

HELD_OUT_SHARE = 12  # one key in so many is held out

# Question and answer labels of few-shot prompts, by how often FLAN uses them.
LABELS = (
    ("Q: ", "A:"),
    ("Q: ", "A:"),
    ("Problem: ", "Answer:"),
    ("Question: ", "Answer:"),
    ("", "A:"),
    ("Input: ", "Output:"),
    ("[Q]: ", "[A]:"),
    ("question: ", "answer:"),
)


@dataclass(frozen=True, slots=True)
class Item:
    """One exercise: the fields that the phrasings of its task use, and the correct answer.

    keep: words of the fields that noise must leave alone, because the answer copies them.
    """

    fields: dict[str, str]
    target: str
    keep: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Task:
    """A family of items and the phrasings in which people ask for them.

    phrasings: complete zero-shot prompts with `{field}` placeholders. The first is what the bundled profile sends.
        What a user types stands between « and »: there the prompt follows a grammar (demo_model.phrasing), and noise
        is added to it (demo_model.noise). The rest is a template and stays as it is.
    shot: the short form that a few-shot prompt repeats; "" if the family has no few-shot prompts.
    instructions: sentences that can open a few-shot prompt.
    closed: there is exactly one correct answer, so exact match is a fair score.
    weight: share of the training mix, relative to the other tasks.
    """

    name: str
    item: Callable[[Random, Split], Item]
    phrasings: tuple[str, ...]
    shot: str = ""
    instructions: tuple[str, ...] = ()
    closed: bool = True
    weight: float = 1.0
    max_shots: int = 3


@dataclass(frozen=True, slots=True)
class Example:
    task: str
    input: str
    target: str


def is_held_out(*key: object) -> bool:
    """Whether an item with this key is for evaluation only. The same on every machine and Python."""
    digest = hashlib.blake2b("\x1f".join(map(str, key)).encode(), digest_size=4).digest()
    return int.from_bytes(digest, "big") % HELD_OUT_SHARE == 0


def draw_split(rng: Random, split: Split, draw: Callable[[Random], tuple[Any, ...]]) -> tuple[Any, ...]:
    """Draw keys until one belongs to the given side of the split.

    draw: returns the tuple that identifies the item; the caller builds the item from its parts.
    """
    for _ in range(10_000):
        key = draw(rng)
        if is_held_out(*key) == (split == "held_out"):
            return key
    raise RuntimeError(f"no {split} key found for {draw}")


def make_example(task: Task, rng: Random, split: Split, *, few_shot_share: float = 0.3) -> Example:
    """Make one example of `task`: few-shot in `few_shot_share` of the cases, otherwise a zero-shot phrasing.

    The solved items of a few-shot prompt are always from the training side. A prompt of the strangers' set is never
    made: the model is measured by it.
    """
    while is_asked_by_strangers((example := _any_example(task, rng, split, few_shot_share)).input):
        pass
    return example


def _any_example(task: Task, rng: Random, split: Split, few_shot_share: float) -> Example:
    item = task.item(rng, split)
    if not task.shot or rng.random() >= few_shot_share:
        return Example(task.name, _prompt(rng, rng.choice(task.phrasings), item), item.target)
    question_label, answer_label = rng.choice(LABELS)
    parts = [rng.choice(task.instructions)] if task.instructions and rng.random() < 0.5 else []
    for _ in range(rng.randint(1, task.max_shots)):
        shot = task.item(rng, "train")
        parts.append(f"{question_label}{task.shot.format(**shot.fields)} {answer_label} {shot.target}")
    parts.append(f"{question_label}{task.shot.format(**item.fields)} {answer_label}")
    return Example(task.name, " ".join(parts), item.target)


def _prompt(rng: Random, phrasing: str, item: Item) -> str:
    """Fill in a phrasing; what stands between « and » is drawn from its grammar, with noise."""
    parts = re.split("[«»]", phrasing)  # template, typed, template, typed ..., template
    for at, part in enumerate(parts):
        typed = at % 2 == 1
        parts[at] = noisy(rng, fill(rng, part, item.fields), item.keep) if typed else part.format(**item.fields)
    return "".join(parts)
