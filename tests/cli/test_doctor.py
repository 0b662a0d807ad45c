"""`flanchat doctor`: it works where flanchat does not, tells no secret, and ends with what to do."""

from __future__ import annotations

import hashlib
import json
import platform
from pathlib import Path

import pytest

import flanchat as package
from flanchat.cli.doctor import required_fixes, suggestions
from flanchat.engine.hubs.cache import HubCache
from tests.conftest import Flanchat
from tests.npu import fake_npu, needs_fake_npu

SECRETS = {
    "HF_TOKEN": "hf_secretsecret",
    "HF_ENDPOINT": "https://me:secretpass@hub.example.org/x",
    "HTTPS_PROXY": "http://me:secretpass@proxy.example.org",
    "FLANCHAT_MODEL": "secret-project/model",
    "OPENMIND_TOKEN": "secretopen",
    "USER": "somebody",
}


def test_json_has_the_facts_without_secrets_or_user_names(flanchat: Flanchat, environ: dict[str, str], tmp_path: Path):
    ended = flanchat("doctor", "--json", env={**SECRETS, "XDG_STATE_HOME": f"{tmp_path}/somebody/state"})
    facts = json.loads(ended.out)

    assert (ended.status, ended.err) == (0, "")
    assert set(facts) == {
        "flanchat", "python", "system", "packages", "configuration", "torch", "ascend", "devices", "precision",
        "caches", "folders", "terminal", "locale", "environment", "advice",
    }  # fmt: skip
    assert facts["flanchat"] == package.__version__
    assert facts["torch"]["torch"].startswith(facts["packages"]["torch"])
    assert set(facts["packages"]) >= {"torch_npu", "transformers", "huggingface_hub", "openmind_hub", "openmind"}
    assert facts["devices"]["found"]["cpu"] == {"works": True}
    assert facts["devices"]["wish"] == "auto"
    assert facts["devices"]["used"] in facts["devices"]["found"]
    assert set(facts["precision"]) >= {"auto", "why"}
    assert set(facts["folders"]) == {"state", "configuration", "cache"}
    assert facts["folders"]["state"]["path"] == f"{tmp_path}/USER/state/flanchat"
    assert facts["environment"]["HF_TOKEN"] == facts["environment"]["HTTPS_PROXY"] == "set"
    assert facts["environment"]["HF_ENDPOINT"] == "hub.example.org"
    for secret in ("secret", "somebody", environ["HOME"], "example.org/"):
        assert secret not in ended.out


def test_it_runs_with_a_broken_torch_and_without_a_folder_for_sessions(flanchat: Flanchat, tmp_path: Path):
    (tmp_path / "broken" / "torch").mkdir(parents=True)
    (tmp_path / "broken" / "torch" / "__init__.py").write_text("raise ImportError('libtorch_cpu.so: \\x1b[31mgone')")
    (tmp_path / "file").touch()
    env = {"FLANCHAT_DATA": str(tmp_path / "file" / "x"), "PYTHONIOENCODING": "ascii", "FLANCHAT_DEVICE": "gpu"}

    ended = flanchat("doctor", env={**env, "PYTHONPATH": f"{tmp_path}/broken:{Path(package.__file__).parent.parent}"})
    lines = ended.out.splitlines()

    assert (ended.status, ended.err) == (1, "")
    assert "  works: no" in lines
    assert "\x1b" not in ended.out
    assert lines[-4:-3] == ["flanchat cannot run here. What to do:"]
    assert lines[-3] == "- torch cannot be imported: libtorch_cpu.so: ^[[31mgone; reinstall it"
    assert lines[-2].startswith("- cannot write sessions: make ")
    assert lines[-1] == "- the terminal's encoding is ascii: use a UTF-8 locale"


