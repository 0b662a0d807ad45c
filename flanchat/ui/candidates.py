"""Draws the answers of which one became the answer: the groups of a vote with their counts, or the best of a search."""

from __future__ import annotations

import math

from rich.text import Text

from flanchat.base.format import NOTHING, bar, finish_reason, format_percent, format_probability
from flanchat.base.i18n import _, join_sentences
from flanchat.base.sanitize import printable
from flanchat.prompting.settings import VOTE_TEMPERATURE
from flanchat.sessions.answer import Answer
from flanchat.sessions.candidates import Vote, left_out_words, tie_words
from flanchat.sessions.fill import Filled
from flanchat.ui import styles
from flanchat.ui.columns import CellText
from flanchat.ui.probabilities import bar_table
from flanchat.ui.terminal import Terminal
from flanchat.ui.types import CONFIDENCE_HINT

LIKELY_BEGIN = 0.5
"""A model that begins to fill by itself with a lower probability was hardly trained for it."""


def draw(terminal: Terminal, answer: Answer) -> None:
    """Print the candidates of an answer."""
    if answer.vote is not None:
        _draw_vote(terminal, answer, answer.vote)
    else:
        _draw_best(terminal, answer)


def _draw_vote(terminal: Terminal, answer: Answer, vote: Vote) -> None:
    table = bar_table(
        terminal, (_("answers"), "figure"), ("", "rest"), (_("says"), "rest"), (_("likeliest"), "rest"),
        (_("per token"), "figure"),
    )  # fmt: skip
    cells = 12 if terminal.console.width >= 60 else 6
    for group in vote.groups:
        best = answer.candidates[group.numbers[0] - 1]
        style = styles.LABEL if group is vote.groups[0] else ""
        drawn = bar(len(group.numbers) / vote.asked, cells, fine=not terminal.plain)
        mean = NOTHING if math.isinf(best.mean_logprob) else format_probability(best.mean_logprob)
        texts = (str(len(group.numbers)), drawn, printable(group.text) or _("(empty)"), str(group.numbers[0]), mean)
        table.add_row(*(CellText(text, style) for text in texts))
    if vote.groups:
        terminal.console.print(table)
    text = _("Voted at temperature {temperature}, because the settings are greedy.")
    note = text.format(temperature=VOTE_TEMPERATURE) if answer.settings.votes_though_greedy else ""
    result = _("{words}: {share}.").format(words=vote.words, share=format_percent(vote.share))
    for line in (join_sentences(result, note), tie_words(vote), left_out_words(vote)):
        if line:
            terminal.say((line, ""))


def _draw_best(terminal: Terminal, answer: Answer) -> None:
    table = bar_table(
        terminal, ("", "rest"), (_("probability"), "figure"), (_("per token"), "figure"), (_("answer"), "rest"),
        (_("tokens"), "figure"), ("", "rest"),
    )  # fmt: skip
    for number, one in enumerate(answer.candidates, 1):
        style = styles.LABEL if number == max(answer.picked, 1) else ""
        shown = printable(one.text) or _("(empty)")
        ended = "" if one.finish in ("eos", "stop", "empty") else finish_reason(one.finish)
        figures = (format_probability(one.logprob), format_probability(one.mean_logprob))
        texts = (str(number), *figures, shown, str(len(one.tokens)), ended)
        table.add_row(*(CellText(text, style) for text in texts))
    terminal.console.print(table)
    text = _(
        "The order is that of the search: the probability per token and end token, unless length_penalty is changed."
    )
    terminal.hint(text)
    terminal.hint(_(CONFIDENCE_HINT))


def draw_fills(terminal: Terminal, filled: Filled, hint: str) -> None:
    """Print the ways to fill the blanks of a text, each fill between brackets, and how much they mean."""
    table = bar_table(terminal, (_("probability"), "figure"), (_("sentence"), "rest"), (_("each blank"), "rest"))
    for fill in filled.fills:
        each = (NOTHING if logprob is None else format_probability(logprob) for logprob in fill.logprobs)
        sentence = printable(filled.blanks.filled(fill.fills, ("[", "]")))
        table.add_row(format_probability(fill.logprob), CellText(sentence), Text(" ".join(each), styles.NOTE))
    if filled.fills:
        terminal.console.print(table)
    if filled.answer.finish == "interrupted":
        terminal.note(_("[interrupted]"))
    begin = filled.begin_logprob
    if begin is not None and begin < math.log(LIKELY_BEGIN):
        text = _("By itself the model would begin to fill with probability {share}; here it is made to.")
        terminal.say((text.format(share=format_probability(begin)), ""))
    if filled.note:
        terminal.say((filled.note, ""))
    terminal.hint(_("The probability is that of all fills together, once the model fills blanks at all."))
    terminal.hint(hint)
