"""One question: what its keywords do, what comes back, and what is refused."""

from __future__ import annotations

import json
import math
import warnings
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

import flanchat
from flanchat.engine.scripted import END
from flanchat.sessions.serialization import answer_json
from tests.api.conftest import MakeModel


def test_an_answer_has_text_tokens_and_log_probabilities(scripted: MakeModel) -> None:
    model = scripted(("Par", "is", END), logprobs={"Par": -0.5, "is": -0.25, END: -2.0})

    answer = model.ask("Capital?")

    assert (answer.text, str(answer), answer.finish) == ("Paris", "Paris", "eos")
    assert [token.text for token in answer.tokens] == ["Par", "is"]
    assert (answer.logprob, answer.mean_logprob, answer.end_logprob) == (-0.75, -0.375, -2.0)
    assert repr(answer) == "Answer('Paris', finish='eos', tokens=2, logprob=-0.750)"
    assert [segment.kind for segment in answer.prompt.segments] == ["question", "end"]
    assert answer.model is not None
    assert answer.model.name == "scripted"


def test_an_answer_as_a_dict_is_what_the_command_line_prints(scripted: MakeModel) -> None:
    answer = scripted().ask("Capital?", profile="qa")

    assert answer.to_dict() == answer_json(answer._made)
    assert json.loads(json.dumps(answer.to_dict()))["text"] == "Paris"


def test_an_answer_cannot_be_changed(scripted: MakeModel) -> None:
    with pytest.raises(AttributeError):
        scripted().ask("Capital?").text = "Rome"  # type: ignore[misc]


def test_settings_are_keywords_with_short_or_long_names(scripted: MakeModel) -> None:
    model = scripted()

    answer = model.ask("Capital?", seed=7, **{"decode.temperature": 0.5})

    assert answer.seed == 7
    assert answer.settings["decode.temperature"] == 0.5
    assert model._engine.asked[0].decoding.seed == 7
    assert model._engine.asked[0].decoding.samples


@pytest.mark.parametrize("seed", [np.int64(3), np.uint8(3)])
def test_numbers_of_numpy_are_numbers(scripted: MakeModel, seed: np.integer) -> None:
    answer = scripted().ask("Capital?", do_sample=True, seed=seed, temperature=np.float32(0.5), top_p=Fraction(1, 2))

    assert (answer.seed, answer.settings["decode.temperature"], answer.settings["decode.top_p"]) == (3, 0.5, 0.5)


def test_a_profile_is_a_name_a_path_or_a_profile(scripted: MakeModel, tmp_path: Path) -> None:
    path = tmp_path / "my.yaml"
    path.write_text("prefix: Be brief.\n")
    model = scripted()

    assert model.ask("Capital?", profile="qa").prompt.text == "Q: Capital?\nA:"
    assert model.ask("Capital?", profile=path).prompt.text == "Be brief.\n\nCapital?"
    assert model.ask("Capital?", profile=flanchat.Profile("mine", prefix="Hm.")).prompt.text == "Hm.\n\nCapital?"


def test_variables_fill_the_template(scripted: MakeModel) -> None:
    profile = flanchat.Profile("to", template="To {{who}}: {{input}}", vars={"who": flanchat.Variable(None)})

    assert scripted().ask("Hello", profile=profile, variables={"who": "Ann"}).prompt.text == "To Ann: Hello"


def test_the_given_history_is_in_the_prompt_whatever_the_profile_says(scripted: MakeModel) -> None:
    history = [("Capital of France?", "Paris"), ("And of Italy?", "Rome")]

    answer = scripted().ask("And of Spain?", profile="qa", history=history)

    assert answer.prompt.text.startswith("Q: Capital of France?\nA: Paris\n\nQ: And of Italy?\nA: Rome")
    assert "Paris" not in scripted().ask("And of Spain?", profile="qa", history=history, turns=1).prompt.text


def test_history_that_has_no_place_in_the_prompt_is_refused(scripted: MakeModel) -> None:
    profile = flanchat.Profile("bare", template="Say: {{input}}")

    with pytest.raises(flanchat.UsageError, match=r"profile bare has no place for history"):
        scripted().ask("And now?", profile=profile, history=[("a", "b")])


