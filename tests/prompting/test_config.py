import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flanchat.base.errors import UsageError
from flanchat.engine.devices.registry import DEVICES
from flanchat.prompting import config as configs
from flanchat.prompting.config import Config, config_rows, example_config, load_config
from flanchat.prompting.settings import BY_NAME, SETTINGS, Settings


def write(folder: Path, text: str) -> dict[str, str]:
    """Write a configuration file and return an environment that leads to it."""
    path = folder / "flanchat" / "config.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return {"XDG_CONFIG_HOME": str(folder)}


def problems(folder: Path, text: str) -> list[str]:
    environ = write(folder, text)
    with pytest.raises(UsageError) as caught:
        load_config(environ)
    return [line.removeprefix(f"{folder}/flanchat/") for line in caught.value.message.split("\n")]


def test_a_configuration_contains_the_fields_of_its_file(tmp_path: Path):
    environ = write(
        tmp_path,
        "profile: qa\nmodel: google/flan-t5-small\ndevice: cpu\nlang: zh\nediting: vi\n"
        "decode:\n  top_p: 1\n  stop: Q\nhistory:\n  turns: 2\n",
    )

    read = load_config(environ)

    assert (read.profile, read.model, read.device) == ("qa", "google/flan-t5-small", "cpu")
    assert (read.lang, read.editing) == ("zh", "vi")
    assert read.settings == {"decode.top_p": 1.0, "decode.stop": ("Q",), "history.turns": 2}
    assert read.path == tmp_path / "flanchat" / "config.yaml"


@pytest.mark.parametrize("environ", [{}, {"HOME": "relative"}, {"HOME": "/nonexistent"}, {"FLANCHAT_CONFIG": ""}])
def test_without_a_file_nothing_is_configured(environ: dict[str, str]):
    assert load_config(environ) == Config()


@pytest.mark.parametrize("text", ["", "\n", "# only\n  # comments\n", "\ufeff# x"])
def test_a_file_without_fields_configures_nothing(tmp_path: Path, text: str):
    assert load_config(write(tmp_path, text)) == Config(path=tmp_path / "flanchat" / "config.yaml")


def test_the_environment_can_name_another_file(tmp_path: Path):
    environ = write(tmp_path, "profile: qa")
    other = tmp_path / "other.yaml"
    other.write_text("profile: ./mine.yaml\nmodel: null")

    read = load_config({**environ, "FLANCHAT_CONFIG": str(other)})

    assert (read.profile, read.path) == ("./mine.yaml", other)


def test_a_file_named_by_the_environment_must_exist(tmp_path: Path):
    environ = {**write(tmp_path, "profile: qa"), "FLANCHAT_CONFIG": str(tmp_path / "none.yaml")}

    with pytest.raises(UsageError) as caught:
        load_config(environ)

    assert caught.value.message == (
        f"FLANCHAT_CONFIG: {tmp_path}/none.yaml does not exist. Create it, or unset FLANCHAT_CONFIG."
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("\nprofle: qa", "2: profle: unknown field. Did you mean profile?"),
        ("xyz: 1", "1: xyz: unknown field. Known: profile, model, device, lang, editing, history, budget, decode"),
        ("top_p: 1", "1: top_p: unknown field here. Write top_p below decode."),
        ("decode.top_p: 1", "1: decode.top_p: unknown field here. Write top_p below decode."),
        ("history: {top_p: 1}", "1: history.top_p: unknown field here. Write top_p below decode."),
        ("decode:\n  temprature: 1", "2: decode.temprature: unknown field. Did you mean temperature?"),
        ("decode:\n  top_p: 1.5", "2: decode.top_p: expected a number from 0 to 1, got 1.5"),
        ("decode: 5", "1: decode: expected settings, one per line, got 5"),
        ("lang: de", "1: lang: expected auto, en or zh, got the text 'de'"),
        ("editing: null", "1: editing: expected emacs or vi, got nothing (null)"),
        (
            "device: cdua",
            "1: device: expected auto, npu[:N,...], cuda[:N,...], mps or cpu, got the text 'cdua'. Did you mean cuda?",
        ),
        ("device: cpu:1", "1: device: expected auto, npu[:N,...], cuda[:N,...], mps or cpu, got the text 'cpu:1'."),
        ("model: 5", "1: model: expected text, got 5"),
        ("model: ' '", "1: model: expected a name, got an empty text."),
        (
            "profile: My QA",
            "1: profile: expected a path or a name; profile names use lower-case letters, digits, - and _; try my-qa",
        ),
        ("a: [", "1: not valid YAML"),
        ("a: 1\na: 2", "2: a: written twice, first on line 1."),
        ('"a\\e[31m": 1', "1: 'a\\x1b[31m': unknown field."),
        ("decode:\n  do_sample: true\n  num_beams: 2", "3: decode.num_beams: 2 beams (config) cannot sample"),
    ],
)
def test_a_problem_is_reported_with_file_line_and_field(tmp_path: Path, text: str, message: str):
    assert problems(tmp_path, text)[0].startswith(f"config.yaml:{message}")


