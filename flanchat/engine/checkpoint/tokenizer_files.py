"""Read a tokenizer's files. What transformers would do with them and flanchat cannot is refused by name.

flanchat encodes with the pieces of spiece.model or, without one, of tokenizer.json; transformers prefers the latter.
The small files may add tokens to both.
"""

from __future__ import annotations

import base64
import functools
import math
import os
from collections.abc import Mapping, Sequence
from enum import IntEnum
from pathlib import Path
from typing import Any, NamedTuple

import flanchat
from flanchat.base.files import is_there
from flanchat.engine.checkpoint.added_tokens import (
    ADDED,
    CONFIG,
    SENTINEL,
    SPECIAL_MAP,
    TOKENIZER_JSON,
    AddedToken,
    TokenLists,
    Vocabulary,
    number_tokens,
)
from flanchat.engine.checkpoint.untrusted_json import (
    MISSING,
    SAVE_AGAIN,
    expected,
    open_regular,
    problem,
    read_exactly,
    read_object,
    short,
)

SPIECE = "spiece.model"
SPACE = "\u2581"
"""SentencePiece's space inside a piece."""
TOKENIZER_BYTES = 64 << 20
"""The most that either may have."""

_BUNDLED = Path(flanchat.__file__).parent / "demo"
_USE_TRANSFORMERS = "use this model with transformers"
_DOWNLOAD = "download the file again"
_MERGE = "resize and merge the model with peft, save it with the adapter's tokenizer and use that"
_MODEL = "config.json"
_T5_CLASSES = ("T5Tokenizer", "MT5Tokenizer")  # each also as ...Fast
_PLAIN_CLASSES = ("PreTrainedTokenizer", "TokenizersBackend")
_END = [("Sequence", "A"), ("SpecialToken", "</s>")]
_SPELLED = {"Replace", "ByteFallback", "Fuse", "Strip"}  # a decoder that does the same as Metaspace, and joins bytes


class PieceType(IntEnum):
    """SentencePiece's types of pieces."""

    NORMAL = 1
    UNKNOWN = 2
    CONTROL = 3
    USER_DEFINED = 4
    BYTE = 6


class TokenizerSettings(NamedTuple):
    """What the files say besides the vocabulary.

    sentinels: how many <extra_id_...> follow the pieces. shown: which of T5's own tokens are visible in answers. added:
    tokens that T5 does not have. eos: the id of the token that ends a prompt, None for </s>.
    cleans_up: whether blanks before punctuation are removed from answers.
    """

    sentinels: int = 100
    shown: frozenset[str] = frozenset()
    added: tuple[AddedToken, ...] = ()
    eos: int | None = None
    cleans_up: bool = False


class _Pieces(NamedTuple):
    """A vocabulary as a file has it.

    pieces: by id, each with its score; those of spiece.model also with their type. charsmap: SentencePiece's
    normalization, None where the file names none. controls: the control and user-defined pieces of a spiece.model. end:
    the id that a tokenizer.json appends to a text.
    """

    pieces: Sequence[Sequence[Any]]
    charsmap: bytes | None
    controls: Sequence[AddedToken] = ()
    end: int | None = None


def read_tokenizer_files(folder: Path) -> TokenizerSettings:
    """Read what the files say besides the vocabulary. Raises ModelError where flanchat would encode differently."""
    if folder == _BUNDLED:  # checked by the tests: reading it here would make the first prompt late
        return TokenizerSettings()
    return _read(folder, None, _stamp(folder))


def check_adapter_files(adapter: Path, base: Path) -> None:
    """Raise ModelError when an adapter comes with tokens that its base model does not have."""
    names = (SPIECE, TOKENIZER_JSON, ADDED, CONFIG, SPECIAL_MAP)
    if not any(is_there(adapter / name) for name in names):
        return
    theirs, ours = _read(adapter, base, _stamp(adapter)), read_tokenizer_files(base)
    if foreign := [token for token in theirs.added if token not in ours.added]:
        listed = ", ".join(short(token.content) for token in foreign[:3])
        more = f" and {len(foreign) - 3} more" if len(foreign) > 3 else ""
        text = f"expected those of the base model, got {listed}{more}; {_MERGE}"
        raise problem(adapter, "added tokens", text)


