"""Train the demo model:  python -m demo_model.train FOLDER [--from MODEL] [--steps N | --minutes M] [--device cuda]

Reads the tokenizer in FOLDER, made by demo_model.vocab first where there is none, and writes the weights to
FOLDER/state.pt, from time to time and when it is interrupted or terminated; `--resume` goes on from there. Appends a
line to FOLDER/training.jsonl every 50 steps. Seeds are fixed. Without --from, training starts from nothing.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from flanchat.engine.devices.cores import spin_variables

if __name__ == "__main__":
    os.environ |= spin_variables(os.environ)  # before torch is imported

import torch
from sentencepiece import SentencePieceProcessor
from torch import Tensor

from demo_model import network
from demo_model.batches import PROCESSES, Group, Mix, examples, examples_of_workers, groups
from demo_model.optimizer import Optimizer
from demo_model.start import VOCABULARY, from_folder, from_nothing
from demo_model.vocab import write_tokenizer
from flanchat.engine.t5.threads import Threads, choose_threads

WARMUP_STEPS = 50
LEVEL = 0.3  # the share of the run after which the learning rate starts to fall
LOG_STEPS = 50
SAVE_MINUTES = 3.0
GROUPS = 6  # in one step
TOKENS = {"cpu": 1_200, "cuda": 30_000}  # in one group, padded ones included


def rate(step: int, done: float) -> float:
    """The share of the full learning rate: warm-up, constant, then linear decay to zero. done: share of the run."""
    return min(step / WARMUP_STEPS, 1.0, (1 - done) / (1 - LEVEL))


def gradients(
    weights: network.Weights, batch: list[Group], threads: Threads
) -> tuple[dict[str, Tensor], list[list[float]]]:
    """The gradient of each stack, and the loss of each row of each group, summed over its target.

    A token weighs 1/sqrt(row length), so that long recipes do not outweigh one-word answers. threads: adjusted to the
    free cores from group to group.
    """
    device = weights["shared"].device
    small = ("norms", "biases")  # stay in float32
    used = {name: (w.clone() if name in small else w.bfloat16()).requires_grad_() for name, w in weights.items()}
    lengths = [group.target.ne(-100).sum(1).sqrt() for group in batch]
    total = torch.cat(lengths).sum()
    losses = []
    for group, length in zip(batch, lengths, strict=True):
        threads.adjust()
        source, target = group.source.to(device), group.target.to(device)
        loss = network.token_losses(used, source, target).sum(1)
        (loss / (length * total).to(device)).sum().backward()
        losses.append(loss.detach())
    found = {name: weight.grad for name, weight in used.items() if weight.grad is not None}
    return found, [loss.tolist() for loss in losses]


class Run:
    """A training run: everything that `--resume` needs to go on."""

    def __init__(self, folder: Path, weights: network.Weights, device: str) -> None:
        self.folder = folder
        self.weights = {name: weight.to(device).contiguous() for name, weight in weights.items()}
        self.optimizer = Optimizer(self.weights)
        self.mix = Mix({})
        self.step, self.examples, self.minutes = 0, 0, 0.0

    def save(self) -> None:
        state = {
            "weights": self.weights,
            "optimizer": self.optimizer.state(),
            "wrong": self.mix.wrong,
            "step": self.step,
            "examples": self.examples,
            "minutes": self.minutes,
        }
        torch.save(state, self.folder / "state.new")
        (self.folder / "state.new").replace(self.folder / "state.pt")

    def save_if_possible(self) -> None:
        """Save in the middle of a run, which a full disk must not end."""
        try:
            self.save()
        except (OSError, RuntimeError) as error:
            print(f"state not saved, training goes on: {error}", file=sys.stderr, flush=True)

    def restore(self) -> None:
        state = torch.load(self.folder / "state.pt", weights_only=True)
        for name, weight in self.weights.items():
            weight.copy_(state["weights"][name])
        self.optimizer.restore(state["optimizer"])
        self.mix = Mix(state["wrong"])
        self.step, self.examples, self.minutes = state["step"], state["examples"], state["minutes"]


def train(
    folder: Path,
    *,
    model: Path | None = None,
    steps: int | None = None,
    minutes: float = 0.0,
    device: str = "cpu",
    workers: int = 0,
    resume: bool = False,
) -> None:
    """Train for `steps` steps or, without them, `minutes`; of the whole run, before and after it was interrupted.

    workers: processes that make examples; with none they are made between the steps.
    """
    torch.manual_seed(0)
    words = SentencePieceProcessor(model_file=str(folder / VOCABULARY))
    start = from_nothing(words) if model is None else from_folder(model, words)
    run = Run(folder, network.stacked(start), device)
    if resume:
        run.restore()
    shares: Any = PROCESSES.Array("d", run.mix.shares())
    seed = f"training from step {run.step}"
    made = examples_of_workers(words, shares, seed, workers) if workers else examples(words, shares, seed)
    stream = groups(made, TOKENS[device])
    stopped: list[int] = []
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda number, frame: stopped.append(number))
    threads = choose_threads(os.environ)
    for done in _steps(run, steps, minutes):
        batch = list(islice(stream, GROUPS))
        found, losses = gradients(run.weights, batch, threads)
        with torch.no_grad():
            run.optimizer.step(found, rate(run.step, done))
        for group, rows in zip(batch, losses, strict=True):
            run.examples += len(rows)
            for task, loss in zip(group.tasks, rows, strict=True):
                run.mix.saw(task, loss)
        shares[:] = run.mix.shares()
        if stopped:
            break
    run.save()


def _steps(run: Run, steps: int | None, minutes: float) -> Iterator[float]:
    """Count the steps and minutes of a run, log and save it, and yield the share of it that is done."""
    before, began = run.minutes, time.monotonic()
    saved = run.minutes
    with (run.folder / "training.jsonl").open("a" if run.step else "w") as log:
        while (done := run.step / steps if steps else run.minutes / minutes) < 1:
            run.step += 1
            yield done
            run.minutes = before + (time.monotonic() - began) / 60
            if run.step % LOG_STEPS == 0:
                wrong = {name: round(share, 4) for name, share in run.mix.wrong.items()}
                line = {"step": run.step, "examples": run.examples, "minutes": round(run.minutes, 2), "wrong": wrong}
                print(json.dumps(line), file=log, flush=True)
            if run.minutes - saved > SAVE_MINUTES:
                run.save_if_possible()
                saved = run.minutes


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--from", dest="model", type=Path, help="a model folder to begin with, such as flanchat/demo")
    parser.add_argument("--steps", type=int, default=7_000)
    parser.add_argument("--minutes", type=float, help="train for this long instead of a number of steps")
    parser.add_argument("--device", choices=TOKENS, default="cpu")
    parser.add_argument(
        "--workers", type=int, help="processes that make examples (default: 0; on cuda all cores but 1)"
    )
    parser.add_argument("--resume", action="store_true", help="continue from FOLDER/state.pt")
    options = parser.parse_args()
    if shutil.which("g++"):
        network.fuse()
    if not (options.folder / VOCABULARY).exists():
        write_tokenizer(options.folder)
    idle = (os.cpu_count() or 1) - 1 if options.device == "cuda" else 0
    train(
        options.folder,
        model=options.model,
        steps=None if options.minutes else options.steps,
        minutes=options.minutes or 0.0,
        device=options.device,
        workers=idle if options.workers is None else options.workers,
        resume=options.resume,
    )
