"""What all tokenizers share: measuring a text, naming what is lost of it, reading an answer. Knows no vocabulary.

User text never becomes a control token of T5: a typed `</s>` or `<extra_id_0>` is encoded as plain characters, unless
the text is a prompt with blanks. Tokens that were added to a vocabulary are matched in every text, as in transformers.
"""

from __future__ import annotations

import codecs
import hashlib
import itertools
import re
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, cached_property
from typing import Any, NamedTuple

from flanchat.engine.checkpoint.added_tokens import AddedToken
from flanchat.engine.checkpoint.tokenizer_steps import SPACE
from flanchat.engine.events import Measured, Piece, Warned
from flanchat.engine.t5.splitter import Part, Splitter

_SENTINEL = re.compile(r"<extra_id_(\d+)>")
_MOST_SENTINELS = 300
_CONTROL_WORDS = re.compile(r"</s>|<pad>|<unk>|<extra_id_\d+>")
_LONG = 100_000  # characters
_BREAKS = re.compile(r"\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]")


class Ending(NamedTuple):
    """A token of a text, and where its source ends in it."""

    id: int
    end: int


class Tokenizer(ABC):
    """A vocabulary of a T5.

    size: number of tokens, without those that were added and the sentinels that T5 adds. unk_id: id of the unknown
    token, -1 where every character has one. begin, end: ids that stand around every text. cleans_up: whether an answer
    goes through `CleanUp`. remarks: sentences that a user may need. errors: what becomes of bytes in an answer that
    spell no character, as for `bytes.decode`.
    """

    errors = "replace"
    remarks: tuple[str, ...] = ()

    def __init__(
        self,
        size: int,
        *,
        unk_id: int,
        begin: tuple[int, ...] = (),
        end: tuple[int, ...],
        added: Sequence[AddedToken] = (),
        cleans_up: bool = False,
    ) -> None:
        self.size, self.unk_id, self.begin, self.end, self.cleans_up = size, unk_id, begin, end, cleans_up
        self._added: Mapping[int, AddedToken] = {token.id: token for token in added}
        self.piece, self.name = cache(self._piece), cache(self._name)  # needed for every alternative of every token
        self._loses_break = cache(self._find_loss_of_break)

    # -- what each vocabulary does in its own way ----------------------------------------------------------------------

    @abstractmethod
    def _encode(self, text: str) -> list[int]:
        """Token ids of a cleaned text, without `begin` and `end`."""

    @abstractmethod
    def _endings(self, text: str) -> Iterator[Ending]:
        """The tokens of a cleaned text. Spaces belong to the token after them; the last token ends anywhere.

        A character that is spelled with several tokens belongs to the last of them; the others end where they begin.
        """

    @abstractmethod
    def _piece(self, token_id: int) -> str:
        """The text that a token adds to an answer; "" for control tokens, and for bytes that are half a character."""

    @abstractmethod
    def _name(self, token_id: int) -> str:
        """A token's name for display: its text, or the name of a control token or sentinel."""

    @abstractmethod
    def _label(self, token_id: int) -> str:
        """A token's name in the vocabulary, with its space visible."""

    @abstractmethod
    def bytes_of(self, token_id: int) -> bytes:
        """The bytes that a token stands for where these may be a part of a character; empty for other tokens."""

    @abstractmethod
    def opening(self, token_id: int, text: str) -> str:
        """What a token whose text is `text` adds at the beginning of an answer."""

    # -- what follows from it ------------------------------------------------------------------------------------------

    def encode(self, text: str) -> list[int]:
        """Token ids of `text` with the end token."""
        return [*self.begin, *self._encode(clean(text)), *self.end]

    @cached_property
    def sentinels(self) -> tuple[int, ...]:
        """The ids of `<extra_id_0>`, `<extra_id_1>` and so on, as far as the vocabulary has them."""
        names = ((token_id, self._name(token_id).strip(f" {SPACE}")) for token_id in range(self.size + _MOST_SENTINELS))
        found = {int(match[1]): token_id for token_id, name in names if (match := _SENTINEL.fullmatch(name))}
        return tuple(itertools.takewhile(lambda id: id >= 0, (found.get(n, -1) for n in range(len(found) + 1))))

    def encode_blanks(self, text: str, count: int) -> list[int]:
        """As `encode`, for a text in which the names of the first `count` sentinels stand for these."""
        ids = list(self.begin)
        for part in self._at_blanks(text, count):
            ids += self._encode(part) if isinstance(part, str) else [self.sentinels[part]]
        return [*ids, *self.end]

    def measure_blanks(self, text: str, count: int) -> Measured:
        """As `measure`, for such a text as a whole."""
        ids = self.encode_blanks(text, count)
        found: dict[str, Warned] = {}
        for part in self._at_blanks(text, count):
            for warned in self.measure([part]).warnings if isinstance(part, str) else ():
                before = found.get(warned.kind, Warned(warned.kind, 0, ""))
                chars = "".join(dict.fromkeys(before.chars + warned.chars))
                found[warned.kind] = Warned(warned.kind, before.count + warned.count, chars)
        own = len(ids) - len(self.begin) - len(self.end)
        return Measured((own,), len(ids), _digest(ids), tuple(found.values()))

    def _at_blanks(self, text: str, count: int) -> Iterator[str | int]:
        """The cleaned texts between blanks, and the numbers of the blanks."""
        for at, part in enumerate(_SENTINEL.split(clean(text))):
            if at % 2 and int(part) < count:
                yield int(part)
            elif part:
                yield f"<extra_id_{part}>" if at % 2 else part

    def reader(self) -> Reader:
        return Reader(self)

    def spans(self, text: str) -> list[tuple[int, str]]:
        """(id, source text) of each token, without `begin` and `end`. The source texts join to `clean(text)`.

        Text that gives no token, such as blanks alone, has no source.
        """
        return _spans(clean(text), list(self._endings(clean(text))))

    def pieces(self, text: str) -> tuple[Piece, ...]:
        """The tokens of a text, with those before it and without the end token."""
        before = (Piece(token_id, self._label(token_id), "") for token_id in self.begin)
        own = (Piece(id, self._label(id), source, id == self.unk_id) for id, source in self.spans(text))
        return (*before, *own)

    def measure(self, parts: Sequence[str]) -> Measured:
        """Count the tokens of each part *inside the joined text*, so that the parts add up to the whole.

        A token that spans two parts counts for the one in which its first visible character is: the blank before a word
        often ends a template. `begin` and `end` are in `total` only.
        """
        text = clean("".join(parts))
        spans = self.spans(text)
        counts = [0] * len(parts)
        part, end, at = 0, len(clean(parts[0])) if parts else 0, 0
        for _, source in spans:
            blanks = len(source) - len(source.lstrip()) if source.strip() else 0
            while at + blanks >= end and part < len(parts) - 1:
                part += 1
                end += len(clean(parts[part]))
            counts[part] += 1
            at += len(source)
        added = self._added
        read = "".join(in_place_of(added[id], source) if id in added else source for id, source in spans)
        lost = self._lost(spans) + self._vanished(text)
        return self._measured(counts, [token_id for token_id, _ in spans], lost, read)

    def _measured(self, counts: Sequence[int], ids: Sequence[int], lost: str, read: str) -> Measured:
        """lost: every character outside the vocabulary. read: the text, with letters in place of added tokens."""
        ids = [*self.begin, *ids, *self.end]
        breaks = [found for found in _BREAKS.findall(read.strip()) if self._loses_break(found)]
        control = _CONTROL_WORDS.findall(read)
        found = (
            Warned("unk", len(lost), "".join(dict.fromkeys(lost))),
            Warned("newline", len(breaks), "\n" if breaks else ""),
            Warned("special", len(control), " ".join(dict.fromkeys(control))),
        )
        return Measured(tuple(counts), len(ids), _digest(ids), tuple(warned for warned in found if warned.count))

    def _lost(self, spans: Sequence[tuple[int, str]]) -> str:
        """The characters that became unknown tokens."""
        lost, spelled = "", False  # spelled: an unknown token was the beginning of a character
        for token_id, source in spans:
            if token_id == self.unk_id:
                lost, spelled = lost + source, not source
            elif spelled and source:
                lost, spelled = lost + source[0], False
        spaces = {c for c in set(lost) if c.isspace() and self.unk_id not in self._encode(c)}
        return "".join(c for c in lost if c not in spaces)

    def _vanished(self, text: str) -> str:
        """The characters that no token stands for, not even the unknown one; those of a blank do not count."""
        return ""

    def _find_loss_of_break(self, mark: str) -> bool:
        """Whether a line break is read as a space, or not at all."""
        ids = self._encode(f"a{mark}b")
        return self.unk_id in ids or ids in (self._encode("a b"), self._encode("ab"))


