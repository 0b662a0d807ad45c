"""Engine events into answers: many answers as one batch or one by one, and scored choices. No terminal, no disk."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Sequence
from contextlib import suppress
from typing import TypeVar

from flanchat.base.errors import EngineError, UsageError
from flanchat.base.i18n import _
from flanchat.engine.events import Decoding, Delta, Event, Finish, Finished, Request, Started, Withdrawn
from flanchat.engine.protocol import Engine, ModelCard
from flanchat.prompting.prompt import Exchange, Measure, Setup
from flanchat.sessions.calibration import Templates, content_free_prompts
from flanchat.sessions.candidates import Candidate, seeds_of
from flanchat.sessions.choices import (
    ScoredChoice,
    TemplateLogprobs,
    TokenizedChoice,
    calibrated,
    shared,
    tokenized,
    winner,
)
from flanchat.sessions.conversation import COMPLETE, Answer, Timing

MOST_ROWS = 1024
"""Answers that a caller may want computed together. Each takes memory, and where it ends the system ends the program.
"""


@dataclasses.dataclass(frozen=True, slots=True)
class Progress:
    """Several answers are being generated, of which one becomes the answer: `done` of `count` have ended.

    tokens: of the longest one so far.
    """

    done: int
    count: int
    tokens: int


def unanswered(measure: Measure, setup: Setup, question: str, earlier: Sequence[Exchange] = (), *, seed: int) -> Answer:
    """An empty answer with its prompt compiled. seed: used unless the settings have one."""
    given = setup.settings.value("seed")
    seed = seed if given is None else given
    prompt = setup.compile(question, earlier, measure, seed=seed)
    return Answer(question, "", prompt, setup.settings, seed, profile=setup.profile.name)


def request(answer: Answer) -> Request:
    """The engine's request for this answer."""
    return Request(answer.prompt.text, answer.settings.decoding(answer.seed))


_AnyEvent = TypeVar("_AnyEvent")


def collect(
    events: Iterable[_AnyEvent], answers: Sequence[Answer], card: Callable[[], ModelCard]
) -> Generator[_AnyEvent, None, None]:
    """Add the events of a batch to its answers, one answer per row, and pass each event on.

    card: returns the card of the model that answers, as it is now: a wider precision changes it.
    When this ends, every answer has ended: one without a `Finished` event keeps its `finish`, which begins as `error`,
    or is `interrupted` after Ctrl-C or when nobody wants more events.
    """
    try:
        for event in events:
            if isinstance(event, Event):
                answers[event.row].take(event, card)
            yield event
    except (KeyboardInterrupt, GeneratorExit):
        interrupt(answer for answer in answers if not answer.ended)
        raise
    finally:
        for answer in answers:
            if not answer.ended:
                answer.end()


def settled(events: Iterable[_AnyEvent]) -> Generator[_AnyEvent, None, None]:
    """The events of one answer for a pipe, where nothing can be withdrawn: text that may be comes at the end."""
    held: list[_AnyEvent] = []
    hold = False
    try:
        for event in events:
            if isinstance(event, Started):
                hold = event.withdrawable
            if isinstance(event, Delta) and hold:
                held.append(event)
            elif isinstance(event, Withdrawn):
                held.clear()
            else:
                if isinstance(event, Finished):
                    yield from held
                    held.clear()
                yield event
    except (Exception, KeyboardInterrupt):
        yield from held
        raise


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
    generated = [at for at, of in enumerate(choices) if not of and not _is_of_several(answers[at], wanted[at])]
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


def interrupt(answers: Iterable[Answer]) -> None:
    """End answers that were not begun."""
    for answer in answers:
        answer.finish = "interrupted"
        answer.end()


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
    if _is_of_several(answer, wanted):
        return _one_of_several(engine, answer, wanted)
    return engine.stream([wanted])


def _is_of_several(answer: Answer, wanted: Request) -> bool:
    """Whether several answers are generated, of which this one becomes one. A given text is only scored."""
    return answer.settings.candidates > 1 and not wanted.only


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
    timing = row.timing
    yield Started(0, answer.prompt.tokens, timing.encode_s, timing.reused)
    yield Delta(0, row.text, tuple(row.tokens))
    ends: dict[str, Finish] = {"length": "length", "stop": "stop"}
    yield Finished(
        0,
        "interrupted" if any(each.finish == "interrupted" for each in rows) else ends.get(row.finish, "eos"),
        len(row.tokens),
        None,  # nothing is shown before the last one has ended
        max(each.timing.total_s for each in rows),
        peak_mb=timing.peak_mb,
        end_logprob=row.end_logprob,
        fewest_threads=timing.fewest_threads,
    )


def _keep_candidates(answer: Answer, rows: Sequence[Answer]) -> None:
    answer.batch = len(rows)
    answer.candidates = tuple(
        Candidate(row.text, row.short, row.finish, row.seed, tuple(row.tokens), row.end_logprob) for row in rows
    )


