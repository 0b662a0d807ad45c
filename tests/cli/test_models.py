"""`flanchat models` and -m with a hub's name, as a shell sees them."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from tests.cli.conftest import Main
from tests.conftest import COMMAND, Flanchat
from tests.family.members import REFUSED, Refused
from tests.hub_stand_in import COMMIT, Hub, serve
from tests.terminal.screen import CTRL_C, Screen
from tests.tiny_t5 import make_adapter, make_tiny_t5
from tests.waiting import LIMIT_S, until

SHORT = ("-o", "max_new_tokens=3", "-o", "min_new_tokens=3", "--no-log")


@pytest.fixture
def hub(tiny_model: Path, tmp_path: Path, environ: dict[str, str], socket_enabled: None) -> Iterator[Hub]:
    """A hub with the tiny model, which the command line of this test asks."""
    for name in [name for name in environ if name.startswith("HF_")]:
        del environ[name]
    with serve(Hub(Path(shutil.copytree(tiny_model, tmp_path / "hub")))) as hub:
        environ.update(hub.environ)
        (hub.folder / "README.md").write_text("---\nlanguage: [no, en]\nlicense: apache-2.0\n---\nA card.\n")
        yield hub


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the first test that needs a downloaded model keeps the cache of the hub for the others."""
    return tmp_path_factory.mktemp("kept") / "huggingface"


@pytest.fixture
def pulled(hub: Hub, flanchat: Flanchat, tmp_path: Path, cache: Path) -> Path:
    """The snapshot folder of a model that has been downloaded."""
    ours = tmp_path / "cache" / "huggingface"
    if cache.exists():
        shutil.copytree(cache, ours, symlinks=True)
    else:
        assert flanchat("models", "pull", "hf:acme/tiny").status == 0
        shutil.copytree(ours, cache, symlinks=True)
    return place(tmp_path) / "snapshots" / COMMIT


def place(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "huggingface" / "hub" / "models--acme--tiny"


def test_a_hub_model_answers_and_standard_output_is_the_answer_only(hub: Hub, flanchat: Flanchat):
    first = flanchat("ask", "-m", "hf:acme/tiny", "cook", *SHORT)
    asked = list(hub.requests)
    again = flanchat("ask", "-m", "acme/tiny", "cook", *SHORT)

    assert (first.status, again.status) == (0, 0)
    assert first.out == again.out
    assert len(first.out.splitlines()) == 1
    assert f"flanchat: trying {hub.host} for acme/tiny" in first.err
    assert "downloading 7 files: " in first.err
    assert "100%" in first.err
    assert "\x1b" not in first.err
    assert again.err == ""
    assert hub.requests == asked


def test_a_session_switches_to_a_hub_model_and_keeps_its_own_when_that_fails(hub: Hub, flanchat: Flanchat):
    lines = "/model hf:acme/none\n/model hf:acme/tiny\n/model\n/models\n"

    done = flanchat("chat", "-m", "demo", "--no-log", stdin=lines)

    assert done.status == 3
    assert f"line 1: acme/none: {hub.host}: answered 404: no such model" in " ".join(done.err.split())
    assert "hf:acme/tiny is loaded on cpu in float" in done.out
    assert COMMIT in done.out
    assert "acme/tiny, Hugging Face" in done.out


def test_pull_prints_the_folder_and_reports_progress_on_standard_error(hub: Hub, flanchat: Flanchat, tmp_path: Path):
    done = flanchat("models", "pull", "hf:acme/tiny")

    assert done.status == 0
    assert done.out == f"{place(tmp_path) / 'snapshots' / COMMIT}\n"
    assert all(line.startswith("flanchat: ") for line in done.err.splitlines())


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("hf:acme/none", "answered 404: no such model; check the name and the revision"),
        ("./folder", "expected a hub's model, such as flan-t5-small or OWNER/NAME"),
        ("flan-t5-smal", "did you mean flan-t5-small?"),
    ],
)
def test_a_failed_pull_is_one_line_with_status_3(hub: Hub, flanchat: Flanchat, name: str, words: str):
    done = flanchat("models", "pull", name)

    assert (done.status, done.out) == (3, "")
    assert words in done.err.splitlines()[-1]
    assert "Traceback" not in done.err


