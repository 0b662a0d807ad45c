"""The exercises of the demo model: phrasings without leftovers, noise that changes no answer, one answer a question."""

import re
from collections import defaultdict
from random import Random

import pytest

from demo_model.examples import Example, Item, Task, make_example
from demo_model.noise import noisy
from demo_model.phrasing import expand, fill, forms, put_in, questions
from demo_model.tasks import (
    TASKS,
    common_knowledge,
    english_words,
    events,
    facts,
    inference,
    keywords,
    kinds,
    nli,
    recipes,
    stories,
    things,
    unknown,
    worlds,
)  # fmt: skip
from demo_model.tasks.knowledge import core, lexicon
from demo_model.tasks.knowledge.relation import first_name, named
from demo_model.tasks.translation_parts import BY_KIND


def test_a_phrasing_has_every_combination_of_its_parts():
    rng = Random(0)

    seen = {expand(rng, "[oh,] (what is|what's*3) [the|your] {thing} ?") for _ in range(500)}

    assert seen == {
        f"{oh}{what}{which} {{thing}}?" for oh in ("", "oh, ") for what in ("what is", "what's")
        for which in ("", " the", " your")
    }  # fmt: skip
    assert forms("[oh,] (what is|what's*3) [the|your] {thing} ?") == len(seen)


def test_the_parts_of_a_question_give_hundreds_of_whole_ones():
    rng = Random(0)
    grammar = questions(noun="the capital [city] of {x}", both="which city is the capital of {x}")

    seen = {fill(rng, grammar, {"x": "Peru"}) for _ in range(5_000)}

    assert len(seen) > 300
    assert all(text[0].isupper() and "Peru" in text and not re.search(r"[<>\[\]()|*{}@^]|  ", text) for text in seen)


@pytest.mark.parametrize("template", ["(a|b", "[a|b)", "a)", "[a", "(a*2?|b)"])
def test_a_grammar_with_a_slip_is_refused(template: str):
    with pytest.raises(ValueError, match=r"bracket|weight"):
        expand(Random(0), template)


def test_noise_leaves_numbers_and_the_words_of_the_answer_alone():
    rng = Random(0)
    text = "Does Marina's brother have the 12 yellow buckets, 7.5 litres or a B?"

    noisy_ones = {noisy(rng, text, ("Marina", "buckets")) for _ in range(5_000)} - {text}

    assert len(noisy_ones) > 100
    assert all(kept in one for one in noisy_ones for kept in ("Marina", "12 ", " buckets", "7.5 "))
    assert all(re.search(r"\b[bB]\b", one) for one in noisy_ones)


def test_noise_touches_what_is_typed_and_not_the_template():
    task = Task(
        "t", lambda rng, split: Item({"x": "peas and carrots"}, "target"), ("Q: «^tell me about {x}.» Answer:",)
    )
    rng = Random(0)

    prompts = [make_example(task, rng, "train") for _ in range(3_000)]

    assert all(p.target == "target" and re.fullmatch(r"Q: .+ Answer:", p.input) for p in prompts)
    assert 0.6 < sum(p.input == "Q: Tell me about peas and carrots. Answer:" for p in prompts) / len(prompts) < 0.75


@pytest.mark.parametrize("sample", [125, pytest.param(500, marks=pytest.mark.slow)])
@pytest.mark.parametrize("name", TASKS)
def test_no_prompt_shows_the_signs_of_the_grammar(name: str, sample: int):
    rng = Random(name)

    for split in ("train", "held_out"):
        for _ in range(sample):
            example = make_example(TASKS[name], rng, split)
            assert example.input.strip(), name
            assert example.target.strip(), name
            assert not re.search(r"[<>|{}@^«»]|\(\)", example.input + example.target), example
            assert name in ("arithmetic", "word_problems") or "*" not in example.input, example


def test_every_fact_can_be_asked_in_whole_sentences():
    rng = Random(0)

    for fact in facts.FACTS:
        fields = named(expand(rng, fact.subject)) if "{" in fact.asks else {}
        for _ in range(2):
            question = put_in(expand(rng, fact.asks), fields)
            assert question == " ".join(question.split()), fact
            assert len(question) > 5, fact
            assert not re.search(r"[<>{}|@^*\[\]]|\(\)", question), question


