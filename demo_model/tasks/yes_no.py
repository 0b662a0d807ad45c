"""Yes-or-no questions over a short passage."""

from __future__ import annotations

from random import Random

from demo_model.examples import Item, Split, Task
from demo_model.tasks import worlds


def item(rng: Random, split: Split) -> Item:
    given = worlds.passage(rng, split)
    fact = rng.choice(given.facts)
    claim = rng.choice(fact.kind.claims)
    right = rng.random() < 0.5
    changed = {} if right else {claim.gap: worlds.other_value(rng, split, given, fact, claim.gap)}
    return Item({"passage": given.text, "question": fact.fill(claim.asks, **changed)}, "yes" if right else "no")


TASK = Task(
    name="yes_no",
    item=item,
    phrasings=(
        "Answer yes or no. {passage} Question: {question} Answer:",
        "{passage} {question}",
        "{passage} {question} Yes or no?",
        "{passage} Question: {question} OPTIONS: - yes - no Answer:",
        "{passage} {question} OPTIONS: - no - yes",
        "Passage: {passage} Question: {question} Answer yes or no.",
        "Text: {passage} Answer this with yes or no: {question}",
        "question: {question} context: {passage}",
        "Read the passage and answer yes or no. {passage} {question} OPTIONS: - yes - no",
    ),
    shot="{passage} {question}",
    instructions=("Answer yes or no.", "Read the passage and answer yes or no.", "Is it true? Answer yes or no."),
    closed=True,
    weight=2.5,
    max_shots=2,
)
