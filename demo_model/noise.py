"""How people type in a hurry: lower case, no question mark, a typo, a missing article.

Noise never touches numbers, single letters or the words that it is told to keep, so the right answer stays the same.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from random import Random

NOISY_SHARE = 1 / 3
MARKS = ".,?!:;\"'()"


def noisy(rng: Random, text: str, keep: Collection[str] = ()) -> str:
    """Return `text`, in a third of the cases as a hurried person types it.

    keep: words that stay as they are, because the answer repeats them.
    """
    if rng.random() >= NOISY_SHARE:
        return text
    kept = {part for words in keep for part in words.split()}
    for _ in range(rng.choice((1, 1, 1, 2))):
        text = rng.choice(_CHANGES)(rng, text, kept)
    return text


def _fixed(word: str, kept: set[str]) -> bool:
    bare = word.strip(MARKS)
    return bare in kept or bare.removesuffix("'s") in kept or any(sign.isdigit() for sign in word)


def _lower(rng: Random, text: str, kept: set[str]) -> str:
    return " ".join(word if _fixed(word, kept) else word.lower() for word in text.split(" "))


def _upper(rng: Random, text: str, kept: set[str]) -> str:
    return " ".join(word if _fixed(word, kept) else word.upper() for word in text.split(" "))


def _no_end(rng: Random, text: str, kept: set[str]) -> str:
    return text.rstrip("?.!") or text


def _lower_no_end(rng: Random, text: str, kept: set[str]) -> str:
    return _no_end(rng, _lower(rng, text, kept), kept)


def _other_end(rng: Random, text: str, kept: set[str]) -> str:
    """Another question mark or a blank before it; a full stop can be missing or an exclamation mark."""
    if text.endswith("?"):
        return text[:-1] + rng.choice(("??", " ?", "?!", "."))
    return text[:-1] + "!" if text.endswith(".") else text


def _no_apostrophes(rng: Random, text: str, kept: set[str]) -> str:
    return " ".join(word if _fixed(word, kept) else word.replace("'", "") for word in text.split(" "))


def _no_article(rng: Random, text: str, kept: set[str]) -> str:
    words = text.split(" ")
    articles = [at for at, word in enumerate(words) if word.lower() in ("a", "an", "the") and not _fixed(word, kept)]
    if articles:
        del words[rng.choice(articles)]
    return " ".join(words)


def _double_blank(rng: Random, text: str, kept: set[str]) -> str:
    words = text.split(" ")
    at = rng.randrange(len(words))
    return " ".join(words[: at + 1]) + ("  " if at + 1 < len(words) else "") + " ".join(words[at + 1 :])


def _typo(rng: Random, text: str, kept: set[str]) -> str:
    """Swap, drop or double a letter inside a word of five letters or more, unless the text is only a word or two."""
    words = text.split(" ")
    long = [at for at, word in enumerate(words) if len(word) > 4 and word.isalpha() and not _fixed(word, kept)]
    if len(words) < 3 or not long:
        return text
    at = rng.choice(long)
    word = words[at]
    place = rng.randrange(1, len(word) - 1)
    before, letter, following, after = word[:place], word[place], word[place + 1], word[place + 2 :]
    words[at] = before + rng.choice((following + letter, following, letter + letter + following)) + after
    return " ".join(words)


_CHANGES: tuple[Callable[[Random, str, set[str]], str], ...] = (
    *(_lower,) * 5,
    *(_lower_no_end,) * 6,
    *(_no_end,) * 4,
    *(_typo,) * 4,
    _other_end,
    _no_apostrophes,
    _no_article,
    _double_blank,
    _upper,
)
