"""Full-text search: folding of case and accents, phrases of a query, excerpts. Knows texts; knows no file or database.

Texts are compared as folded words: without case, accents, width and punctuation. A phrase of a query matches words
that follow each other; it is found with one substring search in the folded text.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from flanchat.base.errors import UsageError
from flanchat.base.i18n import _

Span = tuple[int, int]

_MAX_PHRASES = 64
_MAX_PHRASE_WORDS = 64
_EXCERPT_CHARS = 100
_CHARS_BEFORE = 30
"""How much of the text stands before the first match in an excerpt."""

# Scripts without blanks between words: each character is indexed as a word, so that a word there becomes a phrase.
_UNSPACED = (
    "\u0e01-\u0eff\u1000-\u109f\u1780-\u17ff"  # Thai, Lao; Burmese; Khmer
    "\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3031-\u3035\u303b\u303c\u3041-\u3096\u309d-\u312f\u31a0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00016f00-\U00018fff\U0001aff0-\U0001b2ff\U00020000-\U0003ffff"
)
_VOICED = "\u3099\u309a"  # these marks turn ka into ga: another letter, not an accent
_JAMO = "\u1100-\u11ff"  # NFKD splits a Korean syllable into these: one or more each of L, V, T
_WORD = re.compile(
    f"[{_UNSPACED}][{_VOICED}]*|[\u1100-\u115f][\u1160-\u11a7]*[\u11a8-\u11ff]*|[\u1160-\u11ff]|[^ {_UNSPACED}{_JAMO}]+"
)
_WHOLE_WORD = re.compile(f"[{_UNSPACED}{_JAMO}]")
_BORDER = "||"  # never a word of a text, where each sign is a word by itself


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that must follow each other. is_prefix: the last one may be the beginning of a longer word."""

    words: tuple[str, ...]
    is_prefix: bool = False

    @property
    def needle(self) -> str:
        """What to look for in the result of `fold_texts`."""
        return f" {' '.join(self.words)}{'' if self.is_prefix else ' '}"


@dataclass(frozen=True, slots=True)
class Excerpt:
    """One line of a text. spans: start and end of each match in it."""

    line: str
    spans: tuple[Span, ...]
    phrases: int
    """How many different phrases occur in the whole text."""


def parse_query(query: str) -> tuple[Phrase, ...]:
    """Return the phrases to look for, one for each word typed. Raises UsageError when there are none or too many."""
    split = [tuple(words[:_MAX_PHRASE_WORDS]) for typed in query.split() if (words := fold_words(typed))]
    if not split:
        found = (
            _("got {query!r}, which has no letter, digit or sign").format(query=query[:40])
            if query.strip()
            else _("got none")
        )
        raise UsageError(_("search: expected words, {found}").format(found=found))
    unique = dict.fromkeys(split)
    if len(unique) > _MAX_PHRASES:
        raise UsageError(
            _("search: expected at most {most} words, got {count}").format(most=_MAX_PHRASES, count=len(unique))
        )
    return tuple(Phrase(words, words == split[-1] and _can_be_longer(words[-1])) for words in unique)


def fold_words(text: str) -> list[str]:
    """Return the folded words of a text.

    >>> fold_words("Don't say “C++” in 中文!")
    ['don', 't', 'say', 'c', '+', '+', 'in', '中', '文']
    """
    folded = text.translate(_FOLDS)
    return folded.split() if text.isascii() else _WORD.findall(folded)


def fold_texts(*texts: str) -> str:
    """Join the folded words of texts, with blanks between and around them. No phrase matches across two texts."""
    return f" {f' {_BORDER} '.join(' '.join(fold_words(text)) for text in texts)} "


