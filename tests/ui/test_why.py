"""What an explanation looks like on a terminal."""

from __future__ import annotations

import io
import os
from dataclasses import replace

import pytest

from flanchat.base.i18n import use_language
from flanchat.engine.scripted import CARD
from flanchat.experiments.prompt_parts import Part
from flanchat.experiments.why import Effect, Scored, Why
from flanchat.ui import why as drawing
from flanchat.ui.results import View
from tests.export.test_why_page import explained
from tests.goldens import check_golden


def drawn(why: Why, columns: int = 80, *, plain: bool = True) -> str:
    out = io.StringIO()
    drawing.draw(View(out, {**os.environ, "COLUMNS": str(columns)}, plain=plain), why)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines())


def example() -> Why:
    """Three parts: one that the answer needs, one against it, one without effect; and two of them together."""
    why = explained("Anna has a red cat.\n\n", "Tom has a dog.\n\n", "What has Anna?")
    against = Scored((-0.05, -0.05, -0.01), 0, "")
    why.effects[1] = replace_scored(why.effects[1], against)
    together = Part("kind", "shot", 0, (why.effects[0].part.spans[0], why.effects[1].part.spans[0]), "")
    why.shots = Effect(together, Scored((-3.0, -0.1, -0.1), 1, " black"))
    return why


def replace_scored(effect: Effect, scored: Scored) -> Effect:
    return replace(effect, scored=scored)


@pytest.mark.parametrize("columns", [60, 100])
def test_the_screen(columns: int):
    check_golden(f"screens/why-{columns}.txt", drawn(example(), columns))


def test_the_screen_in_chinese():
    use_language("zh", {})
    try:
        check_golden("screens/why-zh.txt", drawn(example(), 80))
    finally:
        use_language("en", {})


def test_a_part_that_changes_nothing_has_neither_bar_nor_mark():
    shown = drawn(example())

    [line] = [line for line in shown.splitlines() if line.startswith("2 ")]
    assert line.split() == ["2", "shot", "3", "0.00", "same"]
    assert shown.count("[1]") == shown.count("[3]") == 1
    assert "[2]" not in shown


def test_only_the_parts_that_change_the_most_are_listed_and_the_others_are_counted():
    shown = drawn(explained(*(f"Sentence {number}. " for number in range(30))))

    assert "10 more change it by at most 0.00." in shown
    assert "20  shot" in shown


def test_what_would_be_answered_takes_the_place_of_the_greedy_token():
    why = example()
    for effect in why.effects:
        effect.answer = replace(why.answer, text="a \x1b[31mdog")

    shown = drawn(why)

    assert "a ^[[31mdog" in shown
    assert "token 1" not in shown.split("Anna has")[0]


def test_an_answer_of_other_weights_and_one_that_greedy_decoding_would_not_give_are_told():
    why = example()
    why.card = replace(CARD, name="other", weights_sha256="1" * 64)
    why.whole = Scored((-0.1, -0.9, -0.1), 2, " dog")

    shown = " ".join(drawn(why).split())

    assert "The answer is by scripted; it was scored by other." in shown
    assert "greedy decoding would part from this answer at token 2: dog." in shown
