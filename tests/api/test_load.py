"""From a name to a model that answers, and what loading does to the program that asks for it."""

from __future__ import annotations

import gc
import os
import signal
import sys
import warnings
from pathlib import Path

import pytest

import flanchat
from flanchat.base.i18n import _
from flanchat.engine.hubs.named_model import NamedModel, named_model

TOMATO = "boil a tomato"


@pytest.mark.usefixtures("surroundings")
def test_a_name_may_say_device_and_precision_too(tiny_model: Path) -> None:
    with flanchat.load(f"{tiny_model},device=cpu,precision=float32") as model:
        assert (model.name, model.card.device, model.card.precision) == (str(tiny_model), "cpu", "float32")
        assert repr(model) == f"<flanchat.Model {tiny_model} on cpu, float32>"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("flan-t5-base", NamedModel("flan-t5-base")),
        ("a/b,device=npu:0,1,precision=float16", NamedModel("a/b", "npu:0,1", "float16")),
        ("my-lora, base = hf:google/flan-t5-base@main", NamedModel("my-lora", base="hf:google/flan-t5-base@main")),
        ("/folder, with a comma", NamedModel("/folder, with a comma")),
    ],
)
def test_what_follows_a_name_is_split_from_it(text: str, named: NamedModel) -> None:
    assert named_model(text) == named


@pytest.mark.usefixtures("surroundings")
@pytest.mark.parametrize(
    ("name", "how", "kind", "message"),
    [
        ("m,divice=cpu", {}, flanchat.UsageError, "not divice. Did you mean device?"),
        ("m,device=cpu,device=cpu", {}, flanchat.UsageError, "expected one value each"),
        ("m,device=", {}, flanchat.UsageError, "expected one value each"),
        ("m,device=cpu", {"device": "cpu"}, flanchat.UsageError, "device: given twice"),
        ("demo", {"device": "gpu"}, flanchat.UsageError, "device: expected auto"),
        ("demo", {"precision": "half"}, flanchat.DeviceError, "unknown precision half"),
        ("./nowhere", {}, flanchat.ModelError, "nowhere"),
        (3, {}, flanchat.UsageError, "model: expected a text, got 3"),
        ("demo", {"record": 3}, flanchat.UsageError, "record: expected a text, got 3"),
    ],
)
def test_what_cannot_be_loaded_is_refused_by_its_name(name: str, how: dict, kind: type, message: str) -> None:
    with pytest.raises(kind) as refused:
        flanchat.load(name, **how)

    assert message in str(refused.value)


def test_in_this_process_nothing_of_the_program_is_changed(
    tiny_model: Path, surroundings: None, capfd: pytest.CaptureFixture[str]
) -> None:
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(3)
    try:
        before = _state()
        with flanchat.load(tiny_model, device="cpu", precision="float32") as model:
            model.ask(TOMATO, max_new_tokens=4)
            model.ask_all([TOMATO, "translate"], max_new_tokens=4)

        assert _state() == before
    finally:
        torch.set_num_threads(threads)
    assert capfd.readouterr() == ("", "")


def _state() -> list[object]:
    import torch

    handlers = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)]
    seed = torch.random.get_rng_state().tolist()
    return [
        handlers, list(warnings.filters), sys.stdout, sys.stderr, torch.get_num_threads(), torch.is_grad_enabled(),
        seed, torch.get_default_dtype(), torch.backends.quantized.engine, os.getcwd(), dict(os.environ), _("error: "),
        gc.isenabled(), gc.get_freeze_count(),
    ]  # fmt: skip


def test_a_model_in_a_process_of_its_own_gives_the_same_answers(
    tiny: flanchat.Model, tiny_model: Path, forked: None
) -> None:
    how = {"do_sample": True, "seed": 1, "max_new_tokens": 6}

    with flanchat.load(tiny_model, device="cpu", precision="float32", process=True) as apart:
        assert apart.ask(TOMATO, **how).text == tiny.ask(TOMATO, **how).text
        assert [s.logprob for s in apart.score(TOMATO, ["a", "b"])] == [
            s.logprob for s in tiny.score(TOMATO, ["a", "b"])
        ]
