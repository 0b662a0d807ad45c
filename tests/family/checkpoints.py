"""Writes a small random checkpoint of each member, with the files that its page on the hub has."""

from __future__ import annotations

import functools
import io
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from tests.family.members import Member, Vocabulary, Weights
from tests.tiny_t5 import TEXT, layout, piece_count, spiece_bytes

SIZES = {"d_model": 32, "d_kv": 8, "d_ff": 64, "num_heads": 4, "num_layers": 2, "num_decoder_layers": 2}
SPARE_ROWS = 5
"""Rows of the tables without a token, as in nearly every member."""

_CHINESE = "北京是中国的首都。这部电影很好看！用户：小元：情感分析？选项，积极，消极，答案"
_CHINESE += "在哪里有多少人口把下面的句子翻译成英文"
_CODE = ["def add(a, b):\n    return a + b", "for i in range(10):\n    print(i)", "class A(B):\n    pass"]


def write_member(folder: Path, member: Member, *, seed: int = 0, **sizes: int) -> Path:
    """Write a member's checkpoint into a new folder and return it. sizes: of SIZES, instead of those there."""
    folder.mkdir(parents=True)
    tokens = VOCABULARIES[member.vocabulary](folder)
    deep = {"num_layers": 3, "num_decoder_layers": 1} if member.vocabulary == "bytes" else {}
    config = {**SIZES, **deep, **sizes, **member.config, "vocab_size": tokens + SPARE_ROWS}
    write_json(folder / "config.json", config)
    write_json(folder / "tokenizer_config.json", member.tokenizer)
    if member.generation is not None:
        write_json(folder / "generation_config.json", member.generation)
    if member.with_json:
        _write_tokenizer_json(folder, member)
    tensors = random_tensors(config, seed)
    if member.name == "T5":  # its files have one more bias than it uses
        bias = "relative_attention_bias.weight"
        name = f"decoder.block.0.layer.0.SelfAttention.{bias}"
        tensors[f"decoder.block.0.layer.1.EncDecAttention.{bias}"] = tensors[name] + 1
    write_weights(folder, tensors, member.weights)
    return folder


def random_tensors(config: Mapping[str, Any], seed: int = 0) -> dict[str, np.ndarray]:
    """The tensors of a T5 with this config.json, large enough for answers to vary."""
    rng = np.random.default_rng(seed)
    full = {"feed_forward_proj": "relu", "tie_word_embeddings": True, **config}
    return {
        name: (np.ones(size) if name.endswith("layer_norm.weight") else rng.normal(0, 0.35, size)).astype(np.float32)
        for name, size in layout(full)
    }


def write_weights(folder: Path, tensors: Mapping[str, np.ndarray], form: Weights) -> None:
    """Write the tensors as a page has them: one file, shards with an index, or a pickle, which has copies by name."""
    if form == "bin":
        import torch

        held = {name: torch.from_numpy(tensor) for name, tensor in tensors.items()}
        shared = dict.fromkeys(("encoder.embed_tokens.weight", "decoder.embed_tokens.weight"), held["shared.weight"])
        torch.save({"lm_head.weight": held["shared.weight"], **held, **shared}, folder / "pytorch_model.bin")
        return
    from safetensors.numpy import save_file

    metadata = {"format": "pt"}
    if form == "safetensors":
        save_file(dict(tensors), folder / "model.safetensors", metadata=metadata)
        return
    names = list(tensors)
    shards = {f"model-0000{n}-of-00002.safetensors": names[n - 1 :: 2] for n in (1, 2)}
    for shard, held in shards.items():
        save_file({name: tensors[name] for name in held}, folder / shard, metadata=metadata)
    placed = {name: shard for shard, held in shards.items() for name in held}
    write_json(folder / "model.safetensors.index.json", {"metadata": {"total_size": 0}, "weight_map": placed})


def write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _write_tokenizer_json(folder: Path, member: Member) -> None:
    """Write the tokenizer.json that transformers 4 made of the other files, as the pages have it."""
    appended = 0 if member.vocabulary in ("mt5", "madlad") else member.tokenizer.get("extra_ids", 100)
    described = _bpe_json(folder) if member.vocabulary == "bpe" else _unigram_json(folder, sentinels=appended)
    write_json(folder / "tokenizer.json", {"version": "1.0", "truncation": None, "padding": None, **described})


