"""Requests to a model and the events of its answers. Plain values; knows no tensor and no terminal.

A batch of requests is a batch of rows, and every event names its row. The order in a row is `Started`, any number of
`Delta`, `Finished`. `Withdrawn` takes back what came of a row, which then begins again with `Started`, or the stream
raises. All of them can be sent between processes as JSON.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Finish = Literal["eos", "length", "stop", "interrupted"]


@dataclass(frozen=True, slots=True)
class Decoding:
    """How one row is decoded. Ranges are checked where users enter values (prompting/settings.py).

    seed: of the row's own generator; the same seed and prompt give the same text.
    early_stopping: when a beam search ends, as transformers names it. beam: which of the beams is the answer, the best
    being 0; rows that differ in this alone are answered by one search.
    stop: texts that end the answer where the first of them appears.
    speculate: whether tokens may be drafted from the prompt, which changes only the speed.
    top: how many of the likeliest tokens are reported at each position.
    """

    max_new_tokens: int = 128
    min_new_tokens: int = 0
    do_sample: bool = False
    temperature: float = 1.0
    top_k: int = 0
    top_p: float = 1.0
    repetition_penalty: float = 1.0
    no_repeat_ngram_size: int = 0
    num_beams: int = 1
    length_penalty: float = 1.0
    early_stopping: bool | Literal["never"] = False
    beam: int = 0
    seed: int = 0
    stop: tuple[str, ...] = ()
    speculate: Literal["auto", "off"] = "auto"
    top: int = 5

    @property
    def samples(self) -> bool:
        """Whether tokens are sampled; a temperature of 0 means greedy decoding."""
        return self.do_sample and self.temperature > 0

    @property
    def penalizes(self) -> bool:
        """Whether tokens of the answer become less likely, or more."""
        return self.repetition_penalty != 1.0 or self.no_repeat_ngram_size > 0


@dataclass(frozen=True, slots=True)
class Request:
    """One row: a complete prompt text and how to decode its answer.

    begin: ids that the answer starts with, whatever the model would choose; they count as new tokens and are reported
    like the others. A sampled row draws for them too, so that a continued answer is the same as an uninterrupted one.
    only: the answer is `begin` and the end token, so that the model's probability of it can be read. Nothing is chosen,
    and so of `decoding` only `top` and `stop` count.
    prompt_limit: the prompt's tokens beyond this many are left out, the end token excepted; 0: none are.
    blanks: of a prompt whose blanks are to be filled, how many of `<extra_id_0>`, `<extra_id_1>` and so on are the
    model's sentinels and not text. The answer then is a beam search's; it begins with the first sentinel and ends with
    the one after the last blank. Sentinels have their names in its text.
    """

    prompt: str
    decoding: Decoding
    begin: tuple[int, ...] = ()
    only: bool = False
    prompt_limit: int = 0
    blanks: int = 0


@dataclass(frozen=True, slots=True)
class Alternative:
    id: int
    text: str
    logprob: float


@dataclass(frozen=True, slots=True)
class Token:
    """One generated token. Log-probabilities are natural and the model's own, before penalties and temperature."""

    id: int
    text: str
    logprob: float
    top: tuple[Alternative, ...] = ()

    @property
    def named(self) -> str:
        """Its text, or where it adds none what the vocabulary calls it, if it is among the likeliest; else ""."""
        return self.text or next((other.text for other in self.top if other.id == self.id), "")

    @property
    def rival(self) -> Alternative | None:
        """The likeliest token in its place, if that is another one."""
        return self.top[0] if self.top and self.top[0].id != self.id else None


@dataclass(frozen=True, slots=True)
class Position:
    """A position of a given answer, the end included, with the model's whole distribution there.

    token: the answer's own, named as in the vocabulary, with the likeliest ones. kl: the Kullback-Leibler divergence of
    this model's distribution Q from the other model's P, KL(P || Q) in nats; reverse_kl: KL(Q || P). None where there
    is no other model.
    """

    token: Token
    kl: float | None = None
    reverse_kl: float | None = None


