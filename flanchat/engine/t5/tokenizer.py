"""Text to token ids and back, with warnings about characters that are lost. Knows SentencePiece; knows no tensors.

User text never becomes a control token of T5: a typed `</s>` or `<extra_id_0>` is encoded as plain characters. Tokens
that were added to a vocabulary are matched in every text, as in transformers.
"""

from __future__ import annotations

import base64
import codecs
import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flanchat.base.errors import ModelError, one_line
from flanchat.engine.checkpoint.added_tokens import SENTINEL
from flanchat.engine.checkpoint.tokenizer_files import (
    SPACE,
    PieceType,
    TokenizerSettings,
    appended_sentinels,
    read_tokenizer_files,
)
from flanchat.engine.checkpoint.untrusted_json import problem
from flanchat.engine.events import Measured, Piece, Warned
from flanchat.engine.t5.splitter import Part, Splitter

if TYPE_CHECKING:
    from sentencepiece import SentencePieceProcessor

_CONTROL_WORDS = re.compile(r"</s>|<pad>|<unk>|<extra_id_\d+>")
_BYTE = re.compile(r"<0x([0-9A-F]{2})>")
_LONG = 100_000  # characters
_BREAKS = re.compile(r"\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]")


class Tokenizer:
    """A T5 vocabulary.

    unk_id, eos_id: ids of the unknown and the end token. size: number of pieces, without the sentinels that T5 adds to
    them. In mT5 and UMT5 the sentinels are pieces, and unknown characters are spelled in bytes. cleans_up: whether an
    answer goes through `CleanUp`. remarks: sentences that a user may need.
    """

    def __init__(
        self,
        processor: SentencePieceProcessor,
        settings: TokenizerSettings = TokenizerSettings(),  # noqa: B008 - it is a tuple
        splitter: Splitter | None = None,
    ) -> None:
        self._pieces, self._splitter = processor, splitter
        self.size: int = processor.get_piece_size()
        self.unk_id: int = processor.unk_id()
        self.eos_id: int = processor.eos_id() if settings.eos is None else settings.eos
        self.cleans_up = settings.cleans_up
        self._sentinels, self._shown = settings.sentinels, settings.shown
        self._added = {token.id: token for token in settings.added}
        self._answer_texts = {} if splitter is None else splitter.answer_texts()
        self.remarks = () if splitter is None else tuple(splitter.remarks())
        self.piece, self.name = cache(self._piece), cache(self._name)  # needed for every alternative of every token

    def encode(self, text: str) -> list[int]:
        """Token ids of `text` with the end token."""
        ids: list[int] = []
        for part in self._split(clean(text)):
            ids += self._pieces.encode(part.text) if part.token is None else [part.token.id]
        return [*ids, self.eos_id]

    def _split(self, text: str) -> Iterable[Part]:
        return [Part(None, text)] if self._splitter is None else self._splitter.split(text)

    def _piece(self, token_id: int) -> str:
        """The text that a token adds to an answer; "" for special, unknown and sentinel tokens, and for bytes."""
        if (text := self._answer_texts.get(token_id)) is not None:
            return text.replace(SPACE, " ")
        if token_id >= self.size or self._pieces.is_control(token_id) or token_id == self.unk_id:
            name = self._name(token_id)
            return name if name in self._shown else ""
        if self._pieces.is_byte(token_id):
            return ""
        return str(self._pieces.id_to_piece(token_id)).replace(SPACE, " ")

    def _name(self, token_id: int) -> str:
        """A token's name for display: its text, or the name of a control token or sentinel."""
        if token_id in self._added:
            return self._label(token_id)
        if token_id >= self.size:
            sentinel = self.size + self._sentinels - 1 - token_id
            return f"<extra_id_{sentinel}>" if sentinel >= 0 else f"<{token_id}>"
        name = str(self._pieces.id_to_piece(token_id))
        return name if self._pieces.is_control(token_id) else name.replace(SPACE, " ")

    def reader(self) -> Reader:
        return Reader(self)

    def opening(self, token_id: int, text: str) -> str:
        """What a token whose text is `text` adds at the beginning of an answer: the text without a piece's space."""
        return self._answer_texts[token_id].replace(SPACE, "") if token_id in self._answer_texts else text.lstrip(" ")

    def byte(self, token_id: int) -> bytes:
        """The byte that a token stands for; empty for other tokens."""
        if token_id >= self.size or not self._pieces.is_byte(token_id):
            return b""
        found = _BYTE.fullmatch(self._pieces.id_to_piece(token_id))
        return bytes([int(found[1], 16)]) if found else b""

    def spans(self, text: str) -> list[tuple[int, str]]:
        """(id, source text) of each token, without the end token. The source texts join to `clean(text)`.

        Spaces belong to the token after them; at the end of the text, to the last one. A character that is spelled with
        several tokens belongs to the last of them, the others have "". Text of spaces alone has no token.
        """
        text = clean(text)
        ends: list[tuple[int, int]] = []  # id, and where its source ends in `text`
        at = 0
        for part in self._split(text):
            ends += [(token_id, at + end) for token_id, end in self._ends(part)]
            at += len(part.source)
        if not ends:
            return []
        ends[-1] = (ends[-1][0], len(text))
        starts = [0, *(end for _, end in ends)]
        return [(token_id, text[start:end]) for start, (token_id, end) in zip(starts, ends, strict=False)]

    def _ends(self, part: Part) -> Iterator[tuple[int, int]]:
        """The id of each token of a part, and where its source ends in `part.source`."""
        if part.token is not None:
            yield part.token.id, len(part.source)
            return
        from sentencepiece import sentencepiece_pb2

        formats: Any = sentencepiece_pb2  # generated by protobuf, without types
        proto = formats.SentencePieceText()
        proto.ParseFromString(self._pieces.encode(part.text, out_type="serialized_proto"))
        if part.text != part.source:  # pieces of a part of a character: the last one gets all of it
            for number, piece in enumerate(proto.pieces, 1):
                yield int(piece.id), len(part.source) if number == len(proto.pieces) else 0
        elif proto.pieces:
            at = len(part.source.encode()[: proto.pieces[0].begin].decode())  # spaces, which are in no piece
            for piece in proto.pieces:
                at += len(piece.surface)
                yield int(piece.id), at

    def pieces(self, text: str) -> tuple[Piece, ...]:
        """The tokens of a text, without the end token."""
        return tuple(Piece(id, self._label(id), source, id == self.unk_id) for id, source in self.spans(text))

    def _label(self, token_id: int) -> str:
        added = self._added.get(token_id)
        return str(self._pieces.id_to_piece(token_id)) if added is None else added.content

    def measure(self, parts: Sequence[str]) -> Measured:
        """Count the tokens of each part *inside the joined text*, so that the parts add up to the whole.

        A token that spans two parts counts for the first. The end token is one more, in `total` only.
        """
        if sum(map(len, parts)) > _LONG:
            return self._measure_long(parts)
        spans = self.spans("".join(parts))
        counts = [0] * len(parts)
        part, end, at = 0, len(clean(parts[0])) if parts else 0, 0
        for _, surface in spans:
            while at >= end and part < len(parts) - 1:
                part += 1
                end += len(clean(parts[part]))
            counts[part] += 1
            at += len(surface)
        ids = [token_id for token_id, _ in spans] + [self.eos_id]
        return Measured(tuple(counts), len(ids), _digest(ids), self._warnings("".join(parts), spans))

    def _measure_long(self, parts: Sequence[str]) -> Measured:
        """`measure` for a text too long for any model: faster, without the source text of each token.

        Tokens that span two parts count for the longest part.
        """
        text = "".join(parts)
        ids = self.encode(text)
        counts = [len(self.encode(part)) - 1 for part in parts]
        counts[max(range(len(parts)), key=lambda at: len(parts[at]))] += len(ids) - 1 - sum(counts)
        rest = "".join(part.source for part in self._split(clean(text)) if part.token is None)
        spans = [(at, c * rest.count(c)) for c in dict.fromkeys(rest) for at in self._pieces.encode(clean(c))]
        lost = [(at, characters) for at, characters in spans if at == self.unk_id]
        return Measured(tuple(counts), len(ids), _digest(ids), self._warnings(text, lost))

    def _warnings(self, text: str, spans: list[tuple[int, str]]) -> tuple[Warned, ...]:
        lost, spelled = "", False  # spelled: an unknown token was the beginning of a character
        for token_id, surface in spans:
            if token_id == self.unk_id:
                lost, spelled = lost + surface, not surface
            elif spelled and surface:
                lost, spelled = lost + surface[0], False
        spaces = {c for c in set(lost) if c.isspace() and self.unk_id not in self._pieces.encode(c)}
        lost = "".join(c for c in lost if c not in spaces)
        read = "".join(part.without_token for part in self._split(clean(text)))
        breaks = _BREAKS.findall(read.strip())
        control = _CONTROL_WORDS.findall(read)
        found = (
            Warned("unk", len(lost), "".join(dict.fromkeys(lost))),
            Warned("newline", len(breaks), "\n" if breaks else ""),
            Warned("special", len(control), " ".join(dict.fromkeys(control))),
        )
        return tuple(warned for warned in found if warned.count)


