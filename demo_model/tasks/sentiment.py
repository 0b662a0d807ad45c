"""Reviews of films, restaurants, phones, trips, people and other things, and remarks: positive or negative?"""

from __future__ import annotations

import re
from random import Random

from demo_model.examples import Item, Split, Task, is_held_out
from demo_model.phrasing import expand
from demo_model.tasks import sentiment_texts as texts

POSITIVE, NEGATIVE = "positive", "negative"


def _sides(table: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The + lines and the - lines of a table."""
    lines = table.strip().splitlines()
    return tuple(line[2:] for line in lines if line[0] == "+"), tuple(line[2:] for line in lines if line[0] == "-")


class Topic:
    def __init__(self, block: str) -> None:
        head, lines = block.split("\n", 1)
        self.names, self.parts, self.verbs = (tuple(words.strip().split(", ")) for words in head.split(";"))
        self.good, self.bad = _sides(lines)


TOPICS = tuple(Topic(block.strip()) for block in texts.TOPICS.split("#")[1:])
GENERAL, SHORT, ENDS = _sides(texts.GENERAL), _sides(texts.SHORT), _sides(texts.ENDS)
TURNS = tuple(texts.TURNS.strip().splitlines())
PLAIN = (texts.PLAIN_GOOD.split("|"), texts.PLAIN_BAD.split("|"))
STARTED = ("started well", "started badly")
UNSURE = (("excited", "happy", "full of hope"), ("not sure", "sceptical", "unhappy with it"))


def _with_article(word: str) -> str:
    return ("an " if word[0] in "aeiou" and not word.startswith("use") else "a ") + word


def _fill(rng: Random, topic: Topic, side: int, template: str) -> str:
    """A sentence from its template. side: 0 for praise, 1 for complaint."""
    here, there = (texts.GOOD, texts.BAD) if side == 0 else (texts.BAD, texts.GOOD)
    part, other = rng.sample(topic.parts, 2)
    adjective, against = rng.choice(here), rng.choice(there)
    return expand(rng, template).format(
        t=rng.choice(topic.names), p=part, q=other, v=rng.choice(topic.verbs), a=adjective, an=_with_article(adjective),
        b=against, bn=_with_article(against), s=rng.choice(texts.STRONG), ng=rng.choice(PLAIN[0]),
        nb=rng.choice(PLAIN[1]),
        started=STARTED[1 - side], unsure=rng.choice(UNSURE[1 - side]), end="{end}", own="{own}",
        other=("hate", "love")[side],
    )  # fmt: skip


MANY = re.compile(r"\b(people|characters|levels|lyrics|graphics|controls|explanations|headphones|shoes) (was|is)\b")


def _tidy(text: str) -> str:
    text = MANY.sub(lambda found: f"{found[1]} {'were' if found[2] == 'was' else 'are'}", " ".join(text.split()))
    return text[0].upper() + text[1:]


def _contrast(rng: Random, topic: Topic, side: int) -> str:
    """Something of the other side, "but", and what decides."""
    turn = _fill(rng, topic, side, rng.choice(TURNS))
    own = _fill(rng, topic, 1 - side, rng.choice((topic.bad, topic.good)[side])).rstrip(".!")
    return _tidy(turn.replace("{own}", own).replace("{end}", _fill(rng, topic, side, rng.choice(ENDS[side]))))


def _sentence(rng: Random, topic: Topic, side: int) -> str:
    own = rng.random() < 0.45
    return _tidy(_fill(rng, topic, side, rng.choice((topic.good, topic.bad)[side] if own else GENERAL[side])))


def _review(rng: Random, side: int) -> str:
    topic = rng.choice(TOPICS)
    kind = rng.random()
    if kind < 0.3:
        text = " ".join(_fill(rng, topic, side, rng.choice(SHORT[side])).split())
        if rng.random() < 0.6:
            text = text[0].upper() + text[1:]
        return text + rng.choice(("", "", ".", "!"))
    if kind < 0.5:
        sentences = [_contrast(rng, topic, side)]
        if rng.random() < 0.3:
            sentences.append(_sentence(rng, topic, side))
    else:
        sentences = [_sentence(rng, topic, side) for _ in range(rng.choice((1, 1, 1, 2, 2, 3)))]
    return " ".join(dict.fromkeys(sentences))


def item(rng: Random, split: Split) -> Item:
    side = rng.randrange(2)
    while True:
        review = _review(rng, side)
        # Case and final punctuation do not change the answer.
        if is_held_out(review.lower().rstrip(".!")) == (split == "held_out"):
            return Item({"review": review}, (POSITIVE, NEGATIVE)[side])


TASK = Task(
    name="sentiment",
    item=item,
    phrasings=(
        *(
            "Is the sentiment of the following review positive or negative? Review: «{review}» "
            "OPTIONS: - positive - negative Answer:",
        )
        * 12,
        "Review: «{review}» Sentiment:",
        "sentiment: «{review}»",
        "Movie review: «{review}» Is this review positive or negative?",
        "Classify this text as positive or negative: «{review}»",
        "«{review}» What is the sentiment of this review? OPTIONS: - negative - positive",
        "Review: «{review}» Is this review positive or negative? OPTIONS: - positive - negative",
        "«{review}» How would you describe the sentiment of this review? OPTIONS: - positive - negative",
        "«^(is (this|the following) [review|comment|sentence|text|statement|opinion]*3|would you say this is|"
        "is it|is that|does this sound) "
        "(positive or negative|negative or positive) [:|?*3] {review}»",
        "«{review} ^((is this [review|sentence|text|comment]*2|is that|would you say this is|"
        "is it) (positive or negative|negative or positive)*3|"
        "positive or negative*2|what is the sentiment|good or bad review, positive or negative) [?*4|:]»",
        "«^(positive or negative|positive or negative review|sentiment analysis|what is the sentiment|"
        "rate the sentiment|"
        "what is the sentiment of this [review|sentence|text|comment]|decide if this is positive or negative|"
        "tell me if this is positive or negative|classify the sentiment|classify this [review]|(what's|"
        "what is) the mood of this text, positive or negative) [:*3|?|.] {review}»",
    ),
    shot="Review: {review}",
    instructions=(
        "Is the sentiment of the review positive or negative?",
        "Classify each review as positive or negative.",
        "Say if the review is positive or negative.",
    ),
    closed=True,
    weight=1.3,
    max_shots=3,
)
