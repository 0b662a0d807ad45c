"""The outline of a session line by line, for formats without a layout of their own. Holds no markup."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from flanchat.base.format import format_count
from flanchat.base.i18n import _, cell_width
from flanchat.base.sanitize import printable
from flanchat.export.answer_outline import AnswerOutline, Fact, WhyRow
from flanchat.export.outline import Alternate, brief_facts, cell_words, outline
from flanchat.prompting.prompt import drop_reason, format_drop, segment_name
from flanchat.sessions.session_record import SessionRecord


@dataclass(frozen=True, slots=True)
class Element:
    """A heading, a fact (a label, or "", and one line) or a block (a label and many lines)."""

    kind: Literal["heading", "fact", "block"]
    label: str
    text: str = ""
    level: int = 1


def elements(record: SessionRecord, *, brief: bool = False) -> Iterator[Element]:
    """The outline as a sequence of headings, facts and blocks. brief: questions and answers of the current branch."""
    session = outline(record)
    yield Element("heading", _("flanchat session"))
    yield from (Element("fact", fact.label, fact.value) for fact in session.facts)
    for turn in session.turns:
        yield Element("heading", _("Turn {number}").format(number=turn.number), level=2)
        yield Element("block", _("Question"), turn.question)
        if brief:
            yield Element("block", _("Answer"), turn.answer.text)
            yield from (Element("fact", fact.label, fact.value) for fact in brief_facts(turn.answer.facts))
            continue
        yield from _answer_elements(turn.answer, session.facts)
        yield from _alternate_elements(turn.alternates, session.facts)
    if brief:
        return
    if session.abandoned:
        yield Element("heading", _("Outside the current branch"), level=2)
        yield from _alternate_elements(session.abandoned, session.facts)
    for grid in session.grids:
        yield Element("heading", _("What if"), level=2)
        yield Element("fact", _("axes"), grid.axes)
        yield Element("block", _("Question"), grid.question)
        for text, cells in grid.answers.items():
            yield Element("block", _("Answer"), text)
            yield Element("fact", _("cells"), cell_words(cells))
    if session.unanswered:
        yield Element("heading", _("Unanswered questions"), level=2)
        for question, message in session.unanswered:
            yield Element("block", _("Question"), question)
            yield from [Element("fact", _("message"), message)] * bool(message)
    for heading, texts in session.lists:
        yield Element("heading", heading, level=2)
        yield from (Element("fact", "", text) for text in texts)


def _alternate_elements(alternates: Iterable[Alternate], known: Collection[Fact]) -> Iterator[Element]:
    for alternate in alternates:
        yield Element("heading", alternate.label, level=3)
        if alternate.branch:
            yield Element("fact", _("branch"), alternate.branch)
        if alternate.question is not None:
            yield Element("block", _("Question"), alternate.question)
        yield from _answer_elements(alternate.answer, known)


def _answer_elements(answer: AnswerOutline, known: Collection[Fact]) -> Iterator[Element]:
    """An answer with its facts, except those of the whole session and the details."""
    yield Element("block", _("Answer"), answer.text)
    yield from (Element("fact", f.label, f.value) for f in answer.facts if f.kind != "detail" and f not in known)
    if answer.prompt.text:
        yield Element("block", _("Prompt"), answer.prompt.text)
    if parts := answer.prompt.segments:
        tokens, limit = answer.prompt.tokens, answer.prompt.limit
        counts = [format_count(part.tokens) if part.kept else _("dropped") for part in parts]
        rows = [
            (segment_name(part), count, format_drop(part, limit) if part.cut else drop_reason(part, limit))
            for part, count in zip(parts, counts, strict=True)
        ]
        rows.append((_("prompt"), format_count(tokens), _("of {limit} tokens").format(limit=format_count(limit))))
        lines = (f"{_padded(one_line(a), -12)} {_padded(b, 7)}  {one_line(c)}".rstrip() for a, b, c in rows)
        yield Element("block", _("Ledger"), "\n".join(lines))
    for why in answer.whys:
        yield Element("block", _("Why: change of the log-probability without a part"), "\n".join(map(_why_line, why)))


def _why_line(row: WhyRow) -> str:
    words = [_padded(row.change, 8), _padded(one_line(row.name), -12), one_line(row.greedy)]
    return "  ".join([*words, *([one_line(row.answer)] if row.answer else [])])


def _padded(text: str, width: int) -> str:
    """Pad a text to a width in cells of a terminal: on its left, or on its right for a negative width."""
    blanks = " " * max(0, abs(width) - cell_width(text))
    return text + blanks if width < 0 else blanks + text


def one_line(text: str) -> str:
    """A recorded text, safe to print, on one line."""
    return printable(text).replace("\n", "↵").replace("\t", " ")
