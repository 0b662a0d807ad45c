"""Several answers made as one batch, or one by one. Knows neither terminal nor disk."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flanchat.conversation import Answer
from flanchat.engine import Engine
from flanchat.events import Finished, Request
from flanchat.prompt import Exchange
from flanchat.setup import Setup


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
    engine: Engine, answers: Sequence[Answer], requests: Sequence[Request] = (), *, exact: bool = False
) -> Iterator[int]:
    """Have the answers made; yield the index of each that has grown or ended.

    requests: in place of each answer's own. exact: one row at a time. Rows of a batch may differ in the last bits from
    a row alone, which decides where two tokens are as good as equally likely. Answers that were not reached when the
    engine was stopped end as `interrupted`. Raises what the engine raises; the others then end as `error`.
    """
    wanted = list(requests) or [request(answer) for answer in answers]
    batches = [[at] for at in range(len(answers))] if exact else [list(range(len(answers)))]
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