def test_what_is_dropped_from_the_prompt_is_in_the_answer_and_a_warning(scripted: MakeModel) -> None:
    with pytest.warns(flanchat.FlanchatWarning, match="over the budget of 16 tokens, dropped: turn 1") as caught:
        answer = scripted().ask("Why?", history=[("word " * 20, "b")], max_input_tokens=16)

    assert [s.kind for s in answer.prompt.segments if not s.kept] == ["turn"]
    assert caught[0].filename == __file__


def test_a_setting_without_effect_is_a_warning(scripted: MakeModel) -> None:
    with pytest.warns(flanchat.FlanchatWarning, match="length_penalty has no effect while num_beams is 1"):
        scripted().ask("Capital?", length_penalty=2.0)
    with pytest.warns(flanchat.FlanchatWarning, match="temperature has no effect while the answer is one of the"):
        scripted().choose("Is it?", ["yes", "no"], temperature=2.0)


@pytest.mark.parametrize(
    ("keywords", "message"),
    [
        ({"temprature": 1}, "unknown keyword temprature. Did you mean temperature?"),
        ({"profil": "qa"}, "unknown keyword profil. Did you mean profile?"),
        ({"decode.temprature": 1}, "unknown keyword decode.temprature. Did you mean decode.temperature?"),
        ({"probs": True}, "unknown keyword probs"),
        ({"temperature": 9}, "decode.temperature: expected a number from 0 to 5, got 9"),
        ({"seed": "one"}, "decode.seed: expected a whole number, got the text 'one'"),
        ({"profile": "qaa"}, "unknown profile qaa. Did you mean qa?"),
        ({"profile": 3}, "profile: expected a text, got 3"),
        ({"profile": "qa", "variables": {"who": "me"}}, "who: profile qa has no such variable."),
        ({"variables": {"who": 1}}, "variable who: expected a text, got 1"),
        ({"variables": "who"}, "variables: expected names with their values, got the text 'who'"),
        ({"seed": range(3)}, "decode.seed: expected a whole number, got a value of type range"),
        ({"batch": 3}, "batch: this method has no such keyword"),
        ({"history": [{"role": "user", "content": "x"}]}, "history 1: expected a question and its answer"),
        ({"history": 5}, "history: expected a list of questions with their answers, got 5"),
        ({"temperature": 1, "decode.temperature": 2}, "decode.temperature: given twice"),
        ({"history": ["ab"]}, "history 1: expected a question and its answer"),
        ({"history": [("a", "b")] * 1001}, "history.turns: expected a whole number from 0 to 1000, got 1001"),
    ],
)
def test_a_wrong_keyword_is_refused_by_its_name(scripted: MakeModel, keywords: dict, message: str) -> None:
    model = scripted()

    with pytest.raises(flanchat.UsageError) as refused:
        model.ask("Capital?", **keywords)

    assert message in str(refused.value)
    assert model._engine.asked == []


@pytest.mark.parametrize(
    ("question", "message"),
    [
        (None, "question: expected a text, got nothing (null)"),
        (["a", "b"], "question: expected a text, got a list"),
        ("", "question: the question is empty"),
        ("half \ud800", "question: expected UTF-8, found half a character"),
        ("a\0b", "question: expected UTF-8, found a NUL"),
    ],
)
def test_a_question_that_is_no_text_is_refused(scripted: MakeModel, question: object, message: str) -> None:
    with pytest.raises(flanchat.UsageError) as refused:
        scripted().ask(question)  # type: ignore[arg-type]

    assert message in str(refused.value)


def test_a_profile_of_another_model_is_refused(scripted: MakeModel) -> None:
    with pytest.raises(flanchat.UsageError, match="profile x needs the model flan-t5-xl, and scripted is loaded"):
        scripted().ask("Capital?", profile=flanchat.Profile("x", model="flan-t5-xl"))


def test_a_question_that_is_too_long_is_refused_before_the_model_runs(scripted: MakeModel) -> None:
    model = scripted()

    with pytest.raises(flanchat.BudgetError, match="the question is 30 tokens, but only 15 are left"):
        model.ask("word " * 30, max_input_tokens=16)

    assert model._engine.asked == []


def test_a_profile_with_choices_is_answered_with_the_likeliest(scripted: MakeModel) -> None:
    model = scripted(logprobs={"positive": -3.0, "negative": -0.5})

    answer = model.ask("Dull.", profile="sentiment")

    assert answer.text == "negative"
    assert sum(answer.shares.values()) == pytest.approx(1)


