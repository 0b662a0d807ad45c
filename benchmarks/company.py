"""How fast flanchat is beside others:  python -m benchmarks.company FOLDER [--precisions float16,int8] [--rounds 2]

Runs `flanchat bench` by turns alone, several at once, and beside what `make -j2` does: two loops that start one short
process after the other. FOLDER holds a checkpoint (`python -m benchmarks.checkpoints`). Prints JSON: medians over
rounds and processes of the milliseconds to the first token and of the tokens a second after it, and how much of the
speed alone is left.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

from benchmarks.peers import ROOT, machine

JOB = "import ast; [ast.parse(open(ast.__file__).read()) for _ in range(20)]"
FIGURES = {"ttft_ms": "first_token_ms", "decode_tps": "decode_tps"}


@contextmanager
def make(jobs: int = 2) -> Iterator[None]:
    """Inside, as many loops start one short process after the other."""
    loop = 'while [ -e "$0" ]; do "$1" -c "$2"; done'
    with tempfile.TemporaryDirectory() as folder:
        running = Path(folder, "running")
        running.touch()
        loops = [subprocess.Popen(["sh", "-c", loop, str(running), sys.executable, JOB]) for _ in range(jobs)]
        try:
            yield
        finally:
            running.unlink()
            for each in loops:
                each.wait()


def bench(options: argparse.Namespace, precision: str, count: int) -> list[dict[str, float]]:
    """The figures of so many processes that run at once."""
    command = [sys.executable, "-m", "flanchat", "bench", "-m", str(options.folder), "--precision", precision]
    command += ["--device", "cpu", "--runs", str(options.runs), "--json"]
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) for _ in range(count)]
    said = [process.communicate()[0] for process in processes]
    if any(process.returncode for process in processes):
        sys.exit("a process failed; its error is above")
    return [{name: json.loads(text)[key]["median"] for key, name in FIGURES.items()} for text in said]


def main() -> None:
    number: dict[str, Any] = {"type": int, "metavar": "N", "help": "default: %(default)s"}
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--precisions", default="float16,int8", help="default: %(default)s")
    parser.add_argument("--at-once", default=2, **number)
    parser.add_argument("--rounds", default=2, **number)
    parser.add_argument("--runs", default=3, **number)
    options = parser.parse_args()
    several = f"{options.at_once} at once"
    report: dict[str, Any] = {"machine": machine(), "folder": options.folder.name, "precisions": {}}
    for precision in options.precisions.split(","):
        found: dict[str, list[dict[str, float]]] = {"alone": [], several: [], "beside make -j2": []}
        for _ in range(options.rounds):
            for case, rows in found.items():
                with make() if case.startswith("beside") else nullcontext():
                    rows.extend(bench(options, precision, options.at_once if case == several else 1))
                print(f"{precision} {case}: {rows[-1]}", file=sys.stderr, flush=True)
        medians = {
            case: {name: round(statistics.median(row[name] for row in rows), 1) for name in FIGURES.values()}
            for case, rows in found.items()
        }
        for row in medians.values():
            row["decode_of_alone"] = round(row["decode_tps"] / medians["alone"]["decode_tps"], 2)
        report["precisions"][precision] = medians
    print(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
