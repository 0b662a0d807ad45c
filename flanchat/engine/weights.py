"""A model's name to a checked folder, before any weight is read. Knows names, files and T5's layout; knows no tensors.

`resolve` finds the folder; `preflight` reads its JSON files and safetensors headers and says in one line what is wrong.
A checkpoint that passes has every tensor T5 needs, in the right shape, inside files of the right length. What it cannot
see is left to the loader: weights that are not finite, a damaged vocabulary.
"""

from __future__ import annotations

import difflib
import hashlib
import json
import math
import os
import re
import stat
import struct
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Literal, NamedTuple, NoReturn

import flanchat
from flanchat.errors import ModelError

BUNDLED = "demo"
SHORT_NAMES = {f"flan-t5-{size}": f"google/flan-t5-{size}" for size in ("small", "base", "large", "xl", "xxl")}

Origin = Literal["bundled", "folder", "huggingface"]


@dataclass(frozen=True, slots=True)
class ModelSource:
    """Where a model is. name: as the user said it. revision: the hub's commit, flanchat's version, or ""."""

    name: str
    folder: Path
    origin: Origin
    revision: str


@dataclass(frozen=True, slots=True)
class Shape:
    """The sizes of a T5.

    gated: gated GELU (T5 v1.1, Flan-T5) rather than ReLU.
    tied_scale: the decoder's output is multiplied by d_model**-0.5 before the head, as in the first T5.
    """

    vocab_size: int
    d_model: int
    d_kv: int
    d_ff: int
    num_layers: int
    num_decoder_layers: int
    num_heads: int
    num_buckets: int
    max_distance: int
    eps: float
    gated: bool
    tied_scale: bool
    pad_id: int
    eos_id: int
    decoder_start_id: int


class StoredTensor(NamedTuple):
    """A tensor in a safetensors file. dtype: as safetensors writes it, such as "BF16". start: where its bytes begin."""

    file: Path
    dtype: str
    shape: tuple[int, ...]
    start: int


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A folder that holds a complete T5.

    tensors: all that are stored, also those T5 does not need. own_head: `lm_head.weight` is one of them.
    embedding: the name that the token embedding is stored under, nearly always "shared.weight".
    parameters, weight_bytes: of the tensors T5 needs, as stored.
    tokenizer: spiece.model, else tokenizer.json.
    """

    folder: Path
    shape: Shape
    tensors: Mapping[str, StoredTensor]
    own_head: bool
    embedding: str
    parameters: int
    weight_bytes: int
    tokenizer: Path


def resolve(name: str | None, *, report: Callable[[str], None] = lambda line: None) -> ModelSource:
    """Find the folder of the model called `name`, downloading it when it is a hub's. None is the bundled model.

    report: told, in one line each, what takes time and what was done instead. `preflight` the folder before loading it.
    """
    if name is None or name == BUNDLED:
        folder = Path(flanchat.__file__).parent / "demo"
        if not folder.is_dir():
            raise problem(folder, "", "the bundled model is missing; install flanchat again, or name another model")
        return ModelSource(BUNDLED, folder, "bundled", flanchat.__version__)
    if _looks_like_path(name):
        try:
            folder = Path(name).expanduser()
        except RuntimeError:
            raise problem(Path(name), "", "expected a home folder, got an unknown user; write the full path") from None
        _require_folder(folder)
        return ModelSource(name, folder, "folder", "")
    repo = SHORT_NAMES.get(name, name)
    if not _REPO.fullmatch(repo):
        near = difflib.get_close_matches(name, [BUNDLED, *SHORT_NAMES], n=1)
        remedy = f"did you mean {near[0]}?" if near else f"the short names are {BUNDLED}, {', '.join(SHORT_NAMES)}"
        raise problem(
            Path(_short(name)), "", f"expected a folder, a short name or OWNER/NAME, got none of these; {remedy}"
        )
    from flanchat.engine.hub import download

    folder = download(repo, report)
    return ModelSource(name, folder, "huggingface", folder.name)


def preflight(folder: Path) -> Checkpoint:
    """Check that `folder` holds a complete T5, reading only JSON files and headers. Takes milliseconds."""
    folder = Path(folder)
    _require_folder(folder)
    config_path = folder / "config.json"
    shape, tied = _read_shape(config_path, _read_config(folder))
    tensors = _read_headers(folder)
    embedding = next((name for name in _EMBEDDINGS if name in tensors), _EMBEDDINGS[0])
    own_head = "lm_head.weight" in tensors
    needed = {embedding: (shape.vocab_size, shape.d_model), **dict(_blocks(shape))}
    if own_head or not tied:
        needed["lm_head.weight"] = (shape.vocab_size, shape.d_model)
    _require_tensors(folder, tensors, needed)
    tokenizer = _find_tokenizer(folder)
    _check_side_files(folder, shape)
    return Checkpoint(
        folder=folder,
        shape=shape,
        tensors=tensors,
        own_head=own_head,
        embedding=embedding,
        parameters=sum(math.prod(size) for size in needed.values()),
        weight_bytes=sum(math.prod(size) * _BYTES[tensors[name].dtype] for name, size in needed.items()),
        tokenizer=tokenizer,
    )


def weights_sha(checkpoint: Checkpoint) -> str:
    """The sha256 of the weight files' bytes, one after the other in name order. One file: what `sha256sum` says."""
    digest = hashlib.sha256()
    for path in sorted({tensor.file for tensor in checkpoint.tensors.values()}):
        hash_into(digest, path)
    return digest.hexdigest()


