"""The rows of a batch as a whole, for callers that need no event before the batch has ended."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from flanchat.engine.events import Alternative, Delta, Event, Finish, Started, Token, Withdrawn


@dataclass(slots=True)
class Row:
    """What the engine made of a request. finish, end_logprob, end_rival: see Finished.

    withdrawals: how often it began again, each time in a wider precision.
    """

    prompt_tokens: int = 0
    text: str = ""
    tokens: list[Token] = field(default_factory=list)
    finish: Finish = "interrupted"
    end_logprob: float | None = None
    end_rival: Alternative | None = None
    withdrawals: int = 0


def answered_rows(events: Iterable[Event], count: int) -> list[Row]:
    """Read the events of a batch of `count` requests to their end."""
    rows = [Row() for __ in range(count)]
    for event in events:
        row = rows[event.row]
        if isinstance(event, Started):
            row.prompt_tokens = event.prompt_tokens
        elif isinstance(event, Delta):
            row.text += event.text
            row.tokens += event.tokens
        elif isinstance(event, Withdrawn):
            row.text = ""
            row.tokens.clear()
            row.withdrawals += 1
        else:
            row.finish, row.end_logprob, row.end_rival = event.finish, event.end_logprob, event.end_rival
    return rows
