"""All that is known of one answer, as an export shows it: facts, tokens, bars, settings, choices. Holds no markup."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from flanchat.base.format import (
    clipped,
    finish_reason,
    format_bytes,
    format_count,
    format_duration,
    format_percent,
    format_probability,
    format_rate,
)
from flanchat.base.i18n import N_, _, join_list
from flanchat.engine.events import Alternative, Token
from flanchat.engine.protocol import ModelCard
from flanchat.experiments.prompt_parts import part_label
from flanchat.experiments.why import format_change, greedy_words
from flanchat.prompting.prompt import Prompt, Segment, cut_words, drop_reason, segment_name, warning_line
from flanchat.prompting.settings import SETTINGS
from flanchat.sessions.answer import Answer
from flanchat.sessions.session_record import RecordedWhy

CONFIDENCE = {"sure": 0.9, "likely": 0.6, "unsure": 0.3, "guess": 0.0}
"""Confidence classes of tokens, each with its lowest probability, from high to low."""

_UNCERTAIN_SHOWN = 12
_ALTERNATIVES_SHOWN = 4

_SEGMENTS = ("prefix", "shot", "turn", "question", "cue", "template", "variable", "end")


@dataclass(frozen=True, slots=True)
class Fact:
    """A labelled value. name: the label in English.

    kind: `note`, something unusual; `figure`, a bar or a table in words; `run`, how the answer was produced; `detail`,
    more of that, for formats that have the space.
    """

    name: str
    value: str
    kind: Literal["note", "figure", "run", "detail"] = "run"

    @property
    def label(self) -> str:
        return _(self.name)


@dataclass(frozen=True, slots=True)
class TokenRow:
    """A token. confidence: its class, a key of CONFIDENCE, or `unknown`. share: its probability; None if unknown."""

    name: str
    confidence: str
    share: float | None
    alternatives: str


@dataclass(frozen=True, slots=True)
class Word:
    """What one token adds to the text of an answer. space: the white space before it."""

    space: str
    text: str
    token: TokenRow


@dataclass(frozen=True, slots=True)
class Meter:
    """A bar. segments: kind and share of each. legend: kind and words. dropped: what did not fit.

    value: the figures beside the bar. summary: bar and figures in words.
    """

    value: str
    summary: str
    segments: tuple[tuple[str, float], ...]
    legend: tuple[tuple[str, str], ...]
    dropped: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SettingRow:
    """A setting that differs from its default. ineffective: why it has no effect, or ""."""

    name: str
    value: str
    default: str
    ineffective: str


@dataclass(frozen=True, slots=True)
class ChoiceRow:
    """One of the texts that an answer was chosen from. share: among them, by the rule that chose.

    calibrated: its share by that rule, where the template alone was scored; else None.
    """

    text: str
    share: float
    sum_logprob: float
    calibrated: float | None


@dataclass(frozen=True, slots=True)
class WhyRow:
    """What leaving out a part of the prompt changed. change: of the answer's log-probability. greedy: see `why`."""

    name: str
    change: str
    greedy: str
    answer: str


@dataclass(frozen=True, slots=True)
class AnswerOutline:
    """An answer with everything known about it. choices: what it was chosen from, the likeliest first. whys: for each
    time that it was explained, the parts of its prompt, those that it needs most first.

    words: its text, token by token; empty when the tokens do not make up the text.
    """

    text: str
    words: tuple[Word, ...]
    facts: tuple[Fact, ...]
    time: Meter
    budget: Meter
    prompt: Prompt
    tokens: tuple[TokenRow, ...]
    confidence: str
    settings: tuple[SettingRow, ...]
    choices: tuple[ChoiceRow, ...]
    whys: tuple[tuple[WhyRow, ...], ...]


def answer_outline(answer: Answer, whys: Sequence[RecordedWhy] = ()) -> AnswerOutline:
    """Lay out one answer. whys: the times that it was explained."""
    tokens = tuple(map(_token, answer.tokens))
    time, settings, confidence = _time(answer), tuple(_settings(answer)), _confidence(answer)
    return AnswerOutline(
        text=answer.text,
        words=tuple(_words(answer, tokens)),
        facts=tuple(_answer_facts(answer, time.summary, tokens, confidence, settings)),
        time=time,
        budget=_budget(answer.prompt),
        prompt=answer.prompt,
        tokens=tokens,
        confidence=confidence and _("sure {share}").format(share=confidence),
        settings=settings,
        choices=_choices(answer),
        whys=tuple(map(_why, whys)),
    )


def _why(recorded: RecordedWhy) -> tuple[WhyRow, ...]:
    return tuple(
        WhyRow(
            part_label(effect.unit, effect.kind, effect.ref, effect.count, effect.text),
            format_change(effect.change),
            greedy_words(effect.differs_at, effect.instead),
            effect.answer,
        )
        for effect in sorted(recorded.effects, key=lambda effect: effect.change)
    )


