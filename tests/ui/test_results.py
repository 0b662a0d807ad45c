"""The view shows answers, prompts and tokens completely, and text from outside without control characters."""

from __future__ import annotations

import dataclasses
import io
import math
import os
import re
import sys

import pytest

from flanchat.base.errors import EngineError, FlanchatError
from flanchat.base.i18n import cell_width
from flanchat.base.sanitize import printable
from flanchat.engine.events import (
    Alternative,
    Delta,
    Finished,
    Measured,
    Piece,
    Started,
    Token,
    Warned,
    Withdrawn,
)
from flanchat.engine.scripted import CARD, ScriptedEngine
from flanchat.prompting.profile import Profile
from flanchat.prompting.profile_folders import profile_folders
from flanchat.prompting.profile_reader import find_profile
from flanchat.prompting.prompt import Prompt, Segment, warning_line
from flanchat.prompting.settings import Settings
from flanchat.sessions.answer import Answer, Timing
from flanchat.sessions.choices import ScoredChoice, shared
from flanchat.sessions.session import AnswerEvents, Session
from flanchat.sessions.transcript import NoTranscript
from flanchat.ui.results import View
from flanchat.ui.types import Alternatives, Confidence, Scores, Table, Tokens, Verbatim
from flanchat.ui.warnings import loss_lines, mostly_unknown
from tests.ui.window import Window


@pytest.mark.parametrize(
    ("warned", "line"),
    [
        (Warned("unk", 2, "{}"), "2 characters are not in the model's vocabulary: { }"),
        (Warned("unk", 1, "{"), "1 character is not in the model's vocabulary: {"),
        (Warned("newline", 1, "\n"), "1 line break is read as a space"),
        (Warned("newline", 3, "\n"), "3 line breaks are read as spaces"),
        (Warned("special", 1, "</s>"), "</s> is read as plain text, not as a control token"),
    ],
)
def test_a_warning_names_what_the_model_cannot_read(warned, line):
    assert warning_line(warned) == line


def answer(**fields) -> Answer:
    given = {
        "question": "Why?",
        "question_id": "",
        "prompt": Prompt("Why?", 5, 512, (), (), ""),
        "settings": Settings(),
        "seed": 7,
        "text": "Paris",
        "finish": "eos",
        "card": dataclasses.replace(CARD, name="demo"),
        "timing": Timing(first_token_s=0.038, total_s=0.138),
    }
    return Answer(**{**given, **fields})


TOKENS = [Token(5, "a", -0.1)] * 11
SCORED = shared([ScoredChoice("yes", 2, math.log(0.6)), ScoredChoice("no", 2, math.log(0.2))])


@pytest.mark.parametrize(
    ("fields", "line"),
    [
        ({"tokens": TOKENS}, "0.14 s · 100 tok/s · 11 tokens · sure 90%"),
        ({"tokens": TOKENS[:1]}, "0.14 s · 1 token · sure 90%"),
        ({"tokens": [Token(5, "a", math.nan)]}, "0.14 s · 1 token"),
        ({"text": "", "finish": "empty", "timing": Timing(total_s=0.1)}, "[empty answer] · 0.10 s · 0 tokens"),
        (
            {"tokens": TOKENS, "finish": "length"},
            "[cut at max_new_tokens] · 0.14 s · 100 tok/s · 11 tokens · sure 90%",
        ),
        ({"text": "", "finish": "interrupted", "timing": Timing()}, "[interrupted] · 0 tokens"),
        (
            {"settings": Settings().update("/set", {"do_sample": True}), "tokens": TOKENS},
            "0.14 s · 100 tok/s · 11 tokens · sure 90% · seed 7",
        ),
        (
            {"tokens": TOKENS[:1], "card": dataclasses.replace(CARD, precision="float16+int8")},
            "0.14 s · 1 token · sure 90% · float16+int8",
        ),
        ({"tokens": TOKENS[:1], "choices": SCORED}, "0.14 s · 1 token · sure 75%"),
        ({"tokens": TOKENS[:1], "short": "Par"}, "short answer: Par\n0.14 s · 1 token · sure 90%"),
    ],
)
def test_one_line_of_figures_stands_below_an_answer(capsys, monkeypatch, fields, line):
    monkeypatch.setenv("COLUMNS", "80")

    View(sys.stdout, os.environ, color=False).figures(answer(**fields))

    assert capsys.readouterr().out == f"{line}\n"


