"""Time from the start of the process to a one-token answer, for `flanchat ask` and for transformers.

    python benchmarks/ask.py [--model FOLDER] [--rounds 5] [--python WITH_TRANSFORMERS]

Whole processes are timed, alternating, with a warm disk; the first round is a warm-up and is not counted. The peer does
what the script on a model's page does: import, from_pretrained, generate. Prints JSON: seconds, and the ratio of the
medians.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

PROMPT = "A step by step recipe to make bolognese pasta:"
PEER = """
import sys
from transformers import AutoTokenizer, T5ForConditionalGeneration
folder, prompt = sys.argv[1:]
tokenizer = AutoTokenizer.from_pretrained(folder)
model = T5ForConditionalGeneration.from_pretrained(folder)
ids = model.generate(**tokenizer(prompt, return_tensors="pt"), max_new_tokens=1)
print(tokenizer.decode(ids[0], skip_special_tokens=True))
"""


def seconds(command: list[str]) -> float:
    started = time.perf_counter()
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    if ended.returncode:
        sys.exit(f"{command[:3]} exited with status {ended.returncode}: {ended.stderr[-500:]}")
    return time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="flanchat/demo", type=Path)
    parser.add_argument("--rounds", default=5, type=int)
    parser.add_argument("--python", default=sys.executable)
    given = parser.parse_args()
    model = str(given.model.resolve())
    commands = {
        "flanchat": [
            sys.executable, "-m", "flanchat", "ask", "--no-log", "-m", model, "-o", "max_new_tokens=1", PROMPT,
        ],
        "transformers": [given.python, "-c", PEER, model, PROMPT],
    }  # fmt: skip
    taken: dict[str, list[float]] = {name: [] for name in commands}
    for number in range(given.rounds + 1):
        for name, command in commands.items():
            took = seconds(command)
            if number:
                taken[name].append(took)
    medians = {name: statistics.median(times) for name, times in taken.items()}
    spread = {name: {"median": medians[name], "min": min(times), "max": max(times)} for name, times in taken.items()}
    print(json.dumps({"model": model, "seconds": spread, "ratio": medians["flanchat"] / medians["transformers"]}))


if __name__ == "__main__":
    main()
