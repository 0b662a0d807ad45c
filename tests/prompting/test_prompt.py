"""The prompt is exactly what the profile says, and nothing is dropped without notice."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flanchat.base.errors import BudgetError, ConsentError, UsageError
from flanchat.engine.events import Measured
from flanchat.prompting.budget import fit
from flanchat.prompting.profile import Profile, Variable
from flanchat.prompting.profile_folders import profile_folders, profile_names
from flanchat.prompting.profile_reader import find_profile
from flanchat.prompting.prompt import Exchange, Prompt, Segment
from flanchat.prompting.settings import Settings
from flanchat.prompting.setup import Setup, setup_for_question
from flanchat.prompting.shots import Shot
from tests.goldens import FOLDER, check_golden

BUNDLED = profile_folders(None, {})[-1:]
QUESTION = "What is the capital of France?"
TURNS = (
    Exchange("Who are you?", "A small model."),
    Exchange("Is it cold in winter?", "Yes, it", partial=True),
    Exchange("Do you like tea?", "Yes, with milk."),
    Exchange("And coffee?", "No."),
)
SHOTS = (Shot("1+1", "2"), Shot("2+2", "4"), Shot("3+3", "6"))


def in_characters(parts: Sequence[str]) -> Measured:
    """Count four characters of the joined text as a token, so that counts of parts do not add up."""
    ends, length = [0], 0
    for part in parts:
        length += len(part)
        ends.append(-(-length // 4))
    return Measured(tuple(b - a for a, b in pairwise(ends)), ends[-1] + 1, "0" * 64)


def compiled(profile: Profile, question: str = QUESTION, turns: Sequence[Exchange] = (), **options) -> Prompt:
    changes = options.pop("settings", {})
    settings = Settings().with_layer(f"profile {profile.name}", profile.settings).with_layer("/set", changes)
    setup = Setup(profile, settings, options.pop("variables", {}))
    return setup.compile(question, turns, in_characters, **options)


def text_of(profile: Profile, question: str = QUESTION, turns: Sequence[Exchange] = (), **options) -> str:
    return compiled(profile, question, turns, **options).text


@pytest.mark.parametrize("name", profile_names(BUNDLED))
def test_a_bundled_profile_compiles_to_the_prompt_in_its_golden_file(name):
    check_golden(f"prompts/{name}.txt", text_of(find_profile(name, BUNDLED), turns=TURNS))


def test_every_golden_prompt_belongs_to_a_profile():
    assert {path.stem for path in (FOLDER / "prompts").iterdir()} == set(profile_names(BUNDLED))


def test_a_missing_golden_fails_and_says_how_to_create_it(tmp_path, monkeypatch):
    monkeypatch.delenv("UPDATE_GOLDENS", raising=False)

    with pytest.raises(AssertionError, match=r"new\.txt is missing: .*UPDATE_GOLDENS=1"):
        check_golden("new.txt", "text", tmp_path)


def test_a_golden_is_written_on_demand_and_then_compared(tmp_path, monkeypatch):
    monkeypatch.setenv("UPDATE_GOLDENS", "1")
    check_golden("deep/new.txt", "text", tmp_path)
    monkeypatch.delenv("UPDATE_GOLDENS")

    check_golden("deep/new.txt", "text", tmp_path)
    with pytest.raises(AssertionError, match="differs"):
        check_golden("deep/new.txt", "another", tmp_path)


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("plain", "1+1\n2\n\nWhy?"),
        ("qa", "Q: 1+1\nA: 2\n\nQ: Why?\nA:"),
        ("instruct", "Answer the following question.\n\nQuestion: 1+1\nAnswer: 2\n\nQuestion: Why?\nAnswer:"),
        ("dialog", "Dialog:\n\nPerson A: 1+1\nPerson B: 2\n\nPerson A: Why?\nPerson B:"),
        ("cot", "Q: 1+1\nA: 2\n\nQ: Why?\nA: Let's think step by step."),
        ("choice", "Question: 1+1\nAnswer: 2\n\nQuestion: Why?\nOPTIONS:\n- yes\n- no\nAnswer:"),
    ],
)
def test_a_layout_writes_shots_and_question_alike(template, text):
    profile = Profile("p", template=template, shots=SHOTS[:1], choices=("yes", "no"))

    assert text_of(profile, "Why?") == text


def test_labels_prefix_and_separator_of_the_profile_replace_those_of_the_layout():
    profile = Profile(
        "p", template="qa", prefix="Count.", shots=SHOTS[:1], input_label="In:", output_label="", separator=" | "
    )

    assert text_of(profile, "Why?") == "Count. | In: 1+1\n2 | In: Why?"


@pytest.mark.parametrize(
    ("order", "maximum", "sent"),
    [
        ("given", 2, ["1+1", "2+2"]),
        ("reverse", 2, ["3+3", "2+2"]),
        ("given", 0, []),
        ("given", 9, ["1+1", "2+2", "3+3"]),
    ],
)
def test_shots_come_in_the_order_and_number_of_the_profile(order, maximum, sent):
    profile = Profile("p", template="qa", shots=SHOTS, shots_order=order, shots_max=maximum)

    assert re.findall(r"Q: (\d\S+)", text_of(profile)) == sent


def test_shuffled_shots_are_the_same_for_the_same_seed():
    profile = Profile("p", template="qa", shots=SHOTS, shots_order="shuffle")

    assert text_of(profile, seed=7) == text_of(profile, seed=7)
    assert len({text_of(profile, seed=seed) for seed in range(20)}) > 1


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"turns": 0}, ""),
        ({"turns": 1}, "Q: And coffee?\nA: No. / "),
        ({"turns": 1, "format": "dialog"}, "Person A: And coffee?\nPerson B: No. / "),
        ({"turns": 1, "format": "labels"}, "in And coffee?\nout No. / "),
        ({"turns": 2}, "Q: Do you like tea?\nA: Yes, with milk. / Q: And coffee?\nA: No. / "),
    ],
)
def test_history_settings_decide_number_and_form_of_the_turns(changes, text):
    profile = Profile("p", template="qa", input_label="in", output_label="out", separator=" / ")

    assert text_of(profile, "Why?", TURNS, settings=changes) == text + "in Why?\nout"


def test_an_interrupted_answer_is_only_sent_on_request():
    profile = Profile("p", template="qa")

    assert "in winter" not in text_of(profile, turns=TURNS, settings={"turns": 3})
    assert "in winter" in text_of(profile, turns=TURNS, settings={"turns": 3, "include_partial": True})


def test_a_segment_of_a_turn_has_its_number():
    profile = Profile("p", template="qa")
    prompt = compiled(profile, turns=TURNS, settings={"turns": 2})

    assert [segment.ref for segment in prompt.segments if segment.kind == "turn"] == [3, 4]


def test_a_custom_template_inserts_every_part_at_its_placeholder():
    profile = Profile(
        "p",
        template="{{prefix}} <{{shots}}> [{{history}}] {{tone}}: {{input}}{",
        prefix="Do.",
        shots=SHOTS[:2],
        separator=";",
        input_label="q",
        output_label="a",
        vars={"tone": Variable("calm")},
    )

    assert (
        text_of(profile, "Why?", TURNS, settings={"turns": 1, "format": "labels"})
        == "Do. <q 1+1\na 2;q 2+2\na 4> [q And coffee?\na No.] calm: Why?{"
    )


def test_a_value_given_for_a_variable_replaces_its_default():
    profile = Profile("p", template="{{tone}} {{input}}", vars={"tone": Variable("calm")})

    assert text_of(profile, "Why?", variables={"tone": "loud"}) == "loud Why?"


def test_an_error_names_the_variable_without_a_value():
    profile = Profile("p", template="{{tone}} {{input}}", vars={"tone": Variable(None)})

    with pytest.raises(
        UsageError, match=r"needs a value for tone: give tone=VALUE \(--var, /var, or variables in Python\)"
    ):
        compiled(profile)


def test_a_value_that_is_not_among_the_choices_of_a_variable_is_refused():
    profile = Profile("p", template="{{tone}} {{input}}", vars={"tone": Variable("calm", ("calm", "loud"))})

    with pytest.raises(UsageError, match="tone: expected one of calm, loud, got the text 'mad'"):
        compiled(profile, variables={"tone": "mad"})


HOSTILE = "{{input}} {{shots}} {{tone}} {{nothing}}"


def test_inserted_text_is_not_scanned_for_placeholders():
    profile = Profile(
        "p",
        template="{{prefix}}|{{shots}}|{{history}}|{{tone}}|{{input}}",
        prefix=HOSTILE,
        shots=(Shot(HOSTILE, HOSTILE),),
        vars={"tone": Variable(HOSTILE)},
    )
    turns = [Exchange(HOSTILE, HOSTILE)]

    assert text_of(profile, HOSTILE, turns, settings={"turns": 1, "format": "labels"}) == "|".join(
        [HOSTILE, f"{HOSTILE}\n{HOSTILE}", f"{HOSTILE}\n{HOSTILE}", HOSTILE, HOSTILE]
    )


def test_an_empty_question_is_still_a_question():
    assert compiled(Profile("p", template="{{input}}"), "").text == ""


def words(kind: str, many: int) -> st.SearchStrategy[list[str]]:
    return st.lists(st.text("ab ", min_size=1, max_size=60), max_size=many).map(
        lambda texts: [f"{kind}{n} {text}" for n, text in enumerate(texts, 1)]
    )


@st.composite
def segment_lists(draw: st.DrawFn) -> list[Segment]:
    prefixes, shots, turns = draw(words("prefix", 1)), draw(words("shot", 4)), draw(words("turn", 4))
    return [
        *(Segment("prefix", text, gap="\n\n") for text in prefixes),
        *(Segment("shot", text, ref, gap="\n\n") for ref, text in enumerate(shots, 1)),
        *(Segment("turn", text, ref, gap="\n\n") for ref, text in enumerate(turns, 1)),
        Segment("question", draw(st.text("xyz ", min_size=1, max_size=80)), gap="\n\n"),
        Segment("cue", "A:", gap="\n"),
    ]


def joined(segments: Sequence[Segment]) -> str:
    return "".join(segment.gap * bool(at) + segment.text for at, segment in enumerate(segments))


@given(segment_lists(), st.integers(16, 120))
def test_a_fitted_prompt_lost_only_whole_turns_and_then_whole_shots(segments, limit):
    settings = Settings().update("/set", {"max_input_tokens": limit})
    fixed = [segment for segment in segments if segment.kind in ("prefix", "question", "cue")]
    least = in_characters([joined(fixed)]).total
    if least > limit:
        with pytest.raises(BudgetError) as caught:
            fit(segments, settings, in_characters)
        too_long, left = map(int, re.findall(r"is (\d+) tokens, but only (\d+) are left", caught.value.message)[0])
        assert too_long > left
        assert caught.value.exit_status == 5
        return

    prompt = fit(segments, settings, in_characters)

    in_order = [s for s in prompt.segments if s.kind == "turn"] + [s for s in prompt.segments if s.kind == "shot"]
    dropped = [segment for segment in in_order if not segment.kept]
    kept = [segment for segment in prompt.segments if segment.kept]
    assert prompt.tokens <= prompt.limit == limit
    assert in_order[: len(dropped)] == dropped  # turns before shots, oldest first
    assert all(segment.kind in ("turn", "shot") and segment.reason and not segment.tokens for segment in dropped)
    assert "".join(segment.text for segment in kept) == prompt.text
    assert sum(segment.tokens for segment in prompt.segments) == prompt.tokens
    assert prompt.text == joined([s for s, was in zip(segments, prompt.segments, strict=False) if was.kept])
    if dropped:  # nothing was dropped needlessly: with the last one back it would not fit
        back = [s for s, was in zip(segments, prompt.segments, strict=False) if was.kept or was == dropped[-1]]
        assert in_characters([joined(back)]).total > limit


@given(segment_lists(), st.integers(16, 120), st.sampled_from(["ask", "refuse"]))
def test_nothing_is_dropped_unless_on_overflow_allows_it(segments, limit, on_overflow):
    settings = Settings().update("/set", {"max_input_tokens": limit, "on_overflow": on_overflow})
    total = in_characters([joined(segments)]).total
    if total <= limit:
        assert fit(segments, settings, in_characters).text == joined(segments)
        return

    with pytest.raises(BudgetError) as caught:
        fit(segments, settings, in_characters)

    assert caught.value.exit_status == 5
    assert str(limit) in caught.value.message


@given(segment_lists(), st.integers(16, 120))
def test_the_refusal_names_exactly_what_would_be_dropped(segments, limit):
    def fitted(on_overflow: str) -> Prompt:
        return fit(segments, settings.update("/set", {"on_overflow": on_overflow}), in_characters)

    settings = Settings().update("/set", {"max_input_tokens": limit})
    try:
        dropped = [f"{s.kind} {s.ref}" for s in fitted("drop").segments if not s.kept]
    except BudgetError:  # the rest alone is too long, whatever on_overflow is
        for on_overflow in ("ask", "refuse"):
            with pytest.raises(BudgetError, match="the question is") as caught:
                fitted(on_overflow)
            assert not isinstance(caught.value, ConsentError)
        return
    if not dropped:
        return

    for on_overflow, kind in (("ask", ConsentError), ("refuse", BudgetError)):
        with pytest.raises(BudgetError) as caught:
            fitted(on_overflow)
        assert type(caught.value) is kind
        assert f": {', '.join(dropped)} would be dropped" in caught.value.message


def test_a_thousand_turns_are_counted_a_few_times_and_as_many_kept_as_fit():
    turns = [Segment("turn", "t" * (40 + ref % 7), ref, gap="\n\n") for ref in range(1, 1001)]
    segments = [Segment("prefix", "p"), *turns, Segment("question", "Why?", gap="\n\n")]
    counts = 0

    def counting(parts: Sequence[str]) -> Measured:
        nonlocal counts
        counts += 1
        return in_characters(parts)

    prompt = fit(segments, Settings().update("/set", {"max_input_tokens": 120}), counting)

    kept = [segment.ref for segment in prompt.segments if segment.kind == "turn" and segment.kept]
    more = [segments[0], *turns[-len(kept) - 1 :], segments[-1]]
    assert kept == list(range(1001 - len(kept), 1001))
    assert prompt.tokens <= 120 < in_characters([joined(more)]).total
    assert counts < 12


def test_the_refusal_names_both_numbers_and_what_would_be_dropped():
    segments = [Segment("turn", "t" * 80, 1), Segment("question", "Why?", gap="\n\n")]
    settings = Settings().update("/set", {"max_input_tokens": 16, "on_overflow": "refuse"})

    with pytest.raises(
        BudgetError, match=r"prompt is 23 tokens and the budget 16: turn 1 would be dropped, but on_overflow is refuse;"
    ):
        fit(segments, settings, in_characters)


def test_a_question_that_is_too_long_is_refused_with_its_length_and_the_room_for_it():
    profile = Profile("p", template="qa")

    with pytest.raises(BudgetError, match=r"^the question is 26 tokens, but only 14 are left for it \(16 less 2 for"):
        compiled(profile, "x" * 100, settings={"max_input_tokens": 16})


def test_no_separator_remains_in_front_of_the_first_shot_that_was_kept():
    profile = Profile("p", template="<{{shots}}> {{input}}", shots=(Shot("i" * 60, "o"), *SHOTS[1:]), separator=" & ")

    assert text_of(profile, "Why?", settings={"max_input_tokens": 16}) == "<2+2\n4 & 3+3\n6> Why?"


def test_the_bundled_profiles_leave_room_for_a_long_question():
    names = profile_names(BUNDLED)

    assert [name for name in names if compiled(find_profile(name, BUNDLED), "word " * 200).tokens > 512] == []


def test_what_comes_with_a_question_wins_over_its_profile() -> None:
    profile = Profile("short", settings={"decode.max_new_tokens": 8, "decode.num_beams": 2})
    setup = setup_for_question(profile, {"max_new_tokens": 4})
    assert (setup.settings.value("max_new_tokens"), setup.settings.value("num_beams")) == (4, 2)


def test_a_variable_that_the_profile_lacks_is_refused() -> None:
    with pytest.raises(UsageError, match="colour"):
        setup_for_question(Profile("short"), variables={"colour": "red"})


def test_the_parts_of_a_prompt_add_up_where_tokens_stand_before_and_after_it() -> None:
    """As in CodeT5."""

    def measure(parts: Sequence[str]) -> Measured:
        return Measured(tuple(map(len, parts)), sum(map(len, parts)) + 2, "0" * 64)

    prompt = fit([Segment("question", "x = 1"), Segment("cue", "A:")], Settings(), measure)

    assert sum(segment.tokens for segment in prompt.segments) == prompt.tokens == 9


LONG = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"


@pytest.mark.parametrize(
    ("where", "text"),
    [
        ("end", "Q: one two three four five six seven eight nine ten\nA:"),
        ("start", "Q: eight nine ten eleven twelve thirteen fourteen fifteen\nA:"),
        ("middle", "Q: one two three four five six thirteen fourteen fifteen\nA:"),
    ],
)
def test_a_question_that_is_too_long_loses_the_part_that_the_setting_names(where, text):
    whole = compiled(Profile("p", template="qa"), LONG, settings={"max_input_tokens": 512})
    cut = compiled(Profile("p", template="qa"), LONG, settings={"max_input_tokens": 16, "truncate": where})

    assert whole.text == f"Q: {LONG}\nA:"
    [question] = [segment for segment in cut.segments if segment.kind == "question"]
    assert (cut.text, question.cut_at, question.cut) == (text, where, whole.tokens - cut.tokens)
    assert cut.tokens <= 16


def test_a_question_that_fits_is_not_cut():
    prompt = compiled(Profile("p"), LONG, settings={"truncate": "end"})

    assert (prompt.text, [segment.cut for segment in prompt.segments]) == (LONG, [0, 0])


def test_nothing_but_the_question_is_cut():
    profile = Profile("p", template="qa", prefix="Count. " * 12)

    with pytest.raises(BudgetError, match="truncate=end, middle or start"):
        compiled(profile, LONG, settings={"max_input_tokens": 16, "truncate": "end"})


def test_turns_and_shots_are_dropped_before_a_question_is_cut():
    profile = Profile("p", template="qa", shots=SHOTS)

    dropped = compiled(profile, "one two", settings={"max_input_tokens": 16, "truncate": "end"})
    cut = compiled(profile, LONG, settings={"max_input_tokens": 16, "truncate": "end"})

    assert [segment.cut for segment in dropped.segments if segment.cut] == []
    assert [segment.kept for segment in cut.segments if segment.kind == "shot"] == [False] * 3
    with pytest.raises(BudgetError, match="on_overflow"):
        compiled(profile, LONG, settings={"max_input_tokens": 16, "truncate": "end", "on_overflow": "refuse"})


@given(
    st.text(st.sampled_from("ab \n\u0301\u200d中\U0001f600"), min_size=70, max_size=200).filter(str.strip),
    st.sampled_from(["end", "middle", "start"]),
)
def test_a_cut_question_fits_and_has_no_half_characters(question: str, where: str):
    try:
        prompt = compiled(Profile("p"), question, settings={"max_input_tokens": 16, "truncate": where})
    except BudgetError:
        return

    assert prompt.tokens <= 16
    if where == "end":
        left = prompt.text
        assert question.startswith(left)
        assert not (len(left) < len(question) and question[len(left)] in "\u0301\u200d" and not left[-1:].isspace())
    elif where == "start":
        assert question.endswith(prompt.text)
        assert prompt.text[:1] not in ("\u0301", "\u200d") or prompt.text == question


def test_the_question_is_counted_a_few_times_however_long_it_is():
    counted = []

    def measure(parts: Sequence[str]) -> Measured:
        counted.append(sum(map(len, parts)))
        return in_characters(parts)

    setup = Setup(Profile("p"), Settings().with_layer("/set", {"truncate": "end"}))
    setup.compile("word " * 200_000, (), measure)

    assert len(counted) < 30
    assert sum(sorted(counted)[:-1]) < 100_000


def test_blanks_between_placeholders_are_no_part_of_their_own_and_go_with_an_empty_variable():
    profile = Profile(
        "p", template="{{tone}} {{place}} {{input}} ", vars={"tone": Variable("kind"), "place": Variable("")}
    )

    prompt = compiled(profile, "Why?")

    assert prompt.text == "kind Why? "
    assert [(segment.kind, segment.name) for segment in prompt.segments] == [
        ("variable", "tone"), ("question", ""), ("template", ""), ("end", ""),
    ]  # fmt: skip
