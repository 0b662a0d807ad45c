"""What the tokenizers library is to read: tokenizer.json as it is, or RoBERTa's vocab.json with merges.txt.

Each is described as the content of a tokenizer.json. Knows JSON; imports no tokenizer.
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from flanchat.base.files import is_there
from flanchat.engine.checkpoint.added_tokens import CONFIG, SENTINEL, TOKENIZER_JSON, TokenLists
from flanchat.engine.checkpoint.tokenizer_steps import AS_IT_IS, ids_around, kinds_of, other_step, steps_of
from flanchat.engine.checkpoint.untrusted_json import (
    MISSING,
    SAVE_AGAIN,
    TOKENIZER_BYTES,
    expected,
    problem,
    read_content,
    read_object,
    short,
)

VOCAB, MERGES = "vocab.json", "merges.txt"
PLAIN_CLASS, BPE_CLASS = "PreTrainedTokenizer", "RobertaTokenizer"
BPE_ROLES = {
    "bos_token": "<s>",
    "eos_token": "</s>",
    "unk_token": "<unk>",
    "sep_token": "</s>",
    "pad_token": "<pad>",
    "cls_token": "<s>",
    "mask_token": "<mask>",
}
"""The special tokens of RoBERTa's class of tokenizers. sep and cls stand after and before a text."""

_DECODERS = {"ByteLevel", "Metaspace", "Replace", "ByteFallback", "Fuse", "Strip"}
_NOT_TYPED = "\0"  # `clean` takes it from every text
_SAME_MODEL = "take both files from the same model"


class Described(NamedTuple):
    """A tokenizer as the library reads it.

    content: of a tokenizer.json. names: the pieces by id. around: the ids that stand before and after every text.
    files: those that hold the vocabulary.
    """

    content: Mapping[str, Any]
    names: Sequence[str]
    around: tuple[tuple[int, ...], tuple[int, ...]]
    files: tuple[Path, ...]


def describe_library(folder: Path, tokenizer_class: str, config: Mapping[str, Any]) -> Described:
    """Read the vocabulary in `folder`. config: tokenizer_config.json. Raises ModelError for what cannot be followed."""
    if tokenizer_class == BPE_CLASS:
        return _describe_bpe(folder, config)
    path = folder / TOKENIZER_JSON
    described = read_object(path, TOKENIZER_BYTES)
    names = _read_model(path, described.get("model"))
    _require_readable_answers(path, described)
    around = ids_around(described.get("post_processor"))
    if around is None:
        text = "expected a template that puts tokens around a single text, got something else; use transformers"
        raise problem(path, "post_processor", text)
    split = described.get("pre_tokenizer")
    prefix = split.get("add_prefix_space") if isinstance(split, dict) and split.get("type") == "ByteLevel" else None
    if prefix is not None and prefix is not bool(config.get("add_prefix_space")):  # version 4 takes it from there
        wanted = f"{short(prefix)}, as the pre_tokenizer of tokenizer.json has it"
        raise expected(folder / CONFIG, "add_prefix_space", wanted, config.get("add_prefix_space", MISSING))
    return Described(described, names, around, (path,))


def require_same_ends(files: TokenLists, begin: Sequence[int], end: Sequence[int]) -> None:
    """Refuse settings by which some versions of transformers put other tokens around a text."""
    for field, ids in (("add_bos_token", begin), ("add_eos_token", end)):
        value = files.config.get(field)
        if value is not None and bool(value) != bool(ids):
            wanted = f"{short(bool(ids))}, as the tokenizer itself does"
            raise expected(files.folder / CONFIG, field, wanted, value)


def hide_controls(content: Mapping[str, Any], own: Container[str]) -> dict[str, Any]:
    """The same tokenizer without added tokens, its control pieces under names that no text holds.

    Text cannot become one of them then. What stands around a text and what joins an answer is left to the caller.
    """
    model = dict(content["model"])
    hidden = {piece for piece in _pieces(model) if piece in own or SENTINEL.fullmatch(piece)}
    renamed = {piece: _NOT_TYPED + piece for piece in hidden}
    if isinstance(model["vocab"], dict):
        model["vocab"] = {renamed.get(piece, piece): at for piece, at in model["vocab"].items()}
        if (unknown := model.get("unk_token")) is not None:
            model["unk_token"] = renamed.get(unknown, unknown)
        pairs = (merge.split(" ", 1) if isinstance(merge, str) else merge for merge in model["merges"])
        model["merges"] = [pair for pair in pairs if hidden.isdisjoint((*pair, "".join(pair)))]
    else:
        model["vocab"] = [[renamed.get(piece, piece), score] for piece, score in model["vocab"]]
    return {**content, "model": model, "added_tokens": [], "post_processor": None, "truncation": None, "padding": None}


