"""Whether an answer to one of our exercises is right: when it equals the target, or says the same in other words.

Let through is only what no reader would call a mistake: in passages other articles and capitals, or the preposition of
a time or place left out; in word problems other words between the same calculations. In all other families the target
is the one right wording, or only a reader can tell a second right answer from a wrong one, as in translations: there
the figures are rather too low than too high.
"""

from __future__ import annotations

import re

# Words of a solution that say nothing of its numbers and people.
FILLERS = frozenset(
    ("there", "are", "is", "has", "have", "starts", "with", "at", "first", "now", "and", "the", "answer")
)


def is_right(task: str, answer: str, target: str) -> bool:
    """Whether `answer` is right for an exercise of the family `task` with this target.

    >>> is_right("passage_qa", "Monday", "on Monday"), is_right("passage_qa", "2", "2 hours")
    (True, False)
    """
    if task == "passage_qa":
        return _same_words(answer, target)
    if task == "word_problems":
        return _same_solution(answer, target)
    return answer == target


def _same_words(answer: str, target: str) -> bool:
    given, wanted = _folded(answer), _folded(target)
    return given == wanted or (wanted[0] in ("on", "in", "at") and given == wanted[1:])


def _folded(text: str) -> list[str]:
    """The words in lower case without articles and full stop; all of them if nothing else were left."""
    words = text.lower().removesuffix(".").split()
    return [word for word in words if word not in ("a", "an", "the")] or words


def _same_solution(answer: str, target: str) -> bool:
    """Whether numbers, signs and people are those of the target, in its order, and no word is new but a filler."""
    given, wanted = _words(answer), _words(target)
    names, people = ([word for word in words if word not in FILLERS and word[0].isupper()] for words in (given, wanted))
    return (
        re.findall(r"\d+|[-+*/=]", answer) == re.findall(r"\d+|[-+*/=]", target)
        and names in ([], people)
        and {*given} <= {*wanted} | FILLERS
    )


def _words(text: str) -> list[str]:
    """Words, fillers in lower case: The answer and the answer are the same."""
    words = re.findall(r"[^\W\d_]+", text)
    return [word.lower() if word.lower() in FILLERS else word for word in words]
