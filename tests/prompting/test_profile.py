import hashlib
import json
import os
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flanchat.base.errors import ProfileError, UsageError
from flanchat.prompting import profile_reader
from flanchat.prompting.fields import GROUPS
from flanchat.prompting.profile import Placeholder, Profile, TemplateText, Variable, split_template
from flanchat.prompting.profile_folders import profile_folders, profile_names
from flanchat.prompting.profile_reader import find_profile, list_profiles, load_profile
from flanchat.prompting.settings import Settings
from flanchat.prompting.setup import Setup, render
from flanchat.prompting.shots import Shot

BUNDLED = profile_folders(None, {})
NAMES = [
    "chat", "cot", "creative", "dialog", "fewshot", "headline", "keywords", "nli", "passage", "plain", "qa", "recipe",
    "sentiment", "translate-de", "translate-fr", "translate-zh", "yesno", "zh-chat", "zh-qa", "zh-task",
]  # fmt: skip


def write(folder: Path, text: str, name: str = "x.yaml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def problems(folder: Path, text: str, name: str = "x.yaml") -> list[str]:
    """Return the problems of a profile, one per line, without the folder."""
    path = write(folder, text, name)
    with pytest.raises(ProfileError) as caught:
        load_profile(path)
    return [line.removeprefix(f"{folder}/") for line in caught.value.message.split("\n")]


def test_every_bundled_profile_loads_and_has_a_description():
    found = list_profiles(BUNDLED)

    assert [p.name for p in found if isinstance(p, Profile) and p.description] == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_bundled_profile_says_what_it_shows_and_has_no_setting_without_effect(name):
    read = find_profile(name, BUNDLED)

    assert read.source.startswith("# Shows: ")
    assert Settings().with_layer(f"profile {name}", read.settings).ineffective(choices=False) == {}


@pytest.mark.parametrize(
    ("name", "sent"),
    [
        ("cot", "X Let's think step by step."),
        ("sentiment", "Is the sentiment of the following review positive or negative? Review: X "
         "OPTIONS: - positive - negative Answer:"),
        ("passage", "Read the passage and answer the question. X Answer:"),
        ("yesno", "Answer yes or no. X Answer:"),
        ("nli", "X Does the premise entail the hypothesis? OPTIONS: - yes - no - it is not possible to tell Answer:"),
        ("translate-de", "translate English to German: X"),
        ("translate-fr", "translate English to French: X"),
        ("zh-chat", r"用户：X\n小元："),
        ("headline", "Write a headline for this text: X Headline:"),
        ("recipe", "A step by step recipe to make X:"),
        ("keywords", "Write a sentence with these words: X Sentence:"),
    ],
)  # fmt: skip
def test_a_bundled_template_is_the_text_the_demo_model_was_trained_on(name, sent):
    segments = render(Setup(find_profile(name, BUNDLED), Settings()), "X", ())

    assert "".join(segment.gap + segment.text for segment in segments) == sent


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("3 + 4 = 7. So the answer is 7.", "7"),
        ("The answer is 3.5.", "3.5"),
        ("the answer is: two apples", "two apples"),
        ("The answer is 12. Good.", "12"),
    ],
)
def test_the_short_answer_of_a_chain_of_thought_is_found(text, answer):
    pattern = find_profile("cot", BUNDLED).settings["post.answer_regex"]

    assert re.search(str(pattern), text)[1] == answer


def test_a_profile_contains_the_fields_of_its_file(tmp_path: Path):
    path = write(
        tmp_path,
        "schema: 1\nname: x\ndescription: d\nmodel: null\nsystem: Be brief.\n"
        "shots: [{in: a, out: no}, {input: b, output: c}]\n"
        "template: '{{prefix}} {{shots}} {{history}} {{input}} {{tone}}'\n"
        "vars: {tone: {default: calm, choices: [calm, wild]}}\n"
        "choices: [yes, no]\nhistory: {turns: 2}\ndecode:\n  stop: [Q]\n  temperature: 1\n",
    )

    read = load_profile(path)

    assert (read.name, read.description, read.model, read.prefix) == ("x", "d", None, "Be brief.")
    assert read.shots == (Shot("a", "no"), Shot("b", "c"))
    assert read.vars == {"tone": Variable("calm", ("calm", "wild"))}
    assert read.choices == ("yes", "no")
    assert read.settings == {"history.turns": 2, "decode.stop": ("Q",), "decode.temperature": 1.0}
    assert (read.path, read.sha256) == (path, hashlib.sha256(path.read_bytes()).hexdigest())
    assert json.loads(json.dumps(read.as_dict()))["shots"][0] == {"input": "a", "output": "no"}


