"""Generate several answers to a prompt, of which one becomes the answer: beams, or sampled ones that vote."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence

from flanchat.engine.events import Event, Finish, Request
from flanchat.engine.protocol import Engine
from flanchat.sessions.answer import Answer, Timing
from flanchat.sessions.candidates import Candidate, seeds_of
from flanchat.sessions.collect import collect, events_of


@dataclasses.dataclass(frozen=True, slots=True)
class Progress:
    """Several answers are being generated, of which one becomes the answer: `done` of `count` have ended.

    tokens: of the longest one so far.
    """

    done: int
    count: int
    tokens: int


def is_of_several(answer: Answer, wanted: Request) -> bool:
    """Whether several answers are generated, of which this one becomes one. A given text is only scored."""
    return answer.settings.candidates > 1 and not wanted.only


def one_of_several(engine: Engine, answer: Answer, wanted: Request) -> Iterator[Event | Progress]:
    """The events of one answer that becomes the best of a beam search or the winner of a vote."""
    rows: list[Answer] = []
    try:
        while not rows or any(row.card != rows[0].card for row in rows):  # some in a wider precision: now all
            rows, requests = candidate_rows(answer, wanted)
            for __ in collect(engine.stream(requests), rows, engine.card):
                yield Progress(sum(row.ended for row in rows), len(rows), max(len(row.tokens) for row in rows))
            if any(row.finish == "interrupted" for row in rows):
                break
    except BaseException:
        _keep_candidates(answer, rows)
        raise
    yield from elect(answer, rows)


def candidate_rows(answer: Answer, wanted: Request) -> tuple[list[Answer], list[Request]]:
    """The rows of a batch that make the candidates of an answer, with their requests: beams, or sampled answers."""
    count, decoding = answer.settings.candidates, wanted.decoding
    if answer.settings.value("vote") > 1:
        decodings = [dataclasses.replace(decoding, seed=seed) for seed in seeds_of(decoding.seed, count)]
    else:
        decodings = [dataclasses.replace(decoding, beam=beam) for beam in range(count)]
    rows = [dataclasses.replace(answer, seed=own.seed, tokens=[], timing=Timing()) for own in decodings]
    return rows, [dataclasses.replace(wanted, decoding=own) for own in decodings]


def elect(answer: Answer, rows: Sequence[Answer]) -> Iterator[Event]:
    """Give an answer its candidates, and yield the events of the one that it becomes.

    rows: from `candidate_rows`, ended. What is there of interrupted ones is kept, and the answer is interrupted, too.
    """
    _keep_candidates(answer, rows)
    row = rows[0 if answer.vote is None else answer.vote.winner - 1]
    ends: dict[str, Finish] = {"length": "length", "stop": "stop"}
    finish = "interrupted" if any(each.finish == "interrupted" for each in rows) else ends.get(row.finish, "eos")
    total_s = max(each.timing.total_s for each in rows)
    # no first token: nothing is shown before the last one has ended
    yield from events_of(answer, row, row.text, finish, first_token_s=None, total_s=total_s)


def _keep_candidates(answer: Answer, rows: Sequence[Answer]) -> None:
    answer.batch = len(rows)
    answer.candidates = tuple(
        Candidate(row.text, row.short, row.finish, row.seed, tuple(row.tokens), row.end_logprob) for row in rows
    )
