"""Arms are profiles with settings; their seeds are averaged, and each is compared with the first one."""

from __future__ import annotations

import pytest

from flanchat.experiments.arms import compare_arms, group, summarize
from flanchat.experiments.statistics import mcnemar, wilson
from flanchat.experiments.sweep import Variant
from flanchat.experiments.tally import Tally
from flanchat.prompting.profile import Profile
from flanchat.prompting.settings import Settings

PLAIN, QA = Profile("plain", sha256="a"), Profile("qa", sha256="b")


def tally(exact: list[float | None]) -> Tally:
    made = Tally(len(exact))
    for row, score in enumerate(exact, 1):
        made.add({"row": row, "correct": score, "exact": score, "f1": score, "usage": {}, "conf": {}})
    return made


def variant(profile: Profile, **varied: object) -> Variant:
    return Variant(profile, Settings(), varied)


def test_variants_that_differ_in_their_seed_are_one_arm():
    variants = [variant(p, temperature=t, seed=s) for p in (PLAIN, QA) for t in (0.5, 1.0) for s in (1, 2)]

    assert group(variants) == [[0, 1], [2, 3], [4, 5], [6, 7]]
    arms = summarize(variants, [tally([1.0, 0.0])] * 8)
    assert [arm.name for arm in arms] == [
        "plain temperature=0.5", "plain temperature=1.0", "qa temperature=0.5", "qa temperature=1.0"
    ]  # fmt: skip


def test_an_arm_has_the_mean_of_its_seeds_and_their_spread():
    (arm,) = summarize([variant(PLAIN, seed=1), variant(PLAIN, seed=2)], [tally([1, 1, 0, 0]), tally([1, 1, 1, 0])])

    assert (arm.seeds, arm.figures["answers"], arm.figures["exact"]) == (2, 8, 0.625)
    assert arm.spread["exact"] == pytest.approx(0.25 / 2**0.5)
    assert arm.intervals["exact"].mean == 0.625


def test_a_share_with_one_answer_a_prompt_has_wilsons_interval_and_no_spread():
    (arm,) = summarize([variant(PLAIN)], [tally([1, 1, 0, None])])

    assert arm.intervals["exact"] == wilson(2, 3)
    assert arm.spread == {}


def test_each_arm_is_compared_with_the_first_and_corrected_for_all():
    first, better, same = [0.0] * 12 + [1.0] * 4, [1.0] * 9 + [0.0] * 3 + [1.0] * 4, [0.0] * 12 + [1.0] * 4
    variants = [variant(PLAIN), variant(QA), variant(PLAIN, top_k=5)]

    one, other = compare_arms(variants, [tally(first), tally(better), tally(same)], "exact")

    assert (one.first, one.second, one.p, one.adjusted) == (0, 1, mcnemar(0, 9), 2 * mcnemar(0, 9))
    assert (other.second, other.adjusted) == (2, 1.0)


def test_prompts_without_targets_are_compared_by_nobody():
    variants = [variant(PLAIN), variant(QA)]

    assert compare_arms(variants, [tally([None, None]), tally([None, None])], "exact") == []
    (found,) = compare_arms(variants, [tally([None, 1.0]), tally([None, 0.0])], "exact")
    assert found.prompts == 1


def test_more_seeds_of_the_same_prompts_make_nothing_certain():
    all_right = summarize([variant(PLAIN, seed=1), variant(PLAIN, seed=2)], [tally([1.0] * 12)] * 2)[0]

    assert all_right.intervals["exact"] == wilson(12, 12)
    assert all_right.intervals["f1"].low < 1


def test_only_prompts_with_scores_in_both_arms_are_compared_each_with_itself():
    variants = [variant(PLAIN), variant(QA)]

    (found,) = compare_arms(variants, [tally([1.0, None, 0.0, 0.0]), tally([None, 1.0, 0.0, 1.0])], "exact")

    assert (found.prompts, found.difference) == (2, 0.5)
