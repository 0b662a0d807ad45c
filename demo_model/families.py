# ruff: noqa: E501  (a table and prose)
"""The families on the model card: how each is measured, which of them the card claims, and what README says of them.

A family is claimed when both measures of demo_model.evaluate reach what is asked of it here. Card, README, and the
first screen promise nothing else; of the other profiles the card gives what to expect, which flanchat shows to users.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Figures = Mapping[str, Any]  # what demo_model.evaluate writes: of a measure and a family its items and the share right

ONE_RIGHT, READING, SEVERAL_RIGHT = 0.95, 0.90, 0.85
"""The least share of held-out items, by how many answers are right and whether a text has to be read for them."""
STRANGERS = 0.85
"""The least share of strangers' questions, for every family."""


@dataclass(frozen=True, slots=True)
class Family:
    """name: in figures.json. least: the share of held-out items to be right. asked: the strangers' families of the same.

    english, chinese: as a sentence lists it. new: what is new in a held-out item. profiles: those that ask for it.
    """

    name: str
    least: float
    asked: tuple[str, ...]
    english: str
    chinese: str
    new: str
    profiles: tuple[str, ...] = ()

    def right(self, figures: Figures) -> tuple[float, float | None]:
        """The share of right answers: on held-out items, and to strangers, None where they do not ask for it."""
        found = [figures["strangers"][name] for name in self.asked]
        items = sum(one["items"] for one in found)
        strangers = sum(one["right"] * one["items"] for one in found) / items if items else None
        return figures["own"][self.name]["right"], strangers

    def is_claimed(self, figures: Figures) -> bool:
        own, strangers = self.right(figures)
        return own >= self.least and strangers is not None and strangers >= STRANGERS


FAMILIES = (
    Family(
        "everyday_facts", ONE_RIGHT, ("facts", "opposites"), "everyday facts", "日常常识",
        "the wording; of the facts those that newcomers ask for", ("qa",),
    ),
    Family(
        "everyday_dishes", ONE_RIGHT, ("recipe",), "recipes of 56 everyday dishes", "56 道家常菜的菜谱",
        "capitals, typos, politeness; the dishes were trained, with the profile `recipe`", ("recipe",),
    ),
    Family(
        "facts", ONE_RIGHT, ("facts",), "less common facts", "较冷门的常识",
        "the wording of the question (the facts themselves were trained)",
    ),
    Family("opposites", ONE_RIGHT, ("opposites",), "opposites of any word", "任意词的反义词", "the wording"),
    Family(
        "recipe", ONE_RIGHT, ("recipe",), "recipes of 184 dishes in any wording", "184 道菜的菜谱（任意问法）",
        "the combination of a name and a wording (the recipes themselves were trained)",
    ),
    Family("series", ONE_RIGHT, (), "facts after examples", "带示例的常识", "the combination of facts", ("fewshot",)),
    Family("small_talk", ONE_RIGHT, ("small_talk",), "small talk", "闲聊", "the wording", ("chat", "dialog")),
    Family("sentiment", ONE_RIGHT, ("sentiment",), "sentiment", "褒贬", "the combination of phrases", ("sentiment",)),
    Family("arithmetic", ONE_RIGHT, ("sums",), "sums", "算术", "the numbers", ("cot",)),
    Family(
        "word_problems", ONE_RIGHT, ("word_problems",), "word problems", "应用题", "the numbers and the people", ("cot",)
    ),
    Family(
        "translate_de", ONE_RIGHT, ("translate_de",), "translation", "翻译", "the sentence", ("translate-de",)
    ),
    Family(
        "translate_fr", ONE_RIGHT, ("translate_fr",), "translation", "翻译", "the sentence", ("translate-fr",)
    ),
    Family(
        "common_knowledge", ONE_RIGHT, ("yes_no",), "yes-or-no questions", "是非题",
        "the combination of a statement and a wording",
    ),
    Family(
        "yes_no", READING, ("yes_no",), "yes-or-no questions", "是非题",
        "the people, towns and things", ("yesno",),
    ),
    Family(
        "passage_qa", READING, ("passage_qa",), "questions about a text", "就一段文字提的问题",
        "the people, towns and things", ("passage",),
    ),
    Family("nli", READING, ("nli",), "inference", "推断", "the people, things and numbers", ("nli",)),
    Family(
        "headline", SEVERAL_RIGHT, ("headline",), "headlines", "拟标题", "the names and the event's details", ("headline",)
    ),
    Family(
        "keywords", SEVERAL_RIGHT, ("keywords",), "sentences with given words", "用词造句", "the combination of words",
        ("keywords",),
    ),
    Family("lists", SEVERAL_RIGHT, ("lists",), "short lists", "列举", "the wording of the question"),
    Family("unknown", ONE_RIGHT, ("unknown",), "saying that it does not know", "承认不知道", "the names of what is unknown"),
)  # fmt: skip


def of_ten(shares: Iterable[float | None]) -> int:
    """Of ten answers as many as the worst of the figures says."""
    return round(10 * min(share for share in shares if share is not None))


def right_of_ten(figures: Figures) -> dict[str, int]:
    """How many of ten answers are right with each profile that asks for a family that is not claimed."""
    rows = [(profile, family) for family in FAMILIES if not family.is_claimed(figures) for profile in family.profiles]
    return {
        profile: min(of_ten(family.right(figures)) for other, family in rows if other == profile)
        for profile in sorted({profile for profile, _ in rows})
    }


def sentence(figures: Figures) -> str:
    """What README says of the model."""
    claimed, other, shares = _said(figures, "english")
    return (
        f"It is good at {_list(claimed, ' and ')}. It was also trained on {_list(other, ' and ')}, where {10 - max(shares)} to "
        f"{10 - min(shares)} of ten answers are wrong. Of {asked(figures)} questions in newcomers' own words it gets "
        f"{right(figures):.0%} right; its [model card](flanchat/demo/README.md) has all figures."
    )


def chinese_sentence(figures: Figures) -> str:
    """The same in README.zh-CN.md."""
    claimed, other, shares = _said(figures, "chinese")
    return (
        f"它擅长{_list(claimed, '和', '、')}；也练习过{_list(other, '和', '、')}，但十个回答里有 {10 - max(shares)} 到 "
        f"{10 - min(shares)} 个是错的。新用户用自己的话提的 {asked(figures)} 个问题，它能答对 {right(figures):.0%}；全部数字见"
        "[模型卡](flanchat/demo/README.md)。"
    )


def _said(figures: Figures, language: str) -> tuple[list[str], list[str], list[int]]:
    """What is claimed and what else has a profile, in a language's words, and how many of ten of the latter are right."""
    claimed = [family for family in FAMILIES if family.is_claimed(figures)]
    other = [family for family in FAMILIES if family not in claimed and family.profiles]
    words = (list(dict.fromkeys(getattr(one, language) for one in families)) for families in (claimed, other))
    return *words, [of_ten(family.right(figures)) for family in other]


def _list(words: Sequence[str], last: str, comma: str = ", ") -> str:
    return comma.join(words[:-1]) + last + words[-1]


def asked(figures: Figures) -> int:
    """How many questions the strangers ask."""
    return sum(found["items"] for found in figures["strangers"].values())


def right(figures: Figures) -> float:
    """The share of them that is answered right."""
    return sum(found["right"] * found["items"] for found in figures["strangers"].values()) / asked(figures)
