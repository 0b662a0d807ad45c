"""Blanks in a text, which a T5 fills as it learnt by span corruption. Knows no engine and no terminal.

Source: Raffel et al. 2020, arXiv 1910.10683, section 3.1.4: the model reads `The <extra_id_0> sat on the <extra_id_1>.`
and writes `<extra_id_0> cat <extra_id_1> mat <extra_id_2>`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from flanchat.base.errors import BudgetError, UsageError
from flanchat.base.i18n import _
from flanchat.engine.checkpoint.validate import ModelSource
from flanchat.engine.events import Request, Token
from flanchat.engine.protocol import Engine
from flanchat.prompting.profile import Profile
from flanchat.prompting.prompt import Prompt, Segment
from flanchat.prompting.settings import Settings
from flanchat.sessions.answer import Answer
from flanchat.sessions.batch import request
from flanchat.sessions.candidates import Candidate, count_of_best
from flanchat.sessions.serialization import card_json, prompt_json

_BLANK = re.compile(r"<(?:(extra_id_)(\d{1,3})|(\d{1,3}))>")
_SENTINEL = re.compile(r"<extra_id_(\d+)>")
_TRAINED = re.compile(r"(^|[/_-])(t5-v1_1|t5-(small|base|large|3b|11b)|t5-efficient|mt5|umt5|byt5|ul2)([/@_-]|$)")


@dataclass(frozen=True, slots=True)
class Blanks:
    """A text with blanks: `parts` around them, one more than there are blanks."""

    parts: tuple[str, ...]

    @property
    def count(self) -> int:
        return len(self.parts) - 1

    @property
    def prompt(self) -> str:
        """With the names of sentinels, as the model reads it."""
        return self._joined([f"<extra_id_{number}>" for number in range(self.count)])

    def filled(self, fills: Sequence[str | None], marks: tuple[str, str] = ("", "")) -> str:
        """The sentence with these fills, each between marks; a blank without a fill stays one."""
        words = [f"<{n}>" if fill is None else fill.join(marks) for n, fill in enumerate(fills, 1)]
        return self._joined(words)

    def _joined(self, between: Sequence[str]) -> str:
        return "".join(part for pair in zip(self.parts, [*between, ""], strict=True) for part in pair)


def read_blanks(text: str) -> Blanks:
    """The blanks of a text, written <1>, <2> and so on, or as the sentinels themselves.

    >>> read_blanks("The <1> sat.").prompt
    'The <extra_id_0> sat.'

    Raises UsageError when there are none, or when they are not numbered in their order.
    """
    found = list(_BLANK.finditer(text))
    numbers = [int(match[2]) + 1 if match[1] else int(match[3]) for match in found]
    if not found:
        raise UsageError(_("no blank to fill; write <1>, <2> and so on: The <1> sat on the <2>."))
    if numbers != list(range(1, len(found) + 1)):
        got = ", ".join(match[0] for match in found)
        raise UsageError(
            _("expected the blanks <1>, <2> and so on in this order, each once, got {got}").format(got=got)
        )
    ends = [0, *(match.end() for match in found)]
    starts = [*(match.start() for match in found), len(text)]
    return Blanks(tuple(text[end:start] for end, start in zip(ends, starts, strict=True)))


@dataclass(frozen=True, slots=True)
class Fill:
    """One way to fill the blanks.

    sentence: with the fills in place of the blanks. fills: one for each blank; None where the model wrote none.
    logprobs: of each, with the sentinel that ends it. logprob: of all of them, once the model has begun to fill.
    """

    sentence: str
    fills: tuple[str | None, ...]
    logprobs: tuple[float | None, ...]
    logprob: float

    def to_dict(self) -> dict[str, Any]:
        """As JSON values."""
        fills = [
            {"text": text, "logprob": logprob, "probability": None if logprob is None else math.exp(logprob)}
            for text, logprob in zip(self.fills, self.logprobs, strict=True)
        ]
        return {
            "sentence": self.sentence,
            "fills": fills,
            "logprob": self.logprob,
            "probability": math.exp(self.logprob),
        }


def fills_of(blanks: Blanks, candidates: Sequence[Candidate]) -> list[Fill]:
    """The fills in the answers of a search, the likeliest first. Equal ones, of different tokens, count as one."""
    found: dict[tuple[str | None, ...], Fill] = {}
    for candidate in candidates:
        made = _fill(blanks, candidate)
        if (same := found.get(made.fills)) is not None:
            made = Fill(same.sentence, same.fills, same.logprobs, _sum_of_logs(same.logprob, made.logprob))
        found[made.fills] = made
    return sorted(found.values(), key=lambda fill: -fill.logprob)


def _fill(blanks: Blanks, candidate: Candidate) -> Fill:
    spans: list[list[Token]] = []
    ends: list[float | None] = []  # of the sentinel after each span
    for token in candidate.tokens:
        if _SENTINEL.fullmatch(token.text):
            ends += [token.logprob] * bool(spans)
            spans.append([])
        elif spans:
            spans[-1].append(token)
    ends.append(candidate.end_logprob)
    texts: list[str | None] = [None] * blanks.count
    figures: list[float | None] = [None] * blanks.count
    for at, (span, end) in enumerate(zip(spans[: blanks.count], ends, strict=False)):
        texts[at] = "".join(token.text for token in span).strip()
        figures[at] = math.fsum(token.logprob for token in span) + (end or 0.0)
    begun = candidate.tokens[0].logprob if candidate.tokens else 0.0
    return Fill(blanks.filled(texts), tuple(texts), tuple(figures), candidate.logprob - begun)


def _sum_of_logs(one: float, other: float) -> float:
    most = max(one, other)
    return most + math.log(math.exp(one - most) + math.exp(other - most))


@dataclass(frozen=True, slots=True)
class Filled:
    """The result of filling a text. text: as it was typed. answer: the search's, with its candidates.

    begin_logprob: of a sentinel as the answer's first token, which is forced here: whether the model would fill the
    text if nothing made it; None if it was stopped before. note: a sentence about how it was trained, or "".
    """

    text: str
    blanks: Blanks
    answer: Answer
    fills: tuple[Fill, ...]
    note: str

    @property
    def begin_logprob(self) -> float | None:
        return next((one.tokens[0].logprob for one in self.answer.candidates if one.tokens), None)

    def to_dict(self) -> dict[str, Any]:
        """As `flanchat fill --json` prints it."""
        begin = self.begin_logprob
        return {
            "text": self.text,
            "fills": [fill.to_dict() for fill in self.fills],
            "begin_probability": None if begin is None else math.exp(begin),
            "note": self.note,
            "finish": self.answer.finish,
            "prompt": prompt_json(self.answer.prompt),
            **card_json(self.answer.card),
        }


def settings_to_fill(settings: Settings) -> dict[str, Any]:
    """What a search for fills changes of the settings."""
    return {"n_best": count_of_best(settings), "vote": 1, "do_sample": False, "answer_regex": None}


def unread_note(profile: Profile) -> str:
    """That the model does not read what a profile puts around a question; "" where that is nothing."""
    around = (profile.prefix, profile.shots, profile.input_label, profile.output_label)
    if profile.template == "plain" and not any(around):
        return ""
    return _("the model reads the text alone; of the profile {profile} only the settings are used").format(
        profile=profile.name
    )


def blanks_request(engine: Engine, text: str, settings: Settings) -> tuple[Blanks, Answer, Request]:
    """The blanks of a text, the empty answer that is to fill them, and the request for it.

    Raises UsageError as `read_blanks` does, and BudgetError for a text that is too long.
    """
    blanks = read_blanks(text)
    settings = settings.update("once", settings_to_fill(settings))
    answer = Answer(text, "", _prompt(engine, blanks, settings.value("max_input_tokens")), settings, 0)
    return blanks, answer, replace(request(answer), blanks=blanks.count)


def _prompt(engine: Engine, blanks: Blanks, limit: int) -> Prompt:
    """The prompt of a text with blanks. Raises BudgetError when it is longer than `limit` tokens."""
    text = blanks.prompt
    measured = engine.measure([text], blanks=blanks.count)
    if measured.total > limit:
        raise BudgetError(
            _("the text is {tokens} tokens and the budget {limit}; shorten it or raise max_input_tokens").format(
                tokens=measured.total, limit=limit
            )
        )
    own = measured.parts[0]
    segments = (Segment("question", text, tokens=own), Segment("end", "", tokens=measured.total - own))
    return Prompt(text, measured.total, limit, segments, measured.warnings, measured.ids_sha256)


def training_note(source: ModelSource) -> str:
    """What is known of how the model learnt to fill blanks, if that may be the reason for odd fills; else ""."""
    name = source.name.lower()
    if source.origin == "bundled":
        return _("The demo model was never trained to fill blanks, so its fills mean nothing.")
    if "flan" in name and source.adapter is None:
        return _(
            "Flan-T5 learnt to fill blanks and was then trained on instructions alone; google/t5-v1_1-base and its "
            "relatives fill them better."
        )
    if _TRAINED.search(name) and "lm-adapt" not in name and source.adapter is None:
        return ""
    return _("Whether this model was trained to fill blanks is not known.")
