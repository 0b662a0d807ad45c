"""An `Engine` without a model, which plays back answers. For tests, and for trying the terminal quickly."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from flanchat.base.errors import FlanchatError
from flanchat.engine.checkpoint.validate import ModelSource
from flanchat.engine.events import (
    Alternative,
    Delta,
    Event,
    Finish,
    Finished,
    Measured,
    Piece,
    Position,
    Request,
    Started,
    StopText,
    Token,
)
from flanchat.engine.protocol import ModelCard, StepCosts

SOURCE = ModelSource("scripted", Path(), "scripted", "")

CARD = ModelCard(
    name="scripted",
    folder="",
    revision="",
    weights_sha256="0" * 64,
    tokenizer_sha256="0" * 64,
    parameters=0,
    memory_bytes=0,
    device="cpu",
    why="scripted",
    precision="float32",
    threads=1,
    load_s=0.5,
    versions={},
    engine="scripted",
)

END = "</s>"


@dataclass(slots=True)
class ScriptedEngine:
    """Plays `answers` in turn, one piece per token, and repeats the last one.

    A piece that is an exception is raised in its place. before: called with each piece's number before it is played, so
    that a test can stop the engine at a given token. asked: every request so far. A token is a word.

    logprobs: of words, -0.1 for all others and for the end token END. others: the alternatives at every token, after
    the chosen one. The ids that a request begins with replace as many pieces of the answer.
    """

    answers: Sequence[Sequence[str | FlanchatError]] = (("Paris",),)
    before: Callable[[int], None] = field(default=lambda number: None)
    asked: list[Request] = field(default_factory=list)
    status: str = "ready"
    source: ModelSource = SOURCE
    remark: str = ""
    logprobs: Mapping[str, float] = field(default_factory=dict)
    others: Sequence[str] = ()
    _stopping: bool = False
    _cancelled: set[int] = field(default_factory=set)
    _words: list[str] = field(default_factory=list)  # by id
    _encoded: set[str] = field(default_factory=set)  # the prompts so far

    def card(self) -> ModelCard:
        return CARD

    def measure(self, parts: Sequence[str], *, blanks: int = 0) -> Measured:
        counts = tuple(len(part.split()) for part in parts)
        return Measured(counts, sum(counts) + 1, "0" * 64)

    def pieces(self, text: str) -> tuple[Piece, ...]:
        return tuple(Piece(self._id(word), word, word) for word in text.split())

    def stream(self, requests: Sequence[Request]) -> Iterator[Event]:
        self._stopping = False
        self._cancelled.clear()
        for row, request in enumerate(requests):
            yield from self._play(row, request)

    def _play(self, row: int, request: Request) -> Iterator[Event]:
        begun = self._begun(request)
        pieces: Sequence[str | FlanchatError] = (*begun, END)
        if not request.only:
            script = self.answers[min(len(self.asked), len(self.answers) - 1)]
            pieces = (*begun, *script[len(begun) :])
        self.asked.append(request)
        stop, made, end = StopText(request.decoding.stop), 0, self.logprobs.get(END, -0.1)
        yield Started(row, len(request.prompt.split()) + 1, 0.001, request.prompt in self._encoded)
        self._encoded.add(request.prompt)
        finish: Finish = "eos"
        for number, piece in enumerate(pieces):
            self.before(number)
            if self._stopping or row in self._cancelled:
                finish = "interrupted"
                break
            if piece == END:
                break
            if made == request.decoding.max_new_tokens and not request.only:
                finish = "length"
                break
            if isinstance(piece, FlanchatError):
                raise piece
            made += 1
            yield Delta(row, stop.feed(piece), (self._token(piece),))
            if stop.found:
                finish = "stop"
                break
        if rest := stop.rest():
            yield Delta(row, rest)
        first_s, total_s = 0.01 if made else None, 0.01 + 0.01 * made
        yield Finished(row, finish, made, first_s, total_s, end_logprob=end if finish == "eos" else None)

    def _begun(self, request: Request) -> list[str]:
        return [self._words[id] if id < len(self._words) else f"<{id}>" for id in request.begin]

    def _token(self, word: str) -> Token:
        likely = dict.fromkeys((word, *self.others)) if self.others else ()
        top = tuple(Alternative(self._id(other), other, self.logprobs.get(other, -0.1)) for other in likely)
        return Token(self._id(word), word, self.logprobs.get(word, -0.1), top)

    def _id(self, word: str) -> int:
        if word not in self._words:
            self._words.append(word)
        return self._words.index(word)

    def stop(self) -> None:
        self._stopping = True

    def cancel(self, row: int) -> None:
        self._cancelled.add(row)

    def start(self) -> None:
        pass

    def kill(self) -> None:
        self._stopping = True

    def distributions(
        self, requests: Sequence[Request], file: str, *, compare: bool = False
    ) -> tuple[tuple[Position, ...], ...]:
        def position(word: str) -> Position:
            token = self._token(word)
            top = token.top or (Alternative(token.id, word, token.logprob),)
            return Position(replace(token, top=top), *((0.0, 0.0) if compare else ()))

        return tuple(tuple(map(position, (*self._begun(request), END))) for request in requests)

    def step_costs(self, *, rows: int, prompt_tokens: int, new_tokens: int) -> StepCosts:
        return StepCosts(0.01, 0.001, 100, "plain", "", 1000, 1e9)

    def attention(self, prompt: str, answer: Sequence[int], *, layer: int = 0) -> list[list[float]]:
        words = len(prompt.split()) + 1
        return [[1 / words] * words for __ in (*answer, END)]

    def gradient(self, prompt: str, answer: Sequence[int], *, end: bool) -> list[float]:
        return [0.0] * (len(prompt.split()) + 1)

    def use_idle_time(self) -> bool:
        return False

    def close(self) -> None:
        pass
