"""Many results at once: answers to a list, scores of continuations, the cells of a grid, the tokens of a text."""

from __future__ import annotations

import dataclasses
import io
import sys
import types
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import flanchat
from flanchat.engine.protocol import ModelCard
from flanchat.engine.scripted import ScriptedEngine
from flanchat.experiments.grid_results import grid_json
from tests.api.conftest import MakeModel, model_on

INSTRUCT = flanchat.Profile("instruct", prefix="how is")
QUESTIONS = ["boil a tomato", "translate english", "is a city", "boil a tomato", "what is a question how many water"]


def test_many_answers_are_those_of_each_question_alone_in_order(tiny: flanchat.Model) -> None:
    how = {"do_sample": True, "seed": 3, "max_new_tokens": 5}

    together = tiny.ask_all(QUESTIONS, batch=2, profile=INSTRUCT, **how)

    assert [answer.question for answer in together] == QUESTIONS
    assert [answer.text for answer in together] == [tiny.ask(q, profile=INSTRUCT, **how).text for q in QUESTIONS]
    assert [answer.batch for answer in together] == [2, 1, 2, 2, 2]  # the longest prompts first
    assert all(token.top == () for answer in together for token in answer.tokens)


def test_without_a_seed_equal_questions_are_sampled_anew(scripted: MakeModel) -> None:
    seeds = [answer.seed for answer in scripted().ask_all(["a"] * 8, do_sample=True)]

    assert len(set(seeds)) == 8


def test_nothing_is_asked_when_a_question_is_too_long(scripted: MakeModel) -> None:
    model = scripted()

    with pytest.raises(flanchat.BudgetError, match="question 2: the question is 30 tokens"):
        model.ask_all(["a", "word " * 30], max_input_tokens=16)

    assert model._engine.asked == []


@pytest.mark.parametrize(
    ("questions", "batch", "message"),
    [
        ("one text", 16, "question: expected a list of texts, got one text"),
        (["a", None], 16, "question 2: expected a text, got nothing"),
        (["a"], 0, "batch: expected a whole number from 1 to 1024, got 0"),
        (["a", " "], 2, "question 2: the question is empty"),
        (["a"], 10**6, "batch: expected a whole number from 1 to 1024, got 1000000"),
        (["a"], "2", "batch: expected a whole number from 1 to 1024, got the text '2'"),
    ],
)
def test_wrong_lists_are_refused(scripted: MakeModel, questions: Any, batch: Any, message: str) -> None:
    with pytest.raises(flanchat.UsageError, match=message):
        scripted().ask_all(questions, batch=batch)


def test_no_questions_have_no_answers(scripted: MakeModel) -> None:
    assert list(scripted().ask_all([])) == []


def test_losses_of_many_prompts_are_one_warning(scripted: MakeModel) -> None:
    with pytest.warns(flanchat.FlanchatWarning) as caught:
        scripted().ask_all(["a", "b"], profile="fewshot", max_input_tokens=16)

    assert len(caught) == 1
    assert "question 1 and others, 2 in all: over the budget of 16 tokens" in str(caught[0].message)


@pytest.mark.parametrize(
    ("context", "texts", "message"),
    [
        ("a " * 9000, ["b"], "context: 9000 tokens; at most 8192"),
        ("a", ["b", "c " * 2000], "continuation 2: 2000 tokens; at most 1024"),
    ],
)
def test_texts_that_would_take_all_memory_are_not_scored(
    scripted: MakeModel, context: str, texts: list[str], message: str
) -> None:
    with pytest.raises(flanchat.UsageError, match=message):
        scripted().score(context, texts)


def test_continuations_are_scored_with_their_end_on_request(scripted: MakeModel) -> None:
    model = scripted(logprobs={"blue": -1.0, "grey": -0.5, "</s>": -2.0})

    scores = model.score("the sky is", ["blue", "grey"])

    assert [(score.text, score.logprob) for score in scores] == [("blue", -1.0), ("grey", -0.5)]
    assert [score.logprob for score in model.score("the sky is", ["blue", "grey"], end=True)] == [-3.0, -2.5]
    assert (scores.context, scores.prompt_tokens) == ("the sky is", 4)
    assert scores.to_dict()["continuations"][0]["end_logprob"] == -2.0