class Reader:
    """Turns the tokens of one answer into text. Bytes that spell no character become U+FFFD."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def add(self, token_id: int) -> str:
        """The text that the next token adds; a character in bytes comes with the last of them."""
        if byte := self._tokenizer.byte(token_id):
            return self._decoder.decode(byte)
        return self._decoder.decode(b"", final=True) + self._tokenizer.piece(token_id)


class CleanUp:
    """Removes blanks before punctuation from a text that comes in parts: clean_up_tokenization_spaces of transformers.

    >>> clean = CleanUp()
    >>> clean.feed("It is"), clean.feed(" n"), clean.feed("'t , no"), clean.rest()
    ('It', ' is', "n't,", ' no')
    """

    _PATTERNS = (" .", " ?", " !", " ,", " ' ", " n't", " 'm", " 's", " 've", " 're")

    def __init__(self) -> None:
        self._held = ""

    def feed(self, text: str) -> str:
        """Add text; return the part that later text does not change."""
        self._held += text
        # Every pattern begins with a blank, so the text can be cut before one; but not before a blank that follows
        # another, or that may be the second one of " ' ".
        blanks = [found.start() for found in re.finditer(r"(?<! )(?<! ') ", self._held)]
        return self._take(blanks[-1] if blanks else 0 if " " in self._held else len(self._held))

    def rest(self) -> str:
        """The text that is still held back when the answer has ended."""
        return self._take(len(self._held))

    def _take(self, end: int) -> str:
        taken, self._held = self._held[:end], self._held[end:]
        for pattern in self._PATTERNS:
            taken = taken.replace(pattern, pattern.strip())
        return taken


def _digest(ids: Sequence[int]) -> str:
    return hashlib.sha256(",".join(map(str, ids)).encode()).hexdigest()


def clean(text: str) -> str:
    """`text` without lone surrogates, which tokenizers reject, and without NUL, at which some stop reading."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\0", " ")


