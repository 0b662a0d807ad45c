"""A vocabulary that the tokenizers library reads: BPE, or steps that T5's own tokenizer does not have."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from flanchat.base.errors import ModelError, one_line
from flanchat.engine.checkpoint.added_tokens import CONFIG, SENTINEL
from flanchat.engine.checkpoint.library_files import BYTE_LETTERS, Described, describe_library, hide_controls
from flanchat.engine.checkpoint.tokenizer_files import TokenizerSettings
from flanchat.engine.checkpoint.tokenizer_steps import SPACE, kinds_of
from flanchat.engine.checkpoint.untrusted_json import TOKENIZER_BYTES, read_object
from flanchat.engine.t5.splitter import add_tokens
from flanchat.engine.t5.tokenizer_base import EACH_BYTE, Ending, Tokenizer

if TYPE_CHECKING:
    from tokenizers import Encoding
    from tokenizers import Tokenizer as Library

_BYTE = re.compile(r"<0x([0-9A-F]{2})>")
_BYTE_OF = {letter: byte for byte, letter in enumerate(BYTE_LETTERS)}


class LibraryTokenizer(Tokenizer):
    """A vocabulary of the tokenizers library.

    library: without the model's control tokens and what stands around a text, with the tokens that users added.
    """

    def __init__(self, library: Library, described: Described, settings: TokenizerSettings) -> None:
        self._names, self._shown = described.names, settings.shown
        self._own = {token_id: name for name, token_id in settings.own.items()}
        self._encoded: Callable[[str], Encoding] = lru_cache(2)(  # a prompt is encoded and measured
            lambda text: library.encode(text, add_special_tokens=False)
        )
        self._decoder, library.decoder = library.decoder, None
        found = ((library.token_to_id(token.content), token.id) for token in settings.added)
        ids = {at: token_id for at, token_id in found if at is not None}
        self._answer_texts = {token_id: library.decode([at], skip_special_tokens=False) for at, token_id in ids.items()}
        self._ids = {at: token_id for at, token_id in ids.items() if at != token_id}  # the library leaves out controls
        kinds = kinds_of(described.content["decoder"])
        self._is_byte_level, self._spells_bytes = "ByteLevel" in kinds, "ByteFallback" in kinds
        if self._spells_bytes:
            self.errors = EACH_BYTE
        super().__init__(
            len(described.names),
            unk_id=_unknown(described),
            begin=settings.begin,
            end=settings.end,
            added=settings.added,
            cleans_up=settings.cleans_up,
        )

    @property
    def sentinels(self) -> tuple[int, ...]:  # cached in the base class
        """None: which blanks around a sentinel belong to it differs between these vocabularies."""
        return ()

    def _encode(self, text: str) -> list[int]:
        return [self._ids.get(at, at) for at in self._encoded(text).ids]

    def _endings(self, text: str) -> Iterator[Ending]:
        found = self._encoded(text)
        starts = [start for start, _ in found.offsets[1:]]
        at = 0
        for number, (token_id, (_, end)) in enumerate(zip(found.ids, found.offsets, strict=True)):
            at = max(at, min([end, *starts[number : number + 1]]))  # tokens of one character have equal offsets
            yield Ending(self._ids.get(token_id, token_id), at)

    def _vanished(self, text: str) -> str:
        at, lost = 0, ""
        for start, end in (*self._encoded(text).offsets, (len(text), len(text))):
            if any(c.isprintable() and not c.isspace() for c in text[at:start]):
                before, after = text[max(at - 1, 0) : at], text[start : start + 1]
                # A character that was composed with the one before it is outside the offsets, too.
                if self._encode(before + text[at:start] + after) == self._encode(before + after):
                    lost += text[at:start].strip()
            at = max(at, end)
        return lost

    def bytes_of(self, token_id: int) -> bytes:
        if token_id in self._added or token_id in self._own or token_id >= self.size:
            return b""
        name = self._names[token_id]
        if self._is_byte_level:
            return bytes(_BYTE_OF[c] for c in name) if {*name} <= _BYTE_OF.keys() else name.encode()
        found = _BYTE.fullmatch(name) if self._spells_bytes else None
        return bytes([int(found[1], 16)]) if found else b""

    def _piece(self, token_id: int) -> str:
        if token_id in self._added:
            return "" if self._added[token_id].special else self._joined("x", self._answer_texts[token_id])[1:]
        if found := self.bytes_of(token_id):
            return found.decode("utf-8", "ignore") if self._is_byte_level else ""
        name = self._own.get(token_id, self._names[token_id] if token_id < self.size else "")
        if token_id in self._own or SENTINEL.fullmatch(name):
            return name if name in self._shown else ""
        return "" if token_id == self.unk_id or not name else self._joined("x", name)[1:]

    def _joined(self, *names: str) -> str:
        """What the tokens `names` are in an answer. A byte-level decoder would take an added "é" for a byte."""
        return "".join(names) if self._is_byte_level else str(self._decoder.decode([*names]))

    def _name(self, token_id: int) -> str:
        if token_id in self._added:
            return self._added[token_id].content
        if found := self.bytes_of(token_id):
            try:
                return found.decode()
            except UnicodeDecodeError:
                return "".join(f"<0x{byte:02X}>" for byte in found)
        return self._own.get(token_id) or self.piece(token_id) or self._raw(token_id)

    def _raw(self, token_id: int) -> str:
        return self._names[token_id] if token_id < self.size else f"<{token_id}>"

    def _label(self, token_id: int) -> str:
        return self._name(token_id).replace(" ", SPACE) if self._is_byte_level else self._raw_label(token_id)

    def _raw_label(self, token_id: int) -> str:
        added = self._added.get(token_id)
        return self._own.get(token_id, self._raw(token_id)) if added is None else added.content

    def opening(self, token_id: int, text: str) -> str:
        if self._is_byte_level or not text or text != self.piece(token_id):
            return text
        return self._joined(self._answer_texts.get(token_id) or self._raw(token_id))


def open_library(folder: Path, settings: TokenizerSettings) -> LibraryTokenizer:
    """Read the vocabulary with the tokenizers library. Raises ModelError."""
    from tokenizers import Tokenizer as Library

    path = settings.vocabulary[0]
    config = read_object(folder / CONFIG, TOKENIZER_BYTES) if (folder / CONFIG).exists() else {}
    described = describe_library(path.parent, settings.tokenizer_class, config)
    try:
        library = Library.from_str(json.dumps(hide_controls(described.content, settings.own)))
        add_tokens(library, settings.added)
        return LibraryTokenizer(library, described, settings)
    except BaseException as error:  # the library raises Exception and, for damaged tables, a panic, which is none
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        text = f"the tokenizers library cannot read it ({one_line(error)}); download it again"
        raise ModelError(f"{path}: {text}") from None


def _unknown(described: Described) -> int:
    model = described.content["model"]
    if model["type"] == "Unigram":
        return int(model["unk_id"])
    return -1 if model.get("unk_token") is None else int(model["vocab"][model["unk_token"]])
