"""METRICS: how good an answer is, compared with the answers that count as right.

Source: the evaluation script of SQuAD (Rajpurkar et al. 2016, arXiv 1606.05250, in the form of version 2.0): texts are
lower-cased and lose ASCII punctuation, English articles and extra blanks; the best of several targets counts. Numbers
alone are compared as numbers: SQuAD's 7.5 equals 75 and its -5 equals 5. Nor is all removed of a text: SQuAD's A
equals THE and its + equals -.
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


def contains(answer: str, targets: Sequence[str]) -> bool:
    """Whether the words of one of the targets stand in the answer, one after the other."""
    words = f" {normalize(answer)} ", f" {_words(answer)} "
    return any(f" {wanted} " in words[not _without_articles(wanted)] for wanted in map(normalize, targets))


def is_number(answer: str, targets: Sequence[str]) -> bool:
    """Whether the last number in the answer is one of the targets. For targets that are no numbers it is `is_exact`.

    >>> is_number("2 + 7 = 9. The answer is 9.", ["9"])
    True
    """
    found = _NUMBER.findall(answer)
    wanted = [number[0] for target in targets if (number := _NUMBER.fullmatch(target.strip().rstrip(".")))]
    if not wanted:
        return is_exact(answer, targets)
    return bool(found) and any(_number(found[-1]) == _number(number) for number in wanted)


METRICS: Mapping[str, Metric] = {
    "correct": Metric(is_correct, N_("correct"), "accuracy"),
    "exact": Metric(is_exact, N_("exact"), "exact"),
    "f1": Metric(best_f1, "F1", "f1"),
    "contains": Metric(contains, N_("contains"), "contains"),
    "number": Metric(is_number, N_("number"), "number"),
}


def normalize(text: str) -> str:
    """A text as SQuAD compares it, but for its numbers, and for what nothing would be left of.

    >>> normalize("The  Eiffel-Tower, a tower!"), normalize("-1,250.50 m."), normalize("(A)."), normalize("+")
    ('eiffeltower tower', '-1250.5 m', 'a', '+')
    """
    words = _words(text)
    return _without_articles(words) or words or " ".join(text.lower().split())


def _words(text: str) -> str:
    """A text without punctuation, in lower case, its numbers in one form."""
    parts, end = [], 0
    lowered = text.lower()
    for found in _NUMBER.finditer(lowered):
        parts += [lowered[end : found.start()].translate(_NO_PUNCTUATION), _number(found[0])]
        end = found.end()
    return " ".join("".join([*parts, lowered[end:].translate(_NO_PUNCTUATION)]).split())


def _without_articles(words: str) -> str:
    return " ".join(_ARTICLE.sub(" ", words).split())


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


def _number(text: str) -> str:
    """A number without thousands separators and superfluous zeros, so that equal numbers are equal texts."""
    whole, point, fraction = text.replace(",", "").partition(".")
    fraction = fraction.rstrip("0")
    sign, digits = ("-", whole[1:]) if whole.startswith("-") else ("", whole)
    digits = digits.lstrip("0") or "0"
    number = f"{digits}.{fraction}" if point and fraction else digits
    return number if number == "0" else sign + number


_NUMBER = re.compile(r"(?<![\w.,-])-?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?(?![\w]|[.,-][0-9])")
_NO_PUNCTUATION = str.maketrans("", "", string.punctuation)
_ARTICLE = re.compile(r"\b(a|an|the)\b")
