"""A conversation as a file for others: Markdown, JSON, JSON Lines, text, one HTML page. Knows no terminal or model.

Questions, answers, names and damaged lines come from anywhere. In JSON they stay exact, escaped to ASCII; everywhere
else they pass through `terminal.show` and then stand where the format reads nothing: in a fence or code span that is
longer than any in the text (Markdown), indented (text), or escaped by `page.el`, which makes every element (HTML).
"""

from __future__ import annotations

import dataclasses
import json
import math
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from flanchat import __version__
from flanchat.base.errors import StorageError, UsageError
from flanchat.base.files import write_atomically
from flanchat.base.i18n import N_, _, cell_width, join_list
from flanchat.base.sanitize import show
from flanchat.engine.events import Alternative, Token, Warned
from flanchat.export.html import Html, el, foreign, joined, page
from flanchat.prompting.prompt import Prompt, Segment, drop_reason, format_drop, segment_name
from flanchat.prompting.settings import SETTINGS
from flanchat.sessions.conversation import Answer
from flanchat.sessions.serialization import answer_record, prompt_record
from flanchat.sessions.session_record import RecordedGrid, SessionRecord

JSON_VERSION = 1
SURE, LIKELY, UNSURE = 0.9, 0.6, 0.3
"""Where the confidence of a token changes its class: from SURE up it is not marked, below UNSURE most of all."""


def write_export(story: SessionRecord, path: Path, *, overwrite: bool = False) -> None:
    """Write `story` as the ending of `path` says, whole or not at all.

    Raises UsageError for an ending that is not in EXPORTERS, StorageError when the file cannot be written.
    """
    exporter = EXPORTERS.get(path.suffix.lower().removeprefix("."))
    if exporter is None:
        endings = [f".{ending}" for ending in EXPORTERS]
        raise UsageError(
            _("{path}: expected a name that ends in {some} or {last}, got {got}").format(
                path=path, some=join_list(endings[:-1]), last=endings[-1], got=path.suffix or _("no ending")
            )
        )
    if not overwrite and path.is_file():
        raise StorageError(_("{path}: exists already; choose another name or add --force").format(path=path))
    write_atomically(path, exporter(story).encode("utf-8"), overwrite=overwrite)


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


def _turns(story: SessionRecord) -> list[_Turn]:
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
    settings, idle = answer.settings, answer.settings.ineffective()
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
    return join_list(
        _("{part} ({reason})").format(part=segment_name(s), reason=drop_reason(s, prompt.limit))
        if s.reason
        else segment_name(s)
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
    return join_list(words) + (_(" and {count} more").format(count=len(weak) - 12) if len(weak) > 12 else "")


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


def _about(story: SessionRecord) -> list[tuple[str, str]]:
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
        (N_("grids"), str(len(story.grids)) if story.grids else ""),
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


def _outline(story: SessionRecord) -> Iterator[_Part]:
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
    for grid in story.grids:
        yield _Part("heading", _("What if"), level=2)
        yield _Part("fact", _("axes"), grid.axes)
        yield _Part("said", _("Question"), grid.question)
        for text, varied in grid.answers.items():
            yield _Part("said", _("Answer"), text)
            yield _Part("fact", _("cells"), _varied(varied))
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
            (
                segment_name(segment),
                str(segment.tokens) if segment.kept else _("dropped"),
                drop_reason(segment, prompt.limit),
            )
            for segment in prompt.segments
        ]
        rows.append((_("prompt"), str(prompt.tokens), _("of {limit} tokens").format(limit=prompt.limit)))
        lines = (f"{_padded(_line(a), -12)} {_padded(b, 7)}  {_line(c)}".rstrip() for a, b, c in rows)
        yield _Part("said", _("Ledger"), "\n".join(lines))


def _varied(varied: Iterable[tuple[int, str]]) -> str:
    """Cells of a grid, with what each of them varied."""
    now = _("as now")
    return " · ".join(f"{number} {words or now}" for number, words in varied)


def _padded(text: str, width: int) -> str:
    """A text with blanks around it, in cells. width: negative for blanks behind it."""
    blanks = " " * max(0, abs(width) - cell_width(text))
    return text + blanks if width < 0 else blanks + text


