"""What is printed is wrapped between words, complete at any width, and harmless whatever it holds."""

from __future__ import annotations

import dataclasses
import math
import os
import re
import sys
from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from flanchat.base.errors import EngineError, FlanchatError
from flanchat.base.sanitize import show
from flanchat.engine.events import Alternative, Measured, Piece, Token, Warned
from flanchat.engine.scripted import CARD, ScriptedEngine
from flanchat.prompting.profile import Profile, find_profile, profile_folders
from flanchat.prompting.prompt import Prompt, Segment
from flanchat.prompting.settings import SETTINGS, Settings
from flanchat.repl.commands.table import COMMANDS
from flanchat.sessions.choices import ScoredChoice, shared
from flanchat.sessions.conversation import Answer, Timing
from flanchat.sessions.session import AnswerEvents, Session
from flanchat.sessions.transcript import NoTranscript
from flanchat.ui.results import View, loss_lines, mostly_unknown, warning_line
from flanchat.ui.terminal import Wrapper
from flanchat.ui.types import Alternatives, Confidence, Scores, Table, Tokens

WORDS = "abcdef  \n\u65e5\u672c\ud55c\u0301\u00e9"


def wrapped(pieces: list[str], width: float) -> str:
    wrapper = Wrapper(width)
    return "".join(wrapper.feed(piece) for piece in pieces) + wrapper.rest()


def cut(text: str, places: list[int]) -> list[str]:
    ends = sorted({min(place, len(text)) for place in places} | {0, len(text)})
    return [text[a:b] for a, b in pairwise(ends)]


def pattern_of(text: str) -> str:
    """Matches `text` with any run of blanks inside a line in place or replaced by one line end."""
    lines = [re.split(r"( +)", line.rstrip(" ")) for line in text.split("\n")]
    return "\n".join(
        "".join(f"(?:{part}|\n)" if part.isspace() else re.escape(part) for part in line if part) for line in lines
    )


@given(st.text(WORDS, max_size=80), st.integers(1, 30))
def test_wrapping_only_ever_puts_a_line_end_in_place_of_blanks(text, width):
    assert re.fullmatch(pattern_of(text), wrapped([text], width))


@given(st.text(WORDS, max_size=80), st.integers(1, 30))
def test_no_line_is_wider_than_the_width_unless_one_word_is(text, width):
    lines = wrapped([text], width).split("\n")

    assert [line for line in lines if cell_len(line) > width and len(line.split(" ")) > 1] == []


@given(st.text(WORDS, max_size=80), st.integers(1, 30), st.lists(st.integers(0, 80)))
def test_the_pieces_an_answer_comes_in_do_not_show(text, width, places):
    assert wrapped(cut(text, places), width) == wrapped([text], width)


@given(st.text(WORDS, max_size=80))
def test_without_a_width_nothing_is_wrapped(text):
    assert wrapped([text], math.inf) == "\n".join(line.rstrip(" ") for line in text.split("\n"))


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("one two three", 7, ["one two", "three"]),
        ("one two three", 8, ["one two", "three"]),
        ("exactly exactly", 7, ["exactly", "exactly"]),
        ("\u65e5\u672c \u65e5\u672c", 8, ["\u65e5\u672c", "\u65e5\u672c"]),
        ("\u65e5\u672c \u65e5\u672c", 9, ["\u65e5\u672c \u65e5\u672c"]),
        ("see https://example.org/a/long/way now", 10, ["see", "https://example.org/a/long/way", "now"]),
        ("a\n\nb", 10, ["a", "", "b"]),
        ("a\n  b", 10, ["a", "  b"]),
    ],
)
def test_words_are_wrapped_where_the_line_ends(text, width, lines):
    assert wrapped([text], width).split("\n") == lines


def test_a_word_is_shown_as_soon_as_it_is_whole():
    wrapper = Wrapper(20)

    assert [wrapper.feed(piece) for piece in ("Par", "is ", "is", " big")] == ["", "Paris", "", " is"]


