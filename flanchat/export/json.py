"""A session as JSON, or its answers as JSON Lines. Keys are those of the transcript; texts stay exact, in ASCII."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

from flanchat import __version__
from flanchat.base.json_rows import json_text
from flanchat.sessions.serialization import export_record
from flanchat.sessions.session_record import SessionRecord

FORMAT_VERSION = 1


def to_json(record: SessionRecord) -> str:
    conversation = record.conversation
    session = {
        "format": "flanchat-session",
        "version": FORMAT_VERSION,
        "exported_by": __version__,
        "app_version": record.app_version,
        "session": record.session,
        "name": record.name,
        "started": record.started,
        "branch": conversation.branch,
        "branches": dict(conversation.ends),
        "way": [answer.id for answer in conversation.turns],
        "answers": list(_answers(record)),
        "grids": [
            {"asked": grid.question_id, "question": grid.question, "axes": grid.axes, "answers": grid.answers}
            for grid in record.grids
        ],
        **({"fills": [dataclasses.asdict(fill) for fill in record.fills]} if record.fills else {}),
        **({"diffs": [dataclasses.asdict(diff) for diff in record.diffs]} if record.diffs else {}),
        "whys": [{"answer": answer, **dataclasses.asdict(why)} for answer, whys in record.whys.items() for why in whys],
        "unanswered": [{"question": question, "message": message} for question, message in record.unanswered],
        "profile": record.profile and record.profile.as_dict(),
        "notes": record.notes,
        "problems": list(record.problems),
    }
    return json_text(session, indent=2) + "\n"


def to_jsonl(record: SessionRecord) -> str:
    """One answer per line, each with the id of its session."""
    return "".join(json_text({"session": record.session, **answer}) + "\n" for answer in _answers(record))


def _answers(record: SessionRecord) -> Iterator[dict[str, Any]]:
    """The answers, oldest first."""
    numbers = {answer.id: number for number, answer in enumerate(record.conversation.turns, 1)}
    for answer in record.conversation.answers.values():
        yield export_record(answer, turn=numbers.get(answer.id), forced=record.forced.get(answer.id, 0))
