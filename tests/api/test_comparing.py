"""`flanchat.compare` from a program: loaded models or names, a frozen result, and what is kept of a stop."""

from __future__ import annotations

import dataclasses
import warnings
from pathlib import Path

import pytest

import flanchat
from tests.tiny_t5 import make_tiny_t5

PROMPTS = ["What is salt?", "Boil water and add salt.", "Translate: Paris is a city."]

pytestmark = [
    pytest.mark.usefixtures("surroundings"),
    pytest.mark.filterwarnings("ignore::flanchat.FlanchatWarning"),  # the tiny vocabulary lacks capitals
]


@pytest.fixture
def other(tmp_path: Path) -> str:
    """The name of another model with the same vocabulary."""
    return f"{make_tiny_t5(tmp_path / 'other', seed=1)},device=cpu,precision=float32"


def test_a_loaded_model_and_a_name_are_compared_and_the_result_is_frozen(tiny: flanchat.Model, other: str):
    found = flanchat.compare(tiny, other, PROMPTS, max_new_tokens=6)

    assert isinstance(found, flanchat.ModelDiff)
    assert (found.asked, len(found.prompts), found.same_vocabulary) == (3, 3, True)
    assert found.a == tiny.card
    assert [prompt.text_a for prompt in found.prompts] == [tiny.ask(one, max_new_tokens=6).text for one in PROMPTS]
    assert found.kl is not None
    assert found.kl > 0
    assert found.tokens == sum(len(prompt.kl) for prompt in found.prompts) <= 3 * 7
    with pytest.raises(dataclasses.FrozenInstanceError):
        found.asked = 4  # type: ignore[misc]


def test_the_dictionary_is_what_the_shell_prints_and_the_html_is_a_fragment(tiny: flanchat.Model):
    found = flanchat.compare(tiny, tiny, PROMPTS[:1])

    assert found.to_dict()["kl_a_b_nats"] == 0.0
    assert found.to_dict()["same"] == 1
    assert "Same answers on 1 of 1 prompt." in found._repr_html_()
    assert "<html" not in found._repr_html_()


def test_a_stop_keeps_what_was_compared(tiny: flanchat.Model, other: str, monkeypatch: pytest.MonkeyPatch):
    batches: list[int] = []
    answering = tiny._engine.stream

    def stream(requests: object) -> object:
        batches.append(1)
        if len(batches) == 3:
            raise KeyboardInterrupt
        return answering(requests)  # type: ignore[arg-type]

    monkeypatch.setattr(tiny._engine, "stream", stream)
    with pytest.raises(flanchat.Interrupted) as stopped:
        flanchat.compare(tiny, other, PROMPTS, batch=1, max_new_tokens=3)

    assert len(stopped.value.answer.prompts) == 2


NOTE = "answers are compared greedily: without sampling, votes, beams and choices"


@pytest.mark.parametrize(
    ("how", "notes"),
    [
        ({}, []),
        ({"vote": 4}, [NOTE]),
        ({"n_best": 3}, [NOTE]),
        ({"temperature": 0.7}, [NOTE]),
        ({"temperature": 0.7, "length_penalty": 2.0}, [NOTE, "length_penalty has no effect while num_beams is 1"]),
        ({"length_penalty": 2.0}, ["length_penalty has no effect while num_beams is 1"]),
        ({"choose": "mean"}, ["choose has no effect while there are no choices"]),
        ({"profile": flanchat.Profile("yesno", choices=("yes", "no")), "choose": "mean"}, [NOTE]),
    ],
)
def test_what_a_greedy_comparison_does_not_do_is_a_warning_and_nothing_else_is(
    tiny: flanchat.Model, how: dict[str, object], notes: list[str]
):
    with warnings.catch_warnings(record=True) as issued:
        warnings.simplefilter("always")
        flanchat.compare(tiny, tiny, ["boil water"], max_new_tokens=3, **how)  # type: ignore[arg-type]

    assert [str(one.message) for one in issued] == notes


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ({}, "expected a second model, or reference=True in its place"),
        ({"b": "bundled", "reference": True}, "expected a second model, or reference=True in its place"),
        ({"b": "bundled", "prompts": "one"}, "prompt: expected a list of texts"),
        ({"b": "bundled", "prompts": ["a", " "]}, "prompt 2: the question is empty"),
        ({"b": "bundled", "temperatur": 1}, "unknown keyword temperatur"),
        ({"b": "bundled", "batch": 0}, "batch: expected a whole number from 1"),
    ],
)
def test_what_cannot_be_compared_is_refused(tiny: flanchat.Model, arguments: dict[str, object], why: str):
    with pytest.raises(flanchat.UsageError, match=why):
        flanchat.compare(tiny, **arguments)  # type: ignore[arg-type]


@pytest.mark.transformers
@pytest.mark.slow  # a process that imports transformers; tests/cli/test_diff.py has one
def test_reference_takes_the_place_of_the_second_model(tiny: flanchat.Model):
    found = flanchat.compare(tiny, reference=True, prompts=PROMPTS[:1], max_new_tokens=4)

    assert (found.a.engine, found.b.engine) == ("transformers", "t5")
    assert found.same == 1
    assert found.kl == pytest.approx(0, abs=1e-6)
