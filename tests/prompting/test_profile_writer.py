import json
import re
import stat
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from flanchat.base import strict_yaml
from flanchat.base.errors import StorageError, UsageError
from flanchat.prompting.profile import LAYOUTS, PLACEHOLDERS, Profile, Variable
from flanchat.prompting.profile_folders import profile_folders
from flanchat.prompting.profile_reader import find_profile, load_profile
from flanchat.prompting.profile_writer import diff_profiles, save_profile, to_yaml, with_prefix, with_shots
from flanchat.prompting.setting import Setting
from flanchat.prompting.settings import SETTINGS, Settings
from flanchat.prompting.shots import Shot
from tests.examples import examples

BUNDLED = profile_folders(None, {})
NEW = {"path": None, "source": "", "sha256": ""}

ODD = [
    "'", '"', ":", ": ", " #", "#", "\n", "  ", " ", "- ", "{", "}", "{{", "[", ",", "|", ">", "no", "Yes", "12:30",
    "1e-3", "017", "2001-01-01", "null", "~", "\t", "\r", "\x85", "\u2028", "\ufeff", "\0", "\x7f", "\\", "&a", "*a",
    "!t", "%", "@", "`", "---", "...", "? ", "=", "<<", "日本", "🙂", "\u202e", "\uffff", "A", "word",
]  # fmt: skip
TEXT = st.lists(st.sampled_from(ODD) | st.text(max_size=5), max_size=6).map("".join)
CHOICES = st.lists(TEXT.filter(str.strip), max_size=3, unique=True).map(tuple)
SHOTS = st.lists(st.builds(Shot, TEXT, TEXT), max_size=3).map(tuple)
VAR_NAME = st.from_regex(r"[a-z_][a-z0-9_]{0,8}", fullmatch=True) | st.sampled_from(["no", "null", "y", "true"])


@st.composite
def variables(draw: st.DrawFn) -> Variable:
    choices = draw(CHOICES)
    return Variable(draw(st.none() | st.sampled_from(choices) if choices else st.none() | TEXT), choices)


def values(setting: Setting) -> st.SearchStrategy:
    low, high = setting.minimum, setting.maximum
    kinds = {
        "bool": st.booleans(),
        "int": st.integers(int(low or 0), int(high or 0)),
        "float": st.floats(low, high),
        "choice": st.sampled_from(setting.choices or ("",)),
        "texts": st.lists(TEXT.filter(bool), max_size=3).map(tuple),
        "text": TEXT.map(re.escape).filter(lambda text: len(text) <= 200),
    }
    return st.none() | kinds[setting.kind] if setting.optional else kinds[setting.kind]


def no_conflict(chosen: dict) -> bool:
    try:
        return bool(Settings().with_layer("profile x", chosen)) or True
    except UsageError:
        return False


SOME_SETTINGS = st.fixed_dictionaries({}, optional={s.name: values(s) for s in SETTINGS}).filter(no_conflict)


@st.composite
def profiles(draw: st.DrawFn) -> Profile:
    """Return any profile that a file can contain."""
    names = draw(st.dictionaries(VAR_NAME.filter(lambda name: name not in PLACEHOLDERS), variables(), max_size=2))
    places = draw(st.permutations(["input", "prefix", "shots", "history", *names]))
    literal = TEXT.map(lambda text: re.sub(r"\{+", "{", text))
    own = "".join(draw(literal) + "{{" + place + "}}" for place in places) + draw(literal)
    fields = {name: draw(TEXT) for name in ("description", "prefix", "separator")}
    fields |= {name: draw(st.none() | TEXT) for name in ("model", "input_label", "output_label")}
    fields["base"] = draw(st.none() | TEXT) if fields["model"] else None
    return Profile(
        "x", template=draw(st.sampled_from(list(LAYOUTS)) | st.just(own)), shots=draw(SHOTS), vars=names,
        shots_max=draw(st.integers(0, 100)), shots_order=draw(st.sampled_from(["given", "reverse", "shuffle"])),
        settings=draw(SOME_SETTINGS), choices=draw(CHOICES), **fields,
    )  # fmt: skip