@needs_fake_npu
def test_the_requested_npus_are_tried_first_then_the_others_and_a_dead_one_is_named(flanchat: Flanchat):
    env = fake_npu(FLANCHAT_DEVICE="npu:1,0", FAKE_NPU_COUNT="4", FAKE_NPU_DEAD="3")
    ended = flanchat("doctor", "--json", env=env)
    facts = json.loads(ended.out)

    assert (ended.status, facts["devices"]["used"], facts["precision"]["auto"]) == (0, "npu:1,0", "float32")
    assert facts["precision"]["auto_from_a_billion_parameters"] == "bfloat16"
    assert facts["devices"]["found"]["npu"]["count"] == 4
    works = {name: row["works"] for name, row in facts["devices"]["found"].items() if name.startswith("npu")}
    assert works == {"npu": True, "npu:2": True, "npu:3": False}
    assert len(facts["advice"]) == 1
    assert facts["advice"][0].startswith(
        "npu:3 cannot be used: NPU function error: aclrtSetDevice, error code is 507033; "
    )


@needs_fake_npu
@pytest.mark.parametrize(
    ("count", "dead", "works"),
    [
        ("3", "0", {"npu": False, "npu:1,2": True}),
        ("1", "0", {"npu": False}),
        ("2", "0,1", {"npu": False, "npu:1": False}),
    ],
)
def test_a_dead_first_npu_does_not_hide_the_others(flanchat: Flanchat, count: str, dead: str, works: dict[str, bool]):
    facts = json.loads(flanchat("doctor", "--json", env=fake_npu(FAKE_NPU_COUNT=count, FAKE_NPU_DEAD=dead)).out)

    found = {name: row["works"] for name, row in facts["devices"]["found"].items() if name.startswith("npu")}
    assert (facts["devices"]["used"], found) == ("cpu", works)
    assert ("npu:1 works: select it with --device npu:1" in facts["advice"]) == works.get("npu:1,2", False)


def test_the_caches_are_those_in_use_with_their_size_room_and_changed_files(
    flanchat: Flanchat, environ: dict[str, str]
):
    converted = Path(environ["HOME"], ".cache", "flanchat", "converted", "0123", "old", "model.safetensors")
    converted.parent.mkdir(parents=True)
    converted.write_bytes(bytes(300_000))

    home = Path(environ["HOME"], "hf")
    cache, blob = HubCache(home / "hub"), hashlib.sha256(b"right").hexdigest()
    part = cache.partial("acme/tiny", blob)
    part.parent.mkdir(parents=True)
    part.write_bytes(b"right")
    assert cache.store("acme/tiny", "0" * 40, "model.safetensors", blob)
    part.with_name(blob).write_bytes(b"wrong")
    (home / "token").write_text("hf_secret")
    for name in [name for name in environ if name.startswith("HF_")]:
        del environ[name]

    facts = json.loads(flanchat("doctor", "--json", env={"HF_HOME": "~/hf", "XDG_CACHE_HOME": ""}).out)
    caches, theirs = facts["caches"], facts["caches"]["hugging_face"]

    assert set(caches) == {"hugging_face", "openmind", "flanchat"}
    assert (theirs["path"], theirs["models"], theirs["logged_in"]) == ("~/hf/hub", 1, True)
    assert theirs["changed"] == "acme/tiny"
    assert "files of acme/tiny have changed since they were downloaded: run `flanchat models verify`" in facts["advice"]
    assert caches["openmind"]["path"] == "~/.cache/openmind/hub"
    assert caches["flanchat"]["free_bytes"] > 0
    assert caches["flanchat"]["converted"] == 1
    assert caches["flanchat"]["size_bytes"] >= 300_000


