"""Flags of whatif and replay as the REPL parses them, from the table that the command line uses too."""

from __future__ import annotations

import pytest

from flanchat.base.errors import UsageError
from flanchat.experiments.flags import REPLAY_FLAGS, WHATIF_FLAGS, check_flags, next_word, other_flags, take_flags


def test_flags_are_taken_off_the_line_and_the_question_stays_as_it_was_typed():
    given, rest = take_flags("/whatif", "  --full --yes  What's  a  --diff?", WHATIF_FLAGS)

    assert given == {"--full": "", "--yes": ""}
    assert rest == "What's  a  --diff?"


def test_two_dashes_end_the_flags_and_a_minus_sign_begins_a_question():
    assert take_flags("/whatif", "--full -- --diff is what?", WHATIF_FLAGS) == ({"--full": ""}, "-- --diff is what?")
    assert take_flags("/whatif", "-5 degrees is how cold?", WHATIF_FLAGS) == ({}, "-5 degrees is how cold?")


def test_a_value_may_be_in_quotes_and_a_flag_may_be_short():
    assert take_flags("/replay", '-p "my qa.yaml" --free talk', REPLAY_FLAGS) == (
        {"--profile": "my qa.yaml", "--free": ""},
        "talk",
    )
    assert next_word("/replay", 'name="a b" c  d') == ("name=a b", "c  d")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("--ful Hello", "/whatif --ful: expected one of --full, --exact, --diff, --yes. Did you mean --full?"),
        ('--"full', '/whatif --"full: unclosed quotation mark'),
    ],
)
def test_a_bad_flag_is_one_sentence(line: str, said: str):
    with pytest.raises(UsageError) as error:
        take_flags("/whatif", line, WHATIF_FLAGS)

    assert error.value.message == said


def test_flags_that_exclude_each_other_are_refused_and_not_offered():
    with pytest.raises(UsageError, match="--held and --free: give one of them"):
        check_flags({"--held", "--free"}, REPLAY_FLAGS)

    assert other_flags({"--free", "--all"}, REPLAY_FLAGS) == ["--profile", "--exact"]
