"""Which tokens a tokenizer's files add to its vocabulary, and with which ids. Knows JSON; splits no text.

The rules are those of transformers 5, which takes ids from the files only to sort by: the tokens that are new get the
ids after the vocabulary, without gaps. A folder that says otherwise is refused, because other versions of transformers
do as it says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

from flanchat.engine.checkpoint.untrusted_json import MISSING, expected, problem, short, shown

ADDED, CONFIG = "added_tokens.json", "tokenizer_config.json"
SPECIAL_MAP, TOKENIZER_JSON = "special_tokens_map.json", "tokenizer.json"
SENTINEL = re.compile("\u2581?<extra_id_\\d+>")
CONTROL = ("<pad>", "<s>", "</s>", "<unk>")
_SURROGATE = re.compile("[\ud800-\udfff]")

_ROLES = ("bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token")
_OWN_ROLES = {"eos_token": "</s>", "unk_token": "<unk>", "pad_token": "<pad>"}
_NEW_LIST, _OLD_LIST = "extra_special_tokens", "additional_special_tokens"
_BY_ID = "added_tokens_decoder"
_MOST_SENTINELS = 300
_SAVE = "save the tokenizer again with the version of transformers that the model was trained with"


@dataclass(frozen=True, slots=True)
class AddedToken:
    """A token that is looked for in a text before the rest is split into pieces.

    special: answers are shown without it. normalized: looked for after normalization, which its own text goes through
    too. lstrip, rstrip: takes the blanks before or after it. single_word: not found inside a word.
    """

    content: str
    id: int
    special: bool = False
    normalized: bool = False
    lstrip: bool = False
    rstrip: bool = False
    single_word: bool = False


class TokenLists(NamedTuple):
    """The content of the files of `folder` that may list tokens; {} for a file that is missing."""

    folder: Path
    added: Mapping[str, Any]
    config: Mapping[str, Any]
    special_map: Mapping[str, Any]
    tokenizer: Mapping[str, Any]


class Vocabulary(NamedTuple):
    """What tokens are added to.

    names: its pieces by id, with the sentinels. sentinels: how many T5's class of tokenizers expects in it. controls:
    what spiece.model calls a control or user-defined piece; None for a vocabulary from a tokenizer.json.
    """

    names: Sequence[str]
    sentinels: int
    controls: Sequence[AddedToken] | None


class Numbered(NamedTuple):
    """tokens: all that T5 itself does not have, in the order in which they are added. eos: the id of the end token.

    shown: those of T5's own that stand in answers, because no file says that they are special.
    """

    tokens: tuple[AddedToken, ...]
    eos: int
    shown: frozenset[str]


def number_tokens(files: TokenLists, vocabulary: Vocabulary) -> Numbered:
    """Number the tokens that are added to a vocabulary. Raises ModelError when transformers versions differ in it."""
    named, names = _named(files), vocabulary.names
    roles = {token.content for token in named.values()}
    order = [token for _, token in sorted(_listed(files).items())]
    listed = {token.content for token in order}
    order += [token for token in (*named.values(), *_others(files, vocabulary)) if token.content not in listed]
    own = set(CONTROL).intersection(names)
    is_plain = all(token.content in own or SENTINEL.fullmatch(token.content) for token in order)
    if is_plain and named["eos_token"].content in own:
        ids = {content: names.index(content) for content in own}  # the others are not needed, and take milliseconds
    else:
        ids = {name: at for at, name in enumerate(names)}
    numbered: dict[str, AddedToken] = {}
    unused = len(names)
    for token in order:
        if token.content not in ids:
            ids[token.content], unused = unused, unused + 1
        before = numbered.get(token.content)
        if before is not None and before != replace(token, id=before.id, special=before.special):
            text = f"{short(token.content)} is named twice, with different flags, and transformers uses both"
            raise problem(files.folder, "added tokens", f"{text}; {_SAVE}")
        special = token.special or token.content in roles or (before is not None and before.special)
        numbered[token.content] = replace(token, id=ids[token.content], special=special)
    _require_agreement(files, numbered, names)
    added = (token for token in numbered.values() if not (token.content in own or SENTINEL.fullmatch(token.content)))
    sentinels = (name for name in names[-_MOST_SENTINELS:] if name.startswith("<extra_id_"))
    hidden = {token.content for token in numbered.values() if token.special}
    return Numbered(tuple(added), ids[named["eos_token"].content], frozenset((*own, *sentinels)) - hidden)


# -- with an id -------------------------------------------------------------------------------------------------------


def _listed(files: TokenLists) -> dict[int, AddedToken]:
    """The tokens that count, by the id that their file says."""
    if _BY_ID in files.config:
        return {token.id: token for token in _of_config(files)}
    return {token.id: token for token in (*_of_added(files), *_of_tokenizer(files))}


def _of_config(files: TokenLists) -> Iterator[AddedToken]:
    path, by_id = files.folder / CONFIG, files.config.get(_BY_ID) or {}
    if not isinstance(by_id, dict):
        raise expected(path, _BY_ID, "an object", by_id)
    for key, about in by_id.items():
        if not key.isdecimal() or not isinstance(about, dict):
            raise expected(path, f"{_BY_ID}: {shown(key)}", "an id with a token", about)
        yield _token(path, _BY_ID, about, int(key))


def _of_added(files: TokenLists) -> Iterator[AddedToken]:
    roles = [token for role, token in _named(files).items() if role in _ROLES]
    special = {token.content for token in (*roles, *_list(files))}
    for content, token_id in files.added.items():
        yield _token(files.folder / ADDED, "tokens", {"content": content, "special": content in special}, token_id)


def _of_tokenizer(files: TokenLists) -> Iterator[AddedToken]:
    path, tokens = files.folder / TOKENIZER_JSON, files.tokenizer.get("added_tokens") or []
    if not isinstance(tokens, list):
        raise expected(path, "added_tokens", "a list", tokens)
    for about in tokens:
        yield _token(path, "added_tokens", about, about.get("id", MISSING) if isinstance(about, dict) else MISSING)


# -- without an id ----------------------------------------------------------------------------------------------------


def _named(files: TokenLists) -> dict[str, AddedToken]:
    """The special tokens that have a role, by its name."""
    config, later = files.config, {} if _BY_ID in files.config else files.special_map
    named = {}
    for role in _ROLES:
        path = files.folder / (SPECIAL_MAP if role in later else CONFIG)
        value = later.get(role, config.get(role)) or _OWN_ROLES.get(role)
        if role in later and isinstance(value, dict):
            value = {**value, "special": True}
        if value is not None:
            named[role] = _token(path, role, value)
    for path, settings in ((files.folder / SPECIAL_MAP, later), (files.folder / CONFIG, config)):
        fields = {field: value for field, value in settings.items() if field.endswith("_token") and field not in _ROLES}
        for field, value in fields.items():
            if isinstance(value, str | dict):
                named[field] = _token(path, field, value)
        if isinstance(more := settings.get(_NEW_LIST), dict):
            named |= {field: _token(path, _NEW_LIST, value) for field, value in more.items()}
    return named


def _list(files: TokenLists) -> list[AddedToken]:
    """The special tokens without a role of tokenizer_config.json."""
    field = _NEW_LIST if files.config.get(_NEW_LIST) else _OLD_LIST
    return list(_tokens(files.folder / CONFIG, field, files.config.get(field)))


def _others(files: TokenLists, vocabulary: Vocabulary) -> Sequence[AddedToken]:
    """The special tokens that have no role. T5's own class of tokenizers adds sentinels unless the files list any."""
    if not isinstance(files.config.get(_NEW_LIST, {}), dict) or _OLD_LIST in files.config:
        return _list(files)
    others = list(vocabulary.controls or ())
    if vocabulary.controls is None and _BY_ID not in files.config:
        others = list(_tokens(files.folder / SPECIAL_MAP, _OLD_LIST, files.special_map.get(_OLD_LIST)))
    if not any("<extra_id_" in token.content for token in others):
        others += [AddedToken(f"<extra_id_{number}>", -1, special=True) for number in range(vocabulary.sentinels)]
    return others


