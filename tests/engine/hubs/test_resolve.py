"""From a name to a folder: paths, and both hubs with their real clients. Downloads are verified and happen once."""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import json
import os
import shutil
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from flanchat.base.errors import ModelError
from flanchat.engine.checkpoint.convert import is_safe
from flanchat.engine.hubs import cached_models as models
from flanchat.engine.hubs.cache import HubCache
from flanchat.engine.hubs.failures import explain
from flanchat.engine.hubs.huggingface import HuggingFace
from flanchat.engine.hubs.model_names import parse_name
from flanchat.engine.hubs.resolve import resolve
from tests.hub_stand_in import COMMIT, Hub, serve, serve_openmind
from tests.tiny_t5 import make_adapter, make_tiny_t5, write_tokenizer_json
from tests.waiting import LIMIT_S

_ROOT = Path(models.__file__).parents[3]  # where `flanchat` can be imported from
_HAS_OPENMIND = importlib.util.find_spec("openmind_hub") is not None
_WITH_OPENMIND = pytest.param("om", marks=pytest.mark.skipif(not _HAS_OPENMIND, reason="openmind-hub is not installed"))
both = pytest.mark.parametrize("kind", ["hf", _WITH_OPENMIND])
openmind = pytest.mark.skipif(not _HAS_OPENMIND, reason="openmind-hub is not installed")

WANTED = {"config.json", "generation_config.json", "spiece.model", "model.safetensors"}
SMALL = {"tokenizer_config.json", "special_tokens_map.json"}  # wanted too, where they exist


@pytest.fixture
def model(tiny_model: Path, tmp_path: Path) -> Path:
    """A copy of the tiny model that may be damaged."""
    return Path(shutil.copytree(tiny_model, tmp_path / "model"))


# -- names ------------------------------------------------------------------------------------------------------------


