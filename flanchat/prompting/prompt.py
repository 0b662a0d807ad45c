"""Compile a prompt from profile, history and question, as segments within the token budget.

Knows profiles; knows no tokenizer: callers pass a function that counts the tokens of the parts of a text.
"""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from flanchat.base.errors import BudgetError, ConsentError, UsageError
from flanchat.base.format import format_count
from flanchat.base.i18n import N_, _, join_list, ngettext
from flanchat.engine.events import Measured, Warned
from flanchat.prompting.profile import LAYOUTS, Placeholder, Profile, check_variable, split_template
from flanchat.prompting.settings import Settings, greedy_vote_note, same_rank, sampling_note
from flanchat.prompting.shots import Shot

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
_JOINTS = 64  # more tokens than may appear or vanish where the text before and after dropped parts meets
_WORD = 40  # characters; what is longer without a blank is not a word, or of a script without blanks
_WORD_STARTS = re.compile(r"\s[^\s\u0300-\u036f\u200d]")
_JOINER = "\u200d"  # zero width joiner, as within an emoji of several characters
_OVER = N_("over the budget of {limit} tokens")


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
    return _(_OVER).format(limit=limit) if segment.reason == _OVER.format(limit=limit) else segment.reason


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


@dataclass(frozen=True, slots=True)
class Setup:
    """A profile, settings and variables: all that decides how a question is asked."""

    profile: Profile
    settings: Settings
    variables: Mapping[str, str] = field(default_factory=dict)

    @property
    def choices(self) -> tuple[str, ...]:
        """The choices to score; () when the answer is generated."""
        return () if self.settings.value("choose") == "free" else self.profile.choices

    def with_profile(self, profile: Profile) -> Setup:
        """Replace the profile. Settings from elsewhere stay; variables that the new profile lacks are dropped."""
        settings = self.settings.with_layer(f"profile {profile.name}", profile.settings)
        return Setup(profile, settings, {name: value for name, value in self.variables.items() if name in profile.vars})

    def with_settings(self, origin: str, values: Mapping[str, Any]) -> Setup:
        """Add values to a layer. origin: see settings.ORIGINS. Raises UsageError for invalid or conflicting values."""
        return replace(self, settings=self.settings.update(origin, values)) if values else self

    def with_choices(self, choices: Sequence[str]) -> Setup:
        """Replace the profile's choices by those given with a question; () keeps the profile's."""
        return replace(self, profile=replace(self.profile, choices=tuple(choices))) if choices else self

    def notes(self, origin: str, *, scored: bool = False) -> list[str]:
        """Return what to say about the values of one layer: that they turn sampling on, or have no effect.

        scored: nothing is answered; given texts are scored.
        """
        settings, choices = self.settings, bool(self.choices)
        notes = []
        sampled_for = settings.sampled_for() if settings.decoding(0).samples and not (choices or scored) else ()
        if sampled_for and same_rank(settings.origin("do_sample"), origin):
            notes.append(sampling_note(sampled_for))
        if settings.votes_though_greedy and not (choices or scored):
            notes.append(greedy_vote_note())
        idle = settings.ineffective(choices=choices, scored=scored)
        if self.profile.shots_order == "shuffle":
            idle.pop("decode.seed", None)  # it orders the shots
        return notes + [why for name, why in idle.items() if same_rank(settings.origin(name), origin)]

    def compile(self, question: str, earlier: Sequence[Exchange], measure: Measure, *, seed: int = 0) -> Prompt:
        """Compile the prompt for a question, dropping whole turns and then whole shots until it fits.

        earlier: the turns before it, oldest first; the setting `history.turns` limits how many are used.
        seed: for the order of shots if the profile shuffles them.
        Raises BudgetError when the rest alone is too long, or when something must be dropped and on_overflow forbids
        it; UsageError when a variable has no value.
        """
        return fit(render(self, question, earlier, seed=seed), self.settings, measure)


def setup_for_question(
    profile: Profile, settings: Mapping[str, Any] | None = None, variables: Mapping[str, str] | None = None
) -> Setup:
    """The setup of one question that no session stands behind: a profile, and settings and variables given with it.

    Reads no configuration file. Raises UsageError for a setting or a variable that is unknown or invalid.
    """
    values = dict(variables or {})
    for name, value in values.items():
        check_variable(profile, name, value)
    layers = Settings().with_layer(f"profile {profile.name}", profile.settings)
    return Setup(profile, layers.with_layer("once", settings or {}), values)