@examples(50)
@given(profiles())
def test_any_profile_reads_back_from_its_file_and_every_yaml_reader_finds_the_same_values(tmp_path_factory, profile):
    path = tmp_path_factory.getbasetemp() / "x.yaml"
    written = to_yaml(profile)
    path.write_bytes(written.encode())

    assert replace(load_profile(path), **NEW) == profile
    assert yaml.safe_load(written) == strict_yaml.parse(written.encode(), "x").values


def test_a_file_is_written_as_a_person_would():
    profile = Profile(
        "x", description="Short.", prefix="Read this.\n  Then answer.", template="qa", output_label="A:",
        separator="\n", shots=(Shot("a: b", "no"), Shot("1\n2\n", '"x" y')), choices=("yes", "12:30"),
        vars={"tone": Variable("calm", ("wild", "calm")), "who": Variable(None)},
        settings={"decode.stop": ("\nQ:",), "decode.temperature": 1e-07, "history.turns": 2, "post.answer_regex": None},
    )  # fmt: skip

    assert to_yaml(profile, {"history.turns": 1, "decode.do_sample": True}) == (
        "description: Short.\n"
        "prefix: |-\n  Read this.\n    Then answer.\n"
        "template: qa\n"
        'output_label: "A:"\n'
        'separator: "\\n"\n'
        "vars:\n"
        "  tone:\n    default: calm\n    choices:\n      - wild\n      - calm\n"
        "  who:\n    required: true\n"
        'choices:\n  - "yes"\n  - "12:30"\n'
        'shots:\n  - in: "a: b"\n    out: "no"\n'
        "  - in: |\n      1\n      2\n    out: '\"x\" y'\n"
        "history:\n  turns: 1\n"
        'decode:\n  do_sample: true\n  temperature: 1.0e-07\n  stop:\n    - "\\nQ:"\n'
        "post:\n  answer_regex: null\n"
    )


def test_a_profile_of_defaults_is_a_valid_file():
    assert to_yaml(Profile("x")) == "template: plain\n"


def test_invisible_characters_are_escaped():
    assert to_yaml(Profile("x", prefix="a\u202eb\U000e0001")) == 'prefix: "a\\u202Eb\\U000E0001"\n'


def test_every_bundled_profile_reads_back():
    for name in ("cot", "dialog", "fewshot", "nli", "sentiment", "translate-fr"):
        profile = find_profile(name, BUNDLED)

        back = strict_yaml.parse(to_yaml(profile).encode(), name).values

        assert "extends" not in back
        assert back["template"] == profile.template


def test_a_saved_profile_is_found_under_its_new_name_with_its_settings(tmp_path: Path):
    folder = tmp_path / "flanchat" / "profiles"

    path = save_profile(find_profile("fewshot", BUNDLED), {"decode.top_k": 3}, "mine", folder)

    saved = find_profile("mine", (folder,))
    assert (saved.name, saved.path) == ("mine", path)
    assert saved.shots[0] == Shot("capital of Italy", "Rome")
    assert saved.settings == {"decode.max_new_tokens": 8, "decode.top_k": 3}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert list(folder.iterdir()) == [path]


def test_a_saved_profile_contains_what_it_inherited(tmp_path: Path):
    (tmp_path / "base.yaml").write_text("prefix: p\n")
    (tmp_path / "s.csv").write_text("in,out\na,b\n")
    (tmp_path / "child.yaml").write_text("extends: base\nshots_file: s.csv\ntemplate: qa\n")

    save_profile(find_profile("child", (tmp_path,)), {}, "mine", tmp_path / "elsewhere")

    saved = find_profile("mine", (tmp_path / "elsewhere",))
    assert (saved.prefix, saved.shots, saved.extends, saved.shots_file) == ("p", (Shot("a", "b"),), None, None)


def test_an_existing_profile_is_replaced_only_on_request(tmp_path: Path):
    path = save_profile(Profile("x", prefix="old"), {}, "mine", tmp_path)

    with pytest.raises(StorageError, match=r"mine\.yaml: exists already; choose another name or add --force"):
        save_profile(Profile("x", prefix="new"), {}, "mine", tmp_path)
    assert load_profile(path).prefix == "old"
    save_profile(Profile("x", prefix="new"), {}, "mine", tmp_path, overwrite=True)
    assert load_profile(path).prefix == "new"


