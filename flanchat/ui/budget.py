"""The budget of a prompt on screen: what its parts cost, and how many shots and turns were kept."""

from __future__ import annotations

from flanchat.base.format import NOTHING, bar
from flanchat.base.i18n import N_, _, ngettext
from flanchat.prompting.prompt import Prompt, format_drop, segment_name
from flanchat.ui import styles
from flanchat.ui.types import Painted, Table

BUDGET_HINT = N_(
    "Over the budget, turns are dropped first, oldest first, then shots; never the instruction. A question is cut only "
    "where the setting truncate says so."
)


_BAR = 20  # cells


def prompt_table(prompt: Prompt) -> Table:
    """The parts of a prompt: tokens, whether it was kept, and the beginning of its text."""
    rows = tuple(
        (
            segment_name(s),
            str(s.tokens),
            _("kept") if s.whole else format_drop(s, prompt.limit),
            "" if s.kind == "end" else " ".join(s.text.split())[:60],
        )
        for s in prompt.segments
    )
    total = _("{tokens} of {limit} tokens").format(tokens=prompt.tokens, limit=prompt.limit)
    return Table("", (_("part"), _("tokens"), "", _("text")), rows, total)


def budget_table(prompt: Prompt, max_new_tokens: int) -> Table:
    """What each part of a prompt costs; an encoder-decoder has a second budget for the answer."""
    given = sum(s.tokens for s in prompt.segments)
    rows: list[tuple[str | Painted, ...]] = [
        (
            segment_name(s),
            str(s.tokens) if s.kept else NOTHING,
            Painted((_bar_of(s.kind, s.tokens, given),)),
            "" if s.whole else format_drop(s, prompt.limit),
        )
        for s in prompt.segments
    ]
    total = _("{tokens} of {limit}").format(tokens=prompt.tokens, limit=prompt.limit)
    rows.append((_("prompt"), total, _stacked_bar(prompt), " · ".join(_shots_and_turns(prompt))))
    rows.append((_("answer"), _("at most {count}").format(count=max_new_tokens), "", "max_new_tokens"))
    return Table(
        _("Budget"),
        (_("part"), _("tokens"), _("share of the prompt"), ""),
        tuple(rows),
        hint=_(BUDGET_HINT),
    )


def _bar_of(kind: str, tokens: int, whole: int) -> tuple[str, str]:
    """A bar in the sign and style of a kind of part."""
    style, sign = styles.PARTS.get(kind, styles.TEMPLATE)
    return bar(tokens / whole if whole else 0.0, _BAR).replace("#", sign), style


def _stacked_bar(prompt: Prompt) -> Painted:
    """The kept parts one after the other; the width of the bar is the limit."""
    kept = [s for s in prompt.segments if s.kept]
    kinds = dict.fromkeys(s.kind for s in kept)
    parts = [_bar_of(kind, sum(s.tokens for s in kept if s.kind == kind), prompt.limit) for kind in kinds]
    while (free := _BAR - sum(len(text) for text, __ in parts)) < 0:  # a kind has one cell at least
        longest = max(parts, key=lambda part: len(part[0]))
        parts[parts.index(longest)] = longest[0][1:], longest[1]
    return Painted((*parts, ("." * free, styles.NOTE)))


def budget_line(prompt: Prompt, *, follows: bool = False) -> str:
    """The budget in a few words: 312/512 · 3 shots · 2 of 5 turns sent · -3 turns.

    follows: there are earlier turns, so that a prompt without one says that it is sent alone.
    """
    alone = [_("alone")] if follows and not any(s.kind == "turn" for s in prompt.segments) else []
    cut = [_("question cut by {count}").format(count=s.cut) for s in prompt.segments if s.cut]
    return " · ".join([f"{prompt.tokens}/{prompt.limit}", *cut, *_shots_and_turns(prompt), *alone])


def _shots_and_turns(prompt: Prompt) -> list[str]:
    """How many shots and turns were kept, and how many were dropped."""
    parts = []
    for kind in ("shot", "turn"):
        kept = sum(s.kept for s in prompt.segments if s.kind == kind)
        given = sum(s.kind == kind for s in prompt.segments)
        if given:
            number = _("{kept} of {given}").format(kept=kept, given=given) if kept < given else str(kept)
            sent = ngettext("{number} turn sent", "{number} turns sent", given).format(number=number)
            parts.append(sent if kind == "turn" else _counted(kind, number, given))
    for kind in ("shot", "turn"):
        dropped = sum(not s.kept for s in prompt.segments if s.kind == kind)
        if dropped:
            parts.append(_counted(kind, f"\N{MINUS SIGN}{dropped}", dropped))
    return parts


def _counted(kind: str, number: str, count: int) -> str:
    if kind == "shot":
        return ngettext("{number} shot", "{number} shots", count).format(number=number)
    return ngettext("{number} turn", "{number} turns", count).format(number=number)
