"""Time and peak memory of loading a model, beside transformers:  python -m benchmarks.loading [--sizes small,base]

Every round starts one process for each precision and one that loads with transformers in float32, first with the
checkpoint in the page cache and then without it. The clock runs from the start of the process, so imports count. A
process says when the model is loaded, when it has answered one token to a prompt of 16 tokens, and by how much its
memory grew at most while it loaded, relative to the weights in the precision that it uses. Peaks need Linux. The first
round fills caches and is not counted. Prints JSON: medians, minima and maxima, and the ratios of the medians.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.checkpoints import SIZES, cache_folder, chosen, write_checkpoint

PRECISIONS = ("float32", "float16", "int8")
PEER = "transformers"
OFFLINE = {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"}
PROMPT = "A step by step recipe to make bolognese pasta:"


def load_ours(folder: Path, precision: str) -> tuple[Callable[[], object], int, int]:
    """Load a model; return a function that answers one token, the growth of memory and the size of the weights."""
    from flanchat.engine.checkpoint.validate import ModelSource
    from flanchat.engine.devices.memory import gc_paused
    from flanchat.engine.events import Decoding, Request
    from flanchat.engine.protocol import EngineOptions
    from flanchat.engine.t5.local import LocalEngine

    engine = LocalEngine(
        ModelSource(folder.name, folder, "folder", ""),
        EngineOptions(environ=os.environ, device="cpu", precision=precision),
    )
    with gc_paused():
        import flanchat.engine.t5.loading  # noqa: F401  (imported by `start` otherwise, as part of the peak)
    before = reset_peak()
    engine.start()
    request = Request(PROMPT, Decoding(max_new_tokens=1))
    return lambda: list(engine.stream([request])), peak_bytes() - before, engine.card().memory_bytes


def load_peer(folder: Path) -> tuple[Callable[[], object], int, int]:
    """The same with transformers, as a model's page shows it."""
    from transformers import AutoTokenizer, T5ForConditionalGeneration

    before = reset_peak()
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = T5ForConditionalGeneration.from_pretrained(folder)
    grown = peak_bytes() - before
    weights = sum(tensor.numel() * tensor.element_size() for tensor in model.parameters())

    def answer() -> object:
        return model.generate(**tokenizer(PROMPT, return_tensors="pt"), max_new_tokens=1)

    return answer, grown, weights


def run_one(name: str, folder: Path, started: float) -> dict[str, float]:
    """Load and answer in this process. started: when it was started, by time.monotonic."""
    answer, grown, weights = load_peer(folder) if name == PEER else load_ours(folder, name)
    loaded_s = time.monotonic() - started
    answer()
    first_token_s = time.monotonic() - started
    return {"loaded_s": loaded_s, "first_token_s": first_token_s, "peak_over_weights": grown / weights}


def reset_peak() -> int:
    """Forget the peak so far and return the present memory of this process, in bytes."""
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    return _status("VmRSS")


def peak_bytes() -> int:
    return _status("VmHWM")


def _status(name: str) -> int:
    text = Path("/proc/self/status").read_text(encoding="ascii")
    return int(text.split(f"{name}:")[1].split()[0]) * 1024


def drop_from_cache(folder: Path) -> None:
    """Remove the files of a folder from the page cache."""
    for path in folder.iterdir():
        with open(path, "rb") as file:
            os.fsync(file.fileno())
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def read_into_cache(folder: Path) -> None:
    for path in folder.iterdir():
        with open(path, "rb", buffering=0) as file:
            while file.read(1 << 24):
                pass


def measured(name: str, folder: Path, *, cold: bool) -> dict[str, float]:
    (drop_from_cache if cold else read_into_cache)(folder)
    command = [sys.executable, "-m", "benchmarks.loading", "--one", name, "--model", str(folder)]
    command += ["--started", str(time.monotonic())]
    ended = subprocess.run(command, capture_output=True, text=True, env=os.environ | OFFLINE, check=False)
    if ended.returncode:
        sys.exit(f"{name} exited with status {ended.returncode}: {ended.stderr[-500:]}")
    return dict(json.loads(ended.stdout.strip().splitlines()[-1]))


def summary(rounds: list[dict[str, float]]) -> dict[str, dict[str, float]]:
    """The median, minimum and maximum of each figure."""
    return {
        key: {
            "median": round(statistics.median(values), 3),
            "min": round(min(values), 3),
            "max": round(max(values), 3),
        }
        for key in rounds[0]
        for values in [[figures[key] for figures in rounds]]
    }


def compare(folder: Path, names: list[str], rounds: int, *, cold: bool) -> dict[str, Any]:
    found: dict[str, list[dict[str, float]]] = {name: [] for name in names}
    for number in range(rounds + (not cold)):
        for name in names:
            figures = measured(name, folder, cold=cold)
            if number or cold:
                found[name].append(figures)
            print(f"{folder.name} {'cold' if cold else 'warm'} {name} {figures}", file=sys.stderr, flush=True)
    report: dict[str, Any] = {name: summary(values) for name, values in found.items()}
    for name in names if PEER in names else []:
        for key in ("loaded_s", "first_token_s"):
            report[name][f"{key}_over_{PEER}"] = round(report[name][key]["median"] / report[PEER][key]["median"], 3)
    return report


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=chosen, default=list(SIZES), help=f"default: {','.join(SIZES)}")
    parser.add_argument("--folder", type=Path, default=cache_folder(), help="of checkpoints; default: %(default)s")
    parser.add_argument("--rounds", type=int, default=3, help="default: %(default)s")
    parser.add_argument("--only", default=",".join((*PRECISIONS, PEER)), help="default: %(default)s")
    parser.add_argument("--caches", default="warm,cold", help="of the checkpoint's pages; default: %(default)s")
    for name in ("--one", "--model", "--started"):
        parser.add_argument(name, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(run_one(options.one, Path(options.model), float(options.started))), flush=True)
        os._exit(0)
    report: dict[str, Any] = {"rounds": options.rounds, "sizes": {}}
    for size in options.sizes:
        folder = options.folder / size
        if not (folder / "model.safetensors").is_file():
            write_checkpoint(folder, SIZES[size])
        report["sizes"][size] = {
            cache: compare(folder, options.only.split(","), options.rounds, cold=cache == "cold")
            for cache in options.caches.split(",")
        }
    print(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