def test_all_problems_are_reported_at_once_in_the_order_of_lines(tmp_path: Path):
    found = problems(tmp_path, "editing: nano\ndecode:\n  top_k: -1\n  top_p: 2\nlang: 5\nx: 1\n")

    assert [line.split(": ")[:2] for line in found] == [
        ["config.yaml:1", "editing"],
        ["config.yaml:3", "decode.top_k"],
        ["config.yaml:4", "decode.top_p"],
        ["config.yaml:5", "lang"],
        ["config.yaml:6", "x"],
    ]


def test_only_the_first_problems_are_reported(tmp_path: Path):
    found = problems(tmp_path, "".join(f"key{n}: 1\n" for n in range(500)))

    assert len(found) == 21
    assert found[-1] == "config.yaml:20: too many problems, the rest is not read"


def test_a_group_may_be_empty(tmp_path: Path):
    assert load_config(write(tmp_path, "decode:\nhistory: {}\nediting: vi")).settings == {}


def test_rows_name_the_origin_of_each_value(tmp_path: Path):
    rows = config_rows(load_config(write(tmp_path, "profile: qa\n\ndecode:\n  stop: [Q]\nediting: emacs\n")))

    path = tmp_path / "flanchat" / "config.yaml"
    assert rows == [
        ("profile", "qa", f"{path}:1"),
        ("model", "not set", "default"),
        ("device", "not set", "default"),
        ("lang", "not set", "default"),
        ("editing", "emacs", f"{path}:5"),
        ("decode.stop", '["Q"]', f"{path}:4"),
    ]


def test_the_example_sets_nothing_until_it_is_uncommented(tmp_path: Path):
    assert load_config(write(tmp_path, example_config())) == Config(path=tmp_path / "flanchat" / "config.yaml")

    chosen = load_config(write(tmp_path, re.sub(r"(?m)^#(?! \S)", "", example_config())))

    assert chosen.settings == {setting.name: setting.default for setting in SETTINGS}
    assert (chosen.profile, chosen.model, chosen.device) == ("plain", None, "auto")
    assert (chosen.lang, chosen.editing) == ("auto", "emacs")
    assert Settings().with_layer("config", chosen.settings).ineffective(choices=False) == {}


def test_every_line_of_the_example_is_a_comment_that_fits_a_screen():
    assert all(row.startswith("#") or not row for row in example_config().splitlines())
    assert max(map(len, example_config().splitlines())) <= 120


def test_the_devices_are_those_of_the_registry():
    assert set(configs._FIELDS["device"].choices) == {"auto", *DEVICES}


FIELD = st.sampled_from([*configs._FIELDS, *configs.GROUPS, "x", "", "decode.top_p", "a b"])
KEY = st.sampled_from(["turns", "top_p", "stop", "answer_regex", "", "x.y"])
NODE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEY, inner, max_size=3),
    max_leaves=8,
)


@given(fields=st.dictionaries(FIELD, NODE, min_size=1, max_size=5))
def test_any_fields_give_a_configuration_or_problems_with_file_and_line(tmp_path_factory, fields):
    path = tmp_path_factory.getbasetemp() / "any-config.yaml"
    path.write_text(json.dumps(fields), encoding="utf-8")

    try:
        read = load_config({"FLANCHAT_CONFIG": str(path)})
    except UsageError as error:
        for line in error.message.split("\n"):
            assert re.match(rf"{re.escape(str(path))}:\d+: .", line)
    else:
        assert set(read.settings) <= set(BY_NAME)
        assert all(len(row) == 3 for row in config_rows(read))
