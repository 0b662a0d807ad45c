"""The sentences about two arms say who is better, by how much, how sure it is, and what could have been seen."""

from __future__ import annotations

import re

import pytest

from flanchat.experiments.arms import Arm
from flanchat.experiments.calibration import Judged, calibrate
from flanchat.experiments.statistics import Difference
from flanchat.experiments.sweep_report import SweepReport
from flanchat.experiments.sweep_sentences import difference_line, missed_line
from flanchat.ui.scoreboard import draw
from tests.ui.window import Window

NAMES = ("plain", "qa")


@pytest.mark.parametrize(
    ("difference", "count", "line"),
    [
        (
            Difference(0, 1, 0.061, 0.012, 0.11, 0.006, "mcnemar", 200, 0.07, adjusted=0.018),
            3,
            "qa beats plain by 6.1 points of exact (95%: 1.2 to 11.0), p = 0.018 after 3 comparisons",
        ),
        (
            Difference(0, 1, -0.25, -0.5, -0.1, 0.0001, "mcnemar", 90, 0.2, adjusted=0.0001),
            1,
            "plain beats qa by 25.0 points of exact (95%: 10.0 to 50.0), p < 0.001",
        ),
        (
            Difference(0, 1, 0.01, -0.02, 0.04, 0.5, "bootstrap", 90, 0.043, adjusted=0.5),
            1,
            "no difference shown: qa is 1.0 points above plain (95%: -2.0 to 4.0), p = 0.500; "
            "with these 90 prompts it takes 4.3 points",
        ),
        (
            Difference(0, 1, 0.2, 0.0, 0.6, 1.0, "mcnemar", 5, None),
            1,
            "no difference shown: qa is 20.0 points above plain (95%: 0.0 to 60.0), p = 1.000; "
            "5 prompts are too few to show any",
        ),
        (
            Difference(0, 1, 0.0, 0.0, 0.0, 1.0, "mcnemar", 9, None),
            2,
            "plain and qa score the same on every prompt",
        ),
    ],
)
def test_two_arms_in_one_sentence(difference: Difference, count: int, line: str):
    assert difference_line(difference, NAMES, "exact", count) == line


def test_right_answers_that_count_as_wrong_are_noticed():
    def arm(exact: float, contains: float) -> Arm:
        return Arm("plain", "", 1, {"exact": exact, "contains": contains}, {}, {})

    assert missed_line(arm(0.0, 0.97), "exact") == (
        "plain: 97% of the answers contain the right one, but only 0% are nothing else: --metric contains (or "
        "number, for the last number) counts them, post.answer_regex in the profile cuts the answer out"
    )
    assert missed_line(arm(0.0, 0.97), "number") == ""
    assert missed_line(arm(0.8, 0.95), "exact") == ""


@pytest.mark.parametrize("width", [60, 80, 120])
def test_a_reliability_chart_keeps_its_bands_and_figures_whole_in_a_narrow_window(width: int):
    judged = [Judged(row, row > 1, (0.98,)) for row in range(5)] + [Judged(5, False, (0.05,))]
    figures = dict.fromkeys(
        ("answers", "scored", "new_tokens", "mean_lp", "exact", "f1", "correct", "accuracy", "contains"), 0.5
    )
    arm = Arm("fewshot", "", 1, figures, {}, {}, calibration=calibrate(judged))
    window = Window()
    report = SweepReport("exact", 6, (arm,), {"exact": ()})

    draw(report, window, {"COLUMNS": str(width), "TERM": "xterm"}, calibration=True, color=False)

    lines = re.sub(r"\x1b\[[0-9;]*m", "", window.getvalue()).splitlines()
    assert max(map(len, lines)) <= width
    assert any(re.match(r"90% - 100% +5 +98% +60% +\d.* - \d.*█+ *\|?", line) for line in lines)
