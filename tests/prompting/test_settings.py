import dataclasses
import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flanchat.base.errors import UsageError
from flanchat.base.i18n import use_language
from flanchat.engine.events import Decoding
from flanchat.prompting import settings
from flanchat.prompting.settings import SETTINGS, Settings, find_setting
from flanchat.prompting.setup import Setup
from tests.profiles import bundled


def error_of(name: str, value: object) -> str:
    with pytest.raises(UsageError) as caught:
        find_setting(name).check(value)
    return caught.value.message


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("top_p", 1.5, "decode.top_p: expected a number from 0 to 1, got 1.5"),
        ("temperature", "hot", "decode.temperature: expected a number, got the text 'hot'"),
        ("temperature", True, "decode.temperature: expected a number, got true"),
        ("temperature", math.nan, "decode.temperature: expected a number from 0 to 5, got nan"),
        ("temperature", math.inf, "decode.temperature: expected a number from 0 to 5, got inf"),
        ("max_new_tokens", 2.0, "decode.max_new_tokens: expected a whole number, got 2.0"),
        ("max_new_tokens", 0, "decode.max_new_tokens: expected a whole number from 1 to 1024, got 0"),
        ("max_new_tokens", None, "decode.max_new_tokens: expected a whole number, got nothing (null)"),
        ("do_sample", "no", "decode.do_sample: expected true or false, got 'no'. Write true or false."),
        ("do_sample", 1, "decode.do_sample: expected true or false, got 1. Write true or false."),
        ("seed", "none", "decode.seed: expected a whole number, got the text 'none'. Write null."),
        ("format", "qaa", "history.format: expected qa, dialog or labels, got the text 'qaa'. Did you mean qa?"),
        ("on_overflow", "zzz", "budget.on_overflow: expected drop, ask or refuse, got the text 'zzz'"),
        ("stop", ["a", 1], "decode.stop: expected a list of texts, none empty; one of them is 1"),
        ("stop", {"a": 1}, "decode.stop: expected a list of texts, got a mapping"),
    ],
)
def test_the_error_of_a_wrong_value_names_the_expected_and_the_found_one(name, value, message):
    assert error_of(name, value) == message


def test_a_bad_regular_expression_is_refused():
    assert error_of("answer_regex", "(").startswith(
        "post.answer_regex: expected a regular expression, got the text '('"
    )


def test_names_are_unique_short_and_long():
    assert len(settings.BY_NAME) == len(settings.BY_SHORT) == len(SETTINGS)


def test_every_default_passes_its_own_check():
    assert [s.check(s.default) for s in SETTINGS] == [s.default for s in SETTINGS]


def test_defaults_are_those_of_an_engine_request():
    assert Settings().decoding(7) == dataclasses.replace(Decoding(), seed=7)


@pytest.mark.parametrize("name", ["temprature", "decode.temprature"])
def test_an_unknown_setting_suggests_the_nearest(name):
    with pytest.raises(UsageError) as caught:
        find_setting(name)

    assert caught.value.message == f"unknown setting {name}. Did you mean {name.replace('temprature', 'temperature')}?"


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [("temperature", "1", 1.0), ("temperature", " 1e-1 ", 0.1), ("do_sample", "true", True), ("seed", "null", None),
     ("seed", "42", 42), ("stop", r"\nQ:", ("\nQ:",)), ("stop", '["a", "b|c"]', ("a", "b|c")), ("stop", "", ()),
     ("stop", "a|b", ("a|b",)), ("answer_regex", "null", None), ("answer_regex", r"is (\d+)", r"is (\d+)"),
     ("format", "dialog", "dialog")],
)  # fmt: skip
def test_a_typed_value_means_what_it_means_in_a_file(name, text, value):
    assert find_setting(name).parse(text) == value


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=20),
    st.lists(st.text(max_size=5), max_size=4),
)


@given(st.sampled_from(SETTINGS), VALUES)
def test_a_value_is_accepted_or_refused_with_an_error_that_names_the_setting(setting, value):
    try:
        checked = setting.check(value)
    except UsageError as error:
        assert error.message.startswith(setting.name + ": expected ")  # noqa: PT017
    else:
        assert setting.parse(setting.format(checked)) == checked
        assert setting.check(checked) == checked


@given(st.sampled_from(SETTINGS), st.text(max_size=30))
def test_any_typed_text_is_accepted_or_refused_with_a_usage_error(setting, text):
    try:
        checked = setting.parse(text)
    except UsageError:
        return

    assert setting.check(checked) == checked


@given(st.sampled_from([s for s in SETTINGS if s.kind in ("int", "float")]), st.data())
def test_a_formatted_number_is_read_back(setting, data):
    draw = st.integers if setting.kind == "int" else st.floats
    number = data.draw(draw(min_value=setting.minimum, max_value=setting.maximum))

    assert setting.parse(str(number)) == number


