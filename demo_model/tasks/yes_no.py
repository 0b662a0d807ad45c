"""Yes-or-no questions over a short passage."""

from __future__ import annotations

from random import Random

from demo_model.examples import Item, Split, Task
from demo_model.tasks import passage_qa, worlds

# In 400,000 examples of all families with passages of all lengths, asked in many forms, comparing what is asked with
# what is said was not learnt at all. A trial with nothing but "The ball is red. Is the ball blue?" in one layout, from
# weights that find a word that comes twice (see `lists`), learnt it for six colours in 12,000, for other things not.
COLOUR_SHARE, SIMPLE_SHARE = 0.4, 0.3

ASKED = (
    "(^{asks}*30|^is it (true|right|correct) that {says}?*2|^{asks} Yes or no?*2|^{says}, right?|^yes or no: {asks})"
)


def item(rng: Random, split: Split) -> Item:
    kind = rng.random()
    if kind < COLOUR_SHARE + SIMPLE_SHARE:
        given = worlds.simple(rng, split, colour=kind < COLOUR_SHARE)
    else:
        given = worlds.passage(rng, split, filler=True)
    fact = rng.choice(given.facts)
    claim = rng.choice(fact.kind.claims)
    right = rng.random() < 0.5
    changed = {} if right else {claim.gap: worlds.other_value(rng, split, given, fact, claim.gap)}
    says = claim.says.strip("^.")
    question = fact.fill(rng, ASKED.replace("{asks}", f"({claim.asks})").replace("{says}", f"({says})"), **changed)
    answer = "yes" if right else "no"
    text, question = worlds.in_lower_case(rng, given.text, question, answer)
    return Item({"passage": text, "question": question}, answer, tuple(given.words))


TASK = Task(
    name="yes_no",
    item=item,
    phrasings=(
        *("Answer yes or no. {passage} «{question}» Answer:",) * 24,
        *("{passage} «{question}»",) * 24,
        *passage_qa.framed("Answer yes or no. {} Answer:"),
        *passage_qa.framed("{}"),
        "{passage} «{question}» OPTIONS: - yes - no Answer:",
        "{passage} «{question}» OPTIONS: - no - yes",
        "Passage: {passage} Question: «{question}» Answer yes or no.",
        "Text: {passage} Answer this with yes or no: «{question}»",
        "question: «{question}» context: {passage}",
        "Read the passage and answer yes or no. {passage} «{question}» OPTIONS: - yes - no",
    ),
    shot="{passage} {question}",
    instructions=("Answer yes or no.", "Read the passage and answer yes or no.", "Is it true? Answer yes or no."),
    closed=True,
    weight=3.5,
    max_shots=2,
)