def test_choose_scores_the_given_choices_whatever_the_profile_says(scripted: MakeModel) -> None:
    model = scripted(logprobs={"yes": -0.5, "no": -3.0})
    free = flanchat.Profile("free", settings={"post.choose": "free"})

    assert model.choose("Is it?", ["no", "yes"]).text == "yes"
    assert list(model.choose("Is it?", ["no", "yes"], profile=free).shares) == ["no", "yes"]


@pytest.mark.filterwarnings("ignore::flanchat.FlanchatWarning")
def test_calibrated_shares_are_those_of_a_calculation_by_hand(tiny: flanchat.Model) -> None:
    profile = flanchat.Profile("p", prefix="Say yes or no.", template="qa")

    answer = tiny.choose("Is the sky blue?", ["yes", "no"], profile=profile, choose="calibrated")

    def probabilities(question: str) -> list[float]:
        prompt = answer.prompt.text.replace("Is the sky blue?", question)
        return [math.exp(one.logprob) for one in tiny.score(prompt, ["yes", "no"], end=True)]

    written = list(answer.choices[0].template_logprobs)
    free = [probabilities(question) for question in written]
    asked = probabilities("Is the sky blue?")
    ratios = [p * len(written) / sum(under) for p, under in zip(asked, zip(*free, strict=True), strict=True)]
    assert written == [""]  # this vocabulary has neither capitals nor brackets
    assert list(answer.shares.values()) == pytest.approx([ratio / sum(ratios) for ratio in ratios], rel=1e-4)
    assert answer.text == max(answer.shares, key=lambda text: answer.shares[text])


@pytest.mark.parametrize(
    ("choices", "message"),
    [(["yes"], "expected two choices or more"), ("yes", "choice: expected a list of texts, got one text")],
)
def test_too_few_choices_are_refused(scripted: MakeModel, choices: object, message: str) -> None:
    with pytest.raises(flanchat.UsageError, match=message):
        scripted().choose("Is it?", choices)  # type: ignore[arg-type]


def test_nothing_is_warned_about_when_nothing_is_lost(scripted: MakeModel) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        scripted().ask("Capital?", profile="qa", max_new_tokens=3)


@pytest.mark.parametrize(
    ("questions", "message"),
    [
        ({"a": 1}, "question: expected a list of texts, got a mapping"),
        ({"a", "b"}, "question: expected a list of texts, got a value of type set"),
        (7, "question: expected a list of texts, got 7"),
        ([b"a"], "question 1: expected a text, got a value of type bytes"),
    ],
)
def test_questions_come_in_a_list_of_texts(scripted: MakeModel, questions: object, message: str) -> None:
    with pytest.raises(flanchat.UsageError) as refused:
        scripted().ask_all(questions)

    assert message == str(refused.value)


def test_a_closed_model_says_so_whatever_is_asked_of_it(scripted: MakeModel) -> None:
    model = scripted()
    model.close()

    for use in (model.__enter__, lambda: model.tokens("hi"), lambda: model.ask("hi"), lambda: model.score("a", ["b"])):
        with pytest.raises(flanchat.UsageError, match="this model is closed"):
            use()


def test_a_vote_gives_the_winner_the_counts_and_all_answers(scripted: MakeModel) -> None:
    with pytest.warns(flanchat.FlanchatWarning, match=r"votes at temperature 0\.7"):
        answer = scripted(("Rome",), ("Paris",), ("paris",)).ask("Capital?", vote=3)

    assert (answer.text, [one.text for one in answer.candidates]) == ("Paris", ["Rome", "Paris", "paris"])
    assert answer.vote is not None
    assert (answer.vote.agree, answer.vote.words) == (2, "2 of 3 agree")


def test_the_stream_of_several_answers_has_only_the_one_that_counts(scripted: MakeModel) -> None:
    with scripted(("Par", "is"), ("Rome",)).stream("Capital?", n_best=2) as stream:
        kinds = [type(event).__name__ for event in stream]

    assert kinds == ["Started", "Delta", "Finished"]
    assert [one.text for one in stream.answer.candidates] == ["Paris", "Rome"]
    assert stream.answer.vote is None


def test_many_questions_can_be_voted_on(scripted: MakeModel) -> None:
    answers = scripted(("a",), ("b",), ("b",), ("c",), ("d",), ("d",)).ask_all(
        ["one", "two"], vote=3, do_sample=True, progress=False
    )

    assert [answer.text for answer in answers] == ["b", "d"]
