"""Premise and hypothesis: does one follow from the other? Yes, no, or it is not possible to tell."""

from __future__ import annotations

from random import Random

from demo_model.examples import Item, Split, Task
from demo_model.tasks import worlds

YES, NO, OPEN = "yes", "no", "it is not possible to tell"
LABELS = (YES, NO, OPEN)

Pair = tuple[str, str]

# What a person does in the premise, then what follows, what is impossible, what is undecided.
SCENES: tuple[tuple[str, str, str, str], ...] = (
    ("{n} is eating {food} in the kitchen.", "{n} is eating something.", "{n} is eating nothing.",
     "{n} is very hungry."),
    ("{n} is sleeping on the sofa.", "{n} is asleep.", "{n} is running.", "{n} is dreaming of a dog."),
    ("{n} is running through the park.", "{n} is outside.", "{n} is lying in bed.", "{n} is late for school."),
    ("{n} is playing with a dog.", "{n} is with an animal.", "{n} is asleep.", "{n} is the owner of the dog."),
    ("{n} is reading a book in bed.", "{n} is reading.", "{n} is swimming.", "The book is about animals."),
    ("{n} is swimming in the lake.", "{n} is in the water.", "{n} is at home in bed.", "{n} is training for a race."),
    ("{n} is riding a bike to the {place}.", "{n} is on a bike.", "{n} is driving a car.", "The bike is new."),
    ("{n} is singing a song to a baby.", "{n} is singing.", "{n} is silent.", "{n} is the mother of the baby."),
    ("{n} is cooking soup.", "{n} is making food.", "{n} is swimming.", "The soup is for a friend."),
    ("{n} bought {a_object}.", "{n} bought something.", "{n} bought nothing.", "{n} paid too much."),
    ("{n} is drinking {drink}.", "{n} is drinking something.", "{n} is not drinking anything.", "The {drink} is cold."),
    ("{n} is standing alone in the garden.", "{n} is in the garden.", "{n} is in a crowd.", "{n} is waiting."),
    ("{n} is painting the wall {colour}.", "{n} is painting.", "{n} is sleeping.", "{n} is a painter."),
    ("{n} is writing a long letter.", "{n} is writing something.", "{n} is asleep.", "The letter is for a friend."),
    ("{n} won the race.", "{n} took part in the race.", "{n} lost the race.", "{n} trained every day."),
    ("{n} forgot the {object} at home.", "{n} did not bring the {object}.", "{n} brought the {object}.",
     "{n} went back home."),
    ("{n} is the only person in the room.", "{n} is alone in the room.", "The room is full of people.",
     "The room is warm."),
    ("{n} has never been to {town}.", "{n} has not been to {town}.", "{n} has been to {town} twice.",
     "{n} wants to see {town}."),
    ("{n} sold the old car.", "{n} had a car.", "{n} kept the old car.", "{n} bought a new car."),
    ("{n} closed all the windows.", "The windows are closed.", "{n} left a window open.", "{n} was cold."),
    ("{n} is sitting on a chair and eating {food}.", "{n} is sitting.", "{n} is standing.", "{n} likes {food}."),
    ("{n} is driving to the {place}.", "{n} is going to the {place}.", "{n} is staying at home.",
     "{n} works at the {place}."),
    ("{n} was too ill to go to work.", "{n} did not go to work.", "{n} was well and went to work.",
     "{n} went to the doctor."),
    ("{n} gave all the {objects} away.", "{n} has no {objects} left.", "{n} kept the {objects}.",
     "{n} was sad about it."),
    ("It is raining, so {n} stays at home.", "{n} is at home.", "{n} is at the {place}.", "{n} is watching a film."),
)  # fmt: skip

# A person can have two of these, so another value is undecided, not false.
LOOSE_GAPS = ("instrument", "sport", "language", "drink")

GROUPS = ("children", "students", "players", "singers", "workers", "guests", "neighbors", "sailors")
COMPARED = ("taller", "older", "younger", "faster", "stronger", "richer", "smaller", "slower")
EVENTS = ("came to the party", "left the house", "finished the race", "got to the {place}", "ate lunch", "went to bed")