def test_path_is_a_folder(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(model.parent)

    (model.parent / "my model").symlink_to(model)
    spellings = ("'my model'", '"./my model"', r"my\ model", "'~/my model'", f"file://{model.parent}/my%20model")
    for name in (str(model), "./model", "model", "~/model", "../" + model.parent.name + "/model", *spellings):
        source = resolve(name, {"HOME": str(model.parent)})
        assert source.folder.samefile(model)
        assert (source.name, source.origin, source.revision) == (name, "folder", "")


@pytest.mark.parametrize("name", [None, "demo", "bundled"])
def test_no_name_demo_or_bundled_is_the_bundled_model(name: str | None) -> None:
    source = resolve(name, {})

    assert (source.folder, source.origin, source.name) == (_ROOT / "flanchat" / "demo", "bundled", "demo")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("flan-t5-smal", "did you mean flan-t5-small?"),
        ("", "the short names are demo, flan-t5-small"),
        ("a/b/c", "expected a folder, a short name or [hf:|om:]OWNER/NAME[@REVISION]"),
        ("./missing", "missing: expected a model folder, got no such folder"),
        ("/missing/folder", "/missing/folder: expected a model folder"),
        ("~no_such_user_here/x", "expected a home folder, got an unknown user"),
        ("bad\nname\x1b", "expected a folder, a short name or [hf:|om:]OWNER/NAME[@REVISION]"),
        ("nul\0", "expected a folder, a short name"),
        ("owner/na me", "expected a folder, a short name"),
        ("bundled,precision=int8", "expected the name alone; give device, precision and base by themselves"),
        ("hf:flan-t5", "expected a folder, a short name"),
        ("t5-larg", "did you mean t5-large?"),
        ("owner/name//", "expected a folder, a short name"),
        ("xx:owner/name", "expected a folder, a short name"),
        ("owner/name@", "expected a folder, a short name"),
        ("owner/name@../../x", "expected a folder, a short name"),
        ("om:t5/tiny", "t5 cannot be an owner on openMind: expected 3 to 40 letters and digits"),
        ("om:acme/tiny@v1.0", "v1.0 cannot be a revision on openMind: expected letters, digits, _ and -"),
    ],
)
def test_wrong_name_is_refused_without_a_request(name: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(ModelError) as refused:
        resolve(name, {"XDG_CACHE_HOME": str(tmp_path)})

    assert words in refused.value.message
    assert len(refused.value.message.splitlines()) == 1


@pytest.mark.parametrize(
    ("name", "hubs", "repo", "revision"),
    [
        ("flan-t5-xl", ["hf", "om"], "google/flan-t5-xl", "main"),
        ("FLAN-T5-XL/", ["hf", "om"], "google/flan-t5-xl", "main"),
        ("hf:flan-t5-small@dev", ["hf"], "google/flan-t5-small", "dev"),
        ("t5-small", ["hf", "om"], "google-t5/t5-small", "main"),
        ("T5-3B", ["hf", "om"], "google-t5/t5-3b", "main"),
        ("t5-11b@refs/pr/1", ["hf", "om"], "google-t5/t5-11b", "refs/pr/1"),
        ("google/flan-t5-small/@main", ["hf", "om"], "google/flan-t5-small", "main"),
        ("google/flan-t5-small", ["hf", "om"], "google/flan-t5-small", "main"),
        ("JiangSuAscend/flan-t5-small", ["om", "hf"], "JiangSuAscend/flan-t5-small", "main"),
        ("hf:JiangSuAscend/x@refs/pr/1", ["hf"], "JiangSuAscend/x", "refs/pr/1"),
        ("om:acme/tiny@dev", ["om"], "acme/tiny", "dev"),
    ],
)
def test_a_name_decides_which_hubs_are_asked_and_in_which_order(
    name: str, hubs: list[str], repo: str, revision: str
) -> None:
    request = parse_name(name, os.environ)

    assert request is not None
    assert ([hub.prefix for hub in request.hubs], request.repo, request.revision) == (hubs, repo, revision)


def test_a_model_folder_hides_a_hubs_model_of_its_name(
    tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("t5-base", "acme/flan"):
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).symlink_to(tiny_model)

    assert [parse_name(name, os.environ) for name in ("t5-base", "t5-base/", "acme/flan/")] == [None] * 3


# -- both hubs --------------------------------------------------------------------------------------------------------

_DRIVER = """
import gc, json, os, resource, sys
from flanchat.engine.hubs import resolve as models
from flanchat.engine.checkpoint.validate import preflight
from flanchat.base.errors import ModelError
kept = dict(os.environ)
for line in sys.stdin:
    order = json.loads(line)
    os.environ.update(order["environ"])  # the clients read it whenever they send a token
    resource.setrlimit(resource.RLIMIT_FSIZE, (order["most"], resource.RLIM_INFINITY))
    reported, parts = [], []
    try:
        options = {"report": reported.append, "progress": parts.append, "convert_bin": order["convert_bin"]}
        source = getattr(models, order["do"])(order["name"], os.environ, **options)
        preflight(source.folder, source.adapter)
        answer = {"folder": str(source.folder), "origin": source.origin, "revision": source.revision}
    except ModelError as error:
        answer = {"error": error.message}
    for name in order["environ"]:
        os.environ.pop(name)
    os.environ.update(kept)
    imported = [name for name in ("openmind", "torch", "transformers") if name in sys.modules]
    answer |= {"reported": reported, "parts": parts[-1] if parts else [], "imported": imported}
    gc.freeze()  # openmind_hub collects garbage at every request, 34 ms with what the imports have created
    print(json.dumps(answer), flush=True)
"""


class Client:
    """A process with the real hub clients, which read their hubs' addresses when they are imported."""

    def __init__(self, home: Path, environ: dict[str, str]) -> None:
        self.home = home
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("HF_", "XDG_")) and "proxy" not in k.lower()}
        place = {"HOME": str(home), "HF_HOME": str(home / "hf"), "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}
        self._process = subprocess.Popen(
            [sys.executable, "-c", _DRIVER],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**kept, **place, **environ},
            cwd=_ROOT,
        )

    def ask(self, name: str, caches: Path, **more: Any) -> dict[str, Any]:
        self.order(name, caches, **more)
        return self.answer()

    def order(
        self, name: str, caches: Path, *, do: str = "resolve", most: int = -1, convert_bin: bool = False, **environ: str
    ) -> None:
        """Ask without waiting for the `answer`."""
        assert self._process.stdin is not None
        own = {"HF_HUB_CACHE": str(caches / "hf"), "XDG_CACHE_HOME": str(caches), **environ}
        order = {"name": name, "do": do, "most": most, "convert_bin": convert_bin, "environ": own}
        print(json.dumps(order), file=self._process.stdin, flush=True)

    def answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        answer: dict[str, Any] = json.loads(self._process.stdout.readline() or "{}")
        if not answer:
            raise AssertionError(self._process.communicate()[1])
        return answer

    def end(self) -> str:
        """Close it; return all that it has printed on standard error."""
        return self._process.communicate(timeout=LIMIT_S)[1]

    def kill(self) -> None:
        self._process.kill()
        self._process.communicate()


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """Both stand-ins and one client, started by the first test that needs them: sockets are forbidden before."""
    with contextlib.ExitStack() as stack:
        begun: dict[str, Any] = {"stack": stack, "home": tmp_path_factory.mktemp("world")}
        yield begun
        if "client" in begun:
            assert begun["client"].end() == "", "a client printed something"


class Case:
    """One test's hubs, with a model and caches of its own."""

    def __init__(self, world: dict[str, Any], model: Path, caches: Path, kind: str) -> None:
        self.hf: Hub = world["hf"]
        self.om: Hub | None = world.get("om")
        self.client: Client = world["client"]
        self.caches, self.kind = caches, kind
        for name in SMALL:
            (model / name).unlink()
        for hub in filter(None, (self.hf, self.om)):
            hub.begin(model)
        self.name = f"{kind}:acme/tiny"

    @property
    def hub(self) -> Hub:
        hub = self.hf if self.kind == "hf" else self.om
        assert hub is not None
        return hub

    @property
    def host(self) -> str:
        return self.hub.host

    def place(self, kind: str = "") -> Path:
        cache = self.caches / "hf" if (kind or self.kind) == "hf" else self.caches / "openmind" / "hub"
        return cache / "models--acme--tiny"

    def blob(self, name: str) -> Path:
        return self.place() / "blobs" / self.hub.checksum(name, self.hub.files()[name])

    def ask(self, name: str = "", **more: Any) -> dict[str, Any]:
        return self.client.ask(name or self.name, self.caches, **more)

    def whole(self) -> bool:
        """Whether all that T5 needs lies in the snapshot, byte for byte."""
        folder, files = self.place() / "snapshots" / self.hub.commit, self.hub.files()
        return {p.name: p.read_bytes() for p in folder.iterdir()} == {name: files[name] for name in WANTED}


