"""A replay as results to be shown one after the other."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

from flanchat.base.format import clipped
from flanchat.base.i18n import _
from flanchat.experiments.replay import Replay, Replayed
from flanchat.sessions.session_record import SessionRecord
from flanchat.ui.types import Comparison


def steps(work: Replay, path: Path, story: SessionRecord) -> Generator[str | Comparison, None, None]:
    """What there is to show of a replay, as it comes: what is to be known first, each turn, and what came of it all."""
    for problem in story.problems[:1]:
        more = _(" and {count} more").format(count=len(story.problems) - 1) if len(story.problems) > 1 else ""
        yield "! " + _("{path}: {problem}{more}; what can be read is replayed").format(
            path=path, problem=problem, more=more
        )
    for step in work.run():
        yield f"! {step}" if isinstance(step, str) else _shown(step)
    yield from last_lines(work)


def last_lines(work: Replay) -> Generator[str, None, None]:
    """The summary, and for a re-run whether it gave the same."""
    from flanchat.experiments.replay import summary_line

    summary = work.summary
    yield summary_line(summary)
    if work.is_rerun and summary.same == summary.turns:
        yield _("Identical: the recorded stamp gives the recorded answers.")


def progress(work: Replay) -> str:
    """Which turn is being answered."""
    at = min(work.summary.done + 1, len(work.turns))
    return _("turn {number} of {count}").format(number=at, count=len(work.turns))


def _shown(replayed: Replayed) -> str | Comparison:
    turn = replayed.turn
    title = _("turn {turn}: {question}").format(turn=turn.name, question=clipped(turn.old.question))
    if replayed.new is None:
        return f"{title}\n" + (_("not asked: {why}") if replayed.failed else "{why}").format(why=replayed.why)
    return Comparison(title, (_("recorded"), _("now")), turn.old, replayed.new, cut=replayed.cut)
