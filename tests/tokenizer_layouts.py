"""Writes small tokenizers of the layouts that the tokenizers library has to read, for models of ROWS tokens."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from typing import Any

from tests.tiny_t5 import TEXT

ROWS = 600
CODE = [
    "def add(a, b):\n    return a + b",
    "for i in range(10):\n    print(i)",
    "class Café(B):\n\tpass",
    "x = {1: '北京'}",
]
ROLES = {"bos": "<s>", "eos": "</s>", "unk": "<unk>", "sep": "</s>", "pad": "<pad>", "cls": "<s>", "mask": "<mask>"}
SENTINELS = [f"<extra_id_{number}>" for number in range(19, -1, -1)]
ADDED: dict[str, dict[str, bool]] = {
    "{": {}, "}}": {}, "\n": {"normalized": False}, "<sep>": {"special": True},
    "Word": {"single_word": True, "lstrip": True}
}  # fmt: skip
FLAGS = ("special", "normalized", "lstrip", "rstrip", "single_word")


def write(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")


def edit(path: Path, **fields: Any) -> None:
    write(path, (json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}) | fields)


def about(content: str, **flags: bool) -> dict[str, Any]:
    special = flags.get("special", False)
    return {"content": content, **dict.fromkeys(FLAGS, False), "normalized": not special, **flags}


def specials(names: Sequence[str]) -> dict[str, dict[str, bool]]:
    return {name: {"special": True} for name in names}


def listed(first: int, tokens: dict[str, dict[str, bool]]) -> list[dict[str, Any]]:
    return [{"id": first + at, **about(content, **flags)} for at, (content, flags) in enumerate(tokens.items())]


# -- RoBERTa's class: CodeT5 and CodeT5+ ------------------------------------------------------------------------------


@functools.cache
def _code() -> str:
    """A byte-level BPE as the model of a tokenizer.json."""
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers

    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    first = ["<pad>", "<s>", "</s>", "<unk>", "<mask>"]
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=360, special_tokens=first, initial_alphabet=alphabet, show_progress=False)
    made.train_from_iterator(CODE * 9, trainer)
    return json.dumps(json.loads(made.to_str())["model"])


def _config(folder: Path, tokenizer_class: str, **fields: Any) -> None:
    write(folder / "config.json", {"model_type": "t5", "vocab_size": ROWS, "eos_token_id": 2})
    write(folder / "tokenizer_config.json", {"tokenizer_class": tokenizer_class, **fields})


def codet5(folder: Path) -> None:
    """vocab.json and merges.txt, with the sentinels in the vocabulary."""
    _config(folder, "RobertaTokenizer", add_prefix_space=False, model_max_length=512)
    model = json.loads(_code())
    vocabulary = {**model["vocab"]}
    vocabulary |= {name: len(model["vocab"]) + at for at, name in enumerate(SENTINELS)}
    write(folder / "vocab.json", vocabulary)
    merges = (" ".join(pair) if isinstance(pair, list) else pair for pair in model["merges"])
    (folder / "merges.txt").write_text("\n".join(["#version: 0.2", *merges, ""]), encoding="utf-8")
    roles = {f"{role}_token": name for role, name in ROLES.items()}
    write(folder / "special_tokens_map.json", {**roles, "additional_special_tokens": SENTINELS})


def codet5_with_tokens(folder: Path) -> None:
    codet5(folder)
    first = len(json.loads((folder / "vocab.json").read_text()))
    write(folder / "added_tokens.json", {"\n": first, "<sep>": first + 1, "}}": first + 2})
    edit(folder / "tokenizer_config.json", additional_special_tokens=[*SENTINELS, "<sep>"])


def codet5_of_the_hub(folder: Path) -> None:
    """With roles as objects, in both files, not all with the same flags."""
    codet5(folder)
    flags = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": True}
    roles = {f"{role}_token": {"content": name, **flags} for role, name in ROLES.items()}
    roles |= {"mask_token": {**roles["mask_token"], "lstrip": True}}
    write(folder / "special_tokens_map.json", {**roles, "cls_token": "<s>", "additional_special_tokens": SENTINELS})
    typed = {role: {**value, "__type": "AddedToken"} for role, value in roles.items()}
    edit(folder / "tokenizer_config.json", **typed, errors="replace", special_tokens_map_file=None, name_or_path="x")


def codet5_with_a_space(folder: Path) -> None:
    codet5(folder)
    edit(folder / "tokenizer_config.json", add_prefix_space=True)


def codet5p(folder: Path) -> None:
    """As `codet5`, with the tokenizer.json that transformers 4 made of it, and nothing else."""
    codet5(folder)
    vocabulary = json.loads((folder / "vocab.json").read_text())
    level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
    around = {"type": "RobertaProcessing", "sep": ["</s>", 2], "cls": ["<s>", 1], "trim_offsets": True}
    names = specials(["<pad>", "<s>", "</s>", "<unk>", "<mask>"])
    tokens = listed(0, names) + listed(len(vocabulary) - len(SENTINELS), specials(SENTINELS))
    described = {
        "version": "1.0", "truncation": None, "padding": None, "added_tokens": tokens, "normalizer": None,
        "pre_tokenizer": level, "post_processor": {**around, "add_prefix_space": False}, "decoder": level,
        "model": {**json.loads(_code()), "vocab": vocabulary},
    }  # fmt: skip
    write(folder / "tokenizer.json", described)
    (folder / "vocab.json").unlink()
    (folder / "merges.txt").unlink()


def codet5p_with_tokens(folder: Path) -> None:
    codet5p(folder)
    described = json.loads((folder / "tokenizer.json").read_text())
    first = len(described["model"]["vocab"])
    new = {content: flags for content, flags in ADDED.items() if content not in described["model"]["vocab"]}
    edit(folder / "tokenizer.json", added_tokens=described["added_tokens"] + listed(first, new))


# -- a tokenizer.json that is read as it is ---------------------------------------------------------------------------

_METASPACE = {"type": "Metaspace", "replacement": "\u2581", "prepend_scheme": "always", "split": True}


def _template(end: int, begin: Sequence[int] = (), name: str = "</s>") -> dict[str, Any]:
    text, closing = {"Sequence": {"id": "A", "type_id": 0}}, {"SpecialToken": {"id": name, "type_id": 0}}
    opening = [{"SpecialToken": {"id": "<s>", "type_id": 0}}] * len(begin)
    known = {name: {"id": name, "ids": [end], "tokens": [name]}}
    if begin:
        known["<s>"] = {"id": "<s>", "ids": [*begin], "tokens": ["<s>"]}
    pair = [text, closing, {"Sequence": {"id": "B", "type_id": 1}}]
    return {"type": "TemplateProcessing", "single": [*opening, text, closing], "pair": pair, "special_tokens": known}


def _write_json(folder: Path, **parts: Any) -> None:
    described = {"version": "1.0", "truncation": None, "padding": None, "normalizer": None, **parts}
    write(folder / "tokenizer.json", described)


def byte_level(folder: Path) -> None:
    """BPE on bytes, as people train it with the library: no begin token, an end token by another name."""
    _config(folder, "PreTrainedTokenizerFast", eos_token="[EOS]", unk_token="<unk>", pad_token="<pad>")
    model = json.loads(_code())
    vocabulary = {("[EOS]" if name == "</s>" else name): at for name, at in model["vocab"].items()}
    names = specials(["<pad>", "<s>", "[EOS]", "<unk>"])
    level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
    _write_json(
        folder,
        added_tokens=listed(0, names)
        + listed(len(vocabulary), {c: f for c, f in ADDED.items() if c not in vocabulary}),
        normalizer={"type": "NFC"},
        pre_tokenizer=level,
        post_processor=_template(2, name="[EOS]"),
        decoder=level,
        model={**model, "vocab": vocabulary},
    )


def spelled_in_bytes(folder: Path) -> None:
    """BPE on characters, with bytes for others, a begin token, and control tokens that follow the vocabulary."""
    from tokenizers import Tokenizer, models, trainers

    _config(folder, "PreTrainedTokenizerFast", eos_token="</s>", unk_token="<unk>", bos_token="<s>")
    made = Tokenizer(models.BPE(unk_token="<unk>", fuse_unk=True))
    spelled = ["<unk>", *(f"<0x{byte:02X}>" for byte in range(256))]
    rng = Random(0)
    lines = ["\u2581" + "\u2581".join(rng.choices(TEXT.split(), k=9)) for _ in range(200)]
    trainer = trainers.BpeTrainer(vocab_size=360, special_tokens=spelled, show_progress=False)
    made.train_from_iterator(lines, trainer)
    model = json.loads(made.to_str())["model"] | {"byte_fallback": True}
    size = len(model["vocab"])
    steps = [{"type": "Prepend", "prepend": "\u2581"}]
    steps.append({"type": "Replace", "pattern": {"String": " "}, "content": "\u2581"})
    joins = [{"type": "Replace", "pattern": {"String": "\u2581"}, "content": " "}, {"type": "ByteFallback"}]
    joins += [{"type": "Fuse"}, {"type": "Strip", "content": " ", "start": 1, "stop": 0}]
    unknown = listed(0, {"<unk>": {"special": True}})
    controls = {"<s>": {"special": True}, "</s>": {"special": True}, "<extra_id_0>": {"special": True}}
    _write_json(
        folder,
        added_tokens=unknown
        + listed(size, {**controls, **{c: f for c, f in ADDED.items() if c not in model["vocab"]}}),
        normalizer={"type": "Sequence", "normalizers": steps},
        pre_tokenizer=None,
        post_processor=_template(size + 1, [size]),
        decoder={"type": "Sequence", "decoders": joins},
        model=model,
    )


def lower_case(folder: Path) -> None:
    """Unigram with steps that T5 does not have."""
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers

    _config(folder, "PreTrainedTokenizerFast", eos_token="</s>", unk_token="<unk>", pad_token="<pad>")
    made = Tokenizer(models.Unigram())
    made.pre_tokenizer = pre_tokenizers.Metaspace()
    rng = Random(0)
    lines = [" ".join(rng.choices(TEXT.lower().split(), k=9)) for _ in range(300)]
    first = ["<pad>", "</s>", "<unk>"]
    made.train_from_iterator(
        lines, trainers.UnigramTrainer(vocab_size=120, special_tokens=first, unk_token="<unk>", show_progress=False)
    )
    model = json.loads(made.to_str())["model"]
    names = [name for name, _ in model["vocab"]]
    new = {content: flags for content, flags in ADDED.items() if content not in names}
    _write_json(
        folder,
        added_tokens=listed(0, specials(first)) + listed(len(names), new),
        normalizer={"type": "Sequence", "normalizers": [{"type": "NFKC"}, {"type": "Lowercase"}]},
        pre_tokenizer={
            "type": "Sequence",
            "pretokenizers": [{"type": "Digits", "individual_digits": True}, _METASPACE],
        },
        post_processor=_template(1),
        decoder=_METASPACE,
        model=model,
    )


LAYOUTS: list[Callable[[Path], None]] = [
    codet5, codet5_of_the_hub, codet5_with_tokens, codet5_with_a_space, codet5p, codet5p_with_tokens,
    byte_level, spelled_in_bytes, lower_case,
]  # fmt: skip