def _stamp(folder: Path) -> object:
    names = (SPIECE, TOKENIZER_JSON, ADDED, CONFIG, SPECIAL_MAP, _MODEL)
    stats = [os.stat(folder / name) if is_there(folder / name) else None for name in names]
    return tuple(stat and (stat.st_ino, stat.st_size, stat.st_mtime_ns) for stat in stats)


@functools.lru_cache(maxsize=8)  # a model is checked when it is chosen and again when it is loaded
def _read(folder: Path, base: Path | None, _stamp: object) -> TokenizerSettings:
    """base: the folder whose vocabulary counts when `folder`, of an adapter, has none."""
    added, config, special_map, tokenizer, model = (
        read_object(folder / name, TOKENIZER_BYTES) if is_there(folder / name) else {}
        for name in (ADDED, CONFIG, SPECIAL_MAP, TOKENIZER_JSON, _MODEL)
    )
    files = TokenLists(folder, added, config, special_map, tokenizer)
    spiece = _read_spiece(folder / SPIECE) if is_there(folder / SPIECE) else None
    other = None
    if is_there(folder / TOKENIZER_JSON):
        other = _read_tokenizer_json(folder / TOKENIZER_JSON, tokenizer)
    is_t5_class = _is_t5_class(files, model) or other is None
    if spiece is not None and other is not None:
        _require_same(folder / TOKENIZER_JSON, spiece, other)
    vocabulary = other or spiece  # transformers prefers tokenizer.json, too
    if vocabulary is None:
        assert base is not None
        vocabulary = _read_vocabulary(base)
    _require_roles(files)
    extra_ids = 0 if not is_t5_class else 100 if config.get("extra_ids") is None else config["extra_ids"]
    names = [piece[0] for piece in vocabulary.pieces]
    if other is None:
        names += [f"<extra_id_{number}>" for number in reversed(range(extra_ids))]
    numbered = number_tokens(files, Vocabulary(names, extra_ids, None if other else vocabulary.controls))
    end = names.index("</s>") if "</s>" in names else None
    eos = numbered.eos if is_t5_class else end
    _require_usable(files, numbered.tokens, appends_eos=vocabulary.end in (None, eos), is_t5_class=is_t5_class)
    return TokenizerSettings(
        sentinels=len(names) - len(spiece.pieces) if spiece else appended_sentinels(names),
        shown=numbered.shown,
        added=numbered.tokens,
        eos=None if eos == end else eos,
        cleans_up=bool(config.get("clean_up_tokenization_spaces")),
    )


def _require_usable(files: TokenLists, added: Sequence[AddedToken], *, appends_eos: bool, is_t5_class: bool) -> None:
    """Refuse settings that make a difference only once the tokens are numbered."""
    path = files.folder / TOKENIZER_JSON
    if not appends_eos:
        raise _other_step(path, "post_processor", "a template that appends '</s>'", files.tokenizer)
    if files.config.get("split_special_tokens") and any(token.special for token in added):
        raise expected(files.folder / CONFIG, "split_special_tokens", "false", True, _USE_TRANSFORMERS)
    if added and not is_t5_class:
        _require_plain_steps(path, files.tokenizer)


def _is_t5_class(files: TokenLists, model: Mapping[str, Any]) -> bool:
    """Whether transformers makes T5's own tokenizer of the files; if not, it takes tokenizer.json as it is.

    model: the content of config.json, which is asked where tokenizer_config.json names no class.
    """
    for path, settings in ((files.folder / CONFIG, files.config), (files.folder / _MODEL, model)):
        if (name := settings.get("tokenizer_class")) is not None:
            if str(name).removesuffix("Fast") not in (*_T5_CLASSES, *_PLAIN_CLASSES):
                raise expected(path, "tokenizer_class", "'T5Tokenizer'", name, _USE_TRANSFORMERS)
            return str(name).removesuffix("Fast") in _T5_CLASSES and model.get("model_type") != "umt5"
    return model.get("model_type") != "umt5"


def _require_roles(files: TokenLists) -> None:
    for path, settings in ((files.folder / CONFIG, files.config), (files.folder / SPECIAL_MAP, files.special_map)):
        token = settings.get("unk_token") or "<unk>"
        content = token.get("content", MISSING) if isinstance(token, dict) else token
        if content != "<unk>":
            raise expected(path, "unk_token", "'<unk>', as T5 has", content, _USE_TRANSFORMERS)


# -- vocabularies -----------------------------------------------------------------------------------------------------