def open_tokenizer(path: Path) -> Tokenizer:
    """Read `spiece.model`, or the same vocabulary from a `tokenizer.json`, and the tokens that files beside it add."""
    from sentencepiece import SentencePieceProcessor

    try:
        proto = path.read_bytes() if path.suffix == ".model" else _proto_from_json(path)
        proto = _without_typed_sentinels(proto)
        processor = SentencePieceProcessor(model_proto=proto)
        settings = read_tokenizer_files(path.parent)
        splitter = _splitter(path.parent, settings, proto) if settings.added else None
        tokenizer = Tokenizer(processor, settings, splitter)
        round_trip = "".join(map(tokenizer.piece, tokenizer.encode("A test of 1 sentence.")))
    except (OSError, RuntimeError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise ModelError(f"{path}: not a T5 vocabulary ({one_line(error)}); download the file again") from error
    if tokenizer.size < 10 or not round_trip.strip() or tokenizer.eos_id < 0:
        raise ModelError(f"{path}: the vocabulary cannot write a plain sentence; download the file again")
    return tokenizer


def _splitter(folder: Path, settings: TokenizerSettings, proto: bytes) -> Splitter:
    splitter = Splitter(settings.added, _model_proto(proto).normalizer_spec.precompiled_charsmap)
    if splitter.ambiguity:
        raise problem(folder, "added tokens", splitter.ambiguity)
    return splitter


def _without_typed_sentinels(proto: bytes) -> bytes:
    """The vocabulary with its sentinels, if it has any, as control tokens, which text cannot be encoded to."""
    if b"<extra_id_" not in proto:
        return proto
    model = _model_proto(proto)
    for piece in model.pieces:
        if "<extra_id_" in piece.piece and SENTINEL.fullmatch(piece.piece):
            piece.type = PieceType.CONTROL
    return bytes(model.SerializeToString())


def _proto_from_json(path: Path) -> bytes:
    """The serialised SentencePiece model that a T5 `tokenizer.json` was converted from."""
    described = json.loads(path.read_text(encoding="utf-8"))
    model = described["model"]
    if model.get("type") != "Unigram":
        text = f"expected 'Unigram', as T5 has, got {model.get('type')!r}; use a model with T5's own tokenizer"
        raise ModelError(f"{path}: model.type: {text}")
    proto = _model_proto()
    unk = int(model["unk_id"])
    pieces = [(str(piece), float(score)) for piece, score in model["vocab"]]
    added = appended_sentinels([piece for piece, _ in pieces])
    for at, (piece, score) in enumerate(pieces[: len(pieces) - added]):
        kind = PieceType.BYTE if _BYTE.fullmatch(piece) else PieceType.NORMAL
        if piece in ("<pad>", "<s>", "</s>"):
            kind = PieceType.CONTROL
        proto.pieces.add(piece=piece, score=score, type=PieceType.UNKNOWN if at == unk else kind)
    trainer = proto.trainer_spec
    trainer.model_type = 1  # unigram
    trainer.unk_id, trainer.bos_id = unk, -1
    names = [piece for piece, _ in pieces]
    trainer.byte_fallback = sum(piece.type == PieceType.BYTE for piece in proto.pieces) == 256
    trainer.eos_id, trainer.pad_id = names.index("</s>"), names.index("<pad>")
    trainer.eos_piece, trainer.pad_piece, trainer.unk_piece = "</s>", "<pad>", names[unk]
    normalizer = proto.normalizer_spec
    normalizer.precompiled_charsmap = base64.b64decode(_charsmap(described.get("normalizer")))
    normalizer.name = "nmt_nfkc" if normalizer.precompiled_charsmap else "identity"
    normalizer.add_dummy_prefix = normalizer.remove_extra_whitespaces = normalizer.escape_whitespaces = True
    return bytes(proto.SerializeToString())


def _model_proto(content: bytes = b"") -> Any:
    """A SentencePiece model as a message of protobuf, whose generated classes have no types."""
    from sentencepiece import sentencepiece_model_pb2

    formats: Any = sentencepiece_model_pb2
    return formats.ModelProto.FromString(content)


def _charsmap(normalizer: Any) -> str:
    """The precompiled character map of a tokenizer.json's normalizer, which may be a sequence; "" without one."""
    for step in (normalizer or {}).get("normalizers", [normalizer or {}]):
        if step.get("type") == "Precompiled":
            return str(step["precompiled_charsmap"])
    return ""