PROBLEMS = {
    "an unknown field": ("a: 1\ntemplat: qa", "2: templat: unknown field. Did you mean template?"),
    "an unknown setting": (
        "decode:\n  temprature: 1", "2: decode.temprature: unknown field. Did you mean temperature?",
    ),
    "a setting at the top": ("top_p: 1", "1: top_p: unknown field here. Write top_p below decode."),
    "a setting elsewhere": ("history: {top_p: 1}", "1: history.top_p: unknown field here. Write top_p below decode."),
    "a long setting name": ("decode.top_p: 1", "1: decode.top_p: unknown field here. Write top_p below decode."),
    "a range": ("\ndecode:\n  top_p: 1.5", "3: decode.top_p: expected a number from 0 to 1, got 1.5"),
    "a group that is a number": ("decode: 5", "1: decode: expected settings, one per line, got 5"),
    "a base without a model": ("\nbase: demo", "2: base: expected model: with the adapter that this is the base of"),
    "another schema": ("schema: 2", "1: schema: expected 1, the only version that this flanchat reads, got 2"),
    "another name": ("name: y", "1: name: expected x, the name of the file, got the text 'y'"),
    "an invalid name": ("name: ../y", "1: name: expected lower-case letters"),
    "a boolean for text": ("shots:\n- {in: a, out: b}\n- {in: c, out: true}", "3: shots[1].out: expected text, got"),
    "a number for text": ("prefix: 5", "1: prefix: expected text, got 5. Put quotes around it."),
    "a mapping for text": ("prefix: {x}", "1: prefix: expected text, got a mapping. Put quotes around text that"),
    "half a shot": ("shots: [{in: a}]", "1: shots[0]: missing field out"),
    "a doubled shot": ("shots: [{in: a, input: b, out: c}]", "1: shots[0].input: in and input mean the same"),
    "an odd shot": ("shots: [{in: a, out: b, note: c}]", "1: shots[0].note: unknown field. Known: in, out"),
    "shots that are text": ("shots: a", "1: shots: expected a list, got the text 'a'"),
    "prefix and system": ("prefix: a\nsystem: b", "2: system: another name of prefix"),
    "an unknown layout": ("template: qaa", "1: template: expected one of plain, qa, instruct, dialog, cot, choice, or"),
    "no input": ("template: '{{prefix}}'", "1: template: expected {{input}} exactly once, found it 0 times"),
    "two inputs": ("template: '{{input}} {{input}}'", "1: template: expected {{input}} exactly once, found it 2 times"),
    "an unknown placeholder": (
        "template: |\n  a\n  b {{input}} {{shot}}",
        "1: template: line 2, column 13: unknown placeholder {{shot}}. Did you mean {{shots}}?",
    ),
    "blanks in a placeholder": ("template: '{{input}} {{ x }}'", "1: template: line 1, column 11: expected a name"),
    "a prefix without a place": ("prefix: a\ntemplate: '{{input}}'", "2: template: has no {{prefix}}, so the prefix"),
    "turns without a place": ("history: {turns: 1}\ntemplate: '{{input}}'", "2: template: has no {{history}}, so the"),
    "choice without choices": ("template: choice", "1: template: the layout choice needs a list of choices"),
    "equal choices": ("choices: [a, a]", "1: choices[1]: expected different texts"),
    "a bad variable name": ("vars: {input: {}}", "1: vars.input: expected a name of a-z"),
    "an odd variable": ("vars:\n  a:\n    defalt: x", "3: vars.a.defalt: unknown field. Did you mean default?"),
    "a default not in choices": ("vars: {a: {default: x, choices: [y]}}", "1: vars.a.default: expected one of y, got"),
    "required with default": ("vars: {a: {default: x, required: true}}", "1: vars.a.default: a required variable has"),
    "a shots file elsewhere": ("shots_file: ../a.csv", "1: shots_file: expected a .jsonl or .csv file in the"),
    "an unknown parent": ("\nextends: nobody", "2: extends: unknown profile nobody"),
    "itself as parent": ("extends: x", "1: extends: extends itself: x -> x"),
    "beams that sample": ("decode:\n  do_sample: true\n  num_beams: 2", "3: decode.num_beams: 2 beams (profile x)"),
    "an order of shots": ("shots_order: shufle", "1: shots_order: expected given, reverse or shuffle, got"),
    "control characters": ('"a\\e[31m": 1', "1: 'a\\x1b[31m': unknown field."),
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("prefix: **Be brief.**", "*"), ("prefix: *name", "*"), ("choices: [*]", "*"), ("choices: [%a, b]", "%"),
        ("shots:\n- {in: 'a: *', out: %}", "%"), ("shots: [{in: a,out: @b}]", "@"), ("prefix:\n  `x`", "`"),
        ("prefix: &a", "&"), ("prefix: !a", "!"),
    ],
)  # fmt: skip
def test_a_text_that_begins_with_a_sign_of_yaml_needs_quotes(tmp_path: Path, text: str, sign: str):
    [found] = problems(tmp_path, text)

    assert found.endswith(f" Put quotes around text that starts with `{sign}`.")