def test_the_time_to_load_a_model_is_shown_with_its_first_answer_only(capsys):
    view = View(sys.stdout, os.environ, color=False)
    loaded = answer(tokens=TOKENS, timing=Timing(load_s=2.5, first_token_s=0.5, total_s=0.5))
    other = dataclasses.replace(loaded, card=dataclasses.replace(CARD, name="base"))

    for each in (loaded, loaded, other):
        view.figures(each)

    loads = [line.partition("load ")[2] for line in capsys.readouterr().out.splitlines()]
    assert loads == ["2.5 s", "", "2.5 s"]


@pytest.mark.parametrize("color", [True, False])
def test_how_sure_the_model_was_is_a_number_and_beside_it_a_colour(color):
    screen = io.StringIO()
    view = View(screen, {"TERM": "xterm", "FORCE_COLOR": "1"}, color=color)

    for logprob in (-0.01, -0.3, -1.0):
        view.figures(answer(tokens=[Token(5, "a", logprob)]))

    shown = screen.getvalue().splitlines()
    assert [re.search(r"sure (\d+%)", line)[1] for line in shown] == ["99%", "74%", "37%"]
    assert ["\x1b[32msure" in line for line in shown] == [color, False, False]
    assert ["\x1b[1;31msure" in line for line in shown] == [False, False, color]


def test_our_sentences_are_broken_between_words_and_paths_are_not_broken():
    screen = Window()
    view = View(screen, {"COLUMNS": "20", "TERM": "xterm"}, color=False)

    view.error("the quick brown fox jumps")
    view.note("/a/path/of/more/than/twenty/cells is missing")

    plain = re.sub(r"\x1b\[[0-9;]*m", "", screen.getvalue())
    assert plain == "error: the quick\nbrown fox jumps\n/a/path/of/more/than/twenty/cells is missing\n"


@pytest.mark.parametrize("width", [20, 33, 60])
def test_every_sentence_that_is_shown_is_broken_between_words_and_wide_characters(width):
    words = 'Profile nli: Does one follow? Type "Premise: ...".'
    chinese = "超出预算时，先从最早的轮次开始省去，再省去示例；指令从不省去。只有设置 truncate 要求时才会截断。"
    screen = Window()
    view = View(screen, {"COLUMNS": str(width), "TERM": "xterm"}, color=False)

    view.show(words)
    view.show(chinese)
    view.figures(answer(tokens=TOKENS, finish="length"))

    lines = re.sub(r"\x1b\[[0-9;]*m", "", screen.getvalue()).splitlines()
    assert max(map(cell_width, lines)) <= width
    assert not [line for line in lines if line[:1] in "，。；、·" or line.startswith(" ")]
    assert "".join(lines).replace(" ", "").startswith((words + chinese).replace(" ", ""))
    assert all(
        word in "\n".join(lines) for word in (*words.split(), "truncate", "max_new_tokens]", "100", "sure", "90%")
    )


def test_what_can_be_copied_is_not_broken():
    screen = Window()

    View(screen, {"COLUMNS": "20", "TERM": "xterm"}, color=False).show(Verbatim("description: The question as typed"))

    assert "description: The question as typed\n" in re.sub(r"\x1b\[[0-9;]*m", "", screen.getvalue())


HOSTILE = {
    "escape": "\x1b[2J\x1b[31mred",
    "title": "\x1b]0;owned\x07",
    "link": "\x1b]8;;http://evil.example\x1b\\click\x1b]8;;\x1b\\",
    "clipboard": "\x1b]52;c;aGk=\x07",
    "c1": "\x9b31m\x9d8;;x\x9c\x85",
    "bidi": "user\u202etxt.exe\u2066",
    "nul": "a\x00b\x08\x7f\r!",
    "markup": "[/red][bold]x[/][link=http://evil.example]y[/link]",
    "emoji": ":smile: :warning:",
    "surrogate": "\ud800",
}


