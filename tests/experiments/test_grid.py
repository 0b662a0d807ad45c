"""What-if grids: which cells there are, what is decoded of them, what is kept, and what may be taken."""

from __future__ import annotations

import itertools
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flanchat.base.errors import DeviceError, EngineError, FlanchatError, ModelError, OutOfMemoryError, UsageError
from flanchat.engine.events import Measured
from flanchat.engine.protocol import Engine
from flanchat.engine.scripted import ScriptedEngine
from flanchat.engine.t5.local import LocalEngine
from flanchat.experiments.axes import read_axes
from flanchat.experiments.grid import Grid, GridCell
from flanchat.experiments.grid_results import distinct, grid_json, grid_rows, varied_words
from flanchat.experiments.grid_run import BATCH_ROWS, estimate_s
from flanchat.experiments.grid_session import GridSession
from flanchat.experiments.replay import Replay
from flanchat.experiments.replay_plan import Overrides
from flanchat.prompting.settings import Settings
from flanchat.sessions.answer import Answer
from flanchat.sessions.session import Session
from flanchat.sessions.session_record import read_session
from flanchat.sessions.transcript import NoTranscript, Transcript
from flanchat.ui.grid import draw, draw_finished
from flanchat.ui.results import View
from tests.examples import examples
from tests.profiles import bundled
from tests.reference import shared_engine
from tests.transcripts import read
from tests.ui.window import Window
from tests.work import calls_of


def profile(name: str) -> Any:
    return bundled(name)


def no_model(name: str) -> Any:
    raise ModelError(f"{name}: not here")


def session_on(engine: Engine, transcript: Any = None, **values: Any) -> Session:
    plain = profile("plain")
    chosen = Settings().with_layer(f"profile {plain.name}", plain.settings).update("/set", values)
    return Session(engine, plain, chosen, transcript or NoTranscript(), new_seed=itertools.count(7).__next__)


def experiment(session: Session, line: str, **options: Any) -> GridSession:
    axes, question = read_axes(line)
    options = {"profiles": profile, "open_model": no_model} | options
    return GridSession(session, axes, question, **options)


def finish(made: GridSession) -> Grid:
    for _ in made.cells():
        pass
    return made.grid


def varied(grid: Grid) -> list[dict[str, str]]:
    return [cell.varied for cell in grid.cells]


# -- which cells ------------------------------------------------------------------------------------------------------


def test_a_grid_varies_one_axis_at_a_time_around_the_current_settings():
    grid = experiment(session_on(ScriptedEngine()), "top_k=5,6 profile=qa Hello").grid

    assert varied(grid) == [{}, {"top_k": "5"}, {"top_k": "6"}, {"profile": "qa"}]


def test_full_takes_all_combinations_and_no_other():
    grid = experiment(session_on(ScriptedEngine()), "top_k=5,6 seed=1..2 Hello", full=True).grid

    assert varied(grid) == [
        {"top_k": "5", "seed": "1"}, {"top_k": "5", "seed": "2"}, {"top_k": "6", "seed": "1"},
        {"top_k": "6", "seed": "2"},
    ]  # fmt: skip


def test_a_value_equal_to_the_current_one_adds_no_cell():
    grid = experiment(session_on(ScriptedEngine(), top_k=5, do_sample=True), "top_k=5,6 profile=plain Hello").grid

    assert varied(grid) == [{}, {"top_k": "6"}]


@pytest.mark.parametrize(("axis", "implied"), [("temperature=0,0.7", True), ("seed=1,2", True), ("top_k=0", False)])
def test_an_axis_that_only_affects_sampling_makes_its_cells_sample(axis: str, implied: bool):
    made = experiment(session_on(ScriptedEngine()), f"{axis} Hello")
    samples = [cell.setup.settings.value("do_sample") for cell in made.grid.cells]

    assert samples[0] is False
    assert any(samples) is implied
    assert (made.grid.implied == (axis.partition("=")[0],)) is implied
    assert ("sampled" in made.announce()[0]) is implied