@pytest.fixture
def case(world: dict[str, Any], model: Path, tmp_path: Path, kind: str, socket_enabled: None) -> Case:
    if "client" not in world:
        stack, home = world["stack"], world["home"]
        world["hf"] = stack.enter_context(serve(Hub(model)))
        environ = dict(world["hf"].environ)
        if _HAS_OPENMIND:
            from openmind_hub import ENDPOINT

            world["om"] = stack.enter_context(serve_openmind(Hub(model), home, ENDPOINT))
            environ |= world["om"].environ
        world["client"] = Client(home, environ)
        _ask_a_silent_host(world, model)
    return Case(world, model, tmp_path / "caches", kind)


def _ask_a_silent_host(world: dict[str, Any], model: Path) -> None:
    """Ask a host that never answers, in a process of its own, without waiting: it is given up after 8 s."""
    hub = world["stack"].enter_context(serve(Hub(model)))
    hub.silent = True
    world["waiting"] = Client(world["home"], hub.environ)
    world["stack"].callback(world["waiting"].kill)
    world["waiting"].order("hf:acme/tiny", world["home"] / "waiting")


@both
def test_model_is_downloaded_once_and_then_no_hub_is_asked(case: Case) -> None:
    first = case.ask()
    asked = list(case.hub.requests)
    again = case.ask(), case.ask(HF_HUB_OFFLINE="1"), case.ask("acme/tiny")

    assert (first["origin"], first["revision"]) == ({"hf": "huggingface", "om": "openmind"}[case.kind], COMMIT)
    assert case.whole()
    assert first["reported"] == [f"trying {case.host} for acme/tiny"]
    assert [answer["folder"] for answer in again] == [first["folder"]] * 3
    assert [answer["reported"] for answer in again] == [[]] * 3
    assert case.hub.requests == asked
    assert first["imported"] == []


@both
@pytest.mark.transformers
def test_only_what_t5_needs_is_asked_for_each_file_once(case: Case) -> None:
    others = ("evil.py", "pytorch_model.bin", "model.pt", "onnx/model.safetensors", "flax_model.msgpack", "README.md")
    for name in SMALL:
        (case.hub.folder / name).write_text(json.dumps({"name": name}))
    (case.hub.folder / "added_tokens.json").write_text("{}")
    write_tokenizer_json(case.hub.folder)
    for name in (*others, "flan.fp16.safetensors"):
        (case.hub.folder / name).parent.mkdir(exist_ok=True)
        (case.hub.folder / name).write_bytes(b"x")

    answer = case.ask()

    wanted = WANTED | SMALL | {"tokenizer.json", "added_tokens.json", "README.md"}
    assert sorted(case.hub.fetched()) == sorted(wanted)
    assert {path.name for path in Path(answer["folder"]).iterdir()} == wanted


@pytest.mark.parametrize("kind", ["hf"])
def test_progress_has_every_file_with_its_bytes(case: Case) -> None:
    parts = case.ask()["parts"]

    assert {name: size for name, _, size in parts} == {name: len(case.hub.files()[name]) for name in WANTED}
    assert all(done == size for _, done, size in parts)


@pytest.mark.transformers
@pytest.mark.parametrize("kind", ["hf"])
def test_shards_and_a_tokenizer_json_are_downloaded_if_there_is_nothing_else(case: Case, tmp_path: Path) -> None:
    folder = make_tiny_t5(tmp_path / "sharded", shards=2)
    write_tokenizer_json(folder)
    (folder / "spiece.model").unlink()
    case.hub.begin(folder)

    assert "error" not in case.ask()
    assert {"tokenizer.json", "model.safetensors.index.json"} <= set(case.hub.fetched())
    assert sum(name.startswith("model-0000") for name in case.hub.fetched()) == 2


@both
def test_repository_with_only_a_pickle_is_refused_before_the_download(case: Case) -> None:
    (case.hub.folder / "model.safetensors").rename(case.hub.folder / "pytorch_model.bin")

    error = case.ask()["error"]

    assert (
        "holds only pytorch_model.bin, which can run code when opened; start flanchat once with --convert-bin" in error
    )
    assert "pytorch_model.bin" not in case.hub.fetched()


@pytest.mark.parametrize("kind", ["hf"])
def test_a_pickle_is_downloaded_and_converted_when_the_user_asks_for_it(case: Case) -> None:
    import torch
    from safetensors.torch import load_file

    weights = case.hub.folder / "model.safetensors"
    torch.save(load_file(weights), case.hub.folder / "pytorch_model.bin")
    weights.unlink()

    first = case.ask(convert_bin=True)
    again = case.ask(HF_HUB_OFFLINE="1")

    if not is_safe(torch.__version__):
        assert "opening .bin weights safely needs torch 2.6 or newer, found " in first["error"]
        return
    assert first["folder"].startswith(str(case.caches / "flanchat" / "converted"))
    assert again["folder"] == first["folder"]
    assert "pytorch_model.bin" in case.hub.fetched()
    assert first["imported"] == []