def _facts(rng: Random, split: Split, label: str) -> Pair:
    """A sentence about a fact of a passage, or about something that the passage does not mention."""
    given = worlds.passage(rng, split, (1, 1, 2, 2, 3))
    fact = rng.choice(given.facts)
    changed: dict[str, str] = {}
    deny = rng.random() < 0.3
    if label == OPEN:
        if rng.random() < 0.4:
            return given.text, fact.fill(rng.choice(fact.kind.unknown))
        kinds = worlds.TOWN_KINDS if given.about_town else worlds.PERSON_KINDS
        who = rng.choice(given.people)
        known = [f for f in given.facts if f.who == who]
        kind = rng.choice(kinds)
        while any(worlds.related(f.kind, kind) or set(f.kind.gaps) & set(kind.gaps) for f in known):
            kind = rng.choice(kinds)
        fact = worlds.draw_fact(rng, split, kind, who, given.words)
        claim = rng.choice(kind.claims)
        rivals = [f.values[claim.gap] for f in given.facts if f.who != who and f.kind is kind]
        if rivals and rng.random() < 0.6:
            changed = {claim.gap: rng.choice(rivals)}
    else:
        claim = rng.choice(fact.kind.claims)
        if claim.gap in LOOSE_GAPS:
            deny = label == NO
        elif (label == YES) == deny:
            changed = {claim.gap: worlds.other_value(rng, split, given, fact, claim.gap)}
    return given.text, fact.fill(claim.denies if deny else claim.says, **changed)


def _scene(rng: Random, split: Split, label: str) -> Pair:
    scene = rng.choice(SCENES)
    fields = {"n": worlds.person(rng, split).name}
    for gap in ("food", "drink", "colour", "object", "place", "town"):
        value = worlds.GAPS[gap](rng, split)
        fields |= {gap: value, f"a_{gap}": worlds.with_article(value), f"{gap}s": worlds.plural(value)}
    return scene[0].format(**fields), scene[1 + LABELS.index(label)].format(**fields)


def _quantifier(rng: Random, split: Split, label: str) -> Pair:
    """All, none, some or most of a group have something; does one of them have it?"""
    name = worlds.person(rng, split).name
    thing = worlds.with_article(rng.choice(worlds.COLOURS)) + " " + rng.choice(worlds.OBJECTS)
    group = rng.choice(GROUPS)
    has, has_not = f"{name} has {thing}.", f"{name} does not have {thing}."
    if label == OPEN:
        amount = rng.choice((f"Some of the {group}", f"Many of the {group}", f"Most of the {group}"))
        hypothesis = rng.choice((has, has_not))
        premise = f"{amount} have {thing}."
    else:
        every = rng.random() < 0.5
        premise = rng.choice((f"All the {group} have {thing}.", f"All of the {group} have {thing}."))
        if not every:
            premise = f"None of the {group} has {thing}."
        hypothesis = has if every == (label == YES) else has_not
    member = f"{name} is one of the {group}."
    return rng.choice((f"{premise} {member}", f"{member} {premise}")), hypothesis


def _amounts(rng: Random, split: Split, label: str) -> Pair:
    one, two, three = (p.name for p in worlds.people(rng, split, 3))
    thing, other = rng.sample(worlds.SMALL_THINGS, 2)
    more, less = (max(pair := rng.sample(range(2, 30), 2)), min(pair))
    sentences = [f"{one} has {worlds.counted(more, thing)}.", f"{two} has {worlds.counted(less, thing)}."]
    rng.shuffle(sentences)
    things = worlds.plural(thing)
    if label == YES:
        found = rng.choice((f"{one} has more {things} than {two}.", f"{two} has fewer {things} than {one}."))
    elif label == NO:
        found = rng.choice((f"{two} has more {things} than {one}.", f"{one} has fewer {things} than {two}."))
    else:
        word = rng.choice(("more", "fewer"))
        here, there = rng.sample((one, two), 2)
        found = rng.choice(
            (
                f"{here} has {word} {worlds.plural(other)} than {there}.",
                f"{here} has {word} {things} than {three}.",
                f"{three} has {word} {things} than {here}.",
            )
        )
    return " ".join(sentences), found