def test_a_long_text_without_a_blank_takes_time_in_proportion():
    text = "e" + "\u0301" * 100_000

    assert wrapped([text], math.inf) == wrapped([text], 80) == text


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
def test_a_warning_says_what_the_model_does_not_get(warned, line):
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


TOKENS = [object()] * 11


@pytest.mark.parametrize(
    ("fields", "line"),
    [
        ({"tokens": TOKENS}, "first token 38 ms · 100 tok/s · 5 in, 11 out · demo on cpu"),
        ({"tokens": TOKENS[:1]}, "first token 38 ms · 5 in, 1 out · demo on cpu"),
        (
            {"text": "", "finish": "empty", "timing": Timing(total_s=0.1)},
            "[empty answer] · 5 in, 0 out · demo on cpu",
        ),
        (
            {"tokens": TOKENS, "finish": "length"},
            "[cut at max_new_tokens] · first token 38 ms · 100 tok/s · 5 in, 11 out · demo on cpu",
        ),
        (
            {"text": "", "finish": "interrupted", "timing": Timing()},
            "[interrupted] · 5 in, 0 out · demo on cpu",
        ),
        (
            {"timing": Timing(load_s=2.5, first_token_s=0.5, total_s=0.5), "tokens": TOKENS},
            "first token 0.50 s · 5 in, 11 out · load 2.5 s · demo on cpu",
        ),
        (
            {"settings": Settings().set("/set", "do_sample", True), "tokens": TOKENS, "short": "Par"},
            "first token 38 ms · 100 tok/s · 5 in, 11 out · demo on cpu · seed 7 · short answer:\nPar",
        ),
    ],
)
def test_the_line_below_an_answer(capsys, monkeypatch, fields, line):
    monkeypatch.setenv("COLUMNS", "80")

    View(sys.stdout, os.environ, color=False).timing(answer(**fields))

    shown = capsys.readouterr().out
    assert " ".join(shown.split()) == " ".join(line.split())
    assert max(map(len, shown.splitlines())) <= 80


def letters(text: str) -> Counter[str]:
    """How often each letter occurs; blanks and rules, which a table puts where it likes, are left out."""
    return Counter(re.sub(r"[\s\u2500]", "", text))


@pytest.mark.parametrize("width", [10, 20, 40, 60, 80, 200])
@pytest.mark.parametrize("plain", [False, True])
@pytest.mark.parametrize(
    "table",
    [
        Table("Commands", ("command", "does"), tuple((c.usage, c.help) for c in COMMANDS), "All of them."),
        Table(
            "Settings",
            ("setting", "now", "default", "from", "meaning"),
            tuple((s.name, s.format(s.default), s.format(s.default), "default", s.help) for s in SETTINGS),
        ),
        Table("Profiles", ("profile", "what"), (("p" * 64, "d" * 300), ("q", "short"))),
        Table("", ("", ""), (("folder", "/a/" + "deep/" * 40),)),
        Table("\u8868", ("\u540d",), (("\u65e5\u672c\u8a9e" * 20,),)),
    ],
    ids=lambda value: value.title if isinstance(value, Table) else None,
)
def test_a_table_loses_nothing_at_any_width(capsys, monkeypatch, table, plain, width):
    monkeypatch.setenv("COLUMNS", str(width))

    View(sys.stdout, os.environ, plain=plain, color=False).show(table)

    shown = capsys.readouterr().out
    assert not letters(table.title + "".join(map("".join, table.rows)) + table.note) - letters(shown)
    assert plain or max(map(cell_len, shown.splitlines())) <= width


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
    """Show the text in every place where text of others can stand."""
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
    view.timing(answer(short=text, card=dataclasses.replace(CARD, name=text, device=text)))


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
    assert show(own) == own
    assert own.count(show(text).strip()) >= 18
    assert "\x1b[2J" not in out


