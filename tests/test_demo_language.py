"""The demo model's exercises in words: lists, headlines, keywords, sentiment, small talk."""

import re
from random import Random

import pytest

from demo_model.examples import make_example
from demo_model.tasks import TASKS, headline, keywords, lists
from demo_model.tasks.tables import rows

FAMILIES = ("sentiment", "small_talk", "lists", "headline", "keywords", "translate_de", "translate_fr")


@pytest.mark.parametrize("sample", [1_000, pytest.param(2_900, marks=pytest.mark.slow)])
def test_the_same_prompt_never_has_two_answers(sample: int):
    rng = Random(3)
    seen: dict[str, str] = {}

    for family in FAMILIES:
        for _ in range(sample):
            example = make_example(TASKS[family], rng, "train", few_shot_share=0)
            prompt = example.input.lower().rstrip(".!?")
            assert seen.setdefault(prompt, example.target) == example.target, example


@pytest.mark.parametrize("family", FAMILIES)
def test_prompts_and_answers_have_no_leftovers_of_a_grammar(family: str):
    rng = Random(family)

    for _ in range(1_000):
        example = make_example(TASKS[family], rng, "train")
        assert not re.search(r"[{}<>|«»\[\]^@+~]|\*\d|  $|^ ", example.target), example
        assert not re.search(r"[{}<>|«»^@~]|\*\d", example.input), example


def test_a_list_has_as_many_things_as_asked_for():
    rng = Random(4)
    asked = {word: at for at, word in enumerate(lists.NUMBERS, 1)}

    for _ in range(2_000):
        item = lists.item(rng, "train")
        found = re.search(rf"\b({'|'.join(asked)})\b ", item.fields["question"].lower())
        if found and not re.search(r"numbers|count|from", item.fields["question"].lower()):
            assert len(item.target.split(", ")) == asked[found[1]], item


def test_a_list_has_no_thing_twice():
    assert all(len(set(members)) == len(members) for _, members in (*lists.SOME, *lists.WHOLE))
    assert all(len(members) >= 3 for _, members in (*lists.SOME, *lists.WHOLE))


def test_a_headline_has_the_words_of_its_first_sentence_but_no_article():
    rng = Random(5)

    for _ in range(1_000):
        said, head, _ = headline.news(rng)
        assert not re.search(r"\b(the|an?|was|were|has|have) ", head, re.IGNORECASE), head
        words = {word.lower() for word in re.findall(r"\w+", said)}
        new = [word for word in re.findall(r"\w+", head) if word.lower() not in words]
        assert len(new) <= 1, (said, head)  # the verb in the present


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        columns
        for _, columns in rows("""
dog, ball, park | The dog plays with the ball in the park.
girl, book | The girl reads the book.
girl, read, book | The girl reads the book.
children, ice cream, beach | The children eat ice cream on the beach.
Anna, bicycle, street | Anna rides the bicycle in the street.
sky, blue | The sky is blue.
cat, sofa | The cat is on the sofa.
coffee, morning | I drink coffee in the morning.
man, red, car | The man drives the red car.
dog, chase, cat | The dog chases the cat.
apple, banana, cherry | I eat the apple, the banana and the cherry.
""")
    ],
)
def test_keywords_become_the_sentence_that_their_kinds_decide(given: str, sentence: str):
    assert keywords.sentence_of(tuple(word_of(text) for text in given.split(", "))) == sentence


def word_of(text: str) -> keywords.Word:
    tables = {
        "verb": keywords.VERBS | keywords.FREE_VERBS, "adjective": keywords.lexicon.ADJECTIVES,
        "place": keywords.lexicon.PLACES, "time": keywords.lexicon.TIMES, "thing": keywords.THINGS,
    }  # fmt: skip
    role = next((role for role, table in tables.items() if text in table), "actor")
    return keywords.Word(text, role, text == "children")


def test_every_word_that_is_given_is_in_the_sentence():
    rng = Random(6)

    for _ in range(1_000):
        item = keywords.words_item(rng, "train")
        assert all(word.lower()[:-1] in item.target.lower() for word in item.keep), item


def test_no_word_is_of_two_kinds():
    kinds = (
        keywords.ACTORS, keywords.THINGS, keywords.VERBS, keywords.FREE_VERBS, keywords.lexicon.ADJECTIVES,
        keywords.lexicon.PLACES, keywords.lexicon.TIMES,
    )  # fmt: skip
    words = [word for kind in kinds for word in dict.fromkeys(kind)]

    assert [word for word in set(words) if words.count(word) > 1] == []