def test_beams_and_chance_may_be_varied_in_one_grid():
    grid = experiment(session_on(ScriptedEngine()), "num_beams=1,2 temperature=0.7 Hello", full=True).grid

    assert [cell.setup.settings.value("do_sample") for cell in grid.cells] == [True, False]


def test_the_model_that_is_loaded_is_not_loaded_again():
    assert [c.answer.text for c in finish(experiment(session_on(ScriptedEngine()), "model=scripted x")).cells] == [
        "Paris"
    ]


def test_temperature_zero_is_greedy_and_shares_the_row_of_the_current_settings():
    made = experiment(session_on(ScriptedEngine()), "temperature=0,0.7 Hello")
    made.announce()

    assert len(made.grid.cells) == 3
    assert made.grid.rows == 2


def test_a_shot_is_left_out_by_its_number():
    session = session_on(ScriptedEngine())
    session.use(profile("fewshot"))
    shots = session.profile.shots
    grid = experiment(session, "without=none,1,all Hello").grid

    assert [cell.setup.profile.shots for cell in grid.cells] == [shots, shots[1:], ()]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("Hello", "nothing to vary"),
        ("without=1..3 Hello", "without=1: the profile plain has no shots to leave out"),
        ("without=9 profile=fewshot Hello", "the profile plain has no shots"),
        ("profile=nobody Hello", "nobody"),
        ("num_beams=2 do_sample=true temperature=9 x", "from 0 to 5"),
        ("seed=0..999 top_k=1..999 x", "at most 1024 cells"),
        ("min_new_tokens=500 x", "more than max_new_tokens"),
    ],
)
def test_an_impossible_grid_is_refused_before_anything_is_asked(line: str, words: str):
    engine = ScriptedEngine()
    with pytest.raises(FlanchatError) as error:
        experiment(session_on(engine), line)

    assert words in str(error.value)
    assert not engine.asked


def test_without_a_question_it_is_the_last_one_in_its_own_place():
    session = session_on(ScriptedEngine((("Paris",), ("Rome",), ("Oslo",))))
    list(session.ask("capital?"))
    made = experiment(session, "profile=qa")
    finish(made)

    assert made.grid.question == "capital?"
    assert made.current is session.last()
    made.pick(2)
    assert [(turn.question, turn.text) for turn in session.turns] == [("capital?", "Oslo")]
    assert [answer.text for answer in session.conversation.answers.values()] == ["Paris", "Oslo"]
    session.undo()
    assert not session.turns


def test_the_last_answer_and_its_cell_have_the_same_seed():
    session = session_on(ScriptedEngine(), do_sample=True)
    list(session.ask("capital?"))

    assert finish(experiment(session, "top_k=5")).cells[0].answer.seed == session.last().seed == 7


# -- the model --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def demo() -> LocalEngine:
    return shared_engine(None, "float32")


def alone(engine: Engine, cell: GridCell) -> str:
    from flanchat.sessions.batch import answer_all, request

    answer = cell.answer
    again = Answer(answer.question, "", answer.prompt, answer.settings, answer.seed)
    list(answer_all(engine, [again], [request(answer)], choices=[cell.setup.choices]))
    return again.text


@pytest.mark.transformers
@pytest.mark.parametrize("exact", [False, True])
def test_each_cell_has_the_answer_that_it_has_alone(demo: LocalEngine, exact: bool):
    session = session_on(demo, max_new_tokens=12)
    line = "temperature=0.5,1.5 profile=qa,sentiment seed=1..4 num_beams=2 no_repeat_ngram_size=2 Name a fruit."
    grid = finish(experiment(session, line, exact=exact))

    assert len(grid.cells) == 11
    assert all(cell.done and not cell.problem for cell in grid.cells)
    for cell in grid.cells:
        assert cell.answer.text == alone(demo, cell), cell.varied
    written = [cell.answer for cell in grid.cells if not cell.setup.choices]
    assert {answer.batch for answer in written} == ({1} if exact else {grid.rows - 1})
    assert len({cell.answer.text for cell in grid.cells}) > 2


