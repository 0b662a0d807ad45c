"""How time and memory grow:  python -m benchmarks.growth [--only WORD,...] [--json FILE] [--model FOLDER] [--scale 0.1]

Each axis (benchmarks/growth_axes.py) is measured at doubling sizes, each of them in a forked process of its own. The
slope is the exponent of the growth over the last two doublings, and is compared with the one that the work must have:
1 where everything has to be read or written, 0 where one more turn must cost what the first did, and for the prompt of
a model what its arithmetic gives, attention's quadratic part included. Memory is the peak beyond that of the process
before the work, or for a model beyond that of the loaded model.

The product's own work is done with the scripted engine. Seconds are those of a processor, which other programs disturb
less, but for the terminal; so use one thread (OMP_NUM_THREADS=1). --model adds a checkpoint of
benchmarks/checkpoints.py to the demo model.

--only runs the axes whose names contain one of the words. --json FILE adds the figures to those that FILE has, and
--folder keeps what is measured, so that a run may be made in pieces. Prints a table, that of FILE if there is one;
--table runs nothing else.
"""

from __future__ import annotations

import argparse
import gc
import json
import multiprocessing
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from benchmarks.checkpoints import BUNDLED
from benchmarks.figures import growth_table, slope
from benchmarks.growth_axes import GROUPS, Axis, model_axes
from benchmarks.peers import machine

WARM_UP = 8


def in_child(work: Any, *arguments: object) -> Any:
    """What `work` returns in a forked process."""

    def run() -> None:
        gc.set_threshold(500_000)  # as flanchat does
        theirs.send(work(*arguments))

    ours, theirs = multiprocessing.Pipe(duplex=False)
    child = multiprocessing.get_context("fork").Process(target=run)
    child.start()
    theirs.close()
    try:
        return ours.recv()
    except EOFError:
        sys.exit(f"{arguments}: failed")
    finally:
        child.join()


def measured(axis: Axis, folder: Path, sizes: Sequence[int]) -> list[tuple[float, float]]:
    """The median of the seconds, and the megabytes by which this process grew, at each size."""
    found = []
    before = _peak_mb()
    for size in sizes:
        took = statistics.median(axis.measure(folder / str(size), size))
        found.append((took, _peak_mb() - before))
    return found


def measured_model(axis: Axis, folder: Path, sizes: Sequence[int]) -> list[tuple[float, float]]:
    axis.measure(folder, sizes[0])  # loads the model
    return measured(axis, folder, sizes)


def product_axis(axis: Axis, folder: Path, scale: float) -> dict[str, Any]:
    """Measure each size in a process of its own."""
    sizes = [max(WARM_UP + 1, round(size * scale)) for size in axis.sizes]
    for size in (*reversed(sizes), WARM_UP):  # the largest first: the others are parts of it
        if not (home := folder / str(size)).exists():
            folder.mkdir(parents=True, exist_ok=True)
            in_child(axis.prepare, home, size)
            time.sleep(0.5)  # the index reads files again that were written in the last two seconds
    axis.measure(folder / str(WARM_UP), WARM_UP)  # imports what it needs, before the others are forked
    return report(axis, sizes, [in_child(measured, axis, folder, [size])[0] for size in sizes])


def report(axis: Axis, sizes: Sequence[int], found: Sequence[tuple[float, float]]) -> dict[str, Any]:
    times, memory = zip(*found, strict=True)
    return {
        "unit": axis.unit,
        "sizes": list(sizes),
        "seconds": [round(value, 6) for value in times],
        "memory_mb": [round(value, 1) for value in memory],
        "slope": slope(sizes, times),
        "must": round(axis.must, 2),
        "memory_slope": slope(sizes, [max(value, 0.1) for value in memory]),
    }


def run(words: Sequence[str], models: Mapping[str, Path], folder: Path, scale: float) -> Iterator[tuple[str, Any]]:
    def is_wanted(name: str) -> bool:
        return not words or any(word in name for word in words)

    for group, axes in GROUPS.items():
        for axis in axes():
            if is_wanted(name := f"{group}: {axis.name}"):
                yield name, product_axis(axis, folder / group, scale)
    for model, checkpoint in models.items():
        for axis in model_axes(checkpoint):
            if is_wanted(name := f"{model}: {axis.name}"):
                yield name, report(axis, axis.sizes, in_child(measured_model, axis, folder, axis.sizes))


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e6 / 1024)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", metavar="WORD,...", help="only axes whose names contain one of these")
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--folder", type=Path, help="default: a temporary one")
    parser.add_argument("--model", type=Path, metavar="FOLDER", help="a checkpoint beside the demo model")
    parser.add_argument("--scale", type=float, default=1.0, help="of the sizes, but for those of models")
    parser.add_argument("--table", action="store_true", help="print the table of --json and run nothing")
    given = parser.parse_args()
    whole: dict[str, Any] = {"axes": {}}
    if given.json and given.json.exists():
        whole = json.loads(given.json.read_text(encoding="utf-8"))
    if not given.table:
        whole |= {"at": datetime.now(timezone.utc).isoformat(timespec="seconds"), "machine": machine()}
        models = {"demo": BUNDLED, **({given.model.name: given.model} if given.model else {})}
        with tempfile.TemporaryDirectory() if given.folder is None else nullcontext(given.folder) as folder:
            for name, figures in run(given.only.split(",") if given.only else (), models, Path(folder), given.scale):
                whole["axes"][name] = figures
                print(f"{name}: {figures['seconds'][-1]:.3f} s, slope {figures['slope']}", file=sys.stderr)
                if given.json:
                    given.json.write_text(json.dumps(whole, indent=1) + "\n", encoding="utf-8")
    print(growth_table(whole))


if __name__ == "__main__":
    main()
