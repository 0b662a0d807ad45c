"""Text to token ids and back, and what is lost on the way. Knows SentencePiece; knows no tensors.

User text never becomes a control token: a typed `</s>` or `<extra_id_0>` is encoded as the characters it is made of.
"""

from __future__ import annotations

import base64
import codecs
import hashlib
import json
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flanchat.base.errors import ModelError
from flanchat.engine.events import Measured, Piece, Warned

if TYPE_CHECKING:
    from sentencepiece import SentencePieceProcessor

_BLANK = "\u2581"  # how SentencePiece writes a blank inside a piece
_CONTROL_WORDS = re.compile(r"</s>|<pad>|<unk>|<extra_id_\d+>")
_SENTINEL = re.compile(rf"{_BLANK}?<extra_id_\d+>")
_BYTE = re.compile(r"<0x([0-9A-F]{2})>")
_NORMAL, _UNKNOWN, _CONTROL, _BYTE_PIECE = 1, 2, 3, 6  # types of pieces, as SentencePiece numbers them
_LONG = 100_000  # characters
_BREAKS = re.compile(r"\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]")


class Tokenizer:
    """A T5 vocabulary.

    unk_id, eos_id: ids of the unknown and the end token. size: pieces, without the sentinels that T5 adds. mT5 and UMT5
    have theirs among the pieces, and spell what they do not know in bytes.
    """

    def __init__(self, processor: SentencePieceProcessor) -> None:
        self._pieces = processor
        self.size: int = processor.get_piece_size()
        self.unk_id: int = processor.unk_id()
        self.eos_id: int = processor.eos_id()
        self._has_sentinels = any(processor.is_control(self.size - n) for n in (1, 2))
        self.piece, self.name = cache(self._piece), cache(self._name)  # asked for every alternative of every token

    def encode(self, text: str) -> list[int]:
        """Token ids of `text` with the end token."""
        ids: list[int] = self._pieces.encode(clean(text))
        return [*ids, self.eos_id]

    def _piece(self, token_id: int) -> str:
        """The text this token adds to an answer; "" for control, unknown and sentinel tokens, and for bytes."""
        if token_id >= self.size or self._pieces.is_control(token_id) or token_id == self.unk_id:
            return ""
        if self._pieces.is_byte(token_id):
            return ""
        return str(self._pieces.id_to_piece(token_id)).replace(_BLANK, " ")

    def _name(self, token_id: int) -> str:
        """How to name this token to a reader: its text, or the name of a control token or sentinel."""
        if token_id >= self.size:
            is_sentinel = token_id < self.size + 100 and not self._has_sentinels
            return f"<extra_id_{self.size + 99 - token_id}>" if is_sentinel else f"<{token_id}>"
        return self.piece(token_id) or str(self._pieces.id_to_piece(token_id))

    def reader(self) -> Reader:
        """Reads an answer token by token; what its bytes spell comes with the last of them."""
        return Reader(self)

    def byte(self, token_id: int) -> bytes:
        """The byte that this token stands for; empty for all others."""
        if token_id >= self.size or not self._pieces.is_byte(token_id):
            return b""
        found = _BYTE.fullmatch(self._pieces.id_to_piece(token_id))
        return bytes([int(found[1], 16)]) if found else b""

    def spans(self, text: str) -> list[tuple[int, str]]:
        """(id, source text) of each token, without the end token. The source texts join to `clean(text)`.

        Blanks belong to the token after them, at the end of the text to the last one. A character that is spelled with
        several tokens belongs to the last of them, the others have "". Text of blanks alone has no token.
        """
        from sentencepiece import sentencepiece_pb2

        text = clean(text)
        formats: Any = sentencepiece_pb2  # made by protobuf, without types
        proto = formats.SentencePieceText()
        proto.ParseFromString(self._pieces.encode(text, out_type="serialized_proto"))
        spans = [(int(p.id), str(p.surface)) for p in proto.pieces]
        if spans:  # the blanks around the text are in no piece
            before = text.encode()[: proto.pieces[0].begin].decode()
            spans[0] = (spans[0][0], before + spans[0][1])
            after = len(text) - sum(len(surface) for _, surface in spans)
            spans[-1] = (spans[-1][0], spans[-1][1] + text[len(text) - after :])
        return spans

    def pieces(self, text: str) -> tuple[Piece, ...]:
        """The tokens of a text as a reader may see them."""
        return tuple(
            Piece(id, str(self._pieces.id_to_piece(id)), source, id == self.unk_id) for id, source in self.spans(text)
        )

    def measure(self, parts: Sequence[str]) -> Measured:
        """Count the tokens of each part *inside the joined text*, so that the parts add up to the whole.

        A token that spans two parts counts where it begins. The end token is one more, in `total` only.
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
        digest = hashlib.sha256(",".join(map(str, ids)).encode()).hexdigest()
        return Measured(tuple(counts), len(ids), digest, self._warnings("".join(parts), spans))

    def _measure_long(self, parts: Sequence[str]) -> Measured:
        """The same for a text that no model takes: counted fast, without the source of each token.

        What merges across the border of two parts counts for the longest.
        """
        text = "".join(parts)
        ids = self.encode(text)
        counts = [len(self.encode(part)) - 1 for part in parts]
        counts[max(range(len(parts)), key=lambda at: len(parts[at]))] += len(ids) - 1 - sum(counts)
        digest = hashlib.sha256(",".join(map(str, ids)).encode()).hexdigest()
        spans = [(at, c * text.count(c)) for c in dict.fromkeys(text) for at in self.encode(c)[:-1]]
        return Measured(
            tuple(counts), len(ids), digest, self._warnings(text, [s for s in spans if s[0] == self.unk_id])
        )

    def _warnings(self, text: str, spans: list[tuple[int, str]]) -> tuple[Warned, ...]:
        lost, spelled = "", False  # spelled: an unknown part of a character that later tokens go on with
        for token_id, surface in spans:
            if token_id == self.unk_id:
                lost, spelled = lost + surface, not surface
            elif spelled and surface:
                lost, spelled = lost + surface[0], False
        blanks = {c for c in set(lost) if c.isspace() and self.unk_id not in self._pieces.encode(c)}
        lost = "".join(c for c in lost if c not in blanks)
        breaks = _BREAKS.findall(text.strip())
        control = _CONTROL_WORDS.findall(text)
        found = (
            Warned("unk", len(lost), "".join(dict.fromkeys(lost))),
            Warned("newline", len(breaks), "\n" if breaks else ""),
            Warned("special", len(control), " ".join(dict.fromkeys(control))),
        )
        return tuple(warned for warned in found if warned.count)


class Reader:
    """The text of one answer as its tokens come. Bytes that spell no character become U+FFFD."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def add(self, token_id: int) -> str:
        """What the next token adds to the answer."""
        if byte := self._tokenizer.byte(token_id):
            return self._decoder.decode(byte)
        return self._decoder.decode(b"", final=True) + self._tokenizer.piece(token_id)