def test_an_escape_that_comes_in_two_pieces_is_masked(capsys):
    session = Session(ScriptedEngine((("a\x1b", "[2Jb"),)), Profile("p"), Settings(), NoTranscript())

    View(sys.stdout, os.environ, plain=True).answer(session.ask("Why?"), lambda: "")

    assert capsys.readouterr().out == "a^[[2Jb\n"


def streamed(*pieces: str | FlanchatError, max_input_tokens: int = 512) -> AnswerEvents:
    profile = find_profile("fewshot", profile_folders(None, {})[-1:])
    chosen = Settings().update("/set", {"max_input_tokens": max_input_tokens})
    return Session(ScriptedEngine((pieces,)), profile, chosen, NoTranscript()).ask("cow")


def test_an_answer_is_wrapped_at_the_edge_and_ends_its_line(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "20")

    view = View(sys.stdout, os.environ, color=False)
    view.answer(streamed("A cow is ", "an animal ", "that gives milk."), lambda: "")

    assert capsys.readouterr().out == "A cow is an animal\nthat gives milk.\n"


def test_a_failed_answer_is_shown_up_to_its_last_word_and_ends_its_line(capsys):
    with pytest.raises(EngineError):
        View(sys.stdout, os.environ, color=False).answer(streamed("A cow ", "is", EngineError("gone")), lambda: "")

    assert capsys.readouterr().out == "A cow is\n"


def test_an_answer_that_failed_before_its_first_word_leaves_no_line(capsys):
    with pytest.raises(EngineError):
        View(sys.stdout, os.environ, color=False).answer(streamed(EngineError("gone")), lambda: "")

    assert capsys.readouterr().out == ""


def test_what_was_left_out_of_the_prompt_is_said_before_the_answer(capsys):
    View(sys.stdout, os.environ, color=False).answer(streamed("animal", max_input_tokens=16), lambda: "")

    assert capsys.readouterr().out == "! over the budget of 16 tokens, dropped: shot 1\nanimal\n"


class Noticing(ScriptedEngine):
    def measure(self, parts):
        return Measured((5,) * len(parts), 6, "", (Warned("newline", 2, "\n"), Warned("unk", 1, "{")))


def test_line_breaks_of_a_layout_are_no_reason_for_a_warning(capsys):
    session = Session(Noticing(), Profile("p"), Settings(), NoTranscript())

    View(sys.stdout, os.environ, color=False).answer(session.ask("What is {?"), lambda: "")

    assert capsys.readouterr().out == "! 1 character is not in the model's vocabulary: {\nParis\n"


def test_a_prompt_is_shown_with_what_became_of_each_part(capsys, monkeypatch):
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