# -- config.json ------------------------------------------------------------------------------------------------------

_JSON_BYTES = 1 << 20
_SIZES = {  # field: least, most, default (None: must be there)
    "vocab_size": (8, 1_000_000, None),
    "d_model": (1, 16_384, None),
    "d_kv": (1, 1024, None),
    "d_ff": (1, 262_144, None),
    "num_layers": (1, 128, None),
    "num_heads": (1, 1024, None),
    "relative_attention_num_buckets": (4, 4096, 32),
    "relative_attention_max_distance": (4, 1_000_000, 128),
}
_GENERATION_SIZES = {
    "max_length": 1_000_000,
    "max_new_tokens": 1_000_000,
    "num_beams": 1024,
    "num_return_sequences": 1024,
}
_TOKEN_IDS = ("pad_token_id", "eos_token_id", "decoder_start_token_id")


def _read_config(folder: Path) -> dict[str, Any]:
    path = folder / "config.json"
    if not os.path.lexists(path):
        inner = [entry.name for entry in entries(folder) if os.path.isfile(folder / entry.name / "config.json")]
        remedy = f"did you mean {folder / inner[0]}?" if inner else "give a folder that save_pretrained has written"
        raise problem(path, "", f"expected the model's config.json, got a folder without one; {remedy}")
    return _read_object(path, _JSON_BYTES)


