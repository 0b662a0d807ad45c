"""Text to token ids and back, and what is lost on the way. Knows SentencePiece; knows no tensors.

User text never becomes a control token: a typed `</s>` or `<extra_id_0>` is encoded as the characters it is made of.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flanchat.errors import ModelError
from flanchat.events import Measured, Piece, Warned

if TYPE_CHECKING:
    from sentencepiece import SentencePieceProcessor

_BLANK = "\u2581"  # how SentencePiece writes a blank inside a piece
_CONTROL_WORDS = re.compile(r"</s>|<pad>|<unk>|<extra_id_\d+>")
_LONG = 100_000  # characters
_BREAKS = re.compile(r"\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]")


class Tokenizer:
    """A T5 vocabulary.

    unk_id, eos_id: ids of the unknown and the end token. size: pieces, without the sentinels that models add.
    """

    def __init__(self, processor: SentencePieceProcessor) -> None:
        self._pieces = processor
        self.size: int = processor.get_piece_size()
        self.unk_id: int = processor.unk_id()
        self.eos_id: int = processor.eos_id()

    def encode(self, text: str) -> list[int]:
        """Token ids of `text` with the end token."""
        ids: list[int] = self._pieces.encode(clean(text))
        return [*ids, self.eos_id]

    def piece(self, token_id: int) -> str:
        """The text this token adds to an answer; "" for control, unknown and sentinel tokens."""
        if token_id >= self.size or self._pieces.is_control(token_id) or token_id == self.unk_id:
            return ""
        return str(self._pieces.id_to_piece(token_id)).replace(_BLANK, " ")

    def name(self, token_id: int) -> str:
        """How to name this token to a reader: its text, or the name of a control token or sentinel."""
        if token_id >= self.size:
            return f"<extra_id_{self.size + 99 - token_id}>" if token_id < self.size + 100 else f"<{token_id}>"
        return self.piece(token_id) or str(self._pieces.id_to_piece(token_id))

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


def clean(text: str) -> str:
    """`text` with lone surrogates replaced, which no tokenizer takes, and without NUL, at which some stop reading."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\0", " ")


def open_tokenizer(path: Path) -> Tokenizer:
    """Read `spiece.model`, or the same vocabulary out of a `tokenizer.json`."""
    from sentencepiece import SentencePieceProcessor

    try:
        proto = path.read_bytes() if path.suffix == ".model" else _proto_from_json(path)
        processor = SentencePieceProcessor(model_proto=proto)
        tokenizer = Tokenizer(processor)
        round_trip = "".join(map(tokenizer.piece, tokenizer.encode("A test of 1 sentence.")))
    except (OSError, RuntimeError, ValueError, LookupError, TypeError, AttributeError) as error:
        why = " ".join(str(error).split())
        raise ModelError(f"{path}: not a T5 vocabulary ({why}); download the file again") from error
    if tokenizer.size < 10 or not round_trip.strip() or tokenizer.eos_id < 0:
        raise ModelError(f"{path}: the vocabulary cannot write a plain sentence; download the file again")
    return tokenizer


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
    special = {"<pad>": 3, "</s>": 3}  # 3 is CONTROL, 2 UNKNOWN, 1 NORMAL
    for at, (piece, score) in enumerate(model["vocab"]):
        if re.fullmatch(r"<extra_id_\d+>", piece):
            continue
        kind = 2 if at == unk else special.get(piece, 1)
        proto.pieces.add(piece=piece, score=float(score), type=kind)
    trainer = proto.trainer_spec
    trainer.model_type = 1  # unigram
    trainer.unk_id, trainer.bos_id = unk, -1
    names = [piece for piece, _ in model["vocab"]]
    trainer.eos_id, trainer.pad_id = names.index("</s>"), names.index("<pad>")
    trainer.eos_piece, trainer.pad_piece, trainer.unk_piece = "</s>", "<pad>", names[unk]
    normalizer = proto.normalizer_spec
    normalizer.name = "nmt_nfkc"
    normalizer.precompiled_charsmap = base64.b64decode(_charsmap(described.get("normalizer")))
    normalizer.add_dummy_prefix = normalizer.remove_extra_whitespaces = normalizer.escape_whitespaces = True
    return bytes(proto.SerializeToString())


def _charsmap(normalizer: Any) -> str:
    """The precompiled character map inside a tokenizer.json normalizer, which may be one of a sequence."""
    for step in (normalizer or {}).get("normalizers", [normalizer or {}]):
        if step.get("type") == "Precompiled":
            return str(step["precompiled_charsmap"])
    raise ValueError("normalizer: no Precompiled step")
