"""Which tokens a tokenizer's files add to its vocabulary, and with which ids. Knows JSON; splits no text.

The rules are those of transformers 5, which uses the ids in the files only as a sort order: new tokens get the ids
after the vocabulary, without gaps. A folder with other ids is refused, because other versions of transformers
use those.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence, Set
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
T5_ROLES = {"eos_token": "</s>", "unk_token": "<unk>", "pad_token": "<pad>"}
_NEW_LIST, _OLD_LIST = "extra_special_tokens", "additional_special_tokens"  # of transformers 5 and of earlier versions
_BY_ID = "added_tokens_decoder"
_MOST_SENTINELS = 300  # UMT5 has as many
_SAVE = "save the tokenizer again with the version of transformers that the model was trained with"


@dataclass(frozen=True, slots=True)
class AddedToken:
    """A token that is matched in a text before the rest is split into pieces.

    special: answers are shown without it. normalized: matched after normalization, which is applied to its own text
    too. lstrip, rstrip: takes the blanks before or after it. single_word: not matched inside a word.
    """

    content: str
    id: int
    special: bool = False
    normalized: bool = False
    lstrip: bool = False
    rstrip: bool = False
    single_word: bool = False


class TokenLists(NamedTuple):
    """The content of the files of `folder` that may list tokens; {} for a file that is missing.

    roles: special tokens that transformers takes for granted, by their role.
    """

    folder: Path
    added: Mapping[str, Any]
    config: Mapping[str, Any]
    special_map: Mapping[str, Any]
    tokenizer: Mapping[str, Any]
    roles: Mapping[str, str] = T5_ROLES


class Vocabulary(NamedTuple):
    """What tokens are added to.

    names: its pieces by id, with the sentinels. sentinels: how many T5's class of tokenizers expects in it. controls:
    the control and user-defined pieces of spiece.model; None for a vocabulary from a tokenizer.json. own_roles: the
    roles whose tokens are the vocabulary's own, whatever they are called; () for T5's, which has CONTROL alone.
    """

    names: Sequence[str]
    sentinels: int
    controls: Sequence[AddedToken] | None
    own_roles: Sequence[str] = ()


class Numbered(NamedTuple):
    """Added tokens with their final ids.

    tokens: in the order in which they are added, without the vocabulary's own. roles: the ids of special tokens by
    their roles. shown: own tokens that are visible in answers, because no file marks them as special. own: the
    vocabulary's own tokens with their ids. size: of the vocabulary with all of these.
    """

    tokens: tuple[AddedToken, ...]
    roles: Mapping[str, int]
    shown: frozenset[str]
    own: Mapping[str, int]
    size: int


def number_tokens(files: TokenLists, vocabulary: Vocabulary) -> Numbered:
    """Number the tokens that are added to a vocabulary. Raises ModelError when transformers versions differ in it."""
    names, named = vocabulary.names, _named(files)
    end = named["eos_token"].content if "eos_token" in named else ""
    own = set(CONTROL).intersection(names)
    if vocabulary.own_roles:
        own = {*CONTROL, *(named[role].content for role in vocabulary.own_roles if role in named)}
    order = _in_order(files, vocabulary)
    ids = _ids([token.content for token in order], end, vocabulary, own)
    roles = {token.content for token in named.values()}
    numbered: dict[str, AddedToken] = {}
    for token in order:
        before, is_own = numbered.get(token.content), token.content in own or SENTINEL.fullmatch(token.content)
        if not is_own and before is not None and before != replace(token, id=before.id, special=before.special):
            text = f"{short(token.content)} is named twice, with different flags, and transformers uses both"
            raise problem(files.folder, "added tokens", f"{text}; {_SAVE}")
        special = token.special or token.content in roles or (before is not None and before.special)
        numbered[token.content] = replace(token, id=ids[token.content], special=special)
    _require_agreement(files, numbered, names, own)
    added = (token for token in numbered.values() if not (token.content in own or SENTINEL.fullmatch(token.content)))
    sentinels = (name for name in (*names[-_MOST_SENTINELS:], *numbered) if name.startswith("<extra_id_"))
    hidden = {token.content for token in numbered.values() if token.special}
    known = {name: at for name, at in ids.items() if name in own or (name in numbered and SENTINEL.fullmatch(name))}
    by_role = {role: ids[token.content] for role, token in named.items() if token.content in ids}
    size = 1 + max(len(names) - 1, *ids.values())
    return Numbered(tuple(added), by_role, frozenset((*own, *sentinels)) - hidden, known, size)


def listed_contents(files: TokenLists) -> set[str]:
    """The contents of the tokens that a file gives an id."""
    return {token.content for token in _listed(files).values()}


def _in_order(files: TokenLists, vocabulary: Vocabulary) -> list[AddedToken]:
    """All tokens that the files name, in the order in which transformers 5 adds them."""
    order = [token for _, token in sorted(_listed(files).items())]
    listed = {token.content for token in order}
    others = (*_named(files).values(), *_others(files, vocabulary))
    return order + [token for token in others if token.content not in listed]


def _ids(contents: Sequence[str], eos: str, vocabulary: Vocabulary, own: Set[str]) -> dict[str, int]:
    """The id of each token: its own where the vocabulary has it, else the next free one."""
    names = vocabulary.names
    plain = eos in own and all(content in own or SENTINEL.fullmatch(content) for content in contents)
    if plain and not vocabulary.own_roles:
        # Nearly every model. Sentinels' ids are not needed, and a dict of the whole vocabulary would take milliseconds.
        ids = {content: names.index(content) for content in own}
    else:
        ids = {name: at for at, name in enumerate(names)}
    unused = len(names)
    for content in contents:
        if content not in ids:
            ids[content], unused = unused, unused + 1
    return ids


# -- with an id -------------------------------------------------------------------------------------------------------


def _listed(files: TokenLists) -> dict[int, AddedToken]:
    """The tokens that a file gives an id, by that id."""
    if _BY_ID in files.config:  # transformers reads no other list of ids then
        return {token.id: token for token in _by_id_in_config(files)}
    return {token.id: token for token in (*_in_added_tokens_json(files), *_in_tokenizer_json(files))}


def _by_id_in_config(files: TokenLists) -> Iterator[AddedToken]:
    path, by_id = files.folder / CONFIG, files.config.get(_BY_ID) or {}
    if not isinstance(by_id, dict):
        raise expected(path, _BY_ID, "an object", by_id)
    for key, about in by_id.items():
        if not key.isdecimal() or not isinstance(about, dict):
            raise expected(path, f"{_BY_ID}: {shown(key)}", "an id with a token", about)
        yield _read_token(path, _BY_ID, about, int(key))


def _in_added_tokens_json(files: TokenLists) -> Iterator[AddedToken]:
    roles = [token for role, token in _named(files).items() if role in _ROLES]
    special = {token.content for token in (*roles, *_special_list(files))}
    for content, token_id in files.added.items():
        yield _read_token(files.folder / ADDED, "tokens", {"content": content, "special": content in special}, token_id)


def _in_tokenizer_json(files: TokenLists) -> Iterator[AddedToken]:
    path, tokens = files.folder / TOKENIZER_JSON, files.tokenizer.get("added_tokens") or []
    if not isinstance(tokens, list):
        raise expected(path, "added_tokens", "a list", tokens)
    for about in tokens:
        yield _read_token(path, "added_tokens", about, about.get("id", MISSING) if isinstance(about, dict) else MISSING)


# -- without an id ----------------------------------------------------------------------------------------------------


def _named(files: TokenLists) -> dict[str, AddedToken]:
    """The special tokens that have a role, by its name."""
    # transformers reads special_tokens_map.json, after tokenizer_config.json, only where that has no ids
    config, later = files.config, {} if _BY_ID in files.config else files.special_map
    named = {}
    for role in _ROLES:
        path = files.folder / (SPECIAL_MAP if role in later else CONFIG)
        value = later.get(role, config.get(role)) or files.roles.get(role)
        if role in later and isinstance(value, dict):
            value = {**value, "special": True}
        if value is not None:
            named[role] = _read_token(path, role, value)
    for path, settings in ((files.folder / SPECIAL_MAP, later), (files.folder / CONFIG, config)):
        fields = {field: value for field, value in settings.items() if field.endswith("_token") and field not in _ROLES}
        for field, value in fields.items():
            if isinstance(value, str | dict):
                named[field] = _read_token(path, field, value)
        if isinstance(more := settings.get(_NEW_LIST), dict):
            named |= {field: _read_token(path, _NEW_LIST, value) for field, value in more.items()}
    return named


def _special_list(files: TokenLists) -> list[AddedToken]:
    """The special tokens that tokenizer_config.json lists without a role."""
    field = _NEW_LIST if files.config.get(_NEW_LIST) else _OLD_LIST
    return list(_read_tokens(files.folder / CONFIG, field, files.config.get(field)))


def _others(files: TokenLists, vocabulary: Vocabulary) -> Sequence[AddedToken]:
    """The special tokens that have no role. T5's own class of tokenizers adds sentinels unless the files list any."""
    # a list in tokenizer_config.json replaces the sentinels, too
    if not isinstance(files.config.get(_NEW_LIST, {}), dict) or _OLD_LIST in files.config:
        return _special_list(files)
    others = list(vocabulary.controls or ())
    if vocabulary.controls is None and _BY_ID not in files.config:
        others = list(_read_tokens(files.folder / SPECIAL_MAP, _OLD_LIST, files.special_map.get(_OLD_LIST)))
    if not any("<extra_id_" in token.content for token in others):
        others += [AddedToken(f"<extra_id_{number}>", -1, special=True) for number in range(vocabulary.sentinels)]
    return others