def _line(text: str) -> str:
    """Foreign text on one line."""
    return show(text).replace("\n", "↵").replace("\t", " ")


def _markdown(story: SessionRecord) -> str:
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


def _plain(story: SessionRecord) -> str:
    out: list[str] = []
    colon = _(": ")
    for part in _outline(story):
        if part.kind == "fact":
            out.append(f"{part.label}{colon}{_line(part.text)}" if part.label else f"    {_line(part.text)}")
        elif part.kind == "heading":
            out += [""] * bool(out) + [part.label, " =-~"[part.level] * cell_width(part.label)]
        else:
            out += [
                "",
                f"{part.label}{colon}".rstrip(),
                *(f"    {line}".rstrip() for line in show(part.text).split("\n")),
                "",
            ]
    return re.sub(r"\n\n\n+", "\n\n", "\n".join(out)).strip("\n") + "\n"


# JSON: the names are those of the transcript.


def _json(story: SessionRecord) -> str:
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
        "grids": [dataclasses.asdict(grid) for grid in story.grids],
        "unanswered": [{"question": question, "message": message} for question, message in story.unanswered],
        "profile": story.profile and story.profile.as_dict(),
        "notes": story.notes,
        "problems": list(story.problems),
    }
    return _dumped(whole, indent=2) + "\n"


def _jsonl(story: SessionRecord) -> str:
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


# HTML


def _html(story: SessionRecord) -> str:
    about = dict(_about(story))
    turns = _turns(story)
    title = story.name or next((turn.answer.question for turn in turns if turn.answer), "") or _("flanchat session")
    title = " ".join(title.split())
    title = title if len(title) <= 80 else title[:79] + "…"
    shown = ("started", "model", "profile", "branch", "turns", "answers in all", "grids")
    facts = [el("li", el("span", _(label)), " ", el("bdi", about[label])) for label in shown if label in about]
    coloured = any(turn.answer and _coloured(turn.answer) for turn in turns)
    return page(
        title,
        el("header", el("p.brand", "flanchat"), foreign("h1", title), el("ul.about", *facts)),
        _legend() if coloured else "",
        el("main", *(_turn_html(turn) for turn in turns), *_loose_ends(story)),
    )


def _legend() -> Html:
    classes = (
        ("t", _("{share:.0%} and up").format(share=SURE)),
        ("t.likely", _("{share:.0%} and up").format(share=LIKELY)),
        ("t.unsure", _("{share:.0%} and up").format(share=UNSURE)),
        ("t.guess", _("below")),
    )
    keys = (el(f"span.{name}", words) for name, words in classes)
    words = _(
        "How sure the model was of each token: its own probabilities, before temperature and penalties. "
        "Sure is not the same as right."
    )
    return el("aside.legend", el("p.keys", *(joined(key, " ") for key in keys)), el("p", words))


