"""What a training step reads: examples in the wanted mix, sorted by length into groups of fixed shapes."""

from __future__ import annotations

import math
import multiprocessing
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from queue import Queue
from random import Random
from typing import Protocol

import torch
from sentencepiece import SentencePieceProcessor
from torch import Tensor

from demo_model.examples import make_example
from demo_model.tasks import TASKS

FEW_SHOT_SHARE = 0.08  # of the prompts
CHUNK = 1_024  # examples that are made with the same mix
# Few shapes, each used again and again: oneDNN prepares every new shape of a product, which takes longer than the
# product. Ids are padded to the next of these widths.
IN = (8, 12, 16, 20, 24, 28, 32, 40, 48, 56, 64, 80, 96, 128, 160, 200)
OUT = (2, 3, 4, 6, 8, 10, 12, 16, 20, 24, 32, 40, 48, 64, 80, 96, 112, 128, 160)

PROCESSES = multiprocessing.get_context("spawn")  # a fork would copy the state of an accelerator

Made = tuple[list[int], list[int], int]  # ids of the input and of the target, each with eos; index of the task


class Shared(Protocol):  # what PROCESSES.Array returns, or a list
    """A list of numbers that other processes see too."""

    def __getitem__(self, at: slice) -> list[float]: ...
    def __setitem__(self, at: slice, values: Sequence[float]) -> None: ...


@dataclass(frozen=True, slots=True)
class Group:
    """Examples of similar length, which go through the model together.

    source: ids [rows, in], 0 where padded. target: ids [rows, out], -100 where padded. tasks: each row's task.
    """

    source: Tensor
    target: Tensor
    tasks: list[int]


class Mix:
    """Which task to draw next: tasks whose answers are still likely to be wrong are drawn more often.

    Whole answers count, not tokens: in a sum nearly every token is easy and one is hard, so the mean loss of its tokens
    would look learnt long before it is.

    wrong: by task, the share of rows whose whole answer the model would get wrong.
    """

    def __init__(self, wrong: dict[str, float]) -> None:
        self.wrong = {name: wrong.get(name, 1.0) for name in TASKS}
        self._names = list(TASKS)

    def saw(self, task: int, loss: float) -> None:
        """Update a task's share. loss: summed over the row's whole target."""
        name = self._names[task]
        self.wrong[name] = 0.99 * self.wrong[name] + 0.01 * (1 - math.exp(-loss))

    def shares(self) -> list[float]:
        """The share of each task: its weight times its share of wrong answers, never below a floor."""
        raw = [TASKS[name].weight * (0.1 + wrong) for name, wrong in self.wrong.items()]
        return [share / sum(raw) for share in raw]


def examples(words: SentencePieceProcessor, shares: Shared, seed: str) -> Iterator[Made]:
    """Make examples without end. shares: of each task, read again from time to time."""
    rng, eos = Random(seed), words.eos_id()
    tasks = list(TASKS.values())
    while True:
        for at in rng.choices(range(len(tasks)), shares[:], k=CHUNK):
            example = make_example(tasks[at], rng, "train", few_shot_share=FEW_SHOT_SHARE)
            source, target = [*words.encode(example.input), eos], [*words.encode(example.target), eos]
            if len(source) <= IN[-1] and len(target) <= OUT[-1]:
                yield source, target, at


def examples_of_workers(words: SentencePieceProcessor, shares: Shared, seed: str, workers: int) -> Iterator[Made]:
    """The same from several processes, in turns: an accelerator is faster than one of them."""
    queues: list[Queue[list[Made]]] = []
    for worker in range(workers):
        queues.append(PROCESSES.Queue(maxsize=8))
        arguments = (words, shares, f"{seed} {worker}", queues[-1])
        PROCESSES.Process(target=_work, args=arguments, daemon=True).start()
    while True:
        for queue in queues:
            yield from queue.get()


def _work(words: SentencePieceProcessor, shares: Shared, seed: str, queue: Queue[list[Made]]) -> None:
    stream = examples(words, shares, seed)
    while True:
        queue.put([next(stream) for _ in range(CHUNK)])


def groups(stream: Iterator[Made], tokens: int) -> Iterator[Group]:
    """Collect examples of one shape until they have `tokens` ids, padded ones included."""
    waiting: dict[tuple[int, int], list[Made]] = {}
    for made in stream:
        shape = width, length = _next(IN, len(made[0])), _next(OUT, len(made[1]))
        rows = waiting.setdefault(shape, [])
        rows.append(made)
        if len(rows) >= tokens // (width + length):
            source, target = (
                _padded([row[0] for row in rows], width, 0),
                _padded([row[1] for row in rows], length, -100),
            )
            yield Group(source, target, [row[2] for row in rows])
            del waiting[shape]


def _next(widths: Sequence[int], length: int) -> int:
    return next(width for width in widths if width >= length)


def _padded(rows: Sequence[list[int]], width: int, fill: int) -> Tensor:
    return torch.tensor([row + [fill] * (width - len(row)) for row in rows])
