"""A conversation as a file for others: Markdown, JSON, JSON Lines, text, one HTML page. Knows no terminal or model.

Questions, answers, names and damaged lines come from anywhere. In JSON they stay exact, escaped to ASCII; everywhere
else they pass through `terminal.show` and then stand where the format reads nothing: in a fence or code span that is
longer than any in the text (Markdown), indented (text), or escaped by `_el`, which makes every element (HTML).
"""

from __future__ import annotations

import html
import json
import math
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from flanchat import __version__
from flanchat.conversation import Answer
from flanchat.errors import StorageError, UsageError
from flanchat.events import Alternative, Token, Warned
from flanchat.files import write_whole
from flanchat.prompt import Prompt, Segment, named, reason_words, why_dropped
from flanchat.records import Story, answer_record, prompt_record
from flanchat.settings import SETTINGS
from flanchat.terminal import show
from flanchat.words import N_, _, cells, is_translated, listed

JSON_VERSION = 1
SURE, LIKELY, UNSURE = 0.9, 0.6, 0.3
"""Where the confidence of a token changes its class: from SURE up it is not marked, below UNSURE most of all."""


def write_export(story: Story, path: Path, *, overwrite: bool = False) -> None:
    """Write `story` as the ending of `path` says, whole or not at all.

    Raises UsageError for an ending that is not in EXPORTERS, StorageError when the file cannot be written.
    """
    exporter = EXPORTERS.get(path.suffix.lower().removeprefix("."))
    if exporter is None:
        endings = [f".{ending}" for ending in EXPORTERS]
        raise UsageError(
            _("{path}: expected a name that ends in {some} or {last}, got {got}").format(
                path=path, some=listed(endings[:-1]), last=endings[-1], got=path.suffix or _("no ending")
            )
        )
    if not overwrite and path.is_file():
        raise StorageError(_("{path}: exists already; choose another name or add --force").format(path=path))
    write_whole(path, exporter(story).encode("utf-8"), overwrite=overwrite)


# What an answer is beside its text. Plain values, from which every format makes its own.


_FINISHES = {
    "length": N_("cut at max_new_tokens"),
    "stop": N_("ended at a stop text"),
    "interrupted": N_("interrupted; kept as it is"),
    "error": N_("failed"),
    "empty": N_("the model answered nothing"),
}

_WARNED = {
    "unk": N_("unknown to this model, {count} in all: {chars}"),
    "newline": N_("line breaks read as blanks: {count}"),
    "special": N_("taken as plain text, not as a control token: {chars}"),
}


@dataclass(frozen=True, slots=True)
class _Other:
    """An answer that is not on the present way, and what it is to the turn it is shown with."""

    answer: Answer
    label: str
    branch: str


@dataclass(frozen=True, slots=True)
class _Turn:
    """A place on the present way. answer: None for the place after the last one. others: the oldest first."""

    number: int
    answer: Answer | None
    others: list[_Other] = field(default_factory=list)


def _turns(story: Story) -> list[_Turn]:
    """Every answer of the session at its place: those of the present way, each with what else was tried there."""
    conversation = story.conversation
    way = conversation.turns
    turns = [_Turn(number, answer) for number, answer in enumerate(way, 1)]
    turns.append(_Turn(len(way) + 1, None))
    place = {answer.id: at + 1 for at, answer in enumerate(way)}  # where an answer that follows this one stands
    on_way = set(place)
    ends = {branch.end.id: branch.name for branch in conversation.branches() if branch.end and branch.name}
    for answer in conversation.answers.values():
        if answer.id not in on_way:
            at = place.get(answer.before or "", 0)
            place[answer.id] = at
            direct = answer.before is None or answer.before in on_way
            label = _relation(answer, turns[at].answer) if direct else _("Goes on from another answer")
            turns[at].others.append(_Other(answer, label, ends.get(answer.id, "")))
    return turns if turns[-1].others else turns[:-1]


def _relation(other: Answer, present: Answer | None) -> str:
    if present is None:
        return _("Left behind")
    if present.continues == other.id:
        return _("Before it was continued")
    if other.asked == present.asked:
        return _("Another answer to this question")
    return _("Another question in this place")


def _model(answer: Answer) -> str:
    card = answer.card
    if card is None:
        return ""
    return _("{name} on {device}, {precision}").format(name=card.name, device=card.device, precision=card.precision)


def _settings(answer: Answer) -> list[tuple[str, str, str, str]]:
    """What differs from the defaults: name, value, default, and why it has no effect or ""."""
    settings, idle = answer.settings, answer.settings.idle()
    return [
        (s.name, s.format(settings.value(s.name)), s.format(s.default), idle.get(s.name, ""))
        for s in SETTINGS
        if settings.value(s.name) != s.default
    ]


def _warning(warned: Warned) -> str:
    chars = " ".join(warned.chars) if warned.kind == "unk" else warned.chars
    return _(_WARNED[warned.kind]).format(count=warned.count, chars=chars)