@pytest.mark.parametrize("kind", ["hf"])
def test_an_adapter_is_downloaded_without_files_that_it_does_not_need(
    case: Case, tiny_model: Path, tmp_path: Path
) -> None:
    folder = make_adapter(tmp_path / "adapter", tiny_model, "encoder.block.0.layer.0.SelfAttention.q")
    (folder / "optimizer.pt").write_bytes(b"x")
    case.hub.begin(folder)

    answer = case.ask()

    assert answer["folder"] == str(tiny_model)
    assert case.hub.fetched() == ["adapter_config.json", "adapter_model.safetensors"]


@both
@pytest.mark.parametrize(
    ("status", "words"),
    [
        (404, "answered 404: no such model; check the name and the revision"),
        (401, "answered 401: no such model, or no access to it; check the name, or "),
        (403, "answered 403: no such model, or no access to it; check the name, or "),
        (500, "answered 500; try again later"),
    ],
)
def test_refusal_names_host_cause_and_remedy(case: Case, status: int, words: str) -> None:
    case.hub.status = status

    error = case.ask(HF_TOKEN="hf_secretsecret", OPENMIND_TOKEN="om_secretsecret")["error"]

    assert error.startswith(f"acme/tiny: {case.host}: {words}")
    assert "secret" not in error
    assert len(error.splitlines()) == 1


@both
@pytest.mark.parametrize("status", [403, 404, 500])
def test_a_file_that_the_hub_refuses_is_reported_at_once(case: Case, status: int) -> None:
    case.hub.statuses = {"model.safetensors": status}

    error = case.ask()["error"]

    assert error.startswith(f"acme/tiny: {case.host}: answered {status}")
    assert case.hub.fetched().count("model.safetensors") == 1
    assert "no complete cached copy" in case.ask(HF_HUB_OFFLINE="1")["error"]


@pytest.mark.parametrize("kind", ["hf"])
def test_unreachable_host_is_named(case: Case, world: dict[str, Any], tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        client = Client(tmp_path, {"HF_ENDPOINT": f"http://127.0.0.1:{taken.getsockname()[1]}"})
        error = client.ask("hf:google/flan-t5-small", tmp_path)["error"]
        host = f"127.0.0.1:{taken.getsockname()[1]}"
        assert client.end() == ""

    assert error.startswith(f"google/flan-t5-small: {host}: not reached: Connection refused; check the network")


@pytest.mark.parametrize("kind", ["hf"])
def test_silent_host_is_given_up_soon(case: Case, world: dict[str, Any]) -> None:
    """The host would be silent for longer than the test may take."""
    assert "no answer within 8 s" in world["waiting"].answer()["error"]


@pytest.mark.parametrize("kind", ["hf"])
@pytest.mark.parametrize(
    "address", ["me:secretpass@mirror", "ftp://mirror", "http://[", "", " https://mirror", "https://mirror "]
)
def test_an_endpoint_that_is_no_address_is_refused_without_showing_it(tmp_path: Path, address: str, kind: str) -> None:
    client = Client(tmp_path, {"HF_ENDPOINT": address})
    error = client.ask("hf:google/flan-t5-small", tmp_path)["error"]
    client.end()

    got = "one with a blank in it" if " " in address else "another text"
    assert error == f"HF_ENDPOINT: expected an address like https://HOST, got {got}; correct or unset it"


@pytest.mark.skipif(version("huggingface_hub").startswith("0."), reason="requests reads certificates only for https")
@pytest.mark.parametrize("kind", ["hf"])
def test_certificates_that_are_gone_are_said_with_their_variable(case: Case, tmp_path: Path) -> None:
    client = Client(tmp_path, {**case.hub.environ, "SSL_CERT_FILE": "/no/secret.pem"})
    error = client.ask("hf:acme/tiny", tmp_path)["error"]
    client.end()

    assert "SSL_CERT_FILE names certificates that do not exist; set it to the certificates of this machine" in error
    assert "secret" not in error


@pytest.mark.parametrize(
    ("variable", "value", "error", "words"),
    [
        ("REQUESTS_CA_BUNDLE", "/no/such.pem", OSError("no bundle"), "REQUESTS_CA_BUNDLE names certificates that do"),
        ("SSL_CERT_FILE", __file__, OSError("no bundle"), "SSL_CERT_FILE names a file that holds no readable"),
        ("SSL_CERT_FILE", __file__, ssl.SSLError(1, "verify"), "SSL_CERT_FILE names a file that holds no readable"),
        (
            "https_proxy",
            "socks5h://me:secret@host:1",
            ImportError("x"),
            "https_proxy is a socks proxy, which needs the",
        ),
        ("ALL_PROXY", "me:secret@host", ValueError("x"), "ALL_PROXY is no address of a proxy; set it to http://HOST"),
        ("HTTP_PROXY", "http://host:port", ValueError("x"), "HTTP_PROXY is no address of a proxy"),
        ("HTTPS_PROXY", "http://host:1", ConnectionRefusedError(111, "x"), "check the network and HTTPS_PROXY, or use"),
    ],
)
def test_advice_names_the_variable_and_what_to_change_and_never_its_value(
    variable: str, value: str, error: Exception, words: str
) -> None:
    cause, remedy, __ = explain(error, HuggingFace({variable: value}), 8)

    assert words in f"{cause}; {remedy}"
    assert "secret" not in f"{cause}; {remedy}"


@both
def test_file_damaged_once_in_transit_is_downloaded_again(case: Case) -> None:
    case.hub.corrupt = {"model.safetensors": 1, "config.json": 1}

    answer = case.ask()

    reported = [f"{name} arrived damaged; downloading it once more" for name in ("config.json", "model.safetensors")]
    assert answer["reported"][1:] == reported
    assert case.whole()


@both
def test_file_that_stays_damaged_is_refused_and_deleted(case: Case) -> None:
    case.hub.corrupt = {"model.safetensors": 9}

    error = case.ask()["error"]

    assert error.startswith("acme/tiny: model.safetensors: its content does not match the hub's checksum")
    assert case.hub.fetched().count("model.safetensors") == 2
    assert not list(case.caches.rglob("*.incomplete"))
    assert not case.blob("model.safetensors").exists()
    assert "no complete cached copy" in case.ask(HF_HUB_OFFLINE="1")["error"]


@both
def test_dropped_connection_is_resumed(case: Case) -> None:
    case.hub.cut = {"model.safetensors": [200_000]}

    case.ask()

    assert case.whole()
    assert [int(asked.strip("bytes=-")) for asked in case.hub.ranges["model.safetensors"]] == [131_072]


@both
def test_interrupted_download_is_resumed_by_a_later_process(case: Case) -> None:
    part = case.blob("model.safetensors").with_suffix(".incomplete")
    part.parent.mkdir(parents=True)
    part.write_bytes(case.hub.files()["model.safetensors"][:150_000])

    answer = case.ask()

    assert case.hub.ranges == {"model.safetensors": ["bytes=150000-"]}
    assert len(answer["reported"]) == 1
    assert case.whole()


@pytest.mark.parametrize("kind", ["hf"])
def test_a_damaged_beginning_is_detected_and_downloaded_again(case: Case) -> None:
    part = case.blob("model.safetensors").with_suffix(".incomplete")
    part.parent.mkdir(parents=True)
    part.write_bytes(b"x" * 150_000)

    answer = case.ask()

    assert answer["reported"][1] == "model.safetensors arrived damaged; downloading it once more"
    assert case.whole()


def test_downloads_that_end_at_once_all_succeed_and_never_take_a_file_away(tmp_path: Path) -> None:
    cache = HubCache(tmp_path)
    blobs = cache.model_folder("acme/tiny") / "blobs"
    blobs.mkdir(parents=True)
    checksums = [hashlib.sha256(content).hexdigest() for content in (b"old", b"new")]
    for checksum, content in zip(checksums, (b"old", b"new"), strict=True):
        (blobs / checksum).write_bytes(content)

    def end(checksum: str) -> None:
        for __ in range(100):
            assert cache.has("acme/tiny", COMMIT, "config.json", checksum)
            assert (cache.snapshot_folder("acme/tiny", COMMIT) / "config.json").read_bytes() in (b"old", b"new")
            cache.set_ref("acme/tiny", "main", COMMIT)
            assert cache.snapshot("acme/tiny", "main")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(end, checksums * 2))