def test_an_interrupted_download_is_continued(hub: Hub, environ: dict[str, str], tmp_path: Path):
    hub.stall = {"model.safetensors": 200_000}
    command = [*COMMAND, "models", "pull", "hf:acme/tiny"]
    first = subprocess.Popen(command, env=environ, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    checksum = hub.checksum("model.safetensors", hub.files()["model.safetensors"])
    part = place(tmp_path) / "blobs" / f"{checksum}.incomplete"
    until(lambda: part.exists() and part.stat().st_size >= 131_072)
    first.send_signal(signal.SIGINT)
    __, said = first.communicate(timeout=LIMIT_S)

    verify = [*COMMAND, "models", "verify"]
    verified = subprocess.run(verify, env=environ, capture_output=True, timeout=LIMIT_S, check=False)
    second = subprocess.run(command, env=environ, cwd=tmp_path, capture_output=True, timeout=LIMIT_S, check=False)

    assert first.returncode == 130
    assert said.decode().endswith("The downloaded part is kept; run the same command again to continue.\n")
    assert (verified.returncode, verified.stdout.partition(b",")[0]) == (3, b"acme/tiny: incomplete")
    assert second.returncode == 0
    assert hub.ranges == {"model.safetensors": ["bytes=131072-"]}


def test_a_terminal_shows_a_bar_for_every_file_and_the_total(hub: Hub, environ: dict[str, str], tmp_path: Path):
    hub.stall = {"model.safetensors": 200_000}
    with Screen([*COMMAND, "models", "pull", "hf:acme/tiny"], env=environ, cwd=tmp_path, columns=100) as screen:
        rows = screen.wait("131.1/251.7 kB", lambda text: bars(text) == 8).splitlines()
        screen.send(CTRL_C)
        screen.wait("The downloaded part is kept")

    assert [row.split()[0] for row in rows if "━" in row][-2:] == ["model.safetensors", "all"]


def bars(text: str) -> int:
    return sum("━" in row for row in text.splitlines())


def test_models_are_listed_with_those_on_this_machine(pulled: Path, main: Main):
    listed = main("models")
    as_json = main("models", "list", "--json")

    rows = {line.split()[0]: line for line in listed.out.splitlines() if line.strip()}
    assert "here" in rows["demo"]
    assert "here, 494 kB" in rows["acme/tiny"]
    assert "to be downloaded" in rows["flan-t5-small"]
    (model,) = map(json.loads, as_json.out.splitlines())
    assert (model["name"], model["hub"], model["folder"]) == ("acme/tiny", "huggingface", str(pulled))


def test_info_describes_a_model_without_a_network(hub: Hub, pulled: Path, main: Main):
    hub.requests.clear()

    shown = main("models", "info", "acme/tiny")
    as_json = json.loads(main("models", "info", "acme/tiny", "--json").out)
    absent = main("models", "info", "flan-t5-xl")

    assert "2 + 2 layers, 4 heads of 8, width 32, feed-forward 64" in " ".join(shown.out.split())
    assert "apache-2.0" in shown.out
    assert "512 tokens (model_max_length)" in shown.out
    assert "model.safetensors" in shown.out
    assert (as_json["revision"], as_json["licence"], as_json["parameters"]) == (COMMIT, "apache-2.0", 61504)
    assert absent.status == 3
    assert "flan-t5-xl: is not on this machine, or incomplete; flanchat models pull downloads it" in absent.err
    assert hub.requests == []


def test_info_names_tensors_and_settings_that_are_not_used(tmp_path: Path, main: Main):
    folder = make_tiny_t5(tmp_path / "model")
    tensors = load_file(folder / "model.safetensors")
    extra = {f"decoder.extra.{n}": np.ones(2, np.float32) for n in range(6)}
    save_file({**tensors, **extra}, folder / "model.safetensors", metadata={"format": "pt"})
    path = folder / "generation_config.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "num_beams": 4}))

    shown = main("models", "info", str(folder), env={"COLUMNS": "300"}).out
    about = json.loads(main("models", "info", str(folder), "--json").out)

    assert about["unused"] == sorted(extra)
    assert "decoder.extra.2, decoder.extra.3 and 2 more" in shown
    assert "generation_config.json sets num_beams, which flanchat does not use" in about["remarks"][0]
    assert "sets num_beams" in shown


def test_info_says_what_of_the_settings_for_generate_is_taken(main: Main, tmp_path: Path):
    folder = make_tiny_t5(tmp_path / "model")
    settings = {"decoder_start_token_id": 0, "eos_token_id": [1, 5], "forced_bos_token_id": 42, "max_length": 20}
    (folder / "generation_config.json").write_text(json.dumps({**settings, "temperature": 0.7, "_from": 1}))

    shown = main("models", "info", folder, env={"COLUMNS": "300"}).out
    about = json.loads(main("models", "info", folder, "--json").out)["generation"]
    (folder / "generation_config.json").unlink()
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "task_specific_params": {"x": {}}, "num_beams": 4}))
    without = json.loads(main("models", "info", folder, "--json").out)["generation"]

    assert about["taken"] == ["decoder_start_token_id", "forced_bos_token_id", "eos_token_id"]
    assert about["not_taken"] == ["max_length", "temperature"]
    rows = {line[:16].strip(): line[16:].strip() for line in shown.splitlines()}
    assert rows["not taken"] == "max_length, temperature of generation_config.json"
    assert rows["begins with"] == "<pad>·0"
    assert rows["ends with"].startswith("</s>·1, ")
    assert rows["forced first"].endswith("·42")
    assert without["file"] == "config.json"
    assert without["taken"] == ["decoder_start_token_id", "eos_token_id"]
    assert sorted(without["not_taken"]) == ["num_beams", "task_specific_params"]


