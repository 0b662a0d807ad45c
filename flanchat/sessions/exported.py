"""A session read back from its export as JSON or JSON Lines: the events of which its transcript would consist.

Opens no file. An export has no contents of profiles, so its answers can be made again as recorded or with a profile
that is named.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

JsonObject = Mapping[str, Any]


def exported_events(text: str) -> Iterator[dict[str, Any]] | None:
    """The events of an exported session, in the form of `transcript.Events`; None when the text is no export."""
    try:
        whole = json.loads(text)
        session: JsonObject = whole if isinstance(whole, dict) else {}
        answers = session.get("answers") if session.get("format") == "flanchat-session" else None
    except (ValueError, RecursionError):
        session, answers = {}, None
    if answers is None:
        try:
            answers = [json.loads(line) for line in text.split("\n") if line.strip()]
        except (ValueError, RecursionError):
            return None
        session = answers[0] if answers and isinstance(answers[0], dict) else {}
    if not isinstance(answers, list) or not answers or not all(map(_is_answer, answers)):
        return None
    if len({answer["id"] for answer in answers}) < len(answers):
        return None
    return _events(session, answers)


def _is_answer(value: object) -> bool:
    return (
        isinstance(value, dict)
        and all(isinstance(value.get(name), str) for name in ("id", "asked", "question"))
        and isinstance(value.get("prompt"), dict)
    )


def _events(session: JsonObject, answers: Iterable[JsonObject]) -> Iterator[dict[str, Any]]:
    number, asked, head = 0, set(), None
    way = session.get("way")

    def event(type: str, parent: str | None = None, **fields: Any) -> dict[str, Any]:
        nonlocal number
        number += 1
        return {"id": f"exported-{number}", **fields, "type": type, "parent": parent, "n": number}

    about = {"name": session.get("name"), "app_version": session.get("app_version"), "session": session.get("session")}
    yield event("session.start", **about, ts=session.get("started") or session.get("at"))
    for answer in answers:
        question, id = answer["asked"], answer["id"]
        yield event("profile.use", name=answer.get("profile"))
        if question not in asked:
            asked.add(question)
            yield event("user", answer.get("before"), id=question, text=answer["question"], ts=answer.get("at"))
        yield event("prompt", question, **answer["prompt"])
        forced = {"from": {"token": answer["forced"]}} if answer.get("forced") else {}
        yield event("answer", question, **answer, **forced, ts=answer.get("at"))
        if choices := answer.get("choices"):
            yield event("choose", question, choices=choices, answer=id)
        if rating := answer.get("rating"):
            yield event("rating", id, value=rating)
        for text in answer.get("notes") or ():
            yield event("note", id, text=text, answer=id)
        if answer.get("turn"):
            head = id
    if isinstance(way, list) and way:
        head = way[-1]
    if head is not None:
        yield event("head", to=head, why="exported")