def _choices(answer: Answer) -> tuple[ChoiceRow, ...]:
    by = answer.settings.value("choose")
    rows = (ChoiceRow(c.text, c.share(by), c.sum_logprob, c.p_calibrated) for c in answer.choices)
    return tuple(sorted(rows, key=lambda row: -row.share))


def _choices_words(choices: Iterable[ChoiceRow]) -> str:
    """Each choice with its share, and its calibrated one where there is one."""
    return join_list(
        f"{row.text} {format_percent(row.share)}"
        + ("" if row.calibrated is None else _(" (calibrated {share})").format(share=format_percent(row.calibrated)))
        for row in choices
    )


def _answer_facts(
    answer: Answer, time: str, tokens: Sequence[TokenRow], confidence: str, settings: Iterable[SettingRow]
) -> Iterator[Fact]:
    card, peak_bytes = answer.card, _positive(answer.timing.peak_mb) * 1e6
    facts = [
        Fact(N_("ended"), finish_reason(answer.finish), "note"),
        Fact(N_("message"), answer.message, "note"),
        Fact(N_("rating"), answer.rating, "note"),
        *(Fact(N_("note"), text, "note") for text in answer.notes),
        Fact(N_("short answer"), answer.short if answer.short != answer.text else "", "note"),
        Fact(N_("vote"), "" if answer.vote is None else answer.vote.line, "note"),
        Fact(N_("best answers"), _best(answer), "figure"),
        Fact(N_("choices"), _choices_words(_choices(answer)), "figure"),
        Fact(N_("time"), time, "figure"),
        Fact(N_("confidence"), confidence, "figure"),
        Fact(N_("uncertain tokens"), _uncertain(tokens), "figure"),
        *(Fact(N_("warning"), warning_line(warned, len(warned.chars)), "note") for warned in answer.prompt.warnings),
        Fact(N_("dropped"), _dropped(answer.prompt), "note"),
        *(Fact(N_("cut"), cut_words(segment), "note") for segment in answer.prompt.segments if segment.cut),
        Fact(N_("model"), model_words(card)),
        Fact(N_("profile"), answer.profile),
        Fact(N_("seed"), str(answer.seed) if answer.sampled else ""),
        Fact(N_("settings"), _settings_words(settings), "figure"),
        Fact(N_("answered"), format_time(answer.at)),
        Fact(N_("peak memory"), format_bytes(peak_bytes) if peak_bytes else "", "detail"),
        Fact(N_("load"), format_duration(answer.timing.load_s) if _positive(answer.timing.load_s) else "", "detail"),
    ]
    if card is not None:
        libraries = ", ".join(f"{name} {version}" for name, version in card.versions.items())
        facts += [
            Fact(N_("threads"), format_count(card.threads), "detail"),
            Fact(N_("revision"), card.revision, "detail"),
            Fact(N_("weights"), card.weights_sha256, "detail"),
            Fact(N_("vocabulary"), card.tokenizer_sha256, "detail"),
            Fact(N_("libraries"), libraries, "detail"),
        ]
    return (fact for fact in (*facts, Fact(N_("answer"), answer.id, "detail")) if fact.value)


def _best(answer: Answer) -> str:
    """The answers of a beam search that keeps several, each with its probability."""
    if answer.vote is not None:
        return ""
    found = (f"{clipped(one.text, 80)} ({format_probability(one.logprob)})" for one in answer.candidates)
    return " · ".join(found)


def format_time(timestamp: str) -> str:
    """A transcript's timestamp for people; text in another form is returned unchanged.

    >>> format_time("2026-11-22T10:30:00.000Z"), format_time("yesterday")
    ('2026-11-22 10:30 UTC', 'yesterday')
    """
    found = re.fullmatch(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d)(:\d\d(\.\d+)?)?(Z|\+00:00)", timestamp)
    return f"{found[1]} {found[2]} UTC" if found else timestamp


def model_words(card: ModelCard | None) -> str:
    """The model and what it ran on; "" when none was loaded."""
    if card is None:
        return ""
    return _("{name} on {device}, {precision}").format(name=card.name, device=card.device, precision=card.precision)


def _settings(answer: Answer) -> Iterator[SettingRow]:
    settings = answer.settings
    ineffective = settings.ineffective(choices=bool(answer.choices))
    for setting in SETTINGS:
        value = settings.value(setting.name)
        if value != setting.default:
            shown, default = setting.format(value), setting.format(setting.default)
            yield SettingRow(setting.name, shown, default, ineffective.get(setting.name, ""))


def _settings_words(settings: Iterable[SettingRow]) -> str:
    return _("; ").join(
        f"{line.name}={line.value}" + (_(" ({reason})").format(reason=line.ineffective) if line.ineffective else "")
        for line in settings
    )


def _dropped(prompt: Prompt) -> str:
    found = [(segment_name(s), drop_reason(s, prompt.limit)) for s in prompt.segments if not s.kept]
    return join_list(
        _("{part} ({reason})").format(part=name, reason=reason) if reason else name for name, reason in found
    )


# Probabilities