def _dropped(prompt: Prompt) -> str:
    """The parts that were left out, with the reason of each that has one."""
    return listed(
        _("{part} ({reason})").format(part=named(s), reason=reason_words(s, prompt.limit)) if s.reason else named(s)
        for s in prompt.segments
        if not s.kept
    )


def _times(answer: Answer) -> list[tuple[str, str, float]]:
    """Class, name and seconds of each stretch of time; together the whole. Empty when nothing was timed."""
    total, encode = _positive(answer.timing.total_s), _positive(answer.timing.encode_s)
    total = max(total, encode)
    if answer.timing.first_token_s is None:
        stretches = [("encode", _("encode"), encode), ("wait", _("without a token"), total - encode)]
    else:
        first = min(max(_positive(answer.timing.first_token_s), encode), total)
        stretches = [
            ("encode", _("encode"), encode),
            ("wait", _("to first token"), first - encode),
            ("decode", _("decode"), total - first),
        ]
    return stretches if total else []


def _rate(answer: Answer) -> str:
    rate = answer.timing.decode_tps(len(answer.tokens))
    return _("{rate:.0f} tok/s").format(rate=rate) if rate is not None and math.isfinite(rate) else ""


def _in_and_out(answer: Answer) -> str:
    return _("{read} in, {written} out").format(read=answer.prompt.tokens, written=len(answer.tokens))


def _timing(answer: Answer) -> str:
    times = [f"{name} {_seconds(value)}" for __, name, value in _times(answer)]
    return " · ".join(part for part in (*times, _rate(answer), _in_and_out(answer)) if part)


def _confidence(answer: Answer) -> str:
    """How sure the model was, as the mean per token and the lowest; "" when that is not known."""
    known = [p for token in answer.tokens if (p := _probability(token.logprob)) is not None]
    if not known:
        return ""
    mean = math.exp(sum(math.log(max(p, 1e-30)) for p in known) / len(known))
    return _("{mean} per token, lowest {lowest}").format(mean=_percent(mean), lowest=_percent(min(known)))


def _unsure(answer: Answer) -> str:
    """The tokens that the model was least sure of, the first dozen."""
    weak = [(t, p) for t in answer.tokens if (p := _probability(t.logprob)) is not None and p < LIKELY]
    words = [f"{_name(token)} {_percent(p)}" for token, p in weak[:12]]
    return listed(words) + (_(" and {count} more").format(count=len(weak) - 12) if len(weak) > 12 else "")


def _name(token: Token | Alternative) -> str:
    """A token as a reader can see it: blanks visible, and a name for one without a text."""
    others = token.top if isinstance(token, Token) else ()
    named = token.text or next((other.text for other in others if other.id == token.id), "")
    return named.replace(" ", "␣").replace("\n", "↵") or f"<{token.id}>"


def _probability(logprob: float) -> float | None:
    return None if math.isnan(logprob) else math.exp(max(min(logprob, 0.0), -700.0))


def _percent(p: float) -> str:
    return _("under 1%") if p < 0.01 else f"{p * 100:.0f}%"


def _seconds(value: float) -> str:
    return f"{value * 1000:.0f} ms" if value < 1 else f"{value:.2f} s"


def _positive(value: float) -> float:
    return value if math.isfinite(value) and value > 0 else 0.0


def _when(ts: str) -> str:
    """A transcript's time for people; what has another form stays as it is."""
    found = re.fullmatch(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d)(:\d\d(\.\d+)?)?(Z|\+00:00)", ts)
    return f"{found[1]} {found[2]} UTC" if found else ts


def _about(story: Story) -> list[tuple[str, str]]:
    """What is said once about the whole session."""
    conversation = story.conversation
    turns, every = conversation.turns, list(conversation.answers.values())
    models = ", ".join(dict.fromkeys(_model(answer) for answer in every if answer.card))
    profiles = ", ".join(dict.fromkeys(answer.profile for answer in every if answer.profile))
    branch = conversation.branch if len(conversation.branches()) > 1 else ""
    facts = [
        (N_("name"), story.name),
        (N_("session"), story.session),
        (N_("started"), _when(story.started)),
        (N_("model"), models),
        (N_("profile"), profiles),
        (N_("branch"), branch),
        (N_("turns"), str(len(turns))),
        (N_("answers in all"), str(len(every)) if len(every) > len(turns) else ""),
    ]
    return [(label, value) for label, value in facts if value]