@pytest.mark.transformers
def test_a_beam_search_answer_is_picked_and_replays_as_recorded(demo: LocalEngine, tmp_path: Path):
    transcript = Transcript.create(tmp_path, host={})
    session = session_on(demo, transcript, max_new_tokens=12, num_beams=3)
    list(session.ask("A recipe for pancakes:"))
    made = experiment(session, "length_penalty=3 profile=qa no_repeat_ngram_size=1", exact=True)
    finish(made)
    made.pick(4)
    session.close("exit")

    for change in (Overrides(), Overrides(settings={"budget.max_input_tokens": 500})):
        record = read_session(read(transcript.path).events)
        work = Replay(record, transcript.path, change, "held", lambda card: demo, everything=True)

        assert [step for step in work.run() if isinstance(step, str)] == []
        assert [(one.turn.name, one.same) for one in work.done] == [("1.1", True), ("1.2", True)]
        assert all(one.new.settings.value("num_beams") == 3 for one in work.done)
        assert len({one.new.text for one in work.done}) == 2


def test_a_cell_whose_profile_has_choices_is_scored_unless_choose_is_free(demo: LocalEngine):
    line = "profile=yesno choose=sum,free seed=1,2 Who wrote Hamlet?"
    grid = finish(experiment(session_on(demo), line, full=True))
    scored, free = grid.cells[0].answer, grid.cells[2].answer

    assert (scored.text in ("yes", "no"), [c.text for c in scored.choices]) == (True, ["yes", "no"])
    assert (free.choices, bool(free.tokens)) == ((), True)
    assert scored.shares[scored.text] == max(scored.shares.values())
    assert grid.cells[1].answer.text == scored.text
    assert grid.cells[1].answer.seed == 2


def test_cells_that_cannot_differ_are_decoded_once_and_keep_their_own_settings():
    engine = ScriptedEngine()
    grid = finish(experiment(session_on(engine), "temperature=0 length_penalty=2 seed=1..3 do_sample=false x"))

    assert len(engine.asked) == 4  # now, and three seeds
    assert grid.cells[1].answer.settings.value("temperature") == 0
    assert [cell.answer.seed for cell in grid.cells[3:]] == [1, 2, 3]


def test_each_cell_of_a_row_is_recorded_with_its_own_settings_and_seed(tmp_path: Path):
    transcript = Transcript.create(tmp_path, host={}, sync=lambda fd: None)
    engine = ScriptedEngine()
    finish(experiment(session_on(engine, transcript), "length_penalty=0.5,2 x"))

    cells = [event["answer"] for event in read(transcript.path).events if event["type"] == "whatif.cell"]
    assert len(engine.asked) == 1
    assert [answer["settings"]["decode.length_penalty"] for answer in cells] == [1.0, 0.5, 2.0]


@pytest.mark.parametrize("pieces", [("a", EngineError("broken")), ("a", "b", "c")], ids=["error", "no more wanted"])
def test_cells_of_a_row_that_is_cut_short_are_recorded_with_their_own_settings(tmp_path: Path, pieces: Any):
    transcript = Transcript.create(tmp_path, host={}, sync=lambda fd: None)
    made = experiment(session_on(ScriptedEngine([pieces]), transcript), "length_penalty=0.5,2 x").cells()
    next(cell for cell in made if cell.answer.tokens)
    with suppress(EngineError):
        if len(pieces) == 2:
            next(made)
    made.close()

    cells = [event["answer"] for event in read(transcript.path).events if event["type"] == "whatif.cell"]
    assert [answer["settings"]["decode.length_penalty"] for answer in cells] == [1.0, 0.5, 2.0]


def test_the_work_of_a_grid_grows_with_its_cells(tmp_path: Path):
    """Counted in function calls: nothing is done for each cell with each other cell."""

    def calls(cells: int) -> int:
        session = session_on(ScriptedEngine(), Transcript.create(tmp_path, host={}, sync=lambda fd: None))
        made = experiment(session, f"seed=1..{cells} x")
        return calls_of(lambda: grid_json(finish(made)))

    calls(10)  # imports and caches

    assert calls(200) < 2.1 * calls(100)


