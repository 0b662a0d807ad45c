"""What a change costs: this working tree's steps and encoder against another's, by turns in two processes.

    git worktree add /tmp/old main
    python -m benchmarks.revisions /tmp/old FOLDER [--threads 1] [--precisions float32,float16,int8] [--rounds 15]

FOLDER holds a checkpoint (`python -m benchmarks.checkpoints`). Prints JSON, a line for each precision and case: the
median and the least seconds of both trees and the ratios of this one's to the other's, in processor time of one thread
by default (other programs hardly change it) and in wall time for more.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent.parent
KERNELS = {"float32": "onednn", "float16": "packed", "bfloat16": "plain", "int8": "x86"}
CASES = {  # prompts, rows of each
    "alone": (1, 1),
    "8 prompts": (8, 1),
    "8 rows of a prompt": (1, 8),
    "encode 1": (1, 0),
    "encode 8": (8, 0),
}
PROMPT, STEPS = 128, 12


def serve(folder: str, precision: str, kernel: str, threads: int) -> None:
    """For each case named on stdin, print the seconds it took; imports the flanchat on PYTHONPATH."""
    import torch

    from flanchat.engine.checkpoint.validate import preflight
    from flanchat.engine.t5.linear import LinearKernels
    from flanchat.engine.t5.model import T5

    torch.set_num_threads(threads)
    clock = time.process_time if threads == 1 else time.perf_counter
    model = T5(preflight(Path(folder)), kernels=LinearKernels(precision, token=kernel, prompt=kernel))
    with torch.inference_mode():
        for rows in (1, 8):
            try:
                model.trace(rows=rows)
            except TypeError:  # before 2026-11-30
                model.trace(shared=rows > 1)
        prompts = [[5 + (31 * at + 7 * row) % 900 for at in range(PROMPT)] for row in range(8)]
        encoded = model.encode(prompts)
        print("ready", flush=True)
        for line in sys.stdin:
            count, rows = CASES[line.strip()]
            if not rows:
                started = clock()
                model.encode(prompts[:count])
            else:
                cache = model.start(encoded[:count], [at for at in range(count) for _ in range(rows)], STEPS + 1)
                model.step([0] * (count * rows), cache)
                started = clock()
                for _ in range(STEPS):
                    model.step([9] * (count * rows), cache)
            print((clock() - started) / (STEPS if rows else 1), flush=True)


def started(tree: Path, *arguments: str) -> subprocess.Popen[str]:
    """A process that serves the flanchat of a tree."""
    environ = {**os.environ, "PYTHONPATH": str(tree)}
    command = [sys.executable, "-P", str(Path(__file__).resolve()), "--serve", *arguments]
    return subprocess.Popen(command, env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def ask(process: subprocess.Popen[str], case: str) -> float:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(case + "\n")
    process.stdin.flush()
    if not (line := process.stdout.readline()):
        sys.exit("a process has failed; its error is above")
    return float(line)


def compared(trees: dict[str, Path], rounds: int, *arguments: str) -> dict[str, dict[str, list[float]]]:
    """The seconds of each case and tree, by turns."""
    processes = {name: started(tree, *arguments) for name, tree in trees.items()}
    seconds: dict[str, dict[str, list[float]]] = {case: {name: [] for name in trees} for case in CASES}
    for process in processes.values():
        assert process.stdout is not None
        if process.stdout.readline() != "ready\n":
            for other in processes.values():
                other.kill()
            sys.exit("a process could not load the checkpoint")
    for at in range(rounds):
        for case in CASES:
            for name in sorted(processes, reverse=bool(at % 2)):
                seconds[case][name].append(ask(processes[name], case))
    for process in processes.values():
        process.communicate()
    return seconds


def main() -> None:
    if sys.argv[1:2] == ["--serve"]:
        folder, precision, kernel, threads = sys.argv[2:]
        serve(folder, precision, kernel, int(threads))
        return
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("other", type=Path, help="another working tree of flanchat")
    parser.add_argument("folder", help="a checkpoint")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--precisions", default="float32,float16,int8")
    parser.add_argument("--int8", default=KERNELS["int8"], help="the kernel of int8")
    options = parser.parse_args()
    for precision in options.precisions.split(","):
        kernel = options.int8 if precision == "int8" else KERNELS[precision]
        trees = {"this": HERE, "other": options.other}
        arguments = (options.folder, precision, kernel, str(options.threads))
        for case, seconds in compared(trees, options.rounds, *arguments).items():
            row: dict[str, Any] = {"precision": precision, "kernel": kernel, "threads": options.threads, "case": case}
            for name, values in seconds.items():
                row[f"{name}_ms"] = round(statistics.median(values) * 1e3, 3)
            by_turns = [a / b for a, b in zip(seconds["this"], seconds["other"], strict=True)]
            row["ratio"] = round(statistics.median(by_turns), 3)
            row["ratio_of_least"] = round(min(seconds["this"]) / min(seconds["other"]), 3)
            print(json.dumps(row), flush=True)


if __name__ == "__main__":
    main()