def test_a_profile_that_cannot_be_loaded_again_is_not_written(tmp_path: Path):
    own = Profile("x", template="Say {{input}}")
    path = save_profile(own, {}, "mine", tmp_path)
    before = path.read_bytes()

    with pytest.raises(UsageError) as caught:
        save_profile(own, {"history.turns": 2}, "mine", tmp_path, overwrite=True)

    assert caught.value.message == (
        "cannot save profile mine with the current settings: template: has no {{history}}, so the history this "
        "profile sets would never be sent"
    )
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("name", ["", "../x", "A", "con", "a.yaml"])
def test_an_invalid_name_creates_no_folder(tmp_path: Path, name: str):
    with pytest.raises(UsageError, match="profile names"):
        save_profile(Profile("x"), {}, name, tmp_path / "new")

    assert not (tmp_path / "new").exists()


def test_a_file_in_place_of_the_folder_is_a_storage_error(tmp_path: Path):
    (tmp_path / "file").write_text("")

    with pytest.raises(StorageError):
        save_profile(Profile("x"), {}, "mine", tmp_path / "file")


def test_differences_are_listed_by_field_on_one_line():
    a = Profile("a", description="one, two", prefix="one\ntwo", shots=(Shot("q", "r"), Shot("s", "-")),
                settings={"decode.top_k": 5}, vars={"tone": Variable("calm")}, extends="base")  # fmt: skip
    b = Profile("b", shots=(Shot("q", "R"),), output_label="A:", choices=("no",), settings={"history.turns": 0})

    assert diff_profiles(a, b) == [
        ("name", "a", "b"),
        ("description", "one, two", '""'),
        ("prefix", '"one\\ntwo"', '""'),
        ("output_label", "null", '"A:"'),
        ("vars.tone", "{default: calm}", "-"),
        ("choices", "[]", '["no"]'),
        ("shots[0].out", "r", "R"),
        ("shots[1].in", "s", "-"),
        ("shots[1].out", '"-"', "-"),
        ("history.turns", "0 (default)", "0"),
        ("decode.top_k", "5", "0 (default)"),
    ]


@examples(50)
@given(profiles(), profiles())
def test_a_difference_has_one_line_per_value_and_two_sides(a: Profile, b: Profile):
    rows = diff_profiles(a, b)

    assert all(value.isprintable() and value for row in rows for value in row)
    assert sorted(rows) == sorted((name, left, right) for name, right, left in diff_profiles(b, a))
    assert diff_profiles(a, a) == []


def test_a_changed_profile_has_a_source_and_hash_of_its_content():
    before = find_profile("fewshot", BUNDLED)

    after = with_shots(before, (*before.shots, Shot("capital of Kenya", "Nairobi")))

    assert after.shots[-1] == Shot("capital of Kenya", "Nairobi")
    assert (after.name, after.path, len(after.sha256)) == ("fewshot", None, 64)
    assert "Nairobi" in after.source
    assert after.sha256 != before.sha256
    assert with_shots(after, after.shots) == after
    assert with_shots(after, before.shots).sha256 != after.sha256
    assert with_prefix(with_prefix(after, "x"), "").sha256 == after.sha256
    assert json.loads(json.dumps(after.as_dict()))["shots"][-1]["output"] == "Nairobi"


def test_a_changed_profile_is_independent_of_files():
    after = with_prefix(Profile("x", extends="qa", shots_file="s.csv"), "Be brief.")

    assert (after.prefix, after.extends, after.shots_file) == ("Be brief.", None, None)
    assert after.source == "prefix: Be brief.\n"


def test_a_template_without_their_placeholder_refuses_shots_and_prefix():
    own = Profile("own", template="Say {{input}} shots")

    with pytest.raises(UsageError, match=r"profile own: the template has no \{\{shots\}\}, so the shots would never"):
        with_shots(own, (Shot("a", "b"),))
    with pytest.raises(UsageError, match=r"profile own: the template has no \{\{prefix\}\}"):
        with_prefix(own, "x")
    assert with_shots(own, ()).shots == ()
    assert with_prefix(own, "").prefix == ""
    assert with_prefix(replace(own, template="{{prefix}} {{input}}"), "x").prefix == "x"


def test_lone_surrogates_are_refused():
    with pytest.raises(UsageError, match="half a character"):
        with_prefix(Profile("x"), "a\ud800")
    with pytest.raises(UsageError, match="half a character"):
        with_shots(Profile("x"), (Shot("a", "\udfff"),))
