"""Read a tokenizer's files. What transformers would do with them and flanchat cannot is refused by name.

flanchat encodes with the pieces of spiece.model or, without one, of tokenizer.json, if SentencePiece reads them as
transformers does; else the tokenizers library reads them. The small files may add tokens to both.
"""

from __future__ import annotations

import functools
import hashlib
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple

import flanchat
from flanchat.base.errors import ModelError
from flanchat.base.files import is_there
from flanchat.engine.checkpoint.added_tokens import (
    ADDED,
    CONFIG,
    SPECIAL_MAP,
    TOKENIZER_JSON,
    AddedToken,
    TokenLists,
    Vocabulary,
    listed_contents,
    number_tokens,
)
from flanchat.engine.checkpoint.library_files import (
    BPE_CLASS,
    BPE_ROLES,
    MERGES,
    PLAIN_CLASS,
    VOCAB,
    describe_library,
    require_same_ends,
)
from flanchat.engine.checkpoint.sentencepiece_files import (
    SPIECE,
    appended_sentinels,
    read_spiece,
    read_tokenizer_json,
    require_same_pieces,
)
from flanchat.engine.checkpoint.tokenizer_steps import AS_IT_IS, other_step, require_plain_steps
from flanchat.engine.checkpoint.untrusted_json import (
    MISSING,
    SAVE_AGAIN,
    TOKENIZER_BYTES,
    expected,
    open_regular,
    problem,
    read_exactly,
    read_object,
    short,
)

_BUNDLED = Path(flanchat.__file__).parent / "demo"
_USE_TRANSFORMERS = "use this model with transformers"
_MERGE = "resize and merge the model with peft, save it with the adapter's tokenizer and use that"
_MODEL = "config.json"
_VOCABULARIES = (SPIECE, TOKENIZER_JSON, VOCAB, MERGES)
_FILES = (*_VOCABULARIES, ADDED, CONFIG, SPECIAL_MAP)
_T5_CLASS, _BYTE_CLASS = "T5Tokenizer", "ByT5Tokenizer"
_CLASSES = {  # transformers' names, each also as ...Fast
    _T5_CLASS: _T5_CLASS,
    "MT5Tokenizer": _T5_CLASS,
    _BYTE_CLASS: _BYTE_CLASS,
    BPE_CLASS: BPE_CLASS,
    "PreTrainedTokenizer": PLAIN_CLASS,
    "TokenizersBackend": PLAIN_CLASS,
}
_KNOWN = "'T5Tokenizer', 'ByT5Tokenizer', 'RobertaTokenizer' or 'PreTrainedTokenizerFast'"
BYTE_OFFSET = 3
"""The id of byte 0 in a ByT5, after padding, end and unknown."""


class TokenizerSettings(NamedTuple):
    """What the files say besides the vocabulary.

    kind: what reads the vocabulary. vocabulary: the files that hold it; of bytes, the one that says so.
    tokenizer_class: transformers' kind of tokenizer.
    sentinels: how many <extra_id_...> follow the pieces. shown: which of T5's own tokens are visible in answers. added:
    tokens that T5 does not have. eos: the id of the token that ends a prompt, None for </s>.
    cleans_up: whether blanks before punctuation are removed from answers.
    begin, end: ids that stand around every text, and own: the control tokens with their ids; empty for SentencePiece.
    """

    kind: Literal["sentencepiece", "library", "bytes"] = "sentencepiece"
    vocabulary: tuple[Path, ...] = ()
    tokenizer_class: str = _T5_CLASS
    sentinels: int = 100
    shown: frozenset[str] = frozenset()
    added: tuple[AddedToken, ...] = ()
    eos: int | None = None
    cleans_up: bool = False
    begin: tuple[int, ...] = ()
    end: tuple[int, ...] = ()
    own: Mapping[str, int] = {}


def read_tokenizer_files(folder: Path) -> TokenizerSettings:
    """Read what the files say besides the vocabulary. Raises ModelError where flanchat would encode differently."""
    if folder == _BUNDLED:  # checked by the tests: reading it here would make the first prompt late
        return TokenizerSettings(vocabulary=(folder / SPIECE,))
    return _read(folder, None, _stamp(folder))