@pytest.mark.parametrize("sample", [500, pytest.param(1_500, marks=pytest.mark.slow)])
def test_the_same_prompt_has_the_same_answer_in_all_families(sample: int):
    answers: dict[str, tuple[str, str]] = {}

    for name, task in TASKS.items():
        rng = Random(f"{name} twice")
        for _ in range(sample):
            example = make_example(task, rng, "train", few_shot_share=0)
            known = answers.setdefault(example.input.lower(), (example.target, name))
            assert known[0] == example.target, (example, known)


def test_a_sum_keeps_its_numbers_however_it_is_typed():
    rng = Random(0)

    for _ in range(500):
        question = TASKS["word_problems"].item(rng, "train").fields["question"]
        assert re.findall(r"\d+", noisy(rng, question)) == re.findall(r"\d+", question)


def test_what_is_unknown_is_in_no_table():
    rng = Random(0)
    dishes = {name.lower() for names in recipes.NAMES.values() for name in names}
    places = {put_in(expand(rng, fact.subject), {}).lower() for fact in facts.FACTS if fact.relation == "capital"}

    for _ in range(2_000):
        assert unknown.invented(rng, "train", "dish").lower() not in dishes
        assert unknown.invented(rng, "train", "place").lower() not in places


def test_no_two_dishes_share_a_name_and_every_recipe_has_four_steps():
    names = [name.lower() for names in recipes.NAMES.values() for name in names]

    assert len(names) == len(set(names))
    assert len(recipes.RECIPES) >= 150
    assert all("4. " in text and text.endswith(".") for text in recipes.RECIPES.values())


def test_every_core_fact_is_in_a_table_and_core_facts_are_asked_most():
    named_by = {relation: set[str]() for relation in facts.ANSWERS}
    for fact in facts.FACTS:
        named_by[fact.relation] |= {fact.subject, first_name(fact.subject), fact.answer}
    for relation, names in (core.ASKED | core.ANSWERED).items():
        assert names <= named_by[relation], (relation, names - named_by[relation])

    rng = Random(0)
    drawn = [facts.BY_NAME[facts._draw(rng)[:2]] for _ in range(1_000)]  # type: ignore[index]

    assert len(facts.CORE) < len(facts.FACTS) / 5
    assert sum(map(core.is_core, drawn)) > 650


def test_everyday_words_are_words_of_the_tables():
    known = {word for kind in keywords.KINDS.values() for word in kind}
    known |= {one.en for nouns in BY_KIND.values() for one in nouns} | set(english_words.ADJECTIVES)

    assert english_words.EVERYDAY - known <= {"thirsty", "tired", "hungry"}


@pytest.mark.parametrize(("name", "labels"), [("yes_no", 2), ("common_knowledge", 2), ("nli", 3)])
def test_every_label_is_as_likely_whether_a_question_is_short_or_long(name: str, labels: int):
    rng = Random(name)
    drawn = sorted((make_example(TASKS[name], rng, "train", few_shot_share=0) for _ in range(4_000)), key=_length)

    for part in (drawn[:2_000], drawn[2_000:]):
        targets = [example.target for example in part]
        assert len(set(targets)) == labels
        assert all(abs(targets.count(label) / 2_000 - 1 / labels) < 0.06 for label in set(targets))


def _length(example: Example) -> int:
    return len(example.input)


def test_most_yes_or_no_questions_about_a_passage_are_about_one_short_sentence():
    rng = Random(0)
    passages = [TASKS["yes_no"].item(rng, "train").fields["passage"] for _ in range(1_000)]

    assert sum(len(passage.split()) <= 9 for passage in passages) > 500


def test_a_simple_passage_says_one_thing():
    rng = Random(0)

    for _ in range(500):
        given = worlds.simple(rng, "train")
        assert len(given.facts) == 1
        assert given.text.count(". ") == 0


def test_what_is_said_follows_and_what_is_denied_does_not():
    rng = Random(0)

    for _ in range(200):
        premise, hypothesis = nli._plain(rng, "train", nli.YES)
        assert hypothesis in premise
        premise, hypothesis = nli._plain(rng, "train", nli.NO)
        assert hypothesis not in premise
        premise, hypothesis = nli._plain(rng, "train", nli.OPEN)
        assert hypothesis not in premise