def _bpe_json(folder: Path) -> dict[str, Any]:
    vocabulary, merges = (folder / name for name in ("vocab.json", "merges.txt"))
    roles = json.loads((folder / "special_tokens_map.json").read_text(encoding="utf-8"))
    pieces = json.loads(vocabulary.read_text(encoding="utf-8"))
    ids = {**pieces, **json.loads((folder / "added_tokens.json").read_text())}
    names = dict.fromkeys([*roles["additional_special_tokens"], *list(roles.values())[:-1]])
    level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
    return {
        "added_tokens": [_special(ids[name], name) for name in sorted(names, key=ids.__getitem__)],
        "normalizer": None,
        "pre_tokenizer": level,
        "post_processor": {
            "type": "RobertaProcessing",
            "sep": ["</s>", ids["</s>"]],
            "cls": ["<s>", ids["<s>"]],
            "trim_offsets": True,
            "add_prefix_space": False,
        },
        "decoder": {**level, "add_prefix_space": True},
        "model": {
            "type": "BPE",
            "dropout": None,
            "unk_token": None,
            "continuing_subword_prefix": "",
            "end_of_word_suffix": "",
            "fuse_unk": False,
            "byte_fallback": False,
            "vocab": pieces,
            "merges": merges.read_text(encoding="utf-8").splitlines()[1:],
        },
    }


def _special(at: int, name: str) -> dict[str, Any]:
    plain = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
    return {"id": at, "content": name, **plain}


def _unigram_json(folder: Path, *, sentinels: int, end: str = "</s>") -> dict[str, Any]:
    import base64

    from sentencepiece import sentencepiece_model_pb2

    model = sentencepiece_model_pb2.ModelProto.FromString((folder / "spiece.model").read_bytes())
    vocabulary = [[piece.piece, piece.score] for piece in model.pieces]
    vocabulary += [[f"<extra_id_{number}>", 0.0] for number in range(sentinels - 1, -1, -1)]
    ids = {name: at for at, (name, _) in enumerate(vocabulary)}
    added = [_special(at, name) for name, at in ids.items() if at < 3 or name.startswith("<extra_id")]
    metaspace = {"type": "Metaspace", "replacement": "\u2581", "prepend_scheme": "always", "split": True}
    closing = {"SpecialToken": {"id": end, "type_id": 0}}
    parts = [[{"Sequence": {"id": "A", "type_id": 0}}, closing], [{"Sequence": {"id": "B", "type_id": 0}}, closing]]
    return {
        "added_tokens": added,
        "normalizer": {
            "type": "Precompiled",
            "precompiled_charsmap": base64.b64encode(model.normalizer_spec.precompiled_charsmap).decode(),
        },
        "pre_tokenizer": {"type": "Sequence", "pretokenizers": [{"type": "WhitespaceSplit"}, metaspace]},
        "post_processor": {
            "type": "TemplateProcessing",
            "single": parts[0],
            "pair": [*parts[0], *parts[1]],
            "special_tokens": {end: {"id": end, "ids": [ids[end]], "tokens": [end]}},
        },
        "decoder": metaspace,
        "model": {"type": "Unigram", "unk_id": model.trainer_spec.unk_id, "vocab": vocabulary, "byte_fallback": False},
    }


# -- vocabularies: each writes its files and returns how many tokens they have ----------------------------------------


def _t5(folder: Path) -> int:
    (folder / "spiece.model").write_bytes(spiece_bytes())
    write_json(folder / "special_tokens_map.json", _roles(100))
    return piece_count() + 100


def _mt5(folder: Path) -> int:
    content, count = _spiece_of_mt5()
    (folder / "spiece.model").write_bytes(content)
    write_json(folder / "special_tokens_map.json", _roles(0))
    return count


def _umt5(folder: Path) -> int:
    content, count = _multilingual_spiece()
    (folder / "spiece.model").write_bytes(content)
    write_json(folder / "special_tokens_map.json", _roles(300))
    return count + 300


def _madlad(folder: Path) -> int:
    content, count = _spiece_of_madlad()
    (folder / "spiece.model").write_bytes(content)
    write_json(folder / "special_tokens_map.json", {**_roles(0), "bos_token": "<s>", "pad_token": "<s>"})
    return count


def _chinese(folder: Path) -> int:
    content, count = _chinese_spiece()
    (folder / "spiece.model").write_bytes(content)
    write_json(folder / "special_tokens_map.json", _roles(0))
    return count + 100