def _read_vocabulary(folder: Path) -> _Pieces:
    if is_there(folder / SPIECE):
        return _read_spiece(folder / SPIECE)
    path = folder / TOKENIZER_JSON
    return _read_tokenizer_json(path, read_object(path, TOKENIZER_BYTES))


def appended_sentinels(names: Sequence[str]) -> int:
    """Number of sentinels that T5's tokenizer appended, <extra_id_99> down to 0; UMT5's 300 are in the vocabulary."""
    count = 0
    while count < len(names) and names[-1 - count] == f"<extra_id_{count}>":
        count += 1
    return count if count <= 100 else 0


def _read_spiece(path: Path) -> _Pieces:
    from google.protobuf.message import DecodeError
    from sentencepiece import sentencepiece_model_pb2

    formats: Any = sentencepiece_model_pb2  # generated by protobuf, without types
    model = formats.ModelProto()
    with open_regular(path) as file:
        content = read_exactly(file, path, TOKENIZER_BYTES)
    try:
        model.ParseFromString(content)
        whole = model.HasField("trainer_spec") and model.HasField("normalizer_spec")  # they come after the pieces
    except DecodeError:
        whole = False
    if not whole or not model.pieces:
        raise problem(path, "content", f"expected a whole vocabulary, got one that is cut or damaged; {_DOWNLOAD}")
    pieces = [(piece.piece, piece.score, piece.type) for piece in model.pieces]  # most of the time that this takes
    controls = [
        AddedToken(name, -1, kind == PieceType.CONTROL)
        for name, _, kind in pieces
        if kind in (PieceType.CONTROL, PieceType.USER_DEFINED)
    ]
    return _Pieces(pieces, model.normalizer_spec.precompiled_charsmap, controls)


def _read_tokenizer_json(path: Path, described: Mapping[str, Any]) -> _Pieces:
    model = described.get("model")
    if not isinstance(model, dict):
        raise expected(path, "model", "an object", described.get("model", MISSING), SAVE_AGAIN)
    if model.get("type") != "Unigram":
        raise expected(path, "model.type", "'Unigram', as T5 has", model.get("type", MISSING), _USE_TRANSFORMERS)
    pieces = model.get("vocab")
    if not isinstance(pieces, list) or not pieces or not all(map(_is_piece, pieces)):
        raise problem(path, "model.vocab", f"expected pieces with their scores, got something else; {SAVE_AGAIN}")
    unknown, at = model.get("unk_id"), next((at for at, piece in enumerate(pieces) if piece[0] == "<unk>"), None)
    if at is not None and unknown != at:
        raise expected(path, "model.unk_id", f"{at}, the id of '<unk>'", unknown, SAVE_AGAIN)
    charsmap = _charsmap(path, described["normalizer"]) if "normalizer" in described else None
    if "pre_tokenizer" in described and not _splits_as_t5(described["pre_tokenizer"]):
        raise _other_step(path, "pre_tokenizer", "WhitespaceSplit and Metaspace", described)
    if "decoder" in described and not _joins_as_t5(described["decoder"]):
        raise _other_step(path, "decoder", "Metaspace", described)
    end = _appended(described["post_processor"]) if "post_processor" in described else None
    if "post_processor" in described and end is None:
        raise _other_step(path, "post_processor", "a template that appends '</s>'", described)
    return _Pieces(pieces, charsmap, end=end)


def _is_piece(piece: object) -> bool:
    return (
        isinstance(piece, list) and len(piece) == 2 and isinstance(piece[0], str) and isinstance(piece[1], int | float)
    )


def _require_same(path: Path, spiece: _Pieces, other: _Pieces) -> None:
    """Beyond the pieces of spiece.model, tokenizer.json may have sentinels."""
    remedy = "take both files from the same model"
    for at, (piece, score, *_) in enumerate(spiece.pieces):
        found, its_score = other.pieces[at] if at < len(other.pieces) else ("nothing", math.nan)
        if found != piece or not math.isclose(score, its_score, rel_tol=1e-5, abs_tol=1e-5):
            got = f"{short(found)} with score {its_score:.6g}" if at < len(other.pieces) else "nothing"
            text = f"expected {short(piece)} with score {score:.6g}, as in {SPIECE}, got {got}"
            raise problem(path, f"model.vocab: piece {at}", f"{text}; {remedy}")
    for at, (piece, _) in enumerate(other.pieces[len(spiece.pieces) :], len(spiece.pieces)):
        if not SENTINEL.fullmatch(piece):
            text = f"expected no piece that {SPIECE} lacks, got {short(piece)}"
            raise problem(path, f"model.vocab: piece {at}", f"{text}; {remedy}")
    if other.charsmap is not None and other.charsmap != spiece.charsmap:
        raise problem(path, "normalizer", f"expected the character map of {SPIECE}, got another; {remedy}")