def _turn_html(turn: _Turn) -> Html:
    if turn.answer is None:
        others = (_other_html(other, None) for other in turn.others)
        return el("article.turn.loose", el("h2", _("Not on the present way")), *others, id="elsewhere")
    anchor = f"turn-{turn.number}"
    return el(
        "article.turn",
        el("h2", el("a", _("Turn {number}").format(number=turn.number), href=f"#{anchor}")),
        foreign("p.question", turn.answer.question),
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


def _other_html(other: _Other, present: Answer | None) -> Html:
    asks = present is None or other.answer.asked != present.asked
    branch = joined(" · ", _("branch"), " ", el("bdi", other.branch)) if other.branch else ""
    return el(
        "section.other",
        el("h3", other.label, branch),
        foreign("p.question", other.answer.question) if asks else "",
        _answer_html(other.answer),
    )


def _answer_html(answer: Answer) -> Html:
    coloured = _coloured(answer)
    text = coloured or answer.text
    notes = [el("li.alert", words) for words in (_(_FINISHES.get(answer.finish, "")), answer.message) if words]
    if answer.short and answer.short != answer.text:
        notes.append(el("li.short", _("short answer"), " ", foreign("b", answer.short)))
    if left_out := _dropped(answer.prompt):
        notes.append(el("li.alert", _("left out"), _(": "), el("bdi", left_out)))
    notes += [el("li.alert", el("bdi", _warning(warned))) for warned in answer.prompt.warnings]
    if answer.tokens and answer.text and not coloured:
        notes.append(el("li", _("not coloured: the tokens do not add up to this text")))
    folded = (_prompt_html(answer.prompt), _tokens_html(answer), _settings_html(answer), _run_html(answer))
    return el(
        "div.reply",
        foreign("p.answer", text) if answer.text else el("p.answer.nothing", _("no text")),
        el("ul.notes", *notes) if notes else "",
        el("div.meters", _time_meter(answer), _budget_meter(answer.prompt)),
        el("div.folds", *folded),
    )


def _coloured(answer: Answer) -> Html | None:
    """The answer's text, each token with how sure the model was; None where the tokens do not make up the text.

    The text is what the tokens say, stripped and cut at a stop text. It must begin where the tokens' first letter is.
    """
    whole = "".join(token.text for token in answer.tokens)
    begin = whole.find(answer.text)
    if not answer.text or begin < 0 or whole[:begin].strip():
        return None
    end, at = begin + len(answer.text), 0
    spans: list[str] = []
    for token in answer.tokens:
        piece = whole[max(at, begin) : min(at + len(token.text), end)]
        at += len(token.text)
        word = piece.lstrip()
        spans.append(piece[: len(piece) - len(word)])
        if word:
            spans.append(el(f"span.t{_class(token)}", word, title=_title(token)))
    return joined(*spans)


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
    return join_list(f"{_name(other)} {_percent(p)}" for other, p in others[:4])


def _meter(name: str, value: str, bar: list[Html], key: list[Html], words: str) -> Html:
    return el(
        "div.meter",
        el("p.head", el("b", name), " ", el("span", value)),
        el("div.bar", *bar, role="img", **{"aria-label": words}),
        el("p.key", *(joined(one, " ") for one in key)),
    )


def _time_meter(answer: Answer) -> Html:
    times = _times(answer)
    total = sum(value for *_, value in times)
    bar = [el(f"i.{name}", style=_width(value, total)) for name, __, value in times if value]
    key = [el(f"span.dot.{name}", f"{words} {_seconds(value)}") for name, words, value in times]
    figures = [_seconds(total) if times else "", _rate(answer), _in_and_out(answer)]
    value = " · ".join(part for part in figures if part)
    return _meter(_("Time"), value, bar, key, _timing(answer))


# Segments of other kinds, from a file of another version, look like a template.
_KINDS = {
    "prefix": "prefix", "shot": "shot", "turn": "past", "question": "asked", "cue": "cue", "template": "prefix",
    "end": "end",
}  # fmt: skip


def _budget_meter(prompt: Prompt) -> Html:
    kept = [segment for segment in prompt.segments if segment.kept and segment.tokens > 0]
    whole = max(prompt.limit, sum(segment.tokens for segment in kept))
    bar = [el(f"i.{_kind(segment)}", style=_width(segment.tokens, whole)) for segment in kept]
    key = []
    for kind in dict.fromkeys(str(segment.kind) for segment in kept):
        alike = [segment for segment in kept if segment.kind == kind]
        times = f" ×{len(alike)}" if len(alike) > 1 else ""
        key.append(
            el(
                f"span.dot.{_kind(alike[0])}",
                f"{segment_name(replace(alike[0], ref=0))}{times} {sum(s.tokens for s in alike)}",
            )
        )
    gone = [el("s", segment_name(segment)) for segment in prompt.segments if not segment.kept]
    value = _("{tokens} of {limit} tokens").format(tokens=prompt.tokens, limit=prompt.limit)
    return _meter(_("Prompt"), value, bar, key + gone, value)


def _kind(segment: Segment) -> str:
    return _KINDS.get(segment.kind, "prefix")


def _width(part: float, whole: float) -> str:
    return f"width:{part / whole * 100 if whole else 0:.2f}%"


def _folded(name: str, summary: str, *children: str) -> Html:
    return el(f"details.{name}", el("summary", summary), *children)


def _table(head: tuple[str, ...], rows: list[Html]) -> Html:
    return el(
        "table",
        el("thead", el("tr", *(el("th", words, scope="col") for words in head))),
        el("tbody", *rows),
    )


def _prompt_html(prompt: Prompt) -> Html | str:
    if not prompt.segments and not prompt.text:
        return ""
    rows = [
        el(
            "tr" if segment.kept else "tr.gone",
            el("td", el(f"span.dot.{_kind(segment)}", el("bdi", segment_name(segment)))),
            el("td.number", str(segment.tokens) if segment.kept else "–"),
            el("td", _("kept") if segment.kept else el("bdi", format_drop(segment, prompt.limit))),
        )
        for segment in prompt.segments
    ]
    rows.append(
        el(
            "tr.sum",
            el("td", _("prompt")),
            el("td.number", str(prompt.tokens)),
            el("td", _("of {limit}").format(limit=prompt.limit)),
        )
    )
    return _folded(
        "prompt",
        _("Prompt"),
        foreign("p.text", prompt.text) if prompt.text else "",
        _table((_("part"), _("tokens"), ""), rows),
    )


def _tokens_html(answer: Answer) -> Html | str:
    if not answer.tokens:
        return ""
    rows = []
    for token in answer.tokens:
        p = _probability(token.logprob)
        sure = el("span.small", el("i", style=_width(p or 0, 1))) if p is not None else ""
        rows.append(
            el(
                "tr",
                el("td", el(f"code.t{_class(token)}", _name(token))),
                el("td.number", _percent(p) if p is not None else "", sure),
                el("td", el("bdi", _alternatives(token))),
            )
        )
    confidence = _confidence(answer)
    return _folded(
        "tokens",
        _("Tokens"),
        el("p.hint", _("{confidence}. ␣ stands for a blank.").format(confidence=confidence)) if confidence else "",
        _table((_("token"), _("sure"), _("instead")), rows),
    )


def _settings_html(answer: Answer) -> Html | str:
    settings = _settings(answer)
    rows = [
        el(
            "tr",
            el("th", name, scope="row"),
            el("td", el("bdi", value), el("span.hint", f" {idle}") if idle else ""),
            el("td", default),
        )
        for name, value, default, idle in settings
    ]
    return _folded("settings", _("Settings"), _table((_("setting"), _("value"), _("default")), rows)) if rows else ""


def _run_html(answer: Answer) -> Html:
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
    rows = [el("tr", el("th", _(label), scope="row"), el("td", el("bdi", value))) for label, value in facts if value]
    return _folded("run", _("Run"), el("table", el("tbody", *rows)))


def _grid_html(grid: RecordedGrid) -> Html:
    answers = (
        joined(foreign("p.answer", text), el("p.hint", el("bdi", _varied(of)))) for text, of in grid.answers.items()
    )
    heading = el("h2", _("What if"), " ", el("bdi", grid.axes))
    return el("article.turn.loose", heading, foreign("p.question", grid.question), *answers)


def _loose_ends(story: SessionRecord) -> list[Html]:
    sections = [_grid_html(grid) for grid in story.grids]
    if story.unanswered:
        asked = (
            joined(foreign("p.question", question), el("p.hint", el("bdi", message)) if message else "")
            for question, message in story.unanswered
        )
        sections.append(el("article.turn.loose", el("h2", _("Questions without an answer")), *asked))
    for heading, texts in ((_("Notes"), story.notes), (_("Damaged lines in the file"), story.problems)):
        if texts:
            items = (el("li", el("bdi", text)) for text in texts)
            sections.append(el("article.turn.loose", el("h2", heading), el("ul.lines", *items)))
    return sections


EXPORTERS: Mapping[str, Callable[[SessionRecord], str]] = {
    "md": _markdown,
    "html": _html,
    "json": _json,
    "jsonl": _jsonl,
    "txt": _plain,
}
"""A session as text, by the ending of the file it goes to."""
