"""A prompt: its text, its segments, and the words for what was dropped, cut or lost of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from flanchat.base.format import format_count
from flanchat.base.i18n import N_, _, ngettext
from flanchat.engine.events import Measured, Warned

Kind = Literal["prefix", "shot", "turn", "question", "cue", "template", "variable", "end"]
Measure = Callable[[Sequence[str]], Measured]


@dataclass(frozen=True, slots=True)
class Exchange:
    """An earlier question and its answer. partial: the answer was interrupted or failed."""

    question: str
    answer: str
    partial: bool = False


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of the prompt. In a fitted prompt the texts of the kept segments join to the whole text.

    ref: number of the shot or turn, from 1 (0 otherwise). gap: text in front of it, unless it is the first one kept.
    tokens: its share of the whole prompt; 0 if dropped. reason: why it was dropped, or "". name: of a variable.
    cut: how many tokens of it were left out, and cut_at: where, a value of the setting truncate. fixed: how many
    characters before a question's own are its label and, once fitted, its gap, which are never cut.
    """

    kind: Kind
    text: str
    ref: int = 0
    gap: str = ""
    tokens: int = 0
    kept: bool = True
    reason: str = ""
    name: str = ""
    cut: int = 0
    cut_at: str = ""
    fixed: int = 0

    @property
    def whole(self) -> bool:
        """Whether it is neither dropped nor cut."""
        return self.kept and not self.cut


@dataclass(frozen=True, slots=True)
class Prompt:
    """The text the model reads. tokens: of all kept segments, with the end token. limit: the token budget."""

    text: str
    tokens: int
    limit: int
    segments: tuple[Segment, ...]
    warnings: tuple[Warned, ...]
    ids_sha256: str


_PARTS = {
    "prefix": N_("prefix"),
    "shot": N_("shot"),
    "turn": N_("turn"),
    "question": N_("question"),
    "cue": N_("cue"),
    "template": N_("template"),
    "variable": N_("variable"),
    "end": N_("end"),
}
OVER = N_("over the budget of {limit} tokens")


def segment_name(segment: Segment) -> str:
    """Return the name of a segment, such as "shot 2" or "variable passage"."""
    kind, which = _(_PARTS.get(segment.kind, segment.kind)), segment.name or segment.ref
    return _("{part} {number}").format(part=kind, number=which) if which else kind


def format_drop(segment: Segment, limit: int) -> str:
    """Return "dropped: ..." with the reason, or "cut: ..." with the tokens that are left out. limit: of the prompt."""
    if segment.kept:
        return _("cut: {what}").format(what=cut_words(segment))
    return _("dropped: {reason}").format(reason=drop_reason(segment, limit))


def cut_words(segment: Segment) -> str:
    """Return how much of a segment was cut, and where."""
    places = {
        "end": ngettext("{count} token at the end", "{count} tokens at the end", segment.cut),
        "middle": ngettext("{count} token in the middle", "{count} tokens in the middle", segment.cut),
        "start": ngettext("{count} token at the start", "{count} tokens at the start", segment.cut),
    }
    words = places.get(segment.cut_at, ngettext("{count} token", "{count} tokens", segment.cut))
    return words.format(count=format_count(segment.cut))


def drop_reason(segment: Segment, limit: int) -> str:
    """Return why a segment was dropped, for display. Its `reason` is recorded and therefore English."""
    return _(OVER).format(limit=limit) if segment.reason == OVER.format(limit=limit) else segment.reason


def warning_line(warned: Warned, most: int = 12) -> str:
    """Return a line about what the tokenizer loses of a text. most: how many characters to list."""
    count = format_count(warned.count)
    if warned.kind == "unk":
        chars = " ".join(warned.chars[:most]) + (" ..." if len(warned.chars) > most else "")
        return ngettext(
            "{count} character is not in the model's vocabulary: {chars}",
            "{count} characters are not in the model's vocabulary: {chars}",
            warned.count,
        ).format(count=count, chars=chars)
    if warned.kind == "newline":
        return ngettext(
            "{count} line break is read as a space", "{count} line breaks are read as spaces", warned.count
        ).format(count=count)
    return _("{chars} is read as plain text, not as a control token").format(chars=warned.chars)