@needs_fake_npu
@pytest.mark.parametrize("state", ["no_cann", ""])
def test_a_requested_npu_is_tried(flanchat: Flanchat, state: str, tmp_path: Path):
    note = tmp_path / "cann" / f"{platform.machine()}-linux" / "ascend_toolkit_install.info"
    note.parent.mkdir(parents=True)
    note.write_text("package_name=Ascend-cann-toolkit\nversion=9.1.0\ninnerversion=V100R001C25\n")
    home = str(tmp_path / "cann")
    env = fake_npu(state, FLANCHAT_DEVICE="npu", FAKE_NPU_SOC="Ascend310P3", ASCEND_HOME_PATH=home)

    ended = flanchat("doctor", "--json", env=env)
    facts = json.loads(ended.out)

    npu = facts["devices"]["found"]["npu"]
    assert facts["devices"]["wish_from"] == "FLANCHAT_DEVICE"
    if state:
        assert (ended.status, facts["devices"]["used"], npu["why"]) == (1, None, "libraries")
        assert facts["advice"][0] == "FLANCHAT_DEVICE selects the device npu, which cannot be used; available: cpu"
        assert "source set_env.sh" in facts["advice"][1]
        assert facts["advice"][2] == (
            "torch_npu 2.13.0 is not listed for CANN 9.1.0; "
            "listed are 2.12.0, 2.11.0, 2.10.0.post4, 2.9.0.post6, 2.7.1.post8, each with the same torch"
        )
    else:
        assert (ended.status, facts["devices"]["used"], npu["chip"]) == (0, "npu:0", "Ascend310P3")
        assert facts["precision"]["auto"] == "float16"
        assert facts["ascend"]["torch_npu_listed_for_it"].startswith("2.12.0, ")
        assert not any("is not listed" in line for line in facts["advice"]), "it works"
        assert "auto_from_a_billion_parameters" not in facts["precision"]


def test_advice_is_given_only_where_something_can_be_improved():
    good = {
        "packages": dict.fromkeys(
            ["torch", "transformers", "safetensors", "sentencepiece", "protobuf", "numpy", "huggingface_hub"], "1"
        ),
        "torch": {"works": True},
        "devices": {
            "found": {"npu": {"works": True}, "cuda:0": {"works": True}, "cpu": {"works": True}},
            "wish": "auto", "wish_from": "default", "used": "npu:0",
        },
        "configuration": {"problems": 0},
        "folders": {"state": {"path": "~/x", "writable": True}},
        "ascend": {"device_files": 8, "device_files_yours": 8, "torch_npu_listed_for_it": None},
        "locale": {"output_encoding": "utf-8"},
        "caches": {"hugging_face": {"path": "~/y", "free_bytes": 10**11}},
    }  # fmt: skip
    assert [*required_fixes(good), *suggestions(good)] == []

    bad = {
        **good,
        "packages": {**good["packages"], "sentencepiece": None},
        "configuration": {"problems": 2},
        "ascend": {"device_files": 8, "device_files_yours": 0, "torch_npu_listed_for_it": None},
        "caches": {"hugging_face": {"path": "~/y", "free_bytes": 10**9}},
    }
    assert [line.partition(":")[0] for line in required_fixes(bad)] == [
        "install the missing packages", "the configuration file has errors"
    ]  # fmt: skip
    assert len([*suggestions(bad)]) == 2


def test_a_requested_npu_without_torch_npu_gets_installation_advice():
    absent = {"works": False, "why": "absent", "cause": "torch_npu is not installed"}
    facts = {
        "packages": {"torch_npu": None},
        "torch": {"works": True},
        "devices": {"found": {"npu": absent, "cpu": {"works": True}}, "wish": "npu:0,1"},
        "ascend": {"device_files": 0, "device_files_yours": 0, "torch_npu_listed_for_it": "2.12.0, 2.11.0"},
        "locale": {"output_encoding": "utf-8"},
        "caches": {},
    }

    assert [*suggestions(facts)] == [
        "the NPU cannot be used: torch_npu is not installed; install torch_npu and CANN, see docs/ascend.md"
    ]
    assert [*suggestions({**facts, "devices": {**facts["devices"], "wish": "auto"}})] == []
