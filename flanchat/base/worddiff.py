"""What changed between two answers, word by word. Knows texts only."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import Literal

# a Chinese, Japanese or Korean character is a word; what stands between words is one too, so that all is kept
_WORDS = re.compile(r"[⺀-鿿가-힯豈-﫿]|[^\W⺀-鿿가-힯豈-﫿]+|\s+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class DiffSpan:
    """A stretch of text: in both (`same`), only in the old one (`gone`) or only in the new one (`new`)."""

    kind: Literal["same", "gone", "new"]
    text: str


def compare(old: str, new: str) -> tuple[DiffSpan, ...]:
    """The way from one text to the other. Without the `new` stretches it is `old`, without the `gone` ones `new`.

    >>> [(change.kind, change.text) for change in compare("a red cat", "a blue cat")]
    [('same', 'a '), ('gone', 'red'), ('new', 'blue'), ('same', ' cat')]
    >>> marked(compare("a big red cat", "a small blue cat"))
    'a [-big red-]{+small blue+} cat'
    """
    olds, news = _WORDS.findall(old), _WORDS.findall(new)
    codes = difflib.SequenceMatcher(None, olds, news, autojunk=False).get_opcodes()
    steps = [(kind == "equal", "".join(olds[i:j]), "".join(news[k:m])) for kind, i, j, k, m in codes]
    changes: list[DiffSpan] = []
    gone = made = ""
    for at, (is_same, before, after) in enumerate(steps):
        if not is_same:
            gone, made = gone + before, made + after
        elif before.isspace() and 0 < at < len(steps) - 1 and _both(gone + steps[at + 1][1], made + steps[at + 1][2]):
            gone, made = gone + before, made + after  # a blank between changed words is no news
        else:
            changes += [*_changes(gone, made), DiffSpan("same", before)]
            gone = made = ""
    return (*changes, *_changes(gone, made))


def _both(gone: str, made: str) -> bool:
    return bool(gone.strip() and made.strip())


def _changes(gone: str, made: str) -> list[DiffSpan]:
    return [DiffSpan("gone", gone)] * bool(gone) + [DiffSpan("new", made)] * bool(made)


def marked(changes: tuple[DiffSpan, ...]) -> str:
    """A diff as plain text, in the notation of `git diff --word-diff`.

    >>> marked(compare("a red cat", "a blue cat"))
    'a [-red-]{+blue+} cat'
    """
    marks = {"same": "{}", "gone": "[-{}-]", "new": "{{+{}+}}"}
    return "".join(marks[change.kind].format(change.text) for change in changes)


def distance(old: str, new: str) -> float:
    """How far apart two texts are: 0 for the same words, 1 for no word in common.

    >>> round(distance("a red cat", "a blue cat"), 2)
    0.33
    """
    olds, news = ([w for w in _WORDS.findall(text) if not w.isspace()] for text in (old, new))
    if not olds and not news:
        return 0.0
    return 1.0 - difflib.SequenceMatcher(None, olds, news, autojunk=False).ratio()