def render(setup: Setup, question: str, earlier: Sequence[Exchange], *, seed: int = 0) -> list[Segment]:
    """Return all segments, before any is dropped."""
    profile = setup.profile
    labels = question_and_answer_labels(profile)
    shots = [
        Segment("shot", _exchange(shot.input, shot.output, labels), ref)
        for ref, shot in enumerate(_chosen_shots(profile, seed), 1)
    ]
    history = _history(setup.settings, earlier, labels)
    if profile.template not in LAYOUTS:
        return _fill(setup, shots, history, question)
    layout = LAYOUTS[profile.template]
    opening = [Segment("prefix", text) for text in (profile.prefix, layout.before) if text]
    label = f"{labels[0]} " if labels[0] else ""
    asked = Segment("question", label + question, fixed=len(label))
    segments = [replace(segment, gap=profile.separator) for segment in (*opening, *shots, *history, asked)]
    if profile.template == "choice":
        segments.append(Segment("template", _options(profile.choices), gap="\n"))
    if cue := " ".join(text for text in (labels[1], layout.after) if text):
        segments.append(Segment("cue", cue, gap="\n"))
    return segments


def fit(segments: Sequence[Segment], settings: Settings, measure: Measure) -> Prompt:
    """Drop whole turns, oldest first, then whole shots, first one first, until the joined text fits the budget.

    What is left may still be too long: then the setting truncate says which part of the question is cut.
    The joined text is counted again after each drop, because token counts of parts do not add up. Only what would be
    far too long in any case is not counted: a chat of a thousand turns must not be counted a thousand times.
    """
    limit, on_overflow = settings.value("max_input_tokens"), settings.value("on_overflow")
    current = list(segments)
    whole = 0
    while True:
        kept = [at for at, segment in enumerate(current) if segment.kept]
        texts = [current[kept[0]].text, *(current[at].gap + current[at].text for at in kept[1:])]
        measured = measure(texts)
        whole = whole or measured.total
        if measured.total <= limit:
            break
        droppable = [at for kind in ("turn", "shot") for at, one in enumerate(current) if one.kept and one.kind == kind]
        if not droppable and settings.value("truncate") != "off" and not any(one.cut for one in current):
            current = _with_cut_question(current, limit, settings.value("truncate"), measure, measured.total)
            if any(one.cut for one in current):
                continue
        if not droppable:
            fixed = measured.total - sum(
                tokens for at, tokens in zip(kept, measured.parts, strict=True) if current[at].kind == "question"
            )
            asked = measured.total - fixed
            text = ngettext(
                "the question is {asked} token, but only {left} are left for it ({limit} less {rest} for the rest of "
                "the prompt); raise max_input_tokens (at most 2048)",
                "the question is {asked} tokens, but only {left} are left for it ({limit} less {rest} for the "
                "rest of the prompt); shorten it, raise max_input_tokens (at most 2048), or have it cut with "
                "truncate=end, middle or start",
                asked,
            )
            raise BudgetError(text.format(asked=asked, left=max(limit - fixed, 0), limit=limit, rest=fixed))
        counted, left = dict(zip(kept, measured.parts, strict=True)), measured.total
        for victim in droppable:
            current[victim] = replace(current[victim], kept=False, reason=_OVER.format(limit=limit))
            successor = victim + 1  # takes the place of the dropped one, and so its gap
            if successor < len(current) and current[successor].kind == current[victim].kind:
                current[successor] = replace(current[successor], gap=current[victim].gap)
            left -= counted[victim]
            if left <= limit + _JOINTS:
                break
    dropped = join_list(segment_name(segment) for segment in current if not segment.kept)
    if dropped and on_overflow != "drop":
        raise (ConsentError if on_overflow == "ask" else BudgetError)(
            _(
                "the prompt is {tokens} tokens and the budget {limit}: {dropped} would be dropped, but on_overflow is "
                "{on_overflow}; shorten the question, raise max_input_tokens (at most 2048) or set on_overflow to drop"
            ).format(tokens=whole, limit=limit, dropped=dropped, on_overflow=on_overflow)
        )
    for at, text, tokens in zip(kept, texts, measured.parts, strict=True):
        fixed = current[at].fixed + len(text) - len(current[at].text)
        current[at] = replace(current[at], text=text, tokens=tokens, fixed=fixed)
    current.append(Segment("end", "", tokens=measured.total - sum(measured.parts)))  # CodeT5 has a start token, too
    return Prompt("".join(texts), measured.total, limit, tuple(current), measured.warnings, measured.ids_sha256)


def _with_cut_question(
    segments: Sequence[Segment], limit: int, where: str, measure: Measure, tokens: int
) -> list[Segment]:
    """Cut as much of the question as is needed to fit, but not all of it. tokens: of the whole prompt before.

    The longest part that fits is found by halving, so that even a book is counted only a few times.
    """
    cut = list(segments)
    at = next(number for number, segment in enumerate(segments) if segment.kind == "question")
    label, question = segments[at].text[: segments[at].fixed], segments[at].text[segments[at].fixed :]

    def total(chars: int) -> int:
        cut[at] = replace(segments[at], text=label + _part(question, chars, where))
        kept = [segment for segment in cut if segment.kept]
        return measure([kept[0].text, *(segment.gap + segment.text for segment in kept[1:])]).total

    fits, too_long = 0, limit
    while too_long < len(question) and total(too_long) <= limit:
        fits, too_long = too_long, 2 * too_long
    too_long = min(too_long, len(question))
    while too_long - fits > 1:
        middle = (fits + too_long) // 2
        fits, too_long = (middle, too_long) if total(middle) <= limit else (fits, middle)
    if not _part(question, fits, where).strip():
        return list(segments)
    left = total(fits)
    cut[at] = replace(cut[at], cut=tokens - left, cut_at=where)
    return cut