def _facts(answer: Answer) -> list[tuple[str, str]]:
    """What is said of an answer, below it. The values may hold foreign text."""
    settings = [
        f"{name}={value}" + (_(" ({reason})").format(reason=idle) if idle else "")
        for name, value, __, idle in _settings(answer)
    ]
    facts = [
        (N_("ended"), _(_FINISHES.get(answer.finish, ""))),
        (N_("message"), answer.message),
        (N_("short answer"), answer.short if answer.short != answer.text else ""),
        (N_("time"), _timing(answer)),
        (N_("confidence"), _confidence(answer)),
        (N_("unsure of"), _unsure(answer)),
        *((N_("warning"), _warning(warned)) for warned in answer.prompt.warnings),
        (N_("left out"), _dropped(answer.prompt)),
        (N_("model"), _model(answer)),
        (N_("profile"), answer.profile),
        (N_("seed"), str(answer.seed) if answer.settings.decoding(0).samples else ""),
        (N_("settings"), _("; ").join(settings)),
        (N_("answered"), _when(answer.at)),
    ]
    return [(label, value) for label, value in facts if value]


# Markdown and text: one outline, written in two ways.


@dataclass(frozen=True, slots=True)
class _Part:
    """A piece of an outline. heading: a label of ours alone. fact: a label and a short value. said: many lines."""

    kind: Literal["heading", "fact", "said"]
    label: str
    text: str = ""
    level: int = 1


def _outline(story: Story) -> Iterator[_Part]:
    yield _Part("heading", _("flanchat session"))
    about = _about(story)
    yield from (_Part("fact", _(label), value) for label, value in about)
    for turn in _turns(story):
        if turn.answer is not None:
            yield _Part("heading", _("Turn {number}").format(number=turn.number), level=2)
            yield _Part("said", _("Question"), turn.answer.question)
            yield from _outlined(turn.answer, about)
        else:
            yield _Part("heading", _("Not on the present way"), level=2)
        for other in turn.others:
            yield _Part("heading", other.label, level=3)
            if other.branch:
                yield _Part("fact", _("branch"), other.branch)
            if turn.answer is None or other.answer.asked != turn.answer.asked:
                yield _Part("said", _("Question"), other.answer.question)
            yield from _outlined(other.answer, about)
    if story.unanswered:
        yield _Part("heading", _("Questions without an answer"), level=2)
        for question, message in story.unanswered:
            yield _Part("said", _("Question"), question)
            yield from [_Part("fact", _("message"), message)] * bool(message)
    for heading, texts in ((_("Notes"), story.notes), (_("Damaged lines in the file"), story.problems)):
        if texts:
            yield _Part("heading", heading, level=2)
            yield from (_Part("fact", "", text) for text in texts)


def _outlined(answer: Answer, about: Collection[tuple[str, str]]) -> Iterator[_Part]:
    """An answer and what is said of it, but for what was said of the whole session already."""
    yield _Part("said", _("Answer"), answer.text)
    yield from (_Part("fact", _(label), value) for label, value in _facts(answer) if (label, value) not in about)
    prompt = answer.prompt
    if prompt.segments:
        rows = [
            (named(segment), str(segment.tokens) if segment.kept else _("dropped"), reason_words(segment, prompt.limit))
            for segment in prompt.segments
        ]
        rows.append((_("prompt"), str(prompt.tokens), _("of {limit} tokens").format(limit=prompt.limit)))
        lines = (f"{_padded(_line(a), -12)} {_padded(b, 7)}  {_line(c)}".rstrip() for a, b, c in rows)
        yield _Part("said", _("Ledger"), "\n".join(lines))


def _padded(text: str, width: int) -> str:
    """A text with blanks around it, in cells. width: negative for blanks behind it."""
    blanks = " " * max(0, abs(width) - cells(text))
    return text + blanks if width < 0 else blanks + text


def _line(text: str) -> str:
    """Foreign text on one line."""
    return show(text).replace("\n", "↵").replace("\t", " ")


def _markdown(story: Story) -> str:
    out: list[str] = []
    before, colon = "", _(": ")
    for part in _outline(story):
        if part.kind == "fact":
            out += [""] * (before != "fact")
            out.append(f"- {part.label}{colon}{_code(part.text)}" if part.label else f"- {_code(part.text)}")
        elif part.kind == "heading":
            out += [""] * bool(out) + [f"{'#' * part.level} {part.label}"]
        else:
            out += ["", f"**{part.label}**", "", _fenced(part.text)]
        before = part.kind
    return "\n".join(out) + "\n"


def _fenced(text: str) -> str:
    """A code block that nothing in the text can end."""
    fence = "`" * max(3, _longest_run(text) + 1)
    return f"{fence}text\n{show(text)}\n{fence}"


def _code(text: str) -> str:
    """A code span that nothing in the text can end."""
    line, ticks = _line(text), "`" * (_longest_run(text) + 1)
    pad = " " if line.startswith(("`", " ")) or line.endswith(("`", " ")) else ""
    return f"{ticks}{pad}{line}{pad}{ticks}" if line.strip() else "` `"


def _longest_run(text: str) -> int:
    return max(map(len, re.findall("`+", text)), default=0)


