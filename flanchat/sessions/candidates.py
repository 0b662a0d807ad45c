"""Several answers to one prompt: the n best of a beam search, or sampled ones that vote. Knows no engine, no terminal.

A vote is self-consistency (Wang et al. 2022, arXiv 2203.11171): sample several answers, group those that say the same,
and let the largest group win.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flanchat.base.format import clipped_apart
from flanchat.base.i18n import _, ngettext
from flanchat.engine.events import Token
from flanchat.prompting.settings import Settings, find_setting

N_BEST = 5
"""How many best answers or fills there are unless somebody says a number."""

_GROUPS_SHOWN = 6


def count_of_best(settings: Settings) -> int:
    """How many best answers to show where nobody says a number: as many as the settings, or N_BEST."""
    count: int = settings.value("n_best")
    return count if count > 1 else N_BEST


def search_for_best(count: int) -> dict[str, Any]:
    """The settings of a search for the best answers: what the model writes, neither sampled nor one of choices."""
    return {"n_best": find_setting("n_best").check(count), "vote": 1, "do_sample": False, "choose": "free"}


@dataclass(frozen=True, slots=True)
class Candidate:
    """One of several answers, of which one became the answer.

    short: what answer_regex finds in the text, or "". seed: of its own sampling. tokens: without the end token.
    end_logprob: of the end token; None if it was cut.
    """

    text: str
    short: str
    finish: str
    seed: int
    tokens: tuple[Token, ...]
    end_logprob: float | None = None

    @property
    def logprob(self) -> float:
        """Of exactly this answer, the end token included where the model chose it."""
        return math.fsum(token.logprob for token in self.tokens) + (self.end_logprob or 0.0)

    @property
    def mean_logprob(self) -> float:
        """The mean of its tokens' log-probabilities, the end token's included: longer answers are not less likely."""
        count = len(self.tokens) + (self.end_logprob is not None)
        return self.logprob / count if count else -math.inf

    @property
    def is_whole(self) -> bool:
        """Whether it was not interrupted."""
        return self.finish not in ("interrupted", "error")


@dataclass(frozen=True, slots=True)
class Group:
    """Candidates that say the same. numbers: of the candidates, from 1, the likeliest first. text: what they say."""

    text: str
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Vote:
    """The result of a vote. groups: the winner first. asked: how many answers there should be.

    is_tied: the winner has as many answers as another group, and is the one with the likelier answer.
    left_out: how many answers have no part in it, because they were interrupted or have no short answer.
    """

    groups: tuple[Group, ...]
    asked: int
    is_tied: bool
    left_out: int

    @property
    def agree(self) -> int:
        """How many answers the winner has."""
        return len(self.groups[0].numbers) if self.groups else 0

    @property
    def share(self) -> float:
        """The winner's share of all answers, those without a vote included."""
        return self.agree / self.asked

    @property
    def winner(self) -> int:
        """The number of the candidate that becomes the answer: the likeliest of the largest group."""
        return self.groups[0].numbers[0] if self.groups else 1

    @property
    def words(self) -> str:
        """Its result in a few words: "5 of 8 agree"."""
        return ngettext("{agree} of {count} agrees", "{agree} of {count} agree", self.agree).format(
            agree=self.agree, count=self.asked
        )

    @property
    def line(self) -> str:
        """Its result in a line: "5 of 8 agree: 5 × Paris · 2 × Rome · 1 × Lyon"."""
        if not self.groups:
            return self.words
        empty = _("(empty)")
        texts = clipped_apart([group.text for group in self.groups], 30)
        groups = [f"{len(group.numbers)} × {text or empty}" for group, text in zip(self.groups, texts, strict=True)]
        shown = groups if len(groups) <= _GROUPS_SHOWN else [*groups[:_GROUPS_SHOWN], "…"]
        return _("{words}: {groups}").format(words=self.words, groups=" · ".join(shown))

    def as_dict(self) -> dict[str, object]:
        """As JSON values."""
        groups = [{"text": group.text, "count": len(group.numbers), "numbers": group.numbers} for group in self.groups]
        counts = {"agree": self.agree, "of": self.asked, "tied": self.is_tied, "left_out": self.left_out}
        return {**counts, "groups": groups}


def count_votes(candidates: Sequence[Candidate]) -> Vote:
    """Group the candidates by their short answers, or by their texts where none has a short one.

    Upper and lower case, blanks, quotes and a full stop at the end make no difference. Of groups of equal size the one
    with the likeliest answer comes first, by the mean of the tokens' log-probabilities; of answers as likely, the first
    one. Interrupted answers have no vote, nor have those without a short answer where others have one.
    """
    has_short = any(candidate.short for candidate in candidates)
    groups: dict[str, list[int]] = {}
    for number, candidate in enumerate(candidates, 1):
        if candidate.is_whole and (candidate.short or not has_short):
            groups.setdefault(normalized(candidate.short or candidate.text), []).append(number)

    def likelihood(number: int) -> float:
        return candidates[number - 1].mean_logprob

    counted = []
    for numbers in groups.values():
        numbers.sort(key=likelihood, reverse=True)
        first = candidates[numbers[0] - 1]
        counted.append(Group(first.short or first.text, tuple(numbers)))
    counted.sort(key=lambda group: (len(group.numbers), likelihood(group.numbers[0])), reverse=True)
    is_tied = len(counted) > 1 and len(counted[0].numbers) == len(counted[1].numbers)
    left_out = len(candidates) - sum(len(group.numbers) for group in counted)
    return Vote(tuple(counted), len(candidates), is_tied, left_out)


_QUOTES, _ENDS = "\"'“”‘’ ", ".!,;:。！，；："


def normalized(text: str) -> str:
    """A text as votes compare it.

    >>> normalized(' "The  Moon". '), normalized("-.5"), normalized("5."), normalized("...")
    ('the moon', '-.5', '5', '...')
    """
    words = " ".join(text.casefold().split())
    return words.lstrip(_QUOTES).rstrip(_QUOTES + _ENDS) or words


def seeds_of(seed: int, count: int) -> list[int]:
    """The seeds of the candidates of an answer with this seed.

    Votes with neighbouring seeds share none of them, so that they differ as much as votes with any other seeds.

    >>> seeds_of(1, 2) + seeds_of(2, 1)
    [3280015765, 1854783261, 3826081174]
    """
    digests = (hashlib.sha256(f"vote {seed} {number}".encode()).digest() for number in range(count))
    return [int.from_bytes(digest[:4], "big") for digest in digests]


def left_out_words(vote: Vote) -> str:
    """A sentence about the answers without a vote; "" for none."""
    if not vote.left_out:
        return ""
    text = ngettext(
        "{count} answer has no vote: it was interrupted or has no short answer.",
        "{count} answers have no vote: they were interrupted or have no short answer.",
        vote.left_out,
    )
    return text.format(count=vote.left_out)


def tie_words(vote: Vote) -> str:
    """A sentence about a tie; "" without one."""
    return _("A tie: the answer with the highest probability per token wins.") if vote.is_tied else ""