def _read_shape(path: Path, config: dict[str, Any]) -> tuple[Shape, bool]:
    """The shape, and whether the head may be left out because it is the embedding."""
    model_type = config.get("model_type")
    if model_type != "t5":
        found = "there is no model_type" if model_type is None else f"model_type is {_short(model_type)}"
        raise problem(path, "", f"{found}; flanchat runs T5 and Flan-T5 models")
    _refuse_code(path, config)
    if config.get("is_encoder_decoder", True) is not True:
        raise _expected(
            path, "is_encoder_decoder", "true", config["is_encoder_decoder"], "use the whole model, not a half"
        )

    sizes = {
        field: _whole(path, config, field, (least, most), default=default)
        for field, (least, most, default) in _SIZES.items()
    }
    layers = sizes["num_layers"]
    if config.get("num_decoder_layers") is not None:
        decoder_layers = _whole(path, config, "num_decoder_layers", (1, 128))
    else:
        decoder_layers = layers
    buckets, distance = sizes["relative_attention_num_buckets"], sizes["relative_attention_max_distance"]
    if distance <= buckets // 2:
        raise _expected(path, "relative_attention_max_distance", f"a number above {buckets // 2}", distance)
    eps = config.get("layer_norm_epsilon", 1e-6)
    if isinstance(eps, bool) or not isinstance(eps, (int, float)) or not 0 < eps < 1:
        raise _expected(path, "layer_norm_epsilon", "a number above 0 and below 1", eps)
    activation = config.get("feed_forward_proj", "relu")
    if activation not in ("relu", "gated-gelu"):
        raise _expected(path, "feed_forward_proj", "'relu' or 'gated-gelu'", activation)
    tied = _flag(path, config, "tie_word_embeddings", True)
    # transformers 5 always writes tie_word_embeddings: true, and keeps what that field used to say in this one.
    tied_scale = _flag(path, config, "scale_decoder_outputs", tied)

    last = sizes["vocab_size"] - 1
    pad = _whole(path, config, "pad_token_id", (0, last), default=0)
    start = None if config.get("decoder_start_token_id") is None else _whole(path, config, _TOKEN_IDS[2], (0, last))
    shape = Shape(
        vocab_size=sizes["vocab_size"],
        d_model=sizes["d_model"],
        d_kv=sizes["d_kv"],
        d_ff=sizes["d_ff"],
        num_layers=layers,
        num_decoder_layers=decoder_layers,
        num_heads=sizes["num_heads"],
        num_buckets=buckets,
        max_distance=distance,
        eps=float(eps),
        gated=activation == "gated-gelu",
        tied_scale=tied_scale,
        pad_id=pad,
        eos_id=_whole(path, config, "eos_token_id", (0, last), default=1),
        decoder_start_id=pad if start is None else start,
    )
    return shape, tied


def _refuse_code(path: Path, config: dict[str, Any]) -> None:
    """Refuse what makes transformers fetch and run code. A yes or no, as some versions save it, names no code."""
    for field, value in config.items():
        names_code = field == "auto_map" or "_implementation" in field
        if names_code and value is not None and not isinstance(value, bool):
            raise problem(path, _field(field), "expected no such field, got one, which can run code; remove the field")


def _check_side_files(folder: Path, shape: Shape) -> None:
    """Look through the optional files that transformers would believe."""
    path = folder / "generation_config.json"
    if os.path.lexists(path):
        config = _read_object(path, _JSON_BYTES)
        for field in _TOKEN_IDS:
            values = config.get(field)
            for value in values if isinstance(values, list) else [values]:
                if value is not None:
                    _whole(path, {field: value}, field, (0, shape.vocab_size - 1))
        for field, most in _GENERATION_SIZES.items():
            if config.get(field) is not None:
                _whole(path, config, field, (0, most))
    path = folder / "tokenizer_config.json"
    if os.path.lexists(path):
        config = _read_object(path, _JSON_BYTES)
        _refuse_code(path, config)
        if config.get("extra_ids") is not None:
            _whole(path, config, "extra_ids", (0, shape.vocab_size))


def _whole(
    path: Path, config: Mapping[str, Any], field: str, bounds: tuple[int, int], *, default: int | None = None
) -> int:
    least, most = bounds
    value = config.get(field, default)
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise _expected(path, field, f"a whole number from {least} to {most}", value if field in config else _MISSING)
    return value


def _flag(path: Path, config: Mapping[str, Any], field: str, default: bool) -> bool:
    value = config.get(field, default)
    if not isinstance(value, bool):
        raise _expected(path, field, "true or false", value)
    return value


# -- tensors ----------------------------------------------------------------------------------------------------------