def _plain(story: Story) -> str:
    out: list[str] = []
    colon = _(": ")
    for part in _outline(story):
        if part.kind == "fact":
            out.append(f"{part.label}{colon}{_line(part.text)}" if part.label else f"    {_line(part.text)}")
        elif part.kind == "heading":
            out += [""] * bool(out) + [part.label, " =-~"[part.level] * cells(part.label)]
        else:
            out += [
                "",
                f"{part.label}{colon}".rstrip(),
                *(f"    {line}".rstrip() for line in show(part.text).split("\n")),
                "",
            ]
    return re.sub(r"\n\n\n+", "\n\n", "\n".join(out)).strip("\n") + "\n"


# JSON: the names are those of the transcript.


def _json(story: Story) -> str:
    conversation = story.conversation
    way = [answer.id for answer in conversation.turns]
    whole = {
        "format": "flanchat-session",
        "version": JSON_VERSION,
        "exported_by": __version__,
        "app_version": story.app_version,
        "session": story.session,
        "name": story.name,
        "started": story.started,
        "branch": conversation.branch,
        "branches": dict(conversation.ends),
        "way": way,
        "answers": [_record(answer) for answer in conversation.answers.values()],
        "unanswered": [{"question": question, "message": message} for question, message in story.unanswered],
        "profile": story.profile and story.profile.as_dict(),
        "notes": story.notes,
        "problems": list(story.problems),
    }
    return _dumped(whole, indent=2) + "\n"


def _jsonl(story: Story) -> str:
    lines = [{"session": story.session, **_record(answer)} for answer in story.conversation.answers.values()]
    return "".join(_dumped(line) + "\n" for line in lines)


def _record(answer: Answer) -> dict[str, Any]:
    return {
        "id": answer.id,
        "before": answer.before,
        "asked": answer.asked,
        "at": answer.at,
        "profile": answer.profile,
        "question": answer.question,
        **answer_record(answer),
        "prompt": prompt_record(answer.prompt),
    }


def _dumped(value: object, indent: int | None = None) -> str:
    return json.dumps(_finite(value), ensure_ascii=True, allow_nan=False, indent=indent)


