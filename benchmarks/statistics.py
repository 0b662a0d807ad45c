"""How often a sweep without a difference is called one that has it:  python -m benchmarks.statistics [--sweeps N]

Two arms are equally good on every prompt. At p <= 0.05, McNemar's exact test should call at most 5% of such sweeps
different, and the paired bootstrap 4% to 6%. Prints JSON.
"""

from __future__ import annotations

import argparse
import json

import numpy as np

from flanchat.experiments.statistics import compare_all


def simulate(sweeps: int, prompts: int) -> dict[str, float]:
    """The share of sweeps that each kind of scores calls different."""
    random = np.random.default_rng(0)
    called = dict.fromkeys(("mcnemar", "bootstrap of F1", "bootstrap of 4 seeds"), 0)
    for _ in range(sweeps):
        ease = random.random(prompts)
        right = random.random((2, prompts, 4)) < ease[:, None]
        f1 = np.round(np.clip(ease + random.normal(0, 0.3, (2, prompts)), 0, 1) * 3) / 3
        scores = {
            "mcnemar": right[:, :, :1].astype(float),
            "bootstrap of F1": f1[:, :, None],
            "bootstrap of 4 seeds": right.astype(float),
        }
        for name, (first, second) in scores.items():
            [found] = compare_all([((0, 1), first.tolist(), second.tolist())], comparisons=1)
            called[name] += found.p <= 0.05
    return {name: count / sweeps for name, count in called.items()}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sweeps", type=int, default=10_000)
    parser.add_argument("--prompts", type=int, default=200)
    options = parser.parse_args()
    found = simulate(options.sweeps, options.prompts)
    print(json.dumps({"sweeps": options.sweeps, "prompts": options.prompts, "called different": found}))
