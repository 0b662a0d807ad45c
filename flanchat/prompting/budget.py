"""Fit the segments of a prompt into its token budget: drop whole turns and shots, then cut the question.

Knows no tokenizer: callers pass a function that counts the tokens of the parts of a text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace

from flanchat.base.errors import BudgetError, ConsentError
from flanchat.base.i18n import _, join_list, ngettext
from flanchat.prompting.prompt import OVER, Measure, Prompt, Segment, segment_name
from flanchat.prompting.settings import Settings

_JOINTS = 64  # more tokens than may appear or vanish where the text before and after dropped parts meets
_WORD = 40  # characters; what is longer without a blank is not a word, or of a script without blanks
_WORD_STARTS = re.compile(r"\s[^\s\u0300-\u036f\u200d]")
_JOINER = "\u200d"  # zero width joiner, as within an emoji of several characters


def fit(segments: Sequence[Segment], settings: Settings, measure: Measure) -> Prompt:
    """Drop whole turns, oldest first, then whole shots, first one first, until the joined text fits the budget.

    What is left may still be too long: then the setting truncate says which part of the question is cut.
    The joined text is counted again after each drop, because token counts of parts do not add up. Only what would be
    far too long in any case is not counted: a chat of a thousand turns must not be counted a thousand times.
    """
    limit, on_overflow = settings.value("max_input_tokens"), settings.value("on_overflow")
    current = list(segments)
    whole = 0
    while True:
        kept = [at for at, segment in enumerate(current) if segment.kept]
        texts = [current[kept[0]].text, *(current[at].gap + current[at].text for at in kept[1:])]
        measured = measure(texts)
        whole = whole or measured.total
        if measured.total <= limit:
            break
        droppable = [at for kind in ("turn", "shot") for at, one in enumerate(current) if one.kept and one.kind == kind]
        if not droppable and settings.value("truncate") != "off" and not any(one.cut for one in current):
            current = _with_cut_question(current, limit, settings.value("truncate"), measure, measured.total)
            if any(one.cut for one in current):
                continue
        if not droppable:
            fixed = measured.total - sum(
                tokens for at, tokens in zip(kept, measured.parts, strict=True) if current[at].kind == "question"
            )
            asked = measured.total - fixed
            text = ngettext(
                "the question is {asked} token, but only {left} are left for it ({limit} less {rest} for the rest of "
                "the prompt); raise max_input_tokens (at most 2048)",
                "the question is {asked} tokens, but only {left} are left for it ({limit} less {rest} for the "
                "rest of the prompt); shorten it, raise max_input_tokens (at most 2048), or have it cut with "
                "truncate=end, middle or start",
                asked,
            )
            raise BudgetError(text.format(asked=asked, left=max(limit - fixed, 0), limit=limit, rest=fixed))
        counted, left = dict(zip(kept, measured.parts, strict=True)), measured.total
        for victim in droppable:
            current[victim] = replace(current[victim], kept=False, reason=OVER.format(limit=limit))
            successor = victim + 1  # takes the place of the dropped one, and so its gap
            if successor < len(current) and current[successor].kind == current[victim].kind:
                current[successor] = replace(current[successor], gap=current[victim].gap)
            left -= counted[victim]
            if left <= limit + _JOINTS:
                break
    dropped = join_list(segment_name(segment) for segment in current if not segment.kept)
    if dropped and on_overflow != "drop":
        raise (ConsentError if on_overflow == "ask" else BudgetError)(
            _(
                "the prompt is {tokens} tokens and the budget {limit}: {dropped} would be dropped, but on_overflow is "
                "{on_overflow}; shorten the question, raise max_input_tokens (at most 2048) or set on_overflow to drop"
            ).format(tokens=whole, limit=limit, dropped=dropped, on_overflow=on_overflow)
        )
    for at, text, tokens in zip(kept, texts, measured.parts, strict=True):
        fixed = current[at].fixed + len(text) - len(current[at].text)
        current[at] = replace(current[at], text=text, tokens=tokens, fixed=fixed)
    current.append(Segment("end", "", tokens=measured.total - sum(measured.parts)))  # CodeT5 has a start token, too
    return Prompt("".join(texts), measured.total, limit, tuple(current), measured.warnings, measured.ids_sha256)


def _with_cut_question(
    segments: Sequence[Segment], limit: int, where: str, measure: Measure, tokens: int
) -> list[Segment]:
    """Cut as much of the question as is needed to fit, but not all of it. tokens: of the whole prompt before.

    The longest part that fits is found by halving, so that even a book is counted only a few times.
    """
    cut = list(segments)
    at = next(number for number, segment in enumerate(segments) if segment.kind == "question")
    label, question = segments[at].text[: segments[at].fixed], segments[at].text[segments[at].fixed :]

    def total(chars: int) -> int:
        cut[at] = replace(segments[at], text=label + _part(question, chars, where))
        kept = [segment for segment in cut if segment.kept]
        return measure([kept[0].text, *(segment.gap + segment.text for segment in kept[1:])]).total

    fits, too_long = 0, limit
    while too_long < len(question) and total(too_long) <= limit:
        fits, too_long = too_long, 2 * too_long
    too_long = min(too_long, len(question))
    while too_long - fits > 1:
        middle = (fits + too_long) // 2
        fits, too_long = (middle, too_long) if total(middle) <= limit else (fits, middle)
    if not _part(question, fits, where).strip():
        return list(segments)
    left = total(fits)
    cut[at] = replace(cut[at], cut=tokens - left, cut_at=where)
    return cut


def _part(text: str, chars: int, where: str) -> str:
    """At most about `chars` characters of a text, without its end, middle or start; cut between words if it has any."""
    if where == "end":
        return _beginning(text, chars)
    if where == "start":
        return _ending(text, chars)
    joint = " " if re.search(r"\s", text) else ""
    return f"{_beginning(text, chars - chars // 2)}{joint}{_ending(text, chars // 2)}"


def _beginning(text: str, chars: int) -> str:
    at = chars
    while _is_inside_character(text, at):
        at -= 1
    words = (end for end in range(at, max(0, at - _WORD), -1) if text[end : end + 1].isspace())
    return text[: at if at >= len(text) else next(words, at)].rstrip()


def _ending(text: str, chars: int) -> str:
    at = len(text) - chars
    while _is_inside_character(text, at):
        at += 1
    words = (start for start in range(at, min(len(text), at + _WORD)) if _WORD_STARTS.match(text, start - 1))
    return text[at if at <= 0 else next(words, at) :]


def _is_inside_character(text: str, at: int) -> bool:
    """Whether a cut there would leave an accent without its letter, or half of an emoji of several characters."""
    return 0 < at < len(text) and bool(unicodedata.combining(text[at]) or _JOINER in text[at - 1 : at + 1])