def _finite(value: object) -> object:
    """JSON has no infinity and no not-a-number: None in their place."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {key: _finite(item) for key, item in value.items()}
    return [_finite(item) for item in value] if isinstance(value, list | tuple) else value


# HTML: one file without a script, which loads nothing.


class _Html(str):
    """Text that is HTML already. Only `_el` and `_joined` make it; every other text is escaped where it is put in."""

    __slots__ = ()


def _el(tag: str, *children: str, **attributes: str) -> _Html:
    """An element; what is not `_Html` in it is shown as text.

    tag: its name and its classes, as in `p.question`. Attributes: `class` comes from the tag.

    >>> _el("p.question", "<b>", title='"')
    '<p class="question" title="&quot;">&lt;b&gt;</p>'
    """
    name, *classes = tag.split(".")
    every = ({"class": " ".join(classes)} if classes else {}) | attributes
    opened = "".join([f"<{name}", *(f' {key}="{_escaped(value)}"' for key, value in every.items()), ">"])
    return _Html(f"{opened}{_joined(*children)}</{name}>")


def _joined(*parts: str) -> _Html:
    return _Html("".join(part if isinstance(part, _Html) else _escaped(part) for part in parts))


def _escaped(text: str) -> str:
    return html.escape(show(text), quote=True)


def _foreign(tag: str, *children: str) -> _Html:
    """An element for text that others wrote: in a language and a direction of its own."""
    return _el(tag, *children, lang="", dir="auto")


def _html(story: Story) -> str:
    about = dict(_about(story))
    turns = _turns(story)
    title = story.name or next((turn.answer.question for turn in turns if turn.answer), "") or _("flanchat session")
    title = " ".join(title.split())
    title = title if len(title) <= 80 else title[:79] + "…"
    shown = ("started", "model", "profile", "branch", "turns", "answers in all")
    facts = [_el("li", _el("span", _(label)), " ", _el("bdi", about[label])) for label in shown if label in about]
    coloured = any(turn.answer and _coloured(turn.answer) for turn in turns)
    body = _joined(
        _el("header", _el("p.brand", "flanchat"), _foreign("h1", title), _el("ul.about", *facts)),
        _legend() if coloured else "",
        _el("main", *(_turn_html(turn) for turn in turns), *_loose_ends(story)),
        _el(
            "footer",
            _("Written by flanchat {version}. This page is one file: it loads nothing and runs nothing.").format(
                version=__version__
            ),
        ),
    )
    return _PAGE.format(lang="zh-CN" if is_translated() else "en", title=_escaped(title), style=_STYLE, body=body)


def _legend() -> _Html:
    classes = (
        ("t", _("{share:.0%} and up").format(share=SURE)),
        ("t.likely", _("{share:.0%} and up").format(share=LIKELY)),
        ("t.unsure", _("{share:.0%} and up").format(share=UNSURE)),
        ("t.guess", _("below")),
    )
    keys = (_el(f"span.{name}", words) for name, words in classes)
    words = _(
        "How sure the model was of each token: its own probabilities, before temperature and penalties. "
        "Sure is not the same as right."
    )
    return _el("aside.legend", _el("p.keys", *(_joined(key, " ") for key in keys)), _el("p", words))


def _turn_html(turn: _Turn) -> _Html:
    if turn.answer is None:
        others = (_other_html(other, None) for other in turn.others)
        return _el("article.turn.loose", _el("h2", _("Not on the present way")), *others, id="elsewhere")
    anchor = f"turn-{turn.number}"
    return _el(
        "article.turn",
        _el("h2", _el("a", _("Turn {number}").format(number=turn.number), href=f"#{anchor}")),
        _foreign("p.question", turn.answer.question),
        _answer_html(turn.answer),
        _folded(
            "others",
            _("Other answers here: {count}").format(count=len(turn.others)),
            *(_other_html(other, turn.answer) for other in turn.others),
        )
        if turn.others
        else "",
        id=anchor,
    )


def _other_html(other: _Other, present: Answer | None) -> _Html:
    asks = present is None or other.answer.asked != present.asked
    branch = _joined(" · ", _("branch"), " ", _el("bdi", other.branch)) if other.branch else ""
    return _el(
        "section.other",
        _el("h3", other.label, branch),
        _foreign("p.question", other.answer.question) if asks else "",
        _answer_html(other.answer),
    )


def _answer_html(answer: Answer) -> _Html:
    coloured = _coloured(answer)
    text = coloured or answer.text
    notes = [_el("li.alert", words) for words in (_(_FINISHES.get(answer.finish, "")), answer.message) if words]
    if answer.short and answer.short != answer.text:
        notes.append(_el("li.short", _("short answer"), " ", _foreign("b", answer.short)))
    if left_out := _dropped(answer.prompt):
        notes.append(_el("li.alert", _("left out"), _(": "), _el("bdi", left_out)))
    notes += [_el("li.alert", _el("bdi", _warning(warned))) for warned in answer.prompt.warnings]
    if answer.tokens and answer.text and not coloured:
        notes.append(_el("li", _("not coloured: the tokens do not add up to this text")))
    folded = (_prompt_html(answer.prompt), _tokens_html(answer), _settings_html(answer), _run_html(answer))
    return _el(
        "div.reply",
        _foreign("p.answer", text) if answer.text else _el("p.answer.nothing", _("no text")),
        _el("ul.notes", *notes) if notes else "",
        _el("div.meters", _time_meter(answer), _budget_meter(answer.prompt)),
        _el("div.folds", *folded),
    )


def _coloured(answer: Answer) -> _Html | None:
    """The answer's text, each token with how sure the model was; None where the tokens do not make up the text.

    The text is what the tokens say, stripped and cut at a stop text. It must begin where the tokens' first letter is.
    """
    joined = "".join(token.text for token in answer.tokens)
    begin = joined.find(answer.text)
    if not answer.text or begin < 0 or joined[:begin].strip():
        return None
    end, at = begin + len(answer.text), 0
    spans: list[str] = []
    for token in answer.tokens:
        piece = joined[max(at, begin) : min(at + len(token.text), end)]
        at += len(token.text)
        word = piece.lstrip()
        spans.append(piece[: len(piece) - len(word)])
        if word:
            spans.append(_el(f"span.t{_class(token)}", word, title=_title(token)))
    return _joined(*spans)


def _class(token: Token) -> str:
    p = _probability(token.logprob)
    if p is None or p >= SURE:
        return ""
    return ".likely" if p >= LIKELY else ".unsure" if p >= UNSURE else ".guess"


def _title(token: Token) -> str:
    """How sure the model was of a token, and what it would have said instead."""
    p = _probability(token.logprob)
    others = _alternatives(token)
    sure = _percent(p) if p is not None else _("not known")
    return _("{sure}; instead: {others}").format(sure=sure, others=others) if others else sure


def _alternatives(token: Token) -> str:
    others = [(o, p) for o in token.top if o.id != token.id and (p := _probability(o.logprob)) is not None]
    return listed(f"{_name(other)} {_percent(p)}" for other, p in others[:4])


def _meter(name: str, value: str, bar: list[_Html], key: list[_Html], words: str) -> _Html:
    return _el(
        "div.meter",
        _el("p.head", _el("b", name), " ", _el("span", value)),
        _el("div.bar", *bar, role="img", **{"aria-label": words}),
        _el("p.key", *(_joined(one, " ") for one in key)),
    )


def _time_meter(answer: Answer) -> _Html:
    times = _times(answer)
    total = sum(value for *_, value in times)
    bar = [_el(f"i.{name}", style=_width(value, total)) for name, __, value in times if value]
    key = [_el(f"span.dot.{name}", f"{words} {_seconds(value)}") for name, words, value in times]
    figures = [_seconds(total) if times else "", _rate(answer), _in_and_out(answer)]
    value = " · ".join(part for part in figures if part)
    return _meter(_("Time"), value, bar, key, _timing(answer))


# Segments of other kinds, from a file of another version, look like a template.
_KINDS = {
    "prefix": "prefix", "shot": "shot", "turn": "past", "question": "asked", "cue": "cue", "template": "prefix",
    "end": "end",
}  # fmt: skip


def _budget_meter(prompt: Prompt) -> _Html:
    kept = [segment for segment in prompt.segments if segment.kept and segment.tokens > 0]
    whole = max(prompt.limit, sum(segment.tokens for segment in kept))
    bar = [_el(f"i.{_kind(segment)}", style=_width(segment.tokens, whole)) for segment in kept]
    key = []
    for kind in dict.fromkeys(str(segment.kind) for segment in kept):
        alike = [segment for segment in kept if segment.kind == kind]
        times = f" ×{len(alike)}" if len(alike) > 1 else ""
        key.append(
            _el(
                f"span.dot.{_kind(alike[0])}",
                f"{named(replace(alike[0], ref=0))}{times} {sum(s.tokens for s in alike)}",
            )
        )
    gone = [_el("s", named(segment)) for segment in prompt.segments if not segment.kept]
    value = _("{tokens} of {limit} tokens").format(tokens=prompt.tokens, limit=prompt.limit)
    return _meter(_("Prompt"), value, bar, key + gone, value)


def _kind(segment: Segment) -> str:
    return _KINDS.get(segment.kind, "prefix")


def _width(part: float, whole: float) -> str:
    return f"width:{part / whole * 100 if whole else 0:.2f}%"


def _folded(name: str, summary: str, *children: str) -> _Html:
    return _el(f"details.{name}", _el("summary", summary), *children)


def _table(head: tuple[str, ...], rows: list[_Html]) -> _Html:
    return _el(
        "table",
        _el("thead", _el("tr", *(_el("th", words, scope="col") for words in head))),
        _el("tbody", *rows),
    )


def _prompt_html(prompt: Prompt) -> _Html | str:
    if not prompt.segments and not prompt.text:
        return ""
    rows = [
        _el(
            "tr" if segment.kept else "tr.gone",
            _el("td", _el(f"span.dot.{_kind(segment)}", _el("bdi", named(segment)))),
            _el("td.number", str(segment.tokens) if segment.kept else "–"),
            _el("td", _("kept") if segment.kept else _el("bdi", why_dropped(segment, prompt.limit))),
        )
        for segment in prompt.segments
    ]
    rows.append(
        _el(
            "tr.sum",
            _el("td", _("prompt")),
            _el("td.number", str(prompt.tokens)),
            _el("td", _("of {limit}").format(limit=prompt.limit)),
        )
    )
    return _folded(
        "prompt",
        _("Prompt"),
        _foreign("p.text", prompt.text) if prompt.text else "",
        _table((_("part"), _("tokens"), ""), rows),
    )


def _tokens_html(answer: Answer) -> _Html | str:
    if not answer.tokens:
        return ""
    rows = []
    for token in answer.tokens:
        p = _probability(token.logprob)
        sure = _el("span.small", _el("i", style=_width(p or 0, 1))) if p is not None else ""
        rows.append(
            _el(
                "tr",
                _el("td", _el(f"code.t{_class(token)}", _name(token))),
                _el("td.number", _percent(p) if p is not None else "", sure),
                _el("td", _el("bdi", _alternatives(token))),
            )
        )
    confidence = _confidence(answer)
    return _folded(
        "tokens",
        _("Tokens"),
        _el("p.hint", _("{confidence}. ␣ stands for a blank.").format(confidence=confidence)) if confidence else "",
        _table((_("token"), _("sure"), _("instead")), rows),
    )


def _settings_html(answer: Answer) -> _Html | str:
    settings = _settings(answer)
    rows = [
        _el(
            "tr",
            _el("th", name, scope="row"),
            _el("td", _el("bdi", value), _el("span.hint", f" {idle}") if idle else ""),
            _el("td", default),
        )
        for name, value, default, idle in settings
    ]
    return _folded("settings", _("Settings"), _table((_("setting"), _("value"), _("default")), rows)) if rows else ""


def _run_html(answer: Answer) -> _Html:
    card, timing = answer.card, answer.timing
    facts = [
        (N_("answered"), _when(answer.at)),
        (N_("profile"), answer.profile),
        (N_("seed"), str(answer.seed) if answer.settings.decoding(0).samples else ""),
        (N_("settings"), "" if _settings(answer) else _("all at their defaults")),
        (N_("peak memory"), f"{timing.peak_mb:.0f} MB" if _positive(timing.peak_mb) else ""),
        (N_("load"), _seconds(timing.load_s) if _positive(timing.load_s) else ""),
    ]
    if card is not None:
        facts += [
            (N_("model"), card.name),
            (N_("revision"), card.revision),
            (N_("weights"), card.weights_sha256),
            (N_("vocabulary"), card.tokenizer_sha256),
            (
                N_("device"),
                _("{device}, {precision}, {threads} threads").format(
                    device=card.device, precision=card.precision, threads=card.threads
                ),
            ),
            (N_("libraries"), ", ".join(f"{name} {version}" for name, version in card.versions.items())),
        ]
    facts.append((N_("answer"), answer.id))
    rows = [
        _el("tr", _el("th", _(label), scope="row"), _el("td", _el("bdi", value))) for label, value in facts if value
    ]
    return _folded("run", _("Run"), _el("table", _el("tbody", *rows)))


def _loose_ends(story: Story) -> list[_Html]:
    sections = []
    if story.unanswered:
        asked = (
            _joined(_foreign("p.question", question), _el("p.hint", _el("bdi", message)) if message else "")
            for question, message in story.unanswered
        )
        sections.append(_el("article.turn.loose", _el("h2", _("Questions without an answer")), *asked))
    for heading, texts in ((_("Notes"), story.notes), (_("Damaged lines in the file"), story.problems)):
        if texts:
            items = (_el("li", _el("bdi", text)) for text in texts)
            sections.append(_el("article.turn.loose", _el("h2", heading), _el("ul.lines", *items)))
    return sections


_PAGE = """<!doctype html>
<html lang="{lang}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; \
form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="format-detection" content="telephone=no">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
{body}
</body>
</html>
"""

# Colours are written once, for light and for dark; what they mean is also said by a line under the token or by words.
_STYLE = """
:root {
  --page: #f4f3ef; --card: #ffffff; --ink: #1d2129; --soft: #5c6470; --line: #e2e0d9; --accent: #2f5bd0;
  --mine: #e9eefc; --track: #eceae4; --alert: #8a3b12; --alert-back: #fdf0e4;
  --likely: #fff1b8; --unsure: #ffd394; --guess: #ffc2b3; --unsure-line: #a35a00; --guess-line: #b3261e;
  --encode: #8a94a6; --wait: #e0a526; --decode: #2f5bd0;
  --prefix: #8a94a6; --shot: #1f9486; --past: #8457c9; --asked: #2f5bd0; --cue: #c2841a; --end: #b9bec7;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #14161b; --card: #1d2027; --ink: #e9eaee; --soft: #a0a7b4; --line: #31353f; --accent: #8fb0ff;
    --mine: #26314d; --track: #2c3039; --alert: #f5b98c; --alert-back: #3a2a1e;
    --likely: #4a431c; --unsure: #6a4716; --guess: #75302a; --unsure-line: #ffb65c; --guess-line: #ff8a7a;
    --encode: #8a94a6; --wait: #e0a526; --decode: #7399f5;
    --prefix: #8a94a6; --shot: #3fb8a8; --past: #a98be0; --asked: #7399f5; --cue: #d9a04a; --end: #5d6573;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body {
  margin: 0 auto; padding: 1.5rem 1rem 3rem; max-width: 50rem; background: var(--page); color: var(--ink);
  font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif;
  overflow-wrap: anywhere;
}
p, h1, h2, h3, ul { margin: 0; padding: 0; }
ul { list-style: none; }
.brand { color: var(--accent); font-weight: 700; font-size: .85rem; letter-spacing: .04em; }
h1 { font-size: clamp(1.4rem, 5vw, 2rem); line-height: 1.2; margin: .15rem 0 .7rem; white-space: pre-wrap; }
.about { display: flex; flex-wrap: wrap; gap: .15rem 1.1rem; font-size: .875rem; }
.about span, .head span, .key, .hint, footer { color: var(--soft); }
.legend { margin: 1.25rem 0; padding: .8rem 0; border: solid var(--line); border-width: 1px 0; font-size: .875rem; }
.legend p + p { color: var(--soft); margin-top: .35rem; }
.keys { display: flex; flex-wrap: wrap; gap: .3rem .7rem; }
.turn {
  background: var(--card); border: 1px solid var(--line); border-radius: 14px; padding: 1rem 1.15rem 1.1rem;
  margin-top: 1.1rem;
}
h2 { font-size: .8rem; font-weight: 600; color: var(--soft); margin-bottom: .6rem; }
h2 a { color: inherit; text-decoration: none; }
h2 a:hover, h2 a:focus { text-decoration: underline; }
.turn:target { border-color: var(--accent); }
.question {
  background: var(--mine); border-radius: 12px; padding: .55rem .85rem; white-space: pre-wrap; width: fit-content;
  max-width: 100%;
}
.answer { font-size: 1.2rem; line-height: 1.6; margin: .8rem 0 .7rem; white-space: pre-wrap; }
.nothing { color: var(--soft); font-style: italic; }
.t { border-radius: 4px; -webkit-box-decoration-break: clone; box-decoration-break: clone; }
td .t { padding: .05rem .25rem; }
.likely { background: var(--likely); }
.unsure { background: var(--unsure); text-decoration: underline dotted 2px var(--unsure-line);
  text-underline-offset: .2em; }