def _tokens(path: Path, field: str, values: object) -> Iterator[AddedToken]:
    if not isinstance(values, list | dict | None):
        raise expected(path, field, "a list", values)
    for value in values or [] if not isinstance(values, dict) else values.values():
        yield _token(path, field, value)


# -- both -------------------------------------------------------------------------------------------------------------


def _token(path: Path, field: str, value: object, token_id: object = -1) -> AddedToken:
    """A token as a file gives it: its text alone, which makes it special, or an object. -1: it has no id there."""
    about = {"content": value, "special": True} if isinstance(value, str) else value
    content = about.get("content") if isinstance(about, dict) else None
    if not isinstance(about, dict) or not isinstance(content, str) or not content or _SURROGATE.search(content):
        raise expected(path, field, "a token", value)
    if isinstance(token_id, bool) or not isinstance(token_id, int) or token_id < -1:
        raise expected(path, f"id of {shown(content)}", "a whole number", token_id)
    special = about.get("special", False)
    flags = {"special": special, "normalized": about.get("normalized", not special)}
    flags |= {flag: about.get(flag, False) for flag in ("lstrip", "rstrip", "single_word")}
    for flag, is_set in flags.items():
        if not isinstance(is_set, bool):
            raise expected(path, f"{field}: {shown(content)}: {flag}", "true or false", is_set)
    return AddedToken(content, token_id, **flags)


def _require_agreement(files: TokenLists, numbered: Mapping[str, AddedToken], names: Sequence[str]) -> None:
    """Refuse a file that names another token, or another id, than what has come of all files."""
    folder, own = files.folder, set(CONTROL).intersection(names)
    for path, tokens in (
        (folder / CONFIG, (*_of_config(files), *_of_settings(folder / CONFIG, files.config))),
        (folder / ADDED, _of_added(files)),
        (folder / TOKENIZER_JSON, _of_tokenizer(files)),
        (folder / SPECIAL_MAP, _of_settings(folder / SPECIAL_MAP, files.special_map)),
    ):
        for token in tokens:
            became = numbered.get(token.content)
            wanted = ""
            if SENTINEL.fullmatch(token.content):
                if 0 <= token.id < len(names) and not SENTINEL.fullmatch(names[token.id]):
                    wanted = "one that no other piece has"
            elif became is None and token.content not in own:
                text = f"names {short(token.content)}, which transformers 5 does not read there and other versions do"
                raise problem(path, "added tokens", f"{text}; {_SAVE}")
            elif became is not None and token.id not in (-1, became.id):
                wanted = f"{became.id}, which transformers 5 gives it and other versions do not"
            if wanted:
                raise expected(path, f"added tokens: id of {shown(token.content)}", wanted, token.id, _SAVE)


def _of_settings(path: Path, settings: Mapping[str, Any]) -> Iterator[AddedToken]:
    """All tokens that a file names without an id."""
    for field, value in settings.items():
        if field.endswith("_token") and isinstance(value, str | dict):
            yield _token(path, field, value)
    for field in (_NEW_LIST, _OLD_LIST):
        yield from _tokens(path, field, settings.get(field))