def check_adapter_files(adapter: Path, base: Path) -> None:
    """Raise ModelError when an adapter comes with a tokenizer that is not its base model's."""
    if not any(is_there(adapter / name) for name in _FILES):
        return
    theirs, ours = _read(adapter, base, _stamp(adapter)), read_tokenizer_files(base)
    same_ends = (theirs.kind, theirs.begin, theirs.end, theirs.eos) == (ours.kind, ours.begin, ours.end, ours.eos)
    if not same_ends or _names(theirs, adapter) != _names(ours, base):
        text = "expected the base model's vocabulary, got another; use the base model that the adapter was trained on"
        raise problem(adapter, "tokenizer", text)
    if foreign := [token for token in theirs.added if token not in ours.added]:
        listed = ", ".join(short(token.content) for token in foreign[:3])
        more = f" and {len(foreign) - 3} more" if len(foreign) > 3 else ""
        text = f"expected those of the base model, got {listed}{more}; {_MERGE}"
        raise problem(adapter, "added tokens", text)


def _names(settings: TokenizerSettings, folder: Path) -> Sequence[str]:
    """The pieces of a vocabulary by their ids. folder: of the small files."""
    if settings.kind == "bytes":
        return ()
    path = settings.vocabulary[0]
    if settings.kind == "library":
        return describe_library(path.parent, settings.tokenizer_class, _object(folder / CONFIG)).names
    if path.name == SPIECE:
        return [piece for piece, _, _ in read_spiece(path).pieces]
    names = [piece for piece, _ in read_tokenizer_json(path, _object(path)).pieces]
    return names[: len(names) - appended_sentinels(names)]


def digest_of(folder: Path) -> str:
    """The sha256 of the vocabulary and its added tokens; for a spiece.model with none, what `sha256sum` prints."""
    files, digest = read_tokenizer_files(folder), hashlib.sha256()
    for path in files.vocabulary if files.kind != "bytes" else ():
        digest.update(path.read_bytes())
    if files.added or files.eos is not None:
        digest.update(repr((files.added, files.eos)).encode())
    if files.kind != "sentencepiece":
        digest.update(repr((files.tokenizer_class, files.begin, files.end, sorted(files.own.items()))).encode())
    return digest.hexdigest()


def _stamp(folder: Path) -> object:
    stats = [os.stat(folder / name) if is_there(folder / name) else None for name in (*_FILES, _MODEL)]
    return tuple(stat and (stat.st_ino, stat.st_size, stat.st_mtime_ns) for stat in stats)


@functools.lru_cache(maxsize=8)  # a model is checked when it is chosen and again when it is loaded
def _read(folder: Path, base: Path | None, _stamp: object) -> TokenizerSettings:
    """base: the folder whose vocabulary counts when `folder`, of an adapter, has none."""
    files = TokenLists(folder, *(_object(folder / name) for name in (ADDED, CONFIG, SPECIAL_MAP, TOKENIZER_JSON)))
    home = folder if base is None or any(is_there(folder / name) for name in _VOCABULARIES) else base
    kind, said_by = _tokenizer_class(files, home)
    if kind == _BYTE_CLASS:
        return _read_bytes(files, said_by)
    if kind == BPE_CLASS:
        return _read_library(files, home, kind)
    vocabulary = _find_vocabulary(home)
    try:
        return _read_sentencepiece(files, home, vocabulary, is_t5_class=kind == _T5_CLASS)
    except ModelError:
        if kind == PLAIN_CLASS and is_there(home / TOKENIZER_JSON):  # then transformers takes that file as it is
            return _read_library(files, home, kind)
        raise


def _object(path: Path) -> dict[str, Any]:
    return read_object(path, TOKENIZER_BYTES) if is_there(path) else {}


