"""Probabilities of tokens, alternatives and scored choices, drawn as bars."""

from __future__ import annotations

import math
import os
import sys

import pytest
from rich.cells import cell_len

from flanchat.engine.events import Alternative, Token
from flanchat.sessions.answer import Answer
from flanchat.sessions.choices import ScoredChoice, calibrated, shared
from flanchat.ui.results import View
from flanchat.ui.types import Confidence, Scores
from tests.ui.test_results import answer


def unsure(*chances: float) -> Answer:
    others = (Alternative(8, "Lyon", math.log(0.3)), Alternative(9, "", math.log(0.1)))
    return answer(tokens=[Token(7, f" w{n}", math.log(p), others) for n, p in enumerate(chances, 1)])


def test_unlikely_tokens_are_marked_and_listed_with_alternatives(capsys, monkeypatch):
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
    assert summary == "3 tokens, 1 below 50%; sure 45%."
    assert legend.startswith("Marked tokens are below 50%: (0) is below 10%")
    assert hint.startswith("Probabilities are the model's own")


def test_of_a_long_answer_only_unlikely_tokens_are_listed_unless_all_are_requested(capsys, monkeypatch):
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
    bars = [line for line in lines if "%" in line and any(block in line for block in "█#▏▎")]
    assert len(bars) >= 4
    assert max(map(cell_len, bars)) <= columns


def test_scores_name_the_winner_of_each_rule(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    choices = shared([ScoredChoice("no", 2, -1.1), ScoredChoice("not known", 3, -1.4)])

    View(sys.stdout, os.environ, color=False, plain=True).show(Scores(choices, "sum"))

    lines = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert lines[0] == "choice by sum by average sum tokens"
    assert lines[1].startswith("no ####### 57%* ###### 48% -1.10 2")
    assert "Best by sum: no. Best by average: not known." in " ".join(lines)
    assert "end token" in " ".join(lines)


def test_calibrated_shares_are_a_column_and_a_template_that_prefers_a_choice_is_named(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    choices = calibrated(
        shared([ScoredChoice("yes", 2, -0.6), ScoredChoice("no", 2, -0.8)]),
        [{"N/A": -0.1, "": -0.1}, {"N/A": -3.0, "": -3.0}],
    )

    View(sys.stdout, os.environ, color=False, plain=True).show(Scores(choices, "calibrated"))

    lines = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert lines[0] == "choice by sum by average calibrated sum tokens"
    assert lines[1].startswith("no #### 45% #### 48% ######## 94%* -0.80")
    assert lines[2].startswith("yes ##### 55%* ##### 52%* # 6.3% -0.60")
    shown = " ".join(lines)
    assert "Without a question the template alone gives yes 95%" in shown
    assert "Calibrated without [MASK], which is not in the model's vocabulary." in shown
    assert "Best by sum and by average: yes. Best calibrated: no." in shown


@pytest.mark.parametrize("columns", [30, 40, 60, 80])
def test_three_columns_of_shares_stay_on_their_line_at_any_width(capsys, monkeypatch, columns):
    monkeypatch.setenv("COLUMNS", str(columns))
    two = shared([ScoredChoice("海と川" * 9, 2, -1.0), ScoredChoice("b", 3, -1.5)])

    View(sys.stdout, os.environ, color=False).show(Scores(calibrated(two, [{"": -1.0}, {"": -9.0}]), "sum"))

    bars = [line for line in capsys.readouterr().out.splitlines() if "█" in line]
    assert len(bars) >= 2
    assert max(map(cell_len, bars)) <= columns


def test_an_answer_without_tokens_has_no_probabilities(capsys):
    View(sys.stdout, os.environ, color=False).show(Confidence(answer(tokens=[])))

    assert "no tokens" in capsys.readouterr().out


def test_the_mark_behind_a_number_is_no_exponent(capsys, monkeypatch):
    monkeypatch.setenv("PYTHONIOENCODING", "utf-8")
    shown = View(sys.stdout, os.environ, color=False)

    shown.show(Confidence(answer(tokens=[Token(7, "19", math.log(0.35))])))

    assert capsys.readouterr().out.startswith("19‹3›")
