"""Word-by-word difference of two texts. Knows texts only."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import Literal

# Chinese and Korean characters count as words. White space and punctuation match too, so that the parts join to the
# whole text.
_WORDS = re.compile(r"[⺀-鿿가-힯豈-﫿]|[^\W⺀-鿿가-힯豈-﫿]+|\s+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class DiffSpan:
    """A part of a diff: text of both (`same`), only of the old one (`deleted`) or only of the new one (`inserted`)."""

    kind: Literal["same", "deleted", "inserted"]
    text: str


def diff_words(old: str, new: str) -> tuple[DiffSpan, ...]:
    """Compare two texts. The spans without `inserted` join to `old`, those without `deleted` to `new`.

    >>> [(span.kind, span.text) for span in diff_words("a red cat", "a blue cat")]
    [('same', 'a '), ('deleted', 'red'), ('inserted', 'blue'), ('same', ' cat')]
    >>> format_diff(diff_words("a big red cat", "a small blue cat"))
    'a [-big red-]{+small blue+} cat'
    """
    old_words, new_words = _WORDS.findall(old), _WORDS.findall(new)
    opcodes = difflib.SequenceMatcher(None, old_words, new_words, autojunk=False).get_opcodes()
    steps = [(op == "equal", "".join(old_words[i:j]), "".join(new_words[k:m])) for op, i, j, k, m in opcodes]
    spans: list[DiffSpan] = []
    deleted = inserted = ""
    for at, (is_same, before, after) in enumerate(steps):
        # A blank between two replaced words joins them: one replaced phrase is easier to read than two words.
        if not is_same or (
            before.isspace()
            and 0 < at < len(steps) - 1
            and (deleted + steps[at + 1][1]).strip()
            and (inserted + steps[at + 1][2]).strip()
        ):
            deleted, inserted = deleted + before, inserted + after
        else:
            spans += [DiffSpan("deleted", deleted), DiffSpan("inserted", inserted), DiffSpan("same", before)]
            deleted = inserted = ""
    spans += [DiffSpan("deleted", deleted), DiffSpan("inserted", inserted)]
    return tuple(span for span in spans if span.text)


def format_diff(spans: tuple[DiffSpan, ...]) -> str:
    """Format a diff as plain text, in the notation of `git diff --word-diff`.

    >>> format_diff(diff_words("a red cat", "a blue cat"))
    'a [-red-]{+blue+} cat'
    """
    marks = {"same": "{}", "deleted": "[-{}-]", "inserted": "{{+{}+}}"}
    return "".join(marks[span.kind].format(span.text) for span in spans)


def word_distance(old: str, new: str) -> float:
    """Return how different two texts are: 0 when all words are the same, 1 when they share none.

    >>> round(word_distance("a red cat", "a blue cat"), 2)
    0.33
    """
    old_words, new_words = ([word for word in _WORDS.findall(text) if not word.isspace()] for text in (old, new))
    if not old_words and not new_words:
        return 0.0
    return 1.0 - difflib.SequenceMatcher(None, old_words, new_words, autojunk=False).ratio()