def _compared(rng: Random, split: Split, label: str) -> Pair:
    """a > b and b > c, or one of the two undecided."""
    a, b, c = (p.name for p in worlds.people(rng, split, 3))
    word, other = rng.sample(COMPARED, 2)
    premise = [f"{a} is {word} than {b}.", f"{b} is {word} than {c}."]
    first, second = rng.choice(((a, b), (b, c), (a, c)))
    if label == OPEN and rng.random() < 0.6:
        premise[1] = f"{a} is {word} than {c}."
        first, second = rng.sample((b, c), 2)
    elif label == OPEN:
        while {word, other} in ({"older", "younger"}, {"faster", "slower"}, {"taller", "smaller"}):
            other = rng.choice([w for w in COMPARED if w != word])
        word = other
    elif label == NO:
        first, second = second, first
    rng.shuffle(premise)
    return " ".join(premise), f"{first} is {word} than {second}."


def _together(rng: Random, split: Split, label: str) -> Pair:
    """Both, neither, or only one of two people."""
    one, two = (p.name for p in worlds.people(rng, split, 2))
    thing = worlds.with_article(rng.choice(worlds.OBJECTS))
    who = rng.choice((one, two))
    has, has_not = f"{who} has {thing}.", f"{who} does not have {thing}."
    if label == OPEN:
        premise = rng.choice((f"Either {one} or {two} has {thing}.", f"One of them, {one} or {two}, has {thing}."))
        return premise, rng.choice((has, has_not))
    true = rng.random() < 0.5
    if true:
        premise = rng.choice((f"{one} and {two} both have {thing}.", f"Both {one} and {two} have {thing}."))
    else:
        premise = f"Neither {one} nor {two} has {thing}."
    return premise, has if true == (label == YES) else has_not


def _before(rng: Random, split: Split, label: str) -> Pair:
    one, two, three = (p.name for p in worlds.people(rng, split, 3))
    event = rng.choice(EVENTS).format(place=rng.choice(worlds.PLACES))
    premise = rng.choice((f"{one} {event} before {two}.", f"{two} {event} after {one}."))
    true = (f"{one} {event} before {two}.", f"{two} {event} after {one}.")
    false = (f"{two} {event} before {one}.", f"{one} {event} after {two}.")
    unknown = (f"{one} {event} before {three}.", f"{three} {event} after {two}.", f"{one} and {two} are good friends.")
    return premise, rng.choice({YES: true, NO: false, OPEN: unknown}[label])


PATTERNS = (_facts, _facts, _facts, _facts, _scene, _scene, _quantifier, _amounts, _compared, _together, _before)


def item(rng: Random, split: Split) -> Item:
    label = rng.choice(LABELS)
    premise, hypothesis = rng.choice(PATTERNS)(rng, split, label)
    return Item({"premise": premise, "hypothesis": hypothesis}, label)


TASK = Task(
    name="nli",
    item=item,
    phrasings=(
        "Premise: {premise} Hypothesis: {hypothesis} Does the premise entail the hypothesis? "
        "OPTIONS: - yes - no - it is not possible to tell Answer:",
        "Premise: {premise} Hypothesis: {hypothesis} Does the premise entail the hypothesis?",
        "{premise} Based on the text above, can we conclude that \"{hypothesis}\"? "
        "OPTIONS: - yes - it is not possible to tell - no",
        "{premise} Can we say that the following is true? {hypothesis} "
        "OPTIONS: - it is not possible to tell - no - yes",
        "Read this and decide if the hypothesis is true. {premise} Hypothesis: {hypothesis} "
        "OPTIONS: - no - yes - it is not possible to tell",
        "If \"{premise}\" is true, is it also true that \"{hypothesis}\"? "
        "OPTIONS: - yes - no - it is not possible to tell",
        "premise: {premise} hypothesis: {hypothesis} Yes, no, or it is not possible to tell?",
        "Text: {premise} Statement: {hypothesis} Does the statement follow from the text? "
        "OPTIONS: - no - it is not possible to tell - yes Answer:",
        "Given the sentence \"{premise}\", is it true that \"{hypothesis}\"?",
    ),
    shot="Premise: {premise} Hypothesis: {hypothesis}",
    instructions=(
        "Does the premise entail the hypothesis? OPTIONS: - yes - no - it is not possible to tell",
        "Say yes, no, or it is not possible to tell.",
        "Is the hypothesis true if the premise is true?",
    ),
    closed=True,
    weight=2.5,
    max_shots=2,
)  # fmt: skip