def _pieces(model: Mapping[str, Any]) -> Sequence[str]:
    return list(model["vocab"]) if isinstance(model["vocab"], dict) else [piece for piece, _ in model["vocab"]]


# -- a tokenizer.json as it is ----------------------------------------------------------------------------------------


def _read_model(path: Path, model: object) -> list[str]:
    """The names of the pieces by id."""
    if not isinstance(model, dict):
        raise expected(path, "model", "an object", MISSING if model is None else model, SAVE_AGAIN)
    if model.get("type") == "BPE":
        names = _names_of_bpe(path, model)
        _require_every_character(path, model, names)
    elif model.get("type") == "Unigram":
        names = _names_of_unigram(path, model)
    else:
        text = "'Unigram' or 'BPE'"
        raise expected(path, "model.type", text, model.get("type", MISSING), "use this model with transformers")
    if model.get("dropout"):
        raise expected(path, "model.dropout", "null, as others make ids random", model["dropout"])
    return names


def _names_of_unigram(path: Path, model: Mapping[str, Any]) -> list[str]:
    pieces = model.get("vocab")
    if not isinstance(pieces, list) or not pieces or not all(map(is_scored_piece, pieces)):
        raise problem(path, "model.vocab", f"expected pieces with their scores, got something else; {SAVE_AGAIN}")
    unknown = model.get("unk_id")
    if isinstance(unknown, bool) or not isinstance(unknown, int) or not 0 <= unknown < len(pieces):
        raise expected(path, "model.unk_id", "the id of a piece", unknown, SAVE_AGAIN)
    return [piece for piece, _ in pieces]


def is_scored_piece(piece: object) -> bool:
    return (
        isinstance(piece, list) and len(piece) == 2 and isinstance(piece[0], str) and isinstance(piece[1], int | float)
    )


def _names_of_bpe(path: Path, model: Mapping[str, Any]) -> list[str]:
    ids, merges = model.get("vocab"), model.get("merges")
    if not isinstance(ids, dict) or not ids or {*map(type, ids.values())} != {int}:
        raise problem(path, "model.vocab", f"expected pieces with their ids, got something else; {SAVE_AGAIN}")
    names = sorted(ids, key=ids.__getitem__)
    if [ids[names[0]], ids[names[-1]], len({*ids.values()})] != [0, len(names) - 1, len(names)]:
        text = f"expected the ids 0 to {len(names) - 1}, each once, got others; {SAVE_AGAIN}"
        raise problem(path, "model.vocab", text)
    if not isinstance(merges, list) or not all(map(_is_merge, merges)):
        raise problem(path, "model.merges", f"expected pairs of pieces, got something else; {SAVE_AGAIN}")
    return names


def _is_merge(merge: object) -> bool:
    pair = merge.split(" ", 1) if isinstance(merge, str) else merge
    return isinstance(pair, list) and len(pair) == 2 and all(isinstance(piece, str) for piece in pair)


def _require_every_character(path: Path, model: Mapping[str, Any], names: Sequence[str]) -> None:
    """BPE drops what it has no piece for, unless it has a token or bytes for it."""
    known = {*names}
    if model.get("unk_token") is not None and model["unk_token"] not in known:
        raise expected(path, "model.unk_token", "the name of a piece", model["unk_token"], SAVE_AGAIN)
    spelled = {f"<0x{byte:02X}>" for byte in range(256)} if model.get("byte_fallback") else {*BYTE_LETTERS}
    if model.get("unk_token") is None and not spelled <= known:
        text = "expected a vocabulary with a piece for every byte, or the name of the unknown token, got neither"
        raise problem(path, "model.unk_token", f"{text}: characters without a piece would vanish")


def _require_readable_answers(path: Path, described: Mapping[str, Any]) -> None:
    """Refuse a decoder that cannot write an answer token by token."""
    steps, kinds = steps_of(described.get("decoder")), kinds_of(described.get("decoder"))
    after = kinds[kinds.index("Fuse") + 1 :] if "Fuse" in kinds else []
    strips = [step for step in steps if step.get("type") == "Strip"]
    if not {*kinds} <= _DECODERS or not {*after} <= {"Strip"} or any(step.get("stop") for step in strips):
        got = "none" if described.get("decoder") is None else " and ".join(map(short, kinds[:4]))
        text = f"expected steps that write an answer token by token, such as ByteLevel or Metaspace, got {got}"
        raise problem(path, "decoder", f"{text}; use this model with transformers")