# -- steps of tokenizer.json ------------------------------------------------------------------------------------------


def _other_step(path: Path, part: str, wanted: str, described: Mapping[str, Any]) -> Exception:
    steps = [step.get("type") for step in _steps(described[part])]
    settings = " with other settings" if len(steps) == 1 and str(steps[0]) in wanted else ""
    got = "none" if described[part] is None else " and ".join(map(short, steps[:4])) + settings
    return problem(path, part, f"expected T5's own, {wanted}, got {got}; {_USE_TRANSFORMERS}")


def _steps(step: object) -> list[Mapping[str, Any]]:
    """The steps of a sequence, or the only one."""
    if isinstance(step, dict) and step.get("type") == "Sequence":
        inner = next((value for value in step.values() if isinstance(value, list)), [])
        return [one if isinstance(one, dict) else {} for one in inner]
    return [step] if isinstance(step, dict) else [{}]


def _charsmap(path: Path, normalizer: object) -> bytes:
    """The precompiled character map. What T5's other steps do to blanks, SentencePiece does too."""
    charsmap = b""
    for step in _steps(normalizer) if normalizer is not None else []:
        kind = step.get("type")
        if kind == "Precompiled":
            try:
                charsmap = base64.b64decode(step.get("precompiled_charsmap") or "", validate=True)
            except (ValueError, TypeError):
                text = "expected a character map in base64, got something else"
                raise problem(path, "normalizer", f"{text}; {_DOWNLOAD}") from None
        elif kind == "Replace":
            if step.get("pattern") != {"Regex": " {2,}"} or step.get("content") not in (" ", SPACE):
                text = f"expected T5's own, Precompiled, got Replace of {short(step.get('pattern'))}"
                raise problem(path, "normalizer", f"{text}; {_USE_TRANSFORMERS}")
        elif kind != "Strip":
            raise expected(path, "normalizer", "T5's own, Precompiled", kind or normalizer, _USE_TRANSFORMERS)
    return charsmap


def _splits_as_t5(pre_tokenizer: object) -> bool:
    *before, last = _steps(pre_tokenizer) or [{}]
    return _is_metaspace(last) and [step.get("type") for step in before] in ([], ["WhitespaceSplit"])


def _joins_as_t5(decoder: object) -> bool:
    steps = _steps(decoder)
    return (len(steps) == 1 and _is_metaspace(steps[0])) or (
        {step.get("type") for step in steps} <= _SPELLED
        and any(step.get("pattern") == {"String": SPACE} and step.get("content") == " " for step in steps)
    )


def _is_metaspace(step: Mapping[str, Any]) -> bool:
    return (
        step.get("type") == "Metaspace"
        and step.get("replacement", SPACE) == SPACE
        and step.get("prepend_scheme", "always") in ("always", "first")
        and step.get("add_prefix_space", True) is True
    )


def _appended(post_processor: object) -> int | None:
    """The id of the end token that a post-processor appends to a text; None if it does anything else."""
    try:
        (step,) = _steps(post_processor)
        template = [(kind, about["id"]) for part in step["single"] for kind, about in part.items()]
        (end,) = step["special_tokens"]["</s>"]["ids"]
        return int(end) if step["type"] == "TemplateProcessing" and template == _END else None
    except (LookupError, TypeError, ValueError, AttributeError):
        return None


def _require_plain_steps(path: Path, described: Mapping[str, Any]) -> None:
    """Refuse steps that change only the text beside an added token."""
    if len(_steps(described.get("normalizer"))) != 1:
        raise _other_step(path, "normalizer", "Precompiled", described)
    steps = _steps(described.get("pre_tokenizer"))
    kinds = [step.get("type") for step in steps]
    if kinds != ["WhitespaceSplit", "Metaspace"] or steps[-1].get("prepend_scheme") == "first":
        raise _other_step(path, "pre_tokenizer", "WhitespaceSplit and Metaspace", described)
