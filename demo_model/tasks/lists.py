"""Exercises on lists of words: repeat them, name the first, the last, the one after or before another.

They are easy but important: passages, headlines and keywords all need the model to copy from a certain position of the
prompt, and here a small model learns that from every token of every answer.
"""

from __future__ import annotations

from random import Random

from demo_model.examples import Item, Split, Task, draw_split
from demo_model.tasks import keywords, worlds

WORDS = tuple(
    dict.fromkeys(
        [
            *worlds.OBJECTS, *worlds.ANIMALS, *worlds.FOODS, *worlds.COLOURS, *worlds.PLACES, *worlds.JOBS,
            *worlds.WEEKDAYS, *worlds.MONTHS, *worlds.NUMBER_WORDS, *worlds.INSTRUMENTS, *worlds.SPORTS,
            *worlds.LANGUAGES, *keywords.PEOPLE, *keywords.VERBS,
        ]
    )
)  # fmt: skip

QUESTIONS: dict[str, tuple[str, ...]] = {
    "first": ("What is the first word? {words}", "Which word comes first in this list? {words}"),
    "last": ("What is the last word? {words}", "Which word comes last in this list? {words}"),
    "after": ("What comes after {word}? {words}", "Which word follows {word} in this list? {words}"),
    "before": ("What comes before {word}? {words}", "Which word stands before {word} in this list? {words}"),
    "repeat": (
        "Repeat: {words}", "Repeat after me: {words}", "Say this again: {words}", "Copy this: {words}",
        "Write these words once more. {words}", "Repeat this text. {words}",
    ),
}  # fmt: skip
KINDS = ("repeat", "repeat", "repeat", "after", "after", "before", "first", "last")


def item(rng: Random, split: Split) -> Item:
    kind, text = draw_split(rng, split, lambda rng: (rng.choice(KINDS), _words(rng, split)))
    words = str(text).split(", ")
    at = {"first": 0, "last": len(words) - 1}.get(str(kind), rng.randrange(1, len(words)))
    wording = rng.choice(QUESTIONS[str(kind)])
    asked = words[at - 1] if kind == "after" else words[at]
    target = {"repeat": str(text), "before": words[at - 1]}.get(str(kind), words[at])
    joined = str(text) if kind == "repeat" or rng.random() < 0.7 else " ".join(words)
    return Item({"question": wording.format(word=asked, words=joined)}, target)


def _words(rng: Random, split: Split) -> str:
    """Two to eight different words, some of them names and numbers, with commas between them."""
    words = rng.sample(WORDS, rng.randint(2, 8))
    for at in range(len(words)):
        chance = rng.random()
        if chance < 0.2:
            words[at] = worlds.person(rng, split).name
        elif chance < 0.3:
            words[at] = worlds.town(rng, split)
        elif chance < 0.4:
            words[at] = str(rng.randint(1, 9999))
    return ", ".join(dict.fromkeys(words)) if len(set(words)) > 1 else "one, two"


TASK = Task(
    "lists",
    item,
    phrasings=("{question}", "{question}", "Q: {question} A:", "Question: {question} Answer:"),
    shot="{question}",
    closed=True,
    weight=1.0,
    max_shots=2,
)
