"""The weights that a run starts with: random ones that can copy, or those of a finished model."""

from __future__ import annotations

import math
from pathlib import Path

import torch
from safetensors.torch import load_file
from sentencepiece import SentencePieceProcessor
from torch import Tensor
from transformers import T5Config, T5ForConditionalGeneration

from demo_model.network import SHAPE, Weights
from demo_model.vocab import SENTINELS

VOCABULARY = "spiece.model"


def rows(words: SentencePieceProcessor) -> int:
    """How many embeddings a vocabulary needs: its pieces, the sentinels, and padding to a multiple of 64."""
    return 64 * math.ceil((words.get_piece_size() + SENTINELS) / 64)


def from_folder(folder: Path, words: SentencePieceProcessor) -> Weights:
    """The weights of a model folder, by their names there, under the vocabulary `words`.

    A piece that the folder's vocabulary has keeps its row; a new piece starts from the mean of its old ones.
    """
    weights = {name: weight.float() for name, weight in load_file(folder / "model.safetensors").items()}
    old = SentencePieceProcessor(model_file=str(folder / VOCABULARY))
    sources = [_old_pieces(words.id_to_piece(at), old) for at in range(words.get_piece_size())]
    tail = rows(words) - words.get_piece_size()
    for name in ("shared.weight", "lm_head.weight"):
        table = weights[name]
        pieces = torch.stack([table[ids].mean(0) for ids in sources])
        rest = table[old.get_piece_size() :]  # sentinels and padding, which training never uses
        weights[name] = torch.cat([pieces, rest[torch.arange(tail) % len(rest)]])
    return weights


def _old_pieces(piece: str, old: SentencePieceProcessor) -> list[int]:
    """The rows that a piece starts from; a piece inside a word is read without the blank that opens a word."""
    if (at := old.piece_to_id(piece)) != old.unk_id() or piece == "<unk>":
        return [at]
    ids: list[int] = old.encode(piece.replace("▁", " "))
    if not piece.startswith("▁") and len(ids) > 1 and old.id_to_piece(ids[0]) == "▁":
        ids = ids[1:]
    return ids or [old.unk_id()]


def from_nothing(words: SentencePieceProcessor) -> Weights:
    """Random weights in the shape of T5 v1.1 and Flan-T5 with a separate output head, able to copy from the start.

    The head starts as a copy of the embedding, so that the decoder is likely to write a token that it attends to; from
    random weights, copying would have to be learnt for each of the pieces separately.
    """
    config = T5Config(
        vocab_size=rows(words), feed_forward_proj="gated-gelu", tie_word_embeddings=False, dropout_rate=0.0, **SHAPE
    )
    model = T5ForConditionalGeneration(config)
    model.lm_head.weight = torch.nn.Parameter(model.shared.weight.detach() * config.d_model**-0.5)
    with torch.no_grad():
        _start_with_copying_heads(model)
    return {name: weight.detach() for name, weight in model.state_dict().items()}


def _start_with_copying_heads(model: T5ForConditionalGeneration) -> None:
    """Set some heads so that the untrained model already finds "what came after this token in the prompt?".

    An induction head (Olsson et al. 2022, arXiv 2209.11895) built by hand; T5's cross-attention has no positions, so
    copying depends on it, and from random weights it took longer to appear than the training runs. Head 0 of the first
    encoder layer looks one token back and writes what it sees, projected by `content`, into the directions `match`.
    Half of the heads that read the prompt look for tokens whose `match` holds the decoder's current token, and pass on
    the token. Two heads of the second encoder layer find earlier and later occurrences of the same token. All of them
    are then trained like the rest.
    """
    width, head = SHAPE["d_model"], SHAPE["d_kv"]

    def directions(count: int) -> Tensor:
        return torch.linalg.qr(torch.randn(width, width))[0][:count]  # [count, d_model], orthonormal

    content, match = directions(head), directions(head)
    first, second = (block.layer[0].SelfAttention for block in model.encoder.block[:2])
    first.v.weight[:head], first.o.weight[:, :head] = content, 2.5 * match.T
    before, itself, after = 1, 0, 17  # position buckets of the encoder
    for bias, one in ((first.relative_attention_bias.weight, after), (_decoder_bias(model), 2)):
        bias[before, 0] += 6.0  # one token back
        bias[one, 1] += 4.0  # one ahead in the encoder, two back in the decoder
    first.relative_attention_bias.weight[itself, 2:4] -= 4.0
    sharpness = 0.12**0.5  # a match then has a logit of about 7, the others about 1
    for at in (2, 3):
        rows = slice(at * head, (at + 1) * head)
        second.q.weight[rows] = second.k.weight[rows] = sharpness * directions(head)
    for block in model.decoder.block:
        reads, passed = block.layer[1].EncDecAttention, directions(4 * head)
        for at in range(4):
            rows = slice(at * head, (at + 1) * head)
            reads.q.weight[rows], reads.k.weight[rows] = sharpness * content, sharpness * match
            reads.v.weight[rows], reads.o.weight[:, rows] = passed[rows], 2.0 * passed[rows].T


def _decoder_bias(model: T5ForConditionalGeneration) -> Tensor:
    return model.decoder.block[0].layer[0].SelfAttention.relative_attention_bias.weight