def test_a_grid_varies_lists_and_keeps_the_rest(scripted: MakeModel) -> None:
    grid = scripted().whatif("Fruit?", temperature=[0.5, 1.0], seed=range(2), max_new_tokens=9)

    assert [cell.values for cell in grid] == [{}, {"temperature": 0.5}, {"temperature": 1.0}, {"seed": 0}, {"seed": 1}]
    assert {cell.answer.settings["decode.max_new_tokens"] for cell in grid} == {9}
    assert grid.to_dict() == grid_json(grid._session.grid)


def test_profiles_and_arrays_of_numbers_can_be_varied(scripted: MakeModel) -> None:
    mine = flanchat.Profile("mine", prefix="Hm.")

    grid = scripted().whatif("Fruit?", full=True, profile=["plain", mine], temperature=np.array([0.5, 1.0]))

    assert [cell.answer.prompt.text for cell in grid] == ["Fruit?", "Fruit?", "Hm.\n\nFruit?", "Hm.\n\nFruit?"]
    assert [cell.values["temperature"] for cell in grid] == [0.5, 1.0, 0.5, 1.0]


def test_a_full_grid_has_all_combinations(scripted: MakeModel) -> None:
    grid = scripted().whatif("Fruit?", full=True, profile=["plain", "qa"], max_new_tokens=[3, 4])

    assert [tuple(cell.values.values()) for cell in grid] == [("plain", 3), ("plain", 4), ("qa", 3), ("qa", 4)]
    assert [cell.answer.prompt.text for cell in grid][1:3] == ["Fruit?", "Q: Fruit?\nA:"]


def test_a_setting_that_one_cell_uses_is_not_called_idle(scripted: MakeModel):
    with pytest.warns(flanchat.FlanchatWarning) as issued:
        scripted().whatif("Fruit?", num_beams=[1, 3], length_penalty=2.0, choose="mean")

    assert [str(one.message) for one in issued] == [
        "choose has no effect while there are no choices",
        "1 of 2 cells: length_penalty has no effect while num_beams is 1",
    ]


def test_a_grid_warns_of_votes_by_greedy_settings(scripted: MakeModel):
    with pytest.warns(flanchat.FlanchatWarning, match="votes at temperature 0.7") as issued:
        scripted().whatif("Fruit?", vote=[1, 2])

    assert len(issued) == 1


def test_a_grid_has_the_given_history_and_no_other(scripted: MakeModel, tmp_path: Path) -> None:
    model = scripted(record=tmp_path / "s.jsonl")
    model.ask("Earlier?")

    grid = model.whatif("Fruit?", turns=[0, 5], history=[("Given?", "yes")])

    assert [cell.answer.prompt.text for cell in grid][1:] == ["Fruit?", "Q: Given?\nA: yes\n\nFruit?"]


def test_models_and_stop_texts_can_be_varied(scripted: MakeModel) -> None:
    model = scripted(("one", "two"))

    assert [cell.answer.text for cell in model.whatif("a", model=["scripted", "other"])][1:] == ["from other"]
    assert [cell.answer.text for cell in model.whatif("a", stop=[["two"], ["one"]])] == ["onetwo", "one", ""]


@pytest.mark.parametrize(
    ("keywords", "message"),
    [
        ({}, "nothing to vary"),
        ({"temperature": 0.5}, "nothing to vary"),
        ({"temprature": [1]}, "unknown keyword temprature. Did you mean temperature?"),
        ({"temperature": [0.5, 9]}, "decode.temperature: expected a number from 0 to 5, got 9"),
        ({"temperature": []}, "temperature: expected 1 to 1000 values, found 0"),
        ({"model": "x", "seed": [1, 2]}, "model: expected several values in a list"),
        ({"profile": ["qaa"]}, "unknown profile qaa. Did you mean qa?"),
    ],
)
def test_wrong_axes_are_refused(scripted: MakeModel, keywords: dict, message: str) -> None:
    model = scripted()

    with pytest.raises(flanchat.UsageError) as refused:
        model.whatif("Fruit?", **keywords)

    assert message in str(refused.value)
    assert model._engine.asked == []