def _tokenizer_class(files: TokenLists, home: Path) -> tuple[str, Path]:
    """transformers' class of tokenizer for these files, as `_CLASSES` has it, and the file that names it.

    PLAIN_CLASS takes tokenizer.json as it is. home: the folder of the vocabulary, which an adapter may lack.
    """
    model = _object(home / _MODEL)
    named = [(files.folder / CONFIG, files.config), (home / _MODEL, model)]
    if home != files.folder:
        named.insert(1, (home / CONFIG, _object(home / CONFIG)))
    for path, settings in named:
        if (name := settings.get("tokenizer_class")) is not None:
            kind = _CLASSES.get(str(name).removesuffix("Fast"))
            if kind is None:
                raise expected(path, "tokenizer_class", _KNOWN, name, _USE_TRANSFORMERS)
            return PLAIN_CLASS if kind == _T5_CLASS and model.get("model_type") == "umt5" else kind, path
    if not is_there(home / SPIECE) and not is_there(home / TOKENIZER_JSON) and is_there(home / MERGES):
        return BPE_CLASS, home / MERGES
    return PLAIN_CLASS if model.get("model_type") == "umt5" else _T5_CLASS, home / _MODEL


def _find_vocabulary(folder: Path) -> Path:
    """spiece.model, or else tokenizer.json."""
    for name, first in ((SPIECE, b"\n"), (TOKENIZER_JSON, b"{")):
        path = folder / name
        if not is_there(path):
            continue
        with open_regular(path) as file:
            size = os.fstat(file.fileno()).st_size
            if size > TOKENIZER_BYTES:
                raise expected(path, "size", f"at most {TOKENIZER_BYTES} bytes", size)
            head = read_exactly(file, path, 256)
        if not head.lstrip(b" \t\r\n" if first == b"{" else b"").startswith(first):
            got = "an empty file" if not head else "something else"
            raise problem(path, "content", f"expected a tokenizer, got {got}; {SAVE_AGAIN}")
        return path
    raise problem(
        folder, "tokenizer", "expected spiece.model or tokenizer.json, got neither; copy it from the model's origin"
    )


def _read_sentencepiece(files: TokenLists, home: Path, path: Path, *, is_t5_class: bool) -> TokenizerSettings:
    config = files.config
    spiece = read_spiece(home / SPIECE) if is_there(home / SPIECE) else None
    other = None
    if is_there(home / TOKENIZER_JSON) and (home == files.folder or spiece is None):
        described = files.tokenizer if home == files.folder else _object(home / TOKENIZER_JSON)
        other = read_tokenizer_json(home / TOKENIZER_JSON, described)
    is_t5_class = is_t5_class or other is None
    if spiece is not None and other is not None:
        require_same_pieces(home / TOKENIZER_JSON, spiece, other)
    vocabulary = other or spiece  # transformers prefers tokenizer.json, too
    assert vocabulary is not None
    _require_roles(files)
    extra_ids = 0 if not is_t5_class else 100 if config.get("extra_ids") is None else config["extra_ids"]
    names = [piece[0] for piece in vocabulary.pieces]
    if other is None:
        names += [f"<extra_id_{number}>" for number in reversed(range(extra_ids))]
    numbered = number_tokens(files, Vocabulary(names, extra_ids, None if other else vocabulary.controls))
    end = names.index("</s>") if "</s>" in names else None
    eos = numbered.roles["eos_token"] if is_t5_class else end
    _require_usable(files, numbered.tokens, appends_eos=vocabulary.end in (None, eos), is_t5_class=is_t5_class)
    return TokenizerSettings(
        vocabulary=(path,),
        sentinels=len(names) - len(spiece.pieces) if spiece else appended_sentinels(names),
        shown=numbered.shown,
        added=numbered.tokens,
        eos=None if eos == end else eos,
        cleans_up=_cleans_up(files),
    )


def _cleans_up(files: TokenLists) -> bool:
    return bool(files.config.get("clean_up_tokenization_spaces"))


def _require_usable(files: TokenLists, added: Sequence[AddedToken], *, appends_eos: bool, is_t5_class: bool) -> None:
    """Refuse settings that make a difference only once the tokens are numbered."""
    path = files.folder / TOKENIZER_JSON
    if not appends_eos:
        raise other_step(path, "post_processor", "a template that appends '</s>'", files.tokenizer)
    _require_unsplit(files, added)
    if added and not is_t5_class:
        require_plain_steps(path, files.tokenizer)


def _require_unsplit(files: TokenLists, added: Sequence[AddedToken]) -> None:
    if files.config.get("split_special_tokens") and any(token.special for token in added):
        raise expected(files.folder / CONFIG, "split_special_tokens", "false", True, _USE_TRANSFORMERS)


