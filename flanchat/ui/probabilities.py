"""Draws probabilities as bars: an answer's tokens, what else was likely at one, scored choices. Knows no engine.

Weak tokens are marked by a line and by a digit, so that neither colour nor style is needed to see them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from flanchat.base.i18n import _, ngettext
from flanchat.base.sanitize import show
from flanchat.engine.events import Token
from flanchat.sessions.choices import ScoredChoice, covered, winner
from flanchat.sessions.conversation import Answer
from flanchat.ui.types import Alternatives, Confidence, Scores

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text

    from flanchat.ui.terminal import Terminal

SURE = 0.5
"""A token that is less likely than this is marked."""
LISTED = 20
"""An answer of more tokens has only its weak ones listed, unless all are asked for."""
_TOKEN = (("", "figure"), ("", "text"), ("", "bar"), ("", "figure"))
_WORTH = 0.01  # alternatives that are less likely than this are left to /alt
_EIGHTHS = " ▏▎▍▌▋▊▉"
_TENTHS = "⁰¹²³⁴"


def draw(terminal: Terminal, shown: Confidence | Alternatives | Scores) -> None:
    """Print it, as wide as the window allows."""
    if isinstance(shown, Confidence):
        _draw_confidence(terminal, shown.answer, shown.whole)
    elif isinstance(shown, Alternatives):
        _draw_alternatives(terminal, shown.answer, shown.token)
    else:
        _draw_scores(terminal, shown.choices, shown.by)


def bar(share: float, cells: int, *, fine: bool) -> str:
    """A share from 0 to 1 as a bar of at most `cells`; the smallest shows. fine: in eighths of a cell, else with #.

    >>> bar(0.5, 4, fine=False), bar(0.3, 4, fine=True), bar(1e-9, 4, fine=True)
    ('##', '█▎', '▏')
    """
    if not fine:
        return "#" * math.ceil(min(share, 1.0) * cells - 1e-9)
    eighths = max(1, round(min(share, 1.0) * cells * 8)) if share > 0 else 0
    return "█" * (eighths // 8) + _EIGHTHS[eighths % 8].strip()


def _draw_confidence(terminal: Terminal, answer: Answer, whole: bool) -> None:
    if not answer.tokens:
        terminal.note(_("The answer has no tokens."))
        return
    from rich.cells import cell_len

    weak = [math.exp(token.logprob) < SURE for token in answer.tokens]
    marked, legend = _marked(terminal, answer.tokens)
    terminal.console.print(marked)
    listed = whole or len(answer.tokens) <= LISTED
    table = _table(terminal, *_TOKEN, (_("likely instead"), "rest"))
    names = [named(token.text or _own_name(token), token.id) for token in answer.tokens]
    room = terminal.console.width - min(max(map(cell_len, names)), _text_cells(terminal)) - _bar_cells(terminal) - 20
    for number, (token, is_weak) in enumerate(zip(answer.tokens, weak, strict=True), 1):
        if listed or is_weak:
            style = "bold underline" if is_weak else ""
            others = _others(token, room)
            table.add_row(*_row(terminal, number, names[number - 1], token.logprob, style=style, rest=others))
    if answer.end_logprob is not None:
        is_weak = math.exp(answer.end_logprob) < SURE
        if listed or is_weak:
            style = "bold underline" if is_weak else "dim"
            table.add_row(*_row(terminal, 0, _("(end)"), answer.end_logprob, style=style))
    if table.row_count:
        terminal.console.print(table)
    if any(weak):
        terminal.note(legend)
    line = ngettext("{count} token", "{count} tokens", len(answer.tokens)).format(count=len(answer.tokens))
    line += _(", {weak} below {sure:.0%}; on average {mean}.").format(
        weak=sum(weak), sure=SURE, mean=percent(answer.mean_logprob or 0.0)
    )
    if not listed:
        line += _(" Only the weak ones are listed; /probs all lists every one.")
    terminal.note(line + " " + _("Raw model probabilities, before temperature, top-k, top-p and penalties."))


def _marked(terminal: Terminal, tokens: Sequence[Token]) -> tuple[object, str]:
    """The text with its weak tokens marked, and what the marks mean."""
    from rich.text import Text

    line = Text()
    fine = _is_fine(terminal)
    for token in tokens:
        likely = math.exp(token.logprob)
        if likely >= SURE:
            line.append(show(token.text))
            continue
        text = token.text.lstrip(" ")
        line.append(" " * (len(token.text) - len(text)))
        tenth = int(likely * 10)
        line.append(show(text), style="underline")
        line.append(_TENTHS[tenth] if fine else f"({tenth})", style="bold")
    if line.plain[:1] == " ":
        line = line[1:]
    low, high = (_TENTHS[0], _TENTHS[4]) if fine else ("(0)", "(4)")
    legend = _("Marked tokens had less than {sure:.0%}: {low} is below 10%, {high} is 40% to 50%.").format(
        sure=SURE, low=low, high=high
    )
    return line, legend


def _others(token: Token, room: int) -> str:
    """What else was likely, with the numbers that /alt takes: as many as have room on a line, in cells."""
    from rich.cells import cell_len

    line = ""
    for number, other in enumerate(token.top, 1):
        if other.id == token.id or math.exp(other.logprob) < _WORTH:
            continue
        longer = f"{line}  {number} {named(other.text, other.id)} {percent(other.logprob)}".strip()
        if line and cell_len(longer) > room:
            break
        line = longer
    return line


def _own_name(token: Token) -> str:
    """The name of a token that adds no text, where it is among the likeliest."""
    return next((other.text for other in token.top if other.id == token.id), "")


def _draw_alternatives(terminal: Terminal, answer: Answer, number: int) -> None:
    token = answer.tokens[number - 1]
    before = "".join(each.text for each in answer.tokens[: number - 1]).strip()
    place = _("Token {number} of {count}").format(number=number, count=len(answer.tokens))
    terminal.say(f"{place}: {_tail(before)}[{named(token.text, token.id)}]", "bold")
    if not token.top:
        terminal.note(_("It was recorded without alternatives; /regen answers again."))
        return
    table = _table(terminal, *_TOKEN, ("", "rest"))
    for rank, other in enumerate(token.top, 1):
        style, rest = ("bold", _("stands there")) if other.id == token.id else ("", "")
        table.add_row(*_row(terminal, rank, named(other.text, other.id), other.logprob, style=style, rest=rest))
    if token.id not in [other.id for other in token.top]:
        name = named(token.text or _own_name(token), token.id)
        table.add_row(*_row(terminal, 0, name, token.logprob, style="bold", rest=_("stands there")))
    terminal.console.print(table)
    terminal.note(
        _(
            "/alt {number} N takes number N and goes on from there; the old answer stays. Raw model probabilities."
        ).format(number=number)
    )


def _tail(text: str, cells: int = 30) -> str:
    words = " ".join(text.split())
    return "" if not words else f"{words} " if len(words) <= cells else f"... {words[-cells:]} "


def _draw_scores(terminal: Terminal, choices: Sequence[ScoredChoice], by: str) -> None:
    narrow = terminal.console.width < 60
    figures = [] if narrow else [(_("sum"), "figure"), (_("tokens"), "figure")]
    halves = ((_("by sum"), "bar"), ("", "figure"), (_("by mean"), "bar"), ("", "figure"))
    table = _table(terminal, (_("choice"), "text"), *halves, *figures)
    best = {rule: winner(choices, rule) for rule in ("sum", "mean")}
    cells = 4 if narrow else _bar_cells(terminal)
    for choice in sorted(choices, key=lambda choice: -choice.share(by)):
        row = [_styled(show(choice.text), "bold" if choice in best.values() else "")]
        for rule in ("sum", "mean"):
            share = choice.share(rule)
            won = choice is best[rule]
            row.append(_styled(bar(share, cells, fine=_is_fine(terminal)), "bold" if won else ""))
            row.append(_styled(f"{_share(share)}{'*' if won else ' '}", "bold" if won else ""))
        if not narrow:
            row += [_styled(f"{choice.sum_logprob:.2f}", ""), _styled(str(choice.tokens), "")]
        table.add_row(*row)
    terminal.console.print(table)
    for line in choice_warnings(choices):
        terminal.note(line)
    terminal.say(verdict(choices))
    terminal.note(
        _(
            "A sum counts every token and the end token, so it favours short answers; a mean per token favours long "
            "ones. Raw model probabilities, shared out among these choices; the model itself gives them {covered} "
            "together."
        ).format(covered=_share(covered(choices)))
    )


def verdict(choices: Sequence[ScoredChoice]) -> str:
    """Who wins, by both rules."""
    by_sum, by_mean = winner(choices, "sum").text, winner(choices, "mean").text
    if by_sum == by_mean:
        return _("By the sum and by the mean: {choice}.").format(choice=show(by_sum))
    return _("They differ. By the sum: {by_sum}. By the mean: {by_mean}.").format(
        by_sum=show(by_sum), by_mean=show(by_mean)
    )


def choice_warnings(choices: Iterable[ScoredChoice]) -> list[str]:
    """What the model does not get of the choices as they were written."""
    lines = []
    for choice in choices:
        if choice.unknown:
            lines.append(
                _("! {choice}: unknown to this model: {chars}").format(
                    choice=show(choice.text), chars=" ".join(show(choice.unknown[:12]))
                )
            )
        if choice.same_as:
            lines.append(
                _("! {choice}: the same tokens as {other}, so both count alike").format(
                    choice=show(choice.text), other=show(choice.same_as)
                )
            )
    return lines


def _share(share: float) -> str:
    return percent(math.log(share)) if share > 0 else percent(-math.inf)


def _table(terminal: Terminal, *columns: tuple[str, str]) -> Table:
    """A table without lines. columns: each with its head, and what it holds: text, bar, figure or rest."""
    from rich.table import Table as RichTable
    from rich.text import Text

    table = RichTable(box=None, pad_edge=False, padding=(0, 1), show_header=any(head for head, __ in columns))
    for head, holds in columns:
        table.add_column(
            Text(head, style="dim"),
            justify="right" if holds == "figure" else "left",
            no_wrap=holds in ("bar", "figure"),
            overflow="fold",
            max_width=_text_cells(terminal) if holds == "text" else None,
        )
    return table


def _row(
    terminal: Terminal, number: int, text: str, logprob: float, *, style: str = "", rest: str = ""
) -> tuple[Text, ...]:
    """The cells of a token. number: 0 for none."""
    drawn = bar(math.exp(logprob), _bar_cells(terminal), fine=_is_fine(terminal))
    cells = ((str(number or ""), "dim"), (text, style), (drawn, ""), (percent(logprob), ""), (rest, "dim"))
    return tuple(_styled(*cell) for cell in cells)


def _styled(text: str, style: str) -> Text:
    from rich.text import Text

    return Text(text, style=style)


def _text_cells(terminal: Terminal) -> int:
    """How wide a token or choice may be before it is broken."""
    return max(18, terminal.console.width // 3)


def _bar_cells(terminal: Terminal) -> int:
    return 20 if terminal.console.width >= 100 else 12 if terminal.console.width >= 60 else 6


def _is_fine(terminal: Terminal) -> bool:
    """Whether block characters can be shown; a screen reader is told # instead."""
    return not terminal.plain and terminal.console.encoding.lower().startswith("utf")


def percent(logprob: float) -> str:
    """A log-probability as a percentage that is never rounded to all or nothing.

    >>> percent(-0.5), percent(-1e-9), percent(-12.0)
    ('61%', '100%', '<0.1%')
    """
    share = math.exp(logprob) * 100
    if share < 0.1:
        return "<0.1%"
    return f"{share:.1f}%" if share < 9.95 else f"{share:.0f}%"


def named(text: str, token_id: int) -> str:
    """A token for the middle of a line: in quotes where its blanks would not show, by its number if it has no text."""
    shown = show(text.replace("\n", "↵").replace("\t", "→"))
    if not shown:
        return f"#{token_id}"
    return shown.strip(" ") or f'"{shown}"'
