"""General-knowledge questions, answered from the tables in `knowledge/`.

Held out are combinations of a fact and a wording: training covers every fact in most of its wordings, and evaluation
asks in the remaining ones. The held-out score therefore shows whether a fact is found under a new wording.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import accumulate
from random import Random

from demo_model.examples import Item, Split, Task, draw_split, is_held_out
from demo_model.phrasing import expand, put_in
from demo_model.tasks.knowledge import core, countries, culture, everyday, lexicon, measures, nature, words
from demo_model.tasks.knowledge.relation import Fact, named, with_article

FACTS: tuple[Fact, ...] = (
    *countries.FACTS, *nature.FACTS, *words.FACTS, *measures.FACTS, *culture.FACTS, *everyday.FACTS,
)  # fmt: skip
_OFTEN = list(accumulate(fact.often for fact in FACTS))
CORE = tuple(fact for fact in FACTS if core.is_core(fact))
CORE_SHARE = 0.65  # of the questions
WHICH_SHARE = 0.4
BY_NAME = {(fact.relation, fact.subject): fact for fact in FACTS}
ANSWERS = {
    relation: tuple(dict.fromkeys(fact.answer for fact in FACTS if fact.relation == relation))
    for relation in dict.fromkeys(fact.relation for fact in FACTS)
}

# Relations in which every other answer is plainly wrong, so that it can be offered as a choice.
CHOICES = ("capital", "currency", "continent", "country of capital", "writer", "past tense", "plural", "symbol", "legs")
CHOICE_SHARE = 0.06

# Short forms in which several facts of one kind stand in one few-shot prompt.
SERIES = {
    "capital": "capital of {s}",
    "currency": "currency of {s}",
    "language": "language of {s}",
    "continent": "continent of {s}",
    "country of capital": "{s}",
    "opposite": "(opposite of {s}|{s})",
    "plural": "(plural of {s}|{s})",
    "past tense": "(past tense of {s}|{s})",
    "colour": "(color|colour) of {s}",
    "sound": "{s}",
    "young": "(young of {a}|{s})",
    "writer": "author of {s}",
    "symbol": "{s}",
}
SUBJECTS = {name: [fact.subject for fact in FACTS if fact.relation == name] for name in SERIES}
CORE_SUBJECTS = {name: [fact.subject for fact in CORE if fact.relation == name] for name in SERIES}


def _draw(rng: Random) -> tuple[object, ...]:
    fact = rng.choice(CORE) if rng.random() < CORE_SHARE else rng.choices(FACTS, cum_weights=_OFTEN)[0]
    return _asked(rng, fact)


def _asked(rng: Random, fact: Fact) -> tuple[object, ...]:
    return fact.relation, fact.subject, expand(rng, fact.asks)


# Of two common things the one of which something is true; the same claims are yes-or-no questions in common_knowledge.
_TRUE = [cell for cells in lexicon.TABLES[::2] for cell in cells]
_SHARES = list(accumulate(cell.share for cell in _TRUE))
WHICH = (
    "(^{which}, {one} or {two}?*5|^{which}: {one} or {two}?*2|^{which}? ^{one} or {two}?|^{one} or {two}, {which}?|"
    "^what{rest}, {one} or {two}?)"
)


def _which(rng: Random, split: Split) -> Item:
    cell = rng.choices(_TRUE, cum_weights=_SHARES)[0]
    claim, wrong, wording = cell.property, rng.choice(cell.property.false), expand(rng, WHICH)
    if is_held_out(claim.says, cell.thing, wrong, wording) != (split == "held_out"):
        return _which(rng, split)
    asks = lexicon.which(claim)
    right, wrong = (name if "{s}" in claim.says else with_article(name) for name in (cell.thing, wrong))
    one, two = rng.sample((right, wrong), 2)
    fields = {"which": asks, "rest": asks.removeprefix("which"), "one": one, "two": two}
    return Item({"question": put_in(wording, fields)}, right)


def item(rng: Random, split: Split) -> Item:
    return _which(rng, split) if rng.random() < WHICH_SHARE else _fact(rng, split, _draw)


def _fact(rng: Random, split: Split, draw: Callable[[Random], tuple[object, ...]]) -> Item:
    relation, subject, wording = map(str, draw_split(rng, split, draw))
    fact = BY_NAME[relation, subject]
    question = put_in(wording, named(expand(rng, subject)) if "{" in wording else {})
    if fact.relation in CHOICES and rng.random() < CHOICE_SHARE:
        wrong = [answer for answer in rng.sample(ANSWERS[fact.relation], 4) if answer != fact.answer][
            : rng.randint(2, 3)
        ]
        choices = [*wrong, fact.answer]
        rng.shuffle(choices)
        question += " OPTIONS: - " + " - ".join(choices)
    return Item({"question": question}, fact.answer)


FRAMES = (
    *("Q: «{question}» A:",) * 4,
    *("«{question}»",) * 5,
    "Question: «{question}» Answer:",
    "Dialog: Person A: «{question}» Person B:",
    "Answer the following question. «{question}»",
    "Please answer this question: «{question}»",
    "question: «{question}» answer:",
    "Answer the question. Question: «{question}» Answer:",
)

TASK = Task(
    "facts",
    item,
    FRAMES,
    shot="{question}",
    instructions=(
        "Answer the following questions.",
        "Answer these general knowledge questions.",
        "Give a short answer to each question.",
        "Answer each question with a word or a name.",
    ),
    closed=True,
    weight=5.0,
)


def _only(name: str, facts: tuple[Fact, ...]) -> Task:
    """The task with these facts alone: not drawn in training, only measured."""
    return replace(
        TASK, name=name, item=lambda rng, split: _fact(rng, split, lambda rng: _asked(rng, rng.choice(facts)))
    )


EVERYDAY_TASK = _only("everyday_facts", CORE)
OPPOSITES_TASK = _only("opposites", tuple(fact for fact in FACTS if fact.relation == "opposite"))

SOLVED = ("Italy", "Japan", "Peru")  # in the profile fewshot


def _draw_series(rng: Random) -> tuple[object, ...]:
    if rng.random() < 0.3:
        return "capital", "capital of {s}", *SOLVED, rng.choice(CORE_SUBJECTS["capital"])
    name = rng.choice(tuple(SERIES))
    subjects = CORE_SUBJECTS if rng.random() < CORE_SHARE else SUBJECTS
    return name, expand(rng, SERIES[name]), *rng.sample(subjects[name], rng.randint(3, 4))


def series_item(rng: Random, split: Split) -> Item:
    """Solved questions of one kind, the way the profile fewshot asks: "capital of Italy A: Rome Q: capital of Peru".

    The last one may be asked in other words.
    """
    name, wording, *subjects = map(str, draw_split(rng, split, _draw_series))
    known = [BY_NAME[name, subject] for subject in subjects]
    asked = [put_in(wording, named(expand(rng, fact.subject))) for fact in known]
    if rng.random() < 0.4:
        asked[-1] = put_in(expand(rng, known[-1].asks), named(expand(rng, known[-1].subject)))
    solved = (f"Q: {question} A: {fact.answer}" for question, fact in zip(asked[:-1], known[:-1], strict=True))
    return Item({"solved": " ".join(solved), "question": asked[-1]}, known[-1].answer)


SERIES_TASK = Task("series", series_item, ("{solved} Q: «{question}» A:",), closed=True, weight=0.3)