@dataclass(frozen=True, slots=True)
class Started:
    """The row's prompt is encoded.

    encode_s: seconds of the encoder for the whole batch. reused: the prompt was encoded for an earlier request.
    withdrawable: the model computes in float16, in which numbers may overflow and the row then be withdrawn.
    """

    row: int
    prompt_tokens: int
    encode_s: float
    reused: bool = False
    withdrawable: bool = False


@dataclass(frozen=True, slots=True)
class Delta:
    """The next tokens of a row, and the text that may now be shown: "" while it could begin a stop text."""

    row: int
    text: str
    tokens: tuple[Token, ...] = ()


@dataclass(frozen=True, slots=True)
class Finished:
    """The row's last event. Times are seconds since the batch was given to the engine.

    first_token_s: None without tokens. peak_mb: peak memory of the model's process or device so far, in megabytes.
    end_logprob: the model's own log-probability of the end token, if that was chosen. end_rival: the likeliest token in
    its place, if that was another and `top` is not 0. fewest_threads: how few threads computed at some time, because
    other programs used the cores; 0 where that is unknown. drafted: tokens that prompt lookup drafted; accepted: those
    of them that the answer has.
    """

    row: int
    finish: Finish
    new_tokens: int
    first_token_s: float | None
    total_s: float
    peak_mb: float = 0.0
    end_logprob: float | None = None
    fewest_threads: int = 0
    drafted: int = 0
    accepted: int = 0
    end_rival: Alternative | None = None


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """The row's text and tokens so far are void: the model's numbers for it are not finite in this precision."""

    row: int


Event = Started | Delta | Finished | Withdrawn


@dataclass(frozen=True, slots=True)
class Warned:
    """A part of a prompt that the model does not receive as written.

    kind: `unk`, characters outside the vocabulary; `newline`, line breaks that become spaces; `special`, control words
    such as `</s>` that are encoded as plain text. count: how many. chars: which, each once.
    """

    kind: Literal["unk", "newline", "special"]
    count: int
    chars: str


@dataclass(frozen=True, slots=True)
class Measured:
    """The length of a prompt in tokens.

    parts: tokens of each part, counted inside the whole. total: all of them and the end token.
    """

    parts: tuple[int, ...]
    total: int
    ids_sha256: str
    warnings: tuple[Warned, ...] = ()


@dataclass(frozen=True, slots=True)
class Piece:
    """One token of a text. name: in the vocabulary. source: the characters it stands for; "" for none.

    unknown: `source` is outside the vocabulary; the model receives the same token for all such characters.
    """

    id: int
    name: str
    source: str
    unknown: bool = False


@dataclass(slots=True)
class StopText:
    """Cuts a growing text at the first stop text, and holds back an ending that could still become one.

    >>> cut = StopText(("Q:",))
    >>> cut.feed("Paris Q"), cut.feed("uito"), cut.feed(" Q:"), cut.found
    ('Paris ', 'Quito', ' ', True)
    """

    stop: tuple[str, ...]
    found: bool = False
    _held: str = field(default="", repr=False)

    def feed(self, text: str) -> str:
        """Add text; return the part that may be shown, which is "" after a stop text."""
        if self.found:
            return ""
        self._held += text
        # the one that is complete first, so that the result does not depend on how the text is divided
        ends = [(at + len(s), at) for s in self.stop if (at := self._held.find(s)) >= 0]
        if ends:
            self.found = True
            shown, self._held = self._held[: min(ends)[1]], ""
            return shown
        keep = max((_overlap(self._held, s) for s in self.stop), default=0)
        cut = len(self._held) - keep
        shown, self._held = self._held[:cut], self._held[cut:]
        return shown

    def rest(self) -> str:
        """The text that is still held back when the answer has ended."""
        held, self._held = self._held, ""
        return held


def _overlap(text: str, stop: str) -> int:
    """Length of the longest ending of `text` that is a beginning of `stop`."""
    return next((n for n in range(min(len(text), len(stop) - 1), 0, -1) if text.endswith(stop[:n])), 0)