def test_tokens_are_shown_with_their_ids_and_what_never_arrives_in_quotes(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    pieces = (Piece(27, "\u2581Is", "Is"), Piece(2, "\u2581", " {x}", True), Piece(3, "\u2581so", "\n\nso"))

    View(sys.stdout, os.environ, color=False).show(Tokens(pieces, Measured((3,), 4, "", (Warned("unk", 2, "{}"),))))

    line, *rest = capsys.readouterr().out.splitlines()
    assert line == '\u2581Is·27  \u2581"{x}"·2  \u2581so(↵↵→space)·3  '
    assert " ".join("".join(rest).split()).startswith("4 tokens with the end token, 1 unknown")


def unsure(*chances: float) -> Answer:
    others = (Alternative(8, "Lyon", math.log(0.3)), Alternative(9, "", math.log(0.1)))
    return answer(tokens=[Token(7, f" w{n}", math.log(p), others) for n, p in enumerate(chances, 1)])


def test_probabilities_mark_the_weak_tokens_and_name_what_else_was_likely(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")

    View(sys.stdout, os.environ, color=False, plain=True).show(Confidence(unsure(0.9, 0.2, 0.5)))

    first, *table, summary, legend, hint = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert first == "w1 w2(2) w3"
    assert table == [
        "alternatives",
        "1 w1 ########### 90% 1 Lyon 30% 2 #9 10%",
        "2 w2 ### 20% 1 Lyon 30% 2 #9 10%",
        "3 w3 ###### 50% 1 Lyon 30% 2 #9 10%",
    ]
    assert summary == "3 tokens, 1 below 50%; average 45%."
    assert legend.startswith("Marked tokens are below 50%: (0) is below 10%")
    assert hint.startswith("Probabilities are the model's own")


def test_a_display_is_explained_once_per_session(capsys):
    view = View(sys.stdout, os.environ, plain=True)

    for _ in range(2):
        view.show(Confidence(unsure(0.9, 0.2)))
        view.show(Table("Budget", ("part",), (("question",),), hint="Turns are dropped first."))

    out = capsys.readouterr().out
    assert out.count("2 tokens, 1 below 50%") == 2
    assert out.count("Probabilities are the model's own") == out.count("Turns are dropped first.") == 1


def test_a_long_answer_lists_its_weak_tokens_unless_all_are_asked_for(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    long = unsure(*[0.9] * 30, 0.1)
    long.end_logprob = -0.01

    View(sys.stdout, os.environ, color=False, plain=True).show(Confidence(long))
    some = capsys.readouterr().out
    View(sys.stdout, os.environ, color=False, plain=True).show(Confidence(long, whole=True))
    whole = capsys.readouterr().out

    assert (some.count("##"), "w31" in some, "(end)" in some) == (1, True, False)
    assert (whole.count("\n") - some.count("\n"), "(end)" in whole) == (31, True)
    assert "/probs all" in some
    assert "/probs all" not in whole


@pytest.mark.parametrize("columns", [30, 40, 60, 100])
def test_bars_stay_on_their_line_at_any_width(capsys, monkeypatch, columns):
    monkeypatch.setenv("COLUMNS", str(columns))
    wide = answer(tokens=[Token(3, "海と川" * 9, math.log(0.9)), Token(4, " b", math.log(0.2))])

    View(sys.stdout, os.environ, color=False).show(Confidence(wide))
    View(sys.stdout, os.environ, color=False).show(
        Scores(shared([ScoredChoice("海と川" * 9, 2, -1.0), ScoredChoice("b", 3, -1.5)]), "sum")
    )

    lines = capsys.readouterr().out.splitlines()
    assert max(map(cell_len, lines)) <= columns
    assert sum("%" in line and ("█" in line or "#" in line or "▏" in line or "▎" in line) for line in lines) >= 4


def test_scores_name_both_winners_when_the_rules_differ(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    choices = shared([ScoredChoice("no", 2, -1.1), ScoredChoice("not known", 3, -1.4)])

    View(sys.stdout, os.environ, color=False, plain=True).show(Scores(choices, "sum"))

    lines = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert lines[0] == "choice by sum by average sum tokens"
    assert lines[1].startswith("no ####### 57%* ###### 48% -1.10 2")
    assert "Best by sum: no. Best by average: not known." in " ".join(lines)
    assert "end token" in " ".join(lines)


def test_probabilities_of_an_answer_without_tokens_say_so(capsys):
    View(sys.stdout, os.environ, color=False).show(Confidence(answer(tokens=[])))

    assert "no tokens" in capsys.readouterr().out


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
def test_a_question_most_of_which_is_unknown_is_called_that_and_nothing_else_is(prompt, mostly):
    assert mostly_unknown(prompt) == mostly
    assert any("Most of this question" in line for line in loss_lines(prompt)) == mostly


def test_a_narrow_window_shows_each_row_as_lines_below_one_another(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")

    View(sys.stdout, os.environ, color=False).table(
        Table("Settings", ("setting", "now", "from", ""), (("top_p", "1.0", "", "off"),), "That is all")
    )

    assert capsys.readouterr().out == "Settings\ntop_p\n  now: 1.0\n  off\nThat is all\n"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(st.text(max_size=40))
def test_a_plain_view_never_sends_a_control_character(capsys, text):
    view = View(sys.stdout, os.environ, plain=True)

    view.error(text)
    view.print(text)

    out = capsys.readouterr().out
    assert show(out) == out
