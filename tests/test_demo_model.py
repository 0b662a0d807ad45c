"""The bundled model is what its card says: a small Flan-T5 that solves its exercises. A sample of its evaluation."""

import copy
import json
import os
import random
import re
from collections import Counter
from pathlib import Path
from random import Random

import pytest

import flanchat
from demo_model.card import card
from demo_model.evaluate import answers, held_out, weights_sha256
from demo_model.examples import Item, Task, make_example
from demo_model.families import FAMILIES, ONE_RIGHT, STRANGERS, chinese_sentence, right_of_ten, sentence
from demo_model.scoring import is_right
from demo_model.strangers import PROFILES, is_asked_by_strangers, questions, sent
from demo_model.tasks import MEASURED, facts
from demo_model.tasks.recipes import DISHES, FAMOUS, RECIPES
from flanchat.engine.checkpoint import description
from flanchat.engine.checkpoint.validate import ModelSource, preflight
from flanchat.engine.hubs.resolve import resolve
from flanchat.engine.t5.local import LocalEngine
from flanchat.prompting.profile_folders import profile_names
from flanchat.repl import example_prompts
from tests.reference import shared_engine

DOCS = Path(__file__).parents[1] / "docs"
FIGURES = json.loads((Path(__file__).parents[1] / "demo_model" / "figures.json").read_text())
SLACK = 0.1  # over all families together; a sample is a little off, a broken engine far more


@pytest.fixture(scope="module")
def engine() -> LocalEngine:
    return shared_engine()


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
    assert {family.name for family in FAMILIES} == set(MEASURED) == set(FIGURES["own"])
    assert {name for family in FAMILIES for name in family.asked} == set(FIGURES["strangers"])


def test_the_figures_are_those_of_its_weights_and_of_the_strangers_set():
    asked = Counter(question["family"] for question in questions())

    assert FIGURES["weights"] == weights_sha256(resolve("demo", os.environ).folder)
    assert {family: found["items"] for family, found in FIGURES["strangers"].items()} == asked


@pytest.mark.parametrize(
    ("own", "strangers", "claimed"),
    [(ONE_RIGHT, STRANGERS, True), (ONE_RIGHT - 0.001, 1.0, False), (1.0, STRANGERS - 0.001, False)],
)
def test_a_family_is_claimed_when_both_of_its_figures_are_high_enough(own: float, strangers: float, claimed: bool):
    figures = copy.deepcopy(FIGURES)
    figures["own"]["sentiment"]["right"], figures["strangers"]["sentiment"]["right"] = own, strangers

    [promised, other] = card(resolve("demo", os.environ).folder, figures).split("claims none of them")

    assert ("| sentiment (" in promised) == claimed != ("| sentiment (" in other.partition("## How sure")[0])
    assert ("sentiment" in sentence(figures).partition(". ")[0]) == claimed
    assert ("褒贬" in chinese_sentence(figures).partition("；")[0]) == claimed
    assert ("sentiment" not in right_of_ten(figures)) == claimed


def test_what_to_expect_of_a_profile_is_in_the_card_where_flanchat_reads_it():
    assert description.right_of_ten(resolve("demo", os.environ).folder) == right_of_ten(FIGURES)
    assert {profile for family in FAMILIES for profile in family.profiles} <= set(profile_names((PROFILES,)))


