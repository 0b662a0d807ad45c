"""Questions about a short passage; the answer is a span of the passage."""

from __future__ import annotations

from random import Random

from demo_model.examples import Item, Split, Task
from demo_model.tasks import worlds


def item(rng: Random, split: Split) -> Item:
    given = worlds.passage(rng, split)
    while True:
        fact = rng.choice(given.facts)
        question, answer = rng.choice(fact.kind.asks)
        target = fact.fill(answer)
        if target in given.text:
            return Item({"passage": given.text, "question": fact.fill(question)}, target)


TASK = Task(
    name="passage_qa",
    item=item,
    phrasings=(
        "Read the passage and answer the question. {passage} Question: {question} Answer:",
        "{passage} {question}",
        "{passage} Question: {question}",
        "Passage: {passage} Question: {question} Answer:",
        "Context: {passage} Q: {question} A:",
        "question: {question} context: {passage}",
        "{question} Passage: {passage}",
        "Read this and answer. {passage} {question}",
    ),
    shot="{passage} {question}",
    instructions=(
        "Read the passage and answer the question.",
        "Answer the question with words from the passage.",
        "Answer the last question.",
    ),
    closed=True,
    weight=3.0,
    max_shots=2,
)