def test_layers_rank_by_origin_and_not_by_time():
    found = (
        Settings()
        .update("/set", {"top_k": 3})
        .update("flag", {"top_k": 2})
        .with_layer("profile qa", {"top_k": 1, "top_p": 0.5})
    )

    assert (found.value("top_k"), found.origin("top_k")) == (3, "/set")
    assert (found.unset("top_k").value("top_k"), found.unset("top_k").origin("decode.top_k")) == (2, "flag")
    assert found.origin("top_p") == "profile qa"


def test_another_profile_replaces_the_previous_one():
    found = Settings().with_layer("profile a", {"top_k": 1}).with_layer("profile b", {"top_p": 0.5})

    assert (found.origin("top_k"), found.origin("top_p")) == ("default", "profile b")


def test_settings_do_not_change_in_place():
    before = Settings().update("/set", {"top_k": 3})
    before.update("/set", {"top_k": 4})

    assert before.value("top_k") == 3


def test_an_invalid_value_changes_nothing():
    with pytest.raises(UsageError):
        Settings().update("/set", {"top_k": 3, "top_p": 7})


def test_the_conflict_of_beams_and_sampling_names_both_origins():
    profile = Settings().with_layer("profile wide", {"num_beams": 4})

    with pytest.raises(
        UsageError, match=r"4 beams \(profile wide\) cannot sample, and do_sample is true \(/set\)\. Set"
    ):
        profile.update("/set", {"do_sample": True})


def test_a_shortest_answer_longer_than_the_longest_is_refused():
    with pytest.raises(
        UsageError, match=r"^decode.min_new_tokens: 50 \(/set\) is more than max_new_tokens, 20 \(/set\)"
    ):
        Settings().update("/set", {"min_new_tokens": 50, "max_new_tokens": 20})


@pytest.mark.parametrize(
    ("values", "idle"),
    [
        ({}, {}),
        ({"temperature": 0.5}, {"decode.temperature": "temperature has no effect while do_sample is false"}),
        ({"temperature": 0}, {}),
        (
            {"temperature": 0, "seed": 1},
            {"decode.seed": "seed has no effect while temperature is 0, which means greedy"},
        ),
        ({"seed": 1, "num_beams": 2}, {"decode.seed": "seed has no effect while num_beams is above 1"}),
        ({"temperature": 0.5, "top_k": 5, "top_p": 0.9, "seed": 1, "do_sample": True}, {}),
        ({"top_k": 5}, {"decode.top_k": "top_k has no effect while do_sample is false"}),
        ({"seed": 5}, {"decode.seed": "seed has no effect while do_sample is false"}),
        (
            {"temperature": 0, "do_sample": True},
            {"decode.do_sample": "do_sample has no effect while temperature is 0, which means greedy"},
        ),
        ({"length_penalty": 2}, {"decode.length_penalty": "length_penalty has no effect while num_beams is 1"}),
        ({"length_penalty": 2, "num_beams": 2}, {}),
        ({"speculate": "off"}, {}),
        (
            {"speculate": "off", "num_beams": 2},
            {"decode.speculate": "speculate has no effect while num_beams is above 1"},
        ),
        ({"format": "dialog"}, {"history.format": "format has no effect while turns is 0"}),
    ],
)
def test_settings_without_effect_are_reported_with_the_reason(values, idle):
    assert Settings().with_layer("profile x", values).ineffective(choices=False) == idle


def test_a_chinese_reason_follows_without_a_blank():
    use_language("zh", {})
    try:
        found = Settings().with_layer("/set", {"temperature": 0.5}).ineffective(choices=True)
    finally:
        use_language("en", {})

    assert found["decode.temperature"] == "temperature 不起作用：回答从选项中选出"


@pytest.mark.parametrize("origin", ["flag", "/set", "once"])
@pytest.mark.parametrize("given", [{"temperature": 0.5}, {"top_k": 3}, {"top_p": 0.5}, {"seed": 1}], ids=str)
def test_what_only_matters_when_sampling_turns_sampling_on_when_it_is_given_with_a_question(given, origin):
    profile = Settings().with_layer("config", {"do_sample": False}).with_layer("profile x", {"temperature": 0.9})

    settings = profile.update(origin, given)

    assert settings.decoding(0).samples is True
    assert settings.as_dict()["decode.do_sample"] is True  # as recorded
    assert (settings.origin("do_sample"), settings.sampled_for()) == (origin, tuple(given))
    assert Setup(bundled("plain"), settings).notes(origin) == [
        f"sampled, because of {', '.join(given)}; do_sample=false is greedy"
    ]
    assert settings.with_layer(origin, {}).decoding(0).samples is False


