"""What the index keeps of a transcript: a line for the list of sessions, and the texts that are searched."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flanchat.sessions.session_record import read_session
from flanchat.sessions.transcript_reader import Events, open_events


@dataclass(frozen=True, slots=True)
class SessionSummary:
    """A session in a list. All texts are as recorded: not yet safe to print.

    session: its id, or "". started: in UTC, or "". last: time of the last event; of a file without events, when it was
    written. turns: answers on the current branch. grids: number of what-if grids. question: the first one, on one line,
    clipped. profile, model: the last ones. problems: number of problems in the file. one_shot: a command that asks and
    ends made it, and nothing was asked in it since.
    """

    path: Path
    session: str = ""
    name: str = ""
    started: str = ""
    last: str = ""
    turns: int = 0
    grids: int = 0
    question: str = ""
    profile: str = ""
    model: str = ""
    problems: int = 0
    one_shot: bool = False


SearchText = tuple[int, str, str, str, str, str, str]
"""What is searched, with its place: turn, question's id, answer's id, question or name of the session, answer, notes,
rating."""

_QUESTION_CHARS = 120


def read_summary(path: Path) -> tuple[SessionSummary, list[SearchText]]:
    """What the index keeps of a file."""
    profile = model = last = ""
    one_shot = has_ended = False
    asked: list[tuple[str, str | None, str]] = []  # id, parent and text of each question

    def essential(events: Events) -> Iterator[dict[str, Any]]:
        """Most of a file is how each answer was made; the record is built without it, to save time."""
        nonlocal profile, model, last, one_shot, has_ended
        for event in events:
            kind, time = event["type"], _text(event.get("ts"))
            if _UTC.fullmatch(time) and not _is_review(event):  # rating answers moves no session in the list
                last = time
            if kind == "session.start":
                model = _text(event.get("model")) or model
                one_shot = event.get("one_shot") is True
            elif kind == "session.end":
                has_ended = True
            elif kind == "profile.use":
                profile = _text(event.get("name"))
            elif kind == "answer" and isinstance(event.get("model"), dict):
                model = _text(event["model"].get("id")) or model
            elif kind == "user":
                asked.append((event["id"], event.get("parent"), _text(event.get("text"))))
                one_shot = one_shot and not has_ended
            if kind != "prompt":
                yield _without_details(event)

    with open_events(path) as events:
        record = read_session(essential(events))
    conversation = record.conversation
    numbers: dict[str | None, int] = {None: 0}
    texts: list[SearchText] = [(0, "", "", _storable(record.name), "", "", "")] if record.name else []
    for id, answer in conversation.answers.items():
        numbers[id] = numbers[answer.previous_id] + 1
        ids = _storable(answer.question_id), _storable(id)
        notes = _storable("\n".join(answer.notes))
        texts.append((numbers[id], *ids, _storable(answer.question), _storable(answer.text), notes, answer.rating))
    answered = {answer.question_id for answer in conversation.answers.values()}
    unanswered = [question for question in asked if question[0] not in answered]
    texts += [(numbers.get(parent, 0) + 1, _storable(id), "", text, "", "", "") for id, parent, text in unanswered]
    questions = [answer.question for answer in (*conversation.turns, *conversation.answers.values())]
    questions += [*(grid.question for grid in record.grids), *(question for question, __ in record.unanswered)]
    summary = SessionSummary(
        path,
        session=_storable(record.session),
        name=_storable(record.name),
        started=_storable(record.started),
        last=last,
        turns=len(conversation.turns),
        grids=len(record.grids),
        question=_one_line(next((_storable(question) for question in questions if question), "")),
        profile=profile,
        model=model,
        problems=len(events.problems),
        one_shot=one_shot and not record.name,
    )
    return summary, texts


_UTC = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", re.ASCII)
_SURROGATE = re.compile("[\ud800-\udfff]")


def _is_review(event: dict[str, Any]) -> bool:
    return event["type"] in ("rating", "note.remove") or (event["type"] == "note" and "answer" in event)


def _without_details(event: dict[str, Any]) -> dict[str, Any]:
    if event["type"] not in ("answer", "profile.use"):
        return event
    return {key: event[key] for key in ("type", "id", "parent", "ts", "session", "text", "name") if key in event}


def _text(value: object) -> str:
    return _storable(value) if isinstance(value, str) else ""


def _storable(text: str) -> str:
    """Replace lone surrogates, which SQLite cannot store."""
    return text if text.isascii() else _SURROGATE.sub("\ufffd", text)


def _one_line(text: str) -> str:
    line = " ".join(text[: 4 * _QUESTION_CHARS].split())
    is_short = len(line) <= _QUESTION_CHARS and len(text) <= 4 * _QUESTION_CHARS
    return line if is_short else line[: _QUESTION_CHARS - 1] + "…"
