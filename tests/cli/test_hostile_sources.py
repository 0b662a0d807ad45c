"""Text from elsewhere never controls the terminal: libraries, hubs, NPUs, checkpoints, the environment, completions."""

from __future__ import annotations

import io
import json
import logging
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from flanchat import cli
from flanchat.engine.checkpoint.validate import ModelSource
from flanchat.engine.protocol import Engine, EngineOptions
from tests.conftest import Ended, Flanchat, transcripts
from tests.fork_server import FRESH
from tests.hostile import FILE_NAME, HOSTILE, assert_harmless, controls
from tests.hub_stand_in import Hub, serve
from tests.npu import fake_npu, needs_fake_npu
from tests.tiny_t5 import make_adapter, make_hostile_t5

SHORT = ("-o", "max_new_tokens=12")


# -- libraries ---------------------------------------------------------------------------------------------------------


def talkative(source: ModelSource, options: EngineOptions) -> Engine:
    """An engine that cannot be opened, from a library that writes in every way there is."""
    print(HOSTILE)
    print(HOSTILE, file=sys.stderr)
    sys.stderr.writelines([HOSTILE])
    logger = logging.Logger("a.library")
    logger.addHandler(logging.StreamHandler())
    logger.warning(HOSTILE)
    options.note(HOSTILE)
    raise RuntimeError(HOSTILE)


def test_what_a_library_prints_logs_and_raises_is_masked(environ: dict[str, str], tiny_model: Path) -> None:
    out, err = io.StringIO(), io.StringIO()

    cli.main(["ask", "hello", "-m", str(tiny_model)], environ, io.StringIO(), out, err, talkative)

    assert_harmless(Ended(1, out.getvalue(), err.getvalue()), "a library")
    assert [out.getvalue().count("^[[2J"), err.getvalue().count("^[[2J")] == [1, 5]


def test_a_traceback_is_masked(flanchat: Flanchat, tmp_path: Path) -> None:
    ended = flanchat("ask", "x", "-m", f"{tmp_path}/{FILE_NAME}", "--debug")

    assert_harmless(ended, "--debug")
    assert "Traceback" in ended.err
    assert "^[" in ended.err


@needs_fake_npu
def test_what_a_driver_prints_with_debug_is_masked(flanchat: Flanchat, tiny_model: Path) -> None:
    ask = ("ask", "hello", "-m", tiny_model, *SHORT, "--device", "npu", "--debug")

    ended = flanchat(*ask, env=fake_npu(FAKE_NPU_NOISE=HOSTILE))

    assert_harmless(ended, "the driver")
    assert ended.status == 0
    assert "^[[2J" in ended.err


@pytest.mark.slow
def test_what_the_model_process_prints_with_debug_is_masked(flanchat: Flanchat, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        f"import os\nif os.getsid(0) == os.getpid(): os.write(2, {HOSTILE.encode()!r})\n"  # in the child only
    )
    path = os.pathsep.join(filter(None, [str(tmp_path), os.environ.get("PYTHONPATH")]))

    ended = flanchat("ask", "hello", *SHORT, "--debug", env={"PYTHONPATH": path, **FRESH})

    assert_harmless(ended, "the model process")
    assert ended.status == 0
    assert "^[[2J" in ended.err


# -- completions -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completions_of_a_shell_are_masked(main: Any, tmp_path: Path, shell: str, monkeypatch: Any) -> None:
    for name in ("small", FILE_NAME, "x\nplain,title"):
        (tmp_path / "hub" / f"models--acme--{name}" / "blobs").mkdir(parents=True)
    monkeypatch.setenv("COMP_WORDS", "flanchat ask -m ")
    monkeypatch.setenv("COMP_CWORD", "3" if shell != "fish" else "")

    ended = main(env={"_FLANCHAT_COMPLETE": f"{shell}_complete", "HF_HUB_CACHE": str(tmp_path / "hub")})

    assert_harmless(ended, shell)
    assert "demo" in ended.out
    assert "acme/small" in ended.out
    assert "title" not in ended.out


# -- checkpoints -------------------------------------------------------------------------------------------------------