def _read_tokens(path: Path, field: str, values: object) -> Iterator[AddedToken]:
    if not isinstance(values, list | dict | None):
        raise expected(path, field, "a list", values)
    for value in values or [] if not isinstance(values, dict) else values.values():
        yield _read_token(path, field, value)


# -- both -------------------------------------------------------------------------------------------------------------


def _read_token(path: Path, field: str, value: object, token_id: object = -1) -> AddedToken:
    """Check a token of a file: a text, which is special, or an object. token_id: -1 when the file gives it none."""
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


def _require_agreement(
    files: TokenLists, numbered: Mapping[str, AddedToken], names: Sequence[str], own: Set[str]
) -> None:
    """Refuse a file that names a token or an id that differs from the result of reading all files."""
    folder = files.folder
    for path, tokens in (
        (folder / CONFIG, (*_by_id_in_config(files), *_named_in(folder / CONFIG, files.config))),
        (folder / ADDED, _in_added_tokens_json(files)),
        (folder / TOKENIZER_JSON, _in_tokenizer_json(files)),
        (folder / SPECIAL_MAP, _named_in(folder / SPECIAL_MAP, files.special_map)),
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


def _named_in(path: Path, settings: Mapping[str, Any]) -> Iterator[AddedToken]:
    """Every token that a file of settings names, all without an id."""
    for field, value in settings.items():
        if field.endswith("_token") and isinstance(value, str | dict):
            yield _read_token(path, field, value)
    for field in (_NEW_LIST, _OLD_LIST):
        yield from _read_tokens(path, field, settings.get(field))