class SplitTokenizer(Tokenizer):
    """A vocabulary that does not find added tokens by itself: a splitter does, and the text between them is encoded."""

    def __init__(self, size: int, splitter: Splitter | None, **more: Any) -> None:
        self._splitter = splitter
        super().__init__(size, **more)

    @abstractmethod
    def _encode_between(self, text: str) -> list[int]:
        """Token ids of a text without added tokens."""

    @abstractmethod
    def _endings_between(self, part: Part) -> Iterator[Ending]:
        """As `_endings`, of a part without added tokens."""

    def _split(self, text: str) -> Sequence[Part]:
        return [Part(None, text)] if self._splitter is None else self._splitter.split(text)

    def _encode(self, text: str) -> list[int]:
        ids: list[int] = []
        for part in self._split(text):
            ids += self._encode_between(part.text) if part.token is None else [part.token.id]
        return ids

    def _endings(self, text: str) -> Iterator[Ending]:
        at = 0
        for part in self._split(text):
            if part.token is None:
                yield from (Ending(token_id, at + end) for token_id, end in self._endings_between(part))
            else:
                yield Ending(part.token.id, at + len(part.source))
            at += len(part.source)

    def measure(self, parts: Sequence[str]) -> Measured:
        return self._measure_long(parts) if sum(map(len, parts)) > _LONG else super().measure(parts)

    def _measure_long(self, parts: Sequence[str]) -> Measured:
        """`measure` for a text too long for any model: faster, without the source text of each token.

        Tokens that span two parts count for the longest part.
        """
        text = clean("".join(parts))
        ids = self._encode(text)
        counts = [len(self._encode(clean(part))) for part in parts]
        counts[max(range(len(parts)), key=lambda at: len(parts[at]))] += len(ids) - sum(counts)
        split = self._split(text)
        rest = "".join(part.source for part in split if part.token is None)
        unknown = [c for c in dict.fromkeys(rest) if self.unk_id in self._encode_between(c)]
        lost = self._lost([(self.unk_id, c * rest.count(c)) for c in unknown])
        read = "".join(part.source if part.token is None else in_place_of(part.token, part.source) for part in split)
        return self._measured(counts, ids, lost, read)


