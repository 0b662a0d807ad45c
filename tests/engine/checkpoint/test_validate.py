"""An unusable folder is refused in one line that names file and field; a good one passes; nothing blocks."""

from __future__ import annotations

import contextlib
import hashlib
import json
import math
import os
import shutil
import struct
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from flanchat.base.errors import ModelError
from flanchat.engine.checkpoint import validate as weights
from flanchat.engine.checkpoint.validate import preflight, weights_sha
from tests.examples import examples
from tests.tiny_t5 import make_tiny_t5, write_tokenizer_json

Mutation = Callable[[Path], object]
_ROOT = Path(weights.__file__).parents[3]  # where `flanchat` can be imported from


@pytest.fixture
def model(tiny_model: Path, tmp_path: Path) -> Path:
    """A copy of the tiny model that may be damaged."""
    return Path(shutil.copytree(tiny_model, tmp_path / "model"))


# -- what is good passes ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("tied", [False, True])
@pytest.mark.parametrize("gated", [False, True])
@pytest.mark.parametrize("shards", [1, 3])
def test_good_folder_passes(tmp_path: Path, tied: bool, gated: bool, shards: int) -> None:
    folder = make_tiny_t5(tmp_path / "model", tied=tied, gated=gated, shards=shards, decoder_layers=3)

    checkpoint = preflight(folder)

    shape = checkpoint.shape
    assert (shape.gated, shape.tied_scale, checkpoint.head) == (
        gated,
        tied,
        "shared.weight" if tied else "lm_head.weight",
    )
    assert (shape.num_layers, shape.num_decoder_layers, shape.num_heads, shape.d_kv) == (2, 3, 4, 8)
    assert len({stored.file for stored in checkpoint.tensors.values()}) == shards
    assert checkpoint.parameters == sum(math.prod(stored.shape) for stored in checkpoint.tensors.values())
    assert checkpoint.weight_bytes == 4 * checkpoint.parameters
    assert checkpoint.tokenizer == folder / "spiece.model"


@pytest.mark.transformers
def test_tokenizer_json_alone_is_enough(model: Path) -> None:
    write_tokenizer_json(model)
    (model / "spiece.model").unlink()

    assert preflight(model).tokenizer == model / "tokenizer.json"


def test_folder_without_the_optional_files_passes(model: Path) -> None:
    for name in ("generation_config.json", "tokenizer_config.json", "special_tokens_map.json"):
        (model / name).unlink()

    assert preflight(model).shape.decoder_start_id == 0


@pytest.mark.transformers
def test_a_model_saved_by_transformers_passes_and_keeps_its_scale(model: Path, tmp_path: Path) -> None:
    """transformers 5 writes tie_word_embeddings: true for a Flan-T5 too; scale_decoder_outputs differs."""
    from transformers import T5ForConditionalGeneration

    net = T5ForConditionalGeneration.from_pretrained(
        model, trust_remote_code=False, use_safetensors=True, local_files_only=True, attn_implementation="eager"
    )
    net.save_pretrained(tmp_path / "saved")
    shutil.copy(model / "spiece.model", tmp_path / "saved")

    assert preflight(tmp_path / "saved").shape == preflight(model).shape
    assert preflight(tmp_path / "saved").head == "lm_head.weight"


@pytest.mark.parametrize(
    "fields",
    [
        {"extra": "\ud800 lone surrogate"},
        {"num_decoder_layers": None},
        {"_attn_implementation_autoset": True},
        {"auto_map": None},
        {"layer_norm_epsilon": 1e-5},
        {"architectures": None, "task_specific_params": {"a": {"prefix": "b"}}},
    ],
)
def test_harmless_fields_pass(model: Path, fields: dict[str, Any]) -> None:
    _edit(**fields)(model)

    preflight(model)


def test_extra_tensors_and_a_pickle_beside_safetensors_pass(model: Path) -> None:
    header, body = _split(model)
    at = len(body)
    header["decoder.extra"] = {"dtype": "I64", "shape": [1], "data_offsets": [at, at + 8]}
    _join(model, header, body + bytes(8))
    (model / "pytorch_model.bin").write_bytes(b"not opened")

    checkpoint = preflight(model)
    assert checkpoint.unused == ("decoder.extra",)
    assert checkpoint.parameters < sum(math.prod(stored.shape) for stored in checkpoint.tensors.values())


