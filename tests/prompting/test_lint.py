import json
from dataclasses import replace
from pathlib import Path

import pytest

import flanchat
from flanchat.engine.t5.tokenizer import Tokenizer, open_tokenizer
from flanchat.prompting.lint import lint
from flanchat.prompting.profile import Profile, Variable
from flanchat.prompting.profile_folders import profile_folders, profile_names
from flanchat.prompting.profile_reader import find_profile, load_profile
from flanchat.prompting.settings import Settings
from flanchat.prompting.shots import Shot
from tests.tiny_t5 import SENTINELS, make_tiny_t5, piece_count

BUNDLED = profile_folders(None, {})
ROOMY = {"decode.max_new_tokens": 1024}


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return open_tokenizer(Path(flanchat.__file__).parent / "demo" / "spiece.model")


def findings(tokenizer: Tokenizer, profile: Profile, **session: object) -> list[str]:
    settings = Settings().with_layer(f"profile {profile.name}", profile.settings)
    return lint(profile, tokenizer.measure, settings.with_layer("/set", session) if session else settings)


FOR_OTHERS = ("zh-", "translate-zh")
"""What the names of the profiles for models that read Chinese begin with."""


@pytest.fixture(scope="module")
def multilingual(tmp_path_factory: pytest.TempPathFactory) -> Tokenizer:
    """A tokenizer like mT5's, which spells unknown characters in bytes."""
    return open_tokenizer(make_tiny_t5(tmp_path_factory.mktemp("m") / "m", family="mt5") / "spiece.model")


@pytest.mark.parametrize("name", profile_names(BUNDLED))
def test_a_bundled_profile_has_no_finding_with_the_models_that_it_is_for(
    tokenizer: Tokenizer, multilingual: Tokenizer, name: str
):
    reader = multilingual if name.startswith(FOR_OTHERS) else tokenizer

    assert findings(reader, find_profile(name, BUNDLED)) == []


@pytest.mark.parametrize("name", [name for name in profile_names(BUNDLED) if name.startswith(FOR_OTHERS)])
def test_a_profile_for_models_that_read_chinese_has_a_finding_with_others(tokenizer: Tokenizer, name: str):
    assert "outside the model's vocabulary" in findings(tokenizer, find_profile(name, BUNDLED))[0]


LABELLED = {"input_label": "Q:", "output_label": "A:"}
HARMLESS = {
    "umlauts": Profile("x", prefix="Übersetze ins Deutsche, s'il vous plaît: über"),
    "several lines": Profile("x", prefix="Read this.\n\nThen answer.", template="qa"),
    "labels of its own": Profile("x", shots=(Shot("a", "b"),), **LABELLED),
    "labels of the layout": Profile("x", template="qa", shots=(Shot("a", "b"),)),
    "labels inside the shots": Profile("x", shots=(Shot("Review: good. Sentiment:", "fine"), Shot("Review: x :", "y"))),
    "a separator that shows": Profile("x", shots=(Shot("a", "b"),), output_label="->", separator="\n###\n"),
    "a template with marks": Profile("x", template="[{{input}}] (A) | * # = ->"),
    "a variable to fill in": Profile("x", template="{{tone}} {{input}}", vars={"tone": Variable(None)}),
    "unsent shots in a shuffle": Profile("x", template="qa", shots=(Shot("a", "b"),) * 7, shots_order="shuffle"),
    "history with labels": Profile("x", template="qa", settings={"history.turns": 2}),
    "history in a dialog": Profile(
        "x", template="dialog", settings={"history.turns": 2, "history.format": "labels"}
    ),
    "history in a template": Profile(
        "x", template="{{history}}\nQ: {{input}}\nA:", settings={"history.turns": 2}
    ),
    "an answer as long as allowed": Profile(
        "x", template="qa", shots=(Shot("a", "b c d"),), settings={"decode.max_new_tokens": 20}
    ),
    "greedy by temperature": Profile("x", settings={"decode.temperature": 0}),
    "a stop text": Profile("x", settings={"decode.stop": ("Q:", " ###")}),
}  # fmt: skip


@pytest.mark.parametrize("kind", HARMLESS)
def test_there_is_no_false_alarm(tokenizer: Tokenizer, kind: str):
    assert findings(tokenizer, HARMLESS[kind]) == []