.guess { background: var(--guess); text-decoration: underline wavy 1.5px var(--guess-line);
  text-underline-offset: .2em; }
.notes { display: flex; flex-wrap: wrap; gap: .4rem; margin-bottom: .8rem; font-size: .85rem; }
.notes li { border: 1px solid var(--line); border-radius: 8px; padding: .1rem .55rem; max-width: 100%; }
.notes .alert { background: var(--alert-back); color: var(--alert); border-color: transparent; }
.meters { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 17rem), 1fr)); gap: .8rem 1.6rem; }
.head { display: flex; justify-content: space-between; gap: .2rem .8rem; flex-wrap: wrap; font-size: .85rem; }
.head span, .number { font-variant-numeric: tabular-nums; }
.bar { display: flex; gap: 2px; height: 9px; border-radius: 5px; background: var(--track); overflow: hidden;
  margin: .3rem 0; }
.bar i { flex: 0 1 auto; min-width: 3px; }
.key { display: flex; flex-wrap: wrap; gap: 0 .9rem; font-size: .78rem; }
.key s { opacity: .8; }
.dot::before { content: ""; display: inline-block; width: .6em; height: .6em; border-radius: 50%; margin-right: .4em;
  background: var(--dot); }
i.encode { background: var(--encode); } i.wait { background: var(--wait); } i.decode { background: var(--decode); }
i.prefix { background: var(--prefix); } i.shot { background: var(--shot); } i.past { background: var(--past); }
i.asked { background: var(--asked); } i.cue { background: var(--cue); } i.end { background: var(--end); }
.dot.encode { --dot: var(--encode); } .dot.wait { --dot: var(--wait); } .dot.decode { --dot: var(--decode); }
.dot.prefix { --dot: var(--prefix); } .dot.shot { --dot: var(--shot); } .dot.past { --dot: var(--past); }
.dot.asked { --dot: var(--asked); } .dot.cue { --dot: var(--cue); } .dot.end { --dot: var(--end); }
.folds { display: flex; flex-wrap: wrap; gap: .4rem; margin-top: .9rem; }
details { font-size: .875rem; min-width: 0; max-width: 100%; }
.folds details[open], .others { flex: 1 0 100%; }
summary { cursor: pointer; width: fit-content; border: 1px solid var(--line); border-radius: 8px;
  padding: .3rem .7rem; color: var(--soft); }
