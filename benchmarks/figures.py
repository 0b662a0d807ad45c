"""Combine the runs of a benchmark: medians over rounds, ratios, tables. Runs nothing.

The rows of a size are {name: {"kind": ..., "rounds": [figures of one process, ...]}}, or
{name: {"kind": ..., "absent": reason}}. A process reports median, min and max for each of SPREADS and one number for
each of NUMBERS.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

SPREADS = ("ttft_ms", "decode_tps", "total_tps")
NUMBERS = ("load_s", "peak_rss_mb")
KINDS = ("exact", "int8", "other")
OURS = "flanchat-"
BASELINE = "transformers-fp32"
TOLERANCE = 0.2  # of a slope: caches and allocators make linear work look steeper
FREE_MB = 350  # what a process may use besides two bytes per parameter

Rows = Mapping[str, Mapping[str, Any]]


def over_rounds(rounds: list[Mapping[str, Any]]) -> dict[str, dict[str, float]]:
    """The median of the processes' medians, with the minimum and maximum of all runs."""
    together = {}
    for name in SPREADS:
        together[name] = {
            "median": statistics.median(figures[name]["median"] for figures in rounds),
            "min": min(figures[name]["min"] for figures in rounds),
            "max": max(figures[name]["max"] for figures in rounds),
        }
    for name in NUMBERS:
        values = [figures[name] for figures in rounds]
        together[name] = {"median": statistics.median(values), "min": min(values), "max": max(values)}
    return together


def ratios(rows: Rows, parameters: int) -> dict[str, dict[str, Any]]:
    """Compare each flanchat row with the best peer of its kind, metric by metric; absent peers are ignored.

    Each entry is {"ratio", "least", "most", "peer"}; least and most are the extremes over rounds, since the processes
    of a round ran close together. peak_over_limit: peak memory divided by two bytes per parameter plus FREE_MB.
    """
    measured = {name: row for name, row in rows.items() if row.get("rounds")}
    found: dict[str, dict[str, Any]] = {}
    for ours, row in measured.items():
        if not ours.startswith(OURS):
            continue
        peers = {
            name: peer
            for name, peer in measured.items()
            if peer["kind"] == row["kind"] and not name.startswith(OURS)
        }  # fmt: skip
        best: tuple[tuple[str, str, Callable[..., str]], ...] = (
            ("decode_over_best_peer", "decode_tps", max),
            ("ttft_over_best_peer", "ttft_ms", min),
            ("total_over_best_peer", "total_tps", max),
        )
        found[ours] = {}
        for label, metric, better in best if peers else ():
            name = better(peers, key=lambda peer: _median(peers[peer], metric))
            found[ours][label] = _ratio(row, measured[name], metric) | {"peer": name}
        if BASELINE in measured:
            found[ours]["total_over_transformers_fp32"] = _ratio(row, measured[BASELINE], "total_tps")
        limit = 2 * parameters / 1e6 + FREE_MB
        found[ours]["peak_over_limit"] = {"ratio": _median(row, "peak_rss_mb") / limit, "limit_mb": limit}
    return found