@pytest.mark.parametrize(
    ("task", "target", "right", "wrong"),
    [
        ("passage_qa", "on Thursdays", ["on Thursdays", "Thursdays"], ["on Thursday", "on Tuesdays", ""]),
        ("passage_qa", "a blanket", ["blanket", "A blanket.", "the blanket"], ["a blankets", "a", "a red blanket"]),
        ("passage_qa", "scientists", ["Scientists"], ["science"]),
        ("passage_qa", "9 weeks", ["9 weeks"], ["9", "weeks", "90 weeks"]),
        ("passage_qa", "at 8:05", ["8:05"], ["at 8", "at 805", "at"]),
        ("passage_qa", "a", ["a"], ["the", ""]),
        ("translate_de", "der Hund", ["der Hund"], ["Hund", "das Hund", "ein Hund"]),
        ("facts", "CO", ["CO"], ["Co"]),
        (
            "word_problems",
            "Ted starts with 5 nuts. 5 + 3 = 8. The answer is 8.",
            ["Ted has 5 nuts. 5 + 3 = 8. The answer is 8.", "There are 5 nuts at first. 5 + 3 = 8. The answer is 8."],
            [
                "Ted starts with 5 nuts. 5 + 3 = 8. The answer is 5.",
                "Ted starts with 5 nuts. 5 + 3 = 9. The answer is 8.",
                "Ted starts with 5 nuts. 5 - 3 = 8. The answer is 8.",
                "Ten starts with 5 nuts. 5 + 3 = 8. The answer is 8.",
                "Ted starts with 5 minutes. 5 + 3 = 8. The answer is 8.",
                "Ted starts with 5 nuts. The answer is 8.",
            ],
        ),
        (
            "word_problems",
            "Ann has 3 and Ted has 5. 3 + 5 = 8. The answer is 8.",
            ["Ann has 3 and Ted has 5. 3 + 5 = 8. The answer is 8."],
            ["Ted has 3 and Ann has 5. 3 + 5 = 8. The answer is 8.", "Ann has 3. 3 + 5 = 8. The answer is 8."],
        ),
    ],
)
def test_an_exercise_is_scored_by_what_the_answer_says(task: str, target: str, right: list[str], wrong: list[str]):
    assert [answer for answer in right if not is_right(task, answer, target)] == []
    assert [answer for answer in wrong if is_right(task, answer, target)] == []


@pytest.mark.parametrize(
    ("prompt", "right", "wrong"),
    [
        ("Maria gave 4 of her 10 sweets", "10 - 4 = 6. The answer is 6.", "10 - 4 = 6. 6 - 4 = 2. The answer is 2."),
        ("Subtract 11 from 40.", "29", "40 - 29 = 11. The answer is 11."),
        ("We are going home.", "Wir fahren nach Hause.", "Wir gehen."),
        ("My brother has a new car.", "Mein Bruder hat ein neues Auto.", "Mein Bruder hat ein neues Auto gekauft."),
        ("Where is my red bag?", "Où est mon sac rouge ?", "Où est mon sac rouge vert ?"),
        ("Read this: Nina moved from Oslo", "in Lyon", "Oslo to Lyon"),
        ("Write a title for this news", "Price of bread rises by ten percent", "Price of bread risesince La"),
        ("The football club United", "Football club United wins cup", "Flood United wins cup"),
        ("The city council of Bremen", "Bremen to build new bridge", "City council of Bremendes new bridge"),
        ("headline for: Volunteers", "Volunteers plant 500 trees in park", "Volunteers plants 500 trees in park"),
        ("Summarise in one line: The airport", "Airport of Nice closed because of strike", "airport ofe to be"),
        ("how are you today?", "I have no feelings, but everything works. How are you?", "I do not know that one."),
        ("Tell me a joke", "Why did the book go to the doctor? Because its back hurt.", "I do not know that one."),
        ("positive or negative? the beach", "positive", "positive or negative"),
    ],
)
def test_a_strangers_question_is_scored_by_what_the_answer_says(prompt: str, right: str, wrong: str):
    patterns = {question["right"] for question in questions() if question["prompt"].startswith(prompt)}

    assert any(re.search(pattern, right, re.IGNORECASE) for pattern in patterns)
    assert not any(re.search(pattern, wrong, re.IGNORECASE) for pattern in patterns)


