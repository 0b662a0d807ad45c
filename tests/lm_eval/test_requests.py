"""What the evaluation harness asks becomes requests to an engine, and the answers come back in its order."""

from __future__ import annotations

import sys
import unittest
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from importlib.util import find_spec

import pytest

from flanchat.base.errors import UsageError
from flanchat.engine.events import Decoding, Delta, Event, Request, Started, Withdrawn
from flanchat.engine.protocol import ModelCard
from flanchat.engine.scripted import CARD, END, ScriptedEngine
from flanchat.lm_eval import decoding_of, generations, loglikelihoods, run, split_pair, with_defaults

PAIRS = [
    ("a b", "yes"),
    ("a longer context of seven words here", "no it is not"),
    ("a b", "no it is not"),
    ("a longer context of seven words here", "yes"),
]


@dataclass
class Widening(ScriptedEngine):
    """Withdraws the rows of its first batch and answers them in a wider precision, which it keeps."""

    precision: str = "float16"
    batches: list[Sequence[Request]] = field(default_factory=list)

    def card(self) -> ModelCard:
        return replace(CARD, precision=self.precision)

    def stream(self, requests: Sequence[Request]) -> Iterator[Event]:
        self.batches.append(requests)
        if self.precision == "float16":
            for row in range(len(requests)):
                yield Started(row, 3, 0.0, withdrawable=True)
                yield Delta(row, "void")
                yield Withdrawn(row)
            self.precision = "float32"
        yield from super().stream(requests)


def of_every(place: int, result: object) -> None: ...


def test_equal_contexts_are_adjacent_and_results_come_in_the_harness_s_order() -> None:
    engine = ScriptedEngine(logprobs={"yes": -1.0, "no": -2.0, "it": -0.5, "is": -0.5, "not": -0.5, END: -9.0})
    told: dict[int, tuple[float, bool]] = {}

    found = loglikelihoods(engine, PAIRS, told.__setitem__)

    assert [logprob for logprob, __ in found] == [-1.0, -3.5, -3.5, -1.0]
    assert [told[at] for at in range(4)] == found
    assert [request.prompt for request in engine.asked] == [PAIRS[1][0], PAIRS[1][0], "a b", "a b"]
    assert [len(request.begin) for request in engine.asked] == [1, 4, 1, 4]


def test_numbers_that_are_compared_come_from_one_precision() -> None:
    engine = Widening()
    told: list[int] = []

    loglikelihoods(engine, [(f"context {number}", "yes") for number in range(40)], lambda at, result: told.append(at))

    assert [len(batch) for batch in engine.batches] == [32, 8, 32, 8]
    assert len(told) == 80


def test_spaces_between_context_and_continuation_belong_to_the_continuation() -> None:
    assert split_pair("Answer:\n ", "yes") == ("Answer:", "\n yes")
    assert split_pair("", "yes") == ("", "yes")


def test_the_longest_prompts_are_answered_first_in_batches() -> None:
    engine = ScriptedEngine([["Oslo"], ["Paris"], ["Rome"], ["Bern"], ["Lima"]])
    prompts = ["a", "a b c d e", "a b", "a b c d", "a b c"]

    texts = generations(engine, [(prompt, Decoding()) for prompt in prompts], 2, of_every)

    assert [request.prompt for request in engine.asked] == sorted(prompts, key=len, reverse=True)
    assert texts == ["Lima", "Oslo", "Bern", "Paris", "Rome"]


def test_a_withdrawn_text_is_not_part_of_the_answer() -> None:
    engine = Widening([["Paris"]])

    assert generations(engine, [("a", Decoding())], 8, of_every) == ["Paris"]


def test_prompts_longer_than_those_of_the_training_are_counted_and_whole() -> None:
    engine = ScriptedEngine([["x"]])
    long = " ".join(["word"] * 600)

    with unittest.TestCase().assertLogs("lm_eval.flanchat", "WARNING") as logged:
        loglikelihoods(engine, [(long, "yes"), ("short", "yes")], of_every)
        generations(engine, [(long, Decoding()), (long, Decoding())], 8, of_every)

    texts = [record.getMessage() for record in logged.records]
    assert [text.partition(" longer")[0] for text in texts] == ["1 prompt is", "2 prompts are"]
    assert {request.prompt for request in engine.asked} == {long, "short"}


def test_the_options_of_a_task_are_those_of_the_decoding() -> None:
    asked = decoding_of({"until": "Q:", "max_gen_toks": 7, "max_tokens": 9, "num_beams": 2, "length_penalty": 2}, 3)

    assert asked == Decoding(max_new_tokens=7, stop=("Q:",), num_beams=2, length_penalty=2.0, seed=3, top=0)
    assert decoding_of({}, 3) == Decoding(max_new_tokens=256, seed=3, top=0)
    assert decoding_of({"max_new_tokens": 2048, "until": ["", "x"]}, 0).stop == ("x",)
    assert decoding_of({"temperature": 0.7, "top_p": 0.9}, 0).samples
    assert not decoding_of({"temperature": 0.7, "do_sample": False}, 0).samples
    assert not decoding_of({"temperature": 0.0}, 0).samples


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"typical_p": 0.2}, "flanchat does not have typical_p"),
        ({"temperature": "hot"}, "temperature: expected a number"),
        ({"until": 3}, "until: expected a text or a list of texts, got 3"),
        ({"max_gen_toks": "many"}, "max_gen_toks: expected a whole number above 0, got 'many'"),
    ],
)
def test_an_option_that_would_be_ignored_is_refused_by_name(options: dict[str, object], reason: str) -> None:
    with pytest.raises(UsageError, match=reason):
        decoding_of(options, 0)


def test_the_arguments_of_the_harness_win_over_the_defaults() -> None:
    assert with_defaults(["run", "--tasks", "a"]) == [
        "run", "--model=flanchat", "--device=auto", "--batch_size=32", "--tasks", "a",
    ]  # fmt: skip
    mine = ["-M", "hf", "--device=cpu", "-b", "4", "--tasks", "a"]
    assert with_defaults(mine) == mine
    for alone in ([], ["--help"], ["validate", "--tasks", "a"], ["--config", "run.yaml"]):
        assert with_defaults(alone) == alone


@pytest.mark.skipif(find_spec("lm_eval") is not None, reason="the harness is installed")
def test_a_missing_harness_is_a_sentence(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "stdout", sys.stdout)  # run masks it
    with pytest.raises(SystemExit) as ended:
        run()

    assert ended.value.code == 2
    assert capsys.readouterr().err == (
        "flanchat: lm-evaluation-harness is not installed: pip install 'flanchat[lm-eval]'\n"
    )