def test_lint_accepts_a_line_break_that_is_a_token(tmp_path: Path):
    folder = make_tiny_t5(tmp_path / "model", more_rows=1)
    first = piece_count() + SENTINELS
    profile = Profile(
        "x", shots=(Shot("a", "b"),), settings={"decode.stop": ("\n", "a\n\nb", "\t"), "history.turns": 1}
    )
    roomy = {"decode.max_new_tokens": 1024}
    plain = findings(open_tokenizer(folder / "spiece.model"), profile, **roomy)
    newline = {str(first): {"content": "\n", "normalized": False, "special": False}}
    (folder / "tokenizer_config.json").write_text(json.dumps({"added_tokens_decoder": newline}))

    found = findings(open_tokenizer(folder / "spiece.model"), profile, **roomy)

    never = "T5 never generates a line break or tab, so this stop text never matches. Use a label."
    assert sum(never in each for each in plain) == 3
    assert sum("line breaks as blanks" in each for each in plain) == 2
    assert [each for each in found if "line break" in each] == [f"x: decode.stop[2]: {never}"]


BRACES = "characters outside the model's vocabulary: { }; the model reads <unk> for them. Use ( ) or [ ] instead"
SIDE_BY_SIDE = "the model reads line breaks as blanks, so nothing separates question and answer; set"
LOSSES = {
    "in the prefix": (Profile("x", prefix="Answer in {braces}."), f"x: prefix: {BRACES}"),
    "in a label": (Profile("x", template="qa", output_label="Answer {a}:"), f"x: output_label: {BRACES}"),
    "in a template": (Profile("x", template="Say {a word} {{input}} now"), f"x: template: {BRACES}"),
    "in a shot": (
        Profile("x", template="qa", shots=(Shot("a", "b"), Shot("c d {e}", "f"))), f"x: shots[1].in: {BRACES}",
    ),
    "in an answer": (
        Profile("x", template="qa", shots=(Shot("a", "Rome \\ Italy"),)),
        "x: shots[0].out: characters outside the model's vocabulary: \\; the model reads <unk> for them",
    ),
    "in a choice": (Profile("x", choices=("ok", "not {ok}")), f"x: choices[1]: {BRACES}"),
    "in a variable": (
        Profile("x", template="{{a}} {{input}}", vars={"a": Variable("so {x} it")}), f"x: vars.a.default: {BRACES}",
    ),
    "in another script": (
        Profile("x", prefix="请用中文回答. OK"),
        "x: prefix: mostly outside the model's vocabulary (6 of 9 characters: 请 用 中 文 回 答); the model reads "
        "<unk> for each of them",
    ),
    "in a stop text": (
        Profile("x", settings={"decode.stop": ("Q:", "a}")}),
        "x: decode.stop[1]: characters outside the model's vocabulary: }; this stop text never matches",
    ),
    "a stop text of two lines": (
        Profile("x", settings={"decode.stop": ("\nQ:",)}),
        "x: decode.stop[0]: T5 never generates a line break or tab, so this stop text never matches. Use a label.",
    ),
    "a stop text that is a control word": (
        Profile("x", settings={"decode.stop": ("</s>",)}),
        "x: decode.stop[0]: </s> is a control word and never part of an answer. Remove it.",
    ),
    "shots without labels": (
        Profile("x", shots=(Shot("capital of Italy", "Rome"),)),
        f"x: shots: {SIDE_BY_SIDE} input_label and output_label",
    ),
    "shots with one label": (
        Profile("x", input_label="Q:", shots=(Shot("capital of Italy", "Rome"),)),
        f"x: shots: {SIDE_BY_SIDE} output_label",
    ),
    "shots with the other": (
        Profile("x", output_label="A:", shots=(Shot("capital of Italy", "Rome"),)),
        "x: shots: the model reads line breaks as blanks, so nothing separates an answer and the next question; "
        "set input_label",
    ),
    "turns without labels": (
        Profile("x", settings={"history.turns": 1, "history.format": "labels"}),
        f"x: history.turns: {SIDE_BY_SIDE} input_label and output_label",
    ),
    "a question without a label": (
        Profile("x", settings={"history.turns": 1}),
        "x: history.turns: the model reads line breaks as blanks, so nothing separates the last answer and the "
        "question; set input_label and output_label",
    ),
    "too many shots": (
        Profile("x", template="qa", shots=(Shot("a", "b"),) * 7),
        "x: shots_max: there are 7 shots and shots_max is 5: shots[5] to shots[6] are never sent",
    ),
    "too many shots from the end": (
        Profile("x", template="qa", shots=(Shot("a", "b"),) * 2, shots_max=1, shots_order="reverse"),
        "x: shots_max: there are 2 shots and shots_max is 1: shots[0] is never sent",
    ),
    "a setting without effect": (
        Profile("x", settings={"decode.top_p": 0.5}), "x: decode.top_p: top_p has no effect while do_sample is false",
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", LOSSES)
def test_a_loss_is_reported(tokenizer: Tokenizer, kind: str):
    profile, message = LOSSES[kind]

    assert findings(tokenizer, profile) == [message]


def test_settings_of_a_profile_with_choices_have_an_effect(tokenizer: Tokenizer):
    settings = {"post.choose": "mean", "decode.max_new_tokens": 8}

    assert findings(tokenizer, Profile("x", choices=("salt", "meat"), settings=settings)) == []


def test_a_typed_control_word_is_reported(tokenizer: Tokenizer):
    found = findings(tokenizer, Profile("x", prefix="Answer the question briefly.</s>"))

    assert "x: prefix: </s> is sent as plain text; control words cannot be typed. Remove it." in found


def test_turns_without_a_placeholder_in_the_template_are_reported(tokenizer: Tokenizer):
    [found] = findings(tokenizer, Profile("x", template="Say {{input}}"), turns=2)

    assert found == "/set: history.turns: the template has no {{history}}, so no earlier turn is sent"


def test_shots_that_leave_no_room_are_reported_with_numbers(tokenizer: Tokenizer):
    profile = Profile("x", template="qa", shots=(Shot("one two three four", "five six seven"),) * 5, settings=ROOMY)
    whole = tokenizer.measure(["Q: one two three four\nA: five six seven\n\n" * 5 + "Q: \nA:"]).total

    assert findings(tokenizer, profile, max_input_tokens=whole + 1) == []
    assert findings(tokenizer, profile, max_input_tokens=whole) == [
        f"x: shots: the prompt is {whole} tokens before any question, and max_input_tokens is {whole}: shots are "
        "dropped. Remove some, lower shots_max or raise max_input_tokens (at most 2048)."
    ]
    assert "every question is refused" in findings(tokenizer, profile, max_input_tokens=16, on_overflow="refuse")[0]


def test_a_prefix_that_leaves_no_room_is_reported_with_numbers(tokenizer: Tokenizer):
    profile = Profile("x", template="qa", prefix="one two three " * 200, shots=(Shot("a", "b"),))
    tokens = tokenizer.measure([profile.prefix + "\n\nQ: \nA:"]).total

    assert findings(tokenizer, profile) == [
        f"x: prefix: the prompt is {tokens} tokens before any question, and max_input_tokens is 512: no question fits. "
        "Shorten it or raise max_input_tokens (at most 2048)."
    ]


def test_answers_that_would_be_cut_are_reported_with_numbers(tokenizer: Tokenizer):
    profile = Profile("x", template="qa", shots=(Shot("a", "b"), Shot("c", "one two three four five")))
    tokens = sum(tokenizer.measure(["one two three four five"]).parts)

    assert findings(tokenizer, profile, max_new_tokens=tokens) == []
    assert findings(tokenizer, profile, max_new_tokens=tokens - 1) == [
        f"/set: decode.max_new_tokens: answers like shots[1].out ({tokens} tokens) would be cut at {tokens - 1}"
    ]
    assert findings(tokenizer, replace(profile, shots_max=1), max_new_tokens=tokens - 1) == [
        "x: shots_max: there are 2 shots and shots_max is 1: shots[1] is never sent"
    ]


def test_a_finding_names_the_file_and_the_line_of_its_field(tmp_path: Path, tokenizer: Tokenizer):
    path = tmp_path / "x.yaml"
    path.write_text(
        "template: qa\nsystem: so {it} is\nshots:\n- {in: a, out: b}\n- input: c {d} e\n  output: f\n"
        "decode:\n  top_k: 3\n  stop:\n  - ok\n  - '{'\nchoices: [one,\n  'two {x}']\n"
    )

    found = findings(tokenizer, load_profile(path))

    assert [line.removeprefix(f"{path}:").split(": ")[:2] for line in found] == [
        ["2", "prefix"],
        ["5", "shots[1].in"],
        ["13", "choices[1]"],
        ["11", "decode.stop[1]"],
        ["8", "decode.top_k"],
    ]


def test_a_finding_in_an_inherited_field_names_the_line_that_inherits(tmp_path: Path, tokenizer: Tokenizer):
    (tmp_path / "base.yaml").write_text("prefix: so {it} is")
    (tmp_path / "s.csv").write_text("in,out\na,b {c} d\n")
    path = tmp_path / "x.yaml"
    path.write_text("template: qa\nextends: base\nshots: [{in: a, out: b}]\nshots_file: s.csv\n")

    found = findings(tokenizer, load_profile(path))

    assert [line.partition(": characters")[0] for line in found] == [f"{path}:2: prefix", f"{path}:4: shots[1].out"]


def test_a_deleted_file_loses_only_the_line_number(tmp_path: Path, tokenizer: Tokenizer):
    gone = Profile("x", prefix="so {it} is", path=tmp_path / "x.yaml")

    assert findings(tokenizer, gone) == [f"{tmp_path}/x.yaml:1: prefix: {BRACES}"]
