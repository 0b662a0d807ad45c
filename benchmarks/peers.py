"""Compare flanchat with the other ways to run Flan-T5 on a CPU, in one interleaved run:  python benchmarks/peers.py

Writes checkpoints with random weights in Flan-T5's shapes, then starts one process per peer and round. Round 1 runs
every peer, then round 2 runs every peer, so that a drift of the machine affects all of them. A process loads, answers
once to warm up, and times RUNS answers of exactly NEW tokens to prompts of INPUT tokens, greedy, on THREADS threads.
Peers that are not installed are listed as absent. Each can have its own Python (benchmarks/requirements-*.txt):

    python benchmarks/peers.py --sizes small,base --pythons onnxruntime=PATH openvino=PATH llama.cpp=PATH

Time to the first token and decoding speed are measured inside the peer's own loop. "same ids" is the number of leading
tokens of the first answer that equal those of transformers in float32. `--curves` also measures how the cost grows with
input length, output length and batch for flanchat, transformers and the best other peer; `benchmarks/plot.py` draws it.
`--busy 0,1` measures every peer alone and beside one process that keeps a core busy, one after the other.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
if __package__ in (None, ""):  # run as a script
    sys.path[0] = str(ROOT)

from benchmarks import figures  # noqa: E402
from benchmarks.checkpoints import SIZES, cache_folder, chosen, parameters, write_checkpoint  # noqa: E402
from benchmarks.one_peer import DISTRIBUTIONS, PEERS  # noqa: E402

OURS = {
    "flanchat-float16": ("float16", "exact"),
    "flanchat-float32": ("float32", "exact"),
    "flanchat-int8": ("int8", "int8"),
}
CURVES = {
    "input": [(length, 64, 1) for length in (16, 64, 128, 256, 512, 1024, 2048)],
    "output": [(128, new, 1) for new in (16, 32, 64, 128, 256)],
    "batch": [(128, 64, batch) for batch in (1, 2, 4, 8, 16)],
}
OFFLINE = {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"}
LIMIT_S = 1800

Shape = tuple[int, int, int]


class Bench:
    """Runs one process at a time and returns its report."""

    def __init__(self, options: argparse.Namespace) -> None:
        self._options = options
        self._environ = {**os.environ, **OFFLINE}
        self._fixed_threads = {"OMP_NUM_THREADS": str(options.threads)}

    def prepare(self, name: str, size: str) -> dict[str, Any]:
        """Convert the checkpoint for a peer. Returns {"ready"}, {"absent"} or {"failed"}."""
        return self._started([*self._peer(name, size), "--prepare"])

    def measure(self, name: str, size: str, shapes: list[Shape], others: int = 0) -> dict[str, Any]:
        """Time one process. Returns {"shapes": {shape: figures}, ...}, {"absent"} or {"failed"}.

        others: how many processes keep a core busy each meanwhile.
        """
        with busy(others):
            if name in OURS:
                return self._ours(name, size, shapes)
            texts = [":".join(map(str, shape)) for shape in shapes]
            numbers = ["--runs", str(self._options.runs), "--threads", str(self._options.threads)]
            return self._started([*self._peer(name, size), "--shapes", *texts, *numbers])

    def read_speed(self) -> dict[str, float]:
        command = [sys.executable, "-m", "benchmarks.floor", "--threads", str(self._options.threads)]
        return self._started(command).get("read_gb_s", {})

    def model(self, size: str) -> Path:
        return self._options.folder / size

    def _peer(self, name: str, size: str) -> list[str]:
        python = self._options.pythons.get(PEERS[name].library, sys.executable)
        places = ["--model", str(self.model(size)), "--forms", str(self._options.folder / f"{size}-forms")]
        return [python, "-m", "benchmarks.one_peer", name, *places]

    def _ours(self, name: str, size: str, shapes: list[Shape]) -> dict[str, Any]:
        """Run `flanchat bench` once per shape, as a user would."""
        python = self._options.pythons.get("flanchat", sys.executable)
        precision, _ = OURS[name]
        found: dict[str, Any] = {"shapes": {}}
        for length, new, batch in shapes:
            command = [python, "-m", "flanchat", "bench", "-m", str(self.model(size)), "--precision", precision]
            command += ["--input-tokens", str(length), "--new-tokens", str(new), "--batch", str(batch)]
            command += ["--device", "cpu", "--runs", str(self._options.runs), "--json"]
            said = self._started(command, chooses_threads=True)
            if "ttft_ms" not in said:
                return said
            found |= {key: said[key] for key in ("versions", "load_s", "peak_rss_mb")}
            found["shapes"][f"{length}:{new}:{batch}"] = {key: said[key] for key in figures.SPREADS}
        return found

    def _started(self, command: list[str], *, chooses_threads: bool = False) -> dict[str, Any]:
        """Run a process. chooses_threads: it does so by itself if it may use all cores."""
        environ = self._environ
        if not chooses_threads or self._options.threads != (os.cpu_count() or 1):
            environ = environ | self._fixed_threads
        try:
            ended = subprocess.run(
                command, capture_output=True, text=True, cwd=ROOT, env=environ, timeout=LIMIT_S, check=False
            )
        except FileNotFoundError:
            return {"absent": f"there is no Python at {command[0]}"}
        except subprocess.TimeoutExpired:
            return {"failed": f"took longer than {LIMIT_S} s"}
        if ended.returncode == 0:
            return dict(json.loads(ended.stdout.strip().splitlines()[-1]))
        lines = ended.stderr.strip().splitlines() or [""]
        telling = [line for line in lines if "Error" in line or "ASSERT" in line] or lines
        return {"failed": f"exited with status {ended.returncode}: {telling[-1]}"}


@contextmanager
def busy(count: int) -> Iterator[None]:
    """Keep this many cores busy inside, as other programs would."""
    others = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(count)]
    try:
        yield
    finally:
        for other in others:
            other.kill()
            other.wait()


def run(options: argparse.Namespace, bench: Bench) -> Iterator[dict[str, Any]]:
    """Yield the growing report after every step."""
    report: dict[str, Any] = {
        "when": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "command": command_line(sys.argv[1:]),
        "machine": machine(),
        "settings": {name: getattr(options, name) for name in ("input_tokens", "new_tokens", "batch", "rounds", "runs")}
        | {"threads": options.threads, "busy": options.busy},
        "read_gb_s": [],
        "sizes": {},
    }
    shape = (options.input_tokens, options.new_tokens, options.batch)
    for size in options.sizes:
        if not (bench.model(size) / "model.safetensors").is_file():
            say(f"{size}: writing a checkpoint")
            write_checkpoint(bench.model(size), SIZES[size])
        beside = {others: {name: row_of(name) for name in options.only} for others in options.busy}
        entry = report["sizes"][size] = {"parameters": parameters(SIZES[size]), "beside": {}}
        for name in options.only:
            if name in PEERS:
                said = bench.prepare(name, size)
                if "ready" not in said:
                    for rows in beside.values():
                        rows[name] |= said
                    say(f"{size}: {name}: {next(iter(said.values()))}")
        for number in range(1, options.rounds + 1):
            live = [
                (name, others, rows[name])
                for name in options.only
                for others, rows in beside.items()
                if "absent" not in rows[name] and "failed" not in rows[name]
            ]
            if live:
                report["read_gb_s"].append(bench.read_speed())
            for name, others, row in live:
                news = add_round(row, bench.measure(name, size, [shape], others))
                say(f"{size}: round {number} of {options.rounds}: {name} beside {others}: {news}")
            entry["beside"] = {str(others): summary(rows, entry["parameters"]) for others, rows in beside.items()}
            yield report
        for rows in beside.values():
            for row in rows.values():
                row.pop("ids", None)
    if options.curves:
        for size in options.sizes:
            report["sizes"][size]["curves"] = {}
            for name, found in curves(options, bench, size, report["sizes"][size]["beside"]["0"]["rows"]):
                report["sizes"][size]["curves"][name] = found
                yield report


def curves(
    options: argparse.Namespace, bench: Bench, size: str, rows: Mapping[str, Any]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Measure how the cost grows for flanchat, transformers and the best other peer with float32 arithmetic."""
    order = [name for name, row in figures.in_order(rows) if row["rounds"]]
    others = [name for name in order if name in PEERS and rows[name]["kind"] == "exact" and name != figures.BASELINE]
    baseline = [figures.BASELINE] if figures.BASELINE in order else []
    shapes = sorted({shape for family in CURVES.values() for shape in family})
    for name in [*(name for name in order if name in OURS), *baseline, *others[:1]]:
        say(f"{size}: curves of {name}")
        said = bench.measure(name, size, shapes)
        for timed in said.get("shapes", {}).values():
            timed.pop("ids", None)
        yield name, said.get("shapes", said)