@pytest.mark.parametrize("sample", [10, pytest.param(24, marks=pytest.mark.slow)])
def test_a_sample_of_held_out_exercises_agrees_with_the_card(engine: LocalEngine, sample: int):
    closed = [name for name, task in MEASURED.items() if task.closed]
    examples = [(task, example) for task in closed for example in held_out(task, sample)]

    got = answers(engine, [example.input for _, example in examples], max_new_tokens=96)

    right = [is_right(task, text, example.target) for text, (task, example) in zip(got, examples, strict=True)]
    assert sum(right) / len(right) >= sum(FIGURES["own"][task]["right"] for task in closed) / len(closed) - SLACK


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
    capital, recipe, fruits = answers(engine, list(example_prompts.DEMO))

    assert (capital, fruits) == ("Paris", "apple, banana, orange")
    assert is_recipe(recipe, RECIPES["bolognese pasta"])


def test_the_prompts_of_the_first_screen_are_of_families_that_the_card_claims():
    capital, recipe, fruits = example_prompts.DEMO
    claimed = {family.name for family in FAMILIES if family.is_claimed(FIGURES)}

    assert {"everyday_facts", "everyday_dishes", "lists"} <= claimed
    assert ("capital", "France") in {(fact.relation, fact.subject) for fact in facts.CORE if fact.subject in capital}
    assert any(f"A step by step recipe to make {dish}:" == recipe for dish in DISHES[:FAMOUS])
    assert fruits.startswith("Name three ")


@pytest.mark.parametrize(
    ("name", "base", "known"),
    [
        ("google/flan-t5-base", "", example_prompts.FLAN),
        ("my-adapter", "google/flan-t5-base", example_prompts.FLAN),
        ("t5-small", "", ()),
        ("my-model", "", ()),
    ],
)
def test_another_model_gets_prompts_only_where_it_is_known_what_it_can_do(name: str, base: str, known: tuple[str, ...]):
    source = ModelSource(name, Path("flan/demo"), "huggingface", "", base=base)

    assert example_prompts.suggestions(source) == known


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


FRUIT = r"apple|banana|orange|pear|grape|cherry|peach|plum|lemon|mango|melon|strawberry|kiwi"
SHOWN = {
    "The old house has a green door.": ("translate-de", "^Das alte Haus hat eine grüne Tür[.]$"),
    "What is the capital of Italy?": ("plain", "^Rome$"),
    "Translate to German: The house is old.": ("plain", "^Das Haus ist alt[.]$"),
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
        r'''^(?:\$ )?flanchat (?!sessions|tokens|fill)[^"\n#|]*"([^"\n]+)"''',  # in a command
        r'''^(?:\$ )?echo "([^"\n]+)"''',  # piped into one
        r"""(?:`flanchat choose "|/choose )([^"`\n|[]+?\?)""",  # in a sentence
        r'''(?:ask|stream|choose|whatif|why|generator)\("([^"\n]+)"''',  # in Python
        r"""ask_all\(\["([^"\n]+)", "([^"\n]+)"\]""",
        r'''"(?:prompt|content)": "([^"\n]+)"''',  # sent to the server
        r"\{question: ([^}\n]+)\}",  # in promptfoo's file
    )
    pages = *DOCS.parent.glob("README*.md"), *DOCS.glob("*.md"), DOCS / "notebook.py"
    texts = [path.read_text(encoding="utf-8") for path in pages]
    matches = [match for text in texts for pattern in shown for match in re.finditer(pattern, text, re.MULTILINE)]
    found = {prompt for match in matches for prompt in match.groups()}

    found -= {"And how big is it?", "And of Italy?"}  # ask more about an earlier answer
    found -= {"...", "What is 北京?"}  # stands for any prompt; shows what cannot be read
    found -= {"Is 9 less than 3?"}  # answered wrong where the page shows how calibration mends it
    assert found <= set(SHOWN), "ask these too, and let them be answered right"
    assert len(found) >= 6


def test_the_revision_of_the_bundled_model_is_the_version_of_the_package():
    assert resolve("demo", os.environ).revision == flanchat.__version__
