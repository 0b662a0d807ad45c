"""A what-if grid on the screen: one row per distinct answer, growing while the cells are answered.

Takes a terminal to draw on; rich is imported when there is something to draw.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

from flanchat.base.errors import FlanchatError
from flanchat.base.i18n import _, ngettext
from flanchat.base.sanitize import show
from flanchat.base.worddiff import DiffSpan, diff_words, format_diff, word_distance
from flanchat.experiments.grid import Distinct, Grid, GridCell, base_text, distinct, varied_words
from flanchat.sessions.conversation import Answer

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.text import Text

    from flanchat.ui.terminal import Terminal

_WIDE = 72  # cells that the table needs; where there are fewer, each answer is a paragraph
_AROUND = 8  # lines of the window that the answers of a growing grid do not get
_STYLES = {"same": "", "deleted": "strike dim", "inserted": "bold underline"}


def draw(
    terminal: Terminal,
    grid: Grid,
    events: Iterator[GridCell],
    current: Answer | None,
    *,
    diff: bool,
    waiting: Callable[[], str],
) -> None:
    """Draw the grid while its cells are answered, and once more when they are.

    current: what the answers are compared with; with `diff` the changes are marked in them. waiting: what to say while
    nothing has come yet. Raises what `events` raises, after what there is was drawn.
    """
    started = time.monotonic()
    moving = not terminal.plain and terminal.console.is_terminal

    def now() -> RenderableType:
        from rich.console import Group
        from rich.text import Text

        done = sum(cell.done for cell in grid.cells)
        words = waiting() if not any(cell.answer and cell.answer.tokens for cell in grid.cells) else ""
        state = words or _("{done} of {count} cells").format(done=done, count=len(grid.cells))
        table = _table(terminal, grid, base_text(grid, current), diff, lines=max(1, terminal.console.height - _AROUND))
        return Group(table, Text(show(state), style="dim"))

    problem: FlanchatError | None = None
    try:
        with _live(terminal, now) if moving else nullcontext():
            for _cell in events:
                pass
    except FlanchatError as error:
        problem = error
    finally:
        if problem is None or grid.begun:
            reprint(terminal, grid, current, diff=diff)
            terminal.note(_sum(grid, time.monotonic() - started))
    if problem is not None:
        raise problem


def reprint(terminal: Terminal, grid: Grid, current: Answer | None, *, diff: bool) -> None:
    """The finished grid."""
    base = base_text(grid, current)

    if terminal.plain or terminal.console.width < _WIDE:
        for found in distinct(grid):
            against = _against(found, base)
            names = (_("cells"), _("mean lp"), _("tokens"), "", "" if against == (_("same"),) else _("changed"))
            facts = zip(names, (_numbers(found), *_facts(found), *against), strict=False)
            terminal.say(" · ".join(f"{name} {value}".strip() for name, value in facts if value), "bold")
            terminal.console.print(_answer(terminal, found, base, diff))
            terminal.note("  " + varied_words(grid, found.cells))
        return
    terminal.console.print(_table(terminal, grid, base, diff))


def _live(terminal: Terminal, now: Callable[[], RenderableType]) -> Any:
    from rich.live import Live

    class Now:
        """What rich asks anew for each frame."""

        def __rich__(self) -> RenderableType:
            return now()

    return Live(Now(), console=terminal.console, refresh_per_second=5, transient=True, vertical_overflow="ellipsis")


def _table(terminal: Terminal, grid: Grid, base: str | None, diff: bool, lines: int | None = None) -> RenderableType:
    """The grid as a table. lines: how many its answers may take together; of each the end is shown then."""
    from rich import box
    from rich.table import Table as RichTable
    from rich.text import Text

    made = RichTable(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0), expand=True)
    made.add_column(Text(_("cells")), no_wrap=True, style="bold")
    made.add_column(Text(_("answer")), ratio=3, overflow="fold")
    made.add_column(Text("×"), justify="right", no_wrap=True)
    made.add_column(Text(_("what is varied")), ratio=2, overflow="fold", style="dim")
    made.add_column(Text(_("mean lp")), justify="right", no_wrap=True)
    made.add_column(Text(_("tokens")), justify="right", no_wrap=True)
    made.add_column(Text(_("time")), justify="right", no_wrap=True)
    if base is not None:
        made.add_column(Text(_("changed")), justify="right", no_wrap=True)
    answers = distinct(grid)
    each = None if lines is None else max(1, lines // len(answers)) * (terminal.console.width // 3)
    for found in answers[:lines]:
        varied = Text(show(varied_words(grid, found.cells)))
        if each is not None:
            varied.truncate(terminal.console.width // 5, overflow="ellipsis")
        made.add_row(
            _numbers(found),
            _last(_answer(terminal, found, base, diff), each),
            str(len(found.cells)),
            varied,
            *(_facts(found)),
            *(_against(found, base) if base is not None else ()),
        )
    return made


def _answer(terminal: Terminal, found: Distinct, base: str | None, diff: bool) -> Text:
    from rich.text import Text

    cell = found.cells[0]
    answer = cell.answer
    if cell.problem or (answer is not None and answer.finish == "error" and answer.at):
        return Text("! " + show(found.text), style="red")
    if answer is None or not (answer.text or answer.at):
        return Text("…", style="dim")
    if answer.finish == "interrupted" and not answer.tokens:
        return Text(_("not begun"), style="dim italic")
    if not answer.text.strip():
        return Text(_("(nothing)"), style="dim italic")
    ending = {"length": " […]", "interrupted": " [^C]"}.get(answer.finish, "") if answer.at else ""
    if diff and base is not None:
        text = _changes(diff_words(base, answer.text.strip()), styled=not terminal.plain)
    else:
        text = Text(show(answer.text.strip()))
    if answer.choices:
        ending = f" {max(answer.shares.values()):.1%}"
    return text.append(ending, style="dim")


def _last(text: Text, cells: int | None) -> Text:
    """The end of a text, so that it takes about that many cells."""
    from rich.text import Text

    if cells is None or text.cell_len <= cells:
        return text
    return Text("…") + text[-cells // (2 if text.cell_len > 1.5 * len(text) else 1) :]


def _changes(changes: Sequence[DiffSpan], *, styled: bool) -> Text:
    """A word diff in which style and marks say the same."""
    from rich.text import Text

    text = Text()
    for change in changes:
        text.append(show(format_diff((change,))), style=_STYLES[change.kind] if styled else "")
    return text


def _numbers(found: Distinct) -> str:
    """The cells' numbers, runs of them as START-END."""
    runs: list[list[int]] = []
    for number in found.numbers:
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    words = [str(r[0]) if len(r) == 1 else f"{r[0]}-{r[-1]}" for r in runs]
    return ",".join(words[:3]) + (",…" if len(words) > 3 else "")