def _bytes(folder: Path) -> int:
    write_json(folder / "special_tokens_map.json", _roles(125))
    return 3 + 256 + 125


def _bpe(folder: Path) -> int:
    vocabulary, merges = _code_bpe()
    (folder / "vocab.json").write_text(vocabulary, encoding="utf-8")
    (folder / "merges.txt").write_text(merges, encoding="utf-8")
    first = len(json.loads(vocabulary))
    sentinels = [f"<extra_id_{number}>" for number in range(99, -1, -1)]
    write_json(folder / "added_tokens.json", {name: first + at for at, name in enumerate(sentinels)})
    names = {"bos": "<s>", "eos": "</s>", "unk": "<unk>", "sep": "</s>", "pad": "<pad>", "cls": "<s>", "mask": "<mask>"}
    roles = {f"{role}_token": name for role, name in names.items()}
    write_json(folder / "special_tokens_map.json", {**roles, "additional_special_tokens": sentinels})
    return first + 100


VOCABULARIES: Mapping[Vocabulary, Callable[[Path], int]] = {
    "t5": _t5,
    "mt5": _mt5,
    "umt5": _umt5,
    "madlad": _madlad,
    "chinese": _chinese,
    "bytes": _bytes,
    "bpe": _bpe,
}


def _roles(sentinels: int) -> dict[str, Any]:
    more = {"additional_special_tokens": [f"<extra_id_{number}>" for number in range(sentinels)]} if sentinels else {}
    return {"eos_token": "</s>", "unk_token": "<unk>", "pad_token": "<pad>", **more}


@functools.cache
def _multilingual_spiece() -> tuple[bytes, int]:
    lines = [
        " ".join(Random(n).choices(TEXT.split(), k=5)) + "".join(Random(n).choices(_CHINESE, k=9)) for n in range(500)
    ]
    return _trained(lines, vocab_size=430, byte_fallback=True, pad_id=0, eos_id=1, unk_id=2, bos_id=-1)


@functools.cache
def _spiece_of_mt5() -> tuple[bytes, int]:
    """With 100 sentinels in the vocabulary itself."""
    from sentencepiece import sentencepiece_model_pb2

    model = sentencepiece_model_pb2.ModelProto.FromString(_multilingual_spiece()[0])
    for number in range(99, -1, -1):
        model.pieces.add(piece=f"\u2581<extra_id_{number}>", score=0.0, type=4)
    return model.SerializeToString(), len(model.pieces)


@functools.cache
def _spiece_of_madlad() -> tuple[bytes, int]:
    lines = [" ".join(Random(n).choices(TEXT.split(), k=8)) for n in range(500)]
    return _trained(
        lines,
        vocab_size=330,
        byte_fallback=True,
        unk_id=0,
        bos_id=1,
        eos_id=2,
        user_defined_symbols=["<2de>", "<2en>", "<2zh>"],
    )


@functools.cache
def _chinese_spiece() -> tuple[bytes, int]:
    lines = ["".join(Random(n).choices(_CHINESE, k=12)) + " abc xyz" for n in range(500)]
    return _trained(lines, vocab_size=120, hard_vocab_limit=False, pad_id=0, eos_id=1, unk_id=2, bos_id=-1)


def _trained(lines: Sequence[str], **options: Any) -> tuple[bytes, int]:
    import sentencepiece

    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(lines),
        model_writer=model,
        model_type="unigram",
        pad_piece="<pad>",
        num_threads=1,
        minloglevel=2,
        **options,
    )
    return model.getvalue(), sentencepiece.SentencePieceProcessor(model_proto=model.getvalue()).get_piece_size()


@functools.cache
def _code_bpe() -> tuple[str, str]:
    """The contents of vocab.json and merges.txt."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

    made = Tokenizer(models.BPE())
    made.pre_tokenizer, made.decoder = pre_tokenizers.ByteLevel(add_prefix_space=False), decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=320,
        special_tokens=["<pad>", "<s>", "</s>", "<unk>", "<mask>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    made.train_from_iterator(_CODE * 20, trainer)
    model = json.loads(made.to_str())["model"]
    merges = [" ".join(merge) if isinstance(merge, list) else merge for merge in model["merges"]]
    return json.dumps(model["vocab"]), "\n".join(["#version: 0.2", *merges, ""])