SINGLE, INDEX = "model.safetensors", "model.safetensors.index.json"
_HEADER_BYTES = 100_000_000  # as the format has it
_BYTES = {"F32": 4, "F16": 2, "BF16": 2}
_OTHER_BYTES = {"F64": 8, "I64": 8, "U64": 8, "I32": 4, "U32": 4, "I16": 2, "U16": 2, "I8": 1, "U8": 1, "BOOL": 1}
_EMBEDDINGS = ("shared.weight", "encoder.embed_tokens.weight", "decoder.embed_tokens.weight")
_SHARD = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,200}\.safetensors")
_MAX_SHARDS = 1024
_SAVE_AGAIN = "download it again, or save it again with transformers' save_pretrained"


def _blocks(shape: Shape) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Every tensor T5 needs besides embedding and head, with its shape: [out, in] for a matrix."""
    inner, d_model, d_ff = shape.num_heads * shape.d_kv, shape.d_model, shape.d_ff
    attention = {"q": (inner, d_model), "k": (inner, d_model), "v": (inner, d_model), "o": (d_model, inner)}
    wide_in = ("wi_0", "wi_1") if shape.gated else ("wi",)
    wide = {**dict.fromkeys(wide_in, (d_ff, d_model)), "wo": (d_model, d_ff)}
    stacks = (
        ("encoder", shape.num_layers, (("SelfAttention", attention), ("DenseReluDense", wide))),
        (
            "decoder",
            shape.num_decoder_layers,
            (("SelfAttention", attention), ("EncDecAttention", attention), ("DenseReluDense", wide)),
        ),
    )
    for stack, layers, parts in stacks:
        yield (
            f"{stack}.block.0.layer.0.SelfAttention.relative_attention_bias.weight",
            (shape.num_buckets, shape.num_heads),
        )
        for i in range(layers):
            for n, (part, matrices) in enumerate(parts):
                layer = f"{stack}.block.{i}.layer.{n}"
                yield f"{layer}.layer_norm.weight", (d_model,)
                for name, size in matrices.items():
                    yield f"{layer}.{part}.{name}.weight", size
        yield f"{stack}.final_layer_norm.weight", (d_model,)


def _require_tensors(folder: Path, tensors: Mapping[str, StoredTensor], needed: Mapping[str, tuple[int, ...]]) -> None:
    missing = [name for name in needed if name not in tensors]
    if missing:
        more = f" ({len(missing)} of {len(needed)} tensors are missing)" if len(missing) > 1 else ""
        path = folder / (SINGLE if os.path.lexists(folder / SINGLE) else INDEX)
        wanted = list(needed[missing[0]])
        raise problem(path, missing[0], f"expected a tensor of shape {wanted}, got none{more}; {_SAVE_AGAIN}")
    for name, size in needed.items():
        stored = tensors[name]
        if stored.shape != size:
            remedy = "config.json belongs to another model, or the weights do"
            raise problem(stored.file, name, f"expected shape {list(size)}, got {list(stored.shape)}; {remedy}")
        if stored.dtype not in _BYTES:
            remedy = "save the model again as float32, float16 or bfloat16"
            raise problem(stored.file, name, f"expected dtype F32, F16 or BF16, got {_short(stored.dtype)}; {remedy}")


def _read_headers(folder: Path) -> dict[str, StoredTensor]:
    """All tensors of model.safetensors, else of the shards its index names."""
    if os.path.lexists(folder / SINGLE):
        return _read_header(folder / SINGLE)
    path = folder / INDEX
    if not os.path.lexists(path):
        raise no_weights(folder, [entry.name for entry in entries(folder)])
    placed = _read_object(path, _HEADER_BYTES // 10).get("weight_map")
    if not isinstance(placed, dict) or not placed:
        raise _expected(path, "weight_map", "tensor names and their files", _MISSING if placed is None else placed)
    for name, shard in placed.items():
        if not isinstance(shard, str) or not _SHARD.fullmatch(shard):
            raise _expected(path, f"weight_map.{_field(name)}", "the name of a .safetensors file in this folder", shard)
    shards = sorted(set(placed.values()))
    if len(shards) > _MAX_SHARDS:
        raise _expected(path, "weight_map", f"at most {_MAX_SHARDS} files", len(shards))
    stored = {shard: _read_header(folder / shard) for shard in shards}
    for name, shard in placed.items():
        if name not in stored[shard]:
            raise problem(
                folder / shard, _field(name), f"expected this tensor, as {INDEX} says, got none; {_SAVE_AGAIN}"
            )
    return {name: stored[shard][name] for name, shard in placed.items()}


def _read_header(path: Path) -> dict[str, StoredTensor]:
    """The tensors of one safetensors file. Its parts must lie end to end and fill the file."""
    with _open_regular(path) as file:
        total = os.fstat(file.fileno()).st_size
        start = _read_exactly(file, path, 8)
        if len(start) < 8:
            raise problem(path, "header", f"expected a safetensors file, got {total} bytes; {_SAVE_AGAIN}")
        (length,) = struct.unpack("<Q", start)
        if not 2 <= length <= min(_HEADER_BYTES, total - 8):
            expected = f"a header of 2 to {min(_HEADER_BYTES, total - 8)} bytes"
            raise problem(path, "header", f"expected {expected}, got a length of {length}; {_SAVE_AGAIN}")
        header = _parse_object(path, _read_exactly(file, path, length), "header: ")
    tensors, spans = {}, []
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        tensor, begin, end = _read_entry(path, name, entry)
        tensors[name] = tensor._replace(start=8 + length + begin)
        spans.append((begin, end, name))
    at = 0
    for begin, end, name in sorted(spans):
        if begin != at:
            raise problem(path, _field(name), f"expected its bytes to begin at {at}, got {begin}; {_SAVE_AGAIN}")
        at = end
    held = total - 8 - length
    if at != held:
        raise problem(path, "length", f"expected {at} bytes of tensors, got {held}: cut or damaged; {_SAVE_AGAIN}")
    return tensors


def _read_entry(path: Path, name: str, entry: object) -> tuple[StoredTensor, int, int]:
    field = _field(name)
    if not isinstance(entry, dict):
        raise _expected(path, field, "an object with dtype, shape and data_offsets", entry, _SAVE_AGAIN)
    dtype, shape, offsets = entry.get("dtype"), entry.get("shape"), entry.get("data_offsets")
    if not isinstance(dtype, str):
        raise _expected(path, f"{field}.dtype", "a name such as F32", dtype, _SAVE_AGAIN)
    if not isinstance(shape, list) or len(shape) > 8 or not all(_natural(n) for n in shape):
        raise _expected(path, f"{field}.shape", "up to 8 whole numbers", shape, _SAVE_AGAIN)
    if not isinstance(offsets, list) or len(offsets) != 2 or not all(_natural(n) for n in offsets):
        raise _expected(path, f"{field}.data_offsets", "two whole numbers", offsets, _SAVE_AGAIN)
    begin, end = offsets
    if math.prod(shape) > 1 << 50:
        raise _expected(path, f"{field}.shape", "a tensor that fits on a disk", shape, _SAVE_AGAIN)
    size = _BYTES.get(dtype) or _OTHER_BYTES.get(dtype)
    if end < begin or (size and math.prod(shape) * size != end - begin):
        wanted = f"{math.prod(shape) * size} bytes for {dtype} {shape}" if size else "an end after its beginning"
        raise problem(path, f"{field}.data_offsets", f"expected {wanted}, got {end - begin}; {_SAVE_AGAIN}")
    return StoredTensor(path, dtype, tuple(shape), begin), begin, end


def _natural(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def no_weights(where: Path | str, names: Iterable[str]) -> ModelError:
    """Say which weights are there instead of safetensors."""
    names = list(names)
    found = sorted(n for n in names if n.endswith((".bin", ".pt", ".pth", ".ckpt", ".pkl", ".bin.index.json")))
    if found:
        plain = next((n for n in found if n.startswith("pytorch_model")), found[0])
        return problem(
            where,
            "weights",
            f"holds only {plain}, which can run code when opened; "
            "convert it to safetensors with transformers' save_pretrained",
        )
    other = sorted(n for n in names if n.endswith((".h5", ".msgpack", ".gguf", ".onnx", ".safetensors")))
    got = f"only {other[0]}" if other else "no weights"
    return problem(where, "weights", f"expected {SINGLE} or {INDEX}, got {got}; {_SAVE_AGAIN}")


# -- tokenizer --------------------------------------------------------------------------------------------------------

_TOKENIZER_BYTES = 64 << 20


def _find_tokenizer(folder: Path) -> Path:
    for name, first in (("spiece.model", b"\n"), ("tokenizer.json", b"{")):
        path = folder / name
        if not os.path.lexists(path):
            continue
        with _open_regular(path) as file:
            size = os.fstat(file.fileno()).st_size
            if size > _TOKENIZER_BYTES:
                raise _expected(path, "size", f"at most {_TOKENIZER_BYTES} bytes", size)
            head = _read_exactly(file, path, 256)
        if not head.lstrip(b" \t\r\n" if first == b"{" else b"").startswith(first):
            got = "an empty file" if not head else "something else"
            raise problem(path, "content", f"expected a tokenizer, got {got}; {_SAVE_AGAIN}")
        return path
    raise problem(
        folder, "tokenizer", "expected spiece.model or tokenizer.json, got neither; copy it from the model's origin"
    )


# -- names ------------------------------------------------------------------------------------------------------------

_REPO = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,95}/[A-Za-z0-9_.-]{1,96}")


def _looks_like_path(name: str) -> bool:
    if not name or "\0" in name:
        return False
    return name in (".", "..") or name.startswith(("./", "../", "/", "~")) or os.path.lexists(name)


# -- files ------------------------------------------------------------------------------------------------------------

_LFS = b"version https://git-lfs.github.com/spec/"
_KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a pipe",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFSOCK: "a socket",
}


def _require_folder(folder: Path) -> None:
    try:
        mode = os.stat(folder).st_mode
    except (OSError, ValueError) as error:
        if isinstance(error, PermissionError):
            raise problem(folder, "", "expected a readable folder, got no permission; check its rights") from None
        parent = folder.parent
        names = [entry.name for entry in entries(parent)] if parent.is_dir() else []
        near = difflib.get_close_matches(folder.name, names, n=1)
        remedy = f"did you mean {parent / near[0]}?" if near else "check the path"
        raise problem(folder, "", f"expected a model folder, got no such folder; {remedy}") from None
    if not stat.S_ISDIR(mode):
        kind = _KINDS.get(stat.S_IFMT(mode), "a file")
        raise problem(folder, "", f"expected a model folder, got {kind}; give the folder that holds config.json")
    if not os.access(folder, os.R_OK | os.X_OK):
        raise problem(folder, "", "expected a readable folder, got no permission; check its rights")


def entries(folder: Path) -> list[os.DirEntry[str]]:
    """Up to 10 000 entries of a folder, in name order; none when it cannot be read."""
    try:
        with os.scandir(folder) as entries:
            return sorted((entry for entry, _ in zip(entries, range(10_000), strict=False)), key=lambda e: e.name)
    except OSError:
        return []


def _open_regular(path: Path) -> BinaryIO:
    """Open a regular file, never waiting for a pipe or a device. Refuses a Git LFS pointer."""
    try:
        mode = os.stat(path).st_mode
        if not stat.S_ISREG(mode):
            kind = _KINDS.get(stat.S_IFMT(mode), "something else")
            raise problem(path, "", f"expected a regular file, got {kind}; put the model's own file there")
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        file = os.fdopen(handle, "rb")
    except (OSError, ValueError) as error:
        raise _unreadable(path, error) from None
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise problem(path, "", "expected a regular file, got something else; put the model's own file there")
        if _read_exactly(file, path, len(_LFS)) == _LFS:
            raise problem(path, "content", "is a Git LFS pointer, not the file itself; run git lfs pull in its folder")
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return file


def _read_exactly(file: BinaryIO, path: Path, count: int) -> bytes:
    try:
        return file.read(count)
    except OSError as error:
        raise _unreadable(path, error) from None


def _unreadable(path: Path, error: OSError | ValueError) -> ModelError:
    missing = isinstance(error, FileNotFoundError)
    reason = "no such file" if missing else str(getattr(error, "strerror", None) or error)
    remedy = _SAVE_AGAIN if missing else "check its rights and its disk"
    return problem(path, "", f"expected a readable file, got: {reason}; {remedy}")


def hash_into(digest: Any, path: Path) -> None:
    with _open_regular(path) as file:
        while chunk := _read_exactly(file, path, 1 << 22):
            digest.update(chunk)


def _read_object(path: Path, most: int) -> dict[str, Any]:
    with _open_regular(path) as file:
        content = _read_exactly(file, path, most + 1)
    if len(content) > most:
        raise problem(path, "size", f"expected at most {most} bytes, got more; {_SAVE_AGAIN}")
    return _parse_object(path, content, "")


def _parse_object(path: Path, content: bytes, part: str) -> dict[str, Any]:
    """Read a JSON object. NaN, infinities and numbers of more than 20 digits are refused."""
    if not content.strip():
        raise problem(path, f"{part}JSON", f"expected an object, got an empty file; {_SAVE_AGAIN}")
    try:
        value = json.loads(
            content.decode("utf-8-sig"), parse_int=_plain_int, parse_float=_finite_float, parse_constant=_no_constant
        )
    except json.JSONDecodeError as error:
        text = f"expected an object, got text that is not JSON (line {error.lineno}: {error.msg})"
        raise problem(path, f"{part}JSON", f"{text}; {_SAVE_AGAIN}") from None
    except UnicodeDecodeError:
        raise problem(path, f"{part}JSON", f"expected UTF-8 text, got other bytes; {_SAVE_AGAIN}") from None
    except ValueError as error:
        raise problem(path, f"{part}JSON", f"expected plain numbers, got {error}; correct or remove it") from None
    except RecursionError:
        raise problem(path, f"{part}JSON", f"expected an object, got too many nested brackets; {_SAVE_AGAIN}") from None
    if not isinstance(value, dict):
        raise _expected(path, f"{part}JSON", "an object", value, _SAVE_AGAIN)
    return value


def _plain_int(digits: str) -> int:
    if len(digits) > 20:
        raise ValueError(f"one of {len(digits)} digits")
    return int(digits)


def _finite_float(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise ValueError(f"one beyond any float: {digits[:20]}")
    return value


def _no_constant(word: str) -> NoReturn:
    raise ValueError(word)


# -- words ------------------------------------------------------------------------------------------------------------

_MISSING = object()


def _expected(path: Path, field: str, wanted: str, got: object, remedy: str = "") -> ModelError:
    remedy = remedy or f"correct {path.name}, or download it again"
    return problem(path, field, f"expected {wanted}, got {_short(got)}; {remedy}")


def problem(where: Path | str, field: str, text: str) -> ModelError:
    """One line: WHERE: FIELD: text."""
    message = f"{where}: {field}: {text}" if field else f"{where}: {text}"
    return ModelError(" ".join(message.splitlines()))


def _short(value: object) -> str:
    """A value from a file, for a message: short, and on one line."""
    if value is _MISSING:
        return "nothing"
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list):
        return "a list" if len(value) > 8 or any(isinstance(v, (list, dict, str)) for v in value) else str(value)
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    text = ascii(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _field(name: str) -> str:
    """The name of a field or tensor in a file, for a message."""
    return name if re.fullmatch(r"[\w.-]{1,150}", name, re.ASCII) else _short(name)
