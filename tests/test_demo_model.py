"""The bundled model is what its card says: a small Flan-T5 that solves its exercises. A sample of its evaluation."""

import html
import json
import os
import random
import re
from pathlib import Path
from random import Random

import pytest

import flanchat
from demo_model.card import card
from demo_model.evaluate import answers, held_out
from demo_model.examples import Item, Task, make_example
from demo_model.strangers import PROFILES, is_asked_by_strangers, questions, sent
from demo_model.tasks import TASKS
from demo_model.tasks.recipes import RECIPES
from docs import picture
from flanchat.engine.checkpoint.validate import ModelSource, preflight
from flanchat.engine.hubs.resolve import resolve
from flanchat.engine.t5.local import LocalEngine
from flanchat.repl import suggestions
from tests.reference import shared_engine

DOCS = Path(__file__).parents[1] / "docs"
FIGURES = json.loads((Path(__file__).parents[1] / "demo_model" / "figures.json").read_text())
SLACK = 0.1  # over all families together; a sample is a little off, a broken engine far more


@pytest.fixture(scope="module")
def engine() -> LocalEngine:
    return shared_engine(None, "float32")


def ask(profile: str, engine: LocalEngine, question: str) -> str:
    """Answer a question with a bundled profile."""
    return answers(engine, [sent(profile, question)])[0]


def test_it_has_the_promised_shape_and_size():
    checkpoint = preflight(resolve("demo", os.environ).folder)

    assert checkpoint.parameters <= 12_000_000
    assert checkpoint.weight_bytes <= 25_000_000
    assert {stored.dtype for stored in checkpoint.tensors.values()} == {"F16"}
    assert (checkpoint.shape.gated, checkpoint.head, checkpoint.shape.tied_scale) == (True, "lm_head.weight", False)
    assert (checkpoint.shape.pad_id, checkpoint.shape.eos_id) == (0, 1)


def test_its_card_is_made_from_the_checkpoint_and_the_figures():
    folder = resolve("demo", os.environ).folder

    written = (folder / "README.md").read_text(encoding="utf-8")

    assert written == card(folder, FIGURES), "run python -m demo_model.card flanchat/demo demo_model/figures.json"
    assert f"{preflight(folder).parameters:,}" in written
    assert set(FIGURES["own"]) == set(TASKS)
    for measure in FIGURES.values():
        for name, found in measure.items():
            assert re.search(rf"\| {name} \| {found['items']} \| {found['right']:.0%} \|", written), name


@pytest.mark.parametrize("sample", [12, pytest.param(24, marks=pytest.mark.slow)])
def test_a_sample_of_held_out_exercises_agrees_with_the_card(engine: LocalEngine, sample: int):
    closed = [name for name in FIGURES["own"] if TASKS[name].closed]
    examples = [example for task in closed for example in held_out(task, sample)]

    got = answers(engine, [example.input for example in examples], max_new_tokens=96)

    right = sum(text == example.target for text, example in zip(got, examples, strict=True)) / len(examples)
    assert right >= sum(FIGURES["own"][task]["right"] for task in closed) / len(closed) - SLACK


@pytest.mark.parametrize("every", [15, pytest.param(1, marks=pytest.mark.slow)])
def test_it_gives_dishes_a_recipe_of_four_steps_or_more_with_their_ingredients(engine: LocalEngine, every: int):
    dishes = list(RECIPES)[::every]

    got = answers(engine, [f"A step by step recipe to make {dish}:" for dish in dishes])

    complete = [dish for dish, text in zip(dishes, got, strict=True) if is_recipe(text, RECIPES[dish])]
    assert len(complete) >= 0.9 * len(dishes), set(dishes) - set(complete)


def test_the_recipe_of_the_first_example_is_that_of_bolognese_pasta(engine: LocalEngine):
    [text] = answers(engine, ["A step by step recipe to make bolognese pasta:"])

    assert is_recipe(text, RECIPES["bolognese pasta"])


def is_recipe(text: str, written: str) -> bool:
    """Whether a text has four numbered steps and nearly all the words of the recipe as we wrote it."""
    words = set(re.findall(r"[a-z]{4,}", written.lower()))
    named = words & set(re.findall(r"[a-z]{4,}", text.lower()))
    return all(f"{step}. " in text for step in (1, 2, 3, 4)) and len(named) >= 0.9 * len(words)


@pytest.mark.parametrize(
    ("profile", "question", "answer"),
    [
        ("qa", "What is the capital of France?", "Paris"),
        ("sentiment", "I loved it!", "positive"),
        ("sentiment", "What a waste of time", "negative"),
        ("cot", "What is 23 + 48?", "The answer is 71."),
        ("translate-de", "Good morning.", "Guten Morgen."),
        ("translate-fr", "Thank you very much.", "Merci beaucoup."),
        ("plain", "What is your name?", "demo model"),
        ("plain", "Who are you?", "flanchat"),
        ("chat", "Who are you?", "flanchat"),
    ],
)
def test_its_profiles_show_what_it_can_do(engine: LocalEngine, profile: str, question: str, answer: str):
    assert answer in ask(profile, engine, question)