def printed_everywhere(view: View, text: str) -> None:
    """Show the text in every place where text from outside can appear."""
    session = Session(ScriptedEngine(((text, text),)), Profile("p", template="qa"), Settings(), NoTranscript())
    view.print(text)
    view.error(text)
    view.note(text)
    view.table(Table(text, ("what", "is"), ((text, text),), text))
    view.prompt(Prompt(text, 1, 2, (Segment("question", text),), (Warned("unk", 1, text[:1]),), ""))
    view.answer(session.ask("Why?"), lambda: "")
    view.tokens(Tokens((Piece(1, text, "a"), Piece(2, "\u2581", text, True)), Measured((2,), 3, "")))
    unsure = answer(tokens=[Token(3, text, -0.1), Token(4, text, -3.0, (Alternative(5, text, -2.0),))])
    view.show(Confidence(unsure))
    view.show(Alternatives(unsure, 2))
    view.show(
        Scores(shared([ScoredChoice(text, 2, -1.0, unknown=text), ScoredChoice("b", 3, -2.0, same_as=text)]), "sum")
    )
    view.figures(answer(short=text, card=dataclasses.replace(CARD, name=text, device=text)))


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("colors", [False, True])
def test_hostile_text_is_shown_masked_and_never_raw(capsys, monkeypatch, text, colors):
    monkeypatch.setenv("COLUMNS", "1000")
    if colors:
        monkeypatch.setenv("FORCE_COLOR", "1")
        monkeypatch.setenv("TERM", "xterm-256color")
        monkeypatch.delenv("NO_COLOR", raising=False)

    printed_everywhere(View(sys.stdout, os.environ, color=colors), text)

    out = capsys.readouterr().out
    own = re.sub(r"\x1b\[[0-9;]*m", "", out)  # the colours that the view itself sets
    assert (own != out) == colors
    assert printable(own) == own
    assert own.count(printable(text).strip()) >= 18
    assert "\x1b[2J" not in out


def test_an_escape_that_comes_in_two_pieces_is_masked(capsys):
    session = Session(ScriptedEngine((("a\x1b", "[2Jb"),)), Profile("p"), Settings(), NoTranscript())

    View(sys.stdout, os.environ, plain=True).answer(session.ask("Why?"), lambda: "")

    assert capsys.readouterr().out == "a^[[2Jb\n"


def streamed(*pieces: str | FlanchatError, max_input_tokens: int = 512) -> AnswerEvents:
    profile = find_profile("fewshot", profile_folders(None, {})[-1:])
    chosen = Settings().update("/set", {"max_input_tokens": max_input_tokens})
    return Session(ScriptedEngine((pieces,)), profile, chosen, NoTranscript()).ask("cow")


def test_an_answer_is_left_to_the_terminal_to_break_and_ends_its_line(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "20")

    view = View(sys.stdout, os.environ, color=False)
    view.answer(streamed("A cow is ", "an animal ", "that gives  milk."), lambda: "")

    assert capsys.readouterr().out == "A cow is an animal that gives  milk.\n"


@pytest.mark.parametrize(("terminal", "shown"), [(True, "A cow\nMoo\n"), (False, "Moo\n")])
def test_a_withdrawn_answer_begins_again_on_a_new_line_and_is_not_in_a_pipe(
    capsys, monkeypatch, terminal: bool, shown: str
):
    monkeypatch.setattr(sys.stdout, "isatty", lambda: terminal)

    def events() -> AnswerEvents:
        yield from (Started(0, 3, 0.0, withdrawable=True), Delta(0, "A cow"), Withdrawn(0))
        yield from (Started(0, 3, 0.0), Delta(0, "Moo"), Finished(0, "eos", 1, 0.1, 0.1))

    View(sys.stdout, {"TERM": "xterm"}, color=False).answer(events(), lambda: "")

    assert capsys.readouterr().out == shown


def test_a_failed_answer_is_shown_up_to_its_last_word_and_ends_its_line(capsys):
    with pytest.raises(EngineError):
        View(sys.stdout, os.environ, color=False).answer(streamed("A cow ", "is", EngineError("gone")), lambda: "")

    assert capsys.readouterr().out == "A cow is\n"


def test_an_answer_that_failed_before_its_first_word_leaves_no_line(capsys):
    with pytest.raises(EngineError):
        View(sys.stdout, os.environ, color=False).answer(streamed(EngineError("gone")), lambda: "")

    assert capsys.readouterr().out == ""


