"""ByT5's tokenizer: every byte of a text is a token, and nothing is lost. Needs no file of a vocabulary."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from flanchat.engine.checkpoint.tokenizer_files import BYTE_OFFSET, TokenizerSettings
from flanchat.engine.checkpoint.tokenizer_steps import SPACE
from flanchat.engine.t5.splitter import Part, Splitter, open_splitter
from flanchat.engine.t5.tokenizer_base import Ending, Tokenizer


class ByteTokenizer(Tokenizer):
    """The tokens of ByT5: padding, end, unknown, 256 bytes, the sentinels from <extra_id_0> on.

    Bytes of an answer that spell no character vanish, as in transformers.
    """

    errors = "ignore"

    def __init__(self, settings: TokenizerSettings, splitter: Splitter | None = None) -> None:
        self._splitter, self._shown, self._sentinels = splitter, settings.shown, settings.sentinels
        self._own = {token_id: name for name, token_id in settings.own.items()}
        super().__init__(
            BYTE_OFFSET + 256, unk_id=-1, end=settings.end, added=settings.added, cleans_up=settings.cleans_up
        )

    def _encode(self, text: str) -> list[int]:
        ids: list[int] = []
        for part in self._split(text):
            ids += [byte + BYTE_OFFSET for byte in part.text.encode()] if part.token is None else [part.token.id]
        return ids

    def _split(self, text: str) -> Iterable[Part]:
        return [Part(None, text)] if self._splitter is None else self._splitter.split(text)

    def _endings(self, text: str) -> Iterator[Ending]:
        at = 0
        for part in self._split(text):
            if part.token is not None:
                at += len(part.source)
                yield Ending(part.token.id, at)
                continue
            for character in part.source:
                *first, last = character.encode()
                yield from (Ending(byte + BYTE_OFFSET, at) for byte in first)
                at += 1
                yield Ending(last + BYTE_OFFSET, at)

    def bytes_of(self, token_id: int) -> bytes:
        is_byte = BYTE_OFFSET <= token_id < self.size and token_id not in self._added
        return bytes([token_id - BYTE_OFFSET]) if is_byte else b""

    def _piece(self, token_id: int) -> str:
        if token_id in self._added:
            return "" if self._added[token_id].special else self._added[token_id].content
        if byte := self.bytes_of(token_id):
            return byte.decode("ascii", "ignore")
        name = self._name(token_id)
        return name if name in self._shown else ""

    def _name(self, token_id: int) -> str:
        if token_id in self._added:
            return self._added[token_id].content
        if byte := self.bytes_of(token_id):
            return byte.decode("ascii") if byte.isascii() else f"<0x{byte[0]:02X}>"
        sentinel = token_id - self.size
        return self._own.get(token_id, f"<extra_id_{sentinel}>" if sentinel < self._sentinels else f"<{token_id}>")

    def _label(self, token_id: int) -> str:
        return SPACE if self.bytes_of(token_id) == b" " else self._name(token_id)

    def opening(self, token_id: int, text: str) -> str:
        return text


def open_bytes(folder: Path, settings: TokenizerSettings) -> ByteTokenizer:
    """The tokenizer of a ByT5 with the tokens that the files of `folder` add. Raises ModelError."""
    return ByteTokenizer(settings, open_splitter(folder, settings.added) if settings.added else None)
