"""One outline of a session, in reading order, from which Markdown, text and HTML are made. Holds no markup.

Its texts are as they were recorded: each format has to neutralise control characters and its own syntax.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from flanchat.base.format import clipped, format_count, format_percent
from flanchat.base.i18n import N_, _
from flanchat.experiments.model_diff_words import recorded_words
from flanchat.export.answer_outline import AnswerOutline, Fact, answer_outline, format_time, model_words
from flanchat.sessions.answer import Answer
from flanchat.sessions.conversation import Conversation
from flanchat.sessions.session_record import RecordedGrid, RecordedWhy, SessionRecord


@dataclass(frozen=True, slots=True)
class Alternate:
    """An answer that is not on the current branch. question: None when its turn asks the same one."""

    label: str
    branch: str
    question: str | None
    answer: AnswerOutline


@dataclass(frozen=True, slots=True)
class Turn:
    """A turn of the current branch. alternates: the other answers given at this turn, the oldest first."""

    number: int
    question: str
    answer: AnswerOutline
    alternates: tuple[Alternate, ...]


@dataclass(frozen=True, slots=True)
class Outline:
    """A session. abandoned: answers after the last turn of the current branch, which do not belong to it.

    unanswered: questions, each with its error message. lists: lines under a heading.
    """

    title: str
    facts: tuple[Fact, ...]
    turns: tuple[Turn, ...]
    abandoned: tuple[Alternate, ...]
    grids: Sequence[RecordedGrid]
    unanswered: Sequence[tuple[str, str]]
    lists: tuple[tuple[str, Sequence[str]], ...]


def outline(record: SessionRecord) -> Outline:
    """Lay out everything that an export for people contains."""
    conversation = record.conversation
    turns = conversation.turns
    *alternates, abandoned = _alternates(conversation, record.whys)
    title = record.name or next((answer.question for answer in turns), "")
    fills = [
        " · ".join([fill.text, *(f"{sentence} ({format_percent(share)})" for sentence, share in fill.sentences)])
        for fill in record.fills
    ]
    lists = (
        (_("Filled blanks"), fills),
        (_("Compared models"), list(map(recorded_words, record.diffs))),
        (_("Notes"), record.notes),
        (_("Damaged lines in the file"), record.problems),
    )
    return Outline(
        title=clipped(title, 80) or _("flanchat session"),
        facts=tuple(_session_facts(record)),
        turns=tuple(
            Turn(number, answer.question, answer_outline(answer, record.whys.get(answer.id, ())), others)
            for number, (answer, others) in enumerate(zip(turns, alternates, strict=True), 1)
        ),
        abandoned=abandoned,
        grids=record.grids,
        unanswered=record.unanswered,
        lists=tuple((heading, texts) for heading, texts in lists if texts),
    )


def _alternates(conversation: Conversation, whys: Mapping[str, Sequence[RecordedWhy]]) -> list[tuple[Alternate, ...]]:
    """The answers outside the current branch: a list for each of its turns, and one for those after the last turn.

    An answer that follows one of these is in the same list.
    """
    turns = list(conversation.turns)
    found: list[list[Alternate]] = [[] for _turn in (*turns, None)]
    place = {answer.id: at + 1 for at, answer in enumerate(turns)}  # the list of the answers that follow each answer
    current = set(place)
    branches = {branch.end.id: branch.name for branch in conversation.branches() if branch.end and branch.name}
    for answer in conversation.answers.values():
        if answer.id in current:
            continue
        at = place[answer.id] = place.get(answer.previous_id or "", 0)
        turn = turns[at] if at < len(turns) else None
        follows = answer.previous_id is not None and answer.previous_id not in current
        label = _("Follows another answer") if follows else _relation(answer, turn)
        question = answer.question if turn is None or answer.question_id != turn.question_id else None
        laid_out = answer_outline(answer, whys.get(answer.id, ()))
        found[at].append(Alternate(label, branches.get(answer.id, ""), question, laid_out))
    return [tuple(here) for here in found]


def _relation(other: Answer, turn: Answer | None) -> str:
    if turn is None:
        return _("Abandoned answer")
    if turn.continues == other.id:
        return _("Before it was continued")
    return (
        _("Another answer to this question")
        if other.question_id == turn.question_id
        else _("Another question at this turn")
    )


def _session_facts(record: SessionRecord) -> Iterator[Fact]:
    conversation = record.conversation
    turns, answers = conversation.turns, list(conversation.answers.values())
    facts = {
        N_("name"): record.name,
        N_("session"): record.session,
        N_("started"): format_time(record.started),
        N_("model"): ", ".join(dict.fromkeys(model_words(answer.card) for answer in answers if answer.card)),
        N_("profile"): ", ".join(dict.fromkeys(answer.profile for answer in answers if answer.profile)),
        N_("branch"): conversation.branch if len(conversation.branches()) > 1 else "",
        N_("turns"): format_count(len(turns)),
        N_("total answers"): format_count(len(answers)) if len(answers) > len(turns) else "",
        N_("grids"): format_count(len(record.grids)) if record.grids else "",
    }
    return (Fact(name, value) for name, value in facts.items() if value)


def brief_facts(facts: Iterable[Fact]) -> list[Fact]:
    """What the short form says of an answer: how it ended, and what a person says of it."""
    return [fact for fact in facts if fact.kind == "note" and fact.name not in ("warning", "dropped", "cut")]


def cell_words(cells: Iterable[tuple[int, str]]) -> str:
    """The cells of a grid that gave one answer."""
    current = _("current settings")
    return " · ".join(f"{number} {varied or current}" for number, varied in cells)
