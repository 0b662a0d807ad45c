"""Draws a what-if grid: one row per distinct answer, growing while the cells are answered."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext

from rich.console import Group, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

from flanchat.base.errors import FlanchatError
from flanchat.base.format import format_divergence, format_duration, format_logprob, format_percent, format_range
from flanchat.base.i18n import _, cell_width, ngettext
from flanchat.base.sanitize import printable
from flanchat.base.worddiff import diff_words, word_distance
from flanchat.experiments.grid import Grid, GridCell
from flanchat.experiments.grid_results import Distinct, base_text, distinct, varied_words
from flanchat.experiments.seed_spread import seed_spreads
from flanchat.sessions.answer import Answer
from flanchat.ui import styles
from flanchat.ui.columns import CellText
from flanchat.ui.comparison import painted
from flanchat.ui.terminal import Terminal

_ANSWER_CELLS = 40  # that an answer and what was varied for it need together, with their gaps
_GAP = 2
_LINES_AROUND = 8  # lines of the window that the answers of a growing grid leave free
_MOST_SPREADS = 8  # lines about seeds; --json has all
_STYLES = {"same": "", "deleted": styles.LEFT_OUT, "inserted": styles.PUT_IN}


def draw(
    terminal: Terminal,
    grid: Grid,
    events: Iterator[GridCell],
    current: Answer | None,
    *,
    diff: bool,
    status: Callable[[], str],
) -> None:
    """Draw the grid while `events` answers its cells, and the finished grid at the end.

    current: the answer that the others are compared with; `diff` marks the differences. status: what to show before
    the first token. Raises what `events` raises, after the cells so far are drawn.
    """
    started = time.monotonic()
    is_live = not terminal.plain and terminal.console.is_terminal

    def frame() -> RenderableType:
        done = sum(cell.done for cell in grid.cells)
        line = status() if not any(cell.answer and cell.answer.tokens for cell in grid.cells) else ""
        cells = ngettext("{done} of {count} cell", "{done} of {count} cells", len(grid.cells))
        line = line or cells.format(done=done, count=len(grid.cells))
        state, base = Text(printable(line), style=styles.NOTE), base_text(grid, current)
        if not _fits(terminal, grid, base):  # paragraphs that grow would be higher than the window
            return state
        lines = max(1, terminal.console.height - _LINES_AROUND)
        return Group(_table(terminal, grid, base, diff, lines=lines), state)

    live = Live(
        get_renderable=frame,
        console=terminal.console,
        refresh_per_second=5,
        transient=True,
        vertical_overflow="ellipsis",
    )
    problem: FlanchatError | None = None
    try:
        with live if is_live else nullcontext():
            for _cell in events:
                pass
    except FlanchatError as error:
        problem = error
    finally:
        if problem is None or grid.begun:
            draw_finished(terminal, grid, current, diff=diff)
            for spread in seed_spreads(grid)[:_MOST_SPREADS]:
                terminal.note(spread.line)
            terminal.note(_summary(grid, time.monotonic() - started))
    if problem is not None:
        raise problem


def draw_finished(terminal: Terminal, grid: Grid, current: Answer | None, *, diff: bool) -> None:
    """Print the grid as it is now."""
    base = base_text(grid, current)
    if _fits(terminal, grid, base):
        terminal.console.print(_table(terminal, grid, base, diff))
        return
    for found in distinct(grid):
        changed = _changed(found, base)
        names = (
            _("cells"),
            _("avg logprob"),
            _("tokens"),
            _("time"),
            "" if changed == _("same") else _("changed"),
            "KL",
        )
        values = (_numbers(found), *_figures(found), changed, format_range(found.divergences, format_divergence))
        head = " · ".join(f"{name} {value}".strip() for name, value in zip(names, values, strict=True) if value)
        terminal.say((head, styles.LABEL))
        terminal.console.print(_answer(terminal, found, base, diff))
        terminal.say((varied_words(grid, found.cells), styles.NOTE), indent=2)


def _fits(terminal: Terminal, grid: Grid, base: str | None) -> bool:
    """Whether the columns leave room for the answers; else each answer is a paragraph."""
    if terminal.plain:
        return False
    rows = [_heads(grid, base), *(_fixed(found, grid, base) for found in distinct(grid))]
    fixed = sum(_GAP + max(map(cell_width, column)) for column in zip(*rows, strict=True))
    return terminal.console.width - fixed >= _ANSWER_CELLS


def _heads(grid: Grid, base: str | None) -> list[str]:
    """The heads of the columns that are not broken."""
    heads = [_("cells"), "×", _("avg logprob"), _("tokens"), _("time")]
    return heads + [_("changed")] * (base is not None) + ["KL"] * _has_kl(grid)


def _fixed(found: Distinct, grid: Grid, base: str | None) -> list[str]:
    """The cells below `_heads`."""
    cells = [_numbers(found), str(len(found.cells)), *_figures(found)]
    cells += [_changed(found, base)] if base is not None else []
    return cells + ([format_range(found.divergences, format_divergence)] if _has_kl(grid) else [])


def _has_kl(grid: Grid) -> bool:
    return any(cell.kl is not None for cell in grid.cells)


def _table(terminal: Terminal, grid: Grid, base: str | None, diff: bool, lines: int | None = None) -> RenderableType:
    """The grid as a table. lines: for all answers together, of each of which the end is shown; None for all of it."""
    is_growing = lines is not None  # then the columns keep their widths
    table = Table(box=None, header_style=styles.HEAD, pad_edge=False, padding=(0, _GAP, 0, 0), expand=is_growing)
    cells, times, *figures = _heads(grid, base)
    table.add_column(Text(cells), no_wrap=True, style=styles.LABEL)
    table.add_column(Text(_("answer")), ratio=3 if is_growing else None, overflow="fold")
    table.add_column(Text(times), justify="right", no_wrap=True)
    table.add_column(Text(_("varied")), ratio=2 if is_growing else None, overflow="fold", style=styles.NOTE)
    for head in figures:
        table.add_column(Text(head), justify="right", no_wrap=True)
    answers = distinct(grid)
    each = None if lines is None else max(1, lines // len(answers)) * (terminal.console.width // 3)
    for found in answers[:lines]:
        varied = CellText(printable(varied_words(grid, found.cells)))
        if each is not None:
            varied.truncate(terminal.console.width // 5, overflow="ellipsis")
        numbers, count, *rest = _fixed(found, grid, base)
        table.add_row(numbers, _end(_answer(terminal, found, base, diff), each), count, varied, *rest)
    return table


def _answer(terminal: Terminal, found: Distinct, base: str | None, diff: bool) -> Text:
    cell = found.cells[0]
    answer = cell.answer
    if cell.problem or (answer is not None and answer.finish == "error" and answer.ended):
        return Text("! " + printable(found.text), style=styles.FAILED)
    if answer is None or not (answer.text or answer.ended):
        return CellText("…", style=styles.NOTE)
    if answer.finish == "interrupted" and not answer.tokens:
        return Text(_("not begun"), style=styles.ABSENT)
    if not answer.text.strip():
        return Text(_("(empty)"), style=styles.ABSENT)
    suffix = _cut_marks(found.answers)
    if diff and base is not None:
        text = painted(diff_words(base, answer.text.strip()), dict.fromkeys(_STYLES, "") if terminal.plain else _STYLES)
    else:
        text = CellText(printable(answer.text.strip()))
    if answer.choices:
        shares = [max(answer.shares.values()) for answer in found.answers if answer.choices]
        suffix += f" {format_range(shares, format_percent)}"
    if votes := [answer.vote for answer in found.answers if answer.vote is not None]:
        suffix += f" {format_range([vote.share for vote in votes], format_percent)}"
    return text.append(suffix, style=styles.NOTE)


def _cut_marks(answers: Sequence[Answer]) -> str:
    """Marks of answers that were cut or interrupted; with their number where others of the same text were not."""
    marks = ""
    for finish, mark in (("length", "[…]"), ("interrupted", "[^C]")):
        count = sum(answer.ended and answer.finish == finish for answer in answers)
        if count:
            marks += f" {mark}" if count == len(answers) else f" {mark} {count}/{len(answers)}"
    return marks


def _end(text: Text, cells: int | None) -> Text:
    """The end of a text, about `cells` wide."""
    if cells is None or text.cell_len <= cells:
        return text
    characters = cells // (2 if text.cell_len > 1.5 * len(text) else 1)  # Chinese characters are two cells wide
    return Text("…") + text[-characters:]


def _numbers(found: Distinct) -> str:
    """The cells' numbers, with ranges as FIRST-LAST."""
    ranges: list[list[int]] = []
    for number in found.numbers:
        if ranges and ranges[-1][-1] == number - 1:
            ranges[-1].append(number)
        else:
            ranges.append([number])
    parts = [str(r[0]) if len(r) == 1 else f"{r[0]}-{r[-1]}" for r in ranges]
    return ",".join(parts[:3]) + (",…" if len(parts) > 3 else "")