class Reader:
    """Turns the tokens of one answer into text."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self._decoder = codecs.getincrementaldecoder("utf-8")(tokenizer.errors)

    def add(self, token_id: int) -> str:
        """The text that the next token adds; a character in bytes comes with the last of them."""
        if found := self._tokenizer.bytes_of(token_id):
            return self._decoder.decode(found)
        text = self._tokenizer.piece(token_id)
        return self.rest() + text if text else ""  # control tokens may stand between the bytes of a character

    def rest(self) -> str:
        """What bytes that end in the middle of a character leave."""
        return self._decoder.decode(b"", final=True)


def _each_byte(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)
    return "\ufffd" * (error.end - error.start), error.end


EACH_BYTE = "flanchat.each_byte"
"""For `Tokenizer.errors`: U+FFFD for each byte that is no part of a character, as SentencePiece writes it."""
codecs.register_error(EACH_BYTE, _each_byte)


def clean(text: str) -> str:
    """`text` without lone surrogates, which tokenizers reject, and without NUL, at which some stop reading."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\0", " ")


def in_place_of(token: AddedToken, source: str) -> str:
    """The source of an added token with a letter in its place, for warnings about text that the model cannot read.

    A normalized token of blanks stays: it matches every blank, so a line break is lost all the same.
    """
    if token.content.isspace():
        return source if token.normalized else "x"
    visible = source.strip()
    return source.replace(visible, "x") if visible else "x"


def _spans(text: str, endings: Sequence[Ending]) -> list[tuple[int, str]]:
    if not endings:
        return []
    ends = [*(ending.end for ending in endings[:-1]), len(text)]
    return [(e.id, text[start:end]) for e, start, end in zip(endings, [0, *ends], ends, strict=False)]


def _digest(ids: Sequence[int]) -> str:
    return hashlib.sha256(",".join(map(str, ids)).encode()).hexdigest()