def _one_of_several(engine: Engine, answer: Answer, wanted: Request) -> Iterator[Event | Progress]:
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


def score(
    engine: Engine, answer: Answer, choices: Sequence[str], templates: Templates | None = None
) -> Iterator[Event]:
    """Score choices as one batch, and yield the events of the likeliest as if the engine had generated it.

    All of them are set as the answer's choices, or none when the engine is stopped.
    templates: what is known of templates alone, by which the choices are calibrated too. Where the text does not depend
    on that, it comes first, and stays if scoring the template is stopped or fails. None: calibrate only where the text
    depends on it.
    """
    decides = answer.settings.value("choose") == "calibrated"
    templates = Templates() if decides and templates is None else templates
    given = tokenized(engine, choices)
    free = {} if templates is None else content_free_prompts(answer.prompt, answer.question, engine.measure)
    if decides and not free:
        raise UsageError(_("choose=calibrated: the parts of the recorded prompt are unknown; ask its question again"))

    def score_rows(prompts: Sequence[str]) -> list[Answer]:
        requests = choice_requests(answer, given, prompts)
        rows: list[Answer] = []
        while not rows or any(row.card != rows[0].card for row in rows):  # some in a wider precision: now all
            rows = choice_rows(answer, requests)
            for __ in answer_all(engine, rows, requests):
                pass
        return rows

    own, alone = [answer.prompt.text], [*free.values()]
    if templates is None or not decides:
        rows = score_rows(own)
        for event in chosen(answer, given, rows):
            if isinstance(event, Finished) and answer.choices and templates is not None and free:
                with suppress(EngineError):
                    if not templates.get(free, choices, rows[0].card):
                        found = score_rows(alone)
                        templates.keep(free, choices, found[0].card, template_logprobs(found, free))
                    # not in another precision than the choices
                    answer.choices = calibrated(answer.choices, templates.get(free, choices, rows[0].card))
            yield event
        return
    card = engine.card()
    is_known = bool(templates.get(free, choices, card))
    rows = score_rows(own if is_known else own + alone)
    if is_known and rows[0].card != card:
        rows, is_known = score_rows(own + alone), False
    if not is_known:
        templates.keep(free, choices, rows[0].card, template_logprobs(rows[len(given) :], free))
    yield from chosen(answer, given, rows, templates.get(free, choices, rows[0].card))


def choice_requests(answer: Answer, choices: Sequence[TokenizedChoice], prompts: Sequence[str] = ()) -> list[Request]:
    """The rows of a batch that score the choices after the answer's prompt, or after each of these."""
    decoding = Decoding(top=answer.settings.decoding(0).top)
    return [
        Request(prompt, decoding, begin=choice.ids, only=True)
        for prompt in prompts or [answer.prompt.text]
        for choice in choices
    ]


def choice_rows(answer: Answer, requests: Sequence[object]) -> list[Answer]:
    """What `collect` fills in with the events of `choice_requests`."""
    return [dataclasses.replace(answer, tokens=[], timing=Timing()) for __ in requests]


def template_logprobs(rows: Sequence[Answer], free: Collection[str]) -> TemplateLogprobs:
    """Of rows of all choices after each content-free prompt; () when some were not scored."""
    if any(row.finish not in COMPLETE for row in rows):
        return ()
    sums, count = [_sum_logprob(row) for row in rows], len(rows) // len(free)
    return [dict(zip(free, sums[at::count], strict=True)) for at in range(count)]


def chosen(
    answer: Answer,
    choices: Sequence[TokenizedChoice],
    rows: Sequence[Answer],
    of_template: TemplateLogprobs = (),
) -> Iterator[Event]:
    """Set the scored choices as the answer's, and yield the events of the likeliest.

    rows: that have ended, of each choice; what follows these was computed for the answer, too.
    """
    total_s = max(row.timing.total_s for row in rows)
    if any(row.finish not in COMPLETE for row in rows):
        yield Finished(0, "interrupted", 0, None, total_s)
        return
    scored = [
        ScoredChoice(
            choice.text, len(row.tokens) + 1, _sum_logprob(row), unknown=choice.unknown, same_as=choice.same_as
        )
        for choice, row in zip(choices, rows, strict=False)
    ]
    answer.choices, answer.batch = calibrated(shared(scored), of_template), len(rows)
    best = winner(answer.choices, answer.settings.value("choose"))
    row = rows[answer.choices.index(best)]
    timing = row.timing
    yield Started(0, answer.prompt.tokens, timing.encode_s, timing.reused)
    yield Delta(0, best.text, tuple(row.tokens))
    yield Finished(
        0,
        "eos",
        len(row.tokens),
        timing.first_token_s,
        total_s,
        peak_mb=timing.peak_mb,
        end_logprob=row.end_logprob,
        fewest_threads=timing.fewest_threads,
    )


def _sum_logprob(row: Answer) -> float:
    return sum(token.logprob for token in row.tokens) + (row.end_logprob or 0.0)