def test_the_prompts_of_the_first_screen_are_answered_right(engine: LocalEngine):
    capital, recipe, german = answers(engine, list(suggestions.DEMO))

    assert (capital, german) == ("Paris", "Guten Morgen.")
    assert is_recipe(recipe, RECIPES["bolognese pasta"])


@pytest.mark.parametrize(
    ("name", "base", "known"),
    [
        ("google/flan-t5-base", "", suggestions.FLAN),
        ("my-adapter", "google/flan-t5-base", suggestions.FLAN),
        ("t5-small", "", ()),
        ("my-model", "", ()),
    ],
)
def test_another_model_gets_prompts_only_where_it_is_known_what_it_can_do(name: str, base: str, known: tuple[str, ...]):
    source = ModelSource(name, Path("flan/demo"), "huggingface", "", base=base)

    assert suggestions.suggestions(source) == known


def test_the_strangers_questions_can_be_scored():
    rows = questions()

    assert len({row["prompt"] for row in rows}) >= 300
    assert all(re.compile(row["right"]) for row in rows)
    assert {row["profile"] for row in rows} <= {path.stem for path in PROFILES.glob("*.yaml")}


def test_training_never_draws_a_prompt_of_the_strangers():
    asked = random.choice(questions())
    texts = iter([asked["prompt"].upper() + " !", sent(asked["profile"], asked["prompt"]), "something else"])
    task = Task("t", lambda rng, split: Item({"text": next(texts)}, "answer"), phrasings=("{text}",))

    assert make_example(task, Random(0), "train").input == "something else"


def test_a_question_of_the_strangers_is_known_in_any_case_and_punctuation_but_not_with_another_operator():
    asked = next(question["prompt"] for question in questions() if "+" in question["prompt"])

    assert is_asked_by_strangers(asked.upper().replace(" ", "  ") + " ?!")
    assert not is_asked_by_strangers(asked.replace("+", "-"))


@pytest.mark.parametrize("scene", picture.SCENES)
def test_a_picture_shows_what_it_answers(engine: LocalEngine, scene: str):
    drawn = (DOCS / f"{scene}.svg").read_text(encoding="utf-8")
    shown = folded("".join(re.findall(r"<text[^>]*>(.*?)</text>", drawn)))

    profile = "plain"
    for entry, _ in picture.SCENES[scene].entries:
        if entry.startswith("/"):
            profile = entry.removeprefix("/profile ") if entry.startswith("/profile ") else profile
        elif (answer := folded(ask(profile, engine, entry))) not in shown:
            assert answer[-14:] in shown, f"{entry} => {answer}"  # a grid breaks lines between other columns


FRUIT = r"apple|banana|orange|pear|grape|cherry|peach|plum|lemon|mango|melon|strawberry|kiwi"
SHOWN = {
    "A step by step recipe to make bolognese pasta:": ("plain", "tomato.*pasta"),
    "Tom has 12 apples. He buys 7 more. How many apples does Tom have?": ("cot", r"\b19\b"),
    "The food was cold, but I loved the evening {really}.": ("sentiment", "^positive$"),
    "I loved it.": ("sentiment", "^positive$"),
    "Is the sky blue?": ("plain", "^yes"),
    "What is the capital of France?": ("qa", "Paris"),
    "What is the capital of Japan?": ("plain", "Tokyo"),
    "capital of France": ("fewshot", "Paris"),
    "capital of Spain": ("fewshot", "Madrid"),
    "Anna has 12 apples and buys 7 more. How many apples does Anna have?": ("plain", r"\b19\b"),
    "Name a fruit.": ("plain", FRUIT),
    "Translate to German: Good morning.": ("plain", "Guten Morgen"),
}


@pytest.mark.parametrize("prompt", SHOWN)
def test_a_prompt_that_the_readme_shows_is_answered_right(engine: LocalEngine, prompt: str):
    profile, right = SHOWN[prompt]

    assert re.search(right, ask(profile, engine, prompt))


def test_the_prompts_that_documents_show_are_among_those_that_are_asked():
    shown = (
        r"^> ([^/\n].*)$",  # typed in a session
        r'''^flanchat (?!sessions|tokens)[^"\n#]*"([^"\n]+)"''',  # in a command
        r"""(?:`flanchat choose "|/choose )([^"`\n|[]+?\?)""",  # in a sentence
    )
    texts = [path.read_text(encoding="utf-8") for path in (*DOCS.parent.glob("README*.md"), *DOCS.glob("*.md"))]
    found = {prompt for text in texts for pattern in shown for prompt in re.findall(pattern, text, re.MULTILINE)}

    found -= {"And how big is it?"}  # asks more about an answer that is not shown
    assert found <= set(SHOWN), "ask these too, and let them be answered right"
    assert len(found) >= 6


def folded(text: str) -> str:
    """The text without blanks: a terminal breaks its lines anywhere."""
    return re.sub(r"\s", "", html.unescape(text))


def test_the_revision_of_the_bundled_model_is_the_version_of_the_package():
    assert resolve("demo", os.environ).revision == flanchat.__version__