def command_line(arguments: Sequence[str]) -> str:
    """How the run was started, without the paths of this machine."""
    return shlex.join(["python", "benchmarks/peers.py", *(re.sub(r"(^|=)[^=]*/.*", r"\1PATH", a) for a in arguments)])


def row_of(name: str) -> dict[str, Any]:
    return {"kind": kind_of(name), "rounds": []}


def add_round(row: dict[str, Any], said: dict[str, Any]) -> str:
    """Add what one process said to its row. Returns it in a few words."""
    if "shapes" not in said:
        row |= said
        return str(next(iter(said.values())))
    (timed,) = said["shapes"].values()
    row["ids"] = timed.pop("ids", None)
    row["versions"] = said["versions"]
    row["rounds"].append({**timed, **{key: said[key] for key in figures.NUMBERS}})
    return f"{timed['ttft_ms']['median']:.0f} ms, {timed['decode_tps']['median']:.0f} tok/s"


def summary(rows: dict[str, Any], size: int) -> dict[str, Any]:
    """The rows, with medians and the number of equal ids, and the ratios between them. size: parameters."""
    reference = rows.get(figures.BASELINE, {}).get("ids")
    for row in rows.values():
        if row["rounds"]:
            row["figures"] = figures.over_rounds(row["rounds"])
            if reference and row.get("ids"):
                row["same_ids"] = figures.same_start(row["ids"], reference)
    return {"rows": rows, "ratios": figures.ratios(rows, size)}