def test_embedding_may_be_stored_under_the_encoders_name(model: Path) -> None:
    _rename("shared.weight", "encoder.embed_tokens.weight")(model)

    assert preflight(model).encoder_table == "encoder.embed_tokens.weight"
    assert preflight(model).decoder_table == "encoder.embed_tokens.weight"


def test_the_checksum_of_one_weight_file_is_the_files_own(model: Path) -> None:
    assert weights_sha(preflight(model)) == hashlib.sha256((model / "model.safetensors").read_bytes()).hexdigest()


def test_the_checksum_of_shards_is_that_of_their_bytes_in_name_order(tmp_path: Path) -> None:
    folder = make_tiny_t5(tmp_path / "model", shards=2)

    joined = b"".join(path.read_bytes() for path in sorted(folder.glob("*.safetensors")))
    assert weights_sha(preflight(folder)) == hashlib.sha256(joined).hexdigest()


# -- what is broken is refused ----------------------------------------------------------------------------------------


def _edit(name: str = "config.json", /, **fields: Any) -> Mutation:
    def mutate(folder: Path) -> None:
        config = json.loads((folder / name).read_text())
        (folder / name).write_text(json.dumps({**config, **fields}))

    return mutate


def _drop(field: str) -> Mutation:
    def mutate(folder: Path) -> None:
        config = json.loads((folder / "config.json").read_text())
        del config[field]
        (folder / "config.json").write_text(json.dumps(config))

    return mutate


def _write(name: str, content: bytes) -> Mutation:
    return lambda folder: (folder / name).write_bytes(content)


def _remove(*names: str) -> Mutation:
    return lambda folder: [(folder / name).unlink() for name in names]


def _replace(name: str, make: Mutation) -> Mutation:
    def mutate(folder: Path) -> None:
        (folder / name).unlink()
        make(folder / name)

    return mutate


def _split(folder: Path) -> tuple[dict[str, Any], bytes]:
    content = (folder / "model.safetensors").read_bytes()
    (length,) = struct.unpack("<Q", content[:8])
    return json.loads(content[8 : 8 + length]), content[8 + length :]


def _join(folder: Path, header: Any, body: bytes) -> None:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    (folder / "model.safetensors").write_bytes(struct.pack("<Q", len(text)) + text + body)


def _header(change: Callable[[dict[str, Any]], object]) -> Mutation:
    def mutate(folder: Path) -> None:
        header, body = _split(folder)
        change(header)
        _join(folder, header, body)

    return mutate


def _rename(old: str, new: str) -> Mutation:
    return _header(lambda header: header.update({new: header.pop(old)}))


def _entry(name: str, **fields: Any) -> Mutation:
    return _header(lambda header: header[name].update(fields))


def _sharded(change: Callable[[dict[str, Any]], object]) -> Mutation:
    def mutate(folder: Path) -> None:
        shutil.rmtree(folder)
        make_tiny_t5(folder, shards=2)
        index = json.loads((folder / "model.safetensors.index.json").read_text())
        change(index)
        (folder / "model.safetensors.index.json").write_text(json.dumps(index))

    return mutate


def _point(shard: Any) -> Mutation:
    return _sharded(lambda index: index["weight_map"].update({"shared.weight": shard}))


