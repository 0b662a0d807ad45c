"""ByT5's tokenizer: every byte of a text is a token, and nothing is lost. Needs no file of a vocabulary."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from flanchat.engine.checkpoint.tokenizer_files import BYTE_OFFSET, TokenizerSettings
from flanchat.engine.checkpoint.tokenizer_steps import SPACE
from flanchat.engine.t5.splitter import Part, Splitter, open_splitter
from flanchat.engine.t5.tokenizer_base import Ending, SplitTokenizer

_NO_TEXT = 11
"""Bytes from 0xF5 to 0xFF, which UTF-8 never has."""


class ByteTokenizer(SplitTokenizer):
    """The tokens of ByT5: padding, end, unknown, 256 bytes, the sentinels from <extra_id_0> on.

    Bytes of an answer that spell no character vanish, as in transformers.
    """

    errors = "ignore"

    def __init__(self, settings: TokenizerSettings, splitter: Splitter | None = None) -> None:
        self._shown, self._sentinels = settings.shown, settings.sentinels
        self._own = {token_id: name for name, token_id in settings.own.items()}
        super().__init__(
            BYTE_OFFSET + 256, splitter, unk_id=-1, end=settings.end, added=settings.added, cleans_up=settings.cleans_up
        )

    @property
    def sentinels(self) -> tuple[int, ...]:  # cached in the base class
        """The last bytes, downwards: ByT5 was trained with these, and never with the tokens named `<extra_id_0>`.

        Only those that no UTF-8 text has: with more blanks, the others could not be told from text.
        Source: Xue et al. 2022, arXiv 2105.13626, section 3.1.
        """
        last = self.size - 1
        return tuple(token_id for token_id in range(last, last - _NO_TEXT, -1) if token_id not in self._added)

    def _encode_between(self, text: str) -> list[int]:
        return [byte + BYTE_OFFSET for byte in text.encode()]

    def _endings_between(self, part: Part) -> Iterator[Ending]:
        for at, character in enumerate(part.source):
            *first, last = character.encode()
            yield from (Ending(byte + BYTE_OFFSET, at) for byte in first)
            yield Ending(last + BYTE_OFFSET, at + 1)

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
