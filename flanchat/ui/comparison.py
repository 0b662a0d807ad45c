"""Draws two answers with what changed between them: side by side where there is room. Knows neither model nor session.

Every colour stands beside a mark: [-gone-] and {+new+}, as `git diff --word-diff` has them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flanchat.base.i18n import _
from flanchat.base.sanitize import show
from flanchat.base.worddiff import DiffSpan, diff_words, format_diff, word_distance
from flanchat.experiments.replay import as_far, share_words
from flanchat.sessions.conversation import Answer
from flanchat.ui.types import Comparison

if TYPE_CHECKING:
    from rich.text import Text

    from flanchat.ui.terminal import Terminal

WIDE = 100
"""Columns that two answers side by side need."""
_STYLES = {"deleted": "red", "inserted": "green"}
_ARROW = " → "


def draw(terminal: Terminal, comparison: Comparison) -> None:
    """Print a comparison: its title, the texts, and a line of figures."""
    old, new = comparison.old, comparison.new
    terminal.say(comparison.title, "bold")
    kept = as_far(old, new) if comparison.cut else new.text
    changes = diff_words(show(old.text), show(kept))
    if all(change.kind == "same" for change in changes):
        terminal.say(kept)
    elif terminal.plain or terminal.console.width < WIDE:
        terminal.console.print(_painted(changes, ("same", "deleted", "inserted")))
    else:
        _beside(terminal, comparison.names, changes)
    terminal.note(figures(comparison, kept))
    for note in comparison.notes:
        terminal.note(note)


def _beside(terminal: Terminal, names: tuple[str, str], changes: tuple[DiffSpan, ...]) -> None:
    from rich import box
    from rich.table import Table as RichTable
    from rich.text import Text

    table = RichTable(box=box.SIMPLE_HEAD, pad_edge=False, expand=True)
    for name in names:
        table.add_column(Text(show(name)), ratio=1, overflow="fold")
    table.add_row(_painted(changes, ("same", "deleted")), _painted(changes, ("same", "inserted")))
    terminal.console.print(table)


def _painted(changes: tuple[DiffSpan, ...], kinds: tuple[str, ...]) -> Text:
    from rich.text import Text

    text = Text()
    for change in changes:
        if change.kind in kinds:
            text.append(format_diff((change,)), style=_STYLES.get(change.kind, ""))
    return text


def figures(comparison: Comparison, kept: str) -> str:
    """How the answers differ, and the tokens, confidence and time of both. kept: what of the new one counts."""
    old, new = comparison.old, comparison.new
    parts = [verdict(old.text, kept)]
    if comparison.cut:
        parts.append(_("as far as recorded"))
    parts.append(_("tokens {values}").format(values=_pair(str(len(old.tokens)), str(len(new.tokens)))))
    parts.append(_("mean log-probability {values}").format(values=_pair(_mean(old), _mean(new))))
    parts.append(_pair(f"{old.timing.total_s:.2f}", f"{new.timing.total_s:.2f}") + " s")
    return " · ".join(parts)


def verdict(old: str, new: str) -> str:
    """How two texts differ, in words."""
    if old == new:
        return _("same")
    changed = _("changed: {share} of the words").format(share=share_words(word_distance(old, new)))
    if old.split() == new.split():
        return _("only blanks differ")
    if old.startswith(new):
        return _("shorter, {changed}").format(changed=changed)
    return _("longer, {changed}").format(changed=changed) if new.startswith(old) else changed


def _pair(old: str, new: str) -> str:
    return old if old == new else f"{old}{_ARROW}{new}"


def _mean(answer: Answer) -> str:
    mean = answer.mean_logprob
    return "-" if mean is None else f"{mean:.2f}"