def test_characters_that_the_model_cannot_read_are_a_warning_wherever_they_come(tiny: flanchat.Model) -> None:
    for call in (
        lambda: tiny.ask("boil 你好", max_new_tokens=2),
        lambda: tiny.score("boil 你好", ["a"]),
        lambda: tiny.score("boil", ["你好"]),
        lambda: tiny.choose("boil", ["你好", "再见"]),
    ):
        with pytest.warns(flanchat.FlanchatWarning, match="not in the model's vocabulary: 你 好"):
            call()


def test_tokens_show_what_the_model_will_not_see(tiny: flanchat.Model) -> None:
    tokens = tiny.tokens("boil 你好")

    assert "".join(piece.source for piece in tokens.pieces) == "boil 你好"
    assert tokens.lost == "你好"
    assert tokens.total == len(tokens.pieces) + 1
    assert tokens.to_dict()["warnings"] == [{"kind": "unk", "count": 2, "chars": "你好"}]


HOSTILE = "<script>alert(1)</script>\x1b[31m\u202e"


def test_whatever_a_model_writes_is_only_text_in_a_notebook(scripted: MakeModel) -> None:
    model = scripted((HOSTILE,))
    results = [
        model.ask(HOSTILE),
        model.ask_all([HOSTILE, "b"]),
        model.choose(HOSTILE, [HOSTILE, "b"]),
        model.score(HOSTILE, [HOSTILE]),
        model.whatif(HOSTILE, full=True, max_new_tokens=[3, 4], top_k=[1, 2], do_sample=True),
        model.tokens(HOSTILE),
    ]

    for result in results:
        drawn = result._repr_html_()
        assert "&lt;script&gt;" in drawn
        assert "<script" not in drawn
        assert not set("\x1b\u202e") & set(drawn)
        assert drawn.lstrip().startswith('<div class="flanchat">')


def test_a_long_list_is_cut_in_a_notebook(scripted: MakeModel) -> None:
    drawn = scripted().ask_all([str(number) for number in range(103)])._repr_html_()

    assert drawn.count("<tr>") == 101
    assert "and 3 more" in drawn


class Notebook:
    """Stands for IPython in a cell of a notebook."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.drawn: list[str] = []
        shell = types.SimpleNamespace(kernel=object())
        patch.setitem(sys.modules, "IPython", types.SimpleNamespace(get_ipython=lambda: shell))
        display = types.SimpleNamespace(HTML=str, display=lambda text, display_id: self.update(text))
        patch.setitem(sys.modules, "IPython.display", display)

    def update(self, text: str) -> Notebook:
        self.drawn.append(text)
        return self


def test_long_work_draws_a_bar_in_a_notebook_and_short_work_none(
    scripted: MakeModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    notebook = Notebook(monkeypatch)
    model = scripted()

    model.ask_all(["a"] * 3)
    assert notebook.drawn == []

    clock = iter(range(0, 1000, 2))
    monkeypatch.setattr("time.monotonic", lambda: next(clock))
    model.ask_all(["a"] * 3)
    assert notebook.drawn[-1].startswith('<progress value="3" max="3"></progress> 3/3 · ')
    model.ask_all(["a"] * 3, progress=False)
    assert len(notebook.drawn) == 3


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_long_work_draws_a_bar_on_a_terminal_and_nothing_in_a_file(
    scripted: MakeModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = iter(range(0, 100_000, 2))
    monkeypatch.setattr("time.monotonic", lambda: next(clock))
    monkeypatch.setenv("TERM", "xterm-256color")
    for stream in (Terminal(), io.StringIO()):
        monkeypatch.setattr("sys.stderr", stream)
        scripted().ask_all(["a"] * 3)

        assert ("3/3" in stream.getvalue()) == stream.isatty()


class Widening(ScriptedEngine):
    """Answers its first 35 requests in float16, and all later ones in a wider precision with other numbers."""

    def card(self) -> ModelCard:
        wider = len(self.asked) > 35
        self.logprobs = {"word": -2.0 if wider else -1.0}
        return dataclasses.replace(super().card(), precision="float32" if wider else "float16")


def test_scores_that_are_compared_come_from_one_precision(environ: dict[str, str]) -> None:
    scores = model_on(Widening(), environ).score("a b", ["word"] * 40)

    assert [score.logprob for score in scores] == [-2.0] * 40
