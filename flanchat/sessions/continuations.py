"""Score given continuations of prompts, which the model need not choose by itself. No terminal, no disk."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flanchat.engine.events import Decoding, Request, Token, Warned
from flanchat.engine.protocol import Engine
from flanchat.engine.rows import Row, answered_rows

ROWS = 32
"""Continuations in a batch; more need more memory and are no faster per row."""

CONTINUATION_TOKENS = 1024
"""Of a continuation, as max_new_tokens of an answer: each needs a row of decoder memory."""


@dataclass(frozen=True, slots=True)
class Continuation:
    """A text that follows a prompt, scored. Log-probabilities are natural and the model's own.

    tokens: without the end token. end_logprob: of the end token after them. is_greedy: each of the tokens, without the
    end, is the one that greedy decoding would choose. prompt_tokens: with the end token. warnings: what of the text the
    model's vocabulary lacks.
    """

    text: str
    tokens: tuple[Token, ...]
    end_logprob: float
    is_greedy: bool
    prompt_tokens: int
    warnings: tuple[Warned, ...] = ()

    def logprob(self, *, end: bool = False) -> float:
        """The sum over its tokens, on request with the end token's: of the answer that is this text and no more."""
        return sum(token.logprob for token in self.tokens) + (self.end_logprob if end else 0.0)


def score_continuations(engine: Engine, pairs: Sequence[tuple[str, str]]) -> Iterator[Continuation]:
    """Score pairs of a prompt and its continuation, in order. Pairs with the same prompt should be adjacent.

    A prompt is the whole text of the encoder, a continuation becomes the first tokens of the decoder. Each distinct
    prompt of a batch is encoded once. Ends early when the engine is stopped; raises what the engine raises.
    """
    for at in range(0, len(pairs), ROWS):
        scored = _score_batch(engine, pairs[at : at + ROWS])
        yield from scored
        if len(scored) < len(pairs[at : at + ROWS]):
            return


def score_tokens(engine: Engine, pairs: Sequence[tuple[str, Sequence[int]]]) -> list[Row]:
    """Score token ids after prompts as one batch, in which each distinct prompt is encoded once.

    Each token has the likeliest one in its place as `top`. A row whose `end_logprob` is None is incomplete: the engine
    was stopped.
    """
    requests = [Request(prompt, Decoding(top=1), begin=tuple(ids), only=True) for prompt, ids in pairs]
    rows: list[Row] = []
    while not rows or len({row.withdrawals for row in rows}) > 1:  # some are in a wider precision: now all
        rows = answered_rows(engine.stream(requests), len(requests))
    return rows


def _score_batch(engine: Engine, pairs: Sequence[tuple[str, str]]) -> list[Continuation]:
    rows = score_tokens(engine, [(prompt, [piece.id for piece in engine.pieces(text)]) for prompt, text in pairs])
    scored = []
    for (__, text), row in zip(pairs, rows, strict=True):
        if row.end_logprob is None:  # the engine was stopped
            break
        greedy = all(token.id == token.top[0].id for token in row.tokens if token.top)
        warnings = engine.measure([text]).warnings
        scored.append(Continuation(text, tuple(row.tokens), row.end_logprob, greedy, row.prompt_tokens, warnings))
    return scored