def _facts(found: Distinct) -> tuple[str, str, str]:
    """Mean log-probability, tokens and seconds of the first of the cells."""
    from flanchat.ui.results import seconds

    answer = found.answer
    if answer is None or found.cells[0].problem:
        return "", "", ""
    mean = answer.mean_logprob
    took = seconds(answer.timing.total_s) if answer.at and answer.timing.total_s else ""
    return "" if mean is None else f"{round(mean, 2) + 0.0:.2f}", str(len(answer.tokens)), took


def _against(found: Distinct, base: str | None) -> tuple[str, ...]:
    """How much of the words differ from the current answer's."""
    answer = found.answer
    begun = answer is not None and (answer.tokens or answer.finish != "interrupted")
    if base is None or answer is None or not begun or found.cells[0].problem or not answer.at:
        return ("",) if base is not None else ()
    far = word_distance(base, answer.text.strip())
    return (_("same") if base.strip() == answer.text.strip() else f"{max(far, 0.01):.0%}",)


def _sum(grid: Grid, took_s: float) -> str:
    from flanchat.ui.results import seconds

    answers = {id(cell.answer): cell.answer for cell in grid.cells if cell.answer is not None}.values()
    count = len(distinct(grid))
    words = [
        ngettext("{count} cell", "{count} cells", len(grid.cells)).format(count=len(grid.cells)),
        ngettext("{count} answer", "{count} answers", count).format(count=count),
        ngettext("{count} prompt", "{count} prompts", grid.prompts).format(count=grid.prompts),
        ngettext("{count} row", "{count} rows", grid.rows).format(count=grid.rows),
        seconds(took_s),
    ]
    if any(answer.finish == "interrupted" for answer in answers):
        words.append(_("interrupted; what was finished is kept"))
    return " · ".join(words)
