"""Intervals and tests are those of scipy and statsmodels, and a difference is called as sure as it is."""

from __future__ import annotations

import gc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flanchat.experiments.statistics import Z95, Difference, bootstrap_mean, compare_all, holm, mcnemar, wilson

counts = st.integers(1, 5000).flatmap(lambda count: st.tuples(st.integers(0, count), st.just(count)))


def compare(
    first: list[list[float]], second: list[list[float]], *, of: tuple[int, int], comparisons: int = 1
) -> Difference:
    """The only pair of an experiment, or one of several."""
    [found] = compare_all([(of, first, second)], comparisons)
    return found


@given(counts)
def test_the_interval_of_a_share_is_wilsons(share: tuple[int, int]):
    from statsmodels.stats.proportion import proportion_confint  # not every worker runs this file: 0.7 s

    right, count = share

    interval = wilson(right, count)

    assert (interval.low, interval.high) == pytest.approx(
        proportion_confint(right, count, alpha=0.05, method="wilson"), abs=1e-9
    )
    assert interval.low <= interval.mean == right / count <= interval.high


@given(st.integers(0, 400), st.integers(0, 400))
def test_mcnemars_p_is_the_exact_one(only_first: int, only_second: int):
    from statsmodels.stats.contingency_tables import mcnemar as their_mcnemar

    table = [[7, only_first], [only_second, 3]]

    assert mcnemar(only_first, only_second) == pytest.approx(their_mcnemar(table, exact=True).pvalue, abs=1e-9)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_corrected_values_are_holms(values: list[float]):
    from statsmodels.stats.multitest import multipletests

    gc.freeze()  # statsmodels collects garbage at every call, 150 ms with what other tests have imported
    assert holm(values) == pytest.approx(multipletests(values, method="holm")[1].tolist(), abs=1e-9)


def test_the_quantile_is_that_of_the_normal_distribution():
    from scipy.stats import norm

    assert pytest.approx(norm.ppf(0.975), abs=1e-12) == Z95


def test_the_bootstrap_interval_is_near_scipys():
    from scipy.stats import bootstrap

    means = [((7 * k) % 11) / 10 for k in range(120)]

    ours = bootstrap_mean(means)
    theirs = bootstrap((means,), lambda x, axis: x.mean(axis), n_resamples=9999, method="percentile", rng=1)

    assert (ours.low, ours.high) == pytest.approx(tuple(theirs.confidence_interval), abs=0.01)
    assert bootstrap_mean(means) == ours, "the same scores, the same interval"


def test_right_and_wrong_with_one_answer_a_prompt_get_mcnemars_test():
    first, second = [[0.0]] * 9 + [[1.0]] * 11, [[1.0]] * 8 + [[0.0]] + [[1.0]] * 11

    found = compare(first, second, of=(0, 1))

    assert (found.test, found.p) == ("mcnemar", mcnemar(0, 8))
    assert found.difference == pytest.approx(0.4)
    assert 0 < found.low < 0.4 < found.high


def test_seeds_of_a_prompt_count_as_one_prompt():
    """Copies of an answer are no new evidence."""
    first, second = [[0.0], [1.0], [0.5], [0.0], [1.0]] * 6, [[1.0], [1.0], [0.5], [1.0], [0.0]] * 6

    once = compare(first, second, of=(0, 1))
    ten_times = compare([scores * 10 for scores in first], [scores * 10 for scores in second], of=(0, 1))

    assert (once.test, ten_times.test) == ("bootstrap", "bootstrap")
    assert ten_times.p == pytest.approx(once.p, abs=1e-12)
    assert (ten_times.low, ten_times.high) == pytest.approx((once.low, once.high), abs=1e-12)


def test_a_clear_difference_has_a_small_p_and_none_has_a_large_one():
    noise = [((k * 7919) % 13) / 13 for k in range(200)]
    shuffled = [noise[(k * 61) % 200] for k in range(200)]
    better = [[min(1.0, value + 0.25)] for value in noise]

    clear = compare([[value] for value in noise], better, of=(0, 1))
    none = compare([[value] for value in noise], [[value] for value in shuffled], of=(0, 1))

    assert clear.p < 0.001 < clear.low
    assert none.p > 0.05
    assert none.low < 0 < none.high
    assert none.detectable is not None
    assert 0.03 < none.detectable < 0.2


