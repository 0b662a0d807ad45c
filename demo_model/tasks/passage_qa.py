"""Questions about a short passage; the answer is a span of the passage."""

from __future__ import annotations

from random import Random

from demo_model.examples import Item, Split, Task
from demo_model.phrasing import fill
from demo_model.tasks import events, stories, things, worlds

# Of the passages: sentences that belong together, events and things of many parts; the rest are single facts.
STORY_SHARE, EVENT_SHARE, THING_SHARE = 0.25, 0.3, 0.22
SIMPLE_SHARE = 0.45  # of the others are one short sentence

# How a question is put; a passage is clear enough for a plain one.
ASKED = (
    "(^{asks}*24|{asks}*5|^[<please>] tell me: {asks}|^so {asks}|^can you tell me: {asks}|^quick question: {asks}|"
    "^according to the (text|passage|story), {asks}*2|^based on (the|this) (text|passage), {asks})"
)

# What a user types around a passage; nothing in it is changed by noise but the question.
FRAMES = (
    *("{passage} Question: «{question}»",) * 3,
    *("{passage} «{question}»",) * 4,
    "«{question}» {passage}",
    "Question: «{question}» {passage}",
    "Passage: {passage} Question: «{question}»",
    "passage: {passage} question: «{question}»",
    "Text: {passage} Question: «{question}»",
    "Context: {passage} Question: «{question}»",
    "Read this: {passage} «{question}»",
    "{passage} Q: «{question}»",
)
TEMPLATE = "Read the passage and answer the question. {} Answer:"


def framed(template: str) -> tuple[str, ...]:
    """What a user types, with a profile's template around it."""
    return tuple(template.replace("{}", frame) for frame in FRAMES)


COMPARED = [
    "taller shorter",
    "older younger",
    "faster slower",
    "stronger weaker",
    "richer poorer",
    "bigger smaller",
    "heavier lighter",
    "happier sadder",
    "louder quieter",
]


COMPOSED = (stories.story, events.drawn, things.drawn, None)


def _compared(rng: Random, split: Split) -> Item:
    """Who is taller?"""
    one, two = (person.name for person in worlds.people(rng, split, 2))
    more, less = rng.sample(rng.choice(COMPARED).split(), 2)
    word, answer = rng.choice(((more, one), (less, two)))
    question = fill(rng, f"(^who is {word}?*4|^who is the {word} one?|^who is {word}, {one} or {two}?*2)", {})
    return Item({"passage": f"{one} is {more} than {two}.", "question": question}, answer, (one, two))


def item(rng: Random, split: Split) -> Item:
    if rng.random() < 0.04:
        return _compared(rng, split)
    draw = rng.choices(COMPOSED, (STORY_SHARE, EVENT_SHARE, THING_SHARE, 1 - STORY_SHARE - EVENT_SHARE - THING_SHARE))[
        0
    ]
    if draw:
        text, asks, target = draw(rng, split)
        question = fill(rng, ASKED, {"asks": asks}) + "?"
        text, question = worlds.in_lower_case(rng, text, question, target)
        return Item({"passage": text, "question": question}, target, (target,))
    while True:
        simple = rng.random() < SIMPLE_SHARE
        given = worlds.simple(rng, split) if simple else worlds.passage(rng, split, filler=True)
        fact = rng.choice(given.facts)
        answer, asks = rng.choice(fact.kind.asks)
        target = fact.fill(rng, answer)
        if target.lower() in given.text.lower():
            question = fact.fill(rng, ASKED.replace("{asks}", f"({asks})"))
            text, question = worlds.in_lower_case(rng, given.text, question, target)
            return Item({"passage": text, "question": question}, target, tuple(given.words))


TASK = Task(
    name="passage_qa",
    item=item,
    phrasings=(
        *framed(TEMPLATE),
        *framed("{}"),
        *framed("{} Answer:"),
        "Context: {passage} Q: «{question}» A:",
        "Q: {passage} «{question}» A:",
        "question: «{question}» context: {passage}",
        "«{question}» Passage: {passage}",
        "Read this and answer. {passage} «{question}»",
        "Read this text: {passage} «{question}»",
        "Here is a text: {passage} «{question}»",
        "Here is a text. {passage} Question: «{question}»",
        "Given this text, answer the question. {passage} «{question}»",
        "Answer from the text: «{question}» Text: {passage}",
        "«{question}» Text: {passage}",
        "«{question}» Context: {passage}",
        "Question: «{question}» Passage: {passage} Answer:",
        "Question: «{question}» Context: {passage} Answer:",
        "Answer the question about the text. Text: {passage} Question: «{question}»",
        '"{passage}" «{question}»',
        "Story: {passage} Question: «{question}»",
        "Read the text and answer the question. {passage} Question: «{question}»",
    ),
    shot="{passage} {question}",
    instructions=(
        "Read the passage and answer the question.",
        "Answer the question with words from the passage.",
        "Answer the last question.",
    ),
    closed=True,
    weight=5.0,
    max_shots=2,
)
