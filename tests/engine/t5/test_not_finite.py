"""Numbers that float16 cannot hold: `auto` answers again in a wider precision, a precision that was chosen refuses."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from flanchat.base.errors import EngineError
from flanchat.engine.checkpoint.validate import ModelSource
from flanchat.engine.devices.precision import wider_precision
from flanchat.engine.events import Decoding, Delta, Event, Finished, Request, Started, Token, Withdrawn
from flanchat.engine.protocol import Engine, EngineOptions
from flanchat.engine.t5.local import LocalEngine
from flanchat.engine.worker.pool import answered
from flanchat.engine.worker.process import WorkerEngine
from flanchat.prompting.profile import Profile
from flanchat.prompting.settings import Settings
from flanchat.prompting.setup import Setup
from flanchat.sessions.answer import Answer
from flanchat.sessions.batch import answer_all, unanswered
from flanchat.sessions.collect import collect, settled
from flanchat.sessions.scoring import score
from tests.npu import FAKE, fake_npu, needs_fake_npu
from tests.tiny_t5 import make_overflowing_t5

pytestmark = [needs_fake_npu, pytest.mark.usefixtures("forked")]

ROOT = Path(__file__).parents[3]
SALT = Request("add salt", Decoding(max_new_tokens=6, min_new_tokens=6))
PARIS = Request("Paris", Decoding(max_new_tokens=6, min_new_tokens=6))


@pytest.fixture(scope="module")
def environ(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The environment of a machine with an NPU without bfloat16, where `auto` means float16."""
    cache = str(tmp_path_factory.mktemp("cache"))
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(FAKE))  # model processes get this one's import path
        yield {**os.environ, **fake_npu(FAKE_NPU_SOC="Ascend310P3"), "XDG_CACHE_HOME": cache}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny model in which one word, read or written, leads to numbers above 65504."""
    return make_overflowing_t5(tmp_path_factory.mktemp("large") / "model")


@pytest.fixture
def notes() -> list[str]:
    return []


@pytest.fixture
def auto(folder: Path, environ: dict[str, str], notes: list[str]) -> Iterator[WorkerEngine]:
    engine = WorkerEngine(_source(folder), EngineOptions(environ=environ, device="npu", note=notes.append))
    with closing(engine):
        assert engine.card().precision == "float16"
        yield engine


@pytest.fixture
def chosen(folder: Path, environ: dict[str, str]) -> Iterator[WorkerEngine]:
    with closing(
        WorkerEngine(_source(folder), EngineOptions(environ=environ, device="npu", precision="float16"))
    ) as engine:
        yield engine


@pytest.fixture(scope="module")
def exact(folder: Path) -> LocalEngine:
    return _on_cpu(folder)


STOPPED = """
import os, sys
from pathlib import Path
from tests.engine.t5.test_not_finite import PARIS, EngineOptions, Finished, LocalEngine, _source

def note(sentence):
    if "takes its place" in sentence:
        engine.stop()