def kind_of(name: str) -> str:
    return OURS[name][1] if name in OURS else PEERS[name].kind


def machine() -> dict[str, object]:
    """Describe the machine without naming its host or user."""
    name, flags = platform.processor() or platform.machine(), ""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    for line in lines:
        key, _, value = (part.strip() for part in line.partition(":"))
        if key == "model name":
            name = value
        elif key in ("flags", "Features"):
            flags = value
    wanted = ("avx2", "avx512f", "avx512_vnni", "avx512_bf16", "amx_int8", "amx_bf16", "avx_vnni", "i8mm", "bf16")
    return {
        "processor": name,
        "instructions": [flag for flag in wanted if flag in flags.split()],
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
    }


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def names(text: str) -> list[str]:
    """Parse a comma-separated list of peers; the name of a library stands for all its usual peers."""
    known: list[str] = []
    for part in text.split(","):
        of_library = [name for name, peer in PEERS.items() if peer.library == part and peer.usual]
        of_library = of_library or (list(OURS) if part == "flanchat" else [])
        if part not in PEERS and part not in OURS and not of_library:
            raise argparse.ArgumentTypeError(f"expected some of {', '.join([*OURS, *PEERS])}, got {part!r}")
        known += of_library or [part]
    return list(dict.fromkeys(known))


def counts(text: str) -> list[int]:
    """Parse comma-separated numbers of busy processes."""
    parts = text.split(",")
    if not all(part.isdecimal() for part in parts):
        raise argparse.ArgumentTypeError(f"expected numbers such as 0,1, got {text!r}")
    return list(dict.fromkeys(map(int, parts)))


def python_of(text: str) -> tuple[str, str]:
    library, _, path = text.partition("=")
    if library not in DISTRIBUTIONS and library != "flanchat":
        raise argparse.ArgumentTypeError(
            f"expected one of flanchat, {', '.join(DISTRIBUTIONS)} and =PATH, got {text!r}"
        )
    return library, path


def main() -> None:
    number = {"type": int, "metavar": "N", "help": "default: %(default)s"}
    usual = [*OURS, *(name for name, peer in PEERS.items() if peer.usual)]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=chosen, default=list(SIZES), help=f"default: {','.join(SIZES)}")
    parser.add_argument("--input-tokens", default=128, **number)
    parser.add_argument("--new-tokens", default=64, **number)
    parser.add_argument("--batch", default=1, **number)
    parser.add_argument("--rounds", default=3, **number)
    parser.add_argument("--runs", default=3, **number)
    parser.add_argument("--threads", default=2, **number)
    parser.add_argument(
        "--busy", type=counts, default=[0], metavar="N,...", help="processes that keep a core busy each; default: 0"
    )
    parser.add_argument("--only", type=names, default=usual, metavar="NAME,...", help="peers, libraries or flanchat")
    parser.add_argument(
        "--pythons", type=python_of, nargs="+", default=[], metavar="LIBRARY=PATH", help="default: this Python"
    )
    parser.add_argument("--folder", type=Path, default=cache_folder(), help="for models; default: the cache")
    parser.add_argument("--curves", action="store_true", help="also measure by input length, output length and batch")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the report there after every round")
    options = parser.parse_args()
    options.pythons = dict(options.pythons)
    if options.curves and 0 not in options.busy:
        parser.error("--curves are measured alone: --busy must contain 0")
    if options.new_tokens < 2 or options.input_tokens < 2:
        parser.error("--input-tokens and --new-tokens: expected at least 2")
    report: dict[str, Any] = {}
    for report in run(options, Bench(options)):
        if options.json:
            options.json.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")

    from rich.console import Console

    console = Console(width=None if sys.stdout.isatty() else 130)
    for size, entry in report["sizes"].items():
        for others, found in entry["beside"].items():
            title = f"{size} beside {others} busy processes" if int(others) else size
            console.print(figures.table(title, found["rows"], entry["parameters"]))
            console.print(figures.ratio_table(title, found["ratios"]))


if __name__ == "__main__":
    main()