def test_more_rows_than_a_batch_holds_are_all_answered():
    engine = ScriptedEngine()
    grid = finish(experiment(session_on(engine), f"seed=1..{BATCH_ROWS + 5} x"))

    assert len(engine.asked) == BATCH_ROWS + 6
    assert all(cell.answer.text == "Paris" for cell in grid.cells)


def test_a_stop_keeps_finished_answers_and_marks_the_others_interrupted():
    engine = ScriptedEngine((("a", "b", "c"),))
    made = experiment(session_on(engine), "seed=1..3 x", exact=True)
    engine.before = lambda number: made.stop() if number == 1 and len(engine.asked) == 2 else None
    grid = finish(made)

    assert [cell.answer.finish for cell in grid.cells] == ["eos", "interrupted", "interrupted", "interrupted"]
    assert [cell.answer.text for cell in grid.cells] == ["abc", "a", "", ""]
    assert grid.stopped
    assert made.pick(2).text == "a"
    with pytest.raises(UsageError, match="cell 3 has no answer"):
        made.pick(3)


def test_a_stop_while_a_finished_answer_is_drawn_ends_the_grid():
    engine = ScriptedEngine((("a", "b"),))
    made = experiment(session_on(engine), "seed=1..3 x", exact=True)
    for cell in made.cells():
        if cell.done:
            made.stop()  # no batch runs now that the engine could stop

    assert [cell.answer.finish for cell in made.grid.cells] == ["eos", "interrupted", "interrupted", "interrupted"]
    assert len(engine.asked) == 1


def test_an_engine_that_fails_costs_no_finished_cell(tmp_path: Path):
    transcript = Transcript.create(tmp_path, host={})
    engine = ScriptedEngine((("a",), (EngineError("out of memory"),)))
    made = experiment(session_on(engine, transcript), "seed=1..2 x", exact=True)
    with pytest.raises(EngineError):
        finish(made)

    cells = [event for event in read(transcript.path).events if event["type"] == "whatif.cell"]
    assert [(cell["cell"], cell["answer"]["finish"]) for cell in cells[:2]] == [(1, "eos"), (2, "error")]
    assert made.pick(1).text == "a"


def test_a_prompt_that_cannot_be_compiled_is_a_problem_of_its_cell_only():
    session = session_on(ScriptedEngine(), on_overflow="refuse")
    session.use(profile("sentiment"))
    grid = finish(experiment(session, "profile=plain max_input_tokens=16 " + "word " * 10))

    problems = [bool(cell.problem) for cell in grid.cells]
    assert set(problems) == {True, False}
    assert all(cell.done for cell in grid.cells)


def test_an_engine_that_failed_before_a_prompt_was_counted_is_no_cells_problem():
    class Refused(ScriptedEngine):
        def measure(self, parts: Sequence[str]) -> Measured:
            raise DeviceError("no npu found")

    made = experiment(session_on(Refused()), "seed=1..2 x")

    with pytest.raises(DeviceError, match="no npu found"):
        made.announce()
    with pytest.raises(DeviceError, match="no npu found"):
        finish(made)
    assert not made.grid.begun


def test_another_model_is_opened_for_its_cells_and_closed_again():
    events: list[str] = []

    @contextmanager
    def open_model(name: str) -> Iterator[Engine]:
        events.append(f"open {name}")
        yield ScriptedEngine(((name,),))
        events.append(f"close {name}")

    made = experiment(session_on(ScriptedEngine()), "model=big,huge x", open_model=open_model)
    grid = finish(made)

    assert [cell.answer.text for cell in grid.cells] == ["Paris", "big", "huge"]
    assert events == ["open big", "close big", "open huge", "close huge"]


def test_a_missing_model_fails_only_its_own_cells():
    grid = finish(experiment(session_on(ScriptedEngine()), "model=big x"))

    assert grid.cells[0].answer.text == "Paris"
    assert grid.cells[1].problem == "big: not here"