@pytest.mark.parametrize(
    ("layers", "samples"),
    [
        ([("profile x", {"temperature": 0.5, "seed": 1})], False),  # a file writes do_sample
        ([("config", {"top_k": 5})], False),
        ([("once", {"temperature": 0})], False),
        ([("once", {"temperature": 0, "seed": 1})], False),
        ([("profile x", {"temperature": 0}), ("flag", {"seed": 1})], False),
        ([("once", {"top_k": 0, "top_p": 1.0, "seed": None})], False),
        ([("once", {"max_new_tokens": 5})], False),
        ([("once", {"temperature": 0.5, "do_sample": False})], False),
        ([("/set", {"do_sample": False}), ("once", {"temperature": 0.5})], True),
        ([("flag", {"seed": 1}), ("/set", {"do_sample": False})], False),
        ([("/set", {"temperature": 0.5}), ("once", {"max_new_tokens": 5})], True),
        ([("/set", {"temperature": 0.5}), ("once", {"temperature": 0})], False),
        ([("/set", {"temperature": 0.5}), ("once", {"num_beams": 2})], False),
        ([("profile x", {"num_beams": 2}), ("flag", {"seed": 1})], False),
        ([("profile x", {"num_beams": 2}), ("flag", {"seed": 1, "num_beams": 1})], True),
    ],
)
def test_the_nearest_layer_with_a_word_about_sampling_decides(layers, samples):
    settings = Settings()
    for origin, values in layers:
        settings = settings.with_layer(origin, values)

    assert settings.decoding(0).samples is samples


def test_a_seed_that_orders_the_shots_has_an_effect():
    shuffled = dataclasses.replace(bundled("fewshot"), shots_order="shuffle")
    settings = Settings().with_layer("flag", {"seed": 1, "do_sample": False, "top_k": 5})

    assert Setup(shuffled, settings).notes("flag") == ["top_k has no effect while do_sample is false"]


def test_a_choice_is_not_sampled_whatever_is_given():
    settings = Settings().with_layer("flag", {"temperature": 0.5, "max_new_tokens": 9})

    assert Setup(bundled("yesno"), settings).notes("flag") == [
        "max_new_tokens has no effect while the answer is one of the choices",
        "temperature has no effect while the answer is one of the choices",
    ]


@given(
    st.dictionaries(st.sampled_from(["temperature", "top_k", "seed", "do_sample"]), st.sampled_from([0, 1])),
    st.sampled_from(["recorded", "profile y", "flag", "/set", "once"]),
)
def test_restored_settings_sample_if_and_only_if_the_recorded_ones_did(values, origin):
    then = Settings().with_layer(origin, {name: bool(v) if name == "do_sample" else v for name, v in values.items()})

    assert Settings().restored(then).value("do_sample") is then.value("do_sample")


def test_a_flag_that_turns_sampling_on_does_so_for_a_resumed_greedy_session_too():
    now = Settings().with_layer("flag", {"temperature": 0.5})

    assert now.restored(Settings()).decoding(0).samples is True


def test_the_seed_setting_overrides_the_drawn_one():
    assert Settings().update("flag", {"seed": 5}).decoding(7).seed == 5


def test_restored_settings_are_the_recorded_ones_except_flags_and_seed():
    then = Settings().with_layer("profile creative", {"temperature": 0.9}).update("/set", {"top_k": 5, "seed": 3})
    now = (
        Settings()
        .with_layer("config", {"top_p": 0.5})
        .with_layer("profile qa", {"max_new_tokens": 64})
        .with_layer("flag", {"top_k": 9})
        .with_layer("/set", {"temperature": 2})
    )

    back = now.restored(then)

    assert {name: back.value(name) for name in ("temperature", "top_k", "top_p", "max_new_tokens", "seed")} == {
        "temperature": 0.9, "top_k": 9, "top_p": 1.0, "max_new_tokens": 128, "seed": None,
    }  # fmt: skip
    assert back.origin("temperature") == "/set"
    assert back.value("do_sample") is True


def test_changed_settings_exclude_those_of_the_profile():
    settings = (
        Settings()
        .with_layer("config", {"top_k": 5})
        .with_layer("profile qa", {"max_new_tokens": 64})
        .with_layer("/set", {"top_p": 0.5})
    )

    assert settings.changed() == {"decode.top_k": 5, "decode.top_p": 0.5}
    assert Settings().changed() == {}


def test_all_values_are_json():
    found = Settings().update("/set", {"stop": ["a"]}).as_dict()

    assert list(found) == [s.name for s in SETTINGS]
    assert json.loads(json.dumps(found))["decode.stop"] == ["a"]