def make_excerpt(text: str, phrases: Sequence[Phrase]) -> Excerpt:
    """Return the part of a text, on one line, where most of the phrases occur."""
    matches = _find_matches(text, phrases)
    first = max(matches[:200], key=lambda match: _phrases_near(matches, match[0]), default=(0, 0, 0))[0]
    begin = max(0, first - _CHARS_BEFORE)
    if begin:  # move to the beginning of a word, if there is a blank
        begin += next((i + 1 for i in range(first - begin) if text[begin + i].isspace()), 0)
    end = min(len(text), begin + _EXCERPT_CHARS)
    if end < len(text) and not text[end].isspace():  # inside a word: move before it, if there is a blank
        end -= next((i for i in range(_CHARS_BEFORE) if text[end - i - 1].isspace()), 0)
    line = "…" if begin else ""
    columns: list[int] = []  # of each character of text[begin:end] in the line
    for char in text[begin:end]:
        columns.append(len(line))
        if not char.isspace():
            line += char
        elif line and not line.endswith(" "):
            line += " "
    columns.append(len(line))
    line = line.rstrip() + ("…" if text[end : end + _EXCERPT_CHARS].strip() else "")
    spans = ((columns[a - begin], columns[min(b, end) - begin]) for a, b, __ in matches if begin <= a < end)
    return Excerpt(line, tuple(_merge(spans)), len({n for __, __, n in matches}))


class _Folds(dict[int, str]):
    """What each character folds to, by its code point, for `str.translate`."""

    def __missing__(self, code: int) -> str:
        self[code] = folded = _fold(chr(code))
        return folded


def _fold(character: str) -> str:
    """Remove case, accent and width. Word separators become a blank; signs get blanks around them, to be words.

    >>> [_fold(c) for c in ("É", "ß", "ﬁ", ".", "+", "\u00ad")]
    ['e', 'ss', 'fi', ' ', ' + ', '']
    """
    folded = ""
    for c in unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", character).casefold()):
        category = unicodedata.category(c)
        is_invisible = category in ("Cf", "Me") or unicodedata.name(c, "").startswith("VARIATION SELECTOR")
        if is_invisible or unicodedata.combining(c) > 9:  # combining classes up to 9 make another letter
            continue
        if c == "\ufffd":  # the index has it for a lone surrogate, which separates words too
            folded += " "
        elif category[0] == "S" or c in "#%&@":
            folded += f" {c} "
        elif category[0] in "PZ" or category in ("Cc", "Cs"):
            folded += " "
        else:
            folded += c
    return folded


_FOLDS = _Folds()


def _can_be_longer(word: str) -> bool:
    return not (_WHOLE_WORD.match(word) or _FOLDS[ord(word[0])].startswith(" "))


def _find_matches(text: str, phrases: Sequence[Phrase]) -> list[tuple[int, int, int]]:
    """Return start, end and number of each phrase that occurs in a text, in the order of the text."""
    folded = text.translate(_FOLDS)
    words = [(found.start(), found.end(), found[0]) for found in _WORD.finditer(folded)]
    found = []
    for n, phrase in enumerate(phrases):
        last, length = phrase.words[-1], len(phrase.words)
        for at in range(len(words) - length + 1):
            end = words[at + length - 1]
            if (end[2].startswith(last) if phrase.is_prefix else end[2] == last) and all(
                words[at + i][2] == phrase.words[i] for i in range(length - 1)
            ):
                found.append((words[at][0], end[0] + len(last) if phrase.is_prefix else end[1], n))
    if not found:
        return []
    folded_ends = list(accumulate(len(_FOLDS[ord(c)]) for c in text))  # where each character's folding ends in `folded`
    matches = []
    for start, folded_end, n in found:
        end_at = bisect_right(folded_ends, folded_end - 1) + 1
        while end_at < len(text) and not _FOLDS[ord(text[end_at])]:  # include combining accents
            end_at += 1
        matches.append((bisect_right(folded_ends, start), end_at, n))
    return sorted(matches)


def _phrases_near(matches: Sequence[tuple[int, int, int]], start: int) -> int:
    return len({n for a, b, n in matches if start <= a and b <= start + _EXCERPT_CHARS - _CHARS_BEFORE})


def _merge(spans: Iterable[Span]) -> Iterator[Span]:
    """Merge overlapping spans."""
    current: Span | None = None
    for start, end in sorted(spans):
        if current is not None and start < current[1]:
            current = current[0], max(current[1], end)
        else:
            if current is not None:
                yield current
            current = start, end
    if current is not None:
        yield current