@both
def test_an_incomplete_snapshot_gets_only_the_missing_files(case: Case) -> None:
    folder = Path(case.ask()["folder"])
    (folder / "spiece.model").unlink()
    case.blob("spiece.model").unlink()
    case.hub.requests.clear()

    case.ask()

    assert case.hub.fetched() == ["spiece.model"]
    assert case.whole()


@both
@pytest.mark.parametrize("theirs", [False, True])
def test_damage_in_the_cache_is_detected_without_the_network(case: Case, theirs: bool) -> None:
    """In files that were right once, and in those that another tool downloaded: a blob's name is its checksum."""
    case.ask()
    if theirs:
        shutil.rmtree(case.place() / ".flanchat-verified")
    blob = case.blob("model.safetensors")
    content = blob.read_bytes()
    blob.write_bytes(content[:-1] + b"?")

    answer = case.ask(HF_HUB_OFFLINE="1")

    assert "model.safetensors in the cache of" in answer["reported"][0]
    assert "model.safetensors: is damaged; flanchat models pull downloads it again" in answer["error"]
    case.hub.requests.clear()
    case.ask()
    assert case.whole()
    assert case.hub.fetched() == ["model.safetensors"]


@both
def test_token_is_sent_to_the_hub_and_to_no_other_host(case: Case) -> None:
    case.hub.token = "sesame-0123"
    variable = {"hf": "HF_TOKEN", "om": "OPENMIND_TOKEN"}[case.kind]

    refused = case.ask()["error"]
    wrong = case.ask(**{variable: "guess-0123"})["error"]
    let_in = case.ask(**{variable: "sesame-0123\r\n"})  # as it is in a file

    assert "answered 401" in refused
    assert {"hf": "hf auth login", "om": "set OPENMIND_TOKEN"}[case.kind] in refused
    assert "guess" not in wrong
    assert case.whole()
    assert "sesame" not in json.dumps(let_in)


@pytest.mark.parametrize("kind", ["hf"])
def test_token_of_the_clients_login_is_used(case: Case) -> None:
    case.hub.token = "sesame-0123"
    login = case.client.home / "hf" / "token"
    login.parent.mkdir(exist_ok=True)
    login.write_text("sesame-0123")

    case.ask()
    login.unlink()

    assert case.whole()


@pytest.mark.parametrize("kind", ["hf"])
def test_token_is_not_sent_with_a_redirect_to_another_host(case: Case, model: Path) -> None:
    with serve(Hub(model)) as elsewhere:
        case.hub.redirect = elsewhere.address
        case.ask(HF_TOKEN="sesame-0123")

        assert case.whole()
        assert elsewhere.authorizations == {""}
        assert "Bearer sesame-0123" in case.hub.authorizations


