"""Many answers as one batch or one by one, however each of them is made. No terminal, no disk."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import replace

from flanchat.engine.events import Event, Request
from flanchat.engine.protocol import Engine
from flanchat.prompting.prompt import Exchange, Measure
from flanchat.prompting.setup import Setup
from flanchat.sessions.answer import Answer
from flanchat.sessions.collect import collect, interrupt
from flanchat.sessions.contextual_calibration import Templates
from flanchat.sessions.one_of_several import Progress, is_of_several, one_of_several
from flanchat.sessions.scoring import score

MOST_ROWS = 1024
"""Answers that a caller may want computed together. Each takes memory, and where it ends the system ends the program.
"""


def unanswered(measure: Measure, setup: Setup, question: str, earlier: Sequence[Exchange] = (), *, seed: int) -> Answer:
    """An empty answer with its prompt compiled. seed: used unless the settings have one."""
    given = setup.settings.value("seed")
    seed = seed if given is None else given
    prompt = setup.compile(question, earlier, measure, seed=seed)
    return Answer(question, "", prompt, setup.settings, seed, profile=setup.profile.name)


def request(answer: Answer, top: int | None = None) -> Request:
    """The engine's request for this answer. top: how many alternatives to each token, if not as many as usual.

    Where there are many answers 0 is best: the alternatives of 10,000 answers would take 100 MB.
    """
    decoding = answer.settings.decoding(answer.seed)
    return Request(answer.prompt.text, decoding if top is None else replace(decoding, top=top))


def answer_all(
    engine: Engine,
    answers: Sequence[Answer],
    requests: Sequence[Request] = (),
    *,
    choices: Sequence[Sequence[str]] = (),
    templates: Templates | None = None,
    exact: bool = False,
    stopped: Callable[[], bool] = lambda: False,
) -> Generator[int, None, None]:
    """Fill in the answers; yield the index of each that has grown or ended.

    requests: replace the answers' own. choices: for each answer, what it is chosen from, or () to generate it. Answers
    with choices, and those that are one of several, come last, each as a batch of its own. templates: see `score`.
    exact: one row at a time. Where the engine does not promise the same bits, a row of a batch may differ from the same
    row alone in the last ones, which decides between tokens of nearly equal probability.
    stopped: whether the caller was asked to stop. `Engine.stop` stops a running batch only, and is lost when it comes
    between two: the caller's own mark is not. Answers not reached end as `interrupted`. Raises what the engine raises,
    after ending the batch's answers.
    """
    wanted = list(requests) or [request(answer) for answer in answers]
    if templates is None and any(answer.settings.value("choose") == "calibrated" for answer in answers):
        templates = Templates()  # one for all of them
    choices = choices or [()] * len(answers)
    generated = [at for at, of in enumerate(choices) if not of and not is_of_several(answers[at], wanted[at])]
    over = False
    for batch in [[at] for at in generated] if exact else [generated] if generated else []:
        some = [answers[at] for at in batch]
        if over or stopped():
            interrupt(some)
            continue
        for answer in some:
            answer.batch = len(some)
        for event in collect(engine.stream([wanted[at] for at in batch]), some, engine.card):
            if stopped():
                engine.stop()
            yield batch[event.row]
        over = any(answer.finish == "interrupted" for answer in some)
    for at, answer in enumerate(answers):
        if at in generated:
            continue
        if over or stopped():
            interrupt([answer])
        else:
            events = answer_events(engine, answer, wanted[at], choices[at], templates)
            for __ in collect(events, [answer], engine.card):
                if stopped():
                    engine.stop()
            over = answer.finish == "interrupted"
        yield at


def answer_events(
    engine: Engine,
    answer: Answer,
    wanted: Request,
    choices: Sequence[str] = (),
    templates: Templates | None = None,
) -> Iterator[Event | Progress]:
    """The events of one answer, as if the engine had generated it alone, however it is made.

    It is the likeliest of the choices if there are any, the best of a beam search or the winner of a vote if the
    settings say so, else what the engine generates. templates: see `score`.
    """
    if choices:
        return score(engine, answer, choices, templates)
    if is_of_several(answer, wanted):
        return one_of_several(engine, answer, wanted)
    return engine.stream([wanted])
