"""/compare: what is meant by two words, and what is shown of two answers."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from flanchat.base.errors import ModelError, UsageError
from flanchat.base.worddiff import DiffSpan, diff_words, format_diff
from flanchat.engine.protocol import ModelCard
from flanchat.engine.scripted import ScriptedEngine
from flanchat.repl.commands.table import Call, parse_line
from flanchat.repl.context import Context
from flanchat.sessions.transcript import Transcript
from flanchat.ui.results import View
from flanchat.ui.types import Comparison, ResultStream
from tests.repl.test_app import context_of, serve
from tests.transcripts import read


def asked(*answers: Sequence[str], transcript: Transcript | None = None) -> Context:
    """A context at which one question was asked for each answer but the last, and the last question once more."""
    context = context_of(*answers, transcript=transcript)
    for number in range(1, len(answers)):
        list(context.session.ask(f"question {number}"))
    list(context.session.regenerate({"temperature": 0.5}))
    return context


def run(context: Context, line: str) -> Comparison:
    call = parse_line(line)
    assert isinstance(call, Call)
    shown = call.command.run(context, call.arguments)
    if isinstance(shown, ResultStream):
        [shown] = list(shown.steps)
    assert isinstance(shown, Comparison)
    return shown


@pytest.mark.parametrize(
    ("line", "texts"),
    [
        ("/compare", ("red", "blue")),
        ("/compare last 1", ("blue", "one")),
        ("/compare 1 2", ("one", "blue")),
        ("/compare 2.1 2.2", ("red", "blue")),
        ("/compare 1.1 2.1", ("one", "red")),
    ],
)
def test_turns_and_siblings_can_be_compared(line: str, texts: tuple[str, str]):
    context = asked(("one",), ("red",), ("blue",))

    shown = run(context, line)

    assert (shown.old.text, shown.new.text) == texts


def test_cells_of_the_last_grid_can_be_compared():
    context = asked(("one",), ("red",), ("blue",))
    serve(context, "/whatif temperature=0.1,0.2")

    shown = run(context, "/compare cell 2 c1")

    assert (shown.old, shown.new) == (context.cells[1], context.cells[0])
    assert run(context, "/compare last c1").old is context.session.last()


def test_cells_of_two_models_are_compared_with_the_divergence_that_the_grid_measured(
    capsys: pytest.CaptureFixture[str],
):
    context = asked(("one",), ("red",), ("blue",))
    context.open_other_model = lambda name: contextlib.nullcontext(ScriptedEngine((("green",),)))
    serve(context, "/whatif model=other")
    assert context.grid is not None
    context.grid.grid.cells[1].kl = 0.125

    compared, reversed_ = run(context, "/compare c1 c2"), run(context, "/compare c2 c1")
    View(sys.stdout, os.environ, plain=True).show(compared)

    assert (compared.kl, reversed_.kl) == (0.125, None)
    assert "KL 0.12 nats per token" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("/compare --kl", "--kl: both answers are by scripted (float32 on cpu)"),
        ("/compare 1 2 --kl", "--kl: both answers are by scripted"),
        ("/compare qa cot --kl", "--kl: profiles make two prompts for one model, and KL compares two models"),
        ("/compare --k 1 2", "/compare --k: expected one of --kl. Did you mean --kl?"),
    ],
)
def test_a_divergence_that_means_nothing_is_refused_with_the_reason(line: str, said: str):
    with pytest.raises(UsageError) as caught:
        run(asked(("one",), ("red",), ("blue",)), line)

    assert said in caught.value.message


@pytest.mark.parametrize(
    ("question", "choices", "said"),
    [
        ("other", (), "--kl: the prompts differ, and two models can only be compared after the same one"),
        (
            "Why?",
            ("yes", "no"),
            "--kl: the first answer was chosen from given ones, which are compared by their shares",
        ),
    ],
)
def test_only_answers_that_two_models_wrote_to_one_prompt_have_a_divergence(
    question: str, choices: tuple[str, ...], said: str
):
    context = context_of(("one",), ("two",))
    list(context.session.ask("Why?", choices=choices))
    list(context.session.ask(question))
    newest = context.session.last()
    assert newest.card is not None
    newest.card = dataclasses.replace(newest.card, precision="int8")

    with pytest.raises(UsageError) as caught:
        run(context, "/compare 1 2 --kl")

    assert said == caught.value.message
    assert not run(context, "/compare 1 2").hint


def test_a_model_that_is_not_as_it_answered_is_refused():
    context = asked(("one",), ("red",), ("blue",))
    newest = context.session.last()
    assert newest.card is not None
    newest.card = dataclasses.replace(newest.card, weights_sha256="a" * 64)
    context.open_compared = lambda named: ScriptedEngine()

    with pytest.raises(UsageError, match="--kl: scripted is not as it answered: different weights: "):
        run(context, "/compare --kl")


def test_ctrl_c_while_a_model_loads_shows_the_comparison_without_divergence_and_says_so():
    context = asked(("one",), ("red",), ("blue",))
    newest = context.session.last()
    assert newest.card is not None
    newest.card = dataclasses.replace(newest.card, precision="int8")
    call = parse_line("/compare --kl")
    assert isinstance(call, Call)

    class Loading(ScriptedEngine):
        def card(self) -> ModelCard:
            assert stream.status() == "scripted: the model is loading"
            stream.stop()
            raise ModelError("killed")

    context.open_compared = lambda named: Loading(status="loading")
    stream = call.command.run(context, call.arguments)
    assert isinstance(stream, ResultStream)
    shown, said = stream.steps

    assert isinstance(shown, Comparison)
    assert shown.kl is None
    assert shown.new is newest
    assert said == "[interrupted]"


def test_two_profiles_answer_the_last_question_as_one_batch_and_are_recorded_as_cells(tmp_path: Path):
    context = asked(("one",), ("one",), ("two",), ("three",), transcript=Transcript.create(tmp_path, host={}))
    assert isinstance(context.engine, ScriptedEngine)

    shown = run(context, "/compare qa cot")

    prompts = [request.prompt for request in context.engine.asked[-2:]]
    assert prompts == [shown.old.prompt.text, shown.new.prompt.text]
    assert prompts[0] != prompts[1]
    assert "question 3" in prompts[0]
    assert (shown.old.batch, shown.new.batch) == (2, 2)
    assert "profile qa → cot" in shown.notes[0]
    events = [event for event in read(context.session.transcript.path).events if event["type"].startswith("whatif")]
    assert [event["type"] for event in events] == ["whatif.start", "whatif.cell", "whatif.cell"]
    assert events[1]["answer"]["text"] == shown.old.text


def test_a_profile_is_compared_with_an_existing_answer():
    context = asked(("one",), ("two",))

    shown = run(context, "/compare last qa")

    assert (shown.old, shown.new.profile) == (context.session.last(), "qa")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("/compare 1", "expected two of turns"),
        ("/compare 1 2 3", "expected two of turns"),
        ("/compare 1 7", "/compare 7: expected a turn from 1 to 2; /history numbers them"),
        ("/compare 1 99999999999999999999", "expected a turn from 1 to 2"),
        ("/compare 0 1", "expected a turn from 1 to 2"),
        ("/compare 1 2.3", "/compare 2.3: turn 2 has answers 2.1 to 2.2"),
        ("/compare c1 1", "/compare c1: there is no grid yet; /whatif makes one"),
        ("/compare 1 qaa", "/compare qaa: expected a turn, a cell such as c2 or a profile. Did you mean qa?"),
        ("/compare 1 -1", "/compare -1: expected a turn"),
    ],
)
def test_what_cannot_be_compared_is_said_in_a_sentence(line: str, said: str):
    with pytest.raises(UsageError) as caught:
        run(asked(("one",), ("red",), ("blue",)), line)

    assert said in caught.value.message


def test_without_arguments_it_needs_two_answers_to_the_last_question():
    context = context_of()
    list(context.session.ask("Why?"))

    with pytest.raises(UsageError, match=r"name two, such as /compare 1 2 .* or answer again with /regen"):
        run(context, "/compare")


def test_differences_are_marked_without_colour_and_listed_below_the_texts(capsys: pytest.CaptureFixture[str]):
    context = asked(("a ", "red ", "cat"), ("a ", "blue ", "cat"))

    serve(context, "/compare", "/compare 1 1")

    out = capsys.readouterr().out
    assert "1.1 and 1.2: question 1\n" in out
    assert "a [-red-]{+blue+} cat\n" in out
    assert "33% of the words changed · tokens 3 · avg logprob -0.10 · time 40 ms" in out
    assert "differs: do_sample false → true · temperature 1.0 → 0.5 · seed " in out
    assert "\na blue cat\nsame · tokens 3" in out
    assert "\x1b" not in out


@pytest.mark.parametrize(("columns", "beside"), [("120", True), ("99", False)])
def test_a_wide_terminal_has_them_side_by_side(
    columns: str, beside: bool, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("COLUMNS", columns)
    shown = run(asked(("a ", "red\x1b[2J ", "cat"), ("a ", "blue ", "cat")), "/compare")

    View(sys.stdout, os.environ, color=False).show(shown)

    lines = capsys.readouterr().out.splitlines()
    assert any(line.split() == ["1.1", "1.2"] for line in lines) == beside
    assert any("[-red" in line and "{+blue+}" in line for line in lines)
    assert any("a [-red" in line and "a {+blue+}" in line for line in lines) == beside
    assert "\x1b" not in "".join(lines)


def test_ctrl_c_ends_the_answers_of_profiles_and_keeps_what_came(capsys: pytest.CaptureFixture[str]):
    context = context_of(("one",), ("A ", "long ", "one"), ("never",))
    list(context.session.ask("Why?"))
    assert isinstance(context.engine, ScriptedEngine)
    context.engine.before = lambda number: os.kill(os.getpid(), signal.SIGINT) if number == 2 else None

    serve(context, "/compare qa cot", "/history")

    out = capsys.readouterr().out
    assert "[-A long-]" in out
    assert "[interrupted]" in out


@pytest.mark.parametrize(
    ("old", "new", "way"),
    [
        ("a big red cat", "a small blue cat", "a [-big red-]{+small blue+} cat"),
        ("one", "one two three", "one{+ two three+}"),
        ("", "new", "{+new+}"),
        ("same", "same", "same"),
        ("中文字", "中国字", "中[-文-]{+国+}字"),
    ],
)
def test_a_diff_leads_from_the_old_text_to_the_new_one(old: str, new: str, way: str):
    changes: tuple[DiffSpan, ...] = diff_words(old, new)

    assert format_diff(changes) == way
    assert "".join(change.text for change in changes if change.kind != "inserted") == old
    assert "".join(change.text for change in changes if change.kind != "deleted") == new