def test_a_model_that_breaks_in_an_answer_fails_its_cell_with_the_status_of_the_error():
    @contextmanager
    def open_model(name: str) -> Iterator[ScriptedEngine]:
        yield ScriptedEngine((("a", OutOfMemoryError("no room")),))

    (__, broken) = finish(experiment(session_on(ScriptedEngine()), "model=big x", open_model=open_model)).cells

    assert (broken.answer.text, broken.failure, broken.exit_status) == ("a", "no room", 3)


# -- what is kept and shown -------------------------------------------------------------------------------------------


def test_the_grid_is_on_disk_and_a_picked_cell_is_in_the_conversation_after_a_restart(tmp_path: Path):
    transcript = Transcript.create(tmp_path, host={})
    session = session_on(ScriptedEngine((("Rome",), ("Oslo",))), transcript)
    made = experiment(session, "profile=qa capital?")
    finish(made)
    made.pick(2)
    session.close("exit")
    events = read(transcript.path).events
    start = next(event for event in events if event["type"] == "whatif.start")
    cells = [event for event in events if event["type"] == "whatif.cell"]

    assert start["axes"] == {"profile": ["qa"]}
    assert start["n_cells"] == 2
    assert [cell["axis_values"] for cell in cells] == [{}, {"profile": "qa"}]
    assert {cell["parent"] for cell in [start, *cells]} == {
        events[1 + [e["type"] for e in events].index("user") - 1]["id"]
    }
    record = read_session(events)
    assert [(turn.question, turn.text) for turn in record.conversation.turns] == [("capital?", "Oslo")]
    assert record.unanswered == []


def test_a_picked_cell_has_its_profile_and_settings_after_a_restart_and_the_session_its_own(tmp_path: Path):
    transcript = Transcript.create(tmp_path, host={})
    session = session_on(ScriptedEngine(), transcript)
    made = experiment(session, "profile=qa temperature=1.5 capital?", full=True)
    finish(made)
    made.pick(1)
    record = read_session(read(transcript.path).events)
    (answer,) = record.conversation.turns

    assert (answer.profile, record.setups[answer.id].profile.name) == ("qa", "qa")
    assert answer.settings.value("temperature") == 1.5
    assert record.profile is not None
    assert (record.profile.name, record.settings.as_dict()) == ("plain", session.settings.as_dict())


def test_a_grid_that_nobody_picked_from_is_no_unanswered_question(tmp_path: Path):
    transcript = Transcript.create(tmp_path, host={})
    finish(experiment(session_on(ScriptedEngine(), transcript), "profile=qa capital?"))
    record = read_session(read(transcript.path).events)

    assert record.unanswered == []
    assert record.pending_question == ""


def test_a_private_grid_leaves_nothing_on_disk(tmp_path: Path):
    transcript = Transcript.create(tmp_path, host={})
    session = session_on(ScriptedEngine(), transcript)
    list(session.ask("hello"))
    session.log(False)
    finish(experiment(session, "profile=qa secret"))
    session.log(True)

    assert "secret" not in transcript.path.read_text()
    assert "whatif" not in transcript.path.read_text()


@pytest.mark.parametrize("number", [0, 3, 99])
def test_a_cell_that_is_not_there_cannot_be_picked(number: int):
    made = experiment(session_on(ScriptedEngine()), "profile=qa x")
    finish(made)

    with pytest.raises(UsageError, match="from 1 to 2"):
        made.pick(number)


def test_answers_are_listed_once_with_their_cells():
    grid = finish(experiment(session_on(ScriptedEngine((("a",), ("b",), ("a",)))), "seed=1..2 x"))

    assert [(found.text, found.numbers) for found in distinct(grid)] == [("a", (1, 3)), ("b", (2,))]
    assert [varied_words(grid, found.cells) for found in distinct(grid)] == ["current settings | seed=2", "seed=1"]


def test_a_full_grid_names_only_the_axes_that_distinguish_its_answers():
    engine = ScriptedEngine((("a",), ("a",), ("b",), ("a",)))
    grid = finish(experiment(session_on(engine), "top_k=5,6 seed=1..2 x", full=True))

    assert [varied_words(grid, found.cells) for found in distinct(grid)] == ["(3 of 4)", "top_k=6 seed=1"]


