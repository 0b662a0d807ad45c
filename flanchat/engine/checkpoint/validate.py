"""Check a model folder before any weight is read. Knows files and T5's layout; knows no hub and no torch.

`preflight` reads the JSON files and the safetensors headers, and reports the first problem in one line. A checkpoint
that passes has every tensor that T5 needs, in the right shape, in files of the right length. Weights that are not
finite are found by the loader.
"""

from __future__ import annotations

import hashlib
import math
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NamedTuple

from flanchat.base.files import is_there
from flanchat.engine.checkpoint.added_tokens import AddedToken
from flanchat.engine.checkpoint.config import Shape, check_tokenizer_config, read_config, read_generation, read_shape
from flanchat.engine.checkpoint.lora import Adapter, read_adapter
from flanchat.engine.checkpoint.safetensors_header import BYTES, INDEX, SINGLE, StoredTensor, read_headers
from flanchat.engine.checkpoint.tokenizer_files import (
    TokenizerSettings,
    check_adapter_files,
    digest_of,
    read_tokenizer_files,
)
from flanchat.engine.checkpoint.untrusted_json import SAVE_AGAIN, hash_into, problem, require_folder, short
from flanchat.engine.devices.measurements import cached_measurement

Origin = Literal["bundled", "folder", "huggingface", "openmind", "scripted"]


@dataclass(frozen=True, slots=True)
class ModelSource:
    """Where a model is. name: as the user gave it. revision: the hub's commit, flanchat's version, or "".

    adapter: the folder of a LoRA adapter that is to be merged into the model in `folder`.
    base: the name of that model if the user gave it, "" if the adapter did.
    """

    name: str
    folder: Path
    origin: Origin
    revision: str
    adapter: Path | None = None
    base: str = ""

    @property
    def label(self) -> str:
        """The name for a toolbar: of a folder, the last part of its path."""
        return (self.adapter or self.folder).name if self.origin == "folder" else self.name

    @property
    def names(self) -> tuple[str, ...]:
        """Every name that the model goes by."""
        return (self.name, self.label, *(("bundled",) if self.origin == "bundled" else ()))


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A folder that holds a complete T5.

    family: its model_type, one of FAMILIES.
    tensors: all that are stored. unused: the names of those that T5 does not need, sorted.
    encoder_table, decoder_table, head: the names in the files of encoder's and decoder's token embedding and of the
    output head; nearly always all "shared.weight", or "lm_head.weight" for the head.
    parameters, weight_bytes: of the tensors that T5 needs, as stored. The decoder's table does not count: one of its
    own is nearly always a copy of the encoder's.
    tokenizer: the file that holds the vocabulary; of bytes, the one that says so. added_tokens: those that T5's own
    vocabulary lacks.
    remarks: a sentence for each thing that transformers would do otherwise.
    adapter: merged into the tensors while they are loaded.
    """

    folder: Path
    family: str
    shape: Shape
    tensors: Mapping[str, StoredTensor]
    unused: tuple[str, ...]
    encoder_table: str
    decoder_table: str
    head: str
    parameters: int
    weight_bytes: int
    tokenizer: Path
    added_tokens: tuple[AddedToken, ...] = ()
    remarks: tuple[str, ...] = ()
    adapter: Adapter | None = None


def preflight(folder: Path, adapter: Path | None = None) -> Checkpoint:
    """Check that `folder` holds a complete T5 and that `adapter` fits it. Raises ModelError. Takes milliseconds."""
    folder = Path(folder)
    require_folder(folder)
    config, shape, tied, remarks, tokenizer, added_tokens = read_small_files(folder)
    tensors = read_headers(folder)
    table = (shape.vocab_size, shape.d_model)
    needed = {**dict.fromkeys(_tables(tensors, tied=tied), table), **dict(_blocks(shape))}
    _require_tensors(folder, tensors, needed)
    if adapter is not None:
        check_tokenizer_config(adapter, shape)
        check_adapter_files(adapter, folder)
    merged = None if adapter is None else read_adapter(adapter, needed, table)
    if merged is not None:  # a table that is changed alone becomes one of its own
        shared = dict(zip(_TABLES, _tables(tensors, tied=tied), strict=True))
        alone = {name: tensors[shared[name]] for name in merged.low_rank if name not in tensors}
        tensors = {**tensors, **alone, **merged.whole}
    encoder_table, decoder_table, head = _tables(tensors, tied=tied)
    counted = {encoder_table: table, head: table, **dict(_blocks(shape))}
    return Checkpoint(
        folder=folder,
        family=config["model_type"],
        shape=shape,
        tensors=tensors,
        unused=tuple(sorted(tensors.keys() - counted.keys() - {decoder_table})),
        encoder_table=encoder_table,
        decoder_table=decoder_table,
        head=head,
        parameters=sum(math.prod(size) for size in counted.values()),
        weight_bytes=sum(math.prod(size) * BYTES[tensors[name].dtype] for name, size in counted.items()),
        tokenizer=tokenizer,
        added_tokens=added_tokens,
        remarks=remarks,
        adapter=merged,
    )


class SmallFiles(NamedTuple):
    """What a model's folder says without its weights.

    tied: whether the embedding serves as head if there is none. remarks: as in `Checkpoint`.
    """

    config: dict[str, Any]
    shape: Shape
    tied: bool
    remarks: tuple[str, ...]
    tokenizer: Path
    added_tokens: tuple[AddedToken, ...]


def read_small_files(folder: Path) -> SmallFiles:
    """Check all that can be checked before the weights are there. Raises ModelError."""
    config = read_config(folder)
    shape, tied = read_shape(folder / "config.json", config)
    shape, remarks = read_generation(folder, config, shape)
    check_tokenizer_config(folder, shape)
    tokenizer = read_tokenizer_files(folder)
    _require_rows(folder, tokenizer, shape.vocab_size)
    return SmallFiles(config, shape, tied, remarks, tokenizer.vocabulary[0], tokenizer.added)


def _require_rows(folder: Path, tokenizer: TokenizerSettings, rows: int) -> None:
    """Refuse tokens without a row in the embedding. Sentinels and other control tokens may have none: none is read."""
    needed = {token.id: token.content for token in tokenizer.added}
    needed |= {at: name for name, at in tokenizer.own.items() if at in (*tokenizer.begin, *tokenizer.end)}
    if (last := max(needed, default=0)) >= rows:
        text = (
            f"expected ids below {rows}, the vocab_size of config.json, got {last} for {short(needed[last])}; call "
            "resize_token_embeddings(len(tokenizer)) before training, and save model and tokenizer together"
        )
        raise problem(folder, "added tokens", text)


def weight_files(checkpoint: Checkpoint) -> list[Path]:
    """The files that hold the weights, sorted by name, the adapter's last."""
    files = {tensor.file for tensor in checkpoint.tensors.values()}
    last = [] if checkpoint.adapter is None else [checkpoint.adapter.file]
    return [*sorted(files.difference(last)), *last]


