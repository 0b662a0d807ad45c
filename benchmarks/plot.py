"""Draws how the cost grows, from the report of `peers.py --curves --json FILE`:  python benchmarks/plot.py FILE OUT.svg

Also draws the report of `growth.py --json FILE`: a panel for each group, the time against the size, both logarithmic.

For peers, four panels: time to the first token and decoding speed by input length, decoding speed by output length and
by batch.
The floor is the speed at which the weights and caches can be read once per token, at the read speed measured in the
same run; a processor whose cache holds much of a small model's weights can beat it. The colours are Okabe and Ito's,
which colour-blind readers can tell apart, and each has its own marker. Needs matplotlib (benchmarks/requirements.txt).
"""

from __future__ import annotations

import argparse
import functools
import json
import statistics
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

if __package__ in (None, ""):  # run as a script
    sys.path[0] = str(Path(__file__).parent.parent)

from benchmarks.checkpoints import SIZES
from benchmarks.floor import most_tokens_a_second

STYLES = (("#0072B2", "o"), ("#D55E00", "s"), ("#009E73", "^"), ("#CC79A7", "D"), ("#E69F00", "v"))
FLOORS = {"float16 floor": (2.0, "--"), "int8 floor": (1.0, ":")}
PANELS = (  # which of a shape's three numbers varies, the values of the others, the metric and the labels of the axes
    (0, {1: 64, 2: 1}, "ttft_ms", "tokens in", "first token, ms"),
    (0, {1: 64, 2: 1}, "decode_tps", "tokens in", "decoding, tokens/s"),
    (1, {0: 128, 2: 1}, "decode_tps", "tokens out", "decoding, tokens/s"),
    (2, {0: 128, 1: 64}, "decode_tps", "prompts in one batch", "decoding, tokens/s together"),
)


def points(curve: Mapping[str, Any], axis: int, fixed: Mapping[int, int], metric: str) -> list[tuple[int, float]]:
    """The (x, median) points of the shapes that differ only in `axis`, sorted."""
    shapes = {tuple(map(int, text.split(":"))): figures for text, figures in curve.items() if ":" in text}
    chosen = (shape for shape in shapes if all(shape[at] == value for at, value in fixed.items()))
    return [(shape[axis], shapes[shape][metric]["median"]) for shape in sorted(chosen)]


def _pyplot() -> Any:
    import matplotlib as mpl

    mpl.use("Agg")
    mpl.rcParams |= {"svg.fonttype": "none", "svg.hashsalt": "flanchat", "font.size": 9, "font.family": "sans-serif"}
    from matplotlib import pyplot

    return pyplot


def draw_growth(report: Mapping[str, Any], out: Path) -> None:
    """The time of each axis against its size. A grey line has the slope 1."""
    pyplot = _pyplot()
    groups: dict[str, dict[str, Any]] = {}
    for name, axis in report["axes"].items():
        group, __, what = name.partition(": ")
        groups.setdefault(group, {})[what] = axis
    rows = -(-len(groups) // 2)
    from matplotlib.ticker import NullFormatter

    figure, axes = pyplot.subplots(rows, 2, figsize=(14, 3.6 * rows), layout="constrained", squeeze=False)
    for plot, (group, lines) in zip(axes.flat, groups.items(), strict=False):
        for number, (what, axis) in enumerate(lines.items()):
            colour, mark = STYLES[number % len(STYLES)]
            line = ("-", "--", ":")[number // len(STYLES)]
            label = f"{what} ({axis['slope']:.2f})"
            plot.plot(axis["sizes"], axis["seconds"], color=colour, marker=mark, markersize=4, ls=line, label=label)
        xs = [min(axis["sizes"][0] for axis in lines.values()), max(axis["sizes"][-1] for axis in lines.values())]
        top = max(axis["seconds"][-1] for axis in lines.values())
        plot.plot(xs, [1.5 * top * x / xs[-1] for x in xs], color="#bbbbbb", zorder=0)
        plot.set_xscale("log")
        plot.set_yscale("log")
        plot.set_title(group)
        plot.set_xlabel(" or ".join(dict.fromkeys(axis["unit"] for axis in lines.values())))
        plot.set_ylabel("seconds")
        plot.grid(alpha=0.3)
        plot.xaxis.set_minor_formatter(NullFormatter())
        plot.legend(fontsize=7, frameon=False, loc="center left", bbox_to_anchor=(1, 0.5))
    for plot in axes.flat[len(groups) :]:
        plot.set_visible(False)
    figure.suptitle(
        f"{report['machine']['processor']}, one thread; in brackets the slope, beside a grey line of slope 1"
    )
    figure.savefig(out, format="svg", metadata={"Date": None})


def draw(report: Mapping[str, Any], size: str, out: Path) -> None:
    pyplot = _pyplot()
    from matplotlib.ticker import LogLocator, NullLocator

    curves = {name: curve for name, curve in report["sizes"][size]["curves"].items() if "failed" not in curve}
    read_gb_s = statistics.median(speed["best"] for speed in report["read_gb_s"] if speed)
    ceiling = functools.partial(most_tokens_a_second, SIZES[size])
    figure, axes = pyplot.subplots(2, 2, figsize=(9, 6.6), layout="constrained")
    for plot, (axis, fixed, metric, x_name, y_name) in zip(axes.flat, PANELS, strict=True):
        xs: list[int] = []
        for (name, curve), (colour, mark) in zip(curves.items(), STYLES, strict=False):
            found = points(curve, axis, fixed, metric)
            xs = sorted({*xs, *(x for x, _ in found)})
            plot.plot(*zip(*found, strict=True), color=colour, marker=mark, markersize=4, label=name)
        for name, (weight_bytes, line) in FLOORS.items() if metric == "decode_tps" else ():
            most = []
            for x in xs:
                length, count, batch = ({**fixed, axis: x}[at] for at in range(3))
                most.append((x, ceiling(weight_bytes, read_gb_s, length=length, new=count, batch=batch)))
            plot.plot(*zip(*most, strict=True), color="#555555", linestyle=line, label=name)
        plot.set_xscale("log", base=2)
        plot.set_yscale("log")
        plot.set_xticks(xs)
        plot.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        plot.yaxis.set_minor_locator(NullLocator())
        for side in (plot.xaxis, plot.yaxis):
            side.set_major_formatter(lambda value, _: f"{value:g}")
        plot.set_xlabel(x_name)
        plot.set_ylabel(y_name)
        plot.grid(alpha=0.3)
    handles, labels = axes.flat[1].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=3, frameon=False)
    threads = report["settings"]["threads"]
    figure.suptitle(
        f"flan-t5-{size} on {report['machine']['processor']}, {threads} threads, {read_gb_s:.0f} GB/s of reading; "
        "128 tokens in, 64 out, batch 1 unless the axis says otherwise",
        fontsize=9,
    )
    figure.savefig(out, format="svg", metadata={"Date": None})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("report", type=Path, metavar="FILE")
    parser.add_argument("out", type=Path, metavar="OUT.svg")
    parser.add_argument("--size", help="default: the first one with curves")
    options = parser.parse_args()
    report = json.loads(options.report.read_text(encoding="utf-8"))
    if "axes" in report:
        draw_growth(report, options.out)
        return
    with_curves = [size for size, entry in report["sizes"].items() if entry.get("curves")]
    size = options.size or next(iter(with_curves), None)
    if size not in with_curves:
        parser.error(
            f"{options.report}: expected curves of {size or 'some size'}, got none; run peers.py with --curves"
        )
    draw(report, size, options.out)


if __name__ == "__main__":
    main()