def clean(text: str) -> str:
    """`text` with lone surrogates replaced, which no tokenizer takes, and without NUL, at which some stop reading."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\0", " ")


def open_tokenizer(path: Path) -> Tokenizer:
    """Read `spiece.model`, or the same vocabulary out of a `tokenizer.json`."""
    from sentencepiece import SentencePieceProcessor

    try:
        proto = path.read_bytes() if path.suffix == ".model" else _proto_from_json(path)
        proto = _without_typed_sentinels(proto)
        processor = SentencePieceProcessor(model_proto=proto)
        tokenizer = Tokenizer(processor)
        round_trip = "".join(map(tokenizer.piece, tokenizer.encode("A test of 1 sentence.")))
    except (OSError, RuntimeError, ValueError, LookupError, TypeError, AttributeError) as error:
        why = " ".join(str(error).split())
        raise ModelError(f"{path}: not a T5 vocabulary ({why}); download the file again") from error
    if tokenizer.size < 10 or not round_trip.strip() or tokenizer.eos_id < 0:
        raise ModelError(f"{path}: the vocabulary cannot write a plain sentence; download the file again")
    return tokenizer


def _without_typed_sentinels(proto: bytes) -> bytes:
    """The vocabulary with its sentinels, if it has some, made control tokens, which no text can become."""
    if b"<extra_id_" not in proto:
        return proto
    from sentencepiece import sentencepiece_model_pb2

    formats: Any = sentencepiece_model_pb2  # made by protobuf, without types
    model = formats.ModelProto()
    model.ParseFromString(proto)
    for piece in model.pieces:
        if "<extra_id_" in piece.piece and _SENTINEL.fullmatch(piece.piece):
            piece.type = _CONTROL
    return bytes(model.SerializeToString())


def _proto_from_json(path: Path) -> bytes:
    """The SentencePiece model that a T5 `tokenizer.json` was converted from, serialised."""
    from sentencepiece import sentencepiece_model_pb2

    described = json.loads(path.read_text(encoding="utf-8"))
    model = described["model"]
    if model.get("type") != "Unigram":
        raise ValueError(f"model.type is {model.get('type')!r}, expected 'Unigram'")
    formats: Any = sentencepiece_model_pb2  # made by protobuf, without types
    proto = formats.ModelProto()
    unk = int(model["unk_id"])
    pieces = [(str(piece), float(score)) for piece, score in model["vocab"]]
    added = _added_sentinels([piece for piece, _ in pieces])
    for at, (piece, score) in enumerate(pieces[: len(pieces) - added]):
        kind = _CONTROL if piece in ("<pad>", "<s>", "</s>") else _BYTE_PIECE if _BYTE.fullmatch(piece) else _NORMAL
        proto.pieces.add(piece=piece, score=score, type=_UNKNOWN if at == unk else kind)
    trainer = proto.trainer_spec
    trainer.model_type = 1  # unigram
    trainer.unk_id, trainer.bos_id = unk, -1
    names = [piece for piece, _ in pieces]
    trainer.byte_fallback = sum(piece.type == _BYTE_PIECE for piece in proto.pieces) == 256
    trainer.eos_id, trainer.pad_id = names.index("</s>"), names.index("<pad>")
    trainer.eos_piece, trainer.pad_piece, trainer.unk_piece = "</s>", "<pad>", names[unk]
    normalizer = proto.normalizer_spec
    normalizer.precompiled_charsmap = base64.b64decode(_charsmap(described.get("normalizer")))
    normalizer.name = "nmt_nfkc" if normalizer.precompiled_charsmap else "identity"
    normalizer.add_dummy_prefix = normalizer.remove_extra_whitespaces = normalizer.escape_whitespaces = True
    return bytes(proto.SerializeToString())


def _added_sentinels(pieces: list[str]) -> int:
    """How many sentinels T5's tokenizer has put behind the vocabulary, <extra_id_99> down to 0; UMT5 has 300 in it."""
    count = 0
    while count < len(pieces) and pieces[-1 - count] == f"<extra_id_{count}>":
        count += 1
    return count if count <= 100 else 0


def _charsmap(normalizer: Any) -> str:
    """The precompiled character map inside a tokenizer.json normalizer, which may be one of a sequence; else ""."""
    for step in (normalizer or {}).get("normalizers", [normalizer or {}]):
        if step.get("type") == "Precompiled":
            return str(step["precompiled_charsmap"])
    return ""