def weights_sha(checkpoint: Checkpoint) -> str:
    """The sha256 of the concatenated weight files; for a single file, what `sha256sum` prints."""
    digest = hashlib.sha256()
    for path in weight_files(checkpoint):
        hash_into(digest, path)
    return digest.hexdigest()


def weights_digest(checkpoint: Checkpoint, environ: Mapping[str, str]) -> str:
    """`weights_sha`, cached for as long as the files do not change."""
    files = weight_files(checkpoint)
    stats = [os.stat(file) for file in files]
    stamp = hashlib.sha256(repr([(s.st_dev, s.st_ino, s.st_size, s.st_mtime_ns) for s in stats]).encode()).hexdigest()
    key = f"sha256 · {os.path.realpath(files[0])} · {stamp[:16]}"
    return str(cached_measurement(key, lambda: weights_sha(checkpoint), _is_sha256, environ))


def tokenizer_digest(checkpoint: Checkpoint) -> str:
    """The sha256 of the vocabulary and its added tokens; for a spiece.model alone, what `sha256sum` prints."""
    return digest_of(checkpoint.folder)


def _is_sha256(cached: object) -> bool:
    return isinstance(cached, str) and len(cached) == 64


_TABLES = ("encoder.embed_tokens.weight", "decoder.embed_tokens.weight", "lm_head.weight")


def _tables(tensors: Mapping[str, StoredTensor], *, tied: bool) -> tuple[str, ...]:
    """The names of the encoder's table, the decoder's and the head, each the shared one when it has none of its own.

    So does transformers 5, whose shared table is the first of these that there is. A head that is missing although it
    should not be tied is asked for by name.
    """
    shared = next((name for name in ("shared.weight", *_TABLES) if name in tensors), "shared.weight")
    encoder, decoder, head = (name if name in tensors else shared for name in _TABLES)
    return encoder, decoder, head if tied else _TABLES[-1]


def _blocks(shape: Shape) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Every tensor that T5 needs besides embedding and head, with its shape: [out, in] for a matrix."""
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
        for i in range(layers):
            if i == 0 or not shape.shared_bias:
                bias = f"{stack}.block.{i}.layer.0.SelfAttention.relative_attention_bias.weight"
                yield bias, (shape.num_buckets, shape.num_heads)
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
        path = folder / (SINGLE if is_there(folder / SINGLE) else INDEX)
        wanted = list(needed[missing[0]])
        raise problem(path, missing[0], f"expected a tensor of shape {wanted}, got none{more}; {SAVE_AGAIN}")
    for name, size in needed.items():
        stored = tensors[name]
        if stored.shape != size:
            remedy = "config.json belongs to another model, or the weights do"
            raise problem(stored.file, name, f"expected shape {list(size)}, got {list(stored.shape)}; {remedy}")
        if stored.dtype not in BYTES:
            remedy = "save the model again as float32, float16 or bfloat16"
            raise problem(stored.file, name, f"expected dtype F32, F16 or BF16, got {short(stored.dtype)}; {remedy}")
