"""Engine events into answers, and back. No terminal, no disk."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

from flanchat.engine.events import Delta, Event, Finish, Finished, Started, Withdrawn
from flanchat.engine.protocol import ModelCard
from flanchat.sessions.answer import Answer

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


def unseen(event: Delta, answer: Answer, begun: Answer) -> Delta | None:
    """What a part of a continued answer adds to `begun`, the answer that was cut; None for tokens that `begun` has.

    answer: with the event's text and tokens. The cut answer has shown its text to the end; this run first held some of
    it back, as it could become a stop text.
    """
    if event.tokens and len(answer.tokens) <= len(begun.tokens):
        return None
    text = answer.text
    shown, body = "".join(token.text for token in begun.tokens).lstrip(), text.lstrip()
    if not body.startswith(shown):  # the tokenizer has removed blanks before punctuation, so only letters compare
        letter_ends = [at for at, char in enumerate(body, 1) if not char.isspace()]
        shown = body[: max(letter_ends[: len("".join(shown.split()))], default=0)]
    end = len(text) - len(body) + len(shown)
    return replace(event, text=text[max(end, len(text) - len(event.text)) :])


def interrupt(answers: Iterable[Answer]) -> None:
    """End answers that were not begun."""
    for answer in answers:
        answer.finish = "interrupted"
        answer.end()


def events_of(
    answer: Answer, row: Answer, text: str, finish: Finish, *, first_token_s: float | None, total_s: float
) -> Iterator[Event]:
    """The events by which an answer becomes one of the rows that were computed for it, as if it had been alone."""
    timing = row.timing
    yield Started(0, answer.prompt.tokens, timing.encode_s, timing.reused)
    yield Delta(0, text, tuple(row.tokens))
    yield Finished(
        0,
        finish,
        len(row.tokens),
        first_token_s,
        total_s,
        peak_mb=timing.peak_mb,
        end_logprob=row.end_logprob,
        fewest_threads=timing.fewest_threads,
    )
