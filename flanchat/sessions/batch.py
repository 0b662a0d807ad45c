"""Several answers made as one batch, or one by one. Knows neither terminal nor disk."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence

from flanchat.engine.events import Decoding, Delta, Event, Finished, Request, Started
from flanchat.engine.protocol import Engine
from flanchat.prompting.prompt import Exchange, Setup
from flanchat.sessions.choices import ScoredChoice, shared, winner
from flanchat.sessions.conversation import Answer, Timing


def unanswered(engine: Engine, setup: Setup, question: str, earlier: Sequence[Exchange] = (), *, seed: int) -> Answer:
    """An answer that is still to be made, with its prompt compiled. seed: taken when the settings say none."""
    given = setup.settings.value("seed")
    seed = seed if given is None else given
    prompt = setup.compile(question, earlier, engine.measure, seed=seed)
    return Answer(question, "", prompt, setup.settings, seed, profile=setup.profile.name)


def request(answer: Answer) -> Request:
    """What the engine is asked for this answer."""
    return Request(answer.prompt.text, answer.settings.decoding(answer.seed))


def answer_all(
    engine: Engine,
    answers: Sequence[Answer],
    requests: Sequence[Request] = (),
    *,
    choices: Sequence[Sequence[str]] = (),
    exact: bool = False,
) -> Iterator[int]:
    """Have the answers made; yield the index of each that has grown or ended.

    requests: in place of each answer's own. choices: what each is chosen from, () for one that is written; those that
    are chosen come last, each scored as a batch of its own. exact: one row at a time. Rows of a batch may differ in
    the last bits from a row alone, which decides where two tokens are as good as equally likely. Answers that were not
    reached when the engine was stopped end as `interrupted`. Raises what the engine raises; the others then end as
    `error`.
    """
    wanted = list(requests) or [request(answer) for answer in answers]
    written = [at for at in range(len(answers)) if not choices or not choices[at]]
    batches = [[at] for at in written] if exact else [written] if written else []
    stopped = False
    for batch in batches:
        if stopped:
            for at in batch:
                answers[at].finish = "interrupted"
                answers[at].end()
            continue
        running = set(batch)
        try:
            for event in engine.stream([wanted[at] for at in batch]):
                at = batch[event.row]
                answers[at].take(event, engine)
                answers[at].batch = len(batch)
                if isinstance(event, Finished):
                    running.discard(at)
                    stopped = stopped or event.finish == "interrupted"
                    answers[at].end()
                yield at
        finally:
            for at in running:
                answers[at].end()
    for at in range(len(answers)):
        if at in written:
            continue
        if stopped:
            answers[at].finish = "interrupted"
        try:
            for scored in () if stopped else score(engine, answers[at], choices[at]):
                answers[at].take(scored, engine)
        finally:
            answers[at].end()
        stopped = stopped or answers[at].finish == "interrupted"
        yield at


def score(engine: Engine, answer: Answer, choices: Sequence[str]) -> Iterator[Event]:
    """Score choices as one batch and tell of the likeliest as if the engine had answered it; note them all in the
    answer, but none when the engine was stopped."""
    measured = [engine.measure([choice]) for choice in choices]
    ids = [tuple(piece.id for piece in engine.pieces(choice)) for choice in choices]
    top = answer.settings.decoding(0).top
    requests = [
        Request(answer.prompt.text, Decoding(max_new_tokens=len(own) + 1, top=top), begin=own, only=True) for own in ids
    ]
    rows = [dataclasses.replace(answer, tokens=[], timing=Timing()) for __ in choices]
    for __ in answer_all(engine, rows, requests):
        pass
    total_s = max(row.timing.total_s for row in rows)
    if any(row.finish == "interrupted" for row in rows):
        yield Finished(0, "interrupted", 0, None, total_s)
        return
    found = [
        ScoredChoice(
            choice,
            len(row.tokens) + 1,
            sum(token.logprob for token in row.tokens) + (row.end_logprob or 0.0),
            unknown="".join(warned.chars for warned in of.warnings if warned.kind == "unk"),
            same_as=choices[ids.index(own)] if ids.index(own) < at else "",
        )
        for at, (choice, row, of, own) in enumerate(zip(choices, rows, measured, ids, strict=True))
    ]
    answer.choices, answer.batch = shared(found), len(rows)
    best = winner(answer.choices, answer.settings.value("choose"))
    row = rows[answer.choices.index(best)]
    timing = row.timing
    yield Started(0, answer.prompt.tokens, timing.encode_s, timing.reused)
    yield Delta(0, best.text, tuple(row.tokens))
    yield Finished(
        0, "eos", len(row.tokens), timing.first_token_s, total_s, peak_mb=timing.peak_mb, end_logprob=row.end_logprob
    )
