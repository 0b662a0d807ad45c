"""Answers as they come: one call at a time, and what Ctrl-C, a stop or a failure leaves."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

import flanchat
from flanchat.base.errors import EngineError
from flanchat.engine.events import Event, Request
from flanchat.engine.scripted import ScriptedEngine
from tests.api.conftest import MakeModel, model_on


class Interrupter:
    """Raises KeyboardInterrupt before a token of a request, as Ctrl-C does. at: number of the request and the token."""

    def __init__(self, model: flanchat.Model, request: int, token: int) -> None:
        self._asked, self._at = model._engine.asked, (request, token)
        model._engine.before = self

    def __call__(self, token: int) -> None:
        if (len(self._asked), token) == self._at:
            raise KeyboardInterrupt


def test_a_stream_gives_the_events_and_then_has_the_answer(scripted: MakeModel) -> None:
    stream = scripted(("Par", "is")).stream("Capital?")

    events = list(stream)

    assert [type(event) for event in events] == [flanchat.Started, flanchat.Delta, flanchat.Delta, flanchat.Finished]
    assert "".join(event.text for event in events if isinstance(event, flanchat.Delta)) == "Paris"
    assert (stream.answer.text, stream.answer.finish) == ("Paris", "eos")


def test_a_wrong_question_is_refused_before_the_first_event_is_read(scripted: MakeModel) -> None:
    with pytest.raises(flanchat.UsageError):
        scripted().stream("Capital?", temprature=1)


def test_a_stream_that_is_left_is_interrupted_and_the_model_is_free(scripted: MakeModel) -> None:
    model = scripted(("Par", "is"))

    with model.stream("Capital?") as stream:
        next(stream), next(stream)

    assert (stream.answer.text, stream.answer.finish) == ("Par", "interrupted")
    assert model.ask("Capital?").text == "Paris"


def test_leaving_the_loop_over_a_stream_ends_the_answer(scripted: MakeModel) -> None:
    model = scripted(("Par", "is"), record=True)
    for event in model.stream("Capital?"):
        if isinstance(event, flanchat.Delta):
            break

    assert model.ask("And?").text == "Paris"
    assert '"finish":"interrupted"' in model.path.read_text().replace(": ", ":")


def test_a_call_inside_an_open_stream_of_the_same_thread_is_refused_at_once(scripted: MakeModel) -> None:
    model = scripted(("Par", "is"))
    stream = model.stream("Capital?")
    next(stream)

    with pytest.raises(flanchat.UsageError, match=r"this model's stream is still open; .*stop\(\)"):
        model.ask("And?")
    model.stop()

    assert stream.answer.finish == "interrupted"
    assert model.ask("And?").text == "Paris"


def test_a_call_from_another_thread_waits_for_the_end_of_the_stream(scripted: MakeModel) -> None:
    model = scripted(("Par", "is"))
    stream = model.stream("first")
    next(stream)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(model.ask, "second")
        rest = list(stream)

        assert waiting.result().text == "Paris"
    assert isinstance(rest[-1], flanchat.Finished)
    assert [asked.prompt for asked in model._engine.asked] == ["first", "second"]


def test_threads_that_share_a_model_get_their_own_answers(tiny: flanchat.Model) -> None:
    def ask(question: str) -> str:
        return tiny.ask(question, max_new_tokens=6, do_sample=True, seed=len(question)).text

    questions = ["boil", "a tomato", "translate", "question", "summarize", "is a good", "how many", "is bad"]
    alone = {question: ask(question) for question in questions}

    with ThreadPoolExecutor(4) as pool:
        together = pool.map(ask, questions * 3)

    assert list(together) == [alone[question] for question in questions * 3]
    assert len(set(alone.values())) > 4


def test_ctrl_c_leaves_the_answer_so_far_and_the_model_answers_again(scripted: MakeModel) -> None:
    model = scripted(("Par", "is"))
    Interrupter(model, request=1, token=1)

    with pytest.raises(flanchat.Interrupted) as pressed:
        model.ask("Capital?")

    assert isinstance(pressed.value, KeyboardInterrupt)
    assert (pressed.value.answer.text, pressed.value.answer.finish) == ("Par", "interrupted")
    assert model.ask("Capital?").text == "Paris"


def test_ctrl_c_leaves_the_answers_that_are_finished_in_their_places(scripted: MakeModel) -> None:
    model = scripted(("one",), ("two", "three"))
    Interrupter(model, request=2, token=1)

    with pytest.raises(flanchat.Interrupted) as pressed:
        model.ask_all(["a", "b", "c"], batch=1)

    answers = pressed.value.answer
    assert [answer.question for answer in answers] == ["a", "b", "c"]
    assert [(answer.text, answer.finish) for answer in answers] == [
        ("one", "eos"), ("two", "interrupted"), ("", "interrupted"),
    ]  # fmt: skip


def test_ctrl_c_while_prompts_are_compiled_leaves_those_that_are(environ: dict[str, str]) -> None:
    engine = ScriptedEngine((("Paris",),))

    def interrupted(parts: Sequence[str]) -> flanchat.Measured:
        if parts[0] == "b":
            raise KeyboardInterrupt
        return engine.measure(parts)

    model = model_on(Forwarding(engine, measure=interrupted), environ)

    with pytest.raises(flanchat.Interrupted) as pressed:
        model.ask_all(["a", "b"])

    assert [answer.question for answer in pressed.value.answer] == ["a"]


class Forwarding:
    """An engine with some methods replaced."""

    def __init__(self, engine: object, **methods: object) -> None:
        self.__dict__ |= methods
        self._engine = engine

    def __getattr__(self, name: str) -> object:
        return getattr(self._engine, name)


def test_ctrl_c_leaves_the_cells_that_are_finished(scripted: MakeModel) -> None:
    model = scripted(("one",), ("two", "three"))
    Interrupter(model, request=2, token=1)

    with pytest.raises(flanchat.Interrupted) as pressed:
        model.whatif("a", max_new_tokens=[3, 4])

    cells = [cell.answer for cell in pressed.value.answer if cell.answer is not None]
    assert [(answer.text, answer.finish) for answer in cells] == [
        ("one", "eos"), ("two", "interrupted"), ("", "interrupted"),
    ]  # fmt: skip


def test_ctrl_c_interrupts_every_cell_of_a_grid_of_several_batches_and_models(scripted: MakeModel) -> None:
    model = scripted(("one",))
    Interrupter(model, request=2, token=0)

    with pytest.raises(flanchat.Interrupted) as pressed:
        model.whatif("a", seed=range(100), model=["scripted", "demo"], full=True)

    cells = list(pressed.value.answer)
    ends = [cell.answer.finish if cell.answer is not None else cell.problem for cell in cells]
    assert len(ends) == 200
    assert set(ends[1:]) == {"interrupted", "not begun"}


def test_ctrl_c_leaves_the_scores_of_the_batches_that_are_finished(scripted: MakeModel) -> None:
    model = scripted()
    Interrupter(model, request=40, token=0)

    with pytest.raises(flanchat.Interrupted) as pressed:
        model.score("a b", [str(number) for number in range(50)])

    assert [score.text for score in pressed.value.answer] == [str(number) for number in range(32)]


def test_a_model_that_fails_leaves_what_was_made(scripted: MakeModel) -> None:
    model = scripted(("one",), ("two", EngineError("no memory")))

    with pytest.raises(flanchat.EngineError, match="no memory") as failed:
        model.ask_all(["a", "b"], batch=1)

    assert [(answer.text, answer.finish) for answer in failed.value.answer] == [("one", "eos"), ("two", "error")]


def test_stop_from_another_thread_ends_all_answers(scripted: MakeModel) -> None:
    model = scripted(("one", "two"))

    def stop(token: int) -> None:
        if len(model._engine.asked) == 2:
            thread = threading.Thread(target=model.stop)
            thread.start()
            thread.join()

    model._engine.before = stop
    answers = model.ask_all(["a", "b", "c"], batch=1)

    assert [answer.finish for answer in answers] == ["eos", "interrupted", "interrupted"]
    assert len(model._engine.asked) == 2


def test_stop_between_two_batches_is_not_lost(environ: dict[str, str]) -> None:
    engine = ScriptedEngine((("Paris",),))

    def stopped_after_its_last_event(requests: Sequence[Request]) -> Iterator[Event]:
        yield from engine.stream(requests)
        if len(engine.asked) == 1:
            model.stop()

    model = model_on(Forwarding(engine, stream=stopped_after_its_last_event), environ)
    answers = model.ask_all(["a", "b"], batch=1)

    assert [answer.finish for answer in answers] == ["eos", "interrupted"]
    assert model.ask("c").text == "Paris"


def test_a_stop_before_the_engine_begins_is_not_lost(environ: dict[str, str]) -> None:
    engine = ScriptedEngine((("one", " two", " three"),))

    def stopped_before_its_first_event(requests: Sequence[Request]) -> Iterator[Event]:
        model.stop()
        yield from engine.stream(requests)

    model = model_on(Forwarding(engine, stream=stopped_before_its_first_event), environ)

    assert model.ask("a").finish == "interrupted"


def test_a_closed_model_says_so(scripted: MakeModel) -> None:
    with scripted(("Par", "is")) as model:
        next(model.stream("Capital?"))
    model.close()

    with pytest.raises(flanchat.UsageError, match="this model is closed"):
        model.ask("Capital?")


def test_an_exception_inside_the_loop_over_a_stream_reaches_the_caller_through_the_with_block(
    scripted: MakeModel,
) -> None:
    def fail_in_the_loop() -> None:
        with scripted(("Par", "is")) as model:
            for event in model.stream("Capital?"):
                raise LookupError(event)

    with pytest.raises(LookupError):
        fail_in_the_loop()
