"""The seeds of a grid are summed up for each combination of the other axes, and never tested: it is one question."""

from __future__ import annotations

import pytest

from flanchat.experiments.grid_results import grid_json
from flanchat.experiments.seed_spread import seed_spreads
from tests.export.test_grid_page import grid


def test_seeds_are_summed_up_for_each_other_value():
    made = grid("temperature=0.5,0.9 seed=1,2 Pick one.", ["a"], ["a", " red", " cat"], ["b"], ["b"], full=True).grid

    first, second = seed_spreads(made)

    assert (first.varied, first.seeds, first.answers) == ({"temperature": "0.5"}, 2, 2)
    assert first.tokens == (2.0, pytest.approx(2**0.5))
    assert (second.varied, second.answers, second.tokens) == ({"temperature": "0.9"}, 1, (1.0, 0.0))
    assert second.line == "temperature=0.9: 2 seeds gave 1 answer: avg logprob -0.10 ±0.00, tokens 1.0 ±0.0"
    assert [one["seeds"] for one in grid_json(made)["seeds"]] == [2, 2]


@pytest.mark.parametrize("line", ["temperature=0.5,0.9 Pick one.", "seed=1 Pick one."])
def test_nothing_is_said_without_several_seeds(line: str):
    made = grid(line, ["a"], ["b"], ["c"]).grid

    assert seed_spreads(made) == []
    assert "seeds" not in grid_json(made)


def test_an_answer_that_failed_half_way_is_no_seed_of_the_spread():
    made = grid("seed=1..3 Pick one.", ["a"], ["a"], ["b"], ["a", " b", " c"]).grid
    failed = made.cells[-1].answer
    assert failed is not None
    failed.finish = "error"

    [spread] = seed_spreads(made)

    assert (spread.seeds, spread.tokens[0]) == (2, 1.0)