def _token(token: Token) -> TokenRow:
    share = None if math.isnan(token.logprob) else math.exp(min(token.logprob, 0.0))
    level = next((name for name, least in CONFIDENCE.items() if share is not None and share >= least), "unknown")
    others = [other for other in token.top if other.id != token.id and not math.isnan(other.logprob)]
    alternatives = join_list(f"{_name(o)} {format_probability(o.logprob)}" for o in others[:_ALTERNATIVES_SHOWN])
    return TokenRow(_name(token), level, share, alternatives)


def _name(token: Token | Alternative) -> str:
    """A token with its blanks visible; one without text goes by what the alternatives call it, or by its id."""
    text = token.named if isinstance(token, Token) else token.text
    return text.replace(" ", "␣").replace("\n", "↵") or f"<{token.id}>"


def _words(answer: Answer, tokens: Iterable[TokenRow]) -> Iterator[Word]:
    """The text cut at the ends of its tokens.

    The text is the tokens' own, stripped and cut at a stop text, so it has to begin at their first letter.
    """
    whole = "".join(token.text for token in answer.tokens)
    begin = whole.find(answer.text)
    if not answer.text or begin < 0 or whole[:begin].strip():
        return
    end, at = begin + len(answer.text), 0
    for token, line in zip(answer.tokens, tokens, strict=True):
        piece = whole[max(at, begin) : min(at + len(token.text), end)]
        at += len(token.text)
        text = piece.lstrip()
        yield Word(piece[: len(piece) - len(text)], text, line)


def _confidence(answer: Answer) -> str:
    """How sure the model was; of an answer that was neither chosen nor voted for, of which token the least, too."""
    if answer.confidence is None:
        return ""
    share = format_percent(answer.confidence)
    known = [token.logprob for token in answer.tokens if not math.isnan(token.logprob)]
    if answer.choices or answer.vote is not None or not known:
        return share
    return _("{share}, lowest token {lowest}").format(share=share, lowest=format_probability(min(known)))


def _uncertain(tokens: Iterable[TokenRow]) -> str:
    unsure = (token for token in tokens if token.share is not None and token.share < CONFIDENCE["likely"])
    found = [f"{token.name} {format_percent(token.share)}" for token in unsure]
    more = len(found) - _UNCERTAIN_SHOWN
    words = join_list(found[:_UNCERTAIN_SHOWN])
    return words + _(" and {count} more").format(count=format_count(more)) if more > 0 else words


# Bars


def _time(answer: Answer) -> Meter:
    """Where the time of an answer went. The bar is empty when nothing was timed."""
    timing = answer.timing
    encode = _positive(timing.encode_s)
    total = max(_positive(timing.total_s), encode)
    spans = [("encode", _("encode"), encode)]
    if timing.first_token_s is not None:
        first = min(max(_positive(timing.first_token_s), encode), total)
        spans += [("wait", _("to first token"), first - encode), ("decode", _("decode"), total - first)]
    elif answer.tokens:  # of several answers at once, or scored: there was no first one
        spans.append(("decode", _("decode"), total - encode))
    else:
        spans.append(("wait", _("no token"), total - encode))
    if not total:
        spans = []
    legend = tuple((kind, f"{words} {format_duration(value)}") for kind, words, value in spans)
    rate = format_rate(timing.decode_tps(len(answer.tokens)))
    figures = [rate] if rate else []
    read, written = format_count(answer.prompt.tokens), format_count(len(answer.tokens))
    figures.append(_("{read} in, {written} out").format(read=read, written=written))
    return Meter(
        value=" · ".join([format_duration(total)] * bool(spans) + figures),
        summary=" · ".join([words for __, words in legend] + figures),
        segments=tuple((kind, value / total) for kind, __, value in spans if value),
        legend=legend,
    )


def _budget(prompt: Prompt) -> Meter:
    """The share of the token budget that each part of a prompt uses."""
    kept = [segment for segment in prompt.segments if segment.kept and segment.tokens > 0]
    whole = max(prompt.limit, sum(segment.tokens for segment in kept))
    legend = []
    for kind in dict.fromkeys(str(segment.kind) for segment in kept):
        alike = [segment for segment in kept if segment.kind == kind]
        name, times = segment_name(replace(alike[0], ref=0)), f" ×{len(alike)}" if len(alike) > 1 else ""
        legend.append((part_kind(alike[0]), f"{name}{times} {format_count(sum(s.tokens for s in alike))}"))
    value = _("{tokens} of {limit} tokens").format(tokens=format_count(prompt.tokens), limit=format_count(prompt.limit))
    return Meter(
        value=value,
        summary=value,
        segments=tuple((part_kind(segment), segment.tokens / whole) for segment in kept),
        legend=tuple(legend),
        dropped=tuple(segment_name(segment) for segment in prompt.segments if not segment.kept),
    )


def part_kind(segment: Segment) -> str:
    """The kind of a segment; a kind that only another version has counts as template."""
    return segment.kind if segment.kind in _SEGMENTS else "template"


def _positive(value: float) -> float:
    return value if math.isfinite(value) and value > 0 else 0.0
