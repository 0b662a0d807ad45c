"""Writes small random T5 checkpoints. Needs numpy and sentencepiece, not torch."""

from __future__ import annotations

import functools
import io
import json
from collections.abc import Iterator
from pathlib import Path
from random import Random

import numpy as np

from tests.hostile import HOSTILE

SENTINELS = 100
SPECIAL = {"eos_token": "</s>", "unk_token": "<unk>", "pad_token": "<pad>"}
TEXT = """
a step by recipe to make bolognese pasta the of and in with for on cook boil add salt water tomato onion translate
english german question answer summarize what is how many review movie good bad yes no city river Paris France
"""
DTYPES = {"float32": np.float32, "float16": np.float16}


def make_tiny_t5(
    folder: Path | str,
    *,
    tied: bool = False,
    gated: bool = True,
    seed: int = 0,
    shards: int = 1,
    layers: int = 2,
    decoder_layers: int = 2,
    heads: int = 4,
    d_kv: int = 8,
    d_model: int = 32,
    d_ff: int = 64,
    scale: float = 0.35,
    dtype: str = "float32",
    family: str = "t5",
    more_rows: int = 0,
) -> Path:
    """Write a T5 with normally distributed weights and return its folder. The same arguments give the same bytes.

    scale: standard deviation; the default is large enough for answers to vary. shards: number of weight files.
    tied: share embedding and head, and scale the output, as in T5 1.0. family: t5, mt5 or umt5; the last two have a
    vocabulary with byte fallback that contains the sentinels. more_rows: of embedding and head, for added tokens.
    """
    from safetensors.numpy import save_file

    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "spiece.model").write_bytes(spiece_bytes() if family == "t5" else byte_spiece_bytes())
    vocab_size = piece_count() + SENTINELS if family == "t5" else BYTE_PIECES + 12  # as in mT5, some rows have no piece
    config = {
        "architectures": ["T5ForConditionalGeneration"],
        "model_type": family,
        "is_encoder_decoder": True,
        "vocab_size": vocab_size + more_rows,
        "d_model": d_model,
        "d_kv": d_kv,
        "d_ff": d_ff,
        "num_layers": layers,
        "num_decoder_layers": decoder_layers,
        "num_heads": heads,
        "relative_attention_num_buckets": 32,
        "relative_attention_max_distance": 128,
        "layer_norm_epsilon": 1e-6,
        "feed_forward_proj": "gated-gelu" if gated else "relu",
        "dropout_rate": 0.0,
        "tie_word_embeddings": tied,
        "pad_token_id": 0,
        "eos_token_id": 1,
        "decoder_start_token_id": 0,
    }
    _write_json(folder / "config.json", config)
    _write_json(folder / "generation_config.json", {key: config[key] for key in config if key.endswith("_token_id")})
    _write_json(folder / "special_tokens_map.json", SPECIAL)
    sentinels = SENTINELS if family == "t5" else 0
    about = {"tokenizer_class": "T5Tokenizer", "extra_ids": sentinels, "model_max_length": 512, **SPECIAL}
    _write_json(folder / "tokenizer_config.json", about)

    rng = np.random.default_rng(seed)
    tensors = {}
    for name, size in layout(config):
        values = np.ones(size) if name.endswith("layer_norm.weight") else rng.normal(0, scale, size)
        tensors[name] = np.ascontiguousarray(values, dtype=DTYPES[dtype])
    metadata = {"format": "pt"}
    if shards == 1:
        save_file(tensors, folder / "model.safetensors", metadata=metadata)
        return folder
    placed = {name: f"model-{1 + i % shards:05}-of-{shards:05}.safetensors" for i, name in enumerate(tensors)}
    for shard in sorted(set(placed.values())):
        save_file({n: tensors[n] for n in tensors if placed[n] == shard}, folder / shard, metadata=metadata)
    total = sum(tensor.nbytes for tensor in tensors.values())
    _write_json(folder / "model.safetensors.index.json", {"metadata": {"total_size": total}, "weight_map": placed})
    return folder


def make_overflowing_t5(folder: Path, gate: float = 400.0, *, every_word: bool = False) -> Path:
    """Write a tiny model in which `Paris`, read or written, makes the first layers overflow float16; return its folder.

    gate: the square of six times this is the largest number. every_word: any other word does so too.
    """
    from safetensors.numpy import load_file, save_file
    from sentencepiece import SentencePieceProcessor

    make_tiny_t5(folder)
    paris = SentencePieceProcessor(model_proto=spiece_bytes()).encode("Paris")[-1]
    tensors = load_file(folder / "model.safetensors")
    tensors["shared.weight"][:, 0] = 0
    tensors["shared.weight"][slice(None) if every_word else paris] = [100.0] + [0.0] * 31
    for stack, attentions in (("encoder", ["SelfAttention"]), ("decoder", ["SelfAttention", "EncDecAttention"])):
        block = f"{stack}.block.0.layer"
        for number, attention in enumerate(attentions):
            tensors[f"{block}.{number}.{attention}.o.weight"][0] = 0
        for name in ("wi_0", "wi_1"):
            tensors[f"{block}.{len(attentions)}.DenseReluDense.{name}.weight"][:, 0] = gate
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    return folder