def _part(text: str, chars: int, where: str) -> str:
    """At most about `chars` characters of a text, without its end, middle or start; cut between words if it has any."""
    if where == "end":
        return _beginning(text, chars)
    if where == "start":
        return _ending(text, chars)
    joint = " " if re.search(r"\s", text) else ""
    return f"{_beginning(text, chars - chars // 2)}{joint}{_ending(text, chars // 2)}"


def _beginning(text: str, chars: int) -> str:
    at = chars
    while _is_inside_character(text, at):
        at -= 1
    words = (end for end in range(at, max(0, at - _WORD), -1) if text[end : end + 1].isspace())
    return text[: at if at >= len(text) else next(words, at)].rstrip()


def _ending(text: str, chars: int) -> str:
    at = len(text) - chars
    while _is_inside_character(text, at):
        at += 1
    words = (start for start in range(at, min(len(text), at + _WORD)) if _WORD_STARTS.match(text, start - 1))
    return text[at if at <= 0 else next(words, at) :]


def _is_inside_character(text: str, at: int) -> bool:
    """Whether a cut there would leave an accent without its letter, or half of an emoji of several characters."""
    return 0 < at < len(text) and bool(unicodedata.combining(text[at]) or _JOINER in text[at - 1 : at + 1])


def question_and_answer_labels(profile: Profile) -> tuple[str, str]:
    """Return the labels in front of questions and answers: the profile's own, else those of its layout."""
    layout = LAYOUTS.get(profile.template, LAYOUTS["plain"])
    question = layout.question if profile.input_label is None else profile.input_label
    answer = layout.cue if profile.output_label is None else profile.output_label
    return question, answer


def _chosen_shots(profile: Profile, seed: int) -> list[Shot]:
    shots = list(profile.shots)
    if profile.shots_order == "reverse":
        shots.reverse()
    elif profile.shots_order == "shuffle":
        random.Random(seed).shuffle(shots)
    return shots[: profile.shots_max]


def _history(settings: Settings, turns: Sequence[Exchange], labels: tuple[str, str]) -> list[Segment]:
    count: int = settings.value("turns")
    if not count:
        return []
    if (form := settings.value("format")) != "labels":  # "labels" means those of the profile
        labels = LAYOUTS[form].question, LAYOUTS[form].cue
    usable: list[Segment] = []
    for ref, turn in zip(range(len(turns), 0, -1), reversed(turns), strict=True):  # only as many as are needed
        if not turn.partial or settings.value("include_partial"):
            usable.append(Segment("turn", _exchange(turn.question, turn.answer, labels), ref))
            if len(usable) == count:
                break
    return usable[::-1]


def _exchange(question: str, answer: str, labels: tuple[str, str]) -> str:
    asked = f"{labels[0]} {question}" if labels[0] else question
    return f"{asked}\n{labels[1]} {answer}" if labels[1] else f"{asked}\n{answer}"


def _options(choices: Sequence[str]) -> str:
    return "OPTIONS:" + "".join(f"\n- {choice}" for choice in choices)


def _fill(setup: Setup, shots: Sequence[Segment], history: Sequence[Segment], question: str) -> list[Segment]:
    """Fill in a custom template: each placeholder once; inserted texts are not scanned again."""
    profile = setup.profile
    filled: list[Segment] = []
    gap = ""  # blanks between two placeholders belong to the second; those after an empty variable are left out
    after_empty = False
    for part in split_template(profile.template):
        if not isinstance(part, Placeholder):
            new = [Segment("template", part.text)]
        elif part.name == "input":
            new = [Segment("question", question)]
        elif part.name == "prefix":
            new = [Segment("prefix", profile.prefix)]
        elif part.name in ("shots", "history"):
            several = shots if part.name == "shots" else history
            new = [replace(one, gap=profile.separator if at else "") for at, one in enumerate(several)]
        else:
            new = [Segment("variable", _variable(setup, part.name), name=part.name)]
        new = [segment for segment in new if segment.text or segment.kind == "question"]
        if new and filled and new[0].kind == "template" and new[0].text.isspace():
            gap += "" if after_empty else new[0].text
        elif new:
            filled += [replace(new[0], gap=gap + new[0].gap), *new[1:]]
            gap = ""
        after_empty = not new and isinstance(part, Placeholder) and part.name in profile.vars
    return [*filled, Segment("template", gap)] if gap else filled


def _variable(setup: Setup, name: str) -> str:
    value = setup.variables.get(name, setup.profile.vars[name].default)
    if value is None:
        raise UsageError(
            _(
                "profile {profile} needs a value for {name}: give {name}=VALUE (--var, /var, or variables in Python)"
            ).format(profile=setup.profile.name, name=name)
        )
    check_variable(setup.profile, name, value)
    return value