def test_claims_about_the_world_are_mostly_about_the_core_facts():
    rng = Random(0)
    claim = common_knowledge._of_table("capital", common_knowledge._CAPITALS, "is {value} the capital of {s}", "{s}")

    asked = [claim(rng, True)[1] for _ in range(400)]

    assert sum(country in core.ASKED["capital"] for country in asked) > 300


def test_yes_and_no_are_as_likely_for_every_common_thing_and_every_property():
    for true, false in zip(lexicon.TABLES[::2], lexicon.TABLES[1::2], strict=True):
        sums = [sum(cell.share for cell in side) for side in (true, false)]
        for name in (lambda cell: cell.thing, lambda cell: cell.property.says):  # each thing, and each property
            more_yes: defaultdict[str, float] = defaultdict(float)
            for side, total, sign in zip((true, false), sums, (1, -1), strict=True):
                for cell in side:
                    more_yes[name(cell)] += sign * cell.share / total
            assert all(abs(share) < 0.005 for share in more_yes.values())


def test_no_claim_about_the_world_is_both_true_and_false():
    rng = Random(0)
    known: dict[str, bool] = {}

    for _ in range(5_000):
        true = rng.random() < 0.5
        for text in rng.choice(common_knowledge._MAKERS)(rng, true):
            assert known.setdefault(text.lower(), true) == true, text


def test_of_two_common_things_the_right_one_is_the_one_of_which_it_is_true():
    rng = Random(0)
    true = [(lexicon.which(cell.property), cell.thing) for cells in lexicon.TABLES[::2] for cell in cells]

    for _ in range(300):
        found = facts._which(rng, "train")
        question, thing = found.fields["question"].lower(), re.sub("^an? ", "", found.target)
        assert found.target in question
        assert any(name == thing and which.removeprefix("which") in question for which, name in true), found


def test_the_answer_to_a_story_is_in_it():
    rng = Random(0)

    for _ in range(1_000):
        text, _, answer = stories.story(rng, "train")
        assert answer.lower() in text.lower(), (text, answer)


@pytest.mark.parametrize("drawn", [events.drawn, things.drawn])
@pytest.mark.parametrize("split", ["train", "held_out"])
def test_the_answer_is_copied_from_a_passage_of_parts(drawn, split: str):
    rng = Random(0)

    for _ in range(500):
        text, question, answer = drawn(rng, split)
        assert answer.lower() in text.lower(), (text, question, answer)
        assert answer.lower() not in question.lower() or question.startswith(("who", "which", "what")), question
        assert (text + question + answer).count("  ") == 0, (text, question)


def test_a_question_about_two_events_has_one_answer():
    rng = Random(0)

    for _ in range(1_000):
        text, asks = rng.choice(events.KINDS)(rng, "train")
        answers: dict[str, str] = {}
        for question, answer in asks:
            assert answers.setdefault(put_in(expand(rng, question), {}).lower(), answer) == answer, (text, question)


def test_two_sentences_follow_contradict_or_leave_it_open_but_never_two_of_these():
    rng = Random(0)
    known: dict[tuple[str, str], str] = {}

    for pattern in (*nli.PATTERNS, *inference.PATTERNS):
        for label in nli.LABELS * 25:
            pair = pattern(rng, "train", label)
            assert known.setdefault(pair, label) == label, pair
            assert all(re.match("[A-Z0-9]", text) and text.endswith(".") and "  " not in text for text in pair), pair


def test_a_sister_has_the_name_of_a_woman_and_only_a_woman_has_a_husband():
    rng = Random(0)
    kind = next(kind for kind in kinds.KINDS if kind.gaps == ("relative", "friend"))

    for _ in range(300):
        who = worlds.person(rng, "train")
        fact = worlds.draw_fact(rng, "train", kind, who, {who.name})
        relative = fact.values["relative"]
        assert relative != {"he": "husband", "she": "wife"}[who.he]
        if relative in (*worlds.HE_RELATIVES, *worlds.SHE_RELATIVES):
            assert (fact.values["friend"] in worlds._HE) == (relative in worlds.HE_RELATIVES)
