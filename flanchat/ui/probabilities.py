"""Draws probabilities as bars: of an answer's tokens, of the alternatives to one token, of scored choices.

Unlikely tokens are marked with a line and a digit, so that no colour is needed to see them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from rich.cells import cell_len
from rich.table import Table as RichTable
from rich.text import Text

from flanchat.base.format import bar, format_logprob, format_percent, format_probability
from flanchat.base.i18n import _, join_sentences, ngettext
from flanchat.base.sanitize import printable
from flanchat.engine.events import Token
from flanchat.sessions.answer import Answer
from flanchat.sessions.choices import RULES, ScoredChoice, covered, is_calibrated, winner
from flanchat.ui import styles
from flanchat.ui.columns import CellText
from flanchat.ui.terminal import Terminal, token_name
from flanchat.ui.types import (
    ALTERNATIVES_HINT,
    CONFIDENCE_HINT,
    SCORES_HINT,
    Alternatives,
    Confidence,
    Painted,
    Scores,
    Table,
)
from flanchat.ui.warnings import choice_warnings, template_warnings

LIKELY = 0.5
"""Tokens of a lower probability are marked."""
LISTED = 20
"""Of an answer with more tokens only the marked ones are listed, unless all are asked for."""
_SHARES_SHOWN = 6
_TOKEN_COLUMNS = (("", "figure"), ("", "text"), ("", "bar"), ("", "figure"))
_SHOWN_ALTERNATIVE = 0.01  # less likely ones are listed by /alt only


def draw(terminal: Terminal, shown: Confidence | Alternatives | Scores) -> None:
    """Print probabilities, as wide as the window allows."""
    if isinstance(shown, Confidence):
        _draw_confidence(terminal, shown.answer, shown.whole)
    elif isinstance(shown, Alternatives):
        _draw_alternatives(terminal, shown.answer, shown.token)
    else:
        _draw_scores(terminal, shown.choices, shown.by)


def _draw_confidence(terminal: Terminal, answer: Answer, whole: bool) -> None:
    if not answer.tokens:
        terminal.note(_("The answer has no tokens."))
        return
    unlikely = [math.exp(token.logprob) < LIKELY for token in answer.tokens]
    marked, legend = _mark(terminal, answer.tokens)
    terminal.console.print(marked)
    listed = whole or len(answer.tokens) <= LISTED
    table = bar_table(terminal, *_TOKEN_COLUMNS, (_("alternatives"), "rest"))
    names = [token_name(token.named, token.id) for token in answer.tokens]
    room = terminal.console.width - min(max(map(cell_len, names)), text_cells(terminal)) - bar_cells(terminal) - 20
    for number, (token, name, is_unlikely) in enumerate(zip(answer.tokens, names, unlikely, strict=True), 1):
        if listed or is_unlikely:
            style = styles.UNLIKELY if is_unlikely else ""
            others = _alternatives(token, room)
            table.add_row(*_row(terminal, number, name, token.logprob, style=style, rest=others))
    if answer.end_logprob is not None:
        is_unlikely = math.exp(answer.end_logprob) < LIKELY
        if listed or is_unlikely:
            style = styles.UNLIKELY if is_unlikely else styles.NOTE
            table.add_row(*_row(terminal, 0, _("(end)"), answer.end_logprob, style=style))
    if table.row_count:
        terminal.console.print(table)
    terminal.note(_confidence_line(answer, sum(unlikely), listed))
    if any(unlikely):
        terminal.hint(legend)
    terminal.hint(_(CONFIDENCE_HINT))


def _confidence_line(answer: Answer, unlikely: int, listed: bool) -> str:
    line = ngettext("{count} token", "{count} tokens", len(answer.tokens)).format(count=len(answer.tokens))
    line += _(", {count} below {limit}; sure {share}.").format(
        count=unlikely, limit=format_percent(LIKELY), share=format_percent(answer.confidence)
    )
    if (vote := answer.vote) is not None:  # of which the probabilities above say nothing
        line = join_sentences(line, _("{words}: {share}.").format(words=vote.words, share=format_percent(vote.share)))
    return line if listed else join_sentences(line, _("Only the unlikely ones are listed; /probs all lists every one."))


def _mark(terminal: Terminal, tokens: Sequence[Token]) -> tuple[object, str]:
    """The text with its unlikely tokens marked, and what the marks mean."""
    line = Text()
    fine = has_blocks(terminal)
    for token in tokens:
        probability = math.exp(token.logprob)
        if probability >= LIKELY:
            line.append(printable(token.text))
            continue
        text = token.text.lstrip(" ")
        line.append(" " * (len(token.text) - len(text)))
        tenth = int(probability * 10)
        line.append(printable(text), style=styles.UNLIKELY)
        line.append(_tenth(tenth, fine), style=styles.LABEL)
    if line.plain[:1] == " ":
        line = line[1:]
    legend = _("Marked tokens are below {limit}: {low} is below 10%, {high} is 40% to 50%.").format(
        limit=format_percent(LIKELY), low=_tenth(0, fine), high=_tenth(4, fine)
    )
    return line, legend


def _tenth(tenth: int, fine: bool) -> str:
    """The mark behind a token: no superscript, which behind a number is read as an exponent."""
    return f"‹{tenth}›" if fine else f"({tenth})"


def _alternatives(token: Token, room: int) -> str:
    """The other likely tokens with their numbers for /alt: as many as fit into `room` cells, at least one."""
    line = ""
    for number, other in enumerate(token.top, 1):
        if other.id == token.id or math.exp(other.logprob) < _SHOWN_ALTERNATIVE:
            continue
        longer = f"{line}  {number} {token_name(other.text, other.id)} {format_probability(other.logprob)}".strip()
        if line and cell_len(longer) > room:
            break
        line = longer
    return line


def _draw_alternatives(terminal: Terminal, answer: Answer, number: int) -> None:
    token = answer.tokens[number - 1]
    before = "".join(each.text for each in answer.tokens[: number - 1]).strip()
    context = f"{_tail(before)}[{token_name(token.text, token.id)}]"
    place = _("Token {number} of {count}: {text}")
    terminal.say((place.format(number=number, count=len(answer.tokens), text=context), styles.TITLE))
    if not token.top:
        terminal.note(_("It was recorded without alternatives; /regen answers again."))
        return
    table = bar_table(terminal, *_TOKEN_COLUMNS, ("", "rest"))
    for rank, other in enumerate(token.top, 1):
        style, rest = (styles.LABEL, _("chosen")) if other.id == token.id else ("", "")
        table.add_row(*_row(terminal, rank, token_name(other.text, other.id), other.logprob, style=style, rest=rest))
    if token.id not in [other.id for other in token.top]:
        name = token_name(token.named, token.id)
        table.add_row(*_row(terminal, 0, name, token.logprob, style=styles.LABEL, rest=_("chosen")))
    terminal.console.print(table)
    terminal.hint(_(ALTERNATIVES_HINT))
    terminal.hint(_(CONFIDENCE_HINT))


def _tail(text: str, width: int = 30) -> str:
    line = " ".join(text.split())
    return "" if not line else f"{line} " if len(line) <= width else f"... {line[-width:]} "


def _draw_scores(terminal: Terminal, choices: Sequence[ScoredChoice], by: str) -> None:
    rules = {"sum": _("by sum"), "mean": _("by average")}
    if is_calibrated(choices):
        rules["calibrated"] = _("calibrated")
    best = {rule: winner(choices, rule) for rule in rules}
    widest = min(max(cell_len(printable(choice.text)) for choice in choices), text_cells(terminal))
    room = (terminal.console.width - widest - 18) // len(rules)  # the columns of sums and tokens have 18 cells
    cells = max(4, min(bar_cells(terminal) * 2 // len(rules), room - 9))
    fine = has_blocks(terminal)

    def share(choice: ScoredChoice, rule: str) -> Painted:
        won, figure = choice is best[rule], format_percent(choice.share(rule))
        style = styles.LABEL if won else ""
        drawn = bar(choice.share(rule), cells, fine=fine)
        return Painted(((drawn + " " * (cells - len(drawn)), style), (f"{figure:>6}{'*' if won else ' '}", style)))

    ranked = sorted(choices, key=lambda choice: -choice.share(by))
    rows: tuple[tuple[str | Painted, ...], ...] = tuple(
        (
            choice.text,
            *(share(choice, rule) for rule in rules),
            format_logprob(choice.sum_logprob),
            str(choice.tokens),
        )
        for choice in ranked
    )
    marked = tuple(at for at, choice in enumerate(ranked) if choice in best.values())
    terminal.table(Table("", (_("choice"), *rules.values(), _("sum"), _("tokens")), rows, marked=marked))
    for line in (*choice_warnings(choices), *template_warnings(choices)):
        terminal.note(line)
    together = _("The model's probability of all choices together: {share}.").format(
        share=format_percent(covered(choices))
    )
    terminal.say((join_sentences(verdict(choices), together), ""))
    terminal.hint(_(SCORES_HINT))


def shares_line(choices: Sequence[ScoredChoice], by: str) -> str:
    """What an answer was chosen from: positive 98% · negative 2.1%, and the other rule's winner where it differs.

    by: the rule that chose.
    """
    ranked = sorted(choices, key=lambda choice: -choice.share(by))
    parts = [f"{printable(choice.text)} {format_percent(choice.share(by))}" for choice in ranked[:_SHARES_SHOWN]]
    if len(ranked) > _SHARES_SHOWN:
        parts.append(_("{count} more").format(count=len(ranked) - _SHARES_SHOWN))
    other = winner(choices, "sum" if by == "mean" else "mean").text
    if other != ranked[0].text:
        best = _("best by sum: {choice}") if by == "mean" else _("best by average: {choice}")
        parts.append(best.format(choice=printable(other)))
    return " · ".join(parts)


def verdict(choices: Sequence[ScoredChoice]) -> str:
    """The winner by each rule."""
    known = RULES if is_calibrated(choices) else RULES[:2]
    by_sum, by_mean, *calibrated = (printable(winner(choices, rule).text) for rule in known)
    if calibrated == [by_sum] == [by_mean]:
        return _("Best by sum, by average and calibrated: {choice}.").format(choice=by_sum)
    if by_sum == by_mean:
        line = _("Best by sum and by average: {choice}.").format(choice=by_sum)
    else:
        line = _("Best by sum: {by_sum}. Best by average: {by_mean}.").format(by_sum=by_sum, by_mean=by_mean)
    if not calibrated:
        return line
    return join_sentences(line, _("Best calibrated: {choice}.").format(choice=calibrated[0]))


def bar_table(terminal: Terminal, *columns: tuple[str, str]) -> RichTable:
    """A table without lines. columns: the head of each and its content: text, bar, figure or rest."""
    table = RichTable(
        box=None,
        pad_edge=False,
        padding=(0, 1),
        header_style=styles.HEAD,
        show_header=any(head for head, __ in columns),
    )
    for head, content in columns:
        table.add_column(
            Text(head),
            justify="right" if content == "figure" else "left",
            no_wrap=content in ("bar", "figure"),
            overflow="fold",
            max_width=text_cells(terminal) if content == "text" else None,
        )
    return table


def _row(
    terminal: Terminal, number: int, text: str, logprob: float, *, style: str = "", rest: str = ""
) -> tuple[Text, ...]:
    """The cells of a token. number: 0 for none."""
    drawn = bar(math.exp(logprob), bar_cells(terminal), fine=has_blocks(terminal))
    cells = (
        (str(number or ""), styles.NOTE),
        (text, style),
        (drawn, ""),
        (format_probability(logprob), ""),
        (rest, styles.NOTE),
    )
    return tuple(CellText(*cell) for cell in cells)


def text_cells(terminal: Terminal) -> int:
    """The width at which a token or choice is broken."""
    return max(18, terminal.console.width // 3)


def bar_cells(terminal: Terminal) -> int:
    return 20 if terminal.console.width >= 100 else 12 if terminal.console.width >= 60 else 6


def has_blocks(terminal: Terminal) -> bool:
    """Whether block characters can be shown. A plain terminal may be a screen reader, which reads # aloud instead."""
    return not terminal.plain and terminal.console.encoding.lower().startswith("utf")