def _require_roles(files: TokenLists) -> None:
    for path, settings in ((files.folder / CONFIG, files.config), (files.folder / SPECIAL_MAP, files.special_map)):
        token = settings.get("unk_token") or "<unk>"
        content = token.get("content", MISSING) if isinstance(token, dict) else token
        if content != "<unk>":
            raise expected(path, "unk_token", "'<unk>', as T5 has", content, _USE_TRANSFORMERS)


def _read_bytes(files: TokenLists, said_by: Path) -> TokenizerSettings:
    """The settings of a ByT5, which needs no vocabulary. said_by: the file that names the class."""
    path, extra_ids = files.folder / CONFIG, files.config.get("extra_ids")
    extra_ids = 125 if extra_ids is None else extra_ids
    if isinstance(extra_ids, bool) or not isinstance(extra_ids, int) or not 0 <= extra_ids <= 1000:
        raise expected(path, "extra_ids", "a whole number from 0 to 1000", extra_ids)
    listed = files.config.get("additional_special_tokens")
    sentinels = sum("extra_id" in str(token) for token in listed) if isinstance(listed, list) else 0
    if listed and extra_ids and sentinels != extra_ids:  # transformers fails there
        raise expected(
            path, "extra_ids", f"{sentinels}, the number of sentinels in additional_special_tokens", extra_ids
        )
    names = ["<pad>", "</s>", "<unk>", *map(chr, range(256))]
    names += [f"<extra_id_{number}>" for number in range(extra_ids)]
    numbered = number_tokens(files, Vocabulary(names, extra_ids, ()))
    _require_unsplit(files, numbered.tokens)
    _require_sentinels(files, names, extra_ids)
    if alone := [token for token in numbered.tokens if token.single_word]:
        text = f"single_word of {short(alone[0].content)}"
        raise expected(path, text, "false, as for a tokenizer of bytes words have no bounds", True)
    return TokenizerSettings(
        kind="bytes",
        vocabulary=(said_by,),
        tokenizer_class=_BYTE_CLASS,
        sentinels=extra_ids,
        shown=numbered.shown,
        added=numbered.tokens,
        cleans_up=_cleans_up(files),
        end=(numbered.roles["eos_token"],),
        own=numbered.own,
    )


def _require_sentinels(files: TokenLists, names: Sequence[str], count: int) -> None:
    """Refuse a list of new tokens without the sentinels, which transformers then numbers as if it were empty."""
    listed = listed_contents(files)
    new, missing = listed.difference(names), {*names[BYTE_OFFSET + 256 :]} - listed
    if new and missing:
        text = f"expected all {count} sentinels beside {short(min(new))}, as transformers saves them, got"
        raise problem(files.folder, "added tokens", f"{text} {count - len(missing)}; {SAVE_AGAIN}")


def _read_library(files: TokenLists, home: Path, kind: str) -> TokenizerSettings:
    """The settings of a tokenizer that the tokenizers library reads. home: the folder of the vocabulary."""
    found = describe_library(home, kind, files.config)
    own_roles = ["bos_token", "eos_token", "unk_token", "pad_token", "cls_token"]
    if kind == BPE_CLASS:
        files, own_roles = files._replace(roles=BPE_ROLES), list(BPE_ROLES)
    else:
        files = files._replace(roles={})
    numbered = number_tokens(files, Vocabulary(found.names, 0, None, own_roles))
    _require_unsplit(files, numbered.tokens)
    begin, end = found.around
    if kind == BPE_CLASS:
        begin, end = (numbered.roles["cls_token"],), (numbered.roles["sep_token"],)
        if found.around not in (((), ()), (begin, end)):
            text = f"expected {list(begin)} before and {list(end)} after a text, as RoBERTa's class, got other ids"
            raise problem(home / TOKENIZER_JSON, "post_processor", f"{text}; {AS_IT_IS}")
    require_same_ends(files, begin, end)
    if beyond := [token_id for token_id in (*begin, *end) if token_id >= numbered.size]:
        raise expected(home / TOKENIZER_JSON, "post_processor", f"ids below {numbered.size}", beyond[0])
    return TokenizerSettings(
        kind="library",
        vocabulary=found.files,
        tokenizer_class=kind,
        shown=numbered.shown,
        added=numbered.tokens,
        cleans_up=_cleans_up(files),
        begin=begin,
        end=end,
        own=numbered.own,
    )