@pytest.mark.parametrize(
    ("config", "tokenizer", "said"),
    [
        (512, 512, "512 tokens (n_positions, model_max_length)"),
        (512, 10**30, "512 tokens (n_positions)"),
        (1024, 512, "1024 tokens (n_positions), 512 tokens (model_max_length)"),
        (None, None, "unknown: no value in n_positions, model_max_length"),
        ("512", True, "unknown: no value in n_positions, model_max_length"),
    ],
)
def test_info_says_which_prompt_length_is_known(main: Main, tmp_path: Path, config: Any, tokenizer: Any, said: str):
    folder = make_tiny_t5(tmp_path / "model")
    for name, field, value in (("config", "n_positions", config), ("tokenizer_config", "model_max_length", tokenizer)):
        path = folder / f"{name}.json"
        path.write_text(json.dumps({**json.loads(path.read_text()), field: value}))

    shown = main("models", "info", folder, env={"COLUMNS": "300"}).out

    assert f"prompt length              {said}" in shown


CARDS: dict[str, tuple[str, str]] = {
    "plain": ("---\nlicense: mit\n---\n", "mit"),
    "of Windows": ("\ufeff---\r\nlanguage:\r\n- no\r\nlicense: mit\r\n---\r\n", "mit"),
    "several": ("---\nlicense:\n- mit\n- apache-2.0\n---\n", "mit, apache-2.0"),
    "another": ("---\nlicense: other\nlicense_name: my-terms\n---\n", "my-terms"),
    "no card": ("", "unknown: there is no model card"),
    "no fields": ("# A model\n\nlicense: mit\n", "unknown: the model card has no fields between two lines of ---"),
    "no end": ("---\nlicense: mit\n", "unknown: the model card has no fields between two lines of ---"),
    "no licence": ("---\nlanguage: en\n---\nlicense: mit\n", "unknown: the model card does not say"),
    "a number": ("---\nlicense: 3\n---\n", "unknown: the field license of the model card is not a name"),
    "not YAML": ("---\nlicense: mit\ntags: [a\n---\n", "unknown: README.md:"),
    "an alias": ("---\na: &x mit\nlicense: *x\n---\n", "unknown: README.md:2: anchors (&name) are not allowed"),
    "large": ("---\nlicense: mit\n---\n" + "x" * (1 << 20), "unknown: the model card is larger than 1 MB"),
}


