"""Score a fixed set of answers, of which the likeliest becomes the answer."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress

from flanchat.base.errors import EngineError, UsageError
from flanchat.base.i18n import _
from flanchat.engine.events import Decoding, Event, Finished, Request
from flanchat.engine.protocol import Engine
from flanchat.sessions.answer import COMPLETE, Answer, Timing
from flanchat.sessions.choices import (
    ScoredChoice,
    TemplateLogprobs,
    TokenizedChoice,
    calibrated,
    shared,
    tokenized,
    winner,
)
from flanchat.sessions.collect import collect, events_of
from flanchat.sessions.contextual_calibration import Templates, content_free_prompts


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
            for __ in collect(engine.stream(requests), rows, engine.card):
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


def choice_requests(
    answer: Answer, choices: Sequence[TokenizedChoice], prompts: Sequence[str], *, top: int | None = None
) -> list[Request]:
    """The rows of a batch that score the choices of an answer after each of the prompts. top: as in `batch.request`."""
    decoding = Decoding(top=answer.settings.decoding(0).top if top is None else top)
    return [Request(prompt, decoding, begin=choice.ids, only=True) for prompt in prompts for choice in choices]


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
    yield from events_of(answer, row, best.text, "eos", first_token_s=row.timing.first_token_s, total_s=total_s)


def _sum_logprob(row: Answer) -> float:
    return sum(token.logprob for token in row.tokens) + (row.end_logprob or 0.0)
