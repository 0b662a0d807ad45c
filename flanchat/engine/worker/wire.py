"""The wire format between a model process and its parent: plain JSON values. Knows no process and no pipe.

A message is a JSON object. The parent first sends what to load, then calls with a `number` and a `do`: "stream",
"measure", "pieces", "distributions", "step_costs", "attention", "gradient", or with the number of an earlier call
"stop" and "cancel". The child reports about itself with `status`, `remark`, `ready`, and `failed` with an `error`; it
answers each call, by its number, with `events` or `counted` (and the `card`, if that is another one since),
`interrupted` or `error`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from flanchat.base import errors
from flanchat.base.errors import EngineError, FlanchatError
from flanchat.base.i18n import in_english, translated
from flanchat.engine.checkpoint.validate import ModelSource
from flanchat.engine.events import (
    Alternative,
    Decoding,
    Delta,
    Event,
    Finished,
    Measured,
    Piece,
    Position,
    Request,
    Started,
    Token,
    Warned,
    Withdrawn,
)

Message = dict[str, Any]


def source_to_json(source: ModelSource) -> Message:
    adapter = None if source.adapter is None else str(source.adapter)
    return {**dataclasses.asdict(source), "folder": str(source.folder), "adapter": adapter}


def source_from_json(values: Message) -> ModelSource:
    adapter = None if values["adapter"] is None else Path(values["adapter"])
    return ModelSource(**{**values, "folder": Path(values["folder"]), "adapter": adapter})


def request_to_json(request: Request) -> Message:
    return dataclasses.asdict(request)


def request_from_json(values: Message) -> Request:
    decoding = {**values["decoding"], "stop": tuple(values["decoding"]["stop"])}
    return Request(**{**values, "decoding": Decoding(**decoding), "begin": tuple(values["begin"])})


def event_to_json(event: Event) -> list[Any]:
    """An event as a JSON list: its kind, then its fields in order. Lists because there is one for every token."""
    if isinstance(event, Delta):
        return ["Delta", event.row, event.text, list(map(_token_to_json, event.tokens))]
    return [type(event).__name__, *dataclasses.astuple(event)]


def event_from_json(values: list[Any]) -> Event:
    kind, *fields = values
    if kind == "Delta":
        row, text, tokens = fields
        return Delta(row, text, tuple(map(_token_from_json, tokens)))
    if kind == "Withdrawn":
        return Withdrawn(*fields)
    if kind == "Started":
        return Started(*fields)
    rival = fields.pop()
    finished = Finished(*fields)
    return finished if rival is None else dataclasses.replace(finished, end_rival=Alternative(*rival))


def _token_to_json(token: Token) -> list[Any]:
    return [token.id, token.text, token.logprob, [[a.id, a.text, a.logprob] for a in token.top]]


def _token_from_json(values: list[Any]) -> Token:
    id, text, logprob, top = values
    return Token(id, text, logprob, tuple(Alternative(*a) for a in top))


def positions_to_json(answers: Sequence[Sequence[Position]]) -> list[Any]:
    return [[[_token_to_json(p.token), p.kl, p.reverse_kl] for p in answer] for answer in answers]


def positions_from_json(values: list[Any]) -> tuple[tuple[Position, ...], ...]:
    return tuple(tuple(Position(_token_from_json(t), kl, reverse) for t, kl, reverse in answer) for answer in values)


def measured_to_json(measured: Measured) -> list[Any]:
    warnings = [[w.kind, w.count, w.chars] for w in measured.warnings]
    return [measured.parts, measured.total, measured.ids_sha256, warnings]


def measured_from_json(values: list[Any]) -> Measured:
    parts, total, ids_sha256, warnings = values
    return Measured(tuple(parts), total, ids_sha256, tuple(Warned(*w) for w in warnings))


def pieces_to_json(pieces: Sequence[Piece]) -> list[Any]:
    return [[p.id, p.name, p.source, p.unknown] for p in pieces]


def pieces_from_json(values: list[Any]) -> tuple[Piece, ...]:
    return tuple(Piece(*fields) for fields in values)


def text_to_json(text: str) -> list[str]:
    """A text for people, in their language and in English, which records are written in."""
    return [text, in_english(text)]


def text_from_json(values: list[str]) -> str:
    return translated(*values)


def error_to_json(error: FlanchatError) -> list[Any]:
    return [type(error).__name__, *text_to_json(error.message)]


def error_from_json(values: list[Any]) -> FlanchatError:
    """The error that was raised in the other process; EngineError for a kind that does not exist here."""
    kind, *message = values
    known = getattr(errors, kind, EngineError)
    return (known if issubclass(known, FlanchatError) else EngineError)(text_from_json(message))
