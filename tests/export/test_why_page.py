"""The page of an explanation colours the prompt by each token; no text becomes markup."""

from __future__ import annotations

from typing import Any

from hypothesis import given

from flanchat.base.sanitize import printable
from flanchat.engine.scripted import CARD
from flanchat.experiments.prompt_parts import Part
from flanchat.experiments.why import Effect, Scored, Why
from flanchat.export.why_page import why_page
from flanchat.prompting.prompt import Prompt, Segment
from flanchat.prompting.settings import Settings
from flanchat.sessions.answer import Answer
from tests.export.test_export import NASTY, Page, token


def explained(*texts: str, question: str = "Why?", words: tuple[str, ...] = (" red", " cat")) -> Why:
    """An explanation of an answer of these words, whose prompt has a part of each text: the first counts most."""
    segments = tuple(Segment("shot", text, at) for at, text in enumerate(texts, 1))
    prompt = Prompt("".join(texts), 9, 512, segments, (), "")
    answer = Answer(question, "q", prompt, Settings(), 0, text="".join(words).strip(), finish="eos", card=CARD)
    answer.tokens = [token(word, 0.9, id=number) for number, word in enumerate(words)]
    effects, begin = [], 0
    for at, text in enumerate(texts):
        span = (begin, begin + len(text))
        logprobs = (-4.0 if at == 0 else -0.1, *([0.0 if at == 1 else -0.1] * (len(words) - 1)), -0.1)
        scored = Scored(logprobs, 1 if at == 0 else 0, " grey" if at == 0 else "")
        effects.append(Effect(Part("part", "shot", at + 1, (span,), text.strip()), scored))
        begin += len(text)
    whole = Scored((-0.1,) * (len(words) + 1), 0, "")
    return Why(answer, effects, whole=whole, card=CARD)


def test_each_token_has_a_rule_that_colours_the_parts_by_what_they_change_for_it():
    source = why_page(explained("One. ", "Two. ", "Three."))

    assert ".why:has(.a1:hover) .piece, .why:has(.a1:focus) .piece { --f: var(--f1, 0); --g: var(--g1, 0); }" in source
    styles = [value for name, value in Page(source).attributes if name == "style" and value.startswith("--")]
    assert styles == ["--f0:1.00;--f1:1.00", "--g0:0.03;--g2:0.03"]


def test_the_table_has_the_changes_of_every_token_and_the_greedy_token_instead():
    made = Page(why_page(explained("One. ", "Two. ", "Three.")))

    assert made.text("th.") == ["part", "change", "greedy", "red", "cat", "(end)", "shot 1", "shot 3", "shot 2"]
    assert made.text("td.")[:5] == ["token 1: grey", "-3.90", "0.00", "0.00", "same"]
    assert made.text("td.number") == ["-3.90", "0.00", "+0.10"]
    assert [text for text in made.text("span.piece") if text] == ["One.", "Two.", "Three."]


@given(NASTY, NASTY)
def test_no_text_becomes_markup(prompt: str, word: str):
    plain = Page(why_page(explained("a", "b")))
    made = Page(why_page(explained(prompt or "a", "b", question=prompt, words=(word or " red", " cat"))))

    def tags(page: Any) -> list[str]:
        return [name for name, __ in page.texts if not name.startswith(("span.piece", "span.token"))]

    assert tags(made) == tags(plain)
    assert printable(word.strip()) in "".join(text for __, texts in made.texts for text in texts) or not word.strip()