@pytest.mark.parametrize("kind", PROBLEMS)
def test_a_problem_is_reported_with_file_line_and_field(tmp_path: Path, kind: str):
    text, message = PROBLEMS[kind]

    found = problems(tmp_path, text)

    assert any(line.startswith(f"x.yaml:{message}") for line in found), found


def test_all_problems_of_a_file_are_reported_at_once_in_the_order_of_lines(tmp_path: Path):
    found = problems(tmp_path, "decode:\n  top_p: 2\n  top_k: -1\nshots: [{in: 1, out: a}, {in: b}]\nx: 1\n")

    assert [line.split(": ")[:2] for line in found] == [
        ["x.yaml:2", "decode.top_p"],
        ["x.yaml:3", "decode.top_k"],
        ["x.yaml:4", "shots[0].in"],
        ["x.yaml:4", "shots[1]"],
        ["x.yaml:5", "x"],
    ]


def test_only_the_first_problems_are_reported(tmp_path: Path):
    found = problems(tmp_path, "".join(f"key{n}: 1\n" for n in range(5000)))

    assert found[-1] == "x.yaml:20: too many problems, the rest is not read"


def test_a_child_overrides_fields_and_merges_settings_and_vars(tmp_path: Path):
    write(tmp_path, "prefix: p\nchoices: [a]\ndecode: {top_k: 1, top_p: 0.5}\nvars: {a: {}, b: {}}", "base.yaml")
    path = write(tmp_path, "extends: base\nchoices: [b]\ndecode: {top_k: 2}\nvars: {b: {default: z}}")

    read = load_profile(path)

    assert (read.name, read.prefix, read.choices) == ("x", "p", ("b",))
    assert read.settings == {"decode.top_k": 2, "decode.top_p": 0.5}
    assert read.vars == {"a": Variable(), "b": Variable("z")}
    assert len(read.sha256) == 64


def test_a_child_with_a_model_of_its_own_does_not_inherit_the_base(tmp_path: Path):
    write(tmp_path, "model: ./a\nbase: google/flan-t5-base", "base.yaml")

    read = [load_profile(write(tmp_path, f"extends: base\n{more}")) for more in ("", "model: ./b", "base: demo")]

    assert [(one.model, one.base) for one in read] == [
        ("./a", "google/flan-t5-base"),
        ("./b", None),
        ("./a", "demo"),
    ]