def mutations(value: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A JSON object with hostile text in place of each of its values, and as a key."""
    for key in value:
        yield {**value, key: HOSTILE}
        yield {**value, key: [HOSTILE]}
        yield {**value, key: {HOSTILE: HOSTILE}}
    yield {**value, HOSTILE: HOSTILE}


FILES = ("config.json", "generation_config.json", "tokenizer_config.json", "special_tokens_map.json")


@pytest.mark.parametrize("file", [*FILES, "added_tokens.json", "tokenizer.json", "model.safetensors.index.json"])
def test_no_field_of_a_checkpoint_reaches_a_terminal_unmasked(
    main: Any, tiny_model: Path, tmp_path: Path, file: str
) -> None:
    folder = Path(shutil.copytree(tiny_model, tmp_path / "model"))
    path = folder / file
    content = json.loads(path.read_text()) if path.exists() else {
        "added_tokens": [], "normalizer": None, "model": {}, "metadata": {}, "weight_map": {}
    }  # fmt: skip
    if file == "model.safetensors.index.json":
        (folder / "model.safetensors").unlink()

    for changed in mutations(content):
        path.write_text(json.dumps(changed))
        assert_harmless(main("models", "info", folder), changed)


def test_no_field_of_an_adapter_or_a_model_card_reaches_a_terminal_unmasked(
    main: Any, tiny_model: Path, tmp_path: Path
) -> None:
    folder = make_adapter(tmp_path / "adapter", tiny_model, "encoder.block.0.layer.0.SelfAttention.q")
    content = json.loads((folder / "adapter_config.json").read_text())
    card = f"---\nlicense: {HOSTILE}\n{HOSTILE}: {HOSTILE}\n---\n{HOSTILE}"
    (folder / "README.md").write_text(card)

    for changed in mutations(content | {"modules_to_save": None, "target_modules": ["q"], "revision": None}):
        (folder / "adapter_config.json").write_text(json.dumps(changed))
        assert_harmless(main("models", "info", folder), changed)


def test_no_name_of_a_tensor_reaches_a_terminal_unmasked(main: Any, tiny_model: Path, tmp_path: Path) -> None:
    from safetensors.numpy import load_file, save_file

    folder = Path(shutil.copytree(tiny_model, tmp_path / "model"))
    tensors = load_file(folder / "model.safetensors")
    first, *__ = tensors
    more = {**tensors, HOSTILE: tensors[first].copy()}
    less = {name if name != first else HOSTILE: tensor for name, tensor in tensors.items()}

    for changed in (more, less):
        save_file(changed, folder / "model.safetensors", metadata={"format": HOSTILE, HOSTILE: "x"})
        assert_harmless(main("models", "info", folder), "tensors")
        assert_harmless(main("ask", "hello", "-m", folder, *SHORT), "tensors")


@pytest.fixture
def hostile_model(tmp_path: Path) -> Path:
    """A model each of whose pieces, and so each of its answers, holds hostile text."""
    return make_hostile_t5(tmp_path / "hostile")


def test_no_answer_reaches_a_terminal_unmasked(main: Any, hostile_model: Path, tmp_path: Path) -> None:
    lines = "hello\n/regen\n/tokens hello\n/probs all\n/alt 1 1\n/continue\n/whatif seed=1,2\n/compare 1 2\n/history\n"
    given = ("-m", hostile_model, "-o", "do_sample=true", "-o", "min_new_tokens=12", *SHORT, "--seed", "1")
    (tmp_path / "rows.csv").write_text("prompt,target\nhello,there\n")

    chatted = main("chat", *given, stdin=lines + "/choose yes | no\n/branches\n/export talk.txt\n/session\n/stats\n")

    assert "^[[2J" in chatted.out
    assert not controls((tmp_path / "talk.txt").read_text())
    assert_harmless(chatted, "chat")
    for words in (
        ("ask", "hello", *given, "--show-prompt", "--stats"),
        ("ask", "hello", *given, "--dry-run"),
        ("choose", "hello", "yes", "no", *given),
        ("whatif", "seed=1,2", "hello", *given),
        ("sweep", tmp_path / "rows.csv", *given),
        ("replay", "1", *given),
        ("sessions", "show", "1"),
        ("sessions", "search", "hello"),
    ):
        assert_harmless(main(*words), words)


# -- hubs --------------------------------------------------------------------------------------------------------------


@pytest.fixture
def hub(tiny_model: Path, tmp_path: Path, environ: dict[str, str], socket_enabled: None) -> Iterator[Hub]:
    for name in [name for name in environ if name.startswith("HF_")]:
        del environ[name]
    with serve(Hub(Path(shutil.copytree(tiny_model, tmp_path / "served")), said=HOSTILE)) as hub:
        environ.update(hub.environ)
        yield hub


@pytest.mark.parametrize(
    "faults",
    [
        {},
        {"status": 500},
        {"status": 403},
        {"status": 404},
        {"status": 429},
        {"commit": HOSTILE},
        {"checksums": {"config.json": HOSTILE}},
        {"sizes": {"config.json": HOSTILE}},
        {"corrupt": {"model.safetensors": 9}},
        {"redirect": f"http://127.0.0.1:1/{HOSTILE}"},
    ],
    ids=lambda faults: "-".join(faults) or "none",
)
def test_no_word_of_a_hub_reaches_a_terminal_unmasked(hub: Hub, flanchat: Flanchat, faults: dict[str, Any]) -> None:
    (hub.folder / f"{FILE_NAME}.bin").write_bytes(b"x")
    for name, value in faults.items():
        setattr(hub, name, value)

    ended = flanchat("models", "pull", "hf:acme/tiny")

    assert_harmless(ended, faults)
    assert hub.requests
    assert "internal error" not in ended.err


def test_no_shard_or_model_named_by_a_hub_reaches_a_terminal_unmasked(hub: Hub, flanchat: Flanchat) -> None:
    weights = (hub.folder / "model.safetensors").rename(hub.folder / f"{FILE_NAME}.safetensors")
    (hub.folder / "model.safetensors.index.json").write_text(json.dumps({"weight_map": {HOSTILE: weights.name}}))

    for words in (("models", "pull", "hf:acme/tiny"), ("ask", "hello", "-m", f"hf:acme/{HOSTILE}")):
        assert_harmless(flanchat(*words), words)


# -- NPUs --------------------------------------------------------------------------------------------------------------


@needs_fake_npu
@pytest.mark.parametrize("words", [("doctor",), ("ask", "hello", *SHORT), ("ask", "hello", "--device", "npu", *SHORT)])
def test_no_word_of_a_broken_npu_reaches_a_terminal_unmasked(
    flanchat: Flanchat, tmp_path: Path, words: tuple[str, ...]
) -> None:
    package = tmp_path / "npu" / "torch_npu"
    package.mkdir(parents=True)
    text = f"import os\nos.write(1, {HOSTILE.encode()!r})\nraise ImportError({HOSTILE!r} + '\\n' + {HOSTILE!r})\n"
    (package / "__init__.py").write_text(text)
    about = tmp_path / "npu" / "torch_npu-2.13.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: torch_npu\nVersion: 2.13.0{HOSTILE!r}\n")
    path = os.pathsep.join(filter(None, [str(package.parent), os.environ.get("PYTHONPATH")]))

    ended = flanchat(*words, env={"PYTHONPATH": path})

    assert_harmless(ended, words)
    assert "^[" in ended.out + ended.err


@needs_fake_npu
def test_no_name_of_a_chip_reaches_a_terminal_unmasked(flanchat: Flanchat) -> None:
    ended = flanchat("doctor", env=fake_npu(FAKE_NPU_SOC=f"Ascend910B3{HOSTILE}"))

    assert_harmless(ended, "doctor")
    assert "^[[2J" in ended.out


# -- the environment ---------------------------------------------------------------------------------------------------

PLACES = ("HF_HOME", "HF_HUB_CACHE", "OPENMIND_HUB_CACHE", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME",
          "XDG_DATA_HOME", "FLANCHAT_DATA", "FLANCHAT_CONFIG", "HOME", "ASCEND_HOME_PATH")  # fmt: skip
WORDS = ("FLANCHAT_LANG", "FLANCHAT_DEVICE", "FLANCHAT_MODEL", "FLANCHAT_PROFILE", "FLANCHAT_NPU_TIMEOUT", "TERM",
         "TERM_PROGRAM", "LANG", "LC_ALL", "LC_MESSAGES", "LANGUAGE", "COLUMNS", "EDITOR", "VISUAL", "NO_COLOR", "USER",
         "HTTPS_PROXY", "SSL_CERT_FILE", "HF_ENDPOINT", "HF_TOKEN", "HF_HUB_OFFLINE", "OMP_NUM_THREADS",
         "CUDA_VISIBLE_DEVICES", "ASCEND_RT_VISIBLE_DEVICES")  # fmt: skip

OF_HUBS = (*PLACES, "FLANCHAT_LANG", "FLANCHAT_MODEL", "HTTPS_PROXY", "SSL_CERT_FILE", "HF_ENDPOINT", "HF_TOKEN",
           "HF_HUB_OFFLINE")  # fmt: skip


@pytest.mark.parametrize("name", [*PLACES, *WORDS])
def test_no_variable_reaches_a_terminal_unmasked(main: Any, tmp_path: Path, tiny_model: Path, name: str) -> None:
    value = f"{tmp_path}/{FILE_NAME}" if name in PLACES else HOSTILE
    asks = [("ask", "hello", "-m", tiny_model, *SHORT)]
    if name in OF_HUBS:
        asks.append(("ask", "hello", "-m", "acme/none"))
    lists = (("config",), ("models",), ("profiles", "list"), ("sessions", "list"))  # what they list lies in a place

    for words in (*asks, ("chat", "-m", tiny_model, *SHORT), *lists) if name in PLACES else (*asks, ("config",)):
        assert_harmless(main(*words, env={name: value}, stdin="hello\n/edit\n/show session\n"), (name, *words))


def test_doctor_masks_every_variable(main: Any, environ: dict[str, str], tmp_path: Path) -> None:
    kept = ("FLANCHAT_CONFIG", "HOME", "OMP_NUM_THREADS")
    places = {name: f"{tmp_path}/{FILE_NAME}/{name}" for name in PLACES if name not in kept}
    words = {name: HOSTILE for name in WORDS if name not in ("FLANCHAT_LANG", *kept)}
    shutil.copytree(environ["XDG_CACHE_HOME"], places["XDG_CACHE_HOME"])  # it has what would be measured again

    ended = main("doctor", env={**places, **words, "TERM": f"{HOSTILE}\ndevices: none"})

    assert_harmless(ended, "doctor")
    assert ended.out.count("^[[2J") > 10
    assert "\ndevices: none" not in ended.out


# -- texts on the command line -----------------------------------------------------------------------------------------

BAD = "caf\udce9"  # the byte 0xe9, as Python hands it over


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("ask", "x", "--system", BAD), "--system: expected UTF-8, found the byte 0xe9 at byte 3"),
        (("ask", "x", "--var", f"language={BAD}"), "--var: expected UTF-8, found the byte 0xe9 at byte 12"),
        (("ask", "x", "-o", f"stop={BAD}"), "-o: expected UTF-8, found the byte 0xe9 at byte 8"),
        (("sweep", "rows.csv", "-o", f"stop={BAD}"), "-o: expected UTF-8, found the byte 0xe9 at byte 8"),
        (("whatif", f"stop={BAD},b", "x"), "the command line: expected UTF-8, found the byte 0xe9 at byte 8"),
        (("choose", "x", BAD, "no"), "the command line: expected UTF-8, found the byte 0xe9 at byte 3"),
        (("ask", "x", "-o", r'stop=["\ud800"]'), "decode.stop: half a character"),
    ],
)
def test_bytes_on_the_command_line_that_are_no_text_are_refused_with_their_place(
    main: Any, tiny_model: Path, words: tuple[str, ...], said: str
) -> None:
    ended = main(*words, "-m", tiny_model)

    assert (ended.status, ended.out) == (2, "")
    assert said in ended.err


def test_text_on_the_command_line_is_read_like_text_from_a_file(main: Any, tiny_model: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("vars:\n  x: {default: a}\ntemplate: '{{x}} {{input}}'\n")
    short = ("-m", tiny_model, "--json", *SHORT)

    system = main("ask", "x", "--system", "\ufeffa\r\nb", *short)
    variable = main("ask", "x", "-p", "./mine.yaml", "--var", "x=a\r\nb", *short)

    for ended in (system, variable):
        assert json.loads(ended.out)["prompt"]["text"].startswith("a\nb")


def test_control_characters_on_the_command_line_are_sent_and_recorded_but_never_printed(
    main: Any, tiny_model: Path, tmp_path: Path
) -> None:
    asked = main("ask", HOSTILE, "--system", HOSTILE, "-o", f"stop={HOSTILE}", "-m", tiny_model, *SHORT)
    shown = main("sessions", "show", "1")
    exported = main("sessions", "export", "1", "talk.json")

    (path,) = transcripts(tmp_path)
    recorded = [event["text"] for event in map(json.loads, path.read_text().splitlines()) if event["type"] == "user"]
    for ended in (asked, shown, exported):
        assert_harmless(ended, "--system")
    assert recorded == [HOSTILE.replace("\r", "\n")]