engine = LocalEngine(_source(Path(sys.argv[1])), EngineOptions(environ=os.environ, device="npu", note=note))
print([event.finish for event in engine.stream([PARIS]) if isinstance(event, Finished)])
"""


def test_stop_while_the_wider_model_loads_ends_the_second_answer_too(folder: Path, environ: dict[str, str]) -> None:
    command = [sys.executable, "-c", STOPPED, str(folder)]
    done = subprocess.run(command, env=environ, cwd=ROOT, capture_output=True, text=True, check=True)

    assert done.stdout.splitlines()[-1] == "['interrupted']"


def test_a_prompt_that_is_too_large_for_float16_gets_the_answer_of_float32(
    auto: WorkerEngine, exact: LocalEngine, notes: list[str]
) -> None:
    made = list(auto.stream([PARIS]))

    assert _ids(made) == _ids(exact.stream([PARIS]))
    assert [type(event) for event in made[:3]] == [Started, Withdrawn, Started]
    assert (auto.card().precision, auto.card().instead_of, auto.status) == ("float32", "float16", "ready")
    assert notes == ["numbers of tiny are not finite in float16; float32 takes its place"]
    assert _ids(auto.stream([SALT])) == _ids(exact.stream([SALT]))
    assert len(notes) == 1


def test_an_answer_that_fails_in_its_middle_begins_again(auto: WorkerEngine, exact: LocalEngine) -> None:
    large = exact.pieces("Paris")[-1].id
    begun = Request("add salt", Decoding(max_new_tokens=9, min_new_tokens=9), begin=(5, 6, large))
    answer = _answer(auto, "add salt")

    kinds = [type(event) for event in collect(auto.stream([begun]), [answer], auto.card)]

    assert kinds == [Started, *[Delta] * 3, Withdrawn, Started, *[Delta] * 9, Finished]
    assert _numbers(answer.tokens) == _ids(exact.stream([begun]))
    assert answer.text == "".join(token.text for token in answer.tokens).strip()
    assert answer.card is not None
    assert answer.card.precision == "float32"


def test_a_pipe_gets_only_the_second_text(auto: WorkerEngine, exact: LocalEngine) -> None:
    large = exact.pieces("Paris")[-1].id
    begun = Request("add salt", Decoding(max_new_tokens=9, min_new_tokens=9), begin=(5, 6, large))

    made = list(settled(auto.stream([begun])))

    assert not any(isinstance(event, Withdrawn) for event in made)
    assert _ids(made) == _ids(exact.stream([begun]))


def test_the_other_rows_of_a_batch_keep_their_answers(auto: WorkerEngine, exact: LocalEngine) -> None:
    pasta = Request("cook the pasta", SALT.decoding)
    alone = [list(auto.stream([row])) for row in (SALT, pasta)]
    narrow = auto.card()
    answers = [_answer(auto, row.prompt) for row in (SALT, PARIS, pasta)]

    for __ in answer_all(auto, answers, [SALT, PARIS, pasta]):
        pass

    assert [_numbers(answer.tokens) for answer in (answers[0], answers[2])] == [_ids(events) for events in alone]
    assert _numbers(answers[1].tokens) == _ids(exact.stream([PARIS]))
    assert [answer.card == narrow for answer in answers] == [True, False, True]
    assert all(answer.finish == "length" for answer in answers)


def test_a_row_that_is_cancelled_while_the_wider_model_loads_ends_alone(auto: WorkerEngine, exact: LocalEngine) -> None:
    events = []
    for event in auto.stream([SALT, PARIS, PARIS]):
        events.append(event)
        if event == Withdrawn(2):
            auto.cancel(2)

    finishes = {event.row: event.finish for event in events if isinstance(event, Finished)}
    assert finishes == {0: "length", 1: "length", 2: "interrupted"}
    assert _ids([event for event in events if event.row == 1]) == _ids(exact.stream([PARIS]))


def test_a_batch_of_a_pool_is_of_one_precision(auto: WorkerEngine, exact: LocalEngine) -> None:
    card, events = answered(auto, [SALT, PARIS])

    assert card.precision == "float32"
    assert not any(isinstance(event, Withdrawn) for event in events)
    assert _ids(events) == _ids(exact.stream([SALT, PARIS]))


def test_choices_are_compared_in_one_precision(auto: WorkerEngine, exact: LocalEngine) -> None:
    made_by_auto, expected = _answer(auto, "add salt"), _answer(exact, "add salt")

    for engine, answer in ((auto, made_by_auto), (exact, expected)):
        for __ in collect(score(engine, answer, ["pasta", "Paris, Paris"]), [answer], engine.card):
            pass

    for made, wanted in zip(made_by_auto.choices, expected.choices, strict=True):
        assert made.sum_logprob == pytest.approx(wanted.sum_logprob, abs=1e-4)
    assert sum(made_by_auto.shares.values()) == pytest.approx(1)


def test_a_precision_that_was_chosen_is_kept_and_the_wider_one_named(chosen: WorkerEngine) -> None:
    answers = [_answer(chosen, row.prompt) for row in (SALT, PARIS)]

    with pytest.raises(EngineError, match=r"^numbers of tiny are not finite in float16; use precision float32$"):
        list(answer_all(chosen, answers, [SALT, PARIS]))

    assert [(answer.finish, len(answer.tokens)) for answer in answers] == [("length", 6), ("error", 0)]
    assert answers[1].text == ""
    assert _ids(chosen.stream([SALT])) == _numbers(answers[0].tokens)
    assert chosen.card().precision == "float16"


@pytest.mark.transformers
@pytest.mark.parametrize("beams", [1, 2])
def test_a_prompt_that_is_too_large_for_float32_has_no_answer(tmp_path: Path, beams: int) -> None:
    engine = _on_cpu(make_overflowing_t5(tmp_path / "model", gate=1e20))

    with pytest.raises(EngineError, match="not finite in float32, the widest one"):
        list(engine.stream([replace(PARIS, decoding=Decoding(max_new_tokens=4, num_beams=beams))]))

    assert len(_ids(engine.stream([SALT]))) == 6


@pytest.mark.parametrize("precision", ["float16", "auto"])
def test_a_model_that_is_too_large_for_float16_is_not_damaged(
    tmp_path: Path, environ: dict[str, str], precision: str
) -> None:
    folder = make_overflowing_t5(tmp_path / "model", every_word=True)
    options = EngineOptions(environ=environ, device="npu", precision=precision)

    with closing(WorkerEngine(_source(folder), options)) as engine:
        if precision == "auto":
            assert _ids(engine.stream([SALT])) == _ids(_on_cpu(folder).stream([SALT]))
        else:
            with pytest.raises(EngineError, match=r"not finite in float16; use precision float32$"):
                engine.card()


def test_each_precision_has_the_next_wider_one() -> None:
    assert [wider_precision("cpu", name) for name in ("int8", "float16", "bfloat16", "float32")] == [
        *["float32"] * 3,
        "",
    ]
    assert [wider_precision("mps", name) for name in ("float16", "bfloat16", "float32")] == ["bfloat16", "float32", ""]


def _source(folder: Path) -> ModelSource:
    return ModelSource("tiny", folder, "folder", "")


def _on_cpu(folder: Path) -> LocalEngine:
    return LocalEngine(_source(folder), EngineOptions(environ=os.environ, device="cpu", precision="float32"))


def _answer(engine: Engine, question: str) -> Answer:
    return unanswered(engine.measure, Setup(Profile("plain"), Settings(), {}), question, seed=0)


def _tokens(events: Sequence[Event] | object) -> list[Token]:
    made: list[Token] = []
    for event in events:  # type: ignore[attr-defined]
        if isinstance(event, Withdrawn):
            made.clear()
        elif isinstance(event, Delta):
            made += event.tokens
    return made


def _ids(events: object) -> list[int]:
    return _numbers(_tokens(events))


def _numbers(tokens: Sequence[Token]) -> list[int]:
    return [token.id for token in tokens]
