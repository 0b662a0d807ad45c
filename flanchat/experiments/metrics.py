"""METRICS: how good an answer is, compared with the answers that count as right.

Source: the evaluation script of SQuAD (Rajpurkar et al. 2016, arXiv 1606.05250, in the form of version 2.0): texts are
lower-cased and lose ASCII punctuation, English articles and extra blanks; the best of several targets counts.
"""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from flanchat.base.i18n import N_


@dataclass(frozen=True, slots=True)
class Metric:
    """score: takes an answer and one target or more, gives 0 to 1. label: heads the metric's column in tables.

    mean: the key of the metric's mean in a sweep's summary; in a sweep's lines its key is that in METRICS.
    """

    score: Callable[[str, Sequence[str]], float]
    label: str
    mean: str


def is_correct(answer: str, targets: Sequence[str]) -> bool:
    """Whether the answer is one of the targets, but for surrounding blanks."""
    return any(answer.strip() == target.strip() for target in targets)


def is_exact(answer: str, targets: Sequence[str]) -> bool:
    """Whether the answer equals one of the targets after `normalize`."""
    return any(normalize(answer) == normalize(target) for target in targets)


def best_f1(answer: str, targets: Sequence[str]) -> float:
    """The highest `token_f1` with any of the targets."""
    return max(token_f1(answer, target) for target in targets)


METRICS: Mapping[str, Metric] = {
    "correct": Metric(is_correct, N_("correct"), "accuracy"),
    "exact": Metric(is_exact, N_("exact"), "exact"),
    "f1": Metric(best_f1, "F1", "f1"),
}


def normalize(text: str) -> str:
    """A text as SQuAD compares it.

    >>> normalize("The  Eiffel-Tower, a tower!")
    'eiffeltower tower'
    """
    bare = text.lower().translate(_NO_PUNCTUATION)
    return " ".join(_ARTICLE.sub(" ", bare).split())


def token_f1(answer: str, target: str) -> float:
    """The harmonic mean of precision and recall over the normalised tokens, counted with repetition.

    When one of the two has no tokens, it is 1 if neither has, else 0.

    >>> token_f1("in Paris, France", "Paris")
    0.5
    """
    given, wanted = normalize(answer).split(), normalize(target).split()
    if not given or not wanted:
        return float(given == wanted)
    same = (Counter(given) & Counter(wanted)).total()
    return 2 * same / (len(given) + len(wanted))


_NO_PUNCTUATION = str.maketrans("", "", string.punctuation)
_ARTICLE = re.compile(r"\b(a|an|the)\b")