@pytest.mark.parametrize("kind", CARDS)
def test_info_reads_the_licence_or_says_why_it_is_unknown(main: Main, tmp_path: Path, kind: str):
    card, said = CARDS[kind]
    folder = make_tiny_t5(tmp_path / "model")
    if card:
        (folder / "README.md").write_text(card, newline="")

    done = main("models", "info", folder, env={"COLUMNS": "300"})

    assert f"licence                    {said}" in done.out
    assert done.status == 0


@pytest.mark.parametrize("kind", REFUSED, ids=lambda kind: kind.name)
def test_what_is_no_member_is_refused_in_one_line_with_status_3(main: Main, tmp_path: Path, kind: Refused):
    folder = make_tiny_t5(tmp_path / "model")
    (folder / "config.json").write_text(json.dumps(kind.config))
    for name, content in kind.files.items():
        (folder / name).write_text(content)
    for name in ("spiece.model", "tokenizer_config.json") if kind.files else ():
        (folder / name).unlink()

    for done in (main("ask", "-m", folder, "cook", *SHORT), main("models", "info", folder)):
        assert (done.status, done.out) == (3, "")
        assert len(done.err.splitlines()) == 1
        assert kind.words in done.err


def test_info_lists_the_tokens_that_were_added_to_the_vocabulary(tmp_path: Path, main: Main):
    folder = make_tiny_t5(tmp_path / "model", more_rows=3)
    first = json.loads((folder / "config.json").read_text())["vocab_size"] - 3
    (folder / "added_tokens.json").write_text(json.dumps({"{": first, "\n": first + 1, "<sep>": first + 2}))
    settings = json.loads((folder / "tokenizer_config.json").read_text())
    (folder / "tokenizer_config.json").write_text(json.dumps({**settings, "sep_token": "<sep>"}))

    shown = main("models", "info", str(folder), env={"COLUMNS": "300"}).out
    about = json.loads(main("models", "info", str(folder), "--json").out)

    assert f"{{·{first}, ↵·{first + 1}, <sep>·{first + 2}" in shown
    assert "the added token '\\n' is normalized to ' ': it is read wherever ' ' stands" in shown
    assert [token["content"] for token in about["added_tokens"]] == ["{", "\n", "<sep>"]
    assert [token["special"] for token in about["added_tokens"]] == [False, False, True]


def test_info_of_the_bundled_model_needs_no_name(main: Main):
    shown = main("models", "info").out

    assert "bundled" in shown
    assert "apache-2.0" in shown


def test_rm_asks_first_reports_the_freed_space_and_touches_nothing_else(pulled: Path, main: Main, tmp_path: Path):
    neighbour = place(tmp_path).parent / "models--acme--other"
    neighbour.mkdir()

    refused = main("models", "rm", "acme/tiny", stdin="n\n")
    assert pulled.is_dir()
    done = main("models", "rm", "acme/tiny", "--yes")

    assert refused.status == 2
    assert "Delete acme/tiny (Hugging Face, " in refused.err
    assert (done.status, done.out) == (0, "")
    assert "freed" in done.err
    assert not place(tmp_path).exists()
    assert neighbour.is_dir()


