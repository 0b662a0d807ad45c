"""Errors of the Python interface name its arguments, not the flags and commands of those who type."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

import flanchat
from tests.tiny_t5 import make_tiny_t5

TYPED = re.compile(r"(?<![\w-])--?[a-z][\w-]*|(?<![\w./])/[a-z]+\b")
TONE = flanchat.Profile(
    "polite", template="Be {{tone}}. {{input}}", vars={"tone": flanchat.Variable(default=None, choices=())}
)
CALLS: dict[str, tuple[Callable[[flanchat.Model], object], str]] = {
    "by": (lambda model: model.why("Why?", by="letter"), "by letter: expected one of part, sentence, word."),
    "part": (lambda model: model.why("Why?", part="shot1"), r"part shot1: expected a part of this prompt \(question\)"),
    "layer": (lambda model: model.why("Why?", layer=99, attention=True), "layer 99: expected a layer from 1 to 2"),
    "check": (lambda model: model.why("Why?", check="shap"), "check shap: expected gradient"),
    "variables": (
        lambda model: model.ask("Why?", profile=TONE),
        "polite needs a value for tone: .*variables in Python",
    ),
    "base": (lambda model: flanchat.load(model.card.name, base="x"), "is no adapter, .*; leave the base out"),
    "vote": (lambda model: model.ask("Why?", vote=2, num_beams=2), "Set vote to 1, or num_beams and n_best."),
    "fill": (lambda model: model.fill("Why?"), "no blank to fill; write <1>, <2> and so on"),
    "whatif": (lambda model: model.whatif("Why?", temperature=1), r"such as temperature=\[0, 0.7\]"),
}


@pytest.mark.filterwarnings("ignore::flanchat.FlanchatWarning")  # the tiny vocabulary lacks capitals
@pytest.mark.parametrize("call", CALLS)
def test_an_error_names_the_arguments_of_python(tiny: flanchat.Model, call: str):
    ask, message = CALLS[call]

    with pytest.raises(flanchat.FlanchatError, match=message) as raised:
        ask(tiny)

    typed = set(TYPED.findall(str(raised.value).replace(tiny.card.folder, "")))
    assert not typed or "in Python" in str(raised.value), typed


@pytest.mark.usefixtures("surroundings")
def test_what_only_the_shell_can_do_names_the_program(tmp_path: Path):
    folder = make_tiny_t5(tmp_path / "old")
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")

    with pytest.raises(flanchat.ModelError, match="start flanchat once with --convert-bin"):
        flanchat.load(folder)