@openmind
@pytest.mark.parametrize("kind", ["om"])
def test_openminds_files_may_be_on_another_of_its_hosts(case: Case) -> None:
    case.hub.redirect = f"https://cdn.{case.host}"

    case.ask()

    assert case.whole()
    assert case.hub.fetched().count("model.safetensors") == 2


@both
def test_another_kind_of_model_is_refused_before_its_weights_are_downloaded(case: Case) -> None:
    config = json.loads((case.hub.folder / "config.json").read_text())
    (case.hub.folder / "config.json").write_text(json.dumps({**config, "model_type": "bert"}))

    again, error = case.ask()["error"], case.ask()["error"]

    assert "config.json: model_type is 'bert'; flanchat runs T5, Flan-T5, mT5 and UMT5 models" in error
    assert again == error
    assert "model.safetensors" not in case.hub.fetched()


def _set(path: Path, **fields: Any) -> None:
    path.write_text(json.dumps({**(json.loads(path.read_text()) if path.exists() else {}), **fields}))


def _encoder(folder: Path) -> None:
    _set(folder / "config.json", architectures=["T5EncoderModel"], is_encoder_decoder=True)


def _classifier(folder: Path) -> None:
    _set(folder / "config.json", architectures=["T5ForSequenceClassification"])


def _without_config(folder: Path) -> None:
    (folder / "config.json").unlink()


def _without_vocabulary(folder: Path) -> None:
    (folder / "spiece.model").rename(folder / "vocab.txt")


def _other_tokenizer(folder: Path) -> None:
    (folder / "spiece.model").unlink()
    _set(folder / "tokenizer.json", model={"type": "BPE", "vocab": {}, "merges": []})


def _damaged_vocabulary(folder: Path) -> None:
    (folder / "spiece.model").write_bytes((folder / "spiece.model").read_bytes()[:5000])


def _token_without_row(folder: Path) -> None:
    _set(folder / "added_tokens.json", **{"{": json.loads((folder / "config.json").read_text())["vocab_size"]})


def _missing_shard(folder: Path) -> None:
    (folder / "model.safetensors").rename(folder / "model-00001-of-00002.safetensors")
    _set(folder / "model.safetensors.index.json", weight_map={"shared.weight": "model-00002-of-00002.safetensors"})


def _pickled_bert(folder: Path) -> None:
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    _set(folder / "config.json", model_type="bert")


def _other_adapter(folder: Path) -> None:
    (folder / "config.json").unlink()
    (folder / "model.safetensors").rename(folder / "adapter_model.safetensors")
    _set(folder / "adapter_config.json", peft_type="IA3", base_model_name_or_path="acme/base")


@pytest.mark.parametrize("kind", ["hf"])
@pytest.mark.parametrize(
    ("change", "words"),
    [
        (_encoder, "architectures: expected a whole T5 such as T5ForConditionalGeneration, got 'T5EncoderModel'"),
        (_classifier, "got 'T5ForSequenceClassification'; flanchat writes text"),
        (_without_config, "expected the model's config.json, got a folder without one"),
        (_without_vocabulary, "expected spiece.model or tokenizer.json, got neither"),
        (_other_tokenizer, "tokenizer.json: model.type: expected 'Unigram', as T5 has, got 'BPE'"),
        (_damaged_vocabulary, "spiece.model: content: expected a whole vocabulary, got one that is cut or damaged"),
        (_token_without_row, "for '{'; call resize_token_embeddings(len(tokenizer)) before training"),
        (
            _missing_shard,
            "expected model-00002-of-00002.safetensors, as model.safetensors.index.json says, got no such",
        ),
        (_pickled_bert, "config.json: model_type is 'bert'"),
        (_other_adapter, "adapter_config.json: peft_type: expected 'LORA', got 'IA3'"),
    ],
)
def test_what_cannot_run_is_refused_for_what_it_is_before_its_weights(case: Case, change: Any, words: str) -> None:
    change(case.hub.folder)

    error = case.ask()["error"]

    assert words in error
    assert len(error.splitlines()) == 1
    assert not [name for name in case.hub.fetched() if name.endswith((".safetensors", ".bin"))]


@pytest.mark.parametrize("kind", ["hf"])
def test_offline_a_cached_model_that_cannot_run_is_refused_for_what_it_is(case: Case) -> None:
    config = Path(case.ask()["folder"]) / "config.json"
    content = json.loads(config.read_text())
    config.unlink()
    config.write_text(json.dumps({**content, "model_type": "bert"}))

    error = case.ask(HF_HUB_OFFLINE="1")["error"]

    assert error.startswith("acme/tiny: its copy in the cache of Hugging Face cannot be used: ")
    assert "model_type is 'bert'" in error


@both
def test_full_disk_is_reported_in_one_line(case: Case) -> None:
    error = case.ask(most=100_000)["error"]

    move = {"hf": "HF_HOME", "om": "XDG_CACHE_HOME"}[case.kind]
    assert error == (
        f"acme/tiny: {case.host}: saving the download failed: File too large; make room, or set {move} to another disk"
    )


@both
def test_a_model_that_does_not_fit_on_the_disk_is_refused_before_the_download(case: Case) -> None:
    case.hub.sizes = {"model.safetensors": 10**14}

    error = case.ask()["error"]

    assert "acme/tiny: needs 100000 GB more, and " in error
    assert "make room" in error
    assert "model.safetensors" not in case.hub.fetched()