def _figures(found: Distinct) -> tuple[str, str, str]:
    """Average log-probability, tokens and time of the cells, as ranges; "" for what they do not have.

    The time is the longest: those of a batch hardly differ, and a range would need the room of the answer.
    """
    if found.cells[0].problem:
        return "", "", ""
    answers = found.answers
    took_s = max((answer.timing.total_s for answer in answers if answer.ended), default=0.0)
    took = format_duration(took_s) if took_s else ""
    is_longest = any(answer.ended and format_duration(answer.timing.total_s) != took for answer in answers)
    return (
        format_range(found.mean_logprobs, format_logprob),
        format_range([len(answer.tokens) for answer in answers], str),
        f"≤ {took}" if is_longest else took,
    )


def _changed(found: Distinct, base: str | None) -> str:
    """The share of words that differ from the current answer; "" where there is nothing to compare."""
    answer = found.answer
    if base is None or answer is None or found.cells[0].problem or not answer.ended:
        return ""
    if answer.finish == "interrupted" and not answer.tokens:
        return ""
    text = answer.text.strip()
    if text == base.strip():
        return _("same")
    return format_percent(max(word_distance(base, text), 0.001))  # not 0% where only whitespace differs


def _summary(grid: Grid, took_s: float) -> str:
    answers = {id(cell.answer): cell.answer for cell in grid.cells if cell.answer is not None}.values()
    count = len(distinct(grid))
    parts = [
        ngettext("{count} cell", "{count} cells", len(grid.cells)).format(count=len(grid.cells)),
        ngettext("{count} answer", "{count} answers", count).format(count=count),
        ngettext("{count} prompt", "{count} prompts", grid.prompts).format(count=grid.prompts),
        ngettext("{count} row", "{count} rows", grid.rows).format(count=grid.rows),
        format_duration(took_s),
    ]
    if any(cell.kl is not None for cell in grid.cells):
        parts.append(_("KL in nats per token"))
    if any(answer.finish == "interrupted" for answer in answers):
        parts.append(_("interrupted; finished answers are kept"))
    return " · ".join(parts)