def test_a_full_grid_of_one_answer_says_that_it_is_all_of_them():
    grid = finish(experiment(session_on(ScriptedEngine()), "top_k=5,6 seed=1..2 x", full=True))

    assert [varied_words(grid, found.cells) for found in distinct(grid)] == ["all combinations"]


def test_json_and_csv_hold_every_cell():
    made = experiment(session_on(ScriptedEngine((("a",), ("b",)))), "profile=qa seed=5 x", full=True)
    finish(made)
    whole, (columns, rows) = grid_json(made.grid), grid_rows(made.grid)

    assert [cell["answer"]["text"] for cell in whole["cells"]] == ["a"]
    assert whole["cells"][0]["axis_values"] == {"profile": "qa", "seed": "5"}
    assert dict(zip(columns, rows[0], strict=True)) | {"total_s": ""} == {
        "cell": "1", "profile": "qa", "seed": "5", "text": "a", "finish": "eos", "problem": "", "prompt_tokens": "4",
        "new_tokens": "1", "mean_logprob": "-0.100000", "total_s": "", "choices": "",
    }  # fmt: skip


def test_a_seed_has_one_column_whether_it_is_an_axis_or_not():
    made = experiment(session_on(ScriptedEngine()), "seed=1,2 x")
    finish(made)
    columns, rows = grid_rows(made.grid)

    assert len(columns) == len({*columns})
    assert [dict(zip(columns, row, strict=True))["seed"] for row in rows] == [str(made.grid.seed), "1", "2"]


def test_of_answers_with_the_same_text_those_that_were_cut_are_counted(capsys):
    made = experiment(session_on(ScriptedEngine((("Paris",),))), "top_k=5,6 max_new_tokens=1 x")
    grid = finish(made)
    cut = [cell.answer for cell in grid.cells if cell.answer is not None]
    cut[0].finish = "length"

    draw_finished(View(sys.stdout, os.environ, plain=True), grid, None, diff=False)

    assert f"Paris […] 1/{len(cut)}\n" in capsys.readouterr().out


def test_the_estimate_grows_with_rows_and_needs_an_earlier_answer():
    session = session_on(ScriptedEngine((("a", "b", "c"),)))
    assert experiment(session, "seed=1 x").announce()[0].count("about") == 0
    list(session.ask("x"))
    few, many = experiment(session, "seed=1..2"), experiment(session, "seed=1..30")
    few.announce()
    many.announce()

    assert 0 < (estimate_s(few.grid, session.last()) or 0) < (estimate_s(many.grid, session.last()) or 0)


@pytest.mark.parametrize(("line", "large"), [("seed=1..4 x", False), ("seed=1..40 x", True)])
def test_a_large_grid_asks_first(line: str, large: bool):
    assert experiment(session_on(ScriptedEngine()), line).announce()[1] is large


@given(
    st.lists(st.sampled_from(["top_k=1,2", "seed=1..3", "profile=plain,qa", "temperature=0,1"]), unique=True),
    st.booleans(),
)
@examples(40)
def test_every_cell_is_answered_once_whatever_is_varied(axes: Sequence[str], full: bool):
    if not axes:
        return
    grid = finish(experiment(session_on(ScriptedEngine()), " ".join([*axes, "hello"]), full=full))

    assert all(cell.done and cell.answer.text == "Paris" for cell in grid.cells)
    assert len({repr(sorted(cell.varied.items())) for cell in grid.cells}) == len(grid.cells)


@pytest.mark.parametrize(("columns", "in_columns"), [(50, False), (100, True)])
def test_a_growing_grid_has_columns_only_where_the_finished_one_has(columns: int, in_columns: bool):
    window = Window()
    made = experiment(session_on(ScriptedEngine()), "seed=1..3 x")
    environ = {"COLUMNS": str(columns), "LINES": "20", "TERM": "xterm"}
    draw(View(window, environ, color=False), made.grid, made.cells(), None, diff=False, status=lambda: "")

    assert "4 of 4 cells" in window.getvalue()
    assert ("×" in window.getvalue()) is in_columns
