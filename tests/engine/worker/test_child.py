"""Events travel in groups; every row of a step travels with that step."""

from __future__ import annotations

from collections.abc import Iterator

from flanchat.engine.events import Delta, Event, Finished, Started, Withdrawn
from flanchat.engine.worker import child


def test_no_row_of_a_batch_is_a_step_behind_the_others():
    made: list[Event] = []

    def events() -> Iterator[Event]:
        for event in (
            *(Started(row, 1, 0.0) for row in range(3)),
            *(Delta(row, str(step), ()) for step in range(5000) for row in range(3)),
            *(Finished(row, "eos", 5000, None, 0.0) for row in range(3)),
        ):
            made.append(event)
            yield event

    sent: list[Event] = []
    for group in child._grouped(events()):
        sent += group
        assert sent == made  # nothing is held back once a group is sent
        last = group[-1]
        assert isinstance(last, Started | Finished) or last.row == 2
    assert len(sent) == 3 + 15_000 + 3


def test_what_follows_a_withdrawn_row_does_not_wait_for_it():
    """Else the events of the other rows would arrive after the widening, with the card of the wider precision."""
    ended, again = Finished(0, "eos", 0, None, 0.0), Started(1, 2, 0.0)
    events = [Started(0, 1, 0.0), Started(1, 1, 0.0), Withdrawn(1), ended, again, Finished(1, "eos", 0, None, 0.0)]

    groups = list(child._grouped(iter(events)))

    assert [event for group in groups for event in group] == events
    assert not any(ended in group and again in group for group in groups)
