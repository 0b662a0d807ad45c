"""Draws two answers with their differences, side by side in a wide window; a replay is a series of these.

Colours never stand alone: [-removed-] and {+added+} are marked as `git diff --word-diff` does.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence

from rich.table import Table
from rich.text import Text

from flanchat.base.format import clipped, format_divergence, format_duration, format_logprob, format_percent
from flanchat.base.i18n import _
from flanchat.base.sanitize import printable
from flanchat.base.worddiff import DiffSpan, diff_words, format_diff, word_distance
from flanchat.experiments.replay import Replay, Replayed, as_far, same_share, summary_line
from flanchat.experiments.verify import Verification
from flanchat.ui import styles
from flanchat.ui.columns import CellText
from flanchat.ui.terminal import Terminal
from flanchat.ui.types import Comparison, ResultStream

_SIDE_BY_SIDE = 100  # cells
_OLD = {"same": "", "deleted": styles.REMOVED}
_NEW = {"same": "", "inserted": styles.ADDED}


def draw(terminal: Terminal, comparison: Comparison) -> None:
    """Print a comparison: its title, the texts, a line of figures and the notes."""
    old, new = comparison.old, comparison.new
    terminal.say((comparison.title, styles.TITLE))
    compared = as_far(old, new) if comparison.cut else new.text
    spans = diff_words(printable(old.text), printable(compared))
    if all(span.kind == "same" for span in spans):
        terminal.print(compared)
    elif terminal.plain or terminal.console.width < _SIDE_BY_SIDE:
        terminal.console.print(painted(spans, _OLD | _NEW))
    else:
        _draw_side_by_side(terminal, comparison.names, spans)
    terminal.note(figures(comparison, compared))
    for note in comparison.notes:
        terminal.note(note)
    if comparison.hint:
        terminal.hint(comparison.hint)


def _draw_side_by_side(terminal: Terminal, names: tuple[str, str], spans: tuple[DiffSpan, ...]) -> None:
    table = Table(box=None, header_style=styles.HEAD, padding=(0, 2, 0, 0), pad_edge=False, expand=True)
    for name in names:
        table.add_column(Text(printable(name)), ratio=1, overflow="fold")
    table.add_row(painted(spans, _OLD), painted(spans, _NEW))
    terminal.console.print(table)


def painted(spans: Sequence[DiffSpan], styles: Mapping[str, str]) -> Text:
    """A diff with the style of each kind of span; kinds without a style are left out."""
    parts = ((printable(format_diff((span,))), styles[span.kind]) for span in spans if span.kind in styles)
    return CellText.assemble(*parts)


def figures(comparison: Comparison, compared: str) -> str:
    """The difference of two answers, their tokens, average log-probability and time. compared: the new one's text."""
    old, new = comparison.old, comparison.new
    parts = [difference(old.text, compared)]
    if comparison.cut:
        parts.append(_("as far as recorded"))
    parts.append(_("tokens {values}").format(values=_change(str(len(old.tokens)), str(len(new.tokens)))))
    logprobs = _change(format_logprob(old.mean_logprob), format_logprob(new.mean_logprob))
    parts.append(_("avg logprob {values}").format(values=logprobs))
    if comparison.kl is not None:
        parts.append(_("KL {nats} nats per token").format(nats=format_divergence(comparison.kl)))
    times = _change(format_duration(old.timing.total_s), format_duration(new.timing.total_s))
    parts.append(_("time {values}").format(values=times))
    return " · ".join(parts)


def difference(old: str, new: str) -> str:
    """How two texts differ, in words."""
    if old == new:
        return _("same")
    if old.split() == new.split():
        return _("only whitespace differs")
    changed = _("{share} of the words changed").format(share=format_percent(word_distance(old, new)))
    if old.startswith(new):
        return _("shorter, {changed}").format(changed=changed)
    return _("longer, {changed}").format(changed=changed) if new.startswith(old) else changed


def _change(old: str, new: str) -> str:
    return old if old == new else f"{old} → {new}"


def replay_steps(replay: Replay) -> Generator[str | Comparison, None, None]:
    """What a replay shows as it runs: problems of the record, each turn, the summary."""
    problems = replay.record.problems
    for problem in problems[:1]:
        more = _(" and {count} more").format(count=len(problems) - 1) if len(problems) > 1 else ""
        yield "! " + _("{path}: {problem}{more}; the readable part is replayed").format(
            path=replay.source, problem=problem, more=more
        )
    yield from replay.notes
    for step in replay.run():
        yield f"! {step}" if isinstance(step, str) else _replayed_turn(step)
    yield from replay_summary(replay)


def replay_stream(replay: Replay) -> ResultStream:
    """A replay to be shown as it runs."""
    return ResultStream(replay_steps(replay), replay.stop, lambda: replay_progress(replay))


def replay_summary(replay: Replay) -> Generator[str, None, None]:
    """The last lines of a replay."""
    summary = replay.summary
    yield summary_line(summary)
    if not replay.is_rerun and (share := same_share(summary)) is not None:
        yield _("{share} of the answers are the same (95%: {low} to {high})").format(
            share=format_percent(share.mean, 1), low=f"{100 * share.low:.1f}", high=f"{100 * share.high:.1f}"
        )
    if replay.is_rerun and summary.same == summary.turns:
        yield _("Identical: model, settings and seeds as recorded give the recorded answers.")


def verify_steps(work: Verification) -> Generator[str, None, None]:
    """What a verification shows: its report, of all answers or of those that were made until it stopped."""
    for __ in work.run():
        pass
    yield from work.report()


def replay_progress(replay: Replay) -> str:
    """The turn that is being answered."""
    at = min(replay.summary.done + 1, len(replay.turns))
    return _("turn {number} of {count}").format(number=at, count=len(replay.turns))


def _replayed_turn(replayed: Replayed) -> str | Comparison:
    turn = replayed.turn
    title = _("turn {turn}: {question}").format(turn=turn.name, question=clipped(turn.old.question))
    if replayed.new is None:
        return f"{title}\n" + (_("not asked: {why}") if replayed.failed else "{why}").format(why=replayed.why)
    return Comparison(title, (_("recorded"), _("replayed")), turn.old, replayed.new, cut=replayed.cut)