def in_order(rows: Rows) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Sort by kind, then by decoding speed, the fastest first; rows without figures come last."""

    def place(item: tuple[str, Mapping[str, Any]]) -> tuple[int, float, str]:
        name, row = item
        return KINDS.index(row["kind"]), -_median(row, "decode_tps") if row.get("rounds") else 0.0, name

    return iter(sorted(rows.items(), key=place))


def same_start(ids: list[int], reference: list[int]) -> int:
    """The length of the common prefix of two lists of ids."""
    return next((n for n, (a, b) in enumerate(zip(ids, reference, strict=False)) if a != b), len(reference))


def table(size: str, rows: Rows, parameters: int) -> Any:
    """The figures of one size as a rich table."""
    from rich.table import Table

    shown = Table(title=f"{size}: {parameters / 1e6:.0f} M parameters", title_justify="left")
    for heading in ("class", "", "first token ms", "decode tok/s", "total tok/s", "load s", "peak MB", "same ids"):
        shown.add_column(heading, justify="left" if heading in ("class", "") else "right", no_wrap=heading == "")
    last, reasons = "", []
    for name, row in in_order(rows):
        if row["kind"] != last:
            shown.add_section()
        kind, last = row["kind"] if row["kind"] != last else "", row["kind"]
        if not row.get("rounds"):
            word = "absent" if "absent" in row else "failed"
            shown.add_row(kind, name, word, style="dim")
            reasons.append(f"{name}: {word}: {row.get(word, 'no run')}")
            continue
        figures = over_rounds(row["rounds"])
        spread = [
            f"{figures[metric]['median']:.0f} ({figures[metric]['min']:.0f}-{figures[metric]['max']:.0f})"
            for metric in SPREADS
        ]
        numbers = [f"{figures['load_s']['median']:.1f}", f"{figures['peak_rss_mb']['median']:.0f}"]
        style = "bold" if name.startswith(OURS) else ""
        shown.add_row(kind, name, *spread, *numbers, str(row.get("same_ids", "")), style=style)
    if reasons:
        shown.caption, shown.caption_justify = "\n".join(reasons), "left"
    return shown


def ratio_table(size: str, found: Mapping[str, Mapping[str, Any]]) -> Any:
    """The ratios of one size as a rich table."""
    from rich.table import Table

    shown = Table(title=f"{size}: ours over others", title_justify="left")
    for heading in ("", "what", "ratio", "in single rounds", "peer"):
        shown.add_column(heading, justify="right" if heading in ("ratio", "in single rounds") else "left")
    for ours, entries in found.items():
        for label, entry in entries.items():
            between = f"{entry['least']:.2f}-{entry['most']:.2f}" if "least" in entry else ""
            peer = entry.get("peer", "")
            shown.add_row(ours, label.replace("_", " "), f"{entry['ratio']:.2f}", between, peer)
    return shown


def slope(sizes: Sequence[float], values: Sequence[float]) -> float:
    """The exponent of a growth at its upper end: how often the value doubles when the size does.

    >>> slope([1, 2, 4, 8], [7.0, 8.0, 16.0, 32.0])
    1.0
    """
    last = slice(-3, None)  # two doublings
    logs = [[math.log(number) for number in numbers[last]] for numbers in (sizes, values)]
    return round(statistics.linear_regression(*logs).slope, 2)


def growth_table(report: Mapping[str, Any]) -> str:
    """The report of `growth.py` in Markdown: the cost of each axis at its smallest and largest size, and the slopes."""
    lines = ["| what | from | to | time | slope | must be | memory | slope |", "|---|---|---|---|---|---|---|---|"]
    for name, axis in report["axes"].items():
        first, last = axis["sizes"][0], axis["sizes"][-1]
        times = " to ".join(_seconds(axis["seconds"][at]) for at in (0, -1))
        memory = " to ".join(f"{axis['memory_mb'][at]:.0f}" for at in (0, -1))
        mark = "**" if axis["slope"] > axis["must"] + TOLERANCE else ""
        cells = (
            name, f"{first:,}", f"{last:,} {axis['unit']}", times, f"{mark}{axis['slope']:.2f}{mark}",
            f"{axis['must']:g}", f"{memory} MB", f"{axis['memory_slope']:.2f}",
        )  # fmt: skip
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _seconds(value: float) -> str:
    return f"{value:.2f} s" if value >= 0.1 else f"{value * 1000:.1f} ms"


def _median(row: Mapping[str, Any], metric: str) -> float:
    return over_rounds(row["rounds"])[metric]["median"]


def _ratio(ours: Mapping[str, Any], peer: Mapping[str, Any], metric: str) -> dict[str, Any]:
    pairs = zip(ours["rounds"], peer["rounds"], strict=False)
    single = [mine[metric]["median"] / theirs[metric]["median"] for mine, theirs in pairs]
    return {"ratio": _median(ours, metric) / _median(peer, metric), "least": min(single), "most": max(single)}