@pytest.mark.parametrize("name", ["acme/tiny@main", "hf:acme/tiny@v7"])
def test_rm_of_one_revision_keeps_the_others(pulled: Path, main: Main, name: str):
    done = main("models", "rm", name, "--yes")

    assert (done.status, done.err.count("\n")) == (3, 1)
    assert f"expected a model without a revision; {name.partition('@')[0]} means all its revisions" in done.err
    assert pulled.is_dir()


def test_rm_deletes_nothing_when_nobody_can_confirm(pulled: Path, main: Main):
    done = main("models", "rm", "acme/tiny")

    assert done.status == 2
    assert done.err.splitlines()[-1] == "flanchat: nothing was deleted; use --yes to delete without asking"
    assert pulled.is_dir()


@pytest.mark.parametrize("name", ["demo", "./model", "hf:acme/none", "acme/../x"])
def test_rm_refuses_folders_outside_the_hub_caches(main: Main, tiny_model: Path, tmp_path: Path, name: str):
    folder = Path(shutil.copytree(tiny_model, tmp_path / "model"))

    done = main("models", "rm", name, "--yes")

    assert done.status == 3
    assert len(done.err.splitlines()) == 1
    assert (folder / "model.safetensors").is_file()


def test_an_adapter_can_be_named_by_its_folder(main: Main, tiny_model: Path, tmp_path: Path):
    make_adapter(tmp_path / "tuned", tiny_model, "decoder.block.1.layer.2.DenseReluDense.wo", lora_alpha=200)

    plain = main("ask", "-m", tiny_model, "cook", *SHORT)
    tuned = main("ask", "-m", "./tuned", "cook", *SHORT)
    about = json.loads(main("models", "info", "./tuned", "--json").out)

    assert (plain.status, tuned.status) == (0, 0)
    assert plain.out != tuned.out
    assert (about["folder"], about["adapter"]) == (str(tiny_model), "tuned")


BASELESS = {"base_model_name_or_path": "/home/author/flan-t5"}
WO = "decoder.block.1.layer.2.DenseReluDense.wo"


@pytest.fixture
def tuned(tiny_model: Path, tmp_path: Path) -> Path:
    """An adapter whose base is a path of its author's machine; two profiles give it."""
    (tmp_path / "p").mkdir()
    (tmp_path / "p" / "tuned.yaml").write_text(f"model: ./tuned\nbase: {tiny_model}\n")
    (tmp_path / "p" / "child.yaml").write_text("extends: tuned\nprefix: cook\n")
    (tmp_path / "p" / "other.yaml").write_text("extends: tuned\nmodel: ./tuned\n")
    return make_adapter(tmp_path / "tuned", tiny_model, WO, lora_alpha=200, **BASELESS)


def test_a_base_can_be_given_with_a_flag_or_in_a_profile(main: Main, tuned: Path, tiny_model: Path):
    ask = ("ask", "cook", *SHORT, "--no-log")
    by_flag = main(*ask, "-m", "./tuned", "--base", tiny_model)

    assert (by_flag.status, by_flag.err) == (0, "")
    assert by_flag.out != main(*ask, "-m", tiny_model).out
    assert main(*ask, "--profiles", "p", "-p", "tuned").out == by_flag.out
    assert main(*ask, "--profiles", "p", "-p", "tuned", "-m", tiny_model).out == main(*ask, "-m", tiny_model).out
    assert main(*ask, "--profiles", "p", "-p", "child").status == 0
    assert main("models", "info", "./tuned", "--base", tiny_model).status == 0
    assert main("profiles", "check", "plain", "-m", "./tuned", "--base", tiny_model).status == 0


@pytest.mark.parametrize("arguments", [("-m", "./tuned"), ("--profiles", "p", "-p", "other")])
def test_a_base_that_is_elsewhere_is_refused_with_both_ways_to_give_one(
    main: Main, tuned: Path, arguments: tuple[str, ...]
):
    refused = main("ask", "cook", *arguments)

    assert (refused.status, refused.out) == (3, "")
    assert "/home/author/flan-t5: expected a model folder" in refused.err
    assert "--base NAME, base=NAME in Python, or base: NAME below model: in a profile" in refused.err


