# ruff: noqa: E501  (grammars)
"""Recipes: the name of a dish, and how to make it in a few numbered steps.

The model learns the texts by heart. Held out are combinations of a name and a wording.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random

from demo_model.examples import Item, Split, Task, draw_split
from demo_model.phrasing import RULES, expand, put_in
from demo_model.tasks.cookbook import NAMES, RECIPES
from demo_model.tasks.knowledge.relation import with_article

RULES["dish"] = (
    "({dish}*12|{a}*3|{dish} at home|{dish} from scratch|(some|easy|simple|quick|good|homemade|classic|my own|the best|a good|"
    "an easy|a simple|really good|tasty) {dish}*3)"
)
RULES["make"] = "(make*6|cook*4|prepare*2|bake|do)"

# What a user types who expects to be understood without a profile.
ASKED = """(
    ^how do (I*3|you*2|we) <make> <dish>?*10 |
    ^[<hey>] how do (I*3|you*2|we|people|they) <make> <dish> [, please]?*4 |
    ^[<hey>] how (can|could|should|would) (I*2|you|we|one) <make> <dish>?*4 | ^how to <make> <dish> [?]*6 |
    ^<what is> (the*2|a [good|simple|easy|quick]|your) recipe (for|of) <dish>?*4 |
    ^[<please>] (give me|send me|write|show me|write me|share|find) (a*2|the|your) [step by step|easy|simple|good|short] recipe
        (for|of|to <make>) <dish> [please].*6 |
    ^<can you> (give me|write|show me|send me|tell me) (a*2|the) [simple|good|easy] recipe (for|of) <dish>?*4 |
    ^do you (have|know) (a*2|the|any) [good] recipe (for|of) <dish>?*2 | ^do you know how to <make> <dish>?*2 |
    ^(I want to|I would like to|I'd like to|I need to|I am going to|I have to|let us|we want to) <make> <dish>
        [tonight|today|for dinner|for my kids|for my friends|tomorrow].
        [how do I do (that|it)?|what are the steps?|what do I (do|need)?|can you help [me]?|how?|any recipe?|please help.]*6 |
    ^(I need|I want|I am looking for|I would like) (a|the) recipe (for|of) <dish>.*3 | ^(help me|teach me how to) <make> <dish>.*2 |
    ^{dish} recipe [please|, please|?]*6 | ^recipe (for|of) <dish>[: |]*5 | ^recipe: {dish}*2 | ^recipe {dish}*2 |
    ^{dish}: (recipe|how do I make it?|how to make it?)*2 | ^{dish}, (how do I make (it|that)?|please|what is the recipe?)*2 |
    ^[tell me] [the] (steps|instructions|directions) (for|to <make>) <dish> [:]*4 |
    ^(what are the|list the|tell me the) (steps|instructions|ingredients) (for|to <make>|of) <dish>?*3 |
    ^what do (I|you|we) need (for|to <make>) <dish>?*3 | ^what (goes into|is in|ingredients do I need for) <dish>?*2 |
    ^ingredients (for|of) <dish> [?] | ^how (is|are) <dish> made?*3 | ^(tell me|explain|show me|describe) how to <make> <dish>.*4 |
    ^(tell me|explain) how (I|you) (can|) <make> <dish>.*2 | ^<can you> (tell me|explain|show me) how to <make> <dish>?*3 |
    ^what is the best way to <make> <dish>?*2 | ^making <dish> | ^cooking <dish>: what do I do? |
    ^a [step by step|simple|good] recipe (for|to <make>) <dish>[:]*3
)"""

# What a user types after choosing the profile "recipe", whose template goes on "A step by step recipe to make ...".
DISH_TYPED = "(<dish>*12|{dish} recipe|how to make {dish}|how do I make {dish}?|{dish}, please|recipe for {dish})"


def fields(name: str) -> dict[str, str]:
    """The fields of a dish: its name, and the name with an article if it can have one."""
    return {"dish": name, "a": name if name.endswith("s") else with_article(name)}


DISHES = tuple(RECIPES)
FAMOUS, FAMOUS_SHARE = 56, 0.6  # the cookbook begins with as many dishes that most people ask for


def _draw(rng: Random) -> tuple[object, ...]:
    """A dish under its own name in half of the cases, with a typed request and a typed name."""
    return _asked(rng, rng.choice(DISHES[:FAMOUS] if rng.random() < FAMOUS_SHARE else DISHES))


def _asked(rng: Random, dish: str) -> tuple[object, ...]:
    name = dish if rng.random() < 0.5 else rng.choice(NAMES[dish])
    return dish, name, expand(rng, ASKED), expand(rng, DISH_TYPED)


def item(rng: Random, split: Split, draw: Callable[[Random], tuple[object, ...]] = _draw) -> Item:
    dish, name, wording, typed = map(str, draw_split(rng, split, draw))
    named = fields(name)
    return Item({"question": put_in(wording, named), "typed": put_in(typed, named)}, RECIPES[dish])


TASK = Task(
    "recipe",
    item,
    phrasings=(
        *("A step by step recipe to make «{typed}»:",) * 5,
        *("«{question}»",) * 9,
        *("Q: «{question}» A:",) * 3,
        "Question: «{question}» Answer:",
        "Dialog: Person A: «{question}» Person B:",
        "Write a recipe for «{typed}».",
    ),
    closed=False,
    weight=1.5,
)

# Well-known dishes as the profile "recipe" asks for them: not drawn in training, only measured.
EVERYDAY_TASK = replace(
    TASK,
    name="everyday_dishes",
    item=lambda rng, split: item(rng, split, lambda rng: _asked(rng, rng.choice(DISHES[:FAMOUS]))),
    phrasings=TASK.phrasings[:1],
)