def test_dropped_parts_of_the_prompt_are_named_before_the_answer(capsys):
    View(sys.stdout, os.environ, color=False).answer(streamed("animal", max_input_tokens=16), lambda: "")

    assert capsys.readouterr().out == "! over the budget of 16 tokens, dropped: shot 1\nanimal\n"


class Noticing(ScriptedEngine):
    def measure(self, parts):
        return Measured((5,) * len(parts), 6, "", (Warned("newline", 2, "\n"), Warned("unk", 1, "{")))


def test_line_breaks_of_a_prompt_cause_no_warning(capsys):
    session = Session(Noticing(), Profile("p"), Settings(), NoTranscript())

    View(sys.stdout, os.environ, color=False).answer(session.ask("What is {?"), lambda: "")

    assert capsys.readouterr().out == "! 1 character is not in the model's vocabulary: {\nParis\n"


def test_a_prompt_is_shown_with_its_parts_kept_and_dropped(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    segments = (
        Segment("shot", "Q: horse\nA: animal", 1, kept=False, reason="over the budget of 16 tokens"),
        Segment("question", "Q: cow", tokens=2),
        Segment("cue", "\nA:", tokens=1),
        Segment("end", "", tokens=1),
    )

    View(sys.stdout, os.environ, color=False, plain=True).show(Prompt("Q: cow\nA:", 4, 16, segments, (), ""))

    lines = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert lines == [
        "Q: cow",
        "A:",
        "part tokens text",
        "shot 1 0 dropped: over the budget of 16 tokens Q: horse A: animal",
        "question 2 kept Q: cow",
        "cue 1 kept A:",
        "end 1 kept",
        "4 of 16 tokens",
    ]


def test_tokens_are_shown_with_ids_and_unknown_text_in_quotes(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    pieces = (Piece(27, "\u2581Is", "Is"), Piece(2, "\u2581", " {x}", True), Piece(3, "\u2581so", "\n\nso"))

    View(sys.stdout, os.environ, color=False).show(Tokens(pieces, Measured((3,), 4, "", (Warned("unk", 2, "{}"),))))

    line, *rest = capsys.readouterr().out.splitlines()
    assert line == '\u2581Is·27  \u2581"{x}"·2  \u2581so(↵↵→space)·3  '
    assert " ".join("".join(rest).split()).startswith("4 tokens with the end token, 1 unknown")


def test_a_line_break_that_is_a_token_is_not_shown_as_a_space(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    pieces = (Piece(16, "\r", "\r"), Piece(13, "\n", "\n"))

    View(sys.stdout, os.environ, color=False).show(Tokens(pieces, Measured((2,), 3, "")))

    assert "space" not in capsys.readouterr().out


def test_a_line_break_that_is_a_token_is_not_said_to_become_a_space(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    pieces = (Piece(34, "\u2581a", "a"), Piece(185, "\n", " \n"), Piece(186, "\t", "\t"))

    View(sys.stdout, os.environ, color=False).show(Tokens(pieces, Measured((3,), 4, "", ())))

    assert capsys.readouterr().out.splitlines()[0] == "\u2581a·34  ↵·185  →·186  "


def asked(question: str, lost: str, *, kept: str = "") -> Prompt:
    segments = (Segment("prefix", kept), Segment("question", question))
    return Prompt(kept + question, 9, 512, segments, (Warned("unk", len(lost), lost),) if lost else (), "")


@pytest.mark.parametrize(
    ("prompt", "mostly"),
    [
        (asked("日本語", "日本語"), True),
        (asked("日本 ab", "日本"), False),
        (asked("日日日 ab", "日"), True),
        (asked("日本", "日本", kept="Answer the following question in a few words."), True),
        (asked("Is {x} < 3?", "{}<"), False),
        (asked("Why?", ""), False),
        (asked("", "{"), False),
        (asked("  ", "{"), False),
    ],
)
def test_only_a_mostly_unknown_question_is_called_mostly_unknown(prompt, mostly):
    assert mostly_unknown(prompt) == mostly
    assert any("Most of this question" in line for line in loss_lines(prompt)) == mostly