def test_arms_that_never_differ_are_the_same():
    same = compare([[1.0], [0.0]], [[1.0], [0.0]], of=(0, 1))

    assert (same.p, same.difference, same.is_none) == (1.0, 0.0, True)
    assert not compare([[1.0], [0.0]], [[0.0], [1.0]], of=(0, 1)).is_none


@given(st.integers(1, 60), st.integers(0, 60), st.integers(1, 12))
def test_what_prompts_can_show_is_the_smallest_difference_that_the_test_calls_one(count: int, differ: int, tests: int):
    differ = min(differ, count)
    halves = [[1.0]] * (differ // 2) + [[0.0]] * (count - differ // 2)
    others = [[0.0]] * (differ // 2) + [[1.0]] * (differ - differ // 2) + [[0.0]] * (count - differ)

    shown = compare(halves, others, of=(0, 1), comparisons=tests).detectable

    if shown is None:  # not even all prompts in favour of one arm
        assert mcnemar(0, count) * tests > 0.05
    else:
        net = round(shown * count)
        on = max(differ, net)
        assert mcnemar((on - net) // 2, (on + net) // 2) * tests <= 0.05
        assert net < 2 or mcnemar((on - net) // 2 + 1, (on + net) // 2 - 1) * tests > 0.05


def test_the_same_difference_on_every_prompt_is_as_sure_as_that_many_coins():
    found = compare([[0.25]] * 10, [[0.5]] * 10, of=(0, 1))

    assert found.p == 2 / 2**10


@given(st.lists(st.sampled_from([-0.5, -0.25, 0.0, 0.25, 0.5, 1.0]), min_size=2, max_size=12), st.integers(1, 4))
def test_a_difference_that_is_not_shown_is_below_the_smallest_that_is(differences: list[float], comparisons: int):
    found = compare(
        [[0.5, 0.5]] * len(differences), [[0.5 + d, 0.5 + d] for d in differences], of=(0, 1), comparisons=comparisons
    )

    assert found.test == "bootstrap"
    assert found.p >= 2 / 2 ** len(differences)
    if found.p * comparisons > 0.05 and found.detectable is not None:
        assert abs(found.difference) <= found.detectable * 1.0001


@pytest.mark.filterwarnings("error")
def test_few_prompts_of_which_one_differs_give_no_warning():
    found = compare([[0.5, 0.5]] * 9, [[0.5, 0.5]] * 8 + [[1.0, 1.0]], of=(0, 1), comparisons=2)

    assert found.p > 0.05


def test_the_interval_of_a_paired_difference_is_newcombes():
    """Newcombe 1998, table II, method 10: of 50 pairs, 36 both, 12 and 2 one of them, 0 neither."""
    first = [[1.0]] * 36 + [[0.0]] * 12 + [[1.0]] * 2
    second = [[1.0]] * 36 + [[1.0]] * 12 + [[0.0]] * 2

    found = compare(first, second, of=(0, 1))

    assert (found.difference, found.low, found.high) == pytest.approx((0.2, 0.0569, 0.3404), abs=5e-5)


answers = st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=40)
shares = st.lists(
    st.tuples(st.sampled_from([0, 0.25, 0.5, 1]), st.sampled_from([0, 0.25, 0.5, 1])), min_size=1, max_size=40
)


@given(st.lists(st.one_of(answers, shares), min_size=1, max_size=4))
def test_an_interval_leaves_out_nothing_only_where_a_difference_is_shown(arms: list[list[tuple[float, float]]]):
    """ "no difference shown (95%: 1 to 5)" contradicts itself."""
    pairs = [((0, n), [[float(a)] for a, __ in arm], [[float(b)] for __, b in arm]) for n, arm in enumerate(arms, 1)]

    for found in compare_all(pairs, len(pairs)):
        assert found.low <= found.difference <= found.high
        assert (found.low < 0 < found.high) <= (found.adjusted > 0.05)
        assert (found.low > 0 or found.high < 0) <= (found.adjusted <= 0.05)


def test_an_interval_is_wider_after_more_comparisons():
    first, second = [[0.0]] * 30 + [[1.0]] * 70, [[1.0]] * 20 + [[0.0]] * 15 + [[1.0]] * 65
    one, other = [[0.25], [0.5]] * 30, [[0.5], [0.25], [0.75]] * 20

    for pair in ((first, second), (one, other)):
        alone = compare(*pair, of=(0, 1))
        among = compare_all([((0, 1), *pair), ((0, 2), *pair), ((0, 3), *pair)], 3)[0]
        assert among.low < alone.low < alone.high < among.high
