"""A session as JSON, or its answers as JSON Lines. Keys are those of the transcript; texts stay exact, in ASCII."""

from __future__ import annotations

import dataclasses

from flanchat import __version__
from flanchat.sessions.serialization import export_record
from flanchat.sessions.session_record import SessionRecord
from flanchat.sessions.transcript import json_text

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
        "answers": [export_record(answer) for answer in conversation.answers.values()],
        "grids": [
            {"asked": grid.question_id, "question": grid.question, "axes": grid.axes, "answers": grid.answers}
            for grid in record.grids
        ],
        **({"fills": [dataclasses.asdict(fill) for fill in record.fills]} if record.fills else {}),
        "whys": [{"answer": answer, **dataclasses.asdict(why)} for answer, whys in record.whys.items() for why in whys],
        "unanswered": [{"question": question, "message": message} for question, message in record.unanswered],
        "profile": record.profile and record.profile.as_dict(),
        "notes": record.notes,
        "problems": list(record.problems),
    }
    return _dump(session, indent=2) + "\n"


def to_jsonl(record: SessionRecord) -> str:
    """One answer per line, each with the id of its session."""
    answers = record.conversation.answers.values()
    return "".join(_dump({"session": record.session, **export_record(answer)}) + "\n" for answer in answers)


def _dump(value: object, indent: int | None = None) -> str:
    return json_text(value, indent=indent)