@pytest.mark.parametrize("command", [("ask", "hi", "-m"), ("bench", "-m"), ("models", "info")])
def test_a_base_for_what_is_no_adapter_is_refused(main: Main, tiny_model: Path, command: tuple[str, ...]):
    refused = main(*command, tiny_model, "--base", "demo")

    assert (refused.status, refused.out) == (3, "")
    assert f"{tiny_model}: is no adapter, so it has no base model; leave the base out" in refused.err


def test_a_replay_uses_the_recorded_base_or_that_of_the_new_profile(main: Main, tuned: Path, tiny_model: Path):
    main("chat", "-o", "max_new_tokens=8", "-m", "./tuned", "--base", tiny_model, "-s", "with-base", stdin="cook\n")
    main("chat", "-o", "max_new_tokens=8", "-m", tiny_model, "-s", "without", stdin="cook\n")

    assert main("replay", "with-base").status == 0
    changed = json.loads(main("replay", "without", "--profiles", "p", "--profile", "tuned", "--json").out)
    assert changed["summary"]["changed"] == 1


def test_a_grid_refuses_a_profile_of_another_model(main: Main, tuned: Path, tiny_model: Path):
    grid = ("whatif", "--profiles", "p", "profile=plain,tuned", "cook", *SHORT)

    refused = main(*grid, "-m", tiny_model)

    assert main(*grid, "-p", "tuned").status == 0
    assert (refused.status, refused.out) == (2, "")
    assert f"profile tuned needs the model ./tuned with the base {tiny_model}: start flanchat with -p" in refused.err


def test_verify_finds_damage_that_size_and_time_hide_and_pull_mends_it(
    pulled: Path, hub: Hub, main: Main, flanchat: Flanchat
):
    weights = (pulled / "model.safetensors").resolve()
    intact = main("models", "verify")
    content, status = weights.read_bytes(), weights.stat()
    middle = len(content) // 2 + 5000
    weights.write_bytes(content[:middle] + bytes([content[middle] ^ 255]) + content[middle + 1 :])
    os.utime(weights, ns=(status.st_atime_ns, status.st_mtime_ns))

    found = main("models", "verify", "acme/tiny")
    hub.requests.clear()
    pulled_again = flanchat("models", "pull", "hf:acme/tiny")

    assert (intact.status, intact.out.partition(",")[0]) == (0, "acme/tiny: intact")
    assert found.status == 3
    assert "acme/tiny: damaged: model.safetensors; `flanchat models pull acme/tiny`" in found.out
    assert pulled_again.status == 0
    assert hub.fetched() == ["model.safetensors"]
    assert main("models", "verify", "acme/tiny").status == 0
    assert weights.read_bytes() == content


def test_verify_calls_a_model_without_its_vocabulary_incomplete(pulled: Path, main: Main):
    (pulled / "spiece.model").unlink()
    (pulled / "tokenizer.json").unlink(missing_ok=True)

    found = main("models", "verify", "acme/tiny")

    assert (found.status, found.out.partition(",")[0]) == (3, "acme/tiny: incomplete")


def test_model_names_are_completed(pulled: Path, flanchat: Flanchat):
    def offered(line: str) -> list[str]:
        words = line.split(" ")
        env = {"_FLANCHAT_COMPLETE": "bash_complete", "COMP_WORDS": line, "COMP_CWORD": str(len(words) - 1)}
        return [row.partition(",")[2] for row in flanchat(env=env).out.splitlines()]

    assert offered("flanchat models rm ac") == ["acme/tiny"]
    assert offered("flanchat chat -m flan-t5-x") == ["flan-t5-xl", "flan-t5-xxl"]
    assert "pull" in offered("flanchat models ")