def test_a_cycle_of_parents_is_refused(tmp_path: Path):
    write(tmp_path, "extends: c", "b.yaml")
    write(tmp_path, "extends: x", "c.yaml")

    assert problems(tmp_path, "extends: b") == ["c.yaml:1: extends: extends itself: x -> b -> c -> x"]


def test_problems_of_a_parent_name_the_parents_file(tmp_path: Path):
    write(tmp_path, "\ndecode: {top_p: 7}", "base.yaml")

    assert problems(tmp_path, "extends: base\nx: 1") == [
        "x.yaml:2: x: unknown field. Known: " + ", ".join([*profile_reader._FIELDS, *GROUPS]),
        "base.yaml:2: decode.top_p: expected a number from 0 to 1, got 7",
    ]


def test_a_users_profile_may_extend_the_bundled_one_of_its_name(tmp_path: Path):
    write(tmp_path, "extends: qa\nprefix: Be brief.", "qa.yaml")

    read = find_profile("qa", (tmp_path, *BUNDLED))

    assert (read.prefix, read.template) == ("Be brief.", "qa")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("s.jsonl", '{"in": "a", "out": "b"}\n\n{"input": "c, d", "output": "e"}\n'),
        ("s.csv", 'in,out\na,b\n"c, d",e\n'),
        ("s.csv", 'output,input\r\nb,a\r\ne,"c, d"\r\n'),
        ("s.csv", "# by hand\n In ; OUT\na;b\nc, d;e\n"),
        ("s.csv", "sep=;\nin;out\na;b\n\nc, d;e\n"),
    ],
)
def test_shots_are_read_from_shots_file_too(tmp_path: Path, name: str, text: str):
    write(tmp_path, text, name)

    read = load_profile(write(tmp_path, f"shots_file: {name}\nshots: [{{in: x, out: y}}]"))

    assert read.shots == (Shot("x", "y"), Shot("a", "b"), Shot("c, d", "e"))


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("s.jsonl", '{"in": "a", "out": "b"}\n{"in": "a"}', "s.jsonl:2: missing field out"),
        ("s.jsonl", '{"in": "a", "out": 5}', "s.jsonl:1: out: expected text, got 5"),
        ("s.jsonl", '{"in": "a", "in": "b", "out": "c"}', '"out": "..."}: the key \'in\' occurs twice'),
        ("s.jsonl", "[" * 100_000, "s.jsonl:1: expected JSON such as"),
        ("s.jsonl", '{"in": "\\ud800", "out": "b"}', "s.jsonl:1: in: half a character"),
        ("s.jsonl", "5", "s.jsonl:1: expected the fields in and out, got 5"),
        ("s.csv", "a,b\n1,2", "s.csv:1: expected the columns in and out, got the text 'a,b'"),
        ("s.csv", "in,out\n1,2\n1,2,3", "s.csv:3: expected 2 columns, found 3"),
        ("s.csv", 'in,out\n"a"b,c', "s.csv:2: expected CSV, found invalid CSV"),
        ("s.csv", "in, IN \n1,2", "s.csv:1: expected columns with different names, found in, IN"),
        ("s.csv", "", "s.csv:1: expected the columns"),
    ],
)
def test_problems_of_a_shots_file_name_both_files(tmp_path: Path, name: str, text: str, message: str):
    write(tmp_path, text, name)

    [found] = problems(tmp_path, f"\nshots_file: {name}")

    assert found.startswith("x.yaml:2: shots_file: ")
    assert message in found


def test_a_field_of_a_shots_file_may_be_as_long_as_one_of_a_prompt_file(tmp_path: Path):
    write(tmp_path, f"in,out\n{'x' * 150_000},b\n", "s.csv")

    [shot] = load_profile(write(tmp_path, "shots_file: s.csv")).shots

    assert len(shot.input) == 150_000


def test_a_missing_shots_file_is_reported(tmp_path: Path):
    assert "cannot be read: No such file" in problems(tmp_path, "shots_file: s.csv")[0]


