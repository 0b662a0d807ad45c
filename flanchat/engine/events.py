"""What an answer is made of while it is made: requests in, events out. Plain values; knows no tensor and no terminal.

A batch of requests is a batch of rows. Every event names its row. Per row the order is
`Started`, any number of `Delta`, `Finished`. All of them travel as JSON between processes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Finish = Literal["eos", "length", "stop", "interrupted", "error"]


@dataclass(frozen=True, slots=True)
class Decoding:
    """How one row is decoded. Ranges are checked where values come in (prompting/settings.py).

    seed: starts the row's own generator; the same seed and prompt give the same text.
    stop: texts at whose first appearance the answer is cut.
    top: how many likeliest alternatives are reported beside each chosen token.
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
    seed: int = 0
    stop: tuple[str, ...] = ()
    top: int = 5

    @property
    def samples(self) -> bool:
        """Whether chance plays a part: a temperature of 0 means greedy."""
        return self.do_sample and self.temperature > 0


@dataclass(frozen=True, slots=True)
class Request:
    """One row: a complete prompt text and how to decode its answer.

    begin: ids the answer starts with, whatever the model would choose; they count as new tokens and are reported like
    the others. A row that samples draws for them too, so that an answer which is continued goes on as if never cut.
    only: the answer is `begin` and the end token after it, so that what it is worth to the model can be read off.
    """

    prompt: str
    decoding: Decoding
    begin: tuple[int, ...] = ()
    only: bool = False


@dataclass(frozen=True, slots=True)
class Alternative:
    id: int
    text: str
    logprob: float


@dataclass(frozen=True, slots=True)
class Token:
    """One generated token. Log-probabilities are the model's own (natural log), before penalties and temperature."""

    id: int
    text: str
    logprob: float
    top: tuple[Alternative, ...] = ()


@dataclass(frozen=True, slots=True)
class Started:
    """The row's prompt is encoded.

    encode_s: seconds the encoder took for the whole batch. reused: this prompt had been encoded before and was kept.
    """

    row: int
    prompt_tokens: int
    encode_s: float
    reused: bool = False


@dataclass(frozen=True, slots=True)
class Delta:
    """The next tokens of a row, and the text that may now be shown (may be "" while a stop text could still begin)."""

    row: int
    text: str
    tokens: tuple[Token, ...] = ()


@dataclass(frozen=True, slots=True)
class Finished:
    """The row's last event. Times are seconds since the batch was handed to the engine.

    first_token_s: None when no token was made. peak_mb: the most memory the model's process has held so far, megabytes.
    end_logprob: the model's own log-probability of the end token, where that was chosen.
    """

    row: int
    finish: Finish
    new_tokens: int
    first_token_s: float | None
    total_s: float
    message: str = ""
    peak_mb: float = 0.0
    end_logprob: float | None = None


Event = Started | Delta | Finished


@dataclass(frozen=True, slots=True)
class Warned:
    """Something of a prompt that the model does not get as it was written.

    kind: `unk`, characters that the vocabulary lacks; `newline`, line breaks that become blanks; `special`, control
    words such as `</s>` that are taken as plain text. count: how many of them. chars: which, each once.
    """

    kind: Literal["unk", "newline", "special"]
    count: int
    chars: str


@dataclass(frozen=True, slots=True)
class Measured:
    """How long a prompt is to the model.

    parts: tokens of each part, counted inside the whole. total: all of them and the end token.
    """

    parts: tuple[int, ...]
    total: int
    ids_sha256: str
    warnings: tuple[Warned, ...] = ()


@dataclass(frozen=True, slots=True)
class Piece:
    """One token of a text. name: as the vocabulary writes it. source: the characters it stands for; "" for none.

    unknown: the vocabulary has nothing for `source`, and the model cannot tell it from anything else unknown.
    """

    id: int
    name: str
    source: str
    unknown: bool = False


@dataclass(slots=True)
class StopText:
    """Cuts a growing text at the first stop text, and holds back any ending that could still become one.

    >>> cut = StopText(("Q:",))
    >>> cut.feed("Paris Q"), cut.feed("uito"), cut.feed(" Q:"), cut.found
    ('Paris ', 'Quito', ' ', True)
    """

    stop: tuple[str, ...]
    found: bool = False
    _held: str = field(default="", repr=False)

    def feed(self, text: str) -> str:
        """Take more text; return what may be shown. Nothing comes out once a stop text was found."""
        if self.found:
            return ""
        self._held += text
        # the one that is complete first, so that it does not matter in which pieces the text comes
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
        """What is still held back when the text has ended."""
        held, self._held = self._held, ""
        return held


def _overlap(text: str, stop: str) -> int:
    """Length of the longest ending of `text` that begins `stop`."""
    return next((n for n in range(min(len(text), len(stop) - 1), 0, -1) if text.endswith(stop[:n])), 0)
