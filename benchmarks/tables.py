"""The tables of docs/benchmarks.md and the READMEs, from the reports in `results/`. tests/test_docs.py writes them.

Each report there is what `python benchmarks/peers.py ... --json FILE` wrote on a quiet machine.
"""

from __future__ import annotations

import json
import statistics
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from benchmarks.checkpoints import SIZES
from benchmarks.figures import BASELINE, OURS, in_order

RESULTS = Path(__file__).parent / "results"
LIBRARIES = {
    "ctranslate2": "CTranslate2",
    "llama.cpp": "llama.cpp",
    "onnxruntime": "onnxruntime",
    "openvino": "OpenVINO",
    "torch": "torch",
    "transformers": "transformers",
}
FORMATS = {"fp32": "float32", "fp16": "float16", "bf16": "bfloat16", "int8dyn": "dynamic int8"}


def peers(results: Path = RESULTS) -> str:
    """Every table of every report, each with its command, machine and day."""
    return "\n\n".join(text for report in _reports(results) for text in _tables(report))


def speed(results: Path = RESULTS) -> str:
    """The short table: flanchat, the best peer of each kind, and transformers, alone and beside a busy process."""
    rows = ["| | first token, tokens/s | beside a busy process |", "|---|---|---|"]
    for report in _reports(results):
        for size, entry in report["sizes"].items():
            if not {"0", "1"} <= entry["beside"].keys() or report["settings"]["batch"] > 1:
                continue
            alone, busy = (entry["beside"][others]["rows"] for others in ("0", "1"))
            rows.append(f"| **{size}** | | |")
            rows += [f"| {_written(name)} | {_short(alone[name])} | {_short(busy[name])} |" for name in _best(alone)]
    return "\n".join(rows)


def _reports(results: Path) -> Iterator[dict[str, Any]]:
    """The reports, those of smaller models first."""
    found = [dict(json.loads(path.read_text(encoding="utf-8"))) for path in results.glob("peers*.json")]
    order = [*SIZES]
    yield from sorted(found, key=lambda report: (min(map(order.index, report["sizes"])), report["settings"]["batch"]))


def _tables(report: Mapping[str, Any]) -> Iterator[str]:
    settings, machine = report["settings"], report["machine"]
    speeds = [speed["best"] for speed in report["read_gb_s"] if speed]
    memory = f"{statistics.median(speeds):.0f} GB/s ({min(speeds):.0f} to {max(speeds):.0f})"
    where = f"{machine['cores']} cores of {machine['processor']}, {report['when'][:10]}, memory read at {memory}"
    for size, entry in report["sizes"].items():
        prompts = f"{settings['batch']} prompts in one batch" if settings["batch"] > 1 else "one prompt"
        lengths = f"{settings['input_tokens']} tokens in, {settings['new_tokens']} out"
        yield f"### flan-t5-{size}'s shape, {prompts}, {lengths}"
        yield f"`{report['command']}`; {where}."
        yield "\n".join(_table(entry["beside"]))


def _table(beside: Mapping[str, Any]) -> Iterator[str]:
    alone = beside["0"]["rows"]
    others = {count: found["rows"] for count, found in beside.items() if count != "0"}
    heads = ["class", "peer", "first token ms", "decode tok/s (rounds)", "total tok/s", "load s", "peak MB"]
    for count in others:
        heads += [f"beside {count} busy: first token ms", "decode tok/s (rounds)", "of alone"]
    yield "| " + " | ".join(heads) + " |"
    yield "|" + "---|" * len(heads)
    for name, row in in_order(alone):
        if "absent" in row:
            continue
        shown = f"**{name}**" if name.startswith(OURS) else name
        cells = [row["kind"], shown]
        if row["rounds"]:
            found = row["figures"]
            cells += [_number(found["ttft_ms"]), _spread(found["decode_tps"]), _number(found["total_tps"])]
            cells += [f"{found['load_s']['median']:.1f}", _number(found["peak_rss_mb"])]
        else:
            cells += ["failed", "", "", "", ""]
        for rows in others.values():
            cells += _company(row, rows[name])
        yield "| " + " | ".join(cells) + " |"


def _company(alone: Mapping[str, Any], busy: Mapping[str, Any]) -> list[str]:
    if not busy["rounds"]:
        return ["failed", "", ""]
    found, share = busy["figures"], _share(busy, alone)
    return [_number(found["ttft_ms"]), _spread(found["decode_tps"]), f"{share:.2f}"]


def _share(busy: Mapping[str, Any], alone: Mapping[str, Any]) -> float:
    """Decoding speed beside busy processes over that alone, the median over the rounds."""
    pairs = zip(busy["rounds"], alone["rounds"], strict=False)
    return statistics.median(b["decode_tps"]["median"] / a["decode_tps"]["median"] for b, a in pairs)


def _best(rows: Mapping[str, Any]) -> Iterator[str]:
    """flanchat's two fast precisions, the fastest other library of each kind, and transformers."""
    order = [name for name, row in in_order(rows) if row["rounds"]]
    for kind in ("exact", "int8"):
        names = [name for name in order if rows[name]["kind"] == kind]
        ours = [name for name in names if name.startswith(OURS)]
        yield from ours[:1]
        yield from [name for name in names if name not in ours and name != BASELINE][:1]
        if BASELINE in names:
            yield BASELINE


def _written(name: str) -> str:
    library, _, form = name.partition("-")
    return f"**flanchat {form}**" if name.startswith(OURS) else f"{LIBRARIES[library]} {FORMATS.get(form, form)}"


def _short(row: Mapping[str, Any]) -> str:
    found = row.get("figures")
    return f"{_number(found['ttft_ms'])} ms, {_number(found['decode_tps'])}" if found else "failed"


def _number(found: Mapping[str, float]) -> str:
    return f"{found['median']:.0f}"


def _spread(found: Mapping[str, float]) -> str:
    return f"{found['median']:.0f} ({found['min']:.0f} to {found['max']:.0f})"