# -- RoBERTa ----------------------------------------------------------------------------------------------------------


def _byte_letters() -> str:
    """The letter of each byte in byte-level BPE: itself where it is printable, else one from 256 on.

    >>> [_byte_letters()[byte] for byte in b"a \\n"]
    ['a', 'Ġ', 'Ċ']
    """
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = iter(range(256, 512))
    return "".join(chr(byte if byte in printable else next(others)) for byte in range(256))


BYTE_LETTERS = _byte_letters()


def _describe_bpe(folder: Path, config: Mapping[str, Any]) -> Described:
    """RoBERTa's class has its own steps in transformers 5, whatever tokenizer.json says; in version 4 that file counts.

    So tokenizer.json has to say the same.
    """
    level = {"type": "ByteLevel", "add_prefix_space": bool(config.get("add_prefix_space")), "trim_offsets": True}
    own = {"normalizer": None, "pre_tokenizer": level, "decoder": level}
    path, vocab, merges = folder / TOKENIZER_JSON, folder / VOCAB, folder / MERGES
    files: tuple[Path, ...] = ()
    model: dict[str, Any] = {}
    around: tuple[tuple[int, ...], tuple[int, ...]] = (), ()
    if is_there(vocab) and is_there(merges):
        model = {"type": "BPE", "vocab": read_object(vocab, TOKENIZER_BYTES), "merges": _read_merges(merges)}
        names, files = _read_model(vocab, model), (vocab, merges)
    if is_there(path):
        described = read_object(path, TOKENIZER_BYTES)
        names = _read_model(path, described.get("model"))
        around = _require_steps_of_bpe(path, described)
        its_model = {**described["model"], "merges": [_pair(merge) for merge in described["model"]["merges"]]}
        for part in ("vocab", "merges"):
            if model and its_model[part] != model[part]:
                other = VOCAB if part == "vocab" else MERGES
                text = f"expected those of {other}, got others; {_SAME_MODEL}"
                raise problem(path, f"model.{part}", text)
        model, files = its_model, (path,)
    if not files:
        text = "expected tokenizer.json, or vocab.json with merges.txt, got neither; copy them from the model's origin"
        raise problem(folder, "tokenizer", text)
    model = {"type": "BPE", "vocab": model["vocab"], "merges": model["merges"]}
    return Described({**own, "model": model}, names, around, files)


def _pair(merge: str | list[str]) -> list[str]:
    return merge.split(" ", 1) if isinstance(merge, str) else merge


def _read_merges(path: Path) -> list[list[str]]:
    try:
        lines = read_content(path, TOKENIZER_BYTES).decode("utf-8").removesuffix("\n").split("\n")
    except UnicodeDecodeError:
        raise problem(path, "content", f"expected UTF-8 text, got other bytes; {SAVE_AGAIN}") from None
    pairs = [line.removesuffix("\r").split(" ") for line in lines if not line.startswith("#version")]
    for number, pair in enumerate(pairs, 1):
        if len(pair) != 2:
            raise problem(path, f"merge {number}", f"expected two pieces, got {len(pair)}; {SAVE_AGAIN}")
    return pairs


def _require_steps_of_bpe(path: Path, described: Mapping[str, Any]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Refuse steps that are not RoBERTa's; return the ids around a text."""
    if described.get("normalizer") is not None:
        raise other_step(path, "normalizer", "none", described, "RoBERTa")
    for part in ("pre_tokenizer", "decoder"):
        steps = steps_of(described.get(part))
        if kinds_of(described.get(part)) != ["ByteLevel"] or steps[0].get("use_regex", True) is not True:
            raise other_step(path, part, "ByteLevel", {part: described.get(part)}, "RoBERTa")
    around = ids_around(described.get("post_processor"))
    if around is None or not around[0] or not around[1]:
        raise other_step(
            path, "post_processor", "RobertaProcessing", {"post_processor": described.get("post_processor")}, "RoBERTa"
        )
    for field in ("ignore_merges", "byte_fallback", "continuing_subword_prefix", "end_of_word_suffix"):
        if described["model"].get(field):
            raise expected(path, f"model.{field}", "RoBERTa's own, none", described["model"][field], AS_IT_IS)
    return around