def make_hostile_t5(folder: Path) -> Path:
    """Write a tiny model most of whose pieces, and so of whose answers, hold hostile text; return its folder."""
    from sentencepiece import sentencepiece_model_pb2

    make_tiny_t5(folder)
    model = sentencepiece_model_pb2.ModelProto()
    model.ParseFromString(spiece_bytes())
    for number, piece in enumerate(model.pieces):
        if piece.type == 1 and len(piece.piece) > 1:  # a normal one; any text can be read through the others
            piece.piece = f"{piece.piece}{HOSTILE}{number}"
    (folder / "spiece.model").write_bytes(model.SerializeToString())
    return folder


LORA = {"peft_type": "LORA", "r": 4, "lora_alpha": 8, "bias": "none", "fan_in_fan_out": False, "task_type": None}


def make_adapter(folder: Path, base: Path, *targets: str, rank: int = 4, **config: object) -> Path:
    """Write a random LoRA adapter for modules `targets`, in the format of peft, and return its folder."""
    from safetensors.numpy import load_file, save_file

    folder.mkdir(parents=True)
    _write_json(folder / "adapter_config.json", {**LORA, "base_model_name_or_path": str(base), **config})
    rng, weights, tensors = np.random.default_rng(0), load_file(base / "model.safetensors"), {}
    for target in targets:
        out, width = weights[f"{target}.weight"].shape
        tensors[f"base_model.model.{target}.lora_A.weight"] = rng.normal(0, 0.3, (rank, width)).astype(np.float32)
        tensors[f"base_model.model.{target}.lora_B.weight"] = rng.normal(0, 0.3, (out, rank)).astype(np.float32)
    save_file(tensors, folder / "adapter_model.safetensors")
    return folder


def write_tokenizer_json(folder: Path) -> None:
    """Write the `tokenizer.json` that transformers makes from `spiece.model`. Needs transformers."""
    from transformers import T5TokenizerFast

    T5TokenizerFast.from_pretrained(folder, trust_remote_code=False, local_files_only=True).save_pretrained(folder)


@functools.cache
def spiece_bytes() -> bytes:
    """A SentencePiece model like T5's: unigram, pad 0, eos 1, unk 2, no begin token."""
    return _trained(vocab_size=160, hard_vocab_limit=False)


def _trained(**more: object) -> bytes:
    import sentencepiece

    rng, words = Random(0), TEXT.split()
    lines = [" ".join(rng.choices(words, k=rng.randint(4, 14))) + rng.choice(".?:!,") for _ in range(2000)]
    lines += ["A step by step recipe to make bolognese pasta:", "Q: What is the capital of France? A: Paris"] * 25
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(lines),
        model_writer=model,
        model_type="unigram",
        pad_id=0,
        eos_id=1,
        unk_id=2,
        bos_id=-1,
        pad_piece="<pad>",
        eos_piece="</s>",
        unk_piece="<unk>",
        num_threads=1,
        minloglevel=2,
        **more,
    )
    return model.getvalue()


BYTE_PIECES = 430


@functools.cache
def byte_spiece_bytes(sentinel_type: int = 4) -> bytes:
    """A SentencePiece model like mT5's, with byte fallback; its last 100 pieces are sentinels.

    sentinel_type: 4 for user-defined, 1 for normal pieces.
    """
    from sentencepiece import sentencepiece_model_pb2

    model = sentencepiece_model_pb2.ModelProto()
    model.ParseFromString(_trained(vocab_size=330, byte_fallback=True))
    for number in range(SENTINELS - 1, -1, -1):
        model.pieces.add(piece=f"\u2581<extra_id_{number}>", score=0.0, type=sentinel_type)
    assert len(model.pieces) == BYTE_PIECES
    return model.SerializeToString()


@functools.cache
def piece_count() -> int:
    import sentencepiece

    return int(sentencepiece.SentencePieceProcessor(model_proto=spiece_bytes()).get_piece_size())


def layout(config: dict) -> Iterator[tuple[str, tuple[int, ...]]]:
    """The name and shape of every tensor of a T5 with this config.json."""
    d_model, d_ff, heads = config["d_model"], config["d_ff"], config["num_heads"]
    inner = heads * config["d_kv"]
    wide = ["wi_0", "wi_1"] if config["feed_forward_proj"].startswith("gated-") else ["wi"]
    yield "shared.weight", (config["vocab_size"], d_model)
    for stack, layers in (("encoder", config["num_layers"]), ("decoder", config["num_decoder_layers"])):
        attentions = ["SelfAttention"] if stack == "encoder" else ["SelfAttention", "EncDecAttention"]
        for i in range(layers):
            block = f"{stack}.block.{i}.layer"
            if i == 0 or config["model_type"] == "umt5":
                yield f"{block}.0.SelfAttention.relative_attention_bias.weight", (32, heads)
            for n, attention in enumerate(attentions):
                yield f"{block}.{n}.layer_norm.weight", (d_model,)
                for name in "qkv":
                    yield f"{block}.{n}.{attention}.{name}.weight", (inner, d_model)
                yield f"{block}.{n}.{attention}.o.weight", (d_model, inner)
            n = len(attentions)
            yield f"{block}.{n}.layer_norm.weight", (d_model,)
            for name in wide:
                yield f"{block}.{n}.DenseReluDense.{name}.weight", (d_ff, d_model)
            yield f"{block}.{n}.DenseReluDense.wo.weight", (d_model, d_ff)
        yield f"{stack}.final_layer_norm.weight", (d_model,)
    if not config["tie_word_embeddings"]:
        yield "lm_head.weight", (config["vocab_size"], d_model)


def _write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, indent=2) + "\n", encoding="utf-8")