def _lfs(name: str) -> Mutation:
    return _write(name, b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 3\n")


def _cut(count: int) -> Mutation:
    def mutate(folder: Path) -> None:
        path = folder / "model.safetensors"
        path.write_bytes(path.read_bytes()[:count])

    return mutate


def _pickle_only(name: str) -> Mutation:
    def mutate(folder: Path) -> None:
        (folder / "model.safetensors").unlink()
        (folder / name).write_bytes(b"cposix\nsystem\n(S'touch PWNED'\ntR.")

    return mutate


_Q = "encoder.block.1.layer.0.SelfAttention.q.weight"
_BODY = "model.safetensors: "
BROKEN: dict[str, tuple[Mutation, str]] = {
    # config.json
    "no config": (_remove("config.json"), "config.json: expected the model's config.json"),
    "empty config": (_write("config.json", b""), "config.json: JSON: expected an object, got an empty file"),
    "config is a list": (_write("config.json", b"[1]"), "config.json: JSON: expected an object, got [1]"),
    "config is cut": (_write("config.json", b'{"model_type": "t5",\n'), "not JSON (line 2"),
    "config is UTF-16": (_write("config.json", '{"a": 1}'.encode("utf-16")), "config.json: JSON: expected UTF-8"),
    "config too large": (_write("config.json", b" " * (2 << 20)), "config.json: size: expected at most 1048576"),
    "config holds NaN": (_write("config.json", b'{"dropout_rate": NaN}'), "expected plain numbers, got NaN"),
    "config holds 1e999": (_write("config.json", b'{"dropout_rate": 1e999}'), "beyond any float"),
    "huge number": (_write("config.json", b'{"d_model": ' + b"9" * 900_000 + b"}"), "one of 900000 digits"),
    "nested brackets": (_write("config.json", b"[" * 200_000), "config.json: JSON: expected an object, got too many"),
    "nested objects": (
        _write("config.json", b'{"a":' * 150_000),
        "config.json: JSON: expected an object, got too many",
    ),
    "config is a pipe": (
        _replace("config.json", os.mkfifo),
        "config.json: expected a regular file, found a named pipe",
    ),
    "config is a folder": (_replace("config.json", os.mkdir), "config.json: expected a regular file, found a folder"),
    "config is a device": (
        _replace("config.json", lambda path: path.symlink_to("/dev/zero")),
        "config.json: expected a regular file, found a device",
    ),
    "config is a loop": (
        _replace("config.json", lambda path: path.symlink_to(path.name)),
        "config.json: expected a readable",
    ),
    "config is an LFS pointer": (_lfs("config.json"), "config.json: content: is a Git LFS pointer"),
    "bert": (
        _edit(model_type="bert"),
        "model_type is 'bert'; flanchat runs T5, Flan-T5, mT5 and UMT5 models",
    ),
    "no model_type": (_drop("model_type"), "config.json: no model_type"),
    "model_type is a list": (_edit(model_type=["t5"]), "config.json: model_type is a list"),
    "half a model": (_edit(is_encoder_decoder=False), "config.json: is_encoder_decoder: expected true, got false"),
    "auto_map": (_edit(auto_map={"AutoModel": "evil.Model"}), "config.json: auto_map: "),
    "hub kernel": (_edit(_attn_implementation_internal="evil/kernel"), "config.json: _attn_implementation_internal: "),
    "experts kernel": (_edit(experts_implementation="evil/kernel"), "config.json: experts_implementation: "),
    "10**9 layers": (
        _edit(num_layers=10**9),
        "config.json: num_layers: expected a whole number from 1 to 128, got 1000000000",
    ),
    "10**5 decoder layers": (_edit(num_decoder_layers=10**5), "config.json: num_decoder_layers: "),
    "no layers": (_edit(num_layers=0), "config.json: num_layers: "),
    "negative heads": (_edit(num_heads=-4), "config.json: num_heads: "),
    "heads as text": (_edit(num_heads="4"), "config.json: num_heads: expected a whole number from 1 to 1024, got '4'"),
    "heads as a fraction": (
        _edit(num_heads=4.0),
        "config.json: num_heads: expected a whole number from 1 to 1024, got 4.0",
    ),
    "heads as a truth": (
        _edit(num_heads=True),
        "config.json: num_heads: expected a whole number from 1 to 1024, got true",
    ),
    "no d_model": (_drop("d_model"), "config.json: d_model: expected a whole number from 1 to 16384, got nothing"),
    "wide": (_edit(d_model=10**6), "config.json: d_model: "),
    "wide d_ff": (_edit(d_ff=10**12), "config.json: d_ff: "),
    "vocabulary of 10**18": (_edit(vocab_size=10**18), "config.json: vocab_size: "),
    "no buckets": (_edit(relative_attention_num_buckets=0), "config.json: relative_attention_num_buckets: "),
    "short distance": (
        _edit(relative_attention_max_distance=16),
        "config.json: relative_attention_max_distance: expected a number above 16, got 16",
    ),
    "epsilon as text": (_edit(layer_norm_epsilon="1e-6"), "config.json: layer_norm_epsilon: "),
    "epsilon 0": (_edit(layer_norm_epsilon=0), "config.json: layer_norm_epsilon: "),
    "epsilon negative": (_edit(layer_norm_epsilon=-1e-6), "config.json: layer_norm_epsilon: "),
    "unknown activation": (
        _edit(feed_forward_proj="gated-tanh"),
        "config.json: feed_forward_proj: the activation 'tanh' is not one that flanchat computes: relu, gelu, "
        "gelu_new, silu; use transformers for this model",
    ),
    "unknown dense_act_fn": (
        _edit(dense_act_fn="quick_gelu"),
        "config.json: dense_act_fn: the activation 'quick_gelu' is not one that flanchat computes",
    ),
    "activation is an object": (_edit(feed_forward_proj={}), "config.json: feed_forward_proj: "),
    "tied as text": (_edit(tie_word_embeddings="no"), "config.json: tie_word_embeddings: expected true or false"),
    "pad outside": (_edit(pad_token_id=10**6), "config.json: pad_token_id: "),
    "eos outside": (
        _edit(eos_token_id=183),
        "config.json: eos_token_id: expected a whole number from 0 to 182, got 183",
    ),
    "eos as text": (_edit(eos_token_id="</s>"), "config.json: eos_token_id: "),
    "two start tokens": (
        _edit("generation_config.json", decoder_start_token_id=[0, 7]),
        "generation_config.json: decoder_start_token_id: expected one token, got [0, 7]",
    ),
    "forced token outside": (
        _edit("generation_config.json", forced_bos_token_id=183),
        "generation_config.json: forced_bos_token_id: expected a whole number from 0 to 182, got 183",
    ),
    "start negative": (_edit(decoder_start_token_id=-1), "config.json: decoder_start_token_id: "),
    # other JSON files
    "generation ids": (
        _edit("generation_config.json", eos_token_id=[1, 10**9]),
        "generation_config.json: eos_token_id: ",
    ),
    "generation sizes": (_edit("generation_config.json", num_beams=10**9), "generation_config.json: num_beams: "),
    "generation is text": (_write("generation_config.json", b'"x"'), "generation_config.json: JSON: "),
    "10**9 sentinels": (_edit("tokenizer_config.json", extra_ids=10**9), "tokenizer_config.json: extra_ids: "),
    "tokenizer code": (_edit("tokenizer_config.json", auto_map={"a": "b"}), "tokenizer_config.json: auto_map: "),
    # weights
    "no weights": (_remove("model.safetensors"), "model: weights: expected model.safetensors or"),
    "only pytorch_model.bin": (
        _pickle_only("pytorch_model.bin"),
        "holds only pytorch_model.bin, which can run code when opened; start flanchat once with --convert-bin",
    ),
    "only a pytorch_model.pt": (
        _pickle_only("pytorch_model.pt"),
        "holds only pytorch_model.pt, which can run code when opened; download it again",
    ),
    "only a .pt": (_pickle_only("flan.pt"), "holds only flan.pt, which can run code when opened; download it again"),
    "only a .ckpt": (_pickle_only("flan.ckpt"), "holds only flan.ckpt, which can run code"),
    "weights are a pickle": (_write("model.safetensors", b"\x80\x04cposix\nsystem\n(S'x'\ntR."), _BODY + "header: "),
    "weights empty": (_write("model.safetensors", b""), _BODY + "header: expected a safetensors file, got 0 bytes"),
    "weights are an LFS pointer": (_lfs("model.safetensors"), _BODY + "content: is a Git LFS pointer"),
    "weights are a pipe": (
        _replace("model.safetensors", os.mkfifo),
        _BODY + "expected a regular file, found a named pipe",
    ),
    "weights are a folder": (
        _replace("model.safetensors", os.mkdir),
        _BODY + "expected a regular file, found a folder",
    ),
    "weights are a device": (
        _replace("model.safetensors", lambda path: path.symlink_to("/dev/zero")),
        _BODY + "expected a regular file, found a device",
    ),
    "weights are a dangling link": (
        _replace("model.safetensors", lambda path: path.symlink_to("gone")),
        _BODY + "expected a readable file, got: no such file",
    ),
    "header longer than the file": (_write("model.safetensors", struct.pack("<Q", 2**63) + b"{}"), _BODY + "header: "),
    "header of 100 MB": (_write("model.safetensors", struct.pack("<Q", 100_000_001) + b"{}" * 9), _BODY + "header: "),
    "header not JSON": (lambda f: _join(f, b"{'a'}", _split(f)[1]), _BODY + "header: JSON: "),
    "header is a list": (lambda f: _join(f, b"[]", b""), _BODY + "header: JSON: expected an object"),
    "header is nested": (lambda f: _join(f, b"[" * 200_000, b""), _BODY + "header: JSON: "),
    "weights cut": (_cut(200_000), _BODY + "length: expected 246016 bytes of tensors, got"),
    "weights cut in the header": (_cut(100), _BODY + "header: "),
    "bytes at the end": (lambda f: _join(f, _split(f)[0], _split(f)[1] + b"x"), _BODY + "length: "),
    "overlap": (_entry(_Q, data_offsets=[0, 4096]), _BODY),
    "offsets backwards": (_entry(_Q, data_offsets=[4096, 0]), f"{_Q}.data_offsets: "),
    "offsets as text": (_entry(_Q, data_offsets=["0", "4096"]), f"{_Q}.data_offsets: "),
    "huge shape": (_entry(_Q, shape=[10**15] * 8), f"{_Q}.shape: "),
    "negative shape": (_entry(_Q, shape=[-1, 32]), f"{_Q}.shape: "),
    "entry is text": (_header(lambda h: h.update({_Q: "x"})), f"{_Q}: expected an object"),
    "dtype is a number": (_entry(_Q, dtype=4), f"{_Q}.dtype: "),
    "dtype I32": (_entry(_Q, dtype="I32"), f"{_Q}: expected dtype F32, F16 or BF16, got 'I32'"),
    "dtype unknown": (_entry(_Q, dtype="F8_E4M3"), f"{_Q}: expected dtype F32, F16 or BF16, got 'F8_E4M3'"),
    "shape of another model": (
        _edit(num_heads=8, d_kv=4, d_ff=32),
        "layer.0.SelfAttention.relative_attention_bias.weight: ",
    ),
    "matrix turned": (
        _entry("shared.weight", shape=[32, 183]),
        "shared.weight: expected shape [183, 32], got [32, 183]",
    ),
    "tensor renamed": (_rename(_Q, "x"), f"{_BODY}{_Q}: expected a tensor of shape [32, 32], got none;"),
    "name with a newline": (_rename(_Q, "x\ny\x1b[2J"), f"{_BODY}{_Q}: expected a tensor"),
    "no head": (_rename("lm_head.weight", "x"), _BODY + "lm_head.weight: expected a tensor of shape [183, 32]"),
    "more layers than stored": (_edit(num_layers=3), "encoder.block.2.layer.0.layer_norm.weight: expected a tensor"),
    "relu with gated weights": (_edit(feed_forward_proj="relu"), "DenseReluDense.wi.weight: expected a tensor"),
    # shards
    "shard missing": (
        lambda f: (_sharded(lambda index: None)(f), (f / "model-00002-of-00002.safetensors").unlink()),
        "model-00002-of-00002.safetensors: expected a readable file, got: no such file",
    ),
    "shard outside": (_point("../other.safetensors"), "index.json: weight_map.shared.weight: expected the name of"),
    "shard absolute": (_point("/etc/passwd"), "index.json: weight_map.shared.weight: "),
    "shard with NUL": (_point("a\0.safetensors"), "index.json: weight_map.shared.weight: "),
    "shard is a number": (_point(1), "index.json: weight_map.shared.weight: "),
    "wrong shard": (_point("model-00002-of-00002.safetensors"), "shared.weight: expected this tensor"),
    "no weight_map": (_sharded(lambda index: index.pop("weight_map")), "index.json: weight_map: expected"),
    "weight_map is a list": (_sharded(lambda index: index.update(weight_map=[])), "index.json: weight_map: expected"),
    # tokenizer
    "no tokenizer": (_remove("spiece.model"), "tokenizer: expected spiece.model or tokenizer.json, got neither"),
    "tokenizer empty": (_write("spiece.model", b""), "spiece.model: content: expected a tokenizer, got an empty file"),
    "tokenizer is a web page": (_write("spiece.model", b"<html>"), "spiece.model: content: expected a tokenizer"),
    "tokenizer is an LFS pointer": (_lfs("spiece.model"), "spiece.model: content: is a Git LFS pointer"),
    "tokenizer is a pipe": (
        _replace("spiece.model", os.mkfifo),
        "spiece.model: expected a regular file, found a named pipe",
    ),
    "tokenizer too large": (
        lambda folder: os.truncate(folder / "spiece.model", 1 << 40),
        "spiece.model: size: expected at most 67108864",
    ),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_broken_folder_is_refused_with_file_and_field(model: Path, kind: str) -> None:
    mutate, words = BROKEN[kind]
    mutate(model)

    began = time.process_time()
    with pytest.raises(ModelError) as refused:
        preflight(model)

    assert words in refused.value.message
    assert str(model) in refused.value.message
    assert len(refused.value.message.splitlines()) == 1
    assert len(refused.value.message) < 500 + len(str(model))
    assert time.process_time() - began < 2


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("modle", "modle: expected a model folder, got no such folder; did you mean "),
        ("nowhere/at/all", "got no such folder; check the path"),
        ("model/config.json", "expected a model folder, got a file; use the folder that holds config.json"),
        (".", "config.json: expected the model's config.json, got a folder without one; did you mean "),
        ("x" * 5000, "got no such folder"),
        ("nul\0name", "got no such folder"),
        ("two\nlines", "two lines: expected a model folder"),
    ],
)
def test_wrong_folder_is_refused_with_a_fitting_remedy(model: Path, path: str, words: str) -> None:
    with pytest.raises(ModelError) as refused:
        preflight(model.parent / path)

    assert words in refused.value.message
    assert len(refused.value.message.splitlines()) == 1