summary:hover, details[open] > summary { color: var(--ink); border-color: var(--accent); }
summary:focus-visible, a:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.others { margin-top: .9rem; }
.other { border-left: 3px solid var(--line); padding-left: .9rem; margin-top: 1.1rem; }
.loose > .other:first-of-type { margin-top: 0; }
h3 { font-size: .8rem; font-weight: 600; color: var(--soft); margin-bottom: .4rem; }
.other .answer { font-size: 1.05rem; }
.text { font: .85rem/1.5 ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; white-space: pre-wrap;
  background: var(--page); border-radius: 8px; padding: .6rem .8rem; margin: .6rem 0; }
code { font: .92em ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; white-space: pre-wrap;
  padding: .05rem .2rem; }
table { border-collapse: collapse; width: 100%; margin-top: .5rem; }
th, td { text-align: start; vertical-align: top; padding: .3rem .6rem .3rem 0; border-bottom: 1px solid var(--line); }
th { font-weight: 500; color: var(--soft); overflow-wrap: normal; }
.prompt td:first-child { min-width: 6rem; }
.tokens td:first-child { min-width: 7rem; }
tr:last-child > * { border-bottom: 0; }
.gone { color: var(--soft); }
.gone td:first-child { text-decoration: line-through; }
.sum { font-weight: 600; }
.small { display: block; width: 4rem; max-width: 100%; height: 4px; border-radius: 2px; background: var(--track); }
.small i { display: block; height: 100%; border-radius: 2px; background: var(--accent); }
.hint { margin-top: .5rem; font-size: .85rem; }
.lines li { padding: .2rem 0; white-space: pre-wrap; }
.loose .question { margin-top: .7rem; }
footer { margin-top: 2rem; font-size: .8rem; text-align: center; }
@media (max-width: 30rem) {
  body { padding: 1rem .65rem 2rem; }
  .turn { padding: .85rem .85rem .95rem; }
  .answer { font-size: 1.12rem; }
}
@media print {
  body { max-width: none; background: none; }
  .turn { break-inside: avoid; }
  .t, .bar i, .dot::before, .small i { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
"""

EXPORTERS: Mapping[str, Callable[[Story], str]] = {
    "md": _markdown,
    "html": _html,
    "json": _json,
    "jsonl": _jsonl,
    "txt": _plain,
}
"""A session as text, by the ending of the file it goes to."""