@both
@pytest.mark.parametrize("lie", ["../../../../evil", "", "0" * 39, "ABCDEF" + "0" * 34])
def test_a_hub_without_usable_checksums_is_refused(case: Case, lie: str) -> None:
    case.hub.checksums = {"model.safetensors": lie}

    assert "lists no commit or no checksums" in case.ask()["error"]
    assert case.hub.fetched() == []


@both
def test_pull_gets_the_newest_revision_and_keeps_unchanged_files(case: Case) -> None:
    case.ask()
    case.hub.requests.clear()
    case.hub.commit = "f" * 40
    (case.hub.folder / "generation_config.json").write_text("{}")

    answer = case.ask(do="pull")

    assert answer["revision"] == "f" * 40
    assert case.hub.fetched() == ["generation_config.json"]
    assert case.ask(HF_HUB_OFFLINE="1")["revision"] == "f" * 40
    assert case.ask(f"{case.kind}:acme/tiny@{COMMIT}", HF_HUB_OFFLINE="1")["revision"] == COMMIT


@both
def test_a_download_that_fails_keeps_the_old_revision(case: Case) -> None:
    """openMind's own client would record `not_exist_file` as the newest commit."""
    case.ask()
    case.hub.commit = "f" * 40
    (case.hub.folder / "config.json").write_text((case.hub.folder / "config.json").read_text() + "\n")
    case.hub.statuses = {"/media/": 500, "/resolve/": 500}

    assert "answered 500" in case.ask(do="pull")["error"]
    assert case.ask(HF_HUB_OFFLINE="1")["revision"] == COMMIT


@pytest.mark.parametrize("kind", ["hf"])
def test_flanchat_and_the_client_find_each_others_downloads(case: Case, tmp_path: Path) -> None:
    case.ask()
    code = "import sys, huggingface_hub as h; print(h.snapshot_download('acme/tiny', cache_dir=sys.argv[1]))"
    environ = {**os.environ, **case.hub.environ, "HF_HUB_OFFLINE": "1", "HF_HUB_DISABLE_PROGRESS_BARS": "1"}

    def theirs(cache: Path, **more: str) -> str:
        command = [sys.executable, "-c", code, cache]
        ran = subprocess.run(command, capture_output=True, text=True, env={**environ, **more}, check=True)
        return ran.stdout.strip()

    assert theirs(case.caches / "hf") == str(case.place() / "snapshots" / COMMIT)
    theirs(tmp_path / "other" / "hf", HF_HUB_OFFLINE="0")
    case.hub.requests.clear()
    assert "error" not in case.client.ask("hf:acme/tiny", tmp_path / "other")
    assert case.hub.requests == []


@pytest.mark.parametrize("kind", ["hf"])
def test_offline_without_a_copy_is_an_error(case: Case) -> None:
    error = case.ask("acme/tiny", HF_HUB_OFFLINE="1")["error"]

    assert "acme/tiny: no complete cached copy, and HF_HUB_OFFLINE is set; go online once" in error
    assert case.hub.requests == []


# -- which hub --------------------------------------------------------------------------------------------------------


@openmind
@pytest.mark.parametrize("kind", ["om"])
def test_name_without_a_hub_is_taken_from_the_cache_that_has_it(case: Case) -> None:
    case.ask()
    case.om.requests.clear()  # type: ignore[union-attr]

    assert case.ask("acme/tiny")["origin"] == "openmind"
    assert case.hf.requests == case.hub.requests == []
    assert case.ask("acme/tiny", do="pull")["origin"] == "openmind"
    assert case.hf.requests == []


@openmind
@pytest.mark.parametrize("kind", ["om"])
def test_name_without_a_hub_goes_to_the_other_hub_when_the_first_lacks_it(case: Case) -> None:
    case.hf.status = 404

    answer = case.ask("acme/tiny")

    assert answer["origin"] == "openmind"
    assert answer["reported"] == [f"trying {case.hf.host} for acme/tiny", f"trying {case.host} for acme/tiny"]


@openmind
@pytest.mark.parametrize("kind", ["om"])
def test_name_that_no_hub_has_is_refused_with_a_line_for_each(case: Case) -> None:
    case.hf.status, case.hub.status = 401, 404

    lines = case.ask("acme/tiny")["error"].splitlines()

    assert [line.split(";")[0] for line in lines] == [
        f"acme/tiny: {case.hf.host}: answered 401: no such model, or no access to it",
        f"acme/tiny: {case.host}: answered 404: no such model",
    ]


@openmind
@pytest.mark.parametrize(("kind", "other"), [("hf", "om"), ("om", "hf")])
def test_a_request_to_one_hub_is_never_answered_by_the_other(case: Case, other: str) -> None:
    case.ask(f"{other}:acme/tiny")
    case.hub.status = 404
    for hub in (case.hf, case.om):
        hub.requests.clear()  # type: ignore[union-attr]

    assert "answered 404" in case.ask()["error"]
    assert getattr(case, other).requests == []


