"""How good an answer is beside those that count as right. Knows texts; knows no model, file or terminal.

Source: the evaluation script of SQuAD (Rajpurkar et al. 2016, arXiv 1606.05250, in the form of version 2.0): texts are
lower-cased and lose ASCII punctuation, English articles and extra blanks; the best of several targets counts.
"""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Score:
    """correct: the very same text, but for blanks around it. exact: the same after `normalize`. f1: of their tokens."""

    correct: bool
    exact: bool
    f1: float


def score(answer: str, targets: Sequence[str]) -> Score:
    """The best that any of the targets gives; there must be one."""
    return Score(
        any(answer.strip() == target.strip() for target in targets),
        any(normalize(answer) == normalize(target) for target in targets),
        max(token_f1(answer, target) for target in targets),
    )


def normalize(text: str) -> str:
    """A text as SQuAD compares it.

    >>> normalize("The  Eiffel-Tower, a tower!")
    'eiffeltower tower'
    """
    bare = text.lower().translate(_NO_PUNCTUATION)
    return " ".join(_ARTICLE.sub(" ", bare).split())


def token_f1(answer: str, target: str) -> float:
    """The harmonic mean of precision and recall over the normalised tokens, each as often as it occurs.

    Where one of the two has no tokens it is 1 if neither has, else 0.

    >>> token_f1("in Paris, France", "Paris")
    0.5
    """
    made, wanted = normalize(answer).split(), normalize(target).split()
    if not made or not wanted:
        return float(made == wanted)
    same = (Counter(made) & Counter(wanted)).total()
    return 2 * same / (len(made) + len(wanted))


_NO_PUNCTUATION = str.maketrans("", "", string.punctuation)
_ARTICLE = re.compile(r"\b(a|an|the)\b")