@pytest.mark.timeout(100)
def test_a_named_pipe_among_the_profiles_is_listed_as_invalid_without_waiting(tmp_path: Path):
    os.mkfifo(tmp_path / "pipe.yaml")
    write(tmp_path, "template: qa", "good.yml")
    write(tmp_path, "template: qa", "Bad Name.yaml")
    write(tmp_path, "x: 1", "broken.yaml")
    write(tmp_path, "not a profile", "notes.txt")

    found = list_profiles([tmp_path])

    assert [type(each) for each in found] == [ProfileError, ProfileError, Profile, ProfileError]
    assert profile_names([tmp_path, tmp_path / "missing"]) == ("broken", "good", "pipe")


@pytest.mark.parametrize(
    "name", ["", ".", "..", "A", "-a", "a b", "a" * 65, "con", "lpt1", "a\n", "a\0", "é", "a.b", "\x1b[31m", "a\\b"]
)
def test_an_unsafe_name_is_refused_with_a_valid_one(name):
    with pytest.raises(UsageError, match=r"^profile names use lower-case letters, digits, - and _; try [a-z0-9]"):
        find_profile(name, BUNDLED)


def test_an_unknown_name_suggests_the_nearest():
    with pytest.raises(UsageError) as caught:
        find_profile("sentimant", BUNDLED)

    assert caught.value.message == "unknown profile sentimant. Did you mean sentiment?"


@pytest.mark.parametrize("value", ["./x.yaml", "x.yaml", "./plain"])
def test_a_value_with_a_slash_or_ending_is_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str):
    monkeypatch.chdir(tmp_path)
    write(tmp_path, "prefix: mine", value)

    assert find_profile(value, BUNDLED).prefix == "mine"


def test_folders_are_searched_in_order_and_relative_ones_of_the_environment_are_ignored(tmp_path: Path):
    extra, user = tmp_path / "extra", tmp_path / "config" / "flanchat" / "profiles"
    extra.mkdir()
    user.mkdir(parents=True)

    assert profile_folders(extra, {"XDG_CONFIG_HOME": str(tmp_path / "config")}) == (extra, user, *BUNDLED)
    assert profile_folders(None, {"XDG_CONFIG_HOME": "config"}) == BUNDLED
    with pytest.raises(UsageError, match="--profiles"):
        profile_folders(tmp_path / "missing", {})


def test_the_first_folder_wins(tmp_path: Path):
    write(tmp_path, "prefix: mine", "plain.yaml")

    assert find_profile("plain", (tmp_path, *BUNDLED)).prefix == "mine"
    assert [p.name for p in list_profiles((tmp_path, *BUNDLED)) if isinstance(p, Profile)] == NAMES


def test_single_braces_are_text():
    assert split_template("{a} {{{input}}} {{A}}") == (
        TemplateText("{a} {"),
        Placeholder("input", 1, 6),
        TemplateText("} {{A}}"),
    )


@given(st.text(alphabet="{}ab_\n 1", max_size=40))
def test_the_parts_of_a_template_join_to_the_template(text: str):
    parts = split_template(text)

    assert "".join(p.text if isinstance(p, TemplateText) else "{{" + p.name + "}}" for p in parts) == text
    for place in parts:
        if isinstance(place, Placeholder):
            assert text.split("\n")[place.line - 1][place.column - 1 :].startswith("{{" + place.name + "}}")


FIELD = st.sampled_from([*profile_reader._FIELDS, *GROUPS, "x", ""])
KEY = st.one_of(FIELD, st.sampled_from(["in", "out", "default", "choices", "turns", "top_p", "stop", "answer_regex"]))
NODE = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8), st.just("{{input}} {{x}}")),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEY, inner, max_size=3)),
    max_leaves=8,
)


@given(fields=st.dictionaries(FIELD, NODE, min_size=1, max_size=5))
def test_any_fields_give_a_profile_or_problems_with_file_and_line(tmp_path_factory, fields):
    path = tmp_path_factory.getbasetemp() / "any.yaml"
    path.write_text(json.dumps(fields), encoding="utf-8")

    try:
        load_profile(path)
    except ProfileError as error:
        for line in error.message.split("\n"):
            assert re.match(rf"{re.escape(str(path))}:\d+: .", line)