@pytest.mark.parametrize("kind", ["hf"])
def test_without_its_client_openmind_is_refused_with_the_remedy(case: Case, tmp_path: Path) -> None:
    code = (
        "import os, sys; sys.modules['openmind_hub'] = None; from flanchat.engine.hubs.resolve import resolve\n"
        "try: resolve(sys.argv[1], os.environ)\n"
        "except Exception as error: print(error.message)"
    )

    def refused(name: str) -> str:
        environ = {**os.environ, **case.hf.environ, "HF_HUB_CACHE": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path)}
        command = [sys.executable, "-c", code, name]
        return subprocess.run(command, capture_output=True, text=True, env=environ, cwd=_ROOT, check=True).stdout

    assert refused("om:acme/tiny") == (
        "openMind: its client openmind-hub is not installed; pip install 'flanchat[openmind]', or take the model from "
        "Hugging Face with hf:OWNER/NAME\n"
    )
    case.hf.status = 404
    assert len(refused("acme/tiny").splitlines()) == 1


@pytest.mark.parametrize("kind", ["hf"])
def test_a_folder_of_that_name_without_a_model_does_not_hide_the_hubs(case: Case, tmp_path: Path) -> None:
    code = (
        "import os, sys; os.chdir(sys.argv[1])\n"
        "from flanchat.engine.hubs.model_names import parse_name; print(parse_name('acme/tiny', {}))"
    )
    (tmp_path / "acme" / "tiny").mkdir(parents=True)

    def parsed() -> str:
        environ = {**os.environ, "PYTHONPATH": str(_ROOT)}
        command = [sys.executable, "-c", code, str(tmp_path)]
        return subprocess.run(command, capture_output=True, text=True, env=environ, check=True).stdout

    assert parsed().startswith("ModelRequest(")
    (tmp_path / "acme" / "tiny" / "config.json").touch()
    assert parsed() == "None\n"


# -- the caches -------------------------------------------------------------------------------------------------------


def test_only_models_that_may_run_are_listed_and_removing_one_leaves_the_rest(model: Path, tmp_path: Path) -> None:
    environ = {"HF_HUB_CACHE": str(tmp_path / "hf"), "XDG_CACHE_HOME": str(tmp_path)}
    _cached(tmp_path / "hf", "acme--tiny", model)
    _cached(tmp_path / "hf", "google--flan-t5-small", model)
    _cached(tmp_path / "openmind" / "hub", "acme--tiny", model)
    for name, task in (("lora", None), ("lora-of-a-llama", "CAUSAL_LM")):
        folder = make_adapter(tmp_path / name, model, task_type=task)
        _cached(tmp_path / "hf", f"acme--{name}", folder)
    others = {"bert": {"model_type": "bert"}, "encoder": {"model_type": "t5", "architectures": ["T5EncoderModel"]}}
    for name, config in others.items():
        other = _cached(tmp_path / "hf", f"acme--{name}", model)
        (other / "config.json").unlink()
        (other / "config.json").write_text(json.dumps(config))
    outside = tmp_path / "outside"
    outside.mkdir()
    (tmp_path / "hf" / "models--acme--linked").symlink_to(outside)

    def names() -> list[str]:
        return [model.name for model in models.cached_models(environ)]

    assert names() == ["acme/lora", "flan-t5-small", "hf:acme/tiny", "om:acme/tiny"]
    with pytest.raises(ModelError, match="is in the caches of both hubs; say hf:acme/tiny or om:acme/tiny"):
        models.find_cached("acme/tiny", environ)
    models.remove_cached(models.find_cached("hf:acme/tiny", environ), environ)
    with pytest.raises(ModelError, match=r"cannot be removed: it is a link to .*outside; remove that yourself"):
        models.remove_cached(models.find_cached("acme/linked", environ), environ)
    assert names() == ["acme/lora", "acme/tiny", "flan-t5-small"]
    assert outside.is_dir()
    assert not (tmp_path / "hf" / "models--acme--tiny").exists()


def test_a_download_waits_for_that_of_another_process_and_says_so(tmp_path: Path) -> None:
    cache = HubCache(tmp_path)
    with contextlib.ExitStack() as other:
        other.enter_context(cache.lock("acme/tiny", "0" * 40, lambda: pytest.fail("nobody else is there")))
        said = []
        with cache.lock("acme/tiny", "0" * 40, lambda: said.append("waiting") or other.close()):  # type: ignore[func-returns-value]
            assert said == ["waiting"]


def _cached(cache: Path, name: str, model: Path) -> Path:
    """Put a model into a hub's cache; return its snapshot."""
    place = cache / f"models--{name}"
    snapshot = place / "snapshots" / COMMIT
    for folder in (snapshot, place / "blobs", place / "refs"):
        folder.mkdir(parents=True)
    (place / "refs" / "main").write_text(COMMIT)
    for file in model.iterdir():
        content = file.read_bytes()
        blob = place / "blobs" / hashlib.sha256(content).hexdigest()
        blob.write_bytes(content)
        (snapshot / file.name).symlink_to(Path("..", "..", "blobs", blob.name))
    return snapshot


@pytest.mark.slow
def test_processes_that_finish_the_same_download_at_once_do_not_take_each_others_files(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from flanchat.engine.hubs.cache import HubCache\n"
        "for _ in range(100): HubCache(Path(sys.argv[1])).set_ref('acme/tiny', 'main', 'c' * 40)"
    )

    ended = [subprocess.Popen([sys.executable, "-c", code, str(tmp_path)]) for _ in range(2)]

    assert [process.wait() for process in ended] == [0, 0]
