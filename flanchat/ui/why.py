"""Draws why an answer was given: a bar for each part of its prompt, and the prompt with these parts marked.

Each part has a number in the table, which also stands behind it in the prompt: no colour is needed to find it.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence

from rich.style import Style
from rich.text import Text

from flanchat.base.errors import FlanchatError
from flanchat.base.format import bar, clipped, format_logprob, format_percent, format_probability
from flanchat.base.i18n import N_, _, ngettext
from flanchat.base.sanitize import printable
from flanchat.experiments.flags import ATTENTION_HINT, MASKING_HINT
from flanchat.experiments.why import Effect, Explanation, Why, format_change, mean_share, token_names
from flanchat.sessions.answer import Answer
from flanchat.ui import styles
from flanchat.ui.probabilities import bar_cells, bar_table, has_blocks
from flanchat.ui.terminal import Terminal, in_line
from flanchat.ui.types import Reasons

LISTED = 20
"""Of more parts, those that change the most are listed and marked."""

_LEAST = 0.01  # of the largest change: parts that change less are not marked in the prompt
_SHOWN = 0.005  # smaller changes are written as 0.00
_STRONG = 0.5  # of the largest change
_WIDE = 76  # cells, from which on tokens have a column
_HEADS = {"part": N_("part"), "kind": N_("part"), "sentence": N_("sentence"), "word": N_("word")}


def why_steps(explanation: Explanation) -> Generator[Reasons, None, None]:
    """What an explanation shows: all of it at the end, or what there is when it is stopped or fails."""
    try:
        for __ in explanation.run():
            pass
    except FlanchatError:
        if explanation.why.scored:
            yield Reasons(explanation.why)
        raise
    yield Reasons(explanation.why)


def draw(terminal: Terminal, why: Why) -> None:
    """Print the parts with what they change, then the prompt."""
    if why.whole is None or not why.scored:
        terminal.note(_("Stopped before a part was scored."))
        return
    effects = _listed(why)
    title = _("Why: {answer}").format(answer=clipped(printable(why.answer.text)) or _("(empty)"))
    terminal.say((title, styles.TITLE))
    line = _("With the whole prompt, the answer's log-probability is {logprob} ({probability}). Without a part:")
    whole = why.whole.logprob
    terminal.note(line.format(logprob=format_logprob(whole), probability=format_probability(whole)))
    if len(why.effects) == 1:
        _draw_tokens(terminal, why, effects[0])
    else:
        _draw_parts(terminal, why, effects)
    terminal.print("")
    terminal.console.print(_prompt(why, effects))
    for line in _notes(why, effects):
        terminal.note(line)
    terminal.hint(_(MASKING_HINT))
    if why.attention:
        terminal.hint(_(ATTENTION_HINT))


def _listed(why: Why) -> list[Effect]:
    """The parts that change the most, in the order of their change."""
    largest = sorted(why.scored, key=lambda effect: -abs(why.change(effect)))[:LISTED]
    return sorted(largest, key=why.change)


def _draw_parts(terminal: Terminal, why: Why, effects: Sequence[Effect]) -> None:
    has_answers, width = any(effect.answer for effect in effects), terminal.console.width
    columns = [("", "figure"), (_(_HEADS[effects[0].part.unit]), "text"), (_("change"), "figure"), ("", "bar")]
    if has_gradient := any(effect.gradient is not None for effect in effects):
        columns.append((_("gradient"), "figure"))
    if why.attention:
        columns.append((_("attention"), "figure"))
    columns.append((_("answer"), "rest") if has_answers else (_("greedy"), "rest"))
    has_tokens = not has_answers and width >= _WIDE and len(why.tokens) > 1
    if has_tokens:
        columns.append((_("by token"), "rest"))
    table = bar_table(terminal, *columns)
    most = _most(why)
    for number, effect in enumerate(effects, 1):
        assert effect.scored is not None
        value = why.change(effect)
        drawn = _bar(terminal, value / most, value)
        row = [
            Text(str(number), styles.NOTE),
            Text(in_line(effect.part.label)),
            Text(format_change(value)),
            Text(drawn, _color(value)),
        ]
        if has_gradient:
            row.append(Text(format_change(effect.gradient or 0.0)))
        if why.attention:
            row.append(Text(format_percent(mean_share(effect.attention))))
        row.append(
            Text(_answered(effect.answer) if effect.answer else "")
            if has_answers
            else Text(in_line(effect.scored.greedy))
        )
        if has_tokens:
            row.append(Text(by_token(why, effect, width // 3), styles.NOTE))
        table.add_row(*row)
    terminal.console.print(table)


def _draw_tokens(terminal: Terminal, why: Why, effect: Effect) -> None:
    """The change of each token, where only one part is left out."""
    assert effect.scored is not None
    facts = [f"{in_line(effect.part.label)} {format_change(why.change(effect))}"]
    facts.append(_("greedy: {greedy}").format(greedy=in_line(effect.scored.greedy)))
    if effect.answer is not None:
        facts.append(_("answer: {answer}").format(answer=_answered(effect.answer)))
    if effect.gradient is not None:
        facts.append(_("gradient: {change}").format(change=format_change(effect.gradient)))
    if effect.attention:
        facts.append(_("attention: {share}").format(share=format_percent(mean_share(effect.attention))))
    terminal.say((" · ".join(facts), ""))
    table = bar_table(terminal, ("", "figure"), (_("token"), "text"), (_("change"), "figure"), ("", "bar"))
    changes = why.changes(effect)
    most = max(map(abs, changes)) or 1.0
    for number, (name, value) in enumerate(zip(map(in_line, token_names(why)), changes, strict=True), 1):
        drawn = Text(_bar(terminal, value / most, value), _color(value))
        table.add_row(Text(str(number), styles.NOTE), Text(name), Text(format_change(value)), drawn)
    terminal.console.print(table)


def _prompt(why: Why, effects: Sequence[Effect]) -> Text:
    """The prompt with the number of each part behind it."""
    prompt, most = why.answer.prompt.text, _most(why)
    line, end = Text(), 0
    marks = [
        (span, number, why.change(effect))
        for number, effect in enumerate(effects, 1)
        if abs(why.change(effect)) >= max(_LEAST * most, _SHOWN)
        for span in effect.part.spans
    ]
    for (first, last), number, value in sorted(marks):
        text = prompt[first:last]
        body = text.strip()
        at = text.find(body)
        line.append(printable(prompt[end:first] + text[:at]))
        line.append(printable(body), _style(value, most))
        line.append(f"[{number}]", styles.NOTE)
        line.append(printable(text[at + len(body) :]))
        end = last
    return line.append(printable(prompt[end:]))


def _notes(why: Why, effects: Sequence[Effect]) -> list[str]:
    assert why.whole is not None
    lines = []
    if hidden := len(why.scored) - len(effects):
        shown = set(map(id, effects))
        most = max(abs(why.change(effect)) for effect in why.scored if id(effect) not in shown)
        more = ngettext("{count} more changes it by {most}.", "{count} more change it by at most {most}.", hidden)
        lines.append(more.format(count=hidden, most=f"{most:.2f}"))
    if why.shots is not None and why.shots.scored is not None:
        line = _("Without {part}: {change}; greedy: {greedy}.")
        values = {"part": why.shots.part.label, "change": format_change(why.change(why.shots))}
        lines.append(line.format(greedy=in_line(why.shots.scored.greedy), **values))
        if why.shots.answer is not None:
            text = _("Answer without {part}: {answer}")
            lines.append(text.format(part=why.shots.part.label, answer=_answered(why.shots.answer)))
    if why.whole.differs_at:
        line = _("With the whole prompt, greedy decoding would part from this answer at {place}.")
        lines.append(line.format(place=in_line(why.whole.greedy)))
    if why.attention:
        layer = _("layer {layer}").format(layer=why.layer) if why.layer else _("all layers")
        line = _("Attention: the mean over the heads of {layer}; {share} of it goes to the end of the prompt.")
        lines.append(line.format(layer=layer, share=format_percent(mean_share(why.attention))))
    then, now = why.answer.card, why.card
    if then is not None and now is not None and then.weights_sha256 != now.weights_sha256:
        lines.append(_("The answer is by {then}; it was scored by {now}.").format(then=then.name, now=now.name))
    if not why.is_complete:
        total, done = len(why.all_effects), sum(effect.scored is not None for effect in why.all_effects)
        text = ngettext(
            "Stopped: {done} of {total} part is scored.", "Stopped: {done} of {total} parts are scored.", total
        )
        lines.append(text.format(done=done, total=total))
    return lines


def _answered(answer: Answer) -> str:
    return printable(answer.text) or _("(empty)")


def by_token(why: Why, effect: Effect, room: int) -> str:
    """The change of the tokens that change the most, in their order, in about `room` cells."""
    changes, names = why.changes(effect), list(map(in_line, token_names(why)))
    order = sorted(range(len(changes)), key=lambda at: -abs(changes[at]))
    chosen: list[int] = []
    for at in order:
        if abs(changes[at]) < _SHOWN or sum(len(names[n]) + 9 for n in [*chosen, at]) > room:
            break
        chosen.append(at)
    return " · ".join(f"{names[at]} {format_change(changes[at])}" for at in sorted(chosen))


def _bar(terminal: Terminal, share: float, value: float) -> str:
    """share: of the largest change. A change that is written as 0.00 has no bar."""
    return bar(abs(share), bar_cells(terminal), fine=has_blocks(terminal)) if abs(value) >= _SHOWN else ""


def _most(why: Why) -> float:
    return max(abs(why.change(effect)) for effect in why.scored) or 1.0


def _color(value: float) -> str:
    return styles.FOR if value < 0 else styles.AGAINST


def _style(value: float, most: float) -> Style:
    if abs(value) < _LEAST * most:
        return Style()
    is_strong = abs(value) >= _STRONG * most
    return Style(bold=is_strong, underline=is_strong, color=_color(value))