def test_a_broken_link_is_named_as_one(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")

    with pytest.raises(ModelError, match="loop: expected a model folder, got a broken link; correct it"):
        preflight(tmp_path / "loop")


def test_preflight_neither_imports_torch_nor_opens_a_pickle(model: Path) -> None:
    _pickle_only("pytorch_model.bin")(model)
    code = (
        "import sys; from pathlib import Path; from flanchat.engine.checkpoint.validate import preflight\n"
        "try: preflight(Path(sys.argv[1]))\n"
        "except Exception as error: print(type(error).__name__)\n"
        "heavy = {'torch', 'transformers', 'safetensors', 'huggingface_hub', 'numpy'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )

    ran = subprocess.run([sys.executable, "-c", code, model], capture_output=True, text=True, cwd=_ROOT, check=True)
    assert ran.stdout == "ModelError\n[]\n"
    assert not (_ROOT / "PWNED").exists()


def _only_model_errors(folder: Path) -> None:
    with contextlib.suppress(ModelError):
        preflight(folder)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)
FIELDS = (
    "model_type",
    "num_layers",
    "vocab_size",
    "feed_forward_proj",
    "layer_norm_epsilon",
    "eos_token_id",
    "tie_word_embeddings",
)
fuzzed = examples(150, suppress_health_check=[HealthCheck.function_scoped_fixture])


@fuzzed
@given(content=st.binary(max_size=200))
def test_random_bytes_as_config_never_raise_anything_else(model: Path, content: bytes) -> None:
    (model / "config.json").write_bytes(content)

    with pytest.raises(ModelError):
        preflight(model)


@fuzzed
@given(field=st.sampled_from(FIELDS), value=JSON)
def test_random_values_in_config_never_raise_anything_else(
    tiny_model: Path, model: Path, field: str, value: Any
) -> None:
    shutil.copy(tiny_model / "config.json", model)
    _edit(**{field: value})(model)

    _only_model_errors(model)


@fuzzed
@given(header=st.binary(max_size=200), body=st.binary(max_size=50))
def test_random_bytes_as_header_never_raise_anything_else(model: Path, header: bytes, body: bytes) -> None:
    _join(model, header, body)

    with pytest.raises(ModelError):
        preflight(model)


@fuzzed
@given(field=st.sampled_from(["dtype", "shape", "data_offsets", None]), value=JSON)
def test_random_values_in_a_header_never_raise_anything_else(
    tiny_model: Path, model: Path, field: str | None, value: Any
) -> None:
    shutil.copy(tiny_model / "model.safetensors", model)
    _header(lambda header: header.update({_Q: value if field is None else {**header[_Q], field: value}}))(model)

    _only_model_errors(model)


def test_the_endless_length_that_transformers_writes_is_read(model: Path) -> None:
    (model / "tokenizer_config.json").write_text('{"model_max_length": 1000000000000000019884624838656}')

    assert preflight(model).folder == model


def test_a_tensor_that_the_index_leaves_out_is_used_as_transformers_does(tmp_path: Path) -> None:
    folder = make_tiny_t5(tmp_path / "model", tied=False, shards=2)
    whole = preflight(folder)

    _sharded(lambda index: index["weight_map"].pop("shared.weight"))(folder)

    assert preflight(folder).encoder_table == whole.encoder_table == "shared.weight"
